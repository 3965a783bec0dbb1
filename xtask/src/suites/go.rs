//! The Go module over the static C library, and its tests.

use std::path::PathBuf;

use super::{FAILED_TO_BUILD, Outcome, c};
use crate::{
    count::Runner,
    run::{command, present, root, step, target, tests},
};

/// Builds the library and runs the tests over it.
pub(super) fn test(venv: &Result<PathBuf, String>) -> Outcome {
    step("Go");
    let venv = match venv {
        Ok(venv) => venv,
        Err(why) => return Outcome::NotRun(why.clone()),
    };
    if !present("cc") {
        return Outcome::NotRun(c::NO_COMPILER.into());
    }
    if !c::build() {
        return FAILED_TO_BUILD;
    }
    Outcome::Ran(tests(
        Runner::Go,
        command(venv.join("bin/go"))
            .args(["test", "-v", "-count=1", "./..."])
            .current_dir(root().join("bindings-c/go"))
            .env("CGO_ENABLED", "1")
            .env("CGO_LDFLAGS", format!("-L{}", c::library_directory("static").display()))
            .env("GOCACHE", target("go-cache"))
            .env("GOPATH", target("go"))
            .env("GOPROXY", "off")
            .env("GOTOOLCHAIN", "local"),
    ))
}
