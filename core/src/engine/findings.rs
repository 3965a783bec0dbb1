//! Collects findings, in the words of one check.

use crate::model::{Check, Enforcement, Finding, Outcome};

/// The findings so far.
#[derive(Default)]
pub(super) struct Findings {
    list: Vec<Finding>,
}

impl Findings {
    /// With room for what most requests come to.
    pub(super) fn with_room() -> Self {
        const USUAL: usize = 16;
        Self { list: Vec::with_capacity(USUAL) }
    }

    pub(super) fn check(&mut self, check: Check) -> CheckFindings<'_> {
        CheckFindings { check, findings: self }
    }

    pub(super) fn push(&mut self, finding: Finding) {
        self.list.push(finding);
    }

    /// Whether nothing of this check denies so far.
    pub(super) fn clean(&self, check: Check) -> bool {
        !self.list.iter().any(|finding| finding.check == check && finding.denies())
    }

    pub(super) fn deny(&self) -> bool {
        self.list.iter().any(Finding::denies)
    }

    pub(super) fn denying(&mut self) -> impl Iterator<Item = &mut Finding> {
        self.list.iter_mut().filter(|finding| finding.denies())
    }

    pub(super) fn into_list(self) -> Vec<Finding> {
        self.list
    }
}

/// Adds findings of one check.
pub(super) struct CheckFindings<'a> {
    check: Check,
    findings: &'a mut Findings,
}

impl CheckFindings<'_> {
    pub(super) fn pass(&mut self, code: &str, subject: Option<&str>, message: impl Into<String>) {
        self.add(code, Outcome::Pass, Enforcement::Mandatory, subject, message.into(), None);
    }

    pub(super) fn fail(
        &mut self,
        code: &str,
        subject: Option<&str>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let remedy = Some(remedy.into());
        self.add(code, Outcome::Fail, Enforcement::Mandatory, subject, message.into(), remedy);
    }

    /// Reports something that does not deny.
    pub(super) fn advise(
        &mut self,
        code: &str,
        subject: Option<&str>,
        outcome: Outcome,
        message: impl Into<String>,
    ) {
        self.add(code, outcome, Enforcement::Advisory, subject, message.into(), None);
    }

    /// Adds the pass unless something of this check denies.
    pub(super) fn pass_if_clean(&mut self, code: &str, message: impl Into<String>) {
        if self.findings.clean(self.check) {
            self.pass(code, None, message);
        }
    }

    fn add(
        &mut self,
        code: &str,
        outcome: Outcome,
        enforcement: Enforcement,
        subject: Option<&str>,
        message: String,
        remedy: Option<String>,
    ) {
        self.findings.push(Finding {
            check: self.check,
            code: code.to_owned(),
            outcome,
            enforcement,
            subject: subject.map(str::to_owned),
            resource: None,
            message,
            remedy,
            reasons: Vec::new(),
        });
    }
}
