//! What a step of a scenario looks like, for its JSON Schema. Steps are read verb by verb, since what follows a
//! verb is laid over defaults before it is a request or a fact.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value as Json, json};

use crate::model::{Action, FactKind};

/// A step, as far as its schema goes.
pub(super) struct ScenarioStep;

/// What a step may say besides its verb.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is of use")]
struct Besides {
    /// The step's name: letters, digits and dashes. `$NAME` is then the hash of its entry.
    #[schemars(rename = "as", regex(pattern = "^[A-Za-z0-9-]+$"))]
    name: String,
    /// An instant, or an offset from the step before, such as `+2h`; a minute later when absent.
    at: String,
    /// One field of what follows the verb, and a list of values: the step once for each.
    each: BTreeMap<String, Vec<Json>>,
    /// `allow`, which is the default, `deny`, `repeat`, or `error` and its code.
    #[schemars(regex(pattern = "^(allow|deny|repeat|error .+)$"))]
    expect: String,
    /// For a denial all codes that deny; else codes that must be among the findings.
    findings: Vec<String>,
}

impl JsonSchema for ScenarioStep {
    fn schema_name() -> Cow<'static, str> {
        "ScenarioStep".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut properties = Besides::json_schema(generator)
            .remove("properties")
            .and_then(|properties| properties.as_object().cloned())
            .unwrap_or_default();
        // What they refer to is no part of the step's schema.
        let aside = &mut SchemaGenerator::default();
        let words = [Action::json_schema(aside), FactKind::json_schema(aside)];
        let mut verbs = Vec::new();
        for word in words.iter().filter_map(|words| words.get("oneOf")?.as_array()).flatten() {
            let verb = word.get("const").or_else(|| word.pointer("/required/0"));
            let Some(verb) = verb.and_then(Json::as_str) else { continue };
            let description = word.get("description");
            properties.insert(
                verb.to_owned(),
                json!({ "type": ["object", "null"], "description": description }),
            );
            verbs.push(json!({ "required": [verb] }));
        }
        json_schema!({
            "type": "object",
            "description": "What is asked or recorded, and what must become of it. A step has exactly one verb: an action, followed by the request, or a kind of fact, followed by its content. Both are laid over the defaults.",
            "properties": properties,
            "oneOf": verbs,
            "additionalProperties": false,
        })
    }
}
