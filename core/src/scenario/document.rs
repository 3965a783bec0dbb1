//! The shape of a scenario file, and its steps in full: defaults applied, repetitions written out.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::{name::Name, shape::ScenarioStep};
use crate::{
    charter::Charter,
    error::{Code, Error, Position, Result},
    limits,
    model::Action,
    time::{Duration, Instant},
    value::{Ref, Value},
};

/// A sequence of requests and facts under a charter, each with what must become of it.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ScenarioDocument")]
pub(crate) struct Document {
    /// What it shows, in one line.
    #[serde(default)]
    pub(super) scenario: Option<String>,
    /// The file that comes before this one: its steps first, and whatever it says under what this one says.
    #[serde(default)]
    base: Option<String>,
    /// The requirements that it is about.
    #[serde(default)]
    pub(super) requirements: Vec<String>,
    /// When the ledger begins.
    #[serde(default)]
    pub(super) begin: Option<Instant>,
    /// Variations of the charter: JSON Pointers and values; null removes.
    #[serde(default)]
    pub(super) charter: BTreeMap<String, Json>,
    /// What steps need not repeat: under `request`, `fact`, an action or a kind of fact.
    #[serde(default)]
    defaults: BTreeMap<String, Map<String, Json>>,
    /// What the tokens of actors say, by the actors' names.
    #[serde(default)]
    pub(super) tokens: BTreeMap<String, Json>,
    /// Plans by name: a list of resources, a map with `resources`, `drift` and other members of Terraform's
    /// document, or a map with a `file`.
    #[serde(default)]
    pub(super) plans: BTreeMap<String, Json>,
    /// Manifests of artifacts by name: `$manifest.NAME` is the digest.
    #[serde(default)]
    pub(super) manifests: BTreeMap<String, Json>,
    /// Reports by name: a map with the `format` and either the `report` itself or a `file`.
    #[serde(default)]
    pub(super) reports: BTreeMap<String, Json>,
    /// Mutants that may be allowed.
    #[serde(default)]
    pub(super) irrelevant: Vec<Irrelevant>,
    /// What is asked and recorded.
    #[serde(default)]
    #[schemars(with = "Vec<ScenarioStep>")]
    steps: Vec<Json>,
    /// The files that were read, the first one first.
    #[serde(skip)]
    files: Vec<File>,
}

/// A file, and the steps that it has.
struct File {
    /// Its name; the scenario itself has none.
    name: Option<String>,
    root: Value,
    steps: Vec<Json>,
}

/// How long a chain of files may be.
const FILES: usize = 16;

impl Document {
    /// Reads a scenario with the files that come before it: what it says is laid over what they say, and
    /// its steps follow theirs.
    pub(super) fn read(yaml: &[u8], file: &mut dyn FnMut(&str) -> Result<Vec<u8>>) -> Result<Self> {
        let (mut document, mut base) = Self::parse(None, yaml)?;
        for _ in 1..FILES {
            let Some(name) = base else { break };
            let text = file(&name)?;
            let (under, next) =
                Self::parse(Some(name.clone()), &text).map_err(|error| error.in_source(name))?;
            document = document.over(under);
            base = next;
        }
        if base.is_some() {
            let message = format!("more than {FILES} files come one before the other");
            return Err(Error::new(Code::LimitCount, message).at_pointer("/base"));
        }
        Ok(document)
    }

    fn parse(name: Option<String>, yaml: &[u8]) -> Result<(Self, Option<String>)> {
        let root = Value::parse_yaml(yaml)?;
        let mut document: Self = root.deserialize()?;
        let steps = std::mem::take(&mut document.steps);
        document.irrelevant.iter_mut().for_each(|exception| exception.own = name.is_none());
        document.files.push(File { name, root, steps });
        let base = document.base.take();
        Ok((document, base))
    }

    fn over(self, under: Self) -> Self {
        let mut defaults = under.defaults;
        for (verb, fields) in self.defaults {
            merge(defaults.entry(verb).or_default(), fields);
        }
        let laid = |mut under: BTreeMap<String, Json>, over: BTreeMap<String, Json>| {
            under.extend(over);
            under
        };
        Self {
            scenario: self.scenario,
            base: None,
            requirements: self.requirements,
            begin: self.begin.or(under.begin),
            charter: laid(under.charter, self.charter),
            defaults,
            tokens: laid(under.tokens, self.tokens),
            plans: laid(under.plans, self.plans),
            manifests: laid(under.manifests, self.manifests),
            reports: laid(under.reports, self.reports),
            irrelevant: under.irrelevant.into_iter().chain(self.irrelevant).collect(),
            steps: Vec::new(),
            files: under.files.into_iter().chain(self.files).collect(),
        }
    }
}

