//! Regular expressions: RE2-like, so that matching is linear in the text.

use std::borrow::Cow;

use regex::{Captures, Regex, RegexBuilder};

use super::{
    build::ListBuilder,
    datum::{Datum, Eval, Stop},
    meter::{self, Meter},
    object::Object,
};
use crate::limits;

/// The largest compiled form by weight: an expression is as heavy as the smallest form that holds it.
const WEIGHTS: [(usize, u64); 3] =
    [(8 * 1024, 1), (32 * 1024, 8), (limits::PATTERN_COMPILED_BYTES, 64)];

/// The states of a search that are kept for the next ones may take so many times the compiled form.
/// There are two such tables, one for each direction; what does not fit is computed again.
const STATES: usize = 8;

/// A compiled regular expression.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    regex: Regex,
    weight: u64,
    /// The bytes that the compiled form may have.
    size: usize,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str()
    }
}

impl Eq for Pattern {}

impl Pattern {
    /// Compiles; `None` if the expression is malformed or too large.
    pub(super) fn new(source: &str) -> Option<Self> {
        if source.len() > limits::PATTERN_BYTES {
            return None;
        }
        WEIGHTS.iter().find_map(|(size, weight)| {
            let regex = RegexBuilder::new(source)
                .size_limit(*size)
                .dfa_size_limit(size.saturating_mul(STATES))
                .nest_limit(50)
                .build()
                .ok()?;
            Some(Self { regex, weight: *weight, size: *size })
        })
    }

    /// The bytes that count among [`limits::EXPRESSION_PATTERN_BYTES`].
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Spends the steps of searching the text once.
    fn pay(&self, meter: &mut Meter, text: &str) -> Result<(), Stop> {
        let blocks = u64::try_from(text.len().div_ceil(64)).unwrap_or(u64::MAX);
        meter.spend(blocks.saturating_add(1).saturating_mul(self.weight))
    }

    /// Whether some part of the text matches.
    pub(super) fn matches(&self, meter: &mut Meter, text: &Datum<'_>) -> Result<bool, Stop> {
        let Datum::Text(text) = text else { return Err(Stop::no_such_overload()) };
        self.pay(meter, text.as_str())?;
        Ok(self.regex.is_match(text.as_str()))
    }
}

/// What compiling a regular expression costs. A class of Unicode, such as `\w` or `\pL`, has hundreds
/// of ranges.
fn cost(source: &str) -> usize {
    let mut classes: usize = 0;
    let mut bytes = source.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'\\' && bytes.next().is_some_and(|escaped| b"pPwWdDsSbB".contains(&escaped)) {
            classes = classes.saturating_add(1);
        }
    }
    let bytes = source.len().saturating_mul(10);
    classes.saturating_mul(5000).saturating_add(bytes).saturating_add(1000)
}

fn dynamic(meter: &mut Meter, source: &str) -> Result<Pattern, Stop> {
    meter.visit(cost(source))?;
    Pattern::new(source).ok_or(Stop::error("cel.invalid_argument"))
}

/// `matches` with an expression that is not a constant.
pub(super) fn matches<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [text, Datum::Text(source)] = arguments else { return Err(Stop::no_such_overload()) };
    dynamic(meter, source.as_str())?.matches(meter, text).map(Datum::Bool)
}

/// The regular expression of an argument, compiled when the program was if it is a constant.
fn pattern<'p>(meter: &mut Meter, argument: &'p Datum<'_>) -> Result<Cow<'p, Pattern>, Stop> {
    match argument {
        Datum::Text(source) => dynamic(meter, source.as_str()).map(Cow::Owned),
        Datum::Object(object) => match object.as_ref() {
            Object::Pattern(pattern) => Ok(Cow::Borrowed(pattern)),
            _ => Err(Stop::no_such_overload()),
        },
        _ => Err(Stop::no_such_overload()),
    }
}

/// Calls `visit` with each match, the first `limit` of them, until it fails.
fn each_match(
    meter: &mut Meter,
    pattern: &Pattern,
    text: &str,
    limit: usize,
    mut visit: impl FnMut(&mut Meter, &Captures<'_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut start = 0;
    pattern.pay(meter, text)?;
    for found in pattern.regex.captures_iter(text).take(limit) {
        // The next search reads at most what is left of the text.
        pattern.pay(meter, text.get(start..).unwrap_or_default())?;
        start = found.get(0).map_or(text.len(), |whole| whole.end());
        visit(meter, &found)?;
    }
    Ok(())
}

/// The first part that matches, or empty text.
pub(super) fn find<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text), source] = arguments else { return Err(Stop::no_such_overload()) };
    let pattern = pattern(meter, source)?;
    pattern.pay(meter, text.as_str())?;
    let found = pattern.regex.find(text.as_str()).map_or("", |found| found.as_str());
    meter.allocate(found.len())?;
    Ok(Datum::text(found))
}

