//! An immutable document in a shared arena, with interned keys and sorted maps.
//!
//! [`Value`] is a cheap handle that shares the arena; [`Ref`] borrows from it. Values come from
//! JSON ([`Value::parse_json`]), from YAML ([`Value::parse_yaml`]) or from a [`Builder`].
//! Besides what JSON has, a value may be *unknown* (not known until apply) or *sensitive* (opaque).

mod builder;
mod de;
mod json;
mod yaml;

use std::sync::Arc;

pub use builder::Builder;

use crate::error::{Position, Result};

/// A handle to a value in a shared, immutable arena. Cloning copies a pointer, never the document.
#[derive(Clone)]
pub struct Value {
    arena: Arc<Arena>,
    node: u32,
}

/// A borrowed value.
#[derive(Clone, Copy)]
pub struct Ref<'a> {
    arena: &'a Arc<Arena>,
    node: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Arena {}

/// What a value is.
#[derive(Clone, Copy)]
pub enum Kind<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integral number that fits 64 bits with sign, however it was spelt (`1`, `1.0`, `1e0`).
    Int(i64),
    /// An integral number above the signed range that fits 64 bits.
    Uint(u64),
    /// Any other number whose nearest double is finite, with the text as written.
    Double(f64, &'a str),
    /// A number that no finite double is near; opaque, with the text as written.
    Number(&'a str),
    /// Text.
    Text(&'a str),
    /// A list.
    List(List<'a>),
    /// A map with text keys.
    Map(Map<'a>),
    /// A value that is not known until apply.
    Unknown,
    /// A value that is marked sensitive.
    Sensitive,
}

/// The elements of a list.
#[derive(Clone, Copy)]
pub struct List<'a>(Ref<'a>);

/// The entries of a map, in the order of their keys (by Unicode scalar values).
#[derive(Clone, Copy)]
pub struct Map<'a>(Ref<'a>);

impl Value {
    /// Reads JSON (RFC 8259). UTF-8 with or without a byte order mark, and UTF-16 with one, are accepted.
    pub fn parse_json(_text: &[u8]) -> Result<Self> {
        todo!()
    }

    /// Reads one YAML 1.2 document in the core schema. Every value remembers line and column.
    pub fn parse_yaml(_text: &[u8]) -> Result<Self> {
        todo!()
    }

    /// Builds a value from plain data through serde. Floating-point numbers are refused.
    pub fn from_serialize<T: serde::Serialize + ?Sized>(_data: &T) -> Result<Self> {
        todo!()
    }

    /// Turns the value into plain data through serde. An error names line and column where they are known, else a JSON Pointer.
    pub fn deserialize<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        todo!()
    }

    /// Borrows the value.
    pub fn as_ref(&self) -> Ref<'_> {
        Ref { arena: &self.arena, node: self.node }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Value")
    }
}

impl<'a> Ref<'a> {
    /// What the value is.
    pub fn kind(self) -> Kind<'a> {
        todo!()
    }

    /// The entry of a map; `None` when this is no map or has no such key.
    pub fn get(self, _key: &str) -> Option<Ref<'a>> {
        todo!()
    }

    /// The element of a list; `None` when this is no list or is shorter.
    pub fn index(self, _index: usize) -> Option<Ref<'a>> {
        todo!()
    }

    /// The text, if it is one.
    pub fn as_str(self) -> Option<&'a str> {
        todo!()
    }

    /// The truth value, if it is one.
    pub fn as_bool(self) -> Option<bool> {
        todo!()
    }

    /// Whether the value is or holds, at any depth, something unknown. Costs O(1).
    pub fn has_unknown(self) -> bool {
        todo!()
    }

    /// Whether the value is or holds, at any depth, something sensitive or opaque ([`Kind::Number`]). Costs O(1).
    pub fn has_sensitive(self) -> bool {
        todo!()
    }

    /// Line and column, where the document was YAML.
    pub fn position(self) -> Option<Position> {
        todo!()
    }

    /// A handle that shares the arena.
    pub fn to_value(self) -> Value {
        Value { arena: Arc::clone(self.arena), node: self.node }
    }
}

impl<'a> List<'a> {
    /// How many elements there are.
    pub fn len(self) -> usize {
        todo!()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The elements in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = Ref<'a>> {
        std::iter::empty()
    }
}

impl<'a> Map<'a> {
    /// How many entries there are.
    pub fn len(self) -> usize {
        todo!()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The entries in the order of their keys.
    pub fn iter(self) -> impl ExactSizeIterator<Item = (&'a str, Ref<'a>)> {
        std::iter::empty()
    }
}
