//! Faults on demand, for tests: the n-th change of a directory fails, once or from then on.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use super::files::Step;

/// Shared by a store and the test that examines it.
#[derive(Clone, Default)]
pub(super) struct Faults(Arc<Mutex<Plan>>);

#[derive(Default)]
struct Plan {
    steps: Vec<(Step, PathBuf)>,
    fail_at: Option<usize>,
    /// Whether everything after the fault fails as well, as if the process had been killed.
    fatal: bool,
    error: i32,
}

#[allow(dead_code)]
impl Faults {
    /// Fails at a step, counted from now.
    pub(super) fn fail_at(&self, step: usize, error: i32, fatal: bool) {
        let mut plan = self.0.lock().unwrap();
        *plan = Plan { steps: Vec::new(), fail_at: Some(step), fatal, error };
    }

    /// Whether the fault has come.
    pub(super) fn has_failed(&self) -> bool {
        let plan = self.0.lock().unwrap();
        plan.fail_at.is_some_and(|at| plan.steps.len() > at)
    }

    /// The changes that were made or tried.
    pub(super) fn steps(&self) -> Vec<(Step, PathBuf)> {
        self.0.lock().unwrap().steps.clone()
    }

    pub(super) fn before(&self, step: Step, path: &Path) -> io::Result<()> {
        let mut plan = self.0.lock().unwrap();
        let number = plan.steps.len();
        plan.steps.push((step, path.to_path_buf()));
        let fails = plan.fail_at.is_some_and(|at| number == at || (plan.fatal && number > at));
        if fails { Err(io::Error::from_raw_os_error(plan.error)) } else { Ok(()) }
    }
}
