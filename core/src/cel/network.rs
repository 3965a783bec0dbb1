//! IP addresses and networks in CIDR notation, as authors of Kubernetes policies know them.
//!
//! Text is read strictly: no leading zeros, no zones, and no dots in IPv6 addresses.

use std::{fmt, net::IpAddr};

use super::{
    datum::{Datum, Eval, Stop},
    meter::Meter,
    object::{self, Object},
};

const INVALID: Stop = Stop::error("cel.conversion");

/// A network: an address and how many of its first bits matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cidr {
    address: IpAddr,
    prefix: u8,
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// The bits of an address, first bit first, and how many there are.
fn bits(address: IpAddr) -> (u128, u8) {
    match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}

impl Cidr {
    fn mask(self) -> u128 {
        u128::MAX.checked_shl(128_u32.saturating_sub(self.prefix.into())).unwrap_or(0)
    }

    fn contains(self, address: IpAddr) -> bool {
        let ((own, width), (other, other_width)) = (bits(self.address), bits(address));
        width == other_width && (own ^ other) & self.mask() == 0
    }

    fn masked(self) -> Self {
        let (own, _) = bits(self.address);
        let masked = own & self.mask();
        let address = match self.address {
            IpAddr::V4(_) => IpAddr::V4(u32::try_from(masked >> 96).unwrap_or(0).into()),
            IpAddr::V6(_) => IpAddr::V6(masked.into()),
        };
        Self { address, ..self }
    }
}

/// An IPv4 address within an IPv6 address is the IPv4 address, so that it is held to the same rules.
fn read_ip(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.parse().ok()?;
    if address.is_ipv6() && text.contains('.') {
        return None;
    }
    Some(address.to_canonical())
}

fn read_cidr(text: &str) -> Option<Cidr> {
    let (address, prefix) = text.split_once('/')?;
    // A prefix of an IPv4 address within an IPv6 address would count other bits.
    let address = read_ip(address).filter(|read| read.is_ipv6() == address.contains(':'))?;
    let plain = prefix == "0" || !prefix.starts_with(['0', '+']);
    let prefix: u8 = prefix.parse().ok().filter(|_| plain)?;
    (prefix <= bits(address).1).then_some(Cidr { address, prefix })
}

fn text_of<'t>(arguments: &'t [Datum<'_>]) -> Result<&'t str, Stop> {
    match arguments {
        [Datum::Text(text)] => Ok(text.as_str()),
        _ => Err(Stop::no_such_overload()),
    }
}

fn ip_of(datum: &Datum<'_>) -> Result<IpAddr, Stop> {
    match datum {
        Datum::Object(object) => match object.as_ref() {
            Object::Ip(address) => Ok(*address),
            _ => Err(Stop::no_such_overload()),
        },
        Datum::Text(text) => read_ip(text.as_str()).ok_or(INVALID),
        _ => Err(Stop::no_such_overload()),
    }
}

fn cidr_of(datum: &Datum<'_>) -> Result<Cidr, Stop> {
    match datum {
        Datum::Object(object) => match object.as_ref() {
            Object::Cidr(network) => Ok(*network),
            _ => Err(Stop::no_such_overload()),
        },
        Datum::Text(text) => read_cidr(text.as_str()).ok_or(INVALID),
        _ => Err(Stop::no_such_overload()),
    }
}

/// The address that `ip(text)` reads, or that a network was written with.
pub(super) fn ip<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let address = match arguments {
        [Datum::Text(text)] => read_ip(text.as_str()).ok_or(INVALID)?,
        [network] => cidr_of(network)?.address,
        _ => return Err(Stop::no_such_overload()),
    };
    object::made(meter, Object::Ip(address))
}

pub(super) fn cidr<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let network = read_cidr(text_of(arguments)?).ok_or(INVALID)?;
    object::made(meter, Object::Cidr(network))
}

pub(super) fn is_ip<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(Datum::Bool(read_ip(text_of(arguments)?).is_some()))
}

pub(super) fn is_cidr<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    Ok(Datum::Bool(read_cidr(text_of(arguments)?).is_some()))
}

/// Whether the text is the address as it is best written (RFC 5952).
pub(super) fn is_canonical<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let text = text_of(arguments)?;
    Ok(Datum::Bool(read_ip(text).ok_or(INVALID)?.to_string() == text))
}

/// A property of an address.
fn property<'a>(arguments: &[Datum<'a>], holds: fn(IpAddr) -> bool) -> Eval<'a> {
    match arguments {
        [address @ Datum::Object(_)] => Ok(Datum::Bool(holds(ip_of(address)?))),
        _ => Err(Stop::no_such_overload()),
    }
}

pub(super) fn family<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    match arguments {
        [address @ Datum::Object(_)] => {
            Ok(Datum::Int(if ip_of(address)?.is_ipv4() { 4 } else { 6 }))
        }
        _ => Err(Stop::no_such_overload()),
    }
}

pub(super) fn is_unspecified<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    property(arguments, |address| address.is_unspecified())
}

pub(super) fn is_loopback<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    property(arguments, |address| address.is_loopback())
}

fn link_local_multicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.octets().starts_with(&[224, 0, 0]),
        IpAddr::V6(address) => address.to_bits() >> 112 & 0xff0f == 0xff02,
    }
}

fn link_local_unicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

pub(super) fn is_link_local_multicast<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    property(arguments, link_local_multicast)
}

pub(super) fn is_link_local_unicast<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    property(arguments, link_local_unicast)
}

pub(super) fn is_global_unicast<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    property(arguments, |address| {
        let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
        !(address.is_unspecified()
            || address.is_loopback()
            || address.is_multicast()
            || link_local_unicast(address)
            || broadcast)
    })
}

pub(super) fn contains_ip<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [network @ Datum::Object(_), address] = arguments else {
        return Err(Stop::no_such_overload());
    };
    Ok(Datum::Bool(cidr_of(network)?.contains(ip_of(address)?)))
}

pub(super) fn contains_cidr<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [network @ Datum::Object(_), other] = arguments else {
        return Err(Stop::no_such_overload());
    };
    let (network, other) = (cidr_of(network)?, cidr_of(other)?);
    Ok(Datum::Bool(network.prefix <= other.prefix && network.contains(other.address)))
}

pub(super) fn masked<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [network @ Datum::Object(_)] = arguments else { return Err(Stop::no_such_overload()) };
    object::made(meter, Object::Cidr(cidr_of(network)?.masked()))
}

/// Whether all the bits after the prefix are zero.
pub(super) fn is_mask<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [network @ Datum::Object(_)] = arguments else { return Err(Stop::no_such_overload()) };
    let network = cidr_of(network)?;
    Ok(Datum::Bool(network.masked() == network))
}

pub(super) fn prefix_length<'a>(_: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [network @ Datum::Object(_)] = arguments else { return Err(Stop::no_such_overload()) };
    Ok(Datum::Int(cidr_of(network)?.prefix.into()))
}
