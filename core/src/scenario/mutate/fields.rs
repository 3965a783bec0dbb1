//! One field of one step removed, or with another value.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Value as Json, json};

use super::{
    super::{
        TWIN,
        document::{Step, declared},
        report::{Source, Variation},
        token::LIFETIME,
    },
    Lab, values,
};
use crate::{
    error::Result,
    model::{Action, ActorKind},
};

/// A commit that no scenario has.
const COMMIT: &str = "00000000000000000000000000000000deadbeef";
/// Content that no scenario has.
const CONTENT: &str = "$digest.of-a-mutant";
/// Somebody whom no charter declares.
const STRANGER: &str = "mallory";

pub(super) fn attempt(lab: &mut Lab<'_>) -> Result<()> {
    let known = values(&lab.steps);
    for (index, step) in lab.own_supports() {
        let mut changes = Vec::new();
        leaves(&step.body, &mut |pointer, value| {
            let field = Field { lab, index, step: &step, pointer, value, known: &known };
            changes.extend(field.changes().into_iter().map(|change| (pointer.to_owned(), change)));
        });
        for (pointer, change) in changes {
            let mut mutant = Step::clone(&step);
            let shown = match &change {
                None => "removed".to_owned(),
                Some(Json::String(text)) => format!("is `{text}`"),
                Some(value) => format!("is {value}"),
            };
            set(&mut mutant.body, &pointer, change);
            let name = format!("{}: {pointer} {shown}", step.name);
            if let Some(signed) = &step.signed {
                // The person did not sign this; or signs this and not that.
                let mut kept = mutant.clone();
                let mut signed = as_map(signed);
                set(&mut signed, "/of", Some(step.body.clone()));
                kept.signed = Some(signed);
                lab.replace(format!("{name} after it was signed"), index, Some(kept))?;
            }
            lab.replace(name, index, Some(mutant))?;
        }
        actors(lab, index, &step)?;
        plans(lab, index, &step)?;
        reports(lab, index, &step)?;
        signatures(lab, index, &step)?;
        tokens(lab, index, &step)?;
    }
    Ok(())
}

/// No token, or one that is forged, for somebody else, too old, too young, or lives too long; and each of
/// its claims left out or changed.
fn tokens(lab: &mut Lab<'_>, index: usize, step: &Arc<Step>) -> Result<()> {
    let Some(token) = &step.token else { return Ok(()) };
    let mut without = Step::clone(step);
    without.token = None;
    lab.replace(format!("{}: without its token", step.name), index, Some(without))?;
    let document = lab.scenario.engine.charter().document();
    let skew = document.providers.iter().map(|provider| provider.clock_skew.as_seconds()).max();
    let past = skew.unwrap_or_default().saturating_add(1);
    let old = format!("$at-{}s", past.saturating_add(LIFETIME));
    let early = format!("$at+{past}s");
    let mut changes: Vec<(String, Option<Json>)> = [
        ("algorithm", "none"),
        ("algorithm", "HS256"),
        ("key", "https://mutant.example"),
        ("issuer", "https://mutant.example"),
        ("audience", "mutant"),
        ("subject", "mutant"),
        ("subject", ""),
        ("issued", "$at-25h"),
        ("issued", &old),
        ("issued", &early),
        ("lifetime", "25h"),
        ("lifetime", "0s"),
    ]
    .map(|(key, value): (&str, &str)| (format!("/{key}"), Some(value.into())))
    .into();
    for claim in
        token.get("claims").and_then(Json::as_object).into_iter().flat_map(|claims| claims.keys())
    {
        let pointer = format!("/claims/{}", claim.replace('~', "~0").replace('/', "~1"));
        for value in [None, Some("mutant".into()), Some("".into()), Some(json!(["mutant"]))] {
            changes.push((pointer.clone(), value));
        }
    }
    for (pointer, value) in changes {
        let shown =
            value.as_ref().map_or_else(|| "removed".to_owned(), |value| format!("is {value}"));
        let mut mutant = Step::clone(step);
        if let Some(token) = &mut mutant.token {
            set(token, &pointer, value);
        }
        lab.replace(format!("{}: token {pointer} {shown}", step.name), index, Some(mutant))?;
    }
    Ok(())
}

