//! Regular expressions that are made to hurt.

use super::{Case, case, hold, hold_over};
use poundlock::{Value, limits};

fn literal(name: &'static str, pattern: &str, word: &'static str) -> Case {
    case(name, format!("object.s.matches(r'{pattern}')"), word)
}

#[test]
fn what_cannot_be_compiled_small_is_refused() {
    let too_large = [
        "a{10000}",
        "a{99999}",
        "a{100000}",
        "a{4294967296}",
        "(a{100}){100}",
        "((a{30}){30}){30}",
        "(a*){10000}",
        "(?:a{0,99}){0,999}",
        "[a-z]{20000}",
        "\\pL{1000}",
        "(\\pL|\\pN){500}",
        "(?i)[\\pL\\pN]{500}",
        "\\w{5000}",
        ".{9999}",
        "(((((x{9}){9}){9}){9}){9}){9}",
        "(?:a?){5000}a{5000}",
    ];
    let malformed = [
        "(",
        ")",
        "[",
        "[z-a]",
        "*",
        "+a",
        "a{2,1}",
        "a{",
        "(?<n>a",
        "(?P<n>a)(?P<n>b)",
        "\\",
        "\\p{Nothing}",
        "(?=a)",
        "(?!a)",
        "(?<=a)",
        "(a)\\1",
        "\\8",
        "(?z)a",
        "\\x{110000}",
        "\\xZZ",
        "(?P=n)",
        "(?>a)",
        "a**b{",
        "[a&&[b]",
    ];
    let nested = format!("{}a{}", "(".repeat(500), ")".repeat(500));
    let alternatives = "ab|".repeat(600);
    let long = "a".repeat(limits::PATTERN_BYTES + 1);
    let dynamic = |pattern: &str| {
        case(
            "dynamic",
            format!("object.s.matches(r'{pattern}' + object.marker.substring(0, 0))"),
            "cel.invalid_argument",
        )
    };
    let mut cases: Vec<Case> = too_large
        .iter()
        .chain(&malformed)
        .map(|pattern| literal(pattern, pattern, "policy.syntax"))
        .collect();
    cases.extend(too_large.iter().chain(&malformed).map(|pattern| dynamic(pattern)));
    cases.push(literal("nested", &nested, "policy.syntax"));
    cases.push(literal("too long", &long, "policy.syntax"));
    cases.push(dynamic(&nested));
    cases.push(dynamic(&long));
    cases.push(literal("just long enough", &long[1..], "true"));
    cases.push(literal("alternatives", &alternatives, "true"));
    hold(cases);
}

/// What takes others exponential time takes linear time here, and is paid for.
#[test]
fn what_backtracks_elsewhere_is_linear() {
    let mut cases: Vec<Case> = [
        "(a+)+b",
        "(a*)*b",
        "(a|a)*b",
        "(a|aa)+b",
        "(.*)*b",
        "^(a+)+$b",
        "(a?){20}a{20}b",
        "(.+)+.+b",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(x+x+)+y",
        "(?:a{1,30}){1,30}b",
        "(a|b|ab)*c",
        "(?s).*.*.*.*b",
    ]
    .iter()
    .map(|pattern| literal(pattern, pattern, "false"))
    .collect();
    cases.push(case(
        "again and again",
        "object.n.all(x, !object.s.matches('(a?){20}a{20}b'))",
        "exhausted",
    ));
    cases.push(case(
        "a new one each time",
        "object.n.all(x, !object.s.matches('b{' + string(x) + '}c'))",
        "exhausted",
    ));
    cases.push(case("a large one each time", "object.n.all(x, !'a'.matches('(?i)' + '\\\\pL|'.replace('|', '\\\\pL\\\\pN\\\\w|' ) + string(x)))", "exhausted"));
    cases.push(case(
        "all that match nothing",
        "object.n.all(x, object.long.findAll('').size() > 0)",
        "exhausted",
    ));
    hold(cases);
}

/// Each searches for what makes it keep as many states as it can.
#[test]
fn many_together_keep_within_the_memory() {
    let mut text = String::new();
    let mut state = 1_u32;
    for _ in 0..20_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.push(if state >> 31 == 0 { 'a' } else { 'b' });
    }
    let many = |count: usize| {
        let search = |number| format!("x.matches('[ab]*a[ab]{{1{}}}c{number}')", number % 8);
        let terms: Vec<String> = (0..count).map(search).collect();
        format!("object.bits.all(x, !({}))", terms.join(" || "))
    };
    let most = limits::EXPRESSION_PATTERN_BYTES / (8 * 1024);
    let document = format!(r#"{{"bits": ["{text}"]}}"#);
    hold_over(
        &Value::parse_json(document.as_bytes()).unwrap(),
        limits::EVALUATION_STEPS,
        vec![
            case("as many as there may be", many(most), "true"),
            case("one more", many(most + 1), "policy.complexity"),
        ],
    );
}
