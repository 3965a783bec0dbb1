//! Nothing that looks like a secret gets into the book, and the refusal tells nothing of it.

use poundlock::{
    engine::{Admission, codes},
    ledger::{Ledger, Recorded},
    model::{
        About, Action, Amendment, EvidenceResult, Fact, FactKind, Incident, IncidentKind,
        OutcomeResult, Plan, Request, Signature, Verdict,
    },
    state::State,
};
use proptest::prelude::*;

use crate::support::*;

/// Told from everything else that a ledger may hold.
const CANARY: &str = "CANARY7Zk2RmX9vBt4LpWcY8nHs3Dg6FjUaTe";

/// What looks like secrets of several kinds, each with the canary in it. Nothing here is written out, or tools that
/// look for secrets would find them in this file.
fn secrets() -> Vec<String> {
    vec![
        format!("ghp_{CANARY}"),
        format!("-----BEGIN {} KEY-----\n{CANARY}", "PRIVATE"),
        format!("postgres://app:{CANARY}@db.internal/app"),
        format!("DATABASE_PASSWORD={CANARY}"),
        format!("Authorization: Bearer {CANARY}"),
    ]
}

/// Demands that neither an entry nor an attachment holds the canary, in whatever form, and that each entry is what the
/// engine would write again.
fn keeps_no_secret(world: &World) {
    use base64ct::{Base64, Encoding as _};
    let encoded = Base64::encode_string(&CANARY.as_bytes()[..36]);
    let told = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        text.contains(CANARY) || text.contains(&encoded)
    };
    for Recorded { entry, .. } in world.ledger.read(0, 1_000).unwrap() {
        assert!(!told(&entry.body), "entry {} holds the secret", entry.sequence);
        for attachment in &entry.attachments {
            let bytes = world.ledger.attachment(attachment).unwrap().unwrap();
            assert!(!told(&bytes), "an attachment of entry {} holds the secret", entry.sequence);
        }
    }
    let mut state = State::new();
    let size = world.ledger.head().unwrap().size;
    let redecided = world.engine.redecide(&world.ledger, &mut state, size).unwrap();
    assert_eq!((redecided.entries, redecided.unavailable.len()), (size, 0));
}

#[track_caller]
fn refused(admission: &Admission, code: &str, pointer: &str) {
    assert_eq!(admission.verdict, Verdict::Deny);
    let findings = &admission.decision.as_ref().unwrap().findings;
    let places: Vec<_> = findings.iter().filter(|f| f.code == code).map(|f| &f.subject).collect();
    assert_eq!(places, [&Some(pointer.to_owned())]);
    assert!(!format!("{admission:?}").contains("CANARY"));
}

/// Each text of a request with its place.
type Plant = (&'static str, fn(&mut Request, String));

const PLACES: &[Plant] = &[
    ("/id", |request, text| request.id = text),
    ("/actor/id", |request, text| request.actor.id = text),
    ("/actor/claims/run", |request, text| drop(request.actor.claims.insert("run".into(), text))),
    ("/track", |request, text| request.track = Some(text)),
    ("/stage", |request, text| request.stage = text),
    ("/asset", |request, text| request.asset = text),
    ("/target/stack", |request, text| request.target.stack = Some(text)),
    ("/target/project", |request, text| request.target.project = Some(text)),
    ("/target/backend", |request, text| request.target.backend = Some(text)),
    ("/subject/change/commit", |request, text| change_of(request).commit = text),
    ("/subject/change/ref", |request, text| change_of(request).git_ref = text),
    ("/subject/change/author", |request, text| change_of(request).author = text),
    ("/reason", |request, text| request.reason = text),
    ("/run", |request, text| request.run = Some(text)),
    ("/rollback", |request, text| request.rollback = Some(text)),
    ("/paths/1", |request, text| request.paths = Some(vec!["a.tf".into(), text])),
    ("/tag", |request, text| request.tag = Some(text)),
    ("/signature/text", |request, text| {
        request.signature = Some(Signature { at: request.at, text });
    }),
];

// Requirements: R280, R282, R283, R285, R287.
#[test]
fn a_secret_is_refused_wherever_it_stands_in_a_request() {
    for (pointer, plant) in PLACES {
        let mut world = World::new();
        for (index, secret) in secrets().into_iter().enumerate() {
            if secret.contains('\n') && !["/reason", "/tag", "/signature/text"].contains(pointer) {
                continue;
            }
            let mut request = ask(Action::Plan, "dev", &plan(1), 0);
            request.id = format!("asked-{index}");
            plant(&mut request, secret);
            refused(&world.admit(&request), codes::REQUEST_SECRET, pointer);
        }
        keeps_no_secret(&world);
    }
}

/// Marks stand in another order than what they are for, and one may stand for two: the refusal is decided again from
/// what is left.
// Requirements: R280, R282.
#[test]
fn refusals_of_several_secrets_in_one_map_are_decided_again() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    for name in [format!("ghp_{CANARY}"), format!("ghp_{CANARY}b")] {
        request.actor.claims.insert(name, "fine".to_owned());
    }
    request.actor.claims.insert("aa".to_owned(), format!("DATABASE_PASSWORD={CANARY}"));
    let admission = world.admit(&request);
    assert!(denials(&admission).contains(&codes::REQUEST_SECRET));
    keeps_no_secret(&world);
}

