//! Entries as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    canonical,
    digest::Digest,
    error::{Code, Error, Result},
    ledger::Recorded,
    time::Instant,
};

/// An entry with its hash.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Entry")]
pub struct EntryAnswer {
    /// Its place in the ledger, counted from 0.
    sequence: u64,
    /// `SHA-256(0x00 ‖ entry bytes)`: the RFC 6962 leaf hash.
    hash: Digest,
    /// The hash of the entry before it.
    previous: Digest,
    /// When it was recorded, as its writer said.
    at: Instant,
    /// What its body is, such as `genesis`, `decision` or `fact`.
    kind: String,
    /// The attachments that it names.
    attachments: Vec<Digest>,
    /// What it records.
    body: serde_json::Value,
}

impl EntryAnswer {
    /// The entry as JSON.
    ///
    /// # Errors
    ///
    /// `ledger.body` where its body has no JSON form.
    pub fn of(recorded: &Recorded) -> Result<Self> {
        let Recorded { entry, hash } = recorded;
        let body = canonical::from_bytes(&entry.body).map_err(|_| {
            Error::new(Code::LedgerBody, "the body of the entry has no JSON form")
                .at_sequence(entry.sequence)
        })?;
        Ok(Self {
            sequence: entry.sequence,
            hash: *hash,
            previous: entry.previous,
            at: entry.at,
            kind: entry.kind.clone(),
            attachments: entry.attachments.clone(),
            body,
        })
    }
}
