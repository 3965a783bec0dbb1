//! One token: a JSON Web Signature in compact form (RFC 7515) with the claims of RFC 7519, checked as
//! RFC 8725 advises. The signature comes first; what is not signed is not read.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use base64ct::Base64UrlUnpadded;
use jsonwebtoken::{Algorithm, crypto::rust_crypto::DEFAULT_PROVIDER};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::{
    jwks::{KeySet, algorithm},
    text::decode,
};
use crate::{
    canonical,
    digest::Digest,
    error::{Code, Error, Result},
    limits,
    time::{Duration, Instant},
    value::{Kind, Ref, Value},
};

/// Header parameters that bring their own key, or change what the signature or the payload means.
const REFUSED_PARAMETERS: [&str; 9] =
    ["jwk", "jku", "x5c", "x5u", "crit", "b64", "cty", "enc", "zip"];

/// Who a workload was found to be. Only [`Provider::verify`](super::Provider::verify) makes one, and it
/// does not hold the token.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct VerifiedToken(pub(super) Contents);

impl JsonSchema for VerifiedToken {
    fn schema_name() -> Cow<'static, str> {
        "VerifiedToken".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Contents::json_schema(generator)
    }
}

/// Who a workload was found to be by its token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Contents {
    /// The name of the provider that verified it.
    pub(super) provider: String,
    /// The digest of the provider's document, since a name says nothing about the rules behind it.
    pub(super) provider_digest: Digest,
    /// The issuer (`iss`).
    pub(super) issuer: String,
    /// What the provider maps to `google.subject`: `sub`, unless it says otherwise.
    pub(super) subject: String,
    /// What the provider maps its claims to, by name.
    pub(super) attributes: BTreeMap<String, String>,
    /// When it was issued.
    pub(super) issued_at: Instant,
    /// From when on it is valid.
    pub(super) valid_from: Instant,
    /// Until when it is valid.
    pub(super) expires_at: Instant,
    /// The digest of the token.
    pub(super) digest: Digest,
}

impl VerifiedToken {
    /// The name of the provider that verified it.
    pub fn provider(&self) -> &str {
        &self.0.provider
    }

    /// The digest of the rules that it was verified by ([`Provider::digest`](super::Provider::digest)).
    pub fn provider_digest(&self) -> Digest {
        self.0.provider_digest
    }

    /// The issuer (`iss`).
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// What the provider maps to `google.subject`: `sub`, unless it says otherwise.
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The mapped attributes by their names without `attribute.`, none of them empty. Presets use the same
    /// names for the same things: `repository`, `ref`, `environment`, `workflow`, `run` (R014 to R017, R039).
    pub fn attributes(&self) -> &BTreeMap<String, String> {
        &self.0.attributes
    }

    /// When it was issued (`iat`).
    pub fn issued_at(&self) -> Instant {
        self.0.issued_at
    }

    /// From when on it is valid: the later of `nbf` and `iat`, without clock skew.
    pub fn valid_from(&self) -> Instant {
        self.0.valid_from
    }

    /// When it expires (`exp`), without clock skew.
    pub fn expires_at(&self) -> Instant {
        self.0.expires_at
    }

    /// The digest of the kind `token` of what is signed: header, dot and payload. It names the token and
    /// cannot be turned into one, and it is the same for every signature that could be made over it.
    pub fn digest(&self) -> Digest {
        self.0.digest
    }

    /// What a ledger keeps beside an entry, in deterministic CBOR: enough to decide again, and no token.
    pub(crate) fn to_record(&self) -> Result<Vec<u8>> {
        canonical::to_bytes(self)
    }

    /// What a ledger kept is taken as it was recorded.
    pub(crate) fn from_record(bytes: &[u8]) -> Result<Self> {
        canonical::from_bytes(bytes).map(Self)
    }
}

impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedToken")
            .field("provider", &self.0.provider)
            .field("subject", &self.0.subject)
            .field("expires_at", &self.0.expires_at)
            .field("digest", &self.0.digest)
            .finish_non_exhaustive()
    }
}

/// What a token must be.
pub(super) struct Expectation<'a> {
    pub(super) issuer: &'a str,
    pub(super) audiences: &'a [String],
    pub(super) max_lifetime: Duration,
    pub(super) clock_skew: Duration,
    /// Whether it is a JWT-SVID.
    pub(super) svid: bool,
}

/// The claims of a token that is what it must be.
pub(super) struct Claims {
    pub(super) all: Value,
    pub(super) validity: Validity,
    pub(super) digest: Digest,
}

/// When a token was issued, and when it is valid.
pub(super) struct Validity {
    pub(super) issued_at: Instant,
    pub(super) valid_from: Instant,
    pub(super) expires_at: Instant,
}

/// Verifies the signature and the claims that every token has.
pub(super) fn verify(
    token: &str,
    keys: &KeySet,
    expected: &Expectation<'_>,
    at: Instant,
) -> Result<Claims> {
    if token.len() > limits::TOKEN_BYTES {
        let message = format!("the token is larger than {} bytes", limits::TOKEN_BYTES);
        return Err(Error::new(Code::LimitSize, message));
    }
    let (signed, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
    let (header, payload) = signed.split_once('.').ok_or_else(malformed)?;
    let header = object(header)?;
    let payload = decode::<Base64UrlUnpadded>(payload).ok_or_else(malformed)?;
    let signature = decode::<Base64UrlUnpadded>(signature).ok_or_else(malformed)?;
    let (algorithm, id) = read_header(header.as_ref(), expected.svid)?;

    let key = keys.select(id).filter(|key| expected.svid || !key.svid).ok_or_else(|| {
        refused(Code::IdentityTokenKey, "the key set has no key that the token names").with_help(
            "hand in the issuer's current key set; a token without `kid` needs a set with one key",
        )
    })?;
    if !key.algorithms.contains(&algorithm) {
        let message = "the token's algorithm is not one of its key";
        return Err(refused(Code::IdentityTokenAlgorithm, message));
    }
    (DEFAULT_PROVIDER.verifier_factory)(&algorithm, &key.key)
        .ok()
        .filter(|verifier| verifier.verify(signed.as_bytes(), &signature).is_ok())
        .ok_or_else(|| {
            refused(Code::IdentityTokenSignature, "the signature of the token is wrong")
        })?;

    let all = parse(&payload)?;
    let validity = check_claims(all.as_ref(), expected, at)?;
    Ok(Claims { all, validity, digest: Digest::of_kind("token", signed.as_bytes()) })
}

/// The algorithm, and the `kid` if there is one.
fn read_header(header: Ref<'_>, svid: bool) -> Result<(Algorithm, Option<&str>)> {
    let wrong = |message: &str| refused(Code::IdentityTokenHeader, message);
    if REFUSED_PARAMETERS.iter().any(|parameter| header.get(parameter).is_some()) {
        return Err(wrong("the token's header brings a key of its own or an extension"));
    }
    let is_type = |kind: &str| {
        kind.eq_ignore_ascii_case("JWT") || (svid && kind.eq_ignore_ascii_case("JOSE"))
    };
    if header.get("typ").is_some_and(|kind| !kind.as_str().is_some_and(is_type)) {
        return Err(wrong("the token's `typ` is not that of an identity token"));
    }
    let id = match header.get("kid") {
        None => None,
        Some(id) => Some(id.as_str().ok_or_else(|| wrong("the token's `kid` is not text"))?),
    };
    let algorithm =
        header.get("alg").and_then(Ref::as_str).and_then(algorithm).ok_or_else(|| {
            refused(Code::IdentityTokenAlgorithm, "the token's algorithm is not an asymmetric one")
                .with_help("tokens are signed with RS, PS, ES256, ES384 or EdDSA")
        })?;
    Ok((algorithm, id))
}

/// Checks issuer, audience, subject and instants.
fn check_claims(claims: Ref<'_>, expected: &Expectation<'_>, at: Instant) -> Result<Validity> {
    if text(claims, "iss")? != expected.issuer {
        let message = "the token is of another issuer than the provider's";
        return Err(refused(Code::IdentityTokenIssuer, message));
    }
    let audience = claims.get("aud").ok_or_else(|| absent("aud"))?;
    let declared = |one: Ref<'_>| {
        one.as_str().is_some_and(|name| expected.audiences.iter().any(|other| other == name))
    };
    let all_declared = match audience.kind() {
        Kind::Text(_) => declared(audience),
        Kind::List(list) => !list.is_empty() && list.iter().all(declared),
        _ => false,
    };
    if !all_declared {
        return Err(refused(
            Code::IdentityTokenAudience,
            "the token is for an audience that the provider does not declare",
        )
        .with_help("ask for a token whose only audience is one of the provider's `audiences`"));
    }
    if text(claims, "sub")?.is_empty() {
        return Err(absent("sub"));
    }

    let (issued_at, expires_at) = (instant(claims, "iat")?, instant(claims, "exp")?);
    let valid_from = match claims.get("nbf") {
        None => issued_at,
        // Some issuers let it lie before `iat`, to help clocks that are late.
        Some(_) => instant(claims, "nbf")?.max(issued_at),
    };
    let longest = issued_at.saturating_add(expected.max_lifetime);
    if expires_at <= issued_at || expires_at > longest {
        return Err(refused(
            Code::IdentityTokenLifetime,
            format!("the token lives longer than {}, or not at all", expected.max_lifetime),
        )
        .with_help("ask for a token that lives shorter, or raise the provider's `maxLifetime`"));
    }
    if at >= expires_at.saturating_add(expected.clock_skew) {
        return Err(refused(
            Code::IdentityTokenExpired,
            format!("the token expired at {expires_at}"),
        )
        .with_help("ask for a new token"));
    }
    if valid_from > at.saturating_add(expected.clock_skew) {
        return Err(refused(
            Code::IdentityTokenNotYetValid,
            format!("the token is valid from {valid_from}"),
        )
        .with_help("correct the clock of the host"));
    }
    Ok(Validity { issued_at, valid_from, expires_at })
}

