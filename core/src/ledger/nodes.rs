//! The nodes of the Merkle tree that are kept, and the proofs that are made from them.
//!
//! Of the perfect subtrees, those of 1, 16, 256, 4,096, … leaves are kept by their roots, level by
//! level. Any other node is at most fifteen hashes away, so that proving costs O(log n) and keeping
//! a tree costs 34 bytes a leaf. Every second level is what C2SP's tlog-tiles calls a row of tiles.
//!
//! Nodes are derived from the entries. Whoever reads one must not believe it before it has led to a
//! root that is known.

use super::merkle::{Frontier, node_hash};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
};

/// Every how many levels nodes are kept.
pub(super) const STEP: u32 = 4;
/// How many levels may be kept: those of a tree of 2^64 leaves.
pub(super) const LEVELS: usize = 16;
/// The bytes of a node.
pub(super) const NODE_BYTES: usize = 32;
/// The most nodes that are read to compute one that is not kept.
const MOST: usize = 1 << (STEP - 1);

/// Where nodes are kept.
pub(super) trait ReadNodes {
    /// Fills `bytes` with the nodes of a kept level, from the node `first` on. The level counts kept
    /// levels: 0 are the leaves, 1 the roots of subtrees of 16 leaves.
    ///
    /// # Errors
    ///
    /// `ledger.tile` when they are not there.
    fn read_nodes(&self, level: usize, first: u64, bytes: &mut [u8]) -> Result<()>;
}

/// How many nodes of a kept level a tree of `size` leaves has.
pub(super) fn count(level: usize, size: u64) -> u64 {
    let height = u32::try_from(level).unwrap_or(u32::MAX).saturating_mul(STEP);
    size.checked_shr(height).unwrap_or(0)
}

/// The kept nodes that come into being when a tree grows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Additions {
    /// The size of the tree before.
    pub(super) from: u64,
    levels: Vec<Vec<u8>>,
}

impl Additions {
    /// None yet, to a tree of `from` leaves.
    pub(super) fn to(from: u64) -> Self {
        Self { from, levels: Vec::new() }
    }

    /// Adds the root of a subtree that is now complete, if it is kept.
    pub(super) fn complete(&mut self, height: u32, node: &Digest) {
        if !height.is_multiple_of(STEP) {
            return;
        }
        let level = usize::try_from(height / STEP).unwrap_or(usize::MAX);
        if self.levels.len() <= level {
            self.levels.resize_with(level.saturating_add(1), Vec::new);
        }
        if let Some(nodes) = self.levels.get_mut(level) {
            nodes.extend_from_slice(node.as_bytes());
        }
    }

    /// Level, number of the first node, and the nodes' bytes, of each level that grows.
    pub(super) fn levels(&self) -> impl Iterator<Item = (usize, u64, &[u8])> {
        let levels = self.levels.iter().enumerate().filter(|(_, nodes)| !nodes.is_empty());
        levels.map(|(level, nodes)| (level, count(level, self.from), nodes.as_slice()))
    }
}

/// A tree by its kept nodes.
#[derive(Clone, Copy)]
pub(super) struct Tree<'a>(pub(super) &'a dyn ReadNodes);

