//! Compares what the runners of several languages printed with each other and with what is expected.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{File, Vector, compact};

/// How much of a text a difference shows on either side.
const SHOWN: usize = 60;

/// What one language printed.
pub struct Answers {
    /// The language.
    pub language: String,
    /// The lines by label; the first that is no line of a runner ends them.
    lines: BTreeMap<String, String>,
    faults: Vec<String>,
}

/// What came of the comparison.
#[derive(Debug, Default)]
pub struct Report {
    /// How many vectors hold in every language.
    pub passed: u64,
    /// How many do not, and how many lines there are of no vector.
    pub failed: u64,
    /// What is different, in a line or several each.
    pub differences: Vec<String>,
}

#[derive(Deserialize)]
struct Line {
    vector: String,
    results: Vec<Box<RawValue>>,
}

impl Answers {
    /// Reads what a runner printed.
    pub fn read(language: &str, output: &str) -> Self {
        let (mut lines, mut faults) = (BTreeMap::new(), Vec::new());
        for line in output.lines() {
            match serde_json::from_str::<Line>(line) {
                Ok(Line { vector, .. }) => {
                    if lines.insert(vector.clone(), line.to_owned()).is_some() {
                        faults.push(format!("{vector}\n  {language} answers it twice"));
                    }
                }
                Err(error) => faults.push(format!("{language}: {error}: {}", excerpt(line, 0))),
            }
        }
        Self { language: language.to_owned(), lines, faults }
    }

    fn silent(&self) -> bool {
        self.lines.is_empty() && self.faults.is_empty()
    }
}

/// Compares every vector. A language without any answer fails all of them.
pub fn judge(files: &[File], mut languages: Vec<Answers>) -> Report {
    let mut report = Report::default();
    let silent: Vec<Answers> = languages.extract_if(.., |language| language.silent()).collect();
    let whole = silent.is_empty();
    report.differences.extend(
        silent.into_iter().map(|Answers { language, .. }| format!("{language}: no answers at all")),
    );
    for file in files {
        for vector in &file.vectors {
            let label = file.label(vector);
            let found = one(vector, &label, &mut languages);
            if found.is_empty() && whole {
                report.passed += 1;
            } else {
                report.failed += 1;
            }
            if !found.is_empty() {
                report.differences.push(format!("{label}\n{}", found.join("\n")));
            }
        }
    }
    for mut language in languages {
        let unknown = language
            .lines
            .keys()
            .map(|label| format!("{label}\n  no vector, but {} has it", language.language));
        for fault in language.faults.drain(..).chain(unknown) {
            report.failed += 1;
            report.differences.push(fault);
        }
    }
    report
}

/// What of one vector is not as it should be; its lines are taken out.
fn one(vector: &Vector, label: &str, languages: &mut [Answers]) -> Vec<String> {
    let mut found = Vec::new();
    let mut first: Option<(String, String)> = None;
    for Answers { language, lines, .. } in languages {
        let Some(line) = lines.remove(label) else {
            found.push(format!("  {language}: no answer"));
            continue;
        };
        match &first {
            None => {
                found.extend(
                    unexpected(vector, label, &line).map(|what| format!("  {language}: {what}")),
                );
                first = Some((language.clone(), line));
            }
            Some((other, expected)) if *expected != line => {
                found.push(difference(other, expected, language, &line));
            }
            Some(_) => {}
        }
    }
    found
}

/// What in a line is not what the vector expects.
fn unexpected(vector: &Vector, label: &str, line: &str) -> Option<String> {
    let Line { results, .. } = serde_json::from_str(line).ok()?;
    let results: Vec<&str> = results.iter().map(|result| result.get()).collect();
    if let Some(what) = failed(vector, &results) {
        return Some(what);
    }
    let whole = line_of(label, &results);
    (whole != line).then(|| format!("the line has another form: {}", excerpt(line, 0)))
}

