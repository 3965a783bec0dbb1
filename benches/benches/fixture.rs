//! What the benchmarks work on: the example's plan, grown to any size, under the shipped charter.

use std::{fs, path::PathBuf};

use poundlock::{
    canonical,
    engine::{Engine, Texts},
    ledger::{Draft, Ledger},
    model::{Plan, Request},
    value::Value,
};
use serde_json::{Value as Json, json};

pub(crate) const NONCE: [u8; 32] = [7; 32];

fn path(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(path)
}

fn file(name: &str) -> Vec<u8> {
    fs::read(path(name)).unwrap()
}

/// The example's plan with its resources repeated, each time in a module of its own, until there
/// are `resources` of them.
pub(crate) fn plan_json(resources: usize) -> Vec<u8> {
    let mut plan: Json =
        serde_json::from_slice(&file("examples/web-service/plan-dev.json")).unwrap();
    let repeated = |template: &Json| -> Vec<Json> {
        let template = template.as_array().unwrap();
        (0..resources)
            .map(|number| {
                let mut resource = template[number % template.len()].clone();
                let module = format!("module.service[\"{}\"]", number / template.len());
                let address = format!("{module}.{}", resource["address"].as_str().unwrap());
                resource["address"] = json!(address);
                resource["module_address"] = json!(module);
                resource
            })
            .collect()
    };
    plan["resource_changes"] = repeated(&plan["resource_changes"]).into();
    let planned = &mut plan["planned_values"]["root_module"]["resources"];
    *planned = repeated(planned).into();
    serde_json::to_vec(&plan).unwrap()
}

pub(crate) fn plan(resources: usize) -> Plan {
    Plan::from_terraform(&plan_json(resources), &NONCE).unwrap()
}

/// The shipped charter with gates that take a producer's word: what is measured is not how reports are read.
fn charter() -> Vec<u8> {
    let text = String::from_utf8(file("policies/cicd-target/charter.yaml")).unwrap();
    let mut parts = text.split("report: {");
    let mut charter = parts.next().unwrap().to_owned();
    for part in parts {
        charter.push_str(part.split_once("}, ").unwrap().1);
    }
    charter.into_bytes()
}

/// The engine of `policies/cicd-target`.
pub(crate) fn engine() -> Engine {
    let packs = fs::read_dir(path("policies/cicd-target/packs")).unwrap();
    Engine::new(Texts {
        charter: charter(),
        lock: file("policies/cicd-target/charter.lock"),
        packs: packs.map(|pack| fs::read(pack.unwrap().path()).unwrap()).collect(),
    })
    .unwrap()
}

/// A request to plan a change in dev.
pub(crate) fn request(id: &str, plan: &Plan) -> Request {
    let request = json!({
        "id": id,
        "at": "2026-03-02T09:00:00Z",
        "action": "plan",
        "actor": {
            "kind": "workload",
            "id": "github-actions-plan",
            "claims": { "repository": "acme/web-service" },
        },
        "channel": "ci",
        "stage": "dev",
        "asset": "web-service",
        "track": "infrastructure",
        "target": { "stack": "dev", "project": "web-service-dev" },
        "subject": { "change": {
            "commit": "0123456789abcdef0123456789abcdef01234567",
            "ref": "refs/heads/main",
            "author": "dave",
            "plan": plan.digest,
        } },
        "reason": "a benchmark",
    });
    let request = Value::parse_json(request.to_string().as_bytes()).unwrap();
    Request { plan: Some(plan.clone().into()), ..request.deserialize().unwrap() }
}

/// What becomes an entry of about 300 bytes, of the sort that the engine writes.
pub(crate) fn draft() -> Draft {
    let body = json!({
        "request": { "id": "run-1234567890", "stage": "dev", "asset": "web-service" },
        "decision": { "verdict": "allow", "mode": "enforce", "pass": 24, "fail": 0 },
        "charter": "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    });
    Draft {
        at: Some("2026-03-02T09:00:00Z".parse().unwrap()),
        kind: "decision".into(),
        body: canonical::to_bytes(&body).unwrap(),
        attachments: Vec::new(),
    }
}

/// The bytes of such an entry.
pub(crate) fn entry_bytes() -> Vec<u8> {
    Ledger::in_memory().append(0, draft()).unwrap().entry.to_bytes().unwrap()
}

/// Fills an empty ledger.
pub(crate) fn fill(ledger: &Ledger, entries: u64) {
    for sequence in 0..entries {
        ledger.append(sequence, draft()).unwrap();
    }
}
