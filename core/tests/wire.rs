//! The handles of the contract: what they promise beyond what vectors can show.

use std::thread;

use base64ct::{Base64, Encoding};
use poundlock::{
    Error,
    ledger::{SecretKey, Signer},
    wire::{self, Engine, Ledger, Plan},
};
use serde_json::{Value, json};

const PACK: &str = "pack: storage
version: 1.0.0
policies:
  - name: buckets-are-named
    description: A bucket needs a name of its own.
    match: { resources: [aws_s3_bucket] }
    validations: [{ expression: object.bucket.startsWith('acme-') }]
";

fn charter(name: &str) -> String {
    format!(
        "charter: {name}\nversion: 1.0.0\nunmatched: deny\nidentity: asserted\n\
         packs: [{{ pack: storage, version: 1.0.0 }}]\nactors: [{{ actor: ci, kind: workload }}]\n\
         tracks:\n  - track: infrastructure\n    moves: change\n    \
         stages: [{{ stage: dev, grants: {{ plan: [ci], apply: [ci] }}, packs: [storage] }}]\n    \
         boundaries: [{{ into: dev, refs: [refs/heads/main] }}]\n"
    )
}

fn engine(name: &str) -> Engine {
    let lock = wire::call("lock", json!({ "packs": [PACK] }).to_string().as_bytes()).unwrap();
    let lock: Value = serde_json::from_str(&lock).unwrap();
    let input = json!({ "charter": charter(name), "lock": lock["lock"], "packs": [PACK] });
    Engine::new(input.to_string().as_bytes()).unwrap()
}

fn ledger(engine: &Engine) -> Ledger {
    let ledger = Ledger::open(br#"{"memory":true}"#).unwrap();
    let begin = br#"{"origin":"acme/2026","at":"2026-03-02T08:00:00Z"}"#;
    engine.call(Some(&ledger), None, "begin", begin).unwrap();
    ledger
}

fn request(id: &str) -> Vec<u8> {
    json!({
        "id": id, "at": "2026-03-02T09:00:00Z", "action": "plan", "channel": "ci",
        "actor": { "kind": "workload", "id": "ci" }, "stage": "dev", "asset": id, "reason": "keep the logs",
        "subject": { "change": {
            "commit": "4f9c1d2e3b5a69788796a5b4c3d2e1f001122334", "ref": "refs/heads/main", "author": "alice",
        } },
    })
    .to_string()
    .into_bytes()
}

fn plan(bucket: &str) -> Plan {
    let document = json!({
        "format_version": "1.2", "terraform_version": "1.11.4",
        "resource_changes": [{
            "address": "aws_s3_bucket.logs", "mode": "managed", "type": "aws_s3_bucket", "name": "logs",
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": { "actions": ["create"], "before": null, "after": { "bucket": bucket },
                        "after_unknown": {}, "before_sensitive": false, "after_sensitive": {} },
        }],
    });
    let options = json!({ "format": "terraform", "nonce": "07".repeat(32) });
    Plan::read(options.to_string().as_bytes(), document.to_string().as_bytes()).unwrap()
}

fn read(answer: &str) -> Value {
    serde_json::from_str(answer).unwrap()
}

/// Whatever the order in which threads come, each is answered once, and the ledger has all of it.
#[test]
fn one_engine_and_one_ledger_serve_many_threads() {
    let engine = engine("acme");
    let ledger = ledger(&engine);
    let plan = plan("acme-logs");
    thread::scope(|threads| {
        for thread in 0..8 {
            let (engine, ledger, plan) = (engine.clone(), ledger.clone(), plan.clone());
            threads.spawn(move || {
                for index in 0..10 {
                    let request = request(&format!("run-{thread}-{index}"));
                    let decided = engine.decide(Some(&ledger), Some(&plan), &request, b"").unwrap();
                    assert_eq!(read(&decided)["verdict"], "allow");
                    let admitted = engine.admit(&ledger, Some(&plan), &request, b"").unwrap();
                    assert_eq!(read(&admitted)["repeated"], false);
                }
            });
        }
    });
    let verified = read(&ledger.call("verify", b"").unwrap());
    assert_eq!(verified["size"], 81);
}

