//! Manifests and the chain of versions that they make.

use std::collections::BTreeMap;

use poundlock::{
    canonical,
    digest::Digest,
    engine::codes,
    ledger::Draft,
    model::{LifecycleOperation, Manifest, Remark, Revision},
    state::{ChainFault, FactBody},
};

use super::*;
use crate::support::*;

// Requirements: R199, R201, R209, R220, N12.
#[test]
fn an_artifact_is_named_by_all_that_its_manifest_says() {
    let mut world = world();
    let first = manifest("1.0.0");
    let mut renamed = create(&first, 0);
    step_of(&mut renamed).digest = Digest::of(b"other");
    denied(&world.record(&renamed), codes::ARTIFACT_DIGEST);
    let mut elsewhere = create(&Manifest { asset: "other".to_owned(), ..first.clone() }, 1);
    denied(&world.record(&elsewhere), codes::FACT_SUBJECT);
    step_of(&mut elsewhere).asset = "other".to_owned();
    denied(&world.record(&elsewhere), codes::ARTIFACT_LIFECYCLE);
    world.takes(create(&first, 2));
    denied(&world.record(&create(&first, 3)), codes::ARTIFACT_EXISTS);
}

// Requirements: R195, R207, R507.
#[test]
fn a_manifest_has_the_labels_and_the_content_that_are_demanded() {
    let mut world = world();
    let mut unlabelled = manifest("1.0.0");
    unlabelled.labels.insert("owner".to_owned(), " ".to_owned());
    denied(&world.record(&create(&unlabelled, 0)), codes::ARTIFACT_LABEL);
    unlabelled.labels = BTreeMap::new();
    denied(&world.record(&create(&unlabelled, 1)), codes::ARTIFACT_LABEL);
    let mut empty = manifest("1.0.0");
    empty.contents = BTreeMap::new();
    denied(&world.record(&create(&empty, 2)), codes::ARTIFACT_CONTENT);
}

// Requirements: R198, R202, R245.
#[test]
fn a_version_continues_one_that_was_published() {
    let mut world = world();
    let first = manifest("1.2.0");
    world.takes(create(&first, 0));
    denied(&world.record(&create(&after("1.3.0", &first), 1)), codes::ARTIFACT_PREVIOUS);
    denied(&world.record(&create(&manifest("one"), 2)), codes::ARTIFACT_VERSION);
    let mut twin = first.clone();
    twin.metadata.insert("twin".to_owned(), "yes".to_owned());
    denied(&world.record(&create(&twin, 3)), codes::ARTIFACT_VERSION);
    world.takes(simple(
        human("ann"),
        LifecycleOperation::Delete(Remark::default()),
        digest(&first),
        4,
    ));
    world.published(&first, 5);
    denied(&world.record(&create(&manifest("1.3.0"), 6)), codes::ARTIFACT_PREVIOUS);
    denied(&world.record(&create(&after("1.1.9", &first), 7)), codes::ARTIFACT_VERSION);
    let rebuilt = world.record(&create(&after("1.2.0+build", &first), 8));
    assert_eq!(denials(&rebuilt), [codes::ARTIFACT_VERSION, codes::ARTIFACT_IMMUTABLE]);
    let stray = Manifest { fixes: Some(Digest::of(b"nothing")), ..after("1.3.0", &first) };
    denied(&world.record(&create(&stray, 9)), codes::ARTIFACT_FIXES);
    world.takes(create(&after("1.3.0", &first), 10));
}

/// Two first versions can both be drafts, and only one of them is published.
// Requirements: R202.
#[test]
fn an_asset_has_one_first_version() {
    let mut world = world();
    let other = world.approved(&manifest("1.0.1"), 0);
    world.published(&manifest("1.0.0"), 1);
    denied(&world.record(&publish(other, None, 2)), codes::ARTIFACT_PREVIOUS);
}

// Requirements: R215, R258, N8.
#[test]
fn a_draft_gives_way_to_another_under_its_own_digest() {
    let mut world = world();
    let (first, second) = (manifest("1.0.0"), manifest("1.0.1"));
    world.takes(create(&first, 0));
    let revise = |seconds| {
        let revision =
            Revision { replaces: digest(&first), manifest: second.clone(), author: None };
        step(human("ann"), digest(&second), LifecycleOperation::Update(revision), seconds)
    };
    let mut stale = revise(1);
    step_of(&mut stale).digest = digest(&first);
    assert!(denials(&world.record(&stale)).contains(&codes::ARTIFACT_DIGEST));
    world.takes(revise(2));
    let artifacts = world.state.status().artifacts;
    assert_eq!(artifacts.iter().map(|it| it.digest).collect::<Vec<_>>(), [digest(&second)]);
    denied(&world.record(&revise(3)), codes::ARTIFACT_EXISTS);
}

/// What the engine never wrote breaks the chain, and the state says at which version.
// Requirements: R226.
#[test]
fn a_broken_chain_is_told_version_by_version() {
    let mut world = world();
    let first = manifest("1.0.0");
    world.published(&first, 0);
    let second = after("1.1.0", &first);
    world.published(&second, 1);
    let made = world.takes(create(&after("1.2.0", &second), 2));
    let faults = |world: &World| -> BTreeMap<String, Option<ChainFault>> {
        let artifacts = world.state.status().artifacts;
        artifacts.into_iter().map(|it| (it.version, it.fault)).collect()
    };
    assert!(faults(&world).values().all(Option::is_none));

    let entry = world.ledger.read(made.sequence, 1).unwrap().remove(0).entry;
    let mut body: FactBody = canonical::from_bytes(&entry.body).unwrap();
    for (number, stray) in
        [after("1.3.0", &manifest("0.1.0")), after("1.0.9", &second)].into_iter().enumerate()
    {
        body.fact = create(&stray, 3 + number as i64);
        let draft = Draft {
            at: Some(body.fact.at),
            kind: entry.kind.clone(),
            body: canonical::to_bytes(&body).unwrap(),
            attachments: Vec::new(),
        };
        world.ledger.append(world.size(), draft).unwrap();
    }
    world.state.catch_up(&world.ledger).unwrap();
    let found = faults(&world);
    assert_eq!(found["1.3.0"], Some(ChainFault::Previous));
    assert_eq!(found["1.0.9"], Some(ChainFault::Version));
    assert_eq!(found.values().filter(|fault| fault.is_none()).count(), 3);
}

/// How it was built makes no version another one.
// Requirements: R202, R245.
#[test]
fn versions_that_differ_in_build_metadata_alone_are_the_same() {
    let mut world = world();
    let first = manifest("1.2.0+one");
    world.takes(create(&first, 0));
    denied(&world.record(&create(&manifest("1.2.0+two"), 1)), codes::ARTIFACT_VERSION);
    denied(&world.record(&create(&manifest("1.2.0"), 2)), codes::ARTIFACT_VERSION);
    world.takes(simple(
        human("ann"),
        LifecycleOperation::Delete(Remark::default()),
        digest(&first),
        3,
    ));
    world.published(&first, 4);
    let attack = world.record(&create(&manifest("1.2.0+two"), 5));
    assert!(denials(&attack).contains(&codes::ARTIFACT_IMMUTABLE));
}
