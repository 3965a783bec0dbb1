//! The shape of a charter file. Whether it makes sense as a whole is `check`'s matter.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BreakGlass, Lifecycle, ReportRule, Threat, Waiver};
use super::{
    drift::DriftRule,
    promotion::{BlastRadius, Rate, RollbackRule, Rollout, Sensitive, Superseded},
    zone::ZoneRule,
};
use crate::{
    identity::{AllowedSigner, ProviderDocument},
    model::{ActorKind, Mode},
    policy::PackReference,
    time::{Duration, Window},
};

/// The document that declares actors, tracks, boundaries, gates, roles and packs.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CharterDocument {
    /// The charter's name.
    pub charter: String,
    /// The charter's version, for people; what counts is its digest.
    pub version: String,
    /// The last day before the charter is due for review, such as `2027-01-31` (R434).
    #[serde(default)]
    pub review_by: Option<String>,
    /// What happens to a resource change that no policy matches.
    pub unmatched: Unmatched,
    /// `observe` records without blocking and gives no permits.
    #[serde(default)]
    pub mode: Mode,
    /// How actors must be known.
    #[serde(default)]
    pub identity: IdentityRule,
    /// How far instants may differ from the ledger's.
    #[serde(default)]
    pub clock: Clock,
    /// How long a request's id is remembered; an older request is refused.
    #[serde(default = "default_request_lifetime")]
    pub request_lifetime: Duration,
    /// How many refusals of callers who are not known are recorded, in how long a time of the ledger's clock. Others
    /// are refused without an entry, so that nobody can fill the ledger from outside.
    #[serde(default = "default_strangers")]
    pub strangers: Rate,
    /// How long a permit is worth something.
    #[serde(default = "default_permit_lifetime")]
    pub permit_lifetime: Duration,
    /// Whether a plan that covers only a part of the configuration is judged like any other.
    #[serde(default)]
    pub incomplete_plans: IncompletePlans,
    /// The packs and their versions; `charter.lock` pins their digests.
    #[serde(default)]
    pub packs: Vec<PackReference>,
    /// The overlays that make packs stricter, in the order in which they are applied, and their versions;
    /// `charter.lock` pins their digests.
    #[serde(default)]
    pub overlays: Vec<OverlayReference>,
    /// Whose tokens count, and what their claims mean.
    #[serde(default)]
    pub providers: Vec<ProviderDocument>,
    /// Who may ask for anything at all.
    pub actors: Vec<ActorDeclaration>,
    /// The keys that people sign with.
    #[serde(default)]
    pub signers: Vec<AllowedSigner>,
    /// The named checks that boundaries require.
    #[serde(default)]
    pub gates: Vec<Gate>,
    /// Who may record which fact; evidence is its gate's producers', an outcome is whose permit it is.
    #[serde(default)]
    pub facts: FactRules,
    /// Which changes are sensitive, and what they need besides.
    #[serde(default)]
    pub sensitive: Option<Sensitive>,
    /// Who may replace the charter; absent means nobody.
    #[serde(default)]
    pub amendments: Option<Amendments>,
    /// Exceptions in emergencies; absent means that there are none.
    #[serde(default)]
    pub break_glass: Option<BreakGlass>,
    /// Exceptions for one policy and resource.
    #[serde(default)]
    pub waivers: Vec<Waiver>,
    /// What is feared, and which rules of this charter stand against it.
    #[serde(default)]
    pub threats: Vec<Threat>,
    /// How artifacts live, from draft to archive.
    #[serde(default)]
    pub lifecycles: Vec<Lifecycle>,
    /// The chains of stages.
    pub tracks: Vec<Track>,
}

/// An overlay by name and version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OverlayReference {
    /// The overlay's name.
    pub overlay: String,
    /// The overlay's version.
    pub version: String,
}

impl OverlayReference {
    /// The reference under which lock files pin it.
    pub fn pinned(&self) -> PackReference {
        PackReference { pack: self.overlay.clone(), version: self.version.clone() }
    }
}

/// What happens to a resource change that no policy matches. There is no safe guess, so a charter must say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unmatched {
    /// It passes.
    Allow,
    /// It is denied as `policy.unmatched`.
    Deny,
}

