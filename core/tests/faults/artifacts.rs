//! Artifacts that are altered after they were published, or published without having been signed.

use poundlock::{
    Value,
    digest::Digest,
    engine::Admission,
    model::{
        About, ArtifactConsent, ConsentPurpose, Creation, Fact, FactKind, IntegrityCheck,
        IntegrityResult, LifecycleOperation, LifecycleState, LifecycleStep, Manifest, Publication,
        Remark, Revision, Succession,
    },
    state::StatusArtifact,
};

use crate::support::*;

fn world() -> World {
    World::with(&[
        (
            "facts:\n",
            "  - { gate: signature, about: artifact, producers: [checker], maxAge: 24h }
  - { gate: provenance, about: artifact, producers: [checker], maxAge: 24h }
facts:\n",
        ),
        (
            "tracks:\n",
            "lifecycles:
  - lifecycle: workflow
    grants: { create: [ann], update: [ann], delete: [ann], submit: [ann], publish: [deployer], deprecate: [deployer] }
    approve: { approvals: [{ role: reviewer, count: 1, maxAge: 7d }] }
    publish: { gates: [signature, provenance], signature: signature, provenance: provenance }
    monitors: [second-checker]
tracks:\n",
        ),
    ])
}

fn manifest(source: &str) -> Manifest {
    let mut manifest = Manifest::new("model", "1.0.0");
    manifest.contents.insert("source".to_owned(), Digest::of(source.as_bytes()));
    manifest
}

fn digest(manifest: &Manifest) -> Digest {
    manifest.digest().unwrap()
}

fn step(actor: &str, digest: Digest, operation: LifecycleOperation, seconds: i64) -> Fact {
    let step = LifecycleStep {
        lifecycle: None,
        asset: "model".to_owned(),
        digest,
        operation,
        reason: "because".to_owned(),
    };
    let actor = if actor == "ann" { human(actor) } else { workload(actor) };
    fact(actor, seconds, FactKind::Lifecycle(step))
}

fn create(manifest: &Manifest) -> Fact {
    let creation = Creation { manifest: manifest.clone(), author: None };
    step("ann", digest(manifest), LifecycleOperation::Create(creation), 1)
}

fn update(replaces: &Manifest, named: Digest, manifest: &Manifest, seconds: i64) -> Fact {
    let revision =
        Revision { replaces: digest(replaces), manifest: manifest.clone(), author: None };
    step("ann", named, LifecycleOperation::Update(revision), seconds)
}

fn delete(artifact: Digest, seconds: i64) -> Fact {
    step("ann", artifact, LifecycleOperation::Delete(Remark::default()), seconds)
}

fn publish(artifact: Digest, seconds: i64) -> Fact {
    step("deployer", artifact, LifecycleOperation::Publish(Publication::default()), seconds)
}

fn deprecate(artifact: Digest, seconds: i64) -> Fact {
    step("deployer", artifact, LifecycleOperation::Deprecate(Succession::default()), seconds)
}

fn attest(gate: &str, artifact: Digest, seconds: i64) -> Fact {
    let about = About::Artifact(artifact);
    let mut fact = evidence(about, poundlock::model::EvidenceResult::Pass, seconds);
    evidence_of(&mut fact).gate = gate.to_owned();
    fact.id.push_str(gate);
    fact
}

impl World {
    fn approved(&mut self, manifest: &Manifest) -> Digest {
        let artifact = digest(manifest);
        allowed(&self.record(&create(manifest)));
        let submit = LifecycleOperation::Submit(Remark::default());
        allowed(&self.record(&step("ann", artifact, submit, 2)));
        let consent = ArtifactConsent {
            by: "bob".to_owned(),
            role: None,
            to: ConsentPurpose::Review,
            case: None,
        };
        let consent = LifecycleOperation::Approve(consent);
        allowed(&self.record(&step("attestor", artifact, consent, 3)));
        artifact
    }

    fn published(&mut self, manifest: &Manifest) -> Digest {
        let artifact = self.approved(manifest);
        allowed(&self.record(&attest("signature", artifact, 4)));
        allowed(&self.record(&attest("provenance", artifact, 5)));
        allowed(&self.record(&publish(artifact, 6)));
        artifact
    }

