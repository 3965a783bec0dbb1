//! Everything a second too old, too young, too early or too late.

use std::sync::Arc;

use serde_json::Value as Json;

use super::{
    super::{document::Step, world::shift},
    Lab, Mutant, fields,
};
use crate::{
    error::Result,
    time::{Duration, Instant},
};

pub(super) fn attempt(lab: &mut Lab<'_>) -> Result<()> {
    clocks(lab)?;
    for (index, step) in lab.supports() {
        match step.verb.as_str() {
            "evidence" => evidence(lab, index, &step)?,
            "approval" => approval(lab, index, &step)?,
            "promote" => promotion(lab, index, &step)?,
            "outcome" => outcome(lab, index, &step)?,
            "incident" => look(lab, index, &step)?,
            "grantApproval" => grant_approval(lab, index, &step)?,
            "grantOpening" => grant_opening(lab, index, &step)?,
            _ => {}
        }
    }
    windows(lab)
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_seconds()).unwrap_or(i64::MAX)
}

fn past(limit: Duration) -> i64 {
    seconds(limit).saturating_add(1)
}

/// The last step before the ledger's clock, and too far after it.
fn clocks(lab: &mut Lab<'_>) -> Result<()> {
    let last = lab.last();
    let Some(step) = lab.steps.get(last).cloned() else { return Ok(()) };
    let clock = lab.worlds.get(last).and_then(|world| world.clock()).unwrap_or(step.at);
    let rule = lab.engine().charter().document().clock;
    let mut early = Step::clone(&step);
    early.at = shift(clock, past(rule.skew).saturating_neg());
    lab.replace(format!("{}: earlier than the ledger", step.name), last, Some(early))?;
    if step.token.is_none() {
        let mut late = Step::clone(&step);
        late.at = shift(clock, past(rule.max_advance));
        lab.replace(format!("{}: far ahead of the ledger", step.name), last, Some(late))?;
    }
    Ok(())
}

fn evidence(lab: &mut Lab<'_>, index: usize, step: &Arc<Step>) -> Result<()> {
    let content = step.content();
    let gate = content.get("gate").and_then(Json::as_str).unwrap_or_default();
    let Some(limit) = lab.engine().charter().gate(gate).map(|gate| gate.max_age) else {
        return Ok(());
    };
    let about =
        content.get("about").and_then(Json::as_object).and_then(|about| about.iter().next());
    let Some((kind, about)) = about else { return Ok(()) };
    let same = |act: &Step| match kind.as_str() {
        "plan" => act.body.pointer("/subject/change/plan") == Some(about),
        "artifact" => act.body.pointer("/subject/artifact/digest") == Some(about),
        _ => [
            act.body.pointer("/subject/change/commit"),
            act.body.pointer("/subject/artifact/commit"),
        ]
        .contains(&Some(about)),
    };
    for (later, act) in lab.acts_after(index) {
        let wanted = lab.place(&act).is_some_and(|place| place.gates(lab, &act).contains(gate));
        let again = |other: &Arc<Step>| {
            other.verb == "evidence"
                && other.content().get("gate") == content.get("gate")
                && other.content().get("about") == content.get("about")
        };
        let between = lab.steps.iter().take(later).skip(index.saturating_add(1));
        let overtaken = between.clone().any(again);
        if !wanted || overtaken || !same(&act) {
            continue;
        }
        let mut old = Step::clone(step);
        let produced = shift(act.at, past(limit).saturating_neg());
        fields::set(&mut old.body, "/fact/evidence/produced", Some(produced.to_string().into()));
        lab.replace(
            format!("{}: produced too long before {}", step.name, act.name),
            index,
            Some(old),
        )?;
        if act.verb == "shift" {
            let mut early = Step::clone(step);
            fields::set(&mut early.body, "/fact/evidence/produced", Some("$at-2h".into()));
            let name = format!("{}: produced before what {} goes on from", step.name, act.name);
            lab.replace(name, index, Some(early))?;
        }
        earlier(lab, index, step, &act, limit)?;
        later_by(lab, index, (later, &act), limit)?;
    }
    Ok(())
}

