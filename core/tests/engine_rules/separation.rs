//! What belongs to one stage belongs to no other one: neither in the charter nor in a plan.

use poundlock::{
    Engine,
    charter::Charter,
    engine::codes,
    model::{Action, Outcome, Plan, Request},
};
use proptest::prelude::*;

use crate::support::*;

const DEV: &str = "stack: dev, project: acme-dev, backend: 'gs://acme-state/dev', buckets: [acme-dev-data], credentials: [deployer@acme-dev.example], namespaces: [dev], endpoints: [dev.api.acme.example]";
const TEST: &str = "stack: test, project: acme-test, backend: 'gs://acme-state/test', buckets: [acme-test-data], credentials: [arn:aws:iam::222:role/deploy], namespaces: [test], endpoints: [test.api.acme.example]";
const PROD: &str = "stack: prod, project: acme, backend: 'gs://acme-state/prod', buckets: [acme-data], credentials: [arn:aws:iam::333:role/deploy], namespaces: [prod], endpoints: [api.acme.example]";

/// The kinds of things that belong to a stage, each with one of prod's.
const OF_PROD: [(&str, &str); 6] = [
    ("project", "acme"),
    ("backend", "gs://acme-state/prod"),
    ("buckets", "acme-data"),
    ("credentials", "arn:aws:iam::333:role/deploy"),
    ("namespaces", "prod"),
    ("endpoints", "api.acme.example"),
];

fn separated() -> [(&'static str, &'static str); 3] {
    [("stack: dev", DEV), ("stack: test", TEST), ("stack: prod", PROD)]
}

fn planning(plan: &Plan) -> Request {
    let mut request = ask(Action::Plan, "dev", plan, 0);
    request.target.project = Some("acme-dev".to_owned());
    request.target.backend = Some("gs://acme-state/dev".to_owned());
    request
}

