//! The handle of a ledger: what it has read, and what it demands of what it reads later.

use std::{
    fmt,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{
    Draft, Head, Recorded,
    batch::{Batch, Growth},
    chain::Chain,
    conflict,
    directory::Directory,
    entry,
    memory::Memory,
    merkle,
    nodes::{Additions, Tree},
    store::{Reserved, Store},
    verification::{Verification, Verified, compare},
};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
};

/// A ledger, in memory or in a directory. Shared handles may be used from any thread.
///
/// ```
/// use poundlock::{canonical, ledger::{Draft, Ledger}};
///
/// let ledger = Ledger::in_memory();
/// let draft = Draft {
///     at: Some("2026-11-22T10:00:00Z".parse()?),
///     kind: "note".into(),
///     body: canonical::join_map(&[("text", &canonical::to_bytes("hello")?)])?,
///     attachments: vec![b"large things go here".to_vec()],
/// };
/// let recorded = ledger.append(0, draft)?;
/// assert_eq!(ledger.read(0, 10)?, [recorded.clone()]);
/// assert_eq!(ledger.verify()?.last, recorded.hash);
/// # Ok::<(), poundlock::Error>(())
/// ```
pub struct Ledger {
    pub(super) store: Box<dyn Store>,
    /// What the handle has read or appended so far.
    known: Mutex<Chain>,
    /// The process that opened the handle.
    process: u32,
}

impl Ledger {
    /// An empty ledger in memory, for tests and dry runs.
    pub fn in_memory() -> Self {
        Self::with_store(Box::new(Memory::default()))
    }

    /// Makes an empty ledger in a directory that does not exist or is empty.
    ///
    /// # Errors
    ///
    /// `ledger.exists` when there is a ledger, `ledger.directory` when there is anything else, `io`.
    pub fn create(directory: &Path) -> Result<Self> {
        Ok(Self::with_store(Box::new(Directory::create(directory)?)))
    }

    /// Opens the ledger in a directory. The newest entries are read and must lead to the head; older
    /// ones are for [`Ledger::verify`]. What a crash left behind is dealt with and reported by
    /// [`Ledger::notices`]. A ledger that may not be written is opened for reading.
    ///
    /// # Errors
    ///
    /// `ledger.not_found` when there is none; where it is damaged, the errors of [`Ledger::verify`]; where
    /// it is not what the checkpoint beside it says, those of [`Ledger::check_checkpoint`]; `io`.
    pub fn open(directory: &Path) -> Result<Self> {
        Self::over(Directory::open(directory)?)
    }

    /// Opens the ledger in a directory without ever changing a file: what a crash left behind is
    /// ignored and reported by [`Ledger::notices`], and [`Ledger::append`] is refused.
    ///
    /// # Errors
    ///
    /// As [`Ledger::open`].
    pub fn open_read_only(directory: &Path) -> Result<Self> {
        Self::over(Directory::open_read_only(directory)?)
    }

    pub(super) fn with_store(store: Box<dyn Store>) -> Self {
        Self { store, known: Mutex::default(), process: std::process::id() }
    }

    pub(super) fn over(directory: Directory) -> Result<Self> {
        directory.recover()?;
        let head = directory.head()?;
        let ledger = Self::with_store(Box::new(directory));
        *ledger.known() = head;
        match ledger.check_kept_checkpoint() {
            // Where nodes are lost and may not be made anew, there is a notice, and all else can be read.
            Err(error) if error.to_code() == Code::LedgerTile => Ok(ledger),
            checked => checked.map(|()| ledger),
        }
    }

    /// What opening and appending found and did, in words for people: entries that an interrupted
    /// writer completed but did not acknowledge, and bytes that were set aside.
    pub fn notices(&self) -> Vec<String> {
        self.store.notices()
    }

    /// The durable head, read again, so that what other processes appended is seen.
    ///
    /// # Errors
    ///
    /// Those of [`Ledger::verify`] for entries that are new to this handle; `ledger.head_mismatch` when
    /// the ledger is no longer a continuation of what the handle has read.
    pub fn head(&self) -> Result<Head> {
        self.check_process()?;
        Ok(self.catch_up()?.head())
    }

