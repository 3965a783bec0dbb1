//! The Ed25519 keys that checkpoints are signed and verified with.
//!
//! A verifier key is written as C2SP `signed-note` defines it; a secret key is PKCS#8 (RFC 8410),
//! which other tools read and write, and may be encrypted. Nothing here is random: seeds and salts
//! come from the caller.

use std::{borrow::Cow, fmt, str::FromStr};

use ed25519::pkcs8::{
    EncodePublicKey as _, KeypairBytes, PublicKeyBytes, spki::der::pem::LineEnding,
};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

use super::{
    keyfile,
    text::{base64, unbase64},
};
use crate::{
    digest::{Hasher, hex},
    error::{Code, Error, Result},
    limits,
};

/// The signature type of plain Ed25519 signatures of notes.
const ED25519: u8 = 0x01;

/// A public key with the name that it signs under, written `<name>+<id>+<key>`.
///
/// ```
/// use poundlock::ledger::{SecretKey, Signer, VerifierKey};
///
/// let secret = SecretKey::from_seed("acme/2026", &[7; 32])?;
/// let text = secret.key().to_string();
/// assert!(text.starts_with("acme/2026+"));
/// assert_eq!(text.parse::<VerifierKey>()?, *secret.key());
/// # Ok::<(), poundlock::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    point: VerifyingKey,
}

impl VerifierKey {
    /// A key from its name and the 32 bytes of RFC 8032.
    ///
    /// # Errors
    ///
    /// `key.invalid` when the name is none (see [`VerifierKey::check_name`]), or when the bytes are no
    /// point, not its only encoding, or a point for which signatures can be made without a secret.
    pub fn new(name: &str, public: &[u8; 32]) -> Result<Self> {
        Self::check_name(name)?;
        let point = strong_point(public)
            .ok_or_else(|| invalid("the bytes are not an Ed25519 public key"))?;
        Ok(Self::of_point(name, point))
    }

    fn of_point(name: &str, point: VerifyingKey) -> Self {
        let mut hasher = Hasher::default();
        hasher.update(name.as_bytes());
        hasher.update(&[b'\n', ED25519]);
        hasher.update(point.as_bytes());
        let digest = hasher.finish();
        let [a, b, c, d, ..] = *digest.as_bytes();
        Self { name: name.to_owned(), id: u32::from_be_bytes([a, b, c, d]), point }
    }

    /// Whether this can be the name of a key, and so the origin of a ledger whose checkpoints are
    /// signed: 1 to 256 bytes without white space, control characters and `+`.
    ///
    /// # Errors
    ///
    /// `key.invalid`.
    pub fn check_name(name: &str) -> Result<()> {
        let bad = |character: char| {
            character.is_whitespace() || character.is_control() || character == '+'
        };
        if name.is_empty() || name.len() > limits::NAME_BYTES || name.chars().any(bad) {
            return Err(invalid("the name of a key is not acceptable").with_help(
                "use 1 to 256 bytes without white space, control characters and +, such as acme/2026",
            ));
        }
        Ok(())
    }

    /// The name that the key signs under: its ledger's origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's short identifier: the first four bytes of a hash over name, type and key. It tells
    /// which key to try, and is easily made to collide.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The 32 bytes of RFC 8032.
    pub fn public_bytes(&self) -> &[u8; 32] {
        self.point.as_bytes()
    }

    /// The public key alone as PEM, as `openssl pkeyutl -pubin` reads it.
    ///
    /// # Errors
    ///
    /// `internal` when this library has a defect.
    pub fn to_public_pem(&self) -> Result<String> {
        PublicKeyBytes(*self.public_bytes())
            .to_public_key_pem(LineEnding::LF)
            .map_err(|_| Error::internal("a public key could not be written"))
    }

    /// Verifies a signature strictly: no malleable one and no key or nonce of small order is accepted.
    ///
    /// # Errors
    ///
    /// `checkpoint.signature`.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> Result<()> {
        self.point.verify_strict(message, &Signature::from_bytes(signature)).map_err(|_| {
            Error::new(Code::CheckpointSignature, "the signature of a known key is wrong")
                .with_help(UNALTERED)
        })
    }
}

