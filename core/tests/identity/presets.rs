//! Well-known issuers: their claims get the same names for the same things (R014 to R016, R039).

use serde_json::{Value as Json, json};

use crate::support::{AUDIENCE, ISSUED, Signer, at, claims, code, key_set, provider};

struct Case {
    preset: &'static str,
    /// What the provider says besides.
    extra: &'static str,
    issuer: &'static str,
    claims: Json,
    subject: &'static str,
    attributes: &'static [(&'static str, &'static str)],
}

fn cases() -> Vec<Case> {
    vec![
        Case {
            preset: "github-actions",
            extra: "attributeCondition: attribute.repository == 'acme/infra'",
            issuer: "https://token.actions.githubusercontent.com",
            claims: claims(),
            subject: "repo:acme/infra:environment:prod",
            attributes: &[
                ("actor", "octocat"),
                ("commit", "4f9c1d2e3b5a69788796a5b4c3d2e1f001122334"),
                ("environment", "prod"),
                ("event", "push"),
                ("ref", "refs/heads/main"),
                ("repository", "acme/infra"),
                ("repository_id", "74"),
                ("repository_owner_id", "65"),
                ("run", "30433642"),
                ("workflow", "acme/infra/.github/workflows/deploy.yml@refs/heads/main"),
            ],
        },
        Case {
            preset: "gitlab",
            extra: "attributeCondition: attribute.repository == 'acme/infra'",
            issuer: "https://gitlab.com",
            claims: json!({
                "namespace_id": "72", "namespace_path": "acme", "project_id": "20",
                "project_path": "acme/infra", "user_id": "1", "user_login": "alice",
                "user_email": "alice@acme.example", "pipeline_id": "574", "pipeline_source": "push",
                "job_id": "302", "ref": "main", "ref_type": "branch", "ref_path": "refs/heads/main",
                "ref_protected": "true", "environment": "prod", "environment_protected": "true",
                "deployment_tier": "production", "runner_id": 1, "runner_environment": "self-hosted",
                "sha": "714a629c0b401fdce83e847fc9589983fc6f46bc",
                "ci_config_ref_uri": "gitlab.com/acme/infra//.gitlab-ci.yml@refs/heads/main",
                "sub": "project_path:acme/infra:ref_type:branch:ref:main",
                "nbf": ISSUED - 5,
            }),
            subject: "project_path:acme/infra:ref_type:branch:ref:main",
            attributes: &[
                ("actor", "alice"),
                ("commit", "714a629c0b401fdce83e847fc9589983fc6f46bc"),
                ("environment", "prod"),
                ("event", "push"),
                ("ref", "refs/heads/main"),
                ("repository", "acme/infra"),
                ("repository_id", "20"),
                ("run", "574"),
                ("workflow", "gitlab.com/acme/infra//.gitlab-ci.yml@refs/heads/main"),
            ],
        },
        Case {
            preset: "google",
            extra: "attributeCondition: attribute.email == 'deploy@acme.iam.gserviceaccount.com'",
            issuer: "https://accounts.google.com",
            claims: json!({
                "azp": "117", "email": "deploy@acme.iam.gserviceaccount.com", "email_verified": true,
                "sub": "117",
            }),
            subject: "117",
            attributes: &[("email", "deploy@acme.iam.gserviceaccount.com")],
        },
        Case {
            preset: "aws",
            extra: "issuer: https://abc123-def456.tokens.sts.global.api.aws",
            issuer: "https://abc123-def456.tokens.sts.global.api.aws",
            claims: json!({
                "sub": "arn:aws:iam::123456789012:role/deploy",
                "https://sts.amazonaws.com/": { "aws_account": "123456789012", "source_region": "us-east-1" },
            }),
            subject: "arn:aws:iam::123456789012:role/deploy",
            attributes: &[("account", "123456789012")],
        },
        Case {
            preset: "azure",
            extra: "issuer: https://login.microsoftonline.com/72f9/v2.0",
            issuer: "https://login.microsoftonline.com/72f9/v2.0",
            claims: json!({ "tid": "72f9", "oid": "a1b2", "sub": "a1b2", "azp": "c3d4", "ver": "2.0" }),
            subject: "a1b2",
            attributes: &[("application", "c3d4"), ("object", "a1b2"), ("tenant", "72f9")],
        },
        Case {
            preset: "kubernetes",
            extra: "issuer: https://oidc.cluster.example",
            issuer: "https://oidc.cluster.example",
            claims: json!({
                "kubernetes.io": {
                    "namespace": "deploy", "pod": { "name": "runner", "uid": "5e0b" },
                    "serviceaccount": { "name": "poundlock", "uid": "9b0a" },
                },
                "sub": "system:serviceaccount:deploy:poundlock",
                "aud": [AUDIENCE],
            }),
            subject: "system:serviceaccount:deploy:poundlock",
            attributes: &[("namespace", "deploy"), ("service_account", "poundlock")],
        },
        Case {
            preset: "spiffe",
            extra: "issuer: https://oidc.acme.example",
            issuer: "https://oidc.acme.example",
            claims: json!({ "sub": "spiffe://acme.example/ns/deploy/sa/poundlock", "aud": [AUDIENCE] }),
            subject: "spiffe://acme.example/ns/deploy/sa/poundlock",
            attributes: &[("trust_domain", "acme.example")],
        },
        Case {
            preset: "pulumi-cloud",
            extra: "attributeCondition: attribute.organization == 'acme'",
            issuer: "https://api.pulumi.com/oidc",
            claims: json!({
                "org": "acme", "project": "web", "stack": "prod", "stackId": "acme/web/prod",
                "operation": "update", "deployment": 12, "scope": "write",
                "sub": "pulumi:deploy:org:acme:project:web:stack:prod:operation:update:scope:write",
            }),
            subject: "pulumi:deploy:org:acme:project:web:stack:prod:operation:update:scope:write",
            attributes: &[
                ("operation", "update"),
                ("organization", "acme"),
                ("project", "web"),
                ("run", "12"),
                ("stack", "prod"),
            ],
        },
        Case {
            preset: "terraform-cloud",
            extra: "attributeCondition: attribute.organization == 'acme'",
            issuer: "https://app.terraform.io",
            claims: json!({
                "terraform_run_phase": "apply", "terraform_workspace_id": "ws-1",
                "terraform_workspace_name": "prod", "terraform_organization_id": "org-1",
                "terraform_organization_name": "acme", "terraform_project_id": "prj-1",
                "terraform_project_name": "web", "terraform_run_id": "run-1",
                "terraform_full_workspace": "organization:acme:project:web:workspace:prod",
                "sub": "organization:acme:project:web:workspace:prod:run_phase:apply",
            }),
            subject: "organization:acme:project:web:workspace:prod:run_phase:apply",
            attributes: &[
                ("operation", "apply"),
                ("organization", "acme"),
                ("project", "web"),
                ("run", "run-1"),
                ("stack", "prod"),
            ],
        },
    ]
}

