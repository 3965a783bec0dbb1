//! The documents of a stream: one of JSON, or any number of YAML.

use crate::{
    error::{Code, Error, Position, Result},
    value::{Ref, Value},
};

/// One of the documents.
pub(super) struct Document {
    pub(super) value: Value,
    /// How many lines of the stream stand before it.
    before: u32,
}

impl Document {
    /// Where in the stream a value of the document begins, if the reader knows it.
    pub(super) fn position(&self, value: Ref<'_>) -> Option<Position> {
        let position = value.position()?;
        Some(Position { line: position.line.saturating_add(self.before), ..position })
    }

    /// The error with its place in the stream.
    pub(super) fn placed(&self, error: Error) -> Error {
        moved(error, self.before, None)
    }
}

/// The documents in their order, without those that are empty.
pub(super) fn documents(text: &[u8]) -> Result<Vec<Document>> {
    if text.trim_ascii_start().first() == Some(&b'{') {
        let is_template = text.windows(TEMPLATE.len()).any(|part| part == TEMPLATE.as_bytes());
        let value = Value::parse_json(text)
            .map_err(|error| if is_template { error.with_help(RENDER) } else { error })?;
        return Ok(vec![Document { value, before: 0 }]);
    }
    let text = std::str::from_utf8(text)
        .map_err(|_| Error::new(Code::InputEncoding, "the manifests are not UTF-8"))?;
    let mut documents = Vec::new();
    for (before, document) in split(text)? {
        match Value::parse_yaml_of_manifests(document.as_bytes()) {
            Ok(value) => documents.push(Document { value, before }),
            Err(error) if error.to_code() == Code::InputEmpty => {}
            Err(error) => {
                let help = document.contains(TEMPLATE).then_some(RENDER);
                return Err(moved(error, before, help));
            }
        }
    }
    Ok(documents)
}

/// What templates of Helm hold, and manifests rarely.
const TEMPLATE: &str = "{{";
const RENDER: &str = "this looks like a template: hand in what it makes, as with: helm template … | poundlock check --manifests -";

/// The parts between the markers, each with the number of lines before it. A line that begins with `---` ends a
/// document wherever it stands, even within a block of text (YAML 1.2.2, §9.1.2).
fn split(text: &str) -> Result<Vec<(u32, String)>> {
    let mut parts = vec![(0, String::new())];
    let mut lines = 0_u32;
    for line in text.split_inclusive('\n') {
        let rest = line.strip_prefix("---");
        if rest.is_some_and(|rest| rest.starts_with('#')) {
            let message = "`---#` ends a document to kubectl, and is text in YAML";
            return Err(Error::new(Code::InputYamlFeature, message)
                .at_position(Position { line: lines.saturating_add(1), column: 1 })
                .with_help("write a blank before the comment"));
        }
        let marker = rest.filter(|rest| rest.chars().next().is_none_or(char::is_whitespace));
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
    Ok(parts)
}

/// The error, in a document after so many lines of the stream, with other help if there is some.
fn moved(error: Error, before: u32, help: Option<&str>) -> Error {
    let mut moved = Error::new(error.to_code(), error.message());
    if let Some(help) = help.or(error.help()) {
        moved = moved.with_help(help);
    }
    match error.place().position {
        Some(Position { line, column }) => {
            moved.at_position(Position { line: line.saturating_add(before), column })
        }
        None => moved,
    }
}
