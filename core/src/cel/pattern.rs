//! Regular expressions: RE2-like, so that matching is linear in the text.

use regex::{Regex, RegexBuilder};

use super::{
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

    /// Whether some part of the text matches.
    pub(super) fn matches<'a>(&self, meter: &mut Meter, text: &Datum<'a>) -> Eval<'a> {
        let Datum::Text(text) = text else { return Err(Stop::no_such_overload()) };
        let blocks = u64::try_from(text.as_str().len().div_ceil(64)).unwrap_or(u64::MAX);
        meter.spend(blocks.saturating_add(1).saturating_mul(self.weight))?;
        Ok(Datum::Bool(self.regex.is_match(text.as_str())))
    }
}

/// `matches` with an expression that is not a constant.
pub(super) fn matches<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [text, Datum::Text(source)] = arguments else { return Err(Stop::no_such_overload()) };
    let source = source.as_str();
    meter.visit(source.len().saturating_mul(10).saturating_add(1000))?;
    Pattern::new(source).ok_or(Stop::error("cel.invalid_argument"))?.matches(meter, text)
}
