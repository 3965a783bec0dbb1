//! Attacks on the checkpoint that is kept beside the entries, and on the one that somebody remembers.

use poundlock::ledger::{Checkpoint, SecretKey, SignedCheckpoint, Signer as _, VerifierKeys};

use super::{
    original::{ENTRIES, Edit, Expected, KEPT, Original, Variant, replace},
    python,
    support::{COLLIDING, ORIGIN, checkpoint_body, note, own_key, secret, signature_line},
};

/// The checkpoint that is kept.
fn kept(original: &Original) -> (Checkpoint, String) {
    let bytes = &original.files["checkpoint"];
    let signed = SignedCheckpoint::parse(bytes).unwrap();
    (signed.unverified().clone(), signed.text().to_owned())
}

/// The same text in the place of the checkpoint that is kept, and of the one that is remembered.
fn both(variants: &mut Vec<Variant>, name: &str, code: &'static str, text: &str) {
    let expected = if code.is_empty() { Expected::Sound } else { Expected::Code(code) };
    let edits: Vec<Edit> = vec![replace("checkpoint", Some(text.as_bytes()))];
    variants.push(Variant::new(format!("kept: {name}"), expected, edits));
    let remembered = Variant::new(format!("remembered: {name}"), expected, Vec::new());
    variants.push(Variant { since: Some(text.to_owned()), ..remembered });
}

/// Judges altered texts of the kept checkpoint.
fn judge(texts: impl FnOnce(&Checkpoint, &str) -> Vec<(&'static str, &'static str, String)>) {
    let original = Original::new();
    let (checkpoint, text) = kept(&original);
    let mut variants = Vec::new();
    for (name, code, text) in texts(&checkpoint, &text) {
        both(&mut variants, name, code, &text);
    }
    original.judge(&variants);
}

#[test]
fn a_checkpoint_that_was_signed_again_with_another_key_is_untrusted() {
    judge(|checkpoint, text| {
        let (body, stranger) = (checkpoint_body(checkpoint), secret(ORIGIN, 2));
        let forged = checkpoint_body(&Checkpoint { size: KEPT + 1, ..checkpoint.clone() });
        let beside = signature_line(ORIGIN, &stranger, &body);
        vec![
            ("as it is", "", text.to_owned()),
            ("another key", "checkpoint.untrusted", note(&body, &[&stranger])),
            ("another key for another size", "checkpoint.untrusted", note(&forged, &[&stranger])),
            ("another key beside ours", "", format!("{text}{beside}")),
            (
                "our name on another key's signature",
                "checkpoint.untrusted",
                format!("{body}\n{}", signature_line(ORIGIN, &stranger, &body)),
            ),
            (
                "another name on our signature",
                "checkpoint.untrusted",
                format!("{body}\n{}", signature_line("acme/2025", &own_key(), &body)),
            ),
            (
                "our signature of another text",
                "checkpoint.signature",
                format!("{forged}\n{}", signature_line(ORIGIN, &own_key(), &body)),
            ),
            (
                "our signature twice",
                "checkpoint.signature",
                format!("{text}{}", signature_line(ORIGIN, &own_key(), &body)),
            ),
        ]
    });
}

#[test]
fn a_checkpoint_whose_signature_was_stripped_is_none() {
    judge(|checkpoint, text| {
        let body = checkpoint_body(checkpoint);
        let line = signature_line(ORIGIN, &own_key(), &body);
        let id_only = format!("\u{2014} {ORIGIN} qgsslA==\n");
        vec![
            ("without its signature", "checkpoint.syntax", format!("{body}\n")),
            ("without signature and empty line", "checkpoint.syntax", body.clone()),
            ("without its empty line", "checkpoint.syntax", format!("{body}{line}")),
            ("with an id for a signature", "checkpoint.syntax", format!("{body}\n{id_only}")),
            ("cut off", "checkpoint.syntax", text.trim_end().to_owned()),
        ]
    });
}

#[test]
fn a_key_with_a_colliding_id_signs_nothing() {
    let own = secret(ORIGIN, COLLIDING[0]);
    let other = secret(ORIGIN, COLLIDING[1]);
    assert_eq!(own.key().id(), other.key().id());
    judge(|checkpoint, text| {
        let body = checkpoint_body(checkpoint);
        let line = signature_line(ORIGIN, &other, &body);
        vec![
            ("of the same name and id", "checkpoint.signature", note(&body, &[&other])),
            (
                "of the same name and id, beside ours",
                "checkpoint.signature",
                format!("{text}{line}"),
            ),
        ]
    });
    // Nobody can trust both.
    let keys = [own.key().clone(), other.key().clone()];
    let error = VerifierKeys::new(keys.clone()).unwrap_err();
    assert_eq!(error.code(), "key.ambiguous");
    let case = serde_json::json!({ "receipt": "", "keys": keys });
    if let Some(answers) = python::answers(&[case]) {
        assert_eq!(answers, ["key.ambiguous"]);
    }
}