/// What to do about a signature that does not fit.
pub(super) const UNALTERED: &str = "get the text once more from where it was made: somebody altered it, or signed it with another key of that name";

impl FromStr for VerifierKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            invalid("the text is not an Ed25519 verifier key").with_help(
                "a verifier key is <name>+<8 hexadecimal digits>+<44 characters of base64>",
            )
        };
        // The last two parts have fixed lengths; a longer text is not worth splitting.
        if text.len() > limits::NAME_BYTES.saturating_add(64) {
            return Err(wrong());
        }
        // Base64 may hold a `+`, a name may not.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong());
        };
        let key = unbase64(key).ok_or_else(wrong)?;
        let Some((&ED25519, public)) = key.split_first() else { return Err(wrong()) };
        let key = Self::new(name, public.try_into().map_err(|_| wrong())?)?;
        if hex(&key.id.to_be_bytes()) != id {
            return Err(invalid("the id of the verifier key is not that of its name and key"));
        }
        Ok(key)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519], self.public_bytes().as_slice()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, base64(&key))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for VerifierKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VerifierKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|_| de::Error::custom("not an Ed25519 verifier key"))
    }
}

impl schemars::JsonSchema for VerifierKey {
    fn schema_name() -> Cow<'static, str> {
        "VerifierKey".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[^+\\s]+\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]{44}$",
            "description": "An Ed25519 public key with its name, as C2SP signed-note writes verifier keys."
        })
    }
}

/// The keys that somebody trusts, and how many of them must have signed.
///
/// While one key takes over from another, both are in the set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKeys {
    keys: Vec<VerifierKey>,
    threshold: usize,
}

impl VerifierKeys {
    /// Trusts these keys, of which one must have signed. A key that is there twice counts once.
    ///
    /// # Errors
    ///
    /// `key.invalid` when there is no key; `key.ambiguous` when two different keys have the same name
    /// and id, so that nobody could say which of them signed; `limit.count` for more than
    /// [`limits::KEYS`].
    pub fn new(keys: impl IntoIterator<Item = VerifierKey>) -> Result<Self> {
        let mut set: Vec<VerifierKey> = Vec::new();
        for key in keys {
            match set.iter().find(|other| other.name == key.name && other.id == key.id) {
                Some(other) if *other == key => {}
                Some(_) => {
                    let message = "two different keys have the same name and id";
                    return Err(Error::new(Code::KeyAmbiguous, message));
                }
                None if set.len() >= limits::KEYS => {
                    let message = format!("there are more than {} keys", limits::KEYS);
                    return Err(Error::new(Code::LimitCount, message));
                }
                None => set.push(key),
            }
        }
        if set.is_empty() {
            return Err(invalid("there is no key to verify with"));
        }
        Ok(Self { keys: set, threshold: 1 })
    }

    /// Trusts the keys with these texts; see [`VerifierKeys::new`].
    ///
    /// # Errors
    ///
    /// Those of [`VerifierKeys::new`], and `key.invalid` for a text that is no key.
    pub fn from_texts(texts: impl IntoIterator<Item: AsRef<str>>) -> Result<Self> {
        let keys: Result<Vec<VerifierKey>> =
            texts.into_iter().map(|text| text.as_ref().parse()).collect();
        Self::new(keys?)
    }

    /// Demands that so many different keys have signed.
    ///
    /// # Errors
    ///
    /// `key.invalid` when that is none, or more than there are.
    pub fn with_threshold(mut self, threshold: usize) -> Result<Self> {
        if threshold == 0 || threshold > self.keys.len() {
            let message =
                format!("{threshold} signatures cannot be demanded of {} keys", self.keys.len());
            return Err(Error::new(Code::KeyInvalid, message));
        }
        self.threshold = threshold;
        Ok(self)
    }

    /// The keys, in the order in which they were given.
    pub fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }

    /// How many of them must have signed.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// The key with this name and id.
    pub(super) fn find(&self, name: &str, id: u32) -> Option<&VerifierKey> {
        self.keys.iter().find(|key| key.name == name && key.id == id)
    }
}

