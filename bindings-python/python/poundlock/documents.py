"""The documents that cross the contract, as classes.

Made from the JSON Schemas in docs/schema; change the Rust types and run the tests with POUNDLOCK_UPDATE=1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Union

from ._document import Document

__all__ = [
    "About",
    "AbsentDrift",
    "Action",
    "ActionWord",
    "Actions",
    "Actor",
    "ActorDeclaration",
    "ActorKind",
    "ActorSummary",
    "Admission",
    "AllowedSigner",
    "Amendment",
    "Amendments",
    "AppendedAnswer",
    "Approval",
    "ApprovalRule",
    "Artifact",
    "ArtifactConsent",
    "AttachmentAnswer",
    "AttachmentInput",
    "BeginInput",
    "BlastRadius",
    "Boundary",
    "BreakGlass",
    "BreakGlassReason",
    "CanonicalAnswer",
    "ChainFault",
    "Change",
    "ChangeDocument",
    "ChangedCounts",
    "Channel",
    "CharterAnswer",
    "CharterDocument",
    "CharterInput",
    "Check",
    "CheckInput",
    "CheckpointAnswer",
    "CheckpointInput",
    "CheckpointTextInput",
    "Clock",
    "CodeCount",
    "ConsentPurpose",
    "Creation",
    "CredentialAnswer",
    "CredentialInput",
    "CredentialQuestion",
    "Day",
    "Decision",
    "DecisionBody",
    "DecisionSummary",
    "Decode",
    "Delegation",
    "DriftRule",
    "Element",
    "Emergency",
    "EmergencyRule",
    "Enforcement",
    "EngineAnswer",
    "EngineInput",
    "EntriesAnswer",
    "EntriesInput",
    "Entry",
    "EnvelopeAnswer",
    "EnvelopeInput",
    "Erasure",
    "ErrorDocument",
    "Evidence",
    "EvidenceOwed",
    "EvidenceResult",
    "ExceptionCase",
    "ExceptionReason",
    "ExceptionRule",
    "Execution",
    "Expect",
    "Expressions",
    "Fact",
    "FactBody",
    "FactKind",
    "FactRules",
    "FactTextInput",
    "Failure",
    "Figure",
    "FigureSet",
    "FigureUnit",
    "Finding",
    "FindingCounts",
    "ForkAnswer",
    "Gate",
    "GateAbout",
    "Genesis",
    "GrantApproval",
    "GrantClosing",
    "GrantOpening",
    "GrantRequest",
    "GrantScope",
    "GrantTerms",
    "Grants",
    "HeadAnswer",
    "Held",
    "IdentityRule",
    "Incident",
    "IncidentKind",
    "IncompletePlans",
    "IntegrityCheck",
    "IntegrityResult",
    "Law",
    "LedgerInput",
    "LedgerMode",
    "Lifecycle",
    "LifecycleGrants",
    "LifecycleOperation",
    "LifecycleState",
    "LifecycleStep",
    "LifecycleTerms",
    "LimitsAnswer",
    "Lint",
    "LintAnswer",
    "LintLevel",
    "LockAnswer",
    "LockDocument",
    "LockInput",
    "Manifest",
    "MatchDocument",
    "Mode",
    "Moves",
    "Note",
    "NoticesAnswer",
    "Obligation",
    "OnUnknown",
    "OpenObligation",
    "Operand",
    "Outcome",
    "OutcomeReport",
    "OutcomeResult",
    "OverlayDocument",
    "OverlayReference",
    "OwedEvidence",
    "PackAnswer",
    "PackDocument",
    "PackInput",
    "PackReference",
    "Permit",
    "PermitAnswer",
    "PermitInput",
    "Pin",
    "PlanAnswer",
    "PlanCounts",
    "PlanFormat",
    "PlanOptions",
    "PlanPart",
    "PlanReport",
    "PlanResource",
    "PlanText",
    "PolicyAnswer",
    "PolicyCount",
    "PolicyDocument",
    "PolicyPasses",
    "PostMortem",
    "PostMortemRule",
    "Preset",
    "ProviderDocument",
    "Publication",
    "PublicationRule",
    "Rate",
    "Reason",
    "ReceiptAnswer",
    "ReceiptInput",
    "RecordReferences",
    "RefusalAnswer",
    "Remark",
    "ReportAnswer",
    "ReportBinding",
    "ReportFormat",
    "ReportInput",
    "ReportReference",
    "ReportRule",
    "ReportSigner",
    "ReportText",
    "ReportWaiver",
    "Request",
    "RequestSummary",
    "RequestTextInput",
    "Resolution",
    "ResourceDocument",
    "ResourceMode",
    "ResourcesDocument",
    "Retirement",
    "RetirementRule",
    "ReviewAnswer",
    "ReviewInput",
    "ReviewRule",
    "Revision",
    "RollbackRule",
    "Rollout",
    "SecretKeyInput",
    "Sensitive",
    "Severity",
    "SignInput",
    "Signature",
    "SignatureInput",
    "SignedCheckpointAnswer",
    "SigningBytesAnswer",
    "SigningBytesInput",
    "SimulateAnswer",
    "SimulateInput",
    "SimulateStep",
    "Site",
    "SnapshotBody",
    "Stage",
    "StageReference",
    "StateContent",
    "StateSerial",
    "StateVersion",
    "Status",
    "StatusApproval",
    "StatusArtifact",
    "StatusAttempt",
    "StatusDeployment",
    "StatusGrant",
    "StatusIncident",
    "StatusPermit",
    "StatusRollout",
    "Stricter",
    "Subject",
    "Succession",
    "Superseded",
    "Target",
    "TestAnswer",
    "TestDocument",
    "TestOutcome",
    "TestResource",
    "TextAnswer",
    "Threat",
    "Track",
    "Unmatched",
    "ValidationDocument",
    "VariableDocument",
    "Verdict",
    "VerifiedAnswer",
    "VerifiedSignature",
    "VerifiedToken",
    "VerifierKeyAnswer",
    "VerifierKeyInput",
    "VerifyApprovalInput",
    "VerifyCheckpointInput",
    "VerifyForkAnswer",
    "VerifyForkInput",
    "VerifyInput",
    "VerifyReceiptAnswer",
    "VerifyReceiptInput",
    "VerifyTokenInput",
    "VersionAnswer",
    "Waiver",
    "Window",
    "Withdrawal",
    "ZoneRule",
]


Unmatched = Literal[
    "allow",
    "deny",
]
"""What happens to a resource change that no policy matches. There is no safe guess, so a charter
must say.

`allow`: It passes.

`deny`: It is denied as `policy.unmatched`.
"""


ActorKind = Literal[
    "human",
    "workload",
]
"""Whether an actor is a person.

`human`: A person.

`workload`: A service account, CI job or controller.
"""


class ActorDeclaration(Document):
    """An actor that may ask for something."""

    actor: str
    """The name."""
    kind: ActorKind
    """A person or a workload."""
    claims: Mapping[str, str] | None = None
    """Claims that a request by this actor must carry, each with exactly this value. With a provider,
    these are attributes of the token.
    """
    provider: str | None = None
    """The provider whose tokens show that it is this actor. An actor that has one is never taken at
    the host's word.
    """
    roles: Sequence[str] | None = None
    """What a person may be asked to approve as."""
    subject: str | None = None
    """The subject that its tokens must have, exactly (`google.subject`)."""

    _members = {
        "actor": ("actor", None),
        "kind": ("kind", None),
        "claims": ("claims", None),
        "provider": ("provider", None),
        "roles": ("roles", None),
        "subject": ("subject", None),
    }


Moves = Literal[
    "change",
    "artifact",
]
"""What moves along a track.

`change`: Changes: planned and applied anew in each stage, from the same commit.

`artifact`: Artifacts: the same digest in each stage.
"""


class Grants(Document):
    """Who may do what in a stage. Planning and applying are separate grants."""

    apply: Sequence[str] | None = None
    """The workloads that may apply."""
    plan: Sequence[str] | None = None
    """The workloads that may plan."""
    promote: Sequence[str] | None = None
    """The workloads that may promote."""
    rollback: Sequence[str] | None = None
    """The workloads that may roll back."""
    shift: Sequence[str] | None = None
    """The workloads that may shift traffic."""

    _members = {
        "apply": ("apply", None),
        "plan": ("plan", None),
        "promote": ("promote", None),
        "rollback": ("rollback", None),
        "shift": ("shift", None),
    }


Action = Literal[
    "plan",
    "apply",
    "promote",
    "rollback",
    "shift",
]
"""What is to be done.

`plan`: Propose a change to a stage; nothing is altered.

`apply`: Carry out a change that was planned before, as a request of its own.

`promote`: Let a lineage enter a stage from the one before it.

`rollback`: Bring a stage back to the last lineage that is known to be good.

`shift`: Give the new revision more of the traffic.
"""


AbsentDrift = Literal[
    "allow",
    "deny",
]
"""Whether no evidence of drift is as good as evidence of no drift.

`allow`: It is.

`deny`: It is denied as `drift.absent`.
"""


class DriftRule(Document):
    """What is denied in a stage while an incident is open there, or while nobody looked for drift."""

    blocks: Sequence[Action]
    """The actions that are denied. A rollback is the way out, and is never among them; nor is a plan
    that prepares one denied.
    """
    absent: AbsentDrift
    """Whether they may be done where nobody looked for drift lately. Where something is deployed and
    somebody looked and found drift, they may not.
    """
    max_age: str | None = None
    """How old a look may be. It is needed where `absent: deny`."""

    _members = {
        "blocks": ("blocks", None),
        "absent": ("absent", None),
        "max_age": ("maxAge", None),
    }


Mode = Literal[
    "enforce",
    "observe",
]
"""Whether a verdict binds.

`enforce`: A denial blocks.

`observe`: Verdicts are recorded as `observed`; nothing blocks and no permit is given.
"""


class ZoneRule(Document):
    """What holds for the artifacts in a stage that is a zone of data."""

    append_only: bool | None = None
    """Whether an asset keeps the content that it came with: under one name no other digest enters, and
    nothing is rolled back.
    """
    max_age: str | None = None
    """How long after it came an artifact may still go on from here."""
    quarantine: bool | None = None
    """Whether what is here leaves only by a boundary from here, whichever stages it was in before."""

    _members = {
        "append_only": ("appendOnly", None),
        "max_age": ("maxAge", None),
        "quarantine": ("quarantine", None),
    }


class Stage(Document):
    """One level of a track."""

    stage: str
    """The stage's name."""
    grants: Grants
    """Who may do what here."""
    after: Sequence[str] | None = None
    """The stages that may come before it, all of them earlier in the list; absent means the one before
    it in the list. Each has a boundary of its own into this stage.
    """
    aliases: Sequence[str] | None = None
    """Other names for it."""
    backend: str | None = None
    """The state backend that belongs to this stage alone."""
    buckets: Sequence[str] | None = None
    """The buckets, prefixes and other stores that belong to this stage alone."""
    credentials: Sequence[str] | None = None
    """The service accounts, roles and other credentials that belong to this stage alone, by name."""
    drift: DriftRule | None = None
    """What an open incident, or drift that nobody looked for, denies here."""
    endpoints: Sequence[str] | None = None
    """The host names and certificates that belong to this stage alone."""
    environment: str | None = None
    """The deployment environment of this stage: whoever acts here has it as the claim `environment`.
    Absent, a token that names an environment must name this stage.
    """
    mode: Mode | None = None
    """`observe` records without blocking and gives no permits."""
    namespaces: Sequence[str] | None = None
    """The namespaces that belong to this stage alone."""
    packs: Sequence[str] | None = None
    """The packs that every plan for this stage must pass."""
    project: str | None = None
    """The cloud project or account that belongs to this stage alone."""
    stack: str | None = None
    """The stack or workspace that belongs to this stage alone."""
    zone: ZoneRule | None = None
    """What holds for the artifacts that are here, where the stage is a zone of data."""

    _members = {
        "stage": ("stage", None),
        "grants": ("grants", Grants),
        "after": ("after", None),
        "aliases": ("aliases", None),
        "backend": ("backend", None),
        "buckets": ("buckets", None),
        "credentials": ("credentials", None),
        "drift": ("drift", DriftRule),
        "endpoints": ("endpoints", None),
        "environment": ("environment", None),
        "mode": ("mode", None),
        "namespaces": ("namespaces", None),
        "packs": ("packs", None),
        "project": ("project", None),
        "stack": ("stack", None),
        "zone": ("zone", ZoneRule),
    }


class ApprovalRule(Document):
    """How many people of a role must approve."""

    role: str
    """The role."""
    count: int
    """How many distinct people."""
    max_age: str | None = None
    """How old their consent may be."""

    _members = {
        "role": ("role", None),
        "count": ("count", None),
        "max_age": ("maxAge", None),
    }


class BlastRadius(Document):
    """How much one plan may change. Whatever is left out is not limited."""

    changes: int | None = None
    """How many resources may be changed in any way, moves and imports included."""
    creates: int | None = None
    """How many may come into being. A replacement counts here, among the deletions, and among the
    replacements.
    """
    deletes: int | None = None
    """How many may be destroyed."""
    replaces: int | None = None
    """How many may be replaced."""
    resources: Sequence[str] | None = None
    """The addresses or types that may be changed, in which `*` stands for any run of characters; empty
    means any.
    """
    updates: int | None = None
    """How many may be changed in place."""

    _members = {
        "changes": ("changes", None),
        "creates": ("creates", None),
        "deletes": ("deletes", None),
        "replaces": ("replaces", None),
        "resources": ("resources", None),
        "updates": ("updates", None),
    }


class Rate(Document):
    """How often something may be done."""

    count: int
    """How many times, at most `limits::RATE`."""
    per: str
    """Within which time."""

    _members = {
        "count": ("count", None),
        "per": ("per", None),
    }


class RollbackRule(Document):
    """The way back from a stage. Without it, nothing is rolled back there."""

    approvals: Sequence[ApprovalRule] | None = None
    """The approvals that a rollback needs."""
    gates: Sequence[str] | None = None
    """The gates that a rollback must satisfy."""
    required: bool | None = None
    """Whether a request to enter the stage must name the lineage that it goes back to if it fails: the
    last one that is known to be good there.
    """

    _members = {
        "approvals": ("approvals", [ApprovalRule]),
        "gates": ("gates", None),
        "required": ("required", None),
    }


class Rollout(Document):
    """The steps in which the traffic of a stage follows what was deployed there."""

    steps: Sequence[int]
    """The shares of the traffic, in percent, ascending; the last is 100. Whatever enters the stage
    begins with none.
    """
    wait: str
    """How long after one step the next may be taken."""
    gate: str
    """The gate whose evidence each step needs, produced after the step before it."""

    _members = {
        "steps": ("steps", None),
        "wait": ("wait", None),
        "gate": ("gate", None),
    }


Superseded = Literal[
    "deny",
    "allow",
]
"""Whether a plan may be carried out after a newer one of another commit was admitted for the same
asset and ref.

`deny`: It is denied as `boundary.superseded`.

`allow`: It may.
"""


Day = Literal[
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
]
"""A day of the week."""


class Window(Document):
    """Days and hours of the week, in a named time zone, in which changes may enter a stage.

    A window that ends before it begins runs past midnight and belongs to the day on which it
    begins.
    """

    time_zone: str
    """An IANA time zone name, such as `Europe/Zurich`."""
    days: Sequence[Day]
    """The days of the week on which the window begins."""
    from_: str
    """The first minute of the window, as `HH:MM`."""
    to: str
    """The first minute after the window, as `HH:MM`; `24:00` is midnight."""

    _members = {
        "time_zone": ("timeZone", None),
        "days": ("days", None),
        "from_": ("from", None),
        "to": ("to", None),
    }


class Boundary(Document):
    """What the entrance of a stage demands."""

    into: str
    """The stage that is entered."""
    approvals: Sequence[ApprovalRule] | None = None
    """The approvals that are needed."""
    blast_radius: BlastRadius | None = None
    """How much one plan may change."""
    delay: str | None = None
    """How long before now the last approval must have been given."""
    from_: str | None = None
    """The stage that the lineage must have succeeded in; absent for the first stage only. Where
    several stages may come before the one that is entered, this boundary is for those that come
    from there.
    """
    gates: Sequence[str] | None = None
    """The gates that must be satisfied."""
    rate: Rate | None = None
    """How often subjects may enter."""
    refs: Sequence[str] | None = None
    """The refs that subjects may come from, by full name; `*` stands for any run of characters but
    `/`.
    """
    rollback: RollbackRule | None = None
    """The way back; absent means that nothing is rolled back here."""
    rollout: Rollout | None = None
    """The steps in which traffic follows; absent means that it follows at once."""
    signed_tags: bool | None = None
    """Whether a subject from a tag needs the tag to be signed by an allowed signer's SSH key. What
    comes from branches, `refs` says.
    """
    soak: str | None = None
    """How long before now the lineage must have succeeded in the stage before."""
    superseded: Superseded | None = None
    """Whether a plan that a newer one superseded may still be carried out."""
    windows: Sequence[Window] | None = None
    """When subjects may enter; empty means at any time."""

    _members = {
        "into": ("into", None),
        "approvals": ("approvals", [ApprovalRule]),
        "blast_radius": ("blastRadius", BlastRadius),
        "delay": ("delay", None),
        "from_": ("from", None),
        "gates": ("gates", None),
        "rate": ("rate", Rate),
        "refs": ("refs", None),
        "rollback": ("rollback", RollbackRule),
        "rollout": ("rollout", Rollout),
        "signed_tags": ("signedTags", None),
        "soak": ("soak", None),
        "superseded": ("superseded", None),
        "windows": ("windows", [Window]),
    }


class Track(Document):
    """An ordered chain of stages that one kind of asset moves along."""

    track: str
    """The track's name."""
    moves: Moves
    """What moves along it."""
    stages: Sequence[Stage]
    """The stages, first to last."""
    boundaries: Sequence[Boundary]
    """What each stage's entrance demands; every stage needs one."""
    assets: Sequence[str] | None = None
    """The assets that move along it, by name; absent means any."""
    lifecycle: str | None = None
    """The lifecycle that artifacts have which move along it: only what is published there enters a
    stage.
    """

    _members = {
        "track": ("track", None),
        "moves": ("moves", None),
        "stages": ("stages", [Stage]),
        "boundaries": ("boundaries", [Boundary]),
        "assets": ("assets", None),
        "lifecycle": ("lifecycle", None),
    }


