//! The ledger in a directory, from outside: what its users and its enemies can do to it.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "in a test, stopping is what should happen"
)]

mod basics;
mod checkpoints;
mod original;
mod processes;
mod python;
mod rewriting;
mod support;
mod tamper;
