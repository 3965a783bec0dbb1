//! A ledger as one file: what goes in comes out, and nothing else goes in.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "in a test, stopping is what should happen"
)]

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _, Write},
    path::Path,
};

use poundlock::{
    Digest, Error, canonical,
    ledger::{
        Checkpoint, Draft, Ledger, SecretKey, SignedCheckpoint, Signer as _, Verification,
        Verified, VerifierKeys,
    },
};
use proptest::prelude::*;

fn secret() -> SecretKey {
    SecretKey::from_seed("acme/2026", &[7; 32]).unwrap()
}

/// A draft that differs for every number. Every third one has an attachment.
fn draft(number: u64) -> Draft {
    let instant = poundlock::time::Instant::from_unix_seconds(1_795_341_600).unwrap();
    let number_text = canonical::to_bytes(&number).unwrap();
    let attachment = || format!("attachment {number}").repeat(20).into_bytes();
    Draft {
        at: Some(instant),
        kind: "note".into(),
        body: canonical::join_map(&[("number", &number_text)]).unwrap(),
        attachments: number.is_multiple_of(3).then(attachment).into_iter().collect(),
    }
}

fn fill(ledger: &Ledger, entries: u64) {
    ledger.append_all(0, (0..entries).map(draft).collect()).unwrap();
}

fn sign(ledger: &Ledger) {
    let checkpoint = Checkpoint::of("acme/2026", &ledger.head().unwrap());
    ledger.put_checkpoint(&SignedCheckpoint::sign(&checkpoint, &[&secret()]).unwrap()).unwrap();
}

fn export(ledger: &Ledger) -> Vec<u8> {
    let mut archive = Vec::new();
    ledger.export(&mut archive).unwrap();
    archive
}

/// Verifies, and the checkpoint too.
fn verify(ledger: &Ledger) -> Result<Verified, Error> {
    let keys = VerifierKeys::new([secret().key().clone()])?;
    if let Some(kept) = ledger.checkpoint()? {
        kept.verify(&keys, Some("acme/2026"))?;
    }
    ledger.verify()?;
    ledger.verify_with(Verification::new())
}

/// A directory, in memory where the system has such a place: thousands of imports are made durable here.
fn place() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// The code with which an archive is refused; nothing may be left.
#[track_caller]
fn refused(archive: &[u8]) -> &'static str {
    let place = place();
    let error = Ledger::import(archive, &place.path().join("below/ledger"), verify).unwrap_err();
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0, "{error}");
    error.code()
}

/// The contents of a directory, by name.
fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut directories = vec![directory.to_path_buf()];
    while let Some(next) = directories.pop() {
        for item in fs::read_dir(next).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let name = path.strip_prefix(directory).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

/// The files in an archive.
fn unpack(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(archive);
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let name = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (name, content)
    });
    entries.collect()
}

fn header(name: &str, length: usize) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.as_ustar_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(tar::EntryType::Regular);
    header.set_mode(0o600);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(length as u64);
    header.set_cksum();
    header
}

fn put(archive: &mut Vec<u8>, header: &tar::Header, content: &[u8]) {
    archive.extend_from_slice(header.as_bytes());
    archive.extend_from_slice(content);
    archive.resize(archive.len().next_multiple_of(512), 0);
}

fn pack(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, content) in files {
        put(&mut archive, &header(name, content.len()), content);
    }
    archive.extend_from_slice(&[0; 1024]);
    archive
}

/// A small ledger in a directory, signed before its last entry.
fn small(directory: &Path) -> Ledger {
    let ledger = Ledger::create(directory).unwrap();
    fill(&ledger, 20);
    sign(&ledger);
    ledger.append(20, draft(20)).unwrap();
    ledger
}

#[test]
fn what_is_exported_is_imported_with_every_byte() {
    let place = place();
    for entries in [0, 1, 16, 17, 300] {
        let (from, to) = (format!("from-{entries}"), format!("to-{entries}"));
        let (from, to) = (place.path().join(from), place.path().join(to));
        let ledger = Ledger::create(&from).unwrap();
        if entries > 0 {
            fill(&ledger, entries);
            sign(&ledger);
        }
        let archive = export(&ledger);
        assert_eq!(export(&ledger), archive);
        let verified = Ledger::import(archive.as_slice(), &to, verify).unwrap();
        assert_eq!(verified.head, ledger.head().unwrap());
        assert_eq!(files(&to), files(&from));
        let copy = Ledger::open(&to).unwrap();
        assert_eq!(export(&copy), archive);
        // It goes on like any other.
        copy.append(entries, draft(entries)).unwrap();
        copy.verify().unwrap();
    }
}

