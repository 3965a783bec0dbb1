//! Signatures of people: by SSH keys and in envelopes, and every way to pass one off as another.

use base64ct::{Base64, Encoding as _};
use poundlock::{
    Digest, Error,
    identity::{
        AllowedSigner, AllowedSigners, NAMESPACE, PAYLOAD_TYPE, Statement, StatementSubject,
        VerifiedSignature, pre_authentication_encoding,
    },
    ledger::{SecretKey, Signer as _},
    time::Instant,
};
use serde_json::{Value as Json, json};

use crate::support::vector;

fn statement() -> Statement {
    Statement::parse(vector("statement.txt").as_bytes()).unwrap()
}

fn now() -> Instant {
    "2026-03-02T09:01:00Z".parse().unwrap()
}

fn signer(principal: &str, key: &str) -> AllowedSigner {
    AllowedSigner {
        principal: principal.into(),
        key: key.into(),
        namespaces: None,
        valid_after: None,
        valid_before: None,
    }
}

fn alice(key: &str) -> AllowedSigners {
    AllowedSigners::new(&[signer("alice", key)]).unwrap()
}

fn code(result: Result<VerifiedSignature, Error>) -> &'static str {
    result.map_or_else(|error| error.code(), |_| "accepted")
}

fn verify(signers: &AllowedSigners, statement: &Statement, signature: &str) -> &'static str {
    code(signers.verify(statement, signature.as_bytes(), now()))
}

const KINDS: [&str; 5] = ["ed25519", "ecdsa-256", "ecdsa-384", "rsa-2048", "rsa-3072"];

/// Statements that differ from the signed one in one field each.
fn others() -> Vec<Statement> {
    let digest = Digest::of(b"another");
    let change = |change: &dyn Fn(&mut Statement)| {
        let mut other = statement();
        change(&mut other);
        other
    };
    let commit = "5f9c1d2e3b5a69788796a5b4c3d2e1f001122334".to_owned();
    let signed = "4f9c1d2e3b5a69788796a5b4c3d2e1f001122334".to_owned();
    let plan = statement().subject.digest();
    vec![
        change(&|it| it.ledger = "acme/2027".into()),
        change(&|it| it.charter = digest),
        change(&|it| it.track = "model".into()),
        change(&|it| it.stage = "stage".into()),
        change(&|it| it.asset = "db".into()),
        change(&|it| it.subject = StatementSubject::Change { commit: commit.clone(), plan }),
        change(&|it| {
            it.subject = StatementSubject::Change { commit: signed.clone(), plan: digest }
        }),
        change(&|it| it.subject = StatementSubject::Artifact(plan)),
        change(&|it| it.role = Some("security".into())),
        change(&|it| it.role = None),
        change(&|it| it.at = "2026-03-02T09:00:01Z".parse().unwrap()),
        change(&|it| it.expires = Some("2026-03-04T09:00:01Z".parse().unwrap())),
        change(&|it| it.expires = None),
    ]
}

#[test]
fn what_ssh_keygen_signs_is_accepted() {
    for kind in KINDS {
        let signers = alice(&vector(&format!("{kind}.pub")));
        let verified =
            signers.verify(&statement(), vector(&format!("{kind}.sig")).as_bytes(), now());
        let verified = verified.unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_eq!(verified.principal(), "alice");
        assert_eq!(verified.statement(), Digest::of(vector("statement.txt").as_bytes()));
        assert!(verified.key().starts_with("SHA256:"));
        // With or without the last line feed, as it comes through a variable of a shell.
        assert_eq!(
            verify(&signers, &statement(), vector(&format!("{kind}.sig")).trim_end()),
            "accepted"
        );
    }
    let ed25519 = alice(&vector("ed25519.pub"));
    assert_eq!(verify(&ed25519, &statement(), &vector("ed25519.sha256.sig")), "accepted");
}

#[test]
fn a_signature_is_over_one_statement() {
    for kind in KINDS {
        let signers = alice(&vector(&format!("{kind}.pub")));
        for other in others() {
            let found = verify(&signers, &other, &vector(&format!("{kind}.sig")));
            assert_eq!(found, "approval.signature_invalid", "{kind} {other:?}");
        }
    }
}

