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

#[cfg(test)]
mod tests {
    use poundlock::{Lock, PolicyPack, Texts, Value, model::Fact};

    use super::*;

    #[test]
    fn a_snapshot_is_recorded_when_so_many_entries_lie_behind_the_newest() {
        let pack = include_bytes!("../../starter/packs/starter.yaml");
        let mut lock = Lock::default();
        let parsed = PolicyPack::parse(pack).unwrap();
        lock.pin(parsed.reference(), parsed.digest());
        let engine = Engine::new(Texts {
            charter: include_bytes!("../../starter/charter.yaml").to_vec(),
            lock: lock.to_yaml().into_bytes(),
            packs: vec![pack.to_vec()],
        });
        let (engine, ledger, mut state) = (engine.unwrap(), Ledger::in_memory(), State::new());
        engine.begin(&ledger, "acme/2026", &[], "2026-03-02T08:00:00Z".parse().unwrap()).unwrap();
        // An outcome of nothing is refused, and refusals are entries.
        let fact = br#"{
            "id": "1", "at": "2026-03-02T09:00:00Z", "actor": { "kind": "workload", "id": "ci-apply" },
            "channel": "ci", "fact": { "outcome": {
                "permit": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
                "result": "failed" } }
        }"#;
        let mut fact: Fact = Value::parse_json(fact).unwrap().deserialize().unwrap();
        let mut grow = |state: &mut State, size: u64| {
            while state.size() < size {
                fact.id = state.size().to_string();
                engine.record(&fact, &[], &ledger, state).unwrap();
            }
        };
        grow(&mut state, EVERY);
        assert_eq!((when_due(&ledger, &mut state), state.newest_snapshot()), (None, None));
        grow(&mut state, EVERY + 1);
        assert_eq!(when_due(&ledger, &mut state), None);
        assert_eq!(state.newest_snapshot(), Some(EVERY + 1));
        // Not again before as many have come after it.
        grow(&mut state, EVERY + 10);
        assert_eq!(when_due(&ledger, &mut state), None);
        assert_eq!(state.newest_snapshot(), Some(EVERY + 1));
    }
}
