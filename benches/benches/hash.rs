//! The yardstick: SHA-256 alone, over as many bytes or entries as the benchmark beside it handles.

use std::hint::black_box;

use criterion::{BenchmarkGroup, measurement::WallTime};
use sha2::{Digest as _, Sha256};

/// Hashes a document once.
pub(crate) fn document(group: &mut BenchmarkGroup<'_, WallTime>, document: &[u8]) {
    group.bench_function("hash-only", |bencher| {
        bencher.iter(|| Sha256::digest(black_box(document)));
    });
}

/// Hashes messages that are as long as an entry, one after the other.
pub(crate) fn entries(group: &mut BenchmarkGroup<'_, WallTime>, count: u64) {
    let entry = [0x5a_u8; 300];
    group.bench_function("hash-only", |bencher| {
        bencher.iter(|| {
            for _ in 0..count {
                black_box(Sha256::digest(black_box(entry)));
            }
        });
    });
}
