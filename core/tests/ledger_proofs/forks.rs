//! Fork proofs: that two checkpoints cannot both be true, and that nothing else is called a fork.

use poundlock::ledger::{ForkProof, SecretKey};

use crate::support::{ORIGIN, OTHER, Story, edits, keys, note, secret, sign};

const COMMON: usize = 5;

fn verified(text: &str, secrets: &[&SecretKey]) -> Result<(), &'static str> {
    ForkProof::parse(text.as_bytes())
        .and_then(|proof| proof.verify(&keys(secrets)).map(drop))
        .map_err(|error| error.code())
}

#[test]
fn two_histories_after_a_common_beginning_are_proven_to_be_two() {
    let own = secret(ORIGIN, 1);
    let (one, other) = (Story::new(12, None), Story::new(12, Some(COMMON)));
    for from in 0..=12 {
        let earlier = sign(&one.checkpoint(from), &[&own]);
        for size in from..=12 {
            let proof = other.fork(earlier.clone(), from, size, &[&own]);
            if from > COMMON {
                let text = proof.unwrap().to_text();
                let proof = ForkProof::parse(text.as_bytes()).unwrap();
                assert_eq!(proof.to_text(), text);
                let trusted = keys(&[&own]);
                let found = proof.verify(&trusted).unwrap();
                assert_eq!(found, (&one.checkpoint(from), &other.checkpoint(size)));
            } else {
                assert_eq!(proof.unwrap_err().code(), "fork.unproven", "{from} to {size}");
            }
            // One history is no fork.
            let honest = one.fork(earlier.clone(), from, size, &[&own]);
            assert_eq!(honest.unwrap_err().code(), "fork.unproven");
        }
    }
}

#[test]
fn nobody_can_be_accused_falsely() {
    let (own, stranger) = (secret(ORIGIN, 1), secret(ORIGIN, 2));
    let (one, other) = (Story::new(9, None), Story::new(9, Some(COMMON)));
    let earlier = sign(&one.checkpoint(7), &[&own]);
    let text = other.fork(earlier.clone(), 7, 9, &[&own]).unwrap().to_text();
    assert_eq!(verified(&text, &[&own]), Ok(()));
    assert_eq!(verified(&text, &[&stranger]), Err("checkpoint.untrusted"));

    // The other history signed by somebody else.
    let forged = other.fork(earlier.clone(), 7, 9, &[&stranger]).unwrap().to_text();
    assert_eq!(verified(&forged, &[&own]), Err("checkpoint.untrusted"));
    // A true continuation, with the proof of another history.
    let continued = sign(&one.checkpoint(9), &[&own]);
    let later = sign(&other.checkpoint(9), &[&own]);
    let swapped = text.replace(later.text(), continued.text());
    assert_eq!(verified(&swapped, &[&own]), Err("fork.unproven"));
    // The later one first, and both the same.
    let (first, second) = (earlier.text(), later.text());
    let reversed = format!("{}{second}\n{first}", text.split(first).next().unwrap());
    assert_eq!(verified(&reversed, &[&own]), Err("fork.unproven"));
    let same = format!("poundlock/fork@v1\n\n{first}\n{first}");
    assert_eq!(verified(&same, &[&own]), Err("fork.unproven"));
    // Two sizes without a proof, and one size with one.
    let bare = format!("poundlock/fork@v1\n\n{first}\n{second}");
    assert_eq!(verified(&bare, &[&own]), Err("fork.unproven"));
    let equal = other.fork(sign(&one.checkpoint(9), &[&own]), 9, 9, &[&own]).unwrap().to_text();
    assert_eq!(verified(&equal, &[&own]), Ok(()));
    let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let padded = equal.replacen("\n\n", &format!("\n{hash}\n\n"), 1);
    assert_eq!(verified(&padded, &[&own]), Err("fork.unproven"));

    // Two ledgers are two histories.
    let mut checkpoint = other.checkpoint(7);
    checkpoint.origin = OTHER.into();
    let elsewhere = secret(OTHER, 3);
    let two = ForkProof::new(earlier.clone(), sign(&checkpoint, &[&elsewhere]), None);
    assert_eq!(two.unwrap_err().code(), "fork.unproven");
    let text = format!("poundlock/fork@v1\n\n{first}\n{}", sign(&checkpoint, &[&elsewhere]).text());
    assert_eq!(verified(&text, &[&own, &elsewhere]), Err("fork.unproven"));
}

#[test]
fn extension_lines_are_no_excuse() {
    let own = secret(ORIGIN, 1);
    let (one, other) = (Story::new(7, None), Story::new(7, Some(COMMON)));
    let later = sign(&other.checkpoint(7), &[&own]);
    let body = later.text().split("\n\n").next().unwrap();
    let extended = note(&format!("{body}\nonly a test\n"), &[&own]);
    let text =
        format!("poundlock/fork@v1\n\n{}\n{extended}", sign(&one.checkpoint(7), &[&own]).text());
    assert_eq!(verified(&text, &[&own]), Ok(()));
}

#[test]
fn a_malformed_text_is_refused() {
    let own = secret(ORIGIN, 1);
    let (one, other) = (Story::new(9, None), Story::new(9, Some(COMMON)));
    let earlier = sign(&one.checkpoint(7), &[&own]);
    let text = other.fork(earlier.clone(), 7, 9, &[&own]).unwrap().to_text();
    for (other, code) in [
        (String::new(), "proof.syntax"),
        (text.replace("@v1", "@v2"), "proof.syntax"),
        (text.replace('\n', "\r\n"), "proof.syntax"),
        (text.replacen("\n\n", "\n\n\n", 1), "checkpoint.syntax"),
        (format!("{text}\n{}", earlier.text()), "proof.syntax"),
        (text.replace(earlier.text(), ""), "proof.syntax"),
        (text.replace(earlier.text(), "x\n\ny\n"), "checkpoint.syntax"),
        (format!("{text}\n"), "proof.syntax"),
        (text.clone() + &"x".repeat(1_000_000), "limit.size"),
    ] {
        assert_eq!(verified(&other, &[&own]), Err(code), "{other:.200}");
    }
}

#[test]
fn one_edit_anywhere_is_found_or_changes_nothing_that_is_proven() {
    let (own, stranger) = (secret(ORIGIN, 1), secret(ORIGIN, 2));
    let (one, other) = (Story::new(9, None), Story::new(9, Some(COMMON)));
    let earlier = sign(&one.checkpoint(7), &[&own, &stranger]);
    let text = other.fork(earlier, 7, 9, &[&own]).unwrap().to_text();
    let trusted = keys(&[&own]);
    let mut ignored = 0;
    for edited in edits(&text) {
        let Ok(proof) = ForkProof::parse(&edited) else { continue };
        assert_eq!(proof.to_text().as_bytes(), edited, "what is parsed is written again");
        if let Ok(found) = proof.verify(&trusted) {
            assert_eq!(found, (&one.checkpoint(7), &other.checkpoint(9)));
            ignored += 1;
        }
    }
    assert!(ignored > 0, "the signature of a stranger may be edited");
}
