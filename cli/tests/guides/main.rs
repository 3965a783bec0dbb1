//! Follows every page of `docs/guides`, word for word.
//!
//! A page is a path through a terminal. Its fenced blocks are, in their order:
//!
//! - `sh`: commands, which must succeed; `sh fails`: commands of which the last one must not (with 1 or 2, as a command ends that says no);
//!   `sh install`: how what the test has already comes onto a machine, not run;
//! - any other language with `file=NAME`: what a file holds from there on;
//! - anything else is shown, and neither run nor written.
//!
//! All of a page runs in one shell, in an empty directory. `poundlock` is on the path, and `POUNDLOCK` names the clone of
//! this repository, as the page's `sh install` has it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod page;

use std::{
    env, fs, iter,
    path::{Path, PathBuf},
    process::Command,
};

use page::Page;

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Follows a page to its end, with programs of these directories besides.
#[track_caller]
fn follow(name: &str, programs: &[PathBuf]) {
    let path = repository().join(format!("docs/guides/{name}.md"));
    let page = Page::parse(&fs::read_to_string(path).unwrap());
    let place = tempfile::tempdir().unwrap();
    let own = Path::new(env!("CARGO_BIN_EXE_poundlock")).parent().unwrap().to_path_buf();
    let path = env::var_os("PATH").unwrap();
    let path = iter::once(own).chain(programs.iter().cloned()).chain(env::split_paths(&path));
    let output = Command::new("bash")
        .args(["-c", &page.script()])
        .current_dir(place.path())
        .env("PATH", env::join_paths(path).unwrap())
        .env("HOME", place.path())
        .env("POUNDLOCK", repository().canonicalize().unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}");
}

#[test]
fn every_page_is_followed_by_a_test() {
    let here = include_str!("main.rs");
    for page in fs::read_dir(repository().join("docs/guides")).unwrap() {
        let page = page.unwrap().path();
        let name = page.file_stem().unwrap().to_str().unwrap();
        let follows = format!("follow(\"{name}\", ");
        assert!(name == "README" || here.contains(&follows), "no test follows {name}");
    }
}

#[test]
fn continuous_integration() {
    follow("ci", &[]);
}

#[test]
fn terraform() {
    follow("terraform", &[]);
}

#[test]
fn auditor() {
    follow("auditor", &[]);
}

#[test]
fn kubernetes() {
    follow("kubernetes", &[]);
}

/// `cargo xtask test` names the environment in which Checkov is, with the plugin, once it has made it.
#[test]
fn checkov() {
    let Some(environment) = env::var_os("POUNDLOCK_CHECKOV") else {
        println!("not followed: POUNDLOCK_CHECKOV names no environment with Checkov");
        return;
    };
    follow("checkov", &[Path::new(&environment).join("bin")]);
}

#[test]
fn a_pulumi_preview() {
    follow("crossguard", &[]);
}
