//! Prepares and runs the tests that a pack holds.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use super::{
    ActionWord, Context, Expect, Policy, TestDocument, TestResource,
    check::refuse,
    evaluate, hints,
    load::{element, member},
    marks::Marks,
    remedy,
};
use crate::{
    cel::{Budget, Reason},
    error::{Code, Error, Result},
    limits,
    model::{Actions, Mark, Outcome, ResourceChange, ResourceMode},
    value::{Builder, Ref, Value},
};

/// How one test of a pack came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestOutcome {
    /// The policy.
    pub policy: String,
    /// The test's name, unique in its policy.
    pub name: String,
    /// The result that the test demands.
    pub expected: Expect,
    /// The result that the policy had.
    pub found: Expect,
    /// The code of the evaluation; absent when the policy is not about the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The message of the evaluation; absent when the policy is not about the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whether what `remediate` sets makes the object that the test names, and the policy pass; absent where the test
    /// names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remediated: Option<bool>,
    /// Whether all came out as the test demands.
    pub passed: bool,
    /// What decided the result, where the test did not pass and neither did the policy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// A test, ready to run.
pub(super) struct Test {
    name: String,
    change: ResourceChange,
    context: Context,
    expect: Expect,
    /// The change as a host makes it by `remediate`, where the test names it; `None` within where it makes another.
    remediated: Option<Option<ResourceChange>>,
}

/// Builds the change and the context that a test describes; `settings` are what the policy sets for its resource type.
pub(super) fn prepare(
    document: &TestDocument,
    settings: Option<&BTreeMap<String, Json>>,
    place: Ref<'_>,
) -> Result<Test> {
    let null = null()?;
    let given = |name: &str| place.get(name).map_or_else(|| null.clone(), Ref::to_value);
    let actions = member(member(place, "resource"), "actions");
    let after = object(document, place, &given("object"))?;
    let mut change = change(&document.resource, given("oldObject"), after).ok_or_else(|| {
        refuse(Code::InputInvalidValue, "these steps do not make a change", actions)
            .with_help("write one step, or [delete, create], [create, delete] or [create, forget]")
    })?;
    let remediated = match place.get("remediated") {
        None => None,
        Some(wanted) => {
            let settings = settings.ok_or_else(|| {
                let message = "the policy sets nothing for this resource type";
                refuse(Code::InputInvalidValue, message, wanted)
                    .with_help("say under `remediate` what a host may set")
            })?;
            Some(remediated(document, settings, wanted, place)?)
        }
    };
    let provisioners = &document.resource.provisioners;
    if !provisioners.is_empty() {
        change.provisioners = Some(Value::texts(provisioners.iter().map(String::as_str))?);
    }
    Ok(Test {
        name: document.name.clone(),
        remediated,
        change,
        context: Context {
            request: given("request"),
            actor: given("actor"),
            stage: given("stage"),
        },
        expect: document.expect,
    })
}

/// The change as a host makes it, where its object is the one that is wanted.
fn remediated(
    document: &TestDocument,
    settings: &BTreeMap<String, Json>,
    wanted: Ref<'_>,
    place: Ref<'_>,
) -> Result<Option<ResourceChange>> {
    let plain: Json = hints::json(place.get("object"))?;
    let opaque = [document.unknown.as_slice(), &document.sensitive].concat();
    let made = remedy::remediated(&plain, settings, &opaque);
    if made != Some(wanted.to_value().deserialize()?) {
        return Ok(None);
    }
    let null = null()?;
    let before = place.get("oldObject").map_or_else(|| null.clone(), Ref::to_value);
    let after = object(document, place, &wanted.to_value())?;
    Ok(change(&document.resource, before, after))
}

/// The change that is described, where the steps make one.
pub(crate) fn change(
    resource: &TestResource,
    before: Value,
    after: Value,
) -> Option<ResourceChange> {
    let actions = actions_of(&resource.actions)?;
    let address =
        resource.address.clone().unwrap_or_else(|| format!("{}.test", resource.type_name));
    let last = address.rsplit('.').next().unwrap_or_default();
    let name = last.split('[').next().unwrap_or_default().to_owned();
    Some(ResourceChange {
        previous_address: None,
        mode: match actions {
            Actions::Read => ResourceMode::Data,
            _ => ResourceMode::Managed,
        },
        type_name: resource.type_name.clone(),
        name,
        address,
        provider: resource.provider.clone(),
        actions,
        reason: None,
        importing: false,
        deposed: None,
        provisioners: None,
        before,
        after,
    })
}

