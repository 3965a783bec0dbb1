//! The Node.js face of Poundlock.
#![allow(missing_docs)] // napi's macros make public items of their own.

use napi::{
    Env, JsString, JsValue as _,
    bindgen_prelude::{Buffer, Either, Result},
};
use napi_derive::napi;
use poundlock::{
    error::{Code, Error},
    wire,
};

/// The version of the library, and the version of its engine's semantics.
#[napi(object)]
pub struct Version {
    pub version: String,
    pub engine: u32,
}

/// The version of the library and of its engine's semantics.
#[napi(catch_unwind)]
pub fn version() -> Version {
    let wire::Version { version, engine, .. } = wire::Version::CURRENT;
    Version { version: version.to_owned(), engine }
}

/// Decides a request: JSON text in, the decision as JSON text out. A denial is an answer.
///
/// Where there is no answer, an `Error` is thrown that has a stable `code`, such as
/// "input.syntax", and `help` where it is known.
#[napi(catch_unwind)]
pub fn decide(env: Env, request: Either<JsString<'_>, Buffer>) -> Result<String> {
    run(env, "decide", request)
}

/// Carries out any operation of the contract by its name; throws as `decide` does.
#[napi(catch_unwind)]
pub fn call(env: Env, operation: String, input: Either<JsString<'_>, Buffer>) -> Result<String> {
    run(env, &operation, input)
}

fn run(env: Env, operation: &str, input: Either<JsString<'_>, Buffer>) -> Result<String> {
    let answer = match input {
        Either::A(text) => match unicode(text)? {
            Some(text) => wire::call(operation, text.as_bytes()),
            None => Err(Error::new(Code::InputEncoding, "the text holds a lone surrogate")),
        },
        Either::B(bytes) => wire::call(operation, &bytes),
    };
    answer.map_err(|error| exception(env, &error).unwrap_or_else(|failed| failed))
}

/// The text of a JavaScript string, if it is Unicode: Node.js silently replaces what is not.
fn unicode(string: JsString<'_>) -> Result<Option<String>> {
    let text = string.into_utf8()?.into_owned()?;
    let replaced = text.contains(char::REPLACEMENT_CHARACTER)
        && String::from_utf16(string.into_utf16()?.as_slice()).is_err();
    Ok((!replaced).then_some(text))
}

/// The exception with its properties `code` and `help`.
fn exception(env: Env, error: &Error) -> Result<napi::Error> {
    let mut exception = env.create_error(napi::Error::from_reason(error.to_string()))?;
    exception.set("code", error.code())?;
    if let Some(help) = error.help() {
        exception.set("help", help)?;
    }
    Ok(napi::Error::from(exception.to_unknown()))
}