/// Whoever can sign for a ledger: a [`SecretKey`], or a host that keeps the key elsewhere.
///
/// ```
/// use poundlock::{Digest, Error, ledger::{Checkpoint, SecretKey, SignedCheckpoint, Signer, VerifierKey}};
///
/// /// Stands for a device: the library sees the public key and what was signed.
/// struct Device(SecretKey);
///
/// impl Signer for Device {
///     fn key(&self) -> &VerifierKey {
///         self.0.key()
///     }
///
///     fn sign(&self, message: &[u8]) -> Result<[u8; 64], Error> {
///         self.0.sign(message)
///     }
/// }
///
/// let device = Device(SecretKey::from_seed("acme/2026", &[7; 32])?);
/// let checkpoint = Checkpoint { origin: "acme/2026".into(), size: 1, root: Digest::ZERO };
/// let signed = SignedCheckpoint::sign(&checkpoint, &[&device])?;
/// assert_eq!(signed.unverified(), &checkpoint);
/// # Ok::<(), Error>(())
/// ```
pub trait Signer: Send + Sync {
    /// The key that verifies what this signs.
    fn key(&self) -> &VerifierKey;

    /// Signs a message with Ed25519 (RFC 8032, not prehashed). The result is verified before it is used.
    ///
    /// # Errors
    ///
    /// Whatever keeps the signer from signing.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64]>;
}

/// A secret key in this process. It is never printed, and wiped when it is dropped.
pub struct SecretKey {
    key: VerifierKey,
    signing: SigningKey,
}

impl SecretKey {
    /// The key of a seed: the 32 random bytes that RFC 8032 calls the private key.
    ///
    /// # Errors
    ///
    /// `key.invalid` when the name is none.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self> {
        VerifierKey::check_name(name)?;
        let signing = SigningKey::from_bytes(seed);
        Ok(Self { key: VerifierKey::of_point(name, signing.verifying_key()), signing })
    }

    /// Reads a key in PKCS#8, as PEM or DER. Encrypted ones are PBES2 with PBKDF2 or scrypt and AES.
    /// The file does not hold the key's name.
    ///
    /// # Errors
    ///
    /// `key.invalid` when the bytes are not such a key, `key.passphrase` when the passphrase is
    /// missing, wrong, or given for a key that is not encrypted, `limit.size` when the file is larger than
    /// [`limits::KEY_BYTES`] or asks for unreasonable work.
    pub fn from_pkcs8(name: &str, bytes: &[u8], passphrase: Option<&[u8]>) -> Result<Self> {
        Self::from_seed(name, &*keyfile::read(bytes, passphrase)?)
    }

    /// Writes the key as PKCS#8 in PEM, readable for everybody who gets hold of it.
    ///
    /// # Errors
    ///
    /// `internal` when this library has a defect.
    pub fn to_pkcs8_pem(&self) -> Result<Zeroizing<String>> {
        keyfile::write(&self.keypair())
    }

    /// Writes the key as PKCS#8 in PEM, encrypted with a passphrase (PBES2, scrypt, AES-256-CBC). Salt
    /// and initialisation vector are random bytes that are used once.
    ///
    /// # Errors
    ///
    /// `key.passphrase` when the passphrase is empty, `internal` when this library has a defect.
    pub fn to_encrypted_pkcs8_pem(
        &self,
        passphrase: &[u8],
        salt: &[u8; 16],
        iv: &[u8; 16],
    ) -> Result<Zeroizing<String>> {
        keyfile::write_encrypted(&self.keypair(), passphrase, salt, iv)
    }

    /// Without the public key, because OpenSSL 3.0 does not read files that hold it.
    fn keypair(&self) -> KeypairBytes {
        KeypairBytes { secret_key: self.signing.to_bytes(), public_key: None }
    }
}

impl Signer for SecretKey {
    fn key(&self) -> &VerifierKey {
        &self.key
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64]> {
        Ok(self.signing.sign(message).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("key", &self.key).finish_non_exhaustive()
    }
}

/// The point of these bytes, if they are its only encoding and nobody can sign for it without a secret.
pub(crate) fn strong_point(public: &[u8; 32]) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(public)
        .ok()
        .filter(|point| !point.is_weak())
        .filter(|point| point.to_edwards().compress().as_bytes() == public)
}

fn invalid(message: &str) -> Error {
    Error::new(Code::KeyInvalid, message)
}
