//! What every user relies on: what was appended is there, in order, whoever looks.

use std::fs;

use poundlock::{
    digest::Digest,
    ledger::{Draft, Ledger, Verification},
};
use tempfile::tempdir;

use super::support::{draft, ledger_of};

#[test]
fn what_was_appended_is_read_by_every_handle() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("new/ledger");
    let writer = Ledger::create(&path).unwrap();
    let reader = Ledger::open(&path).unwrap();
    let memory = Ledger::in_memory();
    assert_eq!(reader.head().unwrap(), memory.head().unwrap());
    for number in 0..200 {
        let recorded = writer.append(number, draft(number)).unwrap();
        assert_eq!(memory.append(number, draft(number)).unwrap(), recorded);
        assert_eq!(reader.read(number, 1).unwrap(), [recorded]);
    }
    let head = writer.head().unwrap();
    assert_eq!(head.size, 200);
    for ledger in [&reader, &memory, &Ledger::open(&path).unwrap()] {
        assert_eq!(ledger.head().unwrap(), head);
        assert_eq!(ledger.verify().unwrap(), head);
        assert!(ledger.notices().is_empty());
        assert_eq!(ledger.read(0, usize::MAX).unwrap().last().unwrap().hash, head.last);
        assert_eq!(ledger.read(200, 10).unwrap(), []);
        for (from, limit) in [(0, 1), (63, 3), (64, 64), (1, 130), (199, 1), (150, 1000)] {
            let entries = ledger.read(from, limit).unwrap();
            let all = writer.read(0, 200).unwrap();
            let to = 200.min(from as usize + limit);
            assert_eq!(entries, all[from as usize..to]);
        }
        assert_eq!(ledger.attachment(&Digest::of(b"shared")).unwrap().unwrap(), b"shared");
        assert_eq!(ledger.attachment(&Digest::of(b"absent")).unwrap(), None);
    }
}

// Requirements: R229, R375, N11.
#[test]
fn appending_at_another_place_is_a_conflict() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("ledger");
    let one = ledger_of(&path, 3);
    let other = Ledger::open(&path).unwrap();
    assert_eq!(one.append(2, draft(2)).unwrap_err().code(), "ledger.conflict");
    assert_eq!(one.append(4, draft(4)).unwrap_err().code(), "ledger.conflict");
    one.append(3, draft(3)).unwrap();
    assert_eq!(other.append(3, draft(3)).unwrap_err().code(), "ledger.conflict");
    other.append(4, draft(4)).unwrap();
    assert_eq!(one.verify().unwrap().size, 5);
}

#[test]
fn a_draft_that_is_not_acceptable_changes_nothing() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("ledger");
    let ledger = ledger_of(&path, 1);
    let unacceptable = |change: fn(&mut Draft)| {
        let mut draft = draft(1);
        change(&mut draft);
        ledger.append(1, draft).unwrap_err().code()
    };
    assert_eq!(unacceptable(|draft| draft.at = None), "input.missing_field");
    assert_eq!(unacceptable(|draft| draft.kind.clear()), "ledger.entry");
    assert_eq!(unacceptable(|draft| draft.kind = "x".repeat(257)), "ledger.entry");
    assert_eq!(unacceptable(|draft| draft.body.clear()), "canonical.encoding");
    assert_eq!(unacceptable(|draft| draft.body = vec![0x01]), "canonical.encoding");
    // A map whose key `a` stands twice, and one with an integer that is not the shortest.
    assert_eq!(
        unacceptable(|draft| draft.body = b"\xa2\x61a\x01\x61a\x01".into()),
        "canonical.encoding"
    );
    assert_eq!(
        unacceptable(|draft| draft.body = b"\xa1\x61a\x18\x01".into()),
        "canonical.encoding"
    );
    assert_eq!(
        unacceptable(|draft| draft.body = b"\xa1\x61a\xfb\0\0\0\0\0\0\0\0".into()),
        "canonical.encoding"
    );
    let large = |draft: &mut Draft| {
        let text = "x".repeat(65_500);
        let text = poundlock::canonical::to_bytes(&text).unwrap();
        draft.body = poundlock::canonical::join_map(&[("text", &text)]).unwrap();
    };
    assert_eq!(unacceptable(large), "limit.entry");
    assert_eq!(Ledger::open(&path).unwrap().verify().unwrap().size, 1);
}

