//! Ledgers that are missing, damaged, full or not to be written, and what must not write to one.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use poundlock::ledger::Ledger;

use super::{BEGIN, admit, assert_plain, files, refused};
use crate::common::Workplace;

const PERMIT: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// Every command that needs a ledger.
fn with_ledger() -> Vec<Vec<&'static str>> {
    vec![
        vec!["log"],
        vec!["show", "0"],
        vec!["verify"],
        vec!["status"],
        vec!["checkpoint"],
        vec!["receipt", "0"],
        vec!["snapshot"],
        vec!["export", "ledger.tar"],
        admit("plan-dev.json", &[]),
        vec!["record", "outcome", "--permit", PERMIT, "--result", "failed", "--actor", "x"],
    ]
}

#[test]
fn a_ledger_that_is_not_there_is_refused() {
    let place = Workplace::locked();
    fs::write(place.path("file"), "").unwrap();
    for arguments in with_ledger() {
        refused(&place, &arguments, "ledger.not_found");
        assert!(!place.path("poundlock/ledger").exists());
        let elsewhere = [arguments, vec!["--ledger", "file"]].concat();
        refused(&place, &elsewhere, "ledger.not_found");
    }
}

#[test]
fn a_ledger_is_made_in_a_place_of_its_own() {
    let place = Workplace::empty();
    place.copy_charter();
    fs::write(place.path("file"), "").unwrap();
    refused(&place, &["init", "--ledger", "file"], "io");
    refused(&place, &["init", "--ledger", "file/ledger"], "io");
    fs::create_dir(place.path("full")).unwrap();
    fs::write(place.path("full/x"), "").unwrap();
    refused(&place, &["init", "--ledger", "full"], "ledger.directory");
    assert_eq!(place.json(&["init"]).0, 0);
    let before = files(&place.path("poundlock"));
    refused(&place, &["init"], "ledger.exists");
    assert_eq!(files(&place.path("poundlock")), before);
}

/// A crash between making the directory and writing the first entry leaves nothing in the way.
#[test]
fn an_interrupted_init_can_be_repeated() {
    let place = Workplace::locked();
    drop(Ledger::create(&place.path("poundlock/ledger")).unwrap());
    refused(&place, &admit("plan-dev.json", &[]), "ledger.genesis");
    assert_eq!(place.json(&["init", "--at", BEGIN]).0, 0);
    assert_eq!(place.json(&["verify"]).1["size"], 1);
}

