//! Quantities as Kubernetes writes them: `500m`, `1.5Gi`, `2e3`.

use std::{cmp::Ordering, sync::Arc};

use super::{
    datum::{Datum, Eval, Object, Stop},
    meter::{self, Meter},
};

const INVALID: Stop = Stop::error("cel.conversion");
const OVERFLOW: Stop = Stop::error("cel.overflow");
/// Quantities are held exactly, in units of a thousand-millionth.
const ONE: i128 = 1_000_000_000;

/// An exact number with at most nine decimal places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Quantity(i128);

fn read_quantity(text: &str) -> Option<Quantity> {
    if text.len() > 64 {
        return None;
    }
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = unsigned.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let (number, suffix) = unsigned.split_at_checked(end)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = [whole, fraction].concat();
    if digits.is_empty() {
        return None;
    }
    let digits: i128 = digits.parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()?;
    let (binary, decimal) = scale(suffix)?;
    let exponent = decimal.checked_add(9)?.checked_sub(places)?;
    let scaled = digits.checked_mul(1_i128.checked_shl(binary)?)?;
    let power = 10_i128.checked_pow(exponent.unsigned_abs())?;
    let units = match exponent {
        0.. => scaled.checked_mul(power)?,
        // What is finer than a thousand-millionth has no exact form here.
        _ => (scaled % power == 0).then(|| scaled / power)?,
    };
    Some(Quantity(if negative { units.checked_neg()? } else { units }))
}

/// The powers of two and of ten that a suffix stands for.
fn scale(suffix: &str) -> Option<(u32, i32)> {
    Some(match suffix {
        "Ki" => (10, 0),
        "Mi" => (20, 0),
        "Gi" => (30, 0),
        "Ti" => (40, 0),
        "Pi" => (50, 0),
        "Ei" => (60, 0),
        "n" => (0, -9),
        "u" => (0, -6),
        "m" => (0, -3),
        "" => (0, 0),
        "k" => (0, 3),
        "M" => (0, 6),
        "G" => (0, 9),
        "T" => (0, 12),
        "P" => (0, 15),
        "E" => (0, 18),
        _ => {
            let exponent = suffix.strip_prefix(['e', 'E'])?;
            (0, exponent.parse::<i16>().ok()?.into())
        }
    })
}

fn made<'a>(meter: &mut Meter, quantity: Quantity) -> Eval<'a> {
    meter.allocate(meter::VALUE)?;
    Ok(Datum::Object(Arc::new(Object::Quantity(quantity))))
}

fn of(datum: &Datum<'_>) -> Result<Quantity, Stop> {
    match datum {
        Datum::Object(object) => match object.as_ref() {
            Object::Quantity(quantity) => Ok(*quantity),
            _ => Err(Stop::no_such_overload()),
        },
        _ => Err(Stop::no_such_overload()),
    }
}

/// An operand: a quantity or an integer.
fn operand(datum: &Datum<'_>) -> Result<Quantity, Stop> {
    match datum {
        Datum::Int(value) => Ok(Quantity(i128::from(*value).saturating_mul(ONE))),
        other => of(other),
    }
}

pub(super) fn quantity<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text)] = arguments else { return Err(Stop::no_such_overload()) };
    made(meter, read_quantity(text.as_str()).ok_or(INVALID)?)
}

pub(super) fn is_quantity<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text)] = arguments else { return Err(Stop::no_such_overload()) };
    Ok(Datum::Bool(read_quantity(text.as_str()).is_some()))
}

fn whole(quantity: Quantity) -> Option<i64> {
    (quantity.0 % ONE == 0).then(|| i64::try_from(quantity.0 / ONE).ok())?
}

pub(super) fn is_integer<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [value] = arguments else { return Err(Stop::no_such_overload()) };
    Ok(Datum::Bool(whole(of(value)?).is_some()))
}

pub(super) fn as_integer<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [value] = arguments else { return Err(Stop::no_such_overload()) };
    whole(of(value)?).map(Datum::Int).ok_or(INVALID)
}

pub(super) fn as_double<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [value] = arguments else { return Err(Stop::no_such_overload()) };
    Ok(Datum::Double(of(value)?.0 as f64 / ONE as f64))
}

pub(super) fn sign<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [value] = arguments else { return Err(Stop::no_such_overload()) };
    Ok(Datum::Int(order(of(value)?.0.cmp(&0))))
}

pub(super) fn add<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [a, b] = arguments else { return Err(Stop::no_such_overload()) };
    let sum = of(a)?.0.checked_add(operand(b)?.0).ok_or(OVERFLOW)?;
    made(meter, Quantity(sum))
}

pub(super) fn subtract<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [a, b] = arguments else { return Err(Stop::no_such_overload()) };
    let difference = of(a)?.0.checked_sub(operand(b)?.0).ok_or(OVERFLOW)?;
    made(meter, Quantity(difference))
}

fn compare(arguments: &[Datum<'_>]) -> Result<Ordering, Stop> {
    let [a, b] = arguments else { return Err(Stop::no_such_overload()) };
    Ok(of(a)?.cmp(&of(b)?))
}

fn order(ordering: Ordering) -> i64 {
    match ordering {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

pub(super) fn compare_to<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(Datum::Int(order(compare(arguments)?)))
}

pub(super) fn is_greater<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(Datum::Bool(compare(arguments)? == Ordering::Greater))
}

pub(super) fn is_less<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(Datum::Bool(compare(arguments)? == Ordering::Less))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_scale_exactly() {
        let units = |text: &str| read_quantity(text).map(|quantity| quantity.0);
        assert_eq!(units("500m"), Some(ONE / 2));
        assert_eq!(units("1.5Gi"), Some(3 * 512 * 1024 * 1024 * ONE));
        assert_eq!(units("2e3"), units("2k"));
        assert_eq!(units("-.5"), Some(-ONE / 2));
        assert_eq!(units("1n"), Some(1));
        assert_eq!(units("1E"), Some(10_i128.pow(18) * ONE));
        for wrong in ["", "1.2.3", "k", "1kk", "1 k", "0.1n", "1e99", "--1", "1e"] {
            assert_eq!(units(wrong), None, "{wrong}");
        }
    }
}
