//! The story of the README, with the real command: from an empty ledger to prod.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::fs;

use common::{Workplace, denials, repository};
use serde_json::json;

#[test]
fn a_change_moves_from_dev_to_prod_one_level_at_a_time() {
    let place = Workplace::governed();

    // Dev: planned, checked, applied, succeeded. Without evidence the apply is denied (R047, R089).
    let (code, _) = place.admit("plan", "dev", "2026-03-02T09:00:00Z", &[]);
    assert_eq!(code, 0);
    let (code, admission) = place.admit("apply", "dev", "2026-03-02T09:01:00Z", &[]);
    assert_eq!((code, denials(&admission)), (1, vec!["evidence.missing".to_owned()]));
    for gate in ["opa", "tfsec", "checkov"] {
        assert_eq!(place.evidence(gate, "dev", "2026-03-02T09:05:00Z").0, 0);
    }
    let (code, applied) = place.admit("apply", "dev", "2026-03-02T09:10:00Z", &[]);
    assert_eq!(code, 0);
    assert_eq!(applied["decision"]["permit"]["stage"], "dev");

    // No jump from dev to prod, not even with everything else in place (R132).
    assert_eq!(place.outcome(&applied, "succeeded", "2026-03-02T09:15:00Z").0, 0);
    assert_eq!(place.admit("plan", "prod", "2026-03-02T09:20:00Z", &[]).0, 0);
    let gates =
        ["opa", "tfsec", "checkov", "tests", "build", "pipeline", "change-log", "rollback-plan"];
    for gate in gates {
        assert_eq!(place.evidence(gate, "prod", "2026-03-02T09:21:00Z").0, 0);
    }
    for person in ["alice", "bob"] {
        assert_eq!(place.approval(person, "prod", "2026-03-02T09:22:00Z").0, 0);
    }
    let (code, admission) = place.admit("promote", "prod", "2026-03-02T09:30:00Z", &[]);
    assert_eq!((code, denials(&admission)), (1, vec!["boundary.jump".to_owned()]));

    // Stage: denied for want of an approval, allowed after it (R153).
    // Nothing is owed from dev any more: a plan made after the apply shows what was not known before.
    assert_eq!(place.admit("plan", "stage", "2026-03-02T09:45:00Z", &[]).0, 0);
    let (code, admission) = place.admit("promote", "stage", "2026-03-02T09:50:00Z", &[]);
    assert_eq!(code, 1);
    assert!(denials(&admission).contains(&"obligation.open".to_owned()));
    let (code, admission) = place.plan_after_apply("dev", "2026-03-02T09:55:00Z");
    assert_eq!(
        (code, admission["decision"]["meets"].as_array().unwrap().len()),
        (0, 3),
        "{admission:#}"
    );
    for gate in ["opa", "tfsec", "checkov"] {
        assert_eq!(place.evidence(gate, "stage", "2026-03-02T10:01:00Z").0, 0);
    }
    let (code, admission) = place.admit("promote", "stage", "2026-03-02T10:02:00Z", &[]);
    assert_eq!((code, denials(&admission)), (1, vec!["approval.missing".to_owned()]));
    assert_eq!(place.approval("alice", "stage", "2026-03-02T10:03:00Z").0, 0);
    let (code, admission) = place.admit("promote", "stage", "2026-03-02T10:04:00Z", &[]);
    assert_eq!(code, 0, "{admission:#}");
    let (code, applied) = place.admit("apply", "stage", "2026-03-02T10:05:00Z", &[]);
    assert_eq!(code, 0, "{applied:#}");
    assert_eq!(place.outcome(&applied, "succeeded", "2026-03-02T10:10:00Z").0, 0);

    assert_eq!(place.plan_after_apply("stage", "2026-03-02T10:15:00Z").0, 0);

    // Prod: the two approvals are there, and five minutes have passed since the last (R156).
    let (code, applied) = place.admit("apply", "prod", "2026-03-02T10:20:00Z", &[]);
    assert_eq!(code, 0, "{applied:#}");
    assert_eq!(place.outcome(&applied, "succeeded", "2026-03-02T10:25:00Z").0, 0);

    let (code, status) = place.json(&["status"]);
    assert_eq!(code, 0);
    let stages: Vec<_> =
        status["deployments"].as_array().unwrap().iter().map(|d| d["stage"].clone()).collect();
    assert_eq!(stages, ["dev", "prod", "stage"]);
    assert_eq!(status["pending"].as_array().unwrap().len(), 0);

    // Every step is in the book, denials too, and the book verifies.
    let (_, log) = place.json(&["log"]);
    let verdicts = |verdict: &str| {
        log["entries"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|e| e["body"]["decision"]["verdict"] == verdict)
            .count()
    };
    assert_eq!((verdicts("allow"), verdicts("deny")), (29, 4));
    let (code, verified) = place.json(&["verify"]);
    assert_eq!((code, &verified["size"]), (0, &log["size"]));
}

