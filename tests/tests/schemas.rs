//! Holds the JSON Schemas in `docs/schema`, and the types that are made from them for other languages, to the
//! types of the library. With `POUNDLOCK_UPDATE=1` the files are written anew; read the difference before you
//! commit it.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use poundlock::wire::schema::DOCUMENTS;
use poundlock_tests::types::{Model, go, python, typescript};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Compares files with what they must hold, by their paths in the repository; writes them where that is asked for.
fn hold(files: &BTreeMap<String, String>) {
    let mut stale = Vec::new();
    for (path, wanted) in files {
        let file = root().join(path);
        if fs::read_to_string(&file).is_ok_and(|found| found == *wanted) {
            continue;
        }
        if env::var_os("POUNDLOCK_UPDATE").is_some() {
            fs::write(&file, wanted).unwrap();
        }
        stale.push(path);
    }
    assert!(stale.is_empty(), "out of date: {stale:?}; renew them with POUNDLOCK_UPDATE=1");
}

fn readme() -> String {
    let mut text = String::from(
        "# JSON Schemas\n\n\
         What each document looks like, in JSON Schema 2020-12, made from the types of the library.\n\
         `poundlock schema NAME` prints the same.\n\n\
         | schema | what it describes |\n|---|---|\n",
    );
    for document in DOCUMENTS {
        let name = document.name();
        text += &format!("| [{name}]({name}.json) | {} |\n", document.summary());
    }
    text
}

#[test]
fn the_schemas_are_those_of_the_types() {
    let mut files: BTreeMap<String, String> = DOCUMENTS
        .iter()
        .map(|document| {
            let text = serde_json::to_string_pretty(&document.schema()).unwrap();
            (format!("docs/schema/{}.json", document.name()), text + "\n")
        })
        .collect();
    files.insert("docs/schema/README.md".to_owned(), readme());
    hold(&files);
    let mut found: Vec<String> = fs::read_dir(root().join("docs/schema"))
        .unwrap()
        .map(|entry| format!("docs/schema/{}", entry.unwrap().file_name().to_str().unwrap()))
        .collect();
    found.sort();
    assert_eq!(found, files.into_keys().collect::<Vec<_>>(), "a schema of no document");
}

#[test]
fn the_types_of_other_languages_are_those_of_the_schemas() {
    let model = Model::read().unwrap();
    hold(&BTreeMap::from([
        ("bindings-node/documents.d.ts".to_owned(), typescript::write(&model)),
        ("bindings-python/python/poundlock/documents.py".to_owned(), python::write(&model)),
        ("bindings-c/go/documents.go".to_owned(), go::write(&model).unwrap()),
    ]));
}
