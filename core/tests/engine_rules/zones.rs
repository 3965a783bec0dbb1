//! Zones of data: which way leads where, what stays in quarantine, what grows old, and what is never overwritten.

use poundlock::{
    charter::Charter,
    digest::Digest,
    engine::{Admission, codes},
    model::{About, Action, Approval, EvidenceResult, Fact, FactKind, OutcomeResult, Request},
    state::State,
};
use proptest::prelude::*;

use crate::support::*;

const MODELS: &str = "      - { stage: registry, grants: { promote: [deployer] } }
      - { stage: inference, grants: { promote: [deployer] } }
    boundaries:
      - { into: registry, gates: [card] }
      - { into: inference, from: registry, gates: [card], approvals: [{ role: reviewer, count: 1, maxAge: 7d }] }
";

const ZONES: &str = "      - { stage: raw, zone: { appendOnly: true }, grants: { promote: [deployer] } }
      - { stage: work, zone: { maxAge: 1d }, grants: { promote: [deployer] } }
      - { stage: quarantine, after: [raw, work], zone: { quarantine: true }, grants: { promote: [deployer] } }
      - { stage: processed, after: [work, quarantine], grants: { promote: [deployer] } }
      - { stage: catalog, grants: { promote: [deployer] } }
    boundaries:
      - { into: raw, gates: [card] }
      - { into: work, from: raw, gates: [card] }
      - { into: quarantine, from: raw, gates: [card] }
      - { into: quarantine, from: work, gates: [card] }
      - { into: processed, from: work, gates: [card] }
      - { into: processed, from: quarantine, gates: [card], approvals: [{ role: security, count: 1, maxAge: 7d }] }
      - { into: catalog, from: processed, gates: [card] }
";

fn zones() -> World {
    World::with(&[(MODELS, ZONES)])
}