    fn standing(&self, artifact: Digest) -> StatusArtifact {
        let status = self.state.status();
        status.artifacts.into_iter().find(|it| it.digest == artifact).unwrap()
    }

    fn knows(&self, artifact: Digest) -> bool {
        self.state.manifest("workflow", artifact).is_some()
    }
}

/// A row of a table of versions.
#[derive(Clone, PartialEq, Debug)]
struct Row {
    content: &'static str,
    status: &'static str,
    deprecated_at: Option<u32>,
}

const ROW: Row = Row { content: "pay twice", status: "published", deprecated_at: None };

/// Three-valued, as the inequality of SQL is.
fn differs(one: Option<u32>, other: Option<u32>) -> Option<bool> {
    Some(one? != other?)
}

/// The trigger before an update of what is immutable.
fn before_update(old: &Row, new: Row) -> Result<Row, &'static str> {
    let moves = new.status != old.status && ["deprecated", "retired"].contains(&new.status);
    if moves || differs(new.deprecated_at, old.deprecated_at) == Some(true) {
        Ok(new)
    } else {
        Err("immutable")
    }
}

// Requirements: N5.
#[test]
fn content_does_not_change_together_with_the_state() {
    let smuggled = Row { content: "pay thrice", status: "deprecated", ..ROW };
    assert_eq!(before_update(&ROW, smuggled.clone()), Ok(smuggled));

    let mut world = world();
    let first = manifest("pay twice");
    let artifact = world.published(&first);
    let mut fact = serde_json::to_value(deprecate(artifact, 7)).unwrap();
    let read = |fact: &serde_json::Value| {
        Value::parse_json(fact.to_string().as_bytes()).unwrap().deserialize::<Fact>()
    };
    allowed(&world.record(&read(&fact).unwrap()));
    fact["fact"]["lifecycle"]["operation"]["deprecate"]["manifest"] =
        serde_json::to_value(manifest("pay thrice")).unwrap();
    assert_eq!(read(&fact).unwrap_err().code(), "input.unknown_field");
    assert_eq!(world.standing(artifact).state, LifecycleState::Deprecated);
    assert_eq!(world.state.manifest("workflow", artifact), Some(&first));
}

// Requirements: N6.
#[test]
fn the_first_notice_of_deprecation_is_taken() {
    let first = Row { deprecated_at: Some(7), ..ROW };
    assert_eq!(before_update(&ROW, first), Err("immutable"));

    let mut world = world();
    let artifact = world.published(&manifest("pay twice"));
    allowed(&world.record(&deprecate(artifact, 7)));
    assert_eq!(world.standing(artifact).since, at(7));
    denied(&world.record(&deprecate(artifact, 8)), "artifact.state");
}

// Requirements: N7.
#[test]
fn what_was_published_is_not_deleted_either() {
    let triggers = [("update", true)];
    let refused = |operation| triggers.iter().any(|(on, refuses)| *on == operation && *refuses);
    assert!(refused("update") && !refused("delete"));

    let mut world = world();
    let (first, other) = (manifest("pay twice"), manifest("pay thrice"));
    let artifact = world.published(&first);
    for attack in [delete(artifact, 7), update(&first, digest(&other), &other, 8)] {
        let admission = world.record(&attack);
        assert!(denials(&admission).contains(&"artifact.immutable"));
        assert!(world.knows(artifact) && !world.knows(digest(&other)));
    }
}

/// An artifact as an object whose attributes anybody may assign.
struct Loose {
    content: String,
    metadata: String,
    hash: Digest,
    id: Digest,
    immutable: bool,
}

impl Loose {
    fn new(content: &str, metadata: &str) -> Self {
        let hash = Digest::of(content.as_bytes());
        let (content, metadata) = (content.to_owned(), metadata.to_owned());
        Self { content, metadata, hash, id: hash, immutable: false }
    }

    fn modify(&mut self, content: &str) {
        if !self.immutable {
            self.content = content.to_owned();
            self.hash = Digest::of(content.as_bytes());
        }
    }

    /// As the one that the registry calls, which asks for neither signature nor attestation.
    fn make_immutable(&mut self) {
        self.immutable = true;
    }
}

