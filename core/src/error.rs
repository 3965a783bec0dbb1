//! One error type for the whole library, with stable codes.
//!
//! An [`Error`] means that no answer could be given: malformed input, a damaged ledger, a full disk.
//! A denial is never an error; it is a [`Decision`](crate::model::Decision).
//! Match on [`Error::code`] or [`Error::kind`], never on messages, which may improve at any time.

mod code;

use std::{fmt, sync::Arc};

pub use code::Code;

/// The result of an operation that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The family that an error belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A document handed in is not what it should be.
    Input,
    /// A bound of [`limits`](crate::limits) is exceeded.
    Limit,
    /// A policy pack is not acceptable.
    Policy,
    /// A charter is not acceptable, or not the one in force.
    Charter,
    /// The ledger is absent, damaged or of another format.
    Ledger,
    /// Another writer was first; reading again and retrying may succeed.
    Conflict,
    /// The operating system reported an error.
    Io,
    /// A defect of this library.
    Internal,
}

/// Where in an input an error lies. Any part may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file, or another name for the document.
    pub source: Option<String>,
    /// Line and column, both counted from 1; columns count Unicode scalar values.
    pub position: Option<Position>,
    /// A JSON Pointer (RFC 6901) into the document.
    pub pointer: Option<String>,
    /// The sequence number of a ledger entry.
    pub sequence: Option<u64>,
}

/// A line and a column in a text, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column, in Unicode scalar values.
    pub column: u32,
}

/// Why an operation gave no answer: a stable code, a message, the place and what to do about it.
///
/// ```
/// use poundlock::{digest::Digest, error::ErrorKind};
///
/// let error = "md5:00".parse::<Digest>().unwrap_err();
/// assert_eq!(error.code(), "input.digest");
/// assert_eq!(error.kind(), ErrorKind::Input);
/// ```
#[derive(Clone, Debug, thiserror::Error)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone, Debug)]
struct Inner {
    code: Code,
    message: String,
    place: Place,
    help: Option<String>,
    source: Option<Arc<std::io::Error>>,
}

impl Error {
    /// Makes an error of the given code. The message must not quote values of documents.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                code,
                message: message.into(),
                place: Place::default(),
                help: None,
                source: None,
            }),
        }
    }

    /// Wraps an error of the operating system; `what` says what was being done.
    pub fn io(what: impl Into<String>, source: std::io::Error) -> Self {
        let mut error = Self::new(Code::Io, what);
        error.inner.source = Some(Arc::new(source));
        error
    }

    /// A defect of this library.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(Code::Internal, message)
            .with_help("this is a defect of poundlock; please report it")
    }

    /// What kind of error the operating system reported.
    pub(crate) fn io_kind(&self) -> Option<std::io::ErrorKind> {
        self.inner.source.as_ref().map(|source| source.kind())
    }

    /// The stable name of the code, such as `ledger.link_mismatch`.
    pub fn code(&self) -> &'static str {
        self.inner.code.name()
    }

    /// The code itself, for `match`.
    pub fn to_code(&self) -> Code {
        self.inner.code
    }

    /// The family of the error.
    pub fn kind(&self) -> ErrorKind {
        self.inner.code.kind()
    }

    /// What is wrong, without place and code.
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// Where it is wrong.
    pub fn place(&self) -> &Place {
        &self.inner.place
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        self.inner.help.as_deref()
    }

    /// Says what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.inner.help = Some(help.into());
        self
    }

    /// Names the document, unless it is already named.
    #[must_use]
    pub fn in_source(mut self, source: impl Into<String>) -> Self {
        self.inner.place.source.get_or_insert_with(|| source.into());
        self
    }

    /// Adds a line and a column, unless they are already known.
    #[must_use]
    pub fn at_position(mut self, position: Position) -> Self {
        self.inner.place.position.get_or_insert(position);
        self
    }

    /// Adds a JSON Pointer, unless one is already known.
    #[must_use]
    pub fn at_pointer(mut self, pointer: impl Into<String>) -> Self {
        self.inner.place.pointer.get_or_insert_with(|| pointer.into());
        self
    }

    /// Adds what is not yet known of the place.
    #[must_use]
    pub(crate) fn at_place(mut self, place: &Place) -> Self {
        let Place { source, position, pointer, sequence } = place.clone();
        let known = &mut self.inner.place;
        known.source = known.source.take().or(source);
        known.position = known.position.or(position);
        known.pointer = known.pointer.take().or(pointer);
        known.sequence = known.sequence.or(sequence);
        self
    }

    /// Adds a ledger sequence number, unless one is already known.
    #[must_use]
    pub fn at_sequence(mut self, sequence: u64) -> Self {
        self.inner.place.sequence.get_or_insert(sequence);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.inner.place.to_string();
        if !place.is_empty() {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.inner.message)?;
        if let Some(source) = &self.inner.source {
            write!(f, ": {source}")?;
        }
        write!(f, " [{}]", self.code())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(source) = &self.source {
            f.write_str(source)?;
            separator = ":";
        }
        if let Some(Position { line, column }) = self.position {
            write!(f, "{separator}{line}:{column}")?;
            separator = ": ";
        } else if self.source.is_some() {
            separator = ": ";
        }
        if let Some(sequence) = self.sequence {
            write!(f, "{separator}entry {sequence}")?;
            separator = ", ";
        }
        if let Some(pointer) = self.pointer.as_deref().filter(|pointer| !pointer.is_empty()) {
            write!(f, "{separator}at {pointer}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_and_numbers_are_unique() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        let numbers: BTreeSet<_> = Code::ALL.iter().map(|code| *code as u16).collect();
        assert_eq!(names.len(), Code::ALL.len());
        assert_eq!(numbers.len(), Code::ALL.len());
    }

    #[test]
    fn the_innermost_place_wins() {
        let error = Error::new(Code::InputSyntax, "x")
            .at_position(Position { line: 3, column: 7 })
            .at_position(Position { line: 1, column: 1 })
            .in_source("charter.yaml");
        assert_eq!(error.to_string(), "charter.yaml:3:7: x [input.syntax]");
    }
}
