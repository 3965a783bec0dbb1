//! `poundlock ci` as the jobs of seven hosts run it: what it takes from them, and what it shows in return.

#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod action;
#[path = "../common/mod.rs"]
mod common;
mod outputs;

use std::{
    collections::BTreeMap,
    fs,
    process::{Command, Output},
};

use common::{Workplace, denials, repository};
use serde::Deserialize;
use serde_json::Value;

const AT: &str = "2026-03-02T09:00:00Z";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// What a host sets for one of its jobs, and what is to come of it.
#[derive(Deserialize)]
struct Recorded {
    host: String,
    environment: BTreeMap<String, String>,
    #[serde(rename = "ref")]
    git_ref: String,
    run: String,
    claims: BTreeMap<String, String>,
}

fn recorded() -> Vec<Recorded> {
    serde_json::from_str(include_str!("hosts.json")).unwrap()
}

fn host(name: &str) -> Recorded {
    recorded().into_iter().find(|recorded| recorded.host == name).unwrap()
}

const GITHUB: &str = "GitHub Actions, a push";
const AZURE: &str = "Azure Pipelines, a deployment job";

/// A workplace under the starter charter, in which `ci-plan` is bound to these claims.
fn workplace(claims: &BTreeMap<String, String>) -> Workplace {
    let place = Workplace::empty();
    assert_eq!(place.json(&["init", "--origin", "acme/ci", "--at", "2026-03-02T08:00:00Z"]).0, 0);
    let charter = fs::read_to_string(place.path("poundlock/charter.yaml")).unwrap();
    let claims = serde_json::to_string(claims).unwrap();
    let own = "  - { actor: ci-plan, kind: workload }\n";
    assert!(charter.contains(own));
    let bound = format!("  - {{ actor: ci-plan, kind: workload, claims: {claims} }}\n");
    fs::remove_dir_all(place.path("poundlock/ledger")).unwrap();
    fs::write(place.path("poundlock/charter.yaml"), charter.replace(own, &bound)).unwrap();
    assert_eq!(place.json(&["init", "--origin", "acme/ci", "--at", "2026-03-02T08:00:00Z"]).0, 0);
    fs::copy(repository().join("examples/web-service/plan-dev.json"), place.path("plan.json"))
        .unwrap();
    place
}

const ASKED: [&str; 14] = [
    "ci",
    "--action",
    "plan",
    "--stage",
    "dev",
    "--asset",
    "web",
    "--author",
    "alice",
    "--reason",
    "more memory",
    "--plan",
    "plan.json",
    "--actor=ci-plan",
];

/// The command in a job's environment and no other.
fn job(place: &Workplace, environment: &BTreeMap<String, String>, arguments: &[&str]) -> Command {
    let mut command = place.command(arguments);
    command.env_clear().env("PATH", "/usr/bin:/bin").envs(environment).args(["--at", AT]);
    command
}

fn ci(place: &Workplace, environment: &BTreeMap<String, String>, more: &[&str]) -> Output {
    job(place, environment, &[&ASKED, more].concat()).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!(
            "no JSON: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

fn error_code(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2));
    json(output)["error"]["code"].as_str().unwrap().to_owned()
}

// Requirements: R372.
#[test]
fn each_host_says_commit_ref_run_and_claims() {
    for Recorded { host, environment, git_ref, run, claims } in recorded() {
        let place = workplace(&claims);
        let answer = json(&ci(&place, &environment, &["--format", "json"]));
        let known = answer["decision"]["findings"].as_array().unwrap();
        assert!(known.iter().any(|finding| finding["code"] == "identity.ok"), "{host}: {answer:#}");
        let (_, entry) = place.json(&["show", "1"]);
        let request = &entry["body"]["request"];
        assert_eq!(request["channel"], "ci", "{host}");
        assert_eq!(request["run"], run.as_str(), "{host}");
        assert_eq!(request["subject"]["change"]["commit"], COMMIT, "{host}");
        assert_eq!(request["subject"]["change"]["ref"], git_ref.as_str(), "{host}");
        // Only what is on the branch itself may enter the stage, whatever a fork calls its own.
        assert_eq!(answer["verdict"] == "allow", git_ref == "refs/heads/main", "{host}");
    }
}

