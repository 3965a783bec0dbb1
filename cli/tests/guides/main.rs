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
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use page::Page;

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// What a page's `sh install` puts onto a machine, as the test has it already.
#[derive(Default)]
struct Given {
    /// Directories with programs.
    programs: Vec<PathBuf>,
    /// What lies in the directory that the page is followed in, by its path there.
    there: Vec<(&'static str, PathBuf)>,
    environment: Vec<(&'static str, PathBuf)>,
}

/// What a variable of the caller's names, where it has made what a page needs.
fn made(variable: &str) -> Option<PathBuf> {
    let place = env::var_os(variable).map(PathBuf::from);
    if place.is_none() {
        println!("not followed: {variable} is not set");
    }
    place
}

/// Where the programs of this build lie.
fn built() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_poundlock")).parent().unwrap()
}

fn page(name: &str) -> Page {
    let path = repository().join(format!("docs/guides/{name}.md"));
    Page::parse(&fs::read_to_string(path).unwrap())
}

/// Follows a page to its end.
#[track_caller]
fn follow(name: &str, given: &Given) {
    let page = page(name);
    let place = tempfile::tempdir().unwrap();
    for (path, there) in &given.there {
        let path = place.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(there, path).unwrap();
    }
    let path = env::var_os("PATH").unwrap();
    let own = iter::once(built().to_path_buf());
    let path = own.chain(given.programs.iter().cloned()).chain(env::split_paths(&path));
    let output = Command::new("bash")
        .args(["-c", &page.script()])
        .current_dir(place.path())
        .env("PATH", env::join_paths(path).unwrap())
        .env("HOME", place.path())
        .env("POUNDLOCK", repository().canonicalize().unwrap())
        .envs(given.environment.iter().cloned())
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
    follow("ci", &Given::default());
}

#[test]
fn terraform() {
    follow("terraform", &Given::default());
}

#[test]
fn auditor() {
    follow("auditor", &Given::default());
}

#[test]
fn kubernetes() {
    follow("kubernetes", &Given::default());
}

#[test]
fn a_pulumi_preview() {
    follow("crossguard", &Given::default());
}

// What the rest needs is made by the suite of its language in `cargo xtask test`, which then follows the page.

#[test]
fn checkov() {
    let Some(environment) = made("POUNDLOCK_CHECKOV") else { return };
    follow("checkov", &Given { programs: vec![environment.join("bin")], ..Given::default() });
}

#[test]
fn python() {
    let Some(environment) = made("POUNDLOCK_GUIDE_PYTHON") else { return };
    follow("python", &Given { programs: vec![environment.join("bin")], ..Given::default() });
}

#[test]
fn node() {
    let Some(package) = made("POUNDLOCK_GUIDE_NODE") else { return };
    follow("node", &Given { there: vec![("node_modules/poundlock", package)], ..Given::default() });
}

#[test]
fn c() {
    let Some(prefix) = made("POUNDLOCK_GUIDE_C") else { return };
    let environment = vec![
        ("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")),
        ("LD_LIBRARY_PATH", prefix.join("lib")),
    ];
    follow("c", &Given { environment, ..Given::default() });
}

#[test]
fn go() {
    let Some(programs) = made("POUNDLOCK_GUIDE_GO") else { return };
    follow("go", &Given { programs: vec![programs], ..Given::default() });
}

/// The page's program is an example of the core, which is built where all of the workspace is.
#[test]
fn rust() {
    let example = fs::read_to_string(repository().join("core/examples/gate.rs")).unwrap();
    assert_eq!(page("rust").file("src/main.rs"), example.trim_end());
    let program = built().join("examples/gate");
    if !program.exists() {
        assert!(env::var_os("POUNDLOCK_STRICT").is_none(), "core/examples/gate.rs is not built");
        println!("not followed: core/examples/gate.rs is not built");
        return;
    }
    follow("rust", &Given { there: vec![("target/debug/gate", program)], ..Given::default() });
}
