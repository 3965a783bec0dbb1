//! The JSON Schemas (2020-12) of every document that a user writes or reads, made from the types that read and
//! write them. [`DOCUMENTS`] is the one list of them: `docs/schema`, `poundlock schema` and the types of the
//! other languages follow from it.

mod operations;

use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::{Map, Value as Json, json};

pub use operations::{OPERATIONS, Operation, Takes};

use super::{
    ErrorDocument,
    credential::CredentialInput,
    documents::{
        CanonicalAnswer, CharterAnswer, CharterInput, Limits, LockAnswer, LockInput, Version,
    },
    engine::{
        AppendedAnswer, BeginInput, CheckpointTextInput, CredentialAnswer, CredentialQuestion,
        EngineAnswer, EngineInput, FactTextInput, RequestTextInput, ReviewAnswer, ReviewInput,
        SignInput, SignedCheckpointAnswer, TextAnswer,
    },
    entry::EntryAnswer,
    identity::{
        EnvelopeAnswer, EnvelopeInput, SigningBytesAnswer, SigningBytesInput, VerifierKeyAnswer,
        VerifierKeyInput, VerifyApprovalInput, VerifyTokenInput,
    },
    ledger::{
        AttachmentAnswer, AttachmentInput, CheckpointInput, EntriesAnswer, EntriesInput,
        ForkAnswer, HeadAnswer, LedgerInput, NoticesAnswer, ReceiptAnswer, ReceiptInput,
        VerifiedAnswer, VerifyInput,
    },
    pack::{CheckInput, LintAnswer, PackAnswer, PackInput, TestAnswer},
    plan::{PlanAnswer, PlanOptions},
    receipt::{
        CheckpointAnswer, VerifyCheckpointInput, VerifyForkAnswer, VerifyForkInput,
        VerifyReceiptAnswer, VerifyReceiptInput,
    },
    simulate::{SimulateAnswer, SimulateInput},
};
use crate::{
    charter::{CharterDocument, LockDocument},
    engine::{Admission, PlanReport},
    identity::{VerifiedSignature, VerifiedToken},
    intake::ResourcesDocument,
    model::{Decision, Fact, Request},
    policy::{OverlayDocument, PackDocument},
    report::{Period, Report},
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
/// assert_eq!(request["description"], "A question to the engine.");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Document {
    name: &'static str,
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

/// Every kind of document: those that people write, those that hosts exchange with the library, and then the
/// inputs and answers of operations.
pub const DOCUMENTS: &[Document] = &[
    read::<CharterDocument>("charter").in_yaml(),
    read::<LockDocument>("lock").in_yaml(),
    read::<PackDocument>("pack").in_yaml(),
    read::<OverlayDocument>("overlay").in_yaml(),
    read::<ScenarioDocument>("scenario").in_yaml(),
    read::<Request>("request"),
    read::<Fact>("fact"),
    read::<CredentialInput>("credential"),
    read::<ResourcesDocument>("resources"),
    written::<Admission>("admission"),
    written::<Decision>("decision"),
    written::<Status>("status"),
    written::<EntryAnswer>("entry"),
    written::<Genesis>("genesis-body"),
    written::<DecisionBody>("decision-body"),
    written::<FactBody>("fact-body"),
    written::<SnapshotBody>("snapshot-body"),
    written::<ErrorDocument<'static>>("error"),
    written::<CanonicalAnswer>("canonical-answer"),
    read::<CharterInput>("charter-input"),
    written::<CharterAnswer<'static>>("charter-answer"),
    read::<EnvelopeInput>("envelope-input"),
    written::<EnvelopeAnswer>("envelope-answer"),
    written::<Limits>("limits-answer"),
    read::<LockInput>("lock-input"),
    written::<LockAnswer>("lock-answer"),
    read::<SigningBytesInput>("signing-bytes-input"),
    written::<SigningBytesAnswer>("signing-bytes-answer"),
    read::<SimulateInput>("simulate-input"),
    written::<SimulateAnswer>("simulate-answer"),
    read::<VerifierKeyInput>("verifier-key-input"),
    written::<VerifierKeyAnswer>("verifier-key-answer"),
    read::<VerifyApprovalInput>("verify-approval-input"),
    written::<VerifiedSignature>("verified-signature"),
    read::<VerifyCheckpointInput>("verify-checkpoint-input"),
    written::<CheckpointAnswer>("checkpoint-answer"),
    read::<VerifyForkInput>("verify-fork-input"),
    written::<VerifyForkAnswer>("verify-fork-answer"),
    read::<VerifyReceiptInput>("verify-receipt-input"),
    written::<VerifyReceiptAnswer>("verify-receipt-answer"),
    read::<VerifyTokenInput>("verify-token-input"),
    written::<VerifiedToken>("verified-token"),
    written::<Version>("version-answer"),
    read::<PackInput>("pack-input"),
    read::<CheckInput>("check-input"),
    written::<PlanReport>("plan-report"),
    written::<PackAnswer<'static>>("pack-answer"),
    written::<LintAnswer>("lint-answer"),
    written::<TestAnswer>("test-answer"),
    read::<PlanOptions>("plan-options"),
    written::<PlanAnswer<'static>>("plan-answer"),
    read::<EngineInput>("engine-input"),
    read::<BeginInput>("begin-input"),
    written::<AppendedAnswer>("appended-answer"),
    read::<CheckpointTextInput>("checkpoint-text-input"),
    written::<TextAnswer>("text-answer"),
    read::<CredentialQuestion>("credential-question"),
    written::<CredentialAnswer>("credential-answer"),
    written::<EngineAnswer<'static>>("engine-answer"),
    read::<FactTextInput>("fact-text-input"),
    read::<RequestTextInput>("request-text-input"),
    read::<ReviewInput>("review-input"),
    written::<ReviewAnswer>("review-answer"),
    read::<SignInput>("sign-input"),
    written::<SignedCheckpointAnswer>("signed-checkpoint-answer"),
    read::<LedgerInput>("ledger-input"),
    read::<AttachmentInput>("attachment-input"),
    written::<AttachmentAnswer>("attachment-answer"),
    read::<EntriesInput>("entries-input"),
    written::<EntriesAnswer>("entries-answer"),
    read::<CheckpointInput>("checkpoint-input"),
    written::<ForkAnswer>("fork-answer"),
    written::<HeadAnswer>("head-answer"),
    written::<NoticesAnswer>("notices-answer"),
    read::<ReceiptInput>("receipt-input"),
    written::<ReceiptAnswer>("receipt-answer"),
    read::<Period>("report-input"),
    written::<Report>("report-answer"),
    read::<VerifyInput>("verify-input"),
    written::<VerifiedAnswer>("verified-answer"),
];

/// The document of that name, as `poundlock schema` knows it.
pub fn find(name: &str) -> Option<&'static Document> {
    DOCUMENTS.iter().find(|document| document.name == name)
}

