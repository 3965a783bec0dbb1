//! Records that can be altered, or that nobody can make.

use std::collections::BTreeMap;

use poundlock::{
    digest::Digest,
    ledger::{Draft, Ledger, Recorded},
    model::{About, EvidenceResult},
};

use crate::support::*;

/// A row of an audit table.
#[derive(Clone, PartialEq)]
struct Row {
    actor: &'static str,
    kind: &'static str,
    operation: &'static str,
    before: &'static str,
    after: &'static str,
}

const ROW: Row =
    Row { actor: "checker", kind: "workflow", operation: "publish", before: "", after: "v1" };

impl Row {
    /// A hash over the fields but for the actor, one after the other, and without the row before.
    fn hash(&self) -> Digest {
        Digest::of([self.kind, self.operation, self.before, self.after].concat().as_bytes())
    }
}

fn recorded_evidence() -> (World, Recorded) {
    let mut world = World::new();
    let plan = About::Plan(plan(1).digest);
    let admission = world.record(&evidence(plan, EvidenceResult::Pass, 1));
    allowed(&admission);
    let recorded = world.ledger.read(admission.sequence, 1).unwrap().remove(0);
    (world, recorded)
}

/// The entry with another body in its place.
fn with_body(world: &World, recorded: &Recorded, body: Vec<u8>) -> Recorded {
    let entry = &recorded.entry;
    let attachments = entry.attachments.iter();
    let attachments = attachments.map(|it| world.ledger.attachment(it).unwrap().unwrap());
    let draft = Draft {
        at: Some(entry.at),
        kind: entry.kind.clone(),
        body,
        attachments: attachments.collect(),
    };
    draft.recorded(entry.sequence, entry.previous).unwrap()
}

// Requirements: N1.
#[test]
fn who_did_it_is_part_of_the_hash() {
    assert_eq!(Row { actor: "planner", ..ROW }.hash(), ROW.hash());

    let (world, recorded) = recorded_evidence();
    let body = recorded.entry.body.clone();
    assert_eq!(with_body(&world, &recorded, body.clone()).hash, recorded.hash);
    let (old, new) = (b"checker", b"planner");
    let place = body.windows(old.len()).position(|window| window == old).unwrap();
    let mut swapped = body;
    swapped[place..place + old.len()].copy_from_slice(new);
    assert_ne!(with_body(&world, &recorded, swapped).hash, recorded.hash);
}

fn draft(text: &str) -> Draft {
    Draft {
        at: Some(at(0)),
        kind: "test".to_owned(),
        body: poundlock::canonical::to_bytes(&BTreeMap::from([("text", text)])).unwrap(),
        attachments: Vec::new(),
    }
}

fn ledger(texts: &[&str]) -> Ledger {
    let ledger = Ledger::in_memory();
    for (sequence, text) in (0..).zip(texts) {
        ledger.append(sequence, draft(text)).unwrap();
    }
    ledger
}

// Requirements: N2.
#[test]
fn a_deleted_or_moved_record_changes_what_comes_after_it() {
    let rows = [ROW, Row { operation: "read", ..ROW }, Row { operation: "delete", ..ROW }];
    let kept = rows.clone().map(|row| (row.hash(), row));
    let sound = |rows: &[(Digest, Row)]| rows.iter().all(|(hash, row)| row.hash() == *hash);
    assert!(sound(&[kept[0].clone(), kept[2].clone()]));
    assert!(sound(&[kept[1].clone(), kept[0].clone(), kept[2].clone()]));

    let whole = ledger(&["a", "b", "c"]);
    let (head, entries) = (whole.head().unwrap(), whole.read(0, 9).unwrap());
    for texts in [&["a", "c"][..], &["b", "a", "c"]] {
        let other = ledger(texts);
        assert_ne!(other.head().unwrap(), head);
        // What is said after the change is the same, and is another entry all the same.
        assert_ne!(other.read(0, 9).unwrap().last().unwrap().hash, entries[2].hash);
    }
    // The entry as it was fits nowhere else.
    assert_eq!(entries[2].entry.previous, entries[1].hash);
    assert_ne!(entries[2].entry.previous, entries[0].hash);
}

// Requirements: N3.
#[test]
fn bytes_do_not_move_from_one_field_to_the_next() {
    assert_eq!(
        Row { before: "a", after: "bc", ..ROW }.hash(),
        Row { before: "ab", after: "c", ..ROW }.hash()
    );

    let hash = |before: &str, after: &str| {
        let body = BTreeMap::from([("before", before), ("after", after)]);
        let body = poundlock::canonical::to_bytes(&body).unwrap();
        Draft { body, ..draft("") }.recorded(0, Digest::of(b"")).unwrap().hash
    };
    assert_eq!(hash("a", "bc"), hash("a", "bc"));
    assert_ne!(hash("a", "bc"), hash("ab", "c"));
    assert_ne!(Digest::of_kind("a", b"bc"), Digest::of_kind("ab", b"c"));
}

// Requirements: N4.
#[test]
fn what_is_recorded_stays_and_something_can_be_recorded() {
    // `CHECK (FALSE)`: it holds for no row, so that nothing is ever recorded.
    let check = |_row: &Row| false;
    assert!(!check(&ROW));

    let ledger = ledger(&["a"]);
    assert_eq!(ledger.append(0, draft("b")).unwrap_err().code(), "ledger.conflict");
    ledger.append(1, draft("b")).unwrap();
    assert_eq!(ledger.read(0, 1).unwrap()[0].entry.body, draft("a").body);
}

// Requirements: R229, N11.
#[test]
fn of_two_writers_that_saw_the_same_one_is_first() {
    let mut store = BTreeMap::new();
    let (one, other) = (store.contains_key("v1"), store.contains_key("v1"));
    for (exists, content) in [(one, "first"), (other, "second")] {
        if !exists {
            store.insert("v1", content);
        }
    }
    assert_eq!(store["v1"], "second");

    let ledger = ledger(&["begin"]);
    let seen = ledger.head().unwrap().size;
    ledger.append(seen, draft("first")).unwrap();
    assert_eq!(ledger.append(seen, draft("second")).unwrap_err().code(), "ledger.conflict");
    assert_eq!(ledger.read(seen, 9).unwrap()[0].entry.body, draft("first").body);
}
