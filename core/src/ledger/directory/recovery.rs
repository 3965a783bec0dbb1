//! What lies after the head: bytes that a writer left when it was interrupted, or when writing failed.
//!
//! Complete entries that continue the ledger are kept; everything else is moved into `set-aside/`,
//! and never deleted. What lies under the head is not touched. The caller holds the lock.

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

use super::{
    Directory,
    files::failed,
    head::{Position, StoredHead},
    record::{self, Record},
};
use crate::{
    error::{Code, Error, Result},
    ledger::{chain::Chain, entry, merkle, nodes::Additions},
};

/// How much is copied at once.
const CHUNK_BYTES: usize = 1024 * 1024;

impl Directory {
    /// Says whether there is anything after the head.
    pub(super) fn has_remains(&self, head: &StoredHead) -> Result<bool> {
        let length = self.segments.length(head.end.segment)?.unwrap_or(0);
        if length < head.end.offset {
            let message = "the last segment is shorter than the head says";
            return Err(Error::new(Code::LedgerTruncated, message)
                .at_sequence(head.chain.size().saturating_sub(1))
                .in_source(self.segments.path(head.end.segment).display().to_string()));
        }
        let later = self.segments.list()?.range(head.chain.size()..).next().is_some();
        Ok(later || length > head.end.offset)
    }

    /// Keeps what is complete after the head and sets the rest aside. Returns the head that is then
    /// in force.
    pub(super) fn recover_after(&self, head: &StoredHead) -> Result<StoredHead> {
        if !self.has_remains(head)? {
            return Ok(head.clone());
        }
        let (kept, nodes) = self.complete_entries(head)?;
        if kept != *head {
            self.write_again(head.end, kept.end)?;
            self.write_tiles(&nodes, kept.chain.size())?;
            self.write_head(&kept)?;
            let (first, last) = (head.chain.size(), kept.chain.size().saturating_sub(1));
            let entries = if first == last {
                format!("entry {first} was")
            } else {
                format!("entries {first} to {last} were")
            };
            self.notice(format!(
                "{entries} complete, but an interrupted writer did not acknowledge it; what is complete \
                 is kept, and is unsigned"
            ));
        }
        self.set_aside(&kept)?;
        Ok(kept)
    }

    /// The head as it would be with all entries that follow it without a gap, and the nodes of the
    /// tree that they add.
    fn complete_entries(&self, head: &StoredHead) -> Result<(StoredHead, Additions)> {
        let mut kept = head.clone();
        let mut nodes = Additions::to(head.chain.size());
        let mut at = head.end;
        while let Some(mut reader) = self.segments.reader(at)? {
            loop {
                let path = || self.segments.path(at.segment);
                match reader.next().map_err(|error| failed("cannot be read", &path(), error))? {
                    Record::Whole(record)
                        if self.accept(&mut kept.chain, &mut nodes, record)? =>
                    {
                        at.offset = at.offset.saturating_add(record.len() as u64);
                        kept.end = at;
                    }
                    Record::End => break,
                    Record::Whole(_) | Record::Unsound(_) => return Ok((kept, nodes)),
                }
            }
            let next = Position { segment: kept.chain.size(), offset: 0 };
            if next.segment == at.segment {
                break;
            }
            at = next;
        }
        Ok((kept, nodes))
    }

    /// Adds the entry in a record to the chain if it continues it and its attachments are there.
    fn accept(&self, chain: &mut Chain, nodes: &mut Additions, record: &[u8]) -> Result<bool> {
        let Ok(bytes) = record::entry(record) else { return Ok(false) };
        let Ok(view) = entry::follow(bytes, chain.size(), &chain.last()) else { return Ok(false) };
        for digest in view.attachments() {
            if !self.attachments.is_sound(&digest)? {
                return Ok(false);
            }
        }
        chain.add(view.kind, merkle::leaf_hash(bytes), nodes);
        Ok(true)
    }

