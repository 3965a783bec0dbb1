//! What is wrong with a document, as serde reports it, in words for people.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::{
    error::{Code, Error, Position},
    value::quoted,
};

/// An error on its way out of the document: it gathers the innermost place.
#[derive(Debug)]
pub(crate) struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    message: String,
    help: Option<String>,
    position: Option<Position>,
    /// The keys and indexes that lead here, the last first.
    path: Vec<String>,
}

impl Fault {
    fn new(code: Code, message: String) -> Self {
        Self(Box::new(Inner { code, message, help: None, position: None, path: Vec::new() }))
    }

    /// What serde or a reader of ours said.
    #[cold]
    #[inline(never)]
    fn said(message: String) -> Self {
        // Serde's own message names the Rust type.
        if message.starts_with("data did not match any variant") {
            return Self::new(
                Code::InputInvalidValue,
                "this has none of the accepted forms".into(),
            );
        }
        Self::new(Code::InputInvalidValue, message)
    }

    /// One kind of value stands where another is expected.
    #[cold]
    #[inline(never)]
    pub(crate) fn mismatch(expected: &str, found: &str) -> Self {
        Self::new(Code::InputInvalidValue, format!("expected {expected}, found {found}"))
    }

    pub(super) fn with_help(mut self, help: String) -> Self {
        self.0.help = Some(help);
        self
    }

    /// Adds line and column, unless they are known.
    pub(super) fn at(mut self, position: Option<Position>) -> Self {
        self.0.position = self.0.position.or(position);
        self
    }

    /// Says that the fault lies under an index.
    #[cold]
    #[inline(never)]
    pub(super) fn under_index(self, index: usize) -> Self {
        self.under(&index.to_string())
    }

    /// Says that the fault lies under a key.
    #[cold]
    #[inline(never)]
    pub(super) fn under(mut self, token: &str) -> Self {
        self.0.path.push(token.replace('~', "~0").replace('/', "~1"));
        self
    }

    /// Which code the error has, and its message.
    pub(crate) fn into_parts(self) -> (Code, String) {
        (self.0.code, self.0.message)
    }

    /// The error with line and column where they are known, else with a JSON Pointer (RFC 6901).
    pub(super) fn into_error(self) -> Error {
        let inner = *self.0;
        let mut error = Error::new(inner.code, inner.message);
        if let Some(help) = inner.help {
            error = error.with_help(help);
        }
        match inner.position {
            Some(position) => error.at_position(position),
            None => error.at_pointer(
                inner.path.iter().rev().flat_map(|token| ["/", token.as_str()]).collect::<String>(),
            ),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::said(message.to_string())
    }

    #[cold]
    #[inline(never)]
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::mismatch(&words(expected), kind(&found))
    }

    #[cold]
    #[inline(never)]
    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = format!("{} that is not acceptable", kind(&found));
        Self::mismatch(&words(expected), &found)
    }

    #[cold]
    #[inline(never)]
    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::mismatch(&words(expected), &format!("{length}"))
    }

    #[cold]
    #[inline(never)]
    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let message = format!("expected one of: {}; found other text", list(expected));
        let fault = Self::new(Code::InputInvalidValue, message);
        match nearest(variant, expected) {
            Some(name) => fault.with_help(format!("did you mean {name}?")),
            None => fault,
        }
    }

    #[cold]
    #[inline(never)]
    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let message = format!("the key {} is not known here", quoted(field));
        let mut help = match nearest(field, expected) {
            Some(name) => format!("did you mean {name}? "),
            None => String::new(),
        };
        help.push_str(&match expected {
            [] => "no keys are known here".to_owned(),
            _ => format!("known here: {}", list(expected)),
        });
        Self::new(Code::InputUnknownField, message).with_help(help)
    }

    #[cold]
    #[inline(never)]
    fn missing_field(field: &'static str) -> Self {
        Self::new(Code::InputMissingField, format!("the key {field} is missing"))
    }

    #[cold]
    #[inline(never)]
    fn duplicate_field(field: &'static str) -> Self {
        Self::new(Code::InputDuplicateKey, format!("the key {field} stands twice"))
    }
}

fn list(names: &[&str]) -> String {
    names.join(", ")
}

/// What was found, without its content.
fn kind(found: &Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "true or false",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "a whole number",
        Unexpected::Float(_) => "a number",
        Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::UnitVariant => "text",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq | Unexpected::TupleVariant => "a list",
        Unexpected::Map | Unexpected::StructVariant | Unexpected::NewtypeVariant => "a map",
        _ => "a value",
    }
}

/// What was expected, without the names of Rust types that serde uses.
fn words(expected: &dyn Expected) -> String {
    let expected = expected.to_string();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| expected.starts_with(prefix));
    let words = match expected.as_str() {
        "a boolean" => "true or false",
        "a string" | "string" | "str" | "a borrowed string" | "a character" => "text",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65,535",
        "u32" => "a whole number from 0 to 4,294,967,295",
        "u64" | "usize" | "u128" => "a whole number from 0 on that fits 64 bits",
        "i8" => "a whole number from -128 to 127",
        "i16" => "a whole number from -32,768 to 32,767",
        "i32" => "a whole number from -2,147,483,648 to 2,147,483,647",
        "i64" | "isize" | "i128" => "a whole number that fits 64 bits",
        "f32" | "f64" => "a number",
        "option" | "any value" => "a value",
        _ if starts(&["a nonzero"]) => "a whole number other than 0, within its range",
        _ if starts(&["unit"]) => "null",
        _ if starts(&["struct", "a map", "map", "internally tagged", "adjacently tagged"]) => {
            "a map"
        }
        _ if starts(&["a sequence", "sequence", "tuple", "an array"]) => "a list",
        _ if starts(&["enum", "variant"]) => "a known name",
        _ if starts(&["newtype"]) => "a value",
        _ if expected.contains("::") => "another value",
        _ => return expected,
    };
    words.to_owned()
}

/// The name that a word was probably meant to be.
fn nearest<'n>(word: &str, names: &[&'n str]) -> Option<&'n str> {
    const LONGEST: usize = 64;
    if word.chars().nth(LONGEST).is_some() {
        return None;
    }
    let most = (word.chars().count() / 3).max(1);
    names
        .iter()
        .map(|name| (distance(word, name), *name))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters must be added, dropped or replaced to make one word of another, whatever their case.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().flat_map(char::to_lowercase).collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.chars().flat_map(char::to_lowercase).enumerate() {
        let mut left = index.saturating_add(1);
        let mut diagonal = index;
        for (above, other) in row.iter_mut().skip(1).zip(&to) {
            let replaced = diagonal.saturating_add(usize::from(letter != *other));
            diagonal = *above;
            left = replaced.min(diagonal.saturating_add(1)).min(left.saturating_add(1));
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = index.saturating_add(1);
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (from, to, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("stage", "stage", 0),
            ("Stage", "stage", 0),
            ("stgae", "stage", 2),
            ("kitten", "sitting", 3),
            ("soek", "soak", 1),
        ] {
            assert_eq!(distance(from, to), expected, "{from} {to}");
        }
    }

    #[test]
    fn only_what_is_near_is_suggested() {
        let names = ["stages", "roles", "packs"];
        assert_eq!(nearest("stage", &names), Some("stages"));
        assert_eq!(nearest("pakcs", &names), None);
        assert_eq!(nearest("pack", &names), Some("packs"));
        assert_eq!(nearest("zebra", &names), None);
    }
}
