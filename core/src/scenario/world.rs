//! A ledger in memory in which steps are run, one after the other, and which can be forked at any step.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value as Json;

use super::{Scenario, document::Step, keys, law, name::Name};
use crate::{
    digest::Digest,
    engine::{Drafted, Engine, Step as Decided},
    error::{Code, Error, Result},
    identity::NAMESPACE,
    ledger::{Batch, Ledger},
    model::{
        Decision, Fact, FactKind, LifecycleOperation, LifecycleStep, Plan, Request, Signature,
        Subject, Verdict,
    },
    state::State,
    time::{Duration, Instant},
    value::Value,
};

pub(super) const ORIGIN: &str = "scenario/ledger";

/// What became of a step.
pub(super) enum Came {
    Decided(Box<Decision>),
    Repeated,
    Refused(Error),
}

impl Came {
    /// Whether the step was allowed here and now.
    pub(super) fn is_allowed(&self) -> bool {
        matches!(self, Self::Decided(decision) if decision.verdict == Verdict::Allow)
    }
}

/// What was handed to the engine, in one text: what is equal here is the same question.
pub(super) type Asked = String;

/// A ledger and what is known beside it.
pub(super) struct World {
    engine: Arc<Engine>,
    /// Holds the genesis entry alone.
    ledger: Arc<Ledger>,
    batch: Batch,
    state: State,
    /// The hashes of the steps' entries.
    entries: BTreeMap<String, Digest>,
}

impl World {
    pub(super) fn begin(engine: Arc<Engine>, at: Instant) -> Result<Self> {
        let ledger = Ledger::in_memory();
        engine.begin(&ledger, ORIGIN, &[], at)?;
        let mut state = State::new();
        state.catch_up(&ledger)?;
        let batch = ledger.batch(state.size())?;
        Ok(Self { engine, ledger: Arc::new(ledger), batch, state, entries: BTreeMap::new() })
    }

    pub(super) fn fork(&self) -> Self {
        Self {
            engine: Arc::clone(&self.engine),
            ledger: Arc::clone(&self.ledger),
            batch: self.batch.following(),
            state: self.state.clone(),
            entries: self.entries.clone(),
        }
    }

    /// The latest instant of any entry.
    pub(super) fn clock(&self) -> Option<Instant> {
        self.state.clock()
    }

    /// Runs one step; gives what was asked, where it could be asked, and what became of it.
    pub(super) fn run(&mut self, scenario: &Scenario, step: &Step) -> Result<(Asked, Came)> {
        let mut question = match Question::of(self, scenario, step) {
            Ok(question) => question,
            // What has no form of a request or fact cannot be asked at all.
            Err(error) if error.to_code() != Code::Internal => {
                return Ok((error.to_string(), Came::Refused(error)));
            }
            Err(error) => return Err(error),
        };
        let asked = question.text()?;
        let answer = match &mut question {
            Question::Request(request) => self.engine.draft(request, &self.ledger, &self.state),
            Question::Fact(fact, texts, _) => {
                self.engine.draft_fact(fact, texts, &self.ledger, &self.state)
            }
        };
        let Drafted { draft, decision } = match answer {
            Ok(Decided::Append(drafted)) => *drafted,
            // The ledger holds nothing but its beginning: whatever was answered is only folded in.
            Ok(Decided::Answered(_) | Decided::Pending(_)) => return Ok((asked, Came::Repeated)),
            Err(error) => return Ok((asked, Came::Refused(error))),
        };
        let recorded = self.batch.add(draft)?.clone();
        self.state.fold(&recorded)?;
        self.entries.insert(step.name.clone(), recorded.hash);
        if let Question::Fact(_, _, Some(next)) = question
            && decision.verdict == Verdict::Allow
        {
            self.engine = next;
        }
        Ok((asked, Came::Decided(Box::new(decision))))
    }
}

/// What a step asks.
enum Question {
    Request(Box<Request>),
    /// A fact, its texts, and the engine that is in force if it amends the charter.
    Fact(Box<Fact>, Vec<Vec<u8>>, Option<Arc<Engine>>),
}

