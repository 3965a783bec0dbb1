//! What a pack may not be: each refusal with its code and its place in the file.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "this is a test")]

use poundlock::{error::Position, policy::PolicyPack};
use proptest::prelude::*;

/// A pack that is accepted, for tests to break in one place.
const GOOD: &str = "\
pack: example
version: 1.0.0
policies:
  - name: first
    description: Buckets are encrypted.
    match: { resources: [bucket] }
    variables:
      - name: size
        expression: object.size
    validations:
      - expression: object.encrypted && variables.size > params.least
    params: { least: 1 }
    tests:
      - name: encrypted
        resource: { type: bucket }
        object: { encrypted: true, size: 2 }
        expect: pass
";

#[track_caller]
fn refused(yaml: &str, code: &str, line: u32, column: u32) {
    let error = PolicyPack::parse(yaml.as_bytes()).expect_err("a refusal");
    assert_eq!(error.code(), code, "{error}");
    assert_eq!(error.place().position, Some(Position { line, column }), "{error}");
}

/// The good pack with one piece of text replaced.
fn with(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    GOOD.replacen(from, to, 1)
}

#[test]
fn the_pack_that_the_others_break_is_accepted() {
    let pack = PolicyPack::parse(GOOD.as_bytes()).unwrap();
    assert_eq!((pack.name(), pack.version()), ("example", "1.0.0"));
    assert!(pack.test().iter().all(|test| test.passed));
}

// Requirements: N14.
#[test]
fn a_pack_without_policies() {
    refused("pack: example\nversion: 1.0.0\npolicies: []\n", "policy.empty", 3, 11);
    refused("pack: example\nversion: 1.0.0\n", "input.missing_field", 1, 1);
}

// Requirements: N14.
#[test]
fn a_policy_without_validations() {
    // Fault N.14: a policy without a body always passes.
    let pack = with("      - expression: object.encrypted && variables.size > params.least\n", "")
        .replace("validations:\n", "validations: []\n");
    refused(&pack, "policy.empty", 10, 18);
}

// Requirements: N14.
#[test]
fn a_validation_that_can_never_fail_or_never_pass() {
    let from = "object.encrypted && variables.size > params.least";
    for constant in ["\"true\"", "\"false\"", "1 < 2", "params.least == 1", "size('a') > 0"] {
        refused(&with(from, constant), "policy.constant", 11, 21);
    }
    let through_a_variable =
        with("object.size", "params.least").replace(from, "variables.size > 0");
    refused(&through_a_variable, "policy.constant", 11, 21);
}

#[test]
fn parts_that_decide_nothing_or_always_fail() {
    let from = "object.encrypted && variables.size > params.least";
    refused(&with(from, "object.encrypted || true"), "policy.constant", 11, 41);
    refused(&with(from, "object.a && object.a"), "policy.constant", 11, 30);
    refused(&with(from, "timestamp('soon') > timestamp(object.at)"), "policy.type", 11, 21);
    refused(&with(from, "object.name.matches('ab(c')"), "policy.syntax", 11, 44);
    refused(&with("object.size", "object.size + 1 / 0"), "policy.type", 9, 37);
    let message =
        with("    params:", "        messageExpression: \"1 > 2 ? 'a' : object.b\"\n    params:");
    refused(&message, "policy.constant", 12, 31);
}

#[test]
fn a_validation_that_repeats_another() {
    let pack = with(
        "    params:",
        "      - expression: >-\n          object.encrypted && variables.size > params.least\n    params:",
    );
    refused(&pack, "policy.duplicate", 13, 11);
}

#[test]
fn names_that_do_not_exist() {
    let from = "object.encrypted";
    refused(&with(from, "objekt.encrypted"), "policy.unknown_name", 11, 21);
    refused(&with(from, "object.encrypted && encrypt(object)"), "policy.unknown_name", 11, 41);
    refused(&with(from, "variables.seize > 1"), "policy.unknown_name", 11, 30);
    refused(&with(from, "params.most > 1"), "policy.unknown_name", 11, 27);
    refused(&with(from, "resource.adress == ''"), "policy.unknown_name", 11, 29);
}

#[test]
fn a_variable_reads_only_those_before_it() {
    let itself = with("expression: object.size", "expression: variables.size");
    refused(&itself, "policy.unknown_name", 9, 30);
    let later =
        with("    validations:", "      - { name: later, expression: object.x }\n    validations:")
            .replace("expression: object.size", "expression: variables.later");
    refused(&later, "policy.unknown_name", 9, 30);
}

