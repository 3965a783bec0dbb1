//! What each part costs, beside the hashing that it cannot do without.
#![allow(missing_docs)]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]

mod decide;
#[expect(dead_code, reason = "the other benchmarks use more of it")]
mod fixture;
mod hash;
mod intake;
mod ledger;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_secs(1));
    targets = intake::bench, decide::bench, ledger::bench
}
criterion_main!(benches);
