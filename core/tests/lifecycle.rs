//! Laws of artifacts' lives, over random plays: what was published never changes and never leaves its
//! lifecycle; what is out of use is never used; and the engine agrees with a small model of the states.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test, stopping is what should happen"
)]

use std::{collections::BTreeMap, sync::LazyLock};

use poundlock::{
    Engine, State, Texts,
    digest::Digest,
    engine::Admission,
    ledger::Ledger,
    model::{
        About, Action, Actor, ActorKind, Artifact, ArtifactConsent, Channel, ConsentPurpose,
        Creation, Evidence, EvidenceResult, Fact, FactKind, IntegrityCheck, IntegrityResult,
        LifecycleOperation, LifecycleState, LifecycleStep, Manifest, Publication, Remark, Request,
        Retirement, Revision, Subject, Succession, Target, Verdict,
    },
    time::Instant,
};
use proptest::prelude::*;

const CHARTER: &str = r#"
charter: registry
version: 1.0.0
unmatched: deny
identity: asserted
clock: { skew: 60s, maxAdvance: 90d }
actors:
  - { actor: ann, kind: human }
  - { actor: bob, kind: human, roles: [reviewer] }
  - { actor: cyd, kind: human, roles: [reviewer] }
  - { actor: release, kind: workload }
  - { actor: checker, kind: workload }
  - { actor: attestor, kind: workload }
gates:
  - { gate: tests, about: artifact, producers: [checker], maxAge: 30d }
  - { gate: signature, about: artifact, producers: [checker], maxAge: 30d }
  - { gate: provenance, about: artifact, producers: [checker], maxAge: 30d }
facts: { approvals: [attestor] }
lifecycles:
  - lifecycle: workflow
    grants: { create: [ann], update: [ann], delete: [ann], submit: [ann], reject: [bob], publish: [release], deprecate: [release], retire: [release], archive: [release], use: [release], read: [release], annotate: [release], reinstate: [bob] }
    approve: { approvals: [{ role: reviewer, count: 2, maxAge: 30d }], gates: [tests] }
    publish: { gates: [signature, provenance], signature: signature, provenance: provenance }
    monitors: [checker]
tracks:
  - track: workflows
    moves: artifact
    lifecycle: workflow
    stages: [{ stage: live, grants: { promote: [release] } }]
    boundaries: [{ into: live, gates: [tests] }]
"#;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let texts = Texts {
        charter: CHARTER.into(),
        lock: poundlock::charter::Lock::default().to_yaml().into(),
        packs: Vec::new(),
    };
    Engine::new(texts).unwrap()
});

/// What is tried, of one of a few artifacts.
#[derive(Clone, Copy, Debug)]
enum Move {
    Create,
    Update,
    Delete,
    Submit,
    Approve(bool),
    Attest(usize, bool),
    Reject,
    Publish,
    Deprecate,
    Retire,
    Archive,
    Use,
    Promote,
    Check(IntegrityResult),
    Reinstate,
}

fn moves() -> impl Strategy<Value = Move> {
    let result = prop_oneof![
        Just(IntegrityResult::Valid),
        Just(IntegrityResult::Invalid),
        Just(IntegrityResult::Error)
    ];
    prop_oneof![
        2 => Just(Move::Create),
        1 => Just(Move::Update),
        1 => Just(Move::Delete),
        3 => Just(Move::Submit),
        6 => any::<bool>().prop_map(Move::Approve),
        9 => (0..3_usize, prop::bool::weighted(0.9)).prop_map(|(gate, pass)| Move::Attest(gate, pass)),
        1 => Just(Move::Reject),
        4 => Just(Move::Publish),
        2 => Just(Move::Deprecate),
        2 => Just(Move::Retire),
        1 => Just(Move::Archive),
        3 => Just(Move::Use),
        2 => Just(Move::Promote),
        1 => result.prop_map(Move::Check),
        1 => Just(Move::Reinstate),
    ]
}

const ARTIFACTS: usize = 3;
const GATES: [&str; 3] = ["tests", "signature", "provenance"];

