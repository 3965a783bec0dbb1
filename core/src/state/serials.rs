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
    /// What it was found to be later. An incident accounts for how it came to be that.
    pub(crate) seen: Option<StateVersion>,
}

impl SerialRecord {
    /// Which state it is.
    fn lineage(&self) -> &str {
        self.seen.as_ref().map_or(&self.state.lineage, |seen| &seen.lineage)
    }

    /// The newest serial number that is accounted for: by an outcome, or by an incident.
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
    /// It is the same state, as it was before the last outcome, or before an incident that accounts for a newer one.
    Older,
    /// It is the same state, as the last outcome left it, or as the last incident accounts for it.
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
        let told = || self.told(site, one_place);
        if told().next().is_none() {
            let there = |other: &Site| {
                (&other.track, &other.stage) == (&site.track, &site.stage)
                    && (one_place || other.asset == site.asset)
            };
            let deployed = self.deployed.keys().any(there);
            return if deployed { StateStanding::Untold } else { StateStanding::Undeployed };
        }
        let Some(found) = found else { return StateStanding::Other };
        if !told().any(|record| record.lineage() == found.lineage) {
            return StateStanding::Other;
        }
        let known = self.known(site, &found.lineage);
        known.map_or(StateStanding::Other, |known| known.standing(found))
    }

    /// What was told of the state at a site; of an asset that has none of its own yet, any of the place will do.
    fn told<'s>(
        &'s self,
        site: &'s Site,
        one_place: bool,
    ) -> impl Iterator<Item = &'s SerialRecord> {
        let alone = !one_place || self.serial(site).is_some();
        rollouts::within(&self.serials, site, !alone)
    }

    /// Whether a look leaves out what a state holds, or the state as a whole, or says it under a nonce of its own, where that was
    /// told before.
    pub(crate) fn keeps_content_back(
        &self,
        site: &Site,
        one_place: bool,
        found: Option<&StateVersion>,
    ) -> bool {
        let Some(found) = found else {
            return self.told(site, one_place).any(|record| record.content().is_some());
        };
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
            .filter(move |(_, record)| record.lineage() == lineage)
    }

    /// The site that a state was told of: whatever else somebody called the asset, it is blocked there.
    fn whose(&self, site: &Site, lineage: &str) -> Site {
        let mut bypassed = site.clone();
        if self.serial(site).is_none() {
            let told = self.serials_of(site, lineage);
            let newest = told.max_by_key(|(_, record)| (record.known(), record.state.after));
            if let Some((place, _)) = newest {
                bypassed.asset.clone_from(&place.2);
            }
        }
        bypassed
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
    let other_state = known.is_some_and(|known| known.lineage() != reported.lineage);
    let bypassed = other_state
        || expected.is_some_and(|expected| {
            expected.serial != reported.before || expected.differs(reported.content_before.as_ref())
        });
    let record = SerialRecord { act: report.permit, state: reported.clone(), seen: None };
    state.serials.insert(own, record);
    // The outcome is newer than whatever an incident accounted for.
    let after = StateVersion {
        lineage: reported.lineage.clone(),
        serial: reported.after,
        content: reported.content_after,
    };
    account(state, site, &after, |record| record.seen.is_some());
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
    match known.standing(found) {
        StateStanding::Newer | StateStanding::Altered => {
            if is_being_written(state, site, &found.lineage) {
                return Sight::Unsettled;
            }
            let bypassed = state.whose(site, &found.lineage);
            account(state, site, found, |_| true);
            Sight::Bypassed(bypassed)
        }
        // What it holds is compared from now on.
        StateStanding::Same if known.contents.is_empty() && found.content.is_some() => {
            account(state, site, found, |record| record.known() == known.serial);
            Sight::Known
        }
        _ => Sight::Known,
    }
}

/// Somebody reports that a state was written around the gates, or that another took its place, and opens an incident which
/// accounts for that: from then on, this is what is there, whatever was told before. Gives the site that was bypassed.
pub(super) fn bypass(state: &mut State, site: &Site, found: &StateVersion) -> Site {
    let bypassed = state.whose(site, &found.lineage);
    // What an act under way does to it, its outcome will tell.
    if !is_being_written(state, site, &found.lineage) {
        account(state, site, found, |_| true);
        if let Some(own) = state.serials.get_mut(&rollouts::key(site)) {
            own.seen = Some(found.clone());
        }
    }
    bypassed
}

/// Takes down what a state is, at every asset of the stage that lies in it and that is meant.
fn account(
    state: &mut State,
    site: &Site,
    found: &StateVersion,
    is_meant: impl Fn(&SerialRecord) -> bool,
) {
    let places = state.serials_of(site, &found.lineage);
    let places = places.filter(|(_, record)| is_meant(record));
    for place in places.map(|(place, _)| place.clone()).collect::<Vec<_>>() {
        if let Some(record) = state.serials.get_mut(&place) {
            record.seen = Some(found.clone());
        }
    }
}

/// Whether an act at the stage is not known to have ended that may write a state.
fn is_being_written(state: &State, site: &Site, lineage: &str) -> bool {
    state.open_permits(&site.track, &site.stage).any(|(_, record)| {
        let told = state.serial(&record.site());
        record.is_pending() && told.is_none_or(|told| told.lineage() == lineage)
    })
}
