//! SARIF 2.1.0: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Export, Standing, about, rule, word};
use crate::{
    digest::Digest,
    engine::codes::FINDING_CODES,
    model::{Enforcement, Finding},
};

/// Where the schema of the format lies.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn log(export: &Export<'_>) -> Value {
    let rules = rules(export);
    let places: BTreeMap<&str, usize> =
        rules.keys().enumerate().map(|(index, id)| (id.as_str(), index)).collect();
    let results: Vec<Value> = export
        .notable()
        .map(|(standing, finding)| result(export, standing, finding, &places))
        .collect();
    let rules: Vec<&Value> = rules.values().collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "poundlock",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            // That the tool ran to its end, whatever it found.
            "invocations": [{ "executionSuccessful": true }],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// The policies, found or not, and the codes that were found, by their ids.
fn rules(export: &Export<'_>) -> BTreeMap<String, Value> {
    let mut rules = BTreeMap::new();
    for count in export.counts {
        let level = level_of(count.enforcement);
        rules.insert(count.policy.clone(), described(&count.policy, &count.policy, level));
    }
    for (id, policy) in export.policies() {
        let mut rule = described(&id, policy.description(), level_of(policy.enforcement()));
        rule.insert("name".into(), policy.name().into());
        if !policy.controls().is_empty() {
            rule.insert("properties".into(), json!({ "tags": policy.controls() }));
        }
        rules.insert(id, rule);
    }
    for (_, finding) in export.notable() {
        let id = rule(finding);
        if !rules.contains_key(id) {
            let meaning = FINDING_CODES.iter().find(|(code, _)| *code == id);
            let meaning = meaning.map_or(id, |(_, meaning)| meaning);
            rules.insert(id.to_owned(), described(id, meaning, level_of(finding.enforcement)));
        }
    }
    rules.into_iter().map(|(id, rule)| (id, Value::Object(rule))).collect()
}

fn described(id: &str, description: &str, level: &str) -> Map<String, Value> {
    let mut rule = Map::new();
    rule.insert("id".into(), id.into());
    rule.insert("shortDescription".into(), message(description));
    rule.insert("defaultConfiguration".into(), json!({ "level": level }));
    rule
}

fn level_of(enforcement: Enforcement) -> &'static str {
    match enforcement {
        Enforcement::Mandatory => "error",
        Enforcement::Advisory => "warning",
    }
}

fn result(
    export: &Export<'_>,
    standing: Standing,
    finding: &Finding,
    places: &BTreeMap<&str, usize>,
) -> Value {
    let level = match standing {
        Standing::Denies => "error",
        Standing::Advises => "warning",
        Standing::Overridden | Standing::Passes => "note",
    };
    let mut text = finding.message.clone();
    if let Some(remedy) = &finding.remedy {
        text.push_str("\nTo mend it: ");
        text.push_str(remedy);
    }
    let rule = rule(finding);
    let mut result = json!({
        "ruleId": rule,
        "level": level,
        "message": message(&text),
        "locations": [location(export, finding)],
        "partialFingerprints": { "poundlock/v1": fingerprint(finding) },
        "properties": { "code": finding.code, "outcome": word(standing, finding) },
    });
    if let Some(result) = result.as_object_mut() {
        if let Some(place) = places.get(rule) {
            result.insert("ruleIndex".into(), (*place).into());
        }
        if standing == Standing::Overridden {
            let suppression = json!({ "kind": "external", "justification": finding.message });
            result.insert("suppressions".into(), json!([suppression]));
        }
    }
    result
}

/// The file, as code scanning demands one, and in it the resource.
fn location(export: &Export<'_>, finding: &Finding) -> Value {
    let mut location = Map::new();
    if let Some((file, line)) = export.place(finding) {
        let place = json!({
            "artifactLocation": { "uri": uri(file) },
            "region": { "startLine": line },
        });
        location.insert("physicalLocation".into(), place);
    }
    if let Some(about) = about(finding) {
        let kind = if finding.resource.is_some() { "resource" } else { "object" };
        let logical = json!([{ "fullyQualifiedName": about, "kind": kind }]);
        location.insert("logicalLocations".into(), logical);
    }
    Value::Object(location)
}

/// A path as a relative reference (RFC 3986 §4.2), in which nothing can be taken for a scheme, a query or a fragment.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            b'\\' => uri.push('/'),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// A text in which nothing is a link (SARIF §3.11.6).
fn message(text: &str) -> Value {
    json!({ "text": text.replace("](", "\\](") })
}

/// The same for the same rule about the same resource, run after run, so that what is new can be told.
fn fingerprint(finding: &Finding) -> String {
    let named = [Some(rule(finding)), Some(&finding.code), about(finding)];
    let text = serde_json::to_string(&named).unwrap_or_default();
    Digest::of_kind("sarif fingerprint", text.as_bytes()).to_hex()
}
