//! The Python binding: its environment, its wheel, and its tests.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use super::{FAILED_TO_BUILD, Outcome, guides};
use crate::{
    count::{Count, Runner},
    run::{command, once, present, root, step, succeeds, target, tests},
};

/// The Python environment with the pinned tools of `xtask/requirements.txt` and of the ledger's
/// independent verifier.
pub(super) fn venv() -> Result<PathBuf, String> {
    step("Python tools");
    if !present("python3") {
        return Err("there is no python3: install Python 3.11 or later with its venv module".into());
    }
    let venv = target("venv");
    let requirements = ["xtask/requirements.txt", "tests/verifier/requirements.txt"];
    let texts: String = requirements
        .iter()
        .map(|path| fs::read_to_string(root().join(path)).unwrap_or_default())
        .collect();
    let installed = once(&venv.join("requirements.txt"), &texts, || {
        succeeds(command("python3").args(["-m", "venv", "--clear"]).arg(&venv))
            && requirements.iter().filter(|path| root().join(path).exists()).all(|path| {
                succeeds(pip(&venv).args(["install", "--quiet", "--requirement", path]))
            })
    });
    if installed {
        Ok(venv)
    } else {
        Err("the Python tools could not be installed: see the messages above".into())
    }
}

fn pip(venv: &Path) -> Command {
    let mut pip = command(venv.join("bin/python"));
    pip.args(["-m", "pip", "--disable-pip-version-check"]);
    pip
}

/// Builds the wheel into a directory.
pub(super) fn build(venv: &Path, wheels: &Path, options: &[&str]) -> bool {
    succeeds(
        command(venv.join("bin/maturin"))
            .args(["build", "--quiet", "--manifest-path", "bindings-python/Cargo.toml", "--out"])
            .arg(wheels)
            .args(options)
            .env("VIRTUAL_ENV", venv),
    )
}

/// Builds the wheel into a directory and installs it.
fn install(venv: &Path, wheels: &Path, features: &[&str], options: &[&OsStr]) -> bool {
    let _ = fs::remove_dir_all(wheels);
    build(venv, wheels, features)
        && succeeds(
            pip(venv)
                .args(["install", "--quiet", "--force-reinstall", "--no-deps", "--no-index"])
                .args(options)
                .args(files(wheels, "whl")),
        )
}

/// Installs what is published into the environment.
fn install_published(venv: &Path) -> bool {
    install(venv, &target("wheels"), &[], &[])
}

/// The runner of the vectors, and the wheel that it needs.
pub(super) fn runner(venv: &Result<PathBuf, String>) -> Result<Command, Outcome> {
    let venv = venv.as_ref().map_err(|why| Outcome::NotRun(why.clone()))?;
    if !install_published(venv) {
        return Err(FAILED_TO_BUILD);
    }
    let mut runner = command(venv.join("bin/python"));
    runner.arg("bindings-python/tests/runner.py");
    Ok(runner)
}

/// Builds the wheel, installs it and runs the tests against it. They leave a core idle for minutes: what else is to
/// be done is done `beside` them.
pub(super) fn test(venv: &Result<PathBuf, String>, beside: fn()) -> Outcome {
    step("Python");
    let venv = match venv {
        Ok(venv) => venv,
        Err(why) => return Outcome::NotRun(why.clone()),
    };
    if !install_published(venv) {
        return FAILED_TO_BUILD;
    }
    Outcome::Ran(thread::scope(|threads| {
        threads.spawn(beside);
        let mut count = tests(Runner::Pytest, &mut pytest(venv, "tests"));
        count += panics(venv);
        count += checkov(venv);
        count
    }))
}

fn pytest(venv: &Path, tests: &str) -> Command {
    let mut pytest = command(venv.join("bin/python"));
    pytest
        .args(["-m", "pytest", "-p", "no:cacheprovider", tests])
        .current_dir(root().join("bindings-python"));
    pytest
}

/// The tests over a package that panics on demand, which goes to a place of its own.
fn panics(venv: &Path) -> Count {
    let place = target("python-panic-drill");
    let packages = place.join("packages");
    let _ = fs::remove_dir_all(&place);
    let features = ["--features", "panic-drill"];
    let options = [OsStr::new("--target"), packages.as_os_str()];
    if !install(venv, &place.join("wheels"), &features, &options) {
        return Count { passed: 0, failed: 1 };
    }
    // Each of its panics is one that is meant.
    let mut pytest = pytest(venv, "drill");
    pytest.env("PYTHONPATH", packages).env("RUST_BACKTRACE", "0");
    tests(Runner::Pytest, &mut pytest)
}

/// The tests within Checkov, which has an environment of its own: it pins what it needs more tightly than others do.
fn checkov(venv: &Path) -> Count {
    let place = target("checkov-venv");
    let path = "bindings-python/hosts/requirements.txt";
    let text = fs::read_to_string(root().join(path)).unwrap_or_default();
    let installed = once(&place.join("requirements.txt"), &text, || {
        succeeds(command("python3").args(["-m", "venv", "--clear"]).arg(&place))
            && succeeds(pip(&place).args(["install", "--quiet", "--requirement", path]))
    });
    let wheel = || {
        let options = ["install", "--quiet", "--force-reinstall", "--no-deps", "--no-index"];
        succeeds(pip(&place).args(options).args(files(&target("wheels"), "whl")))
    };
    if !installed || !wheel() {
        return Count { passed: 0, failed: 1 };
    }
    let mut pytest = pytest(venv, "hosts");
    pytest.env("POUNDLOCK_CHECKOV", &place);
    let mut count = tests(Runner::Pytest, &mut pytest);
    let made = [("POUNDLOCK_CHECKOV", place.as_path()), ("POUNDLOCK_GUIDE_PYTHON", venv)];
    count += guides(&["checkov", "python"], &made);
    count
}

pub(super) fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.extension() == Some(OsStr::new(extension))).collect()
}
