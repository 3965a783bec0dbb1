//! Every way to forge a token is refused, each with its own code.

use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value as Json, json};

use crate::support::{AUDIENCE, ISSUED, Signer, at, base64url, claims, code, github, key_set};

fn signer() -> Signer {
    Signer::ed25519(1, "2026")
}

fn verify(token: &str) -> &'static str {
    code(github().verify(token, &signer().keys(), at(60)))
}

#[test]
fn a_token_that_is_what_it_must_be_is_accepted() {
    let token = github().verify(&signer().token(&claims()), &signer().keys(), at(60)).unwrap();
    assert_eq!(token.provider(), "github");
    assert_eq!(token.subject(), "repo:acme/infra:environment:prod");
    assert_eq!(token.issued_at(), at(0));
    assert_eq!(token.expires_at(), at(300));
    let attribute = |name: &str| token.attributes().get(name).map(String::as_str);
    // R014, R016, R039
    assert_eq!(attribute("repository"), Some("acme/infra"));
    assert_eq!(attribute("ref"), Some("refs/heads/main"));
    assert_eq!(attribute("environment"), Some("prod"));
    assert_eq!(attribute("actor"), Some("octocat"));
    assert_eq!(attribute("run"), Some("30433642"));
}

/// Claims that are rightly signed, and yet show nothing.
#[test]
fn claims_that_do_not_fit_are_refused() {
    type Change = fn(&mut Json);
    let cases: &[(&str, Change, &str)] = &[
        (
            "another issuer, with the same key",
            |c| c["iss"] = json!("https://evil.example"),
            "identity.token_issuer",
        ),
        (
            "an issuer with a slash more",
            |c| c["iss"] = json!(format!("{}/", crate::support::ISSUER)),
            "identity.token_issuer",
        ),
        ("no issuer", |c| remove(c, "iss"), "identity.token_claim"),
        ("two issuers", |c| c["iss"] = json!([crate::support::ISSUER]), "identity.token_claim"),
        (
            "another audience",
            |c| c["aud"] = json!("https://github.com/acme"),
            "identity.token_audience",
        ),
        (
            "an audience with another case",
            |c| c["aud"] = json!("https://Poundlock.example"),
            "identity.token_audience",
        ),
        (
            "a stranger among the audiences",
            |c| c["aud"] = json!([AUDIENCE, "sts.amazonaws.com"]),
            "identity.token_audience",
        ),
        ("no audience in the list", |c| c["aud"] = json!([]), "identity.token_audience"),
        (
            "a number among the audiences",
            |c| c["aud"] = json!([AUDIENCE, 1]),
            "identity.token_audience",
        ),
        ("no audience", |c| remove(c, "aud"), "identity.token_claim"),
        ("audience null", |c| c["aud"] = Json::Null, "identity.token_audience"),
        ("no subject", |c| remove(c, "sub"), "identity.token_claim"),
        ("an empty subject", |c| c["sub"] = json!(""), "identity.token_claim"),
        ("a subject that is no text", |c| c["sub"] = json!(7), "identity.token_claim"),
        ("no expiry", |c| remove(c, "exp"), "identity.token_claim"),
        (
            "an expiry in text",
            |c| c["exp"] = json!((ISSUED + 300).to_string()),
            "identity.token_claim",
        ),
        ("an expiry that is no instant", |c| c["exp"] = json!(i64::MAX), "identity.token_claim"),
        (
            "an expiry that is no whole number",
            |c| c["exp"] = json!(ISSUED as f64 + 0.5),
            "identity.token_claim",
        ),
        ("expiry null", |c| c["exp"] = Json::Null, "identity.token_claim"),
        ("no time of issue", |c| remove(c, "iat"), "identity.token_claim"),
        ("a start that is no number", |c| c["nbf"] = json!("now"), "identity.token_claim"),
        ("a life that is too long", |c| c["exp"] = json!(ISSUED + 901), "identity.token_lifetime"),
        ("no life", |c| c["exp"] = json!(ISSUED), "identity.token_lifetime"),
        (
            "a life that ends before it begins",
            |c| c["exp"] = json!(ISSUED - 1),
            "identity.token_lifetime",
        ),
        (
            "a start in the future",
            |c| c["nbf"] = json!(ISSUED + 121),
            "identity.token_not_yet_valid",
        ),
        (
            "issued in the future",
            |c| {
                c["iat"] = json!(ISSUED + 121);
                c["exp"] = json!(ISSUED + 421)
            },
            "identity.token_not_yet_valid",
        ),
        (
            "a pull request's ref",
            |c| c["ref"] = json!("refs/pull/7/merge"),
            "identity.token_condition",
        ),
        (
            "a tag of the branch's name",
            |c| c["ref"] = json!("refs/tags/main"),
            "identity.token_condition",
        ),
        ("a fork", |c| c["repository"] = json!("mallory/infra"), "identity.token_condition"),
        ("another environment", |c| c["environment"] = json!("dev"), "identity.token_condition"),
        ("no environment", |c| remove(c, "environment"), "identity.token_condition"),
        ("an empty environment", |c| c["environment"] = json!(""), "identity.token_condition"),
        (
            "a look-alike with a prefix",
            |c| c["repository"] = json!("acme/infra2"),
            "identity.token_condition",
        ),
        (
            "a look-alike with a suffix",
            |c| c["repository"] = json!("notacme/infra"),
            "identity.token_condition",
        ),
        (
            "a look-alike with another case",
            |c| c["repository"] = json!("Acme/infra"),
            "identity.token_condition",
        ),
        (
            "a look-alike with a Cyrillic letter",
            |c| c["repository"] = json!("аcme/infra"),
            "identity.token_condition",
        ),
        (
            "a look-alike with an invisible character",
            |c| c["repository"] = json!("acme/in\u{200b}fra"),
            "identity.token_condition",
        ),
        (
            "a look-alike with a space",
            |c| c["repository"] = json!("acme/infra "),
            "identity.token_condition",
        ),
        ("no repository", |c| remove(c, "repository"), "identity.token_attribute"),
        ("repository null", |c| c["repository"] = Json::Null, "identity.token_attribute"),
        (
            "two repositories",
            |c| c["repository"] = json!(["acme/infra"]),
            "identity.token_attribute",
        ),
        (
            "a line feed in an attribute",
            |c| c["actor"] = json!("octo\ncat"),
            "identity.token_attribute",
        ),
    ];
    for (name, change, expected) in cases {
        let mut claims = claims();
        change(&mut claims);
        assert_eq!(verify(&signer().token(&claims)), *expected, "{name}");
    }
}

