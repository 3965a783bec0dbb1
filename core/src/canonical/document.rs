//! Documents in deterministic CBOR.

use std::{cmp::Reverse, io::Write};

use super::{
    Head, major,
    scan::{Item, Scanner},
    simple, unwritten,
};
use crate::{
    digest::{Digest, Hasher},
    error::Result,
    value::{Builder, Kind, Ref, Value, exact},
};

/// Encodes a document. What JSON numbers cannot share with integers is a byte string: `n` and the
/// number as written; so are the marks: `u` (unknown) and `s` (sensitive).
///
/// ```
/// use poundlock::{canonical, value::Value};
///
/// let value = Value::parse_json(b"[1.0, 1.5]")?;
/// assert_eq!(canonical::encode_document(value.as_ref())?, b"\x82\x01\x44n1.5");
/// # Ok::<(), poundlock::Error>(())
/// ```
///
/// # Errors
///
/// None but `internal`: every document has an encoding.
pub fn encode_document(value: Ref<'_>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_document(value, &mut bytes)?;
    Ok(bytes)
}

/// Decodes what [`encode_document`] wrote.
///
/// # Errors
///
/// `canonical.encoding` for any other bytes, and the limits of a [`Builder`].
pub fn decode_document(bytes: &[u8]) -> Result<Value> {
    let mut scanner = Scanner::new(bytes);
    let mut builder = Builder::new();
    while let Some(item) = scanner.next()? {
        match item {
            Item::Null => builder.null(),
            Item::Bool(bool) => builder.bool(bool),
            Item::Uint(uint) => builder.uint(uint),
            Item::Negative(int) => builder.int(int),
            Item::Bytes(bytes) => exact::add(&mut builder, bytes),
            Item::Text(text) => builder.text(text),
            Item::Key(key) => builder.key(key),
            Item::List(_) => builder.begin_list(),
            Item::Map(_) => builder.begin_map(),
            Item::End => match builder.is_in_map() {
                Some(true) => builder.end_map(),
                _ => builder.end_list(),
            },
        }?;
    }
    builder.finish()
}

/// The digest of a document as a kind of content, blinded by `nonce` where one is given.
///
/// It is the digest of the kind (see [`Digest::of_kind`]) over: the length of the nonce in one byte
/// (32, or 0 where there is none), the nonce, and the encoded document.
///
/// # Errors
///
/// None but `internal`.
pub fn document_digest(kind: &str, nonce: Option<&[u8; 32]>, value: Ref<'_>) -> Result<Digest> {
    let mut hasher = Hasher::of_kind(kind);
    match nonce {
        Some(nonce) => {
            hasher.update(&[32]);
            hasher.update(nonce);
        }
        None => hasher.update(&[0]),
    }
    let mut writer = std::io::BufWriter::new(hasher);
    write_document(value, &mut writer)?;
    let hasher = writer.into_inner().map_err(|_| unwritten())?;
    Ok(hasher.finish())
}

fn write_document(value: Ref<'_>, mut writer: impl Write) -> Result<()> {
    // What is left to write, the next at the end.
    let mut rest = vec![(None, value)];
    while let Some((key, value)) = rest.pop() {
        if let Some(key) = key {
            write_text(&mut writer, key)?;
        }
        match value.kind() {
            Kind::Null => write_head(&mut writer, &Head::new(major::SIMPLE, simple::NULL))?,
            Kind::Bool(false) => write_head(&mut writer, &Head::new(major::SIMPLE, simple::FALSE))?,
            Kind::Bool(true) => write_head(&mut writer, &Head::new(major::SIMPLE, simple::TRUE))?,
            Kind::Int(int) => write_head(&mut writer, &Head::of_integer(int))?,
            Kind::Uint(uint) => write_head(&mut writer, &Head::new(major::UINT, uint))?,
            Kind::Text(text) => write_text(&mut writer, text)?,
            Kind::List(list) => {
                rest.extend(list.iter().rev().map(|element| (None, element)));
                write_head(&mut writer, &Head::of_length(major::LIST, list.len()))?;
            }
            Kind::Map(map) => {
                let start = rest.len();
                rest.extend(map.iter().rev().map(|(key, value)| (Some(key), value)));
                let entries = rest.get_mut(start..).unwrap_or_default();
                // Stable: among keys of one length, those of the map are in order already.
                entries.sort_by_key(|(key, _)| Reverse(key.map_or(0, str::len)));
                write_head(&mut writer, &Head::of_length(major::MAP, map.len()))?;
            }
            other => {
                let parts = exact::to_parts(&other).ok_or_else(unwritten)?;
                write_bytes(&mut writer, &parts)?;
            }
        }
    }
    Ok(())
}

fn write_head(writer: &mut impl Write, head: &Head) -> Result<()> {
    writer.write_all(head.as_bytes()).map_err(|_| unwritten())
}

fn write_text(writer: &mut impl Write, text: &str) -> Result<()> {
    write_head(writer, &Head::of_length(major::TEXT, text.len()))?;
    writer.write_all(text.as_bytes()).map_err(|_| unwritten())
}

fn write_bytes(writer: &mut impl Write, parts: &[&[u8]; 2]) -> Result<()> {
    let length = parts.iter().map(|part| part.len()).sum();
    write_head(writer, &Head::of_length(major::BYTES, length))?;
    parts.iter().try_for_each(|part| writer.write_all(part)).map_err(|_| unwritten())
}
