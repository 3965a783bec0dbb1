//! Mutants: what an allowing last step rests on, taken away, aged, pointed elsewhere or swapped, one at a
//! time. None of them may be allowed.
//!
//! A mutant counts only if it asks something else than the scenario does: once by its steps, and again by
//! what was handed to the engine in the end, and each only once.

mod fields;
mod history;
mod law;
mod time;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::{
    Scenario,
    document::{Expect, Step},
    world::{Came, World},
};
use crate::{
    charter::{ApprovalRule, Boundary, Lifecycle, Stage, Track},
    digest::Digest,
    engine::Engine,
    error::{Code, Error, Result},
    model::{Action, Decision},
    time::Instant,
};

/// What became of a scenario's mutants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MutantReport {
    /// How many there were, all of them different; none where the last step is not to be allowed.
    pub mutants: u64,
    /// How many of them were denied.
    pub denied: u64,
    /// How many could not even be asked, or only repeated an answer.
    pub refused: u64,
    /// How many were allowed, as the scenario says that they may be.
    pub irrelevant: u64,
    /// Those that were allowed and must not be.
    pub allowed: Vec<String>,
    /// The patterns of `irrelevant` that no allowed mutant has; an exception that nobody needs hides things.
    pub unused: Vec<String>,
    /// Whether nothing is wrong.
    pub passed: bool,
}

impl Scenario {
    /// Runs the mutants of a scenario that ends with what is allowed.
    ///
    /// # Errors
    ///
    /// Those of [`Scenario::run`].
    pub fn run_mutants(&self) -> Result<MutantReport> {
        let Some(mut lab) = Lab::of(self)? else {
            return Ok(MutantReport { passed: true, ..MutantReport::default() });
        };
        fields::attempt(&mut lab)?;
        history::attempt(&mut lab)?;
        time::attempt(&mut lab)?;
        law::attempt(&mut lab)?;
        Ok(lab.finish())
    }
}

/// Where mutants are made and run.
struct Lab<'s> {
    scenario: &'s Scenario,
    steps: Vec<Arc<Step>>,
    /// The world before each step, of the scenario as it is.
    worlds: Vec<World>,
    asked: Vec<String>,
    decisions: Vec<Option<Decision>>,
    seen: BTreeSet<Digest>,
    needed: BTreeSet<usize>,
    report: MutantReport,
}

/// A scenario with something changed.
struct Mutant {
    steps: Vec<Arc<Step>>,
    begin: Instant,
    engine: Option<Arc<Engine>>,
}

impl<'s> Lab<'s> {
    /// Nothing where the last step is not allowed.
    fn of(scenario: &'s Scenario) -> Result<Option<Self>> {
        // What was denied supports nothing, and might be allowed once something else is changed.
        let steps = scenario.steps.iter().filter(|step| step.expect == Expect::Allow);
        let mut lab = Self {
            scenario,
            steps: steps.cloned().map(Arc::new).collect(),
            worlds: Vec::new(),
            asked: Vec::new(),
            decisions: Vec::new(),
            seen: BTreeSet::new(),
            needed: BTreeSet::new(),
            report: MutantReport::default(),
        };
        let mut world = World::begin(Arc::clone(&scenario.engine), scenario.begin)?;
        let mut allowed = false;
        for step in &lab.steps {
            lab.worlds.push(world.fork());
            let (asked, came) = world.run(scenario, step)?;
            lab.asked.push(asked);
            allowed = came.is_allowed();
            lab.decisions.push(match came {
                Came::Decided(decision) => Some(*decision),
                _ => None,
            });
        }
        let ends = scenario.steps.last().is_some_and(|step| step.expect == Expect::Allow);
        if ends && !allowed {
            let message = "the last step is denied once steps that are denied before it are left out, so that it has no mutants";
            return Err(Error::new(Code::InputInvalidValue, message));
        }
        Ok(Some(lab).filter(|_| ends))
    }

    fn engine(&self) -> &Engine {
        &self.scenario.engine
    }

    fn last(&self) -> usize {
        self.steps.len().saturating_sub(1)
    }

    /// The steps that the last one may rest on: what only takes something away is not missed.
    fn supports(&self) -> Vec<(usize, Arc<Step>)> {
        let numbered = self.steps.iter().cloned().enumerate();
        let last = self.last();
        numbered
            .filter(|(index, step)| !is_restraint(step) && (*index == last || !is_idle(step)))
            .collect()
    }

    /// Those of the scenario itself; what it begins with has scenarios of its own.
    fn own_supports(&self) -> Vec<(usize, Arc<Step>)> {
        self.supports().into_iter().filter(|(_, step)| step.file.is_none()).collect()
    }

