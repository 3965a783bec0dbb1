//! Findings in the forms that other tools read: [SARIF](Export::sarif) for code scanning, [JUnit](Export::junit) for
//! test reports, [Markdown](Export::markdown) for people.
//!
//! Pure functions of what was found; nothing here decides. Texts come from documents of others, so each form
//! escapes whatever it would take for its own syntax. The [reasons](crate::model::Finding::reasons) of findings, which
//! quote the plan's values, are left out: such files travel further than the log of whoever asked.

mod junit;
mod markdown;
mod sarif;

use serde_json::Value;

use crate::{
    engine::PlanReport,
    intake::{Declaration, Declarations},
    model::{Check, Decision, Finding, Mode, Outcome, PolicyCount, Verdict},
    policy::{Policy, PolicyPack},
};

/// What was found, ready to be written in other tools' forms.
///
/// ```
/// use std::num::NonZeroUsize;
/// use poundlock::{Plan, PolicyPack, charter::Unmatched, engine, export::Export, policy::Context};
///
/// let pack = PolicyPack::parse(b"
/// pack: storage
/// version: 1.0.0
/// policies:
///   - name: buckets-are-named
///     description: A bucket needs a name of its own.
///     match: { resources: [aws_s3_bucket] }
///     validations: [{ expression: object.bucket.startsWith('acme-') }]")?;
/// let plan = Plan::from_resources(br#"{ "resources": [
///     { "type": "aws_s3_bucket", "address": "aws_s3_bucket.logs", "object": { "bucket": "logs" } }] }"#)?;
/// let packs = [&pack];
/// let report = engine::check_plan(&packs, &plan, Unmatched::Deny, &Context::of_stage(None)?, NonZeroUsize::MIN)?;
///
/// let sarif = Export::of_report(&report).in_document("plan.json").with_packs(packs).sarif();
/// let result = &sarif["runs"][0]["results"][0];
/// assert_eq!(result["ruleId"], "storage/buckets-are-named");
/// assert_eq!(result["level"], "error");
/// # Ok::<(), poundlock::Error>(())
/// ```
#[derive(Clone)]
pub struct Export<'a> {
    verdict: Verdict,
    mode: Mode,
    findings: &'a [Finding],
    counts: &'a [PolicyCount],
    packs: Vec<&'a PolicyPack>,
    document: Option<String>,
    declarations: Declarations,
    title: Option<String>,
}

/// What a finding means for whoever reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// What was asked for is there.
    Passes,
    /// It denies.
    Denies,
    /// It would deny, or would be worth mending, and nothing is enforced.
    Advises,
    /// It would deny, but for a waiver or a break-glass grant.
    Overridden,
}

impl Standing {
    /// What a finding means where verdicts bind as `mode` says.
    pub fn of(finding: &Finding, mode: Mode) -> Self {
        match finding.outcome {
            Outcome::Pass => Self::Passes,
            Outcome::Overridden => Self::Overridden,
            Outcome::Fail | Outcome::Unknown if finding.denies() && mode == Mode::Enforce => {
                Self::Denies
            }
            Outcome::Fail | Outcome::Unknown => Self::Advises,
        }
    }
}

impl<'a> Export<'a> {
    /// What was found on the way to a decision.
    pub fn of_decision(decision: &'a Decision) -> Self {
        Self {
            verdict: decision.verdict,
            mode: decision.mode,
            findings: &decision.findings,
            counts: &decision.policies,
            packs: Vec::new(),
            document: None,
            declarations: Declarations::new(),
            title: None,
        }
    }

    /// What packs found in a plan.
    pub fn of_report(report: &'a PlanReport) -> Self {
        Self {
            verdict: report.verdict,
            mode: Mode::Enforce,
            findings: &report.findings,
            counts: &report.policies,
            packs: Vec::new(),
            document: None,
            declarations: Declarations::new(),
            title: None,
        }
    }

    /// Names the file that the findings are about: its path from the root of the repository, in which code scanning
    /// shows them.
    #[must_use]
    pub fn in_document(mut self, path: impl Into<String>) -> Self {
        self.document = Some(path.into());
        self
    }

    /// Says where the resources are declared, by their addresses; others are in the document as a whole.
    #[must_use]
    pub fn with_declarations(mut self, declarations: Declarations) -> Self {
        self.declarations = declarations;
        self
    }

    /// Says above the summary what was asked.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Describes the policies as their packs do. Without, they have their names alone.
    #[must_use]
    pub fn with_packs(mut self, packs: impl IntoIterator<Item = &'a PolicyPack>) -> Self {
        self.packs = packs.into_iter().collect();
        self
    }

    /// A log of SARIF 2.1.0 with one run: a rule for each policy and for each code that was found, a result for each
    /// finding that is no pass. What is overridden is suppressed; what cannot be told is an error like what fails.
    pub fn sarif(&self) -> Value {
        sarif::log(self)
    }

    /// A report in the JUnit XML form: a test case for each policy that passes and for each finding that is no pass.
    /// What denies is a failure; what is overridden or only advises is skipped, with its reason.
    pub fn junit(&self) -> String {
        junit::report(self)
    }

    /// A summary for people: the verdict, then what denies with its remedy, then the rest. It shows at most
    /// [`limits::SUMMARY_FINDINGS`](crate::limits::SUMMARY_FINDINGS) findings, and says how many more there are.
    pub fn markdown(&self) -> String {
        markdown::summary(self)
    }

    /// What is no pass, what denies first.
    fn notable(&self) -> impl Iterator<Item = (Standing, &'a Finding)> {
        let mode = self.mode;
        let of = move |wanted: Standing| {
            self.findings
                .iter()
                .filter(move |finding| Standing::of(finding, mode) == wanted)
                .map(move |finding| (wanted, finding))
        };
        of(Standing::Denies).chain(of(Standing::Advises)).chain(of(Standing::Overridden))
    }

    /// The file and the line that a finding is about.
    fn place(&self, finding: &Finding) -> Option<(&str, u32)> {
        let declared = finding.resource.as_ref().and_then(|address| self.declarations.get(address));
        match declared {
            Some(Declaration { file, line }) => Some((file, line.unwrap_or(1))),
            None => self.document.as_deref().map(|document| (document, 1)),
        }
    }

    /// The policies of the packs, with their names as findings have them.
    fn policies(&self) -> impl Iterator<Item = (String, &'a Policy)> {
        self.packs.iter().flat_map(|pack| {
            pack.policies()
                .iter()
                .map(|policy| (format!("{}/{}", pack.name(), policy.name()), policy))
        })
    }
}

/// What a finding is an instance of: its policy, or else its code.
fn rule(finding: &Finding) -> &str {
    match &finding.subject {
        Some(policy) if finding.check == Check::Policies => policy,
        _ => &finding.code,
    }
}

/// What a finding is about besides its rule.
fn about(finding: &Finding) -> Option<&str> {
    let subject = finding.subject.as_deref().filter(|subject| *subject != rule(finding));
    finding.resource.as_deref().or(subject)
}

/// How a finding came out, in a word.
fn word(standing: Standing, finding: &Finding) -> &'static str {
    match (standing, finding.outcome) {
        (Standing::Passes, _) => "pass",
        (Standing::Overridden, _) => "overridden",
        (Standing::Advises, _) => "advice",
        (Standing::Denies, Outcome::Unknown) => "unknown",
        (Standing::Denies, _) => "fail",
    }
}

#[cfg(test)]
mod tests;
