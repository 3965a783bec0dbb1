//! Signed checkpoints: what is accepted, and every attack on one by its code.

use poundlock::{
    Digest,
    error::{Code, Error, Result},
    ledger::{Checkpoint, MAX_SIZE, SecretKey, SignedCheckpoint, Signer, VerifierKey},
};
use proptest::prelude::*;

use crate::support::{
    COLLIDING, ORIGIN, OTHER, Story, base64, edits, keys, note, secret, sign, signature_line,
};

fn verified(
    text: &[u8],
    secrets: &[&SecretKey],
    origin: Option<&str>,
) -> Result<Checkpoint, &'static str> {
    SignedCheckpoint::parse(text)
        .and_then(|signed| signed.verify(&keys(secrets), origin).cloned())
        .map_err(|error| error.code())
}

fn checkpoint() -> Checkpoint {
    Story::new(7, None).checkpoint(7)
}

fn body(checkpoint: &Checkpoint) -> String {
    let Checkpoint { origin, size, root } = checkpoint;
    format!("{origin}\n{size}\n{}\n", base64(root.as_bytes()))
}

#[test]
fn a_checkpoint_is_believed_when_a_trusted_key_signed_it() {
    let (one, two, unknown) = (secret(ORIGIN, 1), secret(ORIGIN, 2), secret(ORIGIN, 3));
    let checkpoint = checkpoint();
    let signed = sign(&checkpoint, &[&one, &two]);
    assert_eq!(signed.text(), note(&body(&checkpoint), &[&one, &two]));
    for trusted in [&[&one][..], &[&two], &[&one, &two], &[&unknown, &two]] {
        assert_eq!(verified(signed.text().as_bytes(), trusted, None), Ok(checkpoint.clone()));
        assert_eq!(
            verified(signed.text().as_bytes(), trusted, Some(ORIGIN)),
            Ok(checkpoint.clone())
        );
    }
    assert_eq!(verified(signed.text().as_bytes(), &[&unknown], None), Err("checkpoint.untrusted"));
}

#[test]
fn as_many_keys_as_are_demanded_must_have_signed() {
    let all: Vec<_> = (1..=3).map(|seed| secret(ORIGIN, seed)).collect();
    let trusted = keys(&all.iter().collect::<Vec<_>>());
    for threshold in 1..=3 {
        let trusted = trusted.clone().with_threshold(threshold).unwrap();
        for signing in 1..=3 {
            let signed = sign(&checkpoint(), &all.iter().take(signing).collect::<Vec<_>>());
            let found = signed.verify(&trusted, Some(ORIGIN)).map_err(|error| error.code());
            let expected = (signing >= threshold).then_some(()).ok_or("checkpoint.untrusted");
            assert_eq!(found.map(drop), expected, "{signing} of {threshold}");
        }
    }
    // One key under two names is one signer, and only the ledger's own name counts.
    let (own, other) = (secret(ORIGIN, 1), secret(OTHER, 1));
    let text = note(&body(&checkpoint()), &[&own, &other]);
    let trusted = keys(&[&own, &other]).with_threshold(2).unwrap();
    let signed = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    assert_eq!(signed.verify(&trusted, None).unwrap_err().code(), "checkpoint.untrusted");
}

#[test]
fn keys_take_over_from_each_other_with_an_overlap() {
    let (old, new) = (secret(ORIGIN, 1), secret(ORIGIN, 2));
    let texts = [&[&old][..], &[&old, &new], &[&new]].map(|signing| sign(&checkpoint(), signing));
    let accepted = |trusted: &[&SecretKey]| {
        texts.each_ref().map(|signed| signed.verify(&keys(trusted), Some(ORIGIN)).is_ok())
    };
    assert_eq!(accepted(&[&old]), [true, true, false]);
    assert_eq!(accepted(&[&old, &new]), [true, true, true]);
    assert_eq!(accepted(&[&new]), [false, true, true]);
}