// Requirements: N8.
#[test]
fn another_content_has_another_name() {
    let mut loose = Loose::new("pay twice", "");
    loose.modify("pay thrice");
    assert_ne!(loose.id, Digest::of(loose.content.as_bytes()));

    let mut world = world();
    let (first, other) = (manifest("pay twice"), manifest("pay thrice"));
    allowed(&world.record(&create(&first)));
    let kept = world.record(&update(&first, digest(&first), &other, 2));
    assert!(denials(&kept).contains(&"artifact.digest"));
    allowed(&world.record(&update(&first, digest(&other), &other, 3)));
    assert!(!world.knows(digest(&first)) && world.knows(digest(&other)));
}

// Requirements: N9.
#[test]
fn nothing_is_assigned_to_what_was_published() {
    let mut loose = Loose::new("pay twice", "");
    loose.make_immutable();
    loose.content = "pay thrice".to_owned();
    assert!(loose.immutable && loose.content == "pay thrice");

    let mut world = world();
    let first = manifest("pay twice");
    let artifact = world.published(&first);
    let mut copy = world.state.manifest("workflow", artifact).unwrap().clone();
    copy.contents.insert("source".to_owned(), Digest::of(b"pay thrice"));
    assert_ne!(digest(&copy), artifact);
    let kept = world.state.manifest("workflow", artifact).unwrap();
    assert_eq!((kept, digest(kept)), (&first, artifact));
}

// Requirements: N10.
#[test]
fn nothing_is_published_without_signature_and_provenance() {
    let mut loose = Loose::new("pay twice", "");
    loose.make_immutable();
    assert!(loose.immutable);

    let mut world = world();
    let artifact = world.approved(&manifest("pay twice"));
    let missing = |admission: &Admission| {
        let findings = &admission.decision.as_ref().unwrap().findings;
        findings.iter().filter(|finding| finding.code == "evidence.missing").count()
    };
    assert_eq!(missing(&world.record(&publish(artifact, 4))), 2);
    allowed(&world.record(&attest("signature", artifact, 5)));
    assert_eq!(missing(&world.record(&publish(artifact, 6))), 1);
    allowed(&world.record(&attest("provenance", artifact, 7)));
    allowed(&world.record(&publish(artifact, 8)));
    denied(&world.record(&publish(artifact, 9)), "artifact.published");
}

// Requirements: N12.
#[test]
fn metadata_is_part_of_the_name() {
    let (one, other) = (Loose::new("pay twice", "reviewed"), Loose::new("pay twice", ""));
    assert!(one.id == other.id && one.metadata != other.metadata);

    let first = manifest("pay twice");
    let mut described = first.clone();
    described.metadata.insert("reviewed".to_owned(), "yes".to_owned());
    let mut labelled = first.clone();
    labelled.labels.insert("reviewed".to_owned(), "yes".to_owned());
    let mut later = first.clone();
    later.version = "1.0.1".to_owned();
    let names = [&first, &described, &labelled, &later].map(digest);
    let different: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(different.len(), names.len());
}

// Requirements: N21.
#[test]
fn what_could_not_be_checked_is_owed_and_not_valid() {
    // Two of three artifacts; the monitor's error ends its pass, and all that it counted was valid.
    let (mut checked, mut valid) = (0, 0);
    for result in [Ok(true), Err("timeout"), Ok(false)] {
        let Ok(sound) = result else { break };
        checked += 1;
        valid += i32::from(sound);
    }
    assert_eq!(valid, checked);

    let mut world = world();
    let artifact = world.published(&manifest("pay twice"));
    assert!(world.standing(artifact).unchecked);
    let mut check = |result, found, seconds| {
        let check = IntegrityCheck {
            lifecycle: None,
            asset: "model".to_owned(),
            digest: artifact,
            result,
            found,
            checked: at(seconds),
            milliseconds: 12,
            note: None,
        };
        let check = FactKind::IntegrityCheck(check);
        let admission = world.record(&fact(workload("second-checker"), seconds, check));
        let standing = world.standing(artifact);
        (admission, standing.checked, standing.unchecked)
    };
    let (admission, checked, unchecked) = check(IntegrityResult::Error, None, 7);
    allowed(&admission);
    assert_eq!((checked, unchecked), (None, true));
    let (admission, checked, unchecked) = check(IntegrityResult::Valid, Some(artifact), 8);
    allowed(&admission);
    assert_eq!((checked, unchecked), (Some(at(8)), false));
}
