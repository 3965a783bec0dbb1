//! The ledger in a directory, from outside: what its users and its enemies can do to it.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "in a test, stopping is what should happen"
)]

mod basics;
mod checkpoints;
#[allow(dead_code, reason = "the tests of the engine use the rest")]
#[path = "../engine_rules/support.rs"]
mod engine_support;
mod history;
mod original;
mod processes;
mod proofs;
mod python;
mod rewriting;
mod support;
mod tamper;
mod threads;