impl Tree<'_> {
    /// The hash of an entry.
    pub(super) fn leaf(self, index: u64) -> Result<Digest> {
        self.node(0, index)
    }

    /// The root of a perfect subtree: the one of 2^`height` leaves with this number.
    fn node(self, height: u32, index: u64) -> Result<Digest> {
        let above = height % STEP;
        let width = 1_usize << above;
        let first = index.checked_shl(above).unwrap_or(u64::MAX);
        let mut bytes = [0; MOST * NODE_BYTES];
        let wanted = bytes.get_mut(..width.saturating_mul(NODE_BYTES)).unwrap_or_default();
        let level = usize::try_from(height / STEP).unwrap_or(usize::MAX);
        self.0.read_nodes(level, first, wanted)?;
        let (nodes, _) = wanted.as_chunks::<NODE_BYTES>();
        let mut nodes: Vec<Digest> = nodes.iter().copied().map(Digest::from_bytes).collect();
        while nodes.len() > 1 {
            let (pairs, _) = nodes.as_chunks::<2>();
            nodes = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
        }
        nodes.pop().ok_or_else(|| missing("a node of the tree cannot be computed"))
    }

    /// The perfect subtrees that the leaves from `from` up to, but not including, `to` consist of,
    /// where these are a part that RFC 6962 §2.1 divides a tree into.
    fn subtrees(self, mut from: u64, to: u64) -> Result<Vec<Digest>> {
        let mut nodes = Vec::new();
        while let Some(height) = to.saturating_sub(from).checked_ilog2() {
            nodes.push(self.node(height, from >> height)?);
            from = from.saturating_add(1 << height);
        }
        Ok(nodes)
    }

    fn hash(self, from: u64, to: u64) -> Result<Digest> {
        let mut nodes = self.subtrees(from, to)?.into_iter().rev();
        let Some(last) = nodes.next() else {
            return Ok(Digest::of(b""));
        };
        Ok(nodes.fold(last, |right, left| node_hash(&left, &right)))
    }

    /// The right edge of the tree of the first `size` leaves.
    pub(super) fn frontier(self, size: u64) -> Result<Frontier> {
        Frontier::new(size, self.subtrees(0, size)?)
            .ok_or_else(|| missing("the right edge of the tree cannot be computed"))
    }

    /// The path of RFC 6962 §2.1.1 from a leaf to the root of the first `size` leaves.
    pub(super) fn inclusion(self, index: u64, size: u64) -> Result<Vec<Digest>> {
        let (mut from, mut to) = (0, size);
        let mut path = Vec::new();
        while let Some(split) = split(from, to) {
            if index < split {
                path.push(self.hash(split, to)?);
                to = split;
            } else {
                path.push(self.hash(from, split)?);
                from = split;
            }
        }
        path.reverse();
        Ok(path)
    }

    /// The proof of RFC 6962 §2.1.2 that the tree of the first `old` leaves, which are not none, is a
    /// part of that of the first `size`.
    pub(super) fn consistency(self, old: u64, size: u64) -> Result<Vec<Digest>> {
        let (mut from, mut to) = (0, size);
        let mut path = Vec::new();
        while old < to {
            let Some(split) = split(from, to) else { break };
            if old <= split {
                path.push(self.hash(split, to)?);
                to = split;
            } else {
                path.push(self.hash(from, split)?);
                from = split;
            }
        }
        // The verifier knows the old root, unless a part of the old tree stands here.
        if from > 0 {
            path.push(self.hash(from, to)?);
        }
        path.reverse();
        Ok(path)
    }
}

/// Where RFC 6962 §2.1 divides a tree: the largest power of two of its leaves that is not all of them.
fn split(from: u64, to: u64) -> Option<u64> {
    let leaves = to.checked_sub(from)?;
    let height = leaves.checked_sub(1)?.checked_ilog2()?;
    Some(from.saturating_add(1 << height))
}

