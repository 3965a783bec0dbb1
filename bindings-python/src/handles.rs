//! The handles that the package's classes hold. Each takes and gives JSON text, and any thread may use it.

use std::sync::{PoisonError, RwLock};

use poundlock::{
    error::{Code, Error, Result},
    wire,
};
use pyo3::{prelude::*, pybacked::PyBackedStr};

use crate::{error::detached, input::Input};

type Argument<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// What is handed in where nothing need be.
fn document(input: Argument<'_, '_>) -> PyResult<Option<Input>> {
    input.map(Input::read).transpose()
}

fn bytes(input: Option<&Input>) -> &[u8] {
    input.map_or(b"", Input::as_bytes)
}

/// A policy pack that was loaded.
#[pyclass(frozen, module = "poundlock._native")]
pub(crate) struct Pack(wire::Pack);

#[pymethods]
impl Pack {
    #[new]
    #[pyo3(signature = (input, /))]
    fn new(python: Python<'_>, input: &Bound<'_, PyAny>) -> PyResult<Self> {
        let input = Input::read(input)?;
        detached(python, || wire::Pack::parse(input.as_bytes())).map(Self)
    }

    /// Carries out one operation of a pack.
    #[pyo3(signature = (operation, input=None, plan=None, /))]
    fn call(
        &self,
        python: Python<'_>,
        operation: &str,
        input: Argument<'_, '_>,
        plan: Option<&Plan>,
    ) -> PyResult<String> {
        let input = document(input)?;
        let plan = plan.map(|plan| &plan.0);
        detached(python, || self.0.call(plan, operation, bytes(input.as_ref())))
    }
}

/// A plan that was read.
#[pyclass(frozen, module = "poundlock._native")]
pub(crate) struct Plan(wire::Plan);

#[pymethods]
impl Plan {
    #[new]
    #[pyo3(signature = (options, document, /))]
    fn new(
        python: Python<'_>,
        options: &Bound<'_, PyAny>,
        document: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let (options, document) = (Input::read(options)?, Input::read(document)?);
        detached(python, || wire::Plan::read(options.as_bytes(), document.as_bytes())).map(Self)
    }

    /// The plans of several parts as one.
    #[staticmethod]
    #[pyo3(signature = (parts, /))]
    fn join(python: Python<'_>, parts: Vec<(PyBackedStr, PyRef<'_, Self>)>) -> PyResult<Self> {
        let parts: Vec<(String, wire::Plan)> =
            parts.into_iter().map(|(name, plan)| (name.to_string(), plan.0.clone())).collect();
        detached(python, || {
            let parts: Vec<(&str, &wire::Plan)> =
                parts.iter().map(|(name, plan)| (name.as_str(), plan)).collect();
            wire::Plan::join(&parts)
        })
        .map(Self)
    }

    /// Carries out one operation of a plan.
    #[pyo3(signature = (operation, input=None, /))]
    fn call(
        &self,
        python: Python<'_>,
        operation: &str,
        input: Argument<'_, '_>,
    ) -> PyResult<String> {
        let input = document(input)?;
        detached(python, || self.0.call(operation, bytes(input.as_ref())))
    }
}

/// A charter, its lock file and its packs, ready to decide.
#[pyclass(frozen, module = "poundlock._native")]
pub(crate) struct Engine(wire::Engine);

#[pymethods]
impl Engine {
    #[new]
    #[pyo3(signature = (input, /))]
    fn new(python: Python<'_>, input: &Bound<'_, PyAny>) -> PyResult<Self> {
        let input = Input::read(input)?;
        detached(python, || wire::Engine::new(input.as_bytes())).map(Self)
    }

    /// The engine of the law that governs a ledger.
    #[staticmethod]
    #[pyo3(signature = (ledger, /))]
    fn of_ledger(python: Python<'_>, ledger: &Ledger) -> PyResult<Self> {
        detached(python, || wire::Engine::of_ledger(&ledger.open()?)).map(Self)
    }

