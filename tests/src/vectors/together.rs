//! A ledger that several languages write at the same time: what each asks, and what must come of it.

use std::{collections::BTreeMap, fs, path::Path};

use poundlock::{Digest, Engine, Error, Ledger, Texts, canonical};
use serde_json::{Value, json};

/// How many artifacts each language promotes.
const ARTIFACTS: u64 = 20;

/// The instant of everything.
const AT: &str = "2026-03-02T09:00:00Z";

const CHARTER: &str = "
charter: together
version: 1.0.0
unmatched: deny
identity: asserted
clock: { skew: 60s, maxAdvance: 90d }
requestLifetime: 24h
permitLifetime: 1h
actors:
  - { actor: deployer, kind: workload }
  - { actor: checker, kind: workload }
  - { actor: dan, kind: human }
gates:
  - { gate: scan, about: artifact, producers: [checker], maxAge: 24h }
tracks:
  - track: models
    moves: artifact
    stages: [{ stage: registry, grants: { promote: [deployer] } }]
    boundaries: [{ into: registry, gates: [scan] }]
";

const LOCK: &str = "lock: 1\npacks: []\n";

/// Begins two ledgers with the same law in this directory, `together` and `rust-alone`, and writes what each
/// of the languages asks to a file of its name.
///
/// # Errors
///
/// What could not be made.
pub fn begin(directory: &Path, languages: &[&str]) -> Result<(), String> {
    fs::create_dir_all(directory).map_err(|error| error.to_string())?;
    for name in ["together", "rust-alone"] {
        begun(&directory.join(name)).map_err(|error| error.to_string())?;
    }
    for language in languages {
        let engine = json!({ "charter": CHARTER, "lock": LOCK, "packs": [] });
        let work = json!({ "engine": engine, "asks": asks(language) });
        let file = directory.join(format!("{language}.json"));
        fs::write(file, work.to_string()).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn begun(directory: &Path) -> Result<(), Error> {
    let texts = Texts { charter: CHARTER.into(), lock: LOCK.into(), packs: Vec::new() };
    let ledger = Ledger::create(directory)?;
    Engine::new(texts)?.begin(&ledger, "test/together", &[], AT.parse()?)?;
    Ok(())
}

/// Evidence about artifacts of the language's own, and their promotions: one too early, which is denied, and
/// one in time. A repeat in between, and a fact that all languages record under one id, have one entry each.
fn asks(language: &str) -> Vec<Value> {
    let mut asks = vec![evidence("shared", "shared")];
    for number in 0..ARTIFACTS {
        let asset = format!("{language}-{number}");
        asks.push(promotion(&format!("{asset}-early"), &asset));
        asks.push(evidence(&format!("{asset}-scan"), &asset));
        asks.push(promotion(&format!("{asset}-promote"), &asset));
        asks.push(evidence(&format!("{asset}-scan"), &asset));
    }
    asks
}

fn evidence(id: &str, asset: &str) -> Value {
    json!({ "fact": {
        "id": id, "at": AT, "actor": { "kind": "workload", "id": "checker" }, "channel": "ci",
        "fact": { "evidence": {
            "gate": "scan", "about": { "artifact": Digest::of(asset.as_bytes()) },
            "result": "pass", "produced": AT
        } }
    } })
}

fn promotion(id: &str, asset: &str) -> Value {
    json!({ "request": {
        "id": id, "at": AT, "action": "promote", "actor": { "kind": "workload", "id": "deployer" },
        "channel": "ci", "stage": "registry", "asset": asset, "reason": "größer, schöner, weiter",
        "subject": { "artifact": { "digest": Digest::of(asset.as_bytes()), "author": "dan" } }
    } })
}

/// Verifies both ledgers, and holds one to having the same bodies as the other, in whatever order; says how many
/// entries there are, and how often the writers took turns.
///
/// # Errors
///
/// What is wrong.
pub fn same(together: &Path, alone: &Path) -> Result<String, String> {
    let (bodies, turns) = bodies(together).map_err(|error| error.to_string())?;
    let (expected, _) = self::bodies(alone).map_err(|error| error.to_string())?;
    if bodies == expected {
        let entries: usize = bodies.values().sum();
        return Ok(format!("{entries} entries, written in {turns} turns"));
    }
    let missing = expected.keys().filter(|body| !bodies.contains_key(*body)).count();
    let surplus = bodies.keys().filter(|body| !expected.contains_key(*body)).count();
    Err(format!(
        "{missing} bodies are missing, and {surplus} are of no entry that Rust wrote alone"
    ))
}

/// How often each body is there, and how often one language's asset follows another's.
fn bodies(directory: &Path) -> Result<(BTreeMap<Vec<u8>, usize>, usize), Error> {
    let ledger = Ledger::open_read_only(directory)?;
    let size = ledger.verify()?.size;
    let (mut bodies, mut turns, mut last) = (BTreeMap::new(), 0, None);
    for recorded in ledger.read(0, usize::try_from(size).unwrap_or(usize::MAX))? {
        let body = recorded.entry.body;
        let writer = writer(&canonical::from_bytes(&body)?);
        if writer.is_some() && writer != last {
            turns += 1;
            last = writer;
        }
        *bodies.entry(body).or_insert(0) += 1;
    }
    Ok((bodies, turns))
}

/// The language that asked for it.
fn writer(body: &Value) -> Option<String> {
    let id = ["/request/id", "/fact/id"].into_iter().find_map(|place| body.pointer(place))?;
    let (language, _) = id.as_str()?.split_once('-')?;
    Some(language.to_owned())
}
