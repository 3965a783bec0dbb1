//! Values during an evaluation.
//!
//! A [`Datum`] borrows from documents, from constants of the program and from results of other
//! evaluations; only what the evaluation itself makes is allocated, and shared by counting.
//! An [`Owned`] is what outlives an evaluation.

use std::{cmp::Ordering, num::NonZeroU32, sync::Arc};

use jiff::SignedDuration;

use super::{
    fault::Types,
    meter::{self, Meter},
    object::Object,
};
use crate::value::{Kind, Ref, Value};

/// Why an evaluation, or a part of one, has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The budget is used up; nothing absorbs this.
    Exhausted,
    /// It depends on something that is not known.
    Unknown { sensitive: bool },
    /// It failed, at the node (its number and one) if that is known already, over operands of these types.
    Error { code: &'static str, node: Option<NonZeroU32>, types: Types },
}

impl Stop {
    pub(super) const fn error(code: &'static str) -> Self {
        Self::Error { code, node: None, types: Types::NONE }
    }

    pub(super) const fn no_such_overload() -> Self {
        Self::error("cel.no_such_overload")
    }

    /// Says where it failed, unless that is known.
    pub(super) fn place(&mut self, at: u32) {
        if let Self::Error { node: node @ None, .. } = self {
            *node = NonZeroU32::new(at.saturating_add(1));
        }
    }

    /// What two parts that both have no value come to: exhaustion before unknown before the first error.
    pub(super) fn merge(self, other: Self) -> Self {
        match (self, other) {
            (Self::Exhausted, _) | (_, Self::Exhausted) => Self::Exhausted,
            (Self::Unknown { sensitive: a }, Self::Unknown { sensitive: b }) => {
                Self::Unknown { sensitive: a || b }
            }
            (unknown @ Self::Unknown { .. }, _) | (_, unknown @ Self::Unknown { .. }) => unknown,
            (first, _) => first,
        }
    }
}

/// What evaluating a node gives.
pub(super) type Eval<'a> = Result<Datum<'a>, Stop>;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Datum<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(Text<'a>),
    Bytes(Bytes<'a>),
    /// Since 1970-01-01T00:00:00Z.
    Timestamp(SignedDuration),
    Duration(SignedDuration),
    Type(&'static str),
    List(List<'a>),
    Map(Map<'a>),
    Optional(Option<Arc<Datum<'a>>>),
    Object(Arc<Object>),
}

/// Text, borrowed or made by the evaluation.
#[derive(Clone, Debug)]
pub(super) enum Text<'a> {
    Borrowed(&'a str),
    Shared(Arc<str>),
}

/// Bytes, borrowed or made by the evaluation.
#[derive(Clone, Debug)]
pub(super) enum Bytes<'a> {
    Borrowed(&'a [u8]),
    Shared(Arc<[u8]>),
}

/// A list of a document, of a result, or made by the evaluation.
#[derive(Clone, Debug)]
pub(super) enum List<'a> {
    Document(Document<'a>),
    Owned(&'a Arc<Held<Vec<Owned>>>),
    Built(Arc<Held<Vec<Datum<'a>>>>),
}

/// A map of a document, of a result, or made by the evaluation.
#[derive(Clone, Debug)]
pub(super) enum Map<'a> {
    Document(Document<'a>),
    Owned(&'a Arc<Held<Vec<(Key<'static>, Owned)>>>),
    Built(Arc<Held<Vec<(Key<'a>, Datum<'a>)>>>),
}

/// A list or map of a document.
#[derive(Clone, Copy)]
pub(super) struct Document<'a>(pub(super) Ref<'a>);

impl std::fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Document")
    }
}

/// Elements with what is known about all of them together. Entries of maps are sorted by key.
#[derive(Debug)]
pub(super) struct Held<T> {
    pub(super) elements: T,
    pub(super) marks: Marks,
    /// How deep lists and maps that evaluations made nest in here, this one counted.
    pub(super) depth: u16,
}

/// What a value holds at any depth that cannot be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) unknown: bool,
    pub(super) sensitive: bool,
}

impl Marks {
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            unknown: self.unknown || other.unknown,
            sensitive: self.sensitive || other.sensitive,
        }
    }

    pub(super) fn of(document: Ref<'_>) -> Self {
        Self { unknown: document.has_unknown(), sensitive: document.has_sensitive() }
    }

    /// Stops unless everything can be seen.
    pub(super) fn check(self) -> Result<(), Stop> {
        if self.unknown || self.sensitive {
            return Err(Stop::Unknown { sensitive: self.sensitive });
        }
        Ok(())
    }
}