#[test]
fn expressions_that_do_not_parse_or_fit() {
    let from = "object.encrypted && variables.size > params.least";
    let error = PolicyPack::parse(with(from, "object.encrypted &&").as_bytes()).unwrap_err();
    assert_eq!(error.code(), "policy.syntax");
    assert_eq!(error.place().position.map(|position| position.line), Some(11));
    refused(&with(from, "size(object) + 1"), "policy.type", 11, 34);
    let message = with("    params:", "        messageExpression: size(object) + 1\n    params:");
    refused(&message, "policy.type", 12, 41);
}

#[test]
fn a_place_within_a_block_of_text() {
    let pack = with(
        "expression: object.encrypted && variables.size > params.least",
        "expression: |\n          object.encrypted &&\n            objekt.x",
    );
    refused(&pack, "policy.unknown_name", 13, 13);
    let pack = with(
        "expression: object.encrypted && variables.size > params.least",
        "expression: >-\n          object.encrypted &&\n          objekt.x",
    );
    refused(&pack, "policy.unknown_name", 13, 11);
    let pack = with(
        "expression: object.encrypted && variables.size > params.least",
        "expression: 'object.name == ''a'' && objekt.x'",
    );
    refused(&pack, "policy.unknown_name", 11, 46);
}

#[test]
fn names_that_are_given_twice() {
    let again = "      - name: size\n        expression: object.x\n    validations:";
    refused(&with("    validations:", again), "policy.duplicate", 10, 15);
    let test = "      - { name: encrypted, resource: { type: bucket }, expect: fail }\n";
    refused(&format!("{GOOD}{test}"), "policy.duplicate", 18, 17);
    let policy = GOOD.split_once("policies:\n").unwrap().1;
    refused(&format!("{GOOD}{policy}"), "policy.duplicate", 18, 11);
}

#[test]
fn what_a_policy_is_about() {
    let from = "match: { resources: [bucket] }";
    refused(&with(from, "match: { resources: [] }"), "input.invalid_value", 6, 25);
    refused(&with(from, "match: { resources: [\"\"] }"), "input.invalid_value", 6, 26);
    let actions = |actions: &str| {
        with(from, &format!("match: {{ resources: [bucket], actions: {actions} }}"))
    };
    refused(&actions("[]"), "input.invalid_value", 6, 44);
    refused(&actions("[crate]"), "input.invalid_value", 6, 45);
    refused(&actions("[replace]"), "input.invalid_value", 6, 45);
    refused(&with(&format!("    {from}\n"), ""), "input.missing_field", 4, 5);
}

#[test]
fn an_expression_for_a_type_that_the_policy_is_not_about() {
    let pack = with(
        "expression: object.size",
        "expression: { bucket: object.size, buckets: object.size }",
    );
    refused(&pack, "input.invalid_value", 9, 53);
}

#[test]
fn fields_that_do_not_exist() {
    for (from, to, line, column) in [
        ("version: 1.0.0", "version: 1.0.0\ncontrol: x", 3, 1),
        ("    match:", "    enforce: mandatory\n    match:", 6, 5),
        ("    params:", "        massage: x\n    params:", 12, 9),
        ("        expect: pass", "        expects: pass", 17, 9),
    ] {
        refused(&with(from, to), "input.unknown_field", line, column);
    }
}

#[test]
fn words_that_do_not_exist() {
    let enforcement =
        |word: &str| with("    match:", &format!("    enforcement: {word}\n    match:"));
    refused(&enforcement("disabled"), "input.invalid_value", 6, 18);
    let on_unknown = with("    match:", "    onUnknown: allow\n    match:");
    refused(&on_unknown, "input.invalid_value", 6, 16);
    refused(&with("expect: pass", "expect: passed"), "input.invalid_value", 17, 17);
}

#[test]
fn names_and_versions() {
    refused(&with("pack: example", "pack: an example"), "input.invalid_value", 1, 7);
    refused(&with("pack: example", "pack: a/b"), "input.invalid_value", 1, 7);
    refused(&with("name: first", "name: \"\""), "input.invalid_value", 4, 11);
    for version in ["1", "v1.0.0", "1.0", "01.0.0", "1.0.0-", "1.0.0.0", "\"\"", "1..0"] {
        refused(&with("1.0.0", version), "input.invalid_value", 2, 10);
    }
    for version in ["0.0.0", "1.0.0-rc.1", "10.20.30+build.5", "1.0.0-a+b"] {
        assert!(PolicyPack::parse(with("1.0.0", version).as_bytes()).is_ok(), "{version}");
    }
    let variable = |name: &str| {
        with("name: size", &format!("name: {name}")).replace("variables.size", "object.size")
    };
    for name in ["in", "package", "a-b", "1st", "\"\"", "größe"] {
        refused(&variable(name), "input.invalid_value", 8, 15);
    }
}

