//! Every way to alter a ledger that an enemy may think of first, shown to our verifier and to the
//! independent one in Python. Where a checksum would give the alteration away, the enemy mends it.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use poundlock::{canonical, ledger::Ledger};
use serde_json::json;
use tempfile::TempDir;

use super::support::ledger_of;

const ENTRIES: usize = 50;
/// The entries that begin a segment.
const SEGMENTS: [usize; 3] = [0, 20, 35];

/// What a verifier must say to an alteration.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    /// It is damage.
    Fault,
    /// There is something after the head, which is not part of the ledger.
    Noted,
}

/// An alteration: files and their new contents; `None` removes one.
#[derive(Clone, Debug)]
struct Variant {
    name: String,
    verdict: Verdict,
    edits: Vec<Edit>,
}

#[derive(Clone, Debug)]
enum Edit {
    Splice { file: String, at: usize, remove: usize, insert: Vec<u8> },
    Replace { file: String, content: Option<Vec<u8>> },
}

/// A sound ledger of 50 entries in three segments.
struct Original {
    _directory: TempDir,
    path: PathBuf,
    files: BTreeMap<String, Vec<u8>>,
    /// Segment, and the bytes of the record in it, for each entry.
    records: Vec<(usize, std::ops::Range<usize>)>,
}

fn segment_name(first: usize) -> String {
    format!("segments/{first:020}.seg")
}

/// A record, as the format describes it.
fn record(entry: &[u8]) -> Vec<u8> {
    let length = u32::try_from(entry.len()).unwrap().to_le_bytes();
    let checksum = crc32c::crc32c(&[&length, entry].concat()).to_le_bytes();
    let mut record = [&length, &checksum, entry].concat();
    record.resize(record.len().next_multiple_of(8), 0);
    record
}

impl Original {
    fn new() -> Self {
        let directory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let path = directory.path().join("ledger");
        let ledger = ledger_of(&path, ENTRIES as u64);
        let entries = ledger.read(0, ENTRIES).unwrap();
        let mut records = Vec::new();
        let mut segments = BTreeMap::new();
        for (number, recorded) in entries.iter().enumerate() {
            let first = *SEGMENTS.iter().rfind(|first| **first <= number).unwrap();
            let segment: &mut Vec<u8> = segments.entry(first).or_default();
            let begin = segment.len();
            segment.extend(record(&recorded.entry.to_bytes().unwrap()));
            records.push((first, begin..segment.len()));
        }
        let length = segments[&35].len();
        for (first, bytes) in segments {
            fs::write(path.join(segment_name(first)), bytes).unwrap();
        }
        let head = fs::read(path.join("head")).unwrap();
        let (segment, length) = (canonical::to_bytes(&35).unwrap(), canonical::to_bytes(&length));
        let head = with_fields(&head, &[("segment", &segment), ("length", &length.unwrap())]);
        fs::write(path.join("head"), head).unwrap();
        let mut files = BTreeMap::new();
        read_files(&path, &path, &mut files);
        Self { _directory: directory, path, files, records }
    }

    fn entry(&self, number: usize) -> Vec<u8> {
        let record = self.record(number);
        let length = u32::from_le_bytes(record[..4].try_into().unwrap()) as usize;
        record[8..8 + length].to_vec()
    }

    fn record(&self, number: usize) -> &[u8] {
        let (segment, range) = &self.records[number];
        &self.files[&segment_name(*segment)][range.clone()]
    }

    /// Puts other bytes in the place of a record.
    fn replace(&self, number: usize, insert: Vec<u8>) -> Edit {
        let (segment, range) = &self.records[number];
        Edit::Splice { file: segment_name(*segment), at: range.start, remove: range.len(), insert }
    }

    fn apply(&self, edits: &[Edit]) -> BTreeMap<String, Option<Vec<u8>>> {
        let mut altered: BTreeMap<String, Option<Vec<u8>>> = BTreeMap::new();
        for edit in edits {
            match edit {
                Edit::Replace { file, content } => {
                    altered.insert(file.clone(), content.clone());
                }
                Edit::Splice { file, at, remove, insert } => {
                    let content = altered
                        .entry(file.clone())
                        .or_insert_with(|| self.files.get(file).cloned())
                        .as_mut()
                        .unwrap();
                    content.splice(*at..*at + *remove, insert.iter().copied());
                }
            }
        }
        altered
    }
}