/// The key of a map.
#[derive(Clone, Debug)]
pub(super) enum Key<'a> {
    Bool(bool),
    /// Any `int` or `uint`: they are one key where they are equal. `unsigned` keeps the type.
    Number {
        value: i128,
        unsigned: bool,
    },
    Text(Text<'a>),
}

impl<'a> Key<'a> {
    /// The key for an entry. Only truth values, integers and text can be keys.
    pub(super) fn new(datum: Datum<'a>) -> Option<Self> {
        match datum {
            Datum::Bool(value) => Some(Self::Bool(value)),
            Datum::Int(value) => Some(Self::Number { value: value.into(), unsigned: false }),
            Datum::Uint(value) => Some(Self::Number { value: value.into(), unsigned: true }),
            Datum::Text(text) => Some(Self::Text(text)),
            _ => None,
        }
    }

    /// The key to look up; also an integral `double`.
    pub(super) fn lookup(datum: &Datum<'a>) -> Option<Self> {
        match datum {
            // Beyond this, doubles are not keys that fit 64 bits.
            Datum::Double(value) if value.fract() == 0.0 && value.abs() < 2e19 => {
                Some(Self::Number { value: *value as i128, unsigned: false })
            }
            other => Self::new(other.clone()),
        }
    }

    /// Spends the steps of comparing the key with others.
    pub(super) fn pay(&self, meter: &mut Meter) -> Result<(), Stop> {
        match self {
            Self::Text(text) => meter.read(text.as_str().len()),
            _ => Ok(()),
        }
    }

    pub(super) fn datum(&self) -> Datum<'a> {
        match self {
            Self::Bool(value) => Datum::Bool(*value),
            Self::Number { value, unsigned: true } => {
                Datum::Uint(u64::try_from(*value).unwrap_or(u64::MAX))
            }
            Self::Number { value, unsigned: false } => {
                Datum::Int(i64::try_from(*value).unwrap_or(i64::MAX))
            }
            Self::Text(text) => Datum::Text(text.clone()),
        }
    }

    /// The order of keys in a map: truth values, numbers, text.
    pub(super) fn order(&self, other: &Key<'_>) -> Ordering {
        let rank = |key: &Key<'_>| match key {
            Key::Bool(_) => 0,
            Key::Number { .. } => 1,
            Key::Text(_) => 2,
        };
        match (self, other) {
            (Self::Bool(a), Key::Bool(b)) => a.cmp(b),
            (Self::Number { value: a, .. }, Key::Number { value: b, .. }) => a.cmp(b),
            (Self::Text(a), Key::Text(b)) => a.as_str().cmp(b.as_str()),
            (a, b) => rank(a).cmp(&rank(b)),
        }
    }
}

impl Key<'static> {
    fn view(&self) -> Key<'_> {
        match self {
            Self::Text(text) => Key::Text(Text::Borrowed(text.as_str())),
            other => other.clone(),
        }
    }
}

impl<'a> Text<'a> {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
        }
    }

    fn into_shared(self) -> Arc<str> {
        match self {
            Self::Borrowed(text) => Arc::from(text),
            Self::Shared(text) => text,
        }
    }
}

impl Bytes<'_> {
    pub(super) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }
}

impl<'a> List<'a> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Document(document) => match document.0.kind() {
                Kind::List(list) => list.len(),
                _ => 0,
            },
            Self::Owned(held) => held.elements.len(),
            Self::Built(held) => held.elements.len(),
        }
    }

    /// The element, which may itself be unknown; `None` when the list is shorter.
    pub(super) fn get(&self, index: usize) -> Option<Eval<'a>> {
        match self {
            Self::Document(document) => document.0.index(index).map(Datum::read),
            Self::Owned(held) => held.elements.get(index).map(|element| element.view()),
            Self::Built(held) => held.elements.get(index).cloned().map(Ok),
        }
    }

    pub(super) fn marks(&self) -> Marks {
        match self {
            Self::Document(document) => Marks::of(document.0),
            Self::Owned(held) => held.marks,
            Self::Built(held) => held.marks,
        }
    }
}

