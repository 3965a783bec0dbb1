//! The JSON reader (RFC 8259): into an arena in one pass, without recursion.
//!
//! Why not a library's: `docs/decisions/0001-own-json-reader.md`.

use super::{
    Builder, Value,
    encoding::{decode, position},
};
use crate::{
    error::{Code, Error, Position, Result},
    limits,
};

pub(super) fn read(bytes: &[u8]) -> Result<Value> {
    let text = decode(bytes, limits::DOCUMENT_BYTES)?;
    match Reader::new(&text).read() {
        // A key is known to stand twice only when its map ends. Reading again, now with an eye on
        // where each key stands, finds the place.
        Err(error) if error.to_code() == Code::InputDuplicateKey => {
            let mut reader = Reader::new(&text);
            reader.tracker = Some(Tracker::default());
            reader.read()
        }
        result => result,
    }
}

struct Reader<'a> {
    text: &'a str,
    /// What is read next.
    offset: usize,
    builder: Builder,
    /// Text with escapes, decoded.
    unescaped: String,
    tracker: Option<Tracker>,
}

/// Follows line and column of offsets that only grow.
#[derive(Default)]
struct Tracker {
    offset: usize,
    line: u32,
    column: u32,
}

impl Tracker {
    fn advance(&mut self, text: &str, offset: usize) -> Position {
        for char in text.get(self.offset..offset).unwrap_or_default().chars() {
            if char == '\n' {
                self.line = self.line.saturating_add(1);
                self.column = 0;
            } else {
                self.column = self.column.saturating_add(1);
            }
        }
        self.offset = offset;
        Position { line: self.line.saturating_add(1), column: self.column.saturating_add(1) }
    }
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            offset: 0,
            builder: Builder::for_text(text.len()),
            unescaped: String::new(),
            tracker: None,
        }
    }

    fn read(mut self) -> Result<Value> {
        'value: loop {
            self.skip_space();
            let start = self.offset;
            match self.peek() {
                Some(b'{') => {
                    self.skip();
                    self.builder.begin_map().map_err(|error| self.place(error, start))?;
                    self.skip_space();
                    if self.peek() != Some(b'}') {
                        self.read_key()?;
                        continue 'value;
                    }
                    self.skip();
                    self.builder.end_map()
                }
                Some(b'[') => {
                    self.skip();
                    self.builder.begin_list().map_err(|error| self.place(error, start))?;
                    self.skip_space();
                    if self.peek() != Some(b']') {
                        continue 'value;
                    }
                    self.skip();
                    self.builder.end_list()
                }
                Some(b'"') => match self.read_text()? {
                    Some(text) => self.builder.text(text),
                    None => self.builder.text(&self.unescaped),
                },
                Some(b'-' | b'0'..=b'9') => {
                    let number = self.read_number()?;
                    self.builder.number(number)
                }
                Some(b't') => {
                    self.read_word("true")?;
                    self.builder.bool(true)
                }
                Some(b'f') => {
                    self.read_word("false")?;
                    self.builder.bool(false)
                }
                Some(b'n') => {
                    self.read_word("null")?;
                    self.builder.null()
                }
                _ => return Err(self.unexpected("a value")),
            }
            .map_err(|error| self.place(error, start))?;

            // A value is complete.
            while let Some(in_map) = self.builder.is_in_map() {
                self.skip_space();
                let start = self.offset;
                match (self.peek(), in_map) {
                    (Some(b','), true) => {
                        self.skip();
                        self.skip_space();
                        self.read_key()?;
                        continue 'value;
                    }
                    (Some(b','), false) => {
                        self.skip();
                        continue 'value;
                    }
                    (Some(b'}'), true) => {
                        self.skip();
                        self.builder.end_map().map_err(|error| self.place(error, start))?;
                    }
                    (Some(b']'), false) => {
                        self.skip();
                        self.builder.end_list().map_err(|error| self.place(error, start))?;
                    }
                    (_, true) => return Err(self.unexpected("a comma or }")),
                    (_, false) => return Err(self.unexpected("a comma or ]")),
                }
            }
            self.skip_space();
            if self.peek().is_some() {
                return Err(self.syntax("there is more after the document"));
            }
            return self.builder.finish();
        }
    }

    /// Reads a key and the colon after it.
    fn read_key(&mut self) -> Result<()> {
        let start = self.offset;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        if let Some(tracker) = &mut self.tracker {
            self.builder.at(tracker.advance(self.text, start));
        }
        match self.read_text()? {
            Some(key) => self.builder.key(key),
            None => self.builder.key(&self.unescaped),
        }
        .map_err(|error| self.place(error, start))?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("a colon"));
        }
        self.skip();
        Ok(())
    }

    /// Reads text in quotes; `None` when it had escapes and is now in `self.unescaped`.
    fn read_text(&mut self) -> Result<Option<&'a str>> {
        self.skip();
        let start = self.offset;
        self.offset = find_special(self.text.as_bytes(), start);
        if self.peek() == Some(b'"') {
            let text = self.text.get(start..self.offset).unwrap_or_default();
            self.skip();
            return Ok(Some(text));
        }
        self.unescaped.clear();
        let mut start = start;
        loop {
            self.unescaped.push_str(self.text.get(start..self.offset).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.skip();
                    return Ok(None);
                }
                Some(b'\\') => {
                    let char = self.read_escape()?;
                    self.unescaped.push(char);
                }
                Some(_) => {
                    return Err(self
                        .syntax("a control character stands in text")
                        .with_help("write it as an escape, such as \\n or \\u0000"));
                }
                None => return Err(self.syntax("the document ends within text")),
            }
            start = self.offset;
            self.offset = find_special(self.text.as_bytes(), start);
        }
    }

    fn read_escape(&mut self) -> Result<char> {
        let start = self.offset;
        self.skip();
        let char = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.read_unicode_escape(start),
            _ => {
                self.offset = start;
                return Err(self.syntax("this is not an escape of JSON"));
            }
        };
        self.skip();
        Ok(char)
    }

    /// Reads `uXXXX`, or two of them that make a surrogate pair.
    fn read_unicode_escape(&mut self, start: usize) -> Result<char> {
        let first = self.read_unit(start)?;
        let char = match first {
            0xd800..=0xdbff if self.rest().starts_with(b"\\u") => {
                self.skip();
                let second = self.read_unit(start)?;
                char::decode_utf16([first, second]).next().and_then(Result::ok)
            }
            _ => char::from_u32(u32::from(first)),
        };
        char.ok_or_else(|| {
            let error = Error::new(Code::InputEncoding, "a surrogate stands alone in text");
            self.place(error, start)
        })
    }

    /// Reads `u` and four hexadecimal digits.
    fn read_unit(&mut self, start: usize) -> Result<u16> {
        self.skip();
        let digits = self.rest().first_chunk::<4>();
        let unit = digits.and_then(|digits| {
            digits.iter().try_fold(0u16, |unit, digit| {
                Some(unit << 4 | u16::try_from(char::from(*digit).to_digit(16)?).ok()?)
            })
        });
        match unit {
            Some(unit) => {
                self.offset = self.offset.saturating_add(4);
                Ok(unit)
            }
            None => {
                self.offset = start;
                Err(self.syntax("\\u needs four hexadecimal digits"))
            }
        }
    }

    /// Reads what looks like a number; the builder checks its grammar.
    fn read_number(&mut self) -> Result<&'a str> {
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = self.rest().iter().take_while(|byte| is_part(byte)).count();
        let end = self.offset.saturating_add(length);
        let number = self.text.get(self.offset..end).unwrap_or_default();
        self.offset = end;
        Ok(number)
    }

    fn read_word(&mut self, word: &str) -> Result<()> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.unexpected("a value"));
        }
        self.offset = self.offset.saturating_add(word.len());
        Ok(())
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.offset..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn skip(&mut self) {
        self.offset = self.offset.saturating_add(1);
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.skip();
        }
    }

    fn place(&self, error: Error, offset: usize) -> Error {
        error.at_position(position(self.text, offset))
    }

    fn syntax(&self, message: impl Into<String>) -> Error {
        self.place(Error::new(Code::InputSyntax, message), self.offset)
    }

    fn unexpected(&self, expected: &str) -> Error {
        match self.peek() {
            Some(_) => self.syntax(format!("expected {expected}")),
            None => self.syntax(format!("expected {expected}, but the document ends")),
        }
    }
}

/// The offset of the first quote, backslash or control character from `from` on, else the end.
/// Looks at eight bytes at a time.
fn find_special(bytes: &[u8], from: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (chunks, rest) = bytes.get(from..).unwrap_or_default().as_chunks::<8>();
    let mut offset = from;
    for chunk in chunks {
        let word = u64::from_le_bytes(*chunk);
        // The high bit of a byte is set where the byte is the one sought, and perhaps in later bytes.
        let zero = |word: u64| word.wrapping_sub(ONES) & !word;
        let quote = zero(word ^ ONES.wrapping_mul(0x22));
        let backslash = zero(word ^ ONES.wrapping_mul(0x5c));
        let control = word.wrapping_sub(ONES.wrapping_mul(0x20)) & !word;
        let special = (quote | backslash | control) & HIGH;
        if special != 0 {
            return offset.saturating_add((special.trailing_zeros() / 8) as usize);
        }
        offset = offset.saturating_add(8);
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    offset.saturating_add(rest.iter().position(is_special).unwrap_or(rest.len()))
}
