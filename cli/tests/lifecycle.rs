//! Artifacts' lives on the command line: a step is a file, and the status shows what came of it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::fs;

use common::{
    Workplace, denials,
    registry::{ANN, ATTESTOR, RELEASE, Registry},
    repository,
};

// Requirements: R423.
#[test]
fn a_workflow_is_published_and_found_changed() {
    let registry = Registry::new();
    let digest = registry.create("flow");
    let step = |operation: &str, by| registry.step("flow", Some(&digest), operation, by);
    assert_eq!(step("{ submit: {} }", ANN).0, 0);
    let (code, early) = step("{ publish: {} }", RELEASE);
    assert_eq!((code, denials(&early)), (1, vec!["artifact.state".to_owned()]));
    assert_eq!(step("{ approve: { by: bob } }", ATTESTOR).0, 0);
    registry.attest(&digest);
    assert_eq!(step("{ publish: {} }", RELEASE).0, 0);
    assert_eq!(registry.status("flow")["state"], "published");

    let check = format!(
        "{{ asset: flow, digest: '{digest}', result: invalid, checked: 2026-03-02T10:00:00Z, milliseconds: 3 }}"
    );
    fs::write(registry.place.path("check.yaml"), check).unwrap();
    let record = ["record", "integrity-check", "check.yaml", "--actor", "monitor"];
    let rest = ["--channel", "ci", "--at", "2026-03-02T10:00:00Z"];
    assert_eq!(registry.place.json(&[&record[..], &rest].concat()).0, 0);
    let status = registry.status("flow");
    // Which version it is, since when it is there, and since when it is not what it was, can be measured.
    assert_eq!(status["version"], "1.0.0");
    assert_eq!(status["published"], "2026-03-02T09:00:03Z");
    assert_eq!(status["quarantined"], "2026-03-02T10:00:00Z");
    let (code, used) = registry.used("flow", &digest);
    assert_eq!((code, denials(&used)), (1, vec!["artifact.quarantined".to_owned()]));
}

#[test]
fn the_documented_charter_loads_and_every_documented_step_can_be_asked_for() {
    let page = fs::read_to_string(repository().join("docs/lifecycle.md")).unwrap();
    let page = page.replace("\r\n", "\n");
    let mut blocks = page.split("```yaml\n").map(|rest| rest.split("```\n").next().unwrap());
    let charter = blocks.find(|block| block.starts_with("charter:")).unwrap();
    let place = Workplace::empty();
    fs::create_dir_all(place.path("poundlock/packs")).unwrap();
    fs::write(place.path("poundlock/charter.yaml"), charter).unwrap();
    let (code, begun) = place.json(&["init", "--at", "2026-03-02T08:00:00Z"]);
    assert_eq!(code, 0, "{begun:#}");

    let digest = format!("sha256:{}", "0".repeat(64));
    let steps: Vec<String> = page
        .lines()
        .filter(|line| line.starts_with("operation: "))
        .map(|line| line.replace("sha256:…", &digest))
        .collect();
    for operation in [
        "create",
        "update",
        "delete",
        "submit",
        "approve",
        "reject",
        "publish",
        "deprecate",
        "retire",
        "archive",
        "use",
        "read",
        "annotate",
        "reinstate",
    ] {
        let begins = format!("operation: {{ {operation}: {{");
        assert!(steps.iter().any(|step| step.starts_with(&begins)), "{operation}");
    }
    for step in steps {
        let text = format!("asset: invoice-approval\ndigest: {digest}\nreason: a test\n{step}\n");
        fs::write(place.path("step.yaml"), text).unwrap();
        let (code, answer) = place.json(&[
            "record",
            "lifecycle",
            "step.yaml",
            "--actor",
            "release",
            "--channel",
            "ci",
            "--at",
            "2026-03-02T09:00:00Z",
        ]);
        // Out of turn, and so denied; but understood.
        assert_eq!(code, 1, "{step}: {answer:#}");
    }
}
