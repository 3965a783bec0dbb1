//! What is fuzzed: each body takes any bytes and panics where a promise is broken.
//!
//! The targets in `fuzz/` feed them what a fuzzer thinks of; the tests, what has been found so far.

use poundlock::{
    Plan, PolicyPack, Value,
    cel::{Budget, Environment, Expected, Outcome, Program, Scope},
    digest::Digest,
    limits,
    model::{Report, ReportFormat},
};

/// What separates an expression from the document it is evaluated over.
const SEPARATOR: &str = "\n---\n";
/// The document for an expression that comes with none; the name of its first field stands in no error.
const DOCUMENT: &str = r#"{"hunter2": "hunter2", "a": true, "n": {"b": 2, "a": [1.5, null]}, "s": "text, more",
    "l": [1, "x", [2, 3], {"k": "v"}, 18446744073709551615], "at": "2026-11-22T10:00:00Z", "ip": "10.1.2.3"}"#;
/// Few enough that a fuzzer makes many tries in a second.
const STEPS: u64 = 20_000;

/// Parses, checks, compiles, evaluates and explains an expression, perhaps with a document behind a line of `---`.
///
/// # Panics
///
/// Where a refusal has no place in the expression, or two evaluations differ, or one step less is
/// enough as well, or an outcome shows what is in the document.
pub fn expression(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (source, document) = text.split_once(SEPARATOR).unwrap_or((text, DOCUMENT));
    let Ok(document) = Value::parse_json(document.as_bytes()) else { return };
    let mut environment = Environment::new();
    let object = environment.variable("object");
    let members = environment.group("variables", &["x".to_owned(), "y".to_owned()]);
    for expected in [Expected::Bool, Expected::Text] {
        let _ = Program::compile(source, &environment, expected);
    }
    let program = match Program::compile(source, &environment, Expected::Any) {
        Ok(program) => program,
        Err(error) => {
            let lines = source.split('\n').count().max(1);
            let position = error.place().position;
            assert!(
                position.is_none_or(|at| usize::try_from(at.line).is_ok_and(|line| line <= lines))
            );
            assert!(position.is_some() || error.code() == "policy.complexity");
            return;
        }
    };
    let _ = program.constant();
    let mut scope = Scope::new(&environment);
    scope.set(object, document.clone());
    for slot in members {
        scope.set(slot, document.clone());
    }
    let run = |steps: u64| {
        let mut budget = Budget::new(steps);
        let outcome = program.evaluate(&scope, &mut budget);
        (outcome, steps.saturating_sub(budget.steps))
    };
    let (outcome, cost) = run(STEPS);
    let shown = format!("{outcome:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    let (again, same) = run(STEPS);
    assert_eq!((&shown, cost), (&format!("{again:?}"), same));
    let reasons = program.explain(&scope, &[], &mut Budget::new(STEPS));
    assert!(reasons.len() <= limits::EXPLANATION_REASONS);
    if !matches!(outcome, Outcome::Exhausted) {
        assert_eq!(shown, format!("{:?}", run(cost).0));
        assert!(cost == 0 || matches!(run(cost.saturating_sub(1)).0, Outcome::Exhausted));
    }
}

/// Reads bytes as each kind of document that comes from outside.
///
/// # Panics
///
/// Where what was read is not read back alike after it is written.
pub fn document(data: &[u8]) {
    if let Ok(value) = Value::parse_json(data)
        && let Ok(written) = serde_json::to_vec(&value)
    {
        let again = Value::parse_json(&written).ok();
        let rewritten = again.and_then(|value| serde_json::to_vec(&value).ok());
        assert_eq!(rewritten.as_deref(), Some(written.as_slice()));
    }
    let _ = Value::parse_yaml(data);
    let _ = Plan::from_tool(data, &[7; 32]);
    if let Ok(pack) = PolicyPack::parse(data) {
        let again = PolicyPack::parse(data).map(|pack| pack.digest());
        assert_eq!(again.ok(), Some(pack.digest()));
        let _ = pack.lint();
        let _ = pack.test();
    }
}

/// Reads a report in every format.
///
/// # Panics
///
/// Where it is read differently a second time, or is filed under another digest than its own.
pub fn report(data: &[u8]) {
    for format in ReportFormat::ALL {
        let Ok(report) = Report::read(format, data) else { continue };
        assert_eq!(Report::read(format, data).ok().as_ref(), Some(&report));
        assert_eq!(report.digest(), Digest::of(data));
    }
}
