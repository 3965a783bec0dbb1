//! The Merkle tree hash of RFC 6962 §2.1, grown leaf by leaf from its right edge.

use crate::digest::{Digest, Hasher};

/// The hash of a leaf: `SHA-256(0x00 ‖ bytes)`.
pub(super) fn leaf_hash(bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::default();
    hasher.update(&[0x00]);
    hasher.update(bytes);
    hasher.finish()
}

/// The hash of two neighbouring subtrees: `SHA-256(0x01 ‖ left ‖ right)`.
pub(super) fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut bytes = [0x01; 1 + 32 + 32];
    if let Some((_, nodes)) = bytes.split_first_mut()
        && let ([one, other], []) = nodes.as_chunks_mut::<32>()
    {
        (*one, *other) = (*left.as_bytes(), *right.as_bytes());
    }
    Digest::of(&bytes)
}

/// The roots of the perfect subtrees that a tree consists of, largest first: one for each bit that
/// is set in the tree's size. They are all that the root and every later root depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Frontier {
    size: u64,
    nodes: Vec<Digest>,
}

impl Frontier {
    /// The frontier of a tree of `size` leaves; `None` when the number of nodes is not what that
    /// size demands.
    pub(super) fn new(size: u64, nodes: Vec<Digest>) -> Option<Self> {
        (u32::try_from(nodes.len()) == Ok(size.count_ones())).then_some(Self { size, nodes })
    }

    /// How many leaves the tree has.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The subtrees' roots, largest subtree first.
    pub(super) fn nodes(&self) -> &[Digest] {
        &self.nodes
    }

    /// Adds a perfect subtree of the given height on the right, of which the tree's size must be a
    /// multiple. Tells of every larger perfect subtree that is thereby complete: its height and root.
    pub(super) fn push_subtree(
        &mut self,
        height: u32,
        root: Digest,
        complete: &mut impl FnMut(u32, &Digest),
    ) {
        let mut node = root;
        let grown = self.size.checked_shr(height).unwrap_or(0);
        // Like a carry in binary addition: each set bit at the end is a subtree that is now whole.
        for level in 0..grown.trailing_ones() {
            if let Some(left) = self.nodes.pop() {
                node = node_hash(&left, &node);
                complete(height.saturating_add(level).saturating_add(1), &node);
            }
        }
        self.nodes.push(node);
        self.size = self.size.saturating_add(1_u64.checked_shl(height).unwrap_or(0));
    }

    /// The tree's root; the hash of nothing when there is no leaf.
    pub(super) fn root(&self) -> Digest {
        let mut nodes = self.nodes.iter().rev();
        let Some(last) = nodes.next() else {
            return Digest::of(b"");
        };
        nodes.fold(*last, |right, left| node_hash(left, &right))
    }
}

/// The root that a path of RFC 6962 §2.1.1 leads to from a leaf; `None` when the path is not as long as
/// those of a tree of this size.
pub(super) fn root_of_path(
    leaf: &Digest,
    index: u64,
    size: u64,
    path: &[Digest],
) -> Option<Digest> {
    let mut rest = path.iter();
    let (mut node, mut index, mut last) = (*leaf, index, size.checked_sub(1)?);
    if index > last {
        return None;
    }
    while last > 0 {
        if index % 2 == 1 {
            node = node_hash(rest.next()?, &node);
        } else if index < last {
            node = node_hash(&node, rest.next()?);
        }
        // A last node without a neighbour stands for its parent.
        (index, last) = (index / 2, last / 2);
    }
    rest.next().is_none().then_some(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MTH as RFC 6962 §2.1 defines it, by recursion over all leaves.
    fn naive(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => Digest::of(b""),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                node_hash(&naive(left), &naive(right))
            }
        }
    }

    #[test]
    fn the_root_is_that_of_the_definition_at_every_size() {
        let mut frontier = Frontier::default();
        let mut leaves = Vec::new();
        for n in 0..300_u32 {
            assert_eq!(frontier.root(), naive(&leaves), "{n} leaves");
            let again = Frontier::new(frontier.size(), frontier.nodes().to_vec()).unwrap();
            assert_eq!(again, frontier);
            let leaf = leaf_hash(&n.to_be_bytes());
            frontier.push_subtree(0, leaf, &mut |_, _| {});
            leaves.push(leaf);
        }
    }

    #[test]
    fn the_root_is_that_of_the_published_test_vectors() {
        // Leaves and roots of the tests of Certificate Transparency's reference implementation.
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let mut frontier = Frontier::default();
        for leaf in leaves {
            frontier.push_subtree(0, leaf_hash(leaf), &mut |_, _| {});
        }
        assert_eq!(
            frontier.root().to_hex(),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
        );
    }

    #[test]
    fn a_frontier_of_the_wrong_length_is_refused() {
        assert!(Frontier::new(3, vec![Digest::ZERO]).is_none());
        assert!(Frontier::new(0, vec![Digest::ZERO]).is_none());
    }
}
