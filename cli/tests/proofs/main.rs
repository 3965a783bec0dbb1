//! What a ledger proves to others, with the real command: keys, checkpoints, receipts, forks, archives.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../common/mod.rs"]
mod common;
mod keys;

use std::{fs, path::Path, process::Command};

use common::{COMMIT, Workplace};
use poundlock::ledger::{Draft, Ledger};
use serde_json::{Value, json};

const ORIGIN: &str = "acme/2026";
const SIGN: [&str; 3] = ["checkpoint", "--signing-key", "key.pem"];

/// Runs for an answer with this exit code.
#[track_caller]
fn answered(place: &Workplace, arguments: &[&str], code: i32) -> Value {
    let (found, answer) = place.json(arguments);
    assert_eq!(found, code, "{arguments:?}: {answer:#}");
    answer
}

#[track_caller]
fn refused(place: &Workplace, arguments: &[&str], code: &str) -> Value {
    let answer = answered(place, arguments, 2);
    assert_eq!(answer["error"]["code"], code, "{arguments:?}: {answer:#}");
    answer["error"].clone()
}

/// A key named `name` in `name.pem` and `name.pem.pub`.
fn keygen(place: &Workplace, name: &str) {
    let file = format!("{name}.pem");
    answered(place, &["keygen", "--origin", ORIGIN, "--out", &file], 0);
}

/// A ledger that begins with the CI/CD target charter and one key.
fn signed() -> Workplace {
    let place = Workplace::locked();
    keygen(&place, "key");
    let begin = ["init", "--key", "key.pem.pub", "--at", "2026-03-02T08:00:00Z"];
    assert_eq!(answered(&place, &begin, 0)["origin"], ORIGIN);
    place
}

/// Records something; each minute something else.
fn grow(place: &Workplace, minute: u32) {
    let at = format!("2026-03-02T09:{minute:02}:00Z");
    assert_eq!(place.evidence("tests", "dev", &at).0, 0);
}

fn amend(place: &Workplace, keys: &[&str], at: &str) {
    let who = ["--actor", "alice", "--actor-kind", "human", "--reason", "rotation", "--at", at];
    let keys: Vec<&str> = keys.iter().flat_map(|key| ["--key", key]).collect();
    answered(place, &[&["record", "amendment"][..], &who, &keys].concat(), 0);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let (path, to) = {
            let path = item.unwrap().path();
            let to = to.join(path.file_name().unwrap());
            (path, to)
        };
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(path, to).unwrap();
        }
    }
}

fn replace(place: &Workplace, name: &str, by: &str) {
    fs::remove_dir_all(place.path(name)).unwrap();
    copy(&place.path(by), &place.path(name));
}

const LEDGER: &str = "poundlock/ledger";

