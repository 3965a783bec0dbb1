//! Providers: mistakes show when the charter is loaded, and conditions hold when they are true alone.

use serde_json::json;

use crate::support::{ISSUED, Signer, at, claims, code, document, provider};

/// A provider of which nothing is known, with these fields besides.
fn custom(fields: &str) -> String {
    format!("provider: ci\nissuer: https://ci.example\naudiences: [poundlock]\n{fields}\n")
}

#[test]
fn a_provider_that_makes_no_sense_is_refused_with_its_place() {
    let condition = "attributeCondition: assertion.sub == 'x'";
    let cases = [
        (custom(""), "charter.invalid", "/attributeCondition"),
        (custom("attributeCondition: 'true'"), "policy.constant", "/attributeCondition"),
        (custom("attributeCondition: 'false'"), "policy.constant", "/attributeCondition"),
        (custom("attributeCondition: assertion.sub == 'x' || true"), "policy.constant", "/attributeCondition"),
        (custom("attributeCondition: assertion.sub +"), "policy.syntax", "/attributeCondition"),
        (custom("attributeCondition: claims.sub == 'x'"), "policy.unknown_name", "/attributeCondition"),
        (custom("attributeCondition: attribute.repository == 'x'"), "policy.unknown_name", "/attributeCondition"),
        (custom("attributeCondition: google.groups == 'x'"), "policy.unknown_name", "/attributeCondition"),
        (custom("attributeCondition: size(assertion.sub)"), "policy.type", "/attributeCondition"),
        (custom(&format!("{condition}\nmaxLifetime: 0s")), "charter.invalid", "/maxLifetime"),
        (custom(&format!("{condition}\nmaxLifetime: 25h")), "charter.invalid", "/maxLifetime"),
        (custom(&format!("{condition}\nclockSkew: 11m")), "charter.invalid", "/clockSkew"),
        (custom(&format!("{condition}\nattributeMapping: {{ repository: assertion.sub }}")), "charter.invalid", "/attributeMapping/repository"),
        (custom(&format!("{condition}\nattributeMapping: {{ attribute.Ref: assertion.sub }}")), "charter.invalid", "/attributeMapping/attribute.Ref"),
        (custom(&format!("{condition}\nattributeMapping: {{ attribute.: assertion.sub }}")), "charter.invalid", "/attributeMapping/attribute."),
        (custom(&format!("{condition}\nattributeMapping: {{ google.groups: assertion.sub }}")), "charter.invalid", "/attributeMapping/google.groups"),
        (custom(&format!("{condition}\nattributeMapping: {{ attribute.x: size(assertion.sub) }}")), "policy.type", "/attributeMapping/attribute.x"),
        (custom(&format!("{condition}\nattributeMapping: {{ attribute.x: attribute.y }}")), "policy.unknown_name", "/attributeMapping/attribute.x"),
        (custom(&format!("{condition}\nattributeMapping: {{ google.subject: '1 + 1' }}")), "policy.type", "/attributeMapping/google.subject"),
        ("provider: ci\naudiences: [x]\nattributeCondition: assertion.sub == 'x'".into(), "charter.invalid", "/issuer"),
        ("provider: ci\npreset: aws\naudiences: [x]".into(), "charter.invalid", "/issuer"),
        ("provider: ci\nissuer: ''\naudiences: [x]".into(), "charter.invalid", "/issuer"),
        ("provider: ci\nissuer: https://ci.example\naudiences: []".into(), "charter.invalid", "/audiences"),
        ("provider: ci\nissuer: https://ci.example\naudiences: [x, '']".into(), "charter.invalid", "/audiences/1"),
        ("provider: ''\nissuer: https://ci.example\naudiences: [x]".into(), "charter.invalid", "/provider"),
        ("provider: c i\nissuer: https://ci.example\naudiences: [x]".into(), "charter.invalid", "/provider"),
        (
            "provider: ci\npreset: github-actions\naudiences: [x]\nattributeCondition: attribute.ref == 'x'\nattributeMapping: { attribute.repository: assertion.head_ref }".into(),
            "charter.duplicate",
            "/attributeMapping/attribute.repository",
        ),
    ];
    for (yaml, expected, place) in &cases {
        let error = provider(yaml).expect_err(yaml);
        assert_eq!(error.code(), *expected, "{yaml}");
        assert_eq!(error.place().pointer.as_deref(), Some(*place), "{yaml}");
    }
}

/// Strangers get tokens of these issuers too (R038): whose count must be said (R017).
#[test]
fn an_issuer_that_serves_everybody_needs_a_condition() {
    for preset in ["github-actions", "gitlab", "google", "pulumi-cloud", "terraform-cloud"] {
        let yaml = format!("provider: ci\npreset: {preset}\naudiences: [x]");
        assert_eq!(provider(&yaml).unwrap_err().code(), "charter.invalid", "{preset}");
    }
    for preset in ["aws", "azure", "kubernetes", "spiffe"] {
        let yaml =
            format!("provider: ci\npreset: {preset}\nissuer: https://one.example\naudiences: [x]");
        assert!(provider(&yaml).is_ok(), "{preset}");
    }
}