/// Somebody looked for drift too long before something is done.
fn look(lab: &mut Lab<'_>, index: usize, step: &Arc<Step>) -> Result<()> {
    for (later, act) in lab.acts_after(index) {
        let Some(place) = lab.place(&act) else { continue };
        let same = step.content().get("stage").and_then(Json::as_str) == Some(&place.stage.stage);
        let rule = place
            .stage
            .drift
            .as_ref()
            .filter(|rule| same && rule.blocks.iter().any(|action| action.word() == act.verb));
        let Some(limit) = rule.and_then(|rule| rule.max_age) else { continue };
        let mut old = Step::clone(step);
        let seen = shift(act.at, past(limit).saturating_neg());
        fields::set(&mut old.body, "/fact/incident/seen", Some(seen.to_string().into()));
        lab.replace(format!("{}: seen too long before {}", step.name, act.name), index, Some(old))?;
        earlier(lab, index, step, &act, limit)?;
        later_by(lab, index, (later, &act), limit)?;
    }
    Ok(())
}

fn approval(lab: &mut Lab<'_>, index: usize, step: &Arc<Step>) -> Result<()> {
    for (later, act) in lab.acts_after(index) {
        let Some(place) = lab.place(&act) else { continue };
        let rules = place.approvals(&act).iter();
        let Some(limit) = rules.map(|rule| rule.max_age).max() else { continue };
        if !consents(step, &act) {
            continue;
        }
        let mut short = Step::clone(step);
        let expires = shift(act.at, -1);
        fields::set(&mut short.body, "/fact/approval/expires", Some(expires.to_string().into()));
        lab.replace(format!("{}: expires before {}", step.name, act.name), index, Some(short))?;
        earlier(lab, index, step, &act, limit)?;
        later_by(lab, index, (later, &act), limit)?;
        if let Some(delay) = place.boundary.delay {
            let mut steps = lab.steps.clone();
            let mut young = Step::clone(step);
            young.at = shift(act.at, seconds(delay).saturating_sub(1).saturating_neg());
            steps.remove(index);
            steps.insert(later.saturating_sub(1), Arc::new(young));
            lab.attempt(format!("{}: too shortly before {}", step.name, act.name), steps)?;
        }
        // The first act that needs it spends it.
        break;
    }
    Ok(())
}

fn consents(approval: &Step, act: &Step) -> bool {
    let digest = approval.content().get("digest");
    let subject =
        act.body.pointer("/subject/change/plan").or(act.body.pointer("/subject/artifact/digest"));
    digest == subject
}

/// A promotion of a change is worth something for as long as a permit.
fn promotion(lab: &mut Lab<'_>, index: usize, step: &Arc<Step>) -> Result<()> {
    let limit = lab.engine().charter().document().permit_lifetime;
    let spends =
        lab.decisions.get(index).and_then(Option::as_ref).is_some_and(|it| !it.spends.is_empty());
    let subject = step.body.pointer("/subject/change/plan");
    let next = lab.acts_after(index).into_iter().find(|(_, act)| {
        act.verb == "apply" && act.body.pointer("/subject/change/plan") == subject
    });
    match next.filter(|_| spends && subject.is_some()) {
        Some((later, act)) => later_by(lab, index, (later, &act), limit),
        None => Ok(()),
    }
}

/// A consent to a grant is too old when the grant is opened.
fn grant_approval(lab: &mut Lab<'_>, index: usize, step: &Arc<Step>) -> Result<()> {
    let Some(rules) = &lab.scenario.engine.charter().document().break_glass else { return Ok(()) };
    let wanted = rules.reasons.iter().flat_map(|reason| &reason.approvals);
    let Some(limit) = wanted.map(|rule| rule.max_age).max() else { return Ok(()) };
    let request = step.content().get("request").cloned();
    let opening = lab.supports().into_iter().find(|(later, other)| {
        *later > index
            && other.verb == "grantOpening"
            && other.content().get("request") == request.as_ref()
    });
    match opening {
        Some((later, opening)) => later_by(lab, index, (later, &opening), limit),
        None => Ok(()),
    }
}

/// A grant has ended when it is used.
fn grant_opening(lab: &mut Lab<'_>, index: usize, step: &Arc<Step>) -> Result<()> {
    let request = step.content().get("request").and_then(Json::as_str).unwrap_or_default();
    let asked = lab.steps.iter().find(|other| request.strip_prefix('$') == Some(&other.name));
    let lifetime = asked.and_then(|asked| asked.content().get("lifetime")?.as_str()?.parse().ok());
    let Some(limit) = lifetime else { return Ok(()) };
    let name = format!("${}", step.name);
    for (later, act) in lab.supports() {
        if act.is_request && act.text("/grant") == Some(&name) {
            later_by(lab, index, (later, &act), limit)?;
        }
    }
    Ok(())
}

