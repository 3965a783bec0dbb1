//! Issuers of tokens: a forge whose jobs are workloads, and a directory of people.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use poundlock::{
    engine::Engine,
    identity::{Credential, KeySet},
    model::{Fact, Request},
    time::Instant,
};
use serde_json::{Value as Json, json};

use crate::support::*;

/// Everybody is verified: workloads by the workflow that runs, ann by the directory.
pub(crate) const VERIFIED: &[(&str, &str)] = &[
    ("identity: asserted", PROVIDERS),
    (
        "{ actor: planner, kind: workload }",
        "{ actor: planner, kind: workload, provider: forge, claims: { workflow: plan } }",
    ),
    (
        "{ actor: bound, kind: workload, claims: { repository: acme/web } }",
        "{ actor: bound, kind: workload, provider: forge, subject: 'repo:acme/web:bound', claims: { workflow: bound } }",
    ),
    (
        "{ actor: deployer, kind: workload }",
        "{ actor: deployer, kind: workload, provider: forge, claims: { workflow: deploy } }",
    ),
    (
        "{ actor: checker, kind: workload }",
        "{ actor: checker, kind: workload, provider: forge, claims: { workflow: check } }",
    ),
    (
        "{ actor: second-checker, kind: workload }",
        "{ actor: second-checker, kind: workload, provider: forge, claims: { workflow: check-again } }",
    ),
    (
        "{ actor: attestor, kind: workload }",
        "{ actor: attestor, kind: workload, provider: forge, claims: { workflow: attest } }",
    ),
    (
        "{ actor: ann, kind: human, roles: [reviewer] }",
        "{ actor: ann, kind: human, roles: [reviewer], provider: people, subject: ann@acme }",
    ),
    (
        "{ actor: cyd, kind: human, roles: [security] }",
        "{ actor: cyd, kind: human, roles: [security], provider: people, subject: cyd@acme }",
    ),
];

pub(crate) const PROVIDERS: &str = "identity: verified
providers:
  - provider: forge
    issuer: https://forge.example
    audiences: [https://poundlock.example]
    maxLifetime: 15m
    clockSkew: 30s
    attributeMapping:
      attribute.repository: string(assertion.repository)
      attribute.workflow: string(assertion.workflow)
      attribute.ref: string(assertion.ref)
      attribute.commit: string(assertion.sha)
      attribute.run: string(assertion.run_id)
      attribute.environment: \"has(assertion.environment) ? string(assertion.environment) : ''\"
    attributeCondition: attribute.repository == 'acme/web'
  - provider: people
    issuer: https://people.example
    audiences: [https://poundlock.example]
    attributeCondition: assertion.acme == true";

/// Somebody who signs tokens.
pub(crate) struct Issuer {
    key: SigningKey,
    pub(crate) keys: KeySet,
}

impl Issuer {
    pub(crate) fn of_seed(seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let x = base64url(key.verifying_key().as_bytes());
        let set = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "1", "x": x }] });
        Self { keys: KeySet::parse(set.to_string().as_bytes()).unwrap(), key }
    }

    pub(crate) fn forge() -> Self {
        Self::of_seed(41)
    }

    pub(crate) fn people() -> Self {
        Self::of_seed(42)
    }

    /// A token of any claims.
    pub(crate) fn token(&self, claims: &Json) -> String {
        let header = json!({ "typ": "JWT", "alg": "EdDSA", "kid": "1" });
        let signed = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
        let signature = self.key.sign(signed.as_bytes()).to_bytes();
        format!("{signed}.{}", base64url(signature))
    }
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(bytes.as_ref())
}

/// The claims of a job of the forge that began at an instant and lasts ten minutes.
pub(crate) fn job(workflow: &str, seconds: i64) -> Json {
    let issued = at(seconds).unix_seconds();
    json!({
        "iss": "https://forge.example",
        "aud": "https://poundlock.example",
        "sub": format!("repo:acme/web:{workflow}"),
        "iat": issued,
        "nbf": issued,
        "exp": issued + 600,
        "repository": "acme/web",
        "workflow": workflow,
        "ref": "refs/heads/main",
        "sha": COMMIT,
        "run_id": "7",
    })
}

/// The claims of a person of the directory.
pub(crate) fn person(name: &str, seconds: i64) -> Json {
    let issued = at(seconds).unix_seconds();
    json!({
        "iss": "https://people.example",
        "aud": "https://poundlock.example",
        "sub": format!("{name}@acme"),
        "iat": issued,
        "exp": issued + 600,
        "acme": true,
    })
}

/// The workflow that an actor is known by.
pub(crate) fn workflow(actor: &str) -> &str {
    match actor {
        "planner" => "plan",
        "deployer" => "deploy",
        "checker" => "check",
        "second-checker" => "check-again",
        "attestor" => "attest",
        other => other,
    }
}

/// What the engine makes of the token that an actor has at an instant.
pub(crate) fn credential(engine: &Engine, actor: &str, instant: Instant) -> Credential {
    let seconds = instant.unix_seconds() - at(0).unix_seconds();
    let (issuer, claims) = match actor {
        "ann" | "cyd" => (Issuer::people(), person(actor, seconds)),
        _ => (Issuer::forge(), job(workflow(actor), seconds)),
    };
    engine.credential(actor, &issuer.token(&claims), &issuer.keys, instant)
}

/// The request with a token of its actor's.
pub(crate) fn shown(engine: &Engine, mut request: Request) -> Request {
    request.credential = Some(credential(engine, &request.actor.id, request.at));
    request
}

/// The fact with a token of its recorder's.
pub(crate) fn shown_fact(engine: &Engine, mut fact: Fact) -> Fact {
    fact.credential = Some(credential(engine, &fact.actor.id, fact.at));
    fact
}