/// A plan that creates one thing with these values.
fn thing(after: &str) -> Plan {
    plan_of(1, &[("thing", "create", &format!(r#"{{"public": false, {after}}}"#), "{}")])
}

// Requirements: R034, R055, R135, R158, R192, R455, R456, R457.
#[test]
fn what_belongs_to_two_stages_is_an_error_of_the_charter() {
    let charter = |changes: &[(&str, &str)]| {
        let mut text = charter_with(&separated());
        for (old, new) in changes {
            assert!(text.contains(old), "{old}");
            text = text.replacen(old, new, 1);
        }
        Charter::parse(text.as_bytes()).map(|_| ())
    };
    charter(&[]).unwrap();
    for (dev, prod) in [
        ("stack: dev", "stack: prod"),
        ("project: acme-dev", "project: acme"),
        ("gs://acme-state/dev", "gs://acme-state/prod"),
        ("[acme-dev-data]", "[acme-dev-data, acme-data]"),
        ("[deployer@acme-dev.example]", "['arn:aws:iam::333:role/deploy']"),
        ("namespaces: [dev]", "namespaces: [dev, prod]"),
        ("[dev.api.acme.example]", "[dev.api.acme.example, api.acme.example]"),
        ("namespaces: [dev]", "namespaces: [dev, dev]"),
        ("gs://acme-state/dev", "gs://acme-state/prod/"),
        ("[acme-dev-data]", "[acme-dev-data, Acme-Data]"),
        ("namespaces: [dev]", "namespaces: ['']"),
    ] {
        assert_eq!(charter(&[(dev, prod)]).unwrap_err().code(), "charter.invalid", "{prod}");
    }
    // The same name for things of two kinds is no shared thing.
    charter(&[("namespaces: [dev]", "namespaces: [acme]")]).unwrap();
}

// Requirements: R136, R455, R456, R457.
#[test]
fn a_plan_that_names_what_is_another_stages_is_denied_wherever_it_does() {
    for (kind, name) in OF_PROD {
        for value in [
            format!(r#""namespace": "{name}""#),
            format!(r#""deep": [{{"namespace": ["{name}"]}}]"#),
            format!(r#""metadata": {{"namespaces": {{"{name}": true}}}}"#),
        ] {
            let mut world = World::with(&separated());
            denied(&world.admit(&planning(&thing(&value))), codes::TARGET_SHARED);
            let admission =
                world.admit(&Request { id: "again".into(), ..planning(&thing(&value)) });
            let finding = admission.decision.unwrap().findings.into_iter().find(|f| f.denies());
            assert_eq!(finding.unwrap().subject.as_deref(), Some("thing.a"), "{kind}");
        }
    }
    for value in [
        r#""role": "projects/acme/roles/x""#,
        r#""policy": "{\"Resource\": [\"arn:aws:s3:::acme-data/*\"]}""#,
        r#""member": "serviceAccount:x@ACME.iam.gserviceaccount.com""#,
        r#""url": "https://api.acme.example/v1""#,
        r#""host": "orders.prod.svc.cluster.local""#,
        r#""user": "system:serviceaccount:prod:default""#,
        // Behind a line feed in text within text.
        r#""script": "{\"run\": \"cd /\\nacme-data\"}""#,
        // Beside what is the stage's own.
        r#""both": "acme-dev-data acme-data""#,
    ] {
        let mut world = World::with(&separated());
        denied(&world.admit(&planning(&thing(value))), codes::TARGET_SHARED);
    }
}

/// A name that is encoded, once or more, is named all the same.
// Requirements: R136.
#[test]
fn encoding_hides_nothing() {
    use base64ct::{Base64, Base64Url, Encoding as _};
    let script = "#!/bin/sh\ngsutil cp x gs://acme-data/x\n";
    let base64 = Base64::encode_string(script.as_bytes());
    let twice = Base64Url::encode_string(format!("{{\"script\": \"{base64}\"}}").as_bytes());
    for value in [
        "acme%2Ddata",
        "a%63me-data",
        "gs%3A%2F%2Facme-data",
        &base64,
        &twice,
        &format!("data:text/plain;base64,{base64}"),
    ] {
        let mut world = World::with(&separated());
        let plan = thing(&format!(r#""user_data": "{value}""#));
        denied(&world.admit(&planning(&plan)), codes::TARGET_SHARED);
    }
    let harmless = Base64::encode_string(b"#!/bin/sh\necho acme-dev-data acme-data-2\n");
    let plan = thing(&format!(r#""user_data": "{harmless}", "ratio": "100% of x%2Dacme%2Ddata2""#));
    allowed(&World::with(&separated()).admit(&planning(&plan)));
}

/// A backend or bucket that is declared as a URL is the same place under any other address.
// Requirements: R136, R455.
#[test]
fn a_url_is_the_same_place_by_any_address() {
    let prod = PROD.replace("gs://acme-state/prod", "gs://acme-prod-state/all");
    for value in [
        r#""bucket": "acme-prod-state""#,
        r#""policy": "{\"Resource\": \"arn:aws:s3:::acme-prod-state/*\"}""#,
        r#""url": "https://storage.googleapis.com/acme-prod-state/all/default.tfstate""#,
    ] {
        let mut world = World::with(&[("stack: dev", DEV), ("stack: prod", &prod)]);
        denied(&world.admit(&planning(&thing(value))), codes::TARGET_SHARED);
    }
    // Where a bucket is cut into prefixes, only the others' prefixes are theirs.
    let mut world = World::with(&separated());
    allowed(&world.admit(&planning(&thing(r#""state": "acme-state", "own": "acme-state/dev/x""#))));
    let mut world = World::with(&separated());
    let plan = thing(r#""policy": "arn:aws:s3:::acme-state/prod/*""#);
    denied(&world.admit(&planning(&plan)), codes::TARGET_SHARED);
    let web = PROD.replace("[api.acme.example]", "['https://api.acme.example/']");
    let mut world = World::with(&[("stack: dev", DEV), ("stack: prod", &web)]);
    let plan = thing(r#""host": "api.acme.example""#);
    denied(&world.admit(&planning(&plan)), codes::TARGET_SHARED);
}

/// Nobody can see whose it is, not even once it is applied.
// Requirements: R136.
#[test]
fn a_place_that_is_sensitive_is_nobodys() {
    let plan = |field: &str| {
        let changes = format!(
            r#""resource_changes": [{{"address": "thing.a", "mode": "managed", "type": "thing", "name": "a",
            "change": {{"actions": ["create"], "before": null, "after": {{"public": false, "{field}": "hidden"}},
                "after_unknown": {{}}, "before_sensitive": false, "after_sensitive": {{"{field}": true}}}}}}]"#
        );
        plan_from(1, &changes)
    };
    for field in ["bucket", "project", "role_arn", "executionRoleArn", "service_account_email"] {
        let mut world = World::with(&separated());
        denied(&world.admit(&planning(&plan(field))), codes::TARGET_HIDDEN);
    }
    allowed(&World::with(&separated()).admit(&planning(&plan("password"))));
}

// Requirements: R136.
#[test]
fn the_number_of_another_stages_account_counts_as_text_and_as_number() {
    let prod = PROD.replace("project: acme,", "project: '333333333333',");
    for value in [r#""account": "333333333333""#, r#""account": 333333333333"#] {
        let mut world = World::with(&[("stack: dev", DEV), ("stack: prod", &prod)]);
        denied(&world.admit(&planning(&thing(value))), codes::TARGET_SHARED);
    }
}

// Requirements: R136.
#[test]
fn a_slash_at_the_end_of_a_name_hides_nothing() {
    let prod = PROD.replace("acme-state/prod", "acme-state/prod/");
    for value in [r#""to": "gs://acme-state/prod""#, r#""to": "gs://acme-state/prod/x""#] {
        let mut world = World::with(&[("stack: dev", DEV), ("stack: prod", &prod)]);
        denied(&world.admit(&planning(&thing(value))), codes::TARGET_SHARED);
    }
}

// Requirements: R136.
#[test]
fn what_is_the_stages_own_or_only_looks_like_anothers_passes() {
    for value in [
        r#""project": "acme-dev", "bucket": "acme-dev-data", "namespace": "dev""#,
        // Another stage's endpoint ends like this one's own.
        r#""url": "https://dev.api.acme.example""#,
        r#""bucket": "acme-data-2", "other": "my-acme-data""#,
        r#""backend": "gs://acme-state/production""#,
        // Namespaces have names that mean anything elsewhere.
        r#""description": "like prod", "labels": {"stage": "prod"}"#,
        // A stack's name says nothing.
        r#""tag": "test""#,
    ] {
        let admission = World::with(&separated()).admit(&planning(&thing(value)));
        allowed(&admission);
        assert!(!found(&admission, codes::TARGET_UNKNOWN), "{value}");
    }
}

// Requirements: R136.
#[test]
fn what_is_destroyed_is_no_other_stages() {
    let plan = |action: &str| {
        plan_of(1, &[("thing", action, r#"{"public": false, "project": "acme"}"#, "{}")])
    };
    denied(&World::with(&separated()).admit(&planning(&plan("delete"))), codes::TARGET_SHARED);
    // To let go of it, or to name another, is the way out.
    let changes = r#""resource_changes": [{"address": "thing.a", "mode": "managed", "type": "thing", "name": "a",
        "change": {"actions": ["update"], "before": {"public": false, "project": "acme"},
            "after": {"public": false, "project": "acme-dev"}, "after_unknown": {},
            "before_sensitive": false, "after_sensitive": {}}}]"#;
    allowed(&World::with(&separated()).admit(&planning(&plan_from(1, changes))));
}

// Requirements: R136.
#[test]
fn stages_of_one_environment_share_what_is_there() {
    let registry = "{ stage: registry, environment: prod, buckets: [acme-models], grants";
    let world = |environment: &str| {
        let dev = DEV.replace("stack: dev", &format!("environment: {environment}, stack: dev"));
        let changes = [("stack: dev", dev.as_str()), ("{ stage: registry, grants", registry)];
        World::with(&changes)
    };
    let mut request = planning(&thing(r#""bucket": "acme-models""#));
    request.actor.claims.insert("environment".into(), "prod".into());
    allowed(&world("prod").admit(&request));
    request.actor.claims.insert("environment".into(), "dev".into());
    denied(&world("dev").admit(&request), codes::TARGET_SHARED);
}

// Requirements: R136.
#[test]
fn a_place_that_is_not_known_until_apply_is_owed_before_the_next_stage() {
    let unknown = |name: &str| {
        plan_of(
            1,
            &[("thing", "create", r#"{"public": false}"#, &format!(r#"{{"{name}": true}}"#))],
        )
    };
    let mut world = World::with(&separated());
    let mut request = planning(&unknown("id"));
    let admission = world.admit(&request);
    allowed(&admission);
    assert!(!found(&admission, codes::TARGET_UNKNOWN));
    for name in [
        "project",
        "bucket",
        "namespace",
        "service_account_email",
        "role_arn",
        "taskRoleArn",
        "member",
    ] {
        let mut world = World::with(&separated());
        let admission = world.admit(&planning(&unknown(name)));
        allowed(&admission);
        let decision = admission.decision.unwrap();
        let finding = decision.findings.iter().find(|f| f.code == codes::TARGET_UNKNOWN).unwrap();
        assert_eq!((finding.outcome, decision.obligations.len()), (Outcome::Unknown, 1), "{name}");
    }

    let mut world = World::with(&separated());
    let plan = unknown("bucket");
    request = planning(&plan);
    allowed(&world.admit(&request));
    let about = poundlock::model::About::Plan(plan.digest);
    allowed(&world.record(&evidence(about, poundlock::model::EvidenceResult::Pass, 0)));
    let apply = world.admit(&Request {
        id: "apply".into(),
        action: Action::Apply,
        actor: workload("deployer"),
        ..request
    });
    allowed(&apply);
    allowed(&world.record(&outcome(apply.entry, poundlock::model::OutcomeResult::Succeeded, 0)));
    let owed = |world: &World| world.state.status().obligations.len();
    assert_eq!(owed(&world), 1);
    let after = |number: u8, bucket: &str| {
        let after = format!(r#"{{"public": false, "bucket": {bucket}}}"#);
        plan_of(number, &[("thing", "no-op", &after, "{}")])
    };
    // Another stage's bucket, or again one that nobody knows, pays nothing.
    denied(&world.admit(&planning(&after(2, r#""acme-data""#))), codes::TARGET_SHARED);
    assert_eq!(owed(&world), 1);
    let again = plan_of(3, &[("thing", "update", r#"{"public": false}"#, r#"{"bucket": true}"#)]);
    allowed(&world.admit(&planning(&again)));
    assert_eq!(owed(&world), 1);
    allowed(&world.admit(&planning(&after(4, r#""acme-dev-data""#))));
    assert_eq!(owed(&world), 0);
}

/// The engine that denies by separation alone.
fn separating() -> std::sync::Arc<Engine> {
    engine(&charter_with(&separated()), PACK).into()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    // Requirements: R136.
    /// Wherever a name of another stage is put, with whatever that cannot belong to a name around it, it is found.
    #[test]
    fn a_name_is_found_wherever_it_is_planted(
        depth in 0_usize..6,
        lists in any::<[bool; 6]>(),
        (before, after) in ("[ /:@,=\"]{0,4}", "[ /:@,=.\"]{0,4}"),
        noise in "[a-z ]{0,12}",
        name in prop::sample::select(vec!["acme", "acme-data", "acme-test-data", "acme-test"]),
    ) {
        let engine = separating();
        let mut value = serde_json::json!(format!("{noise}{}{before}{name}{after}", if before.is_empty() { " " } else { "" }));
        for list in &lists[..depth] {
            value = if *list { serde_json::json!(["x", value]) } else { serde_json::json!({"a": 1, "field": value}) };
        }
        let text = format!(r#""field": {value}"#);
        let mut world = World::governed_by(engine);
        denied(&world.admit(&planning(&thing(&text))), codes::TARGET_SHARED);
    }
}
