// Made from the JSON Schemas in docs/schema; change the Rust types and run the tests with POUNDLOCK_UPDATE=1.

/** Any JSON. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** Exactly one of the members. */
export type OneOf<T> = {
  [K in keyof T]: { [P in K]: T[P] } & { [P in Exclude<keyof T, K>]?: never };
}[keyof T];

/**
 * What happens to a resource change that no policy matches. There is no safe guess, so a charter must
 * say.
 */
export type Unmatched =
  /** It passes. */
  | "allow"
  /** It is denied as `policy.unmatched`. */
  | "deny";

/** Whether an actor is a person. */
export type ActorKind =
  /** A person. */
  | "human"
  /** A service account, CI job or controller. */
  | "workload";

/** An actor that may ask for something. */
export interface ActorDeclaration {
  /** The name. */
  actor: string;
  /** A person or a workload. */
  kind: ActorKind;
  /**
   * Claims that a request by this actor must carry, each with exactly this value. With a provider, these
   * are attributes of the token.
   */
  claims?: { [key: string]: string };
  /**
   * The provider whose tokens show that it is this actor. An actor that has one is never taken at the
   * host's word.
   */
  provider?: string | null;
  /** What a person may be asked to approve as. */
  roles?: string[];
  /** The subject that its tokens must have, exactly (`google.subject`). */
  subject?: string | null;
}

/** What moves along a track. */
export type Moves =
  /** Changes: planned and applied anew in each stage, from the same commit. */
  | "change"
  /** Artifacts: the same digest in each stage. */
  | "artifact";

/** Who may do what in a stage. Planning and applying are separate grants. */
export interface Grants {
  /** The workloads that may apply. */
  apply?: string[];
  /** The workloads that may plan. */
  plan?: string[];
  /** The workloads that may promote. */
  promote?: string[];
  /** The workloads that may roll back. */
  rollback?: string[];
  /** The workloads that may shift traffic. */
  shift?: string[];
}

/** What is to be done. */
export type Action =
  /** Propose a change to a stage; nothing is altered. */
  | "plan"
  /** Carry out a change that was planned before, as a request of its own. */
  | "apply"
  /** Let a lineage enter a stage from the one before it. */
  | "promote"
  /** Bring a stage back to the last lineage that is known to be good. */
  | "rollback"
  /** Give the new revision more of the traffic. */
  | "shift";

/** Whether no evidence of drift is as good as evidence of no drift. */
export type AbsentDrift =
  /** It is. */
  | "allow"
  /** It is denied as `drift.absent`. */
  | "deny";

/** A duration such as 90s, 24h or 7d. */
export type Duration = string;

/** What is denied in a stage while an incident is open there, or while nobody looked for drift. */
export interface DriftRule {
  /**
   * The actions that are denied. A rollback is the way out, and is never among them; nor is a plan that
   * prepares one denied.
   */
  blocks: Action[];
  /**
   * Whether they may be done where nobody looked for drift lately. Where something is deployed and
   * somebody looked and found drift, they may not.
   */
  absent: AbsentDrift;
  /** How old a look may be. It is needed where `absent: deny`. */
  maxAge?: Duration | null;
}

/** Whether a verdict binds. */
export type Mode =
  /** A denial blocks. */
  | "enforce"
  /** Verdicts are recorded as `observed`; nothing blocks and no permit is given. */
  | "observe";

/** What holds for the artifacts in a stage that is a zone of data. */
export interface ZoneRule {
  /**
   * Whether an asset keeps the content that it came with: under one name no other digest enters, and
   * nothing is rolled back.
   */
  appendOnly?: boolean;
  /** How long after it came an artifact may still go on from here. */
  maxAge?: Duration | null;
  /** Whether what is here leaves only by a boundary from here, whichever stages it was in before. */
  quarantine?: boolean;
}

/** One level of a track. */
export interface Stage {
  /** The stage's name. */
  stage: string;
  /** Who may do what here. */
  grants: Grants;
  /**
   * The stages that may come before it, all of them earlier in the list; absent means the one before it
   * in the list. Each has a boundary of its own into this stage.
   */
  after?: string[] | null;
  /** Other names for it. */
  aliases?: string[];
  /** The state backend that belongs to this stage alone. */
  backend?: string | null;
  /** The buckets, prefixes and other stores that belong to this stage alone. */
  buckets?: string[];
  /** The service accounts, roles and other credentials that belong to this stage alone, by name. */
  credentials?: string[];
  /** What an open incident, or drift that nobody looked for, denies here. */
  drift?: DriftRule | null;
  /** The host names and certificates that belong to this stage alone. */
  endpoints?: string[];
  /**
   * The deployment environment of this stage: whoever acts here has it as the claim `environment`.
   * Absent, a token that names an environment must name this stage.
   */
  environment?: string | null;
  /** `observe` records without blocking and gives no permits. */
  mode?: Mode;
  /** The namespaces that belong to this stage alone. */
  namespaces?: string[];
  /** The packs that every plan for this stage must pass. */
  packs?: string[];
  /** The cloud project or account that belongs to this stage alone. */
  project?: string | null;
  /** The stack or workspace that belongs to this stage alone. */
  stack?: string | null;
  /** What holds for the artifacts that are here, where the stage is a zone of data. */
  zone?: ZoneRule | null;
}

/** How many people of a role must approve. */
export interface ApprovalRule {
  /** The role. */
  role: string;
  /** How many distinct people. */
  count: number;
  /** How old their consent may be. */
  maxAge?: Duration;
}

/** How much one plan may change. Whatever is left out is not limited. */
export interface BlastRadius {
  /** How many resources may be changed in any way, moves and imports included. */
  changes?: number | null;
  /**
   * How many may come into being. A replacement counts here, among the deletions, and among the
   * replacements.
   */
  creates?: number | null;
  /** How many may be destroyed. */
  deletes?: number | null;
  /** How many may be replaced. */
  replaces?: number | null;
  /**
   * The addresses or types that may be changed, in which `*` stands for any run of characters; empty
   * means any.
   */
  resources?: string[];
  /** How many may be changed in place. */
  updates?: number | null;
}

/** How often something may be done. */
export interface Rate {
  /** How many times, at most `limits::RATE`. */
  count: number;
  /** Within which time. */
  per: Duration;
}

/** The way back from a stage. Without it, nothing is rolled back there. */
export interface RollbackRule {
  /** The approvals that a rollback needs. */
  approvals?: ApprovalRule[];
  /** The gates that a rollback must satisfy. */
  gates?: string[];
  /**
   * Whether a request to enter the stage must name the lineage that it goes back to if it fails: the
   * last one that is known to be good there.
   */
  required?: boolean;
}

/** The steps in which the traffic of a stage follows what was deployed there. */
export interface Rollout {
  /**
   * The shares of the traffic, in percent, ascending; the last is 100. Whatever enters the stage begins
   * with none.
   */
  steps: number[];
  /** How long after one step the next may be taken. */
  wait: Duration;
  /** The gate whose evidence each step needs, produced after the step before it. */
  gate: string;
}

/**
 * Whether a plan may be carried out after a newer one of another commit was admitted for the same
 * asset and ref.
 */
export type Superseded =
  /** It is denied as `boundary.superseded`. */
  | "deny"
  /** It may. */
  | "allow";

/** A day of the week. */
export type Day =
  | "mon"
  | "tue"
  | "wed"
  | "thu"
  | "fri"
  | "sat"
  | "sun";

/** A time of day as HH:MM. */
export type TimeOfDay = string;

/**
 * Days and hours of the week, in a named time zone, in which changes may enter a stage.
 *
 * A window that ends before it begins runs past midnight and belongs to the day on which it begins.
 */
export interface Window {
  /** An IANA time zone name, such as `Europe/Zurich`. */
  timeZone: string;
  /** The days of the week on which the window begins. */
  days: Day[];
  /** The first minute of the window, as `HH:MM`. */
  from: TimeOfDay;
  /** The first minute after the window, as `HH:MM`; `24:00` is midnight. */
  to: TimeOfDay;
}

/** What the entrance of a stage demands. */
export interface Boundary {
  /** The stage that is entered. */
  into: string;
  /** The approvals that are needed. */
  approvals?: ApprovalRule[];
  /** How much one plan may change. */
  blastRadius?: BlastRadius | null;
  /** How long before now the last approval must have been given. */
  delay?: Duration | null;
  /**
   * The stage that the lineage must have succeeded in; absent for the first stage only. Where several
   * stages may come before the one that is entered, this boundary is for those that come from there.
   */
  from?: string | null;
  /** The gates that must be satisfied. */
  gates?: string[];
  /** How often subjects may enter. */
  rate?: Rate | null;
  /** The refs that subjects may come from, by full name; `*` stands for any run of characters but `/`. */
  refs?: string[];
  /** The way back; absent means that nothing is rolled back here. */
  rollback?: RollbackRule | null;
  /** The steps in which traffic follows; absent means that it follows at once. */
  rollout?: Rollout | null;
  /**
   * Whether a subject from a tag needs the tag to be signed by an allowed signer's SSH key. What comes
   * from branches, `refs` says.
   */
  signedTags?: boolean;
  /** How long before now the lineage must have succeeded in the stage before. */
  soak?: Duration | null;
  /** Whether a plan that a newer one superseded may still be carried out. */
  superseded?: Superseded;
  /** When subjects may enter; empty means at any time. */
  windows?: Window[];
}

/** An ordered chain of stages that one kind of asset moves along. */
export interface Track {
  /** The track's name. */
  track: string;
  /** What moves along it. */
  moves: Moves;
  /** The stages, first to last. */
  stages: Stage[];
  /** What each stage's entrance demands; every stage needs one. */
  boundaries: Boundary[];
  /** The assets that move along it, by name; absent means any. */
  assets?: string[] | null;
  /** The lifecycle that artifacts have which move along it: only what is published there enters a stage. */
  lifecycle?: string | null;
}

/** Who may replace the charter. */
export interface Amendments {
  /** The actors that may ask for it. A person may: this alters no infrastructure. */
  actors: string[];
}

/** The post-mortem that every grant owes. */
export interface PostMortemRule {
  /** How long after the end of the grant's lifetime. While one is overdue no other grant is opened. */
  within: Duration;
  /** Who may record it. */
  recorders: string[];
}

/** A stage of a track, both by name. */
export interface StageReference {
  /** The track. */
  track: string;
  /** The stage. */
  stage: string;
}

/** The checks, in their order (DESIGN §4). */
export type Check =
  /** The request as such: its form, its instant, its id. */
  | "request"
  /** Who asks. */
  | "identity"
  /** From where. */
  | "channel"
  /** For what place. */
  | "target"
  /** About what. */
  | "subject"
  /** From which stage to which, when, how. */
  | "boundary"
  /** With whose consent. */
  | "approvals"
  /** On what evidence. */
  | "evidence"
  /** By what rules. */
  | "policies"
  /** By which break-glass grant. */
  | "grant"
  /** Whether the fact is its recorder's to record. */
  | "fact";

/** A reason for a grant, with what it takes and how far it reaches. */
export interface BreakGlassReason {
  /** The reason's name. */
  reason: string;
  /** The approvals that are needed (R335 to R338). */
  approvals: ApprovalRule[];
  /** The stages that a grant may cover. */
  stages: StageReference[];
  /** The actions that a grant may cover. */
  actions: Action[];
  /** The checks whose failures a grant overrides. */
  overrides: Check[];
  /** When it applies. */
  description?: string | null;
}

/** An RFC 3339 instant. */
export type Instant = string;

/** A person approves grants in a role that they do not have, for a time. */
export interface Delegation {
  /** The role. */
  role: string;
  /** The person. */
  to: string;
  /** The last instant at which it counts. */
  until: Instant;
}

/** The rules of break-glass grants. */
export interface BreakGlass {
  /** Who may ask for a grant, open and close it. */
  requesters: string[];
  /** The longest lifetime of a grant. */
  maxLifetime: Duration;
  /** How often one grant may be used. */
  maxUses: number;
  /** How many grants may be opened in a time. */
  openings: Rate;
  /** The post-mortem that every grant owes. */
  postMortem: PostMortemRule;
  /** The reasons that count. */
  reasons: BreakGlassReason[];
  /** Who may approve in another's place, and until when. */
  delegations?: Delegation[];
}

/** How far instants may differ from the ledger's last one. */
export interface Clock {
  /**
   * How much later than the last entry a request without a verified credential may be. By so much an
   * allowed request with a wrong clock can block the ledger; a ledger that rested for longer needs an
   * amendment.
   */
  maxAdvance?: Duration;
  /** How much earlier than the last entry a request may be. */
  skew?: Duration;
}

