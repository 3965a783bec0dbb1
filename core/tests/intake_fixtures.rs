//! Real plans: those that this project ships, and others where they are at hand.
//!
//! Tried are `examples/`, `../shared/fixtures` beside the repository where it exists, and everything below
//! the directory that `POUNDLOCK_FIXTURES` names. What is expected is worked out from the documents by
//! other means: `serde_json` and a walk of its own.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "this is a test"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use aho_corasick::AhoCorasick;
use poundlock::{
    canonical,
    model::{Actions, Plan, ResourceChange},
    value::{Kind, Ref, Value},
};
use serde_json::Value as Json;

const NONCE: [u8; 32] = [7; 32];

#[test]
fn the_shipped_plans_are_read() {
    let reports = |path: &Path| path.components().any(|part| part.as_os_str() == "reports");
    let mut plans = files(&repository().join("examples/web-service"));
    plans.retain(|(path, _)| is_json(path) && !reports(path));
    assert_eq!(plans.len(), 8);
    for (path, bytes) in plans {
        let plan = read(&path, &bytes).expect("a shipped plan is read");
        // A plan that was made after the apply finds nothing left to do.
        let applied = path.to_string_lossy().ends_with("-applied.json");
        assert_eq!(plan.counts().create, if applied { 0 } else { 18 }, "{}", path.display());
        assert_eq!(plan.complete, Some(true));
        assert!(bytes.windows(6).any(|window| window == b"canary"), "the canary is in the plan");
        assert!(!contains(&record_bytes(&plan), b"canary"), "the canary is not in the record");
    }
}

#[test]
fn the_plans_of_others_are_read_or_refused_accurately() {
    let shared = repository().join("../shared/fixtures");
    for (path, bytes) in files(&shared.join("plans")).into_iter().chain(files(&shared.join("made")))
    {
        if !is_json(&path) {
            continue;
        }
        let is = |name| path.to_string_lossy().contains(name);
        let expected = if is("aws_errored") {
            "plan.errored"
        } else if is("tf1_0plan.applied") {
            // Edited by hand: a map in it says the same twice.
            "input.duplicate_key"
        } else {
            ""
        };
        match read(&path, &bytes) {
            Ok(_) => assert_eq!(expected, "", "{}", path.display()),
            Err(code) => assert_eq!(code, expected, "{}", path.display()),
        }
    }
}

#[test]
fn whatever_lies_in_a_directory_is_read_or_refused() {
    let Some(directory) = std::env::var_os("POUNDLOCK_FIXTURES") else { return };
    let files = files(Path::new(&directory));
    assert!(!files.is_empty(), "there is nothing in POUNDLOCK_FIXTURES");
    for (path, bytes) in files {
        match read(&path, &bytes) {
            Ok(plan) => eprintln!("{}: {:?}", path.display(), plan.counts()),
            Err(code) => {
                eprintln!("{}: {code}", path.display());
                let family = code.split('.').next().unwrap_or_default();
                assert!(["input", "limit", "plan"].contains(&family), "{}: {code}", path.display());
            }
        }
    }
}

/// Reads a document, holds the plan or the error against the document, and gives the plan or the code.
fn read(path: &Path, bytes: &[u8]) -> Result<Plan, &'static str> {
    let name = path.display();
    let json = serde_json::from_slice::<Json>(bytes).ok();
    let secrets = json.as_ref().map(secrets).unwrap_or_default();
    let plan = match Plan::from_terraform(bytes, &NONCE) {
        Ok(plan) => plan,
        Err(error) => {
            let shown = format!("{error} {error:?}");
            assert_absent(&secrets, shown.as_bytes(), &format!("{name}: the error"));
            return Err(error.code());
        }
    };

    let record = plan.to_record().expect("a plan can be recorded");
    let bytes = canonical::encode_document(record.as_ref()).expect("a record has bytes");
    let again = canonical::decode_document(&bytes).expect("a record can be read");
    let again = Plan::from_record(&again).expect("a recorded plan is one");
    assert_eq!(again.digest, plan.digest, "{name}");
    assert_eq!(record_bytes(&again), bytes, "{name}: the record of a recorded plan is the same");

    let identifiers = identifiers(&plan);
    let values: Vec<u8> = plan
        .resources
        .iter()
        .chain(&plan.drift)
        .flat_map(|resource| [&resource.before, &resource.after])
        .flat_map(|value| canonical::encode_document(value.as_ref()).expect("a value has bytes"))
        .collect();
    assert_absent(&secrets, &values, &format!("{name}: the values"));
    assert_only_in(&identifiers, &secrets, &bytes, &format!("{name}: the record"));
    let shown = format!("{plan:?}");
    assert_only_in(&identifiers, &secrets, shown.as_bytes(), &format!("{name}: the debug form"));

    if let Some(json) = json {
        assert_same_changes(
            &plan.resources,
            &json["resource_changes"],
            &secrets,
            &name.to_string(),
        );
        assert_same_changes(&plan.drift, &json["resource_drift"], &secrets, &name.to_string());
    }
    Ok(plan)
}