/// Mutants that may be allowed, and why.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Irrelevant {
    /// The names of the mutants; `*` stands for any run of characters.
    pub(super) mutants: String,
    /// Why they do not matter.
    pub(super) reason: String,
    /// Whether the scenario itself says so, and not a file that comes before it.
    #[serde(skip)]
    pub(super) own: bool,
}

/// A request or fact, and what must become of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) name: String,
    /// The file, where it is not the scenario itself.
    pub(super) file: Option<String>,
    /// The line of the file.
    pub(super) line: u32,
    pub(super) at: Instant,
    /// An action, or a kind of fact.
    pub(super) verb: String,
    pub(super) is_request: bool,
    /// The JSON form of the request or fact but for `at`; texts that begin with `$` stand for values.
    pub(super) body: Json,
    /// The plan that is handed in, by its name.
    pub(super) plan: Option<String>,
    /// The report that is handed in, by its name.
    pub(super) report: Option<String>,
    /// The token that is handed in.
    pub(super) token: Option<Json>,
    /// How it is signed.
    pub(super) signed: Option<Json>,
    pub(super) expect: Expect,
    /// For a denial all codes that deny, else codes that must be among the findings.
    pub(super) findings: BTreeSet<String>,
}

/// What must become of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    Allow,
    Deny,
    /// It was answered before, and nothing new is recorded.
    Repeat,
    Error(String),
}

impl Expect {
    pub(super) fn words(&self) -> String {
        match self {
            Self::Allow => "allow".to_owned(),
            Self::Deny => "deny".to_owned(),
            Self::Repeat => "repeat".to_owned(),
            Self::Error(code) => format!("error {code}"),
        }
    }
}

/// What a step may say besides its verb.
const STEP_FIELDS: [&str; 5] = ["as", "at", "each", "expect", "findings"];
/// What belongs to a fact and not to what happened.
const FACT_FIELDS: [&str; 3] = ["id", "actor", "channel"];

/// Reads the steps of files in full.
pub(super) struct Reader<'a> {
    document: &'a Document,
    charter: &'a Charter,
    file: &'a File,
    steps: Vec<Step>,
    at: Instant,
}