#[test]
fn a_permit_is_verified_by_whoever_has_the_public_key_alone() {
    let place = signed();
    place.through_dev();
    answered(&place, &SIGN, 0);
    let log = answered(&place, &["log"], 0);
    let entries = log["entries"].as_array().unwrap();
    let apply = entries.iter().find(|entry| entry["body"]["permit"]["action"] == "apply").unwrap();
    let sequence = apply["sequence"].to_string();
    answered(&place, &["receipt", &sequence, "--out", "permit.tlog-proof"], 0);
    answered(&place, &["receipt", "0", "--out", "genesis.tlog-proof"], 0);

    // Nothing but the receipts and the public key.
    let other = Workplace::empty();
    for name in ["permit.tlog-proof", "genesis.tlog-proof", "key.pem.pub"] {
        fs::copy(place.path(name), other.path(name)).unwrap();
    }
    let verify = ["verify-receipt", "permit.tlog-proof", "--key", "key.pem.pub"];
    let on_time = [&verify[..], &["--permit", "--at", "2026-03-02T09:11:00Z"]].concat();
    let answer = answered(&other, &on_time, 0);
    assert_eq!((&answer["entry"], &answer["origin"]), (apply, &ORIGIN.into()));
    // A permit ends, which matters to those alone who ask for one.
    let expires = answer["permit"]["expires"].as_str().unwrap();
    assert_eq!(
        answered(&other, &[&verify[..], &["--permit", "--at", expires]].concat(), 0)["expired"],
        false
    );
    let late = ["--at", "2026-03-09T09:11:00Z"];
    assert_eq!(answered(&other, &[&verify[..], &late, &["--permit"]].concat(), 1)["expired"], true);
    answered(&other, &[&verify[..], &late].concat(), 0);
    // It is for one plan, and whoever is about to apply another one is told so.
    for name in ["plan-dev.json", "plan-dev.json.nonce", "plan-violating.json"] {
        fs::copy(place.path(name), other.path(name)).unwrap();
    }
    let held = |more: &[&str], code| {
        let answer = answered(&other, &[&on_time[..], more].concat(), code);
        answer["contradictions"].clone()
    };
    let own =
        ["--plan", "plan-dev.json", "--action", "apply", "--stage", "dev", "--commit", COMMIT];
    assert_eq!(held(&own, 0), json!([]));
    let nonce = ["--plan", "plan-violating.json", "--nonce", "plan-dev.json.nonce"];
    assert_eq!(held(&nonce, 1), json!(["digest"]));
    let another = ["--stage", "prod", "--actor", "github-actions-plan", "--asset", "db"];
    assert_eq!(held(&another, 1), json!(["actor", "stage", "asset"]));
    // What permits nothing is no permit.
    let genesis = ["verify-receipt", "genesis.tlog-proof", "--key", "key.pem.pub"];
    answered(&other, &genesis, 0);
    answered(&other, &[&genesis[..], &["--permit"]].concat(), 1);

    refused(&other, &[&verify[..], &["--origin", "acme/2027"]].concat(), "checkpoint.origin");
    answered(&other, &[&verify[..], &["--origin", ORIGIN]].concat(), 0);
    refused(&other, &["verify-receipt", "permit.tlog-proof"], "key.invalid");
    keygen(&other, "stranger");
    let stranger = ["verify-receipt", "permit.tlog-proof", "--key", "stranger.pem.pub"];
    refused(&other, &stranger, "checkpoint.untrusted");
    // One letter of the entry.
    let text = fs::read_to_string(other.path("permit.tlog-proof")).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let middle = lines[1].len() / 2;
    let letter = if lines[1].as_bytes()[middle] == b'A' { "B" } else { "A" };
    lines[1].replace_range(middle..=middle, letter);
    fs::write(other.path("forged.tlog-proof"), lines.join("\n") + "\n").unwrap();
    refused(
        &other,
        &["verify-receipt", "forged.tlog-proof", "--key", "key.pem.pub"],
        "proof.invalid",
    );
}

#[test]
fn what_no_checkpoint_covers_has_no_receipt() {
    let place = signed();
    refused(&place, &["receipt", "0"], "checkpoint.untrusted");
    refused(&place, &["checkpoint"], "checkpoint.untrusted");
    let signed = answered(&place, &SIGN, 0);
    grow(&place, 0);
    refused(&place, &["receipt", "1"], "checkpoint.untrusted");
    // Signing would not help here.
    refused(&place, &["receipt", "7"], "input.invalid_value");
    // Printed, it is the very file.
    let receipt = String::from_utf8(place.run(&["receipt", "0"]).stdout).unwrap();
    answered(&place, &["receipt", "0", "--out", "receipt"], 0);
    assert_eq!(fs::read_to_string(place.path("receipt")).unwrap(), receipt);
    let kept = String::from_utf8(place.run(&["checkpoint"]).stdout).unwrap();
    assert_eq!(signed["checkpoint"], kept.as_str());
    answered(&place, &["checkpoint", "--out", "checkpoint"], 0);
    assert_eq!(fs::read_to_string(place.path("checkpoint")).unwrap(), kept);
}

