//! The ledger in a directory, from outside: what its users and its enemies can do to it.
#![allow(clippy::arithmetic_side_effects)]

mod basics;
mod support;
mod tamper;
