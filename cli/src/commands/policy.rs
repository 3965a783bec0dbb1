//! `poundlock policy`: test and lint packs.

use std::path::{Path, PathBuf};

use poundlock::{
    Error,
    error::{Code, Result},
    policy::LintLevel,
};
use serde_json::json;

use super::to_json;
use crate::{
    args::{Packs, Policy},
    files,
    output::{Answer, CODE_DENIED, CODE_OK, Style, Text, printable},
    render,
};

pub(super) fn run(options: &Policy, charter: &Path) -> Result<Answer> {
    match options {
        Policy::Test(packs) => test(&paths(packs, charter)?),
        Policy::Lint(packs) => lint(&paths(packs, charter)?),
    }
}

fn paths(packs: &Packs, charter: &Path) -> Result<Vec<PathBuf>> {
    let paths =
        if packs.packs.is_empty() { files::pack_paths(charter)? } else { packs.packs.clone() };
    if paths.is_empty() {
        return Err(Error::new(Code::PolicyEmpty, "there are no packs beside the charter")
            .with_help("name the packs, or the charter with --charter"));
    }
    Ok(paths)
}

fn test(paths: &[PathBuf]) -> Result<Answer> {
    let (mut passed, mut failed) = (0_u64, 0_u64);
    let mut text = Text::new();
    let mut packs = Vec::new();
    for path in paths {
        let (pack, _) = files::pack(path)?;
        let outcomes = pack.test();
        for outcome in &outcomes {
            let name = format!("{}/{}: {}", pack.name(), outcome.policy, outcome.name);
            if outcome.passed {
                passed = passed.saturating_add(1);
                text.add(Style::Good, "pass  ").line(name);
            } else {
                failed = failed.saturating_add(1);
                text.add(Style::Bad, "FAIL  ").line(name);
                text.line(format!(
                    "      expected {}, found {}",
                    outcome.expected.word(),
                    outcome.found.word()
                ));
                if let (Some(code), Some(message)) = (&outcome.code, &outcome.message) {
                    text.line(format!("      {code}: {}", printable(message)));
                }
                render::reasons(&mut text, &outcome.reasons);
            }
        }
        packs.push(
            json!({ "pack": pack.name(), "version": pack.version(), "tests": to_json(&outcomes)? }),
        );
    }
    text.line(format!("{passed} passed, {failed} failed"));
    // A pack without tests has shown nothing.
    let code = if failed == 0 && passed > 0 { CODE_OK } else { CODE_DENIED };
    Ok(Answer::new(text, json!({ "packs": packs, "passed": passed, "failed": failed }), code))
}

fn lint(paths: &[PathBuf]) -> Result<Answer> {
    let mut text = Text::new();
    let mut packs = Vec::new();
    let mut count = 0_usize;
    for path in paths {
        let (pack, _) = files::pack(path)?;
        let lints = pack.lint();
        for lint in &lints {
            match lint.level {
                LintLevel::Warning => {
                    count = count.saturating_add(1);
                    text.add(Style::Warning, "warning  ");
                }
                LintLevel::Notice => {
                    text.add(Style::Faint, "notice   ");
                }
            }
            let place = format!("{}:{}:{}", path.display(), lint.line, lint.column);
            text.line(format!("{place}: {} [{}]", lint.message, lint.code));
        }
        packs.push(
            json!({ "pack": pack.name(), "version": pack.version(), "lints": to_json(&lints)? }),
        );
    }
    text.line(format!("{count} warnings"));
    let code = if count == 0 { CODE_OK } else { CODE_DENIED };
    Ok(Answer::new(text, json!({ "packs": packs, "warnings": count }), code))
}
