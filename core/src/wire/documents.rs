//! What needs neither a charter nor a ledger: versions, limits, canonical bytes, charters and lock files.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{parse, to_json};
use crate::{
    canonical,
    charter::{Charter, CharterDocument, Lock},
    digest::{Digest, hex},
    engine::{self, ENGINE_VERSION},
    error::{Code, Error, Result},
    limits,
    value::Value,
};

/// The version of this library and of its engine's semantics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "VersionAnswer")]
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

pub(super) fn version(input: &[u8]) -> Result<String> {
    nothing(input)?;
    to_json(&Version::CURRENT)
}

/// Demands that an operation gets no input.
pub(super) fn nothing(input: &[u8]) -> Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    Err(Error::new(Code::InputInvalidValue, "this operation takes no input"))
}

/// The bounds that hosts meet first, in bytes where nothing else is said.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "LimitsAnswer")]
pub(super) struct Limits {
    /// A JSON document: a plan, a request, an input of an operation.
    document_bytes: usize,
    /// How many values a document holds.
    document_values: usize,
    /// How deep a document nests.
    depth: usize,
    /// A charter, lock file, pack or overlay.
    yaml_bytes: usize,
    /// A name, such as an actor's or a stage's.
    name_bytes: usize,
    /// A text for people, such as a reason.
    text_bytes: usize,
    /// An entry of a ledger.
    entry_bytes: usize,
    /// An attachment of a ledger.
    attachment_bytes: usize,
    /// A token.
    token_bytes: usize,
    /// The key set of a token's issuer.
    key_set_bytes: usize,
    /// A person's signature.
    signature_bytes: usize,
    /// A signed checkpoint.
    checkpoint_bytes: usize,
    /// A receipt.
    receipt_bytes: usize,
    /// The steps of one evaluation of an expression.
    evaluation_steps: u64,
    /// The steps of all evaluations for one request.
    request_steps: u64,
}

pub(super) fn limits(input: &[u8]) -> Result<String> {
    nothing(input)?;
    to_json(&Limits {
        document_bytes: limits::DOCUMENT_BYTES,
        document_values: limits::DOCUMENT_VALUES,
        depth: limits::DEPTH,
        yaml_bytes: limits::YAML_BYTES,
        name_bytes: limits::NAME_BYTES,
        text_bytes: limits::TEXT_BYTES,
        entry_bytes: limits::ENTRY_BYTES,
        attachment_bytes: limits::ATTACHMENT_BYTES,
        token_bytes: limits::TOKEN_BYTES,
        key_set_bytes: limits::KEY_SET_BYTES,
        signature_bytes: limits::SIGNATURE_BYTES,
        checkpoint_bytes: limits::CHECKPOINT_BYTES,
        receipt_bytes: limits::PROOF_BYTES,
        evaluation_steps: limits::EVALUATION_STEPS,
        request_steps: limits::REQUEST_STEPS,
    })
}

/// A document as it is hashed.
#[derive(Serialize, JsonSchema)]
pub(super) struct CanonicalAnswer {
    /// Its deterministic CBOR, in hexadecimal digits.
    bytes: String,
    /// Its digest as a kind of content named `document`.
    digest: Digest,
}

pub(super) fn canonical(input: &[u8]) -> Result<String> {
    let document = Value::parse_json(input)?;
    to_json(&CanonicalAnswer {
        bytes: hex(&canonical::encode_document(document.as_ref())?),
        digest: canonical::document_digest("document", None, document.as_ref())?,
    })
}

/// What `charter` needs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CharterInput {
    /// The charter, in YAML.
    charter: String,
}

/// A charter that makes sense as a whole.
#[derive(Serialize, JsonSchema)]
pub(super) struct CharterAnswer<'a> {
    /// Its name.
    name: &'a str,
    /// Its version.
    version: &'a str,
    /// The digest over its canonical form. The law of a ledger has one of its own, over the packs as well.
    digest: Digest,
    /// What it says, with every default filled in.
    document: &'a CharterDocument,
}

pub(super) fn charter(input: &[u8]) -> Result<String> {
    let input: CharterInput = parse(input)?;
    let charter = Charter::parse(input.charter.as_bytes())?;
    let document = charter.document();
    to_json(&CharterAnswer {
        name: &document.charter,
        version: &document.version,
        digest: charter.document_digest(),
        document,
    })
}

/// What `lock` needs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct LockInput {
    /// The packs and overlays, in YAML.
    packs: Vec<String>,
}

/// A lock file.
#[derive(Serialize, JsonSchema)]
pub(super) struct LockAnswer {
    /// Its text, in YAML.
    lock: String,
}

pub(super) fn lock(input: &[u8]) -> Result<String> {
    let input: LockInput = parse(input)?;
    let mut lock = Lock::default();
    for (index, text) in input.packs.iter().enumerate() {
        let (reference, digest) = engine::identify(text.as_bytes())
            .map_err(|error| error.in_source(format!("packs/{index}")))?;
        lock.pin(reference, digest);
    }
    to_json(&LockAnswer { lock: lock.to_yaml() })
}
