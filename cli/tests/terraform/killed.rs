//! Ends this program, Terraform or both at random points. The ledger stays sound, and never claims a success that did not happen.

use std::{
    collections::hash_map::RandomState,
    fs,
    hash::{BuildHasher as _, Hasher as _},
    process::{Child, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::{Value, json};

use super::place::Place;

/// How often: more of them with `POUNDLOCK_SOAK`.
fn rounds() -> u64 {
    if std::env::var_os("POUNDLOCK_SOAK").is_some() { 100 } else { 4 }
}

/// Numbers by chance, which a seed brings back: `POUNDLOCK_SEED`.
struct Chance(u64);

impl Chance {
    fn new() -> Self {
        let seed = std::env::var("POUNDLOCK_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        println!("POUNDLOCK_SEED={seed}");
        Self(seed | 1)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// The Terraform that a program runs at the moment.
fn child_of(parent: &Child) -> Option<Pid> {
    let id = parent.id();
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).ok()?;
    Pid::from_raw(children.split_whitespace().next()?.parse().ok()?)
}

fn waits_until(what: &str, mut happened: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert!(begun.elapsed() < Duration::from_secs(120), "{what}");
        sleep(Duration::from_millis(5));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn whoever_is_killed_and_whenever_no_success_is_claimed_that_did_not_happen() {
    let place = Place::new();
    let mut chance = Chance::new();
    // How long it takes here and now, so that the points lie all over it.
    assert_eq!(place.plan("dev", &["-var=size=first", "-var=pause=0.2"]).0, 0);
    let begun = Instant::now();
    assert_eq!(place.apply("dev").0, 0);
    let most = u64::try_from(begun.elapsed().as_millis()).unwrap() * 5 / 4;
    for round in 0..rounds() {
        let size = format!("-var=size={round}");
        let (code, planned) = place.plan("dev", &[&size, "-var=pause=0.2"]);
        assert_eq!(code, 0, "{planned:#}");
        let digest = planned["planDigest"].clone();
        let before = state_of(&place, "kept/dev/kept.json")["state"]["serial"].to_string();

        let mut apply = place.command(&Place::arguments("apply", "dev"));
        let mut apply = apply.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let (whom, after) = (chance.below(4), Duration::from_millis(chance.below(most)));
        sleep(after);
        let terraform = child_of(&apply);
        let own = Pid::from_child(&apply);
        // Whoever has ended by then is past being killed.
        let _ = match whom {
            0 => kill_process(own, Signal::KILL),
            1 => terraform.map_or(Ok(()), |pid| kill_process(pid, Signal::KILL)),
            2 => {
                let _ = terraform.map(|pid| kill_process(pid, Signal::KILL));
                kill_process(own, Signal::KILL)
            }
            _ => kill_process(own, Signal::TERM),
        };
        waits_until("the command ends", || apply.try_wait().unwrap().is_some());
        // Nobody waits for a Terraform whose parent was killed; it goes on.
        if let Some(pid) = terraform {
            waits_until("Terraform ends", || test_kill_process(pid).is_err() || is_defunct(pid));
        }

        restore_state(&place);
        place.verify();
        // Whoever writes next takes up what was written and not yet acknowledged.
        assert_eq!(place.plan("dev", &["-var=size=next"]).0, 0);
        let done = place.applied().contains(&format!("done {round}"));
        let (_, status) = place.json(&["status"]);
        let succeeded =
            status["deployments"].as_array().unwrap().iter().any(|it| it["digest"] == digest);
        println!(
            "round {round}: victim {whom} after {after:?}: done {done}, recorded as a success {succeeded}"
        );
        assert!(done || !succeeded, "{status:#}");

        // What was spent and not accounted for blocks what comes next, until somebody says how it ended.
        for open in status["pending"].as_array().unwrap() {
            assert_eq!(
                open["permit"]["digest"],
                digest,
                "{status:#}\n{:#}",
                place.json(&["log"]).1
            );
            let (code, denied) = place.apply("dev");
            assert_eq!(code, 1, "{denied:#}");
            let permit = open["entry"].as_str().unwrap();
            let now = state_of(&place, STATE);
            let (lineage, after) = (now["lineage"].as_str().unwrap(), now["serial"].to_string());
            let (code, answer) = place.json(&[
                "record",
                "outcome",
                "--permit",
                permit,
                "--result",
                "failed",
                "--state",
                lineage,
                "--state-before",
                &before,
                "--state-after",
                &after,
                "--actor",
                "ci-apply",
                "--channel",
                "ci",
            ]);
            assert_eq!(code, 0, "{answer:#}");
        }
        let (_, status) = place.json(&["status"]);
        assert_eq!(status["pending"], json!([]));
    }
}

const STATE: &str = "infra/terraform.tfstate.d/dev/terraform.tfstate";

/// Terraform writes a local state in place. Whoever finds it cut off brings back what Terraform had set aside before.
fn restore_state(place: &Place) {
    let state = place.0.path(STATE);
    let text = fs::read(&state).unwrap();
    if serde_json::from_slice::<Value>(&text).is_err() {
        println!("the state was cut off after {} bytes", text.len());
        fs::copy(place.0.path(&format!("{STATE}.backup")), state).unwrap();
    }
}

fn state_of(place: &Place, name: &str) -> Value {
    serde_json::from_slice(&fs::read(place.0.path(name)).unwrap()).unwrap()
}

fn is_defunct(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    stat.is_ok_and(|stat| stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')))
}

#[test]
fn a_signal_lets_terraform_stop_in_order() {
    let place = Place::new();
    assert_eq!(place.plan("dev", &["-var=pause=60"]).0, 0);
    let mut apply = place.command(&Place::arguments("apply", "dev"));
    let apply = apply.args(["--format", "json"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let apply = apply.spawn().unwrap();
    waits_until("Terraform applies", || place.applied() == ["begun 1"]);
    kill_process(Pid::from_child(&apply), Signal::TERM).unwrap();
    let output = apply.wait_with_output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{answer:#}");
    assert_eq!(answer["outcome"]["result"], "failed");
    assert_eq!(answer["outcome"]["execution"].get("signal"), None, "it ended by itself");
    assert_eq!(place.applied(), ["begun 1"]);
}