/// All parts that match, or the first so many.
pub(super) fn find_all<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let (text, source, limit) = match arguments {
        [Datum::Text(text), source] => (text, source, -1),
        [Datum::Text(text), source, Datum::Int(limit)] => (text, source, *limit),
        _ => return Err(Stop::no_such_overload()),
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let pattern = pattern(meter, source)?;
    let mut list = ListBuilder::new();
    each_match(meter, &pattern, text.as_str(), limit, |meter, found| {
        let found = group(found, 0);
        meter.allocate(found.len())?;
        list.push(meter, Datum::text(found))
    })?;
    list.finish(meter)
}

/// What a group of a match holds.
fn group<'t>(found: &Captures<'t>, number: usize) -> &'t str {
    found.get(number).map_or("", |group| group.as_str())
}

/// The group whose text is extracted: the only one there is, or all of a match.
fn extracted(pattern: &Pattern) -> Result<usize, Stop> {
    let groups = pattern.regex.captures_len().saturating_sub(1);
    if groups > 1 { Err(Stop::error("cel.invalid_argument")) } else { Ok(groups) }
}

/// The first part that matches, or its group; no value where that is empty for want of one.
pub(super) fn extract<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text), source] = arguments else { return Err(Stop::no_such_overload()) };
    let pattern = pattern(meter, source)?;
    let number = extracted(&pattern)?;
    let mut first = Datum::Optional(None);
    each_match(meter, &pattern, text.as_str(), 1, |meter, found| {
        let part = group(found, number);
        meter.allocate(part.len().saturating_add(meter::VALUE))?;
        if number == 0 || !part.is_empty() {
            first = Datum::some(Datum::text(part));
        }
        Ok(())
    })?;
    Ok(first)
}

/// All parts that match, or their groups but for empty ones.
pub(super) fn extract_all<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text), source] = arguments else { return Err(Stop::no_such_overload()) };
    let pattern = pattern(meter, source)?;
    let number = extracted(&pattern)?;
    let mut list = ListBuilder::new();
    each_match(meter, &pattern, text.as_str(), usize::MAX, |meter, found| {
        let part = group(found, number);
        if number > 0 && part.is_empty() {
            return Ok(());
        }
        meter.allocate(part.len())?;
        list.push(meter, Datum::text(part))
    })?;
    list.finish(meter)
}

/// The text with matches replaced, all or the first so many. In the replacement, `\1` stands for a
/// group, `\0` for the match, and `\\` for a backslash.
pub(super) fn replace<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let (text, source, by, limit) = match arguments {
        [Datum::Text(text), source, Datum::Text(by)] => (text.as_str(), source, by.as_str(), -1),
        [Datum::Text(text), source, Datum::Text(by), Datum::Int(limit)] => {
            (text.as_str(), source, by.as_str(), *limit)
        }
        _ => return Err(Stop::no_such_overload()),
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let pattern = pattern(meter, source)?;
    let by = replacement(meter, by, pattern.regex.captures_len())?;
    let (mut result, mut copied) = (String::new(), 0);
    let push = |meter: &mut Meter, result: &mut String, part: &str| {
        meter.allocate(part.len())?;
        result.push_str(part);
        Ok(())
    };
    each_match(meter, &pattern, text, limit, |meter, found| {
        let Some(whole) = found.get(0) else { return Ok(()) };
        push(meter, &mut result, text.get(copied..whole.start()).unwrap_or_default())?;
        copied = whole.end();
        by.iter().try_for_each(|part| match part {
            Part::Text(text) => push(meter, &mut result, text),
            Part::Group(number) => push(meter, &mut result, group(found, *number)),
        })
    })?;
    push(meter, &mut result, text.get(copied..).unwrap_or_default())?;
    Ok(Datum::text(result))
}

/// A part of a replacement.
enum Part<'t> {
    Text(&'t str),
    Group(usize),
}

/// The parts of a replacement for a regular expression with so many groups, the whole match counted.
fn replacement<'t>(meter: &mut Meter, text: &'t str, groups: usize) -> Result<Vec<Part<'t>>, Stop> {
    const INVALID: Stop = Stop::error("cel.invalid_argument");
    meter.allocate(text.len().saturating_mul(meter::VALUE))?;
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        parts.push(Part::Text(before));
        let next = after.chars().next().ok_or(INVALID)?;
        let (escaped, after) = after.split_at_checked(next.len_utf8()).ok_or(INVALID)?;
        parts.push(match next.to_digit(10).map(usize::try_from) {
            Some(Ok(number)) if number < groups => Part::Group(number),
            None if next == '\\' => Part::Text(escaped),
            _ => return Err(INVALID),
        });
        rest = after;
    }
    parts.push(Part::Text(rest));
    Ok(parts)
}
