//! What a gate makes of the report that evidence comes with: nobody is believed that a tool had no objection, when the
//! tool's own words can be read.

use super::{Engine, codes, findings::CheckFindings};
use crate::{
    charter::{Gate, ReportBinding, ReportRule, ReportWaiver},
    error::Result,
    limits,
    model::{
        About, Evidence, EvidenceResult, Fact, FactKind, Report, ReportFault, ReportResult,
        ReportSubject,
    },
    state::ReportReference,
    time::Instant,
};

impl Engine {
    /// Judges the report of evidence. An objection may always be recorded; a pass must be borne out.
    pub(super) fn report(
        &self,
        fact: &Fact,
        evidence: &Evidence,
        (gate, now): (&Gate, Instant),
        findings: &mut CheckFindings<'_>,
    ) {
        let subject = Some(gate.gate.as_str());
        let report = fact.report.as_deref();
        if report.is_some_and(|report| evidence.report != Some(report.digest)) {
            findings.fail(
                codes::REPORT_DIGEST,
                subject,
                "the report that was handed in is not the one that the evidence names",
                "name the SHA-256 of the report's own bytes",
            );
        }
        let Some(rule) = &gate.report else { return };
        if evidence.result != EvidenceResult::Pass {
            return;
        }
        let Some(report) = report else {
            findings.fail(
                codes::REPORT_MISSING,
                subject,
                format!("a pass needs the tool's report, in the format `{}`", rule.format.word()),
                "hand in the report itself, and not its digest alone",
            );
            return;
        };
        if report.format != rule.format {
            findings.fail(
                codes::REPORT_FORMAT,
                subject,
                format!(
                    "the gate judges the format `{}`, and the report is in `{}`",
                    rule.format.word(),
                    report.format.word()
                ),
                "let the tool write the format that the gate judges",
            );
            return;
        }
        let skew = self.charter.document().clock.skew;
        let judge = Judge { gate, rule, report, now, latest: now.saturating_add(skew) };
        if judge.faults(findings) {
            judge.origin(findings);
            judge.subject(&evidence.about, findings);
            judge.age(evidence.produced, findings);
            judge.results(findings);
        }
    }

    /// What the entry of a fact says of its report, besides where its record is kept: under which rule it passed, and
    /// until when.
    pub(super) fn report_reference(
        &self,
        fact: &Fact,
        allowed: bool,
        now: Instant,
    ) -> Result<Option<(ReportReference, Vec<u8>)>> {
        let (Some(report), FactKind::Evidence(evidence)) = (&fact.report, &fact.fact) else {
            return Ok(None);
        };
        let rule = self.charter.gate(&evidence.gate).and_then(|gate| gate.report.as_ref());
        let signers = rule.map_or([].as_slice(), |rule| &rule.signers);
        let bytes = report.to_record(signers)?;
        let passed = rule.filter(|_| allowed && evidence.result == EvidenceResult::Pass);
        let waivers = passed.into_iter().flat_map(|rule| {
            let objections = report.results.iter().filter(|result| objects(rule, result));
            objections.filter_map(move |result| waiver(rule, result, now))
        });
        let reference = ReportReference {
            record: crate::Digest::of(&bytes),
            rule: passed.map(ReportRule::digest).transpose()?,
            until: waivers.map(|waiver| waiver.expires).min(),
        };
        Ok(Some((reference, bytes)))
    }
}

/// Whether a result is bad enough for the gate.
fn objects(rule: &ReportRule, result: &ReportResult) -> bool {
    result.weight() >= rule.denies
}

/// The live waiver of a result.
fn waiver<'r>(
    rule: &'r ReportRule,
    result: &ReportResult,
    now: Instant,
) -> Option<&'r ReportWaiver> {
    rule.waivers.iter().find(|waiver| {
        waiver.rule == result.rule
            && (waiver.location.is_none() || waiver.location == result.location)
            && now < waiver.expires
    })
}

struct Judge<'a> {
    gate: &'a Gate,
    rule: &'a ReportRule,
    report: &'a Report,
    now: Instant,
    /// What is later is in the future.
    latest: Instant,
}

