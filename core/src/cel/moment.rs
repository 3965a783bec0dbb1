//! Timestamps and durations: reading, writing, arithmetic and parts.
//!
//! Timestamps lie in the years 0001 to 9999, with nanoseconds. Durations are those whose nanoseconds
//! fit 64 bits with sign, some 292 years either way: the specification's suite refuses longer ones.

use std::fmt::Write;

use jiff::{
    SignedDuration, Timestamp,
    civil::DateTime,
    tz::{Offset, TimeZoneDatabase},
};

use super::{
    datum::{Datum, Eval, Stop},
    meter::Meter,
};

const FIRST_SECOND: i64 = -62_135_596_800;
const LAST_SECOND: i64 = 253_402_300_799;
/// The steps of finding a time zone.
const ZONE_STEPS: u64 = 50;
const OVERFLOW: Stop = Stop::error("cel.overflow");
const INVALID: Stop = Stop::error("cel.conversion");

/// A timestamp, if it lies in range.
pub(super) fn timestamp<'a>(since_epoch: SignedDuration) -> Eval<'a> {
    // Seconds are rounded toward zero, so an instant just before the first second needs its own look.
    let seconds = since_epoch.as_secs();
    let before = seconds == FIRST_SECOND && since_epoch.subsec_nanos() < 0;
    if before || !(FIRST_SECOND..=LAST_SECOND).contains(&seconds) {
        return Err(OVERFLOW);
    }
    Ok(Datum::Timestamp(since_epoch))
}

/// A duration, if it is in range.
pub(super) fn duration<'a>(length: SignedDuration) -> Eval<'a> {
    match i64::try_from(length.as_nanos()) {
        Ok(_) => Ok(Datum::Duration(length)),
        Err(_) => Err(OVERFLOW),
    }
}

pub(super) fn add<'a>(a: &Datum<'a>, b: &Datum<'a>) -> Eval<'a> {
    match (a, b) {
        (Datum::Timestamp(at), Datum::Duration(length))
        | (Datum::Duration(length), Datum::Timestamp(at)) => {
            timestamp(at.checked_add(*length).ok_or(OVERFLOW)?)
        }
        (Datum::Duration(a), Datum::Duration(b)) => duration(a.checked_add(*b).ok_or(OVERFLOW)?),
        _ => Err(Stop::no_such_overload()),
    }
}

pub(super) fn subtract<'a>(a: &Datum<'a>, b: &Datum<'a>) -> Eval<'a> {
    match (a, b) {
        (Datum::Timestamp(a), Datum::Timestamp(b)) => duration(a.checked_sub(*b).ok_or(OVERFLOW)?),
        (Datum::Timestamp(at), Datum::Duration(length)) => {
            timestamp(at.checked_sub(*length).ok_or(OVERFLOW)?)
        }
        (Datum::Duration(a), Datum::Duration(b)) => duration(a.checked_sub(*b).ok_or(OVERFLOW)?),
        _ => Err(Stop::no_such_overload()),
    }
}

/// Reads RFC 3339.
pub(super) fn parse_timestamp<'a>(text: &str) -> Eval<'a> {
    // jiff reads more than RFC 3339 (a space or a bracketed zone, say) and less than its whole
    // range with an offset, so the offset is taken off first.
    let plain = text.len() <= 40
        && text.as_bytes().get(10).is_some_and(|byte| matches!(byte, b'T' | b't'))
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    let (local, offset) = match text.strip_suffix(['Z', 'z']) {
        Some(local) => (local, 0),
        None => {
            let at = text.len().checked_sub(6).ok_or(INVALID)?;
            let (local, offset) = text.split_at_checked(at).ok_or(INVALID)?;
            (local, parse_offset(offset).ok_or(INVALID)?)
        }
    };
    let digits =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b'.' | b'T' | b't');
    let complete =
        local.len() == 19 || (local.len() > 20 && local.as_bytes().get(19) == Some(&b'.'));
    if !plain || !complete || !local.bytes().all(digits) {
        return Err(INVALID);
    }
    let local: DateTime = local.parse().map_err(|_| INVALID)?;
    let since_epoch = local.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
    let since_epoch = since_epoch.checked_sub(SignedDuration::from_secs(offset)).ok_or(INVALID)?;
    timestamp(since_epoch)
}

