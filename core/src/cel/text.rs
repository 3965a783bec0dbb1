//! Functions over text. Positions count Unicode scalar values, as the specification says.

use super::{
    build::ListBuilder,
    datum::{Datum, Eval, List, Stop, Text},
    meter::Meter,
};

const OUT_OF_RANGE: Stop = Stop::error("cel.index_out_of_bounds");

fn read<'t>(meter: &mut Meter, text: &'t Text<'_>) -> Result<&'t str, Stop> {
    let text = text.as_str();
    meter.read(text.len())?;
    Ok(text)
}

/// Text of so many bytes at most, paid for before it is made.
fn make<'a>(meter: &mut Meter, bytes: usize, make: impl FnOnce() -> String) -> Eval<'a> {
    meter.allocate(bytes)?;
    Ok(Datum::text(make().into_boxed_str()))
}

/// The byte at which the character of that number begins, or the end.
fn byte_of(text: &str, character: i64) -> Option<usize> {
    let character = usize::try_from(character).ok()?;
    text.char_indices().map(|(byte, _)| byte).chain(std::iter::once(text.len())).nth(character)
}

fn characters_before(text: &str, byte: usize) -> i64 {
    let before = text.get(..byte).unwrap_or(text).chars().count();
    i64::try_from(before).unwrap_or(i64::MAX)
}

pub(super) fn starts_with<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text), Datum::Text(prefix)] = arguments else {
        return Err(Stop::no_such_overload());
    };
    Ok(Datum::Bool(text.as_str().starts_with(read(meter, prefix)?)))
}

pub(super) fn ends_with<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text), Datum::Text(suffix)] = arguments else {
        return Err(Stop::no_such_overload());
    };
    Ok(Datum::Bool(text.as_str().ends_with(read(meter, suffix)?)))
}

pub(super) fn contains<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text), Datum::Text(part)] = arguments else {
        return Err(Stop::no_such_overload());
    };
    Ok(Datum::Bool(read(meter, text)?.contains(read(meter, part)?)))
}

pub(super) fn lower<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text)] = arguments else { return Err(Stop::no_such_overload()) };
    let text = read(meter, text)?;
    make(meter, text.len(), || text.to_ascii_lowercase())
}

pub(super) fn upper<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text)] = arguments else { return Err(Stop::no_such_overload()) };
    let text = read(meter, text)?;
    make(meter, text.len(), || text.to_ascii_uppercase())
}

pub(super) fn trim<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text)] = arguments else { return Err(Stop::no_such_overload()) };
    match text {
        Text::Borrowed(text) => {
            meter.read(text.len())?;
            Ok(Datum::Text(Text::Borrowed(text.trim())))
        }
        Text::Shared(text) => {
            let text = text.trim();
            make(meter, text.len(), || text.to_owned())
        }
    }
}

pub(super) fn reverse<'a>(meter: &mut Meter, text: &Text<'a>) -> Eval<'a> {
    let text = read(meter, text)?;
    make(meter, text.len(), || text.chars().rev().collect())
}

pub(super) fn char_at<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text), Datum::Int(index)] = arguments else {
        return Err(Stop::no_such_overload());
    };
    let text = read(meter, text)?;
    let byte = byte_of(text, *index).ok_or(OUT_OF_RANGE)?;
    let character = text.get(byte..).and_then(|rest| rest.chars().next());
    Ok(Datum::text(character.map(String::from).unwrap_or_default()))
}

pub(super) fn index_of<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let (text, part, from) = match arguments {
        [Datum::Text(text), Datum::Text(part)] => (text, part, 0),
        [Datum::Text(text), Datum::Text(part), Datum::Int(from)] => (text, part, *from),
        _ => return Err(Stop::no_such_overload()),
    };
    let (text, part) = (read(meter, text)?, read(meter, part)?);
    let start = byte_of(text, from).ok_or(OUT_OF_RANGE)?;
    let found = text.get(start..).and_then(|rest| rest.find(part));
    Ok(Datum::Int(found.map_or(-1, |at| characters_before(text, start.saturating_add(at)))))
}

pub(super) fn last_index_of<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let (text, part, last) = match arguments {
        [Datum::Text(text), Datum::Text(part)] => (text, part, None),
        [Datum::Text(text), Datum::Text(part), Datum::Int(last)] => (text, part, Some(*last)),
        _ => return Err(Stop::no_such_overload()),
    };
    let (text, part) = (read(meter, text)?, read(meter, part)?);
    // A match may begin at the last position at the latest.
    let end = match last {
        Some(last) => {
            byte_of(text, last).ok_or(OUT_OF_RANGE)?.saturating_add(part.len()).min(text.len())
        }
        None => text.len(),
    };
    let mut end = end;
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    let found = text.get(..end).and_then(|rest| rest.rfind(part));
    Ok(Datum::Int(found.map_or(-1, |at| characters_before(text, at))))
}

