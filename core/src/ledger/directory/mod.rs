//! A store in a directory, which several processes may append to and read at once.
//!
//! ```text
//! segments/     records of entries, only ever appended to
//! tiles/        nodes of the Merkle tree, derived from the segments
//! attachments/  sha256/ab/cdef…
//! checkpoint    the newest signed checkpoint
//! head          how far the ledger is durable; replaced by renaming
//! lock          held by writers
//! set-aside/    what interrupted writers left behind
//! ```
//!
//! What the head does not cover is not in the ledger yet. So readers need no lock: they read the head,
//! and then bytes that no writer touches any more.

mod archive;
mod attachments;
mod files;
mod head;
mod lock;
mod record;
mod recovery;
mod segments;
mod tail;
#[cfg(test)]
mod tests;
mod tiles;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use self::{
    attachments::Attachments,
    files::{Files, failed, read_file},
    head::{HEAD_BYTES, Position, StoredHead},
    lock::{Held, Lock},
    segments::{Segments, stray},
    tiles::Tiles,
};
use super::{
    batch::{Batch, Growth},
    chain::Chain,
    chunk::Chunk,
    conflict,
    nodes::ReadNodes,
    store::{Reserved, Store, Visit},
};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
};

/// A segment that has reached this size is followed by a new one.
const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;
/// How much is written at once.
const WRITE_BYTES: usize = 64 * 1024;
/// How many records lie between two whose places are remembered.
const INDEX_EVERY: u64 = 64;
/// Whenever there are so many entries more, the tiles are made durable.
const TILES_EVERY: u64 = 16_384;
/// More than any checkpoint has.
const CHECKPOINT_BYTES: usize = 1024 * 1024;

/// A ledger directory.
pub(super) struct Directory {
    root: PathBuf,
    segments: Segments,
    tiles: Tiles,
    attachments: Attachments,
    lock: Lock,
    files: Files,
    writable: bool,
    segment_bytes: u64,
    /// Where some records begin, so that reading need not begin at the beginning.
    index: Mutex<BTreeMap<u64, Position>>,
    notices: Mutex<Vec<String>>,
}

/// How a directory is opened.
#[derive(Clone)]
struct Settings {
    files: Files,
    segment_bytes: u64,
    writable: bool,
}

impl Settings {
    fn new() -> Self {
        Self { files: Files::default(), segment_bytes: SEGMENT_BYTES, writable: true }
    }
}

impl Directory {
    /// Makes an empty ledger.
    pub(super) fn create(path: &Path) -> Result<Self> {
        Self::create_with(path, Settings::new())
    }

