//! The ledger: a hash-chained, append-only record whose payload is opaque to it.
//!
//! This module knows entries, hashes, directories and attachments, and nothing of policy. The bytes
//! are described in `docs/ledger-format.md`, which is enough to write a verifier from.

mod batch;
mod chain;
mod checkpoint;
mod chunk;
mod directory;
mod entry;
mod fields;
mod fork;
mod handle;
mod key;
mod keyfile;
mod memory;
mod merkle;
mod nodes;
mod note;
mod proof;
mod proving;
mod receipt;
mod store;
mod text;
mod verification;

pub use self::{
    batch::Batch,
    chain::SNAPSHOT,
    checkpoint::{Checkpoint, SignedCheckpoint},
    fork::{Divergence, ForkProof},
    handle::{Ledger, Reservation},
    key::{SecretKey, Signer, VerifierKey, VerifierKeys},
    proof::{ConsistencyProof, InclusionProof, MAX_SIZE},
    receipt::Receipt,
    verification::{Verification, Verified},
};
use crate::{
    digest::Digest,
    error::{Code, Error},
    time::Instant,
};
pub(crate) use key::strong_point;
pub(crate) use text::unbase64;

/// One record, as it is hashed and stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the ledger, counted from 0.
    pub sequence: u64,
    /// The hash of the entry before it; [`Digest::ZERO`] for the first.
    pub previous: Digest,
    /// When it was recorded, as its writer said.
    pub at: Instant,
    /// What its body is, such as `genesis` or `decision`; 1 to 256 bytes.
    pub kind: String,
    /// The attachments that it names, ascending, without repetition.
    pub attachments: Vec<Digest>,
    /// A map in deterministic CBOR.
    pub body: Vec<u8>,
}

/// What a writer wants recorded; sequence number and previous hash are the ledger's to give.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// See [`Entry::at`]; must be given.
    pub at: Option<Instant>,
    /// See [`Entry::kind`].
    pub kind: String,
    /// See [`Entry::body`].
    pub body: Vec<u8>,
    /// The contents of the attachments that the entry names, in any order.
    pub attachments: Vec<Vec<u8>>,
}

/// An entry with its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The entry.
    pub entry: Entry,
    /// `SHA-256(0x00 ‖ entry bytes)`: the RFC 6962 leaf hash.
    pub hash: Digest,
}

/// The size of a ledger and what its entries add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many entries there are.
    pub size: u64,
    /// The RFC 6962 Merkle tree hash over the leaf hashes.
    pub root: Digest,
    /// The hash of the last entry; [`Digest::ZERO`] when there is none.
    pub last: Digest,
}

/// Another writer was first.
fn conflict(sequence: u64) -> Error {
    let message = "another writer appended first";
    Error::new(Code::LedgerConflict, message)
        .at_sequence(sequence)
        .with_help("read the new entries, decide again and retry")
}
