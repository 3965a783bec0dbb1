//! The operation `simulate`: a history and one more step in, its decision and the bytes of its entry out.
//!
//! It keeps nothing and writes nothing, so that every language can compare its answer byte for byte.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{credential::Credentials, engine::name_plan, to_json};
use crate::{
    digest::{hex, unhex},
    engine::{Admission, Engine, Texts},
    error::{Code, Error, Result},
    ledger::{Ledger, VerifierKey},
    model::{Fact, Plan, Request},
    state::{State, Status},
    time::Instant,
    value::Value,
};

/// What `simulate` needs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SimulateInput {
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
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "SimulateStep")]
struct Step {
    /// The request.
    #[serde(default)]
    request: Option<Request>,
    /// The plan that the request is about.
    #[serde(default)]
    plan: Option<PlanText>,
    /// The fact, in place of a request.
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
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PlanText {
    /// What `terraform show -json` printed.
    terraform: String,
    /// The nonce kept beside it: 64 hexadecimal digits.
    nonce: String,
}

/// What `simulate` answers.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SimulateAnswer {
    /// What became of the step.
    admission: Admission,
    /// The entry as it is hashed, in hexadecimal digits.
    entry_bytes: String,
    /// What the ledger adds up to after it.
    status: Status,
}

pub(super) fn simulate(input: &[u8]) -> Result<String> {
    let input: SimulateInput = Value::parse_json(input)?.deserialize()?;
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
    to_json(&SimulateAnswer {
        admission,
        entry_bytes: hex(&recorded.entry.to_bytes()?),
        status: state.status(),
    })
}

fn run(engine: &Engine, step: Step, ledger: &Ledger, state: &mut State) -> Result<Admission> {
    let credential = Credentials::of(step.token, step.key_set)?;
    match (step.request, step.plan, step.fact) {
        (Some(mut request), plan, None) => {
            request.credential = credential.shown(engine, &request.actor.id, request.at);
            request.plan = plan.map(PlanText::read).transpose()?.map(Into::into);
            name_plan(&mut request);
            engine.admit(&request, ledger, state)
        }
        (None, None, Some(mut fact)) => {
            fact.name_report();
            fact.credential = credential.shown(engine, &fact.actor.id, fact.at);
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
        let nonce = nonce(&self.nonce).map_err(|error| error.at_pointer("/plan/nonce"))?;
        Plan::from_terraform(self.terraform.as_bytes(), &nonce)
    }
}

/// Reads 64 hexadecimal digits.
pub(super) fn nonce(text: &str) -> Result<[u8; 32]> {
    unhex(text)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| Error::new(Code::InputInvalidValue, "a nonce is 64 hexadecimal digits"))
}
