//! What acted at a site, what is known to be good there, and how much of the traffic follows it.

use std::collections::BTreeMap;

use super::{Deployment, LineageRecord, Site, State};
use crate::{
    digest::Digest,
    limits,
    model::{Action, Change, OutcomeResult, Permit},
    time::Instant,
};

/// What became of a site.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SiteRecord {
    /// The entry that admitted the last act.
    pub(crate) act: Digest,
    /// The lineage that the site was last brought to, or was to be brought to. A rollback counts once it
    /// succeeded, so that it can be tried again.
    pub(crate) latest: String,
    /// What succeeded here and was not found wanting since, the newest last.
    pub(crate) good: Vec<Deployment>,
}

/// Traffic on its way to what was deployed at a site.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RolloutRecord {
    /// What was deployed.
    pub(crate) lineage: String,
    /// The digest of its plan, or of the artifact.
    pub(crate) digest: Digest,
    /// The share of the traffic that it has, in percent.
    pub(crate) traffic: u8,
    /// When it got that share.
    pub(crate) at: Instant,
    /// Whether a step failed, or it is being gone back from.
    pub(crate) failed: bool,
}

/// A site, in the order that keeps the assets of a stage together: track, stage, asset.
pub(crate) type StagePlace = (String, String, String);

/// Which plan was first admitted last.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NewestPlan {
    pub(crate) commit: String,
    pub(crate) sequence: u64,
}

/// Where a site is kept.
pub(super) fn key(site: &Site) -> StagePlace {
    (site.track.clone(), site.stage.clone(), site.asset.clone())
}

/// What a map holds of a site, or of all assets of its stage where these are one place.
pub(super) fn within<'m, 's, V>(
    map: &'m BTreeMap<StagePlace, V>,
    site: &'s Site,
    one_place: bool,
) -> impl Iterator<Item = &'m V> + use<'m, 's, V> {
    entries_within(map, site, one_place).map(|(_, value)| value)
}

/// The same, with where each is kept.
pub(super) fn entries_within<'m, 's, V>(
    map: &'m BTreeMap<StagePlace, V>,
    site: &'s Site,
    one_place: bool,
) -> impl Iterator<Item = (&'m StagePlace, &'m V)> + use<'m, 's, V> {
    let (track, stage, asset) = key(site);
    let there = move |(place, _): &(&'m StagePlace, &'m V)| {
        (&place.0, &place.1) == (&site.track, &site.stage) && (one_place || place.2 == site.asset)
    };
    map.range((track, stage, if one_place { String::new() } else { asset })..).take_while(there)
}

impl State {
    /// Whether anything ever acted there, or at the one place that the stage is.
    pub(crate) fn was_acted_on(&self, site: &Site, one_place: bool) -> bool {
        within(&self.sites, site, one_place).next().is_some()
    }

    /// The rollouts under way, there or at the one place that the stage is.
    pub(crate) fn rollouts<'s>(
        &'s self,
        site: &'s Site,
        one_place: bool,
    ) -> impl Iterator<Item = &'s RolloutRecord> {
        within(&self.rollouts, site, one_place)
    }

    /// The rollout of a site.
    pub(crate) fn rollout(&self, site: &Site) -> Option<&RolloutRecord> {
        self.rollouts.get(&key(site))
    }

    /// The newest that is known to be good there, or at the one place that the stage is, besides a lineage.
    pub(crate) fn known_good(
        &self,
        site: &Site,
        one_place: bool,
        besides: &str,
    ) -> Option<&Deployment> {
        within(&self.sites, site, one_place)
            .filter_map(|record| record.good.iter().rev().find(|good| good.lineage != besides))
            .max_by_key(|good| good.at)
    }

    /// What a rollback would bring back: the newest that is known to be good, and is not what acted last.
    pub(crate) fn rollback_target(&self, site: &Site) -> Option<&Deployment> {
        let record = self.sites.get(&key(site))?;
        record.good.iter().rev().find(|good| good.lineage != record.latest)
    }

    /// The commit of the plan that was first admitted last for a site, or the one place that the stage
    /// is, from a ref.
    pub(crate) fn newest_plan(
        &self,
        site: &Site,
        one_place: bool,
        git_ref: &str,
    ) -> Option<&NewestPlan> {
        let first = if one_place { String::new() } else { site.asset.clone() };
        let from = (site.track.clone(), site.stage.clone(), git_ref.to_owned(), first);
        self.newest_plans
            .range(from..)
            .take_while(|((track, stage, of, asset), _)| {
                (track, stage, of.as_str()) == (&site.track, &site.stage, git_ref)
                    && (one_place || *asset == site.asset)
            })
            .map(|(_, newest)| newest)
            .max_by_key(|newest| newest.sequence)
    }

    /// When the last acts that entered a stage were admitted, the latest first.
    pub(crate) fn entered(&self, site: &Site) -> impl Iterator<Item = Instant> {
        self.acts_into(&site.track, &site.stage).map(|(at, _)| at)
    }

    /// When an act that entered a stage was admitted, if it is among the last ones.
    pub(crate) fn begun(&self, (track, stage): (&str, &str), act: Digest) -> Option<Instant> {
        self.acts_into(track, stage).find(|(_, entry)| *entry == act).map(|(at, _)| at)
    }

    fn acts_into(&self, track: &str, stage: &str) -> impl Iterator<Item = (Instant, Digest)> {
        let key = |at, entry| (track.to_owned(), stage.to_owned(), at, entry);
        let all =
            key(Instant::MIN, Digest::ZERO)..=key(Instant::MAX, Digest::from_bytes([0xff; 32]));
        self.acts.range(all).rev().map(|((_, _, at, entry), ())| (*at, *entry))
    }
}