/// The texts of facts, with their places.
fn facts(text: &str) -> Vec<(&'static str, Fact)> {
    let text = || text.to_owned();
    let passed = || evidence(About::Plan(plan(1).digest), EvidenceResult::Pass, 0);
    let mut by = approval("ann", "test", plan(1).digest, 0);
    approval_of(&mut by).by = text();
    let mut gate = passed();
    evidence_of(&mut gate).gate = text();
    let mut tool = passed();
    evidence_of(&mut tool).tool = Some(text());
    let mut note = outcome(plan(1).digest, OutcomeResult::Failed, 0);
    if let FactKind::Outcome(report) = &mut note.fact {
        report.note = Some(text());
    }
    let mut reason = withdrawal(plan(1).digest, 0);
    if let FactKind::Withdrawal(withdrawal) = &mut reason.fact {
        withdrawal.reason = text();
    }
    let incident = Incident {
        kind: IncidentKind::Drift,
        track: None,
        stage: "dev".to_owned(),
        asset: "web".to_owned(),
        found: true,
        seen: at(0),
        state: None,
        resources: vec![text()],
        severity: None,
        report: None,
        note: None,
    };
    let mut named = passed();
    named.id = text();
    vec![
        ("/fact/approval/by", by),
        ("/fact/evidence/gate", gate),
        ("/fact/evidence/tool", tool),
        ("/fact/outcome/note", note),
        ("/fact/withdrawal/reason", reason),
        ("/fact/incident/resources/0", fact(workload("checker"), 0, FactKind::Incident(incident))),
        ("/id", named),
    ]
}

// Requirements: R280, R282, R283, R285.
#[test]
fn a_secret_is_refused_wherever_it_stands_in_a_fact() {
    let mut world = World::new();
    for (index, secret) in secrets().iter().filter(|secret| !secret.contains('\n')).enumerate() {
        for (pointer, mut fact) in facts(secret) {
            if pointer != "/id" {
                fact.id = format!("{index} {pointer}");
            }
            refused(&world.record(&fact), codes::FACT_SECRET, pointer);
        }
    }
    keeps_no_secret(&world);
}

/// What refers to a secret is what the book should hold.
// Requirements: R286, R289.
#[test]
fn references_to_secrets_are_recorded() {
    let mut world = World::new();
    for reason in [
        "uses arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf",
        "DB_PASSWORD=projects/acme/secrets/db-password/versions/7",
        "rotate the password: see op://prod/db/password",
    ] {
        let mut request = ask(Action::Plan, "dev", &plan(1), 0);
        (request.id, request.reason) = (reason.to_owned(), reason.to_owned());
        allowed(&world.admit(&request));
    }
}

/// The secret is out already, and sending it again makes nothing of it.
#[test]
fn what_is_refused_once_is_refused_again() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    request.reason = secrets().remove(0);
    let first = world.admit(&request);
    let again = world.admit(&request);
    assert_eq!((again.sequence, again.repeated), (first.sequence, true));
    assert_eq!((again.verdict, again.live), (Verdict::Deny, false));
    // What comes under the same id without it is another request.
    request.reason = "because".to_owned();
    denied(&world.admit(&request), codes::REQUEST_ID_REUSED);
}