#[test]
fn a_signature_for_another_purpose_is_refused() {
    let signers = alice(&vector("ed25519.pub"));
    let found = verify(&signers, &statement(), &vector("ed25519.file.sig"));
    assert_eq!(found, "approval.signature_namespace");
}

#[test]
fn a_certificate_is_no_key() {
    for key in ["ed25519.pub", "ecdsa-256.pub"] {
        let found = verify(&alice(&vector(key)), &statement(), &vector("cert.sig"));
        assert_eq!(found, "approval.signature_certificate");
    }
    for key in ["cert.pub", "ecdsa-521.pub", "rsa-1024.pub"] {
        let error = AllowedSigners::new(&[signer("alice", &vector(key))]).unwrap_err();
        assert_eq!(error.code(), "charter.invalid", "{key}");
        assert_eq!(error.place().pointer.as_deref(), Some("/0/key"));
    }
}

#[test]
fn a_key_that_is_not_listed_is_refused() {
    for (listed, signature) in [
        ("ed25519.pub", "ecdsa-256.sig"),
        ("ed25519.pub", "ecdsa-521.sig"),
        ("rsa-2048.pub", "rsa-3072.sig"),
        ("rsa-2048.pub", "rsa-1024.sig"),
    ] {
        let found = verify(&alice(&vector(listed)), &statement(), &vector(signature));
        assert_eq!(found, "approval.signature_unlisted", "{signature}");
    }
    let nobody = AllowedSigners::new(&[]).unwrap();
    assert!(nobody.is_empty());
    let found = verify(&nobody, &statement(), &vector("ed25519.sig"));
    assert_eq!(found, "approval.signature_unlisted");
}

#[test]
fn nobody_signs_for_another() {
    let signers = AllowedSigners::new(&[
        signer("alice", &vector("ed25519.pub")),
        signer("bob", &vector("ecdsa-256.pub")),
    ])
    .unwrap();
    let found = verify(&signers, &statement(), &vector("ecdsa-256.sig"));
    assert_eq!(found, "approval.signature_principal");
    let for_bob = Statement { by: "bob".into(), ..statement() };
    let found = verify(&signers, &for_bob, &vector("ed25519.sig"));
    assert_eq!(found, "approval.signature_principal");
    // Bob's key says that Bob approves: what he signed says Alice.
    let found = verify(&signers, &for_bob, &vector("ecdsa-256.sig"));
    assert_eq!(found, "approval.signature_invalid");
}

#[test]
fn a_key_counts_between_its_instants() {
    let instant = |text: &str| Some(text.parse::<Instant>().unwrap());
    let (before, after) = ("2026-03-02T09:00:59Z", "2026-03-02T09:01:01Z");
    for (from, to, expected) in [
        (None, None, "accepted"),
        (instant(before), instant(after), "accepted"),
        (Some(now()), instant(after), "accepted"),
        (instant(before), Some(now()), "accepted"),
        (None, instant(before), "approval.signature_expired"),
        (instant(after), None, "approval.signature_expired"),
        (instant(after), instant("2026-04-01T00:00:00Z"), "approval.signature_expired"),
    ] {
        let listed = AllowedSigner {
            valid_after: from,
            valid_before: to,
            ..signer("alice", &vector("ed25519.pub"))
        };
        let signers = AllowedSigners::new(&[listed]).unwrap();
        for signature in [vector("ed25519.sig"), vector("ed25519.sha256.sig")] {
            assert_eq!(verify(&signers, &statement(), &signature), expected, "{from:?} {to:?}");
        }
    }
}

/// The bytes in the armor, and armor around other bytes.
fn unarmor(signature: &str) -> Vec<u8> {
    let body: String = signature.lines().filter(|line| !line.starts_with('-')).collect();
    Base64::decode_vec(&body).unwrap()
}

