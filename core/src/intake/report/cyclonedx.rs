//! Bills of materials in CycloneDX's JSON, with the vulnerabilities that some tools write into them.

use super::{build::Build, common};
use crate::{error::Result, intake::fields::Fields, model::ReportFault, value::Kind};

/// The versions that are read. They differ in nothing that is read here.
const VERSIONS: [&str; 6] = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

pub(super) fn read(report: &mut Build, root: &Fields<'_>) -> Result<()> {
    if root.text("bomFormat")? != "CycloneDX" {
        return Err(root.malformed("bomFormat", "this is no bill of CycloneDX's"));
    }
    if !VERSIONS.contains(&root.text("specVersion")?) {
        report.fault(ReportFault::Version);
        return Ok(());
    }
    if let Some(metadata) = root.optional_fields("metadata")? {
        self::metadata(report, &metadata)?;
    }
    if root.each("components")?.next().is_none() {
        report.fault(ReportFault::Empty);
    }
    for composition in root.each("compositions")? {
        let aggregate = composition?.optional_text("aggregate")?;
        if aggregate.is_some_and(|word| word.starts_with("incomplete")) {
            report.fault(ReportFault::Incomplete);
        }
    }
    for vulnerability in root.each("vulnerabilities")? {
        self::vulnerability(report, &vulnerability?)?;
    }
    Ok(())
}

fn metadata(report: &mut Build, metadata: &Fields<'_>) -> Result<()> {
    if let Some(at) = common::instant(metadata, "timestamp")? {
        report.produced(at);
    }
    // A list of tools until 1.4; since 1.5, components and services.
    let is_list = matches!(metadata.get("tools").map(|tools| tools.kind()), Some(Kind::List(_)));
    if is_list {
        for tool in metadata.each("tools")? {
            report.tool(tool?.text("name")?)?;
        }
    } else if let Some(tools) = metadata.optional_fields("tools")? {
        for key in ["components", "services"] {
            for tool in tools.each(key)? {
                report.tool(tool?.text("name")?)?;
            }
        }
    }
    let Some(component) = metadata.optional_fields("component")? else { return Ok(()) };
    let mut digests = Vec::new();
    for hash in component.each("hashes")? {
        let hash = hash?;
        if hash.text("alg")? == "SHA-256" {
            digests.extend(common::hex(hash.text("content")?));
        }
    }
    digests.extend(component.optional_text("version")?.and_then(common::digest));
    digests.extend(component.optional_text("purl")?.and_then(common::digest_of_purl));
    report.subject(common::subject(digests))
}

fn vulnerability(report: &mut Build, vulnerability: &Fields<'_>) -> Result<()> {
    let mut ratings = Vec::new();
    for rating in vulnerability.each("ratings")? {
        ratings.push(common::optional_severity(&rating?, "severity")?);
    }
    // Of several ratings the worst counts, and one that is not known is worse.
    let worst = if ratings.contains(&None) { None } else { ratings.into_iter().max().flatten() };
    let analysis = vulnerability.optional_fields("analysis")?;
    let state = analysis.as_ref().map(|it| it.optional_text("state")).transpose()?.flatten();
    let excused = ["not_affected", "false_positive", "resolved", "resolved_with_pedigree"];
    let suppressed = state.is_some_and(|state| excused.contains(&state));
    // Each place is a result of its own: a waiver for one of them is none for the others.
    let id = vulnerability.text("id")?;
    let mut places = 0_usize;
    for affected in vulnerability.each("affects")? {
        report.result(id, worst, affected?.optional_text("ref")?, suppressed)?;
        places = places.saturating_add(1);
    }
    if places == 0 { report.result(id, worst, None, suppressed) } else { Ok(()) }
}
