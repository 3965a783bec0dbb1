//! Every way to alter the files of a ledger that an enemy may think of first. Where a checksum would give
//! the alteration away, the enemy mends it.

use poundlock::{canonical, digest::Digest};

use super::{
    original::{
        ENTRIES, Edit, Expected, Original, SEGMENTS, Variant, record, replace, segment_name,
        splice, with_fields,
    },
    python,
};

const FAULT: Expected = Expected::Fault(&[]);
const RECORD: Expected = Expected::Fault(&["ledger.checksum", "ledger.record", "ledger.truncated"]);
const HEAD: Expected = Expected::Fault(&["ledger.head", "ledger.format", "ledger.head_mismatch"]);
const CHECKPOINT: Expected = Expected::Fault(&[
    "checkpoint.syntax",
    "checkpoint.origin",
    "checkpoint.signature",
    "checkpoint.untrusted",
]);
const TILE: Expected = Expected::Code("ledger.tile");
const MISMATCH: Expected = Expected::Code("ledger.attachment_mismatch");
const TRUNCATED: Expected = Expected::Code("ledger.truncated");
const SEQUENCE: Expected = Expected::Code("ledger.sequence");
const REHASHED: Expected = Expected::Code("ledger.head_mismatch");

// Requirements: R358, R361.
#[test]
fn every_changed_byte_of_every_file_is_reported() {
    let original = Original::new();
    let mut variants = Vec::new();
    for (file, bytes) in &original.files {
        let expected = match file.split('/').next().unwrap() {
            "segments" => RECORD,
            "head" => HEAD,
            "checkpoint" => CHECKPOINT,
            "tiles" => TILE,
            "attachments" => MISMATCH,
            "lock" => Expected::Sound,
            other => panic!("{other} is a file that nobody verifies"),
        };
        for (at, byte) in bytes.iter().enumerate() {
            for mask in [0x01, 0x80] {
                let name = format!("{file}: byte {at} xor {mask}");
                variants.push(Variant::new(
                    name,
                    expected,
                    vec![splice(file, at, 1, &[byte ^ mask])],
                ));
            }
        }
    }
    original.judge(&variants);
}

// Requirements: R358, R361, R362, N1.
#[test]
fn every_changed_byte_of_an_entry_is_reported_though_its_checksum_is_mended() {
    let original = Original::new();
    let mut variants = Vec::new();
    for number in 0..ENTRIES {
        for at in 0..original.entry(number).len() {
            let mut entry = original.entry(number);
            let mask = 1 << (at % 8);
            entry[at] ^= mask;
            let name = format!("entry {number}: byte {at} xor {mask}");
            let edits = vec![original.put(number, &record(&entry))];
            variants.push(Variant::new(name, FAULT, edits));
        }
    }
    original.judge(&variants);
}