#[test]
fn an_older_copy_is_found_by_whoever_remembers_a_newer_one() {
    let place = signed();
    answered(&place, &SIGN, 0);
    let remember = ["verify", "--remember", "seen"];
    answered(&place, &remember, 0);
    copy(&place.path(LEDGER), &place.path("older"));
    grow(&place, 0);
    answered(&place, &SIGN, 0);
    let answer = answered(&place, &["verify", "--since", "seen", "--remember", "seen"], 0);
    assert_eq!(
        (&answer["since"][0]["size"], &answer["checkpoint"]["size"]),
        (&1.into(), &2.into())
    );

    replace(&place, LEDGER, "older");
    let before = fs::read(place.path("seen")).unwrap();
    answered(&place, &["verify", "--key", "key.pem.pub"], 0);
    for memory in [&["--since", "seen"][..], &["--since", "seen", "--key", "key.pem.pub"]] {
        refused(&place, &[&["verify"], memory].concat(), "checkpoint.rolled_back");
    }
    // What is remembered is not forgotten for less.
    refused(&place, &remember, "checkpoint.rolled_back");
    assert_eq!(fs::read(place.path("seen")).unwrap(), before);
}

#[test]
fn a_signer_who_remembers_signs_no_second_truth() {
    let place = signed();
    let sign = [&SIGN[..], &["--remember", "signed"]].concat();
    copy(&place.path(LEDGER), &place.path("older"));
    for minute in 0..2 {
        grow(&place, minute);
        answered(&place, &sign, 0);
    }
    let memory = fs::read(place.path("signed")).unwrap();
    replace(&place, LEDGER, "older");
    refused(&place, &sign, "checkpoint.rolled_back");
    for minute in 5..9 {
        grow(&place, minute);
    }
    refused(&place, &sign, "checkpoint.inconsistent");
    assert_eq!(fs::read(place.path("signed")).unwrap(), memory);
    refused(&place, &["checkpoint", "--remember", "signed"], "input.invalid_value");
}

/// Only the kept checkpoint is older: nothing is lost, and the newer one stays remembered.
#[test]
fn an_older_checkpoint_does_not_replace_a_newer_memory() {
    let place = signed();
    answered(&place, &SIGN, 0);
    let kept = place.path(LEDGER).join("checkpoint");
    let older = fs::read(&kept).unwrap();
    grow(&place, 0);
    answered(&place, &SIGN, 0);
    answered(&place, &["verify", "--remember", "seen"], 0);
    let newer = fs::read(place.path("seen")).unwrap();
    fs::write(&kept, older).unwrap();
    answered(&place, &["verify", "--remember", "seen"], 0);
    assert_eq!(fs::read(place.path("seen")).unwrap(), newer);
}

#[test]
fn a_fork_is_proven_by_its_two_checkpoints() {
    let place = signed();
    grow(&place, 0);
    copy(&place.path(LEDGER), &place.path("fork"));
    for minute in 1..4 {
        grow(&place, minute);
    }
    answered(&place, &SIGN, 0);
    answered(&place, &["verify", "--remember", "seen"], 0);
    // Somebody with the key goes on from an older copy, past what was seen.
    replace(&place, LEDGER, "fork");
    for minute in 11..20 {
        grow(&place, minute);
    }
    answered(&place, &SIGN, 0);
    answered(&place, &["verify", "--key", "key.pem.pub"], 0);

    let verify = ["verify", "--since", "seen", "--key", "key.pem.pub"];
    refused(&place, &verify, "checkpoint.inconsistent");
    let proof = fs::read(place.path("seen.fork")).unwrap();
    let check = ["verify-fork", "seen.fork", "--key", "key.pem.pub"];
    let fork = answered(&place, &check, 0);
    assert_eq!((&fork["earlier"]["size"], &fork["later"]["size"]), (&5.into(), &11.into()));

    // The proof stays, whatever is found later; and nothing takes its name.
    grow(&place, 30);
    answered(&place, &SIGN, 0);
    refused(&place, &["verify", "--since", "seen"], "checkpoint.inconsistent");
    assert_eq!(fs::read(place.path("seen.fork")).unwrap(), proof);
    assert!(!place.path("seen.fork.2").exists());
    fs::write(place.path("seen.fork"), "notes of mine").unwrap();
    refused(&place, &verify, "checkpoint.inconsistent");
    assert_eq!(fs::read(place.path("seen.fork")).unwrap(), b"notes of mine");
    answered(&place, &["verify-fork", "seen.fork.2", "--key", "key.pem.pub"], 0);

    keygen(&place, "stranger");
    fs::write(place.path("proof"), proof).unwrap();
    refused(&place, &["verify-fork", "proof", "--key", "stranger.pem.pub"], "checkpoint.untrusted");
    refused(&place, &["verify-fork", "seen", "--key", "key.pem.pub"], "proof.syntax");
}