#[test]
fn a_plan_is_applied_once_and_while_no_other_is_pending() {
    let place = Workplace::governed();
    place.through_dev();
    let (code, admission) = place.admit("apply", "dev", "2026-03-02T09:20:00Z", &[]);
    assert_eq!((code, denials(&admission)), (1, vec!["subject.plan_spent".to_owned()]));
}

// Requirements: R264.
#[test]
fn a_violating_plan_is_denied_with_the_policies_that_it_breaks() {
    let place = Workplace::governed();
    fs::copy(place.path("plan-violating.json"), place.path("plan-dev.json")).unwrap();
    let (code, admission) = place.admit("plan", "dev", "2026-03-02T09:00:00Z", &[]);
    assert_eq!(code, 1);
    assert!(denials(&admission).contains(&"policy.failed".to_owned()), "{admission:#}");
}

// Requirements: R059, R073.
#[test]
fn people_never_act_and_local_machines_are_not_pipelines() {
    let place = Workplace::governed();
    let (code, admission) = place.admit(
        "plan",
        "dev",
        "2026-03-02T09:00:00Z",
        &["--actor", "alice", "--actor-kind", "human"],
    );
    assert_eq!((code, denials(&admission)), (1, vec!["identity.human".to_owned()]));
    let (code, admission) =
        place.admit("plan", "dev", "2026-03-02T09:00:00Z", &["--channel", "local"]);
    assert_eq!((code, denials(&admission)), (1, vec!["channel.local".to_owned()]));
}

#[test]
fn the_documented_scenario_runs_alone_under_the_starter() {
    let place = Workplace::empty();
    assert_eq!(place.json(&["init", "--at", "2026-03-02T08:00:00Z"]).0, 0);
    let page = fs::read_to_string(repository().join("docs/scenarios.md")).unwrap();
    let page = page.replace("\r\n", "\n");
    let (_, example) = page.split_once("```yaml\n").unwrap();
    let (example, _) = example.split_once("```\n").unwrap();
    fs::write(place.path("poundlock/dev.yaml"), example).unwrap();
    let (code, report) = place.json(&["policy", "test", "poundlock/dev.yaml", "--mutants"]);
    assert_eq!((code, &report["packs"]), (0, &json!([])), "{report:#}");
    assert!(report["mutants"].as_u64().unwrap() > 0, "{report:#}");
}

#[test]
fn what_is_not_to_be_committed_is_named_beside_a_charter_that_was_there() {
    let place = Workplace::governed();
    assert!(fs::read_to_string(place.path("poundlock/.gitignore")).unwrap().contains("/ledger/"));
    // What stands in it stays, and a ledger that lies elsewhere leaves the charter's folder alone.
    let place = Workplace::locked();
    assert_eq!(place.json(&["init", "--ledger", "elsewhere"]).0, 0);
    assert!(!place.path("poundlock/.gitignore").exists());
    fs::write(place.path("poundlock/.gitignore"), "mine").unwrap();
    assert_eq!(place.json(&["init"]).0, 0);
    assert_eq!(fs::read_to_string(place.path("poundlock/.gitignore")).unwrap(), "mine");
}

