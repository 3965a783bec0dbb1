//! A small charter, and what the worker asks under it. Everything follows from names and numbers, so
//! that whoever got no answer can ask for the same thing again.

use poundlock::{
    Digest, Engine, Error, Fact, Lock, Plan, PolicyPack, Request, Texts,
    ledger::{Ledger, Recorded},
    model::{
        About, Action, Actor, ActorKind, Approval, Artifact, Change, Channel, Evidence,
        EvidenceResult, FactKind, Subject, Target,
    },
    policy::PackReference,
    time::Instant,
};

const CHARTER: &str = "
charter: survival
version: 1.0.0
unmatched: deny
identity: asserted
clock: { skew: 60s, maxAdvance: 90d }
requestLifetime: 24h
permitLifetime: 1h
packs: [{ pack: rules, version: 1.0.0 }]
actors:
  - { actor: planner, kind: workload }
  - { actor: deployer, kind: workload }
  - { actor: checker, kind: workload }
  - { actor: attestor, kind: workload }
  - { actor: ann, kind: human, roles: [reviewer] }
  - { actor: dan, kind: human }
gates:
  - { gate: scan, about: artifact, producers: [checker], maxAge: 24h }
facts: { approvals: [attestor] }
amendments: { actors: [ann] }
tracks:
  - track: infra
    moves: change
    stages: [{ stage: dev, stack: dev, grants: { plan: [planner] }, packs: [rules] }]
    boundaries: [{ into: dev }]
  - track: models
    moves: artifact
    stages: [{ stage: registry, grants: { promote: [deployer] } }]
    boundaries: [{ into: registry, gates: [scan], approvals: [{ role: reviewer, count: 1, maxAge: 7d }] }]
";

const PACK: &str = "
pack: rules
version: 1.0.0
policies:
  - name: private
    description: Nothing is public.
    match: { resources: [thing] }
    validations: [{ expression: object.public == false, remedy: Make it private. }]
";

const PLAN: &str = r#"{
    "format_version": "1.2",
    "terraform_version": "1.9.0",
    "resource_changes": [{
        "address": "thing.a", "mode": "managed", "type": "thing", "name": "a",
        "change": {
            "actions": ["create"], "before": null, "after": {"public": false},
            "after_unknown": {}, "before_sensitive": false, "after_sensitive": {}
        }
    }]
}"#;

/// The instant of everything.
pub(crate) fn at() -> Instant {
    Instant::from_unix_seconds(1_772_442_000).unwrap()
}

/// The charter's engine.
pub(crate) fn engine() -> Engine {
    let pack = PolicyPack::parse(PACK.as_bytes()).unwrap();
    let reference =
        PackReference { pack: pack.name().to_owned(), version: pack.version().to_owned() };
    let mut lock = Lock::default();
    lock.pin(reference, pack.digest());
    Engine::new(Texts {
        charter: CHARTER.into(),
        lock: lock.to_yaml().into(),
        packs: vec![PACK.into()],
    })
    .unwrap()
}

/// Writes the genesis entry.
pub(crate) fn begin(engine: &Engine, ledger: &Ledger) -> Result<Recorded, Error> {
    engine.begin(ledger, "test/survival", &[], at())
}

/// Something to be admitted.
#[derive(Clone)]
pub(crate) enum Ask {
    /// A request, whose entry has attachments.
    Request(Box<Request>),
    /// A fact, whose entry has none.
    Fact(Box<Fact>),
}

impl Ask {
    /// Asks of one thread for itself: mostly facts.
    pub(crate) fn own(name: &str, number: u64) -> Self {
        if number % 5 == 2 { Self::request(name, number) } else { Self::fact(name, number) }
    }

    /// A plan that passes its policies.
    pub(crate) fn request(name: &str, number: u64) -> Self {
        let id = format!("{name}-{number}");
        let nonce: [u8; 32] = *Digest::of(id.as_bytes()).as_bytes();
        let plan = Plan::from_terraform(PLAN.as_bytes(), &nonce).unwrap();
        let change = Change {
            commit: "4f9c1d2e3b5a69788796a5b4c3d2e1f001122334".to_owned(),
            git_ref: "refs/heads/main".to_owned(),
            author: "dan".to_owned(),
            plan: Some(plan.digest),
        };
        Self::Request(Box::new(Request {
            id,
            at: at(),
            action: Action::Plan,
            actor: workload("planner"),
            channel: Channel::Ci,
            track: None,
            stage: "dev".to_owned(),
            asset: "web".to_owned(),
            target: Target { stack: Some("dev".to_owned()), ..Target::default() },
            subject: Subject::Change(change),
            reason: "to survive".to_owned(),
            run: None,
            grant: None,
            traffic: None,
            rollback: None,
            paths: None,
            tag: None,
            signature: None,
            credential: None,
            plan: Some(plan.into()),
        }))
    }

    /// Evidence about an artifact of its own.
    pub(crate) fn fact(name: &str, number: u64) -> Self {
        let id = format!("{name}-{number}");
        Self::evidence(id)
    }

    /// The fact that every thread of every process records under one id.
    pub(crate) fn shared() -> Self {
        Self::evidence("shared".to_owned())
    }

    fn evidence(id: String) -> Self {
        let evidence = Evidence {
            gate: "scan".to_owned(),
            about: About::Artifact(artifact(&id)),
            result: EvidenceResult::Pass,
            produced: at(),
            report: None,
            tool: None,
        };
        Self::recorded("checker", id, FactKind::Evidence(evidence))
    }

    /// What one contested promotion needs: a scan of its artifact, and one consent.
    pub(crate) fn needed(number: u64) -> [Self; 2] {
        [Self::evidence(asset(number)), Self::consent(number)]
    }

    fn consent(number: u64) -> Self {
        let approval = Approval {
            by: "ann".to_owned(),
            track: None,
            stage: "registry".to_owned(),
            asset: asset(number),
            digest: artifact(&asset(number)),
            role: None,
            expires: None,
        };
        Self::recorded("attestor", format!("consent-{number}"), FactKind::Approval(approval))
    }

    fn recorded(actor: &str, id: String, fact: FactKind) -> Self {
        let actor = workload(actor);
        Self::Fact(Box::new(Fact {
            id,
            at: at(),
            actor,
            channel: Channel::Ci,
            fact,
            signature: None,
            credential: None,
            report: None,
        }))
    }

    /// A promotion that spends the one consent to it.
    pub(crate) fn contested(name: &str, number: u64) -> Self {
        Self::Request(Box::new(Request {
            id: format!("{name}-contested-{number}"),
            at: at(),
            action: Action::Promote,
            actor: workload("deployer"),
            channel: Channel::Ci,
            track: None,
            stage: "registry".to_owned(),
            asset: asset(number),
            target: Target::default(),
            subject: Subject::Artifact(Artifact {
                digest: artifact(&asset(number)),
                author: "dan".to_owned(),
                commit: None,
                git_ref: None,
            }),
            reason: "to be the one".to_owned(),
            run: None,
            grant: None,
            traffic: None,
            rollback: None,
            paths: None,
            tag: None,
            signature: None,
            credential: None,
            plan: None,
        }))
    }

    /// The id that it is answered under.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Request(request) => &request.id,
            Self::Fact(fact) => &fact.id,
        }
    }
}

fn asset(number: u64) -> String {
    format!("model-{number}")
}

fn artifact(asset: &str) -> Digest {
    Digest::of(asset.as_bytes())
}

fn workload(id: &str) -> Actor {
    Actor { kind: ActorKind::Workload, id: id.to_owned(), claims: Default::default() }
}
