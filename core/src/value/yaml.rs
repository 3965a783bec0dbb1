//! The YAML reader: one YAML 1.2 document in the core schema, into an arena with places.
//!
//! What lets a file mean something else than it seems to is refused: anchors, aliases, tags, merge
//! keys, directives, further documents, and keys that are not text.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput};

use super::{
    Builder, Value,
    builder::too_deep,
    encoding::{counted_from_1, decode, position},
    older_yaml::Older,
};
use crate::{
    error::{Code, Error, Position, Result},
    limits,
};

pub(super) fn read(bytes: &[u8]) -> Result<Value> {
    read_text(&decode(bytes, limits::YAML_BYTES)?, None)
}

/// Reads a document that means the same to whoever takes it for YAML 1.1.
pub(super) fn read_of_manifests(bytes: &[u8]) -> Result<Value> {
    let text = decode(bytes, limits::YAML_BYTES)?;
    read_text(&text, Some(&Older::of(&text)?))
}

fn read_text(text: &str, older: Option<&Older>) -> Result<Value> {
    refuse_control_characters(text)?;
    let mut parser = Parser::new(StrInput::new(text));
    let mut reader = Reader { builder: Builder::new(), documents: 0 };
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| syntax(text, error.marker(), error.info()))?;
        let place = to_position(&span.start);
        if matches!(event, Event::DocumentStart(_)) {
            refuse_directives(text, place)?;
        }
        if let Some(older) = older {
            let is_key = reader.builder.expects_key();
            older.allow(&event, &span, is_key).map_err(|error| error.at_position(place))?;
        }
        reader.read(event, place).map_err(|error| error.at_position(place))?;
    }
    if reader.documents == 0 {
        return Err(empty(Position { line: 1, column: 1 }));
    }
    reader.builder.finish()
}

struct Reader {
    builder: Builder,
    documents: usize,
}

impl Reader {
    fn read(&mut self, event: Event<'_>, place: Position) -> Result<()> {
        self.builder.at(place);
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) => {
                self.documents = self.documents.saturating_add(1);
                if self.documents > 1 { Err(refused("a second document")) } else { Ok(()) }
            }
            Event::Alias(_) => Err(refused("an alias")),
            Event::Scalar(_, _, 1.., _)
            | Event::SequenceStart(1.., _)
            | Event::MappingStart(1.., _) => Err(refused("an anchor")),
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => Err(refused_tag()),
            Event::Scalar(text, style, ..) if self.builder.expects_key() => self.key(&text, style),
            Event::SequenceStart(..) | Event::MappingStart(..) if self.builder.expects_key() => {
                Err(Error::new(Code::InputInvalidValue, "a list or map stands as a key")
                    .with_help("keys are text"))
            }
            Event::Scalar(text, ScalarStyle::Plain, ..) => self.plain(&text, place),
            Event::Scalar(text, ..) => self.builder.text(&text),
            Event::SequenceStart(..) => self.builder.begin_list(),
            Event::MappingStart(..) => self.builder.begin_map(),
            Event::SequenceEnd => self.builder.end_list(),
            Event::MappingEnd => self.builder.end_map(),
        }
    }

    fn key(&mut self, key: &str, style: ScalarStyle) -> Result<()> {
        if style == ScalarStyle::Plain {
            if key == "<<" {
                return Err(refused("a merge key"));
            }
            if !matches!(resolve(key), Plain::Text) {
                let message = match resolve(key) {
                    Plain::Null => "a key is null",
                    Plain::Bool(_) => "a key is true or false",
                    _ => "a key is a number",
                };
                return Err(Error::new(Code::InputInvalidValue, message)
                    .with_help("keys are text: put this one in quotes"));
            }
        }
        self.builder.key(key)
    }

    fn plain(&mut self, text: &str, place: Position) -> Result<()> {
        match resolve(text) {
            Plain::Null if text.is_empty() && self.builder.is_in_map().is_none() => {
                Err(empty(place))
            }
            Plain::Null => self.builder.null(),
            Plain::Bool(bool) => self.builder.bool(bool),
            Plain::Uint(Some(uint)) => self.builder.uint(uint),
            Plain::Uint(None) => {
                Err(Error::new(Code::InputInvalidValue, "this number does not fit 64 bits"))
            }
            Plain::Number(number) => self.builder.number(&number),
            Plain::NotFinite => Err(Error::new(
                Code::InputInvalidValue,
                "infinities and what is not a number are refused",
            )
            .with_help("to mean text, put it in quotes")),
            Plain::Text => self.builder.text(text),
        }
    }
}

