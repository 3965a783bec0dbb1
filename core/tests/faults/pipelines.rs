//! Pipelines whose checks pass what they were made to stop.

use poundlock::{
    PolicyPack,
    charter::Charter,
    digest::Digest,
    engine::Admission,
    model::{About, Action, EvidenceResult, OutcomeResult, Request},
};

use crate::support::*;

fn model(number: u8) -> Digest {
    Digest::of(&[number])
}

/// The request for a model in the registry.
fn request(action: Action, number: u8, seconds: i64) -> Request {
    let request = promote_artifact("registry", model(number), seconds);
    Request { action, id: format!("{}-{number}-{seconds}", action.word()), ..request }
}

fn shift(traffic: u8, seconds: i64) -> Request {
    let request = request(Action::Shift, 1, seconds);
    Request { id: format!("{}-{traffic}", request.id), traffic: Some(traffic), ..request }
}

fn attest(gate: &str, number: u8, result: EvidenceResult, seconds: i64) -> poundlock::Fact {
    let mut fact = evidence(About::Artifact(model(number)), result, seconds);
    evidence_of(&mut fact).gate = gate.to_owned();
    fact.id.push_str(gate);
    fact
}

impl World {
    fn enters(&mut self, number: u8, result: OutcomeResult, seconds: i64) -> Admission {
        allowed(&self.record(&attest("card", number, EvidenceResult::Pass, seconds)));
        let admission = self.admit(&request(Action::Promote, number, seconds));
        allowed(&admission);
        allowed(&self.record(&outcome(admission.entry, result, seconds)));
        admission
    }
}

/// Models go back, and get their traffic in steps.
fn rollouts() -> World {
    World::with(&[
        (
            "{ into: registry, gates: [card] }",
            "{ into: registry, gates: [card], rollback: {}, rollout: { steps: [10, 100], wait: 10m, gate: health } }",
        ),
        (
            "from: registry, gates: [card],",
            "from: registry, gates: [card], rollback: {}, rollout: { steps: [100], wait: 10m, gate: health },",
        ),
        (
            "grants: { promote: [deployer] }",
            "grants: { promote: [deployer], rollback: [deployer], shift: [deployer] }",
        ),
        (
            "facts:\n",
            "  - { gate: health, about: artifact, producers: [checker], maxAge: 24h }\nfacts:\n",
        ),
    ])
}