/// What leads to publication.
const WAY: [Move; 7] = [
    Move::Create,
    Move::Submit,
    Move::Attest(0, true),
    Move::Approve(true),
    Move::Approve(false),
    Move::Attest(1, true),
    Move::Attest(2, true),
];

/// Artifacts of assets of their own, so that each has a first version.
fn manifest(number: usize) -> Manifest {
    Manifest::new(format!("flow-{number}"), "1.0.0")
}

/// What a model knows of an artifact.
#[derive(Clone, Debug, Default)]
struct Known {
    state: Option<LifecycleState>,
    consents: [bool; 2],
    /// The result last recorded for each gate, and when.
    gates: [Option<(bool, u64)>; 3],
    quarantined: Option<u64>,
    valid: Option<u64>,
}

struct World {
    ledger: Ledger,
    state: State,
    clock: u64,
    known: Vec<Known>,
}

fn at(seconds: u64) -> Instant {
    Instant::from_unix_seconds(1_772_442_000 + i64::try_from(seconds).unwrap()).unwrap()
}

fn actor(id: &str) -> Actor {
    let human = ["ann", "bob", "cyd"].contains(&id);
    let kind = if human { ActorKind::Human } else { ActorKind::Workload };
    Actor { kind, id: id.to_owned(), claims: BTreeMap::new() }
}

impl World {
    fn new() -> Self {
        let ledger = Ledger::in_memory();
        ENGINE.begin(&ledger, "lifecycle/laws", &[], at(0)).unwrap();
        Self { ledger, state: State::new(), clock: 0, known: vec![Known::default(); ARTIFACTS] }
    }

    fn record(&mut self, by: &str, kind: FactKind) -> Admission {
        self.clock += 1;
        let mut fact = Fact::new(format!("fact-{}", self.clock), at(self.clock), actor(by), kind);
        fact.channel = Channel::Ci;
        ENGINE.record(&fact, &[], &self.ledger, &mut self.state).unwrap()
    }

    fn step(&mut self, by: &str, number: usize, operation: LifecycleOperation) -> bool {
        let manifest = manifest(number);
        let digest = operation.manifest().unwrap_or(&manifest).digest().unwrap();
        let step = LifecycleStep {
            lifecycle: None,
            asset: manifest.asset,
            digest,
            operation,
            reason: "because".to_owned(),
        };
        self.record(by, FactKind::Lifecycle(step)).verdict == Verdict::Allow
    }

    /// Makes a move; gives whether it was allowed.
    fn make(&mut self, number: usize, what: Move) -> bool {
        let manifest = manifest(number);
        let digest = manifest.digest().unwrap();
        let none = Remark::default;
        match what {
            Move::Create => {
                let creation = Creation { manifest, author: None };
                self.step("ann", number, LifecycleOperation::Create(creation))
            }
            Move::Update => {
                let mut other = manifest;
                other.metadata.insert("changed".to_owned(), "yes".to_owned());
                let revision = Revision { replaces: digest, manifest: other, author: None };
                self.step("ann", number, LifecycleOperation::Update(revision))
            }
            Move::Delete => self.step("ann", number, LifecycleOperation::Delete(none())),
            Move::Submit => self.step("ann", number, LifecycleOperation::Submit(none())),
            Move::Approve(first) => {
                let by = if first { "bob" } else { "cyd" }.to_owned();
                let consent =
                    ArtifactConsent { by, role: None, to: ConsentPurpose::Review, case: None };
                self.step("attestor", number, LifecycleOperation::Approve(consent))
            }
            Move::Attest(gate, pass) => {
                let produced = at(self.clock + 1);
                let result = if pass { EvidenceResult::Pass } else { EvidenceResult::Fail };
                let evidence = Evidence {
                    gate: GATES[gate].to_owned(),
                    about: About::Artifact(digest),
                    result,
                    produced,
                    report: None,
                    tool: None,
                };
                self.record("checker", FactKind::Evidence(evidence)).verdict == Verdict::Allow
            }
            Move::Reject => self.step("bob", number, LifecycleOperation::Reject(none())),
            Move::Publish => {
                let publication = Publication { emergency: None };
                self.step("release", number, LifecycleOperation::Publish(publication))
            }
            Move::Deprecate => {
                let succession = Succession { successor: None };
                self.step("release", number, LifecycleOperation::Deprecate(succession))
            }
            Move::Retire => {
                let retirement = Retirement { successor: None, forced: false };
                self.step("release", number, LifecycleOperation::Retire(retirement))
            }
            Move::Archive => self.step("release", number, LifecycleOperation::Archive(none())),
            Move::Use => self.step("release", number, LifecycleOperation::Use(none())),
            Move::Promote => self.promote(digest, manifest.asset),
            Move::Check(result) => {
                let found = match result {
                    IntegrityResult::Valid => Some(digest),
                    IntegrityResult::Invalid => Some(Digest::of(b"changed")),
                    IntegrityResult::Error => None,
                };
                let check = IntegrityCheck {
                    lifecycle: None,
                    asset: manifest.asset,
                    digest,
                    result,
                    found,
                    checked: at(self.clock + 1),
                    milliseconds: 1,
                    note: None,
                };
                self.record("checker", FactKind::IntegrityCheck(check)).verdict == Verdict::Allow
            }
            Move::Reinstate => self.step("bob", number, LifecycleOperation::Reinstate(none())),
        }
    }

