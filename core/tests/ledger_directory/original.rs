//! A sound ledger, and what the verifiers say of altered copies of it.

use std::{
    collections::BTreeMap,
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use poundlock::{
    canonical, digest,
    error::{Error, Result},
    ledger::{Draft, Ledger, SecretKey, SignedCheckpoint, Verification, VerifierKeys},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    python,
    support::{ORIGIN, checkpoint_of, draft, ledger_of, own_key, trusted},
};

pub(crate) const ENTRIES: usize = 24;
/// The entries that begin a segment.
pub(crate) const SEGMENTS: [usize; 3] = [0, 10, 17];
/// How many entries the checkpoint covers that is kept beside them.
pub(crate) const KEPT: u64 = 20;

pub(crate) type Contents = BTreeMap<String, Vec<u8>>;

/// What the verifiers must say.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expected {
    /// Nothing is wrong.
    Sound,
    /// There is something after the head, which is not part of the ledger.
    Noted,
    /// It is damage, with this code.
    Code(&'static str),
    /// It is damage, with one of these codes; with any when there are none.
    Fault(&'static [&'static str]),
}

/// An alteration, and what is known apart from the ledger.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) expected: Expected,
    pub(crate) edits: Vec<Edit>,
    /// A checkpoint that somebody remembers.
    pub(crate) since: Option<String>,
}

impl Variant {
    pub(crate) fn new(name: impl Into<String>, expected: Expected, edits: Vec<Edit>) -> Self {
        Self { name: name.into(), expected, edits, since: None }
    }

