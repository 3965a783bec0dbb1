//! `poundlock snapshot`: what the entries add up to, recorded so that opening need not read them all.

use std::path::Path;

use poundlock::{Engine, Ledger, State, error::Result, ledger::Recorded};
use serde_json::json;

use crate::{
    files,
    output::{Answer, CODE_OK, Style, Text},
};

/// After so many entries, a snapshot is due.
const EVERY: u64 = 4096;

pub(super) fn run(path: &Path) -> Result<Answer> {
    let (ledger, mut state) = files::ledger(path)?;
    let recorded = record(&ledger, &mut state)?;
    let sequence = recorded.entry.sequence;
    let mut text = Text::new();
    text.add(Style::Good, "recorded").line(format!("  entry {sequence}  {}", recorded.hash));
    let json = json!({ "sequence": sequence, "entry": recorded.hash });
    let mut answer = Answer::new(text, json, CODE_OK);
    answer.notices = ledger.notices();
    Ok(answer)
}

fn record(ledger: &Ledger, state: &mut State) -> Result<Recorded> {
    Engine::of_ledger(ledger, state)?.snapshot(ledger, state)
}

/// Records a snapshot where one is due. What was admitted before stands, so that a failure is a notice.
pub(super) fn when_due(ledger: &Ledger, state: &mut State) -> Option<String> {
    let after = state.newest_snapshot().map_or(0, |newest| newest.saturating_add(1));
    if state.size().saturating_sub(after) <= EVERY {
        return None;
    }
    let error = record(ledger, state).err()?;
    Some(format!("no snapshot could be recorded: {error}"))
}
