//! Maps with a fixed set of fields, as entries and the head file are, in deterministic CBOR.

use std::io::Write as _;

use serde::{Serialize, Serializer};

use crate::{
    canonical,
    digest::Digest,
    error::{Code, Error, Result},
    time::Instant,
};

/// The fields of a map that have not been taken yet.
pub(super) struct Fields<'a> {
    rest: Vec<(&'a str, &'a [u8])>,
    /// What an error about this map is called.
    code: Code,
    what: &'static str,
}

impl<'a> Fields<'a> {
    /// Splits a map; `what` names it in messages, `code` in errors.
    pub(super) fn split(bytes: &'a [u8], code: Code, what: &'static str) -> Result<Self> {
        let rest = canonical::split_map(bytes).map_err(|error| {
            Error::new(
                code,
                format!("{what} is not a map in deterministic CBOR: {}", error.message()),
            )
        })?;
        Ok(Self { rest, code, what })
    }

    /// Takes an unsigned integer.
    pub(super) fn take_uint(&mut self, name: &str) -> Result<u64> {
        self.take_with(name, uint)
    }

    /// Takes an unsigned integer, or null.
    pub(super) fn take_optional_uint(&mut self, name: &str) -> Result<Option<u64>> {
        self.take_with(name, |item| if item == [NULL] { Some(None) } else { uint(item).map(Some) })
    }

    /// Takes a text.
    pub(super) fn take_text(&mut self, name: &str) -> Result<&'a str> {
        self.take_with(name, text)
    }

    /// Takes a hash: a byte string of 32 bytes.
    pub(super) fn take_hash(&mut self, name: &str) -> Result<Digest> {
        self.take_with(name, hash)
    }

    /// Takes a list of hashes.
    pub(super) fn take_hashes(&mut self, name: &str) -> Result<Vec<Digest>> {
        self.take_with(name, |item| Some(hashes(item)?.iter().map(digest).collect()))
    }

    /// Takes a map, as it is encoded.
    pub(super) fn take_map(&mut self, name: &str) -> Result<&'a [u8]> {
        self.take_with(name, map)
    }

    fn take_with<T>(&mut self, name: &str, read: impl FnOnce(&'a [u8]) -> Option<T>) -> Result<T> {
        let at = self.rest.iter().position(|(key, _)| *key == name).ok_or_else(|| {
            Error::new(self.code, format!("{} lacks the field `{name}`", self.what))
        })?;
        read(self.rest.swap_remove(at).1).ok_or_else(|| self.wrong(name))
    }

    /// Takes the field `format`, which must be the one version that there is.
    pub(super) fn take_format(&mut self, supported: u64) -> Result<()> {
        let format = self.take_uint("format")?;
        if format == supported {
            return Ok(());
        }
        Err(Error::new(
            Code::LedgerFormat,
            format!("{} has format {format}, and only format {supported} is supported", self.what),
        )
        .with_help("read it with a newer version of poundlock"))
    }

    /// Refuses fields that nobody took.
    pub(super) fn finish(self) -> Result<()> {
        if self.rest.is_empty() {
            return Ok(());
        }
        let message = format!("{} has {} unknown fields", self.what, self.rest.len());
        Err(Error::new(self.code, message))
    }

    /// The error for a field whose value is not what it should be.
    pub(super) fn wrong(&self, name: &str) -> Error {
        Error::new(self.code, format!("the field `{name}` of {} has a wrong value", self.what))
    }
}

// The major types of RFC 8949 §3.1.
const UINT: u8 = 0;
const TEXT: u8 = 3;
const LIST: u8 = 4;
const MAP: u8 = 5;
/// The whole item.
const NULL: u8 = 0xf6;
/// The head of a byte string of 32 bytes.
const HASH_HEAD: [u8; 2] = [0x58, 32];

/// The major type, the argument, and what follows the head, of an item that is known to be
/// deterministic.
fn head(item: &[u8]) -> Option<(u8, u64, &[u8])> {
    let (first, rest) = item.split_first()?;
    let size = match first & 0x1f {
        info @ 0..24 => return Some((first >> 5, u64::from(info), rest)),
        info => 1_usize.checked_shl(u32::from(info).checked_sub(24)?)?,
    };
    let (argument, rest) = rest.split_at_checked(size)?;
    let argument = argument.iter().fold(0, |argument, byte| argument << 8 | u64::from(*byte));
    Some((first >> 5, argument, rest))
}

