//! The handle of a plan.

use napi::bindgen_prelude::{AsyncTask, Result};
use napi_derive::napi;
use poundlock::wire;

use crate::{
    held::Held,
    input::{self, Input},
    work::{Work, thrown},
};

#[napi]
pub struct Plan(Held<wire::Plan>);

impl Plan {
    fn new(handle: wire::Plan) -> Self {
        Self(Held::new(handle))
    }

    pub(crate) fn handle(&self) -> poundlock::error::Result<wire::Plan> {
        self.0.get()
    }
}

#[napi]
impl Plan {
    #[napi(catch_unwind)]
    pub fn read(options: Input<'_>, document: Input<'_>) -> Result<Self> {
        input::with(&options, |options| {
            input::with(&document, |document| wire::Plan::read(options, document))
        })
        .map(Self::new)
        .map_err(thrown)
    }

    #[napi(catch_unwind, ts_return_type = "Promise<Plan>")]
    pub fn read_async(options: Input<'_>, document: Input<'_>) -> Result<AsyncTask<Work<Self>>> {
        let (options, document) = (input::owned(&options)?, input::owned(&document)?);
        Ok(Work::start(move || wire::Plan::read(&options, &document).map(Self::new)))
    }

    /// Joins the plans of several stacks, each with its stack's name.
    #[napi(catch_unwind)]
    pub fn join(names: Vec<String>, plans: Vec<&Plan>) -> Result<Self> {
        let run = || {
            let plans: Vec<_> =
                plans.into_iter().map(Self::handle).collect::<poundlock::error::Result<_>>()?;
            let parts: Vec<_> = names.iter().map(String::as_str).zip(&plans).collect();
            wire::Plan::join(&parts)
        };
        run().map(Self::new).map_err(thrown)
    }

    #[napi(catch_unwind)]
    pub fn call(&self, operation: String, input: Input<'_>) -> Result<String> {
        let run = || {
            let plan = self.0.get()?;
            input::with(&input, |input| plan.call(&operation, input))
        };
        run().map_err(thrown)
    }

    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.0.close();
    }
}
