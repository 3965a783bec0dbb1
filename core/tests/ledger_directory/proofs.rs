//! Proofs, receipts and fork proofs, and what is left of them after somebody changed a part: our verifier and
//! the one in Python say the same of each.

use poundlock::{
    Digest, digest,
    error::Error,
    ledger::{
        ConsistencyProof, Divergence, ForkProof, InclusionProof, Ledger, MAX_SIZE, Receipt,
        VerifierKeys,
    },
};
use serde_json::{Value, json};

use super::{
    python,
    support::{COLLIDING, ORIGIN, checkpoint_of, draft, own_key, secret, trusted},
};

const ENTRIES: u64 = 40;

/// What is asked of both verifiers, and what ours says.
#[derive(Default)]
struct Questions(Vec<(String, String, Value)>);

impl Questions {
    fn ask(&mut self, name: impl Into<String>, ours: Result<(), Error>, case: Value) -> &str {
        let ours = ours.map_or_else(|error| error.code(), |()| "sound");
        self.0.push((name.into(), ours.to_owned(), case));
        ours
    }

    fn receipt(&mut self, name: &str, text: &[u8], keys: &VerifierKeys) -> &str {
        let ours = Receipt::parse(text).and_then(|receipt| receipt.verify(keys, Some(ORIGIN)));
        let case = json!({ "receipt": digest::hex(text), "keys": keys.keys(), "origin": ORIGIN });
        self.ask(name, ours.map(drop), case)
    }

    fn fork(&mut self, name: &str, text: &[u8], keys: &VerifierKeys) -> &str {
        let ours = ForkProof::parse(text).and_then(|proof| proof.verify(keys).map(drop));
        self.ask(name, ours, json!({ "fork": digest::hex(text), "keys": keys.keys() }))
    }

    fn inclusion(&mut self, proof: &InclusionProof, entry: &[u8], root: &Digest) -> &str {
        let InclusionProof { index, size, hashes } = proof;
        let case = json!({
            "inclusion": { "index": index, "size": size, "hashes": hexes(hashes) },
            "entry": digest::hex(entry), "root": root.to_hex(),
        });
        self.ask(format!("entry {index} of {size}"), proof.verify(entry, root), case)
    }

    fn consistency(&mut self, proof: &ConsistencyProof, earlier: &Digest, later: &Digest) -> &str {
        let ConsistencyProof { from, size, hashes } = proof;
        let case = json!({
            "consistency": { "from": from, "size": size, "hashes": hexes(hashes) },
            "earlier": earlier.to_hex(), "later": later.to_hex(),
        });
        self.ask(format!("{from} to {size}"), proof.verify(earlier, later), case)
    }

    /// Compares all answers. Says how many were accepted, and how many refused.
    fn compare(self) -> (usize, usize) {
        let cases: Vec<Value> = self.0.iter().map(|(_, _, case)| case.clone()).collect();
        for (index, theirs) in python::answers(&cases).unwrap_or_default().iter().enumerate() {
            let (name, ours, case) = &self.0[index];
            assert_eq!(theirs, ours, "{name}: Python says {theirs}, and we {ours}: {case}");
        }
        let accepted = self.0.iter().filter(|(_, ours, _)| ours == "sound").count();
        (accepted, self.0.len() - accepted)
    }
}

fn hexes(hashes: &[Digest]) -> Vec<String> {
    hashes.iter().map(Digest::to_hex).collect()
}

/// A ledger whose entries from `fork` on say something else.
fn ledger(fork: u64) -> Ledger {
    let ledger = Ledger::in_memory();
    let drafts = (0..ENTRIES).map(|n| draft(if n < fork { n } else { n + 1000 }));
    ledger.append_all(0, drafts.collect()).unwrap();
    ledger
}

fn receipt_of(ledger: &Ledger, sequence: u64, size: u64) -> Receipt {
    let entry = ledger.read(sequence, 1).unwrap().pop().unwrap().entry.to_bytes().unwrap();
    let proof = ledger.inclusion_proof(sequence, size).unwrap();
    Receipt::new(entry, proof, checkpoint_of(ledger, size, &[&own_key()])).unwrap()
}

