//! Patches, exceptions and retirements at once.

use poundlock::{
    engine::codes,
    model::{
        ConsentPurpose, Emergency, EvidenceResult, ExceptionCase, IncidentKind, LifecycleState,
        Manifest, Remark,
    },
};

use super::*;
use crate::support::*;

/// The patch of a fault: another version, with fewer words, and what it mends is deprecated.
// Requirements: R320, R331.
#[test]
fn a_patch_deprecates_what_it_mends() {
    let mut world = world();
    let first = manifest("1.0.0");
    let faulty = world.published(&first, 0);
    let plain = world.in_review(&after("1.0.1", &first), 1);
    let patch = || Some(Emergency::Patch(Remark::default()));
    world.takes(consent("bob", ConsentPurpose::Patch, plain, 2));
    denied(&world.record(&publish(plain, patch(), 3)), codes::ARTIFACT_FIXES);
    let mending = Manifest { fixes: Some(faulty), ..after("1.0.2", &first) };
    let mending = world.in_review(&mending, 4);
    denied(&world.record(&publish(mending, None, 5)), codes::ARTIFACT_STATE);
    denied(&world.record(&publish(mending, patch(), 6)), codes::APPROVAL_MISSING);
    // Consent to the one is no consent to the other.
    world.takes(agrees("bob", case("security"), mending, 7));
    denied(&world.record(&publish(mending, patch(), 8)), codes::APPROVAL_MISSING);
    world.takes(consent("cyd", ConsentPurpose::Patch, mending, 9));
    world.takes(publish(mending, patch(), 10));
    let status = world.state.status();
    let mended = status.artifacts.iter().find(|it| it.digest == faulty).unwrap();
    assert_eq!((mended.state, mended.successor), (LifecycleState::Deprecated, Some(mending)));
}

fn case(reason: &str) -> ExceptionCase {
    ExceptionCase {
        reason: reason.to_owned(),
        justification: "it leaks".to_owned(),
        impact: "all customers".to_owned(),
        resolution: "a review next week".to_owned(),
        communication: "the board".to_owned(),
    }
}

fn exception(reason: &str) -> Option<Emergency> {
    Some(Emergency::Exception(case(reason)))
}

fn agrees(by: &str, to: ExceptionCase, artifact: Digest, seconds: i64) -> Fact {
    let mut fact = consent(by, ConsentPurpose::Exception, artifact, seconds);
    if let LifecycleOperation::Approve(consent) = &mut step_of(&mut fact).operation {
        consent.case = Some(to);
    }
    fact
}

// Requirements: R321, R322, R323, R324, R332, R335, R338, R339, R340, R341, R342, R344, M9.
#[test]
fn an_exception_is_another_artifact_with_every_consent_and_debts_of_its_own() {
    let mut world = world();
    let first = manifest("1.0.0");
    let replaced = world.published(&first, 0);
    let second = after("1.0.1", &first);
    let urgent = world.in_review(&second, 1);
    for by in ["bob", "cyd"] {
        denied(&world.record(&publish(urgent, exception("security"), 2)), codes::APPROVAL_MISSING);
        world.takes(agrees(by, case("security"), urgent, 3));
    }
    denied(&world.record(&publish(urgent, exception("whim"), 4)), codes::ARTIFACT_EMERGENCY);
    let silent = ExceptionCase { impact: String::new(), ..case("security") };
    denied(&world.record(&agrees("bob", silent.clone(), urgent, 5)), codes::ARTIFACT_UNEXPLAINED);
    let silent = publish(urgent, Some(Emergency::Exception(silent)), 5);
    assert!(denials(&world.record(&silent)).contains(&codes::ARTIFACT_UNEXPLAINED));
    world.takes(attest("integrity", urgent, EvidenceResult::Error, 6));
    denied(&world.record(&publish(urgent, exception("security"), 7)), codes::EVIDENCE_ERROR);
    world.takes(attest("integrity", urgent, EvidenceResult::Pass, 8));
    world.takes(publish(urgent, exception("security"), 9));
    assert_eq!(world.standing_of(replaced), LifecycleState::Deprecated);
    // Whoever has to be told is told in time, or there is no other exception.
    let third = world.in_review(&after("1.0.2", &second), 10);
    world.takes(agrees("bob", case("security"), third, 11));
    world.takes(agrees("cyd", case("security"), third, 12));
    let late = 2 * HOUR + 10;
    denied(&world.record(&publish(third, exception("security"), late)), codes::ARTIFACT_OVERDUE);
    world.takes(attest("told", urgent, EvidenceResult::Pass, late + 1));
    world.takes(publish(third, exception("security"), late + 2));
}