impl<'a> Reader<'a> {
    pub(super) fn read(
        document: &'a Document,
        charter: &'a Charter,
        begin: Instant,
    ) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        let mut at = begin;
        for file in &document.files {
            let mut reader = Reader { document, charter, file, steps, at };
            reader.file()?;
            (steps, at) = (reader.steps, reader.at);
        }
        if steps.is_empty() {
            return Err(Error::new(Code::InputInvalidValue, "a scenario needs a step"));
        }
        Ok(steps)
    }

    fn file(&mut self) -> Result<()> {
        for key in self.document.defaults.keys() {
            if !["request", "fact"].contains(&key.as_str()) && !is_verb(key) {
                let message = format!("there are no steps of the kind `{key}`");
                return Err(self.refuse(&format!("/defaults/{key}"), message));
            }
        }
        for (index, step) in self.file.steps.iter().enumerate() {
            self.step(step, &format!("/steps/{index}"))?;
        }
        Ok(())
    }

    fn position(&self, pointer: &str) -> Option<Position> {
        self.file.root.as_ref().pointer(pointer).and_then(Ref::position)
    }

    fn refuse(&self, pointer: &str, message: impl Into<String>) -> Error {
        let error = Error::new(Code::InputInvalidValue, message);
        let error = match &self.file.name {
            Some(name) => error.in_source(name),
            None => error,
        };
        match self.position(pointer) {
            Some(position) => error.at_position(position),
            None => error.at_pointer(pointer),
        }
    }

    fn step(&mut self, step: &Json, pointer: &str) -> Result<()> {
        let fields = step.as_object().ok_or_else(|| self.refuse(pointer, "a step is a map"))?;
        let mut verbs = fields.keys().filter(|key| !STEP_FIELDS.contains(&key.as_str()));
        let (Some(verb), None) = (verbs.next(), verbs.next()) else {
            return Err(self.refuse(pointer, "a step has exactly one verb").with_help(format!(
                "its verb is an action ({}) or a kind of fact; besides it may say {}",
                Action::ALL.map(Action::word).join(", "),
                STEP_FIELDS.join(", ")
            )));
        };
        if !is_verb(verb) {
            let place = format!("{pointer}/{verb}");
            return Err(self.refuse(&place, format!("`{verb}` is no action and no kind of fact")));
        }
        self.at = match fields.get("at") {
            None => self.at.saturating_add(Duration::from_seconds(60)),
            Some(at) => self.instant(at, &format!("{pointer}/at"))?,
        };
        let said = fields.get(verb).filter(|said| !said.is_null());
        let said = said.cloned().unwrap_or_else(|| json!({}));
        let Json::Object(said) = said else {
            return Err(self.refuse(&format!("{pointer}/{verb}"), "the verb is followed by a map"));
        };
        let name = match fields.get("as") {
            None => None,
            Some(Json::String(name)) if is_name(name) => Some(name.clone()),
            Some(_) => {
                let message = "a name consists of letters, digits and dashes";
                return Err(self.refuse(&format!("{pointer}/as"), message));
            }
        };
        let repetitions = self.repetitions(fields.get("each"), &format!("{pointer}/each"))?;
        for each in repetitions {
            let mut said = said.clone();
            let mut suffix = String::new();
            if let Some((field, value)) = each {
                suffix =
                    format!("-{}", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
                merge_field(&mut said, &field, value);
            }
            let name = match &name {
                Some(name) => format!("{name}{suffix}"),
                None => format!("{verb}-{}", self.steps.len().saturating_add(1)),
            };
            if self.steps.iter().any(|step| step.name == name) {
                let message = format!("two steps are called `{name}`");
                return Err(self.refuse(pointer, message));
            }
            self.add(verb, name, said, fields, pointer)?;
        }
        Ok(())
    }

    fn repetitions(
        &self,
        each: Option<&Json>,
        pointer: &str,
    ) -> Result<Vec<Option<(String, Json)>>> {
        let Some(each) = each else { return Ok(vec![None]) };
        let refuse = || {
            self.refuse(pointer, "`each` names one field with the list of its values")
                .with_help("such as each: { gate: [lint, tests] }")
        };
        let fields = each.as_object().filter(|fields| fields.len() == 1).ok_or_else(refuse)?;
        let (field, values) = fields.iter().next().ok_or_else(refuse)?;
        let values = values.as_array().filter(|values| !values.is_empty()).ok_or_else(refuse)?;
        Ok(values.iter().map(|value| Some((field.clone(), value.clone()))).collect())
    }

    fn add(
        &mut self,
        verb: &str,
        name: String,
        said: Map<String, Json>,
        fields: &Map<String, Json>,
        pointer: &str,
    ) -> Result<()> {
        let is_request = Action::ALL.iter().any(|action| action.word() == verb);
        let mut body = Map::new();
        let kind = if is_request { "request" } else { "fact" };
        for layer in [kind, verb] {
            if let Some(layer) = self.document.defaults.get(layer) {
                merge(&mut body, layer.clone());
            }
        }
        merge(&mut body, said);
        let (token, signed) = (body.remove("token"), body.remove("signed"));
        let plan = if is_request { body.remove("plan") } else { None };
        let plan = match plan {
            None => None,
            Some(Json::String(plan)) if self.document.plans.contains_key(&plan) => Some(plan),
            Some(_) => {
                let message = "`plan` is none of the scenario's plans";
                return Err(self.refuse(&format!("{pointer}/{verb}"), message));
            }
        };
        let report = self.report(&mut body, verb);
        self.complete(&mut body, verb, &name, is_request, plan.as_deref())
            .map_err(|message| self.refuse(&format!("{pointer}/{verb}"), message))?;
        let body = Json::Object(body);
        self.check_names(&body, &format!("{pointer}/{verb}"))?;
        let actor = body.pointer("/actor/id").and_then(Json::as_str).unwrap_or_default();
        let usual = self.document.tokens.get(actor).cloned();
        let token = match (usual, token) {
            (_, Some(Json::Bool(false))) => None,
            (Some(Json::Object(mut usual)), Some(Json::Object(token))) => {
                merge(&mut usual, token);
                Some(Json::Object(usual))
            }
            (usual, token) => token.or(usual),
        };
        let (expect, findings) = self.expectation(fields, pointer)?;
        self.steps.push(Step {
            name,
            file: self.file.name.clone(),
            line: self.position(pointer).map_or(0, |position| position.line),
            at: self.at,
            verb: verb.to_owned(),
            is_request,
            body,
            plan,
            report,
            token,
            signed: signed.filter(|signed| *signed != Json::Bool(false)),
            expect,
            findings,
        });
        Ok(())
    }

    /// The report that evidence comes with: the one that it names, unless that is a digest, or with a pass the one
    /// that is called like the gate.
    fn report(&self, body: &mut Map<String, Json>, verb: &str) -> Option<String> {
        if verb != "evidence" {
            return None;
        }
        let known = |name: &&str| self.document.reports.contains_key(*name);
        let text = |key: &str| body.get(key).and_then(Json::as_str);
        let named = match body.get("report") {
            Some(Json::String(named)) => Some(named.as_str()).filter(known),
            Some(_) => None,
            None if text("result").is_some_and(|result| result != "pass") => None,
            None => text("gate").filter(known),
        };
        let named = named.map(str::to_owned);
        if named.is_some() || body.get("report") == Some(&Json::Bool(false)) {
            body.remove("report");
        }
        named
    }

    /// Fills in what nobody wants to write.
    fn complete(
        &self,
        body: &mut Map<String, Json>,
        verb: &str,
        name: &str,
        is_request: bool,
        plan: Option<&str>,
    ) -> Result<(), &'static str> {
        // Who consents records it, unless somebody else is said to.
        let consents = || body.get("operation").and_then(|it| it.pointer("/approve/by"));
        let person = body.get("by").or_else(consents).filter(|_| !is_request).cloned();
        let said = body.remove("actor").or(person);
        let actor = self.actor(said.ok_or("nobody is said to do it: name the `actor`")?)?;
        let human = actor.get("kind").and_then(Json::as_str) == Some("human");
        let mut envelope = Map::new();
        envelope.insert("id".to_owned(), name.into());
        envelope.insert("actor".to_owned(), actor);
        envelope.insert("channel".to_owned(), if human { "local" } else { "ci" }.into());
        if is_request {
            envelope.insert("action".to_owned(), verb.into());
            merge(&mut envelope, std::mem::take(body));
            if let (Some(plan), Some(change)) =
                (plan, envelope.get_mut("subject").and_then(|subject| subject.get_mut("change")))
                && let Some(change) = change.as_object_mut()
            {
                change.entry("plan").or_insert_with(|| format!("$plan.{plan}").into());
            }
        } else {
            for field in FACT_FIELDS {
                if let Some(value) = body.remove(field) {
                    envelope.insert(field.to_owned(), value);
                }
            }
            if verb == "evidence" {
                body.entry("produced").or_insert_with(|| "$at".into());
                body.entry("result").or_insert_with(|| "pass".into());
            }
            if verb == "incident" {
                body.entry("seen").or_insert_with(|| "$at".into());
            }
            if verb == "lifecycle" {
                self.manifest(body)?;
            }
            if verb == "integrityCheck" {
                body.entry("checked").or_insert_with(|| "$at".into());
                body.entry("milliseconds").or_insert_with(|| 1.into());
            }
            if verb == "outcome" {
                body.entry("result").or_insert_with(|| "succeeded".into());
            }
            envelope.insert("fact".to_owned(), json!({ verb: std::mem::take(body) }));
        }
        *body = envelope;
        Ok(())
    }

    /// A manifest by its name is the scenario's, and its digest names the artifact.
    fn manifest(&self, body: &mut Map<String, Json>) -> Result<(), &'static str> {
        let operation = body.get_mut("operation").and_then(Json::as_object_mut);
        let brought = operation
            .and_then(|operation| operation.values_mut().find_map(|it| it.get_mut("manifest")));
        let Some(manifest) = brought else { return Ok(()) };
        let Some(name) = manifest.as_str().map(str::to_owned) else { return Ok(()) };
        let said = self.document.manifests.get(&name);
        *manifest = said.ok_or("`manifest` is none of the scenario's manifests")?.clone();
        body.entry("digest").or_insert_with(|| format!("$manifest.{name}").into());
        Ok(())
    }

    /// An actor by its name is the one that the charter declares, with the claims that it must have.
    fn actor(&self, said: Json) -> Result<Json, &'static str> {
        let said = match said {
            Json::String(id) => json!({ "id": id }),
            Json::Object(_) => said,
            _ => return Err("an actor is a name or a map"),
        };
        let id = said.get("id").and_then(Json::as_str).ok_or("an actor needs an `id`")?;
        let mut actor = declared(self.charter, id);
        if let (Some(actor), Json::Object(said)) = (actor.as_object_mut(), said) {
            merge(actor, said);
        }
        Ok(actor)
    }

    /// Whatever a step refers to is there.
    fn check_names(&self, body: &Json, pointer: &str) -> Result<()> {
        let mut wrong = None;
        visit(body, &mut |text| {
            if let Some(name) = text.strip_prefix('$') {
                let known = Name::parse(name).is_some_and(|name| match name {
                    Name::Plan(plan) => self.document.plans.contains_key(plan),
                    Name::Manifest(name) => self.document.manifests.contains_key(name),
                    Name::Entry(entry) => self.steps.iter().any(|step| step.name == entry),
                    Name::At(_) | Name::Digest(_) | Name::Hex(_) | Name::Charter => true,
                });
                if !known {
                    wrong = Some(text.to_owned());
                }
            }
        });
        match wrong {
            None => Ok(()),
            Some(text) => {
                Err(self.refuse(pointer, format!("`{text}` stands for nothing")).with_help(
                    "$NAME is the entry of an earlier step, $plan.NAME the digest of a plan, $manifest.NAME that of a manifest, $digest.NAME that of any content and $hex.NAME its digits, $at+1h an instant, $charter the law's digest",
                ))
            }
        }
    }

    fn instant(&self, at: &Json, pointer: &str) -> Result<Instant> {
        let text = at.as_str().unwrap_or_default();
        if let Some(offset) = text.strip_prefix('+') {
            let offset: Duration =
                offset.parse().map_err(|_| self.refuse(pointer, "not an offset such as +15m"))?;
            return Ok(self.at.saturating_add(offset));
        }
        text.parse().map_err(|_| {
            self.refuse(
                pointer,
                "neither an instant nor an offset from the step before, such as +15m",
            )
        })
    }

    fn expectation(
        &self,
        fields: &Map<String, Json>,
        pointer: &str,
    ) -> Result<(Expect, BTreeSet<String>)> {
        let expect = match fields.get("expect").map(|expect| expect.as_str().unwrap_or_default()) {
            None | Some("allow") => Expect::Allow,
            Some("deny") => Expect::Deny,
            Some("repeat") => Expect::Repeat,
            Some(other) => match other.strip_prefix("error ") {
                Some(code) => Expect::Error(code.to_owned()),
                None => {
                    let message = "expected `allow`, `deny`, `repeat`, or `error` and its code";
                    return Err(self.refuse(&format!("{pointer}/expect"), message));
                }
            },
        };
        let place = format!("{pointer}/findings");
        let codes = match fields.get("findings") {
            None => BTreeSet::new(),
            Some(Json::Array(codes)) => {
                let codes: Option<BTreeSet<String>> =
                    codes.iter().map(|code| code.as_str().map(str::to_owned)).collect();
                codes.ok_or_else(|| self.refuse(&place, "findings are codes"))?
            }
            Some(_) => return Err(self.refuse(&place, "findings are a list of codes")),
        };
        let known = crate::engine::codes::FINDING_CODES;
        if let Some(code) = codes.iter().find(|code| known.iter().all(|(known, _)| known != code)) {
            return Err(self.refuse(&place, format!("no finding has the code `{code}`")));
        }
        match expect {
            Expect::Deny if codes.is_empty() => {
                Err(self.refuse(pointer, "a denial says why: list the codes under `findings`"))
            }
            Expect::Repeat | Expect::Error(_) if !codes.is_empty() => {
                Err(self.refuse(&place, "only what is decided has findings"))
            }
            _ => Ok((expect, codes)),
        }
    }
}