/** Who may record which fact. */
export interface FactRules {
  /** The workloads that may attest a person's approval. */
  approvals?: string[];
  /** The actors that may erase attachments. */
  erasures?: string[];
  /** The actors that may report incidents, and that they looked for drift. */
  incidents?: string[];
  /** The actors that may say that an incident is over. */
  resolutions?: string[];
  /** The actors that may take back approvals and evidence. */
  withdrawals?: string[];
}

/** What a gate's evidence must be about. */
export type GateAbout =
  /** This stage's plan. */
  | "plan"
  /** The commit. */
  | "commit"
  /** The artifact. */
  | "artifact";

/** The formats of reports. */
export type ReportFormat =
  /** SARIF 2.1.0, which any scanner may write. */
  | "sarif"
  /** What `checkov -o json` writes. */
  | "checkov"
  /** What `tfsec --format json` writes. */
  | "tfsec"
  /** What `trivy --format json` writes. */
  | "trivy"
  /** What `conftest test --output json` writes. */
  | "conftest"
  /** What `opa eval --format json` writes. */
  | "opa"
  /** A CycloneDX bill of materials, in JSON. */
  | "cyclonedx"
  /** An SPDX 2 bill of materials, in JSON. */
  | "spdx"
  /** SLSA provenance: an in-toto statement, by itself or in a DSSE envelope. */
  | "provenance";

/** How bad a result is, from the least to the worst. */
export type Severity =
  /** Worth knowing. */
  | "info"
  /** Low. */
  | "low"
  /** Medium. */
  | "medium"
  /** High. */
  | "high"
  /** Critical. */
  | "critical";

/** A key whose signature over a report counts. */
export interface ReportSigner {
  /** Whose key it is, for people. */
  name: string;
  /** The public key in PEM (`BEGIN PUBLIC KEY`): Ed25519, or ECDSA on P-256. */
  key: string;
}

/** What binds a report to what the evidence is about. */
export type ReportBinding =
  /** The report itself names the digest or commit. */
  | "named"
  /** The word of whoever records it, since the format has no place for the digest. */
  | "attested";

/** An exception for one result of a tool. */
export interface ReportWaiver {
  /** The rule, check or vulnerability, as the report names it. */
  rule: string;
  /** The person who answers for it. */
  owner: string;
  /** Why it need not be mended yet. */
  reason: string;
  /** The first instant at which it is worth nothing. */
  expires: Instant;
  /** Where, as the report names it; absent means anywhere. */
  location?: string | null;
}

/** What a gate demands of the report that passing evidence comes with. */
export interface ReportRule {
  /** The format. */
  format: ReportFormat;
  /** The builders of which one must have built the artifact; absent, any may have. Needs `signers`. */
  builders?: string[];
  /** The severity from which a result denies; a severity that is not known counts as the worst. */
  denies?: Severity;
  /** The keys of which one must have signed the report; absent, it need not be signed. */
  signers?: ReportSigner[];
  /** The sources of which the artifact must be built from one; absent, from any. Needs `signers`. */
  sources?: string[];
  /** What binds the report to what the evidence is about. */
  subject?: ReportBinding;
  /** The tool, as the report names it; for the formats that more than one tool writes. */
  tool?: string | null;
  /** Exceptions for single results. */
  waivers?: ReportWaiver[];
}

/** A named check that a boundary requires, satisfied by evidence. */
export interface Gate {
  /** The gate's name. */
  gate: string;
  /** What the evidence must be about. */
  about: GateAbout;
  /** The actors whose evidence counts. */
  producers: string[];
  /** How old the evidence may be. */
  maxAge: Duration;
  /** What the gate is for. */
  description?: string | null;
  /** What the tool's report must be and say; absent, the producers' word is enough. */
  report?: ReportRule | null;
}

/** How actors must be known. */
export type IdentityRule =
  /** By a token or signature that was verified, everybody. */
  | "verified"
  /** By the word of the host that embeds the engine, but for those who have a provider. */
  | "asserted";

/** Whether a plan that covers only a part of the configuration is judged like any other. */
export type IncompletePlans =
  /** It is denied as `plan.incomplete`. */
  | "deny"
  /** It is. */
  | "allow";

/** Who may do what with the artifacts of a lifecycle. Who consents, the rules for approvals say. */
export interface LifecycleGrants {
  /** The actors that may note something. */
  annotate?: string[];
  /** The actors that may archive. */
  archive?: string[];
  /** The actors that may begin a draft. */
  create?: string[];
  /** The actors that may delete a draft. */
  delete?: string[];
  /** The actors that may deprecate. */
  deprecate?: string[];
  /** The actors that may publish. */
  publish?: string[];
  /** The actors that may read. */
  read?: string[];
  /** The actors that may take something out of quarantine. */
  reinstate?: string[];
  /** The actors that may make it a draft again. */
  reject?: string[];
  /** The actors that may retire. */
  retire?: string[];
  /** The actors that may hand a draft in for review. */
  submit?: string[];
  /** The actors that may replace a draft. */
  update?: string[];
  /** The actors that may use what is published. */
  use?: string[];
}

/** What it takes to go on: consents and evidence about the artifact. */
export interface ReviewRule {
  /** The approvals that are needed, none of them by an author. */
  approvals: ApprovalRule[];
  /** The gates that must be satisfied. */
  gates?: string[];
}

/** What it takes to be published. */
export interface PublicationRule {
  /** The gates that must be satisfied. */
  gates: string[];
  /** Which of them is the signature. */
  signature: string;
  /** Which of them is the provenance, whose evidence comes after the signature's. */
  provenance: string;
}

/** A reason for an exception. */
export interface ExceptionReason {
  /** The reason's name. */
  reason: string;
  /** The approvals that are needed, none of them by an author. */
  approvals: ApprovalRule[];
  /** When it applies. */
  description?: string | null;
}

/** Evidence that is owed after something was done. */
export interface EvidenceOwed {
  /** The gates that must be satisfied, by evidence that was produced afterwards. */
  gates: string[];
  /** How long afterwards. */
  within: Duration;
}

/** What it takes to publish something in another's place. */
export interface ExceptionRule {
  /** The reasons that count, with the approvals that each needs (R335 to R338). */
  reasons: ExceptionReason[];
  /**
   * The evidence that is owed afterwards: that those concerned were told, and that it was written up.
   * While any is overdue there is no other exception.
   */
  notify: EvidenceOwed;
  /** The gates that must be satisfied, in place of those of `approve`. */
  gates?: string[];
}

/** What it takes to retire something at once. */
export interface RetirementRule {
  /** The approvals that are needed, none of them by an author. */
  approvals: ApprovalRule[];
  /**
   * The evidence that is owed afterwards: the report of the incident. While any is overdue there is no
   * exception.
   */
  report: EvidenceOwed;
}

/** What may be done in an emergency. What is left out is not offered. */
export interface EmergencyRule {
  /** Who may consent in another's place, and until when. */
  delegations?: Delegation[];
  /** What it takes to publish something in another's place (R321 to R324). */
  exception?: ExceptionRule | null;
  /** What it takes to publish in haste what mends something, in place of `approve`. */
  patch?: ReviewRule | null;
  /** What it takes to retire something at once (R325 to R328). */
  retirement?: RetirementRule | null;
}

/** How artifacts live, from draft to archive. */
export interface Lifecycle {
  /** The lifecycle's name, which no track has. */
  lifecycle: string;
  /** Who may do what. */
  grants: LifecycleGrants;
  /** What it takes to be approved. */
  approve: ReviewRule;
  /** What it takes, besides, to be published. */
  publish: PublicationRule;
  /** The assets whose artifacts it is for, by name; absent means any. */
  assets?: string[] | null;
  /** Who alone may read what is retired, archived or in quarantine. */
  compliance?: string[];
  /** The content that every manifest names (R207 to R214). */
  contents?: string[];
  /** What may be done in an emergency; absent means nothing. */
  emergency?: EmergencyRule | null;
  /** The labels that every manifest has, none of them empty. */
  labels?: string[];
  /** The actors that record integrity checks. */
  monitors?: string[];
  /** The evidence that is owed after publication; what is overdue denies use. */
  published?: EvidenceOwed | null;
}

/** An overlay by name and version. */
export interface OverlayReference {
  /** The overlay's name. */
  overlay: string;
  /** The overlay's version. */
  version: string;
}

/** A pack by name and version. */
export interface PackReference {
  /** The pack's name. */
  pack: string;
  /** The pack's version. */
  version: string;
}

/** A well-known issuer of tokens. */
export type Preset =
  /** Jobs of GitHub Actions. */
  | "github-actions"
  /** Jobs of GitLab CI/CD. */
  | "gitlab"
  /** Google Cloud service accounts. */
  | "google"
  /** AWS roles, by IAM's outbound identity federation. */
  | "aws"
  /** Applications and managed identities in Microsoft Entra ID. */
  | "azure"
  /** Kubernetes service accounts, by projected tokens. */
  | "kubernetes"
  /** JWT-SVIDs whose issuer is set, as SPIRE's `jwt_issuer` does. */
  | "spiffe"
  /** Pulumi Deployments. */
  | "pulumi-cloud"
  /** Runs of HCP Terraform. */
  | "terraform-cloud";

/** Whose tokens count, as a charter says it. */
export interface ProviderDocument {
  /** The provider's name. */
  provider: string;
  /** The audiences that tokens may be for; a token for any other besides is refused. */
  audiences: string[];
  /**
   * A CEL expression over `assertion`, `google.subject` and `attribute.NAME` that must be true. Needed
   * where strangers get tokens of the same issuer, and where nothing is known of the issuer. An
   * attribute that is not set reads as empty text.
   */
  attributeCondition?: string | null;
  /**
   * CEL expressions over `assertion` that give text, by `google.subject` or `attribute.NAME`. They add
   * to the preset's. Empty text sets no attribute.
   */
  attributeMapping?: { [key: string]: string };
  /** How far the issuer's clock may differ from the host's. */
  clockSkew?: Duration;
  /** The exact value of the claim `iss`; needed unless the preset has one. */
  issuer?: string | null;
  /** How long tokens may live, from `iat` to `exp`; the preset's, or an hour. */
  maxLifetime?: Duration | null;
  /** A well-known issuer, whose claims are mapped already. */
  preset?: Preset | null;
}

/** Which changes are sensitive, and what they need besides the gates of the boundary (R105 to R107). */
export interface Sensitive {
  /** The gates, such as a risk analysis and a verification plan. */
  gates: string[];
  /**
   * The files, by their paths in the repository, in which `*` stands for any run of characters. A
   * request that does not say which files its change touches is sensitive.
   */
  paths?: string[];
  /** The addresses or types of resources, in which `*` stands for any run of characters. */
  resources?: string[];
}

/**
 * A person's key, as a charter says it: a strict subset of a line of ssh-keygen's allowed signers
 * file. There are no patterns and no certificate authorities, and a key is one person's.
 */
export interface AllowedSigner {
  /** The person, by the name that the charter declares them under. */
  principal: string;
  /**
   * The public key: a line such as `ssh-ed25519 AAAA…`, or an Ed25519 key in PEM (`BEGIN PUBLIC KEY`),
   * which signs DSSE envelopes alone.
   */
  key: string;
  /**
   * What the key is for, as in ssh-keygen's file; absent means everything, otherwise the namespace of
   * approvals, or `git` for tags, must be among them.
   */
  namespaces?: string[];
  /** The first instant at which signatures by the key count. */
  validAfter?: Instant;
  /** The last instant at which signatures by the key count. */
  validBefore?: Instant;
}

/** Something that is feared, and what stands against it. */
export interface Threat {
  /** The threat's name. */
  threat: string;
  /** What may happen, and through whom. */
  description: string;
  /** The tracks whose assets are at risk. */
  tracks: string[];
  /** The checks of the engine that stand against it. */
  checks?: Check[];
  /** The gates that do, each asked for on one of the tracks. */
  gates?: string[];
  /** The policies that do, as `pack/policy`, each of a pack that one of the tracks pins. */
  policies?: string[];
}

/** An exception for one policy and resource. */
export interface Waiver {
  /** The waiver's name. */
  waiver: string;
  /** The policy, as `pack/policy`. */
  policy: string;
  /** The address of the resource, in full. */
  resource: string;
  /** The track. */
  track: string;
  /** The stages. */
  stages: string[];
  /** The person who answers for it. */
  owner: string;
  /** Why the policy need not hold here. */
  reason: string;
  /** The first instant at which it is worth nothing. */
  expires: Instant;
}

