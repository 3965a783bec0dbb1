//! Keys that anybody can make again, in place of those that people keep to themselves.

use serde_json::{Value as Json, json};
use ssh_key::{HashAlg, LineEnding, PrivateKey, private::Ed25519Keypair};

use crate::{
    digest::Digest,
    error::{Error, Result},
    identity,
    ledger::{SecretKey, Signer as _},
};

fn seed(name: &str) -> Digest {
    Digest::of(format!("key of {name} in scenarios").as_bytes())
}

/// The key of that name.
fn key(name: &str) -> PrivateKey {
    PrivateKey::from(Ed25519Keypair::from_seed(seed(name).as_bytes()))
}

/// The key of that name, for reports.
fn report_key(name: &str) -> Result<SecretKey> {
    SecretKey::from_seed("scenario", seed(&format!("reports by {name}")).as_bytes())
}

/// The name of a person's first key, and of further ones.
fn name(person: &str, index: usize) -> String {
    if index == 0 { person.to_owned() } else { format!("{person}-{index}") }
}

/// Puts keys of ours in place of those of a charter's signers, and of those who sign reports.
pub(super) fn replace(charter: &mut Json) -> Result<()> {
    let mut seen: Vec<String> = Vec::new();
    for signer in charter.pointer_mut("/signers").and_then(Json::as_array_mut).into_iter().flatten()
    {
        let Some(person) = signer.get("principal").and_then(Json::as_str).map(str::to_owned) else {
            continue;
        };
        let index = seen.iter().filter(|other| **other == person).count();
        let public =
            key(&name(&person, index)).public_key().to_openssh().map_err(|_| unwritten())?;
        seen.push(person);
        if let Some(signer) = signer.as_object_mut() {
            signer.insert("key".to_owned(), public.into());
        }
    }
    let gates = charter.pointer_mut("/gates").and_then(Json::as_array_mut).into_iter().flatten();
    for gate in gates {
        let signers = gate.pointer_mut("/report/signers").and_then(Json::as_array_mut);
        for signer in signers.into_iter().flatten().filter_map(Json::as_object_mut) {
            if let Some(name) = signer.get("name").and_then(Json::as_str) {
                let key = report_key(name)?.key().to_public_pem()?;
                signer.insert("key".to_owned(), key.into());
            }
        }
    }
    Ok(())
}

/// A report in an envelope that a builder signed.
pub(super) fn seal(key_name: &str, report: &[u8]) -> Result<String> {
    identity::seal(&report_key(key_name)?, report)
}

/// Signs a text as `ssh-keygen -Y sign` does.
pub(super) fn sign(key_name: &str, namespace: &str, text: &str) -> Result<String> {
    let signature = key(key_name)
        .sign(namespace, HashAlg::Sha512, text.as_bytes())
        .and_then(|signature| signature.to_pem(LineEnding::LF))
        .map_err(|_| unwritten())?;
    Ok(signature)
}

/// The annotated tag that a request describes: what `git cat-file tag` would print.
pub(super) fn tag(said: &Json, commit: &str) -> Result<Json> {
    let text = |key: &str, default: &str| {
        said.get(key).and_then(Json::as_str).unwrap_or(default).to_owned()
    };
    let object = text("commit", commit);
    let body = format!(
        "object {object}\ntype commit\ntag {}\ntagger Somebody <somebody@example.org> 1772438400 +0000\n\nA release.\n",
        text("name", "")
    );
    let signature = sign(&text("by", ""), &text("namespace", "git"), &body)?;
    Ok(json!(format!("{body}{}\n", signature.trim_end())))
}

fn unwritten() -> Error {
    Error::internal("a key or signature could not be written")
}
