//! Keys as texts and files, and what known answers say about them.

use poundlock::{
    digest::unhex,
    ledger::{SecretKey, Signer, VerifierKey, VerifierKeys},
};
use proptest::prelude::*;

use crate::support::{COLLIDING, ORIGIN, base64, keys, secret};

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    unhex(hex).unwrap().try_into().unwrap()
}

#[test]
fn signatures_are_those_of_rfc_8032() {
    // §7.1, tests 1 to 3.
    for (seed, public, message, signature) in [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ] {
        let secret = SecretKey::from_seed(ORIGIN, &bytes(seed)).unwrap();
        assert_eq!(secret.key().public_bytes(), &bytes(public));
        let message = unhex(message).unwrap();
        assert_eq!(secret.sign(&message).unwrap(), bytes(signature));
        secret.key().verify(&message, &bytes(signature)).unwrap();
    }
}

#[test]
fn a_signature_has_one_form() {
    let secret = secret(ORIGIN, 1);
    let mut signature = secret.sign(b"message").unwrap();
    // The same scalar plus the order of the group.
    let order: [u8; 32] = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut carry = 0;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    let error = secret.key().verify(b"message", &signature).unwrap_err();
    assert_eq!(error.code(), "checkpoint.signature");
}

#[test]
fn a_key_that_anybody_can_sign_for_is_refused() {
    for public in [
        // Points of small order.
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        // Another encoding of a point: y = p + 1 and y = p + 3.
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        // No point.
        "0200000000000000000000000000000000000000000000000000000000000000",
    ] {
        let error = VerifierKey::new(ORIGIN, &bytes(public)).unwrap_err();
        assert_eq!(error.code(), "key.invalid", "{public}");
    }
}

#[test]
fn a_text_that_is_not_exactly_a_key_is_refused() {
    let key = secret(ORIGIN, 1).key().clone();
    let text = key.to_string();
    assert_eq!(text.parse::<VerifierKey>().unwrap(), key);
    let [name, id, public]: [&str; 3] = text.splitn(3, '+').collect::<Vec<_>>().try_into().unwrap();
    let typed = |byte: u8| base64(&[&[byte], key.public_bytes().as_slice()].concat());
    for text in [
        String::new(),
        "+".into(),
        name.into(),
        format!("{name}+{id}"),
        format!("+{id}+{public}"),
        format!(" {text}"),
        format!("{text}\n"),
        format!("{text}="),
        format!("{name}x+{id}+{public}"),
        format!("{name}+{}+{public}", id.to_uppercase()),
        format!("{name}+0{id}+{public}"),
        format!("{name}+00000000+{public}"),
        format!("{name}+{id}+{}", typed(0)),
        format!("{name}+{id}+{}", typed(4)),
        format!("{name}+{id}+{}", base64(key.public_bytes())),
        format!("{name}+{id}+{}", base64(&[1; 34])),
        format!("{name}+{id}+{}", "A".repeat(1_000_000)),
        "+".repeat(1_000_000),
    ] {
        assert_eq!(text.parse::<VerifierKey>().unwrap_err().code(), "key.invalid");
    }
}

#[test]
fn a_name_is_one_word() {
    for name in [
        "",
        " ",
        "a b",
        "a+b",
        "a\tb",
        "a\nb",
        "a\r",
        "a\0",
        "a\u{7f}",
        "a\u{85}b",
        "a\u{a0}b",
        "a\u{2003}b",
        "a\u{2028}",
        "\u{3000}",
        &"a".repeat(257),
    ] {
        let error = SecretKey::from_seed(name, &[1; 32]).unwrap_err();
        assert_eq!(error.code(), "key.invalid", "{name:?}");
        assert_eq!(VerifierKey::check_name(name).unwrap_err().code(), "key.invalid");
    }
    for name in ["a", "acme/2026", "example.com/log", "größe", "日本", &"a".repeat(256)] {
        let key = SecretKey::from_seed(name, &[1; 32]).unwrap().key().clone();
        assert_eq!(key.to_string().parse::<VerifierKey>().unwrap(), key);
    }
}

#[test]
fn a_set_of_keys_says_who_signed() {
    let [one, two] = COLLIDING.map(|seed| secret(ORIGIN, seed));
    assert_eq!(one.key().id(), two.key().id());
    let code = |keys: [&SecretKey; 2]| {
        VerifierKeys::new(keys.map(|key| key.key().clone())).map_err(|error| error.code())
    };
    assert_eq!(code([&one, &two]).unwrap_err(), "key.ambiguous");
    // Under another name the ids differ; and a key that is there twice is there once.
    assert_eq!(code([&one, &secret("acme/2025", COLLIDING[1])]).unwrap().keys().len(), 2);
    assert_eq!(code([&one, &one]).unwrap().keys().len(), 1);

    assert_eq!(VerifierKeys::new([]).unwrap_err().code(), "key.invalid");
    assert_eq!(VerifierKeys::from_texts(["x"]).unwrap_err().code(), "key.invalid");
    let many = (0..=100).map(|seed| secret(ORIGIN, seed).key().clone());
    assert_eq!(VerifierKeys::new(many).unwrap_err().code(), "limit.count");
    for threshold in [0, 2, usize::MAX] {
        let error = keys(&[&one]).with_threshold(threshold).unwrap_err();
        assert_eq!(error.code(), "key.invalid");
    }
}

/// RFC 8410 §10.3: one key with and without its public half.
const RFC_8410: &str = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";
const RFC_8410_WITH_PUBLIC: &str = "MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhCoB8wHQYKKoZI\nhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZ\nuE=";
const RFC_8410_PUBLIC: &str = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";

