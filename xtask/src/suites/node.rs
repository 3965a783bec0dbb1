//! The Node.js binding: its tools, its library, and its tests.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{FAILED_TO_BUILD, Outcome, guides};
use crate::{
    count::{Count, Runner},
    run::{cargo, command, once, present, root, step, succeeds, tests},
};

/// Where the package lies, with its tools.
pub(super) fn package() -> Result<PathBuf, Outcome> {
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

/// Runs a script of the package.
pub(super) fn script(directory: &Path, name: &str) -> Command {
    let mut script = command("npm");
    script.args(["run", "--silent", name]).current_dir(directory);
    script
}

/// Builds the library with what its tests need, and the declarations.
fn build(directory: &Path) -> bool {
    succeeds(&mut script(directory, "build:debug"))
}

/// Compiles what the tests will need, and installs its tools. What fails here fails there, and is told there.
pub(super) fn prepare() {
    let quietly = |command: &mut Command| {
        let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    };
    if package().is_ok()
        && let Some(host) = host()
    {
        // The packager names the target, so that cargo builds into a directory of its own.
        let build = ["build", "--package=poundlock-node", "--features=panic-drill", "--target"];
        quietly(cargo().args(build).arg(host));
    }
}

/// The name of the platform that is compiled for here.
fn host() -> Option<String> {
    let version = command("rustc").arg("-vV").output().ok()?;
    let version = String::from_utf8(version.stdout).ok()?;
    version.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned)
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

/// The declarations that are made by building, and committed.
fn declarations(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    [directory.to_path_buf(), directory.join("face"), directory.join("crossguard")]
        .iter()
        .flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(".d.ts"))
        .map(|path| (path.clone(), fs::read(&path).unwrap_or_default()))
        .collect()
}

/// Builds the library and its declarations, and runs the tests.
pub(super) fn test() -> Outcome {
    step("Node.js");
    let directory = match package() {
        Ok(directory) => directory,
        Err(outcome) => return outcome,
    };
    let committed = declarations(&directory);
    if !build(&directory) {
        return FAILED_TO_BUILD;
    }
    let mut count = tests(Runner::Node, &mut script(&directory, "test"));
    if declarations(&directory) != committed {
        println!("the declarations of bindings-node were out of date: commit the new ones");
        count += Count { passed: 0, failed: 1 };
    }
    count += guides(&["node"], &[("POUNDLOCK_GUIDE_NODE", &directory)]);
    Outcome::Ran(count)
}
