//! The life of artifacts: from draft to archive, and nothing that was published is ever altered.

use std::collections::BTreeMap;

use poundlock::{
    canonical,
    digest::Digest,
    engine::{Admission, codes},
    ledger::Draft,
    model::{
        About, Actor, ArtifactConsent, ConsentPurpose, Creation, Emergency, Evidence,
        EvidenceResult, ExceptionCase, Fact, FactKind, IncidentKind, IntegrityCheck,
        IntegrityResult, LifecycleOperation, LifecycleState, LifecycleStep, Manifest, Note,
        OutcomeResult, Publication, Remark, Request, Retirement, Revision, Subject, Succession,
        Verdict, Withdrawal,
    },
    state::{ChainFault, FactBody, State},
};

use crate::support::*;

const GATES: (&str, &str) = (
    "facts:\n",
    "  - { gate: integrity, about: artifact, producers: [checker], maxAge: 24h }
  - { gate: signature, about: artifact, producers: [checker], maxAge: 24h }
  - { gate: provenance, about: artifact, producers: [checker], maxAge: 24h }
  - { gate: locked, about: artifact, producers: [checker], maxAge: 24h }
  - { gate: told, about: artifact, producers: [checker], maxAge: 24h }
facts:
",
);

const LIFECYCLE: (&str, &str) = (
    "tracks:\n",
    "lifecycles:
  - lifecycle: workflow
    assets: [model]
    labels: [owner]
    contents: [source]
    grants: { create: [ann, planner], update: [ann], delete: [ann], submit: [ann], reject: [bob], publish: [deployer], deprecate: [deployer], retire: [deployer], archive: [deployer], use: [deployer], read: [planner], annotate: [planner], reinstate: [cyd] }
    compliance: [cyd]
    approve: { approvals: [{ role: reviewer, count: 1, maxAge: 7d }], gates: [card] }
    publish: { gates: [integrity, signature, provenance], signature: signature, provenance: provenance }
    published: { gates: [locked], within: 1h }
    emergency:
      patch: { approvals: [{ role: security, count: 1, maxAge: 1d }], gates: [card] }
      exception: { reasons: [{ reason: security, approvals: [{ role: security, count: 2, maxAge: 1d }] }], notify: { gates: [told], within: 2h } }
      retirement: { approvals: [{ role: security, count: 1, maxAge: 1d }], report: { gates: [told], within: 2h } }
    monitors: [second-checker]
tracks:
",
);

const TRACK: (&str, &str) = (
    "  - track: models\n    moves: artifact\n",
    "  - track: models\n    moves: artifact\n    lifecycle: workflow\n",
);

pub(crate) fn world() -> World {
    world_of("source")
}

/// Under a charter whose manifests name this content.
pub(crate) fn world_of(contents: &str) -> World {
    let lifecycle = LIFECYCLE.1.replace("contents: [source]", &format!("contents: [{contents}]"));
    World::with(&[
        GATES,
        (LIFECYCLE.0, &lifecycle),
        TRACK,
        (
            "{ stage: registry, grants: { promote: [deployer] } }",
            "{ stage: registry, grants: { promote: [deployer], rollback: [deployer] } }",
        ),
        (
            "{ stage: inference, grants: { promote: [deployer] } }",
            "{ stage: inference, grants: { promote: [deployer], rollback: [deployer] } }",
        ),
        ("{ into: registry, ", "{ into: registry, rollback: {}, "),
        ("{ into: inference, ", "{ into: inference, rollback: {}, "),
    ])
}

pub(crate) fn manifest(version: &str) -> Manifest {
    let mut manifest = Manifest::new("model", version);
    manifest.labels.insert("owner".to_owned(), "finance".to_owned());
    manifest.contents.insert("source".to_owned(), Digest::of(version.as_bytes()));
    manifest
}

fn after(version: &str, previous: &Manifest) -> Manifest {
    Manifest { previous: Some(digest(previous)), ..manifest(version) }
}

fn digest(manifest: &Manifest) -> Digest {
    manifest.digest().unwrap()
}

fn step(actor: Actor, digest: Digest, operation: LifecycleOperation, seconds: i64) -> Fact {
    let step = LifecycleStep {
        lifecycle: None,
        asset: "model".to_owned(),
        digest,
        operation,
        reason: "because".to_owned(),
    };
    fact(actor, seconds, FactKind::Lifecycle(step))
}

fn step_of(fact: &mut Fact) -> &mut LifecycleStep {
    match &mut fact.fact {
        FactKind::Lifecycle(step) => step,
        _ => panic!("the fact is no step"),
    }
}

