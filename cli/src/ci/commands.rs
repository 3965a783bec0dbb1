//! Lines that command a host: annotations and outputs, in which nothing that was found can end the line or begin another command.

use std::path::Path;

use poundlock::{
    export::Standing,
    model::{Finding, Mode},
};

use super::Syntax;
use crate::output::printable;

/// How many annotations of a kind GitHub shows of a step.
const SHOWN: usize = 10;

/// A line for each finding that denies or advises, as the host shows it beside the job.
pub(crate) fn annotations(syntax: Syntax, findings: &[Finding], mode: Mode) -> Vec<String> {
    let of = |wanted: Standing, level: &'static str| {
        let found = findings.iter().filter(move |finding| Standing::of(finding, mode) == wanted);
        found.take(SHOWN).filter_map(move |finding| annotation(syntax, level, finding))
    };
    of(Standing::Denies, "error").chain(of(Standing::Advises, "warning")).collect()
}

fn annotation(syntax: Syntax, level: &str, finding: &Finding) -> Option<String> {
    let about = [&finding.subject, &finding.resource].into_iter().flatten();
    let title = about.fold(finding.code.clone(), |title, about| format!("{title} {about}"));
    let (title, message) = (printable(&title), printable(&finding.message));
    match syntax {
        Syntax::None => None,
        Syntax::GitHub => {
            Some(format!("::{level} title={}::{}", github(&title, true), github(&message, false)))
        }
        Syntax::Azure => {
            let code = azure(&finding.code);
            let text = azure(&format!("{title}: {message}"));
            Some(format!("##vso[task.logissue type={level};code={code}]{text}"))
        }
    }
}

/// A line that hands a value of ours to later steps, where a line does that.
pub(crate) fn output(syntax: Syntax, name: &str, value: &str) -> Option<String> {
    (syntax == Syntax::Azure)
        .then(|| format!("##vso[task.setvariable variable={name};isOutput=true]{}", azure(value)))
}

/// A line that has a summary shown, where a line does that.
pub(crate) fn summary(syntax: Syntax, file: &Path) -> Option<String> {
    let file = file.display().to_string();
    (syntax == Syntax::Azure).then(|| format!("##vso[task.uploadsummary]{}", azure(&file)))
}

fn github(text: &str, property: bool) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    if property { text.replace(':', "%3A").replace(',', "%2C") } else { text }
}

fn azure(text: &str) -> String {
    text.replace('%', "%AZP25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace(']', "%5D")
        .replace(';', "%3B")
}
