//! Several processes at one ledger, and processes that are killed at work: the real command, as
//! runners of a pipeline run it.
//!
//! `POUNDLOCK_SOAK=N` makes everything N times as long.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test, stopping is what should happen"
)]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
    process::{Command, Stdio},
    sync::Barrier,
    thread,
};

use common::{COMMIT, Workplace, denials};
use serde_json::Value;

const AT: &str = "2026-03-02T09:00:00Z";

fn times() -> usize {
    env::var("POUNDLOCK_SOAK").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// The arguments that record evidence under this id.
fn evidence<'a>(id: &'a str, at: &'a str) -> Vec<&'a str> {
    vec![
        "record",
        "evidence",
        "--gate",
        "tests",
        "--result",
        "pass",
        "--commit",
        COMMIT,
        "--actor",
        "github-actions-build",
        "--claim",
        "repository=acme/web-service",
        "--channel",
        "ci",
        "--at",
        at,
        "--id",
        id,
    ]
}

/// Runs the same thing in several threads, which begin together.
fn together<T: Send>(count: usize, run: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(count);
    let begin = |number| {
        barrier.wait();
        run(number)
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|number| scope.spawn(move || begin(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// The hashes of all entries, after the ledger has been verified.
fn verified(place: &Workplace) -> Vec<String> {
    let (code, head) = place.json(&["verify"]);
    assert_eq!(code, 0, "{head:#}");
    let (code, log) = place.json(&["log"]);
    assert_eq!(code, 0, "{log:#}");
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(head["size"].as_u64().unwrap(), u64::try_from(entries.len()).unwrap());
    entries.iter().map(|entry| entry["hash"].as_str().unwrap().to_owned()).collect()
}

fn place_in_ledger(admission: &Value) -> (usize, String) {
    let sequence = usize::try_from(admission["sequence"].as_u64().unwrap()).unwrap();
    (sequence, admission["entry"].as_str().unwrap().to_owned())
}

#[test]
fn two_processes_lose_nothing_and_double_nothing() {
    let place = Workplace::governed();
    let each = 100 * times();
    let acknowledged = together(2, |process| {
        let one = |number| {
            let id = format!("{process}-{number}");
            // Requests with attachments among facts without.
            let (code, admission) = if number % 10 == 0 {
                place.admit("plan", "dev", AT, &["--id", &id])
            } else {
                place.json(&evidence(&id, AT))
            };
            assert_eq!(code, 0, "{admission:#}");
            place_in_ledger(&admission)
        };
        (0..each).map(one).collect::<Vec<_>>()
    });
    let acknowledged: BTreeMap<usize, String> = acknowledged.into_iter().flatten().collect();
    let entries = verified(&place);
    assert_eq!((acknowledged.len(), entries.len()), (2 * each, 2 * each + 1));
    for (sequence, hash) in acknowledged {
        assert_eq!(entries[sequence], hash);
    }
}

/// A place where nothing is missing to enter the stage `stage`, with one consent to it.
fn before_stage() -> Workplace {
    let place = Workplace::governed();
    place.through_dev();
    assert_eq!(place.plan_after_apply("dev", "2026-03-02T09:20:00Z").0, 0);
    assert_eq!(place.admit("plan", "stage", "2026-03-02T09:20:00Z", &[]).0, 0);
    for gate in ["opa", "tfsec", "checkov", "tests", "build", "change-log"] {
        assert_eq!(place.evidence(gate, "stage", "2026-03-02T09:21:00Z").0, 0);
    }
    assert_eq!(place.approval("alice", "stage", "2026-03-02T09:22:00Z").0, 0);
    place
}

#[test]
fn one_consent_is_spent_once_however_many_ask() {
    let place = before_stage();
    for action in ["promote", "apply"] {
        let answers = together(8, |number| {
            let id = format!("{action}-{number}");
            place.admit(action, "stage", "2026-03-02T09:30:00Z", &["--id", &id])
        });
        let allowed: Vec<_> = answers.iter().filter(|(code, _)| *code == 0).collect();
        assert_eq!(allowed.len(), 1, "{answers:#?}");
        assert_eq!(allowed[0].1["decision"]["spends"].as_array().unwrap().len(), 1);
        for (_, admission) in answers.iter().filter(|(code, _)| *code != 0) {
            let codes = denials(admission);
            assert!(codes.contains(&"approval.missing".to_owned()), "{codes:?}");
        }
    }
    let (_, log) = place.json(&["log"]);
    let mut spent = BTreeSet::new();
    for entry in log["entries"].as_array().unwrap() {
        for hash in entry["body"]["spends"].as_array().into_iter().flatten() {
            assert!(spent.insert(hash.as_str().unwrap().to_owned()), "{hash} is spent twice");
        }
    }
    assert_eq!(spent.len(), 2);
    verified(&place);
}

#[test]
fn one_id_is_answered_once_however_often_it_is_asked() {
    let place = Workplace::governed();
    let size = verified(&place).len();
    let answers = together(6, |_| place.json(&evidence("the same", AT)));
    let entries: BTreeSet<_> =
        answers.iter().map(|(_, admission)| place_in_ledger(admission)).collect();
    assert_eq!(entries.len(), 1);
    assert!(answers.iter().all(|(code, _)| *code == 0));
    let first = answers.iter().filter(|(_, admission)| admission["repeated"] == false);
    assert_eq!(first.count(), 1);
    assert_eq!(verified(&place).len(), size + 1);
}

/// Of several processes that see a plan first, one makes its nonce, and all read it.
#[test]
fn a_plan_has_one_nonce_however_many_see_it_first() {
    let place = Workplace::governed();
    let answers = together(6, |number| {
        let id = format!("plan-{number}");
        place.admit("plan", "dev", AT, &["--id", &id])
    });
    assert!(answers.iter().all(|(code, _)| *code == 0));
    let (_, log) = place.json(&["log"]);
    let digests: BTreeSet<_> = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry.pointer("/body/request/subject/change/plan")?.as_str())
        .collect();
    assert_eq!(digests.len(), 1);
    let left_over: Vec<_> = fs::read_dir(place.path("."))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "tmp"))
        .collect();
    assert!(left_over.is_empty(), "{left_over:?}");
}

#[test]
fn a_ledger_is_begun_once_however_many_begin_it() {
    for _ in 0..5 * times() {
        let place = Workplace::locked();
        let answers = together(4, |number| {
            place.json(&["init", "--at", AT, "--origin", &format!("test/{number}")])
        });
        let begun: Vec<_> = answers.iter().filter(|(code, _)| *code == 0).collect();
        assert_eq!(begun.len(), 1, "{answers:#?}");
        assert_eq!(verified(&place), [begun[0].1["entry"].as_str().unwrap()]);
        assert_eq!(place.json(&["status"]).1["origin"], begun[0].1["origin"]);
    }
}

/// Small numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        // The generator of Knuth's MMIX; its upper bits are good enough.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// What can be seen of an admission at work from outside: names and lengths of the ledger's files.
fn appearance(ledger: &Path) -> BTreeSet<(String, u64)> {
    let mut found = BTreeSet::new();
    let mut directories = vec![ledger.to_path_buf()];
    while let Some(directory) = directories.pop() {
        // Whatever is gone again was a temporary file.
        let Ok(entries) = fs::read_dir(directory) else { continue };
        for entry in entries.flatten() {
            let Ok(about) = entry.metadata() else { continue };
            if about.is_dir() {
                directories.push(entry.path());
            } else {
                found.insert((entry.path().display().to_string(), about.len()));
            }
        }
    }
    found
}

/// Killed after a number of visible changes to the ledger, or between them; what it acknowledged
/// before.
fn killed(place: &Workplace, arguments: &[&str], numbers: &mut Numbers) -> Option<Value> {
    let ledger = place.path("poundlock/ledger");
    let mut seen = appearance(&ledger);
    let (mut changes, mut glances) = (numbers.below(5), numbers.below(20));
    let mut child = Command::new(env!("CARGO_BIN_EXE_poundlock"))
        .args(arguments)
        .args(["--format", "json"])
        .current_dir(place.path("."))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while child.try_wait().unwrap().is_none() {
        let now = appearance(&ledger);
        if now != seen {
            changes = changes.saturating_sub(1);
            seen = now;
        } else if changes == 0 {
            glances = glances.saturating_sub(1);
        }
        if changes == 0 && glances == 0 {
            break;
        }
    }
    // It may have ended in the meantime.
    let _ = child.kill();
    let output = child.wait_with_output().unwrap();
    serde_json::from_slice(&output.stdout).ok()
}

#[test]
fn a_killed_process_takes_nothing_with_it() {
    let place = Workplace::governed();
    assert_eq!(place.admit("plan", "dev", AT, &[]).0, 0);
    let mut numbers = Numbers(20_260_302);
    let mut acknowledged = BTreeMap::new();
    let mut unanswered = Vec::new();
    for number in 0..50 * times() {
        let id = format!("killed-{number}");
        match killed(&place, &evidence(&id, AT), &mut numbers) {
            Some(admission) => {
                let (sequence, hash) = place_in_ledger(&admission);
                acknowledged.insert(sequence, hash);
            }
            None => unanswered.push(id),
        }
        let (code, head) = place.json(&["verify"]);
        assert_eq!(code, 0, "{head:#}");
    }
    // Whoever got no answer asks again under the same id, and gets one.
    for id in &unanswered {
        let (code, admission) = place.json(&evidence(id, AT));
        assert_eq!(code, 0, "{admission:#}");
        let (sequence, hash) = place_in_ledger(&admission);
        assert_eq!(acknowledged.insert(sequence, hash), None);
    }
    let entries = verified(&place);
    assert_eq!(entries.len(), 2 + acknowledged.len());
    for (sequence, hash) in acknowledged {
        assert_eq!(entries[sequence], hash);
    }
    assert!(unanswered.len() >= 10 * times(), "hardly any was killed in time: {unanswered:?}");
}
