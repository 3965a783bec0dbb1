//! Plays random histories: finds what each step refers to, hands it to the engine, and keeps the answer.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use poundlock::{
    digest::Digest,
    engine::{Admission, Engine},
    model::{
        About, Action, Amendment, Artifact, Channel, Decision, EvidenceResult, Fact, FactKind,
        GrantApproval, GrantClosing, GrantOpening, GrantRequest, GrantScope, Incident, Mode,
        Permit, Plan, PostMortem, Request, Resolution, Subject, Target, Verdict,
    },
    time::Duration,
};

use crate::{random_charters::*, random_histories::*, support::*};

const COMMITS: [&str; 2] = [COMMIT, OTHER_COMMIT];

/// In each stage, one of four is public, and one of four changes two resources.
static ALL_PLANS: LazyLock<Vec<Plan>> = LazyLock::new(|| {
    let plan = |number: u8| {
        let public = format!(r#"{{"public": {}}}"#, number % 4 == 3);
        let one = ("thing", "create", public.as_str(), "{}");
        let two = ("another", "create", "{}", "{}");
        let all = [one, two];
        plan_of(number, if number % 4 == 2 { &all } else { &all[..1] })
    };
    (0..STAGES.len() * PLANS).map(|number| plan(number.try_into().unwrap())).collect()
});

/// What was handed to the engine, and what it answered.
pub(crate) struct Done {
    pub(crate) asked: Asked,
    pub(crate) admission: Admission,
    /// Which of the two charters was in force.
    pub(crate) law: usize,
}

#[derive(Clone)]
pub(crate) enum Asked {
    Request(Box<Request>),
    Fact(Box<Fact>),
}

impl Done {
    pub(crate) fn allowed(&self) -> bool {
        self.admission.verdict == Verdict::Allow && !self.admission.repeated
    }

    pub(crate) fn decision(&self) -> Option<&Decision> {
        self.admission.decision.as_ref()
    }

    /// The request that was allowed, and binds, with its decision.
    pub(crate) fn bound(&self) -> Option<(&Request, &Decision)> {
        match &self.asked {
            Asked::Request(request) if self.allowed() => {
                let decision = self.decision()?;
                (decision.mode == Mode::Enforce).then_some((request, decision))
            }
            _ => None,
        }
    }

    pub(crate) fn act(&self) -> Option<&Permit> {
        self.bound()?.1.permit.as_ref().filter(|permit| permit.is_act())
    }
}

pub(crate) struct Played {
    pub(crate) world: World,
    pub(crate) law: usize,
    /// The history with the references found.
    pub(crate) history: Vec<Moment>,
    /// Nothing where a step referred to nothing.
    pub(crate) done: Vec<Option<Done>>,
    clocks: Vec<i64>,
}

/// The charters of a case as engines.
pub(crate) fn engines(case: &Case) -> [Arc<Engine>; 2] {
    [case.rules[0].engine(), case.rules[1].engine()]
}

/// Plays a history. In the place of what is left out stands a fact about nothing: the ledger's clock goes on
/// as it did. `whole` is the history as it was with that, for the entries that are still named.
pub(crate) fn play(
    case: &Case,
    engines: &[Arc<Engine>; 2],
    left_out: Option<(usize, &Played)>,
    snapshots: &BTreeSet<usize>,
) -> Played {
    let mut played = Played {
        world: World::begun(engines[0].clone(), &[key(1)]),
        law: 0,
        history: left_out.map_or_else(|| case.history.clone(), |(_, whole)| whole.history.clone()),
        done: Vec::new(),
        clocks: Vec::new(),
    };
    let mut clock = 0;
    for index in 0..case.history.len() {
        clock += case.history[index].wait;
        played.clocks.push(clock);
        if snapshots.contains(&index) {
            played.world.snapshot();
        }
        if let Some((_, whole)) = left_out.filter(|(out, _)| *out == index) {
            let law = played.law;
            let tick = nothing(&case.rules[law], index, clock);
            let admission = played.world.record(&tick);
            let admission = Admission {
                entry: whole.done[index].as_ref().unwrap().admission.entry,
                ..admission
            };
            played.done.push(Some(Done { asked: Asked::Fact(tick.into()), admission, law }));
            continue;
        }
        let of = played.history[index].of.or_else(|| refer(&played, index));
        played.history[index].of = of;
        let law = played.law;
        let asked = compose(case, engines, &played, index, left_out.map(|(out, _)| out));
        let done = asked.map(|asked| {
            let admission = hand_in(&mut played, &asked, engines);
            Done { asked, admission, law }
        });
        played.done.push(done);
    }
    played
}

/// Evidence about what nobody asks about.
fn nothing(rules: &Rules, index: usize, clock: i64) -> Fact {
    let about = match (rules.gates[0].about_commit, rules.artifacts) {
        (true, _) => About::Commit("f".repeat(40)),
        (false, true) => About::Artifact(Digest::ZERO),
        (false, false) => About::Plan(Digest::ZERO),
    };
    let mut fact = evidence(about, EvidenceResult::Pass, clock);
    evidence_of(&mut fact).gate = GATES[0].to_owned();
    fact.id = format!("step-{index}");
    fact
}

fn hand_in(played: &mut Played, asked: &Asked, engines: &[Arc<Engine>; 2]) -> Admission {
    let Played { world, law, .. } = played;
    match asked {
        Asked::Request(request) => world.admit(request),
        Asked::Fact(fact) if matches!(fact.fact, FactKind::Amendment(_)) => {
            let next = &engines[1 - *law];
            let texts = next.law_texts();
            let admission =
                world.engine.record(fact, &texts, &world.ledger, &mut world.state).unwrap();
            if admission.verdict == Verdict::Allow && !admission.repeated {
                *law = 1 - *law;
                world.engine = next.clone();
            }
            admission
        }
        Asked::Fact(fact) => world.record(fact),
    }
}

fn refer(played: &Played, index: usize) -> Option<usize> {
    let last = |back: usize, fits: &dyn Fn(&Step, &Done) -> bool| {
        let steps = played.done.iter().enumerate().rev();
        let found = steps.filter(|(index, done)| {
            done.as_ref().is_some_and(|done| fits(&played.history[*index].step, done))
        });
        found.map(|(index, _)| index).nth(back)
    };
    match played.history[index].step {
        Step::Ask { grant, .. } => {
            last(grant?, &|step, done| matches!(step, Step::Open { .. }) && done.allowed())
        }
        Step::Report { back, .. } => last(back, &|_, done| done.act().is_some()),
        Step::Withdraw { back } | Step::Repeat { back } => index.checked_sub(back),
        Step::Resolve { back } => last(back, &|step, done| {
            matches!(step, Step::Incident { found: true, .. }) && done.allowed()
        }),
        Step::Consent { back, .. } | Step::Open { back, .. } => {
            last(back, &|step, done| matches!(step, Step::AskGrant { .. }) && done.allowed())
        }
        Step::Close { back } | Step::Look { back } => {
            last(back, &|step, done| matches!(step, Step::Open { .. }) && done.allowed())
        }
        _ => None,
    }
}

/// What a step hands in, if it refers to nothing that is not there.
fn compose(
    case: &Case,
    engines: &[Arc<Engine>; 2],
    played: &Played,
    index: usize,
    left_out: Option<usize>,
) -> Option<Asked> {
    let Moment { step, of, .. } = played.history[index];
    let clock = played.clocks[index];
    let rules = &case.rules[played.law];
    let target = of.and_then(|of| Some(played.done.get(of)?.as_ref()?.admission.entry));
    let fact_of = |actor, kind| fact(actor, clock, kind);
    let mut fact = match step {
        Step::Ask { action, stage, what, author, person, beyond, .. } => {
            let request = Request {
                id: format!("step-{index}"),
                grant: target,
                ..request(played, rules, (action, stage, what, beyond), clock)
            };
            return Some(Asked::Request(asked_by(request, person, author).into()));
        }
        Step::Repeat { .. } => {
            let of = of.filter(|of| Some(*of) != left_out)?;
            let mut asked = played.done.get(of)?.as_ref()?.asked.clone();
            match &mut asked {
                Asked::Request(request) => request.at = at(clock),
                Asked::Fact(fact) => fact.at = at(clock),
            }
            return Some(asked).filter(|asked| {
                !matches!(asked, Asked::Fact(fact) if matches!(fact.fact, FactKind::Amendment(_)))
            });
        }
        Step::Approve { by, stage, what, role, expires } => {
            let mut fact = approval(PEOPLE[by].0, STAGES[stage], digest(rules, stage, what), clock);
            let approval = approval_of(&mut fact);
            approval.role = role.map(|role| ROLES[role].to_owned());
            approval.expires = expires.map(|expires| at(clock + expires));
            fact
        }
        Step::Attest { gate, stage, what, result, produced } => {
            let about = match (rules.gates[gate].about_commit, rules.artifacts) {
                (true, _) => About::Commit(COMMITS[what.commit].to_owned()),
                (false, true) => About::Artifact(digest(rules, stage, what)),
                (false, false) => About::Plan(digest(rules, stage, what)),
            };
            let mut fact = evidence(about, result, clock);
            let evidence = evidence_of(&mut fact);
            evidence.gate = GATES[gate].to_owned();
            evidence.produced = at(clock + produced);
            fact
        }
        Step::Report { result, .. } => outcome(target?, result, clock),
        Step::Withdraw { .. } => withdrawal(target?, clock),
        Step::Incident { stage, kind, found } => {
            let incident = Incident {
                kind,
                track: None,
                stage: STAGES[stage].to_owned(),
                asset: "web".to_owned(),
                found,
                seen: at(clock),
                state: None,
                resources: Vec::new(),
                severity: None,
                report: None,
                note: None,
            };
            fact_of(workload("checker"), FactKind::Incident(incident))
        }
        Step::Resolve { .. } => {
            let over = Resolution { incident: target?, reason: "it is over".to_owned() };
            fact_of(workload("checker"), FactKind::Resolution(over))
        }
        Step::AskGrant { reason, actors, narrow, lifetime } => {
            let request = grant_request(rules, reason, actors, narrow, lifetime)?;
            fact_of(human("dan"), FactKind::GrantRequest(request))
        }
        Step::Consent { by, .. } => {
            let approval = GrantApproval { request: target?, by: PEOPLE[by].0.to_owned() };
            fact_of(workload("attestor"), FactKind::GrantApproval(approval))
        }
        Step::Open { by, .. } => {
            let actor = if by == 0 { human("dan") } else { workload("deployer") };
            fact_of(actor, FactKind::GrantOpening(GrantOpening { request: target? }))
        }
        Step::Close { .. } => {
            let closing = GrantClosing { grant: target?, note: "all is well".to_owned() };
            fact_of(human("dan"), FactKind::GrantClosing(closing))
        }
        Step::Look { .. } => {
            let report = Digest::of(b"report");
            let report = PostMortem { grant: target?, report, summary: "a full disk".to_owned() };
            fact_of(human("cyd"), FactKind::PostMortem(report))
        }
        Step::Amend => {
            let law = Some(engines[1 - played.law].law().clone());
            let amendment = Amendment { law, keys: None, reason: "times change".to_owned() };
            fact_of(human("ann"), FactKind::Amendment(amendment))
        }
    };
    fact.id = format!("step-{index}");
    Some(Asked::Fact(fact.into()))
}

fn plan_at(stage: usize, what: What) -> &'static Plan {
    &ALL_PLANS[stage * PLANS + what.plan]
}

