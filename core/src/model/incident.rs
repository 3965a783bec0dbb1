//! Incidents: what is not as it should be at a site, and that it is over.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Severity;
use crate::{digest::Digest, time::Instant};

/// Something is not as it should be at a site (R385).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Incident {
    /// What kind of thing.
    pub kind: IncidentKind,
    /// The track, where more than one has the stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<String>,
    /// The stage.
    pub stage: String,
    /// The name of the asset.
    pub asset: String,
    /// Whether anything was found; a scan that finds nothing is recorded too, as evidence of no drift.
    pub found: bool,
    /// When the tool looked.
    pub seen: Instant,
    /// The tool's own state that was looked at, for drift and bypasses. One that was written since the last outcome
    /// told of it is a bypass, whatever else was found (R063).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StateVersion>,
    /// The addresses of the resources that are affected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// How bad it is, where it is worse than its kind usually is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The digest of the tool's report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Digest>,
    /// What else is worth knowing, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Which state a tool such as Terraform keeps of what it made, and how often it was written: `lineage` and `serial` as
/// `terraform state pull` prints them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StateVersion {
    /// The name that the tool gave the state once and for all.
    pub lineage: String,
    /// The serial number.
    pub serial: u64,
    /// What it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<StateContent>,
}

/// What a tool's own state holds, as a digest that is blinded, since states hold secrets: only who has the nonce and
/// the state can name it again. It tells whether somebody altered a state without raising its serial number (R063).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StateContent {
    /// Which nonce it is blinded with: a digest of the nonce. Contents under different nonces are not compared.
    pub nonce: Digest,
    /// The blinded digest.
    pub digest: Digest,
}

impl StateContent {
    /// Whether it is another content; of contents under different nonces nobody can tell.
    pub(crate) fn differs(&self, other: &Self) -> bool {
        self.nonce == other.nonce && self.digest != other.digest
    }
}

/// The kinds of incidents.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum IncidentKind {
    /// What runs differs from what is declared (R385, R392).
    Drift,
    /// Somebody went around the gates (R141).
    Bypass,
    /// What runs is not healthy (R479).
    Health,
    /// Somebody tried to alter what was published (R225, R364).
    Immutability,
    /// What was published is not what its digest says, or is gone (R408).
    Integrity,
    /// Something was retired at once (R325, R328).
    Retirement,
    /// Anything else.
    Other,
}

impl IncidentKind {
    /// The word for the kind.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::Bypass => "bypass",
            Self::Health => "health",
            Self::Immutability => "immutability",
            Self::Integrity => "integrity",
            Self::Retirement => "retirement",
            Self::Other => "other",
        }
    }

    /// How bad an incident of the kind is at least (R225, R364).
    pub const fn severity(self) -> Severity {
        match self {
            Self::Immutability | Self::Integrity | Self::Bypass | Self::Retirement => {
                Severity::High
            }
            Self::Drift | Self::Health | Self::Other => Severity::Medium,
        }
    }
}

/// An incident is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Resolution {
    /// The hash of the entry that opened the incident.
    pub incident: Digest,
    /// How it was brought to an end.
    pub reason: String,
}
