// Code generated from the JSON Schemas in docs/schema. DO NOT EDIT.

package poundlock

import "encoding/json"

// What happens to a resource change that no policy matches. There is no safe guess, so a charter must
// say.
type Unmatched string

const (
	// It passes.
	UnmatchedAllow Unmatched = "allow"
	// It is denied as `policy.unmatched`.
	UnmatchedDeny Unmatched = "deny"
)

// Whether an actor is a person.
type ActorKind string

const (
	// A person.
	ActorKindHuman ActorKind = "human"
	// A service account, CI job or controller.
	ActorKindWorkload ActorKind = "workload"
)

// An actor that may ask for something.
type ActorDeclaration struct {
	// The name.
	Actor string `json:"actor"`
	// A person or a workload.
	Kind ActorKind `json:"kind"`
	// Claims that a request by this actor must carry, each with exactly this value. With a provider, these
	// are attributes of the token.
	Claims map[string]string `json:"claims,omitzero"`
	// The provider whose tokens show that it is this actor. An actor that has one is never taken at the
	// host's word.
	Provider *string `json:"provider,omitzero"`
	// What a person may be asked to approve as.
	Roles []string `json:"roles,omitzero"`
	// The subject that its tokens must have, exactly (`google.subject`).
	Subject *string `json:"subject,omitzero"`
}

// What moves along a track.
type Moves string

const (
	// Changes: planned and applied anew in each stage, from the same commit.
	MovesChange Moves = "change"
	// Artifacts: the same digest in each stage.
	MovesArtifact Moves = "artifact"
)

// Who may do what in a stage. Planning and applying are separate grants.
type Grants struct {
	// The workloads that may apply.
	Apply []string `json:"apply,omitzero"`
	// The workloads that may plan.
	Plan []string `json:"plan,omitzero"`
	// The workloads that may promote.
	Promote []string `json:"promote,omitzero"`
	// The workloads that may roll back.
	Rollback []string `json:"rollback,omitzero"`
	// The workloads that may shift traffic.
	Shift []string `json:"shift,omitzero"`
}

// What is to be done.
type Action string

const (
	// Propose a change to a stage; nothing is altered.
	ActionPlan Action = "plan"
	// Carry out a change that was planned before, as a request of its own.
	ActionApply Action = "apply"
	// Let a lineage enter a stage from the one before it.
	ActionPromote Action = "promote"
	// Bring a stage back to the last lineage that is known to be good.
	ActionRollback Action = "rollback"
	// Give the new revision more of the traffic.
	ActionShift Action = "shift"
)

// Whether no evidence of drift is as good as evidence of no drift.
type AbsentDrift string

const (
	// It is.
	AbsentDriftAllow AbsentDrift = "allow"
	// It is denied as `drift.absent`.
	AbsentDriftDeny AbsentDrift = "deny"
)

// What is denied in a stage while an incident is open there, or while nobody looked for drift.
type DriftRule struct {
	// The actions that are denied. A rollback is the way out, and is never among them; nor is a plan that
	// prepares one denied.
	Blocks []Action `json:"blocks"`
	// Whether they may be done where nobody looked for drift lately. Where something is deployed and
	// somebody looked and found drift, they may not.
	Absent AbsentDrift `json:"absent"`
	// How old a look may be. It is needed where `absent: deny`.
	MaxAge *string `json:"maxAge,omitzero"`
}

// Whether a verdict binds.
type Mode string

const (
	// A denial blocks.
	ModeEnforce Mode = "enforce"
	// Verdicts are recorded as `observed`; nothing blocks and no permit is given.
	ModeObserve Mode = "observe"
)

// What holds for the artifacts in a stage that is a zone of data.
type ZoneRule struct {
	// Whether an asset keeps the content that it came with: under one name no other digest enters, and
	// nothing is rolled back.
	AppendOnly *bool `json:"appendOnly,omitzero"`
	// How long after it came an artifact may still go on from here.
	MaxAge *string `json:"maxAge,omitzero"`
	// Whether what is here leaves only by a boundary from here, whichever stages it was in before.
	Quarantine *bool `json:"quarantine,omitzero"`
}

// One level of a track.
type Stage struct {
	// The stage's name.
	Stage string `json:"stage"`
	// Who may do what here.
	Grants Grants `json:"grants"`
	// The stages that may come before it, all of them earlier in the list; absent means the one before it
	// in the list. Each has a boundary of its own into this stage.
	After []string `json:"after,omitzero"`
	// Other names for it.
	Aliases []string `json:"aliases,omitzero"`
	// The state backend that belongs to this stage alone.
	Backend *string `json:"backend,omitzero"`
	// The buckets, prefixes and other stores that belong to this stage alone.
	Buckets []string `json:"buckets,omitzero"`
	// The service accounts, roles and other credentials that belong to this stage alone, by name.
	Credentials []string `json:"credentials,omitzero"`
	// What an open incident, or drift that nobody looked for, denies here.
	Drift *DriftRule `json:"drift,omitzero"`
	// The host names and certificates that belong to this stage alone.
	Endpoints []string `json:"endpoints,omitzero"`
	// The deployment environment of this stage: whoever acts here has it as the claim `environment`.
	// Absent, a token that names an environment must name this stage.
	Environment *string `json:"environment,omitzero"`
	// `observe` records without blocking and gives no permits.
	Mode *Mode `json:"mode,omitzero"`
	// The namespaces that belong to this stage alone.
	Namespaces []string `json:"namespaces,omitzero"`
	// The packs that every plan for this stage must pass.
	Packs []string `json:"packs,omitzero"`
	// The cloud project or account that belongs to this stage alone.
	Project *string `json:"project,omitzero"`
	// The stack or workspace that belongs to this stage alone.
	Stack *string `json:"stack,omitzero"`
	// What holds for the artifacts that are here, where the stage is a zone of data.
	Zone *ZoneRule `json:"zone,omitzero"`
}

// How many people of a role must approve.
type ApprovalRule struct {
	// The role.
	Role string `json:"role"`
	// How many distinct people.
	Count uint32 `json:"count"`
	// How old their consent may be.
	MaxAge *string `json:"maxAge,omitzero"`
}

// How much one plan may change. Whatever is left out is not limited.
type BlastRadius struct {
	// How many resources may be changed in any way, moves and imports included.
	Changes *uint64 `json:"changes,omitzero"`
	// How many may come into being. A replacement counts here, among the deletions, and among the
	// replacements.
	Creates *uint64 `json:"creates,omitzero"`
	// How many may be destroyed.
	Deletes *uint64 `json:"deletes,omitzero"`
	// How many may be replaced.
	Replaces *uint64 `json:"replaces,omitzero"`
	// The addresses or types that may be changed, in which `*` stands for any run of characters; empty
	// means any.
	Resources []string `json:"resources,omitzero"`
	// How many may be changed in place.
	Updates *uint64 `json:"updates,omitzero"`
}

// How often something may be done.
type Rate struct {
	// How many times, at most `limits::RATE`.
	Count uint32 `json:"count"`
	// Within which time.
	Per string `json:"per"`
}

// The way back from a stage. Without it, nothing is rolled back there.
type RollbackRule struct {
	// The approvals that a rollback needs.
	Approvals []ApprovalRule `json:"approvals,omitzero"`
	// The gates that a rollback must satisfy.
	Gates []string `json:"gates,omitzero"`
	// Whether a request to enter the stage must name the lineage that it goes back to if it fails: the
	// last one that is known to be good there.
	Required *bool `json:"required,omitzero"`
}

// The steps in which the traffic of a stage follows what was deployed there.
type Rollout struct {
	// The shares of the traffic, in percent, ascending; the last is 100. Whatever enters the stage begins
	// with none.
	Steps []int `json:"steps"`
	// How long after one step the next may be taken.
	Wait string `json:"wait"`
	// The gate whose evidence each step needs, produced after the step before it.
	Gate string `json:"gate"`
}

// Whether a plan may be carried out after a newer one of another commit was admitted for the same
// asset and ref.
type Superseded string

const (
	// It is denied as `boundary.superseded`.
	SupersededDeny Superseded = "deny"
	// It may.
	SupersededAllow Superseded = "allow"
)

// A day of the week.
type Day string

const (
	DayMon Day = "mon"
	DayTue Day = "tue"
	DayWed Day = "wed"
	DayThu Day = "thu"
	DayFri Day = "fri"
	DaySat Day = "sat"
	DaySun Day = "sun"
)

// Days and hours of the week, in a named time zone, in which changes may enter a stage.
//
// A window that ends before it begins runs past midnight and belongs to the day on which it begins.
type Window struct {
	// An IANA time zone name, such as `Europe/Zurich`.
	TimeZone string `json:"timeZone"`
	// The days of the week on which the window begins.
	Days []Day `json:"days"`
	// The first minute of the window, as `HH:MM`.
	From string `json:"from"`
	// The first minute after the window, as `HH:MM`; `24:00` is midnight.
	To string `json:"to"`
}

// What the entrance of a stage demands.
type Boundary struct {
	// The stage that is entered.
	Into string `json:"into"`
	// The approvals that are needed.
	Approvals []ApprovalRule `json:"approvals,omitzero"`
	// How much one plan may change.
	BlastRadius *BlastRadius `json:"blastRadius,omitzero"`
	// How long before now the last approval must have been given.
	Delay *string `json:"delay,omitzero"`
	// The stage that the lineage must have succeeded in; absent for the first stage only. Where several
	// stages may come before the one that is entered, this boundary is for those that come from there.
	From *string `json:"from,omitzero"`
	// The gates that must be satisfied.
	Gates []string `json:"gates,omitzero"`
	// How often subjects may enter.
	Rate *Rate `json:"rate,omitzero"`
	// The refs that subjects may come from, by full name; `*` stands for any run of characters but `/`.
	Refs []string `json:"refs,omitzero"`
	// The way back; absent means that nothing is rolled back here.
	Rollback *RollbackRule `json:"rollback,omitzero"`
	// The steps in which traffic follows; absent means that it follows at once.
	Rollout *Rollout `json:"rollout,omitzero"`
	// Whether a subject from a tag needs the tag to be signed by an allowed signer's SSH key. What comes
	// from branches, `refs` says.
	SignedTags *bool `json:"signedTags,omitzero"`
	// How long before now the lineage must have succeeded in the stage before.
	Soak *string `json:"soak,omitzero"`
	// Whether a plan that a newer one superseded may still be carried out.
	Superseded *Superseded `json:"superseded,omitzero"`
	// When subjects may enter; empty means at any time.
	Windows []Window `json:"windows,omitzero"`
}

// An ordered chain of stages that one kind of asset moves along.
type Track struct {
	// The track's name.
	Track string `json:"track"`
	// What moves along it.
	Moves Moves `json:"moves"`
	// The stages, first to last.
	Stages []Stage `json:"stages"`
	// What each stage's entrance demands; every stage needs one.
	Boundaries []Boundary `json:"boundaries"`
	// The assets that move along it, by name; absent means any.
	Assets []string `json:"assets,omitzero"`
	// The lifecycle that artifacts have which move along it: only what is published there enters a stage.
	Lifecycle *string `json:"lifecycle,omitzero"`
}

// Who may replace the charter.
type Amendments struct {
	// The actors that may ask for it. A person may: this alters no infrastructure.
	Actors []string `json:"actors"`
}

// The post-mortem that every grant owes.
type PostMortemRule struct {
	// How long after the end of the grant's lifetime. While one is overdue no other grant is opened.
	Within string `json:"within"`
	// Who may record it.
	Recorders []string `json:"recorders"`
}

// A stage of a track, both by name.
type StageReference struct {
	// The track.
	Track string `json:"track"`
	// The stage.
	Stage string `json:"stage"`
}

// The checks, in their order (DESIGN §4).
type Check string

const (
	// The request as such: its form, its instant, its id.
	CheckRequest Check = "request"
	// Who asks.
	CheckIdentity Check = "identity"
	// From where.
	CheckChannel Check = "channel"
	// For what place.
	CheckTarget Check = "target"
	// About what.
	CheckSubject Check = "subject"
	// From which stage to which, when, how.
	CheckBoundary Check = "boundary"
	// With whose consent.
	CheckApprovals Check = "approvals"
	// On what evidence.
	CheckEvidence Check = "evidence"
	// By what rules.
	CheckPolicies Check = "policies"
	// By which break-glass grant.
	CheckGrant Check = "grant"
	// Whether the fact is its recorder's to record.
	CheckFact Check = "fact"
)

// A reason for a grant, with what it takes and how far it reaches.
type BreakGlassReason struct {
	// The reason's name.
	Reason string `json:"reason"`
	// The approvals that are needed (R335 to R338).
	Approvals []ApprovalRule `json:"approvals"`
	// The stages that a grant may cover.
	Stages []StageReference `json:"stages"`
	// The actions that a grant may cover.
	Actions []Action `json:"actions"`
	// The checks whose failures a grant overrides.
	Overrides []Check `json:"overrides"`
	// When it applies.
	Description *string `json:"description,omitzero"`
}

// A person approves grants in a role that they do not have, for a time.
type Delegation struct {
	// The role.
	Role string `json:"role"`
	// The person.
	To string `json:"to"`
	// The last instant at which it counts.
	Until string `json:"until"`
}

// The rules of break-glass grants.
type BreakGlass struct {
	// Who may ask for a grant, open and close it.
	Requesters []string `json:"requesters"`
	// The longest lifetime of a grant.
	MaxLifetime string `json:"maxLifetime"`
	// How often one grant may be used.
	MaxUses uint32 `json:"maxUses"`
	// How many grants may be opened in a time.
	Openings Rate `json:"openings"`
	// The post-mortem that every grant owes.
	PostMortem PostMortemRule `json:"postMortem"`
	// The reasons that count.
	Reasons []BreakGlassReason `json:"reasons"`
	// Who may approve in another's place, and until when.
	Delegations []Delegation `json:"delegations,omitzero"`
}

// How far instants may differ from the ledger's last one.
type Clock struct {
	// How much later than the last entry a request without a verified credential may be. By so much an
	// allowed request with a wrong clock can block the ledger; a ledger that rested for longer needs an
	// amendment.
	MaxAdvance *string `json:"maxAdvance,omitzero"`
	// How much earlier than the last entry a request may be.
	Skew *string `json:"skew,omitzero"`
}

// Who may record which fact.
type FactRules struct {
	// The workloads that may attest a person's approval.
	Approvals []string `json:"approvals,omitzero"`
	// The actors that may erase attachments.
	Erasures []string `json:"erasures,omitzero"`
	// The actors that may report incidents, and that they looked for drift.
	Incidents []string `json:"incidents,omitzero"`
	// The actors that may say that an incident is over.
	Resolutions []string `json:"resolutions,omitzero"`
	// The actors that may take back approvals and evidence.
	Withdrawals []string `json:"withdrawals,omitzero"`
}

// What a gate's evidence must be about.
type GateAbout string

const (
	// This stage's plan.
	GateAboutPlan GateAbout = "plan"
	// The commit.
	GateAboutCommit GateAbout = "commit"
	// The artifact.
	GateAboutArtifact GateAbout = "artifact"
)

// The formats of reports.
type ReportFormat string

const (
	// SARIF 2.1.0, which any scanner may write.
	ReportFormatSarif ReportFormat = "sarif"
	// What `checkov -o json` writes.
	ReportFormatCheckov ReportFormat = "checkov"
	// What `tfsec --format json` writes.
	ReportFormatTfsec ReportFormat = "tfsec"
	// What `trivy --format json` writes.
	ReportFormatTrivy ReportFormat = "trivy"
	// What `conftest test --output json` writes.
	ReportFormatConftest ReportFormat = "conftest"
	// What `opa eval --format json` writes.
	ReportFormatOpa ReportFormat = "opa"
	// A CycloneDX bill of materials, in JSON.
	ReportFormatCyclonedx ReportFormat = "cyclonedx"
	// An SPDX 2 bill of materials, in JSON.
	ReportFormatSpdx ReportFormat = "spdx"
	// SLSA provenance: an in-toto statement, by itself or in a DSSE envelope.
	ReportFormatProvenance ReportFormat = "provenance"
)

