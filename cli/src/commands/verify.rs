//! `poundlock verify`: the whole ledger, its checkpoint, and what is remembered of it.

use std::{
    io::{self, Write as _},
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use poundlock::{
    Error,
    error::{Code, Result},
    ledger::{ForkProof, Ledger, SignedCheckpoint, VerifierKeys},
    limits,
    state::{Audit, Progress},
};
use serde_json::json;

use crate::{
    args::Verify,
    files, keys,
    output::{Answer, CODE_OK, Style, Text},
};

pub(super) fn run(options: &Verify, path: &Path, progress: bool) -> Result<Answer> {
    let trusted = keys::trusted(&options.trusted)?;
    let remembered = remembered(options)?;
    let ledger = files::ledger_to_read(path)?;
    let sizes: Vec<u64> = remembered.iter().map(|(_, signed)| signed.unverified().size).collect();
    let examined = audit(&ledger, &sizes, options.threads, progress)?;
    for (file, signed) in &remembered {
        continues(&ledger, signed, file, trusted.as_ref(), &examined)?;
    }
    let kept = examined.kept(&ledger, trusted.as_ref())?;
    if kept.is_none() {
        may_be_unsigned(options, trusted.is_some(), &examined)?;
    }
    if let (Some(file), Some(kept)) = (&options.remember, kept) {
        remember(file, kept, &remembered)?;
    }

    let head = examined.verified().head;
    let mut text = Text::new();
    text.add(Style::Good, "verified").line(format!("  {} entries", head.size));
    text.line(format!("  root  {}", head.root));
    text.line(format!("  last  {}", head.last));
    let mut json = json!({
        "verified": true,
        "size": head.size,
        "root": head.root,
        "last": head.last,
        "erased": examined.erased(),
        "since": remembered.iter().map(|(file, signed)| json!({
            "file": file.display().to_string(),
            "size": signed.unverified().size,
        })).collect::<Vec<_>>(),
    });
    let given = trusted.is_some();
    let whose = if given { "the keys given" } else { "the keys that the ledger itself names" };
    let signed = kept.map(|kept| kept.unverified());
    match signed {
        Some(signed) => {
            text.line(format!("  {} of {} are signed, by {whose}", signed.size, head.size))
        }
        None => text.line("  nothing is signed"),
    };
    for (file, signed) in &remembered {
        let size = signed.unverified().size;
        text.line(format!("  {} is continued, of {size} entries", file.display()));
    }
    if let Some(file) = &options.remember {
        text.line(format!("  {} remembers the newest checkpoint", file.display()));
    }
    let erased = examined.erased();
    if erased > 0 {
        text.line(format!("  attachments erased: {erased}"));
    }
    if !given && remembered.is_empty() {
        text.line("  Whoever rewrote all of it would have named other keys or none, and an older copy is sound too:");
        text.line("  name the key that you trust with --key, and a checkpoint that you remember with --since.");
    }
    if let Some(json) = json.as_object_mut() {
        let checkpoint = signed.map(|signed| {
            json!({
                "origin": signed.origin,
                "size": signed.size,
                "root": signed.root,
                "keys": if given { "given" } else { "ledger" },
            })
        });
        json.insert("checkpoint".to_owned(), checkpoint.into());
        let remembered = options.remember.as_ref().map(|file| file.display().to_string());
        json.insert("remembered".to_owned(), remembered.into());
    }
    let mut answer = Answer::new(text, json, CODE_OK);
    answer.notices = ledger.notices();
    Ok(answer)
}

/// Verifies a ledger, and tells how far it is.
pub(super) fn audit(
    ledger: &Ledger,
    sizes: &[u64],
    threads: Option<NonZeroUsize>,
    progress: bool,
) -> Result<Audit> {
    // The calling thread is one of them.
    let others = super::threads(threads).get().saturating_sub(1);
    let mut tell = tell;
    let told: Option<Progress<'_>> = if progress { Some(&mut tell) } else { None };
    let audit = Audit::of(ledger, sizes, others, told);
    if progress {
        let _ = write!(io::stderr().lock(), "\r\x1b[K");
    }
    audit
}

/// Refuses a ledger without a checkpoint where there should be one.
fn may_be_unsigned(options: &Verify, trusted: bool, audit: &Audit) -> Result<()> {
    let signed = if trusted || options.remember.is_some() {
        audit.must_be_signed()
    } else if options.unsigned {
        Ok(())
    } else {
        audit.may_be_unsigned()
    };
    signed.map_err(|error| {
        error.with_help(
            "sign one with `poundlock checkpoint`; if there was one, it was removed; where nothing was signed yet, \
             --unsigned verifies the entries alone",
        )
    })
}

fn tell(done: u64, all: u64) {
    let _ = write!(io::stderr().lock(), "\rverifying  {done} of {all}");
}

/// The checkpoints that were remembered.
fn remembered(options: &Verify) -> Result<Vec<(PathBuf, SignedCheckpoint)>> {
    let own = options.remember.iter().filter(|file| file.exists() && !options.since.contains(file));
    options.since.iter().chain(own).map(|file| Ok((file.clone(), read_checkpoint(file)?))).collect()
}

/// The checkpoint in a file; nothing vouches for it yet.
pub(super) fn read_checkpoint(file: &Path) -> Result<SignedCheckpoint> {
    let bytes = files::read(file, limits::CHECKPOINT_BYTES)?;
    SignedCheckpoint::parse(&bytes).map_err(|error| error.in_source(file.display().to_string()))
}

/// Demands that the ledger continues a remembered checkpoint; of a fork, the proof is kept.
fn continues(
    ledger: &Ledger,
    signed: &SignedCheckpoint,
    file: &Path,
    trusted: Option<&VerifierKeys>,
    audit: &Audit,
) -> Result<()> {
    let place = |error: Error| error.in_source(file.display().to_string());
    audit.continues(ledger, signed, trusted).map_err(|error| {
        place(match error.to_code() {
            Code::CheckpointInconsistent => forked(ledger, signed, file, trusted, audit, error),
            Code::CheckpointUntrusted if trusted.is_none() => {
                error.with_help("name the key that you trust with --key")
            }
            _ => error,
        })
    })
}

/// Keeps the proof of a fork, if there is one, and names it in the error.
fn forked(
    ledger: &Ledger,
    signed: &SignedCheckpoint,
    file: &Path,
    trusted: Option<&VerifierKeys>,
    examined: &Audit,
    error: Error,
) -> Error {
    let keys = match trusted {
        Some(keys) => Ok(keys.clone()),
        None => {
            let sizes =
                [Some(signed.unverified().size), examined.kept_size()].into_iter().flatten();
            let named: Result<Vec<_>> = sizes.map(|size| examined.named(size)).collect();
            named.and_then(|sets| {
                VerifierKeys::new(sets.iter().flat_map(VerifierKeys::keys).cloned())
            })
        }
    };
    let proof = match (keys, ledger.fork_proof(signed)) {
        (Ok(keys), Ok(Some(proof))) if proof.verify(&keys).is_ok() => {
            keep_proof(file, &proof, &keys)
        }
        _ => return error,
    };
    match proof {
        Ok(kept) => error.with_help(format!(
            "the two checkpoints are signed and cannot both be true: the proof is in {}, for `poundlock verify-fork`",
            kept.display()
        )),
        Err(unkept) => error.with_help(format!("the proof of it cannot be written: {unkept}")),
    }
}

/// Writes a fork proof beside the checkpoint, unless there is one that proves as much. What is there
/// already is never overwritten.
fn keep_proof(file: &Path, proof: &ForkProof, keys: &VerifierKeys) -> Result<PathBuf> {
    let mut number = 1_u64;
    loop {
        let mut name = file.as_os_str().to_owned();
        name.push(if number == 1 { ".fork".to_owned() } else { format!(".fork.{number}") });
        let path = PathBuf::from(name);
        if files::write_once(&path, proof.to_text().as_bytes())? {
            return Ok(path);
        }
        let present = files::read(&path, limits::PROOF_BYTES)
            .and_then(|bytes| ForkProof::parse(&bytes))
            .is_ok_and(|present| present.verify(keys).is_ok());
        if present {
            return Ok(path);
        }
        number = number.saturating_add(1);
    }
}

/// Remembers a checkpoint, unless what is remembered is newer.
fn remember(
    file: &Path,
    kept: &SignedCheckpoint,
    remembered: &[(PathBuf, SignedCheckpoint)],
) -> Result<()> {
    let newer = |present: &SignedCheckpoint| present.unverified().size > kept.unverified().size;
    if remembered.iter().any(|(name, present)| name == file && newer(present)) {
        return Ok(());
    }
    files::write(file, kept.text().as_bytes())
}
