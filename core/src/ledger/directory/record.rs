//! Records: how entries lie in a segment.
//!
//! ```text
//! length     u32, little-endian   the number of bytes of the entry, 1 to 65,535
//! checksum   u32, little-endian   CRC-32C over the four bytes of the length and the entry
//! entry      length bytes
//! padding    zero bytes, up to the next multiple of eight
//! ```

use std::io::{self, Read};

use crate::{
    error::{Code, Error, Result},
    limits,
};

/// The bytes before an entry.
const HEADER: usize = 8;
/// What the length of a record is a multiple of.
const ALIGNMENT: usize = 8;

/// Frames an entry.
pub(super) fn encode(entry: &[u8]) -> Result<Vec<u8>> {
    let mut record = Vec::new();
    write(&mut record, entry)?;
    Ok(record)
}

/// Adds the record of an entry to others.
pub(super) fn write(out: &mut Vec<u8>, entry: &[u8]) -> Result<()> {
    let length = u32::try_from(entry.len())
        .ok()
        .filter(|_| (1..=limits::ENTRY_BYTES).contains(&entry.len()))
        .ok_or_else(|| Error::new(Code::LimitEntry, "the entry is empty or too large"))?
        .to_le_bytes();
    out.reserve(HEADER + entry.len() + ALIGNMENT);
    out.extend_from_slice(&length);
    out.extend_from_slice(&checksum(length, entry).to_le_bytes());
    out.extend_from_slice(entry);
    // What was there before is aligned as well.
    out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
    Ok(())
}

/// The length is covered as well, so that neither it nor a run of zero bytes passes for a record.
fn checksum(length: [u8; 4], entry: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&length), entry)
}

/// Reads records one after the other.
pub(super) struct Reader<R> {
    source: R,
    buffer: Buffer,
}

/// What the next record turned out to be.
pub(super) enum Record<'a> {
    /// One of which no byte is missing, with its header.
    Whole(&'a [u8]),
    /// There are no more bytes.
    End,
    /// The bytes are no record.
    Unsound(Error),
}

impl<R: Read> Reader<R> {
    /// Reads from where the source stands.
    pub(super) fn new(source: R) -> Self {
        Self { source, buffer: Buffer(Vec::new()) }
    }

    /// The next record; its checksum and its padding are for [`entry`] to check.
    pub(super) fn next(&mut self) -> io::Result<Record<'_>> {
        match fill(&mut self.source, self.buffer.room(HEADER))? {
            0 => return Ok(Record::End),
            HEADER => {}
            _ => return Ok(cut_off()),
        }
        let Some(padded) = self.buffer.0.first_chunk().and_then(|length| padded(*length)) else {
            return Ok(unsound(Code::LedgerRecord, "the length of the record is out of range"));
        };
        let whole = self.buffer.room(HEADER.saturating_add(padded));
        let rest = whole.get_mut(HEADER..).unwrap_or_default();
        if fill(&mut self.source, rest)? < padded {
            return Ok(cut_off());
        }
        Ok(Record::Whole(whole))
    }
}

/// A buffer that only grows, so that it is not cleared for every record.
struct Buffer(Vec<u8>);

impl Buffer {
    /// The first `length` bytes.
    fn room(&mut self, length: usize) -> &mut [u8] {
        if self.0.len() < length {
            self.0.resize(length, 0);
        }
        self.0.get_mut(..length).unwrap_or_default()
    }
}

/// The bytes of an entry with its padding, by the length in its header; `None` when there can be no
/// such record.
fn padded(length: [u8; 4]) -> Option<usize> {
    let size = usize::try_from(u32::from_le_bytes(length)).ok()?;
    (1..=limits::ENTRY_BYTES).contains(&size).then(|| size.next_multiple_of(ALIGNMENT))
}

/// The entry in a whole record.
pub(super) fn entry(record: &[u8]) -> Result<&[u8]> {
    let malformed = || Error::new(Code::LedgerRecord, "the record is not well formed");
    let (header, rest) = record.split_first_chunk::<HEADER>().ok_or_else(malformed)?;
    let [a, b, c, d, e, f, g, h] = *header;
    let (length, expected) = ([a, b, c, d], u32::from_le_bytes([e, f, g, h]));
    let size = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
    let (entry, padding) = rest.split_at_checked(size).ok_or_else(malformed)?;
    if checksum(length, entry) != expected {
        return Err(Error::new(Code::LedgerChecksum, "the record does not have its checksum"));
    }
    if padding.iter().any(|byte| *byte != 0) {
        return Err(Error::new(Code::LedgerRecord, "the padding of the record is not zero"));
    }
    Ok(entry)
}

fn unsound(code: Code, message: &str) -> Record<'static> {
    Record::Unsound(Error::new(code, message))
}

fn cut_off() -> Record<'static> {
    unsound(Code::LedgerTruncated, "the record is cut off by the end of its segment")
}

/// Reads until the buffer is full or the source ends; says how many bytes there were.
fn fill(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0_usize;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(count) => filled = filled.saturating_add(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
