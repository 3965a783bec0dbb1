//! Follows every page of `docs/guides`, word for word.
//!
//! A page is a path through a terminal. Its fenced blocks are, in their order:
//!
//! - `sh`: commands, which must succeed; `sh fails`: commands of which the last one must not;
//!   `sh install`: how what the test has already comes onto a machine, not run;
//! - any other language with `file=NAME`: what a file holds from there on;
//! - anything else is shown, and neither run nor written.
//!
//! All of a page runs in one shell, in an empty directory. `poundlock` is on the path, and `POUNDLOCK` names the clone of
//! this repository, as the page's `sh install` has it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

mod page;

use std::{ffi::OsStr, fs, path::Path, process::Command};

use page::Page;

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Follows a page to its end. What a page needs besides, `environment` says.
#[track_caller]
fn follow(name: &str, environment: &[(&str, &OsStr)]) {
    let path = repository().join(format!("docs/guides/{name}.md"));
    let page = Page::parse(&fs::read_to_string(path).unwrap());
    let place = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_poundlock"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    let output = Command::new("bash")
        .args(["-c", &page.script()])
        .current_dir(place.path())
        .env("PATH", path)
        .env("HOME", place.path())
        .env("POUNDLOCK", repository().canonicalize().unwrap())
        .envs(environment.iter().copied())
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