#[test]
fn another_ledgers_checkpoint_is_refused_by_its_origin() {
    let theirs = secret("acme/2025", 7);
    let text = |checkpoint: &Checkpoint, key: &SecretKey| {
        let other = Checkpoint { origin: "acme/2025".into(), ..checkpoint.clone() };
        note(&checkpoint_body(&other), &[key])
    };
    judge(|checkpoint, _| {
        vec![
            ("signed by its own key", "checkpoint.origin", text(checkpoint, &theirs)),
            ("signed by ours", "checkpoint.origin", text(checkpoint, &own_key())),
        ]
    });
    // Though both keys are trusted.
    let original = Original::new();
    let (checkpoint, _) = kept(&original);
    let mut variants = Vec::new();
    both(&mut variants, "its own", "checkpoint.origin", &text(&checkpoint, &theirs));
    let ours = note(&checkpoint_body(&checkpoint), &[&theirs]);
    both(&mut variants, "its key under our origin", "checkpoint.origin", &ours);
    original.judge_with(&variants, &[&own_key(), &theirs]);
}

#[test]
fn extension_lines_are_refused_and_altered_ones_are_not_signed() {
    judge(|checkpoint, text| {
        let body = checkpoint_body(checkpoint);
        let extended = format!("{body}something more\n");
        let signed = note(&extended, &[&own_key()]);
        vec![
            ("put in", "checkpoint.signature", text.replacen("\n\n", "\nsomething more\n\n", 1)),
            ("put in and signed", "checkpoint.extended", signed.clone()),
            ("altered", "checkpoint.signature", signed.replace("something", "anything")),
            ("taken out", "checkpoint.signature", signed.replace("something more\n", "")),
            ("empty", "checkpoint.syntax", note(&format!("{body}\nmore\n"), &[&own_key()])),
        ]
    });
}

#[test]
fn line_ends_of_windows_are_refused() {
    judge(|checkpoint, text| {
        let signed = note(&checkpoint_body(checkpoint).replace('\n', "\r\n"), &[&own_key()]);
        vec![
            ("CRLF", "checkpoint.syntax", text.replace('\n', "\r\n")),
            ("one CR", "checkpoint.syntax", text.replacen('\n', "\r\n", 1)),
            ("a CR at the end", "checkpoint.syntax", format!("{text}\r\n")),
            ("signed with CRLF", "checkpoint.syntax", signed),
        ]
    });
}

#[test]
fn a_note_of_a_megabyte_or_a_hundred_signatures_is_refused() {
    judge(|checkpoint, text| {
        let body = checkpoint_body(checkpoint);
        let stranger =
            |count: usize| signature_line(ORIGIN, &secret(ORIGIN, 2), &body).repeat(count);
        let long = format!("{body}{}\n", "x".repeat(1_000_000));
        vec![
            ("one megabyte", "limit.size", note(&long, &[&own_key()])),
            ("three megabytes", "limit.size", format!("{text}{}", stranger(20_000))),
            ("a hundred signatures", "", format!("{text}{}", stranger(99))),
            ("a hundred and one", "limit.count", format!("{text}{}", stranger(100))),
        ]
    });
}

#[test]
fn what_was_rightly_signed_and_is_not_so_is_told_apart() {
    judge(|checkpoint, _| {
        let sign = |size, root| {
            let checkpoint = Checkpoint { size, root, ..checkpoint.clone() };
            note(&checkpoint_body(&checkpoint), &[&own_key()])
        };
        let (size, root) = (ENTRIES as u64, checkpoint.root);
        let nothing = poundlock::Digest::of(b"");
        vec![
            ("larger than the ledger", "checkpoint.rolled_back", sign(size + 1, root)),
            ("much larger", "checkpoint.rolled_back", sign(i64::MAX.unsigned_abs(), root)),
            ("larger than any", "checkpoint.syntax", sign(1 << 63, root)),
            ("the root of another size", "checkpoint.inconsistent", sign(KEPT + 1, root)),
            ("another root", "checkpoint.inconsistent", sign(KEPT, nothing)),
            ("the root of nothing", "checkpoint.inconsistent", sign(size, nothing)),
            ("a root for nothing", "checkpoint.syntax", sign(0, root)),
        ]
    });
}

#[test]
fn keys_take_over_from_each_other() {
    let original = Original::new();
    let (checkpoint, _) = kept(&original);
    let (old, new) = (own_key(), secret(ORIGIN, 3));
    let text = note(&checkpoint_body(&checkpoint), &[&old, &new]);
    let edits = vec![replace("checkpoint", Some(text.as_bytes()))];
    let variants = [Variant::new("signed by both", Expected::Sound, edits)];
    for keys in [&[&old][..], &[&new], &[&old, &new]] {
        original.judge_with(&variants, keys);
    }
}
