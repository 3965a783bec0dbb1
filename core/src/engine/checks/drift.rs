//! Whether an incident is open where something is to be done, and whether anybody looked for drift.

use super::{Context, Place};
use crate::{
    charter::{AbsentDrift, DriftRule},
    engine::{codes, findings::CheckFindings},
    model::Action,
};

pub(super) fn check(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let Some(rule) = &place.stage.drift else { return };
    if !rule.blocks.contains(&context.request.action) || prepares_rollback(context, place) {
        return;
    }
    incidents(context, place, findings);
    absent(context, place, rule, findings);
}

/// The way out of an incident may need a plan.
fn prepares_rollback(context: &Context<'_>, place: &Place<'_>) -> bool {
    context.request.action == Action::Plan
        && place.boundary.rollback.is_some()
        && context
            .state
            .rollback_target(&place.site)
            .is_some_and(|good| good.lineage == context.request.subject.lineage())
}

/// Drift is an incident, not a warning (R385).
fn incidents(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let mut open = context.state.open_incidents(&place.site, place.is_one());
    let Some((entry, record)) = open.next() else { return };
    let others = match open.count() {
        0 => String::new(),
        others => format!(", and {others} more"),
    };
    findings.fail(
        codes::INCIDENT_OPEN,
        Some(record.kind.word()),
        format!("the incident that {entry} opened at {} is not over{others}", record.at),
        "bring it to an end, and record its resolution; or roll back",
    );
}

/// Absent evidence of drift may pass where the charter says so; present drift is an open incident.
fn absent(
    context: &Context<'_>,
    place: &Place<'_>,
    rule: &DriftRule,
    findings: &mut CheckFindings<'_>,
) {
    let state = context.state;
    if !state.was_acted_on(&place.site, place.is_one()) {
        let message =
            format!("nothing that could have drifted was ever deployed in `{}`", place.stage.stage);
        findings.pass(codes::DRIFT_UNSEEN, None, message);
        return;
    }
    let look = state.looks.get(&place.site).copied().unwrap_or_default();
    let fresh = look.clean.is_some_and(|clean| {
        look.found.is_none_or(|found| clean > found)
            && rule.max_age.is_none_or(|age| context.now() <= clean.saturating_add(age))
    });
    match rule.absent {
        _ if fresh => {
            findings.pass(codes::DRIFT_OK, None, "somebody looked for drift lately and found none");
        }
        AbsentDrift::Allow => findings.pass(
            codes::DRIFT_UNSEEN,
            None,
            "nobody looked for drift lately, and the charter does not ask for it",
        ),
        AbsentDrift::Deny => findings.fail(
            codes::DRIFT_ABSENT,
            None,
            format!(
                "nobody looked for drift in `{}` and found none within {}",
                place.stage.stage,
                rule.max_age.unwrap_or_default()
            ),
            "look for drift, and record what was found as a fact of the kind `incident`",
        ),
    }
}
