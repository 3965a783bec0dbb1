//! The keys of people, and whether one of them signed a statement.

use std::collections::BTreeSet;

use ed25519::pkcs8::{DecodePublicKey as _, PublicKeyBytes};
use ed25519_dalek::VerifyingKey;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ssh_key::{
    HashAlg, PublicKey,
    public::{Ed25519PublicKey, KeyData},
};

use super::{
    SignedTag, Statement, dsse, ssh,
    ssh::{GIT_NAMESPACE, NAMESPACE},
    text::is_name,
};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
    ledger::strong_point,
    limits,
    time::Instant,
};

/// A person's key, as a charter says it: a strict subset of a line of ssh-keygen's allowed signers
/// file. There are no patterns and no certificate authorities, and a key is one person's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AllowedSigner {
    /// The person, by the name that the charter declares them under.
    pub principal: String,
    /// The public key: a line such as `ssh-ed25519 AAAA…`, or an Ed25519 key in PEM (`BEGIN PUBLIC KEY`),
    /// which signs DSSE envelopes alone.
    pub key: String,
    /// What the key is for, as in ssh-keygen's file; absent means everything, otherwise the namespace of
    /// approvals, or `git` for tags, must be among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespaces: Option<Vec<String>>,
    /// The first instant at which signatures by the key count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_after: Option<Instant>,
    /// The last instant at which signatures by the key count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_before: Option<Instant>,
}

/// The keys whose signatures count, each of one person.
///
/// ```
/// use poundlock::identity::{AllowedSigner, AllowedSigners};
///
/// let alice = AllowedSigner {
///     principal: "alice".into(),
///     key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBdF84mPckVQoT9Hd8pBqYM+0Qub8JP1y9aST4zok9Ud".into(),
///     namespaces: None,
///     valid_after: None,
///     valid_before: Some("2027-01-01T00:00:00Z".parse()?),
/// };
/// assert_eq!(AllowedSigners::new(&[alice.clone()])?.len(), 1);
///
/// let mallory = AllowedSigner { principal: "mallory".into(), ..alice.clone() };
/// assert_eq!(AllowedSigners::new(&[alice, mallory]).unwrap_err().code(), "charter.duplicate");
/// # Ok::<(), poundlock::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AllowedSigners {
    signers: Vec<Signer>,
}

#[derive(Clone, Debug)]
struct Signer {
    principal: String,
    key: Key,
    /// Absent means everything.
    namespaces: Option<Vec<String>>,
    valid_after: Option<Instant>,
    valid_before: Option<Instant>,
}

#[derive(Clone, Debug)]
enum Key {
    /// Signs as `ssh-keygen` does, and envelopes too if it is a plain Ed25519 key.
    Ssh(Box<PublicKey>),
    /// Signs envelopes.
    Ed25519(VerifyingKey),
}

/// That a person signed a text. Only [`AllowedSigners`] makes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifiedSignature {
    /// The person.
    principal: String,
    /// The key's fingerprint, as `ssh-keygen -l` shows it: `SHA256:` and base64.
    key: String,
    /// The plain SHA-256 of the text.
    statement: Digest,
}

impl VerifiedSignature {
    /// The person.
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// The key's fingerprint, as `ssh-keygen -l` shows it: `SHA256:` and base64.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The plain SHA-256 of the text.
    pub fn statement(&self) -> Digest {
        self.statement
    }
}

impl AllowedSigners {
    /// Checks the keys. No key at all is fine: then no signature counts.
    ///
    /// # Errors
    ///
    /// With a JSON Pointer into the list: `charter.invalid` when a field does not make sense or the key is
    /// not of an acceptable kind, `charter.duplicate` when a key is there twice, `limit.count` above
    /// [`limits::SIGNERS`].
    pub fn new(documents: &[AllowedSigner]) -> Result<Self> {
        if documents.len() > limits::SIGNERS {
            let message = format!("there are more than {} allowed signers", limits::SIGNERS);
            return Err(Error::new(Code::LimitCount, message));
        }
        let mut seen = BTreeSet::new();
        let mut signers = Vec::with_capacity(documents.len());
        for (index, document) in documents.iter().enumerate() {
            let signer = Signer::new(document, index)?;
            if !seen.insert(signer.key.fingerprint()) {
                let message = "the key is there twice; a key is one person's";
                return Err(
                    Error::new(Code::CharterDuplicate, message).at_pointer(format!("/{index}/key"))
                );
            }
            signers.push(signer);
        }
        Ok(Self { signers })
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.signers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.signers.is_empty()
    }