fn assert_same_changes(
    changes: &[ResourceChange],
    json: &Json,
    secrets: &BTreeSet<String>,
    name: &str,
) {
    let json = json.as_array().map(Vec::as_slice).unwrap_or_default();
    assert_eq!(changes.len(), json.len(), "{name}");
    let mut expected: BTreeMap<String, usize> = BTreeMap::new();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for (change, json) in changes.iter().zip(json) {
        let place = format!("{name}: {}", change.address);
        if !change.address.contains("(sensitive)") {
            assert_eq!(Some(change.address.as_str()), json["address"].as_str(), "{place}");
        }
        assert_eq!(Some(change.type_name.as_str()), json["type"].as_str(), "{place}");
        let mut words: Vec<_> = json["change"]["actions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|word| word.to_string())
            .collect();
        if change.actions == Actions::CreateForget {
            words.sort();
        }
        *expected.entry(words.join(",")).or_default() += 1;
        let words: Vec<_> = change.actions.words().iter().map(|word| format!("{word:?}")).collect();
        *found.entry(words.join(",")).or_default() += 1;

        let json = &json["change"];
        let marked = ["after_unknown", "after_sensitive", "before_sensitive"].map(|marks| {
            let mut found = false;
            each_leaf(&json[marks], &mut Vec::new(), &mut |_, mark| {
                found |= *mark == Json::Bool(true);
            });
            found
        });
        let exactly = marked == [false; 3] && secrets.is_empty();
        assert_same_leaves(change.before.as_ref(), &json["before"], exactly, &place);
        assert_same_leaves(change.after.as_ref(), &json["after"], exactly, &place);
        assert_marked(change.before.as_ref(), &json["before_sensitive"], false, &place);
        assert_marked(change.after.as_ref(), &json["after_sensitive"], false, &place);
        assert_marked(change.after.as_ref(), &json["after_unknown"], true, &place);
    }
    assert_eq!(found, expected, "{name}");
}

/// Every leaf of the document is there, or hidden; nothing is hidden where that is `exactly` so.
fn assert_same_leaves(value: Ref<'_>, json: &Json, exactly: bool, place: &str) {
    each_leaf(json, &mut Vec::new(), &mut |path, leaf| {
        let value = follow(value, path).unwrap_or_else(|| panic!("{place} {path:?}: absent"));
        let is_same = match (value.kind(), leaf) {
            (Kind::Sensitive | Kind::Unknown, _) => !exactly,
            (Kind::Null, Json::Null) => true,
            (Kind::Bool(bool), Json::Bool(other)) => bool == *other,
            (Kind::Text(text), Json::String(other)) => text == other,
            (Kind::Int(int), Json::Number(other)) => other.as_i64() == Some(int),
            (Kind::Uint(uint), Json::Number(other)) => other.as_u64() == Some(uint),
            (Kind::Double(double, _), Json::Number(other)) => other.as_f64() == Some(double),
            (Kind::List(list), Json::Array(other)) => list.is_empty() && other.is_empty(),
            (Kind::Map(_), Json::Object(other)) => other.is_empty(),
            _ => false,
        };
        // A number of 1.0 is an integer for us and a double for serde_json.
        let is_spelt_otherwise = matches!(
            (value.kind(), leaf),
            (Kind::Int(_) | Kind::Uint(_), Json::Number(other)) if other.is_f64()
        );
        assert!(is_same || is_spelt_otherwise, "{place} {path:?}: {value:?}");
    });
}

/// Whatever is marked `true` is hidden, be it in the document or not.
fn assert_marked(value: Ref<'_>, marks: &Json, may_be_unknown: bool, place: &str) {
    each_leaf(marks, &mut Vec::new(), &mut |path, mark| {
        if *mark != Json::Bool(true) || (path.is_empty() && matches!(value.kind(), Kind::Null)) {
            return;
        }
        let value = follow(value, path).unwrap_or_else(|| panic!("{place} {path:?}: absent"));
        let is_hidden = match value.kind() {
            Kind::Sensitive => true,
            Kind::Unknown => may_be_unknown,
            _ => false,
        };
        assert!(is_hidden, "{place} {path:?}: {value:?}");
    });
}

/// The value at a path, or the hidden one on the way to it.
fn follow<'a>(value: Ref<'a>, path: &[Step<'_>]) -> Option<Ref<'a>> {
    path.iter().try_fold(value, |value, step| match (value.kind(), step) {
        (Kind::Sensitive | Kind::Unknown, _) => Some(value),
        (_, Step::Index(index)) => value.index(*index),
        (_, Step::Key(key)) => value.get(key),
    })
}

#[derive(Debug)]
enum Step<'a> {
    Index(usize),
    Key(&'a str),
}

/// Visits all scalars, empty lists and empty maps, with the path to each.
fn each_leaf<'a>(
    json: &'a Json,
    path: &mut Vec<Step<'a>>,
    visit: &mut impl FnMut(&[Step<'a>], &'a Json),
) {
    match json {
        Json::Array(list) if !list.is_empty() => {
            for (index, element) in list.iter().enumerate() {
                path.push(Step::Index(index));
                each_leaf(element, path, visit);
                path.pop();
            }
        }
        Json::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                path.push(Step::Key(key));
                each_leaf(value, path, visit);
                path.pop();
            }
        }
        _ => visit(path, json),
    }
}