fn with_fields(map: &[u8], changed: &[(&str, &[u8])]) -> Vec<u8> {
    let mut fields: BTreeMap<&str, &[u8]> =
        canonical::split_map(map).unwrap().into_iter().collect();
    fields.extend(changed.iter().copied());
    canonical::join_map(&fields.into_iter().collect::<Vec<_>>()).unwrap()
}

fn read_files(root: &Path, directory: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for item in fs::read_dir(directory).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            read_files(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}

fn variants(original: &Original) -> Vec<Variant> {
    let mut variants = Vec::new();
    let mut add = |name: String, verdict, edits| variants.push(Variant { name, verdict, edits });
    let fault = Verdict::Fault;
    let last = ENTRIES - 1;
    let splice = |file: &str, at, remove, insert: &[u8]| Edit::Splice {
        file: file.to_owned(),
        at,
        remove,
        insert: insert.to_vec(),
    };
    let replace = |file: &str, content: Option<&[u8]>| Edit::Replace {
        file: file.to_owned(),
        content: content.map(<[u8]>::to_vec),
    };

    // Single bytes, as accidents change them.
    for (file, bytes) in &original.files {
        if file.starts_with("segments/") || file == "head" {
            for (at, byte) in bytes.iter().enumerate() {
                for mask in [0x01, 0x80] {
                    let name = format!("{file}: byte {at} xor {mask}");
                    add(name, fault, vec![splice(file, at, 1, &[byte ^ mask])]);
                }
            }
        }
    }
    // Single bytes of entries, with the checksum mended.
    for number in 0..ENTRIES {
        for at in 0..original.entry(number).len() {
            let mut entry = original.entry(number);
            let mask = 1 << (at % 8);
            entry[at] ^= mask;
            let name = format!("entry {number}: byte {at} xor {mask}, checksum mended");
            add(name, fault, vec![original.replace(number, record(&entry))]);
        }
    }
    // Records removed, exchanged, repeated; segments cut off.
    for number in 0..ENTRIES {
        add(format!("entry {number} removed"), fault, vec![original.replace(number, vec![])]);
        let twice = original.record(number).repeat(2);
        let verdict = if number == last { Verdict::Noted } else { fault };
        add(format!("entry {number} doubled"), verdict, vec![original.replace(number, twice)]);
        for other in [number + 1, number + 13].into_iter().filter(|other| *other < ENTRIES) {
            let mut edits = vec![
                original.replace(other, original.record(number).to_vec()),
                original.replace(number, original.record(other).to_vec()),
            ];
            add(format!("entries {number} and {other} exchanged"), fault, edits.clone());
            edits.truncate(1);
            add(format!("entry {number} in the place of {other}"), fault, edits);
        }
    }
    for first in SEGMENTS {
        let file = segment_name(first);
        let bytes = &original.files[&file];
        for length in (0..bytes.len()).step_by(if first == 35 { 1 } else { 13 }) {
            let edits = vec![splice(&file, length, bytes.len() - length, &[])];
            add(format!("{file} cut off at {length}"), fault, edits);
        }
        add(format!("{file} removed"), fault, vec![replace(&file, None)]);
        let verdict = if first == 35 { Verdict::Noted } else { fault };
        for rest in [&[0][..], &[0; 8], &[0; 4096], b"half a record"] {
            let edits = vec![splice(&file, bytes.len(), 0, rest)];
            add(format!("{file} with {} bytes more", rest.len()), verdict, edits);
        }
        for other in SEGMENTS {
            if other != first {
                let edits = vec![replace(&segment_name(other), Some(bytes))];
                add(format!("{file} in the place of {other}"), fault, edits);
            }
        }
    }
    // Files among the segments that do not belong there.
    for (name, verdict) in [
        ("segments/00000000000000000010.seg", fault),
        ("segments/00000000000000000049.seg", fault),
        ("segments/00000000000000000050.seg", Verdict::Noted),
        ("segments/00000000000000000077.seg", Verdict::Noted),
        ("segments/99999999999999999999.seg", fault),
        ("segments/0000000000000000000.seg", fault),
        ("segments/notes.txt", fault),
        ("segments/00000000000000000000.seg.bak", fault),
    ] {
        add(format!("{name} added"), verdict, vec![replace(name, Some(original.record(7)))]);
    }
    // Entries rewritten by somebody who knows the format, and mends checksums and hashes.
    let resealed = |from: usize, change: &dyn Fn(&[u8]) -> Vec<u8>| {
        let mut edits = Vec::new();
        let mut previous: Option<Vec<u8>> = None;
        for number in from..ENTRIES {
            let mut entry = original.entry(number);
            if number == from {
                entry = change(&entry);
            } else if let Some(previous) = &previous {
                entry = with_fields(&entry, &[("previous", previous)]);
            }
            let leaf = poundlock::digest::Digest::of(&[&[0], entry.as_slice()].concat());
            previous = Some([&[0x58, 0x20], leaf.as_bytes().as_slice()].concat());
            edits.insert(0, original.replace(number, record(&entry)));
        }
        edits
    };
    for number in [0, 1, 19, 20, 34, 48, 49] {
        let body = |entry: &[u8]| with_fields(entry, &[("body", b"\xa1\x61x\x01")]);
        add(
            format!("entry {number} rewritten, and all that follow"),
            fault,
            resealed(number, &body),
        );
        let edits = vec![original.replace(number, record(&body(&original.entry(number))))];
        add(format!("entry {number} rewritten"), fault, edits);
    }
    // Encodings and shapes that the format excludes, with everything mended but the head.
    let text = |text: &str| canonical::to_bytes(text).unwrap();
    let shapes = [
        ("another format", "format", b"\x02".to_vec()),
        ("a format that is no number", "format", b"\xf5".to_vec()),
        ("an unknown field", "extra", b"\x01".to_vec()),
        ("a sequence number that is too high", "sequence", b"\x19\x03\xe8".to_vec()),
        ("a sequence number that is text", "sequence", text("5")),
        ("a body that is a list", "body", b"\x80".to_vec()),
        ("no kind", "kind", text("")),
        ("a kind that is bytes", "kind", b"\x44note".to_vec()),
        ("a kind that is too long", "kind", text(&"x".repeat(257))),
        ("attachments that are null", "attachments", b"\xf6".to_vec()),
        ("an attachment of one byte", "attachments", b"\x81\x41\0".to_vec()),
        ("an hour that does not exist", "at", text("2026-11-22T24:00:00Z")),
        ("a day that does not exist", "at", text("2026-02-29T10:00:00Z")),
        ("a leap second", "at", text("2016-12-31T23:59:60Z")),
        ("a fraction that ends in zero", "at", text("2026-11-22T10:00:00.50Z")),
        ("a fraction of ten digits", "at", text("2026-11-22T10:00:00.0123456789Z")),
        ("an offset", "at", text("2026-11-22T10:00:00+00:00")),
        ("a lower-case z", "at", text("2026-11-22T10:00:00z")),
        ("the year 0", "at", text("0000-11-22T10:00:00Z")),
        ("the end of the year 9999", "at", text("9999-12-31T23:59:59Z")),
        ("an instant that is empty", "at", text("")),
    ];
    for (name, field, value) in shapes {
        for number in [5, last] {
            let edits = resealed(number, &|entry| with_fields(entry, &[(field, &value)]));
            add(format!("entry {number} with {name}"), fault, edits);
        }
    }
    // Attachments.
    for (file, bytes) in &original.files {
        if file.starts_with("attachments/") {
            add(format!("{file} removed"), fault, vec![replace(file, None)]);
            add(format!("{file} emptied"), fault, vec![replace(file, Some(b""))]);
            add(format!("{file} longer"), fault, vec![splice(file, bytes.len(), 0, b"\n")]);
            add(format!("{file} changed"), fault, vec![splice(file, 0, 1, b"\xff")]);
        }
    }
    add("no head".into(), fault, vec![replace("head", None)]);
    add("an empty head".into(), fault, vec![replace("head", Some(b""))]);
    add(
        "a longer head".into(),
        fault,
        vec![splice("head", original.files["head"].len(), 0, b"\0")],
    );
    variants
}

#[test]
fn our_verifier_reports_every_alteration() {
    let original = Original::new();
    let sound = Ledger::open(&original.path).unwrap();
    assert_eq!(sound.verify().unwrap().size, ENTRIES as u64);
    assert!(sound.notices().is_empty());
    for (number, variant) in variants(&original).into_iter().enumerate() {
        let altered = original.apply(&variant.edits);
        for (file, content) in &altered {
            let path = original.path.join(file);
            match content {
                Some(content) => fs::write(path, content).unwrap(),
                None => fs::remove_file(path).unwrap(),
            }
        }
        // A ledger whose newest entries are damaged cannot be opened, so that nothing can be appended to
        // it; what is wrong elsewhere comes out by verifying.
        let name = &variant.name;
        let found = match variant.verdict {
            Verdict::Fault => Ledger::open(&original.path),
            Verdict::Noted => Ledger::open_read_only(&original.path),
        };
        match (variant.verdict, found) {
            (Verdict::Fault, Ok(ledger)) => {
                let aside = ["attachments/", "tiles/"].iter().any(|part| name.starts_with(part));
                assert!(aside || name.ends_with("added"), "{name} is opened");
                assert!(ledger.verify().is_err(), "{name} is verified");
            }
            (Verdict::Fault, Err(error)) => {
                let code = error.code();
                assert!(code.starts_with("ledger.") || code == "limit.entry", "{name}: {error}");
            }
            (Verdict::Noted, found) => {
                let ledger = found.unwrap();
                assert_eq!(ledger.verify().unwrap().size, ENTRIES as u64, "{name}");
                assert!(!ledger.notices().is_empty(), "{name} is not reported");
            }
        }
        // A handle that was open before sees it as well.
        if number.is_multiple_of(17) {
            let verified = sound.verify();
            assert_eq!(verified.is_err(), variant.verdict == Verdict::Fault, "{name}");
        }
        for file in altered.keys() {
            let path = original.path.join(file);
            match original.files.get(file) {
                Some(content) => fs::write(path, content).unwrap(),
                None => fs::remove_file(path).unwrap(),
            }
        }
    }
    // Nothing was repaired, moved or left over.
    let mut files = BTreeMap::new();
    read_files(&original.path, &original.path, &mut files);
    assert_eq!(files, original.files);
}

#[test]
fn the_python_verifier_reports_every_alteration() {
    let Ok(python) = env::var("POUNDLOCK_PYTHON") else {
        println!("not run: POUNDLOCK_PYTHON names no Python interpreter that has cbor2");
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/verifier/verify.py");
    let original = Original::new();
    let run = |arguments: &[&Path]| {
        let output = Command::new(&python).arg(&script).args(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        (text, output.status.code())
    };
    let head = Ledger::open(&original.path).unwrap().verify().unwrap();
    let verified = format!("verified 50 entries, root {}\n", head.root);
    assert_eq!(run(&[&original.path]), (verified, Some(0)));

    let variants = variants(&original);
    let lines: Vec<String> = variants
        .iter()
        .map(|variant| {
            let edits = variant.edits.iter().map(|edit| match edit {
                Edit::Splice { file, at, remove, insert } => json!({
                    "file": file,
                    "at": at,
                    "remove": remove,
                    "insert": poundlock::digest::hex(insert),
                }),
                Edit::Replace { file, content } => json!({
                    "file": file,
                    "content": content.as_deref().map(poundlock::digest::hex),
                }),
            });
            serde_json::Value::from(edits.collect::<Vec<_>>()).to_string()
        })
        .collect();
    let file = original.path.with_extension("variants");
    fs::write(&file, lines.join("\n")).unwrap();
    let (answers, status) = run(&[&original.path, Path::new("--variants"), &file]);
    assert_eq!(status, Some(0));
    assert_eq!(answers.lines().count(), variants.len());
    for (variant, answer) in variants.iter().zip(answers.lines()) {
        let expected = match variant.verdict {
            Verdict::Fault => "fault",
            Verdict::Noted => "noted",
        };
        assert!(answer.starts_with(expected), "{}: {answer}", variant.name);
    }
    fs::write(original.path.join("head"), b"").unwrap();
    assert_eq!(run(&[&original.path]).1, Some(1));
}
