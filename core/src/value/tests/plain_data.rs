use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::*;
use crate::{canonical, error::Error};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Charter {
    name: String,
    max_age: Option<u32>,
    #[serde(default)]
    stages: Vec<Stage>,
    #[serde(default)]
    labels: BTreeMap<Label, Level>,
    #[serde(default)]
    pair: (i8, bool),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stage {
    id: Label,
    action: Action,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Label(String);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Level {
    Mandatory,
    Advisory,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Action {
    Plan,
    Wait(u64),
    Move(Label, Label),
    Apply { force: bool },
}

const CHARTER: &str = "
name: demo
maxAge: 30
stages:
  - id: dev
    action: plan
  - id: prod
    action: { apply: { force: true } }
  - id: edge
    action:
      wait: 5
  - { id: far, action: { move: [a, b] } }
labels:
  x: mandatory
pair: [-1, true]
";

fn charter() -> Charter {
    let stage = |id: &str, action| Stage { id: Label(id.into()), action };
    Charter {
        name: "demo".into(),
        max_age: Some(30),
        stages: vec![
            stage("dev", Action::Plan),
            stage("prod", Action::Apply { force: true }),
            stage("edge", Action::Wait(5)),
            stage("far", Action::Move(Label("a".into()), Label("b".into()))),
        ],
        labels: BTreeMap::from([(Label("x".into()), Level::Mandatory)]),
        pair: (-1, true),
    }
}

#[test]
fn plain_data_is_read_and_written() {
    let value = Value::parse_yaml(CHARTER.as_bytes()).unwrap();
    assert_eq!(value.deserialize::<Charter>().unwrap(), charter());
    let written = Value::from_serialize(&charter()).unwrap();
    assert_eq!(written.deserialize::<Charter>().unwrap(), charter());
    assert_eq!(plain(written.as_ref()), serde_json::to_value(charter()).unwrap());
    assert_eq!(plain(written.as_ref()), plain(value.as_ref()));
}

#[test]
fn errors_stand_at_the_innermost_place() {
    for (from, to, code, line, column) in [
        ("name: demo\n", "", "input.missing_field", 2, 1),
        ("name: demo", "nmae: demo", "input.unknown_field", 2, 1),
        ("name: demo", "name: 5", "input.invalid_value", 2, 7),
        ("maxAge: 30", "maxAge: 30s", "input.invalid_value", 3, 9),
        ("maxAge: 30", "maxAge: 4294967296", "input.invalid_value", 3, 9),
        ("maxAge: 30", "maxAge: -1", "input.invalid_value", 3, 9),
        ("maxAge: 30", "maxAge: 1.5", "input.invalid_value", 3, 9),
        ("id: dev\n", "id: dev\n    why: x\n", "input.unknown_field", 6, 5),
        ("  - id: dev\n    action", "  - action", "input.missing_field", 5, 5),
        ("action: plan", "action: plna", "input.invalid_value", 6, 13),
        ("action: plan", "action: wait", "input.invalid_value", 6, 13),
        ("action: plan", "action: { plan: x }", "input.invalid_value", 6, 13),
        ("action: plan", "action: {}", "input.invalid_value", 6, 13),
        ("action: plan", "action: { plan: 1, wait: 2 }", "input.invalid_value", 6, 13),
        ("action: plan", "action: [plan]", "input.invalid_value", 6, 13),
        ("force: true", "force: yes", "input.invalid_value", 8, 31),
        ("force: true", "force: true, x: 1", "input.unknown_field", 8, 37),
        ("wait: 5", "wait: -5", "input.invalid_value", 11, 13),
        ("move: [a, b]", "move: [a]", "input.invalid_value", 12, 32),
        ("move: [a, b]", "move: [a, b, c]", "input.invalid_value", 12, 32),
        ("x: mandatory", "x: none", "input.invalid_value", 14, 6),
        ("[-1, true]", "[-1, 1]", "input.invalid_value", 15, 12),
        ("[-1, true]", "[-200, true]", "input.invalid_value", 15, 8),
    ] {
        let text = CHARTER.replacen(from, to, 1);
        let value = Value::parse_yaml(text.as_bytes()).unwrap();
        let error = value.deserialize::<Charter>().unwrap_err();
        let position = error.place().position.unwrap();
        assert_eq!(
            (error.code(), position.line, position.column),
            (code, line, column),
            "{to}: {error}"
        );
    }
}

#[test]
fn errors_in_json_have_a_pointer() {
    for (text, code, pointer) in [
        ("{}", "input.missing_field", ""),
        ("[]", "input.invalid_value", ""),
        (r#"{"name": "x", "more": 1}"#, "input.unknown_field", "/more"),
        (r#"{"name": "x", "a/b~c": 1}"#, "input.unknown_field", "/a~1b~0c"),
        (r#"{"name": "x", "stages": [{"id": 1}]}"#, "input.invalid_value", "/stages/0/id"),
        (
            r#"{"name": "x", "stages": [{"id": "a", "action": {"apply": {}}}]}"#,
            "input.missing_field",
            "/stages/0/action/apply",
        ),
        (r#"{"name": "x", "labels": {"k": "other"}}"#, "input.invalid_value", "/labels/k"),
    ] {
        let error =
            Value::parse_json(text.as_bytes()).unwrap().deserialize::<Charter>().unwrap_err();
        assert_eq!(
            (error.code(), error.place().pointer.as_deref()),
            (code, Some(pointer)),
            "{text}"
        );
    }
}

#[test]
fn messages_hold_no_values_and_no_rust_types() {
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code)]
    enum Untagged {
        Number(u8),
        List(Vec<u8>),
    }
    let messages = |error: Error| format!("{error} {}", error.help().unwrap_or_default());
    let mut all = String::new();
    for value in [
        "\"hunter2\"",
        "[\"hunter2\"]",
        "{\"key\": \"hunter2\"}",
        "8675309",
        "86753.09",
        "true",
        "null",
        "1e400",
    ] {
        let value = json(value);
        all += &value.deserialize::<Untagged>().map(|_| String::new()).unwrap_or_else(messages);
        all += &value.deserialize::<Action>().map(|_| String::new()).unwrap_or_else(messages);
        all += &value.deserialize::<Level>().map(|_| String::new()).unwrap_or_else(messages);
        all += &value.deserialize::<(u8, u8)>().map(|_| String::new()).unwrap_or_else(messages);
        all += &value.deserialize::<i8>().map(|_| String::new()).unwrap_or_else(messages);
        all += &value.deserialize::<char>().map(|_| String::new()).unwrap_or_else(messages);
        all += &value
            .deserialize::<BTreeMap<String, u8>>()
            .map(|_| String::new())
            .unwrap_or_else(messages);
        all += &value
            .deserialize::<std::num::NonZeroU8>()
            .map(|_| String::new())
            .unwrap_or_else(messages);
    }
    for word in [
        "hunter2", "8675309", "86753.09", "Untagged", "Action", "Level", "u8", "i8", "enum",
        "struct", "tuple",
    ] {
        // Variants are named as the document must name them.
        assert!(!all.contains(word), "{word} in {all}");
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holder {
    object: Value,
    #[serde(default)]
    more: Option<Value>,
    #[serde(default)]
    all: BTreeMap<String, Value>,
}

#[test]
fn a_field_takes_any_document_as_it_is() {
    let long = format!("0.{}", "3".repeat(150));
    let text = format!("object:\n  a: [1, {long}]\n  b: 1e999\nall: {{x: null, y: [~]}}\n");
    let value = Value::parse_yaml(text.as_bytes()).unwrap();
    let holder = value.deserialize::<Holder>().unwrap();
    let number = holder.object.as_ref().pointer("/a/1").unwrap();
    assert!(matches!(number.kind(), Kind::Double(_, text) if text == long));
    assert_eq!(number.position().map(|p| (p.line, p.column)), Some((2, 10)));
    assert!(holder.object.as_ref().get("b").unwrap().has_sensitive());
    assert!(matches!(holder.all["x"].as_ref().kind(), Kind::Null));
    assert!(holder.more.is_none());

    let mut builder = Builder::new();
    builder.begin_map().unwrap();
    builder.key("object").unwrap();
    builder.unknown().unwrap();
    builder.end_map().unwrap();
    let marked = builder.finish().unwrap().deserialize::<Holder>().unwrap();
    assert!(matches!(marked.object.as_ref().kind(), Kind::Unknown));
    assert!(marked.object.deserialize::<Option<String>>().is_err());
}

#[test]
fn other_deserializers_hand_over_what_they_can_say() {
    let text = r#"{"object": {"b": [1, -2, 0.5, 18446744073709551615, null, true, "x"], "a": {}}}"#;
    let holder: Holder = serde_json::from_str(text).unwrap();
    assert_eq!(plain(holder.object.as_ref()), plain(json(text).as_ref().get("object").unwrap()));
    assert!(serde_json::from_str::<Holder>(r#"{"object": {"a": 1, "a": 2}}"#).is_err());
    let deep = format!("{{\"object\": {}1{}}}", "[".repeat(126), "]".repeat(126));
    assert!(serde_json::from_str::<Holder>(&deep).is_ok());
    let null: Holder = serde_json::from_str(r#"{"object": null}"#).unwrap();
    assert!(matches!(null.object.as_ref().kind(), Kind::Null));
}

#[test]
fn values_are_shown_as_json() {
    let mut builder = Builder::new();
    builder.begin_list().unwrap();
    builder.unknown().unwrap();
    builder.sensitive().unwrap();
    builder.number("2.50").unwrap();
    builder.number("1e400").unwrap();
    builder.uint(u64::MAX).unwrap();
    builder.end_list().unwrap();
    let value = builder.finish().unwrap();
    assert_eq!(
        serde_json::to_string(&value).unwrap(),
        r#"["(known after apply)","(sensitive)",2.5,"1e400",18446744073709551615]"#
    );
}

#[test]
fn a_document_within_plain_data_loses_nothing() {
    let holder = Holder {
        object: {
            let mut builder = Builder::new();
            builder.begin_list().unwrap();
            builder.unknown().unwrap();
            builder.sensitive().unwrap();
            builder.number("2.50").unwrap();
            builder.number("1e400").unwrap();
            builder.uint(u64::MAX).unwrap();
            builder.text("u").unwrap();
            builder.end_list().unwrap();
            builder.finish().unwrap()
        },
        more: None,
        all: BTreeMap::new(),
    };
    let document = Value::from_serialize(&holder).unwrap();
    let bytes = canonical::encode_document(document.as_ref()).unwrap();
    assert_eq!(canonical::to_bytes(&holder).unwrap(), bytes);
    for holder in [document.deserialize(), canonical::from_bytes::<Holder>(&bytes)] {
        assert_eq!(canonical::to_bytes(&holder.unwrap()).unwrap(), bytes);
    }
    let wrong = canonical::join_map(&[("object", b"\x41x")]).unwrap();
    assert_eq!(canonical::from_bytes::<Holder>(&wrong).unwrap_err().code(), "input.invalid_value");
    // Bytes that are no part of a document stay what they are.
    struct Raw;
    impl Serialize for Raw {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(b"u")
        }
    }
    assert_eq!(Value::from_serialize(&Raw).unwrap_err().code(), "input.invalid_value");
    assert_eq!(canonical::to_bytes(&Raw).unwrap(), b"\x41u");
}

#[test]
fn what_documents_do_not_hold_is_refused() {
    let code = |result: Result<Value>| result.unwrap_err().code();
    assert_eq!(code(Value::from_serialize(&1.0)), "input.invalid_value");
    assert_eq!(code(Value::from_serialize(&[1.0f32])), "input.invalid_value");
    assert_eq!(code(Value::from_serialize(&BTreeMap::from([(1, 2)]))), "input.invalid_value");
    assert!(Value::from_serialize(&i128::from(u64::MAX)).is_ok());
    assert_eq!(code(Value::from_serialize(&(u128::from(u64::MAX) + 1))), "input.invalid_value");
    assert_eq!(code(Value::from_serialize(&(i128::from(i64::MIN) - 1))), "input.invalid_value");
    let mut deep = serde_json::json!(0);
    for _ in 0..=limits::DEPTH {
        deep = serde_json::json!([deep]);
    }
    assert_eq!(code(Value::from_serialize(&deep)), "limit.depth");
}

proptest! {
    #[test]
    fn serde_says_the_same_as_the_reader(value in any_json()) {
        let read = json(&value.to_string());
        prop_assert_eq!(serde_json::to_value(&read).unwrap(), plain(read.as_ref()));
        prop_assert_eq!(plain(read.as_ref()), read.deserialize::<serde_json::Value>().unwrap());
        let again: Value = serde_json::from_value(value).unwrap();
        prop_assert_eq!(plain(again.as_ref()), plain(read.as_ref()));
    }
}

#[test]
fn a_name_alone_where_a_map_belongs_says_how_to_write_it() {
    use crate::model::LifecycleOperation;

    let value = Value::parse_yaml(b"submit").unwrap();
    let error = value.deserialize::<LifecycleOperation>().unwrap_err();
    assert_eq!(error.code(), "input.invalid_value");
    let help = error.help().unwrap();
    let (_, written) = help.split_once("write ").unwrap();
    let (written, _) = written.split_once(", and").unwrap();
    let value = Value::parse_yaml(written.replace(" \u{2026} ", "").as_bytes()).unwrap();
    assert!(matches!(value.deserialize().unwrap(), LifecycleOperation::Submit(_)), "{written}");
}
