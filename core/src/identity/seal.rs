//! The signatures over a report: a DSSE envelope around it, by keys that a charter lists.

use std::collections::BTreeSet;

use base64ct::{Base64, Encoding as _};
use ed25519::pkcs8::{DecodePublicKey as _, PublicKeyBytes};
use ed25519_dalek::VerifyingKey;
use p256::ecdsa::{self, signature::Verifier as _};
use pkcs8::{
    SubjectPublicKeyInfoRef,
    der::{Decode as _, pem},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{pre_authentication_encoding, text::is_name};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
    ledger::{Signer, strong_point},
    limits,
    value::Value,
};

/// The payload type of in-toto statements.
const IN_TOTO: &str = "application/vnd.in-toto+json";
/// The object identifiers of an elliptic curve key, and of the curve P-256 (RFC 5480).
const EC_KEY: &str = "1.2.840.10045.2.1";
const P256: &str = "1.2.840.10045.3.1.7";

/// A key whose signature over a report counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportSigner {
    /// Whose key it is, for people.
    pub name: String,
    /// The public key in PEM (`BEGIN PUBLIC KEY`): Ed25519, or ECDSA on P-256.
    pub key: String,
}

/// A [`ReportSigner`]'s key.
pub(crate) enum ReportKey {
    Ed25519(VerifyingKey),
    P256(Box<ecdsa::VerifyingKey>),
}

impl ReportSigner {
    /// Reads the key.
    ///
    /// # Errors
    ///
    /// `charter.invalid`, with the place within the signer.
    pub(crate) fn to_key(&self) -> Result<ReportKey> {
        let invalid =
            |place: &str, message| Error::new(Code::CharterInvalid, message).at_pointer(place);
        if !is_name(&self.name) {
            let message = "a name is empty, too long, or holds invisible characters";
            return Err(invalid("/name", message));
        }
        ReportKey::parse(self.key.trim_end()).ok_or_else(|| {
            invalid("/key", "the key is not an acceptable public key")
                .with_help("keys are Ed25519 or ECDSA on P-256, in PEM: BEGIN PUBLIC KEY")
        })
    }

    /// The name under which a record holds that this key signed: the digest of the key's text without its line ends.
    fn fingerprint(&self) -> Digest {
        let text: String = self.key.split_whitespace().collect();
        Digest::of(text.as_bytes())
    }
}

impl ReportKey {
    fn parse(text: &str) -> Option<Self> {
        if let Ok(bytes) = PublicKeyBytes::from_public_key_pem(text) {
            return strong_point(bytes.as_ref()).map(Self::Ed25519);
        }
        let (label, bytes) = pem::decode_vec(text.as_bytes()).ok()?;
        let info = SubjectPublicKeyInfoRef::from_der(&bytes).ok()?;
        let curve = info.algorithm.parameters_oid().ok()?;
        if label != "PUBLIC KEY"
            || info.algorithm.oid.to_string() != EC_KEY
            || curve.to_string() != P256
        {
            return None;
        }
        let point = info.subject_public_key.as_bytes()?;
        ecdsa::VerifyingKey::from_sec1_bytes(point).ok().map(|key| Self::P256(Box::new(key)))
    }

    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Self::P256(key) => ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        }
    }
}

/// The signatures over a report. Like a credential, they are verified once, and then taken as they were recorded:
/// what they are over is not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReportSeal {
    /// The fingerprints of the listed keys that signed.
    signed_by: BTreeSet<Digest>,
    #[serde(skip)]
    envelope: Option<Signed>,
}

/// What is signed, and the signatures, none of them verified.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Signed {
    message: Vec<u8>,
    signatures: Vec<Vec<u8>>,
}

/// A statement in an envelope, with a signature over it.
///
/// # Errors
///
/// Those of the signer.
pub(crate) fn seal(signer: &dyn Signer, statement: &[u8]) -> Result<String> {
    let signature = signer.sign(&pre_authentication_encoding(IN_TOTO, statement))?;
    let envelope = serde_json::json!({
        "payload": Base64::encode_string(statement),
        "payloadType": IN_TOTO,
        "signatures": [{ "sig": Base64::encode_string(&signature) }],
    });
    Ok(envelope.to_string())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Deserialize)]
struct EnvelopeSignature {
    sig: String,
}

impl ReportSeal {
    /// Opens an envelope: what it holds, and the signatures over it; `None` for another document.
    ///
    /// # Errors
    ///
    /// `report.malformed` for an envelope around something else, or one whose signatures are none.
    pub(crate) fn open(document: &Value) -> Result<Option<(Vec<u8>, Self)>> {
        let malformed = |message: &str| Error::new(Code::ReportMalformed, message);
        if document.as_ref().get("payloadType").is_none() {
            return Ok(None);
        }
        let envelope: Envelope = document
            .deserialize()
            .map_err(|_| malformed("this is neither a statement nor a DSSE envelope"))?;
        if envelope.payload_type != IN_TOTO {
            return Err(malformed("the envelope's payload is not an in-toto statement")
                .at_pointer("/payloadType"));
        }
        if envelope.signatures.len() > limits::REPORT_SIGNATURES {
            let message =
                format!("an envelope has at most {} signatures", limits::REPORT_SIGNATURES);
            return Err(Error::new(Code::LimitCount, message).at_pointer("/signatures"));
        }
        let payload = Base64::decode_vec(&envelope.payload)
            .map_err(|_| malformed("the payload is not base64").at_pointer("/payload"))?;
        let signatures = envelope.signatures.iter().map(|signature| {
            Base64::decode_vec(&signature.sig)
                .map_err(|_| malformed("a signature is not base64").at_pointer("/signatures"))
        });
        let signed = Signed {
            message: pre_authentication_encoding(IN_TOTO, &payload),
            signatures: signatures.collect::<Result<_>>()?,
        };
        Ok(Some((payload, Self { signed_by: BTreeSet::new(), envelope: Some(signed) })))
    }

    /// The seal as it is recorded: with those of the keys that signed, and nothing of what they signed.
    pub(crate) fn verified(&self, signers: &[ReportSigner]) -> Self {
        let signed_by = match &self.envelope {
            None => self.signed_by.clone(),
            Some(Signed { message, signatures }) => signers
                .iter()
                .filter(|signer| {
                    signer.to_key().is_ok_and(|key| {
                        signatures.iter().any(|signature| key.verifies(message, signature))
                    })
                })
                .map(ReportSigner::fingerprint)
                .collect(),
        };
        Self { signed_by, envelope: None }
    }

    /// Whether one of the keys signed.
    pub(crate) fn is_by(&self, signers: &[ReportSigner]) -> bool {
        let verified = self.verified(signers);
        signers.iter().any(|signer| verified.signed_by.contains(&signer.fingerprint()))
    }
}
