//! Reports of scanners and builders: each becomes a [`Report`], and what no gate judges is left behind.
//!
//! What is left of it are names: of tools, of rules, of places, of what was looked at. Messages and excerpts may
//! quote secrets, and are never kept.

mod build;
mod checkov;
mod common;
mod conftest;
mod cyclonedx;
mod opa;
mod provenance;
mod sarif;
mod spdx;
#[cfg(test)]
mod tests;
mod tfsec;
mod trivy;

use super::fields::Fields;
use crate::{
    canonical,
    digest::Digest,
    error::{Code, Error, Result},
    identity::ReportSigner,
    limits,
    model::{Report, ReportFormat},
    value::Value,
};

impl Report {
    /// Reads a report. What a gate would object to is kept for it to see; refused is only what is no report of the
    /// format.
    ///
    /// ```
    /// use poundlock::model::{Report, ReportFormat};
    ///
    /// let report = Report::read(ReportFormat::Tfsec, br#"{"results": null}"#)?;
    /// assert_eq!(report.format(), ReportFormat::Tfsec);
    /// # Ok::<(), poundlock::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `report.malformed`, with a JSON Pointer: the document does not have the shape of its format;
    /// - `limit.size` and `limit.count`: a report that is larger than [`limits`] says;
    /// - and those of [`Value::parse_json`].
    pub fn read(format: ReportFormat, bytes: &[u8]) -> Result<Self> {
        if bytes.len() > limits::REPORT_BYTES {
            let message = format!("a report has at most {} bytes", limits::REPORT_BYTES);
            return Err(Error::new(Code::LimitSize, message));
        }
        let document = Value::parse_json(bytes)?;
        let mut report = build::Build::new(Digest::of(bytes), format);
        read(&mut report, &document).map_err(as_report)?;
        Ok(report.finish())
    }

    /// The bytes to record: all that was read, and which of the keys signed it.
    ///
    /// # Errors
    ///
    /// None but the limits of the encoding.
    pub(crate) fn to_record(&self, signers: &[ReportSigner]) -> Result<Vec<u8>> {
        let seal = self.seal.as_ref().map(|seal| seal.verified(signers));
        canonical::to_bytes(&Self { seal, ..self.clone() })
    }

    /// Reads what [`Report::to_record`] wrote.
    ///
    /// # Errors
    ///
    /// Those of [`canonical::from_bytes`].
    pub(crate) fn from_record(bytes: &[u8]) -> Result<Self> {
        canonical::from_bytes(bytes)
    }
}

fn read(report: &mut build::Build, document: &Value) -> Result<()> {
    let root = document.as_ref();
    let fields = || Fields::of(root, String::new());
    match report.format() {
        ReportFormat::Sarif => sarif::read(report, &fields()?),
        ReportFormat::Checkov => checkov::read(report, root),
        ReportFormat::Tfsec => tfsec::read(report, &fields()?),
        ReportFormat::Trivy => trivy::read(report, &fields()?),
        ReportFormat::Conftest => conftest::read(report, root),
        ReportFormat::Opa => opa::read(report, &fields()?),
        ReportFormat::Cyclonedx => cyclonedx::read(report, &fields()?),
        ReportFormat::Spdx => spdx::read(report, &fields()?),
        ReportFormat::Provenance => provenance::read(report, document),
    }
}

/// A fault of shape is a report's here.
fn as_report(error: Error) -> Error {
    if error.to_code() != Code::PlanMalformed {
        return error;
    }
    let place = error.place().pointer.clone().unwrap_or_default();
    Error::new(Code::ReportMalformed, error.message().to_owned()).at_pointer(place)
}
