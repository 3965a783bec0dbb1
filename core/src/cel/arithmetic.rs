//! `+`, `-`, `*`, `/`, `%` and negation.

use std::sync::Arc;

use super::{
    build,
    datum::{Bytes, Datum, Eval, Stop},
    meter::Meter,
    moment,
    types::Type,
};

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

const OVERFLOW: Stop = Stop::error("cel.overflow");
const DIVIDE_BY_ZERO: Stop = Stop::error("cel.divide_by_zero");

impl Operator {
    /// The type of the result; `None` when there is no such operation.
    pub(super) fn result(self, a: &Type, b: &Type) -> Option<Type> {
        use Operator::{Add, Divide, Multiply, Remainder, Subtract};
        Some(match (self, a, b) {
            (_, Type::Dyn, Type::Dyn) => Type::Dyn,
            (Add, Type::List(a), Type::List(b)) => {
                Type::list(a.as_ref().clone().join(b.as_ref().clone()))
            }
            (Add, Type::List(_), Type::Dyn) | (Add, Type::Dyn, Type::List(_)) => {
                Type::list(Type::Dyn)
            }
            (Add, Type::Timestamp, Type::Duration | Type::Dyn) => Type::Timestamp,
            (Add, Type::Duration, Type::Timestamp) => Type::Timestamp,
            (Add, Type::Duration, Type::Dyn) | (Add, Type::Dyn, Type::Duration) => Type::Dyn,
            (Add, Type::Dyn, Type::Timestamp) => Type::Timestamp,
            (Subtract, Type::Timestamp, Type::Timestamp) => Type::Duration,
            (Subtract, Type::Timestamp, Type::Duration) => Type::Timestamp,
            (Subtract, Type::Timestamp, Type::Dyn) => Type::Dyn,
            (Subtract, Type::Dyn, Type::Timestamp) => Type::Duration,
            (Subtract, Type::Dyn, Type::Duration) => Type::Dyn,
            (Subtract, Type::Duration, Type::Duration | Type::Dyn) => Type::Duration,
            (operator, a, b) => {
                let kind = match (a, b) {
                    (Type::Dyn, kind) | (kind, Type::Dyn) => kind,
                    (a, b) if a == b => a,
                    _ => return None,
                };
                let known = match operator {
                    Add => matches!(
                        kind,
                        Type::Int
                            | Type::Uint
                            | Type::Double
                            | Type::Text
                            | Type::Bytes
                            | Type::Duration
                    ),
                    Subtract | Multiply | Divide => kind.is_number(),
                    Remainder => matches!(kind, Type::Int | Type::Uint),
                };
                known.then(|| kind.clone())?
            }
        })
    }

    pub(super) fn apply<'a>(self, meter: &mut Meter, a: &Datum<'a>, b: &Datum<'a>) -> Eval<'a> {
        match (a, b) {
            (Datum::Int(a), Datum::Int(b)) => self.ints(*a, *b).map(Datum::Int),
            (Datum::Uint(a), Datum::Uint(b)) => self.uints(*a, *b).map(Datum::Uint),
            (Datum::Double(a), Datum::Double(b)) => self.doubles(*a, *b).map(Datum::Double),
            _ if self == Self::Add => add(meter, a, b),
            _ if self == Self::Subtract => moment::subtract(a, b),
            _ => Err(Stop::no_such_overload()),
        }
    }

    fn ints(self, a: i64, b: i64) -> Result<i64, Stop> {
        match self {
            Self::Add => a.checked_add(b),
            Self::Subtract => a.checked_sub(b),
            Self::Multiply => a.checked_mul(b),
            Self::Divide | Self::Remainder if b == 0 => return Err(DIVIDE_BY_ZERO),
            Self::Divide => a.checked_div(b),
            Self::Remainder => a.checked_rem(b),
        }
        .ok_or(OVERFLOW)
    }

    fn uints(self, a: u64, b: u64) -> Result<u64, Stop> {
        match self {
            Self::Add => a.checked_add(b),
            Self::Subtract => a.checked_sub(b),
            Self::Multiply => a.checked_mul(b),
            Self::Divide => return a.checked_div(b).ok_or(DIVIDE_BY_ZERO),
            Self::Remainder => return a.checked_rem(b).ok_or(DIVIDE_BY_ZERO),
        }
        .ok_or(OVERFLOW)
    }

    fn doubles(self, a: f64, b: f64) -> Result<f64, Stop> {
        Ok(match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Remainder => return Err(Stop::no_such_overload()),
        })
    }
}

fn add<'a>(meter: &mut Meter, a: &Datum<'a>, b: &Datum<'a>) -> Eval<'a> {
    match (a, b) {
        (Datum::Text(a), Datum::Text(b)) => {
            let (a, b) = (a.as_str(), b.as_str());
            meter.allocate(a.len().saturating_add(b.len()))?;
            Ok(Datum::text([a, b].concat()))
        }
        (Datum::Bytes(a), Datum::Bytes(b)) => {
            let (a, b) = (a.as_slice(), b.as_slice());
            meter.allocate(a.len().saturating_add(b.len()))?;
            Ok(Datum::Bytes(Bytes::Shared(Arc::from([a, b].concat()))))
        }
        (Datum::List(a), Datum::List(b)) => {
            let mut list = build::ListBuilder::new();
            for part in [a, b] {
                for index in 0..part.len() {
                    if let Some(element) = part.get(index) {
                        list.push(meter, element?)?;
                    }
                }
            }
            list.finish(meter)
        }
        _ => moment::add(a, b),
    }
}

/// `-x`.
pub(super) fn negate<'a>(operand: &Datum<'a>) -> Eval<'a> {
    match operand {
        Datum::Int(value) => value.checked_neg().map(Datum::Int).ok_or(OVERFLOW),
        Datum::Double(value) => Ok(Datum::Double(-value)),
        Datum::Duration(value) => value.checked_neg().map(Datum::Duration).ok_or(OVERFLOW),
        _ => Err(Stop::no_such_overload()),
    }
}
