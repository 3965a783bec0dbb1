//! `poundlock monitor`: published artifacts are checked against their store, and what came of it is recorded.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use common::{
    denials,
    registry::{Registry, file},
};
use serde_json::Value;

/// What came of a round: artifacts, checked, valid, invalid, errors and unchecked.
fn counts(answer: &Value) -> [u64; 6] {
    ["artifacts", "checked", "valid", "invalid", "errors", "unchecked"]
        .map(|count| answer[count].as_u64().unwrap_or(u64::MAX))
}

// Requirements: R199, R223, R407, R408, R410.
#[test]
fn what_is_unchanged_is_valid() {
    let registry = Registry::of(&["one", "two", "three"]);
    let (code, answer) = registry.monitor(0, &["--sample", "2"]);
    assert_eq!((code, counts(&answer)), (0, [3, 2, 2, 0, 0, 1]), "{answer:#}");
    for check in answer["checks"].as_array().unwrap() {
        assert_eq!((&check["result"], &check["found"]), (&"valid".into(), &check["digest"]));
        assert!(check["milliseconds"].is_u64() && check["entry"].is_string());
    }
    // What was never checked comes first.
    let (code, answer) = registry.monitor(1, &["--sample", "1"]);
    assert_eq!((code, counts(&answer)), (0, [3, 1, 1, 0, 0, 2]));
    for asset in ["one", "two", "three"] {
        assert!(registry.status(asset)["checked"].is_string());
    }
    assert_eq!(counts(&registry.monitor(2, &["--all"]).1), [3, 3, 3, 0, 0, 0]);
}

// Requirements: R200, R223, R407, R409.
#[test]
fn what_is_changed_or_gone_is_in_quarantine() {
    let registry = Registry::of(&["kept", "changed", "gone"]);
    fs::write(registry.place.path(&file("source of changed", false)), "something else").unwrap();
    fs::remove_file(registry.place.path(&file("plan of gone", true))).unwrap();
    let (code, answer) = registry.monitor(0, &["--all"]);
    assert_eq!((code, counts(&answer)), (1, [3, 3, 1, 2, 0, 0]), "{answer:#}");
    for check in answer["checks"].as_array().unwrap() {
        let found = &check["found"];
        match check["asset"].as_str().unwrap() {
            "kept" => assert_eq!(*found, check["digest"]),
            "changed" => assert!(found.is_string() && *found != check["digest"]),
            _ => assert!(found.is_null()),
        }
    }
    assert_eq!(registry.incidents(), 2);
    for (asset, digest) in ["kept", "changed", "gone"].iter().zip(&registry.digests) {
        let (code, used) = registry.used(asset, digest);
        let denied = *asset != "kept";
        let expected = if denied { vec!["artifact.quarantined".to_owned()] } else { Vec::new() };
        assert_eq!((code, denials(&used)), (i32::from(denied), expected));
    }
}

// Requirements: R431, N21.
#[test]
fn what_cannot_be_read_is_no_result_and_comes_first_the_next_time() {
    let registry = Registry::of(&["one", "two"]);
    assert_eq!(registry.monitor(0, &["--all"]).0, 0);
    // A directory in place of the file opens, and cannot be read.
    let path = registry.place.path(&file("source of two", false));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let (code, answer) = registry.monitor(1, &["--all"]);
    assert_eq!((code, counts(&answer)), (2, [2, 1, 1, 0, 1, 1]), "{answer:#}");
    assert_eq!(
        (registry.status("two")["unchecked"].clone(), registry.incidents()),
        (true.into(), 0)
    );
    fs::remove_dir(&path).unwrap();
    fs::write(&path, "source of two").unwrap();
    let (code, answer) = registry.monitor(2, &["--sample", "1"]);
    assert_eq!((code, counts(&answer)), (0, [2, 1, 1, 0, 0, 1]));
    assert_eq!(answer["checks"][0]["asset"], "two");
}

// Requirements: R431.
#[test]
fn a_store_that_is_not_there_says_nothing_of_what_it_held() {
    let registry = Registry::of(&["one"]);
    fs::rename(registry.place.path("store"), registry.place.path("elsewhere")).unwrap();
    assert_eq!(registry.monitor(0, &[]).0, 2);
    fs::create_dir(registry.place.path("store")).unwrap();
    let (code, answer) = registry.monitor(1, &[]);
    assert_eq!((code, counts(&answer)), (2, [1, 0, 0, 0, 1, 1]));
    assert_eq!(registry.incidents(), 0);
}

#[test]
fn who_is_no_monitor_records_nothing() {
    let registry = Registry::of(&["one"]);
    let other = ["monitor", "--store", "store", "--actor", "release", "--channel", "ci"];
    let (code, answer) =
        registry.place.json(&[&other[..], &["--at", "2026-03-02T10:00:00Z"]].concat());
    assert_eq!((code, denials(&answer)), (1, vec!["fact.not_recorder".to_owned()]));
    assert!(registry.status("one")["checked"].is_null());
}

// Requirements: R408, R410.
#[test]
fn rounds_follow_each_other() {
    let registry = Registry::of_now();
    // The instant is always now.
    assert_eq!(registry.monitor(0, &["--every", "1s"]).0, 2);
    let by = ["monitor", "--store", "store", "--actor", "monitor", "--every", "1s"];
    // What is not there from the beginning is said once.
    let missing = ["--token-file", "token", "--key-set", "keys.json"];
    let output = registry.place.run(&[&by[..], &missing].concat());
    assert_eq!(output.status.code(), Some(2));
    let mut child = registry.place.command(&by);
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let rounds: Vec<String> = lines.take(2).map(|line| line.unwrap()).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(rounds.iter().all(|line| line.starts_with("0 of 0 checked")), "{rounds:?}");
}