class Amendments(Document):
    """Who may replace the charter."""

    actors: Sequence[str]
    """The actors that may ask for it. A person may: this alters no infrastructure."""

    _members = {
        "actors": ("actors", None),
    }


class PostMortemRule(Document):
    """The post-mortem that every grant owes."""

    within: str
    """How long after the end of the grant's lifetime. While one is overdue no other grant is opened."""
    recorders: Sequence[str]
    """Who may record it."""

    _members = {
        "within": ("within", None),
        "recorders": ("recorders", None),
    }


class StageReference(Document):
    """A stage of a track, both by name."""

    track: str
    """The track."""
    stage: str
    """The stage."""

    _members = {
        "track": ("track", None),
        "stage": ("stage", None),
    }


Check = Literal[
    "request",
    "identity",
    "channel",
    "target",
    "subject",
    "boundary",
    "approvals",
    "evidence",
    "policies",
    "grant",
    "fact",
]
"""The checks, in their order (DESIGN §4).

`request`: The request as such: its form, its instant, its id.

`identity`: Who asks.

`channel`: From where.

`target`: For what place.

`subject`: About what.

`boundary`: From which stage to which, when, how.

`approvals`: With whose consent.

`evidence`: On what evidence.

`policies`: By what rules.

`grant`: By which break-glass grant.

`fact`: Whether the fact is its recorder's to record.
"""


class BreakGlassReason(Document):
    """A reason for a grant, with what it takes and how far it reaches."""

    reason: str
    """The reason's name."""
    approvals: Sequence[ApprovalRule]
    """The approvals that are needed (R335 to R338)."""
    stages: Sequence[StageReference]
    """The stages that a grant may cover."""
    actions: Sequence[Action]
    """The actions that a grant may cover."""
    overrides: Sequence[Check]
    """The checks whose failures a grant overrides."""
    description: str | None = None
    """When it applies."""

    _members = {
        "reason": ("reason", None),
        "approvals": ("approvals", [ApprovalRule]),
        "stages": ("stages", [StageReference]),
        "actions": ("actions", None),
        "overrides": ("overrides", None),
        "description": ("description", None),
    }


class Delegation(Document):
    """A person approves grants in a role that they do not have, for a time."""

    role: str
    """The role."""
    to: str
    """The person."""
    until: str
    """The last instant at which it counts."""

    _members = {
        "role": ("role", None),
        "to": ("to", None),
        "until": ("until", None),
    }


class BreakGlass(Document):
    """The rules of break-glass grants."""

    requesters: Sequence[str]
    """Who may ask for a grant, open and close it."""
    max_lifetime: str
    """The longest lifetime of a grant."""
    max_uses: int
    """How often one grant may be used."""
    openings: Rate
    """How many grants may be opened in a time."""
    post_mortem: PostMortemRule
    """The post-mortem that every grant owes."""
    reasons: Sequence[BreakGlassReason]
    """The reasons that count."""
    delegations: Sequence[Delegation] | None = None
    """Who may approve in another's place, and until when."""

    _members = {
        "requesters": ("requesters", None),
        "max_lifetime": ("maxLifetime", None),
        "max_uses": ("maxUses", None),
        "openings": ("openings", Rate),
        "post_mortem": ("postMortem", PostMortemRule),
        "reasons": ("reasons", [BreakGlassReason]),
        "delegations": ("delegations", [Delegation]),
    }


class Clock(Document):
    """How far instants may differ from the ledger's last one."""

    max_advance: str | None = None
    """How much later than the last entry a request without a verified credential may be. By so much an
    allowed request with a wrong clock can block the ledger; a ledger that rested for longer needs
    an amendment.
    """
    skew: str | None = None
    """How much earlier than the last entry a request may be."""

    _members = {
        "max_advance": ("maxAdvance", None),
        "skew": ("skew", None),
    }


class FactRules(Document):
    """Who may record which fact."""

    approvals: Sequence[str] | None = None
    """The workloads that may attest a person's approval."""
    erasures: Sequence[str] | None = None
    """The actors that may erase attachments."""
    incidents: Sequence[str] | None = None
    """The actors that may report incidents, and that they looked for drift."""
    resolutions: Sequence[str] | None = None
    """The actors that may say that an incident is over."""
    withdrawals: Sequence[str] | None = None
    """The actors that may take back approvals and evidence."""

    _members = {
        "approvals": ("approvals", None),
        "erasures": ("erasures", None),
        "incidents": ("incidents", None),
        "resolutions": ("resolutions", None),
        "withdrawals": ("withdrawals", None),
    }


GateAbout = Literal[
    "plan",
    "commit",
    "artifact",
]
"""What a gate's evidence must be about.

`plan`: This stage's plan.

`commit`: The commit.

`artifact`: The artifact.
"""


ReportFormat = Literal[
    "sarif",
    "checkov",
    "tfsec",
    "trivy",
    "conftest",
    "opa",
    "cyclonedx",
    "spdx",
    "provenance",
]
"""The formats of reports.

`sarif`: SARIF 2.1.0, which any scanner may write.

`checkov`: What `checkov -o json` writes.

`tfsec`: What `tfsec --format json` writes.

`trivy`: What `trivy --format json` writes.

`conftest`: What `conftest test --output json` writes.

`opa`: What `opa eval --format json` writes.

`cyclonedx`: A CycloneDX bill of materials, in JSON.

`spdx`: An SPDX 2 bill of materials, in JSON.

`provenance`: SLSA provenance: an in-toto statement, by itself or in a DSSE envelope.
"""


Severity = Literal[
    "info",
    "low",
    "medium",
    "high",
    "critical",
]
"""How bad a result is, from the least to the worst.

`info`: Worth knowing.

`low`: Low.

`medium`: Medium.

`high`: High.

`critical`: Critical.
"""


class ReportSigner(Document):
    """A key whose signature over a report counts."""

    name: str
    """Whose key it is, for people."""
    key: str
    """The public key in PEM (`BEGIN PUBLIC KEY`): Ed25519, or ECDSA on P-256."""

    _members = {
        "name": ("name", None),
        "key": ("key", None),
    }


ReportBinding = Literal[
    "named",
    "attested",
]
"""What binds a report to what the evidence is about.

`named`: The report itself names the digest or commit.

`attested`: The word of whoever records it, since the format has no place for the digest.
"""


class ReportWaiver(Document):
    """An exception for one result of a tool."""

    rule: str
    """The rule, check or vulnerability, as the report names it."""
    owner: str
    """The person who answers for it."""
    reason: str
    """Why it need not be mended yet."""
    expires: str
    """The first instant at which it is worth nothing."""
    location: str | None = None
    """Where, as the report names it; absent means anywhere."""

    _members = {
        "rule": ("rule", None),
        "owner": ("owner", None),
        "reason": ("reason", None),
        "expires": ("expires", None),
        "location": ("location", None),
    }


class ReportRule(Document):
    """What a gate demands of the report that passing evidence comes with."""

    format: ReportFormat
    """The format."""
    builders: Sequence[str] | None = None
    """The builders of which one must have built the artifact; absent, any may have. Needs `signers`."""
    denies: Severity | None = None
    """The severity from which a result denies; a severity that is not known counts as the worst."""
    signers: Sequence[ReportSigner] | None = None
    """The keys of which one must have signed the report; absent, it need not be signed."""
    sources: Sequence[str] | None = None
    """The sources of which the artifact must be built from one; absent, from any. Needs `signers`."""
    subject: ReportBinding | None = None
    """What binds the report to what the evidence is about."""
    tool: str | None = None
    """The tool, as the report names it; for the formats that more than one tool writes."""
    waivers: Sequence[ReportWaiver] | None = None
    """Exceptions for single results."""

    _members = {
        "format": ("format", None),
        "builders": ("builders", None),
        "denies": ("denies", None),
        "signers": ("signers", [ReportSigner]),
        "sources": ("sources", None),
        "subject": ("subject", None),
        "tool": ("tool", None),
        "waivers": ("waivers", [ReportWaiver]),
    }


class Gate(Document):
    """A named check that a boundary requires, satisfied by evidence."""

    gate: str
    """The gate's name."""
    about: GateAbout
    """What the evidence must be about."""
    producers: Sequence[str]
    """The actors whose evidence counts."""
    max_age: str
    """How old the evidence may be."""
    description: str | None = None
    """What the gate is for."""
    report: ReportRule | None = None
    """What the tool's report must be and say; absent, the producers' word is enough."""

    _members = {
        "gate": ("gate", None),
        "about": ("about", None),
        "producers": ("producers", None),
        "max_age": ("maxAge", None),
        "description": ("description", None),
        "report": ("report", ReportRule),
    }


IdentityRule = Literal[
    "verified",
    "asserted",
]
"""How actors must be known.

`verified`: By a token or signature that was verified, everybody.

`asserted`: By the word of the host that embeds the engine, but for those who have a provider.
"""


IncompletePlans = Literal[
    "deny",
    "allow",
]
"""Whether a plan that covers only a part of the configuration is judged like any other.

`deny`: It is denied as `plan.incomplete`.

`allow`: It is.
"""


class LifecycleGrants(Document):
    """Who may do what with the artifacts of a lifecycle. Who consents, the rules for approvals say."""

    annotate: Sequence[str] | None = None
    """The actors that may note something."""
    archive: Sequence[str] | None = None
    """The actors that may archive."""
    create: Sequence[str] | None = None
    """The actors that may begin a draft."""
    delete: Sequence[str] | None = None
    """The actors that may delete a draft."""
    deprecate: Sequence[str] | None = None
    """The actors that may deprecate."""
    publish: Sequence[str] | None = None
    """The actors that may publish."""
    read: Sequence[str] | None = None
    """The actors that may read."""
    reinstate: Sequence[str] | None = None
    """The actors that may take something out of quarantine."""
    reject: Sequence[str] | None = None
    """The actors that may make it a draft again."""
    retire: Sequence[str] | None = None
    """The actors that may retire."""
    submit: Sequence[str] | None = None
    """The actors that may hand a draft in for review."""
    update: Sequence[str] | None = None
    """The actors that may replace a draft."""
    use: Sequence[str] | None = None
    """The actors that may use what is published."""

    _members = {
        "annotate": ("annotate", None),
        "archive": ("archive", None),
        "create": ("create", None),
        "delete": ("delete", None),
        "deprecate": ("deprecate", None),
        "publish": ("publish", None),
        "read": ("read", None),
        "reinstate": ("reinstate", None),
        "reject": ("reject", None),
        "retire": ("retire", None),
        "submit": ("submit", None),
        "update": ("update", None),
        "use": ("use", None),
    }


class ReviewRule(Document):
    """What it takes to go on: consents and evidence about the artifact."""

    approvals: Sequence[ApprovalRule]
    """The approvals that are needed, none of them by an author."""
    gates: Sequence[str] | None = None
    """The gates that must be satisfied."""

    _members = {
        "approvals": ("approvals", [ApprovalRule]),
        "gates": ("gates", None),
    }


class PublicationRule(Document):
    """What it takes to be published."""

    gates: Sequence[str]
    """The gates that must be satisfied."""
    signature: str
    """Which of them is the signature."""
    provenance: str
    """Which of them is the provenance, whose evidence comes after the signature's."""

    _members = {
        "gates": ("gates", None),
        "signature": ("signature", None),
        "provenance": ("provenance", None),
    }


class ExceptionReason(Document):
    """A reason for an exception."""

    reason: str
    """The reason's name."""
    approvals: Sequence[ApprovalRule]
    """The approvals that are needed, none of them by an author."""
    description: str | None = None
    """When it applies."""

    _members = {
        "reason": ("reason", None),
        "approvals": ("approvals", [ApprovalRule]),
        "description": ("description", None),
    }


class EvidenceOwed(Document):
    """Evidence that is owed after something was done."""

    gates: Sequence[str]
    """The gates that must be satisfied, by evidence that was produced afterwards."""
    within: str
    """How long afterwards."""

    _members = {
        "gates": ("gates", None),
        "within": ("within", None),
    }


class ExceptionRule(Document):
    """What it takes to publish something in another's place."""

    reasons: Sequence[ExceptionReason]
    """The reasons that count, with the approvals that each needs (R335 to R338)."""
    notify: EvidenceOwed
    """The evidence that is owed afterwards: that those concerned were told, and that it was written
    up. While any is overdue there is no other exception.
    """
    gates: Sequence[str] | None = None
    """The gates that must be satisfied, in place of those of `approve`."""

    _members = {
        "reasons": ("reasons", [ExceptionReason]),
        "notify": ("notify", EvidenceOwed),
        "gates": ("gates", None),
    }


class RetirementRule(Document):
    """What it takes to retire something at once."""

    approvals: Sequence[ApprovalRule]
    """The approvals that are needed, none of them by an author."""
    report: EvidenceOwed
    """The evidence that is owed afterwards: the report of the incident. While any is overdue there is
    no exception.
    """

    _members = {
        "approvals": ("approvals", [ApprovalRule]),
        "report": ("report", EvidenceOwed),
    }


class EmergencyRule(Document):
    """What may be done in an emergency. What is left out is not offered."""

    delegations: Sequence[Delegation] | None = None
    """Who may consent in another's place, and until when."""
    exception: ExceptionRule | None = None
    """What it takes to publish something in another's place (R321 to R324)."""
    patch: ReviewRule | None = None
    """What it takes to publish in haste what mends something, in place of `approve`."""
    retirement: RetirementRule | None = None
    """What it takes to retire something at once (R325 to R328)."""

    _members = {
        "delegations": ("delegations", [Delegation]),
        "exception": ("exception", ExceptionRule),
        "patch": ("patch", ReviewRule),
        "retirement": ("retirement", RetirementRule),
    }


class Lifecycle(Document):
    """How artifacts live, from draft to archive."""

    lifecycle: str
    """The lifecycle's name, which no track has."""
    grants: LifecycleGrants
    """Who may do what."""
    approve: ReviewRule
    """What it takes to be approved."""
    publish: PublicationRule
    """What it takes, besides, to be published."""
    assets: Sequence[str] | None = None
    """The assets whose artifacts it is for, by name; absent means any."""
    compliance: Sequence[str] | None = None
    """Who alone may read what is retired, archived or in quarantine."""
    contents: Sequence[str] | None = None
    """The content that every manifest names (R207 to R214)."""
    emergency: EmergencyRule | None = None
    """What may be done in an emergency; absent means nothing."""
    labels: Sequence[str] | None = None
    """The labels that every manifest has, none of them empty."""
    monitors: Sequence[str] | None = None
    """The actors that record integrity checks."""
    published: EvidenceOwed | None = None
    """The evidence that is owed after publication; what is overdue denies use."""

    _members = {
        "lifecycle": ("lifecycle", None),
        "grants": ("grants", LifecycleGrants),
        "approve": ("approve", ReviewRule),
        "publish": ("publish", PublicationRule),
        "assets": ("assets", None),
        "compliance": ("compliance", None),
        "contents": ("contents", None),
        "emergency": ("emergency", EmergencyRule),
        "labels": ("labels", None),
        "monitors": ("monitors", None),
        "published": ("published", EvidenceOwed),
    }


class OverlayReference(Document):
    """An overlay by name and version."""

    overlay: str
    """The overlay's name."""
    version: str
    """The overlay's version."""

    _members = {
        "overlay": ("overlay", None),
        "version": ("version", None),
    }


class PackReference(Document):
    """A pack by name and version."""

    pack: str
    """The pack's name."""
    version: str
    """The pack's version."""

    _members = {
        "pack": ("pack", None),
        "version": ("version", None),
    }


Preset = Literal[
    "github-actions",
    "gitlab",
    "google",
    "aws",
    "azure",
    "kubernetes",
    "spiffe",
    "pulumi-cloud",
    "terraform-cloud",
]
"""A well-known issuer of tokens.

`github-actions`: Jobs of GitHub Actions.

`gitlab`: Jobs of GitLab CI/CD.

`google`: Google Cloud service accounts.

`aws`: AWS roles, by IAM's outbound identity federation.

`azure`: Applications and managed identities in Microsoft Entra ID.

`kubernetes`: Kubernetes service accounts, by projected tokens.

`spiffe`: JWT-SVIDs whose issuer is set, as SPIRE's `jwt_issuer` does.

`pulumi-cloud`: Pulumi Deployments.

`terraform-cloud`: Runs of HCP Terraform.
"""


class ProviderDocument(Document):
    """Whose tokens count, as a charter says it."""

    provider: str
    """The provider's name."""
    audiences: Sequence[str]
    """The audiences that tokens may be for; a token for any other besides is refused."""
    attribute_condition: str | None = None
    """A CEL expression over `assertion`, `google.subject` and `attribute.NAME` that must be true.
    Needed where strangers get tokens of the same issuer, and where nothing is known of the issuer.
    An attribute that is not set reads as empty text.
    """
    attribute_mapping: Mapping[str, str] | None = None
    """CEL expressions over `assertion` that give text, by `google.subject` or `attribute.NAME`. They
    add to the preset's. Empty text sets no attribute.
    """
    clock_skew: str | None = None
    """How far the issuer's clock may differ from the host's."""
    issuer: str | None = None
    """The exact value of the claim `iss`; needed unless the preset has one."""
    max_lifetime: str | None = None
    """How long tokens may live, from `iat` to `exp`; the preset's, or an hour."""
    preset: Preset | None = None
    """A well-known issuer, whose claims are mapped already."""

    _members = {
        "provider": ("provider", None),
        "audiences": ("audiences", None),
        "attribute_condition": ("attributeCondition", None),
        "attribute_mapping": ("attributeMapping", None),
        "clock_skew": ("clockSkew", None),
        "issuer": ("issuer", None),
        "max_lifetime": ("maxLifetime", None),
        "preset": ("preset", None),
    }


class Sensitive(Document):
    """Which changes are sensitive, and what they need besides the gates of the boundary (R105 to
    R107).
    """

    gates: Sequence[str]
    """The gates, such as a risk analysis and a verification plan."""
    paths: Sequence[str] | None = None
    """The files, by their paths in the repository, in which `*` stands for any run of characters. A
    request that does not say which files its change touches is sensitive.
    """
    resources: Sequence[str] | None = None
    """The addresses or types of resources, in which `*` stands for any run of characters."""

    _members = {
        "gates": ("gates", None),
        "paths": ("paths", None),
        "resources": ("resources", None),
    }


