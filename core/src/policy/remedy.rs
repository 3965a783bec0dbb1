//! What a host that can alter a resource makes of an object by `remediate`, so that tests of a pack can show it.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

/// An object with values set by JSON Pointers; `None` where a host sets nothing. What is unknown or sensitive (`opaque`, by
/// JSON Pointers) is neither replaced nor gone through, and what is gone through holds members, or is made.
pub(super) fn remediated(
    object: &Json,
    settings: &BTreeMap<String, Json>,
    opaque: &[String],
) -> Option<Json> {
    let mut object = object.clone();
    for (pointer, value) in settings {
        if opaque.iter().any(|opaque| within(opaque, pointer) || within(pointer, opaque)) {
            return None;
        }
        set(&mut object, pointer, value)?;
    }
    Some(object)
}

/// Whether a pointer is another one, or leads to something within it.
fn within(pointer: &str, other: &str) -> bool {
    pointer.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn set(mut at: &mut Json, pointer: &str, value: &Json) -> Option<()> {
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if at.is_null() {
            *at = Json::Object(Map::new());
        }
        at = match at {
            Json::Object(members) => members.entry(part).or_insert(Json::Null),
            Json::Array(elements) => {
                let index: usize = part.parse().ok()?;
                if index.to_string() != part {
                    return None;
                }
                elements.get_mut(index)?
            }
            _ => return None,
        };
    }
    *at = value.clone();
    Some(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn sets(object: &Json, pointer: &str, opaque: &[&str], expected: Option<Json>) {
        let settings = BTreeMap::from([(pointer.to_owned(), json!(7))]);
        let opaque: Vec<String> = opaque.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(remediated(object, &settings, &opaque), expected);
    }

    #[test]
    fn what_is_absent_is_made_and_what_is_there_replaced() {
        sets(&json!({}), "/a", &[], Some(json!({ "a": 7 })));
        sets(&json!({ "a": "x" }), "/a", &[], Some(json!({ "a": 7 })));
        sets(&json!({ "a": null }), "/a/b~1c", &[], Some(json!({ "a": { "b/c": 7 } })));
        sets(&json!({ "a": [{}, 1] }), "/a/0/b", &[], Some(json!({ "a": [{ "b": 7 }, 1] })));
    }

    #[test]
    fn nothing_is_set_where_a_host_cannot_or_must_not() {
        sets(&json!({ "a": "x" }), "/a/b", &[], None);
        for element in ["1", "00", "+0", "-", "b"] {
            sets(&json!({ "a": [0] }), &format!("/a/{element}"), &[], None);
        }
        let secret = json!({ "a": { "b": "s" }, "ab": 1 });
        sets(&secret, "/a/b", &["/a/b"], None);
        sets(&secret, "/a", &["/a/b"], None);
        sets(&secret, "/a/b/c", &["/a/b"], None);
        sets(&secret, "/ab", &["/a"], Some(json!({ "a": { "b": "s" }, "ab": 7 })));
    }
}