/// How actors must be known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IdentityRule {
    /// By a token or signature that was verified, everybody.
    #[default]
    Verified,
    /// By the word of the host that embeds the engine, but for those who have a provider.
    Asserted,
}

/// How far instants may differ from the ledger's last one.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Clock {
    /// How much earlier than the last entry a request may be.
    pub skew: Duration,
    /// How much later than the last entry a request without a verified credential may be. By so much an
    /// allowed request with a wrong clock can block the ledger; a ledger that rested for longer needs
    /// an amendment.
    pub max_advance: Duration,
}

impl Default for Clock {
    fn default() -> Self {
        Self { skew: Duration::from_seconds(60), max_advance: Duration::from_seconds(35 * 86_400) }
    }
}

/// Whether a plan that covers only a part of the configuration is judged like any other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IncompletePlans {
    /// It is denied as `plan.incomplete`.
    #[default]
    Deny,
    /// It is.
    Allow,
}

/// An actor that may ask for something.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActorDeclaration {
    /// The name.
    pub actor: String,
    /// A person or a workload.
    pub kind: ActorKind,
    /// What a person may be asked to approve as.
    #[serde(default)]
    pub roles: Vec<String>,
    /// The provider whose tokens show that it is this actor. An actor that has one is never taken at the host's word.
    #[serde(default)]
    pub provider: Option<String>,
    /// The subject that its tokens must have, exactly (`google.subject`).
    #[serde(default)]
    pub subject: Option<String>,
    /// Claims that a request by this actor must carry, each with exactly this value. With a provider, these are
    /// attributes of the token.
    #[serde(default)]
    pub claims: BTreeMap<String, String>,
}

/// A named check that a boundary requires, satisfied by evidence.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Gate {
    /// The gate's name.
    pub gate: String,
    /// What the gate is for.
    #[serde(default)]
    pub description: Option<String>,
    /// What the evidence must be about.
    pub about: GateAbout,
    /// The actors whose evidence counts.
    pub producers: Vec<String>,
    /// How old the evidence may be.
    pub max_age: Duration,
    /// What the tool's report must be and say; absent, the producers' word is enough.
    #[serde(default)]
    pub report: Option<ReportRule>,
}

/// What a gate's evidence must be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GateAbout {
    /// This stage's plan.
    Plan,
    /// The commit.
    Commit,
    /// The artifact.
    Artifact,
}

/// Who may record which fact.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct FactRules {
    /// The workloads that may attest a person's approval.
    pub approvals: Vec<String>,
    /// The actors that may take back approvals and evidence.
    pub withdrawals: Vec<String>,
    /// The actors that may erase attachments.
    pub erasures: Vec<String>,
    /// The actors that may report incidents, and that they looked for drift.
    pub incidents: Vec<String>,
    /// The actors that may say that an incident is over.
    pub resolutions: Vec<String>,
}

/// Who may replace the charter.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Amendments {
    /// The actors that may ask for it. A person may: this alters no infrastructure.
    pub actors: Vec<String>,
}

/// An ordered chain of stages that one kind of asset moves along.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Track {
    /// The track's name.
    pub track: String,
    /// What moves along it.
    pub moves: Moves,
    /// The assets that move along it, by name (R027); absent means any.
    #[serde(default)]
    pub assets: Option<Vec<String>>,
    /// The lifecycle that artifacts have which move along it: only what is published there enters a stage (R240,
    /// R489).
    #[serde(default)]
    pub lifecycle: Option<String>,
    /// The stages, first to last.
    pub stages: Vec<Stage>,
    /// What each stage's entrance demands; every stage needs one.
    pub boundaries: Vec<Boundary>,
}

/// What moves along a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Moves {
    /// Changes: planned and applied anew in each stage, from the same commit.
    Change,
    /// Artifacts: the same digest in each stage.
    Artifact,
}