/** The document that declares actors, tracks, boundaries, gates, roles and packs. */
export interface CharterDocument {
  /** The charter's name. */
  charter: string;
  /** The charter's version, for people; what counts is its digest. */
  version: string;
  /** What happens to a resource change that no policy matches. */
  unmatched: Unmatched;
  /** Who may ask for anything at all. */
  actors: ActorDeclaration[];
  /** The chains of stages. */
  tracks: Track[];
  /** Who may replace the charter; absent means nobody. */
  amendments?: Amendments | null;
  /** Exceptions in emergencies; absent means that there are none. */
  breakGlass?: BreakGlass | null;
  /** How far instants may differ from the ledger's. */
  clock?: Clock;
  /** Who may record which fact; evidence is its gate's producers', an outcome is whose permit it is. */
  facts?: FactRules;
  /** The named checks that boundaries require. */
  gates?: Gate[];
  /** How actors must be known. */
  identity?: IdentityRule;
  /** Whether a plan that covers only a part of the configuration is judged like any other. */
  incompletePlans?: IncompletePlans;
  /** How artifacts live, from draft to archive. */
  lifecycles?: Lifecycle[];
  /** `observe` records without blocking and gives no permits. */
  mode?: Mode;
  /**
   * The overlays that make packs stricter, in the order in which they are applied, and their versions;
   * `charter.lock` pins their digests.
   */
  overlays?: OverlayReference[];
  /** The packs and their versions; `charter.lock` pins their digests. */
  packs?: PackReference[];
  /** How long a permit is worth something. */
  permitLifetime?: Duration;
  /** Whose tokens count, and what their claims mean. */
  providers?: ProviderDocument[];
  /** How long a request's id is remembered; an older request is refused. */
  requestLifetime?: Duration;
  /** The last day before the charter is due for review, such as `2027-01-31`. */
  reviewBy?: string | null;
  /** Which changes are sensitive, and what they need besides. */
  sensitive?: Sensitive | null;
  /** The keys that people sign with. */
  signers?: AllowedSigner[];
  /**
   * How many refusals of callers who are not known are recorded, in how long a time of the ledger's
   * clock. Others are refused without an entry, so that nobody can fill the ledger from outside.
   */
  strangers?: Rate;
  /** What is feared, and which rules of this charter stand against it. */
  threats?: Threat[];
  /** Exceptions for one policy and resource. */
  waivers?: Waiver[];
}

/** A SHA-256 digest. */
export type Digest = string;

/** A pack's digest. */
export interface Pin {
  /** The pack's name. */
  pack: string;
  /** The pack's version. */
  version: string;
  /** The digest of the pack's canonical document. */
  digest: Digest;
}

/** A lock file: the digests of the packs that a charter names. */
export interface LockDocument {
  /** The format version of the lock file: 1. */
  lock: number;
  /** The pins. */
  packs: Pin[];
}

/** What is to be done to a resource, as a policy matches it. */
export type ActionWord =
  /** Something comes into being or under management: a create, a replacement, an import. */
  | "create"
  /** Something is altered: an update in place, a replacement. */
  | "update"
  /** Something is destroyed: a delete, a replacement. */
  | "delete"
  /** Something is only read. */
  | "read"
  /** Nothing is done. */
  | "no-op"
  /** Something is no longer managed and stays as it is. */
  | "forget";

/** Which resource changes a policy is about. */
export interface MatchDocument {
  /** Resource types, such as `aws_s3_bucket`; `*` stands for any run of characters. */
  resources: string[];
  /** What is to be done to the resource. */
  actions?: ActionWord[];
}

/** Something that must be true. */
export interface ValidationDocument {
  /** A CEL expression; only the result `true` is a pass. */
  expression: string;
  /** What to say when it is not true. */
  message?: string;
  /** A CEL expression that yields what to say when it is not true; it may quote the resource's values. */
  messageExpression?: string;
  /** What would turn it into a pass. */
  remedy?: string;
}

/** Whether a policy binds. */
export type Enforcement =
  /** Anything but a pass denies. */
  | "mandatory"
  /** It is reported and does not deny. */
  | "advisory";

/** What becomes of a result that depends on a value not known until apply. */
export type OnUnknown =
  /** It denies like a failure. */
  | "deny"
  /** It is owed: the applied state is evaluated again before the next stage. */
  | "verify-after";

/** In which direction a parameter makes a policy stricter. */
export type Stricter =
  /** A smaller number. */
  | "lower"
  /** A larger number. */
  | "higher"
  /** A list that leaves elements out. */
  | "fewer"
  /** A list that has elements more. */
  | "more";

/** The resource of a test. */
export interface TestResource {
  /** The type, such as `aws_s3_bucket`. */
  type: string;
  /** The steps in order, such as `[delete, create]` for a replacement. */
  actions?: ActionWord[];
  /** The address; absent is the type, a dot and `test`. */
  address?: string;
  /** The provider's address. */
  provider?: string;
  /** The types of its provisioners, such as `local-exec`. */
  provisioners?: string[];
}

/** The result that a test must have, or has. */
export type Expect =
  /** Every validation yields true. */
  | "pass"
  /** A validation yields false or null. */
  | "fail"
  /** The result depends on a value that is not known, or that is sensitive. */
  | "unknown"
  /** An expression fails, such as on a text that is no number; this denies like a failure. */
  | "error"
  /** The policy is not about the resource. */
  | "unmatched";

/** An example with the result that it must have. */
export interface TestDocument {
  /** The test's name, unique in its policy. */
  name: string;
  /** The resource that is changed. */
  resource: TestResource;
  /** The result that the policy must have. */
  expect: Expect;
  /** The actor; absent is null. */
  actor?: JsonValue;
  /** The values after; absent is null. */
  object?: JsonValue;
  /** The values before; absent is null. */
  oldObject?: JsonValue;
  /** What `object` becomes where a host sets what `remediate` says; the policy must pass by it. */
  remediated?: JsonValue;
  /** The request; absent is null. */
  request?: JsonValue;
  /** JSON Pointers into `object` of what is sensitive. */
  sensitive?: string[];
  /** The stage; absent is null. */
  stage?: JsonValue;
  /**
   * JSON Pointers into `object` of what is not known until apply. The last part may name a member that
   * is absent.
   */
  unknown?: string[];
}

/** One CEL expression, or one for each resource type where tools shape the same thing differently. */
export type Expressions = string | { [key: string]: string };

/**
 * The language of a text that holds a document, as providers keep container definitions and access
 * policies.
 */
export type Decode =
  /** JSON; a text that is not JSON makes the variable an error. */
  | "json";

/** A named value. */
export interface VariableDocument {
  /** The name, a CEL identifier; read as `variables.name`. */
  name: string;
  /** How the value is computed. */
  expression: Expressions;
  /** In what language the text that the expression yields is written, to be read as a document. */
  decode?: Decode;
}

/** One policy: which resources it is about, and what must be true of them. */
export interface PolicyDocument {
  /** The policy's name, unique in its pack: letters, digits, `-`, `_` and `.`. */
  name: string;
  /** What the policy demands, in a sentence that a reader of a denial understands. */
  description: string;
  /** Which resource changes the policy is about. */
  match: MatchDocument;
  /** What must be true; at least one. The policy passes when every validation yields exactly `true`. */
  validations: ValidationDocument[];
  /** The controls of standards that the policy serves, such as `soc2/CC6.1`. */
  controls?: string[];
  /** Whether anything but a pass denies. */
  enforcement?: Enforcement;
  /** Where more is said about it: an address that begins with `https://`. */
  guideline?: string;
  /** What becomes of a result that depends on a value not known until apply. */
  onUnknown?: OnUnknown;
  /** Constants of the policy, read as `params.name`. */
  params?: { [key: string]: JsonValue };
  /**
   * What a host that can alter a resource before it is made may set where the policy fails: for each
   * type that the policy is about, values by JSON Pointers into `object`. It is set only where the
   * policy passes by it.
   */
  remediate?: { [key: string]: { [key: string]: JsonValue } };
  /** In which direction a parameter is stricter, by its name; an overlay may move it that way. */
  stricter?: { [key: string]: Stricter };
  /** Examples with the result that each must have. */
  tests?: TestDocument[];
  /** Named values that validations share. Each may read those before it. */
  variables?: VariableDocument[];
}

/** A policy pack as it is written: a versioned set of policies. */
export interface PackDocument {
  /** The pack's name: letters, digits, `-`, `_` and `.`. */
  pack: string;
  /** The pack's version, such as `1.4.0`. */
  version: string;
  /** The policies; at least one. */
  policies: PolicyDocument[];
  /** What the pack is for. */
  description?: string;
  /** The last day before the pack is due for review, such as `2027-01-31`. */
  reviewBy?: string;
}

/** What is added to a policy of the pack. */
export interface ChangeDocument {
  /** The policy, by name. */
  policy: string;
  /** `mandatory`, for a policy that only advises. */
  enforcement?: Enforcement;
  /** Parameters, each moved in the direction that the policy's `stricter` declares. */
  params?: { [key: string]: JsonValue };
  /** Validations that are added, written as in a pack. */
  validations?: ValidationDocument[];
}

/** An overlay as it is written: what makes a pack that somebody else keeps stricter. */
export interface OverlayDocument {
  /** The overlay's name: letters, digits, `-`, `_` and `.`. */
  overlay: string;
  /** The overlay's version, such as `1.4.0`. */
  version: string;
  /** The pack that it makes stricter, by name. */
  pack: string;
  /** What is added to policies of the pack. */
  changes?: ChangeDocument[];
  /** What the overlay is for. */
  description?: string;
  /**
   * Policies that are added, written as in a pack. A resource that they alone are about still counts as
   * one that no policy matches.
   */
  policies?: PolicyDocument[];
}

/** Who asks. */
export interface Actor {
  /** A person or a workload. */
  kind: ActorKind;
  /** The name that the charter declares it under. */
  id: string;
  /** What the host knows about it, such as `repository` or `environment`. */
  claims?: { [key: string]: string };
}

/** From where a request comes. */
export type Channel =
  /** A continuous integration run. */
  | "ci"
  /** A controller that reconciles declared state. */
  | "controller"
  /** A person's machine. */
  | "local";

/** A proposed alteration, named by commit and plan digest. */
export interface Change {
  /** The commit's full hash, 40 or 64 hexadecimal digits. */
  commit: string;
  /** The full name of the ref that the commit was taken from, such as `refs/heads/main`. */
  ref: string;
  /** The person who wrote the change, who may not approve it. */
  author: string;
  /** The digest of the plan; filled in from the plan where one is handed in. */
  plan?: Digest;
}

/** Content, named by its digest and never by a tag. */
export interface Artifact {
  /** The digest of the content. */
  digest: Digest;
  /** The person who made it, who may not approve it. */
  author: string;
  /** The commit that it was built from. */
  commit?: string;
  /** The full name of the ref that it was built from. */
  ref?: string;
}

/** What a request is about. */
export type Subject = OneOf<{
  /** A proposed alteration, whose lineage is its commit. */
  change: Change;
  /** Content, whose lineage is its digest. */
  artifact: Artifact;
}>;

/** A person's signature over what they ask or record. */
export interface Signature {
  /** When the person signed, as the signed statement says. */
  at: Instant;
  /** What `ssh-keygen -Y sign` writes, or a DSSE envelope in JSON. */
  text: string;
}

/**
 * The place that a request is about to change. Each part must equal the stage's where the stage
 * declares it.
 */
export interface Target {
  /** The state backend. */
  backend?: string;
  /** The cloud project or account. */
  project?: string;
  /** The stack or workspace. */
  stack?: string;
}

/** A question to the engine. */
export interface Request {
  /** Names the request once and for all; a repeat with the same id and content gets the first answer. */
  id: string;
  /** The instant of asking, as the host's clock says. */
  at: Instant;
  /** What is to be done. */
  action: Action;
  /** Who asks. */
  actor: Actor;
  /** From where. */
  channel: Channel;
  /** The stage that is to be changed or entered, by its name or an alias. */
  stage: string;
  /** The name of the asset: the stack, image, model or dataset. */
  asset: string;
  /** The change or the artifact in question. */
  subject: Subject;
  /** Why. */
  reason: string;
  /** The break-glass grant that is used: the hash of the entry that opened it. */
  grant?: Digest;
  /** The files that the change touches, by their paths in the repository. */
  paths?: string[];
  /** The lineage that the stage goes back to if this fails. */
  rollback?: string;
  /** The run of the pipeline that asks, for cross-reference. */
  run?: string;
  /** The signature of the person who asks. */
  signature?: Signature;
  /** The annotated tag that the change comes from, as `git cat-file tag NAME` prints it. */
  tag?: string;
  /** The place that is to be changed; must be the stage's own. */
  target?: Target;
  /** The track, where more than one has the stage. */
  track?: string;
  /** How much of the traffic the new revision is to get, in percent; for the action `shift` alone. */
  traffic?: number;
}

/** A person's consent to one exact digest entering one stage. */
export interface Approval {
  /** The person. */
  by: string;
  /** The stage. */
  stage: string;
  /** The name of the asset. */
  asset: string;
  /** The digest of the stage's plan, or of the artifact. */
  digest: Digest;
  /** When the consent ends; it ends at the boundary's own limit at the latest. */
  expires?: Instant;
  /** The role that the person approves in; absent where any of theirs will do. */
  role?: string;
  /** The track, where more than one has the stage. */
  track?: string;
}

