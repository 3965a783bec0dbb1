//! A worker that dies at each system call of an append, or for which the call fails once.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use poundlock::Ledger;
use tempfile::{TempDir, tempdir};

use super::{
    support::{Acknowledged, acknowledged, check, holds, run, soak},
    trace::{Call, Disk, parse},
};

/// Calls that change a file, or that changes depend on. `?` is for systems that do not have all of them.
const CHANGING: &str = "openat,write,writev,pwrite64,pwritev,fsync,fdatasync,?rename,?renameat,renameat2,\
    ?mkdir,mkdirat,?unlink,unlinkat,ftruncate,fallocate,flock";

/// Calls that change nothing.
const READING: &str = "read,pread64,readv,lseek,close,getdents64,statx,?newfstatat,?stat,?fstat";

/// The `strace` that works here; without one, says so, or fails where every test must run.
fn strace() -> Option<&'static OsString> {
    static STRACE: OnceLock<Result<OsString, String>> = OnceLock::new();
    let found = STRACE.get_or_init(|| {
        let strace = env::var_os("POUNDLOCK_STRACE").unwrap_or_else(|| "strace".into());
        match Command::new(&strace).args(["-qq", "-o", "/dev/null", "true"]).output() {
            Ok(output) if output.status.success() => Ok(strace),
            Ok(output) => Err(format!(
                "strace cannot trace here (is ptrace forbidden?): {}",
                String::from_utf8_lossy(&output.stderr)
            )),
            Err(error) => Err(format!("there is no strace: {error}")),
        }
    });
    match found {
        Ok(strace) => Some(strace),
        Err(why) if env::var_os("POUNDLOCK_STRICT").is_some() => panic!("{why}"),
        Err(why) => {
            println!("not run: {why}");
            None
        }
    }
}

/// Something that a worker does between two markers, in a ledger that was prepared for it.
struct Work {
    prepared: TempDir,
    /// What was acknowledged while the ledger was prepared.
    before: Vec<Acknowledged>,
    command: &'static str,
    more: &'static [&'static str],
    /// Whether the ledger is so large that less is tried, unless at length.
    large: bool,
}

impl Work {
    fn new(command: &'static str, more: &'static [&'static str]) -> Self {
        let prepared = tempdir().unwrap();
        Self { prepared, before: Vec::new(), command, more, large: false }
    }

    /// Admits something after a few other entries.
    fn admission(kind: &'static [&'static str]) -> Self {
        let mut work = Self::new("watched", kind);
        work.before = run("begin", &work.ledger(), &["1"]);
        work.before.extend(run("admit", &work.ledger(), &["earlier", "1", "3"]));
        work
    }

    /// Where the prepared ledger is.
    fn ledger(&self) -> PathBuf {
        self.prepared.path().join("ledger")
    }

    /// A copy of the prepared ledger; nothing where it is the work to make one.
    fn copy(&self) -> (TempDir, PathBuf) {
        let directory = tempdir().unwrap();
        if self.ledger().exists() {
            let path = directory.path().join("ledger");
            copy(&self.ledger(), &path, self.large);
            (directory, path)
        } else {
            // Directories above it are made as well.
            let path = directory.path().join("above/ledger");
            (directory, path)
        }
    }

    /// What happens when nothing is in the way: it is safe when it is acknowledged.
    fn calls(&self, strace: &OsString) -> Vec<Call> {
        let (_directory, path) = self.copy();
        let present = files(&path);
        let traced = Traced::run(strace, self, &path, None);
        assert!(traced.succeeded, "{}", traced.errors);
        assert!(self.command == "open" || !traced.acknowledged.is_empty());
        Disk::new(&path, present).check(&traced.calls);
        traced.calls
    }

