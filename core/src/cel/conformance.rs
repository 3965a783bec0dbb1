//! Cases of the CEL specification's conformance suite, written as JSON, one on a line.
//!
//! For tests, and built only with the feature `conformance`: it reaches what policies cannot have,
//! such as a container for names, variables of any type, and expressions that are not checked.
//!
//! A case is an object. `file`, `section` and `name` say where it stands in the suite, `expr` is the
//! expression, `bindings` lists `[name, value]` pairs, and `want` is the result. Optional are
//! `container`, the namespace in which names are looked up first; `disable_check`, for an expression
//! that is evaluated without being checked; and `check_only`, for one that is only checked.
//!
//! A value is `{"t": type, "v": …}`: `int` and `uint` with decimal text, `double` with text such as
//! `1.5`, `inf`, `-inf` or `nan`, `string`, `bytes` (a list of numbers), `bool`, `null`, `type` (its
//! name), `list` (values), `map` (pairs of values); `timestamp` and `duration` have seconds `s` and
//! nanoseconds `n` in place of `v`. A result may also be `{"t": "error"}` or `{"t": "unknown"}`; an
//! expression that is refused when it is compiled, and one that uses up its budget, is an error.
//!
//! ```
//! use poundlock::cel::conformance::Case;
//!
//! let case = Case::read(r#"{"expr": "[1, x]", "bindings": [["x", {"t": "int", "v": "2"}]],
//!     "want": {"t": "list", "v": [{"t": "int", "v": "1"}, {"t": "int", "v": "2"}]}}"#)?;
//! assert!(case.run().passed);
//! # Ok::<(), poundlock::Error>(())
//! ```

mod block;

use std::sync::Arc;

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    Budget, Computed, Environment, Expected, Outcome, Program, Scope, compare, compile,
    datum::{Datum, Eval, Held, Key, Marks, Owned, Text},
    functions,
    meter::Meter,
};
use crate::{
    error::{Code, Error, Result},
    limits,
};

/// One case.
#[derive(Debug)]
pub struct Case {
    line: Line,
    /// The expression as it is run.
    source: String,
    bindings: Vec<(String, Owned)>,
    want: Want,
}

/// What an expression must come to.
#[derive(Debug)]
enum Want {
    Value(Owned),
    Error,
    Unknown,
}

/// What running a case came to.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Whether that is what the case wants.
    pub passed: bool,
    /// The result, written as in the case; errors also have a `code`.
    pub got: String,
}

#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    file: String,
    #[serde(default)]
    section: String,
    #[serde(default)]
    name: String,
    expr: String,
    #[serde(default)]
    bindings: Vec<(String, Json)>,
    #[serde(default)]
    container: String,
    #[serde(default)]
    disable_check: bool,
    #[serde(default)]
    disable_macros: bool,
    #[serde(default)]
    check_only: bool,
    want: Json,
}

impl Case {
    /// Reads a case.
    ///
    /// # Errors
    ///
    /// - `input.syntax`: the text is not JSON of this shape.
    /// - `input.invalid_value`: a value that is none, or `disable_macros`, which does not exist here.
    pub fn read(text: &str) -> Result<Self> {
        let mut line: Line = serde_json::from_str(text)
            .map_err(|error| Error::new(Code::InputSyntax, format!("this is no case: {error}")))?;
        if line.disable_macros {
            return Err(invalid("disable_macros: macros cannot be switched off"));
        }
        let bindings = std::mem::take(&mut line.bindings).into_iter();
        let bindings = bindings
            .map(|(name, content)| Ok((name, value(&content)?)))
            .collect::<Result<Vec<_>>>()?;
        let want = match line.want.get("t").and_then(Json::as_str) {
            Some("error") => Want::Error,
            Some("unknown") => Want::Unknown,
            _ => Want::Value(value(&line.want)?),
        };
        let source = block::expanded(&line.expr).into_owned();
        Ok(Self { line, source, bindings, want })
    }

    /// Where the case stands, as `file/section/name`.
    pub fn place(&self) -> String {
        [self.line.file.as_str(), &self.line.section, &self.line.name].join("/")
    }

