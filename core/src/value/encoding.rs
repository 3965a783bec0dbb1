//! From bytes to text: UTF-8 with or without a byte order mark, and UTF-16 with one.

use std::borrow::Cow;

use crate::error::{Code, Error, Position, Result};

/// Decodes a document of at most `limit` bytes. Text with nothing but white space is refused.
pub(super) fn decode(bytes: &[u8], limit: usize) -> Result<Cow<'_, str>> {
    if bytes.len() > limit {
        return Err(Error::new(Code::LimitSize, "the document is too large")
            .with_help(format!("the limit is {limit} bytes")));
    }
    let text = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => decode_utf8(rest)?,
        [0xff, 0xfe, rest @ ..] => decode_utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => decode_utf16(rest, u16::from_be_bytes)?,
        _ => decode_utf8(bytes)?,
    };
    if text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
        let message =
            if text.is_empty() { "the document is empty" } else { "the document is blank" };
        return Err(Error::new(Code::InputEmpty, message).at_position(position(&text, 0)));
    }
    Ok(text)
}

fn decode_utf8(bytes: &[u8]) -> Result<Cow<'_, str>> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let valid = std::str::from_utf8(valid).unwrap_or_default();
        Error::new(Code::InputEncoding, "this is not valid UTF-8")
            .at_position(position(valid, valid.len()))
            .with_help("save the document as UTF-8, or as UTF-16 with a byte order mark")
    })
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    let decoded = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)));
    let error = |message, text: &str| {
        Error::new(Code::InputEncoding, message).at_position(position(text, text.len()))
    };
    for char in decoded {
        text.push(char.map_err(|_| error("this is not valid UTF-16: a lone surrogate", &text))?);
    }
    if !rest.is_empty() {
        return Err(error("this is not valid UTF-16: half a unit at the end", &text));
    }
    Ok(Cow::Owned(text))
}

/// Line and column of an offset into a text.
pub(super) fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
    let lines = before.bytes().filter(|byte| *byte == b'\n').count();
    let column = before.get(line_start..).unwrap_or_default().chars().count();
    Position { line: counted_from_1(lines), column: counted_from_1(column) }
}

pub(super) fn counted_from_1(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1)
}
