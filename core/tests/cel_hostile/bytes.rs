//! Bytes that are no text, at every place that takes bytes: each reader refuses them.

use poundlock::{Charter, Lock, Plan, PolicyPack, Value};

/// What is no UTF-8, by the ways in which it is none (RFC 3629).
const MALFORMED: [&[u8]; 18] = [
    b"\x80",
    b"\xbf",
    b"\xc0\x80",
    b"\xc1\xbf",
    b"\xc2",
    b"\xc2a",
    b"\xe0\x80\x80",
    b"\xe0\x9f\xbf",
    b"\xe2\x82",
    b"\xe2\x82a",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xf0\x80\x80\x80",
    b"\xf0\x9f\x98",
    b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80",
    b"\xff",
    b"\xfe",
];

fn around(before: &str, malformed: &[u8], after: &str) -> Vec<u8> {
    [before.as_bytes(), malformed, after.as_bytes()].concat()
}

#[test]
fn no_reader_takes_what_is_no_text() {
    let pack = |expression: &[u8]| {
        let before = "pack: a\nversion: 1.0.0\npolicies:\n  - name: b\n    description: c\n    match: { resources: [d] }\n    validations: [{ expression: \"object.a == '";
        around(before, expression, "'\" }]\n")
    };
    assert!(PolicyPack::parse(&pack("é".as_bytes())).is_ok());
    let resource = "{\"format_version\": \"1.2\", \"terraform_version\": \"1.11.4\", \"resource_changes\": [], \"x\": \"";
    assert!(Plan::from_terraform(&around(resource, b"a", "\"}"), &[7; 32]).is_ok());
    for malformed in MALFORMED {
        for (before, after) in
            [("\"", "\""), ("{\"", "\": 1}"), ("[1, ", "]"), ("", "1"), ("1", "")]
        {
            assert!(
                Value::parse_json(&around(before, malformed, after)).is_err(),
                "{malformed:x?}"
            );
        }
        for (before, after) in [
            ("a: ", "\n"),
            ("", ": a\n"),
            ("a: \"", "\"\n"),
            ("# ", "\na: 1\n"),
            ("a: |\n  ", "\n"),
        ] {
            let yaml = around(before, malformed, after);
            assert!(Value::parse_yaml(&yaml).is_err(), "{malformed:x?}");
            assert!(Charter::parse(&yaml).is_err() && Lock::parse(&yaml).is_err());
        }
        assert!(PolicyPack::parse(&pack(malformed)).is_err(), "{malformed:x?}");
        assert!(Plan::from_terraform(&around(resource, malformed, "\"}"), &[7; 32]).is_err());
    }
}

#[test]
fn no_reader_takes_half_an_escape() {
    for escape in [
        "\\",
        "\\x41",
        "\\u",
        "\\u12",
        "\\u12g4",
        "\\ud800",
        "\\ud800\\u0041",
        "\\udc00",
        "\\ud800\\ud800",
        "\\U0001f600",
        "\\'",
        "\\0",
    ] {
        let text = format!("\"{escape}\"");
        assert!(Value::parse_json(text.as_bytes()).is_err(), "{escape}");
    }
    for escape in ["\\", "\\x4", "\\u12", "\\ud800", "\\U00110000", "\\q", "\\'"] {
        let text = format!("a: \"{escape}\"\n");
        assert!(Value::parse_yaml(text.as_bytes()).is_err(), "{escape}");
    }
    for control in 0..0x20_u8 {
        assert!(Value::parse_json(&[b'"', control, b'"']).is_err(), "{control}");
    }
}
