//! The Python face of Poundlock: the module `poundlock._native`, under the package in `python/`.
#![allow(missing_docs)] // PyO3's macros make public items of their own.

use poundlock::{
    error::{Code, Error},
    wire,
};
use pyo3::{
    create_exception,
    exceptions::{PyException, PyTypeError},
    prelude::*,
    pybacked::{PyBackedBytes, PyBackedStr},
    types::{PyBytes, PyString},
};

create_exception!(poundlock, PoundlockError, PyException, "Why an operation gave no answer.");

/// Carries out one operation of the contract, without holding the interpreter's lock.
#[pyfunction]
#[pyo3(signature = (operation, input, /))]
fn call(python: Python<'_>, operation: &str, input: &Bound<'_, PyAny>) -> PyResult<String> {
    let input = Input::read(input)?;
    python
        .detach(|| wire::call(operation, input.as_bytes()))
        .map_err(|error| exception(python, &error))
}

/// Text or bytes, kept alive by a reference and not copied.
enum Input {
    Text(PyBackedStr),
    Bytes(PyBackedBytes),
}

impl Input {
    fn read(input: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(text) = input.cast::<PyString>() {
            return PyBackedStr::try_from(text.clone()).map(Self::Text).map_err(|_| {
                let error = Error::new(Code::InputEncoding, "the text holds a lone surrogate");
                exception(input.py(), &error)
            });
        }
        match input.cast::<PyBytes>() {
            Ok(bytes) => Ok(Self::Bytes(bytes.clone().into())),
            Err(_) => Err(PyTypeError::new_err("the input must be str or bytes")),
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// The exception with its attributes `code` and `help`.
fn exception(python: Python<'_>, error: &Error) -> PyErr {
    let exception = PoundlockError::new_err(error.to_string());
    let value = exception.value(python);
    let named = value.setattr("code", error.code()).and(value.setattr("help", error.help()));
    named.err().unwrap_or(exception)
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("PoundlockError", module.py().get_type::<PoundlockError>())?;
    module.add_function(wrap_pyfunction!(call, module)?)
}
