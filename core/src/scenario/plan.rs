//! Plans written in a few lines, as the JSON that Terraform would write.

use serde_json::{Map, Value as Json, json};

use crate::{digest::Digest, error::Result, intake::without_keys, model::Plan};

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
    let mut configured = Vec::new();
    for (key, value) in members {
        let section = match key.as_str() {
            "resources" => "resource_changes",
            "drift" => "resource_drift",
            _ => &key,
        };
        match &value {
            Json::Array(list) if section != key => {
                configured.extend(list.iter().map(configuration));
                document.insert(section.to_owned(), list.iter().map(resource).collect());
            }
            _ => {
                document.insert(key, value);
            }
        }
    }
    // Without it, nobody could tell what has provisioners.
    document
        .entry("configuration")
        .or_insert_with(|| json!({ "root_module": { "resources": configured } }));
    Json::Object(document)
}

fn text(said: &Json, key: &str, default: &str) -> String {
    said.get(key).and_then(Json::as_str).unwrap_or(default).to_owned()
}

fn address(said: &Json) -> String {
    text(said, "address", &format!("{}.{}", text(said, "type", ""), text(said, "name", "main")))
}

/// What the configuration says of a resource: its `provisioners`, which a scenario lists by their types.
fn configuration(said: &Json) -> Json {
    let provisioners = match said.get("provisioners") {
        None => json!([]),
        Some(Json::Array(types)) => types.iter().map(|one| json!({ "type": one })).collect(),
        // What is no list is refused when the plan is read.
        Some(other) => other.clone(),
    };
    json!({ "address": without_keys(&address(said)), "provisioners": provisioners })
}

/// A resource that says its `type`, and where it matters `name`, `actions`, `before`, `after` and `unknown`.
fn resource(said: &Json) -> Json {
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
        "address": address(said),
        "mode": text(said, "mode", "managed"),
        "type": text(said, "type", ""),
        "name": text(said, "name", "main"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_of_a_scenario_has_the_provisioners_that_it_lists() {
        let types = |said: Json| {
            let text = document(&json!([said])).to_string();
            let (plan, _) = read("it", text.as_bytes()).map_err(|error| error.code())?;
            let types = plan.resources[0].provisioners.clone();
            Ok(types.map(|types| types.deserialize::<Vec<String>>().unwrap()))
        };
        let address = "module.m[0].thing.main[\"a\"]";
        assert_eq!(types(json!({ "type": "thing", "address": address })), Ok(None));
        let runs = json!({ "type": "thing", "address": address, "provisioners": ["local-exec"] });
        assert_eq!(types(runs), Ok(Some(vec!["local-exec".to_owned()])));
        let wrong = json!({ "type": "thing", "provisioners": "local-exec" });
        assert_eq!(types(wrong), Err("plan.malformed"));
    }
}
