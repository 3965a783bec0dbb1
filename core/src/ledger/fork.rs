//! The proof that a ledger was forked: two signed checkpoints that cannot both be true.

use super::{
    Checkpoint, ConsistencyProof, SignedCheckpoint, VerifierKeys,
    proof::{MAX_HASHES, read_hashes, write_hashes},
    text::{Lines, plain_text},
};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
    limits,
};

/// What every fork proof begins with.
const HEADER: &str = "poundlock/fork@v1";

/// Two checkpoints of one origin that contradict each other, and what shows it.
///
/// Two roots of one size contradict each other by themselves. Of two sizes, the later checkpoint's tree had
/// another root when it was as small as the earlier one, which a consistency proof shows.
///
/// ```
/// use poundlock::{Digest, ledger::*};
///
/// let secret = SecretKey::from_seed("acme/2026", &[7; 32])?;
/// let sign = |entry: &[u8]| {
///     let checkpoint = Checkpoint { origin: "acme/2026".into(), size: 1, root: Digest::of(entry) };
///     SignedCheckpoint::sign(&checkpoint, &[&secret])
/// };
/// let proof = ForkProof::new(sign(b"\0one")?, sign(b"\0two")?, None)?;
///
/// let keys = VerifierKeys::new([secret.key().clone()])?;
/// let received = ForkProof::parse(proof.to_text().as_bytes())?;
/// let (one, other) = received.verify(&keys)?;
/// assert_ne!(one.root, other.root);
/// # Ok::<(), poundlock::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForkProof {
    earlier: SignedCheckpoint,
    later: SignedCheckpoint,
    divergence: Option<Divergence>,
}

/// What the later checkpoint's tree was when it was as large as the earlier checkpoint's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The root that it had then.
    pub root: Digest,
    /// That it is the beginning of the later tree.
    pub proof: ConsistencyProof,
}

impl ForkProof {
    /// Puts a fork proof together. The divergence is `None` for checkpoints of the same size.
    ///
    /// # Errors
    ///
    /// `fork.unproven` when this is no proof that the two contradict each other.
    pub fn new(
        earlier: SignedCheckpoint,
        later: SignedCheckpoint,
        divergence: Option<Divergence>,
    ) -> Result<Self> {
        let proof = Self { earlier, later, divergence };
        proof.check()?;
        Ok(proof)
    }

    /// Reads a fork proof, without verifying it.
    ///
    /// # Errors
    ///
    /// `proof.syntax`, `limit.size` for more than [`limits::PROOF_BYTES`], and for the checkpoints the errors
    /// of [`SignedCheckpoint::parse`].
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let text = plain_text(bytes, limits::PROOF_BYTES, Code::ProofSyntax)?;
        let mut lines = Lines::new(text, Code::ProofSyntax);
        if lines.next("the first line")? != HEADER {
            return Err(lines.wrong(format!("the first line is not {HEADER}")));
        }
        // The root that the later tree had, and a proof.
        let mut hashes = read_hashes(&mut lines, MAX_HASHES.saturating_add(1))?;
        // A checkpoint has exactly one empty line, between its text and its signatures.
        let parts: Vec<&str> = lines.rest().split("\n\n").collect();
        let &[text, signatures, later_text, later_signatures] = parts.as_slice() else {
            return Err(
                lines.wrong("what follows is not two checkpoints with an empty line between")
            );
        };
        let earlier = SignedCheckpoint::parse(format!("{text}\n\n{signatures}\n").as_bytes())?;
        let later =
            SignedCheckpoint::parse(format!("{later_text}\n\n{later_signatures}").as_bytes())?;
        let divergence = (!hashes.is_empty()).then(|| {
            let root = hashes.remove(0);
            let (from, size) = (earlier.unverified().size, later.unverified().size);
            Divergence { root, proof: ConsistencyProof { from, size, hashes } }
        });
        Ok(Self { earlier, later, divergence })
    }

    /// The fork proof as text; [`ForkProof::parse`] gives it again, and accepts no other text for it.
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}\n");
        if let Some(Divergence { root, proof }) = &self.divergence {
            write_hashes(&[*root], &mut text);
            write_hashes(&proof.hashes, &mut text);
        }
        text.push('\n');
        text.push_str(self.earlier.text());
        text.push('\n');
        text.push_str(self.later.text());
        text
    }

    /// Verifies that trusted keys signed two checkpoints which contradict each other, and gives them.
    ///
    /// Extension lines excuse nobody: whoever signed them signed the three lines before them too.
    ///
    /// # Errors
    ///
    /// `fork.unproven` when they do not contradict each other; for either of them `checkpoint.signature`,
    /// `checkpoint.untrusted` and `checkpoint.origin`.
    pub fn verify(&self, keys: &VerifierKeys) -> Result<(&Checkpoint, &Checkpoint)> {
        let earlier = self.earlier.verify_signed(keys, None)?;
        let later = self.later.verify_signed(keys, None)?;
        self.check()?;
        Ok((earlier, later))
    }

    fn check(&self) -> Result<()> {
        let unproven = |message: &str| Err(Error::new(Code::ForkUnproven, message));
        let (earlier, later) = (self.earlier.unverified(), self.later.unverified());
        if earlier.origin != later.origin {
            return unproven("the checkpoints are those of two ledgers");
        }
        let root = match &self.divergence {
            None if earlier.size == later.size => later.root,
            Some(Divergence { root, proof }) if earlier.size < later.size => {
                if (proof.from, proof.size) != (earlier.size, later.size)
                    || proof.verify(root, &later.root).is_err()
                {
                    return unproven("the root is not one that the later checkpoint's ledger had");
                }
                *root
            }
            _ => {
                return unproven(
                    "checkpoints of one size need no consistency proof, and others need one, the earlier first",
                );
            }
        };
        if root == earlier.root {
            return unproven("the later checkpoint continues the earlier one");
        }
        Ok(())
    }
}
