//! What a host has of us: every language's package, built for release and installed where nothing else is, runs the
//! example of the README.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{FAILED_TO_BUILD, Outcome, c, denies, go, held, packages, python, report};
use crate::{
    count::Count,
    run::{cargo, command, present, root, step, succeeds, target},
};

/// Builds all packages, installs each into an environment of its own, and runs the example there.
pub(crate) fn installed() -> bool {
    let venv = python::venv();
    let prefix = target("installed/prefix");
    let mut outcomes = vec![
        ("Rust".to_owned(), rust(&emptied("installed/rust"))),
        ("Python".to_owned(), wheel(&venv, &emptied("installed/python"))),
        ("Node.js".to_owned(), tarball(&emptied("installed/node"))),
    ];
    if present("cc") && c::install(&prefix, "release") {
        outcomes.push(("C".to_owned(), c::by_pkg_config(&prefix)));
        outcomes.push(("Go".to_owned(), program(&venv, &prefix)));
    } else {
        outcomes.push(("C and Go".to_owned(), FAILED_TO_BUILD));
    }
    report(&outcomes, true)
}

/// A directory that is there and has nothing in it.
fn emptied(path: &str) -> PathBuf {
    let place = target(path);
    let _ = fs::remove_dir_all(&place);
    let _ = fs::create_dir_all(&place);
    place
}

/// A crate of its own that depends on the core by its path. It has the profile and the versions of the repository, so
/// that what was built for that need not be built again.
fn rust(place: &Path) -> Outcome {
    step("a Rust crate with a path dependency");
    let ours = fs::read_to_string(root().join("Cargo.toml")).unwrap_or_default();
    let sections = ours.split("\n\n").filter(|section| section.contains("[profile.release"));
    let profile: Vec<&str> = sections.collect();
    let manifest = format!(
        "[package]\nname = \"program\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\npoundlock = {{ path = {:?} }}\n\n{}\n",
        root().join("core"),
        profile.join("\n\n")
    );
    let laid = fs::create_dir_all(place.join("src")).is_ok()
        && fs::write(place.join("Cargo.toml"), manifest).is_ok()
        && fs::copy(root().join("Cargo.lock"), place.join("Cargo.lock")).is_ok()
        && fs::copy(root().join("core/examples/check.rs"), place.join("src/main.rs")).is_ok();
    let build = ["build", "--release", "--quiet", "--offline"];
    let built = laid && succeeds(cargo().args(build).current_dir(place));
    let runs = built && denies(&mut command(target("release/program")));
    Outcome::Ran(held("the program prints what it should", runs))
}

/// The wheel, in a new virtual environment.
fn wheel(venv: &Result<PathBuf, String>, place: &Path) -> Outcome {
    step("a wheel in a new environment");
    let venv = match venv {
        Ok(venv) => venv,
        Err(why) => return Outcome::NotRun(why.clone()),
    };
    let Some(wheel) = packages::wheel(venv, &place.join("wheels")) else { return FAILED_TO_BUILD };
    let environment = place.join("venv");
    let python = environment.join("bin/python");
    let installed = succeeds(command("python3").args(["-m", "venv"]).arg(&environment))
        && succeeds(
            command(&python)
                .args(["-m", "pip", "--disable-pip-version-check", "install", "--quiet"])
                .args(["--no-index"])
                .arg(&wheel),
        );
    let example = root().join("bindings-python/examples/check.py");
    let runs = installed && denies(command(&python).arg(example).current_dir(place));
    let mut count = held("the example prints what it should", runs);
    count += held("the wheel is small", packages::is_small(&wheel));
    Outcome::Ran(count)
}

/// The tarball, in an empty project.
fn tarball(place: &Path) -> Outcome {
    step("a tarball in an empty project");
    if let Err(outcome) = super::node::package() {
        return outcome;
    }
    let Some(tarball) = packages::tarball(place) else { return FAILED_TO_BUILD };
    let project = place.join("project");
    let npm = ["install", "--offline", "--no-audit", "--no-fund", "--loglevel=error"];
    let installed = fs::create_dir_all(&project).is_ok()
        && fs::write(project.join("package.json"), "{ \"private\": true }\n").is_ok()
        && succeeds(command("npm").args(npm).arg(&tarball).current_dir(&project));
    let mut count = Count::default();
    for example in ["check.mjs", "check.cjs"] {
        let from = root().join("bindings-node/examples").join(example);
        let laid = fs::copy(from, project.join(example)).is_ok();
        let runs = installed && laid && denies(command("node").arg(example).current_dir(&project));
        count += held(&format!("{example} prints what it should"), runs);
    }
    count += held("the tarball is small", packages::is_small(&tarball));
    Outcome::Ran(count)
}

/// A Go program that imports the module, over the library in this prefix.
fn program(venv: &Result<PathBuf, String>, prefix: &Path) -> Outcome {
    match venv {
        Ok(venv) => {
            Outcome::Ran(held("the program prints what it should", go::installs(venv, prefix)))
        }
        Err(why) => Outcome::NotRun(why.clone()),
    }
}
