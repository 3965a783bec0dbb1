//! Equality, order and membership.

use std::cmp::Ordering;

use super::{
    datum::{Datum, Key, List, Map, Owned, Stop},
    meter::Meter,
};
use crate::value::{Kind, Ref};

/// A number, whatever its type.
#[derive(Clone, Copy)]
enum Number {
    Integer(i128),
    Double(f64),
}

fn number(datum: &Datum<'_>) -> Option<Number> {
    match datum {
        Datum::Int(value) => Some(Number::Integer((*value).into())),
        Datum::Uint(value) => Some(Number::Integer((*value).into())),
        Datum::Double(value) => Some(Number::Double(*value)),
        _ => None,
    }
}

/// The order of two numbers; none if one is not a number (NaN). An integer is compared with a double
/// as the nearest double, as the specification's suite demands.
fn order_numbers(a: Number, b: Number) -> Option<Ordering> {
    match (a, b) {
        (Number::Integer(a), Number::Integer(b)) => Some(a.cmp(&b)),
        (Number::Double(a), Number::Double(b)) => a.partial_cmp(&b),
        (Number::Integer(a), Number::Double(b)) => (a as f64).partial_cmp(&b),
        (Number::Double(a), Number::Integer(b)) => a.partial_cmp(&(b as f64)),
    }
}

/// The order for sorting: numbers that are equal as doubles are told apart, so that it is total.
fn order_to_sort(meter: &mut Meter, a: &Datum<'_>, b: &Datum<'_>) -> Ordering {
    let whole = |datum: &Datum<'_>| match number(datum) {
        Some(Number::Integer(value)) => value,
        // Casts saturate, and 64-bit integers are far from the bounds of i128.
        Some(Number::Double(value)) => value as i128,
        None => 0,
    };
    let ordering = order(meter, a, b).ok().flatten().unwrap_or(Ordering::Equal);
    ordering.then_with(|| whole(a).cmp(&whole(b)))
}

/// Whether two values that are wholly known are equal. Values of different types are not, except
/// that numbers compare as numbers.
pub(super) fn equal<'a>(meter: &mut Meter, a: &Datum<'a>, b: &Datum<'a>) -> Result<bool, Stop> {
    meter.spend(1)?;
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return Ok(order_numbers(a, b) == Some(Ordering::Equal));
    }
    Ok(match (a, b) {
        (Datum::Null, Datum::Null) => true,
        (Datum::Bool(a), Datum::Bool(b)) => a == b,
        (Datum::Text(a), Datum::Text(b)) => {
            let (a, b) = (a.as_str(), b.as_str());
            meter.read(if a.len() == b.len() { a.len() } else { 0 })?;
            a == b
        }
        (Datum::Bytes(a), Datum::Bytes(b)) => {
            meter.read(a.as_slice().len())?;
            a.as_slice() == b.as_slice()
        }
        (Datum::Timestamp(a), Datum::Timestamp(b)) | (Datum::Duration(a), Datum::Duration(b)) => {
            a == b
        }
        (Datum::Type(a), Datum::Type(b)) => a == b,
        (Datum::List(a), Datum::List(b)) => equal_lists(meter, a, b)?,
        (Datum::Map(a), Datum::Map(b)) => equal_maps(meter, a, b)?,
        (Datum::Object(a), Datum::Object(b)) => a == b,
        (Datum::Optional(None), Datum::Optional(None)) => true,
        (Datum::Optional(Some(a)), Datum::Optional(Some(b))) => equal(meter, a, b)?,
        _ => false,
    })
}