#[test]
fn signatures_that_are_stripped_forged_or_gone_are_found() {
    let place = signed();
    answered(&place, &SIGN, 0);
    let path = place.path(LEDGER).join("checkpoint");
    let sound = fs::read_to_string(&path).unwrap();
    let (body, signature) = sound.rsplit_once("\n\n").unwrap();
    let verify = ["verify", "--key", "key.pem.pub"];

    fs::write(&path, format!("{body}\n\n")).unwrap();
    refused(&place, &verify, "checkpoint.syntax");
    // Another letter in the middle of the signature.
    let middle = signature.len() / 2;
    let letter = if signature.as_bytes()[middle] == b'A' { "B" } else { "A" };
    let mut forged = signature.to_owned();
    forged.replace_range(middle..=middle, letter);
    fs::write(&path, format!("{body}\n\n{forged}")).unwrap();
    refused(&place, &verify, "checkpoint.signature");
    refused(&place, &["verify"], "checkpoint.signature");
    fs::remove_file(&path).unwrap();
    refused(&place, &verify, "checkpoint.untrusted");
    refused(&place, &["verify", "--remember", "seen"], "checkpoint.untrusted");
    // The ledger names keys, so that there should be one.
    refused(&place, &["verify"], "checkpoint.untrusted");
    assert_eq!(answered(&place, &["verify", "--unsigned"], 0)["checkpoint"], Value::Null);

    fs::write(&path, sound).unwrap();
    keygen(&place, "stranger");
    refused(&place, &["verify", "--key", "stranger.pem.pub"], "checkpoint.untrusted");
    let both = ["--key", "key.pem.pub", "--key", "stranger.pem.pub"];
    answered(&place, &[&["verify"][..], &both].concat(), 0);
    let two = [&["verify", "--signatures", "2"][..], &both].concat();
    refused(&place, &two, "checkpoint.untrusted");
    refused(&place, &[&verify[..], &["--signatures", "2"]].concat(), "key.invalid");
}

#[test]
fn a_checkpoint_is_signed_by_the_ledgers_own_keys_alone() {
    let place = signed();
    keygen(&place, "stranger");
    refused(&place, &["checkpoint", "--signing-key", "stranger.pem"], "key.invalid");
    assert!(!place.path(LEDGER).join("checkpoint").exists());
    // A key of another origin begins no ledger.
    let other = Workplace::locked();
    keygen(&other, "key");
    refused(
        &other,
        &["init", "--origin", "acme/2027", "--key", "key.pem.pub"],
        "input.invalid_value",
    );
    refused(&other, &["init", "--key", "charter"], "key.invalid");
    // Without keys, nobody can sign.
    answered(&other, &["init", "--origin", ORIGIN], 0);
    refused(&other, &SIGN, "key.invalid");
}

#[test]
fn a_memory_of_another_ledger_is_refused() {
    let place = signed();
    answered(&place, &SIGN, 0);
    let other = Workplace::locked();
    answered(&other, &["keygen", "--origin", "acme/2027", "--out", "key.pem"], 0);
    answered(&other, &["init", "--key", "key.pem.pub"], 0);
    answered(&other, &SIGN, 0);
    answered(&other, &["verify", "--remember", "seen"], 0);
    fs::copy(other.path("seen"), place.path("seen")).unwrap();
    fs::copy(other.path("key.pem.pub"), place.path("other.pub")).unwrap();
    let verify = ["verify", "--since", "seen", "--key", "key.pem.pub", "--key", "other.pub"];
    refused(&place, &verify, "checkpoint.origin");
    refused(&place, &["verify", "--since", "missing"], "io");
}

