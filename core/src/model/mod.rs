//! Plain data: what is asked, what happened, what was found and what was decided.
//!
//! These types are the JSON contract of every binding. They hold no behaviour but their own
//! consistency; the rules live in [`engine`](crate::engine).

mod decision;
mod execution;
mod fact;
mod grant;
mod held;
mod incident;
mod joined;
mod lifecycle;
mod plan;
mod report;
mod request;
mod validate;

pub use decision::{
    Check, Decision, Enforcement, Finding, Mode, Obligation, Outcome, Permit, PolicyCount, Verdict,
};
pub use execution::{ChangedCounts, Execution};
pub use fact::{
    About, Amendment, Approval, Erasure, Evidence, EvidenceResult, Fact, FactKind, Law,
    OutcomeReport, OutcomeResult, StateSerial, Withdrawal,
};
pub use grant::{GrantApproval, GrantClosing, GrantOpening, GrantRequest, GrantScope, PostMortem};
pub use held::Held;
pub use incident::{Incident, IncidentKind, Resolution, StateContent, StateVersion};
pub use joined::PlanPart;
pub(crate) use joined::digest as joined_digest;
pub use lifecycle::{
    ArtifactConsent, ConsentPurpose, Creation, Emergency, ExceptionCase, IntegrityCheck,
    IntegrityResult, LifecycleOperation, LifecycleState, LifecycleStep, Manifest, Note,
    Publication, Remark, Retirement, Revision, Succession,
};
pub use plan::{
    Actions, CheckStatus, Mark, OutputChange, Plan, PlanCheck, PlanCounts, ResourceChange,
    ResourceMode,
};
pub use report::{
    Report, ReportFault, ReportFormat, ReportResult, ReportSubject, ReportText, Severity,
};
pub use request::{
    Action, Actor, ActorKind, Artifact, Change, Channel, Request, Signature, Subject, Target,
};
pub(crate) use validate::{check_origin, fault_of_keys};
