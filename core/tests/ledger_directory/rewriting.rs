//! Ledgers that were replaced by sound ones: cut off, rolled back, rewritten or forked. From inside nothing
//! is wrong; a checkpoint that is kept or remembered tells.

use poundlock::{
    digest,
    ledger::{Draft, ForkProof, Ledger},
};
use serde_json::json;

use super::{
    original::{Contents, ENTRIES, Expected, KEPT, Original, Variant, contents, replace},
    python,
    support::{checkpoint_of, draft, own_key, secret, trusted},
};

const ALL: [&str; 4] = ["segments/", "tiles/", "attachments/", "head"];
const ROLLED_BACK: Expected = Expected::Code("checkpoint.rolled_back");
const INCONSISTENT: Expected = Expected::Code("checkpoint.inconsistent");

/// The drafts of the ledger, of which those from `at` up to `to` say something else.
fn rewritten(at: u64, to: u64) -> impl Iterator<Item = Draft> {
    (0..ENTRIES as u64).map(move |number| Draft {
        body: if (at..to).contains(&number) { draft(number + 1).body } else { draft(number).body },
        ..draft(number)
    })
}

// Requirements: R359.
#[test]
fn a_tail_that_was_cut_off_is_found_by_a_checkpoint() {
    let original = Original::new();
    let mut variants = Vec::new();
    for size in 0..ENTRIES as u64 {
        let older = contents(&original.older(size).1);
        let name = format!("cut off to {size}");
        let cut = original.become_other(&older, &["segments/"]);
        let short = Expected::Code("ledger.truncated");
        variants.push(Variant::new(format!("{name}, the head left"), short, cut));
        for parts in [&["segments/", "head"][..], &ALL] {
            let mut edits = original.become_other(&older, parts);
            let seen = if size < KEPT { ROLLED_BACK } else { Expected::Sound };
            variants.push(Variant::new(name.clone(), seen, edits.clone()));
            edits.push(replace("checkpoint", None));
            let inside = Variant::new(format!("{name}, no checkpoint"), Expected::Sound, edits);
            variants.push(inside.clone());
            variants.push(Variant { expected: ROLLED_BACK, ..inside }.since(&original.newest));
        }
    }
    original.judge(&variants);
}

#[test]
fn a_ledger_that_was_replaced_by_an_older_copy_is_found_by_a_remembered_checkpoint() {
    let original = Original::new();
    let mut variants = Vec::new();
    for size in [1, 2, 7, 16, 20, 23] {
        let (ledger, path) = original.older(size);
        let mut edits = original.become_other(&contents(&path), &ALL);
        let kept = checkpoint_of(&ledger, size.div_ceil(2), &[&own_key()]);
        edits.push(replace("checkpoint", Some(kept.text().as_bytes())));
        let copy = Variant::new(format!("a copy of {size} entries"), Expected::Sound, edits);
        variants.push(copy.clone().since(&kept));
        variants.push(Variant { expected: ROLLED_BACK, ..copy.clone() }.since(&original.newest));
        variants.push(copy);
    }
    original.judge(&variants);
}

// Requirements: R359, N2.
#[test]
fn a_rewritten_entry_with_everything_after_it_hashed_again_is_found() {
    let original = Original::new();
    let mut variants = Vec::new();
    for at in [0, 1, 10, 15, 16, 19, 20, 23] {
        let other = contents(&original.other(rewritten(at, at + 1)).1);
        let name = format!("entry {at} rewritten");
        let mut add = |what: &str, expected, parts: &[&str], kept: bool| {
            let mut edits = original.become_other(&other, parts);
            if !kept {
                edits.push(replace("checkpoint", None));
            }
            variants.push(Variant::new(format!("{name}: {what}"), expected, edits));
            variants.last().unwrap().clone()
        };
        let head = Expected::Code("ledger.head_mismatch");
        add("the head left", head, &["segments/", "attachments/"], true);
        let tile = Expected::Code("ledger.tile");
        add("the tiles left", tile, &["segments/", "attachments/", "head"], false);
        // With the genesis entry, its origin and key are gone too: they are part of what it says.
        let seen = if at < KEPT { INCONSISTENT } else { Expected::Sound };
        if at > 0 {
            add("all mended", seen, &ALL, true);
        }
        let inside = add("all mended, no checkpoint", Expected::Sound, &ALL, false);
        if at > 0 {
            variants.push(Variant { expected: INCONSISTENT, ..inside }.since(&original.newest));
        }
    }
    original.judge(&variants);
}

/// The ledger that tells another story from an entry on, with the checkpoint that its keeper signed.
fn fork(original: &Original, at: u64, size: u64) -> (Ledger, Contents) {
    let (ledger, path) = original.other(rewritten(at, u64::MAX).take(size as usize));
    ledger.put_checkpoint(&checkpoint_of(&ledger, size, &[&own_key()])).unwrap();
    (ledger, contents(&path))
}

#[test]
fn two_forks_after_a_common_prefix_are_found_and_proven() {
    let original = Original::new();
    let (mut variants, mut proofs) = (Vec::new(), Vec::new());
    for (at, size) in [(1, 24), (7, 24), (15, 17), (16, 24), (20, 21), (23, 24)] {
        let (ledger, files) = fork(&original, at, size);
        let mut edits = original.become_other(&files, &ALL);
        edits.push(replace("checkpoint", Some(&files["checkpoint"])));
        let name = format!("a fork from entry {at} of {size} entries");
        let inside = Variant::new(name, Expected::Sound, edits);
        // Whoever remembers more than the fork has sees that it is smaller.
        let seen = if size < ENTRIES as u64 { ROLLED_BACK } else { INCONSISTENT };
        variants.push(Variant { expected: seen, ..inside.clone() }.since(&original.newest));
        variants.push(inside);

        // Either side proves that both were signed.
        let theirs = ledger.checkpoint().unwrap().unwrap();
        let here = Ledger::open_read_only(&original.path).unwrap();
        let ours = checkpoint_of(&here, at + 1, &[&own_key()]);
        proofs.extend(ledger.fork_proof(&ours).unwrap());
        if size <= KEPT {
            proofs.extend(here.fork_proof(&theirs).unwrap());
        }
        assert_eq!(ledger.fork_proof(&checkpoint_of(&here, at, &[&own_key()])).unwrap(), None);
    }
    original.judge(&variants);

    assert_eq!(proofs.len(), 7);
    let keys = trusted(&[&own_key()]);
    let stranger = trusted(&[&secret("acme/2026", 9)]);
    let mut cases = Vec::new();
    for proof in &proofs {
        let text = proof.to_text();
        ForkProof::parse(text.as_bytes()).unwrap().verify(&keys).unwrap();
        assert_eq!(proof.verify(&stranger).unwrap_err().code(), "checkpoint.untrusted");
        let text = digest::hex(text.as_bytes());
        cases.push(json!({ "fork": text, "keys": keys.keys() }));
        cases.push(json!({ "fork": text, "keys": stranger.keys() }));
    }
    if let Some(answers) = python::answers(&cases) {
        assert_eq!(answers, ["sound", "checkpoint.untrusted"].repeat(proofs.len()));
    }
}
