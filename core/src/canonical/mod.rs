//! Deterministic CBOR (RFC 8949 §4.2.1): the only bytes that are hashed.
//!
//! Text keys only, ascending by their encoded bytes; no tags, no `undefined`, no floats; shortest
//! integers; definite lengths; an exact end. Byte strings are allowed.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    digest::Digest,
    error::Result,
    value::{Ref, Value},
};

/// Encodes plain data. Floating-point numbers and maps with keys other than text are refused.
pub fn to_bytes<T: Serialize + ?Sized>(_data: &T) -> Result<Vec<u8>> {
    todo!()
}

/// Decodes plain data from bytes that must be deterministic CBOR to the last byte.
pub fn from_bytes<T: DeserializeOwned>(_bytes: &[u8]) -> Result<T> {
    todo!()
}

/// Refuses bytes that are not exactly one deterministic CBOR item.
pub fn check(_bytes: &[u8]) -> Result<()> {
    todo!()
}

/// The entries of a deterministic CBOR map with their values as they are encoded.
pub fn split_map(_bytes: &[u8]) -> Result<Vec<(&str, &[u8])>> {
    todo!()
}

/// Puts a map together from entries whose values are encoded already; sorts the keys and refuses duplicates.
pub fn join_map(_entries: &[(&str, &[u8])]) -> Result<Vec<u8>> {
    todo!()
}

/// Encodes a document. What JSON numbers cannot share with integers is a byte string: `n` and the
/// number as written; so are the marks: `u` (unknown) and `s` (sensitive).
pub fn encode_document(_value: Ref<'_>) -> Result<Vec<u8>> {
    todo!()
}

/// Decodes what [`encode_document`] wrote.
pub fn decode_document(_bytes: &[u8]) -> Result<Value> {
    todo!()
}

/// The digest of a document as a kind of content, blinded by `nonce` where one is given.
pub fn document_digest(_kind: &str, _nonce: Option<&[u8; 32]>, _value: Ref<'_>) -> Result<Digest> {
    todo!()
}