#[test]
fn what_a_host_leaves_out_is_named_by_a_flag_or_missing() {
    let own = |name: &str| {
        ["_SHA", "_REF", "_RUN_ID"].iter().any(|end| name.ends_with(end)) && name != "CI"
    };
    let complete = host(GITHUB);
    let place = workplace(&BTreeMap::new());
    for name in complete.environment.keys().filter(|name| own(name)) {
        if name == "GITHUB_WORKFLOW_REF" {
            continue;
        }
        let mut environment = complete.environment.clone();
        environment.insert(name.clone(), String::new());
        let output = ci(&place, &environment, &["--format", "json"]);
        assert_eq!(error_code(&output), "input.missing_field", "{name}");
        let flags = ["--commit", COMMIT, "--ref", "refs/heads/main", "--run", "30433642"];
        let output = ci(&place, &environment, &flags);
        assert_eq!(output.status.code(), Some(0), "{name}");
    }
}

#[test]
fn a_job_speaks_for_itself_alone() {
    let recorded = host(GITHUB);
    let place = workplace(&BTreeMap::new());
    let other = "fedcba9876543210fedcba9876543210fedcba98";
    for flags in [
        ["--commit", other],
        ["--ref", "refs/heads/release"],
        ["--run", "7"],
        ["--claim", "repository=acme/other"],
    ] {
        let output = ci(&place, &recorded.environment, &[&flags[..], &["--format=json"]].concat());
        assert_eq!(error_code(&output), "input.invalid_value", "{flags:?}");
    }
    // It has the ref of the branch, and runs what somebody wants to have there.
    let mut pull = recorded.environment.clone();
    pull.insert("GITHUB_EVENT_NAME".to_owned(), "pull_request_target".to_owned());
    assert_eq!(error_code(&ci(&place, &pull, &["--format=json"])), "input.invalid_value");
    let azure = host(AZURE);
    let output = ci(&place, &azure.environment, &["--environment", "prod", "--format", "json"]);
    assert_eq!(error_code(&output), "input.invalid_value");
    let (_, log) = place.json(&["log"]);
    assert_eq!(log["entries"].as_array().unwrap_or(log.as_array().unwrap_or(&vec![])).len(), 1);
}

