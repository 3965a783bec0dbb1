//! Who somebody is: tokens and signatures, verified or prepared, without a charter or a ledger.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{parse, to_json};
use crate::{
    digest::{hex, unhex},
    error::{Code, Error, Result},
    identity::{
        AllowedSigner, AllowedSigners, KeySet, PAYLOAD_TYPE, Provider, ProviderDocument, Statement,
        envelope_of, pre_authentication_encoding,
    },
    ledger::{VerifierKey, unbase64},
    time::Instant,
};

/// What `verify_token` needs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct VerifyTokenInput {
    /// The provider, as a charter declares it.
    provider: ProviderDocument,
    /// The token, in compact form.
    token: String,
    /// The key set of its issuer (JWKS), in JSON.
    key_set: String,
    /// The instant at which it must be valid.
    at: Instant,
}

/// Answers what a token shows: a [`VerifiedToken`](crate::identity::VerifiedToken).
pub(super) fn verify_token(input: &[u8]) -> Result<String> {
    let input: VerifyTokenInput = parse(input)?;
    let provider = Provider::new(&input.provider).map_err(|error| error.at_pointer("/provider"))?;
    let keys =
        KeySet::parse(input.key_set.as_bytes()).map_err(|error| error.in_source("keySet"))?;
    to_json(&provider.verify(&input.token, &keys, input.at)?)
}

/// What `verify_approval` needs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct VerifyApprovalInput {
    /// The text that was signed.
    statement: String,
    /// What `ssh-keygen -Y sign` writes, or a DSSE envelope in JSON.
    signature: String,
    /// The keys whose signatures count.
    signers: Vec<AllowedSigner>,
    /// The instant at which the key must count.
    at: Instant,
}

/// Answers who signed: a [`VerifiedSignature`](crate::identity::VerifiedSignature).
pub(super) fn verify_approval(input: &[u8]) -> Result<String> {
    let input: VerifyApprovalInput = parse(input)?;
    let signers =
        AllowedSigners::new(&input.signers).map_err(|error| error.at_pointer("/signers"))?;
    let statement = Statement::parse(input.statement.as_bytes())?;
    to_json(&signers.verify(&statement, input.signature.as_bytes(), input.at)?)
}

/// What `signing_bytes` and `envelope` are about.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SigningBytesInput {
    /// The text that a person signs.
    text: String,
}

/// The bytes to sign.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SigningBytesAnswer {
    /// DSSE's payload type.
    payload_type: &'static str,
    /// DSSE's pre-authentication encoding of the text, in hexadecimal digits: what is signed with Ed25519.
    bytes: String,
}

pub(super) fn signing_bytes(input: &[u8]) -> Result<String> {
    let input: SigningBytesInput = parse(input)?;
    let bytes = pre_authentication_encoding(PAYLOAD_TYPE, input.text.as_bytes());
    to_json(&SigningBytesAnswer { payload_type: PAYLOAD_TYPE, bytes: hex(&bytes) })
}

/// What `envelope` needs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EnvelopeInput {
    /// The text that was signed.
    text: String,
    /// The Ed25519 signature over the bytes that `signing_bytes` answers, in base64.
    signature: String,
}

/// A DSSE envelope.
#[derive(Serialize, JsonSchema)]
pub(super) struct EnvelopeAnswer {
    /// The envelope in JSON: the `text` of a request's or fact's signature.
    envelope: String,
}

pub(super) fn envelope(input: &[u8]) -> Result<String> {
    let input: EnvelopeInput = parse(input)?;
    let signature = signature(&input.signature).map_err(|error| error.at_pointer("/signature"))?;
    to_json(&EnvelopeAnswer { envelope: envelope_of(&input.text, &signature) })
}

/// Reads an Ed25519 signature in base64.
pub(super) fn signature(text: &str) -> Result<[u8; 64]> {
    unbase64(text).and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| {
        Error::new(Code::InputInvalidValue, "an Ed25519 signature is 64 bytes in base64")
    })
}

/// What `verifier_key` needs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct VerifierKeyInput {
    /// The name that the key signs under: its ledger's origin.
    name: String,
    /// The 32 bytes of the Ed25519 public key (RFC 8032), in hexadecimal digits.
    public_key: String,
}

/// A public key as a ledger names it.
#[derive(Serialize, JsonSchema)]
pub(super) struct VerifierKeyAnswer {
    /// The key's text.
    key: VerifierKey,
}

pub(super) fn verifier_key(input: &[u8]) -> Result<String> {
    let input: VerifierKeyInput = parse(input)?;
    let bytes = unhex(&input.public_key).and_then(|bytes| bytes.try_into().ok());
    let bytes = bytes.ok_or_else(|| {
        Error::new(Code::KeyInvalid, "a public key is 64 hexadecimal digits")
            .at_pointer("/publicKey")
    })?;
    let key = VerifierKey::new(&input.name, &bytes)?;
    to_json(&VerifierKeyAnswer { key })
}
