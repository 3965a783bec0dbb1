//! Inclusion and consistency proofs, held against the definition.

use poundlock::{
    Digest,
    ledger::{ConsistencyProof, InclusionProof, MAX_SIZE},
};
use proptest::prelude::*;

use crate::naive;

const SIZES: usize = 64;

fn entries() -> Vec<Vec<u8>> {
    (0..=SIZES).map(|n| n.to_be_bytes().to_vec()).collect()
}

fn leaves() -> Vec<Digest> {
    entries().iter().map(|entry| naive::leaf_hash(entry)).collect()
}

/// What a forger may try with a list of hashes.
fn altered(hashes: &[Digest]) -> Vec<Vec<Digest>> {
    let mut lists = Vec::new();
    for at in 0..hashes.len() {
        let mut list = hashes.to_vec();
        list[at] = Digest::of(hashes[at].as_bytes());
        lists.push(list);
        let mut list = hashes.to_vec();
        list.remove(at);
        lists.push(list);
        let mut list = hashes.to_vec();
        list.insert(at, hashes[at]);
        lists.push(list);
    }
    for at in 1..hashes.len() {
        let mut list = hashes.to_vec();
        list.swap(at - 1, at);
        lists.push(list);
    }
    lists.push([hashes, &[Digest::ZERO]].concat());
    lists
}

#[test]
fn inclusion_is_proven_for_every_index_of_every_size_and_for_nothing_else() {
    let (entries, leaves) = (entries(), leaves());
    for size in 1..=SIZES {
        let tree = &leaves[..size];
        let root = naive::root(tree);
        for index in 0..size {
            let proof = naive::inclusion(index, tree);
            proof.verify(&entries[index], &root).unwrap();
            let refuse = |proof: &InclusionProof, entry: &[u8], root: &Digest| {
                let found = proof.verify(entry, root).map_err(|error| error.code());
                assert_eq!(found, Err("proof.invalid"), "{index} of {size}: {proof:?}");
            };
            refuse(&proof, &entries[(index + 1) % entries.len()], &root);
            refuse(&proof, &entries[index], &naive::root(&leaves[..size - 1]));
            for other in (0..=size as u64).chain([u64::MAX]).filter(|other| *other != index as u64)
            {
                refuse(&InclusionProof { index: other, ..proof.clone() }, &entries[index], &root);
            }
            for hashes in altered(&proof.hashes) {
                refuse(&InclusionProof { hashes, ..proof.clone() }, &entries[index], &root);
            }
        }
    }
}

/// A wrong size may leave the shape of the path as it is; what is proven then is still that the
/// entry is in the tree with this root at this index.
#[test]
fn a_wrong_size_that_changes_the_path_is_refused() {
    let (entries, leaves) = (entries(), leaves());
    let root = naive::root(&leaves[..8]);
    let proof = naive::inclusion(3, &leaves[..8]);
    for size in [0, 1, 2, 3, 4, 9, 16, MAX_SIZE, MAX_SIZE + 1, u64::MAX] {
        let proof = InclusionProof { size, ..proof.clone() };
        assert_eq!(proof.verify(&entries[3], &root).unwrap_err().code(), "proof.invalid", "{size}");
    }
}

#[test]
fn consistency_is_proven_for_every_pair_of_sizes_and_for_nothing_else() {
    let leaves = leaves();
    for size in 0..=SIZES {
        let root = naive::root(&leaves[..size]);
        for from in 0..=size {
            let proof = naive::consistency(from, &leaves[..size]);
            let from_root = naive::root(&leaves[..from]);
            proof.verify(&from_root, &root).unwrap();
            let refuse = |proof: &ConsistencyProof, from_root: &Digest, root: &Digest| {
                let found = proof.verify(from_root, root).map_err(|error| error.code());
                assert_eq!(found, Err("proof.invalid"), "{from} to {size}: {proof:?}");
            };
            refuse(&proof, &naive::root(&leaves[..from + 1]), &root);
            if from > 0 {
                refuse(&proof, &from_root, &naive::root(&leaves[1..=size]));
            }
            for other in [0, from.wrapping_sub(1), from + 1, size + 1, usize::MAX] {
                // From nothing, an empty proof is right; it is the root that then must be another.
                if other != from {
                    let proof = ConsistencyProof { from: other as u64, ..proof.clone() };
                    if from > 0 || other != 0 {
                        refuse(&proof, &from_root, &root);
                    }
                }
            }
            for hashes in altered(&proof.hashes) {
                refuse(&ConsistencyProof { hashes, ..proof.clone() }, &from_root, &root);
            }
        }
    }
}

#[test]
fn an_empty_tree_has_one_root() {
    let nothing = Digest::of(b"");
    let proof = ConsistencyProof { from: 0, size: 0, hashes: Vec::new() };
    proof.verify(&nothing, &nothing).unwrap();
    assert_eq!(proof.verify(&nothing, &Digest::ZERO).unwrap_err().code(), "proof.invalid");
    assert_eq!(proof.verify(&Digest::ZERO, &Digest::ZERO).unwrap_err().code(), "proof.invalid");
}

fn sizes() -> impl Strategy<Value = u64> {
    let powers = (0..64u32, -2i64..3)
        .prop_map(|(power, by)| (1u64 << power).checked_add_signed(by).unwrap_or(u64::MAX));
    prop_oneof![any::<u64>(), 0..2000u64, powers]
}

proptest! {
    #[test]
    fn no_sizes_and_no_numbers_of_hashes_make_it_panic(
        one in sizes(),
        other in sizes(),
        count in prop_oneof![0..70usize, Just(10_000)],
    ) {
        let hashes = vec![Digest::ZERO; count];
        let proof = InclusionProof { index: one, size: other, hashes: hashes.clone() };
        prop_assert_eq!(proof.verify(b"entry", &Digest::ZERO).unwrap_err().code(), "proof.invalid");
        let proof = ConsistencyProof { from: one, size: other, hashes };
        // Two trees of one size with one root are consistent, whatever the root.
        if one != other || count > 0 || one == 0 || one > MAX_SIZE {
            let found = proof.verify(&Digest::ZERO, &Digest::ZERO).map_err(|error| error.code());
            prop_assert_eq!(found, Err("proof.invalid"));
        }
    }
}
