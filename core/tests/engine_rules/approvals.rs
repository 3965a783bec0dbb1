//! With whose consent: distinct, eligible people, on this very digest, once.

use std::collections::BTreeSet;

use poundlock::{
    digest::Digest,
    engine::{Admission, codes},
    model::{About, Action, EvidenceResult, Verdict},
};

use crate::support::*;

/// A world where nothing but approval is missing to enter test with plan 2.
fn before_test() -> World {
    before_test_with(&[])
}

fn before_test_with(changes: &[(&str, &str)]) -> World {
    let mut world = World::with(changes);
    world.through_dev(0);
    world.prepare("test", &plan(2), 0);
    world
}

/// A world where nothing but approval is missing to enter prod with plan 3.
fn before_prod(changes: &[(&str, &str)]) -> World {
    let mut world = World::with(changes);
    world.through_test(0);
    world.prepare("prod", &plan(3), 0);
    world
}

fn into_test(world: &mut World, seconds: i64) -> Admission {
    world.admit(&ask(Action::Promote, "test", &plan(2), seconds))
}

fn into_prod(world: &mut World, seconds: i64) -> Admission {
    world.admit(&ask(Action::Promote, "prod", &plan(3), seconds))
}

// Requirements: R052, R126, R157, M4.
#[test]
fn consent_is_needed_where_the_boundary_asks_for_it() {
    let mut world = before_test();
    let dev = world.admit(&ask(Action::Apply, "dev", &plan(1), 1));
    assert!(found(&dev, codes::APPROVAL_NOT_REQUIRED));
    denied(&into_test(&mut world, 1), codes::APPROVAL_MISSING);
    let consent = world.record(&approval("ann", "test", plan(2).digest, 2));
    allowed(&consent);
    let admission = into_test(&mut world, 3);
    allowed(&admission);
    assert!(found(&admission, codes::APPROVAL_OK));
    assert_eq!(admission.decision.unwrap().spends, [consent.entry]);
}

#[test]
fn a_role_is_needed() {
    let mut world = before_test();
    allowed(&world.record(&approval("cyd", "test", plan(2).digest, 0)));
    denied(&into_test(&mut world, 1), codes::APPROVAL_MISSING);
    allowed(&world.record(&approval("bob", "test", plan(2).digest, 1)));
    allowed(&into_test(&mut world, 2));
}

// Requirements: R052, R139.
#[test]
fn consent_is_to_one_digest_stage_track_and_asset() {
    let mut world = before_test();
    allowed(&world.record(&approval("ann", "test", plan(9).digest, 0)));
    allowed(&world.record(&approval("ann", "prod", plan(2).digest, 0)));
    let mut consent = approval("ann", "test", plan(2).digest, 0);
    approval_of(&mut consent).asset = "api".to_owned();
    consent.id = "of another asset".to_owned();
    allowed(&world.record(&consent));
    denied(&into_test(&mut world, 1), codes::APPROVAL_MISSING);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 1)));
    allowed(&into_test(&mut world, 2));
}

#[test]
fn consent_is_to_one_track() {
    let extra = "  - track: more\n    moves: change\n    stages: [{ stage: test, grants: { plan: [planner] }, packs: [rules] }]\n    boundaries: [{ into: test }]\n  - track: models\n";
    let mut world = World::with(&[("  - track: models\n", extra)]);
    world.through_dev(0);
    allowed(&world.record(&evidence(About::Plan(plan(2).digest), EvidenceResult::Pass, 0)));
    let ask = |action, seconds| {
        let mut request = ask(action, "test", &plan(2), seconds);
        request.track = Some("infra".to_owned());
        request
    };
    allowed(&world.admit(&ask(Action::Plan, 0)));
    denied(&world.record(&approval("ann", "test", plan(2).digest, 0)), codes::FACT_SUBJECT);
    for (track, seconds, verdict) in [("more", 1, Verdict::Deny), ("infra", 2, Verdict::Allow)] {
        let mut consent = approval("ann", "test", plan(2).digest, seconds);
        approval_of(&mut consent).track = Some(track.to_owned());
        allowed(&world.record(&consent));
        assert_eq!(world.admit(&ask(Action::Promote, seconds)).verdict, verdict);
    }
}

