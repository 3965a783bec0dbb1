//! Histories under random charters: changes or models carried from stage to stage, emergencies, ways back,
//! incidents and amendments, with steps left out, doubled and put in at random.

use std::fmt;

use poundlock::model::{Action, EvidenceResult, IncidentKind, OutcomeResult};
use proptest::prelude::*;

use crate::random_charters::*;

/// How many commits there are.
const COMMITS: usize = 2;
/// How many plans there are for each stage.
pub(crate) const PLANS: usize = 8;

/// What is asked about: a plan of a commit, or a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct What {
    pub(crate) plan: usize,
    pub(crate) commit: usize,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Ask {
        action: Action,
        stage: usize,
        what: What,
        /// The author, and the person that asks instead of the workload, by number.
        author: usize,
        person: Option<usize>,
        /// Under the grant that was opened so many grants ago.
        grant: Option<usize>,
        /// For a shift: how far beyond the next step it goes.
        beyond: usize,
    },
    Approve {
        by: usize,
        stage: usize,
        what: What,
        role: Option<usize>,
        expires: Option<i64>,
    },
    Attest {
        gate: usize,
        stage: usize,
        what: What,
        result: EvidenceResult,
        produced: i64,
    },
    /// How the act that was admitted last, or one before it, ended.
    Report {
        back: usize,
        result: OutcomeResult,
    },
    /// The step so many steps ago is taken back.
    Withdraw {
        back: usize,
    },
    /// The step so many steps ago is repeated.
    Repeat {
        back: usize,
    },
    Incident {
        stage: usize,
        kind: IncidentKind,
        found: bool,
    },
    /// The incident so many incidents ago is over.
    Resolve {
        back: usize,
    },
    AskGrant {
        reason: usize,
        actors: usize,
        narrow: bool,
        lifetime: i64,
    },
    Consent {
        back: usize,
        by: usize,
    },
    Open {
        back: usize,
        by: usize,
    },
    Close {
        back: usize,
    },
    Look {
        back: usize,
    },
    /// The other charter comes into force.
    Amend,
}

#[derive(Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) step: Step,
    pub(crate) wait: i64,
    /// The earlier step that it refers to.
    pub(crate) of: Option<usize>,
}

/// In one line, so that a history that breaks a law can be read.
impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = format!("{:?}", self.step);
        write!(f, "+{}s {step}", self.wait)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The charter, and the one that an amendment puts in its place.
    pub(crate) rules: [Rules; 2],
    pub(crate) history: Vec<Moment>,
}

/// People, and the role that each consents in, if any.
type Consents = Vec<(usize, Option<usize>)>;

#[derive(Clone, Debug)]
enum Episode {
    Carry { what: What, stages: usize, promote: bool, author: usize, consents: Consents },
    Emergency { what: What, stage: usize, reason: usize, person: Option<usize>, way: usize },
    Retreat { what: What, stage: usize },
    Trouble { stage: usize, kind: IncidentKind, resolved: bool },
    Amend,
}

fn any_what() -> impl Strategy<Value = What> {
    (0..PLANS, 0..COMMITS).prop_map(|(plan, commit)| What { plan, commit })
}

fn any_person() -> impl Strategy<Value = usize> {
    0..PEOPLE.len()
}

fn any_kind() -> impl Strategy<Value = IncidentKind> {
    prop_oneof![Just(IncidentKind::Drift), Just(IncidentKind::Health)]
}

fn any_stage() -> impl Strategy<Value = usize> {
    0..STAGES.len()
}

/// Everybody but dan, in whatever role is needed.
const ALL: [(usize, Option<usize>); 5] = [(0, None), (1, None), (2, None), (4, None), (5, None)];

fn any_consents() -> impl Strategy<Value = Consents> {
    let consent = (any_person(), prop::option::weighted(0.3, 0..ROLES.len()));
    prop_oneof![
        2 => Just(ALL.to_vec()),
        1 => prop::collection::vec(consent, 3..9),
    ]
}

