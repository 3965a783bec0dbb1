//! What users rely on when a Pulumi preview or the export of a stack is read.

use serde_json::{Value as Json, json};

use crate::{
    error::Result,
    model::{Actions, Mark, Plan, ResourceMode},
    value::{Kind, Ref},
};

const NONCE: [u8; 32] = [1; 32];
const CANARY: &str = "canary-77aa";
const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";
const UNKNOWN: &str = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const BUCKET: &str = "aws:s3/bucket:Bucket";

fn read(document: &Json) -> Result<Plan> {
    Plan::from_pulumi(document.to_string().as_bytes(), &NONCE)
}

fn code(document: &Json) -> &'static str {
    read(document).unwrap_err().code()
}

fn urn(name: &str) -> String {
    format!("urn:pulumi:dev::web::acme:web:Site${BUCKET}::{name}")
}

fn state(name: &str, inputs: Json) -> Json {
    json!({
        "urn": urn(name), "custom": true, "type": BUCKET, "inputs": inputs,
        "provider": "urn:pulumi:dev::web::pulumi:providers:aws::default::5f"
    })
}

/// A step with the states that it has.
fn step(op: &str, name: &str, old: Option<Json>, new: Option<Json>) -> Json {
    let mut step = json!({ "op": op, "urn": urn(name) });
    for (key, state) in [("oldState", old), ("newState", new)] {
        if let Some(state) = state {
            step[key] = state;
        }
    }
    step
}

fn preview(steps: &[Json]) -> Json {
    json!({ "steps": steps, "changeSummary": {} })
}

fn secret(rest: &Json) -> Json {
    let mut secret = json!({ SIGNATURE: "1b47061264138c4ac30d75fd1eb44270" });
    secret.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    secret
}

fn is_sensitive(value: Option<Ref<'_>>) -> bool {
    matches!(value.unwrap().kind(), Kind::Sensitive)
}

fn is_unknown(value: Option<Ref<'_>>) -> bool {
    matches!(value.unwrap().kind(), Kind::Unknown)
}

#[test]
fn each_step_is_the_change_that_it_is() {
    let (old, new) = (|| Some(state("a", json!({"acl": "x"}))), || Some(state("a", json!({}))));
    let retained = || {
        let mut state = old().unwrap();
        state["retainOnDelete"] = true.into();
        Some(state)
    };
    for (op, old, new, actions) in [
        ("same", old(), new(), Actions::NoOp),
        ("create", None, new(), Actions::Create),
        ("update", old(), new(), Actions::Update),
        ("delete", old(), None, Actions::Delete),
        ("delete", retained(), None, Actions::Forget),
        ("read", None, new(), Actions::Read),
        ("read-discard", old(), None, Actions::Forget),
        ("import", None, new(), Actions::Create),
        ("delete-replaced", old(), None, Actions::Delete),
        ("create-replacement", None, new(), Actions::Create),
        ("replace", old(), new(), Actions::DeleteCreate),
    ] {
        let plan = read(&preview(&[step(op, "a", old, new)])).unwrap();
        let [resource] = &*plan.resources else { panic!("{op}") };
        assert_eq!(resource.actions, actions, "{op}");
        assert_eq!(resource.importing, op == "import");
        assert_eq!(resource.address, urn("a"));
        assert_eq!((&*resource.type_name, &*resource.name), (BUCKET, "a"));
        assert_eq!(resource.provider.as_deref(), Some("pulumi:providers:aws"));
        let gone = matches!(actions, Actions::Delete | Actions::Forget);
        assert_eq!(matches!(resource.after.as_ref().kind(), Kind::Null), gone, "{op}");
        let is_new = matches!(actions, Actions::Create | Actions::Read);
        assert_eq!(matches!(resource.before.as_ref().kind(), Kind::Null), is_new, "{op}");
    }
}