#[test]
fn consent_under_an_alias_is_consent_to_the_stage() {
    let stage = "{ stage: test, stack";
    let mut world = before_test_with(&[(stage, "{ stage: test, aliases: [qa], stack")]);
    allowed(&world.record(&approval("ann", "qa", plan(2).digest, 0)));
    allowed(&into_test(&mut world, 1));
}

// Requirements: R077.
#[test]
fn the_author_does_not_approve() {
    let mut world = before_test();
    let by_ann = |action, seconds| {
        let mut request = ask(action, "test", &plan(3), seconds);
        change_of(&mut request).author = "ann".to_owned();
        request
    };
    allowed(&world.admit(&by_ann(Action::Plan, 0)));
    allowed(&world.record(&evidence(About::Plan(plan(3).digest), EvidenceResult::Pass, 0)));
    allowed(&world.record(&approval("ann", "test", plan(3).digest, 0)));
    denied(&world.admit(&by_ann(Action::Promote, 1)), codes::APPROVAL_MISSING);
    // Nor by saying afterwards that someone else wrote it.
    let mut request = by_ann(Action::Promote, 2);
    change_of(&mut request).author = "dan".to_owned();
    denied(&world.admit(&request), codes::SUBJECT_PLAN_BOUND);
    allowed(&world.record(&approval("bob", "test", plan(3).digest, 3)));
    allowed(&world.admit(&by_ann(Action::Promote, 4)));
}

#[test]
fn an_author_whom_nobody_knows_may_be_anyone() {
    let mut world = before_test();
    for (number, author) in [(3, "Ann"), (4, "dan")] {
        let by = |action, seconds| {
            let mut request = ask(action, "test", &plan(number), seconds);
            change_of(&mut request).author = author.to_owned();
            request
        };
        allowed(&world.admit(&by(Action::Plan, 0)));
        let digest = plan(number).digest;
        allowed(&world.record(&evidence(About::Plan(digest), EvidenceResult::Pass, 0)));
        allowed(&world.record(&approval("ann", "test", digest, 0)));
        let admission = world.admit(&by(Action::Promote, 1));
        match author {
            "dan" => allowed(&admission),
            _ => denied(&admission, codes::APPROVAL_AUTHOR_UNDECLARED),
        }
    }
}

/// People never execute, so whoever asks and approves is denied twice over.
// Requirements: R077.
#[test]
fn the_executor_does_not_approve() {
    let mut world = before_test();
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 0)));
    let mut request = ask(Action::Promote, "test", &plan(2), 1);
    request.actor = human("ann");
    let admission = world.admit(&request);
    assert_eq!(denials(&admission), [codes::IDENTITY_HUMAN, codes::APPROVAL_MISSING]);
}

// Requirements: R154, M3.
#[test]
fn nobody_counts_twice() {
    let mut world = before_test_with(&[(
        "approvals: [{ role: reviewer, count: 1, maxAge: 7d }] }\n      - { into: prod",
        "approvals: [{ role: reviewer, count: 2, maxAge: 7d }] }\n      - { into: prod",
    )]);
    for seconds in [0, 1] {
        allowed(&world.record(&approval("ann", "test", plan(2).digest, seconds)));
    }
    denied(&into_test(&mut world, 2), codes::APPROVAL_MISSING);
    allowed(&world.record(&approval("bob", "test", plan(2).digest, 2)));
    allowed(&into_test(&mut world, 3));
}

/// Bob is reviewer and security: alone he fills one place, and he moves to where he is needed.
#[test]
fn one_person_with_two_roles_fills_one_place() {
    let consent = |by| approval(by, "prod", plan(3).digest, 0);
    let mut world = before_prod(&[]);
    allowed(&world.record(&consent("bob")));
    denied(&into_prod(&mut world, HOUR), codes::APPROVAL_MISSING);
    let mut second = consent("ann");
    second.at = at(HOUR);
    allowed(&world.record(&second));
    allowed(&into_prod(&mut world, HOUR + 5 * MINUTE));

    let mut world = before_prod(&[]);
    for by in ["bob", "cyd"] {
        allowed(&world.record(&consent(by)));
    }
    allowed(&into_prod(&mut world, HOUR));

    let mut world = before_prod(&[]);
    allowed(&world.record(&consent("ann")));
    allowed(&world.record(&consent("dan")));
    denied(&into_prod(&mut world, HOUR), codes::APPROVAL_MISSING);
}

