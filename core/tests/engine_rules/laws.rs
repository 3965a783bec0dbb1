//! What holds of every history, however requests and facts are mixed.
//!
//! A history is the way of one commit from dev to prod, with steps left out, doubled and put in at
//! random: mere chance would hardly ever get past dev.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, LazyLock},
};

use poundlock::{
    digest::Digest,
    engine::{Admission, Drafted, Engine, Step as Answer},
    model::{About, Action, EvidenceResult, Fact, OutcomeResult, Plan, Request, Verdict},
    state::State,
};
use proptest::prelude::*;

use crate::support::*;

const STAGES: [&str; 3] = ["dev", "test", "prod"];
const PEOPLE: [&str; 4] = ["ann", "bob", "cyd", "dan"];
const COMMITS: [&str; 2] = [COMMIT, OTHER_COMMIT];

/// Two plans for each stage.
static PLANS: LazyLock<Vec<Plan>> = LazyLock::new(|| (0..6).map(plan).collect());

#[derive(Clone, Copy, Debug)]
enum Step {
    Ask {
        action: Action,
        stage: usize,
        plan: usize,
        commit: usize,
    },
    Approve {
        by: usize,
        stage: usize,
        plan: usize,
    },
    Attest {
        stage: usize,
        plan: usize,
        result: EvidenceResult,
    },
    /// How the act that was admitted last, or the one before it, ended.
    Report {
        back: usize,
        result: OutcomeResult,
    },
    /// The fact or decision so many steps ago is taken back.
    Withdraw {
        back: usize,
    },
    /// The step so many steps ago is repeated.
    Repeat {
        back: usize,
    },
}

/// A step with the seconds that pass before it, and the earlier step that it refers to.
#[derive(Clone, Copy)]
struct Moment {
    step: Step,
    wait: i64,
    of: Option<usize>,
}

/// In one line, so that a history that breaks a law can be read.
impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = format!("{:?}", self.step);
        write!(f, "+{}s {step}", self.wait)
    }
}

fn happy_path() -> Vec<Step> {
    let ask = |action, stage| Step::Ask { action, stage, plan: 0, commit: 0 };
    let mut steps = Vec::new();
    for (stage, approvers) in [vec![], vec![0], vec![0, 2]].into_iter().enumerate() {
        steps.push(ask(Action::Plan, stage));
        steps.push(Step::Attest { stage, plan: 0, result: EvidenceResult::Pass });
        steps.extend(approvers.iter().map(|by| Step::Approve { by: *by, stage, plan: 0 }));
        if stage > 0 {
            steps.push(ask(Action::Promote, stage));
        }
        steps.push(ask(Action::Apply, stage));
        steps.push(Step::Report { back: 0, result: OutcomeResult::Succeeded });
    }
    steps
}

fn any_step() -> impl Strategy<Value = Step> {
    use Action::{Apply, Plan, Promote};
    let action = prop_oneof![Just(Plan), Just(Apply), Just(Promote)];
    let verdict = prop_oneof![
        3 => Just(EvidenceResult::Pass),
        1 => Just(EvidenceResult::Fail),
        1 => Just(EvidenceResult::Error),
    ];
    let end = prop_oneof![
        3 => Just(OutcomeResult::Succeeded),
        1 => Just(OutcomeResult::Failed),
        1 => Just(OutcomeResult::Unknown),
    ];
    prop_oneof![
        4 => (action, 0..3_usize, 0..2_usize, 0..2_usize)
            .prop_map(|(action, stage, plan, commit)| Step::Ask { action, stage, plan, commit }),
        3 => (0..4_usize, 0..3_usize, 0..2_usize)
            .prop_map(|(by, stage, plan)| Step::Approve { by, stage, plan }),
        2 => (0..3_usize, 0..2_usize, verdict)
            .prop_map(|(stage, plan, result)| Step::Attest { stage, plan, result }),
        3 => (0..2_usize, end).prop_map(|(back, result)| Step::Report { back, result }),
        1 => (1..6_usize).prop_map(|back| Step::Withdraw { back }),
        1 => (1..6_usize).prop_map(|back| Step::Repeat { back }),
    ]
}

