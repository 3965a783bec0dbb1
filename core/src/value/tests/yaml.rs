use proptest::prelude::*;

use super::*;

fn yaml(text: &str) -> Value {
    Value::parse_yaml(text.as_bytes()).unwrap()
}

fn code(text: &str) -> &'static str {
    Value::parse_yaml(text.as_bytes()).unwrap_err().code()
}

fn place(text: &str) -> (u32, u32) {
    let position = Value::parse_yaml(text.as_bytes()).unwrap_err().place().position.unwrap();
    (position.line, position.column)
}

#[test]
fn plain_scalars_follow_the_core_schema() {
    for (text, json) in [
        ("~", "null"),
        ("Null", "null"),
        ("TRUE", "true"),
        ("False", "false"),
        ("0", "0"),
        ("-12", "-12"),
        ("+12", "12"),
        ("007", "7"),
        ("0o17", "15"),
        ("0xfF", "255"),
        ("0xffffffffffffffff", "18446744073709551615"),
        ("1.", "1"),
        ("1e3", "1000"),
        ("-.5", "-0.5"),
        ("+0.50", "0.5"),
        ("01.5E+1", "15"),
        ("-0", "0"),
        // Text in 1.2, whatever older versions say.
        ("yes", "\"yes\""),
        ("on", "\"on\""),
        ("nUll", "\"nUll\""),
        ("tRUE", "\"tRUE\""),
        ("1_000", "\"1_000\""),
        ("0b1", "\"0b1\""),
        ("0o8", "\"0o8\""),
        ("-0x1", "\"-0x1\""),
        ("1:30", "\"1:30\""),
        ("2024-01-01", "\"2024-01-01\""),
        (".", "\".\""),
        ("e3", "\"e3\""),
        ("1e", "\"1e\""),
        ("1.2.3", "\"1.2.3\""),
        ("'1'", "\"1\""),
        ("\"true\"", "\"true\""),
        ("''", "\"\""),
        ("|\n  null\n", "\"null\\n\""),
        (">-\n  1\n", "\"1\""),
    ] {
        assert_eq!(
            plain(yaml(&format!("- {text}")).as_ref().index(0).unwrap()),
            plain(json_of(json).as_ref()),
            "{text}"
        );
    }
    assert!(matches!(yaml("1e400").as_ref().kind(), Kind::Number("1e400")));
    for text in ["x: .inf", "x: -.INF", "x: .NaN", "x: 0x10000000000000000"] {
        assert_eq!((code(text), place(text)), ("input.invalid_value", (1, 4)), "{text}");
    }
}

fn json_of(text: &str) -> Value {
    Value::parse_json(text.as_bytes()).unwrap()
}

#[test]
fn every_value_and_key_has_a_place() {
    let value =
        yaml("# a comment\nname: é x\nlist:\n  - 1\n  -   deep: |\n        text\n\"é\": {k: v}\n");
    let place = |pointer: &str| {
        let value = value.as_ref().pointer(pointer).unwrap();
        let pair = |position: Position| (position.line, position.column);
        (value.position().map(pair), value.key_position().map(pair))
    };
    assert_eq!(place(""), (Some((2, 1)), None));
    assert_eq!(place("/name"), (Some((2, 7)), Some((2, 1))));
    assert_eq!(place("/list"), (Some((4, 3)), Some((3, 1))));
    assert_eq!(place("/list/0"), (Some((4, 5)), None));
    assert_eq!(place("/list/1"), (Some((5, 7)), None));
    // Block text stands where its content begins.
    assert_eq!(place("/list/1/deep"), (Some((6, 9)), Some((5, 7))));
    assert_eq!(place("/é/k"), (Some((7, 10)), Some((7, 7))));
    assert!(json_of("[1]").as_ref().index(0).unwrap().position().is_none());

    let mut builder = Builder::new();
    builder.begin_list().unwrap();
    builder.copy(value.as_ref().get("list").unwrap()).unwrap();
    builder.end_list().unwrap();
    let copy = builder.finish().unwrap();
    let deep = copy.as_ref().pointer("/0/1/deep").unwrap();
    assert_eq!(deep.position(), value.as_ref().pointer("/list/1/deep").unwrap().position());
    assert!(copy.as_ref().position().is_none());
}