    /// The scenario with one step replaced, or left out.
    fn replace(&mut self, name: String, index: usize, step: Option<Step>) -> Result<()> {
        let mut steps = self.steps.clone();
        match step {
            Some(step) => {
                let Some(place) = steps.get_mut(index) else { return Ok(()) };
                if **place == step {
                    return Ok(());
                }
                *place = Arc::new(step);
            }
            None => drop(steps.remove(index)),
        }
        self.attempt(name, steps)
    }

    fn attempt(&mut self, name: String, steps: Vec<Arc<Step>>) -> Result<()> {
        self.run(name, Mutant { steps, begin: self.scenario.begin, engine: None })
    }

    fn run(&mut self, name: String, mutant: Mutant) -> Result<()> {
        let same = mutant.begin == self.scenario.begin && mutant.engine.is_none();
        let unchanged =
            mutant.steps.iter().zip(&self.steps).take_while(|(one, other)| Arc::ptr_eq(one, other));
        let unchanged = if same { unchanged.count() } else { 0 };
        let mut world = match self.worlds.get(unchanged) {
            Some(world) if same => world.fork(),
            // Nothing is changed but that more is asked at the end.
            None if same => {
                let mut world = self.worlds.last().map(World::fork).ok_or_else(no_world)?;
                let last = self.steps.last().ok_or_else(no_world)?;
                world.run(self.scenario, last)?;
                world
            }
            _ => {
                let engine = mutant.engine.as_ref().unwrap_or(&self.scenario.engine);
                World::begin(Arc::clone(engine), mutant.begin)?
            }
        };
        let mut asked: Vec<String> = self.asked.iter().take(unchanged).cloned().collect();
        let mut last = None;
        for step in mutant.steps.iter().skip(unchanged) {
            let (question, came) = world.run(self.scenario, step)?;
            asked.push(question);
            last = Some(came);
        }
        let Some(last) = last else { return Ok(()) };
        // What was asked in the end is what the scenario asks, under the same law: this is no mutant.
        let law = self.engine().law().digest;
        let same_law = mutant.engine.as_ref().is_none_or(|engine| engine.law().digest == law);
        if same_law && asked == self.asked {
            return Ok(());
        }
        let law = mutant.engine.map(|engine| engine.law().digest.to_string()).unwrap_or_default();
        if !self.seen.insert(Digest::of(format!("{law}\n{}", asked.join("\n")).as_bytes())) {
            return Ok(());
        }
        let report = &mut self.report;
        report.mutants = report.mutants.saturating_add(1);
        match last {
            Came::Decided(_) if last.is_allowed() => {
                let exception = self
                    .scenario
                    .irrelevant
                    .iter()
                    .position(|it| crate::pattern::fits(&it.mutants, &name));
                match exception {
                    Some(exception) => {
                        self.needed.insert(exception);
                        report.irrelevant = report.irrelevant.saturating_add(1);
                    }
                    None => report.allowed.push(name),
                }
            }
            Came::Decided(_) => report.denied = report.denied.saturating_add(1),
            Came::Repeated | Came::Refused(_) => report.refused = report.refused.saturating_add(1),
        }
        Ok(())
    }

    fn finish(mut self) -> MutantReport {
        let exceptions = self.scenario.irrelevant.iter().enumerate();
        self.report.unused = exceptions
            .filter(|(index, exception)| exception.own && !self.needed.contains(index))
            .map(|(_, exception)| exception.mutants.clone())
            .collect();
        self.report.passed = self.report.allowed.is_empty() && self.report.unused.is_empty();
        self.report
    }

    /// The stage that a step is about, where it is about one.
    fn place(&self, step: &Step) -> Option<Place<'s>> {
        let engine: &'s Engine = &self.scenario.engine;
        let content = step.content();
        let name = content.get("stage")?.as_str()?;
        let track = content.get("track").and_then(Json::as_str);
        let is_artifact = content.pointer("/subject/artifact").is_some();
        let mut found = engine.charter().stages(name).filter(|(candidate, _)| match track {
            Some(track) => candidate.track == track,
            None => {
                !step.is_request
                    || (candidate.moves == crate::charter::Moves::Artifact) == is_artifact
            }
        });
        let (track, stage) = found.next()?;
        let boundary = track.boundary(self.origin(step, track, stage), stage)?;
        Some(Place { track, stage, boundary })
    }

    /// The stage that a step's subject comes from, where it enters another: the last one before in which anything was
    /// done with it.
    fn origin(&self, step: &Step, track: &'s Track, stage: &'s Stage) -> Option<&'s Stage> {
        let mut before = track.before(stage);
        let earlier = self.steps.iter().rev().skip_while(|other| other.name != step.name).skip(1);
        let subject =
            |step: &Step| step.lineage().or_else(|| step.content().get("digest")).cloned();
        let about_it = earlier
            .filter(|other| {
                other.is_request && subject(step).is_some_and(|it| other.lineage() == Some(&it))
            })
            .find_map(|other| {
                let name = other.text("/stage")?;
                before
                    .clone()
                    .find(|stage| track.stage(name).is_some_and(|it| it.stage == stage.stage))
            });
        about_it.or_else(|| before.next())
    }

    /// The lifecycle that a step is about.
    fn lifecycle(&self, step: &Step) -> Option<&'s Lifecycle> {
        let engine: &'s Engine = &self.scenario.engine;
        let content = step.content();
        let name = content.get("lifecycle").and_then(Json::as_str);
        let asset = content.get("asset").and_then(Json::as_str)?;
        engine.charter().document().lifecycles.iter().find(|lifecycle| {
            lifecycle.has(asset) && name.is_none_or(|name| name == lifecycle.lifecycle)
        })
    }

    /// The actions that come after a step and need what a stage's entrance demands.
    fn acts_after(&self, index: usize) -> Vec<(usize, Arc<Step>)> {
        let after = self.supports().into_iter().filter(|(later, _)| *later > index);
        after.filter(|(_, step)| step.is_request && step.verb != Action::Plan.word()).collect()
    }
}