/// One level of a track.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stage {
    /// The stage's name.
    pub stage: String,
    /// The stages that may come before it, all of them earlier in the list; absent means the one before it in the
    /// list. Each has a boundary of its own into this stage.
    #[serde(default)]
    pub after: Option<Vec<String>>,
    /// Other names for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The stack or workspace that belongs to this stage alone.
    #[serde(default)]
    pub stack: Option<String>,
    /// The cloud project or account that belongs to this stage alone.
    #[serde(default)]
    pub project: Option<String>,
    /// The state backend that belongs to this stage alone (R055).
    #[serde(default)]
    pub backend: Option<String>,
    /// The buckets, prefixes and other stores that belong to this stage alone (R456).
    #[serde(default)]
    pub buckets: Vec<String>,
    /// The service accounts, roles and other credentials that belong to this stage alone, by name (R034).
    #[serde(default)]
    pub credentials: Vec<String>,
    /// The namespaces that belong to this stage alone (R455).
    #[serde(default)]
    pub namespaces: Vec<String>,
    /// The host names and certificates that belong to this stage alone (R457).
    #[serde(default)]
    pub endpoints: Vec<String>,
    /// The deployment environment of this stage: whoever acts here has it as the claim `environment` (R039). Absent,
    /// a token that names an environment must name this stage.
    #[serde(default)]
    pub environment: Option<String>,
    /// Who may do what here.
    pub grants: Grants,
    /// The packs that every plan for this stage must pass.
    #[serde(default)]
    pub packs: Vec<String>,
    /// `observe` records without blocking and gives no permits.
    #[serde(default)]
    pub mode: Mode,
    /// What an open incident, or drift that nobody looked for, denies here.
    #[serde(default)]
    pub drift: Option<DriftRule>,
    /// What holds for the artifacts that are here, where the stage is a zone of data.
    #[serde(default)]
    pub zone: Option<ZoneRule>,
}

/// Who may do what in a stage. Planning and applying are separate grants (R032).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Grants {
    /// The workloads that may plan.
    pub plan: Vec<String>,
    /// The workloads that may apply.
    pub apply: Vec<String>,
    /// The workloads that may promote.
    pub promote: Vec<String>,
    /// The workloads that may roll back.
    pub rollback: Vec<String>,
    /// The workloads that may shift traffic.
    pub shift: Vec<String>,
}

/// What the entrance of a stage demands.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Boundary {
    /// The stage that is entered.
    pub into: String,
    /// The stage that the lineage must have succeeded in; absent for the first stage only. Where several stages may
    /// come before the one that is entered, this boundary is for those that come from there.
    #[serde(default)]
    pub from: Option<String>,
    /// The refs that subjects may come from, by full name; `*` stands for any run of characters but `/`.
    #[serde(default)]
    pub refs: Vec<String>,
    /// The gates that must be satisfied.
    #[serde(default)]
    pub gates: Vec<String>,
    /// The approvals that are needed.
    #[serde(default)]
    pub approvals: Vec<ApprovalRule>,
    /// How long before now the lineage must have succeeded in the stage before.
    #[serde(default)]
    pub soak: Option<Duration>,
    /// How long before now the last approval must have been given (R156).
    #[serde(default)]
    pub delay: Option<Duration>,
    /// When subjects may enter; empty means at any time.
    #[serde(default)]
    pub windows: Vec<Window>,
    /// Whether a subject from a tag needs the tag to be signed by an allowed signer's SSH key (R166,
    /// R508). What comes from branches, `refs` says.
    #[serde(default)]
    pub signed_tags: bool,
    /// How much one plan may change.
    #[serde(default)]
    pub blast_radius: Option<BlastRadius>,
    /// How often subjects may enter.
    #[serde(default)]
    pub rate: Option<Rate>,
    /// Whether a plan that a newer one superseded may still be carried out.
    #[serde(default)]
    pub superseded: Superseded,
    /// The way back; absent means that nothing is rolled back here.
    #[serde(default)]
    pub rollback: Option<RollbackRule>,
    /// The steps in which traffic follows; absent means that it follows at once.
    #[serde(default)]
    pub rollout: Option<Rollout>,
}

/// How many people of a role must approve.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApprovalRule {
    /// The role.
    pub role: String,
    /// How many distinct people.
    pub count: u32,
    /// How old their consent may be.
    #[serde(default = "default_approval_age")]
    pub max_age: Duration,
}

fn default_request_lifetime() -> Duration {
    Duration::from_seconds(24 * 3_600)
}

fn default_strangers() -> Rate {
    Rate { count: 100, per: Duration::from_seconds(3_600) }
}

fn default_permit_lifetime() -> Duration {
    Duration::from_seconds(3_600)
}

fn default_approval_age() -> Duration {
    Duration::from_seconds(7 * 86_400)
}
