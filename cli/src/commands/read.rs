//! `poundlock log`, `show` and `status`: reading the ledger.

use std::path::Path;

use poundlock::{
    Error,
    error::{Code, Result},
    ledger::Recorded,
    state::State,
    time::Instant,
    wire::EntryAnswer,
};
use serde_json::{Value, json};

use super::{due_for_review, to_json};
use crate::{
    args::{Log, Show},
    files,
    output::{Answer, CODE_OK, Text},
    render,
};

pub(super) fn log(options: &Log, path: &Path) -> Result<Answer> {
    const BATCH: usize = 1024;
    let ledger = files::ledger_to_read(path)?;
    let size = ledger.head()?.size;
    let end = options.limit.map_or(size, |limit| options.from.saturating_add(limit).min(size));
    let mut text = Text::new();
    let mut entries = Vec::new();
    let mut next = options.from;
    while next < end {
        let wanted = usize::try_from(end.saturating_sub(next)).unwrap_or(BATCH).min(BATCH);
        let batch = ledger.read(next, wanted)?;
        if batch.is_empty() {
            break;
        }
        for recorded in &batch {
            let entry = entry(recorded)?;
            render::log_line(&mut text, recorded, &entry);
            entries.push(entry);
            next = recorded.entry.sequence.saturating_add(1);
        }
    }
    let mut answer = Answer::new(text, json!({ "size": size, "entries": entries }), CODE_OK);
    answer.notices = ledger.notices();
    Ok(answer)
}

pub(super) fn show(options: &Show, path: &Path) -> Result<Answer> {
    let ledger = files::ledger_to_read(path)?;
    let recorded = ledger.read(options.sequence, 1)?.pop().ok_or_else(|| {
        let size = ledger.head().map(|head| head.size).unwrap_or_default();
        Error::new(
            Code::InputInvalidValue,
            format!("there is no entry {}; the ledger has {size}", options.sequence),
        )
    })?;
    let entry = entry(&recorded)?;
    let mut text = Text::new();
    render::entry(&mut text, &entry);
    Ok(Answer::new(text, entry, CODE_OK))
}

/// An entry as JSON, with its hash.
pub(super) fn entry(recorded: &Recorded) -> Result<Value> {
    to_json(&EntryAnswer::of(recorded)?)
}

/// The state of the ledger, and what of the charter beside it is due for review; a ledger can be read without one.
pub(super) fn status(charter: &Path, path: &Path, at: Instant) -> Result<Answer> {
    let ledger = files::ledger_to_read(path)?;
    let status = State::open(&ledger)?.status();
    let mut text = Text::new();
    render::status(&mut text, &status);
    let mut answer = Answer::new(text, to_json(&status)?, CODE_OK);
    answer.notices = ledger.notices();
    if charter.exists() {
        let (law, _) = files::charter(charter)?;
        let packs = files::overlaid_packs(charter, &law)?;
        answer.notices.extend(due_for_review(Some(&law), &packs, at));
    }
    Ok(answer)
}
