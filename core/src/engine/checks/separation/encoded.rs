//! Texts within texts: what stands percent-encoded or in base64 is no less named.

use std::borrow::Cow;

use base64ct::{Base64Unpadded, Encoding as _};

/// How often a text is decoded again.
const LAYERS: usize = 3;
/// What is shorter names nothing once it is decoded.
const TOKEN_BYTES: usize = 4;

/// Gives a text, and whatever it says once it is decoded.
pub(super) fn layers(text: &str, each: &mut dyn FnMut(&str)) {
    within(text, LAYERS, each);
}

fn within(text: &str, layers: usize, each: &mut dyn FnMut(&str)) {
    each(text);
    let Some(next) = layers.checked_sub(1) else { return };
    if let Some(decoded) = percent(text) {
        within(&decoded, next, each);
    }
    for token in text.split(|c: char| !is_base64(c)).filter(|it| it.len() >= TOKEN_BYTES) {
        if let Some(decoded) = base64(token) {
            within(&decoded, next, each);
        }
    }
}

/// The text without percent-encoding (RFC 3986, 2.1), where it has any.
fn percent(text: &str) -> Option<String> {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    let mut found = false;
    for piece in pieces {
        let digits = piece.get(..2).filter(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                found = true;
                bytes.push(byte);
                bytes.extend(piece.bytes().skip(2));
            }
            None => {
                bytes.push(b'%');
                bytes.extend(piece.bytes());
            }
        }
    }
    found.then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// Of both alphabets (RFC 4648); padding ends a token.
fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_')
}

/// The text that a token stands for, if it is one.
fn base64(token: &str) -> Option<String> {
    let token: Cow<'_, str> = if token.contains(['-', '_']) {
        token.replace('-', "+").replace('_', "/").into()
    } else {
        token.into()
    };
    // A last character that no encoder writes ends the text for lenient decoders.
    let whole = token.len().checked_sub(token.len() % 4)?;
    let bytes = Base64Unpadded::decode_vec(&token)
        .or_else(|_| Base64Unpadded::decode_vec(token.get(..whole).unwrap_or_default()))
        .ok()?;
    String::from_utf8(bytes).ok().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use base64ct::{Base64, Base64Url};
    use proptest::prelude::*;

    use super::*;

    fn says(text: &str, part: &str) -> bool {
        let mut found = false;
        layers(text, &mut |layer| found |= layer.contains(part));
        found
    }

    // Requirements: R136.
    #[test]
    fn a_lone_percent_sign_stays_what_it_is() {
        assert_eq!(percent("100% of %zz and %4"), None);
        assert_eq!(percent("100%25%"), Some("100%%".to_owned()));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

        // Requirements: R136.
        #[test]
        fn whatever_is_encoded_up_to_three_times_is_found(
            text in "[ -~]{0,20}acme-prod[ -~]{0,20}",
            how in prop::collection::vec(0_u8..3, 0..=LAYERS),
        ) {
            let mut encoded = text.clone();
            for way in how {
                encoded = match way {
                    0 => encoded.bytes().map(|byte| format!("%{byte:02x}")).collect(),
                    1 => Base64::encode_string(encoded.as_bytes()),
                    _ => Base64Url::encode_string(encoded.as_bytes()),
                };
            }
            let found = says(&format!("data: {encoded}"), &text);
            prop_assert!(found);
        }

        #[test]
        fn no_text_is_too_strange_to_be_decoded(text in any::<String>()) {
            prop_assert!(says(&text, &text));
        }
    }
}
