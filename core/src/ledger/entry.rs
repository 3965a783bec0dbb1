//! Entries as bytes: encoding, strict decoding, and hashes.

use std::collections::BTreeSet;

use super::{
    Draft, Entry, Recorded,
    fields::{self, Fields},
    merkle,
};
use crate::{
    canonical,
    digest::Digest,
    error::{Code, Error, Result},
    limits,
    time::Instant,
};

/// The format of entries that this version writes and reads.
const FORMAT: u64 = 1;
/// 0001-01-01T00:00:00Z in seconds since 1970: the first year that is written with four digits and
/// that every calendar library knows.
const FIRST_SECOND: i64 = -62_135_596_800;

/// The fields, in the order of deterministic CBOR.
const FIELDS: [&str; 7] = ["at", "body", "kind", "format", "previous", "sequence", "attachments"];

impl Entry {
    /// The bytes that are stored and hashed: one map in deterministic CBOR.
    ///
    /// # Errors
    ///
    /// `canonical.encoding` when the body is not a map in deterministic CBOR,
    /// `limit.entry` when the entry is larger than [`limits::ENTRY_BYTES`], `ledger.entry` when
    /// another field is not acceptable.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(self.body.len().saturating_add(256));
        self.write(&mut bytes)?;
        Ok(bytes)
    }

    /// Adds the bytes of the entry to others.
    pub(super) fn write(&self, out: &mut Vec<u8>) -> Result<()> {
        let begin = out.len();
        canonical::check_map(&self.body)?;
        check_kind(&self.kind)?;
        check_order(self.attachments.iter())?;
        check_instant(self.at)?;
        out.extend_from_slice(b"\xa7\x62at");
        fields::write_instant(out, self.at);
        out.extend_from_slice(b"\x64body");
        out.extend_from_slice(&self.body);
        out.extend_from_slice(b"\x64kind");
        fields::write_text(out, &self.kind);
        out.extend_from_slice(b"\x66format\x01\x68previous");
        fields::write_hash(out, &self.previous);
        out.extend_from_slice(b"\x68sequence");
        fields::write_uint(out, self.sequence);
        out.extend_from_slice(b"\x6battachments");
        fields::write_hashes(out, &self.attachments);
        check_size(out.len().saturating_sub(begin))
    }

    /// Reads what [`Entry::to_bytes`] wrote, and nothing else.
    ///
    /// # Errors
    ///
    /// `ledger.format` when the entry has another format, `limit.entry` when it is too large, and
    /// `ledger.entry` for anything else that is wrong with it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        View::of(bytes).map(|view| view.to_entry())
    }
}

impl Draft {
    /// The entry that appending the draft at this place makes, so that what depends on it can be decided
    /// before it is durable.
    ///
    /// # Errors
    ///
    /// Those of [`Entry::to_bytes`], and `input.missing_field` without an instant.
    pub fn recorded(&self, sequence: u64, previous: Digest) -> Result<Recorded> {
        let at = self.at.ok_or_else(|| {
            Error::new(Code::InputMissingField, "the draft has no instant").at_pointer("/at")
        })?;
        let attachments: BTreeSet<Digest> =
            self.attachments.iter().map(|content| Digest::of(content)).collect();
        let entry = Entry {
            sequence,
            previous,
            at,
            kind: self.kind.clone(),
            attachments: attachments.into_iter().collect(),
            body: self.body.clone(),
        };
        let hash = merkle::leaf_hash(&entry.to_bytes()?);
        Ok(Recorded { entry, hash })
    }
}

/// An entry as it lies in its bytes.
pub(super) struct View<'a> {
    pub(super) sequence: u64,
    pub(super) previous: Digest,
    pub(super) at: Instant,
    pub(super) kind: &'a str,
    attachments: &'a [[u8; fields::HASH_BYTES]],
    pub(super) body: &'a [u8],
}

impl<'a> View<'a> {
    /// Reads the bytes of an entry; see [`Entry::from_bytes`].
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self> {
        check_size(bytes.len())?;
        let values = canonical::split_fields(bytes, &FIELDS).map_err(|error| {
            let what = "the entry is not a map in deterministic CBOR";
            Error::new(Code::LedgerEntry, format!("{what}: {}", error.message()))
        })?;
        let view = values.and_then(Self::of_fields).ok_or_else(|| explain(bytes))?;
        check_kind(view.kind)?;
        check_order(view.attachments.iter())?;
        check_instant(view.at)?;
        Ok(view)
    }

