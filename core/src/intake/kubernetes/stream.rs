//! The documents of a stream: one of JSON, or any number of YAML.

use crate::{
    error::{Code, Error, Position, Result},
    value::Value,
};

/// The documents in their order, without those that are empty.
pub(super) fn documents(text: &[u8]) -> Result<Vec<Value>> {
    if text.trim_ascii_start().first() == Some(&b'{') {
        return Ok(vec![Value::parse_json(text)?]);
    }
    let text = std::str::from_utf8(text)
        .map_err(|_| Error::new(Code::InputEncoding, "the manifests are not UTF-8"))?;
    let mut documents = Vec::new();
    for (before, document) in split(text) {
        match Value::parse_yaml(document.as_bytes()) {
            Ok(value) => documents.push(value),
            Err(error) if error.to_code() == Code::InputEmpty => {}
            Err(error) => return Err(moved(error, before)),
        }
    }
    Ok(documents)
}

/// The parts between the markers, each with the number of lines before it. A line that begins with `---` ends a
/// document wherever it stands, even within a block of text (YAML 1.2.2, §9.1.2).
fn split(text: &str) -> Vec<(u32, String)> {
    let mut parts = vec![(0, String::new())];
    let mut lines = 0_u32;
    for line in text.split_inclusive('\n') {
        let marker = line
            .strip_prefix("---")
            .filter(|rest| rest.chars().next().is_none_or(char::is_whitespace));
        match (marker, parts.last_mut()) {
            // What follows the marker on its line belongs to the document.
            (Some(rest), _) => parts.push((lines, rest.trim_start_matches([' ', '\t']).to_owned())),
            (None, Some((_, part))) => part.push_str(line),
            (None, None) => {}
        }
        lines = lines.saturating_add(1);
    }
    // Only comments and blanks are no document, and the reader of YAML takes them for null.
    let blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    parts.retain(|(_, part)| !part.lines().all(blank));
    parts
}

/// The error, in a document after so many lines of the stream.
fn moved(error: Error, before: u32) -> Error {
    let mut moved = Error::new(error.to_code(), error.message());
    if let Some(help) = error.help() {
        moved = moved.with_help(help);
    }
    match error.place().position {
        Some(Position { line, column }) => {
            moved.at_position(Position { line: line.saturating_add(before), column })
        }
        None => moved,
    }
}
