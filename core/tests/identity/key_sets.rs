//! Key sets: what is no key is refused, what is of no use is left out.

use jsonwebtoken::Algorithm;
use poundlock::identity::KeySet;
use serde_json::{Value as Json, json};

use crate::support::{Signer, at, base64url, claims, code, github, key_set};

fn with(signer: &Signer, changes: &[(&str, Json)]) -> Json {
    let mut jwk = signer.jwk();
    for (member, value) in changes {
        jwk[*member] = value.clone();
    }
    jwk
}

fn refused(json: &str) -> &'static str {
    KeySet::parse(json.as_bytes()).unwrap_err().code()
}

#[test]
fn two_keys_with_one_kid_are_refused() {
    let (one, other) = (Signer::ed25519(1, "2026"), Signer::ed25519(2, "2026"));
    assert_eq!(key_set(&[one.jwk(), other.jwk()]).unwrap_err().code(), "identity.key_ambiguous");
    assert_eq!(key_set(&[one.jwk(), one.jwk()]).unwrap_err().code(), "identity.key_ambiguous");
    let rsa = Signer::rsa(Algorithm::RS256, "2026");
    assert_eq!(key_set(&[one.jwk(), rsa.jwk()]).unwrap_err().code(), "identity.key_ambiguous");
    // A key for encryption is none of ours, whatever it is called.
    let encryption = with(&other, &[("use", json!("enc"))]);
    assert_eq!(key_set(&[one.jwk(), encryption]).unwrap().len(), 1);
}

#[test]
fn what_is_no_key_is_refused() {
    let ed = Signer::ed25519(1, "2026");
    let rsa = Signer::rsa(Algorithm::RS256, "2026");
    let ec = Signer::ec(Algorithm::ES256, "2026");
    let off_curve = base64url([7; 32]);
    // The point of order one signs everything.
    let mut weak = [0; 32];
    weak[0] = 1;
    let keys = [
        json!("key"),
        json!({ "kid": "2026" }),
        json!({ "kty": 7 }),
        with(&ed, &[("kid", json!(""))]),
        with(&ed, &[("kid", json!(7))]),
        with(&ed, &[("kid", json!("x".repeat(257)))]),
        with(&ed, &[("d", json!(base64url([1; 32])))]),
        json!({ "kty": "oct", "k": base64url([1; 32]) }),
        json!({ "kty": "oct" }),
        with(&ed, &[("alg", json!("RS256"))]),
        with(&rsa, &[("alg", json!("EdDSA"))]),
        with(&ec, &[("alg", json!("ES384"))]),
        with(&ed, &[("key_ops", json!("verify"))]),
        with(&ed, &[("x", json!(base64url([1; 31])))]),
        with(&ed, &[("x", json!(base64url([1; 33])))]),
        with(&ed, &[("x", json!(""))]),
        with(&ed, &[("x", json!(base64url([0xff; 32])))]),
        with(&ed, &[("x", json!(base64url(weak)))]),
        with(&ed, &[("crv", Json::Null)]),
        with(&ec, &[("y", json!(off_curve))]),
        with(&ec, &[("x", json!(base64url([0; 31])))]),
        with(&ec, &[("y", Json::Null)]),
        with(&rsa, &[("n", json!("not base64!"))]),
        with(&rsa, &[("e", json!(base64url([1])))]),
        with(&rsa, &[("e", json!(base64url([2])))]),
        with(&rsa, &[("e", json!(""))]),
        with(&rsa, &[("e", json!(base64url([3; 9])))]),
    ];
    for key in &keys {
        // One bad key spoils the set: it is not what the issuer published.
        let good = Signer::ed25519(3, "good").jwk();
        let error = key_set(&[good, key.clone()]).unwrap_err();
        assert_eq!(error.code(), "identity.key_invalid", "{key}");
        assert_eq!(error.place().pointer.as_deref(), Some("/keys/1"));
    }
}

#[test]
fn what_is_of_no_use_is_left_out() {
    let good = Signer::ed25519(1, "2026");
    let ec = Signer::ec(Algorithm::ES256, "other");
    let rsa = Signer::rsa(Algorithm::RS256, "other");
    let odd = |length: usize| json!(base64url(vec![0xff; length]));
    let keys = [
        with(&ec, &[("use", json!("enc"))]),
        with(&ec, &[("use", json!("x509-svid"))]),
        with(&ec, &[("key_ops", json!(["sign"]))]),
        with(&ec, &[("key_ops", json!([]))]),
        with(&ec, &[("crv", json!("P-521"))]),
        with(&ec, &[("crv", json!("secp256k1"))]),
        with(&ec, &[("alg", json!("ECDH-ES"))]),
        with(&rsa, &[("alg", json!("RSA-OAEP"))]),
        with(&rsa, &[("n", odd(128))]),
        with(&rsa, &[("n", odd(255))]),
        with(&rsa, &[("n", odd(513))]),
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA" }),
    ];
    for key in &keys {
        let set = key_set(&[key.clone(), good.jwk()]).unwrap();
        assert_eq!(set.len(), 1, "{key}");
        assert_eq!(code(github().verify(&good.token(&claims()), &set, at(60))), "accepted");
        assert_eq!(
            key_set(std::slice::from_ref(key)).unwrap_err().code(),
            "identity.key_invalid",
            "{key}"
        );
    }
}

#[test]
fn what_is_no_key_set_is_refused() {
    assert_eq!(refused(""), "input.empty");
    assert_eq!(refused("{"), "input.syntax");
    assert_eq!(refused(r#"{"keys": [], "keys": []}"#), "input.duplicate_key");
    assert_eq!(refused("[]"), "identity.key_invalid");
    assert_eq!(refused("{}"), "identity.key_invalid");
    assert_eq!(refused(r#"{"keys": {}}"#), "identity.key_invalid");
    assert_eq!(refused(r#"{"keys": []}"#), "identity.key_invalid");
    assert_eq!(refused(&" ".repeat(256 * 1024 + 1)), "limit.size");
    let many: Vec<Json> = (0..101).map(|_| json!({ "kty": "none" })).collect();
    assert_eq!(key_set(&many).unwrap_err().code(), "limit.count");
}

/// SPIFFE trust bundles mark their keys; those are for JWT-SVIDs alone.
#[test]
fn keys_for_svids_verify_nothing_else() {
    let signer = Signer::ed25519(1, "2026");
    let keys = key_set(&[with(&signer, &[("use", json!("jwt-svid"))])]).unwrap();
    let result = github().verify(&signer.token(&claims()), &keys, at(60));
    assert_eq!(code(result), "identity.token_key");
}
