//! Runs programs, shows what they print, and counts the tests that they ran.

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    time::Instant,
};

use crate::count::{Count, Runner};

/// The directory of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// A path in the build directory, which is the repository's own whatever the environment says.
pub(crate) fn target(path: &str) -> PathBuf {
    root().join("target").join(path)
}

/// A command in the directory of the repository.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null()).env("CARGO_TARGET_DIR", target(""));
    command
}

/// The `cargo` that runs this program.
pub(crate) fn cargo() -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Announces a step, and how many minutes and seconds went by since the first.
pub(crate) fn step(name: &str) {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    let seconds = FIRST.get_or_init(Instant::now).elapsed().as_secs();
    println!("== {name} ({}:{:02})", seconds / 60, seconds % 60);
}

/// Whether a program can be started at all.
pub(crate) fn present(program: &str) -> bool {
    command(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs a command to its end; says so when it fails.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    match command.status() {
        Ok(status) if status.success() => true,
        Ok(status) => {
            println!("{}: {status}", command.get_program().display());
            false
        }
        Err(error) => {
            println!("{}: {error}", command.get_program().display());
            false
        }
    }
}

/// Runs a test runner and counts. A runner that fails without a failed test, or that runs no test, is one failure.
pub(crate) fn tests(runner: Runner, command: &mut Command) -> Count {
    let mut count = Count::default();
    let finished = command.stdout(Stdio::piped()).spawn().and_then(|mut child| {
        if let Some(output) = child.stdout.take() {
            let mut out = std::io::stdout().lock();
            for line in BufReader::new(output).split(b'\n') {
                let line = line?;
                let line = String::from_utf8_lossy(&line);
                count += runner.count(line.trim_end());
                writeln!(out, "{line}")?;
            }
        }
        child.wait()
    });
    let succeeded = match finished {
        Ok(status) => status.success(),
        Err(error) => {
            println!("{}: {error}", command.get_program().display());
            false
        }
    };
    if count.failed == 0 && (!succeeded || count.passed == 0) {
        println!("{runner:?}: no test failed, and yet the run failed or ran no test");
        count.failed = 1;
    }
    count
}

/// Does something again only after the text it depends on has changed, which is kept in `stamp`.
pub(crate) fn once(stamp: &Path, text: &str, install: impl FnOnce() -> bool) -> bool {
    if fs::read_to_string(stamp).is_ok_and(|done| done == text) {
        return true;
    }
    install() && fs::write(stamp, text).is_ok()
}
