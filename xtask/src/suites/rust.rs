//! The Rust tests: the usual ones, the long ones with fuzzing, and CEL's own cases.

use std::{fs, path::PathBuf, process::ExitCode};

use super::{Outcome, report};
use crate::{
    count::{Count, Runner},
    debian,
    run::{cargo, command, once, present, root, step, succeeds, target, tests},
};

/// The long versions of the Rust tests, and fuzzing.
pub(crate) fn soak() -> bool {
    step("Rust, at length");
    let count = tests(
        Runner::Cargo,
        cargo()
            .args(["test", "--workspace", "--release", "--no-fail-fast"])
            .env("POUNDLOCK_SOAK", "1"),
    );
    let outcomes = [("Rust".to_owned(), Outcome::Ran(count)), ("Fuzzing".to_owned(), fuzz())];
    report(&outcomes, false)
}

/// The targets of `fuzz/`, and for how many seconds each looks for something new.
const TARGETS: [(&str, u32); 3] = [("expression", 600), ("document", 300), ("report", 300)];

/// Looks for input that breaks a promise. What is found lies in `fuzz/artifacts`; made small with
/// `cargo fuzz tmin`, it becomes a seed, which the tests run from then on.
fn fuzz() -> Outcome {
    step("fuzzing");
    let nightly = || {
        let mut nightly = command("rustup");
        nightly.args(["run", "nightly", "cargo", "fuzz"]);
        nightly
    };
    if !nightly().arg("--version").status().is_ok_and(|status| status.success()) {
        let tools = "`rustup toolchain install nightly` and `cargo install cargo-fuzz`";
        return Outcome::NotRun(format!("there is no nightly compiler with cargo-fuzz: {tools}"));
    }
    let mut count = Count::default();
    for (target_name, seconds) in TARGETS {
        // What is new goes into the first directory, and the seeds stay as they are.
        let found = target("fuzz").join(target_name);
        let made = fs::create_dir_all(&found).is_ok();
        let held = made
            && succeeds(
                nightly()
                    .args(["run", "--target-dir"])
                    .arg(target("fuzz-build"))
                    .arg(target_name)
                    .arg(found)
                    .arg(format!("fuzz/seeds/{target_name}"))
                    .args(["--", "-dict=fuzz/expression.dict", "-max_len=4096"])
                    .args(["-rss_limit_mb=2048", "-timeout=20"])
                    .arg(format!("-max_total_time={seconds}")),
            );
        count += Count { passed: u64::from(held), failed: u64::from(!held) };
    }
    Outcome::Ran(count)
}

/// Runs the cases of a file; its exit code is that of the program which does so.
pub(crate) fn cel_cases(file: &str) -> ExitCode {
    let built = succeeds(cargo().args([
        "build",
        "--quiet",
        "--package=poundlock-tests",
        "--bin=cel-cases",
    ]));
    // The program runs in the directory of the repository, and the path is meant from here.
    let file = match std::path::absolute(file) {
        Ok(file) if built => file,
        _ => return ExitCode::FAILURE,
    };
    let status = command(target("debug/cel-cases")).arg(file).status();
    let code = status.ok().and_then(|status| u8::try_from(status.code()?).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

/// The command that traces system calls, or what can be unpacked in its place.
fn strace() -> Option<PathBuf> {
    if present("strace") {
        return Some("strace".into());
    }
    let root = debian::unpacked(&["strace", "libunwind8"])?;
    // Its libraries are not where the system looks for them.
    let script = target("strace");
    let text = format!(
        "#!/bin/sh\nLD_LIBRARY_PATH=$(echo '{0}'/usr/lib/*-linux-gnu) exec '{0}/usr/bin/strace' -E LD_LIBRARY_PATH \"$@\"\n",
        root.display()
    );
    let made =
        fs::write(&script, text).is_ok() && succeeds(command("chmod").arg("+x").arg(&script));
    made.then_some(script)
}

/// The schema of SARIF, which lies in a package of npm's.
fn sarif_schema() -> Option<PathBuf> {
    if !present("npm") {
        return None;
    }
    let directory = root().join("tests/validator");
    let lock = fs::read_to_string(directory.join("package-lock.json")).unwrap_or_default();
    let modules = directory.join("node_modules");
    let installed = once(&modules.join(".installed"), &lock, || {
        let quietly = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        succeeds(command("npm").args(quietly).current_dir(&directory))
    });
    installed.then(|| modules.join("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"))
}

/// Every test of the workspace.
pub(super) fn test(venv: Option<&PathBuf>, strict: bool) -> Outcome {
    // Go's own implementation of signed notes and transparency logs, as Debian packages its source.
    let go_path = debian::unpacked(&["golang-golang-x-mod-dev"]);
    let strace = strace();
    step("Rust");
    let mut test = cargo();
    // One fixed run of the generated cases, so that a change is judged by itself and not by chance; `soak`
    // tries new ones.
    test.args(["test", "--workspace", "--no-fail-fast"]).env("PROPTEST_RNG_SEED", "1");
    if let Some(venv) = venv {
        test.env("POUNDLOCK_PYTHON", venv.join("bin/python"));
        test.env("POUNDLOCK_GO", venv.join("bin/go"));
    }
    if let Some(schema) = sarif_schema() {
        test.env("POUNDLOCK_SARIF_SCHEMA", schema);
    }
    if let Some(go_path) = go_path {
        test.env("POUNDLOCK_GOPATH", go_path.join("usr/share/gocode"));
    }
    if let Some(strace) = strace {
        test.env("POUNDLOCK_STRACE", strace);
    }
    if strict {
        // A test that has not its tool is then a failure.
        test.env("POUNDLOCK_STRICT", "1");
    }
    Outcome::Ran(tests(Runner::Cargo, &mut test))
}
