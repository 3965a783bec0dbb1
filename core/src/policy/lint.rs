//! What is allowed in a pack but unwise.

use serde::Serialize;

use super::{
    Expect, PackDocument, PolicyDocument, TestDocument,
    controls::{self, ControlFault},
};
use crate::{error::Position, model::Enforcement, value::Ref};

/// How much a lint matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LintLevel {
    /// To be known, and often meant so.
    Notice,
    /// To be mended.
    Warning,
}

/// Something about a pack that is allowed but unwise, or that its readers must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lint {
    /// What kind of thing: stable, such as `lint.no_controls`.
    pub code: &'static str,
    /// How much it matters.
    pub level: LintLevel,
    /// The policy; absent when it is the pack as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The line in the pack's file, counted from 1.
    pub line: u32,
    /// The column in the pack's file, counted from 1.
    pub column: u32,
    /// What it is.
    pub message: String,
}

/// What of a policy no validation needs.
#[derive(Debug, Default)]
pub(super) struct Unused {
    pub(super) variables: Vec<usize>,
    pub(super) params: Vec<String>,
}

/// Collects what is unwise about a pack; `root` gives the places.
pub(super) fn lint(pack: &PackDocument, root: Ref<'_>, unused: &[Unused]) -> Vec<Lint> {
    let mut lints = Lints { policy: None, found: Vec::new() };
    if pack.review_by.is_none() {
        lints.add(
            "lint.no_review_date",
            root,
            "the pack does not say when it is due for review: add `reviewBy`",
        );
    }
    let policies = root.get("policies").unwrap_or(root);
    for ((index, policy), unused) in pack.policies.iter().enumerate().zip(unused) {
        lints.policy = Some(policy.name.clone());
        lint_policy(policy, policies.index(index).unwrap_or(policies), unused, &mut lints);
    }
    lints.found
}

fn lint_policy(policy: &PolicyDocument, place: Ref<'_>, unused: &Unused, lints: &mut Lints) {
    if policy.enforcement == Enforcement::Advisory {
        lints.add("lint.advisory", place, "the policy is advisory: it reports and never denies");
    }
    if policy.controls.is_empty() {
        lints.add(
            "lint.no_controls",
            place,
            "the policy names no control that it serves: add `controls`",
        );
    }
    let named = place.get("controls").unwrap_or(place);
    for (index, control) in policy.controls.iter().enumerate() {
        let at = named.index(index).unwrap_or(named);
        match controls::fault(control) {
            None => {}
            Some(ControlFault::Framework) => {
                let known = controls::frameworks();
                let message = format!("the control is of no framework that is known: {known}");
                lints.add("lint.unknown_framework", at, &message);
            }
            Some(ControlFault::Form(forms)) => {
                let forms = forms.join(", ");
                let message = format!("the framework writes its controls as {forms}");
                lints.add("lint.unknown_control", at, &message);
            }
        }
        if policy.controls.iter().take(index).any(|other| other == control) {
            lints.add("lint.repeated_control", at, "the policy names the control twice");
        }
    }
    let expects = |expect: Expect| policy.tests.iter().any(|test| test.expect == expect);
    if policy.tests.is_empty() {
        lints.add("lint.no_tests", place, "the policy has no tests");
    } else {
        if !expects(Expect::Pass) {
            lints.add("lint.no_passing_test", place, "no test of the policy expects a pass");
        }
        if !expects(Expect::Fail) {
            lints.add("lint.no_failing_test", place, "no test of the policy expects a failure");
        }
    }
    for type_name in policy.remediate.keys() {
        let shows = |test: &TestDocument| {
            test.remediated.is_some() && test.resource.type_name == *type_name
        };
        if !policy.tests.iter().any(shows) {
            let at = place.get("remediate").and_then(|it| it.get(type_name)).unwrap_or(place);
            let message =
                "no test of the policy shows what is set for the type: add `remediated` to one";
            lints.add("lint.no_remediation_test", at, message);
        }
    }
    let patterns = &policy.matches.resources;
    let places = place.get("match").and_then(|matches| matches.get("resources")).unwrap_or(place);
    for (index, pattern) in patterns.iter().enumerate() {
        let covers = |(other, covering): (usize, &String)| match covering == pattern {
            true => other < index,
            false => crate::pattern::fits(covering, pattern),
        };
        if patterns.iter().enumerate().any(covers) {
            let at = places.index(index).unwrap_or(places);
            lints.add("lint.covered_type", at, "another pattern of the policy covers this one");
        }
    }
    let variables = place.get("variables").unwrap_or(place);
    for &index in &unused.variables {
        let variable = variables.index(index).unwrap_or(variables);
        lints.add("lint.unused_variable", variable, "no validation needs the variable");
    }
    for name in &unused.params {
        let param = place.get("params").and_then(|params| params.get(name)).unwrap_or(place);
        lints.add("lint.unused_param", param, "no expression reads the parameter");
    }
    for (index, variable) in policy.variables.iter().enumerate() {
        let super::Expressions::PerType(expressions) = &variable.expression else { continue };
        let at = variables.index(index).unwrap_or(variables);
        for pattern in &policy.matches.resources {
            if !expressions.contains_key(pattern) {
                lints.add(
                    "lint.type_without_expression",
                    at,
                    &format!(
                        "the policy is about {pattern}, for which the variable has no expression"
                    ),
                );
            }
        }
    }
}

struct Lints {
    policy: Option<String>,
    found: Vec<Lint>,
}

impl Lints {
    fn add(&mut self, code: &'static str, place: Ref<'_>, message: &str) {
        let Position { line, column } = place.position().unwrap_or(Position { line: 1, column: 1 });
        self.found.push(Lint {
            code,
            level: match code {
                "lint.advisory" => LintLevel::Notice,
                _ => LintLevel::Warning,
            },
            policy: self.policy.clone(),
            line,
            column,
            message: message.to_owned(),
        });
    }
}
