//! A host of the library that works on one ledger directory: tests run it in many processes at once,
//! kill it, and make its system calls fail. It says on standard output what was acknowledged to it.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "it serves tests alone, and stopping is how a test fails"
)]

mod asks;

use std::{
    env, fs,
    io::{self, Read as _, Write as _},
    panic,
    path::Path,
    process::{self, ExitCode},
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use poundlock::{
    Engine, Error, Ledger, State, Verdict, canonical,
    engine::{Admission, Admissions},
    ledger::Draft,
    model::Mode,
};

use asks::{Ask, begin, engine};

const USAGE: &str = "usage: ledger-worker COMMAND DIRECTORY …

  begin DIRECTORY CONTESTS              make a ledger with consent to so many contested promotions
  fill DIRECTORY                        fill the first segment
  admit DIRECTORY NAME THREADS COUNT    admit so many requests and facts in each thread
  race DIRECTORY NAME THREADS COUNT CONTESTS
                                        the same, and ask for every contested promotion in between
  watched DIRECTORY NAME KIND           admit once between two markers, then twice; a failure is retried
  open DIRECTORY                        open between two markers; a failure is retried
  verify DIRECTORY                      verify until standard input ends";

fn main() -> ExitCode {
    // No thread goes on when another one has failed.
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        report(info);
        process::exit(FAILED);
    }));
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<u64>().unwrap();
    let (command, directory) = match arguments.as_slice() {
        [command, directory, ..] => (*command, Path::new(directory)),
        _ => ("", Path::new("")),
    };
    match (command, arguments.get(2..).unwrap_or_default()) {
        ("begin", [contests]) => begin_watched(directory, number(contests)),
        ("fill", []) => fill(directory),
        ("admit", [name, threads, count]) => {
            admit(directory, name, number(threads), number(count), 0);
        }
        ("race", [name, threads, count, contests]) => {
            admit(directory, name, number(threads), number(count), number(contests));
        }
        ("watched", [name, kind]) => watched(directory, name, kind),
        ("open", []) => drop(open_watched(directory)),
        ("verify", []) => verify(directory),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// The exit code of a worker that found something wrong.
const FAILED: i32 = 101;

/// What one thread admits with.
enum Desk<'a> {
    /// What all threads of the process share.
    Shared(&'a Admissions),
    /// A state of its own.
    Own { engine: Box<Engine>, ledger: &'a Ledger, state: Box<State> },
    /// The ledger alone, in which nothing is decided.
    Bare(&'a Ledger),
}

impl<'a> Desk<'a> {
    fn own(ledger: &'a Ledger) -> Self {
        let state = State::open(ledger).unwrap();
        Self::Own { engine: Box::new(engine()), ledger, state: Box::new(state) }
    }

    fn admit(&mut self, ask: &Ask) -> Result<Admission, Error> {
        match (self, ask.clone()) {
            (Self::Bare(ledger), ask) => note(ledger, ask.id()),
            (Self::Shared(admissions), Ask::Request(request)) => admissions.admit(*request),
            (Self::Shared(admissions), Ask::Fact(fact)) => admissions.record(*fact, Vec::new()),
            (Self::Own { engine, ledger, state }, Ask::Request(request)) => {
                engine.admit(&request, ledger, state)
            }
            (Self::Own { engine, ledger, state }, Ask::Fact(fact)) => {
                engine.record(&fact, &[], ledger, state)
            }
        }
    }
}

/// Says something in one write, as whoever kills the process may see half of several.
fn say(line: &str) {
    let mut output = io::stdout().lock();
    output.write_all(format!("{line}\n").as_bytes()).unwrap();
    output.flush().unwrap();
}

fn acknowledge(ask: &Ask, admission: &Admission) {
    let Admission { sequence, entry, verdict, repeated, .. } = admission;
    let verdict = if *verdict == Verdict::Allow { "allow" } else { "deny" };
    let answer = if *repeated { "repeated" } else { "first" };
    say(&format!("acknowledged {} {sequence} {entry} {verdict} {answer}", ask.id()));
}

/// Leaves a trace for whoever watches the system calls.
fn mark(name: &str) {
    let _ = fs::symlink_metadata(name);
}

/// Runs something between two markers, and again after a failure, which is said.
fn between_markers<T>(mut run: impl FnMut() -> Result<T, Error>) -> T {
    mark("marker-begin");
    let first = run();
    mark("marker-end");
    first.or_else(|error| again(&error, &mut run)).unwrap()
}

/// Tries once more; a fault that passes must leave nothing that has to be repaired by hand.
fn again<T>(error: &Error, run: &mut impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    say(&format!("failed {}", error.code()));
    eprintln!("{error}");
    run()
}

fn begin_watched(directory: &Path, contests: u64) {
    let engine = engine();
    let (ledger, answer) = between_markers(|| {
        let ledger = match Ledger::create(directory) {
            Err(error) if error.code() == "ledger.exists" => Ledger::open(directory)?,
            other => other?,
        };
        match begin(&engine, &ledger) {
            Err(error) if error.code() == "ledger.conflict" => Ok((ledger, "repeated")),
            other => other.map(|_| (ledger, "first")),
        }
    });
    let recorded = ledger.read(0, 1).unwrap().pop().unwrap();
    say(&format!("acknowledged genesis 0 {} allow {answer}", recorded.hash));
    let mut desk = Desk::own(&ledger);
    for number in 0..contests {
        for ask in Ask::needed(number) {
            acknowledge(&ask, &desk.admit(&ask).unwrap());
        }
    }
}

/// Fills the first segment, so that the next entry begins a new one.
fn fill(directory: &Path) {
    const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;
    const LARGEST: u64 = 65_000;
    let ledger = Ledger::open(directory).unwrap();
    loop {
        let segment = directory.join("segments/00000000000000000000.seg");
        let room = SEGMENT_BYTES - fs::metadata(segment).unwrap().len();
        // No record is shorter than 200 bytes.
        if room < 200 {
            break;
        }
        let count = (room / (2 * LARGEST)).max(1);
        let length = usize::try_from(room.saturating_sub(350).min(LARGEST)).unwrap();
        let drafts = (0..count).map(|_| draft(&"x".repeat(length))).collect();
        ledger.append_all(ledger.head().unwrap().size, drafts).unwrap();
    }
}

/// A draft that nobody decides on.
fn draft(text: &str) -> Draft {
    let body = canonical::join_map(&[("text", &canonical::to_bytes(text).unwrap())]).unwrap();
    Draft { at: Some(asks::at()), kind: "note".to_owned(), body, attachments: Vec::new() }
}

/// Appends a note of this name, unless it is there.
fn note(ledger: &Ledger, name: &str) -> Result<Admission, Error> {
    let draft = draft(name);
    let size = ledger.head()?.size;
    let newest = ledger.read(size.saturating_sub(8), 8)?;
    let found = newest.into_iter().find(|recorded| recorded.entry.body == draft.body);
    let repeated = found.is_some();
    let recorded = match found {
        Some(recorded) => recorded,
        None => match ledger.append(size, draft) {
            // What a failed append left complete has become a part of the ledger.
            Err(error) if error.code() == "ledger.conflict" => return note(ledger, name),
            appended => appended?,
        },
    };
    Ok(Admission {
        sequence: recorded.entry.sequence,
        entry: recorded.hash,
        at: recorded.entry.at,
        verdict: Verdict::Allow,
        mode: Mode::Enforce,
        repeated,
        live: true,
        decision: None,
    })
}

fn admit(directory: &Path, name: &str, threads: u64, count: u64, contests: u64) {
    let admissions = Admissions::open(Ledger::open(directory).unwrap()).unwrap();
    let one_thread = |thread: u64| {
        // Who is alone needs no queue.
        let mut desk = match threads {
            1 => Desk::own(admissions.ledger()),
            _ => Desk::Shared(&admissions),
        };
        let name = format!("{name}-{thread}");
        for number in 0..count.max(contests) {
            let contested = (number < contests).then(|| Ask::contested(&name, number));
            let own = (number < count).then(|| Ask::own(&name, number));
            for ask in contested.iter().chain(&own) {
                acknowledge(ask, &desk.admit(ask).unwrap());
            }
        }
        if contests > 0 {
            let shared = Ask::shared();
            acknowledge(&shared, &desk.admit(&shared).unwrap());
        }
    };
    thread::scope(|scope| {
        let one_thread = &one_thread;
        for thread in 1..threads {
            scope.spawn(move || one_thread(thread));
        }
        one_thread(0);
    });
}

fn watched(directory: &Path, name: &str, kind: &str) {
    let ledger = Ledger::open(directory).unwrap();
    match kind {
        "request" => {
            let admissions = Admissions::open(ledger).unwrap();
            three(Desk::Shared(&admissions), &Ask::request(name, 0), name);
        }
        "fact" => three(Desk::own(&ledger), &Ask::fact(name, 0), name),
        "note" => three(Desk::Bare(&ledger), &Ask::fact(name, 0), name),
        _ => panic!("{USAGE}"),
    }
}

/// Admits three times, the first time between markers.
fn three(mut desk: Desk<'_>, first: &Ask, name: &str) {
    acknowledge(first, &between_markers(|| desk.admit(first)));
    for next in [Ask::fact(name, 1), Ask::request(name, 2)] {
        let mut run = || desk.admit(&next);
        let admission = run().or_else(|error| again(&error, &mut run)).unwrap();
        acknowledge(&next, &admission);
    }
}

fn open_watched(directory: &Path) -> Ledger {
    let ledger = between_markers(|| Ledger::open(directory));
    let head = ledger.verify().unwrap();
    say(&format!("verified {} {}", head.size, head.root));
    ledger
}

/// Verifies in a handle that stays open and in fresh ones, in turn.
fn verify(directory: &Path) {
    let ended = AtomicBool::new(false);
    let kept = Ledger::open(directory).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let _ = io::stdin().read_to_end(&mut Vec::new());
            ended.store(true, Ordering::Release);
        });
        while !ended.load(Ordering::Acquire) {
            let head = kept.verify().unwrap();
            say(&format!("verified {} {}", head.size, head.root));
            let fresh = Ledger::open_read_only(directory).unwrap().verify().unwrap();
            say(&format!("verified {} {}", fresh.size, fresh.root));
        }
    });
}
