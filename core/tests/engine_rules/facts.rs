//! Facts are admitted like requests: the charter says who may record what.

use poundlock::{
    digest::Digest,
    engine::codes,
    model::{
        Action, FactKind,
        OutcomeResult::{Failed, Succeeded, Unknown},
        Verdict,
    },
};

use crate::support::*;

// Requirements: R005, R023.
#[test]
fn a_fact_is_its_recorders_to_record() {
    let mut world = World::new();
    for actor in ["checker", "deployer", "planner"] {
        let mut fact = approval("ann", "test", plan(1).digest, 0);
        fact.id = actor.to_owned();
        fact.actor = workload(actor);
        denied(&world.record(&fact), codes::FACT_NOT_RECORDER);
    }
    // Not even the person: their word comes through the attestor that verified it.
    let mut fact = approval("ann", "test", plan(1).digest, 0);
    fact.actor = human("ann");
    denied(&world.record(&fact), codes::FACT_NOT_RECORDER);
    let admission = world.record(&approval("ann", "test", plan(1).digest, 0));
    allowed(&admission);
    assert!(found(&admission, codes::FACT_OK));
}

#[test]
fn an_approver_is_a_declared_person() {
    let mut world = World::new();
    for by in ["mallory", "checker"] {
        denied(&world.record(&approval(by, "test", plan(1).digest, 0)), codes::FACT_APPROVER);
    }
    allowed(&world.record(&approval("dan", "test", plan(1).digest, 0)));
}

#[test]
fn an_approval_is_for_a_declared_stage() {
    let mut world = World::new();
    denied(&world.record(&approval("ann", "qa", plan(1).digest, 0)), codes::FACT_SUBJECT);
    let mut fact = approval("ann", "test", plan(1).digest, 0);
    approval_of(&mut fact).track = Some("models".to_owned());
    denied(&world.record(&fact), codes::FACT_SUBJECT);
    fact.id = "in its own track".to_owned();
    approval_of(&mut fact).track = Some("infra".to_owned());
    allowed(&world.record(&fact));
}

/// What ends at an instant is still worth something at that instant, and not after it.
#[test]
fn an_approval_that_has_ended_is_not_recorded() {
    let mut world = World::new();
    let mut fact = approval("ann", "test", plan(1).digest, 10);
    approval_of(&mut fact).expires = Some(at(9));
    denied(&world.record(&fact), codes::FACT_EXPIRED);
    fact.id = "just in time".to_owned();
    approval_of(&mut fact).expires = Some(at(10));
    allowed(&world.record(&fact));
}

#[test]
fn evidence_is_for_a_declared_gate() {
    let mut world = World::new();
    let mut fact = evidence(
        poundlock::model::About::Plan(plan(1).digest),
        poundlock::model::EvidenceResult::Pass,
        0,
    );
    evidence_of(&mut fact).gate = "divination".to_owned();
    denied(&world.record(&fact), codes::FACT_SUBJECT);
}

#[test]
fn evidence_is_not_from_the_future() {
    let mut world = World::new();
    for (ahead, verdict) in [(MINUTE, Verdict::Allow), (MINUTE + 1, Verdict::Deny)] {
        let mut fact = evidence(
            poundlock::model::About::Plan(plan(1).digest),
            poundlock::model::EvidenceResult::Pass,
            0,
        );
        fact.id = ahead.to_string();
        evidence_of(&mut fact).produced = at(ahead);
        let admission = world.record(&fact);
        assert_eq!(admission.verdict, verdict);
        assert_eq!(found(&admission, codes::FACT_FUTURE), verdict == Verdict::Deny);
    }
}

// Requirements: R367.
#[test]
fn an_outcome_is_the_permit_holders_to_report() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    let admission = world.admit(&ask(Action::Apply, "dev", &plan(1), 0));
    let mut by_another = outcome(admission.entry, Succeeded, 1);
    by_another.actor = workload("planner");
    denied(&world.record(&by_another), codes::FACT_PERMIT);
    denied(&world.record(&outcome(Digest::of(b"no permit"), Succeeded, 1)), codes::FACT_PERMIT);
    assert_eq!(world.state.status().pending.len(), 1);
    allowed(&world.record(&outcome(admission.entry, Succeeded, 1)));
    assert_eq!(world.state.status().pending.len(), 0);
}

