//! From which stage to which, when, and from which ref.

use poundlock::{
    digest::Digest,
    engine::codes,
    model::{About, Action, EvidenceResult, OutcomeResult, Plan},
};

use crate::support::*;

// Requirements: R155, R189.
#[test]
fn a_stage_accepts_its_refs() {
    let mut world = World::new();
    for name in ["refs/heads/feature", "main", "refs/heads/main/x", "refs/tags/v1/x"] {
        let mut request = ask(Action::Plan, "dev", &plan(1), 0);
        request.id = name.to_owned();
        change_of(&mut request).git_ref = name.to_owned();
        denied(&world.admit(&request), codes::BOUNDARY_REF);
    }
    for (number, name) in [(1, "refs/heads/main"), (2, "refs/tags/v1.2")] {
        let mut request = ask(Action::Plan, "dev", &plan(number), 0);
        request.id = name.to_owned();
        change_of(&mut request).git_ref = name.to_owned();
        let admission = world.admit(&request);
        allowed(&admission);
        assert!(found(&admission, codes::BOUNDARY_OK));
    }
}

/// What leads into a stage is said, and asks for something.
// Requirements: R138, R162, R438.
#[test]
fn every_stage_has_an_entrance_that_asks_for_something() {
    let refused = |old: &str, new: &str| {
        let text = charter_with(&[(old, new)]);
        poundlock::charter::Charter::parse(text.as_bytes()).unwrap_err().code()
    };
    for (old, new) in [
        ("{ into: registry, gates: [card] }", "{ into: registry, gates: [] }"),
        ("      - { into: registry, gates: [card] }\n", ""),
        ("{ into: inference, from: registry,", "{ into: inference,"),
        ("{ into: prod, from: test,", "{ into: prod, from: dev,"),
    ] {
        assert_eq!(refused(old, new), "charter.invalid", "{new}");
    }
}

#[test]
fn an_artifact_without_ref_does_not_enter_where_refs_are_asked_for() {
    let mut world = World::with(&[
        ("{ into: registry, gates", "{ into: registry, refs: [refs/heads/main], gates"),
        ("from: registry, gates", "from: registry, refs: [refs/heads/main], gates"),
    ]);
    let model = Digest::of(b"model");
    allowed(&world.record(&evidence(About::Artifact(model), EvidenceResult::Pass, 0)));
    let mut request = promote_artifact("registry", model, 0);
    denied(&world.admit(&request), codes::BOUNDARY_REF);
    request.id = "with a ref".to_owned();
    if let poundlock::model::Subject::Artifact(artifact) = &mut request.subject {
        artifact.git_ref = Some("refs/heads/main".to_owned());
    }
    allowed(&world.admit(&request));
}

#[test]
fn the_first_stage_has_nothing_to_promote_from() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    denied(&world.admit(&ask(Action::Promote, "dev", &plan(1), 0)), codes::BOUNDARY_FIRST);
    allowed(&world.admit(&ask(Action::Apply, "dev", &plan(1), 0)));
}

// Requirements: R028, R131, R132, R160.
#[test]
fn no_stage_is_skipped() {
    let mut world = World::new();
    world.through_dev(0);
    world.prepare("prod", &plan(3), 0);
    for by in ["ann", "cyd"] {
        allowed(&world.record(&approval(by, "prod", plan(3).digest, 0)));
    }
    for action in [Action::Promote, Action::Apply] {
        denied(&world.admit(&ask(action, "prod", &plan(3), HOUR)), codes::BOUNDARY_JUMP);
    }
    world.prepare("test", &plan(2), HOUR);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, HOUR)));
    world.apply("test", &plan(2), HOUR);
    allowed(&world.admit(&ask(Action::Apply, "prod", &plan(3), 2 * HOUR)));
}

