//! SHA-256 digests, and hashing that keeps different kinds of content apart.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use crate::error::{Code, Error};

/// A SHA-256 digest, written `sha256:` and 64 lower-case hexadecimal digits.
///
/// ```
/// use poundlock::digest::Digest;
///
/// let digest = Digest::of(b"");
/// let text = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// assert_eq!(digest.to_string(), text);
/// assert_eq!(text.parse::<Digest>()?, digest);
/// # Ok::<(), poundlock::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Thirty-two zero bytes: what the first entry of a ledger names as the hash before it.
    pub const ZERO: Self = Self([0; 32]);

    /// The plain SHA-256 of `bytes`, as `sha256sum` prints it.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest of `bytes` as a kind of content: the SHA-256 of `poundlock:`, the kind, a line
    /// feed and the bytes, so that a digest of one kind is never one of another.
    pub fn of_kind(kind: &str, bytes: &[u8]) -> Self {
        let mut hasher = Hasher::of_kind(kind);
        hasher.update(bytes);
        hasher.finish()
    }

    /// Takes the 32 bytes of a digest.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 64 hexadecimal digits without the prefix.
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }

    /// Hands over the written form.
    fn with_text<T>(&self, take: impl FnOnce(&str) -> T) -> T {
        let mut text = *b"sha256:0000000000000000000000000000000000000000000000000000000000000000";
        let (_, digits) = text.split_at_mut(PREFIX.len());
        for (pair, byte) in digits.as_chunks_mut().0.iter_mut().zip(self.0) {
            *pair = digits_of(byte);
        }
        // All of it is ASCII.
        take(std::str::from_utf8(&text).unwrap_or_default())
    }
}

/// What the written form of a digest begins with.
const PREFIX: &str = "sha256:";

/// The two lower-case hexadecimal digits of a byte.
const fn digits_of(byte: u8) -> [u8; 2] {
    const fn digit(value: u8) -> u8 {
        // From 10 on, letters.
        if value < 10 { b'0' | value } else { value.wrapping_add(b'a').wrapping_sub(10) }
    }
    [digit(byte >> 4), digit(byte & 0x0f)]
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| digits_of(*byte)).map(char::from).collect()
}

/// The bytes that lower-case hexadecimal digits stand for; `None` for anything else.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(byte_of).collect()
}

/// The byte that two lower-case hexadecimal digits stand for.
fn byte_of([high, low]: &[u8; 2]) -> Option<u8> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(byte.wrapping_sub(b'a').wrapping_add(10)),
        _ => None,
    };
    Some(digit(*high)? << 4 | digit(*low)?)
}

/// Hashes content piece by piece.
#[derive(Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Begins a digest of a kind of content; see [`Digest::of_kind`].
    pub fn of_kind(kind: &str) -> Self {
        let mut hasher = Self::default();
        hasher.update(b"poundlock:");
        hasher.update(kind.as_bytes());
        hasher.update(b"\n");
        hasher
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Ends the digest.
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

impl std::io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl FromStr for Digest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let read = || {
            let digits: &[u8; 64] = text.strip_prefix(PREFIX)?.as_bytes().try_into().ok()?;
            let mut bytes = [0; 32];
            for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks().0) {
                *byte = byte_of(pair)?;
            }
            Some(Self(bytes))
        };
        read().ok_or_else(|| {
            Error::new(
                Code::InputDigest,
                "not a digest: write sha256: and 64 lower-case hexadecimal digits",
            )
        })
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| f.write_str(text))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_text(|text| serializer.serialize_str(text))
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|_| de::Error::custom("not a digest: write sha256: and 64 hex digits"))
    }
}

impl schemars::JsonSchema for Digest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Digest".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^sha256:[0-9a-f]{64}$",
            "description": "A SHA-256 digest."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_do_not_collide() {
        assert_ne!(Digest::of_kind("plan", b"x"), Digest::of_kind("pack", b"x"));
        assert_ne!(Digest::of_kind("plan", b"x"), Digest::of(b"x"));
    }

    // Requirements: R151, R191, R262, M13.
    #[test]
    fn only_the_written_form_is_a_digest() {
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        for text in [
            hex.to_owned(),
            format!("sha256:{}", hex.to_uppercase()),
            format!("sha256:{hex}0"),
            format!("sha256:{}", hex.replacen('e', "", 1)),
            format!("sha512:{hex}"),
            format!("sha256:{hex}\n"),
            "latest".to_owned(),
            "registry.example/web:git-4f9c1d2".to_owned(),
            format!("registry.example/web@sha256:{hex}"),
        ] {
            assert_eq!(text.parse::<Digest>().unwrap_err().code(), "input.digest");
        }
    }
}