// How bad a result is, from the least to the worst.
type Severity string

const (
	// Worth knowing.
	SeverityInfo Severity = "info"
	// Low.
	SeverityLow Severity = "low"
	// Medium.
	SeverityMedium Severity = "medium"
	// High.
	SeverityHigh Severity = "high"
	// Critical.
	SeverityCritical Severity = "critical"
)

// A key whose signature over a report counts.
type ReportSigner struct {
	// Whose key it is, for people.
	Name string `json:"name"`
	// The public key in PEM (`BEGIN PUBLIC KEY`): Ed25519, or ECDSA on P-256.
	Key string `json:"key"`
}

// What binds a report to what the evidence is about.
type ReportBinding string

const (
	// The report itself names the digest or commit.
	ReportBindingNamed ReportBinding = "named"
	// The word of whoever records it, since the format has no place for the digest.
	ReportBindingAttested ReportBinding = "attested"
)

// An exception for one result of a tool.
type ReportWaiver struct {
	// The rule, check or vulnerability, as the report names it.
	Rule string `json:"rule"`
	// The person who answers for it.
	Owner string `json:"owner"`
	// Why it need not be mended yet.
	Reason string `json:"reason"`
	// The first instant at which it is worth nothing.
	Expires string `json:"expires"`
	// Where, as the report names it; absent means anywhere.
	Location *string `json:"location,omitzero"`
}

// What a gate demands of the report that passing evidence comes with.
type ReportRule struct {
	// The format.
	Format ReportFormat `json:"format"`
	// The builders of which one must have built the artifact; absent, any may have. Needs `signers`.
	Builders []string `json:"builders,omitzero"`
	// The severity from which a result denies; a severity that is not known counts as the worst.
	Denies *Severity `json:"denies,omitzero"`
	// The keys of which one must have signed the report; absent, it need not be signed.
	Signers []ReportSigner `json:"signers,omitzero"`
	// The sources of which the artifact must be built from one; absent, from any. Needs `signers`.
	Sources []string `json:"sources,omitzero"`
	// What binds the report to what the evidence is about.
	Subject *ReportBinding `json:"subject,omitzero"`
	// The tool, as the report names it; for the formats that more than one tool writes.
	Tool *string `json:"tool,omitzero"`
	// Exceptions for single results.
	Waivers []ReportWaiver `json:"waivers,omitzero"`
}

// A named check that a boundary requires, satisfied by evidence.
type Gate struct {
	// The gate's name.
	Gate string `json:"gate"`
	// What the evidence must be about.
	About GateAbout `json:"about"`
	// The actors whose evidence counts.
	Producers []string `json:"producers"`
	// How old the evidence may be.
	MaxAge string `json:"maxAge"`
	// What the gate is for.
	Description *string `json:"description,omitzero"`
	// What the tool's report must be and say; absent, the producers' word is enough.
	Report *ReportRule `json:"report,omitzero"`
}

// How actors must be known.
type IdentityRule string

const (
	// By a token or signature that was verified, everybody.
	IdentityRuleVerified IdentityRule = "verified"
	// By the word of the host that embeds the engine, but for those who have a provider.
	IdentityRuleAsserted IdentityRule = "asserted"
)

// Whether a plan that covers only a part of the configuration is judged like any other.
type IncompletePlans string

const (
	// It is denied as `plan.incomplete`.
	IncompletePlansDeny IncompletePlans = "deny"
	// It is.
	IncompletePlansAllow IncompletePlans = "allow"
)

// Who may do what with the artifacts of a lifecycle. Who consents, the rules for approvals say.
type LifecycleGrants struct {
	// The actors that may note something.
	Annotate []string `json:"annotate,omitzero"`
	// The actors that may archive.
	Archive []string `json:"archive,omitzero"`
	// The actors that may begin a draft.
	Create []string `json:"create,omitzero"`
	// The actors that may delete a draft.
	Delete []string `json:"delete,omitzero"`
	// The actors that may deprecate.
	Deprecate []string `json:"deprecate,omitzero"`
	// The actors that may publish.
	Publish []string `json:"publish,omitzero"`
	// The actors that may read.
	Read []string `json:"read,omitzero"`
	// The actors that may take something out of quarantine.
	Reinstate []string `json:"reinstate,omitzero"`
	// The actors that may make it a draft again.
	Reject []string `json:"reject,omitzero"`
	// The actors that may retire.
	Retire []string `json:"retire,omitzero"`
	// The actors that may hand a draft in for review.
	Submit []string `json:"submit,omitzero"`
	// The actors that may replace a draft.
	Update []string `json:"update,omitzero"`
	// The actors that may use what is published.
	Use []string `json:"use,omitzero"`
}

// What it takes to go on: consents and evidence about the artifact.
type ReviewRule struct {
	// The approvals that are needed, none of them by an author.
	Approvals []ApprovalRule `json:"approvals"`
	// The gates that must be satisfied.
	Gates []string `json:"gates,omitzero"`
}

// What it takes to be published.
type PublicationRule struct {
	// The gates that must be satisfied.
	Gates []string `json:"gates"`
	// Which of them is the signature.
	Signature string `json:"signature"`
	// Which of them is the provenance, whose evidence comes after the signature's.
	Provenance string `json:"provenance"`
}

// A reason for an exception.
type ExceptionReason struct {
	// The reason's name.
	Reason string `json:"reason"`
	// The approvals that are needed, none of them by an author.
	Approvals []ApprovalRule `json:"approvals"`
	// When it applies.
	Description *string `json:"description,omitzero"`
}

// Evidence that is owed after something was done.
type EvidenceOwed struct {
	// The gates that must be satisfied, by evidence that was produced afterwards.
	Gates []string `json:"gates"`
	// How long afterwards.
	Within string `json:"within"`
}

// What it takes to publish something in another's place.
type ExceptionRule struct {
	// The reasons that count, with the approvals that each needs (R335 to R338).
	Reasons []ExceptionReason `json:"reasons"`
	// The evidence that is owed afterwards: that those concerned were told, and that it was written up.
	// While any is overdue there is no other exception.
	Notify EvidenceOwed `json:"notify"`
	// The gates that must be satisfied, in place of those of `approve`.
	Gates []string `json:"gates,omitzero"`
}

// What it takes to retire something at once.
type RetirementRule struct {
	// The approvals that are needed, none of them by an author.
	Approvals []ApprovalRule `json:"approvals"`
	// The evidence that is owed afterwards: the report of the incident. While any is overdue there is no
	// exception.
	Report EvidenceOwed `json:"report"`
}

// What may be done in an emergency. What is left out is not offered.
type EmergencyRule struct {
	// Who may consent in another's place, and until when.
	Delegations []Delegation `json:"delegations,omitzero"`
	// What it takes to publish something in another's place (R321 to R324).
	Exception *ExceptionRule `json:"exception,omitzero"`
	// What it takes to publish in haste what mends something, in place of `approve`.
	Patch *ReviewRule `json:"patch,omitzero"`
	// What it takes to retire something at once (R325 to R328).
	Retirement *RetirementRule `json:"retirement,omitzero"`
}

// How artifacts live, from draft to archive.
type Lifecycle struct {
	// The lifecycle's name, which no track has.
	Lifecycle string `json:"lifecycle"`
	// Who may do what.
	Grants LifecycleGrants `json:"grants"`
	// What it takes to be approved.
	Approve ReviewRule `json:"approve"`
	// What it takes, besides, to be published.
	Publish PublicationRule `json:"publish"`
	// The assets whose artifacts it is for, by name; absent means any.
	Assets []string `json:"assets,omitzero"`
	// Who alone may read what is retired, archived or in quarantine.
	Compliance []string `json:"compliance,omitzero"`
	// The content that every manifest names (R207 to R214).
	Contents []string `json:"contents,omitzero"`
	// What may be done in an emergency; absent means nothing.
	Emergency *EmergencyRule `json:"emergency,omitzero"`
	// The labels that every manifest has, none of them empty.
	Labels []string `json:"labels,omitzero"`
	// The actors that record integrity checks.
	Monitors []string `json:"monitors,omitzero"`
	// The evidence that is owed after publication; what is overdue denies use.
	Published *EvidenceOwed `json:"published,omitzero"`
}

// An overlay by name and version.
type OverlayReference struct {
	// The overlay's name.
	Overlay string `json:"overlay"`
	// The overlay's version.
	Version string `json:"version"`
}

// A pack by name and version.
type PackReference struct {
	// The pack's name.
	Pack string `json:"pack"`
	// The pack's version.
	Version string `json:"version"`
}

// A well-known issuer of tokens.
type Preset string

const (
	// Jobs of GitHub Actions.
	PresetGithubActions Preset = "github-actions"
	// Jobs of GitLab CI/CD.
	PresetGitlab Preset = "gitlab"
	// Google Cloud service accounts.
	PresetGoogle Preset = "google"
	// AWS roles, by IAM's outbound identity federation.
	PresetAws Preset = "aws"
	// Applications and managed identities in Microsoft Entra ID.
	PresetAzure Preset = "azure"
	// Kubernetes service accounts, by projected tokens.
	PresetKubernetes Preset = "kubernetes"
	// JWT-SVIDs whose issuer is set, as SPIRE's `jwt_issuer` does.
	PresetSpiffe Preset = "spiffe"
	// Pulumi Deployments.
	PresetPulumiCloud Preset = "pulumi-cloud"
	// Runs of HCP Terraform.
	PresetTerraformCloud Preset = "terraform-cloud"
)

// Whose tokens count, as a charter says it.
type ProviderDocument struct {
	// The provider's name.
	Provider string `json:"provider"`
	// The audiences that tokens may be for; a token for any other besides is refused.
	Audiences []string `json:"audiences"`
	// A CEL expression over `assertion`, `google.subject` and `attribute.NAME` that must be true. Needed
	// where strangers get tokens of the same issuer, and where nothing is known of the issuer. An
	// attribute that is not set reads as empty text.
	AttributeCondition *string `json:"attributeCondition,omitzero"`
	// CEL expressions over `assertion` that give text, by `google.subject` or `attribute.NAME`. They add
	// to the preset's. Empty text sets no attribute.
	AttributeMapping map[string]string `json:"attributeMapping,omitzero"`
	// How far the issuer's clock may differ from the host's.
	ClockSkew *string `json:"clockSkew,omitzero"`
	// The exact value of the claim `iss`; needed unless the preset has one.
	Issuer *string `json:"issuer,omitzero"`
	// How long tokens may live, from `iat` to `exp`; the preset's, or an hour.
	MaxLifetime *string `json:"maxLifetime,omitzero"`
	// A well-known issuer, whose claims are mapped already.
	Preset *Preset `json:"preset,omitzero"`
}

// Which changes are sensitive, and what they need besides the gates of the boundary (R105 to R107).
type Sensitive struct {
	// The gates, such as a risk analysis and a verification plan.
	Gates []string `json:"gates"`
	// The files, by their paths in the repository, in which `*` stands for any run of characters. A
	// request that does not say which files its change touches is sensitive.
	Paths []string `json:"paths,omitzero"`
	// The addresses or types of resources, in which `*` stands for any run of characters.
	Resources []string `json:"resources,omitzero"`
}

// A person's key, as a charter says it: a strict subset of a line of ssh-keygen's allowed signers
// file. There are no patterns and no certificate authorities, and a key is one person's.
type AllowedSigner struct {
	// The person, by the name that the charter declares them under.
	Principal string `json:"principal"`
	// The public key: a line such as `ssh-ed25519 AAAA…`, or an Ed25519 key in PEM (`BEGIN PUBLIC KEY`),
	// which signs DSSE envelopes alone.
	Key string `json:"key"`
	// What the key is for, as in ssh-keygen's file; absent means everything, otherwise the namespace of
	// approvals, or `git` for tags, must be among them.
	Namespaces []string `json:"namespaces,omitzero"`
	// The first instant at which signatures by the key count.
	ValidAfter *string `json:"validAfter,omitzero"`
	// The last instant at which signatures by the key count.
	ValidBefore *string `json:"validBefore,omitzero"`
}

// Something that is feared, and what stands against it.
type Threat struct {
	// The threat's name.
	Threat string `json:"threat"`
	// What may happen, and through whom.
	Description string `json:"description"`
	// The tracks whose assets are at risk.
	Tracks []string `json:"tracks"`
	// The checks of the engine that stand against it.
	Checks []Check `json:"checks,omitzero"`
	// The gates that do, each asked for on one of the tracks.
	Gates []string `json:"gates,omitzero"`
	// The policies that do, as `pack/policy`, each of a pack that one of the tracks pins.
	Policies []string `json:"policies,omitzero"`
}

// An exception for one policy and resource.
type Waiver struct {
	// The waiver's name.
	Waiver string `json:"waiver"`
	// The policy, as `pack/policy`.
	Policy string `json:"policy"`
	// The address of the resource, in full.
	Resource string `json:"resource"`
	// The track.
	Track string `json:"track"`
	// The stages.
	Stages []string `json:"stages"`
	// The person who answers for it.
	Owner string `json:"owner"`
	// Why the policy need not hold here.
	Reason string `json:"reason"`
	// The first instant at which it is worth nothing.
	Expires string `json:"expires"`
}

// The document that declares actors, tracks, boundaries, gates, roles and packs.
type CharterDocument struct {
	// The charter's name.
	Charter string `json:"charter"`
	// The charter's version, for people; what counts is its digest.
	Version string `json:"version"`
	// What happens to a resource change that no policy matches.
	Unmatched Unmatched `json:"unmatched"`
	// Who may ask for anything at all.
	Actors []ActorDeclaration `json:"actors"`
	// The chains of stages.
	Tracks []Track `json:"tracks"`
	// Who may replace the charter; absent means nobody.
	Amendments *Amendments `json:"amendments,omitzero"`
	// Exceptions in emergencies; absent means that there are none.
	BreakGlass *BreakGlass `json:"breakGlass,omitzero"`
	// How far instants may differ from the ledger's.
	Clock *Clock `json:"clock,omitzero"`
	// Who may record which fact; evidence is its gate's producers', an outcome is whose permit it is.
	Facts *FactRules `json:"facts,omitzero"`
	// The named checks that boundaries require.
	Gates []Gate `json:"gates,omitzero"`
	// How actors must be known.
	Identity *IdentityRule `json:"identity,omitzero"`
	// Whether a plan that covers only a part of the configuration is judged like any other.
	IncompletePlans *IncompletePlans `json:"incompletePlans,omitzero"`
	// How artifacts live, from draft to archive.
	Lifecycles []Lifecycle `json:"lifecycles,omitzero"`
	// `observe` records without blocking and gives no permits.
	Mode *Mode `json:"mode,omitzero"`
	// The overlays that make packs stricter, in the order in which they are applied, and their versions;
	// `charter.lock` pins their digests.
	Overlays []OverlayReference `json:"overlays,omitzero"`
	// The packs and their versions; `charter.lock` pins their digests.
	Packs []PackReference `json:"packs,omitzero"`
	// How long a permit is worth something.
	PermitLifetime *string `json:"permitLifetime,omitzero"`
	// Whose tokens count, and what their claims mean.
	Providers []ProviderDocument `json:"providers,omitzero"`
	// How long a request's id is remembered; an older request is refused.
	RequestLifetime *string `json:"requestLifetime,omitzero"`
	// The last day before the charter is due for review, such as `2027-01-31`.
	ReviewBy *string `json:"reviewBy,omitzero"`
	// Which changes are sensitive, and what they need besides.
	Sensitive *Sensitive `json:"sensitive,omitzero"`
	// The keys that people sign with.
	Signers []AllowedSigner `json:"signers,omitzero"`
	// How many refusals of callers who are not known are recorded, in how long a time of the ledger's
	// clock. Others are refused without an entry, so that nobody can fill the ledger from outside.
	Strangers *Rate `json:"strangers,omitzero"`
	// What is feared, and which rules of this charter stand against it.
	Threats []Threat `json:"threats,omitzero"`
	// Exceptions for one policy and resource.
	Waivers []Waiver `json:"waivers,omitzero"`
}

