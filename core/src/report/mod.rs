//! Figures for reports: what the entries of a period add up to, as exact numbers.
//!
//! A report reads a whole ledger, verifies it on the way, and counts what lies in its period, as it was known at the
//! period's end. No figure is a ratio: each says how many, of how many, and on which entries that rests.

mod artifacts;
mod figure;
mod tally;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use figure::{Figure, Name, Unit};

use self::tally::Tally;
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
    ledger::{Ledger, Recorded, Verified},
    state::{Audit, State},
    time::Instant,
};

/// A period: from an instant on, until before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ReportInput")]
pub struct Period {
    /// The first instant.
    pub since: Instant,
    /// The instant that is the first one after it.
    pub until: Instant,
}

/// The figures of a ledger for a period (R395 to R406, R411).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ReportAnswer")]
pub struct Report {
    /// The ledger's origin.
    pub origin: String,
    /// The period.
    pub period: Period,
    /// How many entries the ledger holds, all of them verified.
    pub size: u64,
    /// The RFC 6962 Merkle tree hash over them.
    pub root: Digest,
    /// Every figure, in a fixed order.
    pub figures: Vec<Figure>,
    /// In how many entries of the period each code denied, in the order of the codes (R373).
    pub codes: Vec<CodeCount>,
    /// Which figures belong to which report.
    pub sets: Vec<FigureSet>,
}

/// How often a code denied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CodeCount {
    /// The code of the finding.
    pub code: String,
    /// In how many entries.
    pub count: u64,
    /// Their sequence numbers, the first of them.
    pub entries: Vec<u64>,
    /// How many more there are than are listed.
    pub omitted: u64,
}

/// The figures that one kind of report consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FigureSet {
    /// What the report is for, such as `sox`.
    pub set: &'static str,
    /// The names of its figures.
    pub figures: Vec<&'static str>,
}

impl FigureSet {
    /// Every set.
    pub fn all() -> Vec<Self> {
        let names = |names: &[Name]| names.iter().map(|name| name.word()).collect();
        SETS.iter().map(|(set, figures)| Self { set, figures: names(figures) }).collect()
    }
}

/// The sets of figures: what financial controls ask for (R405), what data protection asks for (R406), and what the
/// immutability of the trail and of what it governs rests on (R395).
const SETS: &[(&str, &[Name])] = &[
    (
        "sox",
        &[
            Name::Immutable,
            Name::IntegrityInvalid,
            Name::ActsRegular,
            Name::AccessRefused,
            Name::ApprovalsSigned,
            Name::GrantsOpened,
            Name::GrantsUsed,
            Name::WaiversUsed,
            Name::PostMortems,
            Name::OutcomesMissing,
            Name::Verified,
            Name::Signed,
            Name::AttachmentsKept,
        ],
    ),
    (
        "gdpr",
        &[
            Name::IntegrityValid,
            Name::ErasuresDone,
            Name::SecretsRefused,
            Name::PoliciesViolated,
            Name::AccessRefused,
            Name::Verified,
            Name::Signed,
        ],
    ),
    ("immutability", &[Name::DetectionTime, Name::Verified, Name::Signed, Name::OutcomesMissing]),
];

impl Report {
    /// Verifies a ledger, in the calling thread and so many others, and counts what lies in a period.
    ///
    /// # Errors
    ///
    /// `input.invalid_value` for a period that ends before it begins; those of [`Audit::of`] and [`Audit::kept`] for a
    /// ledger that is not sound, of which nothing can be reported.
    pub fn of(ledger: &Ledger, period: Period, others: usize) -> Result<Self> {
        if period.until <= period.since {
            let message = "the period ends before it begins";
            return Err(Error::new(Code::InputInvalidValue, message).at_pointer("/until"));
        }
        let mut tally = Tally::default();
        let mut add = |state: &State, recorded: &Recorded| tally.add(&period, state, recorded);
        let audit = Audit::visiting(ledger, &[], others, None, &mut add)?;
        let signed = audit.kept(ledger, None)?.map_or(0, |kept| kept.unverified().size);
        tally.end();
        let Verified { head, missing } = audit.verified();
        let gone: BTreeSet<&Digest> = missing.iter().map(|(_, digest)| digest).collect();
        let lost = missing.iter().filter(|(sequence, _)| tally.entries.contains(sequence)).count();
        let number = |size: usize| u64::try_from(size).unwrap_or(u64::MAX);
        let covered = number(tally.entries.range(..signed).count());
        let counts = &mut tally.counts;
        counts.of(Name::AttachmentsKept).set(tally.named.saturating_sub(number(lost)), tally.named);
        counts.of(Name::Verified).set(head.size, head.size);
        counts.of(Name::Signed).set(covered, number(tally.entries.len()));
        for (sequence, attachment) in &tally.erased {
            counts.of(Name::ErasuresDone).share(*sequence, gone.contains(attachment));
        }
        Ok(Self {
            origin: tally.origin,
            period,
            size: head.size,
            root: head.root,
            figures: tally.counts.into_figures(),
            codes: tally
                .codes
                .into_iter()
                .map(|(code, (count, entries))| {
                    let (entries, omitted) = entries.into_parts();
                    CodeCount { code, count, entries, omitted }
                })
                .collect(),
            sets: FigureSet::all(),
        })
    }

    /// A figure by its name.
    pub fn figure(&self, name: Name) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.figure == name.word())
    }
}