fn remove(claims: &mut Json, name: &str) {
    claims.as_object_mut().unwrap().remove(name).unwrap();
}

/// Headers that ask for another verification than ours.
#[test]
fn headers_that_bring_their_own_rules_are_refused() {
    let key = Signer::ed25519(9, "2026");
    let cases = [
        ("jwk", key.jwk()),
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5c", json!(["MIIB"])),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("enc", json!("A128GCM")),
        ("cty", json!("JWT")),
        ("typ", json!("at+jwt")),
        ("typ", json!("logout+jwt")),
        ("typ", json!("JOSE")),
        ("typ", Json::Null),
        ("kid", json!(2026)),
    ];
    for (parameter, value) in cases {
        let mut header = signer().header();
        header[parameter] = value;
        let by_issuer = signer().sign(&header, &claims());
        assert_eq!(verify(&by_issuer), "identity.token_header", "{parameter}");
        let by_attacker = key.sign(&header, &claims());
        assert_eq!(verify(&by_attacker), "identity.token_header", "{parameter}");
    }
}

#[test]
fn algorithms_that_prove_nothing_are_refused() {
    for name in
        ["none", "None", "nOnE", "", "HS256", "HS384", "HS512", "RS1", "ES256K", "Ed448", "A128KW"]
    {
        let mut header = signer().header();
        header["alg"] = json!(name);
        let signed =
            format!("{}.{}", base64url(header.to_string()), base64url(claims().to_string()));
        for signature in ["", "AA"] {
            let token = format!("{signed}.{signature}");
            assert_eq!(verify(&token), "identity.token_algorithm", "{name:?}");
        }
    }
    let mut header = signer().header();
    remove(&mut header, "alg");
    assert_eq!(verify(&signer().sign(&header, &claims())), "identity.token_algorithm");
}

