//! Plain data into deterministic CBOR, through serde, in one pass: a map is put in order when it ends.

use serde::Serialize;

use super::{Head, major, refused, simple};
use crate::{
    error::{Code, Error, Result},
    limits,
    value::{Sink, too_deep, write},
};

/// As much as most requests and facts need.
const USUAL_BYTES: usize = 1024;
/// More entries than are open at a time in most of them.
const USUAL_ENTRIES: usize = 32;
/// As deep as most of them nest.
const USUAL_DEPTH: usize = 8;

pub(super) fn encode<T: Serialize + ?Sized>(data: &T) -> Result<Vec<u8>> {
    let mut encoder = Encoder {
        bytes: Vec::with_capacity(USUAL_BYTES),
        open: Vec::with_capacity(USUAL_DEPTH),
        entries: Vec::with_capacity(USUAL_ENTRIES),
        unordered: Vec::new(),
    };
    write(data, &mut encoder)?;
    Ok(encoder.bytes)
}

struct Encoder {
    bytes: Vec<u8>,
    /// The lists and maps that have not ended.
    open: Vec<Open>,
    /// The entries of the open maps, those of the innermost last.
    entries: Vec<Entry>,
    /// A map's entries while they are put in order.
    unordered: Vec<u8>,
}

/// A list or map that has not ended, and where the first byte of its head is kept free.
enum Open {
    List { start: usize, count: usize },
    Map { start: usize, first_entry: usize },
}

/// Where the parts of a map's entry lie.
#[derive(Clone, Copy)]
struct Entry {
    key: usize,
    value: usize,
    end: usize,
}

impl Entry {
    fn key<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        bytes.get(self.key..self.value).unwrap_or_default()
    }
}

impl Encoder {
    fn head(&mut self, head: &Head) {
        self.bytes.extend_from_slice(head.as_bytes());
    }

    fn scalar(&mut self, head: &Head) {
        self.head(head);
        self.ended();
    }

    fn run(&mut self, major: u8, bytes: &[u8]) {
        self.head(&Head::of_length(major, bytes.len()));
        self.bytes.extend_from_slice(bytes);
    }

    /// A value has ended here.
    fn ended(&mut self) {
        match self.open.last_mut() {
            Some(Open::List { count, .. }) => *count = count.saturating_add(1),
            Some(Open::Map { .. }) => {
                if let Some(entry) = self.entries.last_mut() {
                    entry.end = self.bytes.len();
                }
            }
            None => {}
        }
    }

    fn begin(&mut self, open: Open) -> Result<()> {
        if self.open.len() >= limits::DEPTH {
            return Err(too_deep());
        }
        self.open.push(open);
        self.bytes.push(0);
        Ok(())
    }

    /// Puts the head of a list or map before its content, now that its length is known. Only where there are more than
    /// 23 elements or entries is the head longer than the byte that is free, and the content moved.
    fn close(&mut self, start: usize, head: &Head) {
        if let (Some((first, rest)), Some(free)) =
            (head.as_bytes().split_first(), self.bytes.get_mut(start))
        {
            *free = *first;
            self.bytes.extend_from_slice(rest);
            let content = self.bytes.get_mut(start.saturating_add(1)..).unwrap_or_default();
            content.rotate_right(rest.len());
        }
        self.ended();
    }

    /// Puts the entries of a map, of which the first begins at `start`, in order. The length is in the head of a key, so
    /// that encoded keys are compared byte by byte (RFC 8949 §4.2.1).
    fn order(&mut self, start: usize, first_entry: usize) -> Result<()> {
        let Self { bytes, entries, unordered, .. } = self;
        let map = entries.get_mut(first_entry..).unwrap_or_default();
        if map.is_sorted_by(|a, b| a.key(bytes) < b.key(bytes)) {
            return Ok(());
        }
        map.sort_unstable_by(|a, b| a.key(bytes).cmp(b.key(bytes)));
        if map.windows(2).any(|pair| matches!(pair, [a, b] if a.key(bytes) == b.key(bytes))) {
            return Err(refused("a map has the same key twice"));
        }
        unordered.clear();
        unordered.reserve(USUAL_BYTES);
        unordered.extend_from_slice(bytes.get(start..).unwrap_or_default());
        bytes.truncate(start);
        for Entry { key, end, .. } in map {
            let entry = key.saturating_sub(start)..end.saturating_sub(start);
            bytes.extend_from_slice(unordered.get(entry).unwrap_or_default());
        }
        Ok(())
    }
}

/// The pieces stand where they may, as [`write`] sees to it: keys within maps alone, and ends where something is open.
impl Sink for Encoder {
    fn null(&mut self) -> Result<()> {
        self.scalar(&Head::new(major::SIMPLE, simple::NULL));
        Ok(())
    }

    fn bool(&mut self, value: bool) -> Result<()> {
        let value = if value { simple::TRUE } else { simple::FALSE };
        self.scalar(&Head::new(major::SIMPLE, value));
        Ok(())
    }

    fn int(&mut self, value: i64) -> Result<()> {
        self.scalar(&Head::of_integer(value));
        Ok(())
    }

    fn uint(&mut self, value: u64) -> Result<()> {
        self.scalar(&Head::new(major::UINT, value));
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<()> {
        self.run(major::TEXT, text.as_bytes());
        self.ended();
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8], _: bool) -> Result<()> {
        self.run(major::BYTES, bytes);
        self.ended();
        Ok(())
    }

    fn begin_list(&mut self) -> Result<()> {
        self.begin(Open::List { start: self.bytes.len(), count: 0 })
    }

    fn end_list(&mut self) -> Result<()> {
        match self.open.pop() {
            Some(Open::List { start, count }) => {
                self.close(start, &Head::of_length(major::LIST, count));
                Ok(())
            }
            _ => Err(out_of_order()),
        }
    }

    fn begin_map(&mut self) -> Result<()> {
        self.begin(Open::Map { start: self.bytes.len(), first_entry: self.entries.len() })
    }

    fn key(&mut self, key: &str) -> Result<()> {
        let at = self.bytes.len();
        self.run(major::TEXT, key.as_bytes());
        let value = self.bytes.len();
        self.entries.push(Entry { key: at, value, end: value });
        Ok(())
    }

    fn end_map(&mut self) -> Result<()> {
        let Some(Open::Map { start, first_entry }) = self.open.pop() else {
            return Err(out_of_order());
        };
        self.order(start.saturating_add(1), first_entry)?;
        let count = self.entries.len().saturating_sub(first_entry);
        self.entries.truncate(first_entry);
        self.close(start, &Head::of_length(major::MAP, count));
        Ok(())
    }

    fn refused(&self, message: &str) -> Error {
        refused(message)
    }

    /// What a type says of its data may quote it.
    fn said(&self, _: &str) -> Error {
        refused("the data cannot be encoded")
    }

    fn float(&self) -> Error {
        Error::new(
            Code::CanonicalFloat,
            "floating-point numbers have no deterministic encoding here",
        )
        .with_help("use an integer, or text")
    }
}

fn out_of_order() -> Error {
    Error::internal("the pieces of a map or list are out of order")
}
