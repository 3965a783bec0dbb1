//! Checks a charter as a whole: names are declared once, references resolve, and every rule can be
//! satisfied, so that a mistake shows when the charter is loaded and not when a change is urgent.

use std::collections::BTreeSet;

use super::{ApprovalRule, Boundary, CharterDocument, Delegation, Gate, Moves, Rate, Stage, Track};
use crate::{
    error::{Code, Error, Result},
    identity::AllowedSigners,
    limits,
    model::{Action, ActorKind, Mode},
    time::Instant,
    value::Ref,
};

/// Where the refs of tags are.
const TAGS: &str = "refs/tags/";

/// Checks the document; `root` is the same document, for the places of errors.
pub(super) fn check(
    charter: &CharterDocument,
    signers: &AllowedSigners,
    root: Ref<'_>,
) -> Result<()> {
    let checker = Checker { charter, signers, root };
    checker.review()?;
    checker.names()?;
    checker.actors()?;
    checker.gates()?;
    checker.facts()?;
    checker.sensitive()?;
    checker.lifecycles()?;
    for (index, track) in charter.tracks.iter().enumerate() {
        checker.track(track, &format!("/tracks/{index}"))?;
    }
    checker.rate(charter.strangers, "/strangers")?;
    checker.separation()?;
    checker.threats("/threats")?;
    checker.exceptions()
}

pub(super) struct Checker<'a> {
    pub(super) charter: &'a CharterDocument,
    signers: &'a AllowedSigners,
    root: Ref<'a>,
}