    /// Opens a ledger, for reading only when it may not be written.
    pub(super) fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, Settings::new())
    }

    /// Opens a ledger for reading only.
    pub(super) fn open_read_only(path: &Path) -> Result<Self> {
        Self::open_with(path, Settings { writable: false, ..Settings::new() })
    }

    fn create_with(path: &Path, settings: Settings) -> Result<Self> {
        let files = settings.files.clone();
        let new = path.ancestors().take_while(|above| !above.exists()).count();
        files.create_directory(path)?;
        let store = Self::at(path, settings)?;
        store.check_new()?;
        // Before the head, with which the ledger exists. Those that were not made now may have been made
        // by an attempt that failed before it came to this, but need not be such that can be synced.
        for (number, above) in store.root.ancestors().skip(1).enumerate() {
            match files.sync_directory(above) {
                Err(error) if number >= new && cannot_be_synced(&error) => {}
                synced => synced?,
            }
        }
        let lock_path = store.root.join("lock");
        drop(files.create_or_empty(&lock_path)?);
        {
            let _held = store.lock.hold()?;
            // Another process may have been faster.
            store.check_new()?;
            files.create_directory(&store.segments.directory)?;
            store.write_head(&StoredHead::default())?;
        }
        Ok(store)
    }

    fn open_with(path: &Path, settings: Settings) -> Result<Self> {
        let mut store = Self::at(path, settings)?;
        if !store.root.is_dir() || (!store.has_head() && !store.has_segments()?) {
            return Err(not_found(path));
        }
        store.load_head()?;
        store.writable = store.writable && store.lock.may_write();
        Ok(store)
    }

    fn at(path: &Path, settings: Settings) -> Result<Self> {
        // An absolute path stays right when the process changes its working directory.
        let root = path.canonicalize().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => not_found(path),
            _ => failed("the directory cannot be found", path, error),
        })?;
        Ok(Self {
            segments: Segments { directory: root.join("segments") },
            tiles: Tiles::new(root.join("tiles")),
            attachments: Attachments::new(root.join("attachments")),
            lock: Lock::new(root.join("lock")),
            files: settings.files,
            writable: settings.writable,
            segment_bytes: settings.segment_bytes,
            index: Mutex::default(),
            notices: Mutex::default(),
            root,
        })
    }

    /// Refuses a directory with anything in it but what an interrupted creation leaves.
    fn check_new(&self) -> Result<()> {
        if self.has_head() || self.has_segments()? {
            return Err(exists(&self.root));
        }
        let unreadable = |error| failed("the directory cannot be read", &self.root, error);
        for item in fs::read_dir(&self.root).map_err(unreadable)? {
            let item = item.map_err(unreadable)?;
            match item.file_name().to_str() {
                Some("segments" | "lock" | "head.tmp") => {}
                _ => {
                    let message = "a ledger can only be made in an empty directory";
                    return Err(stray(message, &item.path())
                        .with_help("name a directory that does not exist or is empty"));
                }
            }
        }
        Ok(())
    }

    fn has_head(&self) -> bool {
        fs::symlink_metadata(self.root.join("head")).is_ok()
    }

    fn has_segments(&self) -> Result<bool> {
        Ok(!self.segments.list()?.is_empty())
    }

    fn load_head(&self) -> Result<StoredHead> {
        let path = self.root.join("head");
        let bytes = read_file(&path, HEAD_BYTES)?
            .ok_or_else(|| Error::new(Code::LedgerHead, "the head of the ledger is missing"));
        bytes.and_then(|bytes| StoredHead::from_bytes(&bytes)).map_err(|error| {
            error.in_source(path.display().to_string()).with_help("restore the ledger from a copy")
        })
    }

    /// Replaces the head, which from then on covers what was appended and synced before.
    fn write_head(&self, head: &StoredHead) -> Result<()> {
        self.replace("head", &head.to_bytes()?)
    }

    /// Replaces a small file at the top, durably and at once.
    fn replace(&self, name: &str, content: &[u8]) -> Result<()> {
        let (path, temporary) = (self.root.join(name), self.root.join(format!("{name}.tmp")));
        let file = self.files.create_or_empty(&temporary)?;
        self.files.write(&file, content, &temporary)?;
        self.files.sync_all(&file, &temporary)?;
        drop(file);
        self.files.rename(&temporary, &path)?;
        self.files.sync_directory(&self.root)
    }

    /// Writes records after `head` and makes them durable. Returns where the last one ends.
    fn write_records<'a>(
        &self,
        head: &StoredHead,
        entries: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Position> {
        let mut end = head.end;
        let mut sequence = head.chain.size();
        let mut segment: Option<Appending<'_>> = None;
        let mut record: Vec<u8> = Vec::new();
        for entry in entries {
            record.clear();
            record::write(&mut record, entry)?;
            let length = u64::try_from(record.len()).unwrap_or(u64::MAX);
            let full = end.offset.saturating_add(length) > self.segment_bytes;
            if full && end.offset > 0 {
                segment.take().map_or(Ok(()), Appending::finish)?;
                end = Position { segment: sequence, offset: 0 };
            }
            let open = match &mut segment {
                Some(open) => open,
                None => segment.insert(Appending::at(self, end)?),
            };
            open.write(&record)?;
            end.offset = end.offset.saturating_add(length);
            sequence = sequence.saturating_add(1);
        }
        segment.map_or(Ok(()), Appending::finish)?;
        Ok(end)
    }

    fn index(&self) -> MutexGuard<'_, BTreeMap<u64, Position>> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers where a record begins, if it is one of those.
    fn note(&self, sequence: u64, at: Position) {
        if sequence.is_multiple_of(INDEX_EVERY) || at.offset == 0 {
            self.index().entry(sequence).or_insert(at);
        }
    }

    /// A known place at or before an entry, and the entry that begins there.
    fn before(&self, sequence: u64) -> Result<(u64, Position)> {
        let known = || self.index().range(..=sequence).next_back().map(|(at, place)| (*at, *place));
        if let Some(near) = known().filter(|(at, _)| sequence.saturating_sub(*at) <= INDEX_EVERY) {
            return Ok(near);
        }
        for first in self.segments.list()?.range(..=sequence) {
            self.note(*first, Position { segment: *first, offset: 0 });
        }
        Ok(known().unwrap_or_default())
    }

    /// Reads entries, and says where the last one ends.
    fn read_to(&self, from: u64, to: u64, visit: Visit<'_>) -> Result<Position> {
        if from >= to {
            return Ok(Position::default());
        }
        self.segments.walk(self.before(from)?, to, &mut |sequence, at, record| {
            self.note(sequence, at);
            if sequence < from {
                return Ok(());
            }
            let entry = record::entry(record).map_err(|error| error.at_sequence(sequence));
            entry
                .and_then(|entry| visit(sequence, entry))
                .map_err(|error| self.segments.place(error, at))
        })
    }

    fn notice(&self, notice: String) {
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }
}

