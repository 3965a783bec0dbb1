//! Whether a plan was applied before, and when.

use poundlock::{
    digest::Digest,
    error::Result,
    ledger::Ledger,
    state::{State, permit_of},
};

/// How many entries are read at a time.
const BATCH: u64 = 1024;

/// Says which entry admitted the application of a plan, the newest first, if any did.
pub(super) fn application(ledger: &Ledger, state: &State, plan: Digest) -> Result<Option<String>> {
    let origin = state.origin().unwrap_or_default();
    let mut end = state.size();
    while end > 0 {
        let start = end.saturating_sub(BATCH);
        let count = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
        for recorded in ledger.read(start, count)?.iter().rev() {
            let permit = permit_of(recorded, origin)?;
            if permit.is_some_and(|permit| permit.digest == plan && permit.is_act()) {
                let (entry, at) = (recorded.hash, recorded.entry.at);
                return Ok(Some(format!(
                    "the plan was applied already: {entry} admitted it at {at}"
                )));
            }
        }
        end = start;
    }
    Ok(None)
}
