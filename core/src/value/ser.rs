//! Plain data into documents and canonical bytes, and documents shown as JSON, all through serde.

use std::fmt;

use serde::{Serialize, Serializer, ser};

use super::{Builder, Kind, Ref, Value, exact};
use crate::error::{Code, Error, Result};

/// What plain data is written into, piece by piece, in the order in which a document is read: [`write`] sees to it that
/// every piece stands where it may.
pub(crate) trait Sink {
    fn null(&mut self) -> Result<()>;
    fn bool(&mut self, value: bool) -> Result<()>;
    fn int(&mut self, value: i64) -> Result<()>;
    fn uint(&mut self, value: u64) -> Result<()>;
    fn text(&mut self, text: &str) -> Result<()>;
    /// Raw bytes; those of [`exact`], or others.
    fn bytes(&mut self, bytes: &[u8], exact: bool) -> Result<()>;
    fn begin_list(&mut self) -> Result<()>;
    fn end_list(&mut self) -> Result<()>;
    fn begin_map(&mut self) -> Result<()>;
    fn key(&mut self, key: &str) -> Result<()>;
    fn end_map(&mut self) -> Result<()>;
    /// What data that has no form here is refused with.
    fn refused(&self, message: &str) -> Error;
    /// What data is refused with whose own type refuses to be written, with what that said.
    fn said(&self, message: &str) -> Error {
        self.refused(message)
    }
    /// What a floating-point number is refused with.
    fn float(&self) -> Error {
        self.refused("floating-point numbers are refused")
    }
}

/// Writes plain data.
///
/// # Errors
///
/// Those of the sink, and what it refuses data with that has no form in it.
pub(crate) fn write<T: Serialize + ?Sized>(data: &T, sink: &mut dyn Sink) -> Result<()> {
    // Each type that is written has one copy of what follows, for all sinks.
    data.serialize(Target::value(sink)).map_err(|fault| match fault {
        Fault::Error(error) => error,
        Fault::Said(message) => sink.said(&message),
    })
}

pub(super) fn build<T: Serialize + ?Sized>(data: &T) -> Result<Value> {
    let mut builder = Builder::new();
    write(data, &mut builder)?;
    builder.finish()
}

impl Sink for Builder {
    fn null(&mut self) -> Result<()> {
        self.null()
    }

    fn bool(&mut self, value: bool) -> Result<()> {
        self.bool(value)
    }

    fn int(&mut self, value: i64) -> Result<()> {
        self.int(value)
    }

    fn uint(&mut self, value: u64) -> Result<()> {
        self.uint(value)
    }

    fn text(&mut self, text: &str) -> Result<()> {
        self.text(text)
    }

    fn bytes(&mut self, bytes: &[u8], exact: bool) -> Result<()> {
        if !exact {
            return Err(self.refused("documents hold no raw bytes"));
        }
        exact::add(self, bytes)
    }

    fn begin_list(&mut self) -> Result<()> {
        self.begin_list()
    }

    fn end_list(&mut self) -> Result<()> {
        self.end_list()
    }

    fn begin_map(&mut self) -> Result<()> {
        self.begin_map()
    }

    fn key(&mut self, key: &str) -> Result<()> {
        self.key(key)
    }

    fn end_map(&mut self) -> Result<()> {
        self.end_map()
    }

    fn refused(&self, message: &str) -> Error {
        Error::new(Code::InputInvalidValue, message)
    }
}

/// The error of this serializer: serde wants a type that anything can become.
#[derive(Debug)]
enum Fault {
    Error(Error),
    /// What the data's own type said.
    Said(String),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Said(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Fault {}

impl ser::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Said(message.to_string())
    }
}

/// A list or map that is being written, perhaps within a map that names its variant.
struct Compound<'s> {
    sink: &'s mut dyn Sink,
    is_map: bool,
    in_variant: bool,
    /// A key has been written and its value has not.
    key_waits: bool,
    /// A part of it has been refused. Data that goes on all the same is refused as a whole.
    refused: bool,
}

