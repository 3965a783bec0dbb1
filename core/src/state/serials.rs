//! The serial numbers of the tools' own states: one that nobody reported was written around the gates (R063).

use super::{IncidentRecord, Site, State, incidents, rollouts};
use crate::{
    digest::Digest,
    ledger::Recorded,
    model::{IncidentKind, OutcomeReport, StateSerial},
};

/// What was last reported of the state of a site.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SerialRecord {
    /// The act that it was reported of.
    pub(crate) act: Digest,
    pub(crate) state: StateSerial,
}

impl State {
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
            .map(|record| record.state.after)
            .max(),
    };
    let other_state = known.is_some_and(|known| known.state.lineage != reported.lineage);
    let bypassed = other_state || expected.is_some_and(|expected| expected != reported.before);
    let record = SerialRecord { act: report.permit, state: reported.clone() };
    state.serials.insert(own, record);
    if bypassed {
        let (site, kind, at) = (site.clone(), IncidentKind::Bypass, recorded.entry.at);
        incidents::open(state, recorded.hash, IncidentRecord::new(site, kind, at));
    }
}