    fn promote(&mut self, digest: Digest, asset: String) -> bool {
        self.clock += 1;
        let request = Request {
            id: format!("promote-{}", self.clock),
            at: at(self.clock),
            action: Action::Promote,
            actor: actor("release"),
            channel: Channel::Ci,
            track: None,
            stage: "live".to_owned(),
            asset,
            target: Target::default(),
            subject: Subject::Artifact(Artifact {
                digest,
                author: "ann".to_owned(),
                commit: None,
                git_ref: None,
            }),
            reason: "because".to_owned(),
            run: None,
            grant: None,
            traffic: None,
            rollback: None,
            paths: None,
            tag: None,
            signature: None,
            credential: None,
            plan: None,
        };
        let admission = ENGINE.admit(&request, &self.ledger, &mut self.state).unwrap();
        admission.verdict == Verdict::Allow
    }

    /// What the model says of a move before it is made; nothing where it has no opinion.
    fn expected(&self, number: usize, what: Move) -> Option<bool> {
        use LifecycleState::{Approved, Deprecated, Draft, Published, Retired, Review};
        let known = &self.known[number];
        let state = known.state;
        let passes = |gate: usize| known.gates[gate].is_some_and(|(pass, _)| pass);
        let usable = known.quarantined.is_none();
        Some(match what {
            Move::Create => state.is_none(),
            Move::Update | Move::Delete | Move::Submit => state == Some(Draft),
            Move::Approve(_) => matches!(state, Some(Review | Approved)) && passes(0),
            Move::Attest(..) => true,
            Move::Reject => matches!(state, Some(Review | Approved)),
            Move::Publish => {
                let order = known.gates[1].zip(known.gates[2]);
                state == Some(Approved)
                    && (0..3).all(passes)
                    && order.is_some_and(|((_, signed), (_, attested))| attested > signed)
            }
            Move::Deprecate => state == Some(Published),
            Move::Retire => state == Some(Deprecated),
            Move::Archive => state == Some(Retired),
            Move::Use => usable && matches!(state, Some(Published | Deprecated)),
            // Whether an earlier promotion is still open is the boundary's matter.
            Move::Promote if state == Some(Published) && usable => return None,
            Move::Promote => false,
            Move::Check(_) => state.is_some_and(LifecycleState::is_immutable),
            Move::Reinstate => {
                state.is_some() && known.quarantined.is_some_and(|since| known.valid > Some(since))
            }
        })
    }

