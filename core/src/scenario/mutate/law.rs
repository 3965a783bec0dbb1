//! The same history under a charter that grants less or asks for more.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{super::law::change, Lab, Mutant};
use crate::{
    error::Result,
    model::{ActorKind, Check, Finding, Outcome},
};

pub(super) fn attempt(lab: &mut Lab<'_>) -> Result<()> {
    let mut changes = Vec::new();
    grants(lab, &mut changes);
    demands(lab, &mut changes);
    exceptions(lab, &mut changes);
    lifecycles(lab, &mut changes);
    changes.sort_by(|one, other| (&one.0, one.1.to_string()).cmp(&(&other.0, other.1.to_string())));
    changes.dedup();
    for (pointer, value) in changes {
        let name = format!("charter: {pointer} is {value}");
        let change = change(&lab.scenario.charter, &BTreeMap::from([(pointer, value)]));
        // A charter that nobody could load is no mutant.
        let Ok(engine) = change.and_then(|charter| lab.scenario.law.engine(&charter)) else {
            continue;
        };
        let mutant =
            Mutant { steps: lab.steps.clone(), begin: lab.scenario.begin, engine: Some(engine) };
        lab.run(name, mutant)?;
    }
    Ok(())
}

type Changes = Vec<(String, Json)>;

/// Nobody who does something is granted it any more.
fn grants(lab: &Lab<'_>, changes: &mut Changes) {
    let document = lab.engine().charter().document();
    let without = |list: &[String], actor: &str| -> Json {
        list.iter().filter(|name| *name != actor).map(|name| Json::from(name.as_str())).collect()
    };
    for (_, step) in lab.supports() {
        let actor = step.actor();
        if step.is_request
            && let Some(place) = lab.place(&step)
        {
            let track = document.tracks.iter().position(|track| track.track == place.track.track);
            let stage =
                place.track.stages.iter().position(|stage| stage.stage == place.stage.stage);
            if let (Some(track), Some(stage), Some(Json::Array(list))) = (
                track,
                stage,
                track.zip(stage).and_then(|(track, stage)| {
                    let verb = &step.verb;
                    lab.scenario
                        .charter
                        .pointer(&format!("/tracks/{track}/stages/{stage}/grants/{verb}"))
                }),
            ) {
                let list: Vec<String> =
                    list.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect();
                let pointer = format!("/tracks/{track}/stages/{stage}/grants/{}", step.verb);
                if list.iter().any(|name| name == actor) {
                    changes.push((pointer, without(&list, actor)));
                }
            }
        }
        for (index, declared) in document.actors.iter().enumerate() {
            let approves = step.consenter().is_some_and(|by| *by == *declared.actor);
            if approves && !declared.roles.is_empty() {
                changes.push((format!("/actors/{index}/roles"), json!([])));
            }
            if declared.actor == actor && declared.kind == ActorKind::Workload {
                for claim in declared.claims.keys() {
                    let claim = claim.replace('~', "~0").replace('/', "~1");
                    changes.push((format!("/actors/{index}/claims/{claim}"), "mutant".into()));
                }
            }
        }
        let attests =
            step.verb == "approval" || step.operation().is_some_and(|(word, _)| word == "approve");
        if attests && document.facts.approvals.iter().any(|name| name == actor) {
            changes
                .push(("/facts/approvals".to_owned(), without(&document.facts.approvals, actor)));
        }
        if step.verb == "evidence" {
            let gate = step.content().get("gate").and_then(Json::as_str).unwrap_or_default();
            let others = document.actors.iter().filter(|other| other.actor != actor);
            for (index, _) in document.gates.iter().enumerate().filter(|(_, it)| it.gate == gate) {
                for other in others.clone().filter(|other| other.kind == ActorKind::Workload) {
                    changes.push((format!("/gates/{index}/producers"), json!([other.actor])));
                }
            }
        }
    }
}

/// Every entrance that is passed asks for more.
fn demands(lab: &Lab<'_>, changes: &mut Changes) {
    let document = lab.engine().charter().document();
    for (_, step) in lab.supports().into_iter().filter(|(_, step)| step.is_request) {
        let Some(place) = lab.place(&step) else { continue };
        let track = document.tracks.iter().position(|track| track.track == place.track.track);
        let boundary =
            place.track.boundaries.iter().position(|it| {
                (&it.into, &it.from) == (&place.boundary.into, &place.boundary.from)
            });
        let (Some(track), Some(boundary)) = (track, boundary) else { continue };
        let at = format!("/tracks/{track}/boundaries/{boundary}");
        changes.push((format!("{at}/refs"), json!(["refs/heads/elsewhere"])));
        if step.plan.is_some() {
            changes.push((format!("{at}/blastRadius"), json!({ "changes": 0 })));
            changes.push((format!("{at}/blastRadius"), json!({ "resources": ["another"] })));
        }
        if ["plan", "rollback", "shift"].contains(&step.verb.as_str()) {
            continue;
        }
        if let Some(from) = &place.boundary.from {
            changes.push((format!("{at}/soak"), "5000d".into()));
            let stage = place.track.stages.iter().position(|stage| stage.stage == *from);
            if let Some(stage) = stage.filter(|_| !place.stage.is_quarantine()) {
                let zone = format!("/tracks/{track}/stages/{stage}/zone");
                changes.push((zone, json!({ "maxAge": "1s" })));
            }
        }
        if !place.boundary.approvals.is_empty() {
            changes.push((format!("{at}/delay"), "5000d".into()));
        }
        for (index, rule) in place.boundary.approvals.iter().enumerate() {
            changes.push((
                format!("{at}/approvals/{index}/count"),
                json!(rule.count.saturating_add(1)),
            ));
        }
        let missing =
            document.gates.iter().filter(|gate| !place.boundary.gates.contains(&gate.gate));
        for gate in missing {
            let mut gates = place.boundary.gates.clone();
            gates.push(gate.gate.clone());
            changes.push((format!("{at}/gates"), json!(gates)));
        }
    }
    for (index, gate) in document.gates.iter().enumerate() {
        let used = lab.supports().iter().any(|(_, step)| {
            step.verb == "evidence"
                && step.content().get("gate").is_some_and(|it| *it == *gate.gate)
        });
        if used {
            changes.push((format!("/gates/{index}/maxAge"), "1s".into()));
        }
    }
}