#[test]
fn consent_ages() {
    let apply = |seconds| ask(Action::Promote, "test", &plan(2), seconds);
    for (seconds, verdict) in [(7 * DAY, Verdict::Allow), (7 * DAY + 1, Verdict::Deny)] {
        let mut world =
            before_test_with(&[("second-checker], maxAge: 24h", "second-checker], maxAge: 30d")]);
        allowed(&world.record(&approval("ann", "test", plan(2).digest, 0)));
        assert_eq!(world.admit(&apply(seconds)).verdict, verdict);
    }
}

#[test]
fn consent_ends_when_the_person_said() {
    for (seconds, verdict) in [(HOUR, Verdict::Allow), (HOUR + 1, Verdict::Deny)] {
        let mut world = before_test();
        let mut consent = approval("ann", "test", plan(2).digest, 0);
        approval_of(&mut consent).expires = Some(at(HOUR));
        allowed(&world.record(&consent));
        assert_eq!(into_test(&mut world, seconds).verdict, verdict);
    }
}

/// A shorter consent does not shorten a longer one of the same person.
#[test]
fn any_live_consent_of_a_person_counts() {
    let mut world = before_test();
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 0)));
    let mut consent = approval("ann", "test", plan(2).digest, 1);
    approval_of(&mut consent).expires = Some(at(2));
    allowed(&world.record(&consent));
    allowed(&into_test(&mut world, 3));
}

// Requirements: R156.
#[test]
fn the_delay_ends_at_the_second() {
    for (seconds, wait) in [(HOUR + 5 * MINUTE - 1, true), (HOUR + 5 * MINUTE, false)] {
        let mut world = before_prod(&[]);
        for by in ["ann", "cyd"] {
            allowed(&world.record(&approval(by, "prod", plan(3).digest, HOUR)));
        }
        let admission = into_prod(&mut world, seconds);
        if wait {
            denied(&admission, codes::APPROVAL_DELAY);
        } else {
            allowed(&admission);
        }
    }
}

/// More consent than is needed, or given again, does not make anyone wait anew.
#[test]
fn further_consent_does_no_harm() {
    for by in ["ann", "bob", "cyd"] {
        let mut world = before_prod(&[]);
        for by in ["ann", "cyd"] {
            allowed(&world.record(&approval(by, "prod", plan(3).digest, 1)));
        }
        allowed(&world.record(&approval(by, "prod", plan(3).digest, HOUR)));
        allowed(&into_prod(&mut world, HOUR));
    }
}

#[test]
fn spent_consent_is_spent() {
    let mut world = before_test();
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 0)));
    allowed(&into_test(&mut world, 1));
    // A second promotion of the same digest needs consent of its own.
    denied(&into_test(&mut world, 2), codes::APPROVAL_MISSING);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 3)));
    allowed(&into_test(&mut world, 4));
}

#[test]
fn a_denial_spends_nothing() {
    let mut world = before_test();
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 0)));
    let mut request = ask(Action::Promote, "test", &plan(2), 1);
    request.reason = String::new();
    let admission = world.admit(&request);
    denied(&admission, codes::REQUEST_REASON);
    assert!(admission.decision.unwrap().spends.is_empty());
    allowed(&into_test(&mut world, 2));
}

#[test]
fn withdrawn_consent_does_not_count() {
    let mut world = before_test();
    let consent = world.record(&approval("ann", "test", plan(2).digest, 0));
    allowed(&world.record(&withdrawal(consent.entry, 1)));
    denied(&into_test(&mut world, 2), codes::APPROVAL_MISSING);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 2)));
    allowed(&into_test(&mut world, 3));
}