impl Case {
    fn provider(&self) -> poundlock::identity::Provider {
        let Self { preset, extra, .. } = self;
        provider(&format!("provider: ci\npreset: {preset}\naudiences: [{AUDIENCE}]\n{extra}\n"))
            .unwrap()
    }

    fn claims(&self) -> Json {
        let mut claims = self.claims.clone();
        claims["iss"] = json!(self.issuer);
        claims["iat"] = json!(ISSUED);
        claims["exp"] = json!(ISSUED + 300);
        if claims.get("aud").is_none() {
            claims["aud"] = json!(AUDIENCE);
        }
        claims
    }
}

#[test]
fn the_same_thing_has_the_same_name_everywhere() {
    let signer = Signer::ed25519(1, "2026");
    for case in cases() {
        let provider = case.provider();
        assert_eq!(provider.issuer(), case.issuer);
        let token = provider.verify(&signer.token(&case.claims()), &signer.keys(), at(60));
        let token = token.unwrap_or_else(|error| panic!("{}: {error}", case.preset));
        assert_eq!(token.subject(), case.subject);
        let found: Vec<(&str, &str)> = token
            .attributes()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(found, case.attributes, "{}", case.preset);
        // The attributes that a token may have are known beforehand, so that charters can be checked.
        assert!(provider.attributes().eq(case.attributes.iter().map(|(name, _)| *name)));
    }
}