// A pack's digest.
type Pin struct {
	// The pack's name.
	Pack string `json:"pack"`
	// The pack's version.
	Version string `json:"version"`
	// The digest of the pack's canonical document.
	Digest string `json:"digest"`
}

// A lock file: the digests of the packs that a charter names.
type LockDocument struct {
	// The format version of the lock file: 1.
	Lock uint32 `json:"lock"`
	// The pins.
	Packs []Pin `json:"packs"`
}

// What is to be done to a resource, as a policy matches it.
type ActionWord string

const (
	// Something comes into being or under management: a create, a replacement, an import.
	ActionWordCreate ActionWord = "create"
	// Something is altered: an update in place, a replacement.
	ActionWordUpdate ActionWord = "update"
	// Something is destroyed: a delete, a replacement.
	ActionWordDelete ActionWord = "delete"
	// Something is only read.
	ActionWordRead ActionWord = "read"
	// Nothing is done.
	ActionWordNoOp ActionWord = "no-op"
	// Something is no longer managed and stays as it is.
	ActionWordForget ActionWord = "forget"
)

// Which resource changes a policy is about.
type MatchDocument struct {
	// Resource types, such as `aws_s3_bucket`; `*` stands for any run of characters.
	Resources []string `json:"resources"`
	// What is to be done to the resource.
	Actions []ActionWord `json:"actions,omitzero"`
}

// Something that must be true.
type ValidationDocument struct {
	// A CEL expression; only the result `true` is a pass.
	Expression string `json:"expression"`
	// What to say when it is not true.
	Message *string `json:"message,omitzero"`
	// A CEL expression that yields what to say when it is not true; it may quote the resource's values.
	MessageExpression *string `json:"messageExpression,omitzero"`
	// What would turn it into a pass.
	Remedy *string `json:"remedy,omitzero"`
}

// Whether a policy binds.
type Enforcement string

const (
	// Anything but a pass denies.
	EnforcementMandatory Enforcement = "mandatory"
	// It is reported and does not deny.
	EnforcementAdvisory Enforcement = "advisory"
)

// What becomes of a result that depends on a value not known until apply.
type OnUnknown string

const (
	// It denies like a failure.
	OnUnknownDeny OnUnknown = "deny"
	// It is owed: the applied state is evaluated again before the next stage.
	OnUnknownVerifyAfter OnUnknown = "verify-after"
)

// In which direction a parameter makes a policy stricter.
type Stricter string

const (
	// A smaller number.
	StricterLower Stricter = "lower"
	// A larger number.
	StricterHigher Stricter = "higher"
	// A list that leaves elements out.
	StricterFewer Stricter = "fewer"
	// A list that has elements more.
	StricterMore Stricter = "more"
)

// The resource of a test.
type TestResource struct {
	// The type, such as `aws_s3_bucket`.
	Type string `json:"type"`
	// The steps in order, such as `[delete, create]` for a replacement.
	Actions []ActionWord `json:"actions,omitzero"`
	// The address; absent is the type, a dot and `test`.
	Address *string `json:"address,omitzero"`
	// The provider's address.
	Provider *string `json:"provider,omitzero"`
	// The types of its provisioners, such as `local-exec`.
	Provisioners []string `json:"provisioners,omitzero"`
}

// The result that a test must have, or has.
type Expect string

const (
	// Every validation yields true.
	ExpectPass Expect = "pass"
	// A validation yields false or null.
	ExpectFail Expect = "fail"
	// The result depends on a value that is not known, or that is sensitive.
	ExpectUnknown Expect = "unknown"
	// An expression fails, such as on a text that is no number; this denies like a failure.
	ExpectError Expect = "error"
	// The policy is not about the resource.
	ExpectUnmatched Expect = "unmatched"
)

// An example with the result that it must have.
type TestDocument struct {
	// The test's name, unique in its policy.
	Name string `json:"name"`
	// The resource that is changed.
	Resource TestResource `json:"resource"`
	// The result that the policy must have.
	Expect Expect `json:"expect"`
	// The actor; absent is null.
	Actor json.RawMessage `json:"actor,omitzero"`
	// The values after; absent is null.
	Object json.RawMessage `json:"object,omitzero"`
	// The values before; absent is null.
	OldObject json.RawMessage `json:"oldObject,omitzero"`
	// What `object` becomes where a host sets what `remediate` says; the policy must pass by it.
	Remediated json.RawMessage `json:"remediated,omitzero"`
	// The request; absent is null.
	Request json.RawMessage `json:"request,omitzero"`
	// JSON Pointers into `object` of what is sensitive.
	Sensitive []string `json:"sensitive,omitzero"`
	// The stage; absent is null.
	Stage json.RawMessage `json:"stage,omitzero"`
	// JSON Pointers into `object` of what is not known until apply. The last part may name a member that
	// is absent.
	Unknown []string `json:"unknown,omitzero"`
}

// One CEL expression, or one for each resource type where tools shape the same thing differently.
type Expressions = json.RawMessage

// The language of a text that holds a document, as providers keep container definitions and access
// policies.
type Decode string

const (
	// JSON; a text that is not JSON makes the variable an error.
	DecodeJSON Decode = "json"
)

// A named value.
type VariableDocument struct {
	// The name, a CEL identifier; read as `variables.name`.
	Name string `json:"name"`
	// How the value is computed.
	Expression Expressions `json:"expression"`
	// In what language the text that the expression yields is written, to be read as a document.
	Decode *Decode `json:"decode,omitzero"`
}

// One policy: which resources it is about, and what must be true of them.
type PolicyDocument struct {
	// The policy's name, unique in its pack: letters, digits, `-`, `_` and `.`.
	Name string `json:"name"`
	// What the policy demands, in a sentence that a reader of a denial understands.
	Description string `json:"description"`
	// Which resource changes the policy is about.
	Match MatchDocument `json:"match"`
	// What must be true; at least one. The policy passes when every validation yields exactly `true`.
	Validations []ValidationDocument `json:"validations"`
	// The controls of standards that the policy serves, such as `soc2/CC6.1`.
	Controls []string `json:"controls,omitzero"`
	// Whether anything but a pass denies.
	Enforcement *Enforcement `json:"enforcement,omitzero"`
	// Where more is said about it: an address that begins with `https://`.
	Guideline *string `json:"guideline,omitzero"`
	// What becomes of a result that depends on a value not known until apply.
	OnUnknown *OnUnknown `json:"onUnknown,omitzero"`
	// Constants of the policy, read as `params.name`.
	Params map[string]json.RawMessage `json:"params,omitzero"`
	// What a host that can alter a resource before it is made may set where the policy fails: for each
	// type that the policy is about, values by JSON Pointers into `object`. It is set only where the
	// policy passes by it.
	Remediate map[string]map[string]json.RawMessage `json:"remediate,omitzero"`
	// In which direction a parameter is stricter, by its name; an overlay may move it that way.
	Stricter map[string]Stricter `json:"stricter,omitzero"`
	// Examples with the result that each must have.
	Tests []TestDocument `json:"tests,omitzero"`
	// Named values that validations share. Each may read those before it.
	Variables []VariableDocument `json:"variables,omitzero"`
}

// A policy pack as it is written: a versioned set of policies.
type PackDocument struct {
	// The pack's name: letters, digits, `-`, `_` and `.`.
	Pack string `json:"pack"`
	// The pack's version, such as `1.4.0`.
	Version string `json:"version"`
	// The policies; at least one.
	Policies []PolicyDocument `json:"policies"`
	// What the pack is for.
	Description *string `json:"description,omitzero"`
	// The last day before the pack is due for review, such as `2027-01-31`.
	ReviewBy *string `json:"reviewBy,omitzero"`
}

// What is added to a policy of the pack.
type ChangeDocument struct {
	// The policy, by name.
	Policy string `json:"policy"`
	// `mandatory`, for a policy that only advises.
	Enforcement *Enforcement `json:"enforcement,omitzero"`
	// Parameters, each moved in the direction that the policy's `stricter` declares.
	Params map[string]json.RawMessage `json:"params,omitzero"`
	// Validations that are added, written as in a pack.
	Validations []ValidationDocument `json:"validations,omitzero"`
}

// An overlay as it is written: what makes a pack that somebody else keeps stricter.
type OverlayDocument struct {
	// The overlay's name: letters, digits, `-`, `_` and `.`.
	Overlay string `json:"overlay"`
	// The overlay's version, such as `1.4.0`.
	Version string `json:"version"`
	// The pack that it makes stricter, by name.
	Pack string `json:"pack"`
	// What is added to policies of the pack.
	Changes []ChangeDocument `json:"changes,omitzero"`
	// What the overlay is for.
	Description *string `json:"description,omitzero"`
	// Policies that are added, written as in a pack. A resource that they alone are about still counts as
	// one that no policy matches.
	Policies []PolicyDocument `json:"policies,omitzero"`
}

// Who asks.
type Actor struct {
	// A person or a workload.
	Kind ActorKind `json:"kind"`
	// The name that the charter declares it under.
	ID string `json:"id"`
	// What the host knows about it, such as `repository` or `environment`.
	Claims map[string]string `json:"claims,omitzero"`
}

// From where a request comes.
type Channel string

const (
	// A continuous integration run.
	ChannelCi Channel = "ci"
	// A controller that reconciles declared state.
	ChannelController Channel = "controller"
	// A person's machine.
	ChannelLocal Channel = "local"
)

// A proposed alteration, named by commit and plan digest.
type Change struct {
	// The commit's full hash, 40 or 64 hexadecimal digits.
	Commit string `json:"commit"`
	// The full name of the ref that the commit was taken from, such as `refs/heads/main`.
	Ref string `json:"ref"`
	// The person who wrote the change, who may not approve it.
	Author string `json:"author"`
	// The digest of the plan; filled in from the plan where one is handed in.
	Plan *string `json:"plan,omitzero"`
}

// Content, named by its digest and never by a tag.
type Artifact struct {
	// The digest of the content.
	Digest string `json:"digest"`
	// The person who made it, who may not approve it.
	Author string `json:"author"`
	// The commit that it was built from.
	Commit *string `json:"commit,omitzero"`
	// The full name of the ref that it was built from.
	Ref *string `json:"ref,omitzero"`
}

// What a request is about.
//
// Exactly one of the fields is there.
type Subject struct {
	// A proposed alteration, whose lineage is its commit.
	Change *Change `json:"change,omitzero"`
	// Content, whose lineage is its digest.
	Artifact *Artifact `json:"artifact,omitzero"`
}

// A person's signature over what they ask or record.
type Signature struct {
	// When the person signed, as the signed statement says.
	At string `json:"at"`
	// What `ssh-keygen -Y sign` writes, or a DSSE envelope in JSON.
	Text string `json:"text"`
}

// The place that a request is about to change. Each part must equal the stage's where the stage
// declares it.
type Target struct {
	// The state backend.
	Backend *string `json:"backend,omitzero"`
	// The cloud project or account.
	Project *string `json:"project,omitzero"`
	// The stack or workspace.
	Stack *string `json:"stack,omitzero"`
}

// A question to the engine.
type Request struct {
	// Names the request once and for all; a repeat with the same id and content gets the first answer.
	ID string `json:"id"`
	// The instant of asking, as the host's clock says.
	At string `json:"at"`
	// What is to be done.
	Action Action `json:"action"`
	// Who asks.
	Actor Actor `json:"actor"`
	// From where.
	Channel Channel `json:"channel"`
	// The stage that is to be changed or entered, by its name or an alias.
	Stage string `json:"stage"`
	// The name of the asset: the stack, image, model or dataset.
	Asset string `json:"asset"`
	// The change or the artifact in question.
	Subject Subject `json:"subject"`
	// Why.
	Reason string `json:"reason"`
	// The break-glass grant that is used: the hash of the entry that opened it.
	Grant *string `json:"grant,omitzero"`
	// The files that the change touches, by their paths in the repository.
	Paths []string `json:"paths,omitzero"`
	// The lineage that the stage goes back to if this fails.
	Rollback *string `json:"rollback,omitzero"`
	// The run of the pipeline that asks, for cross-reference.
	Run *string `json:"run,omitzero"`
	// The signature of the person who asks.
	Signature *Signature `json:"signature,omitzero"`
	// The annotated tag that the change comes from, as `git cat-file tag NAME` prints it.
	Tag *string `json:"tag,omitzero"`
	// The place that is to be changed; must be the stage's own.
	Target *Target `json:"target,omitzero"`
	// The track, where more than one has the stage.
	Track *string `json:"track,omitzero"`
	// How much of the traffic the new revision is to get, in percent; for the action `shift` alone.
	Traffic *int `json:"traffic,omitzero"`
}

// A person's consent to one exact digest entering one stage.
type Approval struct {
	// The person.
	By string `json:"by"`
	// The stage.
	Stage string `json:"stage"`
	// The name of the asset.
	Asset string `json:"asset"`
	// The digest of the stage's plan, or of the artifact.
	Digest string `json:"digest"`
	// When the consent ends; it ends at the boundary's own limit at the latest.
	Expires *string `json:"expires,omitzero"`
	// The role that the person approves in; absent where any of theirs will do.
	Role *string `json:"role,omitzero"`
	// The track, where more than one has the stage.
	Track *string `json:"track,omitzero"`
}

// What evidence is about.
//
// Exactly one of the fields is there.
type About struct {
	// The plan with this digest.
	Plan *string `json:"plan,omitzero"`
	// The commit with this hash.
	Commit *string `json:"commit,omitzero"`
	// The artifact with this digest.
	Artifact *string `json:"artifact,omitzero"`
}

// A tool's result; anything but `pass` is not a pass.
type EvidenceResult string

const (
	// Nothing was objected to.
	EvidenceResultPass EvidenceResult = "pass"
	// Something was objected to.
	EvidenceResultFail EvidenceResult = "fail"
	// The tool could not tell.
	EvidenceResultError EvidenceResult = "error"
)

// What a tool or person attests about a digest or commit.
type Evidence struct {
	// The gate that it is meant for.
	Gate string `json:"gate"`
	// What it is about.
	About About `json:"about"`
	// The result.
	Result EvidenceResult `json:"result"`
	// When the tool ran or the person looked.
	Produced string `json:"produced"`
	// The SHA-256 of the tool's report; filled in from the report where one is handed in.
	Report *string `json:"report,omitzero"`
	// The tool's name and version.
	Tool *string `json:"tool,omitzero"`
}

// How an action ended.
type OutcomeResult string

const (
	// Everything was done.
	OutcomeResultSucceeded OutcomeResult = "succeeded"
	// Something was not done.
	OutcomeResultFailed OutcomeResult = "failed"
	// Nobody knows what was done.
	OutcomeResultUnknown OutcomeResult = "unknown"
)

