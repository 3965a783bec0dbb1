//! What entries hold: the bodies of genesis, decision, fact and snapshot entries.
//!
//! The state folds these bodies and nothing else, so they hold all that a later decision may need.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GrantTerms, LifecycleTerms};
use crate::{
    digest::Digest,
    ledger::VerifierKey,
    model::{
        Action, Actor, ActorKind, Channel, Enforcement, Fact, Finding, IncidentKind, Law, Mode,
        Obligation, Outcome, Permit, PlanPart, PolicyCount, Request, Subject, Target, Verdict,
    },
    time::Instant,
};

/// The kinds of entries.
pub mod kind {
    /// The first entry of a ledger: [`Genesis`](super::Genesis).
    pub const GENESIS: &str = "genesis";
    /// The answer to a request: [`DecisionBody`](super::DecisionBody).
    pub const DECISION: &str = "decision";
    /// A fact, admitted or refused: [`FactBody`](super::FactBody).
    pub const FACT: &str = "fact";
    /// What the entries before it add up to: [`SnapshotBody`](super::SnapshotBody).
    pub const SNAPSHOT: &str = crate::ledger::SNAPSHOT;
}

/// The body of entry 0: the law that the ledger is governed by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Genesis {
    /// A name that no other ledger has.
    pub origin: String,
    /// The charter in force, with where its text is kept.
    pub law: Law,
    /// The keys that sign the ledger's checkpoints; each is named like the origin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<VerifierKey>,
    /// The version of the engine's semantics.
    pub engine: u32,
}

/// The body of a decision entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecisionBody {
    /// What was asked, by whom.
    pub request: RequestSummary,
    /// What was decided.
    pub decision: DecisionSummary,
    /// How each policy came out over all resources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<PolicyCount>,
    /// The plans that the change's plan is joined of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PlanPart>,
    /// What is owed if this is carried out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obligations: Vec<Obligation>,
    /// What was owed and is met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meets: Vec<Obligation>,
    /// How many resources the plan found to have been changed outside the tool.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub drift: u64,
    /// What the decision lets its actor do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permit: Option<Permit>,
    /// The hashes of the entries that this decision uses up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spends: Vec<Digest>,
    /// The break-glass grant that was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Digest>,
    /// The names of the waivers that were applied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<String>,
    /// The packs that were evaluated, by `name@version`.
    pub packs: BTreeMap<String, Digest>,
    /// The attachments that hold the whole request, plan and decision; absent for unknown callers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordReferences>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The attachments that hold what an entry only sums up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordReferences {
    /// The request, in deterministic CBOR.
    pub request: Digest,
    /// The decision with all findings, in deterministic CBOR.
    pub decision: Digest,
    /// The plan as it was judged, in deterministic CBOR.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Digest>,
    /// What the token showed that the request was handed in with, in deterministic CBOR.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<Digest>,
}

/// The body of a fact entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FactBody {
    /// What happened, as its recorder says, without the recorder's claims.
    pub fact: Fact,
    /// The digest of the fact's content, without its instant.
    pub content: Digest,
    /// Whether the recorder may record it.
    pub decision: DecisionSummary,
    /// Whether the recorder was not known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stranger: bool,
    /// What the charter lets the grant be, for one that is opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<GrantTerms>,
    /// What the charter makes of a step of an artifact's life, or of an integrity check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<LifecycleTerms>,
    /// The kind of incident that the entry opens for the artifact; a refusal may open one, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentKind>,
    /// What was published and the refused step would have altered. Without an incident of its own, the entry is one
    /// more time of one that is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Digest>,
    /// The attachment that holds the whole fact, in deterministic CBOR, where its recorder is known and
    /// has claims: these may say more of a person than a book that nobody can erase should hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Digest>,
    /// The attachment that holds what the recorder's token showed, in deterministic CBOR, where the recorder is
    /// known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<Digest>,
    /// What was made of the report that evidence came with, where the recorder is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportReference>,
}