/** What evidence is about. */
export type About = OneOf<{
  /** The plan with this digest. */
  plan: Digest;
  /** The commit with this hash. */
  commit: string;
  /** The artifact with this digest. */
  artifact: Digest;
}>;

/** A tool's result; anything but `pass` is not a pass. */
export type EvidenceResult =
  /** Nothing was objected to. */
  | "pass"
  /** Something was objected to. */
  | "fail"
  /** The tool could not tell. */
  | "error";

/** What a tool or person attests about a digest or commit. */
export interface Evidence {
  /** The gate that it is meant for. */
  gate: string;
  /** What it is about. */
  about: About;
  /** The result. */
  result: EvidenceResult;
  /** When the tool ran or the person looked. */
  produced: Instant;
  /** The SHA-256 of the tool's report; filled in from the report where one is handed in. */
  report?: Digest;
  /** The tool's name and version. */
  tool?: string;
}

/** How an action ended. */
export type OutcomeResult =
  /** Everything was done. */
  | "succeeded"
  /** Something was not done. */
  | "failed"
  /** Nobody knows what was done. */
  | "unknown";

/** How many resources an act really changed. */
export interface ChangedCounts {
  /** How many there are now, and were not before. */
  created: number;
  /** How many are not what they were before. */
  altered: number;
  /** How many there were before, and are not now. */
  deleted: number;
}

/** What carried an act out, and what it did: a part of an `OutcomeReport`. */
export interface Execution {
  /** The name of the tool, such as `terraform`. */
  tool: string;
  /** The tool's version. */
  version: string;
  /** What it really changed, as the tool's own states before and after tell; absent where they do not. */
  changed?: ChangedCounts;
  /** The code that it ended with; absent where it did not end by itself, or was not seen to. */
  exitCode?: number;
  /** How many milliseconds it ran; absent where its end was not seen. */
  milliseconds?: number;
  /** The versions of its plugins, by their names: of Terraform's providers, by their addresses. */
  providers?: { [key: string]: string };
  /** The number of the signal that ended it. */
  signal?: number;
}

/**
 * What a tool's own state holds, as a digest that is blinded, since states hold secrets: only who has
 * the nonce and the state can name it again. It tells whether somebody altered a state without raising
 * its serial number.
 */
export interface StateContent {
  /**
   * Which nonce it is blinded with: a digest of the nonce. Contents under different nonces are not
   * compared.
   */
  nonce: Digest;
  /** The blinded digest. */
  digest: Digest;
}

/**
 * Which state a tool such as Terraform keeps of what it made, and how often it was written: `lineage`
 * and `serial` as `terraform state pull` prints them, before and after an act.
 *
 * When a state was written without an act whose outcome was reported, its content was altered under
 * the same serial number, or another state took its place, the next report opens an incident of the
 * kind `bypass`, unless a look for drift did.
 */
export interface StateSerial {
  /** The name that the tool gave the state once and for all. */
  lineage: string;
  /** The serial number before the act. */
  before: number;
  /** The serial number after it. */
  after: number;
  /** What it held after it. */
  contentAfter?: StateContent;
  /** What it held before the act. */
  contentBefore?: StateContent;
}

/** How an admitted action ended. */
export interface OutcomeReport {
  /** The permit: the hash of the entry that admitted the action. */
  permit: Digest;
  /** How it ended. */
  result: OutcomeResult;
  /** What carried it out, and what that did. */
  execution?: Execution;
  /** What else is worth knowing, in a few words. */
  note?: string;
  /** The tool's own state before and after it, where the tool keeps one. */
  state?: StateSerial;
}

/** An approval or evidence is taken back before it was spent. */
export interface Withdrawal {
  /** The hash of the entry that recorded what is taken back. */
  entry: Digest;
  /** Why. */
  reason: string;
}

/** An Ed25519 public key with its name, as C2SP signed-note writes verifier keys. */
export type VerifierKey = string;

/** A charter with its pinned packs, and the attachments that hold their texts. */
export interface Law {
  /** The digest of the charter together with its pinned packs. */
  digest: Digest;
  /** The attachment that holds the charter's text. */
  charter: Digest;
  /** The attachment that holds the lock file's text. */
  lock: Digest;
  /** The attachments that hold the packs' texts, by `name@version`. */
  packs: { [key: string]: Digest };
}

/** The law of the ledger is replaced, or a part of it; admitted under the charter that is in force. */
export interface Amendment {
  /** Why. */
  reason: string;
  /**
   * The keys that sign the ledger's checkpoints from now on, all of them; absent where those in force
   * stay.
   */
  keys?: VerifierKey[];
  /** The new charter with its pinned packs; absent where the one in force stays. */
  law?: Law;
}

/** The content of an attachment is erased. The entries that name it stay as they are. */
export interface Erasure {
  /** The attachment. */
  attachment: Digest;
  /** The sequence number of an entry that names it. */
  sequence: number;
  /** Why. */
  reason: string;
}

/** What a grant covers: whoever and whatever is not listed is not covered. */
export interface GrantScope {
  /** Who may use it. */
  actors: string[];
  /** What they may do. */
  actions: Action[];
  /** The track. */
  track: string;
  /** In which of its stages, by their names and not by aliases. */
  stages: string[];
  /** To which assets. */
  assets: string[];
}

/** A break-glass grant is asked for (R306 to R308). It is worth nothing before it is opened. */
export interface GrantRequest {
  /** Which of the charter's reasons it is for. */
  reason: string;
  /** What it covers. */
  scope: GrantScope;
  /** How long it is to live from its opening on. */
  lifetime: Duration;
  /** Why nothing less will do, and what may go wrong. */
  justification: string;
  /** What is affected, and how harm is kept small. */
  impact: string;
  /** When and how the matter is settled for good. */
  resolution: string;
  /** Who is told, and how. */
  communication: string;
}

/** A person consents to a break-glass grant. */
export interface GrantApproval {
  /** The hash of the entry that recorded the grant's request. */
  request: Digest;
  /** The person. */
  by: string;
}

/** A break-glass grant begins. */
export interface GrantOpening {
  /** The hash of the entry that recorded the grant's request. */
  request: Digest;
}

/** A break-glass grant ends before its time. */
export interface GrantClosing {
  /** The hash of the entry that opened the grant. */
  grant: Digest;
  /** What was achieved, and that normal privileges are restored. */
  note: string;
}

/** What a break-glass grant was used for has been looked into. */
export interface PostMortem {
  /** The hash of the entry that opened the grant. */
  grant: Digest;
  /** The digest of the report. */
  report: Digest;
  /** What was found, in a few words. */
  summary: string;
}

/** The kinds of incidents. */
export type IncidentKind =
  /** What runs differs from what is declared. */
  | "drift"
  /** Somebody went around the gates. */
  | "bypass"
  /** What runs is not healthy. */
  | "health"
  /** Somebody tried to alter what was published. */
  | "immutability"
  /** What was published is not what its digest says, or is gone. */
  | "integrity"
  /** Something was retired at once. */
  | "retirement"
  /** Anything else. */
  | "other";

/**
 * Which state a tool such as Terraform keeps of what it made, and how often it was written: `lineage`
 * and `serial` as `terraform state pull` prints them.
 */
export interface StateVersion {
  /** The name that the tool gave the state once and for all. */
  lineage: string;
  /** The serial number. */
  serial: number;
  /** What it holds. */
  content?: StateContent;
}

/** Something is not as it should be at a site. */
export interface Incident {
  /** What kind of thing. */
  kind: IncidentKind;
  /** The stage. */
  stage: string;
  /** The name of the asset. */
  asset: string;
  /** Whether anything was found; a scan that finds nothing is recorded too, as evidence of no drift. */
  found: boolean;
  /** When the tool looked. */
  seen: Instant;
  /** What else is worth knowing, in a few words. */
  note?: string;
  /** The digest of the tool's report. */
  report?: Digest;
  /** The addresses of the resources that are affected. */
  resources?: string[];
  /** How bad it is, where it is worse than its kind usually is. */
  severity?: Severity;
  /**
   * The tool's own state that was looked at, for drift and bypasses. One that was written since the last
   * outcome told of it is a bypass, whatever else was found.
   */
  state?: StateVersion;
  /** The track, where more than one has the stage. */
  track?: string;
}

/** An incident is over. */
export interface Resolution {
  /** The hash of the entry that opened the incident. */
  incident: Digest;
  /** How it was brought to an end. */
  reason: string;
}

/**
 * What an artifact is made of and what is said of it: whatever counts for its identity, metadata
 * included.
 *
 * ``` use poundlock::model::Manifest;
 *
 * let manifest = Manifest::new("invoice-approval", "1.0.0"); let mut other = manifest.clone();
 * other.labels.insert("owner".into(), "finance".into()); assert_ne!(manifest.digest()?,
 * other.digest()?); # Ok::<(), poundlock::Error>(()) ```
 */
export interface Manifest {
  /** The name of the asset. */
  asset: string;
  /** The semantic version, higher than the previous one's. */
  version: string;
  /** The digests of the content, by what it is (R207 to R214). */
  contents?: { [key: string]: Digest };
  /** The artifact whose fault this one mends. */
  fixes?: Digest;
  /** Owner, licence, policy label and the like, by name. */
  labels?: { [key: string]: string };
  /** What is said of the content and belongs to it, by name. */
  metadata?: { [key: string]: string };
  /** The artifact that this one is a new version of; absent for the first one. */
  previous?: Digest;
}

/** A draft begins. */
export interface Creation {
  /** What it is made of. */
  manifest: Manifest;
  /** Who made it, where a workload records it; else who records it did. */
  author?: string;
}

/** A draft gives way to another one. */
export interface Revision {
  /** The draft that gives way. */
  replaces: Digest;
  /** What the new one is made of. */
  manifest: Manifest;
  /** Who made it, where a workload records it; else who records it did. */
  author?: string;
}

/** What else is worth knowing of a step. */
export interface Remark {
  /** It, in a few words. */
  note?: string;
}

/** Why nothing less than an exception will do. */
export interface ExceptionCase {
  /** Which of the charter's reasons it is for. */
  reason: string;
  /** Why nothing less will do, and what may go wrong. */
  justification: string;
  /** What is affected, and how harm is kept small. */
  impact: string;
  /** When and how the matter is settled for good. */
  resolution: string;
  /** Who is told, and how. */
  communication: string;
}

/** What a person consents to. */
export type ConsentPurpose =
  /** That it is good to be published. */
  | "review"
  /** That it is published in haste, since it mends another. */
  | "patch"
  /** That it takes the place of what was published. */
  | "exception"
  /** That it is retired at once. */
  | "retirement";

/** A person consents to what shall become of an artifact. */
export interface ArtifactConsent {
  /** The person. */
  by: string;
  /** For an exception, the very case that is consented to; for nothing else. */
  case?: ExceptionCase;
  /** The role that the person consents in; absent where any of theirs will do. */
  role?: string;
  /** What the person consents to. */
  to?: ConsentPurpose;
}

/** Why an artifact is published by the charter's emergency rules. */
export type Emergency = OneOf<{
  /** It mends the one that it `fixes`, which it deprecates. */
  patch: Remark;
  /** It takes the place of its previous version, which it deprecates. */
  exception: ExceptionCase;
}>;

/** An artifact is published. */
export interface Publication {
  /** The emergency that it is published in, if it is. */
  emergency?: Emergency;
}

/** What takes the place of an artifact. */
export interface Succession {
  /** A published artifact of the same asset. */
  successor?: Digest;
}

/** An artifact is retired. */
export interface Retirement {
  /** Whether it is retired at once, by the charter's emergency rules. */
  forced?: boolean;
  /** A published artifact of the same asset; needed where it is forced. */
  successor?: Digest;
}

/** Something that is noted of an artifact and is not part of it. */
export interface Note {
  /** What is noted. */
  note: string;
}

/** What is done to an artifact, or with it. */
export type LifecycleOperation = OneOf<{
  /** A draft begins. */
  create: Creation;
  /** A draft gives way to another one. */
  update: Revision;
  /** A draft is given up. */
  delete: Remark;
  /** A draft is handed in for review. */
  submit: Remark;
  /** A person consents. */
  approve: ArtifactConsent;
  /** What is under review or approved becomes a draft again, and loses its consents. */
  reject: Remark;
  /** It may be used from now on, and is never altered again. */
  publish: Publication;
  /** It should not be used anew. */
  deprecate: Succession;
  /** It may not be used any more. */
  retire: Retirement;
  /** It is kept for the record alone. */
  archive: Remark;
  /** Somebody executes it or refers to it. */
  use: Remark;
  /** Somebody reads it. */
  read: Remark;
  /** Something is noted that is not part of it (R217 to R219). */
  annotate: Note;
  /** It comes out of quarantine. */
  reinstate: Remark;
}>;

