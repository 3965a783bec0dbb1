//! The C library and its tests: against the static and the shared one, under tools that watch the
//! memory, and as it is installed.

use std::{
    collections::BTreeSet,
    fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use super::{FAILED_TO_BUILD, Outcome, denies, guides, held};
use crate::{
    count::{Count, Runner},
    debian,
    run::{cargo, command, present, root, step, succeeds, target, tests},
};

/// Builds the static and the shared library, and lays each into a directory of its own, so that
/// `-lpoundlock` finds the one that is meant.
pub(super) fn build() -> bool {
    succeeds(cargo().args(["build", "--quiet", "--package", "poundlock-c"]))
        && lay("static", "libpoundlock.a", "libpoundlock.a")
        && lay("shared", "libpoundlock.so", "libpoundlock.so")
        // The name that programs look for.
        && lay("shared", "libpoundlock.so", "libpoundlock.so.1")
}

/// Builds the static library that panics on demand.
pub(super) fn build_drill() -> bool {
    let features = ["--features", "panic-drill"];
    succeeds(cargo().args(["build", "--quiet", "--package", "poundlock-c"]).args(features))
        && lay("drill", "libpoundlock.a", "libpoundlock.a")
}

fn lay(linkage: &str, library: &str, name: &str) -> bool {
    let directory = library_directory(linkage);
    fs::create_dir_all(&directory).is_ok()
        && fs::copy(target("debug").join(library), directory.join(name)).is_ok()
}

/// Where the library of this linkage lies.
pub(super) fn library_directory(linkage: &str) -> PathBuf {
    target("c").join(linkage)
}

pub(super) const NO_COMPILER: &str = "there is no cc: install a C compiler";

const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

const SANITIZERS: &str = "-fsanitize=address,undefined";

/// Compiles a program of these sources over the library of this linkage.
fn compile(sources: &[&str], linkage: &str, options: &[&str], program: &Path) -> bool {
    let cpp = sources.iter().any(|source| source.ends_with(".cpp"));
    let (compiler, standard) = if cpp { ("c++", "-std=c++17") } else { ("cc", "-std=c11") };
    succeeds(
        command(compiler)
            .args([standard, "-g"])
            .args(WARNINGS)
            .args(options)
            .args(["-I", "bindings-c/include"])
            .args(sources.iter().map(|source| root().join("bindings-c").join(source)))
            .arg("-o")
            .arg(program)
            .arg("-L")
            .arg(library_directory(linkage))
            .args(["-lpoundlock", "-lm", "-ldl", "-lpthread"]),
    )
}

const RUNNER: [&str; 2] = ["tests/runner.c", "tests/json.c"];

/// The runner of the vectors, over the static library.
pub(super) fn runner() -> Result<Command, Outcome> {
    if !present("cc") {
        return Err(Outcome::NotRun(NO_COMPILER.into()));
    }
    let program = library_directory("static").join("runner");
    if build() && compile(&RUNNER, "static", &[], &program) {
        Ok(command(program))
    } else {
        Err(FAILED_TO_BUILD)
    }
}

/// Builds the tests with each library, and runs them; then under tools that watch the memory, and as a host
/// has the library once it is installed.
pub(super) fn test(venv: &Result<PathBuf, String>) -> Vec<(String, Outcome)> {
    step("C");
    if !present("cc") {
        return vec![("C".to_owned(), Outcome::NotRun(NO_COMPILER.into()))];
    }
    // The library that panics first, so that the other one is left in the build directory.
    let built = build_drill() & build();
    if !built {
        return vec![("C".to_owned(), FAILED_TO_BUILD)];
    }
    let mut outcomes = vec![("C".to_owned(), Outcome::Ran(faces()))];
    outcomes.push(("C++".to_owned(), cpp()));
    outcomes.push(("C with sanitizers".to_owned(), sanitized()));
    outcomes.push(("C in valgrind".to_owned(), valgrind()));
    let prefix = target("c/prefix");
    if install(&prefix, "dev") {
        outcomes.push(("C by pkg-config".to_owned(), by_pkg_config(&prefix)));
        outcomes.push(("C by CMake".to_owned(), by_cmake(&prefix, venv)));
        let guide = guides(&["c"], &[("POUNDLOCK_GUIDE_C", &prefix)]);
        outcomes.push(("C, as the guide says".to_owned(), Outcome::Ran(guide)));
    } else {
        outcomes.push(("C installed".to_owned(), FAILED_TO_BUILD));
    }
    outcomes
}

/// A directory that has nothing in it.
fn empty(path: &str) -> PathBuf {
    let directory = target(path);
    let _ = fs::remove_dir_all(&directory);
    let _ = fs::create_dir_all(&directory);
    directory
}

/// The tests, the example and the symbols, with both libraries; and panics, with a library of its own.
fn faces() -> Count {
    let mut count = held("the shared library has the header's symbols and no others", symbols());
    for linkage in ["static", "shared"] {
        let directory = library_directory(linkage);
        let program = |name| {
            let program = directory.join(name);
            let built = compile(&[&format!("tests/{name}.c")], linkage, &[], &program);
            let mut program = command(program);
            program.env("LD_LIBRARY_PATH", &directory);
            built.then_some(program)
        };
        for name in ["face", "misuse"] {
            count += program(name).map_or(Count { passed: 0, failed: 1 }, |mut program| {
                tests(Runner::Plain, program.arg(empty("c/misuse")))
            });
        }
        let example = directory.join("check");
        let built = compile(&["examples/check.c"], linkage, &[], &example);
        let mut example = command(example);
        let checked = built && denies(example.env("LD_LIBRARY_PATH", &directory));
        count += held("the example denies", checked);
    }
    let program = library_directory("drill").join("panics");
    if !compile(&["tests/panics.c"], "drill", &[], &program) {
        count += Count { passed: 0, failed: 1 };
        return count;
    }
    // What Rust says about each of the panics is of no use.
    let silent = fs::File::create(target("c/panics.log")).map(Into::into);
    let silent = silent.unwrap_or_else(|_| Stdio::inherit());
    count += tests(Runner::Plain, command(program).stderr(silent));
    count
}

/// Whether the symbols that the shared library gives away are the functions of the header.
fn symbols() -> bool {
    let library = library_directory("shared").join("libpoundlock.so");
    let listed = command("nm").args(["--dynamic", "--defined-only"]).arg(library).output();
    let listed = listed.map(|output| output.stdout).unwrap_or_default();
    let listed = String::from_utf8_lossy(&listed);
    let exported: BTreeSet<&str> =
        listed.lines().filter_map(|line| line.split_whitespace().last()).collect();

    let header = root().join("bindings-c/include/poundlock.h");
    let header = fs::read_to_string(header).unwrap_or_default();
    let lines = header.lines().filter(|line| !line.starts_with([' ', '/', '#']));
    let declared: BTreeSet<&str> = lines
        .filter_map(|line| line.split_once('(')?.0.rsplit([' ', '*']).next())
        .filter(|name| name.starts_with("poundlock_"))
        .collect();
    !declared.is_empty() && exported == declared
}

fn cpp() -> Outcome {
    step("C++");
    if !present("c++") {
        return Outcome::NotRun("there is no c++: install a C++ compiler".into());
    }
    let program = library_directory("static").join("face-cpp");
    if !compile(&["tests/face.cpp"], "static", &[], &program) {
        return FAILED_TO_BUILD;
    }
    Outcome::Ran(tests(Runner::Plain, &mut command(program)))
}

/// Whether the runner, started as a tool does that watches it, answers every vector as it does by itself. The
/// groups of vectors are shared out among the processors, since this takes long.
fn answers_alike(watched: impl Fn() -> Option<Command> + Sync) -> bool {
    let alone = library_directory("static").join("runner");
    if !compile(&RUNNER, "static", &[], &alone) {
        return false;
    }
    let alike = |group: &Path| {
        let expected = command(&alone).arg(group).output();
        let expected = expected.map(|output| output.stdout).unwrap_or_default();
        // What the tool reports goes to standard error, which is shown.
        let found =
            watched().map(|mut watched| watched.arg(group).stderr(Stdio::inherit()).output());
        let found = found.and_then(Result::ok);
        !expected.is_empty()
            && found.is_some_and(|found| found.status.success() && found.stdout == expected)
    };
    let entries = fs::read_dir(root().join("tests/vectors")).into_iter().flatten().flatten();
    let groups: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    let waiting = AtomicUsize::new(0);
    let work = || {
        let mut all = true;
        while let Some(group) = groups.get(waiting.fetch_add(1, Ordering::Relaxed)) {
            all &= alike(group);
        }
        all
    };
    let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let held = thread::scope(|scope| {
        let workers: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        workers.into_iter().all(|worker| worker.join().unwrap_or(false))
    });
    held && !groups.is_empty()
}

/// The tests, the example and the whole runner under AddressSanitizer, which looks for leaks as well, and
/// UndefinedBehaviorSanitizer.
fn sanitized() -> Outcome {
    step("C with sanitizers");
    let directory = empty("c/sanitized");
    let program = |name: &str, sources: &[&str]| {
        let program = directory.join(name);
        let options = [SANITIZERS, "-fno-sanitize-recover=all"];
        compile(sources, "static", &options, &program).then_some(program)
    };
    let Some(leak) = program("leak", &["tests/leak.c"]) else {
        let missing = "cc has no sanitizers: install those of GCC or Clang (libasan, libubsan)";
        return Outcome::NotRun(missing.into());
    };
    let found = command(leak).output().is_ok_and(|output| !output.status.success());
    let mut count = held("a leak is found", found);
    for name in ["face", "misuse"] {
        count += match program(name, &[&format!("tests/{name}.c")]) {
            Some(test) => tests(Runner::Plain, command(test).arg(empty("c/misuse"))),
            None => Count { passed: 0, failed: 1 },
        };
    }
    let example = program("check", &["examples/check.c"]);
    let checked = example.is_some_and(|example| denies(&mut command(example)));
    count += held("the example runs without a report", checked);
    let runner = program("runner", &RUNNER);
    let answered = answers_alike(|| runner.as_ref().map(command));
    count += held("the runner answers all vectors without a report", answered);
    Outcome::Ran(count)
}

/// A command that begins with valgrind, installed or unpacked.
fn memcheck() -> Option<Command> {
    let mut memcheck = if present("valgrind") {
        command("valgrind")
    } else {
        let unpacked = debian::unpacked(&["valgrind", "libc6-dbg"])?;
        let mut memcheck = command(unpacked.join("usr/bin/valgrind.bin"));
        memcheck.env("VALGRIND_LIB", unpacked.join("usr/libexec/valgrind"));
        let symbols = unpacked.join("usr/lib/debug");
        memcheck.arg(format!("--extra-debuginfo-path={}", symbols.display()));
        memcheck
    };
    memcheck.args(["--quiet", "--error-exitcode=9", "--leak-check=full"]);
    memcheck.arg("--suppressions=bindings-c/tests/valgrind.supp");
    Some(memcheck)
}

/// The face, the example and the whole runner in valgrind.
fn valgrind() -> Outcome {
    step("C in valgrind");
    if memcheck().is_none() {
        return Outcome::NotRun("there is no valgrind: install it".into());
    }
    let directory = empty("c/valgrind");
    let program = |name: &str, sources: &[&str]| {
        let program = directory.join(name);
        compile(sources, "static", &[], &program).then_some(program)
    };
    let watched = |program: &Option<PathBuf>| {
        let mut watched = memcheck()?;
        watched.arg(program.as_ref()?);
        Some(watched)
    };
    let leak = watched(&program("leak", &["tests/leak.c"]));
    let found = leak
        .is_some_and(|mut leak| leak.output().is_ok_and(|output| output.status.code() == Some(9)));
    let mut count = held("a leak is found", found);
    count += match watched(&program("face", &["tests/face.c"])) {
        Some(mut face) => tests(Runner::Plain, &mut face),
        None => Count { passed: 0, failed: 1 },
    };
    let example = watched(&program("check", &["examples/check.c"]));
    let checked = example.is_some_and(|mut example| denies(&mut example));
    count += held("the example runs without a report", checked);
    let runner = program("runner", &RUNNER);
    count +=
        held("the runner answers all vectors without a report", answers_alike(|| watched(&runner)));
    Outcome::Ran(count)
}

/// Lays the library, built with this profile, into an emptied directory.
pub(super) fn install(prefix: &Path, profile: &str) -> bool {
    step("C installed");
    let _ = fs::remove_dir_all(prefix);
    succeeds(command("bindings-c/install.sh").arg(prefix).arg(profile))
}

/// A directory with the example and nothing else.
fn project(path: &str) -> PathBuf {
    let directory = empty(path);
    let _ = fs::copy(root().join("bindings-c/examples/check.c"), directory.join("check.c"));
    directory
}

/// Builds the example as its first comment says, with the shared and with the static library.
pub(super) fn by_pkg_config(prefix: &Path) -> Outcome {
    if !present("pkg-config") {
        return Outcome::NotRun("there is no pkg-config: install it".into());
    }
    let directory = project("c/by-pkg-config");
    let shell = |line: &str| {
        let mut shell = command("sh");
        shell.args(["-e", "-c", line]).current_dir(&directory);
        shell.env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"));
        shell.env("LD_LIBRARY_PATH", prefix.join("lib"));
        shell
    };
    let shared = "cc check.c $(pkg-config --cflags --libs poundlock) -o check; ./check";
    let mut count = held("a program is built with the shared library", denies(&mut shell(shared)));
    let all =
        "cc -static check.c $(pkg-config --cflags --libs --static poundlock) -o check; ./check";
    count += held("a program is built of static libraries alone", denies(&mut shell(all)));
    Outcome::Ran(count)
}

/// Builds the example with `find_package`.
fn by_cmake(prefix: &Path, venv: &Result<PathBuf, String>) -> Outcome {
    let cmake = match venv {
        Ok(venv) => venv.join("bin/cmake"),
        Err(why) => return Outcome::NotRun(why.clone()),
    };
    if !present("make") {
        return Outcome::NotRun("there is no make: install it".into());
    }
    let directory = project("c/by-cmake");
    let lists = "bindings-c/tests/install/CMakeLists.txt";
    let _ = fs::copy(root().join(lists), directory.join("CMakeLists.txt"));
    let found = format!("-DCMAKE_PREFIX_PATH={}", prefix.display());
    let configure = ["-S", ".", "-B", "build", "--log-level=WARNING", &found];
    let silent = fs::File::create(directory.join("build.log")).map(Into::into);
    let silent = silent.unwrap_or_else(|_| Stdio::inherit());
    let built = succeeds(command(&cmake).args(configure).current_dir(&directory))
        && succeeds(
            command(&cmake).args(["--build", "build"]).current_dir(&directory).stdout(silent),
        );
    let mut count = Count::default();
    for program in ["check-shared", "check-static"] {
        let checked = built && denies(&mut command(directory.join("build").join(program)));
        count += held(&format!("CMake builds {program}"), checked);
    }
    Outcome::Ran(count)
}
