//! Whether traffic may follow what was deployed, and whether anything else may enter meanwhile.

use super::{Context, Place};
use crate::{
    engine::{codes, findings::CheckFindings},
    model::{Action, Subject},
    state::RolloutRecord,
};

pub(super) fn check(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    match context.request.action {
        Action::Shift => shift(context, place, findings),
        Action::Apply | Action::Promote => enter(context, place, findings),
        Action::Plan | Action::Rollback => {}
    }
    if context.request.traffic.is_some() && context.request.action != Action::Shift {
        findings.fail(
            codes::ROLLOUT_STEP,
            None,
            "the request names a share of the traffic, and it is no shift",
            "leave `traffic` out; what enters begins without traffic",
        );
    }
}

/// The rollout that a request is about.
pub(super) fn of<'a>(context: &Context<'a>, place: &Place<'a>) -> Option<&'a RolloutRecord> {
    let subject = &context.request.subject;
    context.state.rollout(&place.site).filter(|rollout| {
        rollout.lineage == subject.lineage() && Some(rollout.digest) == subject.digest()
    })
}

/// Step by step, in order, and not too soon (R476, R477). Evidence is the gate's matter.
fn shift(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let Some(rule) = &place.boundary.rollout else {
        findings.fail(
            codes::BOUNDARY_NOT_OFFERED,
            None,
            format!("the boundary into `{}` has no rule for shifting traffic", place.stage.stage),
            "let the charter say `rollout` for this boundary; without it traffic follows at once",
        );
        return;
    };
    let Some(rollout) = of(context, place) else {
        let what = match context.request.subject {
            Subject::Change(_) => "commit and plan",
            Subject::Artifact(_) => "artifact",
        };
        findings.fail(
            codes::ROLLOUT_OTHER,
            None,
            format!("no rollout of this {what} is under way in `{}`", place.stage.stage),
            "name what was deployed there last, once its success is recorded",
        );
        return;
    };
    if rollout.failed {
        findings.fail(
            codes::ROLLOUT_FAILED,
            None,
            format!("the step after {} percent failed", rollout.traffic),
            "roll back",
        );
    }
    let next = rule.steps.iter().find(|step| **step > rollout.traffic);
    if next.is_none() || context.request.traffic.as_ref() != next {
        findings.fail(
            codes::ROLLOUT_STEP,
            None,
            format!("the rollout is at {} percent, and this is not its next step", rollout.traffic),
            match next {
                Some(next) => format!("shift to {next} percent"),
                None => "the charter has no further step; roll back, or amend it".to_owned(),
            },
        );
    }
    let ready = rollout.at.saturating_add(rule.wait);
    if context.request.at < ready {
        findings.fail(
            codes::ROLLOUT_WAIT,
            None,
            format!("{} must pass between one step and the next", rule.wait),
            format!("ask again at {ready}"),
        );
    }
}

/// Nothing else enters while traffic is on its way, or after a step failed: the way on is a rollback. Where
/// there is nothing to go back to, another attempt is the only way on.
fn enter(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    if place.boundary.rollout.is_none() {
        return;
    }
    let one = place.is_one();
    let under_way = context
        .state
        .rollouts(&place.site, one)
        .find(|rollout| context.state.known_good(&place.site, one, &rollout.lineage).is_some());
    match under_way {
        None => {}
        Some(rollout) if rollout.failed => findings.fail(
            codes::ROLLOUT_FAILED,
            None,
            format!("a step of the rollout of {} failed", rollout.lineage),
            "roll back first",
        ),
        Some(rollout) => findings.fail(
            codes::ROLLOUT_UNFINISHED,
            None,
            format!("{} has {} percent of the traffic", rollout.lineage, rollout.traffic),
            "shift the rest of the traffic, or roll back",
        ),
    }
}