/// Where a step leads.
#[derive(Clone, Copy)]
struct Place<'a> {
    track: &'a Track,
    stage: &'a Stage,
    boundary: &'a Boundary,
}

impl<'a> Place<'a> {
    /// The gates that an act may need evidence for.
    fn gates(&self, lab: &Lab<'a>, act: &Step) -> BTreeSet<&'a str> {
        let engine: &'a Engine = &lab.scenario.engine;
        let sensitive = engine.charter().document().sensitive.as_ref();
        let rollback = self.boundary.rollback.as_ref();
        let rollout = self.boundary.rollout.as_ref();
        let names: Vec<&String> = match act.verb.as_str() {
            "rollback" => rollback.iter().flat_map(|rule| &rule.gates).collect(),
            "shift" => rollout.iter().map(|rule| &rule.gate).collect(),
            _ => {
                let more = sensitive.into_iter().flat_map(|rule| &rule.gates);
                self.boundary.gates.iter().chain(more).collect()
            }
        };
        names.into_iter().map(String::as_str).collect()
    }

    /// The approvals that an act needs.
    fn approvals(&self, act: &Step) -> &'a [ApprovalRule] {
        match (act.verb.as_str(), &self.boundary.rollback) {
            ("rollback", Some(rule)) => &rule.approvals,
            ("rollback", None) | ("shift", _) => &[],
            _ => &self.boundary.approvals,
        }
    }
}

impl Step {
    /// What the request or fact says of its matter.
    fn content(&self) -> &Json {
        if self.is_request {
            return &self.body;
        }
        let fact = self.body.pointer("/fact").and_then(Json::as_object);
        fact.and_then(|fact| fact.values().next()).unwrap_or(&Json::Null)
    }

    /// What a step of a lifecycle does, with what it says of it.
    fn operation(&self) -> Option<(&str, &Json)> {
        let operation = self.content().get("operation").filter(|_| self.verb == "lifecycle")?;
        operation.as_object()?.iter().next().map(|(word, said)| (word.as_str(), said))
    }

    /// The person who consents.
    fn consenter(&self) -> Option<&Json> {
        self.content().get("by").or_else(|| self.operation().and_then(|(_, said)| said.get("by")))
    }

    /// The commit, or the artifact's digest.
    fn lineage(&self) -> Option<&Json> {
        let subject = self.body.get("subject")?;
        subject.pointer("/change/commit").or_else(|| subject.pointer("/artifact/digest"))
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        self.body.pointer(pointer).and_then(Json::as_str)
    }

    fn actor(&self) -> &str {
        self.text("/actor/id").unwrap_or_default()
    }
}

/// Whether a step only takes something away.
fn is_restraint(step: &Step) -> bool {
    let says = |key: &str, value: &str| step.content().get(key).is_some_and(|said| said == value);
    match step.verb.as_str() {
        "withdrawal" | "erasure" => true,
        "evidence" => !says("result", "pass"),
        "incident" => step.content().get("found") != Some(&Json::Bool(false)),
        "integrityCheck" => !says("result", "valid"),
        _ => false,
    }
}

/// Whether a step changes nothing that another could rest on.
fn is_idle(step: &Step) -> bool {
    let operation = step.operation().map(|(word, _)| word);
    step.verb == "integrityCheck" || matches!(operation, Some("use" | "read" | "annotate"))
}

fn no_world() -> Error {
    Error::internal("a scenario without steps has no mutants")
}

/// The values that stand in texts of a kind over all steps.
fn values(steps: &[Arc<Step>]) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for step in steps {
        fields::leaves(&step.body, &mut |pointer, value| {
            let key = pointer.rsplit('/').next().unwrap_or_default();
            if let Some(text) = value.as_str() {
                found.entry(key.to_owned()).or_default().insert(text.to_owned());
            }
        });
    }
    found
}