#[test]
fn an_outcome_is_final_unless_it_is_unknown() {
    for (first, second, verdict) in [
        (Unknown, Succeeded, Verdict::Allow),
        (Unknown, Failed, Verdict::Allow),
        (Succeeded, Failed, Verdict::Deny),
        (Failed, Succeeded, Verdict::Deny),
        (Succeeded, Unknown, Verdict::Deny),
    ] {
        let mut world = World::new();
        world.prepare("dev", &plan(1), 0);
        let admission = world.admit(&ask(Action::Apply, "dev", &plan(1), 0));
        allowed(&world.record(&outcome(admission.entry, first, 1)));
        let second = world.record(&outcome(admission.entry, second, 2));
        assert_eq!(second.verdict, verdict);
        if verdict == Verdict::Deny {
            denied(&second, codes::FACT_PERMIT);
        }
    }
}

/// A plan and a promoted change have not been carried out, so that nothing can have come of them.
#[test]
fn only_acts_have_outcomes() {
    let mut world = World::new();
    world.through_dev(0);
    world.prepare("test", &plan(2), 0);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 0)));
    let promotion = world.admit(&ask(Action::Promote, "test", &plan(2), 0));
    allowed(&promotion);
    denied(&world.record(&outcome(promotion.entry, Succeeded, 1)), codes::FACT_PERMIT);
    let denial = world.admit(&ask(Action::Apply, "prod", &plan(2), 0));
    assert_eq!(denial.verdict, Verdict::Deny);
    denied(&world.record(&outcome(denial.entry, Succeeded, 1)), codes::FACT_PERMIT);
}

#[test]
fn only_what_is_unspent_can_be_withdrawn() {
    let mut world = World::new();
    world.through_dev(0);
    world.prepare("test", &plan(2), 0);
    let consent = world.record(&approval("ann", "test", plan(2).digest, 0));
    denied(&world.record(&withdrawal(Digest::of(b"nothing"), 0)), codes::FACT_NOTHING);
    let mut by_another = withdrawal(consent.entry, 0);
    by_another.actor = workload("checker");
    denied(&world.record(&by_another), codes::FACT_NOT_RECORDER);
    let applied = world.admit(&ask(Action::Apply, "test", &plan(2), 0));
    allowed(&applied);
    // The consent is spent, and the act is under way.
    denied(&world.record(&withdrawal(consent.entry, 1)), codes::FACT_NOTHING);
    denied(&world.record(&withdrawal(applied.entry, 1)), codes::FACT_NOTHING);
    let other = world.record(&approval("ann", "test", plan(2).digest, 2));
    allowed(&world.record(&withdrawal(other.entry, 3)));
    denied(&world.record(&withdrawal(other.entry, 4)), codes::FACT_NOTHING);
}

/// A refused fact is in the book and takes no id, so that the true one can still be recorded.
#[test]
fn a_refused_fact_takes_no_id() {
    let mut world = World::new();
    let fact = approval("ann", "test", plan(1).digest, 0);
    let mut false_one = fact.clone();
    false_one.actor = workload("checker");
    let size = world.size();
    denied(&world.record(&false_one), codes::FACT_NOT_RECORDER);
    assert_eq!(world.size(), size + 1);
    allowed(&world.record(&fact));
    let repeated = world.record(&fact);
    assert!(repeated.repeated);
}

#[test]
fn a_fact_repeated_with_other_content_is_refused() {
    let mut world = World::new();
    let mut fact = approval("ann", "test", plan(1).digest, 0);
    allowed(&world.record(&fact));
    approval_of(&mut fact).by = "bob".to_owned();
    denied(&world.record(&fact), codes::REQUEST_ID_REUSED);
    fact.id = "its own".to_owned();
    allowed(&world.record(&fact));
    fact.at = at(DAY + 1);
    denied(&world.record(&fact), codes::REQUEST_STALE);
}

/// Only an amendment has texts to be kept, so that nobody fills the store with other things.
#[test]
fn facts_bring_no_attachments() {
    let mut world = World::new();
    let fact = approval("ann", "test", plan(1).digest, 0);
    let texts = [b"a report".to_vec()];
    let error = world.engine.record(&fact, &texts, &world.ledger, &mut world.state).unwrap_err();
    assert_eq!(error.code(), "input.invalid_value");
    allowed(&world.record(&fact));
}

/// What an actor is known by is for the decision, and stays out of what cannot be erased.
#[test]
fn claims_stay_out_of_entries() {
    let mut world = World::new();
    let mut fact = approval("ann", "test", plan(1).digest, 0);
    fact.actor.claims.insert("email".into(), "attestor@example.org".into());
    allowed(&world.record(&fact));
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    request.actor.claims.insert("email".into(), "planner@example.org".into());
    allowed(&world.admit(&request));
    for recorded in world.ledger.read(0, 10).unwrap() {
        let text = String::from_utf8_lossy(&recorded.entry.body).into_owned();
        assert!(!text.contains("@example.org"), "entry {}", recorded.entry.sequence);
    }
    assert!(matches!(fact.fact, FactKind::Approval(_)));
}
