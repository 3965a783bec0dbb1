//! Who consents, to whose work, and for how long.

use poundlock::{
    engine::codes,
    model::{
        ConsentPurpose, Creation, EvidenceResult, FactKind, LifecycleOperation, LifecycleState,
        Remark, Revision, Withdrawal,
    },
};

use super::*;
use crate::support::*;

// Requirements: R235, R236.
#[test]
fn what_is_rejected_is_a_draft_again_and_needs_consent_anew() {
    let mut world = world();
    let first = manifest("1.0.0");
    let artifact = world.approved(&first, 0);
    let revision = Revision { replaces: artifact, manifest: manifest("1.0.1"), author: None };
    let update = LifecycleOperation::Update(revision);
    let change = step(human("ann"), digest(&manifest("1.0.1")), update, 1);
    denied(&world.record(&change), codes::ARTIFACT_STATE);
    world.takes(simple(human("bob"), LifecycleOperation::Reject(Remark::default()), artifact, 2));
    assert_eq!(world.standing_of(artifact), LifecycleState::Draft);
    denied(&world.record(&publish(artifact, None, 3)), codes::ARTIFACT_STATE);
    world.takes(simple(human("ann"), LifecycleOperation::Submit(Remark::default()), artifact, 4));
    assert_eq!(world.standing_of(artifact), LifecycleState::Review);
    denied(&world.record(&publish(artifact, None, 5)), codes::ARTIFACT_STATE);
}

// Requirements: R203, R216, R236.
#[test]
fn nobody_consents_to_their_own_work_or_without_the_role() {
    let mut world = world();
    let artifact = world.in_review(&manifest("1.0.0"), 0);
    let asked = |by: &str, seconds| consent(by, ConsentPurpose::Review, artifact, seconds);
    denied(&world.record(&asked("ann", 1)), codes::ARTIFACT_APPROVER);
    denied(&world.record(&asked("cyd", 2)), codes::ARTIFACT_APPROVER);
    assert!(denials(&world.record(&asked("deployer", 3))).contains(&codes::FACT_APPROVER));
    let mut unattested = asked("bob", 4);
    unattested.actor = workload("checker");
    denied(&world.record(&unattested), codes::FACT_NOT_RECORDER);
    world.takes(attest("card", artifact, EvidenceResult::Fail, 5));
    denied(&world.record(&asked("bob", 6)), codes::EVIDENCE_FAILED);
    world.takes(attest("card", artifact, EvidenceResult::Pass, 7));
    world.takes(asked("bob", 8));
}

/// A pipeline says whose work it records.
// Requirements: R203.
#[test]
fn a_workload_names_the_author() {
    let mut world = world();
    let first = manifest("1.0.0");
    let by_pipeline = |author: Option<&str>, seconds| {
        let creation = Creation { manifest: first.clone(), author: author.map(str::to_owned) };
        step(workload("planner"), digest(&first), LifecycleOperation::Create(creation), seconds)
    };
    denied(&world.record(&by_pipeline(None, 0)), codes::ARTIFACT_AUTHOR);
    denied(&world.record(&by_pipeline(Some("eve"), 1)), codes::ARTIFACT_AUTHOR);
    world.takes(by_pipeline(Some("bob"), 2));
    let artifact = digest(&first);
    world.takes(simple(human("ann"), LifecycleOperation::Submit(Remark::default()), artifact, 3));
    world.has_gates(artifact, 4);
    denied(
        &world.record(&consent("bob", ConsentPurpose::Review, artifact, 5)),
        codes::ARTIFACT_APPROVER,
    );
}

/// What was consented to long ago, or was taken back, counts no more when it is to be published.
#[test]
fn consents_hold_until_publication() {
    let mut world = world();
    let artifact = world.in_review(&manifest("1.0.0"), 0);
    let given = world.takes(consent("bob", ConsentPurpose::Review, artifact, 1));
    let taken_back = Withdrawal { entry: given.entry, reason: "a mistake".to_owned() };
    world.takes(fact(workload("attestor"), 2, FactKind::Withdrawal(taken_back)));
    denied(&world.record(&publish(artifact, None, 3)), codes::APPROVAL_MISSING);
    world.takes(consent("bob", ConsentPurpose::Review, artifact, 4));
    world.has_gates(artifact, 8 * DAY);
    denied(&world.record(&publish(artifact, None, 8 * DAY)), codes::APPROVAL_MISSING);
}

/// Whose work it is stays so, though the draft was given up in between and somebody else makes it again.
// Requirements: R203.
#[test]
fn a_draft_that_is_made_again_keeps_its_authors() {
    let first = manifest("1.0.0");
    let artifact = digest(&first);
    let by_bob = |seconds| {
        let creation = Creation { manifest: first.clone(), author: Some("bob".to_owned()) };
        step(workload("planner"), artifact, LifecycleOperation::Create(creation), seconds)
    };
    let other = manifest("1.0.1");
    let revision = Revision { replaces: artifact, manifest: other.clone(), author: None };
    let ends = [
        simple(human("ann"), LifecycleOperation::Delete(Remark::default()), artifact, 1),
        step(human("ann"), digest(&other), LifecycleOperation::Update(revision), 1),
    ];
    for end in ends {
        let mut world = world();
        world.takes(by_bob(0));
        world.takes(end);
        world.snapshot();
        assert_eq!(State::open(&world.ledger).unwrap(), world.state);
        world.in_review(&first, 2);
        let own = consent("bob", ConsentPurpose::Review, artifact, 3);
        denied(&world.record(&own), codes::ARTIFACT_APPROVER);
    }
}
