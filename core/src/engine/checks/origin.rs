//! From which stage a lineage enters another one, where several may come before it.

use crate::{
    charter::{Stage, Track},
    model::OutcomeResult,
    state::{Site, State},
};

use super::zone;

/// The stage that a lineage comes from when it enters one; none where that is the first. What is in quarantine comes
/// from there; else it is the stage before in which the lineage succeeded last.
pub(in crate::engine) fn origin<'a>(
    (track, stage): (&'a Track, &'a Stage),
    state: &State,
    site: &Site,
    lineage: &str,
) -> Option<&'a Stage> {
    let before = track.before(stage);
    if before.clone().nth(1).is_none() {
        return before.last();
    }
    let detained = |before: &&Stage| {
        zone::detained(track, state, lineage)
            .any(|(quarantine, asset)| quarantine.stage == before.stage && asset == site.asset)
    };
    let rank = |before: &&Stage| {
        let site = Site { stage: before.stage.clone(), ..site.clone() };
        let record = state.lineages.get(&(site, lineage.to_owned()))?;
        Some((record.outcome == Some(OutcomeResult::Succeeded), record.at))
    };
    let latest = |one, other| if rank(&other) > rank(&one) { other } else { one };
    before.clone().find(detained).or_else(|| before.reduce(latest))
}