/** An artifact takes a step of its life, or somebody uses or reads it. */
export interface LifecycleStep {
  /** The name of the asset. */
  asset: string;
  /** The artifact: for `create` and `update` the new one. */
  digest: Digest;
  /** What is done. */
  operation: LifecycleOperation;
  /** Why. */
  reason: string;
  /** The lifecycle, where more than one has the asset. */
  lifecycle?: string;
}

/** What came of an integrity check. */
export type IntegrityResult =
  /** The content is what the digest says. */
  | "valid"
  /** It is not, or is gone. */
  | "invalid"
  /** It could not be told; this is neither valid nor invalid, and the check is owed again. */
  | "error";

/** Somebody computed an artifact's digest again and compared. */
export interface IntegrityCheck {
  /** The name of the asset. */
  asset: string;
  /** The artifact. */
  digest: Digest;
  /** What came of it. */
  result: IntegrityResult;
  /** When it was begun. */
  checked: Instant;
  /** How long it took, in milliseconds. */
  milliseconds: number;
  /** The digest that was computed; absent where the check failed to compute one. */
  found?: Digest;
  /** The lifecycle, where more than one has the asset. */
  lifecycle?: string;
  /** What else is worth knowing, in a few words. */
  note?: string;
}

/** What happened. */
export type FactKind = OneOf<{
  /** A person consents. */
  approval: Approval;
  /** A tool or person attests something. */
  evidence: Evidence;
  /** An admitted action ended. */
  outcome: OutcomeReport;
  /** An approval or evidence is taken back. */
  withdrawal: Withdrawal;
  /** The charter, or the keys, are replaced. */
  amendment: Amendment;
  /** An attachment is erased for good. */
  erasure: Erasure;
  /** A break-glass grant is asked for. */
  grantRequest: GrantRequest;
  /** A person consents to a break-glass grant. */
  grantApproval: GrantApproval;
  /** A break-glass grant begins. */
  grantOpening: GrantOpening;
  /** A break-glass grant ends before its time. */
  grantClosing: GrantClosing;
  /** What a break-glass grant was used for has been looked into. */
  postMortem: PostMortem;
  /** Something is not as it should be at a site. */
  incident: Incident;
  /** An incident is over. */
  resolution: Resolution;
  /** An artifact takes a step of its life, or somebody uses or reads it. */
  lifecycle: LifecycleStep;
  /** Somebody computed an artifact's digest again and compared. */
  integrityCheck: IntegrityCheck;
}>;

/** A report as a tool wrote it, on its way into `Report`. */
export interface ReportText {
  /** The format. */
  format: ReportFormat;
  /** The report, to the byte. */
  text: string;
}

/** Something that happened, handed in by an actor who may record it. */
export interface Fact {
  /** Names the fact once and for all; a repeat with the same id and content gets the first answer. */
  id: string;
  /** The instant of recording, as the host's clock says. */
  at: Instant;
  /** Who records it. */
  actor: Actor;
  /** From where. */
  channel: Channel;
  /** What happened. */
  fact: FactKind;
  /**
   * The report that evidence rests on, as `intake` read it. It is never within the fact's entry, which
   * names its digest and keeps what was read of it as an attachment.
   */
  report?: ReportText;
  /** The signature of the person who records it. */
  signature?: Signature;
}

/** A token with the keys of its issuer. */
export interface CredentialInput {
  /**
   * The key set of its issuer (JWKS), in JSON. The host fetched it; whoever asks must not be able to
   * choose it.
   */
  keySet?: string;
  /** The token, in compact form. */
  token?: string;
}

/** Whether a resource is managed or only read. */
export type ResourceMode =
  /** The tool creates, changes and deletes it. */
  | "managed"
  /** The tool only reads it. */
  | "data"
  /** No provider makes it: it groups other resources, or is a provider. A policy need not be about it. */
  | "component";

/** One resource with what is proposed for it. */
export interface ResourceDocument {
  /** The type, such as `aws_s3_bucket` or `gcp:storage/bucket:Bucket`. */
  type: string;
  /** The address, by which findings name the resource. */
  address: string;
  /**
   * The steps in order, such as `[delete, create]` for a replacement; absent: `create` where there is no
   * `oldObject`, `delete` where there is no `object`, and `update` where there are both.
   */
  actions?: ActionWord[];
  /**
   * Whether it is managed, only read, or made by no provider; absent: `data` where it is read, and
   * `managed` otherwise.
   */
  mode?: ResourceMode;
  /** The name; absent: the last part of the address. */
  name?: string;
  /** The values after; absent or null when the resource is to be deleted. */
  object?: JsonValue;
  /** The values before; absent or null when the resource does not exist yet. */
  oldObject?: JsonValue;
  /**
   * For a host that does not tell what was before, nor whether there was anything: `oldObject` is then
   * unknown. The steps have to be given.
   */
  oldObjectUnknown?: boolean;
  /** The provider's address. */
  provider?: string;
  /**
   * The types of its provisioners, such as `local-exec`; absent where the host does not tell: they are
   * unknown then.
   */
  provisioners?: string[];
  /**
   * JSON Pointers into `object`, or `oldObject` where it is gone, of what is sensitive; a text that
   * holds a marked one of at least six bytes is sensitive wherever it stands.
   */
  sensitive?: string[];
  /**
   * JSON Pointers into `object` of what is not known until apply. The last part may name a member that
   * is absent.
   */
  unknown?: string[];
}

/** The resources that a host hands in. */
export interface ResourcesDocument {
  /** The resources, in the order of the findings. */
  resources: ResourceDocument[];
}

/** Whether something is allowed. */
export type Verdict =
  /** Every check passed. */
  | "allow"
  /** At least one check did not pass. */
  | "deny";

/** How a check came out. */
export type Outcome =
  /** What was asked for is there. */
  | "pass"
  /** It is not. */
  | "fail"
  /** It cannot be told; this denies like a failure. */
  | "unknown"
  /** It is not, and a live break-glass grant or a waiver lets it pass. */
  | "overridden";

/** The element that a macro had come to. */
export interface Element {
  /** The macro's variable, or both with a comma between. */
  variable: string;
  /** The source text of the list or map. */
  of: string;
  /** The index, counted from 0, or the key. */
  at: string;
}

/** Something that went into a result. */
export interface Operand {
  /** The source text. */
  expression: string;
  /** What it came to. */
  result: string;
}

/**
 * A part of an expression that decided what it came to.
 *
 * Results are written as CEL writes them (`7`, `'text'`, `[1, 2]`), cut short and without control
 * characters; or they are a word: `unknown` for what is not known until apply, `sensitive` for what
 * must not be seen, or the code of an error, such as `cel.no_such_key`. What is sensitive, or holds
 * anything sensitive or unknown, is never written out.
 */
export interface Reason {
  /** The source text. */
  expression: string;
  /** The line in the expression at which it begins, counted from 1. */
  line: number;
  /** The column in characters at which it begins, counted from 1. */
  column: number;
  /** What it came to. */
  result: string;
  /** For which elements of lists and maps, the outermost macro first. */
  elements?: Element[];
  /** What else there is to say, such as how many elements were looked at. */
  note?: string;
  /** What went into it, but for constants. */
  operands?: Operand[];
  /** The variable of the policy in whose expression this stands; absent for the validation's own. */
  variable?: string;
}

/** One check's outcome. */
export interface Finding {
  /** The check that it belongs to. */
  check: Check;
  /** What was found: stable, such as `approval.missing`. */
  code: string;
  /** How the check came out. */
  outcome: Outcome;
  /** Whether anything but a pass denies. */
  enforcement: Enforcement;
  /** What was expected and what was found. */
  message: string;
  /**
   * The conditions of a policy that decided, with the values that they saw; for the first
   * `limits::EXPLAINED_FINDINGS` findings that are no passes. They are for whoever asked, and never
   * recorded.
   */
  reasons?: Reason[];
  /** What would turn it into a pass. */
  remedy?: string;
  /** The address of the resource that it is about. */
  resource?: string;
  /** What it is about: a gate, a policy, a role. */
  subject?: string;
}

/** How one policy came out over all resources. */
export interface PolicyCount {
  /** The policy, as `pack/policy`. */
  policy: string;
  /** Whether it binds. */
  enforcement: Enforcement;
  /** How many resources passed. */
  pass: number;
  /** How many failed. */
  fail: number;
  /** For how many it cannot be told. */
  unknown: number;
}

/** What is owed, by whom, by when. */
export interface Obligation {
  /** What is owed: `verify-after` or `post-mortem`. */
  kind: string;
  /** What it is about: a policy, as `pack/policy`, or a grant by the hash of its opening. */
  subject: string;
  /** By when; absent where what is owed blocks until it is met. */
  due?: Instant;
  /** The address of the resource that it is about. */
  resource?: string;
}

/** What an allowing decision lets its actor do. Its id is the hash of the entry that records it. */
export interface Permit {
  /** The ledger's origin. */
  origin: string;
  /** The action. */
  action: Action;
  /** The actor. */
  actor: string;
  /** The track. */
  track: string;
  /** The stage. */
  stage: string;
  /** The asset. */
  asset: string;
  /** The commit, or the artifact's digest. */
  lineage: string;
  /** The digest of the stage's plan, or of the artifact. */
  digest: Digest;
  /** The instant after which it is worth nothing. */
  expires: Instant;
  /** The break-glass grant that it was given by. */
  grant?: Digest;
  /** The run of the pipeline. */
  run?: string;
  /**
   * How much of the traffic it lets the new revision have, in percent; absent where traffic is not
   * shifted in steps.
   */
  traffic?: number;
}

/** The answer to a request or a fact, with everything that led to it. */
export interface Decision {
  /** Whether it is allowed. */
  verdict: Verdict;
  /** Whether the verdict binds. */
  mode: Mode;
  /** One for each check, passes included, in the order of the checks. */
  findings: Finding[];
  /** How each policy came out over all resources. */
  policies: PolicyCount[];
  /** The charter that it was decided under. */
  charter: Digest;
  /** The packs that were evaluated, by `name@version`. */
  packs: { [key: string]: Digest };
  /** The version of the engine's semantics. */
  engine: number;
  /** The break-glass grant that was used: something was overridden by it. */
  grant?: Digest;
  /**
   * What was owed and is met: policies whose result was not known when the plan was applied, and that
   * pass now.
   */
  meets?: Obligation[];
  /** What is owed if this is carried out. */
  obligations?: Obligation[];
  /** What the decision lets its actor do, where it lets it do anything. */
  permit?: Permit;
  /** The hashes of the entries (approvals, a promotion's permit) that this decision uses up. */
  spends?: Digest[];
  /** The names of the waivers that were applied. */
  waivers?: string[];
}

/** What became of a request or fact, once its entry is durable. */
export interface Admission {
  /** The sequence number of the entry. */
  sequence: number;
  /** The hash of the entry: the id of the approval or permit that it records. */
  entry: Digest;
  /** The instant of the entry. */
  at: Instant;
  /** Whether it is allowed. */
  verdict: Verdict;
  /** Whether the verdict binds. */
  mode: Mode;
  /** Whether this request was answered before; then nothing new was recorded. */
  repeated: boolean;
  /**
   * Whether the caller may rely on it now. A denial never is; nor is a repeat whose permit was used up,
   * withdrawn, or has expired, or that was decided under another charter.
   */
  live: boolean;
  /** The decision with all findings. Repeats of facts have none: the first admission had it. */
  decision?: Decision;
}

/** What is deployed at one site. */
export interface StatusDeployment {
  /** The track. */
  track: string;
  /** The asset. */
  asset: string;
  /** The stage. */
  stage: string;
  /** The commit, or the artifact's digest. */
  lineage: string;
  /** The digest of the plan that was applied, or of the artifact. */
  digest: Digest;
  /** When its success was recorded. */
  at: Instant;
}

/** A permit by the hash of its entry. */
export interface StatusPermit {
  /** The hash of its entry. */
  entry: Digest;
  /** The permit. */
  permit: Permit;
  /** The outcome as far as it was reported. */
  outcome: OutcomeResult | null;
}

/** An approval by the hash of its entry. */
export interface StatusApproval {
  /** The hash of its entry. */
  entry: Digest;
  /** The approval. */
  approval: Approval;
  /** When it was recorded. */
  at: Instant;
}

/** An asset in a stage of a track. */
export interface Site {
  /** The track. */
  track: string;
  /** The asset. */
  asset: string;
  /** The stage. */
  stage: string;
}

/** Something that is still owed. */
export interface OpenObligation {
  /** Where. */
  site: Site;
  /** The lineage that it came with. */
  lineage: string;
  /** What is owed: `verify-after` or `post-mortem`. */
  kind: string;
  /** What it is about: a policy, as `pack/policy`, or a grant by the hash of its opening. */
  subject: string;
  /** By when; absent where what is owed blocks until it is met. */
  due?: Instant;
  /** The address of the resource that it is about. */
  resource?: string;
}

