//! The Python face of Poundlock: the module `poundlock._native`, under the package in `python/`, which gives it its
//! public classes.
#![allow(missing_docs)] // PyO3's macros make public items of their own.

mod error;
mod handles;
mod input;
mod json;

use poundlock::wire;
use pyo3::prelude::*;

use crate::{error::detached, input::Input};

/// Carries out one operation of the contract.
#[pyfunction]
#[pyo3(signature = (operation, input=None, /))]
fn call(python: Python<'_>, operation: &str, input: Option<&Bound<'_, PyAny>>) -> PyResult<String> {
    let input = input.map(Input::read).transpose()?;
    detached(python, || wire::call(operation, input.as_ref().map_or(b"", Input::as_bytes)))
}

/// The JSON text of an object that has one.
#[pyfunction]
#[pyo3(signature = (value, /))]
fn to_json(value: &Bound<'_, PyAny>) -> PyResult<String> {
    json::write(value)
}

/// No handle relies on the interpreter's lock.
#[pymodule(gil_used = false)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<handles::Pack>()?;
    module.add_class::<handles::Plan>()?;
    module.add_class::<handles::Engine>()?;
    module.add_class::<handles::Ledger>()?;
    module.add_function(wrap_pyfunction!(call, module)?)?;
    module.add_function(wrap_pyfunction!(to_json, module)?)
}
