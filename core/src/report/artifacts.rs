//! What becomes of artifacts: publications, attempts to alter them, and integrity checks.

use std::collections::BTreeMap;

use super::{
    figure::{Counts, Name, Numbers},
    tally::seconds,
};
use crate::{
    digest::Digest,
    ledger::Recorded,
    model::{FactKind, IntegrityCheck, IntegrityResult, LifecycleOperation, LifecycleStep},
    state::FactBody,
    time::Instant,
};

/// The lifecycle, and the digest.
type Place = (String, Digest);

/// What is known of artifacts so far.
#[derive(Default)]
pub(super) struct Artifacts {
    /// When the first draft of each began that is not published.
    begun: BTreeMap<Place, Instant>,
    /// By which entry each was published, and whether a check found it changed since.
    published: BTreeMap<Place, (u64, bool)>,
}

impl Artifacts {
    /// Adds a fact that was admitted or refused.
    pub(super) fn add(
        &mut self,
        recorded: &Recorded,
        body: &FactBody,
        allowed: bool,
        counts: &mut Counts,
    ) {
        let sequence = recorded.entry.sequence;
        if body.attempt.is_some() {
            counts.of(Name::AlterationsRefused).one(sequence);
        }
        let Some(terms) = body.artifact.as_ref().filter(|_| allowed) else { return };
        match &body.fact.fact {
            FactKind::Lifecycle(step) => {
                self.step(recorded, (terms.lifecycle.clone(), step.digest), step, counts);
            }
            FactKind::IntegrityCheck(check) => {
                self.check(recorded, (terms.lifecycle.clone(), check.digest), check, counts);
            }
            _ => {}
        }
    }

    fn step(
        &mut self,
        recorded: &Recorded,
        place: Place,
        step: &LifecycleStep,
        counts: &mut Counts,
    ) {
        let (sequence, at) = (recorded.entry.sequence, recorded.entry.at);
        match &step.operation {
            LifecycleOperation::Create(_) => {
                self.begun.insert(place, at);
            }
            LifecycleOperation::Update(revision) => {
                let replaced = (place.0.clone(), revision.replaces);
                let begun = self.begun.remove(&replaced).unwrap_or(at);
                self.begun.insert(place, begun);
            }
            LifecycleOperation::Delete(_) => {
                self.begun.remove(&place);
            }
            LifecycleOperation::Publish(publication) => {
                counts.of(Name::ArtifactsPublished).one(sequence);
                counts.of(Name::Emergencies).share(sequence, publication.emergency.is_some());
                if let Some(begun) = self.begun.remove(&place) {
                    counts.of(Name::ImmutabilityTime).took(sequence, seconds(begun, at));
                }
                self.published.insert(place, (sequence, false));
            }
            LifecycleOperation::Retire(retirement) => {
                if retirement.forced {
                    counts.of(Name::Emergencies).share(sequence, true);
                }
            }
            LifecycleOperation::Reinstate(_) => self.changed(&place, false),
            LifecycleOperation::Use(_) | LifecycleOperation::Read(_) => {
                counts.of(Name::Accesses).one(sequence);
            }
            LifecycleOperation::Submit(_)
            | LifecycleOperation::Approve(_)
            | LifecycleOperation::Reject(_)
            | LifecycleOperation::Deprecate(_)
            | LifecycleOperation::Archive(_)
            | LifecycleOperation::Annotate(_) => {}
        }
    }

    fn check(
        &mut self,
        recorded: &Recorded,
        place: Place,
        check: &IntegrityCheck,
        counts: &mut Counts,
    ) {
        let (sequence, at) = (recorded.entry.sequence, recorded.entry.at);
        for (name, result) in [
            (Name::IntegrityValid, IntegrityResult::Valid),
            (Name::IntegrityInvalid, IntegrityResult::Invalid),
            (Name::IntegrityErrors, IntegrityResult::Error),
        ] {
            counts.of(name).share(sequence, check.result == result);
        }
        counts.of(Name::IntegrityTime).took(sequence, u64::from(check.milliseconds));
        if check.result == IntegrityResult::Invalid {
            self.changed(&place, true);
            counts.of(Name::DetectionTime).took(sequence, seconds(check.checked, at));
        }
    }

    fn changed(&mut self, place: &Place, changed: bool) {
        if let Some(published) = self.published.get_mut(place) {
            published.1 = changed;
        }
    }

    /// How many of those that were ever published are as they were.
    pub(super) fn end(&self, numbers: &mut Numbers) {
        let mut published: Vec<_> = self.published.values().collect();
        published.sort_unstable();
        for (sequence, changed) in published {
            numbers.share(*sequence, !changed);
        }
    }
}
