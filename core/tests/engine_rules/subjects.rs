//! About what: commits, plans, artifacts; planned once, applied once.

use poundlock::{
    digest::Digest,
    engine::codes,
    model::{About, Action, EvidenceResult, OutcomeResult, Subject},
    state::State,
};

use crate::support::*;

#[test]
fn a_track_moves_one_kind_of_subject() {
    let mut world = World::new();
    let mut request = promote_artifact("dev", Digest::of(b"model"), 0);
    request.track = Some("infra".to_owned());
    request.target.stack = Some("dev".to_owned());
    let admission = world.admit(&request);
    assert!(denials(&admission).contains(&codes::SUBJECT_KIND), "{:?}", denials(&admission));
    let mut request = ask(Action::Plan, "registry", &plan(1), 0);
    request.track = Some("models".to_owned());
    request.target.stack = None;
    let admission = world.admit(&request);
    assert!(denials(&admission).contains(&codes::SUBJECT_KIND), "{:?}", denials(&admission));
    let admission = world.admit(&ask(Action::Plan, "dev", &plan(1), 0));
    allowed(&admission);
    assert!(found(&admission, codes::SUBJECT_OK));
}

#[test]
fn artifacts_are_promoted_and_nothing_else() {
    let mut world = World::new();
    let model = Digest::of(b"model");
    let card = evidence(About::Artifact(model), EvidenceResult::Pass, 0);
    allowed(&world.record(&card));
    for action in [Action::Plan, Action::Apply] {
        let mut request = promote_artifact("registry", model, 0);
        request.id = action.word().to_owned();
        request.action = action;
        let admission = world.admit(&request);
        assert!(denials(&admission).contains(&codes::SUBJECT_ACTION), "{:?}", denials(&admission));
    }
    allowed(&world.admit(&promote_artifact("registry", model, 0)));
}

// Requirements: R043, R110.
#[test]
fn a_commit_is_named_in_full() {
    let mut world = World::new();
    for commit in ["4f9c1d2", "main", &COMMIT.to_uppercase(), &"a".repeat(41), &"g".repeat(40)] {
        let mut request = ask(Action::Plan, "dev", &plan(1), 0);
        request.id = commit.to_owned();
        change_of(&mut request).commit = commit.to_owned();
        denied(&world.admit(&request), codes::SUBJECT_COMMIT);
    }
    for (number, commit) in [(1, COMMIT), (2, &"a".repeat(64))] {
        let mut request = ask(Action::Plan, "dev", &plan(number), 0);
        request.id = commit.to_owned();
        change_of(&mut request).commit = commit.to_owned();
        allowed(&world.admit(&request));
    }
}

// Requirements: R051, R069, R094.
#[test]
fn a_change_comes_with_its_plan() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    request.plan = None;
    denied(&world.admit(&request), codes::SUBJECT_PLAN_MISSING);
    request.id = "another plan".to_owned();
    request.plan = Some(plan(2).into());
    denied(&world.admit(&request), codes::SUBJECT_PLAN_MISMATCH);
    request.id = "no digest".to_owned();
    change_of(&mut request).plan = None;
    denied(&world.admit(&request), codes::SUBJECT_PLAN_MISMATCH);
    request.id = "its own plan".to_owned();
    change_of(&mut request).plan = Some(plan(2).digest);
    allowed(&world.admit(&request));
}

// Requirements: R048, R051, R090.
#[test]
fn what_is_applied_was_planned_here() {
    let mut world = World::new();
    let scan = evidence(About::Plan(plan(1).digest), EvidenceResult::Pass, 0);
    allowed(&world.record(&scan));
    let apply = |seconds| ask(Action::Apply, "dev", &plan(1), seconds);
    denied(&world.admit(&apply(0)), codes::SUBJECT_PLAN_UNRECORDED);
    // A plan that was denied is not a plan that was admitted.
    let mut request = ask(Action::Plan, "dev", &plan(1), 1);
    request.reason = String::new();
    denied(&world.admit(&request), codes::REQUEST_REASON);
    denied(&world.admit(&apply(1)), codes::SUBJECT_PLAN_UNRECORDED);
    // Neither is one of another asset or stage.
    let mut request = ask(Action::Plan, "dev", &plan(1), 3);
    request.asset = "api".to_owned();
    allowed(&world.admit(&request));
    allowed(&world.admit(&ask(Action::Plan, "test", &plan(1), 4)));
    denied(&world.admit(&apply(4)), codes::SUBJECT_PLAN_UNRECORDED);
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(1), 5)));
    allowed(&world.admit(&apply(5)));
}

/// Another commit's plan request must not take the plan away from the commit that it belongs to, and
/// consent to a plan is consent to its commit.
// Requirements: R044, R174.
#[test]
fn a_plan_belongs_to_its_change() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    let mut other = |action| {
        let mut request = ask(action, "dev", &plan(1), 1);
        change_of(&mut request).commit = OTHER_COMMIT.to_owned();
        world.admit(&request)
    };
    denied(&other(Action::Plan), codes::SUBJECT_PLAN_BOUND);
    let apply = other(Action::Apply);
    assert_eq!(denials(&apply), [codes::SUBJECT_PLAN_BOUND, codes::BOUNDARY_SUPERSEDED]);
    allowed(&world.admit(&ask(Action::Apply, "dev", &plan(1), 2)));
}