/// The happy path in which each step may be missing or followed by others.
fn any_history() -> impl Strategy<Value = Vec<Moment>> {
    let path = happy_path();
    let wait = prop_oneof![4 => 0..5_i64, 2 => 20..70_i64, 1 => Just(-10_i64), 1 => Just(HOUR)];
    let detour = prop_oneof![
        5 => Just(Vec::new()),
        1 => prop::collection::vec(any_step(), 1..4),
    ];
    let one = (prop::bool::weighted(0.95), detour, prop::collection::vec(wait, 4));
    prop::collection::vec(one, path.len()).prop_map(move |choices| {
        let mut history = Vec::new();
        for (step, (kept, detour, waits)) in path.iter().zip(choices) {
            let steps = kept.then_some(*step).into_iter().chain(detour);
            history.extend(steps.zip(waits).map(|(step, wait)| Moment { step, wait, of: None }));
        }
        history
    })
}

/// Made once: histories are many, and the engine keeps nothing of them.
static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| Arc::new(new_engine()));

fn new_engine() -> Engine {
    engine(&charter_with(&[("soak: 1h, delay: 5m", "soak: 60s, delay: 30s")]), PACK)
}

/// What was handed to the engine.
enum Asked {
    Request(Box<Request>),
    Fact(Box<Fact>),
}

/// What came of each step; nothing where it referred to nothing, or was left out.
struct Played {
    world: World,
    admissions: Vec<Option<Admission>>,
    /// The history with the references found.
    history: Vec<Moment>,
    /// What was asked and recorded, repeats included.
    asked: Vec<Asked>,
}

impl Played {
    fn verdict(&self, index: usize) -> Option<Verdict> {
        self.admissions[index].as_ref().map(|admission| admission.verdict)
    }

    /// The steps whose entries a decision spent.
    fn spends(&self, index: usize) -> BTreeSet<Option<usize>> {
        let decision = self.admissions[index].as_ref().and_then(|r| r.decision.as_ref());
        let step = |hash: &Digest| {
            self.admissions.iter().position(|admission| {
                admission.as_ref().is_some_and(|admission| admission.entry == *hash)
            })
        };
        decision.iter().flat_map(|decision| &decision.spends).map(step).collect()
    }
}

/// Plays a history, without the steps that are left out; references stay those of the whole history.
fn play(history: &[Moment], left_out: &BTreeSet<usize>) -> Played {
    play_with(&ENGINE, history, left_out, &BTreeSet::new())
}

/// Snapshots are made before the steps in `snapshots`.
fn play_with(
    engine: &Arc<Engine>,
    history: &[Moment],
    left_out: &BTreeSet<usize>,
    snapshots: &BTreeSet<usize>,
) -> Played {
    let world = World::governed_by(engine.clone());
    let mut played =
        Played { world, admissions: Vec::new(), history: history.to_vec(), asked: Vec::new() };
    let mut clock = 0;
    for (index, moment) in history.iter().enumerate() {
        clock += moment.wait;
        if snapshots.contains(&index) {
            played.world.snapshot();
        }
        let admission = if left_out.contains(&index) {
            None
        } else {
            perform(&mut played, index, index, clock)
        };
        played.admissions.push(admission);
    }
    played
}

