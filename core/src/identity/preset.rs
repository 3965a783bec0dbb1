//! What is known of well-known issuers: their names, and what their claims mean.
//!
//! The same thing has the same attribute name for every issuer, so that a charter binds an actor to
//! `repository`, `ref` and `environment` without knowing how GitHub or GitLab call them. An expression
//! that gives empty text sets no attribute: the claim is one that not every token has.
//! `docs/identity.md` names the source of each claim.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::Duration;

/// A well-known issuer of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Jobs of GitHub Actions.
    GithubActions,
    /// Jobs of GitLab CI/CD.
    Gitlab,
    /// Google Cloud service accounts.
    Google,
    /// AWS roles, by IAM's outbound identity federation.
    Aws,
    /// Applications and managed identities in Microsoft Entra ID.
    Azure,
    /// Kubernetes service accounts, by projected tokens.
    Kubernetes,
    /// JWT-SVIDs whose issuer is set, as SPIRE's `jwt_issuer` does.
    Spiffe,
    /// Pulumi Deployments.
    PulumiCloud,
    /// Runs of HCP Terraform.
    TerraformCloud,
}

/// What a preset stands for.
pub(super) struct Issuer {
    /// The value of `iss`, where all customers share one.
    pub(super) issuer: Option<&'static str>,
    /// Whether strangers get tokens of the issuer too, so that a condition must say whose count.
    pub(super) shared: bool,
    pub(super) max_lifetime: Duration,
    /// Attribute and expression, by the name without `attribute.`.
    pub(super) mapping: &'static [(&'static str, &'static str)],
    /// What is demanded besides the charter's own condition.
    pub(super) condition: Option<&'static str>,
}

const HOUR: Duration = Duration::from_seconds(3_600);

/// A provider without a preset: nothing is known.
pub(super) const UNKNOWN: Issuer =
    Issuer { issuer: None, shared: true, max_lifetime: HOUR, mapping: &[], condition: None };

/// A claim that every token of the issuer has.
macro_rules! claim {
    ($name:literal) => {
        concat!("string(assertion.", $name, ")")
    };
}

/// A claim that only some tokens have, or have as null.
macro_rules! optional {
    ($name:literal) => {
        concat!(
            "has(assertion.",
            $name,
            ") && assertion.",
            $name,
            " != null ? string(assertion.",
            $name,
            ") : ''"
        )
    };
}

impl Preset {
    pub(super) const fn issuer(self) -> Issuer {
        match self {
            Self::GithubActions => Issuer {
                issuer: Some("https://token.actions.githubusercontent.com"),
                shared: true,
                max_lifetime: HOUR,
                mapping: &[
                    ("repository", claim!("repository")),
                    ("repository_id", claim!("repository_id")),
                    ("repository_owner_id", claim!("repository_owner_id")),
                    ("ref", claim!("ref")),
                    ("commit", optional!("sha")),
                    ("environment", optional!("environment")),
                    (
                        "workflow",
                        "has(assertion.job_workflow_ref) ? string(assertion.job_workflow_ref) : string(assertion.workflow_ref)",
                    ),
                    ("run", claim!("run_id")),
                    ("event", claim!("event_name")),
                    ("actor", claim!("actor")),
                ],
                condition: None,
            },
            Self::Gitlab => Issuer {
                issuer: Some("https://gitlab.com"),
                shared: true,
                max_lifetime: HOUR,
                mapping: &[
                    ("repository", claim!("project_path")),
                    ("repository_id", claim!("project_id")),
                    ("ref", claim!("ref_path")),
                    ("commit", claim!("sha")),
                    ("environment", optional!("environment")),
                    ("workflow", optional!("ci_config_ref_uri")),
                    ("run", claim!("pipeline_id")),
                    ("event", claim!("pipeline_source")),
                    ("actor", claim!("user_login")),
                ],
                condition: None,
            },
            Self::Google => Issuer {
                issuer: Some("https://accounts.google.com"),
                shared: true,
                max_lifetime: HOUR,
                mapping: &[("email", claim!("email"))],
                // People get tokens of this issuer too.
                condition: Some(
                    "assertion.email_verified == true && assertion.email.endsWith('.gserviceaccount.com')",
                ),
            },
            Self::Aws => Issuer {
                issuer: None,
                shared: false,
                max_lifetime: HOUR,
                mapping: &[(
                    "account",
                    "string(assertion['https://sts.amazonaws.com/'].aws_account)",
                )],
                // A user has no role in their subject; people who sign in have an identity of their own.
                condition: Some(
                    "assertion.sub.startsWith('arn:') && assertion.sub.contains(':role/') \
                     && !has(assertion['https://sts.amazonaws.com/'].identity_store_user_id)",
                ),
            },
            Self::Azure => Issuer {
                issuer: None,
                shared: false,
                // Access tokens live 60 to 90 minutes.
                max_lifetime: Duration::from_seconds(5_400),
                mapping: &[
                    ("tenant", claim!("tid")),
                    ("object", claim!("oid")),
                    (
                        "application",
                        "has(assertion.azp) ? string(assertion.azp) : has(assertion.appid) ? string(assertion.appid) : ''",
                    ),
                ],
                // What acts for a person has scopes; an application's own subject is its object.
                condition: Some(
                    "!has(assertion.scp) && (has(assertion.idtyp) ? assertion.idtyp == 'app' : assertion.oid == assertion.sub)",
                ),
            },
            Self::Kubernetes => Issuer {
                issuer: None,
                shared: false,
                max_lifetime: HOUR,
                mapping: &[
                    ("namespace", "string(assertion['kubernetes.io'].namespace)"),
                    ("service_account", "string(assertion['kubernetes.io'].serviceaccount.name)"),
                ],
                condition: Some("assertion.sub.startsWith('system:serviceaccount:')"),
            },
            Self::Spiffe => Issuer {
                issuer: None,
                shared: false,
                max_lifetime: HOUR,
                mapping: &[("trust_domain", "assertion.sub.split('/')[2]")],
                condition: Some("assertion.sub.startsWith('spiffe://')"),
            },
            Self::PulumiCloud => Issuer {
                issuer: Some("https://api.pulumi.com/oidc"),
                shared: true,
                max_lifetime: HOUR,
                mapping: &[
                    ("organization", claim!("org")),
                    ("project", claim!("project")),
                    ("stack", claim!("stack")),
                    ("operation", claim!("operation")),
                    ("run", optional!("deployment")),
                ],
                condition: Some("assertion.sub.startsWith('pulumi:deploy:')"),
            },
            Self::TerraformCloud => Issuer {
                issuer: Some("https://app.terraform.io"),
                shared: true,
                max_lifetime: HOUR,
                mapping: &[
                    ("organization", claim!("terraform_organization_name")),
                    ("project", claim!("terraform_project_name")),
                    ("stack", claim!("terraform_workspace_name")),
                    ("operation", claim!("terraform_run_phase")),
                    ("run", claim!("terraform_run_id")),
                ],
                condition: None,
            },
        }
    }
}
