//! Signatures by SSH keys, as `ssh-keygen -Y sign` makes them (OpenSSH's PROTOCOL.sshsig).

use base64ct::{Base64, Encoding as _};
use ssh_key::{EcdsaCurve, PublicKey, SshSig, public::KeyData};

use super::{
    jwks::{RSA_BITS, RSA_MAX_BITS, bits},
    text::decode,
};
use crate::{
    error::{Code, Error, Result},
    ledger::strong_point,
};

/// The namespace (`ssh-keygen -n`) of approvals and of whatever else a person signs for a ledger: a
/// signature made for another purpose is none.
pub const NAMESPACE: &str = "poundlock-approval@v1.poundlock";
/// The namespace in which Git signs.
pub(super) const GIT_NAMESPACE: &str = "git";

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "-----END SSH SIGNATURE-----";
/// How long `ssh-keygen` makes the lines.
const WIDTH: usize = 70;

/// The bit of a security key's flags that says that somebody touched it (OpenSSH's PROTOCOL.u2f).
const PRESENCE: u8 = 1;
/// How many bytes of flags and counter a security key's signature ends with.
const TRAILER: usize = 5;

/// Whether a text is meant to be such a signature.
pub(super) fn is_signature(text: &str) -> bool {
    text.starts_with("-----BEGIN SSH")
}

/// Reads a public key of an acceptable kind: Ed25519, ECDSA on P-256 or P-384, RSA of 2048 to 4096
/// bits, or one of those two curves on a security key. `None` for all others, certificates included.
pub(super) fn public_key(text: &str) -> Option<PublicKey> {
    let text = text.trim_end_matches('\n');
    let single = !text.chars().any(char::is_control);
    let key = PublicKey::from_openssh(text).ok().filter(|_| single)?;
    let acceptable = match key.key_data() {
        KeyData::Ed25519(point) => strong_point(&point.0).is_some(),
        KeyData::Ecdsa(point) => point.curve() != EcdsaCurve::NistP521,
        KeyData::Rsa(rsa) => {
            rsa.n.as_positive_bytes().is_some_and(|n| (RSA_BITS..=RSA_MAX_BITS).contains(&bits(n)))
        }
        KeyData::SkEd25519(key) => strong_point(&key.public_key().0).is_some(),
        KeyData::SkEcdsaSha2NistP256(_) => true,
        _ => false,
    };
    acceptable.then_some(key)
}

/// A signature for one namespace that names its key, and is not verified yet.
pub(super) struct Signature {
    signature: SshSig,
    namespace: &'static str,
    /// The key that it names, as it names it.
    key: Vec<u8>,
}

impl Signature {
    /// Reads a signature as `ssh-keygen` writes it, with or without the last line feed.
    pub(super) fn parse(text: &str, namespace: &'static str) -> Result<Self> {
        let malformed = || {
            Error::new(Code::ApprovalSignatureMalformed, "the text is not an SSH signature")
                .with_help(format!(
                    "make it with: ssh-keygen -Y sign -n {namespace} -f KEY STATEMENT"
                ))
        };
        let bytes = unarmor(text).ok_or_else(malformed)?;
        let key = check_fields(&bytes, namespace, malformed)?.to_vec();
        let signature = SshSig::from_pem(text.trim_end_matches('\n')).map_err(|_| malformed())?;
        Ok(Self { signature, namespace, key })
    }

    /// Whether it names the key, in its one encoding: the library accepts others too.
    pub(super) fn is_by(&self, key: &PublicKey) -> bool {
        key.to_bytes().is_ok_and(|bytes| bytes == self.key)
    }

    /// Whether the key, which it names, made it over the message.
    pub(super) fn verifies(&self, key: &PublicKey, message: &[u8]) -> bool {
        self.is_touched() && key.verify(self.namespace, message, &self.signature).is_ok()
    }

    /// Whether somebody touched the security key, if it is one.
    fn is_touched(&self) -> bool {
        if !matches!(
            self.signature.public_key(),
            KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_)
        ) {
            return true;
        }
        let flags = self.signature.signature_bytes().iter().rev().nth(TRAILER.saturating_sub(1));
        flags.is_some_and(|flags| flags & PRESENCE != 0)
    }
}

/// Refuses what the library would accept or not tell apart; gives the key.
fn check_fields<'a>(
    bytes: &'a [u8],
    wanted: &str,
    malformed: impl Fn() -> Error,
) -> Result<&'a [u8]> {
    let refuse = |code, message: &str| Err(Error::new(code, message));
    let rest = bytes.strip_prefix(b"SSHSIG\x00\x00\x00\x01").ok_or_else(&malformed)?;
    let mut fields = Strings(rest);
    let mut field = || fields.next().ok_or_else(&malformed);
    let (key, namespace, reserved, hash, signature) =
        (field()?, field()?, field()?, field()?, field()?);
    if !reserved.is_empty() || !fields.0.is_empty() {
        return Err(malformed());
    }
    let kind = Strings(key).next().ok_or_else(&malformed)?;
    if kind.windows(6).any(|part| part == b"-cert-") {
        return refuse(
            Code::ApprovalSignatureCertificate,
            "the signature names a certificate, and only keys are allowed signers",
        );
    }
    if namespace != wanted.as_bytes() {
        return refuse(
            Code::ApprovalSignatureNamespace,
            &format!("the signature was made for another purpose: its namespace is not `{wanted}`"),
        );
    }
    let mut parts = Strings(signature);
    let (algorithm, _) = parts.next().zip(parts.next()).ok_or_else(&malformed)?;
    if !matches!(hash, b"sha256" | b"sha512") || algorithm == b"ssh-rsa" {
        return refuse(
            Code::ApprovalSignatureHash,
            "the signature's hash is neither SHA-256 nor SHA-512",
        );
    }
    let trailer = if kind.starts_with(b"sk-") { TRAILER } else { 0 };
    if parts.0.len() == trailer { Ok(key) } else { Err(malformed()) }
}

/// The strings of SSH's wire format (RFC 4251, §5), one after the other.
struct Strings<'a>(&'a [u8]);

impl<'a> Iterator for Strings<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (string, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }
}

/// The bytes within the armor, which has one spelling.
fn unarmor(text: &str) -> Option<Vec<u8>> {
    let body = text.strip_suffix('\n').unwrap_or(text).strip_prefix(BEGIN)?.strip_suffix(END)?;
    let bytes = decode::<Base64>(&body.split('\n').collect::<String>())?;
    (armor(&bytes) == body).then_some(bytes)
}

/// Base64 in lines, each with a line feed.
fn armor(bytes: &[u8]) -> String {
    let mut body = String::new();
    for (index, character) in Base64::encode_string(bytes).chars().enumerate() {
        if index > 0 && index % WIDTH == 0 {
            body.push('\n');
        }
        body.push(character);
    }
    body.push('\n');
    body
}
