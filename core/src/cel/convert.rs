//! Conversions between types.

use std::sync::Arc;

use super::{
    datum::{Bytes, Datum, Eval, Stop, Text},
    meter::Meter,
    moment, object,
};

const INVALID: Stop = Stop::error("cel.conversion");
const OVERFLOW: Stop = Stop::error("cel.overflow");
/// 2^63 and 2^64: the first doubles that are too large for an `int` and a `uint`.
const INT_END: f64 = 9_223_372_036_854_775_808.0;
const UINT_END: f64 = 18_446_744_073_709_551_616.0;
/// Text longer than this is no number.
const LONGEST_NUMBER: usize = 1100;

fn number_text<'t>(text: &'t Text<'_>) -> Result<&'t str, Stop> {
    let text = text.as_str();
    if text.len() > LONGEST_NUMBER { Err(INVALID) } else { Ok(text) }
}

pub(super) fn int<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(Datum::Int(match arguments {
        [Datum::Int(value)] => *value,
        [Datum::Uint(value)] => i64::try_from(*value).map_err(|_| OVERFLOW)?,
        [Datum::Double(value)] if *value > -INT_END && *value < INT_END => *value as i64,
        [Datum::Double(_)] => return Err(OVERFLOW),
        [Datum::Text(text)] => number_text(text)?.parse().map_err(|_| INVALID)?,
        // Whole seconds, rounded down.
        [Datum::Timestamp(at)] => at.as_secs().saturating_sub(i64::from(at.subsec_nanos() < 0)),
        [Datum::Duration(length)] => length.as_secs(),
        _ => return Err(Stop::no_such_overload()),
    }))
}

pub(super) fn uint<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(Datum::Uint(match arguments {
        [Datum::Uint(value)] => *value,
        [Datum::Int(value)] => u64::try_from(*value).map_err(|_| OVERFLOW)?,
        [Datum::Double(value)] if *value >= 0.0 && *value < UINT_END => *value as u64,
        [Datum::Double(_)] => return Err(OVERFLOW),
        [Datum::Text(text)] => number_text(text)?.parse().map_err(|_| INVALID)?,
        _ => return Err(Stop::no_such_overload()),
    }))
}

pub(super) fn double<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(Datum::Double(match arguments {
        [Datum::Double(value)] => *value,
        [Datum::Int(value)] => *value as f64,
        [Datum::Uint(value)] => *value as f64,
        [Datum::Text(text)] => {
            let text = number_text(text)?;
            let value: f64 = text.parse().map_err(|_| INVALID)?;
            // Digits that stand for more than there is are no infinity.
            let digits = text.bytes().any(|byte| byte.is_ascii_digit());
            if value.is_infinite() && digits {
                return Err(OVERFLOW);
            }
            value
        }
        _ => return Err(Stop::no_such_overload()),
    }))
}

pub(super) fn boolean<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(Datum::Bool(match arguments {
        [Datum::Bool(value)] => *value,
        [Datum::Text(text)] => match text.as_str() {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
            "0" | "f" | "F" | "false" | "FALSE" | "False" => false,
            _ => return Err(INVALID),
        },
        _ => return Err(Stop::no_such_overload()),
    }))
}

pub(super) fn bytes<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(Datum::Bytes(match arguments {
        [Datum::Bytes(bytes)] => bytes.clone(),
        [Datum::Text(Text::Borrowed(text))] => Bytes::Borrowed(text.as_bytes()),
        [Datum::Text(Text::Shared(text))] => {
            meter.allocate(text.len())?;
            Bytes::Shared(Arc::from(text.as_bytes()))
        }
        _ => return Err(Stop::no_such_overload()),
    }))
}

pub(super) fn string<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let text = match arguments {
        [Datum::Text(text)] => return Ok(Datum::Text(text.clone())),
        [Datum::Bytes(Bytes::Borrowed(bytes))] => {
            meter.read(bytes.len())?;
            let text = std::str::from_utf8(bytes).map_err(|_| INVALID)?;
            return Ok(Datum::Text(Text::Borrowed(text)));
        }
        [Datum::Bytes(Bytes::Shared(bytes))] => {
            meter.allocate(bytes.len())?;
            std::str::from_utf8(bytes).map_err(|_| INVALID)?.to_owned()
        }
        [Datum::Bool(value)] => value.to_string(),
        [Datum::Int(value)] => value.to_string(),
        [Datum::Uint(value)] => value.to_string(),
        [Datum::Double(value)] => write_double(*value),
        [Datum::Timestamp(at)] => moment::write_timestamp(*at),
        [Datum::Duration(length)] => moment::write_duration(*length),
        [Datum::Object(object)] => return object::write(meter, object),
        _ => return Err(Stop::no_such_overload()),
    };
    meter.allocate(text.len())?;
    Ok(Datum::text(text))
}

/// The shortest text that reads back as the same number; with an exponent from 1e21 on and below 1e-6.
pub(super) fn write_double(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else if value != 0.0 && !(1e-6..1e21).contains(&value.abs()) {
        let text = format!("{value:e}");
        match text.split_once("e-") {
            Some((digits, exponent)) => format!("{digits}e-{exponent:0>2}"),
            None => text.replacen('e', "e+", 1),
        }
    } else {
        value.to_string()
    }
}

pub(super) fn timestamp<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    match arguments {
        [Datum::Timestamp(at)] => Ok(Datum::Timestamp(*at)),
        [Datum::Int(seconds)] => moment::timestamp(jiff::SignedDuration::from_secs(*seconds)),
        [Datum::Text(text)] => moment::parse_timestamp(text.as_str()),
        _ => Err(Stop::no_such_overload()),
    }
}

pub(super) fn duration<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    match arguments {
        [Datum::Duration(length)] => Ok(Datum::Duration(*length)),
        [Datum::Int(seconds)] => moment::duration(jiff::SignedDuration::from_secs(*seconds)),
        [Datum::Text(text)] => moment::parse_duration(text.as_str()),
        _ => Err(Stop::no_such_overload()),
    }
}

pub(super) fn dynamic<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    arguments.first().cloned().ok_or(Stop::no_such_overload())
}

pub(super) fn type_of<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    arguments.first().map(|value| Datum::Type(value.type_name())).ok_or(Stop::no_such_overload())
}