/// What an entry keeps of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportReference {
    /// The attachment that holds what was read of the report, in deterministic CBOR.
    pub record: Digest,
    /// The digest of the gate's rule that it passed under; absent where it did not, or the gate has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Digest>,
    /// When the first of the waivers expires that it passed by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

/// The body of a snapshot entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SnapshotBody {
    /// The attachment that holds the state, in deterministic CBOR.
    pub state: Digest,
    /// The version of the engine's semantics.
    pub engine: u32,
}

/// What every decided entry holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecisionSummary {
    /// Whether it is allowed.
    pub verdict: Verdict,
    /// Whether the verdict binds.
    pub mode: Mode,
    /// How many findings there are, by outcome.
    pub findings: FindingCounts,
    /// The first findings that are not passes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failure>,
    /// The charter that it was decided under.
    pub charter: Digest,
    /// The version of the engine's semantics.
    pub engine: u32,
}

/// How many findings there are, by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FindingCounts {
    /// Passes.
    pub pass: u64,
    /// Failures.
    pub fail: u64,
    /// Those that cannot be told.
    pub unknown: u64,
    /// Failures that a break-glass grant lets pass.
    pub overridden: u64,
}

/// A finding that is not a pass, as far as an entry keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Failure {
    /// What was found.
    pub code: String,
    /// How the check came out.
    pub outcome: Outcome,
    /// Whether it denies.
    pub enforcement: Enforcement,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The address of the resource that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// What was expected and found, cut at 256 characters.
    pub message: String,
}

/// What an entry keeps of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequestSummary {
    /// The request's id.
    pub id: String,
    /// The digest of the request's content, without its instant and credentials.
    pub content: Digest,
    /// The instant that the request claims.
    pub at: Instant,
    /// What is to be done.
    pub action: Action,
    /// Who asks.
    pub actor: ActorSummary,
    /// From where.
    pub channel: Channel,
    /// The track, as the charter names it; absent where the stage is not declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<String>,
    /// The stage, as the charter names it where it is declared, else as asked.
    pub stage: String,
    /// The asset.
    pub asset: String,
    /// The place to be changed.
    pub target: Target,
    /// The change or artifact.
    pub subject: Subject,
    /// Why.
    pub reason: String,
    /// The run of the pipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// What an entry keeps of an actor; claims stay in the request's attachment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActorSummary {
    /// A person or a workload.
    pub kind: ActorKind,
    /// The name.
    pub id: String,
}

impl From<&Actor> for ActorSummary {
    fn from(actor: &Actor) -> Self {
        Self { kind: actor.kind, id: actor.id.clone() }
    }
}

impl RequestSummary {
    /// Sums up a request; track and stage are given as the charter names them.
    pub(crate) fn new(
        request: &Request,
        content: Digest,
        track: Option<&str>,
        stage: &str,
    ) -> Self {
        Self {
            id: request.id.clone(),
            content,
            at: request.at,
            action: request.action,
            actor: ActorSummary::from(&request.actor),
            channel: request.channel,
            track: track.map(str::to_owned),
            stage: stage.to_owned(),
            asset: request.asset.clone(),
            target: request.target.clone(),
            subject: request.subject.clone(),
            reason: request.reason.clone(),
            run: request.run.clone(),
        }
    }
}

impl FindingCounts {
    /// Counts findings.
    pub fn of(findings: &[Finding]) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            let count = match finding.outcome {
                Outcome::Pass => &mut counts.pass,
                Outcome::Fail => &mut counts.fail,
                Outcome::Unknown => &mut counts.unknown,
                Outcome::Overridden => &mut counts.overridden,
            };
            *count = count.saturating_add(1);
        }
        counts
    }
}

impl From<&Finding> for Failure {
    fn from(finding: &Finding) -> Self {
        let cut = |text: &str| text.chars().take(256).collect::<String>();
        Self {
            code: finding.code.clone(),
            outcome: finding.outcome,
            enforcement: finding.enforcement,
            subject: finding.subject.as_deref().map(cut),
            resource: finding.resource.as_deref().map(cut),
            message: cut(&finding.message),
        }
    }
}