class AllowedSigner(Document):
    """A person's key, as a charter says it: a strict subset of a line of ssh-keygen's allowed signers
    file. There are no patterns and no certificate authorities, and a key is one person's.
    """

    principal: str
    """The person, by the name that the charter declares them under."""
    key: str
    """The public key: a line such as `ssh-ed25519 AAAA…`, or an Ed25519 key in PEM (`BEGIN PUBLIC
    KEY`), which signs DSSE envelopes alone.
    """
    namespaces: Sequence[str] | None = None
    """What the key is for, as in ssh-keygen's file; absent means everything, otherwise the namespace
    of approvals, or `git` for tags, must be among them.
    """
    valid_after: str | None = None
    """The first instant at which signatures by the key count."""
    valid_before: str | None = None
    """The last instant at which signatures by the key count."""

    _members = {
        "principal": ("principal", None),
        "key": ("key", None),
        "namespaces": ("namespaces", None),
        "valid_after": ("validAfter", None),
        "valid_before": ("validBefore", None),
    }


class Threat(Document):
    """Something that is feared, and what stands against it."""

    threat: str
    """The threat's name."""
    description: str
    """What may happen, and through whom."""
    tracks: Sequence[str]
    """The tracks whose assets are at risk."""
    checks: Sequence[Check] | None = None
    """The checks of the engine that stand against it."""
    gates: Sequence[str] | None = None
    """The gates that do, each asked for on one of the tracks."""
    policies: Sequence[str] | None = None
    """The policies that do, as `pack/policy`, each of a pack that one of the tracks pins."""

    _members = {
        "threat": ("threat", None),
        "description": ("description", None),
        "tracks": ("tracks", None),
        "checks": ("checks", None),
        "gates": ("gates", None),
        "policies": ("policies", None),
    }


class Waiver(Document):
    """An exception for one policy and resource."""

    waiver: str
    """The waiver's name."""
    policy: str
    """The policy, as `pack/policy`."""
    resource: str
    """The address of the resource, in full."""
    track: str
    """The track."""
    stages: Sequence[str]
    """The stages."""
    owner: str
    """The person who answers for it."""
    reason: str
    """Why the policy need not hold here."""
    expires: str
    """The first instant at which it is worth nothing."""

    _members = {
        "waiver": ("waiver", None),
        "policy": ("policy", None),
        "resource": ("resource", None),
        "track": ("track", None),
        "stages": ("stages", None),
        "owner": ("owner", None),
        "reason": ("reason", None),
        "expires": ("expires", None),
    }


class CharterDocument(Document):
    """The document that declares actors, tracks, boundaries, gates, roles and packs."""

    charter: str
    """The charter's name."""
    version: str
    """The charter's version, for people; what counts is its digest."""
    unmatched: Unmatched
    """What happens to a resource change that no policy matches."""
    actors: Sequence[ActorDeclaration]
    """Who may ask for anything at all."""
    tracks: Sequence[Track]
    """The chains of stages."""
    amendments: Amendments | None = None
    """Who may replace the charter; absent means nobody."""
    break_glass: BreakGlass | None = None
    """Exceptions in emergencies; absent means that there are none."""
    clock: Clock | None = None
    """How far instants may differ from the ledger's."""
    facts: FactRules | None = None
    """Who may record which fact; evidence is its gate's producers', an outcome is whose permit it is."""
    gates: Sequence[Gate] | None = None
    """The named checks that boundaries require."""
    identity: IdentityRule | None = None
    """How actors must be known."""
    incomplete_plans: IncompletePlans | None = None
    """Whether a plan that covers only a part of the configuration is judged like any other."""
    lifecycles: Sequence[Lifecycle] | None = None
    """How artifacts live, from draft to archive."""
    mode: Mode | None = None
    """`observe` records without blocking and gives no permits."""
    overlays: Sequence[OverlayReference] | None = None
    """The overlays that make packs stricter, in the order in which they are applied, and their
    versions; `charter.lock` pins their digests.
    """
    packs: Sequence[PackReference] | None = None
    """The packs and their versions; `charter.lock` pins their digests."""
    permit_lifetime: str | None = None
    """How long a permit is worth something."""
    providers: Sequence[ProviderDocument] | None = None
    """Whose tokens count, and what their claims mean."""
    request_lifetime: str | None = None
    """How long a request's id is remembered; an older request is refused."""
    review_by: str | None = None
    """The last day before the charter is due for review, such as `2027-01-31`."""
    sensitive: Sensitive | None = None
    """Which changes are sensitive, and what they need besides."""
    signers: Sequence[AllowedSigner] | None = None
    """The keys that people sign with."""
    strangers: Rate | None = None
    """How many refusals of callers who are not known are recorded, in how long a time of the ledger's
    clock. Others are refused without an entry, so that nobody can fill the ledger from outside.
    """
    threats: Sequence[Threat] | None = None
    """What is feared, and which rules of this charter stand against it."""
    waivers: Sequence[Waiver] | None = None
    """Exceptions for one policy and resource."""

    _members = {
        "charter": ("charter", None),
        "version": ("version", None),
        "unmatched": ("unmatched", None),
        "actors": ("actors", [ActorDeclaration]),
        "tracks": ("tracks", [Track]),
        "amendments": ("amendments", Amendments),
        "break_glass": ("breakGlass", BreakGlass),
        "clock": ("clock", Clock),
        "facts": ("facts", FactRules),
        "gates": ("gates", [Gate]),
        "identity": ("identity", None),
        "incomplete_plans": ("incompletePlans", None),
        "lifecycles": ("lifecycles", [Lifecycle]),
        "mode": ("mode", None),
        "overlays": ("overlays", [OverlayReference]),
        "packs": ("packs", [PackReference]),
        "permit_lifetime": ("permitLifetime", None),
        "providers": ("providers", [ProviderDocument]),
        "request_lifetime": ("requestLifetime", None),
        "review_by": ("reviewBy", None),
        "sensitive": ("sensitive", Sensitive),
        "signers": ("signers", [AllowedSigner]),
        "strangers": ("strangers", Rate),
        "threats": ("threats", [Threat]),
        "waivers": ("waivers", [Waiver]),
    }


class Pin(Document):
    """A pack's digest."""

    pack: str
    """The pack's name."""
    version: str
    """The pack's version."""
    digest: str
    """The digest of the pack's canonical document."""

    _members = {
        "pack": ("pack", None),
        "version": ("version", None),
        "digest": ("digest", None),
    }


class LockDocument(Document):
    """A lock file: the digests of the packs that a charter names."""

    lock: int
    """The format version of the lock file: 1."""
    packs: Sequence[Pin]
    """The pins."""

    _members = {
        "lock": ("lock", None),
        "packs": ("packs", [Pin]),
    }


ActionWord = Literal[
    "create",
    "update",
    "delete",
    "read",
    "no-op",
    "forget",
]
"""What is to be done to a resource, as a policy matches it.

`create`: Something comes into being or under management: a create, a replacement, an import.

`update`: Something is altered: an update in place, a replacement.

`delete`: Something is destroyed: a delete, a replacement.

`read`: Something is only read.

`no-op`: Nothing is done.

`forget`: Something is no longer managed and stays as it is.
"""


class MatchDocument(Document):
    """Which resource changes a policy is about."""

    resources: Sequence[str]
    """Resource types, such as `aws_s3_bucket`; `*` stands for any run of characters."""
    actions: Sequence[ActionWord] | None = None
    """What is to be done to the resource."""

    _members = {
        "resources": ("resources", None),
        "actions": ("actions", None),
    }


class ValidationDocument(Document):
    """Something that must be true."""

    expression: str
    """A CEL expression; only the result `true` is a pass."""
    message: str | None = None
    """What to say when it is not true."""
    message_expression: str | None = None
    """A CEL expression that yields what to say when it is not true; it may quote the resource's
    values.
    """
    remedy: str | None = None
    """What would turn it into a pass."""

    _members = {
        "expression": ("expression", None),
        "message": ("message", None),
        "message_expression": ("messageExpression", None),
        "remedy": ("remedy", None),
    }


Enforcement = Literal[
    "mandatory",
    "advisory",
]
"""Whether a policy binds.

`mandatory`: Anything but a pass denies.

`advisory`: It is reported and does not deny.
"""


OnUnknown = Literal[
    "deny",
    "verify-after",
]
"""What becomes of a result that depends on a value not known until apply.

`deny`: It denies like a failure.

`verify-after`: It is owed: the applied state is evaluated again before the next stage.
"""


Stricter = Literal[
    "lower",
    "higher",
    "fewer",
    "more",
]
"""In which direction a parameter makes a policy stricter.

`lower`: A smaller number.

`higher`: A larger number.

`fewer`: A list that leaves elements out.

`more`: A list that has elements more.
"""


class TestResource(Document):
    """The resource of a test."""

    type: str
    """The type, such as `aws_s3_bucket`."""
    actions: Sequence[ActionWord] | None = None
    """The steps in order, such as `[delete, create]` for a replacement."""
    address: str | None = None
    """The address; absent is the type, a dot and `test`."""
    provider: str | None = None
    """The provider's address."""
    provisioners: Sequence[str] | None = None
    """The types of its provisioners, such as `local-exec`."""

    _members = {
        "type": ("type", None),
        "actions": ("actions", None),
        "address": ("address", None),
        "provider": ("provider", None),
        "provisioners": ("provisioners", None),
    }


Expect = Literal[
    "pass",
    "fail",
    "unknown",
    "error",
    "unmatched",
]
"""The result that a test must have, or has.

`pass`: Every validation yields true.

`fail`: A validation yields false or null.

`unknown`: The result depends on a value that is not known, or that is sensitive.

`error`: An expression fails, such as on a text that is no number; this denies like a failure.

`unmatched`: The policy is not about the resource.
"""


class TestDocument(Document):
    """An example with the result that it must have."""

    name: str
    """The test's name, unique in its policy."""
    resource: TestResource
    """The resource that is changed."""
    expect: Expect
    """The result that the policy must have."""
    actor: Any = None
    """The actor; absent is null."""
    object: Any = None
    """The values after; absent is null."""
    old_object: Any = None
    """The values before; absent is null."""
    remediated: Any = None
    """What `object` becomes where a host sets what `remediate` says; the policy must pass by it."""
    request: Any = None
    """The request; absent is null."""
    sensitive: Sequence[str] | None = None
    """JSON Pointers into `object` of what is sensitive."""
    stage: Any = None
    """The stage; absent is null."""
    unknown: Sequence[str] | None = None
    """JSON Pointers into `object` of what is not known until apply. The last part may name a member
    that is absent.
    """

    _members = {
        "name": ("name", None),
        "resource": ("resource", TestResource),
        "expect": ("expect", None),
        "actor": ("actor", None),
        "object": ("object", None),
        "old_object": ("oldObject", None),
        "remediated": ("remediated", None),
        "request": ("request", None),
        "sensitive": ("sensitive", None),
        "stage": ("stage", None),
        "unknown": ("unknown", None),
    }


Expressions = Union[str, Mapping[str, str]]
"""One CEL expression, or one for each resource type where tools shape the same thing differently."""


Decode = Literal[
    "json",
]
"""The language of a text that holds a document, as providers keep container definitions and access
policies.

`json`: JSON; a text that is not JSON makes the variable an error.
"""


class VariableDocument(Document):
    """A named value."""

    name: str
    """The name, a CEL identifier; read as `variables.name`."""
    expression: Expressions
    """How the value is computed."""
    decode: Decode | None = None
    """In what language the text that the expression yields is written, to be read as a document."""

    _members = {
        "name": ("name", None),
        "expression": ("expression", None),
        "decode": ("decode", None),
    }


class PolicyDocument(Document):
    """One policy: which resources it is about, and what must be true of them."""

    name: str
    """The policy's name, unique in its pack: letters, digits, `-`, `_` and `.`."""
    description: str
    """What the policy demands, in a sentence that a reader of a denial understands."""
    match: MatchDocument
    """Which resource changes the policy is about."""
    validations: Sequence[ValidationDocument]
    """What must be true; at least one. The policy passes when every validation yields exactly `true`."""
    controls: Sequence[str] | None = None
    """The controls of standards that the policy serves, such as `soc2/CC6.1`."""
    enforcement: Enforcement | None = None
    """Whether anything but a pass denies."""
    guideline: str | None = None
    """Where more is said about it: an address that begins with `https://`."""
    on_unknown: OnUnknown | None = None
    """What becomes of a result that depends on a value not known until apply."""
    params: Mapping[str, Any] | None = None
    """Constants of the policy, read as `params.name`."""
    remediate: Mapping[str, Mapping[str, Any]] | None = None
    """What a host that can alter a resource before it is made may set where the policy fails: for each
    type that the policy is about, values by JSON Pointers into `object`. It is set only where the
    policy passes by it.
    """
    stricter: Mapping[str, Stricter] | None = None
    """In which direction a parameter is stricter, by its name; an overlay may move it that way."""
    tests: Sequence[TestDocument] | None = None
    """Examples with the result that each must have."""
    variables: Sequence[VariableDocument] | None = None
    """Named values that validations share. Each may read those before it."""

    _members = {
        "name": ("name", None),
        "description": ("description", None),
        "match": ("match", MatchDocument),
        "validations": ("validations", [ValidationDocument]),
        "controls": ("controls", None),
        "enforcement": ("enforcement", None),
        "guideline": ("guideline", None),
        "on_unknown": ("onUnknown", None),
        "params": ("params", None),
        "remediate": ("remediate", None),
        "stricter": ("stricter", None),
        "tests": ("tests", [TestDocument]),
        "variables": ("variables", [VariableDocument]),
    }


class PackDocument(Document):
    """A policy pack as it is written: a versioned set of policies."""

    pack: str
    """The pack's name: letters, digits, `-`, `_` and `.`."""
    version: str
    """The pack's version, such as `1.4.0`."""
    policies: Sequence[PolicyDocument]
    """The policies; at least one."""
    description: str | None = None
    """What the pack is for."""
    review_by: str | None = None
    """The last day before the pack is due for review, such as `2027-01-31`."""

    _members = {
        "pack": ("pack", None),
        "version": ("version", None),
        "policies": ("policies", [PolicyDocument]),
        "description": ("description", None),
        "review_by": ("reviewBy", None),
    }


class ChangeDocument(Document):
    """What is added to a policy of the pack."""

    policy: str
    """The policy, by name."""
    enforcement: Enforcement | None = None
    """`mandatory`, for a policy that only advises."""
    params: Mapping[str, Any] | None = None
    """Parameters, each moved in the direction that the policy's `stricter` declares."""
    validations: Sequence[ValidationDocument] | None = None
    """Validations that are added, written as in a pack."""

    _members = {
        "policy": ("policy", None),
        "enforcement": ("enforcement", None),
        "params": ("params", None),
        "validations": ("validations", [ValidationDocument]),
    }


class OverlayDocument(Document):
    """An overlay as it is written: what makes a pack that somebody else keeps stricter."""

    overlay: str
    """The overlay's name: letters, digits, `-`, `_` and `.`."""
    version: str
    """The overlay's version, such as `1.4.0`."""
    pack: str
    """The pack that it makes stricter, by name."""
    changes: Sequence[ChangeDocument] | None = None
    """What is added to policies of the pack."""
    description: str | None = None
    """What the overlay is for."""
    policies: Sequence[PolicyDocument] | None = None
    """Policies that are added, written as in a pack. A resource that they alone are about still counts
    as one that no policy matches.
    """

    _members = {
        "overlay": ("overlay", None),
        "version": ("version", None),
        "pack": ("pack", None),
        "changes": ("changes", [ChangeDocument]),
        "description": ("description", None),
        "policies": ("policies", [PolicyDocument]),
    }


class Actor(Document):
    """Who asks."""

    kind: ActorKind
    """A person or a workload."""
    id: str
    """The name that the charter declares it under."""
    claims: Mapping[str, str] | None = None
    """What the host knows about it, such as `repository` or `environment`."""

    _members = {
        "kind": ("kind", None),
        "id": ("id", None),
        "claims": ("claims", None),
    }


Channel = Literal[
    "ci",
    "controller",
    "local",
]
"""From where a request comes.

`ci`: A continuous integration run.

`controller`: A controller that reconciles declared state.

`local`: A person's machine.
"""


class Change(Document):
    """A proposed alteration, named by commit and plan digest."""

    commit: str
    """The commit's full hash, 40 or 64 hexadecimal digits."""
    ref: str
    """The full name of the ref that the commit was taken from, such as `refs/heads/main`."""
    author: str
    """The person who wrote the change, who may not approve it."""
    plan: str | None = None
    """The digest of the plan; filled in from the plan where one is handed in."""

    _members = {
        "commit": ("commit", None),
        "ref": ("ref", None),
        "author": ("author", None),
        "plan": ("plan", None),
    }


class Artifact(Document):
    """Content, named by its digest and never by a tag."""

    digest: str
    """The digest of the content."""
    author: str
    """The person who made it, who may not approve it."""
    commit: str | None = None
    """The commit that it was built from."""
    ref: str | None = None
    """The full name of the ref that it was built from."""

    _members = {
        "digest": ("digest", None),
        "author": ("author", None),
        "commit": ("commit", None),
        "ref": ("ref", None),
    }


class Subject(Document):
    """What a request is about.

    Exactly one of the attributes is there.
    """

    change: Change | None = None
    """A proposed alteration, whose lineage is its commit."""
    artifact: Artifact | None = None
    """Content, whose lineage is its digest."""

    _members = {
        "change": ("change", Change),
        "artifact": ("artifact", Artifact),
    }


class Signature(Document):
    """A person's signature over what they ask or record."""

    at: str
    """When the person signed, as the signed statement says."""
    text: str
    """What `ssh-keygen -Y sign` writes, or a DSSE envelope in JSON."""

    _members = {
        "at": ("at", None),
        "text": ("text", None),
    }


class Target(Document):
    """The place that a request is about to change. Each part must equal the stage's where the stage
    declares it.
    """

    backend: str | None = None
    """The state backend."""
    project: str | None = None
    """The cloud project or account."""
    stack: str | None = None
    """The stack or workspace."""

    _members = {
        "backend": ("backend", None),
        "project": ("project", None),
        "stack": ("stack", None),
    }