/// The refusal of an approval is in the book, and counts for nothing.
#[test]
fn only_attestors_record_consent() {
    let mut world = before_test();
    let mut consent = approval("ann", "test", plan(2).digest, 0);
    consent.actor = workload("checker");
    denied(&world.record(&consent), codes::FACT_NOT_RECORDER);
    denied(&into_test(&mut world, 1), codes::APPROVAL_MISSING);
    consent.actor = workload("attestor");
    allowed(&world.record(&consent));
    allowed(&into_test(&mut world, 2));
}

#[test]
fn a_promotion_stands_for_its_consent_once() {
    let mut world = before_test();
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 0)));
    let promotion = into_test(&mut world, 0);
    allowed(&promotion);
    // At the last instant of the permit.
    let admission = world.admit(&ask(Action::Apply, "test", &plan(2), HOUR));
    allowed(&admission);
    assert!(found(&admission, codes::APPROVAL_PROMOTED));
    assert_eq!(admission.decision.unwrap().spends, [promotion.entry]);
}

#[test]
fn an_expired_promotion_stands_for_nothing() {
    let mut world = before_test();
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 0)));
    allowed(&into_test(&mut world, 0));
    let apply = |seconds| ask(Action::Apply, "test", &plan(2), seconds);
    denied(&world.admit(&apply(HOUR + 1)), codes::APPROVAL_MISSING);
    let consent = world.record(&approval("bob", "test", plan(2).digest, HOUR + 2));
    let admission = world.admit(&apply(HOUR + 2));
    allowed(&admission);
    assert!(!found(&admission, codes::APPROVAL_PROMOTED));
    assert_eq!(admission.decision.unwrap().spends, [consent.entry]);
}

#[test]
fn a_withdrawn_promotion_stands_for_nothing() {
    let mut world = before_test();
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 0)));
    let promotion = into_test(&mut world, 0);
    allowed(&world.record(&withdrawal(promotion.entry, 1)));
    denied(&world.admit(&ask(Action::Apply, "test", &plan(2), 2)), codes::APPROVAL_MISSING);
}

#[test]
fn a_promotion_is_of_one_plan() {
    let mut world = before_test();
    world.prepare("test", &plan(4), 0);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 0)));
    allowed(&into_test(&mut world, 0));
    denied(&world.admit(&ask(Action::Apply, "test", &plan(4), 1)), codes::APPROVAL_MISSING);
    allowed(&world.admit(&ask(Action::Apply, "test", &plan(2), 1)));
}

/// Each promotion of an artifact needs consent of its own, and no approval is spent twice.
// Requirements: R139.
#[test]
fn artifacts_spend_consent_too() {
    let mut world = World::new();
    let model = Digest::of(b"model");
    allowed(&world.record(&evidence(About::Artifact(model), EvidenceResult::Pass, 0)));
    let registry = world.admit(&promote_artifact("registry", model, 0));
    let done = outcome(registry.entry, poundlock::model::OutcomeResult::Succeeded, 0);
    allowed(&world.record(&done));
    let mut spent = BTreeSet::new();
    for seconds in 1..4 {
        let admission = world.admit(&promote_artifact("inference", model, seconds));
        denied(&admission, codes::APPROVAL_MISSING);
        let mut consent = approval("ann", "inference", model, seconds);
        approval_of(&mut consent).asset = "model".to_owned();
        allowed(&world.record(&consent));
        let mut request = promote_artifact("inference", model, seconds);
        request.id.push('b');
        let admission = world.admit(&request);
        allowed(&admission);
        for hash in admission.decision.unwrap().spends {
            assert!(spent.insert(hash));
        }
    }
    assert_eq!(spent.len(), 3);
}

/// Who consents again in another role still consents as before.
#[test]
fn a_later_consent_takes_nothing_back() {
    let mut world = before_test();
    allowed(&world.record(&approval("bob", "test", plan(2).digest, 1)));
    let mut other = approval("bob", "test", plan(2).digest, 2);
    approval_of(&mut other).role = Some("security".to_owned());
    allowed(&world.record(&other));
    allowed(&into_test(&mut world, 3));
}
