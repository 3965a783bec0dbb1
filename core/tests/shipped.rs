//! The charters and packs that are shipped: each pack's own tests pass, nothing in it is unwise, and every policy names
//! the controls that it serves.

#![allow(clippy::unwrap_used)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use poundlock::{
    charter::{Charter, Lock},
    policy::{LintLevel, PolicyPack},
};

fn folders() -> Vec<PathBuf> {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies");
    let entries = fs::read_dir(policies).unwrap().map(|entry| entry.unwrap().path());
    let folders: Vec<PathBuf> = entries.filter(|path| path.join("charter.yaml").exists()).collect();
    assert!(folders.len() >= 3);
    folders
}

/// The packs beside a charter; one that is about artifacts alone has none.
fn packs(folder: &Path) -> Vec<PolicyPack> {
    let Ok(entries) = fs::read_dir(folder.join("packs")) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.map(|path| PolicyPack::parse(&fs::read(path).unwrap()).unwrap()).collect()
}

// Requirements: R274, R299.
#[test]
fn every_pack_passes_its_tests() {
    for pack in folders().iter().flat_map(|folder| packs(folder)) {
        let outcomes = pack.test();
        assert!(!outcomes.is_empty(), "{}", pack.name());
        for outcome in outcomes {
            assert!(outcome.passed, "{}/{}: {}", pack.name(), outcome.policy, outcome.name);
        }
    }
}

// Requirements: R303, R393, R394.
#[test]
fn every_policy_names_its_controls_and_has_a_day_of_review() {
    for pack in folders().iter().flat_map(|folder| packs(folder)) {
        let lints = pack.lint();
        let warnings: Vec<_> =
            lints.iter().filter(|lint| lint.level == LintLevel::Warning).collect();
        assert!(warnings.is_empty(), "{}: {warnings:#?}", pack.name());
    }
}

// Requirements: R294, R428, R434.
#[test]
fn every_charter_pins_its_packs_and_has_a_day_of_review() {
    for folder in folders() {
        let charter = Charter::parse(&fs::read(folder.join("charter.yaml")).unwrap()).unwrap();
        assert!(charter.document().review_by.is_some(), "{}", folder.display());
        let lock = Lock::parse(&fs::read(folder.join("charter.lock")).unwrap()).unwrap();
        let packs = packs(&folder);
        for pinned in charter.pinned() {
            let pack = packs.iter().find(|pack| pack.reference() == pinned).unwrap();
            assert_eq!(lock.digest(&pinned), Some(&pack.digest()), "{pinned}");
        }
    }
}
