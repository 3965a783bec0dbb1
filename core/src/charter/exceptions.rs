//! Checks what a charter says about exceptions: that each is bounded, and can be granted at all.

use std::collections::BTreeSet;

use super::{BreakGlass, BreakGlassReason, check::Checker};
use crate::{
    error::{Code, Result},
    model::ActorKind,
};

impl Checker<'_> {
    pub(super) fn exceptions(&self) -> Result<()> {
        if let Some(rules) = &self.charter.break_glass {
            self.break_glass(rules, "/breakGlass")?;
        }
        self.waivers("/waivers")
    }

    fn break_glass(&self, rules: &BreakGlass, place: &str) -> Result<()> {
        self.declared(&rules.requesters, None, &format!("{place}/requesters"))?;
        let recorders = format!("{place}/postMortem/recorders");
        self.declared(&rules.post_mortem.recorders, None, &recorders)?;
        let counts = [
            ("requesters", rules.requesters.is_empty()),
            ("reasons", rules.reasons.is_empty()),
            ("postMortem/recorders", rules.post_mortem.recorders.is_empty()),
            ("maxLifetime", rules.max_lifetime.as_seconds() == 0),
            ("maxUses", rules.max_uses == 0),
        ];
        if let Some((field, _)) = counts.iter().find(|(_, none)| *none) {
            return Err(self.invalid(
                &format!("{place}/{field}"),
                "no grant could ever be opened or used; leave `breakGlass` out to say so",
            ));
        }
        self.rate(rules.openings, &format!("{place}/openings"))?;
        for (index, delegation) in rules.delegations.iter().enumerate() {
            let to = std::slice::from_ref(&delegation.to);
            let pointer = format!("{place}/delegations/{index}");
            self.people(to, &format!("{pointer}/to"))?;
            self.role(&delegation.role, &format!("{pointer}/role"))?;
        }
        let names = rules.reasons.iter().map(|reason| reason.reason.as_str());
        self.unique("reason", names, |index| format!("{place}/reasons/{index}"))?;
        for (index, reason) in rules.reasons.iter().enumerate() {
            self.reason(rules, reason, &format!("{place}/reasons/{index}"))?;
        }
        Ok(())
    }

    fn reason(&self, rules: &BreakGlass, reason: &BreakGlassReason, place: &str) -> Result<()> {
        let empty = [
            ("approvals", reason.approvals.is_empty()),
            ("stages", reason.stages.is_empty()),
            ("actions", reason.actions.is_empty()),
            ("overrides", reason.overrides.is_empty()),
        ];
        if let Some((field, _)) = empty.iter().find(|(_, none)| *none) {
            let message = format!("a grant for `{}` would be worth nothing", reason.reason);
            return Err(self.invalid(&format!("{place}/{field}"), message));
        }
        for (index, check) in reason.overrides.iter().enumerate() {
            if !BreakGlass::OVERRIDABLE.contains(check) {
                return Err(self.invalid(
                    &format!("{place}/overrides/{index}"),
                    "no grant overrides this check: only identity, channel, boundary, approvals, evidence and policies",
                ));
            }
        }
        for (index, covered) in reason.stages.iter().enumerate() {
            let tracks = self.charter.tracks.iter();
            let track = tracks.filter(|track| track.track == covered.track);
            let mut stages = track.flat_map(|track| &track.stages);
            if !stages.any(|stage| stage.stage == covered.stage) {
                let message = format!("`{}` is no stage of that track", covered.stage);
                let pointer = format!("{place}/stages/{index}");
                return Err(self.error(Code::CharterUndeclared, &pointer, message));
            }
        }
        self.consents(&reason.approvals, &rules.delegations, place)
    }

    fn waivers(&self, place: &str) -> Result<()> {
        let waivers = &self.charter.waivers;
        let names = waivers.iter().map(|waiver| waiver.waiver.as_str());
        self.unique("waiver", names, |index| format!("{place}/{index}"))?;
        let mut seen = BTreeSet::new();
        for (index, waiver) in waivers.iter().enumerate() {
            let pointer = format!("{place}/{index}");
            self.people(std::slice::from_ref(&waiver.owner), &format!("{pointer}/owner"))?;
            if waiver.reason.trim().is_empty() {
                return Err(self.invalid(&format!("{pointer}/reason"), "a waiver needs a reason"));
            }
            if waiver.stages.is_empty() || waiver.resource.is_empty() {
                return Err(self.invalid(&pointer, "a waiver names a resource and its stages"));
            }
            let track = self.charter.tracks.iter().find(|track| track.track == waiver.track);
            for stage in &waiver.stages {
                let declared = track.is_some_and(|t| t.stages.iter().any(|s| s.stage == *stage));
                if !declared {
                    let message = format!("`{stage}` is no stage of the track `{}`", waiver.track);
                    let pointer = format!("{pointer}/stages");
                    return Err(self.error(Code::CharterUndeclared, &pointer, message));
                }
                let key = (&waiver.policy, &waiver.resource, &waiver.track, stage);
                if !seen.insert(key) {
                    let message = "another waiver is for the same policy, resource and stage";
                    let error = self.error(Code::CharterDuplicate, &pointer, message.to_owned());
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Actors that must be declared as people.
    pub(super) fn people(&self, names: &[String], place: &str) -> Result<()> {
        self.declared(names, None, place)?;
        let is_human = |name: &&String| {
            self.charter.actors.iter().any(|a| a.actor == **name && a.kind == ActorKind::Human)
        };
        match names.iter().find(|name| !is_human(name)) {
            Some(name) => {
                Err(self.invalid(place, format!("`{name}` is a workload, and only a person can")))
            }
            None => Ok(()),
        }
    }

    /// A role that some reason asks for.
    fn role(&self, role: &str, place: &str) -> Result<()> {
        let reasons = self.charter.break_glass.iter().flat_map(|rules| &rules.reasons);
        if reasons.flat_map(|reason| &reason.approvals).any(|rule| rule.role == role) {
            return Ok(());
        }
        let message = format!("no reason asks for the role `{role}`");
        Err(self.error(Code::CharterUndeclared, place, message))
    }
}
