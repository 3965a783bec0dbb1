//! What was found and decided.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Action;
use crate::{cel::Reason, digest::Digest, time::Instant};

/// The answer to a request or a fact, with everything that led to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Decision {
    /// Whether it is allowed.
    pub verdict: Verdict,
    /// Whether the verdict binds.
    pub mode: Mode,
    /// One for each check, passes included, in the order of the checks.
    pub findings: Vec<Finding>,
    /// How each policy came out over all resources.
    pub policies: Vec<PolicyCount>,
    /// What is owed if this is carried out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obligations: Vec<Obligation>,
    /// What was owed and is met: policies whose result was not known when the plan was applied, and
    /// that pass now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meets: Vec<Obligation>,
    /// What the decision lets its actor do, where it lets it do anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permit: Option<Permit>,
    /// The hashes of the entries (approvals, a promotion's permit) that this decision uses up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spends: Vec<Digest>,
    /// The break-glass grant that was used: something was overridden by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Digest>,
    /// The names of the waivers that were applied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<String>,
    /// The charter that it was decided under.
    pub charter: Digest,
    /// The packs that were evaluated, by `name@version`.
    pub packs: BTreeMap<String, Digest>,
    /// The version of the engine's semantics.
    pub engine: u32,
}

/// Whether something is allowed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every check passed.
    Allow,
    /// At least one check did not pass.
    Deny,
}

impl Verdict {
    /// The word for the verdict.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// Whether a verdict binds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// A denial blocks.
    #[default]
    Enforce,
    /// Verdicts are recorded as `observed`; nothing blocks and no permit is given.
    Observe,
}

/// One check's outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Finding {
    /// The check that it belongs to.
    pub check: Check,
    /// What was found: stable, such as `approval.missing`.
    pub code: String,
    /// How the check came out.
    pub outcome: Outcome,
    /// Whether anything but a pass denies.
    pub enforcement: Enforcement,
    /// What it is about: a gate, a policy, a role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The address of the resource that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// What was expected and what was found.
    pub message: String,
    /// What would turn it into a pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// The conditions of a policy that decided, with the values that they saw; for the first
    /// [`limits::EXPLAINED_FINDINGS`](crate::limits::EXPLAINED_FINDINGS) findings that are no passes.
    /// They are for whoever asked, and never recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

impl Decision {
    /// The decision as it is recorded: without the values that its reasons quote.
    pub fn to_record(&self) -> Self {
        let mut record = self.clone();
        for finding in &mut record.findings {
            finding.reasons.clear();
        }
        record
    }
}

impl Finding {
    /// Whether this finding denies.
    pub fn denies(&self) -> bool {
        self.enforcement == Enforcement::Mandatory
            && matches!(self.outcome, Outcome::Fail | Outcome::Unknown)
    }
}

/// The checks, in their order (DESIGN §4).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// The request as such: its form, its instant, its id.
    Request,
    /// Who asks.
    Identity,
    /// From where.
    Channel,
    /// For what place.
    Target,
    /// About what.
    Subject,
    /// From which stage to which, when, how.
    Boundary,
    /// With whose consent.
    Approvals,
    /// On what evidence.
    Evidence,
    /// By what rules.
    Policies,
    /// By which break-glass grant.
    Grant,
    /// Whether the fact is its recorder's to record.
    Fact,
}

/// How a check came out.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// What was asked for is there.
    Pass,
    /// It is not.
    Fail,
    /// It cannot be told; this denies like a failure.
    Unknown,
    /// It is not, and a live break-glass grant or a waiver lets it pass.
    Overridden,
}

/// Whether a policy binds (R263).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Enforcement {
    /// Anything but a pass denies.
    #[default]
    Mandatory,
    /// It is reported and does not deny.
    Advisory,
}

/// How one policy came out over all resources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyCount {
    /// The policy, as `pack/policy`.
    pub policy: String,
    /// Whether it binds.
    pub enforcement: Enforcement,
    /// How many resources passed.
    pub pass: u64,
    /// How many failed.
    pub fail: u64,
    /// For how many it cannot be told.
    pub unknown: u64,
}

impl PolicyCount {
    /// How many resources the policy had something to say about.
    pub fn judged(&self) -> u64 {
        self.pass.saturating_add(self.fail).saturating_add(self.unknown)
    }
}

/// What is owed, by whom, by when.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Obligation {
    /// What is owed: `verify-after` or `post-mortem`.
    pub kind: String,
    /// What it is about: a policy, as `pack/policy`, or a grant by the hash of its opening.
    pub subject: String,
    /// The address of the resource that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// By when; absent where what is owed blocks until it is met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Instant>,
}

/// What an allowing decision lets its actor do. Its id is the hash of the entry that records it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Permit {
    /// The ledger's origin.
    pub origin: String,
    /// The action.
    pub action: Action,
    /// The actor.
    pub actor: String,
    /// The run of the pipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The track.
    pub track: String,
    /// The stage.
    pub stage: String,
    /// The asset.
    pub asset: String,
    /// The commit, or the artifact's digest.
    pub lineage: String,
    /// The digest of the stage's plan, or of the artifact.
    pub digest: Digest,
    /// How much of the traffic it lets the new revision have, in percent; absent where traffic is not
    /// shifted in steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic: Option<u8>,
    /// The break-glass grant that it was given by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Digest>,
    /// The instant after which it is worth nothing.
    pub expires: Instant,
}

impl Permit {
    /// Whether carrying it out alters the stage. A promoted artifact is in its stage; a promoted
    /// change has still to be applied.
    pub fn is_act(&self) -> bool {
        match self.action {
            Action::Plan => false,
            Action::Apply | Action::Rollback | Action::Shift => true,
            Action::Promote => self.lineage == self.digest.to_string(),
        }
    }
}
