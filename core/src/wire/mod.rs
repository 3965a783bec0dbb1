//! The JSON contract that every binding calls: one operation by name, bytes in, JSON text out.
//!
//! A binding adds its language's types and errors, and nothing else, so that all of them agree.

mod decide;
mod receipt;

use std::panic::{self, AssertUnwindSafe};

use serde::Serialize;

use crate::{
    canonical,
    digest::{Digest, hex},
    engine::ENGINE_VERSION,
    error::{Code, Error, Position, Result},
    value::Value,
};

type Operation = fn(&[u8]) -> Result<String>;

const OPERATIONS: &[(&str, Operation)] = &[
    ("canonical", canonical),
    ("decide", decide::decide),
    ("lock", decide::lock),
    ("verify_receipt", receipt::verify),
    ("version", version),
];

/// The version of this library and of its engine's semantics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Version {
    /// The version of this library, as in its package.
    pub version: &'static str,
    /// The version of the engine's semantics: the same one gives the same decisions.
    pub engine: u32,
}

impl Version {
    /// The version that is running.
    pub const CURRENT: Self = Self { version: env!("CARGO_PKG_VERSION"), engine: ENGINE_VERSION };
}

/// Carries out one operation and returns its answer as JSON text. A panic is caught and reported.
///
/// - `version` takes no input and answers with a [`Version`].
/// - `canonical` takes a JSON document and answers with its deterministic CBOR in hexadecimal
///   digits, and its digest as a kind of content named `document`: `{"bytes":"…","digest":"…"}`.
/// - `lock` takes `{"packs":["<YAML>",…]}` and answers with the text of the lock file that pins
///   them: `{"lock":"…"}`.
/// - `decide` takes `charter`, `lock` and `packs` as YAML texts, the ledger's `origin`, the instant
///   `begin`, a `history` of steps, and the `step` to decide. A step is
///   `{"request":…,"plan":{"terraform":"<JSON>","nonce":"<64 hex digits>"}}` or `{"fact":…}`; with a token,
///   it has `"token":"<compact form>"` and `"keySet":"<JSON>"`, the keys of the token's issuer. The answer holds the `admission`, the `entryBytes` in hexadecimal digits, and the `status` after it.
/// - `verify_receipt` takes the text of a `receipt`, the trusted `keys` as verifier keys, and, where
///   wanted, the `threshold` of how many of them must have signed (1) and the `origin` that is expected.
///   Whoever is about to act on a permit adds `permit`: the instant `at`, what they have as `held`
///   ([`Held`](crate::model::Held)), and the `plan` as for `decide`; the answer then has `permit` too: the
///   `permit`, and the `contradictions` with it, of which there must be none.
///   The answer holds the `entry` (`sequence`, `previous`, `at`, `kind`, `attachments`, `body`), its
///   `hash`, and the `checkpoint` (`origin`, `size`, `root`) that it rests on.
///
/// ```
/// use poundlock::wire;
///
/// assert!(wire::call("version", b"")?.contains(r#""engine":1"#));
/// assert_eq!(wire::call("divine", b"").unwrap_err().code(), "input.invalid_value");
/// # Ok::<(), poundlock::Error>(())
/// ```
///
/// # Errors
///
/// `input.invalid_value` when there is no such operation, `internal` when this library has a
/// defect, and whatever the operation itself reports.
pub fn call(operation: &str, input: &[u8]) -> Result<String> {
    let Some((_, run)) = OPERATIONS.iter().find(|(name, _)| *name == operation) else {
        let names: Vec<_> = OPERATIONS.iter().map(|(name, _)| *name).collect();
        return Err(Error::new(Code::InputInvalidValue, "there is no such operation")
            .with_help(format!("the operations are: {}", names.join(", "))));
    };
    guard(|| run(input))
}

/// An error as JSON text: `code` and `message`, and `help`, `source`, `line`, `column`, `pointer`
/// and `sequence` where they are known.
pub fn error_json(error: &Error) -> String {
    #[derive(Serialize)]
    struct Wire<'a> {
        code: &'a str,
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        help: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        source: Option<&'a str>,
        #[serde(flatten)]
        position: Option<WirePosition>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pointer: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        sequence: Option<u64>,
    }

    #[derive(Serialize)]
    struct WirePosition {
        line: u32,
        column: u32,
    }

    let place = error.place();
    let wire = Wire {
        code: error.code(),
        message: error.message(),
        help: error.help(),
        source: place.source.as_deref(),
        position: place.position.map(|Position { line, column }| WirePosition { line, column }),
        pointer: place.pointer.as_deref(),
        sequence: place.sequence,
    };
    serde_json::to_string(&wire).unwrap_or_else(|_| r#"{"code":"internal","message":""}"#.into())
}

fn version(input: &[u8]) -> Result<String> {
    if !input.is_empty() {
        return Err(Error::new(Code::InputInvalidValue, "this operation takes no input"));
    }
    to_json(&Version::CURRENT)
}

fn canonical(input: &[u8]) -> Result<String> {
    #[derive(Serialize)]
    struct Canonical {
        bytes: String,
        digest: Digest,
    }

    let document = Value::parse_json(input)?;
    to_json(&Canonical {
        bytes: hex(&canonical::encode_document(document.as_ref())?),
        digest: canonical::document_digest("document", None, document.as_ref())?,
    })
}

fn to_json<T: Serialize>(answer: &T) -> Result<String> {
    serde_json::to_string(answer).map_err(|_| Error::internal("an answer could not be written"))
}

/// No operation keeps state between calls, so that a panic cannot leave anything half done.
fn guard(run: impl FnOnce() -> Result<String>) -> Result<String> {
    panic::catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(Error::internal("an operation panicked")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        assert_eq!(guard(|| panic!("on purpose")).unwrap_err().code(), "internal");
    }

    #[test]
    fn an_error_keeps_its_details() {
        let error = Error::new(Code::InputSyntax, "a comma is missing")
            .at_position(Position { line: 3, column: 7 })
            .in_source("charter.yaml")
            .with_help("add one");
        assert_eq!(
            error_json(&error),
            r#"{"code":"input.syntax","message":"a comma is missing","help":"add one","source":"charter.yaml","line":3,"column":7}"#
        );
    }
}
