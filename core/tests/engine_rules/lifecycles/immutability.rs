//! What was published: never altered, read and noted as its state allows, and every attempt recorded.

use poundlock::{
    canonical,
    engine::codes,
    model::{
        FactKind, IncidentKind, LifecycleOperation, Note, Remark, Resolution, Revision, Severity,
        Verdict,
    },
    state::{FactBody, State},
};

use super::*;
use crate::support::*;

// Requirements: R197, R198, R205, R222, R224, R225, R227, R233, R240, R259, R364, R382, R389, N5, N7, N10.
#[test]
fn what_was_published_is_never_altered_and_whoever_tries_opens_an_incident() {
    let mut world = world();
    let first = manifest("1.0.0");
    let artifact = world.published(&first, 0);
    let before = world.state.status().artifacts[0].clone();
    let mut other = first.clone();
    other.metadata.insert("note".to_owned(), "changed".to_owned());
    let update = Revision { replaces: artifact, manifest: other.clone(), author: None };
    let attempts = [
        create(&other, 2),
        step(human("ann"), digest(&other), LifecycleOperation::Update(update), 3),
        simple(human("ann"), LifecycleOperation::Delete(Remark::default()), artifact, 4),
        simple(human("bob"), LifecycleOperation::Submit(Remark::default()), artifact, 5),
        simple(human("bob"), LifecycleOperation::Reject(Remark::default()), artifact, 6),
    ];
    for (index, attempt) in attempts.iter().enumerate() {
        let admission = world.record(attempt);
        assert!(denials(&admission).contains(&codes::ARTIFACT_IMMUTABLE), "{index}");
        assert_eq!(world.incidents(), vec![IncidentKind::Immutability; index + 1]);
    }
    let status = world.state.status();
    assert!(status.incidents.iter().all(|incident| incident.severity == Severity::High));
    denied(&world.record(&publish(artifact, None, 7)), codes::ARTIFACT_PUBLISHED);
    let status = world.state.status();
    assert_eq!(status.artifacts.len(), 1);
    assert_eq!(format!("{:?}", status.artifacts[0]), format!("{before:?}"));
    // A stranger's attempt is recorded, and opens nothing.
    let stranger = simple(human("eve"), LifecycleOperation::Delete(Remark::default()), artifact, 8);
    denied(&world.record(&stranger), codes::IDENTITY_UNDECLARED);
    assert_eq!(world.incidents().len(), attempts.len());
}

// Requirements: R217, R218, R219, R242, R243, R365, M10.
#[test]
fn what_is_out_of_use_is_read_by_compliance_alone_and_notes_are_always_taken() {
    let mut world = world();
    let artifact = world.published(&manifest("1.0.0"), 0);
    let note = |seconds| {
        let note = LifecycleOperation::Annotate(Note { note: "used often".to_owned() });
        step(workload("planner"), artifact, note, seconds)
    };
    world.takes(read_by(workload("planner"), artifact, 1));
    denied(&world.record(&read_by(workload("checker"), artifact, 2)), codes::ARTIFACT_NOT_GRANTED);
    world.takes(deprecate(artifact, 3));
    world.takes(retire(artifact, None, false, 4));
    denied(&world.record(&read_by(workload("planner"), artifact, 5)), codes::ARTIFACT_COMPLIANCE);
    world.takes(read_by(human("cyd"), artifact, 6));
    world.takes(note(7));
    world.takes(simple(
        workload("deployer"),
        LifecycleOperation::Archive(Remark::default()),
        artifact,
        8,
    ));
    world.takes(note(9));
    assert_eq!(world.state.status().artifacts[0].digest, artifact);
}

// Requirements: R225, R228, R231, R232, R363.
#[test]
fn publication_and_every_attempt_against_it_are_entries_with_actor_and_instant() {
    let mut world = world();
    let artifact = world.approved(&manifest("1.0.0"), 0);
    assert_eq!(world.state.status().artifacts[0].published, None);
    let published = world.takes(publish(artifact, None, 7));
    let attempt = simple(human("ann"), LifecycleOperation::Delete(Remark::default()), artifact, 8);
    let refused = world.record(&attempt);
    for (admission, actor, seconds, verdict) in
        [(published, "deployer", 7, Verdict::Allow), (refused, "ann", 8, Verdict::Deny)]
    {
        let entry = world.ledger.read(admission.sequence, 1).unwrap().remove(0).entry;
        let body: FactBody = canonical::from_bytes(&entry.body).unwrap();
        assert_eq!((body.fact.at, body.decision.verdict), (at(seconds), verdict));
        assert_eq!(body.fact.actor.id, actor);
        let FactKind::Lifecycle(step) = body.fact.fact else { panic!("the fact is no step") };
        assert_eq!(step.digest, artifact);
    }
    world.takes(deprecate(artifact, 9));
    assert_eq!(world.state.status().artifacts[0].published, Some(at(7)));
}

/// Trying on and on is one incident that counts, until somebody says that it is over; others' attempts are their own.
// Requirements: R225, R364.
#[test]
fn the_same_attempt_once_more_counts_and_opens_nothing() {
    let mut world = world();
    let artifact = world.published(&manifest("1.0.0"), 0);
    let delete = |by: &str, seconds| {
        simple(human(by), LifecycleOperation::Delete(Remark::default()), artifact, seconds)
    };
    let first = world.record(&delete("ann", 1));
    for seconds in 2..5 {
        denied(&world.record(&delete("ann", seconds)), codes::ARTIFACT_IMMUTABLE);
    }
    assert_eq!(world.record(&delete("bob", 5)).verdict, Verdict::Deny);
    let times = |world: &World| -> Vec<(String, u64)> {
        let incidents = world.state.status().incidents.into_iter();
        let mut times: Vec<_> =
            incidents.filter_map(|it| it.attempt).map(|it| (it.actor, it.times)).collect();
        times.sort();
        times
    };
    assert_eq!(times(&world), [("ann".to_owned(), 4), ("bob".to_owned(), 1)]);
    world.snapshot();
    assert_eq!(State::open(&world.ledger).unwrap(), world.state);
    let over = Resolution { incident: first.entry, reason: "told off".to_owned() };
    world.takes(fact(human("cyd"), 6, FactKind::Resolution(over)));
    world.record(&delete("ann", 7));
    assert_eq!(times(&world), [("ann".to_owned(), 1), ("bob".to_owned(), 1)]);
    let size = world.size();
    let again = world.engine.redecide(&world.ledger, &mut State::new(), size).unwrap();
    assert_eq!(again.entries, size);
}

/// A job that is run again after the artifact was published is told so, and is no attack.
// Requirements: R225.
#[test]
fn whoever_repeats_their_own_step_attacks_nothing() {
    let mut world = world();
    let first = manifest("1.0.0");
    let artifact = world.published(&first, 0);
    let submit = |by: &str, seconds| {
        simple(human(by), LifecycleOperation::Submit(Remark::default()), artifact, seconds)
    };
    denied(&world.record(&create(&first, 1)), codes::ARTIFACT_EXISTS);
    denied(&world.record(&submit("ann", 2)), codes::ARTIFACT_STATE);
    assert!(world.incidents().is_empty());
    // Another who does the same does it for the first time.
    let mut other = create(&first, 3);
    other.actor = workload("planner");
    let admission = world.record(&other);
    assert!(denials(&admission).contains(&codes::ARTIFACT_IMMUTABLE));
    assert_eq!(world.incidents(), [IncidentKind::Immutability]);
}
