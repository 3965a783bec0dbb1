//! Deciding at the state of a long history, and how large the snapshot of that state is.
//!
//! `authority [entries]` builds the history through the engine itself, under the shipped charter, and times a
//! decision about an image that enters production, beside the hash of the request's own bytes.
#![allow(missing_docs)]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout, clippy::unwrap_used)]

#[expect(dead_code, reason = "the other benchmarks use more of it")]
mod fixture;
#[expect(dead_code, reason = "the other benchmarks use more of it")]
mod race;

use std::{hint::black_box, time::Duration};

use poundlock::{
    digest::Digest,
    engine::Engine,
    ledger::Ledger,
    model::{Fact, Plan, Request, Verdict},
    state::State,
    time::Instant,
    value::Value,
};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

/// How many entries the history has, unless the command line says otherwise.
const ENTRIES: u64 = 100_000;
/// How large the request is that is decided, in bytes of JSON.
const REQUEST_BYTES: usize = 1_024;
/// How many decisions are timed at once.
const DECISIONS: u32 = 2_000;

fn main() {
    if race::is_test() {
        return;
    }
    let entries = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(ENTRIES);
    let mut history = History::new();
    let mut number = 0;
    while history.state.size() < entries {
        history.change(number);
        history.image(number, "prod");
        number += 1;
    }
    let digest = history.image(number, "stage");
    history.approve(digest, "prod", &["alice", "bob"]);
    history.clock += 600;
    let request =
        history.request("github-actions-deploy", "promote", "image", "prod", &image(digest));
    let request = padded(request);
    let bytes = request.to_string().into_bytes();
    let request: Request = read(&request);
    let decision = history.engine.decide(&request, &history.state).unwrap();
    assert_eq!(decision.verdict, Verdict::Allow, "{:?}", decision.findings);

    let [decide, hash] = race::race(
        20,
        [
            &mut || each(|| drop(history.engine.decide(black_box(&request), &history.state))),
            &mut || {
                each(|| {
                    black_box(Sha256::digest(black_box(&bytes)));
                })
            },
        ],
    );
    let snapshot = history.engine.snapshot(&history.ledger, &mut history.state).unwrap();
    let snapshot = history.ledger.attachment(&snapshot.entry.attachments[0]).unwrap().unwrap();
    println!("entries                {}", history.state.size());
    println!("findings               {}", decision.findings.len());
    println!("request                {} bytes", bytes.len());
    println!("decide                 {:.2} µs", decide * 1e6);
    println!("SHA-256 of the request {:.2} µs", hash * 1e6);
    println!("ratio                  {:.1}", decide / hash);
    println!("snapshot               {:.2} MB", snapshot.len() as f64 / 1e6);
}

/// The time that one of many takes.
fn each(mut work: impl FnMut()) -> Duration {
    race::timed(|| (0..DECISIONS).for_each(|_| work())) / DECISIONS
}

fn read<T: serde::de::DeserializeOwned>(json: &Json) -> T {
    Value::parse_json(json.to_string().as_bytes()).unwrap().deserialize().unwrap()
}

/// The request with a reason that makes it as large as it is to be.
fn padded(mut request: Json) -> Json {
    let missing = REQUEST_BYTES.saturating_sub(request.to_string().len());
    request["reason"] = json!(format!("a benchmark{}", ".".repeat(missing)));
    request
}

fn image(digest: Digest) -> Json {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    json!({ "artifact": { "digest": digest, "author": "dave", "commit": commit, "ref": "refs/heads/main" } })
}

/// A ledger that is written as its users would write it.
struct History {
    engine: Engine,
    ledger: Ledger,
    state: State,
    clock: i64,
    asked: u64,
}

impl History {
    fn new() -> Self {
        let (engine, ledger, mut state) = (fixture::engine(), Ledger::in_memory(), State::new());
        let clock = 1_772_442_000;
        let begin = Instant::from_unix_seconds(clock).unwrap();
        engine.begin(&ledger, "benchmark", &[], begin).unwrap();
        state.catch_up(&ledger).unwrap();
        Self { engine, ledger, state, clock, asked: 0 }
    }

