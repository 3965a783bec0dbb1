//! Receipts: what is accepted, and every attack on one by its code.

use poundlock::ledger::{
    Entry, InclusionProof, Receipt, Recorded, SecretKey, SignedCheckpoint, VerifierKeys,
};
use proptest::prelude::*;

use crate::{
    naive,
    support::{ORIGIN, OTHER, Story, base64, edits, keys, note, secret, sign},
};

fn verified(
    text: &[u8],
    secrets: &[&SecretKey],
    origin: Option<&str>,
) -> Result<Recorded, &'static str> {
    Receipt::parse(text)
        .and_then(|receipt| receipt.verify(&keys(secrets), origin))
        .map_err(|error| error.code())
}

/// The text of a receipt, whatever it claims.
fn text(entry: &[u8], index: u64, proof: &InclusionProof, checkpoint: &SignedCheckpoint) -> String {
    let hashes: String = proof.hashes.iter().map(|hash| base64(hash.as_bytes()) + "\n").collect();
    format!(
        "c2sp.org/tlog-proof@v1\nextra {}\nindex {index}\n{hashes}\n{}",
        base64(entry),
        checkpoint.text()
    )
}

// Requirements: R376.
#[test]
fn every_entry_has_a_receipt_in_every_tree_that_holds_it() {
    let own = secret(ORIGIN, 1);
    let story = Story::new(20, None);
    for size in 1..=20 {
        for index in 0..size {
            let receipt = story.receipt(index, size, &[&own]);
            let again = Receipt::parse(receipt.to_text().as_bytes()).unwrap();
            assert_eq!(again, receipt);
            let recorded = again.verify(&keys(&[&own]), Some(ORIGIN)).unwrap();
            assert_eq!(recorded, story.recorded[index]);
        }
    }
}

#[test]
fn an_attack_on_a_receipt_is_reported_for_what_it_is() {
    let (own, stranger) = (secret(ORIGIN, 1), secret(ORIGIN, 2));
    let story = Story::new(7, None);
    let checkpoint = sign(&story.checkpoint(7), &[&own]);
    let proof = story.inclusion(3, 7);
    let entry = &story.entries[3];
    let good = text(entry, 3, &proof, &checkpoint);
    assert_eq!(verified(good.as_bytes(), &[&own], Some(ORIGIN)), Ok(story.recorded[3].clone()));

    let other_body = Entry {
        body: poundlock::canonical::join_map(&[]).unwrap(),
        ..story.recorded[3].entry.clone()
    };
    let mut fewer = proof.clone();
    fewer.hashes.pop();
    let mut more = proof.clone();
    more.hashes.push(story.leaves[0]);
    let extended = format!("{}\nsomething else\n", checkpoint.text().split("\n\n").next().unwrap());
    let huge = InclusionProof { hashes: vec![story.leaves[0]; 65], ..proof.clone() };
    for (what, text, code) in [
        (
            "the right entry at the wrong index",
            text(entry, 2, &proof, &checkpoint),
            "proof.invalid",
        ),
        ("an index beyond the tree", text(entry, 7, &proof, &checkpoint), "proof.invalid"),
        ("an index beyond all trees", text(entry, u64::MAX, &proof, &checkpoint), "proof.syntax"),
        (
            "another entry of the ledger",
            text(&story.entries[4], 3, &proof, &checkpoint),
            "proof.invalid",
        ),
        (
            "an altered entry",
            text(&other_body.to_bytes().unwrap(), 3, &proof, &checkpoint),
            "proof.invalid",
        ),
        ("no entry", text(b"", 3, &proof, &checkpoint), "proof.invalid"),
        (
            "a node of the tree for an entry",
            text(naive::root(&story.leaves[2..4]).as_bytes(), 1, &fewer, &checkpoint),
            "proof.invalid",
        ),
        ("a hash too few", text(entry, 3, &fewer, &checkpoint), "proof.invalid"),
        ("a hash too many", text(entry, 3, &more, &checkpoint), "proof.invalid"),
        ("more hashes than a tree is high", text(entry, 3, &huge, &checkpoint), "proof.syntax"),
        (
            "another tree's checkpoint",
            text(entry, 3, &proof, &sign(&story.checkpoint(6), &[&own])),
            "proof.invalid",
        ),
        (
            "a checkpoint signed with another key",
            text(entry, 3, &proof, &sign(&story.checkpoint(7), &[&stranger])),
            "checkpoint.untrusted",
        ),
        ("an altered checkpoint", good.replace("\n7\n", "\n8\n"), "checkpoint.signature"),
        (
            "the signature stripped",
            good.split("\u{2014}").next().unwrap().to_owned(),
            "checkpoint.syntax",
        ),
        (
            "the checkpoint stripped",
            good.split("\n\n").next().unwrap().to_owned() + "\n\n",
            "checkpoint.syntax",
        ),
        (
            "the checkpoint and the empty line stripped",
            good.split("\n\n").next().unwrap().to_owned() + "\n",
            "proof.syntax",
        ),
        (
            "a checkpoint with extension lines",
            good.replace(checkpoint.text(), &note(&extended, &[&own])),
            "checkpoint.extended",
        ),
        ("CRLF", good.replace('\n', "\r\n"), "proof.syntax"),
        ("no entry line", good.replacen("extra", "extras", 1), "proof.syntax"),
        (
            "no entry at all",
            good.lines()
                .filter(|line| !line.starts_with("extra"))
                .fold(String::new(), |text, line| text + line + "\n"),
            "proof.syntax",
        ),
        ("an index with a leading zero", good.replace("index 3", "index 03"), "proof.syntax"),
        ("an index with a sign", good.replace("index 3", "index +3"), "proof.syntax"),
        (
            "an index above 2^64",
            good.replace("index 3", "index 18446744073709551619"),
            "proof.syntax",
        ),
        ("another version", good.replace("@v1", "@v2"), "proof.syntax"),
        ("something after", good.clone() + "\n", "checkpoint.syntax"),
        ("a 1 MB receipt", good.clone() + &"x".repeat(1_000_000), "limit.size"),
        ("nothing", String::new(), "proof.syntax"),
    ] {
        assert_eq!(verified(text.as_bytes(), &[&own], Some(ORIGIN)), Err(code), "{what}");
    }
    assert_eq!(verified(good.as_bytes(), &[&own], Some(OTHER)), Err("checkpoint.origin"));
    let other = secret(OTHER, 1);
    assert_eq!(verified(good.as_bytes(), &[&other], None), Err("checkpoint.untrusted"));
    let two = keys(&[&own, &stranger]).with_threshold(2).unwrap();
    let error = Receipt::parse(good.as_bytes()).unwrap().verify(&two, None).unwrap_err();
    assert_eq!(error.code(), "checkpoint.untrusted");
}

