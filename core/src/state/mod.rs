//! What the entries of a ledger add up to: a pure fold, rebuildable at any time.
//!
//! [`State`] is a projection; the ledger alone is canonical. It knows what is deployed where, which
//! approvals are live, which evidence there is and what is owed, and it holds no rules: what a
//! decision may do was settled when its entry was written.

mod audit;
mod body;
mod compact;
mod fold;
mod form;
mod grants;
mod incidents;
mod journal;
mod lifecycle;
mod permit;
mod rollouts;
mod serials;
mod snapshot;
mod whereabouts;

use serde::{Deserialize, Serialize};

pub use audit::{Audit, Progress};
pub use body::{
    ActorSummary, DecisionBody, DecisionSummary, FactBody, Failure, FindingCounts, Genesis,
    RecordReferences, ReportReference, RequestSummary, SnapshotBody, kind,
};
pub(crate) use grants::{Consent, GrantRecord, GrantRequestRecord};
pub use grants::{GrantTerms, StatusGrant};
pub(crate) use incidents::{Attempt, IncidentPlace, IncidentRecord, LookRecord};
pub use journal::Pending;
pub(crate) use lifecycle::{ArtifactPlace, ConsentRecord, LifecycleRecord};
pub use lifecycle::{ChainFault, LifecycleTerms, OwedEvidence, StatusArtifact};
pub use permit::permit_of;
pub(crate) use rollouts::{NewestPlan, RolloutRecord, SiteRecord, StagePlace};
pub(crate) use serials::SerialRecord;
pub use serials::StateStanding;
pub(crate) use snapshot::SnapshotRecord;
pub(crate) use whereabouts::Whereabouts;

use self::journal::Journaled;

use crate::{
    canonical,
    digest::{Digest, Hasher},
    error::{Code, Error, Result},
    ledger::{Head, Ledger, Recorded, VerifierKey},
    model::{
        About, Actor, Approval, Change, EvidenceResult, IncidentKind, Law, Obligation,
        OutcomeResult, Permit, Severity,
    },
    time::Instant,
};

/// What the entries of a ledger add up to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    pub(crate) size: u64,
    /// The hash of the last entry that was folded.
    pub(crate) last: Option<Digest>,
    pub(crate) clock: Option<Instant>,
    pub(crate) law: Option<CurrentLaw>,
    /// By what [`asked`] makes of actor and id.
    pub(crate) answered: Journaled<Digest, Answered>,
    /// The plans that were admitted, by where and what they are.
    pub(crate) plans: Journaled<PlanPlace, PlanRecord>,
    /// The artifacts that were admitted, by track and digest.
    pub(crate) artifacts: Journaled<(String, Digest), ArtifactRecord>,
    /// The approvals that are neither spent nor withdrawn.
    pub(crate) approvals: Journaled<Digest, ApprovalRecord>,
    /// The same approvals by the digest that they consent to.
    pub(crate) approvals_of: Journaled<(Digest, Digest), ()>,
    /// What people signed, by what [`consent`] makes of it: it can be recorded once.
    pub(crate) consents: Journaled<Digest, ()>,
    /// By gate, what it is about, and sequence number.
    pub(crate) evidence: Journaled<(String, About, u64), EvidenceRecord>,
    /// The permits that are neither spent nor withdrawn, and whose outcome is open.
    pub(crate) permits: Journaled<Digest, PermitRecord>,
    /// The same permits by track and stage.
    pub(crate) permits_at: Journaled<(String, String, Digest), ()>,
    pub(crate) lineages: Journaled<(Site, String), LineageRecord>,
    /// The same lineages of artifacts: by track, lineage, stage and asset.
    pub(crate) whereabouts: Journaled<Whereabouts, ()>,
    pub(crate) deployed: Journaled<Site, Deployment>,
    pub(crate) obligations: Journaled<OpenObligation, Instant>,
    pub(crate) grant_requests: Journaled<Digest, GrantRequestRecord>,
    pub(crate) grants: Journaled<Digest, GrantRecord>,
    pub(crate) sites: Journaled<StagePlace, SiteRecord>,
    pub(crate) rollouts: Journaled<StagePlace, RolloutRecord>,
    /// By track, stage, ref and asset.
    pub(crate) newest_plans: Journaled<(String, String, String, String), NewestPlan>,
    /// The acts by which something entered a stage: by track, stage, instant and entry.
    pub(crate) acts: Journaled<(String, String, Instant, Digest), ()>,
    pub(crate) incidents: Journaled<Digest, IncidentRecord>,
    /// The same incidents by where they are.
    pub(crate) incident_places: Journaled<IncidentPlace, ()>,
    pub(crate) looks: Journaled<Site, LookRecord>,
    pub(crate) serials: Journaled<StagePlace, SerialRecord>,
    /// The artifacts of the lifecycles.
    pub(crate) lifecycle: Journaled<ArtifactPlace, LifecycleRecord>,
    /// The same artifacts by lifecycle, asset and version.
    pub(crate) versions: Journaled<(String, String, String), Digest>,
    /// Who made the drafts that were given up.
    pub(crate) given_up: Journaled<ArtifactPlace, std::collections::BTreeSet<String>>,
    /// The entries of callers who were not known, with the ledger's clock then; the newest of them.
    pub(crate) strangers: Journaled<u64, Instant>,
    /// The attachments that were erased and that no later entry names, with the sequence number of the
    /// erasure.
    pub(crate) erased: Journaled<Digest, u64>,
    pub(crate) snapshot: Option<SnapshotRecord>,
}