/// Who consents to one case has not consented to another, nor to any at all.
// Requirements: R338, R339, R340, R341, R342.
#[test]
fn consent_to_an_exception_is_to_that_one_alone() {
    let mut world = world();
    let first = manifest("1.0.0");
    world.published(&first, 0);
    let urgent = world.in_review(&after("1.0.1", &first), 1);
    let blank = consent("bob", ConsentPurpose::Exception, urgent, 2);
    denied(&world.record(&blank), codes::ARTIFACT_UNEXPLAINED);
    denied(&world.record(&agrees("bob", case("whim"), urgent, 3)), codes::ARTIFACT_EMERGENCY);
    let harmless = ExceptionCase { impact: "nobody".to_owned(), ..case("security") };
    for by in ["bob", "cyd"] {
        world.takes(agrees(by, harmless.clone(), urgent, 4));
    }
    denied(&world.record(&publish(urgent, exception("security"), 5)), codes::APPROVAL_MISSING);
    world.takes(publish(urgent, Some(Emergency::Exception(harmless)), 6));
}

/// Only an exception has a case.
#[test]
fn a_consent_to_something_else_has_no_case() {
    let world = world();
    let mut fact = agrees("bob", case("security"), Digest::of(b"artifact"), 0);
    if let LifecycleOperation::Approve(consent) = &mut step_of(&mut fact).operation {
        consent.to = ConsentPurpose::Patch;
    }
    let error = world.engine.decide_fact(&fact, &world.state).unwrap_err();
    assert_eq!(error.code(), "input.invalid_value");
}

/// What it mends besides may stay where it is.
// Requirements: R322.
#[test]
fn an_exception_takes_the_place_of_the_version_before_it_and_of_no_other() {
    let mut world = world();
    let (first, second) = (manifest("1.0.0"), after("1.1.0", &manifest("1.0.0")));
    let older = world.published(&first, 0);
    let replaced = world.published(&second, 1);
    let urgent = Manifest { fixes: Some(older), ..after("1.1.1", &second) };
    let urgent = world.in_review(&urgent, 2);
    for by in ["bob", "cyd"] {
        world.takes(agrees(by, case("security"), urgent, 3));
    }
    world.takes(publish(urgent, exception("security"), 4));
    assert_eq!(world.standing_of(replaced), LifecycleState::Deprecated);
    assert_eq!(world.standing_of(older), LifecycleState::Published);
}

// Requirements: R325, R326, R327, R328.
#[test]
fn what_is_retired_at_once_has_a_successor_and_is_an_incident() {
    let mut world = world();
    let first = manifest("1.0.0");
    let faulty = world.published(&first, 0);
    denied(&world.record(&retire(faulty, None, false, 1)), codes::ARTIFACT_STATE);
    let forced = |successor, seconds| retire(faulty, successor, true, seconds);
    world.takes(consent("bob", ConsentPurpose::Retirement, faulty, 2));
    denied(&world.record(&forced(None, 3)), codes::ARTIFACT_SUCCESSOR);
    denied(&world.record(&forced(Some(faulty), 4)), codes::ARTIFACT_SUCCESSOR);
    let second = after("1.0.1", &first);
    let draft = world.in_review(&second, 5);
    denied(&world.record(&forced(Some(draft), 6)), codes::ARTIFACT_SUCCESSOR);
    world.takes(consent("bob", ConsentPurpose::Review, draft, 7));
    world.takes(publish(draft, None, 8));
    world.takes(forced(Some(draft), 9));
    denied(&world.record(&used(faulty, 10)), codes::ARTIFACT_RETIRED);
    assert_eq!(world.incidents(), [IncidentKind::Retirement]);
}

// Requirements: R325.
#[test]
fn nothing_is_retired_at_once_without_consent() {
    let mut world = world();
    let first = manifest("1.0.0");
    let faulty = world.published(&first, 0);
    let safe = world.published(&after("1.0.1", &first), 1);
    denied(&world.record(&retire(faulty, Some(safe), true, 2)), codes::APPROVAL_MISSING);
    denied(
        &world.record(&consent("ann", ConsentPurpose::Retirement, faulty, 3)),
        codes::ARTIFACT_APPROVER,
    );
}

/// What may not be used itself takes nothing's place.
// Requirements: R327.
#[test]
fn a_successor_owes_nothing_that_is_overdue() {
    let mut world = world();
    let first = manifest("1.0.0");
    let faulty = world.published(&first, 0);
    let second = world.approved(&after("1.0.1", &first), 1);
    world.takes(publish(second, None, 2));
    world.takes(consent("bob", ConsentPurpose::Retirement, faulty, 2 * HOUR));
    let retired = |seconds| retire(faulty, Some(second), true, seconds);
    denied(&world.record(&retired(2 * HOUR + 1)), codes::ARTIFACT_SUCCESSOR);
    let succession = Succession { successor: Some(second) };
    let deprecated = LifecycleOperation::Deprecate(succession);
    let deprecation = step(workload("deployer"), faulty, deprecated, 2 * HOUR + 2);
    denied(&world.record(&deprecation), codes::ARTIFACT_SUCCESSOR);
    world.takes(attest("locked", second, EvidenceResult::Pass, 2 * HOUR + 3));
    world.takes(retired(2 * HOUR + 4));
}
