//! Plans written in a few lines, as the JSON that Terraform would write.

use serde_json::{Map, Value as Json, json};

use crate::{digest::Digest, error::Result, model::Plan};

/// The plan, and its twin: the same document with another nonce, and so with another digest.
pub(super) fn read(name: &str, document: &[u8]) -> Result<(Plan, Plan)> {
    let nonce =
        |kind: &str| *Digest::of(format!("nonce of the {kind} {name}").as_bytes()).as_bytes();
    let plan = Plan::from_terraform(document, &nonce("plan"))?;
    let twin = Plan::from_terraform(document, &nonce("twin of the plan"))?;
    Ok((plan, twin))
}

/// Terraform's JSON of a plan that a scenario writes as a list of resources, or as a map of the members of
/// Terraform's document where `resources` and `drift` are such lists.
pub(super) fn document(said: &Json) -> Json {
    let members = match said {
        Json::Object(members) => members.clone(),
        list => Map::from_iter([("resources".to_owned(), list.clone())]),
    };
    let mut document = Map::from_iter([
        ("format_version".to_owned(), "1.2".into()),
        ("complete".to_owned(), true.into()),
    ]);
    for (key, value) in members {
        match (key.as_str(), &value) {
            ("resources", Json::Array(list)) => {
                document.insert("resource_changes".to_owned(), list.iter().map(resource).collect());
            }
            ("drift", Json::Array(list)) => {
                document.insert("resource_drift".to_owned(), list.iter().map(resource).collect());
            }
            _ => {
                document.insert(key, value);
            }
        }
    }
    Json::Object(document)
}

/// A resource that says its `type`, and where it matters `name`, `actions`, `before`, `after` and `unknown`.
fn resource(said: &Json) -> Json {
    let text = |key: &str, default: &str| {
        said.get(key).and_then(Json::as_str).unwrap_or(default).to_owned()
    };
    let (kind, name) = (text("type", ""), text("name", "main"));
    let actions = match said.get("actions") {
        None => json!(["create"]),
        Some(Json::String(one)) => json!([one]),
        Some(list) => list.clone(),
    };
    let word =
        |word: &str| actions.as_array().is_some_and(|list| list.iter().any(|one| one == word));
    let given = |key: &str| said.get(key).cloned();
    let after = given("after").unwrap_or_else(|| json!({}));
    let gone = (word("delete") || word("forget")) && !word("create");
    let before = given("before").unwrap_or_else(|| {
        if word("create") && !word("delete") { Json::Null } else { after.clone() }
    });
    json!({
        "address": text("address", &format!("{kind}.{name}")),
        "mode": text("mode", "managed"),
        "type": kind,
        "name": name,
        "change": {
            "actions": actions,
            "before": before,
            "after": if gone { Json::Null } else { after },
            "after_unknown": given("unknown").unwrap_or_else(|| json!({})),
            "before_sensitive": false,
            "after_sensitive": given("sensitive").unwrap_or_else(|| json!({})),
        },
    })
}
