//! Admission for many threads at once: those that ask while a sync is under way share the next one.
//!
//! Whoever finds nobody at work takes the queue and serves it: decides in turn, each on what the
//! entries before it will have made of the ledger, appends all of them with one sync, and answers
//! everybody. If that fails, all of them fail.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use super::{Admission, Engine, admit::take_turns, draft::Step};
use crate::{
    digest::Digest,
    error::{Error, Result},
    ledger::{Batch, Ledger, Recorded, Reservation},
    model::{Decision, Fact, Request},
    state::State,
};

/// How many requests are decided between two syncs at most.
const GROUP: usize = 1_000;

/// A ledger with the charter that governs it, at which any number of threads may ask.
///
/// It always decides under the ledger's own law, also when an amendment replaces that. Tokens are verified before
/// they are handed in, by an engine of that law ([`Engine::credential`]): this can be done in many threads.
///
/// ```
/// use poundlock::{Engine, Ledger, engine::Admissions};
/// # fn example(engine: Engine, ledger: Ledger, one: poundlock::Request, other: poundlock::Request)
/// # -> Result<(), poundlock::Error> {
/// engine.begin(&ledger, "acme/2026", &[], "2026-03-02T08:00:00Z".parse()?)?;
/// let admissions = Admissions::open(ledger)?;
/// std::thread::scope(|threads| {
///     threads.spawn(|| admissions.admit(one));
///     threads.spawn(|| admissions.admit(other));
/// });
/// assert_eq!(admissions.ledger().head()?.size, 3);
/// # Ok(())
/// # }
/// ```
pub struct Admissions {
    ledger: Arc<Ledger>,
    queue: Mutex<Queue>,
    served: Condvar,
}

struct Queue {
    waiting: VecDeque<Waiting>,
    /// What is needed to serve; whoever serves has taken it.
    desk: Option<Box<Desk>>,
}

struct Desk {
    engine: Engine,
    state: State,
}

#[derive(Clone)]
struct Waiting {
    asked: Arc<Asked>,
    answer: Arc<Mutex<Option<Result<Admission>>>>,
}

struct Asked {
    what: What,
    /// The law that whoever asks goes by; that of the ledger where they do not care.
    law: Option<Digest>,
}

enum What {
    Request(Box<Request>),
    Fact(Box<Fact>, Vec<Vec<u8>>),
}

/// What becomes of one who waits.
enum Answer {
    /// This, whatever becomes of the batch.
    Now(Result<Admission>),
    /// The decision, once the entry at this place of the batch is durable.
    Durable(usize, Decision),
    /// It repeats one of this batch, or the law changes before it: it is served with the next one.
    Later,
}

impl Admissions {
    /// Takes charge of a ledger that has begun.
    ///
    /// # Errors
    ///
    /// Those of [`State::open`] and [`Engine::of_ledger`].
    pub fn open(ledger: impl Into<Arc<Ledger>>) -> Result<Self> {
        let ledger = ledger.into();
        let state = State::open(&ledger)?;
        let engine = Engine::of_ledger(&ledger, &state)?;
        let desk = Some(Box::new(Desk { engine, state }));
        let queue = Mutex::new(Queue { waiting: VecDeque::new(), desk });
        Ok(Self { ledger, queue, served: Condvar::new() })
    }

    /// The ledger, to read, verify and prove.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Decides a request and records the decision, as [`Engine::admit`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::admit`].
    pub fn admit(&self, request: Request) -> Result<Admission> {
        self.ask(What::Request(Box::new(request)), None)
    }

    /// Decides a request under the law of an engine, which must be the ledger's, and records the decision.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::admit`], `charter.mismatch` among them.
    pub fn admit_under(&self, engine: &Engine, request: Request) -> Result<Admission> {
        self.ask(What::Request(Box::new(request)), Some(engine.law().digest))
    }

    /// Decides whether a fact may be recorded, and records it, as [`Engine::record`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::record`].
    pub fn record(&self, fact: Fact, attachments: Vec<Vec<u8>>) -> Result<Admission> {
        self.ask(What::Fact(Box::new(fact), attachments), None)
    }

    /// Decides under the law of an engine, which must be the ledger's, whether a fact may be recorded, and
    /// records it.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::record`], `charter.mismatch` among them.
    pub fn record_under(
        &self,
        engine: &Engine,
        fact: Fact,
        attachments: Vec<Vec<u8>>,
    ) -> Result<Admission> {
        self.ask(What::Fact(Box::new(fact), attachments), Some(engine.law().digest))
    }

