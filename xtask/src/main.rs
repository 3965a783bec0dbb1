//! `cargo xtask`: builds, tests and checks the whole repository, in all its languages.
//!
//! It needs Rust, Python, Node.js and a C compiler; everything else it installs under `target/`
//! and `node_modules/` in pinned versions.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod count;
mod debian;
mod demo;
mod dependencies;
mod run;
mod suites;
mod trace;

use std::{env, process::ExitCode};

const USAGE: &str =
    "usage: cargo xtask demo | test [--strict] | vectors [DIRECTORY] | together | installed | overhead | lint | trace | soak | cel-cases FILE

  demo   decide, record and verify the plan that the repository ships
  test   build and test everything; a language whose tools are missing is named and left out
         --strict: a language whose tools are missing is a failure
  vectors [DIRECTORY]
         compare what all languages answer to the vectors below the directory, which is
         tests/vectors if none is named
  together
         let all languages write one ledger at the same time, and verify it
  installed
         build every package for release, install each where nothing else is, and run the
         example of the README there
  lint   formatting, clippy, documentation, and the lists of dependencies and requirements;
         warnings are errors
  trace  write docs/requirements.md, and say how many requirements are served and tested
  overhead
         what each binding adds to a decision, measured in its release form
  soak   the long versions of the Rust tests, and fuzzing; where POUNDLOCK_MOTO names a
         `moto_server`, also Terraform with the AWS provider
  cel-cases FILE
         run cases of the CEL specification's suite, written as JSON, one on a line";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let passed = match arguments.as_slice() {
        ["demo"] => demo::demo(),
        ["test"] => suites::test(false),
        ["test", "--strict"] => suites::test(true),
        ["vectors"] => suites::vectors(None),
        ["vectors", directory] => suites::vectors(Some(directory)),
        ["installed"] => suites::installed(),
        ["overhead"] => suites::overhead(),
        ["together"] => suites::together(),
        ["lint"] => suites::lint(),
        ["trace"] => trace::write(),
        ["soak"] => suites::soak(),
        ["cel-cases", file] => return suites::cel_cases(file),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