fn armor(bytes: &[u8]) -> String {
    let base64 = Base64::encode_string(bytes);
    let lines: Vec<&str> =
        base64.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", lines.join("\n"))
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let start = bytes.windows(from.len()).position(|part| part == from).unwrap();
    [&bytes[..start], to, &bytes[start + from.len()..]].concat()
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

#[test]
fn a_signature_with_another_hash_is_refused() {
    let signers = alice(&vector("ed25519.pub"));
    let signature = unarmor(&vector("ed25519.sig"));
    assert_eq!(armor(&signature), vector("ed25519.sig"));
    let with = |hash: &[u8]| armor(&replace(&signature, &string(b"sha512"), &string(hash)));
    assert_eq!(verify(&signers, &statement(), &with(b"sha256")), "approval.signature_invalid");
    for hash in [b"sha1".as_slice(), b"md5", b"", b"SHA512", b"sha384"] {
        assert_eq!(verify(&signers, &statement(), &with(hash)), "approval.signature_hash");
    }
    // RSA with SHA-1 has the name of the key type.
    let rsa = unarmor(&vector("rsa-2048.sig"));
    let signers = alice(&vector("rsa-2048.pub"));
    let blob = rsa.len() - (4 + 12 + 4 + 256);
    assert_eq!(rsa[blob..blob + 16], string(b"rsa-sha2-512"));
    let old = [string(b"ssh-rsa").as_slice(), &rsa[blob + 16..]].concat();
    let forged = armor(&[&rsa[..blob - 4], &string(&old)].concat());
    assert_eq!(verify(&signers, &statement(), &forged), "approval.signature_hash");
}

#[test]
fn what_is_no_signature_is_refused() {
    let signers = alice(&vector("ed25519.pub"));
    let signature = vector("ed25519.sig");
    let bytes = unarmor(&signature);
    let namespace = string(NAMESPACE.as_bytes());
    let reserved = [namespace.as_slice(), &string(b"")].concat();
    let texts = [
        String::new(),
        "approved".into(),
        vector("ed25519.pub"),
        format!(" {signature}"),
        format!("{signature}\n"),
        format!("{signature}x"),
        signature.replace('\n', "\r\n"),
        signature.replacen('\n', "\n\n", 1),
        signature.replace("SIGNATURE", "SIGNED"),
        signature.lines().collect::<Vec<_>>().concat(),
        signature.lines().take(3).collect::<Vec<_>>().join("\n"),
        armor(&bytes).replacen('\n', "\nVersion: 1\n\n", 1),
        armor(b""),
        armor(b"SSHSIG"),
        armor(&bytes[..bytes.len() - 1]),
        armor(&[bytes.as_slice(), &[0]].concat()),
        armor(&replace(&bytes, b"SSHSIG\0\0\0\x01", b"SSHSIG\0\0\0\x02")),
        armor(&replace(&bytes, b"SSHSIG\0\0\0\x01", b"SSHSIG\0\0\0\x00")),
        armor(&replace(&bytes, &reserved, &[namespace.as_slice(), &string(b"x")].concat())),
        armor(&replace(&bytes, b"\0\0\0\x33", b"\xff\xff\xff\xff")),
    ];
    for text in &texts {
        assert_eq!(
            verify(&signers, &statement(), text),
            "approval.signature_malformed",
            "{text:?}"
        );
    }
    let garbage = signers.verify(&statement(), &[0xff, 0xfe], now());
    assert_eq!(code(garbage), "approval.signature_malformed");
    let long = signers.verify(&statement(), &vec![b'x'; 16 * 1024 + 1], now());
    assert_eq!(code(long), "limit.size");
}

/// Every flipped bit, within the armor and of it.
#[test]
fn no_changed_signature_is_accepted() {
    let signers = alice(&vector("ed25519.pub"));
    let text = vector("ed25519.sig");
    // The last line feed is not part of it.
    for index in 0..text.len() - 1 {
        for bit in 0..8 {
            let mut changed = text.clone().into_bytes();
            changed[index] ^= 1 << bit;
            assert!(signers.verify(&statement(), &changed, now()).is_err(), "{index} {bit}");
        }
    }
    let (key, by_device) = made::by_security_key(1);
    for (key, signature) in [
        (vector("ecdsa-256.pub"), vector("ecdsa-256.sig")),
        (vector("rsa-2048.pub"), vector("rsa-2048.sig")),
        (key, by_device),
    ] {
        let signers = alice(&key);
        let bytes = unarmor(&signature);
        for index in 0..bytes.len() {
            for bit in [index % 8, (index + 5) % 8] {
                let mut changed = bytes.clone();
                changed[index] ^= 1 << bit;
                assert_ne!(
                    verify(&signers, &statement(), &armor(&changed)),
                    "accepted",
                    "{index} {bit}"
                );
            }
        }
    }
}

/// Signatures by keys that we make, for what ssh-keygen needs a device or a mistake for.
mod made {
    use super::*;

    /// The fields of a signature blob around a signature over them.
    pub(super) fn blob(key: &[u8], hash: &str, signature: &[u8]) -> Vec<u8> {
        let mut bytes = b"SSHSIG\0\0\0\x01".to_vec();
        for field in [key, NAMESPACE.as_bytes(), b"", hash.as_bytes(), signature] {
            bytes.extend(string(field));
        }
        bytes
    }

    /// What is signed for a statement.
    pub(super) fn signed(text: &str) -> Vec<u8> {
        let mut bytes = b"SSHSIG".to_vec();
        let hash = Digest::of(text.as_bytes());
        for field in [NAMESPACE.as_bytes(), b"", b"sha256", hash.as_bytes()] {
            bytes.extend(string(field));
        }
        bytes
    }

    pub(super) fn secret() -> SecretKey {
        SecretKey::from_seed("alice", &[5; 32]).unwrap()
    }

    /// A signature by a security key, which signs hashes with its flags and a counter.
    pub(super) fn by_security_key(flags: u8) -> (String, String) {
        let secret = secret();
        let (kind, application) = (b"sk-ssh-ed25519@openssh.com", b"ssh:");
        let public = secret.key().public_bytes();
        let key = [string(kind), string(public), string(application)].concat();
        let text = statement().to_text().unwrap();
        let trailer = [flags, 0, 0, 0, 7];
        let message = [
            Digest::of(application).as_bytes().as_slice(),
            &trailer,
            Digest::of(&signed(&text)).as_bytes(),
        ]
        .concat();
        let signature = secret.sign(&message).unwrap();
        let signature = [string(kind).as_slice(), &string(&signature), &trailer].concat();
        let line = format!("sk-ssh-ed25519@openssh.com {}", Base64::encode_string(&key));
        (line, armor(&blob(&key, "sha256", &signature)))
    }
}

#[test]
fn a_security_key_must_have_been_touched() {
    for (flags, expected) in [
        (1, "accepted"),
        (5, "accepted"),
        (0, "approval.signature_invalid"),
        (4, "approval.signature_invalid"),
    ] {
        let (key, signature) = made::by_security_key(flags);
        assert_eq!(verify(&alice(&key), &statement(), &signature), expected, "{flags}");
    }
    // A flag that is set afterwards is not signed.
    let (key, signature) = made::by_security_key(0);
    let mut bytes = unarmor(&signature);
    let flags = bytes.len() - 5;
    bytes[flags] = 1;
    assert_eq!(verify(&alice(&key), &statement(), &armor(&bytes)), "approval.signature_invalid");
}

fn envelope(change: impl FnOnce(&mut Json)) -> String {
    let text = statement().to_text().unwrap();
    let signature =
        made::secret().sign(&pre_authentication_encoding(PAYLOAD_TYPE, text.as_bytes()));
    let mut envelope = json!({
        "payload": Base64::encode_string(text.as_bytes()),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{ "keyid": "alice", "sig": Base64::encode_string(&signature.unwrap()) }],
    });
    change(&mut envelope);
    envelope.to_string()
}

