//! Identity: tokens of workloads and signatures of people, and every way to forge one.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod approvals;
mod attacks;
mod jobs;
mod key_sets;
mod laws;
mod presets;
mod providers;
mod statements;
mod support;
mod tools;