impl<'s> Compound<'s> {
    fn begin(
        sink: &'s mut dyn Sink,
        is_map: bool,
        variant: Option<&'static str>,
    ) -> Result<Self, Fault> {
        if let Some(variant) = variant {
            sink.begin_map()?;
            sink.key(variant)?;
        }
        if is_map { sink.begin_map() } else { sink.begin_list() }?;
        let in_variant = variant.is_some();
        Ok(Self { sink, is_map, in_variant, key_waits: false, refused: false })
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        let written = value.serialize(Target::value(self.sink));
        self.note(written)
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), Fault> {
        let written = self.sink.key(key).map_err(Fault::from);
        self.note(written)?;
        self.element(value)
    }

    fn note(&mut self, written: Result<(), Fault>) -> Result<(), Fault> {
        self.refused |= written.is_err();
        written
    }

    /// It has to be a value's turn in a map, or else that of a key or of the end.
    fn turn(&mut self, of_value: bool) -> Result<(), Fault> {
        if self.key_waits == of_value {
            return Ok(());
        }
        let alone = self.sink.refused("a map has a key without a value, or a value without a key");
        self.note(Err(alone.into()))
    }

    fn finish(mut self) -> Result<(), Fault> {
        self.turn(false)?;
        if self.refused {
            return Err(self.sink.refused("the data goes on where a part was refused").into());
        }
        if self.is_map { self.sink.end_map() } else { self.sink.end_list() }?;
        if self.in_variant {
            self.sink.end_map()?;
        }
        Ok(())
    }
}

/// Where a piece of data goes.
struct Target<'s> {
    sink: &'s mut dyn Sink,
    /// It is the key of a map's entry.
    is_key: bool,
    /// Bytes that come are those of [`exact`].
    exact: bool,
}

impl<'s> Target<'s> {
    fn value(sink: &'s mut dyn Sink) -> Self {
        Self { sink, is_key: false, exact: false }
    }

    /// The sink for anything but text, which no key may be.
    fn no_key(self) -> Result<&'s mut dyn Sink, Fault> {
        if self.is_key {
            return Err(self.sink.refused("a map has a key that is not text").into());
        }
        Ok(self.sink)
    }

    fn compound(self, is_map: bool, variant: Option<&'static str>) -> Result<Compound<'s>, Fault> {
        Compound::begin(self.no_key()?, is_map, variant)
    }

    fn integer(self, value: i128) -> Result<(), Fault> {
        let sink = self.no_key()?;
        if let Ok(uint) = u64::try_from(value) {
            return Ok(sink.uint(uint)?);
        }
        let int =
            i64::try_from(value).map_err(|_| sink.refused("an integer does not fit 64 bits"))?;
        Ok(sink.int(int)?)
    }
}

impl<'s> Serializer for Target<'s> {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Compound<'s>;
    type SerializeTuple = Compound<'s>;
    type SerializeTupleStruct = Compound<'s>;
    type SerializeTupleVariant = Compound<'s>;
    type SerializeMap = Compound<'s>;
    type SerializeStruct = Compound<'s>;
    type SerializeStructVariant = Compound<'s>;

