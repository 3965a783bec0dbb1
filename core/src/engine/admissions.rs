//! Admission for many threads at once: those that ask while a sync is under way share the next one.
//!
//! Whoever finds nobody at work takes the queue and serves it: decides in turn, each on what the
//! entries before it will have made of the ledger, appends all of them with one sync, and answers
//! everybody. If that fails, all of them fail.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use super::{Admission, Engine, admit::take_turns, draft::Step};
use crate::{
    error::Result,
    ledger::{Batch, Ledger, Recorded, Reservation},
    model::{Decision, Fact, Request},
    state::State,
};

/// How many requests are decided between two syncs at most.
const GROUP: usize = 1_000;

/// A ledger with the charter that governs it, at which any number of threads may ask.
///
/// It always decides under the ledger's own law, also when an amendment replaces that.
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
    ledger: Ledger,
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

enum Asked {
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
    pub fn open(ledger: Ledger) -> Result<Self> {
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
        self.ask(Asked::Request(Box::new(request)))
    }

    /// Decides whether a fact may be recorded, and records it, as [`Engine::record`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::record`].
    pub fn record(&self, fact: Fact, attachments: Vec<Vec<u8>>) -> Result<Admission> {
        self.ask(Asked::Fact(Box::new(fact), attachments))
    }

    fn ask(&self, asked: Asked) -> Result<Admission> {
        let mine = Waiting { asked: Arc::new(asked), answer: Arc::default() };
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

/// Gives the desk back, with those who were not answered, whatever happens.
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
        let answers = take_turns(ledger, |reservation| self.turn(ledger, reservation, asked))?;
        for (asked, answer) in asked.iter().zip(&answers) {
            if let (Asked::Fact(fact, _), Some(Ok(_))) = (asked, answer) {
                self.engine.carry_out(fact, ledger, &mut self.state)?;
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
        let step = match asked {
            Asked::Request(request) => self.draft(request, ledger, state),
            Asked::Fact(fact, texts) => self.draft_fact(fact, texts, ledger, state),
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
