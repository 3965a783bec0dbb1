//! From which stage to which, when, and from which ref.

use super::{Context, Place};
use crate::{
    charter::Moves,
    engine::{codes, findings::CheckFindings},
    model::{Action, OutcomeResult},
    state::Site,
};

pub(super) fn check(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    refs(context, place, findings);
    if context.request.action != Action::Plan {
        super::tags::check(context, place, findings);
        order(context, place, findings);
        window(context, place, findings);
        pending(context, place, findings);
    }
    findings.pass_if_clean(codes::BOUNDARY_OK, "the subject may cross this boundary now");
}

fn refs(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let accepted = &place.boundary.refs;
    if accepted.is_empty() {
        return;
    }
    let found = context.request.subject.git_ref();
    if !found.is_some_and(|found| accepted.iter().any(|pattern| matches_ref(pattern, found))) {
        findings.fail(
            codes::BOUNDARY_REF,
            None,
            format!("`{}` accepts subjects from {} only", place.stage.stage, accepted.join(", ")),
            "bring the change to an accepted ref first",
        );
    }
}

/// `*` stands for any run of characters but `/`.
fn matches_ref(pattern: &str, name: &str) -> bool {
    let (mut patterns, mut names) = (pattern.split('/'), name.split('/'));
    loop {
        match (patterns.next(), names.next()) {
            (None, None) => return true,
            (Some(pattern), Some(name)) if matches_segment(pattern, name) => {}
            _ => return false,
        }
    }
}

fn matches_segment(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(first) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return left.ends_with(part);
        }
        match left.split_once(part) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    true
}

/// No jumps: the lineage succeeded in the stage before, long enough ago, and nothing is owed from there.
fn order(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let Some(before) = place.track.before(place.stage) else {
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
    for owed in
        context.state.obligations.keys().filter(|owed| owed.site == site && owed.lineage == lineage)
    {
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
    if place.track.moves != Moves::Change {
        return;
    }
    let open = context
        .state
        .permits
        .iter()
        .find(|(_, record)| record.is_pending() && same_place(place, &record.site()));
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
    let one = place.stage.stack.is_some() || place.stage.backend.is_some();
    let same_stage = (&other.track, &other.stage) == (&place.site.track, &place.site.stage);
    same_stage && (one || other.asset == place.site.asset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_a_segment() {
        assert!(matches_ref("refs/heads/main", "refs/heads/main"));
        assert!(matches_ref("refs/tags/v*", "refs/tags/v1.2.3"));
        assert!(matches_ref("refs/heads/release-*-rc*", "refs/heads/release-1-rc2"));
        for name in
            ["refs/heads/main2", "refs/heads/v1/main", "refs/heads", "main", "refs/tags/v1/x", ""]
        {
            assert!(!matches_ref("refs/heads/main", name), "{name}");
            assert!(!matches_ref("refs/tags/v*", name), "{name}");
        }
        assert!(!matches_ref("refs/tags/a*a", "refs/tags/a"));
    }
}
