//! What lies after the head when a writer was interrupted, cut off at every byte.

use std::fs;

use super::*;

/// A ledger whose head covers `size` entries, with the records of more after it.
fn unfinished(path: &Path, size: u64, more: u64) {
    let ledger = ledger_of(path, size);
    let head = fs::read(path.join("head")).unwrap();
    for number in size..size + more {
        ledger.append(number, draft(number)).unwrap();
    }
    fs::write(path.join("head"), head).unwrap();
}

/// The segments' bytes, one after the other.
fn bytes_of_segments(path: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    items(&path.join("segments"))
        .into_iter()
        .map(|(path, _)| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

fn set_aside(path: &Path) -> Vec<u8> {
    let directory = path.join("set-aside");
    if !directory.exists() {
        return Vec::new();
    }
    items(&directory).into_iter().flat_map(|(path, _)| fs::read(path).unwrap()).collect()
}

#[test]
fn whatever_part_of_the_remains_is_left_is_kept_or_set_aside() {
    let directory = scratch();
    for size in [0, 4] {
        let whole = directory.path().join(format!("whole-{size}"));
        unfinished(&whole, size, 3);
        let records: Vec<u8> =
            bytes_of_segments(&whole).into_iter().flat_map(|(_, bytes)| bytes).collect();
        let sound = {
            let copied = directory.path().join(format!("sound-{size}"));
            copy(&whole, &copied);
            let ledger = open(&copied, &Disk::default()).unwrap();
            assert_eq!(ledger.head().unwrap().size, size + 3);
            assert_eq!(ledger.notices().len(), 1);
            ledger.read(0, usize::MAX).unwrap()
        };
        let ends: Vec<usize> = sound
            .iter()
            .scan(0, |end, recorded| {
                *end += 8 + recorded.entry.to_bytes().unwrap().len().next_multiple_of(8);
                Some(*end)
            })
            .collect();
        let head_end = size.checked_sub(1).map_or(0, |last| ends[last as usize]);
        for cut in head_end..=records.len() {
            for zeros in [0, 40] {
                let path = directory.path().join(format!("cut-{size}-{cut}-{zeros}"));
                copy(&whole, &path);
                let mut left = cut;
                for (segment, mut bytes) in bytes_of_segments(&path) {
                    if left == 0 && !bytes.is_empty() {
                        fs::remove_file(segment).unwrap();
                        continue;
                    }
                    let here = left.min(bytes.len());
                    left -= here;
                    bytes.truncate(here);
                    if left == 0 {
                        // A file system may lengthen a file before it writes the bytes.
                        bytes.resize(here + zeros, 0);
                    }
                    fs::write(segment, bytes).unwrap();
                }
                let mut left = records[..cut].to_vec();
                if cut > 0 {
                    left.resize(cut + zeros, 0);
                }
                // The zero bytes may happen to be those that were lost.
                let complete = ends.iter().filter(|end| left.get(..**end) == records.get(..**end));
                let complete = complete.count();
                let ledger = open(&path, &Disk::default()).unwrap();
                assert_eq!(ledger.verify().unwrap().size, complete as u64, "cut at {cut}");
                let kept_end = complete.checked_sub(1).map_or(0, |last| ends[last]);
                let aside = left[kept_end..].to_vec();
                assert_eq!(set_aside(&path), aside, "cut at {cut}");
                let noticed = usize::from(complete as u64 > size) + usize::from(!aside.is_empty());
                assert_eq!(ledger.notices().len(), noticed);
                drop(ledger);
                check_survivor(&path, complete as u64);
                fs::remove_dir_all(path).unwrap();
            }
        }
    }
}

#[test]
fn a_record_that_does_not_continue_the_ledger_is_set_aside() {
    let directory = scratch();
    let path = directory.path().join("ledger");
    drop(ledger_of(&path, 3));
    let (last, bytes) = bytes_of_segments(&path).pop().unwrap();
    let doubled = [bytes.as_slice(), &bytes].concat();
    fs::write(&last, doubled).unwrap();
    let ledger = open(&path, &Disk::default()).unwrap();
    assert_eq!(ledger.head().unwrap().size, 3);
    assert_eq!(set_aside(&path), bytes);
    drop(ledger);
    check_survivor(&path, 3);
}

#[test]
fn an_entry_after_the_head_without_its_attachment_is_set_aside() {
    let directory = scratch();
    let path = directory.path().join("ledger");
    unfinished(&path, 3, 2);
    // The entry 4 has an attachment, the entry 3 has none.
    let digest = crate::digest::Digest::of(&4_u64.to_be_bytes()).to_hex();
    let (first, rest) = digest.split_at(2);
    let file = path.join("attachments/sha256").join(first).join(rest);
    fs::write(file, "changed").unwrap();
    let ledger = open(&path, &Disk::default()).unwrap();
    assert_eq!(ledger.verify().unwrap().size, 4);
    assert_eq!(ledger.notices().len(), 2);
    assert_eq!(ledger.append(4, draft(4)).unwrap_err().code(), "ledger.attachment_mismatch");
}

#[test]
fn a_writer_that_finds_remains_recovers_before_it_appends() {
    let directory = scratch();
    let path = directory.path().join("ledger");
    let ledger = ledger_of(&path, 3);
    let other = open(&path, &Disk::default()).unwrap();
    let head = fs::read(path.join("head")).unwrap();
    other.append(3, draft(3)).unwrap();
    fs::write(path.join("head"), head).unwrap();
    assert_eq!(ledger.append(3, draft(77)).unwrap_err().code(), "ledger.conflict");
    assert_eq!(ledger.notices().len(), 1);
    ledger.append(4, draft(4)).unwrap();
    drop((ledger, other));
    check_survivor(&path, 5);
}

#[test]
fn remains_are_left_alone_when_the_ledger_is_damaged() {
    let directory = scratch();
    let path = directory.path().join("ledger");
    unfinished(&path, 3, 1);
    let first = path.join("segments/00000000000000000000.seg");
    let mut bytes = fs::read(&first).unwrap();
    bytes[20] ^= 1;
    fs::write(&first, bytes).unwrap();
    let before = bytes_of_segments(&path);
    assert_eq!(open(&path, &Disk::default()).unwrap_err().code(), "ledger.checksum");
    assert_eq!(bytes_of_segments(&path), before);
    assert!(!path.join("set-aside").exists());
}