impl Judge<'_> {
    fn fail(
        &self,
        code: &str,
        message: impl Into<String>,
        remedy: &str,
        to: &mut CheckFindings<'_>,
    ) {
        to.fail(code, Some(&self.gate.gate), message, remedy);
    }

    /// What is wrong with the report as such; gives whether the rest of it can be judged.
    fn faults(&self, findings: &mut CheckFindings<'_>) -> bool {
        let mut readable = true;
        for fault in &self.report.faults {
            let (code, message, remedy) = match fault {
                // What it is about is for later.
                ReportFault::Several => continue,
                ReportFault::Version => (
                    codes::REPORT_VERSION,
                    "the report is of a version of its format that is not read",
                    "let the tool write a version that is: docs/evidence.md lists them",
                ),
                ReportFault::Predicate => (
                    codes::REPORT_PREDICATE,
                    "the statement is not one of SLSA provenance v1",
                    "hand in the provenance that the builder made",
                ),
                ReportFault::Empty => (
                    codes::REPORT_EMPTY,
                    "the report says that nothing was looked at",
                    "let the tool look at the subject, and see that it finds its input",
                ),
                ReportFault::Execution => (
                    codes::REPORT_EXECUTION,
                    "the tool says of itself that it failed",
                    "mend what the tool complains of, and run it again",
                ),
                ReportFault::Errors => (
                    codes::REPORT_ERRORS,
                    "the tool reports errors, such as files that it could not read",
                    "mend what the tool complains of, and run it again",
                ),
                ReportFault::Incomplete => (
                    codes::REPORT_INCOMPLETE,
                    "the report says that it leaves something out",
                    "let the tool finish, and run it again",
                ),
                ReportFault::Undefined => (
                    codes::REPORT_UNDEFINED,
                    "a rule gave no result: it is undefined, or no list of objections",
                    "ask for a rule that there is, and that yields `deny` or `violation` lists, or `allow`",
                ),
            };
            readable &= !matches!(fault, ReportFault::Version | ReportFault::Predicate);
            self.fail(code, message, remedy, findings);
        }
        readable
    }

    /// Who made it, and what was built of what.
    fn origin(&self, findings: &mut CheckFindings<'_>) {
        let Self { rule, report, .. } = self;
        if let Some(tool) = &rule.tool
            && (report.tools.is_empty() || report.tools.iter().any(|name| name != tool))
        {
            let message = format!(
                "the gate asks for a report of `{tool}`, and this one names another tool, or none"
            );
            self.fail(codes::REPORT_TOOL, message, "run the tool that the gate names", findings);
        }
        match &report.seal {
            _ if rule.signers.is_empty() => {}
            None => self.fail(
                codes::REPORT_UNSIGNED,
                "the gate asks for a signed report, and this one is in no envelope",
                "hand in the DSSE envelope that the builder signed",
                findings,
            ),
            Some(seal) if !seal.is_by(&rule.signers) => self.fail(
                codes::REPORT_SIGNER,
                "no key that the gate lists signed the report as it is",
                "have it signed by a builder whose key the charter lists",
                findings,
            ),
            Some(_) => {}
        }
        let listed = |list: &[String], found: Option<&String>| {
            list.is_empty() || found.is_some_and(|found| list.contains(found))
        };
        if !listed(&rule.builders, report.builder.as_ref()) {
            self.fail(
                codes::REPORT_BUILDER,
                "the builder is none of those that the gate lists",
                "build with a builder that the charter lists",
                findings,
            );
        }
        if !listed(&rule.sources, report.source.as_ref()) {
            self.fail(
                codes::REPORT_SOURCE,
                "the source is none of those that the gate lists",
                "build from a source that the charter lists",
                findings,
            );
        }
    }

    /// What it is about. Where the format has a place for that, the report has to say it, and once.
    fn subject(&self, about: &About, findings: &mut CheckFindings<'_>) {
        let subjects = &self.report.subjects;
        let (mut named, mut right) = (0_usize, false);
        for ReportSubject { digests, commits } in subjects {
            let (names, is_right) = match about {
                About::Artifact(digest) => (!digests.is_empty(), digests.contains(digest)),
                About::Commit(commit) => (!commits.is_empty(), commits.contains(commit)),
                About::Plan(_) => (false, false),
            };
            named = named.saturating_add(usize::from(names));
            right |= is_right;
        }
        if named == 0 && self.rule.subject == ReportBinding::Attested {
            return;
        }
        let remedy = "run the tool on this very subject, by its digest or commit";
        if !right {
            let message = format!("the report does not say that it is about this {}", about.word());
            self.fail(codes::REPORT_SUBJECT, message, remedy, findings);
        }
        if named > 1 || self.report.faults.contains(&ReportFault::Several) {
            let message = "the report is about several things at once";
            self.fail(codes::REPORT_SUBJECTS, message, remedy, findings);
        }
    }

    /// How old it is, by its own word where it gives one.
    fn age(&self, claimed: Instant, findings: &mut CheckFindings<'_>) {
        let Some(produced) = self.report.produced else { return };
        if produced > self.latest {
            let message =
                format!("the report says that it was produced at {produced}, which is yet to come");
            self.fail(
                codes::REPORT_FUTURE,
                message,
                "correct the clock of the tool's host",
                findings,
            );
        } else if produced.saturating_add(self.gate.max_age) < self.now {
            let message = format!("the report of {produced} is older than {}", self.gate.max_age);
            self.fail(codes::REPORT_STALE, message, "run the tool again", findings);
        }
        if claimed > produced {
            let message = format!(
                "the evidence is said to be produced at {claimed}, and its report at {produced}"
            );
            let remedy = "say that the evidence was produced when its report was";
            self.fail(codes::REPORT_PRODUCED, message, remedy, findings);
        }
    }

    /// What the tool objects to, from the gate's severity on.
    fn results(&self, findings: &mut CheckFindings<'_>) {
        let mut unlisted = 0_usize;
        let mut listed = 0_usize;
        let objections = self.report.results.iter().filter(|result| objects(self.rule, result));
        for result in objections {
            let severity = result.severity.map_or("unknown", |severity| severity.word());
            if let Some(waiver) = waiver(self.rule, result, self.now) {
                let ReportWaiver { owner, expires, .. } = waiver;
                let message =
                    format!("severity {severity}: waived until {expires}; {owner} answers for it");
                findings.pass(codes::REPORT_WAIVED, Some(&result.rule), message);
                continue;
            }
            if listed == limits::REPORT_FINDINGS {
                unlisted = unlisted.saturating_add(1);
                continue;
            }
            listed = listed.saturating_add(1);
            let denies = self.rule.denies.word();
            if result.suppressed {
                let message = format!(
                    "severity {severity}: suppressed in the tool, and the gate denies from {denies} on"
                );
                let remedy = "mend it, or let an amendment waive it in the charter";
                findings.fail(codes::REPORT_SUPPRESSED, Some(&result.rule), message, remedy);
            } else {
                let message = format!("severity {severity}: the gate denies from {denies} on");
                let remedy = "mend what the tool objects to, or let an amendment waive it";
                findings.fail(codes::REPORT_FAILED, Some(&result.rule), message, remedy);
            }
        }
        if unlisted > 0 {
            let message = format!("the tool has {unlisted} more objections");
            self.fail(codes::REPORT_FAILED, message, "mend what the tool objects to", findings);
        }
    }
}
