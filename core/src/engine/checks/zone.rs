//! What holds for artifacts in zones of data: what may go on, and what may come (R443 to R450).

use super::{Context, Place};
use crate::{
    charter::{Stage, Track},
    engine::{codes, findings::CheckFindings},
    model::{Action, OutcomeResult},
    state::{Site, State},
    time::Instant,
};

/// The quarantines of a track that a lineage is in, and under which assets' names. What went there without a known
/// failure is there, until it succeeded in a stage after it.
pub(super) fn detained<'a>(
    track: &'a Track,
    state: &'a State,
    lineage: &'a str,
) -> impl Iterator<Item = (&'a Stage, &'a str)> {
    let quarantines = track.stages.iter().filter(|stage| stage.is_quarantine());
    quarantines.flat_map(move |stage| {
        let assets = state.assets_of(&track.track, lineage, &stage.stage);
        assets.filter_map(move |asset| {
            let record = |stage: &Stage| {
                let (track, asset) = (track.track.clone(), asset.to_owned());
                let site = Site { track, asset, stage: stage.stage.clone() };
                state.lineages.get(&(site, lineage.to_owned()))
            };
            let came = record(stage)?;
            let follows = |later: &&Stage| track.before(later).any(|it| it.stage == stage.stage);
            let later = track.stages.iter().filter(follows);
            let left =
                later.filter_map(|stage| Some((stage, record(stage)?))).any(|(to, later)| {
                    // What was on its way there before does not get out by being reported late.
                    let begun = state.begun((&track.track, &to.stage), later.act);
                    later.outcome == Some(OutcomeResult::Succeeded)
                        && later.at > came.at
                        && begun.is_none_or(|begun| begun >= came.at)
                });
            (came.outcome != Some(OutcomeResult::Failed) && !left).then_some((stage, asset))
        })
    })
}

pub(super) fn check(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    quarantine(context, place, findings);
    if matches!(context.request.action, Action::Apply | Action::Promote) {
        overwrite(context, place, findings);
    }
}

/// What is in quarantine leaves only from there, and not under another name (R447).
fn quarantine(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let lineage = context.request.subject.lineage();
    let leaves = |quarantine: &Stage, asset: &str| {
        context.request.action == Action::Promote
            && asset == place.site.asset
            && place.from.is_some_and(|from| from.stage == quarantine.stage)
    };
    let mut detained = detained(place.track, context.state, &lineage);
    if let Some((quarantine, asset)) = detained.find(|(it, asset)| !leaves(it, asset)) {
        findings.fail(
            codes::ZONE_QUARANTINED,
            Some(&quarantine.stage),
            format!("this content is in `{}`, as `{asset}`", quarantine.stage),
            format!("let it leave `{}` by one of the boundaries from there", quarantine.stage),
        );
    }
}

/// What is only worked on does not go on for ever (R446). Quarantine takes what is too old.
pub(super) fn age(
    context: &Context<'_>,
    place: &Place<'_>,
    from: &Stage,
    came: Instant,
    findings: &mut CheckFindings<'_>,
) {
    let Some(limit) = from.zone.as_ref().and_then(|zone| zone.max_age) else { return };
    let ended = came.saturating_add(limit);
    if context.now() > ended && !place.stage.is_quarantine() {
        findings.fail(
            codes::ZONE_EXPIRED,
            Some(&from.stage),
            format!("what came into `{}` at {came} could go on until {ended}", from.stage),
            format!("let it enter `{}` anew", from.stage),
        );
    }
}

/// Under one name there is one content (R445, R448).
fn overwrite(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    if !place.stage.zone.as_ref().is_some_and(|zone| zone.append_only) {
        return;
    }
    let lineage = context.request.subject.lineage();
    let first = (place.site.clone(), String::new());
    let mut there =
        context.state.lineages.range(first..).take_while(|((site, _), _)| *site == place.site);
    let other = there.find(|((_, other), record)| {
        *other != lineage && record.outcome != Some(OutcomeResult::Failed)
    });
    if let Some(((_, other), _)) = other {
        findings.fail(
            codes::ZONE_OVERWRITE,
            None,
            format!("`{}` is append-only, and has {other} under this name", place.stage.stage),
            "give the new content a name or version of its own",
        );
    }
}
