//! What holds of every history of deployments, steps, failures, rollbacks and incidents.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use poundlock::{
    digest::Digest,
    engine::{Admission, Engine},
    model::{
        About, Action, EvidenceResult, FactKind, Incident, IncidentKind, OutcomeResult, Request,
        Resolution, Verdict,
    },
    state::State,
};
use proptest::prelude::*;

use crate::support::*;

const STEPS: [u8; 3] = [10, 50, 100];

static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| {
    let rollout = "{ into: registry, gates: [card], rollback: {}, rollout: { steps: [10, 50, 100], wait: 60s, gate: card } }";
    let drift = "drift: { blocks: [promote, shift], absent: allow }, grants: { promote: [deployer], rollback: [deployer], shift: [deployer] }";
    let charter = charter_with(&[
        ("{ into: registry, gates: [card] }", rollout),
        (
            "from: registry, gates: [card],",
            "from: registry, gates: [card], rollback: {}, rollout: { steps: [100], wait: 60s, gate: card },",
        ),
        ("grants: { promote: [deployer] }", drift),
        (
            "  erasures: [cyd]",
            "  erasures: [cyd]\n  incidents: [checker]\n  resolutions: [checker]",
        ),
    ]);
    Arc::new(engine(&charter, PACK))
});

#[derive(Clone, Copy, Debug)]
enum Step {
    /// The model's evidence.
    Attest(u8, EvidenceResult),
    Deploy(u8),
    Shift(u8, usize),
    Rollback(u8),
    /// How the act so many acts ago ended.
    Report(usize, OutcomeResult),
    Incident,
    /// The incident that was opened last is over.
    Resolve,
}

/// A model brought all the way, with whatever comes in between.
fn any_history() -> impl Strategy<Value = Vec<(Step, i64)>> {
    use OutcomeResult::{Failed, Succeeded, Unknown};
    let end = prop_oneof![5 => Just(Succeeded), 1 => Just(Failed), 1 => Just(Unknown)];
    let result = prop_oneof![5 => Just(EvidenceResult::Pass), 1 => Just(EvidenceResult::Fail)];
    let detour = prop_oneof![
        2 => (0..3_u8, result).prop_map(|(model, result)| Step::Attest(model, result)),
        2 => (0..3_u8).prop_map(Step::Deploy),
        2 => (0..3_u8, 0..3_usize).prop_map(|(model, step)| Step::Shift(model, step)),
        3 => (0..3_u8).prop_map(Step::Rollback),
        3 => (0..3_usize, end).prop_map(|(back, result)| Step::Report(back, result)),
        1 => Just(Step::Incident),
        1 => Just(Step::Resolve),
    ];
    let detours = prop_oneof![4 => Just(Vec::new()), 2 => prop::collection::vec(detour, 1..4)];
    let way = |model: u8| {
        let mut steps = vec![Step::Attest(model, EvidenceResult::Pass), Step::Deploy(model)];
        steps.push(Step::Report(0, Succeeded));
        for step in 0..STEPS.len() {
            steps.push(Step::Attest(model, EvidenceResult::Pass));
            steps.extend([Step::Shift(model, step), Step::Report(0, Succeeded)]);
        }
        steps
    };
    let path: Vec<Step> = (0..3).flat_map(way).collect();
    let wait = prop_oneof![1 => Just(1_i64), 4 => Just(61_i64)];
    prop::collection::vec((prop::bool::weighted(0.97), detours, wait), path.len()).prop_map(
        move |choices| {
            let mut history = Vec::new();
            for (step, (kept, detour, wait)) in path.iter().zip(choices) {
                let steps = kept.then_some(*step).into_iter().chain(detour);
                history.extend(steps.map(|step| (step, wait)));
            }
            history
        },
    )
}

fn model(number: u8) -> Digest {
    Digest::of(&[number])
}

struct Played {
    world: World,
    /// What was asked, with its answer; the act that a report is about.
    asked: Vec<(Step, Option<usize>, Option<Admission>)>,
}

fn play(history: &[(Step, i64)]) -> Played {
    let mut world = World::governed_by(ENGINE.clone());
    let mut asked: Vec<(Step, Option<usize>, Option<Admission>)> = Vec::new();
    let mut clock = 0;
    let mut incident = None;
    for (index, (step, wait)) in history.iter().enumerate() {
        clock += wait;
        let acts: Vec<usize> = (0..index)
            .filter(|index| {
                let (step, _, admission) = &asked[*index];
                matches!(step, Step::Deploy(_) | Step::Shift(..) | Step::Rollback(_))
                    && admission.as_ref().is_some_and(|a| a.verdict == Verdict::Allow)
            })
            .collect();
        let ask = |action: Action, number: u8, traffic: Option<u8>| Request {
            action,
            traffic,
            id: index.to_string(),
            ..promote_artifact("registry", model(number), clock)
        };
        let mut of = None;
        let admission = match *step {
            Step::Attest(number, result) => {
                let mut card = evidence(About::Artifact(model(number)), result, clock);
                card.id = index.to_string();
                Some(world.record(&card))
            }
            Step::Deploy(number) => Some(world.admit(&ask(Action::Promote, number, None))),
            Step::Shift(number, step) => {
                Some(world.admit(&ask(Action::Shift, number, Some(STEPS[step]))))
            }
            Step::Rollback(number) => Some(world.admit(&ask(Action::Rollback, number, None))),
            Step::Report(back, result) => {
                of = acts.len().checked_sub(back + 1).map(|at| acts[at]);
                of.map(|of| {
                    let permit = asked[of].2.as_ref().unwrap().entry;
                    let mut report = outcome(permit, result, clock);
                    report.id = index.to_string();
                    world.record(&report)
                })
            }
            Step::Incident => {
                let found = Incident {
                    kind: IncidentKind::Health,
                    track: None,
                    stage: "registry".to_owned(),
                    asset: "model".to_owned(),
                    found: true,
                    seen: at(clock),
                    state: None,
                    resources: Vec::new(),
                    severity: None,
                    report: None,
                    note: None,
                };
                let opened =
                    world.record(&fact(workload("checker"), clock, FactKind::Incident(found)));
                incident = Some(opened.entry);
                Some(opened)
            }
            Step::Resolve => incident.map(|incident| {
                let over = Resolution { incident, reason: index.to_string() };
                world.record(&fact(workload("checker"), clock, FactKind::Resolution(over)))
            }),
        };
        asked.push((*step, of, admission));
    }
    Played { world, asked }
}

