//! What a directory survives: failing system calls, kills, power cuts, and halves of records.

mod disk;
mod faults;
#[cfg(unix)]
mod power;
mod remains;

use std::{
    fs,
    path::{Path, PathBuf},
};

pub(super) use self::disk::Disk;
use tempfile::TempDir;

use super::{Directory, Settings};
use crate::{
    canonical,
    error::Result,
    ledger::{Draft, Ledger},
    time::Instant,
};

/// So small that every segment holds two or three entries.
const SEGMENT_BYTES: u64 = 600;

fn draft(number: u64) -> Draft {
    let number_bytes = canonical::to_bytes(&number).unwrap();
    Draft {
        at: Some("2026-11-22T10:00:00Z".parse::<Instant>().unwrap()),
        kind: "note".into(),
        body: canonical::join_map(&[("number", &number_bytes)]).unwrap(),
        attachments: vec![number.to_be_bytes().to_vec(); usize::from(number.is_multiple_of(2))],
    }
}

fn settings(disk: &Disk) -> Settings {
    Settings {
        files: super::Files { disk: disk.clone() },
        segment_bytes: SEGMENT_BYTES,
        writable: true,
    }
}

fn create(path: &Path, disk: &Disk) -> Ledger {
    Ledger::with_store(Box::new(Directory::create_with(path, settings(disk)).unwrap()))
}

fn open(path: &Path, disk: &Disk) -> Result<Ledger> {
    Ledger::over(Directory::open_with(path, settings(disk))?)
}

/// A directory for a test, in memory where that is possible: here no disk need turn.
fn scratch() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A ledger of so many entries.
fn ledger_of(path: &Path, entries: u64) -> Ledger {
    let ledger = create(path, &Disk::default());
    for number in 0..entries {
        ledger.append(number, draft(number)).unwrap();
    }
    ledger
}

/// Opens and verifies a ledger, which must hold at least the acknowledged entries and no others than
/// were meant for it, and must accept the next one.
fn check_survivor(path: &Path, acknowledged: u64) -> u64 {
    let ledger = open(path, &Disk::default()).unwrap();
    let size = ledger.verify().unwrap().size;
    assert!(size >= acknowledged, "{size} of {acknowledged} acknowledged entries are left");
    let expected = Ledger::in_memory();
    for number in 0..size {
        expected.append(number, draft(number)).unwrap();
    }
    assert_eq!(ledger.read(0, usize::MAX).unwrap(), expected.read(0, usize::MAX).unwrap());
    ledger.append(size, draft(size)).unwrap();
    let again = open(path, &Disk::default()).unwrap();
    assert_eq!(again.verify().unwrap().size, size + 1);
    assert!(again.notices().is_empty(), "what was found once is not found again");
    size
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for (path, name) in items(from) {
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

fn items(directory: &Path) -> Vec<(PathBuf, PathBuf)> {
    let mut items: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|item| item.unwrap())
        .map(|item| (item.path(), item.file_name().into()))
        .collect();
    items.sort();
    items
}
