//! SARIF 2.1.0, as any scanner may write it (OASIS).

use std::collections::BTreeMap;

use super::{
    build::Build,
    common::{self, score},
};
use crate::{
    error::Result,
    intake::fields::Fields,
    model::{ReportFault, ReportSubject, Severity},
    value::Kind,
};

pub(super) fn read(report: &mut Build, root: &Fields<'_>) -> Result<()> {
    if root.text("version")? != "2.1.0" {
        report.fault(ReportFault::Version);
        return Ok(());
    }
    let mut runs = 0_usize;
    for run in root.each("runs")? {
        self::run(report, &run?)?;
        runs = runs.saturating_add(1);
    }
    if runs == 0 {
        report.fault(ReportFault::Empty);
    }
    // Parts of runs may stand beside them (3.13.5), and are not read.
    if root.get("inlineExternalProperties").is_some() {
        report.fault(ReportFault::Incomplete);
    }
    Ok(())
}

fn run(report: &mut Build, run: &Fields<'_>) -> Result<()> {
    let tool = run.fields("tool")?;
    let driver = tool.fields("driver")?;
    report.tool(driver.text("name")?)?;
    subjects(report, run)?;
    for invocation in run.each("invocations")? {
        self::invocation(report, &invocation?)?;
    }
    // Results that are absent are not the same as none (3.14.23), and what lies in other files is not here.
    let aside = run.get("externalPropertyFileReferences").is_some();
    if run.get("results").is_none() || aside {
        report.fault(ReportFault::Incomplete);
    }
    let mut rules = Rules::default();
    rules.add(&driver)?;
    for extension in tool.each("extensions")? {
        rules.add(&extension?)?;
    }
    for result in run.each("results")? {
        self::result(report, &rules, &result?)?;
    }
    Ok(())
}

/// What a run says that it looked at: an image, as Trivy writes it, files that are its target, and commits.
fn subjects(report: &mut Build, run: &Fields<'_>) -> Result<()> {
    let mut image = ReportSubject::default();
    if let Some(properties) = run.optional_fields("properties")? {
        let id = properties.get("imageID").and_then(|id| id.as_str());
        image.digests.extend(id.and_then(common::digest));
        if let Some(Kind::List(list)) = properties.get("repoDigests").map(|list| list.kind()) {
            let names = list.iter().filter_map(|name| name.as_str());
            image.digests.extend(names.filter_map(common::digest_of_reference));
        }
    }
    report.subject(image)?;
    for artifact in run.each("artifacts")? {
        let artifact = artifact?;
        let is_target = match artifact.get("roles").map(|roles| roles.kind()) {
            Some(Kind::List(roles)) => {
                roles.iter().any(|role| role.as_str() == Some("analysisTarget"))
            }
            _ => false,
        };
        let hash = artifact.optional_fields("hashes")?;
        let hash = hash.and_then(|hashes| hashes.get("sha-256")?.as_str().and_then(common::hex));
        if let Some(digest) = hash.filter(|_| is_target) {
            report.subject(ReportSubject { digests: [digest].into(), ..Default::default() })?;
        }
    }
    for source in run.each("versionControlProvenance")? {
        if let Some(commit) = source?.optional_text("revisionId")? {
            let commits = [commit.to_owned()].into();
            report.subject(ReportSubject { commits, ..Default::default() })?;
        }
    }
    Ok(())
}

fn invocation(report: &mut Build, invocation: &Fields<'_>) -> Result<()> {
    if invocation.optional_bool("executionSuccessful")? != Some(true) {
        report.fault(ReportFault::Execution);
    }
    let (start, end) = ("startTimeUtc", "endTimeUtc");
    if let Some(at) = common::instant(invocation, end)?.or(common::instant(invocation, start)?) {
        report.produced(at);
    }
    for list in ["toolExecutionNotifications", "toolConfigurationNotifications"] {
        for notification in invocation.each(list)? {
            if notification?.optional_text("level")? == Some("error") {
                report.fault(ReportFault::Errors);
            }
        }
    }
    Ok(())
}

