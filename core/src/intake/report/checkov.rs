//! What `checkov -o json` writes: a report for each framework, or one, or counts where nothing was checked.

use super::{build::Build, common};
use crate::{
    error::Result,
    intake::fields::{Fields, malformed},
    model::ReportFault,
    value::{Kind, Ref},
};

pub(super) fn read(report: &mut Build, root: Ref<'_>) -> Result<()> {
    let mut looked = 0_u64;
    match root.kind() {
        Kind::List(list) => {
            for (index, part) in list.iter().enumerate() {
                let part = Fields::of(part, format!("/{index}"))?;
                looked = looked.saturating_add(self::part(report, &part)?);
            }
        }
        _ => looked = part(report, &Fields::of(root, String::new())?)?,
    }
    if looked == 0 {
        report.fault(ReportFault::Empty);
    }
    Ok(())
}

/// Reads a part, and gives how much it looked at.
fn part(report: &mut Build, part: &Fields<'_>) -> Result<u64> {
    let (results, summary) = (part.optional_fields("results")?, part.optional_fields("summary")?);
    // Where nothing was checked, the summary is all there is.
    let summary = match (&results, summary) {
        (Some(_), Some(summary)) => summary,
        (None, None) if part.get("passed").is_some() => part.clone(),
        _ => return Err(malformed("this is no report of Checkov's", part.pointer())),
    };
    let mut looked = 0_u64;
    for key in ["passed", "failed", "skipped"] {
        looked = looked.saturating_add(common::count(&summary, key)?);
    }
    if common::count(&summary, "parsing_errors")? > 0 {
        report.fault(ReportFault::Errors);
    }
    let (mut failed, mut skipped) = (0_u64, 0_u64);
    if let Some(results) = &results {
        (failed, skipped) = self::results(report, results)?;
    }
    // A report that counts more than it lists was cut: `--quiet` leaves out what was skipped.
    if failed < common::count(&summary, "failed")? || skipped < common::count(&summary, "skipped")?
    {
        report.fault(ReportFault::Incomplete);
    }
    Ok(looked)
}

/// Reads what was listed, and gives how much of it failed and was skipped.
fn results(report: &mut Build, results: &Fields<'_>) -> Result<(u64, u64)> {
    if let Some(Kind::List(errors)) = results.get("parsing_errors").map(|errors| errors.kind())
        && !errors.is_empty()
    {
        report.fault(ReportFault::Errors);
    }
    let (mut failed, mut skipped) = (0_u64, 0_u64);
    for (key, suppressed) in [("failed_checks", false), ("skipped_checks", true)] {
        for check in results.each(key)? {
            let check = check?;
            let severity = common::optional_severity(&check, "severity")?;
            let place = match check.optional_text("resource")? {
                Some(resource) => Some(resource),
                None => check.optional_text("file_path")?,
            };
            report.result(check.text("check_id")?, severity, place, suppressed)?;
            let count = if suppressed { &mut skipped } else { &mut failed };
            *count = count.saturating_add(1);
        }
    }
    Ok((failed, skipped))
}