    /// Whether a person has a key to sign statements with.
    pub(crate) fn signs(&self, principal: &str) -> bool {
        self.signers.iter().any(|signer| signer.principal == principal && signer.is_for(NAMESPACE))
    }

    /// Verifies that the person whom the statement names signed it, with a key that counts at an
    /// instant: the one at which the approval is recorded. The signature is what `ssh-keygen -Y sign`
    /// writes, or a DSSE envelope.
    ///
    /// The statement's own instants are not judged here.
    ///
    /// # Errors
    ///
    /// - `limit.size` above [`limits::SIGNATURE_BYTES`], `approval.statement` when the statement has no text.
    /// - `approval.signature_malformed`: it is neither kind of signature.
    /// - `approval.signature_namespace`, `approval.signature_payload_type`: it was made for another purpose.
    /// - `approval.signature_certificate`: it names a certificate in place of a key.
    /// - `approval.signature_hash`: its hash is too weak.
    /// - `approval.signature_payload`: its envelope holds another statement.
    /// - `approval.signature_unlisted`: its key is not among the allowed signers'.
    /// - `approval.signature_principal`: its key is another person's.
    /// - `approval.signature_expired`: its key does not count yet, or any more.
    /// - `approval.signature_invalid`: it is not over this statement, or nobody touched the security key.
    pub fn verify(
        &self,
        statement: &Statement,
        signature: &[u8],
        at: Instant,
    ) -> Result<VerifiedSignature> {
        self.verify_text(&statement.by, &statement.to_text()?, signature, at)
    }

    /// Verifies that a person signed a text; see [`AllowedSigners::verify`], whose errors it has.
    pub(crate) fn verify_text(
        &self,
        by: &str,
        text: &str,
        signature: &[u8],
        at: Instant,
    ) -> Result<VerifiedSignature> {
        if signature.len() > limits::SIGNATURE_BYTES {
            let message = format!("the signature is larger than {} bytes", limits::SIGNATURE_BYTES);
            return Err(Error::new(Code::LimitSize, message));
        }
        // Not UTF-8 is neither kind of signature.
        let signature = std::str::from_utf8(signature).unwrap_or_default();
        let signer = if ssh::is_signature(signature) {
            self.by_ssh(Some(by), NAMESPACE, text.as_bytes(), signature, at)
        } else {
            self.by_envelope(by, text, signature, at)
        }?;
        Ok(signer.verified(text.as_bytes()))
    }

    /// Verifies that a person whose key is for tags signed a tag with an SSH key that counts at an instant.
    ///
    /// # Errors
    ///
    /// Those of [`AllowedSigners::verify`] for SSH signatures but `approval.signature_principal`.
    pub(crate) fn verify_tag(&self, tag: &SignedTag<'_>, at: Instant) -> Result<VerifiedSignature> {
        let text = tag.signed.as_bytes();
        self.by_ssh(None, GIT_NAMESPACE, text, tag.signature, at)
            .map(|signer| signer.verified(text))
    }

    fn by_ssh(
        &self,
        by: Option<&str>,
        namespace: &'static str,
        text: &[u8],
        signature: &str,
        at: Instant,
    ) -> Result<&Signer> {
        let signature = ssh::Signature::parse(signature, namespace)?;
        let found = self.signers.iter().find_map(|signer| match &signer.key {
            Key::Ssh(key) if signature.is_by(key) => Some((signer, key)),
            _ => None,
        });
        let (signer, key) =
            found.filter(|(signer, _)| signer.is_for(namespace)).ok_or_else(unlisted)?;
        if by.is_some_and(|by| signer.principal != by) {
            return Err(Error::new(
                Code::ApprovalSignaturePrincipal,
                "the key is another person's than the one who is said to sign",
            ));
        }
        signer.check_validity(at)?;
        if signature.verifies(key, text) { Ok(signer) } else { Err(wrong()) }
    }

