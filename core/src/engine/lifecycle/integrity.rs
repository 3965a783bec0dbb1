//! Integrity checks: who may record one, and what it must say.

use super::unknown;
use crate::{
    charter::ActorDeclaration,
    engine::{Engine, codes, facts::allowed, findings::CheckFindings},
    model::{IntegrityCheck, IntegrityResult},
    state::State,
    time::Instant,
};

impl Engine {
    /// A check is for the lifecycle's monitors to record, of what was published. A result that its own digest
    /// belies is none.
    pub(in crate::engine) fn integrity_check(
        &self,
        check: &IntegrityCheck,
        recorder: &ActorDeclaration,
        (state, at): (&State, Instant),
        findings: &mut CheckFindings<'_>,
    ) {
        let Some(lifecycle) = self.lifecycle_of(check.lifecycle.as_deref(), &check.asset, findings)
        else {
            return;
        };
        allowed(&lifecycle.monitors, recorder, "the lifecycle's monitors", findings);
        let record = state.artifact_of(&lifecycle.lifecycle, check.digest);
        match record.filter(|record| record.manifest.asset == check.asset) {
            None => unknown(findings),
            Some(record) if !record.state.is_immutable() => findings.fail(
                codes::ARTIFACT_STATE,
                Some("check"),
                format!("the artifact is {}, and was never published", record.state.word()),
                "check what was published",
            ),
            Some(_) => {}
        }
        let same = check.found.map(|found| found == check.digest);
        let fits = match check.result {
            IntegrityResult::Valid => same == Some(true),
            IntegrityResult::Invalid => same != Some(true),
            IntegrityResult::Error => same.is_none(),
        };
        if !fits {
            findings.fail(
                codes::ARTIFACT_DIGEST,
                None,
                "the digest that was found and the result do not go together",
                "give the digest that was computed, and the result that it shows",
            );
        }
        if check.checked > at.saturating_add(self.charter.document().clock.skew) {
            findings.fail(
                codes::FACT_FUTURE,
                None,
                "the check is said to be begun after it is recorded",
                "correct the clock of the host",
            );
        }
    }
}