/// The proof that `theirs` cannot be the beginning of `ours`.
fn fork_of(theirs: &Ledger, from: u64, ours: &Ledger, size: u64) -> ForkProof {
    let divergence = (from < size).then(|| Divergence {
        root: ours.root_at(from).unwrap(),
        proof: ours.consistency_proof(from, size).unwrap(),
    });
    let earlier = checkpoint_of(theirs, from, &[&own_key()]);
    ForkProof::new(earlier, checkpoint_of(ours, size, &[&own_key()]), divergence).unwrap()
}

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    /// The text with a byte replaced, removed or put in, or with a line removed, doubled or exchanged.
    fn alter(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        let at = self.below(bytes.len());
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        let (one, other) = (self.below(lines.len()), self.below(lines.len()));
        match self.below(6) {
            0 => bytes[at] ^= 1 << self.below(8),
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, b"\n\r =+/A0"[self.below(8)]),
            3 => {
                lines.remove(one);
                bytes = lines.concat().into_bytes();
            }
            4 => {
                lines.insert(one, lines[other]);
                bytes = lines.concat().into_bytes();
            }
            _ => {
                lines.swap(one, other);
                bytes = lines.concat().into_bytes();
            }
        }
        bytes
    }
}

#[test]
fn proofs_for_every_pair_of_sizes_are_accepted_and_no_other() {
    let ledger = ledger(ENTRIES);
    let entries: Vec<Vec<u8>> =
        ledger.read(0, 40).unwrap().iter().map(|r| r.entry.to_bytes().unwrap()).collect();
    let mut questions = Questions::default();
    let mut numbers = Numbers(7);
    for size in 1..=ENTRIES {
        let root = ledger.root_at(size).unwrap();
        for from in 0..=size {
            let earlier = ledger.root_at(from).unwrap();
            let proof = ledger.consistency_proof(from, size).unwrap();
            assert_eq!(questions.consistency(&proof, &earlier, &root), "sound");
            let mut wrong = proof.clone();
            alter(&mut numbers, &mut wrong.hashes, &earlier);
            questions.consistency(&wrong, &earlier, &root);
            questions.consistency(
                &ConsistencyProof { from: from + 1, ..proof.clone() },
                &earlier,
                &root,
            );
            questions.consistency(&ConsistencyProof { size: size - 1, ..proof }, &earlier, &root);
        }
        for index in 0..size {
            let entry = &entries[index as usize];
            let proof = ledger.inclusion_proof(index, size).unwrap();
            assert_eq!(questions.inclusion(&proof, entry, &root), "sound");
            let other = &entries[(index as usize + 1) % 40];
            assert_eq!(questions.inclusion(&proof, other, &root), "proof.invalid");
            let mut wrong = proof.clone();
            alter(&mut numbers, &mut wrong.hashes, &root);
            assert_eq!(questions.inclusion(&wrong, entry, &root), "proof.invalid");
            for index in [index ^ 1, index + 1, index + size, MAX_SIZE, u64::MAX] {
                let wrong = InclusionProof { index, ..proof.clone() };
                questions.inclusion(&wrong, entry, &root);
            }
            for size in [0, size - 1, size + 1, size * 2, MAX_SIZE, MAX_SIZE + 1, u64::MAX] {
                let wrong = InclusionProof { size, ..proof.clone() };
                questions.inclusion(&wrong, entry, &root);
            }
        }
    }
    let (accepted, refused) = questions.compare();
    assert!(accepted >= 1680 && refused > 10_000, "{accepted} were accepted, {refused} refused");
}

/// Adds, removes, exchanges or changes a hash.
fn alter(numbers: &mut Numbers, hashes: &mut Vec<Digest>, more: &Digest) {
    let at = numbers.below(hashes.len().max(1));
    match numbers.below(3) {
        0 if !hashes.is_empty() => drop(hashes.remove(at)),
        1 if !hashes.is_empty() => hashes[at] = Digest::of(hashes[at].as_bytes()),
        _ => hashes.insert(at, *more),
    }
}