    /// A change that is planned, checked and applied in dev.
    fn change(&mut self, number: u64) {
        let mut nonce = fixture::NONCE;
        nonce[..8].copy_from_slice(&number.to_le_bytes());
        let plan =
            br#"{"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": []}"#;
        let plan = Plan::from_terraform(plan, &nonce).unwrap();
        let subject = json!({ "change": {
            "commit": format!("{number:040x}"), "ref": "refs/heads/main", "author": "dave", "plan": plan.digest,
        } });
        let attach = |request: Json| Request { plan: Some(plan.clone().into()), ..read(&request) };
        let request =
            attach(self.request("github-actions-plan", "plan", "infrastructure", "dev", &subject));
        self.admit(&request);
        for gate in ["opa", "tfsec", "checkov"] {
            self.evidence("github-actions-checks", gate, &json!({ "plan": plan.digest }));
        }
        let request = attach(self.request(
            "github-actions-deploy",
            "apply",
            "infrastructure",
            "dev",
            &subject,
        ));
        let permit = self.admit(&request);
        self.succeeded(permit);
    }

    /// An image that goes as far as a stage.
    fn image(&mut self, number: u64, last: &str) -> Digest {
        let digest = Digest::of(&number.to_le_bytes());
        for gate in ["image-scan", "sbom", "provenance"] {
            self.evidence("github-actions-build", gate, &json!({ "artifact": digest }));
        }
        self.evidence("github-actions-checks", "health", &json!({ "artifact": digest }));
        for (stage, people) in
            [("dev", &[][..]), ("stage", &["carol"]), ("prod", &["alice", "bob"])]
        {
            self.approve(digest, stage, people);
            self.clock += 600;
            let request =
                self.request("github-actions-deploy", "promote", "image", stage, &image(digest));
            let permit = self.admit(&read(&request));
            self.succeeded(permit);
            if stage == last {
                break;
            }
        }
        digest
    }

    fn approve(&mut self, digest: Digest, stage: &str, people: &[&str]) {
        for by in people {
            let approval = json!({ "by": by, "track": "image", "stage": stage, "asset": "web-service-image", "digest": digest });
            self.record("github-environments", json!({ "approval": approval }));
        }
    }

    fn evidence(&mut self, producer: &str, gate: &str, about: &Json) {
        let produced = self.now();
        let evidence =
            json!({ "gate": gate, "about": about, "result": "pass", "produced": produced });
        self.record(producer, json!({ "evidence": evidence }));
    }

    fn succeeded(&mut self, permit: Digest) {
        let outcome = json!({ "permit": permit, "result": "succeeded" });
        self.record("github-actions-deploy", json!({ "outcome": outcome }));
    }

    fn now(&self) -> Instant {
        Instant::from_unix_seconds(self.clock).unwrap()
    }

    fn asker(&mut self, actor: &str) -> (String, Json) {
        self.asked += 1;
        let claims = json!({ "repository": "acme/web-service" });
        (
            format!("run-{}", self.asked),
            json!({ "kind": "workload", "id": actor, "claims": claims }),
        )
    }

    fn request(
        &mut self,
        actor: &str,
        action: &str,
        track: &str,
        stage: &str,
        subject: &Json,
    ) -> Json {
        let (id, actor) = self.asker(actor);
        let target = match track {
            "image" => json!({}),
            _ => json!({ "stack": stage, "project": format!("web-service-{stage}") }),
        };
        json!({
            "id": id, "at": self.now(), "action": action, "actor": actor, "channel": "ci", "track": track,
            "stage": stage, "asset": if track == "image" { "web-service-image" } else { "web-service" }, "target": target, "subject": subject,
            "reason": "a benchmark",
        })
    }

    fn admit(&mut self, request: &Request) -> Digest {
        let admission = self.engine.admit(request, &self.ledger, &mut self.state).unwrap();
        assert_eq!(admission.verdict, Verdict::Allow, "{:?}", admission.decision);
        admission.entry
    }

    fn record(&mut self, actor: &str, fact: Json) {
        let (id, actor) = self.asker(actor);
        let fact =
            json!({ "id": id, "at": self.now(), "actor": actor, "channel": "ci", "fact": fact });
        let fact: Fact = read(&fact);
        let admission = self.engine.record(&fact, &[], &self.ledger, &mut self.state).unwrap();
        assert_eq!(admission.verdict, Verdict::Allow, "{:?}", admission.decision);
    }
}