/// An offset such as `+01:00`, in seconds.
fn parse_offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, text.get(1..)?),
        b'-' => (-1, text.get(1..)?),
        _ => (1, text),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let two = |part: &str| -> Option<i64> {
        (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse().ok())?
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Reads a duration such as `1h30m`, `-1.5s` or `100ms`.
pub(super) fn parse_duration<'a>(text: &str) -> Eval<'a> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(Datum::Duration(SignedDuration::ZERO));
    }
    if rest.is_empty() || rest.len() > 200 {
        return Err(INVALID);
    }
    let mut nanoseconds: i128 = 0;
    while !rest.is_empty() {
        let whole = split_digits(&mut rest);
        let fraction = match rest.strip_prefix('.') {
            Some(after) => {
                rest = after;
                split_digits(&mut rest)
            }
            None => "",
        };
        if whole.len().saturating_add(fraction.len()) == 0 || whole.len() > 18 {
            return Err(INVALID);
        }
        const UNITS: [(&str, i128); 8] = [
            ("ns", 1),
            ("us", 1_000),
            ("µs", 1_000),
            ("μs", 1_000),
            ("ms", 1_000_000),
            ("s", 1_000_000_000),
            ("m", 60_000_000_000),
            ("h", 3_600_000_000_000),
        ];
        let (unit, size) = UNITS.iter().find(|(unit, _)| rest.starts_with(unit)).ok_or(INVALID)?;
        rest = rest.strip_prefix(unit).unwrap_or_default();
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| INVALID)? };
        nanoseconds = whole
            .checked_mul(*size)
            .and_then(|part| nanoseconds.checked_add(part))
            .ok_or(OVERFLOW)?;
        let mut digit_size = *size;
        for digit in fraction.bytes() {
            digit_size /= 10;
            nanoseconds = nanoseconds
                .checked_add(i128::from(digit.saturating_sub(b'0')).saturating_mul(digit_size))
                .ok_or(OVERFLOW)?;
        }
    }
    let nanoseconds =
        if negative { nanoseconds.checked_neg().ok_or(OVERFLOW)? } else { nanoseconds };
    let nanoseconds = i64::try_from(nanoseconds).map_err(|_| OVERFLOW)?;
    Ok(Datum::Duration(SignedDuration::from_nanos(nanoseconds)))
}

fn split_digits<'t>(rest: &mut &'t str) -> &'t str {
    let end = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, after) = rest.split_at_checked(end).unwrap_or_default();
    *rest = after;
    digits
}

/// Seconds with the shortest fraction and `s`.
pub(super) fn write_duration(length: SignedDuration) -> String {
    let mut text = String::new();
    if length.is_negative() {
        text.push('-');
    }
    let seconds = length.as_secs().unsigned_abs();
    let fraction = format!("{:09}", length.subsec_nanos().unsigned_abs());
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    // Writing to a string does not fail.
    let _ = write!(text, "{seconds}{point}{fraction}s");
    text
}

/// RFC 3339 in UTC with the shortest fraction.
pub(super) fn write_timestamp(since_epoch: SignedDuration) -> String {
    match civil(since_epoch) {
        Some(at) => format!("{at}Z"),
        None => String::new(),
    }
}

fn civil(since_epoch: SignedDuration) -> Option<DateTime> {
    DateTime::constant(1970, 1, 1, 0, 0, 0, 0).checked_add(since_epoch).ok()
}

/// A part of a timestamp or duration.
#[derive(Clone, Copy)]
enum Part {
    Year,
    Month,
    DayOfYear,
    DayOfMonth,
    Date,
    DayOfWeek,
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
}

