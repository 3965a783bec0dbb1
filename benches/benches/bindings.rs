//! What each binding adds to a decision: Rust, C, Go, Python and Node.js by turns, in one run.
//!
//! Rust calls the very contract that the others call. The programs of the other languages lie in `benches/bindings`;
//! `cargo xtask overhead` builds them and names them in `POUNDLOCK_OVERHEAD`, a JSON object from language to command.
//! Each gets a directory with `engine.json`, `request.json` and `plan.json`, prints `ready`, and then answers each line
//! `decide N` or `plan` with the nanoseconds that N decisions took, or that reading the plan and one decision about it
//! did.
//!
//! The program of Rust is this one, started once more, so that no language has a heap that other work made ready for
//! it. Each has a second thread, as those of Go and Node.js have in any case: memory is had for less in a process that
//! has one thread alone.
#![allow(missing_docs)]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout, clippy::unwrap_used)]

#[expect(dead_code, reason = "the other benchmarks use more of it")]
mod fixture;
#[path = "policies/plan.rs"]
mod plan;
#[expect(dead_code, reason = "the other benchmarks use more of it")]
mod race;

use std::{
    collections::BTreeMap,
    env, fs,
    hint::black_box,
    io::{self, BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
    time::Instant,
};

use poundlock::{
    digest::hex,
    wire::{Engine, Plan},
};
use serde_json::{Value as Json, json};

/// How many decisions are timed at once: few, so that some turns pass without an interruption.
const DECISIONS: u32 = 200;
/// How often each language has its turn with decisions, and with plans.
const ROUNDS: (usize, usize) = (300, 12);
/// How many resources the plan has.
const RESOURCES: usize = 10_000;
/// How large the request is, in bytes of JSON.
const REQUEST_BYTES: usize = 1_024;
/// How many microseconds each language may add to a decision.
const GOALS: [(&str, f64); 4] = [("C", 0.2), ("Go", 0.5), ("Python", 1.5), ("Node.js", 3.0)];
/// Where the program of Rust is told the directory.
const RUST: &str = "POUNDLOCK_OVERHEAD_RUST";

fn main() {
    if race::is_test() {
        return;
    }
    if let Some(directory) = env::var_os(RUST) {
        return answer(directory.as_ref());
    }
    let directory = tempfile::tempdir().unwrap();
    write_inputs(directory.path());
    let commands = env::var("POUNDLOCK_OVERHEAD").unwrap_or_else(|_| "{}".to_owned());
    let commands: BTreeMap<String, Vec<String>> = serde_json::from_str(&commands).unwrap();
    let mut rust = Command::new(env::current_exe().unwrap());
    rust.arg("--bench").env(RUST, directory.path());
    let mut programs = vec![Program::start("Rust", &mut rust)];
    for (name, words) in &commands {
        let mut command = Command::new(&words[0]);
        programs.push(Program::start(name, command.args(&words[1..]).arg(directory.path())));
    }

    let [rust, others @ ..] = &*least(&mut programs, &format!("decide {DECISIONS}"), ROUNDS.0)
    else {
        return;
    };
    let each = |total: f64| total / f64::from(DECISIONS) / 1_000.0;
    println!("one decision in Rust, {REQUEST_BYTES} bytes in:  {:.2} µs", each(*rust));
    for (program, total) in programs.iter().skip(1).zip(others) {
        let goal =
            GOALS.iter().find(|(name, _)| *name == program.name).map_or(0.0, |(_, goal)| *goal);
        let more = each(*total) - each(*rust);
        println!("  {:8} {more:+.2} µs  (goal: at most {goal} µs)", program.name);
    }

    let [rust, others @ ..] = &*least(&mut programs, "plan", ROUNDS.1) else { return };
    println!("a plan of {RESOURCES} resources in Rust:  {:.1} ms", rust / 1e6);
    for (program, time) in programs.iter().skip(1).zip(others) {
        println!("  {:8} {:.3} of it  (goal: at most 1.03)", program.name, time / rust);
    }
}

/// The least number of nanoseconds that each program takes, where all have their turn in each round.
fn least(programs: &mut [Program], question: &str, rounds: usize) -> Vec<f64> {
    let mut least = vec![f64::MAX; programs.len()];
    for _ in 0..rounds {
        for (program, least) in programs.iter_mut().zip(&mut least) {
            *least = least.min(program.ask(question));
        }
    }
    least
}

/// Writes what every language works on.
fn write_inputs(directory: &Path) {
    let texts = fixture::engine().texts().clone();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let engine = json!({
        "charter": text(texts.charter),
        "lock": text(texts.lock),
        "packs": texts.packs.into_iter().map(text).collect::<Vec<_>>(),
    });
    let mut request: Json =
        serde_json::to_value(fixture::request("run", &fixture::plan(8))).unwrap();
    // Each language hands in the plan that it read.
    request["subject"]["change"].as_object_mut().unwrap().remove("plan");
    let length = request.to_string().len();
    request["reason"] = json!(format!("a benchmark{}", "!".repeat(REQUEST_BYTES - length)));
    let request = request.to_string();
    assert_eq!(request.len(), REQUEST_BYTES);
    fs::write(directory.join("engine.json"), engine.to_string()).unwrap();
    fs::write(directory.join("request.json"), request).unwrap();
    fs::write(directory.join("plan.json"), plan::terraform(RESOURCES)).unwrap();
}

/// The Rust part, which says what it is asked and answers.
fn answer(directory: &Path) {
    let read = |name| fs::read(directory.join(name)).unwrap();
    let engine = Engine::new(&read("engine.json")).unwrap();
    let (request, document) = (read("request.json"), read("plan.json"));
    let options = json!({ "format": "terraform", "nonce": hex(&fixture::NONCE) }).to_string();
    thread::spawn(thread::park);
    println!("ready");
    for line in io::stdin().lines() {
        let line = line.unwrap();
        let start = Instant::now();
        match line.strip_prefix("decide ") {
            Some(count) => {
                for _ in 0..count.parse::<u32>().unwrap() {
                    black_box(engine.decide(None, None, black_box(&request), b"").unwrap());
                }
            }
            None => {
                let plan = Plan::read(options.as_bytes(), &document).unwrap();
                black_box(engine.decide(None, Some(&plan), &request, b"").unwrap());
            }
        }
        println!("{}", start.elapsed().as_nanos());
    }
}

/// A program of one of the languages.
struct Program {
    name: String,
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Program {
    fn start(name: &str, command: &mut Command) -> Self {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut program = Self { name: name.to_owned(), process, input, output };
        assert_eq!(program.line(), "ready");
        program
    }

    fn ask(&mut self, question: &str) -> f64 {
        writeln!(self.input, "{question}").unwrap();
        self.input.flush().unwrap();
        self.line().parse().unwrap()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