impl Question {
    fn of(world: &World, scenario: &Scenario, step: &Step) -> Result<Self> {
        let mut question = Self::read(world, scenario, step, step.body.clone())?;
        if let Some(signed) = &step.signed {
            let mut signed = signed.clone();
            resolve(&mut signed, &|text| world.value_of(scenario, step, text));
            // What is signed may be something else than what is handed in.
            let signature = match signed.get("of") {
                Some(other) => {
                    Self::read(world, scenario, step, other.clone())?.sign(world, step, &signed)?
                }
                None => question.sign(world, step, &signed)?,
            };
            match &mut question {
                Self::Request(request) => request.signature = Some(signature),
                Self::Fact(fact, ..) => fact.signature = Some(signature),
            }
        }
        if let Some(token) = &step.token {
            let mut token = token.clone();
            resolve(&mut token, &|text| world.value_of(scenario, step, text));
            let (actor, credential) = match &mut question {
                Self::Request(request) => (&request.actor.id, &mut request.credential),
                Self::Fact(fact, ..) => (&fact.actor.id, &mut fact.credential),
            };
            *credential = Some(scenario.credential(&token, (actor, step.at), &world.engine)?);
        }
        Ok(question)
    }

    fn read(world: &World, scenario: &Scenario, step: &Step, mut body: Json) -> Result<Self> {
        let mut amended = None;
        if let Some(amendment) = body.pointer_mut("/fact/amendment").and_then(Json::as_object_mut)
            && let Some(Json::Object(changes)) = amendment.remove("charter")
        {
            let changed = law::change(&scenario.charter, &changes.into_iter().collect())?;
            let engine = scenario.law.engine(&changed)?;
            amendment.insert("law".to_owned(), json(engine.law())?);
            amended = Some(engine);
        }
        resolve(&mut body, &|text| world.value_of(scenario, step, text));
        if let Some(tag) = body.get("tag").filter(|tag| tag.is_object()) {
            let commit = body
                .pointer("/subject/change/commit")
                .or_else(|| body.pointer("/subject/artifact/commit"));
            let tag = keys::tag(tag, commit.and_then(Json::as_str).unwrap_or_default())?;
            if let Some(fields) = body.as_object_mut() {
                fields.insert("tag".to_owned(), tag);
            }
        }
        if let Some(fields) = body.as_object_mut() {
            fields.insert("at".to_owned(), step.at.to_string().into());
        }
        let body = Value::from_serialize(&body)?;
        if step.is_request {
            let mut request: Request = body.deserialize()?;
            let plan = step.plan.as_deref().map(|plan| scenario.plan(plan)).transpose()?;
            request.plan = plan.map(Into::into);
            if let (Some(plan), Subject::Change(change)) = (&request.plan, &mut request.subject) {
                change.plan.get_or_insert(plan.digest);
            }
            Ok(Self::Request(Box::new(request)))
        } else {
            let mut fact: Fact = body.deserialize()?;
            if let Some(name) = &step.report {
                let value_of = |text: &str| world.value_of(scenario, step, text);
                fact.report = Some(scenario.report(name, &value_of)?.into());
                fact.name_report();
            }
            let texts = amended.as_ref().map(|engine| engine.law_texts()).unwrap_or_default();
            Ok(Self::Fact(Box::new(fact), texts, amended))
        }
    }

