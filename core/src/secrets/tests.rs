//! What each rule finds, and what none does.

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    mask::mask,
    rules::RULES,
    scan::{Where, find, is_marked, mark},
};

/// Some letters and digits as secrets have them. Nothing here is written out, or tools that look for secrets
/// would find them in this file.
fn letters(count: usize) -> String {
    "q7Zk2RmX9vBt4LpWcY8nHs3Dg6FjUaTe5".chars().cycle().take(count).collect()
}

fn hex(count: usize) -> String {
    "9f3b07c2e85d1a64".chars().cycle().take(count).collect()
}

/// A secret for each rule, or more than one.
fn secrets() -> Vec<(&'static str, String)> {
    let upper = |count| letters(count).to_uppercase().replace(['8', '9'], "7");
    vec![
        ("private-key", format!("-----BEGIN RSA {} KEY-----\nMIIE", "PRIVATE")),
        ("private-key", format!("-----BEGIN {} KEY-----\\nMIIE", "PRIVATE")),
        ("private-key", format!("-----BEGIN OPENSSH {} KEY-----\r\nb3Bl", "PRIVATE")),
        ("private-key", format!("{}+KEY+acme/2026+c74f20a3+AYEK", "PRIVATE")),
        ("private-key", format!("AGE-SECRET-KEY-1{}", upper(58))),
        ("kubeconfig", format!("    client-key-data: {}", letters(60))),
        ("kubeconfig-file", "kind: Config\ncurrent-context: prod\n".to_owned()),
        ("certificate", "-----BEGIN CERTIFICATE-----\nMIID".to_owned()),
        ("connection-string", format!("postgres://app:{}@db.internal:5432/app", letters(6))),
        ("connection-string", format!("https://x-token:{}@git.example.com/a.git", letters(12))),
        ("connection-settings", "Server=db;Database=app;User Id=app;Password=hunter2;".to_owned()),
        ("aws-access-key", format!("the key is {}{}", "AKIA", upper(16))),
        ("aws-secret-key", format!("aws_secret_access_key = {}", letters(40))),
        ("google-key", format!("AIza{}", letters(35))),
        ("google-key", format!("ya29.{}", letters(40))),
        ("azure-key", format!("DefaultEndpointsProtocol=https;AccountKey={}==", letters(86))),
        ("azure-key", format!("https://a.blob.core.windows.net/c?sv=2024&sig={}%3D", letters(43))),
        ("alibaba-key", format!("LTAI{}", letters(20))),
        ("digitalocean-token", format!("dop_v1_{}", hex(64))),
        ("github-token", format!("ghp_{}", letters(36))),
        ("github-token", format!("github_pat_{}", letters(60))),
        ("github-token", format!("ghp_{}EXAMPLE", letters(36))),
        ("gitlab-token", format!("glpat-{}", letters(20))),
        ("atlassian-token", format!("ATATT3{}", letters(80))),
        ("slack-token", format!("xoxb-{}-{}", "1234567890", letters(24))),
        ("slack-token", format!("https://hooks.slack.com/services/T0/B0/{}", letters(24))),
        ("chat-token", format!("123456789:AA{}", letters(33))),
        ("payment-key", format!("sk_live_{}", letters(24))),
        ("mail-key", format!("SG.{}.{}", letters(22), letters(43))),
        ("telephony-key", format!("SK{}", hex(32))),
        ("package-token", format!("npm_{}", letters(36))),
        ("package-token", format!("pypi-AgE{}", letters(60))),
        ("artifactory-key", format!("AKCp{}", letters(69))),
        ("model-key", format!("sk-ant-api03-{}", letters(60))),
        ("model-key", format!("sk-proj-{}", letters(48))),
        ("vault-token", format!("hvs.{}", letters(30))),
        ("vault-token", format!("{}.atlasv1.{}", letters(14), letters(67))),
        ("pulumi-token", format!("pul-{}", hex(40))),
        ("infrastructure-token", format!("dapi{}", hex(32))),
        ("monitoring-token", format!("glsa_{}_{}", letters(32), hex(8))),
        ("office-token", format!("shpat_{}", hex(32))),
        ("jwt", format!("eyJ{0}.eyJ{0}.{0}", letters(24))),
        ("authorization", format!("curl -H 'Authorization: Bearer {}'", letters(20))),
        ("login", format!("machine example.com login ann password {}", letters(8))),
        ("login", format!(r#"{{"auths": {{"r": {{"auth": "{}"}}}}}}"#, letters(24))),
        ("password-hash", format!("ann:$2y$10${}", letters(53))),
        ("password-hash", format!("$6$salt${}", letters(86))),
        ("database-dump", "-- PostgreSQL database dump\n".to_owned()),
        ("database-dump", "INSERT INTO users (id, name) VALUES (1, 'ann');".to_owned()),
        ("environment", "DATABASE_PASSWORD=correct".to_owned()),
        ("environment", "# settings\nexport API_KEY='letmein'\n".to_owned()),
        ("assignment", format!("the password is here: db_password: \"{}\"", letters(10))),
        ("assignment", format!("clientSecret={}", letters(16))),
    ]
}

/// What requests and facts are full of, and what refers to a secret without being one (R286, R289).
fn harmless() -> Vec<String> {
    vec![
        format!("sha256:{}", hex(64)),
        hex(40),
        "0b6c9a1e-52f4-4d8e-8a3f-6c1d9b7e2f40".to_owned(),
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf".to_owned(),
        "projects/acme/secrets/db-password/versions/7".to_owned(),
        "DB_PASSWORD=projects/acme/secrets/db-password/versions/7".to_owned(),
        "DB_PASSWORD=${{ secrets.DB_PASSWORD }}".to_owned(),
        "password: vault:secret/data/app#password2".to_owned(),
        "DB_PASSWORD_ARN=arn:aws:secretsmanager:eu-central-1:1:secret:db".to_owned(),
        "rotate the token: the old one leaked on 2026-03-02".to_owned(),
        "password rotation every 90 days, secret version 7".to_owned(),
        "secret scanning: gitleaks-8.18 found none".to_owned(),
        "https://example.com/a?token_type=bearer".to_owned(),
        "postgres://app:${DB_PASSWORD}@db.internal/app".to_owned(),
        "postgres://app:****@db.internal/app".to_owned(),
        "https://github.com/acme/web/actions/runs/123@refs".to_owned(),
        "repo:acme/web:environment:prod".to_owned(),
        "spiffe://acme.example/ns/ci/sa/deployer".to_owned(),
        "acme/2026+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz".to_owned(),
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----".to_owned(),
        "-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQ\n-----END SSH SIGNATURE-----".to_owned(),
        format!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{} ann@example.com", letters(43)),
        letters(120),
        format!("{}=", hex(120)),
        format!("{}EXAMPLE", "AKIAIOSFODNN7"),
        "token: unchanged, credentials: rotated".to_owned(),
        "the API key lives in 1Password: op://prod/api/key".to_owned(),
        "module.secrets.aws_secretsmanager_secret_version.db[\"password\"]".to_owned(),
        "google_secret_manager_secret_iam_member.token_reader".to_owned(),
        "src/auth/password_reset_token.rs".to_owned(),
        "ghcr.io/acme/web@sha256".to_owned(),
        "insert into the values file".to_owned(),
        // As packs test for them.
        format!("\"-----BEGIN {} KEY-----\" }}", "PRIVATE"),
        "postgres://app:not-a-secret@db/app".to_owned(),
        r#"{"auth": "required"}"#.to_owned(),
        "rotate the secret: OPS-47110, credentials: CHG0012345".to_owned(),
        "token: 2026-03-02T10:00:00Z".to_owned(),
    ]
}

// Requirements: R280, R282, R283.
#[test]
fn every_rule_finds_its_secret_wherever_it_stands_in_a_text() {
    for (rule, secret) in secrets() {
        assert_eq!(find(&secret, Where::Words), Some(rule), "{secret}");
        let within = format!("see \"{secret}\" (of ann)\nand so on");
        assert!(find(&within, Where::Words).is_some(), "{within}");
    }
    for rule in RULES {
        assert!(
            secrets().iter().any(|(name, _)| *name == rule.name),
            "nothing shows {}",
            rule.name
        );
    }
}

// Requirements: R286, R289.
#[test]
fn references_digests_keys_and_words_are_no_secrets() {
    for text in harmless() {
        assert_eq!(find(&text, Where::Words), None, "{text}");
    }
}

/// Certificates, settings and dumps may stand in what is deployed; a private key may not.
#[test]
fn plans_are_searched_for_what_never_belongs_into_them() {
    assert_eq!(find("-----BEGIN CERTIFICATE-----\nMIID", Where::Documents), None);
    assert_eq!(find("INSERT INTO users VALUES (1)", Where::Documents), None);
    let key = format!("-----BEGIN {} KEY-----\nMIIE", "PRIVATE");
    assert_eq!(find(&key, Where::Documents), Some("private-key"));
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    text: String,
    list: Vec<String>,
    map: std::collections::BTreeMap<String, String>,
    count: u64,
}

fn note(text: &str) -> Note {
    Note {
        text: text.to_owned(),
        list: vec!["first".to_owned(), text.to_owned()],
        map: [(text.to_owned(), text.to_owned())].into(),
        count: 7,
    }
}

#[test]
fn a_secret_is_masked_as_text_as_element_and_as_key() {
    let (rule, secret) = &secrets()[0];
    let whole = note(secret);
    let masked = mask(&whole).unwrap();
    assert_eq!(*masked.what, note(&mark(rule)));
    let places: Vec<&str> = masked.found.iter().map(|found| found.pointer.as_str()).collect();
    let key = format!("/map/{}", mark(rule));
    assert_eq!(places, ["/list/1", key.as_str(), key.as_str(), "/text"]);
}

#[test]
fn what_is_masked_stays_as_it_is_and_tells_the_same() {
    let (_, secret) = &secrets()[0];
    let whole = note(secret);
    let once = mask(&whole).unwrap();
    let what = once.what.clone().into_owned();
    let twice = mask(&what).unwrap();
    assert_eq!((&*twice.what, &twice.found), (&what, &once.found));
    assert!(matches!(twice.what, std::borrow::Cow::Borrowed(_)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    // Requirements: R282.
    #[test]
    fn a_secret_is_found_in_base64_too(
        choice in any::<prop::sample::Index>(), before in "[a-z ]{0,20}", after in "[a-z ]{0,20}",
    ) {
        use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
        let list = secrets();
        let text = format!("{before}\n{}\n{after}                ", choice.get(&list).1);
        prop_assert!(find(&Base64::encode_string(text.as_bytes()), Where::Words).is_some());
        let url = format!("data:text/plain;base64,{}", Base64UrlUnpadded::encode_string(text.as_bytes()));
        prop_assert!(find(&url, Where::Words).is_some());
    }

    #[test]
    fn nothing_of_a_masked_document_tells_the_secret(
        choice in any::<prop::sample::Index>(), canary in "[A-Z]{12}",
    ) {
        let list = secrets();
        let text = format!("{canary} {}", choice.get(&list).1);
        let whole = note(&text);
        let masked = mask(&whole).unwrap();
        let json = serde_json::to_string(&*masked.what).unwrap();
        prop_assert!(!json.contains(&canary));
        prop_assert!(masked.found.iter().all(|found| !found.pointer.contains(&canary)));
        prop_assert!(is_marked(&masked.what.text));
    }

    /// Whatever stands in a text, searching it stops, and a mark is what is found in its place.
    #[test]
    fn any_text_can_be_searched(text in any::<String>()) {
        if let Some(rule) = find(&text, Where::Words) {
            prop_assert_eq!(find(&mark(rule), Where::Words), Some(rule));
        }
    }
}