    /// An envelope does not say which key signed it, so all of the person's are tried.
    fn by_envelope(&self, by: &str, text: &str, envelope: &str, at: Instant) -> Result<&Signer> {
        let signature = dsse::signature(envelope, text.as_bytes())?;
        let of_person = |signer: &&Signer| signer.principal == by && signer.is_for(NAMESPACE);
        let keys = self.signers.iter().filter(of_person);
        let mut keys = keys.filter_map(|signer| Some((signer, signer.key.point()?))).peekable();
        if keys.peek().is_none() {
            return Err(unlisted());
        }
        let (signer, _) = keys
            .find(|(_, key)| dsse::verifies(key, text.as_bytes(), &signature))
            .ok_or_else(wrong)?;
        signer.check_validity(at)?;
        Ok(signer)
    }
}

impl Signer {
    fn new(document: &AllowedSigner, index: usize) -> Result<Self> {
        let invalid = |field: &str, message: &str| {
            Error::new(Code::CharterInvalid, message).at_pointer(format!("/{index}/{field}"))
        };
        if !is_name(&document.principal) {
            let message = "a name is empty, too long, or holds invisible characters";
            return Err(invalid("principal", message));
        }
        let namespaces = document.namespaces.as_ref();
        let useful = |name: &String| name == NAMESPACE || name == GIT_NAMESPACE;
        if namespaces.is_some_and(|names| !names.iter().any(useful)) {
            let message = "the key is neither for approvals nor for tags";
            return Err(invalid("namespaces", message)
                .with_help(format!("add {NAMESPACE} or {GIT_NAMESPACE}, or leave the list out")));
        }
        let never = document.valid_after.zip(document.valid_before);
        if never.is_some_and(|(after, before)| after >= before) {
            return Err(invalid("validBefore", "the key never counts: it ends before it begins"));
        }
        let key = Key::parse(&document.key).ok_or_else(|| {
            invalid("key", "the key is not an acceptable public key").with_help(
                "keys are Ed25519, ECDSA on P-256 or P-384, RSA of 2048 to 4096 bits, or a security key's",
            )
        })?;
        let AllowedSigner { principal, namespaces, valid_after, valid_before, .. } =
            document.clone();
        Ok(Self { principal, key, namespaces, valid_after, valid_before })
    }

    fn is_for(&self, namespace: &str) -> bool {
        self.namespaces.as_ref().is_none_or(|names| names.iter().any(|name| name == namespace))
    }

    fn verified(&self, text: &[u8]) -> VerifiedSignature {
        VerifiedSignature {
            principal: self.principal.clone(),
            key: self.key.fingerprint(),
            statement: Digest::of(text),
        }
    }

    /// Whether the key counts at an instant; as for ssh-keygen, both ends do.
    fn check_validity(&self, at: Instant) -> Result<()> {
        let early = self.valid_after.is_some_and(|after| at < after);
        let late = self.valid_before.is_some_and(|before| at > before);
        if early || late {
            return Err(Error::new(
                Code::ApprovalSignatureExpired,
                format!("the key does not count at {at}"),
            )
            .with_help("sign with a key that is valid, or let an amendment list a new one"));
        }
        Ok(())
    }
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        if !text.starts_with("-----BEGIN") {
            return ssh::public_key(text).map(|key| Self::Ssh(Box::new(key)));
        }
        let bytes = PublicKeyBytes::from_public_key_pem(text.trim_end()).ok()?;
        strong_point(bytes.as_ref()).map(Self::Ed25519)
    }

    /// The key as one that signs envelopes.
    fn point(&self) -> Option<VerifyingKey> {
        match self {
            Self::Ssh(key) => key.key_data().ed25519().and_then(|key| strong_point(&key.0)),
            Self::Ed25519(key) => Some(*key),
        }
    }

    fn fingerprint(&self) -> String {
        let fingerprint = match self {
            Self::Ssh(key) => key.fingerprint(HashAlg::Sha256),
            Self::Ed25519(key) => {
                KeyData::Ed25519(Ed25519PublicKey(key.to_bytes())).fingerprint(HashAlg::Sha256)
            }
        };
        fingerprint.to_string()
    }
}

fn unlisted() -> Error {
    let message = "the key of the signature is not among the allowed signers' for this purpose";
    Error::new(Code::ApprovalSignatureUnlisted, message)
        .with_help("let an amendment of the charter list the person's key")
}

fn wrong() -> Error {
    let message = "the signature is not one over this text";
    Error::new(Code::ApprovalSignatureInvalid, message)
        .with_help("sign the text's exact bytes, and touch the security key if it is one")
}
