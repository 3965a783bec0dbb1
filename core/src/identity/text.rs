//! What the formats of credentials share: base64 in one spelling, and text that shows what it says.

use base64ct::Encoding;

use crate::limits;

/// The bytes that the encoding writes as this text; `None` for any other text.
pub(super) fn decode<E: Encoding>(text: &str) -> Option<Vec<u8>> {
    E::decode_vec(text).ok().filter(|bytes| E::encode_string(bytes) == text)
}

/// Whether a text can be a name that people compare by eye: 1 to 256 bytes, no space at its ends, and
/// no character that is invisible or changes the order in which others are shown.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= limits::NAME_BYTES
        && text.trim() == text
        && !text.chars().any(is_deceptive)
}

/// Control and line separating characters, and those that Unicode's bidirectional algorithm or
/// rendering makes invisible (UTR 36, UAX 9).
pub(super) fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use base64ct::{Base64, Base64UrlUnpadded};

    use super::*;

    #[test]
    fn base64_has_one_spelling() {
        assert_eq!(decode::<Base64>("QQ==").unwrap(), b"A");
        assert_eq!(decode::<Base64UrlUnpadded>("QQ").unwrap(), b"A");
        for other in ["QQ", "QR==", "QQ==\n", " QQ=="] {
            assert_eq!(decode::<Base64>(other), None, "{other:?}");
        }
        for other in ["QQ==", "QR", "Q", "QQ\n", "+A", "/w"] {
            assert_eq!(decode::<Base64UrlUnpadded>(other), None, "{other:?}");
        }
    }

    #[test]
    fn names_show_what_they_say() {
        for name in ["prod", "Zoë Müller", "acme/2026", "a b"] {
            assert!(is_name(name), "{name:?}");
        }
        let long = "x".repeat(limits::NAME_BYTES + 1);
        for text in [
            "",
            " prod",
            "prod ",
            "pr\nod",
            "pr\u{0}od",
            "pr\u{202e}od",
            "pr\u{200b}od",
            "prod\u{feff}",
            &long,
        ] {
            assert!(!is_name(text), "{text:?}");
        }
    }
}