/// A document that this library reads: the schema accepts what the reader accepts.
const fn read<T: JsonSchema>(name: &'static str) -> Document {
    let root = || SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    Document { name, format: Format::Json, type_name: type_name::<T>, root }
}

/// A document that this library writes: the schema describes what is written.
const fn written<T: JsonSchema>(name: &'static str) -> Document {
    let root = || {
        let settings = SchemaSettings::draft2020_12().for_serialize();
        settings.into_generator().into_root_schema_for::<T>()
    };
    Document { name, format: Format::Json, type_name: type_name::<T>, root }
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

    /// In which language it is written.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// The name of the type that stands for it in every language.
    pub fn type_name(&self) -> String {
        (self.type_name)()
    }

    /// The JSON Schema. Its `$id` is `poundlock:` and the name, and its `description` says what the document is.
    pub fn schema(&self) -> Json {
        let mut schema = (self.root)().to_value();
        tidy(&mut schema);
        if let Json::Object(schema) = &mut schema {
            let words = self.name.replace('-', " ");
            schema.insert("$id".to_owned(), json!(format!("poundlock:{}", self.name)));
            schema.insert("title".to_owned(), json!(format!("Poundlock {words}")));
        }
        schema
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
    use crate::{
        digest::Digest,
        ledger::{SecretKey, Signer as _, VerifierKey},
        time::{Duration, Instant, TimeOfDay},
    };

    #[test]
    fn comments_become_prose() {
        assert_eq!(
            prose(
                "Why (R186), see\n[`limits::X`](crate::limits::X) and [`Y`].\n\nOr `a[0]` (R\u{e9})."
            ),
            "Why, see `limits::X` and `Y`.\n\nOr `a[0]` (R\u{e9})."
        );
    }

    /// Whether reader and schema agree on the form of a text.
    fn agree<T: JsonSchema + std::str::FromStr>(good: &[&str], bad: &[&str]) {
        let schema = T::json_schema(&mut schemars::SchemaGenerator::default()).to_value();
        let pattern = regex::Regex::new(schema["pattern"].as_str().unwrap()).unwrap();
        let least = schema.get("minLength").and_then(Json::as_u64).unwrap_or_default();
        for (texts, expected) in [(good, true), (bad, false)] {
            for text in texts {
                let fits = pattern.is_match(text) && text.len() as u64 >= least;
                assert_eq!((text.parse::<T>().is_ok(), fits), (expected, expected), "{text}");
            }
        }
    }

    #[test]
    fn texts_have_the_form_that_their_readers_take() {
        let zeros = "0".repeat(64);
        let digest = format!("sha256:{zeros}");
        agree::<Digest>(&[&digest], &["", &zeros, &digest.to_uppercase(), &format!("{digest}0")]);
        agree::<Instant>(
            &[
                "2026-11-22T10:00:00Z",
                "2026-11-22T10:00:00.123456789+01:00",
                "2026-11-22T10:00:00-00:00",
            ],
            &[
                "",
                "2026-11-22",
                "2026-11-22T10:00Z",
                "2026-11-22t10:00:00z",
                "2026-11-22T10:00:00+0100",
                "2026-11-22T10:00:00.Z",
            ],
        );
        agree::<Duration>(
            &["0s", "1w2d3h4m5s", "007h"],
            &["", "1", "m", "1m1h", "1h1h", "1.5h", "-1s", "1H"],
        );
        agree::<TimeOfDay>(&["00:00", "23:59", "24:00"], &["", "24:01", "9:00", "09:60", "0900"]);
        let key = SecretKey::from_seed("acme/2026", &[1; 32]).unwrap().key().to_string();
        let nameless = key.replace("acme/2026", "");
        agree::<VerifierKey>(&[&key], &["", "acme/2026", &nameless, &key.replace('/', " ")]);
    }

    #[test]
    fn operations_take_and_answer_documents() {
        for operation in OPERATIONS {
            let takes = match operation.takes {
                Takes::Document(name) => Some(name),
                Takes::Nothing | Takes::AnyJson => None,
            };
            for name in takes.into_iter().chain(operation.answers) {
                assert!(find(name).is_some(), "{}: {name}", operation.name);
            }
        }
    }

    #[test]
    fn names_are_told_apart() {
        for (index, document) in DOCUMENTS.iter().enumerate() {
            assert_eq!(find(document.name()).map(Document::type_name), Some(document.type_name()));
            assert!(DOCUMENTS[..index].iter().all(|other| other.name() != document.name()));
        }
    }
}
