//! Policy packs.

use std::ffi::c_char;

use poundlock::wire;

use crate::{
    guard::{answer, bytes, free, name, open, required},
    plan::poundlock_plan,
    poundlock_buffer,
};

/// A policy pack with its overlays, compiled. It never changes: any number of threads may use it at
/// the same time. Free it with poundlock_pack_free.
#[allow(non_camel_case_types)]
pub struct poundlock_pack(wire::Pack);

const _: () = crate::guard::shared::<poundlock_pack>();

/// Reads and compiles a policy pack.
///
/// @param input `{"pack":"<YAML>","overlays":["<YAML>",…]}`; the overlays may be left out.
/// @param input_length The number of bytes in the input.
/// @param pack Receives the new pack, or NULL if there is an error. NULL is `input.invalid_value`.
/// @param output Receives the error, or nothing; free it with poundlock_buffer_free.
/// @return POUNDLOCK_OK or the number of an error's code.
///
/// # Safety
///
/// `input` points to `input_length` readable bytes, or that is 0; `pack` is NULL or points to memory
/// for a pointer; `output` is NULL or points to memory for a buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_pack_parse(
    input: *const c_char,
    input_length: usize,
    pack: *mut *mut poundlock_pack,
    output: *mut poundlock_buffer,
) -> i32 {
    // SAFETY: the caller keeps this function's conditions, which include those on the arguments.
    unsafe {
        open(pack, output, || wire::Pack::parse(bytes(input, input_length)?).map(poundlock_pack))
    }
}

/// Carries out an operation on a pack: `describe`, `lint`, `test` or `check`.
///
/// @param pack The pack; NULL is `input.invalid_value`.
/// @param plan The plan that `check` is about; NULL where the operation needs none.
/// @param operation The name of the operation.
/// @param operation_length The number of bytes in the name.
/// @param input What the operation takes, as JSON text; may be NULL if `input_length` is 0.
/// @param input_length The number of bytes in the input.
/// @param output Receives the answer or the error; free it with poundlock_buffer_free.
/// @return POUNDLOCK_OK or the number of an error's code.
///
/// # Safety
///
/// `pack` and `plan` are NULL or were not freed; `operation` and `input` point to as many readable
/// bytes as their lengths say, or those are 0; `output` is NULL or points to memory for a buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_pack_call(
    pack: *const poundlock_pack,
    plan: *const poundlock_plan,
    operation: *const c_char,
    operation_length: usize,
    input: *const c_char,
    input_length: usize,
    output: *mut poundlock_buffer,
) -> i32 {
    // SAFETY: the caller keeps this function's conditions, which include those on the arguments.
    unsafe {
        answer(output, || {
            let pack = required(pack, "the pack")?;
            let plan = plan.as_ref().map(|plan| &plan.0);
            pack.0.call(plan, name(operation, operation_length)?, bytes(input, input_length)?)
        })
    }
}

/// Frees a pack.
///
/// @param pack The pack, which must not be used again; NULL is allowed and ignored.
///
/// # Safety
///
/// `pack` is NULL or was not freed, and no other thread uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_pack_free(pack: *mut poundlock_pack) {
    // SAFETY: the caller keeps this function's conditions.
    unsafe { free(pack) }
}