#[test]
fn a_receipt_is_that_of_one_entry_at_one_index() {
    let (ledger, keys) = (ledger(ENTRIES), trusted(&[&own_key()]));
    let other = self::ledger(5);
    let mut questions = Questions::default();
    for size in [1, 2, 7, 16, 40] {
        for sequence in 0..size {
            let text = receipt_of(&ledger, sequence, size).to_text();
            assert_eq!(questions.receipt("right", text.as_bytes(), &keys), "sound");
            let index = format!("index {sequence}\n");
            for wrong in [sequence ^ 1, sequence + 1, sequence + size, MAX_SIZE] {
                let text = text.replace(&index, &format!("index {wrong}\n"));
                let code = questions.receipt("the wrong index", text.as_bytes(), &keys);
                assert_eq!(code, "proof.invalid", "{sequence} of {size} at {wrong}");
            }
            // The entry that another ledger has at this place.
            if sequence >= 5 {
                let theirs = receipt_of(&other, sequence, size).to_text();
                let entry = |text: &str| text.lines().nth(1).unwrap().to_owned();
                let text = text.replace(&entry(&text), &entry(&theirs));
                let code = questions.receipt("another entry", text.as_bytes(), &keys);
                assert_eq!(code, "proof.invalid");
            }
        }
    }
    let text = receipt_of(&ledger, 3, 7).to_text();
    let text = text.as_bytes();
    let stranger = trusted(&[&secret(ORIGIN, 2)]);
    assert_eq!(questions.receipt("another key", text, &stranger), "checkpoint.untrusted");
    let colliding = trusted(&[&secret(ORIGIN, COLLIDING[1])]);
    assert_eq!(questions.receipt("a colliding id", text, &colliding), "checkpoint.signature");
    let crlf = String::from_utf8_lossy(text).replace('\n', "\r\n");
    assert_eq!(questions.receipt("CRLF", crlf.as_bytes(), &keys), "proof.syntax");
    let large = [text, &b"x".repeat(300 * 1024)].concat();
    assert_eq!(questions.receipt("too large", &large, &keys), "limit.size");
    questions.compare();
}

#[test]
fn no_altered_receipt_or_fork_proof_is_accepted() {
    let (ledger, keys) = (ledger(ENTRIES), trusted(&[&own_key()]));
    let other = self::ledger(5);
    let mut questions = Questions::default();
    let mut numbers = Numbers(1);
    let receipts =
        [(0, 1), (3, 7), (39, 40)].map(|(n, size)| receipt_of(&ledger, n, size).to_text());
    let forks = [(6, 6), (6, 9), (17, 40), (32, 40)]
        .map(|(from, size)| fork_of(&other, from, &ledger, size).to_text());
    for text in &receipts {
        assert_eq!(questions.receipt("unaltered", text.as_bytes(), &keys), "sound");
        for _ in 0..500 {
            let altered = numbers.alter(text);
            if altered != text.as_bytes() {
                assert_ne!(questions.receipt("altered", &altered, &keys), "sound");
            }
        }
    }
    for text in &forks {
        assert_eq!(questions.fork("unaltered", text.as_bytes(), &keys), "sound");
        for _ in 0..400 {
            let altered = numbers.alter(text);
            if altered != text.as_bytes() {
                assert_ne!(questions.fork("altered", &altered, &keys), "sound");
            }
        }
    }
    let (accepted, refused) = questions.compare();
    assert!(accepted == 7 && refused > 2500, "{accepted} were accepted, {refused} refused");
}

#[test]
fn nobody_is_accused_by_checkpoints_that_agree() {
    let (ledger, keys) = (ledger(ENTRIES), trusted(&[&own_key()]));
    let other = self::ledger(20);
    let mut questions = Questions::default();
    // The two agree on the first twenty entries: what proves a fork after them proves none before.
    let text = fork_of(&other, 30, &ledger, 40).to_text();
    let (earlier, before) =
        (checkpoint_of(&other, 30, &[&own_key()]), checkpoint_of(&ledger, 30, &[&own_key()]));
    let honest = text.replace(earlier.text(), before.text());
    assert_eq!(questions.fork("the same history", honest.as_bytes(), &keys), "fork.unproven");
    let later = checkpoint_of(&ledger, 40, &[&own_key()]);
    let twice = format!("poundlock/fork@v1\n\n{0}\n{0}", later.text());
    assert_eq!(questions.fork("the same checkpoint", twice.as_bytes(), &keys), "fork.unproven");
    let without = format!("poundlock/fork@v1\n\n{}\n{}", earlier.text(), later.text());
    assert_eq!(questions.fork("no proof", without.as_bytes(), &keys), "fork.unproven");
    let turned = format!("poundlock/fork@v1\n\n{}\n{}", later.text(), earlier.text());
    assert_eq!(questions.fork("the later first", turned.as_bytes(), &keys), "fork.unproven");
    questions.compare();
}
