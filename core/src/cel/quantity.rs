//! Quantities as Kubernetes writes them: `500m`, `1.5Gi`, `2e3`.

use std::{cmp::Ordering, fmt};

use super::{
    datum::{Datum, Eval, Stop},
    meter::Meter,
    object::{self, Object},
};

const INVALID: Stop = Stop::error("cel.conversion");
const OVERFLOW: Stop = Stop::error("cel.overflow");
/// What one limb holds, nine decimal digits, and how many there are.
const LIMB: u64 = 1_000_000_000;
const LIMBS: usize = 12;
/// The longest text of a quantity, in bytes.
const LONGEST: usize = 64;

/// An exact number with nine decimal places and 99 digits before them. What is finer is rounded up,
/// away from zero, as Kubernetes does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quantity {
    /// Never set for zero.
    negative: bool,
    magnitude: Magnitude,
}

/// Thousand-millionths, in limbs of nine decimal digits, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Magnitude([u32; LIMBS]);

impl Magnitude {
    const ZERO: Self = Self([0; LIMBS]);

    /// This times a small number plus another; `None` if there is no room.
    fn scaled(mut self, factor: u64, plus: u64) -> Option<Self> {
        let mut carry = plus;
        for limb in &mut self.0 {
            // Factors are less than 2^20 and limbs less than 2^30.
            let sum = u64::from(*limb).saturating_mul(factor).saturating_add(carry);
            *limb = u32::try_from(sum % LIMB).ok()?;
            carry = sum / LIMB;
        }
        (carry == 0).then_some(self)
    }

    /// A tenth of this, and whether something remains.
    fn tenth(mut self) -> (Self, bool) {
        let mut remainder = 0_u64;
        for limb in self.0.iter_mut().rev() {
            let value = remainder.saturating_mul(LIMB).saturating_add((*limb).into());
            *limb = u32::try_from(value / 10).unwrap_or(0);
            remainder = value % 10;
        }
        (self, remainder > 0)
    }

    fn plus(mut self, other: Self) -> Option<Self> {
        let mut carry = 0_u64;
        for (limb, more) in self.0.iter_mut().zip(other.0) {
            let sum = u64::from(*limb).saturating_add(more.into()).saturating_add(carry);
            *limb = u32::try_from(sum % LIMB).ok()?;
            carry = sum / LIMB;
        }
        (carry == 0).then_some(self)
    }

    /// This less another, which is not larger.
    fn minus(mut self, other: Self) -> Self {
        let mut borrowed = 0_u64;
        for (limb, less) in self.0.iter_mut().zip(other.0) {
            let less = u64::from(less).saturating_add(borrowed);
            let have = u64::from(*limb);
            borrowed = u64::from(have < less);
            let have = have.saturating_add(borrowed.saturating_mul(LIMB));
            *limb = u32::try_from(have.saturating_sub(less)).unwrap_or(0);
        }
        self
    }
}

impl Ord for Magnitude {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.iter().rev().cmp(other.0.iter().rev())
    }
}

impl PartialOrd for Magnitude {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Quantity {
    fn new(negative: bool, magnitude: Magnitude) -> Self {
        Self { negative: negative && magnitude != Magnitude::ZERO, magnitude }
    }

    fn plus(self, other: Self) -> Option<Self> {
        if self.negative == other.negative {
            return Some(Self::new(self.negative, self.magnitude.plus(other.magnitude)?));
        }
        Some(match self.magnitude.cmp(&other.magnitude) {
            Ordering::Less => Self::new(other.negative, other.magnitude.minus(self.magnitude)),
            _ => Self::new(self.negative, self.magnitude.minus(other.magnitude)),
        })
    }

    fn negated(self) -> Self {
        Self::new(!self.negative, self.magnitude)
    }

    /// The integer, if it is one that fits 64 bits.
    fn whole(self) -> Option<i64> {
        let (fraction, limbs) = self.magnitude.0.split_first()?;
        if *fraction != 0 {
            return None;
        }
        let value = limbs.iter().rev().try_fold(0_i128, |value, limb| {
            value.checked_mul(LIMB.into())?.checked_add((*limb).into())
        })?;
        i64::try_from(if self.negative { value.checked_neg()? } else { value }).ok()
    }

