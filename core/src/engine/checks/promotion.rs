//! How much, how often, whether anything newer came, and which way leads back.

use super::{Context, Place};
use crate::{
    charter::{BlastRadius, Superseded},
    engine::{codes, findings::CheckFindings},
    model::{Action, Subject},
};

/// How much one plan may change (R142, R146). Going back changes as much as going forward did, so
/// that only which resources it touches is held against a rollback.
pub(super) fn blast_radius(
    context: &Context<'_>,
    place: &Place<'_>,
    findings: &mut CheckFindings<'_>,
) {
    let (Some(radius), Some(plan)) = (&place.boundary.blast_radius, &context.request.plan) else {
        return;
    };
    if context.request.action != Action::Rollback {
        for ((name, limit), count) in radius.limits().into_iter().zip(BlastRadius::of(plan)) {
            if let Some(limit) = limit.filter(|limit| count > *limit) {
                findings.fail(
                    codes::BOUNDARY_BLAST_RADIUS,
                    Some(name),
                    format!(
                        "the plan has {count} {name}, and `{}` allows {limit} at once",
                        place.stage.stage
                    ),
                    "split the change into smaller ones",
                );
            }
        }
    }
    let mut outside = radius.outside(plan);
    if let Some(first) = outside.next() {
        findings.fail(
            codes::BOUNDARY_RESOURCE,
            Some(&first.address),
            format!(
                "the plan changes {} resources that the boundary into `{}` does not name, this one among them",
                outside.count().saturating_add(1),
                place.stage.stage
            ),
            "leave them out of the change, or let the charter name them under `blastRadius.resources`",
        );
    }
}

/// What enters while something newer waits would undo it sooner or later (R114).
pub(super) fn superseded(
    context: &Context<'_>,
    place: &Place<'_>,
    findings: &mut CheckFindings<'_>,
) {
    let Subject::Change(change) = &context.request.subject else { return };
    if place.boundary.superseded == Superseded::Allow {
        return;
    }
    let newest = context.state.newest_plan(&place.site, place.is_one(), &change.git_ref);
    if let Some(newest) = newest.filter(|newest| newest.commit != change.commit) {
        findings.fail(
            codes::BOUNDARY_SUPERSEDED,
            None,
            format!("entry {} admitted a newer plan of {}", newest.sequence, newest.commit),
            "carry out the newer plan; if this commit is wanted after all, plan it anew",
        );
    }
}

/// How often subjects may enter the stage (R146).
pub(super) fn rate(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let Some(rate) = place.boundary.rate else { return };
    let before = usize::try_from(rate.count).unwrap_or(usize::MAX).saturating_sub(1);
    let Some(oldest) = context.state.entered(&place.site).nth(before) else { return };
    let ready = oldest.saturating_add(rate.per);
    if context.request.at < ready {
        findings.fail(
            codes::BOUNDARY_RATE,
            None,
            format!(
                "{} acts were admitted into `{}` within {}",
                rate.count, place.stage.stage, rate.per
            ),
            format!("ask again at {ready}"),
        );
    }
}

/// What enters names what is gone back to if it fails (R168, R485).
pub(super) fn way_back(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let Some(rule) = &place.boundary.rollback else { return };
    let lineage = context.request.subject.lineage();
    let good = context.state.known_good(&place.site, place.is_one(), &lineage);
    match (good, &context.request.rollback) {
        (None, None) if rule.required => findings.pass(
            codes::ROLLBACK_FIRST,
            None,
            format!(
                "nothing is known to be good in `{}` that could be gone back to",
                place.stage.stage
            ),
        ),
        (_, None) if !rule.required => {}
        (Some(good), Some(named)) if good.lineage == *named => findings.pass(
            codes::ROLLBACK_NAMED,
            None,
            "the request names the last lineage that is known to be good",
        ),
        (Some(good), None) => findings.fail(
            codes::ROLLBACK_MISSING,
            None,
            "the request does not name the lineage that is gone back to if it fails",
            format!(
                "name {}, the last that is known to be good in `{}`",
                good.lineage, place.stage.stage
            ),
        ),
        (good, _) => target(good.map(|good| good.lineage.as_str()), place, findings),
    }
}

/// What is rolled back to is the last that is known to be good, and not what failed (R468, R480).
pub(super) fn rollback(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    if place.boundary.rollback.is_none() {
        findings.fail(
            codes::BOUNDARY_NOT_OFFERED,
            None,
            format!("the boundary into `{}` has no rule for rolling back", place.stage.stage),
            "let the charter say `rollback` for this boundary",
        );
        return;
    }
    let good = context.state.rollback_target(&place.site).map(|good| good.lineage.as_str());
    if good != Some(context.request.subject.lineage().as_str()) {
        target(good, place, findings);
    }
}

fn target(good: Option<&str>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let stage = &place.stage.stage;
    let (message, remedy) = match good {
        Some(good) => (
            format!("this is not the last lineage that is known to be good in `{stage}`"),
            format!("go back to {good}"),
        ),
        None => (
            format!("nothing is known to be good in `{stage}` that could be gone back to"),
            "bring a change that mends it".to_owned(),
        ),
    };
    findings.fail(codes::ROLLBACK_TARGET, None, message, remedy);
}
