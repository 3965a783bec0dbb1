//! `poundlock policy`: test and lint packs, and run scenarios.

use std::path::{Path, PathBuf};

use poundlock::{
    Error,
    error::{Code, Result},
    limits,
    policy::{Lint, LintLevel},
    scenario::Suite,
    time::Instant,
};
use serde_json::{Value, json};

use super::to_json;
use crate::{
    args::{Packs, Policy, Test},
    files,
    output::{Answer, CODE_DENIED, CODE_OK, Style, Text, printable},
    render,
};

pub(super) fn run(options: &Policy, charter: &Path, at: Instant) -> Result<Answer> {
    match options {
        Policy::Test(options) => test(options, charter),
        Policy::Lint(Packs { packs }) if packs.is_empty() => {
            lint(&files::pack_paths(charter)?, Some(charter), at)
        }
        Policy::Lint(Packs { packs }) => lint(packs, None, at),
    }
}

fn default_paths(charter: &Path) -> Result<Vec<PathBuf>> {
    let paths = files::pack_paths(charter)?;
    if paths.is_empty() {
        return Err(Error::new(Code::PolicyEmpty, "there are no packs beside the charter")
            .with_help("name the packs, or the charter with --charter"));
    }
    Ok(paths)
}

/// The packs and scenarios beside a charter, of which there must be some.
fn paths_beside(charter: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let scenarios = files::scenario_paths(charter)?;
    let packs =
        if scenarios.is_empty() { default_paths(charter)? } else { files::pack_paths(charter)? };
    Ok((packs, scenarios))
}

fn test(options: &Test, charter: &Path) -> Result<Answer> {
    let mut tested = Tested { text: Text::new(), passed: 0, failed: 0 };
    let mut packs = Vec::new();
    let (pack_paths, scenarios) = if options.files.is_empty() {
        paths_beside(charter)?
    } else {
        let mut sorted = (Vec::new(), Vec::new());
        for path in &options.files {
            let place = if files::is_scenario(path)? { &mut sorted.1 } else { &mut sorted.0 };
            place.push(path.clone());
        }
        sorted
    };
    for path in pack_paths {
        packs.push(tested.pack(&path)?);
    }
    let mut reports = Vec::new();
    let mut mutants = 0_u64;
    if !scenarios.is_empty() {
        let suite = Suite::new(files::engine(charter)?.texts().clone())?;
        for path in &scenarios {
            let (report, count) = tested.scenario(&suite, path, options.mutants)?;
            mutants = mutants.saturating_add(count);
            reports.push(report);
        }
    }
    let Tested { mut text, passed, failed } = tested;
    let mut json = json!({ "packs": packs, "passed": passed, "failed": failed });
    let mut line = format!("{passed} passed, {failed} failed");
    if let Some(json) = json.as_object_mut().filter(|_| !scenarios.is_empty()) {
        line.push_str(&format!(", {} of them scenarios", scenarios.len()));
        json.insert("scenarios".to_owned(), reports.into());
        if options.mutants {
            line.push_str(&format!(", {mutants} mutants"));
            json.insert("mutants".to_owned(), mutants.into());
        }
    }
    text.line(line);
    // A pack without tests has shown nothing.
    let code = if failed == 0 && passed > 0 { CODE_OK } else { CODE_DENIED };
    Ok(Answer::new(text, json, code))
}

/// What was tested so far.
struct Tested {
    text: Text,
    passed: u64,
    failed: u64,
}

impl Tested {
    /// Counts a test, and begins its line.
    fn count(&mut self, passed: bool, name: String) {
        if passed {
            self.passed = self.passed.saturating_add(1);
            self.text.add(Style::Good, "pass  ").line(name);
        } else {
            self.failed = self.failed.saturating_add(1);
            self.text.add(Style::Bad, "FAIL  ").line(name);
        }
    }

    fn pack(&mut self, path: &Path) -> Result<Value> {
        let (pack, _) = files::pack(path)?;
        let outcomes = pack.test();
        for outcome in &outcomes {
            self.count(
                outcome.passed,
                format!("{}/{}: {}", pack.name(), outcome.policy, outcome.name),
            );
            if !outcome.passed {
                self.text.line(format!(
                    "      expected {}, found {}",
                    outcome.expected.word(),
                    outcome.found.word()
                ));
                if let (Some(code), Some(message)) = (&outcome.code, &outcome.message) {
                    self.text.line(format!("      {code}: {}", printable(message)));
                }
                if outcome.remediated == Some(false) {
                    self.text.line("      what `remediate` sets gives another object, or the policy does not pass by it");
                }
                render::reasons(&mut self.text, &outcome.reasons);
            }
        }
        Ok(json!({ "pack": pack.name(), "version": pack.version(), "tests": to_json(&outcomes)? }))
    }

