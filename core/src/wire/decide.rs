//! The operation `decide`: a whole history in, one decision and the bytes of its entry out.
//!
//! It keeps nothing and writes nothing, so that every language can compare its answer byte for byte.

use serde::{Deserialize, Serialize};

use super::to_json;
use crate::{
    charter::Lock,
    digest::{hex, unhex},
    engine::{Admission, Engine, Texts},
    error::{Code, Error, Result},
    identity::KeySet,
    ledger::{Ledger, VerifierKey},
    model::{Fact, Plan, Request, Subject},
    policy::PolicyPack,
    state::{State, Status},
    time::Instant,
    value::Value,
};

/// What `decide` needs.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Input {
    /// The charter, in YAML.
    charter: String,
    /// The lock file, in YAML.
    lock: String,
    /// The packs, in YAML.
    packs: Vec<String>,
    /// The ledger's origin.
    origin: String,
    /// The keys that sign the ledger's checkpoints.
    #[serde(default)]
    keys: Vec<VerifierKey>,
    /// When the ledger begins.
    begin: Instant,
    /// What was asked and recorded before, in order.
    #[serde(default)]
    history: Vec<Step>,
    /// What is asked or recorded now.
    step: Step,
}

/// A request or a fact, with the token of whoever hands it in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Step {
    #[serde(default)]
    request: Option<Request>,
    #[serde(default)]
    plan: Option<PlanText>,
    #[serde(default)]
    fact: Option<Fact>,
    /// The token, in compact form.
    #[serde(default)]
    token: Option<String>,
    /// The keys of its issuer, in JSON.
    #[serde(default)]
    key_set: Option<String>,
}

/// A plan as the tool wrote it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PlanText {
    /// What `terraform show -json` printed.
    terraform: String,
    /// The nonce kept beside it: 64 hexadecimal digits.
    nonce: String,
}

/// What `decide` answers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    admission: Admission,
    /// The entry as it is hashed, in hexadecimal digits.
    entry_bytes: String,
    status: Status,
}

pub(super) fn decide(input: &[u8]) -> Result<String> {
    let input: Input = Value::parse_json(input)?.deserialize()?;
    let engine = Engine::new(Texts {
        charter: input.charter.into_bytes(),
        lock: input.lock.into_bytes(),
        packs: input.packs.into_iter().map(String::into_bytes).collect(),
    })?;
    let ledger = Ledger::in_memory();
    let mut state = State::new();
    engine.begin(&ledger, &input.origin, &input.keys, input.begin)?;
    for (index, step) in input.history.into_iter().enumerate() {
        run(&engine, step, &ledger, &mut state)
            .map_err(|error| error.at_pointer(format!("/history/{index}")))?;
    }
    let admission = run(&engine, input.step, &ledger, &mut state)?;
    let recorded = ledger
        .read(admission.sequence, 1)?
        .pop()
        .ok_or_else(|| Error::internal("an entry that was appended is gone"))?;
    to_json(&Answer {
        admission,
        entry_bytes: hex(&recorded.entry.to_bytes()?),
        status: state.status(),
    })
}

/// What `lock` needs.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LockInput {
    /// The packs, in YAML.
    packs: Vec<String>,
}

/// Answers the text of the lock file that pins the packs.
pub(super) fn lock(input: &[u8]) -> Result<String> {
    let input: LockInput = Value::parse_json(input)?.deserialize()?;
    let mut lock = Lock::default();
    for text in input.packs {
        let pack = PolicyPack::parse(text.as_bytes())?;
        lock.pin(pack.reference(), pack.digest());
    }
    to_json(&serde_json::json!({ "lock": lock.to_yaml() }))
}

fn run(engine: &Engine, step: Step, ledger: &Ledger, state: &mut State) -> Result<Admission> {
    let token = match (step.token, step.key_set) {
        (None, None) => None,
        (Some(token), Some(keys)) => {
            let keys = KeySet::parse(keys.as_bytes());
            Some((token, keys.map_err(|error| error.in_source("keySet"))?))
        }
        _ => {
            return Err(Error::new(
                Code::InputMissingField,
                "a token needs the `keySet` that it is verified with, and a key set needs a `token`",
            ));
        }
    };
    let shown = |actor: &str, at: Instant| {
        token.as_ref().map(|(token, keys)| engine.credential(actor, token, keys, at))
    };
    match (step.request, step.plan, step.fact) {
        (Some(mut request), plan, None) => {
            request.credential = shown(&request.actor.id, request.at);
            request.plan = plan.map(PlanText::read).transpose()?;
            if let (Some(plan), Subject::Change(change)) = (&request.plan, &mut request.subject) {
                change.plan.get_or_insert(plan.digest);
            }
            engine.admit(&request, ledger, state)
        }
        (None, None, Some(mut fact)) => {
            fact.credential = shown(&fact.actor.id, fact.at);
            engine.record(&fact, &[], ledger, state)
        }
        _ => Err(Error::new(
            Code::InputInvalidValue,
            "a step is a request, which may have a plan, or a fact",
        )),
    }
}

impl PlanText {
    pub(super) fn read(self) -> Result<Plan> {
        let nonce =
            unhex(&self.nonce).and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| {
                Error::new(Code::InputInvalidValue, "a nonce is 64 hexadecimal digits")
                    .at_pointer("/plan/nonce")
            })?;
        Plan::from_terraform(self.terraform.as_bytes(), &nonce)
    }
}
