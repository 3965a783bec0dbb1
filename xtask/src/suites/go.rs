//! The Go module over the static C library, and its tests.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{FAILED_TO_BUILD, Outcome, c, denies, guides, held};
use crate::{
    count::{Count, Runner},
    run::{command, present, root, step, succeeds, target, tests},
};

/// Go, in the directory of the module, linked to the library in another.
pub(super) fn go(venv: &Path, library: &Path) -> Command {
    let mut go = command(venv.join("bin/go"));
    go.current_dir(module())
        .env("CGO_LDFLAGS", format!("-L{}", library.display()))
        .envs(environment());
    go
}

/// How Go works here, wherever it builds something.
fn environment() -> [(&'static str, PathBuf); 5] {
    [
        ("CGO_ENABLED", "1".into()),
        ("GOCACHE", target("go-cache")),
        ("GOPATH", target("go")),
        ("GOPROXY", "off".into()),
        ("GOTOOLCHAIN", "local".into()),
    ]
}

fn module() -> PathBuf {
    root().join("bindings-c/go")
}

/// Builds the library that the module is linked to.
fn build(venv: &Result<PathBuf, String>) -> Result<&Path, Outcome> {
    let venv = venv.as_ref().map_err(|why| Outcome::NotRun(why.clone()))?;
    if !present("cc") {
        return Err(Outcome::NotRun(c::NO_COMPILER.into()));
    }
    if c::build() { Ok(venv) } else { Err(FAILED_TO_BUILD) }
}

/// Builds a program. Go takes one for up to date whose library alone is another, so that it is made anew.
pub(super) fn program(go: &mut Command, package: &str, to: &Path) -> bool {
    let _ = fs::remove_file(to);
    succeeds(go.arg("build").arg("-o").arg(to).arg(package))
}

/// The runner of the vectors.
pub(super) fn runner(venv: &Result<PathBuf, String>) -> Result<Command, Outcome> {
    let venv = build(venv)?;
    let runner = target("go-runner");
    let mut go = go(venv, &c::library_directory("static"));
    if program(&mut go, "./internal/runner", &runner) {
        Ok(command(runner))
    } else {
        Err(FAILED_TO_BUILD)
    }
}

/// Builds the library and runs the tests over it, with the race detector.
pub(super) fn test(venv: &Result<PathBuf, String>) -> Outcome {
    step("Go");
    let venv = match build(venv) {
        Ok(venv) => venv,
        Err(outcome) => return outcome,
    };
    let library = c::library_directory("static");
    let mut count =
        held("go vet", succeeds(go(venv, &library).args(["vet", "-tags=panicdrill", "./..."])));
    let race = ["test", "-race", "-v", "-count=1", "./..."];
    count += tests(Runner::Go, go(venv, &library).args(race));
    count += panics(venv);
    let prefix = target("go-install/prefix");
    count += held("the library is installed", c::install(&prefix, "dev"));
    count += guide(venv, &prefix);
    Outcome::Ran(count)
}

/// The page of the guides, in which a program of its own is built over the library in this prefix.
fn guide(venv: &Path, prefix: &Path) -> Count {
    let programs = venv.join("bin");
    let includes = PathBuf::from(format!("-I{}", prefix.join("include").display()));
    let libraries = PathBuf::from(format!("-L{}", prefix.join("lib").display()));
    let mut made = vec![
        ("POUNDLOCK_GUIDE_GO", programs.as_path()),
        ("CGO_CFLAGS", &includes),
        ("CGO_LDFLAGS", &libraries),
    ];
    let environment = environment();
    made.extend(environment.iter().map(|(name, value)| (*name, value.as_path())));
    guides(&["go"], &made)
}

/// The tests over a library that panics on demand.
fn panics(venv: &Path) -> Count {
    if !c::build_drill() {
        return held("the library that panics is built", false);
    }
    let library = c::library_directory("drill");
    let only = ["test", "-tags=panicdrill", "-run=Panic", "-v", "-count=1", "."];
    // Each of its panics is one that is meant.
    tests(Runner::Go, go(venv, &library).args(only).env("RUST_BACKTRACE", "0"))
}

/// Whether a program of its own builds and runs with what is published: the library, installed into a directory, and
/// the files of the module.
pub(super) fn installs(venv: &Path, prefix: &Path) -> bool {
    step("a Go program that imports the module");
    let place = target("go-program");
    let _ = fs::remove_dir_all(&place);
    let (published, program_directory) = (place.join("module"), place.join("program"));
    let laid = fs::create_dir_all(&program_directory).is_ok()
        && succeeds(command("cp").arg("-R").arg(module()).arg(&published))
        && fs::copy(module().join("examples/check/main.go"), program_directory.join("main.go"))
            .is_ok()
        && fs::write(program_directory.join("go.mod"), MANIFEST).is_ok();
    let built = laid && {
        let mut go = go(venv, &prefix.join("lib"));
        go.current_dir(&program_directory)
            .env("CGO_CFLAGS", format!("-I{}", prefix.join("include").display()));
        program(&mut go, ".", &program_directory.join("program"))
    };
    built && denies(command(program_directory.join("program")).env_clear())
}

const MANIFEST: &str = "\
module example.org/program

go 1.24

require github.com/poundlock/poundlock/bindings-c/go v0.0.0

replace github.com/poundlock/poundlock/bindings-c/go => ../module
";