/// A node that is not there.
pub(super) fn missing(message: &str) -> Error {
    Error::new(Code::LedgerTile, message)
        .with_help("remove the directory `tiles` and open the ledger for writing: the nodes are made anew from its entries")
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            ConsistencyProof, InclusionProof,
            chain::Chain,
            merkle::{leaf_hash, root_of_path},
        },
        *,
    };

    /// Kept nodes in memory.
    #[derive(Default)]
    struct Kept(Vec<Vec<u8>>);

    impl ReadNodes for Kept {
        fn read_nodes(&self, level: usize, first: u64, bytes: &mut [u8]) -> Result<()> {
            let begin = first as usize * NODE_BYTES;
            let nodes = self.0.get(level).and_then(|nodes| nodes.get(begin..begin + bytes.len()));
            bytes.copy_from_slice(nodes.ok_or_else(|| missing("not there"))?);
            Ok(())
        }
    }

    fn tree_of(leaves: &[Digest]) -> Kept {
        let mut kept = Kept(vec![Vec::new(); LEVELS]);
        let mut chain = Chain::default();
        for part in leaves.chunks(7) {
            let mut nodes = Additions::to(chain.size());
            part.iter().for_each(|leaf| chain.add("note", *leaf, &mut nodes));
            for (level, first, bytes) in nodes.levels() {
                assert_eq!(kept.0[level].len(), first as usize * NODE_BYTES);
                kept.0[level].extend_from_slice(bytes);
            }
        }
        kept
    }

    /// A tree with every node of every level, divided as RFC 6962 §2.1 says.
    struct Whole(Vec<Vec<Digest>>);

    impl Whole {
        fn of(leaves: Vec<Digest>) -> Self {
            let mut levels = vec![leaves];
            while let Some(below) = levels.last().filter(|below| below.len() > 1) {
                let above = below.as_chunks::<2>().0.iter();
                levels.push(above.map(|[left, right]| node_hash(left, right)).collect());
            }
            Self(levels)
        }

        fn root(&self, from: usize, to: usize) -> Digest {
            let count = to - from;
            if count.is_power_of_two() && from.is_multiple_of(count) {
                return self.0[count.ilog2() as usize][from / count];
            }
            let middle = from + count.next_power_of_two() / 2;
            node_hash(&self.root(from, middle), &self.root(middle, to))
        }

        /// PATH of §2.1.1.
        fn path(&self, index: usize, from: usize, to: usize) -> Vec<Digest> {
            if to - from == 1 {
                return Vec::new();
            }
            let middle = from + (to - from).next_power_of_two() / 2;
            let (mut path, rest) = if index < middle {
                (self.path(index, from, middle), self.root(middle, to))
            } else {
                (self.path(index, middle, to), self.root(from, middle))
            };
            path.push(rest);
            path
        }

        /// SUBPROOF of §2.1.2.
        fn subproof(&self, old: usize, from: usize, to: usize, known: bool) -> Vec<Digest> {
            if old == to {
                return if known { Vec::new() } else { vec![self.root(from, to)] };
            }
            let middle = from + (to - from).next_power_of_two() / 2;
            let (mut proof, rest) = if old <= middle {
                (self.subproof(old, from, middle, known), self.root(middle, to))
            } else {
                (self.subproof(old, middle, to, false), self.root(from, middle))
            };
            proof.push(rest);
            proof
        }
    }

    fn leaf(number: usize) -> [u8; 8] {
        (number as u64).to_be_bytes()
    }

    /// The proofs at a size are those of the definition, and lead to the root for others' code.
    fn check(tree: Tree<'_>, whole: &Whole, other: usize, size: usize) {
        let (index, to) = (other as u64, size as u64);
        let root = tree.frontier(to).unwrap().root();
        assert_eq!(root, whole.root(0, size));
        let hashes = tree.inclusion(index, to).unwrap();
        assert_eq!(hashes, whole.path(other, 0, size));
        assert_eq!(root_of_path(&leaf_hash(&leaf(other)), index, to, &hashes), Some(root));
        InclusionProof { index, size: to, hashes }.verify(&leaf(other), &root).unwrap();
        let (from, old) = (index + 1, other + 1);
        let hashes = tree.consistency(from, to).unwrap();
        assert_eq!(hashes, whole.subproof(old, 0, size, true));
        let proof = ConsistencyProof { from, size: to, hashes };
        proof.verify(&whole.root(0, old), &root).unwrap();
    }

    fn trees(count: usize) -> (Kept, Whole) {
        let leaves: Vec<Digest> = (0..count).map(|number| leaf_hash(&leaf(number))).collect();
        (tree_of(&leaves), Whole::of(leaves))
    }

    #[test]
    fn proofs_are_those_of_the_definition_for_every_pair_of_sizes() {
        let (kept, whole) = trees(300);
        for size in 1..=300 {
            (0..size).for_each(|other| check(Tree(&kept), &whole, other, size));
        }
    }

    #[test]
    #[allow(clippy::disallowed_methods)] // The longer run is asked for from outside.
    fn proofs_are_those_of_the_definition_in_large_trees() {
        let soak = std::env::var_os("POUNDLOCK_SOAK").is_some();
        let count = if soak { 10_000_000 } else { 200_000 };
        let (kept, whole) = trees(count);
        let mut number: usize = 1;
        let mut any = |below: usize| {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (number >> 11) % below
        };
        for _ in 0..2_000 {
            let size = 1 + any(count);
            check(Tree(&kept), &whole, any(size), size);
        }
        for size in [count, count - 1, 65_536, 65_537, 4096, 4097] {
            check(Tree(&kept), &whole, size - 1, size);
        }
    }
}
