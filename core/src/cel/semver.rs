//! Semantic versions, as authors of Kubernetes policies know them: `1.2.3-rc.1+build.5`.
//!
//! The order is that of [Semantic Versioning 2.0.0](https://semver.org): build metadata counts neither in
//! it nor in equality. Normalised, a leading `v`, leading zeros, and a missing minor or patch number are allowed.

use std::{cmp::Ordering, fmt};

use semver::Version;

use super::{
    datum::{Datum, Eval, Stop},
    meter::Meter,
    object::{self, Object},
};

/// The longest text of a version, in bytes.
const LONGEST: usize = 256;

/// A version.
#[derive(Clone, Debug)]
pub(super) struct Semver(Box<Version>);

impl fmt::Display for Semver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Ord for Semver {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp_precedence(&other.0)
    }
}

impl PartialOrd for Semver {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Semver {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Semver {}

fn read(arguments: &[Datum<'_>]) -> Result<Option<Semver>, Stop> {
    let (text, normalize) = match arguments {
        [Datum::Text(text)] => (text.as_str(), false),
        [Datum::Text(text), Datum::Bool(normalize)] => (text.as_str(), *normalize),
        _ => return Err(Stop::no_such_overload()),
    };
    if text.len() > LONGEST {
        return Ok(None);
    }
    let version = if normalize {
        normalized(text).and_then(|text| Version::parse(&text).ok())
    } else {
        Version::parse(text).ok()
    };
    Ok(version.map(|version| Semver(Box::new(version))))
}

/// The version in its strict form. `None` where one without a patch number has more than numbers.
fn normalized(text: &str) -> Option<String> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let mut parts: Vec<String> = text.splitn(3, '.').map(without_zeros).collect();
    if parts.len() < 3 && text.contains(['+', '-']) {
        return None;
    }
    parts.resize(3, "0".to_owned());
    Some(parts.join("."))
}

fn without_zeros(number: &str) -> String {
    let digits = number.trim_start_matches('0');
    let needs_zero =
        digits.len() < number.len() && !digits.starts_with(|c: char| c.is_ascii_digit());
    if needs_zero { format!("0{digits}") } else { digits.to_owned() }
}

pub(super) fn semver<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let version = read(arguments)?.ok_or(Stop::error("cel.conversion"))?;
    meter.allocate(LONGEST)?;
    object::made(meter, Object::Semver(version))
}

pub(super) fn is_semver<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    meter.read(LONGEST)?;
    Ok(Datum::Bool(read(arguments)?.is_some()))
}

fn number<'a>(arguments: &[Datum<'a>], part: fn(&Version) -> u64) -> Eval<'a> {
    let [Datum::Object(object)] = arguments else { return Err(Stop::no_such_overload()) };
    let Object::Semver(version) = object.as_ref() else { return Err(Stop::no_such_overload()) };
    let number = i64::try_from(part(&version.0)).map_err(|_| Stop::error("cel.overflow"))?;
    Ok(Datum::Int(number))
}

pub(super) fn major<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    number(arguments, |version| version.major)
}

pub(super) fn minor<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    number(arguments, |version| version.minor)
}

pub(super) fn patch<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    number(arguments, |version| version.patch)
}