    /// A document within the data is to be kept as it is.
    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, value: bool) -> Result<(), Fault> {
        Ok(self.no_key()?.bool(value)?)
    }

    fn serialize_i8(self, value: i8) -> Result<(), Fault> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Fault> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Fault> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Fault> {
        Ok(self.no_key()?.int(value)?)
    }

    fn serialize_i128(self, value: i128) -> Result<(), Fault> {
        self.integer(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), Fault> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Fault> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Fault> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Fault> {
        Ok(self.no_key()?.uint(value)?)
    }

    fn serialize_u128(self, value: u128) -> Result<(), Fault> {
        self.integer(i128::try_from(value).unwrap_or(i128::MAX))
    }

    fn serialize_f32(self, _: f32) -> Result<(), Fault> {
        Err(self.no_key()?.float().into())
    }

    fn serialize_f64(self, _: f64) -> Result<(), Fault> {
        Err(self.no_key()?.float().into())
    }

    fn serialize_char(self, value: char) -> Result<(), Fault> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Fault> {
        Ok(if self.is_key { self.sink.key(value) } else { self.sink.text(value) }?)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Fault> {
        let exact = self.exact;
        Ok(self.no_key()?.bytes(value, exact)?)
    }

    fn serialize_none(self) -> Result<(), Fault> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Fault> {
        Ok(self.no_key()?.null()?)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Fault> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Fault> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        value.serialize(Self { exact: name == EXACT, ..self })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        let mut map = self.compound(true, None)?;
        map.field(variant, value)?;
        map.finish()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'s>, Fault> {
        self.compound(false, None)
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'s>, Fault> {
        self.compound(false, None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<'s>, Fault> {
        self.compound(false, None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'s>, Fault> {
        self.compound(false, Some(variant))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'s>, Fault> {
        self.compound(true, None)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Compound<'s>, Fault> {
        self.compound(true, None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'s>, Fault> {
        self.compound(true, Some(variant))
    }
}

impl ser::SerializeSeq for Compound<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.element(value)
    }

    fn end(self) -> Result<(), Fault> {
        self.finish()
    }
}

impl ser::SerializeTuple for Compound<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.element(value)
    }

    fn end(self) -> Result<(), Fault> {
        self.finish()
    }
}

impl ser::SerializeTupleStruct for Compound<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.element(value)
    }

    fn end(self) -> Result<(), Fault> {
        self.finish()
    }
}

impl ser::SerializeTupleVariant for Compound<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.element(value)
    }

    fn end(self) -> Result<(), Fault> {
        self.finish()
    }
}

impl ser::SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Fault> {
        self.turn(false)?;
        self.key_waits = true;
        let written = key.serialize(Target { sink: self.sink, is_key: true, exact: false });
        self.note(written)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.turn(true)?;
        self.key_waits = false;
        self.element(value)
    }

    fn end(self) -> Result<(), Fault> {
        self.finish()
    }
}

impl ser::SerializeStruct for Compound<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        self.field(key, value)
    }

    fn end(self) -> Result<(), Fault> {
        self.finish()
    }
}

impl ser::SerializeStructVariant for Compound<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        self.field(key, value)
    }

    fn end(self) -> Result<(), Fault> {
        self.finish()
    }
}

/// The name by which our serializer knows the bytes of [`exact`] from others.
const EXACT: &str = "$poundlock::exact";

/// Bytes that serialize as such.
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

/// In formats for people, shows the value as JSON does; what JSON cannot say is text: `(known after
/// apply)`, `(sensitive)`, and numbers beyond the range of doubles. In other formats, and so in
/// [`canonical`](crate::canonical), nothing is lost: these values, and all numbers that are not
/// integers, are byte strings.
impl Serialize for Ref<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = self.kind();
        if !serializer.is_human_readable()
            && let Some(parts) = exact::to_parts(&kind)
        {
            return serializer.serialize_newtype_struct(EXACT, &Bytes(parts.concat()));
        }
        match kind {
            Kind::Null => serializer.serialize_unit(),
            Kind::Bool(bool) => serializer.serialize_bool(bool),
            Kind::Int(int) => serializer.serialize_i64(int),
            Kind::Uint(uint) => serializer.serialize_u64(uint),
            Kind::Double(double, _) => serializer.serialize_f64(double),
            Kind::Text(text) | Kind::Number(text) => serializer.serialize_str(text),
            Kind::List(list) => serializer.collect_seq(list.iter()),
            Kind::Map(map) => serializer.collect_map(map.iter()),
            Kind::Unknown => serializer.serialize_str("(known after apply)"),
            Kind::Sensitive => serializer.serialize_str("(sensitive)"),
        }
    }
}

/// As [`Ref`] does.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().serialize(serializer)
    }
}

/// Any document.
impl schemars::JsonSchema for Value {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Value".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        true.into()
    }
}
