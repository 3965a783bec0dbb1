//! The charter: who may do and record what, where, and on which conditions.
//!
//! A [`Charter`] has been checked as a whole, so that the engine can rely on every name that it
//! refers to and on every rule being possible to satisfy. [`Lock`] pins the packs that it names.

mod break_glass;
mod check;
mod document;
mod drift;
mod exceptions;
mod identity;
mod lifecycle;
mod lock;
mod promotion;
mod reports;
mod separation;
mod signers;
mod strictness;
mod threats;
mod waivers;
mod zone;

pub use break_glass::{BreakGlass, BreakGlassReason, Delegation, PostMortemRule, StageReference};
pub use document::{
    ActorDeclaration, Amendments, ApprovalRule, Boundary, CharterDocument, Clock, FactRules, Gate,
    GateAbout, Grants, IdentityRule, IncompletePlans, Moves, OverlayReference, Stage, Track,
    Unmatched,
};
pub use drift::{AbsentDrift, DriftRule};
pub use lifecycle::{
    EmergencyRule, EvidenceOwed, ExceptionReason, ExceptionRule, Lifecycle, LifecycleGrants,
    PublicationRule, RetirementRule, ReviewRule,
};
pub use lock::{Lock, LockDocument};
pub use promotion::{BlastRadius, Rate, RollbackRule, Rollout, Sensitive, Superseded};
pub use reports::{ReportBinding, ReportRule, ReportWaiver};
pub(crate) use separation::{Belonging, belongings};
pub use threats::Threat;
pub use waivers::Waiver;
pub use zone::ZoneRule;

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    canonical,
    digest::{Digest, Hasher},
    error::Result,
    identity::{AllowedSigners, Provider},
    model::Action,
    policy::PackReference,
    time::Instant,
    value::Value,
};

/// A charter that has been checked as a whole.
///
/// ```
/// use poundlock::charter::Charter;
///
/// let error = Charter::parse(b"charter: acme\ncolour: red\n").unwrap_err();
/// assert_eq!(error.code(), "input.unknown_field");
/// ```
#[derive(Clone, Debug)]
pub struct Charter {
    document: CharterDocument,
    signers: AllowedSigners,
    digest: Digest,
    providers: Arc<BTreeMap<String, Provider>>,
}

impl Charter {
    /// Reads and checks a charter in YAML.
    ///
    /// # Errors
    ///
    /// Those of reading YAML, each with line and column; `charter.duplicate`, `charter.undeclared`
    /// and `charter.invalid` when it does not make sense as a whole; those of [`Provider::new`].
    pub fn parse(yaml: &[u8]) -> Result<Self> {
        let value = Value::parse_yaml(yaml)?;
        let document: CharterDocument = value.deserialize()?;
        let signers = signers::check(&document, value.as_ref())?;
        check::check(&document, &signers, value.as_ref())?;
        let providers = Arc::new(identity::check(&document, value.as_ref())?);
        let digest = canonical::document_digest("charter", None, value.as_ref())?;
        Ok(Self { document, signers, digest, providers })
    }

    /// What the charter says.
    pub fn document(&self) -> &CharterDocument {
        &self.document
    }

    /// The keys that people sign with.
    pub fn signers(&self) -> &AllowedSigners {
        &self.signers
    }

    /// The digest of the canonical document alone. What governs a ledger is [`Charter::digest`], since a change to any
    /// pack changes the law too.
    pub fn document_digest(&self) -> Digest {
        self.digest
    }

    /// The digest of the canonical document together with the pinned packs: what a ledger's genesis
    /// entry names as its law. Comments and layout don't change it; a change to any pinned pack does.
    pub fn digest(&self, lock: &Lock) -> Digest {
        let mut hasher = Hasher::of_kind("law");
        hasher.update(self.digest.as_bytes());
        for pack in self.pinned() {
            hasher.update(lock.digest(&pack).unwrap_or(&Digest::ZERO).as_bytes());
        }
        hasher.finish()
    }