class Request(Document):
    """A question to the engine."""

    id: str
    """Names the request once and for all; a repeat with the same id and content gets the first answer."""
    at: str
    """The instant of asking, as the host's clock says."""
    action: Action
    """What is to be done."""
    actor: Actor
    """Who asks."""
    channel: Channel
    """From where."""
    stage: str
    """The stage that is to be changed or entered, by its name or an alias."""
    asset: str
    """The name of the asset: the stack, image, model or dataset."""
    subject: Subject
    """The change or the artifact in question."""
    reason: str
    """Why."""
    grant: str | None = None
    """The break-glass grant that is used: the hash of the entry that opened it."""
    paths: Sequence[str] | None = None
    """The files that the change touches, by their paths in the repository."""
    rollback: str | None = None
    """The lineage that the stage goes back to if this fails."""
    run: str | None = None
    """The run of the pipeline that asks, for cross-reference."""
    signature: Signature | None = None
    """The signature of the person who asks."""
    tag: str | None = None
    """The annotated tag that the change comes from, as `git cat-file tag NAME` prints it."""
    target: Target | None = None
    """The place that is to be changed; must be the stage's own."""
    track: str | None = None
    """The track, where more than one has the stage."""
    traffic: int | None = None
    """How much of the traffic the new revision is to get, in percent; for the action `shift` alone."""

    _members = {
        "id": ("id", None),
        "at": ("at", None),
        "action": ("action", None),
        "actor": ("actor", Actor),
        "channel": ("channel", None),
        "stage": ("stage", None),
        "asset": ("asset", None),
        "subject": ("subject", Subject),
        "reason": ("reason", None),
        "grant": ("grant", None),
        "paths": ("paths", None),
        "rollback": ("rollback", None),
        "run": ("run", None),
        "signature": ("signature", Signature),
        "tag": ("tag", None),
        "target": ("target", Target),
        "track": ("track", None),
        "traffic": ("traffic", None),
    }


class Approval(Document):
    """A person's consent to one exact digest entering one stage."""

    by: str
    """The person."""
    stage: str
    """The stage."""
    asset: str
    """The name of the asset."""
    digest: str
    """The digest of the stage's plan, or of the artifact."""
    expires: str | None = None
    """When the consent ends; it ends at the boundary's own limit at the latest."""
    role: str | None = None
    """The role that the person approves in; absent where any of theirs will do."""
    track: str | None = None
    """The track, where more than one has the stage."""

    _members = {
        "by": ("by", None),
        "stage": ("stage", None),
        "asset": ("asset", None),
        "digest": ("digest", None),
        "expires": ("expires", None),
        "role": ("role", None),
        "track": ("track", None),
    }


class About(Document):
    """What evidence is about.

    Exactly one of the attributes is there.
    """

    plan: str | None = None
    """The plan with this digest."""
    commit: str | None = None
    """The commit with this hash."""
    artifact: str | None = None
    """The artifact with this digest."""

    _members = {
        "plan": ("plan", None),
        "commit": ("commit", None),
        "artifact": ("artifact", None),
    }


EvidenceResult = Literal[
    "pass",
    "fail",
    "error",
]
"""A tool's result; anything but `pass` is not a pass.

`pass`: Nothing was objected to.

`fail`: Something was objected to.

`error`: The tool could not tell.
"""


class Evidence(Document):
    """What a tool or person attests about a digest or commit."""

    gate: str
    """The gate that it is meant for."""
    about: About
    """What it is about."""
    result: EvidenceResult
    """The result."""
    produced: str
    """When the tool ran or the person looked."""
    report: str | None = None
    """The SHA-256 of the tool's report; filled in from the report where one is handed in."""
    tool: str | None = None
    """The tool's name and version."""

    _members = {
        "gate": ("gate", None),
        "about": ("about", About),
        "result": ("result", None),
        "produced": ("produced", None),
        "report": ("report", None),
        "tool": ("tool", None),
    }


OutcomeResult = Literal[
    "succeeded",
    "failed",
    "unknown",
]
"""How an action ended.

`succeeded`: Everything was done.

`failed`: Something was not done.

`unknown`: Nobody knows what was done.
"""


class ChangedCounts(Document):
    """How many resources an act really changed."""

    created: int
    """How many there are now, and were not before."""
    altered: int
    """How many are not what they were before."""
    deleted: int
    """How many there were before, and are not now."""

    _members = {
        "created": ("created", None),
        "altered": ("altered", None),
        "deleted": ("deleted", None),
    }


class Execution(Document):
    """What carried an act out, and what it did: a part of an `OutcomeReport`."""

    tool: str
    """The name of the tool, such as `terraform`."""
    version: str
    """The tool's version."""
    changed: ChangedCounts | None = None
    """What it really changed, as the tool's own states before and after tell; absent where they do
    not.
    """
    exit_code: int | None = None
    """The code that it ended with; absent where it did not end by itself, or was not seen to."""
    milliseconds: int | None = None
    """How many milliseconds it ran; absent where its end was not seen."""
    providers: Mapping[str, str] | None = None
    """The versions of its plugins, by their names: of Terraform's providers, by their addresses."""
    signal: int | None = None
    """The number of the signal that ended it."""

    _members = {
        "tool": ("tool", None),
        "version": ("version", None),
        "changed": ("changed", ChangedCounts),
        "exit_code": ("exitCode", None),
        "milliseconds": ("milliseconds", None),
        "providers": ("providers", None),
        "signal": ("signal", None),
    }


class StateContent(Document):
    """What a tool's own state holds, as a digest that is blinded, since states hold secrets: only who
    has the nonce and the state can name it again. It tells whether somebody altered a state without
    raising its serial number.
    """

    nonce: str
    """Which nonce it is blinded with: a digest of the nonce. Contents under different nonces are not
    compared.
    """
    digest: str
    """The blinded digest."""

    _members = {
        "nonce": ("nonce", None),
        "digest": ("digest", None),
    }


class StateSerial(Document):
    """Which state a tool such as Terraform keeps of what it made, and how often it was written:
    `lineage` and `serial` as `terraform state pull` prints them, before and after an act.

    When a state was written without an act whose outcome was reported, its content was altered
    under the same serial number, or another state took its place, the next report opens an incident
    of the kind `bypass`, unless a look for drift did.
    """

    lineage: str
    """The name that the tool gave the state once and for all."""
    before: int
    """The serial number before the act."""
    after: int
    """The serial number after it."""
    content_after: StateContent | None = None
    """What it held after it."""
    content_before: StateContent | None = None
    """What it held before the act."""

    _members = {
        "lineage": ("lineage", None),
        "before": ("before", None),
        "after": ("after", None),
        "content_after": ("contentAfter", StateContent),
        "content_before": ("contentBefore", StateContent),
    }


class OutcomeReport(Document):
    """How an admitted action ended."""

    permit: str
    """The permit: the hash of the entry that admitted the action."""
    result: OutcomeResult
    """How it ended."""
    execution: Execution | None = None
    """What carried it out, and what that did."""
    note: str | None = None
    """What else is worth knowing, in a few words."""
    state: StateSerial | None = None
    """The tool's own state before and after it, where the tool keeps one."""

    _members = {
        "permit": ("permit", None),
        "result": ("result", None),
        "execution": ("execution", Execution),
        "note": ("note", None),
        "state": ("state", StateSerial),
    }


class Withdrawal(Document):
    """An approval or evidence is taken back before it was spent."""

    entry: str
    """The hash of the entry that recorded what is taken back."""
    reason: str
    """Why."""

    _members = {
        "entry": ("entry", None),
        "reason": ("reason", None),
    }


class Law(Document):
    """A charter with its pinned packs, and the attachments that hold their texts."""

    digest: str
    """The digest of the charter together with its pinned packs."""
    charter: str
    """The attachment that holds the charter's text."""
    lock: str
    """The attachment that holds the lock file's text."""
    packs: Mapping[str, str]
    """The attachments that hold the packs' texts, by `name@version`."""

    _members = {
        "digest": ("digest", None),
        "charter": ("charter", None),
        "lock": ("lock", None),
        "packs": ("packs", None),
    }


class Amendment(Document):
    """The law of the ledger is replaced, or a part of it; admitted under the charter that is in force."""

    reason: str
    """Why."""
    keys: Sequence[str] | None = None
    """The keys that sign the ledger's checkpoints from now on, all of them; absent where those in
    force stay.
    """
    law: Law | None = None
    """The new charter with its pinned packs; absent where the one in force stays."""

    _members = {
        "reason": ("reason", None),
        "keys": ("keys", None),
        "law": ("law", Law),
    }


class Erasure(Document):
    """The content of an attachment is erased. The entries that name it stay as they are."""

    attachment: str
    """The attachment."""
    sequence: int
    """The sequence number of an entry that names it."""
    reason: str
    """Why."""

    _members = {
        "attachment": ("attachment", None),
        "sequence": ("sequence", None),
        "reason": ("reason", None),
    }


class GrantScope(Document):
    """What a grant covers: whoever and whatever is not listed is not covered."""

    actors: Sequence[str]
    """Who may use it."""
    actions: Sequence[Action]
    """What they may do."""
    track: str
    """The track."""
    stages: Sequence[str]
    """In which of its stages, by their names and not by aliases."""
    assets: Sequence[str]
    """To which assets."""

    _members = {
        "actors": ("actors", None),
        "actions": ("actions", None),
        "track": ("track", None),
        "stages": ("stages", None),
        "assets": ("assets", None),
    }


class GrantRequest(Document):
    """A break-glass grant is asked for (R306 to R308). It is worth nothing before it is opened."""

    reason: str
    """Which of the charter's reasons it is for."""
    scope: GrantScope
    """What it covers."""
    lifetime: str
    """How long it is to live from its opening on."""
    justification: str
    """Why nothing less will do, and what may go wrong."""
    impact: str
    """What is affected, and how harm is kept small."""
    resolution: str
    """When and how the matter is settled for good."""
    communication: str
    """Who is told, and how."""

    _members = {
        "reason": ("reason", None),
        "scope": ("scope", GrantScope),
        "lifetime": ("lifetime", None),
        "justification": ("justification", None),
        "impact": ("impact", None),
        "resolution": ("resolution", None),
        "communication": ("communication", None),
    }


class GrantApproval(Document):
    """A person consents to a break-glass grant."""

    request: str
    """The hash of the entry that recorded the grant's request."""
    by: str
    """The person."""

    _members = {
        "request": ("request", None),
        "by": ("by", None),
    }


class GrantOpening(Document):
    """A break-glass grant begins."""

    request: str
    """The hash of the entry that recorded the grant's request."""

    _members = {
        "request": ("request", None),
    }


class GrantClosing(Document):
    """A break-glass grant ends before its time."""

    grant: str
    """The hash of the entry that opened the grant."""
    note: str
    """What was achieved, and that normal privileges are restored."""

    _members = {
        "grant": ("grant", None),
        "note": ("note", None),
    }


class PostMortem(Document):
    """What a break-glass grant was used for has been looked into."""

    grant: str
    """The hash of the entry that opened the grant."""
    report: str
    """The digest of the report."""
    summary: str
    """What was found, in a few words."""

    _members = {
        "grant": ("grant", None),
        "report": ("report", None),
        "summary": ("summary", None),
    }


IncidentKind = Literal[
    "drift",
    "bypass",
    "health",
    "immutability",
    "integrity",
    "retirement",
    "other",
]
"""The kinds of incidents.

`drift`: What runs differs from what is declared.

`bypass`: Somebody went around the gates.

`health`: What runs is not healthy.

`immutability`: Somebody tried to alter what was published.

`integrity`: What was published is not what its digest says, or is gone.

`retirement`: Something was retired at once.

`other`: Anything else.
"""


class StateVersion(Document):
    """Which state a tool such as Terraform keeps of what it made, and how often it was written:
    `lineage` and `serial` as `terraform state pull` prints them.
    """

    lineage: str
    """The name that the tool gave the state once and for all."""
    serial: int
    """The serial number."""
    content: StateContent | None = None
    """What it holds."""

    _members = {
        "lineage": ("lineage", None),
        "serial": ("serial", None),
        "content": ("content", StateContent),
    }


class Incident(Document):
    """Something is not as it should be at a site."""

    kind: IncidentKind
    """What kind of thing."""
    stage: str
    """The stage."""
    asset: str
    """The name of the asset."""
    found: bool
    """Whether anything was found; a scan that finds nothing is recorded too, as evidence of no drift."""
    seen: str
    """When the tool looked."""
    note: str | None = None
    """What else is worth knowing, in a few words."""
    report: str | None = None
    """The digest of the tool's report."""
    resources: Sequence[str] | None = None
    """The addresses of the resources that are affected."""
    severity: Severity | None = None
    """How bad it is, where it is worse than its kind usually is."""
    state: StateVersion | None = None
    """The tool's own state that was looked at, for drift and bypasses. One that was written since the
    last outcome told of it is a bypass, whatever else was found.
    """
    track: str | None = None
    """The track, where more than one has the stage."""

    _members = {
        "kind": ("kind", None),
        "stage": ("stage", None),
        "asset": ("asset", None),
        "found": ("found", None),
        "seen": ("seen", None),
        "note": ("note", None),
        "report": ("report", None),
        "resources": ("resources", None),
        "severity": ("severity", None),
        "state": ("state", StateVersion),
        "track": ("track", None),
    }


class Resolution(Document):
    """An incident is over."""

    incident: str
    """The hash of the entry that opened the incident."""
    reason: str
    """How it was brought to an end."""

    _members = {
        "incident": ("incident", None),
        "reason": ("reason", None),
    }


class Manifest(Document):
    """What an artifact is made of and what is said of it: whatever counts for its identity, metadata
    included.

    ``` use poundlock::model::Manifest;

    let manifest = Manifest::new("invoice-approval", "1.0.0"); let mut other = manifest.clone();
    other.labels.insert("owner".into(), "finance".into()); assert_ne!(manifest.digest()?,
    other.digest()?); # Ok::<(), poundlock::Error>(()) ```
    """

    asset: str
    """The name of the asset."""
    version: str
    """The semantic version, higher than the previous one's."""
    contents: Mapping[str, str] | None = None
    """The digests of the content, by what it is (R207 to R214)."""
    fixes: str | None = None
    """The artifact whose fault this one mends."""
    labels: Mapping[str, str] | None = None
    """Owner, licence, policy label and the like, by name."""
    metadata: Mapping[str, str] | None = None
    """What is said of the content and belongs to it, by name."""
    previous: str | None = None
    """The artifact that this one is a new version of; absent for the first one."""

    _members = {
        "asset": ("asset", None),
        "version": ("version", None),
        "contents": ("contents", None),
        "fixes": ("fixes", None),
        "labels": ("labels", None),
        "metadata": ("metadata", None),
        "previous": ("previous", None),
    }


class Creation(Document):
    """A draft begins."""

    manifest: Manifest
    """What it is made of."""
    author: str | None = None
    """Who made it, where a workload records it; else who records it did."""

    _members = {
        "manifest": ("manifest", Manifest),
        "author": ("author", None),
    }


class Revision(Document):
    """A draft gives way to another one."""

    replaces: str
    """The draft that gives way."""
    manifest: Manifest
    """What the new one is made of."""
    author: str | None = None
    """Who made it, where a workload records it; else who records it did."""

    _members = {
        "replaces": ("replaces", None),
        "manifest": ("manifest", Manifest),
        "author": ("author", None),
    }


class Remark(Document):
    """What else is worth knowing of a step."""

    note: str | None = None
    """It, in a few words."""

    _members = {
        "note": ("note", None),
    }


class ExceptionCase(Document):
    """Why nothing less than an exception will do."""

    reason: str
    """Which of the charter's reasons it is for."""
    justification: str
    """Why nothing less will do, and what may go wrong."""
    impact: str
    """What is affected, and how harm is kept small."""
    resolution: str
    """When and how the matter is settled for good."""
    communication: str
    """Who is told, and how."""

    _members = {
        "reason": ("reason", None),
        "justification": ("justification", None),
        "impact": ("impact", None),
        "resolution": ("resolution", None),
        "communication": ("communication", None),
    }


ConsentPurpose = Literal[
    "review",
    "patch",
    "exception",
    "retirement",
]
"""What a person consents to.

`review`: That it is good to be published.

`patch`: That it is published in haste, since it mends another.

`exception`: That it takes the place of what was published.

`retirement`: That it is retired at once.
"""


class ArtifactConsent(Document):
    """A person consents to what shall become of an artifact."""

    by: str
    """The person."""
    case: ExceptionCase | None = None
    """For an exception, the very case that is consented to; for nothing else."""
    role: str | None = None
    """The role that the person consents in; absent where any of theirs will do."""
    to: ConsentPurpose | None = None
    """What the person consents to."""

    _members = {
        "by": ("by", None),
        "case": ("case", ExceptionCase),
        "role": ("role", None),
        "to": ("to", None),
    }


class Emergency(Document):
    """Why an artifact is published by the charter's emergency rules.

    Exactly one of the attributes is there.
    """

    patch: Remark | None = None
    """It mends the one that it `fixes`, which it deprecates."""
    exception: ExceptionCase | None = None
    """It takes the place of its previous version, which it deprecates."""

    _members = {
        "patch": ("patch", Remark),
        "exception": ("exception", ExceptionCase),
    }


class Publication(Document):
    """An artifact is published."""

    emergency: Emergency | None = None
    """The emergency that it is published in, if it is."""

    _members = {
        "emergency": ("emergency", Emergency),
    }


class Succession(Document):
    """What takes the place of an artifact."""

    successor: str | None = None
    """A published artifact of the same asset."""

    _members = {
        "successor": ("successor", None),
    }


class Retirement(Document):
    """An artifact is retired."""

    forced: bool | None = None
    """Whether it is retired at once, by the charter's emergency rules."""
    successor: str | None = None
    """A published artifact of the same asset; needed where it is forced."""

    _members = {
        "forced": ("forced", None),
        "successor": ("successor", None),
    }


class Note(Document):
    """Something that is noted of an artifact and is not part of it."""

    note: str
    """What is noted."""

    _members = {
        "note": ("note", None),
    }


