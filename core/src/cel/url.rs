//! URLs, as authors of Kubernetes policies know them: with a scheme, or a path that begins with `/`.
//!
//! Text is read as RFC 3986 says and as Go's `net/url` does, on which Kubernetes stands, but for hosts:
//! those in brackets must be IPv6 addresses, and others have no colon.

use std::net::Ipv6Addr;

use super::{
    build::{ListBuilder, MapBuilder},
    datum::{Datum, Eval, Stop},
    meter::Meter,
    object::{self, Object},
};

/// The longest text of a URL, in bytes.
const LONGEST: usize = 64 * 1024;

/// A URL in its parts, as they were written but for the scheme, which is in lower case, and the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url {
    scheme: String,
    /// What follows the scheme, where that is neither a host nor a path.
    opaque: String,
    user: Option<String>,
    /// Host and port, without percent-encoding.
    host: String,
    path: String,
    query: Option<String>,
    fragment: Option<String>,
}

fn read(text: &str) -> Option<Url> {
    // Control characters are in no part of a URL.
    if text.is_empty() || text.len() > LONGEST || text.bytes().any(|byte| byte.is_ascii_control()) {
        return None;
    }
    let (text, fragment) = cut(text, '#');
    fragment.map_or(Some(()), |fragment| decoded(fragment, false).map(drop))?;
    let (scheme, rest) = scheme(text)?;
    let (rest, query) = cut(rest, '?');
    let mut url = Url {
        scheme: scheme.to_ascii_lowercase(),
        opaque: String::new(),
        user: None,
        host: String::new(),
        path: String::new(),
        query: query.map(str::to_owned),
        fragment: fragment.map(str::to_owned),
    };
    if !rest.starts_with('/') {
        // A path relative to nothing is no URL.
        url.opaque = (!scheme.is_empty()).then(|| rest.to_owned())?;
        return Some(url);
    }
    let mut path = rest;
    let authority =
        rest.strip_prefix("//").filter(|_| !scheme.is_empty() || !rest.starts_with("///"));
    if let Some(rest) = authority {
        let (authority, after) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        path = after;
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        if let Some(user) = user {
            let allowed =
                |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
            if !user.bytes().all(allowed) || decoded(user, false).is_none() {
                return None;
            }
        }
        url.user = user.map(str::to_owned);
        url.host = read_host(host)?;
    }
    url.path = escaped_path(path)?;
    Some(url)
}

/// What stands before and after the first such character.
fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// The scheme, which may be absent, and what follows its colon.
fn scheme(text: &str) -> Option<(&str, &str)> {
    let end =
        text.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)));
    match end.and_then(|end| text.split_at_checked(end)) {
        Some(("", rest)) if rest.starts_with(':') => None,
        Some((scheme, rest)) if scheme.starts_with(|first: char| first.is_ascii_alphabetic()) => {
            Some(rest.strip_prefix(':').map_or(("", text), |rest| (scheme, rest)))
        }
        _ => Some(("", text)),
    }
}

/// Host and port, decoded.
fn read_host(text: &str) -> Option<String> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.rsplit_once(']')?;
            let (plain, zone) = match address.split_once("%25") {
                Some((plain, zone)) => (plain, Some(zone)),
                None => (address, None),
            };
            plain.parse::<Ipv6Addr>().ok()?;
            let host = match zone {
                Some(zone) => format!("[{plain}%{}]", host_text(zone)?),
                None => format!("[{plain}]"),
            };
            (host, port)
        }
        None => {
            let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            (host_text(host)?, port)
        }
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    (port.is_empty() || port.starts_with(':')).then_some(())?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!("{host}{port}"))
}

/// A name of a host, in which only what is not ASCII may be percent-encoded.
fn host_text(text: &str) -> Option<String> {
    let allowed = |byte: u8| {
        byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"-_.~!$&'()*+,;=%".contains(&byte)
    };
    if !text.bytes().all(allowed) {
        return None;
    }
    let high = |digit: char| matches!(digit, '8' | '9' | 'a'..='f' | 'A'..='F');
    let ascii = !text.split('%').skip(1).all(|code| code.starts_with(high));
    if ascii {
        return None;
    }
    String::from_utf8(decoded(text, false)?).ok()
}

