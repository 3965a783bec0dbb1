//! What a tool's report says, as far as a gate judges it: which tool, about what, when, and what it objects to.

use std::{collections::BTreeSet, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{digest::Digest, identity::ReportSeal, time::Instant};

/// The formats of reports.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum ReportFormat {
    /// SARIF 2.1.0, which any scanner may write.
    Sarif,
    /// What `checkov -o json` writes.
    Checkov,
    /// What `tfsec --format json` writes.
    Tfsec,
    /// What `trivy --format json` writes.
    Trivy,
    /// What `conftest test --output json` writes.
    Conftest,
    /// What `opa eval --format json` writes.
    Opa,
    /// A CycloneDX bill of materials, in JSON.
    Cyclonedx,
    /// An SPDX 2 bill of materials, in JSON.
    Spdx,
    /// SLSA provenance: an in-toto statement, by itself or in a DSSE envelope.
    Provenance,
}

impl ReportFormat {
    /// Every format.
    pub const ALL: [Self; 9] = [
        Self::Sarif,
        Self::Checkov,
        Self::Tfsec,
        Self::Trivy,
        Self::Conftest,
        Self::Opa,
        Self::Cyclonedx,
        Self::Spdx,
        Self::Provenance,
    ];

    /// The word for the format.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sarif => "sarif",
            Self::Checkov => "checkov",
            Self::Tfsec => "tfsec",
            Self::Trivy => "trivy",
            Self::Conftest => "conftest",
            Self::Opa => "opa",
            Self::Cyclonedx => "cyclonedx",
            Self::Spdx => "spdx",
            Self::Provenance => "provenance",
        }
    }
}

/// How bad a result is, from the least to the worst.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Severity {
    /// The word for the severity.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// A report as a tool wrote it, on its way into [`Report`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportText {
    /// The format.
    pub format: ReportFormat,
    /// The report, to the byte.
    pub text: String,
}

/// A tool's report as [`intake`](crate::intake) read it. It holds no messages and no excerpts, which may quote
/// secrets, and nothing can be changed in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Report {
    /// The SHA-256 of the report's own bytes.
    pub(crate) digest: Digest,
    /// The format that it was read as.
    pub(crate) format: ReportFormat,
    /// The tools, as the report names them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) tools: BTreeSet<String>,
    /// What the report says of itself that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) subjects: Vec<ReportSubject>,
    /// When the oldest part of it was produced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) produced: Option<Instant>,
    /// Why it cannot bear out a pass, whatever it is about.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) faults: BTreeSet<ReportFault>,
    /// What the tool objects to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) results: Vec<ReportResult>,
    /// What built the subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) builder: Option<String>,
    /// What the subject was built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
    /// The signatures over it; absent where it is not in an envelope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seal: Option<ReportSeal>,
}

/// One thing that a report says it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportSubject {
    /// The digests that it goes by.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) digests: BTreeSet<Digest>,
    /// The commits that it goes by.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) commits: BTreeSet<String>,
}

/// Why a report cannot bear out a pass, whatever it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReportFault {
    /// It is of a version of its format that is not read.
    Version,
    /// Its statement is of another kind than its format.
    Predicate,
    /// Nothing was looked at.
    Empty,
    /// The tool says that it failed.
    Execution,
    /// The tool reports errors, such as files that it could not parse.
    Errors,
    /// The tool says that it left something out.
    Incomplete,
    /// A rule gave no result.
    Undefined,
    /// It is about several things, not all of which it names by a digest.
    Several,
}

/// One thing that a tool objects to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportResult {
    /// The rule, check or vulnerability.
    pub(crate) rule: String,
    /// How bad it is; absent where the report does not say, or in words that are not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) severity: Option<Severity>,
    /// Where: a resource, file or package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) location: Option<String>,
    /// Whether somebody told the tool not to object.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) suppressed: bool,
}

impl ReportResult {
    /// How bad it counts as: what is not known counts as the worst.
    pub(crate) fn weight(&self) -> Severity {
        self.severity.unwrap_or(Severity::Critical)
    }
}

impl Report {
    /// The SHA-256 of the report's own bytes.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The format that it was read as.
    pub fn format(&self) -> ReportFormat {
        self.format
    }

    /// When the report says that it was produced, or the oldest part of it.
    pub fn produced(&self) -> Option<Instant> {
        self.produced
    }
}

/// A report is handed in with a fact, and is no part of what is kept of the fact.
pub(super) fn stays_beside(_: &Option<Arc<Report>>) -> bool {
    true
}

/// What is never written has no form.
pub(super) fn serialize<S: Serializer>(_: &Option<Arc<Report>>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_none()
}

/// A report within a fact's JSON is its text; whoever wants the code of a fault in it reads it by itself first.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Arc<Report>>, D::Error> {
    let text = Option::<ReportText>::deserialize(deserializer)?;
    let report = text.map(|text| Report::read(text.format, text.text.as_bytes())).transpose();
    Ok(report.map_err(|error| de::Error::custom(error.message()))?.map(Into::into))
}