impl Store for Directory {
    fn head(&self) -> Result<Chain> {
        Ok(self.load_head()?.chain)
    }

    fn reserve(&self) -> Result<Box<dyn Reserved + '_>> {
        if !self.writable {
            let error = io::ErrorKind::ReadOnlyFilesystem.into();
            return Err(failed("the ledger is opened for reading only", &self.root, error));
        }
        let held = self.lock.hold()?;
        // What an interrupted writer completed is in the ledger before anybody looks at its size.
        self.recover_after(&self.load_head()?)?;
        Ok(Box::new(Reservation { directory: self, _held: held }))
    }

    fn read(&self, from: u64, to: u64, visit: Visit<'_>) -> Result<()> {
        self.read_to(from, to, visit).map(drop)
    }

    fn scan(&self, visit: &mut dyn FnMut(Chunk) -> Result<()>) -> Result<Chain> {
        let head = self.load_head()?;
        let size = head.chain.size();
        let mut visited = BTreeSet::new();
        let mut chunk = Chunk::plain(0);
        let begin = (0, Position::default());
        let end = self.segments.walk(begin, size, &mut |sequence, at, record| {
            self.note(sequence, at);
            if at.offset == 0 {
                visited.insert(at.segment);
            }
            if chunk.is_empty() || chunk.is_full() || at.offset == 0 {
                let path = self.segments.path(at.segment).display().to_string();
                let next = Chunk::wrapped(sequence, record::entry, (path, at.offset));
                visit(std::mem::replace(&mut chunk, next))?;
            }
            chunk.push(record);
            Ok(())
        });
        // What is wrong with an entry comes before what is wrong with the file after it.
        visit(chunk)?;
        if end? != head.end {
            return Err(ends_elsewhere(&head));
        }
        // Later segments are what an interrupted writer left, or what a writer is making just now.
        if !self.segments.list()?.range(..size).eq(&visited) {
            let message = "there is a segment that the ledger does not consist of";
            return Err(stray(message, &self.segments.directory));
        }
        Ok(head.chain)
    }

    fn recover(&self) -> Result<()> {
        let head = self.load_head()?;
        self.check_tail(&head)?;
        if !self.has_remains(&head)? {
            return Ok(());
        }
        if !self.writable {
            self.notice(format!(
                "there are bytes after entry {}, the last under the head: an interrupted writer left them, \
                 or a writer is busy; they are ignored, because the ledger is opened for reading only",
                head.chain.size().saturating_sub(1)
            ));
            return Ok(());
        }
        // Whoever holds the lock is appending, and has recovered before.
        let Some(_held) = self.lock.try_hold()? else {
            return Ok(());
        };
        let recovered = self.load_head().and_then(|head| self.recover_after(&head));
        match recovered {
            // A full disk must not keep anybody from reading.
            Err(error) if error.to_code() == Code::Io => {
                self.notice(format!(
                    "what an interrupted writer left cannot be tidied up: {error}"
                ));
                Ok(())
            }
            other => other.map(drop),
        }
    }

    fn notices(&self) -> Vec<String> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put_attachment(&self, digest: &Digest, content: &[u8]) -> Result<()> {
        self.attachments.put(&self.files, digest, content)
    }

    fn attachment(&self, digest: &Digest) -> Result<Option<Vec<u8>>> {
        self.attachments.get(digest)
    }

    fn remove_attachment(&self, expected: &Chain, digest: &Digest) -> Result<()> {
        // A writer that is about to name it finds that it is gone, and keeps it again.
        let _reserved = self.reserve()?;
        if self.head()? != *expected {
            return Err(conflict(expected.size()));
        }
        self.attachments.remove(&self.files, digest)
    }

    fn checkpoint(&self) -> Result<Option<Vec<u8>>> {
        read_file(&self.root.join("checkpoint"), CHECKPOINT_BYTES)
    }

    fn replace_checkpoint(
        &self,
        replace: &mut dyn FnMut(Option<Vec<u8>>) -> Result<Option<Vec<u8>>>,
    ) -> Result<()> {
        let _reserved = self.reserve()?;
        match replace(self.checkpoint()?)? {
            Some(checkpoint) => self.replace("checkpoint", &checkpoint),
            None => Ok(()),
        }
    }
}

