//! Entries as bytes: encoding, strict decoding, and hashes.

use super::{
    Entry, Recorded,
    fields::{Fields, Hash},
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

impl Entry {
    /// The bytes that are stored and hashed: one map in deterministic CBOR.
    ///
    /// # Errors
    ///
    /// `canonical.encoding` when the body is not a map in deterministic CBOR,
    /// `limit.entry` when the entry is larger than [`limits::ENTRY_BYTES`], `ledger.entry` when
    /// another field is not acceptable.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        canonical::split_map(&self.body)?;
        self.check_fields()?;
        let attachments: Vec<Hash> = self.attachments.iter().copied().map(Hash).collect();
        let bytes = canonical::join_map(&[
            ("at", &canonical::to_bytes(&self.at.to_string())?),
            ("attachments", &canonical::to_bytes(&attachments)?),
            ("body", &self.body),
            ("format", &canonical::to_bytes(&FORMAT)?),
            ("kind", &canonical::to_bytes(&self.kind)?),
            ("previous", &canonical::to_bytes(&Hash(self.previous))?),
            ("sequence", &canonical::to_bytes(&self.sequence)?),
        ])?;
        check_size(&bytes)?;
        Ok(bytes)
    }

    /// Reads what [`Entry::to_bytes`] wrote, and nothing else.
    ///
    /// # Errors
    ///
    /// `ledger.format` when the entry has another format, `limit.entry` when it is too large, and
    /// `ledger.entry` for anything else that is wrong with it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        check_size(bytes)?;
        let mut fields = Fields::split(bytes, Code::LedgerEntry, "the entry")?;
        fields.take_format(FORMAT)?;
        let at_text = fields.take_text("at")?;
        let at: Instant = at_text.parse().map_err(|_| fields.wrong("at"))?;
        if at.to_string() != at_text {
            return Err(fields.wrong("at"));
        }
        let entry = Self {
            sequence: fields.take_uint("sequence")?,
            previous: fields.take_hash("previous")?,
            at,
            kind: fields.take_text("kind")?.to_owned(),
            attachments: fields.take_hashes("attachments")?,
            body: fields.take_map("body")?.to_vec(),
        };
        fields.finish()?;
        entry.check_fields()?;
        Ok(entry)
    }

    fn check_fields(&self) -> Result<()> {
        let problem = if self.kind.is_empty() || self.kind.len() > limits::NAME_BYTES {
            "the kind of the entry is empty or longer than 256 bytes"
        } else if !self.attachments.is_sorted_by(|one, next| one < next) {
            "the attachments of the entry are not ascending and distinct"
        } else if self.at.unix_seconds() < FIRST_SECOND {
            "the instant of the entry lies before the year 1"
        } else {
            return Ok(());
        };
        Err(Error::new(Code::LedgerEntry, problem))
    }
}

fn check_size(bytes: &[u8]) -> Result<()> {
    if bytes.len() <= limits::ENTRY_BYTES {
        return Ok(());
    }
    Err(Error::new(
        Code::LimitEntry,
        format!("the entry has {} bytes, at most {} are allowed", bytes.len(), limits::ENTRY_BYTES),
    )
    .with_help("put what is large into an attachment"))
}

/// Reads the entry that must follow at `sequence` after an entry with the hash `previous`.
pub(super) fn follow(bytes: &[u8], sequence: u64, previous: &Digest) -> Result<Recorded> {
    let entry = Entry::from_bytes(bytes).map_err(|error| error.at_sequence(sequence))?;
    if entry.sequence != sequence {
        let message = format!("the entry has sequence number {}", entry.sequence);
        return Err(Error::new(Code::LedgerSequence, message).at_sequence(sequence));
    }
    if entry.previous != *previous {
        let message = "the entry does not name the hash of the entry before it";
        return Err(Error::new(Code::LedgerLinkMismatch, message).at_sequence(sequence));
    }
    Ok(Recorded { entry, hash: merkle::leaf_hash(bytes) })
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