/// Alice's key in PEM, and as OpenSSH writes it.
fn alices_keys() -> [String; 2] {
    let key = made::secret().key().clone();
    let blob = [string(b"ssh-ed25519"), string(key.public_bytes())].concat();
    [key.to_public_pem().unwrap(), format!("ssh-ed25519 {} alice", Base64::encode_string(&blob))]
}

#[test]
fn envelopes_by_ed25519_keys_are_accepted() {
    for key in alices_keys() {
        let signers = alice(&key);
        assert_eq!(verify(&signers, &statement(), &envelope(|_| {})), "accepted");
        let unnamed = envelope(|it| {
            it["signatures"][0].as_object_mut().unwrap().remove("keyid");
        });
        assert_eq!(verify(&signers, &statement(), &unnamed), "accepted");
    }
    let [pem, line] = alices_keys()
        .map(|key| alice(&key).verify(&statement(), envelope(|_| {}).as_bytes(), now()).unwrap());
    assert_eq!(pem, line);
    // It is one key, however it is written.
    let twice = alices_keys().map(|key| signer("alice", &key));
    assert_eq!(AllowedSigners::new(&twice).unwrap_err().code(), "charter.duplicate");
}

#[test]
fn envelopes_are_refused_for_anything_else() {
    let text = statement().to_text().unwrap();
    let sign = |message: &[u8]| Base64::encode_string(&made::secret().sign(message).unwrap());
    let other = "application/vnd.in-toto+json";
    let cases: Vec<(&str, String, &str)> = vec![
        (
            "another type",
            envelope(|it| it["payloadType"] = json!(other)),
            "approval.signature_payload_type",
        ),
        (
            "another type, rightly signed",
            envelope(|it| {
                it["payloadType"] = json!(other);
                it["signatures"][0]["sig"] =
                    json!(sign(&pre_authentication_encoding(other, text.as_bytes())));
            }),
            "approval.signature_payload_type",
        ),
        (
            "the type signed is another than the one named",
            envelope(|it| {
                it["signatures"][0]["sig"] =
                    json!(sign(&pre_authentication_encoding(other, text.as_bytes())));
            }),
            "approval.signature_invalid",
        ),
        (
            "the payload signed without its type",
            envelope(|it| it["signatures"][0]["sig"] = json!(sign(text.as_bytes()))),
            "approval.signature_invalid",
        ),
        (
            "another payload",
            envelope(|it| {
                it["payload"] = json!(Base64::encode_string(text.replace("prod", "dev").as_bytes()))
            }),
            "approval.signature_payload",
        ),
        (
            "an empty payload",
            envelope(|it| it["payload"] = json!("")),
            "approval.signature_payload",
        ),
        (
            "base64 without padding",
            envelope(|it| it["payload"] = json!("QQ")),
            "approval.signature_malformed",
        ),
        (
            "no signature",
            envelope(|it| it["signatures"] = json!([])),
            "approval.signature_malformed",
        ),
        (
            "two signatures",
            envelope(|it| it["signatures"] = json!([it["signatures"][0], it["signatures"][0]])),
            "approval.signature_malformed",
        ),
        (
            "a short signature",
            envelope(|it| it["signatures"][0]["sig"] = json!("AAAA")),
            "approval.signature_malformed",
        ),
        (
            "a signature of zeros",
            envelope(|it| it["signatures"][0]["sig"] = json!(Base64::encode_string(&[0; 64]))),
            "approval.signature_invalid",
        ),
        ("a field more", envelope(|it| it["note"] = json!("")), "approval.signature_malformed"),
        ("trailing garbage", format!("{}x", envelope(|_| {})), "approval.signature_malformed"),
        (
            "a key twice",
            envelope(|_| {}).replacen('{', &format!("{{\"payloadType\":\"{other}\","), 1),
            "approval.signature_malformed",
        ),
    ];
    for key in alices_keys() {
        let signers = alice(&key);
        for (name, envelope, expected) in &cases {
            assert_eq!(verify(&signers, &statement(), envelope), *expected, "{name}");
        }
        for other in others() {
            let found = verify(&signers, &other, &envelope(|_| {}));
            assert_eq!(found, "approval.signature_payload");
        }
    }
}

