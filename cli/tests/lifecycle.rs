//! Artifacts' lives on the command line: a step is a file, and the status shows what came of it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::fs;

use common::{Workplace, denials};
use serde_json::Value;

const CHARTER: &str = "\
charter: registry
version: 1.0.0
unmatched: deny
identity: asserted
actors:
  - { actor: ann, kind: human }
  - { actor: bob, kind: human, roles: [reviewer] }
  - { actor: release, kind: workload }
  - { actor: checker, kind: workload }
  - { actor: attestor, kind: workload }
gates:
  - { gate: signature, about: artifact, producers: [checker], maxAge: 24h }
  - { gate: provenance, about: artifact, producers: [checker], maxAge: 24h }
facts: { approvals: [attestor] }
lifecycles:
  - lifecycle: workflow
    grants: { create: [ann], submit: [ann], publish: [release], use: [release] }
    approve: { approvals: [{ role: reviewer, count: 1, maxAge: 7d }] }
    publish: { gates: [signature, provenance], signature: signature, provenance: provenance }
    monitors: [checker]
tracks:
  - track: workflows
    moves: artifact
    lifecycle: workflow
    stages: [{ stage: live, grants: { promote: [release] } }]
    boundaries: [{ into: live, gates: [signature] }]
";

fn governed() -> Workplace {
    let place = Workplace::empty();
    fs::create_dir_all(place.path("poundlock/packs")).unwrap();
    fs::write(place.path("poundlock/charter.yaml"), CHARTER).unwrap();
    let begin = ["init", "--origin", "test/lifecycle", "--at", "2026-03-02T08:00:00Z"];
    let (code, begun) = place.json(&begin);
    assert_eq!(code, 0, "{begun:#}");
    place
}

/// Records what a file says, a minute later each time.
fn record(place: &Workplace, minute: u8, fact: &str, by: (&str, &str), text: &str) -> (i32, Value) {
    fs::write(place.path("fact.yaml"), text).unwrap();
    let at = format!("2026-03-02T09:{minute:02}:00Z");
    let (actor, kind) = by;
    let channel = if kind == "human" { "local" } else { "ci" };
    place.json(&[
        "record",
        fact,
        "fact.yaml",
        "--actor",
        actor,
        "--actor-kind",
        kind,
        "--channel",
        channel,
        "--at",
        &at,
    ])
}

fn artifact(place: &Workplace) -> Value {
    place.json(&["status"]).1["artifacts"][0].clone()
}

#[test]
fn a_workflow_is_published_and_found_changed() {
    let place = governed();
    let manifest = "{ asset: flow, version: 1.0.0 }";
    let create = format!(
        "{{ asset: flow, operation: {{ create: {{ manifest: {manifest} }} }}, reason: new }}"
    );
    let (code, created) = record(&place, 0, "lifecycle", ("ann", "human"), &create);
    assert_eq!(code, 0, "{created:#}");
    let digest = artifact(&place)["digest"].as_str().unwrap().to_owned();
    let step = |operation: &str| {
        format!("{{ asset: flow, digest: '{digest}', operation: {operation}, reason: because }}")
    };
    let submit = step("{ submit: {} }");
    assert_eq!(record(&place, 1, "lifecycle", ("ann", "human"), &submit).0, 0);
    let early = record(&place, 2, "lifecycle", ("release", "workload"), &step("{ publish: {} }"));
    assert_eq!(early.0, 1);
    assert_eq!(denials(&early.1), ["artifact.state"]);
    let approve = step("{ approve: { by: bob } }");
    assert_eq!(record(&place, 3, "lifecycle", ("attestor", "workload"), &approve).0, 0);
    for (minute, gate) in [(4, "signature"), (5, "provenance")] {
        let at = format!("2026-03-02T09:{minute:02}:00Z");
        let (code, recorded) = place.json(&[
            "record",
            "evidence",
            "--gate",
            gate,
            "--artifact",
            &digest,
            "--result",
            "pass",
            "--actor",
            "checker",
            "--channel",
            "ci",
            "--at",
            &at,
        ]);
        assert_eq!(code, 0, "{recorded:#}");
    }
    let publish = step("{ publish: {} }");
    assert_eq!(record(&place, 6, "lifecycle", ("release", "workload"), &publish).0, 0);
    assert_eq!(artifact(&place)["state"], "published");
    let check = format!(
        "{{ asset: flow, digest: '{digest}', result: invalid, checked: 2026-03-02T09:07:00Z, milliseconds: 3 }}"
    );
    assert_eq!(record(&place, 7, "integrity-check", ("checker", "workload"), &check).0, 0);
    assert!(artifact(&place)["quarantined"].is_string());
    let used = record(&place, 8, "lifecycle", ("release", "workload"), &step("{ use: {} }"));
    assert_eq!(denials(&used.1), ["artifact.quarantined"]);
}
