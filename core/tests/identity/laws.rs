//! Whatever is handed in, the answer is an error or what was shown: nothing panics, nothing is guessed.

use base64ct::{Base64, Encoding as _};
use poundlock::{
    Error,
    identity::{AllowedSigner, AllowedSigners, KeySet, Statement},
};
use proptest::{prelude::*, sample::Index};
use serde_json::{Value as Json, json};

use crate::support::{Signer, at, base64url, claims, code, github, key_set, vector};

fn signers() -> AllowedSigners {
    let alice = AllowedSigner {
        principal: "alice".into(),
        key: vector("ed25519.pub"),
        namespaces: None,
        valid_after: None,
        valid_before: None,
    };
    AllowedSigners::new(&[alice]).unwrap()
}

fn approve(signature: &[u8]) -> Result<(), Error> {
    let statement = Statement::parse(vector("statement.txt").as_bytes()).unwrap();
    signers().verify(&statement, signature, at(60)).map(drop)
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        any::<String>().prop_map(Json::from),
        prop::collection::vec(any::<u8>(), 0..100).prop_map(|bytes| json!(base64url(bytes))),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((any::<String>(), inner), 0..4)
                .prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

/// One member of a map is replaced.
fn replace(map: &Json, member: &Index, value: Json) -> Json {
    let mut map = map.clone();
    let members = map.as_object_mut().unwrap();
    let name = members.keys().nth(member.index(members.len())).unwrap().clone();
    members.insert(name, value);
    map
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn texts_are_no_tokens(text in any::<String>(), parts in prop::collection::vec("[A-Za-z0-9_-]{0,20}", 0..5)) {
        let keys = Signer::ed25519(1, "2026").keys();
        prop_assert!(github().verify(&text, &keys, at(60)).is_err());
        prop_assert!(github().verify(&parts.join("."), &keys, at(60)).is_err());
    }

    /// Rightly signed headers and payloads with anything in place of one member.
    #[test]
    fn signed_garbage_is_no_identity(member in any::<Index>(), value in any_json()) {
        let signer = Signer::ed25519(1, "2026");
        let header = replace(&signer.header(), &member, value.clone());
        let payload = replace(&claims(), &member, value);
        if header != signer.header() {
            let token = signer.sign(&header, &claims());
            prop_assert!(github().verify(&token, &signer.keys(), at(60)).is_err());
        }
        let token = signer.token(&payload);
        if let Ok(verified) = github().verify(&token, &signer.keys(), at(60)) {
            for bound in ["repository", "ref", "environment"] {
                prop_assert_eq!(json!(verified.attributes()[bound]), claims()[bound].clone());
            }
            prop_assert!(verified.attributes().values().all(|value| !value.is_empty()));
        }
    }

    /// What the condition binds is bound exactly (R014, R017, R039).
    #[test]
    fn nothing_else_stands_for_what_is_bound(other in "\\PC{0,20}", bound in 0usize..3) {
        let name = ["repository", "ref", "environment"][bound];
        let signer = Signer::ed25519(1, "2026");
        let mut claims = claims();
        prop_assume!(claims[name] != json!(other));
        claims[name] = json!(other);
        let result = github().verify(&signer.token(&claims), &signer.keys(), at(60));
        prop_assert_eq!(code(result), "identity.token_condition");
    }

    #[test]
    fn key_sets_of_anything_do_no_harm(member in any::<Index>(), value in any_json(), bytes in any::<Vec<u8>>()) {
        let _ = KeySet::parse(&bytes);
        let _ = KeySet::parse(value.to_string().as_bytes());
        let signer = Signer::ed25519(1, "2026");
        for other in [Signer::ed25519(2, "2026"), Signer::rsa(jsonwebtoken::Algorithm::RS256, "2026")] {
            if let Ok(keys) = key_set(&[replace(&other.jwk(), &member, value.clone())]) {
                prop_assert!(github().verify(&signer.token(&claims()), &keys, at(60)).is_err());
            }
        }
    }

    /// Bytes, and armor around the fields of a signature with something else in their midst.
    #[test]
    fn signatures_of_anything_are_none(bytes in any::<Vec<u8>>(), start in any::<Index>(), length in 0usize..20) {
        prop_assert!(approve(&bytes).is_err());
        let signature = vector("ed25519.sig");
        let body: String = signature.lines().filter(|line| !line.starts_with('-')).collect();
        let fields = Base64::decode_vec(&body).unwrap();
        let start = start.index(fields.len());
        let end = (start + length).min(fields.len());
        prop_assume!(fields[start..end] != bytes[..]);
        let changed = [&fields[..start], &bytes, &fields[end..]].concat();
        let base64 = Base64::encode_string(&changed);
        let lines: Vec<&str> =
            base64.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let text = signature.lines().next().unwrap().to_owned() + "\n" + &lines.join("\n");
        let text = text + "\n" + signature.lines().last().unwrap() + "\n";
        prop_assert!(approve(text.as_bytes()).is_err());
    }
}
