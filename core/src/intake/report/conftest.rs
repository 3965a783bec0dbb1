//! What `conftest test --output json` writes: a part for each file and namespace.

use super::{build::Build, common};
use crate::{
    error::Result,
    intake::fields::{Fields, list},
    model::{ReportFault, Severity},
    value::Ref,
};

pub(super) fn read(report: &mut Build, root: Ref<'_>) -> Result<()> {
    let mut looked = 0_u64;
    for (index, part) in list(root, "")?.iter().enumerate() {
        let part = Fields::of(part, format!("/{index}"))?;
        let (file, namespace) = (part.text("filename")?, part.optional_text("namespace")?);
        looked = looked.saturating_add(common::count(&part, "successes")?);
        // Whoever excepts or skips a rule suppresses it. A warning that says nothing else is a low one.
        for (key, usual, suppressed) in [
            ("failures", None, false),
            ("warnings", Some(Severity::Low), false),
            ("exceptions", None, true),
            ("skipped", None, true),
        ] {
            for result in part.each(key)? {
                looked = looked.saturating_add(1);
                let metadata = result?.optional_fields("metadata")?;
                let text = |key: &str| match &metadata {
                    Some(metadata) => metadata.optional_text(key),
                    None => Ok(None),
                };
                let rule = match text("id")? {
                    Some(id) => Some(id),
                    None => text("query")?,
                };
                let severity = match text("severity")? {
                    Some(word) => common::severity(word),
                    None => usual,
                };
                let rule = rule.or(namespace).unwrap_or("unnamed");
                report.result(rule, severity, Some(file), suppressed)?;
            }
        }
    }
    if looked == 0 {
        report.fault(ReportFault::Empty);
    }
    Ok(())
}
