//! No text, however odd, panics, and no evaluation passes its bounds.

use proptest::prelude::*;

use super::*;

const TOKENS: &[&str] = &[
    "object",
    ".a",
    ".n",
    "variables.x",
    "x",
    "y",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "?",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "==",
    "!=",
    "<",
    "<=",
    " in ",
    "&&",
    "||",
    "1",
    "0",
    "-1",
    "9223372036854775807",
    "1u",
    "1.5",
    "1e300",
    "'a'",
    "\"é\\u00e9\"",
    "b'\\xff'",
    "r'\\'",
    "'''",
    "'",
    "\\",
    "`a b`",
    "`",
    ".?a",
    "[?",
    "?",
    "true",
    "false",
    "null",
    ".all(x, ",
    ".exists(x, y, ",
    ".map(x, ",
    ".filter(x, ",
    ".transformMap(k, v, ",
    "has(",
    "size(",
    "string(",
    "int(",
    "dyn(",
    "type(",
    "timestamp(",
    "duration('1h')",
    ".size()",
    ".startsWith('a')",
    ".matches('a+')",
    ".split('')",
    ".join()",
    ".format([",
    ".optMap(x, ",
    ".orValue(",
    "optional.of(",
    "cel.bind(x, ",
    "math.greatest(",
    ".sortBy(x, ",
    ".getFullYear()",
    ".substring(",
    ".replace(",
    "\n",
    " ",
    "// c",
    "é",
    "\u{1f600}",
    "@",
    "$",
    "\0",
    "in",
    "as",
    ".in",
    "lists.range(",
    ".flatten()",
    ".reverse()",
    "int",
    "google.protobuf.Timestamp",
    ".",
    "..",
    "0x",
    "1.e",
    "'\\U00110000'",
];

fn tokens() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(TOKENS), 0..24).prop_map(|tokens| tokens.concat())
}

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "object",
        "object.a",
        "object.n",
        "object.s",
        "object.l",
        "x",
        "1",
        "-3",
        "2u",
        "0.5",
        "'a'",
        "b'a'",
        "true",
        "null",
        "[]",
        "{}",
        "duration('1h')",
        "timestamp(0)",
        "object.l[0]",
        "object.?q",
        "variables.x",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(5, 40, 4, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            (
                two.clone(),
                prop::sample::select(vec![
                    "+", "-", "*", "/", "%", "==", "!=", "<", ">=", " in ", "&&", "||"
                ])
            )
                .prop_map(|((a, b), operator)| format!("(dyn({a}) {operator} dyn({b}))")),
            (two.clone(), inner.clone()).prop_map(|((a, b), c)| format!("(dyn({a}) ? {b} : {c})")),
            (
                two.clone(),
                prop::sample::select(vec![
                    "all",
                    "exists",
                    "exists_one",
                    "map",
                    "filter",
                    "sortBy"
                ])
            )
                .prop_map(|((a, b), name)| format!("dyn({a}).{name}(x, dyn({b}))")),
            (
                two.clone(),
                prop::sample::select(vec![
                    "all",
                    "exists",
                    "transformList",
                    "transformMap",
                    "transformMapEntry"
                ])
            )
                .prop_map(|((a, b), name)| format!("dyn({a}).{name}(k, x, dyn({b}))")),
            (
                inner.clone(),
                prop::sample::select(vec![
                    "size",
                    "string",
                    "int",
                    "uint",
                    "double",
                    "bool",
                    "bytes",
                    "type",
                    "duration",
                    "timestamp",
                    "optional.of",
                    "math.abs",
                    "math.sign",
                    "math.round",
                    "math.bitNot",
                    "base64.encode",
                    "base64.decode",
                    "strings.quote",
                ])
            )
                .prop_map(|(a, name)| format!("{name}(dyn({a}))")),
            (
                inner.clone(),
                prop::sample::select(vec![
                    "lowerAscii",
                    "trim",
                    "reverse",
                    "flatten",
                    "distinct",
                    "sort",
                    "sum",
                    "min",
                    "max",
                    "first",
                    "last",
                    "isSorted",
                    "hasValue",
                    "value",
                    "getHours",
                    "getDayOfYear",
                    "join",
                ])
            )
                .prop_map(|(a, name)| format!("dyn({a}).{name}()")),
            (
                two.clone(),
                prop::sample::select(vec![
                    "split",
                    "contains",
                    "startsWith",
                    "indexOf",
                    "lastIndexOf",
                    "matches",
                    "format",
                    "substring",
                    "charAt",
                    "join",
                    "orValue",
                    "or",
                    "getMonth",
                ])
            )
                .prop_map(|((a, b), name)| format!("dyn({a}).{name}(dyn({b}))")),
            (two.clone(), inner.clone())
                .prop_map(|((a, b), c)| format!("dyn({a}).replace(dyn({b}), dyn({c}))")),
            (two.clone(), inner.clone())
                .prop_map(|((a, b), c)| format!("dyn({a}).slice(dyn({b}), dyn({c}))")),
            two.clone().prop_map(|(a, b)| format!("[{a}, {b}]")),
            two.clone().prop_map(|(a, b)| format!("{{'k': {a}, 'l': {b}}}")),
            two.clone().prop_map(|(a, b)| format!("dyn({a})[dyn({b})]")),
            two.prop_map(|(a, b)| format!("cel.bind(x, {a}, {b})")),
        ]
    })
    .prop_map(|body| format!("object.l.map(x, {body})"))
}

fn check(fixture: &Fixture, source: &str) {
    let Ok(program) = Program::compile(source, &fixture.environment, Expected::Any) else { return };
    let run = || {
        let mut budget = Budget::new(50_000);
        let outcome = program.evaluate(&fixture.scope, &mut budget);
        (format!("{outcome:?}"), budget.steps)
    };
    assert_eq!(run(), run(), "{source}");
    let explain = || program.explain(&fixture.scope, &[], &mut Budget::new(50_000));
    assert_eq!(explain(), explain(), "{source}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_refused_or_evaluated(source in any::<String>()) {
        check(&Fixture::new("{}"), &source);
    }

    #[test]
    fn any_tokens_are_refused_or_evaluated(source in tokens()) {
        check(&Fixture::new(r#"{"a": [1, "x"], "n": {"b": 2}}"#), &source);
    }

    #[test]
    fn any_expression_is_evaluated_alike(source in expression()) {
        let fixture = Fixture::new(
            r#"{"a": true, "n": {"b": 2, "a": [1.5]}, "s": "text, more", "l": [1, "x", [2, 3], {"k": "v"}, 18446744073709551615]}"#,
        );
        check(&fixture, &source);
    }
}
