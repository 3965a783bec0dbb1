//! Incidents on the command line: reported, seen, denying, resolved.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::fs;

use common::{Workplace, denials};
use serde_json::Value;

/// The CI/CD target charter, with incidents that block what is applied.
fn governed() -> Workplace {
    let place = Workplace::empty();
    place.copy_charter();
    let path = place.path("poundlock/charter.yaml");
    let mut text = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let facts = "facts:\n  incidents: [github-actions-checks]\n  resolutions: [alice]\n";
    text = text.replace("facts:\n", facts);
    let project = "        project: web-service-";
    let drift = "        drift: { blocks: [apply, promote], absent: allow }\n";
    text = text.replace(project, &format!("{drift}{project}"));
    fs::write(&path, text).unwrap();
    assert_eq!(place.json(&["lock"]).0, 0);
    let begin = ["init", "--origin", "test/incidents", "--at", "2026-03-02T08:00:00Z"];
    let (code, begun) = place.json(&begin);
    assert_eq!(code, 0, "{begun:#}");
    place
}

fn incident(place: &Workplace, at: &str, more: &[&str]) -> (i32, Value) {
    place.json(&reporting(at, more))
}

/// The arguments with which an incident at the web service is recorded.
fn reporting<'a>(at: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec![
        "record",
        "incident",
        "--stage",
        "dev",
        "--track",
        "infrastructure",
        "--asset",
        "web-service",
        "--actor",
        "github-actions-checks",
        "--claim",
        "repository=acme/web-service",
        "--channel",
        "ci",
        "--at",
        at,
    ];
    arguments.extend(more);
    arguments
}

fn incidents(place: &Workplace) -> Vec<Value> {
    let (_, status) = place.json(&["status"]);
    status["incidents"].as_array().cloned().unwrap_or_default()
}

#[test]
fn an_incident_blocks_until_its_resolution() {
    let place = governed();
    assert_eq!(place.admit("plan", "dev", "2026-03-02T09:00:00Z", &[]).0, 0);
    for gate in ["opa", "tfsec", "checkov"] {
        assert_eq!(place.evidence(gate, "dev", "2026-03-02T09:05:00Z").0, 0);
    }
    let (code, opened) = incident(
        &place,
        "2026-03-02T09:06:00Z",
        &["bypass", "--resource", "google_cloud_run_service.web", "--note", "by hand"],
    );
    assert_eq!(code, 0, "{opened:#}");
    assert_eq!(incidents(&place)[0]["entry"], opened["entry"]);
    let (code, admission) = place.admit("apply", "dev", "2026-03-02T09:10:00Z", &[]);
    assert_eq!((code, denials(&admission)), (1, vec!["incident.open".to_owned()]));
    let resolution = [
        "record",
        "resolution",
        "--incident",
        opened["entry"].as_str().unwrap(),
        "--reason",
        "undone",
        "--actor",
        "alice",
        "--actor-kind",
        "human",
        "--channel",
        "local",
        "--at",
        "2026-03-02T09:11:00Z",
    ];
    assert_eq!(place.json(&resolution).0, 0);
    assert!(incidents(&place).is_empty());
    assert_eq!(place.admit("apply", "dev", "2026-03-02T09:12:00Z", &[]).0, 0);
    let period = ["report", "--since", "2026-03-02T00:00:00Z", "--until", "2026-03-03T00:00:00Z"];
    let (code, report) = place.json(&period);
    assert_eq!(code, 0, "{report:#}");
    let figures = report["figures"].as_array().unwrap();
    let figure = |name| figures.iter().find(|figure| figure["figure"] == name).unwrap();
    assert_eq!(figure("incidents.opened")["entries"], serde_json::json!([opened["sequence"]]));
    assert_eq!(figure("incidents.time")["longest"], 300);
    assert_eq!(figure("requests.denied")["count"], 1);
}

