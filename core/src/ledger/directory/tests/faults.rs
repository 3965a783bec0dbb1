//! Each system call of an append fails once, or the process dies there.

use std::fs;

use super::{super::files::Step, disk::Fault, *};

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

/// Calls for a fault at every step of what `attempt` does, until it does not come that far.
fn at_every_step(prepare: impl Fn(&Path), attempt: impl Fn(&Path, &Disk, Fault) -> u64) -> usize {
    let mut faults = 0;
    for (error, fatal) in [(EIO, false), (ENOSPC, false), (EIO, true)] {
        for at in 0.. {
            let directory = scratch();
            let path = directory.path().join("ledger");
            prepare(&path);
            let disk = Disk::default();
            let acknowledged = attempt(&path, &disk, Fault { at, error, fatal });
            if !disk.has_failed() {
                break;
            }
            faults += 1;
            check_survivor(&path, acknowledged);
        }
    }
    faults
}

#[test]
fn an_append_survives_a_fault_at_every_step() {
    let faults = at_every_step(
        |path| drop(ledger_of(path, 3)),
        |path, disk, fault| {
            let ledger = open(path, disk).unwrap();
            disk.fail(fault);
            let mut acknowledged = 3;
            while acknowledged < 7 {
                match ledger.append(acknowledged, draft(acknowledged)) {
                    Ok(recorded) => assert_eq!(recorded.entry.sequence, acknowledged),
                    Err(error) => {
                        assert_eq!(error.code(), if disk.has_failed() { "io" } else { "none" });
                        if fault.fatal {
                            break;
                        }
                        // The one fault has passed: the store is read again, and goes on.
                        let size = ledger.head().unwrap().size;
                        if size == acknowledged {
                            match ledger.append(acknowledged, draft(acknowledged)) {
                                Ok(_) => {}
                                Err(error) => assert_eq!(error.code(), "ledger.conflict"),
                            }
                        }
                        let size = ledger.head().unwrap().size;
                        assert_eq!(size, acknowledged + 1, "complete or written again");
                    }
                }
                acknowledged += 1;
            }
            acknowledged
        },
    );
    assert!(faults > 100, "only {faults} faults were tried");
}

#[test]
fn recovery_survives_a_fault_at_every_step() {
    let faults = at_every_step(
        |path| {
            let ledger = ledger_of(path, 3);
            let head = fs::read(path.join("head")).unwrap();
            ledger.append(3, draft(3)).unwrap();
            ledger.append(4, draft(4)).unwrap();
            fs::write(path.join("head"), head).unwrap();
            let last = items(&path.join("segments")).pop().unwrap().0;
            let mut bytes = fs::read(&last).unwrap();
            bytes.extend_from_slice(b"half a record");
            fs::write(&last, bytes).unwrap();
            fs::write(path.join("segments/00000000000000000099.seg"), "stray").unwrap();
            fs::write(path.join("segments/00000000000000000199.seg"), "").unwrap();
        },
        |path, disk, fault| {
            disk.fail(fault);
            // Reading is possible whatever fails.
            let ledger = open(path, disk).unwrap();
            assert!(ledger.verify().unwrap().size >= 3);
            assert!(!ledger.notices().is_empty());
            3
        },
    );
    assert!(faults > 40, "only {faults} faults were tried");
}

#[test]
fn creation_survives_a_fault_at_every_step() {
    for at in 0.. {
        let directory = scratch();
        let path = directory.path().join("above/ledger");
        let disk = Disk::default();
        disk.fail(Fault { at, error: ENOSPC, fatal: true });
        let created = Directory::create_with(&path, settings(&disk));
        if !disk.has_failed() {
            break;
        }
        assert_eq!(created.err().unwrap().code(), "io");
        match Ledger::create(&path) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.code(), "ledger.exists"),
        }
        check_survivor(&path, 0);
    }
}

#[test]
fn a_full_disk_is_an_error_and_the_ledger_stays_sound() {
    let directory = scratch();
    let path = directory.path().join("ledger");
    drop(ledger_of(&path, 3));
    let disk = Disk::default();
    let ledger = open(&path, &disk).unwrap();
    disk.fail(Fault { at: 0, error: ENOSPC, fatal: true });
    for _ in 0..3 {
        assert_eq!(ledger.append(3, draft(3)).unwrap_err().code(), "io");
        assert_eq!(ledger.verify().unwrap().size, 3);
    }
    assert_eq!(open(&path, &disk).unwrap().verify().unwrap().size, 3);
    check_survivor(&path, 3);
}

#[test]
fn a_ledger_that_may_not_be_written_is_read() {
    let directory = scratch();
    let path = directory.path().join("ledger");
    drop(ledger_of(&path, 3));
    let last = items(&path.join("segments")).pop().unwrap().0;
    let mut bytes = fs::read(&last).unwrap();
    bytes.extend_from_slice(b"half a record");
    fs::write(&last, &bytes).unwrap();
    let ledger = Ledger::open_read_only(&path).unwrap();
    assert_eq!(ledger.verify().unwrap().size, 3);
    assert_eq!(ledger.notices().len(), 1);
    assert_eq!(ledger.append(3, draft(3)).unwrap_err().code(), "io");
    assert_eq!(fs::read(&last).unwrap(), bytes);
    check_survivor(&path, 3);
}

#[test]
fn nothing_is_appended_before_its_attachments_are_durable() {
    let directory = scratch();
    let path = directory.path().join("ledger");
    let disk = Disk::default();
    let ledger = create(&path, &disk);
    ledger.append(0, draft(0)).unwrap();
    let steps = disk.steps();
    let position = |step, part: &str| {
        let found = steps
            .iter()
            .rposition(|(found, path)| *found == step && path.display().to_string().contains(part));
        found.unwrap_or_else(|| panic!("no {step:?} of {part}"))
    };
    let order = [
        position(Step::SyncAll, "attachments"),
        position(Step::Rename, "attachments/sha256"),
        position(Step::SyncDirectory, "attachments/sha256/"),
        position(Step::SyncDirectory, "segments"),
        position(Step::Write, "segments/"),
        position(Step::SyncData, "segments/"),
        position(Step::SyncAll, "head.tmp"),
        position(Step::Rename, "head"),
    ];
    assert!(order.is_sorted(), "{steps:?}");
    assert_eq!(steps.last().unwrap().0, Step::SyncDirectory);
}
