//! Base64 (RFC 4648, section 4), with or without padding when decoding.

use std::sync::Arc;

use super::{
    datum::{Bytes, Datum, Eval, Stop},
    meter::Meter,
};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(super) fn encode<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Bytes(bytes)] = arguments else { return Err(Stop::no_such_overload()) };
    let bytes = bytes.as_slice();
    meter.allocate(bytes.len().div_ceil(3).saturating_mul(4))?;
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = (0..3)
            .fold(0_u32, |group, at| (group << 8) | u32::from(chunk.get(at).copied().unwrap_or(0)));
        for place in 0..4_usize {
            let index = usize::try_from((group >> (18 - 6 * place)) & 63).unwrap_or(0);
            let digit = ALPHABET.get(index).copied().unwrap_or(b'=');
            text.push(if place > chunk.len() { '=' } else { char::from(digit) });
        }
    }
    Ok(Datum::text(text.into_boxed_str()))
}

pub(super) fn decode<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    const INVALID: Stop = Stop::error("cel.conversion");
    let [Datum::Text(text)] = arguments else { return Err(Stop::no_such_overload()) };
    let text = text.as_str();
    meter.allocate(text.len())?;
    let digits = text.trim_end_matches('=');
    let padding = text.len().saturating_sub(digits.len());
    if digits.len() % 4 == 1 || padding > 2 || (padding > 0 && text.len() % 4 != 0) {
        return Err(INVALID);
    }
    let mut bytes = Vec::new();
    let (mut group, mut bits) = (0_u32, 0_u32);
    for digit in digits.bytes() {
        let value = ALPHABET.iter().position(|known| *known == digit).ok_or(INVALID)?;
        group = (group << 6) | u32::try_from(value).map_err(|_| INVALID)?;
        bits = bits.saturating_add(6);
        if bits >= 8 {
            bits = bits.saturating_sub(8);
            bytes.push((group >> bits) as u8);
            group &= (1 << bits) - 1;
        }
    }
    if group != 0 {
        return Err(INVALID);
    }
    Ok(Datum::Bytes(Bytes::Shared(Arc::from(bytes.into_boxed_slice()))))
}
