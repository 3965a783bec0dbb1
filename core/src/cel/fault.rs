//! What is said of an error: its place and the types that it is about, never values.

use std::fmt;

use super::{
    Outcome, Program,
    datum::{Datum, Stop},
    scan,
};
use crate::error::Position;

/// The types of the first few operands of what failed; none where they do not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Types([u8; 4]);

/// The names of types; the first stands for none.
const NAMES: [&str; 20] = [
    "",
    "null_type",
    "bool",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "google.protobuf.Timestamp",
    "google.protobuf.Duration",
    "type",
    "list",
    "map",
    "optional_type",
    "net.IP",
    "net.CIDR",
    "kubernetes.NamedFormat",
    "kubernetes.Quantity",
    "kubernetes.Semver",
    "kubernetes.URL",
];

impl Types {
    pub(super) const NONE: Self = Self([0; 4]);
    /// Stands behind the type of what should have been a truth value.
    const CONDITION: u8 = u8::MAX;

    fn of(operands: &[Datum<'_>]) -> Self {
        let mut types = Self::NONE;
        for (place, operand) in types.0.iter_mut().zip(operands) {
            let known = NAMES.iter().position(|name| *name == operand.type_name());
            *place = known.and_then(|known| u8::try_from(known).ok()).unwrap_or(0);
        }
        types
    }

    fn is_condition(self) -> bool {
        self.0.contains(&Self::CONDITION)
    }

    /// The names of the types, as `type()` gives them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let name = |tag| NAMES.get(usize::from(tag)).copied().unwrap_or_default();
        self.0.into_iter().map(name).filter(|name| !name.is_empty())
    }
}

impl fmt::Display for Types {
    /// The names with `and` between the last two.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.names().count();
        for (index, name) in (1_usize..).zip(self.names()) {
            match index {
                1 => {}
                _ if index == count => f.write_str(" and ")?,
                _ => f.write_str(", ")?,
            }
            // What CEL borrows names for is clear without the lender.
            f.write_str(name.rsplit('.').next().unwrap_or(name))?;
        }
        Ok(())
    }
}

impl Stop {
    /// A condition came to something that is no truth value.
    #[cold]
    pub(super) fn no_condition(value: &Datum<'_>) -> Self {
        let mut types = Types::of(std::slice::from_ref(value));
        let [_, marker, ..] = &mut types.0;
        *marker = Types::CONDITION;
        Self::Error { code: "cel.no_such_overload", node: None, types }
    }

    /// Says what types it failed over, unless a part of it failed.
    #[cold]
    pub(super) fn over(mut self, operands: &[Datum<'_>]) -> Self {
        if let Self::Error { node: None, types, .. } = &mut self {
            *types = Types::of(operands);
        }
        self
    }
}

impl Program {
    /// What is to be said of an error of this program in one line, without any value: its code, the operator or
    /// function with the types that it failed over, line and column. `None` for any other outcome.
    pub fn describe(&self, outcome: &Outcome) -> Option<String> {
        let Outcome::Error { code, position, types } = outcome else { return None };
        let place = format!("at {}:{}", position.line, position.column);
        if types.is_condition() {
            return Some(format!("{code}: bool is needed, and this is {types}, {place}"));
        }
        let Some(name) = self.operation(*position) else { return Some(format!("{code} {place}")) };
        let types = types.to_string();
        Some(match (*code, types.as_str()) {
            ("cel.no_such_key" | "cel.index_out_of_bounds", _) => {
                format!("{code}: `{name}` {place}")
            }
            ("cel.no_such_overload", "") => format!("{code}: `{name}` does not apply, {place}"),
            ("cel.no_such_overload", types) => {
                format!("{code}: `{name}` does not apply to {types}, {place}")
            }
            (_, "") => format!("{code}: `{name}` {place}"),
            (_, types) => format!("{code}: `{name}` of {types}, {place}"),
        })
    }

    /// The operator, function or field that stands at a place.
    fn operation(&self, position: Position) -> Option<&str> {
        let at = scan::offset(&self.source, position)?;
        let (before, rest) = self.source.split_at_checked(at)?;
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let word = |text: &str| text.find(|c| !is_word(c)).unwrap_or(text.len());
        let mut characters = rest.chars();
        let length = match (characters.next()?, characters.next()) {
            ('(', _) => {
                let before = before.trim_end();
                let start = before.rfind(|c| !is_word(c)).map_or(0, |last| last.saturating_add(1));
                return before.get(start..).filter(|name| !name.is_empty());
            }
            ('.', _) => {
                let rest = rest.trim_start_matches(['.', '?', ' ', '\n', '\t']);
                return rest.get(..word(rest)).filter(|name| !name.is_empty());
            }
            ('[', _) => return Some("[]"),
            ('=' | '!' | '<' | '>', Some('=')) => 2,
            ('&', Some('&')) | ('|', Some('|')) => 2,
            (c, _) if is_word(c) => word(rest),
            (c, _) => c.len_utf8(),
        };
        rest.get(..length)
    }
}
