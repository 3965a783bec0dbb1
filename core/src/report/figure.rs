//! What is counted: the names of the figures, with their units and meanings.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::limits;

macro_rules! figures {
    ($($variant:ident $name:literal $unit:ident $meaning:literal)*) => {
        /// The figures of a report. Their names never change their meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Name {
            $(#[doc = $meaning] $variant,)*
        }

        impl Name {
            /// Every figure, in the order of a report.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name, such as `deployments.succeeded`.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What `count` counts.
            pub const fn unit(self) -> Unit {
                match self { $(Self::$variant => Unit::$unit),* }
            }

            /// What is counted, and of what.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),* }
            }
        }
    };
}

figures! {
    RequestsAllowed "requests.allowed" Entries "Requests that were allowed, of those that bind (R373)."
    RequestsDenied "requests.denied" Entries "Requests that were denied, of those that bind (R373)."
    RequestsObserved "requests.observed" Entries "Requests that were decided and not bound, of all requests."
    FactsRefused "facts.refused" Entries "Facts that were refused, of all facts."
    StrangersRefused "strangers.refused" Entries "Requests and facts of callers who were not known, of all (R371)."
    PoliciesViolated "policies.violated" Entries "Requests that violated a mandatory policy, waived or not, of those that policies judged (R398)."
    AccessRefused "access.refused" Entries "Requests and facts that were refused for who asked, from where, for what place, or without the approvals, of all (R371, R405)."
    SecretsRefused "secrets.refused" Entries "Requests and facts that were refused since they held what looks like a secret, of all (R406)."
    ActsRegular "acts.regular" Entries "Acts that were permitted without an exception, of all that were permitted (R405)."
    ApprovalsSigned "approvals.signed" Entries "Approvals that the person's own key signed, of all that were recorded."
    EvidencePassed "evidence.passed" Entries "Evidence whose result is a pass, of all that was recorded."
    EvidenceErrors "evidence.errors" Entries "Evidence whose tool could not tell, of all that was recorded."
    DeploymentsSucceeded "deployments.succeeded" Entries "Deployments that succeeded, of those that ended (R380, R415)."
    DeploymentsFailed "deployments.failed" Entries "Deployments that failed, of those that ended (R415)."
    DeploymentTime "deployments.time" Seconds "Time from the permit to the success, of so many deployments (R413)."
    RollbacksSucceeded "rollbacks.succeeded" Entries "Rollbacks that succeeded, of those that ended."
    RollbackTime "rollbacks.time" Seconds "Time from the permit to the success, of so many rollbacks (R419, R430)."
    RecoveryTime "recovery.time" Seconds "Time from a recorded failure to the next success at the same place, of so many failures (R414)."
    ArtifactsPublished "artifacts.published" Entries "Artifacts that were published (R363)."
    Immutable "artifacts.immutable" Artifacts "Artifacts that are as they were published, as far as integrity checks tell, of all that were published until the period's end (R395, R396)."
    ImmutabilityTime "artifacts.time" Seconds "Time from an artifact's first draft to its publication, from which on it is immutable, of so many (R397)."
    AlterationsRefused "artifacts.alterations-refused" Entries "Attempts to alter what was published, each of them refused (R364, R395)."
    Accesses "artifacts.accesses" Entries "Uses and readings of artifacts that were recorded (R365)."
    IntegrityValid "integrity.valid" Entries "Integrity checks that found an artifact unchanged, of all (R399)."
    IntegrityInvalid "integrity.invalid" Entries "Integrity checks that found an artifact changed or gone, of all (R400)."
    IntegrityErrors "integrity.errors" Entries "Integrity checks that could not tell, and are owed again, of all (R431)."
    IntegrityTime "integrity.time" Milliseconds "Time that integrity checks took, of so many (R407)."
    DriftFound "drift.found" Entries "Looks for drift that found some, of all (R385)."
    IncidentsOpened "incidents.opened" Entries "Incidents that began."
    IncidentsSevere "incidents.severe" Entries "Incidents of high or critical severity that began, of all that began (R225, R364)."
    IncidentsResolved "incidents.resolved" Entries "Incidents that were resolved, of those that began in the period or were open before."
    IncidentTime "incidents.time" Seconds "Time from when an incident was recorded to its resolution, of so many."
    DetectionTime "detection.time" Seconds "Time from when something was seen to its record, of so many incidents and failed integrity checks (R401)."
    GrantsOpened "exceptions.grants" Entries "Break-glass grants that were opened (R404)."
    GrantsUsed "exceptions.overridden" Entries "Requests that a break-glass grant let pass, of those that were allowed (R404)."
    WaiversUsed "exceptions.waived" Entries "Requests that a waiver let pass, of those that were allowed (R404)."
    Emergencies "exceptions.emergencies" Entries "Publications and retirements by the rules for emergencies, of all publications and such retirements (R404)."
    PostMortems "exceptions.post-mortems" Entries "Post-mortems that were recorded, of the grants that were opened in the period or owed one before."
    OutcomesMissing "trail.outcomes-missing" Entries "Acts of which nobody knows how they ended, of all that were permitted (R402)."
    Verified "trail.verified" Entries "Entries whose bytes, links and place in the tree were verified, of all that the ledger holds (R403)."
    Signed "trail.signed" Entries "Entries of the period that a signed checkpoint covers, of all (R403)."
    AttachmentsKept "attachments.kept" Attachments "Attachments that the period's entries name and that are there, of all that they name (R402)."
    ErasuresDone "erasures.done" Entries "Erasures whose attachment is gone, of all that were admitted (R406)."
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "FigureUnit")]
pub enum Unit {
    /// Entries of the ledger.
    Entries,
    /// Attachments of entries.
    Attachments,
    /// Artifacts.
    Artifacts,
    /// Whole seconds, summed up; `of` says over how many cases, so that their mean is the one divided by the other.
    Seconds,
    /// Milliseconds, summed up likewise.
    Milliseconds,
}

