//! Laws of reading Terraform plans.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "this is a test"
)]

use poundlock::{canonical, model::Plan};
use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value as Json, json};

const NONCE: [u8; 32] = [3; 32];

/// What a leaf of a made-up value is.
#[derive(Clone, Debug)]
enum Leaf {
    Public(u16),
    Secret(u16),
    Unknown,
}

/// A made-up value whose leaves know what they are. A `hidden` part is marked as a whole.
#[derive(Clone, Debug)]
enum Tree {
    Leaf(Leaf),
    List(Vec<Tree>),
    Map(Vec<Tree>),
    Hidden(Box<Tree>),
}

impl Tree {
    /// The value as a plan gives it, absent where it is unknown.
    fn value(&self) -> Option<Json> {
        Some(match self {
            Self::Leaf(Leaf::Public(number)) => json!(format!("public-{number:05}")),
            Self::Leaf(Leaf::Secret(number)) => json!(format!("secret-{number:05}")),
            Self::Leaf(Leaf::Unknown) => return None,
            Self::List(trees) => {
                trees.iter().map(|tree| tree.value().unwrap_or(Json::Null)).collect()
            }
            Self::Map(trees) => {
                let entries = trees.iter().enumerate();
                entries.filter_map(|(key, tree)| Some((format!("k{key}"), tree.value()?))).collect()
            }
            Self::Hidden(tree) => return tree.value(),
        })
    }

    /// The marks beside the value: of what is unknown, or of what is sensitive.
    fn marks(&self, of_unknown: bool) -> Json {
        match self {
            Self::Leaf(Leaf::Unknown) => json!(of_unknown),
            Self::Leaf(Leaf::Secret(_)) | Self::Hidden(_) if !of_unknown => json!(true),
            Self::Leaf(_) => json!(false),
            Self::List(trees) => trees.iter().map(|tree| tree.marks(of_unknown)).collect(),
            Self::Map(trees) => Json::Object(Map::from_iter(
                trees
                    .iter()
                    .enumerate()
                    .map(|(key, tree)| (format!("k{key}"), tree.marks(of_unknown))),
            )),
            Self::Hidden(tree) => tree.marks(of_unknown),
        }
    }

    /// Every secret and public text, with whether it stands in a hidden part.
    fn texts(&self, is_hidden: bool, found: &mut Vec<(String, bool)>) {
        match self {
            Self::Leaf(Leaf::Public(number)) => {
                found.push((format!("public-{number:05}"), is_hidden))
            }
            Self::Leaf(Leaf::Secret(number)) => found.push((format!("secret-{number:05}"), true)),
            Self::Leaf(Leaf::Unknown) => {}
            Self::List(trees) | Self::Map(trees) => {
                trees.iter().for_each(|tree| tree.texts(is_hidden, found));
            }
            Self::Hidden(tree) => tree.texts(true, found),
        }
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        3 => any::<u16>().prop_map(Leaf::Public),
        2 => any::<u16>().prop_map(Leaf::Secret),
        1 => Just(Leaf::Unknown),
    ];
    leaf.prop_map(Tree::Leaf).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            3 => vec(inner.clone(), 0..4).prop_map(Tree::List),
            3 => vec(inner.clone(), 0..4).prop_map(Tree::Map),
            1 => inner.prop_map(|tree| Tree::Hidden(Box::new(tree))),
        ]
    })
}

/// Any JSON at all.
fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        "[a-c\"\\\\<\u{e9}]{0,9}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Json::from),
            vec(("[a-c]{1,2}", inner), 0..4)
                .prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

/// Marks of any shape.
fn marks() -> impl Strategy<Value = Json> {
    any::<bool>().prop_map(Json::from).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Json::from),
            vec(("[a-c]{1,2}", inner), 0..4)
                .prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

fn plan(changes: &[Json]) -> Json {
    let resources: Json = changes
        .iter()
        .enumerate()
        .map(|(index, change)| {
            json!({
                "address": format!("test.it[{index}]"), "mode": "managed", "type": "test",
                "name": "it", "change": change
            })
        })
        .collect();
    json!({"format_version": "1.2", "resource_changes": resources})
}

fn read(text: &str) -> Plan {
    Plan::from_terraform(text.as_bytes(), &NONCE).expect("a plan is read")
}

