//! On what evidence: passing, fresh, about this subject, by the gate's producer; the latest counts.

use poundlock::{
    digest::Digest,
    engine::{Admission, codes},
    model::{
        About, Action,
        EvidenceResult::{self, Error, Fail, Pass},
    },
};

use crate::support::*;

fn planned() -> World {
    let mut world = World::new();
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(1), 0)));
    world
}

fn scan(result: EvidenceResult, seconds: i64) -> poundlock::model::Fact {
    evidence(About::Plan(plan(1).digest), result, seconds)
}

fn apply(world: &mut World, seconds: i64) -> Admission {
    world.admit(&ask(Action::Apply, "dev", &plan(1), seconds))
}

// Requirements: R058, R089, R175, R188, M18.
#[test]
fn a_gate_needs_evidence() {
    let mut world = planned();
    denied(&apply(&mut world, 0), codes::EVIDENCE_MISSING);
    allowed(&world.record(&scan(Pass, 1)));
    let admission = apply(&mut world, 1);
    allowed(&admission);
    assert!(found(&admission, codes::EVIDENCE_OK));
}

#[test]
fn evidence_is_about_one_subject() {
    let mut world = planned();
    allowed(&world.record(&evidence(About::Plan(plan(2).digest), Pass, 0)));
    denied(&apply(&mut world, 1), codes::EVIDENCE_MISSING);
    for about in [About::Commit(COMMIT.to_owned()), About::Artifact(plan(1).digest)] {
        let mut fact = scan(Pass, 2);
        fact.id = format!("{about:?}");
        evidence_of(&mut fact).about = about;
        denied(&world.record(&fact), codes::FACT_SUBJECT);
    }
    denied(&apply(&mut world, 2), codes::EVIDENCE_MISSING);
    allowed(&world.record(&scan(Pass, 3)));
    allowed(&apply(&mut world, 3));
}

// Requirements: R023.
#[test]
fn evidence_is_its_producers_to_record() {
    let mut world = planned();
    let mut fact = scan(Pass, 0);
    fact.actor = workload("deployer");
    denied(&world.record(&fact), codes::FACT_NOT_RECORDER);
    denied(&apply(&mut world, 0), codes::EVIDENCE_MISSING);
    fact.actor = workload("second-checker");
    allowed(&world.record(&fact));
    allowed(&apply(&mut world, 1));
}

// Requirements: R180, R188, R302, N15.
#[test]
fn the_latest_word_counts() {
    let mut world = planned();
    allowed(&world.record(&scan(Pass, 0)));
    allowed(&world.record(&scan(Fail, 1)));
    denied(&apply(&mut world, 2), codes::EVIDENCE_FAILED);
    allowed(&world.record(&scan(Error, 3)));
    denied(&apply(&mut world, 4), codes::EVIDENCE_ERROR);
    allowed(&world.record(&scan(Pass, 5)));
    allowed(&apply(&mut world, 6));
}

/// What is recorded late was still produced earlier.
#[test]
fn the_latest_word_is_the_one_produced_last() {
    let mut world = planned();
    allowed(&world.record(&scan(Fail, 10)));
    let mut earlier = scan(Pass, 20);
    evidence_of(&mut earlier).produced = at(5);
    allowed(&world.record(&earlier));
    denied(&apply(&mut world, 21), codes::EVIDENCE_FAILED);
}

#[test]
fn a_second_producers_failure_counts_like_the_firsts() {
    let mut world = planned();
    allowed(&world.record(&scan(Pass, 0)));
    let mut fact = scan(Fail, 1);
    fact.actor = workload("second-checker");
    allowed(&world.record(&fact));
    denied(&apply(&mut world, 2), codes::EVIDENCE_FAILED);
}

#[test]
fn evidence_ages() {
    let mut world = planned();
    allowed(&world.record(&scan(Pass, 0)));
    denied(&apply(&mut world, DAY + 1), codes::EVIDENCE_STALE);
    let mut world = planned();
    allowed(&world.record(&scan(Pass, 0)));
    allowed(&apply(&mut world, DAY));
}

/// Its age is that of the tool's run, not of the recording.
#[test]
fn recording_late_does_not_make_evidence_young() {
    let mut world = planned();
    let mut fact = scan(Pass, DAY);
    evidence_of(&mut fact).produced = at(-1);
    allowed(&world.record(&fact));
    denied(&apply(&mut world, DAY), codes::EVIDENCE_STALE);
}

#[test]
fn evidence_of_the_future_is_none() {
    let mut world = planned();
    // Recorded within the skew, and asked for from further back.
    let mut fact = scan(Pass, MINUTE);
    evidence_of(&mut fact).produced = at(2 * MINUTE);
    allowed(&world.record(&fact));
    denied(&apply(&mut world, MINUTE - 1), codes::EVIDENCE_FUTURE);
    allowed(&apply(&mut world, MINUTE));
    let mut fact = scan(Pass, 2 * MINUTE);
    evidence_of(&mut fact).produced = at(3 * MINUTE + 1);
    denied(&world.record(&fact), codes::FACT_FUTURE);
}

#[test]
fn withdrawn_evidence_is_none() {
    let mut world = planned();
    let first = world.record(&scan(Pass, 0));
    allowed(&world.record(&withdrawal(first.entry, 1)));
    denied(&apply(&mut world, 1), codes::EVIDENCE_MISSING);
    denied(&world.record(&withdrawal(first.entry, 2)), codes::FACT_NOTHING);
    // Taking back a pass brings the failure before it back.
    allowed(&world.record(&scan(Fail, 3)));
    let pass = world.record(&scan(Pass, 4));
    allowed(&world.record(&withdrawal(pass.entry, 5)));
    denied(&apply(&mut world, 5), codes::EVIDENCE_FAILED);
}

#[test]
fn evidence_is_not_used_up() {
    let mut world = planned();
    let model = Digest::of(b"model");
    allowed(&world.record(&evidence(About::Artifact(model), Pass, 0)));
    for seconds in [0, 1] {
        allowed(&world.admit(&promote_artifact("registry", model, seconds)));
    }
}

/// A gate about the commit serves every stage that the commit passes.
#[test]
fn evidence_about_a_commit_serves_all_its_plans() {
    let mut world = World::with(&[("{ gate: scan, about: plan", "{ gate: scan, about: commit")]);
    allowed(&world.record(&evidence(About::Commit(COMMIT.to_owned()), Pass, 0)));
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(1), 0)));
    allowed(&apply(&mut world, 0));
    let mut other = ask(Action::Plan, "dev", &plan(2), 0);
    change_of(&mut other).commit = OTHER_COMMIT.to_owned();
    allowed(&world.admit(&other));
    let mut other = ask(Action::Apply, "dev", &plan(2), 1);
    change_of(&mut other).commit = OTHER_COMMIT.to_owned();
    let admission = world.admit(&other);
    assert!(denials(&admission).contains(&codes::EVIDENCE_MISSING));
}

/// What is over by the ledger's clock stays over for a request that dates itself back within the skew.
#[test]
fn an_instant_within_the_skew_makes_no_evidence_younger() {
    let mut world = planned();
    allowed(&world.record(&scan(Pass, 0)));
    let about = About::Plan(plan(9).digest);
    allowed(&world.record(&evidence(about, Pass, DAY + 30)));
    denied(&apply(&mut world, DAY), codes::EVIDENCE_STALE);
}