#[test]
fn dates_of_review() {
    let pack = |date: &str| with("version: 1.0.0", &format!("version: 1.0.0\nreviewBy: {date}"));
    for date in ["2027-02-30", "soon", "2027-1-1", "2027-01-01T00:00:00Z"] {
        refused(&pack(date), "input.invalid_value", 3, 11);
    }
    let pack = PolicyPack::parse(pack("2027-01-31").as_bytes()).unwrap();
    assert!(!pack.review_overdue("2027-01-31T23:59:59Z".parse().unwrap()));
    assert!(pack.review_overdue("2027-02-01T00:00:00Z".parse().unwrap()));
}

#[test]
fn texts_that_are_empty_or_too_long() {
    let long = "x".repeat(513);
    refused(&with("Buckets are encrypted.", &long), "limit.size", 5, 18);
    refused(&with("Buckets are encrypted.", "\" \""), "input.invalid_value", 5, 18);
    let remedy = with("    params:", &format!("        remedy: {long}\n    params:"));
    refused(&remedy, "limit.size", 12, 17);
}

#[test]
fn tests_that_make_no_sense() {
    let from = "        expect: pass";
    let mark = |pointer: &str| with(from, &format!("        unknown: [{pointer}]\n{from}"));
    refused(&mark("encrypted"), "input.invalid_value", 17, 19);
    refused(&mark("/encrypted, /encrypted"), "policy.duplicate", 17, 31);
    refused(&mark("/nothing/there"), "input.invalid_value", 14, 9);
    let actions =
        with("resource: { type: bucket }", "resource: { type: bucket, actions: [update, read] }");
    refused(&actions, "input.invalid_value", 15, 44);
}

#[test]
fn files_that_are_no_packs() {
    for (yaml, code) in [
        ("", "input.empty"),
        ("- pack", "input.invalid_value"),
        ("pack: &a x\nversion: *a\n", "input.yaml_feature"),
        ("pack: a\npack: b\n", "input.duplicate_key"),
        ("pack: [", "input.syntax"),
    ] {
        let error = PolicyPack::parse(yaml.as_bytes()).unwrap_err();
        assert_eq!(error.code(), code, "{yaml:?}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is done to a pack's text, it is accepted or refused at a place in the file.
    #[test]
    fn every_refusal_has_a_place(
        at in 0..GOOD.len(),
        length in 0..20_usize,
        put in "[-a-z{}\\[\\]:,'\"&*!|>#%@ \n\t]{0,4}",
    ) {
        let until = (at + length).min(GOOD.len());
        let (before, after) = (GOOD.get(..at).unwrap(), GOOD.get(until..).unwrap());
        let text = format!("{before}{put}{after}");
        if let Err(error) = PolicyPack::parse(text.as_bytes()) {
            let position = error.place().position;
            prop_assert!(position.is_some(), "{error}\n{text}");
            let lines = u32::try_from(text.lines().count()).unwrap();
            prop_assert!(position.unwrap().line <= lines + 1, "{error}\n{text}");
        }
    }

    /// Bytes that are no text, no YAML or no pack are refused and never abort.
    #[test]
    fn bytes_are_no_pack(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(PolicyPack::parse(&bytes).is_err());
    }
}

/// A pack stays in memory, and so do its regular expressions.
#[test]
fn the_regular_expressions_of_a_pack_are_bounded_together() {
    let pack = |policies: usize| {
        let mut yaml = "pack: patterns\nversion: 1.0.0\npolicies:\n".to_owned();
        for number in 0..policies {
            let expression = format!("object.s.matches('^.{{99}}{number}$')");
            yaml.push_str(&format!(
                "  - name: p{number}\n    description: d\n    match: {{ resources: [x] }}\n    \
                 validations: [{{ expression: \"{expression}\", remedy: r }}]\n"
            ));
        }
        PolicyPack::parse(yaml.as_bytes())
    };
    pack(50).unwrap();
    assert_eq!(pack(1_000).unwrap_err().code(), "policy.complexity");
}