// How many resources an act really changed.
type ChangedCounts struct {
	// How many there are now, and were not before.
	Created uint64 `json:"created"`
	// How many are not what they were before.
	Altered uint64 `json:"altered"`
	// How many there were before, and are not now.
	Deleted uint64 `json:"deleted"`
}

// What carried an act out, and what it did: a part of an `OutcomeReport`.
type Execution struct {
	// The name of the tool, such as `terraform`.
	Tool string `json:"tool"`
	// The tool's version.
	Version string `json:"version"`
	// What it really changed, as the tool's own states before and after tell; absent where they do not.
	Changed *ChangedCounts `json:"changed,omitzero"`
	// The code that it ended with; absent where it did not end by itself, or was not seen to.
	ExitCode *int64 `json:"exitCode,omitzero"`
	// How many milliseconds it ran; absent where its end was not seen.
	Milliseconds *uint64 `json:"milliseconds,omitzero"`
	// The versions of its plugins, by their names: of Terraform's providers, by their addresses.
	Providers map[string]string `json:"providers,omitzero"`
	// The number of the signal that ended it.
	Signal *int64 `json:"signal,omitzero"`
}

// What a tool's own state holds, as a digest that is blinded, since states hold secrets: only who has
// the nonce and the state can name it again. It tells whether somebody altered a state without raising
// its serial number.
type StateContent struct {
	// Which nonce it is blinded with: a digest of the nonce. Contents under different nonces are not
	// compared.
	Nonce string `json:"nonce"`
	// The blinded digest.
	Digest string `json:"digest"`
}

// Which state a tool such as Terraform keeps of what it made, and how often it was written: `lineage`
// and `serial` as `terraform state pull` prints them, before and after an act.
//
// When a state was written without an act whose outcome was reported, its content was altered under
// the same serial number, or another state took its place, the next report opens an incident of the
// kind `bypass`, unless a look for drift did.
type StateSerial struct {
	// The name that the tool gave the state once and for all.
	Lineage string `json:"lineage"`
	// The serial number before the act.
	Before uint64 `json:"before"`
	// The serial number after it.
	After uint64 `json:"after"`
	// What it held after it.
	ContentAfter *StateContent `json:"contentAfter,omitzero"`
	// What it held before the act.
	ContentBefore *StateContent `json:"contentBefore,omitzero"`
}

// How an admitted action ended.
type OutcomeReport struct {
	// The permit: the hash of the entry that admitted the action.
	Permit string `json:"permit"`
	// How it ended.
	Result OutcomeResult `json:"result"`
	// What carried it out, and what that did.
	Execution *Execution `json:"execution,omitzero"`
	// What else is worth knowing, in a few words.
	Note *string `json:"note,omitzero"`
	// The tool's own state before and after it, where the tool keeps one.
	State *StateSerial `json:"state,omitzero"`
}

// An approval or evidence is taken back before it was spent.
type Withdrawal struct {
	// The hash of the entry that recorded what is taken back.
	Entry string `json:"entry"`
	// Why.
	Reason string `json:"reason"`
}

// A charter with its pinned packs, and the attachments that hold their texts.
type Law struct {
	// The digest of the charter together with its pinned packs.
	Digest string `json:"digest"`
	// The attachment that holds the charter's text.
	Charter string `json:"charter"`
	// The attachment that holds the lock file's text.
	Lock string `json:"lock"`
	// The attachments that hold the packs' texts, by `name@version`.
	Packs map[string]string `json:"packs"`
}

// The law of the ledger is replaced, or a part of it; admitted under the charter that is in force.
type Amendment struct {
	// Why.
	Reason string `json:"reason"`
	// The keys that sign the ledger's checkpoints from now on, all of them; absent where those in force
	// stay.
	Keys []string `json:"keys,omitzero"`
	// The new charter with its pinned packs; absent where the one in force stays.
	Law *Law `json:"law,omitzero"`
}

// The content of an attachment is erased. The entries that name it stay as they are.
type Erasure struct {
	// The attachment.
	Attachment string `json:"attachment"`
	// The sequence number of an entry that names it.
	Sequence uint64 `json:"sequence"`
	// Why.
	Reason string `json:"reason"`
}

// What a grant covers: whoever and whatever is not listed is not covered.
type GrantScope struct {
	// Who may use it.
	Actors []string `json:"actors"`
	// What they may do.
	Actions []Action `json:"actions"`
	// The track.
	Track string `json:"track"`
	// In which of its stages, by their names and not by aliases.
	Stages []string `json:"stages"`
	// To which assets.
	Assets []string `json:"assets"`
}

// A break-glass grant is asked for (R306 to R308). It is worth nothing before it is opened.
type GrantRequest struct {
	// Which of the charter's reasons it is for.
	Reason string `json:"reason"`
	// What it covers.
	Scope GrantScope `json:"scope"`
	// How long it is to live from its opening on.
	Lifetime string `json:"lifetime"`
	// Why nothing less will do, and what may go wrong.
	Justification string `json:"justification"`
	// What is affected, and how harm is kept small.
	Impact string `json:"impact"`
	// When and how the matter is settled for good.
	Resolution string `json:"resolution"`
	// Who is told, and how.
	Communication string `json:"communication"`
}

// A person consents to a break-glass grant.
type GrantApproval struct {
	// The hash of the entry that recorded the grant's request.
	Request string `json:"request"`
	// The person.
	By string `json:"by"`
}

// A break-glass grant begins.
type GrantOpening struct {
	// The hash of the entry that recorded the grant's request.
	Request string `json:"request"`
}

// A break-glass grant ends before its time.
type GrantClosing struct {
	// The hash of the entry that opened the grant.
	Grant string `json:"grant"`
	// What was achieved, and that normal privileges are restored.
	Note string `json:"note"`
}

// What a break-glass grant was used for has been looked into.
type PostMortem struct {
	// The hash of the entry that opened the grant.
	Grant string `json:"grant"`
	// The digest of the report.
	Report string `json:"report"`
	// What was found, in a few words.
	Summary string `json:"summary"`
}

// The kinds of incidents.
type IncidentKind string

const (
	// What runs differs from what is declared.
	IncidentKindDrift IncidentKind = "drift"
	// Somebody went around the gates.
	IncidentKindBypass IncidentKind = "bypass"
	// What runs is not healthy.
	IncidentKindHealth IncidentKind = "health"
	// Somebody tried to alter what was published.
	IncidentKindImmutability IncidentKind = "immutability"
	// What was published is not what its digest says, or is gone.
	IncidentKindIntegrity IncidentKind = "integrity"
	// Something was retired at once.
	IncidentKindRetirement IncidentKind = "retirement"
	// Anything else.
	IncidentKindOther IncidentKind = "other"
)

// Which state a tool such as Terraform keeps of what it made, and how often it was written: `lineage`
// and `serial` as `terraform state pull` prints them.
type StateVersion struct {
	// The name that the tool gave the state once and for all.
	Lineage string `json:"lineage"`
	// The serial number.
	Serial uint64 `json:"serial"`
	// What it holds.
	Content *StateContent `json:"content,omitzero"`
}

// Something is not as it should be at a site.
type Incident struct {
	// What kind of thing.
	Kind IncidentKind `json:"kind"`
	// The stage.
	Stage string `json:"stage"`
	// The name of the asset.
	Asset string `json:"asset"`
	// Whether anything was found; a scan that finds nothing is recorded too, as evidence of no drift.
	Found bool `json:"found"`
	// When the tool looked.
	Seen string `json:"seen"`
	// What else is worth knowing, in a few words.
	Note *string `json:"note,omitzero"`
	// The digest of the tool's report.
	Report *string `json:"report,omitzero"`
	// The addresses of the resources that are affected.
	Resources []string `json:"resources,omitzero"`
	// How bad it is, where it is worse than its kind usually is.
	Severity *Severity `json:"severity,omitzero"`
	// The tool's own state that was looked at, for drift and bypasses. One that was written since the last
	// outcome told of it is a bypass, whatever else was found.
	State *StateVersion `json:"state,omitzero"`
	// The track, where more than one has the stage.
	Track *string `json:"track,omitzero"`
}

// An incident is over.
type Resolution struct {
	// The hash of the entry that opened the incident.
	Incident string `json:"incident"`
	// How it was brought to an end.
	Reason string `json:"reason"`
}

// What an artifact is made of and what is said of it: whatever counts for its identity, metadata
// included.
//
// ``` use poundlock::model::Manifest;
//
// let manifest = Manifest::new("invoice-approval", "1.0.0"); let mut other = manifest.clone();
// other.labels.insert("owner".into(), "finance".into()); assert_ne!(manifest.digest()?,
// other.digest()?); # Ok::<(), poundlock::Error>(()) ```
type Manifest struct {
	// The name of the asset.
	Asset string `json:"asset"`
	// The semantic version, higher than the previous one's.
	Version string `json:"version"`
	// The digests of the content, by what it is (R207 to R214).
	Contents map[string]string `json:"contents,omitzero"`
	// The artifact whose fault this one mends.
	Fixes *string `json:"fixes,omitzero"`
	// Owner, licence, policy label and the like, by name.
	Labels map[string]string `json:"labels,omitzero"`
	// What is said of the content and belongs to it, by name.
	Metadata map[string]string `json:"metadata,omitzero"`
	// The artifact that this one is a new version of; absent for the first one.
	Previous *string `json:"previous,omitzero"`
}

// A draft begins.
type Creation struct {
	// What it is made of.
	Manifest Manifest `json:"manifest"`
	// Who made it, where a workload records it; else who records it did.
	Author *string `json:"author,omitzero"`
}

// A draft gives way to another one.
type Revision struct {
	// The draft that gives way.
	Replaces string `json:"replaces"`
	// What the new one is made of.
	Manifest Manifest `json:"manifest"`
	// Who made it, where a workload records it; else who records it did.
	Author *string `json:"author,omitzero"`
}

// What else is worth knowing of a step.
type Remark struct {
	// It, in a few words.
	Note *string `json:"note,omitzero"`
}

// Why nothing less than an exception will do.
type ExceptionCase struct {
	// Which of the charter's reasons it is for.
	Reason string `json:"reason"`
	// Why nothing less will do, and what may go wrong.
	Justification string `json:"justification"`
	// What is affected, and how harm is kept small.
	Impact string `json:"impact"`
	// When and how the matter is settled for good.
	Resolution string `json:"resolution"`
	// Who is told, and how.
	Communication string `json:"communication"`
}

// What a person consents to.
type ConsentPurpose string

const (
	// That it is good to be published.
	ConsentPurposeReview ConsentPurpose = "review"
	// That it is published in haste, since it mends another.
	ConsentPurposePatch ConsentPurpose = "patch"
	// That it takes the place of what was published.
	ConsentPurposeException ConsentPurpose = "exception"
	// That it is retired at once.
	ConsentPurposeRetirement ConsentPurpose = "retirement"
)

// A person consents to what shall become of an artifact.
type ArtifactConsent struct {
	// The person.
	By string `json:"by"`
	// For an exception, the very case that is consented to; for nothing else.
	Case *ExceptionCase `json:"case,omitzero"`
	// The role that the person consents in; absent where any of theirs will do.
	Role *string `json:"role,omitzero"`
	// What the person consents to.
	To *ConsentPurpose `json:"to,omitzero"`
}

// Why an artifact is published by the charter's emergency rules.
//
// Exactly one of the fields is there.
type Emergency struct {
	// It mends the one that it `fixes`, which it deprecates.
	Patch *Remark `json:"patch,omitzero"`
	// It takes the place of its previous version, which it deprecates.
	Exception *ExceptionCase `json:"exception,omitzero"`
}

// An artifact is published.
type Publication struct {
	// The emergency that it is published in, if it is.
	Emergency *Emergency `json:"emergency,omitzero"`
}

// What takes the place of an artifact.
type Succession struct {
	// A published artifact of the same asset.
	Successor *string `json:"successor,omitzero"`
}

// An artifact is retired.
type Retirement struct {
	// Whether it is retired at once, by the charter's emergency rules.
	Forced *bool `json:"forced,omitzero"`
	// A published artifact of the same asset; needed where it is forced.
	Successor *string `json:"successor,omitzero"`
}

// Something that is noted of an artifact and is not part of it.
type Note struct {
	// What is noted.
	Note string `json:"note"`
}

// What is done to an artifact, or with it.
//
// Exactly one of the fields is there.
type LifecycleOperation struct {
	// A draft begins.
	Create *Creation `json:"create,omitzero"`
	// A draft gives way to another one.
	Update *Revision `json:"update,omitzero"`
	// A draft is given up.
	Delete *Remark `json:"delete,omitzero"`
	// A draft is handed in for review.
	Submit *Remark `json:"submit,omitzero"`
	// A person consents.
	Approve *ArtifactConsent `json:"approve,omitzero"`
	// What is under review or approved becomes a draft again, and loses its consents.
	Reject *Remark `json:"reject,omitzero"`
	// It may be used from now on, and is never altered again.
	Publish *Publication `json:"publish,omitzero"`
	// It should not be used anew.
	Deprecate *Succession `json:"deprecate,omitzero"`
	// It may not be used any more.
	Retire *Retirement `json:"retire,omitzero"`
	// It is kept for the record alone.
	Archive *Remark `json:"archive,omitzero"`
	// Somebody executes it or refers to it.
	Use *Remark `json:"use,omitzero"`
	// Somebody reads it.
	Read *Remark `json:"read,omitzero"`
	// Something is noted that is not part of it (R217 to R219).
	Annotate *Note `json:"annotate,omitzero"`
	// It comes out of quarantine.
	Reinstate *Remark `json:"reinstate,omitzero"`
}

// An artifact takes a step of its life, or somebody uses or reads it.
type LifecycleStep struct {
	// The name of the asset.
	Asset string `json:"asset"`
	// The artifact: for `create` and `update` the new one.
	Digest string `json:"digest"`
	// What is done.
	Operation LifecycleOperation `json:"operation"`
	// Why.
	Reason string `json:"reason"`
	// The lifecycle, where more than one has the asset.
	Lifecycle *string `json:"lifecycle,omitzero"`
}

// What came of an integrity check.
type IntegrityResult string

const (
	// The content is what the digest says.
	IntegrityResultValid IntegrityResult = "valid"
	// It is not, or is gone.
	IntegrityResultInvalid IntegrityResult = "invalid"
	// It could not be told; this is neither valid nor invalid, and the check is owed again.
	IntegrityResultError IntegrityResult = "error"
)

// Somebody computed an artifact's digest again and compared.
type IntegrityCheck struct {
	// The name of the asset.
	Asset string `json:"asset"`
	// The artifact.
	Digest string `json:"digest"`
	// What came of it.
	Result IntegrityResult `json:"result"`
	// When it was begun.
	Checked string `json:"checked"`
	// How long it took, in milliseconds.
	Milliseconds uint32 `json:"milliseconds"`
	// The digest that was computed; absent where the check failed to compute one.
	Found *string `json:"found,omitzero"`
	// The lifecycle, where more than one has the asset.
	Lifecycle *string `json:"lifecycle,omitzero"`
	// What else is worth knowing, in a few words.
	Note *string `json:"note,omitzero"`
}