/// The lineage is the commit, and what another commit or asset achieved counts for nothing.
// Requirements: R133, R159, M14.
#[test]
fn success_is_of_one_lineage_and_asset() {
    let mut world = World::new();
    world.through_dev(0);
    for (number, commit, asset) in [(2, OTHER_COMMIT, "web"), (4, COMMIT, "api")] {
        let plan = plan(number);
        allowed(&world.record(&evidence(About::Plan(plan.digest), EvidenceResult::Pass, 0)));
        for action in [Action::Plan, Action::Promote] {
            let mut request = ask(action, "test", &plan, 0);
            request.id = format!("{commit}{asset}{}", action.word());
            request.asset = asset.to_owned();
            change_of(&mut request).commit = commit.to_owned();
            let mut consent = approval("ann", "test", plan.digest, 0);
            consent.id.clone_from(&format!("{commit}{asset}"));
            approval_of(&mut consent).asset = asset.to_owned();
            if action == Action::Plan {
                allowed(&world.record(&consent));
                allowed(&world.admit(&request));
            } else {
                denied(&world.admit(&request), codes::BOUNDARY_JUMP);
            }
        }
    }
}

// Requirements: R133, R177, R367, M14.
#[test]
fn an_outcome_is_needed_and_not_only_a_decision() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    let dev = world.admit(&ask(Action::Apply, "dev", &plan(1), 0));
    allowed(&dev);
    world.prepare("test", &plan(2), 0);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 0)));
    let promote = |seconds| ask(Action::Promote, "test", &plan(2), seconds);
    denied(&world.admit(&promote(1)), codes::BOUNDARY_NOT_SUCCEEDED);
    allowed(&world.record(&outcome(dev.entry, OutcomeResult::Unknown, 2)));
    denied(&world.admit(&promote(2)), codes::BOUNDARY_NOT_SUCCEEDED);
    allowed(&world.record(&outcome(dev.entry, OutcomeResult::Succeeded, 3)));
    allowed(&world.admit(&promote(3)));
}

// Requirements: R133.
#[test]
fn a_failure_does_not_open_the_next_stage() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    let dev = world.admit(&ask(Action::Apply, "dev", &plan(1), 0));
    allowed(&world.record(&outcome(dev.entry, OutcomeResult::Failed, 0)));
    world.prepare("test", &plan(2), 0);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 0)));
    denied(&world.admit(&ask(Action::Promote, "test", &plan(2), 1)), codes::BOUNDARY_NOT_SUCCEEDED);
    world.prepare("dev", &plan(3), 2);
    world.apply("dev", &plan(3), 2);
    allowed(&world.admit(&ask(Action::Promote, "test", &plan(2), 3)));
}

/// Acting begins anew: an earlier success of the same commit no longer counts.
#[test]
fn applying_again_takes_the_success_back_until_it_is_recorded_anew() {
    let mut world = World::new();
    world.through_dev(0);
    world.prepare("test", &plan(2), 0);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 0)));
    world.prepare("dev", &plan(3), 1);
    let again = world.admit(&ask(Action::Apply, "dev", &plan(3), 1));
    allowed(&again);
    denied(&world.admit(&ask(Action::Promote, "test", &plan(2), 2)), codes::BOUNDARY_NOT_SUCCEEDED);
    allowed(&world.record(&outcome(again.entry, OutcomeResult::Succeeded, 3)));
    allowed(&world.admit(&ask(Action::Promote, "test", &plan(2), 4)));
}

/// Of two promotions of one artifact, the end of the later one decides.
#[test]
fn an_earlier_promotion_does_not_speak_for_a_later_one() {
    let mut world = World::new();
    let model = Digest::of(b"model");
    allowed(&world.record(&evidence(About::Artifact(model), EvidenceResult::Pass, 0)));
    let first = world.admit(&promote_artifact("registry", model, 0));
    allowed(&first);
    let second = world.admit(&promote_artifact("registry", model, 1));
    allowed(&second);
    allowed(&world.record(&outcome(second.entry, OutcomeResult::Failed, 2)));
    let mut consent = approval("ann", "inference", model, 2);
    approval_of(&mut consent).asset = "model".to_owned();
    allowed(&world.record(&consent));
    allowed(&world.record(&outcome(first.entry, OutcomeResult::Succeeded, 3)));
    let admission = world.admit(&promote_artifact("inference", model, 4));
    denied(&admission, codes::BOUNDARY_NOT_SUCCEEDED);
}

