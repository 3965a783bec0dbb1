//! Formats of names and other text, as authors of Kubernetes policies know them: `format.dns1123Label()`.

use std::borrow::Cow;

use super::{
    build::ListBuilder,
    datum::{Datum, Eval, Stop},
    meter::{self, Meter},
    moment,
    object::{self, Object},
    url,
};

/// The longest label, and the longest subdomain, in bytes.
const LABEL: usize = 63;
const SUBDOMAIN: usize = 253;

macro_rules! formats {
    ($($variant:ident $name:literal $function:ident)*) => {
        /// A format that text may have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum NamedFormat {
            $($variant,)*
        }

        impl NamedFormat {
            fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        $(
            pub(super) fn $function<'a>(meter: &mut Meter, _: &[Datum<'a>]) -> Eval<'a> {
                object::made(meter, Object::Format(NamedFormat::$variant))
            }
        )*
    };
}

formats! {
    Byte "byte" byte
    Date "date" date
    DateTime "datetime" datetime
    Dns1035Label "dns1035Label" dns1035_label
    Dns1035LabelPrefix "dns1035LabelPrefix" dns1035_label_prefix
    Dns1123Label "dns1123Label" dns1123_label
    Dns1123LabelPrefix "dns1123LabelPrefix" dns1123_label_prefix
    Dns1123Subdomain "dns1123Subdomain" dns1123_subdomain
    Dns1123SubdomainPrefix "dns1123SubdomainPrefix" dns1123_subdomain_prefix
    LabelValue "labelValue" label_value
    QualifiedName "qualifiedName" qualified_name
    Uri "uri" uri
    Uuid "uuid" uuid
}

/// The format of that name, if there is one.
pub(super) fn named<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Text(name)] = arguments else { return Err(Stop::no_such_overload()) };
    match NamedFormat::named(name.as_str()) {
        Some(format) => Ok(Datum::some(object::made(meter, Object::Format(format))?)),
        None => Ok(Datum::Optional(None)),
    }
}

/// What is wrong with the text; no value if nothing is.
pub(super) fn validate<'a>(meter: &mut Meter, arguments: &[Datum<'a>]) -> Eval<'a> {
    let [Datum::Object(object), Datum::Text(text)] = arguments else {
        return Err(Stop::no_such_overload());
    };
    let Object::Format(format) = object.as_ref() else { return Err(Stop::no_such_overload()) };
    // Each rule reads the text, and a URL is copied.
    meter.allocate(text.as_str().len().saturating_mul(4))?;
    let faults = format.faults(text.as_str());
    if faults.is_empty() {
        return Ok(Datum::Optional(None));
    }
    let mut list = ListBuilder::new();
    for fault in faults {
        meter.allocate(fault.len())?;
        list.push(meter, Datum::text(fault))?;
    }
    meter.allocate(meter::VALUE)?;
    Ok(Datum::some(list.finish(meter)?))
}

impl NamedFormat {
    fn faults(self, text: &str) -> Vec<&'static str> {
        match self {
            Self::Byte => unless(is_base64(text), "it must be base64 with padding"),
            Self::Date => unless(
                text.len() == 10 && is_instant(&format!("{text}T00:00:00Z")),
                "it must be a date such as 2026-01-31",
            ),
            Self::DateTime => {
                unless(is_instant(text), "it must be an instant such as 2026-01-31T12:00:00Z")
            }
            Self::Dns1035Label => {
                let digit = text.starts_with(|first: char| first.is_ascii_digit());
                [label(text), unless(!digit, "it must begin with a letter")].concat()
            }
            Self::Dns1035LabelPrefix => Self::Dns1035Label.faults(&completed(text)),
            Self::Dns1123Label => label(text),
            Self::Dns1123LabelPrefix => label(&completed(text)),
            Self::Dns1123Subdomain => subdomain(text),
            Self::Dns1123SubdomainPrefix => subdomain(&completed(text)),
            Self::LabelValue if text.is_empty() => Vec::new(),
            Self::LabelValue => name(text),
            Self::QualifiedName => match text.split_once('/') {
                Some((prefix, rest)) => [subdomain(prefix), name(rest)].concat(),
                None => name(text),
            },
            Self::Uri => {
                unless(url::is_valid(text), "it must be a URL, or a path that begins with /")
            }
            Self::Uuid => unless(
                is_uuid(text),
                "it must be 32 hexadecimal digits, in groups of 8, 4, 4, 4 and 12",
            ),
        }
    }
}

fn unless(holds: bool, fault: &'static str) -> Vec<&'static str> {
    if holds { Vec::new() } else { vec![fault] }
}

/// Whether the text is made of such characters, and of those between them that stand at neither end.
fn is_word(text: &str, within: fn(u8) -> bool, between: &[u8]) -> bool {
    let ends = [text.bytes().next(), text.bytes().next_back()];
    ends.into_iter().all(|end| end.is_some_and(within))
        && text.bytes().all(|byte| within(byte) || between.contains(&byte))
}

fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn label(text: &str) -> Vec<&'static str> {
    let short = unless(text.len() <= LABEL, "it must have at most 63 bytes");
    let formed = unless(
        is_word(text, is_lower, b"-"),
        "it must consist of lower-case letters, digits and -, with a letter or digit at both ends",
    );
    [short, formed].concat()
}

fn subdomain(text: &str) -> Vec<&'static str> {
    let short = unless(text.len() <= SUBDOMAIN, "it must have at most 253 bytes");
    let formed = unless(
        text.split('.').all(|label| is_word(label, is_lower, b"-")),
        "its parts between dots must consist of lower-case letters, digits and -, with a letter or digit at both ends",
    );
    [short, formed].concat()
}

fn name(text: &str) -> Vec<&'static str> {
    let short = unless(text.len() <= LABEL, "it must have at most 63 bytes");
    let formed = unless(
        is_word(text, |byte| byte.is_ascii_alphanumeric(), b"-_."),
        "it must consist of letters, digits, -, _ and ., with a letter or digit at both ends",
    );
    [short, formed].concat()
}

/// What the prefix of a generated name stands for: more follows a dash at its end.
fn completed(prefix: &str) -> Cow<'_, str> {
    let mut characters = prefix.chars();
    match (characters.next_back(), characters.next_back()) {
        (Some('-'), Some(_)) => Cow::Owned(format!("{}a", characters.as_str())),
        _ => Cow::Borrowed(prefix),
    }
}

fn is_base64(text: &str) -> bool {
    let digits = text.strip_suffix("==").or(text.strip_suffix('=')).unwrap_or(text);
    text.len().is_multiple_of(4)
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte))
}

fn is_instant(text: &str) -> bool {
    moment::parse_timestamp(text).is_ok()
}

fn is_uuid(text: &str) -> bool {
    let groups = [8, 4, 4, 4, 12].into_iter().enumerate();
    let rest = groups.into_iter().try_fold(text, |rest, (number, digits)| {
        let dashed = rest.strip_prefix('-').filter(|_| number > 0);
        let (group, rest) = dashed.unwrap_or(rest).split_at_checked(digits)?;
        group.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(rest)
    });
    rest == Some("")
}
