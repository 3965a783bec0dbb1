//! The steps of each command; those of each language are in a module of its own.

mod c;
mod go;
mod installed;
mod node;
mod overhead;
mod packages;
mod python;
mod rust;
mod vectors;

pub(crate) use installed::installed;
pub(crate) use overhead::overhead;
pub(crate) use rust::{cel_cases, soak};
pub(crate) use vectors::{together, vectors};

use std::{path::Path, process::Command};

use crate::{
    count::{Count, Runner},
    dependencies,
    run::{cargo, step, succeeds, tests},
    trace,
};

/// What became of a language's tests.
enum Outcome {
    Ran(Count),
    /// Something that is no part of the repository is missing: what, and how to get it.
    NotRun(String),
}

/// What one thing that should hold adds; says so where it does not.
fn held(what: &str, holds: bool) -> Count {
    if !holds {
        println!("not so: {what}");
    }
    Count { passed: u64::from(holds), failed: u64::from(!holds) }
}

/// Whether a program prints what every language's example should.
fn denies(program: &mut Command) -> bool {
    let Ok(output) = program.output() else { return false };
    let printed = String::from_utf8_lossy(&output.stdout);
    output.status.success() && printed.split_whitespace().eq(["deny", "policy.failed"])
}

/// Follows pages of `docs/guides`, in what these variables name.
fn guides(pages: &[&str], set: &[(&str, &Path)]) -> Count {
    let mut guides = cargo();
    // Of one package alone, cargo would compile everything with fewer features once more.
    guides.args(["test", "--workspace", "--test=guides", "--", "--exact"]).args(pages);
    tests(Runner::Cargo, guides.envs(set.iter().copied()))
}

const FAILED_TO_BUILD: Outcome = Outcome::Ran(Count { passed: 0, failed: 1 });

/// Formatting, clippy, documentation, and the lists of dependencies and requirements, with warnings as errors.
pub(crate) fn lint() -> bool {
    step("format");
    let formatted = succeeds(cargo().args(["fmt", "--all", "--check"]));
    step("clippy");
    let linted = clippy(&[]) && clippy(&["--all-targets"]);
    step("documentation");
    let documented = succeeds(
        cargo()
            .args(["doc", "--quiet", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    );
    step("dependencies");
    let listed = dependencies::documented() & dependencies::locked();
    step("requirements");
    let traced = trace::current();
    formatted && linted && documented && listed && traced
}

/// What a test may do and a library may not: a panic is how a test fails.
const ALLOWED_IN_TESTS: [&str; 8] = [
    "clippy::disallowed_methods",
    "clippy::expect_used",
    "clippy::indexing_slicing",
    "clippy::panic",
    "clippy::print_stderr",
    "clippy::print_stdout",
    "clippy::string_slice",
    "clippy::unwrap_used",
];

/// Clippy over the libraries and programs, or over the tests and benchmarks as well.
fn clippy(targets: &[&str]) -> bool {
    let mut clippy = cargo();
    clippy.args(["clippy", "--quiet", "--workspace"]).args(targets).args(["--", "-D", "warnings"]);
    if !targets.is_empty() {
        clippy.args(ALLOWED_IN_TESTS.iter().flat_map(|lint| ["-A", lint]));
    }
    succeeds(&mut clippy)
}

/// Builds and tests everything.
pub(crate) fn test(strict: bool) -> bool {
    let venv = python::venv();
    let mut outcomes = vec![
        ("Rust".to_owned(), rust::test(venv.as_ref().ok(), strict)),
        ("Python".to_owned(), python::test(&venv, node::prepare)),
        ("Node.js".to_owned(), node::test()),
    ];
    outcomes.extend(c::test(&venv));
    outcomes.push(("Go".to_owned(), go::test(&venv)));
    outcomes.extend(vectors::test(&venv));
    report(&outcomes, strict)
}

/// Prints each suite's result and, as the last line, the sum.
fn report(outcomes: &[(String, Outcome)], strict: bool) -> bool {
    let mut sum = Count::default();
    step("results");
    for (name, outcome) in outcomes {
        match outcome {
            Outcome::Ran(count) => {
                println!("{name}: {} passed, {} failed", count.passed, count.failed);
                sum += *count;
            }
            Outcome::NotRun(why) => {
                println!("{name}: not run: {why}");
                sum.failed = sum.failed.saturating_add(u64::from(strict));
            }
        }
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    sum.failed == 0
}
