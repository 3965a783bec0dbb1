//! The Node.js binding: its tools, its library, and its tests.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{FAILED_TO_BUILD, Outcome};
use crate::{
    count::{Count, Runner},
    run::{command, once, present, root, step, succeeds, tests},
};

/// Where the package lies, with its tools.
fn package() -> Result<PathBuf, Outcome> {
    if !present("node") || !present("npm") {
        let why = "there is no node or npm: install Node.js 20 or later";
        return Err(Outcome::NotRun(why.into()));
    }
    let directory = root().join("bindings-node");
    let lock = fs::read_to_string(directory.join("package-lock.json")).unwrap_or_default();
    let installed = once(&directory.join("node_modules/.installed"), &lock, || {
        succeeds(command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&directory))
    });
    if installed {
        Ok(directory)
    } else {
        Err(Outcome::NotRun("npm could not install the tools: see the messages above".into()))
    }
}

fn build(directory: &Path) -> bool {
    let mut build = command("npm");
    succeeds(build.args(["run", "--silent", "build:debug"]).current_dir(directory))
}

/// The runner of the vectors, and the library that it needs.
pub(super) fn runner() -> Result<Command, Outcome> {
    if !build(&package()?) {
        return Err(FAILED_TO_BUILD);
    }
    let mut runner = command("node");
    runner.arg("bindings-node/test/runner.js");
    Ok(runner)
}

/// Builds the library and its declarations, and runs the tests.
pub(super) fn test() -> Outcome {
    step("Node.js");
    let directory = match package() {
        Ok(directory) => directory,
        Err(outcome) => return outcome,
    };
    let declarations = directory.join("index.d.ts");
    let committed = fs::read(&declarations).ok();
    if !build(&directory) {
        return FAILED_TO_BUILD;
    }
    let test = "--test-reporter=spec";
    let mut count =
        tests(Runner::Node, command("node").args(["--test", test]).current_dir(&directory));
    if fs::read(&declarations).ok() != committed {
        println!("bindings-node/index.d.ts was out of date: commit the new one");
        count += Count { passed: 0, failed: 1 };
    }
    Outcome::Ran(count)
}
