//! The packs that this project ships: their own tests, the example's plans, and laws over both.
#![allow(clippy::panic, clippy::unwrap_used, reason = "this is a test")]

use std::{collections::BTreeSet, path::PathBuf, sync::LazyLock};

use poundlock::{
    cel::Budget,
    error::Result,
    limits,
    model::{Actions, Enforcement, Outcome, Plan, ResourceChange, ResourceMode},
    policy::{Context, Evaluation, LintLevel, PolicyPack},
    value::{Builder, Kind, Ref, Value},
};
use proptest::prelude::*;

const PACKS: [&str; 4] =
    ["cicd-target", "deletions", "web-service-aws", "web-service-aws-after-apply"];

fn file(path: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn source(pack: &str) -> Vec<u8> {
    file(&format!("policies/cicd-target/packs/{pack}.yaml"))
}

fn pack(name: &str) -> PolicyPack {
    PolicyPack::parse(&source(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn null() -> Value {
    Value::parse_json(b"null").unwrap()
}

fn evaluate<'p>(pack: &'p PolicyPack, change: &ResourceChange) -> Vec<Evaluation<'p>> {
    let context = Context { request: null(), actor: null(), stage: null() };
    pack.evaluate(change, &context, &mut Budget { steps: limits::REQUEST_STEPS })
}

/// A test of a pack, read from its file.
struct Example {
    policy: String,
    name: String,
    change: ResourceChange,
}

/// The tests of a pack that expect one of the results and mark nothing unknown or sensitive.
fn examples(name: &str, expect: &[&str]) -> Vec<Example> {
    let document = Value::parse_yaml(&source(name)).unwrap();
    let mut found = Vec::new();
    for policy in elements(document.as_ref().get("policies").unwrap()) {
        for test in elements(policy.get("tests").unwrap()) {
            let text = |value: Option<Ref<'_>>| value.unwrap().as_str().unwrap().to_owned();
            let wanted = expect.contains(&text(test.get("expect")).as_str());
            if !wanted || test.get("unknown").is_some() || test.get("sensitive").is_some() {
                continue;
            }
            let resource = test.get("resource").unwrap();
            let words: Vec<String> = resource
                .get("actions")
                .map(|actions| elements(actions).into_iter().map(|word| text(Some(word))).collect())
                .unwrap_or_default();
            let actions = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                [] | ["create"] => Actions::Create,
                ["update"] => Actions::Update,
                ["no-op"] => Actions::NoOp,
                ["delete"] => Actions::Delete,
                ["delete", "create"] => Actions::DeleteCreate,
                ["create", "delete"] => Actions::CreateDelete,
                other => panic!("{other:?}"),
            };
            let value = |name: &str| test.get(name).map_or_else(null, Ref::to_value);
            found.push(Example {
                policy: text(policy.get("name")),
                name: text(test.get("name")),
                change: ResourceChange {
                    address: "example.one".to_owned(),
                    previous_address: None,
                    mode: ResourceMode::Managed,
                    type_name: text(resource.get("type")),
                    name: "one".to_owned(),
                    provider: None,
                    actions,
                    reason: None,
                    importing: false,
                    deposed: None,
                    provisioners: None,
                    before: value("oldObject"),
                    after: value("object"),
                },
            });
        }
    }
    assert!(!found.is_empty());
    found
}

fn elements(list: Ref<'_>) -> Vec<Ref<'_>> {
    match list.kind() {
        Kind::List(list) => list.iter().collect(),
        _ => panic!("not a list"),
    }
}

/// What becomes of one value of a document.
#[derive(Clone, Copy, Debug)]
enum Edit {
    /// A member of a map is left out; an element of a list becomes null.
    Remove,
    Null,
    Unknown,
    Sensitive,
}

const EDITS: [Edit; 4] = [Edit::Remove, Edit::Null, Edit::Unknown, Edit::Sensitive];

/// How many values lie below the top of the document.
fn count(value: Ref<'_>) -> usize {
    match value.kind() {
        Kind::List(list) => list.iter().map(|element| 1 + count(element)).sum(),
        Kind::Map(map) => map.iter().map(|(_, member)| 1 + count(member)).sum(),
        _ => 0,
    }
}

/// The document with one of its values edited. `turn` puts the members of every map in another order.
fn edited(value: &Value, edit: Option<(usize, Edit)>, turn: usize) -> Value {
    let mut builder = Builder::new();
    let mut number = 0;
    copy(value.as_ref(), edit, turn, &mut number, &mut builder).unwrap();
    builder.finish().unwrap()
}

fn copy(
    value: Ref<'_>,
    edit: Option<(usize, Edit)>,
    turn: usize,
    number: &mut usize,
    builder: &mut Builder,
) -> Result<()> {
    let mut child = |key: Option<&str>, value: Ref<'_>, builder: &mut Builder| {
        let here = *number;
        *number += 1;
        let edit_here = edit.filter(|(at, _)| *at == here).map(|(_, edit)| edit);
        match (key, edit_here) {
            (Some(_), Some(Edit::Remove)) => {
                *number += count(value);
                return Ok(());
            }
            (Some(key), _) => builder.key(key)?,
            (None, _) => {}
        }
        if edit_here.is_some() {
            *number += count(value);
        }
        match edit_here {
            Some(Edit::Remove | Edit::Null) => builder.null(),
            Some(Edit::Unknown) => builder.unknown(),
            Some(Edit::Sensitive) => builder.sensitive(),
            None => copy(value, edit, turn, number, builder),
        }
    };
    match value.kind() {
        Kind::List(list) => {
            builder.begin_list()?;
            for element in list.iter() {
                child(None, element, builder)?;
            }
            builder.end_list()
        }
        Kind::Map(map) => {
            builder.begin_map()?;
            let mut members: Vec<_> = map.iter().collect();
            if !members.is_empty() {
                let turn = turn % members.len();
                members.rotate_left(turn);
            }
            for (key, member) in members {
                child(Some(key), member, builder)?;
            }
            builder.end_map()
        }
        _ => builder.copy(value),
    }
}

fn outcome_of(pack: &PolicyPack, policy: &str, change: &ResourceChange) -> Option<Outcome> {
    evaluate(pack, change)
        .into_iter()
        .find(|evaluation| evaluation.policy.name() == policy)
        .map(|evaluation| evaluation.outcome)
}

// Requirements: R274, R279, R299.
#[test]
fn every_test_of_the_shipped_packs_passes() {
    for name in PACKS {
        let failed: Vec<_> =
            pack(name).test().into_iter().filter(|outcome| !outcome.passed).collect();
        assert!(failed.is_empty(), "{name}: {failed:#?}");
    }
}

// Requirements: R295, R299, R393.
#[test]
fn the_shipped_packs_give_no_warning() {
    for name in PACKS {
        let lints = pack(name).lint();
        assert!(lints.iter().all(|lint| lint.level == LintLevel::Notice), "{lints:#?}");
    }
}

/// R263, and conflict 2 of the sources: mandatory is the rule, and what is advisory is known.
// Requirements: R263.
#[test]
fn only_these_policies_are_advisory() {
    let advisory = |name: &str| -> Vec<String> {
        let pack = pack(name);
        let advisory =
            pack.policies().iter().filter(|it| it.enforcement() == Enforcement::Advisory);
        advisory.map(|policy| policy.name().to_owned()).collect()
    };
    assert_eq!(advisory("cicd-target"), ["cloud-run-scaling-bounds", "cloud-run-non-root-user"]);
    assert_eq!(advisory("web-service-aws"), ["container-non-root-user"]);
    assert_eq!(advisory("deletions"), [""; 0]);
    assert_eq!(advisory("web-service-aws-after-apply"), [""; 0]);
}

/// Rules that forbid the presence of something: taking the offending part away is a remedy.
const FORBIDDING: [&str; 11] = [
    "access-has-bounds",
    "cloud-run-no-credentials-in-environment",
    "cloud-run-no-traffic-to-new-revision",
    "cloud-run-secrets-by-reference",
    "egress-is-tls",
    "ingress-is-closed",
    "no-long-lived-keys",
    "no-service-account-keys",
    "registry-cleanup-spares-promoted-images",
    "replaced-without-an-outage",
    "security-group-rules-are-closed",
];

/// Faults N.13 and N.14: whatever is taken away from a failing resource, it still does not pass.
#[test]
fn absence_never_turns_a_denial_into_a_pass() {
    for name in PACKS {
        let pack = pack(name);
        for example in examples(name, &["fail", "error"]) {
            if FORBIDDING.contains(&example.policy.as_str()) {
                continue;
            }
            for at in 0..count(example.change.after.as_ref()) {
                for edit in EDITS {
                    let mut change = example.change.clone();
                    change.after = edited(&example.change.after, Some((at, edit)), 0);
                    let outcome = outcome_of(&pack, &example.policy, &change);
                    let (policy, test) = (&example.policy, &example.name);
                    assert_ne!(outcome, Some(Outcome::Pass), "{policy}: {test}: {edit:?} at {at}");
                }
            }
        }
    }
}

/// A mark is never better than the value under it: what fails does not pass because it is hidden.
#[test]
fn marks_never_turn_a_denial_into_a_pass() {
    for name in PACKS {
        let pack = pack(name);
        for example in examples(name, &["fail", "error"]) {
            for at in 0..count(example.change.after.as_ref()) {
                for edit in [Edit::Unknown, Edit::Sensitive] {
                    let mut change = example.change.clone();
                    change.after = edited(&example.change.after, Some((at, edit)), 0);
                    let outcome = outcome_of(&pack, &example.policy, &change);
                    let (policy, test) = (&example.policy, &example.name);
                    assert_ne!(outcome, Some(Outcome::Pass), "{policy}: {test}: {edit:?} at {at}");
                }
            }
        }
    }
}

/// Each pack with all its examples, read once.
static SHIPPED: LazyLock<Vec<(PolicyPack, Vec<Example>)>> = LazyLock::new(|| {
    PACKS.map(|name| (pack(name), examples(name, &["pass", "fail", "error"]))).into()
});

fn summary(evaluations: &[Evaluation<'_>]) -> Vec<(String, &'static str, String)> {
    let line = |it: &Evaluation<'_>| {
        (it.policy.name().to_owned(), it.code, it.message.clone().into_owned())
    };
    evaluations.iter().map(line).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The order of keys changes nothing, and neither does having asked other things before.
    // Requirements: R256.
    #[test]
    fn evaluation_is_a_function_of_the_content(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        edit in prop::sample::select(&EDITS[..]),
        turn in 1..5_usize,
    ) {
        for (pack, examples) in SHIPPED.iter() {
            let example = which.get(examples);
            let values = count(example.change.after.as_ref());
            let place = (values > 0).then(|| (at.index(values.max(1)), edit));
            let mut change = example.change.clone();
            change.after = edited(&example.change.after, place, 0);
            let first = summary(&evaluate(pack, &change));
            change.after = edited(&change.after, None, turn);
            prop_assert_eq!(&summary(&evaluate(pack, &change)), &first);
        }
    }

    /// A smaller budget gives the same answer or none.
    #[test]
    fn a_smaller_budget_never_gives_another_answer(
        which in any::<prop::sample::Index>(),
        steps in 0..300_u64,
    ) {
        for (pack, examples) in SHIPPED.iter() {
            let change = &which.get(examples).change;
            let context = Context { request: null(), actor: null(), stage: null() };
            let whole = evaluate(pack, change);
            let little = pack.evaluate(change, &context, &mut Budget { steps });
            prop_assert_eq!(whole.len(), little.len());
            for (whole, little) in whole.iter().zip(&little) {
                prop_assert!(little.code == whole.code || little.code == "policy.exhausted");
            }
        }
    }
}

/// What does not pass in a plan of the example: policy, address and code.
fn not_passed(pack: &PolicyPack, plan: &str) -> BTreeSet<(String, String, &'static str)> {
    let plan = Plan::from_terraform(&file(plan), &[0; 32]).unwrap();
    let mut found = BTreeSet::new();
    for change in &plan.resources {
        for evaluation in evaluate(pack, change) {
            if evaluation.outcome != Outcome::Pass {
                let policy = evaluation.policy.name().to_owned();
                found.insert((policy, change.address.clone(), evaluation.code));
            }
        }
    }
    found
}

fn set(expected: &[(&str, &str, &'static str)]) -> BTreeSet<(String, String, &'static str)> {
    let own = |(policy, address, code): &(&str, &str, &'static str)| {
        ((*policy).to_owned(), (*address).to_owned(), *code)
    };
    expected.iter().map(own).collect()
}

#[test]
fn a_policy_is_about_every_resource_of_the_example() {
    let plan = Plan::from_terraform(&file("examples/web-service/plan.json"), &[0; 32]).unwrap();
    for change in &plan.resources {
        assert!(!evaluate(&pack("web-service-aws"), change).is_empty(), "{}", change.address);
    }
}

#[test]
fn the_plans_of_the_example_pass_and_the_violating_one_fails_where_it_should() {
    let pack = pack("web-service-aws");
    for stage in ["dev", "stage", "prod"] {
        let found = not_passed(&pack, &format!("examples/web-service/plan-{stage}.json"));
        assert_eq!(found, set(&[]), "{stage}");
    }
    let expected = set(&[
        (
            "bucket-blocks-public-access",
            "aws_s3_bucket_public_access_block.uploads",
            "policy.failed",
        ),
        ("capacity-cap", "aws_appautoscaling_target.this", "policy.failed"),
        ("container-non-root-user", "aws_ecs_task_definition.this", "policy.failed"),
        (
            "ingress-is-closed",
            "aws_vpc_security_group_ingress_rule.service[\"0.0.0.0/0\"]",
            "policy.failed",
        ),
        ("log-retention", "aws_cloudwatch_log_group.this", "policy.failed"),
    ]);
    assert_eq!(not_passed(&pack, "examples/web-service/plan-violating.json"), expected);
}

#[test]
fn what_the_example_shows_only_after_its_apply_is_owed() {
    let pack = pack("web-service-aws-after-apply");
    let expected = set(&[
        ("access-has-bounds", "aws_iam_role_policy.execution", "policy.unknown"),
        ("access-has-bounds", "aws_iam_role_policy.task", "policy.unknown"),
        ("security-group-rules-are-closed", "aws_security_group.service", "policy.unknown"),
    ]);
    assert_eq!(not_passed(&pack, "examples/web-service/plan.json"), expected);
    for stage in ["dev", "stage", "prod"] {
        let found = not_passed(&pack, &format!("examples/web-service/plan-{stage}-applied.json"));
        assert_eq!(found, set(&[]), "{stage}");
    }
    let plan = Plan::from_terraform(&file("examples/web-service/plan.json"), &[0; 32]).unwrap();
    let evaluations = plan.resources.iter().flat_map(|change| evaluate(&pack, change));
    assert!(evaluations.into_iter().all(|evaluation| evaluation.verify_after));
}

// Requirements: R294.
#[test]
fn the_lock_beside_the_charter_pins_these_packs() {
    let lock = Value::parse_yaml(&file("policies/cicd-target/charter.lock")).unwrap();
    let pinned = lock.as_ref().get("packs").map(elements).unwrap();
    assert_eq!(pinned.len(), PACKS.len());
    for pin in pinned {
        let text = |name: &str| pin.get(name).and_then(Ref::as_str).unwrap();
        let pack = pack(text("pack"));
        assert_eq!(pack.version(), text("version"));
        assert_eq!(pack.digest().to_string(), text("digest"), "run `poundlock lock`");
    }
}

#[test]
fn the_documented_examples_are_packs() {
    for page in ["docs/packs.md", "docs/policies.md"] {
        let page = String::from_utf8(file(page)).unwrap();
        let block = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next());
        let pack = PolicyPack::parse(block.unwrap().as_bytes()).unwrap();
        assert!(pack.test().iter().all(|test| test.passed));
    }
}