/// HS256 with any spelling of the public key as the secret.
#[test]
fn a_public_key_is_no_secret() {
    let issuer = Signer::rsa(Algorithm::RS256, "2026");
    let jwk = issuer.jwk();
    let secrets = [
        jwk.to_string(),
        jwk["n"].as_str().unwrap().to_owned(),
        json!({ "keys": [jwk] }).to_string(),
    ];
    for secret in secrets {
        let key = EncodingKey::from_secret(secret.as_bytes());
        let forger = Signer { key, algorithm: Algorithm::HS256, kid: Some("2026") };
        let refused = github().verify(&forger.token(&claims()), &issuer.keys(), at(60));
        assert_eq!(code(refused), "identity.token_algorithm");
    }
}

/// A key of one kind is not used with the algorithm of another, whatever the header says.
#[test]
fn an_algorithm_must_be_one_of_its_key() {
    let signers = [
        Signer::ed25519(1, "2026"),
        Signer::rsa(Algorithm::RS256, "2026"),
        Signer::ec(Algorithm::ES256, "2026"),
        Signer::ec(Algorithm::ES384, "2026"),
    ];
    for issuer in &signers {
        for other in signers.iter().filter(|other| other.algorithm != issuer.algorithm) {
            let refused = github().verify(&other.token(&claims()), &issuer.keys(), at(60));
            assert_eq!(code(refused), "identity.token_algorithm");
        }
    }
    // The key itself says that it is for RS256 alone.
    let issuer = Signer::rsa(Algorithm::RS256, "2026");
    for algorithm in [Algorithm::RS384, Algorithm::RS512, Algorithm::PS256] {
        let token = Signer::rsa(algorithm, "2026").token(&claims());
        assert_eq!(
            code(github().verify(&token, &issuer.keys(), at(60))),
            "identity.token_algorithm"
        );
    }
}

#[test]
fn all_asymmetric_algorithms_verify() {
    use Algorithm::{PS256, PS384, PS512, RS256, RS384, RS512};
    let rsa = [RS256, RS384, RS512, PS256, PS384, PS512].map(|one| Signer::rsa(one, "2026"));
    let ec = [Algorithm::ES256, Algorithm::ES384].map(|one| Signer::ec(one, "2026"));
    for signer in rsa.into_iter().chain(ec) {
        // Many issuers' keys do not say which algorithm they are for.
        let mut jwk = signer.jwk();
        remove(&mut jwk, "alg");
        for keys in [signer.keys(), key_set(&[jwk]).unwrap()] {
            let result = github().verify(&signer.token(&claims()), &keys, at(60));
            assert_eq!(code(result), "accepted", "{:?}", signer.algorithm);
        }
    }
}

