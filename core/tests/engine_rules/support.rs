//! A small world: one charter, one pack, a ledger in memory, and words to ask and record with.

use std::sync::Arc;

use poundlock::{
    charter::Lock,
    digest::Digest,
    engine::{Admission, Engine, Texts},
    ledger::{Draft, Ledger, Recorded, SecretKey, Signer, VerifierKey},
    model::{
        About, Action, Actor, ActorKind, Approval, Artifact, Change, Channel, Evidence,
        EvidenceResult, Fact, FactKind, OutcomeReport, OutcomeResult, Plan, Request, Subject,
        Target, Verdict, Withdrawal,
    },
    policy::{PackReference, PolicyPack},
    state::State,
    time::Instant,
};

pub(crate) const COMMIT: &str = "4f9c1d2e3b5a69788796a5b4c3d2e1f001122334";
pub(crate) const OTHER_COMMIT: &str = "00112233445566778899aabbccddeeff00112233";

pub(crate) const CHARTER: &str = r#"
charter: test
version: 1.0.0
unmatched: allow
identity: asserted
clock: { skew: 60s, maxAdvance: 90d }
requestLifetime: 24h
permitLifetime: 1h
packs: [{ pack: rules, version: 1.0.0 }]
actors:
  - { actor: planner, kind: workload }
  - { actor: bound, kind: workload, claims: { repository: acme/web } }
  - { actor: deployer, kind: workload }
  - { actor: checker, kind: workload }
  - { actor: second-checker, kind: workload }
  - { actor: attestor, kind: workload }
  - { actor: ann, kind: human, roles: [reviewer] }
  - { actor: bob, kind: human, roles: [reviewer, security] }
  - { actor: cyd, kind: human, roles: [security] }
  - { actor: dan, kind: human }
gates:
  - { gate: scan, about: plan, producers: [checker, second-checker], maxAge: 24h }
  - { gate: card, about: artifact, producers: [checker], maxAge: 24h }
facts:
  approvals: [attestor]
  withdrawals: [attestor]
  erasures: [cyd]
amendments: { actors: [ann] }
tracks:
  - track: infra
    moves: change
    stages:
      - { stage: dev, aliases: [development], stack: dev, grants: { plan: [planner, bound], apply: [deployer], promote: [deployer] }, packs: [rules] }
      - { stage: test, stack: test, grants: { plan: [planner], apply: [deployer], promote: [deployer] }, packs: [rules] }
      - { stage: prod, stack: prod, grants: { plan: [planner], apply: [deployer], promote: [deployer] }, packs: [rules] }
    boundaries:
      - { into: dev, refs: [refs/heads/main, refs/tags/v*], gates: [scan] }
      - { into: test, from: dev, refs: [refs/heads/main, refs/tags/v*], gates: [scan], approvals: [{ role: reviewer, count: 1, maxAge: 7d }] }
      - { into: prod, from: test, refs: [refs/heads/main, refs/tags/v*], gates: [scan], soak: 1h, delay: 5m, approvals: [{ role: reviewer, count: 1, maxAge: 7d }, { role: security, count: 1, maxAge: 7d }] }
  - track: models
    moves: artifact
    stages:
      - { stage: registry, grants: { promote: [deployer] } }
      - { stage: inference, grants: { promote: [deployer] } }
    boundaries:
      - { into: registry, gates: [card] }
      - { into: inference, from: registry, gates: [card], approvals: [{ role: reviewer, count: 1, maxAge: 7d }] }
"#;

pub(crate) const PACK: &str = r#"
pack: rules
version: 1.0.0
policies:
  - name: private
    description: Nothing is public.
    match: { resources: [thing] }
    validations: [{ expression: object.public == false, remedy: Make it private. }]
  - name: sized
    description: Things that say their size say a small one.
    match: { resources: [sized_thing] }
    validations: [{ expression: object.size }]
  - name: named
    description: Late things have a short name.
    match: { resources: [late_thing], actions: [create, update, no-op] }
    onUnknown: verify-after
    validations: [{ expression: size(object.name) < 8 }]
"#;

