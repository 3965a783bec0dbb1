//! Incidents and their resolutions: who may report them, and what they must name.

use super::{Engine, codes, facts::allowed, findings::CheckFindings};
use crate::{
    charter::{ActorDeclaration, Stage},
    digest::Digest,
    model::{Incident, IncidentKind, Resolution, StateVersion},
    state::{Site, State, StateStanding},
    time::Instant,
};

impl Engine {
    /// The track and stage that somebody means, as the charter names them.
    pub(super) fn stage_meant(&self, track: Option<&str>, stage: &str) -> Option<(String, String)> {
        let mut stages =
            self.charter.stages(stage).filter(|(of, _)| track.is_none_or(|name| *name == of.track));
        let (track, stage) = stages.next()?;
        stages.next().is_none().then(|| (track.track.clone(), stage.stage.clone()))
    }

    /// How a state that a tool keeps relates to what outcomes told of the one at a place: whoever looks for drift in another one has seen nothing of what was deployed there (R063, R385).
    ///
    /// Where the charter has no such stage, nothing was ever deployed.
    pub fn standing_of_state(
        &self,
        (track, stage, asset): (Option<&str>, &str, &str),
        found: Option<&StateVersion>,
        state: &State,
    ) -> StateStanding {
        let Some((track, stage)) = self.stage_meant(track, stage) else {
            return StateStanding::Undeployed;
        };
        let is_one = self.is_one_place(&track, &stage);
        state.standing(&Site { track, asset: asset.to_owned(), stage }, is_one, found)
    }

    /// Whether nobody can tell if a state was altered under its serial number: what it holds was told before, and is not said now,
    /// or under another nonce (R063). Of no state, whether it was told at all.
    pub fn keeps_content_back(
        &self,
        (track, stage, asset): (Option<&str>, &str, &str),
        found: Option<&StateVersion>,
        state: &State,
    ) -> bool {
        self.stage_meant(track, stage).is_some_and(|(track, stage)| {
            let is_one = self.is_one_place(&track, &stage);
            state.keeps_content_back(&Site { track, asset: asset.to_owned(), stage }, is_one, found)
        })
    }

    /// The incidents of the kind `bypass` that are open at a place, by the hashes of their entries: as long as one is, no look
    /// for drift has shown that all is as it should be (R141).
    pub fn open_bypasses(
        &self,
        (track, stage, asset): (Option<&str>, &str, &str),
        state: &State,
    ) -> Vec<Digest> {
        let Some((track, stage)) = self.stage_meant(track, stage) else { return Vec::new() };
        let is_one = self.is_one_place(&track, &stage);
        let site = Site { track, asset: asset.to_owned(), stage };
        let open = state.open_incidents(&site, is_one);
        open.filter(|(_, record)| record.kind == IncidentKind::Bypass).map(|(it, _)| *it).collect()
    }

    /// Whether a stage is one place, whatever assets are called.
    fn is_one_place(&self, track: &str, stage: &str) -> bool {
        let tracks = self.charter.document().tracks.iter().find(|it| it.track == track);
        tracks.and_then(|track| track.stage(stage)).is_some_and(Stage::is_one_place)
    }

    /// An incident is for those to report whom the charter names for it.
    pub(super) fn incident(
        &self,
        incident: &Incident,
        recorder: &ActorDeclaration,
        (state, at): (&State, Instant),
        findings: &mut CheckFindings<'_>,
    ) {
        let document = self.charter.document();
        allowed(&document.facts.incidents, recorder, "facts.incidents", findings);
        if self.stage_meant(incident.track.as_deref(), &incident.stage).is_none() {
            findings.fail(
                codes::FACT_SUBJECT,
                None,
                "the stage is not declared, or more than one track has it",
                "name a stage of the charter, and its track where need be",
            );
        }
        if !incident.found && incident.kind != IncidentKind::Drift {
            findings.fail(
                codes::FACT_SUBJECT,
                Some(incident.kind.word()),
                "nothing was found, and only drift is looked for",
                "record an incident when there is one",
            );
        }
        self.looked_at(incident, state, findings);
        if incident.seen > at.saturating_add(document.clock.skew) {
            findings.fail(
                codes::FACT_FUTURE,
                Some(incident.kind.word()),
                "the incident is said to be seen after it is recorded",
                "correct the clock of the host",
            );
        }
    }

    /// Whoever looked at another state than the one that outcomes told of has seen nothing of what was deployed.
    fn looked_at(&self, incident: &Incident, state: &State, findings: &mut CheckFindings<'_>) {
        let Incident { kind, track, stage, asset, .. } = incident;
        let found = incident.state.as_ref();
        if found.is_some() && !matches!(kind, IncidentKind::Drift | IncidentKind::Bypass) {
            findings.fail(
                codes::FACT_SUBJECT,
                Some(kind.word()),
                "the incident tells of a tool's state, and is neither drift nor a bypass",
                "leave the state out",
            );
        }
        // A bypass that somebody reports accounts for whatever took the place of what was told.
        if *kind != IncidentKind::Drift {
            return;
        }
        let place = (track.as_deref(), stage.as_str(), asset.as_str());
        // Drift that was found is an incident, whatever state it is of.
        let is_judged = found.is_some() || !incident.found;
        if is_judged && self.keeps_content_back(place, found, state) {
            findings.fail(
                codes::FACT_STATE_MISSING,
                None,
                "what the tool's state holds was told here before, and this look does not say it, or under another nonce",
                "look again with the nonce that the last outcome had; if it is lost, report a `bypass` with the state's lineage and serial number",
            );
        }
        let Some(found) = found else { return };
        let fault = match self.standing_of_state(place, Some(found), state) {
            StateStanding::Other => {
                "the state that was looked at is not the one that outcomes told of"
            }
            StateStanding::Older => {
                "the state that was looked at is older than what an outcome or an incident told of it"
            }
            _ => return,
        };
        findings.fail(
            codes::FACT_STATE_OTHER,
            None,
            fault,
            "look again, at the state that is in use; if it is this one, report a `bypass` with its lineage and serial number",
        );
    }

    /// A resolution is for those to record whom the charter names for it, of an incident that is open.
    pub(super) fn resolution(
        &self,
        resolution: &Resolution,
        recorder: &ActorDeclaration,
        state: &State,
        findings: &mut CheckFindings<'_>,
    ) {
        allowed(
            &self.charter.document().facts.resolutions,
            recorder,
            "facts.resolutions",
            findings,
        );
        if resolution.reason.trim().is_empty() {
            findings.fail(
                codes::REQUEST_REASON,
                None,
                "nothing is said of how the incident was brought to an end",
                "say it: what was blocked is let through again",
            );
        }
        if !state.incidents.contains_key(&resolution.incident) {
            findings.fail(
                codes::FACT_NOTHING,
                None,
                "no open incident has that hash",
                "give the hash of the entry that opened the incident",
            );
        }
    }
}