/// Whoever decides under another charter than the ledger's would write entries that bind nobody.
#[test]
fn an_engine_of_another_charter_is_refused() {
    let ledger = ledger(&engine("acme"));
    let other = engine("other");
    let plan = plan("acme-logs");
    let codes = [
        other.decide(Some(&ledger), Some(&plan), &request("1"), b"").unwrap_err().code(),
        other.admit(&ledger, Some(&plan), &request("1"), b"").unwrap_err().code(),
        other.call(Some(&ledger), None, "snapshot", b"").unwrap_err().code(),
    ];
    assert_eq!(codes, ["charter.mismatch"; 3]);
    assert_eq!(read(&ledger.call("head", b"").unwrap())["size"], 1);
    let own = Engine::of_ledger(&ledger).unwrap();
    own.admit(&ledger, Some(&plan), &request("1"), b"").unwrap();
}

/// What is admitted is what a tool wrote and what a nonce blinds, and never what a host says about it.
#[test]
fn a_plan_that_binds_nothing_can_be_checked_and_not_decided_on() {
    let engine = engine("acme");
    let ledger = ledger(&engine);
    let resources = br#"{"resources": [
        {"type": "aws_s3_bucket", "address": "aws_s3_bucket.logs", "object": {"bucket": "acme-logs"}}]}"#;
    let described = Plan::read(br#"{"format":"resources"}"#, resources).unwrap();
    let report = engine.call(None, Some(&described), "check", br#"{"stage":"dev"}"#).unwrap();
    assert_eq!(read(&report)["verdict"], "allow");
    let refused = [
        engine.decide(None, Some(&described), &request("1"), b"").unwrap_err(),
        engine.admit(&ledger, Some(&described), &request("1"), b"").unwrap_err(),
        Plan::join(&[("a", &described), ("b", &plan("acme-logs"))]).unwrap_err(),
    ];
    assert!(refused.iter().all(|error| error.code() == "input.invalid_value"));
}

/// A request cannot bring the keys that its token is verified with.
#[test]
fn a_request_has_no_room_for_a_credential() {
    let engine = engine("acme");
    let mut smuggled: Value = serde_json::from_slice(&request("1")).unwrap();
    for field in ["token", "keySet", "credential", "plan"] {
        smuggled[field] = json!("x");
        let error = engine.decide(None, None, smuggled.to_string().as_bytes(), b"").unwrap_err();
        assert_eq!(error.code(), "input.unknown_field");
        smuggled.as_object_mut().unwrap().remove(field);
    }
    let half = engine.decide(None, None, &request("1"), br#"{"token":"x"}"#).unwrap_err();
    assert_eq!(half.code(), "input.missing_field");
}

/// The engine's own charter says what becomes of a resource that nothing matches.
#[test]
fn a_check_by_a_charter_takes_no_other_word_for_what_is_unmatched() {
    let error = engine("acme")
        .call(None, Some(&plan("x")), "check", br#"{"unmatched":"allow"}"#)
        .unwrap_err();
    assert_eq!(error.code(), "input.invalid_value");
}

/// A page may pass over what was not asked for, and says where to go on.
#[test]
fn entries_come_in_pages() {
    let engine = engine("acme");
    let ledger = ledger(&engine);
    for index in 0..5 {
        engine.admit(&ledger, Some(&plan("acme-logs")), &request(&index.to_string()), b"").unwrap();
    }
    let page =
        |question: Value| read(&ledger.call("entries", question.to_string().as_bytes()).unwrap());
    let first = page(json!({ "limit": 2, "kinds": ["decision"] }));
    assert_eq!(first["next"], 3);
    let rest = page(json!({ "from": 3, "kinds": ["decision"] }));
    assert_eq!((rest["entries"].as_array().unwrap().len(), &rest["next"]), (3, &Value::Null));
    assert_eq!(page(json!({ "kinds": ["fact"] }))["entries"], json!([]));
    let none = page(json!({ "until": "2026-03-02T09:00:00Z" }));
    assert_eq!(none["entries"].as_array().unwrap().len(), 1);
}

/// A secret key in PKCS#8, as PEM.
fn pem(key: &str) -> String {
    format!("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI{key}\n-----END PRIVATE KEY-----\n")
}

const KEY: &str = "AEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";
const STRANGER: &str = "AICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC";

fn secret(key: &str) -> SecretKey {
    SecretKey::from_pkcs8("acme/2026", pem(key).as_bytes(), None).unwrap()
}

/// A ledger with a key of its own.
fn keyed(engine: &Engine, origin: &str) -> Ledger {
    let key = SecretKey::from_pkcs8(origin, pem(KEY).as_bytes(), None).unwrap().key().to_string();
    let ledger = Ledger::open(br#"{"memory":true}"#).unwrap();
    let begin = json!({ "origin": origin, "keys": [key], "at": "2026-03-02T08:00:00Z" });
    engine.call(Some(&ledger), None, "begin", begin.to_string().as_bytes()).unwrap();
    ledger
}

fn sign(engine: &Engine, ledger: &Ledger) -> Result<String, Error> {
    let keys = json!({ "secretKeys": [{ "pem": pem(KEY) }] });
    engine.call(Some(ledger), None, "sign", keys.to_string().as_bytes())
}

/// What was signed of one ledger says nothing about another.
#[test]
fn one_engine_signs_several_ledgers_by_turns() {
    let engine = engine("acme");
    let ledgers = ["acme/2025", "acme/2026"].map(|origin| keyed(&engine, origin));
    for turn in 0..2 {
        for ledger in &ledgers {
            sign(&engine, ledger).unwrap();
            engine.admit(ledger, None, &request(&turn.to_string()), b"").unwrap();
        }
    }
}

/// To ask again must not talk a signer into what it refused.
#[test]
fn a_ledger_that_was_set_back_stays_unsigned() {
    let engine = engine("acme");
    let ledger = keyed(&engine, "acme/2026");
    engine.admit(&ledger, None, &request("1"), b"").unwrap();
    sign(&engine, &ledger).unwrap();
    let older = keyed(&engine, "acme/2026");
    for _ in 0..2 {
        assert_eq!(sign(&engine, &older).unwrap_err().code(), "checkpoint.rolled_back");
    }
    assert_eq!(read(&older.call("checkpoint", b"").unwrap())["checkpoint"], Value::Null);
    sign(&engine, &ledger).unwrap();
}

/// The kept checkpoint is what others trust: a stranger's must not take its place.
#[test]
fn a_checkpoint_that_no_key_in_force_signed_is_not_kept() {
    let engine = engine("acme");
    let ledger = keyed(&engine, "acme/2026");
    let kept = sign(&engine, &ledger).unwrap();
    engine.admit(&ledger, None, &request("1"), b"").unwrap();
    let asked = json!({ "keys": [secret(KEY).key()] }).to_string();
    let text = engine.call(Some(&ledger), None, "checkpoint_text", asked.as_bytes()).unwrap();
    let text = read(&text)["text"].as_str().unwrap().to_owned();
    let signed_by = |key: &str| {
        let key = secret(key);
        let signature = Base64::encode_string(&key.sign(text.as_bytes()).unwrap());
        let signatures = json!([{ "key": key.key(), "signature": signature }]);
        let input = json!({ "checkpoint": text, "signatures": signatures });
        engine.call(Some(&ledger), None, "sign", input.to_string().as_bytes())
    };
    assert_eq!(signed_by(STRANGER).unwrap_err().code(), "checkpoint.untrusted");
    assert_eq!(ledger.call("checkpoint", b"").unwrap(), kept);
    signed_by(KEY).unwrap();
}

/// A host that found no keys to trust must not be told that all is well.
#[test]
fn an_empty_list_of_trusted_keys_is_none_that_is_absent() {
    let engine = engine("acme");
    let ledger = keyed(&engine, "acme/2026");
    sign(&engine, &ledger).unwrap();
    ledger.call("verify", b"").unwrap();
    let code = |input: &str| ledger.call("verify", input.as_bytes()).unwrap_err().code();
    assert_eq!(code(r#"{"keys":[]}"#), "key.invalid");
    assert_eq!(code(r#"{"keys":null}"#), "input.invalid_value");
}

/// How many threads there are is the host's wish, and not the system's duty.
#[test]
fn more_threads_than_there_can_be_verify_too() {
    let ledger = ledger(&engine("acme"));
    let one = ledger.call("verify", b"").unwrap();
    assert_eq!(ledger.call("verify", br#"{"threads":18446744073709551615}"#).unwrap(), one);
}