#[test]
fn what_no_policy_can_see_is_denied() {
    let mut world = World::new();
    let mut hidden = plan(1);
    hidden.unjudged = vec!["action_invocations".to_owned()];
    denied(&world.admit(&ask(Action::Plan, "dev", &hidden, 0)), codes::PLAN_UNJUDGED);
    world.prepare("dev", &plan(2), 0);
    let mut nothing = plan(2);
    nothing.applyable = Some(false);
    denied(&world.admit(&ask(Action::Apply, "dev", &nothing, 1)), codes::PLAN_NOT_APPLYABLE);
    allowed(&world.admit(&ask(Action::Apply, "dev", &plan(2), 2)));
}

#[test]
fn a_plan_is_applied_once() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    let admission = world.admit(&ask(Action::Apply, "dev", &plan(1), 0));
    allowed(&admission);
    allowed(&world.record(&outcome(admission.entry, OutcomeResult::Failed, 1)));
    denied(&world.admit(&ask(Action::Apply, "dev", &plan(1), 2)), codes::SUBJECT_PLAN_SPENT);
    // Not even when it is admitted as a plan once more.
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(1), 3)));
    denied(&world.admit(&ask(Action::Apply, "dev", &plan(1), 3)), codes::SUBJECT_PLAN_SPENT);
    world.prepare("dev", &plan(2), 4);
    allowed(&world.admit(&ask(Action::Apply, "dev", &plan(2), 4)));
}

#[test]
fn a_plan_of_a_part_is_denied_unless_the_charter_allows_it() {
    let part = plan_from(1, r#""complete": false, "resource_changes": []"#);
    let admission = World::new().admit(&ask(Action::Plan, "dev", &part, 0));
    denied(&admission, codes::PLAN_INCOMPLETE);
    let mut lenient =
        World::with(&[("unmatched: allow", "unmatched: allow\nincompletePlans: allow")]);
    allowed(&lenient.admit(&ask(Action::Plan, "dev", &part, 0)));
    let whole = plan_from(2, r#""complete": true, "resource_changes": []"#);
    allowed(&World::new().admit(&ask(Action::Plan, "dev", &whole, 0)));
}

#[test]
fn an_empty_plan_is_a_plan() {
    let mut world = World::with(&[("unmatched: allow", "unmatched: deny")]);
    let empty = plan_from(1, r#""resource_changes": []"#);
    world.prepare("dev", &empty, 0);
    world.apply("dev", &empty, 0);
}

#[test]
fn a_failed_check_of_the_configuration_denies() {
    let check = |status: &str| {
        format!(
            r#""resource_changes": [], "checks": [{{"address": {{"kind": "check", "name": "health",
               "to_display": "check.health"}}, "status": "{status}", "instances": []}}]"#
        )
    };
    let mut world = World::new();
    for (number, status) in [(1, "fail"), (2, "error")] {
        let admission =
            world.admit(&ask(Action::Plan, "dev", &plan_from(number, &check(status)), 0));
        denied(&admission, codes::PLAN_CHECK_FAILED);
    }
    let admission = world.admit(&ask(Action::Plan, "dev", &plan_from(3, &check("unknown")), 0));
    allowed(&admission);
    assert!(found(&admission, codes::PLAN_CHECK_UNKNOWN));
    let admission = world.admit(&ask(Action::Plan, "dev", &plan_from(4, &check("pass")), 0));
    allowed(&admission);
    assert!(!found(&admission, codes::PLAN_CHECK_UNKNOWN));
}

#[test]
fn drift_is_reported() {
    let drift = r#""resource_changes": [], "resource_drift": [{"address": "thing.a",
        "mode": "managed", "type": "thing", "name": "a", "change": {"actions": ["update"],
        "before": {"public": false}, "after": {"public": true}, "after_unknown": {},
        "before_sensitive": false, "after_sensitive": {}}}]"#;
    let mut world = World::new();
    let admission = world.admit(&ask(Action::Plan, "dev", &plan_from(1, drift), 0));
    allowed(&admission);
    assert!(found(&admission, codes::PLAN_DRIFT));
    assert!(!found(&world.admit(&ask(Action::Plan, "dev", &plan(2), 0)), codes::PLAN_DRIFT));
}

/// Who made an artifact, and of what commit and ref, is not told otherwise from stage to stage.
// Requirements: R148.
#[test]
fn an_artifact_stays_what_it_was_first_admitted_as() {
    let mut world = World::new();
    let model = Digest::of(b"model");
    let card = evidence(About::Artifact(model), EvidenceResult::Pass, 0);
    allowed(&world.record(&card));
    let of = |author: &str, commit: Option<&str>, seconds| {
        let mut request = promote_artifact("registry", model, seconds);
        if let Subject::Artifact(artifact) = &mut request.subject {
            artifact.author = author.to_owned();
            artifact.commit = commit.map(str::to_owned);
        }
        request
    };
    allowed(&world.admit(&of("dan", None, 1)));
    denied(&world.admit(&of("ann", None, 2)), codes::SUBJECT_ARTIFACT_BOUND);
    // What was not said yet may be said once.
    allowed(&world.admit(&of("dan", Some(COMMIT), 3)));
    denied(&world.admit(&of("dan", Some(OTHER_COMMIT), 4)), codes::SUBJECT_ARTIFACT_BOUND);
    allowed(&world.admit(&of("dan", None, 5)));
    world.snapshot();
    world.state = State::open(&world.ledger).unwrap();
    denied(&world.admit(&of("dan", Some(OTHER_COMMIT), 6)), codes::SUBJECT_ARTIFACT_BOUND);
}
