//! `poundlock schema` prints what `docs/schema` holds, and `init` lays the schemas beside what it writes.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::fs;

use common::{Workplace, repository};
use poundlock::wire::schema::DOCUMENTS;
use serde_json::Value;

fn committed(name: &str) -> Value {
    let path = repository().join(format!("docs/schema/{name}.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn every_document_has_a_schema_by_its_name() {
    let place = Workplace::empty();
    let (code, list) = place.json(&["schema"]);
    assert_eq!(code, 0);
    let names: Vec<&str> = list["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, DOCUMENTS.iter().map(|document| document.name()).collect::<Vec<_>>());
    for name in ["charter", "error", "verified-answer"] {
        assert!(names.contains(&name));
        assert_eq!(place.json(&["schema", name]), (0, committed(name)));
        let printed = place.run(&["schema", name]).stdout;
        assert_eq!(serde_json::from_slice::<Value>(&printed).unwrap(), committed(name));
    }
    assert_eq!(place.run(&["schema", "nothing"]).status.code(), Some(2));
}

#[test]
fn what_init_writes_names_schemas_that_are_there() {
    let place = Workplace::empty();
    assert_eq!(place.json(&["init"]).0, 0);
    for (file, name) in [("charter.yaml", "charter"), ("packs/starter.yaml", "pack")] {
        let file = place.path("poundlock").join(file);
        let text = fs::read_to_string(&file).unwrap();
        let path = text.lines().next().unwrap().strip_prefix("# yaml-language-server: $schema=");
        let schema = file.parent().unwrap().join(path.unwrap());
        let schema: Value = serde_json::from_slice(&fs::read(schema).unwrap()).unwrap();
        assert_eq!(schema, committed(name));
    }
    for name in ["lock", "overlay", "scenario"] {
        let path = place.path("poundlock/schema").join(format!("{name}.json"));
        let schema: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        assert_eq!(schema, committed(name));
    }
}
