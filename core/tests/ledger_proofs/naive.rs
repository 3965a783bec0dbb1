//! A Merkle tree as RFC 6962 §2.1 defines it, by recursion over all leaves, to hold proofs against.

use poundlock::{
    Digest,
    ledger::{ConsistencyProof, InclusionProof},
};

pub fn leaf_hash(entry: &[u8]) -> Digest {
    Digest::of(&[&[0], entry].concat())
}

fn node_hash(left: Digest, right: Digest) -> Digest {
    Digest::of(&[&[1], left.as_bytes().as_slice(), right.as_bytes()].concat())
}

/// The largest power of two below a number above 1.
fn split(size: usize) -> usize {
    size.next_power_of_two() / 2
}

pub fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(b""),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(root(left), root(right))
        }
    }
}

fn path(index: usize, leaves: &[Digest]) -> Vec<Digest> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut hashes, beside) =
        if index < k { (path(index, left), right) } else { (path(index - k, right), left) };
    hashes.push(root(beside));
    hashes
}

pub fn inclusion(index: usize, leaves: &[Digest]) -> InclusionProof {
    InclusionProof { index: index as u64, size: leaves.len() as u64, hashes: path(index, leaves) }
}

fn subproof(from: usize, leaves: &[Digest], whole: bool) -> Vec<Digest> {
    if from == leaves.len() {
        return if whole { Vec::new() } else { vec![root(leaves)] };
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut hashes, beside) = if from <= k {
        (subproof(from, left, whole), right)
    } else {
        (subproof(from - k, right, false), left)
    };
    hashes.push(root(beside));
    hashes
}

pub fn consistency(from: usize, leaves: &[Digest]) -> ConsistencyProof {
    let hashes = if from == 0 { Vec::new() } else { subproof(from, leaves, true) };
    ConsistencyProof { from: from as u64, size: leaves.len() as u64, hashes }
}
