//! Builds documents piece by piece.

use super::{Ref, Value};
use crate::error::{Position, Result};

/// Builds a document from a sequence of pieces, as a parser meets them. Keys are sorted and
/// duplicates refused when a map ends; depth and count are held to [`limits`](crate::limits).
#[derive(Default)]
pub struct Builder {}

#[allow(missing_docs, unused_variables)]
impl Builder {
    pub fn new() -> Self {
        Self::default()
    }
    /// Sets line and column for the pieces that follow.
    pub fn at(&mut self, position: Position) {
        todo!()
    }
    pub fn null(&mut self) -> Result<()> {
        todo!()
    }
    pub fn bool(&mut self, value: bool) -> Result<()> {
        todo!()
    }
    pub fn int(&mut self, value: i64) -> Result<()> {
        todo!()
    }
    pub fn uint(&mut self, value: u64) -> Result<()> {
        todo!()
    }
    /// A number in JSON's grammar; classified as [`Kind`](super::Kind) says.
    pub fn number(&mut self, text: &str) -> Result<()> {
        todo!()
    }
    pub fn text(&mut self, text: &str) -> Result<()> {
        todo!()
    }
    pub fn unknown(&mut self) -> Result<()> {
        todo!()
    }
    pub fn sensitive(&mut self) -> Result<()> {
        todo!()
    }
    pub fn begin_list(&mut self) -> Result<()> {
        todo!()
    }
    pub fn end_list(&mut self) -> Result<()> {
        todo!()
    }
    pub fn begin_map(&mut self) -> Result<()> {
        todo!()
    }
    pub fn key(&mut self, key: &str) -> Result<()> {
        todo!()
    }
    pub fn end_map(&mut self) -> Result<()> {
        todo!()
    }
    /// Copies a value of another document, marks included.
    pub fn copy(&mut self, value: Ref<'_>) -> Result<()> {
        todo!()
    }
    /// Ends the document, which must hold exactly one value.
    pub fn finish(self) -> Result<Value> {
        todo!()
    }
}
