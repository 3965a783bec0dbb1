//! Instants, durations and change windows as values. Nothing here reads a clock.

use std::{borrow::Cow, fmt, str::FromStr};

use jiff::{Timestamp, civil::Weekday, tz::TimeZoneDatabase};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::{Code, Error, Result};

/// An instant in UTC with nanosecond resolution, written as RFC 3339 with `Z` and the shortest fraction.
///
/// ```
/// use poundlock::time::Instant;
///
/// let at: Instant = "2026-11-22T11:00:00.500+01:00".parse()?;
/// assert_eq!(at.to_string(), "2026-11-22T10:00:00.5Z");
/// # Ok::<(), poundlock::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Timestamp);

impl Instant {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(Timestamp::UNIX_EPOCH);
    /// The first one that can be written.
    pub(crate) const MIN: Self = Self(Timestamp::MIN);
    /// The last one that can be written.
    pub(crate) const MAX: Self = Self(Timestamp::MAX);

    /// Seconds since 1970 and the nanoseconds besides, of the same sign.
    pub(crate) fn to_parts(self) -> (i64, i32) {
        (self.0.as_second(), self.0.subsec_nanosecond())
    }

    /// The instant of these parts, if there is one.
    pub(crate) fn from_parts(seconds: i64, nanoseconds: i32) -> Option<Self> {
        Timestamp::new(seconds, nanoseconds).ok().map(Self)
    }

    /// The instant that lies `duration` later, or the last one that can be written.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        let span = jiff::SignedDuration::from_secs(i64::try_from(duration.0).unwrap_or(i64::MAX));
        Self(self.0.checked_add(span).unwrap_or(Timestamp::MAX))
    }

    /// The instant that lies `duration` earlier, or the first one that can be written.
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        let span = jiff::SignedDuration::from_secs(i64::try_from(duration.0).unwrap_or(i64::MAX));
        Self(self.0.checked_sub(span).unwrap_or(Timestamp::MIN))
    }

    /// Makes an instant from seconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    ///
    /// `input.instant` when the year is outside 0001 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Result<Self> {
        Timestamp::from_second(seconds)
            .map(Self)
            .map_err(|_| Error::new(Code::InputInstant, "the instant is out of range"))
    }

    /// The first instant after a day such as `2027-01-31`, in UTC; `None` when it is no day.
    pub(crate) fn after_day(day: &str) -> Option<Self> {
        let midnight: Self =
            (day.len() == "0000-00-00".len()).then(|| format!("{day}T00:00:00Z").parse())?.ok()?;
        Some(midnight.saturating_add(Duration::from_seconds(86_400)))
    }

    /// Reads an instant in the one form that [`Display`](fmt::Display) writes.
    pub(crate) fn from_shortest(text: &str) -> Option<Self> {
        let at: Self = text.parse().ok()?;
        // Whole seconds have one form, but for leap seconds; the usual ones need not be written again.
        let usual = text.len() == "0000-00-00T00:00:00Z".len() && !text.ends_with("60Z");
        (usual || at.to_string() == text).then_some(at)
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    pub fn unix_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub fn unix_nanoseconds(self) -> i128 {
        self.0.as_nanosecond()
    }
}

impl FromStr for Instant {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refuse = || {
            Error::new(Code::InputInstant, "not an instant")
                .with_help("write RFC 3339 with an offset, such as 2026-11-22T10:00:00Z")
        };
        // jiff accepts more than RFC 3339 (no seconds, a space or a bracketed zone, say); one form is enough.
        if !is_rfc3339(text) {
            return Err(refuse());
        }
        text.parse().map(Self).map_err(|_| refuse())
    }
}