impl<'a> Map<'a> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Document(document) => match document.0.kind() {
                Kind::Map(map) => map.len(),
                _ => 0,
            },
            Self::Owned(held) => held.elements.len(),
            Self::Built(held) => held.elements.len(),
        }
    }

    /// The value of a key, which may itself be unknown; `None` when there is no such key.
    pub(super) fn get(&self, key: &Key<'_>) -> Option<Eval<'a>> {
        match self {
            Self::Document(document) => match key {
                Key::Text(text) => document.0.get(text.as_str()).map(Datum::read),
                _ => None,
            },
            Self::Owned(held) => {
                let at = held.elements.binary_search_by(|(other, _)| other.order(key)).ok()?;
                held.elements.get(at).map(|(_, value)| value.view())
            }
            Self::Built(held) => {
                let at = held.elements.binary_search_by(|(other, _)| other.order(key)).ok()?;
                held.elements.get(at).map(|(_, value)| Ok(value.clone()))
            }
        }
    }

    /// What the value of a text key cannot be seen of; `None` when there is no such key.
    pub(super) fn marks_of(&self, field: &str) -> Option<Marks> {
        match self {
            Self::Document(document) => document.0.get(field).map(Marks::of),
            _ => Some(match self.get(&Key::Text(Text::Borrowed(field)))? {
                Ok(value) => value.marks(),
                Err(_) => Marks { unknown: true, sensitive: false },
            }),
        }
    }

    /// The entries, in the order of their keys.
    pub(super) fn entries(&self) -> Entries<'a> {
        match self {
            Self::Document(document) => Entries::Document(document.0, 0),
            Self::Owned(held) => Entries::Owned(held.elements.iter()),
            Self::Built(held) => Entries::Built(Arc::clone(held), 0),
        }
    }

    pub(super) fn marks(&self) -> Marks {
        match self {
            Self::Document(document) => Marks::of(document.0),
            Self::Owned(held) => held.marks,
            Self::Built(held) => held.marks,
        }
    }
}

/// The entries of a map.
pub(super) enum Entries<'a> {
    Document(Ref<'a>, usize),
    Owned(std::slice::Iter<'a, (Key<'static>, Owned)>),
    Built(Arc<Held<Vec<(Key<'a>, Datum<'a>)>>>, usize),
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Key<'a>, Eval<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Document(map, next) => {
                let (key, value) = map.entry(*next)?;
                *next = next.saturating_add(1);
                Some((Key::Text(Text::Borrowed(key)), Datum::read(value)))
            }
            Self::Owned(entries) => entries.next().map(|(key, value)| (key.view(), value.view())),
            Self::Built(held, next) => {
                let (key, value) = held.elements.get(*next)?;
                *next = next.saturating_add(1);
                Some((key.clone(), Ok(value.clone())))
            }
        }
    }
}

impl<'a> Datum<'a> {
    /// What a value of a document is.
    pub(super) fn read(value: Ref<'a>) -> Eval<'a> {
        Ok(match value.kind() {
            Kind::Null => Self::Null,
            Kind::Bool(value) => Self::Bool(value),
            Kind::Int(value) => Self::Int(value),
            Kind::Uint(value) => Self::Uint(value),
            Kind::Double(value, _) => Self::Double(value),
            Kind::Text(text) => Self::Text(Text::Borrowed(text)),
            Kind::List(_) => Self::List(List::Document(Document(value))),
            Kind::Map(_) => Self::Map(Map::Document(Document(value))),
            Kind::Unknown => return Err(Stop::Unknown { sensitive: false }),
            // No apply makes a number known that no double holds.
            Kind::Number(_) | Kind::Sensitive => return Err(Stop::Unknown { sensitive: true }),
        })
    }

    pub(super) fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(Text::Shared(text.into()))
    }

    pub(super) fn some(value: Self) -> Self {
        Self::Optional(Some(Arc::new(value)))
    }

    pub(super) fn marks(&self) -> Marks {
        match self {
            Self::List(list) => list.marks(),
            Self::Map(map) => map.marks(),
            Self::Optional(Some(value)) => value.marks(),
            _ => Marks::default(),
        }
    }

    /// How deep what evaluations made nests in here.
    pub(super) fn depth(&self) -> u16 {
        match self {
            Self::List(List::Owned(held)) => held.depth,
            Self::List(List::Built(held)) => held.depth,
            Self::Map(Map::Owned(held)) => held.depth,
            Self::Map(Map::Built(held)) => held.depth,
            Self::Optional(Some(value)) => value.depth().saturating_add(1),
            _ => 0,
        }
    }

