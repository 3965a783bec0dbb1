//! `poundlock checkpoint`: sign the newest head, or print the checkpoint that is kept.

use std::path::Path;

use poundlock::{
    Error,
    error::{Code, Result},
    ledger::Ledger,
};
use serde_json::json;

use crate::{
    args::Checkpoint,
    files,
    output::{Answer, CODE_OK, Text},
};

pub(super) fn run(options: &Checkpoint, path: &Path) -> Result<Answer> {
    let ledger = Ledger::open_read_only(path)?;
    let signed = ledger.checkpoint()?.ok_or_else(|| {
        Error::new(Code::CheckpointUntrusted, "the ledger has no signed checkpoint")
            .with_help("sign one with --signing-key")
    })?;
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
