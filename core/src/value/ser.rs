//! Plain data into documents, and documents shown as JSON, both through serde.

use std::fmt;

use serde::{Serialize, Serializer, ser};

use super::{Builder, Kind, Ref, Value, exact};
use crate::error::{Code, Error, Result};

pub(super) fn build<T: Serialize + ?Sized>(data: &T) -> Result<Value> {
    let mut builder = Builder::new();
    data.serialize(Target::new(&mut builder)).map_err(|fault| fault.0)?;
    builder.finish()
}

/// The error of this serializer: serde wants a type that anything can become.
#[derive(Debug)]
struct Fault(Error);

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for Fault {}

impl ser::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        invalid(&message.to_string())
    }
}

fn invalid(message: &str) -> Fault {
    Fault(Error::new(Code::InputInvalidValue, message))
}

/// A list or map that is being written, perhaps within a map that names its variant.
struct Compound<'b> {
    builder: &'b mut Builder,
    is_map: bool,
    in_variant: bool,
}

impl<'b> Compound<'b> {
    fn begin(
        builder: &'b mut Builder,
        is_map: bool,
        variant: Option<&'static str>,
    ) -> Result<Self, Fault> {
        if let Some(variant) = variant {
            builder.begin_map()?;
            builder.key(variant)?;
        }
        if is_map { builder.begin_map() } else { builder.begin_list() }?;
        Ok(Self { builder, is_map, in_variant: variant.is_some() })
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        value.serialize(Target::new(self.builder))
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), Fault> {
        self.builder.key(key)?;
        self.element(value)
    }

    fn finish(self) -> Result<(), Fault> {
        if self.is_map { self.builder.end_map() } else { self.builder.end_list() }?;
        if self.in_variant {
            self.builder.end_map()?;
        }
        Ok(())
    }
}

/// Where a piece of data goes.
struct Target<'b> {
    builder: &'b mut Builder,
    /// Bytes that come are those of [`exact`].
    exact: bool,
}

impl<'b> Target<'b> {
    fn new(builder: &'b mut Builder) -> Self {
        Self { builder, exact: false }
    }
}

impl<'b> Serializer for Target<'b> {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Compound<'b>;
    type SerializeTuple = Compound<'b>;
    type SerializeTupleStruct = Compound<'b>;
    type SerializeTupleVariant = Compound<'b>;
    type SerializeMap = Compound<'b>;
    type SerializeStruct = Compound<'b>;
    type SerializeStructVariant = Compound<'b>;

    /// A document within the data is to be kept as it is.
    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, value: bool) -> Result<(), Fault> {
        Ok(self.builder.bool(value)?)
    }

    fn serialize_i8(self, value: i8) -> Result<(), Fault> {
        Ok(self.builder.int(value.into())?)
    }

    fn serialize_i16(self, value: i16) -> Result<(), Fault> {
        Ok(self.builder.int(value.into())?)
    }

    fn serialize_i32(self, value: i32) -> Result<(), Fault> {
        Ok(self.builder.int(value.into())?)
    }

    fn serialize_i64(self, value: i64) -> Result<(), Fault> {
        Ok(self.builder.int(value)?)
    }

    fn serialize_u8(self, value: u8) -> Result<(), Fault> {
        Ok(self.builder.uint(value.into())?)
    }

    fn serialize_u16(self, value: u16) -> Result<(), Fault> {
        Ok(self.builder.uint(value.into())?)
    }

    fn serialize_u32(self, value: u32) -> Result<(), Fault> {
        Ok(self.builder.uint(value.into())?)
    }

    fn serialize_u64(self, value: u64) -> Result<(), Fault> {
        Ok(self.builder.uint(value)?)
    }

    fn serialize_f32(self, _: f32) -> Result<(), Fault> {
        Err(invalid("floating-point numbers are refused"))
    }

    fn serialize_f64(self, _: f64) -> Result<(), Fault> {
        Err(invalid("floating-point numbers are refused"))
    }

    fn serialize_char(self, value: char) -> Result<(), Fault> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Fault> {
        Ok(self.builder.text(value)?)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Fault> {
        if !self.exact {
            return Err(invalid("documents hold no raw bytes"));
        }
        Ok(exact::add(self.builder, value)?)
    }

    fn serialize_none(self) -> Result<(), Fault> {
        Ok(self.builder.null()?)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Fault> {
        Ok(self.builder.null()?)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Fault> {
        Ok(self.builder.null()?)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Fault> {
        Ok(self.builder.text(variant)?)
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
        let mut map = Compound::begin(self.builder, true, None)?;
        map.field(variant, value)?;
        map.finish()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'b>, Fault> {
        Compound::begin(self.builder, false, None)
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'b>, Fault> {
        Compound::begin(self.builder, false, None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<'b>, Fault> {
        Compound::begin(self.builder, false, None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'b>, Fault> {
        Compound::begin(self.builder, false, Some(variant))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'b>, Fault> {
        Compound::begin(self.builder, true, None)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Compound<'b>, Fault> {
        Compound::begin(self.builder, true, None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'b>, Fault> {
        Compound::begin(self.builder, true, Some(variant))
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
        let key = build(key)?;
        let text =
            key.as_ref().as_str().ok_or_else(|| invalid("a map has a key that is not text"))?;
        Ok(self.builder.key(text)?)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
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