#[test]
fn an_attack_on_the_signatures_is_reported_for_what_it_is() {
    let (own, stranger) = (secret(ORIGIN, 1), secret(ORIGIN, 2));
    let text = body(&checkpoint());
    let signed = note(&text, &[&own]);
    let line = signature_line(ORIGIN, &own, &text);
    let stripped = format!("{text}\n");
    let forged = body(&Checkpoint { size: 8, ..checkpoint() });
    let of_forged = |line: &str| format!("{forged}\n{line}");
    let short = format!(
        "\u{2014} {ORIGIN} {}\n",
        base64(&[&own.key().id().to_be_bytes()[..], &[0; 63]].concat())
    );
    for (what, text, code) in [
        ("signed with another key", note(&text, &[&stranger]), "checkpoint.untrusted"),
        (
            "signed with another key under the id of ours",
            signed.replace(
                &line,
                &format!(
                    "\u{2014} {ORIGIN} {}\n",
                    base64(
                        &[
                            &own.key().id().to_be_bytes()[..],
                            &stranger.sign(text.as_bytes()).unwrap()
                        ]
                        .concat()
                    )
                ),
            ),
            "checkpoint.signature",
        ),
        ("the signature stripped", stripped.clone(), "checkpoint.syntax"),
        ("the signatures and the empty line stripped", text.clone(), "checkpoint.syntax"),
        ("the signature of another text", of_forged(&line), "checkpoint.signature"),
        (
            "a wrong signature beside a stranger's right one",
            format!("{}{line}", note(&forged, &[&stranger])),
            "checkpoint.signature",
        ),
        (
            "our name on a stranger's signature",
            stripped.clone() + &signature_line(ORIGIN, &stranger, &text),
            "checkpoint.untrusted",
        ),
        (
            "another name on our signature",
            stripped.clone() + &signature_line(OTHER, &own, &text),
            "checkpoint.untrusted",
        ),
        ("a signature that is too short", stripped.clone() + &short, "checkpoint.signature"),
        ("our signature twice", format!("{signed}{line}"), "checkpoint.signature"),
        ("CRLF", signed.replace('\n', "\r\n"), "checkpoint.syntax"),
        ("one carriage return", signed.replacen('\n', "\r\n", 1), "checkpoint.syntax"),
        ("something before", format!("\n{signed}"), "checkpoint.syntax"),
        ("something after", format!("{signed}\n"), "checkpoint.syntax"),
        ("no line feed at the end", signed.trim_end().to_owned(), "checkpoint.syntax"),
        ("a hyphen for the dash", signed.replace('\u{2014}', "-"), "checkpoint.syntax"),
        (
            "an em dash without its space",
            signed.replace("\u{2014} ", "\u{2014}"),
            "checkpoint.syntax",
        ),
        (
            "two spaces",
            signed.replace(&format!("{ORIGIN} "), &format!("{ORIGIN}  ")),
            "checkpoint.syntax",
        ),
        (
            "a name with a no-break space",
            signed.replace(&format!("{ORIGIN} "), "acme\u{a0}2026 "),
            "checkpoint.syntax",
        ),
        (
            "a name with a plus",
            signed.replace(&format!("{ORIGIN} "), "acme+2026 "),
            "checkpoint.syntax",
        ),
        (
            "a line without a signature",
            format!("{stripped}\u{2014} {ORIGIN} \n"),
            "checkpoint.syntax",
        ),
        (
            "a signature of an id alone",
            format!("{stripped}\u{2014} {ORIGIN} AAAAAA==\n"),
            "checkpoint.syntax",
        ),
        ("a zero byte", signed.replacen('7', "\0", 1), "checkpoint.syntax"),
        ("a 1 MB note", format!("{signed}{}", line.repeat(8_000)), "limit.size"),
        ("one line of 1 MB", format!("{text}{}\n\n{line}", "x".repeat(1_000_000)), "limit.size"),
        ("nothing but line feeds", "\n".repeat(1000), "checkpoint.syntax"),
        ("nothing", String::new(), "checkpoint.syntax"),
        ("101 signatures", stripped.clone() + &"\u{2014} x AAAAAAAA\n".repeat(101), "limit.count"),
        (
            "100 signatures of strangers",
            stripped + &"\u{2014} x AAAAAAAA\n".repeat(100),
            "checkpoint.untrusted",
        ),
    ] {
        assert_eq!(verified(text.as_bytes(), &[&own], Some(ORIGIN)), Err(code), "{what}");
    }
    let mut binary = signed.into_bytes();
    binary.insert(3, 0xff);
    assert_eq!(verified(&binary, &[&own], None), Err("checkpoint.syntax"));
}

#[test]
fn strangers_may_sign_beside_a_trusted_key() {
    let own = secret(ORIGIN, 1);
    let text = body(&checkpoint());
    // Sixteen signatures of post-quantum size, and one of the type that witnesses make.
    let stranger = |n: u8| format!("\u{2014} witness{n}.example {}\n", base64(&[n; 4 + 8 + 2420]));
    let signed = format!(
        "{text}\n{}{}{}",
        (0..16).map(stranger).collect::<String>(),
        signature_line(ORIGIN, &own, &text),
        signature_line(OTHER, &own, &text),
    );
    assert_eq!(verified(signed.as_bytes(), &[&own], Some(ORIGIN)), Ok(checkpoint()));
}

