//! The law is replaced under the law that it replaces, and by nothing less.

use poundlock::{
    digest::Digest,
    engine::{Admission, Engine, codes},
    error::Result,
    ledger::{Ledger, VerifierKey},
    model::{Action, Actor, Amendment, Fact, FactKind, Law},
    state::State,
};

use crate::support::*;

pub(crate) fn amendment(actor: Actor, law: &Law, seconds: i64) -> Fact {
    let amendment =
        Amendment { law: Some(law.clone()), keys: None, reason: "times change".to_owned() };
    fact(actor, seconds, FactKind::Amendment(amendment))
}

pub(crate) fn amend(
    world: &mut World,
    next: &Engine,
    actor: Actor,
    seconds: i64,
) -> Result<Admission> {
    let fact = amendment(actor, next.law(), seconds);
    world.engine.record(&fact, &next.law_texts(), &world.ledger, &mut world.state)
}

/// A law that is restored does not restore what somebody consented to under it.
#[test]
fn what_ended_with_a_law_does_not_come_back_with_it() {
    let other = charter_with(&[("version: 1.0.0\nunmatched", "version: 2.0.0\nunmatched")]);
    let (first, second) = (engine(CHARTER, PACK), engine(&other, PACK));
    let mut world = World::new();
    world.through_dev(0);
    for number in [2, 3] {
        world.prepare("test", &plan(number), 0);
        allowed(&world.record(&approval("ann", "test", plan(number).digest, 0)));
    }
    allowed(&world.admit(&ask(Action::Promote, "test", &plan(2), 1)));
    allowed(&amend(&mut world, &second, human("ann"), 2).unwrap());
    world.engine = second.into();
    allowed(&amend(&mut world, &first, human("ann"), 3).unwrap());
    world.engine = first.into();
    // Neither the approval that was left nor the promotion that spent the other one.
    for number in [2, 3] {
        denied(
            &world.admit(&ask(Action::Apply, "test", &plan(number), 4)),
            codes::APPROVAL_MISSING,
        );
    }
    allowed(&world.record(&approval("bob", "test", plan(3).digest, 5)));
    allowed(&world.admit(&ask(Action::Apply, "test", &plan(3), 6)));
}

pub(crate) fn change_keys(
    world: &mut World,
    actor: Actor,
    keys: &[VerifierKey],
    seconds: i64,
) -> Admission {
    let amendment =
        Amendment { law: None, keys: Some(keys.to_vec()), reason: "keys age".to_owned() };
    world.record(&fact(actor, seconds, FactKind::Amendment(amendment)))
}

pub(crate) fn stricter() -> Engine {
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

#[test]
fn a_ledger_begins_with_its_keys() {
    let world = World::with_keys(&[key(1), key(2)]);
    let mut state = State::new();
    assert_eq!(state.keys(), []);
    state.catch_up(&world.ledger).unwrap();
    assert_eq!(state.keys(), [key(1), key(2)]);
}

#[test]
fn keys_are_named_like_the_ledger_and_once() {
    let engine = engine(CHARTER, PACK);
    let begin = |origin: &str, keys: &[VerifierKey]| {
        engine.begin(&Ledger::in_memory(), origin, keys, at(0)).map(drop)
    };
    assert_eq!(begin("test/origin", &[key(1), key(1)]).unwrap_err().code(), "input.invalid_value");
    assert_eq!(begin("other/origin", &[key(1)]).unwrap_err().code(), "input.invalid_value");
    begin("other/origin", &[]).unwrap();
    let long = "o".repeat(256);
    begin(&long, &[]).unwrap();
    for origin in ["", "a b", "a+b", "a\u{a0}b", "a\nb", "a\u{7f}", &format!("{long}o")] {
        assert_eq!(begin(origin, &[]).unwrap_err().code(), "input.invalid_value", "{origin:?}");
    }
}

/// Keys change under the charter that stays, and only for those who may amend it.
#[test]
fn an_amendment_replaces_the_keys() {
    let mut world = World::with_keys(&[key(1)]);
    denied(&change_keys(&mut world, human("bob"), &[key(2)], 0), codes::FACT_NOT_RECORDER);
    assert_eq!(world.state.keys(), [key(1)]);
    allowed(&change_keys(&mut world, human("ann"), &[key(1), key(2)], 1));
    assert_eq!(world.state.keys(), [key(1), key(2)]);
    // The charter is the same, and goes on deciding.
    world.through_dev(2);
    // Another charter leaves the keys as they are.
    allowed(&amend(&mut world, &stricter(), human("ann"), 3).unwrap());
    assert_eq!(world.state.keys(), [key(1), key(2)]);
}

#[test]
fn charter_and_keys_may_change_together() {
    let mut world = World::with_keys(&[key(1)]);
    let next = stricter();
    let amendment = Amendment {
        law: Some(next.law().clone()),
        keys: Some(vec![key(2)]),
        reason: "all is new".to_owned(),
    };
    let fact = fact(human("ann"), 0, FactKind::Amendment(amendment));
    allowed(
        &world.engine.record(&fact, &next.law_texts(), &world.ledger, &mut world.state).unwrap(),
    );
    assert_eq!((world.state.law(), world.state.keys()), (Some(next.law()), &[key(2)][..]));
}

#[test]
fn keys_that_cannot_sign_are_refused() {
    let mut world = World::with_keys(&[key(1), key(2)]);
    for (seconds, keys) in
        [vec![], vec![key(3), key(3)], vec![key(1), foreign_key()], vec![key(2), key(1)]]
            .into_iter()
            .enumerate()
    {
        let admission = change_keys(&mut world, human("ann"), &keys, seconds as i64);
        denied(&admission, codes::FACT_KEYS);
        assert_eq!(world.state.keys(), [key(1), key(2)]);
    }
    // A ledger that began without keys may get some, and needs none.
    let mut world = World::new();
    denied(&change_keys(&mut world, human("ann"), &[], 0), codes::FACT_KEYS);
    allowed(&change_keys(&mut world, human("ann"), &[key(1)], 1));
    denied(&change_keys(&mut world, human("ann"), &[], 2), codes::FACT_KEYS);
}

#[test]
fn an_amendment_amends_something() {
    let mut world = World::new();
    let amendment = Amendment { law: None, keys: None, reason: "none".to_owned() };
    denied(&world.record(&fact(human("ann"), 0, FactKind::Amendment(amendment))), codes::FACT_LAW);
}
