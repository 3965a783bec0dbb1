//! Runs what is fuzzed over the seeds, and over what fuzzing has found so far.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "in a test, stopping is what should happen"
)]

use std::{fs, path::Path};

use poundlock_tests::fuzz;

/// Runs a body over each seed of a target, on the stack that a thread has by default.
fn replay(target: &str, body: fn(&[u8])) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(target);
    let mut seeds: Vec<_> =
        fs::read_dir(directory).unwrap().map(|seed| seed.unwrap().path()).collect();
    seeds.sort();
    assert!(!seeds.is_empty());
    for seed in seeds {
        let bytes = fs::read(&seed).unwrap();
        let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
        let ran = thread.spawn(move || body(&bytes)).unwrap().join();
        assert!(ran.is_ok(), "{}", seed.display());
    }
}

#[test]
fn expressions() {
    replay("expression", fuzz::expression);
}

#[test]
fn documents() {
    replay("document", fuzz::document);
}

#[test]
fn reports() {
    replay("report", fuzz::report);
}
