//! What is refused before it can be evaluated: too long, too deep, or no expression at all.

use super::{Case, case, hold};

const MANY: usize = 100_000;

fn around(name: &'static str, count: usize, open: &str, close: &str) -> Case {
    let source = format!("{}object{}", open.repeat(count), close.repeat(count));
    case(name, source, "policy.complexity")
}

fn chain(name: &'static str, count: usize, link: &str) -> Case {
    case(name, format!("object{}", link.repeat(count)), "policy.complexity")
}

/// What nests, by opening and closing.
const NESTS: [(&str, &str); 26] = [
    ("(", ")"),
    ("( ", "\n)"),
    ("(/**/", ")"),
    ("[", "]"),
    ("[?", "]"),
    ("{1:", "}"),
    ("{?1:", "}"),
    ("{", ":1}"),
    ("object[", "]"),
    ("object[?", "]"),
    ("!", ""),
    ("! ", ""),
    ("!// ! is not\n", ""),
    ("-", ""),
    ("!-", ""),
    ("-(", ")"),
    ("1+(", ")"),
    ("f(", ")"),
    ("object.f(", ")"),
    ("f(1,", ",1)"),
    ("object.all(x,", ")"),
    ("object.map(x,object,", ")"),
    ("[1].exists(x,", ")"),
    ("cel.bind(x,object,", ")"),
    ("cel.bind(x,", ",x)"),
    ("object.?f.optMap(x,", ")"),
];

/// What hangs one link on another.
const LINKS: [&str; 34] = [
    "[0]",
    "[?0]",
    ".f",
    ".?f",
    ".`f`",
    " . f",
    "\n//.\n.f",
    ".f()",
    ".f.f()[0]",
    ".f(object)",
    ".map(x,x)",
    ".filter(x,true)",
    ".all(i,x,true)",
    ".optMap(x,x)",
    ".orValue(1)",
    "?object:object",
    "? 1:object",
    "+object",
    "-object",
    "*object",
    "/object",
    "%object",
    "==object",
    "!=object",
    "<object",
    "<=object",
    ">object",
    ">=object",
    " in object",
    "&&object",
    "||object",
    "&&object||object",
    "+ -object",
    "+'('+r'\\'+\"\\\"\"+'''''''+'''",
];

#[test]
fn a_hundred_thousand_of_anything_are_refused() {
    let nests = NESTS.map(|(open, close)| around(open, MANY, open, close));
    let links = LINKS.map(|link| chain(link, MANY, link));
    let open = NESTS.map(|(open, _)| case(open, open.repeat(MANY), "policy.complexity"));
    hold(nests.into_iter().chain(links).chain(open).collect());
}

/// As many as the longest expression holds: that it is too long is not what saves us.
#[test]
fn an_expression_of_the_longest_length_may_not_nest_deeper_than_allowed() {
    let bytes = poundlock::limits::EXPRESSION_BYTES;
    // Brackets that only group are no level of their own, nor are two prefixes alike; `&&` and `||` are balanced.
    let flat = ["(", "( ", "(/**/", "!", "! ", "!// ! is not\n", "-"];
    let nests = NESTS.iter().filter(|(open, _)| !flat.contains(open)).flat_map(|(open, close)| {
        [150, (bytes - 6) / (open.len() + close.len())]
            .map(|count| around(open, count, open, close))
    });
    let links = LINKS.iter().filter(|link| !link.contains("&&") && !link.contains("||"));
    let links = links
        .flat_map(|link| [150, (bytes - 6) / link.len()].map(|count| chain(link, count, link)));
    hold(nests.chain(links).collect());
}

