//! Tokens of issuers whose keys anybody can make again. The engine verifies them like any other.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Map, Value as Json, json};

use crate::{
    digest::Digest,
    engine::Engine,
    error::{Code, Error, Result},
    identity::KeySet,
    time::{Duration, Instant},
};

/// How many seconds a token lives, unless it says otherwise.
pub(super) const LIFETIME: u64 = 300;
const KEY_ID: &str = "scenario";

fn key(issuer: &str) -> SigningKey {
    SigningKey::from_bytes(
        Digest::of(format!("key of the issuer {issuer} in scenarios").as_bytes()).as_bytes(),
    )
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(bytes.as_ref())
}

/// A token for an actor, and the key set of its issuer. It says what the actor's provider asks for, unless
/// `said` says otherwise: `claims`, `subject`, `issuer`, `audience`, the instant `issued`, `lifetime`,
/// the issuer whose `key` signs, and the `algorithm` that the header names.
pub(super) fn mint(
    said: &Json,
    actor: &str,
    engine: &Engine,
    at: Instant,
) -> Result<(String, KeySet)> {
    let text = |key: &str| said.get(key).and_then(Json::as_str);
    let charter = engine.charter();
    let declared = charter.actor(actor);
    let provider = declared.and_then(|declared| charter.provider_of(declared));
    let issuer = provider.map_or("https://issuer.example", |provider| provider.issuer());
    let audience =
        provider.and_then(|provider| provider.audiences().first()).map_or("nobody", String::as_str);
    let subject = declared.and_then(|declared| declared.subject.as_deref()).unwrap_or(actor);
    let issued: Instant = text("issued").map(str::parse).transpose()?.unwrap_or(at);
    let lifetime: Duration =
        text("lifetime").map(str::parse).transpose()?.unwrap_or(Duration::from_seconds(LIFETIME));

    let mut claims = said.get("claims").and_then(Json::as_object).cloned().unwrap_or_else(Map::new);
    let mut claim = |name: &str, value: Json| {
        claims.entry(name).or_insert(value);
    };
    claim("iss", text("issuer").unwrap_or(issuer).into());
    claim("aud", text("audience").unwrap_or(audience).into());
    claim("sub", text("subject").unwrap_or(subject).into());
    claim("iat", issued.unix_seconds().into());
    claim("exp", issued.saturating_add(lifetime).unix_seconds().into());

    let algorithm = text("algorithm").unwrap_or("EdDSA");
    let header = json!({ "typ": "JWT", "alg": algorithm, "kid": KEY_ID });
    let signed =
        format!("{}.{}", base64(header.to_string()), base64(Json::Object(claims).to_string()));
    let signature = key(text("key").unwrap_or(issuer)).sign(signed.as_bytes());
    let signature = if algorithm == "none" { String::new() } else { base64(signature.to_bytes()) };

    let public = base64(key(issuer).verifying_key().to_bytes());
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": public, "kid": KEY_ID, "use": "sig", "alg": "EdDSA" });
    let keys = KeySet::parse(json!({ "keys": [jwk] }).to_string().as_bytes())
        .map_err(|_| Error::new(Code::Internal, "a key set could not be written"))?;
    Ok((format!("{signed}.{signature}"), keys))
}
