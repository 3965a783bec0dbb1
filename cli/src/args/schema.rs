//! The arguments of `poundlock schema`.

use clap::Args;
use poundlock::wire::schema::{self, Document};

#[derive(Args)]
pub(crate) struct Schema {
    /// The document [default: list them]
    #[arg(value_name = "NAME", value_parser = document)]
    pub(crate) document: Option<&'static Document>,
}

fn document(name: &str) -> Result<&'static Document, &'static str> {
    schema::find(name).ok_or("no document has this name; `poundlock schema` lists them")
}
