//! What a reader of YAML 1.1 takes for something else than one of YAML 1.2 does.
//!
//! `kubectl`, Helm and the API server read YAML as `sigs.k8s.io/yaml` does: by version 1.1, but with texts for times and for
//! numbers of base 60, and with Go's prefixes of numbers. Where the two agree, nothing is said here.

use saphyr_parser::{Event, ScalarStyle, Span};

use super::{encoding::position, yaml};
use crate::error::{Code, Error, Result};

/// Line breaks to YAML 1.1, and characters like others to YAML 1.2: the end of a comment to one, and a part of it to the
/// other.
const LINE_BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// What is behind a colon that YAML 1.1 takes for a part of the text before it.
const AFTER_COLON: [char; 3] = [',', ']', '}'];

/// A text, as far as its older reading depends on more than what is read.
pub(super) struct Older {
    /// The number of its characters, where its last line does not end.
    open_end: Option<usize>,
    /// Its characters, where a colon stands without a blank.
    characters: Vec<char>,
}

impl Older {
    /// Looks at a text before it is read.
    ///
    /// # Errors
    ///
    /// `input.yaml_feature`, with its place, for a character that ends lines in one version alone.
    pub(super) fn of(text: &str) -> Result<Self> {
        if let Some(offset) = text.find(LINE_BREAKS) {
            let error = refused(
                "a character stands in the text that ends a line in YAML 1.1, and not in 1.2",
                "in double quotes, write it as an escape such as \\u2028",
            );
            return Err(error.at_position(position(text, offset)));
        }
        let is_open = !text.is_empty() && !text.ends_with(['\n', '\r']);
        let mut colons =
            text.match_indices(':').filter_map(|(at, _)| text.get(at..)?.chars().nth(1));
        let is_tight = colons.any(|next| AFTER_COLON.contains(&next));
        Ok(Self {
            open_end: is_open.then(|| text.chars().count()),
            characters: if is_tight { text.chars().collect() } else { Vec::new() },
        })
    }

    /// Refuses a part of the document that has two meanings.
    ///
    /// # Errors
    ///
    /// `input.yaml_feature`.
    pub(super) fn allow(&self, event: &Event<'_>, span: &Span, is_key: bool) -> Result<()> {
        let Event::Scalar(text, style, ..) = event else { return Ok(()) };
        let end = span.end.index();
        match style {
            ScalarStyle::Plain if has_two_meanings(text) => Err(refused(
                "this means one thing in YAML 1.1, as kubectl reads it, and another in 1.2",
                "put text in quotes; write `true` or `false` for a truth value, and a number in plain decimal digits",
            )),
            ScalarStyle::Plain if is_key && self.is_tight(end) => Err(refused(
                "to kubectl, the colon behind this is a part of the text",
                "write a blank behind the colon, or put the text in quotes",
            )),
            ScalarStyle::Literal | ScalarStyle::Folded
                if self.open_end.is_some_and(|it| end >= it) =>
            {
                Err(refused(
                    "whether this text ends with a line break depends on who reads it",
                    "end the document with a line break",
                ))
            }
            _ => Ok(()),
        }
    }

    fn is_tight(&self, end: usize) -> bool {
        match self.characters.get(end..) {
            Some([':', next, ..]) => AFTER_COLON.contains(next),
            _ => false,
        }
    }
}

fn refused(message: &str, help: &str) -> Error {
    Error::new(Code::InputYamlFeature, message).with_help(help)
}

