//! Reads a pack: the document's shape, then names and texts, then expressions, each error with its place.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Expressions, MatchDocument, PackDocument, Policy, PolicyDocument, PolicyPack, Programs,
    Validation, ValidationDocument, Variable, VariableDocument,
    check::{check_count, check_identifier, check_name, check_text, check_version, refuse},
    evaluate::presentable,
    hints::{self, Remediation},
    inputs::{Input, Lists, Member},
    lint::{self, Unused},
    locate::locate,
    matching::{ActionSet, MatchIndex},
    test::{self, Test},
};
use crate::{
    canonical::document_digest,
    cel::{Environment, Expected, Program},
    error::{Code, Error, Result},
    limits,
    time::Instant,
    value::{Ref, Value},
};

pub(super) fn load(yaml: &[u8]) -> Result<PolicyPack> {
    let value = Value::parse_yaml(yaml)?;
    let root = value.as_ref();
    let document: PackDocument = value.deserialize()?;
    check_name(&document.pack, member(root, "pack"))?;
    check_version(&document.version, member(root, "version"))?;
    let source = std::str::from_utf8(yaml).unwrap_or_default();
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);

    let places = member(root, "policies");
    if document.policies.is_empty() {
        return Err(refuse(Code::PolicyEmpty, "the pack has no policy", places));
    }
    check_count(document.policies.len(), limits::PACK_POLICIES, places)?;
    let mut names = BTreeSet::new();
    let mut index = MatchIndex::default();
    let lists = Arc::new(Lists::new()?);
    let pattern_bytes = Cell::new(0);
    let mut policies = Vec::new();
    let mut unused = Vec::new();
    for (number, policy) in document.policies.iter().enumerate() {
        let place = element(places, number);
        if !names.insert(&policy.name) {
            let place = member(place, "name");
            return Err(refuse(Code::PolicyDuplicate, "two policies have this name", place));
        }
        for pattern in &policy.matches.resources {
            index.add(pattern, ActionSet::covered_by(&policy.matches.actions), number);
        }
        let loader = Loader {
            source,
            document: policy,
            place,
            lists: &lists,
            pattern_bytes: &pattern_bytes,
        };
        let (policy, rest) = loader.policy()?;
        policies.push(policy);
        unused.push(rest);
    }
    Ok(PolicyPack {
        review_end: review_end(document.review_by.as_deref(), root)?,
        digest: document_digest("pack", None, root)?,
        policies,
        index,
        lints: lint::lint(&document, root, &unused),
        name: document.pack,
        version: document.version,
        description: document.description,
    })
}

/// What one policy is loaded from.
struct Loader<'a> {
    source: &'a str,
    document: &'a PolicyDocument,
    place: Ref<'a>,
    lists: &'a Arc<Lists>,
    /// What the regular expressions of the pack come to so far.
    pattern_bytes: &'a Cell<usize>,
}

/// The slots of an environment.
struct Slots {
    inputs: Vec<(usize, Input)>,
    params: Vec<usize>,
    variables: Vec<usize>,
}

