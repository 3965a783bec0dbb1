//! Carries out vectors with the Rust library.

use std::{collections::BTreeMap, fs, io, path::Path};

use super::{File, Step, Vector, judge::line_of};
use poundlock::{
    Error,
    digest::unhex,
    wire::{self, Engine, Ledger, Pack, Plan},
};

/// What a step answers where the handle that it names was not opened.
const NO_HANDLE: &str = r#"{"error":{"code":"runner.no_handle"}}"#;

/// The line that the runner prints of a vector.
///
/// # Errors
///
/// Those of [`run`].
pub fn line(file: &File, vector: &Vector) -> Result<String, String> {
    let label = file.label(vector);
    let results = run(vector).map_err(|what| format!("{label}: {what}"))?;
    let results: Vec<&str> = results.iter().map(String::as_str).collect();
    Ok(line_of(&label, &results))
}

/// The results of the vector's steps, in turn.
///
/// # Errors
///
/// What of the vector is none of what the format knows, or could not be laid out.
pub fn run(vector: &Vector) -> Result<Vec<String>, String> {
    let directory = match &vector.files {
        Some(files) => Some(lay_out(files).map_err(|error| error.to_string())?),
        None => None,
    };
    let path = directory.as_ref().map(|directory| directory.path().to_string_lossy().into_owned());
    let mut handles = Handles::default();
    let mut results = Vec::new();
    for step in vector.steps() {
        let result = match handles.step(&step, path.as_deref())? {
            Some(Ok(answer)) => answer,
            Some(Err(error)) => format!(r#"{{"error":{}}}"#, wire::error_json(&error)),
            None => NO_HANDLE.to_owned(),
        };
        results.push(match &path {
            Some(path) => result.replace(path, "$DIR"),
            None => result,
        });
    }
    Ok(results)
}

fn lay_out(files: &BTreeMap<String, String>) -> io::Result<tempfile::TempDir> {
    let directory = tempfile::tempdir()?;
    for (name, hex) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or_else(|| Path::new("")))?;
        let content = unhex(hex).ok_or_else(|| io::Error::other("a file in hexadecimal digits"))?;
        fs::write(path, content)?;
    }
    Ok(directory)
}

/// What a step comes to: nothing where a handle is missing.
type Outcome = Option<Result<String, Error>>;

/// The handles that are open, by their names.
#[derive(Default)]
struct Handles {
    packs: BTreeMap<String, Pack>,
    plans: BTreeMap<String, Plan>,
    engines: BTreeMap<String, Engine>,
    ledgers: BTreeMap<String, Ledger>,
}

/// A handle that may be handed along: absent, or missing.
macro_rules! along {
    ($handles:expr, $name:expr) => {
        match &$name {
            None => None,
            Some(name) => match $handles.get(name) {
                None => return Ok(None),
                handle => handle,
            },
        }
    };
}

/// The handle that a step is about, or nothing.
macro_rules! on {
    ($handles:expr, $name:expr) => {
        match $handles.get($name) {
            None => return Ok(None),
            Some(handle) => handle,
        }
    };
}

impl Handles {
    fn step(&mut self, step: &Step, directory: Option<&str>) -> Result<Outcome, String> {
        let (kind, operation) = step.call.split_once('.').unwrap_or((&step.call, ""));
        let input = step.bytes(directory);
        let on = step.on.as_deref().unwrap_or(kind);
        let name = step.name.as_deref().unwrap_or(kind).to_owned();
        Ok(Some(match (kind, operation) {
            ("call", _) => wire::call(operation, &input),
            ("pack", "parse") => open(&mut self.packs, name, Pack::parse(&input))?,
            ("pack", _) => {
                let plan = along!(self.plans, step.plan);
                on!(self.packs, on).call(plan, operation, &input)
            }
            ("plan", "read") => {
                let options = step.options.as_deref().map_or("", |options| options.get());
                open(&mut self.plans, name, Plan::read(options.as_bytes(), &input))?
            }
            ("plan", "join") => {
                let mut parts = Vec::new();
                for (part, plan) in step.parts.iter().flatten() {
                    parts.push((part.as_str(), on!(self.plans, plan)));
                }
                let joined = Plan::join(&parts);
                open(&mut self.plans, name, joined)?
            }
            ("plan", _) => on!(self.plans, on).call(operation, &input),
            ("engine", "new") => open(&mut self.engines, name, Engine::new(&input))?,
            ("engine", "of_ledger") => {
                let ledger = step.ledger.as_deref().unwrap_or("ledger");
                let engine = Engine::of_ledger(on!(self.ledgers, ledger));
                open(&mut self.engines, name, engine)?
            }
            ("engine", "admit" | "record") => {
                let ledger = step.ledger.as_deref().unwrap_or("ledger");
                let ledger = on!(self.ledgers, ledger);
                let plan = along!(self.plans, step.plan);
                let law = along!(self.engines, step.law);
                let engine = on!(self.engines, on);
                let shown = step.shown();
                if operation == "admit" {
                    engine.admit(ledger, plan, &input, shown.as_bytes())
                } else {
                    engine.record(ledger, law, &input, shown.as_bytes())
                }
            }
            ("engine", _) => {
                let ledger = along!(self.ledgers, step.ledger);
                let plan = along!(self.plans, step.plan);
                let engine = on!(self.engines, on);
                if operation == "decide" {
                    engine.decide(ledger, plan, &input, step.shown().as_bytes())
                } else {
                    engine.call(ledger, plan, operation, &input)
                }
            }
            ("ledger", "open") => open(&mut self.ledgers, name, Ledger::open(&input))?,
            ("ledger", _) => on!(self.ledgers, on).call(operation, &input),
            _ => return Err(format!("there is no call {}", step.call)),
        }))
    }
}

/// Keeps a handle under its name; `null` is the answer.
fn open<H>(
    handles: &mut BTreeMap<String, H>,
    name: String,
    opened: Result<H, Error>,
) -> Result<Result<String, Error>, String> {
    match opened {
        Err(error) => Ok(Err(error)),
        Ok(handle) => match handles.insert(name, handle) {
            None => Ok(Ok("null".to_owned())),
            Some(_) => Err("a name is given twice".to_owned()),
        },
    }
}