    /// The sequence number of the newest entry of the kind [`SNAPSHOT`](super::SNAPSHOT).
    ///
    /// # Errors
    ///
    /// As [`Ledger::head`].
    pub fn newest_snapshot(&self) -> Result<Option<u64>> {
        self.check_process()?;
        Ok(self.catch_up()?.snapshot())
    }

    /// Appends one entry: [`Ledger::append_all`] with one draft.
    ///
    /// # Errors
    ///
    /// As [`Ledger::append_all`].
    pub fn append(&self, sequence: u64, draft: Draft) -> Result<Recorded> {
        let mut recorded = self.append_all(sequence, vec![draft])?;
        recorded.pop().ok_or_else(|| Error::new(Code::Internal, "nothing was appended"))
    }

    /// Appends entries at exactly this sequence number, all or none, with one sync for all; durable when
    /// it returns. After any other error than a conflict the entries may or may not be in the
    /// ledger: read it again.
    ///
    /// # Errors
    ///
    /// - `ledger.conflict` when the ledger does not have exactly `sequence` entries.
    /// - `canonical.encoding`, `limit.depth`, `ledger.entry`, `limit.entry`, `limit.size` and
    ///   `input.missing_field` when a draft is not acceptable.
    /// - `ledger.forked` in a forked child of the process that opened the ledger.
    /// - the errors of [`Ledger::verify`] when the ledger is damaged.
    /// - `io` when it cannot be written.
    pub fn append_all(&self, sequence: u64, drafts: Vec<Draft>) -> Result<Vec<Recorded>> {
        self.commit(self.batch_of(sequence, drafts)?)
    }

    /// Begins a batch of entries to be appended at exactly this sequence number. Whoever decides on what
    /// an entry would make of the ledger can add it, and append it later with others.
    ///
    /// # Errors
    ///
    /// `ledger.conflict` when the ledger does not have exactly `sequence` entries; as [`Ledger::head`].
    pub fn batch(&self, sequence: u64) -> Result<Batch> {
        self.check_process()?;
        let chain = self.catch_up()?;
        if chain.size() == sequence {
            Ok(Batch::after(chain.link()))
        } else {
            Err(conflict(sequence))
        }
    }

    /// Appends a batch, as [`Ledger::append_all`] does.
    ///
    /// # Errors
    ///
    /// As [`Ledger::append_all`].
    pub fn commit(&self, batch: Batch) -> Result<Vec<Recorded>> {
        self.commit_all(vec![batch]).map(|mut batches| batches.pop().unwrap_or_default())
    }

    /// Appends batches, each [made to follow](Batch::following) the one before, all or none, with one sync
    /// for all: for those that wait while others are synced. Gives the entries of each.
    ///
    /// # Errors
    ///
    /// As [`Ledger::append_all`]; also `ledger.conflict` when a batch does not follow the one before.
    pub fn commit_all(&self, batches: Vec<Batch>) -> Result<Vec<Vec<Recorded>>> {
        self.check_process()?;
        self.commit_with(batches, None)
    }