/// An asset in a stage of a track.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Site {
    /// The track.
    pub track: String,
    /// The asset.
    pub asset: String,
    /// The stage.
    pub stage: String,
}

/// The law in force.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CurrentLaw {
    pub(crate) origin: String,
    pub(crate) law: Law,
    pub(crate) keys: Vec<VerifierKey>,
}

/// Where a plan is kept: its track, its stage, its digest, its asset.
pub(crate) type PlanPlace = (String, String, Digest, String);

/// Where the plan of a digest at a site is kept.
fn plan_place(site: &Site, digest: Digest) -> PlanPlace {
    (site.track.clone(), site.stage.clone(), digest, site.asset.clone())
}

/// A plan that was admitted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlanRecord {
    /// The change that it was first admitted for; absent for a part of a plan that was applied whole.
    pub(crate) change: Option<Change>,
    /// Whether its application was admitted.
    pub(crate) applied: bool,
}

/// Who made an artifact, and of what, as was said first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ArtifactRecord {
    pub(crate) author: String,
    pub(crate) commit: Option<String>,
    pub(crate) git_ref: Option<String>,
}

/// A request or fact that has been answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answered {
    pub(crate) content: Digest,
    pub(crate) sequence: u64,
    pub(crate) at: Instant,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApprovalRecord {
    pub(crate) approval: Approval,
    /// The law that it was given under.
    pub(crate) law: Digest,
    /// When the person signed it, as they say; absent where a workload attested it.
    pub(crate) signed: Option<Instant>,
    /// When it was recorded.
    pub(crate) at: Instant,
}

/// Evidence that was not withdrawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EvidenceRecord {
    pub(crate) hash: Digest,
    pub(crate) producer: String,
    pub(crate) result: EvidenceResult,
    pub(crate) produced: Instant,
    /// The rule of the gate that its report passed under.
    pub(crate) rule: Option<Digest>,
    /// When the first of the waivers expires that its report passed by.
    pub(crate) until: Option<Instant>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PermitRecord {
    pub(crate) permit: Permit,
    /// The law that it was decided under.
    pub(crate) law: Digest,
    /// Nothing, or unknown.
    pub(crate) outcome: Option<OutcomeResult>,
}

/// How far a lineage came at a site.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LineageRecord {
    /// The entry that let it act last; the outcome of an earlier act says nothing about this one.
    pub(crate) act: Digest,
    pub(crate) outcome: Option<OutcomeResult>,
    pub(crate) at: Instant,
}

/// What is deployed at a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// The commit, or the artifact's digest.
    pub lineage: String,
    /// The digest of the plan that was applied, or of the artifact.
    pub digest: Digest,
    /// When its success was recorded.
    pub at: Instant,
}

/// Something that is still owed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenObligation {
    /// Where.
    pub site: Site,
    /// The lineage that it came with.
    pub lineage: String,
    /// What is owed.
    #[serde(flatten)]
    pub obligation: Obligation,
}