impl<'a> Loader<'a> {
    fn policy(&self) -> Result<(Policy, Unused)> {
        let document = self.document;
        self.check_texts()?;
        check_match(&document.matches, member(self.place, "match"))?;
        let variables = self.variables()?;
        let names: Vec<String> = document.variables.iter().map(|it| it.name.clone()).collect();
        let (environment, slots) = self.environment(&names);
        let validations = self.validations(&environment, &slots, &variables)?;

        let reads = |slot: usize| {
            validations.iter().any(|validation| {
                validation.program.reads(slot)
                    || validation.message_program.as_ref().is_some_and(|it| it.reads(slot))
            })
        };
        // From the last to the first, since a variable reads only those before it.
        let mut needed: Vec<Variable> = Vec::new();
        let mut unused = Unused::default();
        for (index, variable) in variables.into_iter().enumerate().rev() {
            let slot = variable.slot;
            if reads(slot) || needed.iter().any(|later| later.programs.read(slot)) {
                needed.push(variable);
            } else {
                unused.variables.insert(0, index);
            }
        }
        needed.reverse();
        let reads =
            |slot: usize| reads(slot) || needed.iter().any(|variable| variable.programs.read(slot));
        let values = member(self.place, "params");
        let mut params = Vec::new();
        for (name, &slot) in document.params.keys().zip(&slots.params) {
            if reads(slot) {
                params.push((slot, member(values, name).to_value()));
            } else {
                unused.params.push(name.clone());
            }
        }
        let inputs: Vec<(usize, Input)> =
            slots.inputs.into_iter().filter(|(slot, _)| reads(*slot)).collect();
        let variables = needed.iter().map(|variable| variable.slot);
        let used =
            inputs.iter().map(|it| it.0).chain(params.iter().map(|it| it.0)).chain(variables);
        let slots = used.max().map_or(0, |last| last.saturating_add(1));
        let policy = Policy {
            name: document.name.clone(),
            description: document.description.clone(),
            demand: presentable(&document.description),
            enforcement: document.enforcement,
            resources: document.matches.resources.clone(),
            actions: document.matches.actions.clone(),
            covered: ActionSet::covered_by(&document.matches.actions),
            controls: document.controls.clone(),
            on_unknown: document.on_unknown,
            hints: hints::read(document, self.place)?,
            added: false,
            slots,
            lists: Arc::clone(self.lists),
            inputs,
            params,
            variables: needed,
            validations,
            tests: self.tests()?,
        };
        Ok((policy, unused))
    }

    fn check_texts(&self) -> Result<()> {
        let document = self.document;
        check_name(&document.name, member(self.place, "name"))?;
        check_text(
            &document.description,
            limits::MESSAGE_BYTES,
            member(self.place, "description"),
        )?;
        let controls = member(self.place, "controls");
        for (index, control) in document.controls.iter().enumerate() {
            check_text(control, limits::NAME_BYTES, element(controls, index))?;
        }
        let params = member(self.place, "params");
        check_count(document.params.len(), limits::POLICY_VARIABLES, params)?;
        for name in document.params.keys() {
            check_identifier(name, member(params, name))?;
        }
        let directions = member(self.place, "stricter");
        for (name, direction) in &document.stricter {
            let value = document.params.get(name).and_then(|_| params.get(name));
            let value = value.map(|value| value.to_value().deserialize()).transpose()?;
            // A value that cannot be compared with itself has no direction.
            if !value.is_some_and(|value| direction.holds(&value, &value)) {
                let message = "the policy has no such parameter, or one of another kind";
                return Err(refuse(Code::InputInvalidValue, message, member(directions, name))
                    .with_help("numbers are `lower` or `higher`, lists `fewer` or `more`"));
            }
        }
        Ok(())
    }

    /// The environment of the policy, with only the given variables.
    fn environment(&self, variables: &[String]) -> (Environment, Slots) {
        let mut environment = Environment::new();
        let mut inputs: Vec<(usize, Input)> = [
            ("object", Input::Object),
            ("oldObject", Input::OldObject),
            ("request", Input::Request),
            ("actor", Input::Actor),
            ("stage", Input::Stage),
        ]
        .into_iter()
        .map(|(name, input)| (environment.variable(name), input))
        .collect();
        let members = Member::ALL.map(|member| member.word().to_owned());
        let resource = environment.group("resource", &members);
        inputs.extend(resource.into_iter().zip(Member::ALL.map(Input::Resource)));
        let names: Vec<String> = self.document.params.keys().cloned().collect();
        let params = environment.group("params", &names);
        // The variables come last, so that those before them have the same slots in every environment.
        let variables = environment.group("variables", variables);
        (environment, Slots { inputs, params, variables })
    }