/// One figure: exact numbers, with the entries that they rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// Its name, such as `deployments.succeeded`.
    pub figure: &'static str,
    /// What `count` counts.
    pub unit: Unit,
    /// How many.
    pub count: u64,
    /// Of how many; absent where it is no share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<u64>,
    /// The longest of the times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest: Option<u64>,
    /// The sequence numbers of the entries that were counted, the first of them.
    pub entries: Vec<u64>,
    /// How many more entries were counted than are listed.
    pub omitted: u64,
}

/// All figures while they are added up. What lies before the period is added to numbers that nobody reads.
#[derive(Default)]
pub(super) struct Counts {
    numbers: BTreeMap<Name, Numbers>,
    before: Numbers,
    /// Whether what is added lies in the period.
    pub(super) counts: bool,
}

impl Counts {
    pub(super) fn of(&mut self, name: Name) -> &mut Numbers {
        if self.counts {
            self.numbers.entry(name).or_default()
        } else {
            self.before = Numbers::default();
            &mut self.before
        }
    }

    pub(super) fn into_figures(mut self) -> Vec<Figure> {
        let figure = |name: &Name| self.numbers.remove(name).unwrap_or_default().into_figure(*name);
        Name::ALL.iter().map(figure).collect()
    }
}

/// The numbers of a figure while they are added up.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    count: u64,
    of: Option<u64>,
    longest: Option<u64>,
    rests_on: Entries,
}

/// Sequence numbers, the first of them listed.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    listed: Vec<u64>,
    omitted: u64,
}

impl Entries {
    pub(super) fn add(&mut self, sequence: u64) {
        if self.listed.len() < limits::REPORT_ENTRIES {
            self.listed.push(sequence);
        } else {
            self.omitted = self.omitted.saturating_add(1);
        }
    }

    pub(super) fn into_parts(self) -> (Vec<u64>, u64) {
        (self.listed, self.omitted)
    }
}

impl Numbers {
    /// One of those that count, or only one of those that might.
    pub(super) fn share(&mut self, sequence: u64, counts: bool) {
        self.of = Some(self.of.unwrap_or(0).saturating_add(1));
        if counts {
            self.one(sequence);
        }
    }

    pub(super) fn one(&mut self, sequence: u64) {
        self.count = self.count.saturating_add(1);
        self.rests_on.add(sequence);
    }

    /// So many of so many.
    pub(super) fn set(&mut self, count: u64, of: u64) {
        (self.count, self.of) = (count, Some(of));
    }

    /// One more case that took so long.
    pub(super) fn took(&mut self, sequence: u64, time: u64) {
        self.of = Some(self.of.unwrap_or(0).saturating_add(1));
        self.count = self.count.saturating_add(time);
        self.longest = self.longest.max(Some(time));
        self.rests_on.add(sequence);
    }

    /// The figure of these numbers.
    pub(super) fn into_figure(self, name: Name) -> Figure {
        let Self { count, of, longest, rests_on } = self;
        let (entries, omitted) = rests_on.into_parts();
        Figure { figure: name.word(), unit: name.unit(), count, of, longest, entries, omitted }
    }
}