/// What `poundlock status` shows: a summary for people and programs.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// How many entries were folded.
    pub entries: u64,
    /// The ledger's origin.
    pub origin: Option<String>,
    /// The charter in force.
    pub charter: Option<Digest>,
    /// The keys that sign checkpoints now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<VerifierKey>,
    /// The latest instant of any entry.
    pub at: Option<Instant>,
    /// What is deployed where.
    pub deployments: Vec<StatusDeployment>,
    /// Admitted actions whose outcome is not known.
    pub pending: Vec<StatusPermit>,
    /// Approvals that are neither spent nor withdrawn; they may have expired.
    pub approvals: Vec<StatusApproval>,
    /// What is owed.
    pub obligations: Vec<OpenObligation>,
    /// The break-glass grants whose post-mortem is still owed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<StatusGrant>,
    /// Traffic on its way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rollouts: Vec<StatusRollout>,
    /// Incidents that are not over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incidents: Vec<StatusIncident>,
    /// The artifacts of the charter's lifecycles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<StatusArtifact>,
}

/// Traffic on its way to what was deployed at a site.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusRollout {
    /// Where.
    #[serde(flatten)]
    pub site: Site,
    /// What was deployed.
    pub lineage: String,
    /// The share of the traffic that it has, in percent.
    pub traffic: u8,
    /// When it got that share.
    pub at: Instant,
    /// Whether a step failed, or it is being gone back from, so that a rollback is the only way on.
    pub failed: bool,
}

/// An incident that is not over, by the hash of its entry.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusIncident {
    /// The hash of its entry.
    pub entry: Digest,
    /// Where.
    #[serde(flatten)]
    pub site: Site,
    /// What kind of thing.
    pub kind: IncidentKind,
    /// How bad it is.
    pub severity: Severity,
    /// When it was recorded.
    pub at: Instant,
    /// Who tried to alter what was published, where that is what it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<StatusAttempt>,
}

/// An attempt to alter what was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusAttempt {
    /// Who tried it.
    pub actor: String,
    /// By which operation.
    pub operation: String,
    /// What would have been altered.
    pub artifact: Digest,
    /// How often it was tried.
    pub times: u64,
}

/// What is deployed at one site.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusDeployment {
    /// Where.
    #[serde(flatten)]
    pub site: Site,
    /// What.
    #[serde(flatten)]
    pub deployment: Deployment,
}

/// A permit by the hash of its entry.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusPermit {
    /// The hash of its entry.
    pub entry: Digest,
    /// The permit.
    pub permit: Permit,
    /// The outcome as far as it was reported.
    pub outcome: Option<OutcomeResult>,
}

/// An approval by the hash of its entry.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusApproval {
    /// The hash of its entry.
    pub entry: Digest,
    /// The approval.
    pub approval: Approval,
    /// When it was recorded.
    pub at: Instant,
}

impl State {
    /// The state of an empty ledger.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries were folded.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hash of the last entry that was folded; [`Digest::ZERO`] when there is none.
    pub fn last(&self) -> Digest {
        self.last.unwrap_or(Digest::ZERO)
    }

    /// The latest instant of any entry: the ledger's clock.
    pub fn clock(&self) -> Option<Instant> {
        self.clock
    }

    /// The ledger's origin.
    pub fn origin(&self) -> Option<&str> {
        self.law.as_ref().map(|law| law.origin.as_str())
    }

    /// The charter in force, with where its text is kept.
    pub fn law(&self) -> Option<&Law> {
        self.law.as_ref().map(|law| &law.law)
    }

    /// The keys that sign checkpoints of a ledger of this very size.
    pub fn keys(&self) -> &[VerifierKey] {
        self.law.as_ref().map_or(&[], |law| &law.keys)
    }

    /// Folds in the entries that the ledger has beyond this state.
    ///
    /// # Errors
    ///
    /// Those of reading the ledger; `ledger.head_mismatch` or `ledger.link_mismatch` when the state was
    /// folded from another ledger; `ledger.body` or `ledger.genesis` for entries that make no sense.
    pub fn catch_up(&mut self, ledger: &Ledger) -> Result<()> {
        let Head { size, last, .. } = ledger.head()?;
        if self.size > size || (self.size == size && self.last.unwrap_or(Digest::ZERO) != last) {
            let message = "the ledger is not the one that the state was folded from";
            return Err(Error::new(Code::LedgerHeadMismatch, message).at_sequence(size));
        }
        self.catch_up_to(ledger, size)
    }

    /// Folds in the entries up to `size`, which the ledger must have.
    pub(crate) fn catch_up_to(&mut self, ledger: &Ledger, size: u64) -> Result<()> {
        const BATCH: u64 = 1024;
        while self.size < size {
            let wanted = size.saturating_sub(self.size).min(BATCH);
            let batch = ledger.read(self.size, usize::try_from(wanted).unwrap_or(0))?;
            if batch.is_empty() {
                return Err(Error::new(
                    Code::LedgerTruncated,
                    "an entry below the head cannot be read",
                )
                .at_sequence(self.size));
            }
            for recorded in &batch {
                self.fold(recorded)?;
            }
        }
        Ok(())
    }

