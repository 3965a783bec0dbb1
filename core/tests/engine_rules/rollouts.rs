//! Traffic follows what was deployed step by step, and goes back at once (R468 to R493).

use poundlock::{
    digest::Digest,
    engine::{Admission, codes},
    model::{About, Action, EvidenceResult, OutcomeResult, Request},
};

use crate::support::*;

fn model(number: u8) -> Digest {
    Digest::of(&[number])
}

/// A charter whose models get their traffic in steps, with a gate about them.
fn world() -> World {
    world_of("[10, 50, 100]")
}

/// The same with these steps.
pub(crate) fn world_of(steps: &str) -> World {
    let rollout = format!(
        "{{ into: registry, gates: [card], rollback: {{}}, rollout: {{ steps: {steps}, wait: 60s, gate: health }} }}"
    );
    World::with(&[
        ("{ into: registry, gates: [card] }", &rollout),
        (
            "from: registry, gates: [card],",
            "from: registry, gates: [card], rollback: {}, rollout: { steps: [100], wait: 60s, gate: health },",
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

fn request(action: Action, number: u8, seconds: i64) -> Request {
    let request = promote_artifact("registry", model(number), seconds);
    Request { action, id: format!("{}-{number}-{seconds}", action.word()), ..request }
}

fn shift(number: u8, traffic: u8, seconds: i64) -> Request {
    let request = request(Action::Shift, number, seconds);
    Request { id: format!("{}-{traffic}", request.id), traffic: Some(traffic), ..request }
}

impl World {
    fn healthy(&mut self, number: u8, result: EvidenceResult, seconds: i64) {
        let mut health = evidence(About::Artifact(model(number)), result, seconds);
        evidence_of(&mut health).gate = "health".to_owned();
        health.id.push_str("-health");
        allowed(&self.record(&health));
    }

    fn done(&mut self, admission: &Admission, seconds: i64) {
        allowed(admission);
        allowed(&self.record(&outcome(admission.entry, OutcomeResult::Succeeded, seconds)));
    }

    /// Deploys a model without traffic.
    fn deploy(&mut self, number: u8, seconds: i64) {
        allowed(&self.record(&evidence(
            About::Artifact(model(number)),
            EvidenceResult::Pass,
            seconds,
        )));
        let admission = self.admit(&request(Action::Promote, number, seconds));
        let permit = admission.decision.as_ref().unwrap().permit.as_ref();
        assert_eq!(permit.and_then(|permit| permit.traffic), Some(0));
        self.done(&admission, seconds);
    }

    fn step(&mut self, number: u8, traffic: u8, seconds: i64) {
        self.healthy(number, EvidenceResult::Pass, seconds);
        let admission = self.admit(&shift(number, traffic, seconds));
        let permit = admission.decision.as_ref().unwrap().permit.as_ref();
        assert_eq!(permit.and_then(|permit| permit.traffic), Some(traffic));
        self.done(&admission, seconds);
    }

    /// Brings a model to all of the traffic.
    fn roll_out(&mut self, number: u8, seconds: i64) {
        self.deploy(number, seconds);
        self.step(number, 10, seconds + 60);
        self.step(number, 50, seconds + 120);
        self.step(number, 100, seconds + 180);
    }

    fn lineage(&self) -> Option<String> {
        let status = self.state.status();
        status.deployments.first().map(|one| one.deployment.lineage.clone())
    }
}

/// R471, R476, R492: nothing is deployed before it has all of the traffic.
// Requirements: R471, R476, R488, R492, R493.
#[test]
fn traffic_follows_in_steps() {
    let mut world = world();
    world.deploy(1, 0);
    assert_eq!(world.lineage(), None);
    world.step(1, 10, 60);
    world.step(1, 50, 120);
    assert_eq!(world.lineage(), None);
    assert_eq!(world.state.status().rollouts[0].traffic, 50);
    // Half of the traffic is no success that the next stage could build on (R132).
    let next = promote_artifact("inference", model(1), 130);
    assert!(denials(&world.admit(&next)).contains(&codes::BOUNDARY_NOT_SUCCEEDED));
    world.step(1, 100, 180);
    assert_eq!(world.lineage(), Some(model(1).to_string()));
    assert!(world.state.status().rollouts.is_empty());
    let next = promote_artifact("inference", model(1), 190);
    assert!(!denials(&world.admit(&next)).contains(&codes::BOUNDARY_NOT_SUCCEEDED));
}

// Requirements: R476, N19.
#[test]
fn no_step_is_left_out_repeated_or_named_elsewhere() {
    let mut world = world();
    world.deploy(1, 0);
    world.healthy(1, EvidenceResult::Pass, 60);
    for traffic in [0, 5, 50, 100] {
        denied(&world.admit(&shift(1, traffic, 60)), codes::ROLLOUT_STEP);
    }
    let nameless = request(Action::Shift, 1, 61);
    denied(&world.admit(&nameless), codes::ROLLOUT_STEP);
    world.step(1, 10, 62);
    world.healthy(1, EvidenceResult::Pass, 122);
    denied(&world.admit(&shift(1, 10, 122)), codes::ROLLOUT_STEP);
    let back = Request { traffic: Some(100), ..request(Action::Promote, 2, 130) };
    assert!(denials(&world.admit(&back)).contains(&codes::ROLLOUT_STEP));
}

/// R472, R477: each step waits, and needs to see how the one before it turned out.
// Requirements: R472, R475, R477, R487, R488, N18.
#[test]
fn a_step_needs_time_and_evidence_of_the_one_before() {
    let mut world = world();
    world.deploy(1, 0);
    denied(&world.admit(&shift(1, 10, 60)), codes::EVIDENCE_MISSING);
    world.healthy(1, EvidenceResult::Pass, 0);
    denied(&world.admit(&shift(1, 10, 61)), codes::EVIDENCE_EARLY);
    world.healthy(1, EvidenceResult::Pass, 1);
    denied(&world.admit(&shift(1, 10, 59)), codes::ROLLOUT_WAIT);
    let admission = world.admit(&shift(1, 10, 62));
    world.done(&admission, 70);
    denied(&world.admit(&shift(1, 50, 130)), codes::EVIDENCE_EARLY);
    world.healthy(1, EvidenceResult::Fail, 131);
    denied(&world.admit(&shift(1, 50, 132)), codes::EVIDENCE_FAILED);
    world.healthy(1, EvidenceResult::Pass, 133);
    let pending = world.admit(&shift(1, 50, 134));
    allowed(&pending);
    world.healthy(1, EvidenceResult::Pass, 200);
    let early = world.admit(&shift(1, 100, 201));
    assert!(denials(&early).contains(&codes::BOUNDARY_PENDING));
}

/// R478, R480: a failure leads back to the last known good, and nowhere else.
// Requirements: R468, R478, R480, M19, N17.
#[test]
fn a_failed_step_leads_back_alone() {
    let mut world = world();
    world.roll_out(1, 0);
    world.deploy(2, 300);
    allowed(&world.record(&evidence(About::Artifact(model(3)), EvidenceResult::Pass, 300)));
    denied(&world.admit(&request(Action::Promote, 3, 301)), codes::ROLLOUT_UNFINISHED);
    world.healthy(2, EvidenceResult::Pass, 360);
    let step = world.admit(&shift(2, 10, 360));
    allowed(&step);
    allowed(&world.record(&outcome(step.entry, OutcomeResult::Failed, 370)));
    world.healthy(2, EvidenceResult::Pass, 430);
    denied(&world.admit(&shift(2, 10, 430)), codes::ROLLOUT_FAILED);
    denied(&world.admit(&request(Action::Promote, 3, 431)), codes::ROLLOUT_FAILED);
    denied(&world.admit(&request(Action::Rollback, 2, 432)), codes::ROLLBACK_TARGET);
    denied(&world.admit(&request(Action::Rollback, 3, 433)), codes::ROLLBACK_TARGET);
    let back = world.admit(&request(Action::Rollback, 1, 434));
    let permit = back.decision.as_ref().unwrap().permit.as_ref();
    assert_eq!(permit.and_then(|permit| permit.traffic), Some(100));
    world.done(&back, 435);
    assert_eq!(world.lineage(), Some(model(1).to_string()));
    assert!(world.state.status().rollouts.is_empty());
    allowed(&world.admit(&request(Action::Promote, 3, 436)));
}

/// Where the only step is all of the traffic, it gets there or goes back.
// Requirements: R483.
#[test]
fn one_step_is_all_or_nothing() {
    let mut world = world_of("[100]");
    world.deploy(1, 0);
    world.step(1, 100, 60);
    assert_eq!(world.lineage(), Some(model(1).to_string()));
    world.deploy(2, 100);
    world.healthy(2, EvidenceResult::Fail, 160);
    denied(&world.admit(&shift(2, 100, 160)), codes::EVIDENCE_FAILED);
    world.healthy(2, EvidenceResult::Pass, 161);
    let step = world.admit(&shift(2, 100, 162));
    allowed(&step);
    allowed(&world.record(&outcome(step.entry, OutcomeResult::Failed, 163)));
    let back = world.admit(&request(Action::Rollback, 1, 164));
    world.done(&back, 165);
    assert_eq!(world.lineage(), Some(model(1).to_string()));
}

/// Where there is nothing to go back to, another attempt is the only way on.
#[test]
fn the_first_rollout_may_be_replaced() {
    let mut world = world();
    world.deploy(1, 0);
    world.healthy(1, EvidenceResult::Fail, 60);
    denied(&world.admit(&request(Action::Rollback, 1, 61)), codes::ROLLBACK_TARGET);
    world.deploy(2, 62);
    let replaced = world.admit(&shift(1, 10, 130));
    assert!(denials(&replaced).contains(&codes::ROLLOUT_OTHER));
    world.step(2, 10, 131);
}

#[test]
fn only_what_was_deployed_gets_traffic() {
    let mut world = world();
    world.deploy(1, 0);
    world.healthy(2, EvidenceResult::Pass, 60);
    denied(&world.admit(&shift(2, 10, 60)), codes::ROLLOUT_OTHER);
    let mut elsewhere = shift(1, 10, 61);
    elsewhere.asset = "other".to_owned();
    assert!(denials(&world.admit(&elsewhere)).contains(&codes::ROLLOUT_OTHER));
    let mut plain = World::with(&[(
        "{ stage: registry, grants: { promote: [deployer]",
        "{ stage: registry, grants: { promote: [deployer], shift: [deployer]",
    )]);
    denied(&plain.admit(&shift(1, 10, 60)), codes::BOUNDARY_NOT_OFFERED);
}

/// A late report of a step that was gone back from does not bring its traffic back.
#[test]
fn going_back_is_the_last_word() {
    let mut world = world();
    world.roll_out(1, 0);
    world.deploy(2, 300);
    world.step(2, 10, 360);
    world.step(2, 50, 420);
    world.healthy(2, EvidenceResult::Pass, 480);
    let step = world.admit(&shift(2, 100, 480));
    allowed(&step);
    denied(&world.admit(&request(Action::Rollback, 1, 481)), codes::BOUNDARY_PENDING);
    allowed(&world.record(&outcome(step.entry, OutcomeResult::Unknown, 482)));
    let back = world.admit(&request(Action::Rollback, 1, 483));
    world.done(&back, 484);
    allowed(&world.record(&outcome(step.entry, OutcomeResult::Succeeded, 485)));
    assert_eq!(world.lineage(), Some(model(1).to_string()));
    let next = promote_artifact("inference", model(2), 486);
    assert!(denials(&world.admit(&next)).contains(&codes::BOUNDARY_NOT_SUCCEEDED));
}

/// The same for changes: a shift names the plan that was applied, and hands none in.
#[test]
fn changes_are_rolled_out_too() {
    let rule = "rollback: {}, rollout: { steps: [50, 100], wait: 60s, gate: scan },";
    let (dev, test, prod) = (
        format!("{{ into: dev, {rule}"),
        format!("{{ into: test, {rule}"),
        format!("{{ into: prod, {rule}"),
    );
    let mut world = World::with(&[
        ("{ into: dev,", &dev),
        ("{ into: test,", &test),
        ("{ into: prod,", &prod),
        ("promote: [deployer] }", "promote: [deployer], rollback: [deployer], shift: [deployer] }"),
    ]);
    world.through_dev(0);
    let shift = |number: u8, traffic: u8, seconds: i64| Request {
        traffic: Some(traffic),
        plan: None,
        ..ask(Action::Shift, "dev", &plan(number), seconds)
    };
    let scan = |seconds| evidence(About::Plan(plan(1).digest), EvidenceResult::Pass, seconds);
    allowed(&world.record(&scan(60)));
    let half = world.admit(&shift(1, 50, 61));
    world.done(&half, 62);
    let other = world.admit(&shift(2, 100, 130));
    assert!(denials(&other).contains(&codes::ROLLOUT_OTHER));
    // A plan that is merely handed in along with it would count as carried out.
    let along = Request { id: "along".into(), plan: Some(plan(9).into()), ..shift(1, 100, 130) };
    assert!(denials(&world.admit(&along)).contains(&codes::SUBJECT_PLAN_MISMATCH));
    allowed(&world.record(&scan(131)));
    let all = world.admit(&shift(1, 100, 132));
    world.done(&all, 133);
    assert_eq!(world.lineage(), Some(COMMIT.to_owned()));
}

/// What is under way survives a snapshot.
#[test]
fn a_snapshot_keeps_rollouts_and_what_is_good() {
    let mut world = world();
    world.roll_out(1, 0);
    world.deploy(2, 300);
    world.snapshot();
    let opened = poundlock::state::State::open(&world.ledger).unwrap();
    assert_eq!(opened, world.state);
    world.state = opened;
    world.step(2, 10, 360);
    let back = world.admit(&request(Action::Rollback, 1, 361));
    world.done(&back, 362);
}
