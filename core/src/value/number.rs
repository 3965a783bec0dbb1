//! Numbers in JSON's grammar (RFC 8259 §6), classified without rounding.

/// What a number is, by its exact decimal value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    /// Integral and in the range of `i64`.
    Int(i64),
    /// Integral, above the range of `i64` and in that of `u64`.
    Uint(u64),
    /// Anything else that has a nearest finite double.
    Double(f64),
    /// Too large for that.
    Opaque,
}

/// Exponents beyond this are as good as infinite: no text is as long.
const FAR: i64 = 1 << 40;

/// Classifies a number; `None` when the text is not one in JSON's grammar.
pub(super) fn classify(text: &str) -> Option<Number> {
    if let Some(int) = short_integer(text.as_bytes()) {
        return Some(Number::Int(int));
    }
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (mantissa, ""),
    };
    let digits_only = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
        return None;
    }
    if !digits_only(whole) || !digits_only(fraction) {
        return None;
    }
    Some(match integer(negative, whole, fraction, exponent) {
        Some(number) => number,
        // The standard library rounds correctly and takes exponents of any length.
        None => match text.parse::<f64>() {
            Ok(double) if double.is_finite() => Number::Double(double),
            _ => Number::Opaque,
        },
    })
}

/// Whether the text is a number of JSON's and no integer that fits 64 bits.
pub(super) fn needs_text(text: &str) -> bool {
    matches!(classify(text), Some(Number::Double(_) | Number::Opaque))
}

/// The common case: at most 18 digits and perhaps a sign.
fn short_integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    match digits {
        [] | [b'0', _, ..] => return None,
        _ if digits.len() > 18 => return None,
        _ => {}
    }
    let mut value: i64 = 0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
    }
    Some(if negative { value.wrapping_neg() } else { value })
}

fn parse_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0i64, |value, byte| {
        value.saturating_mul(10).saturating_add(i64::from(byte.wrapping_sub(b'0'))).min(FAR)
    });
    Some(if negative { value.saturating_neg() } else { value })
}

/// The number `±whole.fraction × 10^exponent`, if it is integral and fits 64 bits.
fn integer(negative: bool, whole: &str, fraction: &str, exponent: i64) -> Option<Number> {
    let significant = fraction.trim_end_matches('0');
    let (leading, exponent) = if significant.is_empty() {
        let leading = whole.trim_end_matches('0');
        (leading, exponent.saturating_add(whole.len().saturating_sub(leading.len()) as i64))
    } else {
        (whole, exponent.saturating_sub(significant.len() as i64))
    };
    let digits = || leading.bytes().chain(significant.bytes()).skip_while(|byte| *byte == b'0');
    let count = digits().count();
    if count == 0 {
        return Some(Number::Int(0));
    }
    // The last digit is not zero, so the number is integral if and only if its exponent is not negative.
    // 20 digits are enough for 2^64.
    let zeros = u32::try_from(exponent).ok()?;
    if count.saturating_add(zeros as usize) > 20 {
        return None;
    }
    let magnitude = digits()
        .fold(0i128, |value, byte| value.wrapping_mul(10).wrapping_add(i128::from(byte & 15)))
        .checked_mul(10i128.checked_pow(zeros)?)?;
    let value = if negative { magnitude.wrapping_neg() } else { magnitude };
    let int = i64::try_from(value).map(Number::Int);
    int.or_else(|_| u64::try_from(value).map(Number::Uint)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_however_spelt() {
        for (text, value) in [
            ("1", 1),
            ("1.0", 1),
            ("1e0", 1),
            ("10e-1", 1),
            ("0.001E+3", 1),
            ("100", 100),
            ("-1.50e1", -15),
            ("0", 0),
            ("-0", 0),
            ("-0.0", 0),
            ("0e99999999999999999999", 0),
            ("0.000e-99999999999999999999", 0),
            ("9007199254740993.0", 9_007_199_254_740_993),
            ("9223372036854775807", i64::MAX),
            ("922337203685477580700e-2", i64::MAX),
            ("-9223372036854775808", i64::MIN),
            ("-9223372036854775808.000", i64::MIN),
        ] {
            assert_eq!(classify(text), Some(Number::Int(value)), "{text}");
        }
        assert_eq!(classify("9223372036854775808"), Some(Number::Uint(1 << 63)));
        assert_eq!(classify("18446744073709551615"), Some(Number::Uint(u64::MAX)));
        assert_eq!(classify("1.8446744073709551615e19"), Some(Number::Uint(u64::MAX)));
    }

    #[test]
    fn other_numbers_are_the_nearest_double_or_opaque() {
        for (text, value) in [
            ("0.1", 0.1),
            ("-2.5e-3", -0.0025),
            ("18446744073709551616", 18_446_744_073_709_551_616.0),
            ("-9223372036854775809", -9_223_372_036_854_775_808.0),
            ("1e308", 1e308),
            ("1e-99999999999999999999", 0.0),
            ("9007199254740993.5", 9_007_199_254_740_994.0),
        ] {
            assert_eq!(classify(text), Some(Number::Double(value)), "{text}");
        }
        for text in ["1e400", "-1e400", "1e99999999999999999999"] {
            assert_eq!(classify(text), Some(Number::Opaque), "{text}");
        }
        assert_eq!(classify(&"9".repeat(401)), Some(Number::Opaque));
    }

    #[test]
    fn only_the_grammar_of_json() {
        for text in [
            "", "-", "+1", "01", "-01", "00", "1.", ".5", "1e", "1e+", "1.e1", "0x1", "1_0", "NaN",
            "inf", "Infinity", "1e1.5", "--1", "1 ", " 1", "1e1e1", "1.2.3", "１",
        ] {
            assert_eq!(classify(text), None, "{text:?}");
        }
    }

    #[test]
    fn very_long_numbers_take_no_longer_than_their_length() {
        let zeros = "0".repeat(1_000_000);
        assert_eq!(classify(&format!("1.{zeros}")), Some(Number::Int(1)));
        assert_eq!(classify(&format!("0.{zeros}1e1000001")), Some(Number::Int(1)));
        assert_eq!(classify(&format!("1{zeros}e-1000000")), Some(Number::Int(1)));
        assert_eq!(classify(&format!("1e{zeros}1")), Some(Number::Int(10)));
        assert_eq!(classify(&format!("0.{zeros}1")), Some(Number::Double(0.0)));
    }
}
