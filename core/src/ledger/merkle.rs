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
fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut hasher = Hasher::default();
    hasher.update(&[0x01]);
    hasher.update(left.as_bytes());
    hasher.update(right.as_bytes());
    hasher.finish()
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

    /// Adds a leaf on the right.
    pub(super) fn push(&mut self, leaf: Digest) {
        let mut node = leaf;
        // Like a carry in binary addition: each set bit at the end is a subtree that is now whole.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.nodes.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.nodes.push(node);
        self.size = self.size.saturating_add(1);
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
            frontier.push(leaf);
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
            frontier.push(leaf_hash(leaf));
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
