//! The JSON contract that every binding calls: JSON text in, JSON text out.
//!
//! [`call`] carries out what needs nothing but its input. What is made once and used often has a handle:
//! [`Pack`], [`Plan`], [`Engine`] and [`Ledger`]; handles may be shared between threads. A binding adds its language's
//! types and errors, and nothing else, so that all of them agree. `docs/schema` has the JSON Schema of every
//! document, input and answer.
//!
//! ```
//! use poundlock::wire::{Pack, Plan};
//!
//! let pack = Pack::parse(br#"{"pack": "pack: storage\nversion: 1.0.0\npolicies:\n  - name: buckets-are-named\n    description: A bucket needs a name of its own.\n    match: { resources: [aws_s3_bucket] }\n    validations: [{ expression: object.bucket.startsWith('acme-') }]\n"}"#)?;
//! let plan = Plan::read(br#"{"format":"resources"}"#, br#"{"resources": [
//!     {"type": "aws_s3_bucket", "address": "aws_s3_bucket.logs", "object": {"bucket": "logs"}}
//! ]}"#)?;
//! assert!(pack.call(Some(&plan), "check", b"")?.starts_with(r#"{"verdict":"deny","#));
//! # Ok::<(), poundlock::Error>(())
//! ```

mod credential;
mod documents;
mod engine;
mod entry;
mod identity;
mod ledger;
mod pack;
mod plan;
mod receipt;
mod report;
pub mod schema;
mod simulate;

use std::panic::{self, AssertUnwindSafe};

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

pub use self::{
    documents::Version, engine::Engine, entry::EntryAnswer, ledger::Ledger, pack::Pack, plan::Plan,
};
use crate::{
    error::{Code, Error, Position, Result},
    value::Value,
};

/// What can be called by its name.
type Methods<F> = &'static [(&'static str, F)];

type Function = fn(&[u8]) -> Result<String>;

const FUNCTIONS: Methods<Function> = &[
    ("canonical", documents::canonical),
    ("charter", documents::charter),
    ("envelope", identity::envelope),
    ("limits", documents::limits),
    ("lock", documents::lock),
    ("signing_bytes", identity::signing_bytes),
    ("simulate", simulate::simulate),
    ("verifier_key", identity::verifier_key),
    ("verify_approval", identity::verify_approval),
    ("verify_checkpoint", receipt::verify_checkpoint),
    ("verify_fork", receipt::verify_fork),
    ("verify_receipt", receipt::verify_receipt),
    ("verify_token", identity::verify_token),
    ("version", documents::version),
];

/// The names of what [`call`] carries out, in their order.
pub fn operations() -> impl Iterator<Item = &'static str> {
    names(FUNCTIONS)
}

fn names<F>(methods: Methods<F>) -> impl Iterator<Item = &'static str> {
    methods.iter().map(|(name, _)| *name)
}

/// Carries out one of [`operations`] and returns its answer as JSON text. A panic is caught and reported.
///
/// - `version` and `limits` take no input.
/// - `canonical` takes a JSON document and answers its deterministic CBOR in hexadecimal digits, and its digest
///   as a kind of content named `document`.
/// - `charter` takes `{"charter":"<YAML>"}` and answers its name, its version, and what it says with every default
///   filled in.
/// - `lock` takes `{"packs":["<YAML>",…]}`, packs and overlays, and answers the text of the lock file that pins
///   them.
/// - `simulate` takes `charter`, `lock` and `packs` as YAML texts, the ledger's `origin` and `keys`, the instant
///   `begin`, a `history` of steps, and the `step` to decide, all in memory. A step is
///   `{"request":…,"plan":{"terraform":"<JSON>","nonce":"<64 hex digits>"}}` or `{"fact":…}`; with a token,
///   it has `"token":"<compact form>"` and `"keySet":"<JSON>"`. The answer holds the `admission`, the
///   `entryBytes` in hexadecimal digits, and the `status` after it.
/// - `verify_token` takes a `provider` as a charter declares it, a `token`, the `keySet` and the instant `at`.
/// - `signing_bytes` takes a `text` that a person signs and answers the bytes that an Ed25519 key signs for a DSSE envelope;
///   `envelope` takes the `text` and that `signature` and answers the envelope. `verify_approval` takes a
///   `statement`, the `signature` (an envelope, or what `ssh-keygen -Y sign` writes), the allowed `signers` and
///   `at`.
/// - `verifier_key` takes the `name` of a key and its `publicKey`.
/// - `verify_receipt` takes the text of a `receipt`, the trusted `keys` as verifier keys, and, where
///   wanted, the `threshold` of how many of them must have signed (1) and the `origin` that is expected.
///   Whoever is about to act on a permit adds `permit`: the instant `at`, what they have as `held`
///   ([`Held`](crate::model::Held)), and the `plan` as for `simulate`; the answer then has `permit` too: the
///   `permit`, and the `contradictions` with it, of which there must be none.
/// - `verify_checkpoint` takes the text of a signed `checkpoint`, `keys`, `threshold` and `origin`; `verify_fork` takes a
///   `proof` and `keys`.
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
    // No operation of the contract, and in no list of them.
    #[cfg(feature = "panic-drill")]
    if operation == "panic_drill" {
        return drill::arm(input);
    }
    method(FUNCTIONS, operation, |run| run(input))
}

