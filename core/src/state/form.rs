//! The form of a snapshot, written out apart from the types of the state, because its bytes must be the
//! same in every version that says it writes this one. What there is much of is a list of few bytes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    Attempt, GrantRecord, GrantRequestRecord, LifecycleRecord, Site, StagePlace,
    compact::{Hash, Moment},
};
use crate::{
    digest::Digest,
    ledger::VerifierKey,
    model::{
        About, Approval, EvidenceResult, IncidentKind, Law, Obligation, OutcomeResult, Permit,
        Severity, StateSerial, StateVersion,
    },
    time::Instant,
};

/// A state, written out. Every list is in the order of the state's maps.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Form {
    pub(super) format: u32,
    pub(super) size: u64,
    pub(super) last: Digest,
    pub(super) clock: Instant,
    pub(super) origin: String,
    pub(super) law: Law,
    pub(super) keys: Vec<VerifierKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) snapshot: Option<SnapshotForm>,
    pub(super) answered: Vec<AnsweredForm>,
    pub(super) plans: Vec<PlanForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) artifacts: Vec<ArtifactForm>,
    pub(super) approvals: Vec<ApprovalForm>,
    pub(super) consents: Vec<Hash>,
    pub(super) evidence: Vec<EvidenceForm>,
    pub(super) permits: Vec<PermitForm>,
    pub(super) lineages: Vec<LineageForm>,
    pub(super) deployed: Vec<DeploymentForm>,
    pub(super) obligations: Vec<ObligationForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) grant_requests: Vec<Named<GrantRequestRecord>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) grants: Vec<Named<GrantRecord>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) strangers: Vec<(u64, Moment)>,
    pub(super) erased: Vec<ErasedForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) sites: Vec<SiteForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) rollouts: Vec<RolloutForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) newest_plans: Vec<NewestPlanForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) acts: Vec<ActForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) incidents: Vec<IncidentForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) looks: Vec<LookForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) serials: Vec<SerialForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) lifecycle: Vec<LifecycleForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) given_up: Vec<GivenUpForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) reports: Vec<ReportForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SnapshotForm {
    pub(super) sequence: u64,
    pub(super) state: Digest,
}

/// What was asked, its content, the sequence number of the answer, and the instant.
#[derive(Serialize, Deserialize)]
pub(super) struct AnsweredForm(pub(super) Hash, pub(super) Hash, pub(super) u64, pub(super) Moment);

/// Track, asset and stage.
#[derive(Serialize, Deserialize)]
pub(super) struct Spot(pub(super) String, pub(super) String, pub(super) String);

/// Track, stage, digest, asset, change, and whether it was applied.
#[derive(Serialize, Deserialize)]
pub(super) struct PlanForm(
    pub(super) String,
    pub(super) String,
    pub(super) Hash,
    pub(super) String,
    pub(super) Option<ChangeForm>,
    pub(super) bool,
);

/// Track, digest, author, commit and ref.
#[derive(Serialize, Deserialize)]
pub(super) struct ArtifactForm(
    pub(super) String,
    pub(super) Hash,
    pub(super) String,
    pub(super) Option<String>,
    pub(super) Option<String>,
);

/// Commit, ref and author.
#[derive(Serialize, Deserialize)]
pub(super) struct ChangeForm(pub(super) String, pub(super) String, pub(super) String);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ApprovalForm {
    pub(super) entry: Digest,
    pub(super) approval: Approval,
    pub(super) law: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) signed: Option<Instant>,
    pub(super) at: Instant,
}

/// Gate, what it is about, sequence number, entry, producer, result, and the instant of producing.
#[derive(Serialize, Deserialize)]
pub(super) struct EvidenceForm(
    pub(super) String,
    pub(super) AboutForm,
    pub(super) u64,
    pub(super) Hash,
    pub(super) String,
    pub(super) EvidenceResult,
    pub(super) Moment,
);

