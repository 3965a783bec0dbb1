//! Every conformance vector holds in Rust.
//!
//! With `POUNDLOCK_UPDATE=1` the answers that are found replace those that were expected; read the
//! difference before you commit it.

use std::{env, fs, path::Path};

use poundlock_tests::vectors::{failed, read, run};

// Requirements: R293, R296.
#[test]
fn every_vector_holds() {
    let update = env::var_os("POUNDLOCK_UPDATE").is_some();
    let mut failures = Vec::new();
    for mut file in read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")).unwrap() {
        for vector in &mut file.vectors {
            let results = run(vector).unwrap_or_else(|what| panic!("{}: {what}", vector.name));
            let texts: Vec<&str> = results.iter().map(String::as_str).collect();
            if let Some(what) = failed(vector, &texts) {
                failures.push(format!("{}: {}: {what}", file.label, vector.name));
            }
            if update {
                vector.renew(&results);
            }
        }
        let text = file.text();
        if fs::read_to_string(&file.path).unwrap() != text {
            failures.push(format!("{}: not in its usual form", file.label));
            if update {
                fs::write(&file.path, text).unwrap();
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
