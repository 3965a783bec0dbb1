//! Signing: a checkpoint over entries that were decided again first.

use super::Engine;
use crate::{
    error::{Code, Error, Result},
    ledger::{Checkpoint, Head, Ledger, SignedCheckpoint, Signer, VerifierKeys},
    state::State,
};

impl Engine {
    /// Signs what the ledger holds now, and keeps the checkpoint beside the entries.
    ///
    /// Everything since the newest checkpoint that one of the signers signed is decided again first
    /// ([`Engine::redecide`]), all of it when there is none: an entry that the engine would not have
    /// written is never signed over, whoever wrote it. What another key signed is not believed, since whoever can
    /// write an entry can also name a key in it.
    ///
    /// `state` is the caller's own from the last time it signed, so that little has to be read; begin
    /// with [`State::new`]. Afterwards it is that of the checkpoint.
    ///
    /// # Errors
    ///
    /// - `key.invalid` when there is no signer, or one whose key is not in force.
    /// - `entry.undecided`, with the sequence number; `replay.unavailable` when an entry cannot be decided
    ///   any more because what it was decided from was erased before anyone signed over it.
    /// - `checkpoint.rolled_back` and `checkpoint.inconsistent` when the ledger is not what an earlier
    ///   signature says, or not the one that `state` was folded from.
    /// - those of [`Engine::redecide`], of [`SignedCheckpoint::sign`], and of the ledger.
    pub fn sign(
        &self,
        ledger: &Ledger,
        state: &mut State,
        signers: &[&dyn Signer],
    ) -> Result<SignedCheckpoint> {
        let own = VerifierKeys::new(signers.iter().map(|signer| signer.key().clone()))?;
        let checkpoint = self.checkpoint(ledger, state, &own)?;
        let signed = SignedCheckpoint::sign(&checkpoint, signers)?;
        ledger.put_checkpoint(&signed)?;
        Ok(signed)
    }

    /// What [`Engine::sign`] would sign with these keys, decided again as it does, for signers elsewhere: they sign
    /// [`Checkpoint::to_text`], [`SignedCheckpoint::assemble`] puts their signatures to it, and
    /// [`Ledger::put_checkpoint`] keeps it.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::sign`].
    pub fn checkpoint(
        &self,
        ledger: &Ledger,
        state: &mut State,
        own: &VerifierKeys,
    ) -> Result<Checkpoint> {
        let since = signed_size(ledger, own)?;
        // Only now: another signer may just have signed over more than there was before.
        let head = ledger.head()?;
        check_remembered(ledger, state, &head)?;
        if state.size() <= since {
            state.catch_up_to(ledger, since)?;
        } else {
            *state = State::until(ledger, since)?;
        }
        let done = self.redecide_each(ledger, state, head.size, &mut |recorded| {
            // The root must be that of the very entries that are decided again.
            let proof = ledger.inclusion_proof(recorded.entry.sequence, head.size)?;
            proof.verify(&recorded.entry.to_bytes()?, &head.root)
        })?;
        if let Some(sequence) = done.unavailable.first() {
            let message = "what the entry was decided from was erased before it was signed over, so that it cannot be decided again";
            return Err(Error::new(Code::ReplayUnavailable, message).at_sequence(*sequence));
        }
        self.governs(state)?;
        if own.keys().iter().any(|key| !state.keys().contains(key)) {
            return Err(Error::new(Code::KeyInvalid, "a key is not among those in force").with_help(
                "sign with the keys that the ledger's law names, or let an amendment name this one",
            ));
        }
        Ok(Checkpoint::of(state.origin().unwrap_or_default(), &head))
    }
}

/// Demands that the ledger still holds what the signer saw the last time. The checkpoint beside the entries cannot
/// tell where both were set back.
fn check_remembered(ledger: &Ledger, state: &State, head: &Head) -> Result<()> {
    let Some(sequence) = state.size().checked_sub(1) else { return Ok(()) };
    let help =
        "the ledger was replaced by an older or another copy: restore the one that was signed";
    if sequence >= head.size {
        let message = "the ledger has fewer entries than the state of the last signature";
        return Err(Error::new(Code::CheckpointRolledBack, message)
            .at_sequence(head.size)
            .with_help(help));
    }
    let last = ledger.read(sequence, 1)?.pop().map(|recorded| recorded.hash);
    if last != Some(state.last()) {
        let message = "the ledger holds other entries than the state of the last signature";
        return Err(Error::new(Code::CheckpointInconsistent, message)
            .at_sequence(sequence)
            .with_help(help));
    }
    Ok(())
}

/// How many entries the kept checkpoint vouches for, if one of these keys signed it.
fn signed_size(ledger: &Ledger, keys: &VerifierKeys) -> Result<u64> {
    let Some(kept) = ledger.checkpoint()? else { return Ok(0) };
    match kept.verify(keys, None) {
        Ok(checkpoint) => {
            ledger.check_checkpoint(checkpoint)?;
            Ok(checkpoint.size)
        }
        Err(error)
            if matches!(
                error.to_code(),
                Code::CheckpointUntrusted | Code::CheckpointSignature | Code::CheckpointOrigin
            ) =>
        {
            Ok(0)
        }
        Err(error) => Err(error),
    }
}