    fn variables(&self) -> Result<Vec<Variable>> {
        let places = member(self.place, "variables");
        check_count(self.document.variables.len(), limits::POLICY_VARIABLES, places)?;
        let mut names: Vec<String> = Vec::new();
        let mut variables = Vec::new();
        for (index, document) in self.document.variables.iter().enumerate() {
            let place = element(places, index);
            let name = member(place, "name");
            check_identifier(&document.name, name)?;
            if names.contains(&document.name) {
                let message = "two variables of the policy have this name";
                return Err(refuse(Code::PolicyDuplicate, message, name));
            }
            let (environment, _) = self.environment(&names);
            names.push(document.name.clone());
            let (_, slots) = self.environment(&names);
            let slot = slots.variables.last().copied();
            variables.push(Variable {
                name: document.name.clone(),
                slot: slot.ok_or_else(|| Error::internal("a declared variable has no slot"))?,
                programs: self.programs(document, &environment, member(place, "expression"))?,
                decode: document.decode,
            });
        }
        Ok(variables)
    }

    fn programs(
        &self,
        document: &VariableDocument,
        environment: &Environment,
        place: Ref<'_>,
    ) -> Result<Programs> {
        match &document.expression {
            Expressions::Every(text) => {
                self.compile(text, environment, Expected::Any, place).map(Programs::Every)
            }
            Expressions::PerType(texts) => {
                let mut programs = BTreeMap::new();
                for (type_name, text) in texts {
                    let place = member(place, type_name);
                    let patterns = &self.document.matches.resources;
                    if !patterns.iter().any(|pattern| crate::pattern::fits(pattern, type_name)) {
                        let message = "the policy is not about this resource type";
                        return Err(refuse(Code::InputInvalidValue, message, place)
                            .with_help("name only types that match.resources matches"));
                    }
                    let program = self.compile(text, environment, Expected::Any, place)?;
                    programs.insert(type_name.clone(), program);
                }
                Ok(Programs::PerType(programs))
            }
        }
    }

    fn validations(
        &self,
        environment: &Environment,
        slots: &Slots,
        variables: &[Variable],
    ) -> Result<Vec<Validation>> {
        let places = member(self.place, "validations");
        if self.document.validations.is_empty() {
            return Err(refuse(Code::PolicyEmpty, "the policy has no validation", places));
        }
        check_count(self.document.validations.len(), limits::POLICY_VARIABLES, places)?;
        let varying = varying(slots, variables);
        let mut validations = Vec::new();
        let mut expressions = BTreeSet::new();
        for (index, document) in self.document.validations.iter().enumerate() {
            let place = element(places, index);
            if !expressions.insert(document.expression.trim()) {
                let message = "another validation of the policy has this expression";
                return Err(refuse(Code::PolicyDuplicate, message, member(place, "expression")));
            }
            let validation = self.validation(document, environment, place)?;
            let constant = validation.program.constant();
            if constant.is_some() || !varying.iter().any(|&slot| validation.program.reads(slot)) {
                let message = match constant {
                    Some(true) => "the validation is always true, so that it can never fail",
                    Some(false) => "the validation is always false, so that it can never pass",
                    None => "the validation reads nothing that differs from resource to resource",
                };
                let place = member(place, "expression");
                return Err(refuse(Code::PolicyConstant, message, place).with_help(
                    "read `object`, `oldObject`, `resource`, `request`, `actor` or `stage`; \
                     to forbid a resource type, write `resource.actions == ['delete']`",
                ));
            }
            validations.push(validation);
        }
        Ok(validations)
    }

    fn validation(
        &self,
        document: &ValidationDocument,
        environment: &Environment,
        place: Ref<'_>,
    ) -> Result<Validation> {
        for (name, text) in [("message", &document.message), ("remedy", &document.remedy)] {
            if let Some(text) = text {
                check_text(text, limits::MESSAGE_BYTES, member(place, name))?;
            }
        }
        let message_program = document
            .message_expression
            .as_deref()
            .map(|text| {
                let place = member(place, "messageExpression");
                self.compile(text, environment, Expected::Text, place)
            })
            .transpose()?;
        let program = self.compile(
            &document.expression,
            environment,
            Expected::Bool,
            member(place, "expression"),
        )?;
        Ok(Validation {
            program,
            message: document.message.clone(),
            message_program,
            remedy: document.remedy.clone(),
        })
    }

