//! Reports on their way in: within a fact, as the text that the tool wrote.

use serde::de::DeserializeOwned;

use crate::{
    error::Result,
    model::{Report, ReportText},
    value::Value,
};

/// Reads a document that may hold a report at a pointer. What is wrong with the report has a code and a place of its
/// own.
pub(super) fn with<T: DeserializeOwned>(input: &[u8], pointer: &str) -> Result<T> {
    let document = Value::parse_json(input)?;
    document.deserialize().map_err(|error| {
        let text = document.as_ref().pointer(pointer).map(|text| text.to_value());
        let text = text.and_then(|text| text.deserialize::<ReportText>().ok());
        match text.map(|text| Report::read(text.format, text.text.as_bytes())) {
            Some(Err(fault)) => fault.in_source("report"),
            _ => error,
        }
    })
}