/// Finds what is to be called, and calls it.
fn method<F: Copy>(
    methods: Methods<F>,
    name: &str,
    run: impl FnOnce(F) -> Result<String>,
) -> Result<String> {
    let Some((_, found)) = methods.iter().find(|(known, _)| *known == name) else {
        let names: Vec<_> = names(methods).collect();
        return Err(Error::new(Code::InputInvalidValue, "there is no such operation")
            .with_help(format!("the operations are: {}", names.join(", "))));
    };
    guard(|| run(*found))
}

/// Reads a document of the contract.
fn parse<T: DeserializeOwned>(input: &[u8]) -> Result<T> {
    Value::parse_json(input)?.deserialize()
}

/// An error: why there is no answer. A denial is none.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ErrorDocument")]
struct ErrorDocument<'a> {
    /// What went wrong: stable, such as `input.syntax`.
    code: &'a str,
    /// What went wrong, for people. It quotes no values.
    message: &'a str,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    /// The document that is meant, where an operation has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(flatten)]
    position: Option<ErrorPosition>,
    /// A JSON Pointer to the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<&'a str>,
    /// The sequence number of the entry that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<u64>,
}

#[derive(Serialize, JsonSchema)]
struct ErrorPosition {
    /// The line, counted from 1.
    line: u32,
    /// The column in characters, counted from 1.
    column: u32,
}

/// An error as JSON text: `code` and `message`, and `help`, `source`, `line`, `column`, `pointer`
/// and `sequence` where they are known.
pub fn error_json(error: &Error) -> String {
    let place = error.place();
    let document = ErrorDocument {
        code: error.code(),
        message: error.message(),
        help: error.help(),
        source: place.source.as_deref(),
        position: place.position.map(|Position { line, column }| ErrorPosition { line, column }),
        pointer: place.pointer.as_deref(),
        sequence: place.sequence,
    };
    serde_json::to_string(&document)
        .unwrap_or_else(|_| r#"{"code":"internal","message":""}"#.into())
}

fn to_json<T: Serialize>(answer: &T) -> Result<String> {
    /// As much as most decisions need.
    const USUAL: usize = 2048;
    let mut text = Vec::with_capacity(USUAL);
    serde_json::to_writer(&mut text, answer)
        .ok()
        .and_then(|()| String::from_utf8(text).ok())
        .ok_or_else(|| Error::internal("an answer could not be written"))
}

/// Catches a panic: what a handle keeps is made anew, or is as it was, wherever it happens.
fn guard<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    let guarded = || {
        #[cfg(feature = "panic-drill")]
        drill::perhaps();
        run()
    };
    panic::catch_unwind(AssertUnwindSafe(guarded))
        .unwrap_or_else(|_| Err(Error::internal("an operation panicked")))
}

/// Makes the library panic on demand, for the tests of the bindings.
#[cfg(feature = "panic-drill")]
mod drill {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::{Result, documents::nothing};

    static ARMED: AtomicBool = AtomicBool::new(false);

    /// The next operation panics.
    pub(super) fn arm(input: &[u8]) -> Result<String> {
        nothing(input)?;
        ARMED.store(true, Ordering::SeqCst);
        Ok("null".to_owned())
    }

    #[allow(clippy::panic, reason = "it is what this is for")]
    pub(super) fn perhaps() {
        if ARMED.swap(false, Ordering::SeqCst) {
            panic!("on demand");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        assert_eq!(guard::<()>(|| panic!("on purpose")).unwrap_err().code(), "internal");
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