class LifecycleOperation(Document):
    """What is done to an artifact, or with it.

    Exactly one of the attributes is there.
    """

    create: Creation | None = None
    """A draft begins."""
    update: Revision | None = None
    """A draft gives way to another one."""
    delete: Remark | None = None
    """A draft is given up."""
    submit: Remark | None = None
    """A draft is handed in for review."""
    approve: ArtifactConsent | None = None
    """A person consents."""
    reject: Remark | None = None
    """What is under review or approved becomes a draft again, and loses its consents."""
    publish: Publication | None = None
    """It may be used from now on, and is never altered again."""
    deprecate: Succession | None = None
    """It should not be used anew."""
    retire: Retirement | None = None
    """It may not be used any more."""
    archive: Remark | None = None
    """It is kept for the record alone."""
    use: Remark | None = None
    """Somebody executes it or refers to it."""
    read: Remark | None = None
    """Somebody reads it."""
    annotate: Note | None = None
    """Something is noted that is not part of it (R217 to R219)."""
    reinstate: Remark | None = None
    """It comes out of quarantine."""

    _members = {
        "create": ("create", Creation),
        "update": ("update", Revision),
        "delete": ("delete", Remark),
        "submit": ("submit", Remark),
        "approve": ("approve", ArtifactConsent),
        "reject": ("reject", Remark),
        "publish": ("publish", Publication),
        "deprecate": ("deprecate", Succession),
        "retire": ("retire", Retirement),
        "archive": ("archive", Remark),
        "use": ("use", Remark),
        "read": ("read", Remark),
        "annotate": ("annotate", Note),
        "reinstate": ("reinstate", Remark),
    }


class LifecycleStep(Document):
    """An artifact takes a step of its life, or somebody uses or reads it."""

    asset: str
    """The name of the asset."""
    digest: str
    """The artifact: for `create` and `update` the new one."""
    operation: LifecycleOperation
    """What is done."""
    reason: str
    """Why."""
    lifecycle: str | None = None
    """The lifecycle, where more than one has the asset."""

    _members = {
        "asset": ("asset", None),
        "digest": ("digest", None),
        "operation": ("operation", LifecycleOperation),
        "reason": ("reason", None),
        "lifecycle": ("lifecycle", None),
    }


IntegrityResult = Literal[
    "valid",
    "invalid",
    "error",
]
"""What came of an integrity check.

`valid`: The content is what the digest says.

`invalid`: It is not, or is gone.

`error`: It could not be told; this is neither valid nor invalid, and the check is owed again.
"""


class IntegrityCheck(Document):
    """Somebody computed an artifact's digest again and compared."""

    asset: str
    """The name of the asset."""
    digest: str
    """The artifact."""
    result: IntegrityResult
    """What came of it."""
    checked: str
    """When it was begun."""
    milliseconds: int
    """How long it took, in milliseconds."""
    found: str | None = None
    """The digest that was computed; absent where the check failed to compute one."""
    lifecycle: str | None = None
    """The lifecycle, where more than one has the asset."""
    note: str | None = None
    """What else is worth knowing, in a few words."""

    _members = {
        "asset": ("asset", None),
        "digest": ("digest", None),
        "result": ("result", None),
        "checked": ("checked", None),
        "milliseconds": ("milliseconds", None),
        "found": ("found", None),
        "lifecycle": ("lifecycle", None),
        "note": ("note", None),
    }


class FactKind(Document):
    """What happened.

    Exactly one of the attributes is there.
    """

    approval: Approval | None = None
    """A person consents."""
    evidence: Evidence | None = None
    """A tool or person attests something."""
    outcome: OutcomeReport | None = None
    """An admitted action ended."""
    withdrawal: Withdrawal | None = None
    """An approval or evidence is taken back."""
    amendment: Amendment | None = None
    """The charter, or the keys, are replaced."""
    erasure: Erasure | None = None
    """An attachment is erased for good."""
    grant_request: GrantRequest | None = None
    """A break-glass grant is asked for."""
    grant_approval: GrantApproval | None = None
    """A person consents to a break-glass grant."""
    grant_opening: GrantOpening | None = None
    """A break-glass grant begins."""
    grant_closing: GrantClosing | None = None
    """A break-glass grant ends before its time."""
    post_mortem: PostMortem | None = None
    """What a break-glass grant was used for has been looked into."""
    incident: Incident | None = None
    """Something is not as it should be at a site."""
    resolution: Resolution | None = None
    """An incident is over."""
    lifecycle: LifecycleStep | None = None
    """An artifact takes a step of its life, or somebody uses or reads it."""
    integrity_check: IntegrityCheck | None = None
    """Somebody computed an artifact's digest again and compared."""

    _members = {
        "approval": ("approval", Approval),
        "evidence": ("evidence", Evidence),
        "outcome": ("outcome", OutcomeReport),
        "withdrawal": ("withdrawal", Withdrawal),
        "amendment": ("amendment", Amendment),
        "erasure": ("erasure", Erasure),
        "grant_request": ("grantRequest", GrantRequest),
        "grant_approval": ("grantApproval", GrantApproval),
        "grant_opening": ("grantOpening", GrantOpening),
        "grant_closing": ("grantClosing", GrantClosing),
        "post_mortem": ("postMortem", PostMortem),
        "incident": ("incident", Incident),
        "resolution": ("resolution", Resolution),
        "lifecycle": ("lifecycle", LifecycleStep),
        "integrity_check": ("integrityCheck", IntegrityCheck),
    }


class ReportText(Document):
    """A report as a tool wrote it, on its way into `Report`."""

    format: ReportFormat
    """The format."""
    text: str
    """The report, to the byte."""

    _members = {
        "format": ("format", None),
        "text": ("text", None),
    }


class Fact(Document):
    """Something that happened, handed in by an actor who may record it."""

    id: str
    """Names the fact once and for all; a repeat with the same id and content gets the first answer."""
    at: str
    """The instant of recording, as the host's clock says."""
    actor: Actor
    """Who records it."""
    channel: Channel
    """From where."""
    fact: FactKind
    """What happened."""
    report: ReportText | None = None
    """The report that evidence rests on, as `intake` read it. It is never within the fact's entry,
    which names its digest and keeps what was read of it as an attachment.
    """
    signature: Signature | None = None
    """The signature of the person who records it."""

    _members = {
        "id": ("id", None),
        "at": ("at", None),
        "actor": ("actor", Actor),
        "channel": ("channel", None),
        "fact": ("fact", FactKind),
        "report": ("report", ReportText),
        "signature": ("signature", Signature),
    }


class CredentialInput(Document):
    """A token with the keys of its issuer."""

    key_set: str | None = None
    """The key set of its issuer (JWKS), in JSON. The host fetched it; whoever asks must not be able to
    choose it.
    """
    token: str | None = None
    """The token, in compact form."""

    _members = {
        "key_set": ("keySet", None),
        "token": ("token", None),
    }


ResourceMode = Literal[
    "managed",
    "data",
    "component",
]
"""Whether a resource is managed or only read.

`managed`: The tool creates, changes and deletes it.

`data`: The tool only reads it.

`component`: No provider makes it: it groups other resources, or is a provider. A policy need
not be about it.
"""


class ResourceDocument(Document):
    """One resource with what is proposed for it."""

    type: str
    """The type, such as `aws_s3_bucket` or `gcp:storage/bucket:Bucket`."""
    address: str
    """The address, by which findings name the resource."""
    actions: Sequence[ActionWord] | None = None
    """The steps in order, such as `[delete, create]` for a replacement; absent: `create` where there
    is no `oldObject`, `delete` where there is no `object`, and `update` where there are both.
    """
    mode: ResourceMode | None = None
    """Whether it is managed, only read, or made by no provider; absent: `data` where it is read, and
    `managed` otherwise.
    """
    name: str | None = None
    """The name; absent: the last part of the address."""
    object: Any = None
    """The values after; absent or null when the resource is to be deleted."""
    old_object: Any = None
    """The values before; absent or null when the resource does not exist yet."""
    old_object_unknown: bool | None = None
    """For a host that does not tell what was before, nor whether there was anything: `oldObject` is
    then unknown. The steps have to be given.
    """
    provider: str | None = None
    """The provider's address."""
    provisioners: Sequence[str] | None = None
    """The types of its provisioners, such as `local-exec`; absent where the host does not tell: they
    are unknown then.
    """
    sensitive: Sequence[str] | None = None
    """JSON Pointers into `object`, or `oldObject` where it is gone, of what is sensitive; a text that
    holds a marked one of at least six bytes is sensitive wherever it stands.
    """
    unknown: Sequence[str] | None = None
    """JSON Pointers into `object` of what is not known until apply. The last part may name a member
    that is absent.
    """

    _members = {
        "type": ("type", None),
        "address": ("address", None),
        "actions": ("actions", None),
        "mode": ("mode", None),
        "name": ("name", None),
        "object": ("object", None),
        "old_object": ("oldObject", None),
        "old_object_unknown": ("oldObjectUnknown", None),
        "provider": ("provider", None),
        "provisioners": ("provisioners", None),
        "sensitive": ("sensitive", None),
        "unknown": ("unknown", None),
    }


class ResourcesDocument(Document):
    """The resources that a host hands in."""

    resources: Sequence[ResourceDocument]
    """The resources, in the order of the findings."""

    _members = {
        "resources": ("resources", [ResourceDocument]),
    }


Verdict = Literal[
    "allow",
    "deny",
]
"""Whether something is allowed.

`allow`: Every check passed.

`deny`: At least one check did not pass.
"""


Outcome = Literal[
    "pass",
    "fail",
    "unknown",
    "overridden",
]
"""How a check came out.

`pass`: What was asked for is there.

`fail`: It is not.

`unknown`: It cannot be told; this denies like a failure.

`overridden`: It is not, and a live break-glass grant or a waiver lets it pass.
"""


class Element(Document):
    """The element that a macro had come to."""

    variable: str
    """The macro's variable, or both with a comma between."""
    of: str
    """The source text of the list or map."""
    at: str
    """The index, counted from 0, or the key."""

    _members = {
        "variable": ("variable", None),
        "of": ("of", None),
        "at": ("at", None),
    }


class Operand(Document):
    """Something that went into a result."""

    expression: str
    """The source text."""
    result: str
    """What it came to."""

    _members = {
        "expression": ("expression", None),
        "result": ("result", None),
    }


class Reason(Document):
    """A part of an expression that decided what it came to.

    Results are written as CEL writes them (`7`, `'text'`, `[1, 2]`), cut short and without control
    characters; or they are a word: `unknown` for what is not known until apply, `sensitive` for
    what must not be seen, or the code of an error, such as `cel.no_such_key`. What is sensitive, or
    holds anything sensitive or unknown, is never written out.
    """

    expression: str
    """The source text."""
    line: int
    """The line in the expression at which it begins, counted from 1."""
    column: int
    """The column in characters at which it begins, counted from 1."""
    result: str
    """What it came to."""
    elements: Sequence[Element] | None = None
    """For which elements of lists and maps, the outermost macro first."""
    note: str | None = None
    """What else there is to say, such as how many elements were looked at."""
    operands: Sequence[Operand] | None = None
    """What went into it, but for constants."""
    variable: str | None = None
    """The variable of the policy in whose expression this stands; absent for the validation's own."""

    _members = {
        "expression": ("expression", None),
        "line": ("line", None),
        "column": ("column", None),
        "result": ("result", None),
        "elements": ("elements", [Element]),
        "note": ("note", None),
        "operands": ("operands", [Operand]),
        "variable": ("variable", None),
    }


class Finding(Document):
    """One check's outcome."""

    check: Check
    """The check that it belongs to."""
    code: str
    """What was found: stable, such as `approval.missing`."""
    outcome: Outcome
    """How the check came out."""
    enforcement: Enforcement
    """Whether anything but a pass denies."""
    message: str
    """What was expected and what was found."""
    reasons: Sequence[Reason] | None = None
    """The conditions of a policy that decided, with the values that they saw; for the first
    `limits::EXPLAINED_FINDINGS` findings that are no passes. They are for whoever asked, and never
    recorded.
    """
    remedy: str | None = None
    """What would turn it into a pass."""
    resource: str | None = None
    """The address of the resource that it is about."""
    subject: str | None = None
    """What it is about: a gate, a policy, a role."""

    _members = {
        "check": ("check", None),
        "code": ("code", None),
        "outcome": ("outcome", None),
        "enforcement": ("enforcement", None),
        "message": ("message", None),
        "reasons": ("reasons", [Reason]),
        "remedy": ("remedy", None),
        "resource": ("resource", None),
        "subject": ("subject", None),
    }


class PolicyCount(Document):
    """How one policy came out over all resources."""

    policy: str
    """The policy, as `pack/policy`."""
    enforcement: Enforcement
    """Whether it binds."""
    pass_: int
    """How many resources passed."""
    fail: int
    """How many failed."""
    unknown: int
    """For how many it cannot be told."""

    _members = {
        "policy": ("policy", None),
        "enforcement": ("enforcement", None),
        "pass_": ("pass", None),
        "fail": ("fail", None),
        "unknown": ("unknown", None),
    }


class Obligation(Document):
    """What is owed, by whom, by when."""

    kind: str
    """What is owed: `verify-after` or `post-mortem`."""
    subject: str
    """What it is about: a policy, as `pack/policy`, or a grant by the hash of its opening."""
    due: str | None = None
    """By when; absent where what is owed blocks until it is met."""
    resource: str | None = None
    """The address of the resource that it is about."""

    _members = {
        "kind": ("kind", None),
        "subject": ("subject", None),
        "due": ("due", None),
        "resource": ("resource", None),
    }


class Permit(Document):
    """What an allowing decision lets its actor do. Its id is the hash of the entry that records it."""

    origin: str
    """The ledger's origin."""
    action: Action
    """The action."""
    actor: str
    """The actor."""
    track: str
    """The track."""
    stage: str
    """The stage."""
    asset: str
    """The asset."""
    lineage: str
    """The commit, or the artifact's digest."""
    digest: str
    """The digest of the stage's plan, or of the artifact."""
    expires: str
    """The instant after which it is worth nothing."""
    grant: str | None = None
    """The break-glass grant that it was given by."""
    run: str | None = None
    """The run of the pipeline."""
    traffic: int | None = None
    """How much of the traffic it lets the new revision have, in percent; absent where traffic is not
    shifted in steps.
    """

    _members = {
        "origin": ("origin", None),
        "action": ("action", None),
        "actor": ("actor", None),
        "track": ("track", None),
        "stage": ("stage", None),
        "asset": ("asset", None),
        "lineage": ("lineage", None),
        "digest": ("digest", None),
        "expires": ("expires", None),
        "grant": ("grant", None),
        "run": ("run", None),
        "traffic": ("traffic", None),
    }


class Decision(Document):
    """The answer to a request or a fact, with everything that led to it."""

    verdict: Verdict
    """Whether it is allowed."""
    mode: Mode
    """Whether the verdict binds."""
    findings: Sequence[Finding]
    """One for each check, passes included, in the order of the checks."""
    policies: Sequence[PolicyCount]
    """How each policy came out over all resources."""
    charter: str
    """The charter that it was decided under."""
    packs: Mapping[str, str]
    """The packs that were evaluated, by `name@version`."""
    engine: int
    """The version of the engine's semantics."""
    grant: str | None = None
    """The break-glass grant that was used: something was overridden by it."""
    meets: Sequence[Obligation] | None = None
    """What was owed and is met: policies whose result was not known when the plan was applied, and
    that pass now.
    """
    obligations: Sequence[Obligation] | None = None
    """What is owed if this is carried out."""
    permit: Permit | None = None
    """What the decision lets its actor do, where it lets it do anything."""
    spends: Sequence[str] | None = None
    """The hashes of the entries (approvals, a promotion's permit) that this decision uses up."""
    waivers: Sequence[str] | None = None
    """The names of the waivers that were applied."""

    _members = {
        "verdict": ("verdict", None),
        "mode": ("mode", None),
        "findings": ("findings", [Finding]),
        "policies": ("policies", [PolicyCount]),
        "charter": ("charter", None),
        "packs": ("packs", None),
        "engine": ("engine", None),
        "grant": ("grant", None),
        "meets": ("meets", [Obligation]),
        "obligations": ("obligations", [Obligation]),
        "permit": ("permit", Permit),
        "spends": ("spends", None),
        "waivers": ("waivers", None),
    }


class Admission(Document):
    """What became of a request or fact, once its entry is durable."""

    sequence: int
    """The sequence number of the entry."""
    entry: str
    """The hash of the entry: the id of the approval or permit that it records."""
    at: str
    """The instant of the entry."""
    verdict: Verdict
    """Whether it is allowed."""
    mode: Mode
    """Whether the verdict binds."""
    repeated: bool
    """Whether this request was answered before; then nothing new was recorded."""
    live: bool
    """Whether the caller may rely on it now. A denial never is; nor is a repeat whose permit was used
    up, withdrawn, or has expired, or that was decided under another charter.
    """
    decision: Decision | None = None
    """The decision with all findings. Repeats of facts have none: the first admission had it."""

    _members = {
        "sequence": ("sequence", None),
        "entry": ("entry", None),
        "at": ("at", None),
        "verdict": ("verdict", None),
        "mode": ("mode", None),
        "repeated": ("repeated", None),
        "live": ("live", None),
        "decision": ("decision", Decision),
    }


class StatusDeployment(Document):
    """What is deployed at one site."""

    track: str
    """The track."""
    asset: str
    """The asset."""
    stage: str
    """The stage."""
    lineage: str
    """The commit, or the artifact's digest."""
    digest: str
    """The digest of the plan that was applied, or of the artifact."""
    at: str
    """When its success was recorded."""

    _members = {
        "track": ("track", None),
        "asset": ("asset", None),
        "stage": ("stage", None),
        "lineage": ("lineage", None),
        "digest": ("digest", None),
        "at": ("at", None),
    }


class StatusPermit(Document):
    """A permit by the hash of its entry."""

    entry: str
    """The hash of its entry."""
    permit: Permit
    """The permit."""
    outcome: OutcomeResult | None
    """The outcome as far as it was reported."""

    _members = {
        "entry": ("entry", None),
        "permit": ("permit", Permit),
        "outcome": ("outcome", None),
    }