    /// The expression.
    pub fn expression(&self) -> &str {
        &self.line.expr
    }

    /// What the case wants, as it is written there.
    pub fn wanted(&self) -> String {
        self.line.want.to_string()
    }

    /// Compiles and evaluates the expression.
    pub fn run(&self) -> Verdict {
        let mut environment = Environment::new();
        environment.container.clone_from(&self.line.container);
        let slots: Vec<usize> =
            self.bindings.iter().map(|(name, _)| environment.variable(name)).collect();
        let source = &self.source;
        let checked = !self.line.disable_check;
        let compiled = match compile::compile(source, &environment, Expected::Any, checked) {
            Ok(compiled) => compiled,
            Err(error) => {
                let passed = matches!(self.want, Want::Error);
                return Verdict { passed, got: refused(error.code()) };
            }
        };
        if self.line.check_only {
            let passed = !matches!(self.want, Want::Error);
            return Verdict { passed, got: "no error".to_owned() };
        }
        let mut scope = Scope::new(&environment);
        for (slot, (_, owned)) in slots.into_iter().zip(&self.bindings) {
            let computed = Computed { owned: owned.clone(), bytes: 0 };
            scope.set_outcome(slot, Outcome::Result(computed));
        }
        let outcome = Program::new(source, &environment, compiled)
            .evaluate(&scope, &mut Budget::new(limits::EVALUATION_STEPS));
        let passed = match (&outcome, &self.want) {
            (Outcome::Result(computed), Want::Value(want)) => same(computed.owned.view(), want),
            (Outcome::Error { .. } | Outcome::Exhausted, Want::Error)
            | (Outcome::Unknown { .. }, Want::Unknown) => true,
            _ => false,
        };
        let got = match outcome {
            Outcome::Result(computed) => written(computed.owned.view()).to_string(),
            Outcome::Unknown { .. } => json!({"t": "unknown"}).to_string(),
            Outcome::Error { code, .. } => refused(code),
            Outcome::Exhausted => refused("exhausted"),
        };
        Verdict { passed, got }
    }
}

fn refused(code: &str) -> String {
    json!({"t": "error", "code": code}).to_string()
}

fn invalid(message: &str) -> Error {
    Error::new(Code::InputInvalidValue, message)
}

/// Text that reads as a value.
fn parsed<T: std::str::FromStr>(json: &Json, kind: &str) -> Result<T> {
    let text = json.as_str().and_then(|text| text.parse().ok());
    text.ok_or_else(|| invalid(&format!("{kind} needs its text")))
}

fn elements<'j>(json: &'j Json, kind: &str) -> Result<&'j Vec<Json>> {
    json.as_array().ok_or_else(|| invalid(&format!("{kind} needs a list")))
}

/// Recursion is bounded by the depth that JSON is read to.
fn value(json: &Json) -> Result<Owned> {
    let kind = json.get("t").and_then(Json::as_str).unwrap_or_default();
    let inner = json.get("v").unwrap_or(&Json::Null);
    Ok(match kind {
        "int" => Owned::Int(parsed(inner, kind)?),
        "uint" => Owned::Uint(parsed(inner, kind)?),
        "double" => Owned::Double(parsed(inner, kind)?),
        "string" => Owned::Text(parsed::<String>(inner, kind)?.into()),
        "bytes" => {
            let byte = |json: &Json| json.as_u64().and_then(|byte| u8::try_from(byte).ok());
            let bytes: Option<Arc<[u8]>> = elements(inner, kind)?.iter().map(byte).collect();
            Owned::Bytes(bytes.ok_or_else(|| invalid("bytes are numbers up to 255"))?)
        }
        "bool" => Owned::Bool(inner.as_bool().ok_or_else(|| invalid("bool needs true or false"))?),
        "null" => Owned::Null,
        "type" => Owned::Type(
            functions::type_name(inner.as_str().unwrap_or_default())
                .ok_or_else(|| invalid("there is no type of this name"))?,
        ),
        "list" => {
            let elements = elements(inner, kind)?.iter().map(value).collect::<Result<Vec<_>>>()?;
            Owned::List(Arc::new(Held { elements, marks: Marks::default(), depth: 1 }))
        }
        "map" => {
            let mut entries = Vec::new();
            for pair in elements(inner, kind)? {
                let [key, content] = elements(pair, "an entry")?.as_slice() else {
                    return Err(invalid("an entry is a pair"));
                };
                entries.push((map_key(value(key)?)?, value(content)?));
            }
            entries.sort_by(|(a, _), (b, _)| a.order(b));
            Owned::Map(Arc::new(Held { elements: entries, marks: Marks::default(), depth: 1 }))
        }
        "timestamp" => Owned::Timestamp(length(json)?),
        "duration" => Owned::Duration(length(json)?),
        _ => return Err(invalid("a value has a type that is not known")),
    })
}

