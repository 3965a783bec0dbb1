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
    secrets::{self, Where},
    value::{Kind, Ref},
};

/// The sensitive texts of a plan, as they are found.
#[derive(Default)]
pub(super) struct Secrets<'a> {
    marked: BTreeSet<&'a str>,
    /// What looks like a secret, whether it is marked or not.
    evident: BTreeSet<&'a str>,
}

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
                self.marked.insert(text);
            }
            Kind::List(list) => list.iter().for_each(|element| self.add(element)),
            Kind::Map(map) => map.iter().for_each(|(_, value)| self.add(value)),
            _ => {}
        }
    }

    /// Adds every text and key that looks like a secret, and tells whether one is not marked anywhere.
    pub(super) fn add_evident(&mut self, value: Option<Ref<'a>>) -> bool {
        let mut is_exposed = false;
        match value.map(Ref::kind) {
            Some(Kind::Text(text)) => is_exposed = self.add_if_evident(text),
            Some(Kind::List(list)) => {
                for element in list.iter() {
                    is_exposed |= self.add_evident(Some(element));
                }
            }
            Some(Kind::Map(map)) => {
                for (key, value) in map.iter() {
                    is_exposed |= self.add_if_evident(key);
                    is_exposed |= self.add_evident(Some(value));
                }
            }
            _ => {}
        }
        is_exposed
    }

    fn add_if_evident(&mut self, text: &'a str) -> bool {
        let is_evident = secrets::find(text, Where::Documents).is_some();
        if is_evident {
            self.evident.insert(text);
        }
        is_evident && !self.marked.contains(text)
    }

    /// Prepares the search for them.
    ///
    /// # Errors
    ///
    /// `limit.count` when there are more than [`limits::TAINT_TEXT_BYTES`] to search for.
    pub(super) fn into_taint(self) -> Result<Taint<'a>> {
        let evident = self.evident;
        let mut patterns: BTreeSet<Vec<u8>> = BTreeSet::new();
        let mut size = 0_usize;
        for text in self.marked {
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
            return Ok(Taint { marked: None, evident });
        }
        let automaton = AhoCorasick::new(patterns)
            .map_err(|_| Error::internal("the search for sensitive values cannot be prepared"))?;
        Ok(Taint { marked: Some(automaton), evident })
    }
}

/// Finds sensitive texts within others.
pub(super) struct Taint<'a> {
    marked: Option<AhoCorasick>,
    evident: BTreeSet<&'a str>,
}

impl Taint<'_> {
    /// Whether there is nothing to find.
    pub(super) fn is_empty(&self) -> bool {
        self.marked.is_none() && self.evident.is_empty()
    }

    /// Whether a text is or holds a sensitive one.
    pub(super) fn touches(&self, text: &str) -> bool {
        self.marked.as_ref().is_some_and(|automaton| automaton.is_match(text))
            || self.evident.contains(text)
    }

    /// Whether a text beside the values is or holds a sensitive one, or looks like one.
    pub(super) fn touches_name(&self, text: &str) -> bool {
        self.touches(text) || secrets::find(text, Where::Documents).is_some()
    }

    /// An address whose instance keys that hold something sensitive are replaced by `(sensitive)`.
    ///
    /// Names and types stay: they stand in the configuration's source, and policies select by them.
    pub(super) fn mask_address(&self, address: &str) -> String {
        if !self.touches_name(address) {
            return address.to_owned();
        }
        let mut masked = String::with_capacity(address.len());
        let mut rest = address;
        while let Some((before, key, after)) = split_at_key(rest) {
            masked.push_str(before);
            // The key is written with escapes; what JSON escapes, HCL does in the same way.
            masked.push_str(if self.touches_name(key) { "(sensitive)" } else { key });
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