// What happened.
//
// Exactly one of the fields is there.
type FactKind struct {
	// A person consents.
	Approval *Approval `json:"approval,omitzero"`
	// A tool or person attests something.
	Evidence *Evidence `json:"evidence,omitzero"`
	// An admitted action ended.
	Outcome *OutcomeReport `json:"outcome,omitzero"`
	// An approval or evidence is taken back.
	Withdrawal *Withdrawal `json:"withdrawal,omitzero"`
	// The charter, or the keys, are replaced.
	Amendment *Amendment `json:"amendment,omitzero"`
	// An attachment is erased for good.
	Erasure *Erasure `json:"erasure,omitzero"`
	// A break-glass grant is asked for.
	GrantRequest *GrantRequest `json:"grantRequest,omitzero"`
	// A person consents to a break-glass grant.
	GrantApproval *GrantApproval `json:"grantApproval,omitzero"`
	// A break-glass grant begins.
	GrantOpening *GrantOpening `json:"grantOpening,omitzero"`
	// A break-glass grant ends before its time.
	GrantClosing *GrantClosing `json:"grantClosing,omitzero"`
	// What a break-glass grant was used for has been looked into.
	PostMortem *PostMortem `json:"postMortem,omitzero"`
	// Something is not as it should be at a site.
	Incident *Incident `json:"incident,omitzero"`
	// An incident is over.
	Resolution *Resolution `json:"resolution,omitzero"`
	// An artifact takes a step of its life, or somebody uses or reads it.
	Lifecycle *LifecycleStep `json:"lifecycle,omitzero"`
	// Somebody computed an artifact's digest again and compared.
	IntegrityCheck *IntegrityCheck `json:"integrityCheck,omitzero"`
}

// A report as a tool wrote it, on its way into `Report`.
type ReportText struct {
	// The format.
	Format ReportFormat `json:"format"`
	// The report, to the byte.
	Text string `json:"text"`
}

// Something that happened, handed in by an actor who may record it.
type Fact struct {
	// Names the fact once and for all; a repeat with the same id and content gets the first answer.
	ID string `json:"id"`
	// The instant of recording, as the host's clock says.
	At string `json:"at"`
	// Who records it.
	Actor Actor `json:"actor"`
	// From where.
	Channel Channel `json:"channel"`
	// What happened.
	Fact FactKind `json:"fact"`
	// The report that evidence rests on, as `intake` read it. It is never within the fact's entry, which
	// names its digest and keeps what was read of it as an attachment.
	Report *ReportText `json:"report,omitzero"`
	// The signature of the person who records it.
	Signature *Signature `json:"signature,omitzero"`
}

// A token with the keys of its issuer.
type CredentialInput struct {
	// The key set of its issuer (JWKS), in JSON. The host fetched it; whoever asks must not be able to
	// choose it.
	KeySet *string `json:"keySet,omitzero"`
	// The token, in compact form.
	Token *string `json:"token,omitzero"`
}

// Whether a resource is managed or only read.
type ResourceMode string

const (
	// The tool creates, changes and deletes it.
	ResourceModeManaged ResourceMode = "managed"
	// The tool only reads it.
	ResourceModeData ResourceMode = "data"
	// No provider makes it: it groups other resources, or is a provider. A policy need not be about it.
	ResourceModeComponent ResourceMode = "component"
)

// One resource with what is proposed for it.
type ResourceDocument struct {
	// The type, such as `aws_s3_bucket` or `gcp:storage/bucket:Bucket`.
	Type string `json:"type"`
	// The address, by which findings name the resource.
	Address string `json:"address"`
	// The steps in order, such as `[delete, create]` for a replacement; absent: `create` where there is no
	// `oldObject`, `delete` where there is no `object`, and `update` where there are both.
	Actions []ActionWord `json:"actions,omitzero"`
	// Whether it is managed, only read, or made by no provider; absent: `data` where it is read, and
	// `managed` otherwise.
	Mode *ResourceMode `json:"mode,omitzero"`
	// The name; absent: the last part of the address.
	Name *string `json:"name,omitzero"`
	// The values after; absent or null when the resource is to be deleted.
	Object json.RawMessage `json:"object,omitzero"`
	// The values before; absent or null when the resource does not exist yet.
	OldObject json.RawMessage `json:"oldObject,omitzero"`
	// For a host that does not tell what was before, nor whether there was anything: `oldObject` is then
	// unknown. The steps have to be given.
	OldObjectUnknown *bool `json:"oldObjectUnknown,omitzero"`
	// The provider's address.
	Provider *string `json:"provider,omitzero"`
	// The types of its provisioners, such as `local-exec`; absent where the host does not tell: they are
	// unknown then.
	Provisioners []string `json:"provisioners,omitzero"`
	// JSON Pointers into `object`, or `oldObject` where it is gone, of what is sensitive; a text that
	// holds a marked one of at least six bytes is sensitive wherever it stands.
	Sensitive []string `json:"sensitive,omitzero"`
	// JSON Pointers into `object` of what is not known until apply. The last part may name a member that
	// is absent.
	Unknown []string `json:"unknown,omitzero"`
}

// The resources that a host hands in.
type ResourcesDocument struct {
	// The resources, in the order of the findings.
	Resources []ResourceDocument `json:"resources"`
}

// Whether something is allowed.
type Verdict string

const (
	// Every check passed.
	VerdictAllow Verdict = "allow"
	// At least one check did not pass.
	VerdictDeny Verdict = "deny"
)

// How a check came out.
type Outcome string

const (
	// What was asked for is there.
	OutcomePass Outcome = "pass"
	// It is not.
	OutcomeFail Outcome = "fail"
	// It cannot be told; this denies like a failure.
	OutcomeUnknown Outcome = "unknown"
	// It is not, and a live break-glass grant or a waiver lets it pass.
	OutcomeOverridden Outcome = "overridden"
)

// The element that a macro had come to.
type Element struct {
	// The macro's variable, or both with a comma between.
	Variable string `json:"variable"`
	// The source text of the list or map.
	Of string `json:"of"`
	// The index, counted from 0, or the key.
	At string `json:"at"`
}

// Something that went into a result.
type Operand struct {
	// The source text.
	Expression string `json:"expression"`
	// What it came to.
	Result string `json:"result"`
}

// A part of an expression that decided what it came to.
//
// Results are written as CEL writes them (`7`, `'text'`, `[1, 2]`), cut short and without control
// characters; or they are a word: `unknown` for what is not known until apply, `sensitive` for what
// must not be seen, or the code of an error, such as `cel.no_such_key`. What is sensitive, or holds
// anything sensitive or unknown, is never written out.
type Reason struct {
	// The source text.
	Expression string `json:"expression"`
	// The line in the expression at which it begins, counted from 1.
	Line uint32 `json:"line"`
	// The column in characters at which it begins, counted from 1.
	Column uint32 `json:"column"`
	// What it came to.
	Result string `json:"result"`
	// For which elements of lists and maps, the outermost macro first.
	Elements []Element `json:"elements,omitzero"`
	// What else there is to say, such as how many elements were looked at.
	Note *string `json:"note,omitzero"`
	// What went into it, but for constants.
	Operands []Operand `json:"operands,omitzero"`
	// The variable of the policy in whose expression this stands; absent for the validation's own.
	Variable *string `json:"variable,omitzero"`
}

// One check's outcome.
type Finding struct {
	// The check that it belongs to.
	Check Check `json:"check"`
	// What was found: stable, such as `approval.missing`.
	Code string `json:"code"`
	// How the check came out.
	Outcome Outcome `json:"outcome"`
	// Whether anything but a pass denies.
	Enforcement Enforcement `json:"enforcement"`
	// What was expected and what was found.
	Message string `json:"message"`
	// The conditions of a policy that decided, with the values that they saw; for the first
	// `limits::EXPLAINED_FINDINGS` findings that are no passes. They are for whoever asked, and never
	// recorded.
	Reasons []Reason `json:"reasons,omitzero"`
	// What would turn it into a pass.
	Remedy *string `json:"remedy,omitzero"`
	// The address of the resource that it is about.
	Resource *string `json:"resource,omitzero"`
	// What it is about: a gate, a policy, a role.
	Subject *string `json:"subject,omitzero"`
}

// How one policy came out over all resources.
type PolicyCount struct {
	// The policy, as `pack/policy`.
	Policy string `json:"policy"`
	// Whether it binds.
	Enforcement Enforcement `json:"enforcement"`
	// How many resources passed.
	Pass uint64 `json:"pass"`
	// How many failed.
	Fail uint64 `json:"fail"`
	// For how many it cannot be told.
	Unknown uint64 `json:"unknown"`
}

// What is owed, by whom, by when.
type Obligation struct {
	// What is owed: `verify-after` or `post-mortem`.
	Kind string `json:"kind"`
	// What it is about: a policy, as `pack/policy`, or a grant by the hash of its opening.
	Subject string `json:"subject"`
	// By when; absent where what is owed blocks until it is met.
	Due *string `json:"due,omitzero"`
	// The address of the resource that it is about.
	Resource *string `json:"resource,omitzero"`
}

// What an allowing decision lets its actor do. Its id is the hash of the entry that records it.
type Permit struct {
	// The ledger's origin.
	Origin string `json:"origin"`
	// The action.
	Action Action `json:"action"`
	// The actor.
	Actor string `json:"actor"`
	// The track.
	Track string `json:"track"`
	// The stage.
	Stage string `json:"stage"`
	// The asset.
	Asset string `json:"asset"`
	// The commit, or the artifact's digest.
	Lineage string `json:"lineage"`
	// The digest of the stage's plan, or of the artifact.
	Digest string `json:"digest"`
	// The instant after which it is worth nothing.
	Expires string `json:"expires"`
	// The break-glass grant that it was given by.
	Grant *string `json:"grant,omitzero"`
	// The run of the pipeline.
	Run *string `json:"run,omitzero"`
	// How much of the traffic it lets the new revision have, in percent; absent where traffic is not
	// shifted in steps.
	Traffic *int `json:"traffic,omitzero"`
}

// The answer to a request or a fact, with everything that led to it.
type Decision struct {
	text

	// Whether it is allowed.
	Verdict Verdict `json:"verdict"`
	// Whether the verdict binds.
	Mode Mode `json:"mode"`
	// One for each check, passes included, in the order of the checks.
	Findings []Finding `json:"findings"`
	// How each policy came out over all resources.
	Policies []PolicyCount `json:"policies"`
	// The charter that it was decided under.
	Charter string `json:"charter"`
	// The packs that were evaluated, by `name@version`.
	Packs map[string]string `json:"packs"`
	// The version of the engine's semantics.
	Engine uint32 `json:"engine"`
	// The break-glass grant that was used: something was overridden by it.
	Grant *string `json:"grant,omitzero"`
	// What was owed and is met: policies whose result was not known when the plan was applied, and that
	// pass now.
	Meets []Obligation `json:"meets,omitzero"`
	// What is owed if this is carried out.
	Obligations []Obligation `json:"obligations,omitzero"`
	// What the decision lets its actor do, where it lets it do anything.
	Permit *Permit `json:"permit,omitzero"`
	// The hashes of the entries (approvals, a promotion's permit) that this decision uses up.
	Spends []string `json:"spends,omitzero"`
	// The names of the waivers that were applied.
	Waivers []string `json:"waivers,omitzero"`
}

// String is the answer's text, in JSON.
func (a Decision) String() string {
	return shown(a, a.written)
}

// What became of a request or fact, once its entry is durable.
type Admission struct {
	text

	// The sequence number of the entry.
	Sequence uint64 `json:"sequence"`
	// The hash of the entry: the id of the approval or permit that it records.
	Entry string `json:"entry"`
	// The instant of the entry.
	At string `json:"at"`
	// Whether it is allowed.
	Verdict Verdict `json:"verdict"`
	// Whether the verdict binds.
	Mode Mode `json:"mode"`
	// Whether this request was answered before; then nothing new was recorded.
	Repeated bool `json:"repeated"`
	// Whether the caller may rely on it now. A denial never is; nor is a repeat whose permit was used up,
	// withdrawn, or has expired, or that was decided under another charter.
	Live bool `json:"live"`
	// The decision with all findings. Repeats of facts have none: the first admission had it.
	Decision *Decision `json:"decision,omitzero"`
}

// String is the answer's text, in JSON.
func (a Admission) String() string {
	return shown(a, a.written)
}

// What is deployed at one site.
type StatusDeployment struct {
	// The track.
	Track string `json:"track"`
	// The asset.
	Asset string `json:"asset"`
	// The stage.
	Stage string `json:"stage"`
	// The commit, or the artifact's digest.
	Lineage string `json:"lineage"`
	// The digest of the plan that was applied, or of the artifact.
	Digest string `json:"digest"`
	// When its success was recorded.
	At string `json:"at"`
}

// A permit by the hash of its entry.
type StatusPermit struct {
	// The hash of its entry.
	Entry string `json:"entry"`
	// The permit.
	Permit Permit `json:"permit"`
	// The outcome as far as it was reported.
	Outcome *OutcomeResult `json:"outcome"`
}

// An approval by the hash of its entry.
type StatusApproval struct {
	// The hash of its entry.
	Entry string `json:"entry"`
	// The approval.
	Approval Approval `json:"approval"`
	// When it was recorded.
	At string `json:"at"`
}

// An asset in a stage of a track.
type Site struct {
	// The track.
	Track string `json:"track"`
	// The asset.
	Asset string `json:"asset"`
	// The stage.
	Stage string `json:"stage"`
}

// Something that is still owed.
type OpenObligation struct {
	// Where.
	Site Site `json:"site"`
	// The lineage that it came with.
	Lineage string `json:"lineage"`
	// What is owed: `verify-after` or `post-mortem`.
	Kind string `json:"kind"`
	// What it is about: a policy, as `pack/policy`, or a grant by the hash of its opening.
	Subject string `json:"subject"`
	// By when; absent where what is owed blocks until it is met.
	Due *string `json:"due,omitzero"`
	// The address of the resource that it is about.
	Resource *string `json:"resource,omitzero"`
}

// How far an artifact came.
type LifecycleState string

const (
	// It is being made, and may be replaced or deleted.
	LifecycleStateDraft LifecycleState = "draft"
	// It awaits consent.
	LifecycleStateReview LifecycleState = "review"
	// It has been consented to.
	LifecycleStateApproved LifecycleState = "approved"
	// It may be used, and is never altered.
	LifecycleStatePublished LifecycleState = "published"
	// It may still be used where it is.
	LifecycleStateDeprecated LifecycleState = "deprecated"
	// It may not be used any more.
	LifecycleStateRetired LifecycleState = "retired"
	// It is kept for the record.
	LifecycleStateArchived LifecycleState = "archived"
)

// What is wrong with a version as a link of its chain.
type ChainFault string

const (
	// Its manifest has another digest than it is known by.
	ChainFaultDigest ChainFault = "digest"
	// The version that it continues is not there, was never published, or is of another asset.
	ChainFaultPrevious ChainFault = "previous"
	// Its version is not higher than that of the one that it continues.
	ChainFaultVersion ChainFault = "version"
)

// Evidence about an artifact that somebody owes.
type OwedEvidence struct {
	// The gate.
	Gate string `json:"gate"`
	// The instant that it is to be produced at or after.
	Since string `json:"since"`
	// By when.
	Due string `json:"due"`
	// Whether an exception or a retirement owes it, and not publication as such.
	Emergency *bool `json:"emergency,omitzero"`
	// Who were the gate's producers when it came to be owed: their word counts even after an amendment.
	Producers []string `json:"producers,omitzero"`
}

// An artifact of a lifecycle, by its digest.
type StatusArtifact struct {
	// The lifecycle.
	Lifecycle string `json:"lifecycle"`
	// The asset.
	Asset string `json:"asset"`
	// Its version.
	Version string `json:"version"`
	// The artifact's digest.
	Digest string `json:"digest"`
	// How far it came.
	State LifecycleState `json:"state"`
	// When it came to that state.
	Since string `json:"since"`
	// When an integrity check last found nothing wrong.
	Checked *string `json:"checked,omitzero"`
	// What is wrong with it as a link of its chain of versions.
	Fault *ChainFault `json:"fault,omitzero"`
	// The evidence that is owed and was not recorded.
	Owed []OwedEvidence `json:"owed,omitzero"`
	// When it was published.
	Published *string `json:"published,omitzero"`
	// Since when it is in quarantine.
	Quarantined *string `json:"quarantined,omitzero"`
	// What takes its place.
	Successor *string `json:"successor,omitzero"`
	// Whether the newest integrity check failed to tell, so that another is owed.
	Unchecked *bool `json:"unchecked,omitzero"`
}

