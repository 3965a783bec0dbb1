//! The files of vectors.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use poundlock::digest::unhex;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, value::RawValue};

use super::{compact, pretty};

/// One file of vectors.
pub struct File {
    /// Where it lies.
    pub path: PathBuf,
    /// Its path relative to the directory that was read, without its ending.
    pub label: String,
    /// What is in it.
    pub vectors: Vec<Vector>,
}

impl File {
    /// The label of one of its vectors.
    pub fn label(&self, vector: &Vector) -> String {
        format!("{}: {}", self.label, vector.name)
    }

    /// Its text in the usual form.
    pub fn text(&self) -> String {
        let text = serde_json::to_string(&self.vectors).unwrap_or_default();
        pretty(&compact(&text)) + "\n"
    }
}

/// What the library answers to one call, or to several on handles.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// What the vector shows, in one line.
    pub name: String,
    /// The only call: a free operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    /// See [`Step::input`].
    #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    input: Option<Box<RawValue>>,
    /// See [`Step::input_hex`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input_hex: Option<String>,
    /// See [`Step::expect`].
    #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    expect: Option<Box<RawValue>>,
    /// See [`Step::error`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// The files of its directory, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<BTreeMap<String, String>>,
    /// The calls, in place of the only one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    steps: Vec<Step>,
}

/// One call.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// On what, and which operation.
    pub call: String,
    /// The name of the handle that it is called on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The name of the handle that is opened.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The ledger that is handed along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<String>,
    /// The plan that is handed along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The new engine that is handed along with an amendment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    /// How a plan is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<Box<RawValue>>,
    /// The plans that are joined, and their names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<(String, String)>>,
    /// Text is handed in as it is; anything else as its JSON text.
    #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub input: Option<Box<RawValue>>,
    /// Bytes that are not text, in hexadecimal digits, in place of `input`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_hex: Option<String>,
    /// The token and its key set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<Box<RawValue>>,
    /// What `$REPEAT` in the input stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// The answer.
    #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub expect: Option<Box<RawValue>>,
    /// The code of the error, in place of `expect`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A text, so many times.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    text: String,
    count: usize,
}

/// What stands there, `null` as well.
fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Deserialize::deserialize(deserializer).map(Some)
}

impl Vector {
    /// Its calls, in turn.
    pub fn steps(&self) -> Vec<Step> {
        let Some(operation) = &self.operation else { return self.steps.clone() };
        vec![Step {
            call: format!("call.{operation}"),
            input: self.input.clone(),
            input_hex: self.input_hex.clone(),
            expect: self.expect.clone(),
            error: self.error.clone(),
            ..Step::default()
        }]
    }

    /// Puts what was found in place of what is expected, where anything is.
    pub fn renew(&mut self, results: &[String]) {
        let Self { operation: Some(_), expect, error, .. } = self else {
            for (step, result) in self.steps.iter_mut().zip(results) {
                if step.expect.is_some() || step.error.is_some() {
                    renew(&mut step.expect, &mut step.error, result);
                }
            }
            return;
        };
        if let [result] = results {
            renew(expect, error, result);
        }
    }

    /// What is wrong with it, whatever the library answers.
    fn fault(&self) -> Option<&'static str> {
        let single = self.operation.is_some();
        if single != self.steps.is_empty() {
            return Some("either an operation or steps");
        }
        if single && self.expect.is_some() == self.error.is_some() {
            return Some("an answer or a code");
        }
        if !single && (self.input.is_some() || self.input_hex.is_some()) {
            return Some("the input belongs to a step");
        }
        if single && self.files.is_some() {
            return Some("files need steps");
        }
        self.steps().iter().find_map(Step::fault)
    }
}

fn renew(expect: &mut Option<Box<RawValue>>, error: &mut Option<String>, result: &str) {
    (*expect, *error) = match code(result) {
        Some(code) => (None, Some(code)),
        None => (RawValue::from_string(result.to_owned()).ok(), None),
    };
}

/// The code of a result that is an error.
pub(super) fn code(result: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Failed {
        error: Code,
    }
    #[derive(Deserialize)]
    struct Code {
        code: String,
    }
    serde_json::from_str::<Failed>(result).ok().map(|failed| failed.error.code)
}

impl Step {
    /// The bytes that are handed in, in the directory of the vector.
    pub fn bytes(&self, directory: Option<&str>) -> Vec<u8> {
        if let Some(hex) = &self.input_hex {
            return unhex(hex).unwrap_or_default();
        }
        let Some(input) = &self.input else { return Vec::new() };
        let mut text = as_text(input);
        if let Some(Repeat { text: unit, count }) = &self.repeat {
            text = text.replace("$REPEAT", &unit.repeat(*count));
        }
        if let Some(directory) = directory {
            text = text.replace("$DIR", directory);
        }
        text.into_bytes()
    }

