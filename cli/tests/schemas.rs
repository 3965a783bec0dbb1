//! `poundlock schema` prints what `docs/schema` holds, and `init` lays the schemas beside what it writes.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

#[cfg(unix)]
use std::{env, path::PathBuf, process::Command};
use std::{fs, path::Path};

use common::{Workplace, repository};
use poundlock::wire::schema::DOCUMENTS;
use serde_json::Value;

fn committed(name: &str) -> Value {
    let path = repository().join(format!("docs/schema/{name}.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The schema that the first line of a file names.
fn named(file: &Path) -> Value {
    let text = fs::read_to_string(file).unwrap();
    let path = text.lines().next().unwrap().strip_prefix("# yaml-language-server: $schema=");
    let schema = file.parent().unwrap().join(path.unwrap());
    let schema = fs::read(&schema).unwrap_or_else(|_| panic!("{} names no schema", file.display()));
    serde_json::from_slice(&schema).unwrap()
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
        assert_eq!(named(&place.path("poundlock").join(file)), committed(name));
    }
    for name in ["lock", "overlay", "scenario"] {
        let path = place.path("poundlock/schema").join(format!("{name}.json"));
        let schema: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        assert_eq!(schema, committed(name));
    }
}

/// The YAML files of a directory and below.
#[cfg(unix)]
fn yaml_files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { yaml_files(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|ending| ending == "yaml")).collect()
}

/// The commands of `policies/README.md` do for every charter there.
#[cfg(unix)]
#[test]
fn a_copy_of_what_we_ship_names_schemas_that_are_there() {
    let policies = repository().join("policies");
    let readme = fs::read_to_string(policies.join("README.md")).unwrap();
    let (_, section) = readme.split_once("## Schemas for editors\n").unwrap();
    let (_, script) = section.split_once("```sh\n").unwrap();
    let (script, _) = script.split_once("```\n").unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_poundlock")).parent().unwrap().to_path_buf();
    let paths = env::var_os("PATH").unwrap();
    let paths = env::join_paths([programs].into_iter().chain(env::split_paths(&paths))).unwrap();
    let charters = fs::read_dir(&policies).unwrap().map(|entry| entry.unwrap().path());
    for shipped in charters.filter(|path| path.is_dir()) {
        let place = Workplace::empty();
        let copy = place.path("poundlock");
        assert!(Command::new("cp").arg("-r").args([&shipped, &copy]).status().unwrap().success());
        let mut shell = Command::new("sh");
        shell.args(["-ec", script]).current_dir(place.path(".")).env("PATH", &paths);
        assert!(shell.status().unwrap().success());
        let files = yaml_files(&copy);
        assert!(files.contains(&copy.join("charter.yaml")) && files.len() > 10);
        for file in files {
            let original = shipped.join(file.strip_prefix(&copy).unwrap());
            assert_eq!(named(&file), named(&original), "{}", file.display());
        }
    }
}