fn null() -> Result<Value> {
    let mut builder = Builder::new();
    builder.null()?;
    builder.finish()
}

/// The object of a test with its marks.
fn object(document: &TestDocument, place: Ref<'_>, plain: &Value) -> Result<Value> {
    marked(plain, &document.unknown, &document.sensitive, place)
}

/// A document in which what JSON Pointers name is unknown or sensitive; `place` has the pointers.
pub(crate) fn marked(
    plain: &Value,
    unknown: &[String],
    sensitive: &[String],
    place: Ref<'_>,
) -> Result<Value> {
    if unknown.is_empty() && sensitive.is_empty() {
        return Ok(plain.clone());
    }
    let mut marks = Marks::default();
    let unknown = (unknown, "unknown", Mark::Unknown);
    let sensitive = (sensitive, "sensitive", Mark::Sensitive);
    for (pointers, name, mark) in [unknown, sensitive] {
        for (index, pointer) in pointers.iter().enumerate() {
            let place = element(member(place, name), index);
            marks.add(pointer, mark).map_err(|error| placed(error, place))?;
        }
    }
    marks.apply(plain.as_ref()).map_err(|error| placed(error, place))
}

fn placed(error: Error, place: Ref<'_>) -> Error {
    match place.position() {
        Some(position) => error.at_position(position),
        None => error,
    }
}

fn actions_of(words: &[ActionWord]) -> Option<Actions> {
    Some(match words {
        [ActionWord::Create] => Actions::Create,
        [ActionWord::Update] => Actions::Update,
        [ActionWord::Delete] => Actions::Delete,
        [ActionWord::Read] => Actions::Read,
        [ActionWord::NoOp] => Actions::NoOp,
        [ActionWord::Forget] => Actions::Forget,
        [ActionWord::Delete, ActionWord::Create] => Actions::DeleteCreate,
        [ActionWord::Create, ActionWord::Delete] => Actions::CreateDelete,
        [ActionWord::Create, ActionWord::Forget] => Actions::CreateForget,
        _ => return None,
    })
}

impl Policy {
    pub(super) fn test(&self) -> impl Iterator<Item = TestOutcome> {
        self.tests.iter().map(|test| self.run(test))
    }

    fn run(&self, test: &Test) -> TestOutcome {
        let mut budget = Budget { steps: limits::REQUEST_STEPS };
        let evaluation = evaluate::evaluate_one(self, &test.change, &test.context, &mut budget);
        let found = evaluation.as_ref().map_or(Expect::Unmatched, |evaluation| {
            match (evaluation.outcome, evaluation.code) {
                (Outcome::Pass, _) => Expect::Pass,
                (Outcome::Unknown, "policy.error" | "policy.exhausted") => Expect::Error,
                (Outcome::Unknown, _) => Expect::Unknown,
                (Outcome::Fail | Outcome::Overridden, _) => Expect::Fail,
            }
        });
        let remediated = test.remediated.as_ref().map(|change| {
            let made = change.as_ref().and_then(|change| {
                evaluate::evaluate_one(self, change, &test.context, &mut budget)
            });
            made.is_some_and(|evaluation| evaluation.outcome == Outcome::Pass)
        });
        let as_expected = found == test.expect;
        let passed = as_expected && remediated != Some(false);
        let reasons = match &evaluation {
            Some(it) if !as_expected && it.outcome != Outcome::Pass => {
                self.explain(&test.change, &test.context, &mut budget)
            }
            _ => Vec::new(),
        };
        TestOutcome {
            policy: self.name.clone(),
            name: test.name.clone(),
            expected: test.expect,
            found,
            code: evaluation.as_ref().map(|evaluation| evaluation.code.to_owned()),
            message: evaluation.map(|evaluation| evaluation.message.into_owned()),
            remediated,
            passed,
            reasons,
        }
    }
}
