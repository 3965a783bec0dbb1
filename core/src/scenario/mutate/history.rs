//! Steps left out, done again, and people in each other's places throughout.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Value as Json, json};

use super::{
    super::{
        document::{Step, declared},
        world::shift,
    },
    Lab, fields,
};
use crate::error::Result;

pub(super) fn attempt(lab: &mut Lab<'_>) -> Result<()> {
    removals(lab)?;
    replays(lab)?;
    amendments(lab)?;
    swaps(lab)
}

/// What was consented to under one law does not count under another.
fn amendments(lab: &mut Lab<'_>) -> Result<()> {
    let last = lab.last();
    let Some(act) = lab.steps.get(last).cloned() else { return Ok(()) };
    let spends =
        lab.decisions.get(last).and_then(Option::as_ref).is_some_and(|it| !it.spends.is_empty());
    if !spends && act.text("/grant").is_none() {
        return Ok(());
    }
    let charter = lab.scenario.engine.charter();
    let actors = charter.document().amendments.as_ref().map(|rule| rule.actors.clone());
    for actor in actors.unwrap_or_default() {
        let amendment = json!({ "charter": { "/version": "0.0.0-mutant" }, "reason": "a mutant" });
        let amendment = Step {
            name: format!("amended-by-{actor}"),
            verb: "amendment".to_owned(),
            is_request: false,
            body: json!({
                "id": format!("amended-by-{actor}"),
                "actor": declared(charter, &actor),
                "channel": "ci",
                "fact": { "amendment": amendment },
            }),
            plan: None,
            report: None,
            token: lab.scenario.tokens.get(&actor).cloned(),
            signed: charter.signers().signs(&actor).then(|| json!({})),
            findings: BTreeSet::new(),
            ..Step::clone(&act)
        };
        let mut steps = lab.steps.clone();
        steps.insert(last, Arc::new(amendment));
        lab.attempt(format!("{}: after `{actor}` amended the charter", act.name), steps)?;
    }
    Ok(())
}

/// Each step that the last one may rest on, and each pair of such facts, left out.
fn removals(lab: &mut Lab<'_>) -> Result<()> {
    let last = lab.last();
    let supports: Vec<_> = lab.supports().into_iter().filter(|(index, _)| *index < last).collect();
    for (index, step) in &supports {
        lab.replace(format!("{}: left out", step.name), *index, None)?;
    }
    for (index, step) in &supports {
        if let Some((later, other)) = supports.iter().find(|(later, _)| later > index) {
            let mut steps = lab.steps.clone();
            steps.remove(*later);
            steps.remove(*index);
            lab.attempt(format!("{} and {}: left out", step.name, other.name), steps)?;
        }
    }
    Ok(())
}

/// What was used up, used again: the last step under another id, alone and with the consents it rests on.
fn replays(lab: &mut Lab<'_>) -> Result<()> {
    let last = lab.last();
    let Some(Some(decision)) = lab.decisions.get(last) else { return Ok(()) };
    let changes =
        lab.steps.get(last).is_some_and(|step| step.body.pointer("/subject/change").is_some());
    let used_up = !decision.spends.is_empty()
        || (changes && decision.permit.as_ref().is_some_and(|it| it.is_act()));
    let Some(original) = lab.steps.get(last).cloned().filter(|_| used_up) else { return Ok(()) };
    let mut again = Step::clone(&original);
    again.name = format!("{}-again", original.name);
    fields::set(&mut again.body, "/id", Some(again.name.clone().into()));
    for seconds in [0, 1, 60, 3_600] {
        again.at = shift(original.at, seconds);
        let mut steps = lab.steps.clone();
        steps.push(Arc::new(again.clone()));
        lab.attempt(format!("{}: once more after {seconds}s", original.name), steps)?;
    }
    Ok(())
}

/// The author is whoever approves or acts, in all steps alike.
fn swaps(lab: &mut Lab<'_>) -> Result<()> {
    let text = |step: &Arc<Step>, key: &str| {
        step.content().get(key).and_then(Json::as_str).map(str::to_owned)
    };
    let approvers: BTreeSet<String> =
        lab.steps.iter().filter_map(|step| text(step, "by")).collect();
    let authors = ["/subject/change/author", "/subject/artifact/author"];
    for approver in approvers {
        let mut steps = lab.steps.clone();
        for step in &mut steps {
            for pointer in authors {
                if step.text(pointer).is_some() {
                    fields::set(
                        &mut Arc::make_mut(step).body,
                        pointer,
                        Some(approver.clone().into()),
                    );
                }
            }
        }
        lab.attempt(format!("the author is `{approver}`, who approves"), steps)?;
    }
    Ok(())
}