/// How bad each rule says that its results are.
#[derive(Default)]
struct Rules<'a> {
    by_id: BTreeMap<&'a str, Option<Severity>>,
    /// Those of the tool itself, in their order.
    in_order: Vec<&'a str>,
}

impl<'a> Rules<'a> {
    fn add(&mut self, component: &Fields<'a>) -> Result<()> {
        for rule in component.each("rules")? {
            let rule = rule?;
            let id = rule.text("id")?;
            let usual = rule.optional_fields("defaultConfiguration")?;
            let usual = usual.as_ref().map(|it| it.optional_text("level")).transpose()?;
            let level = level(usual.flatten().unwrap_or("warning"));
            let severity = severity(&rule)?.unwrap_or(level);
            // Of two rules of one name, the worse one counts.
            let known = self.by_id.entry(id).or_insert(severity);
            *known = worse(*known, severity);
            self.in_order.push(id);
        }
        Ok(())
    }
}

/// What is not known is the worst.
fn worse(one: Option<Severity>, other: Option<Severity>) -> Option<Severity> {
    Some(one?.max(other?))
}

/// The score that GitHub reads, from 0 to 10; one that cannot be read is unknown. So is 0, which scanners write where they
/// know none: what has no severity would be no result.
fn severity(fields: &Fields<'_>) -> Result<Option<Option<Severity>>> {
    let properties = fields.optional_fields("properties")?;
    let score = properties.and_then(|it| it.get("security-severity")).map(score);
    Ok(score.map(|severity| severity.filter(|severity| *severity > Severity::Info)))
}

fn level(word: &str) -> Option<Severity> {
    match word {
        "error" => Some(Severity::High),
        "warning" => Some(Severity::Medium),
        "note" => Some(Severity::Low),
        "none" => Some(Severity::Info),
        _ => None,
    }
}

fn result(report: &mut Build, rules: &Rules<'_>, result: &Fields<'_>) -> Result<()> {
    let kind = result.optional_text("kind")?.unwrap_or("fail");
    let gone = result.optional_text("baselineState")? == Some("absent");
    if gone || ["pass", "notApplicable", "informational"].contains(&kind) {
        return Ok(());
    }
    let reference = result.optional_fields("rule")?;
    let named = reference.as_ref().map(|rule| rule.optional_text("id")).transpose()?.flatten();
    let index = match result.get("ruleIndex").map(|index| index.kind()) {
        Some(Kind::Int(index)) => usize::try_from(index).ok(),
        _ => None,
    };
    let by_index = || index.and_then(|index| rules.in_order.get(index).copied());
    let rule = result.optional_text("ruleId")?.or(named).or_else(by_index).unwrap_or("unnamed");
    // `CA1000/1` is a case of the rule `CA1000` (3.52.4).
    let family = rule.split('/').next().unwrap_or(rule);
    let usual = rules.by_id.get(rule).or_else(|| rules.by_id.get(family)).copied();
    let severity = match (severity(result)?, result.optional_text("level")?) {
        _ if kind != "fail" => None,
        // Neither its own score nor its own level makes a result harmless that its rule says is not.
        (Some(own), _) => worse(usual.unwrap_or(own), own),
        // Whoever writes a rule's score and a result's level means the score.
        (None, Some(word)) => worse(usual.unwrap_or(level(word)), level(word)),
        (None, None) => usual.unwrap_or(Some(Severity::Medium)),
    };
    let suppressed = result.each("suppressions")?.next().is_some();
    report.result(rule, severity, location(result)?, suppressed)
}

/// The file or logical name of the first place.
fn location<'a>(result: &Fields<'a>) -> Result<Option<&'a str>> {
    let Some(place) = result.each("locations")?.next().transpose()? else { return Ok(None) };
    if let Some(physical) = place.optional_fields("physicalLocation")?
        && let Some(artifact) = physical.optional_fields("artifactLocation")?
        && let Some(uri) = artifact.optional_text("uri")?
    {
        return Ok(Some(uri));
    }
    match place.each("logicalLocations")?.next().transpose()? {
        Some(logical) => logical.optional_text("fullyQualifiedName"),
        None => Ok(None),
    }
}
