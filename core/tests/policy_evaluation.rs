//! What policies say about resource changes: codes, outcomes, messages, matching and budgets.
#![allow(clippy::panic, clippy::unwrap_used, reason = "this is a test")]

use poundlock::{
    cel::Budget,
    limits,
    model::{Actions, Outcome, ResourceChange, ResourceMode},
    policy::{Context, Evaluation, PolicyPack},
    value::{Builder, Value},
};

fn json(text: &str) -> Value {
    Value::parse_json(text.as_bytes()).unwrap()
}

fn change(type_name: &str, actions: Actions, before: &str, after: &str) -> ResourceChange {
    ResourceChange {
        address: format!("{type_name}.one"),
        previous_address: None,
        mode: ResourceMode::Managed,
        type_name: type_name.to_owned(),
        name: "one".to_owned(),
        provider: Some("registry.example/acme/cloud".to_owned()),
        actions,
        reason: None,
        importing: false,
        deposed: None,
        provisioners: None,
        before: json(before),
        after: json(after),
    }
}

fn created(after: &str) -> ResourceChange {
    change("bucket", Actions::Create, "null", after)
}

fn context() -> Context {
    Context {
        request: json(r#"{"id": "r1"}"#),
        actor: json(r#"{"kind": "workload", "id": "ci"}"#),
        stage: json(r#"{"name": "dev"}"#),
    }
}

fn budget() -> Budget {
    Budget { steps: limits::REQUEST_STEPS }
}

/// A pack of one policy about buckets, with what comes after its description.
fn pack(rest: &str) -> PolicyPack {
    let yaml = format!(
        "pack: example\nversion: 1.0.0\npolicies:\n  - name: only\n    description: The rule.\n{rest}"
    );
    PolicyPack::parse(yaml.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{yaml}"))
}

/// A pack of one policy about buckets with one validation.
fn rule(expression: &str) -> PolicyPack {
    pack(&format!(
        "    match: {{ resources: [bucket] }}\n    validations: [{{ expression: \"{expression}\" }}]\n"
    ))
}

fn only<'p>(pack: &'p PolicyPack, change: &ResourceChange) -> Evaluation<'p> {
    let mut found = pack.evaluate(change, &context(), &mut budget());
    assert_eq!(found.len(), 1);
    found.remove(0)
}

/// An object with a member `x` that is built by hand.
fn marked(mark: impl Fn(&mut Builder) -> poundlock::error::Result<()>) -> ResourceChange {
    let mut builder = Builder::new();
    builder.begin_map().unwrap();
    builder.key("x").unwrap();
    mark(&mut builder).unwrap();
    builder.end_map().unwrap();
    let mut change = created("null");
    change.after = builder.finish().unwrap();
    change
}

// Requirements: R291.
#[test]
fn only_true_is_a_pass() {
    let pack = rule("object.x");
    for (after, code, outcome) in [
        (r#"{"x": true}"#, "policy.passed", Outcome::Pass),
        (r#"{"x": false}"#, "policy.failed", Outcome::Fail),
        (r#"{"x": null}"#, "policy.null", Outcome::Fail),
        (r#"{"x": "true"}"#, "policy.error", Outcome::Unknown),
        (r#"{"x": 1}"#, "policy.error", Outcome::Unknown),
        (r#"{"x": []}"#, "policy.error", Outcome::Unknown),
        (r#"{}"#, "policy.error", Outcome::Unknown),
        ("null", "policy.error", Outcome::Unknown),
    ] {
        let found = only(&pack, &created(after));
        assert_eq!((found.code, found.outcome), (code, outcome), "{after}");
        assert!(!found.verify_after);
    }
    let unknown = only(&pack, &marked(Builder::unknown));
    assert_eq!((unknown.code, unknown.outcome), ("policy.unknown", Outcome::Unknown));
    let sensitive = only(&pack, &marked(Builder::sensitive));
    assert_eq!((sensitive.code, sensitive.outcome), ("value.sensitive", Outcome::Unknown));
}

// Requirements: N13.
#[test]
fn nan_and_absence_are_within_no_limit() {
    // Fault N.13: `parseInt(undefined) > 5` is false, so that no limit at all was within the limit.
    let pack = rule("int(object.max) <= 5");
    for after in
        [r#"{}"#, r#"{"max": null}"#, r#"{"max": ""}"#, r#"{"max": "five"}"#, r#"{"max": "NaN"}"#]
    {
        assert_ne!(only(&pack, &created(after)).outcome, Outcome::Pass, "{after}");
    }
    assert_eq!(only(&pack, &created(r#"{"max": "5"}"#)).outcome, Outcome::Pass);
}

#[test]
fn a_certain_failure_is_reported_before_doubt() {
    let pack = pack(
        "    match: { resources: [bucket] }
    onUnknown: verify-after
    validations:
      - expression: object.x == 1
      - expression: object.absent
      - expression: size(object.x) == 1 || resource.name == 'two'
      - expression: resource.name == 'two'
        remedy: Call it two.
",
    );
    let found = only(&pack, &marked(Builder::unknown));
    assert_eq!(found.code, "policy.failed");
    assert_eq!(found.remedy.as_deref(), Some("Call it two."));
    assert!(!found.verify_after);
}

#[test]
fn an_error_or_a_secret_is_not_deferred() {
    let text = "    match: { resources: [bucket] }
    onUnknown: verify-after
    validations:
      - expression: object.x == 1
      - expression: SECOND
";
    let of = |second: &str| pack(&text.replace("SECOND", second));
    let deferred = of("object != null || object.x == 2");
    let found = only(&deferred, &marked(Builder::unknown));
    assert_eq!((found.code, found.verify_after), ("policy.unknown", true));
    let found = only(&deferred, &marked(Builder::sensitive));
    assert_eq!((found.code, found.verify_after), ("value.sensitive", false));
    let erring = of("object.absent");
    let found = only(&erring, &marked(Builder::unknown));
    assert_eq!((found.code, found.verify_after), ("policy.error", false));
}

/// What is owed after an apply is told by the applied state, not by what a later plan proposes.
#[test]
fn a_reevaluation_is_about_the_applied_state() {
    let pack = rule("object.x == 1");
    let again = |actions: Actions, before: &str, after: &str| {
        let change = change("bucket", actions, before, after);
        pack.reevaluate("only", &change, &context(), &mut budget()).map(|found| found.code)
    };
    assert_eq!(again(Actions::NoOp, r#"{"x": 1}"#, r#"{"x": 1}"#), Some("policy.passed"));
    assert_eq!(again(Actions::NoOp, r#"{"x": 2}"#, r#"{"x": 2}"#), Some("policy.failed"));
    assert_eq!(again(Actions::Update, r#"{"x": 2}"#, r#"{"x": 1}"#), Some("policy.failed"));
    assert_eq!(again(Actions::Delete, r#"{"x": 2}"#, "null"), Some("policy.failed"));
    assert_eq!(again(Actions::Create, "null", r#"{"x": 1}"#), None);
}

#[test]
fn actions_that_a_policy_is_about() {
    let about = |actions: &str, of: Actions, importing: bool| {
        let pack = pack(&format!(
            "    match: {{ resources: [bucket]{actions} }}\n    validations: [{{ expression: object == null }}]\n"
        ));
        let mut change = change("bucket", of, "null", "null");
        change.importing = importing;
        !pack.evaluate(&change, &context(), &mut budget()).is_empty()
    };
    let all = [
        Actions::NoOp,
        Actions::Create,
        Actions::Read,
        Actions::Update,
        Actions::Delete,
        Actions::DeleteCreate,
        Actions::CreateDelete,
        Actions::Forget,
        Actions::CreateForget,
    ];
    let matched = |actions: &str| -> Vec<Actions> {
        all.into_iter().filter(|of| about(actions, *of, false)).collect()
    };
    let replacements = [Actions::DeleteCreate, Actions::CreateDelete, Actions::CreateForget];
    let with_replacements = |first: &[Actions]| [first, &replacements].concat();
    assert_eq!(matched(""), with_replacements(&[Actions::Create, Actions::Update]));
    assert_eq!(matched(", actions: [create]"), with_replacements(&[Actions::Create]));
    // Forcing a replacement does not escape a rule about updates.
    assert_eq!(matched(", actions: [update]"), with_replacements(&[Actions::Update]));
    let destroying = [Actions::Delete, Actions::DeleteCreate, Actions::CreateDelete];
    assert_eq!(matched(", actions: [delete]"), destroying);
    assert_eq!(matched(", actions: [forget]"), [Actions::Forget, Actions::CreateForget]);
    assert_eq!(matched(", actions: [read, no-op]"), [Actions::NoOp, Actions::Read]);
    // What comes under management is checked like what comes into being.
    assert!(about("", Actions::NoOp, true));
}

#[test]
fn types_that_a_policy_is_about() {
    let pack = pack(
        "    match: { resources: [aws_s3_*, google_storage_bucket] }
    validations: [{ expression: object == null }]
",
    );
    for (type_name, count) in [
        ("aws_s3_bucket", 1),
        ("google_storage_bucket", 1),
        ("google_storage_bucket_acl", 0),
        ("aws_sqs_queue", 0),
    ] {
        let change = change(type_name, Actions::Create, "null", "{}");
        assert_eq!(pack.evaluate(&change, &context(), &mut budget()).len(), count, "{type_name}");
    }
}

#[test]
fn what_expressions_see() {
    for expression in [
        "resource.address == 'bucket.one' && resource.type == 'bucket' && resource.name == 'one'",
        "resource.provider == 'registry.example/acme/cloud' && resource.mode == 'managed'",
        "resource.actions == ['delete', 'create'] && resource.replace",
        "object.x == 2 && oldObject.x == 1",
        "request.id == 'r1' && actor.kind == 'workload' && stage.name == 'dev'",
    ] {
        let pack = rule(expression);
        let change = change("bucket", Actions::DeleteCreate, r#"{"x": 1}"#, r#"{"x": 2}"#);
        assert_eq!(only(&pack, &change).outcome, Outcome::Pass, "{expression}");
    }
    let bare = ResourceChange { provider: None, ..created("{}") };
    assert_eq!(only(&rule("resource.provider == null"), &bare).outcome, Outcome::Pass);
    assert_eq!(only(&rule("oldObject == null"), &bare).outcome, Outcome::Pass);
}

#[test]
fn variables_build_on_each_other_and_on_the_type() {
    let pack = pack(
        "    match: { resources: [bucket, barrel, basket] }
    variables:
      - name: raw
        expression: { bucket: object.size, barrel: object.volume }
      - { name: doubled, expression: variables.raw * 2 }
      - { name: unused, expression: object.absent }
    validations: [{ expression: variables.doubled <= params.most }]
    params: { most: 10 }
",
    );
    let outcome = |type_name: &str, after: &str| {
        only(&pack, &change(type_name, Actions::Create, "null", after)).code
    };
    assert_eq!(outcome("bucket", r#"{"size": 5}"#), "policy.passed");
    assert_eq!(outcome("barrel", r#"{"volume": 6}"#), "policy.failed");
    assert_eq!(outcome("barrel", r#"{"size": 5}"#), "policy.error");
    assert_eq!(outcome("basket", r#"{"size": 5}"#), "policy.error");
}

#[test]
fn texts_that_hold_documents() {
    let pack = pack(
        "    match: { resources: [bucket] }
    variables: [{ name: doc, expression: object.text, decode: json }]
    validations: [{ expression: variables.doc.x == 1 }]
",
    );
    for (after, code) in [
        (r#"{"text": "{\"x\": 1}"}"#, "policy.passed"),
        (r#"{"text": "{\"x\": 2}"}"#, "policy.failed"),
        (r#"{"text": "{\"x\": 1"}"#, "policy.error"),
        (r#"{"text": "{\"x\": 1, \"x\": 1}"}"#, "policy.error"),
        (r#"{"text": {"x": 1}}"#, "policy.error"),
        (r#"{"text": null}"#, "policy.error"),
        (r#"{}"#, "policy.error"),
    ] {
        assert_eq!(only(&pack, &created(after)).code, code, "{after}");
    }
    let mut steps = Budget { steps: 10 };
    let long = created(r#"{"text": "{\"x\": 1, \"y\": \"long enough to cost more than ten\"}"}"#);
    let found = pack.evaluate(&long, &context(), &mut steps);
    assert_eq!(found.first().map(|found| found.code), Some("policy.exhausted"));
}

#[test]
fn documents_that_were_read_count_among_the_bytes() {
    let variables = |count: usize| {
        let names: Vec<String> = (0..count)
            .map(|it| format!("{{ name: v{it}, expression: object.text, decode: json }}"))
            .collect();
        let sizes: Vec<String> =
            (0..count).map(|it| format!("variables.v{it}.size() == 400000")).collect();
        pack(&format!(
            "    match: {{ resources: [bucket] }}\n    variables: [{}]\n    validations: [{{ expression: \"{}\" }}]\n",
            names.join(", "),
            sizes.join(" && ")
        ))
    };
    let elements = vec!["0"; 400_000].join(",");
    let change = created(&format!(r#"{{"text": "[{elements}]"}}"#));
    assert_eq!(only(&variables(3), &change).code, "policy.passed");
    assert_eq!(only(&variables(30), &change).code, "policy.exhausted");
}

#[test]
fn a_number_that_no_apply_makes_known_is_not_owed() {
    let pack = pack(
        "    match: { resources: [bucket] }
    onUnknown: verify-after
    validations: [{ expression: object.x < 5 }]
",
    );
    let huge = only(&pack, &marked(|builder| builder.number("1e999")));
    assert_eq!((huge.code, huge.verify_after), ("value.sensitive", false));
    let unknown = only(&pack, &marked(Builder::unknown));
    assert_eq!((unknown.code, unknown.verify_after), ("policy.unknown", true));
}

#[test]
fn messages_are_the_policys_own_or_say_which_validation() {
    let with = |rest: &str| {
        pack(&format!(
            "    match: {{ resources: [bucket] }}\n    validations:\n      - expression: object.x == 1\n{rest}"
        ))
    };
    let found = created(r#"{"x": "quoted"}"#);
    assert!(only(&with(""), &found).message.contains("The rule."));
    assert_eq!(only(&with("        message: Mine.\n"), &found).message, "Mine.");
    let computed =
        with("        message: Mine.\n        messageExpression: \"'x is ' + object.x\"\n");
    assert_eq!(only(&computed, &found).message, "x is quoted");
    // What cannot be told falls back to what was written.
    assert_eq!(only(&computed, &created(r#"{"x": 2}"#)).message, "Mine.");
    let nothing = with("        messageExpression: object.x\n");
    assert!(only(&nothing, &created(r#"{"x": " "}"#)).message.contains("The rule."));
}

#[test]
fn messages_are_short_and_cannot_forge_lines() {
    let pack = pack(
        "    match: { resources: [bucket] }
    validations:
      - expression: object.x == ''
        messageExpression: object.x
",
    );
    let long = "\\n\\u001b[2J\\u202e".repeat(200);
    let found = only(&pack, &created(&format!(r#"{{"x": "{long}"}}"#)));
    assert!(found.message.len() <= limits::MESSAGE_BYTES);
    assert!(found.message.is_ascii() || found.message.ends_with('…'));
    assert!(!found.message.chars().any(char::is_control));
}

#[test]
fn messages_never_quote_what_is_sensitive() {
    let pack = pack(
        "    match: { resources: [bucket] }
    validations:
      - expression: object.y == 1
        messageExpression: \"'x is ' + object.x\"
",
    );
    let mut builder = Builder::new();
    builder.begin_map().unwrap();
    builder.key("x").unwrap();
    builder.sensitive().unwrap();
    builder.key("y").unwrap();
    builder.int(2).unwrap();
    builder.end_map().unwrap();
    let change = ResourceChange { after: builder.finish().unwrap(), ..created("null") };
    let found = only(&pack, &change);
    assert_eq!(found.code, "policy.failed");
    assert!(found.message.contains("The rule."));
}

#[test]
fn a_budget_never_turns_a_denial_into_a_pass() {
    let pack = pack(
        "    match: { resources: [bucket] }
    variables: [{ name: twice, expression: \"object.list.map(x, x * 2)\" }]
    validations:
      - expression: variables.twice.all(x, x < 10)
      - expression: \"object.list.exists(x, x == 3) || true == object.absent\"
",
    );
    for after in [r#"{"list": [1, 2, 3]}"#, r#"{"list": [1, 2, 3, 9]}"#, r#"{"list": [4]}"#] {
        let change = created(after);
        let whole = only(&pack, &change).code;
        for steps in 0..200 {
            let mut little = Budget { steps };
            let found = pack.evaluate(&change, &context(), &mut little);
            let code = found.first().map(|found| found.code);
            assert!(code == Some(whole) || code == Some("policy.exhausted"), "{after} {steps}");
        }
        let mut none = Budget { steps: 0 };
        let found = pack.evaluate(&change, &context(), &mut none);
        assert_eq!(found.first().map(|found| found.code), Some("policy.exhausted"));
    }
}

#[test]
fn the_digest_is_of_the_document_and_not_of_its_layout() {
    let plain = "pack: a\nversion: 1.0.0\npolicies: [{ name: p, description: d, match: { resources: [x] }, validations: [{ expression: object.a }] }]\n";
    let spread = "# A comment.\nversion: '1.0.0'\npolicies:\n  - validations:\n      - expression: object.a\n    match:\n      resources: [\"x\"]\n    description: d\n    name: p\npack: a\n";
    let parse = |yaml: &str| PolicyPack::parse(yaml.as_bytes()).unwrap().digest();
    assert_eq!(parse(plain), parse(spread));
    assert_ne!(parse(plain), parse(&plain.replace("object.a", "object.b")));
}

#[test]
fn patterns_that_others_cover_are_linted() {
    let pack = pack(
        "    match: { resources: [\"bucket_*\", bucket, \"bucket_a*\", bucket_b, bucket] }
    validations: [{ expression: object.x }]\n",
    );
    let columns: Vec<u32> = pack
        .lint()
        .iter()
        .filter(|lint| lint.code == "lint.covered_type")
        .map(|lint| lint.column)
        .collect();
    assert_eq!(columns, [46, 59, 69]);
}

#[test]
fn explanations_follow_variables_and_stay_within_their_budget() {
    let pack = pack(
        "    match: { resources: [bucket] }
    variables:
      - { name: few, expression: object.x < 3 }
      - { name: text, expression: object.text, decode: json }
    validations:
      - expression: variables.few && variables.text.open == false\n",
    );
    let explain = |after: &str, steps: u64| {
        let change = created(after);
        let found = only(&pack, &change);
        let reasons = found.policy.explain(&change, &context(), &mut Budget::new(steps));
        reasons.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let after = r#"{"x": 7, "text": "{\"open\": true}"}"#;
    assert_eq!(
        explain(after, 100_000),
        [
            "variable few: `object.x < 3` at 1:1 is false: object.x is 7",
            "`variables.text.open == false` at 1:18 is false: variables.text.open is true",
        ]
    );
    for steps in [0, 1, 5, 20] {
        assert!(explain(after, steps).is_empty());
    }
    assert!(explain(r#"{"x": 1, "text": "{\"open\": false}"}"#, 100_000).is_empty());
    let error = explain(r#"{"x": "7", "text": "{}"}"#, 100_000);
    assert_eq!(
        error.first().map(String::as_str),
        Some("variable few: `object.x < 3` at 1:1 gives cel.no_such_overload: object.x is '7'")
    );
}

// Requirements: R295, R393.
#[test]
fn lints_name_what_is_unwise() {
    let pack = pack(
        "    enforcement: advisory
    match: { resources: [bucket, barrel] }
    variables:
      - { name: unused, expression: object.a }
      - { name: partial, expression: { bucket: object.b } }
    validations: [{ expression: variables.partial }]
    params: { unused: 1 }
    tests:
      - { name: t, resource: { type: bucket }, object: { b: true }, expect: pass }
",
    );
    let codes: Vec<&str> = pack.lint().iter().map(|lint| lint.code).collect();
    assert_eq!(
        codes,
        [
            "lint.no_review_date",
            "lint.advisory",
            "lint.no_controls",
            "lint.no_failing_test",
            "lint.unused_variable",
            "lint.unused_param",
            "lint.type_without_expression",
        ]
    );
}

#[test]
fn tests_show_what_a_host_sets() {
    let with = |test: &str| {
        let text = format!(
            "
pack: p
version: 1.0.0
policies:
  - name: private
    description: d
    match: {{ resources: [bucket, disk] }}
    validations: [{{ expression: object.acl == 'private' && object.size < 3 }}]
    remediate: {{ bucket: {{ /acl: private, /tags/by: us }} }}
    tests:
      - {{ name: t, {test} }}
"
        );
        PolicyPack::parse(text.as_bytes())
    };
    let open = "resource: { type: bucket }, object: { acl: open, size: 1 }, expect: fail";
    let large = "resource: { type: bucket }, object: { acl: open, size: 3 }, expect: fail";
    for (test, shown) in [
        (format!("{open}, remediated: {{ acl: private, size: 1, tags: {{ by: us }} }}"), Some(true)),
        (format!("{open}, remediated: {{ acl: private, size: 1 }}"), Some(false)),
        // Nothing secret is replaced, and nothing set that does not make it pass.
        (
            format!("{open}, sensitive: [/size], remediated: {{ acl: private, size: 1, tags: {{ by: us }} }}")
                .replace("expect: fail", "expect: unknown"),
            Some(false),
        ),
        (format!("{large}, remediated: {{ acl: private, size: 3, tags: {{ by: us }} }}"), Some(false)),
        (open.to_owned(), None),
    ] {
        let pack = with(&test).unwrap();
        let outcomes = pack.test();
        assert_eq!(outcomes[0].remediated, shown, "{test}");
        assert_eq!(outcomes[0].passed, shown != Some(false), "{test}: {:?}", outcomes[0]);
        let unshown = pack.lint().iter().any(|lint| lint.code == "lint.no_remediation_test");
        assert_eq!(unshown, shown.is_none());
    }
    let other =
        "resource: { type: disk }, object: { acl: open, size: 1 }, expect: fail, remediated: {}";
    assert_eq!(with(other).unwrap_err().code(), "input.invalid_value");
}

#[test]
fn tests_of_a_pack_tell_what_was_found() {
    let pack = pack(
        "    match: { resources: [bucket] }
    validations: [{ expression: object.x == 1 }]
    tests:
      - { name: right, resource: { type: bucket }, object: { x: 1 }, expect: pass }
      - { name: wrong, resource: { type: bucket }, object: { x: 2 }, expect: pass }
      - { name: other, resource: { type: barrel }, expect: unmatched }
      - { name: marked, resource: { type: bucket }, object: {}, unknown: [/x], expect: unknown }
      - { name: erring, resource: { type: bucket }, object: {}, expect: error }
",
    );
    let outcomes: Vec<(String, &str, bool)> =
        pack.test().into_iter().map(|test| (test.name, test.found.word(), test.passed)).collect();
    let expected = [
        ("right", "pass", true),
        ("wrong", "fail", false),
        ("other", "unmatched", true),
        ("marked", "unknown", true),
        ("erring", "error", true),
    ];
    assert_eq!(outcomes, expected.map(|(name, found, passed)| (name.to_owned(), found, passed)));
}

#[test]
fn packs_are_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&rule("object.x"));
}