impl Checker<'_> {
    pub(super) fn error(&self, code: Code, pointer: &str, message: String) -> Error {
        let error = Error::new(code, message);
        match self.root.pointer(pointer).and_then(Ref::position) {
            Some(position) => error.at_position(position),
            None => error.at_pointer(pointer),
        }
    }

    pub(super) fn invalid(&self, pointer: &str, message: impl Into<String>) -> Error {
        self.error(Code::CharterInvalid, pointer, message.into())
    }

    pub(super) fn name(&self, name: &str, pointer: &str) -> Result<()> {
        let plain = !name.is_empty()
            && name.len() <= limits::NAME_BYTES
            && name.chars().all(|c| !c.is_control() && !c.is_whitespace());
        if plain {
            Ok(())
        } else {
            Err(self.invalid(
                pointer,
                "a name is empty, too long, or holds spaces or control characters",
            ))
        }
    }

    fn review(&self) -> Result<()> {
        match &self.charter.review_by {
            Some(day) if Instant::after_day(day).is_none() => Err(self
                .invalid("/reviewBy", "the day of the review is no date")
                .with_help("write year, month and day, such as 2027-01-31")),
            _ => Ok(()),
        }
    }

    /// Every name is well formed and unique in its kind.
    fn names(&self) -> Result<()> {
        let charter = self.charter;
        self.name(&charter.charter, "/charter")?;
        self.unique("actor", charter.actors.iter().map(|actor| actor.actor.as_str()), |i| {
            format!("/actors/{i}")
        })?;
        self.unique("gate", charter.gates.iter().map(|gate| gate.gate.as_str()), |i| {
            format!("/gates/{i}")
        })?;
        let packs = charter.packs.iter().map(|pack| pack.pack.as_str());
        let overlays = charter.overlays.iter().map(|overlay| overlay.overlay.as_str());
        self.unique("pack or overlay", packs.chain(overlays), |i| {
            match i.checked_sub(charter.packs.len()) {
                None => format!("/packs/{i}"),
                Some(i) => format!("/overlays/{i}"),
            }
        })?;
        self.unique("track", charter.tracks.iter().map(|track| track.track.as_str()), |i| {
            format!("/tracks/{i}")
        })?;
        if charter.tracks.is_empty() {
            return Err(self.invalid("/tracks", "a charter needs at least one track"));
        }
        Ok(())
    }

    pub(super) fn unique<'n>(
        &self,
        what: &str,
        names: impl Iterator<Item = &'n str>,
        place: impl Fn(usize) -> String,
    ) -> Result<()> {
        let mut seen = BTreeSet::new();
        for (index, name) in names.enumerate() {
            self.name(name, &place(index))?;
            if !seen.insert(name) {
                let message = format!("the {what} `{name}` is declared twice");
                return Err(self.error(Code::CharterDuplicate, &place(index), message));
            }
        }
        Ok(())
    }

    fn actors(&self) -> Result<()> {
        for (index, actor) in self.charter.actors.iter().enumerate() {
            if actor.kind == ActorKind::Workload && !actor.roles.is_empty() {
                let message =
                    format!("the workload `{}` has roles; only people approve", actor.actor);
                return Err(self.invalid(&format!("/actors/{index}/roles"), message));
            }
        }
        Ok(())
    }

    /// The actors of a list are declared, and of one kind where that matters.
    pub(super) fn declared(
        &self,
        actors: &[String],
        kind: Option<ActorKind>,
        pointer: &str,
    ) -> Result<()> {
        for (index, name) in actors.iter().enumerate() {
            let place = format!("{pointer}/{index}");
            let Some(actor) = self.charter.actors.iter().find(|actor| &actor.actor == name) else {
                let message = format!("the actor `{name}` is not declared");
                return Err(self.error(Code::CharterUndeclared, &place, message));
            };
            if kind.is_some_and(|kind| kind != actor.kind) {
                let message = format!("`{name}` is a person, and only a workload may do this");
                return Err(self.invalid(&place, message));
            }
        }
        Ok(())
    }

    fn gates(&self) -> Result<()> {
        for (index, gate) in self.charter.gates.iter().enumerate() {
            let place = format!("/gates/{index}");
            self.declared(&gate.producers, None, &format!("{place}/producers"))?;
            if gate.producers.is_empty() {
                let message =
                    format!("the gate `{}` has no producers, so nothing can satisfy it", gate.gate);
                return Err(self.invalid(&place, message));
            }
            if gate.max_age.as_seconds() == 0 {
                let message =
                    format!("the gate `{}` accepts no age, so nothing can satisfy it", gate.gate);
                return Err(self.invalid(&place, message));
            }
            self.report(gate, &place)?;
        }
        Ok(())
    }

    fn facts(&self) -> Result<()> {
        let facts = &self.charter.facts;
        self.declared(&facts.approvals, Some(ActorKind::Workload), "/facts/approvals")?;
        self.declared(&facts.withdrawals, None, "/facts/withdrawals")?;
        self.declared(&facts.erasures, None, "/facts/erasures")?;
        self.declared(&facts.incidents, None, "/facts/incidents")?;
        self.declared(&facts.resolutions, None, "/facts/resolutions")?;
        if let Some(amendments) = &self.charter.amendments {
            self.declared(&amendments.actors, None, "/amendments/actors")?;
            if amendments.actors.is_empty() {
                return Err(self
                    .invalid("/amendments", "nobody may amend; leave `amendments` out to say so"));
            }
        }
        Ok(())
    }

    fn track(&self, track: &Track, place: &str) -> Result<()> {
        if track.stages.is_empty() {
            return Err(self.invalid(place, format!("the track `{}` has no stages", track.track)));
        }
        let names = track.stages.iter().enumerate().flat_map(|(index, stage)| {
            std::iter::once(stage.stage.as_str())
                .chain(stage.aliases.iter().map(String::as_str))
                .map(move |name| (index, name))
        });
        let mut seen = BTreeSet::new();
        for (index, name) in names {
            let pointer = format!("{place}/stages/{index}");
            self.name(name, &pointer)?;
            if !seen.insert(name) {
                let message = format!(
                    "the stage name or alias `{name}` is used twice in the track `{}`",
                    track.track
                );
                return Err(self.error(Code::CharterDuplicate, &pointer, message));
            }
        }
        if let Some(assets) = &track.assets {
            let pointer = format!("{place}/assets");
            self.unique("asset", assets.iter().map(String::as_str), |i| format!("{pointer}/{i}"))?;
            if assets.is_empty() {
                let message = "nothing could move along the track; leave `assets` out for any";
                return Err(self.invalid(&pointer, message));
            }
        }
        self.lifecycle_of(track, place)?;
        for (index, stage) in track.stages.iter().enumerate() {
            self.stage(track, stage, &format!("{place}/stages/{index}"))?;
        }
        let mut entrances = BTreeSet::new();
        for (index, boundary) in track.boundaries.iter().enumerate() {
            let pointer = format!("{place}/boundaries/{index}");
            if !entrances.insert((&boundary.into, &boundary.from)) {
                let message = match &boundary.from {
                    Some(from) => {
                        format!(
                            "`{}` has two boundaries for what comes from `{from}`",
                            boundary.into
                        )
                    }
                    None => format!("the stage `{}` has two boundaries", boundary.into),
                };
                return Err(self.error(Code::CharterDuplicate, &pointer, message));
            }
            self.boundary(track, boundary, &pointer)?;
        }
        self.strictness(track, place)
    }

    fn stage(&self, track: &Track, stage: &Stage, place: &str) -> Result<()> {
        let grants = &stage.grants;
        for action in Action::ALL {
            let pointer = format!("{place}/grants/{}", action.word());
            self.declared(grants.of(action), Some(ActorKind::Workload), &pointer)?;
        }
        for (index, pack) in stage.packs.iter().enumerate() {
            let pointer = format!("{place}/packs/{index}");
            if !self.charter.packs.iter().any(|reference| &reference.pack == pack) {
                let message = format!("the pack `{pack}` is not among the charter's packs");
                return Err(self.error(Code::CharterUndeclared, &pointer, message));
            }
            if track.moves == Moves::Artifact {
                return Err(self.invalid(
                    &pointer,
                    "packs judge the resource changes of plans, and artifacts have none; use gates",
                ));
            }
        }
        if track.moves == Moves::Artifact && !(grants.plan.is_empty() && grants.apply.is_empty()) {
            return Err(self.invalid(
                &format!("{place}/grants"),
                "artifacts are promoted; they are neither planned nor applied",
            ));
        }
        self.after(track, stage, place)?;
        self.zone(track, stage, place)?;
        self.drift(stage, place)?;
        let attestor = |name: &&String| self.charter.facts.approvals.contains(name);
        if let Some(actor) = grants.acting().find(attestor) {
            let message = format!(
                "`{actor}` may act in `{}` and attest approvals; these are two actors",
                stage.stage
            );
            return Err(self.invalid(&format!("{place}/grants"), message));
        }
        let enforced_before = track.before(stage).all(|before| before.mode == Mode::Enforce);
        if stage.mode == Mode::Enforce && !enforced_before && self.charter.mode == Mode::Enforce {
            let message = format!(
                "`{}` enforces and the stage before it only observes, so nothing can succeed there and enter",
                stage.stage
            );
            return Err(self.invalid(place, message));
        }
        let first = track.before(stage).next().is_none();
        if first && track.boundary(None, stage).is_none() {
            let message =
                format!("the stage `{}` has no boundary, so nothing can enter it", stage.stage);
            return Err(self.invalid(place, message));
        }
        if let Some(before) =
            track.before(stage).find(|it| track.boundary(Some(it), stage).is_none())
        {
            let message = format!(
                "the stage `{}` has no boundary from `{}`, so nothing can enter it from there",
                stage.stage, before.stage
            );
            return Err(self.invalid(place, message));
        }
        Ok(())
    }

    /// The stages that may come before one are earlier ones, each named once.
    fn after(&self, track: &Track, stage: &Stage, place: &str) -> Result<()> {
        let Some(after) = &stage.after else { return Ok(()) };
        let mut seen = BTreeSet::new();
        for (index, name) in after.iter().enumerate() {
            let pointer = format!("{place}/after/{index}");
            if !track.before(stage).any(|before| before.stage == *name) {
                let message = format!("`{name}` is no stage before `{}` in the list", stage.stage);
                return Err(self.error(Code::CharterUndeclared, &pointer, message));
            }
            if !seen.insert(name) {
                let message = format!("the stage `{name}` is named twice");
                return Err(self.error(Code::CharterDuplicate, &pointer, message));
            }
        }
        if after.is_empty() {
            return Err(self.invalid(
                &format!("{place}/after"),
                "no stage is named; leave `after` out for the one before it in the list",
            ));
        }
        Ok(())
    }

    /// The gate of a name, which must be declared.
    pub(super) fn gate(&self, name: &str, place: &str) -> Result<&Gate> {
        self.charter.gates.iter().find(|gate| gate.gate == name).ok_or_else(|| {
            let message = format!("the gate `{name}` is not declared");
            self.error(Code::CharterUndeclared, place, message)
        })
    }

    fn boundary(&self, track: &Track, boundary: &Boundary, place: &str) -> Result<()> {
        let Some(stage) = track.stages.iter().find(|stage| stage.stage == boundary.into) else {
            let message = format!(
                "the boundary leads into `{}`, which is no stage of the track",
                boundary.into
            );
            return Err(self.error(Code::CharterUndeclared, &format!("{place}/into"), message));
        };
        let before: Vec<&str> = track.before(stage).map(|stage| stage.stage.as_str()).collect();
        if boundary.from.as_deref().map_or(!before.is_empty(), |from| !before.contains(&from)) {
            let message = match before.as_slice() {
                [] => format!("`{}` is the first stage: leave `from` out", boundary.into),
                [before] => {
                    format!("`{}` comes after `{before}`: write `from: {before}`", boundary.into)
                }
                _ => {
                    let before = before.join(", ");
                    format!(
                        "`{}` comes after {before}: write `from` with one of them",
                        boundary.into
                    )
                }
            };
            return Err(self.invalid(place, message));
        }
        if boundary.gates.is_empty() && stage.packs.is_empty() {
            let message = format!(
                "the boundary into `{}` has neither a gate nor a policy pack",
                boundary.into
            );
            return Err(self.invalid(place, message));
        }
        if before.is_empty() && boundary.soak.is_some() {
            return Err(
                self.invalid(&format!("{place}/soak"), "nothing can soak before the first stage")
            );
        }
        if boundary.delay.is_some() && boundary.approvals.is_empty() {
            return Err(
                self.invalid(&format!("{place}/delay"), "a delay after approval needs an approval")
            );
        }
        self.gates_of(track, &boundary.gates, &format!("{place}/gates"))?;
        self.approvals(&boundary.approvals, place)?;
        self.promotion((track, stage), boundary, place)?;
        let from_tags = boundary.refs.iter().any(|pattern| pattern.starts_with(TAGS));
        if boundary.signed_tags && (!from_tags || self.signers.is_empty()) {
            let message = format!(
                "signed tags are asked for, and `refs` must accept some of `{TAGS}`, and `signers` list a key for them"
            );
            return Err(self.invalid(&format!("{place}/signedTags"), message));
        }
        for (index, window) in boundary.windows.iter().enumerate() {
            window.validate().map_err(|error| {
                self.invalid(&format!("{place}/windows/{index}"), error.message().to_owned())
            })?;
        }
        Ok(())
    }

    pub(super) fn approvals(&self, rules: &[ApprovalRule], place: &str) -> Result<()> {
        self.consents(rules, &[], place)
    }

    /// The consents that rules ask for can be given: enough people have each role, or have it delegated, and
    /// can sign or have somebody to attest their word.
    pub(super) fn consents(
        &self,
        rules: &[ApprovalRule],
        delegations: &[Delegation],
        place: &str,
    ) -> Result<()> {
        let wanted = rules.iter().map(|rule| u64::from(rule.count)).sum::<u64>();
        if usize::try_from(wanted).unwrap_or(usize::MAX) > limits::APPROVALS {
            let message =
                format!("at most {} approvals are asked for at a time", limits::APPROVALS);
            return Err(self.invalid(&format!("{place}/approvals"), message));
        }
        let mut roles = BTreeSet::new();
        let attested = !self.charter.facts.approvals.is_empty();
        for (index, rule) in rules.iter().enumerate() {
            let pointer = format!("{place}/approvals/{index}");
            let stands_in =
                |person: &str| delegations.iter().any(|it| it.role == rule.role && it.to == person);
            let people = self.charter.actors.iter().filter(|actor| {
                actor.kind == ActorKind::Human
                    && (actor.roles.contains(&rule.role) || stands_in(&actor.actor))
            });
            let eligible = people.clone().count();
            let able =
                people.filter(|person| attested || self.signers.signs(&person.actor)).count();
            if rule.count == 0 {
                return Err(self.invalid(&pointer, "an approval rule asks for nobody"));
            }
            if eligible < usize::try_from(rule.count).unwrap_or(usize::MAX) {
                let message = format!(
                    "{} approvals by the role `{}` are asked for, and {eligible} people have it",
                    rule.count, rule.role
                );
                return Err(self.invalid(&pointer, message));
            }
            if able < usize::try_from(rule.count).unwrap_or(usize::MAX) {
                let message = format!(
                    "{} approvals by the role `{}` are asked for, {able} of its people have a key under `signers`, and no workload may attest approvals",
                    rule.count, rule.role
                );
                return Err(self.invalid(&pointer, message));
            }
            if !roles.insert(rule.role.as_str()) {
                let message = format!("the role `{}` is asked for twice", rule.role);
                return Err(self.error(Code::CharterDuplicate, &pointer, message));
            }
        }
        Ok(())
    }

    /// A rate counts something, in some time, and no more than is remembered.
    pub(super) fn rate(&self, rate: Rate, pointer: &str) -> Result<()> {
        let count = usize::try_from(rate.count).unwrap_or(usize::MAX);
        if (1..=limits::RATE).contains(&count) && rate.per.as_seconds() > 0 {
            return Ok(());
        }
        let message = format!("a rate has a time and counts 1 to {}", limits::RATE);
        Err(self.invalid(pointer, message))
    }
}
