//! What users rely on when a Terraform plan is read.

use serde_json::{Value as Json, json};

use crate::{
    canonical,
    error::Result,
    model::{Actions, CheckStatus, Mark, Plan, ResourceMode},
    value::{Kind, Ref},
};

const NONCE: [u8; 32] = [1; 32];
const SECRET: &str = "canary-77aa";

fn read(plan: &Json) -> Result<Plan> {
    Plan::from_terraform(plan.to_string().as_bytes(), &NONCE)
}

/// A plan with these resource changes.
fn plan(changes: &[Json]) -> Json {
    json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes})
}

fn resource(change: Json) -> Json {
    json!({
        "address": "test_thing.it", "mode": "managed", "type": "test_thing", "name": "it",
        "provider_name": "registry.terraform.io/test/test", "change": change
    })
}

fn create(after: Json, unknown: Json, sensitive: Json) -> Json {
    resource(json!({
        "actions": ["create"], "before": null, "after": after, "after_unknown": unknown,
        "before_sensitive": false, "after_sensitive": sensitive
    }))
}

/// The value after, as text: `?` for what is unknown and `*` for what is sensitive.
fn after(after: Json, unknown: Json, sensitive: Json) -> String {
    let plan = read(&plan(&[create(after, unknown, sensitive)])).unwrap();
    show(plan.resources[0].after.as_ref())
}

