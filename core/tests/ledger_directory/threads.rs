//! However many threads verify a ledger, the fault that comes first is the one that is reported.

use std::fs;

use poundlock::ledger::{Ledger, Verification};

use super::support::draft;

const ENTRIES: u64 = 5000;

#[test]
fn the_first_fault_is_reported_by_any_number_of_threads() {
    let directory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let path = directory.path().join("ledger");
    let ledger = Ledger::create(&path).unwrap();
    ledger.append_all(0, (0..ENTRIES).map(draft).collect()).unwrap();
    let segment = path.join("segments/00000000000000000000.seg");
    let (tile, head) = (path.join("tiles/00"), path.join("head"));
    let sound = [&segment, &tile, &head].map(|file| fs::read(file).unwrap());
    let verify = |threads| {
        let verified = ledger.verify_with(Verification::new().threads(threads));
        verified.map_err(|error| (error.code(), error.place().sequence))
    };
    assert_eq!(verify(0).unwrap().head.size, ENTRIES);
    let length = sound[0].len();
    // One fault, two faults in either order, one in the entries and one in the nodes over them, and all gone.
    let pairs =
        [(0, 0), (length / 2, length / 2), (length / 3, length - 9), (length - 1, length / 5)];
    for (one, other) in pairs {
        for node in
            [None, Some(0), Some(32 * ENTRIES as usize / 2), Some(32 * ENTRIES as usize - 1)]
        {
            let mut entries = sound[0].clone();
            entries[one] ^= 1;
            if other != one {
                entries[other] ^= 1;
            }
            let mut nodes = sound[1].clone();
            if let Some(node) = node {
                nodes[node] ^= 1;
            }
            fs::write(&segment, &entries).unwrap();
            fs::write(&tile, &nodes).unwrap();
            let first = verify(0);
            first.as_ref().unwrap_err();
            for threads in 1..=5 {
                assert_eq!(verify(threads), first, "{one}, {other}, {node:?}, {threads} threads");
            }
            // Only the node is wrong.
            fs::write(&segment, &sound[0]).unwrap();
            let found = verify(3);
            assert_eq!(found, verify(0));
            assert_eq!(found.is_err(), node.is_some());
        }
    }
    fs::write(&tile, &sound[1]).unwrap();
    for cut in [1, 100, length / 2, length] {
        fs::write(&segment, &sound[0][..length - cut]).unwrap();
        let first = verify(0);
        assert_eq!(first.as_ref().unwrap_err().0, "ledger.truncated");
        for threads in 1..=5 {
            assert_eq!(verify(threads), first, "{cut} cut off, {threads} threads");
        }
    }
}
