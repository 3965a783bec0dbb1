//! Ledgers with a law and real decisions: what their entries excuse, which keys they name, and what somebody
//! may try behind the engine's back.

use std::{
    fs,
    path::{Path, PathBuf},
};

use poundlock::{
    Digest,
    engine::Admission,
    error::Result,
    ledger::{Ledger, SecretKey, SignedCheckpoint, Verification, VerifierKeys},
    model::{Action, Amendment, Erasure, FactKind},
    state::State,
};
use tempfile::TempDir;

use super::{
    engine_support::{
        CHARTER, PACK, World, allowed, approval, ask, at, engine, fact, human, key, plan, secret,
    },
    original::{contents, record, with_fields},
    python,
    support::checkpoint_of,
};

/// A world whose ledger is in a directory.
struct Place {
    _directory: TempDir,
    path: PathBuf,
    world: World,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let path = directory.path().join("ledger");
        let ledger = Ledger::create(&path).unwrap();
        let engine = engine(CHARTER, PACK);
        engine.begin(&ledger, "test/origin", &[key(1)], at(0)).unwrap();
        let world = World { engine: engine.into(), ledger, state: State::new() };
        Self { _directory: directory, path, world }
    }

    fn attachments(&self, admission: &Admission) -> Vec<Digest> {
        self.world.ledger.read(admission.sequence, 1).unwrap().pop().unwrap().entry.attachments
    }

    /// The request for the same plan, under an id of its own.
    fn plan(&mut self, id: &str) -> Admission {
        let mut request = ask(Action::Plan, "dev", &plan(1), 0);
        request.id = id.to_owned();
        let admission = self.world.admit(&request);
        allowed(&admission);
        admission
    }

    fn erase(&mut self, actor: &str, attachment: Digest, sequence: u64) -> Admission {
        let erasure = Erasure { attachment, sequence, reason: "somebody asked".to_owned() };
        self.world.record(&fact(human(actor), self.world.size() as i64, FactKind::Erasure(erasure)))
    }

    fn remove(&self, attachment: &Digest) -> (PathBuf, Vec<u8>) {
        let hex = attachment.to_hex();
        let (first, rest) = hex.split_at(2);
        let path = self.path.join("attachments/sha256").join(first).join(rest);
        let content = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        (path, content)
    }

    /// What both verifiers say, who know nothing but what the ledger's law names.
    fn verify(&self) -> String {
        let ours = verify(&self.path).map_or_else(|error| error.code(), |()| "sound").to_owned();
        if let Some((text, status)) = python::run(&[self.path.to_str().unwrap()]) {
            let theirs = text.split(": ").next().unwrap();
            assert_eq!(status != 0, ours != "sound", "Python says {text}, and we {ours}");
            assert!(status == 0 || theirs == ours, "Python says {text}, and we {ours}");
        }
        ours
    }
}

/// Verifies a ledger with the keys of its own law, and excuses what its law lets be erased.
fn verify(path: &Path) -> Result<()> {
    let ledger = Ledger::open_read_only(path)?;
    let mut state = State::new();
    let verified = ledger.verify_with(Verification::new())?;
    state.catch_up(&ledger)?;
    if let Some(kept) = ledger.checkpoint()? {
        let mut then = State::new();
        let size = usize::try_from(kept.unverified().size).unwrap();
        ledger.read(0, size)?.iter().try_for_each(|recorded| then.fold(recorded))?;
        kept.verify(&VerifierKeys::new(then.keys().to_vec())?, then.origin())?;
    }
    if verified.missing.iter().all(|(_, digest)| state.erasure(digest).is_some()) {
        return Ok(());
    }
    ledger.verify().map(drop)
}

