//! `poundlock terraform` with the real Terraform, on resources that need no provider and no network.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

mod aws;
#[path = "../common/mod.rs"]
mod common;
mod http;
mod killed;
mod place;
mod refused;
mod story;
