//! Functions over lists, and over lists as sets.

use std::cmp::Ordering;

use super::{
    arithmetic::Operator,
    build::ListBuilder,
    compare,
    datum::{Datum, Eval, List, Stop},
    meter::{self, Meter},
    text,
};

const OUT_OF_RANGE: Stop = Stop::error("cel.index_out_of_bounds");
const INVALID: Stop = Stop::error("cel.invalid_argument");

/// The elements one after the other, each paid for.
fn elements<'a, 'm>(
    meter: &'m mut Meter,
    list: &'m List<'a>,
) -> impl Iterator<Item = Eval<'a>> + use<'a, 'm> {
    (0..list.len()).map_while(move |index| match meter.spend(1) {
        Ok(()) => list.get(index),
        Err(stop) => Some(Err(stop)),
    })
}

fn known_list<'l, 'a>(list: &'l List<'a>) -> Result<&'l List<'a>, Stop> {
    list.marks().check()?;
    Ok(list)
}

fn collect<'a>(meter: &mut Meter, values: impl IntoIterator<Item = Datum<'a>>) -> Eval<'a> {
    let mut list = ListBuilder::new();
    for value in values {
        list.push(meter, value)?;
    }
    list.finish(meter)
}

pub(super) fn reverse<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    match arguments {
        [Datum::Text(text)] => text::reverse(meter, text),
        [Datum::List(list)] => {
            let mut reversed = ListBuilder::new();
            for index in (0..list.len()).rev() {
                if let Some(element) = list.get(index) {
                    reversed.push(meter, element?)?;
                }
            }
            reversed.finish(meter)
        }
        _ => Err(Stop::no_such_overload()),
    }
}

pub(super) fn slice<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::List(list), Datum::Int(from), Datum::Int(to)] = arguments else {
        return Err(Stop::no_such_overload());
    };
    let from = usize::try_from(*from).map_err(|_| OUT_OF_RANGE)?;
    let to = usize::try_from(*to).map_err(|_| OUT_OF_RANGE)?;
    if from > to || to > list.len() {
        return Err(OUT_OF_RANGE);
    }
    let mut part = ListBuilder::new();
    for index in from..to {
        if let Some(element) = list.get(index) {
            part.push(meter, element?)?;
        }
    }
    part.finish(meter)
}

pub(super) fn flatten<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let (list, depth) = match arguments {
        [Datum::List(list)] => (list, 1),
        [Datum::List(list), Datum::Int(depth)] => (list, *depth),
        _ => return Err(Stop::no_such_overload()),
    };
    let depth = usize::try_from(depth).map_err(|_| INVALID)?;
    let mut flat = ListBuilder::new();
    let mut open = vec![(list.clone(), 0_usize)];
    while let Some((list, next)) = open.last_mut() {
        meter.spend(1)?;
        let Some(element) = list.get(*next) else {
            open.pop();
            continue;
        };
        *next = next.saturating_add(1);
        match element? {
            Datum::List(inner) if open.len() <= depth => open.push((inner, 0)),
            element => flat.push(meter, element)?,
        }
    }
    flat.finish(meter)
}

pub(super) fn range<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Int(end)] = arguments else { return Err(Stop::no_such_overload()) };
    let mut list = ListBuilder::new();
    for number in 0..(*end).max(0) {
        list.push(meter, Datum::Int(number))?;
    }
    list.finish(meter)
}

pub(super) fn distinct<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::List(list)] = arguments else { return Err(Stop::no_such_overload()) };
    let mut kept: Vec<Datum<'a>> = Vec::new();
    for index in 0..known_list(list)?.len() {
        let Some(element) = list.get(index) else { break };
        let element = element?;
        let mut repeated = false;
        for other in &kept {
            if compare::equal(meter, &element, other)? {
                repeated = true;
                break;
            }
        }
        if !repeated {
            meter.allocate(meter::VALUE)?;
            kept.push(element);
        }
    }
    collect(meter, kept)
}

pub(super) fn sort<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::List(list)] = arguments else { return Err(Stop::no_such_overload()) };
    meter.allocate(list.len().saturating_mul(meter::VALUE))?;
    let mut sorted = elements(meter, list).collect::<Result<Vec<_>, _>>()?;
    compare::sort(meter, &mut sorted, |element| element)?;
    collect(meter, sorted)
}

