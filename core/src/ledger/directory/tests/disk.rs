//! A disk that fails on demand, and tells a test of every change.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use super::super::files::Step;

/// Shared by a store and the test that examines it.
#[derive(Clone, Default)]
pub(in super::super) struct Disk(Arc<Mutex<Plan>>);

/// Told before each change.
pub(super) type Observer = Box<dyn FnMut(Step, &Path) + Send>;

#[derive(Default)]
struct Plan {
    steps: Vec<(Step, PathBuf)>,
    fault: Option<Fault>,
    observer: Option<Observer>,
}

/// A change that fails.
#[derive(Clone, Copy)]
pub(super) struct Fault {
    /// Which one, counted from 0.
    pub(super) at: usize,
    /// The error number of the operating system.
    pub(super) error: i32,
    /// Whether everything after it fails as well, as if the process had been killed.
    pub(super) fatal: bool,
}

impl Disk {
    /// Fails from now on as told.
    pub(super) fn fail(&self, fault: Fault) {
        *self.0.lock().unwrap() = Plan { fault: Some(fault), ..Plan::default() };
    }

    /// Tells of every change from now on.
    pub(super) fn observe(&self, observer: Observer) {
        self.0.lock().unwrap().observer = Some(observer);
    }

    /// The changes that were made or tried.
    pub(super) fn steps(&self) -> Vec<(Step, PathBuf)> {
        self.0.lock().unwrap().steps.clone()
    }

    /// Whether the fault has come.
    pub(super) fn has_failed(&self) -> bool {
        let plan = self.0.lock().unwrap();
        plan.fault.is_some_and(|fault| plan.steps.len() > fault.at)
    }

    /// Says whether the change that is about to be made fails.
    pub(in super::super) fn before(&self, step: Step, path: &Path) -> io::Result<()> {
        let mut plan = self.0.lock().unwrap();
        let number = plan.steps.len();
        plan.steps.push((step, path.to_path_buf()));
        if let Some(observer) = &mut plan.observer {
            observer(step, path);
        }
        match plan.fault {
            Some(fault) if number == fault.at || (fault.fatal && number > fault.at) => {
                Err(io::Error::from_raw_os_error(fault.error))
            }
            _ => Ok(()),
        }
    }
}
