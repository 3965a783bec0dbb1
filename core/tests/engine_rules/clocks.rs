//! Instants neither run backwards nor leap ahead, and a wrong one does not move the ledger's clock.

use poundlock::{
    canonical,
    engine::codes,
    model::{About, Action, EvidenceResult},
    state::FactBody,
};

use crate::{amendments::amend, support::*};

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

/// Whoever is not known, and whoever is refused, does not set the clock of the others; the body says
/// what they claimed.
#[test]
fn what_is_refused_does_not_move_the_clock() {
    let mut world = World::new();
    let mut stranger = ask(Action::Plan, "dev", &plan(1), 80 * DAY);
    stranger.actor = workload("mallory");
    denied(&world.admit(&stranger), codes::IDENTITY_UNDECLARED);
    denied(
        &world.admit(&ask(Action::Plan, "qa", &plan(1), 90 * DAY)),
        codes::TARGET_STAGE_UNDECLARED,
    );
    let mut fact = evidence(About::Plan(plan(1).digest), EvidenceResult::Pass, 90 * DAY);
    fact.actor = workload("deployer");
    let refused = world.record(&fact);
    denied(&refused, codes::FACT_NOT_RECORDER);
    assert_eq!((refused.at, world.state.clock()), (at(0), Some(at(0))));
    let entry = world.ledger.read(refused.sequence, 1).unwrap().pop().unwrap().entry;
    let body: FactBody = canonical::from_bytes(&entry.body).unwrap();
    assert_eq!((entry.at, body.fact.at), (at(0), at(90 * DAY)));
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(1), MINUTE)));
    assert_eq!(world.state.clock(), Some(at(MINUTE)));
}

/// A refusal is remembered for as long as any answer, however long the ledger rested before it.
#[test]
fn a_refusal_lives_from_the_instant_that_was_asked_at() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "qa", &plan(1), 80 * DAY);
    denied(&world.admit(&request), codes::TARGET_STAGE_UNDECLARED);
    request.at = at(81 * DAY);
    assert!(world.admit(&request).repeated);
    request.at = at(81 * DAY + 1);
    let stale = world.admit(&request);
    assert_eq!(denials(&stale), [codes::REQUEST_STALE, codes::TARGET_STAGE_UNDECLARED]);
}

/// Nobody's wrong clock blocks a ledger for longer than `maxAdvance`, not even an amender's.
#[test]
fn an_amendment_moves_the_clock_no_further_than_a_request() {
    for (seconds, clock) in
        [(-MINUTE - 1, 0), (-MINUTE, 0), (90 * DAY, 90 * DAY), (90 * DAY + 1, 0), (10_000 * DAY, 0)]
    {
        let mut world = World::new();
        let next = engine(&charter_with(&[("unmatched: allow", "unmatched: deny")]), PACK);
        let admission = amend(&mut world, &next, human("ann"), seconds).unwrap();
        allowed(&admission);
        assert_eq!(world.state.clock(), Some(at(clock)), "{seconds}");
        // To everyone else, the instant is wrong.
        let mut world = World::new();
        let admission = amend(&mut world, &next, human("bob"), seconds).unwrap();
        assert_eq!(denials(&admission).contains(&codes::TIME_AHEAD), seconds > 90 * DAY);
        assert_eq!(denials(&admission).contains(&codes::TIME_BACKWARDS), seconds < -MINUTE);
        assert_eq!(world.state.clock(), Some(at(0)));
    }
}

/// A ledger that rested for years, or whose clock was led astray, goes on under a charter that says so.
#[test]
fn an_amended_clock_sets_a_ledger_going_again() {
    for (now, code, rule, wide) in [
        (1_000 * DAY, codes::TIME_AHEAD, "maxAdvance: 90d", "maxAdvance: 1001d"),
        (-80 * DAY, codes::TIME_BACKWARDS, "skew: 60s", "skew: 80d"),
    ] {
        let mut world = World::new();
        denied(&world.admit(&ask(Action::Plan, "dev", &plan(1), now)), code);
        let next = engine(&charter_with(&[(rule, wide)]), PACK);
        let amendment = amend(&mut world, &next, human("ann"), now).unwrap();
        allowed(&amendment);
        assert!(found(&amendment, code));
        world.engine = next.into();
        let admission = world.admit(&ask(Action::Plan, "dev", &plan(1), now + 1));
        assert_eq!((denials(&admission), admission.at), (vec![], at(now + 1)));
    }
}

/// Five weeks: what happens once a month keeps a ledger going.
#[test]
fn without_a_rule_the_clock_advances_five_weeks() {
    let mut world = World::with(&[("clock: { skew: 60s, maxAdvance: 90d }\n", "")]);
    denied(&world.admit(&ask(Action::Plan, "dev", &plan(1), 35 * DAY + 1)), codes::TIME_AHEAD);
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(2), 35 * DAY)));
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
