//! `poundlock init`: a starter charter and pack with the schemas of such files, their lock file, what is not to be
//! committed, and the ledger.

use std::path::Path;

use poundlock::{
    error::{Code, Result},
    ledger::Ledger,
    time::Instant,
    wire::schema::{DOCUMENTS, Format},
};
use serde_json::json;

use crate::{
    args::Init,
    files, keys,
    output::{Answer, CODE_OK, Style, Text},
};

const CHARTER: &str = include_str!("../../starter/charter.yaml");
const PACK: &str = include_str!("../../starter/packs/starter.yaml");
const IGNORED: &str = include_str!("../../starter/gitignore");

pub(super) fn run(options: &Init, charter: &Path, ledger: &Path, at: Instant) -> Result<Answer> {
    let keys = keys::verifier_keys(&options.keys)?;
    let mut text = Text::new();
    let mut written = Vec::new();
    let mut write = |path: &Path, content: &[u8], text: &mut Text| -> Result<()> {
        files::write(path, content)?;
        text.add(Style::Good, "written  ").line(path.display().to_string());
        written.push(path.display().to_string());
        Ok(())
    };
    if !charter.exists() {
        write(charter, CHARTER.as_bytes(), &mut text)?;
        let pack = charter.with_file_name("packs").join("starter.yaml");
        if !pack.exists() {
            write(&pack, PACK.as_bytes(), &mut text)?;
        }
        // Beside the files that name them, so that editors need no network and see this version's.
        for document in DOCUMENTS.iter().filter(|document| document.format() == Format::Yaml) {
            let name = format!("{}.json", document.name());
            let schema = format!("{:#}\n", document.schema());
            write(&charter.with_file_name("schema").join(name), schema.as_bytes(), &mut text)?;
        }
    }
    // Beside a charter that was there already, too; but in no folder of sources whose ledger lies elsewhere.
    let ignored = charter.with_file_name(".gitignore");
    if ledger.parent() == charter.parent() && !ignored.exists() {
        write(&ignored, IGNORED.as_bytes(), &mut text)?;
    }
    let lock = files::lock_path(charter);
    if !lock.exists() {
        write(&lock, files::lock(charter)?.as_bytes(), &mut text)?;
    }
    let engine = files::engine(charter)?;
    let origin = match (&options.origin, keys.first()) {
        (Some(origin), _) => origin.clone(),
        (None, Some(key)) => key.name().to_owned(),
        (None, None) => {
            format!("{}/{}", engine.charter().document().charter, files::random_name()?)
        }
    };
    let genesis = engine.begin(&begun(ledger)?, &origin, &keys, at)?;
    text.add(Style::Good, "created  ").line(ledger.display().to_string());
    text.line(format!("origin   {origin}"));
    text.line(format!("charter  {}", engine.law().digest));
    for key in &keys {
        text.line(format!("key      {key}"));
    }
    text.line("");
    text.line("Keep the ledger, secret keys, plans and their nonces out of version control.");
    text.line("Edit the charter, then `poundlock lock` and `poundlock record amendment` put it into force.");
    let json = json!({
        "written": written,
        "ledger": ledger.display().to_string(),
        "origin": origin,
        "charter": engine.law().digest,
        "keys": keys,
        "entry": genesis.hash,
    });
    Ok(Answer::new(text, json, CODE_OK))
}

/// A new ledger, or the empty one that an interrupted `init` left behind.
fn begun(path: &Path) -> Result<Ledger> {
    match Ledger::create(path) {
        Err(error) if error.to_code() == Code::LedgerExists => {
            let ledger = Ledger::open(path)?;
            if ledger.head()?.size == 0 { Ok(ledger) } else { Err(error) }
        }
        created => created,
    }
}
