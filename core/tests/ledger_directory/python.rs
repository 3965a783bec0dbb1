//! The independent verifier in Python.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// The interpreter; `cargo xtask test` names it. Without it, tests say that they leave it out, and fail
/// where `POUNDLOCK_STRICT` demands it.
fn interpreter() -> Option<PathBuf> {
    let python = env::var_os("POUNDLOCK_PYTHON").map(PathBuf::from);
    if python.is_none() {
        assert!(env::var_os("POUNDLOCK_STRICT").is_none(), "POUNDLOCK_PYTHON names nothing");
        println!("not asked: POUNDLOCK_PYTHON names no Python interpreter that has cbor2");
    }
    python
}

/// Runs the verifier: gives what it printed and its exit status.
pub(crate) fn run(arguments: &[&str]) -> Option<(String, i32)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/verifier/verify.py");
    let output = Command::new(interpreter()?).arg(&script).args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    Some((text, output.status.code().unwrap()))
}

/// What the verifier says of each case: `sound`, `noted`, or the code of a fault.
pub(crate) fn answers(cases: &[Value]) -> Option<Vec<String>> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("cases");
    let lines: Vec<String> = cases.iter().map(Value::to_string).collect();
    fs::write(&file, lines.join("\n")).unwrap();
    let (text, status) = run(&["cases", file.to_str().unwrap()])?;
    assert_eq!((status, text.lines().count()), (0, cases.len()));
    let code = |line: &str| match line.strip_prefix("fault ") {
        Some(fault) => fault.split(": ").next().unwrap_or_default().to_owned(),
        None => line.to_owned(),
    };
    Some(text.lines().map(code).collect())
}