fn show(value: Ref<'_>) -> String {
    match value.kind() {
        Kind::Null => "null".to_owned(),
        Kind::Bool(bool) => bool.to_string(),
        Kind::Int(int) => int.to_string(),
        Kind::Uint(uint) => uint.to_string(),
        Kind::Double(_, text) | Kind::Number(text) => text.to_owned(),
        Kind::Text(text) => text.to_owned(),
        Kind::List(list) => format!("[{}]", list.iter().map(show).collect::<Vec<_>>().join(" ")),
        Kind::Map(map) => {
            let entries = map.iter().map(|(key, value)| format!("{key}:{}", show(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(" "))
        }
        Kind::Unknown => "?".to_owned(),
        Kind::Sensitive => "*".to_owned(),
    }
}

fn record(plan: &Plan) -> Vec<u8> {
    canonical::encode_document(plan.to_record().unwrap().as_ref()).unwrap()
}

fn assert_hidden(plan: &Json) {
    let text = plan.to_string();
    assert!(text.contains(SECRET), "the document holds it");
    let plan = Plan::from_terraform(text.as_bytes(), &NONCE).unwrap();
    let record = String::from_utf8_lossy(&record(&plan)).into_owned();
    assert!(!record.contains(SECRET), "{record}");
    assert!(!format!("{plan:?}").contains(SECRET));
}

#[test]
fn what_is_not_known_is_not_null() {
    let unknown = json!({"arn": true, "rules": [{"id": true}, {}], "tags": {"id": true}});
    let known =
        json!({"name": "a", "size": null, "rules": [{"id": null, "port": 1}, {"id": "r2"}]});
    assert_eq!(
        after(known, unknown, json!({})),
        "{arn:? name:a rules:[{id:? port:1} {id:r2}] size:null tags:?}"
    );
}

#[test]
fn unknown_elements_keep_their_place() {
    assert_eq!(
        after(json!({"l": ["a", null, "c"]}), json!({"l": [false, true]}), json!({})),
        "{l:?}"
    );
    assert_eq!(
        after(json!({"l": ["a", null, "c"]}), json!({"l": [false, true, false]}), json!({})),
        "{l:[a ? c]}"
    );
    assert_eq!(after(json!({"l": ["a"]}), json!({"l": true}), json!({})), "{l:?}");
    assert_eq!(after(Json::Null, json!(true), json!({})), "?");
}

#[test]
fn sensitive_wins_over_unknown() {
    let sensitive = json!({"a": true, "b": {"c": true}, "d": true});
    assert_eq!(after(json!({}), json!({"a": true, "b": true}), sensitive.clone()), "{a:* b:* d:*}");
    assert_eq!(
        after(
            json!({"a": 1, "b": {"c": [2], "e": 3}, "d": null}),
            json!({"b": {"e": true}}),
            sensitive
        ),
        "{a:* b:{c:* e:?} d:*}"
    );
    assert_eq!(after(json!({"a": 1}), json!({}), json!(true)), "*");
}

#[test]
fn marks_that_do_not_fit_count_for_the_whole() {
    for value in [json!("text"), json!([]), json!([1, 2]), json!({"0": 1}), json!(null), json!(7)] {
        let marks = json!({"a": [{"b": true}]});
        assert_eq!(after(json!({"a": value}), json!({}), marks.clone()), "{a:*}", "{value}");
        assert_eq!(after(json!({"a": value}), marks, json!({})), "{a:?}", "{value}");
    }
}

#[test]
fn marks_that_mark_nothing_change_nothing() {
    for marks in [json!(false), json!({}), json!({"a": []}), json!({"a": {"b": false}, "z": [{}]})]
    {
        assert_eq!(after(json!({"a": "x"}), marks.clone(), marks.clone()), "{a:x}", "{marks}");
    }
}

#[test]
fn what_is_no_mark_is_refused() {
    for marks in [json!("true"), json!(1)] {
        let error = read(&plan(&[create(json!({"a": {"b": 1}}), marks.clone(), json!({}))]));
        assert_eq!(error.unwrap_err().code(), "plan.malformed");
        let marks = json!({"a": {"b": marks}});
        let error = read(&plan(&[create(json!({"a": {"b": 1}}), json!({}), marks)])).unwrap_err();
        assert_eq!(error.code(), "plan.malformed");
        let pointer = error.place().pointer.clone().unwrap();
        assert!(pointer.starts_with("/resource_changes/0/change"), "{pointer}");
    }
}

#[test]
fn a_secret_is_found_where_it_is_not_marked() {
    let other = json!({
        "same": SECRET,
        "within": format!("postgres://user:{SECRET}@host/"),
        "map": {(SECRET): 1, "other": 2},
        "list": ["left", SECRET],
        "right": "canary-77a",
    });
    let changes = plan(&[
        create(json!({"password": SECRET}), json!({}), json!({"password": true})),
        create(other, json!({}), json!({})),
    ]);
    assert_hidden(&changes);
    let plan = read(&changes).unwrap();
    assert_eq!(
        show(plan.resources[1].after.as_ref()),
        "{list:[left *] map:* right:canary-77a same:* within:*}"
    );
}

#[test]
fn a_secret_is_found_as_json_escapes_it() {
    let secret = "<canary>\n\"77\" & more";
    let within = [
        json!({"p": secret}).to_string(),
        json!({"p": secret})
            .to_string()
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026"),
    ];
    let changes = plan(&[
        create(json!({"p": secret}), json!({}), json!({"p": true})),
        create(json!({"within": within}), json!({}), json!({})),
    ]);
    let plan = read(&changes).unwrap();
    assert_eq!(show(plan.resources[1].after.as_ref()), "{within:[* *]}");
}

#[test]
fn white_space_around_a_secret_does_not_hide_others() {
    let changes = plan(&[
        create(json!({"p": format!("{SECRET}\n")}), json!({}), json!({"p": true})),
        create(json!({"q": SECRET}), json!({}), json!({})),
    ]);
    assert_hidden(&changes);
}

#[test]
fn short_secrets_are_hidden_where_they_are_marked_only() {
    let changes = plan(&[
        create(json!({"p": "short", "n": 123_456_789}), json!({}), json!({"p": true, "n": true})),
        create(json!({"p": "short"}), json!({}), json!({})),
    ]);
    let plan = read(&changes).unwrap();
    assert_eq!(show(plan.resources[0].after.as_ref()), "{n:* p:*}");
    assert_eq!(show(plan.resources[1].after.as_ref()), "{p:short}");
}

#[test]
fn the_value_before_is_as_secret_as_the_value_after() {
    let changes = plan(&[
        resource(json!({
            "actions": ["update"], "before": {"p": SECRET}, "after": {"p": "newer-secret"},
            "after_unknown": {}, "before_sensitive": {}, "after_sensitive": {"p": true}
        })),
        create(json!({"q": SECRET}), json!({}), json!({})),
    ]);
    assert_hidden(&changes);
    let changes = plan(&[resource(json!({
        "actions": ["update"], "before": {"p": "old", "n": 5, "m": 6}, "after": {"p": "new", "n": 7},
        "after_unknown": {}, "before_sensitive": {}, "after_sensitive": {"p": true, "n": true}
    }))]);
    let changed = read(&changes).unwrap();
    assert_eq!(show(changed.resources[0].before.as_ref()), "{m:6 n:* p:*}");
    let created =
        read(&plan(&[create(json!({"p": SECRET}), json!({}), json!({"p": true}))])).unwrap();
    assert_eq!(show(created.resources[0].before.as_ref()), "null", "nothing was there");
}

#[test]
fn every_mark_of_the_document_counts() {
    let leak = || create(json!({"leak": SECRET}), json!({}), json!({}));
    let module = json!({"resources": [{"mode": "data", "values": {"p": [SECRET]}, "sensitive_values": {"p": [true]}}]});
    let nested = json!({"child_modules": [{"child_modules": [module]}]});
    let marked = json!({
        "actions": ["update"], "before": {"p": SECRET}, "after": {"p": "x"},
        "before_sensitive": {"p": true}, "after_sensitive": {"p": true}
    });
    for (key, value) in [
        ("resource_drift", json!([resource(marked.clone())])),
        ("deferred_changes", json!([{"reason": "x", "resource_change": resource(marked.clone())}])),
        ("output_changes", json!({"o": marked})),
        ("planned_values", json!({"outputs": {"o": {"sensitive": true, "value": [SECRET]}}})),
        ("planned_values", json!({"root_module": nested})),
        ("prior_state", json!({"values": {"root_module": nested}})),
        (
            "prior_state",
            json!({"values": {"outputs": {"o": {"sensitive": true, "value": SECRET}}}}),
        ),
        (
            "action_invocations",
            json!([{"config_values": {"p": SECRET}, "config_sensitive": {"p": true}}]),
        ),
        (
            "deferred_action_invocations",
            json!([{"reason": "x", "action_invocation":
                {"config_values": {"p": SECRET}, "config_sensitive": {"p": true}}}]),
        ),
        (
            "configuration",
            json!({"root_module": {"variables": {"v": {"sensitive": true, "default": SECRET}}}}),
        ),
        (
            "configuration",
            json!({"root_module": {"outputs": {
                "o": {"sensitive": true, "expression": {"constant_value": SECRET}}
            }}}),
        ),
        (
            "configuration",
            json!({"root_module": {"module_calls": {"m": {
                "expressions": {"v": {"constant_value": SECRET}},
                "module": {"variables": {"v": {"sensitive": true}}}
            }}}}),
        ),
    ] {
        let mut document = plan(&[leak()]);
        document[key] = value;
        assert_hidden(&document);
    }
    let mut document = plan(&[leak()]);
    document["variables"] = json!({"v": {"value": {"nested": SECRET}}, "w": {"value": "public"}});
    document["configuration"] =
        json!({"root_module": {"variables": {"v": {"sensitive": true}, "w": {}}}});
    assert_hidden(&document);
}

#[test]
fn a_secret_instance_key_is_hidden_in_addresses() {
    let mut leak = create(json!({"name": "x"}), json!({}), json!({}));
    leak["address"] = json!(format!("module.a[\"{SECRET}\"].test_thing.it[\"b\\\"]c\"]"));
    leak["previous_address"] = json!(format!("test_thing.it[\"x-{SECRET}\"]"));
    leak["index"] = json!(SECRET);
    let changes = plan(&[leak, create(json!({"p": SECRET}), json!({}), json!({"p": true}))]);
    assert_hidden(&changes);
    let plan = read(&changes).unwrap();
    let it = &plan.resources[0];
    assert_eq!(it.address, "module.a[\"(sensitive)\"].test_thing.it[\"b\\\"]c\"]");
    assert_eq!(it.previous_address.as_deref(), Some("test_thing.it[\"(sensitive)\"]"));
}

#[test]
fn too_many_secrets_are_refused() {
    let secrets: Vec<_> = (0..40_000).map(|number| format!("{number:0256}")).collect();
    let error = read(&plan(&[create(json!({"p": secrets}), json!({}), json!(true))])).unwrap_err();
    assert_eq!(error.code(), "limit.count");
}

#[test]
fn every_combination_of_actions_is_told_apart() {
    for (words, actions) in [
        (json!(["no-op"]), Actions::NoOp),
        (json!(["create"]), Actions::Create),
        (json!(["read"]), Actions::Read),
        (json!(["update"]), Actions::Update),
        (json!(["delete"]), Actions::Delete),
        (json!(["delete", "create"]), Actions::DeleteCreate),
        (json!(["create", "delete"]), Actions::CreateDelete),
        (json!(["forget"]), Actions::Forget),
        (json!(["create", "forget"]), Actions::CreateForget),
        (json!(["forget", "create"]), Actions::CreateForget),
    ] {
        let gone = matches!(actions, Actions::Delete | Actions::Forget);
        let after = if gone { Json::Null } else { json!({}) };
        let change = resource(json!({"actions": words, "before": {}, "after": after}));
        let plan = read(&plan(&[change])).unwrap();
        assert_eq!(plan.resources[0].actions, actions);
        let recorded = Plan::from_record(&plan.to_record().unwrap()).unwrap();
        assert_eq!(recorded.resources[0].actions, actions);
    }
    for words in
        [json!([]), json!(["destroy"]), json!(["update", "create"]), json!("create"), json!([1])]
    {
        let change = resource(json!({"actions": words, "before": null, "after": {}}));
        let error = read(&plan(&[change])).unwrap_err();
        assert_eq!(error.code(), "plan.malformed");
        let pointer = error.place().pointer.as_deref();
        assert_eq!(pointer, Some("/resource_changes/0/change/actions"));
    }
}

#[test]
fn a_change_agrees_with_its_values() {
    for (actions, after) in [("create", Json::Null), ("update", Json::Null), ("delete", json!({}))]
    {
        let change = resource(json!({"actions": [actions], "before": {}, "after": after}));
        assert_eq!(read(&plan(&[change])).unwrap_err().code(), "plan.malformed", "{actions}");
    }
}

#[test]
fn all_that_is_said_of_a_resource_is_read() {
    let mut document = plan(&[json!({
        "address": "data.test_thing.new", "previous_address": "data.test_thing.old",
        "mode": "data", "type": "test_thing", "name": "new", "provider_name": "test/test",
        "deposed": "00ff00ff", "action_reason": "read_because_config_unknown", "index": 3,
        "change": {"actions": ["read"], "before": null, "after": {}, "importing": {"id": "x"}}
    })]);
    document["resource_drift"] = json!([resource(json!({
        "actions": ["delete"], "before": {"a": 1}, "after": null, "after_unknown": {}
    }))]);
    let plan = read(&document).unwrap();
    let plan = Plan::from_record(&plan.to_record().unwrap()).unwrap();
    let it = &plan.resources[0];
    assert_eq!(it.address, "data.test_thing.new");
    assert_eq!(it.previous_address.as_deref(), Some("data.test_thing.old"));
    assert_eq!(it.mode, ResourceMode::Data);
    assert_eq!((it.type_name.as_str(), it.name.as_str()), ("test_thing", "new"));
    assert_eq!(it.provider.as_deref(), Some("test/test"));
    assert_eq!(it.deposed.as_deref(), Some("00ff00ff"));
    assert_eq!(it.reason.as_deref(), Some("read_because_config_unknown"));
    assert!(it.importing);
    assert_eq!(plan.counts().read, 1);
    assert_eq!(plan.drift[0].actions, Actions::Delete);
    assert_eq!(show(plan.drift[0].before.as_ref()), "{a:1}");
    assert_eq!(show(plan.drift[0].after.as_ref()), "null");
    assert_eq!(plan.tool_version.as_deref(), Some("1.11.4"));
}

#[test]
fn a_plan_without_changes_is_a_plan() {
    let plan =
        read(&json!({"format_version": "1.2", "planned_values": {}, "complete": true})).unwrap();
    assert_eq!((plan.resources.len(), plan.drift.len()), (0, 0));
    assert_eq!((plan.complete, plan.applyable), (Some(true), None));
}

#[test]
fn a_plan_that_lost_changes_is_refused() {
    let planned = |mode: &str| json!({"address": "test_thing.it", "mode": mode, "values": {}});
    let nested =
        |resource| json!({"child_modules": [{"child_modules": [{"resources": [resource]}]}]});
    for (root, pointer) in [
        (
            json!({"resources": [planned("managed")]}),
            "/planned_values/root_module/resources/0/address",
        ),
        (
            nested(planned("managed")),
            "/planned_values/root_module/child_modules/0/child_modules/0/resources/0/address",
        ),
    ] {
        let mut document = plan(&[create(json!({}), json!({}), json!({}))]);
        document["planned_values"] = json!({ "root_module": root });
        assert_eq!(read(&document).unwrap().resources.len(), 1);
        for cut in [json!([]), Json::Null] {
            document["resource_changes"] = cut;
            let error = read(&document).unwrap_err();
            assert_eq!(error.code(), "plan.malformed");
            assert_eq!(error.place().pointer.as_deref(), Some(pointer));
        }
    }
    // What was read already does not change.
    let mut document = plan(&[]);
    document["planned_values"] = json!({ "root_module": nested(planned("data")) });
    assert_eq!(read(&document).unwrap().resources.len(), 0);
    let configuration = json!({"format_version": "1.2", "configuration": {"root_module": {}}});
    assert_eq!(read(&configuration).unwrap_err().code(), "plan.not_a_plan");
}

#[test]
fn a_targeted_plan_says_that_it_is_incomplete() {
    let mut document = plan(&[]);
    document["complete"] = json!(false);
    document["applyable"] = json!(true);
    let plan = read(&document).unwrap();
    assert_eq!((plan.complete, plan.applyable), (Some(false), Some(true)));
    document["complete"] = json!("yes");
    assert_eq!(read(&document).unwrap_err().code(), "plan.malformed");
}

#[test]
fn outputs_say_what_is_known_of_them() {
    let output = |after: Json, unknown: Json, sensitive: Json| {
        json!({"actions": ["create"], "before": null, "after": after, "after_unknown": unknown,
            "before_sensitive": false, "after_sensitive": sensitive})
    };
    let mut document = plan(&[]);
    document["output_changes"] = json!({
        "known": output(json!(1), json!(false), json!(false)),
        "unknown": output(Json::Null, json!(true), json!(false)),
        "partly": output(json!([null]), json!([true]), json!(false)),
        "sensitive": output(json!(SECRET), json!(false), json!(true)),
        "hidden": output(Json::Null, json!(true), json!(true)),
        "declared": {"actions": ["create"], "before": null, "after": "old-form-secret"},
        "tainted": output(json!([format!("x{SECRET}")]), json!(false), json!(false)),
    });
    document["planned_values"] =
        json!({"outputs": {"declared": {"sensitive": true, "value": "old-form-secret"}}});
    let plan = read(&document).unwrap();
    let marks: Vec<_> =
        plan.outputs.iter().map(|output| (output.name.as_str(), output.mark)).collect();
    assert_eq!(
        marks,
        [
            ("declared", Mark::Sensitive),
            ("hidden", Mark::Sensitive),
            ("known", Mark::Known),
            ("partly", Mark::Unknown),
            ("sensitive", Mark::Sensitive),
            ("tainted", Mark::Sensitive),
            ("unknown", Mark::Unknown),
        ]
    );
    assert_hidden(&document);
}

#[test]
fn checks_are_read() {
    let check =
        |name: &str, status: &str| json!({"address": {"to_display": name}, "status": status});
    let mut document = plan(&[]);
    let all = [
        ("check.a", "pass", CheckStatus::Pass),
        ("check.b", "fail", CheckStatus::Fail),
        ("check.c", "error", CheckStatus::Error),
        ("check.d", "unknown", CheckStatus::Unknown),
    ];
    document["checks"] = all.iter().map(|(name, status, _)| check(name, status)).collect();
    let plan = read(&document).unwrap();
    let plan = Plan::from_record(&plan.to_record().unwrap()).unwrap();
    let found: Vec<_> =
        plan.checks.iter().map(|check| (check.address.as_str(), check.status)).collect();
    assert_eq!(found, all.map(|(name, _, status)| (name, status)));
    document["checks"] = json!([check("check.a", "skipped")]);
    assert_eq!(read(&document).unwrap_err().code(), "plan.malformed");
}

#[test]
fn what_is_no_plan_is_told_from_a_malformed_one() {
    let log = "{\"@level\":\"info\",\"@message\":\"x\"}\n{\"@level\":\"info\"}\n";
    for document in [
        json!({"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {}}}).to_string(),
        json!({"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "resources": []}).to_string(),
        json!({"format_version": "1.0"}).to_string(),
        json!({"format_version": "1.0", "provider_schemas": {}}).to_string(),
        json!({"steps": [], "changeSummary": {}}).to_string(),
        json!({"hello": "world"}).to_string(),
        "[1, 2]".to_owned(),
        "\"plan\"".to_owned(),
        log.to_owned(),
        log.lines().next().unwrap().to_owned(),
        "PK\u{3}\u{4}rest".to_owned(),
    ] {
        let error = Plan::from_terraform(document.as_bytes(), &NONCE).unwrap_err();
        assert_eq!(error.code(), "plan.not_a_plan", "{document}");
        assert!(error.help().is_some());
    }
    let compressed = Plan::from_terraform(&[0x1f, 0x8b, 8, 0], &NONCE).unwrap_err();
    assert_eq!(compressed.code(), "plan.not_a_plan");
    assert_eq!(Plan::from_terraform(b"", &NONCE).unwrap_err().code(), "input.empty");
    assert_eq!(Plan::from_terraform(b"{oops", &NONCE).unwrap_err().code(), "input.syntax");
}

#[test]
fn formats_that_are_read() {
    for (version, is_read) in [
        (json!("0.1"), true),
        (json!("0.2"), true),
        (json!("1.0"), true),
        (json!("1.2"), true),
        (json!("1.17"), true),
        (json!("0.3"), false),
        (json!("2.0"), false),
        (json!("10.0"), false),
        (json!("1"), false),
        (json!("1."), false),
        (json!("1.x"), false),
        (json!("1.2.3"), false),
        (json!(""), false),
        (json!(1.2), false),
        (Json::Null, false),
    ] {
        let mut document = plan(&[]);
        document["format_version"] = version.clone();
        document["errored"] = json!(!is_read);
        let result = read(&document).map(|_| ()).map_err(|error| error.code());
        assert_eq!(result, if is_read { Ok(()) } else { Err("plan.format") }, "{version}");
    }
}

#[test]
fn an_errored_plan_is_refused() {
    let mut document = plan(&[]);
    document["errored"] = json!(true);
    assert_eq!(read(&document).unwrap_err().code(), "plan.errored");
}

#[test]
fn a_part_of_another_shape_is_refused_with_its_place() {
    let it = || create(json!({}), json!({}), json!({}));
    let without = |key: &str| {
        let mut it = it();
        it.as_object_mut().unwrap().remove(key);
        it
    };
    let with = |key: &str, value: Json| {
        let mut it = it();
        it[key] = value;
        it
    };
    for (change, pointer) in [
        (json!(1), "/resource_changes/1"),
        (without("address"), "/resource_changes/1"),
        (without("type"), "/resource_changes/1"),
        (without("name"), "/resource_changes/1"),
        (without("mode"), "/resource_changes/1"),
        (without("change"), "/resource_changes/1"),
        (with("address", json!(["a"])), "/resource_changes/1/address"),
        (with("mode", json!("other")), "/resource_changes/1/mode"),
        (with("change", json!([])), "/resource_changes/1/change"),
        (with("deposed", json!(true)), "/resource_changes/1/deposed"),
    ] {
        let error = read(&plan(&[it(), change])).unwrap_err();
        assert_eq!(
            (error.code(), error.place().pointer.as_deref()),
            ("plan.malformed", Some(pointer))
        );
    }
    for (key, value) in [
        ("resource_changes", json!({})),
        ("resource_drift", json!("x")),
        ("output_changes", json!([])),
        ("planned_values", json!([])),
        ("prior_state", json!(1)),
        ("configuration", json!([])),
        ("variables", json!([])),
        ("checks", json!({})),
        ("terraform_version", json!(1)),
        ("errored", json!("no")),
    ] {
        let mut document = plan(&[]);
        document["configuration"] = json!({"root_module": {}});
        document[key] = value;
        let error = read(&document).unwrap_err();
        let pointer = format!("/{key}");
        assert_eq!(error.code(), "plan.malformed");
        assert_eq!(error.place().pointer.as_deref(), Some(pointer.as_str()));
    }
}

#[test]
fn numbers_of_four_hundred_digits_are_kept_as_they_are_written() {
    let long = "9".repeat(400);
    let document = plan(&[create(json!({"n": "NUMBER"}), json!({}), json!({}))]).to_string();
    let document = document.replace("\"NUMBER\"", &long);
    let read = |text: &str| Plan::from_terraform(text.as_bytes(), &NONCE).unwrap();
    let plan = read(&document);
    let value = plan.resources[0].after.as_ref().get("n").unwrap();
    assert!(matches!(value.kind(), Kind::Number(text) if text == long));
    let recorded = Plan::from_record(&plan.to_record().unwrap()).unwrap();
    assert_eq!(show(recorded.resources[0].after.as_ref()), format!("{{n:{long}}}"));
    let other = document.replace(&long, &format!("{}8", "9".repeat(399)));
    assert_ne!(read(&other).digest, plan.digest);
}

#[test]
fn the_encoding_of_the_text_does_not_matter() {
    let text = plan(&[create(json!({"name": "größe 🚤"}), json!({}), json!({}))]).to_string();
    let units: Vec<u16> = [0xfeff].into_iter().chain(text.encode_utf16()).collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let expected = Plan::from_terraform(text.as_bytes(), &NONCE).unwrap();
    for bytes in [marked, little, big] {
        let plan = Plan::from_terraform(&bytes, &NONCE).unwrap();
        assert_eq!(plan.digest, expected.digest);
        assert_eq!(record(&plan), record(&expected));
    }
}

#[test]
fn the_nonce_blinds_the_digest() {
    let text = plan(&[]).to_string();
    let digest = |nonce| Plan::from_terraform(text.as_bytes(), &nonce).unwrap().digest;
    assert_ne!(digest([1; 32]), digest([2; 32]));
}

#[test]
fn fields_that_are_not_known_count_for_the_digest_alone() {
    let known = plan(&[create(json!({"a": 1}), json!({}), json!({}))]);
    let mut newer = known.clone();
    newer["invented_flag"] = json!(true);
    newer["invented_text"] = json!("later");
    newer["invented_list"] = json!([]);
    newer["resource_changes"][0]["invented"] = json!(true);
    newer["resource_changes"][0]["change"]["invented"] = json!({"x": [1]});
    let (known, mut newer) = (read(&known).unwrap(), read(&newer).unwrap());
    assert_ne!(known.digest, newer.digest);
    newer.digest = known.digest;
    assert_eq!(record(&known), record(&newer));
}

/// Terraform adds sections within a format version, and some of them take effect at apply.
#[test]
fn a_section_that_no_policy_sees_is_said_to_be_unjudged() {
    let unjudged = |name: &str, section: Json| {
        let mut document = plan(&[create(json!({"a": 1}), json!({}), json!({}))]);
        document[name] = section;
        let plan = read(&document).unwrap();
        assert_eq!(plan.resources.len(), 1);
        Plan::from_record(&plan.to_record().unwrap()).unwrap().unjudged
    };
    for name in [
        "deferred_changes",
        "action_invocations",
        "deferred_action_invocations",
        "invented_invocations",
    ] {
        assert_eq!(unjudged(name, json!([{"reason": "x"}])), [name]);
        for empty in [json!(null), json!([])] {
            assert!(unjudged(name, empty).is_empty());
        }
    }
    assert_eq!(
        unjudged("invented_changes", json!({"a": {"actions": ["delete"]}})),
        ["invented_changes"]
    );
    // All else that Terraform and OpenTofu have written so far.
    let attribute = json!([{"resource": "test_thing.it", "attribute": ["id"]}]);
    let condition = json!([{"address": "test_thing.it", "condition_type": "ResourcePostcondition", "result": true, "unknown": false}]);
    for (name, section) in [
        ("timestamp", json!("2026-03-01T12:00:00Z")),
        ("relevant_attributes", attribute),
        ("condition_results", condition),
        ("variables", json!({"v": {"value": 1}})),
        ("prior_state", json!({"format_version": "1.0", "values": {"root_module": {}}})),
        ("planned_values", json!({"root_module": {}})),
        ("configuration", json!({"root_module": {}})),
        (
            "resource_drift",
            json!([resource(json!({"actions": ["update"], "before": {}, "after": {}}))]),
        ),
        ("output_changes", json!({"o": {"actions": ["create"], "before": null, "after": 1}})),
        ("checks", json!([{"address": {"to_display": "check.a"}, "status": "pass"}])),
    ] {
        assert!(unjudged(name, section).is_empty(), "{name}");
    }
}

#[test]
fn what_runs_besides_is_read_off_the_configuration() {
    let resource = |module: &str, name: &str| {
        let mut resource = create(json!({}), json!({}), json!({}));
        resource["address"] = json!(format!("{module}a.{name}"));
        resource
    };
    let mut document = plan(&[resource("module.m[\"x\"].", "runs[0]"), resource("", "runs")]);
    let configured = |provisioners: Json| json!({"resources": [{"address": "a.runs", "provisioners": provisioners}]});
    document["configuration"] = json!({"root_module": {
        "resources": [{"address": "a.runs"}],
        "module_calls": {"m": {"module": configured(json!([{"type": "local-exec"}, {"type": "file"}]))}},
    }});
    assert_eq!(provisioners(&document), ["[local-exec file]", "none"]);
    document["configuration"]["root_module"] = configured(json!([{"type": 1}]));
    assert_eq!(read(&document).unwrap_err().code(), "plan.malformed");
}

/// The provisioners of each resource, read and read again from the record: `none`, or the value.
fn provisioners(document: &Json) -> Vec<String> {
    let plan = read(document).unwrap();
    let again = Plan::from_record(&plan.to_record().unwrap()).unwrap();
    let [read, again] = [plan, again].map(|plan| {
        let said = plan.resources.into_iter().map(|it| it.provisioners);
        said.map(|it| it.map_or("none".to_owned(), |it| show(it.as_ref()))).collect::<Vec<_>>()
    });
    assert_eq!(read, again);
    read
}

/// Nothing that is missing from a document lets a program run that a policy forbids.
#[test]
fn what_the_configuration_does_not_show_may_run_anything() {
    let mut within = create(json!({}), json!({}), json!({}));
    within["address"] = json!("module.m.test_thing.it");
    let mut document = plan(&[create(json!({}), json!({}), json!({})), within]);
    let configured = json!({"resources": [{"address": "test_thing.it"}]});
    for (configuration, expected) in [
        (json!(null), ["?", "?"]),
        (json!({}), ["?", "?"]),
        (json!({"root_module": {}}), ["?", "?"]),
        (json!({"root_module": configured}), ["none", "?"]),
        (json!({"root_module": {"module_calls": {"m": {}}}}), ["?", "?"]),
        (json!({"root_module": {"module_calls": {"m": {"module": {}}}}}), ["?", "?"]),
        (json!({"root_module": {"module_calls": {"m": {"module": configured}}}}), ["?", "none"]),
    ] {
        document["configuration"] = configuration.clone();
        assert_eq!(provisioners(&document), expected, "{configuration}");
    }
}

/// A resource that left the configuration may be deleted by a `removed` block with provisioners, which no document shows;
/// what is only read, or forgotten, runs nothing.
#[test]
fn what_left_the_configuration_may_run_something_when_it_is_deleted() {
    let gone = |actions: &str| {
        resource(json!({"actions": [actions], "before": {}, "after": null, "after_unknown": {}}))
    };
    let mut data = create(json!({}), json!({}), json!({}));
    data["mode"] = json!("data");
    let mut document = plan(&[gone("delete"), gone("forget"), data]);
    document["configuration"] = json!({"root_module": {}});
    assert_eq!(provisioners(&document), ["?", "none", "none"]);
}

#[test]
fn only_a_recorded_plan_is_read_as_one() {
    let plan =
        read(&plan(&[create(json!({"a": 1}), json!({"b": true}), json!({"c": true}))])).unwrap();
    let bytes = record(&plan);
    let again = Plan::from_record(&canonical::decode_document(&bytes).unwrap()).unwrap();
    assert_eq!(again.digest, plan.digest);
    assert_eq!(record(&again), bytes);
    assert_eq!(show(again.resources[0].after.as_ref()), "{a:1 b:? c:*}");

    let read = |text: &str| {
        let value = crate::value::Value::parse_json(text.as_bytes()).unwrap();
        Plan::from_record(&value).unwrap_err().code()
    };
    let digest = plan.digest;
    let form = format!("\"digest\":\"{digest}\",\"tool\":\"t\",\"formatVersion\":\"1.2\"");
    assert_eq!(read("{}"), "plan.format");
    assert_eq!(read(&format!("{{\"version\":2,{form}}}")), "plan.format");
    assert_eq!(read(&format!("{{\"version\":1,\"more\":1,{form}}}")), "plan.malformed");
    assert_eq!(read("{\"version\":1}"), "plan.malformed");
    assert_eq!(read("[]"), "plan.malformed");
}
