//! The serial numbers of the tools' own states: one that nobody reported was written around the gates (R063).

use std::cmp::Ordering;

use super::{IncidentRecord, Site, State, incidents, rollouts};
use crate::{
    digest::Digest,
    ledger::Recorded,
    model::{IncidentKind, OutcomeReport, StateSerial, StateVersion},
};

/// What was last reported of the state of a site.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SerialRecord {
    /// The act that it was reported of.
    pub(crate) act: Digest,
    pub(crate) state: StateSerial,
    /// What a later look found it to be, and opened an incident for.
    pub(crate) seen: Option<StateVersion>,
}

impl SerialRecord {
    /// The newest serial number that is accounted for: by an outcome, or by the incident of a look.
    fn known(&self) -> u64 {
        self.seen.as_ref().map_or(self.state.after, |seen| seen.serial)
    }
}

/// How a state that a tool keeps relates to what outcomes told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateStanding {
    /// Nothing was ever deployed there, and no outcome told of a state.
    Undeployed,
    /// Something was deployed there, and no outcome told of a state.
    Untold,
    /// It is another state, or none.
    Other,
    /// It is the same state, as it was before the last outcome, or before the last look that found it newer.
    Older,
    /// It is the same state, as the last outcome left it, or as the last look found it that opened an incident.
    Same,
    /// It is the same state, and was written since.
    Newer,
}

impl State {
    /// How a state, by its lineage and serial number, relates to what outcomes told of the one at a site, or at the
    /// one place that its stage is.
    pub(crate) fn standing(
        &self,
        site: &Site,
        one_place: bool,
        found: Option<(&str, u64)>,
    ) -> StateStanding {
        // Of an asset that has no state of its own yet, any of the place will do.
        let alone = !one_place || self.serial(site).is_some();
        let told = || rollouts::within(&self.serials, site, !alone);
        if told().next().is_none() {
            let there = |other: &Site| {
                (&other.track, &other.stage) == (&site.track, &site.stage)
                    && (one_place || other.asset == site.asset)
            };
            let deployed = self.deployed.keys().any(there);
            return if deployed { StateStanding::Untold } else { StateStanding::Undeployed };
        }
        let Some((lineage, serial)) = found else { return StateStanding::Other };
        let is_this = |record: &&SerialRecord| record.state.lineage == lineage;
        if !told().any(|record| is_this(&record)) {
            return StateStanding::Other;
        }
        // One state may hold several assets of a stage.
        let all = rollouts::within(&self.serials, site, true).filter(is_this);
        match all.map(|record| serial.cmp(&record.known())).min() {
            Some(Ordering::Less) => StateStanding::Older,
            Some(Ordering::Greater) => StateStanding::Newer,
            _ => StateStanding::Same,
        }
    }

    /// What was last reported of the tool's own state at a site.
    pub(crate) fn serial(&self, site: &Site) -> Option<&SerialRecord> {
        self.serials.get(&rollouts::key(site))
    }
}

/// An outcome reports the state before and after an act.
///
/// One state may hold several assets of a stage; its lineage says which do. Of one act more may be reported later.
pub(super) fn report(state: &mut State, recorded: &Recorded, site: &Site, report: &OutcomeReport) {
    let Some(reported) = &report.state else { return };
    let own = rollouts::key(site);
    let known = state.serials.get(&own);
    let same_act = known.filter(|known| known.act == report.permit);
    let expected = match same_act {
        Some(known) => Some(known.state.before),
        None => rollouts::within(&state.serials, site, true)
            .filter(|record| record.state.lineage == reported.lineage)
            .map(SerialRecord::known)
            .max(),
    };
    let other_state = known.is_some_and(|known| known.state.lineage != reported.lineage);
    let bypassed = other_state || expected.is_some_and(|expected| expected != reported.before);
    let record = SerialRecord { act: report.permit, state: reported.clone(), seen: None };
    state.serials.insert(own, record);
    if bypassed {
        let (site, kind, at) = (site.clone(), IncidentKind::Bypass, recorded.entry.at);
        incidents::open(state, recorded.hash, IncidentRecord::new(site, kind, at));
    }
}

/// What a look at a tool's own state tells of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// Nothing that was not known.
    Known,
    /// It was written since, and an act is under way whose outcome may account for that.
    Unsettled,
    /// It was written around the gates.
    Bypassed,
}

/// Somebody looked at a tool's own state. What a look found is accounted for from then on: by the incident that the look
/// opens.
pub(super) fn look(state: &mut State, site: &Site, found: &StateVersion) -> Sight {
    let all = rollouts::entries_within(&state.serials, site, true);
    let newest = all
        .filter(|(_, record)| record.state.lineage == found.lineage)
        .max_by_key(|(_, record)| record.known());
    let Some((place, record)) = newest.filter(|(_, record)| record.known() < found.serial) else {
        return Sight::Known;
    };
    let (place, record) = (place.clone(), record.clone());
    if is_being_written(state, site, &found.lineage) {
        return Sight::Unsettled;
    }
    state.serials.insert(place, SerialRecord { seen: Some(found.clone()), ..record });
    Sight::Bypassed
}

/// Whether an act at the stage is not known to have ended that may write a state.
fn is_being_written(state: &State, site: &Site, lineage: &str) -> bool {
    state.open_permits(&site.track, &site.stage).any(|(_, record)| {
        let told = state.serial(&record.site());
        record.is_pending() && told.is_none_or(|told| told.state.lineage == lineage)
    })
}