/// A secret key of the ledger `test/origin`.
pub(crate) fn secret(number: u8) -> SecretKey {
    SecretKey::from_seed("test/origin", &[number; 32]).unwrap()
}

/// Its public half.
pub(crate) fn key(number: u8) -> VerifierKey {
    secret(number).key().clone()
}

/// A key of another ledger.
pub(crate) fn foreign_key() -> VerifierKey {
    SecretKey::from_seed("other/origin", &[1; 32]).unwrap().key().clone()
}

/// Seconds after the ledger begins, at 09:00 UTC on a Monday.
pub(crate) fn at(seconds: i64) -> Instant {
    Instant::from_unix_seconds(1_772_442_000 + seconds).unwrap()
}

pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 3_600;
pub(crate) const DAY: i64 = 86_400;

/// The lock that pins the packs.
pub(crate) fn lock(packs: &[&str]) -> String {
    let mut lock = Lock::default();
    for text in packs {
        let pack = PolicyPack::parse(text.as_bytes()).unwrap();
        let reference =
            PackReference { pack: pack.name().to_owned(), version: pack.version().to_owned() };
        lock.pin(reference, pack.digest());
    }
    lock.to_yaml()
}

pub(crate) fn engine(charter: &str, pack: &str) -> Engine {
    Engine::new(Texts {
        charter: charter.into(),
        lock: lock(&[pack]).into(),
        packs: vec![pack.into()],
    })
    .unwrap()
}

/// The charter with parts of its text replaced; every part must be there.
pub(crate) fn charter_with(changes: &[(&str, &str)]) -> String {
    let mut text = CHARTER.to_owned();
    for (old, new) in changes {
        assert!(text.contains(old), "the charter does not say `{old}`");
        text = text.replace(old, new);
    }
    text
}

