//! `poundlock report`: the figures of a period.

use std::path::Path;

use poundlock::{
    error::Result,
    report::{CodeCount, Figure, Name, Period, Report, Unit},
};

use super::{threads, to_json};
use crate::{
    files,
    output::{Answer, CODE_OK, Text},
};

pub(super) fn run(period: Period, path: &Path) -> Result<Answer> {
    let ledger = files::ledger_to_read(path)?;
    let others = threads(None).get().saturating_sub(1);
    let report = Report::of(&ledger, period, others)?;
    let mut text = Text::new();
    text.line(format!(
        "{}, since {} and until {}; all {} entries were verified",
        report.origin, period.since, period.until, report.size
    ));
    text.line("");
    for (name, figure) in Name::ALL.iter().zip(&report.figures) {
        text.line(format!("  {:<26} {:<20} {}", figure.figure, shown(figure), short(*name)));
    }
    if !report.codes.is_empty() {
        text.line("");
        text.line("  denied, by code");
    }
    for CodeCount { code, count, .. } in &report.codes {
        text.line(format!("  {code:<26} {count}"));
    }
    let mut answer = Answer::new(text, to_json(&report)?, CODE_OK);
    answer.notices = ledger.notices();
    Ok(answer)
}

/// The numbers of a figure; nothing is divided.
fn shown(figure: &Figure) -> String {
    let of = figure.of.unwrap_or(0);
    match (figure.unit, figure.longest, figure.of) {
        (Unit::Seconds, Some(longest), _) => format!("{}s / {of}, max {longest}s", figure.count),
        (Unit::Milliseconds, Some(longest), _) => {
            format!("{}ms / {of}, max {longest}ms", figure.count)
        }
        (Unit::Seconds | Unit::Milliseconds, None, _) => "-".to_owned(),
        (_, _, Some(of)) => format!("{} of {of}", figure.count),
        (_, _, None) => figure.count.to_string(),
    }
}

/// What the figure means, without the numbers of requirements.
fn short(name: Name) -> &'static str {
    let meaning = name.meaning();
    meaning.split_once(" (R").map_or(meaning, |(words, _)| words)
}
