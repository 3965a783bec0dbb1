//! A policy pack that was read and compiled once, for any number of calls.

use std::{collections::BTreeMap, num::NonZeroUsize, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Methods, Plan, documents::nothing, guard, parse, to_json};
use crate::{
    charter::Unmatched,
    digest::Digest,
    engine,
    error::{Code, Error, Result},
    model::Enforcement,
    policy::{
        ActionWord, Context, Lint, OnUnknown, Overlay, PolicyPack, Remediation, Stricter,
        TestOutcome,
    },
};

/// A policy pack, checked and compiled. Clones share it.
#[derive(Clone, Debug)]
pub struct Pack(Arc<PolicyPack>);

/// What a pack is made of.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PackInput {
    /// The pack, in YAML.
    pack: String,
    /// The overlays that make it stricter, in YAML, in their order.
    #[serde(default)]
    overlays: Vec<String>,
}

/// What a pack is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PackAnswer<'a> {
    /// Its name.
    name: &'a str,
    /// Its version.
    version: &'a str,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    /// The digest over its canonical form, which a lock file pins.
    digest: Digest,
    /// Its policies, in the order of the document.
    policies: Vec<PolicyAnswer<'a>>,
}

impl<'a> PackAnswer<'a> {
    pub(super) fn of(pack: &'a PolicyPack) -> Self {
        let policies = pack.policies().iter().map(|policy| PolicyAnswer {
            name: policy.name(),
            description: policy.description(),
            enforcement: policy.enforcement(),
            resources: policy.resources(),
            actions: policy.actions(),
            controls: policy.controls(),
            on_unknown: policy.on_unknown(),
            params: policy.params(),
            stricter: policy.stricter(),
            remedies: policy.remedies(),
            remediate: policy.remediate(),
            guideline: policy.guideline(),
        });
        Self {
            name: pack.name(),
            version: pack.version(),
            description: pack.description(),
            digest: pack.digest(),
            policies: policies.collect(),
        }
    }
}

/// What a policy is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PolicyAnswer<'a> {
    /// Its name, unique in its pack.
    name: &'a str,
    /// What it demands.
    description: &'a str,
    /// Whether anything but a pass denies.
    enforcement: Enforcement,
    /// The patterns of the resource types that it is about.
    resources: &'a [String],
    /// What must be done to a resource for it to be about it.
    actions: &'a [ActionWord],
    /// The controls of standards that it serves.
    controls: &'a [String],
    /// What becomes of a result that depends on a value not known until apply.
    on_unknown: OnUnknown,
    /// Its own constants, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    params: &'a BTreeMap<String, serde_json::Value>,
    /// In which direction a constant is stricter, by its name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    stricter: &'a BTreeMap<String, Stricter>,
    /// What would turn a failure into a pass, as its validations say it.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    remedies: &'a [String],
    /// What a host that can alter a resource may set where the policy fails: by resource type, values by JSON Pointers.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    remediate: &'a Remediation,
    /// Where more is said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    guideline: Option<&'a str>,
}

/// What `lint` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct LintAnswer {
    /// What is allowed but unwise, in the order of the policies.
    lints: Vec<Lint>,
}

/// What `test` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct TestAnswer {
    /// How many of the pack's tests have the result that they demand.
    passed: usize,
    /// How many have not.
    failed: usize,
    /// Each test, in the order of the document.
    tests: Vec<TestOutcome>,
}

/// How a plan is to be checked.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CheckInput {
    /// What becomes of a resource that no policy matches; `deny` unless this says otherwise. An engine goes by its
    /// charter, and takes no other word.
    #[serde(default)]
    unmatched: Option<Unmatched>,
    /// The stage whose packs count, and which policies see as `stage.name`; all packs of the charter where there is
    /// none.
    #[serde(default)]
    pub(super) stage: Option<String>,
    /// In how many threads; one unless this says otherwise. The answer does not depend on it.
    #[serde(default)]
    threads: Option<NonZeroUsize>,
    /// Whether the answer names every resource that passed, by policy.
    #[serde(default)]
    passes: bool,
}

type Method = fn(&Pack, Option<&Plan>, &[u8]) -> Result<String>;

