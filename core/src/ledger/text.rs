//! What the text formats of proofs share: lines, base64 and decimal numbers, each in one spelling only.

use base64ct::{Base64, Encoding as _};

use crate::{
    digest::Digest,
    error::{Code, Error, Position, Result},
};

/// Bytes in base64 (RFC 4648 §4, with padding).
pub(super) fn base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// The bytes that [`base64`] writes as this text; `None` for any other text.
pub(crate) fn unbase64(text: &str) -> Option<Vec<u8>> {
    Base64::decode_vec(text).ok().filter(|bytes| base64(bytes) == text)
}

/// The 32 bytes of a hash in base64.
pub(super) fn unbase64_hash(text: &str) -> Option<Digest> {
    // A longer text is not worth decoding.
    (text.len() == 44).then(|| unbase64(text))??.try_into().ok().map(Digest::from_bytes)
}

/// A number in decimal digits without leading zeros, up to 2^63 - 1: other verifiers count with
/// signed 64-bit integers.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number <= super::proof::MAX_SIZE && number.to_string() == text).then_some(number)
}

/// Walks through the lines of a text, each of which must end with a line feed.
pub(super) struct Lines<'a> {
    rest: &'a str,
    line: u32,
    code: Code,
}

impl<'a> Lines<'a> {
    /// The lines of a text; what is wrong with them is reported with this code.
    pub(super) fn new(text: &'a str, code: Code) -> Self {
        Self { rest: text, line: 0, code }
    }

    /// The next line without its line feed.
    pub(super) fn next(&mut self, what: &str) -> Result<&'a str> {
        self.line = self.line.saturating_add(1);
        let (line, rest) = self
            .rest
            .split_once('\n')
            .ok_or_else(|| self.wrong(format!("the text ends before {what}")))?;
        self.rest = rest;
        Ok(line)
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    /// The line that was read last is not what it should be.
    pub(super) fn wrong(&self, message: impl Into<String>) -> Error {
        Error::new(self.code, message)
            .at_position(Position { line: self.line.max(1), column: 1 })
            .with_help("take the text as it was written, byte for byte")
    }
}

/// A text that is not longer than its limit, is UTF-8, has no control characters but line feeds, and
/// ends with one.
pub(super) fn plain_text(bytes: &[u8], limit: usize, code: Code) -> Result<&str> {
    if bytes.len() > limit {
        let message = format!("the text is larger than {limit} bytes");
        return Err(Error::new(Code::LimitSize, message));
    }
    let text =
        std::str::from_utf8(bytes).map_err(|_| Error::new(code, "the text is not valid UTF-8"))?;
    let mut lines = Lines::new(text, code);
    while !lines.rest().is_empty() {
        if lines.next("a line feed")?.chars().any(|character| character < ' ') {
            return Err(lines
                .wrong("the text has a control character other than a line feed")
                .with_help("lines end with a line feed alone, not with a carriage return"));
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn base64_has_one_spelling() {
        assert_eq!(unbase64("QQ==").unwrap(), b"A");
        for other in
            ["QR==", "QQ", "QQ=", "QQ===", " QQ==", "QQ==\n", "Q Q==", "QQ-_", "====", "QUI=="]
        {
            assert_eq!(unbase64(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_number_has_one_spelling() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("9223372036854775807"), Some(i64::MAX.unsigned_abs()));
        for other in [
            "",
            "00",
            "01",
            "+1",
            "-0",
            " 1",
            "1 ",
            "0x1",
            "1_0",
            "٣",
            "9223372036854775808",
            "18446744073709551616",
        ] {
            assert_eq!(decimal(other), None, "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_decoded_is_what_would_be_written(text in "[A-D+/=]{0,12}") {
            if let Some(bytes) = unbase64(&text) {
                prop_assert_eq!(base64(&bytes), text);
            }
        }
    }
}