    /// What the lock file pins: the packs, then the overlays, in the order of the document.
    pub fn pinned(&self) -> impl Iterator<Item = PackReference> {
        let CharterDocument { packs, overlays, .. } = &self.document;
        packs.iter().cloned().chain(overlays.iter().map(OverlayReference::pinned))
    }

    /// Whether the day named by `reviewBy` has ended, in UTC (R428, R434). A charter that names none is never overdue.
    pub fn review_overdue(&self, at: Instant) -> bool {
        let end = self.document.review_by.as_deref().and_then(Instant::after_day);
        end.is_some_and(|end| at >= end)
    }

    /// The declaration of an actor.
    pub fn actor(&self, id: &str) -> Option<&ActorDeclaration> {
        self.document.actors.iter().find(|declared| declared.actor == id)
    }

    /// The provider of an actor, whose tokens show that it is the actor.
    pub fn provider_of(&self, actor: &ActorDeclaration) -> Option<&Provider> {
        self.providers.get(actor.provider.as_ref()?)
    }

    /// A gate.
    pub fn gate(&self, name: &str) -> Option<&Gate> {
        self.document.gates.iter().find(|gate| gate.gate == name)
    }

    /// A lifecycle.
    pub fn lifecycle(&self, name: &str) -> Option<&Lifecycle> {
        self.document.lifecycles.iter().find(|lifecycle| lifecycle.lifecycle == name)
    }

    /// The tracks that have a stage of this name or alias, with the stage.
    pub fn stages<'a, 'n>(
        &'a self,
        name: &'n str,
    ) -> impl Iterator<Item = (&'a Track, &'a Stage)> + use<'a, 'n> {
        self.document.tracks.iter().filter_map(move |track| Some((track, track.stage(name)?)))
    }
}

impl Track {
    /// The stage of this name or alias.
    pub fn stage(&self, name: &str) -> Option<&Stage> {
        self.stages
            .iter()
            .find(|stage| stage.stage == name || stage.aliases.iter().any(|alias| alias == name))
    }

    /// What the entrances of a stage demand: one for each stage that may come before it.
    pub fn boundaries_into(&self, stage: &Stage) -> impl Iterator<Item = &Boundary> {
        self.boundaries.iter().filter(|boundary| boundary.into == stage.stage)
    }

    /// What the entrance of a stage demands of what comes from another one; `None` for what comes from outside.
    pub fn boundary(&self, from: Option<&Stage>, into: &Stage) -> Option<&Boundary> {
        let from = from.map(|stage| &stage.stage);
        self.boundaries_into(into).find(|boundary| boundary.from.as_ref() == from)
    }

    /// The stages that may come before this one; none for the first.
    pub fn before(&self, stage: &Stage) -> impl Iterator<Item = &Stage> + Clone {
        let index = self.stages.iter().position(|other| other.stage == stage.stage);
        let index = index.unwrap_or_default();
        let (earlier, _) = self.stages.split_at_checked(index).unwrap_or_default();
        earlier.iter().enumerate().filter_map(move |(at, other)| {
            let comes_before = match &stage.after {
                Some(after) => after.contains(&other.stage),
                None => at.checked_add(1) == Some(index),
            };
            comes_before.then_some(other)
        })
    }
}

impl Stage {
    /// Whether it is one place, whatever assets are called.
    pub(crate) fn is_one_place(&self) -> bool {
        self.stack.is_some() || self.backend.is_some()
    }
}

impl Grants {
    /// Every actor that may do more than plan.
    pub(crate) fn acting(&self) -> impl Iterator<Item = &String> {
        Action::ALL.into_iter().filter(|action| *action != Action::Plan).flat_map(|a| self.of(a))
    }

    /// The actors that may carry out the action.
    pub fn of(&self, action: Action) -> &[String] {
        match action {
            Action::Plan => &self.plan,
            Action::Apply => &self.apply,
            Action::Promote => &self.promote,
            Action::Rollback => &self.rollback,
            Action::Shift => &self.shift,
        }
    }
}
