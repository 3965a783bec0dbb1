//! Runs cases of the CEL specification's conformance suite, where a file of them is at hand.
//!
//! The file is `cases.jsonl` of a folder `shared/cel-spec` beside the repository, or what the variable
//! `POUNDLOCK_CEL_CASES` names. Without either there is nothing to run.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::Value as Json;

use super::{
    Computed, Environment, Expected, Outcome, Program, Scope, compare, compile,
    datum::{Datum, Held, Key, Marks, Owned, Text},
    meter::Meter,
};
use crate::limits;

/// Cases that do not pass, as `file/section/name`.
const KNOWN_FAILURES: &[&str] = &[];

fn text(json: &Json) -> &str {
    json.as_str().unwrap()
}

fn duration(json: &Json) -> SignedDuration {
    SignedDuration::new(text(&json["s"]).parse().unwrap(), text(&json["n"]).parse().unwrap())
}

fn double(text: &str) -> f64 {
    text.parse().unwrap()
}

fn value(json: &Json) -> Owned {
    let inner = &json["v"];
    match text(&json["t"]) {
        "int" => Owned::Int(text(inner).parse().unwrap()),
        "uint" => Owned::Uint(text(inner).parse().unwrap()),
        "double" => Owned::Double(double(text(inner))),
        "string" => Owned::Text(text(inner).into()),
        "bytes" => Owned::Bytes(
            inner
                .as_array()
                .unwrap()
                .iter()
                .map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap())
                .collect(),
        ),
        "bool" => Owned::Bool(inner.as_bool().unwrap()),
        "null" => Owned::Null,
        "type" => Owned::Type(super::functions::type_name(text(inner)).unwrap()),
        "list" => Owned::List(Arc::new(Held {
            elements: inner.as_array().unwrap().iter().map(value).collect(),
            marks: Marks::default(),
            depth: 1,
        })),
        "map" => {
            let mut elements: Vec<(Key<'static>, Owned)> = inner
                .as_array()
                .unwrap()
                .iter()
                .map(|pair| (key(&pair[0]), value(&pair[1])))
                .collect();
            elements.sort_by(|(a, _), (b, _)| a.order(b));
            Owned::Map(Arc::new(Held { elements, marks: Marks::default(), depth: 1 }))
        }
        "timestamp" => Owned::Timestamp(duration(json)),
        "duration" => Owned::Duration(duration(json)),
        other => panic!("a value of type {other}"),
    }
}

fn key(json: &Json) -> Key<'static> {
    match value(json) {
        Owned::Text(text) => Key::Text(Text::Shared(text)),
        other => match other.view().unwrap() {
            Datum::Bool(value) => Key::Bool(value),
            Datum::Int(value) => Key::Number { value: value.into(), unsigned: false },
            Datum::Uint(value) => Key::Number { value: value.into(), unsigned: true },
            _ => panic!("a key"),
        },
    }
}

/// What an expression comes to: a result, `None` for an error.
fn run(case: &Json) -> Option<Outcome> {
    let mut environment = Environment::new();
    environment.container = text(&case["container"]).to_owned();
    let bindings = case["bindings"].as_array().unwrap();
    let slots: Vec<usize> =
        bindings.iter().map(|pair| environment.variable(text(&pair[0]))).collect();
    let source = text(&case["expr"]);
    let checked = !case["disable_check"].as_bool().unwrap();
    let compiled = compile::compile(source, &environment, Expected::Any, checked).ok()?;
    let mut scope = Scope::new(&environment);
    for (slot, pair) in slots.into_iter().zip(bindings) {
        scope.set_outcome(slot, Outcome::Result(Computed { owned: value(&pair[1]), bytes: 0 }));
    }
    Some(
        Program::new(source, compiled)
            .evaluate(&scope, &mut super::Budget::new(limits::EVALUATION_STEPS)),
    )
}

/// Whether the result is the very value: of the same type, and a NaN is a NaN.
fn same(a: &Owned, b: &Owned) -> bool {
    let mut meter = Meter { steps: u64::MAX, bytes: u64::MAX };
    let (a, b) = (a.view().unwrap(), b.view().unwrap());
    match (&a, &b) {
        (Datum::Double(a), Datum::Double(b)) if a.is_nan() && b.is_nan() => true,
        (Datum::List(a), Datum::List(b)) => {
            a.len() == b.len()
                && (0..a.len()).all(|at| {
                    let keep = |list: &super::datum::List<'_>| {
                        list.get(at).unwrap().unwrap().keep(&mut |_| Ok(())).unwrap()
                    };
                    same(&keep(a), &keep(b))
                })
        }
        _ => a.type_name() == b.type_name() && compare::equal(&mut meter, &a, &b).unwrap(),
    }
}

fn passes(case: &Json) -> bool {
    let want = &case["want"];
    match (run(case), text(&want["t"])) {
        (None | Some(Outcome::Error { .. }), "error") => true,
        (Some(Outcome::Unknown { .. }), "unknown") => true,
        (_, "error" | "unknown") => false,
        (Some(Outcome::Result(computed)), _) => same(&computed.owned, &value(want)),
        _ => false,
    }
}

#[test]
#[allow(clippy::disallowed_methods, clippy::print_stderr)]
fn the_specification_s_cases_pass() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/cel-spec/cases.jsonl");
    let path = std::env::var("POUNDLOCK_CEL_CASES").unwrap_or_else(|_| beside.to_owned());
    let Ok(cases) = std::fs::read_to_string(&path) else {
        eprintln!("no cases to run");
        return;
    };
    let mut failures = Vec::new();
    let mut passed = 0;
    for line in cases.lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let name = ["file", "section", "name"].map(|part| text(&case[part])).join("/");
        if passes(&case) {
            passed += 1;
        } else {
            eprintln!("{name}: {} wants {}, is {:?}", case["expr"], case["want"], run(&case));
            failures.push(name);
        }
    }
    eprintln!("{passed} passed, {} failed", failures.len());
    let failures: Vec<&str> = failures.iter().map(String::as_str).collect();
    assert_eq!(failures, KNOWN_FAILURES);
}
