//! What happened, as against what was decided.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Actor, Channel, Execution, GrantApproval, GrantClosing, GrantOpening, GrantRequest, Incident,
    IntegrityCheck, LifecycleStep, PostMortem, Report, ReportText, Resolution, Signature,
    StateContent, report,
};
use crate::{
    digest::Digest,
    error::Result,
    identity::Credential,
    ledger::VerifierKey,
    secrets::{self, Masked},
    time::Instant,
};

/// Something that happened, handed in by an actor who may record it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fact {
    /// Names the fact once and for all; a repeat with the same id and content gets the first answer.
    pub id: String,
    /// The instant of recording, as the host's clock says.
    pub at: Instant,
    /// Who records it.
    pub actor: Actor,
    /// From where.
    pub channel: Channel,
    /// What happened.
    pub fact: FactKind,
    /// The signature of the person who records it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// The token that shows who records it. It does not travel inside the fact's JSON.
    #[serde(skip)]
    pub credential: Option<Credential>,
    /// The report that evidence rests on, as [`intake`](crate::intake) read it. It is never within the fact's entry,
    /// which names its digest and keeps what was read of it as an attachment.
    #[serde(default, skip_serializing_if = "report::stays_beside", with = "report")]
    #[schemars(with = "Option<ReportText>")]
    pub report: Option<Arc<Report>>,
}

impl Fact {
    /// A fact from a person's machine: the `channel` is for the host to fill in.
    pub fn new(id: impl Into<String>, at: Instant, actor: Actor, fact: FactKind) -> Self {
        let channel = Channel::Local;
        Self {
            id: id.into(),
            at,
            actor,
            channel,
            fact,
            signature: None,
            credential: None,
            report: None,
        }
    }

    /// Hands in the report, and names it as the evidence's own.
    pub fn attach(&mut self, report: impl Into<Arc<Report>>) {
        let report = report.into();
        if let FactKind::Evidence(evidence) = &mut self.fact {
            evidence.report = Some(report.digest());
        }
        self.report = Some(report);
    }

    /// Names the report that was handed in as the evidence's own, unless the evidence says which it means.
    pub(crate) fn name_report(&mut self) {
        if let (Some(report), FactKind::Evidence(evidence)) = (&self.report, &mut self.fact) {
            evidence.report.get_or_insert(report.digest());
        }
    }

    /// The fact with marks in the place of what looks like a secret.
    ///
    /// # Errors
    ///
    /// Those of [`secrets::mask`].
    pub(crate) fn masked(&self) -> Result<Masked<'_, Self>> {
        let mut masked = secrets::mask(self)?;
        if let Cow::Owned(fact) = &mut masked.what {
            fact.credential.clone_from(&self.credential);
            fact.report.clone_from(&self.report);
        }
        if let Some(report) = &self.report {
            let within = secrets::mask(&**report)?;
            masked.found.extend(within.found.into_iter().map(|found| found.under("/report")));
            if let Cow::Owned(mut clean) = within.what {
                clean.seal.clone_from(&report.seal);
                masked.what.to_mut().report = Some(clean.into());
            }
        }
        Ok(masked)
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum FactKind {
    /// A person consents.
    Approval(Approval),
    /// A tool or person attests something.
    Evidence(Evidence),
    /// An admitted action ended.
    Outcome(OutcomeReport),
    /// An approval or evidence is taken back.
    Withdrawal(Withdrawal),
    /// The charter, or the keys, are replaced.
    Amendment(Amendment),
    /// An attachment is erased for good.
    Erasure(Erasure),
    /// A break-glass grant is asked for.
    GrantRequest(GrantRequest),
    /// A person consents to a break-glass grant.
    GrantApproval(GrantApproval),
    /// A break-glass grant begins.
    GrantOpening(GrantOpening),
    /// A break-glass grant ends before its time.
    GrantClosing(GrantClosing),
    /// What a break-glass grant was used for has been looked into.
    PostMortem(PostMortem),
    /// Something is not as it should be at a site.
    Incident(Incident),
    /// An incident is over.
    Resolution(Resolution),
    /// An artifact takes a step of its life, or somebody uses or reads it.
    Lifecycle(LifecycleStep),
    /// Somebody computed an artifact's digest again and compared.
    IntegrityCheck(IntegrityCheck),
}

impl FactKind {
    /// The word for the kind of fact.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Approval(_) => "approval",
            Self::Evidence(_) => "evidence",
            Self::Outcome(_) => "outcome",
            Self::Withdrawal(_) => "withdrawal",
            Self::Amendment(_) => "amendment",
            Self::Erasure(_) => "erasure",
            Self::GrantRequest(_) => "grant request",
            Self::GrantApproval(_) => "grant approval",
            Self::GrantOpening(_) => "grant opening",
            Self::GrantClosing(_) => "grant closing",
            Self::PostMortem(_) => "post-mortem",
            Self::Incident(_) => "incident",
            Self::Resolution(_) => "resolution",
            Self::Lifecycle(_) => "lifecycle",
            Self::IntegrityCheck(_) => "integrity check",
        }
    }
}

