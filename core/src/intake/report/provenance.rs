//! SLSA provenance v1: an in-toto statement, by itself or in a DSSE envelope.

use super::{build::Build, common};
use crate::{
    error::Result,
    identity::ReportSeal,
    intake::fields::Fields,
    model::{ReportFault, ReportSubject},
    value::Value,
};

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://slsa.dev/provenance/v1";

pub(super) fn read(report: &mut Build, document: &Value) -> Result<()> {
    match ReportSeal::open(document)? {
        None => statement(report, document),
        Some((payload, seal)) => {
            report.seal(seal);
            statement(report, &Value::parse_json(&payload)?)
        }
    }
}

fn statement(report: &mut Build, document: &Value) -> Result<()> {
    let statement = Fields::of(document.as_ref(), String::new())?;
    if statement.text("_type")? != STATEMENT {
        report.fault(ReportFault::Version);
        return Ok(());
    }
    if statement.text("predicateType")? != PREDICATE {
        report.fault(ReportFault::Predicate);
        return Ok(());
    }
    let mut subjects = 0_usize;
    for subject in statement.each("subject")? {
        let digests = subject?.fields("digest")?;
        let mut subject = ReportSubject::default();
        subject.digests.extend(digests.optional_text("sha256")?.and_then(common::hex));
        for key in ["gitCommit", "sha1"] {
            subject.commits.extend(digests.optional_text(key)?.map(str::to_owned));
        }
        report.subject(subject)?;
        subjects = subjects.saturating_add(1);
    }
    if subjects > 1 {
        report.fault(ReportFault::Several);
    }
    let predicate = statement.fields("predicate")?;
    let run = predicate.fields("runDetails")?;
    if let Some(metadata) = run.optional_fields("metadata")? {
        let (start, end) = ("startedOn", "finishedOn");
        if let Some(at) = common::instant(&metadata, end)?.or(common::instant(&metadata, start)?) {
            report.produced(at);
        }
    }
    let builder = run.fields("builder")?.text("id")?;
    let definition = predicate.fields("buildDefinition")?;
    let source = match definition.optional_fields("externalParameters")? {
        Some(parameters) => source(&parameters)?,
        None => None,
    };
    report.built(Some(builder), source)
}

/// The repository that was built, where the known builders say it: GitHub's and Google's, GitLab's, BuildKit's. What
/// was fetched besides is no source.
fn source<'a>(parameters: &Fields<'a>) -> Result<Option<&'a str>> {
    for key in ["workflow", "buildConfigSource"] {
        if let Some(source) = parameters.optional_fields(key)? {
            return source.optional_text("repository");
        }
    }
    if let Some(source) = parameters.optional_fields("configSource")? {
        return source.optional_text("uri");
    }
    match parameters.get("source") {
        Some(source) if source.is_map() => parameters.fields("source")?.optional_text("uri"),
        Some(_) => parameters.optional_text("source"),
        None => Ok(None),
    }
}
