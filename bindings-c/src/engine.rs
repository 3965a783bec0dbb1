//! Engines: deciding, admitting and recording.

use std::ffi::c_char;

use poundlock::wire;

use crate::{
    guard::{answer, bytes, free, name, open, required},
    ledger::poundlock_ledger,
    plan::poundlock_plan,
    poundlock_buffer,
};

/// A charter with the packs that it pins, compiled. Any number of threads may use it at the same
/// time, and with any number of ledgers. Free it with poundlock_engine_free.
#[allow(non_camel_case_types)]
pub struct poundlock_engine(wire::Engine);

const _: () = crate::guard::shared::<poundlock_engine>();

/// Makes the engine of a charter.
///
/// @param input `{"charter":"<YAML>","lock":"<YAML>","packs":["<YAML>",…]}`; overlays stand among
///        the packs.
/// @param input_length The number of bytes in the input.
/// @param engine Receives the new engine, or NULL if there is an error. NULL is
///        `input.invalid_value`.
/// @param output Receives the error, or nothing; free it with poundlock_buffer_free.
/// @return POUNDLOCK_OK or the number of an error's code.
///
/// # Safety
///
/// `input` points to `input_length` readable bytes, or that is 0; `engine` is NULL or points to
/// memory for a pointer; `output` is NULL or points to memory for a buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_engine_new(
    input: *const c_char,
    input_length: usize,
    engine: *mut *mut poundlock_engine,
    output: *mut poundlock_buffer,
) -> i32 {
    // SAFETY: the caller keeps this function's conditions, which include those on the arguments.
    unsafe {
        open(engine, output, || {
            wire::Engine::new(bytes(input, input_length)?).map(poundlock_engine)
        })
    }
}

/// Makes the engine of the charter that governs a ledger, from what the ledger itself holds.
///
/// @param ledger The ledger, which may be freed before the engine; NULL is `input.invalid_value`.
/// @param engine Receives the new engine, or NULL if there is an error. NULL is
///        `input.invalid_value`.
/// @param output Receives the error, or nothing; free it with poundlock_buffer_free.
/// @return POUNDLOCK_OK or the number of an error's code.
///
/// # Safety
///
/// `ledger` is NULL or was not freed; `engine` is NULL or points to memory for a pointer; `output`
/// is NULL or points to memory for a buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_engine_of_ledger(
    ledger: *const poundlock_ledger,
    engine: *mut *mut poundlock_engine,
    output: *mut poundlock_buffer,
) -> i32 {
    // SAFETY: the caller keeps this function's conditions, which include those on the arguments.
    unsafe {
        open(engine, output, || {
            wire::Engine::of_ledger(&required(ledger, "the ledger")?.0).map(poundlock_engine)
        })
    }
}

/// Decides a request and writes nothing. A denial is a success: the decision says so.
///
/// @param engine The engine; NULL is `input.invalid_value`.
/// @param ledger The ledger whose state the decision rests on; NULL for one without entries.
/// @param plan The plan of the change; NULL if the request has none.
/// @param request The request, as JSON text.
/// @param request_length The number of bytes in the request.
/// @param credential `{"token":"…","keySet":"<JSON>"}`; nothing (`credential_length` 0) if the actor
///        shows none. It is never a part of the request, which could bring its own keys.
/// @param credential_length The number of bytes in the credential.
/// @param output Receives the decision or the error; free it with poundlock_buffer_free.
/// @return POUNDLOCK_OK or the number of an error's code.
///
/// # Safety
///
/// `engine`, `ledger` and `plan` are NULL or were not freed; `request` and `credential` point to as
/// many readable bytes as their lengths say, or those are 0; `output` is NULL or points to memory
/// for a buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_engine_decide(
    engine: *const poundlock_engine,
    ledger: *const poundlock_ledger,
    plan: *const poundlock_plan,
    request: *const c_char,
    request_length: usize,
    credential: *const c_char,
    credential_length: usize,
    output: *mut poundlock_buffer,
) -> i32 {
    // SAFETY: the caller keeps this function's conditions, which include those on the arguments.
    unsafe {
        answer(output, || {
            let engine = required(engine, "the engine")?;
            let ledger = ledger.as_ref().map(|ledger| &ledger.0);
            let plan = plan.as_ref().map(|plan| &plan.0);
            let request = bytes(request, request_length)?;
            engine.0.decide(ledger, plan, request, bytes(credential, credential_length)?)
        })
    }
}

