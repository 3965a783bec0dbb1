//! What callers hand in: text, bytes, or an object that has a JSON form.

use poundlock::error::{Code, Error};
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    pybacked::{PyBackedBytes, PyBackedStr},
    types::{PyBytes, PyDict, PyMemoryView, PyString},
};

use crate::{error::exception, json};

/// Text or bytes, kept alive by a reference and not copied where Python's stable ABI allows that.
pub(crate) enum Input {
    Text(PyBackedStr),
    Bytes(PyBackedBytes),
    Written(String),
}

impl Input {
    /// Text, bytes, or an object that is written as JSON.
    pub(crate) fn read(input: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(text) = input.cast::<PyString>() {
            return match PyBackedStr::try_from(text.clone()) {
                Ok(text) => Ok(Self::Text(text)),
                Err(_) => Err(exception(input.py(), &lone_surrogate())),
            };
        }
        if let Ok(bytes) = input.cast::<PyBytes>() {
            return Ok(Self::Bytes(bytes.clone().into()));
        }
        if input.is_none() {
            return Err(PyTypeError::new_err("None is no document"));
        }
        if !input.is_instance_of::<PyDict>()
            && let Ok(view) = PyMemoryView::from(input)
        {
            // The stable ABI of Python 3.9 lends no foreign buffer, and a writable one could change during the call.
            let bytes = view.call_method0("tobytes")?.cast_into::<PyBytes>()?;
            return Ok(Self::Bytes(bytes.into()));
        }
        json::write(input).map(Self::Written)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
            Self::Written(text) => text.as_bytes(),
        }
    }
}

pub(crate) fn lone_surrogate() -> Error {
    Error::new(Code::InputEncoding, "the text holds a lone surrogate")
}