#[test]
fn a_ledger_is_made_only_where_there_is_nothing() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("ledger");
    assert_eq!(Ledger::open(&path).unwrap_err().code(), "ledger.not_found");
    fs::create_dir(&path).unwrap();
    assert_eq!(Ledger::open(&path).unwrap_err().code(), "ledger.not_found");
    fs::write(path.join("notes.txt"), "x").unwrap();
    assert_eq!(Ledger::create(&path).unwrap_err().code(), "ledger.directory");
    fs::remove_file(path.join("notes.txt")).unwrap();
    ledger_of(&path, 1);
    assert_eq!(Ledger::create(&path).unwrap_err().code(), "ledger.exists");
    fs::remove_file(path.join("head")).unwrap();
    assert_eq!(Ledger::create(&path).unwrap_err().code(), "ledger.exists");
    assert_eq!(Ledger::open(&path).unwrap_err().code(), "ledger.head");
    let file = directory.path().join("file");
    fs::write(&file, "x").unwrap();
    assert_eq!(Ledger::open(&file).unwrap_err().code(), "ledger.not_found");
}

#[test]
fn an_interrupted_creation_can_be_repeated() {
    let directory = tempdir().unwrap();
    fs::create_dir(directory.path().join("segments")).unwrap();
    fs::write(directory.path().join("lock"), "").unwrap();
    fs::write(directory.path().join("head.tmp"), "half").unwrap();
    assert_eq!(Ledger::open(directory.path()).unwrap_err().code(), "ledger.not_found");
    Ledger::create(directory.path()).unwrap().append(0, draft(0)).unwrap();
    assert_eq!(Ledger::open(directory.path()).unwrap().verify().unwrap().size, 1);
}

#[test]
fn a_ledger_without_its_segments_or_its_lock_is_damaged() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("ledger");
    let ledger = ledger_of(&path, 2);
    fs::remove_file(path.join("lock")).unwrap();
    // Reading needs no lock. A new lock file might not be the one that another writer holds.
    assert_eq!(Ledger::open(&path).unwrap().verify().unwrap().size, 2);
    assert_eq!(ledger.append(2, draft(2)).unwrap_err().code(), "ledger.directory");
    fs::remove_dir_all(path.join("segments")).unwrap();
    assert_eq!(Ledger::open(&path).unwrap_err().code(), "ledger.truncated");
    assert_eq!(ledger.verify().unwrap_err().code(), "ledger.truncated");
}

#[test]
fn a_handle_notices_that_the_ledger_was_replaced_by_an_older_copy() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("ledger");
    let ledger = ledger_of(&path, 2);
    let files = ["head", "segments/00000000000000000000.seg"].map(|file| path.join(file));
    let older = files.each_ref().map(|file| fs::read(file).unwrap());
    ledger.append(2, draft(2)).unwrap();
    ledger.append(3, draft(3)).unwrap();
    for (file, content) in files.iter().zip(older) {
        fs::write(file, content).unwrap();
    }
    // From inside, the copy is sound.
    let other = Ledger::open(&path).unwrap();
    assert_eq!(other.verify().unwrap().size, 2);
    assert_eq!(ledger.head().unwrap_err().code(), "ledger.head_mismatch");
    assert_eq!(ledger.append(2, draft(2)).unwrap_err().code(), "ledger.head_mismatch");
    assert_eq!(ledger.verify().unwrap_err().code(), "ledger.head_mismatch");
    // A fork that has grown past the old size is noticed as well.
    for number in 2..6 {
        other.append(number, draft(number + 100)).unwrap();
    }
    assert_eq!(ledger.read(0, 10).unwrap_err().code(), "ledger.link_mismatch");
    assert_eq!(ledger.verify().unwrap_err().code(), "ledger.link_mismatch");
}