fn part<'a>(part: Part, meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let local = match arguments {
        [Datum::Timestamp(at)] => civil(*at),
        [Datum::Timestamp(at), Datum::Text(zone)] => {
            meter.spend(ZONE_STEPS)?;
            in_zone(*at, zone.as_str())?
        }
        [Datum::Duration(length)] => return part_of_duration(part, *length),
        _ => return Err(Stop::no_such_overload()),
    };
    let local = local.ok_or(OVERFLOW)?;
    let value = match part {
        Part::Year => i64::from(local.year()),
        Part::Month => i64::from(local.month()) - 1,
        Part::DayOfYear => i64::from(local.date().day_of_year()) - 1,
        Part::DayOfMonth => i64::from(local.day()) - 1,
        Part::Date => i64::from(local.day()),
        Part::DayOfWeek => i64::from(local.weekday().to_sunday_zero_offset()),
        Part::Hours => i64::from(local.hour()),
        Part::Minutes => i64::from(local.minute()),
        Part::Seconds => i64::from(local.second()),
        Part::Milliseconds => i64::from(local.millisecond()),
    };
    Ok(Datum::Int(value))
}

fn part_of_duration<'a>(part: Part, length: SignedDuration) -> Eval<'a> {
    Ok(Datum::Int(match part {
        Part::Hours => length.as_hours(),
        Part::Minutes => length.as_mins(),
        Part::Seconds => length.as_secs(),
        Part::Milliseconds => i64::from(length.subsec_millis()),
        _ => return Err(Stop::no_such_overload()),
    }))
}

fn in_zone(at: SignedDuration, zone: &str) -> Result<Option<DateTime>, Stop> {
    let offset = match parse_offset(zone) {
        Some(offset) => SignedDuration::from_secs(offset),
        None => {
            if zone.is_empty() || zone.len() > 64 {
                return Err(Stop::error("cel.invalid_argument"));
            }
            let zone = TimeZoneDatabase::bundled()
                .get(zone)
                .map_err(|_| Stop::error("cel.invalid_argument"))?;
            // The rules of a zone are known for all instants that jiff knows; a few hours at the
            // end of the year 9999 have the offset of the last of those.
            let instant = Timestamp::from_second(at.as_secs()).unwrap_or(Timestamp::MAX);
            let offset: Offset = zone.to_offset(instant);
            SignedDuration::from_secs(offset.seconds().into())
        }
    };
    Ok(at.checked_add(offset).and_then(civil))
}

macro_rules! parts {
    ($($name:ident $part:ident)*) => {
        $(pub(super) fn $name<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
            part(Part::$part, meter, arguments)
        })*
    };
}

parts! {
    year Year
    month Month
    day_of_year DayOfYear
    day_of_month DayOfMonth
    date Date
    day_of_week DayOfWeek
    hours Hours
    minutes Minutes
    seconds Seconds
    milliseconds Milliseconds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duration_text(text: &str) -> Option<String> {
        match parse_duration(text) {
            Ok(Datum::Duration(length)) => Some(write_duration(length)),
            _ => None,
        }
    }

    fn timestamp_text(text: &str) -> Option<String> {
        match parse_timestamp(text) {
            Ok(Datum::Timestamp(at)) => Some(write_timestamp(at)),
            _ => None,
        }
    }

    #[test]
    fn durations_are_read_with_units_and_written_in_seconds() {
        assert_eq!(duration_text("1h30m").as_deref(), Some("5400s"));
        assert_eq!(duration_text("-1.5s").as_deref(), Some("-1.5s"));
        assert_eq!(duration_text("1ms2us3ns").as_deref(), Some("0.001002003s"));
        assert_eq!(duration_text("0").as_deref(), Some("0s"));
        for wrong in ["", "1", "s", ".s", "1d", "1h-1m", "--1s", "999999999999999999999h"] {
            assert_eq!(duration_text(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn timestamps_are_rfc_3339_over_the_whole_range() {
        for same in
            ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2024-02-29T12:30:00.5Z"]
        {
            assert_eq!(timestamp_text(same).as_deref(), Some(same));
        }
        assert_eq!(
            timestamp_text("2024-01-01T01:00:00+01:00").as_deref(),
            Some("2024-01-01T00:00:00Z")
        );
        for wrong in [
            "2024-01-01",
            "2024-01-01T00:00:00",
            "2024-01-01 00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-01-01T00:00Z",
            "2024-01-01T00:00:00Z[UTC]",
            "0001-01-01T00:00:00+01:00",
            "-000001-01-01T00:00:00Z",
        ] {
            assert_eq!(timestamp_text(wrong), None, "{wrong}");
        }
    }
}
