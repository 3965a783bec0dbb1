//! Secret keys as files: PKCS#8 in PEM or DER, plain or encrypted with a passphrase.

use ed25519::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use ed25519_dalek::SigningKey;
use pkcs8::{
    EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef, SecretDocument,
    der::pem::PemLabel as _,
    pkcs5::{
        EncryptionScheme,
        pbes2::{self, Kdf, ScryptParams},
    },
};
use zeroize::Zeroizing;

use crate::{
    error::{Code, Error, Result},
    limits,
};

/// How a passphrase is stretched where we write: 16 MiB of memory, five times over. OpenSSL refuses more
/// than 32 MiB unless it is told otherwise.
const SCRYPT: (u64, u16, u16) = (1 << 14, 8, 5);
/// How much stretching we do for a file that somebody else wrote: iterations of PBKDF2, and bytes that
/// scrypt goes through.
const MAX_ITERATIONS: u32 = 10_000_000;
const MAX_SCRYPT_MEMORY: u64 = 256 * 1024 * 1024;
const MAX_SCRYPT_WORK: u64 = 1024 * 1024 * 1024;

/// The seed in a key file.
pub(super) fn read(bytes: &[u8], passphrase: Option<&[u8]>) -> Result<Zeroizing<[u8; 32]>> {
    if bytes.len() > limits::KEY_BYTES {
        let message = format!("the key is larger than {} bytes", limits::KEY_BYTES);
        return Err(Error::new(Code::LimitSize, message));
    }
    let document = match std::str::from_utf8(bytes) {
        Ok(text) if text.trim_start().starts_with("-----BEGIN") => {
            let (label, document) =
                SecretDocument::from_pem(text.trim_start()).map_err(|_| invalid())?;
            if ![PrivateKeyInfoRef::PEM_LABEL, EncryptedPrivateKeyInfoRef::PEM_LABEL]
                .contains(&label)
            {
                return Err(invalid());
            }
            document
        }
        _ => SecretDocument::try_from(bytes).map_err(|_| invalid())?,
    };
    match (EncryptedPrivateKeyInfoRef::try_from(document.as_bytes()), passphrase) {
        (Ok(encrypted), Some(passphrase)) => {
            check_work(&encrypted.encryption_algorithm)?;
            let wrong = || Error::new(Code::KeyPassphrase, "the passphrase does not open the key");
            let plain = encrypted.decrypt(passphrase).map_err(|_| wrong())?;
            // A wrong passphrase may by chance leave what looks decrypted.
            seed(plain.as_bytes()).map_err(|_| wrong())
        }
        (Ok(_), None) => Err(Error::new(Code::KeyPassphrase, "the key is encrypted")
            .with_help("give the passphrase that it is encrypted with")),
        (Err(_), None) => seed(document.as_bytes()),
        (Err(_), Some(_)) => {
            // Say that the key is broken rather than that it is not encrypted.
            seed(document.as_bytes())?;
            Err(Error::new(Code::KeyPassphrase, "the key is not encrypted")
                .with_help("give no passphrase, or encrypt the key with it"))
        }
    }
}

fn seed(der: &[u8]) -> Result<Zeroizing<[u8; 32]>> {
    let pair = KeypairBytes::from_pkcs8_der(der).map_err(|_| invalid())?;
    let seed = Zeroizing::new(pair.secret_key);
    if let Some(public) = &pair.public_key {
        let signing = SigningKey::from_bytes(&seed);
        if signing.verifying_key().to_bytes() != public.to_bytes() {
            return Err(Error::new(
                Code::KeyInvalid,
                "the key's public half is that of another key",
            ));
        }
    }
    Ok(seed)
}

/// Refuses files that would keep the reader busy for hours, or take its memory.
fn check_work(scheme: &EncryptionScheme) -> Result<()> {
    let reasonable = match scheme.pbes2().map(|parameters| &parameters.kdf) {
        Some(Kdf::Pbkdf2(parameters)) => parameters.iteration_count <= MAX_ITERATIONS,
        Some(Kdf::Scrypt(parameters)) => {
            let memory = parameters
                .cost_parameter
                .saturating_mul(128)
                .saturating_mul(u64::from(parameters.block_size));
            memory <= MAX_SCRYPT_MEMORY
                && memory.saturating_mul(u64::from(parameters.parallelization)) <= MAX_SCRYPT_WORK
        }
        _ => return Err(invalid()),
    };
    if reasonable {
        return Ok(());
    }
    Err(Error::new(Code::LimitSize, "the key asks for more work than is reasonable to decrypt it"))
}

/// A key file that is not encrypted.
pub(super) fn write(pair: &KeypairBytes) -> Result<Zeroizing<String>> {
    pair.to_pkcs8_pem(LineEnding::LF).map_err(|_| unwritable())
}

/// A key file that is encrypted.
pub(super) fn write_encrypted(
    pair: &KeypairBytes,
    passphrase: &[u8],
    salt: &[u8; 16],
    iv: &[u8; 16],
) -> Result<Zeroizing<String>> {
    if passphrase.is_empty() {
        return Err(Error::new(Code::KeyPassphrase, "the passphrase is empty"));
    }
    let (cost_parameter, block_size, parallelization) = SCRYPT;
    let parameters = pbes2::Parameters {
        kdf: Kdf::Scrypt(ScryptParams {
            salt: pbes2::Salt::new(salt).map_err(|_| unwritable())?,
            cost_parameter,
            block_size,
            parallelization,
            key_length: None,
        }),
        encryption: pbes2::EncryptionScheme::Aes256Cbc { iv: *iv },
    };
    let plain = pair.to_pkcs8_der().map_err(|_| unwritable())?;
    PrivateKeyInfoRef::try_from(plain.as_bytes())
        .and_then(|key| key.encrypt_with_params(parameters, passphrase))
        .map_err(|_| unwritable())?
        .to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF)
        .map_err(|_| unwritable())
}

fn invalid() -> Error {
    Error::new(Code::KeyInvalid, "the bytes are not an Ed25519 key in PKCS#8")
}

fn unwritable() -> Error {
    Error::internal("a secret key could not be written")
}