    /// Decides a request, and records nothing.
    #[pyo3(signature = (request, credential=None, ledger=None, plan=None, /))]
    fn decide(
        &self,
        python: Python<'_>,
        request: &Bound<'_, PyAny>,
        credential: Argument<'_, '_>,
        ledger: Option<&Ledger>,
        plan: Option<&Plan>,
    ) -> PyResult<String> {
        let (request, credential) = (Input::read(request)?, document(credential)?);
        let plan = plan.map(|plan| &plan.0);
        detached(python, || {
            let ledger = ledger.map(Ledger::open).transpose()?;
            let credential = bytes(credential.as_ref());
            self.0.decide(ledger.as_ref(), plan, request.as_bytes(), credential)
        })
    }

    /// Decides a request and records the decision.
    #[pyo3(signature = (ledger, request, credential=None, plan=None, /))]
    fn admit(
        &self,
        python: Python<'_>,
        ledger: &Ledger,
        request: &Bound<'_, PyAny>,
        credential: Argument<'_, '_>,
        plan: Option<&Plan>,
    ) -> PyResult<String> {
        let (request, credential) = (Input::read(request)?, document(credential)?);
        let plan = plan.map(|plan| &plan.0);
        detached(python, || {
            let credential = bytes(credential.as_ref());
            self.0.admit(&ledger.open()?, plan, request.as_bytes(), credential)
        })
    }

    /// Records a fact.
    #[pyo3(signature = (ledger, fact, credential=None, law=None, /))]
    fn record(
        &self,
        python: Python<'_>,
        ledger: &Ledger,
        fact: &Bound<'_, PyAny>,
        credential: Argument<'_, '_>,
        law: Option<&Self>,
    ) -> PyResult<String> {
        let (fact, credential) = (Input::read(fact)?, document(credential)?);
        let law = law.map(|law| &law.0);
        detached(python, || {
            let credential = bytes(credential.as_ref());
            self.0.record(&ledger.open()?, law, fact.as_bytes(), credential)
        })
    }

    /// Carries out one operation of an engine.
    #[pyo3(signature = (operation, input=None, ledger=None, plan=None, /))]
    fn call(
        &self,
        python: Python<'_>,
        operation: &str,
        input: Argument<'_, '_>,
        ledger: Option<&Ledger>,
        plan: Option<&Plan>,
    ) -> PyResult<String> {
        let input = document(input)?;
        let plan = plan.map(|plan| &plan.0);
        detached(python, || {
            let ledger = ledger.map(Ledger::open).transpose()?;
            self.0.call(ledger.as_ref(), plan, operation, bytes(input.as_ref()))
        })
    }
}

/// A ledger, until it is closed.
#[pyclass(frozen, module = "poundlock._native")]
pub(crate) struct Ledger(RwLock<Option<wire::Ledger>>);

impl Ledger {
    /// The ledger itself: a call that has begun goes on with it when another thread closes the handle.
    fn open(&self) -> Result<wire::Ledger> {
        let ledger = self.0.read().unwrap_or_else(PoisonError::into_inner);
        ledger.clone().ok_or_else(|| Error::new(Code::HandleClosed, "the ledger was closed"))
    }
}

#[pymethods]
impl Ledger {
    #[new]
    #[pyo3(signature = (input, /))]
    fn new(python: Python<'_>, input: &Bound<'_, PyAny>) -> PyResult<Self> {
        let input = Input::read(input)?;
        let ledger = detached(python, || wire::Ledger::open(input.as_bytes()))?;
        Ok(Self(RwLock::new(Some(ledger))))
    }

    /// Carries out one operation of a ledger.
    #[pyo3(signature = (operation, input=None, /))]
    fn call(
        &self,
        python: Python<'_>,
        operation: &str,
        input: Argument<'_, '_>,
    ) -> PyResult<String> {
        let input = document(input)?;
        detached(python, || self.open()?.call(operation, bytes(input.as_ref())))
    }

    /// Lets go of the ledger; again does nothing.
    fn close(&self, python: Python<'_>) -> PyResult<()> {
        detached(python, || {
            drop(self.0.write().unwrap_or_else(PoisonError::into_inner).take());
            Ok(())
        })
    }
}
