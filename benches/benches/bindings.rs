//! What each binding adds to a decision: Rust, C, Go, Python and Node.js by turns, in one run.
//!
//! Rust calls the very contract that the others call. The programs of the other languages lie in `benches/bindings`;
//! `cargo xtask overhead` builds them and names them in `POUNDLOCK_OVERHEAD`, a JSON object from language to command.
//! Each gets a directory with `engine.json`, `request.json` and `plan.json`, prints `ready`, and then answers each line
//! `decide N` or `plan` with the nanoseconds that N decisions took, or that reading the plan and one decision about it
//! did.
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
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Instant,
};

use poundlock::{
    digest::hex,
    wire::{Engine, Plan},
};
use serde_json::{Value as Json, json};

/// How many decisions are timed at once.
const DECISIONS: u32 = 2_000;
/// How often each language has its turn with decisions, and with plans.
const ROUNDS: (usize, usize) = (30, 8);
/// How many resources the plan has.
const RESOURCES: usize = 10_000;
/// How large the request is, in bytes of JSON.
const REQUEST_BYTES: usize = 1_024;
/// How many microseconds each language may add to a decision.
const GOALS: [(&str, f64); 4] = [("C", 0.2), ("Go", 0.5), ("Python", 1.5), ("Node.js", 3.0)];

fn main() {
    if race::is_test() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let inputs = Inputs::write(directory.path());
    let commands = env::var("POUNDLOCK_OVERHEAD").unwrap_or_else(|_| "{}".to_owned());
    let commands: BTreeMap<String, Vec<String>> = serde_json::from_str(&commands).unwrap();
    let mut programs: Vec<Program> = commands
        .iter()
        .map(|(name, command)| Program::start(name, command, directory.path()))
        .collect();

    let mut decide = vec![f64::MAX; programs.len() + 1];
    for _ in 0..ROUNDS.0 {
        decide[0] = decide[0].min(inputs.decide(DECISIONS));
        for (program, least) in programs.iter_mut().zip(&mut decide[1..]) {
            *least = least.min(program.ask(&format!("decide {DECISIONS}")));
        }
    }
    let each = |total: f64| total / f64::from(DECISIONS) / 1_000.0;
    println!("one decision in Rust, {REQUEST_BYTES} bytes in:  {:.2} µs", each(decide[0]));
    for (program, total) in programs.iter().zip(&decide[1..]) {
        let goal =
            GOALS.iter().find(|(name, _)| *name == program.name).map_or(0.0, |(_, goal)| *goal);
        let more = each(*total) - each(decide[0]);
        println!("  {:8} {more:+.2} µs  (goal: at most {goal} µs)", program.name);
    }

    let mut plan = vec![f64::MAX; programs.len() + 1];
    for _ in 0..ROUNDS.1 {
        plan[0] = plan[0].min(inputs.plan());
        for (program, least) in programs.iter_mut().zip(&mut plan[1..]) {
            *least = least.min(program.ask("plan"));
        }
    }
    println!("a plan of {RESOURCES} resources in Rust:  {:.1} ms", plan[0] / 1e6);
    for (program, time) in programs.iter().zip(&plan[1..]) {
        println!("  {:8} {:.3} of it  (goal: at most 1.03)", program.name, time / plan[0]);
    }
}

/// What every language works on.
struct Inputs {
    engine: Engine,
    request: Vec<u8>,
    plan: Vec<u8>,
    options: Vec<u8>,
}

impl Inputs {
    fn write(directory: &Path) -> Self {
        let texts = fixture::engine().texts().clone();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let engine = json!({
            "charter": text(texts.charter),
            "lock": text(texts.lock),
            "packs": texts.packs.into_iter().map(text).collect::<Vec<_>>(),
        });
        let options = json!({ "format": "terraform", "nonce": hex(&fixture::NONCE) });
        let mut request: Json =
            serde_json::to_value(fixture::request("run", &fixture::plan(8))).unwrap();
        // Each language hands in the plan that it read.
        request["subject"]["change"].as_object_mut().unwrap().remove("plan");
        let length = request.to_string().len();
        request["reason"] = json!(format!("a benchmark{}", "!".repeat(REQUEST_BYTES - length)));
        let inputs = Self {
            engine: Engine::new(engine.to_string().as_bytes()).unwrap(),
            request: request.to_string().into_bytes(),
            plan: plan::terraform(RESOURCES),
            options: options.to_string().into_bytes(),
        };
        assert_eq!(inputs.request.len(), REQUEST_BYTES);
        fs::write(directory.join("engine.json"), engine.to_string()).unwrap();
        fs::write(directory.join("request.json"), &inputs.request).unwrap();
        fs::write(directory.join("plan.json"), &inputs.plan).unwrap();
        inputs
    }

    /// Nanoseconds for so many decisions.
    fn decide(&self, count: u32) -> f64 {
        let start = Instant::now();
        for _ in 0..count {
            black_box(self.engine.decide(None, None, black_box(&self.request), b"").unwrap());
        }
        start.elapsed().as_secs_f64() * 1e9
    }

    /// Nanoseconds for reading the plan and deciding about it.
    fn plan(&self) -> f64 {
        let start = Instant::now();
        let plan = Plan::read(&self.options, &self.plan).unwrap();
        black_box(self.engine.decide(None, Some(&plan), &self.request, b"").unwrap());
        drop(plan);
        start.elapsed().as_secs_f64() * 1e9
    }
}

/// A program of another language.
struct Program {
    name: String,
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Program {
    fn start(name: &str, command: &[String], directory: &Path) -> Self {
        let mut process = Command::new(&command[0])
            .args(&command[1..])
            .arg(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
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
