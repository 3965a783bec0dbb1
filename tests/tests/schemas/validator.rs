//! The independent validator, in Python.

use std::{env, fs, process::Command};

use serde_json::{Value, json};

use super::root;

/// A document that is held against the schema of that name.
pub(super) struct Case {
    pub(super) schema: String,
    pub(super) document: Value,
    /// Where it comes from.
    pub(super) from: String,
    /// Whether it is what the schema describes.
    pub(super) valid: bool,
}

/// Demands that the validator agrees with every case. `cargo xtask test` names a Python that has `jsonschema`;
/// without it, the test says that it asked nobody, and fails where `POUNDLOCK_STRICT` demands it.
pub(super) fn agrees(cases: &[Case]) {
    let Some(python) = env::var_os("POUNDLOCK_PYTHON") else {
        assert!(env::var_os("POUNDLOCK_STRICT").is_none(), "POUNDLOCK_PYTHON names nothing");
        println!("not asked: POUNDLOCK_PYTHON names no Python interpreter that has jsonschema");
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("cases");
    let lines: Vec<String> =
        cases.iter().map(|case| json!([case.schema, case.document]).to_string()).collect();
    fs::write(&file, lines.join("\n")).unwrap();
    let output = Command::new(python)
        .arg(root().join("tests/validator/validate.py"))
        .arg(root().join("docs/schema"))
        .arg(&file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.lines().count(), cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .zip(said.lines())
        .filter(|(case, said)| case.valid != (*said == "valid"))
        .map(|(case, said)| format!("{} as {}: {said}", case.from, case.schema))
        .collect();
    let shown = wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {} differ:\n{shown}", wrong.len(), cases.len());
}
