//! The arguments of `poundlock schema`.

use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use poundlock::wire::schema::{self, Document};

#[derive(Args)]
pub(crate) struct Schema {
    /// The document
    #[arg(value_name = "NAME", value_parser = documents())]
    pub(crate) document: &'static Document,
}

/// The documents that have a schema, by name.
fn documents() -> impl TypedValueParser<Value = &'static Document> {
    let names = schema::DOCUMENTS
        .iter()
        .map(|document| PossibleValue::new(document.name()).help(document.summary()));
    PossibleValuesParser::new(names)
        .try_map(|name| schema::find(&name).ok_or("there is no such document"))
}