    /// Runs a scenario, and its mutants where they are wanted; gives what came of it, and how many there were.
    fn scenario(&mut self, suite: &Suite, path: &Path, mutants: bool) -> Result<(Value, u64)> {
        let file = path.display().to_string();
        let text = files::read(path, limits::YAML_BYTES)?;
        let beside = path.parent().unwrap_or(Path::new("."));
        let mut named = |name: &str| files::read(&beside.join(name), limits::DOCUMENT_BYTES);
        let scenario =
            suite.scenario(&text, &mut named).map_err(|error| error.in_source(file.clone()))?;
        let report = scenario.run().map_err(|error| error.in_source(file.clone()))?;
        self.count(report.passed, format!("{file}: {}", printable(&report.scenario)));
        render::steps(&mut self.text, &file, &report);
        let mut json = to_json(&report)?;
        let mut count = 0;
        if mutants && report.passed {
            let mutants = scenario.run_mutants().map_err(|error| error.in_source(file.clone()))?;
            count = mutants.mutants;
            if let Some(json) = json.as_object_mut() {
                json.insert("mutants".to_owned(), to_json(&mutants)?);
            }
            if mutants.mutants > 0 {
                self.count(mutants.passed, format!("{file}: {} mutants", mutants.mutants));
            }
            render::mutants(&mut self.text, &mutants);
        }
        if let Some(json) = json.as_object_mut() {
            json.insert("file".to_owned(), file.into());
        }
        Ok((json, count))
    }
}

/// Lints packs, and the charter beside which they lie where none was named.
fn lint(paths: &[PathBuf], charter: Option<&Path>, at: Instant) -> Result<Answer> {
    let mut linted = Linted { text: Text::new(), warnings: 0 };
    let mut packs = Vec::new();
    for path in paths {
        let (pack, _) = files::pack(path)?;
        let mut lints = pack.lint();
        if pack.review_overdue(at) {
            lints.push(of_file("lint.review_overdue", "the pack is due for review"));
        }
        linted.show(path, &lints);
        packs.push(
            json!({ "pack": pack.name(), "version": pack.version(), "lints": to_json(&lints)? }),
        );
    }
    let mut json = json!({ "packs": packs });
    if let Some(path) = charter {
        let (charter, _) = files::charter(path)?;
        let mut lints = Vec::new();
        if charter.document().review_by.is_none() {
            let message = "the charter does not say when it is due for review: add `reviewBy`";
            lints.push(of_file("lint.no_review_date", message));
        }
        if charter.review_overdue(at) {
            lints.push(of_file("lint.review_overdue", "the charter is due for review"));
        }
        linted.show(path, &lints);
        let document = charter.document();
        let lints = to_json(&lints)?;
        if let Some(json) = json.as_object_mut() {
            let name =
                json!({ "charter": document.charter, "version": document.version, "lints": lints });
            json.insert("charter".to_owned(), name);
        }
    }
    let Linted { mut text, warnings } = linted;
    text.line(format!("{warnings} warnings"));
    if let Some(json) = json.as_object_mut() {
        json.insert("warnings".to_owned(), warnings.into());
    }
    let code = if warnings == 0 { CODE_OK } else { CODE_DENIED };
    Ok(Answer::new(text, json, code))
}

/// Something about a file as a whole.
fn of_file(code: &'static str, message: &str) -> Lint {
    let message = message.to_owned();
    Lint { code, level: LintLevel::Warning, policy: None, line: 1, column: 1, message }
}

/// What was linted so far.
struct Linted {
    text: Text,
    warnings: u64,
}

impl Linted {
    fn show(&mut self, path: &Path, lints: &[Lint]) {
        for lint in lints {
            match lint.level {
                LintLevel::Warning => {
                    self.warnings = self.warnings.saturating_add(1);
                    self.text.add(Style::Warning, "warning  ");
                }
                LintLevel::Notice => {
                    self.text.add(Style::Faint, "notice   ");
                }
            }
            let place = format!("{}:{}:{}", path.display(), lint.line, lint.column);
            self.text.line(format!("{place}: {} [{}]", lint.message, lint.code));
        }
    }
}
