//! What carried an act out, and what it did, as whoever ran it saw it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What carried an act out, and what it did: a part of an [`OutcomeReport`](super::OutcomeReport).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Execution {
    /// The name of the tool, such as `terraform`.
    pub tool: String,
    /// The tool's version.
    pub version: String,
    /// The versions of its plugins, by their names: of Terraform's providers, by their addresses.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub providers: BTreeMap<String, String>,
    /// The code that it ended with; absent where it did not end by itself, or was not seen to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The number of the signal that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// How many milliseconds it ran; absent where its end was not seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u64>,
    /// What it really changed, as the tool's own states before and after tell; absent where they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<ChangedCounts>,
}

/// How many resources an act really changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangedCounts {
    /// How many there are now, and were not before.
    pub created: u64,
    /// How many are not what they were before.
    pub altered: u64,
    /// How many there were before, and are not now.
    pub deleted: u64,
}
