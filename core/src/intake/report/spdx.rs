//! Bills of materials in the JSON of SPDX 2.2 and 2.3.

use std::collections::BTreeSet;

use super::{build::Build, common};
use crate::{error::Result, intake::fields::Fields, model::ReportFault, value::Kind};

const VERSIONS: [&str; 2] = ["SPDX-2.2", "SPDX-2.3"];
/// The name of the document itself among its elements.
const DOCUMENT: &str = "SPDXRef-DOCUMENT";

pub(super) fn read(report: &mut Build, root: &Fields<'_>) -> Result<()> {
    if !VERSIONS.contains(&root.text("spdxVersion")?) {
        report.fault(ReportFault::Version);
        return Ok(());
    }
    let creation = root.fields("creationInfo")?;
    if let Some(at) = common::instant(&creation, "created")? {
        report.produced(at);
    }
    if let Some(Kind::List(creators)) = creation.get("creators").map(|list| list.kind()) {
        let names = creators.iter().filter_map(|creator| creator.as_str());
        for tool in names.filter_map(|name| name.strip_prefix("Tool: ")) {
            report.tool(without_version(tool))?;
        }
    }
    let described = described(root)?;
    let mut contents = root.each("files")?.count();
    for package in root.each("packages")? {
        let package = package?;
        if described.contains(package.text("SPDXID")?) {
            subject(report, &package)?;
        } else {
            contents = contents.saturating_add(1);
        }
    }
    if contents == 0 {
        report.fault(ReportFault::Empty);
    }
    Ok(())
}

/// The elements that the document says it is about.
fn described<'a>(root: &Fields<'a>) -> Result<BTreeSet<&'a str>> {
    let mut described = BTreeSet::new();
    if let Some(Kind::List(list)) = root.get("documentDescribes").map(|list| list.kind()) {
        described.extend(list.iter().filter_map(|id| id.as_str()));
    }
    for relationship in root.each("relationships")? {
        let relationship = relationship?;
        let (one, other) =
            (relationship.text("spdxElementId")?, relationship.text("relatedSpdxElement")?);
        match relationship.text("relationshipType")? {
            "DESCRIBES" if one == DOCUMENT => described.insert(other),
            "DESCRIBED_BY" if other == DOCUMENT => described.insert(one),
            _ => false,
        };
    }
    Ok(described)
}

fn subject(report: &mut Build, package: &Fields<'_>) -> Result<()> {
    let mut digests = Vec::new();
    for checksum in package.each("checksums")? {
        let checksum = checksum?;
        if checksum.text("algorithm")? == "SHA256" {
            digests.extend(common::hex(checksum.text("checksumValue")?));
        }
    }
    digests.extend(package.optional_text("versionInfo")?.and_then(common::digest));
    for reference in package.each("externalRefs")? {
        let reference = reference?;
        if reference.text("referenceType")? == "purl" {
            digests.extend(common::digest_of_purl(reference.text("referenceLocator")?));
        }
    }
    report.subject(common::subject(digests))
}

/// `syft` of `syft-1.4.1`.
fn without_version(tool: &str) -> &str {
    match tool.rsplit_once('-') {
        Some((name, version))
            if version.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()) =>
        {
            name
        }
        _ => tool,
    }
}
