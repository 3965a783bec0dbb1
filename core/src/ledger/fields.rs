//! Maps with a fixed set of fields, as entries and the head file are, in deterministic CBOR.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

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

    /// Takes a field as it is encoded.
    pub(super) fn take_encoded(&mut self, name: &str) -> Result<&'a [u8]> {
        let at = self.rest.iter().position(|(key, _)| *key == name).ok_or_else(|| {
            Error::new(self.code, format!("{} lacks the field `{name}`", self.what))
        })?;
        Ok(self.rest.remove(at).1)
    }

    /// Takes a field and decodes it.
    pub(super) fn take<T: de::DeserializeOwned>(&mut self, name: &str) -> Result<T> {
        let value = self.take_encoded(name)?;
        canonical::from_bytes(value).map_err(|_| self.wrong(name))
    }

    /// Takes the field `format`, which must be the one version that there is.
    pub(super) fn take_format(&mut self, supported: u64) -> Result<()> {
        let format: u64 = self.take("format")?;
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

/// A digest that is encoded as a byte string of 32 bytes.
#[derive(Clone, Copy)]
pub(super) struct Hash(pub(super) Digest);

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0.as_bytes())
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl de::Visitor<'_> for Bytes {
            type Value = Hash;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("32 bytes")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Hash, E> {
                let bytes = bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))?;
                Ok(Hash(Digest::from_bytes(bytes)))
            }
        }

        deserializer.deserialize_bytes(Bytes)
    }
}
