//! What a ledger proves to those who hold only a part of it: proofs, receipts, and its checkpoint.

use super::{
    Checkpoint, ConsistencyProof, Divergence, ForkProof, InclusionProof, Ledger, Receipt,
    SignedCheckpoint,
    chain::Chain,
    merkle,
    nodes::{self, Tree},
};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
};

impl Ledger {
    /// The root of the tree of the first `size` entries.
    ///
    /// # Errors
    ///
    /// `checkpoint.rolled_back` when the ledger has fewer entries, `ledger.tile` when the stored nodes
    /// are lost or wrong; as [`Ledger::head`].
    pub fn root_at(&self, size: u64) -> Result<Digest> {
        let known = self.known_with(size)?;
        let (root, _) = self.root_and_consistency(&known, size)?;
        Ok(root)
    }

    /// Proves that an entry is in the tree of the first `size` entries, in O(log n).
    ///
    /// # Errors
    ///
    /// `input.invalid_value` when the tree does not have the entry; as [`Ledger::root_at`].
    pub fn inclusion_proof(&self, sequence: u64, size: u64) -> Result<InclusionProof> {
        if sequence >= size {
            let message = "a tree of this size does not have the entry";
            return Err(Error::new(Code::InputInvalidValue, message).at_sequence(sequence));
        }
        let known = self.known_with(size)?;
        let root = self.root_and_consistency(&known, size)?.0;
        let tree = Tree(&*self.store);
        let (leaf, hashes) = (tree.leaf(sequence)?, tree.inclusion(sequence, size)?);
        if merkle::root_of_path(&leaf, sequence, size, &hashes) != Some(root) {
            return Err(unfit());
        }
        Ok(InclusionProof { index: sequence, size, hashes })
    }

    /// Proves that the first `size` entries begin with the first `from` entries, in O(log n).
    ///
    /// # Errors
    ///
    /// `input.invalid_value` when `from` is larger than `size`; as [`Ledger::root_at`].
    pub fn consistency_proof(&self, from: u64, size: u64) -> Result<ConsistencyProof> {
        if from > size {
            let message = "a smaller tree does not begin with a larger one";
            return Err(Error::new(Code::InputInvalidValue, message));
        }
        self.known_with(size)?;
        self.proof_of_growth(from, size)
    }

    /// The newest signed checkpoint that is kept beside the entries. Nothing about it has been
    /// verified but its form.
    ///
    /// # Errors
    ///
    /// `checkpoint.syntax`, `io`, `ledger.forked`.
    pub fn checkpoint(&self) -> Result<Option<SignedCheckpoint>> {
        self.check_process()?;
        self.store.checkpoint()?.map(|bytes| SignedCheckpoint::parse(&bytes)).transpose()
    }

    /// Demands that the ledger is what the checkpoint beside it says, as far as that can be proven.
    ///
    /// # Errors
    ///
    /// As [`Ledger::check_checkpoint`]; `ledger.tile` where the nodes for the proof are lost.
    pub(super) fn check_kept_checkpoint(&self) -> Result<()> {
        match self.checkpoint()? {
            Some(kept) => self.check_checkpoint(kept.unverified()).map(drop),
            None => Ok(()),
        }
    }

    /// Keeps a signed checkpoint of this ledger, durably, unless a newer one is kept. Where the one that is
    /// kept says the same, the signatures of other keys that it has are kept as well, so that several
    /// signers need not sign at once. Whoever calls this has verified its signatures.
    ///
    /// # Errors
    ///
    /// As [`Ledger::check_checkpoint`]; `checkpoint.origin` when the one that is kept is another
    /// ledger's, `limit.count` when it has too many signatures.
    pub fn put_checkpoint(&self, checkpoint: &SignedCheckpoint) -> Result<()> {
        let new = checkpoint.unverified();
        self.check_checkpoint(new)?;
        self.store.replace_checkpoint(&mut |present| {
            let Some(present) = present else {
                return Ok(Some(checkpoint.text().as_bytes().to_vec()));
            };
            let present = SignedCheckpoint::parse(&present)?;
            if present.unverified().origin != new.origin {
                let message = "the checkpoint that is kept is that of another ledger";
                return Err(Error::new(Code::CheckpointOrigin, message));
            }
            if new.size < present.unverified().size {
                return Ok(None);
            }
            let joined = checkpoint.clone().joined(&present)?;
            Ok(Some(joined.text().as_bytes().to_vec()))
        })
    }