    fn ask(&self, what: What, law: Option<Digest>) -> Result<Admission> {
        // In a forked child nobody ever gives back what a thread of the parent had taken.
        self.ledger.check_process()?;
        let asked = Arc::new(Asked { what, law });
        let mine = Waiting { asked, answer: Arc::default() };
        let mut queue = self.queue();
        queue.waiting.push_back(mine.clone());
        loop {
            if let Some(answer) = lock(&mine.answer).take() {
                return answer;
            }
            queue = match queue.desk.take() {
                Some(desk) => {
                    let count = queue.waiting.len().min(GROUP);
                    let turn: Vec<Waiting> = queue.waiting.drain(..count).collect();
                    drop(queue);
                    let mut back = Back { admissions: self, desk: Some(desk), turn };
                    back.serve();
                    drop(back);
                    self.queue()
                }
                None => self.served.wait(queue).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        lock(&self.queue)
    }
}

/// Gives the desk back, with those who are to be served again, whatever happens.
struct Back<'a> {
    admissions: &'a Admissions,
    desk: Option<Box<Desk>>,
    turn: Vec<Waiting>,
}

impl Back<'_> {
    fn serve(&mut self) {
        let Some(desk) = &mut self.desk else { return };
        let asked: Vec<&Asked> = self.turn.iter().map(|waiting| &*waiting.asked).collect();
        let answers = match desk.serve(&self.admissions.ledger, &asked) {
            Ok(answers) => answers,
            Err(error) => asked.iter().map(|_| Some(Err(error.clone()))).collect(),
        };
        for (waiting, answer) in self.turn.iter().zip(answers) {
            *lock(&waiting.answer) = answer;
        }
        self.turn.retain(|waiting| lock(&waiting.answer).is_none());
    }
}

impl Drop for Back<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            // Served again, whatever panicked would take down one thread after the other.
            for waiting in self.turn.drain(..) {
                lock(&waiting.answer).get_or_insert_with(|| {
                    Err(Error::internal("deciding it, or another with it, panicked"))
                });
            }
        }
        let mut queue = self.admissions.queue();
        queue.desk = self.desk.take();
        for waiting in self.turn.drain(..).rev() {
            queue.waiting.push_front(waiting);
        }
        self.admissions.served.notify_all();
    }
}

impl Desk {
    /// Answers those who ask, in their order; who gets no answer is to be served again.
    fn serve(
        &mut self,
        ledger: &Ledger,
        asked: &[&Asked],
    ) -> Result<Vec<Option<Result<Admission>>>> {
        let mut answers = take_turns(ledger, |reservation| self.turn(ledger, reservation, asked))?;
        for (asked, answer) in asked.iter().zip(&mut answers) {
            if let (What::Fact(fact, _), Some(Ok(_))) = (&asked.what, &answer)
                && let Err(error) = self.engine.carry_out(fact, ledger, &mut self.state)
            {
                *answer = Some(Err(error));
            }
        }
        Ok(answers)
    }

    fn turn(
        &mut self,
        ledger: &Ledger,
        reservation: Option<&Reservation<'_>>,
        asked: &[&Asked],
    ) -> Result<Vec<Option<Result<Admission>>>> {
        self.state.catch_up(ledger)?;
        if self.state.law().is_none_or(|law| law != self.engine.law()) {
            self.engine = Engine::of_ledger(ledger, &self.state)?;
        }
        let mut pending = self.state.pending();
        let mut batch = ledger.batch(pending.size())?;
        let mut answers = Vec::with_capacity(asked.len());
        for asked in asked {
            if pending.law().is_none_or(|law| law != self.engine.law()) {
                answers.push(Answer::Later);
                continue;
            }
            let (answer, recorded) = self.engine.answer(asked, ledger, &pending, &mut batch);
            answers.push(answer);
            if let Some(recorded) = recorded {
                pending.fold(&recorded)?;
            }
        }
        let recorded = match reservation {
            Some(reservation) => reservation.commit(batch)?,
            None => ledger.commit(batch)?,
        };
        pending.commit();
        Ok(answers
            .into_iter()
            .map(|answer| match answer {
                Answer::Now(answer) => Some(answer),
                Answer::Durable(at, decision) => {
                    recorded.get(at).map(|recorded| Ok(Admission::first(decision, recorded)))
                }
                Answer::Later => None,
            })
            .collect())
    }
}