/// How a signature is made, as a map.
fn as_map(signed: &Json) -> Json {
    if signed.is_object() { signed.clone() } else { json!({}) }
}

/// Not signed, or signed by another, for another purpose, at another time, or over another text.
fn signatures(lab: &mut Lab<'_>, index: usize, step: &Arc<Step>) -> Result<()> {
    let Some(signed) = step.signed.as_ref().map(as_map) else { return Ok(()) };
    let document = lab.scenario.engine.charter().document();
    let mut unsigned = Step::clone(step);
    unsigned.signed = None;
    lab.replace(format!("{}: not signed", step.name), index, Some(unsigned))?;
    let mut ways: Vec<(&str, String)> =
        vec![("namespace", "git".to_owned()), ("namespace", "file".to_owned())];
    let person = step.consenter().and_then(Json::as_str).unwrap_or(step.actor());
    let people = document.actors.iter().map(|actor| actor.actor.as_str());
    let others = people.chain([STRANGER]).filter(|other| *other != person);
    ways.extend(others.map(|other| ("by", other.to_owned())));
    let lines = [
        "ledger", "charter", "track", "stage", "asset", "commit", "plan", "artifact", "by", "at",
        "id",
    ];
    ways.extend(lines.map(|line| ("line", line.to_owned())));
    ways.push(("at", "$at+1h".to_owned()));
    let lifetime = document.request_lifetime.as_seconds().saturating_add(1);
    if step.verb != "approval" {
        ways.push(("at", format!("$at-{lifetime}s")));
    }
    for (key, value) in ways {
        let mut mutant = Step::clone(step);
        let mut signed = signed.clone();
        set(&mut signed, &format!("/{key}"), Some(value.clone().into()));
        mutant.signed = Some(signed);
        lab.replace(format!("{}: signed with {key} `{value}`", step.name), index, Some(mutant))?;
    }
    Ok(())
}

/// Calls a function with every value that is no map, and its JSON Pointer.
pub(super) fn leaves(value: &Json, each: &mut dyn FnMut(&str, &Json)) {
    fn walk(value: &Json, pointer: &mut String, each: &mut dyn FnMut(&str, &Json)) {
        match value {
            Json::Object(map) => {
                for (key, value) in map {
                    let length = pointer.len();
                    pointer.push('/');
                    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                    walk(value, pointer, each);
                    pointer.truncate(length);
                }
            }
            _ => each(pointer, value),
        }
    }
    walk(value, &mut String::new(), each);
}

/// Sets or removes a member.
pub(super) fn set(body: &mut Json, pointer: &str, value: Option<Json>) {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    let key = key.replace("~1", "/").replace("~0", "~");
    if let Some(Json::Object(map)) = body.pointer_mut(parent) {
        match value {
            Some(value) => map.insert(key, value),
            None => map.remove(&key),
        };
    }
}

/// A field and what is around it.
struct Field<'a, 's> {
    lab: &'a Lab<'s>,
    index: usize,
    step: &'a Step,
    pointer: &'a str,
    value: &'a Json,
    known: &'a BTreeMap<String, BTreeSet<String>>,
}

