//! Maps with a fixed set of fields, as entries and the head file are, in deterministic CBOR.

use serde::{Serialize, Serializer};

use crate::{
    canonical,
    digest::Digest,
    error::{Code, Error, Result},
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
        self.take_with(name, |value| match head(value)? {
            (UINT, number, []) => Some(number),
            _ => None,
        })
    }

    /// Takes a text.
    pub(super) fn take_text(&mut self, name: &str) -> Result<&'a str> {
        self.take_with(name, |value| match head(value)? {
            (TEXT, _, text) => std::str::from_utf8(text).ok(),
            _ => None,
        })
    }

    /// Takes a hash: a byte string of 32 bytes.
    pub(super) fn take_hash(&mut self, name: &str) -> Result<Digest> {
        self.take_with(name, |value| match head(value)? {
            (BYTES, _, hash) => hash.try_into().ok().map(Digest::from_bytes),
            _ => None,
        })
    }

    /// Takes a list of hashes.
    pub(super) fn take_hashes(&mut self, name: &str) -> Result<Vec<Digest>> {
        self.take_with(name, |value| {
            let (LIST, _, elements) = head(value)? else { return None };
            // Each begins with the same two bytes: a byte string, and its length.
            let (elements, []) = elements.as_chunks::<{ HASH_HEAD.len() + 32 }>() else {
                return None;
            };
            elements
                .iter()
                .map(|element| element.strip_prefix(&HASH_HEAD)?.try_into().ok())
                .map(|hash| hash.map(Digest::from_bytes))
                .collect()
        })
    }

    /// Takes a map, as it is encoded.
    pub(super) fn take_map(&mut self, name: &str) -> Result<&'a [u8]> {
        self.take_with(name, |value| (head(value)?.0 == MAP).then_some(value))
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
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const LIST: u8 = 4;
const MAP: u8 = 5;
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

/// A digest that is encoded as a byte string of 32 bytes.
pub(super) struct Hash(pub(super) Digest);

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0.as_bytes())
    }
}