/// A claim that not every token has is no attribute then, and no empty one.
#[test]
fn an_attribute_of_an_absent_claim_is_absent() {
    let signer = Signer::ed25519(1, "2026");
    for (preset, claim, attribute) in [
        ("github-actions", "environment", "environment"),
        ("gitlab", "environment", "environment"),
        ("gitlab", "ci_config_ref_uri", "workflow"),
        ("pulumi-cloud", "deployment", "run"),
    ] {
        let case = cases().into_iter().find(|case| case.preset == preset).unwrap();
        for absent in [None, Some(json!("")), Some(Json::Null)] {
            let mut claims = case.claims();
            let map = claims.as_object_mut().unwrap();
            map.remove(claim).unwrap();
            map.extend(absent.map(|empty| (claim.to_owned(), empty)));
            let token =
                case.provider().verify(&signer.token(&claims), &signer.keys(), at(60)).unwrap();
            assert!(!token.attributes().contains_key(attribute), "{preset} {claim}");
        }
    }
}

/// A token of the issuer that is not of the kind that the preset is for, such as a person's (R011).
#[test]
fn tokens_of_another_kind_are_refused() {
    let signer = Signer::ed25519(1, "2026");
    for (preset, claim, value, expected) in [
        ("google", "email_verified", json!(false), "identity.token_condition"),
        ("google", "email_verified", json!("true"), "identity.token_condition"),
        ("google", "email", json!("alice@acme.example"), "identity.token_condition"),
        ("aws", "sub", json!("123456789012"), "identity.token_condition"),
        ("aws", "sub", json!("arn:aws:iam::123456789012:user/alice"), "identity.token_condition"),
        (
            "aws",
            "https://sts.amazonaws.com/",
            json!({ "aws_account": "123456789012", "identity_store_user_id": "user-abc" }),
            "identity.token_condition",
        ),
        ("azure", "scp", json!("user_impersonation"), "identity.token_condition"),
        ("azure", "idtyp", json!("user"), "identity.token_condition"),
        ("azure", "oid", json!("e5f6"), "identity.token_condition"),
        ("aws", "https://sts.amazonaws.com/", json!({}), "identity.token_attribute"),
        ("kubernetes", "sub", json!("alice"), "identity.token_condition"),
        (
            "kubernetes",
            "kubernetes.io",
            json!({ "namespace": "deploy" }),
            "identity.token_attribute",
        ),
        ("spiffe", "sub", json!("https://acme.example/x"), "identity.token_condition"),
        ("spiffe", "sub", json!("acme"), "identity.token_attribute"),
        (
            "pulumi-cloud",
            "sub",
            json!("pulumi:environments:org:acme:env:prod"),
            "identity.token_condition",
        ),
    ] {
        let case = cases().into_iter().find(|case| case.preset == preset).unwrap();
        let mut claims = case.claims();
        claims[claim] = value;
        let result = case.provider().verify(&signer.token(&claims), &signer.keys(), at(60));
        assert_eq!(code(result), expected, "{preset} {claim}");
    }
}

/// A JWT-SVID may be of the type `JOSE`, and its key be marked as one for JWT-SVIDs.
#[test]
fn svids_have_a_type_and_keys_of_their_own() {
    let signer = Signer::ed25519(1, "2026");
    let case = cases().into_iter().find(|case| case.preset == "spiffe").unwrap();
    let mut header = signer.header();
    header["typ"] = json!("JOSE");
    let mut jwk = signer.jwk();
    jwk["use"] = json!("jwt-svid");
    let token = signer.sign(&header, &case.claims());
    let result = case.provider().verify(&token, &key_set(&[jwk]).unwrap(), at(60));
    assert_eq!(code(result), "accepted");
}