#[test]
fn what_hides_meaning_is_refused() {
    for (text, at) in [
        ("a: &x 1", (1, 4)),
        ("a: *x", (1, 4)),
        ("a: 1\nb: [*x]", (2, 5)),
        ("&x a: 1", (1, 1)),
        ("a: !t 1", (1, 4)),
        ("a: !!str 1", (1, 4)),
        ("a: !u!t 1", (1, 4)),
        ("a: ! 1", (1, 4)),
        ("!!map {a: 1}", (1, 1)),
        ("<<: {a: 1}", (1, 1)),
        ("a: 1\n<<: {a: 1}", (2, 1)),
        ("a: 1\n---\nb: 1", (2, 1)),
        ("a: 1\n---\n", (2, 1)),
        ("a: 1\n...\n---\nb: 1", (3, 1)),
        ("# c\n%YAML 1.1\n---\na: 1", (2, 1)),
        ("# c\r%YAML 1.1\r---\ra: 1", (2, 1)),
        ("# c\r\n%YAML 1.1\r\n---\r\na: 1", (2, 1)),
        ("%TAG ! x\n---\na: 1", (1, 1)),
    ] {
        assert_eq!((code(text), place(text)), ("input.yaml_feature", at), "{text}");
    }
    // The same characters as text.
    let value = yaml("{\"<<\": '*x', '&a': \"!t\"}");
    assert_eq!(value.as_ref().get("<<").and_then(Ref::as_str), Some("*x"));
}

#[test]
fn keys_are_text() {
    for text in [
        "1: x",
        "1.5: x",
        "0x1: x",
        ".inf: x",
        "true: x",
        "~: x",
        "null: x",
        ": x",
        "? [a]\n: x",
        "? {a: 1}\n: x",
        "{[a]: x}",
    ] {
        assert_eq!(code(text), "input.invalid_value", "{text}");
    }
    let value = yaml("{'1': a, \"true\": b, on: c, '': d, 1a: e}");
    for (key, text) in [("1", "a"), ("true", "b"), ("on", "c"), ("", "d"), ("1a", "e")] {
        assert_eq!(value.as_ref().get(key).and_then(Ref::as_str), Some(text));
    }
}

#[test]
fn the_same_key_twice_is_refused_where_it_stands() {
    for (text, at) in [
        ("a: 1\nb: 2\na: 3", (3, 1)),
        ("x:\n  'a': 1\n  \"\\x61\": 3", (3, 3)),
        ("{b: 1, a: 2, b: 3}", (1, 14)),
    ] {
        assert_eq!((code(text), place(text)), ("input.duplicate_key", at), "{text}");
    }
}

#[test]
fn broken_and_empty_documents() {
    for text in ["", "\n", " \t\n", "# only a comment\n", "---\n", "--- # c\n...\n", "\u{feff}# c"]
    {
        assert_eq!(code(text), "input.empty", "{text:?}");
        assert!(place(text) >= (1, 1));
    }
    for text in [
        "a: [1",
        "a: {",
        "a: 'x",
        "a: \"x",
        "a:\n\tb: 1",
        "a: b: c",
        "- a\nb: 1",
        "a: 1\n  b: 2",
        "a: @x",
        "a: `x",
        "]",
        "a: \"\\q\"",
        "a: 1\0b: 2",
        "a: \u{7}",
        "a: \u{7f}",
        "a: \u{9b}1m",
        "a: \"\\ud800\"",
    ] {
        assert_eq!(code(text), "input.syntax", "{text:?}");
        assert!(place(text) >= (1, 1));
    }
    assert_eq!(place("a: 1\nb: x\0"), (2, 5));
    assert_eq!(Value::parse_yaml(b"a: \xff").unwrap_err().code(), "input.encoding");
    assert!(matches!(yaml("null").as_ref().kind(), Kind::Null));
}

#[test]
fn size_and_depth_are_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    yaml(&nested(limits::DEPTH));
    assert_eq!(code(&nested(limits::DEPTH + 1)), "limit.depth");
    for piece in ["[", "{a: ", "{", "- "] {
        assert_eq!(code(&piece.repeat(100_000)), "limit.depth", "{piece}");
    }
    let block: String = (0..=limits::DEPTH).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    assert_eq!(code(&block), "limit.depth");
    assert_eq!(code(&" ".repeat(limits::YAML_BYTES + 1)), "limit.size");
}

#[test]
fn utf16_is_read() {
    let text: Vec<u8> = "\u{feff}ключ: é\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let value = Value::parse_yaml(&text).unwrap();
    assert_eq!(value.as_ref().get("ключ").and_then(Ref::as_str), Some("é"));
}

proptest! {
    /// JSON is YAML (YAML 1.2.2 §1.3).
    #[test]
    fn json_reads_the_same_as_yaml(value in any_json(), pretty: bool) {
        let text = if pretty { format!("{value:#}") } else { value.to_string() };
        // Long lines may not hold keys, and JSON may hold characters that YAML must escape.
        prop_assume!(!text.contains(|char: char| char.is_control() && char != '\n'));
        prop_assert_eq!(plain(yaml(&text).as_ref()), value);
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place(text in "([a-c0:,'\"|>#*&!%@?~{}\\[\\]\\-\\\\. \n\t\r]|\\PC|---\n|  |- |: |\r\n){0,30}") {
        if let Err(error) = Value::parse_yaml(text.as_bytes()) {
            prop_assert!(error.place().position.is_some_and(|p| p.line >= 1 && p.column >= 1), "{}", error);
            prop_assert!(error.code() != "internal", "{}", error);
        }
    }
}