/// Whoever holds the key can sign a tree of anything; a receipt is still about an entry.
#[test]
fn what_is_no_entry_of_its_index_is_refused_although_it_is_in_the_tree() {
    let own = secret(ORIGIN, 1);
    let story = Story::new(4, None);
    let trusted: VerifierKeys = keys(&[&own]);
    for (contents, index, code) in [
        (vec![story.entries[0].clone(), story.entries[0].clone()], 1, "ledger.sequence"),
        (vec![story.entries[0].clone(), b"no entry".to_vec()], 1, "ledger.entry"),
        (vec![vec![0; 70_000]], 0, "limit.entry"),
    ] {
        let leaves: Vec<_> = contents.iter().map(|content| naive::leaf_hash(content)).collect();
        let proof = naive::inclusion(index, &leaves);
        let mut checkpoint = story.checkpoint(1);
        (checkpoint.size, checkpoint.root) = (leaves.len() as u64, naive::root(&leaves));
        let checkpoint = sign(&checkpoint, &[&own]);
        let text = text(&contents[index], index as u64, &proof, &checkpoint);
        let found = Receipt::parse(text.as_bytes()).unwrap().verify(&trusted, None);
        assert_eq!(found.unwrap_err().code(), code);
        let made = Receipt::new(contents[index].clone(), proof, checkpoint);
        assert_eq!(made.unwrap_err().code(), code);
    }
}

#[test]
fn one_edit_anywhere_is_found_or_changes_nothing_that_is_claimed() {
    let (own, second) = (secret(ORIGIN, 1), secret(ORIGIN, 2));
    let story = Story::new(7, None);
    // The second signature is unknown to the verifier, and may be anything.
    let text = story.receipt(3, 7, &[&own, &second]).to_text();
    let trusted = keys(&[&own]);
    let mut ignored = 0;
    for edited in edits(&text) {
        let Ok(receipt) = Receipt::parse(&edited) else { continue };
        assert_eq!(receipt.to_text().as_bytes(), edited, "what is parsed is written again");
        if let Ok(recorded) = receipt.verify(&trusted, Some(ORIGIN)) {
            assert_eq!(recorded, story.recorded[3]);
            assert_eq!(*receipt.checkpoint().unverified(), story.checkpoint(7));
            ignored += 1;
        }
    }
    assert!(ignored > 0, "the signature of a stranger may be edited");
}

proptest! {
    #[test]
    fn no_edits_make_it_panic(edits in proptest::collection::vec((any::<u16>(), any::<u8>()), 0..6), cut: u16) {
        let own = secret(ORIGIN, 1);
        let mut bytes = Story::new(3, None).receipt(1, 3, &[&own]).to_text().into_bytes();
        for (at, byte) in edits {
            let at = usize::from(at) % bytes.len();
            bytes[at] = byte;
        }
        bytes.truncate(usize::from(cut) % (2 * bytes.len()));
        if let Ok(receipt) = Receipt::parse(&bytes) {
            prop_assert_eq!(receipt.to_text().into_bytes(), bytes);
        }
    }
}
