//! What the shipped registry of workflows has every artifact made of: all of it is there, and none of it changes.

use std::{fs, path::Path};

use poundlock::{
    charter::Charter,
    digest::Digest,
    engine::codes,
    model::{LifecycleOperation, Manifest, Revision},
};

use crate::{
    lifecycles::{create, manifest, publish, simple, world_of},
    support::*,
};

/// One or more of each kind of content: what people write, what is made of it, what is known of it, what it is held
/// to, what was agreed, where it was made, what is in it, and who vouches for it.
const KINDS: [&[&str]; 8] = [
    &["source", "parameters", "steps", "conditions"],
    &["plan", "graph", "bundle", "dependencies"],
    &["compatibility", "benchmarks", "scan"],
    &["policies", "enforcement", "frameworks", "exception-rules"],
    &["checklists", "risk-assessment", "compliance-attestations"],
    &["commits", "build-environment", "compilers", "build-ids"],
    &["sbom", "dependency-hashes", "vulnerabilities", "licenses"],
    &["certificates", "source-provenance", "third-party-verification", "audit-results"],
];

fn shipped() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read(path.join("../policies/workflow-registry/charter.yaml")).unwrap();
    Charter::parse(&text).unwrap().document().lifecycles[0].contents.clone()
}

fn complete(contents: &[String]) -> Manifest {
    let mut manifest = manifest("1.0.0");
    manifest.contents =
        contents.iter().map(|name| (name.clone(), Digest::of(name.as_bytes()))).collect();
    manifest
}

// Requirements: R207, R208, R209, R210, R211, R212, R213, R214.
#[test]
fn every_kind_of_content_is_demanded_and_never_altered() {
    let shipped = shipped();
    for name in KINDS.concat() {
        assert!(shipped.iter().any(|content| content == name), "{name}");
    }
    let mut world = world_of(&shipped.join(", "));
    let whole = complete(&shipped);
    for (number, name) in (0..).zip(&shipped) {
        let mut lacking = whole.clone();
        lacking.contents.remove(name);
        denied(&world.record(&create(&lacking, number)), codes::ARTIFACT_CONTENT);
    }
    let artifact = world.approved(&whole, 100);
    world.takes(publish(artifact, None, 101));
    for (number, name) in (102..).zip(&shipped) {
        let mut other = whole.clone();
        other.contents.insert(name.clone(), Digest::of(b"changed"));
        let digest = other.digest().unwrap();
        assert_ne!(digest, artifact, "{name}");
        let update = Revision { replaces: artifact, manifest: other, author: None };
        let update = simple(human("ann"), LifecycleOperation::Update(update), digest, number);
        assert!(denials(&world.record(&update)).contains(&codes::ARTIFACT_IMMUTABLE), "{name}");
    }
    assert_eq!(world.state.status().artifacts.len(), 1);
}
