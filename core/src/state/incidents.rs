//! Open incidents, and who looked for drift when.

use super::{Site, State};
use crate::{digest::Digest, model::IncidentKind, time::Instant};

/// An incident that is not over.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct IncidentRecord {
    pub(crate) site: Site,
    pub(crate) kind: IncidentKind,
    /// When it was recorded.
    pub(crate) at: Instant,
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
