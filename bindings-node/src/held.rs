//! What a handle holds until it is closed.

use std::cell::RefCell;

use poundlock::error::{Code, Error, Result};

/// Calls take a clone of it, so that closing never pulls it from under one that is running.
pub(crate) struct Held<T>(RefCell<Option<T>>);

impl<T: Clone> Held<T> {
    pub(crate) fn new(handle: T) -> Self {
        Self(RefCell::new(Some(handle)))
    }

    /// # Errors
    ///
    /// `handle.closed`.
    pub(crate) fn get(&self) -> Result<T> {
        let handle = self.0.borrow().clone();
        handle.ok_or_else(|| Error::new(Code::HandleClosed, "this was closed"))
    }

    pub(crate) fn close(&self) {
        self.0.take();
    }
}
