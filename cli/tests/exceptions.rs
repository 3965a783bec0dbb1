//! Exceptions on the command line: a break-glass grant from its request to its post-mortem, an overlay and
//! several plans in one request.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::fs;

use common::{Workplace, denials, report_of};
use serde_json::Value;

const RULES: &str = r"breakGlass:
  requesters: [dave]
  maxLifetime: 4h
  maxUses: 3
  openings: { count: 2, per: 30d }
  postMortem: { within: 5d, recorders: [alice] }
  reasons:
    - reason: incident
      approvals: [{ role: release-manager, count: 1, maxAge: 1h }]
      stages: [{ track: infrastructure, stage: prod }]
      actions: [plan, apply]
      overrides: [identity, channel, boundary, approvals, evidence]

tracks:
";

const REQUEST: &str = r"reason: incident
scope:
  actors: [dave]
  actions: [plan, apply]
  track: infrastructure
  stages: [prod]
  assets: [web-service]
lifetime: 1h
justification: production is down, and the pipeline with it
impact: one service
resolution: a change through the stages by Friday
communication: the incident channel
";

/// The CI/CD target charter with more to it.
fn governed(changes: &[(&str, &str)]) -> Workplace {
    let place = Workplace::empty();
    place.copy_charter();
    let path = place.path("poundlock/charter.yaml");
    let mut text = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    fs::write(&path, text).unwrap();
    place
}

fn begin(place: &Workplace) {
    assert_eq!(place.json(&["lock"]).0, 0);
    let begin = ["init", "--origin", "test/exceptions", "--at", "2026-03-02T08:00:00Z"];
    let (code, begun) = place.json(&begin);
    assert_eq!(code, 0, "{begun:#}");
}

/// Records a fact as a person, and gives the hash of its entry.
fn record(place: &Workplace, person: &str, at: &str, fact: &[&str]) -> String {
    let mut arguments = vec!["record"];
    arguments.extend(fact);
    arguments.extend(["--actor", person, "--actor-kind", "human", "--at", at]);
    let (code, answer) = place.json(&arguments);
    assert_eq!(code, 0, "{answer:#}");
    answer["entry"].as_str().unwrap().to_owned()
}

fn by_hand(place: &Workplace, action: &str, at: &str, grant: &str) -> (i32, Value) {
    let person = ["--actor", "dave", "--actor-kind", "human", "--channel", "local"];
    let mut more = person.to_vec();
    more.extend(["--grant", grant]);
    place.admit(action, "prod", at, &more)
}

#[test]
fn a_grant_lives_from_its_opening_to_its_closing() {
    let place = governed(&[("tracks:\n", RULES)]);
    begin(&place);
    fs::write(place.path("grant.yaml"), REQUEST).unwrap();
    let request = record(&place, "dave", "2026-03-02T09:00:00Z", &["grant-request", "grant.yaml"]);
    let attested = [
        "record",
        "grant-approval",
        "--request",
        &request,
        "--by",
        "carol",
        "--actor",
        "github-environments",
        "--channel",
        "ci",
        "--at",
        "2026-03-02T09:01:00Z",
    ];
    assert_eq!(place.json(&attested).0, 0);
    let opening = ["grant-opening", "--request", &request];
    let grant = record(&place, "dave", "2026-03-02T09:02:00Z", &opening);

    assert_eq!(by_hand(&place, "plan", "2026-03-02T09:03:00Z", &grant).0, 0);
    let (code, admission) = by_hand(&place, "apply", "2026-03-02T09:04:00Z", &grant);
    assert_eq!(code, 0, "{admission:#}");
    assert_eq!(admission["decision"]["grant"], grant.as_str());
    let (_, status) = place.json(&["status"]);
    assert_eq!(status["grants"][0]["used"], 2);
    let text = String::from_utf8(place.run(&["status"]).stdout).unwrap();
    assert!(text.contains("break-glass grants without post-mortem"), "{text}");

    let closing = ["grant-closing", "--grant", &grant, "--note", "the pipeline is back"];
    record(&place, "dave", "2026-03-02T09:30:00Z", &closing);
    let (code, late) = by_hand(&place, "plan", "2026-03-02T09:31:00Z", &grant);
    assert_eq!(code, 1);
    assert!(denials(&late).contains(&"grant.ended".to_owned()), "{late:#}");

    fs::write(place.path("report.txt"), "a full disk").unwrap();
    let report =
        ["post-mortem", "--grant", &grant, "--report", "report.txt", "--summary", "a full disk"];
    record(&place, "alice", "2026-03-03T09:00:00Z", &report);
    let (_, status) = place.json(&["status"]);
    assert!(status.get("grants").is_none(), "{status:#}");
}

#[test]
fn a_request_for_a_grant_says_what_is_wrong_with_it() {
    let place = governed(&[("tracks:\n", RULES)]);
    begin(&place);
    fs::write(place.path("grant.yaml"), REQUEST.replace("lifetime: 1h", "lifetme: 1h")).unwrap();
    let output = place.run(&[
        "record",
        "grant-request",
        "grant.yaml",
        "--actor",
        "dave",
        "--actor-kind",
        "human",
    ]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("input.unknown_field") && text.contains("grant.yaml"), "{text}");
}

