//! Reports as scenarios hand them in, and what mutants make of them.

use serde_json::Value as Json;

use super::world::resolve;
use crate::{
    error::{Code, Error, Result},
    model::{Report, ReportFormat},
    value::Value,
};

/// A report that is written into a scenario, or lies beside it.
pub(super) struct Source {
    format: ReportFormat,
    content: Content,
}

enum Content {
    Text(Vec<u8>),
    /// Texts that begin with `$` stand for values.
    Document(Json),
}

/// What a mutant makes of a report, by what follows its name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Variation {
    AsItIs,
    /// It is about something else.
    Elsewhere,
    /// It was produced long ago.
    Aged,
}

impl Variation {
    /// What is done to reports that evidence comes with, as words and as what follows the name.
    pub(super) const MUTANTS: [(&str, &str); 2] =
        [("about something else", "*"), ("of long ago", "-")];

    pub(super) fn split(name: &str) -> (&str, Self) {
        if let Some(plain) = name.strip_suffix('*') {
            return (plain, Self::Elsewhere);
        }
        match name.strip_suffix('-') {
            Some(plain) => (plain, Self::Aged),
            None => (name, Self::AsItIs),
        }
    }
}

impl Source {
    /// Reads what a scenario says of a report.
    pub(super) fn read(said: &Json, file: &mut dyn FnMut(&str) -> Result<Vec<u8>>) -> Result<Self> {
        let refuse = || {
            let message = "a report has a `format`, and either the `report` itself or a `file`";
            Error::new(Code::InputInvalidValue, message)
        };
        let members = said.as_object().ok_or_else(refuse)?;
        let format = members.get("format").ok_or_else(refuse)?;
        let format = Value::from_serialize(format)?.deserialize()?;
        let content = match (members.get("report"), members.get("file").map(Json::as_str)) {
            (Some(document), None) => Content::Document(document.clone()),
            (None, Some(Some(name))) => Content::Text(file(name)?),
            _ => return Err(refuse()),
        };
        if members.len() > 2 {
            return Err(refuse());
        }
        Ok(Self { format, content })
    }

    pub(super) fn report(
        &self,
        variation: Variation,
        value_of: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Report> {
        let document = match &self.content {
            Content::Text(text) => return Report::read(self.format, text),
            Content::Document(document) => document,
        };
        let mut document = document.clone();
        resolve(&mut document, &|text| match variation {
            Variation::Elsewhere if text.starts_with("$digest.") => value_of("$digest.elsewhere"),
            Variation::Elsewhere if text.starts_with("$hex.") => value_of("$hex.elsewhere"),
            Variation::Aged if text.starts_with("$at") => value_of("$at-3650d"),
            _ => value_of(text),
        });
        Report::read(self.format, document.to_string().as_bytes())
    }
}
