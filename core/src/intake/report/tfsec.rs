//! What `tfsec --format json` writes.

use super::{build::Build, common};
use crate::{error::Result, intake::fields::Fields, value::Kind};

pub(super) fn read(report: &mut Build, root: &Fields<'_>) -> Result<()> {
    // Where there is nothing to object to, the results are null.
    if root.entries().get("results").is_none() {
        return Err(root.malformed("results", "this is no report of tfsec's"));
    }
    for result in root.each("results")? {
        let result = result?;
        // 0 is a failure, 1 a pass, and 2 what somebody told it to ignore.
        let status = match result.get("status").map(|status| status.kind()) {
            Some(Kind::Int(status)) => status,
            _ => 0,
        };
        if status == 1 {
            continue;
        }
        let severity = common::optional_severity(&result, "severity")?;
        let resource = result.optional_text("resource")?.filter(|name| !name.is_empty());
        let place = match (resource, result.optional_fields("location")?) {
            (None, Some(location)) => location.optional_text("filename")?,
            (resource, _) => resource,
        };
        report.result(result.text("rule_id")?, severity, place, status == 2)?;
    }
    Ok(())
}
