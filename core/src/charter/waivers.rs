//! Waivers: expiring, owned exceptions for one policy and resource. They are charter data, so that they
//! change only by an admitted amendment (R313, R314).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::Instant;

/// An exception for one policy and resource.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Waiver {
    /// The waiver's name.
    pub waiver: String,
    /// The policy, as `pack/policy`.
    pub policy: String,
    /// The address of the resource, in full.
    pub resource: String,
    /// The track.
    pub track: String,
    /// The stages.
    pub stages: Vec<String>,
    /// The person who answers for it.
    pub owner: String,
    /// Why the policy need not hold here.
    pub reason: String,
    /// The first instant at which it is worth nothing.
    pub expires: Instant,
}
