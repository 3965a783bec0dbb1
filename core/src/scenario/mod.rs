//! Scenarios: sequences of requests and facts in a file, each with what must become of it.
//!
//! A [`Suite`] is a charter with its packs; [`Suite::scenario`] reads a file, [`Scenario::run`] runs it in a
//! ledger in memory, and [`Scenario::run_mutants`] asks whether anything that it takes for an allowing last
//! step could be missing, too old, or somebody else's. Nothing here reads a file or a clock.
//! `docs/scenarios.md` describes the format.

mod document;
mod keys;
mod law;
mod manifest;
mod mutate;
mod name;
mod plan;
mod report;
mod shape;
mod token;
mod world;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

pub(crate) use self::document::Document as ScenarioDocument;
pub use self::mutate::MutantReport;
use self::{
    document::{Document, Expect, Irrelevant, Reader, Step},
    law::Law,
    world::{Came, World},
};
use crate::{
    digest::Digest,
    engine::{Engine, Texts},
    error::{Code, Error, Result},
    identity::Credential,
    model::{Finding, Plan, Report, Verdict},
    time::Instant,
};

/// A charter with its packs, to run scenarios under.
pub struct Suite {
    law: Arc<Law>,
}

impl Suite {
    /// Reads a charter with its lock and packs.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::new`].
    pub fn new(texts: Texts) -> Result<Self> {
        Ok(Self { law: Arc::new(Law::new(texts)?) })
    }

    /// Reads a scenario. `file` reads the files that it names, relative to itself.
    ///
    /// # Errors
    ///
    /// Those of reading YAML, each with line and column; `input.invalid_value` for what makes no sense; those
    /// of [`Engine::new`] for a variation of the charter, and of [`Plan::from_terraform`].
    pub fn scenario(
        &self,
        yaml: &[u8],
        file: &mut dyn FnMut(&str) -> Result<Vec<u8>>,
    ) -> Result<Scenario> {
        let document = Document::read(yaml, file)?;
        let missing = |field: &str| {
            let message = format!("the scenario lacks `{field}`");
            Error::new(Code::InputMissingField, message).at_pointer(format!("/{field}"))
        };
        let name = document.scenario.clone().ok_or_else(|| missing("scenario"))?;
        let begin = document.begin.ok_or_else(|| missing("begin"))?;
        let blank = |exception: &Irrelevant| exception.reason.trim().is_empty();
        if document.irrelevant.iter().any(blank) {
            let message = "what is irrelevant is so for a reason, and one gives none";
            return Err(Error::new(Code::InputInvalidValue, message).at_pointer("/irrelevant"));
        }
        let charter = law::change(self.law.charter(), &document.charter)
            .map_err(|error| error.at_pointer("/charter"))?;
        let engine = self.law.engine(&charter)?;
        let steps = Reader::read(&document, engine.charter(), begin)?;
        let manifests = manifest::digests(&document.manifests)?;
        let mut plans = BTreeMap::new();
        for (name, said) in &document.plans {
            let text = match said.get("file").and_then(Json::as_str) {
                Some(name) => file(name)?,
                None => plan::document(said).to_string().into_bytes(),
            };
            let (plan, twin) = plan::read(name, &text)
                .map_err(|error| error.at_pointer(format!("/plans/{name}")))?;
            plans.insert(format!("{name}{TWIN}"), twin);
            plans.insert(name.clone(), plan);
        }
        let mut reports = BTreeMap::new();
        for (name, said) in &document.reports {
            let source = report::Source::read(said, file)
                .map_err(|error| error.at_pointer(format!("/reports/{name}")))?;
            reports.insert(name.clone(), source);
        }
        Ok(Scenario {
            name,
            requirements: document.requirements,
            begin,
            irrelevant: document.irrelevant,
            law: Arc::clone(&self.law),
            charter,
            engine,
            plans,
            manifests,
            reports,
            tokens: document.tokens,
            steps,
            credentials: Mutex::default(),
        })
    }
}

/// What follows a plan's name in that of its twin, which differs in nothing but its digest.
const TWIN: &str = "*";

/// A scenario that has been read.
pub struct Scenario {
    name: String,
    requirements: Vec<String>,
    begin: Instant,
    irrelevant: Vec<Irrelevant>,
    law: Arc<Law>,
    /// The charter that it runs under.
    charter: Json,
    engine: Arc<Engine>,
    plans: BTreeMap<String, Plan>,
    /// The digests of the manifests.
    manifests: BTreeMap<String, Digest>,
    reports: BTreeMap<String, report::Source>,
    /// The tokens that actors hand in, by their names.
    tokens: BTreeMap<String, Json>,
    steps: Vec<Step>,
    /// What tokens were found to show, so that a token that is handed in again and again is verified once.
    credentials: Mutex<BTreeMap<String, Credential>>,
}

