//! The yardstick: SHA-256 of messages as long as a ledger entry, and nothing else.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use sha2::{Digest as _, Sha256};

pub(crate) fn bench(criterion: &mut Criterion) {
    let message = [0x5a_u8; 300];
    let mut group = criterion.benchmark_group("hash");
    group.throughput(Throughput::Elements(1));
    group.bench_function("sha256-300-bytes", |bencher| {
        bencher.iter(|| Sha256::digest(black_box(message)));
    });
    group.finish();
}