    /// Folds in the next entry.
    ///
    /// # Errors
    ///
    /// `ledger.sequence` when it is not the next one, `ledger.link_mismatch` when it does not follow the
    /// last one; `ledger.body` or `ledger.genesis` when it makes no sense; `ledger.snapshot` when it
    /// names a snapshot of another state than this one.
    pub fn fold(&mut self, recorded: &Recorded) -> Result<()> {
        fold::fold(self, recorded)
    }

    /// The first answer that an actor got to a request of this id.
    pub(crate) fn answer(&self, actor: &Actor, id: &str) -> Option<&Answered> {
        self.answered.get(&asked(&actor.id, id))
    }

    /// The permits of a stage that are open, by the hashes of their entries.
    pub(crate) fn open_permits<'s>(
        &'s self,
        track: &'s str,
        stage: &'s str,
    ) -> impl Iterator<Item = (&'s Digest, &'s PermitRecord)> {
        self.permits_at
            .range((track.to_owned(), stage.to_owned(), Digest::ZERO)..)
            .map(|(place, ())| place)
            .take_while(move |(of, at, _)| of == track && at == stage)
            .filter_map(|(_, _, entry)| self.permits.get_key_value(entry))
    }

    /// The approvals of a digest that are neither spent nor withdrawn, by the hashes of their entries.
    pub(crate) fn approvals_of(
        &self,
        digest: Digest,
    ) -> impl Iterator<Item = (&Digest, &ApprovalRecord)> {
        self.approvals_of
            .range((digest, Digest::ZERO)..)
            .map(|(place, ())| place)
            .take_while(move |(of, _)| *of == digest)
            .filter_map(|(_, entry)| self.approvals.get_key_value(entry))
    }

    /// Whether what a person signed was recorded before.
    pub(crate) fn has_consent(&self, approval: &Approval, signed: Instant) -> bool {
        consent(approval, signed).is_ok_and(|consent| self.consents.contains_key(&consent))
    }

    /// How many refusals of callers who were not known were recorded after an instant, as far as they are
    /// remembered.
    pub(crate) fn strangers_since(&self, since: Instant) -> usize {
        self.strangers.values().rev().take_while(|at| **at > since).count()
    }

    /// What is owed by a lineage at a site.
    pub(crate) fn owed<'s>(
        &'s self,
        site: &'s Site,
        lineage: &'s str,
    ) -> impl Iterator<Item = &'s OpenObligation> {
        let first =
            Obligation { kind: String::new(), subject: String::new(), resource: None, due: None };
        let from =
            OpenObligation { site: site.clone(), lineage: lineage.to_owned(), obligation: first };
        self.obligations
            .range(from..)
            .map(|(owed, _)| owed)
            .take_while(move |owed| owed.site == *site && owed.lineage == lineage)
    }

    /// The plan of a digest that was admitted at a site.
    pub(crate) fn plan(&self, site: &Site, digest: Digest) -> Option<&PlanRecord> {
        self.plans.get(&plan_place(site, digest))
    }

    /// Whether an application of a plan was admitted at a stage, whatever the asset was called: a plan
    /// changes one place.
    pub(crate) fn is_applied(&self, site: &Site, digest: Digest) -> bool {
        self.plans_of(site, digest).any(|record| record.applied)
    }

    /// The plan of a digest that was admitted at a stage, for each asset.
    pub(crate) fn plans_of<'s>(
        &'s self,
        site: &'s Site,
        digest: Digest,
    ) -> impl Iterator<Item = &'s PlanRecord> {
        let first = (site.track.clone(), site.stage.clone(), digest, String::new());
        let there = move |((track, stage, of, _), _): &(&PlanPlace, &PlanRecord)| {
            (track, stage, *of) == (&site.track, &site.stage, digest)
        };
        self.plans.range(first..).take_while(there).map(|(_, record)| record)
    }

    /// What is deployed at a site.
    pub fn deployment(&self, site: &Site) -> Option<&Deployment> {
        self.deployed.get(site)
    }

    /// The sequence number of the erasure, where an attachment was erased and no later entry names it. Such
    /// an attachment may be missing; any other that an entry names may not.
    pub fn erasure(&self, attachment: &Digest) -> Option<u64> {
        self.erased.get(attachment).copied()
    }

    /// The sequence number of the newest snapshot.
    pub fn newest_snapshot(&self) -> Option<u64> {
        self.snapshot.map(|snapshot| snapshot.sequence)
    }

    /// What is recorded for a gate about a subject, in the order of the entries.
    pub(crate) fn evidence(
        &self,
        gate: &str,
        about: &About,
    ) -> impl DoubleEndedIterator<Item = &EvidenceRecord> + Clone {
        let key = |sequence| (gate.to_owned(), about.clone(), sequence);
        self.evidence.range(key(0)..=key(u64::MAX)).map(|(_, record)| record)
    }

    /// The sequence number of the newest entry that records evidence for a gate about a subject.
    pub(crate) fn newest_evidence(&self, gate: &str, about: &About) -> Option<u64> {
        let key = |sequence| (gate.to_owned(), about.clone(), sequence);
        self.evidence.range(key(0)..=key(u64::MAX)).next_back().map(|((_, _, it), _)| *it)
    }

    /// A summary of the state.
    pub fn status(&self) -> Status {
        Status {
            entries: self.size,
            origin: self.origin().map(str::to_owned),
            charter: self.law().map(|law| law.digest),
            keys: self.keys().to_vec(),
            at: self.clock,
            deployments: self
                .deployed
                .iter()
                .map(|(site, deployment)| StatusDeployment {
                    site: site.clone(),
                    deployment: deployment.clone(),
                })
                .collect(),
            pending: self
                .permits
                .iter()
                .filter(|(_, record)| record.is_pending())
                .map(|(entry, record)| StatusPermit {
                    entry: *entry,
                    permit: record.permit.clone(),
                    outcome: record.outcome,
                })
                .collect(),
            approvals: self
                .approvals
                .iter()
                .map(|(entry, record)| StatusApproval {
                    entry: *entry,
                    approval: record.approval.clone(),
                    at: record.at,
                })
                .collect(),
            obligations: self.obligations.keys().cloned().collect(),
            grants: self.status_grants(),
            rollouts: self
                .rollouts
                .iter()
                .map(|((track, stage, asset), record)| StatusRollout {
                    site: Site { track: track.clone(), asset: asset.clone(), stage: stage.clone() },
                    lineage: record.lineage.clone(),
                    traffic: record.traffic,
                    at: record.at,
                    failed: record.failed,
                })
                .collect(),
            incidents: self
                .incidents
                .iter()
                .map(|(entry, record)| StatusIncident {
                    entry: *entry,
                    site: record.site.clone(),
                    kind: record.kind,
                    severity: record.severity,
                    at: record.at,
                    attempt: record.attempt.clone().map(|tried| StatusAttempt {
                        actor: tried.actor,
                        operation: tried.operation,
                        artifact: tried.artifact,
                        times: tried.times,
                    }),
                })
                .collect(),
            artifacts: self.status_artifacts(),
        }
    }
}