/** How far an artifact came. */
export type LifecycleState =
  /** It is being made, and may be replaced or deleted. */
  | "draft"
  /** It awaits consent. */
  | "review"
  /** It has been consented to. */
  | "approved"
  /** It may be used, and is never altered. */
  | "published"
  /** It may still be used where it is. */
  | "deprecated"
  /** It may not be used any more. */
  | "retired"
  /** It is kept for the record. */
  | "archived";

/** What is wrong with a version as a link of its chain. */
export type ChainFault =
  /** Its manifest has another digest than it is known by. */
  | "digest"
  /** The version that it continues is not there, was never published, or is of another asset. */
  | "previous"
  /** Its version is not higher than that of the one that it continues. */
  | "version";

/** Evidence about an artifact that somebody owes. */
export interface OwedEvidence {
  /** The gate. */
  gate: string;
  /** The instant that it is to be produced at or after. */
  since: Instant;
  /** By when. */
  due: Instant;
  /** Whether an exception or a retirement owes it, and not publication as such. */
  emergency?: boolean;
  /** Who were the gate's producers when it came to be owed: their word counts even after an amendment. */
  producers?: string[];
}

/** An artifact of a lifecycle, by its digest. */
export interface StatusArtifact {
  /** The lifecycle. */
  lifecycle: string;
  /** The asset. */
  asset: string;
  /** Its version. */
  version: string;
  /** The artifact's digest. */
  digest: Digest;
  /** How far it came. */
  state: LifecycleState;
  /** When it came to that state. */
  since: Instant;
  /** When an integrity check last found nothing wrong. */
  checked?: Instant;
  /** What is wrong with it as a link of its chain of versions. */
  fault?: ChainFault;
  /** The evidence that is owed and was not recorded. */
  owed?: OwedEvidence[];
  /** When it was published. */
  published?: Instant;
  /** Since when it is in quarantine. */
  quarantined?: Instant;
  /** What takes its place. */
  successor?: Digest;
  /** Whether the newest integrity check failed to tell, so that another is owed. */
  unchecked?: boolean;
}

/** A grant, as `poundlock status` shows it. */
export interface StatusGrant {
  /** The hash of the entry that opened it. */
  entry: Digest;
  /** Its reason. */
  reason: string;
  /** What it covers. */
  scope: GrantScope;
  /** The last instant at which the grant can be used. */
  expires: Instant;
  /** How often it can be used. */
  uses: number;
  /** By when the post-mortem is owed. */
  due: Instant;
  /** When it was opened. */
  opened: Instant;
  /** How often it was used. */
  used: number;
  /** When it was closed. */
  closed?: Instant;
}

/** An attempt to alter what was published. */
export interface StatusAttempt {
  /** Who tried it. */
  actor: string;
  /** By which operation. */
  operation: string;
  /** What would have been altered. */
  artifact: Digest;
  /** How often it was tried. */
  times: number;
}

/** An incident that is not over, by the hash of its entry. */
export interface StatusIncident {
  /** The hash of its entry. */
  entry: Digest;
  /** The track. */
  track: string;
  /** The asset. */
  asset: string;
  /** The stage. */
  stage: string;
  /** What kind of thing. */
  kind: IncidentKind;
  /** How bad it is. */
  severity: Severity;
  /** When it was recorded. */
  at: Instant;
  /** Who tried to alter what was published, where that is what it is. */
  attempt?: StatusAttempt;
}

/** Traffic on its way to what was deployed at a site. */
export interface StatusRollout {
  /** The track. */
  track: string;
  /** The asset. */
  asset: string;
  /** The stage. */
  stage: string;
  /** What was deployed. */
  lineage: string;
  /** The share of the traffic that it has, in percent. */
  traffic: number;
  /** When it got that share. */
  at: Instant;
  /** Whether a step failed, or it is being gone back from, so that a rollback is the only way on. */
  failed: boolean;
}

/** What `poundlock status` shows: a summary for people and programs. */
export interface Status {
  /** How many entries were folded. */
  entries: number;
  /** The ledger's origin. */
  origin: string | null;
  /** The charter in force. */
  charter: Digest | null;
  /** The latest instant of any entry. */
  at: Instant | null;
  /** What is deployed where. */
  deployments: StatusDeployment[];
  /** Admitted actions whose outcome is not known. */
  pending: StatusPermit[];
  /** Approvals that are neither spent nor withdrawn; they may have expired. */
  approvals: StatusApproval[];
  /** What is owed. */
  obligations: OpenObligation[];
  /** The artifacts of the charter's lifecycles. */
  artifacts?: StatusArtifact[];
  /** The break-glass grants whose post-mortem is still owed. */
  grants?: StatusGrant[];
  /** Incidents that are not over. */
  incidents?: StatusIncident[];
  /** The keys that sign checkpoints now. */
  keys?: VerifierKey[];
  /** Traffic on its way. */
  rollouts?: StatusRollout[];
}

/** An entry with its hash. */
export interface Entry {
  /** Its place in the ledger, counted from 0. */
  sequence: number;
  /** `SHA-256(0x00 ‖ entry bytes)`: the RFC 6962 leaf hash. */
  hash: Digest;
  /** The hash of the entry before it. */
  previous: Digest;
  /** When it was recorded, as its writer said. */
  at: Instant;
  /** What its body is, such as `genesis`, `decision` or `fact`. */
  kind: string;
  /** The attachments that it names. */
  attachments: Digest[];
  /** What it records. */
  body: JsonValue;
}

/** The body of entry 0: the law that the ledger is governed by. */
export interface Genesis {
  /** A name that no other ledger has. */
  origin: string;
  /** The charter in force, with where its text is kept. */
  law: Law;
  /** The version of the engine's semantics. */
  engine: number;
  /** The keys that sign the ledger's checkpoints; each is named like the origin. */
  keys?: VerifierKey[];
}

/** What an entry keeps of an actor; claims stay in the request's attachment. */
export interface ActorSummary {
  /** A person or a workload. */
  kind: ActorKind;
  /** The name. */
  id: string;
}

/** What an entry keeps of a request. */
export interface RequestSummary {
  /** The request's id. */
  id: string;
  /** The digest of the request's content, without its instant and credentials. */
  content: Digest;
  /** The instant that the request claims. */
  at: Instant;
  /** What is to be done. */
  action: Action;
  /** Who asks. */
  actor: ActorSummary;
  /** From where. */
  channel: Channel;
  /** The stage, as the charter names it where it is declared, else as asked. */
  stage: string;
  /** The asset. */
  asset: string;
  /** The place to be changed. */
  target: Target;
  /** The change or artifact. */
  subject: Subject;
  /** Why. */
  reason: string;
  /** The run of the pipeline. */
  run?: string;
  /** The track, as the charter names it; absent where the stage is not declared. */
  track?: string;
}

/** How many findings there are, by outcome. */
export interface FindingCounts {
  /** Passes. */
  pass: number;
  /** Failures. */
  fail: number;
  /** Those that cannot be told. */
  unknown: number;
  /** Failures that a break-glass grant lets pass. */
  overridden: number;
}

/** A finding that is not a pass, as far as an entry keeps it. */
export interface Failure {
  /** What was found. */
  code: string;
  /** How the check came out. */
  outcome: Outcome;
  /** Whether it denies. */
  enforcement: Enforcement;
  /** What was expected and found, cut at 256 characters. */
  message: string;
  /** The address of the resource that it is about. */
  resource?: string;
  /** What it is about. */
  subject?: string;
}

/** What every decided entry holds. */
export interface DecisionSummary {
  /** Whether it is allowed. */
  verdict: Verdict;
  /** Whether the verdict binds. */
  mode: Mode;
  /** How many findings there are, by outcome. */
  findings: FindingCounts;
  /** The charter that it was decided under. */
  charter: Digest;
  /** The version of the engine's semantics. */
  engine: number;
  /** The first findings that are not passes. */
  failures?: Failure[];
}

/** One of the plans that another is joined of. */
export interface PlanPart {
  /** The name that tells it from the others. */
  name: string;
  /** Its digest. */
  digest: Digest;
}

/** The attachments that hold what an entry only sums up. */
export interface RecordReferences {
  /** The request, in deterministic CBOR. */
  request: Digest;
  /** The decision with all findings, in deterministic CBOR. */
  decision: Digest;
  /** What the token showed that the request was handed in with, in deterministic CBOR. */
  credential?: Digest;
  /** The plan as it was judged, in deterministic CBOR. */
  plan?: Digest;
}

/** The body of a decision entry. */
export interface DecisionBody {
  /** What was asked, by whom. */
  request: RequestSummary;
  /** What was decided. */
  decision: DecisionSummary;
  /** The packs that were evaluated, by `name@version`. */
  packs: { [key: string]: Digest };
  /** How many resources the plan found to have been changed outside the tool. */
  drift?: number;
  /** The break-glass grant that was used. */
  grant?: Digest;
  /** What was owed and is met. */
  meets?: Obligation[];
  /** What is owed if this is carried out. */
  obligations?: Obligation[];
  /** The plans that the change's plan is joined of. */
  parts?: PlanPart[];
  /** What the decision lets its actor do. */
  permit?: Permit;
  /** How each policy came out over all resources. */
  policies?: PolicyCount[];
  /** The attachments that hold the whole request, plan and decision; absent for unknown callers. */
  record?: RecordReferences;
  /** The hashes of the entries that this decision uses up. */
  spends?: Digest[];
  /** The names of the waivers that were applied. */
  waivers?: string[];
}

/** What the charter makes of a step: settled when it is decided, since the state knows no rules. */
export interface LifecycleTerms {
  /** The lifecycle, as the charter names it. */
  lifecycle: string;
  /** The artifact's state from now on. */
  state: LifecycleState;
  /** The evidence that is owed for it from now on. */
  owed?: OwedEvidence[];
}

/** What an entry keeps of a report. */
export interface ReportReference {
  /** The attachment that holds what was read of the report, in deterministic CBOR. */
  record: Digest;
  /** The digest of the gate's rule that it passed under; absent where it did not, or the gate has none. */
  rule?: Digest;
  /** When the first of the waivers expires that it passed by. */
  until?: Instant;
}

/** What the charter lets a grant be, as it was when the grant was opened. */
export interface GrantTerms {
  /** The last instant at which the grant can be used. */
  expires: Instant;
  /** How often it can be used. */
  uses: number;
  /** By when the post-mortem is owed. */
  due: Instant;
}

/** The body of a fact entry. */
export interface FactBody {
  /** What happened, as its recorder says, without the recorder's claims. */
  fact: Fact;
  /** The digest of the fact's content, without its instant. */
  content: Digest;
  /** Whether the recorder may record it. */
  decision: DecisionSummary;
  /** What the charter makes of a step of an artifact's life, or of an integrity check. */
  artifact?: LifecycleTerms;
  /**
   * What was published and the refused step would have altered. Without an incident of its own, the
   * entry is one more time of one that is open.
   */
  attempt?: Digest;
  /**
   * The attachment that holds what the recorder's token showed, in deterministic CBOR, where the
   * recorder is known.
   */
  credential?: Digest;
  /** The kind of incident that the entry opens for the artifact; a refusal may open one, too. */
  incident?: IncidentKind;
  /**
   * The attachment that holds the whole fact, in deterministic CBOR, where its recorder is known and has
   * claims: these may say more of a person than a book that nobody can erase should hold.
   */
  record?: Digest;
  /** What was made of the report that evidence came with, where the recorder is known. */
  report?: ReportReference;
  /** Whether the recorder was not known. */
  stranger?: boolean;
  /** What the charter lets the grant be, for one that is opened. */
  terms?: GrantTerms;
}

/** The body of a snapshot entry. */
export interface SnapshotBody {
  /** The attachment that holds the state, in deterministic CBOR. */
  state: Digest;
  /** The version of the engine's semantics. */
  engine: number;
}

/** An error: why there is no answer. A denial is none. */
export interface ErrorDocument {
  /** What went wrong: stable, such as `input.syntax`. */
  code: string;
  /** What went wrong, for people. It quotes no values. */
  message: string;
  /** The column in characters, counted from 1. */
  column?: number;
  /** What to do about it. */
  help?: string;
  /** The line, counted from 1. */
  line?: number;
  /** A JSON Pointer to the place. */
  pointer?: string;
  /** The sequence number of the entry that is meant. */
  sequence?: number;
  /** The document that is meant, where an operation has several. */
  source?: string;
}

/** A document as it is hashed. */
export interface CanonicalAnswer {
  /** Its deterministic CBOR, in hexadecimal digits. */
  bytes: string;
  /** Its digest as a kind of content named `document`. */
  digest: Digest;
}