/// A success is too recent for the next stage, or for the next step of a rollout.
fn outcome(lab: &mut Lab<'_>, index: usize, step: &Arc<Step>) -> Result<()> {
    let permit = step.content().get("permit").and_then(Json::as_str).unwrap_or_default();
    let act = lab.steps.iter().find(|other| permit.strip_prefix('$') == Some(&other.name)).cloned();
    let Some(before) = act.as_ref().and_then(|act| lab.place(act)) else { return Ok(()) };
    let lineage = act.as_ref().and_then(|act| act.lineage()).cloned();
    for (later, act) in lab.acts_after(index) {
        let Some(place) = lab.place(&act).filter(|_| act.lineage() == lineage.as_ref()) else {
            continue;
        };
        let follows = place.boundary.from.as_ref();
        if follows == Some(&before.stage.stage)
            && !place.stage.is_quarantine()
            && let Some(limit) = before.stage.zone.as_ref().and_then(|zone| zone.max_age)
        {
            later_by(lab, index, (later, &act), limit)?;
        }
        let demanded = match act.verb.as_str() {
            "shift" if place.stage.stage == before.stage.stage => {
                place.boundary.rollout.as_ref().map(|rollout| rollout.wait)
            }
            "apply" | "promote" if follows == Some(&before.stage.stage) => place.boundary.soak,
            _ => None,
        };
        let Some(soak) = demanded else { continue };
        let mut steps = lab.steps.clone();
        let mut young = Step::clone(step);
        young.at = shift(act.at, seconds(soak).saturating_sub(1).saturating_neg());
        steps.remove(index);
        let place = steps
            .iter()
            .position(|other| other.at > young.at)
            .unwrap_or(later)
            .min(later.saturating_sub(1))
            .max(index);
        steps.insert(place, Arc::new(young));
        lab.attempt(format!("{}: too shortly before {}", step.name, act.name), steps)?;
        // What follows rests on this act.
        break;
    }
    Ok(())
}

/// The fact is as much earlier as makes it too old for an act.
fn earlier(
    lab: &mut Lab<'_>,
    index: usize,
    step: &Arc<Step>,
    act: &Step,
    limit: Duration,
) -> Result<()> {
    let mut refers = false;
    super::super::document::visit(&step.body, &mut |text| {
        refers |= text.starts_with('$')
            && !["$plan.", "$digest.", "$at"].iter().any(|prefix| text.starts_with(prefix));
    });
    if refers {
        return Ok(());
    }
    let mut old = Step::clone(step);
    old.at = shift(act.at, past(limit).saturating_neg());
    let mut steps = lab.steps.clone();
    steps.remove(index);
    let place = steps.iter().position(|other| other.at > old.at).unwrap_or(steps.len());
    let begin = lab.scenario.begin.min(old.at);
    let name = format!("{}: recorded too long before {}", step.name, act.name);
    steps.insert(place, Arc::new(old));
    lab.run(name, Mutant { steps, begin, engine: None })
}

/// The act and all that follows is as much later as makes the fact too old.
fn later_by(
    lab: &mut Lab<'_>,
    index: usize,
    (later, act): (usize, &Step),
    limit: Duration,
) -> Result<()> {
    let Some(step) = lab.steps.get(index).cloned() else { return Ok(()) };
    let due = shift(step.at, past(limit));
    let delta = due.unix_seconds().saturating_sub(act.at.unix_seconds());
    if delta <= 0 {
        return Ok(());
    }
    let steps = delayed(&lab.steps, later, delta);
    lab.attempt(format!("{}: too old when {} is asked", step.name, act.name), steps)
}

/// The steps from one on, so much later.
fn delayed(steps: &[Arc<Step>], from: usize, delta: i64) -> Vec<Arc<Step>> {
    let mut steps = steps.to_vec();
    for step in steps.iter_mut().skip(from) {
        let at: Instant = shift(step.at, delta);
        Arc::make_mut(step).at = at;
    }
    steps
}

/// Acts outside their change windows.
fn windows(lab: &mut Lab<'_>) -> Result<()> {
    for (index, act) in lab.supports() {
        let Some(place) = lab.place(&act).filter(|_| act.is_request && act.verb != "plan") else {
            continue;
        };
        let windows = &place.boundary.windows;
        if windows.is_empty() || act.verb == "rollback" {
            continue;
        }
        let hours = (1..=14 * 24).map(|hour: i64| hour.saturating_mul(3_600));
        let outside = hours.filter(|delta| {
            let at = shift(act.at, *delta);
            windows.iter().all(|window| !window.contains(at))
        });
        for delta in outside.take(3).collect::<Vec<_>>() {
            let steps = delayed(&lab.steps, index, delta);
            lab.attempt(format!("{}: outside its windows, {delta}s later", act.name), steps)?;
        }
    }
    Ok(())
}
