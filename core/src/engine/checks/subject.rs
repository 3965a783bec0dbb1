//! About what: a commit and a plan digest, or an artifact digest.

use super::{Context, Place};
use crate::{
    charter::{IncompletePlans, Moves},
    engine::{codes, findings::CheckFindings},
    model::{Action, Change, CheckStatus, Outcome, Plan, Subject},
};

pub(super) fn check(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    match (&context.request.subject, place.track.moves) {
        (Subject::Change(change), Moves::Change) => self::change(context, place, change, findings),
        (Subject::Artifact(_), Moves::Artifact) if context.request.action == Action::Promote => {}
        (Subject::Artifact(_), Moves::Artifact) => findings.fail(
            codes::SUBJECT_ACTION,
            None,
            format!(
                "artifacts are promoted; they cannot be asked to {}",
                context.request.action.word()
            ),
            "ask to promote",
        ),
        (_, moves) => {
            let (wanted, found) = match moves {
                Moves::Change => ("changes", "an artifact"),
                Moves::Artifact => ("artifacts", "a change"),
            };
            findings.fail(
                codes::SUBJECT_KIND,
                None,
                format!(
                    "the track `{}` moves {wanted}, and the subject is {found}",
                    place.track.track
                ),
                "name the track that moves this kind of subject",
            );
        }
    }
    findings.pass_if_clean(codes::SUBJECT_OK, "the subject is named by what cannot change");
}

fn change(
    context: &Context<'_>,
    place: &Place<'_>,
    change: &Change,
    findings: &mut CheckFindings<'_>,
) {
    if !is_commit(&change.commit) {
        findings.fail(
            codes::SUBJECT_COMMIT,
            None,
            "the commit is not a full hash",
            "give the commit's 40 or 64 hexadecimal digits",
        );
    }
    let Some(plan) = &context.request.plan else {
        findings.fail(
            codes::SUBJECT_PLAN_MISSING,
            None,
            "no plan was handed in",
            "hand in the plan's JSON form",
        );
        return;
    };
    if change.plan != Some(plan.digest) {
        findings.fail(
            codes::SUBJECT_PLAN_MISMATCH,
            None,
            "the plan handed in is not the one that the request names",
            "hand in the plan that was reviewed, with the nonce kept beside it",
        );
    }
    complete(context, plan, findings);
    if context.request.action != Action::Plan {
        recorded(context, place, change, plan, findings);
    }
}

fn complete(context: &Context<'_>, plan: &Plan, findings: &mut CheckFindings<'_>) {
    if plan.complete == Some(false)
        && context.engine.charter().document().incomplete_plans == IncompletePlans::Deny
    {
        findings.fail(
            codes::PLAN_INCOMPLETE,
            None,
            "the plan covers only a part of the configuration",
            "plan without -target, or let the charter say `incompletePlans: allow`",
        );
    }
    for check in &plan.checks {
        match check.status {
            CheckStatus::Pass => {}
            CheckStatus::Fail | CheckStatus::Error => findings.fail(
                codes::PLAN_CHECK_FAILED,
                Some(&check.address),
                "a check of the configuration failed",
                "mend what the check objects to",
            ),
            CheckStatus::Unknown => findings.advise(
                codes::PLAN_CHECK_UNKNOWN,
                Some(&check.address),
                Outcome::Unknown,
                "a check of the configuration cannot be told before apply",
            ),
        }
    }
    if !plan.drift.is_empty() {
        findings.advise(
            codes::PLAN_DRIFT,
            None,
            Outcome::Fail,
            format!("{} resources were changed outside the tool", plan.drift.len()),
        );
    }
}

/// What is applied was planned by a request of its own, and is applied once.
fn recorded(
    context: &Context<'_>,
    place: &Place<'_>,
    change: &Change,
    plan: &Plan,
    findings: &mut CheckFindings<'_>,
) {
    if !context.state.plans.contains(&(place.site.clone(), plan.digest, change.commit.clone())) {
        findings.fail(
            codes::SUBJECT_PLAN_UNRECORDED,
            None,
            format!("no plan of this digest and commit was admitted in `{}`", place.stage.stage),
            "have the plan admitted first, with the action `plan`",
        );
    }
    let applied = context.state.permits.values().any(|record| {
        record.permit.is_act() && record.permit.digest == plan.digest && record.site() == place.site
    });
    if applied {
        findings.fail(
            codes::SUBJECT_PLAN_SPENT,
            None,
            "an application of this plan was admitted before",
            "plan anew; a plan is applied once",
        );
    }
}

fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64)
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
