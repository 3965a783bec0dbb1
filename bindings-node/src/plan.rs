//! The handle of a plan.

use std::cell::Cell;

use napi::{
    Env,
    bindgen_prelude::{AsyncTask, ObjectFinalize, Result},
};
use napi_derive::napi;
use poundlock::wire;

use crate::{
    held::Held,
    input::{self, Input},
    work::{Product, Work, thrown},
};

#[napi(custom_finalize)]
pub struct Plan {
    plan: Held<wire::Plan>,
    /// How many bytes its document has, which is about what it keeps.
    size: i64,
    /// How many of them the garbage collector knows of.
    known: Cell<i64>,
}

impl Plan {
    fn new(plan: wire::Plan, size: usize) -> Self {
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        Self { plan: Held::new(plan), size, known: Cell::new(0) }
    }

    pub(crate) fn handle(&self) -> poundlock::error::Result<wire::Plan> {
        self.plan.get()
    }

    /// Tells the garbage collector how much is kept: it sees an object of a few bytes, and would let many of them wait.
    fn weigh(&self, env: Env, size: i64) -> Result<()> {
        env.adjust_external_memory(size.saturating_sub(self.known.replace(size))).map(drop)
    }
}

impl Product for Plan {
    fn arrive(&self, env: Env) -> Result<()> {
        self.weigh(env, self.size)
    }
}

impl ObjectFinalize for Plan {
    fn finalize(self, env: Env) -> Result<()> {
        self.weigh(env, 0)
    }
}

#[napi]
impl Plan {
    #[napi(catch_unwind)]
    pub fn read(env: Env, options: Input<'_>, document: Input<'_>) -> Result<Self> {
        let read = input::with(&options, |options| {
            input::with(&document, |document| {
                Ok(Self::new(wire::Plan::read(options, document)?, document.len()))
            })
        });
        let plan = read.map_err(thrown)?;
        plan.arrive(env)?;
        Ok(plan)
    }

    #[napi(catch_unwind, ts_return_type = "Promise<Plan>")]
    pub fn read_async(options: Input<'_>, document: Input<'_>) -> Result<AsyncTask<Work<Self>>> {
        let (options, document) = (input::owned(&options)?, input::owned(&document)?);
        Ok(Work::start(move || {
            Ok(Self::new(wire::Plan::read(&options, &document)?, document.len()))
        }))
    }

    /// Joins the plans of several stacks, each under its name. It shares what they keep.
    #[napi(catch_unwind)]
    pub fn join(names: Vec<String>, plans: Vec<&Plan>) -> Result<Self> {
        let run = || {
            let plans: Vec<_> =
                plans.into_iter().map(Self::handle).collect::<poundlock::error::Result<_>>()?;
            let parts: Vec<_> = names.iter().map(String::as_str).zip(&plans).collect();
            wire::Plan::join(&parts)
        };
        run().map(|plan| Self::new(plan, 0)).map_err(thrown)
    }

    #[napi(catch_unwind)]
    pub fn call(&self, operation: String, input: Input<'_>) -> Result<String> {
        let run = || {
            let plan = self.plan.get()?;
            input::with(&input, |input| plan.call(&operation, input))
        };
        run().map_err(thrown)
    }

    #[napi(catch_unwind)]
    pub fn close(&self, env: Env) -> Result<()> {
        self.plan.close();
        self.weigh(env, 0)
    }
}
