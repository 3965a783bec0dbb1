//! The ledger: a hash-chained, append-only record whose payload is opaque to it.
//!
//! This module knows entries, hashes, directories and attachments, and nothing of policy. The bytes
//! are described in `docs/ledger-format.md`, which is enough to write a verifier from.

mod chain;
mod checkpoint;
mod directory;
mod entry;
mod fields;
mod fork;
mod key;
mod keyfile;
mod memory;
mod merkle;
mod note;
mod proof;
mod receipt;
mod store;
mod text;

use std::{
    collections::BTreeSet,
    fmt,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use self::{chain::Chain, directory::Directory, memory::Memory, store::Store};
pub use self::{
    checkpoint::{Checkpoint, SignedCheckpoint},
    fork::{Divergence, ForkProof},
    key::{SecretKey, Signer, VerifierKey, VerifierKeys},
    proof::{ConsistencyProof, InclusionProof, MAX_SIZE},
    receipt::Receipt,
};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
    limits,
    time::Instant,
};

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
    store: Box<dyn Store>,
    known: Mutex<Known>,
    /// The process that opened the handle.
    process: u32,
}

/// What a handle has read and found sound.
#[derive(Default)]
struct Known {
    chain: Chain,
    /// The hash before every entry whose sequence number is a multiple of [`MARK_EVERY`], so that
    /// what is read later can be compared with what was read first.
    marks: Vec<Digest>,
}

/// How many entries lie between two marks: few enough to read along, many enough to save memory.
const MARK_EVERY: u64 = 64;

