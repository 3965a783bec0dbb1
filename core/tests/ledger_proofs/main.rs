//! What can be proven of a ledger to somebody who holds a public key and nothing else.

#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::print_stdout, clippy::string_slice, clippy::unwrap_used, unreachable_pub)]

mod checkpoints;
mod foreign;
mod forks;
mod keys;
mod naive;
mod receipts;
mod support;
mod trees;
