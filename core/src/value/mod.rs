//! An immutable document in a shared arena, with interned keys and sorted maps.
//!
//! [`Value`] is a cheap handle that shares the arena; [`Ref`] borrows from it. Values come from
//! JSON ([`Value::parse_json`]), from YAML ([`Value::parse_yaml`]) or from a [`Builder`].
//! Besides what JSON has, a value may be *unknown* (not known until apply) or *sensitive* (opaque).
//!
//! Values have no `==`: what equality means where something is unknown is for policies to say.

mod arena;
mod builder;
mod de;
mod encoding;
pub(crate) mod exact;
mod json;
mod name;
mod number;
mod older_yaml;
mod ser;
mod yaml;

use std::{fmt, sync::Arc};

use arena::{Arena, HAS_SENSITIVE, HAS_UNKNOWN, NOWHERE, Node, Span, Tag};
pub use builder::Builder;
pub(crate) use builder::too_deep;
pub(crate) use de::{Fault, Key, forward};
pub(crate) use name::Name;
pub(crate) use ser::{Sink, write};

use crate::error::{Position, Result};

/// A handle to a value in a shared, immutable arena. Cloning copies a pointer, never the document.
///
/// ```
/// use poundlock::value::{Kind, Value};
///
/// let value = Value::parse_json(br#"{"max": 5.0, "names": ["a", "b"]}"#)?;
/// assert!(matches!(value.as_ref().get("max").map(|max| max.kind()), Some(Kind::Int(5))));
/// assert!(value.as_ref().get("min").is_none());
/// # Ok::<(), poundlock::Error>(())
/// ```
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
pub struct List<'a>(Children<'a>);

/// The entries of a map, in the order of their keys (by Unicode scalar values).
#[derive(Clone, Copy)]
pub struct Map<'a>(Children<'a>);

/// Nodes that stand next to each other.
#[derive(Clone, Copy)]
struct Children<'a> {
    arena: &'a Arc<Arena>,
    span: Span,
}

impl Value {
    /// A list of texts.
    pub(crate) fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let mut builder = Builder::new();
        builder.begin_list()?;
        for text in texts {
            builder.text(text)?;
        }
        builder.end_list()?;
        builder.finish()
    }

    /// Reads JSON (RFC 8259). UTF-8 with or without a byte order mark, and UTF-16 with one, are accepted.
    ///
    /// # Errors
    ///
    /// With line and column: `input.empty`, `input.encoding` (a lone surrogate included),
    /// `input.syntax`, `input.duplicate_key`, `limit.depth` and `limit.count`. Without:
    /// `limit.size` above [`limits::DOCUMENT_BYTES`](crate::limits::DOCUMENT_BYTES).
    pub fn parse_json(text: &[u8]) -> Result<Self> {
        json::read(text)
    }

    /// Reads one YAML 1.2 document in the core schema. Every value remembers line and column.
    ///
    /// # Errors
    ///
    /// As for [`Value::parse_json`], with [`limits::YAML_BYTES`](crate::limits::YAML_BYTES) as the
    /// limit of size; `input.yaml_feature` for anchors, aliases, tags, merge keys and further
    /// documents; `input.invalid_value` for keys that are not text and for `.inf` and `.nan`.
    pub fn parse_yaml(text: &[u8]) -> Result<Self> {
        yaml::read(text)
    }

    /// Reads YAML that means the same to whoever takes it for YAML 1.1, as Kubernetes' tools do: what the two versions read
    /// differently is refused too.
    ///
    /// # Errors
    ///
    /// Those of [`Value::parse_yaml`]; `input.yaml_feature` for plain text with two meanings.
    pub(crate) fn parse_yaml_of_manifests(text: &[u8]) -> Result<Self> {
        yaml::read_of_manifests(text)
    }

    /// Builds a value from plain data through serde. Floating-point numbers are refused.
    ///
    /// # Errors
    ///
    /// `input.invalid_value` for a floating-point number, raw bytes or a key that is not text (a
    /// `Value` within the data is kept as it is, numbers and marks included);
    /// `input.duplicate_key`; and the limits of a [`Builder`].
    pub fn from_serialize<T: serde::Serialize + ?Sized>(data: &T) -> Result<Self> {
        ser::build(data)
    }

    /// Turns the value into plain data through serde. An error names line and column where they are
    /// known, else a JSON Pointer (RFC 6901).
    ///
    /// # Errors
    ///
    /// `input.unknown_field`, `input.missing_field` and `input.invalid_value`.
    pub fn deserialize<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        de::deserialize(self.as_ref())
    }

    /// Borrows the value.
    pub fn as_ref(&self) -> Ref<'_> {
        Ref { arena: &self.arena, node: self.node }
    }
}