/// What became of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScenarioReport {
    /// What the scenario shows.
    pub scenario: String,
    /// The requirements that it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<String>,
    /// What became of each step.
    pub steps: Vec<StepReport>,
    /// Whether everything came as it must.
    pub passed: bool,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepReport {
    /// The step's name.
    pub step: String,
    /// The file that it is in, where that is not the scenario's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Its line in the file.
    pub line: u32,
    /// The action or the kind of fact.
    pub verb: String,
    /// What must come: a verdict or an error, and codes.
    pub expected: String,
    /// What came.
    pub found: String,
    /// Whether that is the same.
    pub passed: bool,
    /// The findings that deny, where the step did not pass.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub denials: Vec<Finding>,
}

impl Scenario {
    /// What the scenario shows.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs the steps, all of them, whatever becomes of each.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::begin`], and `internal`.
    pub fn run(&self) -> Result<ScenarioReport> {
        let mut world = World::begin(Arc::clone(&self.engine), self.begin)?;
        let mut steps = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let (_, came) = world.run(self, step)?;
            steps.push(report(step, &came));
        }
        let passed = steps.iter().all(|step| step.passed);
        Ok(ScenarioReport {
            scenario: self.name.clone(),
            requirements: self.requirements.clone(),
            steps,
            passed,
        })
    }

    /// What a token shows of an actor, at an instant and under a law.
    fn credential(
        &self,
        token: &Json,
        (actor, at): (&str, Instant),
        engine: &Engine,
    ) -> Result<Credential> {
        // What of the law says whether a token shows an actor; charters that differ elsewhere verify alike.
        let charter = engine.charter();
        let declared = charter.actor(actor).map(|it| (&it.provider, &it.subject));
        let provider = declared.and_then(|(name, _)| {
            charter.document().providers.iter().find(|it| Some(&it.provider) == name.as_ref())
        });
        let key = format!("{declared:?} {provider:?} {actor} {at} {token}");
        let known = || self.credentials.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(credential) = known().get(&key) {
            return Ok(credential.clone());
        }
        let (text, keys) = token::mint(token, actor, engine, at)?;
        let credential = engine.credential(actor, &text, &keys, at);
        known().insert(key, credential.clone());
        Ok(credential)
    }

    /// A report, or a variation of one; texts that begin with `$` stand for what they stand for in a step.
    fn report(&self, name: &str, value_of: &dyn Fn(&str) -> Option<String>) -> Result<Report> {
        let (plain, variation) = report::Variation::split(name);
        let source = self.reports.get(plain).ok_or_else(|| {
            Error::new(Code::InputInvalidValue, format!("there is no report `{plain}`"))
        })?;
        source.report(variation, value_of)
    }

    fn plan(&self, name: &str) -> Result<Plan> {
        self.plans.get(name).cloned().ok_or_else(|| {
            Error::new(Code::InputInvalidValue, format!("there is no plan `{name}`"))
        })
    }
}

fn report(step: &Step, came: &Came) -> StepReport {
    let listed = |verdict: &str, codes: &BTreeSet<String>| {
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        if codes.is_empty() {
            verdict.to_owned()
        } else {
            format!("{verdict} [{}]", codes.join(", "))
        }
    };
    let expected = listed(&step.expect.words(), &step.findings);
    let (found, passed, denials) = match came {
        Came::Repeated => ("repeat".to_owned(), step.expect == Expect::Repeat, Vec::new()),
        Came::Refused(error) => {
            let found = Expect::Error(error.code().to_owned());
            (format!("error {error}"), step.expect == found, Vec::new())
        }
        Came::Decided(decision) => {
            let denials: Vec<Finding> =
                decision.findings.iter().filter(|finding| finding.denies()).cloned().collect();
            let codes: BTreeSet<String> = match decision.verdict {
                Verdict::Deny => denials.iter().map(|finding| finding.code.clone()).collect(),
                // Of the many that pass, only those that are asked for are worth a word.
                Verdict::Allow => {
                    let found: BTreeSet<&str> =
                        decision.findings.iter().map(|finding| finding.code.as_str()).collect();
                    step.findings
                        .iter()
                        .filter(|code| found.contains(code.as_str()))
                        .cloned()
                        .collect()
                }
            };
            let (word, expect) = match decision.verdict {
                Verdict::Allow => ("allow", Expect::Allow),
                Verdict::Deny => ("deny", Expect::Deny),
            };
            let passed = step.expect == expect && step.findings == codes;
            (listed(word, &codes), passed, denials)
        }
    };
    StepReport {
        step: step.name.clone(),
        file: step.file.clone(),
        line: step.line,
        verb: step.verb.clone(),
        expected,
        found,
        passed,
        denials: if passed { Vec::new() } else { denials },
    }
}
