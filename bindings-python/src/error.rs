//! Errors of the library as Python exceptions, and the last guard against panics.

use std::panic::{self, AssertUnwindSafe};

use poundlock::{
    error::{Code, Error, ErrorKind, Result},
    wire,
};
use pyo3::{prelude::*, sync::PyOnceLock, types::PyModule};

/// Carries out a call of the library without holding the interpreter's lock.
pub(crate) fn detached<T: Send>(
    python: Python<'_>,
    call: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    python
        .detach(|| panic::catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| Err(panicked())))
        .map_err(|error| exception(python, &error))
}

/// Does something that needs the interpreter.
pub(crate) fn attached<T>(python: Python<'_>, call: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    panic::catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|_| Err(exception(python, &panicked())))
}

fn panicked() -> Error {
    Error::new(Code::Internal, "an operation panicked")
        .with_help("this is a defect of poundlock; please report it")
}

/// The exception of an error's family, made of the error's JSON text.
pub(crate) fn exception(python: Python<'_>, error: &Error) -> PyErr {
    static CLASSES: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let class = match error.kind() {
        ErrorKind::Input => "InputError",
        ErrorKind::Limit => "LimitError",
        ErrorKind::Policy => "PolicyError",
        ErrorKind::Charter => "CharterError",
        ErrorKind::Ledger => "LedgerError",
        ErrorKind::Conflict => "ConflictError",
        _ => "PoundlockError",
    };
    let classes =
        CLASSES.get_or_try_init(python, || python.import("poundlock._errors").map(Bound::unbind));
    let made = classes
        .and_then(|classes| classes.bind(python).getattr(class))
        .and_then(|class| class.call1((wire::error_json(error),)));
    made.map_or_else(|failed| failed, PyErr::from_value)
}
