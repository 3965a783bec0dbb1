//! Works through a list of requests and facts on a ledger directory, as one of several processes.

use std::{fs, io, path::Path};

use poundlock::wire::{self, Engine, Ledger};
use serde::Deserialize;
use serde_json::value::RawValue;

/// What is asked, and under which engine.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Work {
    engine: Box<RawValue>,
    asks: Vec<Ask>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Ask {
    Request(Box<RawValue>),
    Fact(Box<RawValue>),
}

/// Admits or records what the file asks, in turn, once standard input has ended; hands over the word
/// `ready` and then each answer.
///
/// # Errors
///
/// The first error, as text.
pub fn work(ledger: &Path, file: &Path, mut each: impl FnMut(&str)) -> Result<(), String> {
    let text = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let work: Work = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    let refused = |error: poundlock::Error| wire::error_json(&error);
    let engine = Engine::new(work.engine.get().as_bytes()).map_err(refused)?;
    let open = serde_json::json!({ "directory": ledger, "mode": "open" }).to_string();
    let ledger = Ledger::open(open.as_bytes()).map_err(refused)?;
    each("ready");
    io::copy(&mut io::stdin().lock(), &mut io::sink()).map_err(|error| error.to_string())?;
    for ask in work.asks {
        let answer = match ask {
            Ask::Request(request) => engine.admit(&ledger, None, request.get().as_bytes(), b""),
            Ask::Fact(fact) => engine.record(&ledger, None, fact.get().as_bytes(), b""),
        };
        each(&answer.map_err(refused)?);
    }
    Ok(())
}