#[test]
fn an_entry_that_was_changed_after_opening_is_not_returned() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("ledger");
    let ledger = ledger_of(&path, 2);
    let other = ledger_of(&directory.path().join("other"), 1);
    other.append(1, draft(101)).unwrap();
    // The other ledger's second entry is linked to the same first one, and sound in itself.
    let segment = "segments/00000000000000000000.seg";
    fs::copy(directory.path().join("other").join(segment), path.join(segment)).unwrap();
    assert_eq!(ledger.read(1, 1).unwrap_err().code(), "ledger.link_mismatch");
    assert_eq!(ledger.verify().unwrap_err().code(), "ledger.head_mismatch");
}

/// Batches that were made ahead are appended together, all or none, as if one after the other.
#[test]
fn batches_that_follow_one_another_are_appended_together() {
    let directory = tempdir().unwrap();
    let ledger = ledger_of(&directory.path().join("ledger"), 5);
    let one_by_one = ledger_of(&directory.path().join("other"), 5);
    let ahead = |ledger: &Ledger| {
        let mut batches = vec![ledger.batch(5).unwrap()];
        for number in 5..300 {
            batches.last_mut().unwrap().add(draft(number)).unwrap();
            if number % 7 == 0 {
                batches.push(batches.last().unwrap().following());
            }
        }
        batches
    };
    let recorded: Vec<_> = ledger.commit_all(ahead(&ledger)).unwrap();
    let apart: Vec<_> =
        ahead(&one_by_one).into_iter().map(|batch| one_by_one.commit(batch).unwrap()).collect();
    assert_eq!(recorded, apart);
    assert_eq!(ledger.verify().unwrap(), one_by_one.verify().unwrap());
    assert_eq!(ledger.head().unwrap().size, 300);

    // One is missing between two, and the first follows what has been followed.
    let mut gap = Vec::from([ledger.batch(300).unwrap()]);
    gap[0].add(draft(300)).unwrap();
    let mut skipped = gap[0].following();
    skipped.add(draft(301)).unwrap();
    gap.push(skipped.following());
    gap[1].add(draft(302)).unwrap();
    assert_eq!(ledger.commit_all(gap).unwrap_err().code(), "ledger.conflict");
    assert_eq!(ledger.commit(skipped).unwrap_err().code(), "ledger.conflict");
    let late = ahead(&ledger_of(&directory.path().join("third"), 5));
    assert_eq!(ledger.commit_all(late).unwrap_err().code(), "ledger.conflict");
    assert_eq!(ledger.verify().unwrap().size, 300);
}

#[test]
fn verification_tells_how_far_it_is() {
    let directory = tempdir().unwrap();
    let ledger = ledger_of(&directory.path().join("ledger"), 5);
    ledger.append_all(5, (5..3000).map(draft).collect()).unwrap();
    let mut told = Vec::new();
    let mut progress = |done, all| told.push((done, all));
    ledger.verify_with(Verification::new().on_progress(&mut progress)).unwrap();
    assert_eq!(told.last(), Some(&(3000, 3000)));
    assert!(told.len() > 1 && told.is_sorted() && told.iter().all(|(_, all)| *all == 3000));
}

// Requirements: R375.
#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;

    fn check(path: &std::path::Path) {
        let metadata = fs::metadata(path).unwrap();
        let expected = if metadata.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(metadata.permissions().mode() & 0o777, expected, "{}", path.display());
        if metadata.is_dir() {
            fs::read_dir(path).unwrap().for_each(|item| check(&item.unwrap().path()));
        }
    }

    let directory = tempdir().unwrap();
    let path = directory.path().join("ledger");
    ledger_of(&path, 4);
    check(&path);
}