fn text<'a>(claims: Ref<'a>, claim: &str) -> Result<&'a str> {
    claims.get(claim).and_then(Ref::as_str).ok_or_else(|| absent(claim))
}

/// A claim in whole seconds since 1970.
fn instant(claims: Ref<'_>, claim: &str) -> Result<Instant> {
    match claims.get(claim).map(Ref::kind) {
        Some(Kind::Int(seconds)) => Instant::from_unix_seconds(seconds).map_err(|_| absent(claim)),
        _ => Err(absent(claim)),
    }
}

/// A part that is a JSON object in base64url.
fn object(part: &str) -> Result<Value> {
    parse(&decode::<Base64UrlUnpadded>(part).ok_or_else(malformed)?)
}

/// A JSON object in UTF-8 without a byte order mark, where no map has a key twice.
fn parse(json: &[u8]) -> Result<Value> {
    if json.first() != Some(&b'{') {
        return Err(malformed());
    }
    // The place of a fault would say something about the content.
    Value::parse_json(json).map_err(|_| malformed())
}

fn malformed() -> Error {
    refused(Code::IdentityTokenMalformed, "the text is not a signed token in compact form").with_help(
        "a token is three parts of base64url with dots between them, and nothing before or after it",
    )
}

fn absent(claim: &str) -> Error {
    refused(
        Code::IdentityTokenClaim,
        format!("the token's claim `{claim}` is absent or not what it should be"),
    )
}

pub(super) fn refused(code: Code, message: impl Into<String>) -> Error {
    Error::new(code, message)
}
