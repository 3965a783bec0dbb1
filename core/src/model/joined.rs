//! Several plans as one, so that they are judged, consented to and admitted together or not at all.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Plan, ResourceChange};
use crate::{
    canonical,
    digest::Digest,
    error::{Code, Error, Result},
    limits,
};

/// One of the plans that another is joined of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanPart {
    /// The name that tells it from the others.
    pub name: String,
    /// Its digest.
    pub digest: Digest,
}

impl Plan {
    /// Joins plans of one commit, by name, into one whose digest names all of them. Its addresses begin with
    /// the name of their part and a slash. What is admitted for it is admitted for all of the parts together.
    ///
    /// # Errors
    ///
    /// `input.invalid_value` when there are fewer than two, when a name is empty or has other characters
    /// than letters, digits, `-`, `_` and `.`, when a part is itself joined of others, or is there twice; `limit.count`
    /// above [`limits::PLAN_PARTS`].
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use poundlock::model::Plan;
    ///
    /// let json = br#"{"format_version": "1.2", "resource_changes": []}"#;
    /// let network = Plan::from_terraform(json, &[1; 32])?;
    /// let service = Plan::from_terraform(json, &[2; 32])?;
    /// let both = Plan::joined(BTreeMap::from([("network".into(), network), ("service".into(), service)]))?;
    /// assert_eq!(both.parts.len(), 2);
    /// # Ok::<(), poundlock::Error>(())
    /// ```
    pub fn joined(plans: BTreeMap<String, Self>) -> Result<Self> {
        if plans.len() > limits::PLAN_PARTS {
            let message = format!("at most {} plans can be joined", limits::PLAN_PARTS);
            return Err(Error::new(Code::LimitCount, message));
        }
        let mut plans = plans.into_iter();
        let (Some(first), Some(second)) = (plans.next(), plans.next()) else {
            let message = "at least two plans are joined, each under a name of its own";
            return Err(Error::new(Code::InputInvalidValue, message));
        };
        let mut whole = named(first)?;
        for plan in std::iter::once(second).chain(plans) {
            whole.absorb(named(plan)?);
        }
        let distinct: BTreeSet<Digest> = whole.parts.iter().map(|part| part.digest).collect();
        if distinct.len() < whole.parts.len() {
            let message = "a plan is there twice, and it is applied once";
            return Err(Error::new(Code::InputInvalidValue, message));
        }
        whole.digest = digest(&whole.parts)?;
        Ok(whole)
    }

    fn absorb(&mut self, other: Self) {
        let Self { tool, tool_version, format_version, complete, applyable, .. } = &other;
        if self.tool != *tool {
            "several".clone_into(&mut self.tool);
        }
        if self.tool_version != *tool_version {
            self.tool_version = None;
        }
        if self.format_version != *format_version {
            "several".clone_into(&mut self.format_version);
        }
        // One part that is incomplete makes the whole so; one that can be applied, too.
        self.complete = match (self.complete, complete) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        self.applyable = match (self.applyable, applyable) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        };
        self.resources.extend(other.resources);
        self.drift.extend(other.drift);
        self.outputs.extend(other.outputs);
        self.checks.extend(other.checks);
        self.unjudged.extend(other.unjudged);
        self.exposed.extend(other.exposed);
        self.parts.extend(other.parts);
    }
}

/// The digest of a plan that is joined of others.
pub(crate) fn digest(parts: &[PlanPart]) -> Result<Digest> {
    Ok(Digest::of_kind("plans", &canonical::to_bytes(parts)?))
}

/// A plan as a part: with its name before all of its addresses.
fn named((name, mut plan): (String, Plan)) -> Result<Plan> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > limits::NAME_BYTES || !name.chars().all(plain) {
        let message = "the name of a plan's part consists of letters, digits, -, _ and .";
        return Err(Error::new(Code::InputInvalidValue, message));
    }
    if !plan.parts.is_empty() {
        let message = "a plan that is joined of others cannot be a part";
        return Err(Error::new(Code::InputInvalidValue, message));
    }
    let below = |address: &str| format!("{name}/{address}");
    for ResourceChange { address, previous_address, .. } in
        plan.resources.iter_mut().chain(&mut plan.drift)
    {
        *address = below(address);
        *previous_address = previous_address.as_deref().map(below);
    }
    for output in &mut plan.outputs {
        output.name = below(&output.name);
    }
    for check in &mut plan.checks {
        check.address = below(&check.address);
    }
    for part in plan.unjudged.iter_mut().chain(&mut plan.exposed) {
        *part = below(part);
    }
    plan.parts = vec![PlanPart { digest: plan.digest, name }];
    Ok(plan)
}
