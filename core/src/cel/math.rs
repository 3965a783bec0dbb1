//! Functions over numbers.

use std::cmp::Ordering;

use super::{
    compare,
    datum::{Datum, Eval, Stop},
    meter::Meter,
};

const OVERFLOW: Stop = Stop::error("cel.overflow");

pub(super) fn abs<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(match arguments {
        [Datum::Int(value)] => Datum::Int(value.checked_abs().ok_or(OVERFLOW)?),
        [Datum::Uint(value)] => Datum::Uint(*value),
        [Datum::Double(value)] => Datum::Double(value.abs()),
        _ => return Err(Stop::no_such_overload()),
    })
}

pub(super) fn sign<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(match arguments {
        [Datum::Int(value)] => Datum::Int(value.signum()),
        [Datum::Uint(value)] => Datum::Uint((*value).min(1)),
        [Datum::Double(value)] if *value == 0.0 || value.is_nan() => Datum::Double(*value),
        [Datum::Double(value)] => Datum::Double(value.signum()),
        _ => return Err(Stop::no_such_overload()),
    })
}

fn double<'a>(arguments: &[Datum<'a>]) -> Result<f64, Stop> {
    match arguments {
        [Datum::Double(value)] => Ok(*value),
        _ => Err(Stop::no_such_overload()),
    }
}

macro_rules! doubles {
    ($($name:ident $result:ident $method:ident)*) => {
        $(pub(super) fn $name<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
            double(arguments).map(|value| Datum::$result(value.$method()))
        })*
    };
}

doubles! {
    ceil Double ceil
    floor Double floor
    round Double round
    trunc Double trunc
    is_nan Bool is_nan
    is_infinite Bool is_infinite
    is_finite Bool is_finite
}

pub(super) fn sqrt<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(Datum::Double(match arguments {
        [Datum::Int(value)] => (*value as f64).sqrt(),
        [Datum::Uint(value)] => (*value as f64).sqrt(),
        _ => double(arguments)?.sqrt(),
    }))
}

fn bits<'a>(
    arguments: &[Datum<'a>],
    ints: fn(i64, i64) -> i64,
    uints: fn(u64, u64) -> u64,
) -> Eval<'a> {
    match arguments {
        [Datum::Int(a), Datum::Int(b)] => Ok(Datum::Int(ints(*a, *b))),
        [Datum::Uint(a), Datum::Uint(b)] => Ok(Datum::Uint(uints(*a, *b))),
        _ => Err(Stop::no_such_overload()),
    }
}

pub(super) fn bit_and<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    bits(arguments, |a, b| a & b, |a, b| a & b)
}

pub(super) fn bit_or<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    bits(arguments, |a, b| a | b, |a, b| a | b)
}

pub(super) fn bit_xor<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    bits(arguments, |a, b| a ^ b, |a, b| a ^ b)
}

pub(super) fn bit_not<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    match arguments {
        [Datum::Int(value)] => Ok(Datum::Int(!value)),
        [Datum::Uint(value)] => Ok(Datum::Uint(!value)),
        _ => Err(Stop::no_such_overload()),
    }
}

/// The number of bits to shift by; shifting by 64 and more gives zero.
fn shift<'a>(arguments: &[Datum<'a>]) -> Result<u32, Stop> {
    match arguments.get(1) {
        Some(Datum::Int(bits)) if *bits >= 0 => Ok(u32::try_from(*bits).unwrap_or(u32::MAX)),
        Some(Datum::Int(_)) => Err(Stop::error("cel.invalid_argument")),
        _ => Err(Stop::no_such_overload()),
    }
}

pub(super) fn shift_left<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let bits = shift(arguments)?;
    match arguments.first() {
        Some(Datum::Int(value)) => Ok(Datum::Int(value.checked_shl(bits).unwrap_or(0))),
        Some(Datum::Uint(value)) => Ok(Datum::Uint(value.checked_shl(bits).unwrap_or(0))),
        _ => Err(Stop::no_such_overload()),
    }
}

/// Shifts in zeros, also for negative numbers.
pub(super) fn shift_right<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let bits = shift(arguments)?;
    match arguments.first() {
        Some(Datum::Int(value)) => {
            let shifted = value.cast_unsigned().checked_shr(bits).unwrap_or(0);
            Ok(Datum::Int(shifted.cast_signed()))
        }
        Some(Datum::Uint(value)) => Ok(Datum::Uint(value.checked_shr(bits).unwrap_or(0))),
        _ => Err(Stop::no_such_overload()),
    }
}

pub(super) fn greatest<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    extreme(meter, arguments, Ordering::Greater)
}

pub(super) fn least<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    extreme(meter, arguments, Ordering::Less)
}

fn extreme<'a>(meter: &mut Meter, arguments: &[Datum<'a>], wanted: Ordering) -> Eval<'a> {
    let mut best: Option<Datum<'a>> = None;
    let mut consider = |candidate: Datum<'a>| -> Result<(), Stop> {
        if !matches!(candidate, Datum::Int(_) | Datum::Uint(_) | Datum::Double(_)) {
            return Err(Stop::no_such_overload());
        }
        meter.spend(1)?;
        let better = match &best {
            None => true,
            Some(best) => compare::order(meter, &candidate, best)? == Some(wanted),
        };
        if better {
            best = Some(candidate);
        }
        Ok(())
    };
    match arguments {
        [Datum::List(list)] => {
            for index in 0..list.len() {
                if let Some(element) = list.get(index) {
                    consider(element?)?;
                }
            }
        }
        numbers => {
            for number in numbers {
                consider(number.clone())?;
            }
        }
    }
    best.ok_or(Stop::error("cel.invalid_argument"))
}
