//! Values of types beyond the specification: what Kubernetes authors know, and compiled regular expressions.

use std::{cmp::Ordering, net::IpAddr, sync::Arc};

use super::{
    datum::{Datum, Eval, Stop},
    meter::{self, Meter},
    naming::NamedFormat,
    network::Cidr,
    pattern::Pattern,
    quantity::Quantity,
    semver::Semver,
    url::Url,
};

/// A value of a type beyond the specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Object {
    Ip(IpAddr),
    Cidr(Cidr),
    Format(NamedFormat),
    /// A constant argument, compiled once; expressions cannot get hold of it.
    Pattern(Pattern),
    Quantity(Quantity),
    Semver(Semver),
    Url(Url),
}

impl Object {
    /// The name of the type, as `type()` gives it.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Ip(_) => "net.IP",
            Self::Cidr(_) => "net.CIDR",
            Self::Format(_) => "kubernetes.NamedFormat",
            Self::Pattern(_) => "string",
            Self::Quantity(_) => "kubernetes.Quantity",
            Self::Semver(_) => "kubernetes.Semver",
            Self::Url(_) => "kubernetes.URL",
        }
    }

    /// A quantity or version as people read it.
    pub(super) fn number(&self) -> Option<String> {
        match self {
            Self::Quantity(quantity) => Some(quantity.to_string()),
            Self::Semver(version) => Some(version.to_string()),
            _ => None,
        }
    }

    /// The order of two quantities or two versions; other objects have none.
    pub(super) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Quantity(a), Self::Quantity(b)) => Some(a.cmp(b)),
            (Self::Semver(a), Self::Semver(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

/// Makes an object of the evaluation.
pub(super) fn made<'a>(meter: &mut Meter, object: Object) -> Eval<'a> {
    meter.allocate(meter::VALUE)?;
    Ok(Datum::Object(Arc::new(object)))
}

/// The text of an address or network.
pub(super) fn write<'a>(meter: &mut Meter, object: &Object) -> Eval<'a> {
    let text = match object {
        Object::Ip(address) => address.to_string(),
        Object::Cidr(network) => network.to_string(),
        _ => return Err(Stop::no_such_overload()),
    };
    meter.allocate(text.len())?;
    Ok(Datum::text(text))
}

fn compare(arguments: &[Datum<'_>]) -> Result<Ordering, Stop> {
    match arguments {
        [Datum::Object(a), Datum::Object(b)] => a.order(b).ok_or(Stop::no_such_overload()),
        _ => Err(Stop::no_such_overload()),
    }
}

/// -1, 0 or 1.
pub(super) fn sign(ordering: Ordering) -> i64 {
    match ordering {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

pub(super) fn compare_to<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(Datum::Int(sign(compare(arguments)?)))
}

pub(super) fn is_greater<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(Datum::Bool(compare(arguments)? == Ordering::Greater))
}

pub(super) fn is_less<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(Datum::Bool(compare(arguments)? == Ordering::Less))
}