#[test]
fn a_replacement_is_one_change_in_the_order_of_its_steps() {
    let (old, new) = (|| Some(state("a", json!({"n": 1}))), || Some(state("a", json!({"n": 2}))));
    let create = step("create-replacement", "a", old(), new());
    let replace = step("replace", "a", old(), new());
    let delete = step("delete-replaced", "a", old(), None);
    let other = step("create", "b", None, Some(state("b", json!({}))));
    for (steps, actions) in [
        ([&create, &other, &replace, &delete], Actions::CreateDelete),
        ([&delete, &other, &replace, &create], Actions::DeleteCreate),
    ] {
        let plan = read(&preview(&steps.map(Json::clone))).unwrap();
        let found: Vec<_> = plan.resources.iter().map(|it| (&*it.name, it.actions)).collect();
        assert_eq!(found, [("a", actions), ("b", Actions::Create)]);
        assert!(!matches!(plan.resources[0].before.as_ref().kind(), Kind::Null));
    }
    // One that an earlier update left is destroyed, too.
    let plan = read(&preview(&[delete.clone(), create, replace, delete])).unwrap();
    let found: Vec<_> = plan.resources.iter().map(|it| it.actions).collect();
    assert_eq!(found, [Actions::DeleteCreate, Actions::Delete]);
}

#[test]
fn an_object_is_its_inputs_and_what_only_its_outputs_have() {
    let mut new = state("a", json!({"acl": "private", "n": UNKNOWN}));
    new["outputs"] = json!({"acl": "other", "arn": UNKNOWN, "id": "x"});
    let plan = read(&preview(&[step("create", "a", None, Some(new))])).unwrap();
    let after = plan.resources[0].after.as_ref();
    assert_eq!(after.get("acl").unwrap().as_str(), Some("private"));
    assert_eq!(after.get("id").unwrap().as_str(), Some("x"));
    assert!(is_unknown(after.get("arn")) && is_unknown(after.get("n")));
}