#[test]
fn a_damaged_ledger_answers_nothing() {
    let place = Workplace::governed();
    assert_eq!(place.json(&admit("plan-dev.json", &[])).0, 1);
    let ledger = place.path("poundlock/ledger");
    let sound = files(&ledger);
    let segment = sound.keys().find(|path| path.extension().is_some_and(|e| e == "seg")).unwrap();
    let head = ledger.join("head");
    let mut flipped = sound[segment].clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let short = sound[segment][..middle].to_vec();
    let damages: [(&Path, Option<Vec<u8>>); 5] = [
        (segment, Some(flipped)),
        (segment, Some(short)),
        (segment, None),
        (&head, Some(b"{}".to_vec())),
        (&head, None),
    ];
    for (path, content) in damages {
        match content {
            Some(content) => fs::write(path, content).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
        let damaged = files(&ledger);
        for arguments in with_ledger() {
            let (code, answer) = place.json(&arguments);
            assert_eq!(code, 2, "{arguments:?}: {answer:#}");
            let name = answer["error"]["code"].as_str().unwrap();
            assert!(name.starts_with("ledger."), "{arguments:?}: {name}");
            assert_plain(&place.run(&arguments));
        }
        // It is never repaired silently.
        assert_eq!(files(&ledger), damaged);
        fs::write(path, &sound[path]).unwrap();
    }
    assert_eq!(place.json(&["verify"]).0, 0);
}

/// A file system of its own, unmounted when it goes; nothing where mounting is not allowed.
struct Mounted(PathBuf);

impl Mounted {
    fn new(path: PathBuf, size: &str) -> Option<Self> {
        fs::create_dir_all(&path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(&path)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            println!("not run: a file system can only be mounted by root");
        }
        mounted.then_some(Self(path))
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let status = Command::new("mount").args(["-o", &options]).arg(&self.0).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let place = Workplace::empty();
    place.copy_charter();
    let Some(_disk) = Mounted::new(place.path("disk"), "4m") else { return };
    let ledger = ["--ledger", "disk/ledger"];
    let init = ["init", "--at", BEGIN, "--ledger", "disk/ledger"];
    assert_eq!(place.json(&init).0, 0);
    // A little room is left, for a few entries.
    let mut filler = File::create(place.path("disk/filler")).unwrap();
    while filler.write_all(&[0; 4096]).is_ok() {}
    let length = filler.metadata().unwrap().len();
    filler.set_len(length - 64 * 1024).unwrap();
    drop(filler);
    let mut acknowledged = 1;
    let error = loop {
        let (code, answer) = place.json(&admit("plan-dev.json", &ledger));
        if code == 2 {
            break answer;
        }
        acknowledged += 1;
        assert!(acknowledged < 1000, "the disk does not fill");
    };
    assert_eq!(error["error"]["code"], "io");
    assert!(acknowledged > 2, "{acknowledged}");
    // What failed may be in the ledger or not; what was acknowledged is.
    let size = |place: &Workplace| {
        let (code, verified) = place.json(&["verify", "--ledger", "disk/ledger"]);
        assert_eq!(code, 0, "{verified:#}");
        verified["size"].as_u64().unwrap()
    };
    let full = size(&place);
    assert!((acknowledged..=acknowledged + 1).contains(&full), "{full} of {acknowledged}");
    // As long as it is full, nothing is admitted; with more room, it goes on.
    assert_eq!(place.json(&admit("plan-dev.json", &ledger)).0, 2);
    fs::remove_file(place.path("disk/filler")).unwrap();
    assert_eq!(place.json(&admit("plan-dev.json", &ledger)).0, 1);
    let size = size(&place);
    assert!((full + 1..=acknowledged + 3).contains(&size), "{size} of {acknowledged}");
}

#[test]
fn a_ledger_that_cannot_be_written_is_read_and_not_appended_to() {
    let place = Workplace::empty();
    place.copy_charter();
    let Some(disk) = Mounted::new(place.path("disk"), "4m") else { return };
    let ledger = ["--ledger", "disk/ledger"];
    assert_eq!(place.json(&["init", "--at", BEGIN, "--ledger", "disk/ledger"]).0, 0);
    assert_eq!(place.json(&admit("plan-dev.json", &ledger)).0, 1);
    disk.remount("ro");
    let error = place.json(&admit("plan-dev.json", &ledger));
    assert_eq!((error.0, error.1["error"]["code"].as_str()), (2, Some("io")), "{:#}", error.1);
    for arguments in [["log"], ["verify"], ["status"]] {
        assert_eq!(place.json(&[&arguments[..], &ledger].concat()).0, 0, "{arguments:?}");
    }
    refused(&place, &["init", "--ledger", "disk/other"], "io");
    disk.remount("rw");
    assert_eq!(place.json(&["verify", "--ledger", "disk/ledger"]).1["size"], 2);
}

#[test]
fn check_writes_nothing() {
    let place = Workplace::locked();
    fs::write(place.path("bad.json"), "{").unwrap();
    let before = files(&place.path("."));
    for (arguments, code) in [
        (vec!["check", "--plan", "plan-dev.json"], 0),
        (vec!["check", "--plan", "plan-dev.json", "--stage", "prod"], 0),
        (vec!["check", "--plan", "plan-violating.json"], 1),
        (vec!["check", "--plan", "bad.json"], 2),
        (vec!["lock", "--check"], 0),
        (vec!["policy", "test"], 0),
        (vec!["policy", "lint", "--at", "2026-03-02T08:00:00Z"], 0),
        (vec!["schema", "charter"], 0),
    ] {
        assert_eq!(place.json(&arguments).0, code, "{arguments:?}");
        assert_eq!(files(&place.path(".")), before, "{arguments:?}");
    }
}

#[test]
fn reading_the_ledger_writes_nothing() {
    let place = Workplace::governed();
    assert_eq!(place.admit("plan", "dev", "2026-03-02T09:00:00Z", &[]).0, 0);
    // Half a record, as a crash may leave it.
    let ledger = place.path("poundlock/ledger");
    let segment = files(&ledger).into_keys().find(|path| path.extension().is_some()).unwrap();
    File::options().append(true).open(segment).unwrap().write_all(&[9; 20]).unwrap();
    let before = files(&ledger);
    for arguments in [vec!["log"], vec!["show", "1"], vec!["verify"], vec!["status"]] {
        assert_eq!(place.json(&arguments).0, 0, "{arguments:?}");
        assert_eq!(files(&ledger), before, "{arguments:?}");
    }
}