// Requirements: R063.
#[test]
fn a_state_that_was_written_around_the_gates_opens_an_incident() {
    let place = governed();
    assert_eq!(place.admit("plan", "dev", "2026-03-02T09:00:00Z", &[]).0, 0);
    for gate in ["opa", "tfsec", "checkov"] {
        assert_eq!(place.evidence(gate, "dev", "2026-03-02T09:05:00Z").0, 0);
    }
    let (_, admission) = place.admit("apply", "dev", "2026-03-02T09:10:00Z", &[]);
    let report = |result: &str, more: &[&str]| {
        let permit = admission["entry"].as_str().unwrap();
        let mut arguments = vec!["record", "outcome", "--permit", permit, "--result", result];
        arguments.extend(["--actor", "github-actions-deploy", "--channel", "ci"]);
        arguments.extend(["--claim", "repository=acme/web-service"]);
        arguments.extend(["--at", "2026-03-02T09:15:00Z"]);
        arguments.extend(more);
        place.json(&arguments).0
    };
    assert_eq!(report("unknown", &["--state", "5d0a3d6c", "--state-before", "4"]), 2);
    let state = ["--state", "5d0a3d6c", "--state-before", "4", "--state-after", "6"];
    assert_eq!(report("unknown", &state), 0);
    assert!(incidents(&place).is_empty());
    // As long as nobody knows how it ended, a look at a newer state says nothing, and is told which act may have written it.
    let state = ["drift", "--nothing-found", "--state", "5d0a3d6c", "--state-serial", "7"];
    let unsettled = place.run(&reporting("2026-03-02T09:15:00Z", &state));
    let said = String::from_utf8(unsettled.stderr).unwrap();
    assert!(said.contains(admission["entry"].as_str().unwrap()), "{said}");
    assert!(incidents(&place).is_empty());
    let state = ["--state", "5d0a3d6c", "--state-before", "5", "--state-after", "6"];
    assert_eq!(report("succeeded", &state), 0);
    assert_eq!(incidents(&place)[0]["kind"], "bypass");

    // Whoever looks for drift says in which state, and hides nothing that was written since.
    let look = |serial, at| {
        let state = ["drift", "--nothing-found", "--state", "5d0a3d6c", "--state-serial", serial];
        incident(&place, at, &state)
    };
    assert_eq!(look("6", "2026-03-02T09:16:00Z").0, 0);
    assert_eq!(incidents(&place).len(), 1);
    let (code, opened) = look("7", "2026-03-02T09:17:00Z");
    assert_eq!(code, 0, "{opened:#}");
    assert!(incidents(&place).iter().any(|open| open["entry"] == opened["entry"]));
    let (code, denied) = look("6", "2026-03-02T09:18:00Z");
    assert_eq!((code, denials(&denied)), (1, vec!["fact.state_other".to_owned()]));

    // A look that names no state is told what it cannot show.
    let warned = |at, more: &[&str]| {
        let look = reporting(at, &[&["drift", "--nothing-found"], more].concat());
        let output = place.run(&look);
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap().contains("--state-serial")
    };
    assert!(warned("2026-03-02T09:19:00Z", &[]));
    let state = ["--state", "5d0a3d6c", "--state-serial", "7"];
    assert!(!warned("2026-03-02T09:20:00Z", &state));
    // What was brought back from a backup is reported, and accounted for from then on.
    let state = ["bypass", "--state", "5d0a3d6c", "--state-serial", "6"];
    assert_eq!(incident(&place, "2026-03-02T09:21:00Z", &state).0, 0);
    assert_eq!(look("6", "2026-03-02T09:22:00Z").0, 0);
}

#[test]
fn a_refresh_only_plan_tells_whether_there_is_drift() {
    let place = governed();
    let plan = |drift: &str| {
        format!(
            r#"{{"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": [], "resource_drift": [{drift}]}}"#
        )
    };
    let one = r#"{"address": "thing.a", "mode": "managed", "type": "thing", "name": "a", "change": {"actions": ["update"],
        "before": {"size": 1}, "after": {"size": 2}, "after_unknown": {}, "before_sensitive": false, "after_sensitive": {}}}"#;
    for (name, drift, open) in [("none.json", "", 0), ("some.json", one, 1)] {
        fs::write(place.path(name), plan(drift)).unwrap();
        let at = format!("2026-03-02T09:0{open}:00Z");
        let (code, answer) = incident(&place, &at, &["drift", "--plan", name]);
        assert_eq!(code, 0, "{answer:#}");
        assert_eq!(incidents(&place).len(), open);
    }
    let at = "2026-03-02T09:05:00Z";
    assert_eq!(incident(&place, at, &["drift", "--nothing-found"]).0, 0);
    assert_eq!(incidents(&place).len(), 1);
    // Only who looks for drift may find nothing.
    assert_eq!(incident(&place, at, &["bypass", "--nothing-found"]).0, 2);
}
