//! Instants neither run backwards nor leap ahead, and a wrong one does not move the ledger's clock.

use poundlock::{
    engine::codes,
    model::{About, Action, EvidenceResult},
};

use crate::support::*;

#[test]
fn time_does_not_run_backwards_beyond_the_skew() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "dev", &plan(1), -MINUTE - 1);
    let admission = world.admit(&request);
    denied(&admission, codes::TIME_BACKWARDS);
    assert_eq!(admission.at, at(0));
    assert_eq!(world.state.clock(), Some(at(0)));
    request.id = "within".to_owned();
    request.at = at(-MINUTE);
    let admission = world.admit(&request);
    allowed(&admission);
    assert_eq!((admission.at, world.state.clock()), (at(-MINUTE), Some(at(0))));
}

#[test]
fn time_does_not_leap_ahead() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "dev", &plan(1), 90 * DAY + 1);
    denied(&world.admit(&request), codes::TIME_AHEAD);
    assert_eq!(world.state.clock(), Some(at(0)));
    request.id = "within".to_owned();
    request.at = at(90 * DAY);
    allowed(&world.admit(&request));
    assert_eq!(world.state.clock(), Some(at(90 * DAY)));
}

#[test]
fn facts_keep_the_time_too() {
    let mut world = World::new();
    for (seconds, code) in [(-MINUTE - 1, codes::TIME_BACKWARDS), (90 * DAY + 1, codes::TIME_AHEAD)]
    {
        let mut fact = evidence(About::Plan(plan(1).digest), EvidenceResult::Pass, seconds);
        evidence_of(&mut fact).produced = at(seconds.min(0));
        denied(&world.record(&fact), code);
        assert_eq!(world.state.clock(), Some(at(0)));
    }
    allowed(&world.record(&evidence(About::Plan(plan(1).digest), EvidenceResult::Pass, -MINUTE)));
}

/// Whoever is not known, and whoever is refused, does not set the clock of the others.
#[test]
fn strangers_do_not_move_the_clock() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "dev", &plan(1), 80 * DAY);
    request.actor = workload("mallory");
    denied(&world.admit(&request), codes::IDENTITY_UNDECLARED);
    let mut fact = evidence(About::Plan(plan(1).digest), EvidenceResult::Pass, 80 * DAY);
    fact.actor = workload("mallory");
    denied(&world.record(&fact), codes::IDENTITY_UNDECLARED);
    assert_eq!(world.state.clock(), Some(at(0)));
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(1), MINUTE)));
}

#[test]
fn the_last_instants_of_time_are_ordinary() {
    let mut world = World::new();
    for text in ["9999-12-30T22:00:00Z", "0001-01-01T00:00:00Z"] {
        let mut request = ask(Action::Plan, "dev", &plan(1), 0);
        request.id = text.to_owned();
        request.at = text.parse().unwrap();
        let admission = world.admit(&request);
        assert_eq!(admission.at, at(0), "{text}");
        assert_eq!(denials(&admission).len(), 1);
    }
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(1), 0)));
}
