//! What a person who is asked to approve has to see: what it is, what it would do, and what stands
//! against it.

use super::{Engine, content};
use crate::{
    canonical,
    charter::Moves,
    digest::Digest,
    error::Result,
    identity::{Statement, StatementSubject},
    ledger::Ledger,
    model::{
        Action, Actor, ActorKind, Approval, Channel, Check, Finding, Manifest, Plan, Request,
        Subject, Verdict,
    },
    state::{DecisionBody, RecordReferences, State, kind},
    time::Instant,
};

/// What a person who is asked to approve has to see.
#[derive(Clone, Debug)]
pub struct Review {
    /// What is consented to; its text is what is signed.
    pub statement: Statement,
    /// The newest request that asked about it, if its record is left: author, ref and reason are in it.
    pub request: Option<Request>,
    /// What the artifact is made of, where the track's lifecycle knows it.
    pub manifest: Option<Manifest>,
    /// What would be found now about subject, boundary, approvals, evidence and policies, if the entrance
    /// into the stage were asked for. Empty where no request is left.
    pub findings: Vec<Finding>,
}

impl Review {
    /// The plan, where a change is approved and the plan's record is left.
    pub fn plan(&self) -> Option<&Plan> {
        self.request.as_ref().and_then(|request| request.plan.as_deref())
    }
}

impl Engine {
    /// Gathers what a person has to see before they approve at an instant. Nothing is recorded.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::statement`], of reading the ledger, and of [`Engine::decide`]; `charter.mismatch`
    /// when the ledger is governed by another charter.
    pub fn review(
        &self,
        approval: &Approval,
        ledger: &Ledger,
        state: &State,
        at: Instant,
    ) -> Result<Review> {
        self.governs(state)?;
        let statement = self.statement(approval, at, state)?;
        let mut request = asked(&statement, ledger, state)?;
        let mut findings = Vec::new();
        if let Some(request) = &mut request
            && let Some((track, stage)) = self.approval_stage(approval)
        {
            let action = match (track.moves, track.before(stage).next()) {
                (Moves::Change, None) => Action::Apply,
                _ => Action::Promote,
            };
            let actor = stage.grants.of(action).first();
            let entering = Request {
                id: format!("review-{}", content(request)?),
                at,
                action,
                actor: Actor {
                    kind: ActorKind::Workload,
                    id: actor.unwrap_or(&request.actor.id).clone(),
                    claims: Default::default(),
                },
                channel: Channel::Ci,
                track: Some(statement.track.clone()),
                stage: statement.stage.clone(),
                ..request.clone()
            };
            // Who will ask, and from where, is not what is approved.
            let of_interest = |finding: &Finding| {
                !matches!(
                    finding.check,
                    Check::Request | Check::Identity | Check::Channel | Check::Target
                )
            };
            findings = self.decide(&entering, state)?.findings;
            findings.retain(of_interest);
        }
        let lifecycle = self.approval_stage(approval).and_then(|(it, _)| it.lifecycle.as_deref());
        let manifest = match (&statement.subject, lifecycle) {
            (StatementSubject::Artifact(digest), Some(name)) => state.manifest(name, *digest),
            _ => None,
        };
        let manifest = manifest.cloned();
        Ok(Review { statement, request, manifest, findings })
    }
}

/// The newest request about what is approved, with its plan: for a change, the plan's own for this stage.
fn asked(statement: &Statement, ledger: &Ledger, state: &State) -> Result<Option<Request>> {
    const BATCH: u64 = 1024;
    let mut end = state.size();
    while end > 0 {
        let start = end.saturating_sub(BATCH);
        let batch = ledger.read(start, usize::try_from(end.saturating_sub(start)).unwrap_or(0))?;
        for recorded in batch.iter().rev().filter(|r| r.entry.kind == kind::DECISION) {
            let body: DecisionBody = canonical::from_bytes(&recorded.entry.body)?;
            let Some(references) = body.record.as_ref().filter(|_| is_about(statement, &body))
            else {
                continue;
            };
            if let Some(request) = request(references, ledger)? {
                return Ok(Some(request));
            }
        }
        end = start;
    }
    Ok(None)
}

fn is_about(statement: &Statement, body: &DecisionBody) -> bool {
    let asked = &body.request;
    let same_asset =
        asked.track.as_ref() == Some(&statement.track) && asked.asset == statement.asset;
    same_asset
        && match (&statement.subject, &asked.subject) {
            (StatementSubject::Change { commit, plan }, Subject::Change(change)) => {
                asked.action == Action::Plan
                    && body.decision.verdict == Verdict::Allow
                    && asked.stage == statement.stage
                    && (commit, Some(*plan)) == (&change.commit, change.plan)
            }
            (StatementSubject::Artifact(digest), Subject::Artifact(artifact)) => {
                *digest == artifact.digest
            }
            _ => false,
        }
}

/// A request as it was recorded; `None` where a part of it was erased.
fn request(references: &RecordReferences, ledger: &Ledger) -> Result<Option<Request>> {
    let attachment = |digest: &Digest| ledger.attachment(digest);
    let Some(bytes) = attachment(&references.request)? else { return Ok(None) };
    let mut request: Request = canonical::from_bytes(&bytes)?;
    if let Some(plan) = &references.plan {
        let Some(bytes) = attachment(plan)? else { return Ok(None) };
        request.plan = Some(Plan::from_record(&canonical::decode_document(&bytes)?)?.into());
    }
    Ok(Some(request))
}