/// Whether a text has the form of RFC 3339, in capitals and with at most nine digits of a second.
fn is_rfc3339(text: &str) -> bool {
    // `0` stands for any digit.
    let has_form = |text: &str, form: &str| {
        let fits = |(byte, form): (u8, u8)| byte == form || (form == b'0' && byte.is_ascii_digit());
        text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
    };
    let Some((whole, rest)) = text.split_at_checked(19) else { return false };
    let offset = rest.find(['Z', '+', '-']).and_then(|at| rest.split_at_checked(at));
    let Some((fraction, offset)) = offset else { return false };
    let is_fraction = fraction.strip_prefix('.').map_or(fraction.is_empty(), |digits| {
        (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    let is_offset = offset == "Z" || has_form(offset, "+00:00") || has_form(offset, "-00:00");
    has_form(whole, "0000-00-00T00:00:00") && is_fraction && is_offset
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A length of time in whole seconds, written with a unit: `90s`, `15m`, `24h`, `7d`, `2w`, or `1h30m`.
///
/// ```
/// use poundlock::time::Duration;
///
/// assert_eq!("1h30m".parse::<Duration>()?, Duration::from_seconds(5400));
/// assert_eq!(Duration::from_seconds(5400).to_string(), "1h30m");
/// # Ok::<(), poundlock::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(u64);

impl Duration {
    const UNITS: [(char, u64); 5] =
        [('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];
    /// A thousand years: enough for any rule, and far from overflow.
    const MAX_SECONDS: u64 = 31_557_600_000;

    /// A duration of that many seconds, at most a thousand years.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(if seconds > Self::MAX_SECONDS { Self::MAX_SECONDS } else { seconds })
    }

    /// The number of seconds.
    pub const fn as_seconds(self) -> u64 {
        self.0
    }
}

impl FromStr for Duration {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refuse = || {
            Error::new(Code::InputDuration, "not a duration").with_help(
                "write whole numbers with w, d, h, m or s, largest first: 90s, 24h, 7d, 1h30m",
            )
        };
        let mut seconds: u64 = 0;
        let mut rest = text;
        let mut units = Self::UNITS.iter();
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, tail) = rest.split_at_checked(digits).ok_or_else(refuse)?;
            let number: u64 = number.parse().map_err(|_| refuse())?;
            let unit = tail.chars().next().ok_or_else(refuse)?;
            let (_, size) = units.by_ref().find(|(name, _)| *name == unit).ok_or_else(refuse)?;
            seconds = number
                .checked_mul(*size)
                .and_then(|part| seconds.checked_add(part))
                .filter(|sum| *sum <= Self::MAX_SECONDS)
                .ok_or_else(refuse)?;
            rest = tail.get(unit.len_utf8()..).ok_or_else(refuse)?;
        }
        if text.is_empty() { Err(refuse()) } else { Ok(Self(seconds)) }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (name, size) in Self::UNITS {
            let (count, left) = (rest / size, rest % size);
            if count > 0 {
                write!(f, "{count}{name}")?;
            }
            rest = left;
        }
        Ok(())
    }
}

/// Days and hours of the week, in a named time zone, in which changes may enter a stage (R167).
///
/// A window that ends before it begins runs past midnight and belongs to the day on which it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Window {
    /// An IANA time zone name, such as `Europe/Zurich`.
    pub time_zone: String,
    /// The days of the week on which the window begins.
    pub days: Vec<Day>,
    /// The first minute of the window, as `HH:MM`.
    pub from: TimeOfDay,
    /// The first minute after the window, as `HH:MM`; `24:00` is midnight.
    pub to: TimeOfDay,
}

/// A day of the week.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// Minutes since midnight, written `HH:MM` from `00:00` to `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

impl Window {
    /// Says whether the window makes sense: a known time zone, at least one day, some minutes.
    ///
    /// # Errors
    ///
    /// `charter.invalid`, with what is wrong.
    pub fn validate(&self) -> Result<()> {
        let problem = if TimeZoneDatabase::bundled().get(&self.time_zone).is_err() {
            "the window's time zone is not a name of the IANA time zone database"
        } else if self.days.is_empty() {
            "the window has no days"
        } else if self.from == self.to {
            "the window has no minutes"
        } else {
            return Ok(());
        };
        Err(Error::new(Code::CharterInvalid, problem))
    }

    /// The minutes of the week that the window is open, counted from Monday's midnight.
    pub(crate) fn minutes(&self) -> impl Iterator<Item = u32> {
        const DAY: u32 = 1_440;
        let (from, to) = (u32::from(self.from.0), u32::from(self.to.0));
        let end = if from < to { to } else { to.saturating_add(DAY) };
        self.days.iter().flat_map(move |day| {
            let midnight = (*day as u32).saturating_mul(DAY);
            (from..end).map(move |minute| midnight.saturating_add(minute) % (7 * DAY))
        })
    }

    /// Says whether the instant lies in the window; an unknown time zone contains no instant.
    pub fn contains(&self, at: Instant) -> bool {
        let Ok(zone) = TimeZoneDatabase::bundled().get(&self.time_zone) else {
            return false;
        };
        let local = at.0.to_zoned(zone);
        let minute =
            i32::from(local.hour()).saturating_mul(60).saturating_add(i32::from(local.minute()));
        let (from, to) = (i32::from(self.from.0), i32::from(self.to.0));
        let today = Day::from(local.weekday());
        if from < to {
            self.days.contains(&today) && (from..to).contains(&minute)
        } else {
            let yesterday = Day::from(local.weekday().previous());
            (self.days.contains(&today) && minute >= from)
                || (self.days.contains(&yesterday) && minute < to)
        }
    }
}

impl From<Weekday> for Day {
    fn from(weekday: Weekday) -> Self {
        match weekday {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

impl FromStr for TimeOfDay {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let number = |digits: &str| {
            let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse::<u16>().ok().filter(|_| plain)
        };
        text.split_once(':')
            .and_then(|(hours, minutes)| Some((number(hours)?, number(minutes)?)))
            .filter(|(hours, minutes)| {
                *minutes < 60 && (*hours < 24 || (*hours == 24 && *minutes == 0))
            })
            .map(|(hours, minutes)| Self(hours.saturating_mul(60).saturating_add(minutes)))
            .ok_or_else(|| {
                Error::new(Code::InputInvalidValue, "not a time of day")
                    .with_help("write HH:MM, from 00:00 to 24:00")
            })
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// Reads and writes a type as its text form, with a JSON Schema that says so.
macro_rules! as_text {
    ($type:ty, $name:literal, $pattern:literal, $description:literal) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(|error: Error| {
                    de::Error::custom(format_args!("{}: {}", error.message(), error.help().unwrap_or_default()))
                })
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "minLength": 1, "pattern": $pattern, "description": $description})
            }
        }
    };
}

