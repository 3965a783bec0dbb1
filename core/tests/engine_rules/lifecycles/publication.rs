//! The ceremony of publication, and what is owed after it.

use poundlock::{
    engine::codes,
    model::{EvidenceResult, LifecycleOperation, Publication, Verdict},
};

use super::*;
use crate::amendments::amend;
use crate::support::*;

// Requirements: R221, R237, R238, R247, R504, R505, N10.
#[test]
fn nothing_is_published_without_the_whole_ceremony() {
    for missing in CEREMONY {
        let mut world = world();
        let first = manifest("1.0.0");
        let artifact = world.approved(&first, 0);
        world.takes(attest(missing, artifact, EvidenceResult::Error, 1));
        let admission = world.record(&publish(artifact, None, 2));
        assert!(denials(&admission).contains(&codes::EVIDENCE_ERROR));
    }
    let mut world = world();
    let artifact = world.approved(&manifest("1.0.0"), 0);
    world.takes(attest("signature", artifact, EvidenceResult::Pass, 1));
    denied(&world.record(&publish(artifact, None, 2)), codes::ARTIFACT_CEREMONY);
    world.takes(attest("provenance", artifact, EvidenceResult::Pass, 3));
    denied(
        &world.record(&step(
            human("ann"),
            artifact,
            LifecycleOperation::Publish(Publication { emergency: None }),
            4,
        )),
        codes::ARTIFACT_NOT_GRANTED,
    );
    let mut unexplained = publish(artifact, None, 5);
    step_of(&mut unexplained).reason = " ".to_owned();
    denied(&world.record(&unexplained), codes::REQUEST_REASON);
    world.takes(publish(artifact, None, 6));
}

// Requirements: R239.
#[test]
fn what_is_owed_after_publication_denies_use_once_it_is_overdue() {
    let mut world = world();
    let artifact = world.approved(&manifest("1.0.0"), 0);
    world.takes(publish(artifact, None, 0));
    assert_eq!(world.state.status().artifacts[0].owed.len(), 1);
    world.takes(used(artifact, HOUR));
    denied(&world.record(&used(artifact, HOUR + 1)), codes::ARTIFACT_OVERDUE);
    world.takes(attest("locked", artifact, EvidenceResult::Fail, HOUR + 2));
    denied(&world.record(&used(artifact, HOUR + 3)), codes::ARTIFACT_OVERDUE);
    world.takes(attest("locked", artifact, EvidenceResult::Pass, HOUR + 4));
    world.takes(used(artifact, 3 * DAY));
    assert!(world.state.status().artifacts[0].owed.is_empty());
}

/// The law may change after publication: what was given stays given, what is owed stays owed, and somebody can give it.
// Requirements: R239.
#[test]
fn an_amendment_neither_forgives_what_is_owed_nor_makes_it_impossible() {
    let locked = "  - { gate: locked, about: artifact, producers: [checker], maxAge: 24h }\n";
    let heir = locked.replace("[checker]", "[second-checker]");
    let owed = "    published: { gates: [locked], within: 1h }\n";
    let other_producers = charter_of(&GATES.1.replace(locked, &heir), LIFECYCLE.1);
    let nothing_owed = charter_of(&GATES.1.replace(locked, ""), &LIFECYCLE.1.replace(owed, ""));
    for (next, recorder) in [(other_producers, "second-checker"), (nothing_owed, "checker")] {
        let mut world = world();
        let first = manifest("1.0.0");
        let given = world.published(&first, 0);
        let second = world.approved(&after("1.1.0", &first), 0);
        world.takes(publish(second, None, 1));
        let next = engine(&next, PACK);
        allowed(&amend(&mut world, &next, human("ann"), 2).unwrap());
        world.engine = next.into();
        world.takes(used(given, 2 * HOUR));
        denied(&world.record(&used(second, 2 * HOUR)), codes::ARTIFACT_OVERDUE);
        let mut stranger = attest("locked", second, EvidenceResult::Pass, 2 * HOUR);
        stranger.actor = workload("planner");
        assert_eq!(world.record(&stranger).verdict, Verdict::Deny);
        let mut late = attest("locked", second, EvidenceResult::Pass, 2 * HOUR + 1);
        late.actor = workload(recorder);
        world.takes(late);
        world.takes(used(second, 2 * HOUR + 2));
    }
}