pub(super) fn substring<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let (text, from, to) = match arguments {
        [Datum::Text(text), Datum::Int(from)] => (text, *from, None),
        [Datum::Text(text), Datum::Int(from), Datum::Int(to)] => (text, *from, Some(*to)),
        _ => return Err(Stop::no_such_overload()),
    };
    meter.read(text.as_str().len())?;
    let start = byte_of(text.as_str(), from).ok_or(OUT_OF_RANGE)?;
    let end = match to {
        Some(to) => byte_of(text.as_str(), to).ok_or(OUT_OF_RANGE)?,
        None => text.as_str().len(),
    };
    match text {
        Text::Borrowed(text) => {
            Ok(Datum::Text(Text::Borrowed(text.get(start..end).ok_or(OUT_OF_RANGE)?)))
        }
        Text::Shared(text) => {
            let text = text.get(start..end).ok_or(OUT_OF_RANGE)?;
            make(meter, text.len(), || text.to_owned())
        }
    }
}

pub(super) fn replace<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let (text, from, to, limit) = match arguments {
        [Datum::Text(text), Datum::Text(from), Datum::Text(to)] => (text, from, to, -1),
        [Datum::Text(text), Datum::Text(from), Datum::Text(to), Datum::Int(limit)] => {
            (text, from, to, *limit)
        }
        _ => return Err(Stop::no_such_overload()),
    };
    let (text, from, to) = (read(meter, text)?, read(meter, from)?, read(meter, to)?);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let count = text.matches(from).take(limit).count();
    // Asked for before it is made: the result may be as long as the product of both texts.
    meter.allocate(text.len().saturating_add(count.saturating_mul(to.len())))?;
    Ok(Datum::text(text.replacen(from, to, count)))
}

pub(super) fn split<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let (text, separator, limit) = match arguments {
        [Datum::Text(text), Datum::Text(separator)] => (text, separator, -1),
        [Datum::Text(text), Datum::Text(separator), Datum::Int(limit)] => (text, separator, *limit),
        _ => return Err(Stop::no_such_overload()),
    };
    let mut list = ListBuilder::new();
    if limit == 0 {
        return list.finish(meter);
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let separator = read(meter, separator)?;
    meter.read(text.as_str().len())?;
    match text {
        Text::Borrowed(text) => {
            for part in parts(text, separator, limit) {
                list.push(meter, Datum::Text(Text::Borrowed(part)))?;
            }
        }
        Text::Shared(text) => {
            for part in parts(text, separator, limit) {
                meter.allocate(part.len())?;
                list.push(meter, Datum::text(part))?;
            }
        }
    }
    list.finish(meter)
}

/// The parts between separators; an empty separator splits into characters.
fn parts<'s, 't: 's>(
    text: &'t str,
    separator: &'s str,
    limit: usize,
) -> Box<dyn Iterator<Item = &'t str> + 's> {
    if !separator.is_empty() {
        return Box::new(text.splitn(limit, separator));
    }
    let mut rest = text;
    let mut left = limit;
    Box::new(std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        left = left.saturating_sub(1);
        let end = if left == 0 { rest.len() } else { first.len_utf8() };
        let (part, after) = rest.split_at_checked(end)?;
        rest = after;
        Some(part)
    }))
}

pub(super) fn join<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let (list, separator): (&List<'a>, &str) = match arguments {
        [Datum::List(list)] => (list, ""),
        [Datum::List(list), Datum::Text(separator)] => (list, separator.as_str()),
        _ => return Err(Stop::no_such_overload()),
    };
    let mut joined = String::new();
    for index in 0..list.len() {
        let Some(element) = list.get(index) else { break };
        let Datum::Text(element) = element? else { return Err(Stop::no_such_overload()) };
        let separator = if index == 0 { "" } else { separator };
        meter.spend(1)?;
        meter.allocate(element.as_str().len().saturating_add(separator.len()))?;
        joined.push_str(separator);
        joined.push_str(element.as_str());
    }
    Ok(Datum::text(joined.into_boxed_str()))
}

/// Text as a literal in double quotes.
pub(super) fn quote<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text)] = arguments else { return Err(Stop::no_such_overload()) };
    let text = read(meter, text)?;
    // Every character may become two.
    meter.allocate(text.len().saturating_mul(2).saturating_add(2))?;
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '\x07' => quoted.push_str("\\a"),
            '\x08' => quoted.push_str("\\b"),
            '\x0c' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\x0b' => quoted.push_str("\\v"),
            '\\' => quoted.push_str("\\\\"),
            '"' => quoted.push_str("\\\""),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    Ok(Datum::text(quoted.into_boxed_str()))
}

pub(super) fn size<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [value] = arguments else { return Err(Stop::no_such_overload()) };
    value.marks().check()?;
    let size = match value {
        Datum::Text(text) => read(meter, text)?.chars().count(),
        Datum::Bytes(bytes) => bytes.as_slice().len(),
        Datum::List(list) => list.len(),
        Datum::Map(map) => map.len(),
        _ => return Err(Stop::no_such_overload()),
    };
    i64::try_from(size).map(Datum::Int).map_err(|_| Stop::error("cel.overflow"))
}
