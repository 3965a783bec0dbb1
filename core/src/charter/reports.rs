//! What a gate demands of a tool's report, so that nobody has to be believed that it bears out a pass.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Gate, GateAbout, check::Checker};
use crate::{
    canonical,
    digest::Digest,
    error::{Code, Result},
    identity::ReportSigner,
    limits,
    model::{ReportFormat, Severity},
    time::Instant,
};

/// What a gate demands of the report that passing evidence comes with.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportRule {
    /// The format.
    pub format: ReportFormat,
    /// The tool, as the report names it; for the formats that more than one tool writes.
    #[serde(default)]
    pub tool: Option<String>,
    /// The severity from which a result denies; a severity that is not known counts as the worst.
    #[serde(default = "any")]
    pub denies: Severity,
    /// What binds the report to what the evidence is about.
    #[serde(default)]
    pub subject: ReportBinding,
    /// Exceptions for single results.
    #[serde(default)]
    pub waivers: Vec<ReportWaiver>,
    /// The keys of which one must have signed the report; absent, it need not be signed.
    #[serde(default)]
    pub signers: Vec<ReportSigner>,
    /// The builders of which one must have built the artifact; absent, any may have. Needs `signers`.
    #[serde(default)]
    pub builders: Vec<String>,
    /// The sources of which the artifact must be built from one; absent, from any. Needs `signers`.
    #[serde(default)]
    pub sources: Vec<String>,
}

/// What binds a report to what the evidence is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReportBinding {
    /// The report itself names the digest or commit.
    #[default]
    Named,
    /// The word of whoever records it, since the format has no place for the digest.
    Attested,
}

/// An exception for one result of a tool.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportWaiver {
    /// The rule, check or vulnerability, as the report names it.
    pub rule: String,
    /// Where, as the report names it; absent means anywhere.
    #[serde(default)]
    pub location: Option<String>,
    /// The person who answers for it.
    pub owner: String,
    /// Why it need not be mended yet.
    pub reason: String,
    /// The first instant at which it is worth nothing.
    pub expires: Instant,
}

fn any() -> Severity {
    Severity::Info
}

impl ReportRule {
    /// Stands for the rule in what it let pass, so that another rule is found to be another.
    pub(crate) fn digest(&self) -> Result<Digest> {
        Ok(Digest::of_kind("report-rule", &canonical::to_bytes(self)?))
    }
}

/// Whether reports of a format name what evidence is about.
#[derive(PartialEq, Eq)]
enum Names {
    Never,
    Perhaps,
    Always,
}

fn names(format: ReportFormat, about: GateAbout) -> Names {
    use ReportFormat as Format;
    match (format, about) {
        (_, GateAbout::Plan) => Names::Never,
        (Format::Checkov | Format::Tfsec | Format::Conftest | Format::Opa, _) => Names::Never,
        (Format::Cyclonedx | Format::Spdx, GateAbout::Commit) => Names::Never,
        (Format::Sarif, _) | (Format::Trivy, GateAbout::Commit) => Names::Perhaps,
        (Format::Trivy | Format::Cyclonedx | Format::Spdx, GateAbout::Artifact)
        | (Format::Provenance, _) => Names::Always,
    }
}

impl Checker<'_> {
    /// The rule can be met, and says nothing that its format makes meaningless.
    pub(super) fn report(&self, gate: &Gate, place: &str) -> Result<()> {
        let Some(rule) = &gate.report else { return Ok(()) };
        let place = format!("{place}/report");
        let word = rule.format.word();
        match (rule.subject, names(rule.format, gate.about)) {
            (ReportBinding::Named, Names::Never) => {
                let message = format!(
                    "no report of the format `{word}` names what the gate is about; write `subject: attested`"
                );
                return Err(self.invalid(&place, message));
            }
            (ReportBinding::Attested, Names::Always) => {
                let message = format!(
                    "a report of the format `{word}` names what it is about itself; leave `subject` out"
                );
                return Err(self.invalid(&format!("{place}/subject"), message));
            }
            _ => {}
        }
        self.report_parts(rule, &place)?;
        self.report_waivers(&rule.waivers, &format!("{place}/waivers"))?;
        for (index, signer) in rule.signers.iter().enumerate() {
            signer.to_key().map_err(|error| {
                let part = error.place().pointer.clone().unwrap_or_default();
                self.invalid(&format!("{place}/signers/{index}{part}"), error.message().to_owned())
            })?;
        }
        Ok(())
    }

    fn report_parts(&self, rule: &ReportRule, place: &str) -> Result<()> {
        use ReportFormat as Format;
        let format = rule.format;
        if format == Format::Sarif && rule.tool.is_none() {
            let message = "any scanner may write SARIF; name the `tool` whose report it is to be";
            return Err(self.invalid(place, message));
        }
        let shared = matches!(format, Format::Sarif | Format::Cyclonedx | Format::Spdx);
        let provenance = format == Format::Provenance;
        let judged = !provenance && format != Format::Spdx;
        let meaningless = [
            ("tool", rule.tool.is_some() && !shared),
            ("denies", rule.denies != any() && !judged),
            ("waivers", !rule.waivers.is_empty() && !judged),
            ("signers", !rule.signers.is_empty() && !provenance),
            ("builders", !rule.builders.is_empty() && !provenance),
            ("sources", !rule.sources.is_empty() && !provenance),
        ];
        match meaningless.iter().find(|(_, wrong)| *wrong) {
            None => self.report_origin(rule, place),
            Some((field, _)) => {
                let message = format!(
                    "`{field}` means nothing for reports of the format `{}`",
                    format.word()
                );
                Err(self.invalid(&format!("{place}/{field}"), message))
            }
        }
    }

    /// Anybody can write a builder's name: what a report says of it is worth no more than who signed the report (R503).
    fn report_origin(&self, rule: &ReportRule, place: &str) -> Result<()> {
        let trusted = [("builders", &rule.builders), ("sources", &rule.sources)];
        match trusted.iter().find(|(_, list)| !list.is_empty() && rule.signers.is_empty()) {
            None => Ok(()),
            Some((field, _)) => {
                let message = format!("`{field}` counts only in a report that is signed");
                Err(self
                    .error(Code::CharterUnsigned, &format!("{place}/{field}"), message)
                    .with_help(
                        "list the builder's public key under `signers`, or leave the field out",
                    ))
            }
        }
    }

    fn report_waivers(&self, waivers: &[ReportWaiver], place: &str) -> Result<()> {
        if waivers.len() > limits::REPORT_WAIVERS {
            let message = format!("a gate has at most {} waivers", limits::REPORT_WAIVERS);
            return Err(self.error(Code::LimitCount, place, message));
        }
        let mut seen = BTreeSet::new();
        for (index, waiver) in waivers.iter().enumerate() {
            let place = format!("{place}/{index}");
            let owner = std::slice::from_ref(&waiver.owner);
            self.people(owner, &format!("{place}/owner"))?;
            if waiver.rule.trim().is_empty() || waiver.reason.trim().is_empty() {
                return Err(self.invalid(&place, "a waiver names a rule, and says why"));
            }
            if !seen.insert((&waiver.rule, &waiver.location)) {
                let message = "two waivers are for the same result";
                return Err(self.error(Code::CharterDuplicate, &place, message.to_owned()));
            }
        }
        Ok(())
    }
}
