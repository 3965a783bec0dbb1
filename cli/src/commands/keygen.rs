//! `poundlock keygen`: a new key that signs checkpoints.

use poundlock::{
    error::Result,
    ledger::{SecretKey, Signer as _},
};
use serde_json::json;
use zeroize::Zeroizing;

use crate::{
    args::Keygen,
    files, keys,
    output::{Answer, CODE_OK, Style, Text},
};

pub(super) fn run(options: &Keygen) -> Result<Answer> {
    let passphrase = match &options.passphrase_file {
        Some(path) => Some(keys::passphrase_in(path)?),
        None => keys::passphrase_of_environment()?,
    };
    let seed = Zeroizing::new(files::random()?);
    let secret = SecretKey::from_seed(&options.origin, &seed)?;
    let pem = match &passphrase {
        None => secret.to_pkcs8_pem()?,
        Some(passphrase) => {
            let (salt, iv): ([u8; 16], [u8; 16]) = (files::random()?, files::random()?);
            secret.to_encrypted_pkcs8_pem(passphrase, &salt, &iv)?
        }
    };
    let public = keys::write(&options.out, &pem, secret.key())?;
    let (out, public) = (options.out.display().to_string(), public.display().to_string());
    let mut text = Text::new();
    text.add(Style::Good, "written  ").line(format!("{out}  the secret key"));
    text.add(Style::Good, "written  ").line(format!("{public}  the public key, for everybody"));
    if passphrase.is_none() {
        text.add(Style::Warning, "The secret key is not encrypted: ")
            .line("whoever reads the file can sign.");
    }
    text.line(secret.key().to_string());
    let json = json!({
        "key": secret.key(),
        "secret": out,
        "public": public,
        "encrypted": passphrase.is_some(),
    });
    Ok(Answer::new(text, json, CODE_OK))
}