/// Decides a request and writes the entry of the decision. The answer comes after the entry is
/// durable; without it, nothing was allowed. A denial is a success: the admission says so.
///
/// @param engine The engine; NULL is `input.invalid_value`.
/// @param ledger The ledger; NULL is `input.invalid_value`.
/// @param plan The plan of the change; NULL if the request has none.
/// @param request The request, as JSON text.
/// @param request_length The number of bytes in the request.
/// @param credential As for poundlock_engine_decide.
/// @param credential_length The number of bytes in the credential.
/// @param output Receives the admission or the error; free it with poundlock_buffer_free.
/// @return POUNDLOCK_OK or the number of an error's code.
///
/// # Safety
///
/// As for poundlock_engine_decide.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_engine_admit(
    engine: *const poundlock_engine,
    ledger: *const poundlock_ledger,
    plan: *const poundlock_plan,
    request: *const c_char,
    request_length: usize,
    credential: *const c_char,
    credential_length: usize,
    output: *mut poundlock_buffer,
) -> i32 {
    // SAFETY: the caller keeps this function's conditions, which include those on the arguments.
    unsafe {
        answer(output, || {
            let engine = required(engine, "the engine")?;
            let ledger = required(ledger, "the ledger")?;
            let plan = plan.as_ref().map(|plan| &plan.0);
            let request = bytes(request, request_length)?;
            engine.0.admit(&ledger.0, plan, request, bytes(credential, credential_length)?)
        })
    }
}

/// Admits a fact and writes its entry. The answer comes after the entry is durable. A refusal is a
/// success: the admission says so.
///
/// @param engine The engine; NULL is `input.invalid_value`.
/// @param ledger The ledger; NULL is `input.invalid_value`.
/// @param law The engine of the new charter, where the fact changes the law; NULL elsewhere.
/// @param fact The fact, as JSON text.
/// @param fact_length The number of bytes in the fact.
/// @param credential As for poundlock_engine_decide.
/// @param credential_length The number of bytes in the credential.
/// @param output Receives the admission or the error; free it with poundlock_buffer_free.
/// @return POUNDLOCK_OK or the number of an error's code.
///
/// # Safety
///
/// `engine`, `ledger` and `law` are NULL or were not freed; `fact` and `credential` point to as many
/// readable bytes as their lengths say, or those are 0; `output` is NULL or points to memory for a
/// buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_engine_record(
    engine: *const poundlock_engine,
    ledger: *const poundlock_ledger,
    law: *const poundlock_engine,
    fact: *const c_char,
    fact_length: usize,
    credential: *const c_char,
    credential_length: usize,
    output: *mut poundlock_buffer,
) -> i32 {
    // SAFETY: the caller keeps this function's conditions, which include those on the arguments.
    unsafe {
        answer(output, || {
            let engine = required(engine, "the engine")?;
            let ledger = required(ledger, "the ledger")?;
            let law = law.as_ref().map(|law| &law.0);
            let fact = bytes(fact, fact_length)?;
            engine.0.record(&ledger.0, law, fact, bytes(credential, credential_length)?)
        })
    }
}

/// Carries out another operation of an engine, such as `begin`, `check`, `review` or `snapshot`.
///
/// @param engine The engine; NULL is `input.invalid_value`.
/// @param ledger The ledger that the operation is about; NULL where it needs none.
/// @param plan The plan that the operation is about; NULL where it needs none.
/// @param operation The name of the operation.
/// @param operation_length The number of bytes in the name.
/// @param input What the operation takes, as JSON text; may be NULL if `input_length` is 0.
/// @param input_length The number of bytes in the input.
/// @param output Receives the answer or the error; free it with poundlock_buffer_free.
/// @return POUNDLOCK_OK or the number of an error's code.
///
/// # Safety
///
/// `engine`, `ledger` and `plan` are NULL or were not freed; `operation` and `input` point to as many
/// readable bytes as their lengths say, or those are 0; `output` is NULL or points to memory for a
/// buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_engine_call(
    engine: *const poundlock_engine,
    ledger: *const poundlock_ledger,
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
            let engine = required(engine, "the engine")?;
            let ledger = ledger.as_ref().map(|ledger| &ledger.0);
            let plan = plan.as_ref().map(|plan| &plan.0);
            let operation = name(operation, operation_length)?;
            engine.0.call(ledger, plan, operation, bytes(input, input_length)?)
        })
    }
}

/// Frees an engine.
///
/// @param engine The engine, which must not be used again; NULL is allowed and ignored.
///
/// # Safety
///
/// `engine` is NULL or was not freed, and no other thread uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_engine_free(engine: *mut poundlock_engine) {
    // SAFETY: the caller keeps this function's conditions.
    unsafe { free(engine) }
}
