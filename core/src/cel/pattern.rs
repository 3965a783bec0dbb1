//! Regular expressions: RE2-like, so that matching is linear in the text.

use regex::{Regex, RegexBuilder};

use super::{
    build::ListBuilder,
    datum::{Datum, Eval, Stop},
    meter::Meter,
};

/// The longest source of a regular expression, in bytes.
const SOURCE_BYTES: usize = 2048;
/// The largest compiled form by weight: an expression is as heavy as the smallest form that holds it.
const WEIGHTS: [(usize, u64); 3] = [(8 * 1024, 1), (32 * 1024, 8), (128 * 1024, 64)];

/// A compiled regular expression.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    regex: Regex,
    weight: u64,
}

impl Pattern {
    /// Compiles; `None` if the expression is malformed or too large.
    pub(super) fn new(source: &str) -> Option<Self> {
        if source.len() > SOURCE_BYTES {
            return None;
        }
        WEIGHTS.iter().find_map(|(size, weight)| {
            let regex = RegexBuilder::new(source)
                .size_limit(*size)
                .dfa_size_limit(1024 * 1024)
                .nest_limit(50)
                .build()
                .ok()?;
            Some(Self { regex, weight: *weight })
        })
    }

    /// Spends the steps of searching the text once.
    fn pay(&self, meter: &mut Meter, text: &str) -> Result<(), Stop> {
        let blocks = u64::try_from(text.len().div_ceil(64)).unwrap_or(u64::MAX);
        meter.spend(blocks.saturating_add(1).saturating_mul(self.weight))
    }

    /// Whether some part of the text matches.
    pub(super) fn matches<'a>(&self, meter: &mut Meter, text: &Datum<'a>) -> Eval<'a> {
        let Datum::Text(text) = text else { return Err(Stop::no_such_overload()) };
        self.pay(meter, text.as_str())?;
        Ok(Datum::Bool(self.regex.is_match(text.as_str())))
    }
}

fn dynamic(meter: &mut Meter, source: &str) -> Result<Pattern, Stop> {
    meter.visit(source.len().saturating_mul(10).saturating_add(1000))?;
    Pattern::new(source).ok_or(Stop::error("cel.invalid_argument"))
}

/// `matches` with an expression that is not a constant.
pub(super) fn matches<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [text, Datum::Text(source)] = arguments else { return Err(Stop::no_such_overload()) };
    dynamic(meter, source.as_str())?.matches(meter, text)
}

/// The first part that matches, or empty text.
pub(super) fn find<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text), Datum::Text(source)] = arguments else {
        return Err(Stop::no_such_overload());
    };
    let pattern = dynamic(meter, source.as_str())?;
    pattern.pay(meter, text.as_str())?;
    let found = pattern.regex.find(text.as_str()).map_or("", |found| found.as_str());
    meter.allocate(found.len())?;
    Ok(Datum::text(found))
}

/// All parts that match, or the first so many.
pub(super) fn find_all<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let (text, source, limit) = match arguments {
        [Datum::Text(text), Datum::Text(source)] => (text, source, -1),
        [Datum::Text(text), Datum::Text(source), Datum::Int(limit)] => (text, source, *limit),
        _ => return Err(Stop::no_such_overload()),
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let pattern = dynamic(meter, source.as_str())?;
    let mut list = ListBuilder::new();
    let mut start = 0;
    // Each search reads at most what is left of the text.
    pattern.pay(meter, text.as_str())?;
    for found in pattern.regex.find_iter(text.as_str()).take(limit) {
        pattern.pay(meter, text.as_str().get(start..).unwrap_or_default())?;
        start = found.end();
        meter.allocate(found.len())?;
        list.push(meter, Datum::text(found.as_str()))?;
    }
    list.finish(meter)
}
