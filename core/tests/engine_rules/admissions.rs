//! Many threads at one ledger: what one of them would get alone, and one sync for many.

use std::{collections::BTreeSet, sync::Barrier, thread};

use poundlock::{
    engine::{Admission, Admissions, Engine},
    ledger::{Ledger, Recorded, Verification},
    model::{Action, Fact, FactKind, Request, Verdict},
};

use crate::{amendments::stricter, support::*};

const ORIGIN: &str = "acme/2026";

fn begun(ledger: Ledger) -> Admissions {
    engine(CHARTER, PACK).begin(&ledger, ORIGIN, &[], at(-1)).unwrap();
    Admissions::open(ledger).unwrap()
}

fn numbered(number: u8) -> Request {
    Request { id: format!("request-{number:03}"), ..ask(Action::Plan, "dev", &plan(number), 0) }
}

fn entries(ledger: &Ledger) -> Vec<Recorded> {
    ledger.read(0, usize::MAX).unwrap()
}

/// Whether an entry is about the request of this id.
fn names(recorded: &Recorded, id: &str) -> bool {
    recorded.entry.body.windows(id.len()).any(|part| part == id.as_bytes())
}

/// Every thread asks at the same moment.
fn at_once<T: Send, R: Send>(asked: Vec<T>, ask: impl Fn(T) -> R + Sync) -> Vec<R> {
    let barrier = Barrier::new(asked.len());
    thread::scope(|threads| {
        let started: Vec<_> = asked
            .into_iter()
            .map(|one| {
                threads.spawn(|| {
                    barrier.wait();
                    ask(one)
                })
            })
            .collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn every_thread_gets_its_own_answer_and_the_ledger_holds_each_once() {
    let directory = tempfile::tempdir().unwrap();
    let admissions = begun(Ledger::create(&directory.path().join("ledger")).unwrap());
    let requests: Vec<Request> = (0..40).map(numbered).collect();
    let answers = at_once(requests.clone(), |request| {
        (request.id.clone(), admissions.admit(request).unwrap())
    });
    let recorded = entries(admissions.ledger());
    assert_eq!(recorded.len(), 41);
    for (id, admission) in &answers {
        let entry = &recorded[usize::try_from(admission.sequence).unwrap()];
        assert_eq!(entry.hash, admission.entry);
        assert!(names(entry, id));
        assert!(!admission.repeated);
    }
    let sequences: BTreeSet<u64> =
        answers.iter().map(|(_, admission)| admission.sequence).collect();
    assert_eq!(sequences, (1..41).collect());
    admissions.ledger().verify_with(Verification::new().threads(2)).unwrap();
}

#[test]
fn entries_are_the_same_whether_they_are_admitted_alone_or_together() {
    let together = begun(Ledger::in_memory());
    at_once((0..20).map(numbered).collect(), |request| together.admit(request).unwrap());
    // The same requests, one by one, in the order in which they came to be recorded.
    let mut alone = World::new();
    let asked: Vec<Admission> = entries(together.ledger())[1..]
        .iter()
        .map(|recorded| {
            let number = (0..20).find(|number| names(recorded, &numbered(*number).id)).unwrap();
            alone.admit(&numbered(number))
        })
        .collect();
    assert_eq!(asked.len(), 20);
    let bodies = |ledger: &Ledger| -> Vec<Vec<u8>> {
        entries(ledger)[1..].iter().map(|recorded| recorded.entry.body.clone()).collect()
    };
    assert_eq!(bodies(together.ledger()), bodies(&alone.ledger));
}

#[test]
fn a_request_that_is_asked_many_times_at_once_is_recorded_once() {
    let admissions = begun(Ledger::in_memory());
    let answers = at_once(vec![numbered(1); 16], |request| admissions.admit(request).unwrap());
    assert_eq!(admissions.ledger().head().unwrap().size, 2);
    assert_eq!(answers.iter().filter(|admission| !admission.repeated).count(), 1);
    assert!(answers.iter().all(|admission| admission.entry == answers[0].entry));
}

#[test]
fn one_of_many_gets_what_can_be_used_once() {
    let mut world = World::new();
    let first = plan(1);
    world.prepare("dev", &first, 0);
    let World { ledger, .. } = world;
    let admissions = Admissions::open(ledger).unwrap();
    let apply = ask(Action::Apply, "dev", &first, 10);
    let contenders =
        (0..12).map(|number| Request { id: format!("run-{number}"), ..apply.clone() }).collect();
    let answers = at_once(contenders, |request| admissions.admit(request).unwrap());
    let winners = answers.iter().filter(|admission| admission.verdict == Verdict::Allow).count();
    assert_eq!(winners, 1, "the plan is applied once");
}

#[test]
fn those_who_ask_while_the_law_changes_are_judged_by_the_law_in_force() {
    let admissions = begun(Ledger::in_memory());
    let next = stricter();
    let unmatched = |number: u8| {
        let plan = plan_of(number, &[("other", "create", "{}", "{}")]);
        Request { id: format!("other-{number}"), ..ask(Action::Plan, "dev", &plan, 0) }
    };
    let asked = (0..12).map(|number| (number != 5).then(|| unmatched(number))).collect();
    let answers = at_once(asked, |request| match request {
        Some(request) => admissions.admit(request).unwrap(),
        None => amend(&admissions, &next),
    });
    let amended = answers[5].sequence;
    for (number, admission) in answers.iter().enumerate().filter(|(number, _)| *number != 5) {
        let expected = if admission.sequence < amended { Verdict::Allow } else { Verdict::Deny };
        assert_eq!(admission.verdict, expected, "request {number}");
    }
}

fn amend(admissions: &Admissions, next: &Engine) -> Admission {
    let amendment = poundlock::model::Amendment {
        law: Some(next.law().clone()),
        keys: None,
        reason: "times change".to_owned(),
    };
    let fact: Fact = fact(human("ann"), 0, FactKind::Amendment(amendment));
    admissions.record(fact, next.law_texts()).unwrap()
}

// Requirements: R355.
#[test]
fn if_a_sync_fails_all_who_share_it_fail_and_the_next_one_is_served() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger");
    let admissions = begun(Ledger::create(&path).unwrap());
    std::fs::rename(path.join("lock"), path.join("away")).unwrap();
    let codes = at_once((0..8).map(numbered).collect(), |request| {
        admissions.admit(request).unwrap_err().code()
    });
    assert_eq!(codes, ["ledger.directory"; 8]);
    std::fs::rename(path.join("away"), path.join("lock")).unwrap();
    let admission = admissions.admit(numbered(9)).unwrap();
    assert_eq!((admission.sequence, admission.verdict), (1, Verdict::Allow));
}
