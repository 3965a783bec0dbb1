//! Drafts, and ledgers full of them.

use std::path::Path;

use poundlock::{
    canonical,
    ledger::{Draft, Ledger},
};

/// A small draft that differs for every number. Every third one has an attachment.
pub(crate) fn draft(number: u64) -> Draft {
    let instant = poundlock::time::Instant::from_unix_seconds(1_795_341_600).unwrap();
    let later = poundlock::time::Duration::from_seconds(number * 7);
    let body = canonical::join_map(&[
        ("number", &canonical::to_bytes(&number).unwrap()),
        ("text", &canonical::to_bytes(&"x".repeat((number % 11) as usize)).unwrap()),
    ]);
    let attachments = if number.is_multiple_of(3) {
        vec![format!("attachment {}", number / 2).into_bytes(), b"shared".to_vec()]
    } else {
        Vec::new()
    };
    Draft {
        at: Some(instant.saturating_add(later)),
        kind: if number == 0 { "genesis".into() } else { "note".into() },
        body: body.unwrap(),
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
