//! The Go module over the static C library, and its tests.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::{FAILED_TO_BUILD, Outcome, c};
use crate::{
    count::Runner,
    run::{command, present, root, step, succeeds, target, tests},
};

/// Go, in the directory of the module.
pub(super) fn go(venv: &Path) -> Command {
    let mut go = command(venv.join("bin/go"));
    go.current_dir(root().join("bindings-c/go"))
        .env("CGO_ENABLED", "1")
        .env("CGO_LDFLAGS", format!("-L{}", c::library_directory("static").display()))
        .env("GOCACHE", target("go-cache"))
        .env("GOPATH", target("go"))
        .env("GOPROXY", "off")
        .env("GOTOOLCHAIN", "local");
    go
}

/// Builds the library that the module is linked to.
fn build(venv: &Result<PathBuf, String>) -> Result<&Path, Outcome> {
    let venv = venv.as_ref().map_err(|why| Outcome::NotRun(why.clone()))?;
    if !present("cc") {
        return Err(Outcome::NotRun(c::NO_COMPILER.into()));
    }
    if c::build() { Ok(venv) } else { Err(FAILED_TO_BUILD) }
}

/// The runner of the vectors.
pub(super) fn runner(venv: &Result<PathBuf, String>) -> Result<Command, Outcome> {
    let venv = build(venv)?;
    let program = target("go-runner");
    let built = succeeds(go(venv).arg("build").arg("-o").arg(&program).arg("./internal/runner"));
    if built { Ok(command(program)) } else { Err(FAILED_TO_BUILD) }
}

/// Builds the library and runs the tests over it.
pub(super) fn test(venv: &Result<PathBuf, String>) -> Outcome {
    step("Go");
    match build(venv) {
        Ok(venv) => {
            Outcome::Ran(tests(Runner::Go, go(venv).args(["test", "-v", "-count=1", "./..."])))
        }
        Err(outcome) => outcome,
    }
}