/// The actor of a request or fact, as the charter declares it.
pub(super) fn declared(charter: &Charter, id: &str) -> Json {
    match charter.actor(id) {
        Some(actor) => {
            let mut declared = json!({ "kind": actor.kind.word(), "id": id });
            // With a provider, they are those of its tokens.
            if !actor.claims.is_empty()
                && actor.provider.is_none()
                && let Some(fields) = declared.as_object_mut()
            {
                fields.insert("claims".to_owned(), json!(actor.claims));
            }
            declared
        }
        None => json!({ "kind": "workload", "id": id }),
    }
}

/// Calls a function with every text of a document.
pub(super) fn visit(value: &Json, each: &mut dyn FnMut(&str)) {
    match value {
        Json::String(text) => each(text),
        Json::Array(list) => list.iter().for_each(|element| visit(element, each)),
        Json::Object(map) => map.values().for_each(|element| visit(element, each)),
        _ => {}
    }
}

/// Lays one map over another, maps within maps alike; null removes.
pub(super) fn merge(under: &mut Map<String, Json>, over: Map<String, Json>) {
    for (key, value) in over {
        merge_field(under, &key, value);
    }
}

fn merge_field(under: &mut Map<String, Json>, key: &str, value: Json) {
    match (under.get_mut(key), value) {
        (_, Json::Null) => {
            under.remove(key);
        }
        (Some(Json::Object(under)), Json::Object(over)) => merge(under, over),
        (_, value) => {
            under.insert(key.to_owned(), value);
        }
    }
}

fn is_name(name: &str) -> bool {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    plain && !name.is_empty() && name.len() <= limits::NAME_BYTES
}

/// Whether a text may be a verb: the words of actions and of kinds of facts. The model says which facts
/// there are.
fn is_verb(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic())
}
