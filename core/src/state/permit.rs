//! What an entry permits, for whoever has nothing but a receipt of it.

use super::{DecisionBody, kind};
use crate::{
    canonical,
    error::{Code, Error, Result},
    ledger::Recorded,
    model::Permit,
};

/// What an entry permits, if anything; `origin` is that of the checkpoint which vouches for it. Whether the
/// permit was spent or withdrawn, only the ledger knows.
///
/// # Errors
///
/// `ledger.body` when the entry is no decision as this version knows it, `checkpoint.origin` when the permit
/// names another ledger.
pub fn permit_of(recorded: &Recorded, origin: &str) -> Result<Option<Permit>> {
    let sequence = recorded.entry.sequence;
    if recorded.entry.kind != kind::DECISION {
        return Ok(None);
    }
    let body: DecisionBody = canonical::from_bytes(&recorded.entry.body).map_err(|error| {
        let message =
            format!("the entry is no decision as this version knows it: {}", error.message());
        Error::new(Code::LedgerBody, message).at_sequence(sequence)
    })?;
    match body.permit {
        Some(permit) if permit.origin != origin => {
            let message = "the permit names another ledger than the checkpoint";
            Err(Error::new(Code::CheckpointOrigin, message).at_sequence(sequence))
        }
        permit => Ok(permit),
    }
}