/// Performs the step `index` at the given second under the id of the step `named`.
fn perform(played: &mut Played, index: usize, named: usize, clock: i64) -> Option<Admission> {
    let moment = played.history[index];
    let of = moment.of.or_else(|| refer(played, index));
    played.history[index].of = of;
    let target =
        of.and_then(|of| played.admissions.get(of)?.as_ref()).map(|admission| admission.entry);
    let mut fact = match moment.step {
        Step::Ask { action, stage, plan, commit } => {
            let mut request = ask(action, STAGES[stage], &PLANS[stage * 2 + plan], clock);
            request.id = format!("step-{named}");
            change_of(&mut request).commit = COMMITS[commit].to_owned();
            let admission = played.world.admit(&request);
            played.asked.push(Asked::Request(request.into()));
            return Some(admission);
        }
        Step::Repeat { .. } => {
            let of = of.filter(|of| !matches!(played.history[*of].step, Step::Repeat { .. }))?;
            played.admissions.get(of)?.as_ref()?;
            return perform(played, of, of, clock);
        }
        Step::Approve { by, stage, plan } => {
            approval(PEOPLE[by], STAGES[stage], PLANS[stage * 2 + plan].digest, clock)
        }
        Step::Attest { stage, plan, result } => {
            let mut fact = evidence(About::Plan(PLANS[stage * 2 + plan].digest), result, clock);
            // A repeat has the same content, and with it the same instant of production.
            evidence_of(&mut fact).produced = at(named as i64);
            fact
        }
        Step::Report { result, .. } => outcome(target?, result, clock),
        Step::Withdraw { .. } => withdrawal(target?, clock),
    };
    fact.id = format!("step-{named}");
    let admission = played.world.record(&fact);
    played.asked.push(Asked::Fact(fact.into()));
    Some(admission)
}

fn refer(played: &Played, index: usize) -> Option<usize> {
    // A repeat's admission may have the permit of the step that it repeats; an outcome refers to that step.
    let is_act = |index: &usize| {
        let repeat = matches!(played.history[*index].step, Step::Repeat { .. });
        let admission = played.admissions[*index].as_ref().filter(|_| !repeat);
        admission
            .and_then(|admission| admission.decision.as_ref()?.permit.as_ref())
            .is_some_and(|permit| permit.is_act())
    };
    match played.history[index].step {
        Step::Report { back, .. } => (0..played.admissions.len()).rev().filter(is_act).nth(back),
        Step::Withdraw { back } | Step::Repeat { back } => index.checked_sub(back),
        _ => None,
    }
}

/// Tells whether a step is of a kind.
type IsKind = fn(&Step) -> bool;