#[test]
fn a_rollback_brings_another_commit_than_the_jobs() {
    let recorded = host(GITHUB);
    let place = workplace(&BTreeMap::new());
    let other = "fedcba9876543210fedcba9876543210fedcba98";
    fs::write(place.path("plan.json.nonce"), format!("{}\n", "07".repeat(32))).unwrap();
    let mut arguments = ASKED.to_vec();
    arguments[2] = "rollback";
    arguments.extend(["--commit", other, "--format", "json"]);
    let output = job(&place, &recorded.environment, &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let (_, entry) = place.json(&["show", "1"]);
    assert_eq!(entry["body"]["request"]["subject"]["change"]["commit"], other);
}

#[test]
fn no_host_and_two_hosts_are_errors() {
    let place = workplace(&BTreeMap::new());
    let output = ci(&place, &BTreeMap::new(), &["--format", "json"]);
    assert_eq!(error_code(&output), "input.missing_field");
    let mut both = host(GITHUB).environment;
    both.extend(host("CircleCI, a push").environment);
    assert_eq!(error_code(&ci(&place, &both, &["--format", "json"])), "input.invalid_value");
    // A marker that denies itself is none.
    both.insert("CIRCLECI".into(), "false".into());
    assert_eq!(ci(&place, &both, &[]).status.code(), Some(0));
}

#[test]
fn who_asks_must_be_said_by_somebody() {
    let place = workplace(&BTreeMap::new());
    let environment = host(GITHUB).environment;
    let nobody = [&ASKED[..13], &["--format", "json"]].concat();
    let output = job(&place, &environment, &nobody).output().unwrap();
    assert_eq!(error_code(&output), "input.missing_field");
    // A token that nothing verifies is no reason to take somebody's word.
    let mut handed_in = environment;
    handed_in.insert("POUNDLOCK_ID_TOKEN".into(), "CANARY-4f1d".into());
    let output = ci(&place, &handed_in, &["--format", "json"]);
    assert_eq!(error_code(&output), "input.missing_field");
}

#[test]
fn nothing_is_asked_without_a_reason_and_an_author() {
    let place = workplace(&BTreeMap::new());
    let environment = host(GITHUB).environment;
    for name in ["--reason", "--author"] {
        let mut asked = [&ASKED[..], &["--format", "json"]].concat();
        let value = asked.iter().position(|argument| *argument == name).unwrap() + 1;
        asked[value] = " ";
        let output = job(&place, &environment, &asked).output().unwrap();
        assert_eq!(error_code(&output), "input.missing_field", "{name}");
    }
    assert_eq!(place.json(&["log"]).1["entries"].as_array().unwrap().len(), 1);
}

/// The inputs of a conformance vector, whose token was signed once and for all.
fn verified(place: &Workplace) -> String {
    let path = repository().join("tests/vectors/identity/decided.json");
    let vectors: Vec<Value> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let own = "a token of the actor's own shows it";
    let vector = vectors.into_iter().find(|vector| vector["name"] == own).unwrap();
    let text =
        |pointer: &str| vector["input"].pointer(pointer).unwrap().as_str().unwrap().to_owned();
    fs::create_dir_all(place.path("poundlock/packs")).unwrap();
    let write = |name: &str, text: String| fs::write(place.path(name), text).unwrap();
    write("poundlock/charter.yaml", text("/charter"));
    write("poundlock/packs/pack.yaml", text("/packs/0"));
    write("plan.json", text("/step/plan/terraform"));
    write("plan.json.nonce", text("/step/plan/nonce"));
    write("keys.json", text("/step/keySet"));
    let begun = ["init", "--origin", "vectors.example/1", "--at", "2026-03-02T08:00:00Z"];
    assert_eq!(place.json(&["lock"]).0, 0);
    assert_eq!(place.json(&begun).0, 0);
    text("/step/token")
}

/// A job of GitLab whose run is the one that the vector's token is of.
fn gitlab(token: &str) -> BTreeMap<String, String> {
    let mut environment = host("GitLab, a push").environment;
    environment.insert("CI_PIPELINE_ID".into(), "7".into());
    environment.insert("POUNDLOCK_ID_TOKEN".into(), token.into());
    environment
}

// Requirements: R014.
#[test]
fn the_token_says_who_asks() {
    let place = Workplace::empty();
    let token = verified(&place);
    let asked = [&ASKED[..13], &["--key-set", "keys.json", "--format", "json"]].concat();
    let answer = json(&job(&place, &gitlab(&token), &asked).output().unwrap());
    assert_eq!(answer["verdict"], "allow", "{answer:#}");
    let (_, entry) = place.json(&["show", "1"]);
    assert_eq!(entry["body"]["request"]["actor"]["id"], "planner");

    // A token that shows nobody says why.
    let broken = format!("{}AAAA", &token[..token.len() - 4]);
    let output = job(&place, &gitlab(&broken), &asked).output().unwrap();
    assert_eq!(error_code(&output), "identity.token_signature");
    let charter = fs::read_to_string(place.path("poundlock/charter.yaml")).unwrap();
    let elsewhere = charter.replace("workflow: plan }", "workflow: elsewhere }");
    assert_ne!(charter, elsewhere);
    fs::write(place.path("poundlock/charter.yaml"), elsewhere).unwrap();
    let output = job(&place, &gitlab(&token), &asked).output().unwrap();
    assert_eq!(error_code(&output), "identity.token_unexpected");
    fs::write(place.path("poundlock/charter.yaml"), charter).unwrap();
    // Whoever is named all the same is refused, and that is recorded.
    let named = [&asked[..], &["--actor", "planner"]].concat();
    let output = job(&place, &gitlab(&broken), &named).output().unwrap();
    assert_eq!(denials(&json(&output)), ["identity.token"]);
    // A fact's recorder is shown by the same variable.
    let evidence = ["record", "evidence", "--gate=scan", "--result=pass", "--plan=plan.json"];
    let by = ["--actor=scanner", "--channel=ci", "--format=json"];
    let recorded = |more: &[&str]| {
        job(&place, &gitlab(&token), &[&evidence[..], &by[..], more].concat()).output().unwrap()
    };
    assert_eq!(error_code(&recorded(&[])), "input.missing_field");
    let output = recorded(&["--key-set=keys.json"]);
    // It is the planner's, and shows no scanner.
    assert_eq!(denials(&json(&output)), ["identity.claim"]);
    // A job cannot speak for another run than its token's.
    let mut other = gitlab(&token);
    other.insert("CI_PIPELINE_ID".into(), "8".into());
    let output = job(&place, &other, &asked).output().unwrap();
    assert_eq!(denials(&json(&output)), ["identity.binding"]);
}
