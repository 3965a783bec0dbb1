//! Reports as scenarios hand them in, and what mutants make of them.

use serde_json::Value as Json;

use super::{keys, world::resolve};
use crate::{
    error::{Code, Error, Result},
    model::{Report, ReportFormat},
    value::Value,
};

/// A report that is written into a scenario, or lies beside it.
pub(super) struct Source {
    format: ReportFormat,
    content: Content,
    /// Whose key signs it.
    signed: Option<String>,
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
    /// Nobody signed it.
    Unsigned,
    /// Somebody signed it whom the charter does not list.
    Strange,
}

impl Variation {
    /// What is done to reports that evidence comes with, as words and as what follows the name.
    pub(super) const MUTANTS: [(&str, &str); 2] =
        [("about something else", "*"), ("of long ago", "-")];
    /// What is done to those that are signed.
    pub(super) const SIGNED_MUTANTS: [(&str, &str); 2] =
        [("that nobody signed", "!"), ("that a stranger signed", "?")];

    pub(super) fn split(name: &str) -> (&str, Self) {
        let variations = [
            ('*', Self::Elsewhere),
            ('-', Self::Aged),
            ('!', Self::Unsigned),
            ('?', Self::Strange),
        ];
        let varied = variations.iter().find_map(|(mark, variation)| {
            name.strip_suffix(*mark).map(|plain| (plain, *variation))
        });
        varied.unwrap_or((name, Self::AsItIs))
    }
}

impl Source {
    /// Reads what a scenario says of a report.
    pub(super) fn read(said: &Json, file: &mut dyn FnMut(&str) -> Result<Vec<u8>>) -> Result<Self> {
        let refuse = || {
            let message = "a report has a `format`, either the `report` itself or a `file`, and perhaps whose key it is `signed` with";
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
        let signed = match members.get("signed") {
            None => None,
            Some(Json::String(name)) => Some(name.clone()),
            Some(_) => return Err(refuse()),
        };
        if members.len() > 2 + usize::from(signed.is_some()) {
            return Err(refuse());
        }
        Ok(Self { format, content, signed })
    }

    pub(super) fn is_signed(&self) -> bool {
        self.signed.is_some()
    }

    pub(super) fn report(
        &self,
        variation: Variation,
        value_of: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Report> {
        let content = match &self.content {
            Content::Text(text) => text.clone(),
            Content::Document(document) => text(document.clone(), variation, value_of).into_bytes(),
        };
        let signer = match variation {
            Variation::Unsigned => None,
            Variation::Strange => Some("a stranger"),
            _ => self.signed.as_deref(),
        };
        match signer {
            None => Report::read(self.format, &content),
            Some(signer) => Report::read(self.format, keys::seal(signer, &content)?.as_bytes()),
        }
    }
}

/// The text of a report, with what texts that begin with `$` stand for.
fn text(
    mut document: Json,
    variation: Variation,
    value_of: &dyn Fn(&str) -> Option<String>,
) -> String {
    resolve(&mut document, &|text| match variation {
        Variation::Elsewhere if text.starts_with("$digest.") => value_of("$digest.elsewhere"),
        Variation::Elsewhere if text.starts_with("$hex.") => value_of("$hex.elsewhere"),
        Variation::Aged if text.starts_with("$at") => value_of("$at-3650d"),
        _ => value_of(text),
    });
    document.to_string()
}