pub(crate) fn create(manifest: &Manifest, seconds: i64) -> Fact {
    let creation = Creation { manifest: manifest.clone(), author: None };
    step(human("ann"), digest(manifest), LifecycleOperation::Create(creation), seconds)
}

fn consent(by: &str, to: ConsentPurpose, artifact: Digest, seconds: i64) -> Fact {
    let consent = ArtifactConsent { by: by.to_owned(), role: None, to };
    step(workload("attestor"), artifact, LifecycleOperation::Approve(consent), seconds)
}

pub(crate) fn publish(artifact: Digest, emergency: Option<Emergency>, seconds: i64) -> Fact {
    let operation = LifecycleOperation::Publish(Publication { emergency });
    step(workload("deployer"), artifact, operation, seconds)
}

fn retire(artifact: Digest, successor: Option<Digest>, forced: bool, seconds: i64) -> Fact {
    let operation = LifecycleOperation::Retire(Retirement { successor, forced });
    step(workload("deployer"), artifact, operation, seconds)
}

fn deprecate(artifact: Digest, seconds: i64) -> Fact {
    let operation = LifecycleOperation::Deprecate(Succession { successor: None });
    step(workload("deployer"), artifact, operation, seconds)
}

pub(crate) fn simple(
    actor: Actor,
    operation: LifecycleOperation,
    artifact: Digest,
    seconds: i64,
) -> Fact {
    step(actor, artifact, operation, seconds)
}

pub(crate) fn used(artifact: Digest, seconds: i64) -> Fact {
    simple(workload("deployer"), LifecycleOperation::Use(Remark::default()), artifact, seconds)
}

fn read_by(actor: Actor, artifact: Digest, seconds: i64) -> Fact {
    simple(actor, LifecycleOperation::Read(Remark::default()), artifact, seconds)
}

fn attest(gate: &str, artifact: Digest, result: EvidenceResult, seconds: i64) -> Fact {
    let evidence = Evidence {
        gate: gate.to_owned(),
        about: About::Artifact(artifact),
        result,
        produced: at(seconds),
        report: None,
        tool: None,
    };
    fact(workload("checker"), seconds, FactKind::Evidence(evidence))
}

pub(crate) fn checked(artifact: Digest, result: IntegrityResult, seconds: i64) -> Fact {
    let check = IntegrityCheck {
        lifecycle: None,
        asset: "model".to_owned(),
        digest: artifact,
        result,
        found: match result {
            IntegrityResult::Valid => Some(artifact),
            IntegrityResult::Invalid => Some(Digest::of(b"changed")),
            IntegrityResult::Error => None,
        },
        checked: at(seconds),
        milliseconds: 12,
        note: None,
    };
    fact(workload("second-checker"), seconds, FactKind::IntegrityCheck(check))
}

pub(crate) fn check_of(fact: &mut Fact) -> &mut IntegrityCheck {
    match &mut fact.fact {
        FactKind::IntegrityCheck(check) => check,
        _ => panic!("the fact is no integrity check"),
    }
}

const CEREMONY: [&str; 4] = ["card", "integrity", "signature", "provenance"];

impl World {
    pub(crate) fn takes(&mut self, fact: Fact) -> Admission {
        let admission = self.record(&fact);
        allowed(&admission);
        admission
    }

    fn has_gates(&mut self, artifact: Digest, seconds: i64) {
        for gate in CEREMONY {
            self.takes(attest(gate, artifact, EvidenceResult::Pass, seconds));
        }
    }

    /// A draft under review, with all its evidence.
    fn in_review(&mut self, manifest: &Manifest, seconds: i64) -> Digest {
        let artifact = digest(manifest);
        self.takes(create(manifest, seconds));
        self.takes(simple(
            human("ann"),
            LifecycleOperation::Submit(Remark::default()),
            artifact,
            seconds,
        ));
        self.has_gates(artifact, seconds);
        artifact
    }

    pub(crate) fn approved(&mut self, manifest: &Manifest, seconds: i64) -> Digest {
        let artifact = self.in_review(manifest, seconds);
        self.takes(consent("bob", ConsentPurpose::Review, artifact, seconds));
        artifact
    }

    fn published(&mut self, manifest: &Manifest, seconds: i64) -> Digest {
        let artifact = self.approved(manifest, seconds);
        self.takes(publish(artifact, None, seconds));
        self.takes(attest("locked", artifact, EvidenceResult::Pass, seconds));
        artifact
    }

    fn retired(&mut self, manifest: &Manifest, seconds: i64) -> Digest {
        let artifact = self.published(manifest, seconds);
        self.takes(deprecate(artifact, seconds));
        self.takes(retire(artifact, None, false, seconds));
        artifact
    }