/// A plan was admitted for the first time.
pub(super) fn planned(state: &mut State, sequence: u64, site: &Site, change: &Change) {
    let (track, stage, asset) = key(site);
    let newest = NewestPlan { commit: change.commit.clone(), sequence };
    state.newest_plans.insert((track, stage, change.git_ref.clone(), asset), newest);
}

/// An act begins.
pub(super) fn begin(
    state: &mut State,
    (entry, at): (Digest, Instant),
    site: &Site,
    permit: &Permit,
) {
    let mut record = state.sites.get(&key(site)).cloned().unwrap_or_else(|| SiteRecord {
        act: entry,
        latest: permit.lineage.clone(),
        good: Vec::new(),
    });
    record.act = entry;
    match permit.action {
        Action::Rollback => {
            // What is gone back from is not good, and has not succeeded for the next stage, whatever is
            // reported of it later.
            let from = record.latest.clone();
            record.good.retain(|deployment| deployment.lineage != from);
            if let Some(rollout) = state.rollouts.get_mut(&key(site)) {
                rollout.failed = true;
            }
            if from != permit.lineage
                && let Some(lineage) = state.lineages.get_mut(&(site.clone(), from))
            {
                *lineage = LineageRecord { act: entry, outcome: Some(OutcomeResult::Failed), at };
            }
        }
        Action::Shift => {}
        Action::Plan | Action::Apply | Action::Promote => {
            record.latest.clone_from(&permit.lineage);
            entered(state, site, (at, entry));
        }
    }
    state.sites.insert(key(site), record);
}

/// Something enters a stage. Only so many are remembered as a rate can count.
fn entered(state: &mut State, site: &Site, (at, entry): (Instant, Digest)) {
    let key = |at, entry| (site.track.clone(), site.stage.clone(), at, entry);
    state.acts.insert(key(at, entry), ());
    let all = key(Instant::MIN, Digest::ZERO)..=key(Instant::MAX, Digest::from_bytes([0xff; 32]));
    let mut older = state.acts.range(all).rev().skip(limits::RATE).map(|(place, ())| place.clone());
    if let Some(surplus) = older.next() {
        state.acts.remove(&surplus);
    }
}

/// An act ended: gives whether the site was brought to its lineage as a whole.
///
/// What an earlier act than the site's last one achieved says nothing about the site any more.
pub(super) fn end(
    state: &mut State,
    (entry, at): (&Digest, Instant),
    site: &Site,
    permit: &Permit,
    result: OutcomeResult,
) -> bool {
    let whole = permit.traffic.is_none_or(|percent| percent >= 100);
    let Some(record) = state.sites.get(&key(site)).filter(|record| record.act == *entry) else {
        return whole;
    };
    let Permit { lineage, digest, .. } = permit;
    match (result, permit.action) {
        (OutcomeResult::Succeeded, _) if whole => {
            let mut record = record.clone();
            let deployment = Deployment { lineage: lineage.clone(), digest: *digest, at };
            record.good.retain(|good| good.lineage != *lineage);
            record.good.push(deployment.clone());
            let surplus = record.good.len().saturating_sub(limits::KNOWN_GOOD);
            record.good.drain(..surplus);
            record.latest.clone_from(lineage);
            state.sites.insert(key(site), record);
            state.rollouts.remove(&key(site));
            state.deployed.insert(site.clone(), deployment);
        }
        (OutcomeResult::Succeeded, _) => {
            let rollout = RolloutRecord {
                lineage: lineage.clone(),
                digest: *digest,
                traffic: permit.traffic.unwrap_or_default(),
                at,
                failed: false,
            };
            state.rollouts.insert(key(site), rollout);
        }
        (OutcomeResult::Failed, Action::Shift) => {
            if let Some(rollout) = state.rollouts.get_mut(&key(site)) {
                rollout.failed = true;
            }
        }
        (OutcomeResult::Failed, Action::Apply | Action::Promote) => {
            let mut record = record.clone();
            record.good.retain(|good| good.lineage != *lineage);
            state.sites.insert(key(site), record);
        }
        _ => {}
    }
    whole
}
