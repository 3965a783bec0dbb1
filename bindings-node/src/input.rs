//! What JavaScript hands in: a string, or bytes.

use napi::{
    Either, JsString,
    bindgen_prelude::{BufferSlice, Result},
};
use poundlock::error::{Code, Error};

use crate::work::thrown;

/// Text or bytes, as long as the call lasts.
pub(crate) type Input<'a> = Either<JsString<'a>, BufferSlice<'a>>;

/// Calls with the bytes of the input, which are copied only if they are a string's.
pub(crate) fn with<T>(
    input: &Input<'_>,
    run: impl FnOnce(&[u8]) -> poundlock::error::Result<T>,
) -> poundlock::error::Result<T> {
    match input {
        Either::A(string) => run(text(*string)?.as_bytes()),
        Either::B(bytes) => run(bytes),
    }
}

/// A copy of the input, for a call that returns before the work is done.
pub(crate) fn owned(input: &Input<'_>) -> Result<Vec<u8>> {
    match input {
        Either::A(string) => Ok(text(*string).map_err(thrown)?.into_bytes()),
        Either::B(bytes) => Ok(bytes.to_vec()),
    }
}

/// The text of a JavaScript string, if it is Unicode: Node.js silently replaces what is not.
fn text(string: JsString<'_>) -> poundlock::error::Result<String> {
    let failed = |_| Error::new(Code::Internal, "a string could not be read");
    let text = string.into_utf8().and_then(|text| text.into_owned()).map_err(failed)?;
    let replaced = text.contains(char::REPLACEMENT_CHARACTER)
        && String::from_utf16(string.into_utf16().map_err(failed)?.as_slice()).is_err();
    if replaced {
        return Err(Error::new(Code::InputEncoding, "the text holds a lone surrogate"));
    }
    Ok(text)
}
