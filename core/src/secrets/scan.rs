//! Looks for secrets in a text.

use std::{iter, sync::LazyLock};

use aho_corasick::AhoCorasick;
use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding};
use regex::bytes::{Regex, RegexBuilder};

use super::rules::{RULES, Rule, Scope};

/// What kind of text is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    /// What people and tools write of what they ask or record.
    Words,
    /// The values of a plan and the texts of a law, where certificates and settings may well stand.
    Documents,
}

/// What the mark that takes the place of a text begins with.
const MARK: &str = "[secret: ";

/// Texts shorter than this hold no secret that anything could tell from other texts.
const SHORTEST: usize = 10;

/// A run of at least this many characters of base64 is decoded and searched too.
const ENCODED: usize = 40;

struct Rules {
    /// Whether there is a keyword at all: in nearly every text there is none.
    any_keyword: Regex,
    keywords: AhoCorasick,
    /// For each keyword, its rule.
    of_keyword: Vec<usize>,
    patterns: Vec<(&'static Rule, Regex)>,
}

/// The rules, ready to use; `None` where they cannot be, so that nothing passes unsearched.
static READY: LazyLock<Option<Rules>> = LazyLock::new(|| {
    let mut keywords = Vec::new();
    let mut of_keyword = Vec::new();
    let mut patterns = Vec::new();
    for (index, rule) in RULES.iter().enumerate() {
        for keyword in rule.keywords {
            keywords.push(*keyword);
            of_keyword.push(index);
        }
        patterns.push((rule, RegexBuilder::new(rule.pattern).unicode(false).build().ok()?));
    }
    let escaped: Vec<String> = keywords.iter().map(|keyword| regex::escape(keyword)).collect();
    let any_keyword =
        RegexBuilder::new(&escaped.join("|")).unicode(false).case_insensitive(true).build().ok()?;
    let keywords = AhoCorasick::builder().ascii_case_insensitive(true).build(keywords).ok()?;
    Some(Rules { any_keyword, keywords, of_keyword, patterns })
});

/// The name of the first rule that finds a secret in a text, or the rule that a mark in its place names.
pub(crate) fn find(text: &str, place: Where) -> Option<&'static str> {
    if text.len() < SHORTEST {
        return None;
    }
    if place == Where::Words
        && let Some(rule) = marked(text)
    {
        return Some(rule);
    }
    let Some(rules) = &*READY else { return Some("unsearched") };
    rules.find(text.as_bytes(), place).or_else(|| {
        let mut hidden = runs(text.as_bytes()).flat_map(decoded);
        hidden.find_map(|hidden| rules.find(&hidden, place))
    })
}

/// What a rule finds, with its article.
pub(crate) fn meaning(name: &str) -> &'static str {
    RULES.iter().find(|rule| rule.name == name).map_or("a secret", |rule| rule.what)
}

/// The mark that takes the place of a text.
pub(crate) fn mark(rule: &str) -> String {
    format!("{MARK}{rule}]")
}

/// Whether a text is a mark in the place of a secret.
pub(crate) fn is_marked(text: &str) -> bool {
    marked(text).is_some()
}

fn marked(text: &str) -> Option<&'static str> {
    let name = text.strip_prefix(MARK)?.strip_suffix(']')?;
    RULES.iter().map(|rule| rule.name).chain(["unsearched"]).find(|rule| *rule == name)
}

impl Rules {
    fn find(&self, text: &[u8], place: Where) -> Option<&'static str> {
        if !self.any_keyword.is_match(text) {
            return None;
        }
        let mut candidates = [false; RULES.len()];
        for hit in self.keywords.find_overlapping_iter(text) {
            let rule = self.of_keyword.get(hit.pattern().as_usize());
            if let Some(candidate) = rule.and_then(|rule| candidates.get_mut(*rule)) {
                *candidate = true;
            }
        }
        let mut meant = self.patterns.iter().zip(candidates).filter(|((rule, _), candidate)| {
            *candidate && (rule.scope == Scope::Everywhere || place == Where::Words)
        });
        meant
            .find(|((rule, pattern), _)| is_found(rule, pattern, text))
            .map(|((rule, _), _)| rule.name)
    }
}

fn is_found(rule: &Rule, pattern: &Regex, text: &[u8]) -> bool {
    pattern.captures_iter(text).any(|found| {
        if let Some(value) = found.name("value") {
            let value = value.as_bytes();
            return !is_reference(value)
                && (rule.name != "assignment" || (is_mixed(value) && !is_number(value)));
        }
        // The keys of AWS's own documentation.
        rule.name != "aws-access-key"
            || found.get(0).is_some_and(|whole| !whole.as_bytes().ends_with(b"EXAMPLE"))
    })
}