#[test]
fn the_key_must_be_the_one_that_is_named() {
    let (old, new) = (Signer::ed25519(1, "2025"), Signer::ed25519(2, "2026"));
    let keys = key_set(&[old.jwk(), new.jwk()]).unwrap();
    let verify = |signer: &Signer| code(github().verify(&signer.token(&claims()), &keys, at(60)));
    assert_eq!(verify(&old), "accepted");
    assert_eq!(verify(&new), "accepted");
    // Another key of the set, a key that is not there, and none where there are several.
    assert_eq!(verify(&Signer::ed25519(1, "2026")), "identity.token_signature");
    assert_eq!(verify(&Signer::ed25519(1, "2027")), "identity.token_key");
    assert_eq!(verify(&Signer::ed25519(1, "")), "identity.token_key");
    assert_eq!(verify(&Signer { kid: None, ..Signer::ed25519(1, "") }), "identity.token_key");
    // With one key there is no doubt.
    let unnamed = Signer { kid: None, ..Signer::ed25519(1, "") };
    let one = |keys| code(github().verify(&unnamed.token(&claims()), &keys, at(60)));
    assert_eq!(one(old.keys()), "accepted");
    assert_eq!(one(unnamed.keys()), "accepted");
    assert_eq!(one(new.keys()), "identity.token_signature");
    let named = github().verify(&old.token(&claims()), &unnamed.keys(), at(60));
    assert_eq!(code(named), "identity.token_key");
}

#[test]
fn a_token_counts_from_its_start_to_its_end_give_or_take_the_clocks() {
    let signer = signer();
    let token = signer.token(&claims());
    let verify = |seconds| code(github().verify(&token, &signer.keys(), at(seconds)));
    for (seconds, expected) in [
        (-61, "identity.token_not_yet_valid"),
        (-60, "accepted"),
        (0, "accepted"),
        (300, "accepted"),
        (359, "accepted"),
        (360, "identity.token_expired"),
        (361, "identity.token_expired"),
    ] {
        assert_eq!(verify(seconds), expected, "{seconds}");
    }
    // The last instant before the end is in time.
    let nearly = "2026-03-02T09:05:59.999999999Z".parse().unwrap();
    assert_eq!(at(0).to_string(), "2026-03-02T09:00:00Z");
    assert_eq!(code(github().verify(&token, &signer.keys(), nearly)), "accepted");
    // The longest life that is allowed.
    let mut claims = claims();
    claims["exp"] = json!(ISSUED + 900);
    assert_eq!(code(github().verify(&signer.token(&claims), &signer.keys(), at(60))), "accepted");
}

/// Whatever is not exactly a token.
#[test]
fn what_is_not_a_token_is_refused() {
    let signer = signer();
    let token = signer.token(&claims());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let texts = [
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        signed.into(),
        format!("{signed}."),
        format!("{token}."),
        format!("{token}.{signature}"),
        format!("{token}\n"),
        format!(" {token}"),
        format!("{token}="),
        format!("{token}AAAA\0"),
        format!("Bearer {token}"),
        format!("{token},{token}"),
        format!("\u{feff}{token}"),
        format!("{header}=.{payload}.{signature}"),
        format!("{header}..{payload}.{signature}"),
        json!({ "protected": header, "payload": payload, "signature": signature }).to_string(),
    ];
    for text in &texts {
        let refused = verify(text);
        let empty_signature = text == &format!("{signed}.");
        let expected =
            if empty_signature { "identity.token_signature" } else { "identity.token_malformed" };
        assert_eq!(refused, expected, "{text:?}");
    }
    // A signature with more bytes than it has.
    assert_eq!(verify(&format!("{token}AAAA")), "identity.token_signature");
}

