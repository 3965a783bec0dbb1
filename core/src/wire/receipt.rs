//! What is verified with public keys alone: receipts, checkpoints and proofs of forks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{entry::EntryAnswer, parse, simulate::PlanText, to_json};
use crate::{
    digest::Digest,
    error::Result,
    ledger::{Checkpoint, ForkProof, Receipt, Recorded, SignedCheckpoint, VerifierKeys},
    model::{Held, Permit},
    state::permit_of,
    time::Instant,
};

/// What `verify_receipt` needs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct VerifyReceiptInput {
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
#[derive(Deserialize, JsonSchema)]
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
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VerifyReceiptAnswer {
    /// The entry. Its hash is the id of a permit that it grants.
    entry: EntryAnswer,
    /// What the receipt rests on.
    checkpoint: CheckpointAnswer,
    /// Where a permit was asked for: what it says, and what of that is otherwise; `permit` itself where the
    /// entry permits nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    permit: Option<PermitAnswer>,
}

/// What an entry permits to whoever is about to act.
#[derive(Serialize, JsonSchema)]
struct PermitAnswer {
    /// What the entry permits; absent where it permits nothing.
    permit: Option<Permit>,
    /// What the permit says otherwise than whoever holds it, by the names of its fields.
    contradictions: Vec<&'static str>,
}

/// What a checkpoint says.
#[derive(Serialize, JsonSchema)]
pub(super) struct CheckpointAnswer {
    /// The ledger's name.
    origin: String,
    /// How many entries there are.
    size: u64,
    /// The RFC 6962 Merkle tree hash over them.
    root: Digest,
}

impl From<&Checkpoint> for CheckpointAnswer {
    fn from(checkpoint: &Checkpoint) -> Self {
        let Checkpoint { origin, size, root } = checkpoint.clone();
        Self { origin, size, root }
    }
}

pub(super) fn verify_receipt(input: &[u8]) -> Result<String> {
    let input: VerifyReceiptInput = parse(input)?;
    let keys = VerifierKeys::from_texts(&input.keys)?.with_threshold(input.threshold)?;
    let receipt = Receipt::parse(input.receipt.as_bytes())?;
    let recorded = receipt.verify(&keys, input.origin.as_deref())?;
    let asked = |asked| permit(&recorded, &receipt.checkpoint().unverified().origin, asked);
    let permit = input.permit.map(asked).transpose()?;
    to_json(&VerifyReceiptAnswer {
        entry: EntryAnswer::of(&recorded)?,
        checkpoint: receipt.checkpoint().unverified().into(),
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

/// What `verify_checkpoint` needs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct VerifyCheckpointInput {
    /// The signed checkpoint's text.
    checkpoint: String,
    /// The trusted keys, as verifier keys.
    keys: Vec<String>,
    /// How many of them must have signed.
    #[serde(default = "one")]
    threshold: usize,
    /// The ledger that is expected; any whose keys are trusted when it is absent.
    #[serde(default)]
    origin: Option<String>,
}

pub(super) fn verify_checkpoint(input: &[u8]) -> Result<String> {
    let input: VerifyCheckpointInput = parse(input)?;
    let keys = VerifierKeys::from_texts(&input.keys)?.with_threshold(input.threshold)?;
    let signed = SignedCheckpoint::parse(input.checkpoint.as_bytes())?;
    to_json(&CheckpointAnswer::from(signed.verify(&keys, input.origin.as_deref())?))
}

/// What `verify_fork` needs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct VerifyForkInput {
    /// The proof's text.
    proof: String,
    /// The trusted keys, as verifier keys.
    keys: Vec<String>,
    /// How many of them must have signed each of the two.
    #[serde(default = "one")]
    threshold: usize,
}

/// Two checkpoints that cannot both be true.
#[derive(Serialize, JsonSchema)]
pub(super) struct VerifyForkAnswer {
    /// The two checkpoints.
    checkpoints: [CheckpointAnswer; 2],
}

pub(super) fn verify_fork(input: &[u8]) -> Result<String> {
    let input: VerifyForkInput = parse(input)?;
    let keys = VerifierKeys::from_texts(&input.keys)?.with_threshold(input.threshold)?;
    let proof = ForkProof::parse(input.proof.as_bytes())?;
    let (one, other) = proof.verify(&keys)?;
    to_json(&VerifyForkAnswer { checkpoints: [one.into(), other.into()] })
}
