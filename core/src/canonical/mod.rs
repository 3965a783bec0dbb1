//! Deterministic CBOR (RFC 8949 §4.2.1): the only bytes that are hashed.
//!
//! Text keys only, ascending by their encoded bytes; no tags, no `undefined`, no floats; shortest
//! integers from -2^63 to 2^64 - 1; definite lengths; an exact end. Byte strings are allowed.
//! Maps and lists nest at most [`limits::DEPTH`](crate::limits::DEPTH) deep.

mod decode;
mod document;
mod encode;
mod scan;
mod skim;

use std::cmp::Ordering;

pub use document::{decode_document, document_digest, encode_document};
use scan::{Item, Scanner};
use serde::{Serialize, de::DeserializeOwned};

use crate::error::{Code, Error, Result};

/// Encodes plain data. Floating-point numbers and maps with keys other than text are refused.
///
/// ```
/// use std::collections::BTreeMap;
/// use poundlock::canonical;
///
/// let data = BTreeMap::from([("stage", 1), ("at", -1)]);
/// let bytes = canonical::to_bytes(&data)?;
/// assert_eq!(bytes, b"\xa2\x62at\x20\x65stage\x01");
/// assert_eq!(canonical::from_bytes::<BTreeMap<String, i64>>(&bytes)?["stage"], 1);
/// # Ok::<(), poundlock::Error>(())
/// ```
///
/// # Errors
///
/// `canonical.float` for a floating-point number; `canonical.encoding` for whatever else has no
/// deterministic encoding here, such as a map with the same key twice; `limit.depth`.
pub fn to_bytes<T: Serialize + ?Sized>(data: &T) -> Result<Vec<u8>> {
    encode::encode(data)
}

/// Decodes plain data from bytes that must be deterministic CBOR to the last byte.
///
/// # Errors
///
/// `canonical.encoding` and `limit.depth` as for [`check`]; `input.missing_field`,
/// `input.unknown_field` and `input.invalid_value` when the bytes hold something else.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    decode::decode(bytes).map_err(|fault| match (check(bytes), fault.into_parts()) {
        (Err(unsound), _) => unsound,
        (Ok(()), (code @ (Code::InputMissingField | Code::InputUnknownField), message)) => {
            Error::new(code, message)
        }
        // Other messages may quote values.
        _ => Error::new(Code::InputInvalidValue, "the bytes hold data of another shape"),
    })
}

/// Refuses bytes that are not exactly one deterministic CBOR item.
///
/// # Errors
///
/// `canonical.encoding` for everything that the module's first paragraph excludes, and `limit.depth`.
pub fn check(bytes: &[u8]) -> Result<()> {
    let mut scanner = Scanner::new(bytes);
    while scanner.next()?.is_some() {}
    Ok(())
}

/// The entries of a deterministic CBOR map with their values as they are encoded.
///
/// # Errors
///
/// As for [`check`], and `canonical.encoding` when the bytes are no map.
pub fn split_map(bytes: &[u8]) -> Result<Vec<(&str, &[u8])>> {
    let mut scanner = Scanner::new(bytes);
    if !matches!(scanner.next()?, Some(Item::Map(_))) {
        return Err(refused("this is no map"));
    }
    let mut entries = Vec::new();
    let mut key = None;
    let mut start = 0;
    while let Some(item) = scanner.next()? {
        if scanner.depth() == 1 {
            match (item, key.take()) {
                (Item::Key(text), _) => {
                    key = Some(text);
                    start = scanner.offset();
                }
                (_, Some(key)) => {
                    entries.push((key, bytes.get(start..scanner.offset()).unwrap_or_default()));
                }
                _ => {}
            }
        }
    }
    Ok(entries)
}

/// Refuses bytes that are not exactly one map in deterministic CBOR.
///
/// # Errors
///
/// As for [`split_map`].
pub(crate) fn check_map(bytes: &[u8]) -> Result<()> {
    if skim::map(bytes, |_, _| {}).is_some() {
        return Ok(());
    }
    let mut scanner = Scanner::new(bytes);
    if !matches!(scanner.next()?, Some(Item::Map(_))) {
        return Err(refused("this is no map"));
    }
    while scanner.next()?.is_some() {}
    Ok(())
}

