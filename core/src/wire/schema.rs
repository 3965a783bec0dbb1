//! The JSON Schemas (2020-12) of every document that a user writes or reads, made from the types that read and
//! write them. [`DOCUMENTS`] is the one list of them: `docs/schema`, `poundlock schema` and the types of the
//! other languages follow from it.

use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::{Map, Value as Json, json};

use crate::{
    charter::{CharterDocument, LockDocument},
    engine::Admission,
    model::{Decision, Fact, Request},
    policy::{Lint, OverlayDocument, PackDocument, TestOutcome},
    scenario::ScenarioDocument,
    state::{DecisionBody, FactBody, Genesis, SnapshotBody, Status},
};

/// A kind of document, with its JSON Schema.
///
/// ```
/// use poundlock::wire::schema;
///
/// let request = schema::find("request").ok_or("no such document")?.schema();
/// assert_eq!(request["$id"], "poundlock:request");
/// assert_eq!(request["properties"]["id"]["type"], "string");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Document {
    name: &'static str,
    summary: &'static str,
    format: Format,
    type_name: fn() -> String,
    root: fn() -> Schema,
}

/// In which language a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// People write it.
    Yaml,
    /// Programs write it.
    Json,
}

/// Every kind of document, by what it is for.
pub const DOCUMENTS: &[Document] = &[
    read::<CharterDocument>("charter", "who may do and record what, where").in_yaml(),
    read::<LockDocument>("lock", "the digests of the packs that a charter names").in_yaml(),
    read::<PackDocument>("pack", "a versioned set of policies with their tests").in_yaml(),
    read::<OverlayDocument>("overlay", "what makes somebody else's pack stricter").in_yaml(),
    read::<ScenarioDocument>("scenario", "steps under a charter, and what must become of each")
        .in_yaml(),
    read::<Request>("request", "what a host asks"),
    read::<Fact>("fact", "what happened, as against what was decided"),
    written::<Admission>("admission", "what became of a request or fact once its entry is durable"),
    written::<Decision>("decision", "the verdict with all that led to it"),
    written::<Status>("status", "what the entries of a ledger add up to"),
    written::<Genesis>("genesis-body", "the body of a ledger's first entry"),
    written::<DecisionBody>("decision-body", "the body of an entry of kind `decision`"),
    written::<FactBody>("fact-body", "the body of an entry of kind `fact`"),
    written::<SnapshotBody>("snapshot-body", "the body of an entry of kind `snapshot`"),
    written::<Lint>("lint", "something in a pack that its author should look at"),
    written::<TestOutcome>("test-outcome", "how one of a pack's own tests came out"),
];

/// The document of that name, as `poundlock schema` knows it.
pub fn find(name: &str) -> Option<&'static Document> {
    DOCUMENTS.iter().find(|document| document.name == name)
}

/// A document that this library reads: the schema accepts what the reader accepts.
const fn read<T: JsonSchema>(name: &'static str, summary: &'static str) -> Document {
    let root = || SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    Document { name, summary, format: Format::Json, type_name: type_name::<T>, root }
}

/// A document that this library writes: the schema describes what is written.
const fn written<T: JsonSchema>(name: &'static str, summary: &'static str) -> Document {
    let root = || {
        let settings = SchemaSettings::draft2020_12().for_serialize();
        settings.into_generator().into_root_schema_for::<T>()
    };
    Document { name, summary, format: Format::Json, type_name: type_name::<T>, root }
}

fn type_name<T: JsonSchema>() -> String {
    T::schema_name().into_owned()
}

impl Document {
    const fn in_yaml(self) -> Self {
        Self { format: Format::Yaml, ..self }
    }

    /// The name: small letters and dashes.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What the document is, in a few words.
    pub const fn summary(&self) -> &'static str {
        self.summary
    }

    /// In which language it is written.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// The name of the type that stands for it in every language.
    pub fn type_name(&self) -> String {
        (self.type_name)()
    }

    /// The JSON Schema. Its `$id` is `poundlock:` and the name.
    pub fn schema(&self) -> Json {
        let mut schema = (self.root)().to_value();
        tidy(&mut schema);
        if let Json::Object(schema) = &mut schema {
            schema.insert("$id".to_owned(), json!(format!("poundlock:{}", self.name)));
            schema.insert("title".to_owned(), json!(format!("Poundlock {}", self.words())));
        }
        schema
    }

    fn words(&self) -> String {
        self.name.replace('-', " ")
    }
}

/// Makes what schemars writes fit for editors and for every validator.
fn tidy(schema: &mut Json) {
    match schema {
        Json::Object(map) => {
            if let Some(Json::String(text)) = map.get_mut("description") {
                *text = prose(text);
            }
            widths(map);
            map.values_mut().for_each(tidy);
        }
        Json::Array(list) => list.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// States ranges of integers in place of formats such as `uint32`, which are no part of JSON Schema.
fn widths(schema: &mut Map<String, Json>) {
    // A reader takes a set that says something twice.
    schema.remove("uniqueItems");
    let range = match schema.get("format").and_then(Json::as_str) {
        Some("uint8") => (json!(0), json!(u8::MAX)),
        Some("uint16") => (json!(0), json!(u16::MAX)),
        Some("uint32") => (json!(0), json!(u32::MAX)),
        Some("uint" | "uint64") => (json!(0), json!(u64::MAX)),
        Some("int" | "int64") => (json!(i64::MIN), json!(i64::MAX)),
        Some("int32") => (json!(i32::MIN), json!(i32::MAX)),
        _ => return,
    };
    schema.remove("format");
    schema.entry("minimum").or_insert(range.0);
    schema.entry("maximum").or_insert(range.1);
}

/// A documentation comment as prose: paragraphs on one line, without links into the code and the numbers of
/// requirements.
fn prose(comment: &str) -> String {
    let paragraphs: Vec<String> = comment
        .split("\n\n")
        .map(|paragraph| without_numbers(&without_links(&paragraph.replace('\n', " "))))
        .collect();
    paragraphs.join("\n\n")
}

/// `[text](target)` and `[text]` become `text`.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        let link = after.split_once(']').filter(|(name, tail)| {
            name.starts_with('`') && name.ends_with('`') || tail.starts_with('(')
        });
        rest = match link {
            Some((name, tail)) => {
                out.push_str(name);
                let target = tail.strip_prefix('(').and_then(|target| target.split_once(')'));
                target.map_or(tail, |(_, tail)| tail)
            }
            None => {
                out.push('[');
                after
            }
        };
    }
    out.push_str(rest);
    out
}

/// ` (R012, R345)` goes.
fn without_numbers(text: &str) -> String {
    let number = |word: &str| {
        word.strip_prefix('R')
            .is_some_and(|digits| digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(" (R") {
        out.push_str(before);
        let inside = after.split_once(')');
        rest = match inside {
            Some((numbers, tail)) if format!("R{numbers}").split(", ").all(number) => tail,
            _ => {
                out.push_str(" (R");
                after
            }
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_become_prose() {
        assert_eq!(
            prose(
                "Why (R186), see\n[`limits::X`](crate::limits::X) and [`Y`].\n\nOr `a[0]` (R\u{e9})."
            ),
            "Why, see `limits::X` and `Y`.\n\nOr `a[0]` (R\u{e9})."
        );
    }

    #[test]
    fn names_are_told_apart() {
        for (index, document) in DOCUMENTS.iter().enumerate() {
            assert_eq!(find(document.name()).map(Document::type_name), Some(document.type_name()));
            assert!(DOCUMENTS[..index].iter().all(|other| other.name() != document.name()));
        }
    }
}
