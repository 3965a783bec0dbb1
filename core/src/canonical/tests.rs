use proptest::prelude::*;

use super::*;
use crate::{digest::unhex, limits, value::Value};

fn encode(text: &str) -> Vec<u8> {
    encode_document(Value::parse_json(text.as_bytes()).unwrap().as_ref()).unwrap()
}

/// RFC 8949, appendix A: the examples that our subset of CBOR has, as JSON and as bytes.
#[test]
fn examples_of_rfc_8949() {
    for (json, hex) in [
        ("0", "00"),
        ("1", "01"),
        ("10", "0a"),
        ("23", "17"),
        ("24", "1818"),
        ("25", "1819"),
        ("100", "1864"),
        ("1000", "1903e8"),
        ("1000000", "1a000f4240"),
        ("1000000000000", "1b000000e8d4a51000"),
        ("18446744073709551615", "1bffffffffffffffff"),
        ("-1", "20"),
        ("-10", "29"),
        ("-100", "3863"),
        ("-1000", "3903e7"),
        ("false", "f4"),
        ("true", "f5"),
        ("null", "f6"),
        ("\"\"", "60"),
        ("\"a\"", "6161"),
        ("\"IETF\"", "6449455446"),
        (r#""\"\\""#, "62225c"),
        (r#""\u00fc""#, "62c3bc"),
        (r#""\u6c34""#, "63e6b0b4"),
        (r#""\ud800\udd51""#, "64f0908591"),
        ("[]", "80"),
        ("[1,2,3]", "83010203"),
        ("[1,[2,3],[4,5]]", "8301820203820405"),
        (
            "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]",
            "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
        ),
        ("{}", "a0"),
        (r#"{"a":1,"b":[2,3]}"#, "a26161016162820203"),
        (r#"["a",{"b":"c"}]"#, "826161a161626163"),
        (
            r#"{"a":"A","b":"B","c":"C","d":"D","e":"E"}"#,
            "a56161614161626142616361436164614461656145",
        ),
    ] {
        let bytes = unhex(hex).unwrap();
        assert_eq!(encode(json), bytes, "{json}");
        check(&bytes).unwrap();
        let theirs: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(to_bytes(&theirs).unwrap(), bytes, "{json}");
        assert_eq!(from_bytes::<serde_json::Value>(&bytes).unwrap(), theirs, "{json}");
    }
    check(&unhex("40").unwrap()).unwrap();
    check(&unhex("4401020304").unwrap()).unwrap();
}

/// RFC 8949, appendix A: the examples that our subset does not have.
#[test]
fn other_examples_of_rfc_8949_are_refused() {
    for hex in [
        "c249010000000000000000",
        "3bffffffffffffffff",
        "c349010000000000000000",
        "f90000",
        "f93c00",
        "fb3ff199999999999a",
        "fa47c35000",
        "f97c00",
        "f97e00",
        "f7",
        "f0",
        "f8ff",
        "c074323031332d30332d32315432303a30343a30305a",
        "d74401020304",
        "a201020304",
        "5f42010243030405ff",
        "7f657374726561646d696e67ff",
        "9fff",
        "9f018202039f0405ffff",
        "bf61610161629f0203ffff",
    ] {
        assert_eq!(check(&unhex(hex).unwrap()).unwrap_err().code(), "canonical.encoding", "{hex}");
    }
}

#[test]
fn what_is_not_deterministic_is_refused() {
    for (hex, why) in [
        ("", "nothing"),
        ("1800", "a long head"),
        ("1817", "a long head"),
        ("190018", "a long head"),
        ("1900ff", "a long head"),
        ("1a0000ffff", "a long head"),
        ("1b00000000ffffffff", "a long head"),
        ("3817", "a long head"),
        ("5800", "a long head"),
        ("7801 61", "a long head"),
        ("9800", "a long head"),
        ("b800", "a long head"),
        ("a2616201616101", "order"),
        ("a262616101616201", "order: the shorter key is first"),
        ("a2616101616101", "a duplicate"),
        ("a10101", "a key that is no text"),
        ("a1416101", "a key that is no text"),
        ("61ff", "UTF-8"),
        ("63eda080", "UTF-8: a surrogate"),
        ("a161ff01", "UTF-8 in a key"),
        ("0000", "trailing bytes"),
        ("8000", "trailing bytes"),
        ("18", "truncated"),
        ("19ff", "truncated"),
        ("62 61", "truncated"),
        ("8201", "truncated"),
        ("a16161", "truncated"),
        ("9bffffffffffffffff", "a length beyond the input"),
        ("bbffffffffffffffff", "a length beyond the input"),
        ("5bffffffffffffffff", "a length beyond the input"),
        ("7b7fffffffffffffff", "a length beyond the input"),
        ("3b8000000000000000", "an integer below -2^63"),
        ("f8f4", "a long simple value"),
        ("1c", "reserved"),
        ("ff", "a break"),
    ] {
        let bytes = unhex(&hex.replace(' ', "")).unwrap();
        assert_eq!(check(&bytes).unwrap_err().code(), "canonical.encoding", "{hex}: {why}");
        assert!(from_bytes::<serde_json::Value>(&bytes).is_err(), "{hex}: {why}");
        assert!(decode_document(&bytes).is_err(), "{hex}: {why}");
    }
}

#[test]
fn depth_is_bounded_and_nothing_recurses() {
    let nested = |depth: usize| [vec![0x81; depth], vec![0x00]].concat();
    check(&nested(limits::DEPTH)).unwrap();
    decode_document(&nested(limits::DEPTH)).unwrap();
    from_bytes::<serde_json::Value>(&nested(limits::DEPTH)).unwrap();
    for depth in [limits::DEPTH + 1, 100_000] {
        assert_eq!(check(&nested(depth)).unwrap_err().code(), "limit.depth");
    }
    let mut deep = serde_json::json!(0);
    for _ in 0..=limits::DEPTH {
        deep = serde_json::json!([deep]);
    }
    assert_eq!(to_bytes(&deep).unwrap_err().code(), "limit.depth");
}

#[test]
fn plain_data_is_refused_where_it_has_no_encoding() {
    assert_eq!(to_bytes(&1.5).unwrap_err().code(), "canonical.float");
    assert_eq!(to_bytes(&[1.0f32]).unwrap_err().code(), "canonical.float");
    assert_eq!(to_bytes(&i128::from(i64::MIN)).unwrap(), unhex("3b7fffffffffffffff").unwrap());
    for integer in [i128::from(i64::MIN) - 1, i128::from(u64::MAX) + 1, i128::MIN, i128::MAX] {
        assert_eq!(to_bytes(&integer).unwrap_err().code(), "canonical.encoding");
    }
    let map = std::collections::BTreeMap::from([(1, 2)]);
    assert_eq!(to_bytes(&map).unwrap_err().code(), "canonical.encoding");
}

/// A map that is written step by step, and that goes on where a step is refused.
struct Steps(&'static [Step]);

enum Step {
    Key(&'static str),
    FloatKey,
    Value(i32),
    List(&'static [Step]),
    Float,
}

impl Serialize for Steps {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut map = serializer.serialize_map(None)?;
        for step in self.0 {
            let _ = match step {
                Step::Key(key) => map.serialize_key(key),
                Step::FloatKey => map.serialize_key(&1.5),
                Step::Value(value) => map.serialize_value(value),
                Step::List(steps) => map.serialize_value(&[Steps(steps)]),
                Step::Float => map.serialize_value(&[1.5]),
            };
        }
        map.end()
    }
}

/// No type that is written may bring forth bytes that no reader takes, or that leave out what was refused.
#[test]
fn data_that_goes_on_where_it_was_refused_is_refused() {
    use crate::value::Value as Document;
    use Step::{Float, FloatKey, Key, List, Value};
    const TWICE: &[Step] = &[Key("a"), Value(1), Key("a"), Value(2)];
    let sound: [&[Step]; 3] =
        [&[], &[Key("b"), Value(1), Key("a"), Value(2)], &[Key("a"), List(&[Key("a"), Value(1)])]];
    for steps in sound {
        let bytes = to_bytes(&Steps(steps)).unwrap();
        let document = encode_document(Document::from_serialize(&Steps(steps)).unwrap().as_ref());
        assert_eq!(document.unwrap(), bytes);
    }
    let unsound: [&[Step]; 13] = [
        &[Key("a")],
        &[Key("a"), Value(1), Key("b")],
        &[Key("a"), Key("b"), Value(1)],
        &[Value(1)],
        &[Key("a"), Value(1), Value(2)],
        &[Key("a"), Float],
        &[Key("a"), Float, Key("b"), Value(1)],
        &[Key("a"), List(&[Key("a")])],
        &[Key("a"), List(TWICE)],
        &[Key("a"), List(TWICE), Key("b"), Value(1)],
        &[FloatKey],
        &[FloatKey, Value(1)],
        &[FloatKey, Key("a"), Value(1)],
    ];
    for steps in unsound {
        assert_eq!(to_bytes(&Steps(steps)).unwrap_err().code(), "canonical.encoding");
        let error = Document::from_serialize(&Steps(steps)).unwrap_err();
        assert_eq!(error.code(), "input.invalid_value");
    }
}

#[test]
fn a_float_as_a_key_is_a_key_that_is_not_text() {
    struct Map;
    impl Serialize for Map {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map([(1.5, 1)])
        }
    }
    assert_eq!(to_bytes(&Map).unwrap_err().code(), "canonical.encoding");
}

#[test]
fn an_error_quotes_nothing_of_what_a_type_says() {
    struct Talkative;
    impl Serialize for Talkative {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("hunter2 is too short"))
        }
    }
    let error = to_bytes(&[Talkative]).unwrap_err();
    assert_eq!(error.code(), "canonical.encoding");
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

#[test]
fn heads_are_as_short_as_can_be_at_every_length() {
    for count in [0, 1, 23, 24, 255, 256, 65_535, 65_536] {
        // In the order of texts, `10` is before `2`, and among encoded keys behind it.
        let map: std::collections::BTreeMap<_, _> =
            (0..count).map(|i: usize| (i.to_string(), i)).collect();
        let bytes = to_bytes(&(&map, "x".repeat(count), vec![0_u8; count])).unwrap();
        check(&bytes).unwrap();
        let (theirs, text, list): (std::collections::BTreeMap<String, usize>, String, Vec<u8>) =
            ciborium::from_reader(&*bytes).unwrap();
        assert_eq!((theirs, text.len(), list.len()), (map, count, count));
    }
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    name: String,
    at: Option<u64>,
    kind: Choice,
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Choice {
    Unit,
    Newtype(Vec<u8>),
    Struct { long_text: String },
}

#[test]
fn plain_data_survives_and_other_shapes_have_their_code() {
    for kind in [
        Choice::Unit,
        Choice::Newtype(vec![1, 2]),
        Choice::Struct { long_text: "x".repeat(100_000) },
    ] {
        let sample = Sample { name: "é".into(), at: None, kind };
        let bytes = to_bytes(&sample).unwrap();
        assert_eq!(from_bytes::<Sample>(&bytes).unwrap(), sample);
    }
    let code = |json: &str| from_bytes::<Sample>(&encode(json)).unwrap_err().code();
    assert_eq!(code(r#"{"name":"x","at":1}"#), "input.missing_field");
    assert_eq!(code(r#"{"name":"x","at":1,"kind":"unit","more":1}"#), "input.unknown_field");
    assert_eq!(code(r#"{"name":5,"at":1,"kind":"unit"}"#), "input.invalid_value");
}

#[test]
fn unsound_bytes_are_said_to_be_so_whatever_shape_they_have() {
    let code = |bytes: &[u8]| from_bytes::<(u8, u8)>(bytes).unwrap_err().code();
    assert_eq!(from_bytes::<(u8, u8)>(b"\x82\x01\x02").unwrap(), (1, 2));
    // A list of one, of three, of text; a number that is too large; a map; one of bytes.
    for bytes in [
        &b"\x81\x01"[..],
        b"\x83\x01\x02\x03",
        b"\x82\x01\x61a",
        b"\x82\x01\x19\x01\x00",
        b"\xa0",
        b"\x42\x01\x02",
    ] {
        assert_eq!(code(bytes), "input.invalid_value", "{bytes:?}");
        // The same, and then a byte too many or too few.
        assert_eq!(code(&[bytes, b"\x00"].concat()), "canonical.encoding", "{bytes:?}");
        if let Some(short) = bytes.get(..bytes.len() - 1).filter(|short| !short.is_empty()) {
            assert_eq!(code(short), "canonical.encoding", "{bytes:?}");
        }
    }
}

#[test]
fn documents_keep_numbers_as_written_and_marks() {
    let long = "3".repeat(401);
    assert_eq!(encode("1e0"), encode("1.0"));
    assert_ne!(encode("0.5"), encode("0.50"));
    assert_eq!(encode("0.5"), b"\x44n0.5");
    assert_eq!(encode(&long)[3..], *format!("n{long}").as_bytes());
    for bytes in [&b"\x41u"[..], b"\x41s", b"\x44n0.5", b"\x82\x41u\x41s"] {
        let value = decode_document(bytes).unwrap();
        assert_eq!(encode_document(value.as_ref()).unwrap(), bytes);
    }
    for bytes in [
        &b"\x40"[..],
        b"\x41n",
        b"\x41x",
        b"\x42uu",
        b"\x42n1",
        b"\x44n1.0",
        b"\x44n01.",
        b"\x43nNA",
    ] {
        assert_eq!(decode_document(bytes).unwrap_err().code(), "canonical.encoding");
    }
}

#[test]
fn digests_tell_kinds_and_nonces_apart() {
    let value = Value::parse_json(b"{\"a\": 1}").unwrap();
    let digest = |kind, nonce| document_digest(kind, nonce, value.as_ref()).unwrap();
    let all = [
        digest("plan", None),
        digest("pack", None),
        digest("plan", Some(&[0; 32])),
        digest("plan", Some(&[1; 32])),
    ];
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
    let expected = [&[0], encode("{\"a\":1}").as_slice()].concat();
    assert_eq!(digest("plan", None), crate::digest::Digest::of_kind("plan", &expected));
}

#[test]
fn maps_split_and_join() {
    let body = encode(r#"{"x": [1, {"y": []}], "z": {}}"#);
    let entry = join_map(&[("sequence", &[7]), ("body", &body)]).unwrap();
    assert_eq!(entry, encode(r#"{"body": {"x": [1, {"y": []}], "z": {}}, "sequence": 7}"#));
    assert_eq!(split_map(&entry).unwrap(), [("body", body.as_slice()), ("sequence", &[7])]);
    assert_eq!(split_map(&[0xa0]).unwrap(), []);
    for refused in [
        join_map(&[("a", &[1]), ("a", &[1])]),
        join_map(&[("a", &[])]),
        join_map(&[("a", &[1, 1])]),
        join_map(&[("a", &[1, 0x61, b'b', 1]), ("b", &[])]),
        join_map(&[("a", &[0x18])]),
    ] {
        assert_eq!(refused.unwrap_err().code(), "canonical.encoding");
    }
    for bytes in [&[0x80][..], &[], &[0xa0, 0], &[0xa1, 0x61, b'a']] {
        assert_eq!(split_map(bytes).unwrap_err().code(), "canonical.encoding");
    }
}

/// A document with everything that documents can hold, and the same with its keys in another order.
fn any_document() -> impl Strategy<Value = (String, String)> {
    let same = |text: String| (text.clone(), text);
    let scalar = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|bool| bool.to_string()),
        any::<i64>().prop_map(|int| int.to_string()),
        any::<u64>().prop_map(|int| int.to_string()),
        "-?(0|[1-9][0-9]{0,3})\\.[0-9]{1,3}(e[0-9]{1,3})?",
        "[\\PC\"\\\\\n]{0,30}".prop_map(|text| serde_json::Value::from(text).to_string()),
    ]
    .prop_map(same);
    scalar.prop_recursive(5, 48, 6, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..6);
        let map = prop::collection::btree_map("[a-c\u{e9}]{0,3}", inner, 0..6);
        prop_oneof![
            list.prop_map(|items| {
                let (a, b): (Vec<_>, Vec<_>) = items.into_iter().unzip();
                (format!("[{}]", a.join(",")), format!(" [ {}\n]", b.join(" ,\t")))
            }),
            map.prop_map(|map| {
                let text = |key: &String, value: &str| format!("{:?} : {value}", key);
                let a: Vec<_> = map.iter().map(|(key, (a, _))| text(key, a)).collect();
                let b: Vec<_> = map.iter().rev().map(|(key, (_, b))| text(key, b)).collect();
                (format!("{{{}}}", a.join(",")), format!("{{ {} }}", b.join("\n,")))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn decoding_undoes_encoding((text, reordered) in any_document()) {
        let value = Value::parse_json(text.as_bytes()).unwrap();
        let bytes = encode_document(value.as_ref()).unwrap();
        check(&bytes).unwrap();
        let decoded = decode_document(&bytes).unwrap();
        prop_assert_eq!(&encode_document(decoded.as_ref()).unwrap(), &bytes);
        prop_assert_eq!(&to_bytes(&value).unwrap(), &bytes);
        // Neither the order of keys nor white space changes a digest (R045).
        let reordered = Value::parse_json(reordered.as_bytes()).unwrap();
        prop_assert_eq!(
            document_digest("plan", None, value.as_ref()).unwrap(),
            document_digest("plan", None, reordered.as_ref()).unwrap()
        );
    }

    #[test]
    fn accepted_bytes_are_what_their_content_encodes_to((text, _) in any_document(), at: prop::sample::Index, byte: u8) {
        let mut bytes = encode(&text);
        *at.get_mut(&mut bytes) = byte;
        if let Ok(decoded) = decode_document(&bytes) {
            prop_assert_eq!(encode_document(decoded.as_ref()).unwrap(), bytes.clone());
        }
        if check(&bytes).is_ok() {
            let plain: ciborium::Value = from_bytes(&bytes).unwrap();
            prop_assert_eq!(&plain, &ciborium::from_reader::<ciborium::Value, _>(&*bytes).unwrap());
            prop_assert_eq!(to_bytes(&plain).unwrap(), bytes);
        }
    }

    #[test]
    fn any_bytes_are_scanned(bytes: Vec<u8>) {
        if check(&bytes).is_ok() {
            let plain: ciborium::Value = from_bytes(&bytes).unwrap();
            prop_assert_eq!(to_bytes(&plain).unwrap(), bytes);
        }
    }

    #[test]
    fn no_prefix_and_no_extension_is_accepted((text, _) in any_document(), more: u8) {
        let mut bytes = encode(&text);
        for length in 0..bytes.len() {
            prop_assert!(check(&bytes[..length]).is_err());
        }
        bytes.push(more);
        prop_assert!(check(&bytes).is_err());
    }

    #[test]
    fn no_head_may_be_longer_and_no_length_indefinite((text, _) in any_document(), which: prop::sample::Index) {
        let bytes = encode(&text);
        let mut heads = Vec::new();
        let mut scanner = Scanner::new(&bytes);
        loop {
            let offset = scanner.offset();
            match scanner.next().unwrap() {
                Some(Item::End) => {}
                Some(_) => heads.push(offset),
                None => break,
            }
        }
        let (before, rest) = bytes.split_at(*which.get(&heads));
        let (major, info) = (rest[0] & 0xe0, rest[0] & 0x1f);
        let (longer, rest): (Vec<u8>, _) = match info {
            0..=23 => (vec![major | 24, info], &rest[1..]),
            24 => (vec![major | 25, 0], &rest[1..]),
            25 => (vec![major | 26, 0, 0], &rest[1..]),
            _ => (vec![major | 27, 0, 0, 0, 0], &rest[1..]),
        };
        let error = check(&[before, &longer, rest].concat()).unwrap_err();
        prop_assert_eq!(error.code(), "canonical.encoding");
        for tail in [&[0xff][..], &[]] {
            let indefinite = [before, &[major | 31], rest, tail].concat();
            prop_assert_eq!(check(&indefinite).unwrap_err().code(), "canonical.encoding");
        }
    }

    #[test]
    fn a_map_has_one_order(
        keys in prop::collection::btree_set("[a-c]{0,3}", 2..8),
        seed in prop::collection::vec(any::<u32>(), 8),
    ) {
        let sorted = join_map(&keys.iter().map(|key| (key.as_str(), &[0][..])).collect::<Vec<_>>()).unwrap();
        let mut shuffled: Vec<_> = keys.iter().zip(seed).collect();
        shuffled.sort_by_key(|(_, seed)| *seed);
        let mut bytes = vec![sorted[0]];
        for (key, _) in shuffled {
            bytes.push(0x60 | key.len() as u8);
            bytes.extend_from_slice(key.as_bytes());
            bytes.push(0);
        }
        prop_assert_eq!(check(&bytes).is_ok(), bytes == sorted);
        check(&sorted).unwrap();
    }

    /// The quick scan accepts nothing that the thorough one refuses, and finds the same entries.
    #[test]
    fn both_scans_agree((text, _) in any_document(), at: prop::sample::Index, byte: u8, cut: bool) {
        let mut bytes = encode(&format!("{{\"document\": {text}, \"n\": 1}}"));
        if byte != 0 {
            *at.get_mut(&mut bytes) = byte;
        }
        if cut {
            bytes.truncate(at.index(bytes.len()));
        }
        let mut found = Vec::new();
        if skim::map(&bytes, |key, value| found.push((key, value))).is_some() {
            let thorough = split_map(&bytes).unwrap();
            let thorough = thorough.into_iter().map(|(key, value)| (key.as_bytes(), value));
            prop_assert_eq!(found, thorough.collect::<Vec<_>>());
        } else if byte == 0 && !cut && split_map(&bytes).is_ok() {
            // Only depth is left to the thorough one.
            let depth = text.chars().filter(|c| matches!(c, '[' | '{')).count();
            prop_assert!(depth >= 11, "refused without need");
        }
    }
}
