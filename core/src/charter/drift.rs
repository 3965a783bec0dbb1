//! What a stage says of incidents and of drift: what runs and is not what was declared (R385, R392).

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Stage, check::Checker};
use crate::{error::Result, model::Action, time::Duration};

/// What is denied in a stage while an incident is open there, or while nobody looked for drift.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DriftRule {
    /// The actions that are denied. A rollback is the way out, and is never among them; nor is a plan that
    /// prepares one denied.
    pub blocks: BTreeSet<Action>,
    /// Whether they may be done where nobody looked for drift lately (R176). Where something is deployed
    /// and somebody looked and found drift, they may not.
    pub absent: AbsentDrift,
    /// How old a look may be. It is needed where `absent: deny`.
    #[serde(default)]
    pub max_age: Option<Duration>,
}

/// Whether no evidence of drift is as good as evidence of no drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AbsentDrift {
    /// It is.
    Allow,
    /// It is denied as `drift.absent`.
    Deny,
}

impl Checker<'_> {
    /// The drift rule of a stage.
    pub(super) fn drift(&self, stage: &Stage, place: &str) -> Result<()> {
        let Some(rule) = &stage.drift else { return Ok(()) };
        let pointer = format!("{place}/drift");
        if rule.blocks.is_empty() || rule.blocks.contains(&Action::Rollback) {
            return Err(self.invalid(
                &format!("{pointer}/blocks"),
                "a drift rule blocks at least one action, and never the rollback",
            ));
        }
        if (rule.absent == AbsentDrift::Deny)
            != rule.max_age.is_some_and(|age| age.as_seconds() > 0)
        {
            return Err(self.invalid(
                &pointer,
                "`absent: deny` needs `maxAge`, how old a look may be, and `absent: allow` has none",
            ));
        }
        if rule.absent == AbsentDrift::Deny && self.charter.facts.incidents.is_empty() {
            return Err(self.invalid(
                &pointer,
                "nobody may report that they looked for drift: name who does under `facts: incidents`",
            ));
        }
        Ok(())
    }
}
