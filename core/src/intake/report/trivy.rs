//! What `trivy --format json` writes, of images, repositories and file systems.

use super::{build::Build, common};
use crate::{
    error::Result,
    intake::fields::Fields,
    model::{ReportFault, ReportSubject},
    value::Kind,
};

pub(super) fn read(report: &mut Build, root: &Fields<'_>) -> Result<()> {
    match root.get("SchemaVersion").map(|version| version.kind()) {
        Some(Kind::Int(2)) => {}
        Some(Kind::Int(_)) => {
            report.fault(ReportFault::Version);
            return Ok(());
        }
        _ => return Err(root.malformed("SchemaVersion", "this is no report of Trivy's")),
    }
    if let Some(at) = common::instant(root, "CreatedAt")? {
        report.produced(at);
    }
    if let Some(metadata) = root.optional_fields("Metadata")? {
        let mut subject = ReportSubject::default();
        subject.digests.extend(metadata.optional_text("ImageID")?.and_then(common::digest));
        if let Some(Kind::List(names)) = metadata.get("RepoDigests").map(|names| names.kind()) {
            let names = names.iter().filter_map(|name| name.as_str());
            subject.digests.extend(names.filter_map(common::digest_of_reference));
        }
        subject.commits.extend(metadata.optional_text("Commit")?.map(str::to_owned));
        report.subject(subject)?;
    }
    let mut parts = 0_usize;
    for part in root.each("Results")? {
        self::part(report, &part?)?;
        parts = parts.saturating_add(1);
    }
    if parts == 0 {
        report.fault(ReportFault::Empty);
    }
    Ok(())
}

/// The lists of a part, with the keys of their results' names and places.
const LISTS: [(&str, &str, &str); 4] = [
    ("Vulnerabilities", "VulnerabilityID", "PkgName"),
    ("Misconfigurations", "ID", "Target"),
    ("Secrets", "RuleID", "Target"),
    ("Licenses", "Name", "PkgName"),
];

fn part(report: &mut Build, part: &Fields<'_>) -> Result<()> {
    let target = part.optional_text("Target")?;
    for (list, name, place) in LISTS {
        for result in part.each(list)? {
            let result = result?;
            let status = result.optional_text("Status")?;
            if list == "Misconfigurations" && status == Some("PASS") {
                continue;
            }
            let suppressed = list == "Misconfigurations" && status == Some("EXCEPTION");
            let severity = common::optional_severity(&result, "Severity")?;
            let own = result.optional_text(place)?.filter(|place| !place.is_empty());
            let place = match result.optional_fields("CauseMetadata")? {
                Some(cause) => cause.optional_text("Resource")?.filter(|it| !it.is_empty()).or(own),
                None => own,
            };
            report.result(result.text(name)?, severity, place.or(target), suppressed)?;
        }
    }
    // What an ignore file or a VEX document took out, where Trivy was asked to show it.
    for modified in part.each("ExperimentalModifiedFindings")? {
        let finding = modified?.fields("Finding")?;
        let mut rule = None;
        for (_, name, place) in LISTS {
            if let Some(id) = finding.optional_text(name)? {
                rule = Some((id, finding.optional_text(place)?));
                break;
            }
        }
        let (id, place) = rule.unwrap_or(("unnamed", None));
        let severity = common::optional_severity(&finding, "Severity")?;
        report.result(id, severity, place.or(target), true)?;
    }
    Ok(())
}
