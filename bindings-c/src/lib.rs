//! The C face of Poundlock: pointers and lengths in, a status and an owned buffer out.
//!
//! What a caller needs to know is in `include/poundlock.h`, which is made from this file.
#![deny(clippy::undocumented_unsafe_blocks, unsafe_op_in_unsafe_fn)]

use std::{
    panic::{self, AssertUnwindSafe},
    ptr, slice,
};

use poundlock::{
    error::{Code, Error, Result},
    wire,
};

/// The status of success.
pub const POUNDLOCK_OK: i32 = 0;

/// UTF-8 text that the library owns until `poundlock_buffer_free`. It may contain NUL bytes and
/// does not end with one.
#[allow(non_camel_case_types)]
pub struct poundlock_buffer {
    bytes: Box<[u8]>,
}

/// The version of this library and of its engine's semantics: `{"version":"…","engine":1}`.
///
/// # Safety
///
/// `output` points to memory for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_version(output: *mut *mut poundlock_buffer) -> i32 {
    // SAFETY: the caller keeps this function's conditions, which include those on `output`.
    unsafe { answer(output, || wire::call("version", b"")) }
}

/// Decides a request: JSON text in, the decision out. A denial is a success.
///
/// # Safety
///
/// `request` points to `length` readable bytes, or `length` is 0; `output` is NULL or points to
/// memory for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_decide(
    request: *const u8,
    length: usize,
    output: *mut *mut poundlock_buffer,
) -> i32 {
    // SAFETY: the caller keeps this function's conditions, which include those on the arguments.
    unsafe { answer(output, || wire::call("decide", bytes(request, length)?)) }
}

/// Carries out any operation of the contract by its name.
///
/// # Safety
///
/// `operation` and `input` point to as many readable bytes as their lengths say, or those are 0;
/// `output` points to memory for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_call(
    operation: *const u8,
    operation_length: usize,
    input: *const u8,
    input_length: usize,
    output: *mut *mut poundlock_buffer,
) -> i32 {
    // SAFETY: the caller keeps this function's conditions, which include those on the arguments.
    unsafe {
        answer(output, || {
            let operation = str::from_utf8(bytes(operation, operation_length)?).unwrap_or_default();
            wire::call(operation, bytes(input, input_length)?)
        })
    }
}

/// The first byte of a buffer; NULL if `buffer` is NULL.
///
/// # Safety
///
/// `buffer` is NULL or came from this library and was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_buffer_data(buffer: *const poundlock_buffer) -> *const u8 {
    // SAFETY: the caller promises that a buffer which is not NULL is alive.
    unsafe { buffer.as_ref() }.map_or(ptr::null(), |buffer| buffer.bytes.as_ptr())
}

/// The number of bytes in a buffer; 0 if `buffer` is NULL.
///
/// # Safety
///
/// `buffer` is NULL or came from this library and was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_buffer_size(buffer: *const poundlock_buffer) -> usize {
    // SAFETY: the caller promises that a buffer which is not NULL is alive.
    unsafe { buffer.as_ref() }.map_or(0, |buffer| buffer.bytes.len())
}

/// Frees a buffer. NULL is allowed and ignored.
///
/// # Safety
///
/// `buffer` is NULL or came from this library, was not freed, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_buffer_free(buffer: *mut poundlock_buffer) {
    if !buffer.is_null() {
        // SAFETY: the pointer came from `Box::into_raw` in `answer`, and is given back once.
        drop(unsafe { Box::from_raw(buffer) });
    }
}

/// Runs an operation, hands its answer or its error over in `output`, and says which in the status.
///
/// # Safety
///
/// `output` points to memory for a pointer.
unsafe fn answer(output: *mut *mut poundlock_buffer, run: impl FnOnce() -> Result<String>) -> i32 {
    if output.is_null() {
        return Code::InputInvalidValue as i32;
    }
    // A panic must not reach the caller's frames: unwinding out of `extern "C"` aborts the process.
    let caught = panic::catch_unwind(AssertUnwindSafe(|| match run() {
        Ok(text) => (POUNDLOCK_OK, text),
        Err(error) => (error.to_code() as i32, wire::error_json(&error)),
    }));
    let (status, text) = caught.unwrap_or_else(|_| {
        (Code::Internal as i32, r#"{"code":"internal","message":"a call panicked"}"#.to_owned())
    });
    let buffer = Box::new(poundlock_buffer { bytes: text.into_bytes().into_boxed_slice() });
    // SAFETY: `output` is not NULL, and the caller promises that it points to memory for a pointer.
    unsafe { output.write(Box::into_raw(buffer)) };
    status
}

/// Borrows a caller's bytes.
///
/// # Safety
///
/// `data` points to `length` readable bytes that outlive the result, or `length` is 0.
unsafe fn bytes<'a>(data: *const u8, length: usize) -> Result<&'a [u8]> {
    if length == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(Error::new(
            Code::InputInvalidValue,
            "a pointer is NULL though its length is not 0",
        ));
    }
    if isize::try_from(length).is_err() {
        return Err(Error::new(Code::LimitSize, "a length is larger than memory can be"));
    }
    // SAFETY: `data` is not NULL, `length` fits `isize`, and the caller promises that many bytes.
    Ok(unsafe { slice::from_raw_parts(data, length) })
}
