//! Starts the worker, reads what it acknowledges, and checks what a ledger must hold after whatever
//! happened to it.

use std::{
    collections::BTreeSet,
    env,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use poundlock::{
    Ledger, State, canonical,
    ledger::Recorded,
    state::{DecisionBody, FactBody, kind},
};

/// Whether the long versions are asked for.
pub(crate) fn soak() -> bool {
    env::var_os("POUNDLOCK_SOAK").is_some()
}

/// The worker with these arguments.
pub(crate) fn worker(command: &str, directory: &Path, more: &[&str]) -> Command {
    let mut worker = Command::new(env!("CARGO_BIN_EXE_ledger-worker"));
    worker.arg(command).arg(directory).args(more);
    worker
}

/// Runs the worker to its good end; what it acknowledged.
#[track_caller]
pub(crate) fn run(command: &str, directory: &Path, more: &[&str]) -> Vec<Acknowledged> {
    let output = worker(command, directory, more).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command} {more:?}: {errors}");
    acknowledged(&output.stdout)
}

/// What the worker said was acknowledged to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    pub(crate) id: String,
    pub(crate) sequence: u64,
    pub(crate) hash: String,
    pub(crate) allowed: bool,
    pub(crate) repeated: bool,
}

impl Acknowledged {
    /// Nothing for other lines.
    pub(crate) fn from_line(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ["acknowledged", id, sequence, hash, verdict, answer] = words.as_slice() else {
            return None;
        };
        Some(Self {
            id: (*id).to_owned(),
            sequence: sequence.parse().unwrap(),
            hash: (*hash).to_owned(),
            allowed: *verdict == "allow",
            repeated: *answer == "repeated",
        })
    }
}

/// All that was acknowledged in what a worker printed.
pub(crate) fn acknowledged(output: &[u8]) -> Vec<Acknowledged> {
    String::from_utf8_lossy(output).lines().filter_map(Acknowledged::from_line).collect()
}

/// The exit code of a worker that found something wrong.
const FAILED: i32 = 101;

/// A worker at work.
pub(crate) struct Worker {
    process: Child,
    output: BufReader<ChildStdout>,
    pub(crate) acknowledged: Vec<Acknowledged>,
}

impl Worker {
    pub(crate) fn start(command: &str, directory: &Path, more: &[&str]) -> Self {
        let mut process = worker(command, directory, more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Self { process, output, acknowledged: Vec::new() }
    }

    /// The next line that it prints.
    pub(crate) fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        (self.output.read_line(&mut line).unwrap() > 0).then_some(line)
    }

    /// Reads so many acknowledgements more.
    pub(crate) fn read(&mut self, count: u64) {
        for _ in 0..count {
            let line = self.line().expect("the worker ended by itself");
            self.acknowledged.push(Acknowledged::from_line(&line).expect("an acknowledgement"));
        }
    }

    /// Ends it at once, wherever it is; all that it acknowledged.
    pub(crate) fn kill(mut self) -> Vec<Acknowledged> {
        self.process.kill().unwrap();
        let status = self.process.wait().unwrap();
        assert_ne!(status.code(), Some(FAILED));
        while let Some(line) = self.line() {
            self.acknowledged.push(Acknowledged::from_line(&line).expect("an acknowledgement"));
        }
        self.acknowledged
    }

    /// Closes its standard input and waits for its good end; the lines that it printed.
    pub(crate) fn finish(mut self) -> Vec<String> {
        drop(self.process.stdin.take());
        let lines = std::iter::from_fn(|| self.line()).collect();
        assert!(self.process.wait().unwrap().success());
        lines
    }
}

/// Small numbers that look random and are the same in every run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // The generator of Knuth's MMIX; its upper bits are good enough.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// What a ledger was found to hold.
pub(crate) struct Survivor {
    /// Its entries.
    pub(crate) entries: Vec<Recorded>,
    /// What the decided ones answer, in order.
    pub(crate) ids: Vec<String>,
    /// What opening it found and did.
    pub(crate) notices: Vec<String>,
}

/// A ledger opens, is sound, folds, holds all that was acknowledged, and answers each id once; also for
/// whoever may only read.
#[track_caller]
pub(crate) fn check<'a>(
    directory: &Path,
    acknowledged: impl IntoIterator<Item = &'a Acknowledged>,
) -> Survivor {
    // A reader changes nothing, and must come to the same before a writer has tidied up.
    let readable = Ledger::open_read_only(directory).unwrap().verify().unwrap();
    let survivor = holds(directory, 0, acknowledged);
    let size = survivor.entries.len() as u64;
    assert!(readable.size <= size, "{readable:?} {size}");
    let mut state = State::new();
    state.catch_up(&Ledger::open(directory).unwrap()).unwrap();
    assert_eq!(state.size(), size);
    survivor
}

/// A ledger opens, is sound, and from an entry on holds all that was acknowledged, and answers each id once.
#[track_caller]
pub(crate) fn holds<'a>(
    directory: &Path,
    from: u64,
    acknowledged: impl IntoIterator<Item = &'a Acknowledged>,
) -> Survivor {
    let ledger = Ledger::open(directory).unwrap();
    let notices = ledger.notices();
    let head = ledger.verify().unwrap();
    let entries = ledger.read(from, usize::MAX).unwrap();
    assert_eq!(head.size, from + entries.len() as u64);
    for Acknowledged { id, sequence, hash, .. } in acknowledged {
        let Some(place) = sequence.checked_sub(from) else { continue };
        let recorded = &entries[usize::try_from(place).unwrap()];
        assert_eq!(recorded.hash.to_string(), *hash, "{id} was acknowledged at {sequence}");
        let answered = answered(recorded);
        assert!(answered.is_none_or(|answered| answered == *id), "{id} at {sequence}");
    }
    let ids: Vec<String> = entries.iter().filter_map(answered).collect();
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "an id was answered twice: {ids:?}");
    Survivor { entries, ids, notices }
}

/// The id that an entry answers; nothing for entries that answer nobody.
pub(crate) fn answered(recorded: &Recorded) -> Option<String> {
    let body = &recorded.entry.body;
    match recorded.entry.kind.as_str() {
        kind::DECISION => Some(canonical::from_bytes::<DecisionBody>(body).unwrap().request.id),
        kind::FACT => Some(canonical::from_bytes::<FactBody>(body).unwrap().fact.id),
        _ => None,
    }
}