fn data(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

fn enter(stage: &str, digest: Digest, seconds: i64) -> Request {
    promote_artifact(stage, digest, seconds)
}

fn checked(world: &mut World, digest: Digest, seconds: i64) {
    allowed(&world.record(&evidence(About::Artifact(digest), EvidenceResult::Pass, seconds)));
}

fn end(world: &mut World, admission: &Admission, result: OutcomeResult, seconds: i64) {
    allowed(admission);
    allowed(&world.record(&outcome(admission.entry, result, seconds)));
}

/// Brings content through zones, one every minute.
fn through(world: &mut World, digest: Digest, stages: &[&str], seconds: i64) {
    checked(world, digest, seconds);
    for (stage, minute) in stages.iter().zip(0..) {
        let seconds = seconds + minute * MINUTE;
        let admission = world.admit(&enter(stage, digest, seconds));
        end(world, &admission, OutcomeResult::Succeeded, seconds);
    }
}

fn consent(by: &str, digest: Digest, seconds: i64) -> Fact {
    let approval = Approval {
        by: by.to_owned(),
        track: None,
        stage: "processed".to_owned(),
        asset: "model".to_owned(),
        digest,
        role: None,
        expires: None,
    };
    fact(workload("attestor"), seconds, FactKind::Approval(approval))
}

// Requirements: R443, R444.
#[test]
fn content_moves_along_the_ways_that_there_are() {
    let mut world = zones();
    through(&mut world, data("a"), &["raw", "work", "processed", "catalog"], 0);
    let mut world = zones();
    checked(&mut world, data("a"), 0);
    for stage in ["work", "quarantine", "processed", "catalog"] {
        denied(&world.admit(&enter(stage, data("a"), 0)), codes::BOUNDARY_JUMP);
    }
    through(&mut world, data("a"), &["raw", "work"], 60);
    denied(&world.admit(&enter("catalog", data("a"), 200)), codes::BOUNDARY_JUMP);
    let admission = world.admit(&enter("nowhere", data("a"), 200));
    denied(&admission, codes::TARGET_STAGE_UNDECLARED);
}

// Requirements: R447.
#[test]
fn what_is_in_quarantine_leaves_by_its_own_boundary_alone() {
    for way in [&["raw", "quarantine"][..], &["raw", "work", "quarantine"]] {
        let mut world = zones();
        let digest = data("a");
        through(&mut world, digest, way, 0);
        // Not over the zones that it came from, nor where it is.
        for stage in ["raw", "work", "quarantine", "catalog"] {
            let admission = world.admit(&enter(stage, digest, 300));
            assert!(denials(&admission).contains(&codes::ZONE_QUARANTINED), "{stage}");
        }
        // The way from work asks for no approval, and is not its way.
        denied(&world.admit(&enter("processed", digest, 301)), codes::APPROVAL_MISSING);
        allowed(&world.record(&consent("cyd", digest, 302)));
        let admission = world.admit(&enter("processed", digest, 303));
        end(&mut world, &admission, OutcomeResult::Succeeded, 303);
        through(&mut world, digest, &["catalog"], 400);
    }
}

// Requirements: R447.
#[test]
fn quarantine_holds_whatever_became_of_the_attempts_around_it() {
    let digest = data("a");
    // Nobody knows whether it got there: it counts as there, and goes nowhere.
    for result in [None, Some(OutcomeResult::Unknown)] {
        let mut world = zones();
        through(&mut world, digest, &["raw", "work"], 0);
        let admission = world.admit(&enter("quarantine", digest, 200));
        allowed(&admission);
        if let Some(result) = result {
            allowed(&world.record(&outcome(admission.entry, result, 200)));
        }
        allowed(&world.record(&consent("cyd", digest, 201)));
        denied(&world.admit(&enter("processed", digest, 202)), codes::BOUNDARY_NOT_SUCCEEDED);
        denied(&world.admit(&enter("raw", digest, 203)), codes::ZONE_QUARANTINED);
    }
    // It did not get there: it is where it was.
    let mut world = zones();
    through(&mut world, digest, &["raw", "work"], 0);
    let admission = world.admit(&enter("quarantine", digest, 200));
    end(&mut world, &admission, OutcomeResult::Failed, 200);
    allowed(&world.admit(&enter("processed", digest, 260)));
    // A release that failed is none.
    let mut world = zones();
    through(&mut world, digest, &["raw", "quarantine"], 0);
    allowed(&world.record(&consent("cyd", digest, 200)));
    let admission = world.admit(&enter("processed", digest, 201));
    end(&mut world, &admission, OutcomeResult::Failed, 202);
    denied(&world.admit(&enter("work", digest, 203)), codes::ZONE_QUARANTINED);
    denied(&world.admit(&enter("processed", digest, 204)), codes::APPROVAL_MISSING);
}

// Requirements: R447.
#[test]
fn content_does_not_get_out_of_quarantine_by_what_is_reported_late() {
    let mut world = zones();
    let digest = data("a");
    through(&mut world, digest, &["raw", "work"], 0);
    let under_way = world.admit(&enter("processed", digest, 200));
    allowed(&under_way);
    through(&mut world, digest, &["quarantine"], 260);
    end(&mut world, &under_way, OutcomeResult::Succeeded, 300);
    denied(&world.admit(&enter("catalog", digest, 301)), codes::ZONE_QUARANTINED);
}

// Requirements: R447.
#[test]
fn content_in_quarantine_does_not_get_out_under_another_name() {
    let mut world = zones();
    let digest = data("a");
    through(&mut world, digest, &["raw", "quarantine"], 0);
    for stage in ["raw", "work", "processed"] {
        let mut request = enter(stage, digest, 300);
        (request.id, request.asset) = (format!("renamed-{stage}"), "renamed".to_owned());
        let admission = world.admit(&request);
        assert!(denials(&admission).contains(&codes::ZONE_QUARANTINED), "{stage}");
    }
    // Other content under the other name is not concerned.
    checked(&mut world, data("b"), 300);
    let mut request = enter("raw", data("b"), 301);
    request.asset = "renamed".to_owned();
    allowed(&world.admit(&request));
    // What is known of where content is comes back from a snapshot.
    world.snapshot();
    world.state = State::open(&world.ledger).unwrap();
    let mut request = enter("raw", digest, 302);
    request.asset = "renamed again".to_owned();
    denied(&world.admit(&request), codes::ZONE_QUARANTINED);
}

// Requirements: R446.
#[test]
fn what_is_only_worked_on_does_not_go_on_for_ever() {
    let digest = data("a");
    for (after, goes_on) in [(DAY, true), (DAY + 1, false)] {
        let mut world = zones();
        through(&mut world, digest, &["raw"], 0);
        through(&mut world, digest, &["work"], 60);
        checked(&mut world, digest, 60 + after);
        let admission = world.admit(&enter("processed", digest, 60 + after));
        if goes_on {
            allowed(&admission);
            continue;
        }
        denied(&admission, codes::ZONE_EXPIRED);
        // Quarantine takes it; so does a new beginning.
        let mut fork = zones();
        through(&mut fork, digest, &["raw", "work"], 0);
        checked(&mut fork, digest, 2 * DAY);
        allowed(&fork.admit(&enter("quarantine", digest, 2 * DAY)));
        through(&mut world, digest, &["work", "processed"], 2 * DAY);
    }
}

// Requirements: R445, R448.
#[test]
fn a_name_in_an_append_only_zone_keeps_its_content() {
    let mut world = zones();
    through(&mut world, data("a"), &["raw"], 0);
    checked(&mut world, data("b"), 60);
    denied(&world.admit(&enter("raw", data("b"), 60)), codes::ZONE_OVERWRITE);
    // The same content may come again, and other content under another name.
    through(&mut world, data("a"), &["raw"], 120);
    let mut request = enter("raw", data("b"), 180);
    request.asset = "model@2".to_owned();
    allowed(&world.admit(&request));
    // What never got there holds no name.
    let mut world = zones();
    checked(&mut world, data("a"), 0);
    let admission = world.admit(&enter("raw", data("a"), 0));
    end(&mut world, &admission, OutcomeResult::Failed, 0);
    through(&mut world, data("b"), &["raw"], 60);
}

// Requirements: R443, R444, R447.
#[test]
fn a_charter_with_ways_that_make_no_sense_is_refused() {
    let code = |changes: &[(&str, &str)]| {
        let mut text = charter_with(&[(MODELS, ZONES)]);
        for (old, new) in changes {
            assert!(text.contains(old), "{old}");
            text = text.replacen(old, new, 1);
        }
        Charter::parse(text.as_bytes()).map_or_else(|error| error.code(), |_| "none")
    };
    assert_eq!(code(&[]), "none");
    for (old, new, expected) in [
        // Not before it, twice, or nothing.
        ("after: [raw, work]", "after: [raw, processed]", "charter.undeclared"),
        ("after: [raw, work]", "after: [raw, quarantine]", "charter.undeclared"),
        ("after: [raw, work]", "after: [raw, raw]", "charter.duplicate"),
        ("after: [raw, work]", "after: []", "charter.invalid"),
        ("stage: raw,", "stage: raw, after: [work],", "charter.undeclared"),
        // A way without a boundary, and boundaries without a way.
        ("      - { into: quarantine, from: work, gates: [card] }\n", "", "charter.invalid"),
        ("from: work, gates: [card] }", "from: processed, gates: [card] }", "charter.invalid"),
        (
            "      - { into: catalog",
            "      - { into: processed, from: work }\n      - { into: catalog",
            "charter.duplicate",
        ),
        // Going on asks for less than coming.
        (
            "{ into: catalog, from: processed, gates: [card] }",
            "{ into: catalog, from: processed, gates: [] }",
            "charter.invalid",
        ),
        // Zone rules that ask for nothing, or what cannot be.
        ("zone: { appendOnly: true }", "zone: {}", "charter.invalid"),
        ("zone: { maxAge: 1d }", "zone: { maxAge: 0s }", "charter.invalid"),
        ("stage: catalog,", "stage: catalog, zone: { quarantine: true },", "charter.invalid"),
        ("stack: dev,", "stack: dev, zone: { maxAge: 1d },", "charter.invalid"),
    ] {
        assert_eq!(code(&[(old, new)]), expected, "{new}");
    }
    // A rollback would let out what is in quarantine.
    let back = [
        (
            "{ quarantine: true }, grants: { promote: [deployer] }",
            "{ quarantine: true }, grants: { promote: [deployer], rollback: [deployer] }",
        ),
        ("{ into: quarantine, from: raw,", "{ into: quarantine, from: raw, rollback: {},"),
    ];
    assert_eq!(code(&back), "charter.invalid");
    assert_eq!(code(&back[..1]), "none");
}

// Requirements: R445, R447.
#[test]
fn nothing_is_rolled_back_where_nothing_may_take_the_place_of_what_is_there() {
    let back = |zone: &str| {
        let zones = ZONES
            .replace(
                "zone: { quarantine: true }, grants: { ",
                &format!("{zone}grants: {{ rollback: [deployer], "),
            )
            .replace("{ into: quarantine,", "{ into: quarantine, rollback: {},")
            .replace("{ into: processed,", "{ into: processed, rollback: {},")
            .replace("{ into: catalog,", "{ into: catalog, rollback: {},")
            .replace(
                "processed, after: [work, quarantine], grants: { ",
                "processed, after: [work, quarantine], grants: { rollback: [deployer], ",
            )
            .replace(
                "stage: catalog, grants: { ",
                "stage: catalog, grants: { rollback: [deployer], ",
            );
        let text = charter_with(&[(MODELS, &zones)]);
        Charter::parse(text.as_bytes()).map_or_else(|error| error.code(), |_| "none")
    };
    assert_eq!(back(""), "none");
    assert_eq!(back("zone: { quarantine: true }, "), "charter.invalid");
    assert_eq!(back("zone: { appendOnly: true }, "), "charter.invalid");
}

// Requirements: R132, R133.
#[test]
fn a_change_comes_from_the_stage_where_it_succeeded_last() {
    let prod =
        "{ into: prod, from: test, refs: [refs/heads/main, refs/tags/v*], gates: [scan], soak: 1h";
    let mut world = World::with(&[
        ("stage: prod, stack: prod,", "stage: prod, after: [dev, test], stack: prod,"),
        (
            prod,
            &format!(
                "{}, soak: 9h }}\n      - {prod}",
                prod.split(", soak").next().unwrap().replace("from: test", "from: dev")
            ),
        ),
    ]);
    world.prepare("prod", &plan(3), 0);
    denied(&world.admit(&ask(Action::Apply, "prod", &plan(3), 0)), codes::BOUNDARY_JUMP);
    // From dev it has to wait for longer.
    world.through_dev(60);
    let admission = world.admit(&ask(Action::Apply, "prod", &plan(3), 2 * HOUR));
    denied(&admission, codes::BOUNDARY_SOAK);
    // From test, people have to approve.
    world.prepare("test", &plan(2), 2 * HOUR);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 2 * HOUR)));
    world.apply("test", &plan(2), 2 * HOUR);
    let admission = world.admit(&ask(Action::Apply, "prod", &plan(3), 4 * HOUR));
    denied(&admission, codes::APPROVAL_MISSING);
    for by in ["ann", "cyd"] {
        allowed(&world.record(&approval(by, "prod", plan(3).digest, 4 * HOUR)));
    }
    allowed(&world.admit(&ask(Action::Apply, "prod", &plan(3), 5 * HOUR)));
}