as_text!(
    Instant,
    "Instant",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$",
    "An RFC 3339 instant."
);
as_text!(
    Duration,
    "Duration",
    "^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$",
    "A duration such as 90s, 24h or 7d."
);
as_text!(
    TimeOfDay,
    "TimeOfDay",
    "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$",
    "A time of day as HH:MM."
);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    // Requirements: R257.
    #[test]
    fn instants_need_an_offset_and_one_form() {
        for text in [
            "2026-11-22",
            "2026-11-22T10:00:00",
            "2026-11-22 10:00:00Z",
            "1795314841",
            "",
            "2026-11-22T10:00:00Z[UTC]",
            "+002026-11-22T10:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-22T10:00Z",
            "2026-11-22T100000Z",
            "2026-11-22T10:00:00+01",
            "2026-11-22T10:00:00+01:00:30",
            "2026-11-22T10:00:00.Z",
            "2026-11-22T10:00:00.1234567890Z",
        ] {
            assert_eq!(text.parse::<Instant>().unwrap_err().code(), "input.instant", "{text}");
        }
        // Whatever the offset, the instant is of UTC.
        assert_eq!(at("2026-11-22T11:00:00+01:00").to_string(), "2026-11-22T10:00:00Z");
        assert_eq!(
            at("2026-11-22T10:00:00.123456789Z").to_string(),
            "2026-11-22T10:00:00.123456789Z"
        );
    }

    #[test]
    fn durations_are_written_with_units() {
        for text in ["", "5", "m", "1x", "1m1h", "-1s", "1.5h", "99999999999999999999s", "1h1h"] {
            assert_eq!(text.parse::<Duration>().unwrap_err().code(), "input.duration", "{text}");
        }
        assert_eq!("1w2d3h4m5s".parse::<Duration>().unwrap().to_string(), "1w2d3h4m5s");
    }

    #[test]
    fn a_window_follows_its_time_zone_and_passes_midnight() {
        let window = Window {
            time_zone: "Europe/Zurich".into(),
            days: vec![Day::Fri],
            from: "22:00".parse().unwrap(),
            to: "02:00".parse().unwrap(),
        };
        window.validate().unwrap();
        assert!(!window.contains(at("2026-11-20T20:59:59Z")));
        assert!(window.contains(at("2026-11-20T21:00:00Z")));
        assert!(window.contains(at("2026-11-21T00:59:59Z")));
        assert!(!window.contains(at("2026-11-21T01:00:00Z")));
        assert!(!window.contains(at("2026-11-21T21:30:00Z")));
        // In summer the same local hours are one hour earlier in UTC.
        assert!(window.contains(at("2026-07-03T20:00:00Z")));
    }
}