#[test]
fn a_condition_holds_when_it_is_exactly_true() {
    let signer = Signer::ed25519(1, "2026");
    for (condition, expected) in [
        ("assertion.flag", "accepted"),
        ("assertion.text", "identity.token_condition"),
        ("assertion.one", "identity.token_condition"),
        ("assertion.nothing", "identity.token_condition"),
        ("assertion.absent", "identity.token_condition"),
        ("assertion.absent == 'x' || assertion.flag", "accepted"),
        ("!assertion.flag", "identity.token_condition"),
        ("assertion.one / 0 == 1", "identity.token_condition"),
        ("google.subject == 'job'", "accepted"),
        ("attribute.kind == 'deploy'", "accepted"),
        ("attribute.empty == ''", "accepted"),
        ("attribute.empty != ''", "identity.token_condition"),
        (
            "assertion.list.all(x, assertion.list.all(y, assertion.list.all(z, x + y + z >= 0)))",
            "identity.token_condition",
        ),
    ] {
        let provider = provider(&custom(&format!(
            "attributeMapping: {{ attribute.kind: assertion.text, attribute.empty: \"''\" }}\nattributeCondition: \"{condition}\""
        )));
        let claims = json!({
            "iss": "https://ci.example", "aud": "poundlock", "sub": "job", "iat": ISSUED, "exp": ISSUED + 60,
            "flag": true, "text": "deploy", "one": 1, "nothing": null, "list": vec![0; 500],
        });
        let result = provider.unwrap().verify(&signer.token(&claims), &signer.keys(), at(0));
        assert_eq!(code(result), expected, "{condition}");
    }
}

#[test]
fn a_mapping_gives_text_or_nothing() {
    let signer = Signer::ed25519(1, "2026");
    for (mapping, expected) in [
        ("attribute.x: assertion.text", "accepted"),
        ("attribute.x: \"''\"", "accepted"),
        ("attribute.x: assertion.absent", "identity.token_attribute"),
        ("attribute.x: assertion.nothing", "identity.token_attribute"),
        ("attribute.x: assertion.one", "identity.token_attribute"),
        ("attribute.x: assertion.list", "identity.token_attribute"),
        ("attribute.x: assertion.long", "identity.token_attribute"),
        ("attribute.x: assertion.lines", "identity.token_attribute"),
        ("google.subject: assertion.text", "accepted"),
        ("google.subject: \"''\"", "identity.token_attribute"),
        ("google.subject: assertion.one", "identity.token_attribute"),
        ("google.subject: assertion.absent", "identity.token_attribute"),
    ] {
        let provider = provider(&custom(&format!(
            "attributeMapping: {{ {mapping} }}\nattributeCondition: assertion.sub == 'job'"
        )));
        let claims = json!({
            "iss": "https://ci.example", "aud": "poundlock", "sub": "job", "iat": ISSUED, "exp": ISSUED + 60,
            "text": "deploy", "one": 1, "nothing": null, "list": [], "long": "x".repeat(4_097), "lines": "a\nb",
        });
        let result = provider.unwrap().verify(&signer.token(&claims), &signer.keys(), at(0));
        assert_eq!(code(result), expected, "{mapping}");
    }
}

#[test]
fn an_issuer_of_ones_own_takes_the_place_of_the_presets() {
    let signer = Signer::ed25519(1, "2026");
    let provider = provider(
        "provider: ci\npreset: github-actions\nissuer: https://git.acme.example/_services/token\n\
         audiences: [https://poundlock.example]\nattributeCondition: attribute.ref == 'refs/heads/main'",
    )
    .unwrap();
    let mut claims = claims();
    assert_eq!(
        code(provider.verify(&signer.token(&claims), &signer.keys(), at(0))),
        "identity.token_issuer"
    );
    claims["iss"] = json!("https://git.acme.example/_services/token");
    assert_eq!(code(provider.verify(&signer.token(&claims), &signer.keys(), at(0))), "accepted");
}

#[test]
fn several_audiences_may_be_declared() {
    let signer = Signer::ed25519(1, "2026");
    let provider = provider(
        "provider: ci\nissuer: https://ci.example\naudiences: [one, other]\nattributeCondition: assertion.sub == 'job'",
    )
    .unwrap();
    for (audience, expected) in [
        (json!("one"), "accepted"),
        (json!(["other"]), "accepted"),
        (json!(["one", "other"]), "accepted"),
        (json!(["one", "third"]), "identity.token_audience"),
        (json!("one other"), "identity.token_audience"),
    ] {
        let claims = json!({ "iss": "https://ci.example", "aud": audience, "sub": "job", "iat": ISSUED, "exp": ISSUED + 60 });
        assert_eq!(code(provider.verify(&signer.token(&claims), &signer.keys(), at(0))), expected);
    }
}

#[test]
fn a_document_says_what_it_leaves_out() {
    let document = document("provider: ci\npreset: aws\nissuer: https://x.example\naudiences: [x]");
    assert_eq!(document.clock_skew.as_seconds(), 60);
    let unknown =
        poundlock::value::Value::parse_yaml(b"provider: ci\naudiences: [x]\nalgorithms: [none]");
    let error =
        unknown.unwrap().deserialize::<poundlock::identity::ProviderDocument>().unwrap_err();
    assert_eq!(error.code(), "input.unknown_field");
}
