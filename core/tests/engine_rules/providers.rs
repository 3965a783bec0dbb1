//! What a charter must say for its actors to be told apart, shown, and kept to their duties.

use poundlock::{
    identity::{Provider, ProviderDocument},
    value::Value,
};

use crate::{issuer::VERIFIED, support::*};

fn refused(changes: &[(&str, &str)]) -> &'static str {
    let charter = charter_with(&[VERIFIED, changes].concat());
    poundlock::Charter::parse(charter.as_bytes()).map_or_else(|error| error.code(), |_| "accepted")
}

/// What can never be told apart, or never be shown, is refused when the charter is read.
// Requirements: R019, R077, R122.
#[test]
fn a_charter_that_cannot_tell_its_actors_apart_is_refused() {
    const PLANNER: &str = "provider: forge, claims: { workflow: plan }";
    const DEPLOYER: &str = "provider: forge, claims: { workflow: deploy }";
    let cases: &[(&str, &str, &str)] = &[
        (PLANNER, PLANNER, "accepted"),
        // Nothing shows them.
        (PLANNER, "claims: { workflow: plan }", "charter.invalid"),
        (PLANNER, "provider: nobody, claims: { workflow: plan }", "charter.undeclared"),
        (PLANNER, "subject: plan", "charter.invalid"),
        (PLANNER, "provider: forge, claims: { colour: red }", "charter.undeclared"),
        (PLANNER, "provider: forge, claims: { workflow: '' }", "charter.invalid"),
        (PLANNER, "provider: forge, subject: ''", "charter.invalid"),
        // Every token, or one token, shows two.
        (PLANNER, "provider: forge", "charter.invalid"),
        (PLANNER, DEPLOYER, "charter.invalid"),
        (PLANNER, "provider: forge, subject: plan", "charter.invalid"),
        (PLANNER, "provider: forge, claims: { environment: dev }", "charter.invalid"),
        (PLANNER, "provider: forge, subject: a, claims: { workflow: deploy }", "charter.invalid"),
        (PLANNER, "provider: people, subject: ann@acme", "charter.invalid"),
        (PLANNER, "provider: people, subject: planner@acme", "accepted"),
        // One token counts for two providers.
        ("issuer: https://people.example", "issuer: https://forge.example", "charter.invalid"),
        ("  - provider: people", "  - provider: forge", "charter.duplicate"),
        // The provider itself makes no sense.
        ("    maxLifetime: 15m\n", "    maxLifetime: 2d\n", "charter.invalid"),
        (
            "attributeCondition: assertion.acme == true",
            "attributeCondition: 'true'",
            "policy.constant",
        ),
        (
            "    audiences: [https://poundlock.example]\n    attributeCondition",
            "    audiences: []\n    attributeCondition",
            "charter.invalid",
        ),
    ];
    for (old, new, expected) in cases {
        assert_eq!(refused(&[(old, new)]), *expected, "{new}");
    }
    // Whoever is granted something can come from the environment that the stage accepts.
    const DEV: &str = "aliases: [development], stack: dev,";
    let dev_eu = "aliases: [development], stack: dev, environment: dev-eu,";
    const BOUND: &str = "subject: 'repo:acme/web:bound', claims: { workflow: bound }";
    for (environment, bound, expected) in [
        (DEV, "", "accepted"),
        (DEV, ", environment: dev", "accepted"),
        (DEV, ", environment: development", "accepted"),
        (DEV, ", environment: prod", "charter.invalid"),
        (dev_eu, ", environment: dev-eu", "accepted"),
        (dev_eu, ", environment: dev", "charter.invalid"),
        (dev_eu, "", "accepted"),
        ("aliases: [development], stack: dev, environment: '',", "", "charter.invalid"),
    ] {
        let bound = format!("claims: {{ workflow: bound{bound} }}");
        assert_eq!(
            refused(&[(DEV, environment), (BOUND, &bound)]),
            expected,
            "{environment} {bound}"
        );
    }
    let unmapped = "      attribute.environment: \"has(assertion.environment) ? string(assertion.environment) : ''\"\n";
    assert_eq!(refused(&[(unmapped, ""), (DEV, dev_eu)]), "charter.invalid");
    // Whoever may record something can be shown.
    for (old, new) in [
        ("erasures: [cyd]", "erasures: [bob]"),
        ("withdrawals: [attestor]", "withdrawals: [attestor, dan]"),
        ("amendments: { actors: [ann] }", "amendments: { actors: [ann, bob] }"),
        ("producers: [checker]", "producers: [checker, bob]"),
    ] {
        assert_eq!(refused(&[(old, new)]), "charter.invalid", "{new}");
    }
    // R019, R077: who acts does not attest that the act may pass.
    let producers = [("producers: [checker, second-checker]", "producers: [checker, deployer]")];
    assert_eq!(refused(&producers), "charter.invalid");
    // `verified` is what a silent charter means.
    let silent = charter_with(&[("identity: asserted\n", "")]);
    assert_eq!(poundlock::Charter::parse(silent.as_bytes()).unwrap_err().code(), "charter.invalid");
}

/// A document of a provider reads as it was written.
#[test]
fn the_digest_of_a_provider_is_that_of_its_rules() {
    let read = |yaml: &str| {
        let document: ProviderDocument =
            Value::parse_yaml(yaml.as_bytes()).unwrap().deserialize().unwrap();
        Provider::new(&document).unwrap().digest()
    };
    let one = "{ provider: a, issuer: 'https://a.example', audiences: [x], attributeCondition: assertion.b }";
    assert_eq!(read(one), read(&format!("# a comment\n{one}")));
    assert_ne!(read(one), read(&one.replace("assertion.b", "assertion.c")));
    assert_ne!(read(one), read(&one.replace("[x]", "[x, y]")));
}