// Requirements: R204, R330, M12.
#[test]
fn an_attachment_may_be_missing_only_after_an_erasure_that_was_allowed() {
    let mut place = Place::new();
    let admission = place.plan("first");
    let named = place.attachments(&admission);
    place.world.sign();
    assert_eq!(place.verify(), "sound");
    // Removed without an erasure, or with one that was refused.
    for refused in [false, true] {
        if refused {
            place.erase("ann", named[0], admission.sequence);
        }
        for attachment in &named {
            let (path, content) = place.remove(attachment);
            assert_eq!(place.verify(), "ledger.attachment_missing");
            fs::write(path, content).unwrap();
        }
    }
    for attachment in &named {
        allowed(&place.erase("cyd", *attachment, admission.sequence));
        assert_eq!(place.world.ledger.attachment(attachment).unwrap(), None);
    }
    assert_eq!(place.verify(), "sound");
    // What an entry names again is there again, and may not be missing.
    let again = place.plan("again");
    assert_eq!(place.verify(), "sound");
    let mut shared = 0;
    for attachment in place.attachments(&again) {
        shared += usize::from(named.contains(&attachment));
        let (path, content) = place.remove(&attachment);
        assert_eq!(place.verify(), "ledger.attachment_missing");
        fs::write(path, content).unwrap();
    }
    assert!(shared > 0);
}

#[test]
fn a_checkpoint_is_verified_with_the_keys_that_were_in_force_at_its_size() {
    let mut place = Place::new();
    place.plan("first");
    place.world.sign();
    let amendment = |keys| Amendment { law: None, keys: Some(keys), reason: "keys age".to_owned() };
    let change = |place: &mut Place, keys, seconds| {
        let fact = fact(human("ann"), seconds, FactKind::Amendment(amendment(keys)));
        allowed(&place.world.record(&fact));
    };
    change(&mut place, vec![key(1), key(2)], 1);
    change(&mut place, vec![key(2)], 2);
    let size = place.world.size();
    let by =
        |place: &Place, size, keys: &[&SecretKey]| checkpoint_of(&place.world.ledger, size, keys);
    let (old, new) = (secret(1), secret(2));
    for (size, keys, expected) in [
        (size - 2, &[&old][..], "sound"),
        (size - 2, &[&new], "checkpoint.untrusted"),
        (size - 1, &[&old], "sound"),
        (size - 1, &[&new], "sound"),
        (size - 1, &[&old, &new], "sound"),
        (size, &[&old], "checkpoint.untrusted"),
        (size, &[&new], "sound"),
        (size, &[&old, &new], "sound"),
    ] {
        let text = by(&place, size, keys).text().to_owned();
        fs::write(place.path.join("checkpoint"), text).unwrap();
        assert_eq!(place.verify(), expected, "size {size}");
    }
}

#[test]
fn a_forged_snapshot_is_found() {
    let mut place = Place::new();
    place.plan("first");
    let truth = place.world.snapshot();
    let content = place.world.ledger.attachment(&truth.entry.attachments[0]).unwrap().unwrap();
    assert_eq!(place.verify(), "sound");
    // The attachment replaced: its digest tells.
    let (path, _) = place.remove(&truth.entry.attachments[0]);
    let mut lie = content.clone();
    *lie.last_mut().unwrap() ^= 1;
    fs::write(&path, &lie).unwrap();
    assert_eq!(place.verify(), "ledger.attachment_mismatch");
    fs::write(&path, &content).unwrap();
    // The state of an earlier place, named by a new entry: folding tells, and nobody signs over it.
    let draft = poundlock::ledger::Draft {
        at: Some(truth.entry.at),
        kind: truth.entry.kind.clone(),
        body: truth.entry.body.clone(),
        attachments: vec![content],
    };
    place.world.ledger.append(place.world.size(), draft).unwrap();
    let found = verify(&place.path).unwrap_err();
    assert_eq!(found.code(), "ledger.snapshot");
    assert_eq!(State::open(&place.world.ledger).unwrap_err().code(), "ledger.snapshot");
    let signer = secret(1);
    let signed = place.world.engine.sign(&place.world.ledger, &mut State::new(), &[&signer]);
    assert_eq!(signed.unwrap_err().code(), "entry.undecided");
}

/// The newest segment, and what the next entry must say.
fn end(place: &Place) -> (PathBuf, Vec<u8>) {
    let last = place.world.ledger.read(place.world.size() - 1, 1).unwrap().pop().unwrap();
    let previous = [&[0x58, 0x20], last.hash.as_bytes().as_slice()].concat();
    let sequence = poundlock::canonical::to_bytes(&place.world.size()).unwrap();
    let entry = last.entry.to_bytes().unwrap();
    let next = with_fields(&entry, &[("previous", &previous), ("sequence", &sequence)]);
    (place.path.join("segments/00000000000000000000.seg"), next)
}

