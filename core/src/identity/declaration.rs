//! What a person signs to ask for something or to record anything but an approval.

use std::fmt::Write as _;

use super::text::{is_deceptive, is_name};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
    time::Instant,
    value::Value,
};

/// A request or a fact as its person signs it: a few lines that say where and who, and then its content
/// as JSON with sorted keys.
///
/// ```
/// use poundlock::{digest::Digest, identity::Declaration, value::Value};
///
/// let declaration = Declaration {
///     kind: "fact",
///     ledger: "acme/2026",
///     charter: Digest::ZERO,
///     id: "withdrawal-7",
///     by: "alice",
///     at: "2026-03-02T09:00:00Z".parse()?,
///     content: Value::parse_json(br#"{"channel": "local", "fact": {}}"#)?,
/// };
/// let text = "\
/// poundlock fact v1
/// ledger: acme/2026
/// charter: sha256:0000000000000000000000000000000000000000000000000000000000000000
/// id: withdrawal-7
/// by: alice
/// at: 2026-03-02T09:00:00Z
/// {
///   \"channel\": \"local\",
///   \"fact\": {}
/// }
/// ";
/// assert_eq!(declaration.to_text()?, text);
/// # Ok::<(), poundlock::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Declaration<'a> {
    /// `request` or `fact`.
    pub kind: &'static str,
    /// The origin of the ledger that it is for.
    pub ledger: &'a str,
    /// The digest of the charter in force, with its pinned packs.
    pub charter: Digest,
    /// The id of the request or fact.
    pub id: &'a str,
    /// The person.
    pub by: &'a str,
    /// When the person signs, as they say.
    pub at: Instant,
    /// All the rest.
    pub content: Value,
}

impl Declaration<'_> {
    /// The text to be shown and signed; its bytes, the last line feed included, are what is signed.
    /// Characters of the content that are invisible or change the order of others are written as escapes.
    ///
    /// # Errors
    ///
    /// `approval.statement` when a name cannot be compared by eye, as for
    /// [`Statement::to_text`](super::Statement::to_text).
    pub fn to_text(&self) -> Result<String> {
        let mut text = format!("poundlock {} v1\n", self.kind);
        let (charter, at) = (self.charter.to_string(), self.at.to_string());
        for (name, value) in [
            ("ledger", self.ledger),
            ("charter", &charter),
            ("id", self.id),
            ("by", self.by),
            ("at", &at),
        ] {
            if !is_name(value) {
                let message = format!("`{name}` is not a name that people can compare by eye");
                return Err(Error::new(Code::ApprovalStatement, message));
            }
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name}: {value}");
        }
        let content = serde_json::to_string_pretty(&self.content)
            .map_err(|_| Error::internal("a content could not be written"))?;
        for character in content.chars() {
            if character != '\n' && is_deceptive(character) {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            } else {
                text.push(character);
            }
        }
        text.push('\n');
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(reason: &str) -> String {
        let content = Value::from_serialize(&serde_json::json!({ "reason": reason })).unwrap();
        let declaration = Declaration {
            kind: "fact",
            ledger: "unit/test",
            charter: Digest::ZERO,
            id: "one",
            by: "alice",
            at: Instant::EPOCH,
            content,
        };
        declaration.to_text().unwrap()
    }

    /// What is shown is what is signed: no content looks like another one, or like a line of the head.
    #[test]
    fn a_content_shows_what_it_says() {
        for (reason, shown) in [
            ("Größe \"L\"", r#""Größe \"L\"""#),
            ("a\nby: mallory", r#""a\nby: mallory""#),
            ("a\u{202e}b\u{7f}", r#""a\u202eb\u007f""#),
            ("\u{e0041}", r#""\udb40\udc41""#),
        ] {
            assert_eq!(text(reason).lines().nth(7).unwrap().trim(), format!("\"reason\": {shown}"));
        }
    }
}
