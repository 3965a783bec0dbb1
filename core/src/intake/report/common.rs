//! What the formats share: instants, digests and severities.

use crate::{
    digest::Digest,
    error::Result,
    intake::fields::Fields,
    model::{ReportSubject, Severity},
    time::Instant,
    value::{Kind, Ref},
};

/// An instant that may be absent.
pub(super) fn instant(fields: &Fields<'_>, key: &str) -> Result<Option<Instant>> {
    let Some(text) = fields.optional_text(key)? else { return Ok(None) };
    let at = text.parse().map_err(|_| fields.malformed(key, "this is not an RFC 3339 instant"))?;
    Ok(Some(at))
}

/// A digest as `sha256:<hex>`; nothing for another text.
pub(super) fn digest(text: &str) -> Option<Digest> {
    text.parse().ok()
}

/// A SHA-256 in hexadecimal digits of either case.
pub(super) fn hex(text: &str) -> Option<Digest> {
    format!("sha256:{}", text.to_ascii_lowercase()).parse().ok()
}

/// The digest at the end of an image's name: `registry/name@sha256:<hex>`.
pub(super) fn digest_of_reference(name: &str) -> Option<Digest> {
    name.rsplit_once('@').and_then(|(_, version)| digest(version))
}

/// The digest that a package URL has as its version: `pkg:oci/name@sha256%3A<hex>?…`.
pub(super) fn digest_of_purl(purl: &str) -> Option<Digest> {
    let (name, _) = purl.split_once(['?', '#']).unwrap_or((purl, ""));
    let (_, version) = name.rsplit_once('@')?;
    digest(&version.replace("%3A", ":").replace("%3a", ":"))
}

/// A subject of these digests.
pub(super) fn subject(digests: impl IntoIterator<Item = Digest>) -> ReportSubject {
    ReportSubject { digests: digests.into_iter().collect(), ..ReportSubject::default() }
}

/// The words for severities that scanners use; others are unknown.
pub(super) fn severity(word: &str) -> Option<Severity> {
    match word.to_ascii_lowercase().as_str() {
        "critical" => Some(Severity::Critical),
        "high" => Some(Severity::High),
        "medium" | "moderate" => Some(Severity::Medium),
        "low" | "minor" => Some(Severity::Low),
        "info" | "informational" | "negligible" | "none" => Some(Severity::Info),
        _ => None,
    }
}

/// A severity by CVSS score, from 0 to 10, as FIRST's qualitative scale has it; others are unknown.
pub(super) fn score(value: Ref<'_>) -> Option<Severity> {
    #[expect(clippy::cast_precision_loss, reason = "a score is at most 10")]
    let score = match value.kind() {
        Kind::Text(text) => text.parse().ok()?,
        Kind::Int(int) => int as f64,
        Kind::Double(double, _) => double,
        _ => return None,
    };
    match score {
        score if !(0.0..=10.0).contains(&score) => None,
        score if score >= 9.0 => Some(Severity::Critical),
        score if score >= 7.0 => Some(Severity::High),
        score if score >= 4.0 => Some(Severity::Medium),
        score if score > 0.0 => Some(Severity::Low),
        _ => Some(Severity::Info),
    }
}

/// A severity that may be absent.
pub(super) fn optional_severity(fields: &Fields<'_>, key: &str) -> Result<Option<Severity>> {
    Ok(fields.optional_text(key)?.and_then(severity))
}

/// A count that may be absent.
pub(super) fn count(fields: &Fields<'_>, key: &str) -> Result<u64> {
    match fields.get(key).map(|value| value.kind()) {
        None => Ok(0),
        Some(Kind::Int(count)) => {
            u64::try_from(count).map_err(|_| fields.malformed(key, "a count is expected"))
        }
        Some(_) => Err(fields.malformed(key, "a count is expected")),
    }
}
