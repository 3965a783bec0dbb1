//! Runs every conformance vector in `vectors/<group>/*.json`.
//!
//! A file is a list of vectors. A vector calls one operation of `poundlock::wire` with an input and
//! expects either an answer or the code of an error; every language runs the same files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use poundlock::{digest, wire};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    /// What the vector shows, in one line.
    name: String,
    operation: String,
    /// Text is handed in as it is; anything else as its JSON text.
    #[serde(default)]
    input: Value,
    /// Bytes that are not text, in hexadecimal digits, in place of `input`.
    input_hex: Option<String>,
    /// The answer; compared as JSON.
    expect: Option<Value>,
    /// The code of the error.
    error: Option<String>,
}

impl Vector {
    /// The bytes to hand in, and what must come of them: the answer or the code of the error.
    fn read(self) -> Option<(Vec<u8>, Result<Value, String>)> {
        let input = match (self.input, self.input_hex) {
            (Value::Null, Some(hex)) => digest::unhex(&hex)?,
            (_, Some(_)) => return None,
            (Value::Null, None) => Vec::new(),
            (Value::String(text), None) => text.into_bytes(),
            (value, None) => value.to_string().into_bytes(),
        };
        match (self.expect, self.error) {
            (Some(answer), None) => Some((input, Ok(answer))),
            (None, Some(code)) => Some((input, Err(code))),
            _ => None,
        }
    }
}

fn files() -> Vec<PathBuf> {
    let list = |directory: &Path| -> Vec<PathBuf> {
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let groups = list(&Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors"));
    let mut files: Vec<_> = groups.iter().flat_map(|group| list(group)).collect();
    files.sort();
    files
}

#[test]
fn every_vector_holds() {
    let mut failures = Vec::new();
    let mut count = 0_usize;
    for file in files() {
        let vectors: Vec<Vector> = serde_json::from_slice(&fs::read(&file).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(!vectors.is_empty(), "{} holds no vector", file.display());
        for vector in vectors {
            count += 1;
            let place = format!("{}: {}", file.display(), vector.name);
            let operation = vector.operation.clone();
            let (input, expected) =
                vector.read().unwrap_or_else(|| panic!("{place}: contradicts itself"));
            let found = wire::call(&operation, &input)
                .map(|answer| serde_json::from_str(&answer).unwrap())
                .map_err(|error| error.code().to_owned());
            if found != expected {
                failures.push(format!("{place}\n  expected {expected:?}\n  found    {found:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "of {count} vectors:\n{}", failures.join("\n"));
    assert!(count > 0, "there is no vector");
}