const METHODS: Methods<Method> =
    &[("check", check), ("describe", describe), ("lint", lint), ("test", test)];

impl Pack {
    /// The names of what [`Pack::call`] carries out, in their order.
    pub fn operations() -> impl Iterator<Item = &'static str> {
        super::names(METHODS)
    }

    /// Reads a pack from `{"pack":"<YAML>","overlays":["<YAML>",…]}`.
    ///
    /// # Errors
    ///
    /// Those of [`PolicyPack::parse`] and [`PolicyPack::with_overlays`].
    pub fn parse(input: &[u8]) -> Result<Self> {
        guard(|| {
            let input: PackInput = parse(input)?;
            let overlays: Vec<Overlay> = input
                .overlays
                .iter()
                .enumerate()
                .map(|(index, text)| {
                    Overlay::parse(text.as_bytes())
                        .map_err(|error| error.in_source(format!("overlays/{index}")))
                })
                .collect::<Result<_>>()?;
            let text = input.pack.as_bytes();
            let pack = if overlays.is_empty() {
                PolicyPack::parse(text)?
            } else {
                PolicyPack::with_overlays(text, &overlays.iter().collect::<Vec<_>>())?
            };
            Ok(Self(Arc::new(pack)))
        })
    }

    /// Carries out one of [`Pack::operations`].
    ///
    /// - `describe`, `lint` and `test` take no input.
    /// - `check` judges a plan: `{"unmatched":"deny","stage":"prod","threads":2}`, all of it optional. Its answer
    ///   has the `verdict`, the `findings` and, by policy, the counts. Nothing is recorded, and no actor or request is
    ///   known: a policy that reads them fails.
    ///
    /// # Errors
    ///
    /// `input.invalid_value` when there is no such operation; `input.missing_field` when there is no plan to check.
    pub fn call(&self, plan: Option<&Plan>, operation: &str, input: &[u8]) -> Result<String> {
        super::method(METHODS, operation, |run| run(self, plan, input))
    }
}

fn describe(pack: &Pack, _: Option<&Plan>, input: &[u8]) -> Result<String> {
    nothing(input)?;
    to_json(&PackAnswer::of(&pack.0))
}

fn lint(pack: &Pack, _: Option<&Plan>, input: &[u8]) -> Result<String> {
    nothing(input)?;
    to_json(&LintAnswer { lints: pack.0.lint() })
}

fn test(pack: &Pack, _: Option<&Plan>, input: &[u8]) -> Result<String> {
    nothing(input)?;
    let tests = pack.0.test();
    let passed = tests.iter().filter(|test| test.passed).count();
    to_json(&TestAnswer { passed, failed: tests.len().saturating_sub(passed), tests })
}

fn check(pack: &Pack, plan: Option<&Plan>, input: &[u8]) -> Result<String> {
    let input = CheckInput::read(input)?;
    let unmatched = input.unmatched.unwrap_or(Unmatched::Deny);
    report(&[&pack.0], plan, unmatched, &input)
}

impl CheckInput {
    pub(super) fn read(input: &[u8]) -> Result<Self> {
        if input.is_empty() { Ok(Self::default()) } else { parse(input) }
    }

    /// Demands that the caller leaves it to the charter what becomes of a resource that no policy matches.
    pub(super) fn by_charter(&self) -> Result<()> {
        if self.unmatched.is_none() {
            return Ok(());
        }
        let message = "the charter says what becomes of a resource that no policy matches";
        Err(Error::new(Code::InputInvalidValue, message).at_pointer("/unmatched"))
    }
}

/// What packs say about a plan.
pub(super) fn report(
    packs: &[&PolicyPack],
    plan: Option<&Plan>,
    unmatched: Unmatched,
    input: &CheckInput,
) -> Result<String> {
    let plan = plan.ok_or_else(|| {
        Error::new(Code::InputMissingField, "there is no plan to check")
            .with_help("read one, and hand it in")
    })?;
    let context = Context::of_stage(input.stage.as_deref())?;
    let threads = input.threads.unwrap_or(NonZeroUsize::MIN);
    let plan = &plan.0.plan;
    let report = engine::check_plan(packs, plan, unmatched, &context, threads)?;
    to_json(&if input.passes { report.with_passes(packs, plan) } else { report })
}