/// Each hid depth from an estimate that followed the text less well than the parser does.
#[test]
fn nothing_hides_how_deep_an_expression_nests() {
    let runs = |run: &str, joint: &str, count: usize| format!("{run}{joint}").repeat(count);
    let prefixes = |count: usize, each: usize| {
        format!("{}object{}", format!("{}(", "!-".repeat(each)).repeat(count), ")".repeat(count))
    };
    let sums = "a+".repeat(230);
    hold(vec![
        case("prefixes between brackets", prefixes(60, 60), "policy.complexity"),
        case(
            "optionals between members",
            format!("object{}", runs(&".f".repeat(115), ".?f", 65)),
            "policy.complexity",
        ),
        case(
            "optional indices",
            format!("object{}", runs(&"[0]".repeat(100), "[?0]", 40)),
            "policy.complexity",
        ),
        case("half an operator", format!("{}a", runs(&sums, "&+", 30)), "policy.complexity"),
        case("colons", format!("{}a", runs(&sums, ":+", 30)), "policy.syntax"),
        case("commas", format!("[{}a]", runs(&sums, ",+", 30)), "policy.syntax"),
        case("conditions", format!("{}a", runs(&sums, "?+", 30)), "policy.complexity"),
        case("closing brackets", format!("{}a", runs(&sums, ")+", 30)), "policy.syntax"),
        case(
            "characters that are none",
            format!("{}a", runs(&sums, "é@#$+", 30)),
            "policy.complexity",
        ),
        case(
            "prefixes of strings",
            format!("object+rr'\\'{}", "+object".repeat(2000)),
            "policy.syntax",
        ),
        case("bytes that look raw", format!("bb\"\\\"{}", "+object".repeat(2000)), "policy.syntax"),
        case("an escaped quote", format!("'\\''{}", "+object".repeat(2000)), "policy.complexity"),
        case("three quotes", format!("'''\\''''{}", "+object".repeat(2000)), "policy.complexity"),
        case("a raw backslash", format!("r'\\'{}+'", "+object".repeat(2000)), "policy.complexity"),
        case(
            "a comment's end",
            format!("//'\nobject{}", "+object".repeat(2000)),
            "policy.complexity",
        ),
        case("a quoted name", format!("object.`'`{}", "+object".repeat(2000)), "policy.complexity"),
    ]);
}

#[test]
fn what_is_no_expression_is_refused() {
    let malformed = [
        "",
        " ",
        "//",
        "// 1",
        "\u{feff}true",
        "\0",
        "1\0",
        "'\0",
        "`",
        "`a",
        "``",
        "`a`",
        "object.`\u{e9}`",
        "object.``",
        "'",
        "\"",
        "'''",
        "'''a''",
        "r'",
        "b'",
        "br\"",
        "'\\",
        "'\\'",
        "'\n",
        "'\\z'",
        "'\\x'",
        "'\\x1'",
        "'\\xg1'",
        "'\\u'",
        "'\\u12'",
        "'\\ud800'",
        "'\\udfff'",
        "'\\U00110000'",
        "'\\Uffffffff'",
        "'\\U0000d800'",
        "'\\400'",
        "'\\08'",
        "'\\1'",
        "'\\8'",
        "b'\\u0041'",
        "b'\\U00000041'",
        "b'\\400'",
        "1.",
        "1e",
        "1e+",
        "0x",
        "0xg",
        "1a",
        "1uu",
        "0xfu1",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616u",
        "0x8000000000000000",
        "1e999",
        "-1e999",
        "1..2",
        ".",
        "..",
        "object.",
        "object..a",
        ".1.2",
        "object.?",
        "object[",
        "object[?",
        "object[]",
        "[",
        "[,]",
        "[1 2]",
        "{",
        "{1}",
        "{1:}",
        "{:1}",
        "(",
        "()",
        ")",
        "]",
        "}",
        "1)",
        "(]",
        "[)",
        "{)",
        "1 2",
        "a b",
        "a ? b",
        "a ? : b",
        "a ? b :",
        "? 1 : 2",
        "a : b",
        "+",
        "1 +",
        "+ 1",
        "* 1",
        "1 & 2",
        "1 | 2",
        "1 = 2",
        "a === b",
        "a !== b",
        "!",
        "-",
        "! !",
        "a !b",
        "&&",
        "a &&",
        "|| a",
        "@",
        "#",
        "$",
        "~",
        "^",
        "\\",
        "a @ b",
        "\u{e9}",
        "a\u{a0}+ b",
        "\u{200b}",
        "a \u{2212} b",
        "\u{1d465}",
        "in",
        "1 in",
        "as",
        "for",
        "while + 1",
        "object.in",
        "object.true",
        "f(",
        "f(1",
        "f(1,",
        "f(1,)",
        "f(,)",
        "f(1 2)",
        "object.f(",
        "object.`f`()",
        "T{",
        "T{a",
        "T{a:",
        "T{1: 2}",
        "object.all(",
        "object.all(x,",
        "object.all(1, true)",
        "object.all(x.y, true)",
        "object.map()",
        "has(object)",
        "has(object, 1)",
        "cel.bind(1, 2, 3)",
        "cel.bind(x, 1)",
        "[1].all(x, y, z, w)",
        "[1].map(x.y, 1)",
        "[1].all('x', true)",
        "[1].all(.x, true)",
    ];
    let mut cases: Vec<Case> =
        malformed.iter().map(|source| case(source, *source, "policy.syntax")).collect();
    // A quoted name and a misuse of a macro may be known as something else.
    cases.retain(|case| !["`a`", "has(object, 1)"].contains(&case.name));
    hold(cases);
}
