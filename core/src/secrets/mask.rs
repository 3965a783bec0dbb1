//! Documents without the secrets that they hold.

use std::borrow::Cow;

use serde::{Serialize, de::DeserializeOwned};

use super::scan::{Where, find, is_marked, mark, meaning};
use crate::{
    error::{Code, Error, Result},
    value::{Builder, Kind, Ref, Sink, Value, write},
};

/// Where something that looks like a secret stands, or stood before it was masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The place, as a JSON Pointer.
    pub(crate) pointer: String,
    /// The rule that found it.
    pub(crate) rule: &'static str,
}

impl Found {
    /// The same within something that stands at a pointer.
    pub(crate) fn under(self, pointer: &str) -> Self {
        Self { pointer: format!("{pointer}{}", self.pointer), ..self }
    }

    /// What it looks like, with its article.
    pub(crate) fn meaning(&self) -> &'static str {
        meaning(self.rule)
    }
}

/// Something with marks in the place of its secrets.
#[derive(Debug)]
pub(crate) struct Masked<'a, T: Clone> {
    /// The thing itself where there was nothing to mask.
    pub(crate) what: Cow<'a, T>,
    /// What was found, or masked before.
    pub(crate) found: Vec<Found>,
}

/// Masks every text and every key of what travels in JSON.
///
/// # Errors
///
/// `input.invalid_value`, with the place, where a secret stands in the place of something that no mark can take.
pub(crate) fn mask<T: Serialize + DeserializeOwned + Clone>(what: &T) -> Result<Masked<'_, T>> {
    let mut seen = Seen { secret: false };
    if write(what, &mut seen).is_ok() && !seen.secret {
        return Ok(Masked { what: Cow::Borrowed(what), found: Vec::new() });
    }
    let document = Value::from_serialize(what)?;
    let Search { found, unmasked, .. } = Search::within_all_of(&document);
    if !unmasked {
        return Ok(Masked { what: Cow::Borrowed(what), found });
    }
    let mut builder = Builder::new();
    copy(&mut builder, document.as_ref())?;
    let masked: T = builder.finish()?.deserialize().map_err(|_| {
        let place = found.first().map_or("", |found| found.pointer.as_str());
        Error::new(Code::InputInvalidValue, "this holds what looks like a secret").at_pointer(place)
    })?;
    // A mark in a set or as a key may stand elsewhere than what it is for, or for more than one: what is told is where
    // the marks are, since they alone are left when this is decided again.
    let found = Search::within_all_of(&Value::from_serialize(&masked)?).found;
    Ok(Masked { what: Cow::Owned(masked), found })
}

/// Whether anything in what is written looks like a secret: seldom so, and only then a search for the places is
/// worth its time.
struct Seen {
    secret: bool,
}

impl Sink for Seen {
    fn text(&mut self, text: &str) -> Result<()> {
        self.secret |= find(text, Where::Words).is_some();
        Ok(())
    }

    fn key(&mut self, key: &str) -> Result<()> {
        self.text(key)
    }

    fn null(&mut self) -> Result<()> {
        Ok(())
    }

    fn bool(&mut self, _: bool) -> Result<()> {
        Ok(())
    }

    fn int(&mut self, _: i64) -> Result<()> {
        Ok(())
    }

    fn uint(&mut self, _: u64) -> Result<()> {
        Ok(())
    }

    fn bytes(&mut self, _: &[u8], _: bool) -> Result<()> {
        Ok(())
    }

    fn begin_list(&mut self) -> Result<()> {
        Ok(())
    }

    fn end_list(&mut self) -> Result<()> {
        Ok(())
    }

    fn begin_map(&mut self) -> Result<()> {
        Ok(())
    }

    fn end_map(&mut self) -> Result<()> {
        Ok(())
    }

    fn refused(&self, message: &str) -> Error {
        Error::new(Code::InputInvalidValue, message)
    }
}

#[derive(Default)]
struct Search {
    pointer: String,
    found: Vec<Found>,
    unmasked: bool,
}

impl Search {
    fn within_all_of(document: &Value) -> Self {
        let mut search = Self::default();
        search.visit(document.as_ref());
        search
    }

    fn visit(&mut self, value: Ref<'_>) {
        match value.kind() {
            Kind::Text(text) => self.text(text),
            Kind::List(list) => {
                for (index, element) in list.iter().enumerate() {
                    self.within(&index.to_string(), |search| search.visit(element));
                }
            }
            Kind::Map(map) => {
                for (key, value) in map.iter() {
                    self.within(&masked(key), |search| {
                        search.text(key);
                        search.visit(value);
                    });
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(rule) = find(text, Where::Words) {
            self.found.push(Found { pointer: self.pointer.clone(), rule });
            self.unmasked |= !is_marked(text);
        }
    }

    fn within(&mut self, part: &str, visit: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&part.replace('~', "~0").replace('/', "~1"));
        visit(self);
        self.pointer.truncate(length);
    }
}

fn copy(builder: &mut Builder, value: Ref<'_>) -> Result<()> {
    match value.kind() {
        Kind::Text(text) => builder.text(&masked(text)),
        Kind::List(list) => {
            builder.begin_list()?;
            for element in list.iter() {
                copy(builder, element)?;
            }
            builder.end_list()
        }
        Kind::Map(map) => {
            let mut keys = Vec::new();
            builder.begin_map()?;
            for (key, value) in map.iter() {
                let key = masked(key);
                // Two secret keys that one rule found become one.
                if keys.contains(&key) {
                    continue;
                }
                builder.key(&key)?;
                keys.push(key);
                copy(builder, value)?;
            }
            builder.end_map()
        }
        _ => builder.copy(value),
    }
}

fn masked(text: &str) -> Cow<'_, str> {
    match find(text, Where::Words) {
        Some(rule) => Cow::Owned(mark(rule)),
        None => Cow::Borrowed(text),
    }
}
