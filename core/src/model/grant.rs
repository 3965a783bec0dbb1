//! Break-glass grants: exceptions with a reason, a scope, approvers and an end.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Action;
use crate::{digest::Digest, time::Duration};

/// A break-glass grant is asked for (R306 to R308). It is worth nothing before it is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantRequest {
    /// Which of the charter's reasons it is for (R307).
    pub reason: String,
    /// What it covers.
    pub scope: GrantScope,
    /// How long it is to live from its opening on.
    pub lifetime: Duration,
    /// Why nothing less will do, and what may go wrong (R339).
    pub justification: String,
    /// What is affected, and how harm is kept small (R340).
    pub impact: String,
    /// When and how the matter is settled for good (R341).
    pub resolution: String,
    /// Who is told, and how (R342).
    pub communication: String,
}

/// What a grant covers: whoever and whatever is not listed is not covered (R308).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantScope {
    /// Who may use it.
    pub actors: BTreeSet<String>,
    /// What they may do.
    pub actions: BTreeSet<Action>,
    /// The track.
    pub track: String,
    /// In which of its stages, by their names and not by aliases.
    pub stages: BTreeSet<String>,
    /// To which assets.
    pub assets: BTreeSet<String>,
}

/// A person consents to a break-glass grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantApproval {
    /// The hash of the entry that recorded the grant's request.
    pub request: Digest,
    /// The person.
    pub by: String,
}

/// A break-glass grant begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantOpening {
    /// The hash of the entry that recorded the grant's request.
    pub request: Digest,
}

/// A break-glass grant ends before its time (R318).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantClosing {
    /// The hash of the entry that opened the grant.
    pub grant: Digest,
    /// What was achieved, and that normal privileges are restored.
    pub note: String,
}

/// What a break-glass grant was used for has been looked into (R311).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostMortem {
    /// The hash of the entry that opened the grant.
    pub grant: Digest,
    /// The digest of the report.
    pub report: Digest,
    /// What was found, in a few words.
    pub summary: String,
}
