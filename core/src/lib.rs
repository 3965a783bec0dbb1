//! Poundlock decides whether a change may enter a stage, and records every decision in a ledger that
//! nobody can rewrite unnoticed.
//!
//! A [`Charter`] says who may do what, where, and on which conditions; a [`PolicyPack`] holds rules in
//! CEL; an [`Engine`] is a charter with its packs. [`Engine::decide`] answers a [`Request`] against the
//! [`State`] of a [`Ledger`], purely: the core reads no clock, network, environment or random source.
//! [`Engine::admit`] decides and appends, and gives an [`Admission`] once the entry is durable.
//!
//! What is absent, unknown, empty, expired or broken is never a pass. A denial is a [`Decision`] with
//! findings; an [`Error`] means that no answer could be given.
//!
//! ```
//! use poundlock::model::{Action, Actor, Change, Channel};
//! use poundlock::{Engine, Ledger, Lock, Plan, PolicyPack, Request, State, Texts, Verdict};
//!
//! let pack = br#"
//! pack: storage
//! version: 1.0.0
//! policies:
//!   - name: buckets-are-named
//!     description: A bucket needs a name of its own.
//!     match: { resources: [aws_s3_bucket] }
//!     validations: [{ expression: object.bucket.startsWith('acme-') }]
//! "#;
//! let charter = br#"
//! charter: acme
//! version: 1.0.0
//! unmatched: deny
//! identity: asserted
//! packs: [{ pack: storage, version: 1.0.0 }]
//! actors: [{ actor: ci, kind: workload }]
//! tracks:
//!   - track: infrastructure
//!     moves: change
//!     stages: [{ stage: dev, grants: { plan: [ci] }, packs: [storage] }]
//!     boundaries: [{ into: dev, refs: [refs/heads/main] }]
//! "#;
//!
//! // The lock pins the pack: another one under the same name and version is refused.
//! let mut lock = Lock::default();
//! lock.pin(PolicyPack::parse(pack)?.reference(), PolicyPack::parse(pack)?.digest());
//! let engine = Engine::new(Texts {
//!     charter: charter.to_vec(),
//!     lock: lock.to_yaml().into_bytes(),
//!     packs: vec![pack.to_vec()],
//! })?;
//!
//! // A ledger begins with its law.
//! let ledger = Ledger::in_memory();
//! engine.begin(&ledger, "acme/2026", &[], "2026-03-02T08:00:00Z".parse()?)?;
//!
//! // A plan, as `terraform show -json` prints it, with the nonce that the host keeps beside it.
//! let plan = br#"{
//!     "format_version": "1.2", "terraform_version": "1.11.4",
//!     "resource_changes": [{
//!         "address": "aws_s3_bucket.logs", "mode": "managed", "type": "aws_s3_bucket", "name": "logs",
//!         "provider_name": "registry.terraform.io/hashicorp/aws",
//!         "change": { "actions": ["create"], "before": null, "after": { "bucket": "logs" },
//!                     "after_unknown": {}, "before_sensitive": false, "after_sensitive": {} }
//!     }]
//! }"#;
//! let plan = Plan::from_terraform(plan, &[7; 32])?;
//!
//! let change = Change::new("4f9c1d2e3b5a69788796a5b4c3d2e1f001122334", "refs/heads/main", "alice");
//! let at = "2026-03-02T09:00:00Z".parse()?;
//! let mut request = Request::new("run-1", at, Action::Plan, Actor::workload("ci"), "dev", "web", change);
//! request.channel = Channel::Ci;
//! request.reason = "keep the logs".into();
//! request.attach(plan);
//!
//! let admission = engine.admit(&request, &ledger, &mut State::new())?;
//! assert_eq!(admission.verdict, Verdict::Deny);
//! let decision = admission.decision.expect("this is no repeat");
//! let denial = decision.findings.iter().find(|finding| finding.denies()).expect("there is a reason");
//! assert_eq!(denial.code, "policy.failed");
//! assert_eq!(denial.resource.as_deref(), Some("aws_s3_bucket.logs"));
//! assert_eq!(ledger.verify()?.size, 2);
//! # Ok::<(), poundlock::Error>(())
//! ```
#![forbid(unsafe_code)]

pub mod canonical;
pub mod cel;
pub mod charter;
pub mod digest;
pub mod engine;
pub mod error;
pub mod export;
pub mod identity;
pub mod intake;
pub mod ledger;
pub mod limits;
pub mod model;
mod pattern;
pub mod policy;
pub mod report;
pub mod scenario;
mod secrets;
pub mod state;
pub mod time;
pub mod value;
pub mod wire;

pub use charter::{Charter, Lock};
pub use digest::Digest;
pub use engine::{Admission, Engine, Texts};
pub use error::{Error, ErrorKind};
pub use ledger::Ledger;
pub use model::{Decision, Fact, Plan, Request, Verdict};
pub use policy::PolicyPack;
pub use state::State;
pub use value::Value;

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