fn record(plan: &Plan) -> String {
    let record = plan.to_record().expect("a plan can be recorded");
    let bytes = canonical::encode_document(record.as_ref()).expect("a record has bytes");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Writes a document anew, its keys turned and its white space drawn from `choices`.
fn respelt(json: &Json, choices: &[u8], drawn: &mut usize, text: &mut String) {
    let mut draw = || {
        *drawn += 1;
        choices[*drawn % choices.len()]
    };
    let space = [" ", "", "\n\t", "\r\n"][usize::from(draw() % 4)];
    text.push_str(space);
    match json {
        Json::Array(list) => {
            text.push('[');
            for (index, element) in list.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                respelt(element, choices, drawn, text);
            }
            text.push(']');
        }
        Json::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            if !entries.is_empty() {
                let places = usize::from(draw()) % entries.len();
                entries.rotate_left(places);
            }
            text.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                text.push_str(&format!("{space}{}{space}:", json!(key)));
                respelt(value, choices, drawn, text);
            }
            text.push('}');
        }
        _ => text.push_str(&json.to_string()),
    }
    text.push_str(space);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    // Requirements: R045.
    #[test]
    fn the_order_of_keys_and_white_space_do_not_change_a_plan(
        after in json(),
        extra in json(),
        choices in vec(any::<u8>(), 1..40),
    ) {
        let mut document =
            plan(&[json!({"actions": ["no-op"], "before": after, "after": after, "after_unknown": {}})]);
        document["extra"] = extra;
        let mut text = String::new();
        respelt(&document, &choices, &mut 0, &mut text);
        let (plan, other) = (read(&document.to_string()), read(&text));
        prop_assert_eq!(plan.digest, other.digest);
        prop_assert_eq!(record(&plan), record(&other));
    }

    #[test]
    fn another_document_has_another_digest(one in json(), other in json()) {
        let document = |extra: &Json| {
            let mut document = plan(&[]);
            document["extra"] = extra.clone();
            read(&document.to_string()).digest
        };
        prop_assert_eq!(document(&one) == document(&other), one == other);
    }

    // Requirements: R374.
    #[test]
    fn what_is_marked_never_shows_and_the_rest_does(tree in tree()) {
        let value = tree.value();
        let mut change = json!({
            "actions": ["no-op"], "before": {}, "after_unknown": tree.marks(true),
            "before_sensitive": {}, "after_sensitive": tree.marks(false)
        });
        if let Some(value) = &value {
            change["after"] = value.clone();
        }
        // The same texts again, where nothing is marked, and within others.
        let mut texts = Vec::new();
        tree.texts(false, &mut texts);
        let copies: Vec<_> = texts.iter().map(|(text, _)| json!([text, format!("<{text}>")])).collect();
        let copy = json!({"actions": ["no-op"], "before": copies, "after": {}});
        let document = plan(&[change, copy]);

        let plan = read(&document.to_string());
        let record = record(&plan);
        for (text, is_hidden) in &texts {
            // A public text that is hidden in one place is so everywhere.
            let is_hidden = *is_hidden || texts.contains(&(text.clone(), true));
            prop_assert_eq!(record.contains(text), !is_hidden, "{}", text);
            if is_hidden {
                let shown = format!("{plan:?}");
                prop_assert!(!shown.contains(text));
            }
        }
        let after = plan.resources[0].after.as_ref();
        let has_unknown = tree.marks(true).to_string().contains("true");
        prop_assert!(!has_unknown || after.has_unknown() || after.has_sensitive());
    }

    #[test]
    fn whatever_the_marks_what_they_mark_does_not_show(
        value in json(),
        unknown in marks(),
        sensitive in marks(),
    ) {
        let change = json!({
            "actions": ["no-op"], "before": value, "after": value, "after_unknown": unknown,
            "before_sensitive": sensitive, "after_sensitive": sensitive
        });
        let plan = read(&plan(&[change]).to_string());
        let resource = &plan.resources[0];
        let marks_any = |marks: &Json| marks.to_string().contains("true");
        prop_assert_eq!(resource.before.as_ref().has_sensitive(), marks_any(&sensitive));
        prop_assert_eq!(resource.after.as_ref().has_sensitive(), marks_any(&sensitive));
        prop_assert!(!resource.before.as_ref().has_unknown());
        let is_hidden = resource.after.as_ref().has_unknown() || resource.after.as_ref().has_sensitive();
        prop_assert_eq!(is_hidden, marks_any(&unknown) || marks_any(&sensitive));
    }

    #[test]
    fn no_document_panics(document in json(), key in "resource_changes|resource_drift|output_changes|planned_values|prior_state|configuration|variables|checks") {
        let mut whole = json!({"format_version": "1.2", "planned_values": {}});
        whole[key] = document;
        if let Err(error) = Plan::from_terraform(whole.to_string().as_bytes(), &NONCE) {
            prop_assert_eq!(error.code(), "plan.malformed");
        }
    }
}
