//! Ledgers.

use std::ffi::c_char;

use poundlock::wire;

use crate::{
    guard::{answer, bytes, free, name, open, required},
    poundlock_buffer,
};

/// An open ledger. Any number of threads may use it at the same time, and other processes may have
/// the same directory open. In a child of the process that opened it, every call is
/// `ledger.forked`: open it there again. Free it with poundlock_ledger_free.
#[allow(non_camel_case_types)]
pub struct poundlock_ledger(pub(crate) wire::Ledger);

const _: () = crate::guard::shared::<poundlock_ledger>();

/// Creates or opens a ledger.
///
/// @param input `{"directory":"…","mode":"create"}`, with `open` or `readOnly` in place of
///        `create`, or `{"memory":true}` for one that is gone when it is freed.
/// @param input_length The number of bytes in the input.
/// @param ledger Receives the new handle, or NULL if there is an error. NULL is
///        `input.invalid_value`.
/// @param output Receives the error, or nothing; free it with poundlock_buffer_free.
/// @return POUNDLOCK_OK or the number of an error's code.
///
/// # Safety
///
/// `input` points to `input_length` readable bytes, or that is 0; `ledger` is NULL or points to
/// memory for a pointer; `output` is NULL or points to memory for a buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_ledger_open(
    input: *const c_char,
    input_length: usize,
    ledger: *mut *mut poundlock_ledger,
    output: *mut poundlock_buffer,
) -> i32 {
    // SAFETY: the caller keeps this function's conditions, which include those on the arguments.
    unsafe {
        open(ledger, output, || {
            wire::Ledger::open(bytes(input, input_length)?).map(poundlock_ledger)
        })
    }
}

/// Carries out an operation on a ledger, such as `head`, `entries`, `verify` or `receipt`.
///
/// @param ledger The ledger; NULL is `input.invalid_value`.
/// @param operation The name of the operation.
/// @param operation_length The number of bytes in the name.
/// @param input What the operation takes, as JSON text; may be NULL if `input_length` is 0.
/// @param input_length The number of bytes in the input.
/// @param output Receives the answer or the error; free it with poundlock_buffer_free.
/// @return POUNDLOCK_OK or the number of an error's code.
///
/// # Safety
///
/// `ledger` is NULL or was not freed; `operation` and `input` point to as many readable bytes as
/// their lengths say, or those are 0; `output` is NULL or points to memory for a buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_ledger_call(
    ledger: *const poundlock_ledger,
    operation: *const c_char,
    operation_length: usize,
    input: *const c_char,
    input_length: usize,
    output: *mut poundlock_buffer,
) -> i32 {
    // SAFETY: the caller keeps this function's conditions, which include those on the arguments.
    unsafe {
        answer(output, || {
            let ledger = required(ledger, "the ledger")?;
            ledger.0.call(name(operation, operation_length)?, bytes(input, input_length)?)
        })
    }
}

/// Closes a ledger. What was acknowledged is durable without it.
///
/// @param ledger The ledger, which must not be used again; NULL is allowed and ignored.
///
/// # Safety
///
/// `ledger` is NULL or was not freed, and no other thread uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_ledger_free(ledger: *mut poundlock_ledger) {
    // SAFETY: the caller keeps this function's conditions.
    unsafe { free(ledger) }
}
