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

/// What a call makes.
pub trait Product: ToNapiValue + TypeName + Send + 'static {
    /// What is to be done in JavaScript's own thread when it is made.
    fn arrive(&self, _: Env) -> Result<()> {
        Ok(())
    }
}

impl Product for String {}

/// One call, to be made in a thread of Node.js's pool.
pub struct Work<T>(Option<Box<dyn FnOnce() -> poundlock::error::Result<T> + Send>>);

impl<T: Product> Work<T> {
    pub(crate) fn start(
        call: impl FnOnce() -> poundlock::error::Result<T> + Send + 'static,
    ) -> AsyncTask<Self> {
        AsyncTask::new(Self(Some(Box::new(call))))
    }
}

impl<T: Product> Task for Work<T> {
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

    fn resolve(&mut self, env: Env, product: T) -> Result<T> {
        product.arrive(env)?;
        Ok(product)
    }
}

/// The exception for an error. Its message is the error's JSON text, of which `ts/errors.ts` makes a `PoundlockError`.
pub(crate) fn thrown(error: Error) -> napi::Error {
    napi::Error::from_reason(wire::error_json(&error))
}