    fn standing_of(&self, artifact: Digest) -> LifecycleState {
        let status = self.state.status();
        status.artifacts.iter().find(|it| it.digest == artifact).unwrap().state
    }

    fn incidents(&self) -> Vec<IncidentKind> {
        self.state.status().incidents.iter().map(|incident| incident.kind).collect()
    }
}

// Requirements: R234, R235, R236, R240, R241, R242, R243, M11.
#[test]
fn an_artifact_goes_from_draft_to_archive() {
    let mut world = world();
    let first = manifest("1.0.0");
    let artifact = digest(&first);
    let state = |world: &World| world.standing_of(artifact);
    world.takes(create(&first, 0));
    assert_eq!(state(&world), LifecycleState::Draft);
    world.takes(simple(human("ann"), LifecycleOperation::Submit(Remark::default()), artifact, 1));
    assert_eq!(state(&world), LifecycleState::Review);
    world.has_gates(artifact, 2);
    world.takes(consent("bob", ConsentPurpose::Review, artifact, 3));
    assert_eq!(state(&world), LifecycleState::Approved);
    world.takes(publish(artifact, None, 4));
    assert_eq!(state(&world), LifecycleState::Published);
    world.takes(used(artifact, 5));
    world.takes(deprecate(artifact, 6));
    let admission = world.takes(used(artifact, 7));
    assert!(found(&admission, codes::ARTIFACT_DEPRECATED));
    denied(
        &world.record(&simple(
            workload("deployer"),
            LifecycleOperation::Archive(Remark::default()),
            artifact,
            8,
        )),
        codes::ARTIFACT_STATE,
    );
    world.takes(retire(artifact, None, false, 9));
    denied(&world.record(&used(artifact, 10)), codes::ARTIFACT_RETIRED);
    world.takes(simple(
        workload("deployer"),
        LifecycleOperation::Archive(Remark::default()),
        artifact,
        11,
    ));
    denied(&world.record(&used(artifact, 12)), codes::ARTIFACT_ARCHIVED);
    denied(&world.record(&deprecate(artifact, 13)), codes::ARTIFACT_STATE);
}

// Requirements: R234, R235, R236.
#[test]
fn what_is_not_published_is_not_used() {
    let mut world = world();
    let first = manifest("1.0.0");
    let artifact = digest(&first);
    denied(&world.record(&used(artifact, 0)), codes::ARTIFACT_UNKNOWN);
    world.takes(create(&first, 1));
    denied(&world.record(&used(artifact, 2)), codes::ARTIFACT_DRAFT);
    world.takes(simple(human("ann"), LifecycleOperation::Submit(Remark::default()), artifact, 3));
    denied(&world.record(&used(artifact, 4)), codes::ARTIFACT_REVIEW);
    world.has_gates(artifact, 5);
    world.takes(consent("bob", ConsentPurpose::Review, artifact, 6));
    denied(&world.record(&used(artifact, 7)), codes::ARTIFACT_APPROVED);
}

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
        create(&first, 1),
        create(&other, 2),
        step(human("ann"), digest(&other), LifecycleOperation::Update(update), 3),
        simple(human("ann"), LifecycleOperation::Delete(Remark::default()), artifact, 4),
        simple(human("ann"), LifecycleOperation::Submit(Remark::default()), artifact, 5),
        simple(human("bob"), LifecycleOperation::Reject(Remark::default()), artifact, 6),
    ];
    for (index, attempt) in attempts.iter().enumerate() {
        let admission = world.record(attempt);
        assert!(denials(&admission).contains(&codes::ARTIFACT_IMMUTABLE), "{index}");
        assert_eq!(world.incidents(), vec![IncidentKind::Immutability; index + 1]);
    }
    denied(&world.record(&publish(artifact, None, 7)), codes::ARTIFACT_PUBLISHED);
    let status = world.state.status();
    assert_eq!(status.artifacts.len(), 1);
    assert_eq!(format!("{:?}", status.artifacts[0]), format!("{before:?}"));
    // A stranger's attempt is recorded, and opens nothing.
    let stranger = simple(human("eve"), LifecycleOperation::Delete(Remark::default()), artifact, 8);
    denied(&world.record(&stranger), codes::IDENTITY_UNDECLARED);
    assert_eq!(world.incidents().len(), attempts.len());
}

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
    denied(&world.record(&create(&after("1.2.0+build", &first), 8)), codes::ARTIFACT_VERSION);
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
    assert!(denials(&world.record(&revise(3))).contains(&codes::ARTIFACT_UNKNOWN));
}

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
    world.takes(consent("bob", ConsentPurpose::Exception, mending, 7));
    denied(&world.record(&publish(mending, patch(), 8)), codes::APPROVAL_MISSING);
    world.takes(consent("cyd", ConsentPurpose::Patch, mending, 9));
    world.takes(publish(mending, patch(), 10));
    let status = world.state.status();
    let mended = status.artifacts.iter().find(|it| it.digest == faulty).unwrap();
    assert_eq!((mended.state, mended.successor), (LifecycleState::Deprecated, Some(mending)));
}