#[test]
fn a_key_with_the_id_of_ours_cannot_sign_for_it() {
    let [own, forger] = COLLIDING.map(|seed| secret(ORIGIN, seed));
    let text = note(&body(&checkpoint()), &[&forger]);
    assert_eq!(verified(text.as_bytes(), &[&own], None), Err("checkpoint.signature"));
    let both: [&dyn Signer; 2] = [&own, &forger];
    let error = SignedCheckpoint::sign(&checkpoint(), &both).unwrap_err();
    assert_eq!(error.code(), "key.ambiguous");
}

#[test]
fn another_ledgers_checkpoint_is_refused() {
    let (own, other) = (secret(ORIGIN, 1), secret(OTHER, 2));
    let elsewhere = Checkpoint { origin: OTHER.into(), ..checkpoint() };
    let text = sign(&elsewhere, &[&other]).text().to_owned();
    // Both ledgers are trusted; it matters which one was asked about.
    assert_eq!(verified(text.as_bytes(), &[&own, &other], None), Ok(elsewhere.clone()));
    let found = verified(text.as_bytes(), &[&own, &other], Some(ORIGIN));
    assert_eq!(found, Err("checkpoint.origin"));
    // Trust in a ledger's key is no trust in what it says about others.
    for (text, secrets) in [
        (note(&body(&checkpoint()), &[&other]), [&own, &other]),
        (note(&body(&elsewhere), &[&own]), [&own, &other]),
    ] {
        assert_eq!(verified(text.as_bytes(), &secrets, None), Err("checkpoint.origin"));
    }
}

#[test]
fn extension_lines_are_covered_by_the_signature_and_never_accepted() {
    let own = secret(ORIGIN, 1);
    let text = body(&checkpoint());
    let extended = note(&format!("{text}expires tomorrow\n"), &[&own]);
    assert_eq!(verified(extended.as_bytes(), &[&own], None), Err("checkpoint.extended"));
    let altered = extended.replace("tomorrow", "never");
    assert_eq!(verified(altered.as_bytes(), &[&own], None), Err("checkpoint.signature"));
    let removed = extended.replace("expires tomorrow\n", "");
    assert_eq!(verified(removed.as_bytes(), &[&own], None), Err("checkpoint.signature"));
    let added = note(&text, &[&own]).replacen("=\n\n", "=\nexpires tomorrow\n\n", 1);
    assert_eq!(verified(added.as_bytes(), &[&own], None), Err("checkpoint.signature"));
    let empty_line = note(&format!("{text}\nexpires tomorrow\n"), &[&own]);
    assert_eq!(verified(empty_line.as_bytes(), &[&own], None), Err("checkpoint.syntax"));
}

#[test]
fn a_text_that_says_the_same_otherwise_is_refused_even_if_it_is_signed() {
    let own = secret(ORIGIN, 1);
    let root = base64(checkpoint().root.as_bytes());
    let mut other_bits = root.clone();
    other_bits.replace_range(42..43, if &root[42..43] == "A" { "B" } else { "9" });
    for body in [
        format!("{ORIGIN}\n07\n{root}\n"),
        format!("{ORIGIN}\n+7\n{root}\n"),
        format!("{ORIGIN}\n-7\n{root}\n"),
        format!("{ORIGIN}\n 7\n{root}\n"),
        format!("{ORIGIN}\n7 \n{root}\n"),
        format!("{ORIGIN}\n7.0\n{root}\n"),
        format!("{ORIGIN}\n\n{root}\n"),
        format!("{ORIGIN}\n{}\n{root}\n", MAX_SIZE + 1),
        format!("{ORIGIN}\n18446744073709551616\n{root}\n"),
        format!("{ORIGIN}\n{}\n{root}\n", "9".repeat(10_000)),
        format!("{ORIGIN}\n7\n{}\n", root.trim_end_matches('=')),
        format!("{ORIGIN}\n7\n{root}=\n"),
        format!("{ORIGIN}\n7\n{other_bits}\n"),
        format!("{ORIGIN}\n7\n{}\n", base64(&[0; 31])),
        format!("{ORIGIN}\n7\n{}\n", base64(&[0; 33])),
        format!("{ORIGIN}\n7\n{}\n", checkpoint().root.to_hex()),
        format!("{ORIGIN}\n7\n"),
        format!("{ORIGIN}\n"),
        format!("\n7\n{root}\n"),
        format!("acme 2026\n7\n{root}\n"),
        // The tree of no entries has one root.
        format!("{ORIGIN}\n0\n{root}\n"),
        // Go's module log has its own first line.
        format!("go.sum database tree\n7\n{root}\n"),
    ] {
        let found = verified(note(&body, &[&own]).as_bytes(), &[&own], None);
        assert_eq!(found, Err("checkpoint.syntax"), "{body:?}");
    }
}

