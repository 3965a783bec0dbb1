//! Plans.

use std::ffi::c_char;

use poundlock::{
    Value,
    error::{Code, Error, Result},
    wire,
};

use crate::{
    guard::{answer, bytes, elements, free, name, open, required},
    poundlock_buffer,
};

/// The resource changes of a plan. It never changes: any number of threads may use it at the same
/// time. Free it with poundlock_plan_free.
#[allow(non_camel_case_types)]
pub struct poundlock_plan(pub(crate) wire::Plan);

const _: () = crate::guard::shared::<poundlock_plan>();

/// Reads a plan.
///
/// @param options `{"format":"terraform","nonce":"<64 hexadecimal digits>"}`, the same of `pulumi`,
///        `{"format":"kubernetes"}` or `{"format":"resources"}`. A plan that was read without its nonce can be checked, and no
///        request can be decided with it.
/// @param options_length The number of bytes in the options.
/// @param document What `terraform show -json` or `pulumi preview --json` printed, Kubernetes manifests, or, of a host that describes its resources itself,
///        `{"resources":[{"type":"…","address":"…","object":{…}},…]}`.
/// @param document_length The number of bytes in the document.
/// @param plan Receives the new plan, or NULL if there is an error. NULL is `input.invalid_value`.
/// @param output Receives the error, or nothing; free it with poundlock_buffer_free.
/// @return POUNDLOCK_OK or the number of an error's code.
///
/// # Safety
///
/// `options` and `document` point to as many readable bytes as their lengths say, or those are 0;
/// `plan` is NULL or points to memory for a pointer; `output` is NULL or points to memory for a
/// buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_plan_read(
    options: *const c_char,
    options_length: usize,
    document: *const c_char,
    document_length: usize,
    plan: *mut *mut poundlock_plan,
    output: *mut poundlock_buffer,
) -> i32 {
    // SAFETY: the caller keeps this function's conditions, which include those on the arguments.
    unsafe {
        open(plan, output, || {
            let options = bytes(options, options_length)?;
            wire::Plan::read(options, bytes(document, document_length)?).map(poundlock_plan)
        })
    }
}

/// Joins the plans of several parts of a change to one.
///
/// @param names The names of the parts, as a JSON list of strings.
/// @param names_length The number of bytes in the names.
/// @param plans The plans, in the order of their names; NULL among them is `input.invalid_value`.
///        They stay the caller's, and may be freed before the new plan.
/// @param count The number of plans, which must be that of the names.
/// @param plan Receives the new plan, or NULL if there is an error. NULL is `input.invalid_value`.
/// @param output Receives the error, or nothing; free it with poundlock_buffer_free.
/// @return POUNDLOCK_OK or the number of an error's code.
///
/// # Safety
///
/// `names` points to `names_length` readable bytes, or that is 0; `plans` points to `count` handles,
/// each NULL or not freed, or `count` is not the number of the names; `plan` is NULL or points to
/// memory for a pointer; `output` is NULL or points to memory for a buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_plan_join(
    names: *const c_char,
    names_length: usize,
    plans: *const *const poundlock_plan,
    count: usize,
    plan: *mut *mut poundlock_plan,
    output: *mut poundlock_buffer,
) -> i32 {
    // SAFETY: the caller keeps this function's conditions, which include those on the arguments.
    unsafe {
        open(plan, output, || {
            let names: Vec<String> =
                Value::parse_json(bytes(names, names_length)?)?.deserialize()?;
            if names.len() != count {
                return Err(Error::new(
                    Code::InputInvalidValue,
                    "there are not as many plans as names",
                ));
            }
            let plans = if count == 0 { &[] } else { elements(plans, count)? };
            let parts = names
                .iter()
                .zip(plans)
                .map(|(name, plan)| Ok((name.as_str(), &required(*plan, "a plan")?.0)));
            wire::Plan::join(&parts.collect::<Result<Vec<_>>>()?).map(poundlock_plan)
        })
    }
}

/// Carries out an operation on a plan: `describe`.
///
/// @param plan The plan; NULL is `input.invalid_value`.
/// @param operation The name of the operation.
/// @param operation_length The number of bytes in the name.
/// @param input What the operation takes, as JSON text; may be NULL if `input_length` is 0.
/// @param input_length The number of bytes in the input.
/// @param output Receives the answer or the error; free it with poundlock_buffer_free.
/// @return POUNDLOCK_OK or the number of an error's code.
///
/// # Safety
///
/// `plan` is NULL or was not freed; `operation` and `input` point to as many readable bytes as their
/// lengths say, or those are 0; `output` is NULL or points to memory for a buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_plan_call(
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
            let plan = required(plan, "the plan")?;
            plan.0.call(name(operation, operation_length)?, bytes(input, input_length)?)
        })
    }
}

/// Frees a plan.
///
/// @param plan The plan, which must not be used again; NULL is allowed and ignored.
///
/// # Safety
///
/// `plan` is NULL or was not freed, and no other thread uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poundlock_plan_free(plan: *mut poundlock_plan) {
    // SAFETY: the caller keeps this function's conditions.
    unsafe { free(plan) }
}
