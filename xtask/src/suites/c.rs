//! The C library and its tests, against the static and the shared one.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{FAILED_TO_BUILD, Outcome};
use crate::{
    count::{Count, Runner},
    run::{cargo, command, present, step, succeeds, target, tests},
};

/// Builds the static and the shared library, and lays each into a directory of its own, so that
/// `-lpoundlock` finds the one that is meant.
pub(super) fn build() -> bool {
    let built = succeeds(cargo().args(["build", "--quiet", "--package", "poundlock-c"]));
    built
        && [
            ("static", "libpoundlock.a", "libpoundlock.a"),
            ("shared", "libpoundlock.so", "libpoundlock.so"),
            // The name that programs look for.
            ("shared", "libpoundlock.so", "libpoundlock.so.1"),
        ]
        .into_iter()
        .all(|(linkage, library, name)| {
            let directory = library_directory(linkage);
            fs::create_dir_all(&directory).is_ok()
                && fs::copy(target("debug").join(library), directory.join(name)).is_ok()
        })
}

/// Where the library of this linkage lies.
pub(super) fn library_directory(linkage: &str) -> PathBuf {
    target("c").join(linkage)
}

pub(super) const NO_COMPILER: &str = "there is no cc: install a C compiler";

/// Compiles a program of these sources over the library of this linkage.
fn compile(sources: &[&str], linkage: &str, program: &Path) -> bool {
    succeeds(
        command("cc")
            .args(["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"])
            .args(["-I", "bindings-c/include"])
            .args(sources.iter().map(|source| format!("bindings-c/tests/{source}")))
            .arg("-o")
            .arg(program)
            .arg("-L")
            .arg(library_directory(linkage))
            .args(["-lpoundlock", "-lm", "-ldl", "-lpthread"]),
    )
}

/// The runner of the vectors, over the static library.
pub(super) fn runner() -> Result<Command, Outcome> {
    if !present("cc") {
        return Err(Outcome::NotRun(NO_COMPILER.into()));
    }
    let program = library_directory("static").join("runner");
    if build() && compile(&["runner.c", "json.c"], "static", &program) {
        Ok(command(program))
    } else {
        Err(FAILED_TO_BUILD)
    }
}

/// Builds the tests with each library, and runs them.
pub(super) fn test() -> Outcome {
    step("C");
    if !present("cc") {
        return Outcome::NotRun(NO_COMPILER.into());
    }
    if !build() {
        return FAILED_TO_BUILD;
    }
    let mut count = Count::default();
    for linkage in ["static", "shared"] {
        let directory = library_directory(linkage);
        let program = directory.join("face");
        if !compile(&["face.c"], linkage, &program) {
            return FAILED_TO_BUILD;
        }
        count += tests(Runner::Plain, command(&program).env("LD_LIBRARY_PATH", &directory));
    }
    Outcome::Ran(count)
}
