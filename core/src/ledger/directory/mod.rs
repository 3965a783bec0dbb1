//! A store in a directory, which several processes may append to and read at once.
//!
//! ```text
//! segments/     records of entries, only ever appended to
//! attachments/  sha256/ab/cdef…
//! head          how far the ledger is durable; replaced by renaming
//! lock          held by writers
//! set-aside/    what interrupted writers left behind
//! ```
//!
//! What the head does not cover is not in the ledger yet. So readers need no lock: they read the head,
//! and then bytes that no writer touches any more.

mod attachments;
mod files;
mod head;
mod lock;
mod record;
mod recovery;
mod segments;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use self::{
    attachments::Attachments,
    files::{Files, failed, read_file},
    head::{HEAD_BYTES, Position, StoredHead},
    lock::Lock,
    segments::{Segments, stray},
};
use super::{
    chain::Chain,
    conflict,
    store::{Store, Visit},
};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
};

/// A segment that has reached this size is followed by a new one.
const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;
/// How many records lie between two whose places are remembered.
const INDEX_EVERY: u64 = 64;

/// A ledger directory.
pub(super) struct Directory {
    root: PathBuf,
    segments: Segments,
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
        let lock_path = store.root.join("lock");
        drop(files.create_or_empty(&lock_path)?);
        {
            let _held = store.lock.hold()?;
            // Another process may have been faster.
            store.check_new()?;
            files.create_directory(&store.segments.directory)?;
            store.write_head(&StoredHead::default())?;
        }
        for above in store.root.ancestors().skip(1).take(new) {
            files.sync_directory(above)?;
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
        let (path, temporary) = (self.root.join("head"), self.root.join("head.tmp"));
        let file = self.files.create_or_empty(&temporary)?;
        self.files.write(&file, &head.to_bytes()?, &temporary)?;
        self.files.sync_all(&file, &temporary)?;
        drop(file);
        self.files.rename(&temporary, &path)?;
        self.files.sync_directory(&self.root)
    }

    /// Writes records after `head` and makes them durable. Returns where the last one ends.
    fn write_records(&self, head: &StoredHead, entries: &[&[u8]]) -> Result<Position> {
        let mut end = head.end;
        let mut sequence = head.chain.size();
        let mut pending: Vec<u8> = Vec::new();
        let mut begin = end;
        for entry in entries {
            let record = record::encode(entry)?;
            let length = u64::try_from(record.len()).unwrap_or(u64::MAX);
            let full = end.offset.saturating_add(length) > self.segment_bytes;
            if full && end.offset > 0 {
                self.write_batch(begin, &pending)?;
                pending.clear();
                end = Position { segment: sequence, offset: 0 };
                begin = end;
            }
            pending.extend_from_slice(&record);
            end.offset = end.offset.saturating_add(length);
            sequence = sequence.saturating_add(1);
        }
        self.write_batch(begin, &pending)?;
        Ok(end)
    }

    fn write_batch(&self, at: Position, records: &[u8]) -> Result<()> {
        if records.is_empty() {
            return Ok(());
        }
        let path = self.segments.path(at.segment);
        let file = if at.offset == 0 {
            let file = self.files.create_new(&path)?;
            self.files.sync_directory(&self.segments.directory)?;
            file
        } else {
            let file = self.files.open(&path)?;
            io::Seek::seek(&mut &file, io::SeekFrom::Start(at.offset))
                .map_err(|error| failed("the segment cannot be written", &path, error))?;
            file
        };
        self.files.write(&file, records, &path)?;
        self.files.sync_data(&file, &path)
    }

    fn index(&self) -> MutexGuard<'_, BTreeMap<u64, Position>> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads records, and remembers where some of them begin. Adds the segments that were read from
    /// their beginning to `visited`.
    fn walk(
        &self,
        begin: (u64, Position),
        to: u64,
        visited: &mut BTreeSet<u64>,
        visit: Visit<'_>,
    ) -> Result<Position> {
        let note = &mut |sequence: u64, at: Position| {
            if sequence.is_multiple_of(INDEX_EVERY) {
                self.index().entry(sequence).or_insert(at);
            }
            if at.offset == 0 {
                visited.insert(at.segment);
            }
        };
        self.segments.walk(begin, to, note, visit)
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

    fn append(&self, expected: &Chain, entries: &[&[u8]], next: &Chain) -> Result<()> {
        if !self.writable {
            let error = io::ErrorKind::ReadOnlyFilesystem.into();
            return Err(failed("the ledger is opened for reading only", &self.root, error));
        }
        let _held = self.lock.hold()?;
        let head = self.load_head()?;
        if head.chain != *expected || self.recover_after(&head)? != head {
            return Err(conflict(expected.size()));
        }
        let end = self.write_records(&head, entries)?;
        self.write_head(&StoredHead { chain: next.clone(), end })
    }

    fn read(&self, from: u64, to: u64, visit: Visit<'_>) -> Result<()> {
        let begin = self.index().range(..=from).next_back().map(|(at, place)| (*at, *place));
        self.walk(begin.unwrap_or_default(), to, &mut BTreeSet::new(), &mut |sequence, bytes| {
            if sequence < from { Ok(()) } else { visit(sequence, bytes) }
        })?;
        Ok(())
    }

    fn scan(&self, visit: Visit<'_>) -> Result<Chain> {
        let head = self.load_head()?;
        let size = head.chain.size();
        let mut visited = BTreeSet::new();
        let end = self.walk((0, Position::default()), size, &mut visited, visit)?;
        if end != head.end {
            let message = "the last entry does not end where the head says";
            return Err(Error::new(Code::LedgerHeadMismatch, message).at_sequence(size));
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
}

fn not_found(path: &Path) -> Error {
    Error::new(Code::LedgerNotFound, "there is no ledger at this place")
        .in_source(path.display().to_string())
        .with_help("make one first, or name another directory")
}

fn exists(path: &Path) -> Error {
    Error::new(Code::LedgerExists, "there is already a ledger at this place")
        .in_source(path.display().to_string())
}