#[test]
fn a_ledger_travels_as_one_file() {
    let place = signed();
    place.through_dev();
    answered(&place, &SIGN, 0);
    grow(&place, 50);
    let exported = answered(&place, &["export", "ledger.tar"], 0);
    answered(&place, &["export", "again.tar"], 0);
    let archive = fs::read(place.path("ledger.tar")).unwrap();
    assert_eq!(archive, fs::read(place.path("again.tar")).unwrap());
    refused(&place, &["export", "ledger.tar"], "io");
    refused(&place, &["export", "-"], "input.invalid_value");
    assert!(!place.path("-").exists());

    // Into a place where there is nothing; what is there stays.
    let import = ["import", "ledger.tar", "--ledger", "copies/copy"];
    let imported = answered(&place, &import, 0);
    assert_eq!((&imported["size"], &imported["root"]), (&exported["size"], &exported["root"]));
    refused(&place, &import, "ledger.exists");
    answered(&place, &["verify", "--key", "key.pem.pub", "--ledger", "copies/copy"], 0);
    answered(&place, &["export", "copy.tar", "--ledger", "copies/copy"], 0);
    assert_eq!(fs::read(place.path("copy.tar")).unwrap(), archive);
    // It goes on like any other.
    let at = ["--at", "2026-03-02T10:00:00Z", "--ledger", "copies/copy"];
    let amendment =
        ["record", "amendment", "--actor", "alice", "--actor-kind", "human", "--reason", "x"];
    keygen(&place, "next");
    answered(&place, &[&amendment[..], &at, &["--key", "next.pem.pub"]].concat(), 0);

    // A signature that is wrong is found before anything appears.
    let checkpoint = fs::read(place.path(LEDGER).join("checkpoint")).unwrap();
    let found = archive.windows(checkpoint.len()).position(|part| part == checkpoint).unwrap();
    let mut forged = archive.clone();
    let letter = &mut forged[found + checkpoint.len() - 20];
    *letter = if *letter == b'A' { b'B' } else { b'A' };
    fs::write(place.path("forged.tar"), forged).unwrap();
    refused(&place, &["import", "forged.tar", "--ledger", "forged"], "checkpoint.signature");
    fs::write(place.path("cut.tar"), &archive[..archive.len() / 2]).unwrap();
    refused(&place, &["import", "cut.tar", "--ledger", "more/cut"], "ledger.archive");
    let refusal = refused(&place, &["import", "key.pem", "--ledger", "more/cut"], "ledger.archive");
    assert_eq!(refusal["source"], "key.pem");
    assert!(!place.path("forged").exists() && !place.path("more").exists());

    // Anybody can unpack it, and has a ledger.
    if Command::new("tar").arg("--version").output().is_ok() {
        fs::create_dir(place.path("unpacked")).unwrap();
        let unpack = ["-xf", "ledger.tar", "-C", "unpacked"];
        let tar = Command::new("tar").args(unpack).current_dir(place.path(".")).status();
        assert!(tar.unwrap().success());
        answered(&place, &["verify", "--key", "key.pem.pub", "--ledger", "unpacked"], 0);
    }
}