/// How many digests of sound attachments a verification remembers, to read each one once.
const REMEMBERED_ATTACHMENTS: usize = 65_536;

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

    /// Opens the ledger in a directory, and reads all of it. What a crash left behind is dealt with and
    /// reported by [`Ledger::notices`]. A ledger that may not be written is opened for reading.
    ///
    /// # Errors
    ///
    /// `ledger.not_found` when there is none; for a damaged one, the errors of [`Ledger::verify`]; `io`.
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

    fn with_store(store: Box<dyn Store>) -> Self {
        Self { store, known: Mutex::default(), process: std::process::id() }
    }

    fn over(directory: Directory) -> Result<Self> {
        let ledger = Self::with_store(Box::new(directory));
        {
            let mut known = ledger.known();
            let head = ledger.store.scan(&mut |_, bytes| known.push(bytes).map(drop))?;
            compare(&known.chain, &head)?;
        }
        // Only a ledger that is sound up to its head may be tidied up after its head.
        ledger.store.recover()?;
        ledger.catch_up()?;
        Ok(ledger)
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

    /// Appends at exactly this sequence number; durable when it returns. After any other error than
    /// a conflict the entry may or may not be in the ledger: read it again.
    ///
    /// # Errors
    ///
    /// - `ledger.conflict` when the ledger does not have exactly `sequence` entries.
    /// - `canonical.encoding`, `limit.depth`, `ledger.entry`, `limit.entry`, `limit.size` and
    ///   `input.missing_field` when the draft is not acceptable.
    /// - `ledger.forked` in a forked child of the process that opened the ledger.
    /// - the errors of [`Ledger::verify`] when the ledger is damaged.
    /// - `io` when it cannot be written.
    pub fn append(&self, sequence: u64, draft: Draft) -> Result<Recorded> {
        self.check_process()?;
        let chain = self.catch_up()?;
        if chain.size() != sequence {
            return Err(conflict(sequence));
        }
        let at = draft.at.ok_or_else(|| {
            Error::new(Code::InputMissingField, "the draft has no instant").at_pointer("/at")
        })?;
        let mut attachments: Vec<(Digest, &Vec<u8>)> =
            draft.attachments.iter().map(|content| (Digest::of(content), content)).collect();
        attachments.sort_unstable_by_key(|(digest, _)| *digest);
        attachments.dedup_by_key(|(digest, _)| *digest);
        let bytes = Entry {
            sequence,
            previous: chain.last(),
            at,
            kind: draft.kind,
            attachments: attachments.iter().map(|(digest, _)| *digest).collect(),
            body: draft.body,
        }
        .to_bytes()?;
        let mut next = chain.clone();
        let recorded = next.push(&bytes)?;
        for (digest, content) in attachments {
            if content.len() > limits::ATTACHMENT_BYTES {
                return Err(Error::new(Code::LimitSize, "the attachment is larger than its limit"));
            }
            self.store.put_attachment(&digest, content)?;
        }
        self.store.append(&chain, &[&bytes], &next)?;
        let mut known = self.known();
        if known.chain == chain {
            known.push(&bytes)?;
        }
        Ok(recorded)
    }

    /// Up to `limit` entries from `from` on. They are compared with what the handle read when it was
    /// opened, so that an entry which was changed since is not returned.
    ///
    /// # Errors
    ///
    /// As [`Ledger::head`].
    pub fn read(&self, from: u64, limit: usize) -> Result<Vec<Recorded>> {
        self.check_process()?;
        let to = from.saturating_add(u64::try_from(limit).unwrap_or(u64::MAX));
        if to > self.known().chain.size() {
            self.catch_up()?;
        }
        let (start, end, mut hash, last) = {
            let known = self.known();
            let size = known.chain.size();
            if from >= to.min(size) {
                return Ok(Vec::new());
            }
            let start = from.saturating_sub(from % MARK_EVERY);
            let end = to.checked_next_multiple_of(MARK_EVERY).unwrap_or(size).min(size);
            (start, end, known.hash_before(start), known.hash_before(end))
        };
        let mut entries = Vec::new();
        self.store.read(start, end, &mut |sequence, bytes| {
            let recorded = entry::follow(bytes, sequence, &hash)?;
            hash = recorded.hash;
            if (from..to).contains(&sequence) {
                entries.push(recorded);
            }
            Ok(())
        })?;
        if hash != last {
            let message = "an entry was changed after the ledger was opened";
            return Err(Error::new(Code::LedgerLinkMismatch, message).at_sequence(end));
        }
        Ok(entries)
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

    /// Verifies every record, link, the head and the attachments, from what is stored now. It sees what
    /// lies under the head; an older copy of the whole ledger is sound too, and only somebody who
    /// remembers a newer head can tell.
    ///
    /// # Errors
    ///
    /// The first fault, with the sequence number of its entry: `ledger.record`, `ledger.checksum`,
    /// `ledger.truncated`, `ledger.entry`, `ledger.format`, `ledger.sequence`, `ledger.link_mismatch`,
    /// `ledger.attachment_missing`, `ledger.attachment_mismatch`, `ledger.head`, `ledger.head_mismatch`,
    /// `ledger.directory`, `limit.entry`; or `io`, `ledger.forked`.
    pub fn verify(&self) -> Result<Head> {
        self.verify_with(&mut |_, _| {})
    }

    /// Verifies like [`Ledger::verify`], and tells after each entry how many of how many are done.
    ///
    /// # Errors
    ///
    /// As [`Ledger::verify`].
    pub fn verify_with(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Head> {
        self.check_process()?;
        let known = self.catch_up()?;
        let mut chain = Chain::default();
        let mut sound = BTreeSet::new();
        let head = self.store.scan(&mut |sequence, bytes| {
            let recorded = chain.push(bytes)?;
            for digest in &recorded.entry.attachments {
                self.verify_attachment(digest, &mut sound)
                    .map_err(|error| error.at_sequence(sequence))?;
            }
            if chain.size() == known.size() {
                compare(&chain, &known)?;
            }
            progress(chain.size(), chain.size().max(known.size()));
            Ok(())
        })?;
        compare(&chain, &head)?;
        if chain.size() < known.size() {
            return Err(rolled_back(chain.size()));
        }
        Ok(head.head())
    }

    fn verify_attachment(&self, digest: &Digest, sound: &mut BTreeSet<Digest>) -> Result<()> {
        if sound.contains(digest) {
            return Ok(());
        }
        if self.store.attachment(digest)?.is_none() {
            let message = format!("the attachment {digest} is missing");
            return Err(Error::new(Code::LedgerAttachmentMissing, message));
        }
        if sound.len() >= REMEMBERED_ATTACHMENTS {
            sound.clear();
        }
        sound.insert(*digest);
        Ok(())
    }

    /// Reads the head, and the entries that are new to this handle.
    fn catch_up(&self) -> Result<Chain> {
        // The head is read under the lock, so that what is known is never ahead of it.
        let mut known = self.known();
        let head = self.store.head()?;
        if head.size() < known.chain.size() {
            return Err(rolled_back(head.size()));
        }
        let mut news = Known { chain: known.chain.clone(), marks: Vec::new() };
        self.store
            .read(known.chain.size(), head.size(), &mut |_, bytes| news.push(bytes).map(drop))?;
        compare(&news.chain, &head)?;
        known.chain = news.chain;
        known.marks.append(&mut news.marks);
        Ok(head)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_process(&self) -> Result<()> {
        if self.process == std::process::id() {
            return Ok(());
        }
        let message = "the ledger was opened by another process, of which this one is a fork";
        Err(Error::new(Code::LedgerForked, message).with_help("open the ledger in this process"))
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("size", &self.known().chain.size()).finish_non_exhaustive()
    }
}

impl Known {
    fn push(&mut self, bytes: &[u8]) -> Result<Recorded> {
        let before = (self.chain.size(), self.chain.last());
        let recorded = self.chain.push(bytes)?;
        if before.0.is_multiple_of(MARK_EVERY) {
            self.marks.push(before.1);
        }
        Ok(recorded)
    }

    /// The hash before the entry at a mark, or before the entry that comes next.
    fn hash_before(&self, sequence: u64) -> Digest {
        let mark = usize::try_from(sequence / MARK_EVERY).ok();
        match mark.and_then(|mark| self.marks.get(mark)) {
            Some(hash) if sequence != self.chain.size() => *hash,
            _ => self.chain.last(),
        }
    }
}

/// Says that the entries do not add up to what the head says.
fn compare(chain: &Chain, head: &Chain) -> Result<()> {
    if chain == head {
        return Ok(());
    }
    let message = "the entries do not have the size, root and last hash that the head says";
    Err(Error::new(Code::LedgerHeadMismatch, message).at_sequence(head.size().saturating_sub(1)))
}

fn rolled_back(size: u64) -> Error {
    let message = "the ledger holds fewer entries than this handle has read from it";
    Error::new(Code::LedgerHeadMismatch, message)
        .at_sequence(size)
        .with_help("the directory was replaced by an older copy; restore the newer one")
}

fn conflict(sequence: u64) -> Error {
    let message = "another writer appended first";
    Error::new(Code::LedgerConflict, message)
        .at_sequence(sequence)
        .with_help("read the new entries, decide again and retry")
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
            ledger.read(0, 1).map(drop),
            ledger.attachment(&Digest::ZERO).map(drop),
            ledger.verify().map(drop),
        ];
        for result in refused {
            assert_eq!(result.unwrap_err().code(), "ledger.forked");
        }
    }
}