fn pem(base64: &str) -> String {
    let digits = base64.replace('\n', "");
    let lines: Vec<&str> =
        digits.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

#[test]
fn the_keys_of_rfc_8410_are_read() {
    for text in [RFC_8410, RFC_8410_WITH_PUBLIC] {
        let secret = SecretKey::from_pkcs8(ORIGIN, pem(text).as_bytes(), None).unwrap();
        assert_eq!(secret.key().public_bytes(), &bytes(RFC_8410_PUBLIC));
    }
    // A public half that is another key's.
    let altered = RFC_8410_WITH_PUBLIC.replace("uE=", "uA=");
    let error = SecretKey::from_pkcs8(ORIGIN, pem(&altered).as_bytes(), None).unwrap_err();
    assert_eq!(error.code(), "key.invalid");
}

#[test]
fn a_key_file_is_read_again_with_its_passphrase_and_no_other() {
    let original = secret(ORIGIN, 1);
    let read = |bytes: &[u8], passphrase: Option<&[u8]>| {
        SecretKey::from_pkcs8(ORIGIN, bytes, passphrase)
            .map(|key| key.key().clone())
            .map_err(|error| error.code())
    };
    let plain = original.to_pkcs8_pem().unwrap();
    assert_eq!(read(plain.as_bytes(), None), Ok(original.key().clone()));
    assert_eq!(read(plain.as_bytes(), Some(b"x")), Err("key.passphrase"));

    let sealed = original.to_encrypted_pkcs8_pem(b"open sesame", &[1; 16], &[2; 16]).unwrap();
    assert_eq!(read(sealed.as_bytes(), Some(b"open sesame")), Ok(original.key().clone()));
    assert_eq!(read(sealed.as_bytes(), Some(b"open barley")), Err("key.passphrase"));
    assert_eq!(read(sealed.as_bytes(), Some(b"")), Err("key.passphrase"));
    assert_eq!(read(sealed.as_bytes(), None), Err("key.passphrase"));
    let error = original.to_encrypted_pkcs8_pem(b"", &[1; 16], &[2; 16]).unwrap_err();
    assert_eq!(error.code(), "key.passphrase");

    for other in [
        "",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        &plain.replace("PRIVATE", "PUBLIC"),
        &original.key().to_public_pem().unwrap(),
        &original.key().to_string(),
    ] {
        assert_eq!(read(other.as_bytes(), None), Err("key.invalid"), "{other}");
    }
    assert_eq!(read(&vec![b' '; 1_000_000], None), Err("limit.size"));
}

#[test]
fn what_is_printed_of_a_secret_key_is_public() {
    let secret = SecretKey::from_seed(ORIGIN, &[0xab; 32]).unwrap();
    assert_eq!(format!("{secret:?}"), format!("SecretKey {{ key: {:?}, .. }}", secret.key()));
}

/// What `openssl pkcs8 -topk8` made of a key with the passphrase `x`, asking for as little work as it may
/// (`-iter 1`; `-scrypt_N 2 -scrypt_r 1 -scrypt_p 1`), so that many alterations can be tried.
const CHEAP: [&str; 2] = [
    "30819a305606092a864886f70d01050d3049302806092a864886f70d01050c301b040858af9f2cac6f6605020101300c06082a864886f70d02090500301d060960864801650304012a04107ef0e1d75f387deeab473f96488f33490440337438fc3c0dfebff989a59912ef823034567ab190136417608f018095ee9042937ebc331c57aa4c609fc461fcbb85805f0d1cf7769eda5133258b7d741eb982",
    "308192304e06092a864886f70d01050d3041302006092b06010401da47040b301304081e79feb216f1e679020102020101020101301d060960864801650304012a0410c494f29507b22093e4fa994ac97b221c0440d625e1c8bf83c4fcc7132519c24f9af4abdd966acefe3cc0e33360cccc4dbf6c2385e052439b8b7a457dff5672bc033fa95b82fb8c55a3af0abd2c0e987b06cf",
];
/// The same with 10,000,001 iterations.
const DEAR: &str = "30819d305906092a864886f70d01050d304c302b06092a864886f70d01050c301e0408bc39553b52bdb4ad020400989681300c06082a864886f70d02090500301d060960864801650304012a041060c374b507df03b09f025a20b891e9e30440e4859d720e204e85aeb7c6d599879a98d1c5b87be169ff75424220c94fb327364f8d78f29b18617157a0b115ccdf7672e1b54d6ea7a28f66c788a3423b9125a4";

#[test]
fn a_key_file_that_keeps_its_reader_busy_is_refused() {
    for cheap in CHEAP {
        SecretKey::from_pkcs8(ORIGIN, &unhex(cheap).unwrap(), Some(b"x")).unwrap();
    }
    let error = SecretKey::from_pkcs8(ORIGIN, &unhex(DEAR).unwrap(), Some(b"x")).unwrap_err();
    assert_eq!(error.code(), "limit.size");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn no_key_file_makes_it_panic_or_work_for_hours(
        cheap in prop::sample::select(&CHEAP),
        edits in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..4),
        cut: u16,
    ) {
        let mut der = unhex(cheap).unwrap();
        for (at, byte) in edits {
            let at = usize::from(at) % der.len();
            der[at] = byte;
        }
        der.truncate(usize::from(cut) % (2 * der.len()));
        if let Err(error) = SecretKey::from_pkcs8(ORIGIN, &der, Some(b"x")) {
            prop_assert!(["key.invalid", "key.passphrase", "limit.size"].contains(&error.code()));
        }
    }
}