/// The bytes of an encoded hash.
pub(super) const HASH_BYTES: usize = HASH_HEAD.len() + 32;

/// The hash in its encoding.
pub(super) fn digest(encoded: &[u8; HASH_BYTES]) -> Digest {
    let [_, _, hash @ ..] = encoded;
    Digest::from_bytes(*hash)
}

// What an item that is known to be deterministic is, if it is of the type that is asked for.

/// An unsigned integer.
pub(super) fn uint(item: &[u8]) -> Option<u64> {
    let (UINT, number, []) = head(item)? else { return None };
    Some(number)
}

/// A text.
pub(super) fn text(item: &[u8]) -> Option<&str> {
    let (TEXT, _, text) = head(item)? else { return None };
    std::str::from_utf8(text).ok()
}

/// A hash.
pub(super) fn hash(item: &[u8]) -> Option<Digest> {
    let encoded: &[u8; HASH_BYTES] = item.try_into().ok()?;
    encoded.starts_with(&HASH_HEAD).then(|| digest(encoded))
}

/// A list of hashes.
pub(super) fn hashes(item: &[u8]) -> Option<&[[u8; HASH_BYTES]]> {
    let (LIST, _, elements) = head(item)? else { return None };
    let (encoded, []) = elements.as_chunks::<HASH_BYTES>() else { return None };
    encoded.iter().all(|encoded| encoded.starts_with(&HASH_HEAD)).then_some(encoded)
}

/// A map.
pub(super) fn map(item: &[u8]) -> Option<&[u8]> {
    (head(item)?.0 == MAP).then_some(item)
}

// Writing, in the shortest form.

#[inline]
fn write_head(out: &mut Vec<u8>, major: u8, argument: u64) {
    let bytes = argument.to_be_bytes();
    let [.., d, e, f, g] = bytes;
    let major = major << 5;
    match argument {
        0..24 => out.push(major | g),
        24..0x100 => out.extend_from_slice(&[major | 24, g]),
        0x100..0x1_0000 => out.extend_from_slice(&[major | 25, f, g]),
        0x1_0000..0x1_0000_0000 => out.extend_from_slice(&[major | 26, d, e, f, g]),
        _ => {
            out.push(major | 27);
            out.extend_from_slice(&bytes);
        }
    }
}

/// Writes an unsigned integer.
pub(super) fn write_uint(out: &mut Vec<u8>, number: u64) {
    write_head(out, UINT, number);
}

/// Writes a text.
pub(super) fn write_text(out: &mut Vec<u8>, text: &str) {
    write_head(out, TEXT, u64::try_from(text.len()).unwrap_or(u64::MAX));
    out.extend_from_slice(text.as_bytes());
}

/// Writes an instant as text.
pub(super) fn write_instant(out: &mut Vec<u8>, at: Instant) {
    // Longer than any instant; a text on the heap for each entry would be felt.
    let mut buffer = [0; 48];
    let mut rest = buffer.as_mut_slice();
    let written = write!(rest, "{at}").is_ok();
    let length = rest.len();
    let text = buffer.len().checked_sub(length).and_then(|length| buffer.get(..length));
    match text.and_then(|text| std::str::from_utf8(text).ok()).filter(|_| written) {
        Some(text) => write_text(out, text),
        None => write_text(out, &at.to_string()),
    }
}

/// Writes a hash.
pub(super) fn write_hash(out: &mut Vec<u8>, hash: &Digest) {
    out.extend_from_slice(&HASH_HEAD);
    out.extend_from_slice(hash.as_bytes());
}

/// Writes a list of hashes.
pub(super) fn write_hashes(out: &mut Vec<u8>, hashes: &[Digest]) {
    write_head(out, LIST, u64::try_from(hashes.len()).unwrap_or(u64::MAX));
    for hash in hashes {
        write_hash(out, hash);
    }
}

/// A digest that is encoded as a byte string of 32 bytes.
pub(super) struct Hash(pub(super) Digest);

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0.as_bytes())
    }
}
