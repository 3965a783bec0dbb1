mod plain_data;
mod yaml;

use proptest::prelude::*;

use super::*;
use crate::limits;

fn json(text: &str) -> Value {
    Value::parse_json(text.as_bytes()).unwrap()
}

fn code(bytes: &[u8]) -> &'static str {
    Value::parse_json(bytes).unwrap_err().code()
}

fn place(bytes: &[u8]) -> (u32, u32) {
    let error = Value::parse_json(bytes).unwrap_err();
    let position = error.place().position.unwrap();
    (position.line, position.column)
}

/// What a document says in `serde_json`'s words; numbers as doubles.
fn plain(value: Ref<'_>) -> serde_json::Value {
    match value.kind() {
        Kind::Null => serde_json::Value::Null,
        Kind::Bool(bool) => bool.into(),
        Kind::Int(int) => int.into(),
        Kind::Uint(uint) => uint.into(),
        Kind::Double(double, _) => double.into(),
        Kind::Text(text) => text.into(),
        Kind::List(list) => list.iter().map(plain).collect(),
        Kind::Map(map) => map.iter().map(|(key, value)| (key.to_owned(), plain(value))).collect(),
        Kind::Number(_) | Kind::Unknown | Kind::Sensitive => panic!("not in JSON"),
    }
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let scalar = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        (any::<i32>(), 1..1000i32).prop_map(|(a, b)| (f64::from(a) + f64::from(b) / 1024.0).into()),
        "[\\PC\u{0}-\u{1f}\"\\\\]{0,12}".prop_map(Into::into),
    ];
    scalar.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
            prop::collection::btree_map("[a-f\u{e9}\u{1f600}\"]{0,3}", inner, 0..8)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn reads_as_serde_json_does(value in any_json(), pretty: bool) {
        let text = if pretty { format!("{value:#}") } else { value.to_string() };
        prop_assert_eq!(plain(json(&text).as_ref()), value);
    }

    #[test]
    fn accepts_and_refuses_as_serde_json_does(text in "[\\[\\]{},:\"a0 tru1.e\\-]{0,12}") {
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        match (Value::parse_json(text.as_bytes()), theirs) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(
                serde_json::from_value::<Lenient>(plain(ours.as_ref())).unwrap(),
                serde_json::from_value::<Lenient>(theirs).unwrap()
            ),
            (Err(error), Ok(_)) => prop_assert_eq!(error.code(), "input.duplicate_key"),
            (Ok(_), Err(error)) => prop_assert!(error.to_string().contains("number out of range")),
            (Err(_), Err(_)) => {}
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _ = Value::parse_json(&bytes);
    }

    #[test]
    fn a_copy_says_the_same(value in any_json()) {
        let value = json(&value.to_string());
        let mut builder = Builder::new();
        builder.begin_list().unwrap();
        builder.copy(value.as_ref()).unwrap();
        builder.end_list().unwrap();
        let copy = builder.finish().unwrap();
        prop_assert_eq!(plain(copy.as_ref().index(0).unwrap()), plain(value.as_ref()));
    }
}

/// JSON in which 1 and 1.0 are the same number.
#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(untagged)]
enum Lenient {
    Null(()),
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Lenient>),
    Map(std::collections::BTreeMap<String, Lenient>),
}

#[test]
fn white_space_and_nothing_is_empty() {
    for bytes in [&b""[..], b" \t\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"\xff\xfe\x20\x00"] {
        assert_eq!(code(bytes), "input.empty");
    }
}