#[test]
fn the_starter_decides_at_once() {
    let place = Workplace::empty();
    assert_eq!(place.json(&["init", "--at", "2026-03-02T08:00:00Z"]).0, 0);
    assert_eq!(place.json(&["policy", "test"]).0, 0);
    assert_eq!(place.json(&["policy", "lint", "--at", "2026-03-02T08:00:00Z"]).1["warnings"], 0);
    assert_eq!(place.json(&["lock", "--check"]).0, 0);
    assert_eq!(place.json(&["verify"]).0, 0);
}

// Requirements: R303, R428, R434.
#[test]
fn what_is_due_for_review_is_said() {
    let place = Workplace::governed();
    for (at, due) in [("2027-06-30T23:59:59Z", false), ("2027-07-01T00:00:00Z", true)] {
        let (code, lint) = place.json(&["policy", "lint", "--at", at]);
        assert_eq!(code, i32::from(due));
        let overdue = |lints: &serde_json::Value| {
            let mut lints = lints.as_array().unwrap().iter();
            lints.any(|lint| lint["code"] == "lint.review_overdue")
        };
        assert_eq!(overdue(&lint["charter"]["lints"]), due);
        assert!(lint["packs"].as_array().unwrap().iter().all(|it| overdue(&it["lints"]) == due));
        for arguments in [vec!["check", "--plan", "plan-dev.json"], vec!["status"]] {
            let output = place.run(&[arguments.as_slice(), &["--at", at]].concat());
            assert!(output.status.success());
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(said.contains("the charter `cicd-target` is due for review"), due);
            assert_eq!(said.contains("the pack `deletions` is due for review"), due);
        }
    }
}

#[test]
fn a_check_says_what_no_policy_sees() {
    let place = Workplace::governed();
    let text = fs::read_to_string(place.path("plan-dev.json")).unwrap();
    let mut plan: serde_json::Value = serde_json::from_str(&text).unwrap();
    let said = |plan: &serde_json::Value| {
        fs::write(place.path("more.json"), plan.to_string()).unwrap();
        let output = place.run(&["check", "--plan", "more.json", "--at", "2026-03-02T08:00:00Z"]);
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(said(&plan), "");
    plan["action_invocations"] = json!([{ "address": "action.a.b" }]);
    assert!(said(&plan).contains("plan.unjudged"));
    plan["checks"] = json!([{ "address": { "to_display": "check.c" }, "status": "fail" }]);
    assert!(said(&plan).contains("plan.unjudged, plan.check_failed"));
    plan["complete"] = json!(false);
    assert!(said(&plan).contains("plan.incomplete, plan.unjudged"));
}

// Requirements: R393, R394.
#[test]
fn lint_asks_for_controls_that_are_known() {
    let place = Workplace::locked();
    let path = place.path("poundlock/packs/deletions.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let controls = text.lines().find(|line| line.trim_start().starts_with("controls:")).unwrap();
    for (written, code) in [
        ("    controls: []", "lint.no_controls"),
        ("    controls: [soc3/CC6.1]", "lint.unknown_framework"),
        ("    controls: [soc2/CC61]", "lint.unknown_control"),
        ("    controls: [soc2/CC6.1, soc2/CC6.1]", "lint.repeated_control"),
    ] {
        fs::write(&path, text.replace(controls, written)).unwrap();
        let (exit, lint) = place.json(&["policy", "lint", "--at", "2026-03-02T08:00:00Z"]);
        assert_eq!((exit, &lint["warnings"]), (1, &json!(1)));
        let packs = lint["packs"].as_array().unwrap();
        let mut lints = packs.iter().flat_map(|pack| pack["lints"].as_array().unwrap());
        assert!(lints.any(|lint| lint["code"] == code), "{code}");
    }
}