#[test]
fn soaking_ends_at_the_second() {
    for (seconds, wait) in [(HOUR - 1, true), (HOUR, false)] {
        let mut world = World::new();
        world.through_test(0);
        world.prepare("prod", &plan(3), 1);
        for by in ["ann", "cyd"] {
            allowed(&world.record(&approval(by, "prod", plan(3).digest, 1)));
        }
        let admission = world.admit(&ask(Action::Promote, "prod", &plan(3), seconds));
        if wait {
            denied(&admission, codes::BOUNDARY_SOAK);
        } else {
            allowed(&admission);
        }
    }
}

// Requirements: R167.
#[test]
fn a_window_opens_and_closes_at_the_second() {
    let refs = "refs: [refs/heads/main, refs/tags/v*]";
    let window = "windows: [{ timeZone: UTC, days: [mon], from: \"10:00\", to: \"11:00\" }], refs: [refs/heads/main, refs/tags/v*]";
    let admission = |seconds| {
        let mut world = World::with(&[(refs, window)]);
        world.prepare("dev", &plan(1), 0);
        world.admit(&ask(Action::Apply, "dev", &plan(1), seconds))
    };
    denied(&admission(HOUR - 1), codes::BOUNDARY_WINDOW);
    allowed(&admission(HOUR));
    allowed(&admission(2 * HOUR - 1));
    denied(&admission(2 * HOUR), codes::BOUNDARY_WINDOW);
}

// Requirements: R367.
#[test]
fn one_action_at_a_time() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    world.prepare("dev", &plan(2), 0);
    let first = world.admit(&ask(Action::Apply, "dev", &plan(1), 0));
    allowed(&first);
    let second = |seconds| ask(Action::Apply, "dev", &plan(2), seconds);
    denied(&world.admit(&second(1)), codes::BOUNDARY_PENDING);
    // However long it takes, and as long as nobody knows.
    denied(&world.admit(&second(2 * HOUR)), codes::BOUNDARY_PENDING);
    allowed(&world.record(&outcome(first.entry, OutcomeResult::Unknown, 2 * HOUR)));
    denied(&world.admit(&second(2 * HOUR + 1)), codes::BOUNDARY_PENDING);
    allowed(&world.record(&outcome(first.entry, OutcomeResult::Failed, 2 * HOUR)));
    allowed(&world.admit(&second(2 * HOUR + 2)));
}

/// Planning alters nothing and waits for nobody. Other assets are other places, unless the stage names
/// its one stack.
#[test]
fn a_pending_action_blocks_its_own_place_alone() {
    let named = "aliases: [development], stack: dev,";
    let mut world = World::with(&[(named, "aliases: [development],")]);
    let ask = |action, stage: &str, plan: &Plan, seconds| {
        let mut request = ask(action, stage, plan, seconds);
        request.target.stack = None;
        request
    };
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(1), 0)));
    allowed(&world.record(&evidence(About::Plan(plan(1).digest), EvidenceResult::Pass, 0)));
    allowed(&world.admit(&ask(Action::Apply, "dev", &plan(1), 0)));
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(2), 1)));
    allowed(&world.record(&evidence(About::Plan(plan(3).digest), EvidenceResult::Pass, 1)));
    for action in [Action::Plan, Action::Apply] {
        let mut request = ask(action, "dev", &plan(3), 1);
        request.asset = "api".to_owned();
        allowed(&world.admit(&request));
    }
}

#[test]
fn a_stack_is_one_place_whatever_the_asset_is_called() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    allowed(&world.admit(&ask(Action::Apply, "dev", &plan(1), 0)));
    let other = |action, number| {
        let mut request = ask(action, "dev", &plan(number), 1);
        request.asset = "Web".to_owned();
        request
    };
    allowed(&world.admit(&other(Action::Plan, 2)));
    allowed(&world.record(&evidence(About::Plan(plan(2).digest), EvidenceResult::Pass, 1)));
    denied(&world.admit(&other(Action::Apply, 2)), codes::BOUNDARY_PENDING);
}