    fn of_fields(values: [&'a [u8]; FIELDS.len()]) -> Option<Self> {
        let [at, body, kind, format, previous, sequence, attachments] = values;
        (fields::uint(format)? == FORMAT).then_some(Self {
            at: Instant::from_shortest(fields::text(at)?)?,
            body: fields::map(body)?,
            kind: fields::text(kind)?,
            previous: fields::hash(previous)?,
            sequence: fields::uint(sequence)?,
            attachments: fields::hashes(attachments)?,
        })
    }

    /// The attachments that the entry names.
    pub(super) fn attachments(&self) -> impl Iterator<Item = Digest> {
        self.attachments.iter().map(fields::digest)
    }

    pub(super) fn to_entry(&self) -> Entry {
        Entry {
            sequence: self.sequence,
            previous: self.previous,
            at: self.at,
            kind: self.kind.to_owned(),
            attachments: self.attachments().collect(),
            body: self.body.to_vec(),
        }
    }
}

/// Says why deterministic bytes are no entry.
fn explain(bytes: &[u8]) -> Error {
    let explain = || {
        let mut fields = Fields::split(bytes, Code::LedgerEntry, "the entry")?;
        fields.take_format(FORMAT)?;
        let at = fields.take_text("at")?;
        Instant::from_shortest(at).ok_or_else(|| fields.wrong("at"))?;
        fields.take_uint("sequence")?;
        fields.take_hash("previous")?;
        fields.take_text("kind")?;
        fields.take_hashes("attachments")?;
        fields.take_map("body")?;
        fields.finish()
    };
    explain().err().unwrap_or_else(|| Error::new(Code::Internal, "an entry cannot be read"))
}

fn check_kind(kind: &str) -> Result<()> {
    if (1..=limits::NAME_BYTES).contains(&kind.len()) {
        return Ok(());
    }
    Err(Error::new(Code::LedgerEntry, "the kind of the entry is empty or longer than 256 bytes"))
}

fn check_order<T: PartialOrd>(attachments: impl Iterator<Item = T>) -> Result<()> {
    if attachments.is_sorted_by(|one, next| one < next) {
        return Ok(());
    }
    let problem = "the attachments of the entry are not ascending and distinct";
    Err(Error::new(Code::LedgerEntry, problem))
}

fn check_instant(at: Instant) -> Result<()> {
    if at.unix_seconds() >= FIRST_SECOND {
        return Ok(());
    }
    let problem = "the instant of the entry lies before the year 1";
    Err(Error::new(Code::LedgerEntry, problem))
}

fn check_size(size: usize) -> Result<()> {
    if size <= limits::ENTRY_BYTES {
        return Ok(());
    }
    Err(Error::new(
        Code::LimitEntry,
        format!("the entry has {size} bytes, at most {} are allowed", limits::ENTRY_BYTES),
    )
    .with_help("put what is large into an attachment"))
}

/// Reads the entry that must stand at `sequence`.
pub(super) fn first(bytes: &[u8], sequence: u64) -> Result<View<'_>> {
    let view = View::of(bytes).map_err(|error| error.at_sequence(sequence))?;
    if view.sequence == sequence {
        return Ok(view);
    }
    let message = format!("the entry has sequence number {}", view.sequence);
    Err(Error::new(Code::LedgerSequence, message).at_sequence(sequence))
}

/// Reads the entry that must follow at `sequence` after an entry with the hash `previous`.
pub(super) fn follow<'a>(bytes: &'a [u8], sequence: u64, previous: &Digest) -> Result<View<'a>> {
    let view = first(bytes, sequence)?;
    if view.previous != *previous {
        return Err(unlinked(sequence));
    }
    Ok(view)
}

/// An entry that does not belong after the one before it.
pub(super) fn unlinked(sequence: u64) -> Error {
    let message = "the entry does not name the hash of the entry before it";
    Error::new(Code::LedgerLinkMismatch, message).at_sequence(sequence)
}

#[cfg(test)]
mod tests {
    use proptest::{collection, prelude::*};

    use super::*;

    prop_compose! {
        fn entries()(
            sequence: u64,
            previous: [u8; 32],
            seconds in FIRST_SECOND..253_402_207_200,
            kind in "[^\\x00]{1,60}",
            attachments in collection::btree_set(any::<[u8; 32]>(), 0..4),
            body in collection::btree_map(".{0,30}", any::<i64>(), 0..5),
        ) -> Entry {
            Entry {
                sequence,
                previous: Digest::from_bytes(previous),
                at: Instant::from_unix_seconds(seconds).unwrap(),
                kind,
                attachments: attachments.into_iter().map(Digest::from_bytes).collect(),
                body: canonical::to_bytes(&body).unwrap(),
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(entry in entries()) {
            let bytes = entry.to_bytes().unwrap();
            prop_assert_eq!(Entry::from_bytes(&bytes).unwrap(), entry);
        }

        // Requirements: N3.
        #[test]
        fn an_entry_has_one_encoding(entry in entries(), edits in collection::vec(any::<(u16, u8)>(), 1..4)) {
            let mut bytes = entry.to_bytes().unwrap();
            for (at, byte) in edits {
                let at = usize::from(at) % bytes.len();
                bytes[at] = byte;
            }
            // Whatever is accepted is what would have been written.
            if let Ok(entry) = Entry::from_bytes(&bytes) {
                prop_assert_eq!(entry.to_bytes().unwrap(), bytes);
            }
        }
    }
}
