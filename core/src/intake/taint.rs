//! Sensitive texts: where a plan marks them, and where else they stand.
//!
//! Terraform's marks are incomplete: the same secret may stand unmarked in another attribute or within
//! a longer text, such as a connection string. So every text that holds one is sensitive, too.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

use super::marks::Mark;
use crate::{
    error::{Code, Error, Result},
    limits,
    value::{Kind, Ref},
};

/// The sensitive texts of a plan, as they are found.
#[derive(Default)]
pub(super) struct Secrets<'a>(BTreeSet<&'a str>);

impl<'a> Secrets<'a> {
    /// Adds the texts of the marked parts of a value.
    pub(super) fn add_marked(&mut self, value: Option<Ref<'a>>, mark: Mark<'_>) -> Result<()> {
        let Some(value) = value else { return Ok(()) };
        match (mark.fit(Some(value))?, value.kind()) {
            (Mark::Nothing, _) => {}
            (Mark::Everything, _) => self.add(value),
            (mark, Kind::List(list)) => {
                for (index, element) in list.iter().enumerate() {
                    self.add_marked(Some(element), mark.element(index)?)?;
                }
            }
            (mark, Kind::Map(map)) => {
                for (key, value) in map.iter() {
                    self.add_marked(Some(value), mark.entry(key)?)?;
                }
            }
            (Mark::Parts(_), _) => {}
        }
        Ok(())
    }

    /// Adds every text of a value, but no keys: those of a secret map are seldom secret themselves.
    pub(super) fn add(&mut self, value: Ref<'a>) {
        match value.kind() {
            Kind::Text(text) if text.len() >= limits::TAINT_BYTES => {
                self.0.insert(text);
            }
            Kind::List(list) => list.iter().for_each(|element| self.add(element)),
            Kind::Map(map) => map.iter().for_each(|(_, value)| self.add(value)),
            _ => {}
        }
    }

    /// Prepares the search for them.
    ///
    /// # Errors
    ///
    /// `limit.count` when there are more than [`limits::TAINT_TEXT_BYTES`] to search for.
    pub(super) fn into_taint(self) -> Result<Taint> {
        let mut patterns: BTreeSet<Vec<u8>> = BTreeSet::new();
        let mut size = 0_usize;
        for text in self.0 {
            let trimmed = text.trim();
            let text = if trimmed.len() < limits::TAINT_BYTES { text } else { trimmed };
            for form in [text.to_owned(), in_json(text, false), in_json(text, true)] {
                let mut form = form.into_bytes();
                form.truncate(limits::TAINT_PREFIX_BYTES);
                let length = form.len();
                if patterns.insert(form) {
                    size = size.saturating_add(length);
                }
            }
            if size > limits::TAINT_TEXT_BYTES {
                return Err(Error::new(
                    Code::LimitCount,
                    "the plan holds too many different sensitive values",
                )
                .with_help(format!("the limit is {} bytes of them", limits::TAINT_TEXT_BYTES)));
            }
        }
        if patterns.is_empty() {
            return Ok(Taint(None));
        }
        let automaton = AhoCorasick::new(patterns)
            .map_err(|_| Error::internal("the search for sensitive values cannot be prepared"))?;
        Ok(Taint(Some(automaton)))
    }
}

/// Finds sensitive texts within others.
pub(super) struct Taint(Option<AhoCorasick>);

impl Taint {
    /// Whether there is nothing to find.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether a text is or holds a sensitive one.
    pub(super) fn touches(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|automaton| automaton.is_match(text))
    }

    /// An address whose instance keys that hold something sensitive are replaced by `(sensitive)`.
    ///
    /// Names and types stay: they stand in the configuration's source, and policies select by them.
    pub(super) fn mask_address(&self, address: &str) -> String {
        if !self.touches(address) {
            return address.to_owned();
        }
        let mut masked = String::with_capacity(address.len());
        let mut rest = address;
        while let Some((before, key, after)) = split_at_key(rest) {
            masked.push_str(before);
            // The key is written with escapes; what JSON escapes, HCL does in the same way.
            masked.push_str(if self.touches(key) { "(sensitive)" } else { key });
            rest = after;
        }
        masked.push_str(rest);
        masked
    }
}

/// Splits an address around its first instance key in quotes.
fn split_at_key(address: &str) -> Option<(&str, &str, &str)> {
    let (_, inside) = address.split_once("[\"")?;
    let start = address.len().checked_sub(inside.len())?;
    let mut escaped = false;
    let length = inside.find(|char| {
        let ends = char == '"' && !escaped;
        escaped = char == '\\' && !escaped;
        ends
    })?;
    let end = start.checked_add(length)?;
    Some((address.get(..start)?, address.get(start..end)?, address.get(end..)?))
}

/// A text as it stands within a JSON text, as in a policy that `jsonencode` wrote; `html` escapes
/// `<`, `>` and `&`, too, as Go and Terraform do.
fn in_json(text: &str, html: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '<' if html => escaped.push_str("\\u003c"),
            '>' if html => escaped.push_str("\\u003e"),
            '&' if html => escaped.push_str("\\u0026"),
            '\u{2028}' if html => escaped.push_str("\\u2028"),
            '\u{2029}' if html => escaped.push_str("\\u2029"),
            char if char < ' ' => escaped.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => escaped.push(char),
        }
    }
    escaped
}
