//! Names within steps: texts that begin with `$` and stand for what is only known when a step runs.

use crate::time::Duration;

/// What a text that begins with `$` stands for.
pub(super) enum Name<'a> {
    /// The hash of a step's entry.
    Entry(&'a str),
    /// The digest of a plan.
    Plan(&'a str),
    /// The digest of a manifest, and so of its artifact.
    Manifest(&'a str),
    /// The digest of some content that is called so.
    Digest(&'a str),
    /// Its hexadecimal digits alone.
    Hex(&'a str),
    /// An instant, in seconds after the step's own.
    At(i64),
    /// The digest of the law in force.
    Charter,
}

impl<'a> Name<'a> {
    /// Reads a name without its `$`.
    pub(super) fn parse(name: &'a str) -> Option<Self> {
        if let Some(plan) = name.strip_prefix("plan.") {
            return Some(Self::Plan(plan));
        }
        if let Some(manifest) = name.strip_prefix("manifest.") {
            return Some(Self::Manifest(manifest));
        }
        if let Some(content) = name.strip_prefix("digest.") {
            return Some(Self::Digest(content));
        }
        if let Some(content) = name.strip_prefix("hex.") {
            return Some(Self::Hex(content));
        }
        if name == "charter" {
            return Some(Self::Charter);
        }
        if name == "at" {
            return Some(Self::At(0));
        }
        let offset = |text: &str| {
            let offset: Duration = text.parse().ok()?;
            i64::try_from(offset.as_seconds()).ok()
        };
        if let Some(later) = name.strip_prefix("at+") {
            return offset(later).map(Self::At);
        }
        if let Some(earlier) = name.strip_prefix("at-") {
            return offset(earlier)?.checked_neg().map(Self::At);
        }
        Some(Self::Entry(name))
    }
}