/// Every text of six bytes or more that a plan marks as sensitive, by any of its marks.
fn secrets(plan: &Json) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let empty = Vec::new();
    let changes = ["resource_changes", "resource_drift"]
        .into_iter()
        .flat_map(|key| plan[key].as_array().unwrap_or(&empty))
        .map(|resource| &resource["change"])
        .chain(plan["output_changes"].as_object().into_iter().flat_map(|map| map.values()));
    for change in changes {
        marked(&change["before"], &change["before_sensitive"], &mut found);
        marked(&change["after"], &change["after_sensitive"], &mut found);
    }
    for values in [&plan["planned_values"], &plan["prior_state"]["values"]] {
        for output in values["outputs"].as_object().into_iter().flat_map(|map| map.values()) {
            marked(&output["value"], &output["sensitive"], &mut found);
        }
        let mut modules = vec![&values["root_module"]];
        while let Some(module) = modules.pop() {
            modules.extend(module["child_modules"].as_array().unwrap_or(&empty));
            for resource in module["resources"].as_array().unwrap_or(&empty) {
                marked(&resource["values"], &resource["sensitive_values"], &mut found);
            }
        }
    }
    let declared = plan["configuration"]["root_module"]["variables"].as_object();
    for (name, variable) in declared.into_iter().flatten() {
        marked(&plan["variables"][name]["value"], &variable["sensitive"], &mut found);
    }
    found
}

fn marked(value: &Json, mark: &Json, found: &mut BTreeSet<String>) {
    match (value, mark) {
        (Json::String(text), Json::Bool(true)) if text.len() >= 6 => {
            found.insert(text.clone());
        }
        (Json::Array(list), Json::Bool(true)) => {
            list.iter().for_each(|value| marked(value, mark, found));
        }
        (Json::Object(map), Json::Bool(true)) => {
            map.values().for_each(|value| marked(value, mark, found));
        }
        (Json::Array(list), Json::Array(marks)) => {
            list.iter().zip(marks).for_each(|(value, mark)| marked(value, mark, found));
        }
        (Json::Object(map), Json::Object(_)) => {
            map.iter().for_each(|(key, value)| marked(value, &mark[key], found));
        }
        _ => {}
    }
}

/// The words that a record has from the configuration's source and from its own form, where a text that
/// happens to be sensitive elsewhere may stand.
fn identifiers(plan: &Plan) -> String {
    let empty = Plan {
        resources: Vec::new(),
        drift: Vec::new(),
        outputs: Vec::new(),
        checks: Vec::new(),
        ..plan.clone()
    };
    let mut words = format!("{empty:?} {:?}", empty.to_record().expect("a plan can be recorded"));
    for resource in plan.resources.iter().chain(&plan.drift) {
        let address: String = resource.address.split('"').step_by(2).collect();
        let provider = resource.provider.as_deref().unwrap_or_default();
        words.push_str(&format!(" {address} {provider} {:?}", resource.actions.words()));
    }
    plan.outputs.iter().for_each(|output| words.push_str(&format!(" {}", output.name)));
    plan.checks.iter().for_each(|check| words.push_str(&format!(" {}", check.address)));
    words
}

fn record_bytes(plan: &Plan) -> Vec<u8> {
    let record: Value = plan.to_record().expect("a plan can be recorded");
    canonical::encode_document(record.as_ref()).expect("a record has bytes")
}

fn assert_absent(secrets: &BTreeSet<String>, bytes: &[u8], place: &str) {
    assert_only_in("", secrets, bytes, place);
}

/// No secret stands in the bytes, unless it is part of the identifiers.
fn assert_only_in(identifiers: &str, secrets: &BTreeSet<String>, bytes: &[u8], place: &str) {
    let secrets: Vec<_> = secrets.iter().collect();
    let automaton = AhoCorasick::new(&secrets).expect("the secrets can be searched for");
    let found: BTreeSet<_> =
        automaton.find_overlapping_iter(bytes).map(|found| found.pattern().as_usize()).collect();
    let leaked = found.iter().any(|index| !identifiers.contains(secrets[*index]));
    assert!(!leaked, "{place} holds something sensitive");
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn is_json(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.ends_with(".json") || name.ends_with(".json.gz")
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All files below a directory, what is compressed with gzip decompressed; none where there is none.
fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(files(&path));
            continue;
        }
        let mut bytes = fs::read(&path).expect("it can be read");
        if path.extension().is_some_and(|extension| extension == "gz") {
            let mut decompressed = Vec::new();
            flate2::read::GzDecoder::new(bytes.as_slice())
                .read_to_end(&mut decompressed)
                .expect("it can be decompressed");
            bytes = decompressed;
        }
        found.push((path, bytes));
    }
    found
}
