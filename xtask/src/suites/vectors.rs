//! The vectors in every language, and a ledger that all of them write at once.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use super::{FAILED_TO_BUILD, Outcome, c, go, node, python, report};
use crate::{
    count::{Count, Runner},
    run::{cargo, command, root, step, succeeds, target, tests},
};

/// A language with its runner, or why there is none.
struct Language {
    name: &'static str,
    runner: Result<Command, Outcome>,
}

/// The runner of each language, built anew.
fn languages(venv: &Result<PathBuf, String>) -> Vec<Language> {
    step("runners");
    [
        ("rust", rust()),
        ("python", python::runner(venv)),
        ("node", node::runner()),
        ("c", c::runner()),
        ("go", go::runner(venv)),
    ]
    .map(|(name, runner)| Language { name, runner })
    .into()
}

fn rust() -> Result<Command, Outcome> {
    let built = succeeds(cargo().args(["build", "--quiet", "--package=poundlock-tests", "--bins"]));
    if built { Ok(command(program())) } else { Err(FAILED_TO_BUILD) }
}

fn program() -> PathBuf {
    target("debug/runner")
}

/// Compares what all languages answer to the vectors below a directory. The last line is the sum, in which a
/// vector counts as failed that any language does not answer.
pub(crate) fn vectors(directory: Option<&str>) -> bool {
    let directory = match directory.map(std::path::absolute) {
        None => shipped(),
        Some(Ok(directory)) => directory,
        Some(Err(_)) => return false,
    };
    let languages = languages(&python::venv());
    for Language { name, runner } in &languages {
        if let Err(Outcome::NotRun(why)) = runner {
            println!("{name}: {why}");
        }
    }
    let compared = compare(&directory, &languages);
    report(&[("Vectors".to_owned(), Outcome::Ran(compared))], true)
}

/// Lets all languages write one ledger. The last line is the sum.
pub(crate) fn together() -> bool {
    let venv = python::venv();
    let languages = languages(&venv);
    report(&[("One ledger of all languages".to_owned(), shared(&languages, &venv))], true)
}

fn shipped() -> PathBuf {
    root().join("tests/vectors")
}

/// The vectors that are shipped, and the ledger that all languages write. A language whose tools are missing
/// is left out, and named.
pub(super) fn test(venv: &Result<PathBuf, String>) -> Vec<(String, Outcome)> {
    let mut outcomes = Vec::new();
    let mut languages = languages(venv);
    languages.retain_mut(|Language { name, runner }| match runner {
        Err(Outcome::NotRun(why)) => {
            let missing = Outcome::NotRun(std::mem::take(why));
            outcomes.push((format!("Vectors in {name}"), missing));
            false
        }
        _ => true,
    });
    let compared = compare(&shipped(), &languages);
    outcomes.push(("Vectors".to_owned(), Outcome::Ran(compared)));
    outcomes.push(("One ledger of all languages".to_owned(), shared(&languages, venv)));
    outcomes
}

/// Runs each runner and compares what they print. One that cannot run has no answers, which fails.
fn compare(directory: &Path, languages: &[Language]) -> Count {
    let outputs = target("vectors");
    if fs::create_dir_all(&outputs).is_err() {
        return Count { passed: 0, failed: 1 };
    }
    let mut judge = command(program());
    judge.arg("judge").arg(directory);
    for Language { name, runner } in languages {
        let output = outputs.join(format!("{name}.jsonl"));
        let _ = fs::remove_file(&output);
        if let (Ok(runner), Ok(file)) = (runner, fs::File::create(&output)) {
            step(&format!("vectors in {name}"));
            let status = again(runner).arg(directory).stdout(file).status();
            if !status.is_ok_and(|status| status.success()) {
                // What it printed may be all: then its end alone is what is wrong.
                println!("{name}: the runner failed");
                let _ = fs::write(&output, "");
            }
        }
        judge.arg(format!("{name}={}", output.display()));
    }
    step("vectors");
    tests(Runner::Plain, &mut judge)
}

/// The same command once more, to which arguments can be added.
fn again(runner: &Command) -> Command {
    let mut again = command(runner.get_program());
    again.args(runner.get_args());
    for (name, value) in runner.get_envs() {
        match value {
            Some(value) => again.env(name, value),
            None => again.env_remove(name),
        };
    }
    again
}

/// One process of each language writes to one ledger, all at the same time. It must verify, also with the verifier that
/// shares no code with the library, and hold what a ledger holds that Rust alone writes.
fn shared(languages: &[Language], venv: &Result<PathBuf, String>) -> Outcome {
    step("one ledger of all languages");
    let directory = target("together");
    let _ = fs::remove_dir_all(&directory);
    let file = |name: &str| directory.join(format!("{name}.json"));
    let names: Vec<&str> = languages.iter().map(|language| language.name).collect();
    let (ours, theirs) = (directory.join("rust-alone"), directory.join("together"));
    if !succeeds(command(program()).arg("begin").arg(&directory).args(&names)) {
        return FAILED_TO_BUILD;
    }
    let mut passed = Vec::new();
    let work = |runner: &Command, ledger: &Path, name: &str| {
        let mut work = again(runner);
        work.arg("work").arg(ledger).arg(file(name));
        work
    };

    let mut workers = Vec::new();
    for Language { name, runner } in languages {
        let started = runner.as_ref().ok().and_then(|runner| {
            Worker::start(work(runner, &theirs, name), &directory.join(format!("{name}.jsonl")))
        });
        if started.is_none() {
            println!("{name}: the worker did not start");
            passed.push(false);
        }
        workers.extend(started.map(|worker| (name, worker)));
    }
    // All are ready; what follows lets them go.
    let ends: Vec<_> = workers.into_iter().map(|(name, worker)| (name, worker.go())).collect();
    for (name, end) in ends {
        let succeeded = end.join().unwrap_or(false);
        if !succeeded {
            println!("{name}: the worker failed");
        }
        passed.push(succeeded);
    }

    for name in &names {
        passed.push(succeeds(work(&command(program()), &ours, name).stdout(Stdio::null())));
    }
    passed.push(succeeds(command(program()).arg("same").arg(&theirs).arg(&ours)));
    if let Ok(venv) = venv {
        let mut verify = command(venv.join("bin/python"));
        passed.push(succeeds(verify.arg("tests/verifier/verify.py").arg(&theirs)));
    }
    let failed = passed.iter().filter(|passed| !**passed).count() as u64;
    Outcome::Ran(Count { passed: (passed.len() as u64).saturating_sub(failed), failed })
}

/// A process that is ready to write to a ledger.
struct Worker {
    process: Child,
    output: BufReader<std::process::ChildStdout>,
    copy: fs::File,
}

impl Worker {
    /// Starts it and waits until it is ready; what it prints from then on goes into a file.
    fn start(mut work: Command, copy: &Path) -> Option<Self> {
        let mut process = work.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        let mut output = BufReader::new(process.stdout.take()?);
        let mut line = String::new();
        let ready = output.read_line(&mut line).is_ok() && line.trim_end() == "ready";
        if !ready {
            let _ = process.kill();
            let _ = process.wait();
            return None;
        }
        Some(Self { process, output, copy: fs::File::create(copy).ok()? })
    }

    /// Lets it go; says at its end whether it succeeded.
    fn go(mut self) -> thread::JoinHandle<bool> {
        drop(self.process.stdin.take());
        thread::spawn(move || {
            std::io::copy(&mut self.output, &mut self.copy).is_ok()
                && self.process.wait().is_ok_and(|status| status.success())
        })
    }
}