/// A fact that can only speak for what is asked.
fn supports(step: &Step) -> bool {
    matches!(
        step,
        Step::Approve { .. }
            | Step::Attest { result: EvidenceResult::Pass, .. }
            | Step::Report { result: OutcomeResult::Succeeded, .. }
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    /// Without a consent, a pass or a success nothing becomes allowed that was denied, unless an
    /// earlier answer came out differently without it.
    #[test]
    fn what_speaks_for_a_request_never_stands_in_its_way(history in any_history(), pick in any::<prop::sample::Index>()) {
        let whole = play(&history, &BTreeSet::new());
        let supporting: Vec<usize> =
            (0..history.len()).filter(|index| supports(&history[*index].step)).collect();
        prop_assume!(!supporting.is_empty());
        let left_out = supporting[pick.index(supporting.len())];
        let without = play(&whole.history, &BTreeSet::from([left_out]));
        for (index, moment) in history.iter().enumerate() {
            if index == left_out || whole.history[index].of == Some(left_out) {
                continue;
            }
            let (before, after) = (whole.verdict(index), without.verdict(index));
            let asked = matches!(moment.step, Step::Ask { .. });
            prop_assert!(
                !(asked && before == Some(Verdict::Deny) && after == Some(Verdict::Allow)),
                "step {index} is allowed without step {left_out}"
            );
            // From the first other answer on, it is another history.
            if before != after || whole.spends(index) != without.spends(index) {
                break;
            }
        }
    }

    /// What was allowed is denied without its evidence, its consent, or the success before it.
    #[test]
    fn nothing_required_can_be_left_out(history in any_history()) {
        let whole = play(&history, &BTreeSet::new());
        for (index, moment) in history.iter().enumerate() {
            let Step::Ask { action, stage, .. } = moment.step else { continue };
            if action == Action::Plan || whole.verdict(index) != Some(Verdict::Allow) {
                continue;
            }
            let kinds: [(bool, IsKind); 3] = [
                (true, |step| matches!(step, Step::Attest { .. })),
                (stage > 0, |step| matches!(step, Step::Approve { .. })),
                (stage > 0, |step| matches!(step, Step::Report { .. })),
            ];
            for (required, is_kind) in kinds {
                let left_out = (0..index).filter(|i| is_kind(&history[*i].step)).collect();
                if required {
                    let without = play(&whole.history[..=index], &left_out);
                    prop_assert_eq!(without.verdict(index), Some(Verdict::Deny), "step {}", index);
                }
            }
        }
    }

    /// No approval and no promotion is spent twice.
    #[test]
    fn everything_is_spent_once(history in any_history()) {
        let played = play(&history, &BTreeSet::new());
        let mut spent = BTreeSet::new();
        for admission in played.admissions.iter().flatten().filter(|admission| !admission.repeated) {
            for hash in &admission.decision.as_ref().unwrap().spends {
                prop_assert!(spent.insert(*hash), "{hash} is spent twice");
            }
        }
    }

    /// Nothing enters a stage whose lineage has not succeeded in the one before it, in its last act.
    #[test]
    fn no_stage_is_entered_without_success_before(history in any_history()) {
        let played = play(&history, &BTreeSet::new());
        let mut succeeded: BTreeSet<(usize, usize)> = BTreeSet::new();
        let acted = |index: usize| match played.history[index].step {
            Step::Ask { action: Action::Apply, stage, commit, .. } => Some((stage, commit)),
            _ => None,
        };
        for (index, moment) in played.history.iter().enumerate() {
            let Some(admission) = &played.admissions[index] else { continue };
            if admission.repeated || admission.verdict == Verdict::Deny {
                continue;
            }
            match moment.step {
                Step::Ask { action: Action::Apply | Action::Promote, stage, commit, .. } => {
                    prop_assert!(stage == 0 || succeeded.contains(&(stage - 1, commit)));
                    if acted(index).is_some() {
                        succeeded.remove(&(stage, commit));
                    }
                }
                Step::Report { result, .. } => {
                    let place = acted(moment.of.unwrap()).unwrap();
                    if result == OutcomeResult::Succeeded {
                        succeeded.insert(place);
                    } else {
                        succeeded.remove(&place);
                    }
                }
                _ => {}
            }
        }
    }

    /// The state is what the entries add up to, and nothing else.
    // Requirements: R253, R254.
    #[test]
    fn folding_anew_gives_the_state_that_was_kept(history in any_history()) {
        let played = play(&history, &BTreeSet::new());
        let mut folded = State::new();
        folded.catch_up(&played.world.ledger).unwrap();
        prop_assert_eq!(format!("{folded:?}"), format!("{:?}", played.world.state));
        prop_assert_eq!(
            serde_json::to_string(&folded.status()).unwrap(),
            serde_json::to_string(&played.world.state.status()).unwrap()
        );
        played.world.ledger.verify().unwrap();
    }

    /// Wherever snapshots lie, what is opened from the newest one is what all entries add up to.
    // Requirements: R254.
    #[test]
    fn opening_from_a_snapshot_gives_the_state(history in any_history(), at in prop::collection::vec(any::<prop::sample::Index>(), 1..4)) {
        let at: BTreeSet<usize> = at.iter().map(|index| index.index(history.len())).collect();
        let played = play_with(&ENGINE, &history, &BTreeSet::new(), &at);
        let opened = State::open(&played.world.ledger).unwrap();
        prop_assert_eq!(&opened, &played.world.state);
        let mut folded = State::new();
        folded.catch_up(&played.world.ledger).unwrap();
        prop_assert_eq!(&folded, &opened);
    }

    /// What is folded and taken back leaves no trace, whatever it was; what is kept is as if folded singly.
    #[test]
    fn what_is_taken_back_was_never_there(history in any_history(), at in any::<prop::sample::Index>()) {
        let played = play(&history, &BTreeSet::new());
        let entries = played.world.ledger.read(0, usize::MAX).unwrap();
        let (first, rest) = entries.split_at(at.index(entries.len()));
        let mut state = State::new();
        first.iter().for_each(|recorded| state.fold(recorded).unwrap());
        let before = state.clone();
        for kept in [false, true] {
            let mut pending = state.pending();
            rest.iter().for_each(|recorded| pending.fold(recorded).unwrap());
            prop_assert_eq!(&*pending, &played.world.state);
            if kept {
                pending.commit();
            } else {
                drop(pending);
                prop_assert_eq!(&state, &before);
            }
        }
        prop_assert_eq!(&state, &played.world.state);
    }

    /// Decided in a batch on entries that are not durable yet, everything comes out as singly.
    #[test]
    fn a_batch_gives_the_same_entries(history in any_history(), group in 2..9_usize) {
        let singly = play(&history, &BTreeSet::new());
        let world = World::governed_by(ENGINE.clone());
        let mut state = State::open(&world.ledger).unwrap();
        for asked in singly.asked.chunks(group) {
            let mut pending = state.pending();
            let mut drafts = Vec::new();
            for asked in asked {
                let step = match asked {
                    Asked::Request(request) => ENGINE.draft(request, &world.ledger, &pending),
                    Asked::Fact(fact) => ENGINE.draft_fact(fact, &[], &world.ledger, &pending),
                };
                if let Answer::Append(drafted) = step.unwrap() {
                    let Drafted { draft, .. } = *drafted;
                    let last = pending.last();
                    pending.fold(&draft.recorded(pending.size(), last).unwrap()).unwrap();
                    drafts.push(draft);
                }
            }
            pending.commit();
            for draft in drafts {
                world.ledger.append(world.ledger.head().unwrap().size, draft).unwrap();
            }
        }
        prop_assert_eq!(world.ledger.read(0, usize::MAX).unwrap(), singly.world.ledger.read(0, usize::MAX).unwrap());
        state.catch_up(&world.ledger).unwrap();
        prop_assert_eq!(&state, &singly.world.state);
    }

    /// What the engine wrote comes out again, whatever it was.
    // Requirements: R256.
    #[test]
    fn everything_is_decided_alike_again(history in any_history(), at in any::<prop::sample::Index>()) {
        let snapshots = BTreeSet::from([at.index(history.len())]);
        let played = play_with(&ENGINE, &history, &BTreeSet::new(), &snapshots);
        let mut state = State::new();
        let done = ENGINE.redecide(&played.world.ledger, &mut state, played.world.size()).unwrap();
        prop_assert_eq!((done.entries, done.unavailable), (played.world.size(), vec![]));
        prop_assert_eq!(&state, &played.world.state);
    }

    /// Engines made of the same texts write the same bytes.
    // Requirements: R256, R293.
    #[test]
    fn the_same_history_gives_the_same_entries(history in any_history()) {
        let first = play(&history, &BTreeSet::new());
        let second = play_with(&Arc::new(new_engine()), &history, &BTreeSet::new(), &BTreeSet::new());
        let entries = |played: &Played| -> Vec<Vec<u8>> {
            let entries = played.world.ledger.read(0, usize::MAX).unwrap();
            entries.iter().map(|recorded| recorded.entry.to_bytes().unwrap()).collect()
        };
        prop_assert_eq!(entries(&first), entries(&second));
    }

    /// A refusal gives no permit and spends nothing; an act that is allowed gives one.
    #[test]
    fn permits_come_with_permission_alone(history in any_history()) {
        let played = play(&history, &BTreeSet::new());
        for (admission, moment) in played.admissions.iter().zip(&history) {
            let Some(decision) = admission.as_ref().and_then(|r| r.decision.as_ref()) else { continue };
            let asked = matches!(moment.step, Step::Ask { action: Action::Apply | Action::Promote, .. });
            let repeat = matches!(moment.step, Step::Repeat { .. });
            if decision.verdict == Verdict::Deny {
                prop_assert!(decision.permit.is_none() && decision.spends.is_empty());
            } else if !repeat {
                prop_assert_eq!(decision.permit.is_some(), asked);
            }
        }
    }
}

/// The laws would hold of histories that get nowhere, too.
#[test]
fn histories_get_somewhere() {
    let path: Vec<Moment> =
        happy_path().into_iter().map(|step| Moment { step, wait: 61, of: None }).collect();
    let played = play(&path, &BTreeSet::new());
    let verdicts: Vec<_> = (0..path.len()).map(|index| played.verdict(index)).collect();
    assert!(verdicts.iter().all(|verdict| *verdict == Some(Verdict::Allow)), "{verdicts:?}");
    assert_eq!(played.world.state.status().deployments.len(), 3);
}
