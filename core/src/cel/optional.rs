//! Optional values.

use super::{
    build::ListBuilder,
    datum::{Datum, Eval, Stop},
    meter::{self, Meter},
};

pub(super) fn of<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [value] = arguments else { return Err(Stop::no_such_overload()) };
    meter.allocate(meter::VALUE)?;
    if usize::from(value.depth()) >= crate::limits::DEPTH {
        return Err(Stop::Exhausted);
    }
    Ok(Datum::some(value.clone()))
}

pub(super) fn none<'a>(_: &mut Meter, _: &[Datum<'a>]) -> Eval<'a> {
    Ok(Datum::Optional(None))
}

pub(super) fn of_non_zero<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [value] = arguments else { return Err(Stop::no_such_overload()) };
    value.marks().check()?;
    let zero = match value {
        Datum::Null => true,
        Datum::Bool(value) => !value,
        Datum::Int(value) => *value == 0,
        Datum::Uint(value) => *value == 0,
        Datum::Double(value) => *value == 0.0,
        Datum::Text(text) => text.as_str().is_empty(),
        Datum::Bytes(bytes) => bytes.as_slice().is_empty(),
        Datum::Duration(length) => length.is_zero(),
        Datum::List(list) => list.len() == 0,
        Datum::Map(map) => map.len() == 0,
        Datum::Optional(value) => value.is_none(),
        Datum::Timestamp(_) | Datum::Type(_) | Datum::Object(_) => false,
    };
    if zero { Ok(Datum::Optional(None)) } else { of(meter, arguments) }
}

pub(super) fn has_value<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Optional(value)] = arguments else { return Err(Stop::no_such_overload()) };
    Ok(Datum::Bool(value.is_some()))
}

pub(super) fn value<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Optional(value)] = arguments else { return Err(Stop::no_such_overload()) };
    value.as_ref().map(|value| value.as_ref().clone()).ok_or(Stop::error("cel.no_value"))
}

/// The values of those elements that have one.
pub(super) fn unwrap<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::List(list)] = arguments else { return Err(Stop::no_such_overload()) };
    let mut values = ListBuilder::new();
    for index in 0..list.len() {
        meter.spend(1)?;
        match list.get(index) {
            Some(Ok(Datum::Optional(Some(value)))) => values.push(meter, value.as_ref().clone())?,
            Some(Ok(Datum::Optional(None))) => {}
            Some(Err(stop)) => return Err(stop),
            _ => return Err(Stop::no_such_overload()),
        }
    }
    values.finish(meter)
}