fn any_episode() -> impl Strategy<Value = Episode> {
    let person = prop::option::weighted(0.6, prop_oneof![Just(3_usize), any_person()]);
    let author = prop_oneof![3 => Just(3), 1 => any_person()];
    let carry = (any_what(), 1..=STAGES.len(), any::<bool>(), author, any_consents());
    prop_oneof![
        5 => carry.prop_map(|(what, stages, promote, author, consents)| {
            Episode::Carry { what, stages, promote, author, consents }
        }),
        3 => (any_what(), any_stage(), 0..2_usize, person, 0..3_usize).prop_map(
            |(what, stage, reason, person, way)| Episode::Emergency { what, stage, reason, person, way }
        ),
        1 => (any_what(), 0..2_usize).prop_map(|(what, stage)| Episode::Retreat { what, stage }),
        1 => (any_stage(), any_kind(), any::<bool>())
            .prop_map(|(stage, kind, resolved)| Episode::Trouble { stage, kind, resolved }),
        1 => Just(Episode::Amend),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    use OutcomeResult::{Failed, Succeeded, Unknown};
    let verdict = prop_oneof![
        4 => Just(EvidenceResult::Pass),
        1 => Just(EvidenceResult::Fail),
        1 => Just(EvidenceResult::Error),
    ];
    let end = prop_oneof![3 => Just(Succeeded), 1 => Just(Failed), 1 => Just(Unknown)];
    let action = prop::sample::select(Action::ALL.to_vec());
    let few = || 0..3_usize;
    let asker = (
        any_person(),
        prop::option::weighted(0.3, any_person()),
        prop::option::weighted(0.4, few()),
    );
    prop_oneof![
        4 => (action, any_stage(), any_what(), asker, prop_oneof![4 => Just(0_usize), 1 => Just(1)])
            .prop_map(|(action, stage, what, (author, person, grant), beyond)| Step::Ask {
                action, stage, what, author, person, grant, beyond
            }),
        3 => (any_person(), any_stage(), any_what(), prop::option::weighted(0.4, 0..2_usize),
            prop::option::weighted(0.2, prop::sample::select(vec![0_i64, 100])))
            .prop_map(|(by, stage, what, role, expires)| Step::Approve { by, stage, what, role, expires }),
        3 => (0..GATES.len(), any_stage(), any_what(), verdict,
            prop::sample::select(vec![0_i64, 0, -10, -400, 50]))
            .prop_map(|(gate, stage, what, result, produced)| Step::Attest { gate, stage, what, result, produced }),
        2 => (few(), end).prop_map(|(back, result)| Step::Report { back, result }),
        2 => (1..8_usize).prop_map(|back| Step::Withdraw { back }),
        1 => (1..8_usize).prop_map(|back| Step::Repeat { back }),
        1 => (any_stage(), any_kind(), any::<bool>())
            .prop_map(|(stage, kind, found)| Step::Incident { stage, kind, found }),
        1 => few().prop_map(|back| Step::Resolve { back }),
        1 => (0..2_usize, 1..32_usize, any::<bool>(), prop::sample::select(vec![30_i64, 60, 3_600]))
            .prop_map(|(reason, actors, narrow, lifetime)| Step::AskGrant { reason, actors, narrow, lifetime }),
        1 => (few(), any_person()).prop_map(|(back, by)| Step::Consent { back, by }),
        1 => (few(), 0..2_usize).prop_map(|(back, by)| Step::Open { back, by }),
        1 => few().prop_map(|back| Step::Close { back }),
        1 => few().prop_map(|back| Step::Look { back }),
    ]
}

/// What is asked for as it should be.
fn plainly(action: Action, stage: usize, what: What, author: usize) -> Step {
    Step::Ask { action, stage, what, author, person: None, grant: None, beyond: 0 }
}

fn attested(stage: usize, what: What) -> impl Iterator<Item = (Step, i64)> {
    let result = EvidenceResult::Pass;
    (0..GATES.len()).map(move |gate| (Step::Attest { gate, stage, what, result, produced: 0 }, 0))
}

fn approved(stage: usize, what: What, consents: &[(usize, Option<usize>)]) -> Vec<(Step, i64)> {
    let approve = |(by, role)| (Step::Approve { by, stage, what, role, expires: None }, 0);
    consents.iter().copied().map(approve).collect()
}

/// Long enough for any soak, delay and wait between steps.
const RIPE: i64 = 250;

impl Episode {
    fn steps(self, rules: &[Rules; 2]) -> Vec<(Step, i64)> {
        let artifacts = rules[0].artifacts;
        let succeeded = (Step::Report { back: 0, result: OutcomeResult::Succeeded }, 1);
        let mut steps = Vec::new();
        match self {
            Self::Carry { what, stages, promote, author, consents } => {
                for stage in 0..stages {
                    if !artifacts {
                        steps.push((plainly(Action::Plan, stage, what, author), 1));
                    }
                    steps.extend(attested(stage, what));
                    steps.extend(approved(stage, what, &consents));
                    steps.push((
                        Step::Incident { stage, kind: IncidentKind::Drift, found: false },
                        RIPE,
                    ));
                    if artifacts || (promote && stage > 0) {
                        steps.push((plainly(Action::Promote, stage, what, author), 1));
                    }
                    if !artifacts {
                        steps.push((plainly(Action::Apply, stage, what, author), 1));
                    }
                    steps.push(succeeded);
                    let rollout = |rules: &Rules| {
                        Some(rules.stages.get(stage)?.rollout.as_ref()?.steps.len())
                    };
                    let shifts = rules.iter().filter_map(rollout).max();
                    for _ in 0..shifts.unwrap_or_default() {
                        steps.push((
                            Step::Incident { stage, kind: IncidentKind::Drift, found: false },
                            RIPE,
                        ));
                        steps.extend(attested(stage, what));
                        steps.push((plainly(Action::Shift, stage, what, author), 1));
                        steps.push(succeeded);
                    }
                }
            }
            Self::Emergency { what, stage, reason, person, way } => {
                let by_grant = |action, person| Step::Ask {
                    action,
                    stage,
                    what,
                    author: 3,
                    person,
                    grant: Some(0),
                    beyond: 0,
                };
                if way > 0 && !artifacts {
                    steps.push((plainly(Action::Plan, stage, what, 3), 1));
                }
                if way > 1 {
                    steps.extend(attested(stage, what).chain(approved(stage, what, &ALL)));
                }
                steps.push((Step::AskGrant { reason, actors: 31, narrow: false, lifetime: 60 }, 1));
                steps.extend([1, 2, 4, 5, 0].map(|by| (Step::Consent { back: 0, by }, 0)));
                steps.push((Step::Open { back: 0, by: 0 }, 1));
                match way {
                    0 if !artifacts => steps.push((by_grant(Action::Plan, person), 1)),
                    2 => steps.push((by_grant(Action::Promote, None), 40)),
                    _ => {}
                }
                let action = if artifacts { Action::Promote } else { Action::Apply };
                steps.push((by_grant(action, person), 1));
                steps.push(succeeded);
                steps.push((Step::Close { back: 0 }, 1));
                steps.push((Step::Look { back: 0 }, 1));
            }
            Self::Retreat { what, stage } => {
                // There must be what to go back to, and what to go back from.
                let next = What { plan: (what.plan + 1) % PLANS, commit: 1 - what.commit };
                for what in [what, next] {
                    let carry = Self::Carry {
                        what,
                        stages: stage + 1,
                        promote: false,
                        author: 3,
                        consents: ALL.to_vec(),
                    };
                    steps.extend(carry.steps(rules));
                }
                let plan = if artifacts { what.plan } else { (what.plan + 2) % PLANS };
                let what = What { plan, ..what };
                if !artifacts {
                    steps.push((plainly(Action::Plan, stage, what, 3), 1));
                }
                steps.extend(attested(stage, what).chain(approved(stage, what, &ALL)));
                steps.push((plainly(Action::Rollback, stage, what, 3), 1));
                steps.push(succeeded);
            }
            Self::Trouble { stage, kind, resolved } => {
                steps.push((Step::Incident { stage, kind, found: true }, 1));
                if resolved {
                    steps.push((Step::Resolve { back: 0 }, 1));
                }
            }
            Self::Amend => steps.push((Step::Amend, 1)),
        }
        steps
    }

    /// The same, but for stages that there are.
    fn within(mut self, count: usize) -> Self {
        match &mut self {
            Self::Carry { stages, .. } => *stages = (*stages).min(count),
            Self::Emergency { stage, .. }
            | Self::Retreat { stage, .. }
            | Self::Trouble { stage, .. } => *stage %= count,
            Self::Amend => {}
        }
        self
    }
}

impl Step {
    fn place(&mut self) -> Option<(&mut usize, &mut What)> {
        match self {
            Self::Ask { stage, what, .. }
            | Self::Approve { stage, what, .. }
            | Self::Attest { stage, what, .. } => Some((stage, what)),
            _ => None,
        }
    }

    /// The same about what another step is about: mere chance would hardly ever meet it.
    fn near(mut self, mut other: Self) -> Self {
        if let (Some((stage, what)), Some((there, that))) = (self.place(), other.place()) {
            (*stage, *what) = (*there, *that);
        }
        self
    }
}

/// Any history of a few episodes under any charter.
pub(crate) fn any_case() -> impl Strategy<Value = Case> {
    let wait = prop_oneof![
        20 => Just(None),
        2 => prop::sample::select(vec![0_i64, 20, 59, 61]).prop_map(Some),
        1 => Just(Some(-10_i64)),
        1 => Just(Some(600)),
    ];
    let detour = prop_oneof![
        9 => Just(Vec::new()),
        1 => prop::collection::vec(
            (any_step(), prop::sample::select(vec![0_i64, 1, 30, -10, 300]), prop::bool::weighted(0.8)),
            1..4,
        ),
    ];
    let choice = (prop::bool::weighted(0.98), wait, detour);
    any::<bool>()
        .prop_flat_map(|artifacts| [any_rules(artifacts), any_rules(artifacts)])
        .prop_flat_map(move |rules| {
            let episodes = prop::collection::vec(any_episode(), 2..5);
            (Just(rules), episodes, prop::collection::vec(choice.clone(), 100))
        })
        .prop_map(|(rules, episodes, choices)| {
            let stages = rules[0].stages.len();
            let steps = episodes.into_iter().flat_map(|one| one.within(stages).steps(&rules));
            let mut history = Vec::new();
            for ((step, usual), (kept, wait, detour)) in steps.zip(choices.into_iter().cycle()) {
                let wait = wait.unwrap_or(usual);
                let detour = detour
                    .into_iter()
                    .map(|(other, wait, near)| (if near { other.near(step) } else { other }, wait));
                let steps = kept.then_some((step, wait)).into_iter().chain(detour);
                history.extend(steps.map(|(step, wait)| Moment { step, wait, of: None }));
            }
            Case { rules, history }
        })
}