fn length(json: &Json) -> Result<SignedDuration> {
    let part = |name: &str| json.get(name).unwrap_or(&Json::Null);
    Ok(SignedDuration::new(parsed(part("s"), "a time")?, parsed(part("n"), "a time")?))
}

fn map_key(owned: Owned) -> Result<Key<'static>> {
    Ok(match owned {
        Owned::Text(text) => Key::Text(Text::Shared(text)),
        Owned::Bool(value) => Key::Bool(value),
        Owned::Int(value) => Key::Number { value: value.into(), unsigned: false },
        Owned::Uint(value) => Key::Number { value: value.into(), unsigned: true },
        _ => return Err(invalid("a key is a bool, an int, a uint or a string")),
    })
}

/// Whether the result is the very value: of the same type, and a NaN is a NaN.
fn same(got: Eval<'_>, want: &Owned) -> bool {
    match (got, want.view()) {
        (Ok(got), Ok(want)) => same_data(&got, &want),
        _ => false,
    }
}

/// Recursion is bounded by the depth of values.
fn same_data(a: &Datum<'_>, b: &Datum<'_>) -> bool {
    match (a, b) {
        (Datum::Double(a), Datum::Double(b)) if a.is_nan() && b.is_nan() => true,
        (Datum::List(a), Datum::List(b)) => {
            a.len() == b.len()
                && (0..a.len()).all(|at| match (a.get(at), b.get(at)) {
                    (Some(Ok(a)), Some(Ok(b))) => same_data(&a, &b),
                    _ => false,
                })
        }
        (Datum::Map(a), Datum::Map(b)) => {
            a.len() == b.len()
                && a.entries().zip(b.entries()).all(|(a, b)| match (a, b) {
                    ((a, Ok(x)), (b, Ok(y))) => {
                        same_data(&a.datum(), &b.datum()) && same_data(&x, &y)
                    }
                    _ => false,
                })
        }
        _ => {
            let mut meter = Meter { steps: u64::MAX, bytes: u64::MAX };
            a.type_name() == b.type_name() && compare::equal(&mut meter, a, b) == Ok(true)
        }
    }
}

