//! Keys: public ones as arguments, secret ones in files, and programs that sign.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use poundlock::{
    Error,
    error::{Code, Result},
    ledger::{SecretKey, Signer, VerifierKey, VerifierKeys},
    limits,
};
use zeroize::Zeroizing;

use crate::{args::Trusted, files};

/// The environment variable that holds a passphrase.
const PASSPHRASE: &str = "POUNDLOCK_PASSPHRASE";
/// The longest passphrase, in bytes.
const PASSPHRASE_BYTES: usize = 4096;

/// A verifier key, or the one in the file of that name.
pub(crate) fn verifier_key(text: &str) -> Result<VerifierKey> {
    let key = text.parse::<VerifierKey>();
    let path = Path::new(text);
    if key.is_ok() || !path.exists() {
        return key.map_err(|error| {
            error.with_help("there is no file of that name either: name a verifier key, or a file that holds one")
        });
    }
    let bytes = Zeroizing::new(files::read(path, limits::KEY_BYTES)?);
    let text = String::from_utf8_lossy(&bytes);
    text.trim_end().parse().map_err(|error: Error| {
        let error = error.in_source(path.display().to_string());
        if !text.contains("PRIVATE KEY") {
            return error;
        }
        error.with_help("this is a secret key: name the public one, which `keygen` wrote beside it with the ending `.pub`")
    })
}

/// Several of them.
pub(crate) fn verifier_keys(texts: &[String]) -> Result<Vec<VerifierKey>> {
    texts.iter().map(|text| verifier_key(text)).collect()
}

/// The keys that are trusted; `None` when none are named.
pub(crate) fn trusted(trusted: &Trusted) -> Result<Option<VerifierKeys>> {
    if trusted.keys.is_empty() {
        return Ok(None);
    }
    let keys = VerifierKeys::new(verifier_keys(&trusted.keys)?)?;
    keys.with_threshold(trusted.signatures.unwrap_or(1)).map(Some)
}

/// The keys that are trusted, of which there must be one.
pub(crate) fn demanded(options: &Trusted) -> Result<VerifierKeys> {
    trusted(options)?.ok_or_else(|| {
        Error::new(Code::KeyInvalid, "there is no key to verify with")
            .with_help("name the ledger's key with --key")
    })
}

/// A passphrase, wiped when it is dropped.
pub(crate) type Passphrase = Zeroizing<Vec<u8>>;

/// The passphrase in a file, without the end of its line.
pub(crate) fn passphrase_in(path: &Path) -> Result<Passphrase> {
    let mut bytes = Zeroizing::new(files::read(path, PASSPHRASE_BYTES)?);
    for ending in [b'\n', b'\r'] {
        if bytes.last() == Some(&ending) {
            bytes.pop();
        }
    }
    not_empty(bytes).map_err(|error| error.in_source(path.display().to_string()))
}

/// The passphrase in the environment, if there is one.
pub(crate) fn passphrase_of_environment() -> Result<Option<Passphrase>> {
    match std::env::var_os(PASSPHRASE) {
        None => Ok(None),
        Some(value) => {
            let bytes = Zeroizing::new(value.into_encoded_bytes());
            not_empty(bytes).map(Some).map_err(|error| error.in_source(PASSPHRASE))
        }
    }
}

/// Nobody means a key to be encrypted with nothing.
fn not_empty(bytes: Passphrase) -> Result<Passphrase> {
    if bytes.is_empty() {
        return Err(Error::new(Code::KeyPassphrase, "the passphrase is empty"));
    }
    Ok(bytes)
}

/// Writes a new key as two new files: the secret one, and the public one beside it.
pub(crate) fn write(path: &Path, secret: &str, public: &VerifierKey) -> Result<PathBuf> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".pub");
    let beside = PathBuf::from(beside);
    write_new(path, secret.as_bytes(), 0o600)?;
    write_new(&beside, format!("{public}\n").as_bytes(), 0o644)
        .inspect_err(|_| drop(fs::remove_file(path)))?;
    Ok(beside)
}

fn write_new(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let failed = |error| Error::io(format!("{} cannot be written", path.display()), error);
    let write = |mut file: File| file.write_all(content).and_then(|()| file.sync_all());
    let file = options.open(path).map_err(|error| {
        let exists = error.kind() == ErrorKind::AlreadyExists;
        let error = failed(error);
        if exists {
            error.with_help("a key is never overwritten: name another file")
        } else {
            error
        }
    })?;
    write(file).map_err(failed).inspect_err(|_| drop(fs::remove_file(path)))
}

/// Opens the secret keys in files, each with the passphrase that fits.
pub(crate) fn secret_keys(
    origin: &str,
    paths: &[PathBuf],
    passphrases: &[PathBuf],
) -> Result<Vec<SecretKey>> {
    let mut known = Vec::new();
    for path in passphrases {
        known.push(passphrase_in(path)?);
    }
    if known.is_empty() {
        known.extend(passphrase_of_environment()?);
    }
    let mut used = vec![false; known.len()];
    let mut keys = Vec::new();
    for path in paths {
        let bytes = Zeroizing::new(files::read(path, limits::KEY_BYTES)?);
        let mut opened = SecretKey::from_pkcs8(origin, &bytes, None);
        for (passphrase, used) in known.iter().zip(&mut used) {
            if opened.as_ref().is_err_and(|error| error.to_code() == Code::KeyPassphrase) {
                opened = SecretKey::from_pkcs8(origin, &bytes, Some(passphrase));
                *used |= opened.is_ok();
            }
        }
        keys.push(opened.map_err(|error| {
            let help = match error.to_code() {
                Code::KeyPassphrase => {
                    "name the file with its passphrase with --passphrase-file, or set POUNDLOCK_PASSPHRASE"
                }
                _ => "name the file of a secret key, as `keygen` writes it",
            };
            error.in_source(path.display().to_string()).with_help(help)
        })?);
    }
    match passphrases.iter().zip(used).find(|(_, used)| !used) {
        None => Ok(keys),
        Some((path, _)) => Err(Error::new(Code::KeyPassphrase, "the passphrase opens no key")
            .in_source(path.display().to_string())),
    }
}

/// A program that signs, so that the key need not be in a file.
pub(crate) struct Program {
    pub(crate) key: VerifierKey,
    pub(crate) path: PathBuf,
}

impl Signer for Program {
    fn key(&self) -> &VerifierKey {
        &self.key
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64]> {
        let failed = |error| Error::io(format!("{} cannot be run", self.path.display()), error);
        let mut child = Command::new(&self.path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let answer = talk(&mut child, message, 64);
        let status = child.wait().map_err(failed)?;
        let signature = answer.map_err(failed)?.try_into().ok().filter(|_| status.success());
        signature.ok_or_else(|| {
            let message = "the program that signs failed, or did not answer with 64 bytes";
            Error::new(Code::CheckpointSignature, message)
                .in_source(self.path.display().to_string())
        })
    }
}

/// Gives a program its input, and takes its answer, and one byte more where it is longer than that.
pub(crate) fn talk(child: &mut Child, message: &[u8], longest: usize) -> std::io::Result<Vec<u8>> {
    if let Some(mut stdin) = child.stdin.take() {
        match stdin.write_all(message) {
            // What a program answers that did not read all of it is verified like any other answer.
            Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    let mut answer = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        let most = u64::try_from(longest).unwrap_or(u64::MAX).saturating_add(1);
        stdout.take(most).read_to_end(&mut answer)?;
    }
    Ok(answer)
}