impl<'a> Ref<'a> {
    /// What the value is.
    pub fn kind(self) -> Kind<'a> {
        let node = self.node();
        let children = Children { arena: self.arena, span: node.children() };
        match node.tag {
            Tag::Null => Kind::Null,
            Tag::False => Kind::Bool(false),
            Tag::True => Kind::Bool(true),
            Tag::Int => Kind::Int(node.word as i64),
            Tag::Uint => Kind::Uint(node.word),
            Tag::Double => {
                let (double, text) = self.arena.double(node.word);
                Kind::Double(double, text)
            }
            Tag::Number => Kind::Number(self.arena.text(Span::from_word(node.word))),
            Tag::Text => Kind::Text(self.arena.text(Span::from_word(node.word))),
            Tag::List => Kind::List(List(children)),
            Tag::Map => Kind::Map(Map(children)),
            Tag::Unknown => Kind::Unknown,
            Tag::Sensitive => Kind::Sensitive,
        }
    }

    /// The entry of a map; `None` when this is no map or has no such key.
    pub fn get(self, key: &str) -> Option<Ref<'a>> {
        match self.kind() {
            Kind::Map(map) => map.get(key),
            _ => None,
        }
    }

    /// The element of a list; `None` when this is no list or is shorter.
    pub fn index(self, index: usize) -> Option<Ref<'a>> {
        match self.node().tag {
            Tag::List => self.child(index),
            _ => None,
        }
    }

    /// The value that a JSON Pointer (RFC 6901) leads to; the empty one leads here.
    pub fn pointer(self, pointer: &str) -> Option<Ref<'a>> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer.strip_prefix('/')?.split('/').try_fold(self, |value, token| match value.kind() {
            Kind::Map(map) if token.contains('~') => {
                map.get(&token.replace("~1", "/").replace("~0", "~"))
            }
            Kind::Map(map) => map.get(token),
            Kind::List(list) => {
                let canonical = token == "0" || !token.starts_with(['0', '+']);
                list.get(token.parse().ok().filter(|_| canonical)?)
            }
            _ => None,
        })
    }

    /// The text, if it is one.
    pub fn as_str(self) -> Option<&'a str> {
        match self.kind() {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub fn as_bool(self) -> Option<bool> {
        match self.kind() {
            Kind::Bool(bool) => Some(bool),
            _ => None,
        }
    }

    /// Whether the value is or holds, at any depth, something unknown. Costs O(1).
    pub fn has_unknown(self) -> bool {
        self.node().flags & HAS_UNKNOWN != 0
    }

    /// Whether the value is or holds, at any depth, something sensitive or opaque ([`Kind::Number`]). Costs O(1).
    pub fn has_sensitive(self) -> bool {
        self.node().flags & HAS_SENSITIVE != 0
    }

    /// Line and column, where the document was YAML. Text in quotes stands where its first quote
    /// does, block text where its content begins.
    pub fn position(self) -> Option<Position> {
        let places = self.arena.places(self.node)?;
        Some(places.value).filter(|position| *position != NOWHERE)
    }

    /// Line and column of the key under which the value stands, where the document was YAML.
    pub fn key_position(self) -> Option<Position> {
        let places = self.arena.places(self.node)?;
        Some(places.key).filter(|position| *position != NOWHERE)
    }

    /// A handle that shares the arena.
    pub fn to_value(self) -> Value {
        Value { arena: Arc::clone(self.arena), node: self.node }
    }

    /// What the value is, in words for messages: "text", "a list", "a map", "a whole number" and so on.
    pub fn describe(self) -> &'static str {
        match self.node().tag {
            Tag::Null => "null",
            Tag::False | Tag::True => "true or false",
            Tag::Int | Tag::Uint => "a whole number",
            Tag::Double | Tag::Number => "a number",
            Tag::Text => "text",
            Tag::List => "a list",
            Tag::Map => "a map",
            Tag::Unknown => "a value that is not known until apply",
            Tag::Sensitive => "a sensitive value",
        }
    }

    /// The entry of a map at an index, counted from 0 in the order of the keys.
    pub(crate) fn entry(self, index: usize) -> Option<(&'a str, Ref<'a>)> {
        let entry = self.child(index).filter(|_| self.is_map())?;
        Some((entry.key(), entry))
    }

    pub(crate) fn is_map(self) -> bool {
        self.node().tag == Tag::Map
    }

    fn node(self) -> Node {
        self.arena.node(self.node)
    }

    fn child(self, index: usize) -> Option<Ref<'a>> {
        Children { arena: self.arena, span: self.node().children() }.get(index)
    }

    /// The key under which the value stands, if it stands in a map.
    fn key(self) -> &'a str {
        self.arena.key(self.node().key)
    }
}

