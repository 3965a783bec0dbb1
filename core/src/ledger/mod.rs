//! The ledger: a hash-chained, append-only record whose payload is opaque to it.
//!
//! This module knows entries, hashes, directories and attachments, and nothing of policy.

use std::path::Path;

use crate::{digest::Digest, error::Result, time::Instant};

/// One record, as it is hashed and stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the ledger, counted from 0.
    pub sequence: u64,
    /// The hash of the entry before it; [`Digest::ZERO`] for the first.
    pub previous: Digest,
    /// When it was recorded, as its writer said.
    pub at: Instant,
    /// What its body is, such as `genesis` or `decision`.
    pub kind: String,
    /// The attachments that it names, ascending, without repetition.
    pub attachments: Vec<Digest>,
    /// A map in deterministic CBOR.
    pub body: Vec<u8>,
}

/// What a writer wants recorded; sequence number and previous hash are the ledger's to give.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// See [`Entry::at`].
    pub at: Option<Instant>,
    /// See [`Entry::kind`].
    pub kind: String,
    /// See [`Entry::body`].
    pub body: Vec<u8>,
    /// The contents of the attachments that the entry names.
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

/// A ledger, in memory or in a directory. Shared handles may be used from any thread.
pub struct Ledger {}

#[allow(unused_variables)]
impl Ledger {
    /// An empty ledger in memory, for tests and dry runs.
    pub fn in_memory() -> Self {
        todo!()
    }
    /// Makes an empty ledger in a directory that does not exist or is empty.
    pub fn create(directory: &Path) -> Result<Self> {
        todo!()
    }
    /// Opens the ledger in a directory. What a crash left behind is dealt with and reported by [`Ledger::notices`].
    pub fn open(directory: &Path) -> Result<Self> {
        todo!()
    }
    /// What opening found and did, in words for people.
    pub fn notices(&self) -> Vec<String> {
        todo!()
    }
    /// The durable head, read again, so that what other processes appended is seen.
    pub fn head(&self) -> Result<Head> {
        todo!()
    }
    /// Appends at exactly this sequence number; durable when it returns.
    ///
    /// # Errors
    ///
    /// `ledger.conflict` when the ledger does not have exactly `sequence` entries.
    pub fn append(&self, sequence: u64, draft: Draft) -> Result<Recorded> {
        todo!()
    }
    /// Up to `limit` entries from `from` on.
    pub fn read(&self, from: u64, limit: usize) -> Result<Vec<Recorded>> {
        todo!()
    }
    /// The content of an attachment, checked against its digest.
    pub fn attachment(&self, digest: &Digest) -> Result<Option<Vec<u8>>> {
        todo!()
    }
    /// Verifies every record, link, the head and the attachments.
    pub fn verify(&self) -> Result<Head> {
        todo!()
    }
}
