//! What a boundary says of promotion besides gates and approvals: how much may change at once, how
//! often, which way leads back, and in which steps traffic follows.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ApprovalRule, Boundary, GateAbout, Moves, Stage, Track, check::Checker};
use crate::{
    error::Result,
    model::{Plan, ResourceChange},
    pattern,
    time::Duration,
};

/// How much one plan may change (R142, R146). Whatever is left out is not limited.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct BlastRadius {
    /// How many resources may be changed in any way, moves and imports included.
    pub changes: Option<u64>,
    /// How many may come into being. A replacement counts here, among the deletions, and among the
    /// replacements.
    pub creates: Option<u64>,
    /// How many may be changed in place.
    pub updates: Option<u64>,
    /// How many may be destroyed.
    pub deletes: Option<u64>,
    /// How many may be replaced.
    pub replaces: Option<u64>,
    /// The addresses or types that may be changed, in which `*` stands for any run of characters;
    /// empty means any.
    pub resources: Vec<String>,
}

/// How often something may be done (R146, R312).
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rate {
    /// How many times, at most [`limits::RATE`](crate::limits::RATE).
    pub count: u32,
    /// Within which time.
    pub per: Duration,
}

/// Whether a plan may be carried out after a newer one of another commit was admitted for the same
/// asset and ref (R114).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Superseded {
    /// It is denied as `boundary.superseded`.
    #[default]
    Deny,
    /// It may.
    Allow,
}

/// The way back from a stage (R164, R168). Without it, nothing is rolled back there.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RollbackRule {
    /// Whether a request to enter the stage must name the lineage that it goes back to if it fails: the
    /// last one that is known to be good there (R168, R485).
    pub required: bool,
    /// The gates that a rollback must satisfy.
    pub gates: Vec<String>,
    /// The approvals that a rollback needs.
    pub approvals: Vec<ApprovalRule>,
}

/// Which changes are sensitive, and what they need besides the gates of the boundary (R105 to R107).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sensitive {
    /// The addresses or types of resources, in which `*` stands for any run of characters.
    #[serde(default)]
    pub resources: Vec<String>,
    /// The files, by their paths in the repository, in which `*` stands for any run of characters. A
    /// request that does not say which files its change touches is sensitive.
    #[serde(default)]
    pub paths: Vec<String>,
    /// The gates, such as a risk analysis and a verification plan.
    pub gates: Vec<String>,
}

/// The steps in which the traffic of a stage follows what was deployed there (R471, R476).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rollout {
    /// The shares of the traffic, in percent, ascending; the last is 100. Whatever enters the stage
    /// begins with none.
    pub steps: Vec<u8>,
    /// How long after one step the next may be taken (R477).
    pub wait: Duration,
    /// The gate whose evidence each step needs, produced after the step before it (R472).
    pub gate: String,
}

impl BlastRadius {
    /// The limits with their names.
    pub(crate) fn limits(&self) -> [(&'static str, Option<u64>); 5] {
        [
            ("changes", self.changes),
            ("creates", self.creates),
            ("updates", self.updates),
            ("deletes", self.deletes),
            ("replaces", self.replaces),
        ]
    }

    /// How much a plan changes, in the order of the limits.
    pub(crate) fn of(plan: &Plan) -> [u64; 5] {
        let mut counts = [0_u64; 5];
        for resource in plan.resources.iter().filter(|resource| touches(resource)) {
            let actions = resource.actions;
            let updates = actions.changes() && !actions.creates() && !actions.deletes();
            let counted = [true, actions.creates(), updates, actions.deletes(), actions.replaces()];
            for (count, counted) in counts.iter_mut().zip(counted) {
                *count = count.saturating_add(u64::from(counted));
            }
        }
        counts
    }

    /// The resources that a plan touches and that the rule does not name.
    pub(crate) fn outside<'p>(
        &self,
        plan: &'p Plan,
    ) -> impl Iterator<Item = &'p ResourceChange> + use<'_, 'p> {
        let named = |resource: &ResourceChange| {
            let fits = |address: &str| named(&self.resources, &resource.type_name, address);
            fits(&resource.address) && resource.previous_address.as_deref().is_none_or(fits)
        };
        let all = self.resources.is_empty();
        plan.resources.iter().filter(move |resource| !all && touches(resource) && !named(resource))
    }
}

impl Sensitive {
    /// What makes a change sensitive: the first resource or file of it that is, or that nothing says
    /// which files it touches.
    pub(crate) fn touched<'r>(
        &self,
        plan: Option<&'r Plan>,
        paths: Option<&'r [String]>,
    ) -> Option<&'r str> {
        let sensitive = |resource: &&ResourceChange| {
            let fits = |address: &str| named(&self.resources, &resource.type_name, address);
            touches(resource)
                && (fits(&resource.address)
                    || resource.previous_address.as_deref().is_some_and(fits))
        };
        let resource = plan.and_then(|plan| plan.resources.iter().find(sensitive));
        if let Some(resource) = resource {
            return Some(&resource.address);
        }
        if self.paths.is_empty() {
            return None;
        }
        let Some(paths) = paths.filter(|paths| !paths.is_empty()) else { return Some("paths") };
        let sensitive = |path: &&String| {
            !pattern::is_plain_path(path)
                || self.paths.iter().any(|pattern| pattern::fits(pattern, path))
        };
        paths.iter().find(sensitive).map(String::as_str)
    }
}

