//! Receipts: an entry with the proof that it is in a ledger, to be verified with a public key alone.
//!
//! The text is a C2SP `tlog-proof` whose extra data are the entry's bytes.

use super::{
    Entry, InclusionProof, Recorded, SignedCheckpoint, VerifierKeys,
    merkle::leaf_hash,
    proof::{MAX_HASHES, read_hashes, write_hashes},
    text::{Lines, base64, decimal, plain_text, unbase64},
};
use crate::{
    error::{Code, Error, Result},
    limits,
};

/// What every receipt begins with.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// An entry, the proof that it is in a tree, and a signed checkpoint of that tree.
///
/// ```
/// use poundlock::{canonical, ledger::*};
///
/// let ledger = Ledger::in_memory();
/// let draft = Draft {
///     at: Some("2026-11-22T10:00:00Z".parse()?),
///     kind: "note".into(),
///     body: canonical::join_map(&[("text", &canonical::to_bytes("hello")?)])?,
///     attachments: Vec::new(),
/// };
/// let recorded = ledger.append(0, draft)?;
/// let secret = SecretKey::from_seed("acme/2026", &[7; 32])?;
/// let checkpoint = SignedCheckpoint::sign(&Checkpoint::of("acme/2026", &ledger.head()?), &[&secret])?;
/// let proof = InclusionProof { index: 0, size: 1, hashes: Vec::new() };
/// let receipt = Receipt::new(recorded.entry.to_bytes()?, proof, checkpoint)?;
///
/// let keys = VerifierKeys::new([secret.key().clone()])?;
/// let received = Receipt::parse(receipt.to_text().as_bytes())?;
/// assert_eq!(received.verify(&keys, Some("acme/2026"))?, recorded);
/// # Ok::<(), poundlock::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    entry: Vec<u8>,
    proof: InclusionProof,
    checkpoint: SignedCheckpoint,
}

impl Receipt {
    /// Puts a receipt together.
    ///
    /// # Errors
    ///
    /// `proof.invalid` when the proof is not one that the entry is in the checkpoint's tree; the errors of
    /// [`Entry::from_bytes`] and `ledger.sequence` when the entry is not the one of that index.
    pub fn new(
        entry: Vec<u8>,
        proof: InclusionProof,
        checkpoint: SignedCheckpoint,
    ) -> Result<Self> {
        let receipt = Self { entry, proof, checkpoint };
        receipt.recorded()?;
        Ok(receipt)
    }

    /// Reads a receipt, without verifying it.
    ///
    /// # Errors
    ///
    /// `proof.syntax`, `limit.size` for more than [`limits::PROOF_BYTES`], and for the checkpoint the errors
    /// of [`SignedCheckpoint::parse`].
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let text = plain_text(bytes, limits::PROOF_BYTES, Code::ProofSyntax)?;
        let mut lines = Lines::new(text, Code::ProofSyntax);
        if lines.next("the first line")? != HEADER {
            return Err(lines.wrong(format!("the first line is not {HEADER}")));
        }
        let entry = lines
            .next("the entry")?
            .strip_prefix("extra ")
            .and_then(unbase64)
            .ok_or_else(|| lines.wrong("the line is not `extra` and the entry in base64"))?;
        let index = lines
            .next("the index")?
            .strip_prefix("index ")
            .and_then(decimal)
            .ok_or_else(|| lines.wrong("the line is not `index` and a decimal number"))?;
        let hashes = read_hashes(&mut lines, MAX_HASHES)?;
        let checkpoint = SignedCheckpoint::parse(lines.rest().as_bytes())?;
        let proof = InclusionProof { index, size: checkpoint.unverified().size, hashes };
        Ok(Self { entry, proof, checkpoint })
    }

    /// The receipt as text; [`Receipt::parse`] gives the receipt again, and accepts no other text for it.
    pub fn to_text(&self) -> String {
        let mut text =
            format!("{HEADER}\nextra {}\nindex {}\n", base64(&self.entry), self.proof.index);
        write_hashes(&self.proof.hashes, &mut text);
        text.push('\n');
        text.push_str(self.checkpoint.text());
        text
    }

    /// The checkpoint that the receipt rests on.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Verifies that keys which are trusted vouch for a ledger that holds the entry, and gives the entry.
    ///
    /// That the ledger is the expected one only `origin` says; with `None` it may be any whose keys are
    /// among `keys`.
    ///
    /// # Errors
    ///
    /// Those of [`SignedCheckpoint::verify`]; `proof.invalid` when the entry is not in that tree at that
    /// index; the errors of [`Entry::from_bytes`] and `ledger.sequence` when what is there is not the entry
    /// with that sequence number.
    pub fn verify(&self, keys: &VerifierKeys, origin: Option<&str>) -> Result<Recorded> {
        self.checkpoint.verify(keys, origin)?;
        self.recorded()
    }

    /// The entry, if the checkpoint's tree holds it.
    fn recorded(&self) -> Result<Recorded> {
        let tree = self.checkpoint.unverified();
        if self.proof.size != tree.size {
            let message = "the inclusion proof is for another size than that of the checkpoint";
            return Err(Error::new(Code::ProofInvalid, message));
        }
        self.proof.verify(&self.entry, &tree.root)?;
        let entry = Entry::from_bytes(&self.entry)?;
        if entry.sequence != self.proof.index {
            let message = format!("the entry has sequence number {}", entry.sequence);
            return Err(Error::new(Code::LedgerSequence, message).at_sequence(self.proof.index));
        }
        Ok(Recorded { entry, hash: leaf_hash(&self.entry) })
    }
}
