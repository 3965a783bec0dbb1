//! Open incidents, and who looked for drift when.

use serde::{Deserialize, Serialize};

use super::{Site, State};
use crate::{
    digest::Digest,
    model::{IncidentKind, LifecycleOperation, Severity},
    time::Instant,
};

/// An incident that is not over.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct IncidentRecord {
    pub(crate) site: Site,
    pub(crate) kind: IncidentKind,
    pub(crate) severity: Severity,
    /// When it was recorded.
    pub(crate) at: Instant,
    /// What was tried, where it is an attempt to alter what was published.
    pub(crate) attempt: Option<Attempt>,
}

impl IncidentRecord {
    /// An incident that is as bad as its kind is.
    pub(crate) fn new(site: Site, kind: IncidentKind, at: Instant) -> Self {
        Self { site, kind, severity: kind.severity(), at, attempt: None }
    }
}

/// An attempt to alter what was published. Whoever goes on trying the same opens no other incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Attempt {
    pub(crate) actor: String,
    pub(crate) operation: String,
    /// What would have been altered.
    pub(crate) artifact: Digest,
    /// How often it was tried.
    pub(crate) times: u64,
}

/// When a site was last looked at for drift.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct LookRecord {
    /// The last time that nothing was found.
    pub(crate) clean: Option<Instant>,
    /// The last time that something was found.
    pub(crate) found: Option<Instant>,
}

/// Where an incident is open: track, stage, asset, and its entry.
pub(crate) type IncidentPlace = (String, String, String, Digest);

impl State {
    /// The open incidents of a site; of all assets of its stage where these are one place.
    pub(crate) fn open_incidents<'s>(
        &'s self,
        site: &'s Site,
        one_place: bool,
    ) -> impl Iterator<Item = (&'s Digest, &'s IncidentRecord)> {
        let asset = if one_place { String::new() } else { site.asset.clone() };
        let from = (site.track.clone(), site.stage.clone(), asset, Digest::ZERO);
        let there = move |(track, stage, asset, _): &&IncidentPlace| {
            (track, stage) == (&site.track, &site.stage) && (one_place || *asset == site.asset)
        };
        self.incident_places
            .range(from..)
            .map(|(place, ())| place)
            .take_while(there)
            .filter_map(|(_, _, _, entry)| self.incidents.get_key_value(entry))
    }
}

impl State {
    /// The open incident that an attempt to alter what was published is one more time of.
    pub(crate) fn attempted(
        &self,
        actor: &str,
        operation: &LifecycleOperation,
        artifact: Digest,
    ) -> Option<Digest> {
        let is_same = |attempt: &Attempt| {
            (attempt.actor.as_str(), attempt.operation.as_str(), attempt.artifact)
                == (actor, operation.word(), artifact)
        };
        let mut open = self.incidents.iter();
        open.find(|(_, record)| record.attempt.as_ref().is_some_and(is_same))
            .map(|(entry, _)| *entry)
    }
}

/// The same was tried once more.
pub(super) fn repeat(state: &mut State, entry: &Digest) {
    if let Some(attempt) = state.incidents.get_mut(entry).and_then(|record| record.attempt.as_mut())
    {
        attempt.times = attempt.times.saturating_add(1);
    }
}

/// An incident begins.
pub(super) fn open(state: &mut State, entry: Digest, record: IncidentRecord) {
    state.incident_places.insert(place(entry, &record), ());
    state.incidents.insert(entry, record);
}

/// An incident is over.
pub(super) fn close(state: &mut State, entry: &Digest) {
    let Some(record) = state.incidents.get(entry) else { return };
    let place = place(*entry, record);
    state.incident_places.remove(&place);
    state.incidents.remove(entry);
}

/// Somebody looked for drift.
pub(super) fn look(state: &mut State, site: &Site, seen: Instant, found: bool) {
    let mut record = state.looks.get(site).copied().unwrap_or_default();
    let latest = if found { &mut record.found } else { &mut record.clean };
    *latest = (*latest).max(Some(seen));
    state.looks.insert(site.clone(), record);
}

pub(super) fn place(entry: Digest, record: &IncidentRecord) -> IncidentPlace {
    let Site { track, asset, stage } = record.site.clone();
    (track, stage, asset, entry)
}
