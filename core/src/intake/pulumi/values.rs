//! Values as Pulumi writes them: secrets, what is not known yet, files and references are maps with a signature.

use crate::{
    error::Result,
    intake::{
        fields::malformed,
        taint::{Secrets, Taint},
    },
    value::{Builder, Kind, Ref, Value},
};

/// The key by which a map says that it stands for something else.
const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";
const SECRET: &str = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT: &str = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
/// Files, archives and references to resources: what they say beside their signature is plain.
const PLAIN: [&str; 3] = [
    "c44067f5952c0a294b673a41bacd8c17",
    "0def7320c3a5731c473e5ecbe6d01bc7",
    "5cf8f73096256a8f31e491e813e4eb8e",
];

/// What stands for a value that is not known before the update, by its type.
const UNKNOWN: [&str; 7] = [
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

/// What a preview writes in place of a secret.
const LEFT_OUT: &str = "[secret]";

/// What a value is.
enum Shape<'a> {
    /// A secret: what is within, if that is there, and the same as JSON in text.
    Secret([Option<Ref<'a>>; 2]),
    /// Not known before the update.
    Unknown,
    /// What a wrapper holds.
    Held(Ref<'a>),
    /// What it is, but for a signature.
    Plain,
    /// A signature that is not known here.
    Foreign,
}

fn shape(value: Ref<'_>) -> Shape<'_> {
    match value.kind() {
        Kind::Text(LEFT_OUT) => Shape::Secret([None, None]),
        Kind::Text(text) if UNKNOWN.contains(&text) => Shape::Unknown,
        Kind::Map(map) => {
            let Some(signature) = map.get(SIGNATURE) else { return Shape::Plain };
            let within = map.get("value");
            let is_secret = map.get("secret").and_then(Ref::as_bool) == Some(true);
            match (signature.as_str(), within) {
                (Some(SECRET), _) => Shape::Secret([within, map.get("plaintext")]),
                (Some(OUTPUT), _) if is_secret => Shape::Secret([within, None]),
                (Some(OUTPUT), Some(held)) => Shape::Held(held),
                (Some(OUTPUT), None) => Shape::Unknown,
                (Some(signature), _) if PLAIN.contains(&signature) => Shape::Plain,
                _ => Shape::Foreign,
            }
        }
        _ => Shape::Plain,
    }
}

/// The parts of a value that is a list or map.
fn each<'a>(value: Ref<'a>, visit: &mut impl FnMut(Ref<'a>) -> Result<()>) -> Result<()> {
    match value.kind() {
        Kind::List(list) => list.iter().try_for_each(visit),
        Kind::Map(map) => map.iter().map(|(_, value)| value).try_for_each(visit),
        _ => Ok(()),
    }
}

/// Reads the secrets that stand as JSON within text.
pub(super) fn open(value: Ref<'_>, opened: &mut Vec<Value>) -> Result<()> {
    if let Shape::Secret([_, text]) = shape(value) {
        // What is no JSON is found as the text that it is.
        let text = text.and_then(Ref::as_str).unwrap_or_default();
        opened.extend(Value::parse_json(text.as_bytes()));
        return Ok(());
    }
    each(value, &mut |part| open(part, opened))
}

/// Adds the secrets that stand there as they are.
pub(super) fn add_plain<'a>(secrets: &mut Secrets<'a>, value: Ref<'a>) {
    match shape(value) {
        Shape::Secret(parts) => parts.into_iter().flatten().for_each(|part| secrets.add(part)),
        _ => {
            let _ = each(value, &mut |part| {
                add_plain(secrets, part);
                Ok(())
            });
        }
    }
}

/// Copies a value: what is secret, or is so in its `output` or `later`, becomes sensitive, and what is not known before the
/// update, or whose output is not, unknown. Sensitive wins.
pub(super) fn copy<'a>(
    builder: &mut Builder,
    value: Ref<'a>,
    output: Option<Ref<'a>>,
    later: [Option<Ref<'a>>; 2],
    taint: &Taint<'_>,
) -> Result<()> {
    let (output, later) = (output.map(held), later.map(|other| other.map(held)));
    let is_secret = |value: Ref<'_>| matches!(shape(value), Shape::Secret(_));
    if later.into_iter().chain([output]).flatten().any(is_secret) {
        return builder.sensitive();
    }
    let value = held(value);
    match shape(value) {
        Shape::Secret(_) => return builder.sensitive(),
        Shape::Unknown => return builder.unknown(),
        Shape::Foreign => {
            return Err(malformed("a value has a signature that is not known here", "")
                .with_help("a newer version of poundlock may know it"));
        }
        Shape::Held(_) | Shape::Plain => {}
    }
    if output.is_some_and(|output| matches!(shape(output), Shape::Unknown)) {
        return builder.unknown();
    }
    match value.kind() {
        Kind::Text(text) if taint.touches(text) => builder.sensitive(),
        Kind::List(list) => {
            builder.begin_list()?;
            for (index, element) in list.iter().enumerate() {
                let of = |other: Option<Ref<'a>>| other.and_then(|other| other.index(index));
                copy(builder, element, of(output), later.map(of), taint)?;
            }
            builder.end_list()
        }
        Kind::Map(map) if map.iter().any(|(key, _)| taint.touches(key)) => builder.sensitive(),
        Kind::Map(map) => {
            builder.begin_map()?;
            for (key, value) in map.iter().filter(|(key, _)| *key != SIGNATURE) {
                builder.key(key)?;
                let of = |other: Option<Ref<'a>>| other.and_then(|other| other.get(key));
                copy(builder, value, of(output), later.map(of), taint)?;
            }
            builder.end_map()
        }
        _ => builder.copy(value),
    }
}

/// What the wrappers around a value hold.
fn held(mut value: Ref<'_>) -> Ref<'_> {
    while let Shape::Held(within) = shape(value) {
        value = within;
    }
    value
}