    /// The credential as JSON text.
    pub fn shown(&self) -> String {
        self.credential.as_deref().map_or_else(String::new, as_text)
    }

    /// Whether a result is what is expected.
    pub fn holds(&self, result: &str) -> bool {
        match (&self.expect, &self.error) {
            (Some(expected), _) => compact(expected.get()) == result,
            (None, Some(expected)) => code(result).as_ref() == Some(expected),
            (None, None) => code(result).is_none(),
        }
    }

    /// What is expected, in a few words.
    pub fn expected(&self) -> String {
        match (&self.expect, &self.error) {
            (Some(expected), _) => compact(expected.get()),
            (None, Some(code)) => format!("the error {code}"),
            (None, None) => "any answer".to_owned(),
        }
    }

    fn fault(&self) -> Option<&'static str> {
        let hex = self.input_hex.as_deref();
        if self.expect.is_some() && self.error.is_some() {
            return Some("an answer or a code, and not both");
        }
        if self.input.is_some() && hex.is_some() {
            return Some("one input");
        }
        if hex.is_some_and(|hex| unhex(hex).is_none()) {
            return Some("hexadecimal digits");
        }
        let text = self.input.as_ref().is_some_and(|input| input.get().starts_with('"'));
        let escaped = |unit: &str| unit.contains(['"', '\\']) || unit.contains(char::is_control);
        if self.repeat.as_ref().is_some_and(|repeat| !text && escaped(&repeat.text)) {
            return Some("what is repeated would have to be escaped");
        }
        let inputs = [&self.input, &self.options, &self.credential];
        inputs.into_iter().flatten().find_map(|input| differs(input))
    }
}

/// What of a document the languages would write differently.
fn differs(input: &RawValue) -> Option<&'static str> {
    fn check(value: &Value) -> Option<&'static str> {
        const EXACT: u64 = (1 << 53) - 1;
        match value {
            Value::Number(number) => {
                let held = number.as_i64().is_some_and(|number| number.unsigned_abs() <= EXACT);
                (!held).then_some("such a number belongs into a text")
            }
            Value::Array(elements) => elements.iter().find_map(check),
            Value::Object(members) => members.iter().find_map(|(key, member)| {
                // JavaScript puts them first.
                let index = key.bytes().all(|byte| byte.is_ascii_digit());
                if index { Some("a key of digits belongs into a text") } else { check(member) }
            }),
            _ => None,
        }
    }
    serde_json::from_str(input.get()).ok().as_ref().and_then(check)
}

fn as_text(input: &RawValue) -> String {
    serde_json::from_str::<String>(input.get()).unwrap_or_else(|_| compact(input.get()))
}

/// Reads every vector below a directory.
///
/// # Errors
///
/// What cannot be read or is no list of vectors, and where it is.
pub fn read(directory: &Path) -> Result<Vec<File>, String> {
    let mut paths = Vec::new();
    list(directory, &mut paths)?;
    let mut paths: Vec<(String, PathBuf)> =
        paths.into_iter().map(|path| (relative(directory, &path), path)).collect();
    paths.sort();
    if paths.is_empty() {
        return Err(format!("{}: no vectors", directory.display()));
    }
    paths.into_iter().map(|(relative, path)| file(&relative, path)).collect()
}

fn relative(directory: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(directory).unwrap_or(path).iter();
    parts.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn list(directory: &Path, paths: &mut Vec<PathBuf>) -> Result<(), String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", directory.display());
    for entry in fs::read_dir(directory).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if path.is_dir() {
            list(&path, paths)?;
        } else if path.extension().is_some_and(|ending| ending == "json") {
            paths.push(path);
        }
    }
    Ok(())
}

fn file(relative: &str, path: PathBuf) -> Result<File, String> {
    let wrong = |what: &dyn std::fmt::Display| format!("{}: {what}", path.display());
    let bytes = fs::read(&path).map_err(|error| wrong(&error))?;
    let vectors: Vec<Vector> = serde_json::from_slice(&bytes).map_err(|error| wrong(&error))?;
    let mut names = BTreeSet::new();
    for vector in &vectors {
        if let Some(fault) = vector.fault() {
            return Err(wrong(&format_args!("{}: {fault}", vector.name)));
        }
        if !names.insert(&vector.name) {
            return Err(wrong(&format_args!("{}: twice", vector.name)));
        }
    }
    let label = relative.strip_suffix(".json").unwrap_or(relative).to_owned();
    Ok(File { label, vectors, path })
}
