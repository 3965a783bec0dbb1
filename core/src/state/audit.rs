//! A ledger as an auditor sees it: every byte verified, every entry folded, and the signatures that count.

use std::collections::{BTreeMap, BTreeSet};

use super::State;
use crate::{
    error::{Code, Error, Result},
    ledger::{
        Ledger, Recorded, SignedCheckpoint, Verification, Verified, VerifierKey, VerifierKeys,
    },
};

/// Tells now and then how many entries of how many are done.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// What came of verifying every byte of a ledger, and that its entries make sense as a history.
#[derive(Debug)]
pub struct Audit {
    verified: Verified,
    /// The kept checkpoint, read before the rest.
    kept: Option<SignedCheckpoint>,
    state: State,
    /// The keys that the ledger names, at the sizes that were asked for.
    named: BTreeMap<u64, Vec<VerifierKey>>,
}

impl Audit {
    /// Verifies a ledger in the calling thread and so many others, and remembers which keys it names where it has
    /// one of these `sizes`, at which somebody remembers it.
    ///
    /// # Errors
    ///
    /// Those of [`Ledger::verify`] and [`State::fold`]; `ledger.attachment_missing` where an attachment is gone
    /// that was not erased.
    pub fn of(
        ledger: &Ledger,
        sizes: &[u64],
        others: usize,
        progress: Option<Progress<'_>>,
    ) -> Result<Self> {
        Self::visiting(ledger, sizes, others, progress, &mut |_, _| Ok(()))
    }

    /// Verifies likewise, and hands over each entry once it is known to be sound, with what the entries add up to
    /// with it.
    pub(crate) fn visiting(
        ledger: &Ledger,
        sizes: &[u64],
        others: usize,
        progress: Option<Progress<'_>>,
        visit: &mut dyn FnMut(&State, &Recorded) -> Result<()>,
    ) -> Result<Self> {
        let kept = ledger.checkpoint()?;
        let mut sizes = sizes.to_vec();
        sizes.extend(kept.as_ref().map(|kept| kept.unverified().size));
        let mut state = State::new();
        let mut named = BTreeMap::new();
        let mut fold = |recorded: &Recorded| {
            state.fold(recorded)?;
            visit(&state, recorded)?;
            if sizes.contains(&state.size()) {
                named.insert(state.size(), state.keys().to_vec());
            }
            Ok(())
        };
        let mut verification = Verification::new().threads(others).on_entry(&mut fold);
        if let Some(progress) = progress {
            verification = verification.on_progress(progress);
        }
        let verified = ledger.verify_with(verification)?;
        if verified.missing.iter().any(|(_, digest)| state.erasure(digest).is_none()) {
            // What is erased meanwhile is excused by an entry that is newer than the head was.
            state.catch_up(ledger)?;
        }
        match verified.missing.iter().find(|(_, digest)| state.erasure(digest).is_none()) {
            None => Ok(Self { verified, kept, state, named }),
            Some((sequence, digest)) => {
                let message = format!("the attachment {digest} is missing, and was not erased");
                Err(Error::new(Code::LedgerAttachmentMissing, message).at_sequence(*sequence))
            }
        }
    }

    /// What was verified.
    pub fn verified(&self) -> &Verified {
        &self.verified
    }

    /// What the entries add up to.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// How many attachments were erased.
    pub fn erased(&self) -> usize {
        let missing = self.verified.missing.iter().map(|(_, digest)| digest);
        missing.collect::<BTreeSet<_>>().len()
    }

    /// The size that the kept checkpoint claims.
    pub fn kept_size(&self) -> Option<u64> {
        self.kept.as_ref().map(|kept| kept.unverified().size)
    }

    /// The keys that the ledger itself names for a checkpoint of this size.
    ///
    /// # Errors
    ///
    /// `checkpoint.untrusted` when it names none.
    pub fn named(&self, size: u64) -> Result<VerifierKeys> {
        let keys = self.named.get(&size).map_or(self.state.keys(), Vec::as_slice);
        if keys.is_empty() {
            let message = "the ledger names no key that a checkpoint could be signed with";
            return Err(Error::new(Code::CheckpointUntrusted, message)
                .with_help("name the key that you trust"));
        }
        VerifierKeys::new(keys.to_vec())
    }

    /// The kept checkpoint, verified with the keys that are trusted, or else with those that the ledger names.
    ///
    /// # Errors
    ///
    /// Those of [`SignedCheckpoint::verify`] and [`Ledger::check_checkpoint`], and of [`Audit::named`].
    pub fn kept(
        &self,
        ledger: &Ledger,
        trusted: Option<&VerifierKeys>,
    ) -> Result<Option<&SignedCheckpoint>> {
        let Some(kept) = &self.kept else { return Ok(None) };
        let named;
        let keys = match trusted {
            Some(keys) => keys,
            None => {
                named = self.named(kept.unverified().size)?;
                &named
            }
        };
        ledger.check_checkpoint(kept.verify(keys, self.state.origin())?)?;
        Ok(Some(kept))
    }

    /// Demands that the ledger continues a remembered checkpoint, which must be rightly signed.
    ///
    /// Where only the ledger itself says by whom, its entries are compared first: they may be the ones that
    /// were rewritten.
    ///
    /// # Errors
    ///
    /// As [`Audit::kept`].
    pub fn continues(
        &self,
        ledger: &Ledger,
        remembered: &SignedCheckpoint,
        trusted: Option<&VerifierKeys>,
    ) -> Result<()> {
        let origin = self.state.origin();
        if let Some(keys) = trusted {
            remembered.verify(keys, origin)?;
        }
        ledger.check_checkpoint(remembered.unverified())?;
        match trusted {
            Some(_) => Ok(()),
            None => {
                let keys = self.named(remembered.unverified().size)?;
                remembered.verify(&keys, origin).map(drop)
            }
        }
    }

    /// Refuses a ledger that has no signed checkpoint although it names keys: whoever removed it must not be believed
    /// that there was none.
    ///
    /// # Errors
    ///
    /// `checkpoint.untrusted`.
    pub fn may_be_unsigned(&self) -> Result<()> {
        if self.kept.is_some() || self.state.keys().is_empty() {
            return Ok(());
        }
        Err(unsigned("the ledger has no signed checkpoint, although it names keys"))
    }

    /// Refuses a ledger that has no signed checkpoint.
    ///
    /// # Errors
    ///
    /// `checkpoint.untrusted`.
    pub fn must_be_signed(&self) -> Result<()> {
        match self.kept {
            Some(_) => Ok(()),
            None => Err(unsigned("the ledger has no signed checkpoint")),
        }
    }
}

fn unsigned(message: &str) -> Error {
    Error::new(Code::CheckpointUntrusted, message).with_help(
        "sign one; if there was one, it was removed; where nothing was signed yet, verify the entries alone",
    )
}
