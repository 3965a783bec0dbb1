//! What a ledger is kept in: raw entries at consecutive sequence numbers, and attachments.

use super::chain::Chain;
use crate::{digest::Digest, error::Result};

/// Receives entries in order: the sequence number and the bytes. An error ends the reading.
pub(super) type Visit<'a> = &'a mut dyn FnMut(u64, &[u8]) -> Result<()>;

/// A place where entries and attachments are kept.
///
/// A store keeps bytes and their order. What the bytes mean, and that they form a chain, is the
/// business of [`Ledger`](super::Ledger). Every method may be called from any thread.
pub(super) trait Store: Send + Sync {
    /// The newest durable head, read anew.
    fn head(&self) -> Result<Chain>;

    /// Appends entries to a ledger whose head is exactly `expected`, which makes it `next`, durably.
    ///
    /// # Errors
    ///
    /// `ledger.conflict` when the head is another.
    fn append(&self, expected: &Chain, entries: &[&[u8]], next: &Chain) -> Result<()>;

    /// Reads the entries from `from` up to, but not including, `to`, which the head must cover.
    fn read(&self, from: u64, to: u64, visit: Visit<'_>) -> Result<()>;

    /// Reads every entry up to the newest head, and checks whatever only the store knows of (frames,
    /// files). Returns that head, which the entries still have to be compared with.
    fn scan(&self, visit: Visit<'_>) -> Result<Chain>;

    /// Deals with what an interrupted writer left behind, in a ledger whose head is known to be sound.
    fn recover(&self) -> Result<()>;

    /// What [`Store::recover`] and [`Store::append`] found and did, in words for people.
    fn notices(&self) -> Vec<String>;

    /// Keeps an attachment, durably. Keeping it twice is keeping it once.
    fn put_attachment(&self, digest: &Digest, content: &[u8]) -> Result<()>;

    /// An attachment, checked against its digest; `None` when there is none of that digest.
    fn attachment(&self, digest: &Digest) -> Result<Option<Vec<u8>>>;
}