#[test]
fn envelopes_need_a_key_of_the_person() {
    let alices = alices_keys()[0].clone();
    let bob = SecretKey::from_seed("bob", &[6; 32]).unwrap().key().to_public_pem().unwrap();
    let verify = |signers: &[AllowedSigner]| {
        verify(&AllowedSigners::new(signers).unwrap(), &statement(), &envelope(|_| {}))
    };
    assert_eq!(verify(&[signer("alice", &vector("rsa-2048.pub"))]), "approval.signature_unlisted");
    assert_eq!(verify(&[signer("bob", &alices)]), "approval.signature_unlisted");
    assert_eq!(verify(&[signer("alice", &bob)]), "approval.signature_invalid");
    assert_eq!(
        verify(&[signer("alice", &bob), signer("bob", &alices)]),
        "approval.signature_invalid"
    );
    let two = [signer("alice", &vector("ed25519.pub")), signer("alice", &alices)];
    assert_eq!(verify(&two), "accepted");
    let expired = AllowedSigner {
        valid_before: Some("2026-03-01T00:00:00Z".parse().unwrap()),
        ..signer("alice", &alices)
    };
    assert_eq!(verify(&[expired]), "approval.signature_expired");
}

#[test]
fn signers_that_make_no_sense_are_refused() {
    let instant = |text: &str| Some(text.parse::<Instant>().unwrap());
    let good = signer("alice", &vector("ed25519.pub"));
    let weak = Base64::encode_string(
        &[
            string(b"ssh-ed25519"),
            string(&{
                let mut point = [0; 32];
                point[0] = 1;
                point
            }),
        ]
        .concat(),
    );
    let keys = [
        String::new(),
        "ssh-ed25519".into(),
        "ssh-ed25519 AAAA".into(),
        format!("ssh-ed25519 {weak}"),
        format!("ssh-rsa {}", good.key.split(' ').nth(1).unwrap()),
        format!("cert-authority {}", good.key),
        format!("{}{}", good.key, vector("ecdsa-256.pub")),
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n".into(),
        vector("ed25519.sig"),
    ];
    for key in &keys {
        let error = AllowedSigners::new(&[good.clone(), signer("bob", key)]).unwrap_err();
        assert_eq!(
            (error.code(), error.place().pointer.as_deref()),
            ("charter.invalid", Some("/1/key")),
            "{key}"
        );
    }
    for (field, document) in [
        ("principal", AllowedSigner { principal: "".into(), ..good.clone() }),
        ("principal", AllowedSigner { principal: "al\u{202e}ice".into(), ..good.clone() }),
        ("namespaces", AllowedSigner { namespaces: Some(vec![]), ..good.clone() }),
        (
            "namespaces",
            AllowedSigner { namespaces: Some(vec!["file".into(), "*".into()]), ..good.clone() },
        ),
        (
            "validBefore",
            AllowedSigner {
                valid_after: instant("2026-03-02T00:00:00Z"),
                valid_before: instant("2026-03-01T00:00:00Z"),
                ..good.clone()
            },
        ),
    ] {
        let error = AllowedSigners::new(&[document]).unwrap_err();
        let place = format!("/0/{field}");
        assert_eq!(
            (error.code(), error.place().pointer.as_deref()),
            ("charter.invalid", Some(place.as_str()))
        );
    }
    let named =
        AllowedSigner { namespaces: Some(vec!["git".into(), NAMESPACE.into()]), ..good.clone() };
    assert_eq!(
        verify(&AllowedSigners::new(&[named]).unwrap(), &statement(), &vector("ed25519.sig")),
        "accepted"
    );
    let commented = signer("bob", &vector("ed25519.pub").replace("test", "another comment"));
    assert_eq!(
        AllowedSigners::new(&[good.clone(), commented]).unwrap_err().code(),
        "charter.duplicate"
    );
    let many = vec![good; 1001];
    assert_eq!(AllowedSigners::new(&many).unwrap_err().code(), "limit.count");
}