/** What `charter` needs. */
export interface CharterInput {
  /** The charter, in YAML. */
  charter: string;
}

/** A charter that makes sense as a whole. */
export interface CharterAnswer {
  /** Its name. */
  name: string;
  /** Its version. */
  version: string;
  /** The digest over its canonical form. The law of a ledger has one of its own, over the packs as well. */
  digest: Digest;
  /** What it says, with every default filled in. */
  document: CharterDocument;
}

/** What `envelope` needs. */
export interface EnvelopeInput {
  /** The text that was signed. */
  text: string;
  /** The Ed25519 signature over the bytes that `signing_bytes` answers, in base64. */
  signature: string;
}

/** A DSSE envelope. */
export interface EnvelopeAnswer {
  /** The envelope in JSON: the `text` of a request's or fact's signature. */
  envelope: string;
}

/** The bounds that hosts meet first, in bytes where nothing else is said. */
export interface LimitsAnswer {
  /** A JSON document: a plan, a request, an input of an operation. */
  documentBytes: number;
  /** How many values a document holds. */
  documentValues: number;
  /** How deep a document nests. */
  depth: number;
  /** A charter, lock file, pack or overlay. */
  yamlBytes: number;
  /** A name, such as an actor's or a stage's. */
  nameBytes: number;
  /** A text for people, such as a reason. */
  textBytes: number;
  /** An entry of a ledger. */
  entryBytes: number;
  /** An attachment of a ledger. */
  attachmentBytes: number;
  /** A token. */
  tokenBytes: number;
  /** The key set of a token's issuer. */
  keySetBytes: number;
  /** A person's signature. */
  signatureBytes: number;
  /** A signed checkpoint. */
  checkpointBytes: number;
  /** A receipt. */
  receiptBytes: number;
  /** The steps of one evaluation of an expression. */
  evaluationSteps: number;
  /** The steps of all evaluations for one request. */
  requestSteps: number;
}

/** What `lock` needs. */
export interface LockInput {
  /** The packs and overlays, in YAML. */
  packs: string[];
}

/** A lock file. */
export interface LockAnswer {
  /** Its text, in YAML. */
  lock: string;
}

/** What `signing_bytes` and `envelope` are about. */
export interface SigningBytesInput {
  /** The text that a person signs. */
  text: string;
}

/** The bytes to sign. */
export interface SigningBytesAnswer {
  /** DSSE's payload type. */
  payloadType: string;
  /** DSSE's pre-authentication encoding of the text, in hexadecimal digits: what is signed with Ed25519. */
  bytes: string;
}

/** A plan as the tool wrote it. */
export interface PlanText {
  /** What `terraform show -json` printed. */
  terraform: string;
  /** The nonce kept beside it: 64 hexadecimal digits. */
  nonce: string;
}

/** A request or a fact, with the token of whoever hands it in. */
export interface SimulateStep {
  /** The fact, in place of a request. */
  fact?: Fact;
  /** The keys of its issuer, in JSON. */
  keySet?: string;
  /** The plan that the request is about. */
  plan?: PlanText;
  /** The request. */
  request?: Request;
  /** The token, in compact form. */
  token?: string;
}

/** What `simulate` needs. */
export interface SimulateInput {
  /** The charter, in YAML. */
  charter: string;
  /** The lock file, in YAML. */
  lock: string;
  /** The packs, in YAML. */
  packs: string[];
  /** The ledger's origin. */
  origin: string;
  /** When the ledger begins. */
  begin: Instant;
  /** What is asked or recorded now. */
  step: SimulateStep;
  /** What was asked and recorded before, in order. */
  history?: SimulateStep[];
  /** The keys that sign the ledger's checkpoints. */
  keys?: VerifierKey[];
}

/** What `simulate` answers. */
export interface SimulateAnswer {
  /** What became of the step. */
  admission: Admission;
  /** The entry as it is hashed, in hexadecimal digits. */
  entryBytes: string;
  /** What the ledger adds up to after it. */
  status: Status;
}

/** What `verifier_key` needs. */
export interface VerifierKeyInput {
  /** The name that the key signs under: its ledger's origin. */
  name: string;
  /** The 32 bytes of the Ed25519 public key (RFC 8032), in hexadecimal digits. */
  publicKey: string;
}

/** A public key as a ledger names it. */
export interface VerifierKeyAnswer {
  /** The key's text. */
  key: VerifierKey;
}

/** What `verify_approval` needs. */
export interface VerifyApprovalInput {
  /** The text that was signed. */
  statement: string;
  /** What `ssh-keygen -Y sign` writes, or a DSSE envelope in JSON. */
  signature: string;
  /** The keys whose signatures count. */
  signers: AllowedSigner[];
  /** The instant at which the key must count. */
  at: Instant;
}

/** That a person signed a text. Only `AllowedSigners` makes one. */
export interface VerifiedSignature {
  /** The person. */
  principal: string;
  /** The key's fingerprint, as `ssh-keygen -l` shows it: `SHA256:` and base64. */
  key: string;
  /** The plain SHA-256 of the text. */
  statement: Digest;
}

/** What `verify_checkpoint` needs. */
export interface VerifyCheckpointInput {
  /** The signed checkpoint's text. */
  checkpoint: string;
  /** The trusted keys, as verifier keys. */
  keys: string[];
  /** The ledger that is expected; any whose keys are trusted when it is absent. */
  origin?: string;
  /** How many of them must have signed. */
  threshold?: number;
}

/** What a checkpoint says. */
export interface CheckpointAnswer {
  /** The ledger's name. */
  origin: string;
  /** How many entries there are. */
  size: number;
  /** The RFC 6962 Merkle tree hash over them. */
  root: Digest;
}

/** What `verify_fork` needs. */
export interface VerifyForkInput {
  /** The proof's text. */
  proof: string;
  /** The trusted keys, as verifier keys. */
  keys: string[];
  /** How many of them must have signed each of the two. */
  threshold?: number;
}

/** Two checkpoints that cannot both be true. */
export interface VerifyForkAnswer {
  /** The two checkpoints. */
  checkpoints: CheckpointAnswer[];
}

/**
 * What the side that is about to act holds and knows; what is absent is not compared. Only the digest
 * ties a permit to what is applied.
 */
export interface Held {
  /** What is about to be done. */
  action?: Action;
  /** Who is about to do it. */
  actor?: string;
  /** The name of the asset. */
  asset?: string;
  /** The digest of the plan or artifact that is at hand. */
  digest?: Digest;
  /** The commit, or the artifact's digest. */
  lineage?: string;
  /** The run of the pipeline. */
  run?: string;
  /** The stage that is about to be changed, by its name and not an alias. */
  stage?: string;
  /** The track. */
  track?: string;
}

/** What a permit is held against. */
export interface PermitInput {
  /** The instant at which it is about to be used. */
  at: Instant;
  /** What is about to be done. */
  held?: Held;
  /** The plan that is about to be applied, in place of its digest. */
  plan?: PlanText;
}

/** What `verify_receipt` needs. */
export interface VerifyReceiptInput {
  /** The receipt's text. */
  receipt: string;
  /** The trusted keys, as verifier keys. */
  keys: string[];
  /** The ledger that is expected; any whose keys are trusted when it is absent. */
  origin?: string;
  /** What the entry must permit, to whoever is about to act. */
  permit?: PermitInput;
  /** How many of them must have signed. */
  threshold?: number;
}

/** What an entry permits to whoever is about to act. */
export interface PermitAnswer {
  /** What the entry permits; absent where it permits nothing. */
  permit: Permit | null;
  /** What the permit says otherwise than whoever holds it, by the names of its fields. */
  contradictions: string[];
}

/** What `verify_receipt` answers. */
export interface VerifyReceiptAnswer {
  /** The entry. Its hash is the id of a permit that it grants. */
  entry: Entry;
  /** What the receipt rests on. */
  checkpoint: CheckpointAnswer;
  /**
   * Where a permit was asked for: what it says, and what of that is otherwise; `permit` itself where the
   * entry permits nothing.
   */
  permit?: PermitAnswer;
}

/** What `verify_token` needs. */
export interface VerifyTokenInput {
  /** The provider, as a charter declares it. */
  provider: ProviderDocument;
  /** The token, in compact form. */
  token: string;
  /** The key set of its issuer (JWKS), in JSON. */
  keySet: string;
  /** The instant at which it must be valid. */
  at: Instant;
}

/** Who a workload was found to be by its token. */
export interface VerifiedToken {
  /** The name of the provider that verified it. */
  provider: string;
  /** The digest of the provider's document, since a name says nothing about the rules behind it. */
  providerDigest: Digest;
  /** The issuer (`iss`). */
  issuer: string;
  /** What the provider maps to `google.subject`: `sub`, unless it says otherwise. */
  subject: string;
  /** What the provider maps its claims to, by name. */
  attributes: { [key: string]: string };
  /** When it was issued. */
  issuedAt: Instant;
  /** From when on it is valid. */
  validFrom: Instant;
  /** Until when it is valid. */
  expiresAt: Instant;
  /** The digest of the token. */
  digest: Digest;
}

/** The version of this library and of its engine's semantics. */
export interface VersionAnswer {
  /** The version of this library, as in its package. */
  version: string;
  /** The version of the engine's semantics: the same one gives the same decisions. */
  engine: number;
}

/** What a pack is made of. */
export interface PackInput {
  /** The pack, in YAML. */
  pack: string;
  /** The overlays that make it stricter, in YAML, in their order. */
  overlays?: string[];
}

/** How a plan is to be checked. */
export interface CheckInput {
  /** Whether the answer names every resource that passed, by policy. */
  passes?: boolean;
  /**
   * The stage whose packs count, and which policies see as `stage.name`; all packs of the charter where
   * there is none.
   */
  stage?: string;
  /** In how many threads; one unless this says otherwise. The answer does not depend on it. */
  threads?: number;
  /**
   * What becomes of a resource that no policy matches; `deny` unless this says otherwise. An engine goes
   * by its charter, and takes no other word.
   */
  unmatched?: Unmatched;
}

/** The resources that passed a policy. */
export interface PolicyPasses {
  /** The policy, as `pack/policy`. */
  policy: string;
  /**
   * The addresses of the resources, in the order of the plan, each once. One of which several objects
   * are changed is among them if all of them pass.
   */
  resources: string[];
}

/** What packs say about a plan, without charter or ledger: an author's fast loop. */
export interface PlanReport {
  /** Whether nothing denies. */
  verdict: Verdict;
  /** What was found. */
  findings: Finding[];
  /** How each policy came out. */
  policies: PolicyCount[];
  /** Which resources passed which policy, where that was asked for. */
  passes?: PolicyPasses[];
}

/** What a policy is. */
export interface PolicyAnswer {
  /** Its name, unique in its pack. */
  name: string;
  /** What it demands. */
  description: string;
  /** Whether anything but a pass denies. */
  enforcement: Enforcement;
  /** The patterns of the resource types that it is about. */
  resources: string[];
  /** What must be done to a resource for it to be about it. */
  actions: ActionWord[];
  /** The controls of standards that it serves. */
  controls: string[];
  /** What becomes of a result that depends on a value not known until apply. */
  onUnknown: OnUnknown;
  /** Where more is said about it. */
  guideline?: string;
  /** Its own constants, by name. */
  params?: { [key: string]: JsonValue };
  /**
   * What a host that can alter a resource may set where the policy fails: by resource type, values by
   * JSON Pointers.
   */
  remediate?: { [key: string]: { [key: string]: JsonValue } };
  /** What would turn a failure into a pass, as its validations say it. */
  remedies?: string[];
  /** In which direction a constant is stricter, by its name. */
  stricter?: { [key: string]: Stricter };
}

/** What a pack is. */
export interface PackAnswer {
  /** Its name. */
  name: string;
  /** Its version. */
  version: string;
  /** The digest over its canonical form, which a lock file pins. */
  digest: Digest;
  /** Its policies, in the order of the document. */
  policies: PolicyAnswer[];
  /** What it is for. */
  description?: string;
}

/** How much a lint matters. */
export type LintLevel =
  /** To be known, and often meant so. */
  | "notice"
  /** To be mended. */
  | "warning";

/** Something about a pack that is allowed but unwise, or that its readers must know. */
export interface Lint {
  /** What kind of thing: stable, such as `lint.no_controls`. */
  code: string;
  /** How much it matters. */
  level: LintLevel;
  /** The line in the pack's file, counted from 1. */
  line: number;
  /** The column in the pack's file, counted from 1. */
  column: number;
  /** What it is. */
  message: string;
  /** The policy; absent when it is the pack as a whole. */
  policy?: string;
}

/** What `lint` answers. */
export interface LintAnswer {
  /** What is allowed but unwise, in the order of the policies. */
  lints: Lint[];
}