/// In which files the entries are kept makes no difference.
#[test]
fn the_archive_follows_from_what_the_ledger_holds() {
    let place = place();
    let directory = Ledger::create(&place.path().join("ledger")).unwrap();
    let memory = Ledger::in_memory();
    for ledger in [&directory, &memory] {
        fill(ledger, 40);
        sign(ledger);
    }
    assert_eq!(export(&directory), export(&memory));
    let archive = export(&memory);
    let names: Vec<String> = unpack(&archive).into_iter().map(|(name, _)| name).collect();
    let first = ["head", "checkpoint", "segments/00000000000000000000.seg", "tiles/00", "tiles/04"];
    assert_eq!(names[..5], first);
    assert!(
        names[5..].is_sorted() && names[5..].iter().all(|name| name.starts_with("attachments/"))
    );
    assert_eq!(names.len(), 5 + 14);
}

#[test]
fn more_than_one_segment_travels() {
    let place = place();
    let (from, to) = (place.path().join("from"), place.path().join("to"));
    let ledger = Ledger::create(&from).unwrap();
    let filler = canonical::to_bytes(&"x".repeat(60_000)).unwrap();
    let body = canonical::join_map(&[("filler", filler.as_slice())]).unwrap();
    let large = |number| Draft { body: body.clone(), attachments: Vec::new(), ..draft(number) };
    ledger.append_all(0, (0..1200).map(large).collect()).unwrap();
    Ledger::import(export(&ledger).as_slice(), &to, |ledger| {
        ledger.verify_with(Verification::new())
    })
    .unwrap();
    let copied = files(&to);
    assert_eq!(copied.keys().filter(|name| name.ends_with(".seg")).count(), 2);
    assert!(copied == files(&from));
}

/// Appends to the ledger whenever a part of its archive is written.
struct Growing<'a> {
    ledger: &'a Ledger,
    next: u64,
    archive: Vec<u8>,
}

impl Write for Growing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.ledger.append(self.next, draft(self.next)).unwrap();
        self.next += 1;
        sign(self.ledger);
        self.archive.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_ledger_that_grows_is_exported_as_it_was() {
    let place = place();
    let ledger = Ledger::create(&place.path().join("ledger")).unwrap();
    fill(&ledger, 15);
    sign(&ledger);
    let before = export(&ledger);
    let mut growing = Growing { ledger: &ledger, next: 15, archive: Vec::new() };
    ledger.export(&mut growing).unwrap();
    assert!(growing.next > 40 && growing.archive == before);
}

/// What was erased is left out; that it was is for whoever knows the entries to say.
#[test]
fn missing_attachments_are_left_out() {
    let place = place();
    let ledger = small(&place.path().join("ledger"));
    let erased = ledger.read(3, 1).unwrap()[0].entry.attachments[0];
    ledger.erase(21, &erased).unwrap();
    let archive = export(&ledger);
    assert_eq!(refused(&archive), "ledger.attachment_missing");
    let copy = place.path().join("copy");
    let lenient = |ledger: &Ledger| ledger.verify_with(Verification::new());
    let verified = Ledger::import(archive.as_slice(), &copy, lenient).unwrap();
    assert_eq!(verified.missing, [(3, erased)]);
    assert_eq!(export(&Ledger::open(&copy).unwrap()), archive);
}

#[test]
fn a_damaged_ledger_is_not_exported() {
    let place = place();
    let ledger = small(&place.path().join("ledger"));
    for (name, content) in files(&place.path().join("ledger")) {
        if !["segments", "tiles", "attachments"].iter().any(|part| name.starts_with(part)) {
            continue;
        }
        let path = place.path().join("ledger").join(&name);
        let mut damaged = content.clone();
        damaged[content.len() / 2] ^= 1;
        fs::write(&path, damaged).unwrap();
        assert!(ledger.export(io::sink()).unwrap_err().code().starts_with("ledger."), "{name}");
        fs::write(&path, content).unwrap();
    }
    ledger.export(io::sink()).unwrap();
}