    /// Compiles an expression; a position within it becomes one in the file.
    fn compile(
        &self,
        text: &str,
        environment: &Environment,
        expected: Expected,
        place: Ref<'_>,
    ) -> Result<Program> {
        let program = Program::compile(text, environment, expected);
        let program = program.and_then(|program| {
            program.check_parts()?;
            self.count_patterns(&program)?;
            Ok(program)
        });
        program.map_err(|error| {
            let mut moved = Error::new(error.to_code(), error.message());
            if let Some(start) = place.position() {
                let inner = error.place().position;
                moved = moved.at_position(
                    inner.map_or(start, |inner| locate(self.source, start, text, inner)),
                );
            }
            match error.help() {
                Some(help) => moved.with_help(help),
                None => moved,
            }
        })
    }

    /// However small each is, all of them stay in memory as long as the pack.
    fn count_patterns(&self, program: &Program) -> Result<()> {
        let bytes = self.pattern_bytes.get().saturating_add(program.pattern_bytes());
        self.pattern_bytes.set(bytes);
        if bytes > limits::PACK_PATTERN_BYTES {
            let message = "the regular expressions of the pack are too large together";
            return Err(Error::new(Code::PolicyComplexity, message)
                .with_help("split the pack, or write simpler regular expressions"));
        }
        Ok(())
    }

    fn tests(&self) -> Result<Vec<Test>> {
        let places = member(self.place, "tests");
        check_count(self.document.tests.len(), limits::POLICY_TESTS, places)?;
        let remediation: Remediation = hints::json(self.place.get("remediate"))?;
        let mut names = BTreeSet::new();
        let mut tests = Vec::new();
        for (index, document) in self.document.tests.iter().enumerate() {
            let place = element(places, index);
            let name = member(place, "name");
            check_text(&document.name, limits::NAME_BYTES, name)?;
            if !names.insert(&document.name) {
                let message = "two tests of the policy have this name";
                return Err(refuse(Code::PolicyDuplicate, message, name));
            }
            let settings = remediation.get(&document.resource.type_name);
            tests.push(test::prepare(document, settings, place)?);
        }
        Ok(tests)
    }
}

/// The slots of variables and inputs whose content may differ from one evaluation to another.
fn varying(slots: &Slots, variables: &[Variable]) -> Vec<usize> {
    let mut varying: Vec<usize> = slots.inputs.iter().map(|(slot, _)| *slot).collect();
    for variable in variables {
        let programs = &variable.programs;
        if matches!(programs, Programs::PerType(_)) || varying.iter().any(|&it| programs.read(it)) {
            varying.push(variable.slot);
        }
    }
    varying
}

fn check_match(document: &MatchDocument, place: Ref<'_>) -> Result<()> {
    let resources = member(place, "resources");
    if document.resources.is_empty() {
        let message = "the policy is about no resource type";
        return Err(refuse(Code::InputInvalidValue, message, resources)
            .with_help("name resource types, or write [\"*\"] for all of them"));
    }
    check_count(document.resources.len(), limits::POLICY_TYPES, resources)?;
    for (index, pattern) in document.resources.iter().enumerate() {
        check_text(pattern, limits::NAME_BYTES, element(resources, index))?;
    }
    if document.actions.is_empty() {
        let message = "the policy is about no action";
        return Err(refuse(Code::InputInvalidValue, message, member(place, "actions")));
    }
    Ok(())
}

/// The instant at which the day of the review has ended, in UTC.
fn review_end(day: Option<&str>, root: Ref<'_>) -> Result<Option<Instant>> {
    let Some(day) = day else { return Ok(None) };
    let end = Instant::after_day(day).ok_or_else(|| {
        refuse(Code::InputInvalidValue, "not a date", member(root, "reviewBy"))
            .with_help("write year, month and day, such as 2027-01-31")
    })?;
    Ok(Some(end))
}

/// The member, or the map itself where it has no such member: the nearest place to show.
pub(super) fn member<'a>(map: Ref<'a>, key: &str) -> Ref<'a> {
    map.get(key).unwrap_or(map)
}

/// The element, or the list itself where it is shorter: the nearest place to show.
pub(super) fn element(list: Ref<'_>, index: usize) -> Ref<'_> {
    list.index(index).unwrap_or(list)
}
