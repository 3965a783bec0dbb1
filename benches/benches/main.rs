//! What each part costs, beside the yardstick of hashing alone.
#![allow(missing_docs)]

mod hash;

criterion::criterion_group!(benches, hash::bench);
criterion::criterion_main!(benches);
