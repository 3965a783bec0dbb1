//! The life of artifacts: from draft to archive, and nothing that was published is ever altered.

mod emergencies;
mod immutability;
mod integrity;
mod publication;
mod review;
mod tracks;
mod versions;

use poundlock::{
    digest::Digest,
    engine::{Admission, codes},
    model::{
        About, Actor, ArtifactConsent, ConsentPurpose, Creation, Emergency, Evidence,
        EvidenceResult, Fact, FactKind, IncidentKind, IntegrityCheck, IntegrityResult,
        LifecycleOperation, LifecycleState, LifecycleStep, Manifest, Publication, Remark,
        Retirement, Succession,
    },
    state::State,
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
  resolutions: [cyd]
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
    World::governed_by(engine(&charter_of(GATES.1, &lifecycle), PACK))
}

fn charter_of(gates: &str, lifecycle: &str) -> String {
    charter_with(&[
        (GATES.0, gates),
        (LIFECYCLE.0, lifecycle),
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
    let consent = ArtifactConsent { by: by.to_owned(), role: None, to, case: None };
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

#[test]
fn a_state_with_artifacts_is_the_same_from_its_snapshot_and_every_step_is_decided_again() {
    let mut world = world();
    let first = manifest("1.0.0");
    let artifact = world.retired(&first, 0);
    world.takes(checked(artifact, IntegrityResult::Invalid, 1));
    let attack = simple(human("ann"), LifecycleOperation::Delete(Remark::default()), artifact, 2);
    denied(&world.record(&attack), codes::ARTIFACT_IMMUTABLE);
    world.snapshot();
    assert_eq!(State::open(&world.ledger).unwrap(), world.state);
    let size = world.size();
    let again = world.engine.redecide(&world.ledger, &mut State::new(), size).unwrap();
    assert_eq!(again.entries, size);
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
