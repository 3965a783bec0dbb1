//! What people sign: with `ssh-keygen`, with an Ed25519 key, or elsewhere.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use poundlock::{
    Error,
    error::{Code, Result},
    identity::{NAMESPACE, sign_envelope},
    ledger::Signer,
    limits,
    model::Signature,
    time::Instant,
};
use serde_json::json;

use crate::{
    args::signing::Signing,
    files, keys,
    output::{Answer, CODE_OK, Text},
};

/// What came of the wish to sign.
pub(super) enum Signed {
    /// Nobody wished to.
    Not,
    With(Signature),
    /// The text was written, and is to be signed elsewhere.
    Later(Box<Answer>),
}

/// Signs what `text` says that is to be signed at an instant. `again` says how the signature is handed in.
pub(super) fn sign(
    options: &Signing,
    at: Instant,
    again: impl FnOnce(&Path) -> String,
    text: impl FnOnce(Instant) -> Result<String>,
) -> Result<Signed> {
    if let Some(path) = &options.out {
        return later(path, &text(at)?, at, again(path))
            .map(|answer| Signed::Later(Box::new(answer)));
    }
    let (at, signature) = if let Some(path) = &options.signature {
        let missing = || {
            Error::new(Code::InputMissingField, "when the text was signed is missing")
                .with_help("name the instant that the text says with --signed-at, and its id with --id; for an approval, name the text with --statement")
        };
        let bytes = files::read(path, limits::SIGNATURE_BYTES)?;
        (options.signed_at.ok_or_else(missing)?, String::from_utf8_lossy(&bytes).into_owned())
    } else if let Some(key) = &options.ssh_key {
        (at, with_ssh_keygen(key, &text(at)?)?)
    } else if let Some(key) = &options.signing_key {
        let passphrases: Vec<_> = options.passphrase_file.iter().cloned().collect();
        let opened = keys::secret_keys("person", std::slice::from_ref(key), &passphrases)?;
        let signer = opened.first().map(|key| key as &dyn Signer);
        let signer =
            signer.ok_or_else(|| Error::new(Code::KeyInvalid, "there is no key to sign with"))?;
        (at, sign_envelope(signer, &text(at)?)?)
    } else {
        return Ok(Signed::Not);
    };
    Ok(Signed::With(Signature { at, text: signature }))
}

fn later(path: &Path, content: &str, at: Instant, again: String) -> Result<Answer> {
    let mut text = Text::new();
    let mut json = json!({ "text": content, "signedAt": at });
    files::write_or_print(Some(path), content, &mut text, &mut json)?;
    text.line("  sign it, with your own key:")
        .line(format!("    ssh-keygen -Y sign -n {NAMESPACE} -f KEY {}", path.display()))
        .line("  and hand the signature in:")
        .line(format!("    {again}"));
    Ok(Answer::new(text, json, CODE_OK))
}

/// `ssh-keygen` knows keys of all kinds, asks for passphrases and touches, and talks to agents.
fn with_ssh_keygen(key: &Path, text: &str) -> Result<String> {
    let failed = |error| {
        Error::io("ssh-keygen cannot be run".to_owned(), error)
            .with_help("install OpenSSH, or write the text with --out and sign it elsewhere")
    };
    let mut child = Command::new("ssh-keygen")
        .args(["-Y", "sign", "-q", "-n", NAMESPACE, "-f"])
        .arg(key)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let answer = keys::talk(&mut child, text.as_bytes(), limits::SIGNATURE_BYTES);
    let status = child.wait().map_err(failed)?;
    let signature = String::from_utf8(answer.map_err(failed)?).ok();
    signature.filter(|_| status.success()).ok_or_else(|| {
        Error::new(Code::KeyInvalid, "ssh-keygen did not sign")
            .in_source(key.display().to_string())
            .with_help("it says why above")
    })
}
