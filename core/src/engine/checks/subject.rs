//! About what: a commit and a plan digest, or an artifact digest.

use super::{Context, Place};
use crate::{
    charter::{IncompletePlans, Moves},
    engine::{codes, findings::CheckFindings},
    model::{Action, Artifact, Change, CheckStatus, Outcome, Plan, Subject},
    state::PlanRecord,
};

pub(super) fn check(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    match (&context.request.subject, place.track.moves) {
        (Subject::Change(change), Moves::Change) => self::change(context, place, change, findings),
        (Subject::Artifact(artifact), Moves::Artifact)
            if !matches!(context.request.action, Action::Plan | Action::Apply) =>
        {
            self::artifact(context, place, artifact, findings);
            super::artifact::check(context, place, artifact, findings);
        }
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

/// An artifact stays what it was first admitted as: who approved it, or attested something of its
/// commit, did so of that. What was not said at first may be said later, once.
fn artifact(
    context: &Context<'_>,
    place: &Place<'_>,
    artifact: &Artifact,
    findings: &mut CheckFindings<'_>,
) {
    let key = (place.site.track.clone(), artifact.digest);
    let Some(first) = context.state.artifacts.get(&key) else { return };
    let differs = |first: &Option<String>, now: &Option<String>| {
        first.as_ref().zip(now.as_ref()).is_some_and(|(first, now)| first != now)
    };
    if first.author != artifact.author
        || differs(&first.commit, &artifact.commit)
        || differs(&first.git_ref, &artifact.git_ref)
    {
        findings.fail(
            codes::SUBJECT_ARTIFACT_BOUND,
            None,
            "this artifact was admitted before as of another author, commit or ref",
            "name what the artifact was made of, and by whom, as before",
        );
    }
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
        // A shift names what was deployed, and no plan is carried out.
        if context.request.action == Action::Shift {
            return;
        }
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
    if context.request.action == Action::Shift {
        return;
    }
    complete(context, plan, findings);
    bound(context, place, change, plan, findings);
    if context.request.action != Action::Plan {
        recorded(context, place, plan, findings);
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
    for part in &plan.unjudged {
        findings.fail(
            codes::PLAN_UNJUDGED,
            Some(part),
            "the plan holds something that no policy can see",
            "leave it out of the plan",
        );
    }
    for address in &plan.exposed {
        findings.fail(
            codes::PLAN_SECRET,
            Some(address),
            "the plan would bring about a value that looks like a secret and is not marked as one",
            "keep it in a secret manager, refer to it from there, and consider it as known to others",
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

/// A plan belongs to the change that it was first admitted for, author included: who approved the plan
/// approved that change.
fn bound(
    context: &Context<'_>,
    place: &Place<'_>,
    change: &Change,
    plan: &Plan,
    findings: &mut CheckFindings<'_>,
) {
    // Whatever the asset is called: who may approve does not depend on it.
    let other = |first: &PlanRecord| first.change.as_ref().is_some_and(|it| it != change);
    if context.state.plans_of(&place.site, plan.digest).any(other) {
        findings.fail(
            codes::SUBJECT_PLAN_BOUND,
            None,
            "this plan was admitted for another commit, ref or author",
            "name the change that the plan was made of, or plan anew",
        );
    }
}

/// What is applied was planned by a request of its own, and is applied once.
fn recorded(
    context: &Context<'_>,
    place: &Place<'_>,
    plan: &Plan,
    findings: &mut CheckFindings<'_>,
) {
    let admitted = context.state.plan(&place.site, plan.digest);
    if admitted.is_none_or(|record| record.change.is_none()) {
        findings.fail(
            codes::SUBJECT_PLAN_UNRECORDED,
            None,
            format!("no plan of this digest was admitted in `{}`", place.stage.stage),
            "have the plan admitted first, with the action `plan`",
        );
    }
    if plan.applyable == Some(false) && context.request.action != Action::Promote {
        findings.fail(
            codes::PLAN_NOT_APPLYABLE,
            None,
            "the plan says of itself that it cannot be applied",
            "plan anew; a plan without changes needs no apply",
        );
    }
    // Whatever the asset is called: a plan changes one place. A part of it does, too.
    let spent = |digest| context.state.is_applied(&place.site, digest);
    let parts = plan.parts.iter().map(|part| part.digest);
    let applied = std::iter::once(plan.digest).chain(parts).any(spent);
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
