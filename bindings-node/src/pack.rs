//! The handle of a policy pack.

use napi::bindgen_prelude::{AsyncTask, Result};
use napi_derive::napi;
use poundlock::wire;

use crate::{
    held::Held,
    input::{self, Input},
    plan::Plan,
    work::{Product, Work, thrown},
};

#[napi]
pub struct Pack(Held<wire::Pack>);

impl Pack {
    fn new(handle: wire::Pack) -> Self {
        Self(Held::new(handle))
    }
}

impl Product for Pack {}

#[napi]
impl Pack {
    #[napi(catch_unwind)]
    pub fn parse(input: Input<'_>) -> Result<Self> {
        input::with(&input, wire::Pack::parse).map(Self::new).map_err(thrown)
    }

    #[napi(catch_unwind, ts_return_type = "Promise<Pack>")]
    pub fn parse_async(input: Input<'_>) -> Result<AsyncTask<Work<Self>>> {
        let input = input::owned(&input)?;
        Ok(Work::start(move || wire::Pack::parse(&input).map(Self::new)))
    }

    #[napi(catch_unwind)]
    pub fn call(&self, plan: Option<&Plan>, operation: String, input: Input<'_>) -> Result<String> {
        let run = || {
            let (pack, plan) = (self.0.get()?, plan.map(Plan::handle).transpose()?);
            input::with(&input, |input| pack.call(plan.as_ref(), &operation, input))
        };
        run().map_err(thrown)
    }

    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn call_async(
        &self,
        plan: Option<&Plan>,
        operation: String,
        input: Input<'_>,
    ) -> Result<AsyncTask<Work<String>>> {
        let input = input::owned(&input)?;
        let (pack, plan) = (self.0.get(), plan.map(Plan::handle).transpose());
        Ok(Work::start(move || pack?.call(plan?.as_ref(), &operation, &input)))
    }

    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.0.close();
    }
}