    /// A person's signature: by the key of whoever consents or asks, unless `signed` says otherwise.
    fn sign(&self, world: &World, step: &Step, signed: &Json) -> Result<Signature> {
        let said = |key: &str| signed.get(key).and_then(Json::as_str);
        let at = match said("at") {
            Some(at) => at.parse()?,
            None => step.at,
        };
        let (text, person) = match self {
            Self::Request(request) => {
                (world.engine.request_text(request, at, &world.state), &request.actor.id)
            }
            Self::Fact(fact, ..) => {
                let person = match &fact.fact {
                    FactKind::Approval(approval) => &approval.by,
                    FactKind::GrantApproval(approval) => &approval.by,
                    FactKind::Lifecycle(LifecycleStep {
                        operation: LifecycleOperation::Approve(consent),
                        ..
                    }) => &consent.by,
                    _ => &fact.actor.id,
                };
                (world.engine.fact_text(fact, at, &world.state), person)
            }
        };
        // Where there is nothing that could be signed, something else is.
        let mut text = text.unwrap_or_else(|error| error.message().to_owned());
        if let Some(line) = said("line") {
            text = with_line(&text, line);
        }
        let namespace = said("namespace").unwrap_or(NAMESPACE);
        let text = keys::sign(said("by").unwrap_or(person), namespace, &text)?;
        Ok(Signature { at, text })
    }

    fn text(&self) -> Result<Asked> {
        let (question, credential, plan) = match self {
            Self::Request(request) => {
                (text(&**request)?, &request.credential, request.plan.as_deref())
            }
            Self::Fact(fact, _, _) => (text(&**fact)?, &fact.credential, None),
        };
        let report = match self {
            Self::Request(_) => None,
            Self::Fact(fact, ..) => fact.report.as_ref().map(|report| report.digest().to_string()),
        };
        let plan = plan.map(|plan: &Plan| plan.digest.to_string()).or(report);
        // A token shows itself by its digest.
        Ok(format!("{question} {credential:?} {plan:?}"))
    }
}

impl World {
    /// What a text that begins with `$` stands for.
    fn value_of(&self, scenario: &Scenario, step: &Step, text: &str) -> Option<String> {
        Some(match Name::parse(text.strip_prefix('$')?)? {
            Name::Entry(name) => match self.entries.get(name) {
                Some(entry) => entry.to_string(),
                // A mutant may lack the step.
                None => Digest::of(format!("no entry {name}").as_bytes()).to_string(),
            },
            Name::Plan(name) => scenario.plan(name).ok()?.digest.to_string(),
            Name::Manifest(name) => scenario.manifests.get(name)?.to_string(),
            Name::Digest(name) => Digest::of(name.as_bytes()).to_string(),
            Name::Hex(name) => Digest::of(name.as_bytes()).to_hex(),
            Name::At(seconds) => shift(step.at, seconds).to_string(),
            Name::Charter => self.engine.law().digest.to_string(),
        })
    }
}

/// A text with another value in the line of that name.
fn with_line(text: &str, name: &str) -> String {
    let changed = |line: &str| {
        let value = line.strip_prefix(name).and_then(|rest| rest.strip_prefix(": "));
        let Some(value) = value else { return format!("{line}\n") };
        let mut value: Vec<char> = value.chars().collect();
        // Another digit, so that digests and instants stay what they are.
        let last = value.iter_mut().rev().find(|c| c.is_ascii_alphanumeric() && **c != 'Z');
        if let Some(last) = last {
            *last = if *last == '1' { '2' } else { '1' };
        }
        format!("{name}: {}\n", value.iter().collect::<String>())
    };
    text.lines().map(changed).collect()
}

/// The instant so many seconds later.
pub(super) fn shift(at: Instant, seconds: i64) -> Instant {
    let length = Duration::from_seconds(seconds.unsigned_abs());
    if seconds < 0 { at.saturating_sub(length) } else { at.saturating_add(length) }
}

pub(super) fn resolve(value: &mut Json, value_of: &dyn Fn(&str) -> Option<String>) {
    match value {
        Json::String(text) => {
            if let Some(found) = value_of(text) {
                *text = found;
            }
        }
        Json::Array(list) => list.iter_mut().for_each(|element| resolve(element, value_of)),
        Json::Object(map) => map.values_mut().for_each(|element| resolve(element, value_of)),
        _ => {}
    }
}

fn text<T: serde::Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|_| Error::internal("a question has no JSON form"))
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<Json> {
    serde_json::to_value(value).map_err(|_| Error::internal("a question has no JSON form"))
}