    /// The nearest double.
    fn approximate(self) -> Option<f64> {
        let sign = if self.negative { "-" } else { "" };
        let digits: String =
            self.magnitude.0.iter().rev().map(|limb| format!("{limb:09}")).collect();
        format!("{sign}{digits}e-9").parse().ok()
    }
}

/// In decimal digits, without a suffix.
impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits: String =
            self.magnitude.0.iter().rev().map(|limb| format!("{limb:09}")).collect();
        let (whole, fraction) =
            digits.split_at_checked(digits.len().saturating_sub(9)).unwrap_or_default();
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let sign = if self.negative { "-" } else { "" };
        let whole = if whole.is_empty() { "0" } else { whole };
        let point = if fraction.is_empty() { "" } else { "." };
        write!(formatter, "{sign}{whole}{point}{fraction}")
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude.cmp(&other.magnitude),
            (true, true) => other.magnitude.cmp(&self.magnitude),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn read_quantity(text: &str) -> Option<Quantity> {
    if text.len() > LONGEST {
        return None;
    }
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = unsigned.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let (number, suffix) = unsigned.split_at_checked(end)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let (binary, decimal) = scale(suffix)?;
    let mut magnitude = Magnitude::ZERO;
    for digit in whole.bytes().chain(fraction.bytes()) {
        magnitude = magnitude.scaled(10, digit.wrapping_sub(b'0').into())?;
    }
    for _ in 0..binary {
        magnitude = magnitude.scaled(1024, 0)?;
    }
    let mut exponent = decimal.checked_add(9)?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    while exponent > 0 && magnitude != Magnitude::ZERO {
        magnitude = magnitude.scaled(10, 0)?;
        exponent = exponent.checked_sub(1)?;
    }
    let mut lost = false;
    while exponent < 0 && magnitude != Magnitude::ZERO {
        let (tenth, remains) = magnitude.tenth();
        (magnitude, lost) = (tenth, lost || remains);
        exponent = exponent.checked_add(1)?;
    }
    if lost {
        magnitude = magnitude.scaled(1, 1)?;
    }
    Some(Quantity::new(negative, magnitude))
}

/// The powers of 1024 and of ten that a suffix stands for.
fn scale(suffix: &str) -> Option<(u32, i32)> {
    Some(match suffix {
        "Ki" => (1, 0),
        "Mi" => (2, 0),
        "Gi" => (3, 0),
        "Ti" => (4, 0),
        "Pi" => (5, 0),
        "Ei" => (6, 0),
        "n" => (0, -9),
        "u" => (0, -6),
        "m" => (0, -3),
        "" => (0, 0),
        "k" => (0, 3),
        "M" => (0, 6),
        "G" => (0, 9),
        "T" => (0, 12),
        "P" => (0, 15),
        "E" => (0, 18),
        _ => {
            let exponent = suffix.strip_prefix(['e', 'E'])?;
            (0, exponent.parse::<i16>().ok()?.into())
        }
    })
}

fn of(datum: &Datum<'_>) -> Result<Quantity, Stop> {
    match datum {
        Datum::Object(object) => match object.as_ref() {
            Object::Quantity(quantity) => Ok(*quantity),
            _ => Err(Stop::no_such_overload()),
        },
        _ => Err(Stop::no_such_overload()),
    }
}

/// An operand: a quantity or an integer.
fn operand(datum: &Datum<'_>) -> Result<Quantity, Stop> {
    match datum {
        Datum::Int(value) => {
            let magnitude = Magnitude::ZERO.scaled(1, value.unsigned_abs());
            let magnitude = magnitude.and_then(|magnitude| magnitude.scaled(LIMB, 0));
            Ok(Quantity::new(*value < 0, magnitude.ok_or(OVERFLOW)?))
        }
        other => of(other),
    }
}

pub(super) fn quantity<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text)] = arguments else { return Err(Stop::no_such_overload()) };
    let quantity = read_quantity(text.as_str()).ok_or(INVALID)?;
    object::made(meter, Object::Quantity(quantity))
}