// A grant, as `poundlock status` shows it.
type StatusGrant struct {
	// The hash of the entry that opened it.
	Entry string `json:"entry"`
	// Its reason.
	Reason string `json:"reason"`
	// What it covers.
	Scope GrantScope `json:"scope"`
	// The last instant at which the grant can be used.
	Expires string `json:"expires"`
	// How often it can be used.
	Uses uint32 `json:"uses"`
	// By when the post-mortem is owed.
	Due string `json:"due"`
	// When it was opened.
	Opened string `json:"opened"`
	// How often it was used.
	Used uint32 `json:"used"`
	// When it was closed.
	Closed *string `json:"closed,omitzero"`
}

// An attempt to alter what was published.
type StatusAttempt struct {
	// Who tried it.
	Actor string `json:"actor"`
	// By which operation.
	Operation string `json:"operation"`
	// What would have been altered.
	Artifact string `json:"artifact"`
	// How often it was tried.
	Times uint64 `json:"times"`
}

// An incident that is not over, by the hash of its entry.
type StatusIncident struct {
	// The hash of its entry.
	Entry string `json:"entry"`
	// The track.
	Track string `json:"track"`
	// The asset.
	Asset string `json:"asset"`
	// The stage.
	Stage string `json:"stage"`
	// What kind of thing.
	Kind IncidentKind `json:"kind"`
	// How bad it is.
	Severity Severity `json:"severity"`
	// When it was recorded.
	At string `json:"at"`
	// Who tried to alter what was published, where that is what it is.
	Attempt *StatusAttempt `json:"attempt,omitzero"`
}

// Traffic on its way to what was deployed at a site.
type StatusRollout struct {
	// The track.
	Track string `json:"track"`
	// The asset.
	Asset string `json:"asset"`
	// The stage.
	Stage string `json:"stage"`
	// What was deployed.
	Lineage string `json:"lineage"`
	// The share of the traffic that it has, in percent.
	Traffic int `json:"traffic"`
	// When it got that share.
	At string `json:"at"`
	// Whether a step failed, or it is being gone back from, so that a rollback is the only way on.
	Failed bool `json:"failed"`
}

// What `poundlock status` shows: a summary for people and programs.
type Status struct {
	text

	// How many entries were folded.
	Entries uint64 `json:"entries"`
	// The ledger's origin.
	Origin *string `json:"origin"`
	// The charter in force.
	Charter *string `json:"charter"`
	// The latest instant of any entry.
	At *string `json:"at"`
	// What is deployed where.
	Deployments []StatusDeployment `json:"deployments"`
	// Admitted actions whose outcome is not known.
	Pending []StatusPermit `json:"pending"`
	// Approvals that are neither spent nor withdrawn; they may have expired.
	Approvals []StatusApproval `json:"approvals"`
	// What is owed.
	Obligations []OpenObligation `json:"obligations"`
	// The artifacts of the charter's lifecycles.
	Artifacts []StatusArtifact `json:"artifacts,omitzero"`
	// The break-glass grants whose post-mortem is still owed.
	Grants []StatusGrant `json:"grants,omitzero"`
	// Incidents that are not over.
	Incidents []StatusIncident `json:"incidents,omitzero"`
	// The keys that sign checkpoints now.
	Keys []string `json:"keys,omitzero"`
	// Traffic on its way.
	Rollouts []StatusRollout `json:"rollouts,omitzero"`
}

// String is the answer's text, in JSON.
func (a Status) String() string {
	return shown(a, a.written)
}

// An entry with its hash.
type Entry struct {
	// Its place in the ledger, counted from 0.
	Sequence uint64 `json:"sequence"`
	// `SHA-256(0x00 ‖ entry bytes)`: the RFC 6962 leaf hash.
	Hash string `json:"hash"`
	// The hash of the entry before it.
	Previous string `json:"previous"`
	// When it was recorded, as its writer said.
	At string `json:"at"`
	// What its body is, such as `genesis`, `decision` or `fact`.
	Kind string `json:"kind"`
	// The attachments that it names.
	Attachments []string `json:"attachments"`
	// What it records.
	Body json.RawMessage `json:"body"`
}

// The body of entry 0: the law that the ledger is governed by.
type Genesis struct {
	// A name that no other ledger has.
	Origin string `json:"origin"`
	// The charter in force, with where its text is kept.
	Law Law `json:"law"`
	// The version of the engine's semantics.
	Engine uint32 `json:"engine"`
	// The keys that sign the ledger's checkpoints; each is named like the origin.
	Keys []string `json:"keys,omitzero"`
}

// What an entry keeps of an actor; claims stay in the request's attachment.
type ActorSummary struct {
	// A person or a workload.
	Kind ActorKind `json:"kind"`
	// The name.
	ID string `json:"id"`
}

// What an entry keeps of a request.
type RequestSummary struct {
	// The request's id.
	ID string `json:"id"`
	// The digest of the request's content, without its instant and credentials.
	Content string `json:"content"`
	// The instant that the request claims.
	At string `json:"at"`
	// What is to be done.
	Action Action `json:"action"`
	// Who asks.
	Actor ActorSummary `json:"actor"`
	// From where.
	Channel Channel `json:"channel"`
	// The stage, as the charter names it where it is declared, else as asked.
	Stage string `json:"stage"`
	// The asset.
	Asset string `json:"asset"`
	// The place to be changed.
	Target Target `json:"target"`
	// The change or artifact.
	Subject Subject `json:"subject"`
	// Why.
	Reason string `json:"reason"`
	// The run of the pipeline.
	Run *string `json:"run,omitzero"`
	// The track, as the charter names it; absent where the stage is not declared.
	Track *string `json:"track,omitzero"`
}

// How many findings there are, by outcome.
type FindingCounts struct {
	// Passes.
	Pass uint64 `json:"pass"`
	// Failures.
	Fail uint64 `json:"fail"`
	// Those that cannot be told.
	Unknown uint64 `json:"unknown"`
	// Failures that a break-glass grant lets pass.
	Overridden uint64 `json:"overridden"`
}

// A finding that is not a pass, as far as an entry keeps it.
type Failure struct {
	// What was found.
	Code string `json:"code"`
	// How the check came out.
	Outcome Outcome `json:"outcome"`
	// Whether it denies.
	Enforcement Enforcement `json:"enforcement"`
	// What was expected and found, cut at 256 characters.
	Message string `json:"message"`
	// The address of the resource that it is about.
	Resource *string `json:"resource,omitzero"`
	// What it is about.
	Subject *string `json:"subject,omitzero"`
}

// What every decided entry holds.
type DecisionSummary struct {
	// Whether it is allowed.
	Verdict Verdict `json:"verdict"`
	// Whether the verdict binds.
	Mode Mode `json:"mode"`
	// How many findings there are, by outcome.
	Findings FindingCounts `json:"findings"`
	// The charter that it was decided under.
	Charter string `json:"charter"`
	// The version of the engine's semantics.
	Engine uint32 `json:"engine"`
	// The first findings that are not passes.
	Failures []Failure `json:"failures,omitzero"`
}

// One of the plans that another is joined of.
type PlanPart struct {
	// The name that tells it from the others.
	Name string `json:"name"`
	// Its digest.
	Digest string `json:"digest"`
}

// The attachments that hold what an entry only sums up.
type RecordReferences struct {
	// The request, in deterministic CBOR.
	Request string `json:"request"`
	// The decision with all findings, in deterministic CBOR.
	Decision string `json:"decision"`
	// What the token showed that the request was handed in with, in deterministic CBOR.
	Credential *string `json:"credential,omitzero"`
	// The plan as it was judged, in deterministic CBOR.
	Plan *string `json:"plan,omitzero"`
}

// The body of a decision entry.
type DecisionBody struct {
	// What was asked, by whom.
	Request RequestSummary `json:"request"`
	// What was decided.
	Decision DecisionSummary `json:"decision"`
	// The packs that were evaluated, by `name@version`.
	Packs map[string]string `json:"packs"`
	// How many resources the plan found to have been changed outside the tool.
	Drift *uint64 `json:"drift,omitzero"`
	// The break-glass grant that was used.
	Grant *string `json:"grant,omitzero"`
	// What was owed and is met.
	Meets []Obligation `json:"meets,omitzero"`
	// What is owed if this is carried out.
	Obligations []Obligation `json:"obligations,omitzero"`
	// The plans that the change's plan is joined of.
	Parts []PlanPart `json:"parts,omitzero"`
	// What the decision lets its actor do.
	Permit *Permit `json:"permit,omitzero"`
	// How each policy came out over all resources.
	Policies []PolicyCount `json:"policies,omitzero"`
	// The attachments that hold the whole request, plan and decision; absent for unknown callers.
	Record *RecordReferences `json:"record,omitzero"`
	// The hashes of the entries that this decision uses up.
	Spends []string `json:"spends,omitzero"`
	// The names of the waivers that were applied.
	Waivers []string `json:"waivers,omitzero"`
}

// What the charter makes of a step: settled when it is decided, since the state knows no rules.
type LifecycleTerms struct {
	// The lifecycle, as the charter names it.
	Lifecycle string `json:"lifecycle"`
	// The artifact's state from now on.
	State LifecycleState `json:"state"`
	// The evidence that is owed for it from now on.
	Owed []OwedEvidence `json:"owed,omitzero"`
}

// What an entry keeps of a report.
type ReportReference struct {
	// The attachment that holds what was read of the report, in deterministic CBOR.
	Record string `json:"record"`
	// The digest of the gate's rule that it passed under; absent where it did not, or the gate has none.
	Rule *string `json:"rule,omitzero"`
	// When the first of the waivers expires that it passed by.
	Until *string `json:"until,omitzero"`
}

// What the charter lets a grant be, as it was when the grant was opened.
type GrantTerms struct {
	// The last instant at which the grant can be used.
	Expires string `json:"expires"`
	// How often it can be used.
	Uses uint32 `json:"uses"`
	// By when the post-mortem is owed.
	Due string `json:"due"`
}

// The body of a fact entry.
type FactBody struct {
	// What happened, as its recorder says, without the recorder's claims.
	Fact Fact `json:"fact"`
	// The digest of the fact's content, without its instant.
	Content string `json:"content"`
	// Whether the recorder may record it.
	Decision DecisionSummary `json:"decision"`
	// What the charter makes of a step of an artifact's life, or of an integrity check.
	Artifact *LifecycleTerms `json:"artifact,omitzero"`
	// What was published and the refused step would have altered. Without an incident of its own, the
	// entry is one more time of one that is open.
	Attempt *string `json:"attempt,omitzero"`
	// The attachment that holds what the recorder's token showed, in deterministic CBOR, where the
	// recorder is known.
	Credential *string `json:"credential,omitzero"`
	// The kind of incident that the entry opens for the artifact; a refusal may open one, too.
	Incident *IncidentKind `json:"incident,omitzero"`
	// The attachment that holds the whole fact, in deterministic CBOR, where its recorder is known and has
	// claims: these may say more of a person than a book that nobody can erase should hold.
	Record *string `json:"record,omitzero"`
	// What was made of the report that evidence came with, where the recorder is known.
	Report *ReportReference `json:"report,omitzero"`
	// Whether the recorder was not known.
	Stranger *bool `json:"stranger,omitzero"`
	// What the charter lets the grant be, for one that is opened.
	Terms *GrantTerms `json:"terms,omitzero"`
}

// The body of a snapshot entry.
type SnapshotBody struct {
	// The attachment that holds the state, in deterministic CBOR.
	State string `json:"state"`
	// The version of the engine's semantics.
	Engine uint32 `json:"engine"`
}

// An error: why there is no answer. A denial is none.
type ErrorDocument struct {
	// What went wrong: stable, such as `input.syntax`.
	Code string `json:"code"`
	// What went wrong, for people. It quotes no values.
	Message string `json:"message"`
	// The column in characters, counted from 1.
	Column *uint32 `json:"column,omitzero"`
	// What to do about it.
	Help *string `json:"help,omitzero"`
	// The line, counted from 1.
	Line *uint32 `json:"line,omitzero"`
	// A JSON Pointer to the place.
	Pointer *string `json:"pointer,omitzero"`
	// The sequence number of the entry that is meant.
	Sequence *uint64 `json:"sequence,omitzero"`
	// The document that is meant, where an operation has several.
	Source *string `json:"source,omitzero"`
}

// A document as it is hashed.
type CanonicalAnswer struct {
	text

	// Its deterministic CBOR, in hexadecimal digits.
	Bytes string `json:"bytes"`
	// Its digest as a kind of content named `document`.
	Digest string `json:"digest"`
}

// String is the answer's text, in JSON.
func (a CanonicalAnswer) String() string {
	return shown(a, a.written)
}

// What `charter` needs.
type CharterInput struct {
	// The charter, in YAML.
	Charter string `json:"charter"`
}

// A charter that makes sense as a whole.
type CharterAnswer struct {
	text

	// Its name.
	Name string `json:"name"`
	// Its version.
	Version string `json:"version"`
	// The digest over its canonical form. The law of a ledger has one of its own, over the packs as well.
	Digest string `json:"digest"`
	// What it says, with every default filled in.
	Document CharterDocument `json:"document"`
}

// String is the answer's text, in JSON.
func (a CharterAnswer) String() string {
	return shown(a, a.written)
}

// What `envelope` needs.
type EnvelopeInput struct {
	// The text that was signed.
	Text string `json:"text"`
	// The Ed25519 signature over the bytes that `signing_bytes` answers, in base64.
	Signature string `json:"signature"`
}

// A DSSE envelope.
type EnvelopeAnswer struct {
	text

	// The envelope in JSON: the `text` of a request's or fact's signature.
	Envelope string `json:"envelope"`
}

// String is the answer's text, in JSON.
func (a EnvelopeAnswer) String() string {
	return shown(a, a.written)
}

// The bounds that hosts meet first, in bytes where nothing else is said.
type LimitsAnswer struct {
	text

	// A JSON document: a plan, a request, an input of an operation.
	DocumentBytes uint64 `json:"documentBytes"`
	// How many values a document holds.
	DocumentValues uint64 `json:"documentValues"`
	// How deep a document nests.
	Depth uint64 `json:"depth"`
	// A charter, lock file, pack or overlay.
	YamlBytes uint64 `json:"yamlBytes"`
	// A name, such as an actor's or a stage's.
	NameBytes uint64 `json:"nameBytes"`
	// A text for people, such as a reason.
	TextBytes uint64 `json:"textBytes"`
	// An entry of a ledger.
	EntryBytes uint64 `json:"entryBytes"`
	// An attachment of a ledger.
	AttachmentBytes uint64 `json:"attachmentBytes"`
	// A token.
	TokenBytes uint64 `json:"tokenBytes"`
	// The key set of a token's issuer.
	KeySetBytes uint64 `json:"keySetBytes"`
	// A person's signature.
	SignatureBytes uint64 `json:"signatureBytes"`
	// A signed checkpoint.
	CheckpointBytes uint64 `json:"checkpointBytes"`
	// A receipt.
	ReceiptBytes uint64 `json:"receiptBytes"`
	// The steps of one evaluation of an expression.
	EvaluationSteps uint64 `json:"evaluationSteps"`
	// The steps of all evaluations for one request.
	RequestSteps uint64 `json:"requestSteps"`
}

