//! Work in a thread of its own, and how its errors and panics come back.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::{
    Env, Task,
    bindgen_prelude::{AsyncTask, Result, ToNapiValue, TypeName},
};
use poundlock::{
    error::{Code, Error},
    wire,
};

/// One call, to be made in a thread of Node.js's pool.
pub struct Work<T>(Option<Box<dyn FnOnce() -> poundlock::error::Result<T> + Send>>);

impl<T: Send + ToNapiValue + TypeName + 'static> Work<T> {
    pub(crate) fn start(
        call: impl FnOnce() -> poundlock::error::Result<T> + Send + 'static,
    ) -> AsyncTask<Self> {
        AsyncTask::new(Self(Some(Box::new(call))))
    }
}

impl<T: Send + ToNapiValue + TypeName + 'static> Task for Work<T> {
    type Output = T;
    type JsValue = T;

    fn compute(&mut self) -> Result<T> {
        let call = self.0.take();
        // Nothing above this catches a panic.
        catch_unwind(AssertUnwindSafe(|| call.map(|call| call())))
            .ok()
            .flatten()
            .unwrap_or_else(|| Err(Error::new(Code::Internal, "a call panicked")))
            .map_err(thrown)
    }

    fn resolve(&mut self, _: Env, answer: T) -> Result<T> {
        Ok(answer)
    }
}

/// The exception for an error. Its message is the error's JSON text, of which `ts/errors.ts` makes a `PoundlockError`.
pub(crate) fn thrown(error: Error) -> napi::Error {
    napi::Error::from_reason(wire::error_json(&error))
}