class StatusApproval(Document):
    """An approval by the hash of its entry."""

    entry: str
    """The hash of its entry."""
    approval: Approval
    """The approval."""
    at: str
    """When it was recorded."""

    _members = {
        "entry": ("entry", None),
        "approval": ("approval", Approval),
        "at": ("at", None),
    }


class Site(Document):
    """An asset in a stage of a track."""

    track: str
    """The track."""
    asset: str
    """The asset."""
    stage: str
    """The stage."""

    _members = {
        "track": ("track", None),
        "asset": ("asset", None),
        "stage": ("stage", None),
    }


class OpenObligation(Document):
    """Something that is still owed."""

    site: Site
    """Where."""
    lineage: str
    """The lineage that it came with."""
    kind: str
    """What is owed: `verify-after` or `post-mortem`."""
    subject: str
    """What it is about: a policy, as `pack/policy`, or a grant by the hash of its opening."""
    due: str | None = None
    """By when; absent where what is owed blocks until it is met."""
    resource: str | None = None
    """The address of the resource that it is about."""

    _members = {
        "site": ("site", Site),
        "lineage": ("lineage", None),
        "kind": ("kind", None),
        "subject": ("subject", None),
        "due": ("due", None),
        "resource": ("resource", None),
    }


LifecycleState = Literal[
    "draft",
    "review",
    "approved",
    "published",
    "deprecated",
    "retired",
    "archived",
]
"""How far an artifact came.

`draft`: It is being made, and may be replaced or deleted.

`review`: It awaits consent.

`approved`: It has been consented to.

`published`: It may be used, and is never altered.

`deprecated`: It may still be used where it is.

`retired`: It may not be used any more.

`archived`: It is kept for the record.
"""


ChainFault = Literal[
    "digest",
    "previous",
    "version",
]
"""What is wrong with a version as a link of its chain.

`digest`: Its manifest has another digest than it is known by.

`previous`: The version that it continues is not there, was never published, or is of another
asset.

`version`: Its version is not higher than that of the one that it continues.
"""


class OwedEvidence(Document):
    """Evidence about an artifact that somebody owes."""

    gate: str
    """The gate."""
    since: str
    """The instant that it is to be produced at or after."""
    due: str
    """By when."""
    emergency: bool | None = None
    """Whether an exception or a retirement owes it, and not publication as such."""
    producers: Sequence[str] | None = None
    """Who were the gate's producers when it came to be owed: their word counts even after an
    amendment.
    """

    _members = {
        "gate": ("gate", None),
        "since": ("since", None),
        "due": ("due", None),
        "emergency": ("emergency", None),
        "producers": ("producers", None),
    }


class StatusArtifact(Document):
    """An artifact of a lifecycle, by its digest."""

    lifecycle: str
    """The lifecycle."""
    asset: str
    """The asset."""
    version: str
    """Its version."""
    digest: str
    """The artifact's digest."""
    state: LifecycleState
    """How far it came."""
    since: str
    """When it came to that state."""
    checked: str | None = None
    """When an integrity check last found nothing wrong."""
    fault: ChainFault | None = None
    """What is wrong with it as a link of its chain of versions."""
    owed: Sequence[OwedEvidence] | None = None
    """The evidence that is owed and was not recorded."""
    published: str | None = None
    """When it was published."""
    quarantined: str | None = None
    """Since when it is in quarantine."""
    successor: str | None = None
    """What takes its place."""
    unchecked: bool | None = None
    """Whether the newest integrity check failed to tell, so that another is owed."""

    _members = {
        "lifecycle": ("lifecycle", None),
        "asset": ("asset", None),
        "version": ("version", None),
        "digest": ("digest", None),
        "state": ("state", None),
        "since": ("since", None),
        "checked": ("checked", None),
        "fault": ("fault", None),
        "owed": ("owed", [OwedEvidence]),
        "published": ("published", None),
        "quarantined": ("quarantined", None),
        "successor": ("successor", None),
        "unchecked": ("unchecked", None),
    }


class StatusGrant(Document):
    """A grant, as `poundlock status` shows it."""

    entry: str
    """The hash of the entry that opened it."""
    reason: str
    """Its reason."""
    scope: GrantScope
    """What it covers."""
    expires: str
    """The last instant at which the grant can be used."""
    uses: int
    """How often it can be used."""
    due: str
    """By when the post-mortem is owed."""
    opened: str
    """When it was opened."""
    used: int
    """How often it was used."""
    closed: str | None = None
    """When it was closed."""

    _members = {
        "entry": ("entry", None),
        "reason": ("reason", None),
        "scope": ("scope", GrantScope),
        "expires": ("expires", None),
        "uses": ("uses", None),
        "due": ("due", None),
        "opened": ("opened", None),
        "used": ("used", None),
        "closed": ("closed", None),
    }


class StatusAttempt(Document):
    """An attempt to alter what was published."""

    actor: str
    """Who tried it."""
    operation: str
    """By which operation."""
    artifact: str
    """What would have been altered."""
    times: int
    """How often it was tried."""

    _members = {
        "actor": ("actor", None),
        "operation": ("operation", None),
        "artifact": ("artifact", None),
        "times": ("times", None),
    }


class StatusIncident(Document):
    """An incident that is not over, by the hash of its entry."""

    entry: str
    """The hash of its entry."""
    track: str
    """The track."""
    asset: str
    """The asset."""
    stage: str
    """The stage."""
    kind: IncidentKind
    """What kind of thing."""
    severity: Severity
    """How bad it is."""
    at: str
    """When it was recorded."""
    attempt: StatusAttempt | None = None
    """Who tried to alter what was published, where that is what it is."""

    _members = {
        "entry": ("entry", None),
        "track": ("track", None),
        "asset": ("asset", None),
        "stage": ("stage", None),
        "kind": ("kind", None),
        "severity": ("severity", None),
        "at": ("at", None),
        "attempt": ("attempt", StatusAttempt),
    }


class StatusRollout(Document):
    """Traffic on its way to what was deployed at a site."""

    track: str
    """The track."""
    asset: str
    """The asset."""
    stage: str
    """The stage."""
    lineage: str
    """What was deployed."""
    traffic: int
    """The share of the traffic that it has, in percent."""
    at: str
    """When it got that share."""
    failed: bool
    """Whether a step failed, or it is being gone back from, so that a rollback is the only way on."""

    _members = {
        "track": ("track", None),
        "asset": ("asset", None),
        "stage": ("stage", None),
        "lineage": ("lineage", None),
        "traffic": ("traffic", None),
        "at": ("at", None),
        "failed": ("failed", None),
    }


class Status(Document):
    """What `poundlock status` shows: a summary for people and programs."""

    entries: int
    """How many entries were folded."""
    origin: str | None
    """The ledger's origin."""
    charter: str | None
    """The charter in force."""
    at: str | None
    """The latest instant of any entry."""
    deployments: Sequence[StatusDeployment]
    """What is deployed where."""
    pending: Sequence[StatusPermit]
    """Admitted actions whose outcome is not known."""
    approvals: Sequence[StatusApproval]
    """Approvals that are neither spent nor withdrawn; they may have expired."""
    obligations: Sequence[OpenObligation]
    """What is owed."""
    artifacts: Sequence[StatusArtifact] | None = None
    """The artifacts of the charter's lifecycles."""
    grants: Sequence[StatusGrant] | None = None
    """The break-glass grants whose post-mortem is still owed."""
    incidents: Sequence[StatusIncident] | None = None
    """Incidents that are not over."""
    keys: Sequence[str] | None = None
    """The keys that sign checkpoints now."""
    rollouts: Sequence[StatusRollout] | None = None
    """Traffic on its way."""

    _members = {
        "entries": ("entries", None),
        "origin": ("origin", None),
        "charter": ("charter", None),
        "at": ("at", None),
        "deployments": ("deployments", [StatusDeployment]),
        "pending": ("pending", [StatusPermit]),
        "approvals": ("approvals", [StatusApproval]),
        "obligations": ("obligations", [OpenObligation]),
        "artifacts": ("artifacts", [StatusArtifact]),
        "grants": ("grants", [StatusGrant]),
        "incidents": ("incidents", [StatusIncident]),
        "keys": ("keys", None),
        "rollouts": ("rollouts", [StatusRollout]),
    }


class Entry(Document):
    """An entry with its hash."""

    sequence: int
    """Its place in the ledger, counted from 0."""
    hash: str
    """`SHA-256(0x00 ‖ entry bytes)`: the RFC 6962 leaf hash."""
    previous: str
    """The hash of the entry before it."""
    at: str
    """When it was recorded, as its writer said."""
    kind: str
    """What its body is, such as `genesis`, `decision` or `fact`."""
    attachments: Sequence[str]
    """The attachments that it names."""
    body: Any
    """What it records."""

    _members = {
        "sequence": ("sequence", None),
        "hash": ("hash", None),
        "previous": ("previous", None),
        "at": ("at", None),
        "kind": ("kind", None),
        "attachments": ("attachments", None),
        "body": ("body", None),
    }


class Genesis(Document):
    """The body of entry 0: the law that the ledger is governed by."""

    origin: str
    """A name that no other ledger has."""
    law: Law
    """The charter in force, with where its text is kept."""
    engine: int
    """The version of the engine's semantics."""
    keys: Sequence[str] | None = None
    """The keys that sign the ledger's checkpoints; each is named like the origin."""

    _members = {
        "origin": ("origin", None),
        "law": ("law", Law),
        "engine": ("engine", None),
        "keys": ("keys", None),
    }


class ActorSummary(Document):
    """What an entry keeps of an actor; claims stay in the request's attachment."""

    kind: ActorKind
    """A person or a workload."""
    id: str
    """The name."""

    _members = {
        "kind": ("kind", None),
        "id": ("id", None),
    }


class RequestSummary(Document):
    """What an entry keeps of a request."""

    id: str
    """The request's id."""
    content: str
    """The digest of the request's content, without its instant and credentials."""
    at: str
    """The instant that the request claims."""
    action: Action
    """What is to be done."""
    actor: ActorSummary
    """Who asks."""
    channel: Channel
    """From where."""
    stage: str
    """The stage, as the charter names it where it is declared, else as asked."""
    asset: str
    """The asset."""
    target: Target
    """The place to be changed."""
    subject: Subject
    """The change or artifact."""
    reason: str
    """Why."""
    run: str | None = None
    """The run of the pipeline."""
    track: str | None = None
    """The track, as the charter names it; absent where the stage is not declared."""

    _members = {
        "id": ("id", None),
        "content": ("content", None),
        "at": ("at", None),
        "action": ("action", None),
        "actor": ("actor", ActorSummary),
        "channel": ("channel", None),
        "stage": ("stage", None),
        "asset": ("asset", None),
        "target": ("target", Target),
        "subject": ("subject", Subject),
        "reason": ("reason", None),
        "run": ("run", None),
        "track": ("track", None),
    }


class FindingCounts(Document):
    """How many findings there are, by outcome."""

    pass_: int
    """Passes."""
    fail: int
    """Failures."""
    unknown: int
    """Those that cannot be told."""
    overridden: int
    """Failures that a break-glass grant lets pass."""

    _members = {
        "pass_": ("pass", None),
        "fail": ("fail", None),
        "unknown": ("unknown", None),
        "overridden": ("overridden", None),
    }


class Failure(Document):
    """A finding that is not a pass, as far as an entry keeps it."""

    code: str
    """What was found."""
    outcome: Outcome
    """How the check came out."""
    enforcement: Enforcement
    """Whether it denies."""
    message: str
    """What was expected and found, cut at 256 characters."""
    resource: str | None = None
    """The address of the resource that it is about."""
    subject: str | None = None
    """What it is about."""

    _members = {
        "code": ("code", None),
        "outcome": ("outcome", None),
        "enforcement": ("enforcement", None),
        "message": ("message", None),
        "resource": ("resource", None),
        "subject": ("subject", None),
    }


class DecisionSummary(Document):
    """What every decided entry holds."""

    verdict: Verdict
    """Whether it is allowed."""
    mode: Mode
    """Whether the verdict binds."""
    findings: FindingCounts
    """How many findings there are, by outcome."""
    charter: str
    """The charter that it was decided under."""
    engine: int
    """The version of the engine's semantics."""
    failures: Sequence[Failure] | None = None
    """The first findings that are not passes."""

    _members = {
        "verdict": ("verdict", None),
        "mode": ("mode", None),
        "findings": ("findings", FindingCounts),
        "charter": ("charter", None),
        "engine": ("engine", None),
        "failures": ("failures", [Failure]),
    }


class PlanPart(Document):
    """One of the plans that another is joined of."""

    name: str
    """The name that tells it from the others."""
    digest: str
    """Its digest."""

    _members = {
        "name": ("name", None),
        "digest": ("digest", None),
    }


class RecordReferences(Document):
    """The attachments that hold what an entry only sums up."""

    request: str
    """The request, in deterministic CBOR."""
    decision: str
    """The decision with all findings, in deterministic CBOR."""
    credential: str | None = None
    """What the token showed that the request was handed in with, in deterministic CBOR."""
    plan: str | None = None
    """The plan as it was judged, in deterministic CBOR."""

    _members = {
        "request": ("request", None),
        "decision": ("decision", None),
        "credential": ("credential", None),
        "plan": ("plan", None),
    }


class DecisionBody(Document):
    """The body of a decision entry."""

    request: RequestSummary
    """What was asked, by whom."""
    decision: DecisionSummary
    """What was decided."""
    packs: Mapping[str, str]
    """The packs that were evaluated, by `name@version`."""
    drift: int | None = None
    """How many resources the plan found to have been changed outside the tool."""
    grant: str | None = None
    """The break-glass grant that was used."""
    meets: Sequence[Obligation] | None = None
    """What was owed and is met."""
    obligations: Sequence[Obligation] | None = None
    """What is owed if this is carried out."""
    parts: Sequence[PlanPart] | None = None
    """The plans that the change's plan is joined of."""
    permit: Permit | None = None
    """What the decision lets its actor do."""
    policies: Sequence[PolicyCount] | None = None
    """How each policy came out over all resources."""
    record: RecordReferences | None = None
    """The attachments that hold the whole request, plan and decision; absent for unknown callers."""
    spends: Sequence[str] | None = None
    """The hashes of the entries that this decision uses up."""
    waivers: Sequence[str] | None = None
    """The names of the waivers that were applied."""

    _members = {
        "request": ("request", RequestSummary),
        "decision": ("decision", DecisionSummary),
        "packs": ("packs", None),
        "drift": ("drift", None),
        "grant": ("grant", None),
        "meets": ("meets", [Obligation]),
        "obligations": ("obligations", [Obligation]),
        "parts": ("parts", [PlanPart]),
        "permit": ("permit", Permit),
        "policies": ("policies", [PolicyCount]),
        "record": ("record", RecordReferences),
        "spends": ("spends", None),
        "waivers": ("waivers", None),
    }


class LifecycleTerms(Document):
    """What the charter makes of a step: settled when it is decided, since the state knows no rules."""

    lifecycle: str
    """The lifecycle, as the charter names it."""
    state: LifecycleState
    """The artifact's state from now on."""
    owed: Sequence[OwedEvidence] | None = None
    """The evidence that is owed for it from now on."""

    _members = {
        "lifecycle": ("lifecycle", None),
        "state": ("state", None),
        "owed": ("owed", [OwedEvidence]),
    }


class ReportReference(Document):
    """What an entry keeps of a report."""

    record: str
    """The attachment that holds what was read of the report, in deterministic CBOR."""
    rule: str | None = None
    """The digest of the gate's rule that it passed under; absent where it did not, or the gate has
    none.
    """
    until: str | None = None
    """When the first of the waivers expires that it passed by."""

    _members = {
        "record": ("record", None),
        "rule": ("rule", None),
        "until": ("until", None),
    }


class GrantTerms(Document):
    """What the charter lets a grant be, as it was when the grant was opened."""

    expires: str
    """The last instant at which the grant can be used."""
    uses: int
    """How often it can be used."""
    due: str
    """By when the post-mortem is owed."""

    _members = {
        "expires": ("expires", None),
        "uses": ("uses", None),
        "due": ("due", None),
    }


class FactBody(Document):
    """The body of a fact entry."""

    fact: Fact
    """What happened, as its recorder says, without the recorder's claims."""
    content: str
    """The digest of the fact's content, without its instant."""
    decision: DecisionSummary
    """Whether the recorder may record it."""
    artifact: LifecycleTerms | None = None
    """What the charter makes of a step of an artifact's life, or of an integrity check."""
    attempt: str | None = None
    """What was published and the refused step would have altered. Without an incident of its own, the
    entry is one more time of one that is open.
    """
    credential: str | None = None
    """The attachment that holds what the recorder's token showed, in deterministic CBOR, where the
    recorder is known.
    """
    incident: IncidentKind | None = None
    """The kind of incident that the entry opens for the artifact; a refusal may open one, too."""
    record: str | None = None
    """The attachment that holds the whole fact, in deterministic CBOR, where its recorder is known and
    has claims: these may say more of a person than a book that nobody can erase should hold.
    """
    report: ReportReference | None = None
    """What was made of the report that evidence came with, where the recorder is known."""
    stranger: bool | None = None
    """Whether the recorder was not known."""
    terms: GrantTerms | None = None
    """What the charter lets the grant be, for one that is opened."""

    _members = {
        "fact": ("fact", Fact),
        "content": ("content", None),
        "decision": ("decision", DecisionSummary),
        "artifact": ("artifact", LifecycleTerms),
        "attempt": ("attempt", None),
        "credential": ("credential", None),
        "incident": ("incident", None),
        "record": ("record", None),
        "report": ("report", ReportReference),
        "stranger": ("stranger", None),
        "terms": ("terms", GrantTerms),
    }


class SnapshotBody(Document):
    """The body of a snapshot entry."""

    state: str
    """The attachment that holds the state, in deterministic CBOR."""
    engine: int
    """The version of the engine's semantics."""

    _members = {
        "state": ("state", None),
        "engine": ("engine", None),
    }


