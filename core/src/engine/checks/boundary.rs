//! From which stage to which, when, and from which ref.

use super::{Context, Place, drift, promotion, rollout, tags, zone};
use crate::{
    charter::Moves,
    engine::{codes, findings::CheckFindings},
    model::{Action, OutcomeResult},
    pattern,
    state::{PermitRecord, Site},
};

pub(super) fn check(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    refs(context, place, findings);
    match context.request.action {
        Action::Plan => {}
        Action::Apply | Action::Promote => {
            tags::check(context, place, findings);
            order(context, place, findings);
            window(context, place, findings);
            pending(context, place, findings);
            promotion::superseded(context, place, findings);
            promotion::rate(context, place, findings);
            promotion::way_back(context, place, findings);
        }
        Action::Rollback => {
            pending(context, place, findings);
            promotion::rollback(context, place, findings);
        }
        Action::Shift => pending(context, place, findings),
    }
    if context.request.action != Action::Plan {
        zone::check(context, place, findings);
    }
    promotion::blast_radius(context, place, findings);
    rollout::check(context, place, findings);
    drift::check(context, place, findings);
    findings.pass_if_clean(codes::BOUNDARY_OK, "the subject may cross this boundary now");
}

fn refs(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let accepted = &place.boundary.refs;
    if accepted.is_empty() {
        return;
    }
    let found = context.request.subject.git_ref();
    if !found.is_some_and(|found| accepted.iter().any(|pattern| pattern::fits_ref(pattern, found)))
    {
        findings.fail(
            codes::BOUNDARY_REF,
            None,
            format!("`{}` accepts subjects from {} only", place.stage.stage, accepted.join(", ")),
            "bring the change to an accepted ref first",
        );
    }
}

/// No jumps: the lineage succeeded in the stage before, long enough ago, and nothing is owed from there.
fn order(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let Some(before) = place.from else {
        if context.request.action == Action::Promote && place.track.moves == Moves::Change {
            findings.fail(
                codes::BOUNDARY_FIRST,
                None,
                format!(
                    "`{}` is the first stage, and there is nothing to promote from",
                    place.stage.stage
                ),
                "ask to apply",
            );
        }
        return;
    };
    let lineage = context.request.subject.lineage();
    let site = Site { stage: before.stage.clone(), ..place.site.clone() };
    match context.state.lineages.get(&(site.clone(), lineage.clone())) {
        None => findings.fail(
            codes::BOUNDARY_JUMP,
            None,
            format!(
                "this lineage was never in `{}`, the stage before `{}`",
                before.stage, place.stage.stage
            ),
            format!("bring it through `{}` first", before.stage),
        ),
        Some(record) if record.outcome != Some(OutcomeResult::Succeeded) => findings.fail(
            codes::BOUNDARY_NOT_SUCCEEDED,
            None,
            format!(
                "this lineage entered `{}`, and its last recorded outcome there is {}",
                before.stage,
                match record.outcome {
                    None => "none yet",
                    Some(OutcomeResult::Failed) => "a failure",
                    Some(_) => "unknown",
                }
            ),
            format!("record its success in `{}`", before.stage),
        ),
        Some(record) => {
            zone::age(context, place, before, record.at, findings);
            let soak = place.boundary.soak.unwrap_or_default();
            let ready = record.at.saturating_add(soak);
            if context.request.at < ready {
                findings.fail(
                    codes::BOUNDARY_SOAK,
                    None,
                    format!(
                        "this lineage must have been in `{}` for {soak}, which is at {ready}",
                        before.stage
                    ),
                    format!("ask again at {ready}"),
                );
            }
        }
    }
    for owed in context.state.owed(&site, &lineage) {
        findings.fail(
            codes::OBLIGATION_OPEN,
            Some(&owed.obligation.subject),
            format!("`{}` is still owed from `{}`", owed.obligation.kind, before.stage),
            "have a plan made after the apply admitted there, in which the value is known",
        );
    }
}

fn window(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let windows = &place.boundary.windows;
    if !windows.is_empty() && !windows.iter().any(|window| window.contains(context.request.at)) {
        findings.fail(
            codes::BOUNDARY_WINDOW,
            None,
            format!(
                "{} lies outside the change windows of `{}`",
                context.request.at, place.stage.stage
            ),
            "ask again within a change window",
        );
    }
}

/// While the end of one action on a stack is not known, no other may begin.
fn pending(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    if place.track.moves != Moves::Change && place.boundary.rollout.is_none() {
        return;
    }
    // Going back is the way out where nobody knows what was done.
    let waits = |record: &PermitRecord| {
        record.is_pending()
            && (record.outcome.is_none() || context.request.action != Action::Rollback)
    };
    let open = context
        .state
        .open_permits(&place.site.track, &place.site.stage)
        .find(|(_, record)| waits(record) && same_place(place, &record.site()));
    if let Some((entry, record)) = open {
        findings.fail(
            codes::BOUNDARY_PENDING,
            None,
            format!(
                "the action that {entry} admitted for `{}` has no known outcome",
                record.permit.actor
            ),
            "record its outcome first",
        );
    }
}

/// A stage that names its stack or backend is one place, whatever assets are called; else each asset is one.
fn same_place(place: &Place<'_>, other: &Site) -> bool {
    let same_stage = (&other.track, &other.stage) == (&place.site.track, &place.site.stage);
    same_stage && (place.is_one() || other.asset == place.site.asset)
}