// Requirements: N13.
#[test]
fn what_is_no_number_does_not_pass_a_limit() {
    // `parseInt(maxScale) > 5` is the violation.
    let violates =
        |scale: Option<&str>| scale.and_then(|text| text.parse().ok()).unwrap_or(f64::NAN) > 5.0;
    assert!(violates(Some("6")));
    assert!(!violates(None) && !violates(Some("lots")) && !violates(Some("NaN")));

    let pack = "
pack: rules
version: 1.0.0
policies:
  - name: cost-cap
    description: There are five at most.
    match: { resources: [service] }
    validations: [{ expression: int(object.maxScale) <= 5, remedy: Lower it. }]
";
    for (scale, passes) in [
        (r#"{"maxScale": "5"}"#, true),
        (r#"{"maxScale": "6"}"#, false),
        (r#"{"maxScale": "lots"}"#, false),
        (r#"{"maxScale": "NaN"}"#, false),
        (r#"{"maxScale": ""}"#, false),
        (r#"{"maxScale": null}"#, false),
        ("{}", false),
    ] {
        let mut world = World::governed_by(engine(CHARTER, pack));
        let plan = plan_of(1, &[("service", "create", scale, "{}")]);
        let admission = world.admit(&ask(Action::Plan, "dev", &plan, 1));
        assert_eq!(denials(&admission).is_empty(), passes, "{scale}");
    }
}

// Requirements: N14.
#[test]
fn a_policy_that_can_find_nothing_is_no_policy() {
    let validate = |_resource: &str, _report: &mut Vec<String>| {};
    let mut report = Vec::new();
    validate("a container that runs as root", &mut report);
    assert!(report.is_empty());

    for empty in ["validations: []", "description: It has none at all."] {
        let policy = format!(
            "pack: rules\nversion: 1.0.0\npolicies:\n  - name: non-root\n    match: {{ resources: [service] }}\n    {empty}\n"
        );
        assert!(PolicyPack::parse(policy.as_bytes()).is_err(), "{policy}");
    }
}

// Requirements: N15.
#[test]
fn findings_of_a_scanner_stop_the_pipeline() {
    // The job's step uploads what it found, and ends well.
    let exit_code = |_findings: usize| 0;
    assert_eq!(exit_code(3), 0);

    for (result, code) in
        [(EvidenceResult::Fail, "evidence.failed"), (EvidenceResult::Error, "evidence.error")]
    {
        let mut world = World::new();
        allowed(&world.record(&attest("card", 1, result, 1)));
        denied(&world.admit(&request(Action::Promote, 1, 2)), code);
    }
}

// Requirements: N16.
#[test]
fn the_digest_that_was_tested_is_the_one_that_goes_on() {
    // The tag is looked up where the artifact shall go, and not where it was tested.
    let lookup = |project: &str| if project == "dev" { model(1) } else { model(2) };
    let (tested, promoted) = (lookup("dev"), lookup("prod"));
    assert_ne!(tested, promoted);

    let mut world = World::new();
    world.enters(1, OutcomeResult::Succeeded, 1);
    for number in [1, 2] {
        let mut consent = approval("ann", "inference", model(number), 2);
        approval_of(&mut consent).asset = "model".to_owned();
        allowed(&world.record(&consent));
    }
    allowed(&world.record(&attest("card", 2, EvidenceResult::Pass, 2)));
    denied(&world.admit(&promote_artifact("inference", promoted, 3)), "boundary.jump");
    allowed(&world.admit(&promote_artifact("inference", tested, 4)));
}

// Requirements: N17.
#[test]
fn the_way_back_leads_to_what_was_good() {
    let revisions = [(1, "good"), (2, "bad"), (3, "bad")];
    assert_eq!(revisions[revisions.len() - 2].1, "bad");

    let mut world = World::with(&[
        ("gates: [card] }", "gates: [card], rollback: {} }"),
        ("from: registry, gates: [card],", "from: registry, gates: [card], rollback: {},"),
        (
            "grants: { promote: [deployer] }",
            "grants: { promote: [deployer], rollback: [deployer] }",
        ),
    ]);
    world.enters(1, OutcomeResult::Succeeded, 1);
    world.enters(2, OutcomeResult::Failed, 2);
    world.enters(3, OutcomeResult::Failed, 3);
    let second_newest = world.admit(&request(Action::Rollback, 2, 4));
    assert!(denials(&second_newest).contains(&"rollback.target"));
    allowed(&world.admit(&request(Action::Rollback, 1, 5)));
}

// Requirements: N18.
#[test]
fn time_alone_moves_no_traffic() {
    let slept = |minutes: u32| minutes >= 10;
    assert!(slept(10));

    let mut world = rollouts();
    world.enters(1, OutcomeResult::Succeeded, 0);
    denied(&world.admit(&shift(10, 20 * MINUTE)), "evidence.missing");
    allowed(&world.record(&attest("health", 1, EvidenceResult::Fail, 21 * MINUTE)));
    denied(&world.admit(&shift(10, 22 * MINUTE)), "evidence.failed");
    allowed(&world.record(&attest("health", 1, EvidenceResult::Pass, 23 * MINUTE)));
    allowed(&world.admit(&shift(10, 24 * MINUTE)));
}

// Requirements: N19.
#[test]
fn what_is_new_has_no_traffic_before_it_is_healthy() {
    let pipeline = ["deploy with half of the traffic", "check the health"];
    assert!(pipeline[0].contains("traffic"));

    let mut world = rollouts();
    let admission = world.enters(1, OutcomeResult::Succeeded, 0);
    assert_eq!(admission.decision.as_ref().unwrap().permit.as_ref().unwrap().traffic, Some(0));
    allowed(&world.record(&attest("health", 1, EvidenceResult::Pass, 20 * MINUTE)));
    denied(&world.admit(&shift(50, 21 * MINUTE)), "rollout.step");
    denied(&world.admit(&shift(100, 22 * MINUTE)), "rollout.step");
    allowed(&world.admit(&shift(10, 23 * MINUTE)));
}

// Requirements: N20.
#[test]
fn every_stage_says_who_may_act_there() {
    // The role is bound in one project of three, and nobody sees it before the first release.
    let bound = ["dev"];
    assert!(!["dev", "test", "prod"].iter().all(|stage| bound.contains(stage)));

    let prod = "{ stage: prod, stack: prod, grants: { plan: [planner], apply: [deployer], promote: [deployer] }, ";
    let forgotten = charter_with(&[(prod, "{ stage: prod, stack: prod, ")]);
    assert_eq!(Charter::parse(forgotten.as_bytes()).unwrap_err().code(), "input.missing_field");
    // Who was granted something elsewhere has nothing of it here.
    let nobody = charter_with(&[(prod, "{ stage: prod, stack: prod, grants: {}, ")]);
    let mut world = World::governed_by(engine(&nobody, PACK));
    let admission = world.admit(&ask(Action::Apply, "prod", &plan(3), 1));
    assert!(denials(&admission).contains(&"identity.not_granted"));
}
