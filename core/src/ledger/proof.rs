//! Proofs about the Merkle tree of RFC 6962: that a leaf is in it, and that it only grew.
//!
//! A proof says nothing by itself: the root that it is held against has to come from a checkpoint
//! whose signatures were verified.

use ct_merkle::RootHash;
use sha2::Sha256;

use super::text::{Lines, base64, unbase64_hash};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
};

/// The largest number of entries that proofs and checkpoints speak of: 2^63 - 1.
pub const MAX_SIZE: u64 = i64::MAX.unsigned_abs();

/// No path through a tree of at most [`MAX_SIZE`] leaves has more hashes, and one more for where a
/// consistency proof begins.
pub(super) const MAX_HASHES: usize = 64;

/// That an entry is at `index` in the tree of the first `size` entries (RFC 6962 §2.1.1).
///
/// ```
/// use poundlock::{Digest, ledger::InclusionProof};
///
/// // The root of a tree of one leaf is the leaf's hash.
/// let proof = InclusionProof { index: 0, size: 1, hashes: Vec::new() };
/// let root = Digest::of(b"\x00the only entry");
/// proof.verify(b"the only entry", &root)?;
/// assert_eq!(proof.verify(b"another one", &root).unwrap_err().code(), "proof.invalid");
/// # Ok::<(), poundlock::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// The entry's sequence number.
    pub index: u64,
    /// How many entries the tree has.
    pub size: u64,
    /// From the hash beside the leaf to the one below the root.
    pub hashes: Vec<Digest>,
}

/// That the tree of the first `from` entries is the beginning of the tree of the first `size`
/// entries (RFC 6962 §2.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// How many entries the earlier tree has.
    pub from: u64,
    /// How many entries the later tree has.
    pub size: u64,
    /// As RFC 6962 orders them; none where `from` is 0 or `size`.
    pub hashes: Vec<Digest>,
}

impl InclusionProof {
    /// Verifies that the tree with this root holds the entry, given as the bytes that are hashed.
    ///
    /// # Errors
    ///
    /// `proof.invalid`.
    pub fn verify(&self, entry: &[u8], root: &Digest) -> Result<()> {
        if self.index >= self.size {
            return Err(invalid("the index of the inclusion proof is not below the size"));
        }
        check_extent(self.size, &self.hashes)?;
        let hashes = self.hashes.iter().map(|hash| hash.as_bytes().into());
        tree(root, self.size)
            .verify_inclusion(&entry, self.index, &ct_merkle::InclusionProof::from_digests(hashes))
            .map_err(|_| invalid("the inclusion proof does not lead from the entry to the root"))
    }
}

impl ConsistencyProof {
    /// Verifies that the tree with the root `from_root` is the beginning of the one with `root`.
    ///
    /// # Errors
    ///
    /// `proof.invalid`.
    pub fn verify(&self, from_root: &Digest, root: &Digest) -> Result<()> {
        if self.from > self.size {
            return Err(invalid("the consistency proof leads to a smaller tree"));
        }
        check_extent(self.size, &self.hashes)?;
        if self.from == 0 || self.from == self.size {
            let expected = if self.from == 0 { Digest::of(b"") } else { *root };
            let empty = self.size > 0 || *root == Digest::of(b"");
            return if self.hashes.is_empty() && *from_root == expected && empty {
                Ok(())
            } else {
                Err(invalid(
                    "the consistency proof has hashes, or the roots are not what they must be",
                ))
            };
        }
        let hashes = self.hashes.iter().map(|hash| hash.as_bytes().into());
        tree(root, self.size)
            .verify_consistency(
                &tree(from_root, self.from),
                &ct_merkle::ConsistencyProof::from_digests(hashes),
            )
            .map_err(|_| invalid("the consistency proof does not lead from one root to the other"))
    }
}

fn tree(root: &Digest, size: u64) -> RootHash<Sha256> {
    RootHash::new((*root.as_bytes()).into(), size)
}

/// What holds for every proof, checked before any arithmetic on it.
fn check_extent(size: u64, hashes: &[Digest]) -> Result<()> {
    if size > MAX_SIZE {
        return Err(invalid("the proof speaks of more than 2^63 - 1 entries"));
    }
    if hashes.len() > MAX_HASHES {
        return Err(invalid("the proof has more hashes than any tree is high"));
    }
    Ok(())
}

fn invalid(message: &str) -> Error {
    Error::new(Code::ProofInvalid, message)
}

/// One line for each hash.
pub(super) fn write_hashes(hashes: &[Digest], text: &mut String) {
    for hash in hashes {
        text.push_str(&base64(hash.as_bytes()));
        text.push('\n');
    }
}

/// Reads at most so many lines of hashes, up to an empty line.
pub(super) fn read_hashes(lines: &mut Lines<'_>, most: usize) -> Result<Vec<Digest>> {
    let mut hashes = Vec::new();
    loop {
        let line = lines.next("the empty line after the hashes")?;
        if line.is_empty() {
            return Ok(hashes);
        }
        if hashes.len() >= most {
            return Err(lines.wrong("the proof has more hashes than any tree is high"));
        }
        hashes.push(
            unbase64_hash(line)
                .ok_or_else(|| lines.wrong("the line is not a hash of 32 bytes in base64"))?,
        );
    }
}