/// The digest of what a request is about.
fn digest(rules: &Rules, stage: usize, what: What) -> Digest {
    if rules.artifacts { model(what) } else { plan_at(stage, what).digest }
}

/// The plans of a commit are many, and its models two.
fn model(what: What) -> Digest {
    Digest::of(format!("{}-{}", what.commit, what.plan % 2).as_bytes())
}

fn request(
    played: &Played,
    rules: &Rules,
    (action, stage, what, beyond): (Action, usize, What, usize),
    clock: i64,
) -> Request {
    let mut request = ask(action, STAGES[stage], plan_at(stage, what), clock);
    change_of(&mut request).commit = COMMITS[what.commit].to_owned();
    if !rules.stages.get(stage).is_some_and(|rules| rules.stack) {
        request.target = Target::default();
    }
    if rules.artifacts {
        request.plan = None;
        request.subject = Subject::Artifact(Artifact {
            digest: model(what),
            author: "dan".to_owned(),
            commit: Some(COMMITS[what.commit].to_owned()),
            git_ref: None,
        });
    }
    let status = played.world.state.status();
    if action == Action::Shift {
        request.plan = None;
        let steps = rules.stages.get(stage).and_then(|rules| rules.rollout.as_ref());
        let under_way = status.rollouts.iter().find(|rollout| rollout.site.stage == STAGES[stage]);
        let left = steps.into_iter().flat_map(|rollout| &rollout.steps);
        let mut left =
            left.filter(|step| under_way.is_some_and(|rollout| **step > rollout.traffic));
        request.traffic = left.nth(beyond).copied();
    }
    if matches!(action, Action::Apply | Action::Promote) {
        let good = status.deployments.into_iter().find(|there| there.site.stage == STAGES[stage]);
        let lineage = request.subject.lineage();
        let good = good.map(|good| good.deployment.lineage).filter(|good| *good != lineage);
        let asks = rules.stages.get(stage).is_some_and(|rules| rules.rollback.is_some());
        request.rollback = good.filter(|_| asks);
    }
    request
}

