//! Keys that are looked up again and again.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::{
    Ref,
    arena::{Arena, Span, Tag},
};

/// A key that remembers where it stood in the map in which it was found last: documents hold many
/// maps of the same shape. What is found never depends on that, only how soon. One that is looked up in
/// maps of ever other shapes ceases to remember, so that threads do not wait for each other's memory.
#[derive(Debug)]
pub(crate) struct Name {
    text: Box<str>,
    prefix: u64,
    /// The place, and above it how often that changed.
    place: AtomicU32,
}

const PLACE_BITS: u32 = 24;
const MOST_CHANGES: u32 = u32::MAX >> PLACE_BITS;

impl Name {
    pub(crate) fn new(text: &str) -> Self {
        let prefix = prefix(text.as_bytes(), 0, text.len());
        Self { text: text.into(), prefix, place: AtomicU32::new(0) }
    }

    /// The value under this key; `None` when that is no map or has no such key.
    pub(crate) fn find<'a>(&self, map: Ref<'a>) -> Option<Ref<'a>> {
        let node = map.node();
        if node.tag != Tag::Map {
            return None;
        }
        let Span { start, len } = node.children();
        let arena = map.arena.as_ref();
        let remembered = self.place.load(Relaxed);
        let place = remembered & !(u32::MAX << PLACE_BITS);
        if place < len {
            let near = start.saturating_add(place);
            if self.is_key_of(arena, near) {
                return Some(Ref { arena: map.arena, node: near });
            }
        }
        let (mut low, mut high) = (start, start.saturating_add(len));
        while low < high {
            let middle = low.midpoint(high);
            match self.order(arena, middle) {
                std::cmp::Ordering::Less => low = middle.saturating_add(1),
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => {
                    let (place, changes) = (middle.saturating_sub(start), remembered >> PLACE_BITS);
                    if changes < MOST_CHANGES && place < 1 << PLACE_BITS {
                        self.place.store(changes.wrapping_add(1) << PLACE_BITS | place, Relaxed);
                    }
                    return Some(Ref { arena: map.arena, node: middle });
                }
            }
        }
        None
    }

    /// Whether an entry has this key.
    fn is_key_of(&self, arena: &Arena, entry: u32) -> bool {
        let span = key(arena, entry);
        let (start, len) = (span.start as usize, span.len as usize);
        len == self.text.len()
            && prefix(arena.text.as_bytes(), start, len) == self.prefix
            && (len <= PREFIX || arena.text(span) == &*self.text)
    }

    /// How the key of an entry compares with this one.
    fn order(&self, arena: &Arena, entry: u32) -> std::cmp::Ordering {
        let span = key(arena, entry);
        let (start, len) = (span.start as usize, span.len as usize);
        prefix(arena.text.as_bytes(), start, len).cmp(&self.prefix).then_with(|| {
            if len.max(self.text.len()) <= PREFIX {
                len.cmp(&self.text.len())
            } else {
                arena.text(span).cmp(&self.text)
            }
        })
    }
}

impl std::ops::Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

fn key(arena: &Arena, entry: u32) -> Span {
    arena.keys.get(arena.node(entry).key as usize).copied().unwrap_or(Span::EMPTY)
}

const PREFIX: usize = 8;

/// The first bytes of a part of the text, padded with zeros, as a number that orders as they do.
fn prefix(text: &[u8], start: usize, len: usize) -> u64 {
    let following = text.get(start..).unwrap_or_default();
    match following.first_chunk::<PREFIX>() {
        Some(chunk) if len >= PREFIX => u64::from_be_bytes(*chunk),
        // What follows the part is shifted out.
        Some(chunk) => u64::from_be_bytes(*chunk) & !(u64::MAX.unbounded_shr(8 * len as u32)),
        None => {
            let mut bytes = [0; PREFIX];
            for (to, from) in bytes.iter_mut().zip(following.iter().take(len)) {
                *to = *from;
            }
            u64::from_be_bytes(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::value::Value;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn a_name_finds_what_a_key_finds_whatever_it_found_before(
            maps in proptest::collection::vec(
                proptest::collection::btree_map("[ab\0é]{0,11}", 0..9_i64, 0..8), 1..6),
            name in "[ab\0é]{0,11}",
        ) {
            let text = serde_json::to_vec(&maps).unwrap();
            let document = Value::parse_json(&text).unwrap();
            let names: Vec<Name> =
                maps.iter().flat_map(|map| map.keys()).chain([&name]).map(|it| Name::new(it)).collect();
            for map in (0..maps.len()).filter_map(|at| document.as_ref().index(at)) {
                for name in &names {
                    let found = name.find(map).map(|it| it.node);
                    prop_assert_eq!(found, map.get(name).map(|it| it.node));
                }
            }
        }
    }
}