fn named(patterns: &[String], type_name: &str, address: &str) -> bool {
    patterns.iter().any(|one| pattern::fits(one, type_name) || pattern::fits(one, address))
}

/// Whether a plan alters the resource or what the tool holds of it.
fn touches(resource: &ResourceChange) -> bool {
    resource.actions.changes() || resource.importing || resource.previous_address.is_some()
}

impl Checker<'_> {
    /// The parts of a boundary that this file declares.
    pub(super) fn promotion(
        &self,
        (track, stage): (&Track, &Stage),
        boundary: &Boundary,
        place: &str,
    ) -> Result<()> {
        if let Some(radius) = &boundary.blast_radius {
            if track.moves == Moves::Artifact {
                return Err(self.invalid(
                    &format!("{place}/blastRadius"),
                    "artifacts change no resources; only changes have a blast radius",
                ));
            }
            if radius.limits().iter().all(|(_, limit)| limit.is_none())
                && radius.resources.is_empty()
            {
                return Err(self
                    .invalid(&format!("{place}/blastRadius"), "the blast radius limits nothing"));
            }
        }
        if let Some(rate) = boundary.rate {
            self.rate(rate, &format!("{place}/rate"))?;
        }
        if let Some(rule) = &boundary.rollback {
            let pointer = format!("{place}/rollback");
            if stage.grants.rollback.is_empty() {
                let message = format!("nobody may roll back in `{}`", stage.stage);
                return Err(self.invalid(&pointer, message));
            }
            self.gates_of(track, &rule.gates, &format!("{pointer}/gates"))?;
            self.approvals(&rule.approvals, &pointer)?;
        }
        match &boundary.rollout {
            Some(_) if stage.grants.shift.is_empty() || boundary.rollback.is_none() => Err(self
                .invalid(
                    &format!("{place}/rollout"),
                    "a rollout needs somebody who may shift traffic, and a `rollback` for when it fails",
                )),
            Some(rollout) => self.rollout(track, rollout, &format!("{place}/rollout")),
            None => Ok(()),
        }
    }

    fn rollout(&self, track: &Track, rollout: &Rollout, place: &str) -> Result<()> {
        let Rollout { steps, wait: _, gate } = rollout;
        let ascending = steps.iter().zip(steps.iter().skip(1)).all(|(one, next)| one < next);
        if !ascending || steps.first() == Some(&0) || steps.last() != Some(&100) {
            return Err(self.invalid(
                &format!("{place}/steps"),
                "the steps of a rollout ascend from above 0 to 100 percent",
            ));
        }
        self.gates_of(track, std::slice::from_ref(gate), &format!("{place}/gate"))
    }

    /// The sensitive changes of the charter.
    pub(super) fn sensitive(&self) -> Result<()> {
        let Some(sensitive) = &self.charter.sensitive else { return Ok(()) };
        if sensitive.resources.is_empty() && sensitive.paths.is_empty() {
            return Err(self.invalid("/sensitive", "nothing is sensitive; leave `sensitive` out"));
        }
        if sensitive.gates.is_empty() {
            return Err(self
                .invalid("/sensitive/gates", "sensitive changes need no gate; name at least one"));
        }
        for (index, name) in sensitive.gates.iter().enumerate() {
            let pointer = format!("/sensitive/gates/{index}");
            if self.gate(name, &pointer)?.about == GateAbout::Artifact {
                return Err(self.invalid(
                    &pointer,
                    "changes are sensitive, and evidence about an artifact says nothing of them",
                ));
            }
        }
        Ok(())
    }

    /// The gates are declared once each, and something on the track can satisfy them.
    pub(super) fn gates_of(&self, track: &Track, gates: &[String], place: &str) -> Result<()> {
        let mut seen = BTreeSet::new();
        for (index, name) in gates.iter().enumerate() {
            let pointer = format!("{place}/{index}");
            let possible = match self.gate(name, &pointer)?.about {
                GateAbout::Plan => track.moves == Moves::Change,
                GateAbout::Artifact => track.moves == Moves::Artifact,
                GateAbout::Commit => true,
            };
            if !possible || !seen.insert(name) {
                let message = if possible {
                    format!("the gate `{name}` is named twice")
                } else {
                    format!("nothing on the track `{}` can satisfy the gate `{name}`", track.track)
                };
                return Err(self.invalid(&pointer, message));
            }
        }
        Ok(())
    }
}