pub(super) fn is_quantity<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text)] = arguments else { return Err(Stop::no_such_overload()) };
    meter.read(LONGEST)?;
    Ok(Datum::Bool(read_quantity(text.as_str()).is_some()))
}

pub(super) fn is_integer<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [value] = arguments else { return Err(Stop::no_such_overload()) };
    Ok(Datum::Bool(of(value)?.whole().is_some()))
}

pub(super) fn as_integer<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [value] = arguments else { return Err(Stop::no_such_overload()) };
    of(value)?.whole().map(Datum::Int).ok_or(INVALID)
}

pub(super) fn as_double<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [value] = arguments else { return Err(Stop::no_such_overload()) };
    of(value)?.approximate().map(Datum::Double).ok_or(INVALID)
}

pub(super) fn sign<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [value] = arguments else { return Err(Stop::no_such_overload()) };
    Ok(Datum::Int(object::sign(of(value)?.cmp(&Quantity::new(false, Magnitude::ZERO)))))
}

pub(super) fn add<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [a, b] = arguments else { return Err(Stop::no_such_overload()) };
    let sum = of(a)?.plus(operand(b)?).ok_or(OVERFLOW)?;
    object::made(meter, Object::Quantity(sum))
}

pub(super) fn subtract<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [a, b] = arguments else { return Err(Stop::no_such_overload()) };
    let difference = of(a)?.plus(operand(b)?.negated()).ok_or(OVERFLOW)?;
    object::made(meter, Object::Quantity(difference))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// In thousand-millionths.
    fn units(text: &str) -> Option<i128> {
        let quantity = read_quantity(text)?;
        let limbs = quantity.magnitude.0.iter().rev();
        let units = limbs.fold(0, |value: i128, limb| value * 1_000_000_000 + i128::from(*limb));
        Some(if quantity.negative { -units } else { units })
    }

    #[test]
    fn suffixes_scale_exactly() {
        const ONE: i128 = 1_000_000_000;
        assert_eq!(units("500m"), Some(ONE / 2));
        assert_eq!(units("1.5Gi"), Some(3 * 512 * 1024 * 1024 * ONE));
        assert_eq!(units("2e3"), units("2k"));
        assert_eq!(units("-.5"), Some(-ONE / 2));
        assert_eq!(units("1."), Some(ONE));
        assert_eq!(units("1n"), Some(1));
        assert_eq!(units("1E"), Some(10_i128.pow(18) * ONE));
        assert_eq!(units("0e9999"), Some(0));
        for wrong in ["", ".", "1.2.3", "k", "1kk", "1 k", "1e99", "--1", "1e", "10Mo", "10Mm"] {
            assert_eq!(units(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_finer_than_a_unit_is_rounded_away_from_zero() {
        assert_eq!(units("0.1n"), Some(1));
        assert_eq!(units("-1.1n"), Some(-2));
        assert_eq!(units("0.0000000001Gi"), Some(107_374_183));
        assert_eq!(units("1e-300"), Some(1));
    }

    fn quantity(value: i64) -> Quantity {
        read_quantity(&format!("{value}m")).unwrap()
    }

    proptest! {
        #[test]
        fn sums_and_order_are_those_of_integers(a in any::<i64>(), b in any::<i64>()) {
            let (x, y) = (quantity(a), quantity(b));
            let thousandths = |sum: i128| read_quantity(&format!("{sum}m")).unwrap();
            prop_assert_eq!(x.cmp(&y), a.cmp(&b));
            prop_assert_eq!(x.plus(y), Some(thousandths(i128::from(a) + i128::from(b))));
            prop_assert_eq!(
                x.plus(y.negated()),
                Some(thousandths(i128::from(a) - i128::from(b)))
            );
            prop_assert_eq!(read_quantity(&a.to_string()).unwrap().whole(), Some(a));
        }
    }
}
