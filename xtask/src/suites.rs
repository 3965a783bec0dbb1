//! The steps of each command, language by language.

use std::{
    ffi::OsStr,
    fs,
    path::PathBuf,
    process::{Command, ExitCode},
};

use crate::{
    count::{Count, Runner},
    debian, dependencies,
    run::{cargo, command, once, present, root, step, succeeds, target, tests},
};

/// What became of a language's tests.
enum Outcome {
    Ran(Count),
    /// Something that is no part of the repository is missing: what, and how to get it.
    NotRun(String),
}

/// Formatting, clippy, documentation and the list of dependencies, with warnings as errors.
pub(crate) fn lint() -> bool {
    step("format");
    let formatted = succeeds(cargo().args(["fmt", "--all", "--check"]));
    step("clippy");
    let linted = clippy(&[]) && clippy(&["--all-targets"]);
    step("documentation");
    let documented = succeeds(
        cargo()
            .args(["doc", "--quiet", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    );
    step("dependencies");
    let listed = dependencies::documented() & dependencies::locked();
    formatted && linted && documented && listed
}

/// What a test may do and a library may not: a panic is how a test fails.
const ALLOWED_IN_TESTS: [&str; 7] = [
    "clippy::disallowed_methods",
    "clippy::expect_used",
    "clippy::indexing_slicing",
    "clippy::panic",
    "clippy::print_stdout",
    "clippy::string_slice",
    "clippy::unwrap_used",
];

/// Clippy over the libraries and programs, or over the tests and benchmarks as well.
fn clippy(targets: &[&str]) -> bool {
    let mut clippy = cargo();
    clippy.args(["clippy", "--quiet", "--workspace"]).args(targets).args(["--", "-D", "warnings"]);
    if !targets.is_empty() {
        clippy.args(ALLOWED_IN_TESTS.iter().flat_map(|lint| ["-A", lint]));
    }
    succeeds(&mut clippy)
}

/// The long versions of the Rust tests, and fuzzing.
pub(crate) fn soak() -> bool {
    step("Rust, at length");
    let count = tests(
        Runner::Cargo,
        cargo()
            .args(["test", "--workspace", "--release", "--no-fail-fast"])
            .env("POUNDLOCK_SOAK", "1"),
    );
    let outcomes = [("Rust", Outcome::Ran(count)), ("Fuzzing", fuzz())];
    report(&outcomes, false)
}

/// The targets of `fuzz/`, and for how many seconds each looks for something new.
const TARGETS: [(&str, u32); 2] = [("expression", 600), ("document", 300)];

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

/// Builds and tests everything.
pub(crate) fn test(strict: bool) -> bool {
    let venv = venv();
    let outcomes = [
        ("Rust", rust(venv.as_ref().ok(), strict)),
        ("Python", python(&venv)),
        ("Node.js", node()),
        ("C", c()),
        ("Go", go(&venv)),
    ];
    report(&outcomes, strict)
}

/// Prints each suite's result and, as the last line, the sum.
fn report(outcomes: &[(&str, Outcome)], strict: bool) -> bool {
    let mut sum = Count::default();
    step("results");
    for (name, outcome) in outcomes {
        match outcome {
            Outcome::Ran(count) => {
                println!("{name}: {} passed, {} failed", count.passed, count.failed);
                sum += *count;
            }
            Outcome::NotRun(why) => {
                println!("{name}: not run: {why}");
                sum.failed = sum.failed.saturating_add(u64::from(strict));
            }
        }
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    sum.failed == 0
}

const FAILED_TO_BUILD: Outcome = Outcome::Ran(Count { passed: 0, failed: 1 });

/// The Python environment with the pinned tools of `xtask/requirements.txt` and of the ledger's
/// independent verifier.
fn venv() -> Result<PathBuf, String> {
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

fn pip(venv: &std::path::Path) -> Command {
    let mut pip = command(venv.join("bin/python"));
    pip.args(["-m", "pip", "--disable-pip-version-check"]);
    pip
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

fn rust(venv: Option<&PathBuf>, strict: bool) -> Outcome {
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

fn python(venv: &Result<PathBuf, String>) -> Outcome {
    step("Python");
    let venv = match venv {
        Ok(venv) => venv,
        Err(why) => return Outcome::NotRun(why.clone()),
    };
    let wheels = target("wheels");
    let _ = fs::remove_dir_all(&wheels);
    let built = succeeds(
        command(venv.join("bin/maturin"))
            .args(["build", "--quiet", "--manifest-path", "bindings-python/Cargo.toml", "--out"])
            .arg(&wheels)
            .env("VIRTUAL_ENV", venv),
    );
    let installed = built
        && succeeds(
            pip(venv)
                .args(["install", "--quiet", "--force-reinstall", "--no-deps", "--no-index"])
                .args(files(&wheels, "whl")),
        );
    if !installed {
        return FAILED_TO_BUILD;
    }
    Outcome::Ran(tests(
        Runner::Pytest,
        command(venv.join("bin/python"))
            .args(["-m", "pytest", "-p", "no:cacheprovider", "tests"])
            .current_dir(root().join("bindings-python")),
    ))
}

fn files(directory: &std::path::Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.extension() == Some(OsStr::new(extension))).collect()
}

fn node() -> Outcome {
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

/// Builds the static and the shared library, and lays each into a directory of its own, so that
/// `-lpoundlock` finds the one that is meant.
fn build_c() -> bool {
    let built = succeeds(cargo().args(["build", "--quiet", "--package", "poundlock-c"]));
    built
        && [("static", "libpoundlock.a"), ("shared", "libpoundlock.so")].into_iter().all(
            |(linkage, library)| {
                let directory = library_directory(linkage);
                fs::create_dir_all(&directory).is_ok()
                    && fs::copy(target("debug").join(library), directory.join(library)).is_ok()
            },
        )
}

fn library_directory(linkage: &str) -> PathBuf {
    target("c").join(linkage)
}

const NO_COMPILER: &str = "there is no cc: install a C compiler";

fn c() -> Outcome {
    step("C");
    if !present("cc") {
        return Outcome::NotRun(NO_COMPILER.into());
    }
    if !build_c() {
        return FAILED_TO_BUILD;
    }
    let mut count = Count::default();
    for linkage in ["static", "shared"] {
        let directory = library_directory(linkage);
        let program = directory.join("face");
        let built = succeeds(
            command("cc")
                .args(["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"])
                .args(["-I", "bindings-c/include", "bindings-c/tests/face.c", "-o"])
                .arg(&program)
                .arg("-L")
                .arg(&directory)
                .args(["-lpoundlock", "-lm", "-ldl", "-lpthread"]),
        );
        if !built {
            return FAILED_TO_BUILD;
        }
        count += tests(Runner::Plain, command(&program).env("LD_LIBRARY_PATH", &directory));
    }
    Outcome::Ran(count)
}

fn go(venv: &Result<PathBuf, String>) -> Outcome {
    step("Go");
    let venv = match venv {
        Ok(venv) => venv,
        Err(why) => return Outcome::NotRun(why.clone()),
    };
    if !present("cc") {
        return Outcome::NotRun(NO_COMPILER.into());
    }
    if !build_c() {
        return FAILED_TO_BUILD;
    }
    Outcome::Ran(tests(
        Runner::Go,
        command(venv.join("bin/go"))
            .args(["test", "-v", "-count=1", "./..."])
            .current_dir(root().join("bindings-c/go"))
            .env("CGO_ENABLED", "1")
            .env("CGO_LDFLAGS", format!("-L{}", library_directory("static").display()))
            .env("GOCACHE", target("go-cache"))
            .env("GOPATH", target("go"))
            .env("GOPROXY", "off")
            .env("GOTOOLCHAIN", "local"),
    ))
}