    /// The calls between the markers: the name of each, and which of that name it is, counted from 1.
    fn points(&self, calls: &[Call], among: &str) -> Vec<(String, u64)> {
        let among: BTreeSet<&str> = among.split(',').map(|name| name.trim_matches('?')).collect();
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        let mut points = Vec::new();
        let mut at_work = false;
        for call in calls {
            let count = counts.entry(&call.name).or_default();
            *count += 1;
            at_work = at_work && !call.is_mark("marker-end");
            // What comes before is the same as in any other append, and every try takes long.
            let same = self.large && !soak() && points.is_empty() && !call.makes_a_file();
            if at_work && among.contains(call.name.as_str()) && !same {
                points.push((call.name.clone(), *count));
            }
            at_work = at_work || call.is_mark("marker-begin");
        }
        assert!(!points.is_empty());
        points
    }

    /// Kills the worker where each of these calls begins.
    fn die_at_each(&self) {
        let Some(strace) = strace() else { return };
        let among = if self.large && !soak() { CHANGING } else { &format!("{CHANGING},{READING}") };
        let points = self.points(&self.calls(strace), among);
        println!("{} {:?}: {} system calls to die at", self.command, self.more, points.len());
        for (name, number) in points {
            let (_directory, path) = self.copy();
            let fault = format!("{name}:signal=KILL:when={number}");
            let traced = Traced::run(strace, self, &path, Some(&fault));
            assert!(!traced.succeeded && traced.died_at_work(), "{fault}: {}", traced.errors);
            if self.command == "begin" {
                let error = Ledger::open_read_only(&path).err();
                assert!(error.is_none_or(|error| error.code() == "ledger.not_found"), "{fault}");
            } else if !self.large {
                check(&path, &self.before);
            }
            self.go_on(&path, Vec::new());
        }
    }

    /// Lets each changing call fail once.
    fn fail_at_each(&self) {
        let Some(strace) = strace() else { return };
        let points = self.points(&self.calls(strace), CHANGING);
        println!("{} {:?}: {} system calls to fail", self.command, self.more, points.len());
        let mut failures = 0;
        for error in if self.large && !soak() { &["EIO"][..] } else { &["EIO", "ENOSPC"] } {
            for (name, number) in &points {
                let (_directory, path) = self.copy();
                let present = files(&path);
                let fault = format!("{name}:error={error}:when={number}");
                println!("{fault}");
                let traced = Traced::run(strace, self, &path, Some(&fault));
                assert!(traced.succeeded, "{fault}: {}", traced.errors);
                Disk::new(&path, present).check(&traced.calls);
                assert!(
                    traced.failed.iter().all(|code| code == "io"),
                    "{fault}: {:?}",
                    traced.failed
                );
                failures += traced.failed.len();
                self.go_on(&path, traced.acknowledged);
            }
        }
        assert!(failures > 5, "only {failures} failures were reported");
    }

    /// The next worker does the same again: asks under the same ids, and gets answers.
    fn go_on(&self, ledger: &Path, mut acknowledged: Vec<Acknowledged>) {
        let first: Vec<Acknowledged> = acknowledged.clone();
        acknowledged.extend(self.before.iter().cloned());
        let again = run(self.command, ledger, self.more);
        for one in &first {
            let same = again.iter().find(|other| other.id == one.id).unwrap();
            assert_eq!((one.sequence, &one.hash), (same.sequence, &same.hash));
        }
        acknowledged.extend(again);
        if self.large {
            let from = acknowledged.iter().map(|one| one.sequence).filter(|at| *at > 0).min();
            let survivor = holds(ledger, from.unwrap(), &acknowledged);
            assert_eq!(survivor.entries.len(), 3);
        } else {
            check(ledger, &acknowledged);
        }
    }
}

/// A worker that ran under `strace`.
struct Traced {
    calls: Vec<Call>,
    acknowledged: Vec<Acknowledged>,
    /// The codes of the errors that it was given.
    failed: Vec<String>,
    errors: String,
    succeeded: bool,
}

