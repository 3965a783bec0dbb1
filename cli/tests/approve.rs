//! People approve with keys of their own: shown first, signed here or elsewhere, and recorded.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::{fs, process::Command};

use common::{COMMIT, Workplace, denials};
use poundlock::ledger::VerifierKey;
use serde_json::Value;

/// A place whose charter lists keys of Alice (SSH) and Bob (Ed25519), and where nobody attests; `None`
/// where there is no ssh-keygen.
fn place() -> Option<Workplace> {
    let place = Workplace::empty();
    place.copy_charter();
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "alice", "-f"])
        .arg(place.path("alice"))
        .status()
        .ok()?;
    assert!(made.success());
    assert_eq!(place.json(&["keygen", "--origin", "bob", "--out", "bob"]).0, 0);
    let text = fs::read_to_string(place.path("bob.pub")).unwrap();
    let bob = text.trim().parse::<VerifierKey>().unwrap().to_public_pem().unwrap();
    let alice = fs::read_to_string(place.path("alice.pub")).unwrap();
    let signers = format!(
        "signers:\n  - {{ principal: alice, key: {} }}\n  - {{ principal: bob, key: {} }}\n\ngates:\n",
        alice.trim(),
        serde_json::to_string(&bob).unwrap(),
    );
    let path = place.path("poundlock/charter.yaml");
    let charter = fs::read_to_string(&path).unwrap();
    let charter = charter.replacen("gates:\n", &signers, 1);
    fs::write(&path, charter).unwrap();
    assert_eq!(place.json(&["lock"]).0, 0);
    let begin = ["init", "--origin", "test/approve", "--at", "2026-03-02T08:00:00Z"];
    assert_eq!(place.json(&begin).0, 0);
    Some(place)
}

/// The plan for stage is admitted, and all that is missing is what the test is about.
fn before_stage(place: &Workplace) {
    place.through_dev();
    assert_eq!(place.plan_after_apply("dev", "2026-03-02T09:20:00Z").0, 0);
    assert_eq!(place.admit("plan", "stage", "2026-03-02T09:45:00Z", &[]).0, 0);
    for gate in ["opa", "tfsec", "checkov", "tests", "build", "change-log"] {
        assert_eq!(place.evidence(gate, "stage", "2026-03-02T09:46:00Z").0, 0);
    }
}

fn approve(place: &Workplace, by: &str, at: &str, more: &[&str]) -> (i32, Value) {
    let mut arguments = vec![
        "approve",
        "--by",
        by,
        "--stage",
        "stage",
        "--track",
        "infrastructure",
        "--asset",
        "web-service",
        "--plan",
        "plan-stage.json",
        "--at",
        at,
    ];
    arguments.extend(more);
    place.json(&arguments)
}

fn size(place: &Workplace) -> Value {
    place.json(&["status"]).1["entries"].clone()
}

// Requirements: R056, R094, R095, R185.
#[test]
fn what_is_approved_is_shown_before_anything_is_recorded() {
    let Some(place) = place() else { return };
    before_stage(&place);
    let entries = size(&place);
    let (code, shown) = approve(&place, "alice", "2026-03-02T09:50:00Z", &[]);
    assert_eq!(code, 0, "{shown:#}");
    let review = &shown["review"];
    assert_eq!(
        (&review["stage"], &review["commit"], &review["author"]),
        (&"stage".into(), &COMMIT.into(), &"dave".into())
    );
    assert!(review["counts"]["create"].as_u64().unwrap() > 0);
    let changing = |resource: &&Value| resource["actions"] == "create";
    let created = review["resources"].as_array().unwrap().iter().filter(changing).count();
    assert_eq!(created as u64, review["counts"]["create"].as_u64().unwrap());
    let codes: Vec<_> = review["findings"].as_array().unwrap().iter().map(|f| &f["code"]).collect();
    assert!(codes.contains(&&"approval.missing".into()), "{codes:?}");
    assert!(shown["text"].as_str().unwrap().contains("\nstage: stage\n"));
    assert_eq!(size(&place), entries);
}

