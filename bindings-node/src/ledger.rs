//! The handle of a ledger.

use napi::bindgen_prelude::{AsyncTask, Result};
use napi_derive::napi;
use poundlock::wire;

use crate::{
    held::Held,
    input::{self, Input},
    work::{Product, Work, thrown},
};

#[napi]
pub struct Ledger(Held<wire::Ledger>);

impl Ledger {
    fn new(handle: wire::Ledger) -> Self {
        Self(Held::new(handle))
    }

    pub(crate) fn handle(&self) -> poundlock::error::Result<wire::Ledger> {
        self.0.get()
    }
}

impl Product for Ledger {}

#[napi]
impl Ledger {
    #[napi(catch_unwind)]
    pub fn open(input: Input<'_>) -> Result<Self> {
        input::with(&input, wire::Ledger::open).map(Self::new).map_err(thrown)
    }

    #[napi(catch_unwind, ts_return_type = "Promise<Ledger>")]
    pub fn open_async(input: Input<'_>) -> Result<AsyncTask<Work<Self>>> {
        let input = input::owned(&input)?;
        Ok(Work::start(move || wire::Ledger::open(&input).map(Self::new)))
    }

    #[napi(catch_unwind)]
    pub fn call(&self, operation: String, input: Input<'_>) -> Result<String> {
        let run = || {
            let ledger = self.0.get()?;
            input::with(&input, |input| ledger.call(&operation, input))
        };
        run().map_err(thrown)
    }

    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn call_async(
        &self,
        operation: String,
        input: Input<'_>,
    ) -> Result<AsyncTask<Work<String>>> {
        let (ledger, input) = (self.0.get(), input::owned(&input)?);
        Ok(Work::start(move || ledger?.call(&operation, &input)))
    }

    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.0.close();
    }
}
