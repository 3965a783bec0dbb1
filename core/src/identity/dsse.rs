//! Signatures in envelopes, as DSSE v1 defines them, by plain Ed25519 keys.

use base64ct::{Base64, Encoding as _};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::Deserialize;

use super::text::decode;
use crate::{
    error::{Code, Error, Result},
    ledger::Signer,
    value::Value,
};

/// The payload type of approvals: an envelope made for another purpose is none.
pub const PAYLOAD_TYPE: &str = "application/vnd.poundlock.approval.v1";

/// The bytes that an envelope's signature is over: DSSE's pre-authentication encoding.
///
/// ```
/// use poundlock::identity::pre_authentication_encoding;
///
/// let bytes = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world");
/// assert_eq!(bytes, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
/// ```
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

/// Signs a text as an envelope in JSON, with a person's own Ed25519 key.
///
/// # Errors
///
/// Those of the signer.
pub fn sign_envelope(signer: &dyn Signer, text: &str) -> Result<String> {
    let signature = signer.sign(&pre_authentication_encoding(PAYLOAD_TYPE, text.as_bytes()))?;
    Ok(envelope_of(text, &signature))
}

/// A text as an envelope in JSON, with the signature over its [`pre_authentication_encoding`].
pub fn envelope_of(text: &str, signature: &[u8; 64]) -> String {
    let envelope = serde_json::json!({
        "payload": Base64::encode_string(text.as_bytes()),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{ "sig": Base64::encode_string(signature) }],
    });
    format!("{envelope}\n")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvelopeSignature {
    /// A hint that nothing vouches for; keys are found without it.
    #[serde(default, rename = "keyid")]
    _key_id: Option<String>,
    sig: String,
}

/// The one signature of an envelope that holds this very statement. It is not verified yet.
pub(super) fn signature(envelope: &str, statement: &[u8]) -> Result<Signature> {
    let malformed = || {
        Error::new(
            Code::ApprovalSignatureMalformed,
            "the text is neither an SSH signature nor a DSSE envelope with one signature",
        )
    };
    let envelope = Value::parse_json(envelope.as_bytes())
        .and_then(|value| value.deserialize::<Envelope>())
        .map_err(|_| malformed())?;
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err(Error::new(
            Code::ApprovalSignaturePayloadType,
            "the envelope was made for another purpose: its payload type is not that of approvals",
        ));
    }
    let payload = decode::<Base64>(&envelope.payload).ok_or_else(malformed)?;
    let [signature] = envelope.signatures.as_slice() else { return Err(malformed()) };
    let signature = decode::<Base64>(&signature.sig)
        .and_then(|bytes| Signature::from_slice(&bytes).ok())
        .ok_or_else(malformed)?;
    if payload != statement {
        return Err(Error::new(
            Code::ApprovalSignaturePayload,
            "the envelope holds another statement than the one that is approved",
        ));
    }
    Ok(signature)
}

/// Whether the key made the signature over the statement.
pub(super) fn verifies(key: &VerifyingKey, statement: &[u8], signature: &Signature) -> bool {
    key.verify_strict(&pre_authentication_encoding(PAYLOAD_TYPE, statement), signature).is_ok()
}
