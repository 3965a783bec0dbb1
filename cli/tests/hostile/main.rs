//! What comes from outside may be anything: each piece of it gets an answer, and never a panic.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "in a test, stopping is what should happen"
)]

#[path = "../common/mod.rs"]
mod common;
mod documents;
mod ledgers;
mod output;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use common::{COMMIT, Workplace};
use serde_json::Value;

const CANARY: &str = "canary-8d1f-not-a-secret";
const BEGIN: &str = "2026-03-02T08:00:00Z";

/// The command gives no answer, says why with this code in both forms, and does not panic.
#[track_caller]
fn refused(place: &Workplace, arguments: &[&str], code: &str) -> Value {
    let text = place.run(arguments);
    let said = String::from_utf8(text.stderr.clone()).unwrap();
    assert_eq!(text.status.code(), Some(2), "{arguments:?}: {said}");
    assert!(text.stdout.is_empty() && said.starts_with("error: "), "{arguments:?}: {said}");
    assert!(said.contains(&format!("[{code}]")), "{arguments:?}: expected {code}: {said}");
    assert_plain(&text);
    let (status, json) = place.json(arguments);
    assert_eq!((status, json["error"]["code"].as_str()), (2, Some(code)), "{arguments:?}");
    json
}

/// Nothing that was printed controls a terminal, and nothing panicked.
#[track_caller]
fn assert_plain(output: &Output) {
    for stream in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(stream);
        assert!(!text.contains("panicked"), "{text}");
        let control = |c: char| {
            let direction = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            direction || (c.is_control() && !matches!(c, '\n' | '\t'))
        };
        assert!(!text.contains(control), "{text:?}");
    }
}

fn admit<'a>(plan: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec![
        "admit",
        "--action",
        "plan",
        "--stage",
        "dev",
        "--asset",
        "web-service",
        "--plan",
        plan,
        "--commit",
        COMMIT,
        "--ref",
        "refs/heads/main",
        "--author",
        "dave",
        "--actor",
        "github-actions-plan",
        "--at",
        "2026-03-02T09:00:00Z",
    ];
    arguments.extend(more);
    arguments
}

/// The names and contents of all files below a directory.
fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut directories = vec![directory.to_path_buf()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let content = fs::read(&path).unwrap();
                found.insert(path, content);
            }
        }
    }
    found
}
