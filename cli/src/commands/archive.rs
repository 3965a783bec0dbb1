//! `poundlock export` and `import`: a whole ledger as one file.

use std::{io::BufReader, path::Path};

use poundlock::{
    Error,
    error::{Code, Result},
    ledger::Ledger,
};
use serde_json::json;

use super::verify;
use crate::{
    args::{Export, Import},
    files,
    output::{Answer, CODE_OK, Style, Text},
};

pub(super) fn export(options: &Export, path: &Path, progress: bool) -> Result<Answer> {
    let ledger = files::ledger_to_read(path)?;
    let mut head = None;
    if options.archive.as_path() == Path::new("-") {
        let message = "an archive is written to a file, and not to standard output";
        return Err(Error::new(Code::InputInvalidValue, message).with_help("name a new file"));
    }
    // An archive of a damaged ledger could not be imported when it is needed.
    verify::audit(&ledger, &[], None, progress)?.kept(&ledger, None)?;
    let written = files::write_once_with(&options.archive, |file| {
        head = Some(ledger.export(std::io::BufWriter::new(file))?);
        Ok(())
    })?;
    let name = options.archive.display().to_string();
    let head = head.filter(|_| written).ok_or_else(|| {
        Error::new(Code::Io, "the file exists")
            .in_source(&name)
            .with_help("an archive is never overwritten: name another file")
    })?;
    let mut text = Text::new();
    text.add(Style::Good, "exported").line(format!("  {} entries to {name}", head.size));
    text.line(format!("  root  {}", head.root));
    let json = json!({ "file": name, "size": head.size, "root": head.root, "last": head.last });
    let mut answer = Answer::new(text, json, CODE_OK);
    answer.notices = ledger.notices();
    Ok(answer)
}

pub(super) fn import(options: &Import, path: &Path, progress: bool) -> Result<Answer> {
    let reader = BufReader::new(files::open(&options.archive)?);
    let verified = Ledger::import(reader, path, |ledger| {
        let audit = verify::audit(ledger, &[], options.threads, progress)?;
        audit.kept(ledger, None)?;
        Ok(audit.verified().clone())
    })
    .map_err(|error| match error.to_code() {
        Code::LedgerArchive => error.in_source(options.archive.display().to_string()),
        _ => error,
    })?;
    let mut text = Text::new();
    let name = path.display().to_string();
    text.add(Style::Good, "imported").line(format!("  {} entries to {name}", verified.head.size));
    text.line(format!("  root  {}", verified.head.root));
    text.line(
        "  Verify it with the key that you trust, and with the checkpoints that you remember.",
    );
    let json = json!({
        "ledger": name,
        "size": verified.head.size,
        "root": verified.head.root,
        "last": verified.head.last,
    });
    Ok(Answer::new(text, json, CODE_OK))
}