#[test]
fn nothing_is_imported_over_what_is_there() {
    let place = place();
    let archive = export(&small(&place.path().join("ledger")));
    fs::create_dir(place.path().join("empty")).unwrap();
    fs::write(place.path().join("file"), "x").unwrap();
    for name in ["ledger", "empty", "file", ".", ".."] {
        let error = Ledger::import(archive.as_slice(), &place.path().join(name), verify);
        assert_eq!(error.unwrap_err().code(), "ledger.exists", "{name}");
    }
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 3);
}

#[test]
fn whoever_imports_may_refuse() {
    let place = place();
    let archive = export(&small(&place.path().join("ledger")));
    let to = place.path().join("copy");
    let refuse = |ledger: &Ledger| {
        ledger.verify()?;
        Err("x".parse::<Digest>().unwrap_err())
    };
    let error = Ledger::import(archive.as_slice(), &to, refuse).unwrap_err();
    assert_eq!(error.code(), "input.digest");
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
}

#[test]
fn no_part_of_an_archive_is_an_archive() {
    let ledger = Ledger::in_memory();
    fill(&ledger, 2);
    let archive = export(&ledger);
    for length in 0..archive.len() {
        assert_eq!(refused(&archive[..length]), "ledger.archive", "{length} bytes");
    }
    assert_eq!(refused(&[archive.as_slice(), b"\0"].concat()), "ledger.archive");
    assert_eq!(refused(&[archive.as_slice(), &archive].concat()), "ledger.archive");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// A byte of it, whichever, that is another: names, modes, padding, entries, signatures.
    #[test]
    fn an_altered_archive_is_refused(place: prop::sample::Index, other in 1..=255_u8) {
        thread_local! {
            static ARCHIVE: Vec<u8> = {
                let ledger = Ledger::in_memory();
                fill(&ledger, 5);
                sign(&ledger);
                export(&ledger)
            };
        }
        let mut archive = ARCHIVE.with(Clone::clone);
        let place = place.index(archive.len());
        archive[place] ^= other;
        refused(&archive);
    }
}

#[test]
fn only_what_a_ledger_consists_of_is_unpacked() {
    let place = place();
    let ledger = small(&place.path().join("ledger"));
    let archive = export(&ledger);
    let sound = unpack(&archive);
    assert_eq!(pack(&sound), archive);

    let names = [
        "../evil",
        "/tmp/evil",
        "./head",
        "head/",
        "lock",
        "Head",
        "segments/../../evil",
        "segments/0.seg",
        "segments/+0000000000000000001.seg",
        "segments/00000000000000000001.seg/x",
        "segments/99999999999999999999.seg",
        "tiles/03",
        "tiles/4",
        "tiles/64",
        "tiles/",
        "attachments/sha256/../x",
        "attachments/sha256/AB/00000000000000000000000000000000000000000000000000000000000000",
        "attachments/sha256/a/b00000000000000000000000000000000000000000000000000000000000000",
        "set-aside/00000000000000000000-0-0.bin",
        "h\u{0435}ad",
        "",
    ];
    for name in names {
        for at in [0, 1, sound.len()] {
            let mut files = sound.clone();
            files.insert(at, (name.to_owned(), b"evil".to_vec()));
            let code = refused(&pack(&files));
            assert!(matches!(code, "ledger.archive" | "limit.size"), "{name}: {code}");
        }
    }
    assert!(!place.path().join("evil").exists());

    // What is there may be there once, in its place, and no other way.
    for at in 0..sound.len() {
        let mut twice = sound.clone();
        twice.insert(at, sound[at].clone());
        assert_eq!(refused(&pack(&twice)), "ledger.archive");
        let mut last = sound.clone();
        let moved = last.remove(at);
        last.push(moved);
        if at + 1 < sound.len() {
            assert_eq!(refused(&pack(&last)), "ledger.archive");
        }
        let mut without = sound.clone();
        without.remove(at);
        // A checkpoint is not a part of what the entries say.
        if sound[at].0 == "checkpoint" {
            Ledger::import(pack(&without).as_slice(), &place.path().join("unsigned"), verify)
                .unwrap();
        } else {
            refused(&pack(&without));
        }
    }
}