    pub(crate) fn since(self, checkpoint: &SignedCheckpoint) -> Self {
        Self { since: Some(checkpoint.text().to_owned()), ..self }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Edit {
    Splice { file: String, at: usize, remove: usize, insert: Vec<u8> },
    Replace { file: String, content: Option<Vec<u8>> },
}

pub(crate) fn splice(file: &str, at: usize, remove: usize, insert: &[u8]) -> Edit {
    Edit::Splice { file: file.to_owned(), at, remove, insert: insert.to_vec() }
}

pub(crate) fn replace(file: &str, content: Option<&[u8]>) -> Edit {
    Edit::Replace { file: file.to_owned(), content: content.map(<[u8]>::to_vec) }
}

/// A sound ledger of 24 entries in three segments, with a checkpoint.
pub(crate) struct Original {
    directory: TempDir,
    pub(crate) path: PathBuf,
    pub(crate) files: Contents,
    /// The newest checkpoint, which is not the one that is kept.
    pub(crate) newest: SignedCheckpoint,
    /// Segment, and the bytes of the record in it, for each entry.
    records: Vec<(usize, Range<usize>)>,
}

pub(crate) fn segment_name(first: usize) -> String {
    format!("segments/{first:020}.seg")
}

/// A record, as the format describes it.
pub(crate) fn record(entry: &[u8]) -> Vec<u8> {
    let length = u32::try_from(entry.len()).unwrap().to_le_bytes();
    let checksum = crc32c::crc32c(&[&length, entry].concat()).to_le_bytes();
    let mut record = [&length, &checksum, entry].concat();
    record.resize(record.len().next_multiple_of(8), 0);
    record
}

impl Original {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let path = directory.path().join("ledger");
        let ledger = ledger_of(&path, ENTRIES as u64);
        ledger.put_checkpoint(&checkpoint_of(&ledger, KEPT, &[&own_key()])).unwrap();
        let newest = checkpoint_of(&ledger, ENTRIES as u64, &[&own_key()]);
        let mut records = Vec::new();
        let mut segments = BTreeMap::new();
        for (number, recorded) in ledger.read(0, ENTRIES).unwrap().iter().enumerate() {
            let first = *SEGMENTS.iter().rfind(|first| **first <= number).unwrap();
            let segment: &mut Vec<u8> = segments.entry(first).or_default();
            let begin = segment.len();
            segment.extend(record(&recorded.entry.to_bytes().unwrap()));
            records.push((first, begin..segment.len()));
        }
        let last = SEGMENTS[2];
        let length = canonical::to_bytes(&segments[&last].len()).unwrap();
        for (first, bytes) in segments {
            fs::write(path.join(segment_name(first)), bytes).unwrap();
        }
        let head = fs::read(path.join("head")).unwrap();
        let segment = canonical::to_bytes(&last).unwrap();
        let head = with_fields(&head, &[("segment", &segment), ("length", &length)]);
        fs::write(path.join("head"), head).unwrap();
        let files = contents(&path);
        Self { directory, path, files, newest, records }
    }

    pub(crate) fn entry(&self, number: usize) -> Vec<u8> {
        let record = self.record(number);
        let length = u32::from_le_bytes(record[..4].try_into().unwrap()) as usize;
        record[8..8 + length].to_vec()
    }

    pub(crate) fn record(&self, number: usize) -> &[u8] {
        let (segment, range) = &self.records[number];
        &self.files[&segment_name(*segment)][range.clone()]
    }

    /// Puts other bytes in the place of a record.
    pub(crate) fn put(&self, number: usize, insert: &[u8]) -> Edit {
        let (segment, range) = &self.records[number];
        splice(&segment_name(*segment), range.start, range.len(), insert)
    }

    /// Another ledger, made of drafts, and where it is.
    pub(crate) fn other(&self, drafts: impl IntoIterator<Item = Draft>) -> (Ledger, PathBuf) {
        let directory = tempfile::tempdir_in(self.directory.path()).unwrap();
        let path = directory.keep().join("ledger");
        let ledger = Ledger::create(&path).unwrap();
        ledger.append_all(0, drafts.into_iter().collect()).unwrap();
        (ledger, path)
    }

    /// A copy of the ledger as it was when it had fewer entries.
    pub(crate) fn older(&self, size: u64) -> (Ledger, PathBuf) {
        self.other((0..size).map(draft))
    }

    /// The edits that put these parts of another ledger in the place of this one's.
    pub(crate) fn become_other(&self, other: &Contents, parts: &[&str]) -> Vec<Edit> {
        let chosen = |file: &&String| parts.iter().any(|part| file.starts_with(part));
        let gone = self.files.keys().filter(|file| !other.contains_key(*file));
        let gone = gone.filter(chosen).map(|file| replace(file, None));
        let put = other.iter().filter(|(file, _)| chosen(file));
        gone.chain(put.map(|(file, content)| replace(file, Some(content)))).collect()
    }

    /// Shows every variant to our verifier and to the one in Python, who must say the same, and what is
    /// expected. Our verifier says it with several threads as well.
    pub(crate) fn judge(&self, variants: &[Variant]) {
        self.judge_with(variants, &[&own_key()]);
    }

    /// The same with these keys trusted, which Python is told.
    pub(crate) fn judge_with(&self, variants: &[Variant], keys: &[&SecretKey]) {
        let trusted = trusted(keys);
        let open = Ledger::open_read_only(&self.path).unwrap();
        let ours: Vec<String> =
            variants.iter().map(|variant| self.ours(variant, &trusted, &open)).collect();
        for (variant, ours) in variants.iter().zip(&ours) {
            let right = match variant.expected {
                Expected::Sound => ours == "sound",
                Expected::Noted => ours == "noted",
                Expected::Code(code) => ours == code,
                Expected::Fault([]) => ours.contains('.'),
                Expected::Fault(codes) => codes.contains(&ours.as_str()),
            };
            assert!(right, "{}: {ours}, and not {:?}", variant.name, variant.expected);
        }
        // Nothing was repaired, moved or left over.
        assert_eq!(contents(&self.path), self.files);
        let cases: Vec<Value> =
            variants.iter().map(|variant| self.case(variant, &trusted)).collect();
        for (index, theirs) in python::answers(&cases).unwrap_or_default().iter().enumerate() {
            let name = &variants[index].name;
            assert_eq!(
                *theirs, ours[index],
                "{name}: Python says {theirs}, and we {}",
                ours[index]
            );
        }
    }

    fn ours(&self, variant: &Variant, trusted: &VerifierKeys, open: &Ledger) -> String {
        let altered = self.apply(&variant.edits);
        for (file, content) in &altered {
            let path = self.path.join(file);
            match content {
                Some(content) => {
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    fs::write(path, content).unwrap();
                }
                None => fs::remove_file(path).unwrap(),
            }
        }
        let found = verify(&self.path, trusted, variant.since.as_deref());
        // A handle that was open before sees it as well, however many threads it uses.
        let place = |error: Error| (error.code(), error.place().sequence);
        let one = open.verify_with(Verification::new()).map_err(place);
        let many = open.verify_with(Verification::new().threads(2)).map_err(place);
        assert_eq!(one, many, "{}: threads change what is found", variant.name);
        for file in altered.keys() {
            let path = self.path.join(file);
            match self.files.get(file) {
                Some(content) => fs::write(path, content).unwrap(),
                None => fs::remove_file(path).unwrap(),
            }
        }
        found.map_or_else(|error| error.code().to_owned(), str::to_owned)
    }

    fn case(&self, variant: &Variant, trusted: &VerifierKeys) -> Value {
        let edits = variant.edits.iter().map(|edit| match edit {
            Edit::Splice { file, at, remove, insert } => {
                json!({ "file": file, "at": at, "remove": remove, "insert": digest::hex(insert) })
            }
            Edit::Replace { file, content } => {
                json!({ "file": file, "content": content.as_deref().map(digest::hex) })
            }
        });
        let edits: Vec<Value> = edits.collect();
        let mut case = json!({ "ledger": self.path, "edits": edits });
        if let Some(since) = &variant.since {
            case["since"] = digest::hex(since.as_bytes()).into();
        }
        // Whoever trusts the ledger's own key need not say so: the genesis entry names it.
        if trusted.keys() != self::trusted(&[&own_key()]).keys() {
            case["keys"] = json!(trusted.keys());
        }
        case
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

/// What somebody does who has the ledger's keys, and perhaps a checkpoint. Nothing is written.
pub(crate) fn verify(
    path: &Path,
    trusted: &VerifierKeys,
    since: Option<&str>,
) -> Result<&'static str> {
    let read = |text: &[u8]| -> Result<SignedCheckpoint> {
        let signed = SignedCheckpoint::parse(text)?;
        signed.verify(trusted, Some(ORIGIN))?;
        Ok(signed)
    };
    if let Ok(kept) = fs::read(path.join("checkpoint")) {
        read(&kept)?;
    }
    let ledger = Ledger::open_read_only(path)?;
    ledger.verify()?;
    if let Some(since) = since {
        ledger.check_checkpoint(read(since.as_bytes())?.unverified())?;
    }
    Ok(if ledger.notices().is_empty() { "sound" } else { "noted" })
}

/// A map with some of its fields replaced.
pub(crate) fn with_fields(map: &[u8], changed: &[(&str, &[u8])]) -> Vec<u8> {
    let mut fields: BTreeMap<&str, &[u8]> =
        canonical::split_map(map).unwrap().into_iter().collect();
    fields.extend(changed.iter().copied());
    canonical::join_map(&fields.into_iter().collect::<Vec<_>>()).unwrap()
}

/// The contents of all files under a directory.
pub(crate) fn contents(root: &Path) -> Contents {
    fn read(root: &Path, directory: &Path, files: &mut Contents) {
        for item in fs::read_dir(directory).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                read(root, &path, files);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }

    let mut files = Contents::new();
    read(root, root, &mut files);
    files
}