impl Engine {
    /// Decides at a state that is ahead of the ledger by a batch, and adds to the batch what is to be
    /// recorded.
    fn answer(
        &self,
        asked: &Asked,
        ledger: &Ledger,
        state: &State,
        batch: &mut Batch,
    ) -> (Answer, Option<Recorded>) {
        if asked.law.is_some_and(|law| law != self.law().digest) {
            return (Answer::Now(Err(super::admit::other_law())), None);
        }
        let step = match &asked.what {
            What::Request(request) => self.draft(request, ledger, state),
            What::Fact(fact, texts) => self.draft_fact(fact, texts, ledger, state),
        };
        let drafted = match step {
            Ok(Step::Answered(admission)) => return (Answer::Now(Ok(*admission)), None),
            Ok(Step::Pending(_)) => return (Answer::Later, None),
            Ok(Step::Append(drafted)) => *drafted,
            Err(error) => return (Answer::Now(Err(error)), None),
        };
        let place = batch.len();
        match batch.add(drafted.draft) {
            Ok(recorded) => (Answer::Durable(place, drafted.decision), Some(recorded.clone())),
            Err(error) => (Answer::Now(Err(error)), None),
        }
    }
}

impl fmt::Debug for Admissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admissions").field("ledger", &self.ledger).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lock, PolicyPack, engine::Texts, model::FactKind, value::Value};

    fn admissions() -> Admissions {
        let pack = b"pack: none\nversion: 1.0.0\npolicies: [{ name: one, description: One., \
            match: { resources: [thing] }, validations: [{ expression: object.size }] }]\n"
            .to_vec();
        let charter = "charter: unit\nversion: 1.0.0\nunmatched: deny\nidentity: asserted\n\
            packs: [{ pack: none, version: 1.0.0 }]\nactors: [{ actor: ci, kind: workload }]\n\
            tracks:\n  - track: infra\n    moves: change\n    stages: [{ stage: dev, grants: { plan: [ci] }, packs: [none] }]\n    \
            boundaries: [{ into: dev, refs: [refs/heads/main] }]\n";
        let mut lock = Lock::default();
        let pinned = PolicyPack::parse(&pack).unwrap();
        lock.pin(pinned.reference(), pinned.digest());
        let texts = Texts {
            charter: charter.as_bytes().to_vec(),
            lock: lock.to_yaml().into_bytes(),
            packs: vec![pack],
        };
        let ledger = Ledger::in_memory();
        let at = "2026-03-02T08:00:00Z".parse().unwrap();
        Engine::new(texts).unwrap().begin(&ledger, "unit/test", &[], at).unwrap();
        Admissions::open(ledger).unwrap()
    }

    fn fact(id: &str) -> Fact {
        let text = format!(
            r#"{{"id": "{id}", "at": "2026-03-02T09:00:00Z", "actor": {{"kind": "workload", "id": "ci"}},
                "channel": "ci", "fact": {{"withdrawal": {{"entry": "{}", "reason": "none"}}}}}}"#,
            Digest::ZERO
        );
        let fact: Fact = Value::parse_json(text.as_bytes()).unwrap().deserialize().unwrap();
        assert!(matches!(fact.fact, FactKind::Withdrawal(_)));
        fact
    }

    /// Nobody waits for ever for a thread that died, and nobody else dies of what it died of.
    #[test]
    fn who_is_served_by_a_thread_that_panics_gets_an_error_and_the_next_one_is_served() {
        let admissions = admissions();
        let what = What::Fact(Box::new(fact("deadly")), Vec::new());
        let asked = Arc::new(Asked { what, law: None });
        let waiting = Waiting { asked, answer: Arc::default() };
        let desk = admissions.queue().desk.take();
        let turn = vec![waiting.clone()];
        let died = thread::scope(|threads| {
            let back = Back { admissions: &admissions, desk, turn };
            let serving = move || {
                let _back = back;
                panic!("in the middle of serving");
            };
            threads.spawn(serving).join().is_err()
        });
        assert!(died);
        let answer = lock(&waiting.answer).take().unwrap();
        assert_eq!(answer.unwrap_err().code(), "internal");
        assert_eq!(admissions.record(fact("next"), Vec::new()).unwrap().sequence, 1);
    }
}