pub(super) fn is_sorted<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::List(list)] = arguments else { return Err(Stop::no_such_overload()) };
    let mut before: Option<Datum<'a>> = None;
    for index in 0..list.len() {
        meter.spend(1)?;
        let Some(element) = list.get(index) else { break };
        let element = element?;
        if let Some(before) = &before
            && !matches!(
                compare::order(meter, before, &element)?,
                Some(Ordering::Less | Ordering::Equal)
            )
        {
            return Ok(Datum::Bool(false));
        }
        before = Some(element);
    }
    Ok(Datum::Bool(true))
}

pub(super) fn min<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    extreme(meter, arguments, Ordering::Less)
}

pub(super) fn max<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    extreme(meter, arguments, Ordering::Greater)
}

fn extreme<'a>(meter: &mut Meter, arguments: &[Datum<'a>], wanted: Ordering) -> Eval<'a> {
    let [Datum::List(list)] = arguments else { return Err(Stop::no_such_overload()) };
    let mut best: Option<Datum<'a>> = None;
    for index in 0..list.len() {
        meter.spend(1)?;
        let Some(element) = list.get(index) else { break };
        let element = element?;
        let better = match &best {
            None => true,
            Some(best) => compare::order(meter, &element, best)? == Some(wanted),
        };
        if better {
            best = Some(element);
        }
    }
    best.ok_or(INVALID)
}

/// The sum of numbers or durations; of no elements, 0.
pub(super) fn sum<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::List(list)] = arguments else { return Err(Stop::no_such_overload()) };
    let mut sum: Option<Datum<'a>> = None;
    for index in 0..list.len() {
        meter.spend(1)?;
        let Some(element) = list.get(index) else { break };
        let element = element?;
        if !matches!(
            element,
            Datum::Int(_) | Datum::Uint(_) | Datum::Double(_) | Datum::Duration(_)
        ) {
            return Err(Stop::no_such_overload());
        }
        sum = Some(match sum {
            None => element,
            Some(sum) => Operator::Add.apply(meter, &sum, &element)?,
        });
    }
    Ok(sum.unwrap_or(Datum::Int(0)))
}

pub(super) fn first<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::List(list)] = arguments else { return Err(Stop::no_such_overload()) };
    optional_element(list, Some(0))
}

pub(super) fn last<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::List(list)] = arguments else { return Err(Stop::no_such_overload()) };
    optional_element(list, list.len().checked_sub(1))
}

fn optional_element<'a>(list: &List<'a>, index: Option<usize>) -> Eval<'a> {
    match index.and_then(|index| list.get(index)) {
        Some(element) => Ok(Datum::some(element?)),
        None => Ok(Datum::Optional(None)),
    }
}

pub(super) fn index_of<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::List(list), element] = arguments else { return text::index_of(meter, arguments) };
    find(meter, list, element, 0..list.len())
}

pub(super) fn last_index_of<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::List(list), element] = arguments else {
        return text::last_index_of(meter, arguments);
    };
    find(meter, list, element, (0..list.len()).rev())
}

fn find<'a>(
    meter: &mut Meter,
    list: &List<'a>,
    wanted: &Datum<'a>,
    indices: impl Iterator<Item = usize>,
) -> Eval<'a> {
    known_list(list)?;
    wanted.marks().check()?;
    for index in indices {
        let Some(element) = list.get(index) else { break };
        if compare::equal(meter, &element?, wanted)? {
            return i64::try_from(index).map(Datum::Int).map_err(|_| OUT_OF_RANGE);
        }
    }
    Ok(Datum::Int(-1))
}

/// Whether the list has an equal of each of the others.
fn has_all<'a>(meter: &mut Meter, list: &Datum<'a>, others: &List<'a>) -> Result<bool, Stop> {
    known_list(others)?;
    for index in 0..others.len() {
        meter.spend(1)?;
        let Some(other) = others.get(index) else { break };
        if !compare::contains(meter, &other?, list)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn set_contains<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [list @ Datum::List(_), Datum::List(others)] = arguments else {
        return Err(Stop::no_such_overload());
    };
    has_all(meter, list, others).map(Datum::Bool)
}

pub(super) fn set_equivalent<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [a @ Datum::List(left), b @ Datum::List(right)] = arguments else {
        return Err(Stop::no_such_overload());
    };
    Ok(Datum::Bool(has_all(meter, a, right)? && has_all(meter, b, left)?))
}

pub(super) fn set_intersects<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [list @ Datum::List(_), Datum::List(others)] = arguments else {
        return Err(Stop::no_such_overload());
    };
    list.marks().check()?;
    for index in 0..known_list(others)?.len() {
        meter.spend(1)?;
        let Some(other) = others.get(index) else { break };
        if compare::contains(meter, &other?, list)? {
            return Ok(Datum::Bool(true));
        }
    }
    Ok(Datum::Bool(false))
}
