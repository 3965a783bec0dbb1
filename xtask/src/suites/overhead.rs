//! What each binding adds to a decision: builds all of them as they are shipped, and runs the benchmark.

use std::{collections::BTreeMap, fs, path::Path};

use super::{go, packages, python};
use crate::run::{cargo, command, root, step, succeeds, target};

/// Builds the release form of every binding and of its program in `benches/bindings`, and runs the benchmark
/// `bindings` over them.
pub(crate) fn overhead() -> bool {
    step("what a binding adds");
    let place = target("overhead");
    let Ok(venv) = python::venv() else { return false };
    let built = fs::create_dir_all(&place).is_ok()
        && succeeds(cargo().args(["build", "--release", "--quiet", "--package", "poundlock-c"]))
        && fs::copy(target("release/libpoundlock.a"), place.join("libpoundlock.a")).is_ok();
    if !built {
        return false;
    }
    let programs = [
        ("C", c_program(&place)),
        ("Go", go_program(&place, &venv)),
        ("Python", python_program(&place, &venv)),
        ("Node.js", node_program(&place)),
    ];
    let mut named = BTreeMap::new();
    for (name, program) in programs {
        match program {
            Some(program) => drop(named.insert(name, program)),
            None => println!("{name}: the program could not be built"),
        }
    }
    let complete = named.len() == 4;
    let commands: Vec<String> = named
        .iter()
        .map(|(name, words)| {
            let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
            format!("{name:?}:[{}]", words.join(","))
        })
        .collect();
    let mut bench = cargo();
    bench
        .args(["bench", "--quiet", "--package", "poundlock-benches", "--bench", "bindings"])
        .env("POUNDLOCK_OVERHEAD", format!("{{{}}}", commands.join(",")))
        .env("PYTHONPATH", place.join("python"))
        .env("POUNDLOCK_NODE", root().join("bindings-node"));
    succeeds(&mut bench) && complete
}

fn words(words: &[&dyn AsRef<Path>]) -> Vec<String> {
    words.iter().map(|word| word.as_ref().display().to_string()).collect()
}

fn c_program(place: &Path) -> Option<Vec<String>> {
    let program = place.join("decide-c");
    let built = succeeds(
        command("cc")
            .args([
                "-std=c11",
                "-O2",
                "-I",
                "bindings-c/include",
                "benches/bindings/decide.c",
                "-o",
            ])
            .arg(&program)
            .arg(place.join("libpoundlock.a"))
            .args(["-lm", "-ldl", "-lpthread"]),
    );
    built.then(|| words(&[&program]))
}

fn go_program(place: &Path, venv: &Path) -> Option<Vec<String>> {
    let program = place.join("decide-go");
    let mut build = go::go(venv, place);
    // The file by its name, since Go takes the C program beside it for a part of the package.
    build.current_dir(root().join("benches/bindings"));
    go::program(&mut build, "decide.go", &program).then(|| words(&[&program]))
}

fn python_program(place: &Path, venv: &Path) -> Option<Vec<String>> {
    let unpacked = place.join("python");
    let _ = fs::remove_dir_all(&unpacked);
    let wheel = packages::wheel(venv, &place.join("wheels"))?;
    let unpack = succeeds(
        command(venv.join("bin/python")).args(["-m", "zipfile", "-e"]).arg(wheel).arg(&unpacked),
    );
    unpack.then(|| words(&[&venv.join("bin/python"), &root().join("benches/bindings/decide.py")]))
}

fn node_program(place: &Path) -> Option<Vec<String>> {
    packages::tarball(place)?;
    Some(words(&[&"node", &root().join("benches/bindings/decide.js")]))
}
