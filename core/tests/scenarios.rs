//! Every scenario of the policies that are shipped, and every mutant of those that end with what is allowed.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
};

use poundlock::{
    Error, Texts,
    error::{Code, Result},
    scenario::{MutantReport, Suite},
};

fn policies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies")
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "yaml"));
    files.sort();
    files
}

fn suite(folder: &Path) -> Suite {
    Suite::new(Texts {
        charter: fs::read(folder.join("charter.yaml")).unwrap(),
        lock: fs::read(folder.join("charter.lock")).unwrap(),
        packs: yaml_files(&folder.join("packs"))
            .iter()
            .map(|pack| fs::read(pack).unwrap())
            .collect(),
    })
    .unwrap()
}

/// What is wrong with a scenario, in lines that say where; and its mutants.
fn run(suite: &Suite, file: &Path) -> Result<(Vec<String>, MutantReport)> {
    let beside = file.parent().unwrap();
    let mut named = |name: &str| {
        fs::read(beside.join(name)).map_err(|_| {
            Error::new(Code::InputInvalidValue, format!("the file `{name}` cannot be read"))
        })
    };
    let scenario = suite.scenario(&fs::read(file).unwrap(), &mut named)?;
    let mut faults = Vec::new();
    for step in scenario.run()?.steps.iter().filter(|step| !step.passed) {
        let denials: Vec<_> = step
            .denials
            .iter()
            .map(|denial| format!("{}: {}", denial.code, denial.message))
            .collect();
        faults.push(format!(
            "{}:{}: step `{}`: expected {}, found {} {denials:#?}",
            step.file.as_deref().unwrap_or_default(),
            step.line,
            step.step,
            step.expected,
            step.found
        ));
    }
    let mutants = if faults.is_empty() { scenario.run_mutants()? } else { MutantReport::default() };
    faults.extend(mutants.allowed.iter().map(|mutant| format!("allowed all the same: {mutant}")));
    faults.extend(
        mutants
            .unused
            .iter()
            .map(|it| format!("`irrelevant` names no mutant that is allowed: {it}")),
    );
    Ok((faults, mutants))
}

/// R047 and all that scenarios name: no mutant of what is allowed is allowed, unless the scenario says why.
#[test]
fn every_scenario_comes_as_it_must_and_no_mutant_is_allowed() {
    let mut suites = Vec::new();
    for folder in fs::read_dir(policies()).unwrap().map(|entry| entry.unwrap().path()) {
        let files = yaml_files(&folder.join("scenarios"));
        if !files.is_empty() {
            suites.push((suite(&folder), files));
        }
    }
    let queue: Mutex<Vec<(&Suite, &Path)>> = Mutex::new(
        suites
            .iter()
            .flat_map(|(suite, files)| files.iter().map(move |file| (suite, file.as_path())))
            .collect(),
    );
    let count = queue.lock().unwrap().len();
    let found = Mutex::new((Vec::new(), 0, 0));
    thread::scope(|threads| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            threads.spawn(|| {
                loop {
                    let next = queue.lock().unwrap().pop();
                    let Some((suite, file)) = next else { break };
                    let name = file.file_name().unwrap().to_string_lossy().into_owned();
                    let (faults, mutants) = run(suite, file)
                        .unwrap_or_else(|error| (vec![error.to_string()], MutantReport::default()));
                    let mut found = found.lock().unwrap();
                    found.0.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
                    found.1 += mutants.mutants;
                    found.2 += mutants.denied;
                }
            });
        }
    });
    let (faults, mutants, denied) = found.into_inner().unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    println!("{count} scenarios, {mutants} mutants, {denied} of them denied");
    assert!(
        count >= 40 && mutants >= 5_000,
        "{count} scenarios and {mutants} mutants show too little"
    );
}