/// The path as it is written where that is well formed, else percent-encoded.
fn escaped_path(path: &str) -> Option<String> {
    let path_bytes = decoded(path, false)?;
    let valid = |byte: u8| unreserved(byte) || b"!$&'()*+,;=:@[]%/".contains(&byte);
    if path.bytes().all(valid) {
        return Some(path.to_owned());
    }
    let mut escaped = String::with_capacity(path_bytes.len());
    for byte in path_bytes {
        if unreserved(byte) || b"$&+,/:;=@".contains(&byte) {
            escaped.push(byte.into());
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(escaped)
}

fn unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)
}

/// The bytes that percent-encoded text stands for; `None` if a `%` has no two hexadecimal digits.
fn decoded(text: &str, plus_is_space: bool) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                let (high, low) = (digit()?, digit()?);
                u8::try_from(high << 4 | low).ok()?
            }
            b'+' if plus_is_space => b' ',
            other => other,
        });
    }
    Some(decoded)
}

/// Whether the text is a URL.
pub(super) fn is_valid(text: &str) -> bool {
    read(text).is_some()
}

pub(super) fn url<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text)] = arguments else { return Err(Stop::no_such_overload()) };
    // Percent-encoding makes a byte at most three.
    meter.allocate(text.as_str().len().saturating_mul(4))?;
    let url = read(text.as_str()).ok_or(Stop::error("cel.conversion"))?;
    object::made(meter, Object::Url(url))
}

pub(super) fn is_url<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(text)] = arguments else { return Err(Stop::no_such_overload()) };
    meter.allocate(text.as_str().len().saturating_mul(4))?;
    Ok(Datum::Bool(is_valid(text.as_str())))
}

fn part<'a>(meter: &mut Meter, arguments: &[Datum<'a>], part: fn(&Url) -> &str) -> Eval<'a> {
    let [Datum::Object(object)] = arguments else { return Err(Stop::no_such_overload()) };
    let Object::Url(url) = object.as_ref() else { return Err(Stop::no_such_overload()) };
    let text = part(url);
    meter.allocate(text.len())?;
    Ok(Datum::text(text))
}

/// The host without its brackets, and the port.
fn split_host(url: &Url) -> (&str, &str) {
    match url.host.strip_prefix('[').and_then(|rest| rest.rsplit_once(']')) {
        Some((address, port)) => (address, port.strip_prefix(':').unwrap_or(port)),
        None => url.host.split_once(':').unwrap_or((&url.host, "")),
    }
}

pub(super) fn scheme_of<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    part(meter, arguments, |url| &url.scheme)
}

pub(super) fn host<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    part(meter, arguments, |url| &url.host)
}

pub(super) fn hostname<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    part(meter, arguments, |url| split_host(url).0)
}

pub(super) fn port<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    part(meter, arguments, |url| split_host(url).1)
}

pub(super) fn path<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    part(meter, arguments, |url| &url.path)
}

/// The values of each key of the query. A pair that is malformed is left out.
pub(super) fn query<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Object(object)] = arguments else { return Err(Stop::no_such_overload()) };
    let Object::Url(url) = object.as_ref() else { return Err(Stop::no_such_overload()) };
    let mut keys: Vec<(String, ListBuilder<'a>)> = Vec::new();
    for pair in url.query.as_deref().unwrap_or_default().split('&') {
        meter.allocate(pair.len())?;
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if pair.is_empty() || pair.contains(';') {
            continue;
        }
        let (Some(key), Some(value)) = (decoded(key, true), decoded(value, true)) else { continue };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (key, value) = (text(&key), text(&value));
        // Few keys are usual; for many, looking each up costs what it takes.
        meter.visit(keys.len())?;
        let values = match keys.iter_mut().position(|(other, _)| *other == key) {
            Some(at) => keys.get_mut(at),
            None => {
                keys.push((key, ListBuilder::new()));
                keys.last_mut()
            }
        };
        if let Some((_, values)) = values {
            values.push(meter, Datum::text(value))?;
        }
    }
    let mut map = MapBuilder::new();
    for (key, values) in keys {
        let values = values.finish(meter)?;
        map.insert(meter, Datum::text(key), values)?;
    }
    map.finish(meter)
}
