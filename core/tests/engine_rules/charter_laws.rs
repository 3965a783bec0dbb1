//! What holds under every charter, of every history: nothing that speaks for a request stands in its way,
//! nothing is spent twice, no stage is jumped, and exceptions are what the charter makes of them.
//!
//! The models in here are naive on purpose: they know what was handed in and what was answered, and share
//! nothing with the engine. `POUNDLOCK_SOAK=N` tries N times as many cases.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
};

use poundlock::{
    digest::Digest,
    model::{
        Action, Check, Decision, EvidenceResult, FactKind, Outcome, OutcomeResult, Request, Verdict,
    },
    state::State,
    time::{Duration, Instant},
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::{random_charters::*, random_histories::*, random_plays::*, support::*};

#[allow(clippy::disallowed_methods)] // The longer run is asked for from outside.
fn config(cases: u32) -> ProptestConfig {
    let times = env::var("POUNDLOCK_SOAK").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let cases = cases * times;
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

fn played(case: &Case) -> Played {
    play(case, &engines(case), None, &BTreeSet::new())
}

impl Played {
    fn all(&self) -> impl Iterator<Item = (usize, &Step, &Done)> {
        let steps = self.done.iter().enumerate();
        steps.filter_map(|(index, done)| Some((index, &self.history[index].step, done.as_ref()?)))
    }

    /// The step whose entry has a hash.
    fn step_of(&self, entry: &Digest) -> Option<(usize, &Step, &Done)> {
        self.all().find(|(_, _, done)| done.admission.entry == *entry && !done.admission.repeated)
    }

    fn fact(&self, index: usize) -> Option<&FactKind> {
        match &self.done[index].as_ref()?.asked {
            Asked::Fact(fact) => Some(&fact.fact),
            Asked::Request(_) => None,
        }
    }

    /// The ledger's own clock just before a step, and the instant of the request if that is later.
    fn now(&self, index: usize, request: &Request) -> Instant {
        let before = self.done[..index].iter().flatten().filter(|done| !done.admission.repeated);
        before.map(|done| done.admission.at).fold(request.at, Instant::max)
    }

    /// What a decision spent, by step; nothing where that is none.
    fn spends(&self, index: usize) -> BTreeSet<Option<usize>> {
        let decision = self.done[index].as_ref().and_then(Done::decision);
        let spent = decision.iter().flat_map(|decision| &decision.spends);
        spent.map(|entry| self.step_of(entry).map(|(index, ..)| index)).collect()
    }

    fn stage_of(&self, index: usize) -> usize {
        match self.history[index].step {
            Step::Ask { stage, .. } => stage,
            Step::Repeat { .. } => self.stage_of(self.history[index].of.unwrap()),
            _ => panic!("step {index} asks for nothing"),
        }
    }
}

fn later(instant: Instant, seconds: i64) -> Instant {
    instant.saturating_add(Duration::from_seconds(seconds.try_into().unwrap()))
}

/// Whether a fact can only speak for what is asked: that somebody looked and found nothing amiss, or that
/// people consent.
fn supports(step: &Step) -> bool {
    matches!(
        step,
        Step::Approve { .. }
            | Step::Attest { result: EvidenceResult::Pass, .. }
            | Step::Incident { found: false, .. }
            | Step::Resolve { .. }
            | Step::Consent { .. }
            | Step::Open { .. }
    )
}

/// Evidence that was produced, by its own word, after a request is not believed, and what was produced
/// before it is no longer the latest.
fn from_the_future(fact: &FactKind, request: &Request) -> bool {
    matches!(fact, FactKind::Evidence(evidence) if evidence.produced > later(request.at, 60))
}

/// A grant as the steps made it.
struct Grant {
    opened: Instant,
    lifetime: i64,
    uses: u32,
    used: u32,
    law: usize,
    reason: usize,
    closed: bool,
}

/// The grants of a history, by the step that opened each.
#[derive(Default)]
struct Grants(BTreeMap<usize, Grant>);

impl Grants {
    fn see(&mut self, case: &Case, played: &Played, (index, done): (usize, &Done)) {
        if !done.allowed() {
            return;
        }
        let of = played.history[index].of;
        match played.history[index].step {
            Step::Open { .. } => {
                let emergency = case.rules[done.law].emergency.as_ref().unwrap();
                let Some(FactKind::GrantRequest(asked)) = played.fact(of.unwrap()) else {
                    panic!("a grant was opened that nobody asked for");
                };
                let lifetime = i64::try_from(asked.lifetime.as_seconds()).unwrap();
                let grant = Grant {
                    opened: done.admission.at,
                    lifetime: lifetime.min(emergency.lifetime),
                    uses: emergency.uses,
                    used: 0,
                    law: done.law,
                    reason: asked.reason.strip_prefix("reason-").unwrap().parse().unwrap(),
                    closed: false,
                };
                self.0.insert(index, grant);
            }
            Step::Close { .. } => {
                if let Some(grant) = self.0.get_mut(&of.unwrap()) {
                    grant.closed = true;
                }
            }
            _ => {}
        }
    }

    /// The live grant that covers a request, as whoever reads the book would find it.
    fn live(
        &mut self,
        played: &Played,
        (index, done): (usize, &Done),
        request: &Request,
        entry: &Digest,
    ) -> Option<&mut Grant> {
        let (opening, ..) = played.step_of(entry)?;
        let asked = played.history[opening].of?;
        let Some(FactKind::GrantRequest(asked)) = played.fact(asked) else { return None };
        let grant = self.0.get_mut(&opening)?;
        let stage = STAGES[played.stage_of(index)];
        let live = !grant.closed
            && grant.law == done.law
            && grant.used < grant.uses
            && played.now(index, request) <= later(grant.opened, grant.lifetime)
            && asked.scope.actors.contains(&request.actor.id)
            && asked.scope.actions.contains(&request.action)
            && asked.scope.stages.contains(stage)
            && asked.scope.assets.contains(&request.asset);
        live.then_some(grant)
    }
}

fn overridden(decision: &Decision, check: Check) -> bool {
    decision.findings.iter().any(|f| f.outcome == Outcome::Overridden && f.check == check)
}

/// Everything that is overridden is so by a grant or waiver that is live, and nothing else is (R306, R309).
fn exceptions_are_live(case: &Case, played: &Played) -> Result<(), TestCaseError> {
    let mut grants = Grants::default();
    for (index, _, done) in played.all() {
        grants.see(case, played, (index, done));
        let Asked::Request(request) = &done.asked else { continue };
        let Some(decision) = done.decision().filter(|_| done.allowed()) else { continue };
        let stage = played.stage_of(index);
        let rules = &case.rules[done.law];
        let now = played.now(index, request);
        let waived = |name: &str| {
            let live = rules.waivers.iter().filter(|waiver| waiver.stages.contains(&stage));
            live.filter(|waiver| now < at(waiver.expires)).any(|waiver| waiver.name == name)
        };
        for name in &decision.waivers {
            prop_assert!(waived(name), "step {index}: the waiver {name} is none or over");
        }
        let grant = match &decision.grant {
            Some(entry) => {
                let grant = grants.live(played, (index, done), request, entry);
                prop_assert!(grant.is_some(), "step {index}: the grant does not cover this");
                grant
            }
            None => None,
        };
        let overrides = grant
            .as_ref()
            .map(|grant| &rules.emergency.as_ref().unwrap().reasons[grant.reason].overrides);
        for finding in decision.findings.iter().filter(|f| f.outcome == Outcome::Overridden) {
            let by_waiver = finding.check == Check::Policies
                && finding.subject.as_deref() == Some("rules/private")
                && finding.resource.as_deref() == Some("thing.a")
                && decision.waivers.iter().any(|name| waived(name));
            let by_grant = overrides.is_some_and(|overrides| overrides.contains(&finding.check));
            prop_assert!(by_waiver || by_grant, "step {index}: nothing overrides {}", finding.code);
        }
        if let Some(grant) = grant.filter(|_| done.bound().is_some()) {
            grant.used += 1;
        }
    }
    Ok(())
}

/// Nothing enters a stage whose lineage has not succeeded in the one before it, in its last act, and soaked
/// there, but by a grant that says so.
fn no_stage_is_jumped(case: &Case, played: &Played) -> Result<(), TestCaseError> {
    // By stage and lineage: the act that was the last, and when its success was recorded.
    let mut entered: BTreeMap<(usize, String), (usize, Option<Instant>)> = BTreeMap::new();
    let mut latest: BTreeMap<usize, String> = BTreeMap::new();
    for (index, step, done) in played.all() {
        if let Some((request, decision)) = done.bound() {
            let (stage, lineage) = (played.stage_of(index), request.subject.lineage());
            let enters = matches!(request.action, Action::Apply | Action::Promote);
            if enters && stage > 0 && !overridden(decision, Check::Boundary) {
                let before = entered.get(&(stage - 1, lineage.clone()));
                let succeeded = before.and_then(|(_, succeeded)| *succeeded);
                prop_assert!(succeeded.is_some(), "step {index} jumps");
                let soak = case.rules[done.law].stages[stage].soak;
                prop_assert!(
                    request.at >= later(succeeded.unwrap(), soak),
                    "step {index} is early"
                );
            } else if enters && stage > 0 {
                prop_assert!(decision.grant.is_some());
            }
            if done.act().is_some() {
                entered.insert((stage, lineage.clone()), (index, None));
                match (request.action, latest.get(&stage)) {
                    // What is gone back from did not succeed.
                    (Action::Rollback, Some(from)) if *from != lineage => {
                        entered.remove(&(stage, from.clone()));
                    }
                    (Action::Apply | Action::Promote, _) => {
                        latest.insert(stage, lineage);
                    }
                    _ => {}
                }
            }
        }
        if let (Step::Report { result, .. }, true) = (step, done.allowed()) {
            let act = played.history[index].of.unwrap();
            let permit = played.done[act].as_ref().unwrap().act().unwrap();
            let place = (played.stage_of(act), permit.lineage.clone());
            let last = entered.get_mut(&place).filter(|(last, _)| *last == act);
            let whole = permit.traffic.is_none_or(|traffic| traffic == 100);
            if let Some((_, succeeded)) = last {
                let success = *result == OutcomeResult::Succeeded && whole;
                *succeeded = success.then_some(done.admission.at);
                if success {
                    latest.insert(place.0, place.1);
                }
            }
        }
    }
    Ok(())
}

/// No entry is spent by two decisions, and no plan is carried out twice in a stage.
fn everything_is_spent_once(played: &Played) -> Result<(), TestCaseError> {
    let mut spent = BTreeSet::new();
    let mut carried_out = BTreeSet::new();
    let mut reported = BTreeSet::new();
    for (index, step, done) in played.all() {
        if let Some((request, decision)) = done.bound() {
            for entry in &decision.spends {
                prop_assert!(spent.insert(*entry), "step {index} spends {entry} again");
            }
            if matches!(request.action, Action::Apply | Action::Rollback) && request.plan.is_some()
            {
                let once = (played.stage_of(index), request.subject.digest());
                prop_assert!(carried_out.insert(once), "step {index} carries out a plan again");
            }
        }
        if let (Step::Report { result, .. }, true) = (step, done.allowed()) {
            let permit = played.history[index].of.unwrap();
            let ends = *result != OutcomeResult::Unknown;
            prop_assert!(!reported.contains(&permit), "step {index} ends what has ended");
            reported.extend(ends.then_some(permit));
        }
    }
    Ok(())
}

/// The people whose consent a decision rests on, over the promotion that it spent if any; nothing where it
/// rests on none.
fn approvers<'p>(played: &'p Played, decision: &Decision) -> Vec<&'p str> {
    let spent = decision.spends.iter().filter_map(|entry| played.step_of(entry));
    spent
        .flat_map(|(index, _, done)| match (played.fact(index), done.decision()) {
            (Some(FactKind::Approval(approval)), _) => vec![approval.by.as_str()],
            (None, Some(promotion)) => approvers(played, promotion),
            _ => vec![],
        })
        .collect()
}

