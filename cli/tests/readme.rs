//! The section of the README that proves things to others, word for word.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use common::{COMMIT, Workplace, repository};

/// The shell blocks of a section of the README.
fn blocks(heading: &str) -> Vec<String> {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let (_, section) = readme.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let blocks = section.split("\n```sh\n").skip(1);
    blocks.map(|block| block.split("\n```\n").next().unwrap().to_owned()).collect()
}

fn shell(place: &Workplace, script: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_poundlock"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    let change =
        format!("--asset web --commit {COMMIT} --ref refs/heads/main --author alice --channel ci");
    let mut shell = Command::new("sh");
    shell.args(["-ec", script]).current_dir(place.path(".")).env("PATH", path);
    shell.env("CHANGE", change).output().unwrap()
}

#[track_caller]
fn succeeds(place: &Workplace, script: &str) {
    let output = shell(place, script);
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{said}");
}

#[test]
fn what_the_readme_says_about_proofs_works() {
    let [make, elsewhere, audit, python] = blocks("Proving it to others").try_into().unwrap();
    let place = Workplace::empty();
    fs::copy(repository().join("examples/web-service/plan-dev.json"), place.path("plan.json"))
        .unwrap();
    succeeds(&place, &make);

    let other = Workplace::empty();
    for name in ["entry.tlog-proof", "acme.pem.pub"] {
        fs::copy(place.path(name), other.path(name)).unwrap();
    }
    succeeds(&other, &elsewhere);
    succeeds(&place, &audit);
    succeeds(&place, "poundlock import ledger.tar --ledger copy");

    // Whoever set this has made the environment that the first line makes.
    let Some(interpreter) = std::env::var_os("POUNDLOCK_PYTHON") else { return };
    let (_, commands) = python.split_once('\n').unwrap();
    let verifier = repository().join("tests/verifier");
    let commands = commands
        .replace("venv/bin/python", interpreter.to_str().unwrap())
        .replace("tests/verifier", verifier.to_str().unwrap());
    succeeds(&place, &commands);
}
