//! The values that neither JSON's types nor integers can say, as bytes: `u` for unknown, `s` for
//! sensitive, `n` and the number as written for any other number.

use super::{Builder, Kind, number};
use crate::error::{Code, Error, Result};

/// The bytes of such a value, in two parts; `None` for all others.
pub(crate) fn to_parts<'a>(kind: &Kind<'a>) -> Option<[&'a [u8]; 2]> {
    match kind {
        Kind::Unknown => Some([b"u", b""]),
        Kind::Sensitive => Some([b"s", b""]),
        Kind::Double(_, text) | Kind::Number(text) => Some([b"n", text.as_bytes()]),
        _ => None,
    }
}

/// Adds the value that the bytes stand for.
///
/// # Errors
///
/// `canonical.encoding` for any other bytes, among them the number of an integer.
pub(crate) fn add(builder: &mut Builder, bytes: &[u8]) -> Result<()> {
    match bytes {
        b"u" => builder.unknown(),
        b"s" => builder.sensitive(),
        [b'n', number @ ..] => match std::str::from_utf8(number) {
            Ok(text) if number::needs_text(text) => builder.number(text),
            _ => Err(refused()),
        },
        _ => Err(refused()),
    }
}

fn refused() -> Error {
    Error::new(Code::CanonicalEncoding, "a byte string is not one of a document")
}