/// Enough people consented, each is one, each has a role that counts, and none is the author or the
/// executor (R118).
fn approvers_are_others(case: &Case, played: &Played) -> Result<(), TestCaseError> {
    let roles = |name: &str| PEOPLE.iter().find(|(person, _)| *person == name).map(|(_, r)| *r);
    let enough = |people: &BTreeSet<&str>, count: [u32; 2]| {
        let have = |role| people.iter().filter(|one| roles(one).unwrap().contains(role)).count();
        people.len() == (count[0] + count[1]) as usize
            && [0, 1].iter().all(|role| have(role) >= count[*role] as usize)
    };
    for (index, step, done) in played.all() {
        if let Some((request, decision)) = done.bound() {
            let people = approvers(played, decision);
            let distinct: BTreeSet<&str> = people.iter().copied().collect();
            prop_assert_eq!(people.len(), distinct.len(), "step {}", index);
            for person in [request.subject.author(), &request.actor.id] {
                prop_assert!(!distinct.contains(person), "step {index}: {person} approves");
            }
            let rules = &case.rules[done.law].stages[played.stage_of(index)];
            let wanted = match (request.action, &rules.rollback) {
                (Action::Apply | Action::Promote, _) => rules.approvals,
                (Action::Rollback, Some(back)) => back.approvals,
                _ => [0, 0],
            };
            // By the grant that let the promotion pass.
            let spent = decision.spends.iter().filter_map(|entry| played.step_of(entry));
            let same = |grant: Option<Digest>| grant.is_some() && grant == request.grant;
            let excepted = overridden(decision, Check::Approvals)
                || spent.filter_map(|(_, _, done)| done.decision()).any(|d| same(d.grant));
            if !excepted {
                prop_assert!(
                    enough(&distinct, wanted),
                    "step {index}: {distinct:?} for {wanted:?}"
                );
            }
        }
        if let (Step::Open { .. }, true) = (step, done.allowed()) {
            let asked = played.history[index].of.unwrap();
            let Some(FactKind::GrantRequest(request)) = played.fact(asked) else { panic!() };
            let consents =
                played.all().take_while(|(i, ..)| *i < index).filter_map(|(i, _, done)| {
                    let withdrawn = played.all().any(|(w, step, withdrawal)| {
                        matches!(step, Step::Withdraw { .. })
                            && played.history[w].of == Some(i)
                            && w < index
                            && withdrawal.allowed()
                    });
                    match played.fact(i)? {
                        FactKind::GrantApproval(consent)
                            if done.allowed()
                                && !withdrawn
                                && consent.request
                                    == played.done[asked].as_ref()?.admission.entry =>
                        {
                            Some(consent.by.as_str())
                        }
                        _ => None,
                    }
                });
            let people: BTreeSet<&str> =
                consents.filter(|by| *by != "dan" && !request.scope.actors.contains(*by)).collect();
            let emergency = case.rules[done.law].emergency.as_ref().unwrap();
            let number: usize = request.reason.strip_prefix("reason-").unwrap().parse().unwrap();
            let count = emergency.reasons[number].approvals;
            prop_assert!(people.len() >= (count[0] + count[1]) as usize, "step {index}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(12))]

    /// Who leaves out a consent, a passing evidence, a look that found nothing, a resolution or the opening of
    /// a grant gains nothing by it: the next request that is answered otherwise is not allowed instead of
    /// denied.
    ///
    /// Only up to the first other answer: from there on it is another history. What was denied without the
    /// fact did not act, so that nothing waits for its outcome, no rate counts it, no newer plan supersedes
    /// and no post-mortem is owed. For the same reason this is no law of what speaks against a request: a
    /// failing evidence, an incident, a newer plan or an act, without which more is allowed.
    #[test]
    fn what_speaks_for_a_request_never_stands_in_its_way(case in any_case(), picks in prop::collection::vec(any::<prop::sample::Index>(), 3)) {
        let engines = engines(&case);
        let whole = play(&case, &engines, None, &BTreeSet::new());
        let supporting: Vec<usize> = whole
            .all()
            .filter(|(_, step, done)| supports(step) && done.allowed())
            .map(|(index, ..)| index)
            .collect();
        for left_out in picks.iter().filter(|_| !supporting.is_empty()).map(|pick| supporting[pick.index(supporting.len())]) {
            let without = play(&case, &engines, Some((left_out, &whole)), &BTreeSet::new());
            for index in left_out + 1..case.history.len() {
                // What was left out is not repeated.
                let (Some(before), Some(after)) = (&whole.done[index], &without.done[index]) else { continue };
                if let Asked::Request(request) = &before.asked {
                    let excused = from_the_future(whole.fact(left_out).unwrap(), request);
                    prop_assert!(
                        before.admission.verdict == Verdict::Allow || after.admission.verdict == Verdict::Deny || excused,
                        "step {} is allowed without step {}: {:?}", index, left_out, denials(&before.admission)
                    );
                }
                if before.admission.verdict != after.admission.verdict || whole.spends(index) != without.spends(index) {
                    break;
                }
            }
        }
    }

    /// No approval, promotion or other permit is spent twice.
    #[test]
    fn nothing_is_spent_twice(case in any_case()) {
        everything_is_spent_once(&played(&case))?;
    }

    /// A grant overrides what its reason says, within its scope, until its end, so often and no more; a waiver
    /// overrides one policy until its end. Nothing else overrides anything.
    // Requirements: R265, R306, R309, R317, M1.
    #[test]
    fn only_a_live_exception_overrides(case in any_case()) {
        exceptions_are_live(&case, &played(&case))?;
    }

    /// No lineage reaches a stage without its success in the one before, unless a grant says so.
    // Requirements: R132, R160.
    #[test]
    fn only_a_grant_jumps_a_stage(case in any_case()) {
        no_stage_is_jumped(&case, &played(&case))?;
    }

    /// Approvers are distinct people, and neither author nor executor.
    // Requirements: R077.
    #[test]
    fn nobody_approves_their_own(case in any_case()) {
        approvers_are_others(&case, &played(&case))?;
    }

    /// The fold equals its snapshot, and everything is decided alike again, and can be signed over.
    // Requirements: R333, R343.
    #[test]
    fn everything_comes_out_again(case in any_case(), at in any::<prop::sample::Index>()) {
        let snapshots = BTreeSet::from([at.index(case.history.len())]);
        let mut played = play(&case, &engines(&case), None, &snapshots);
        let mut folded = State::new();
        folded.catch_up(&played.world.ledger).unwrap();
        prop_assert_eq!(&folded, &played.world.state);
        prop_assert_eq!(&State::open(&played.world.ledger).unwrap(), &played.world.state);
        played.world.snapshot();
        prop_assert_eq!(&State::open(&played.world.ledger).unwrap(), &played.world.state);
        let (size, mut again) = (played.world.size(), State::new());
        let done = played.world.engine.redecide(&played.world.ledger, &mut again, size).unwrap();
        prop_assert_eq!((done.entries, done.unavailable), (size, vec![]));
        prop_assert_eq!(&again, &played.world.state);
        played.world.sign();
        played.world.ledger.verify().unwrap();
    }
}

/// The laws would hold of histories that get nowhere, too.
#[test]
fn histories_get_somewhere() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..60 {
        let case = any_case().new_tree(&mut runner).unwrap().current();
        let played = played(&case);
        let mut see = |what: String| *seen.entry(what).or_default() += 1;
        for (index, step, done) in played.all() {
            if let (Step::Open { .. } | Step::Amend, true) = (step, done.allowed()) {
                let name = format!("{step:?}");
                see(name.split(' ').next().unwrap().to_owned());
            }
            let Some((request, decision)) = done.bound() else { continue };
            see(request.action.word().to_owned());
            if played.stage_of(index) > 0 && done.act().is_some() {
                see("beyond the first stage".to_owned());
            }
            for (what, is) in [
                ("granted", decision.grant.is_some()),
                ("waived", !decision.waivers.is_empty()),
                ("approved", !approvers(&played, decision).is_empty()),
                ("jumped", overridden(decision, Check::Boundary)),
            ] {
                if is {
                    see(what.to_owned());
                }
            }
        }
    }
    for what in [
        "plan",
        "apply",
        "promote",
        "rollback",
        "shift",
        "granted",
        "waived",
        "approved",
        "jumped",
        "beyond the first stage",
        "Open",
        "Amend",
    ] {
        assert!(seen.contains_key(what), "nothing of the kind `{what}` happens: {seen:?}");
    }
}