impl Field<'_, '_> {
    /// What the field could be instead, if what it says matters; `None` leaves it out.
    fn changes(&self) -> Vec<Option<Json>> {
        let texts =
            |list: Vec<String>| list.into_iter().map(|text| Some(text.into())).collect::<Vec<_>>();
        let key = self.pointer.rsplit('/').next().unwrap_or_default();
        if self.pointer.starts_with("/actor/claims/") {
            return vec![None, Some("mutant".into()), Some("".into())];
        }
        if self.pointer.starts_with("/tag/") {
            return vec![None, Some(STRANGER.into())];
        }
        if self.pointer.starts_with("/fact/amendment") {
            return Vec::new();
        }
        if let Json::Array(list) = self.value {
            return self.lists(list);
        }
        match key {
            "kind" if self.pointer == "/actor/kind" => {
                let human = self.value == ActorKind::Human.word();
                let other = if human { ActorKind::Workload } else { ActorKind::Human };
                vec![Some(other.word().into())]
            }
            "channel" if self.value != "local" => vec![Some("local".into())],
            "action" if self.index < self.lab.last() && self.value != Action::Plan.word() => {
                vec![Some(Action::Plan.word().into())]
            }
            "stage" => texts(self.others(self.stages())),
            "track" => texts(self.others(self.tracks())),
            "asset" => texts(vec!["another-asset".to_owned()]),
            "stack" | "project" | "backend" => {
                let mut changes = texts(self.others(self.parts(key)));
                changes.push(None);
                changes
            }
            "commit" => texts(self.others([COMMIT.to_owned(), "4f9c1d2".to_owned()])),
            "rollback" => [vec![None], texts(self.others([COMMIT.to_owned()]))].concat(),
            "ref" => texts(self.others([
                "refs/heads/mutant".to_owned(),
                "refs/pull/7/merge".to_owned(),
                "main".to_owned(),
            ])),
            "author" => texts(self.others(self.approvers())),
            "by" => texts(self.others(self.no_approvers())),
            "gate" => {
                let gates = &self.lab.engine().charter().document().gates;
                texts(self.others(gates.iter().map(|gate| gate.gate.clone())))
            }
            "digest" | "plan" | "artifact" | "permit" | "request" | "grant" | "incident"
            | "entry" => {
                let mut changes = texts(self.others(self.digests()));
                if key == "grant" && self.step.is_request {
                    changes.push(None);
                }
                changes
            }
            "result" => {
                let words: &[&str] = if self.step.verb == "outcome" {
                    &["failed", "unknown"]
                } else {
                    &["fail", "error"]
                };
                texts(self.others(words.iter().map(|word| (*word).to_owned())))
            }
            "found" => vec![Some(Json::Bool(true))],
            "produced" | "seen" => texts(vec!["$at+1h".to_owned()]),
            "traffic" => {
                [None, Some(json!(0)), Some(json!(1)), Some(json!(99)), Some(json!(100))].to_vec()
            }
            "reason" if self.step.verb == "grantRequest" => texts(vec!["mutant".to_owned()]),
            "reason" | "justification" | "impact" | "resolution" | "communication" | "summary" => {
                texts(vec![String::new(), "  ".to_owned()])
            }
            "lifetime" => texts(vec!["1s".to_owned(), "5000d".to_owned()]),
            "role" => texts(vec!["nobody".to_owned()]),
            _ => Vec::new(),
        }
    }

    fn lists(&self, list: &[Json]) -> Vec<Option<Json>> {
        let mut changes = Vec::new();
        for index in 0..list.len() {
            let mut fewer = list.to_vec();
            fewer.remove(index);
            changes.push(Some(Json::Array(fewer)));
        }
        if self.step.is_request {
            changes.push(None);
        }
        changes
    }

    fn others(&self, values: impl IntoIterator<Item = String>) -> Vec<String> {
        let mine = self.value.as_str().unwrap_or_default();
        let values: BTreeSet<String> = values.into_iter().filter(|value| value != mine).collect();
        values.into_iter().collect()
    }

    /// Stages that are not the same one by another name.
    fn stages(&self) -> Vec<String> {
        let charter = self.lab.engine().charter();
        let mine = self.value.as_str().unwrap_or_default();
        let stages = charter.document().tracks.iter().flat_map(|track| &track.stages);
        let others = stages
            .filter(|stage| stage.stage != mine && stage.aliases.iter().all(|alias| alias != mine));
        others.map(|stage| stage.stage.clone()).chain(["nowhere".to_owned()]).collect()
    }

    fn tracks(&self) -> Vec<String> {
        let tracks = &self.lab.engine().charter().document().tracks;
        tracks.iter().map(|track| track.track.clone()).chain(["nowhere".to_owned()]).collect()
    }