#[test]
fn what_is_no_plain_file_is_refused() {
    let ledger = Ledger::in_memory();
    fill(&ledger, 4);
    let sound = unpack(&export(&ledger));
    let kinds = [
        tar::EntryType::Symlink,
        tar::EntryType::Link,
        tar::EntryType::Char,
        tar::EntryType::Block,
        tar::EntryType::Directory,
        tar::EntryType::Fifo,
        tar::EntryType::Continuous,
        tar::EntryType::GNULongName,
        tar::EntryType::GNULongLink,
        tar::EntryType::GNUSparse,
        tar::EntryType::XGlobalHeader,
        tar::EntryType::XHeader,
    ];
    type Edit = Box<dyn Fn(&mut tar::Header)>;
    let edits: Vec<Edit> = vec![
        Box::new(|header| header.as_old_mut().linkflag = [0]),
        Box::new(|header| header.set_mode(0o4755)),
        Box::new(|header| header.set_mtime(1)),
        Box::new(|header| header.set_uid(1000)),
        Box::new(|header| header.set_username("root").unwrap()),
        Box::new(|header| header.set_link_name("/etc/passwd").unwrap()),
        Box::new(|header| header.as_ustar_mut().unwrap().prefix[0] = b'x'),
        Box::new(|header| header.as_ustar_mut().unwrap().version = *b" \0"),
        Box::new(|header| header.as_old_mut().size[11] = b' '),
        Box::new(|header| header.as_old_mut().size = [0xff; 12]),
        Box::new(|header| header.as_old_mut().size = *b"notanumber!!"),
    ];
    let of_kind = kinds.map(|kind| -> Edit { Box::new(move |header| header.set_entry_type(kind)) });
    for (number, edit) in edits.iter().chain(&of_kind).enumerate() {
        for at in 0..sound.len() {
            let mut archive = Vec::new();
            for (index, (name, content)) in sound.iter().enumerate() {
                let mut header = header(name, content.len());
                if index == at {
                    edit(&mut header);
                    header.set_cksum();
                }
                put(&mut archive, &header, content);
            }
            archive.extend_from_slice(&[0; 1024]);
            let code = refused(&archive);
            assert!(
                matches!(code, "ledger.archive" | "limit.size"),
                "edit {number} at {at}: {code}"
            );
        }
    }
}

/// Sound archives of something that no ledger is.
#[test]
fn contents_that_contradict_each_other_are_refused() {
    let place = place();
    let ledger = small(&place.path().join("ledger"));
    let sound = unpack(&export(&ledger));
    let with = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut files = sound.clone();
        change(&mut files.iter_mut().find(|(known, _)| known.starts_with(name)).unwrap().1);
        refused(&pack(&files))
    };
    assert_eq!(with("head", &|head| head.resize(8 * 1024, 0)), "limit.size");
    assert_eq!(with("head", &|head| head.clear()), "ledger.head");
    assert_eq!(with("tiles/00", &|tiles| tiles.extend([0; 32])), "ledger.archive");
    assert_eq!(with("attachments", &|content| content.push(0)), "ledger.attachment_mismatch");
    // An entry after the head: it would be taken for one that an interrupted writer left.
    let longer = Ledger::in_memory();
    fill(&longer, 22);
    let segment = unpack(&export(&longer)).into_iter().find(|(name, _)| name.ends_with(".seg"));
    let segment = segment.unwrap().1;
    assert_eq!(with("segments", &|content| *content = segment.clone()), "ledger.archive");
    // A checkpoint of more than there is, or of something else.
    let signed = |ledger: &Ledger| {
        let checkpoint = Checkpoint::of("acme/2026", &ledger.head().unwrap());
        SignedCheckpoint::sign(&checkpoint, &[&secret()]).unwrap().text().as_bytes().to_vec()
    };
    let text = signed(&longer);
    assert_eq!(with("checkpoint", &|content| *content = text.clone()), "checkpoint.rolled_back");
    let other = Ledger::in_memory();
    other.append(0, draft(7)).unwrap();
    let text = signed(&other);
    assert_eq!(with("checkpoint", &|content| *content = text.clone()), "checkpoint.inconsistent");
    // Content that no entry names.
    let mut files = sound.clone();
    let digest = Digest::of(b"smuggled").to_hex();
    let name = format!("attachments/sha256/{}/{}", &digest[..2], &digest[2..]);
    files.push((name, b"smuggled".to_vec()));
    files[5..].sort();
    assert_eq!(refused(&pack(&files)), "ledger.archive");
}
