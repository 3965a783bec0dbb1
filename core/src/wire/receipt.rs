//! The operation `verify_receipt`: a receipt and trusted keys in, the entry that they vouch for out.

use serde::{Deserialize, Serialize};

use super::{decide::PlanText, to_json};
use crate::{
    canonical,
    digest::Digest,
    error::{Code, Error, Result},
    ledger::{Checkpoint, Receipt, Recorded, VerifierKeys},
    model::{Held, Permit},
    state::permit_of,
    time::Instant,
    value::Value,
};

/// What `verify_receipt` needs.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Input {
    /// The receipt's text.
    receipt: String,
    /// The trusted keys, as verifier keys.
    keys: Vec<String>,
    /// How many of them must have signed.
    #[serde(default = "one")]
    threshold: usize,
    /// The ledger that is expected; any whose keys are trusted when it is absent.
    #[serde(default)]
    origin: Option<String>,
    /// What the entry must permit, to whoever is about to act.
    #[serde(default)]
    permit: Option<PermitInput>,
}

/// What a permit is held against.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PermitInput {
    /// The instant at which it is about to be used.
    at: Instant,
    /// What is about to be done.
    #[serde(default)]
    held: Held,
    /// The plan that is about to be applied, in place of its digest.
    #[serde(default)]
    plan: Option<PlanText>,
}

fn one() -> usize {
    1
}

/// What `verify_receipt` answers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    entry: Entry,
    /// The entry's leaf hash, which is the id of a permit that it grants.
    hash: Digest,
    checkpoint: Tree<'a>,
    /// Where a permit was asked for: what it says, and what of that is otherwise; `permit` itself where the
    /// entry permits nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    permit: Option<PermitAnswer>,
}

#[derive(Serialize)]
struct PermitAnswer {
    permit: Option<Permit>,
    contradictions: Vec<&'static str>,
}

#[derive(Serialize)]
struct Entry {
    sequence: u64,
    previous: Digest,
    at: Instant,
    kind: String,
    attachments: Vec<Digest>,
    body: serde_json::Value,
}

#[derive(Serialize)]
struct Tree<'a> {
    origin: &'a str,
    size: u64,
    root: Digest,
}

pub(super) fn verify(input: &[u8]) -> Result<String> {
    let input: Input = Value::parse_json(input)?.deserialize()?;
    let keys = VerifierKeys::from_texts(&input.keys)?.with_threshold(input.threshold)?;
    let receipt = Receipt::parse(input.receipt.as_bytes())?;
    let recorded = receipt.verify(&keys, input.origin.as_deref())?;
    let asked = |asked| permit(&recorded, &receipt.checkpoint().unverified().origin, asked);
    let permit = input.permit.map(asked).transpose()?;
    let Recorded { entry, hash } = recorded;
    let body = canonical::from_bytes(&entry.body).map_err(|_| {
        Error::new(Code::LedgerBody, "the body of the entry has no JSON form")
            .at_sequence(entry.sequence)
    })?;
    let Checkpoint { origin, size, root } = receipt.checkpoint().unverified();
    to_json(&Answer {
        entry: Entry {
            sequence: entry.sequence,
            previous: entry.previous,
            at: entry.at,
            kind: entry.kind,
            attachments: entry.attachments,
            body,
        },
        hash,
        checkpoint: Tree { origin, size: *size, root: *root },
        permit,
    })
}

fn permit(recorded: &Recorded, origin: &str, asked: PermitInput) -> Result<PermitAnswer> {
    let PermitInput { at, mut held, plan } = asked;
    if let Some(plan) = plan {
        held.digest = Some(plan.read()?.digest);
    }
    let permit = permit_of(recorded, origin)?;
    let contradictions = match &permit {
        Some(permit) => permit.contradictions(&held, at),
        None => vec!["permit"],
    };
    Ok(PermitAnswer { permit, contradictions })
}