    fn parts(&self, part: &str) -> Vec<String> {
        let tracks = &self.lab.engine().charter().document().tracks;
        let stages = tracks.iter().flat_map(|track| &track.stages);
        let declared = stages.filter_map(|stage| match part {
            "stack" => stage.stack.clone(),
            "project" => stage.project.clone(),
            _ => stage.backend.clone(),
        });
        declared.chain(["elsewhere".to_owned()]).collect()
    }

    /// Whoever approves what is asked here, and so may not have written it; and nobody at all.
    fn approvers(&self) -> Vec<String> {
        let mut people: Vec<String> = vec![STRANGER.to_owned()];
        if let Some(place) = self.lab.place(self.step)
            && place.approvals(self.step).is_empty()
            && self.step.text("/subject/change/author").is_none()
        {
            return Vec::new();
        }
        people.extend(self.known.get("by").into_iter().flatten().cloned());
        people
    }

    /// People who may not consent to this, or did already.
    fn no_approvers(&self) -> Vec<String> {
        let charter = self.lab.engine().charter();
        let place = self.lab.place(self.step);
        let author = self.known.get("author").into_iter().flatten();
        let mut people: BTreeSet<String> = author.cloned().collect();
        people.insert(STRANGER.to_owned());
        for actor in &charter.document().actors {
            let eligible = place.is_some_and(|place| {
                place.boundary.approvals.iter().any(|rule| actor.roles.contains(&rule.role))
            });
            if actor.kind == ActorKind::Workload
                || !eligible && place.is_some()
                || actor.roles.is_empty()
            {
                people.insert(actor.actor.clone());
            }
        }
        for (index, other) in self.lab.supports() {
            let same = |key: &str| other.content().get(key) == self.step.content().get(key);
            if index != self.index
                && other.verb == self.step.verb
                && same("digest")
                && same("stage")
                && same("request")
            {
                people.extend(other.consenter().and_then(Json::as_str).map(str::to_owned));
            }
        }
        people.into_iter().collect()
    }

    /// Other things that a digest could name.
    fn digests(&self) -> Vec<String> {
        let mut found = vec![CONTENT.to_owned()];
        let plans = self.lab.scenario.plans.keys().map(|plan| format!("$plan.{plan}"));
        let manifests = self.lab.scenario.manifests.keys().map(|name| format!("$manifest.{name}"));
        let entries = self.lab.steps.iter().take(self.index).map(|step| format!("${}", step.name));
        match self.value.as_str() {
            Some(text) if text.starts_with("$plan.") => found.extend(plans),
            Some(text) if text.starts_with("$manifest.") => found.extend(manifests),
            Some(text) if text.starts_with("$digest.") || !text.starts_with('$') => {}
            _ => found.extend(entries),
        }
        found
    }
}

/// Everybody else who is not allowed the same.
fn actors(lab: &mut Lab<'_>, index: usize, step: &Arc<Step>) -> Result<()> {
    let scenario = lab.scenario;
    let charter = scenario.engine.charter();
    let document = charter.document();
    let names = document.actors.iter().map(|actor| actor.actor.as_str());
    let others: Vec<&str> = names
        .chain([STRANGER])
        .filter(|name| *name != step.actor() && !may(lab, step, name))
        .collect();
    for other in others {
        let mut mutant = Step::clone(step);
        set(&mut mutant.body, "/actor", Some(declared(charter, other)));
        mutant.token = mutant.token.and(scenario.tokens.get(other).cloned());
        lab.replace(format!("{}: asked by `{other}`", step.name), index, Some(mutant))?;
        let mut mutant = Step::clone(step);
        set(&mut mutant.body, "/actor/id", Some(other.into()));
        lab.replace(format!("{}: said to be asked by `{other}`", step.name), index, Some(mutant))?;
    }
    Ok(())
}

