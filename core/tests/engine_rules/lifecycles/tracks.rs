//! Artifacts of a lifecycle on their way along a track.

use poundlock::{
    digest::Digest,
    engine::codes,
    model::{
        Approval, ConsentPurpose, Creation, LifecycleOperation, OutcomeResult, Remark, Request,
        Subject,
    },
};

use super::*;
use crate::support::*;

fn promotion(artifact: Digest, seconds: i64) -> Request {
    let mut request = promote_artifact("registry", artifact, seconds);
    if let Subject::Artifact(artifact) = &mut request.subject {
        artifact.author = "ann".to_owned();
    }
    request
}

// Requirements: R206, R240, R242, R260, R489.
#[test]
fn only_what_is_published_moves_along_a_track() {
    let mut world = world();
    let first = manifest("1.0.0");
    let artifact = digest(&first);
    let code = |world: &mut World, seconds| {
        let admission = world.admit(&promotion(artifact, seconds));
        denials(&admission)
            .iter()
            .find(|code| code.starts_with("artifact."))
            .map(|it| it.to_string())
    };
    assert_eq!(code(&mut world, 0).as_deref(), Some(codes::ARTIFACT_UNKNOWN));
    world.approved(&first, 1);
    assert_eq!(code(&mut world, 2).as_deref(), Some(codes::ARTIFACT_APPROVED));
    world.takes(publish(artifact, None, 3));
    let mut misnamed = promotion(artifact, 4);
    if let Subject::Artifact(artifact) = &mut misnamed.subject {
        artifact.author = "dan".to_owned();
    }
    denied(&world.admit(&misnamed), codes::ARTIFACT_AUTHOR);
    let admission = world.admit(&promotion(artifact, 5));
    allowed(&admission);
    assert!(found(&admission, codes::ARTIFACT_USABLE));
    world.takes(outcome(admission.entry, OutcomeResult::Succeeded, 6));
    // It stays where it is, and goes nowhere else.
    world.takes(deprecate(artifact, 7));
    allowed(&world.admit(&promotion(artifact, 8)));
    let mut onwards = promote_artifact("inference", artifact, 9);
    if let Subject::Artifact(artifact) = &mut onwards.subject {
        artifact.author = "ann".to_owned();
    }
    assert!(denials(&world.admit(&onwards)).contains(&codes::ARTIFACT_DEPRECATED));
    world.takes(retire(artifact, None, false, 10));
    assert_eq!(code(&mut world, 11).as_deref(), Some(codes::ARTIFACT_RETIRED));
}

/// Of those who made an artifact the request names one, and none of them approves.
// Requirements: R203.
#[test]
fn nobody_who_made_an_artifact_approves_where_it_goes() {
    let mut world = world();
    let first = manifest("1.0.0");
    let artifact = digest(&first);
    let creation = Creation { manifest: first, author: Some("bob".to_owned()) };
    world.takes(step(workload("planner"), artifact, LifecycleOperation::Create(creation), 0));
    world.takes(simple(human("ann"), LifecycleOperation::Submit(Remark::default()), artifact, 1));
    world.has_gates(artifact, 2);
    world.takes(consent("ann", ConsentPurpose::Review, artifact, 3));
    world.takes(publish(artifact, None, 4));
    let promote = |stage: &str, seconds| {
        let mut request = promote_artifact(stage, artifact, seconds);
        if let Subject::Artifact(artifact) = &mut request.subject {
            artifact.author = "planner".to_owned();
        }
        request
    };
    let admission = world.admit(&promote("registry", 5));
    allowed(&admission);
    world.takes(outcome(admission.entry, OutcomeResult::Succeeded, 6));
    let approve = |by: &str, seconds| {
        let mut fact = approval(by, "inference", artifact, seconds);
        approval_of(&mut fact).asset = "model".to_owned();
        fact
    };
    world.takes(approve("bob", 7));
    denied(&world.admit(&promote("inference", 8)), codes::APPROVAL_MISSING);
    world.takes(approve("ann", 9));
    allowed(&world.admit(&promote("inference", 10)));
}

/// Whoever is asked to let an artifact go on sees what it is made of.
#[test]
fn a_review_shows_the_manifest_that_is_consented_to() {
    let mut world = world();
    let first = manifest("1.0.0");
    let artifact = world.published(&first, 0);
    let mut consent = approval("bob", "inference", artifact, 1);
    approval_of(&mut consent).asset = "model".to_owned();
    let approval = approval_of(&mut consent).clone();
    let review =
        |approval| world.engine.review(approval, &world.ledger, &world.state, at(2)).unwrap();
    assert_eq!(review(&approval).manifest.as_ref(), Some(&first));
    let unknown = Digest::of(b"nothing");
    assert_eq!(review(&Approval { digest: unknown, ..approval.clone() }).manifest, None);
}
