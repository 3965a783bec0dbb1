//! Whole documents as fields of plain data: `Value` itself through serde.

use std::{cell::RefCell, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor},
};

use super::Fault;
use crate::{
    error::Error,
    value::{Builder, Ref, Value, exact},
};

/// The name by which our deserializer knows that a whole document is wanted.
pub(super) const NAME: &str = "$poundlock::Value";

thread_local! {
    /// The document on its way from our deserializer to our visitor, which serde lets exchange nothing
    /// but plain data. It is put here just before the visitor is called, which takes it at once.
    static HANDED_OVER: RefCell<Option<Value>> = const { RefCell::new(None) };
}

/// Gives a visitor of ours the document itself, with its marks, numbers as written and places.
pub(super) fn hand_over<'a, V: Visitor<'a>>(value: Ref<'a>, visitor: V) -> Result<V::Value, Fault> {
    HANDED_OVER.set(Some(value.to_value()));
    visitor.visit_unit()
}

/// Takes any document. From [`Value::deserialize`] it is the document itself, with its marks, numbers
/// as written and places; other deserializers hand over what they can say.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(NAME, Whole)
    }
}

struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a document")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        HANDED_OVER.take().ok_or_else(|| E::custom("no document was handed over"))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        let mut builder = Builder::new();
        Pieces(&mut builder).deserialize(source)?;
        builder.finish().map_err(de::Error::custom)
    }
}

/// Builds a document of what a deserializer of another kind says.
struct Pieces<'b>(&'b mut Builder);

impl Pieces<'_> {
    fn add<E: de::Error>(
        self,
        add: impl FnOnce(&mut Builder) -> Result<(), Error>,
    ) -> Result<(), E> {
        add(self.0).map_err(|error| E::custom(error.message()))
    }
}

impl<'de> DeserializeSeed<'de> for Pieces<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Pieces<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a document")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.add(Builder::null)
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.add(Builder::null)
    }

    fn visit_some<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        self.deserialize(source)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        self.deserialize(source)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.add(|builder| builder.bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.add(|builder| builder.int(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.add(|builder| builder.uint(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        // In JSON's grammar where it is finite, and the shortest that is nearest to the same double.
        self.add(|builder| builder.number(&format!("{value:e}")))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        self.add(|builder| builder.text(value))
    }

    fn visit_bytes<E: de::Error>(self, value: &[u8]) -> Result<(), E> {
        self.add(|builder| exact::add(builder, value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        Pieces(&mut *self.0).add(Builder::begin_list)?;
        while list.next_element_seed(Pieces(&mut *self.0))?.is_some() {}
        self.add(Builder::end_list)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        Pieces(&mut *self.0).add(Builder::begin_map)?;
        while let Some(key) = map.next_key::<String>()? {
            Pieces(&mut *self.0).add(|builder| builder.key(&key))?;
            map.next_value_seed(Pieces(&mut *self.0))?;
        }
        self.add(Builder::end_map)
    }
}
