//! Segments: files of records, each named by the sequence number of its first entry.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufReader, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

use super::{
    files::failed,
    head::Position,
    record::{Reader, Record},
};
use crate::error::{Code, Error, Result};

/// How much is read at once.
const BUFFER_BYTES: usize = 128 * 1024;
/// The digits of a segment's name: as many as the largest sequence number has.
const DIGITS: usize = 20;
const EXTENSION: &str = ".seg";

/// Receives records in order: the sequence number, the place, and the bytes. An error ends the reading.
pub(super) type VisitRecord<'a> = &'a mut dyn FnMut(u64, Position, &[u8]) -> Result<()>;

/// The directory of the segments.
#[derive(Clone, Debug)]
pub(super) struct Segments {
    pub(super) directory: PathBuf,
}

impl Segments {
    /// The file whose first entry has this sequence number.
    pub(super) fn path(&self, first: u64) -> PathBuf {
        self.directory.join(format!("{first:0DIGITS$}{EXTENSION}"))
    }

    /// The sequence numbers that name the segments; none when there is no directory of segments.
    /// Anything that is no segment is refused.
    pub(super) fn list(&self) -> Result<BTreeSet<u64>> {
        let unreadable = |error| failed("the directory cannot be read", &self.directory, error);
        let mut found = BTreeSet::new();
        let items = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
            items => items.map_err(unreadable)?,
        };
        for item in items {
            let item = item.map_err(unreadable)?;
            let first = item.file_name().to_str().and_then(parse_name);
            let is_file = item.file_type().map_err(unreadable)?.is_file();
            found.insert(
                first.filter(|_| is_file).ok_or_else(|| {
                    stray("a file among the segments is no segment", &item.path())
                })?,
            );
        }
        Ok(found)
    }

    /// The length of a segment in bytes; `None` when it does not exist.
    pub(super) fn length(&self, first: u64) -> Result<Option<u64>> {
        let path = self.path(first);
        match fs::symlink_metadata(&path) {
            Ok(metadata) => Ok(Some(metadata.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("the segment cannot be examined", &path, error)),
        }
    }

    /// Opens a segment for reading from an offset; `None` when it does not exist.
    pub(super) fn reader(&self, at: Position) -> Result<Option<Reader<BufReader<File>>>> {
        let path = self.path(at.segment);
        let open = || -> io::Result<_> {
            let mut file = File::open(&path)?;
            file.seek(SeekFrom::Start(at.offset))?;
            Ok(Reader::new(BufReader::with_capacity(BUFFER_BYTES, file)))
        };
        match open() {
            Ok(reader) => Ok(Some(reader)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("the segment cannot be read", &path, error)),
        }
    }

    /// Reads the records of the entries from `from`, which begins at `at`, up to but not including
    /// `to`: hands over each one's sequence number, its place and its bytes. Returns where the last one ends.
    pub(super) fn walk(
        &self,
        (from, mut at): (u64, Position),
        to: u64,
        visit: VisitRecord<'_>,
    ) -> Result<Position> {
        let mut sequence = from;
        let mut reader = None;
        while sequence < to {
            let missing = || {
                let message = "the ledger ends before its head, or a segment is missing";
                Error::new(Code::LedgerTruncated, message).at_sequence(sequence)
            };
            let open = match &mut reader {
                Some(open) => open,
                None => reader.insert(self.reader(at)?.ok_or_else(missing)?),
            };
            let record = open.next().map_err(|error| {
                failed("the segment cannot be read", &self.path(at.segment), error)
            })?;
            match record {
                Record::Whole(record) => {
                    visit(sequence, at, record)?;
                    sequence = sequence.saturating_add(1);
                    at.offset = at.offset.saturating_add(record.len() as u64);
                }
                // The next segment is named by the entry that it must begin with.
                Record::End if sequence > at.segment => {
                    at = Position { segment: sequence, offset: 0 };
                    reader = None;
                }
                Record::End => return Err(missing()),
                Record::Unsound(error) => {
                    return Err(self.place(error.at_sequence(sequence), at));
                }
            }
        }
        Ok(at)
    }

    /// Says where in which segment an error was found.
    pub(super) fn place(&self, error: Error, at: Position) -> Error {
        error.in_source(format!("{} at byte {}", self.path(at.segment).display(), at.offset))
    }
}

/// A file that does not belong where it is.
pub(super) fn stray(message: &str, path: &Path) -> Error {
    Error::new(Code::LedgerDirectory, message)
        .in_source(path.display().to_string())
        .with_help("move the file out of the ledger's directory")
}

/// The sequence number in the name of a segment, if it is one.
fn parse_name(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(EXTENSION)?;
    let plain = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}
