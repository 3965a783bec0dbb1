//! A ledger is opened from its newest snapshot, and a false one is found.

use poundlock::{
    canonical,
    digest::Digest,
    ledger::{Draft, Ledger, Recorded},
    model::{Action, OutcomeResult},
    state::{SnapshotBody, State, kind},
};

use crate::support::*;

/// A ledger with everything that a state can hold, and its world.
fn busy() -> World {
    let mut world = World::with_keys(&[key(1)]);
    world.through_test(0);
    let late = plan_of(9, &[("late_thing", "create", r#"{"name": null}"#, r#"{"name": true}"#)]);
    world.prepare("dev", &late, 10);
    let act = world.admit(&ask(Action::Apply, "dev", &late, 11));
    allowed(&act);
    allowed(&world.record(&outcome(act.entry, OutcomeResult::Unknown, 12)));
    let consent = world.record(&approval("bob", "prod", plan(3).digest, 13));
    allowed(&world.record(&withdrawal(consent.entry, 14)));
    world
}

fn append(world: &World, state: &[u8], attachment: Option<&[u8]>) -> Recorded {
    let body = SnapshotBody { state: Digest::of(state), engine: 1 };
    let draft = Draft {
        at: Some(at(20)),
        kind: kind::SNAPSHOT.to_owned(),
        body: canonical::to_bytes(&body).unwrap(),
        attachments: attachment.map(<[u8]>::to_vec).into_iter().collect(),
    };
    world.ledger.append(world.size(), draft).unwrap()
}

fn folded(ledger: &Ledger) -> State {
    let mut state = State::new();
    state.catch_up(ledger).unwrap();
    state
}

#[test]
fn opening_from_a_snapshot_is_folding_everything() {
    let mut world = busy();
    assert_eq!(State::open(&world.ledger).unwrap(), world.state);
    let recorded = world.snapshot();
    assert_eq!(world.state.newest_snapshot(), Some(recorded.entry.sequence));
    assert_eq!(recorded.entry.at, world.state.clock().unwrap());
    assert_eq!(State::open(&world.ledger).unwrap(), folded(&world.ledger));
    world.prepare("prod", &plan(3), 100);
    world.snapshot();
    world.prepare("dev", &plan(4), 101);
    assert_eq!(State::open(&world.ledger).unwrap(), folded(&world.ledger));
    assert_eq!(State::open(&world.ledger).unwrap(), world.state);
}

fn folding(ledger: &Ledger) -> &'static str {
    State::new().catch_up(ledger).unwrap_err().code()
}

fn opening(ledger: &Ledger) -> &'static str {
    State::open(ledger).unwrap_err().code()
}

/// The snapshot of another place, of another ledger, and what is no snapshot at all.
// Requirements: R255.
#[test]
fn a_forged_snapshot_is_found() {
    let snapshot = |world: &mut World| {
        let recorded = world.snapshot();
        world.ledger.attachment(&recorded.entry.attachments[0]).unwrap().unwrap()
    };
    // Of an earlier place.
    let mut world = busy();
    let earlier = snapshot(&mut world);
    let forged = append(&world, &earlier, Some(&earlier));
    assert_eq!(
        (folding(&world.ledger), opening(&world.ledger)),
        ("ledger.snapshot", "ledger.snapshot")
    );
    let error = State::new().catch_up(&world.ledger).unwrap_err();
    assert_eq!(error.place().sequence, Some(forged.entry.sequence));
    // Of another ledger of the same size.
    let mut other = World::new();
    let mut world = World::new();
    allowed(&other.record(&approval("ann", "test", plan(1).digest, 0)));
    allowed(&world.record(&approval("bob", "test", plan(1).digest, 0)));
    let foreign = snapshot(&mut other);
    append(&world, &foreign, Some(&foreign));
    assert_eq!(
        (folding(&world.ledger), opening(&world.ledger)),
        ("ledger.snapshot", "ledger.snapshot")
    );
    // No state at all.
    let world = World::new();
    append(&world, b"\xa0", Some(b"\xa0"));
    assert_eq!(
        (folding(&world.ledger), opening(&world.ledger)),
        ("ledger.snapshot", "ledger.snapshot")
    );
}

/// A snapshot that fits its place and says what never happened. Opening begins there and does not read
/// what lies before, so that only folding everything finds it.
#[test]
fn a_snapshot_that_lies_is_found_by_folding() {
    let mut world = World::new();
    let mut twin = World::new();
    allowed(&world.record(&approval("ann", "test", plan(1).digest, 0)));
    allowed(&twin.record(&approval("ann", "test", plan(1).digest, 0)));
    let recorded = twin.snapshot();
    let truth = twin.ledger.attachment(&recorded.entry.attachments[0]).unwrap().unwrap();
    let mut lie = truth.clone();
    let place = truth.windows(4).position(|window| window == b"cann").unwrap();
    lie[place..place + 4].copy_from_slice(b"cbob");
    append(&world, &lie, Some(&lie));
    assert_eq!(folding(&world.ledger), "ledger.snapshot");
    State::open(&world.ledger).unwrap();
}

/// A snapshot is a convenience: without its attachment, an older one serves, or the entries themselves.
#[test]
fn without_its_attachment_a_snapshot_is_passed_over() {
    let mut world = busy();
    world.snapshot();
    world.prepare("prod", &plan(3), 100);
    let bytes = world.state_bytes();
    append(&world, &bytes, None);
    world.state.catch_up(&world.ledger).unwrap();
    assert_eq!(State::open(&world.ledger).unwrap(), world.state);
    // And without any other.
    let world = busy();
    append(&world, &world.state_bytes(), None);
    assert_eq!(State::open(&world.ledger).unwrap(), folded(&world.ledger));
}

/// A snapshot of the same entries has the same bytes, wherever it was made.
#[test]
fn the_same_state_has_the_same_snapshot() {
    let (mut one, mut other) = (busy(), busy());
    assert_eq!(one.snapshot(), other.snapshot());
}