/// What the provider will make of an input is not known where it says so itself.
#[test]
fn an_input_whose_output_is_not_known_is_unknown() {
    let output = json!({ SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4" });
    let wrapped = json!({ SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": {"a": UNKNOWN} });
    let mut new = state(
        "a",
        json!({"acl": "x", "tags": {"a": "1", "b": "2"}, "size": 1, "map": {"a": 1}, "key": "k"}),
    );
    new["outputs"] = json!({
        "acl": UNKNOWN, "tags": {"a": UNKNOWN, "b": "2"}, "size": output, "map": wrapped, "key": "[secret]"
    });
    let plan = read(&preview(&[step("create", "a", None, Some(new))])).unwrap();
    let after = plan.resources[0].after.as_ref();
    for pointer in ["/acl", "/tags/a", "/size", "/map/a"] {
        assert!(is_unknown(after.pointer(pointer)), "{pointer}");
    }
    assert_eq!(after.pointer("/tags/b").unwrap().as_str(), Some("2"));
    assert!(is_sensitive(after.get("key")));
}

#[test]
fn a_preview_that_lost_steps_is_refused() {
    let steps = || {
        let (old, new) = (|| Some(state("a", json!({}))), || Some(state("a", json!({}))));
        vec![
            step("create", "b", None, Some(state("b", json!({})))),
            step("create-replacement", "a", old(), new()),
            step("delete-replaced", "a", old(), None),
            step("refresh", "c", Some(state("c", json!({}))), Some(state("c", json!({})))),
        ]
    };
    let of = |summary: Json| json!({ "steps": steps(), "changeSummary": summary });
    for whole in [
        json!({}),
        json!({"create": 1, "replace": 1, "same": 9}),
        // What a refresh found is counted as what it is.
        json!({"create": 1, "replace": 1, "update": 1}),
        json!({"create": 1, "refresh": 1}),
    ] {
        read(&of(whole)).unwrap();
    }
    for cut in [
        json!({"create": 2, "refresh": 1}),
        json!({"create": 3}),
        json!({"create": 1, "delete": 1, "refresh": 1}),
        json!({"replace": 3}),
        json!({"update": 2}),
        json!({"create": "1"}),
        json!({"create": -1}),
        json!([]),
    ] {
        assert_eq!(code(&of(cut.clone())), "plan.malformed", "{cut}");
    }
}

/// No secrets in the book (DESIGN §1.7).
#[test]
fn a_secret_is_sensitive_in_every_form_and_wherever_it_stands() {
    let quoted = json!(CANARY).to_string();
    for form in [
        secret(&json!({ "ciphertext": "v1:abc" })),
        secret(&json!({ "plaintext": quoted })),
        secret(&json!({ "plaintext": json!({"a": [CANARY]}).to_string() })),
        secret(&json!({ "plaintext": CANARY })),
        secret(&json!({ "value": CANARY })),
        json!({ SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "secret": true, "value": CANARY }),
        json!("[secret]"),
    ] {
        let hides = form.to_string().contains("canary");
        let mut new = state(
            "a",
            json!({
                "password": form, "url": format!("db://{CANARY}@host"), "token": "t"
            }),
        );
        new["outputs"] = json!({ "token": "[secret]" });
        let old = state("a", json!({ "password": "old-and-plain", "list": [1, 2] }));
        let plan = read(&preview(&[step("update", "a", Some(old), Some(new))])).unwrap();
        let (before, after) = (plan.resources[0].before.as_ref(), plan.resources[0].after.as_ref());
        assert!(is_sensitive(after.get("password")), "{form}");
        assert!(is_sensitive(after.get("token")), "{form}");
        assert!(is_sensitive(before.get("password")), "{form}");
        assert_eq!(is_sensitive(after.get("url")), hides, "{form}");
        let record = plan.to_record().unwrap();
        let bytes = crate::canonical::encode_document(record.as_ref()).unwrap();
        let shows = bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
        assert_eq!(shows, !hides, "{form}");
    }
}

#[test]
fn a_secret_in_a_name_is_in_no_address() {
    let name = format!("bucket-{CANARY}");
    let new = state(&name, json!({ "password": secret(&json!({ "value": CANARY })) }));
    let plan = read(&preview(&[step("create", &name, None, Some(new))])).unwrap();
    assert!(!plan.resources[0].address.contains(CANARY));
    assert!(!plan.resources[0].name.contains(CANARY));
}

#[test]
fn what_looks_like_a_secret_and_is_not_marked_is_pointed_out() {
    let key =
        ["-----BEGIN", " RSA PRIVATE KEY-----\nMIIE\n", "-----END RSA PRIVATE KEY-----"].concat();
    let exposing = |op, old, new| read(&preview(&[step(op, "a", old, new)])).unwrap().exposed;
    let with = || Some(state("a", json!({ "content": key })));
    assert_eq!(exposing("create", None, with()), [urn("a")]);
    assert_eq!(exposing("same", with(), with()), Vec::<String>::new());
    assert_eq!(exposing("delete", with(), None), Vec::<String>::new());
}

#[test]
fn files_are_what_they_say_and_what_is_foreign_is_refused() {
    let with = |content: Json| {
        read(&preview(&[step(
            "create",
            "a",
            None,
            Some(state("a", json!({ "content": content }))),
        )]))
    };
    let asset =
        json!({ SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "path": "./a", "hash": "h" });
    let plan = with(asset).unwrap();
    let content = plan.resources[0].after.as_ref().get("content").unwrap().to_value();
    assert_eq!(content.as_ref().get("path").unwrap().as_str(), Some("./a"));
    assert!(content.as_ref().get(SIGNATURE).is_none());
    let output = json!({ SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4" });
    assert!(is_unknown(with(output).unwrap().resources[0].after.as_ref().get("content")));
    for foreign in [json!("abc"), json!(1), json!(null)] {
        assert_eq!(with(json!({ SIGNATURE: foreign })).unwrap_err().code(), "plan.malformed");
    }
}

#[test]
fn what_no_provider_makes_needs_no_policy_and_the_root_is_no_resource() {
    let root = "urn:pulumi:dev::web::pulumi:pulumi:Stack::web-dev";
    let site = "urn:pulumi:dev::web::acme:web:Site::site";
    let provider = "urn:pulumi:dev::web::pulumi:providers:aws::default";
    let plan = read(&preview(&[
        json!({ "op": "create", "urn": root, "newState": {
            "urn": root, "custom": false, "type": "pulumi:pulumi:Stack",
            "outputs": { "url": "u", "key": "[secret]", "id": UNKNOWN }
        }}),
        json!({ "op": "create", "urn": site, "newState": { "urn": site, "custom": false, "type": "acme:web:Site" } }),
        json!({ "op": "create", "urn": provider, "newState": { "urn": provider, "custom": true, "type": "pulumi:providers:aws" } }),
    ]));
    let plan = plan.unwrap();
    let modes: Vec<_> = plan.resources.iter().map(|it| (&*it.name, it.mode)).collect();
    assert_eq!(modes, [("site", ResourceMode::Component), ("default", ResourceMode::Component)]);
    let marks: Vec<_> = plan.outputs.iter().map(|it| (&*it.name, it.mark)).collect();
    assert_eq!(marks, [("id", Mark::Unknown), ("key", Mark::Sensitive), ("url", Mark::Known)]);
    let kept = Plan::from_record(&plan.to_record().unwrap()).unwrap();
    assert_eq!(kept.resources[0].mode, ResourceMode::Component);
}

#[test]
fn what_changed_outside_is_drift() {
    let with = |acl: &str| {
        let mut state = state("a", json!({ "acl": "private" }));
        state["outputs"] = json!({ "acl": acl });
        Some(state)
    };
    let drift = |new| read(&preview(&[step("refresh", "a", with("private"), new)])).unwrap().drift;
    assert_eq!(drift(with("private")).len(), 0);
    assert_eq!(drift(with("public"))[0].actions, Actions::Update);
    assert_eq!(drift(None)[0].actions, Actions::Delete);
}

#[test]
fn an_export_is_judged_as_an_import_and_never_applied() {
    let mut read_only = state("b", json!({}));
    read_only["external"] = true.into();
    let export = |operations: Json| {
        json!({ "version": 3, "deployment": {
            "manifest": { "version": "v3.200.0" },
            "resources": [state("a", json!({ "acl": "private" })), read_only],
            "pending_operations": operations
        }})
    };
    let plan = read(&export(json!([]))).unwrap();
    assert_eq!(plan.applyable, Some(false));
    assert_eq!(plan.tool_version.as_deref(), Some("v3.200.0"));
    let found: Vec<_> =
        plan.resources.iter().map(|it| (it.actions, it.importing, it.mode)).collect();
    assert_eq!(
        found,
        [(Actions::NoOp, true, ResourceMode::Managed), (Actions::Read, false, ResourceMode::Data)]
    );
    assert!(plan.unjudged.is_empty());
    assert_eq!(read(&export(json!([{ "type": "creating" }]))).unwrap().unjudged.len(), 1);
    for version in [json!(2), json!("3"), json!(null)] {
        let mut other = export(json!([]));
        other["version"] = version;
        assert_eq!(code(&other), "plan.format");
    }
}

#[test]
fn what_is_broken_is_refused() {
    let new = || Some(state("a", json!({})));
    let mut elsewhere = step("create", "a", None, new());
    elsewhere["newState"]["urn"] = urn("b").into();
    let mut nameless = step("create", "a", None, new());
    nameless["urn"] = "a".into();
    nameless["newState"]["urn"] = "a".into();
    for broken in [
        step("explode", "a", None, new()),
        step("create", "a", None, None),
        step("update", "a", None, new()),
        step("update", "a", new(), None),
        step("delete", "a", None, None),
        step("replace", "a", None, new()),
        step("create", "a", None, Some(json!({ "urn": urn("a") }))),
        step("create", "a", None, Some(state("a", json!([])))),
        json!({ "op": "create" }),
        elsewhere,
        nameless,
    ] {
        assert_eq!(code(&preview(std::slice::from_ref(&broken))), "plan.malformed", "{broken}");
    }
    for errored in [
        json!({ "steps": [], "diagnostics": [{ "severity": "error", "message": "m" }] }),
        json!({ "steps": [], "maybeCorrupt": true }),
    ] {
        assert_eq!(code(&errored), "plan.errored");
    }
    // A summary of steps that are not there shows nothing.
    for absent in
        [json!({ "changeSummary": { "create": 5 } }), json!({ "steps": null, "changeSummary": {} })]
    {
        assert_eq!(code(&absent), "plan.malformed");
    }
    for other in [json!([]), json!({}), json!({ "resource_changes": [] })] {
        assert_eq!(code(&other), "plan.not_a_plan");
    }
}

#[test]
fn the_tool_is_recognised_by_its_document() {
    let tool = |text: &str| Plan::from_tool(text.as_bytes(), &NONCE).map(|plan| plan.tool);
    assert_eq!(tool(r#"{"steps": []}"#).unwrap(), "pulumi");
    assert_eq!(tool(r#"{"format_version": "1.2", "resource_changes": []}"#).unwrap(), "terraform");
    assert_eq!(tool(r#"{"steps": 1}"#).unwrap_err().code(), "plan.malformed");
    for other in ["{}", "[]", "PK\u{3}\u{4}"] {
        assert_eq!(tool(other).unwrap_err().code(), "plan.not_a_plan", "{other}");
    }
    assert_eq!(tool("{").unwrap_err().code(), "input.syntax");
}

#[test]
fn the_digest_hides_behind_its_nonce() {
    let document = preview(&[]).to_string();
    let digest = |nonce| Plan::from_pulumi(document.as_bytes(), &[nonce; 32]).unwrap().digest;
    assert_eq!(digest(1), digest(1));
    assert_ne!(digest(1), digest(2));
}
