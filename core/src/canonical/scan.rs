//! A strict, schema-free scanner of deterministic CBOR: iterative, and never ahead of its input.

use super::{compare_keys, refused};
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
    /// Elements or entries to come.
    left: u64,
    /// In a map: whether a key is next, and the key before it.
    keys: Option<Keys<'a>>,
}

#[derive(Clone, Copy)]
struct Keys<'a> {
    key_is_next: bool,
    last: Option<&'a str>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0, open: Vec::new(), done: false }
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
    pub(super) fn next(&mut self) -> Result<Option<Item<'a>>> {
        let Some(open) = self.open.last_mut() else {
            return match (self.done, self.offset == self.bytes.len()) {
                (false, _) => self.value().map(Some),
                (true, true) => Ok(None),
                (true, false) => Err(refused("there are bytes after the item")),
            };
        };
        if let Some(keys) = open.keys
            && keys.key_is_next
            && open.left > 0
        {
            return self.key(keys.last).map(Item::Key).map(Some);
        }
        match open.left.checked_sub(1) {
            Some(left) => {
                open.left = left;
                if let Some(keys) = &mut open.keys {
                    keys.key_is_next = true;
                }
                self.value().map(Some)
            }
            None => {
                self.open.pop();
                self.done = self.open.is_empty();
                Ok(Some(Item::End))
            }
        }
    }

    fn key(&mut self, last: Option<&str>) -> Result<&'a str> {
        let (3, argument) = self.head()? else {
            return Err(refused("a map has a key that is not text"));
        };
        let key = self.text(argument)?;
        if let Some(last) = last {
            match compare_keys(last, key) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => return Err(refused("a map has the same key twice")),
                std::cmp::Ordering::Greater => {
                    return Err(refused("the keys of a map are not in order"));
                }
            }
        }
        if let Some(open) = self.open.last_mut() {
            open.keys = Some(Keys { key_is_next: false, last: Some(key) });
        }
        Ok(key)
    }

    fn value(&mut self) -> Result<Item<'a>> {
        let (major, argument) = self.head()?;
        let item = match major {
            0 => Item::Uint(argument),
            1 => match i64::try_from(argument) {
                Ok(argument) => Item::Negative(!argument),
                Err(_) => return Err(refused("an integer does not fit 64 bits")),
            },
            2 => Item::Bytes(self.take(argument)?),
            3 => Item::Text(self.text(argument)?),
            4 => {
                self.begin(argument, None)?;
                Item::List(argument)
            }
            5 => {
                self.begin(argument, Some(Keys { key_is_next: true, last: None }))?;
                Item::Map(argument)
            }
            6 => return Err(refused("tags are not allowed")),
            _ => match argument {
                20 => Item::Bool(false),
                21 => Item::Bool(true),
                22 => Item::Null,
                _ => {
                    return Err(refused("of simple values, only false, true and null are allowed"));
                }
            },
        };
        self.done = self.open.is_empty();
        Ok(item)
    }

    fn begin(&mut self, left: u64, keys: Option<Keys<'a>>) -> Result<()> {
        if self.open.len() >= limits::DEPTH {
            return Err(too_deep());
        }
        self.open.push(Open { left, keys });
        Ok(())
    }

    /// The major type and argument of a head, which must be the shortest (RFC 8949 §4.2.1).
    fn head(&mut self) -> Result<(u8, u64)> {
        let [first] = self.take_array()?;
        let (major, info) = (first >> 5, first & 0x1f);
        if major == 7 && info > 23 {
            return Err(refused(match info {
                24 => "of simple values, only false, true and null are allowed",
                25..=27 => "floating-point numbers are not allowed",
                _ => "a break stands where an item should",
            }));
        }
        let (argument, least) = match info {
            0..=23 => (u64::from(info), 0),
            24 => (u64::from(u8::from_be_bytes(self.take_array()?)), 24),
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

    fn text(&mut self, length: u64) -> Result<&'a str> {
        std::str::from_utf8(self.take(length)?).map_err(|_| refused("text is not valid UTF-8"))
    }

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
