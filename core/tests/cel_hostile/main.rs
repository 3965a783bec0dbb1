//! Expressions that are made to hurt: each ends within its steps and its bytes, on the stack that a
//! thread has by default, with the right code. (R025, R031)
#![allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "this is a test"
)]

mod bounds;
mod bytes;
mod explaining;
mod growth;
mod memory;
mod patterns;
mod refusals;
mod words;

use poundlock::{
    Value,
    cel::{Budget, Environment, Expected, Outcome, Program, Scope},
    limits,
};

/// The stack that a thread has by default.
const STACK: usize = 2 * 1024 * 1024;
/// What compiling an expression of the longest length may take at a time: the syntax tree, the copies
/// that the parser makes of it, and the regular expressions.
const COMPILE_BYTES: usize = 32 * 1024 * 1024;
/// What evaluating may take at a time beyond the bytes of its budget: regular expressions that are
/// being compiled, and the state of those that match.
const SLACK_BYTES: usize = 8 * 1024 * 1024;
/// Stands in every document, and must stand in no error.
const MARKER: &str = "hunter2";

/// An expression that is made to hurt, and what becomes of it in one word: the code with which it is
/// refused or fails, `exhausted`, `unknown`, or the result.
struct Case {
    name: &'static str,
    source: String,
    word: &'static str,
}

fn case(name: &'static str, source: impl Into<String>, word: &'static str) -> Case {
    Case { name, source: source.into(), word }
}

/// The document that the expressions see as `object`.
fn document() -> Value {
    let numbers: Vec<String> = (0..2000).map(|number| number.to_string()).collect();
    let words: Vec<String> = (0..2000).map(|number| format!("\"word{}\"", number % 700)).collect();
    let text = format!(
        r#"{{"marker": "{MARKER}", "n": [{}], "w": [{}], "s": "{}", "tens": [0,1,2,3,4,5,6,7,8,9],
            "a": true, "digits": "{}", "m": {{"{MARKER}": "{MARKER}"}}, "long": "{}",
            "deep": {}1{}, "bad": "(a{{9}}", "wide": "\\pL{{100}}"}}"#,
        numbers.join(","),
        words.join(","),
        "a".repeat(100_000),
        "1234567890".repeat(100),
        "é".repeat(2_000_000),
        "[".repeat(limits::DEPTH - 2),
        "]".repeat(limits::DEPTH - 2),
    );
    Value::parse_json(text.as_bytes()).unwrap()
}

/// What becomes of a case, and the most memory that compiling and evaluating it took at a time.
struct Ran {
    word: String,
    compiling: usize,
    evaluating: usize,
}

fn run(source: &str, document: &Value, steps: u64) -> Ran {
    let mut environment = Environment::new();
    let object = environment.variable("object");
    let mut scope = Scope::new(&environment);
    scope.set(object, document.clone());
    let (program, compiling) =
        memory::most(|| Program::compile(source, &environment, Expected::Any));
    let program = match program {
        Ok(program) => program,
        Err(error) => {
            assert!(!error.to_string().contains(MARKER), "{error}");
            return Ran { word: error.code().to_owned(), compiling, evaluating: 0 };
        }
    };
    let mut budget = Budget::new(steps);
    let (outcome, evaluating) = memory::most(|| program.evaluate(&scope, &mut budget));
    assert!(!format!("{outcome:?}").contains(MARKER), "{outcome:?}");
    let word = match outcome {
        Outcome::Result(computed) => match (computed.as_bool(), computed.as_str()) {
            (Some(value), _) => value.to_string(),
            (None, Some(_)) => "text".to_owned(),
            _ => "other".to_owned(),
        },
        Outcome::Unknown { .. } => "unknown".to_owned(),
        Outcome::Error { code, .. } => code.to_owned(),
        Outcome::Exhausted => "exhausted".to_owned(),
    };
    Ran { word, compiling, evaluating }
}

/// Runs all cases, each on a small stack, and names those that end otherwise.
fn hold(cases: Vec<Case>) {
    hold_over(&document(), limits::EVALUATION_STEPS, cases);
}

fn hold_over(document: &Value, steps: u64, cases: Vec<Case>) {
    assert!(!cases.is_empty());
    let mut faults = Vec::new();
    for Case { name, source, word } in cases {
        let document = document.clone();
        // The stack is the thread's own.
        let thread = std::thread::Builder::new().stack_size(STACK);
        let ran = thread.spawn(move || run(&source, &document, steps)).unwrap().join();
        let Ok(ran) = ran else {
            faults.push(format!("{name}: panics"));
            continue;
        };
        if ran.word != word {
            faults.push(format!("{name}: {} and not {word}", ran.word));
        }
        if ran.compiling > COMPILE_BYTES {
            faults.push(format!("{name}: compiling takes {} bytes", ran.compiling));
        }
        let most = usize::try_from(limits::EVALUATION_BYTES).unwrap() + SLACK_BYTES;
        if ran.evaluating > most {
            faults.push(format!("{name}: evaluating takes {} bytes", ran.evaluating));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
