//! Poundlock: an embeddable, fail-closed policy engine with a hash-chained audit ledger.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

pub mod canonical;
pub mod cel;
pub mod charter;
pub mod digest;
pub mod engine;
pub mod error;
pub mod intake;
pub mod ledger;
pub mod limits;
pub mod model;
pub mod policy;
pub mod state;
pub mod time;
pub mod value;
pub mod wire;

pub use error::{Error, ErrorKind};
