//! Drafts, ledgers full of them, and the keys that sign for them.

use std::path::Path;

use base64ct::{Base64, Encoding as _};
use poundlock::{
    canonical,
    ledger::{Checkpoint, Draft, Ledger, SecretKey, SignedCheckpoint, Signer, VerifierKeys},
};

/// The name of the ledgers that are made of [`draft`]s.
pub(crate) const ORIGIN: &str = "acme/2026";

/// Two seeds whose keys have the same id under [`ORIGIN`]; the first was tried against many.
pub(crate) const COLLIDING: [u64; 2] = [85_568, 110_545];

/// The key of a seed.
pub(crate) fn secret(name: &str, seed: u64) -> SecretKey {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    SecretKey::from_seed(name, &bytes).unwrap()
}

/// The key that the genesis entry of a ledger names.
pub(crate) fn own_key() -> SecretKey {
    secret(ORIGIN, COLLIDING[0])
}

pub(crate) fn trusted(keys: &[&SecretKey]) -> VerifierKeys {
    VerifierKeys::new(keys.iter().map(|key| key.key().clone())).unwrap()
}

/// A small draft that differs for every number. Every third one has an attachment.
pub(crate) fn draft(number: u64) -> Draft {
    let instant = poundlock::time::Instant::from_unix_seconds(1_795_341_600).unwrap();
    let later = poundlock::time::Duration::from_seconds(number * 7);
    let number_text = canonical::to_bytes(&number).unwrap();
    let text = canonical::to_bytes(&"x".repeat((number % 11) as usize)).unwrap();
    let (origin, keys) = (canonical::to_bytes(ORIGIN), canonical::to_bytes(&[own_key().key()]));
    let (origin, keys) = (origin.unwrap(), keys.unwrap());
    let mut body = vec![("number", number_text.as_slice()), ("text", &text)];
    if number == 0 {
        body.extend([("origin", origin.as_slice()), ("keys", &keys)]);
    }
    let attachments = if number.is_multiple_of(3) {
        vec![format!("attachment {}", number / 2).into_bytes(), b"shared".to_vec()]
    } else {
        Vec::new()
    };
    let kind = match number {
        0 => "genesis",
        5 | 12 => "snapshot",
        _ => "note",
    };
    Draft {
        at: Some(instant.saturating_add(later)),
        kind: kind.into(),
        body: canonical::join_map(&body).unwrap(),
        attachments,
    }
}

/// Makes a ledger of that many entries.
pub(crate) fn ledger_of(directory: &Path, entries: u64) -> Ledger {
    let ledger = Ledger::create(directory).unwrap();
    for number in 0..entries {
        ledger.append(number, draft(number)).unwrap();
    }
    ledger
}

/// The signed checkpoint of a ledger as it was at that size.
pub(crate) fn checkpoint_of(ledger: &Ledger, size: u64, keys: &[&SecretKey]) -> SignedCheckpoint {
    let root = ledger.root_at(size).unwrap();
    let checkpoint = Checkpoint { origin: keys[0].key().name().to_owned(), size, root };
    let signers: Vec<&dyn Signer> = keys.iter().map(|key| *key as &dyn Signer).collect();
    SignedCheckpoint::sign(&checkpoint, &signers).unwrap()
}

/// The three lines of a checkpoint.
pub(crate) fn checkpoint_body(checkpoint: &Checkpoint) -> String {
    let Checkpoint { origin, size, root } = checkpoint;
    format!("{origin}\n{size}\n{}\n", Base64::encode_string(root.as_bytes()))
}

/// A note with any body, which our own signing might refuse. The signatures are rightly made.
pub(crate) fn note(body: &str, keys: &[&SecretKey]) -> String {
    keys.iter()
        .fold(format!("{body}\n"), |text, key| text + &signature_line(key.key().name(), key, body))
}

/// The line of a signature under any name.
pub(crate) fn signature_line(name: &str, key: &SecretKey, body: &str) -> String {
    let id = key.key().id().to_be_bytes();
    let bytes = [id.as_slice(), &key.sign(body.as_bytes()).unwrap()].concat();
    format!("\u{2014} {name} {}\n", Base64::encode_string(&bytes))
}