impl ReadNodes for Directory {
    fn read_nodes(&self, level: usize, first: u64, bytes: &mut [u8]) -> Result<()> {
        self.tiles.read_nodes(level, first, bytes)
    }
}

/// A segment that is being appended to.
struct Appending<'a> {
    directory: &'a Directory,
    path: PathBuf,
    file: File,
    /// What is not written yet: few bytes, so that they stay near the processor.
    pending: Vec<u8>,
}

impl<'a> Appending<'a> {
    /// A new segment where the place is the beginning of one.
    fn at(directory: &'a Directory, at: Position) -> Result<Self> {
        let path = directory.segments.path(at.segment);
        let file = if at.offset == 0 {
            let file = directory.files.create_new(&path)?;
            directory.files.sync_directory(&directory.segments.directory)?;
            file
        } else {
            let file = directory.files.open(&path)?;
            io::Seek::seek(&mut &file, io::SeekFrom::Start(at.offset))
                .map_err(|error| failed("the segment cannot be written", &path, error))?;
            file
        };
        Ok(Self { directory, path, file, pending: Vec::with_capacity(2 * WRITE_BYTES) })
    }

    fn write(&mut self, record: &[u8]) -> Result<()> {
        self.pending.extend_from_slice(record);
        if self.pending.len() < WRITE_BYTES {
            return Ok(());
        }
        self.flush()
    }

    fn flush(&mut self) -> Result<()> {
        self.directory.files.write(&self.file, &self.pending, &self.path)?;
        self.pending.clear();
        Ok(())
    }

    /// Writes the rest and makes all of it durable.
    fn finish(mut self) -> Result<()> {
        if !self.pending.is_empty() {
            self.flush()?;
        }
        self.directory.files.sync_data(&self.file, &self.path)
    }
}

/// The right to append to a [`Directory`].
struct Reservation<'a> {
    directory: &'a Directory,
    _held: Held<'a>,
}

impl Reserved for Reservation<'_> {
    fn append(&self, batches: &[Batch], growth: &Growth) -> Result<()> {
        let directory = self.directory;
        let head = directory.load_head()?;
        let conflict = || conflict(growth.before.size());
        if head.chain != growth.before {
            return Err(conflict());
        }
        for (digest, _) in batches.iter().flat_map(|batch| &batch.attachments) {
            if !directory.attachments.has(digest)? {
                return Err(conflict());
            }
        }
        let end = directory.write_records(&head, batches.iter().flat_map(Batch::entries))?;
        directory.write_tiles(&growth.nodes, growth.next.size())?;
        directory.write_head(&StoredHead { chain: growth.next.clone(), end })
    }
}

/// Whether a directory belongs to somebody who lets nobody else in, or to a file system that knows no syncs.
fn cannot_be_synced(error: &Error) -> bool {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    matches!(error.io_kind(), Some(PermissionDenied | InvalidInput | Unsupported))
}

fn ends_elsewhere(head: &StoredHead) -> Error {
    let message = "the last entry does not end where the head says";
    Error::new(Code::LedgerHeadMismatch, message).at_sequence(head.chain.size())
}

fn not_found(path: &Path) -> Error {
    Error::new(Code::LedgerNotFound, "there is no ledger at this place")
        .in_source(path.display().to_string())
        .with_help("make one first, or name another directory")
}

fn exists(path: &Path) -> Error {
    Error::new(Code::LedgerExists, "there is already a ledger at this place")
        .in_source(path.display().to_string())
        .with_help("open it, or name another directory for a new one")
}
