//! Keys that sign tokens, and a token to start from.

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use jsonwebtoken::{Algorithm, EncodingKey, jwk::Jwk};
use poundlock::{
    Error,
    identity::{KeySet, Provider, ProviderDocument, VerifiedToken},
    time::Instant,
    value::Value,
};
use serde_json::{Value as Json, json};

pub(crate) const ISSUER: &str = "https://token.actions.githubusercontent.com";
pub(crate) const AUDIENCE: &str = "https://poundlock.example";
/// When the token was issued.
pub(crate) const ISSUED: i64 = 1_772_442_000;

pub(crate) fn at(seconds: i64) -> Instant {
    Instant::from_unix_seconds(ISSUED + seconds).unwrap()
}

pub(crate) fn vector(name: &str) -> String {
    let path = format!("{}/tests/identity/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

pub(crate) fn der(name: &str) -> Vec<u8> {
    Base64::decode_vec(&vector(name).split_whitespace().collect::<String>()).unwrap()
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(bytes.as_ref())
}

/// Somebody who signs tokens.
pub(crate) struct Signer {
    pub(crate) key: EncodingKey,
    pub(crate) algorithm: Algorithm,
    pub(crate) kid: Option<&'static str>,
}

impl Signer {
    /// An Ed25519 key of a seed.
    pub(crate) fn ed25519(seed: u8, kid: &'static str) -> Self {
        let prefix = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
        let der = [prefix.as_slice(), &[seed; 32]].concat();
        Self { key: EncodingKey::from_ed_der(&der), algorithm: Algorithm::EdDSA, kid: Some(kid) }
    }

    pub(crate) fn rsa(algorithm: Algorithm, kid: &'static str) -> Self {
        let key = EncodingKey::from_rsa_der(&der("rsa-2048.pkcs1.base64"));
        Self { key, algorithm, kid: Some(kid) }
    }

    pub(crate) fn ec(algorithm: Algorithm, kid: &'static str) -> Self {
        let file = match algorithm {
            Algorithm::ES256 => "ec-p256.pkcs8.base64",
            _ => "ec-p384.pkcs8.base64",
        };
        Self { key: EncodingKey::from_ec_der(&der(file)), algorithm, kid: Some(kid) }
    }

    /// The public key as a key set has it.
    pub(crate) fn jwk(&self) -> Json {
        let jwk = Jwk::from_encoding_key(&self.key, self.algorithm).unwrap();
        let mut jwk = serde_json::to_value(jwk).unwrap();
        jwk["use"] = json!("sig");
        jwk["alg"] = json!(self.algorithm);
        if let Some(kid) = self.kid {
            jwk["kid"] = json!(kid);
        }
        jwk
    }

    pub(crate) fn keys(&self) -> KeySet {
        key_set(&[self.jwk()]).unwrap()
    }

    pub(crate) fn header(&self) -> Json {
        let mut header = json!({ "typ": "JWT", "alg": self.algorithm });
        if let Some(kid) = self.kid {
            header["kid"] = json!(kid);
        }
        header
    }

    /// A token of any header and any payload.
    pub(crate) fn sign(&self, header: &Json, payload: &Json) -> String {
        self.sign_text(&header.to_string(), &payload.to_string())
    }

    pub(crate) fn sign_text(&self, header: &str, payload: &str) -> String {
        let signed = format!("{}.{}", base64url(header), base64url(payload));
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &self.key, self.algorithm);
        format!("{signed}.{}", signature.unwrap())
    }

    pub(crate) fn token(&self, payload: &Json) -> String {
        self.sign(&self.header(), payload)
    }
}

pub(crate) fn key_set(keys: &[Json]) -> Result<KeySet, Error> {
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes())
}

pub(crate) fn document(yaml: &str) -> ProviderDocument {
    Value::parse_yaml(yaml.as_bytes()).unwrap().deserialize().unwrap()
}

pub(crate) fn provider(yaml: &str) -> Result<Provider, Error> {
    Provider::new(&document(yaml))
}

/// What a charter says that binds a deployment to repository, ref and environment.
pub(crate) fn github() -> Provider {
    provider(
        "
        provider: github
        preset: github-actions
        audiences: [https://poundlock.example]
        maxLifetime: 15m
        attributeCondition: >-
          attribute.repository == 'acme/infra' && attribute.ref == 'refs/heads/main'
          && attribute.environment == 'prod'
        ",
    )
    .unwrap()
}

/// The claims of a job of GitHub Actions, whose `nbf` lies before `iat`.
pub(crate) fn claims() -> Json {
    json!({
        "jti": "example-id",
        "sub": "repo:acme/infra:environment:prod",
        "environment": "prod",
        "aud": AUDIENCE,
        "ref": "refs/heads/main",
        "sha": "4f9c1d2e3b5a69788796a5b4c3d2e1f001122334",
        "repository": "acme/infra",
        "repository_id": "74",
        "repository_owner": "acme",
        "repository_owner_id": "65",
        "run_id": "30433642",
        "run_number": "10",
        "run_attempt": "2",
        "actor": "octocat",
        "workflow": "deploy",
        "head_ref": "",
        "base_ref": "",
        "event_name": "push",
        "ref_type": "branch",
        "job_workflow_ref": "acme/infra/.github/workflows/deploy.yml@refs/heads/main",
        "iss": ISSUER,
        "nbf": ISSUED - 600,
        "iat": ISSUED,
        "exp": ISSUED + 300,
    })
}

pub(crate) fn code(result: Result<VerifiedToken, Error>) -> &'static str {
    result.map_or_else(|error| error.code(), |_| "accepted")
}
