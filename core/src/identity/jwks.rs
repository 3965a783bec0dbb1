//! JSON Web Key Sets (RFC 7517): the public keys that tokens are verified with.

use std::collections::BTreeSet;

use base64ct::Base64UrlUnpadded;
use jsonwebtoken::{Algorithm, DecodingKey, crypto::rust_crypto::DEFAULT_PROVIDER};

use super::text::decode;
use crate::{
    error::{Code, Error, Result},
    ledger::strong_point,
    limits,
    value::{Kind, Ref, Value},
};

/// The members that only secret keys have (RFC 7518, §6).
const SECRET_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The smallest modulus of an RSA key, in bits (RFC 7518, §3.3).
pub(super) const RSA_BITS: usize = 2048;
/// The largest modulus of an RSA key that signatures can be verified with, in bits.
pub(super) const RSA_MAX_BITS: usize = 4096;

/// The public keys of an issuer.
///
/// Keys that cannot verify anything here (of another use, type, curve, algorithm or size) are left out,
/// as RFC 7517 asks. There is no way to fetch keys: the host does that, from where it trusts.
///
/// ```
/// use poundlock::identity::KeySet;
///
/// let keys = br#"{"keys": [{
///     "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "2026-03",
///     "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
/// }]}"#;
/// assert_eq!(KeySet::parse(keys)?.len(), 1);
/// # Ok::<(), poundlock::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct KeySet {
    keys: Vec<Key>,
}

/// One key that can verify signatures.
#[derive(Clone, Debug)]
pub(super) struct Key {
    id: Option<String>,
    /// Whether the key is meant for JWT-SVIDs alone (SPIFFE trust bundles say so in `use`).
    pub(super) svid: bool,
    /// What the key may be used for.
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) key: DecodingKey,
}

impl KeySet {
    /// Reads a key set in JSON.
    ///
    /// # Errors
    ///
    /// - `limit.size` above [`limits::KEY_SET_BYTES`], `limit.count` above [`limits::KEYS`].
    /// - `input.…`: it is not JSON, or a map has a key twice.
    /// - `identity.key_invalid`: it is no key set, a key contradicts itself or is a secret one, or no
    ///   key can verify anything.
    /// - `identity.key_ambiguous`: two keys have the same `kid`.
    pub fn parse(json: &[u8]) -> Result<Self> {
        if json.len() > limits::KEY_SET_BYTES {
            let message = format!("the key set is larger than {} bytes", limits::KEY_SET_BYTES);
            return Err(Error::new(Code::LimitSize, message));
        }
        let value = Value::parse_json(json)?;
        let Some(Kind::List(list)) = value.as_ref().get("keys").map(Ref::kind) else {
            return Err(invalid("the document is not a key set")
                .with_help("a key set is a map with a list of `keys` (RFC 7517)"));
        };
        if list.len() > limits::KEYS {
            let message = format!("there are more than {} keys", limits::KEYS);
            return Err(Error::new(Code::LimitCount, message).at_pointer("/keys"));
        }
        let mut keys = Vec::new();
        let mut ids = BTreeSet::new();
        for (index, entry) in list.iter().enumerate() {
            let place = |error: Error| error.at_pointer(format!("/keys/{index}"));
            let Some(key) = key(entry).map_err(place)? else { continue };
            if let Some(id) = &key.id
                && !ids.insert(id.clone())
            {
                let message =
                    "two keys have the same `kid`, so that nobody could say which is meant";
                return Err(place(Error::new(Code::IdentityKeyAmbiguous, message)));
            }
            keys.push(key);
        }
        if keys.is_empty() {
            return Err(invalid("there is no key that tokens can be verified with").with_help(
                "keys for signatures are RSA of 2048 to 4096 bits, EC on P-256 or P-384, or OKP on Ed25519",
            ));
        }
        Ok(Self { keys })
    }

    /// How many keys can verify something.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none; never so, since such a set is refused.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key that a token names, or the only one where it names none.
    pub(super) fn select(&self, id: Option<&str>) -> Option<&Key> {
        match (id, self.keys.as_slice()) {
            (Some(id), keys) => keys.iter().find(|key| key.id.as_deref() == Some(id)),
            (None, [key]) => Some(key),
            (None, _) => None,
        }
    }
}

/// The asymmetric algorithm of this name; there is no other kind here.
pub(super) fn algorithm(name: &str) -> Option<Algorithm> {
    Some(match name {
        "RS256" => Algorithm::RS256,
        "RS384" => Algorithm::RS384,
        "RS512" => Algorithm::RS512,
        "PS256" => Algorithm::PS256,
        "PS384" => Algorithm::PS384,
        "PS512" => Algorithm::PS512,
        "ES256" => Algorithm::ES256,
        "ES384" => Algorithm::ES384,
        "EdDSA" => Algorithm::EdDSA,
        _ => return None,
    })
}