/// Names a request or fact by its actor and its id.
fn asked(actor: &str, id: &str) -> Digest {
    let mut hasher = Hasher::of_kind("asked");
    hasher.update(actor.as_bytes());
    // No name holds a control character.
    hasher.update(b"\n");
    hasher.update(id.as_bytes());
    hasher.finish()
}

/// Names what a person signed: an approval, by what it says and when it was signed.
fn consent(approval: &Approval, signed: Instant) -> Result<Digest> {
    Ok(Digest::of_kind("consent", &canonical::to_bytes(&(approval, signed))?))
}

impl ApprovalRecord {
    /// When the person gave it: signed it, or had it recorded, whichever was first.
    pub(crate) fn given(&self) -> Instant {
        self.signed.map_or(self.at, |signed| self.at.min(signed))
    }
}

impl PermitRecord {
    /// Where the permit lets its actor act.
    pub(crate) fn site(&self) -> Site {
        let Permit { track, asset, stage, .. } = &self.permit;
        Site { track: track.clone(), asset: asset.clone(), stage: stage.clone() }
    }

    /// Whether the permit may still be acted upon.
    pub(crate) fn is_live(&self, at: Instant) -> bool {
        self.outcome.is_none() && at <= self.permit.expires
    }

    /// Whether the permit stands for an act whose end is not known.
    pub(crate) fn is_pending(&self) -> bool {
        self.permit.is_act()
    }
}