    /// Waits until no other writer appends, and keeps others from it as long as the reservation lives:
    /// for a writer that was not first too often. While it lives, append only through it.
    ///
    /// # Errors
    ///
    /// `io` when the ledger cannot be written, `ledger.forked`.
    pub fn reserve(&self) -> Result<Reservation<'_>> {
        self.check_process()?;
        Ok(Reservation { ledger: self, reserved: self.store.reserve()? })
    }

    fn batch_of(&self, sequence: u64, drafts: Vec<Draft>) -> Result<Batch> {
        let mut batch = self.batch(sequence)?;
        batch.reserve(&drafts);
        drafts.into_iter().try_for_each(|draft| batch.add(draft).map(drop))?;
        Ok(batch)
    }

    /// Appends batches under a reservation, or one of its own: by then their attachments are kept and the tree
    /// has grown, so that others wait for the writing alone.
    fn commit_with(
        &self,
        batches: Vec<Batch>,
        reserved: Option<&dyn Reserved>,
    ) -> Result<Vec<Vec<Recorded>>> {
        if batches.iter().any(|batch| !batch.is_empty()) {
            for (digest, content) in batches.iter().flat_map(|batch| &batch.attachments) {
                self.store.put_attachment(digest, content)?;
            }
            let growth = self.growth(&batches)?;
            match reserved {
                Some(reserved) => reserved.append(&batches, &growth)?,
                None => self.store.reserve()?.append(&batches, &growth)?,
            }
            let mut known = self.known();
            if *known == growth.before {
                *known = growth.next;
            }
        }
        Ok(batches.into_iter().map(|batch| batch.recorded).collect())
    }

    /// What the ledger becomes with batches, of which the first is to follow what the handle knows.
    fn growth(&self, batches: &[Batch]) -> Result<Growth> {
        let known = self.known().clone();
        let follows = |chain: &Chain| batches.first().is_some_and(|it| it.before == chain.link());
        Growth::of(if follows(&known) { known } else { self.catch_up()? }, batches)
    }

    /// Up to `limit` entries from `from` on. They are compared with what the handle knows, so that
    /// an entry which was changed since is not returned.
    ///
    /// # Errors
    ///
    /// As [`Ledger::head`].
    pub fn read(&self, from: u64, limit: usize) -> Result<Vec<Recorded>> {
        self.check_process()?;
        let to = from.saturating_add(u64::try_from(limit).unwrap_or(u64::MAX));
        let mut known = self.known().clone();
        if to > known.size() {
            known = self.catch_up()?;
        }
        let to = to.min(known.size());
        let mut entries: Vec<Recorded> = Vec::new();
        if from >= to {
            return Ok(entries);
        }
        self.store.read(from, to, &mut |sequence, bytes| {
            let view = match entries.last() {
                Some(before) => entry::follow(bytes, sequence, &before.hash)?,
                None => entry::first(bytes, sequence)?,
            };
            entries.push(Recorded { entry: view.to_entry(), hash: merkle::leaf_hash(bytes) });
            Ok(())
        })?;
        // The last one names the one before it, and so on: all of them stand or fall with it.
        if let Some(last) = entries.last() {
            self.check_known(&known, last)?;
        }
        Ok(entries)
    }

    /// Says that an entry is the one that the handle knows.
    fn check_known(&self, known: &Chain, recorded: &Recorded) -> Result<()> {
        let sequence = recorded.entry.sequence;
        if sequence.checked_add(1) == Some(known.size()) && recorded.hash == known.last() {
            return Ok(());
        }
        let path = Tree(&*self.store).inclusion(sequence, known.size())?;
        let root = merkle::root_of_path(&recorded.hash, sequence, known.size(), &path);
        if root == Some(known.frontier().root()) {
            return Ok(());
        }
        let message = "the entry was changed after the ledger was opened, or the stored nodes of the tree are wrong";
        Err(Error::new(Code::LedgerLinkMismatch, message)
            .at_sequence(sequence)
            .with_help("verify the ledger: that tells which"))
    }

    /// The content of an attachment, checked against its digest; `None` when it is not there.
    ///
    /// # Errors
    ///
    /// `ledger.attachment_mismatch`, `io`, `ledger.forked`.
    pub fn attachment(&self, digest: &Digest) -> Result<Option<Vec<u8>>> {
        self.check_process()?;
        self.store.attachment(digest)
    }

    /// Removes an attachment, durably, if it is there and the ledger has exactly `size` entries: so
    /// that no entry which was not considered names it. Verification then counts it among the missing
    /// ones, so an entry must have said before that it is erased.
    ///
    /// # Errors
    ///
    /// `ledger.conflict` when the ledger has another size; `io`, `ledger.forked`.
    pub fn erase(&self, size: u64, digest: &Digest) -> Result<()> {
        self.check_process()?;
        let chain = self.catch_up()?;
        if chain.size() != size {
            return Err(conflict(size));
        }
        self.store.remove_attachment(&chain, digest)
    }

    /// Verifies every record, link, the head, the stored nodes of the tree and the attachments, from what
    /// is stored now. It sees what lies under the head; an older copy of the whole ledger is sound
    /// too, and only somebody who remembers a newer checkpoint can tell.
    ///
    /// # Errors
    ///
    /// The first fault, with the sequence number of its entry: `ledger.record`, `ledger.checksum`,
    /// `ledger.truncated`, `ledger.entry`, `ledger.format`, `ledger.sequence`, `ledger.link_mismatch`,
    /// `ledger.attachment_missing`, `ledger.attachment_mismatch`, `ledger.tile`, `ledger.head`,
    /// `ledger.head_mismatch`, `ledger.directory`, `limit.entry`; those of [`Ledger::check_checkpoint`] where
    /// the ledger is not what the checkpoint beside it says; or `io`, `ledger.forked`.
    pub fn verify(&self) -> Result<Head> {
        let verified = self.verify_with(Verification::new())?;
        match verified.missing.first() {
            None => Ok(verified.head),
            Some((sequence, digest)) => {
                let message = format!("the attachment {digest} is missing");
                Err(Error::new(Code::LedgerAttachmentMissing, message).at_sequence(*sequence))
            }
        }
    }

    /// Verifies like [`Ledger::verify`], but lists missing attachments instead of refusing them, since
    /// they may have been erased.
    ///
    /// # Errors
    ///
    /// As [`Ledger::verify`].
    pub fn verify_with(&self, verification: Verification<'_>) -> Result<Verified> {
        self.check_process()?;
        let known = self.catch_up()?;
        let (chain, verified) = verification.run(&*self.store)?;
        if chain.size() < known.size() {
            return Err(rolled_back(chain.size()));
        }
        // All nodes have just been compared with the entries.
        if Tree(&*self.store).frontier(known.size())? != *known.frontier() {
            compare(&chain, &known)?;
        }
        self.check_kept_checkpoint()?;
        Ok(verified)
    }

    /// Reads the head, and the entries that are new to this handle.
    pub(super) fn catch_up(&self) -> Result<Chain> {
        // The head is read under the lock, so that what is known is never ahead of it.
        let mut known = self.known();
        let head = self.store.head()?;
        if head.size() < known.size() {
            return Err(rolled_back(head.size()));
        }
        let mut chain = known.clone();
        let mut nodes = Additions::to(chain.size());
        self.store.read(chain.size(), head.size(), &mut |_, bytes| {
            chain.push(bytes, &mut nodes).map(drop)
        })?;
        compare(&chain, &head)?;
        *known = chain;
        Ok(head)
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Chain> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn check_process(&self) -> Result<()> {
        if self.process == std::process::id() {
            return Ok(());
        }
        let message = "the ledger was opened by another process, of which this one is a fork";
        Err(Error::new(Code::LedgerForked, message).with_help("open the ledger in this process"))
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("size", &self.known().size()).finish_non_exhaustive()
    }
}