class ErrorDocument(Document):
    """An error: why there is no answer. A denial is none."""

    code: str
    """What went wrong: stable, such as `input.syntax`."""
    message: str
    """What went wrong, for people. It quotes no values."""
    column: int | None = None
    """The column in characters, counted from 1."""
    help: str | None = None
    """What to do about it."""
    line: int | None = None
    """The line, counted from 1."""
    pointer: str | None = None
    """A JSON Pointer to the place."""
    sequence: int | None = None
    """The sequence number of the entry that is meant."""
    source: str | None = None
    """The document that is meant, where an operation has several."""

    _members = {
        "code": ("code", None),
        "message": ("message", None),
        "column": ("column", None),
        "help": ("help", None),
        "line": ("line", None),
        "pointer": ("pointer", None),
        "sequence": ("sequence", None),
        "source": ("source", None),
    }


class CanonicalAnswer(Document):
    """A document as it is hashed."""

    bytes: str
    """Its deterministic CBOR, in hexadecimal digits."""
    digest: str
    """Its digest as a kind of content named `document`."""

    _members = {
        "bytes": ("bytes", None),
        "digest": ("digest", None),
    }


class CharterInput(Document):
    """What `charter` needs."""

    charter: str
    """The charter, in YAML."""

    _members = {
        "charter": ("charter", None),
    }


class CharterAnswer(Document):
    """A charter that makes sense as a whole."""

    name: str
    """Its name."""
    version: str
    """Its version."""
    digest: str
    """The digest over its canonical form. The law of a ledger has one of its own, over the packs as
    well.
    """
    document: CharterDocument
    """What it says, with every default filled in."""

    _members = {
        "name": ("name", None),
        "version": ("version", None),
        "digest": ("digest", None),
        "document": ("document", CharterDocument),
    }


class EnvelopeInput(Document):
    """What `envelope` needs."""

    text: str
    """The text that was signed."""
    signature: str
    """The Ed25519 signature over the bytes that `signing_bytes` answers, in base64."""

    _members = {
        "text": ("text", None),
        "signature": ("signature", None),
    }


class EnvelopeAnswer(Document):
    """A DSSE envelope."""

    envelope: str
    """The envelope in JSON: the `text` of a request's or fact's signature."""

    _members = {
        "envelope": ("envelope", None),
    }


class LimitsAnswer(Document):
    """The bounds that hosts meet first, in bytes where nothing else is said."""

    document_bytes: int
    """A JSON document: a plan, a request, an input of an operation."""
    document_values: int
    """How many values a document holds."""
    depth: int
    """How deep a document nests."""
    yaml_bytes: int
    """A charter, lock file, pack or overlay."""
    name_bytes: int
    """A name, such as an actor's or a stage's."""
    text_bytes: int
    """A text for people, such as a reason."""
    entry_bytes: int
    """An entry of a ledger."""
    attachment_bytes: int
    """An attachment of a ledger."""
    token_bytes: int
    """A token."""
    key_set_bytes: int
    """The key set of a token's issuer."""
    signature_bytes: int
    """A person's signature."""
    checkpoint_bytes: int
    """A signed checkpoint."""
    receipt_bytes: int
    """A receipt."""
    evaluation_steps: int
    """The steps of one evaluation of an expression."""
    request_steps: int
    """The steps of all evaluations for one request."""

    _members = {
        "document_bytes": ("documentBytes", None),
        "document_values": ("documentValues", None),
        "depth": ("depth", None),
        "yaml_bytes": ("yamlBytes", None),
        "name_bytes": ("nameBytes", None),
        "text_bytes": ("textBytes", None),
        "entry_bytes": ("entryBytes", None),
        "attachment_bytes": ("attachmentBytes", None),
        "token_bytes": ("tokenBytes", None),
        "key_set_bytes": ("keySetBytes", None),
        "signature_bytes": ("signatureBytes", None),
        "checkpoint_bytes": ("checkpointBytes", None),
        "receipt_bytes": ("receiptBytes", None),
        "evaluation_steps": ("evaluationSteps", None),
        "request_steps": ("requestSteps", None),
    }


class LockInput(Document):
    """What `lock` needs."""

    packs: Sequence[str]
    """The packs and overlays, in YAML."""

    _members = {
        "packs": ("packs", None),
    }


class LockAnswer(Document):
    """A lock file."""

    lock: str
    """Its text, in YAML."""

    _members = {
        "lock": ("lock", None),
    }


class SigningBytesInput(Document):
    """What `signing_bytes` and `envelope` are about."""

    text: str
    """The text that a person signs."""

    _members = {
        "text": ("text", None),
    }


class SigningBytesAnswer(Document):
    """The bytes to sign."""

    payload_type: str
    """DSSE's payload type."""
    bytes: str
    """DSSE's pre-authentication encoding of the text, in hexadecimal digits: what is signed with
    Ed25519.
    """

    _members = {
        "payload_type": ("payloadType", None),
        "bytes": ("bytes", None),
    }


class PlanText(Document):
    """A plan as the tool wrote it."""

    terraform: str
    """What `terraform show -json` printed."""
    nonce: str
    """The nonce kept beside it: 64 hexadecimal digits."""

    _members = {
        "terraform": ("terraform", None),
        "nonce": ("nonce", None),
    }


class SimulateStep(Document):
    """A request or a fact, with the token of whoever hands it in."""

    fact: Fact | None = None
    """The fact, in place of a request."""
    key_set: str | None = None
    """The keys of its issuer, in JSON."""
    plan: PlanText | None = None
    """The plan that the request is about."""
    request: Request | None = None
    """The request."""
    token: str | None = None
    """The token, in compact form."""

    _members = {
        "fact": ("fact", Fact),
        "key_set": ("keySet", None),
        "plan": ("plan", PlanText),
        "request": ("request", Request),
        "token": ("token", None),
    }


class SimulateInput(Document):
    """What `simulate` needs."""

    charter: str
    """The charter, in YAML."""
    lock: str
    """The lock file, in YAML."""
    packs: Sequence[str]
    """The packs, in YAML."""
    origin: str
    """The ledger's origin."""
    begin: str
    """When the ledger begins."""
    step: SimulateStep
    """What is asked or recorded now."""
    history: Sequence[SimulateStep] | None = None
    """What was asked and recorded before, in order."""
    keys: Sequence[str] | None = None
    """The keys that sign the ledger's checkpoints."""

    _members = {
        "charter": ("charter", None),
        "lock": ("lock", None),
        "packs": ("packs", None),
        "origin": ("origin", None),
        "begin": ("begin", None),
        "step": ("step", SimulateStep),
        "history": ("history", [SimulateStep]),
        "keys": ("keys", None),
    }


class SimulateAnswer(Document):
    """What `simulate` answers."""

    admission: Admission
    """What became of the step."""
    entry_bytes: str
    """The entry as it is hashed, in hexadecimal digits."""
    status: Status
    """What the ledger adds up to after it."""

    _members = {
        "admission": ("admission", Admission),
        "entry_bytes": ("entryBytes", None),
        "status": ("status", Status),
    }


class VerifierKeyInput(Document):
    """What `verifier_key` needs."""

    name: str
    """The name that the key signs under: its ledger's origin."""
    public_key: str
    """The 32 bytes of the Ed25519 public key (RFC 8032), in hexadecimal digits."""

    _members = {
        "name": ("name", None),
        "public_key": ("publicKey", None),
    }


class VerifierKeyAnswer(Document):
    """A public key as a ledger names it."""

    key: str
    """The key's text."""

    _members = {
        "key": ("key", None),
    }


class VerifyApprovalInput(Document):
    """What `verify_approval` needs."""

    statement: str
    """The text that was signed."""
    signature: str
    """What `ssh-keygen -Y sign` writes, or a DSSE envelope in JSON."""
    signers: Sequence[AllowedSigner]
    """The keys whose signatures count."""
    at: str
    """The instant at which the key must count."""

    _members = {
        "statement": ("statement", None),
        "signature": ("signature", None),
        "signers": ("signers", [AllowedSigner]),
        "at": ("at", None),
    }


class VerifiedSignature(Document):
    """That a person signed a text. Only `AllowedSigners` makes one."""

    principal: str
    """The person."""
    key: str
    """The key's fingerprint, as `ssh-keygen -l` shows it: `SHA256:` and base64."""
    statement: str
    """The plain SHA-256 of the text."""

    _members = {
        "principal": ("principal", None),
        "key": ("key", None),
        "statement": ("statement", None),
    }


class VerifyCheckpointInput(Document):
    """What `verify_checkpoint` needs."""

    checkpoint: str
    """The signed checkpoint's text."""
    keys: Sequence[str]
    """The trusted keys, as verifier keys."""
    origin: str | None = None
    """The ledger that is expected; any whose keys are trusted when it is absent."""
    threshold: int | None = None
    """How many of them must have signed."""

    _members = {
        "checkpoint": ("checkpoint", None),
        "keys": ("keys", None),
        "origin": ("origin", None),
        "threshold": ("threshold", None),
    }


class CheckpointAnswer(Document):
    """What a checkpoint says."""

    origin: str
    """The ledger's name."""
    size: int
    """How many entries there are."""
    root: str
    """The RFC 6962 Merkle tree hash over them."""

    _members = {
        "origin": ("origin", None),
        "size": ("size", None),
        "root": ("root", None),
    }


class VerifyForkInput(Document):
    """What `verify_fork` needs."""

    proof: str
    """The proof's text."""
    keys: Sequence[str]
    """The trusted keys, as verifier keys."""
    threshold: int | None = None
    """How many of them must have signed each of the two."""

    _members = {
        "proof": ("proof", None),
        "keys": ("keys", None),
        "threshold": ("threshold", None),
    }


class VerifyForkAnswer(Document):
    """Two checkpoints that cannot both be true."""

    checkpoints: Sequence[CheckpointAnswer]
    """The two checkpoints."""

    _members = {
        "checkpoints": ("checkpoints", [CheckpointAnswer]),
    }


class Held(Document):
    """What the side that is about to act holds and knows; what is absent is not compared. Only the
    digest ties a permit to what is applied.
    """

    action: Action | None = None
    """What is about to be done."""
    actor: str | None = None
    """Who is about to do it."""
    asset: str | None = None
    """The name of the asset."""
    digest: str | None = None
    """The digest of the plan or artifact that is at hand."""
    lineage: str | None = None
    """The commit, or the artifact's digest."""
    run: str | None = None
    """The run of the pipeline."""
    stage: str | None = None
    """The stage that is about to be changed, by its name and not an alias."""
    track: str | None = None
    """The track."""

    _members = {
        "action": ("action", None),
        "actor": ("actor", None),
        "asset": ("asset", None),
        "digest": ("digest", None),
        "lineage": ("lineage", None),
        "run": ("run", None),
        "stage": ("stage", None),
        "track": ("track", None),
    }


class PermitInput(Document):
    """What a permit is held against."""

    at: str
    """The instant at which it is about to be used."""
    held: Held | None = None
    """What is about to be done."""
    plan: PlanText | None = None
    """The plan that is about to be applied, in place of its digest."""

    _members = {
        "at": ("at", None),
        "held": ("held", Held),
        "plan": ("plan", PlanText),
    }


class VerifyReceiptInput(Document):
    """What `verify_receipt` needs."""

    receipt: str
    """The receipt's text."""
    keys: Sequence[str]
    """The trusted keys, as verifier keys."""
    origin: str | None = None
    """The ledger that is expected; any whose keys are trusted when it is absent."""
    permit: PermitInput | None = None
    """What the entry must permit, to whoever is about to act."""
    threshold: int | None = None
    """How many of them must have signed."""

    _members = {
        "receipt": ("receipt", None),
        "keys": ("keys", None),
        "origin": ("origin", None),
        "permit": ("permit", PermitInput),
        "threshold": ("threshold", None),
    }


class PermitAnswer(Document):
    """What an entry permits to whoever is about to act."""

    permit: Permit | None
    """What the entry permits; absent where it permits nothing."""
    contradictions: Sequence[str]
    """What the permit says otherwise than whoever holds it, by the names of its fields."""

    _members = {
        "permit": ("permit", Permit),
        "contradictions": ("contradictions", None),
    }


class VerifyReceiptAnswer(Document):
    """What `verify_receipt` answers."""

    entry: Entry
    """The entry. Its hash is the id of a permit that it grants."""
    checkpoint: CheckpointAnswer
    """What the receipt rests on."""
    permit: PermitAnswer | None = None
    """Where a permit was asked for: what it says, and what of that is otherwise; `permit` itself where
    the entry permits nothing.
    """

    _members = {
        "entry": ("entry", Entry),
        "checkpoint": ("checkpoint", CheckpointAnswer),
        "permit": ("permit", PermitAnswer),
    }


class VerifyTokenInput(Document):
    """What `verify_token` needs."""

    provider: ProviderDocument
    """The provider, as a charter declares it."""
    token: str
    """The token, in compact form."""
    key_set: str
    """The key set of its issuer (JWKS), in JSON."""
    at: str
    """The instant at which it must be valid."""

    _members = {
        "provider": ("provider", ProviderDocument),
        "token": ("token", None),
        "key_set": ("keySet", None),
        "at": ("at", None),
    }


class VerifiedToken(Document):
    """Who a workload was found to be by its token."""

    provider: str
    """The name of the provider that verified it."""
    provider_digest: str
    """The digest of the provider's document, since a name says nothing about the rules behind it."""
    issuer: str
    """The issuer (`iss`)."""
    subject: str
    """What the provider maps to `google.subject`: `sub`, unless it says otherwise."""
    attributes: Mapping[str, str]
    """What the provider maps its claims to, by name."""
    issued_at: str
    """When it was issued."""
    valid_from: str
    """From when on it is valid."""
    expires_at: str
    """Until when it is valid."""
    digest: str
    """The digest of the token."""

    _members = {
        "provider": ("provider", None),
        "provider_digest": ("providerDigest", None),
        "issuer": ("issuer", None),
        "subject": ("subject", None),
        "attributes": ("attributes", None),
        "issued_at": ("issuedAt", None),
        "valid_from": ("validFrom", None),
        "expires_at": ("expiresAt", None),
        "digest": ("digest", None),
    }


class VersionAnswer(Document):
    """The version of this library and of its engine's semantics."""

    version: str
    """The version of this library, as in its package."""
    engine: int
    """The version of the engine's semantics: the same one gives the same decisions."""

    _members = {
        "version": ("version", None),
        "engine": ("engine", None),
    }


class PackInput(Document):
    """What a pack is made of."""

    pack: str
    """The pack, in YAML."""
    overlays: Sequence[str] | None = None
    """The overlays that make it stricter, in YAML, in their order."""

    _members = {
        "pack": ("pack", None),
        "overlays": ("overlays", None),
    }


class CheckInput(Document):
    """How a plan is to be checked."""

    passes: bool | None = None
    """Whether the answer names every resource that passed, by policy."""
    stage: str | None = None
    """The stage whose packs count, and which policies see as `stage.name`; all packs of the charter
    where there is none.
    """
    threads: int | None = None
    """In how many threads; one unless this says otherwise. The answer does not depend on it."""
    unmatched: Unmatched | None = None
    """What becomes of a resource that no policy matches; `deny` unless this says otherwise. An engine
    goes by its charter, and takes no other word.
    """

    _members = {
        "passes": ("passes", None),
        "stage": ("stage", None),
        "threads": ("threads", None),
        "unmatched": ("unmatched", None),
    }


class PolicyPasses(Document):
    """The resources that passed a policy."""

    policy: str
    """The policy, as `pack/policy`."""
    resources: Sequence[str]
    """The addresses of the resources, in the order of the plan, each once. One of which several
    objects are changed is among them if all of them pass.
    """

    _members = {
        "policy": ("policy", None),
        "resources": ("resources", None),
    }


class PlanReport(Document):
    """What packs say about a plan, without charter or ledger: an author's fast loop."""

    verdict: Verdict
    """Whether nothing denies."""
    findings: Sequence[Finding]
    """What was found."""
    policies: Sequence[PolicyCount]
    """How each policy came out."""
    passes: Sequence[PolicyPasses] | None = None
    """Which resources passed which policy, where that was asked for."""

    _members = {
        "verdict": ("verdict", None),
        "findings": ("findings", [Finding]),
        "policies": ("policies", [PolicyCount]),
        "passes": ("passes", [PolicyPasses]),
    }


class PolicyAnswer(Document):
    """What a policy is."""

    name: str
    """Its name, unique in its pack."""
    description: str
    """What it demands."""
    enforcement: Enforcement
    """Whether anything but a pass denies."""
    resources: Sequence[str]
    """The patterns of the resource types that it is about."""
    actions: Sequence[ActionWord]
    """What must be done to a resource for it to be about it."""
    controls: Sequence[str]
    """The controls of standards that it serves."""
    on_unknown: OnUnknown
    """What becomes of a result that depends on a value not known until apply."""
    guideline: str | None = None
    """Where more is said about it."""
    params: Mapping[str, Any] | None = None
    """Its own constants, by name."""
    remediate: Mapping[str, Mapping[str, Any]] | None = None
    """What a host that can alter a resource may set where the policy fails: by resource type, values
    by JSON Pointers.
    """
    remedies: Sequence[str] | None = None
    """What would turn a failure into a pass, as its validations say it."""
    stricter: Mapping[str, Stricter] | None = None
    """In which direction a constant is stricter, by its name."""

    _members = {
        "name": ("name", None),
        "description": ("description", None),
        "enforcement": ("enforcement", None),
        "resources": ("resources", None),
        "actions": ("actions", None),
        "controls": ("controls", None),
        "on_unknown": ("onUnknown", None),
        "guideline": ("guideline", None),
        "params": ("params", None),
        "remediate": ("remediate", None),
        "remedies": ("remedies", None),
        "stricter": ("stricter", None),
    }


class PackAnswer(Document):
    """What a pack is."""

    name: str
    """Its name."""
    version: str
    """Its version."""
    digest: str
    """The digest over its canonical form, which a lock file pins."""
    policies: Sequence[PolicyAnswer]
    """Its policies, in the order of the document."""
    description: str | None = None
    """What it is for."""

    _members = {
        "name": ("name", None),
        "version": ("version", None),
        "digest": ("digest", None),
        "policies": ("policies", [PolicyAnswer]),
        "description": ("description", None),
    }


LintLevel = Literal[
    "notice",
    "warning",
]
"""How much a lint matters.

`notice`: To be known, and often meant so.

`warning`: To be mended.
"""


