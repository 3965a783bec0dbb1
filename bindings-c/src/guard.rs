//! What every function does before and after its work: arguments are checked, panics are caught, and
//! the answer or the error is handed over.

use std::{
    mem,
    panic::{self, AssertUnwindSafe},
    ptr, slice,
};

use poundlock::{
    error::{Code, Error, Result},
    wire,
};

use crate::{POUNDLOCK_OK, poundlock_buffer};

/// Runs an operation, hands its answer or its error over in `output`, and says which in the status.
///
/// # Safety
///
/// `output` is NULL or points to memory for a buffer.
pub(crate) unsafe fn answer(
    output: *mut poundlock_buffer,
    run: impl FnOnce() -> Result<String>,
) -> i32 {
    if output.is_null() {
        return Code::InputInvalidValue as i32;
    }
    let (status, buffer) = match caught(run) {
        Ok(text) => (POUNDLOCK_OK, poundlock_buffer::of(text)),
        Err(error) => (error.to_code() as i32, poundlock_buffer::of(wire::error_json(&error))),
    };
    // SAFETY: `output` is not NULL, and the caller promises that it points to memory for a buffer.
    unsafe { output.write(buffer) };
    status
}

/// Makes a handle and hands it over in `handle`; an error goes to `output`, and the handle is NULL.
///
/// # Safety
///
/// `handle` is NULL or points to memory for a pointer, and `output` is NULL or points to memory for
/// a buffer.
pub(crate) unsafe fn open<T>(
    handle: *mut *mut T,
    output: *mut poundlock_buffer,
    run: impl FnOnce() -> Result<T>,
) -> i32 {
    if output.is_null() {
        return Code::InputInvalidValue as i32;
    }
    let (pointer, status, buffer) = match caught(|| {
        if handle.is_null() {
            return Err(null("the handle's place"));
        }
        run()
    }) {
        Ok(opened) => (Box::into_raw(Box::new(opened)), POUNDLOCK_OK, poundlock_buffer::EMPTY),
        Err(error) => {
            let text = wire::error_json(&error);
            (ptr::null_mut(), error.to_code() as i32, poundlock_buffer::of(text))
        }
    };
    if !handle.is_null() {
        // SAFETY: the caller promises that a place which is not NULL is memory for a pointer.
        unsafe { handle.write(pointer) };
    }
    // SAFETY: `output` is not NULL, and the caller promises that it points to memory for a buffer.
    unsafe { output.write(buffer) };
    status
}

/// Frees what `open` handed over.
///
/// # Safety
///
/// `handle` is NULL or came from `open`, was not freed, and is not used again.
pub(crate) unsafe fn free<T>(handle: *mut T) {
    if !handle.is_null() {
        // SAFETY: the pointer came from `Box::into_raw` in `open`, and is given back once.
        let handle = unsafe { Box::from_raw(handle) };
        // There is no one to tell.
        let _ = caught(|| {
            drop(handle);
            Ok(())
        });
    }
}

/// A panic must not reach the caller's frames: unwinding out of `extern "C"` aborts the process.
fn caught<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    let guarded = || {
        #[cfg(feature = "panic-drill")]
        drill::perhaps();
        run()
    };
    panic::catch_unwind(AssertUnwindSafe(guarded)).unwrap_or_else(|payload| {
        // Dropping what was thrown could throw again.
        mem::forget(payload);
        Err(Error::new(Code::Internal, "a call panicked"))
    })
}

/// Borrows what a handle stands for.
///
/// # Safety
///
/// `handle` is NULL or came from `open` and was not freed, and outlives the result.
pub(crate) unsafe fn required<'a, T>(handle: *const T, name: &str) -> Result<&'a T> {
    // SAFETY: the caller promises that a handle which is not NULL is alive.
    unsafe { handle.as_ref() }.ok_or_else(|| null(name))
}

/// Borrows the name of an operation.
///
/// # Safety
///
/// `data` points to `length` readable bytes that outlive the result, or is NULL, or `length` is 0.
pub(crate) unsafe fn name<'a>(data: *const std::ffi::c_char, length: usize) -> Result<&'a str> {
    // SAFETY: the caller promises what this function does.
    str::from_utf8(unsafe { bytes(data, length) }?)
        .map_err(|_| Error::new(Code::InputEncoding, "the name of an operation is not UTF-8"))
}

/// Borrows a caller's bytes.
///
/// # Safety
///
/// `data` points to `length` readable bytes that outlive the result, or is NULL, or `length` is 0.
pub(crate) unsafe fn bytes<'a>(data: *const std::ffi::c_char, length: usize) -> Result<&'a [u8]> {
    if length == 0 {
        return Ok(&[]);
    }
    // SAFETY: the caller promises what this function does, and text has no alignment.
    unsafe { elements(data.cast::<u8>(), length) }
}

/// Borrows a caller's array of at least one element.
///
/// # Safety
///
/// `data` points to `length` readable elements that outlive the result, or is NULL.
pub(crate) unsafe fn elements<'a, T>(data: *const T, length: usize) -> Result<&'a [T]> {
    if data.is_null() {
        return Err(Error::new(
            Code::InputInvalidValue,
            "a pointer is NULL though its length is not 0",
        ));
    }
    let size = length.checked_mul(size_of::<T>()).map(isize::try_from);
    if !matches!(size, Some(Ok(_))) {
        return Err(Error::new(Code::LimitSize, "a length is larger than memory can be"));
    }
    // SAFETY: `data` is not NULL, its size fits `isize`, and the caller promises that many elements.
    Ok(unsafe { slice::from_raw_parts(data, length) })
}

fn null(name: &str) -> Error {
    Error::new(Code::InputInvalidValue, format!("{name} is NULL"))
}

/// Holds a handle to what the header promises: any number of threads may use it.
pub(crate) const fn shared<T: Send + Sync>() {}

/// Makes this guard's own function panic on demand, for its test; `panic_drill` of the contract makes
/// the library inside panic.
#[cfg(feature = "panic-drill")]
mod drill {
    use std::sync::atomic::{AtomicBool, Ordering};

    static ARMED: AtomicBool = AtomicBool::new(false);

    /// The next call panics.
    ///
    /// cbindgen:ignore
    #[unsafe(no_mangle)]
    extern "C" fn poundlock_panic_drill() {
        ARMED.store(true, Ordering::SeqCst);
    }

    #[allow(clippy::panic, reason = "it is what this is for")]
    pub(super) fn perhaps() {
        if ARMED.swap(false, Ordering::SeqCst) {
            panic!("on demand");
        }
    }
}
