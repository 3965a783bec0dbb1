//! The native half of the Node.js face: handles and calls, text or bytes in and text out.
//!
//! It adds nothing to the contract but threads. What users see of it, with classes and errors of
//! JavaScript's own, is in `ts/`.
#![allow(missing_docs)] // napi's macros make public items of their own.

mod engine;
mod held;
mod input;
mod ledger;
mod pack;
mod plan;
mod work;

use napi::bindgen_prelude::{AsyncTask, Result};
use napi_derive::napi;
use poundlock::wire;

use crate::{
    input::Input,
    work::{Work, thrown},
};

/// Carries out a free operation of the contract.
#[napi(catch_unwind)]
pub fn call(operation: String, input: Input<'_>) -> Result<String> {
    input::with(&input, |input| wire::call(&operation, input)).map_err(thrown)
}

/// Carries out a free operation of the contract in a thread of its own.
#[napi(catch_unwind, ts_return_type = "Promise<string>")]
pub fn call_async(operation: String, input: Input<'_>) -> Result<AsyncTask<Work<String>>> {
    let input = input::owned(&input)?;
    Ok(Work::start(move || wire::call(&operation, &input)))
}

/// Panics outside of the library, to show that no call lets a panic through.
#[cfg(feature = "panic-drill")]
#[allow(clippy::panic, reason = "it is what this is for")]
#[napi(catch_unwind, skip_typescript)]
pub fn panics() -> Result<String> {
    panic!("on demand")
}

/// The same in a thread of its own.
#[cfg(feature = "panic-drill")]
#[allow(clippy::panic, reason = "it is what this is for")]
#[napi(catch_unwind, skip_typescript)]
pub fn panics_async() -> AsyncTask<Work<String>> {
    Work::start(|| panic!("on demand"))
}
