//! Break-glass: for which reasons an exception may be granted, by whom, how far it reaches and for how
//! long. What a charter does not say here cannot be granted (R306, R317).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ApprovalRule, Rate};
use crate::{
    model::{Action, Check},
    time::{Duration, Instant},
};

/// The rules of break-glass grants.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BreakGlass {
    /// Who may ask for a grant, open and close it.
    pub requesters: Vec<String>,
    /// The longest lifetime of a grant (R309).
    pub max_lifetime: Duration,
    /// How often one grant may be used (R312).
    pub max_uses: u32,
    /// How many grants may be opened in a time (R312).
    pub openings: Rate,
    /// The post-mortem that every grant owes (R311).
    pub post_mortem: PostMortemRule,
    /// The reasons that count (R307).
    pub reasons: Vec<BreakGlassReason>,
    /// Who may approve in another's place, and until when (R335).
    #[serde(default)]
    pub delegations: Vec<Delegation>,
}

/// The post-mortem that every grant owes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostMortemRule {
    /// How long after the end of the grant's lifetime. While one is overdue no other grant is opened.
    pub within: Duration,
    /// Who may record it.
    pub recorders: Vec<String>,
}

/// A reason for a grant, with what it takes and how far it reaches.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BreakGlassReason {
    /// The reason's name.
    pub reason: String,
    /// When it applies.
    #[serde(default)]
    pub description: Option<String>,
    /// The approvals that are needed (R335 to R338).
    pub approvals: Vec<ApprovalRule>,
    /// The stages that a grant may cover.
    pub stages: Vec<StageReference>,
    /// The actions that a grant may cover.
    pub actions: Vec<Action>,
    /// The checks whose failures a grant overrides.
    pub overrides: Vec<Check>,
}

/// A stage of a track, both by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StageReference {
    /// The track.
    pub track: String,
    /// The stage.
    pub stage: String,
}

/// A person approves grants in a role that they do not have, for a time (R335).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Delegation {
    /// The role.
    pub role: String,
    /// The person.
    pub to: String,
    /// The last instant at which it counts.
    pub until: Instant,
}

impl BreakGlass {
    /// The checks that a grant can override: never the verification of identity, the ledger's integrity
    /// or immutability (DESIGN §4).
    pub const OVERRIDABLE: [Check; 6] = [
        Check::Identity,
        Check::Channel,
        Check::Boundary,
        Check::Approvals,
        Check::Evidence,
        Check::Policies,
    ];

    /// The reason of this name.
    pub fn reason(&self, name: &str) -> Option<&BreakGlassReason> {
        self.reasons.iter().find(|reason| reason.reason == name)
    }
}
