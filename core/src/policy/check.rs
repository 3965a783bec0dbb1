//! Checks the names, versions, texts and counts of a pack.

use crate::{
    error::{Code, Error, Result},
    limits,
    value::Ref,
};

/// Words that CEL keeps for itself.
const RESERVED: [&str; 21] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "var",
    "void",
    "while",
];

pub(super) fn check_identifier(name: &str, place: Ref<'_>) -> Result<()> {
    let mut characters = name.chars();
    let begins = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if !begins || !characters.all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(refuse(Code::InputInvalidValue, "not a CEL identifier", place)
            .with_help("write letters, digits and `_`, and no digit first"));
    }
    if name.len() > limits::NAME_BYTES {
        return Err(too_long(limits::NAME_BYTES, place));
    }
    if RESERVED.contains(&name) {
        return Err(refuse(Code::InputInvalidValue, "CEL keeps this word for itself", place));
    }
    Ok(())
}

pub(super) fn check_name(name: &str, place: Ref<'_>) -> Result<()> {
    let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !begins || !name.chars().all(fits) {
        return Err(refuse(Code::InputInvalidValue, "not a name", place)
            .with_help("begin with a letter or digit; write letters, digits, `-`, `_` and `.`"));
    }
    if name.len() > limits::NAME_BYTES {
        return Err(too_long(limits::NAME_BYTES, place));
    }
    Ok(())
}

/// Versions are those of Semantic Versioning 2.0.0.
pub(super) fn check_version(version: &str, place: Ref<'_>) -> Result<()> {
    let (version_and_pre, build) = match version.split_once('+') {
        Some((before, build)) => (before, Some(build)),
        None => (version, None),
    };
    let (core, pre) = match version_and_pre.split_once('-') {
        Some((before, pre)) => (before, Some(pre)),
        None => (version_and_pre, None),
    };
    let number = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    let label = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let fits = core.split('.').count() == 3
        && core.split('.').all(number)
        && pre.into_iter().chain(build).all(|labels| labels.split('.').all(label))
        && version.len() <= limits::NAME_BYTES;
    if fits {
        return Ok(());
    }
    Err(refuse(Code::InputInvalidValue, "not a version", place)
        .with_help("write three numbers, such as 1.4.0"))
}

pub(super) fn check_text(text: &str, most: usize, place: Ref<'_>) -> Result<()> {
    if text.trim().is_empty() {
        return Err(refuse(Code::InputInvalidValue, "the text is empty", place));
    }
    if text.len() > most {
        return Err(too_long(most, place));
    }
    Ok(())
}

fn too_long(most: usize, place: Ref<'_>) -> Error {
    refuse(Code::LimitSize, &format!("the text is longer than {most} bytes"), place)
}

pub(super) fn check_count(count: usize, most: usize, place: Ref<'_>) -> Result<()> {
    if count > most {
        return Err(refuse(Code::LimitCount, &format!("there are more than {most}"), place));
    }
    Ok(())
}

/// An error at the place of a value.
pub(super) fn refuse(code: Code, message: &str, place: Ref<'_>) -> Error {
    let error = Error::new(code, message);
    match place.position() {
        Some(position) => error.at_position(position),
        None => error,
    }
}