/// Signs with one key and says that it is another.
struct Impostor(SecretKey, VerifierKey);

impl Signer for Impostor {
    fn key(&self) -> &VerifierKey {
        &self.1
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64]> {
        self.0.sign(message)
    }
}

/// Somewhere else, and out of reach.
struct Unreachable(VerifierKey);

impl Signer for Unreachable {
    fn key(&self) -> &VerifierKey {
        &self.0
    }

    fn sign(&self, _: &[u8]) -> Result<[u8; 64]> {
        Err(Error::new(Code::Io, "the signer cannot be reached"))
    }
}

#[test]
fn nothing_is_signed_that_would_not_be_accepted() {
    let own = secret(ORIGIN, 1);
    let refused = |checkpoint: &Checkpoint, signers: &[&dyn Signer]| {
        SignedCheckpoint::sign(checkpoint, signers).unwrap_err().code()
    };
    let checkpoint = checkpoint();
    assert_eq!(refused(&checkpoint, &[]), "key.invalid");
    assert_eq!(refused(&checkpoint, &[&own, &own]), "key.ambiguous");
    assert_eq!(refused(&checkpoint, &[&own, &secret(OTHER, 1)]), "checkpoint.origin");
    let impostor = Impostor(secret(ORIGIN, 2), own.key().clone());
    assert_eq!(refused(&checkpoint, &[&impostor]), "checkpoint.signature");
    assert_eq!(refused(&checkpoint, &[&own, &Unreachable(secret(ORIGIN, 2).key().clone())]), "io");
    for checkpoint in [
        Checkpoint { size: MAX_SIZE + 1, ..checkpoint.clone() },
        Checkpoint { size: 0, ..checkpoint.clone() },
        Checkpoint { origin: "acme 2026".into(), ..checkpoint.clone() },
        Checkpoint { origin: "acme/2026\n9".into(), ..checkpoint.clone() },
        Checkpoint { origin: String::new(), ..checkpoint },
    ] {
        assert_eq!(refused(&checkpoint, &[&own]), "checkpoint.syntax");
    }
}

#[test]
fn one_edit_anywhere_is_found_or_changes_nothing_that_is_claimed() {
    let (own, stranger) = (secret(ORIGIN, 1), secret("witness.example", 2));
    let checkpoint = checkpoint();
    let text = note(&body(&checkpoint), &[&own, &stranger]);
    let mut ignored = 0;
    for edited in edits(&text) {
        let Ok(signed) = SignedCheckpoint::parse(&edited) else { continue };
        assert_eq!(signed.text().as_bytes(), edited, "what is parsed is written again");
        if let Ok(found) = signed.verify(&keys(&[&own]), Some(ORIGIN)) {
            assert_eq!(*found, checkpoint);
            ignored += 1;
        }
    }
    assert!(ignored > 0, "the signature of a stranger may be edited");
}

proptest! {
    #[test]
    fn what_is_signed_is_verified_and_written_again(
        origin in "[^\\s+\\p{C}]{1,40}",
        size in 1..=MAX_SIZE,
        root: [u8; 32],
        seeds in proptest::collection::btree_set(0..50u64, 1..5),
    ) {
        let secrets: Vec<_> = seeds.into_iter().map(|seed| secret(&origin, seed)).collect();
        let checkpoint = Checkpoint { origin: origin.clone(), size, root: Digest::from_bytes(root) };
        let signed = sign(&checkpoint, &secrets.iter().collect::<Vec<_>>());
        let again = SignedCheckpoint::parse(signed.text().as_bytes()).unwrap();
        prop_assert_eq!(&again, &signed);
        for secret in &secrets {
            prop_assert_eq!(again.verify(&keys(&[secret]), Some(&origin)).unwrap(), &checkpoint);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(
        prop::sample::select(b"\n\n\n0179aA+=/ \r\0\xe2\x80\x94\xff".as_slice()), 0..200,
    )) {
        if let Ok(signed) = SignedCheckpoint::parse(&bytes) {
            prop_assert_eq!(signed.text().as_bytes(), bytes);
        }
    }
}