/// Whether a plain text has two meanings.
fn has_two_meanings(text: &str) -> bool {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => true,
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => true,
        _ => {
            text.starts_with(['+', '-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
                && is_other_number(text)
        }
    }
}

/// Whether this is a number to YAML 1.1 that is text, or another number, to YAML 1.2.
fn is_other_number(text: &str) -> bool {
    let digits = text.replace('_', "");
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(&digits);
    if let Some((radix, rest)) = prefixed(unsigned) {
        let rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        let is_number = !rest.is_empty() && rest.chars().all(|digit| digit.is_digit(radix));
        return is_number && !yaml::is_number(text);
    }
    let is_grouped = digits.len() != text.len();
    // `010` is eight to one, and ten to the other.
    let mut first = unsigned.bytes();
    let is_padded =
        first.next() == Some(b'0') && first.next().is_some_and(|it| it.is_ascii_digit());
    (is_grouped || is_padded) && yaml::is_number(&digits)
}

/// The radix that a prefix names, and what follows it.
fn prefixed(unsigned: &str) -> Option<(u32, &str)> {
    let rest = unsigned.strip_prefix('0')?;
    [(2, ['b', 'B']), (8, ['o', 'O']), (16, ['x', 'X'])]
        .into_iter()
        .find_map(|(radix, letters)| Some((radix, rest.strip_prefix(letters)?)))
}

#[cfg(test)]
mod tests {
    use crate::{error::Result, value::Value};

    fn read(text: &str) -> Result<Value> {
        Value::parse_yaml_of_manifests(text.as_bytes())
    }

    /// What `sigs.k8s.io/yaml` makes of it is another value than ours, or a value where ours is text.
    #[test]
    fn what_two_versions_read_differently_is_refused() {
        for text in [
            "y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "on", "On", "ON", "off",
            "Off", "OFF", "0_0", "1_000", "-1_000", "+_1", "1_", "1_0.5", ".5_0", "1e1_0", "0b0",
            "0B1", "-0b11", "0b-1", "0b1_1", "010", "-010", "+07", "00", "08", "01.5", "0O17",
            "0o1_7", "-0o7", "0X1F", "-0x1", "0x_1",
        ] {
            for place in [format!("a: {text}"), format!("{text}: a"), format!("- [{text}]")] {
                let error = read(&place).unwrap_err();
                assert_eq!(error.code(), "input.yaml_feature", "{place}");
                assert!(error.place().position.is_some());
            }
            for quoted in
                [format!("a: '{text}'"), format!("\"{text}\": a"), format!("a: |\n  {text}\n")]
            {
                read(&quoted).unwrap();
            }
        }
        for text in [
            "a: 1 # note\u{2028}b: 2",
            "a: 1 # note\u{85}b: 2",
            "a: 'x\u{2029}y'",
            "a: {b:}",
            "a: [b:, c]",
            "a: |\n  b",
            "a: >-\n  b",
        ] {
            assert_eq!(read(text).unwrap_err().code(), "input.yaml_feature", "{text:?}");
        }
        for text in ["<<: {a: 1}", "a: &b 1", "a: !!str 1", "a: *b"] {
            assert_eq!(read(text).unwrap_err().code(), "input.yaml_feature", "{text:?}");
        }
    }

    #[test]
    fn what_both_read_alike_is_read() {
        for text in [
            "yEs",
            "nO",
            "oN",
            "true",
            "False",
            "null",
            "~",
            "0",
            "-0",
            "10",
            "+12",
            "0.5",
            "-.5",
            "1.",
            "1e3",
            "0o17",
            "0xfF",
            "18446744073709551616",
            "1:30",
            "190:20:30",
            "2024-01-01",
            "2024-01-01T00:00:00Z",
            "_1",
            "1_a",
            "a_1",
            "0b",
            "0b2",
            "0o8",
            "0xg",
            "1.2.3",
            "0-1",
            "007a",
            "+",
            "-_",
            ".",
            "v1",
            "0123abc",
            "1_0-2",
            "{b: }",
            "[b:c, 'd:', \"e:,\"]",
            "b:,c",
            "|\n  b\n",
            "b",
        ] {
            let document = format!("a: {text}");
            assert!(read(&document).is_ok(), "{text}");
            assert!(Value::parse_yaml(document.as_bytes()).is_ok(), "{text}");
        }
    }
}
