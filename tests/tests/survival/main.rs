//! What a ledger survives: processes that are killed, system calls that fail, and many writers at
//! once. The work is done by the program `ledger-worker` in processes of its own.
//!
//! `POUNDLOCK_SOAK` makes everything longer. `POUNDLOCK_STRACE` names the `strace` to use; without it, the one on
//! the path is used, and without any, the tests that need one say that they did not run.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "in a test, stopping is what should happen"
)]

mod killed;
mod race;
mod support;
#[cfg(target_os = "linux")]
mod system_calls;
#[cfg(target_os = "linux")]
mod trace;