// String is the answer's text, in JSON.
func (a LimitsAnswer) String() string {
	return shown(a, a.written)
}

// What `lock` needs.
type LockInput struct {
	// The packs and overlays, in YAML.
	Packs []string `json:"packs"`
}

// A lock file.
type LockAnswer struct {
	text

	// Its text, in YAML.
	Lock string `json:"lock"`
}

// String is the answer's text, in JSON.
func (a LockAnswer) String() string {
	return shown(a, a.written)
}

// What `signing_bytes` and `envelope` are about.
type SigningBytesInput struct {
	// The text that a person signs.
	Text string `json:"text"`
}

// The bytes to sign.
type SigningBytesAnswer struct {
	text

	// DSSE's payload type.
	PayloadType string `json:"payloadType"`
	// DSSE's pre-authentication encoding of the text, in hexadecimal digits: what is signed with Ed25519.
	Bytes string `json:"bytes"`
}

// String is the answer's text, in JSON.
func (a SigningBytesAnswer) String() string {
	return shown(a, a.written)
}

// A plan as the tool wrote it.
type PlanText struct {
	// What `terraform show -json` printed.
	Terraform string `json:"terraform"`
	// The nonce kept beside it: 64 hexadecimal digits.
	Nonce string `json:"nonce"`
}

// A request or a fact, with the token of whoever hands it in.
type SimulateStep struct {
	// The fact, in place of a request.
	Fact *Fact `json:"fact,omitzero"`
	// The keys of its issuer, in JSON.
	KeySet *string `json:"keySet,omitzero"`
	// The plan that the request is about.
	Plan *PlanText `json:"plan,omitzero"`
	// The request.
	Request *Request `json:"request,omitzero"`
	// The token, in compact form.
	Token *string `json:"token,omitzero"`
}

// What `simulate` needs.
type SimulateInput struct {
	// The charter, in YAML.
	Charter string `json:"charter"`
	// The lock file, in YAML.
	Lock string `json:"lock"`
	// The packs, in YAML.
	Packs []string `json:"packs"`
	// The ledger's origin.
	Origin string `json:"origin"`
	// When the ledger begins.
	Begin string `json:"begin"`
	// What is asked or recorded now.
	Step SimulateStep `json:"step"`
	// What was asked and recorded before, in order.
	History []SimulateStep `json:"history,omitzero"`
	// The keys that sign the ledger's checkpoints.
	Keys []string `json:"keys,omitzero"`
}

// What `simulate` answers.
type SimulateAnswer struct {
	text

	// What became of the step.
	Admission Admission `json:"admission"`
	// The entry as it is hashed, in hexadecimal digits.
	EntryBytes string `json:"entryBytes"`
	// What the ledger adds up to after it.
	Status Status `json:"status"`
}

// String is the answer's text, in JSON.
func (a SimulateAnswer) String() string {
	return shown(a, a.written)
}

// What `verifier_key` needs.
type VerifierKeyInput struct {
	// The name that the key signs under: its ledger's origin.
	Name string `json:"name"`
	// The 32 bytes of the Ed25519 public key (RFC 8032), in hexadecimal digits.
	PublicKey string `json:"publicKey"`
}

// A public key as a ledger names it.
type VerifierKeyAnswer struct {
	text

	// The key's text.
	Key string `json:"key"`
}

// String is the answer's text, in JSON.
func (a VerifierKeyAnswer) String() string {
	return shown(a, a.written)
}

// What `verify_approval` needs.
type VerifyApprovalInput struct {
	// The text that was signed.
	Statement string `json:"statement"`
	// What `ssh-keygen -Y sign` writes, or a DSSE envelope in JSON.
	Signature string `json:"signature"`
	// The keys whose signatures count.
	Signers []AllowedSigner `json:"signers"`
	// The instant at which the key must count.
	At string `json:"at"`
}

// That a person signed a text. Only `AllowedSigners` makes one.
type VerifiedSignature struct {
	text

	// The person.
	Principal string `json:"principal"`
	// The key's fingerprint, as `ssh-keygen -l` shows it: `SHA256:` and base64.
	Key string `json:"key"`
	// The plain SHA-256 of the text.
	Statement string `json:"statement"`
}

// String is the answer's text, in JSON.
func (a VerifiedSignature) String() string {
	return shown(a, a.written)
}

// What `verify_checkpoint` needs.
type VerifyCheckpointInput struct {
	// The signed checkpoint's text.
	Checkpoint string `json:"checkpoint"`
	// The trusted keys, as verifier keys.
	Keys []string `json:"keys"`
	// The ledger that is expected; any whose keys are trusted when it is absent.
	Origin *string `json:"origin,omitzero"`
	// How many of them must have signed.
	Threshold *uint64 `json:"threshold,omitzero"`
}

// What a checkpoint says.
type CheckpointAnswer struct {
	text

	// The ledger's name.
	Origin string `json:"origin"`
	// How many entries there are.
	Size uint64 `json:"size"`
	// The RFC 6962 Merkle tree hash over them.
	Root string `json:"root"`
}

// String is the answer's text, in JSON.
func (a CheckpointAnswer) String() string {
	return shown(a, a.written)
}

// What `verify_fork` needs.
type VerifyForkInput struct {
	// The proof's text.
	Proof string `json:"proof"`
	// The trusted keys, as verifier keys.
	Keys []string `json:"keys"`
	// How many of them must have signed each of the two.
	Threshold *uint64 `json:"threshold,omitzero"`
}

// Two checkpoints that cannot both be true.
type VerifyForkAnswer struct {
	text

	// The two checkpoints.
	Checkpoints []CheckpointAnswer `json:"checkpoints"`
}

// String is the answer's text, in JSON.
func (a VerifyForkAnswer) String() string {
	return shown(a, a.written)
}

// What the side that is about to act holds and knows; what is absent is not compared. Only the digest
// ties a permit to what is applied.
type Held struct {
	// What is about to be done.
	Action *Action `json:"action,omitzero"`
	// Who is about to do it.
	Actor *string `json:"actor,omitzero"`
	// The name of the asset.
	Asset *string `json:"asset,omitzero"`
	// The digest of the plan or artifact that is at hand.
	Digest *string `json:"digest,omitzero"`
	// The commit, or the artifact's digest.
	Lineage *string `json:"lineage,omitzero"`
	// The run of the pipeline.
	Run *string `json:"run,omitzero"`
	// The stage that is about to be changed, by its name and not an alias.
	Stage *string `json:"stage,omitzero"`
	// The track.
	Track *string `json:"track,omitzero"`
}

// What a permit is held against.
type PermitInput struct {
	// The instant at which it is about to be used.
	At string `json:"at"`
	// What is about to be done.
	Held *Held `json:"held,omitzero"`
	// The plan that is about to be applied, in place of its digest.
	Plan *PlanText `json:"plan,omitzero"`
}

// What `verify_receipt` needs.
type VerifyReceiptInput struct {
	// The receipt's text.
	Receipt string `json:"receipt"`
	// The trusted keys, as verifier keys.
	Keys []string `json:"keys"`
	// The ledger that is expected; any whose keys are trusted when it is absent.
	Origin *string `json:"origin,omitzero"`
	// What the entry must permit, to whoever is about to act.
	Permit *PermitInput `json:"permit,omitzero"`
	// How many of them must have signed.
	Threshold *uint64 `json:"threshold,omitzero"`
}

// What an entry permits to whoever is about to act.
type PermitAnswer struct {
	// What the entry permits; absent where it permits nothing.
	Permit *Permit `json:"permit"`
	// What the permit says otherwise than whoever holds it, by the names of its fields.
	Contradictions []string `json:"contradictions"`
}

// What `verify_receipt` answers.
type VerifyReceiptAnswer struct {
	text

	// The entry. Its hash is the id of a permit that it grants.
	Entry Entry `json:"entry"`
	// What the receipt rests on.
	Checkpoint CheckpointAnswer `json:"checkpoint"`
	// Where a permit was asked for: what it says, and what of that is otherwise; `permit` itself where the
	// entry permits nothing.
	Permit *PermitAnswer `json:"permit,omitzero"`
}

// String is the answer's text, in JSON.
func (a VerifyReceiptAnswer) String() string {
	return shown(a, a.written)
}

// What `verify_token` needs.
type VerifyTokenInput struct {
	// The provider, as a charter declares it.
	Provider ProviderDocument `json:"provider"`
	// The token, in compact form.
	Token string `json:"token"`
	// The key set of its issuer (JWKS), in JSON.
	KeySet string `json:"keySet"`
	// The instant at which it must be valid.
	At string `json:"at"`
}

// Who a workload was found to be by its token.
type VerifiedToken struct {
	text

	// The name of the provider that verified it.
	Provider string `json:"provider"`
	// The digest of the provider's document, since a name says nothing about the rules behind it.
	ProviderDigest string `json:"providerDigest"`
	// The issuer (`iss`).
	Issuer string `json:"issuer"`
	// What the provider maps to `google.subject`: `sub`, unless it says otherwise.
	Subject string `json:"subject"`
	// What the provider maps its claims to, by name.
	Attributes map[string]string `json:"attributes"`
	// When it was issued.
	IssuedAt string `json:"issuedAt"`
	// From when on it is valid.
	ValidFrom string `json:"validFrom"`
	// Until when it is valid.
	ExpiresAt string `json:"expiresAt"`
	// The digest of the token.
	Digest string `json:"digest"`
}

// String is the answer's text, in JSON.
func (a VerifiedToken) String() string {
	return shown(a, a.written)
}

// The version of this library and of its engine's semantics.
type VersionAnswer struct {
	text

	// The version of this library, as in its package.
	Version string `json:"version"`
	// The version of the engine's semantics: the same one gives the same decisions.
	Engine uint32 `json:"engine"`
}

// String is the answer's text, in JSON.
func (a VersionAnswer) String() string {
	return shown(a, a.written)
}

// What a pack is made of.
type PackInput struct {
	// The pack, in YAML.
	Pack string `json:"pack"`
	// The overlays that make it stricter, in YAML, in their order.
	Overlays []string `json:"overlays,omitzero"`
}

// How a plan is to be checked.
type CheckInput struct {
	// Whether the answer names every resource that passed, by policy.
	Passes *bool `json:"passes,omitzero"`
	// The stage whose packs count, and which policies see as `stage.name`; all packs of the charter where
	// there is none.
	Stage *string `json:"stage,omitzero"`
	// In how many threads; one unless this says otherwise. The answer does not depend on it.
	Threads *uint64 `json:"threads,omitzero"`
	// What becomes of a resource that no policy matches; `deny` unless this says otherwise. An engine goes
	// by its charter, and takes no other word.
	Unmatched *Unmatched `json:"unmatched,omitzero"`
}

// The resources that passed a policy.
type PolicyPasses struct {
	// The policy, as `pack/policy`.
	Policy string `json:"policy"`
	// The addresses of the resources, in the order of the plan, each once. One of which several objects
	// are changed is among them if all of them pass.
	Resources []string `json:"resources"`
}

// What packs say about a plan, without charter or ledger: an author's fast loop.
type PlanReport struct {
	text

	// Whether nothing denies.
	Verdict Verdict `json:"verdict"`
	// What was found.
	Findings []Finding `json:"findings"`
	// How each policy came out.
	Policies []PolicyCount `json:"policies"`
	// Which resources passed which policy, where that was asked for.
	Passes []PolicyPasses `json:"passes,omitzero"`
}

// String is the answer's text, in JSON.
func (a PlanReport) String() string {
	return shown(a, a.written)
}

// What a policy is.
type PolicyAnswer struct {
	// Its name, unique in its pack.
	Name string `json:"name"`
	// What it demands.
	Description string `json:"description"`
	// Whether anything but a pass denies.
	Enforcement Enforcement `json:"enforcement"`
	// The patterns of the resource types that it is about.
	Resources []string `json:"resources"`
	// What must be done to a resource for it to be about it.
	Actions []ActionWord `json:"actions"`
	// The controls of standards that it serves.
	Controls []string `json:"controls"`
	// What becomes of a result that depends on a value not known until apply.
	OnUnknown OnUnknown `json:"onUnknown"`
	// Where more is said about it.
	Guideline *string `json:"guideline,omitzero"`
	// Its own constants, by name.
	Params map[string]json.RawMessage `json:"params,omitzero"`
	// What a host that can alter a resource may set where the policy fails: by resource type, values by
	// JSON Pointers.
	Remediate map[string]map[string]json.RawMessage `json:"remediate,omitzero"`
	// What would turn a failure into a pass, as its validations say it.
	Remedies []string `json:"remedies,omitzero"`
	// In which direction a constant is stricter, by its name.
	Stricter map[string]Stricter `json:"stricter,omitzero"`
}

// What a pack is.
type PackAnswer struct {
	text

	// Its name.
	Name string `json:"name"`
	// Its version.
	Version string `json:"version"`
	// The digest over its canonical form, which a lock file pins.
	Digest string `json:"digest"`
	// Its policies, in the order of the document.
	Policies []PolicyAnswer `json:"policies"`
	// What it is for.
	Description *string `json:"description,omitzero"`
}

// String is the answer's text, in JSON.
func (a PackAnswer) String() string {
	return shown(a, a.written)
}

// How much a lint matters.
type LintLevel string

const (
	// To be known, and often meant so.
	LintLevelNotice LintLevel = "notice"
	// To be mended.
	LintLevelWarning LintLevel = "warning"
)

// Something about a pack that is allowed but unwise, or that its readers must know.
type Lint struct {
	// What kind of thing: stable, such as `lint.no_controls`.
	Code string `json:"code"`
	// How much it matters.
	Level LintLevel `json:"level"`
	// The line in the pack's file, counted from 1.
	Line uint32 `json:"line"`
	// The column in the pack's file, counted from 1.
	Column uint32 `json:"column"`
	// What it is.
	Message string `json:"message"`
	// The policy; absent when it is the pack as a whole.
	Policy *string `json:"policy,omitzero"`
}

// What `lint` answers.
type LintAnswer struct {
	text

	// What is allowed but unwise, in the order of the policies.
	Lints []Lint `json:"lints"`
}

// String is the answer's text, in JSON.
func (a LintAnswer) String() string {
	return shown(a, a.written)
}

// How one test of a pack came out.
type TestOutcome struct {
	// The policy.
	Policy string `json:"policy"`
	// The test's name, unique in its policy.
	Name string `json:"name"`
	// The result that the test demands.
	Expected Expect `json:"expected"`
	// The result that the policy had.
	Found Expect `json:"found"`
	// Whether all came out as the test demands.
	Passed bool `json:"passed"`
	// The code of the evaluation; absent when the policy is not about the resource.
	Code *string `json:"code,omitzero"`
	// The message of the evaluation; absent when the policy is not about the resource.
	Message *string `json:"message,omitzero"`
	// What decided the result, where the test did not pass and neither did the policy.
	Reasons []Reason `json:"reasons,omitzero"`
	// Whether what `remediate` sets makes the object that the test names, and the policy pass; absent
	// where the test names none.
	Remediated *bool `json:"remediated,omitzero"`
}

// What `test` answers.
type TestAnswer struct {
	text

	// How many of the pack's tests have the result that they demand.
	Passed uint64 `json:"passed"`
	// How many have not.
	Failed uint64 `json:"failed"`
	// Each test, in the order of the document.
	Tests []TestOutcome `json:"tests"`
}

// String is the answer's text, in JSON.
func (a TestAnswer) String() string {
	return shown(a, a.written)
}

// What wrote a document.
type PlanFormat string