const STAGES: [&str; 5] = ["raw", "work", "quarantine", "processed", "catalog"];

/// From where each zone is entered.
fn ways(stage: &str) -> &'static [&'static str] {
    match stage {
        "work" => &["raw"],
        "quarantine" => &["raw", "work"],
        "processed" => &["work", "quarantine"],
        "catalog" => &["processed"],
        _ => &[],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    // Requirements: R443, R444, R447.
    /// Whatever is tried in whatever order: content that is in quarantine comes out with an approval alone, and
    /// nothing enters but from a zone where it succeeded.
    #[test]
    fn nothing_gets_out_of_quarantine_without_approval(
        tries in prop::collection::vec((0_usize..5, 0_usize..4, any::<bool>()), 1..24),
    ) {
        let mut world = zones();
        let digest = data("a");
        checked(&mut world, digest, 0);
        let mut succeeded: Vec<&str> = Vec::new();
        // Nothing, or whether it was approved since it came into quarantine.
        let mut detained = false;
        for ((stage, result, approve), number) in tries.into_iter().zip(1_i64..) {
            let (stage, seconds) = (STAGES[stage], number * MINUTE);
            if approve {
                allowed(&world.record(&consent("cyd", digest, seconds)));
            }
            let live = world.state.status().approvals.len();
            let admission = world.admit(&enter(stage, digest, seconds));
            if !denials(&admission).is_empty() {
                continue;
            }
            prop_assert!(stage == "raw" || ways(stage).iter().any(|from| succeeded.contains(from)));
            if detained {
                prop_assert_eq!(stage, "processed");
                prop_assert!(live > world.state.status().approvals.len());
            }
            let result = match result {
                0 => Some(OutcomeResult::Failed),
                1 => None,
                _ => Some(OutcomeResult::Succeeded),
            };
            if let Some(result) = result {
                allowed(&world.record(&outcome(admission.entry, result, seconds)));
            }
            match result {
                Some(OutcomeResult::Succeeded) => {
                    succeeded.push(stage);
                    detained = stage == "quarantine" || (detained && stage != "processed");
                }
                Some(_) => succeeded.retain(|it| *it != stage),
                None => {
                    detained |= stage == "quarantine";
                    succeeded.retain(|it| *it != stage);
                }
            }
        }
    }
}
