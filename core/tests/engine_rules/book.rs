//! What the book says to whoever reads it: who did what, of which commit, when, why, and what was decided.

use poundlock::{
    canonical,
    charter::Lock,
    digest::Digest,
    engine::{Admission, codes},
    ledger::Entry,
    model::{About, Action, ActorKind, Channel, EvidenceResult, Plan, Request, Subject, Verdict},
    policy::PolicyPack,
    state::{DecisionBody, kind},
    value::Value,
};

use crate::support::*;

fn entry(world: &World, admission: &Admission) -> Entry {
    world.ledger.read(admission.sequence, 1).unwrap().remove(0).entry
}

fn decision(world: &World, admission: &Admission) -> DecisionBody {
    let entry = entry(world, admission);
    assert_eq!(entry.kind, kind::DECISION);
    canonical::from_bytes(&entry.body).unwrap()
}

/// A plan that gives a thing more room.
fn changing() -> Plan {
    plan_from(
        1,
        r#""resource_changes": [{"address": "thing.a", "mode": "managed", "type": "thing", "name": "a",
           "change": {"actions": ["update"], "before": {"public": false, "room": "little"},
           "after": {"public": false, "room": "more"}, "after_unknown": {}, "before_sensitive": false,
           "after_sensitive": {}}}]"#,
    )
}

// Requirements: R185, R187, R349, R350, R351, R353, R356, R357, R360, R366, R368, R372, R383.
#[test]
fn an_entry_says_who_did_what_when_why_and_by_which_policies() {
    let mut world = World::new();
    world.prepare("dev", &changing(), 0);
    let request =
        Request { run: Some("1001".to_owned()), ..ask(Action::Apply, "dev", &changing(), 7) };
    let admission = world.admit(&request);
    let body = decision(&world, &admission);
    let asked = &body.request;
    assert_eq!((asked.actor.kind, asked.actor.id.as_str()), (ActorKind::Workload, "deployer"));
    assert_eq!((asked.action, asked.stage.as_str()), (Action::Apply, "dev"));
    assert_eq!((asked.asset.as_str(), asked.target.stack.as_deref()), ("web", Some("dev")));
    assert_eq!((asked.at, entry(&world, &admission).at), (at(7), at(7)));
    assert_eq!((asked.reason.as_str(), asked.run.as_deref()), ("because", Some("1001")));
    let Subject::Change(change) = &asked.subject else { panic!("the subject is a change") };
    assert_eq!((change.commit.as_str(), change.author.as_str()), (COMMIT, "dan"));
    assert_eq!(change.plan, Some(changing().digest));
    assert_eq!(body.decision.verdict, Verdict::Allow);
    let pins = Lock::parse(lock(&[PACK]).as_bytes()).unwrap();
    assert_eq!(body.decision.charter, world.engine.charter().digest(&pins));
    let pack = PolicyPack::parse(PACK.as_bytes()).unwrap().digest();
    assert_eq!(body.packs.into_values().collect::<Vec<_>>(), [pack]);
    let passed: Vec<&str> =
        body.policies.iter().filter(|p| p.pass > 0).map(|p| p.policy.as_str()).collect();
    assert_eq!(passed, ["rules/private"]);
}

// Requirements: R056, R352, R370, R379.
#[test]
fn the_plan_with_what_it_alters_is_kept_beside_the_entry() {
    let mut world = World::new();
    let admission = world.admit(&ask(Action::Plan, "dev", &changing(), 0));
    let body = decision(&world, &admission);
    let kept = body.record.unwrap().plan.unwrap();
    let bytes = world.ledger.attachment(&kept).unwrap().unwrap();
    let kept = Plan::from_record(&canonical::decode_document(&bytes).unwrap()).unwrap();
    assert_eq!(kept.digest, changing().digest);
    let resource = &kept.resources[0];
    assert_eq!(resource.address, "thing.a");
    let room = |value: &Value| {
        value.as_ref().get("room").and_then(|room| room.as_str().map(str::to_owned))
    };
    assert_eq!(room(&resource.before).as_deref(), Some("little"));
    assert_eq!(room(&resource.after).as_deref(), Some("more"));
}

// Requirements: R150, R191.
#[test]
fn what_is_promoted_is_named_by_its_digest_in_permit_and_entry() {
    let mut world = World::new();
    let model = Digest::of(b"model");
    allowed(&world.record(&evidence(About::Artifact(model), EvidenceResult::Pass, 0)));
    let admission = world.admit(&promote_artifact("registry", model, 1));
    allowed(&admission);
    let permit = admission.decision.as_ref().unwrap().permit.clone().unwrap();
    assert_eq!(permit.digest, model);
    assert_eq!(decision(&world, &admission).permit, Some(permit));
}

// Requirements: R004, R005, R006, R007, R008, R040, R041, R059, R061, R062, R074, R101, R119, R121, R123, R371.
#[test]
fn what_people_try_by_hand_is_denied_and_stays_in_the_book() {
    let mut world = World::new();
    let plans = ["create", "update", "delete"]
        .map(|action| plan_of(1, &[("thing", action, r#"{"public": false}"#, "{}")]));
    let mut attempts: Vec<Request> = Vec::new();
    for plan in &plans {
        for action in
            [Action::Plan, Action::Apply, Action::Promote, Action::Rollback, Action::Shift]
        {
            attempts.push(ask(action, "prod", plan, 0));
        }
    }
    attempts.push(promote_artifact("inference", Digest::of(b"model"), 0));
    for (number, attempt) in attempts.into_iter().enumerate() {
        let person = Request {
            id: format!("person-{number}"),
            actor: human("ann"),
            channel: Channel::Local,
            ..attempt.clone()
        };
        let machine =
            Request { id: format!("machine-{number}"), channel: Channel::Local, ..attempt };
        for (request, code) in [(person, codes::IDENTITY_HUMAN), (machine, codes::CHANNEL_LOCAL)] {
            let admission = world.admit(&request);
            assert!(denials(&admission).contains(&code), "{:?}", denials(&admission));
            let body = decision(&world, &admission);
            assert_eq!(body.decision.verdict, Verdict::Deny);
            assert_eq!(body.request.actor.id, request.actor.id);
            assert_eq!((body.request.action, body.request.stage), (request.action, request.stage));
            assert!(body.decision.failures.iter().any(|failure| failure.code == code));
            assert!(body.permit.is_none());
        }
    }
}