    /// Writes bytes over themselves and syncs them. After a sync that failed, what is read back may
    /// be in memory only, and another sync would not write it.
    fn write_again(&self, from: Position, to: Position) -> Result<()> {
        for first in self.segments.list()?.range(from.segment..=to.segment).copied() {
            let path = self.segments.path(first);
            let begin = if first == from.segment { from.offset } else { 0 };
            let end = if first == to.segment {
                to.offset
            } else {
                self.segments.length(first)?.unwrap_or(0)
            };
            let file = self.files.open(&path)?;
            self.copy(&file, &path, begin..end, &mut |at, bytes| {
                seek(&file, at, &path)?;
                self.files.write(&file, bytes, &path)
            })?;
            self.files.sync_data(&file, &path)?;
        }
        self.files.sync_directory(&self.segments.directory)
    }

    /// Moves everything after the head out of the segments.
    fn set_aside(&self, head: &StoredHead) -> Result<()> {
        let end = head.end;
        for first in self.segments.list()?.range(end.segment..).copied() {
            let path = self.segments.path(first);
            let length = self.segments.length(first)?.unwrap_or(0);
            let begin = if first == end.segment { end.offset } else { 0 };
            if begin == length && begin > 0 {
                continue;
            }
            if length == 0 {
                self.files.remove(&path)?;
                self.files.sync_directory(&self.segments.directory)?;
                continue;
            }
            let aside = self.aside_path(first, begin)?;
            if begin == 0 {
                self.files.rename(&path, &aside)?;
                self.sync_aside(&aside)?;
                self.files.sync_directory(&self.segments.directory)?;
            } else {
                self.cut_off(&path, begin..length, &aside)?;
            }
            let name = aside.file_name().unwrap_or_default().display().to_string();
            self.notice(format!(
                "{} bytes that an interrupted writer left after the last entry were incomplete or did not \
                 continue the ledger; they are kept in set-aside/{name}",
                length.saturating_sub(begin)
            ));
        }
        Ok(())
    }

    /// Copies the end of a segment to a file, and only then cuts it off.
    fn cut_off(&self, path: &Path, range: std::ops::Range<u64>, aside: &Path) -> Result<()> {
        let file = self.files.open(path)?;
        let copy = self.files.create_new(aside)?;
        let begin = range.start;
        self.copy(&file, path, range, &mut |_, bytes| self.files.write(&copy, bytes, aside))?;
        self.files.sync_all(&copy, aside)?;
        self.sync_aside(aside)?;
        self.files.truncate(&file, begin, path)?;
        self.files.sync_all(&file, path)
    }

    /// Reads a part of a file piece by piece.
    fn copy(
        &self,
        mut file: &File,
        path: &Path,
        range: std::ops::Range<u64>,
        write: &mut dyn FnMut(u64, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut buffer = vec![0; CHUNK_BYTES];
        let mut at = range.start;
        while at < range.end {
            let left = usize::try_from(range.end.saturating_sub(at)).unwrap_or(usize::MAX);
            let length = left.min(buffer.len());
            let chunk = buffer.get_mut(..length).unwrap_or_default();
            seek(file, at, path)?;
            file.read_exact(chunk)
                .map_err(|error| failed("the file cannot be read", path, error))?;
            write(at, chunk)?;
            at = at.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        }
        Ok(())
    }

    /// A name in `set-aside/` that is not in use.
    fn aside_path(&self, segment: u64, offset: u64) -> Result<PathBuf> {
        let directory = self.root.join("set-aside");
        self.files.create_directory(&directory)?;
        self.files.sync_directory(&self.root)?;
        let mut number: u64 = 0;
        loop {
            let path = directory.join(format!("{segment:020}-{offset}-{number}.bin"));
            if fs::symlink_metadata(&path).is_err() {
                return Ok(path);
            }
            number = number.saturating_add(1);
        }
    }

    fn sync_aside(&self, aside: &Path) -> Result<()> {
        self.files.sync_directory(aside.parent().unwrap_or(&self.root))
    }
}

fn seek(mut file: &File, offset: u64, path: &Path) -> Result<()> {
    file.seek(SeekFrom::Start(offset))
        .map(drop)
        .map_err(|error| failed("the file cannot be read", path, error))
}
