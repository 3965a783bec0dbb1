//! The C face of Poundlock: pointers and lengths in, a status and an owned buffer out.
//!
//! What a caller needs to know is in `include/poundlock.h`, which is made from these files.
#![deny(clippy::undocumented_unsafe_blocks, unsafe_op_in_unsafe_fn)]

pub mod engine;
mod guard;
pub mod ledger;
pub mod pack;
pub mod plan;

use std::{ffi::c_char, ptr};

use guard::{answer, bytes, name};
use poundlock::wire;

/// The status of success. Every other is the number of an error's code.
const POUNDLOCK_OK: i32 = 0;

/// The version of the binary interface that this header describes. It grows when a program that was
/// built with an older header can no longer run with the library.
pub const POUNDLOCK_ABI_VERSION: u32 = 1;

/// UTF-8 text that a call filled in and the caller owns: an answer or an error.
///
/// `data` points to `size` bytes, and a NUL byte after them that is not counted; it is NULL, and
/// `size` 0, where a call has nothing to say. Whoever owns the buffer may read it from any thread,
/// and must give it to poundlock_buffer_free as it was filled in.
#[allow(non_camel_case_types)]
#[repr(C)]
pub struct poundlock_buffer {
    /// The text.
    pub data: *mut u8,
    /// The number of bytes in the text.
    pub size: usize,
}

impl poundlock_buffer {
    const EMPTY: Self = Self { data: ptr::null_mut(), size: 0 };

    fn of(text: String) -> Self {
        let size = text.len();
        let mut bytes = text.into_bytes();
        bytes.reserve_exact(1);
        bytes.push(0);
        Self { data: Box::into_raw(bytes.into_boxed_slice()).cast::<u8>(), size }
    }
}

/// The version of the binary interface of the library that is running.
///
/// A program that loads the shared library by itself compares it with POUNDLOCK_ABI_VERSION before
/// it calls anything else.
///
/// @return POUNDLOCK_ABI_VERSION, as it was when the library was built.
#[unsafe(no_mangle)]
pub extern "C" fn poundlock_abi_version() -> u32 {
    POUNDLOCK_ABI_VERSION
}

/// The version of the library that is running, such as `0.1.0`.
///
/// @return Text that ends with NUL. It belongs to the library and is never freed.
#[unsafe(no_mangle)]
pub extern "C" fn poundlock_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Carries out an operation that needs no handle, such as `version`, `lock` or `simulate`.
///
/// @param operation The name of the operation; NULL, or a name that is not known, is
///        `input.invalid_value`.
/// @param operation_length The number of bytes in the name.
/// @param input What the operation takes, as JSON text; may be NULL if `input_length` is 0.
/// @param input_length The number of bytes in the input.
/// @param output Receives the answer or the error; free it with poundlock_buffer_free.
/// @return POUNDLOCK_OK or the number of an error's code.
///
/// # Safety
///
/// `operation` and `input` point to as many readable bytes as their lengths say, or those are 0;
/// `output` is NULL or points to memory for a buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_call(
    operation: *const c_char,
    operation_length: usize,
    input: *const c_char,
    input_length: usize,
    output: *mut poundlock_buffer,
) -> i32 {
    // SAFETY: the caller keeps this function's conditions, which include those on the arguments.
    unsafe {
        answer(output, || {
            wire::call(name(operation, operation_length)?, bytes(input, input_length)?)
        })
    }
}

/// Frees the text of a buffer and zeroes the buffer, so that to free it again is harmless.
///
/// @param buffer The buffer; NULL, and one that is zeroed, are allowed and ignored. The memory of
///        the structure itself stays the caller's. A copy of a buffer is not zeroed: free only one.
///
/// # Safety
///
/// `buffer` is NULL or points to a buffer that is zeroed or as a call filled it in, and no other
/// thread uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_buffer_free(buffer: *mut poundlock_buffer) {
    // SAFETY: the caller promises that a pointer which is not NULL points to a buffer.
    let Some(buffer) = (unsafe { buffer.as_mut() }) else { return };
    let poundlock_buffer { data, size } = std::mem::replace(buffer, poundlock_buffer::EMPTY);
    if !data.is_null() {
        let bytes = ptr::slice_from_raw_parts_mut(data, size.saturating_add(1));
        // SAFETY: `of` made these two of a boxed slice with one more byte, which is given back once.
        drop(unsafe { Box::from_raw(bytes) });
    }
}