#[test]
fn encodings() {
    let text = "{\"ключ\": \"\u{1f600}\"}";
    let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect()
    };
    let utf8: Vec<u8> = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for bytes in [utf8, utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)] {
        let value = Value::parse_json(&bytes).unwrap();
        assert_eq!(value.as_ref().get("ключ").and_then(Ref::as_str), Some("\u{1f600}"));
    }
    for bytes in [
        &b"\"\xff\""[..],
        b"\"\xed\xa0\x80\"", // a surrogate in UTF-8
        b"\"\xc0\x80\"",     // overlong
        b"\xff\xfe\"\x00\"", // half a unit
        b"\xff\xfe\"\x00\x00\xd8\"\x00",
        br#""\ud800""#,
        br#""\udc00""#,
        br#""\ud800\u0041""#,
        br#""\ud800x""#,
        br#"{"\udfff": 1}"#,
    ] {
        assert_eq!(code(bytes), "input.encoding", "{bytes:?}");
    }
    assert_eq!(json(r#""\ud83d\ude00\u00e9\/\"""#).as_ref().as_str(), Some("\u{1f600}\u{e9}/\""));
}

#[test]
fn errors_have_a_place() {
    assert_eq!(place(b"{\n  \"a\": tru\n}"), (2, 8));
    assert_eq!(place("{\n  \"\u{1f600}\u{e9}\": x}".as_bytes()), (2, 9));
    assert_eq!(place(b"[1, 2"), (1, 6));
    assert_eq!(place(b"{\"a\": 1,\n \"b\": {\"c\": 1, \"\\u0063\": 2}}"), (2, 16));
    assert_eq!(place(b"[\n\"\xff\"]"), (2, 2));
    assert_eq!(place(b"[\n01]"), (2, 1));
    assert_eq!(place(b"1 1"), (1, 3));
    assert_eq!(place(b"\"a\\x\""), (1, 3));
}

#[test]
fn what_is_not_json_is_refused() {
    for text in [
        "tru",
        "nul",
        "[1,]",
        "{\"a\":1,}",
        "{,}",
        "[,1]",
        "{a:1}",
        "'a'",
        "[1 2]",
        "{\"a\" 1}",
        "01",
        "1.",
        "+1",
        "NaN",
        "Infinity",
        "\"\t\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u+123\"",
        "\"a",
        "[",
        "{",
        "{\"a\"",
        "{\"a\":",
        "1 1",
        "{} {}",
        "// c\n1",
        "\u{a0}1",
        "]",
        "[}",
        "{]",
        "\u{feff}\u{feff}1",
    ] {
        assert_eq!(code(text.as_bytes()), "input.syntax", "{text}");
    }
}

#[test]
fn the_same_key_twice_is_refused_however_spelt() {
    assert_eq!(code(br#"{"a": 1, "b": 2, "a": 3}"#), "input.duplicate_key");
    assert_eq!(code(br#"{"a": 1, "\u0061": 3}"#), "input.duplicate_key");
    assert_eq!(code(br#"[{"x": {"": 1, "": 1}}]"#), "input.duplicate_key");
    // Unicode has two spellings of é; JSON compares neither (RFC 8259 §8.3).
    let value = json("{\"\u{e9}\": 1, \"e\u{301}\": 2}");
    assert!(matches!(value.as_ref().get("\u{e9}").unwrap().kind(), Kind::Int(1)));
    assert!(matches!(value.as_ref().get("e\u{301}").unwrap().kind(), Kind::Int(2)));
}

#[test]
fn depth_is_bounded_and_nothing_recurses() {
    let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    assert!(Value::parse_json(&nested(limits::DEPTH)).is_ok());
    assert_eq!(code(&nested(limits::DEPTH + 1)), "limit.depth");
    assert_eq!(code(&vec![b'['; 100_000]), "limit.depth");
    assert_eq!(code("{\"a\":".repeat(100_000).as_bytes()), "limit.depth");
}

#[test]
fn maps_are_found_by_key_and_iterate_in_order() {
    let value =
        json(r#"{"b": 1, "": 2, "a": 3, "aa": 4, "\u00e9": 5, "\ud83d\ude00": 6, "\uffff": 7}"#);
    let Kind::Map(map) = value.as_ref().kind() else { panic!("a map") };
    let keys: Vec<_> = map.iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["", "a", "aa", "b", "\u{e9}", "\u{ffff}", "\u{1f600}"]);
    for (key, value) in map.iter() {
        assert_eq!(plain(map.get(key).unwrap()), plain(value));
    }
    assert!(map.get("c").is_none());
}

#[test]
fn pointers() {
    let value = json(r#"{"a/b": {"m~n": [10, 20]}, "": 5}"#);
    let at = |pointer| value.as_ref().pointer(pointer).map(plain);
    assert_eq!(at("/a~1b/m~0n/1"), Some(20.into()));
    assert_eq!(at("/"), Some(5.into()));
    assert_eq!(at("").map(|whole| whole.is_object()), Some(true));
    for pointer in ["x", "/a~1b/m~0n/2", "/a~1b/m~0n/01", "/a~1b/m~0n/+1", "/a~1b/m~0n/-", "//x"] {
        assert_eq!(at(pointer), None, "{pointer}");
    }
}

#[test]
fn marks_show_at_every_level_above_them() {
    let mut builder = Builder::new();
    builder.begin_map().unwrap();
    builder.key("list").unwrap();
    builder.begin_list().unwrap();
    builder.unknown().unwrap();
    builder.end_list().unwrap();
    builder.key("number").unwrap();
    builder.number("1e999").unwrap();
    builder.key("text").unwrap();
    builder.text("x").unwrap();
    builder.end_map().unwrap();
    let value = builder.finish().unwrap();
    let marks = |value: Ref<'_>| (value.has_unknown(), value.has_sensitive());
    let get = |key| marks(value.as_ref().get(key).unwrap());
    assert_eq!(marks(value.as_ref()), (true, true));
    assert_eq!(
        (get("list"), get("number"), get("text")),
        ((true, false), (false, true), (false, false))
    );
}

#[test]
fn pieces_out_of_order_are_refused() {
    let steps: [fn(&mut Builder) -> Result<()>; 6] = [
        |b| b.null().and_then(|()| b.null()),
        |b| b.begin_map().and_then(|()| b.null()),
        |b| b.begin_list().and_then(|()| b.key("a")),
        |b| b.begin_map().and_then(|()| b.end_list()),
        |b| b.begin_map().and_then(|()| b.key("a")).and_then(|()| b.end_map()),
        |b| b.end_list(),
    ];
    for step in steps {
        assert_eq!(step(&mut Builder::new()).unwrap_err().code(), "internal");
    }
    assert_eq!(Builder::new().finish().unwrap_err().code(), "internal");
    let mut builder = Builder::new();
    builder.begin_list().unwrap();
    assert_eq!(builder.finish().unwrap_err().code(), "internal");
}

#[test]
fn debug_output_holds_no_content() {
    let value = json(r#"{"password": "hunter2"}"#);
    assert!(!format!("{value:?} {:?}", value.as_ref()).contains("hunter2"));
}

#[test]
fn many_distinct_keys() {
    let text: Vec<_> =
        (0..50_000).map(|n| format!("\"key{}\":{n}", n % 40_000 + n / 40_000 * 90_000)).collect();
    let value = json(&format!("{{{}}}", text.join(",")));
    assert!(matches!(value.as_ref().get("key123").unwrap().kind(), Kind::Int(123)));
    assert!(matches!(value.as_ref().get("key99999").unwrap().kind(), Kind::Int(49_999)));
}

/// A document is kept as long as what it is about, and numbers need no text.
#[test]
fn a_long_document_keeps_no_room_that_it_does_not_use() {
    let mut builder = Builder::new();
    builder.begin_list().unwrap();
    for number in 0..70_000 {
        builder.int(number).unwrap();
    }
    builder.end_list().unwrap();
    let nodes = &builder.finish().unwrap().arena.nodes;
    assert!(nodes.capacity() - nodes.len() < nodes.len() / 8, "{}", nodes.capacity());
}