/// The values of a deterministic map, as they are encoded, if its keys are exactly these, which are
/// given in their order.
///
/// # Errors
///
/// As for [`split_map`].
pub(crate) fn split_fields<'a, const N: usize>(
    bytes: &'a [u8],
    keys: &[&str; N],
) -> Result<Option<[&'a [u8]; N]>> {
    let mut values: [&[u8]; N] = [&[]; N];
    let (mut found, mut as_expected) = (0_usize, true);
    let skimmed = skim::map(bytes, |key, value| {
        as_expected &= keys.get(found).is_some_and(|expected| expected.as_bytes() == key);
        if let Some(place) = values.get_mut(found) {
            *place = value;
        }
        found = found.saturating_add(1);
    });
    if skimmed.is_some() {
        return Ok((as_expected && found == N).then_some(values));
    }
    // Not a usual one: sound all the same, or to be refused with a reason.
    let entries = split_map(bytes)?;
    if !entries.iter().map(|(key, _)| key).eq(keys) {
        return Ok(None);
    }
    for (place, (_, value)) in values.iter_mut().zip(entries) {
        *place = value;
    }
    Ok(Some(values))
}

/// Puts a map together from entries whose values are encoded already; sorts the keys and refuses duplicates.
///
/// # Errors
///
/// `canonical.encoding` for a key that is there twice, or a value that is not exactly one deterministic item.
pub fn join_map(entries: &[(&str, &[u8])]) -> Result<Vec<u8>> {
    let mut sorted = entries.to_vec();
    sorted.sort_by(|(a, _), (b, _)| compare_keys(a, b));
    let mut bytes = Head::of_length(major::MAP, sorted.len()).as_bytes().to_vec();
    for (key, value) in sorted {
        bytes.extend_from_slice(Head::of_length(major::TEXT, key.len()).as_bytes());
        bytes.extend_from_slice(key.as_bytes());
        bytes.extend_from_slice(value);
    }
    // Checked one by one: otherwise a value of two items, or of half an item, might pass in company.
    entries.iter().try_for_each(|(_, value)| check(value))?;
    check(&bytes)?;
    Ok(bytes)
}

/// The order of keys by their encoded bytes: the length comes first in them.
fn compare_keys(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cold]
fn refused(message: impl Into<String>) -> Error {
    Error::new(Code::CanonicalEncoding, message)
}

/// The major types of items (RFC 8949 §3.1).
mod major {
    pub(super) const UINT: u8 = 0;
    pub(super) const NEGATIVE: u8 = 1;
    pub(super) const BYTES: u8 = 2;
    pub(super) const TEXT: u8 = 3;
    pub(super) const LIST: u8 = 4;
    pub(super) const MAP: u8 = 5;
    pub(super) const TAG: u8 = 6;
    pub(super) const SIMPLE: u8 = 7;
}

/// The simple values (RFC 8949 §3.3).
mod simple {
    pub(super) const FALSE: u64 = 20;
    pub(super) const TRUE: u64 = 21;
    pub(super) const NULL: u64 = 22;
}

/// The shortest head of an item (RFC 8949 §3).
struct Head {
    bytes: [u8; 9],
    length: usize,
}

impl Head {
    fn new(major: u8, argument: u64) -> Self {
        let [.., a, b, c, d] = argument.to_be_bytes();
        let first = |info: u8| major << 5 | info;
        let (bytes, length) = match argument {
            0..24 => ([first(d), 0, 0, 0, 0, 0, 0, 0, 0], 1),
            24..0x100 => ([first(24), d, 0, 0, 0, 0, 0, 0, 0], 2),
            0x100..0x1_0000 => ([first(25), c, d, 0, 0, 0, 0, 0, 0], 3),
            0x1_0000..0x1_0000_0000 => ([first(26), a, b, c, d, 0, 0, 0, 0], 5),
            _ => {
                let [e, f, g, h, ..] = argument.to_be_bytes();
                ([first(27), e, f, g, h, a, b, c, d], 9)
            }
        };
        Self { bytes, length }
    }

    fn of_length(major: u8, length: usize) -> Self {
        Self::new(major, length as u64)
    }

    fn of_integer(value: i64) -> Self {
        match u64::try_from(value) {
            Ok(uint) => Self::new(major::UINT, uint),
            // The argument of a negative number is its bits, inverted.
            Err(_) => Self::new(major::NEGATIVE, !value as u64),
        }
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// Memory and hashers take every write.
fn unwritten() -> Error {
    Error::internal("a write that cannot fail has failed")
}

#[cfg(test)]
mod tests;