    /// The name of the type, as `type()` gives it.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null_type",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Uint(_) => "uint",
            Self::Double(_) => "double",
            Self::Text(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::Timestamp(_) => "google.protobuf.Timestamp",
            Self::Duration(_) => "google.protobuf.Duration",
            Self::Type(_) => "type",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Optional(_) => "optional_type",
            Self::Object(object) => object.type_name(),
        }
    }

    /// What outlives the evaluation. Calls `allocate` with the bytes of what is not shared already.
    pub(super) fn keep(
        &self,
        allocate: &mut impl FnMut(usize) -> Result<(), Stop>,
    ) -> Result<Owned, Stop> {
        Ok(match self {
            Self::Null => Owned::Null,
            Self::Bool(value) => Owned::Bool(*value),
            Self::Int(value) => Owned::Int(*value),
            Self::Uint(value) => Owned::Uint(*value),
            Self::Double(value) => Owned::Double(*value),
            Self::Text(text) => {
                allocate(text.as_str().len())?;
                Owned::Text(text.clone().into_shared())
            }
            Self::Bytes(bytes) => {
                allocate(bytes.as_slice().len())?;
                Owned::Bytes(match bytes {
                    Bytes::Borrowed(bytes) => Arc::from(*bytes),
                    Bytes::Shared(bytes) => Arc::clone(bytes),
                })
            }
            Self::Timestamp(value) => Owned::Timestamp(*value),
            Self::Duration(value) => Owned::Duration(*value),
            Self::Type(name) => Owned::Type(name),
            Self::Object(object) => {
                allocate(meter::VALUE)?;
                Owned::Object(Arc::clone(object))
            }
            Self::List(List::Document(document)) | Self::Map(Map::Document(document)) => {
                Owned::Document(document.0.to_value())
            }
            Self::List(List::Owned(held)) => Owned::List(Arc::clone(held)),
            Self::Map(Map::Owned(held)) => Owned::Map(Arc::clone(held)),
            Self::List(List::Built(held)) => {
                allocate(held.elements.len().saturating_mul(meter::VALUE))?;
                let elements = held
                    .elements
                    .iter()
                    .map(|element| element.keep(allocate))
                    .collect::<Result<_, _>>()?;
                Owned::List(Arc::new(Held { elements, marks: held.marks, depth: held.depth }))
            }
            Self::Map(Map::Built(held)) => {
                allocate(held.elements.len().saturating_mul(meter::ENTRY))?;
                let mut elements = Vec::with_capacity(held.elements.len());
                for (key, value) in &held.elements {
                    let key = match key {
                        Key::Text(text) => {
                            allocate(text.as_str().len())?;
                            Key::Text(Text::Shared(text.clone().into_shared()))
                        }
                        Key::Bool(value) => Key::Bool(*value),
                        Key::Number { value, unsigned } => {
                            Key::Number { value: *value, unsigned: *unsigned }
                        }
                    };
                    elements.push((key, value.keep(allocate)?));
                }
                Owned::Map(Arc::new(Held { elements, marks: held.marks, depth: held.depth }))
            }
            Self::Optional(value) => {
                allocate(meter::VALUE)?;
                Owned::Optional(match value {
                    Some(value) => Some(Arc::new(value.keep(allocate)?)),
                    None => None,
                })
            }
        })
    }
}

/// A value that outlives the evaluation which made it, or a constant of a program.
#[derive(Clone)]
pub(super) enum Owned {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(Arc<str>),
    Bytes(Arc<[u8]>),
    Timestamp(SignedDuration),
    Duration(SignedDuration),
    Type(&'static str),
    /// A list or map of a document, or a document that was set as it is.
    Document(Value),
    List(Arc<Held<Vec<Owned>>>),
    Map(Arc<Held<Vec<(Key<'static>, Owned)>>>),
    Optional(Option<Arc<Owned>>),
    Object(Arc<Object>),
}

impl std::fmt::Debug for Owned {
    /// Names the kind only: results may hold values of documents, which are not for logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.view() {
            Ok(datum) => datum.type_name(),
            Err(_) => "unknown",
        })
    }
}

impl Owned {
    /// The value for an evaluation; a document may be unknown.
    pub(super) fn view(&self) -> Eval<'_> {
        Ok(match self {
            Self::Null => Datum::Null,
            Self::Bool(value) => Datum::Bool(*value),
            Self::Int(value) => Datum::Int(*value),
            Self::Uint(value) => Datum::Uint(*value),
            Self::Double(value) => Datum::Double(*value),
            Self::Text(text) => Datum::Text(Text::Borrowed(text)),
            Self::Bytes(bytes) => Datum::Bytes(Bytes::Borrowed(bytes)),
            Self::Timestamp(value) => Datum::Timestamp(*value),
            Self::Duration(value) => Datum::Duration(*value),
            Self::Type(name) => Datum::Type(name),
            Self::Document(value) => return Datum::read(value.as_ref()),
            Self::List(held) => Datum::List(List::Owned(held)),
            Self::Map(held) => Datum::Map(Map::Owned(held)),
            Self::Object(object) => Datum::Object(Arc::clone(object)),
            Self::Optional(None) => Datum::Optional(None),
            Self::Optional(Some(value)) => Datum::some(value.view()?),
        })
    }
}