/// The right to append to a ledger, which one writer has at a time; see [`Ledger::reserve`].
pub struct Reservation<'a> {
    ledger: &'a Ledger,
    reserved: Box<dyn Reserved + 'a>,
}

impl Reservation<'_> {
    /// Appends one entry, as [`Ledger::append`] does.
    ///
    /// # Errors
    ///
    /// As [`Ledger::append_all`].
    pub fn append(&self, sequence: u64, draft: Draft) -> Result<Recorded> {
        let mut recorded = self.commit(self.ledger.batch_of(sequence, vec![draft])?)?;
        recorded.pop().ok_or_else(|| Error::new(Code::Internal, "nothing was appended"))
    }

    /// Appends a batch, as [`Ledger::commit`] does.
    ///
    /// # Errors
    ///
    /// As [`Ledger::append_all`].
    pub fn commit(&self, batch: Batch) -> Result<Vec<Recorded>> {
        self.ledger.check_process()?;
        let batches = self.ledger.commit_with(vec![batch], Some(&*self.reserved))?;
        Ok(batches.into_iter().flatten().collect())
    }
}

impl fmt::Debug for Reservation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation").finish_non_exhaustive()
    }
}

fn rolled_back(size: u64) -> Error {
    let message = "the ledger holds fewer entries than this handle has read from it";
    Error::new(Code::LedgerHeadMismatch, message)
        .at_sequence(size)
        .with_help("the directory was replaced by an older copy; restore the newer one")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_of_another_process_is_refused() {
        let ledger = Ledger { process: 0, ..Ledger::in_memory() };
        let refused = [
            ledger.head().map(drop),
            ledger.append(0, Draft::default()).map(drop),
            ledger.reserve().map(drop),
            ledger.read(0, 1).map(drop),
            ledger.attachment(&Digest::ZERO).map(drop),
            ledger.erase(0, &Digest::ZERO).map(drop),
            ledger.verify().map(drop),
        ];
        for result in refused {
            assert_eq!(result.unwrap_err().code(), "ledger.forked");
        }
    }
}
