//! `names.json` lists what every language calls things. Here it is held to what the contract carries out;
//! each binding's tests hold the binding to it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use poundlock::wire::{self, Engine, Ledger, Pack, Plan};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    faces: BTreeMap<String, String>,
    functions: Vec<String>,
    classes: BTreeMap<String, Class>,
    documents: Vec<String>,
    error: ErrorNames,
    c_functions: Vec<String>,
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    constructors: Vec<String>,
    properties: Vec<String>,
    methods: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorNames {
    name: String,
    attributes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    names: Vec<String>,
    #[serde(default)]
    only: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    reason: String,
}

fn names() -> Names {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("names.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Methods of the handles that are no operations, and what the bindings make of several.
const BEYOND: [(&str, &[&str]); 5] = [
    ("Charter", &[]),
    ("Engine", &["admit", "checkpoint", "decide", "record"]),
    ("Ledger", &["close"]),
    ("Plan", &[]),
    ("PolicyPack", &[]),
];

#[test]
fn every_operation_has_its_name_and_every_name_its_operation() {
    let names = names();
    let expected: BTreeSet<&str> = wire::operations().chain(["call"]).collect();
    assert_eq!(names.functions.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected);

    let operations: [(&str, Vec<&str>); 5] = [
        ("Charter", vec![]),
        ("Engine", Engine::operations().collect()),
        ("Ledger", Ledger::operations().collect()),
        ("Plan", Plan::operations().collect()),
        ("PolicyPack", Pack::operations().collect()),
    ];
    for ((class, operations), (_, beyond)) in operations.into_iter().zip(BEYOND) {
        let expected: BTreeSet<&str> =
            operations.into_iter().chain(beyond.iter().copied()).collect();
        let methods = &names.classes[class].methods;
        assert_eq!(
            methods.iter().map(String::as_str).collect::<BTreeSet<_>>(),
            expected,
            "{class}"
        );
    }
}

#[test]
fn the_header_declares_these_functions_and_no_others() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bindings-c/include/poundlock.h");
    let header = fs::read_to_string(path).unwrap();
    // Without its comments, in which functions are mentioned.
    let parts = header.split("/*").map(|part| part.split_once("*/").map_or(part, |(_, code)| code));
    let code: String = parts.collect();
    let words = code.split(|c: char| !c.is_ascii_alphanumeric() && !"_(".contains(c));
    let declared = words.filter_map(|word| word.strip_prefix("poundlock_")?.split_once('('));
    let declared: BTreeSet<&str> = declared.map(|(name, _)| name).collect();
    assert_eq!(names().c_functions.iter().map(String::as_str).collect::<BTreeSet<_>>(), declared);
}

#[test]
fn an_error_has_what_its_json_has() {
    let mut expected: BTreeSet<String> = ["json".to_owned()].into();
    // One that has all of it.
    let error = wire::call("canonical", b"[").unwrap_err().in_source("x").at_pointer("/y");
    let error = error.at_sequence(1).with_help("z");
    let json: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(&wire::error_json(&error)).unwrap();
    expected.extend(json.into_keys());
    assert_eq!(names().error.attributes.into_iter().collect::<BTreeSet<_>>(), expected);
}

#[test]
fn the_list_is_in_order_and_every_exception_is_of_a_name() {
    let names = names();
    let mut known = BTreeSet::from([names.error.name.clone()]);
    let mut in_order = |list: &[String], of: &str| {
        assert!(list.is_sorted_by(|one, other| one < other), "{of}: {list:?}");
        let prefix = if of.is_empty() { String::new() } else { format!("{of}.") };
        known.extend(list.iter().map(|name| format!("{prefix}{name}")));
    };
    in_order(&names.functions, "");
    in_order(&names.documents, "");
    in_order(&names.classes.keys().cloned().collect::<Vec<_>>(), "");
    for (class, Class { constructors, properties, methods }) in &names.classes {
        for list in [constructors, properties, methods] {
            in_order(list, class);
        }
    }
    in_order(&names.c_functions, "c");
    in_order(&names.error.attributes, &names.error.name);
    for exception in &names.exceptions {
        assert!(exception.only.is_empty() != exception.not.is_empty(), "{:?}", exception.names);
        assert!(!exception.reason.is_empty());
        for face in exception.only.iter().chain(&exception.not) {
            assert!(names.faces.contains_key(face), "{face}");
        }
        for name in &exception.names {
            assert!(known.contains(name), "{name}");
        }
    }
}
