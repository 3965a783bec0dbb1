//! Tokens from the command line: who shows the actor passes, and every other token is denied and recorded.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use std::fs;

use common::{Workplace, repository};
use serde_json::Value;

const AT: &str = "2026-03-02T09:00:00Z";

/// The inputs of a conformance vector, whose tokens were signed once and for all.
fn vector(name: &str) -> Value {
    let path = repository().join("tests/vectors/identity/decided.json");
    let vectors: Vec<Value> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let vector = vectors.into_iter().find(|vector| vector["name"] == name).unwrap();
    vector["input"].clone()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap()
}

const OWN: &str = "a token of the actor's own shows it";

/// A ledger under the vectors' charter, with the plan, its nonce, the planner's token and the keys beside it.
fn workplace() -> Workplace {
    let (place, input) = (Workplace::empty(), vector(OWN));
    fs::create_dir_all(place.path("poundlock/packs")).unwrap();
    let write = |name: &str, text: &str| fs::write(place.path(name), text).unwrap();
    write("poundlock/charter.yaml", text(&input, "/charter"));
    write("poundlock/packs/pack.yaml", text(&input, "/packs/0"));
    write("plan.json", text(&input, "/step/plan/terraform"));
    write("plan.json.nonce", text(&input, "/step/plan/nonce"));
    write("token", &format!("{}\n", text(&input, "/step/token")));
    write("keys.json", text(&input, "/step/keySet"));
    assert_eq!(place.json(&["lock"]).0, 0);
    let begun = ["init", "--origin", "vectors.example/1", "--at", "2026-03-02T08:00:00Z"];
    assert_eq!(place.json(&begun).0, 0);
    place
}

fn admit(place: &Workplace, more: &[&str]) -> (i32, Value) {
    let arguments = [
        "admit",
        "--action",
        "plan",
        "--stage",
        "dev",
        "--asset",
        "web",
        "--plan",
        "plan.json",
        "--commit",
        "0123456789abcdef0123456789abcdef01234567",
        "--ref",
        "refs/heads/main",
        "--author",
        "alice",
        "--reason",
        "a first bucket",
        "--actor",
        "planner",
        "--channel",
        "ci",
        "--at",
        AT,
    ];
    place.json(&[&arguments, more].concat())
}

/// The codes of what denies, with the subject.
fn denials(admission: &Value) -> Vec<(String, String)> {
    let findings = admission["decision"]["findings"].as_array().unwrap();
    let failed = findings.iter().filter(|finding| finding["outcome"] == "fail");
    let part = |finding: &Value, part: &str| finding[part].as_str().unwrap_or_default().to_owned();
    failed.map(|finding| (part(finding, "code"), part(finding, "subject"))).collect()
}

#[test]
fn a_token_shows_the_actor() {
    let place = workplace();
    let (code, admission) = admit(&place, &[]);
    assert_eq!((code, denials(&admission)), (1, vec![("identity.unverified".into(), "".into())]));
    let token = ["--token-file", "token", "--key-set", "keys.json"];
    let (code, admission) = admit(&place, &token);
    assert_eq!((code, denials(&admission)), (0, vec![]));
    assert_eq!(place.json(&["verify"]).0, 0);
    // Claims of the host's own add nothing to it.
    let (code, admission) = admit(&place, &[&token[..], &["--claim", "environment=dev"]].concat());
    let claim = ("identity.claim".into(), "environment".into());
    assert_eq!((code, denials(&admission)), (1, vec![claim]));
}

#[test]
fn a_token_that_does_not_show_the_actor_is_denied_and_recorded() {
    let place = workplace();
    let cases = [
        ("a token of another actor shows nothing about this one", "identity.claim", "workflow"),
        ("a token that has expired is refused", "identity.token", "identity.token_expired"),
        ("a token of another key is refused", "identity.token", "identity.token_signature"),
        ("a text that is no token is refused", "identity.token", "identity.token_malformed"),
    ];
    for (index, (name, code, subject)) in cases.into_iter().enumerate() {
        fs::write(place.path("other"), text(&vector(name), "/step/token")).unwrap();
        let (exit, admission) = admit(&place, &["--token-file", "other", "--key-set", "keys.json"]);
        assert_eq!((exit, denials(&admission)), (1, vec![(code.into(), subject.into())]));
        assert_eq!(admission["sequence"], index + 1);
    }
    // Keys without a token, a token without keys, and keys that are none, are no question at all.
    assert_eq!(admit(&place, &["--key-set", "keys.json"]).0, 2);
    assert_eq!(admit(&place, &["--token-file", "token"]).0, 2);
    assert_eq!(admit(&place, &["--token-file", "token", "--key-set", "plan.json"]).0, 2);
}

#[test]
fn facts_are_recorded_on_a_token_too() {
    let place = workplace();
    let digest = format!("sha256:{}", "1".repeat(64));
    let scan = |token: &str| {
        fs::write(place.path("other"), text(&vector(token), "/step/token")).unwrap();
        place.json(&[
            "record",
            "evidence",
            "--gate",
            "scan",
            "--result",
            "pass",
            "--plan-digest",
            &digest,
            "--actor",
            "scanner",
            "--channel",
            "ci",
            "--token-file",
            "other",
            "--key-set",
            "keys.json",
            "--at",
            AT,
        ])
    };
    let (code, admission) = scan("evidence is not recorded on another's token");
    let claim = ("identity.claim".into(), "workflow".into());
    assert_eq!((code, denials(&admission)), (1, vec![claim]));
    assert_eq!(scan("evidence is recorded on its producer's token").0, 0);
}