/** How one test of a pack came out. */
export interface TestOutcome {
  /** The policy. */
  policy: string;
  /** The test's name, unique in its policy. */
  name: string;
  /** The result that the test demands. */
  expected: Expect;
  /** The result that the policy had. */
  found: Expect;
  /** Whether all came out as the test demands. */
  passed: boolean;
  /** The code of the evaluation; absent when the policy is not about the resource. */
  code?: string;
  /** The message of the evaluation; absent when the policy is not about the resource. */
  message?: string;
  /** What decided the result, where the test did not pass and neither did the policy. */
  reasons?: Reason[];
  /**
   * Whether what `remediate` sets makes the object that the test names, and the policy pass; absent
   * where the test names none.
   */
  remediated?: boolean;
}

/** What `test` answers. */
export interface TestAnswer {
  /** How many of the pack's tests have the result that they demand. */
  passed: number;
  /** How many have not. */
  failed: number;
  /** Each test, in the order of the document. */
  tests: TestOutcome[];
}

/** What wrote a document. */
export type PlanFormat =
  /** `terraform show -json`, or OpenTofu's. */
  | "terraform"
  /** Manifests of Kubernetes, in YAML or JSON, or an `AdmissionReview`. To be checked only. */
  | "kubernetes"
  /** `pulumi preview --json`, or `pulumi stack export`. */
  | "pulumi"
  /** The host itself: `ResourcesDocument`. To be checked only. */
  | "resources";

/** How a document is to be read. */
export interface PlanOptions {
  /** What wrote the document. */
  format: PlanFormat;
  /**
   * The nonce kept beside the document: 64 hexadecimal digits, made at random when it was first seen.
   * Without one the plan can be checked, and neither decided on nor admitted.
   */
  nonce?: string;
}

/** How many resources a plan touches, by what is done to them. A replacement counts once, as `replace`. */
export interface PlanCounts {
  /** Come into being. */
  create: number;
  /** Are changed in place. */
  update: number;
  /** Are replaced by others. */
  replace: number;
  /** Are destroyed. */
  delete: number;
  /** Are no longer managed. */
  forget: number;
  /** Are only read. */
  read: number;
  /** Stay as they are. */
  noOp: number;
}

/** What is to be done to a resource. */
export type Actions =
  /** Nothing. */
  | "no-op"
  /** Create it. */
  | "create"
  /** Read it. */
  | "read"
  /** Change it in place. */
  | "update"
  /** Delete it. */
  | "delete"
  /** Delete it, then create it anew. */
  | "delete-create"
  /** Create it anew, then delete the old one. */
  | "create-delete"
  /** Stop managing it without deleting it. */
  | "forget"
  /** Create it anew, then stop managing the old one. */
  | "create-forget";

/** What is to be done to one resource. */
export interface PlanResource {
  /** The address. */
  address: string;
  /** The type. */
  type: string;
  /** What is to be done. */
  actions: Actions;
}

/** What a plan proposes, in short. */
export interface PlanAnswer {
  /** The digest that approvals and permits bind. */
  digest: Digest;
  /** The tool that made it. */
  tool: string;
  /** Whether it can be decided on and admitted: it is a tool's document, read with a nonce. */
  admissible: boolean;
  /** How many resources it touches. */
  counts: PlanCounts;
  /** What is to be done to each, in the order of the document. */
  resources: PlanResource[];
  /** What was found to have changed outside the tool. */
  drift?: PlanResource[];
  /** The tool's version, where the document says it. */
  toolVersion?: string;
}

/** What an engine is made of. */
export interface EngineInput {
  /** The charter, in YAML. */
  charter: string;
  /** The lock file, in YAML. */
  lock: string;
  /** The packs and overlays, in YAML, in any order. */
  packs: string[];
  /**
   * In how many threads policies are evaluated; one unless this says otherwise. What is decided does not
   * depend on it.
   */
  threads?: number;
}

/** What `begin` needs. */
export interface BeginInput {
  /** A name that no other ledger has. */
  origin: string;
  /** When the ledger begins. */
  at: Instant;
  /** The keys that sign the ledger's checkpoints, as verifier keys; each has the origin as its name. */
  keys?: VerifierKey[];
}

/** An entry that was appended. */
export interface AppendedAnswer {
  /** Its sequence number. */
  sequence: number;
  /** Its hash. */
  entry: Digest;
}

/** What `checkpoint_text` needs. */
export interface CheckpointTextInput {
  /** The keys that are to sign, as verifier keys. */
  keys: VerifierKey[];
}

/** A text for a person to sign. */
export interface TextAnswer {
  /** The text, to the byte. */
  text: string;
}

/** What `credential` needs. */
export interface CredentialQuestion {
  /** The actor whose token it is said to be. */
  actor: string;
  /** The instant of asking. */
  at: Instant;
  /** The token and its issuer's keys. */
  credential: CredentialInput;
}

/** Why a token shows nothing. */
export interface RefusalAnswer {
  /** The code, such as `identity.token_expired`. */
  code: string;
  /** What is wrong with the token. It never quotes the token. */
  message: string;
  /** What to do about it. */
  help?: string;
}

/** What the charter makes of a token. */
export type CredentialAnswer = OneOf<{
  /** It shows the actor. */
  verified: VerifiedToken;
  /** It shows nothing, and whatever is handed in with it is denied. */
  refused: RefusalAnswer;
}>;

/** What an engine goes by. */
export interface EngineAnswer {
  /** The charter's name. */
  name: string;
  /** The charter's version, for people; what counts is the law's digest. */
  version: string;
  /** The charter's digest with that of its packs, and the attachments that hold their texts. */
  law: Law;
  /** Its packs, as its overlays make them, in the order of their names. */
  packs: PackAnswer[];
}

/** What `fact_text` needs. */
export interface FactTextInput {
  /** The fact. */
  fact: Fact;
  /** When the person signs. */
  signed: Instant;
}

/** What `request_text` needs; the plan is handed in beside it. */
export interface RequestTextInput {
  /** The request. */
  request: Request;
  /** When the person signs. */
  signed: Instant;
}

/** What `review` needs. */
export interface ReviewInput {
  /** What somebody is asked to approve. */
  approval: Approval;
  /** The instant of asking. */
  at: Instant;
}

/** What a person who is asked to approve has to see. */
export interface ReviewAnswer {
  /** The text that they sign. */
  statement: string;
  /** What would be found now, if the entrance into the stage were asked for. */
  findings: Finding[];
  /** The newest request that asked about it, if its record is left. */
  request?: Request;
}

/** A secret key. It is neither kept nor printed. */
export interface SecretKeyInput {
  /** The key in PKCS#8, as PEM. */
  pem: string;
  /** The passphrase, where it is encrypted. */
  passphrase?: string;
}

/** A signature over a checkpoint's text. */
export interface SignatureInput {
  /** The verifier key. */
  key: VerifierKey;
  /** The Ed25519 signature, in base64. */
  signature: string;
}

/** A checkpoint, and what signs it: its text, or secret keys. */
export interface SignInput {
  /** The text that `checkpoint_text` answered. */
  checkpoint?: string;
  /** In place of both: secret keys in PKCS#8, as PEM, that sign what the ledger holds now. */
  secretKeys?: SecretKeyInput[];
  /** The signatures over it. */
  signatures?: SignatureInput[];
}

/** A signed checkpoint. */
export interface SignedCheckpointAnswer {
  /** The signed note, byte for byte; absent where nothing was signed yet. */
  checkpoint: string | null;
}

/** What is to be done with a ledger's directory. */
export type LedgerMode =
  /** Make an empty ledger in it. */
  | "create"
  /** Open the ledger in it, to read and to write. */
  | "open"
  /** Open the ledger in it without ever changing a file. */
  | "readOnly";

/** Where a ledger is. */
export interface LedgerInput {
  /** The directory. */
  directory?: string;
  /** Whether it is in memory, for tests and dry runs. */
  memory?: boolean;
  /** What is to be done with the directory. */
  mode?: LedgerMode;
}

/** Which attachment is wanted. */
export interface AttachmentInput {
  /** Its digest. */
  digest: Digest;
}

/** An attachment. */
export interface AttachmentAnswer {
  /** Its bytes, in hexadecimal digits; absent where it is not there: it was erased, or never was. */
  bytes: string | null;
}

/** Which entries are wanted. */
export interface EntriesInput {
  /** The first sequence number. */
  from?: number;
  /** Only those of these kinds, such as `decision`; all when it is empty. */
  kinds?: string[];
  /** How many entries to answer at most, 1 to 1,000. */
  limit?: number;
  /** Only those from this instant on. */
  since?: Instant;
  /** The sequence number before which to stop; the ledger's end when it is absent. */
  to?: number;
  /** Only those before this instant. */
  until?: Instant;
}

/** Some entries of a ledger. */
export interface EntriesAnswer {
  /** The entries, in their order. */
  entries: Entry[];
  /** Where to go on; absent at the end. A page may be short, or empty, and have a next one. */
  next?: number;
}

/** A signed checkpoint to keep or compare. */
export interface CheckpointInput {
  /** The signed note, byte for byte. */
  checkpoint: string;
}

/** A proof that two signed checkpoints cannot both be true. */
export interface ForkAnswer {
  /** Its text; absent where the ledger continues the checkpoint. */
  proof: string | null;
}

/** The size of a ledger and what its entries add up to. */
export interface HeadAnswer {
  /** How many entries there are. */
  size: number;
  /** The RFC 6962 Merkle tree hash over them. */
  root: Digest;
  /** The hash of the last entry. */
  last: Digest;
}

/** What opening and appending found and did. */
export interface NoticesAnswer {
  /** For people. */
  notices: string[];
}

/** Which entry is to be proven. */
export interface ReceiptInput {
  /** Its sequence number. */
  sequence: number;
}

/** A receipt. */
export interface ReceiptAnswer {
  /** Its text. */
  receipt: string;
}

/** A period: from an instant on, until before another. */
export interface ReportInput {
  /** The first instant. */
  since: Instant;
  /** The instant that is the first one after it. */
  until: Instant;
}

/** What a figure counts. */
export type FigureUnit =
  /** Entries of the ledger. */
  | "entries"
  /** Attachments of entries. */
  | "attachments"
  /** Artifacts. */
  | "artifacts"
  /**
   * Whole seconds, summed up; `of` says over how many cases, so that their mean is the one divided by
   * the other.
   */
  | "seconds"
  /** Milliseconds, summed up likewise. */
  | "milliseconds";

/** One figure: exact numbers, with the entries that they rest on. */
export interface Figure {
  /** Its name, such as `deployments.succeeded`. */
  figure: string;
  /** What `count` counts. */
  unit: FigureUnit;
  /** How many. */
  count: number;
  /** The sequence numbers of the entries that were counted, the first of them. */
  entries: number[];
  /** How many more entries were counted than are listed. */
  omitted: number;
  /** The longest of the times. */
  longest?: number;
  /** Of how many; absent where it is no share. */
  of?: number;
}

/** How often a code denied. */
export interface CodeCount {
  /** The code of the finding. */
  code: string;
  /** In how many entries. */
  count: number;
  /** Their sequence numbers, the first of them. */
  entries: number[];
  /** How many more there are than are listed. */
  omitted: number;
}

/** The figures that one kind of report consists of. */
export interface FigureSet {
  /** What the report is for, such as `sox`. */
  set: string;
  /** The names of its figures. */
  figures: string[];
}

/** The figures of a ledger for a period (R395 to R406, R411). */
export interface ReportAnswer {
  /** The ledger's origin. */
  origin: string;
  /** The period. */
  period: ReportInput;
  /** How many entries the ledger holds, all of them verified. */
  size: number;
  /** The RFC 6962 Merkle tree hash over them. */
  root: Digest;
  /** Every figure, in a fixed order. */
  figures: Figure[];
  /** In how many entries of the period each code denied, in the order of the codes. */
  codes: CodeCount[];
  /** Which figures belong to which report. */
  sets: FigureSet[];
}

/** How a ledger is to be verified. */
export interface VerifyInput {
  /**
   * The keys that are trusted, as verifier keys; where this is absent, those that the ledger itself
   * names.
   */
  keys?: string[];
  /** Signed checkpoints that somebody remembers, which the ledger must continue. */
  since?: string[];
  /** In how many threads; one unless this says otherwise. */
  threads?: number;
  /** How many of them must have signed; one unless this says otherwise. */
  threshold?: number;
  /** Whether a ledger that names keys may have no signed checkpoint. */
  unsigned?: boolean;
}

/** What verification found in a ledger that is sound. */
export interface VerifiedAnswer {
  /** How many entries there are. */
  size: number;
  /** The RFC 6962 Merkle tree hash over them. */
  root: Digest;
  /** The hash of the last entry. */
  last: Digest;
  /** How many attachments were erased. */
  erased: number;
  /**
   * How many entries are signed, by the trusted keys or else those that the ledger names; absent where
   * nothing is.
   */
  signed: number | null;
}
