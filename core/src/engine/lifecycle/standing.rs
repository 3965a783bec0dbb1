//! Whether an artifact may be used: the one place that says so, for its lifecycle and for tracks.

use super::Taking;
use crate::{
    charter::Lifecycle,
    digest::Digest,
    engine::{Engine, codes, findings::CheckFindings},
    model::{About, EvidenceResult, LifecycleState, Outcome},
    state::{EvidenceRecord, LifecycleRecord, OwedEvidence, State},
    time::Instant,
};

/// Whether an artifact may be used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Standing {
    /// It is published.
    Published,
    /// It is deprecated: it may stay where it is.
    Deprecated,
    /// It may not, and the findings say why.
    Out,
}

/// Whether an artifact may be used, by its state and by what it owes.
pub(in crate::engine) fn standing(
    engine: &Engine,
    state: &State,
    (digest, record): (Digest, &LifecycleRecord),
    now: Instant,
    findings: &mut CheckFindings<'_>,
) -> Standing {
    let mut standing = match record.state {
        LifecycleState::Published => Standing::Published,
        LifecycleState::Deprecated => Standing::Deprecated,
        other => {
            findings.fail(
                code(other),
                None,
                format!("the artifact is {}, and is not to be used", other.word()),
                "name an artifact that is published",
            );
            Standing::Out
        }
    };
    if let Some(quarantined) = record.quarantined {
        standing = Standing::Out;
        findings.fail(
            codes::ARTIFACT_QUARANTINED,
            None,
            format!("the artifact is in quarantine since the integrity check of {quarantined}"),
            "restore it and let it be reinstated, or name another",
        );
    }
    // What an emergency owes, those who made it an emergency owe.
    let owes = |owed: &&OwedEvidence| !owed.emergency;
    for owed in record.owed.iter().filter(owes) {
        if let Some(message) = fault(engine, state, digest, owed, now) {
            standing = Standing::Out;
            findings.fail(
                codes::ARTIFACT_OVERDUE,
                Some(&owed.gate),
                message,
                "let the gate's producers record the evidence",
            );
        }
    }
    standing
}

const fn code(state: LifecycleState) -> &'static str {
    match state {
        LifecycleState::Draft => codes::ARTIFACT_DRAFT,
        LifecycleState::Review => codes::ARTIFACT_REVIEW,
        LifecycleState::Approved => codes::ARTIFACT_APPROVED,
        LifecycleState::Published => codes::ARTIFACT_PUBLISHED,
        LifecycleState::Deprecated => codes::ARTIFACT_DEPRECATED,
        LifecycleState::Retired => codes::ARTIFACT_RETIRED,
        LifecycleState::Archived => codes::ARTIFACT_ARCHIVED,
    }
}

/// What is wrong with evidence that is owed: it failed, or it is overdue. It is given once and does not age, and comes
/// from those who are the gate's producers now or were when it came to be owed.
fn fault(
    engine: &Engine,
    state: &State,
    digest: Digest,
    owed: &OwedEvidence,
    now: Instant,
) -> Option<String> {
    let producers = engine.charter().gate(&owed.gate).map_or(&[][..], |gate| &gate.producers);
    let counts = |record: &&EvidenceRecord| {
        let is_producer = |list: &[String]| list.contains(&record.producer);
        record.produced >= owed.since && (is_producer(producers) || is_producer(&owed.producers))
    };
    let about = About::Artifact(digest);
    let latest = || state.evidence(&owed.gate, &about).filter(counts);
    let produced = latest().max_by_key(|record| record.produced).map(|record| record.result);
    match produced.max(latest().next_back().map(|record| record.result)) {
        Some(EvidenceResult::Pass) => None,
        None if now <= owed.due => None,
        None => Some(format!("evidence was owed until {}, and there is none", owed.due)),
        Some(_) => Some("the evidence that is owed is not a pass".to_owned()),
    }
}

/// Whether anything that is owed for an artifact is overdue or failed.
pub(super) fn is_overdue(
    engine: &Engine,
    state: &State,
    (digest, record): (Digest, &LifecycleRecord),
    now: Instant,
) -> bool {
    record.owed.iter().any(|owed| fault(engine, state, digest, owed, now).is_some())
}

/// Whether an emergency in the lifecycle still owes evidence that is overdue.
pub(super) fn owes_for_emergency(
    engine: &Engine,
    state: &State,
    lifecycle: &Lifecycle,
    now: Instant,
) -> bool {
    let artifacts = state.lifecycle.iter().filter(|((of, _), _)| *of == lifecycle.lifecycle);
    artifacts
        .flat_map(|((_, digest), record)| record.owed.iter().map(move |owed| (*digest, owed)))
        .filter(|(_, owed)| owed.emergency)
        .any(|(digest, owed)| fault(engine, state, digest, owed, now).is_some())
}

impl Engine {
    /// Somebody executes it or refers to it: what is deprecated may still be, with a warning (R241).
    pub(super) fn use_of(
        &self,
        taking: &Taking<'_>,
        record: &LifecycleRecord,
        findings: &mut CheckFindings<'_>,
    ) {
        let subject = (taking.step.digest, record);
        if standing(self, taking.state, subject, taking.now, findings) == Standing::Deprecated {
            findings.advise(
                codes::ARTIFACT_DEPRECATED,
                None,
                Outcome::Fail,
                "the artifact is deprecated: go over to its successor",
            );
        }
    }
}
