//! What callers hand in: text, bytes, or an object that has a JSON form.

use poundlock::error::{Code, Error};
use pyo3::{
    prelude::*,
    pybacked::{PyBackedBytes, PyBackedStr},
    types::{PyBytes, PyMemoryView, PyString},
};

use crate::{error::exception, json};

/// Text or bytes, kept alive by a reference and not copied where Python's stable ABI allows that.
pub(crate) enum Input {
    Text(PyBackedStr),
    Bytes(PyBackedBytes),
    Written(String),
}

impl Input {
    /// A text: `str`, or anything that holds bytes.
    #[expect(dead_code)] // Plans will be.
    pub(crate) fn text(input: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Some(plain) = Self::plain(input)? {
            return Ok(plain);
        }
        // The stable ABI of Python 3.9 shows no foreign buffer, and a writable one could change during the call.
        let bytes = PyMemoryView::from(input)?.call_method0("tobytes")?;
        Ok(Self::Bytes(bytes.cast_into::<PyBytes>()?.into()))
    }

    /// A document: its text, or an object that is written as JSON.
    pub(crate) fn document(input: &Bound<'_, PyAny>) -> PyResult<Self> {
        match Self::plain(input)? {
            Some(plain) => Ok(plain),
            None => json::write(input).map(Self::Written),
        }
    }

    fn plain(input: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        if let Ok(text) = input.cast::<PyString>() {
            return match PyBackedStr::try_from(text.clone()) {
                Ok(text) => Ok(Some(Self::Text(text))),
                Err(_) => Err(exception(input.py(), &lone_surrogate())),
            };
        }
        Ok(input.cast::<PyBytes>().ok().map(|bytes| Self::Bytes(bytes.clone().into())))
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
