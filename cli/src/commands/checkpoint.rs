//! `poundlock checkpoint`: sign the newest head, or print the checkpoint that is kept.

use std::path::Path;

use poundlock::{
    Engine, Error, State,
    error::{Code, Result},
    ledger::{Ledger, SignedCheckpoint, Signer, VerifierKeys},
};
use serde_json::json;

use super::verify;
use crate::{
    args::Checkpoint,
    files,
    keys::{self, Program},
    output::{Answer, CODE_OK, Text},
};

pub(super) fn run(options: &Checkpoint, path: &Path) -> Result<Answer> {
    let signs = !options.signing_keys.is_empty() || options.signer_command.is_some();
    if options.remember.is_some() && !signs {
        let message = "only what is signed here is remembered";
        return Err(Error::new(Code::InputInvalidValue, message)
            .with_help("sign with --signing-key, or use `poundlock verify --remember`"));
    }
    let (ledger, signed) = if signs { sign(options, path)? } else { present(path)? };
    let checkpoint = signed.unverified();
    let mut text = Text::new();
    let mut json = json!({
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root,
        "checkpoint": signed.text(),
    });
    files::write_or_print(options.out.as_deref(), signed.text(), &mut text, &mut json)?;
    let mut answer = Answer::new(text, json, CODE_OK);
    answer.notices = ledger.notices();
    Ok(answer)
}

fn present(path: &Path) -> Result<(Ledger, SignedCheckpoint)> {
    let ledger = files::ledger_to_read(path)?;
    let signed = ledger.checkpoint()?.ok_or_else(|| {
        Error::new(Code::CheckpointUntrusted, "the ledger has no signed checkpoint")
            .with_help("sign one with --signing-key")
    })?;
    Ok((ledger, signed))
}

fn sign(options: &Checkpoint, path: &Path) -> Result<(Ledger, SignedCheckpoint)> {
    let (ledger, state) = files::ledger(path)?;
    let origin = state
        .origin()
        .ok_or_else(|| Error::new(Code::LedgerGenesis, "the ledger has no genesis entry"))?;
    let secrets = keys::secret_keys(origin, &options.signing_keys, &options.passphrase_files)?;
    let mut signers: Vec<&dyn Signer> = secrets.iter().map(|key| key as &dyn Signer).collect();
    let program = match (&options.signer_command, &options.signer_key) {
        (Some(path), Some(key)) => {
            Some(Program { key: keys::verifier_key(key)?, path: path.clone() })
        }
        _ => None,
    };
    signers.extend(program.as_ref().map(|program| program as &dyn Signer));
    let own = VerifierKeys::new(signers.iter().map(|signer| signer.key().clone()))?;
    // A ledger that was replaced by an older copy, with its checkpoint, knows nothing of what was signed.
    if let Some(file) = options.remember.as_deref().filter(|file| file.exists()) {
        let place = |error: Error| error.in_source(file.display().to_string());
        let remembered = verify::read_checkpoint(file)?;
        let checkpoint = remembered.verify(&own, Some(origin)).map_err(place)?;
        ledger.check_checkpoint(checkpoint).map_err(place)?;
    }
    let engine = Engine::of_ledger(&ledger, &state)?;
    // Nothing is taken from a snapshot here: what nobody has signed is decided again.
    let signed = engine.sign(&ledger, &mut State::new(), &signers)?;
    if let Some(file) = &options.remember {
        files::write(file, signed.text().as_bytes())?;
    }
    Ok((ledger, signed))
}
