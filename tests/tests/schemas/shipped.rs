//! What we ship and what the library takes and answers is what the schemas describe.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use poundlock::wire::schema::{self, Format, OPERATIONS, Takes};
use poundlock_tests::vectors::{self, Step};
use serde_json::Value;

use super::{
    root,
    validator::{Case, agrees},
};

/// The files below a directory of the repository with one of these endings.
fn files(directory: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut todo = vec![root().join(directory)];
    while let Some(next) = todo.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn shipped(endings: &[&str]) -> Vec<PathBuf> {
    let directories = ["policies", "examples", "benches/benches"];
    directories.iter().flat_map(|directory| files(directory, endings)).collect()
}

pub(super) fn yaml(text: &str) -> Value {
    poundlock::Value::parse_yaml(text.as_bytes()).unwrap().deserialize().unwrap()
}

/// The kind of a document that people write; scenarios that others build upon need not name themselves.
fn kind(document: &Value) -> &'static str {
    let kinds = ["lock", "overlay", "charter", "pack"];
    let named = |kind: &&str| document.get("scenario").is_none() && document.get(kind).is_some();
    kinds.into_iter().find(|kind| named(kind) && !document[kind].is_object()).unwrap_or("scenario")
}

#[test]
fn every_yaml_file_names_the_schema_of_its_kind() {
    let files = shipped(&[".yaml", ".yml"]);
    assert!(files.len() > 70);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let first = text.lines().next().unwrap();
        let path = first.strip_prefix("# yaml-language-server: $schema=");
        let path = path.unwrap_or_else(|| panic!("{} names no schema", file.display()));
        let schema = file.parent().unwrap().join(path);
        let schema = fs::canonicalize(&schema).unwrap_or_else(|_| panic!("{}", schema.display()));
        let wanted = root().join(format!("docs/schema/{}.json", kind(&yaml(&text))));
        assert_eq!(schema, fs::canonicalize(wanted).unwrap(), "{}", file.display());
    }
}

#[test]
fn what_people_write_has_a_schema_in_yaml() {
    let named: BTreeSet<_> = shipped(&[".yaml", ".lock"])
        .iter()
        .filter(|file| !file.ends_with(".terraform.lock.hcl"))
        .map(|file| kind(&yaml(&fs::read_to_string(file).unwrap())))
        .collect();
    for name in named {
        assert_eq!(schema::find(name).unwrap().format(), Format::Yaml);
    }
}

#[test]
fn what_we_ship_is_valid() {
    let starter = files("cli/starter", &[".yaml"]);
    let cases: Vec<Case> = shipped(&[".yaml", ".lock"])
        .into_iter()
        .chain(starter)
        .map(|file| {
            let document = yaml(&fs::read_to_string(&file).unwrap());
            let from = file.display().to_string();
            Case { schema: kind(&document).to_owned(), document, from, valid: true }
        })
        .collect();
    agrees(&cases);
}

/// The bodies of the entries that an answer holds, with their kinds; tests write entries of kinds of their own.
fn bodies(answer: &Value) -> Vec<(String, Value)> {
    let several = answer.get("entries").and_then(Value::as_array);
    let entries = several.into_iter().flatten().chain(answer.get("entry"));
    entries
        .filter_map(|entry| {
            Some((entry.get("kind")?.as_str()?.to_owned(), entry.get("body")?.clone()))
        })
        .filter(|(kind, _)| schema::find(&format!("{kind}-body")).is_some())
        .collect()
}

/// The document that a step hands in, where it is one that has a schema.
fn input(step: &Step, takes: Takes) -> Option<(&'static str, Value)> {
    let Takes::Document(name) = takes else { return None };
    let input = match &step.options {
        Some(options) => options.get().as_bytes().to_vec(),
        None => step.bytes(Some("directory")),
    };
    // Our reader and Python's differ in how a document may be spelt, which no schema is about.
    let input = poundlock::Value::parse_json(&input).ok()?;
    Some((name, input.deserialize().unwrap()))
}

/// Whether the error is about a field of the input itself that is not known, and not of a text within it.
fn finds_unknown_field(error: &Value) -> bool {
    error["code"] == "input.unknown_field"
        && error.get("source").is_none()
        && error.get("line").is_none()
}

#[test]
fn what_operations_take_and_answer_is_valid() {
    let mut cases = Vec::new();
    let mut seen = BTreeSet::new();
    let mut answered = BTreeSet::new();
    for file in vectors::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")).unwrap() {
        for vector in &file.vectors {
            let results = vectors::run(vector).unwrap();
            for (step, result) in vector.steps().iter().zip(results) {
                let mut case = |schema: &str, document: Value, valid: bool| {
                    let from = format!("{}: {}", file.label(vector), step.call);
                    if seen.insert(format!("{schema} {document}")) {
                        cases.push(Case { schema: schema.to_owned(), document, from, valid });
                    }
                };
                let operation = OPERATIONS.iter().find(|one| one.name == step.call);
                let input = operation.and_then(|operation| input(step, operation.takes));
                let answer: Value = serde_json::from_str(&result).unwrap();
                let error = answer.get("error").filter(|error| error.get("code").is_some());
                if let Some(error) = error {
                    if error["code"] != "runner.no_handle" {
                        case("error", error.clone(), true);
                    }
                    if let Some((name, input)) = input.filter(|_| finds_unknown_field(error)) {
                        case(name, input, false);
                    }
                    continue;
                }
                if let Some((operation, name)) =
                    operation.and_then(|one| Some((one.name, one.answers?)))
                {
                    answered.insert(operation);
                    for (kind, body) in bodies(&answer) {
                        case(&format!("{kind}-body"), body, true);
                    }
                    case(name, answer, true);
                }
                if let Some((name, input)) = input {
                    case(name, input, true);
                }
            }
        }
    }
    let silent = OPERATIONS
        .iter()
        .filter(|operation| operation.answers.is_some() && !answered.contains(operation.name))
        .map(|operation| operation.name);
    assert_eq!(silent.collect::<Vec<_>>(), [""; 0], "no vector gets an answer of these");
    assert!(cases.iter().any(|case| !case.valid));
    agrees(&cases);
}