fn asked_by(mut request: Request, person: Option<usize>, author: usize) -> Request {
    if let Some(person) = person {
        request.actor = human(PEOPLE[person].0);
        request.channel = Channel::Local;
    }
    match &mut request.subject {
        Subject::Change(change) => change.author = PEOPLE[author].0.to_owned(),
        Subject::Artifact(artifact) => artifact.author = PEOPLE[author].0.to_owned(),
    }
    request
}

fn grant_request(
    rules: &Rules,
    number: usize,
    actors: usize,
    narrow: bool,
    lifetime: i64,
) -> Option<GrantRequest> {
    let emergency = rules.emergency.as_ref()?;
    let number = number % emergency.reasons.len();
    let reason = &emergency.reasons[number];
    let all = ["dan", "deployer", "planner", "bob", "ann"];
    let actors = all.into_iter().enumerate().filter(|(bit, _)| actors & (1 << bit) != 0);
    let few = if narrow { 1 } else { usize::MAX };
    Some(GrantRequest {
        reason: format!("reason-{number}"),
        scope: GrantScope {
            actors: actors.map(|(_, name)| name.to_owned()).collect(),
            actions: reason.actions.iter().take(few).copied().collect(),
            track: "way".to_owned(),
            stages: reason.stages.iter().take(few).map(|stage| STAGES[*stage].to_owned()).collect(),
            assets: ["web".to_owned()].into(),
        },
        lifetime: Duration::from_seconds(lifetime.try_into().unwrap()),
        justification: "production is down".to_owned(),
        impact: "one service".to_owned(),
        resolution: "a change by Friday".to_owned(),
        communication: "the incident channel".to_owned(),
    })
}
