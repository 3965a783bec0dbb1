//! The arena that the values of one document share: flat vectors, so that nothing about a document
//! recurses, neither reading nor dropping it.

use super::number::Number;
use crate::error::{Code, Error, Position, Result};

/// The values, keys and texts of one document.
///
/// The children of a list or map stand next to each other, those of a map in the order of their keys.
#[derive(Default)]
pub(crate) struct Arena {
    pub(super) nodes: Vec<Node>,
    pub(super) keys: Vec<Span>,
    pub(super) doubles: Vec<(f64, Span)>,
    pub(super) text: String,
    /// Where the nodes stand in their source, if that is known.
    pub(super) places: Option<Vec<Places>>,
}

/// A part of [`Arena::text`] or of [`Arena::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) len: u32,
}

/// What a node is; `word` holds the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Tag {
    Null,
    False,
    True,
    Int,
    Uint,
    Double,
    Number,
    Text,
    List,
    Map,
    Unknown,
    Sensitive,
}

/// One value: sixteen bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// The integer, the index of the double, or the [`Span`] of the text or the children.
    pub(super) word: u64,
    /// The key under which the node stands in its map; 0 in a list.
    pub(super) key: u32,
    pub(super) tag: Tag,
    pub(super) flags: u8,
}

/// The node is or holds something unknown.
pub(super) const HAS_UNKNOWN: u8 = 1;
/// The node is or holds something sensitive or opaque.
pub(super) const HAS_SENSITIVE: u8 = 2;

/// Where a node and its key stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    pub(super) value: Position,
    pub(super) key: Position,
}

/// No place: lines and columns are counted from 1.
pub(super) const NOWHERE: Position = Position { line: 0, column: 0 };

impl Span {
    pub(super) const EMPTY: Self = Self { start: 0, len: 0 };

    pub(super) fn to_word(self) -> u64 {
        u64::from(self.start) << 32 | u64::from(self.len)
    }

    pub(super) fn from_word(word: u64) -> Self {
        Self { start: (word >> 32) as u32, len: word as u32 }
    }
}

impl Node {
    pub(super) const NULL: Self = Self { word: 0, key: 0, tag: Tag::Null, flags: 0 };

    /// The children of a list or map.
    pub(super) fn children(self) -> Span {
        match self.tag {
            Tag::List | Tag::Map => Span::from_word(self.word),
            _ => Span::EMPTY,
        }
    }
}

impl Arena {
    pub(super) fn node(&self, node: u32) -> Node {
        self.nodes.get(node as usize).copied().unwrap_or(Node::NULL)
    }

    pub(super) fn text(&self, span: Span) -> &str {
        let start = span.start as usize;
        self.text.get(start..start.saturating_add(span.len as usize)).unwrap_or_default()
    }

    pub(super) fn key(&self, key: u32) -> &str {
        self.text(self.keys.get(key as usize).copied().unwrap_or(Span::EMPTY))
    }

    pub(super) fn double(&self, word: u64) -> (f64, &str) {
        let (double, span) = usize::try_from(word)
            .ok()
            .and_then(|index| self.doubles.get(index).copied())
            .unwrap_or((0.0, Span::EMPTY));
        (double, self.text(span))
    }

    pub(super) fn places(&self, node: u32) -> Option<Places> {
        self.places.as_ref()?.get(node as usize).copied()
    }

    pub(super) fn add_text(&mut self, text: &str) -> Result<Span> {
        let span = Span { start: narrow(self.text.len())?, len: narrow(text.len())? };
        narrow(self.text.len().saturating_add(text.len()))?;
        self.text.push_str(text);
        Ok(span)
    }

    pub(super) fn add_number(&mut self, number: Number, text: &str) -> Result<(Tag, u64)> {
        Ok(match number {
            Number::Int(int) => (Tag::Int, int as u64),
            Number::Uint(uint) => (Tag::Uint, uint),
            Number::Double(double) => {
                let span = self.add_text(text)?;
                self.doubles.push((double, span));
                (Tag::Double, self.doubles.len().saturating_sub(1) as u64)
            }
            Number::Opaque => (Tag::Number, self.add_text(text)?.to_word()),
        })
    }
}

/// An offset or a count as the arena stores it.
pub(super) fn narrow(size: usize) -> Result<u32> {
    u32::try_from(size)
        .map_err(|_| Error::new(Code::LimitSize, "the document holds more than 4 GiB of text"))
}

/// Finds the number that a key has already, so that each distinct key is stored about once.
///
/// A bounded search in an open-addressed table: a key that finds no free slot nearby takes another's
/// place and may later be stored again. Whatever keys a document has, a search takes constant time.
#[derive(Default)]
pub(super) struct KeyTable {
    /// Numbers of keys, plus one; 0 where the slot is free.
    slots: Vec<u32>,
    used: usize,
}

const PROBES: usize = 8;
const FEWEST_SLOTS: usize = 1 << 5;
const MOST_SLOTS: usize = 1 << 14;

impl KeyTable {
    /// A table with room for so many keys, if they are not too many.
    pub(super) fn for_keys(keys: usize) -> Self {
        let slots = keys.saturating_mul(2).next_power_of_two().clamp(FEWEST_SLOTS, MOST_SLOTS);
        Self { slots: vec![0; slots], used: 0 }
    }

    pub(super) fn intern(&mut self, key: &str, arena: &mut Arena) -> Result<u32> {
        if self.used.saturating_mul(2) >= self.slots.len() && self.slots.len() < MOST_SLOTS {
            self.grow(arena);
        }
        let (slot, known) = self.find(key, arena);
        if let Some(known) = known {
            return Ok(known);
        }
        let span = arena.add_text(key)?;
        let number = narrow(arena.keys.len())?;
        arena.keys.push(span);
        self.put(slot, number);
        Ok(number)
    }

    /// The slot of a key and its number, or the slot where it should be put.
    fn find(&self, key: &str, arena: &Arena) -> (usize, Option<u32>) {
        let mask = self.slots.len().wrapping_sub(1);
        let first = hash(key.as_bytes()) as usize & mask;
        let mut slot = first;
        for _ in 0..PROBES {
            match self.slots.get(slot).copied().unwrap_or(0).checked_sub(1) {
                None => return (slot, None),
                Some(known) if arena.key(known) == key => return (slot, Some(known)),
                Some(_) => slot = slot.wrapping_add(1) & mask,
            }
        }
        (first, None)
    }

    fn put(&mut self, slot: usize, number: u32) {
        if let Some(place) = self.slots.get_mut(slot) {
            self.used = self.used.saturating_add(usize::from(*place == 0));
            *place = number.saturating_add(1);
        }
    }

    fn grow(&mut self, arena: &Arena) {
        let slots = self.slots.len().saturating_mul(2).max(FEWEST_SLOTS);
        let old = std::mem::replace(&mut self.slots, vec![0; slots]);
        self.used = 0;
        for number in old.into_iter().filter_map(|slot| slot.checked_sub(1)) {
            let (slot, _) = self.find(arena.key(number), arena);
            self.put(slot, number);
        }
    }
}

/// A quick mix of bytes. It need not withstand an adversary, see [`KeyTable`].
fn hash(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let (chunks, rest) = bytes.as_chunks::<8>();
    let mix = |state: u64, word: u64| (state.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let state = chunks
        .iter()
        .fold(bytes.len() as u64, |state, chunk| mix(state, u64::from_le_bytes(*chunk)));
    let tail = rest.iter().fold(0, |tail: u64, byte| tail << 8 | u64::from(*byte));
    let state = mix(state, tail);
    state ^ state >> 29
}
