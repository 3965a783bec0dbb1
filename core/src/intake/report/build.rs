//! A report under construction, within its limits.

use std::collections::BTreeSet;

use crate::{
    digest::Digest,
    error::{Code, Error, Result},
    identity::ReportSeal,
    limits,
    model::{Report, ReportFault, ReportFormat, ReportResult, ReportSubject, Severity},
    time::Instant,
};

pub(super) struct Build(Report);

impl Build {
    pub(super) fn new(digest: Digest, format: ReportFormat) -> Self {
        Self(Report {
            digest,
            format,
            tools: BTreeSet::new(),
            subjects: Vec::new(),
            produced: None,
            faults: BTreeSet::new(),
            results: Vec::new(),
            builder: None,
            source: None,
            seal: None,
        })
    }

    pub(super) fn finish(mut self) -> Report {
        self.0.results.sort();
        self.0.results.dedup();
        self.0
    }

    pub(super) fn format(&self) -> ReportFormat {
        self.0.format
    }

    pub(super) fn fault(&mut self, fault: ReportFault) {
        self.0.faults.insert(fault);
    }

    pub(super) fn tool(&mut self, name: &str) -> Result<()> {
        if self.0.tools.len() >= limits::REPORT_SUBJECTS {
            return Err(too_many("tools", limits::REPORT_SUBJECTS));
        }
        self.0.tools.insert(text(name)?);
        Ok(())
    }

    /// What the report is about; one thing that it names twice is one thing.
    pub(super) fn subject(&mut self, subject: ReportSubject) -> Result<()> {
        let is_silent = subject.digests.is_empty() && subject.commits.is_empty();
        if is_silent || self.0.subjects.contains(&subject) {
            return Ok(());
        }
        if self.0.subjects.len() >= limits::REPORT_SUBJECTS {
            return Err(too_many("subjects", limits::REPORT_SUBJECTS));
        }
        self.0.subjects.push(subject);
        Ok(())
    }

    /// The instant of a part of the report; what counts is the oldest.
    pub(super) fn produced(&mut self, at: Instant) {
        self.0.produced = Some(self.0.produced.map_or(at, |earlier| earlier.min(at)));
    }

    pub(super) fn result(
        &mut self,
        rule: &str,
        severity: Option<Severity>,
        location: Option<&str>,
        suppressed: bool,
    ) -> Result<()> {
        if self.0.results.len() >= limits::REPORT_RESULTS {
            return Err(too_many("objections", limits::REPORT_RESULTS));
        }
        let (rule, location) = (text(rule)?, location.map(text).transpose()?);
        self.0.results.push(ReportResult { rule, severity, location, suppressed });
        Ok(())
    }

    pub(super) fn built(&mut self, builder: Option<&str>, source: Option<&str>) -> Result<()> {
        self.0.builder = builder.map(text).transpose()?;
        self.0.source = source.map(text).transpose()?;
        Ok(())
    }

    pub(super) fn seal(&mut self, seal: ReportSeal) {
        self.0.seal = Some(seal);
    }
}

fn too_many(what: &str, most: usize) -> Error {
    Error::new(Code::LimitCount, format!("a report has at most {most} {what}"))
}

/// A name out of a report, which people will see.
fn text(name: &str) -> Result<String> {
    if name.len() > limits::REPORT_TEXT_BYTES {
        let message = format!("a name in a report has at most {} bytes", limits::REPORT_TEXT_BYTES);
        return Err(Error::new(Code::LimitSize, message));
    }
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    Ok(name.chars().map(shown).collect())
}