#[test]
fn what_was_erased_is_excused_and_what_is_lost_is_not() {
    let place = Workplace::empty();
    place.copy_charter();
    let charter = place.path("poundlock/charter.yaml");
    let text = fs::read_to_string(&charter).unwrap();
    let rule = "  withdrawals: [github-environments]\n";
    assert!(text.contains(rule));
    let text = text.replace(rule, &format!("{rule}  erasures: [alice]\n"));
    fs::write(&charter, text).unwrap();
    answered(&place, &["lock"], 0);
    keygen(&place, "key");
    answered(&place, &["init", "--key", "key.pem.pub", "--at", "2026-03-02T08:00:00Z"], 0);
    assert_eq!(place.admit("plan", "dev", "2026-03-02T09:00:00Z", &[]).0, 0);
    let entry = answered(&place, &["show", "1"], 0);
    let attachments: Vec<&str> =
        entry["attachments"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
    let file = |digest: &str| {
        let (first, rest) = digest.strip_prefix("sha256:").unwrap().split_at(2);
        place.path(LEDGER).join("attachments/sha256").join(first).join(rest)
    };
    let erase = |digest: &str, actor: &str, kind: &str| {
        let who = ["--actor", actor, "--actor-kind", kind, "--channel", "ci"];
        let what = ["record", "erasure", "--attachment", digest, "--reason", "it names a person"];
        let at = ["--claim", "repository=acme/web-service", "--at", "2026-03-02T10:00:00Z"];
        place.json(&[&what[..], &who, &at].concat())
    };
    // What nobody has signed over must still be decided again.
    assert_eq!(erase(attachments[0], "alice", "human").1["error"]["code"], "replay.unavailable");
    answered(&place, &SIGN, 0);
    // Whom the charter does not name erases nothing.
    assert_eq!(erase(attachments[0], "github-actions-plan", "workload").0, 1);
    assert!(file(attachments[0]).exists());
    assert_eq!(erase(attachments[0], "alice", "human").0, 0);
    assert!(!file(attachments[0]).exists());
    assert_eq!(answered(&place, &["verify"], 0)["erased"], 1);
    // The archive is that of what is left.
    answered(&place, &["export", "ledger.tar"], 0);
    answered(&place, &["import", "ledger.tar", "--ledger", "copy"], 0);
    assert_eq!(answered(&place, &["verify", "--ledger", "copy"], 0)["erased"], 1);

    let unknown = format!("sha256:{}", "0".repeat(64));
    assert_eq!(erase(&unknown, "alice", "human").1["error"]["code"], "input.invalid_value");
    fs::remove_file(file(attachments[1])).unwrap();
    refused(&place, &["verify"], "ledger.attachment_missing");
    refused(&place, &["export", "lost.tar"], "ledger.attachment_missing");
    assert!(!place.path("lost.tar").exists());
}

/// An entry that somebody wrote past the engine, with hashes to match.
#[test]
fn nothing_is_signed_that_the_engine_would_not_have_written() {
    let place = signed();
    place.through_dev();
    let ledger = Ledger::open(&place.path(LEDGER)).unwrap();
    let size = ledger.head().unwrap().size;
    let apply = ledger.read(size - 2, 1).unwrap().remove(0).entry;
    let attachments = apply.attachments.iter().map(|a| ledger.attachment(a).unwrap().unwrap());
    let draft = Draft {
        at: Some(apply.at),
        kind: apply.kind.clone(),
        body: apply.body.clone(),
        attachments: attachments.collect(),
    };
    ledger.append(size, draft).unwrap();
    drop(ledger);
    let error = refused(&place, &SIGN, "entry.undecided");
    assert_eq!(error["sequence"], size);
    assert!(!place.path(LEDGER).join("checkpoint").exists());
}

#[test]
fn a_snapshot_changes_nothing_but_how_a_ledger_is_opened() {
    let place = Workplace::governed();
    place.through_dev();
    let before = answered(&place, &["status"], 0);
    let recorded = answered(&place, &["snapshot"], 0);
    assert_eq!(recorded["sequence"], before["entries"]);
    let after = answered(&place, &["status"], 0);
    assert_eq!(after["deployments"], before["deployments"]);
    answered(&place, &["verify"], 0);
}

#[test]
fn every_number_of_threads_verifies_alike() {
    let place = signed();
    answered(&place, &SIGN, 0);
    let expected = answered(&place, &["verify"], 0);
    for threads in ["1", "2", "7"] {
        assert_eq!(answered(&place, &["verify", "--threads", threads], 0), expected);
    }
    refused(&place, &["verify", "--threads", "0"], "input.invalid_value");
}
