//! The Node.js binding: its tools, its library, and its tests.

use std::fs;

use super::{FAILED_TO_BUILD, Outcome};
use crate::{
    count::{Count, Runner},
    run::{command, once, present, root, step, succeeds, tests},
};

/// Builds the library and its declarations, and runs the tests.
pub(super) fn test() -> Outcome {
    step("Node.js");
    if !present("node") || !present("npm") {
        return Outcome::NotRun("there is no node or npm: install Node.js 20 or later".into());
    }
    let directory = root().join("bindings-node");
    let lock = fs::read_to_string(directory.join("package-lock.json")).unwrap_or_default();
    let installed = once(&directory.join("node_modules/.installed"), &lock, || {
        succeeds(command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&directory))
    });
    if !installed {
        return Outcome::NotRun("npm could not install the tools: see the messages above".into());
    }
    let declarations = directory.join("index.d.ts");
    let committed = fs::read(&declarations).ok();
    let mut build = command("npm");
    build.args(["run", "--silent", "build:debug"]).current_dir(&directory);
    if !succeeds(&mut build) {
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