impl<'a> Children<'a> {
    fn get(self, index: usize) -> Option<Ref<'a>> {
        let index = u32::try_from(index).ok().filter(|index| *index < self.span.len)?;
        Some(Ref { arena: self.arena, node: self.span.start.saturating_add(index) })
    }

    fn iter(self) -> impl ExactSizeIterator<Item = Ref<'a>> + DoubleEndedIterator + Clone {
        let nodes = self.span.start..self.span.start.saturating_add(self.span.len);
        nodes.map(move |node| Ref { arena: self.arena, node })
    }
}

impl<'a> List<'a> {
    /// How many elements there are.
    pub fn len(self) -> usize {
        self.0.span.len as usize
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The element at an index, counted from 0.
    pub fn get(self, index: usize) -> Option<Ref<'a>> {
        self.0.get(index)
    }

    /// The elements in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = Ref<'a>> + DoubleEndedIterator + Clone {
        self.0.iter()
    }
}

impl<'a> Map<'a> {
    /// How many entries there are.
    pub fn len(self) -> usize {
        self.0.span.len as usize
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The value of a key, found by bisection.
    pub fn get(self, key: &str) -> Option<Ref<'a>> {
        let Span { start, len } = self.0.span;
        let (mut low, mut high) = (start, start.saturating_add(len));
        while low < high {
            let middle = low.midpoint(high);
            let candidate = Ref { arena: self.0.arena, node: middle };
            match candidate.key().cmp(key) {
                std::cmp::Ordering::Less => low = middle.saturating_add(1),
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(candidate),
            }
        }
        None
    }

    /// The entries in the order of their keys.
    pub fn iter(
        self,
    ) -> impl ExactSizeIterator<Item = (&'a str, Ref<'a>)> + DoubleEndedIterator + Clone {
        self.0.iter().map(|value| (value.key(), value))
    }
}

/// Shows what the value is and never what it says, so that no secret reaches a log.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_ref(), f)
    }
}

/// Shows what the value is and never what it says, so that no secret reaches a log.
impl fmt::Debug for Ref<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({})", self.describe())
    }
}

/// A key as messages quote it: escaped, and cut to 64 characters.
pub(crate) fn quoted(key: &str) -> String {
    const LONGEST: usize = 64;
    let cut: String = key.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    let more = if key.chars().nth(LONGEST).is_some() { "…" } else { "" };
    format!("\"{cut}{more}\"")
}

#[cfg(test)]
mod tests;