/// A value as cases write it. Recursion is bounded by the depth of values.
fn written(value: Eval<'_>) -> Json {
    let Ok(value) = value else { return json!({"t": "unknown"}) };
    let (kind, inner) = match &value {
        Datum::Null => ("null", Json::Null),
        Datum::Bool(value) => ("bool", json!(value)),
        Datum::Int(value) => ("int", json!(value.to_string())),
        Datum::Uint(value) => ("uint", json!(value.to_string())),
        Datum::Double(value) => ("double", json!(value.to_string())),
        Datum::Text(text) => ("string", json!(text.as_str())),
        Datum::Bytes(bytes) => ("bytes", json!(bytes.as_slice())),
        Datum::Type(name) => ("type", json!(name)),
        Datum::List(list) => {
            let elements = (0..list.len()).filter_map(|at| list.get(at));
            ("list", elements.map(written).collect())
        }
        Datum::Map(map) => {
            let pair = |(key, value): (Key<'_>, Eval<'_>)| {
                json!([written(Ok(key.datum())), written(value)])
            };
            ("map", map.entries().map(pair).collect())
        }
        Datum::Timestamp(time) | Datum::Duration(time) => {
            let timestamp = matches!(value, Datum::Timestamp(_));
            return json!({
                "t": if timestamp { "timestamp" } else { "duration" },
                "s": time.as_secs().to_string(),
                "n": time.subsec_nanos().to_string(),
            });
        }
        Datum::Optional(None) => ("optional", Json::Null),
        Datum::Optional(Some(value)) => ("optional", written(Ok(value.as_ref().clone()))),
        other => (other.type_name(), Json::Null),
    };
    json!({"t": kind, "v": inner})
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the file that the variable `POUNDLOCK_CEL_CASES` names, or `cases.jsonl` of a folder
    /// `shared/cel-spec` beside the repository; without either there is nothing to run.
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
        for line in cases.lines() {
            let case = Case::read(line).unwrap();
            let verdict = case.run();
            if !verdict.passed {
                let (expression, wanted) = (case.expression(), case.wanted());
                failures.push(format!("{}: {expression}: {wanted}, {}", case.place(), verdict.got));
            }
        }
        assert!(failures.is_empty(), "{failures:#?}");
    }

    fn verdict(expression: &str, want: &str) -> Verdict {
        let line = json!({"expr": expression, "want": serde_json::from_str::<Json>(want).unwrap()});
        Case::read(&line.to_string()).unwrap().run()
    }

    #[test]
    fn a_result_of_another_type_or_value_fails() {
        assert!(verdict("1", r#"{"t": "int", "v": "1"}"#).passed);
        assert!(!verdict("1u", r#"{"t": "int", "v": "1"}"#).passed);
        assert!(!verdict("2", r#"{"t": "int", "v": "1"}"#).passed);
        assert!(!verdict("1", r#"{"t": "error"}"#).passed);
        assert!(!verdict("[1u]", r#"{"t": "list", "v": [{"t": "int", "v": "1"}]}"#).passed);
        let map =
            r#"{"t": "map", "v": [[{"t": "string", "v": "a"}, {"t": "double", "v": "nan"}]]}"#;
        assert!(verdict("{'a': double('NaN')}", map).passed);
        assert!(!verdict("{'b': double('NaN')}", map).passed);
    }

    #[test]
    fn what_is_hostile_or_malformed_is_an_error() {
        let error = r#"{"t": "error"}"#;
        for expression in [
            "(".repeat(100_000),
            format!("'{}'", "x".repeat(4_000_000)),
            format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)),
            "1 +".to_owned(),
            "[1].map(a, [1, 2].map(b, [1].map(c, nothing)))".to_owned(),
            "lists.range(1000).map(a, lists.range(1000).map(b, 'x'))".to_owned(),
            String::new(),
        ] {
            let verdict = verdict(&expression, error);
            assert!(verdict.passed, "{}", verdict.got);
        }
    }

    #[test]
    fn the_suite_s_own_macros_are_expanded() {
        let three = r#"{"t": "int", "v": "3"}"#;
        assert!(verdict("cel.block([[1, 2], size(cel.index(0))], cel.index(1) + 1)", three).passed);
        let nested = "cel.block([',]', [3, 1]], cel.index(1).filter(cel.iterVar(0, 0), cel.iterVar(0, 0) > 2)[0])";
        assert!(verdict(nested, three).passed);
    }

    #[test]
    fn what_is_no_case_is_refused() {
        let code = |line: &str| Case::read(line).unwrap_err().code();
        assert_eq!(code(""), "input.syntax");
        assert_eq!(code("{}"), "input.syntax");
        assert_eq!(code(r#"{"expr": "1"}"#), "input.syntax");
        assert_eq!(code(&"[".repeat(100_000)), "input.syntax");
        assert_eq!(code(r#"{"expr": "1", "want": 1}"#), "input.invalid_value");
        assert_eq!(code(r#"{"expr": "1", "want": {"t": "int", "v": "x"}}"#), "input.invalid_value");
        assert_eq!(
            code(r#"{"expr": "1", "want": {"t": "error"}, "disable_macros": true}"#),
            "input.invalid_value"
        );
    }
}