impl Traced {
    fn run(strace: &OsString, work: &Work, ledger: &Path, fault: Option<&str>) -> Self {
        let directory = tempdir().unwrap();
        let log = directory.path().join("log");
        let mut command = Command::new(strace);
        command.args(["-f", "-y", "-qq", "-s", "200"]).arg("-o").arg(&log);
        command.args(["-e", &format!("trace={CHANGING},{READING}")]);
        if let Some(fault) = fault {
            command.args(["-e", &format!("inject={fault}")]);
        }
        command
            .arg(env!("CARGO_BIN_EXE_ledger-worker"))
            .arg(work.command)
            .arg(ledger)
            .args(work.more);
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        Self {
            calls: parse(&String::from_utf8_lossy(&fs::read(&log).unwrap())),
            acknowledged: acknowledged(&output.stdout),
            failed: text
                .lines()
                .filter_map(|line| line.strip_prefix("failed "))
                .map(str::to_owned)
                .collect(),
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
            succeeded: output.status.success(),
        }
    }

    fn died_at_work(&self) -> bool {
        let seen = |mark| self.calls.iter().any(|call| call.is_mark(mark));
        seen("marker-begin") && !seen("marker-end")
    }
}

/// Copies a directory; a full segment, which nobody writes to any more, is shared.
fn copy(from: &Path, to: &Path, share: bool) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to, share);
        } else if share && from.extension().is_some_and(|ending| ending == "seg") {
            fs::hard_link(from, to).unwrap();
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

/// All names below a directory, and its own.
fn files(directory: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    if directory.is_dir() {
        for entry in fs::read_dir(directory).unwrap() {
            found.extend(files(&entry.unwrap().path()));
        }
    }
    if directory.exists() {
        found.insert(directory.to_owned());
    }
    found
}

fn beginning() -> Work {
    Work::new("begin", &["1"])
}

fn fact() -> Work {
    Work::admission(&["asked", "fact"])
}

fn request() -> Work {
    Work::admission(&["asked", "request"])
}

/// An entry that begins a new segment. Nothing is decided, as that would take long beside so many entries.
fn first_of_a_segment() -> Work {
    let mut work = Work::new("watched", &["asked", "note"]);
    work.before = run("begin", &work.ledger(), &["0"]);
    run("fill", &work.ledger(), &[]);
    work.large = true;
    work
}

/// Opening what a killed writer left: a complete entry behind the head, and half of another.
fn recovery(strace: &OsString) -> Work {
    let killed = fact();
    let points = killed.points(&killed.calls(strace), "rename,renameat,renameat2");
    let (name, number) = points.last().unwrap();
    let mut work = Work::new("open", &[]);
    copy(&killed.ledger(), &work.ledger(), false);
    let fault = format!("{name}:signal=KILL:when={number}");
    assert!(Traced::run(strace, &killed, &work.ledger(), Some(&fault)).died_at_work());
    let segment = work.ledger().join("segments/00000000000000000000.seg");
    let mut bytes = fs::read(&segment).unwrap();
    bytes.extend_from_slice(&bytes.clone()[..100]);
    fs::write(&segment, bytes).unwrap();
    work.before = killed.before;
    work
}

#[test]
fn a_ledger_that_was_being_begun_can_be_begun() {
    beginning().die_at_each();
}

#[test]
fn a_fact_survives_death_at_each_system_call() {
    fact().die_at_each();
}

#[test]
fn a_request_with_attachments_survives_death_at_each_system_call() {
    request().die_at_each();
}

#[test]
fn a_new_segment_survives_death_at_and_failure_of_each_system_call() {
    if strace().is_some() {
        // Filling a segment takes long enough to do it only once.
        let work = first_of_a_segment();
        work.die_at_each();
        work.fail_at_each();
    }
}

#[test]
fn recovery_survives_death_at_each_system_call() {
    if let Some(strace) = strace() {
        recovery(strace).die_at_each();
    }
}

#[test]
fn a_beginning_survives_the_failure_of_each_system_call() {
    beginning().fail_at_each();
}

#[test]
fn a_fact_survives_the_failure_of_each_system_call() {
    fact().fail_at_each();
}

#[test]
fn a_request_with_attachments_survives_the_failure_of_each_system_call() {
    request().fail_at_each();
}

#[test]
fn recovery_survives_the_failure_of_each_system_call() {
    if let Some(strace) = strace() {
        recovery(strace).fail_at_each();
    }
}