/// Whether a value only says where a secret is, or stands in its place (R286, R289).
fn is_reference(value: &[u8]) -> bool {
    const BEGINNINGS: &[&str] = &[
        "$",
        "<",
        "{",
        "[",
        "%",
        "*",
        "/",
        "./",
        "(",
        "arn:",
        "projects/",
        "secret/",
        "secrets/",
        "vault:",
        "op://",
        "ssm:",
        "secretsmanager:",
        "env:",
        "ref:",
        "file:",
        "kv/",
        "sha256:",
        "sha512:",
        "gs://",
        "s3://",
        "https://",
        "keyvault:",
        "awskms:",
        "gcpkms:",
        "var.",
        "local.",
        "data.",
        "module.",
        "secrets.",
        "env.",
    ];
    const WORDS: &[&str] = &[
        "null",
        "none",
        "true",
        "false",
        "redacted",
        "masked",
        "hidden",
        "sensitive",
        "unknown",
        "unset",
        "rotated",
        "absent",
        "required",
        "optional",
    ];
    /// What says of itself that it is none, as in the tests of packs, and paths in secret managers.
    const STAND_INS: &[&str] = &["not-a-secret", "placeholder", "/versions/"];
    let value = value.to_ascii_lowercase();
    let holds = |part: &&str| value.windows(part.len()).any(|found| found == part.as_bytes());
    let begins = |beginning: &&str| value.starts_with(beginning.as_bytes());
    let bare: &[u8] = value.strip_suffix(b".").unwrap_or(&value);
    BEGINNINGS.iter().any(begins)
        || WORDS.iter().any(|word| bare == word.as_bytes())
        || value.iter().all(|byte| matches!(byte, b'x' | b'*' | b'.' | b'-' | b'_'))
        || STAND_INS.iter().any(holds)
}

/// Whether letters and digits, or marks, are mixed as in passwords, and unlike in words.
fn is_mixed(value: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    has(u8::is_ascii_alphabetic) && has(u8::is_ascii_digit)
}

/// Whether a value is the number of a ticket, such as `OPS-4711` and `CHG0012345`, or begins with a date.
fn is_number(value: &[u8]) -> bool {
    let value = value.strip_suffix(b".").unwrap_or(value);
    let letters = value.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let (_, rest) = value.split_at_checked(letters).unwrap_or_default();
    let number = rest.strip_prefix(b"-").unwrap_or(rest);
    let is_ticket = (2..=10).contains(&letters)
        && (1..=10).contains(&number.len())
        && number.iter().all(u8::is_ascii_digit);
    let is_date = value.len() >= 10
        && value.iter().zip(b"0000-00-00").all(|(byte, form)| match form {
            b'-' => byte == form,
            _ => byte.is_ascii_digit(),
        });
    is_ticket || is_date
}

/// The runs of characters of base64 that are long enough to hide something, and are not digests.
fn runs(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_encoded = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    let mut rest = text;
    iter::from_fn(move || {
        // A run that is long enough fills a window: what ends others is looked for from the window's end on.
        while let Some(window) = rest.get(..ENCODED) {
            let run = match window.iter().rposition(|byte| !is_encoded(byte)) {
                Some(end) => end,
                None => rest.iter().position(|byte| !is_encoded(byte)).unwrap_or(rest.len()),
            };
            let (run, after) = rest.split_at_checked(run)?;
            rest = after.get(1..).unwrap_or_default();
            if run.len() >= ENCODED {
                return Some(run);
            }
        }
        None
    })
    .filter(|run| !run.iter().all(u8::is_ascii_hexdigit))
}

/// What a run of base64 may hold. It may begin in the middle of the run, behind a path, and its end may be cut off.
fn decoded(run: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..4).filter_map(move |skipped| {
        let text = std::str::from_utf8(run.get(skipped..)?).ok()?;
        let groups = text.len().checked_sub(text.len() % 4)?;
        let either = |text: &str| {
            Base64Unpadded::decode_vec(text).or_else(|_| Base64UrlUnpadded::decode_vec(text)).ok()
        };
        either(text).or_else(|| either(text.get(..groups)?))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn runs_are_all_that_are_long_enough_and_no_digests(
            text in prop::collection::vec("[a-z+/_-]{0,50}|[0-9a-f]{35,50}|[ .:\u{e9}]{1,3}", 0..6)
        ) {
            let text = text.concat();
            let is_encoded = |c: char| c.is_ascii_alphanumeric() || "+/-_".contains(c);
            let expected: Vec<&str> = text
                .split(|c| !is_encoded(c))
                .filter(|run| run.len() >= ENCODED)
                .filter(|run| !run.chars().all(|c| c.is_ascii_hexdigit()))
                .collect();
            let expected: Vec<&[u8]> = expected.into_iter().map(str::as_bytes).collect();
            prop_assert_eq!(runs(text.as_bytes()).collect::<Vec<_>>(), expected);
        }
    }
}