/// A plan that creates one private thing; another number makes another digest.
pub(crate) fn plan(number: u8) -> Plan {
    plan_of(number, &[("thing", "create", r#"{"public": false}"#, "{}")])
}

/// A plan of resources, each with type, action, values after and marks of what is unknown.
pub(crate) fn plan_of(number: u8, resources: &[(&str, &str, &str, &str)]) -> Plan {
    let changes: Vec<String> = resources
        .iter()
        .map(|(kind, action, after, unknown)| {
            let before = if *action == "create" { "null" } else { after };
            let after = if *action == "delete" { "null" } else { after };
            format!(
                r#"{{"address": "{kind}.a", "mode": "managed", "type": "{kind}", "name": "a",
                    "change": {{"actions": ["{action}"], "before": {before}, "after": {after},
                    "after_unknown": {unknown}, "before_sensitive": false, "after_sensitive": {{}}}}}}"#
            )
        })
        .collect();
    plan_from(number, &format!(r#""resource_changes": [{}]"#, changes.join(",")))
}

/// A plan with these members besides its version.
pub(crate) fn plan_from(number: u8, members: &str) -> Plan {
    let text = format!(r#"{{"format_version": "1.2", "terraform_version": "1.9.0", {members}}}"#);
    Plan::from_terraform(text.as_bytes(), &[number; 32]).unwrap()
}

pub(crate) fn workload(id: &str) -> Actor {
    Actor { kind: ActorKind::Workload, id: id.to_owned(), claims: Default::default() }
}

pub(crate) fn human(id: &str) -> Actor {
    Actor { kind: ActorKind::Human, ..workload(id) }
}

/// A request about a change, by the actor that may ask it, with nothing to object to in its form.
pub(crate) fn ask(action: Action, stage: &str, plan: &Plan, seconds: i64) -> Request {
    let actor = if action == Action::Plan { "planner" } else { "deployer" };
    Request {
        id: format!("{}-{stage}-{}-{seconds}", action.word(), plan.digest),
        at: at(seconds),
        action,
        actor: workload(actor),
        channel: Channel::Ci,
        track: None,
        stage: stage.to_owned(),
        asset: "web".to_owned(),
        target: Target { stack: Some(stage.to_owned()), ..Target::default() },
        subject: Subject::Change(Change {
            commit: COMMIT.to_owned(),
            git_ref: "refs/heads/main".to_owned(),
            author: "dan".to_owned(),
            plan: Some(plan.digest),
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
        plan: Some(plan.clone().into()),
    }
}

/// A request to promote an artifact.
pub(crate) fn promote_artifact(stage: &str, digest: Digest, seconds: i64) -> Request {
    Request {
        id: format!("promote-{stage}-{digest}-{seconds}"),
        asset: "model".to_owned(),
        target: Target::default(),
        subject: Subject::Artifact(Artifact {
            digest,
            author: "dan".to_owned(),
            commit: None,
            git_ref: None,
        }),
        plan: None,
        ..ask(Action::Promote, stage, &plan(0), seconds)
    }
}

pub(crate) fn change_of(request: &mut Request) -> &mut Change {
    match &mut request.subject {
        Subject::Change(change) => change,
        Subject::Artifact(_) => panic!("the subject is an artifact"),
    }
}

pub(crate) fn fact(actor: Actor, seconds: i64, fact: FactKind) -> Fact {
    let id = format!("{}-{seconds}-{fact:?}", actor.id);
    let id = Digest::of(id.as_bytes()).to_string();
    Fact {
        id,
        at: at(seconds),
        actor,
        channel: Channel::Ci,
        fact,
        signature: None,
        credential: None,
        report: None,
    }
}

pub(crate) fn approval(by: &str, stage: &str, digest: Digest, seconds: i64) -> Fact {
    let approval = Approval {
        by: by.to_owned(),
        track: None,
        stage: stage.to_owned(),
        asset: "web".to_owned(),
        digest,
        role: None,
        expires: None,
    };
    fact(workload("attestor"), seconds, FactKind::Approval(approval))
}

pub(crate) fn approval_of(fact: &mut Fact) -> &mut Approval {
    match &mut fact.fact {
        FactKind::Approval(approval) => approval,
        _ => panic!("the fact is no approval"),
    }
}

pub(crate) fn evidence(about: About, result: EvidenceResult, seconds: i64) -> Fact {
    let gate = if matches!(about, About::Artifact(_)) { "card" } else { "scan" };
    let evidence = Evidence {
        gate: gate.to_owned(),
        about,
        result,
        produced: at(seconds),
        report: None,
        tool: None,
    };
    fact(workload("checker"), seconds, FactKind::Evidence(evidence))
}

pub(crate) fn evidence_of(fact: &mut Fact) -> &mut Evidence {
    match &mut fact.fact {
        FactKind::Evidence(evidence) => evidence,
        _ => panic!("the fact is no evidence"),
    }
}

pub(crate) fn outcome(permit: Digest, result: OutcomeResult, seconds: i64) -> Fact {
    let report = OutcomeReport { permit, result, state: None, execution: None, note: None };
    fact(workload("deployer"), seconds, FactKind::Outcome(report))
}

pub(crate) fn withdrawal(entry: Digest, seconds: i64) -> Fact {
    let withdrawal = Withdrawal { entry, reason: "a mistake".to_owned() };
    fact(workload("attestor"), seconds, FactKind::Withdrawal(withdrawal))
}

/// An engine, a ledger that it governs, and the state kept beside it.
pub(crate) struct World {
    pub(crate) engine: Arc<Engine>,
    pub(crate) ledger: Ledger,
    pub(crate) state: State,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// Under the charter with parts of its text replaced.
    pub(crate) fn with(changes: &[(&str, &str)]) -> Self {
        Self::governed_by(engine(&charter_with(changes), PACK))
    }

    pub(crate) fn governed_by(engine: impl Into<Arc<Engine>>) -> Self {
        Self::begun(engine.into(), &[])
    }

    pub(crate) fn with_keys(keys: &[VerifierKey]) -> Self {
        Self::begun(engine(CHARTER, PACK).into(), keys)
    }

    pub(crate) fn begun(engine: Arc<Engine>, keys: &[VerifierKey]) -> Self {
        let ledger = Ledger::in_memory();
        engine.begin(&ledger, "test/origin", keys, at(0)).unwrap();
        Self { engine, ledger, state: State::new() }
    }

    pub(crate) fn admit(&mut self, request: &Request) -> Admission {
        self.engine.admit(request, &self.ledger, &mut self.state).unwrap()
    }

    pub(crate) fn record(&mut self, fact: &Fact) -> Admission {
        self.engine.record(fact, &[], &self.ledger, &mut self.state).unwrap()
    }

    /// Has the first key sign what there is.
    pub(crate) fn sign(&self) {
        self.engine.sign(&self.ledger, &mut State::new(), &[&secret(1)]).unwrap();
    }

    pub(crate) fn snapshot(&mut self) -> Recorded {
        self.engine.snapshot(&self.ledger, &mut self.state).unwrap()
    }

    /// The bytes of the snapshot that could be made now.
    pub(crate) fn state_bytes(&self) -> Vec<u8> {
        let ledger = Ledger::in_memory();
        for recorded in self.ledger.read(0, usize::MAX).unwrap() {
            let attachments = recorded.entry.attachments.iter();
            let draft = Draft {
                at: Some(recorded.entry.at),
                kind: recorded.entry.kind,
                body: recorded.entry.body,
                attachments: attachments
                    .filter_map(|a| self.ledger.attachment(a).unwrap())
                    .collect(),
            };
            ledger.append(recorded.entry.sequence, draft).unwrap();
        }
        let recorded = self.engine.snapshot(&ledger, &mut State::new()).unwrap();
        ledger.attachment(&recorded.entry.attachments[0]).unwrap().unwrap()
    }

    pub(crate) fn size(&self) -> u64 {
        self.ledger.head().unwrap().size
    }

    /// Has the plan admitted and scanned.
    pub(crate) fn prepare(&mut self, stage: &str, plan: &Plan, seconds: i64) {
        let request = ask(Action::Plan, stage, plan, seconds);
        allowed(&self.admit(&request));
        let scan = evidence(About::Plan(plan.digest), EvidenceResult::Pass, seconds);
        allowed(&self.record(&scan));
    }

    /// Has the plan applied and its success recorded.
    pub(crate) fn apply(&mut self, stage: &str, plan: &Plan, seconds: i64) -> Admission {
        let admission = self.admit(&ask(Action::Apply, stage, plan, seconds));
        allowed(&admission);
        allowed(&self.record(&outcome(admission.entry, OutcomeResult::Succeeded, seconds)));
        admission
    }

    /// Brings the commit through dev with plan 1.
    pub(crate) fn through_dev(&mut self, seconds: i64) -> Admission {
        self.prepare("dev", &plan(1), seconds);
        self.apply("dev", &plan(1), seconds)
    }

    /// Brings the commit through dev and test with plans 1 and 2.
    pub(crate) fn through_test(&mut self, seconds: i64) -> Admission {
        self.through_dev(seconds);
        self.prepare("test", &plan(2), seconds);
        allowed(&self.record(&approval("ann", "test", plan(2).digest, seconds)));
        self.apply("test", &plan(2), seconds)
    }
}

/// The codes of the findings that deny, each once.
pub(crate) fn denials(admission: &Admission) -> Vec<&str> {
    let findings = &admission.decision.as_ref().expect("the admission is a first one").findings;
    let mut codes: Vec<&str> =
        findings.iter().filter(|f| f.denies()).map(|f| f.code.as_str()).collect();
    codes.dedup();
    codes
}

#[track_caller]
pub(crate) fn allowed(admission: &Admission) {
    assert_eq!((admission.verdict, denials(admission)), (Verdict::Allow, vec![]));
}

/// Denied for exactly this reason.
#[track_caller]
pub(crate) fn denied(admission: &Admission, code: &str) {
    assert_eq!((admission.verdict, denials(admission)), (Verdict::Deny, vec![code]));
}

/// Whether any finding, denying or not, has the code.
pub(crate) fn found(admission: &Admission, code: &str) -> bool {
    let findings = &admission.decision.as_ref().expect("the admission is a first one").findings;
    findings.iter().any(|finding| finding.code == code)
}
