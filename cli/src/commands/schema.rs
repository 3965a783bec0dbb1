//! `poundlock schema`: what documents look like.

use poundlock::wire::schema::{DOCUMENTS, Document};
use serde_json::{Value, json};

use crate::output::{Answer, CODE_OK, Text};

pub(super) fn run(document: Option<&Document>) -> Answer {
    let mut text = Text::new();
    let Some(document) = document else { return list(text) };
    let schema = document.schema();
    text.line(format!("{schema:#}"));
    Answer::new(text, schema, CODE_OK)
}

fn list(mut text: Text) -> Answer {
    let width = DOCUMENTS.iter().map(|document| document.name().len()).max().unwrap_or_default();
    let mut names = Vec::new();
    for document in DOCUMENTS {
        let schema = document.schema();
        let said = schema.get("description").and_then(Value::as_str).unwrap_or_default();
        let sentence = said.split_inclusive(". ").next().unwrap_or_default().trim_end();
        text.line(format!("{:width$}  {sentence}", document.name()));
        names.push(json!({ "name": document.name(), "description": sentence }));
    }
    Answer::new(text, json!({ "documents": names }), CODE_OK)
}
