//! Plain data out of deterministic CBOR, through serde, in the one pass in which the scanner checks the bytes.

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::scan::{Item, Scanner};
use crate::value::{Fault, Key, forward};

/// What bytes hold, if they are deterministic CBOR to the last byte. The fault speaks of the data's shape;
/// for bytes that are unsound it says nothing of use.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    let mut scanner = Scanner::new(bytes);
    let item = next(&mut scanner)?;
    let data = T::deserialize(Source { item, scanner: &mut scanner })?;
    match scanner.next() {
        Ok(None) => Ok(data),
        _ => Err(unsound()),
    }
}

// Every type that is decoded has a copy of what calls this; one call is smaller than the scanner.
#[inline(never)]
fn next<'de>(scanner: &mut Scanner<'de>) -> Result<Item<'de>, Fault> {
    match scanner.next() {
        Ok(Some(item)) => Ok(item),
        _ => Err(unsound()),
    }
}

#[cold]
#[inline(never)]
fn unsound() -> Fault {
    Fault::mismatch("deterministic CBOR", "something else")
}

/// The list or map has to end here.
fn end(scanner: &mut Scanner<'_>) -> Result<(), Fault> {
    match next(scanner)? {
        Item::End => Ok(()),
        _ => Err(Fault::mismatch("an end", "more")),
    }
}

/// A value whose head has been read.
struct Source<'s, 'de> {
    item: Item<'de>,
    scanner: &'s mut Scanner<'de>,
}

impl<'de> Source<'_, 'de> {
    #[cold]
    #[inline(never)]
    fn expected(&self, expected: &str) -> Fault {
        let found = match self.item {
            Item::Null => "null",
            Item::Bool(_) => "true or false",
            Item::Uint(_) | Item::Negative(_) => "a whole number",
            Item::Bytes(_) => "bytes",
            Item::Text(_) | Item::Key(_) => "text",
            Item::List(_) => "a list",
            Item::Map(_) => "a map",
            Item::End => "an end",
        };
        Fault::mismatch(expected, found)
    }

    fn null<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.item {
            Item::Null => visitor.visit_unit(),
            _ => Err(self.expected("null")),
        }
    }

    fn bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.item {
            Item::Bool(bool) => visitor.visit_bool(bool),
            _ => Err(self.expected("true or false")),
        }
    }

    fn whole_number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.item {
            Item::Uint(uint) => visitor.visit_u64(uint),
            Item::Negative(int) => visitor.visit_i64(int),
            _ => Err(self.expected("a whole number")),
        }
    }

    fn text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.item {
            Item::Text(text) => visitor.visit_borrowed_str(text),
            _ => Err(self.expected("text")),
        }
    }

    fn bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.item {
            Item::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            _ => Err(self.expected("bytes")),
        }
    }

    fn list<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Item::List(left) = self.item else { return Err(self.expected("a list")) };
        let built = visitor.visit_seq(Elements { scanner: &mut *self.scanner, left })?;
        end(self.scanner)?;
        Ok(built)
    }

    fn map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Item::Map(left) = self.item else { return Err(self.expected("a map")) };
        let built = visitor.visit_map(Elements { scanner: &mut *self.scanner, left })?;
        end(self.scanner)?;
        Ok(built)
    }

    fn skip(self) -> Result<(), Fault> {
        if matches!(self.item, Item::List(_) | Item::Map(_)) {
            let depth = self.scanner.depth();
            while self.scanner.depth() >= depth {
                next(self.scanner)?;
            }
        }
        Ok(())
    }
}

impl<'de> Deserializer<'de> for Source<'_, 'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.item {
            Item::Null => visitor.visit_unit(),
            Item::Bool(bool) => visitor.visit_bool(bool),
            Item::Uint(uint) => visitor.visit_u64(uint),
            Item::Negative(int) => visitor.visit_i64(int),
            Item::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            Item::Text(text) => visitor.visit_borrowed_str(text),
            Item::List(_) => self.list(visitor),
            Item::Map(_) => self.map(visitor),
            Item::Key(_) | Item::End => Err(self.expected("a value")),
        }
    }

    forward! {
        whole_number: deserialize_i128 deserialize_u128;
        bytes: deserialize_bytes deserialize_byte_buf;
    }

    fn deserialize_f32<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        Err(self.expected("a floating-point number"))
    }

    fn deserialize_f64<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        Err(self.expected("a floating-point number"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.item {
            Item::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.item {
            Item::Text(name) => visitor.visit_enum(Variant { name, content: None }),
            Item::Map(1) => {
                let Item::Key(name) = next(self.scanner)? else { return Err(unsound()) };
                let scanner = &mut *self.scanner;
                let built = visitor.visit_enum(Variant { name, content: Some(scanner) })?;
                end(self.scanner)?;
                Ok(built)
            }
            _ => Err(self.expected("text, or a map with one key")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.skip()?;
        visitor.visit_unit()
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

/// What is left of a list or a map, without its end.
struct Elements<'s, 'de> {
    scanner: &'s mut Scanner<'de>,
    left: u64,
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        let item = next(self.scanner)?;
        seed.deserialize(Source { item, scanner: &mut *self.scanner }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        usize::try_from(self.left).ok()
    }
}

impl<'de> MapAccess<'de> for Elements<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        let Item::Key(key) = next(self.scanner)? else { return Err(unsound()) };
        seed.deserialize(Key(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let item = next(self.scanner)?;
        seed.deserialize(Source { item, scanner: &mut *self.scanner })
    }

    fn size_hint(&self) -> Option<usize> {
        usize::try_from(self.left).ok()
    }
}

/// A variant of an enum: text alone, or the only key of a map, whose value follows.
struct Variant<'s, 'de> {
    name: &'de str,
    content: Option<&'s mut Scanner<'de>>,
}

impl<'s, 'de> Variant<'s, 'de> {
    fn content(self) -> Result<Source<'s, 'de>, Fault> {
        let Some(scanner) = self.content else {
            return Err(Fault::mismatch("a map with one key", "text"));
        };
        Ok(Source { item: next(scanner)?, scanner })
    }
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        Ok((seed.deserialize(Key(self.name))?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.content {
            None => Ok(()),
            Some(_) => Err(Fault::mismatch("text", "a map")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self.content()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.content()?.list(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.content()?.map(visitor)
    }
}