fn is_allowed(admission: &Option<Admission>) -> bool {
    admission.as_ref().is_some_and(|admission| admission.verdict == Verdict::Allow)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    /// Traffic rises by one step at a time, each after the success of the one before it, and never after a
    /// failure; what is deployed had all of it, or was gone back to (R476, R478).
    #[test]
    fn traffic_rises_step_by_step_and_falls_at_once(history in any_history()) {
        let played = play(&history);
        // Of the act that was admitted last: the model, its traffic, and whether it succeeded or failed.
        let mut traffic: BTreeMap<u8, u8> = BTreeMap::new();
        let mut failed = false;
        let mut last: Option<usize> = None;
        let mut good: Vec<u8> = Vec::new();
        let mut open = 0_usize;
        for (index, (step, of, admission)) in played.asked.iter().enumerate() {
            if !is_allowed(admission) {
                continue;
            }
            match *step {
                Step::Deploy(_) => {
                    prop_assert_eq!(open, 0);
                    last = Some(index);
                }
                Step::Shift(number, step) => {
                    prop_assert_eq!(open, 0);
                    prop_assert!(!failed, "a step after a failure");
                    let before = step.checked_sub(1).map_or(0, |before| STEPS[before]);
                    prop_assert_eq!(traffic.get(&number), Some(&before));
                    last = Some(index);
                }
                Step::Rollback(number) => {
                    prop_assert!(good.contains(&number), "back to what was never good");
                    last = Some(index);
                }
                Step::Report(_, result) if *of == last => {
                    match (played.asked[of.unwrap()].0, result) {
                        (Step::Deploy(number), OutcomeResult::Succeeded) => {
                            traffic = BTreeMap::from([(number, 0)]);
                            failed = false;
                        }
                        (Step::Shift(number, step), OutcomeResult::Succeeded) => {
                            traffic.insert(number, STEPS[step]);
                            if STEPS[step] == 100 {
                                good.push(number);
                                traffic.clear();
                            }
                        }
                        (Step::Rollback(_), OutcomeResult::Succeeded) => {
                            traffic.clear();
                            failed = false;
                        }
                        (Step::Shift(..), OutcomeResult::Failed) => failed = true,
                        _ => {}
                    }
                }
                Step::Incident => open += 1,
                Step::Resolve => open -= 1,
                Step::Report(..) | Step::Attest(..) => {}
            }
        }
        let status = played.world.state.status();
        for rollout in &status.rollouts {
            let number = (0..3).find(|number| model(*number).to_string() == rollout.lineage).unwrap();
            prop_assert_eq!(traffic.get(&number), Some(&rollout.traffic));
        }
        for deployed in &status.deployments {
            let was_good = |number: &u8| model(*number).to_string() == deployed.deployment.lineage;
            prop_assert!(good.iter().any(was_good));
        }
    }

    /// The fold equals its snapshot, what is taken back was never there, and all comes out alike again.
    #[test]
    fn the_fold_equals_its_snapshot(history in any_history(), at in any::<prop::sample::Index>()) {
        let mut played = play(&history);
        let entries = played.world.ledger.read(0, usize::MAX).unwrap();
        let mut state = State::new();
        let (first, rest) = entries.split_at(at.index(entries.len()));
        first.iter().for_each(|recorded| state.fold(recorded).unwrap());
        let before = state.clone();
        let mut pending = state.pending();
        rest.iter().for_each(|recorded| pending.fold(recorded).unwrap());
        prop_assert_eq!(&*pending, &played.world.state);
        drop(pending);
        prop_assert_eq!(&state, &before);
        played.world.snapshot();
        let opened = State::open(&played.world.ledger).unwrap();
        prop_assert_eq!(&opened, &played.world.state);
        let mut again = State::new();
        let size = played.world.size();
        let done = ENGINE.redecide(&played.world.ledger, &mut again, size).unwrap();
        prop_assert_eq!((done.entries, &again), (size, &played.world.state));
    }
}

/// The laws would hold of histories that get nowhere, too.
#[test]
fn histories_get_somewhere() {
    let mut history = Vec::new();
    for model in [0, 1] {
        history.push((Step::Attest(model, EvidenceResult::Pass), 61));
        history.push((Step::Deploy(model), 1));
        history.push((Step::Report(0, OutcomeResult::Succeeded), 1));
        for step in 0..3 {
            history.push((Step::Attest(model, EvidenceResult::Pass), 61));
            history.push((Step::Shift(model, step), 1));
            history.push((Step::Report(0, OutcomeResult::Succeeded), 1));
        }
    }
    history.push((Step::Incident, 1));
    history.push((Step::Rollback(0), 1));
    history.push((Step::Report(0, OutcomeResult::Succeeded), 1));
    let played = play(&history);
    assert!(played.asked.iter().all(|(_, _, admission)| is_allowed(admission)));
    let status = played.world.state.status();
    assert_eq!(status.deployments[0].deployment.lineage, model(0).to_string());
}