fn append(segment: &Path, record: &[u8]) {
    let mut bytes = fs::read(segment).unwrap();
    bytes.extend_from_slice(record);
    fs::write(segment, bytes).unwrap();
}

#[test]
fn records_past_the_head_that_do_not_continue_the_ledger_are_set_aside() {
    let mut place = Place::new();
    place.world.prepare("dev", &plan(1), 0);
    let size = place.world.size();
    let (segment, next) = end(&place);
    let last =
        place.world.ledger.read(size - 1, 1).unwrap().pop().unwrap().entry.to_bytes().unwrap();
    let sound = fs::read(&segment).unwrap();
    let number = |number: u64| poundlock::canonical::to_bytes(&number).unwrap();
    let hash = [&[0x58, 0x20], [7; 32].as_slice()].concat();
    let mut wrong_checksum = record(&next);
    wrong_checksum[4] ^= 1;
    let missing = [&[0x81], hash.as_slice()].concat();
    for (name, wrong) in [
        ("the last entry once more", record(&last)),
        ("another link", record(&with_fields(&next, &[("previous", &hash)]))),
        ("a gap", record(&with_fields(&next, &[("sequence", &number(size + 1))]))),
        ("an old number", record(&with_fields(&next, &[("sequence", &number(size - 1))]))),
        ("another format", record(&with_fields(&next, &[("format", &number(2))]))),
        (
            "an attachment that is not there",
            record(&with_fields(&next, &[("attachments", &missing)])),
        ),
        ("a wrong checksum", wrong_checksum),
        ("half a record", record(&next)[..40].to_vec()),
        ("no entry", record(b"\xa0")),
        ("zeros", vec![0; 512]),
    ] {
        append(&segment, &wrong);
        // Whoever only reads leaves it alone, and both verifiers say that it is not part of the ledger.
        let reader = Ledger::open_read_only(&place.path).unwrap();
        assert_eq!((reader.verify().unwrap().size, reader.notices().len()), (size, 1), "{name}");
        assert_eq!(place.verify(), "sound", "{name}");
        // A writer moves it out of the way.
        let writer = Ledger::open(&place.path).unwrap();
        assert_eq!((writer.head().unwrap().size, writer.notices().len()), (size, 1), "{name}");
        assert_eq!(fs::read(&segment).unwrap(), sound, "{name}");
        let aside = contents(&place.path.join("set-aside"));
        assert!(aside.values().any(|kept| *kept == wrong), "{name} is gone");
        assert_eq!(place.verify(), "sound");
    }
}

#[test]
fn valid_looking_records_past_the_head_are_kept_unsigned_and_never_signed_over() {
    let mut place = Place::new();
    place.world.prepare("dev", &plan(1), 0);
    place.world.sign();
    let (signed, size) = (place.world.ledger.checkpoint().unwrap().unwrap(), place.world.size());
    // A fact once more, which its engine would not have recorded twice.
    let (segment, next) = end(&place);
    append(&segment, &record(&next));
    assert_eq!(place.verify(), "sound");
    let writer = Ledger::open(&place.path).unwrap();
    assert_eq!((writer.verify().unwrap().size, writer.notices().len()), (size + 1, 1));
    let signer = secret(1);
    let refused = place.world.engine.sign(&writer, &mut State::new(), &[&signer]).unwrap_err();
    assert_eq!((refused.code(), refused.place().sequence), ("entry.undecided", Some(size)));
    let kept: SignedCheckpoint = writer.checkpoint().unwrap().unwrap();
    assert_eq!(kept, signed);
    assert_eq!(writer.receipt(size).unwrap_err().code(), "checkpoint.untrusted");

    // What an interrupted writer really decided is signed after it was decided again.
    let mut place = Place::new();
    let head = fs::read(place.path.join("head")).unwrap();
    allowed(&place.world.record(&approval("ann", "test", plan(1).digest, 0)));
    fs::write(place.path.join("head"), head).unwrap();
    let writer = Ledger::open(&place.path).unwrap();
    assert_eq!((writer.verify().unwrap().size, writer.notices().len()), (2, 1));
    let signed = place.world.engine.sign(&writer, &mut State::new(), &[&signer]).unwrap();
    assert_eq!(signed.unverified().size, 2);
    assert_eq!(place.verify(), "sound");
}