#[test]
fn an_overlay_is_pinned_and_makes_the_pack_stricter() {
    let place =
        governed(&[("actors:\n", "overlays: [{ overlay: acme, version: 1.0.0 }]\nactors:\n")]);
    fs::create_dir(place.path("poundlock/overlays")).unwrap();
    let overlay = "overlay: acme\nversion: 1.0.0\npack: web-service-aws\npolicies:\n  - name: nothing-new\n    description: Nothing comes into being this month.\n    match: { resources: ['*'], actions: [create] }\n    validations: [{ expression: resource.address == '' }]\n";
    fs::write(place.path("poundlock/overlays/acme.yaml"), overlay).unwrap();
    begin(&place);
    let (code, checked) = place.json(&["check", "--plan", "plan-dev.json"]);
    assert_eq!((code, &checked["verdict"]), (1, &Value::from("deny")), "{checked:#}");
    let (code, admission) = place.admit("plan", "dev", "2026-03-02T09:00:00Z", &[]);
    assert_eq!(code, 1);
    assert!(denials(&admission).contains(&"policy.failed".to_owned()), "{admission:#}");
    assert!(admission["decision"]["packs"].get("acme@1.0.0").is_some());

    let weaker = overlay.replace(
        "policies:\n",
        "changes:\n  - policy: no-such-policy\n    enforcement: mandatory\npolicies:\n",
    );
    fs::write(place.path("poundlock/overlays/acme.yaml"), weaker).unwrap();
    let (code, refused) = place.json(&["lock"]);
    assert_eq!(
        (code, &refused["error"]["code"]),
        (2, &Value::from("policy.overlay")),
        "{refused:#}"
    );
}

#[test]
fn several_plans_are_admitted_attested_and_checked_together() {
    const PARTS: [&str; 4] = ["--part", "a=plan-dev.json", "--part", "b=plan-stage.json"];
    let place = governed(&[]);
    assert_eq!(place.json(&["lock"]).0, 0);
    assert_eq!(place.json(&["keygen", "--origin", "test/parts", "--out", "key.pem"]).0, 0);
    assert_eq!(place.json(&["init", "--key", "key.pem.pub", "--at", "2026-03-02T08:00:00Z"]).0, 0);
    let ask = |action: &str, at: &str| {
        let actor = if action == "plan" { "github-actions-plan" } else { "github-actions-deploy" };
        place.json(&[
            "admit",
            "--action",
            action,
            "--stage",
            "dev",
            "--asset",
            "web-service",
            "--commit",
            common::COMMIT,
            "--ref",
            "refs/heads/main",
            "--author",
            "dave",
            "--reason",
            "two stacks",
            "--stack",
            "dev",
            "--project",
            "web-service-dev",
            "--claim",
            "repository=acme/web-service",
            "--channel",
            "ci",
            "--actor",
            actor,
            "--part",
            "a=plan-dev.json",
            "--part",
            "b=plan-stage.json",
            "--at",
            at,
        ])
    };
    let (code, planned) = ask("plan", "2026-03-02T09:00:00Z");
    assert_eq!(code, 0, "{planned:#}");
    let (code, applied) = ask("apply", "2026-03-02T09:01:00Z");
    assert_eq!(code, 1);
    assert!(denials(&applied).contains(&"evidence.missing".to_owned()), "{applied:#}");
    for gate in ["opa", "tfsec", "checkov"] {
        let mut evidence = vec!["record", "evidence", "--gate", gate, "--result", "pass"];
        evidence.extend(["--actor", "github-actions-checks", "--channel", "ci"]);
        evidence.extend(["--claim", "repository=acme/web-service"]);
        evidence.extend(["--at", "2026-03-02T09:02:00Z"]);
        evidence.extend(PARTS);
        let report = report_of(gate);
        evidence.extend(["--report", &report]);
        assert_eq!(place.json(&evidence).0, 0);
    }
    let (code, applied) = ask("apply", "2026-03-02T09:03:00Z");
    assert_eq!(code, 0, "{applied:#}");

    let sequence = applied["sequence"].to_string();
    assert_eq!(place.json(&["checkpoint", "--signing-key", "key.pem"]).0, 0);
    assert_eq!(place.json(&["receipt", &sequence, "--out", "permit.tlog-proof"]).0, 0);
    let held = |parts: &[&str]| {
        let mut verify = vec!["verify-receipt", "permit.tlog-proof", "--key", "key.pem.pub"];
        verify.extend(["--permit", "--action", "apply", "--at", "2026-03-02T09:04:00Z"]);
        verify.extend(parts);
        place.run(&verify).status.code().unwrap()
    };
    assert_eq!(held(&PARTS), 0);
    assert_eq!(held(&["--part", "a=plan-stage.json", "--part", "b=plan-dev.json"]), 1);
    assert_eq!(held(&["--plan", "plan-dev.json"]), 1);
    assert_eq!(held(&["--part", "a=plan-dev.json"]), 2);
}