/// Whether a plain scalar is a number.
pub(super) fn is_number(text: &str) -> bool {
    matches!(resolve(text), Plain::Number(_) | Plain::Uint(_))
}

/// What a plain scalar means in the core schema.
enum Plain {
    Null,
    Bool(bool),
    /// Written with `0o` or `0x`; `None` when it does not fit.
    Uint(Option<u64>),
    /// In JSON's grammar.
    Number(String),
    /// `.inf` or `.nan`.
    NotFinite,
    Text,
}

/// YAML 1.2.2 §10.3.2.
fn resolve(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "true" | "True" | "TRUE" => return Plain::Bool(true),
        "false" | "False" | "FALSE" => return Plain::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Plain::NotFinite,
        _ => {}
    }
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Plain::NotFinite;
    }
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(digits) = text.strip_prefix(prefix)
            && !digits.is_empty()
            && digits.chars().all(|digit| digit.is_digit(radix))
        {
            return Plain::Uint(u64::from_str_radix(digits, radix).ok());
        }
    }
    decimal(unsigned).map_or(Plain::Text, |number| Plain::Number(format!("{sign}{number}")))
}

/// A decimal number of the core schema in JSON's grammar, which has no leading zeros and no bare point.
fn decimal(unsigned: &str) -> Option<String> {
    let digits_only = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => unsigned.split_at_checked(at)?,
        None => (unsigned, ""),
    };
    if let Some(exponent) = exponent.strip_prefix(['e', 'E']) {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        if digits.is_empty() || !digits_only(digits) {
            return None;
        }
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if (whole.is_empty() && fraction.is_empty()) || !digits_only(whole) || !digits_only(fraction) {
        return None;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    let fraction = if fraction.is_empty() { String::new() } else { format!(".{fraction}") };
    Some(format!("{whole}{fraction}{exponent}"))
}

/// YAML has only printable characters (YAML 1.2.2 §5.1), and the parser takes NUL for the end.
fn refuse_control_characters(text: &str) -> Result<()> {
    let is_refused =
        |char: char| char.is_control() && !matches!(char, '\t' | '\n' | '\r' | '\u{85}');
    match text.find(is_refused) {
        Some(offset) => {
            Err(Error::new(Code::InputSyntax, "a control character stands in the text")
                .at_position(position(text, offset))
                .with_help("in double quotes, write it as an escape such as \\u0000"))
        }
        None => Ok(()),
    }
}

/// A directive may declare another version of YAML, or tags.
fn refuse_directives(text: &str, start: Position) -> Result<()> {
    // The parser, too, ends a line at a carriage return.
    let text = text.replace("\r\n", "\n");
    for (line, number) in text.split(['\n', '\r']).zip(1..start.line) {
        if line.starts_with('%') {
            return Err(refused("a directive").at_position(Position { line: number, column: 1 }));
        }
    }
    Ok(())
}

/// What the parser says where text should have been quoted.
const QUOTES_MISSING: &[&str] =
    &["mapping values are not allowed", "did not find expected key", "invalid trailing content"];
const QUOTE: &str =
    "put text in double quotes if it begins with one of ! & * { [ ' or holds a colon and a space";

fn syntax(text: &str, marker: &Marker, message: &str) -> Error {
    // Aliases and tags that refer to nothing are errors to the parser, and so is its own limit of depth.
    let error = match text.chars().nth(marker.index()) {
        _ if message.contains("recursion limit") => too_deep(),
        Some('*') => refused("an alias"),
        Some('!') => refused_tag(),
        _ if QUOTES_MISSING.iter().any(|part| message.contains(part)) => {
            Error::new(Code::InputSyntax, message).with_help(QUOTE)
        }
        _ => Error::new(Code::InputSyntax, message),
    };
    error.at_position(to_position(marker))
}

/// What begins with `!` is more often an expression than a tag.
fn refused_tag() -> Error {
    Error::new(Code::InputYamlFeature, "a tag is not accepted here").with_help(QUOTE)
}

fn refused(what: &str) -> Error {
    Error::new(Code::InputYamlFeature, format!("{what} is not accepted here")).with_help(
        "write plain YAML: one document without anchors, aliases, tags, merge keys or directives",
    )
}

fn empty(place: Position) -> Error {
    Error::new(Code::InputEmpty, "the document is empty").at_position(place)
}

/// The parser counts lines from 1 and columns from 0.
fn to_position(marker: &Marker) -> Position {
    let line = counted_from_1(marker.line().saturating_sub(1));
    Position { line, column: counted_from_1(marker.col()) }
}
