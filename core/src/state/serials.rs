//! The serial numbers of the tools' own states: one that nobody reported was written around the gates (R063).

use std::cmp::Ordering;

use super::{IncidentRecord, Site, StagePlace, State, incidents, rollouts};
use crate::{
    digest::Digest,
    ledger::Recorded,
    model::{IncidentKind, OutcomeReport, StateContent, StateSerial, StateVersion},
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

    /// What it held then, as far as that was told.
    fn content(&self) -> Option<StateContent> {
        self.seen.as_ref().map_or(self.state.content_after, |seen| seen.content)
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
    /// It is the same state at the same serial number, and holds something else.
    Altered,
}

/// What is accounted for of a state that is told by its lineage: its newest serial number, and what it held then.
struct Known {
    serial: u64,
    /// Told by one asset or another; any of them will do.
    contents: Vec<StateContent>,
}

impl Known {
    fn standing(&self, found: &StateVersion) -> StateStanding {
        match found.serial.cmp(&self.serial) {
            Ordering::Less => StateStanding::Older,
            Ordering::Greater => StateStanding::Newer,
            Ordering::Equal if self.differs(found.content.as_ref()) => StateStanding::Altered,
            Ordering::Equal => StateStanding::Same,
        }
    }

    /// Whether a content is another than all of those, which nobody can tell under another nonce.
    fn differs(&self, found: Option<&StateContent>) -> bool {
        found.is_some_and(|found| {
            let mut comparable =
                self.contents.iter().filter(|known| known.nonce == found.nonce).peekable();
            comparable.peek().is_some() && comparable.all(|known| known.differs(found))
        })
    }
}

impl State {
    /// How a state relates to what outcomes told of the one at a site, or at the one place that its stage is.
    pub(crate) fn standing(
        &self,
        site: &Site,
        one_place: bool,
        found: Option<&StateVersion>,
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
        let Some(found) = found else { return StateStanding::Other };
        let is_this = |record: &&SerialRecord| record.state.lineage == found.lineage;
        if !told().any(|record| is_this(&record)) {
            return StateStanding::Other;
        }
        let known = self.known(site, &found.lineage);
        known.map_or(StateStanding::Other, |known| known.standing(found))
    }

    /// Whether a look at a state leaves out what it holds, or says it under a nonce of its own, where that was told before.
    pub(crate) fn keeps_content_back(&self, site: &Site, found: &StateVersion) -> bool {
        self.known(site, &found.lineage).is_some_and(|known| {
            let nonce = found.content.map(|content| content.nonce);
            let mut contents = known.contents.iter();
            found.serial == known.serial
                && !known.contents.is_empty()
                && !contents.any(|content| Some(content.nonce) == nonce)
        })
    }

    /// What is known of a state. One state may hold several assets of a stage; its lineage says which do.
    fn known(&self, site: &Site, lineage: &str) -> Option<Known> {
        let records = || self.serials_of(site, lineage).map(|(_, record)| record);
        let serial = records().map(SerialRecord::known).max()?;
        let newest = records().filter(|record| record.known() == serial);
        Some(Known { serial, contents: newest.filter_map(SerialRecord::content).collect() })
    }

    /// What was told of a state, by where.
    fn serials_of(
        &self,
        site: &Site,
        lineage: &str,
    ) -> impl Iterator<Item = (&StagePlace, &SerialRecord)> {
        rollouts::entries_within(&self.serials, site, true)
            .filter(move |(_, record)| record.state.lineage == lineage)
    }

    /// What was last reported of the tool's own state at a site.
    pub(crate) fn serial(&self, site: &Site) -> Option<&SerialRecord> {
        self.serials.get(&rollouts::key(site))
    }
}

/// An outcome reports the state before and after an act. Of one act more may be reported later.
pub(super) fn report(state: &mut State, recorded: &Recorded, site: &Site, report: &OutcomeReport) {
    let Some(reported) = &report.state else { return };
    let own = rollouts::key(site);
    let known = state.serials.get(&own);
    let same_act = known.filter(|known| known.act == report.permit);
    let expected = match same_act {
        Some(known) => Some(Known {
            serial: known.state.before,
            contents: known.state.content_before.into_iter().collect(),
        }),
        None => state.known(site, &reported.lineage),
    };
    let other_state = known.is_some_and(|known| known.state.lineage != reported.lineage);
    let bypassed = other_state
        || expected.is_some_and(|expected| {
            expected.serial != reported.before || expected.differs(reported.content_before.as_ref())
        });
    let record = SerialRecord { act: report.permit, state: reported.clone(), seen: None };
    state.serials.insert(own, record);
    if bypassed {
        let (site, kind, at) = (site.clone(), IncidentKind::Bypass, recorded.entry.at);
        incidents::open(state, recorded.hash, IncidentRecord::new(site, kind, at));
    }
}

/// What a look at a tool's own state tells of it.
#[derive(PartialEq, Eq)]
pub(super) enum Sight {
    /// Nothing that was not known.
    Known,
    /// It was written since, and an act is under way whose outcome may account for that.
    Unsettled,
    /// It was written around the gates: the state of this site.
    Bypassed(Site),
}

/// Somebody looked at a tool's own state. What a look found is accounted for from then on: by the incident that the look
/// opens.
pub(super) fn look(state: &mut State, site: &Site, found: &StateVersion) -> Sight {
    let Some(known) = state.known(site, &found.lineage) else { return Sight::Known };
    if !matches!(known.standing(found), StateStanding::Newer | StateStanding::Altered) {
        return Sight::Known;
    }
    if is_being_written(state, site, &found.lineage) {
        return Sight::Unsettled;
    }
    let newest =
        state.serials_of(site, &found.lineage).find(|(_, record)| record.known() == known.serial);
    let Some((place, record)) = newest.map(|(place, record)| (place.clone(), record.clone()))
    else {
        return Sight::Known;
    };
    // Whatever else the asset was called, it is the one that the state was told of which was bypassed.
    let is_its_own = state.serial(site).is_some_and(|own| own.state.lineage == found.lineage);
    let asset = if is_its_own { &site.asset } else { &place.2 };
    let bypassed = Site { asset: asset.clone(), ..site.clone() };
    state.serials.insert(place, SerialRecord { seen: Some(found.clone()), ..record });
    Sight::Bypassed(bypassed)
}

/// Whether an act at the stage is not known to have ended that may write a state.
fn is_being_written(state: &State, site: &Site, lineage: &str) -> bool {
    state.open_permits(&site.track, &site.stage).any(|(_, record)| {
        let told = state.serial(&record.site());
        record.is_pending() && told.is_none_or(|told| told.state.lineage == lineage)
    })
}
