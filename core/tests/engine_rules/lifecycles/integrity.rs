//! Integrity checks and quarantine.

use poundlock::{
    digest::Digest,
    engine::codes,
    model::{ConsentPurpose, IncidentKind, IntegrityResult, LifecycleOperation, Remark},
};

use super::*;
use crate::support::*;

// Requirements: R200, R223, R407, R409.
#[test]
fn what_is_found_changed_is_quarantined_until_it_is_found_unchanged() {
    let mut world = world();
    let artifact = world.published(&manifest("1.0.0"), 0);
    let back = |seconds| {
        simple(human("cyd"), LifecycleOperation::Reinstate(Remark::default()), artifact, seconds)
    };
    denied(&world.record(&back(1)), codes::ARTIFACT_STATE);
    world.takes(checked(artifact, IntegrityResult::Valid, 2));
    world.takes(checked(artifact, IntegrityResult::Invalid, 3));
    assert_eq!(world.incidents(), [IncidentKind::Integrity]);
    denied(&world.record(&used(artifact, 4)), codes::ARTIFACT_QUARANTINED);
    denied(&world.record(&back(5)), codes::ARTIFACT_CHECK);
    world.takes(checked(artifact, IntegrityResult::Error, 6));
    denied(&world.record(&back(7)), codes::ARTIFACT_CHECK);
    world.takes(checked(artifact, IntegrityResult::Valid, 8));
    denied(&world.record(&used(artifact, 9)), codes::ARTIFACT_QUARANTINED);
    world.takes(back(10));
    world.takes(used(artifact, 11));
}

/// A check is no later than its entry, whatever the monitor's clock says.
// Requirements: R409.
#[test]
fn a_monitor_whose_clock_is_ahead_clears_nothing_in_advance() {
    let mut world = world();
    let artifact = world.published(&manifest("1.0.0"), 0);
    let mut early = checked(artifact, IntegrityResult::Valid, 2);
    check_of(&mut early).checked = at(30);
    world.takes(early);
    world.takes(checked(artifact, IntegrityResult::Invalid, 3));
    let back = |seconds| {
        simple(human("cyd"), LifecycleOperation::Reinstate(Remark::default()), artifact, seconds)
    };
    denied(&world.record(&back(4)), codes::ARTIFACT_CHECK);
    world.takes(checked(artifact, IntegrityResult::Valid, 5));
    world.takes(back(6));
}

// Requirements: R431, N21.
#[test]
fn a_check_that_could_not_tell_is_neither_and_is_owed_again() {
    let mut world = world();
    let artifact = world.published(&manifest("1.0.0"), 0);
    let status = |world: &World| {
        let artifact = &world.state.status().artifacts[0];
        (artifact.checked, artifact.unchecked, artifact.quarantined)
    };
    assert_eq!(status(&world), (None, true, None));
    world.takes(checked(artifact, IntegrityResult::Valid, 1));
    assert_eq!(status(&world), (Some(at(1)), false, None));
    world.takes(checked(artifact, IntegrityResult::Error, 2));
    assert_eq!(status(&world), (Some(at(1)), true, None));
}

// Requirements: R407.
#[test]
fn a_check_is_a_monitors_and_says_what_it_found() {
    let mut world = world();
    let draft = world.in_review(&manifest("1.0.0"), 0);
    denied(&world.record(&checked(draft, IntegrityResult::Valid, 1)), codes::ARTIFACT_STATE);
    let unknown = checked(Digest::of(b"nothing"), IntegrityResult::Error, 2);
    denied(&world.record(&unknown), codes::ARTIFACT_UNKNOWN);
    world.takes(consent("bob", ConsentPurpose::Review, draft, 3));
    world.takes(publish(draft, None, 4));
    let mut elsewhere = checked(draft, IntegrityResult::Valid, 5);
    elsewhere.actor = workload("checker");
    denied(&world.record(&elsewhere), codes::FACT_NOT_RECORDER);
    for (result, found) in [
        (IntegrityResult::Valid, Some(Digest::of(b"changed"))),
        (IntegrityResult::Valid, None),
        (IntegrityResult::Invalid, Some(draft)),
        (IntegrityResult::Error, Some(draft)),
    ] {
        let mut contradictory = checked(draft, result, 6);
        check_of(&mut contradictory).found = found;
        denied(&world.record(&contradictory), codes::ARTIFACT_DIGEST);
    }
    let mut early = checked(draft, IntegrityResult::Valid, 7);
    check_of(&mut early).checked = at(HOUR);
    denied(&world.record(&early), codes::FACT_FUTURE);
}