/// Reads one key; `None` when it is of no use here.
fn key(entry: Ref<'_>) -> Result<Option<Key>> {
    if !entry.is_map() {
        return Err(invalid("a key is not a map"));
    }
    let kind = text(entry, "kty")?.ok_or_else(|| invalid("a key has no `kty`"))?;
    if kind == "oct" || SECRET_MEMBERS.iter().any(|member| entry.get(member).is_some()) {
        return Err(invalid("the key set holds a secret key")
            .with_help("whoever can read a secret key can make tokens; replace it, and publish the public key alone"));
    }
    let id = text(entry, "kid")?;
    if id.is_some_and(|id| id.is_empty() || id.len() > limits::NAME_BYTES) {
        return Err(invalid("a `kid` is empty or too long"));
    }
    let svid = match text(entry, "use")? {
        None | Some("sig") => false,
        Some("jwt-svid") => true,
        Some(_) => return Ok(None),
    };
    if !verifies(entry)? {
        return Ok(None);
    }
    let Some((key, family)) = material(entry, kind)? else { return Ok(None) };
    let algorithms = match text(entry, "alg")? {
        None => family.to_vec(),
        Some(name) => match algorithm(name) {
            Some(named) if family.contains(&named) => vec![named],
            Some(_) => return Err(invalid("a key's `alg` does not fit its `kty` and `crv`")),
            None => return Ok(None),
        },
    };
    Ok(Some(Key { id: id.map(str::to_owned), svid, algorithms, key }))
}

/// Whether `key_ops`, where there is one, names verifying.
fn verifies(entry: Ref<'_>) -> Result<bool> {
    match entry.get("key_ops").map(Ref::kind) {
        None => Ok(true),
        Some(Kind::List(operations)) => {
            Ok(operations.iter().any(|operation| operation.as_str() == Some("verify")))
        }
        Some(_) => Err(invalid("a key's `key_ops` is not a list")),
    }
}

/// The key itself with the algorithms of its type; `None` for types, curves and sizes of no use here.
/// The library that verifies signatures expects parts of the right lengths, and panics without.
fn material(entry: Ref<'_>, kind: &str) -> Result<Option<(DecodingKey, &'static [Algorithm])>> {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};

    let (key, family): (DecodingKey, &'static [Algorithm]) = match (kind, text(entry, "crv")?) {
        ("RSA", _) => {
            let (n, e) = (part(entry, "n")?, part(entry, "e")?);
            if !(RSA_BITS..=RSA_MAX_BITS).contains(&bits(&n)) {
                return Ok(None);
            }
            if e.len() > 8 || e.last().is_none_or(|byte| byte % 2 == 0) || bits(&e) < 2 {
                return Err(invalid("a key's exponent is not acceptable"));
            }
            let key = DecodingKey::from_rsa_raw_components(&n, &e);
            (key, &[RS256, RS384, RS512, PS256, PS384, PS512])
        }
        ("EC", Some("P-256")) => (point(entry, 32)?, &[ES256]),
        ("EC", Some("P-384")) => (point(entry, 48)?, &[ES384]),
        ("OKP", Some("Ed25519")) => {
            let x = part(entry, "x")?;
            let strong = <&[u8; 32]>::try_from(x.as_slice()).ok().and_then(strong_point);
            strong.ok_or_else(|| invalid("a key is no point, or a weak one, on its curve"))?;
            (DecodingKey::from_ed_der(&x), &[EdDSA])
        }
        ("EC" | "OKP", None) => return Err(invalid("a key has no `crv`")),
        _ => return Ok(None),
    };
    let first = family.first().copied().unwrap_or_default();
    (DEFAULT_PROVIDER.verifier_factory)(&first, &key)
        .map_err(|_| invalid("a key is no point on its curve"))?;
    Ok(Some((key, family)))
}

/// An uncompressed point whose coordinates have this many bytes each.
fn point(entry: Ref<'_>, length: usize) -> Result<DecodingKey> {
    let (x, y) = (part(entry, "x")?, part(entry, "y")?);
    if x.len() != length || y.len() != length {
        return Err(invalid("a key's coordinates have the wrong length"));
    }
    Ok(DecodingKey::from_ec_der(&[&[4], x.as_slice(), &y].concat()))
}

/// How many bits a big-endian number has.
pub(super) fn bits(number: &[u8]) -> usize {
    let mut rest = number.iter().skip_while(|byte| **byte == 0);
    rest.next().map_or(0, |first| {
        let low = rest.count().saturating_mul(8);
        low.saturating_add(8).saturating_sub(first.leading_zeros() as usize)
    })
}

fn text<'a>(entry: Ref<'a>, member: &str) -> Result<Option<&'a str>> {
    let Some(value) = entry.get(member) else { return Ok(None) };
    let text = value.as_str().ok_or_else(|| invalid(&format!("a key's `{member}` is not text")))?;
    Ok(Some(text))
}

fn part(entry: Ref<'_>, member: &str) -> Result<Vec<u8>> {
    text(entry, member)?
        .and_then(decode::<Base64UrlUnpadded>)
        .ok_or_else(|| invalid(&format!("a key's `{member}` is absent or not base64url")))
}

fn invalid(message: &str) -> Error {
    Error::new(Code::IdentityKeyInvalid, message)
}