/// Whether the charter lets an actor do what a step does.
fn may(lab: &Lab<'_>, step: &Step, actor: &str) -> bool {
    let document = lab.engine().charter().document();
    let among = |list: &[String]| list.iter().any(|name| name == actor);
    if step.is_request {
        let action = Action::ALL.into_iter().find(|action| action.word() == step.verb);
        return lab
            .place(step)
            .zip(action)
            .is_some_and(|(place, action)| among(place.stage.grants.of(action)));
    }
    match step.verb.as_str() {
        "approval" => among(&document.facts.approvals),
        "grantRequest" | "grantOpening" | "grantClosing" => {
            document.break_glass.as_ref().is_some_and(|rules| among(&rules.requesters))
        }
        "incident" => among(&document.facts.incidents),
        "resolution" => among(&document.facts.resolutions),
        "withdrawal" => among(&document.facts.withdrawals),
        "postMortem" => {
            document.break_glass.as_ref().is_some_and(|rules| among(&rules.post_mortem.recorders))
        }
        "amendment" => document.amendments.as_ref().is_some_and(|rule| among(&rule.actors)),
        "evidence" => {
            let gate = step.content().get("gate").and_then(Json::as_str).unwrap_or_default();
            lab.engine().charter().gate(gate).is_some_and(|gate| among(&gate.producers))
        }
        "lifecycle" => lab.lifecycle(step).is_some_and(|lifecycle| match step.operation() {
            Some(("approve", _)) => among(&document.facts.approvals),
            Some(("read", _)) if among(&lifecycle.compliance) => true,
            Some((word, _)) => lifecycle.grants.named(word).is_some_and(among),
            None => false,
        }),
        "integrityCheck" => lab.lifecycle(step).is_some_and(|lifecycle| among(&lifecycle.monitors)),
        _ => false,
    }
}

/// No report, every other report, and the report as it would be about something else or of long ago.
fn reports(lab: &mut Lab<'_>, index: usize, step: &Arc<Step>) -> Result<()> {
    let Some(report) = &step.report else { return Ok(()) };
    let mut mutant = Step::clone(step);
    mutant.report = None;
    lab.replace(format!("{}: without its report", step.name), index, Some(mutant))?;
    let others = lab.scenario.reports.keys().filter(|other| *other != report);
    let others =
        others.map(|other| (format!("handed in with the report `{other}`"), other.clone()));
    let is_signed = lab.scenario.reports.get(report).is_some_and(Source::is_signed);
    let of_signed = Variation::SIGNED_MUTANTS.iter().filter(|_| is_signed);
    let varied = Variation::MUTANTS
        .iter()
        .chain(of_signed)
        .map(|(words, mark)| (format!("with a report {words}"), format!("{report}{mark}")));
    for (words, name) in others.chain(varied).collect::<Vec<_>>() {
        let mut mutant = Step::clone(step);
        mutant.report = Some(name);
        lab.replace(format!("{}: {words}", step.name), index, Some(mutant))?;
    }
    Ok(())
}

/// No plan, and every other plan under the same name.
fn plans(lab: &mut Lab<'_>, index: usize, step: &Arc<Step>) -> Result<()> {
    let Some(plan) = &step.plan else { return Ok(()) };
    let twin = format!("{plan}{TWIN}");
    let others: Vec<String> = lab
        .scenario
        .plans
        .keys()
        .filter(|other| *other == &twin || !other.ends_with(TWIN))
        .cloned()
        .collect();
    let mut mutant = Step::clone(step);
    mutant.plan = None;
    lab.replace(format!("{}: without its plan", step.name), index, Some(mutant))?;
    for other in others {
        let mut mutant = Step::clone(step);
        mutant.plan = Some(other.clone());
        lab.replace(
            format!("{}: handed in with the plan `{other}`", step.name),
            index,
            Some(mutant.clone()),
        )?;
        set(&mut mutant.body, "/subject/change/plan", Some(format!("$plan.{other}").into()));
        lab.replace(format!("{}: about the plan `{other}`", step.name), index, Some(mutant))?;
    }
    Ok(())
}