fn exception(reason: &str) -> Option<Emergency> {
    Some(Emergency::Exception(ExceptionCase {
        reason: reason.to_owned(),
        justification: "it leaks".to_owned(),
        impact: "all customers".to_owned(),
        resolution: "a review next week".to_owned(),
        communication: "the board".to_owned(),
    }))
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
        world.takes(consent(by, ConsentPurpose::Exception, urgent, 3));
    }
    denied(&world.record(&publish(urgent, exception("whim"), 4)), codes::ARTIFACT_EMERGENCY);
    let mut silent = exception("security");
    if let Some(Emergency::Exception(case)) = &mut silent {
        case.impact = String::new();
    }
    denied(&world.record(&publish(urgent, silent, 5)), codes::ARTIFACT_UNEXPLAINED);
    world.takes(attest("integrity", urgent, EvidenceResult::Error, 6));
    denied(&world.record(&publish(urgent, exception("security"), 7)), codes::EVIDENCE_ERROR);
    world.takes(attest("integrity", urgent, EvidenceResult::Pass, 8));
    world.takes(publish(urgent, exception("security"), 9));
    assert_eq!(world.standing_of(replaced), LifecycleState::Deprecated);
    // Whoever has to be told is told in time, or there is no other exception.
    let third = world.in_review(&after("1.0.2", &second), 10);
    world.takes(consent("bob", ConsentPurpose::Exception, third, 11));
    world.takes(consent("cyd", ConsentPurpose::Exception, third, 12));
    let late = 2 * HOUR + 10;
    denied(&world.record(&publish(third, exception("security"), late)), codes::ARTIFACT_OVERDUE);
    world.takes(attest("told", urgent, EvidenceResult::Pass, late + 1));
    world.takes(publish(third, exception("security"), late + 2));
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
        world.takes(consent(by, ConsentPurpose::Exception, urgent, 3));
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

#[test]
fn a_state_with_artifacts_is_the_same_from_its_snapshot_and_every_step_is_decided_again() {
    let mut world = world();
    let first = manifest("1.0.0");
    let artifact = world.retired(&first, 0);
    world.takes(checked(artifact, IntegrityResult::Invalid, 1));
    denials(&world.record(&create(&first, 2)));
    world.snapshot();
    assert_eq!(State::open(&world.ledger).unwrap(), world.state);
    let size = world.size();
    let again = world.engine.redecide(&world.ledger, &mut State::new(), size).unwrap();
    assert_eq!(again.entries, size);
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

/// A charter whose lifecycle nobody could go through is refused when it is loaded.
#[test]
fn a_lifecycle_makes_sense_as_a_whole() {
    let refused = |old: &str, new: &str| {
        let (facts, lifecycle) = (GATES, (LIFECYCLE.0, LIFECYCLE.1.replace(old, new)));
        assert_ne!(lifecycle.1, LIFECYCLE.1, "the charter does not say `{old}`");
        let text = charter_with(&[facts, (lifecycle.0, &lifecycle.1), TRACK]);
        poundlock::charter::Charter::parse(text.as_bytes()).unwrap_err().code()
    };
    let cases = [
        ("lifecycle: workflow", "lifecycle: infra", "charter.duplicate"),
        ("lifecycle: workflow", "lifecycle: other", "charter.undeclared"),
        ("monitors: [second-checker]", "monitors: [nobody]", "charter.undeclared"),
        ("publish: [deployer]", "publish: [attestor]", "charter.invalid"),
        ("signature: signature", "signature: card", "charter.undeclared"),
        ("provenance: provenance", "provenance: signature", "charter.invalid"),
        ("gates: [integrity, ", "gates: [scan, ", "charter.invalid"),
        ("gates: [integrity, ", "gates: [signature, ", "charter.duplicate"),
        (
            "approve: { approvals: [{ role: reviewer, count: 1, maxAge: 7d }]",
            "approve: { approvals: []",
            "charter.invalid",
        ),
        ("within: 1h", "within: 0s", "charter.invalid"),
        ("assets: [model]", "assets: []", "charter.invalid"),
        ("role: security, count: 2", "role: security, count: 3", "charter.invalid"),
    ];
    for (old, new, code) in cases {
        assert_eq!(refused(old, new), code, "{new}");
    }
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
