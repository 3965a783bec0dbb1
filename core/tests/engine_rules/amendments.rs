//! The law is replaced under the law that it replaces, and by nothing less.

use poundlock::{
    digest::Digest,
    engine::{Admission, Engine, codes},
    error::Result,
    model::{Action, Actor, Amendment, Fact, FactKind, Law},
    state::State,
};

use crate::support::*;

fn amendment(actor: Actor, law: &Law, seconds: i64) -> Fact {
    let amendment = Amendment { law: law.clone(), reason: "times change".to_owned() };
    fact(actor, seconds, FactKind::Amendment(amendment))
}

fn amend(world: &mut World, next: &Engine, actor: Actor, seconds: i64) -> Result<Admission> {
    let fact = amendment(actor, next.law(), seconds);
    world.engine.record(&fact, &next.law_texts(), &world.ledger, &mut world.state)
}

fn stricter() -> Engine {
    engine(&charter_with(&[("unmatched: allow", "unmatched: deny")]), PACK)
}

#[test]
fn an_amendment_replaces_the_law() {
    let mut world = World::new();
    let next = stricter();
    allowed(&amend(&mut world, &next, human("ann"), 0).unwrap());
    assert_eq!(world.state.law(), Some(next.law()));
    // The old engine decides nothing any more, and the new one does.
    let other = plan_of(1, &[("other", "create", "{}", "{}")]);
    let request = ask(Action::Plan, "dev", &other, 1);
    let error = world.engine.admit(&request, &world.ledger, &mut world.state).unwrap_err();
    assert_eq!(error.code(), "charter.mismatch");
    denied(
        &next.admit(&request, &world.ledger, &mut world.state).unwrap(),
        codes::POLICY_UNMATCHED,
    );
}

#[test]
fn the_law_in_force_is_found_beside_the_ledger() {
    let mut world = World::new();
    allowed(&amend(&mut world, &stricter(), human("ann"), 0).unwrap());
    let mut state = State::new();
    state.catch_up(&world.ledger).unwrap();
    let engine = Engine::of_ledger(&world.ledger, &state).unwrap();
    assert_eq!(engine.law(), stricter().law());
    let admission = engine.admit(&ask(Action::Plan, "dev", &plan(1), 1), &world.ledger, &mut state);
    allowed(&admission.unwrap());
}

#[test]
fn only_those_amend_whom_the_law_in_force_names() {
    let mut world = World::new();
    // The next charter would let bob amend; that does not help him now.
    let next = engine(
        &charter_with(&[("amendments: { actors: [ann] }", "amendments: { actors: [bob] }")]),
        PACK,
    );
    denied(&amend(&mut world, &next, human("bob"), 0).unwrap(), codes::FACT_NOT_RECORDER);
    assert_eq!(world.state.law(), Some(world.engine.law()));
    allowed(&amend(&mut world, &next, human("ann"), 1).unwrap());
    world.engine = next.into();
    denied(&amend(&mut world, &stricter(), human("ann"), 2).unwrap(), codes::FACT_NOT_RECORDER);
    allowed(&amend(&mut world, &stricter(), human("bob"), 3).unwrap());
}

#[test]
fn without_amendments_the_law_stands() {
    let mut world = World::with(&[("amendments: { actors: [ann] }\n", "")]);
    denied(&amend(&mut world, &stricter(), human("ann"), 0).unwrap(), codes::FACT_NOT_RECORDER);
}

#[test]
fn the_law_in_force_is_no_amendment() {
    let mut world = World::new();
    let same = engine(&format!("# another layout\n{CHARTER}"), PACK);
    denied(&amend(&mut world, &same, human("ann"), 0).unwrap(), codes::FACT_LAW);
    // A changed pack under the same charter is another law.
    let next = engine(CHARTER, &PACK.replace("< 8", "< 9"));
    allowed(&amend(&mut world, &next, human("ann"), 1).unwrap());
}

/// A law that nobody can read would end the ledger.
#[test]
fn a_law_that_cannot_be_read_does_not_come_into_force() {
    let mut world = World::new();
    let next = stricter();
    let size = world.size();
    let mut record = |law: &Law, texts: &[Vec<u8>]| {
        let fact = amendment(human("ann"), law, 0);
        world.engine.record(&fact, texts, &world.ledger, &mut world.state).unwrap_err()
    };
    // Without its texts, with some of them, and with those of another law.
    assert_eq!(record(next.law(), &[]).code(), "input.missing_field");
    assert_eq!(record(next.law(), &next.law_texts()[1..]).code(), "input.missing_field");
    let law = Law { digest: Digest::of(b"some law"), ..next.law().clone() };
    assert_eq!(record(&law, &next.law_texts()).code(), "charter.invalid");
    assert_eq!(world.size(), size);
    allowed(&amend(&mut world, &next, human("ann"), 0).unwrap());
}

/// What was consented to and attested counts under the new law as far as the new law says so.
#[test]
fn the_new_law_judges_what_was_recorded_under_the_old() {
    let mut world = World::new();
    world.through_dev(0);
    world.prepare("test", &plan(2), 0);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 0)));
    let next = engine(
        &charter_with(&[
            ("producers: [checker, second-checker]", "producers: [second-checker]"),
            ("{ actor: ann, kind: human, roles: [reviewer] }", "{ actor: ann, kind: human }"),
            ("{ actor: dan, kind: human }", "{ actor: dan, kind: human, roles: [reviewer] }"),
        ]),
        PACK,
    );
    allowed(&amend(&mut world, &next, human("ann"), 1).unwrap());
    let request = ask(Action::Promote, "test", &plan(2), 2);
    let admission = next.admit(&request, &world.ledger, &mut world.state).unwrap();
    assert_eq!(denials(&admission), [codes::APPROVAL_MISSING, codes::EVIDENCE_MISSING]);
}

/// A promotion was decided under a law, and speaks for nobody under another.
#[test]
fn a_promotion_ends_with_the_law_that_it_was_decided_under() {
    let mut world = World::new();
    world.through_dev(0);
    world.prepare("test", &plan(2), 0);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 0)));
    allowed(&world.admit(&ask(Action::Promote, "test", &plan(2), 0)));
    let next =
        engine(&charter_with(&[("version: 1.0.0\nunmatched", "version: 2.0.0\nunmatched")]), PACK);
    allowed(&amend(&mut world, &next, human("ann"), 1).unwrap());
    world.engine = next.into();
    denied(&world.admit(&ask(Action::Apply, "test", &plan(2), 2)), codes::APPROVAL_MISSING);
    allowed(&world.record(&approval("bob", "test", plan(2).digest, 3)));
    allowed(&world.admit(&ask(Action::Apply, "test", &plan(2), 4)));
}
