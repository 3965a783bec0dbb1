//! What a ledger is kept in: raw entries at consecutive sequence numbers, and attachments.

use super::{
    batch::{Batch, Growth},
    chain::Chain,
    chunk::Chunk,
    nodes::ReadNodes,
};
use crate::{digest::Digest, error::Result};

/// Receives entries in order: the sequence number and the bytes. An error ends the reading.
pub(super) type Visit<'a> = &'a mut dyn FnMut(u64, &[u8]) -> Result<()>;

/// A place where entries and attachments are kept.
///
/// A store keeps bytes and their order. What the bytes mean, and that they form a chain, is the
/// business of [`Ledger`](super::Ledger). Every method may be called from any thread.
pub(super) trait Store: ReadNodes + Send + Sync {
    /// The newest durable head, read anew.
    fn head(&self) -> Result<Chain>;

    /// Waits until no other writer appends, and keeps others from it until the reservation is dropped.
    fn reserve(&self) -> Result<Box<dyn Reserved + '_>>;

    /// Reads the entries from `from` up to, but not including, `to`, which the head must cover.
    fn read(&self, from: u64, to: u64, visit: Visit<'_>) -> Result<()>;

    /// Reads every entry up to the newest head in chunks that follow each other without a gap, and
    /// checks whatever only the store knows of (files and their ends). Returns that head, which the
    /// entries still have to be compared with.
    fn scan(&self, visit: &mut dyn FnMut(Chunk) -> Result<()>) -> Result<Chain>;

    /// Deals with what an interrupted writer left behind, in a ledger whose end is known to be sound,
    /// and makes the nodes of the tree anew where they are lost.
    fn recover(&self) -> Result<()>;

    /// What [`Store::recover`] and appending found and did, in words for people.
    fn notices(&self) -> Vec<String>;

    /// Keeps an attachment, durably. Keeping it twice is keeping it once.
    fn put_attachment(&self, digest: &Digest, content: &[u8]) -> Result<()>;

    /// An attachment, checked against its digest; `None` when there is none of that digest.
    fn attachment(&self, digest: &Digest) -> Result<Option<Vec<u8>>>;

    /// Removes an attachment, durably, if it is there and the head is exactly `expected`.
    ///
    /// # Errors
    ///
    /// `ledger.conflict` when the head is another.
    fn remove_attachment(&self, expected: &Chain, digest: &Digest) -> Result<()>;

    /// The newest signed checkpoint, if there is one.
    fn checkpoint(&self) -> Result<Option<Vec<u8>>>;

    /// Replaces the signed checkpoint, durably, by what `replace` makes of the present one; leaves it
    /// where that is nothing.
    fn replace_checkpoint(
        &self,
        replace: &mut dyn FnMut(Option<Vec<u8>>) -> Result<Option<Vec<u8>>>,
    ) -> Result<()>;
}

/// The right to append, which one writer has at a time.
pub(super) trait Reserved {
    /// Appends batches that follow one another to a ledger whose head is exactly the one that it grows
    /// from, durably and with one sync.
    ///
    /// # Errors
    ///
    /// `ledger.conflict` when the head is another, or an attachment was removed meanwhile.
    fn append(&self, batches: &[Batch], growth: &Growth) -> Result<()>;
}
