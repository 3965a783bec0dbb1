//! The handle of an engine.

use napi::bindgen_prelude::{AsyncTask, Result};
use napi_derive::napi;
use poundlock::wire;

use crate::{
    held::Held,
    input::{self, Input},
    ledger::Ledger,
    plan::Plan,
    work::{Product, Work, thrown},
};

#[napi]
pub struct Engine(Held<wire::Engine>);

impl Engine {
    fn new(handle: wire::Engine) -> Self {
        Self(Held::new(handle))
    }
}

impl Product for Engine {}

#[napi]
impl Engine {
    #[napi(catch_unwind)]
    pub fn create(input: Input<'_>) -> Result<Self> {
        input::with(&input, wire::Engine::new).map(Self::new).map_err(thrown)
    }

    #[napi(catch_unwind, ts_return_type = "Promise<Engine>")]
    pub fn create_async(input: Input<'_>) -> Result<AsyncTask<Work<Self>>> {
        let input = input::owned(&input)?;
        Ok(Work::start(move || wire::Engine::new(&input).map(Self::new)))
    }

    #[napi(catch_unwind)]
    pub fn of_ledger(ledger: &Ledger) -> Result<Self> {
        let ledger = ledger.handle();
        ledger.and_then(|ledger| wire::Engine::of_ledger(&ledger)).map(Self::new).map_err(thrown)
    }

    #[napi(catch_unwind, ts_return_type = "Promise<Engine>")]
    pub fn of_ledger_async(ledger: &Ledger) -> Result<AsyncTask<Work<Self>>> {
        let ledger = ledger.handle();
        Ok(Work::start(move || wire::Engine::of_ledger(&ledger?).map(Self::new)))
    }

    #[napi(catch_unwind)]
    pub fn decide(
        &self,
        ledger: Option<&Ledger>,
        plan: Option<&Plan>,
        request: Input<'_>,
        credential: Input<'_>,
    ) -> Result<String> {
        let run = || {
            let engine = self.0.get()?;
            let ledger = ledger.map(Ledger::handle).transpose()?;
            let plan = plan.map(Plan::handle).transpose()?;
            input::with(&request, |request| {
                input::with(&credential, |credential| {
                    engine.decide(ledger.as_ref(), plan.as_ref(), request, credential)
                })
            })
        };
        run().map_err(thrown)
    }

    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn decide_async(
        &self,
        ledger: Option<&Ledger>,
        plan: Option<&Plan>,
        request: Input<'_>,
        credential: Input<'_>,
    ) -> Result<AsyncTask<Work<String>>> {
        let engine = self.0.get();
        let ledger = ledger.map(Ledger::handle).transpose();
        let plan = plan.map(Plan::handle).transpose();
        let (request, credential) = (input::owned(&request)?, input::owned(&credential)?);
        Ok(Work::start(move || {
            engine?.decide(ledger?.as_ref(), plan?.as_ref(), &request, &credential)
        }))
    }

    #[napi(catch_unwind)]
    pub fn admit(
        &self,
        ledger: &Ledger,
        plan: Option<&Plan>,
        request: Input<'_>,
        credential: Input<'_>,
    ) -> Result<String> {
        let run = || {
            let (engine, ledger) = (self.0.get()?, ledger.handle()?);
            let plan = plan.map(Plan::handle).transpose()?;
            input::with(&request, |request| {
                input::with(&credential, |credential| {
                    engine.admit(&ledger, plan.as_ref(), request, credential)
                })
            })
        };
        run().map_err(thrown)
    }

    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn admit_async(
        &self,
        ledger: &Ledger,
        plan: Option<&Plan>,
        request: Input<'_>,
        credential: Input<'_>,
    ) -> Result<AsyncTask<Work<String>>> {
        let (engine, ledger) = (self.0.get(), ledger.handle());
        let plan = plan.map(Plan::handle).transpose();
        let (request, credential) = (input::owned(&request)?, input::owned(&credential)?);
        Ok(Work::start(move || engine?.admit(&ledger?, plan?.as_ref(), &request, &credential)))
    }

    #[napi(catch_unwind)]
    pub fn record(
        &self,
        ledger: &Ledger,
        law: Option<&Engine>,
        fact: Input<'_>,
        credential: Input<'_>,
    ) -> Result<String> {
        let run = || {
            let (engine, ledger) = (self.0.get()?, ledger.handle()?);
            let law = law.map(|law| law.0.get()).transpose()?;
            input::with(&fact, |fact| {
                input::with(&credential, |credential| {
                    engine.record(&ledger, law.as_ref(), fact, credential)
                })
            })
        };
        run().map_err(thrown)
    }

    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn record_async(
        &self,
        ledger: &Ledger,
        law: Option<&Engine>,
        fact: Input<'_>,
        credential: Input<'_>,
    ) -> Result<AsyncTask<Work<String>>> {
        let (engine, ledger) = (self.0.get(), ledger.handle());
        let law = law.map(|law| law.0.get()).transpose();
        let (fact, credential) = (input::owned(&fact)?, input::owned(&credential)?);
        Ok(Work::start(move || engine?.record(&ledger?, law?.as_ref(), &fact, &credential)))
    }

    #[napi(catch_unwind)]
    pub fn call(
        &self,
        ledger: Option<&Ledger>,
        plan: Option<&Plan>,
        operation: String,
        input: Input<'_>,
    ) -> Result<String> {
        let run = || {
            let engine = self.0.get()?;
            let ledger = ledger.map(Ledger::handle).transpose()?;
            let plan = plan.map(Plan::handle).transpose()?;
            input::with(&input, |input| {
                engine.call(ledger.as_ref(), plan.as_ref(), &operation, input)
            })
        };
        run().map_err(thrown)
    }

    #[napi(catch_unwind, ts_return_type = "Promise<string>")]
    pub fn call_async(
        &self,
        ledger: Option<&Ledger>,
        plan: Option<&Plan>,
        operation: String,
        input: Input<'_>,
    ) -> Result<AsyncTask<Work<String>>> {
        let engine = self.0.get();
        let ledger = ledger.map(Ledger::handle).transpose();
        let plan = plan.map(Plan::handle).transpose();
        let input = input::owned(&input)?;
        Ok(Work::start(move || engine?.call(ledger?.as_ref(), plan?.as_ref(), &operation, &input)))
    }

    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.0.close();
    }
}