    /// Demands that the ledger is a continuation of what a checkpoint states: proves that it is, by the
    /// stored nodes, and verifies the proof. [`Ledger::verify`] tells whether the nodes are those of
    /// the entries.
    ///
    /// # Errors
    ///
    /// `checkpoint.rolled_back` when the ledger has fewer entries, `checkpoint.inconsistent` when it has
    /// others; as [`Ledger::root_at`].
    pub fn check_checkpoint(&self, checkpoint: &Checkpoint) -> Result<ConsistencyProof> {
        let known = self.known_with(checkpoint.size)?;
        let (root, proof) = self.root_and_consistency(&known, checkpoint.size)?;
        if root == checkpoint.root {
            return Ok(proof);
        }
        let message = format!(
            "the first {} entries are not those that the checkpoint was made of",
            checkpoint.size
        );
        Err(Error::new(Code::CheckpointInconsistent, message).with_help(
            "one of the two was rewritten: keep both, and compare them with other copies",
        ))
    }

    /// Proves that a signed checkpoint and the one that is kept beside the entries cannot both be true:
    /// `None` when they can.
    ///
    /// # Errors
    ///
    /// As [`Ledger::checkpoint`] and [`Ledger::root_at`], but `checkpoint.rolled_back` only where the
    /// ledger does not reach the kept checkpoint.
    pub fn fork_proof(&self, remembered: &SignedCheckpoint) -> Result<Option<ForkProof>> {
        let Some(kept) = self.checkpoint()? else { return Ok(None) };
        let (mine, theirs) = (kept.unverified(), remembered.unverified());
        self.check_checkpoint(mine)?;
        if mine.size < theirs.size {
            return Ok(None);
        }
        let root = self.root_at(theirs.size)?;
        if root == theirs.root {
            return Ok(None);
        }
        let proof = self.consistency_proof(theirs.size, mine.size)?;
        let divergence = (mine.size > theirs.size).then_some(Divergence { root, proof });
        ForkProof::new(remembered.clone(), kept, divergence).map(Some)
    }

    /// The receipt of an entry: the entry, its proof, and the newest signed checkpoint.
    ///
    /// # Errors
    ///
    /// `input.invalid_value` when there is no such entry, `checkpoint.untrusted` when no checkpoint
    /// covers it yet; as [`Ledger::read`] and [`Ledger::inclusion_proof`].
    pub fn receipt(&self, sequence: u64) -> Result<Receipt> {
        let recorded = self.read(sequence, 1)?.pop().ok_or_else(|| {
            Error::new(Code::InputInvalidValue, "the ledger does not have the entry")
                .at_sequence(sequence)
        })?;
        let covering = self.checkpoint()?.filter(|signed| signed.unverified().size > sequence);
        let checkpoint = covering.ok_or_else(|| {
            Error::new(Code::CheckpointUntrusted, "no signed checkpoint covers the entry yet")
                .at_sequence(sequence)
                .with_help("sign one with `poundlock checkpoint`")
        })?;
        let proof = self.inclusion_proof(sequence, checkpoint.unverified().size)?;
        Receipt::new(recorded.entry.to_bytes()?, proof, checkpoint)
    }

    /// What the handle knows, read again where that is less than `size` entries.
    fn known_with(&self, size: u64) -> Result<Chain> {
        self.check_process()?;
        let known = self.known().clone();
        let known = if known.size() < size { self.catch_up()? } else { known };
        if known.size() >= size {
            return Ok(known);
        }
        let message = format!("the ledger has {} entries, and not {size}", known.size());
        Err(Error::new(Code::CheckpointRolledBack, message)
            .at_sequence(known.size())
            .with_help("entries were lost, or the ledger was replaced by an older copy"))
    }

    fn proof_of_growth(&self, from: u64, size: u64) -> Result<ConsistencyProof> {
        let trivial = from == 0 || from == size;
        let tree = Tree(&*self.store);
        let hashes = if trivial { Vec::new() } else { tree.consistency(from, size)? };
        Ok(ConsistencyProof { from, size, hashes })
    }

    /// The root at a size, proven to lead to the root that the handle knows.
    fn root_and_consistency(&self, known: &Chain, size: u64) -> Result<(Digest, ConsistencyProof)> {
        let root = Tree(&*self.store).frontier(size)?.root();
        let proof = self.proof_of_growth(size, known.size())?;
        proof.verify(&root, &known.frontier().root()).map_err(|_| unfit())?;
        Ok((root, proof))
    }
}

/// Stored nodes that prove nothing.
fn unfit() -> Error {
    nodes::missing("the stored nodes of the tree do not lead to the ledger's root")
}
