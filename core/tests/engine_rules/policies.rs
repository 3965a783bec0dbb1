//! By what rules: every pack of the stage, over every resource change.

use poundlock::{
    engine::{Admission, codes},
    limits,
    model::{Action, Outcome, OutcomeResult, Plan, Verdict},
    state::State,
};

use crate::support::*;

fn planned(world: &mut World, plan: &Plan) -> Admission {
    world.admit(&ask(Action::Plan, "dev", plan, 0))
}

fn thing(after: &str, unknown: &str) -> Plan {
    plan_of(1, &[("thing", "create", after, unknown)])
}

// Requirements: R071, R072, R111, R183, R263, R281.
#[test]
fn a_false_validation_denies() {
    let admission = planned(&mut World::new(), &thing(r#"{"public": true}"#, "{}"));
    denied(&admission, codes::POLICY_FAILED);
    let decision = admission.decision.unwrap();
    let finding = decision.findings.iter().find(|f| f.code == codes::POLICY_FAILED).unwrap();
    assert_eq!(finding.subject.as_deref(), Some("rules/private"));
    assert_eq!(finding.resource.as_deref(), Some("thing.a"));
    assert_eq!(finding.remedy.as_deref(), Some("Make it private."));
    let admission = planned(&mut World::new(), &thing(r#"{"public": false}"#, "{}"));
    allowed(&admission);
    assert!(found(&admission, codes::POLICY_PASSED));
}

#[test]
fn a_denial_says_what_decided_and_the_ledger_does_not_keep_it() {
    let mut world = World::new();
    let request = ask(Action::Plan, "dev", &thing(r#"{"public": "to-everybody"}"#, "{}"), 0);
    let first = world.admit(&request).decision.unwrap();
    let finding = first.findings.iter().find(|f| f.code == codes::POLICY_FAILED).unwrap();
    let reason = &finding.reasons[0];
    assert_eq!(reason.expression, "object.public == false");
    assert_eq!((reason.line, reason.column, reason.result.as_str()), (1, 1, "false"));
    assert_eq!(reason.operands[0].result, "'to-everybody'");
    assert!(first.findings.iter().all(|f| f.outcome != Outcome::Pass || f.reasons.is_empty()));

    let repeated = world.admit(&request);
    assert!(repeated.repeated);
    let recorded = repeated.decision.unwrap();
    assert_eq!(recorded, first.to_record());
    assert!(!format!("{recorded:?}").contains("to-everybody"));
}

#[test]
fn no_more_findings_are_explained_than_the_limit_allows() {
    let resources: Vec<_> = (0..limits::EXPLAINED_FINDINGS + 1)
        .map(|number| (format!("thing.t{number}"), r#"{"public": true}"#))
        .collect();
    let members: Vec<String> = resources
        .iter()
        .map(|(address, after)| {
            format!(
                r#"{{"address": "{address}", "mode": "managed", "type": "thing", "name": "a", "change":
                   {{"actions": ["create"], "before": null, "after": {after}, "after_unknown": {{}},
                   "before_sensitive": false, "after_sensitive": {{}}}}}}"#
            )
        })
        .collect();
    let plan = plan_from(1, &format!(r#""resource_changes": [{}]"#, members.join(",")));
    let decision = planned(&mut World::new(), &plan).decision.unwrap();
    let failed = decision.findings.iter().filter(|f| f.code == codes::POLICY_FAILED);
    let explained: Vec<bool> = failed.map(|f| !f.reasons.is_empty()).collect();
    assert_eq!(explained.len(), resources.len());
    assert_eq!(explained.iter().position(|explained| !explained), Some(resources.len() - 1));
}

/// A plan without configuration does not say what else runs, and the record does not say otherwise.
#[test]
fn provisioners_that_a_plan_does_not_show_are_not_absent() {
    let pack = PACK.replace("object.public == false", "'resource.provisioners == []'");
    let mut world = World::governed_by(engine(CHARTER, &pack));
    let thing = |number, configuration: &str| {
        let change = r#""resource_changes": [{"address": "thing.a", "mode": "managed", "type": "thing", "name": "a",
            "change": {"actions": ["create"], "before": null, "after": {}}}]"#;
        plan_from(number, &format!("{change}{configuration}"))
    };
    let mut ask = |number, configuration| {
        let request = ask(Action::Plan, "dev", &thing(number, configuration), i64::from(number));
        world.admit(&request)
    };
    denied(&ask(1, ""), codes::POLICY_UNKNOWN);
    let configured =
        r#", "configuration": {"root_module": {"resources": [{"address": "thing.a"}]}}"#;
    allowed(&ask(2, configured));
    let runs = configured
        .replace(r#""thing.a""#, r#""thing.a", "provisioners": [{"type": "local-exec"}]"#);
    denied(&ask(3, &runs), codes::POLICY_FAILED);
    let done = world.engine.redecide(&world.ledger, &mut State::new(), world.size()).unwrap();
    assert_eq!((done.entries, done.unavailable.len()), (world.size(), 0));
}

#[test]
fn absent_is_not_a_pass() {
    denied(&planned(&mut World::new(), &thing("{}", "{}")), codes::POLICY_ERROR);
}

#[test]
fn null_is_not_a_pass() {
    let sized = |size| plan_of(1, &[("sized_thing", "create", size, "{}")]);
    denied(&planned(&mut World::new(), &sized(r#"{"size": null}"#)), codes::POLICY_NULL);
    denied(&planned(&mut World::new(), &sized(r#"{"size": 1}"#)), codes::POLICY_ERROR);
    allowed(&planned(&mut World::new(), &sized(r#"{"size": true}"#)));
}

// Requirements: R302.
#[test]
fn what_is_not_known_is_not_a_pass() {
    let admission = planned(&mut World::new(), &thing("{}", r#"{"public": true}"#));
    denied(&admission, codes::POLICY_UNKNOWN);
}

#[test]
fn what_is_sensitive_is_not_a_pass() {
    let plan = plan_from(
        1,
        r#""resource_changes": [{"address": "thing.a", "mode": "managed", "type": "thing",
           "name": "a", "change": {"actions": ["create"], "before": null,
           "after": {"public": false}, "after_unknown": {}, "before_sensitive": false,
           "after_sensitive": {"public": true}}}]"#,
    );
    denied(&planned(&mut World::new(), &plan), codes::VALUE_SENSITIVE);
}

#[test]
fn an_exhausted_budget_is_not_a_pass() {
    let list = (0..1200).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    let pack = PACK.replace(
        "object.public == false",
        "'object.list.all(a, object.list.all(b, object.list.all(c, a + b + c >= 0)))'",
    );
    let plan = thing(&format!(r#"{{"list": [{list}]}}"#), "{}");
    let mut world = World::governed_by(engine(CHARTER, &pack));
    denied(&planned(&mut world, &plan), codes::POLICY_EXHAUSTED);
    let mut world = World::governed_by(engine(CHARTER, &pack));
    allowed(&planned(&mut world, &thing(r#"{"list": [1, 2]}"#, "{}")));
}

// Requirements: R124.
#[test]
fn a_decision_does_not_depend_on_the_threads() {
    let values = [
        ("thing", r#"{"public": false}"#, "{}"),
        ("thing", r#"{"public": true}"#, "{}"),
        ("sized_thing", r#"{"size": null}"#, "{}"),
        ("thing", "{}", r#"{"public": true}"#),
        ("other", "{}", "{}"),
    ];
    // A resource in 27 differs from those around it.
    let resources: Vec<_> = (0..1_000_usize)
        .map(|number| {
            values[if number.is_multiple_of(27) { number / 27 % values.len() } else { 0 }]
        })
        .map(|(kind, after, unknown)| (kind, "create", after, unknown))
        .collect();
    let plan = plan_of(1, &resources);
    let charter = charter_with(&[("unmatched: allow", "unmatched: deny")]);
    let decided = |threads: usize| {
        let engine = engine(&charter, PACK).with_threads(threads.try_into().unwrap());
        World::governed_by(engine).admit(&ask(Action::Plan, "dev", &plan, 0)).decision.unwrap()
    };
    let expected = decided(1);
    assert_eq!(expected.verdict, Verdict::Deny);
    for threads in [2, 5, 64] {
        assert_eq!(decided(threads), expected);
    }
}

// Requirements: R072, R291.
#[test]
fn a_charter_says_what_becomes_of_what_no_policy_matches() {
    let other = plan_of(1, &[("other", "create", "{}", "{}")]);
    let mut strict = World::with(&[("unmatched: allow", "unmatched: deny")]);
    denied(&planned(&mut strict, &other), codes::POLICY_UNMATCHED);
    allowed(&planned(&mut World::new(), &other));
    // A policy about the type, and not about what is done to it, does not match either.
    let deletion = plan_of(2, &[("thing", "delete", r#"{"public": false}"#, "{}")]);
    denied(&planned(&mut strict, &deletion), codes::POLICY_UNMATCHED);
    // What stays as it is needs no rule.
    let nothing = plan_of(3, &[("other", "no-op", "{}", "{}")]);
    allowed(&planned(&mut strict, &nothing));
}

/// Artifacts have no plan, and their gates stand for packs; a stage of changes has packs or denies.
// Requirements: R070, R071, R085, R138, R162, R277.
#[test]
fn no_pack_is_no_pass() {
    let stage = "apply: [deployer], promote: [deployer] }, packs: [rules] }\n      - { stage: test";
    let bare = "apply: [deployer], promote: [deployer] } }\n      - { stage: test";
    let mut world = World::with(&[(stage, bare)]);
    denied(&planned(&mut world, &plan(1)), codes::POLICY_NONE);
    allowed(&planned(&mut World::new(), &plan(1)));
}

// Requirements: M2.
#[test]
fn an_advisory_policy_does_not_deny() {
    let pack = PACK.replace(
        "description: Nothing is public.",
        "description: Nothing is public.\n    enforcement: advisory",
    );
    for (plan, code) in [
        (thing(r#"{"public": true}"#, "{}"), codes::POLICY_FAILED),
        (thing("{}", r#"{"public": true}"#), codes::POLICY_UNKNOWN),
    ] {
        let admission = planned(&mut World::governed_by(engine(CHARTER, &pack)), &plan);
        allowed(&admission);
        assert!(found(&admission, code), "advice is seen");
    }
}

#[test]
fn policies_are_judged_again_when_the_plan_is_applied() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    let mut request = ask(Action::Apply, "dev", &plan(1), 0);
    // The same digest with other content cannot come from intake; a careless host could build it.
    let swapped = std::sync::Arc::get_mut(request.plan.as_mut().unwrap()).unwrap();
    swapped.resources = thing(r#"{"public": true}"#, "{}").resources;
    denied(&world.admit(&request), codes::POLICY_FAILED);
    allowed(&world.admit(&ask(Action::Apply, "dev", &plan(1), 1)));
}

fn late(number: u8, action: &str, name: Option<&str>) -> Plan {
    match name {
        Some(name) => {
            let after = format!(r#"{{"name": "{name}"}}"#);
            plan_of(number, &[("late_thing", action, &after, "{}")])
        }
        None => plan_of(number, &[("late_thing", action, "{}", r#"{"name": true}"#)]),
    }
}

/// Dev is applied with something not known, and nothing but what is owed is missing to enter test.
fn owing() -> World {
    let mut world = World::new();
    let plan_dev = late(1, "create", None);
    let admission = world.admit(&ask(Action::Plan, "dev", &plan_dev, 0));
    allowed(&admission);
    assert!(found(&admission, codes::POLICY_DEFERRED));
    world.prepare("dev", &plan_dev, 1);
    let admission = world.apply("dev", &plan_dev, 2);
    assert_eq!(admission.decision.unwrap().obligations.len(), 1);
    world.prepare("test", &plan(2), 3);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 3)));
    world
}

fn into_test(world: &mut World, seconds: i64) -> Admission {
    world.admit(&ask(Action::Promote, "test", &plan(2), seconds))
}

// Requirements: R266, R354.
#[test]
fn what_is_owed_is_met_before_the_next_stage() {
    let mut world = owing();
    denied(&into_test(&mut world, 4), codes::OBLIGATION_OPEN);
    assert_eq!(world.state.status().obligations.len(), 1);
    allowed(&world.admit(&ask(Action::Plan, "dev", &late(5, "no-op", Some("short")), 5)));
    assert_eq!(world.state.status().obligations.len(), 0);
    allowed(&into_test(&mut world, 6));
}

// Requirements: R266.
#[test]
fn what_turns_out_wrong_stays_owed() {
    let mut world = owing();
    let wrong = world.admit(&ask(Action::Plan, "dev", &late(5, "no-op", Some("far-too-long")), 5));
    denied(&wrong, codes::POLICY_FAILED);
    denied(&into_test(&mut world, 6), codes::OBLIGATION_OPEN);
    // Still not known is not met either.
    let admission = world.admit(&ask(Action::Plan, "dev", &late(6, "update", None), 7));
    assert_eq!(admission.verdict, Verdict::Allow);
    denied(&into_test(&mut world, 8), codes::OBLIGATION_OPEN);
}

/// A plan that does not show the resource says nothing about it.
#[test]
fn a_plan_of_something_else_meets_nothing() {
    let mut world = owing();
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(5), 5)));
    denied(&into_test(&mut world, 6), codes::OBLIGATION_OPEN);
    // Nor does one of another asset, commit or stage.
    for number in 6..9 {
        let stage = if number == 6 { "test" } else { "dev" };
        let mut request = ask(Action::Plan, stage, &late(number, "no-op", Some("short")), 6);
        if number == 7 {
            request.asset = "api".to_owned();
        }
        if number == 8 {
            change_of(&mut request).commit = OTHER_COMMIT.to_owned();
        }
        allowed(&world.admit(&request));
        denied(&into_test(&mut world, i64::from(number) + 1), codes::OBLIGATION_OPEN);
    }
}

/// Only the applied state tells: a plan from before, or beside, an apply that is under way does not.
#[test]
fn a_plan_made_before_the_apply_ended_meets_nothing() {
    let mut world = World::new();
    let plan_dev = late(1, "create", None);
    world.prepare("dev", &plan_dev, 0);
    let dev = world.admit(&ask(Action::Apply, "dev", &plan_dev, 1));
    allowed(&dev);
    allowed(&world.admit(&ask(Action::Plan, "dev", &late(5, "no-op", Some("short")), 2)));
    allowed(&world.record(&outcome(dev.entry, OutcomeResult::Succeeded, 3)));
    world.prepare("test", &plan(2), 4);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 4)));
    denied(&into_test(&mut world, 5), codes::OBLIGATION_OPEN);
}

/// What is proposed is not what is.
#[test]
fn a_plan_that_would_mend_it_meets_nothing() {
    let mut world = owing();
    let plan = plan_from(
        5,
        r#""resource_changes": [{"address": "late_thing.a", "mode": "managed", "type": "late_thing",
           "name": "a", "change": {"actions": ["update"], "before": {"name": "far-too-long"},
           "after": {"name": "short"}, "after_unknown": {}, "before_sensitive": false,
           "after_sensitive": {}}}]"#,
    );
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan, 5)));
    denied(&into_test(&mut world, 6), codes::OBLIGATION_OPEN);
}

/// An advisory policy denies nothing, not even later.
#[test]
fn advice_is_never_owed() {
    let pack = PACK.replace(
        "description: Late things have a short name.",
        "description: Late things have a short name.\n    enforcement: advisory",
    );
    let mut world = World::governed_by(engine(CHARTER, &pack));
    let admission = planned(&mut world, &late(1, "create", None));
    allowed(&admission);
    assert!(admission.decision.unwrap().obligations.is_empty());
}

/// However many policies and failures there are, the entry holds, and the attachment has them all.
#[test]
fn a_large_pack_fits_the_entry() {
    let mut pack = "pack: rules\nversion: 1.0.0\npolicies:\n".to_owned();
    for number in 0..1000 {
        pack.push_str(&format!(
            "  - name: a-policy-with-a-rather-long-name-because-people-write-such-names-{number}\n    description: Nothing is public.\n    match: {{ resources: [thing] }}\n    validations: [{{ expression: object.public == false }}]\n"
        ));
    }
    for (public, verdict) in [("false", Verdict::Allow), ("true", Verdict::Deny)] {
        let mut world = World::governed_by(engine(CHARTER, &pack));
        let admission = planned(&mut world, &thing(&format!(r#"{{"public": {public}}}"#), "{}"));
        assert_eq!(admission.verdict, verdict);
        assert_eq!(admission.decision.unwrap().policies.len(), 1000);
    }
}

fn late_things(count: usize) -> Plan {
    let resources: Vec<String> = (0..count)
        .map(|number| {
            format!(
                r#"{{"address": "late_thing.a{number}", "mode": "managed", "type": "late_thing",
                "name": "a{number}", "change": {{"actions": ["create"], "before": null, "after": {{}},
                "after_unknown": {{"name": true}}, "before_sensitive": false, "after_sensitive": {{}}}}}}"#
            )
        })
        .collect();
    plan_from(1, &format!(r#""resource_changes": [{}]"#, resources.join(",")))
}

#[test]
fn no_more_is_owed_than_an_entry_holds() {
    let mut world = World::new();
    let admission = planned(&mut world, &late_things(101));
    assert!(denials(&admission).contains(&codes::OBLIGATION_TOO_MANY), "{:?}", denials(&admission));
    let most = late_things(100);
    world.prepare("dev", &most, 1);
    allowed(&world.admit(&ask(Action::Apply, "dev", &most, 1)));
    assert_eq!(world.state.status().obligations.len(), 100);
}

// Requirements: R124.
#[test]
fn a_large_plan_fits_the_entry() {
    let mut world = World::governed_by(engine(CHARTER, &PACK.replace("verify-after", "deny")));
    let admission = planned(&mut world, &late_things(2000));
    denied(&admission, codes::POLICY_UNKNOWN);
    let entry = world.ledger.read(admission.sequence, 1).unwrap().remove(0).entry;
    let whole = entry.attachments.iter().any(|digest| {
        let content = world.ledger.attachment(digest).unwrap().unwrap();
        content.windows(16).filter(|text| *text == b"late_thing.a1999").count() > 0
    });
    assert!(whole, "what the entry leaves out is attached");
}