/// What a runner prints of a vector.
pub(super) fn line_of(label: &str, results: &[&str]) -> String {
    let label = serde_json::to_string(label).unwrap_or_default();
    format!(r#"{{"vector":{label},"results":[{}]}}"#, results.join(","))
}

/// The first step whose result is not the expected one.
pub fn failed(vector: &Vector, results: &[&str]) -> Option<String> {
    let steps = vector.steps();
    if steps.len() != results.len() {
        return Some(format!("{} results of {} steps", results.len(), steps.len()));
    }
    let wrong =
        steps.iter().zip(results).enumerate().find(|(_, (step, result))| !step.holds(result));
    wrong.map(|(index, (step, result))| {
        let expected = step.expected();
        let at = differs(&expected, result);
        format!(
            "step {} ({}), byte {at}\n    expected {}\n    found    {}",
            index + 1,
            step.call,
            excerpt(&expected, at),
            excerpt(&compact(result), at)
        )
    })
}

fn difference(one: &str, expected: &str, other: &str, found: &str) -> String {
    let at = differs(expected, found);
    let width = one.len().max(other.len());
    format!(
        "  {one} and {other} differ in byte {at}\n    {one:width$} {}\n    {other:width$} {}",
        excerpt(expected, at),
        excerpt(found, at)
    )
}

/// The first byte in which two texts differ.
fn differs(one: &str, other: &str) -> usize {
    let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other);
    same.count()
}

/// What stands around a byte of a text.
fn excerpt(text: &str, at: usize) -> String {
    let (start, end) = (at.saturating_sub(SHOWN), at.saturating_add(SHOWN));
    let part = text.as_bytes().get(start..end.min(text.len())).unwrap_or_default();
    let part = String::from_utf8_lossy(part);
    let (before, after) =
        (if start > 0 { "…" } else { "" }, if end < text.len() { "…" } else { "" });
    format!("{before}{part}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const VECTORS: &str = r#"[
        { "name": "one", "operation": "version", "expect": { "b": 1, "a": [ "x y" ] } },
        { "name": "two", "steps": [
            { "call": "ledger.open", "input": { "memory": true } },
            { "call": "ledger.head", "error": "input.invalid_value" }
        ] }
    ]"#;
    const ONE: &str = r#"{"vector":"g/f: one","results":[{"b":1,"a":["x y"]}]}"#;
    const TWO: &str = r#"{"vector":"g/f: two","results":[null,{"error":{"code":"input.invalid_value","message":"m"}}]}"#;

    fn report(outputs: &[&str]) -> Report {
        let vectors = serde_json::from_str(VECTORS).unwrap();
        let file = File { path: "f.json".into(), label: "g/f".to_owned(), vectors };
        let answers = outputs.iter().enumerate();
        let answers = answers.map(|(index, output)| Answers::read(&index.to_string(), output));
        judge(&[file], answers.collect())
    }

    fn passed(outputs: &[&str]) -> (u64, u64) {
        let Report { passed, failed, differences } = report(outputs);
        assert_eq!(failed == 0, differences.is_empty(), "{differences:?}");
        (passed, failed)
    }

    #[test]
    fn the_same_lines_that_are_expected_pass_in_any_order() {
        let both = format!("{ONE}\n{TWO}\n");
        assert_eq!(passed(&[&both]), (2, 0));
        assert_eq!(passed(&[&both, &format!("{TWO}\n{ONE}")]), (2, 0));
    }

    #[test]
    fn a_byte_of_difference_fails() {
        let both = format!("{ONE}\n{TWO}");
        for other in [
            both.replace("x y", "x  y"),
            both.replace(r#""b":1,"a":["x y"]"#, r#""a":["x y"],"b":1"#),
            both.replace(r#""b":1"#, r#""b": 1"#),
            both.replace(r#""m""#, r#""n""#),
            both.replace("[null,", "["),
        ] {
            assert_eq!(passed(&[&both, &other]), (1, 1), "{other}");
            assert_eq!(passed(&[&other, &both]), (1, 1), "{other}");
        }
        // What all agree upon is still held to the vectors, but for an error's message.
        let other = both.replace("x y", "z");
        assert_eq!(passed(&[&other, &other]), (1, 1));
        let other = both.replace("input.invalid_value", "internal");
        assert_eq!(passed(&[&other, &other]), (1, 1));
        let other = both.replace(r#""m""#, r#""n""#);
        assert_eq!(passed(&[&other, &other]), (2, 0));
    }

    #[test]
    fn what_is_missing_or_too_much_fails() {
        let both = format!("{ONE}\n{TWO}");
        assert_eq!(passed(&[&both, ONE]), (1, 1));
        assert_eq!(passed(&[&both, ""]), (0, 2));
        assert_eq!(passed(&[&both, &format!("{both}\n{ONE}")]), (2, 1));
        assert_eq!(passed(&[&both, &format!("{both}\n{}", ONE.replace("one", "three"))]), (2, 1));
        assert_eq!(passed(&[&both, &format!("{both}\nwarning: x")]), (2, 1));
        assert_eq!(passed(&[&both, "no line at all"]), (0, 3));
    }
}