/// Whether a value of a document equals a constant, where both are simple; else nothing is done.
pub(super) fn equal_constant(
    meter: &mut Meter,
    value: Ref<'_>,
    constant: &Owned,
) -> Result<Option<bool>, Stop> {
    let equal = match (value.kind(), constant) {
        (Kind::Text(a), Owned::Text(b)) => {
            meter.read(if a.len() == b.len() { a.len() } else { 0 })?;
            a == b.as_ref()
        }
        (Kind::Bool(a), Owned::Bool(b)) => a == *b,
        (Kind::Int(a), Owned::Int(b)) => a == *b,
        (Kind::Null, Owned::Null) => true,
        (Kind::Null | Kind::Bool(_) | Kind::Int(_), Owned::Text(_)) => false,
        (Kind::Text(_), Owned::Bool(_) | Owned::Int(_) | Owned::Null) => false,
        _ => return Ok(None),
    };
    meter.spend(1)?;
    Ok(Some(equal))
}

fn equal_lists<'a>(meter: &mut Meter, a: &List<'a>, b: &List<'a>) -> Result<bool, Stop> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for index in 0..a.len() {
        let (Some(a), Some(b)) = (a.get(index), b.get(index)) else { return Ok(false) };
        if !equal(meter, &a?, &b?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_maps<'a>(meter: &mut Meter, a: &Map<'a>, b: &Map<'a>) -> Result<bool, Stop> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (key, value) in a.entries() {
        key.pay(meter)?;
        let Some(other) = b.get(&key) else { return Ok(false) };
        if !equal(meter, &value?, &other?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The order of two values; `None` where a number is not a number.
pub(super) fn order(
    meter: &mut Meter,
    a: &Datum<'_>,
    b: &Datum<'_>,
) -> Result<Option<Ordering>, Stop> {
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return Ok(order_numbers(a, b));
    }
    Ok(Some(match (a, b) {
        (Datum::Bool(a), Datum::Bool(b)) => a.cmp(b),
        (Datum::Text(a), Datum::Text(b)) => {
            meter.read(a.as_str().len().min(b.as_str().len()))?;
            a.as_str().cmp(b.as_str())
        }
        (Datum::Bytes(a), Datum::Bytes(b)) => {
            meter.read(a.as_slice().len().min(b.as_slice().len()))?;
            a.as_slice().cmp(b.as_slice())
        }
        (Datum::Timestamp(a), Datum::Timestamp(b)) | (Datum::Duration(a), Datum::Duration(b)) => {
            a.cmp(b)
        }
        (Datum::Object(a), Datum::Object(b)) => a.order(b).ok_or(Stop::no_such_overload())?,
        _ => return Err(Stop::no_such_overload()),
    }))
}

/// Whether a list has an element, or a map a key.
pub(super) fn contains<'a>(
    meter: &mut Meter,
    element: &Datum<'a>,
    container: &Datum<'a>,
) -> Result<bool, Stop> {
    element.marks().check()?;
    container.marks().check()?;
    Ok(match container {
        Datum::List(list) => {
            for index in 0..list.len() {
                let Some(other) = list.get(index) else { break };
                if equal(meter, element, &other?)? {
                    return Ok(true);
                }
            }
            false
        }
        Datum::Map(map) => match Key::lookup(element) {
            Some(key) => {
                key.pay(meter)?;
                map.get(&key).is_some()
            }
            None => false,
        },
        _ => return Err(Stop::no_such_overload()),
    })
}

/// Sorts by keys that can be ordered; equal ones keep their order. Not-a-number cannot be ordered.
pub(super) fn sort<'a, T>(
    meter: &mut Meter,
    items: &mut [T],
    key: impl Fn(&T) -> &Datum<'a>,
) -> Result<(), Stop> {
    let rounds = u64::from(usize::BITS.saturating_sub(items.len().leading_zeros()));
    let Some(first) = items.first().map(|item| key(item).clone()) else { return Ok(()) };
    for item in items.iter() {
        // Sorting needs a total order: all keys are of the first one's kind.
        let before = meter.steps;
        order(meter, &first, key(item))?.ok_or(Stop::error("cel.invalid_argument"))?;
        let cost = before.saturating_sub(meter.steps).saturating_add(1);
        meter.spend(cost.saturating_mul(rounds))?;
    }
    let mut paid = Meter { steps: u64::MAX, bytes: 0 };
    items.sort_by(|a, b| order_to_sort(&mut paid, key(a), key(b)));
    Ok(())
}