const (
	// `terraform show -json`, or OpenTofu's.
	PlanFormatTerraform PlanFormat = "terraform"
	// Manifests of Kubernetes, in YAML or JSON, or an `AdmissionReview`. To be checked only.
	PlanFormatKubernetes PlanFormat = "kubernetes"
	// `pulumi preview --json`, or `pulumi stack export`.
	PlanFormatPulumi PlanFormat = "pulumi"
	// The host itself: `ResourcesDocument`. To be checked only.
	PlanFormatResources PlanFormat = "resources"
)

// How a document is to be read.
type PlanOptions struct {
	// What wrote the document.
	Format PlanFormat `json:"format"`
	// The nonce kept beside the document: 64 hexadecimal digits, made at random when it was first seen.
	// Without one the plan can be checked, and neither decided on nor admitted.
	Nonce *string `json:"nonce,omitzero"`
}

// How many resources a plan touches, by what is done to them. A replacement counts once, as `replace`.
type PlanCounts struct {
	// Come into being.
	Create uint64 `json:"create"`
	// Are changed in place.
	Update uint64 `json:"update"`
	// Are replaced by others.
	Replace uint64 `json:"replace"`
	// Are destroyed.
	Delete uint64 `json:"delete"`
	// Are no longer managed.
	Forget uint64 `json:"forget"`
	// Are only read.
	Read uint64 `json:"read"`
	// Stay as they are.
	NoOp uint64 `json:"noOp"`
}

// What is to be done to a resource.
type Actions string

const (
	// Nothing.
	ActionsNoOp Actions = "no-op"
	// Create it.
	ActionsCreate Actions = "create"
	// Read it.
	ActionsRead Actions = "read"
	// Change it in place.
	ActionsUpdate Actions = "update"
	// Delete it.
	ActionsDelete Actions = "delete"
	// Delete it, then create it anew.
	ActionsDeleteCreate Actions = "delete-create"
	// Create it anew, then delete the old one.
	ActionsCreateDelete Actions = "create-delete"
	// Stop managing it without deleting it.
	ActionsForget Actions = "forget"
	// Create it anew, then stop managing the old one.
	ActionsCreateForget Actions = "create-forget"
)

// What is to be done to one resource.
type PlanResource struct {
	// The address.
	Address string `json:"address"`
	// The type.
	Type string `json:"type"`
	// What is to be done.
	Actions Actions `json:"actions"`
}

// What a plan proposes, in short.
type PlanAnswer struct {
	text

	// The digest that approvals and permits bind.
	Digest string `json:"digest"`
	// The tool that made it.
	Tool string `json:"tool"`
	// Whether it can be decided on and admitted: it is a tool's document, read with a nonce.
	Admissible bool `json:"admissible"`
	// How many resources it touches.
	Counts PlanCounts `json:"counts"`
	// What is to be done to each, in the order of the document.
	Resources []PlanResource `json:"resources"`
	// What was found to have changed outside the tool.
	Drift []PlanResource `json:"drift,omitzero"`
	// The tool's version, where the document says it.
	ToolVersion *string `json:"toolVersion,omitzero"`
}

// String is the answer's text, in JSON.
func (a PlanAnswer) String() string {
	return shown(a, a.written)
}

// What an engine is made of.
type EngineInput struct {
	// The charter, in YAML.
	Charter string `json:"charter"`
	// The lock file, in YAML.
	Lock string `json:"lock"`
	// The packs and overlays, in YAML, in any order.
	Packs []string `json:"packs"`
	// In how many threads policies are evaluated; one unless this says otherwise. What is decided does not
	// depend on it.
	Threads *uint64 `json:"threads,omitzero"`
}

// What `begin` needs.
type BeginInput struct {
	// A name that no other ledger has.
	Origin string `json:"origin"`
	// When the ledger begins.
	At string `json:"at"`
	// The keys that sign the ledger's checkpoints, as verifier keys; each has the origin as its name.
	Keys []string `json:"keys,omitzero"`
}

// An entry that was appended.
type AppendedAnswer struct {
	text

	// Its sequence number.
	Sequence uint64 `json:"sequence"`
	// Its hash.
	Entry string `json:"entry"`
}

// String is the answer's text, in JSON.
func (a AppendedAnswer) String() string {
	return shown(a, a.written)
}

// What `checkpoint_text` needs.
type CheckpointTextInput struct {
	// The keys that are to sign, as verifier keys.
	Keys []string `json:"keys"`
}

// A text for a person to sign.
type TextAnswer struct {
	text

	// The text, to the byte.
	Text string `json:"text"`
}

// String is the answer's text, in JSON.
func (a TextAnswer) String() string {
	return shown(a, a.written)
}

// What `credential` needs.
type CredentialQuestion struct {
	// The actor whose token it is said to be.
	Actor string `json:"actor"`
	// The instant of asking.
	At string `json:"at"`
	// The token and its issuer's keys.
	Credential CredentialInput `json:"credential"`
}

// Why a token shows nothing.
type RefusalAnswer struct {
	// The code, such as `identity.token_expired`.
	Code string `json:"code"`
	// What is wrong with the token. It never quotes the token.
	Message string `json:"message"`
	// What to do about it.
	Help *string `json:"help,omitzero"`
}

// What the charter makes of a token.
//
// Exactly one of the fields is there.
type CredentialAnswer struct {
	text

	// It shows the actor.
	Verified *VerifiedToken `json:"verified,omitzero"`
	// It shows nothing, and whatever is handed in with it is denied.
	Refused *RefusalAnswer `json:"refused,omitzero"`
}

// String is the answer's text, in JSON.
func (a CredentialAnswer) String() string {
	return shown(a, a.written)
}

// What an engine goes by.
type EngineAnswer struct {
	text

	// The charter's name.
	Name string `json:"name"`
	// The charter's version, for people; what counts is the law's digest.
	Version string `json:"version"`
	// The charter's digest with that of its packs, and the attachments that hold their texts.
	Law Law `json:"law"`
	// Its packs, as its overlays make them, in the order of their names.
	Packs []PackAnswer `json:"packs"`
}

// String is the answer's text, in JSON.
func (a EngineAnswer) String() string {
	return shown(a, a.written)
}

// What `fact_text` needs.
type FactTextInput struct {
	// The fact.
	Fact Fact `json:"fact"`
	// When the person signs.
	Signed string `json:"signed"`
}

// What `request_text` needs; the plan is handed in beside it.
type RequestTextInput struct {
	// The request.
	Request Request `json:"request"`
	// When the person signs.
	Signed string `json:"signed"`
}

// What `review` needs.
type ReviewInput struct {
	// What somebody is asked to approve.
	Approval Approval `json:"approval"`
	// The instant of asking.
	At string `json:"at"`
}

// What a person who is asked to approve has to see.
type ReviewAnswer struct {
	text

	// The text that they sign.
	Statement string `json:"statement"`
	// What would be found now, if the entrance into the stage were asked for.
	Findings []Finding `json:"findings"`
	// The newest request that asked about it, if its record is left.
	Request *Request `json:"request,omitzero"`
}

// String is the answer's text, in JSON.
func (a ReviewAnswer) String() string {
	return shown(a, a.written)
}

// A secret key. It is neither kept nor printed.
type SecretKeyInput struct {
	// The key in PKCS#8, as PEM.
	Pem string `json:"pem"`
	// The passphrase, where it is encrypted.
	Passphrase *string `json:"passphrase,omitzero"`
}

// A signature over a checkpoint's text.
type SignatureInput struct {
	// The verifier key.
	Key string `json:"key"`
	// The Ed25519 signature, in base64.
	Signature string `json:"signature"`
}

// A checkpoint, and what signs it: its text, or secret keys.
type SignInput struct {
	// The text that `checkpoint_text` answered.
	Checkpoint *string `json:"checkpoint,omitzero"`
	// In place of both: secret keys in PKCS#8, as PEM, that sign what the ledger holds now.
	SecretKeys []SecretKeyInput `json:"secretKeys,omitzero"`
	// The signatures over it.
	Signatures []SignatureInput `json:"signatures,omitzero"`
}

// A signed checkpoint.
type SignedCheckpointAnswer struct {
	text

	// The signed note, byte for byte; absent where nothing was signed yet.
	Checkpoint *string `json:"checkpoint"`
}

// String is the answer's text, in JSON.
func (a SignedCheckpointAnswer) String() string {
	return shown(a, a.written)
}

// What is to be done with a ledger's directory.
type LedgerMode string

const (
	// Make an empty ledger in it.
	LedgerModeCreate LedgerMode = "create"
	// Open the ledger in it, to read and to write.
	LedgerModeOpen LedgerMode = "open"
	// Open the ledger in it without ever changing a file.
	LedgerModeReadOnly LedgerMode = "readOnly"
)

// Where a ledger is.
type LedgerInput struct {
	// The directory.
	Directory *string `json:"directory,omitzero"`
	// Whether it is in memory, for tests and dry runs.
	Memory *bool `json:"memory,omitzero"`
	// What is to be done with the directory.
	Mode *LedgerMode `json:"mode,omitzero"`
}

// Which attachment is wanted.
type AttachmentInput struct {
	// Its digest.
	Digest string `json:"digest"`
}

// An attachment.
type AttachmentAnswer struct {
	text

	// Its bytes, in hexadecimal digits; absent where it is not there: it was erased, or never was.
	Bytes *string `json:"bytes"`
}

// String is the answer's text, in JSON.
func (a AttachmentAnswer) String() string {
	return shown(a, a.written)
}

// Which entries are wanted.
type EntriesInput struct {
	// The first sequence number.
	From *uint64 `json:"from,omitzero"`
	// Only those of these kinds, such as `decision`; all when it is empty.
	Kinds []string `json:"kinds,omitzero"`
	// How many entries to answer at most, 1 to 1,000.
	Limit *uint64 `json:"limit,omitzero"`
	// Only those from this instant on.
	Since *string `json:"since,omitzero"`
	// The sequence number before which to stop; the ledger's end when it is absent.
	To *uint64 `json:"to,omitzero"`
	// Only those before this instant.
	Until *string `json:"until,omitzero"`
}

// Some entries of a ledger.
type EntriesAnswer struct {
	text

	// The entries, in their order.
	Entries []Entry `json:"entries"`
	// Where to go on; absent at the end. A page may be short, or empty, and have a next one.
	Next *uint64 `json:"next,omitzero"`
}

// String is the answer's text, in JSON.
func (a EntriesAnswer) String() string {
	return shown(a, a.written)
}

// A signed checkpoint to keep or compare.
type CheckpointInput struct {
	// The signed note, byte for byte.
	Checkpoint string `json:"checkpoint"`
}

// A proof that two signed checkpoints cannot both be true.
type ForkAnswer struct {
	text

	// Its text; absent where the ledger continues the checkpoint.
	Proof *string `json:"proof"`
}

// String is the answer's text, in JSON.
func (a ForkAnswer) String() string {
	return shown(a, a.written)
}

// The size of a ledger and what its entries add up to.
type HeadAnswer struct {
	text

	// How many entries there are.
	Size uint64 `json:"size"`
	// The RFC 6962 Merkle tree hash over them.
	Root string `json:"root"`
	// The hash of the last entry.
	Last string `json:"last"`
}

// String is the answer's text, in JSON.
func (a HeadAnswer) String() string {
	return shown(a, a.written)
}

// What opening and appending found and did.
type NoticesAnswer struct {
	text

	// For people.
	Notices []string `json:"notices"`
}

// String is the answer's text, in JSON.
func (a NoticesAnswer) String() string {
	return shown(a, a.written)
}

// Which entry is to be proven.
type ReceiptInput struct {
	// Its sequence number.
	Sequence uint64 `json:"sequence"`
}

// A receipt.
type ReceiptAnswer struct {
	text

	// Its text.
	Receipt string `json:"receipt"`
}

// String is the answer's text, in JSON.
func (a ReceiptAnswer) String() string {
	return shown(a, a.written)
}

// A period: from an instant on, until before another.
type ReportInput struct {
	// The first instant.
	Since string `json:"since"`
	// The instant that is the first one after it.
	Until string `json:"until"`
}

// What a figure counts.
type FigureUnit string

const (
	// Entries of the ledger.
	FigureUnitEntries FigureUnit = "entries"
	// Attachments of entries.
	FigureUnitAttachments FigureUnit = "attachments"
	// Artifacts.
	FigureUnitArtifacts FigureUnit = "artifacts"
	// Whole seconds, summed up; `of` says over how many cases, so that their mean is the one divided by
	// the other.
	FigureUnitSeconds FigureUnit = "seconds"
	// Milliseconds, summed up likewise.
	FigureUnitMilliseconds FigureUnit = "milliseconds"
)

// One figure: exact numbers, with the entries that they rest on.
type Figure struct {
	// Its name, such as `deployments.succeeded`.
	Figure string `json:"figure"`
	// What `count` counts.
	Unit FigureUnit `json:"unit"`
	// How many.
	Count uint64 `json:"count"`
	// The sequence numbers of the entries that were counted, the first of them.
	Entries []uint64 `json:"entries"`
	// How many more entries were counted than are listed.
	Omitted uint64 `json:"omitted"`
	// The longest of the times.
	Longest *uint64 `json:"longest,omitzero"`
	// Of how many; absent where it is no share.
	Of *uint64 `json:"of,omitzero"`
}

// How often a code denied.
type CodeCount struct {
	// The code of the finding.
	Code string `json:"code"`
	// In how many entries.
	Count uint64 `json:"count"`
	// Their sequence numbers, the first of them.
	Entries []uint64 `json:"entries"`
	// How many more there are than are listed.
	Omitted uint64 `json:"omitted"`
}

// The figures that one kind of report consists of.
type FigureSet struct {
	// What the report is for, such as `sox`.
	Set string `json:"set"`
	// The names of its figures.
	Figures []string `json:"figures"`
}

// The figures of a ledger for a period (R395 to R406, R411).
type ReportAnswer struct {
	text

	// The ledger's origin.
	Origin string `json:"origin"`
	// The period.
	Period ReportInput `json:"period"`
	// How many entries the ledger holds, all of them verified.
	Size uint64 `json:"size"`
	// The RFC 6962 Merkle tree hash over them.
	Root string `json:"root"`
	// Every figure, in a fixed order.
	Figures []Figure `json:"figures"`
	// In how many entries of the period each code denied, in the order of the codes.
	Codes []CodeCount `json:"codes"`
	// Which figures belong to which report.
	Sets []FigureSet `json:"sets"`
}

// String is the answer's text, in JSON.
func (a ReportAnswer) String() string {
	return shown(a, a.written)
}

// How a ledger is to be verified.
type VerifyInput struct {
	// The keys that are trusted, as verifier keys; where this is absent, those that the ledger itself
	// names.
	Keys []string `json:"keys,omitzero"`
	// Signed checkpoints that somebody remembers, which the ledger must continue.
	Since []string `json:"since,omitzero"`
	// In how many threads; one unless this says otherwise.
	Threads *uint64 `json:"threads,omitzero"`
	// How many of them must have signed; one unless this says otherwise.
	Threshold *uint64 `json:"threshold,omitzero"`
	// Whether a ledger that names keys may have no signed checkpoint.
	Unsigned *bool `json:"unsigned,omitzero"`
}

// What verification found in a ledger that is sound.
type VerifiedAnswer struct {
	text

	// How many entries there are.
	Size uint64 `json:"size"`
	// The RFC 6962 Merkle tree hash over them.
	Root string `json:"root"`
	// The hash of the last entry.
	Last string `json:"last"`
	// How many attachments were erased.
	Erased uint64 `json:"erased"`
	// How many entries are signed, by the trusted keys or else those that the ledger names; absent where
	// nothing is.
	Signed *uint64 `json:"signed"`
}

// String is the answer's text, in JSON.
func (a VerifiedAnswer) String() string {
	return shown(a, a.written)
}