    /// What the model makes of a move that was allowed.
    fn note(&mut self, number: usize, what: Move) {
        use LifecycleState::{Approved, Archived, Deprecated, Draft, Published, Retired, Review};
        let clock = self.clock;
        let known = &mut self.known[number];
        match what {
            Move::Create => (known.state, known.consents) = (Some(Draft), [false; 2]),
            // The other draft is another artifact, which nobody here goes on with.
            Move::Update | Move::Delete => known.state = None,
            Move::Submit => (known.state, known.consents) = (Some(Review), [false; 2]),
            Move::Approve(first) => {
                known.consents[usize::from(first)] = true;
                if known.consents == [true; 2] {
                    known.state = Some(Approved);
                }
            }
            Move::Attest(gate, pass) => known.gates[gate] = Some((pass, clock)),
            Move::Reject => (known.state, known.consents) = (Some(Draft), [false; 2]),
            Move::Publish => known.state = Some(Published),
            Move::Deprecate => known.state = Some(Deprecated),
            Move::Retire => known.state = Some(Retired),
            Move::Archive => known.state = Some(Archived),
            Move::Check(IntegrityResult::Invalid) => known.quarantined = Some(clock),
            Move::Check(IntegrityResult::Valid) => known.valid = Some(clock),
            Move::Reinstate => known.quarantined = None,
            Move::Use | Move::Promote | Move::Check(IntegrityResult::Error) => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// The engine and a model of a few lines agree on every move, what was published stays what it is in every
    /// later state, and a ledger folds to the same state from its beginning.
    // Requirements: R197, R234, R235, R236, R240, R241, R242, R243, R326.
    #[test]
    fn the_states_are_those_of_the_model(
        play in prop::collection::vec((0..ARTIFACTS, moves()), 1..60),
    ) {
        let mut world = World::new();
        let mut published = BTreeMap::new();
        // One artifact is published and another nearly, so that plays get beyond that.
        let way = |number: usize| WAY.map(|what| (number, what));
        let begun = [way(0).to_vec(), vec![(0, Move::Publish)], way(1).to_vec()].concat();
        for (number, what) in begun.into_iter().chain(play) {
            // An update of the first draft makes a second one of the version, which stands in its way.
            if matches!(what, Move::Update) && world.known[number].state == Some(LifecycleState::Draft) {
                continue;
            }
            let expected = world.expected(number, what);
            let allowed = world.make(number, what);
            prop_assert!(expected.is_none_or(|it| it == allowed), "{what:?} of {number}: {allowed}");
            if allowed {
                world.note(number, what);
            }
            let artifacts = world.state.status().artifacts;
            for (number, known) in world.known.iter().enumerate() {
                let digest = manifest(number).digest().unwrap();
                let found = artifacts.iter().find(|it| it.digest == digest);
                prop_assert_eq!(found.map(|it| it.state), known.state);
                prop_assert_eq!(found.is_some_and(|it| it.quarantined.is_some()), known.quarantined.is_some());
            }
            for artifact in artifacts.iter().filter(|it| it.state.is_immutable()) {
                published.insert(artifact.digest, (artifact.asset.clone(), artifact.version.clone()));
            }
            for (digest, (asset, version)) in &published {
                let still = artifacts.iter().find(|it| it.digest == *digest);
                let same = still.is_some_and(|it| {
                    it.state.is_immutable()
                        && it.fault.is_none()
                        && (&it.asset, &it.version) == (asset, version)
                });
                prop_assert!(same);
            }
        }
        let mut again = State::new();
        again.catch_up(&world.ledger).unwrap();
        prop_assert_eq!(&again, &world.state);
    }

    /// Whatever is left out of what leads to publication, it is not published.
    // Requirements: R221, R237, R238.
    #[test]
    fn nothing_that_leads_to_publication_can_be_left_out(left_out in 0..7_usize, order in 0..3_usize) {
        let mut ways = WAY.to_vec();
        let signature = ways.remove(5);
        ways.insert(2 + order, signature);
        let all = ways.clone();
        let mut world = World::new();
        for what in all {
            prop_assert!(world.make(0, what));
        }
        prop_assert!(world.make(0, Move::Publish));
        let mut world = World::new();
        for (index, what) in ways.into_iter().enumerate() {
            if index != left_out {
                world.make(0, what);
            }
        }
        prop_assert!(!world.make(0, Move::Publish));
        prop_assert!(!world.make(0, Move::Use));
    }
}
