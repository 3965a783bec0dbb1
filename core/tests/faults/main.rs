//! Mistakes that a registry and its pipeline are easily built with. Each test shows the mistake in a few lines, that it
//! accepts what it must not, and that the library refuses the very same.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test, stopping is what should happen"
)]

mod artifacts;
mod pipelines;
mod records;
#[allow(dead_code, reason = "the tests of the engine use the rest")]
#[path = "../engine_rules/support.rs"]
mod support;
