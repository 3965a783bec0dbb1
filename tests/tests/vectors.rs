//! Runs every conformance vector in `vectors/<group>/*.json`.
//!
//! A file is a list of vectors. A vector calls one operation of `poundlock::wire` with an input and
//! expects either an answer or the code of an error; every language runs the same files. With
//! `POUNDLOCK_UPDATE=1` the answers that are found replace those that were expected; read the
//! difference before you commit it.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use poundlock::{digest, wire};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    /// What the vector shows, in one line.
    name: String,
    operation: String,
    /// Text is handed in as it is; anything else as its JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<Value>,
    /// Bytes that are not text, in hexadecimal digits, in place of `input`.
    #[serde(skip_serializing_if = "Option::is_none")]
    input_hex: Option<String>,
    /// The answer; compared as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    expect: Option<Value>,
    /// The code of the error, in place of `expect`.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Vector {
    fn input(&self) -> Vec<u8> {
        match (&self.input, &self.input_hex) {
            (None, Some(hex)) => digest::unhex(hex).unwrap(),
            (None, None) => Vec::new(),
            (Some(Value::String(text)), None) => text.clone().into_bytes(),
            (Some(value), None) => value.to_string().into_bytes(),
            (Some(_), Some(_)) => panic!("{}: two inputs", self.name),
        }
    }

    /// Calls the operation; says what came of it if that is not what is expected.
    fn run(&mut self, update: bool) -> Option<String> {
        assert!(
            self.expect.is_some() != self.error.is_some(),
            "{}: an answer or a code",
            self.name
        );
        let (answer, code) = match wire::call(&self.operation, &self.input()) {
            Ok(answer) => (Some(serde_json::from_str::<Value>(&answer).unwrap()), None),
            Err(error) => (None, Some(error.code().to_owned())),
        };
        if (&answer, &code) == (&self.expect, &self.error) {
            return None;
        }
        let failure = match (&answer, &code) {
            (Some(answer), _) => format!("{}\n  found {answer}", self.name),
            (None, code) => format!("{}\n  found {code:?}", self.name),
        };
        if update {
            (self.expect, self.error) = (answer, code);
        }
        Some(failure)
    }
}

fn files() -> Vec<PathBuf> {
    let list = |directory: &Path| -> Vec<PathBuf> {
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let groups = list(&Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors"));
    let groups = groups.iter().filter(|group| group.is_dir());
    let mut files: Vec<_> = groups.flat_map(|group| list(group)).collect();
    files.sort();
    files
}

#[test]
fn every_vector_holds() {
    let update = env::var_os("POUNDLOCK_UPDATE").is_some();
    let mut failures = Vec::new();
    let files = files();
    assert!(!files.is_empty(), "there is no vector");
    for file in files {
        let mut vectors: Vec<Vector> = serde_json::from_slice(&fs::read(&file).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(!vectors.is_empty(), "{} holds no vector", file.display());
        let failed = failures.len();
        for vector in &mut vectors {
            failures
                .extend(vector.run(update).map(|failure| format!("{}: {failure}", file.display())));
        }
        if update && failures.len() > failed {
            let text = serde_json::to_string_pretty(&vectors).unwrap();
            fs::write(&file, text + "\n").unwrap();
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