/// A person's consent to one exact digest entering one stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Approval {
    /// The person.
    pub by: String,
    /// The track, where more than one has the stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<String>,
    /// The stage.
    pub stage: String,
    /// The name of the asset.
    pub asset: String,
    /// The digest of the stage's plan, or of the artifact.
    pub digest: Digest,
    /// The role that the person approves in; absent where any of theirs will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// When the consent ends; it ends at the boundary's own limit at the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Instant>,
}

/// What a tool or person attests about a digest or commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Evidence {
    /// The gate that it is meant for.
    pub gate: String,
    /// What it is about.
    pub about: About,
    /// The result.
    pub result: EvidenceResult,
    /// When the tool ran or the person looked.
    pub produced: Instant,
    /// The SHA-256 of the tool's report; filled in from the report where one is handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Digest>,
    /// The tool's name and version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
}

/// What evidence is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum About {
    /// The plan with this digest.
    Plan(Digest),
    /// The commit with this hash.
    Commit(String),
    /// The artifact with this digest.
    Artifact(Digest),
}

impl About {
    /// The word for the kind of thing.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Plan(_) => "plan",
            Self::Commit(_) => "commit",
            Self::Artifact(_) => "artifact",
        }
    }
}

/// A tool's result; anything but `pass` is not a pass.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceResult {
    /// Nothing was objected to.
    Pass,
    /// Something was objected to.
    Fail,
    /// The tool could not tell.
    Error,
}

/// How an admitted action ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OutcomeReport {
    /// The permit: the hash of the entry that admitted the action.
    pub permit: Digest,
    /// How it ended.
    pub result: OutcomeResult,
    /// The tool's own state before and after it, where the tool keeps one (R063).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StateSerial>,
    /// What carried it out, and what that did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<Execution>,
    /// What else is worth knowing, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Which state a tool such as Terraform keeps of what it made, and how often it was written: `lineage` and `serial` as
/// `terraform state pull` prints them, before and after an act.
///
/// When a state was written without an act whose outcome was reported, its content was altered under the same serial
/// number, or another state took its place, the next report opens an incident of the kind `bypass` (R063), unless a look for drift did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StateSerial {
    /// The name that the tool gave the state once and for all.
    pub lineage: String,
    /// The serial number before the act.
    pub before: u64,
    /// The serial number after it.
    pub after: u64,
    /// What it held before the act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_before: Option<StateContent>,
    /// What it held after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_after: Option<StateContent>,
}

/// How an action ended.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum OutcomeResult {
    /// Everything was done.
    Succeeded,
    /// Something was not done.
    Failed,
    /// Nobody knows what was done.
    Unknown,
}

/// An approval or evidence is taken back before it was spent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Withdrawal {
    /// The hash of the entry that recorded what is taken back.
    pub entry: Digest,
    /// Why.
    pub reason: String,
}

/// The content of an attachment is erased. The entries that name it stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Erasure {
    /// The attachment.
    pub attachment: Digest,
    /// The sequence number of an entry that names it.
    pub sequence: u64,
    /// Why.
    pub reason: String,
}

/// The law of the ledger is replaced, or a part of it; admitted under the charter that is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Amendment {
    /// The new charter with its pinned packs; absent where the one in force stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<Law>,
    /// The keys that sign the ledger's checkpoints from now on, all of them; absent where those in
    /// force stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<VerifierKey>>,
    /// Why.
    pub reason: String,
}

/// A charter with its pinned packs, and the attachments that hold their texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Law {
    /// The digest of the charter together with its pinned packs.
    pub digest: Digest,
    /// The attachment that holds the charter's text.
    pub charter: Digest,
    /// The attachment that holds the lock file's text.
    pub lock: Digest,
    /// The attachments that hold the packs' texts, by `name@version`.
    pub packs: BTreeMap<String, Digest>,
}

impl Law {
    /// Whether an attachment holds one of the law's texts.
    pub(crate) fn names(&self, attachment: &Digest) -> bool {
        let mut texts = [&self.charter, &self.lock].into_iter().chain(self.packs.values());
        texts.any(|text| text == attachment)
    }
}