/// A plan that sets a value of a thing, in the words of Terraform.
fn plan_with(actions: &str, address: &str, value: &str) -> Plan {
    let value = serde_json::to_string(value).unwrap();
    let address = serde_json::to_string(address).unwrap();
    plan_from(
        9,
        &format!(
            r#""resource_changes": [{{"address": {address}, "mode": "managed", "type": "thing", "name": "a",
                "change": {{"actions": {actions}, "before": {{"public": false, "note": {value}}},
                "after": {{"public": false, "note": {value}}}, "after_unknown": {{}},
                "before_sensitive": false, "after_sensitive": {{}}}}}}]"#
        ),
    )
}

// Requirements: R280, R287.
#[test]
fn a_plan_with_a_secret_that_is_not_marked_is_refused_and_recorded_without_it() {
    for (index, secret) in secrets().into_iter().take(3).enumerate() {
        let mut world = World::new();
        let plan = plan_with(r#"["update"]"#, "thing.a", &format!("#!/bin/sh\n{secret}\nrun"));
        let admission = world.admit(&ask(Action::Plan, "dev", &plan, 0));
        denied(&admission, codes::PLAN_SECRET);
        keeps_no_secret(&world);
        // What is there already is no fault of this change, and is not recorded either.
        let plan = plan_with(r#"["no-op"]"#, &format!(r#"thing.a["{index}"]"#), &secret);
        allowed(&world.admit(&ask(Action::Plan, "dev", &plan, 1)));
        keeps_no_secret(&world);
    }
}

#[test]
fn the_key_of_an_instance_may_not_be_a_secret_either() {
    let mut world = World::new();
    let plan =
        plan_with(r#"["update"]"#, &format!(r#"thing.a["{}"]"#, secrets().remove(0)), "none");
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan, 0)));
    keeps_no_secret(&world);
}

/// What a host describes itself is searched as what Terraform plans.
// Requirements: R280.
#[test]
fn resources_with_a_secret_are_refused() {
    let mut world = World::new();
    let resources = serde_json::json!({ "resources": [
        { "type": "thing", "address": "a", "object": { "public": false, "note": secrets()[1] } },
    ] });
    let plan = Plan::from_resources(resources.to_string().as_bytes()).unwrap();
    denied(&world.admit(&ask(Action::Plan, "dev", &plan, 0)), codes::PLAN_SECRET);
    keeps_no_secret(&world);
}

/// A law is kept beside the ledger for ever.
// Requirements: R280, R287.
#[test]
fn no_law_with_a_secret_comes_into_force() {
    let secret = format!("version: 1.0.0 # ghp_{CANARY}");
    let text = charter_with(&[("version: 1.0.0\nunmatched", &format!("{secret}\nunmatched"))]);
    let broken = engine(&text, PACK);
    let begun = broken.begin(&Ledger::in_memory(), "test/origin", &[], at(0));
    assert_eq!(begun.unwrap_err().code(), "charter.secret");
    let world = World::new();
    let law = Some(broken.law().clone());
    let amendment = Amendment { law, keys: None, reason: "better".to_owned() };
    let fact = fact(human("ann"), 1, FactKind::Amendment(amendment));
    let recorded =
        world.engine.record(&fact, &broken.law_texts(), &world.ledger, &mut State::new());
    assert_eq!(recorded.unwrap_err().code(), "charter.secret");
    assert_eq!(world.size(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    // Requirements: R280, R282.
    #[test]
    fn no_entry_ever_holds_a_planted_secret(
        place in any::<prop::sample::Index>(),
        secret in any::<prop::sample::Index>(),
        around in "[ a-zA-Z0-9.,;-]{0,12}",
        encode in any::<bool>(),
    ) {
        use base64ct::{Base64, Encoding as _};
        let list = secrets();
        let mut text = format!("x{around} {} {around}x", secret.get(&list).replace('\n', " "));
        if encode {
            text = Base64::encode_string(text.as_bytes());
        }
        let mut world = World::new();
        let mut request = ask(Action::Plan, "dev", &plan(1), 0);
        let (pointer, plant) = place.get(PLACES);
        plant(&mut request, text);
        refused(&world.admit(&request), codes::REQUEST_SECRET, pointer);
        keeps_no_secret(&world);
    }
}