/// Lifecycles that grant less to whoever takes a step, and ask for more of what is published.
fn lifecycles(lab: &Lab<'_>, changes: &mut Changes) {
    let document = lab.engine().charter().document();
    for (_, step) in lab.supports() {
        let (Some(lifecycle), Some((word, said))) = (lab.lifecycle(&step), step.operation()) else {
            continue;
        };
        let position =
            document.lifecycles.iter().position(|it| it.lifecycle == lifecycle.lifecycle);
        let Some(at) = position.map(|index| format!("/lifecycles/{index}")) else { continue };
        if let Some(actors) = lifecycle.grants.named(word)
            && actors.iter().any(|actor| actor == step.actor())
            && word != "read"
        {
            let others = actors.iter().filter(|actor| *actor != step.actor());
            let others: Json = others.map(|actor| Json::from(actor.as_str())).collect();
            changes.push((format!("{at}/grants/{word}"), others));
        }
        if word == "create" {
            changes.push((format!("{at}/labels"), json!(["mutant"])));
            changes.push((format!("{at}/contents"), json!(["mutant"])));
        }
        if word != "publish" || said.get("emergency").is_some() {
            continue;
        }
        for (index, rule) in lifecycle.approve.approvals.iter().enumerate() {
            let place = format!("{at}/approve/approvals/{index}");
            changes.push((format!("{place}/count"), json!(rule.count.saturating_add(1))));
            changes.push((format!("{place}/maxAge"), "1s".into()));
        }
        let gates = &lifecycle.publish.gates;
        let demanded =
            |gate: &str| gates.iter().chain(&lifecycle.approve.gates).any(|name| name == gate);
        for gate in document.gates.iter().filter(|gate| !demanded(&gate.gate)) {
            let mut gates = gates.clone();
            gates.push(gate.gate.clone());
            changes.push((format!("{at}/publish/gates"), json!(gates)));
        }
    }
}

/// Exceptions that are narrower, shorter, or not there.
fn exceptions(lab: &Lab<'_>, changes: &mut Changes) {
    let document = lab.engine().charter().document();
    let at = lab.steps.last().map(|step| step.at.to_string()).unwrap_or_default();
    let overridden = |finding: &Finding| {
        finding.check == Check::Policies && finding.outcome == Outcome::Overridden
    };
    let waived =
        lab.decisions.iter().flatten().any(|decision| decision.findings.iter().any(overridden));
    for index in (0..document.waivers.len()).filter(|_| waived) {
        let place = format!("/waivers/{index}");
        changes.push((place.clone(), Json::Null));
        changes.push((format!("{place}/expires"), at.clone().into()));
        changes.push((format!("{place}/resource"), "another.resource".into()));
    }
    let used = lab.steps.iter().any(|step| step.body.get("grant").is_some());
    let Some(rules) = document.break_glass.as_ref().filter(|_| used) else { return };
    changes.push(("/breakGlass".to_owned(), Json::Null));
    changes.push(("/breakGlass/maxLifetime".to_owned(), "1s".into()));
    for actor in &document.actors {
        let requests = |step: &&std::sync::Arc<super::Step>| step.verb.starts_with("grant");
        if lab.steps.iter().filter(requests).all(|step| step.actor() != actor.actor) {
            changes.push(("/breakGlass/requesters".to_owned(), json!([actor.actor])));
        }
    }
    let grants = lab.steps.iter().filter(|step| step.verb == "grantRequest");
    let reasons: Vec<&str> =
        grants.filter_map(|step| step.content().get("reason").and_then(Json::as_str)).collect();
    for (index, reason) in rules.reasons.iter().enumerate() {
        if !reasons.contains(&reason.reason.as_str()) {
            continue;
        }
        let place = format!("/breakGlass/reasons/{index}");
        changes.push((place.clone(), Json::Null));
        changes.push((format!("{place}/reason"), "something-else".into()));
        for (rule, wanted) in reason.approvals.iter().enumerate() {
            let more = wanted.count.saturating_add(1);
            changes.push((format!("{place}/approvals/{rule}/count"), json!(more)));
            changes.push((format!("{place}/approvals/{rule}/maxAge"), "1s".into()));
        }
        changes.push((format!("{place}/overrides"), json!(["policies"])));
        changes.push((format!("{place}/actions"), json!(["rollback"])));
    }
}
