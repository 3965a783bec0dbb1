//! Waivers: expiring, owned, for one policy and resource; visible in every decision they touch (R313, R314).

use poundlock::{
    engine::{Engine, Texts, codes},
    model::{Action, Outcome, Plan, Verdict},
};

use crate::support::{DAY, PACK, World, allowed, ask, charter_with, denied, found, lock, plan_of};

const WAIVER: &str = r#"waivers:
  - { waiver: legacy-bucket, policy: rules/private, resource: thing.a, track: infra, stages: [dev], owner: ann, reason: moved next week, expires: "2026-03-03T09:00:00Z" }
tracks:
"#;

pub(crate) fn world() -> World {
    World::with(&[("tracks:\n", WAIVER)])
}

/// A plan that makes the thing public.
pub(crate) fn public(number: u8) -> Plan {
    plan_of(number, &[("thing", "create", r#"{"public": true}"#, "{}")])
}

// Requirements: R313.
#[test]
fn a_live_waiver_overrides_one_policy_and_is_named() {
    let mut world = world();
    let admission = world.admit(&ask(Action::Plan, "dev", &public(1), DAY - 1));
    allowed(&admission);
    let decision = admission.decision.unwrap();
    assert_eq!(decision.waivers, ["legacy-bucket"]);
    let waived = decision.findings.iter().find(|f| f.code == codes::POLICY_FAILED).unwrap();
    assert_eq!(waived.outcome, Outcome::Overridden);
}

// Requirements: R313.
#[test]
fn an_expired_waiver_is_worth_nothing() {
    let mut world = world();
    denied(&world.admit(&ask(Action::Plan, "dev", &public(1), DAY)), codes::POLICY_FAILED);
}

// Requirements: R314.
#[test]
fn a_waiver_covers_its_resource_stage_and_policy_alone() {
    let mut world = world();
    denied(&world.admit(&ask(Action::Plan, "test", &public(1), 0)), codes::POLICY_FAILED);
    let other = plan_of(2, &[("sized_thing", "create", r#"{"size": false}"#, "{}")]);
    denied(&world.admit(&ask(Action::Plan, "dev", &other, 1)), codes::POLICY_FAILED);
    let mut both = public(3);
    both.resources[0].address = "thing.b".to_owned();
    denied(&world.admit(&ask(Action::Plan, "dev", &both, 2)), codes::POLICY_FAILED);
}

#[test]
fn a_waiver_that_nothing_needs_is_not_named() {
    let mut world = world();
    let admission = world.admit(&ask(Action::Plan, "dev", &crate::support::plan(1), 0));
    allowed(&admission);
    assert!(!found(&admission, codes::POLICY_FAILED));
    assert!(admission.decision.unwrap().waivers.is_empty());
}

#[test]
fn what_is_unknown_can_be_waived_too() {
    let mut world = world();
    let hidden = plan_of(1, &[("thing", "create", "{}", r#"{"public": true}"#)]);
    let admission = world.admit(&ask(Action::Plan, "dev", &hidden, 0));
    assert_eq!(admission.verdict, Verdict::Allow);
}

#[test]
fn a_charter_refuses_waivers_that_make_no_sense() {
    let refused = |old: &str, new: &str| {
        let text = charter_with(&[("tracks:\n", &WAIVER.replace(old, new))]);
        let texts =
            Texts { charter: text.into(), lock: lock(&[PACK]).into(), packs: vec![PACK.into()] };
        Engine::new(texts).unwrap_err().code()
    };
    for (old, new, code) in [
        ("rules/private", "rules/tidy", "charter.undeclared"),
        ("rules/private", "private", "charter.undeclared"),
        ("owner: ann", "owner: deployer", "charter.invalid"),
        ("owner: ann", "owner: mallory", "charter.undeclared"),
        ("stages: [dev]", "stages: [moon]", "charter.undeclared"),
        ("stages: [dev]", "stages: []", "charter.invalid"),
        ("stages: [dev]", "stages: [dev, dev]", "charter.duplicate"),
        ("reason: moved next week", r#"reason: " ""#, "charter.invalid"),
    ] {
        assert_eq!(refused(old, new), code, "{new}");
    }
}