#[test]
fn a_person_signs_with_an_ssh_key_here_or_elsewhere() {
    let Some(place) = place() else { return };
    before_stage(&place);
    // Elsewhere: the text goes out, and comes back with its signature.
    let (code, _) = approve(&place, "alice", "2026-03-02T09:50:00Z", &["--out", "statement"]);
    assert_eq!(code, 0);
    let signed = Command::new("ssh-keygen")
        .args(["-Y", "sign", "-q", "-n", "poundlock-approval@v1.poundlock", "-f", "alice"])
        .arg("statement")
        .current_dir(place.path(""))
        .status();
    assert!(signed.unwrap().success());
    let hand_in = |at: &str| {
        place.json(&[
            "approve",
            "--statement",
            "statement",
            "--signature",
            "statement.sig",
            "--at",
            at,
        ])
    };
    let (code, answer) = hand_in("2026-03-02T09:52:00Z");
    assert_eq!(code, 0, "{answer:#}");
    assert_eq!(place.admit("promote", "stage", "2026-03-02T09:53:00Z", &[]).0, 0);
    let (code, answer) = hand_in("2026-03-02T09:54:00Z");
    assert_eq!((code, denials(&answer["admission"])), (1, vec!["fact.repeated".to_owned()]));

    // Here.
    let again = ["--ssh-key", "alice"];
    let (code, answer) = approve(&place, "alice", "2026-03-02T09:55:00Z", &again);
    assert_eq!(code, 0, "{answer:#}");
    // Somebody else's name does not come with the key.
    let (code, answer) = approve(&place, "bob", "2026-03-02T09:56:00Z", &again);
    let found = denials(&answer["admission"]);
    assert_eq!((code, found), (1, vec!["approval.signature_principal".to_owned()]));
}

#[test]
fn a_person_signs_with_an_ed25519_key_and_takes_it_back() {
    let Some(place) = place() else { return };
    before_stage(&place);
    let (code, answer) = approve(
        &place,
        "bob",
        "2026-03-02T09:50:00Z",
        &["--signing-key", "bob", "--role", "reviewer"],
    );
    assert_eq!(code, 0, "{answer:#}");
    let entry = answer["admission"]["entry"].as_str().unwrap();
    let withdraw = |actor: &str, more: &[&str]| {
        let mut arguments = vec![
            "record",
            "withdrawal",
            "--entry",
            entry,
            "--reason",
            "a mistake",
            "--actor",
            actor,
            "--actor-kind",
            "human",
            "--at",
            "2026-03-02T09:51:00Z",
        ];
        arguments.extend(more);
        place.json(&arguments)
    };
    let (code, answer) = withdraw("alice", &["--ssh-key", "alice"]);
    assert_eq!((code, denials(&answer)), (1, vec!["fact.not_recorder".to_owned()]));
    let (code, answer) = withdraw("bob", &["--signing-key", "bob"]);
    assert_eq!(code, 0, "{answer:#}");
    let (code, answer) = place.admit("promote", "stage", "2026-03-02T09:53:00Z", &[]);
    assert_eq!((code, denials(&answer)), (1, vec!["approval.missing".to_owned()]));
}

/// Any other fact is signed elsewhere too: its text says its id and when it was signed.
#[test]
fn a_fact_is_signed_elsewhere() {
    let Some(place) = place() else { return };
    before_stage(&place);
    let (_, answer) = approve(&place, "alice", "2026-03-02T09:50:00Z", &["--ssh-key", "alice"]);
    let entry = answer["admission"]["entry"].as_str().unwrap();
    let record = |at: &str, more: &[&str]| {
        let mut arguments = vec![
            "record",
            "withdrawal",
            "--entry",
            entry,
            "--reason",
            "a mistake",
            "--actor",
            "alice",
            "--actor-kind",
            "human",
            "--id",
            "back",
            "--at",
            at,
        ];
        arguments.extend(more);
        place.json(&arguments)
    };
    let (code, written) = record("2026-03-02T09:51:00Z", &["--out", "text"]);
    assert_eq!(code, 0, "{written:#}");
    let signed = Command::new("ssh-keygen")
        .args(["-Y", "sign", "-q", "-n", "poundlock-approval@v1.poundlock", "-f", "alice", "text"])
        .current_dir(place.path(""))
        .status();
    assert!(signed.unwrap().success());
    let signed_at = written["signedAt"].as_str().unwrap();
    let later = ["--signature", "text.sig", "--signed-at", signed_at];
    let (code, answer) = record("2026-03-02T09:52:00Z", &later);
    assert_eq!(code, 0, "{answer:#}");
    assert_eq!(record("2026-03-02T09:52:00Z", &["--signature", "text.sig"]).0, 2);
}
