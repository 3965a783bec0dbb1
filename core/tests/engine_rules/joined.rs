//! Several plans in one request: judged, consented to and admitted together or not at all.

use std::collections::BTreeMap;

use poundlock::{
    engine::codes,
    model::{About, Action, EvidenceResult, Plan, PlanPart},
    state::State,
};

use crate::support::{
    PACK, World, allowed, approval, ask, charter_with, denied, engine, evidence, key, plan, plan_of,
};

fn joined(plans: [(&str, Plan); 2]) -> Plan {
    Plan::joined(plans.map(|(name, plan)| (name.to_owned(), plan)).into()).unwrap()
}

#[test]
fn parts_are_admitted_and_applied_together() {
    let mut world = World::begun(engine(&charter_with(&[]), PACK).into(), &[key(1)]);
    let both = joined([("network", plan(1)), ("service", plan(2))]);
    world.prepare("dev", &both, 0);
    world.apply("dev", &both, 1);
    // Neither part can be applied again, alone or together with another.
    for (number, again) in [plan(1), plan(2)].into_iter().enumerate() {
        let seconds = 10 + i64::try_from(number).unwrap();
        world.admit(&ask(Action::Plan, "dev", &again, seconds));
        let apply = world.admit(&ask(Action::Apply, "dev", &again, seconds));
        assert!(crate::support::denials(&apply).contains(&codes::SUBJECT_PLAN_SPENT));
    }
    let other = joined([("network", plan(1)), ("other", plan(3))]);
    world.prepare("dev", &other, 20);
    denied(&world.admit(&ask(Action::Apply, "dev", &other, 21)), codes::SUBJECT_PLAN_SPENT);
    // What was recorded is decided again in the same way, and survives a snapshot.
    world.sign();
    world.snapshot();
    let mut folded = State::new();
    folded.catch_up(&world.ledger).unwrap();
    assert_eq!(State::open(&world.ledger).unwrap(), folded);
}

#[test]
fn a_part_that_was_applied_alone_is_not_applied_with_others() {
    let mut world = World::new();
    world.through_dev(0);
    let both = joined([("network", plan(1)), ("service", plan(2))]);
    world.prepare("dev", &both, 10);
    denied(&world.admit(&ask(Action::Apply, "dev", &both, 11)), codes::SUBJECT_PLAN_SPENT);
}

#[test]
fn one_part_that_fails_denies_all() {
    let mut world = World::new();
    let public = plan_of(2, &[("thing", "create", r#"{"public": true}"#, "{}")]);
    let both = joined([("network", plan(1)), ("service", public)]);
    let admission = world.admit(&ask(Action::Plan, "dev", &both, 0));
    denied(&admission, codes::POLICY_FAILED);
    let findings = admission.decision.unwrap().findings;
    let failed = findings.iter().find(|finding| finding.code == codes::POLICY_FAILED).unwrap();
    assert_eq!(failed.resource.as_deref(), Some("service/thing.a"));
}

#[test]
fn what_is_consented_to_is_the_whole() {
    let mut world = World::new();
    world.through_dev(0);
    let both = joined([("network", plan(2)), ("service", plan(3))]);
    world.prepare("test", &both, 1);
    for part in [plan(2), plan(3)] {
        allowed(&world.record(&approval("ann", "test", part.digest, 2)));
    }
    denied(&world.admit(&ask(Action::Promote, "test", &both, 3)), codes::APPROVAL_MISSING);
    allowed(&world.record(&approval("ann", "test", both.digest, 4)));
    allowed(&world.record(&evidence(About::Plan(both.digest), EvidenceResult::Pass, 4)));
    allowed(&world.admit(&ask(Action::Promote, "test", &both, 5)));
}

#[test]
fn a_whole_is_named_by_its_parts() {
    let both = joined([("network", plan(1)), ("service", plan(2))]);
    let part = |name: &str, plan: &Plan| PlanPart { name: name.to_owned(), digest: plan.digest };
    assert_eq!(both.parts, [part("network", &plan(1)), part("service", &plan(2))]);
    let renamed = joined([("network", plan(2)), ("service", plan(1))]);
    assert_ne!(both.digest, renamed.digest);
    let refused = |plans: Vec<(&str, Plan)>| {
        let plans: BTreeMap<String, Plan> =
            plans.into_iter().map(|(name, plan)| (name.to_owned(), plan)).collect();
        Plan::joined(plans).unwrap_err().code()
    };
    assert_eq!(refused(vec![("one", plan(1))]), "input.invalid_value");
    assert_eq!(refused(vec![("a", plan(1)), ("b/c", plan(2))]), "input.invalid_value");
    assert_eq!(refused(vec![("a", plan(1)), ("", plan(2))]), "input.invalid_value");
    assert_eq!(refused(vec![("a", plan(1)), ("b", both.clone())]), "input.invalid_value");
    assert_eq!(refused(vec![("a", plan(1)), ("b", plan(1))]), "input.invalid_value");
    let mut forged = both;
    forged.parts.pop();
    let record = forged.to_record().unwrap();
    assert_eq!(Plan::from_record(&record).unwrap_err().code(), "plan.malformed");
}
