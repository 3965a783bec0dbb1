//! `poundlock receipt`, `verify-receipt` and `verify-fork`: what travels, and whether it holds.

use std::path::Path;

use poundlock::{
    error::Result,
    ledger::{ForkProof, Receipt},
    limits,
    model::Held,
    state::permit_of,
    time::Instant,
};
use serde_json::json;

use super::{read::entry, to_json};
use crate::{
    args, files, keys,
    output::{Answer, CODE_DENIED, CODE_OK, Style, Text, printable},
    render,
};

pub(super) fn write(options: &args::Receipt, path: &Path) -> Result<Answer> {
    let ledger = files::ledger_to_read(path)?;
    let receipt = ledger.receipt(options.sequence)?.to_text();
    let mut text = Text::new();
    let mut json = json!({ "sequence": options.sequence, "receipt": receipt });
    files::write_or_print(options.out.as_deref(), &receipt, &mut text, &mut json)?;
    let mut answer = Answer::new(text, json, CODE_OK);
    answer.notices = ledger.notices();
    Ok(answer)
}

pub(super) fn verify(options: &args::VerifyReceipt, at: Instant) -> Result<Answer> {
    let keys = keys::demanded(&options.trusted)?;
    let name = options.receipt.display().to_string();
    let bytes = files::read(&options.receipt, limits::PROOF_BYTES)?;
    let receipt = Receipt::parse(&bytes).map_err(|error| error.in_source(&name))?;
    let recorded =
        receipt.verify(&keys, options.origin.as_deref()).map_err(|error| error.in_source(&name))?;
    let checkpoint = receipt.checkpoint().unverified();
    let permit = permit_of(&recorded, &checkpoint.origin)?;
    let expired = permit.as_ref().map(|permit| at > permit.expires);
    let held = held(&options.held)?;
    let contradictions =
        permit.as_ref().map(|permit| permit.contradictions(&held, at)).unwrap_or_default();

    let mut text = Text::new();
    text.add(Style::Good, "verified").line(format!(
        "  entry {} is among the first {} of {}",
        recorded.entry.sequence,
        checkpoint.size,
        printable(&checkpoint.origin)
    ));
    match (&permit, expired) {
        (Some(permit), Some(true)) => {
            text.add(Style::Bad, "expired ").line(format!("  the permit ended {}", permit.expires));
        }
        (Some(permit), _) => {
            text.add(Style::Good, "permit  ").line(format!(
                "  to {} {} in {}{} until {}, for {}",
                permit.action.word(),
                printable(&permit.asset),
                printable(&permit.stage),
                render::traffic(permit),
                permit.expires,
                printable(&permit.actor)
            ));
            let others = contradictions.iter().filter(|name| **name != "expires");
            for name in others.clone() {
                text.add(Style::Bad, "not for this").line(format!("  another {name} is permitted"));
            }
            if others.count() == 0 && held.digest.is_some() {
                text.line("  It is for what is at hand.");
            }
            text.line("  Whether it is spent or withdrawn, only the ledger knows.");
        }
        (None, _) if options.permit => {
            text.add(Style::Bad, "no permit").line("  the entry permits nothing");
        }
        (None, _) => {}
    }
    let entry = entry(&recorded)?;
    render::entry(&mut text, &entry);
    let json = json!({
        "verified": true,
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root,
        "entry": entry,
        "permit": to_json(&permit)?,
        "expired": expired,
        "contradictions": contradictions,
    });
    let refused = options.permit && (permit.is_none() || !contradictions.is_empty());
    Ok(Answer::new(text, json, if refused { CODE_DENIED } else { CODE_OK }))
}

/// What is about to be done, as far as the options say.
fn held(options: &args::receipts::Held) -> Result<Held> {
    let plan =
        files::plan_digest(options.plan.as_deref(), options.nonce.as_deref(), &options.parts)?;
    Ok(Held {
        digest: plan.or(options.artifact),
        action: options.action.map(args::Act::action),
        actor: options.actor.clone(),
        run: options.run.clone(),
        track: options.track.clone(),
        stage: options.stage.clone(),
        asset: options.asset.clone(),
        lineage: options.commit.clone(),
    })
}

pub(super) fn verify_fork(options: &args::VerifyFork) -> Result<Answer> {
    let keys = keys::demanded(&options.trusted)?;
    let name = options.proof.display().to_string();
    let bytes = files::read(&options.proof, limits::PROOF_BYTES)?;
    let proof = ForkProof::parse(&bytes).map_err(|error| error.in_source(&name))?;
    let (earlier, later) = proof.verify(&keys).map_err(|error| error.in_source(&name))?;
    let mut text = Text::new();
    text.add(Style::Bad, "forked").line(format!("  {}", printable(&earlier.origin)));
    for checkpoint in [earlier, later] {
        text.line(format!("  {} entries with the root {}", checkpoint.size, checkpoint.root));
    }
    text.line("  Both are signed, and they cannot both be true.");
    let side = |checkpoint: &poundlock::ledger::Checkpoint| json!({ "size": checkpoint.size, "root": checkpoint.root });
    let json = json!({
        "forked": true,
        "origin": earlier.origin,
        "earlier": side(earlier),
        "later": side(later),
    });
    Ok(Answer::new(text, json, CODE_OK))
}