class Lint(Document):
    """Something about a pack that is allowed but unwise, or that its readers must know."""

    code: str
    """What kind of thing: stable, such as `lint.no_controls`."""
    level: LintLevel
    """How much it matters."""
    line: int
    """The line in the pack's file, counted from 1."""
    column: int
    """The column in the pack's file, counted from 1."""
    message: str
    """What it is."""
    policy: str | None = None
    """The policy; absent when it is the pack as a whole."""

    _members = {
        "code": ("code", None),
        "level": ("level", None),
        "line": ("line", None),
        "column": ("column", None),
        "message": ("message", None),
        "policy": ("policy", None),
    }


class LintAnswer(Document):
    """What `lint` answers."""

    lints: Sequence[Lint]
    """What is allowed but unwise, in the order of the policies."""

    _members = {
        "lints": ("lints", [Lint]),
    }


class TestOutcome(Document):
    """How one test of a pack came out."""

    policy: str
    """The policy."""
    name: str
    """The test's name, unique in its policy."""
    expected: Expect
    """The result that the test demands."""
    found: Expect
    """The result that the policy had."""
    passed: bool
    """Whether all came out as the test demands."""
    code: str | None = None
    """The code of the evaluation; absent when the policy is not about the resource."""
    message: str | None = None
    """The message of the evaluation; absent when the policy is not about the resource."""
    reasons: Sequence[Reason] | None = None
    """What decided the result, where the test did not pass and neither did the policy."""
    remediated: bool | None = None
    """Whether what `remediate` sets makes the object that the test names, and the policy pass; absent
    where the test names none.
    """

    _members = {
        "policy": ("policy", None),
        "name": ("name", None),
        "expected": ("expected", None),
        "found": ("found", None),
        "passed": ("passed", None),
        "code": ("code", None),
        "message": ("message", None),
        "reasons": ("reasons", [Reason]),
        "remediated": ("remediated", None),
    }


class TestAnswer(Document):
    """What `test` answers."""

    passed: int
    """How many of the pack's tests have the result that they demand."""
    failed: int
    """How many have not."""
    tests: Sequence[TestOutcome]
    """Each test, in the order of the document."""

    _members = {
        "passed": ("passed", None),
        "failed": ("failed", None),
        "tests": ("tests", [TestOutcome]),
    }


PlanFormat = Literal[
    "terraform",
    "kubernetes",
    "pulumi",
    "resources",
]
"""What wrote a document.

`terraform`: `terraform show -json`, or OpenTofu's.

`kubernetes`: Manifests of Kubernetes, in YAML or JSON, or an `AdmissionReview`. To be checked
only.

`pulumi`: `pulumi preview --json`, or `pulumi stack export`.

`resources`: The host itself: `ResourcesDocument`. To be checked only.
"""


class PlanOptions(Document):
    """How a document is to be read."""

    format: PlanFormat
    """What wrote the document."""
    nonce: str | None = None
    """The nonce kept beside the document: 64 hexadecimal digits, made at random when it was first
    seen. Without one the plan can be checked, and neither decided on nor admitted.
    """

    _members = {
        "format": ("format", None),
        "nonce": ("nonce", None),
    }


class PlanCounts(Document):
    """How many resources a plan touches, by what is done to them. A replacement counts once, as
    `replace`.
    """

    create: int
    """Come into being."""
    update: int
    """Are changed in place."""
    replace: int
    """Are replaced by others."""
    delete: int
    """Are destroyed."""
    forget: int
    """Are no longer managed."""
    read: int
    """Are only read."""
    no_op: int
    """Stay as they are."""

    _members = {
        "create": ("create", None),
        "update": ("update", None),
        "replace": ("replace", None),
        "delete": ("delete", None),
        "forget": ("forget", None),
        "read": ("read", None),
        "no_op": ("noOp", None),
    }


Actions = Literal[
    "no-op",
    "create",
    "read",
    "update",
    "delete",
    "delete-create",
    "create-delete",
    "forget",
    "create-forget",
]
"""What is to be done to a resource.

`no-op`: Nothing.

`create`: Create it.

`read`: Read it.

`update`: Change it in place.

`delete`: Delete it.

`delete-create`: Delete it, then create it anew.

`create-delete`: Create it anew, then delete the old one.

`forget`: Stop managing it without deleting it.

`create-forget`: Create it anew, then stop managing the old one.
"""


class PlanResource(Document):
    """What is to be done to one resource."""

    address: str
    """The address."""
    type: str
    """The type."""
    actions: Actions
    """What is to be done."""

    _members = {
        "address": ("address", None),
        "type": ("type", None),
        "actions": ("actions", None),
    }


class PlanAnswer(Document):
    """What a plan proposes, in short."""

    digest: str
    """The digest that approvals and permits bind."""
    tool: str
    """The tool that made it."""
    admissible: bool
    """Whether it can be decided on and admitted: it is a tool's document, read with a nonce."""
    counts: PlanCounts
    """How many resources it touches."""
    resources: Sequence[PlanResource]
    """What is to be done to each, in the order of the document."""
    drift: Sequence[PlanResource] | None = None
    """What was found to have changed outside the tool."""
    tool_version: str | None = None
    """The tool's version, where the document says it."""

    _members = {
        "digest": ("digest", None),
        "tool": ("tool", None),
        "admissible": ("admissible", None),
        "counts": ("counts", PlanCounts),
        "resources": ("resources", [PlanResource]),
        "drift": ("drift", [PlanResource]),
        "tool_version": ("toolVersion", None),
    }


class EngineInput(Document):
    """What an engine is made of."""

    charter: str
    """The charter, in YAML."""
    lock: str
    """The lock file, in YAML."""
    packs: Sequence[str]
    """The packs and overlays, in YAML, in any order."""
    threads: int | None = None
    """In how many threads policies are evaluated; one unless this says otherwise. What is decided does
    not depend on it.
    """

    _members = {
        "charter": ("charter", None),
        "lock": ("lock", None),
        "packs": ("packs", None),
        "threads": ("threads", None),
    }


class BeginInput(Document):
    """What `begin` needs."""

    origin: str
    """A name that no other ledger has."""
    at: str
    """When the ledger begins."""
    keys: Sequence[str] | None = None
    """The keys that sign the ledger's checkpoints, as verifier keys; each has the origin as its name."""

    _members = {
        "origin": ("origin", None),
        "at": ("at", None),
        "keys": ("keys", None),
    }


class AppendedAnswer(Document):
    """An entry that was appended."""

    sequence: int
    """Its sequence number."""
    entry: str
    """Its hash."""

    _members = {
        "sequence": ("sequence", None),
        "entry": ("entry", None),
    }


class CheckpointTextInput(Document):
    """What `checkpoint_text` needs."""

    keys: Sequence[str]
    """The keys that are to sign, as verifier keys."""

    _members = {
        "keys": ("keys", None),
    }


class TextAnswer(Document):
    """A text for a person to sign."""

    text: str
    """The text, to the byte."""

    _members = {
        "text": ("text", None),
    }


class CredentialQuestion(Document):
    """What `credential` needs."""

    actor: str
    """The actor whose token it is said to be."""
    at: str
    """The instant of asking."""
    credential: CredentialInput
    """The token and its issuer's keys."""

    _members = {
        "actor": ("actor", None),
        "at": ("at", None),
        "credential": ("credential", CredentialInput),
    }


class RefusalAnswer(Document):
    """Why a token shows nothing."""

    code: str
    """The code, such as `identity.token_expired`."""
    message: str
    """What is wrong with the token. It never quotes the token."""
    help: str | None = None
    """What to do about it."""

    _members = {
        "code": ("code", None),
        "message": ("message", None),
        "help": ("help", None),
    }


class CredentialAnswer(Document):
    """What the charter makes of a token.

    Exactly one of the attributes is there.
    """

    verified: VerifiedToken | None = None
    """It shows the actor."""
    refused: RefusalAnswer | None = None
    """It shows nothing, and whatever is handed in with it is denied."""

    _members = {
        "verified": ("verified", VerifiedToken),
        "refused": ("refused", RefusalAnswer),
    }


class EngineAnswer(Document):
    """What an engine goes by."""

    name: str
    """The charter's name."""
    version: str
    """The charter's version, for people; what counts is the law's digest."""
    law: Law
    """The charter's digest with that of its packs, and the attachments that hold their texts."""
    packs: Sequence[PackAnswer]
    """Its packs, as its overlays make them, in the order of their names."""

    _members = {
        "name": ("name", None),
        "version": ("version", None),
        "law": ("law", Law),
        "packs": ("packs", [PackAnswer]),
    }


class FactTextInput(Document):
    """What `fact_text` needs."""

    fact: Fact
    """The fact."""
    signed: str
    """When the person signs."""

    _members = {
        "fact": ("fact", Fact),
        "signed": ("signed", None),
    }


class RequestTextInput(Document):
    """What `request_text` needs; the plan is handed in beside it."""

    request: Request
    """The request."""
    signed: str
    """When the person signs."""

    _members = {
        "request": ("request", Request),
        "signed": ("signed", None),
    }


class ReviewInput(Document):
    """What `review` needs."""

    approval: Approval
    """What somebody is asked to approve."""
    at: str
    """The instant of asking."""

    _members = {
        "approval": ("approval", Approval),
        "at": ("at", None),
    }


class ReviewAnswer(Document):
    """What a person who is asked to approve has to see."""

    statement: str
    """The text that they sign."""
    findings: Sequence[Finding]
    """What would be found now, if the entrance into the stage were asked for."""
    request: Request | None = None
    """The newest request that asked about it, if its record is left."""

    _members = {
        "statement": ("statement", None),
        "findings": ("findings", [Finding]),
        "request": ("request", Request),
    }


class SecretKeyInput(Document):
    """A secret key. It is neither kept nor printed."""

    pem: str
    """The key in PKCS#8, as PEM."""
    passphrase: str | None = None
    """The passphrase, where it is encrypted."""

    _members = {
        "pem": ("pem", None),
        "passphrase": ("passphrase", None),
    }


class SignatureInput(Document):
    """A signature over a checkpoint's text."""

    key: str
    """The verifier key."""
    signature: str
    """The Ed25519 signature, in base64."""

    _members = {
        "key": ("key", None),
        "signature": ("signature", None),
    }


class SignInput(Document):
    """A checkpoint, and what signs it: its text, or secret keys."""

    checkpoint: str | None = None
    """The text that `checkpoint_text` answered."""
    secret_keys: Sequence[SecretKeyInput] | None = None
    """In place of both: secret keys in PKCS#8, as PEM, that sign what the ledger holds now."""
    signatures: Sequence[SignatureInput] | None = None
    """The signatures over it."""

    _members = {
        "checkpoint": ("checkpoint", None),
        "secret_keys": ("secretKeys", [SecretKeyInput]),
        "signatures": ("signatures", [SignatureInput]),
    }


class SignedCheckpointAnswer(Document):
    """A signed checkpoint."""

    checkpoint: str | None
    """The signed note, byte for byte; absent where nothing was signed yet."""

    _members = {
        "checkpoint": ("checkpoint", None),
    }


LedgerMode = Literal[
    "create",
    "open",
    "readOnly",
]
"""What is to be done with a ledger's directory.

`create`: Make an empty ledger in it.

`open`: Open the ledger in it, to read and to write.

`readOnly`: Open the ledger in it without ever changing a file.
"""


class LedgerInput(Document):
    """Where a ledger is."""

    directory: str | None = None
    """The directory."""
    memory: bool | None = None
    """Whether it is in memory, for tests and dry runs."""
    mode: LedgerMode | None = None
    """What is to be done with the directory."""

    _members = {
        "directory": ("directory", None),
        "memory": ("memory", None),
        "mode": ("mode", None),
    }


class AttachmentInput(Document):
    """Which attachment is wanted."""

    digest: str
    """Its digest."""

    _members = {
        "digest": ("digest", None),
    }


class AttachmentAnswer(Document):
    """An attachment."""

    bytes: str | None
    """Its bytes, in hexadecimal digits; absent where it is not there: it was erased, or never was."""

    _members = {
        "bytes": ("bytes", None),
    }


class EntriesInput(Document):
    """Which entries are wanted."""

    from_: int | None = None
    """The first sequence number."""
    kinds: Sequence[str] | None = None
    """Only those of these kinds, such as `decision`; all when it is empty."""
    limit: int | None = None
    """How many entries to answer at most, 1 to 1,000."""
    since: str | None = None
    """Only those from this instant on."""
    to: int | None = None
    """The sequence number before which to stop; the ledger's end when it is absent."""
    until: str | None = None
    """Only those before this instant."""

    _members = {
        "from_": ("from", None),
        "kinds": ("kinds", None),
        "limit": ("limit", None),
        "since": ("since", None),
        "to": ("to", None),
        "until": ("until", None),
    }


class EntriesAnswer(Document):
    """Some entries of a ledger."""

    entries: Sequence[Entry]
    """The entries, in their order."""
    next: int | None = None
    """Where to go on; absent at the end. A page may be short, or empty, and have a next one."""

    _members = {
        "entries": ("entries", [Entry]),
        "next": ("next", None),
    }


class CheckpointInput(Document):
    """A signed checkpoint to keep or compare."""

    checkpoint: str
    """The signed note, byte for byte."""

    _members = {
        "checkpoint": ("checkpoint", None),
    }


class ForkAnswer(Document):
    """A proof that two signed checkpoints cannot both be true."""

    proof: str | None
    """Its text; absent where the ledger continues the checkpoint."""

    _members = {
        "proof": ("proof", None),
    }


class HeadAnswer(Document):
    """The size of a ledger and what its entries add up to."""

    size: int
    """How many entries there are."""
    root: str
    """The RFC 6962 Merkle tree hash over them."""
    last: str
    """The hash of the last entry."""

    _members = {
        "size": ("size", None),
        "root": ("root", None),
        "last": ("last", None),
    }


class NoticesAnswer(Document):
    """What opening and appending found and did."""

    notices: Sequence[str]
    """For people."""

    _members = {
        "notices": ("notices", None),
    }


class ReceiptInput(Document):
    """Which entry is to be proven."""

    sequence: int
    """Its sequence number."""

    _members = {
        "sequence": ("sequence", None),
    }


class ReceiptAnswer(Document):
    """A receipt."""

    receipt: str
    """Its text."""

    _members = {
        "receipt": ("receipt", None),
    }


class ReportInput(Document):
    """A period: from an instant on, until before another."""

    since: str
    """The first instant."""
    until: str
    """The instant that is the first one after it."""

    _members = {
        "since": ("since", None),
        "until": ("until", None),
    }


FigureUnit = Literal[
    "entries",
    "attachments",
    "artifacts",
    "seconds",
    "milliseconds",
]
"""What a figure counts.

`entries`: Entries of the ledger.

`attachments`: Attachments of entries.

`artifacts`: Artifacts.

`seconds`: Whole seconds, summed up; `of` says over how many cases, so that their mean is the
one divided by the other.

`milliseconds`: Milliseconds, summed up likewise.
"""


class Figure(Document):
    """One figure: exact numbers, with the entries that they rest on."""

    figure: str
    """Its name, such as `deployments.succeeded`."""
    unit: FigureUnit
    """What `count` counts."""
    count: int
    """How many."""
    entries: Sequence[int]
    """The sequence numbers of the entries that were counted, the first of them."""
    omitted: int
    """How many more entries were counted than are listed."""
    longest: int | None = None
    """The longest of the times."""
    of: int | None = None
    """Of how many; absent where it is no share."""

    _members = {
        "figure": ("figure", None),
        "unit": ("unit", None),
        "count": ("count", None),
        "entries": ("entries", None),
        "omitted": ("omitted", None),
        "longest": ("longest", None),
        "of": ("of", None),
    }


class CodeCount(Document):
    """How often a code denied."""

    code: str
    """The code of the finding."""
    count: int
    """In how many entries."""
    entries: Sequence[int]
    """Their sequence numbers, the first of them."""
    omitted: int
    """How many more there are than are listed."""

    _members = {
        "code": ("code", None),
        "count": ("count", None),
        "entries": ("entries", None),
        "omitted": ("omitted", None),
    }


class FigureSet(Document):
    """The figures that one kind of report consists of."""

    set: str
    """What the report is for, such as `sox`."""
    figures: Sequence[str]
    """The names of its figures."""

    _members = {
        "set": ("set", None),
        "figures": ("figures", None),
    }


class ReportAnswer(Document):
    """The figures of a ledger for a period (R395 to R406, R411)."""

    origin: str
    """The ledger's origin."""
    period: ReportInput
    """The period."""
    size: int
    """How many entries the ledger holds, all of them verified."""
    root: str
    """The RFC 6962 Merkle tree hash over them."""
    figures: Sequence[Figure]
    """Every figure, in a fixed order."""
    codes: Sequence[CodeCount]
    """In how many entries of the period each code denied, in the order of the codes."""
    sets: Sequence[FigureSet]
    """Which figures belong to which report."""

    _members = {
        "origin": ("origin", None),
        "period": ("period", ReportInput),
        "size": ("size", None),
        "root": ("root", None),
        "figures": ("figures", [Figure]),
        "codes": ("codes", [CodeCount]),
        "sets": ("sets", [FigureSet]),
    }


class VerifyInput(Document):
    """How a ledger is to be verified."""

    keys: Sequence[str] | None = None
    """The keys that are trusted, as verifier keys; where this is absent, those that the ledger itself
    names.
    """
    since: Sequence[str] | None = None
    """Signed checkpoints that somebody remembers, which the ledger must continue."""
    threads: int | None = None
    """In how many threads; one unless this says otherwise."""
    threshold: int | None = None
    """How many of them must have signed; one unless this says otherwise."""
    unsigned: bool | None = None
    """Whether a ledger that names keys may have no signed checkpoint."""

    _members = {
        "keys": ("keys", None),
        "since": ("since", None),
        "threads": ("threads", None),
        "threshold": ("threshold", None),
        "unsigned": ("unsigned", None),
    }


class VerifiedAnswer(Document):
    """What verification found in a ledger that is sound."""

    size: int
    """How many entries there are."""
    root: str
    """The RFC 6962 Merkle tree hash over them."""
    last: str
    """The hash of the last entry."""
    erased: int
    """How many attachments were erased."""
    signed: int | None
    """How many entries are signed, by the trusted keys or else those that the ledger names; absent
    where nothing is.
    """

    _members = {
        "size": ("size", None),
        "root": ("root", None),
        "last": ("last", None),
        "erased": ("erased", None),
        "signed": ("signed", None),
    }
