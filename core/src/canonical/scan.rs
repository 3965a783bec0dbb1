//! A strict, schema-free scanner of deterministic CBOR: iterative, and never ahead of its input.

use super::{compare_keys, major, refused, simple};
use crate::{error::Result, limits, value::too_deep};

/// What stands in the bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Item<'a> {
    Null,
    Bool(bool),
    Uint(u64),
    /// An integer below zero.
    Negative(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    /// A key of the innermost map; its value follows.
    Key(&'a str),
    /// A list with so many elements, up to [`Item::End`].
    List(u64),
    /// A map with so many entries, up to [`Item::End`].
    Map(u64),
    /// The end of the innermost list or map; no byte stands for it.
    End,
}

/// Reads one item after another, and refuses the first that is not deterministic.
pub(super) struct Scanner<'a> {
    bytes: &'a [u8],
    offset: usize,
    open: Vec<Open<'a>>,
    /// The one item at the top is complete.
    done: bool,
}

/// A list or map that has not ended.
struct Open<'a> {
    /// Elements to come; a map's entry counts as two.
    left: u64,
    is_map: bool,
    /// In a map: the key before; the first one follows any.
    last: Option<&'a str>,
}

/// As deep as most documents nest.
const USUAL_DEPTH: usize = 8;

impl<'a> Scanner<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0, open: Vec::with_capacity(USUAL_DEPTH), done: false }
    }

    /// How many bytes have been read.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// How many lists and maps have begun and not ended.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The next item; `None` at the exact end.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<Item<'a>>> {
        let Some(open) = self.open.last_mut() else {
            return match (self.done, self.offset == self.bytes.len()) {
                (false, _) => self.value().map(Some),
                (true, true) => Ok(None),
                (true, false) => Err(refused("there are bytes after the item")),
            };
        };
        let Some(left) = open.left.checked_sub(1) else {
            self.open.pop();
            self.done = self.open.is_empty();
            return Ok(Some(Item::End));
        };
        open.left = left;
        // After a key, an odd number is left.
        if open.is_map && left % 2 == 1 { self.key() } else { self.value() }.map(Some)
    }

    #[inline]
    fn key(&mut self) -> Result<Item<'a>> {
        let (major::TEXT, argument) = self.head()? else {
            return Err(refused("a map has a key that is not text"));
        };
        let key = self.text(argument)?;
        let Some(open) = self.open.last_mut() else { return Ok(Item::Key(key)) };
        if let Some(last) = open.last {
            match compare_keys(last, key) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => return Err(refused("a map has the same key twice")),
                std::cmp::Ordering::Greater => {
                    return Err(refused("the keys of a map are not in order"));
                }
            }
        }
        open.last = Some(key);
        Ok(Item::Key(key))
    }

    #[inline]
    fn value(&mut self) -> Result<Item<'a>> {
        let (major, argument) = self.head()?;
        let item = match major {
            major::UINT => Item::Uint(argument),
            major::NEGATIVE => match i64::try_from(argument) {
                Ok(argument) => Item::Negative(!argument),
                Err(_) => return Err(refused("an integer does not fit 64 bits")),
            },
            major::BYTES => Item::Bytes(self.take(argument)?),
            major::TEXT => Item::Text(self.text(argument)?),
            major::LIST => {
                self.begin(argument, false)?;
                Item::List(argument)
            }
            major::MAP => {
                self.begin(argument, true)?;
                Item::Map(argument)
            }
            major::TAG => return Err(refused("tags are not allowed")),
            _ => match argument {
                simple::FALSE => Item::Bool(false),
                simple::TRUE => Item::Bool(true),
                simple::NULL => Item::Null,
                _ => {
                    return Err(refused("of simple values, only false, true and null are allowed"));
                }
            },
        };
        self.done = self.open.is_empty();
        Ok(item)
    }

    fn begin(&mut self, count: u64, is_map: bool) -> Result<()> {
        if self.open.len() >= limits::DEPTH {
            return Err(too_deep());
        }
        let left = if is_map { count.checked_mul(2) } else { Some(count) };
        let left = left.ok_or_else(|| refused("the bytes end too soon"))?;
        self.open.push(Open { left, is_map, last: None });
        Ok(())
    }

    /// The major type and argument of a head, which must be the shortest (RFC 8949 §4.2.1).
    #[inline]
    fn head(&mut self) -> Result<(u8, u64)> {
        let first =
            *self.bytes.get(self.offset).ok_or_else(|| refused("the bytes end too soon"))?;
        self.offset = self.offset.saturating_add(1);
        let (major, info) = (first >> 5, first & 0x1f);
        if info < 24 {
            return Ok((major, u64::from(info)));
        }
        self.long_head(major, info)
    }

    fn long_head(&mut self, major: u8, info: u8) -> Result<(u8, u64)> {
        if major == major::SIMPLE {
            return Err(refused(match info {
                24 => "of simple values, only false, true and null are allowed",
                25..=27 => "floating-point numbers are not allowed",
                _ => "a break stands where an item should",
            }));
        }
        let (argument, least) = match info {
            ..=24 => (u64::from(u8::from_be_bytes(self.take_array()?)), 24),
            25 => (u64::from(u16::from_be_bytes(self.take_array()?)), 1 << 8),
            26 => (u64::from(u32::from_be_bytes(self.take_array()?)), 1 << 16),
            27 => (u64::from_be_bytes(self.take_array()?), 1 << 32),
            28..=30 => return Err(refused("a head is reserved")),
            _ => return Err(refused("indefinite lengths are not allowed")),
        };
        if argument < least {
            return Err(refused("a head is longer than it need be"));
        }
        Ok((major, argument))
    }

    #[inline]
    fn text(&mut self, length: u64) -> Result<&'a str> {
        std::str::from_utf8(self.take(length)?).map_err(|_| refused("text is not valid UTF-8"))
    }

    #[inline]
    fn take(&mut self, length: u64) -> Result<&'a [u8]> {
        let taken = usize::try_from(length)
            .ok()
            .and_then(|length| self.bytes.get(self.offset..)?.get(..length))
            .ok_or_else(|| refused("the bytes end too soon"))?;
        self.offset = self.offset.saturating_add(taken.len());
        Ok(taken)
    }

    fn take_array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let taken = self.take(N as u64)?;
        taken.first_chunk().copied().ok_or_else(|| refused("the bytes end too soon"))
    }
}
