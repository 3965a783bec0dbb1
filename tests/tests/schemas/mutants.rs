//! Documents that are a little wrong: a schema refuses them exactly where the reader refuses their shape.

use std::{collections::BTreeSet, fs};

use poundlock::{
    Fact, Request,
    charter::{CharterDocument, LockDocument},
    intake::ResourcesDocument,
    policy::{OverlayDocument, PackDocument},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{
    root,
    shipped::yaml,
    validator::{Case, agrees},
};

/// Where any JSON may stand, in which nothing is ever wrong.
const FREE: [&str; 3] = ["/object", "/oldObject", "/params"];

fn is_free(place: &str) -> bool {
    FREE.iter().any(|free| place.ends_with(free))
}

/// A place with `*` for the indices of lists.
fn general(place: &str) -> String {
    let index = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let parts = place.split('/').map(|name| if index(name) { "*" } else { name });
    parts.collect::<Vec<_>>().join("/")
}

/// The document with the first element of each list, and those that have something which none before them has.
fn essence(value: &Value, place: &str, seen: &mut BTreeSet<String>) -> (Value, bool) {
    let fresh = seen.insert(place.to_owned());
    match value {
        _ if is_free(place) => (value.clone(), fresh),
        Value::Object(map) => {
            let mut any = fresh;
            let mut members = Map::new();
            for (key, value) in map {
                let (value, fresh) = essence(value, &format!("{place}/{key}"), seen);
                members.insert(key.clone(), value);
                any |= fresh;
            }
            (members.into(), any)
        }
        Value::Array(list) => {
            let mut any = fresh;
            let mut elements = Vec::new();
            for element in list {
                let (element, fresh) = essence(element, &format!("{place}/*"), seen);
                if fresh || elements.is_empty() {
                    elements.push(element);
                    any |= fresh;
                }
            }
            (elements.into(), any)
        }
        _ => (value.clone(), fresh),
    }
}

/// Every document in which one thing differs: something unknown in a map, something missing, a value of
/// another type or out of range. Elements of a list that are at the same place are taken to be alike.
fn mutants(document: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut todo = vec![String::new()];
    while let Some(place) = todo.pop() {
        let value = document.pointer(&place).unwrap();
        let free = is_free(&place);
        let mut others = vec![json!(null), json!(true), json!(7), json!("?"), json!([]), json!({})];
        if let Some(number) = value.as_u64() {
            others.extend([json!(-1), json!(0.5), json!(number as f64), json!(u64::MAX)]);
        }
        if let Value::Object(map) = value {
            let mut larger = map.clone();
            larger.insert("unheardOf".to_owned(), json!(1));
            others.push(larger.into());
            for key in map.keys().filter(|_| !free) {
                let key = key.replace('~', "~0").replace('/', "~1");
                let inner = format!("{place}/{key}");
                if seen.insert(general(&inner)) {
                    let mut mutant = document.clone();
                    let map = mutant.pointer_mut(&place).and_then(Value::as_object_mut).unwrap();
                    map.remove(&key.replace("~1", "/").replace("~0", "~"));
                    found.push((format!("{inner} is missing"), mutant));
                    todo.push(inner);
                }
            }
        }
        if let (Value::Array(list), false) = (value, free) {
            let inner = (0..list.len()).map(|index| format!("{place}/{index}"));
            todo.extend(inner.filter(|inner| {
                seen.insert(format!("{}{}", general(inner), shape(document, inner)))
            }));
        }
        for other in others {
            let what = format!("{place} is {other}");
            let mut mutant = document.clone();
            *mutant.pointer_mut(&place).unwrap() = other;
            found.push((what, mutant));
        }
    }
    found
}

/// What tells elements of a list apart: the names of their members.
fn shape(document: &Value, place: &str) -> String {
    let members = document.pointer(place).and_then(Value::as_object);
    members.map(|members| members.keys().cloned().collect::<Vec<_>>().join(",")).unwrap_or_default()
}

/// Every mutant of what is essential of a document, judged by the reader of its type.
fn judged<T: DeserializeOwned>(schema: &str, document: &Value) -> Vec<Case> {
    let takes = |document: &Value| {
        let document = poundlock::Value::parse_json(document.to_string().as_bytes()).unwrap();
        document.deserialize::<T>().is_ok()
    };
    let (document, _) = essence(document, "", &mut BTreeSet::new());
    assert!(takes(&document), "{schema}");
    mutants(&document)
        .into_iter()
        .map(|(from, document)| {
            let valid = takes(&document) && !NEEDED.contains(&(schema, &general(&from)));
            Case { schema: schema.to_owned(), document, from, valid }
        })
        .collect()
}

/// Lists that may not be empty. The reader says so once it has the whole document.
const NEEDED: [(&str, &str); 6] = [
    ("pack", "/policies is []"),
    ("pack", "/policies/*/validations is []"),
    ("pack", "/policies/*/match/resources is []"),
    ("pack", "/policies/*/match/actions is []"),
    ("pack", "/policies/*/tests/*/resource/actions is []"),
    ("resources", "/resources/*/actions is []"),
];

fn shipped(path: &str) -> Value {
    yaml(&fs::read_to_string(root().join(path)).unwrap())
}

#[test]
fn what_people_write_is_refused_where_the_reader_refuses_it() {
    let mut cases = Vec::new();
    for name in ["cicd-target", "governed-infra"] {
        let charter = shipped(&format!("policies/{name}/charter.yaml"));
        cases.extend(judged::<CharterDocument>("charter", &charter));
        let pack = shipped(&format!("policies/{name}/packs/{name}.yaml"));
        cases.extend(judged::<PackDocument>("pack", &pack));
        let lock = shipped(&format!("policies/{name}/charter.lock"));
        cases.extend(judged::<LockDocument>("lock", &lock));
    }
    let overlay = json!({
        "overlay": "ours", "version": "1.0.0", "pack": "theirs", "description": "More of it.",
        "changes": [{ "policy": "names", "enforcement": "mandatory", "params": { "most": 3 } }],
    });
    cases.extend(judged::<OverlayDocument>("overlay", &overlay));
    assert!(cases.iter().filter(|case| !case.valid).count() > 1_000);
    agrees(&cases);
}

#[test]
fn what_hosts_hand_in_is_refused_where_the_reader_refuses_it() {
    let digest = format!("sha256:{}", "0".repeat(64));
    let commit = "4f9c1d2e3b5a69788796a5b4c3d2e1f001122334";
    let at = "2026-03-02T09:00:00Z";
    let actor = json!({ "kind": "human", "id": "ana", "claims": { "team": "web" } });
    let request = json!({
        "id": "one", "at": at, "action": "apply", "actor": actor, "channel": "ci",
        "track": "infrastructure", "stage": "prod", "asset": "web", "target": { "stack": "prod" },
        "subject": { "change": { "commit": commit, "ref": "refs/heads/main", "author": "ben", "plan": digest } },
        "reason": "more room", "run": "7", "grant": digest, "traffic": 5, "rollback": commit,
        "paths": ["main.tf"], "tag": "object", "signature": { "at": at, "text": "a signature" },
    });
    let mut cases = judged::<Request>("request", &request);
    let facts = [
        json!({ "approval": { "by": "ana", "stage": "prod", "asset": "web", "digest": digest, "expires": at } }),
        json!({ "evidence": { "gate": "tests", "about": { "commit": commit }, "result": "pass", "produced": at } }),
        json!({ "evidence": { "gate": "tests", "about": { "plan": digest }, "result": "fail", "produced": at } }),
        json!({ "outcome": { "permit": digest, "result": "succeeded", "note": "done" } }),
        json!({ "withdrawal": { "entry": digest, "reason": "too soon" } }),
        json!({ "grantRequest": {
            "reason": "outage", "lifetime": "1h30m", "justification": "it is down", "impact": "one site",
            "resolution": "a fix", "communication": "the channel",
            "scope": {
                "actors": ["ana"], "actions": ["apply"], "track": "infrastructure", "stages": ["prod"], "assets": ["web"],
            },
        } }),
    ];
    for fact in facts {
        let fact = json!({
            "id": "one", "at": at, "actor": actor, "channel": "local", "fact": fact,
            "signature": { "at": at, "text": "a signature" },
        });
        cases.extend(judged::<Fact>("fact", &fact));
    }
    let resources = json!({ "resources": [{
        "type": "aws_s3_bucket", "address": "aws_s3_bucket.logs", "provider": "aws", "actions": ["delete", "create"],
        "object": { "bucket": "logs" }, "oldObject": {}, "unknown": ["/arn"], "sensitive": ["/key"],
    }] });
    cases.extend(judged::<ResourcesDocument>("resources", &resources));
    assert!(cases.iter().filter(|case| !case.valid).count() > 500);
    agrees(&cases);
}

/// Steps are read verb by verb, when the scenario is.
#[test]
fn a_step_of_a_scenario_has_one_verb() {
    let case = |step: Value, valid| {
        let document = json!({ "scenario": "one", "steps": [step] });
        Case { schema: "scenario".to_owned(), from: step.to_string(), document, valid }
    };
    agrees(&[
        case(json!({ "apply": {} }), true),
        case(
            json!({ "apply": null, "as": "first", "at": "+2h", "expect": "error charter.mismatch" }),
            true,
        ),
        case(
            json!({ "evidence": { "gate": "tests" }, "each": { "gate": ["lint"] }, "expect": "allow" }),
            true,
        ),
        case(json!({ "as": "nothing" }), false),
        case(json!({ "apply": {}, "plan": {} }), false),
        case(json!({ "destroy": {} }), false),
        case(json!({ "apply": [] }), false),
        case(json!({ "apply": {}, "expect": "perhaps" }), false),
        case(json!({ "apply": {}, "each": { "gate": "tests" } }), false),
    ]);
}
