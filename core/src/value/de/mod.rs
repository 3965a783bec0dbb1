//! Documents into plain data, through serde.

mod fault;
mod forward;
mod whole;

pub(crate) use fault::Fault;
pub(crate) use forward::forward;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::{Children, Kind, Ref};
use crate::error::Result;

pub(super) fn deserialize<T: DeserializeOwned>(value: Ref<'_>) -> Result<T> {
    T::deserialize(Source(value)).map_err(Fault::into_error)
}

/// The value that is to become plain data.
#[derive(Clone, Copy)]
struct Source<'de>(Ref<'de>);

// Every type that is read has copies of the methods below, which is why what is seldom done stands apart.
impl<'de> Source<'de> {
    #[cold]
    #[inline(never)]
    fn expected(self, expected: &str) -> Fault {
        Fault::mismatch(expected, self.0.describe()).at(self.0.position())
    }

    #[cold]
    #[inline(never)]
    fn place(self, fault: Fault) -> Fault {
        fault.at(self.0.position())
    }

    #[cold]
    #[inline(never)]
    fn too_long(self, expected: usize) -> Fault {
        self.place(Fault::mismatch(&format!("a list of {expected}"), "a longer one"))
    }

    fn null<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.kind() {
            Kind::Null => visitor.visit_unit(),
            _ => Err(self.expected("null")),
        }
        .map_err(|fault| self.place(fault))
    }

    fn bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.kind() {
            Kind::Bool(bool) => visitor.visit_bool(bool),
            _ => Err(self.expected("true or false")),
        }
        .map_err(|fault| self.place(fault))
    }

    fn whole_number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.kind() {
            Kind::Int(int) => visitor.visit_i64(int),
            Kind::Uint(uint) => visitor.visit_u64(uint),
            _ => Err(self.expected("a whole number")),
        }
        .map_err(|fault| self.place(fault))
    }

    fn number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.kind() {
            Kind::Int(int) => visitor.visit_i64(int),
            Kind::Uint(uint) => visitor.visit_u64(uint),
            Kind::Double(double, _) => visitor.visit_f64(double),
            _ => Err(self.expected("a number")),
        }
        .map_err(|fault| self.place(fault))
    }

    fn text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.kind() {
            Kind::Text(text) => visitor.visit_borrowed_str(text),
            _ => Err(self.expected("text")),
        }
        .map_err(|fault| self.place(fault))
    }

    fn list<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Kind::List(list) = self.0.kind() else { return Err(self.expected("a list")) };
        let mut elements = Elements { list: list.0, next: 0 };
        let built = visitor.visit_seq(&mut elements).map_err(|fault| self.place(fault))?;
        if elements.next < list.len() {
            return Err(self.too_long(elements.next));
        }
        Ok(built)
    }

    fn map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Kind::Map(map) = self.0.kind() else { return Err(self.expected("a map")) };
        visitor.visit_map(Entries { map: map.0, next: 0 }).map_err(|fault| self.place(fault))
    }
}

impl<'de> Deserializer<'de> for Source<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.kind() {
            Kind::Null => visitor.visit_unit(),
            Kind::Bool(bool) => visitor.visit_bool(bool),
            Kind::Int(int) => visitor.visit_i64(int),
            Kind::Uint(uint) => visitor.visit_u64(uint),
            Kind::Double(double, _) => visitor.visit_f64(double),
            Kind::Text(text) => visitor.visit_borrowed_str(text),
            Kind::List(_) => return self.list(visitor),
            Kind::Map(_) => return self.map(visitor),
            Kind::Number(_) => Err(self.expected("a number in the range of doubles")),
            Kind::Unknown | Kind::Sensitive => Err(self.expected("a known value")),
        }
        .map_err(|fault| self.place(fault))
    }

    forward! { number: deserialize_f32 deserialize_f64; }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.kind() {
            Kind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
        .map_err(|fault| self.place(fault))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name == whole::NAME {
            return whole::hand_over(self.0, visitor);
        }
        visitor.visit_newtype_struct(self).map_err(|fault| self.place(fault))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let variant = match self.0.kind() {
            Kind::Text(name) => Variant { name, place: self.0, content: None },
            Kind::Map(map) if map.len() == 1 => {
                let Some((name, content)) = map.iter().next() else {
                    return Err(self.expected("a map with one key"));
                };
                Variant { name, place: self.0, content: Some(content) }
            }
            Kind::Map(_) => {
                return Err(
                    Fault::mismatch("a map with one key", "another map").at(self.0.position())
                );
            }
            _ => return Err(self.expected("text, or a map with one key")),
        };
        visitor.visit_enum(variant).map_err(|fault| self.place(fault))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! { i128 u128 bytes byte_buf }
}

/// What is left of a list.
struct Elements<'de> {
    list: Children<'de>,
    next: usize,
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some(element) = self.list.get(self.next) else { return Ok(None) };
        let index = self.next;
        self.next = index.saturating_add(1);
        seed.deserialize(Source(element)).map(Some).map_err(|fault| fault.under_index(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some((self.list.span.len as usize).saturating_sub(self.next))
    }
}

/// What is left of a map.
struct Entries<'de> {
    map: Children<'de>,
    next: usize,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some(entry) = self.map.get(self.next) else { return Ok(None) };
        let fault = |fault: Fault| fault.at(entry.key_position()).under(entry.key());
        seed.deserialize(Key(entry.key())).map(Some).map_err(fault)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let Some(entry) = self.map.get(self.next) else {
            return Err(de::Error::custom("a map has no more entries"));
        };
        self.next = self.next.saturating_add(1);
        seed.deserialize(Source(entry)).map_err(|fault| fault.under(entry.key()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some((self.map.span.len as usize).saturating_sub(self.next))
    }
}

/// A key, or the name of a variant.
pub(crate) struct Key<'de>(pub(crate) &'de str);

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_borrowed_str(self.0)
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
        visitor.visit_enum(de::value::BorrowedStrDeserializer::new(self.0))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// A variant of an enum: text alone, or the only key of a map with what it holds.
struct Variant<'de> {
    name: &'de str,
    place: Ref<'de>,
    content: Option<Ref<'de>>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        match seed.deserialize(Key(self.name)) {
            Ok(variant) => Ok((variant, self)),
            Err(fault) => Err(fault.at(self.place.position())),
        }
    }
}

impl<'de> Variant<'de> {
    fn with_content<T>(
        self,
        read: impl FnOnce(Source<'de>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        match self.content {
            Some(content) => read(Source(content)).map_err(|fault| fault.under(self.name)),
            // The name is one of ours, or it would not have come this far.
            None => Err(Fault::mismatch("a map with one key", "text").with_help(format!(
                "write {{ {}: {{ … }} }}, and {{}} where there is no more to say",
                self.name
            ))),
        }
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.content {
            None => Ok(()),
            Some(_) => Err(Fault::mismatch("text", "a map")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        self.with_content(|source| seed.deserialize(source))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.with_content(|source| source.list(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.with_content(|source| source.map(visitor))
    }
}