/// Of evidence whose report passed: its sequence number, the digest of the gate's rule, and until when.
#[derive(Serialize, Deserialize)]
pub(super) struct ReportForm(pub(super) u64, pub(super) Hash, pub(super) Option<Moment>);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum AboutForm {
    Plan(Hash),
    Commit(String),
    Artifact(Hash),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PermitForm {
    pub(super) entry: Digest,
    pub(super) permit: Permit,
    pub(super) law: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<OutcomeResult>,
}

/// Site, lineage, the act's entry, its outcome, and the instant.
#[derive(Serialize, Deserialize)]
pub(super) struct LineageForm(
    pub(super) Spot,
    pub(super) String,
    pub(super) Hash,
    pub(super) Option<OutcomeResult>,
    pub(super) Moment,
);

/// Site, lineage, digest, and the instant.
#[derive(Serialize, Deserialize)]
pub(super) struct DeploymentForm(
    pub(super) Spot,
    pub(super) String,
    pub(super) Hash,
    pub(super) Moment,
);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ObligationForm {
    pub(super) site: Site,
    pub(super) lineage: String,
    pub(super) obligation: Obligation,
    pub(super) at: Instant,
}

/// A record by the hash of its entry.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Named<R> {
    pub(super) entry: Digest,
    pub(super) record: R,
}

impl<R: Clone> Named<R> {
    pub(super) fn new(entry: &Digest, record: &R) -> Self {
        Self { entry: *entry, record: record.clone() }
    }

    pub(super) fn pair(self) -> (Digest, R) {
        (self.entry, self.record)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ErasedForm {
    pub(super) attachment: Digest,
    pub(super) sequence: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SiteForm {
    pub(super) place: StagePlace,
    pub(super) act: Digest,
    pub(super) latest: String,
    pub(super) good: Vec<GoodForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GoodForm {
    pub(super) lineage: String,
    pub(super) digest: Digest,
    pub(super) at: Instant,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RolloutForm {
    pub(super) place: StagePlace,
    pub(super) lineage: String,
    pub(super) digest: Digest,
    pub(super) traffic: u8,
    pub(super) at: Instant,
    pub(super) failed: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewestPlanForm {
    pub(super) place: (String, String, String, String),
    pub(super) commit: String,
    pub(super) sequence: u64,
}

/// Track, stage, instant and entry.
#[derive(Serialize, Deserialize)]
pub(super) struct ActForm(pub(super) String, pub(super) String, pub(super) Moment, pub(super) Hash);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct IncidentForm {
    pub(super) entry: Digest,
    pub(super) site: Site,
    pub(super) kind: IncidentKind,
    pub(super) severity: Severity,
    pub(super) at: Instant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) attempt: Option<Attempt>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct LookForm {
    pub(super) site: Site,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) clean: Option<Instant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) found: Option<Instant>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SerialForm {
    pub(super) place: StagePlace,
    pub(super) act: Digest,
    pub(super) state: StateSerial,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) seen: Option<StateVersion>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct LifecycleForm {
    pub(super) lifecycle: String,
    pub(super) digest: Digest,
    pub(super) record: LifecycleRecord,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GivenUpForm {
    pub(super) lifecycle: String,
    pub(super) digest: Digest,
    pub(super) authors: BTreeSet<String>,
}

impl From<&Site> for Spot {
    fn from(site: &Site) -> Self {
        Self(site.track.clone(), site.asset.clone(), site.stage.clone())
    }
}

impl From<Spot> for Site {
    fn from(Spot(track, asset, stage): Spot) -> Self {
        Self { track, asset, stage }
    }
}

impl From<&About> for AboutForm {
    fn from(about: &About) -> Self {
        match about {
            About::Plan(digest) => Self::Plan(Hash(*digest)),
            About::Commit(commit) => Self::Commit(commit.clone()),
            About::Artifact(digest) => Self::Artifact(Hash(*digest)),
        }
    }
}

impl From<AboutForm> for About {
    fn from(about: AboutForm) -> Self {
        match about {
            AboutForm::Plan(digest) => Self::Plan(digest.0),
            AboutForm::Commit(commit) => Self::Commit(commit),
            AboutForm::Artifact(digest) => Self::Artifact(digest.0),
        }
    }
}
