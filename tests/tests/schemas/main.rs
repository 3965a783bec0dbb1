//! Holds the JSON Schemas in `docs/schema`, and the types that are made from them for other languages, to the
//! types of the library. With `POUNDLOCK_UPDATE=1` the files are written anew; read the difference before you
//! commit it.

mod mutants;
mod shipped;
mod validator;

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use poundlock::wire::schema::{DOCUMENTS, OPERATIONS, Operation, Takes};
use poundlock_tests::types::{Model, go, model::Form, python, typescript};
use serde_json::Value;

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
         `poundlock schema NAME` prints the same, and `poundlock schema` lists them.\n\n\
         Editors that know the YAML language server complete and check a file whose first line names a schema, by a path\n\
         from the file: `# yaml-language-server: $schema=schema/charter.json`. `poundlock init` lays the schemas in a\n\
         folder `schema` beside the charter.\n\n\
         | schema | what it describes |\n|---|---|\n",
    );
    let link = |name: &str| format!("[{name}]({name}.json)");
    for document in DOCUMENTS {
        let schema = document.schema();
        let said = schema["description"].as_str().unwrap();
        let sentence = said.split_inclusive(". ").next().unwrap().trim_end();
        text += &format!("| {} | {sentence} |\n", link(document.name()));
    }
    text += "\n## Operations\n\n\
             What each operation takes and answers; those that answer nothing make a handle. `docs/bindings.md` says how they are called.\n\n\
             | operation | takes | answers |\n|---|---|---|\n";
    for Operation { name, takes, answers } in OPERATIONS {
        let takes = match takes {
            Takes::Nothing => String::new(),
            Takes::AnyJson => "any JSON".to_owned(),
            Takes::Document(name) => link(name),
        };
        text += &format!("| `{name}` | {takes} | {} |\n", answers.map(link).unwrap_or_default());
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

/// What the bindings have besides the documents, as Go calls it.
fn names_of_functions_and_classes() -> Vec<String> {
    let text = fs::read(root().join("tests/names.json")).unwrap();
    let names: Value = serde_json::from_slice(&text).unwrap();
    let functions = names["functions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| go::capitals(name.as_str().unwrap()));
    functions.chain(names["classes"].as_object().unwrap().keys().cloned()).collect()
}

#[test]
fn the_types_of_other_languages_are_those_of_the_schemas() {
    let model = Model::read().unwrap();
    for name in names_of_functions_and_classes() {
        let named = model.find(&name).filter(|named| named.form != Form::Text);
        assert!(named.is_none(), "Go cannot have two things called {name}");
    }
    hold(&BTreeMap::from([
        ("bindings-node/documents.d.ts".to_owned(), typescript::write(&model)),
        ("bindings-python/python/poundlock/documents.py".to_owned(), python::write(&model)),
        ("bindings-c/go/documents.go".to_owned(), go::write(&model).unwrap()),
    ]));
}
