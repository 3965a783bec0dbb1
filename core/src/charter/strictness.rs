//! A later stage may not ask for less than an earlier one (R163, R173).
//!
//! Stages are compared pairwise, each with those before it. What they ask may differ in kind where
//! neither kind is less: other refs (R166), other roles, other hours. A stage that only observes asks the
//! same and does not block yet.

use std::collections::BTreeSet;

use super::{ApprovalRule, Boundary, Stage, Track, check::Checker};
use crate::{
    error::Result,
    pattern,
    time::{Duration, Window},
};

impl Checker<'_> {
    /// Compares each stage of a track with those before it.
    pub(super) fn strictness(&self, track: &Track, place: &str) -> Result<()> {
        for (index, later) in track.stages.iter().enumerate() {
            for earlier in track.before(later) {
                let Some(asks) = track.boundary(Some(earlier), later) else { continue };
                // Where several ways lead into the earlier stage, all that is there was asked what each way asks.
                let mut ways = track.boundaries_into(earlier).map(|asked| less_asked(asked, asks));
                let first = ways.next().unwrap_or_default();
                let common = ways.fold(first, |mut common, other| {
                    common.retain(|what| other.contains(what));
                    common
                });
                let laxer = || common.into_iter().next();
                if let Some(what) = less(earlier, later).or_else(laxer) {
                    let message = format!(
                        "`{}` asks for less than `{}` before it: {what}",
                        later.stage, earlier.stage
                    );
                    return Err(self.invalid(&format!("{place}/stages/{index}"), message));
                }
            }
        }
        Ok(())
    }
}

fn missing<'a>(earlier: &'a [String], later: &[String]) -> Option<&'a String> {
    earlier.iter().find(|name| !later.contains(name))
}

/// In what a later stage is laxer by itself.
fn less(earlier: &Stage, later: &Stage) -> Option<String> {
    if let Some(pack) = missing(&earlier.packs, &later.packs) {
        return Some(format!("the pack `{pack}` is missing"));
    }
    let rule = earlier.drift.as_ref()?;
    let Some(other) = &later.drift else { return Some("there is no drift rule".to_owned()) };
    if let Some(action) = rule.blocks.difference(&other.blocks).next() {
        return Some(format!("an incident does not block `{}`", action.word()));
    }
    let age = |age: Option<Duration>| age.unwrap_or(Duration::from_seconds(u64::MAX));
    (age(other.max_age) > age(rule.max_age))
        .then(|| "drift may be looked for less often".to_owned())
}

/// In what the entrance of a later stage is laxer.
fn less_asked(earlier: &Boundary, later: &Boundary) -> Vec<String> {
    let mut what = Vec::new();
    let gates = earlier.gates.iter().filter(|gate| !later.gates.contains(gate));
    what.extend(gates.map(|gate| format!("the gate `{gate}` is missing")));
    if people(&later.approvals) < people(&earlier.approvals) {
        what.push("fewer approvals are needed".to_owned());
    }
    let older = |rule: &&ApprovalRule| {
        let same = |other: &&ApprovalRule| other.role == rule.role;
        earlier.approvals.iter().find(same).is_some_and(|other| rule.max_age > other.max_age)
    };
    let older = later.approvals.iter().filter(older);
    what.extend(older.map(|rule| format!("approvals by the role `{}` may be older", rule.role)));
    if later.soak.unwrap_or_default() < earlier.soak.unwrap_or_default() {
        what.push("the soak is shorter".to_owned());
    }
    if later.delay.unwrap_or_default() < earlier.delay.unwrap_or_default() {
        what.push("the delay after approval is shorter".to_owned());
    }
    what.extend(refs(earlier, later));
    let from_tags = || !later.refs.iter().all(|pattern| pattern.starts_with("refs/heads/"));
    if earlier.signed_tags && !later.signed_tags && from_tags() {
        what.push("tags need not be signed".to_owned());
    }
    if !earlier.windows.is_empty()
        && (later.windows.is_empty() || open(&later.windows) > open(&earlier.windows))
    {
        what.push("it is open for longer in a week".to_owned());
    }
    what.extend(radius(earlier, later));
    what.extend(rate(earlier, later));
    what.extend(rollback_and_rollout(earlier, later));
    what
}

fn refs(earlier: &Boundary, later: &Boundary) -> Option<String> {
    if earlier.refs.is_empty() {
        return None;
    }
    if later.refs.is_empty() {
        return Some("any ref is accepted".to_owned());
    }
    let wider = |wide: &&String| {
        let fits = |narrow: &String| pattern::fits_ref(wide, narrow) && *wide != narrow;
        earlier.refs.iter().any(fits) && !earlier.refs.contains(wide)
    };
    later.refs.iter().find(wider).map(|wide| format!("`{wide}` accepts more refs"))
}

fn radius(earlier: &Boundary, later: &Boundary) -> Option<String> {
    let radius = earlier.blast_radius.as_ref()?;
    let Some(other) = &later.blast_radius else {
        return Some("there is no blast radius".to_owned());
    };
    for ((name, limit), (_, other)) in radius.limits().into_iter().zip(other.limits()) {
        if limit.is_some_and(|limit| other.is_none_or(|other| other > limit)) {
            return Some(format!("the blast radius allows more `{name}`"));
        }
    }
    let covered = |name: &&String| radius.resources.iter().any(|wide| pattern::fits(wide, name));
    let other = !radius.resources.is_empty()
        && (other.resources.is_empty() || !other.resources.iter().all(|name| covered(&name)));
    other.then(|| "the blast radius allows other resources".to_owned())
}

fn rate(earlier: &Boundary, later: &Boundary) -> Option<String> {
    let rate = earlier.rate?;
    let more = later.rate.is_none_or(|other| {
        let times =
            |count: u32, per: Duration| u128::from(count).saturating_mul(per.as_seconds().into());
        times(other.count, rate.per) > times(rate.count, other.per)
    });
    more.then(|| "the rate is higher".to_owned())
}

fn rollback_and_rollout(earlier: &Boundary, later: &Boundary) -> Option<String> {
    if let Some(rule) = &earlier.rollback {
        let Some(other) = &later.rollback else {
            return Some("there is no way back".to_owned());
        };
        if rule.required && !other.required {
            return Some("no rollback target is required".to_owned());
        }
        if let Some(gate) = missing(&rule.gates, &other.gates) {
            return Some(format!("a rollback does not need the gate `{gate}`"));
        }
        if people(&other.approvals) < people(&rule.approvals) {
            return Some("a rollback needs fewer approvals".to_owned());
        }
    }
    (earlier.rollout.is_some() && later.rollout.is_none())
        .then(|| "traffic does not follow in steps".to_owned())
}

/// How many people must approve.
fn people(rules: &[ApprovalRule]) -> u64 {
    rules.iter().map(|rule| u64::from(rule.count)).sum()
}

/// How many minutes of a week the windows are open, each in its own time zone.
fn open(windows: &[Window]) -> usize {
    windows.iter().flat_map(Window::minutes).collect::<BTreeSet<_>>().len()
}