/// Parsers differ in which of two equal keys they take, and in what they read before and after.
#[test]
fn json_that_can_be_read_in_two_ways_is_refused() {
    let signer = signer();
    let header = signer.header().to_string();
    let payload = claims().to_string();
    let twice = |json: &str, member: &str| json.replacen('{', &format!("{{{member},"), 1);
    let payloads = [
        twice(&payload, r#""sub":"repo:mallory/infra""#),
        twice(&payload, r#""\u0073ub":"repo:mallory/infra""#),
        twice(&payload, r#""deep":{"a":1,"a":2}"#),
        format!("{payload} {payload}"),
        format!("\u{feff}{payload}"),
        format!(" {payload}"),
        format!("[{payload}]"),
        payload.replace("prod", "\\ud800"),
        "null".into(),
        "{}x".into(),
        String::new(),
    ];
    for payload in &payloads {
        assert_eq!(
            verify(&signer.sign_text(&header, payload)),
            "identity.token_malformed",
            "{payload}"
        );
    }
    let headers = [
        twice(&header, r#""alg":"none""#),
        twice(&header, r#""kid":"2025""#),
        format!("{header}{header}"),
        "{".repeat(200),
        "[]".into(),
    ];
    for header in &headers {
        assert_eq!(
            verify(&signer.sign_text(header, &payload)),
            "identity.token_malformed",
            "{header}"
        );
    }
    // UTF-16 is JSON to some.
    let wide: Vec<u8> = payload.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let signed =
        format!("{}.{}", base64url(&header), base64url([&[0xff, 0xfe], wide.as_slice()].concat()));
    let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &signer.key, signer.algorithm);
    assert_eq!(verify(&format!("{signed}.{}", signature.unwrap())), "identity.token_malformed");
}

#[test]
fn a_token_of_a_megabyte_is_refused_unread() {
    let mut claims = claims();
    claims["padding"] = json!("x".repeat(1 << 20));
    assert_eq!(verify(&signer().token(&claims)), "limit.size");
    assert_eq!(verify(&"x".repeat(1 << 20)), "limit.size");
    assert_eq!(verify(&".".repeat(1 << 20)), "limit.size");
}

/// Every flipped bit, every other byte in the signature's last four, every byte left out or doubled.
#[test]
fn no_changed_token_is_accepted() {
    let signer = signer();
    let (provider, keys) = (github(), signer.keys());
    let token = signer.token(&claims());
    let refused = |bytes: Vec<u8>| {
        let Ok(text) = String::from_utf8(bytes) else { return };
        assert!(provider.verify(&text, &keys, at(60)).is_err(), "{text}");
    };
    assert!(provider.verify(&token, &keys, at(60)).is_ok());
    let bytes = token.as_bytes();
    for index in 0..bytes.len() {
        let with = |byte| {
            let mut changed = bytes.to_vec();
            changed[index] = byte;
            changed
        };
        for bit in 0..8 {
            refused(with(bytes[index] ^ (1 << bit)));
        }
        if index + 4 > bytes.len() {
            for byte in (0..=u8::MAX).filter(|byte| *byte != bytes[index]) {
                refused(with(byte));
            }
        }
        let mut shorter = bytes.to_vec();
        shorter.remove(index);
        refused(shorter);
        let mut longer = bytes.to_vec();
        longer.insert(index, bytes[index]);
        refused(longer);
    }
}

#[test]
fn neither_results_nor_errors_show_the_token() {
    let signer = signer();
    let mut claims = claims();
    claims["jti"] = json!("secret-identifier");
    let token = signer.token(&claims);
    let verified = github().verify(&token, &signer.keys(), at(60)).unwrap();
    let shown = format!("{verified:?} {}", serde_json::to_string(&verified).unwrap());
    let refused = github().verify(&token, &signer.keys(), at(3_600)).unwrap_err();
    let shown = format!("{shown} {refused} {refused:?}");
    for part in token.split('.').chain(["secret-identifier"]) {
        assert!(!shown.contains(part));
    }
    claims["jti"] = json!("another-identifier");
    let another = github().verify(&signer.token(&claims), &signer.keys(), at(60)).unwrap();
    assert_ne!(another.digest(), verified.digest());
}

/// Two signatures may be right for one text; what they show is one token.
#[test]
fn a_token_is_what_is_signed() {
    let signer = Signer::rsa(Algorithm::PS256, "2026");
    let [one, other] = [signer.token(&claims()), signer.token(&claims())];
    assert_ne!(one, other);
    let verify = |token| github().verify(token, &signer.keys(), at(60)).unwrap();
    assert_eq!(verify(&one), verify(&other));
}