// Requirements: R358, R361, N2, N7.
#[test]
fn records_and_files_that_were_moved_removed_or_added_are_reported() {
    let original = Original::new();
    let mut variants = Vec::new();
    let mut add =
        |name: String, expected, edits| variants.push(Variant::new(name, expected, edits));
    let last = ENTRIES - 1;
    for number in 0..ENTRIES {
        let expected = if number == last { TRUNCATED } else { SEQUENCE };
        let edits = vec![original.put(number, &[])];
        // Where a segment begins with the entry after it, that segment has the wrong name.
        let expected = if SEGMENTS.contains(&(number + 1)) { TRUNCATED } else { expected };
        add(format!("entry {number} removed"), expected, edits);
        let twice = original.record(number).repeat(2);
        let expected = if number == last { Expected::Noted } else { SEQUENCE };
        add(format!("entry {number} doubled"), expected, vec![original.put(number, &twice)]);
        for other in [number + 1, number + 13].into_iter().filter(|other| *other < ENTRIES) {
            let mut edits = vec![
                original.put(other, original.record(number)),
                original.put(number, original.record(other)),
            ];
            add(format!("entries {number} and {other} exchanged"), SEQUENCE, edits.clone());
            edits.truncate(1);
            add(format!("entry {number} in the place of {other}"), SEQUENCE, edits);
        }
    }
    for first in SEGMENTS {
        let file = segment_name(first);
        let bytes = &original.files[&file];
        for length in (0..bytes.len()).step_by(if first == SEGMENTS[2] { 1 } else { 13 }) {
            let edits = vec![splice(&file, length, bytes.len() - length, &[])];
            add(format!("{file} cut off at {length}"), TRUNCATED, edits);
        }
        add(format!("{file} removed"), TRUNCATED, vec![replace(&file, None)]);
        let expected = if first == SEGMENTS[2] { Expected::Noted } else { FAULT };
        for rest in [&[0][..], &[0; 8], &[0; 4096], b"half a record"] {
            let edits = vec![splice(&file, bytes.len(), 0, rest)];
            add(format!("{file} with {} bytes more", rest.len()), expected, edits);
        }
        for other in SEGMENTS {
            if other != first {
                let edits = vec![replace(&segment_name(other), Some(bytes))];
                add(format!("{file} in the place of {other}"), SEQUENCE, edits);
            }
        }
    }
    let stray = Expected::Code("ledger.directory");
    for (name, expected) in [
        ("segments/00000000000000000005.seg", stray),
        ("segments/00000000000000000023.seg", stray),
        ("segments/00000000000000000024.seg", Expected::Noted),
        ("segments/00000000000000000077.seg", Expected::Noted),
        ("segments/99999999999999999999.seg", stray),
        ("segments/0000000000000000000.seg", stray),
        ("segments/notes.txt", stray),
        ("segments/00000000000000000000.seg.bak", stray),
    ] {
        add(format!("{name} added"), expected, vec![replace(name, Some(original.record(7)))]);
    }
    for (file, bytes) in &original.files {
        let length = bytes.len();
        if file.starts_with("attachments/") {
            let missing = Expected::Code("ledger.attachment_missing");
            add(format!("{file} removed without an erasure"), missing, vec![replace(file, None)]);
            add(format!("{file} emptied"), MISMATCH, vec![replace(file, Some(b""))]);
            add(format!("{file} longer"), MISMATCH, vec![splice(file, length, 0, b"\n")]);
        }
        if file.starts_with("tiles/") {
            add(format!("{file} removed"), TILE, vec![replace(file, None)]);
            add(format!("{file} emptied"), TILE, vec![replace(file, Some(b""))]);
            for cut in [1, 31, 32] {
                let edits = vec![splice(file, length - cut, cut, &[])];
                add(format!("{file} shorter by {cut}"), TILE, edits);
            }
            // What follows the nodes under the head is for a writer to write over.
            for more in [1, 32, 40] {
                let edits = vec![splice(file, length, 0, &vec![7; more])];
                add(format!("{file} longer by {more}"), Expected::Sound, edits);
            }
        }
    }
    let exchanged = [&original.files["tiles/00"][32..64], &original.files["tiles/00"][..32]];
    let edits = vec![splice("tiles/00", 0, 64, &exchanged.concat())];
    add("two nodes exchanged".into(), TILE, edits);
    add(
        "a level of tiles that there is not".into(),
        Expected::Sound,
        vec![replace("tiles/08", Some(&[7; 32]))],
    );
    let head = Expected::Code("ledger.head");
    add("no head".into(), head, vec![replace("head", None)]);
    add("an empty head".into(), head, vec![replace("head", Some(b""))]);
    let length = original.files["head"].len();
    add("a longer head".into(), head, vec![splice("head", length, 0, b"\0")]);
    for (name, content, expected) in [
        ("no checkpoint", None, Expected::Sound),
        ("an empty checkpoint", Some(&b""[..]), Expected::Code("checkpoint.syntax")),
    ] {
        add(name.into(), expected, vec![replace("checkpoint", content)]);
    }
    original.judge(&variants);
}

/// Rewrites an entry, and all that follow, by somebody who knows the format and mends checksums and
/// links, but not the head.
fn resealed(original: &Original, from: usize, change: &dyn Fn(&[u8]) -> Vec<u8>) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut previous: Option<Vec<u8>> = None;
    for number in from..ENTRIES {
        let mut entry = original.entry(number);
        if let Some(previous) = &previous {
            entry = with_fields(&entry, &[("previous", previous)]);
        } else {
            entry = change(&entry);
        }
        let leaf = Digest::of(&[&[0], entry.as_slice()].concat());
        previous = Some([&[0x58, 0x20], leaf.as_bytes().as_slice()].concat());
        edits.insert(0, original.put(number, &record(&entry)));
    }
    edits
}

#[test]
fn an_entry_that_was_rewritten_with_all_that_follow_is_reported_by_the_head() {
    let original = Original::new();
    let mut variants = Vec::new();
    for number in [0, 1, 9, 10, 16, ENTRIES - 2, ENTRIES - 1] {
        let body = |entry: &[u8]| with_fields(entry, &[("body", b"\xa1\x61x\x01")]);
        let edits = resealed(&original, number, &body);
        variants.push(Variant::new(format!("entry {number} and all after it"), REHASHED, edits));
        let alone =
            if number == ENTRIES - 1 { REHASHED } else { Expected::Code("ledger.link_mismatch") };
        let edits = vec![original.put(number, &record(&body(&original.entry(number))))];
        variants.push(Variant::new(format!("entry {number} alone"), alone, edits));
    }
    original.judge(&variants);
}

#[test]
fn encodings_and_shapes_that_the_format_excludes_are_reported() {
    let original = Original::new();
    let mut variants = Vec::new();
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
        let expected = match name {
            "another format" => Expected::Code("ledger.format"),
            "a sequence number that is too high" => SEQUENCE,
            _ => Expected::Code("ledger.entry"),
        };
        for number in [5, ENTRIES - 1] {
            let change = |entry: &[u8]| with_fields(entry, &[(field, &value)]);
            let edits = resealed(&original, number, &change);
            variants.push(Variant::new(format!("entry {number} with {name}"), expected, edits));
        }
    }
    original.judge(&variants);
}

#[test]
fn the_python_verifier_says_what_it_verified() {
    let original = Original::new();
    let path = original.path.to_str().unwrap();
    let Some((text, status)) = python::run(&[path]) else { return };
    let root = original.newest.unverified().root;
    assert_eq!((text, status), (format!("verified 24 entries, root {root}\n"), 0));
    std::fs::write(original.path.join("head"), b"").unwrap();
    assert_eq!(python::run(&[path]).unwrap().1, 1);
}
