//! Attachments are erased by those whom the charter names, and no other way.

use poundlock::{
    digest::Digest,
    engine::{Admission, codes},
    ledger::Verification,
    model::{Action, Actor, Erasure, Fact, FactKind},
    state::State,
};

use crate::{
    amendments::{amend, stricter},
    support::*,
};

pub(crate) fn erasure(actor: Actor, attachment: Digest, sequence: u64, seconds: i64) -> Fact {
    let erasure = Erasure { attachment, sequence, reason: "somebody asked".to_owned() };
    fact(actor, seconds, FactKind::Erasure(erasure))
}

/// The attachments that the entry names.
pub(crate) fn attachments(world: &World, admission: &Admission) -> Vec<Digest> {
    world.ledger.read(admission.sequence, 1).unwrap().pop().unwrap().entry.attachments
}

fn planned(world: &mut World, seconds: i64) -> (Digest, u64) {
    let admission = world.admit(&ask(Action::Plan, "dev", &plan(1), seconds));
    allowed(&admission);
    world.sign();
    (attachments(world, &admission)[0], admission.sequence)
}

// Requirements: M12.
#[test]
fn only_those_erase_whom_the_charter_names() {
    let mut world = World::with_keys(&[key(1)]);
    let (attachment, sequence) = planned(&mut world, 0);
    for actor in [workload("attestor"), human("ann")] {
        denied(&world.record(&erasure(actor, attachment, sequence, 1)), codes::FACT_NOT_RECORDER);
    }
    assert_eq!(world.state.erasure(&attachment), None);
    let admission = world.record(&erasure(human("cyd"), attachment, sequence, 2));
    allowed(&admission);
    assert_eq!(world.state.erasure(&attachment), Some(admission.sequence));
    // There is nothing left to erase.
    denied(&world.record(&erasure(human("cyd"), attachment, sequence, 3)), codes::FACT_NOTHING);
}

#[test]
fn nobody_erases_unless_the_charter_says_so() {
    let charter = charter_with(&[("  erasures: [cyd]\n", "")]);
    let mut world = World::begun(engine(&charter, PACK).into(), &[key(1)]);
    let (attachment, sequence) = planned(&mut world, 0);
    let admission = world.record(&erasure(human("cyd"), attachment, sequence, 1));
    denied(&admission, codes::FACT_NOT_RECORDER);
}

#[test]
fn what_no_entry_names_cannot_be_erased() {
    let mut world = World::with_keys(&[key(1)]);
    let (attachment, sequence) = planned(&mut world, 0);
    let size = world.size();
    let wrong = [(Digest::of(b"nothing"), sequence), (attachment, 0), (attachment, size)];
    for (attachment, sequence) in wrong {
        let fact = erasure(human("cyd"), attachment, sequence, 1);
        let error = world.engine.record(&fact, &[], &world.ledger, &mut world.state).unwrap_err();
        assert_eq!(error.code(), "input.invalid_value");
    }
    assert_eq!(world.size(), size);
}

#[test]
fn the_law_in_force_cannot_be_erased() {
    let mut world = World::with_keys(&[key(1)]);
    let texts = world.ledger.read(0, 1).unwrap().pop().unwrap().entry.attachments;
    assert_eq!(texts.len(), 3);
    for text in &texts {
        denied(&world.record(&erasure(human("cyd"), *text, 0, 0)), codes::FACT_NEEDED);
    }
    // The charter of the past may be, the pack that is still in force may not.
    let old = world.engine.law().charter;
    let next = stricter();
    allowed(&amend(&mut world, &next, human("ann"), 1).unwrap());
    world.engine = next.into();
    world.sign();
    allowed(&world.record(&erasure(human("cyd"), old, 0, 2)));
    let pack = *world.engine.law().packs.values().next().unwrap();
    denied(&world.record(&erasure(human("cyd"), pack, 0, 2)), codes::FACT_NEEDED);
}

#[test]
fn the_newest_snapshot_cannot_be_erased() {
    let mut world = World::with_keys(&[key(1)]);
    let first = world.snapshot();
    let attachment = first.entry.attachments[0];
    let fact = |seconds| erasure(human("cyd"), attachment, first.entry.sequence, seconds);
    denied(&world.record(&fact(0)), codes::FACT_NEEDED);
    world.snapshot();
    world.sign();
    allowed(&world.record(&fact(1)));
}

/// An attachment may be missing only from its erasure until an entry names it again.
#[test]
fn what_is_named_again_is_there_again() {
    let mut world = World::with_keys(&[key(1)]);
    let plan_request = ask(Action::Plan, "dev", &plan(1), 0);
    let admission = world.admit(&plan_request);
    world.sign();
    let named = attachments(&world, &admission);
    for (index, attachment) in named.iter().enumerate() {
        let fact = erasure(human("cyd"), *attachment, admission.sequence, 1 + index as i64);
        allowed(&world.record(&fact));
    }
    // The same plan under another id: its content is the same, the request's and the decision's differ.
    let mut again = plan_request.clone();
    again.id = "again".to_owned();
    let again = world.admit(&again);
    allowed(&again);
    for attachment in &named {
        let there = attachments(&world, &again).contains(attachment);
        assert_eq!(world.state.erasure(attachment).is_none(), there);
    }
    assert!(named.iter().any(|attachment| world.state.erasure(attachment).is_none()));
    let mut folded = State::new();
    folded.catch_up(&world.ledger).unwrap();
    assert_eq!(folded, world.state);
    let missing = world.ledger.verify_with(Verification::new()).unwrap().missing;
    assert!(missing.iter().all(|(_, attachment)| folded.erasure(attachment).is_some()));
}
