//! `poundlock monitor`: published artifacts are checked against their store, and what came of it is recorded.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use common::{Workplace, denials};
use poundlock::digest::Digest;
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
  - { actor: monitor, kind: workload }
  - { actor: attestor, kind: workload }
gates:
  - { gate: signature, about: artifact, producers: [checker], maxAge: 24h }
  - { gate: provenance, about: artifact, producers: [checker], maxAge: 24h }
  - { gate: entrance, about: artifact, producers: [checker], maxAge: 24h }
facts: { approvals: [attestor] }
lifecycles:
  - lifecycle: workflow
    contents: [source, plan]
    grants: { create: [ann], submit: [ann], publish: [release], use: [release], reinstate: [ann] }
    approve: { approvals: [{ role: reviewer, count: 1, maxAge: 7d }] }
    publish: { gates: [signature, provenance], signature: signature, provenance: provenance }
    monitors: [monitor]
tracks:
  - track: workflows
    moves: artifact
    stages: [{ stage: live, grants: { promote: [release] } }]
    boundaries: [{ into: live, gates: [entrance] }]
";

/// A registry with published artifacts, each of two files in the store.
struct Registry {
    place: Workplace,
    digests: Vec<String>,
}

impl Registry {
    fn of(assets: &[&str]) -> Self {
        let place = Workplace::empty();
        fs::create_dir_all(place.path("poundlock/packs")).unwrap();
        fs::write(place.path("poundlock/charter.yaml"), CHARTER).unwrap();
        let mut begin = vec!["init", "--origin", "test/monitor"];
        if !assets.is_empty() {
            begin.extend(["--at", "2026-03-02T08:00:00Z"]);
        }
        assert_eq!(place.json(&begin).0, 0);
        let mut registry = Self { place, digests: Vec::new() };
        for asset in assets {
            registry.publish(asset);
        }
        registry
    }

    fn publish(&mut self, asset: &str) {
        let contents = [("source", false), ("plan", true)].map(|(name, plain)| {
            let content = format!("{name} of {asset}");
            let path = self.place.path(&file(&content, plain));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &content).unwrap();
            format!("{name}: '{}'", Digest::of(content.as_bytes()))
        });
        let contents = contents.join(", ");
        let manifest = format!("{{ asset: {asset}, version: 1.0.0, contents: {{ {contents} }} }}");
        let create = format!("{{ create: {{ manifest: {manifest} }} }}");
        let (code, created) = self.step(asset, None, &create, ("ann", "human"));
        assert_eq!(code, 0, "{created:#}");
        let digest = self.status(asset)["digest"].as_str().unwrap().to_owned();
        let attested = ("attestor", "workload");
        assert_eq!(self.step(asset, Some(&digest), "{ submit: {} }", ("ann", "human")).0, 0);
        assert_eq!(self.step(asset, Some(&digest), "{ approve: { by: bob } }", attested).0, 0);
        for (gate, second) in [("signature", 1), ("provenance", 2)] {
            let at = format!("2026-03-02T09:00:{second:02}Z");
            let evidence = ["record", "evidence", "--gate", gate, "--artifact", &digest];
            let rest = ["--result", "pass", "--actor", "checker", "--channel", "ci", "--at", &at];
            assert_eq!(self.place.json(&[&evidence[..], &rest].concat()).0, 0);
        }
        let release = ("release", "workload");
        let (code, answer) = self.step(asset, Some(&digest), "{ publish: {} }", release);
        assert_eq!(code, 0, "{answer:#}");
        self.digests.push(digest);
    }

    fn step(
        &self,
        asset: &str,
        digest: Option<&str>,
        operation: &str,
        (actor, kind): (&str, &str),
    ) -> (i32, Value) {
        let digest = digest.map(|digest| format!("digest: '{digest}', ")).unwrap_or_default();
        let step = format!("{{ asset: {asset}, {digest}operation: {operation}, reason: because }}");
        fs::write(self.place.path("step.yaml"), step).unwrap();
        let by = ["--actor", actor, "--actor-kind", kind, "--channel"];
        let channel = if kind == "human" { "local" } else { "ci" };
        let hour = if operation.contains("use") { "11" } else { "09" };
        let rest = [channel, "--at", &format!("2026-03-02T{hour}:00:03Z")];
        self.place.json(&[&["record", "lifecycle", "step.yaml"][..], &by, &rest].concat())
    }

    fn used(&self, asset: &str, digest: &str) -> (i32, Value) {
        self.step(asset, Some(digest), "{ use: {} }", ("release", "workload"))
    }

    fn status(&self, asset: &str) -> Value {
        let (_, status) = self.place.json(&["status"]);
        let artifacts = status["artifacts"].as_array().unwrap();
        artifacts.iter().find(|artifact| artifact["asset"] == asset).unwrap().clone()
    }

    fn incidents(&self) -> usize {
        self.place.json(&["status"]).1["incidents"].as_array().map_or(0, Vec::len)
    }

    fn monitor(&self, minute: u8, more: &[&str]) -> (i32, Value) {
        let at = format!("2026-03-02T10:{minute:02}:00Z");
        let by = ["monitor", "--store", "store", "--actor", "monitor", "--channel", "controller"];
        self.place.json(&[&by[..], &["--at", &at], more].concat())
    }
}

/// Where content lies in the store.
fn file(content: &str, plain: bool) -> String {
    let hex = Digest::of(content.as_bytes()).to_hex();
    if plain {
        return format!("store/{hex}");
    }
    let (first, rest) = hex.split_at(2);
    format!("store/sha256/{first}/{rest}")
}

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
    let registry = Registry::of(&[]);
    // The instant is always now.
    assert_eq!(registry.monitor(0, &["--every", "1s"]).0, 2);
    let by = ["monitor", "--store", "store", "--actor", "monitor", "--every", "1s"];
    let mut child = registry.place.command(&by);
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let rounds: Vec<String> = lines.take(2).map(|line| line.unwrap()).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(rounds.iter().all(|line| line.starts_with("0 of 0 checked")), "{rounds:?}");
}
