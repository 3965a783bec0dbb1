//! The charters of `docs/ci`, judged by the jobs that `cli/tests/ci` recorded, with the tokens that their hosts give them.

use std::{collections::BTreeMap, fs, path::Path};

use poundlock::{
    Engine, Ledger, Lock, PolicyPack, Request, State, Texts,
    model::{Action, Actor, Change, Channel},
};
use serde_json::{Value as Json, json};

use crate::support::{ISSUED, Signer, at};

fn read(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

/// The charter of a host, over the pack that `poundlock init` makes.
fn engine(host: &str) -> Engine {
    let pack = read("cli/starter/packs/starter.yaml");
    let mut lock = Lock::default();
    let parsed = PolicyPack::parse(&pack).unwrap();
    lock.pin(parsed.reference(), parsed.digest());
    Engine::new(Texts {
        charter: read(&format!("docs/ci/charter-{host}.yaml")),
        lock: lock.to_yaml().into_bytes(),
        packs: vec![pack],
    })
    .unwrap()
}

/// What a host sets for a job.
fn recorded(name: &str) -> BTreeMap<String, String> {
    let hosts: Vec<Json> = serde_json::from_slice(&read("cli/tests/ci/hosts.json")).unwrap();
    let host = hosts.into_iter().find(|host| host["host"] == name).unwrap();
    serde_json::from_value(host["environment"].clone()).unwrap()
}

/// The claims of the token that GitHub gives the recorded job, of the workflow in this file.
fn github(workflow: &str) -> Json {
    let job = recorded("GitHub Actions, a push");
    let of = |name: &str| &job[name];
    json!({
        "iss": "https://token.actions.githubusercontent.com", "aud": "https://poundlock.acme.example",
        "sub": format!("repo:{}:ref:{}", of("GITHUB_REPOSITORY"), of("GITHUB_REF")),
        "repository": of("GITHUB_REPOSITORY"), "repository_id": of("GITHUB_REPOSITORY_ID"),
        "repository_owner_id": of("GITHUB_REPOSITORY_OWNER_ID"), "actor": of("GITHUB_ACTOR"),
        "ref": of("GITHUB_REF"), "sha": of("GITHUB_SHA"), "run_id": of("GITHUB_RUN_ID"),
        "event_name": of("GITHUB_EVENT_NAME"),
        "job_workflow_ref": of("GITHUB_WORKFLOW_REF").replace("plan.yml", workflow),
        "iat": ISSUED, "nbf": ISSUED - 600, "exp": ISSUED + 300,
    })
}

/// The claims of the token that GitLab gives the recorded job, which deploys nowhere, for this audience.
fn gitlab(audience: &str) -> Json {
    let job = recorded("GitLab, a push");
    let of = |name: &str| &job[name];
    let branch = of("CI_COMMIT_BRANCH");
    json!({
        "iss": "https://gitlab.com", "aud": format!("https://poundlock.acme.example/{audience}"),
        "sub": format!("project_path:{}:ref_type:branch:ref:{branch}", of("CI_PROJECT_PATH")),
        "project_path": of("CI_PROJECT_PATH"), "project_id": of("CI_PROJECT_ID"),
        "ref_path": format!("refs/heads/{branch}"), "ref_protected": "true",
        "pipeline_id": of("CI_PIPELINE_ID"), "pipeline_source": of("CI_PIPELINE_SOURCE"),
        "user_login": of("GITLAB_USER_LOGIN"), "sha": of("CI_COMMIT_SHA"),
        "iat": ISSUED, "exp": ISSUED + 300,
    })
}

/// The same claims, but for some; null takes one away.
fn with(mut claims: Json, changed: Json) -> Json {
    for (name, value) in changed.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

/// Whom a token of these claims shows, or why it shows nobody.
fn shown(engine: &Engine, claims: &Json) -> String {
    let signer = Signer::ed25519(7, "host");
    let shown = engine.workload_shown_by(&signer.token(claims), &signer.keys(), at(60));
    shown.map_or_else(|error| error.code().to_owned(), |(actor, _)| actor.to_owned())
}

/// What is found against who asks, where the job of this token is to act in a stage.
fn identity(engine: &Engine, claims: &Json, action: Action, stage: &str) -> Vec<String> {
    let signer = Signer::ed25519(7, "host");
    let (actor, credential) =
        engine.workload_shown_by(&signer.token(claims), &signer.keys(), at(60)).unwrap();
    let text = |name: &str| claims[name].as_str().unwrap_or_default();
    let git_ref = format!("{}{}", text("ref"), text("ref_path"));
    let change = Change::new(text("sha"), git_ref, "alice");
    let mut request =
        Request::new("job-1", at(60), action, Actor::workload(actor), stage, "web", change);
    request.channel = Channel::Ci;
    request.run = Some(format!("{}{}", text("run_id"), text("pipeline_id")));
    request.reason = "more memory".into();
    request.credential = Some(credential);
    let ledger = Ledger::in_memory();
    engine.begin(&ledger, "acme/2026", &[], at(0)).unwrap();
    let decision = engine.decide(&request, &State::open(&ledger).unwrap()).unwrap();
    let findings = decision.findings.into_iter().filter(|finding| finding.denies());
    findings.map(|finding| finding.code).filter(|code| code.starts_with("identity.")).collect()
}

// Requirements: R014, R019.
#[test]
fn the_charter_for_github_tells_workflows_apart() {
    let engine = engine("github");
    assert_eq!(shown(&engine, &github("plan.yml")), "ci-plan");
    assert_eq!(shown(&engine, &github("apply.yml")), "ci-apply");
    assert_eq!(shown(&engine, &github("checks.yml")), "ci-checks");
    assert_eq!(shown(&engine, &github("other.yml")), "identity.token_unexpected");
    for strangers in [
        json!({ "repository_id": "75" }),
        json!({ "repository_owner_id": "66" }),
        json!({ "event_name": "pull_request", "ref": "refs/pull/7/merge" }),
        json!({ "event_name": "pull_request_target" }),
        json!({ "ref": "refs/heads/feature" }),
    ] {
        let code = shown(&engine, &with(github("plan.yml"), strangers.clone()));
        assert_eq!(code, "identity.token_condition", "{strangers}");
    }
    let elsewhere = json!({ "aud": "https://elsewhere.example" });
    assert_eq!(shown(&engine, &with(github("plan.yml"), elsewhere)), "identity.token_audience");
    acts_in_its_own_environment(&engine, &github("plan.yml"), &|environment| {
        with(github("apply.yml"), json!({ "environment": environment }))
    });
}

// Requirements: R014, R019.
#[test]
fn the_charter_for_gitlab_tells_audiences_and_environments_apart() {
    let engine = engine("gitlab");
    let deploys = |audience: &str, environment: Json| {
        with(
            gitlab(audience),
            json!({ "environment": environment, "environment_protected": "true" }),
        )
    };
    assert_eq!(shown(&engine, &gitlab("plan")), "ci-plan");
    assert_eq!(shown(&engine, &gitlab("checks")), "ci-checks");
    assert_eq!(shown(&engine, &deploys("apply", json!("prod"))), "ci-apply");
    assert_eq!(shown(&engine, &gitlab("other")), "identity.token_audience");
    let both = ["https://poundlock.acme.example/plan", "https://poundlock.acme.example/checks"];
    for (claims, code) in [
        // Who deploys nowhere, or where everybody may, applies nothing; who deploys attests nothing.
        (gitlab("apply"), "identity.token_condition"),
        (
            with(deploys("apply", json!("prod")), json!({ "environment_protected": "false" })),
            "identity.token_condition",
        ),
        (deploys("checks", json!("prod")), "identity.token_condition"),
        (with(gitlab("plan"), json!({ "aud": both })), "identity.token_audience"),
        (with(gitlab("plan"), json!({ "project_id": "23" })), "identity.token_condition"),
        (
            with(gitlab("plan"), json!({ "ref_path": "refs/merge-requests/3/head" })),
            "identity.token_condition",
        ),
        (
            with(gitlab("plan"), json!({ "pipeline_source": "merge_request_event" })),
            "identity.token_condition",
        ),
        (with(gitlab("plan"), json!({ "ref_protected": "false" })), "identity.token_condition"),
    ] {
        assert_eq!(shown(&engine, &claims), code, "{claims}");
    }
    acts_in_its_own_environment(&engine, &gitlab("plan"), &|environment| {
        // Without one, the token shows nobody, as said above.
        deploys("apply", environment)
    });
}

/// Planning takes no environment; acting takes the stage's own.
fn acts_in_its_own_environment(engine: &Engine, plans: &Json, acts: &dyn Fn(Json) -> Json) {
    for stage in ["dev", "prod"] {
        assert_eq!(identity(engine, plans, Action::Plan, stage), [""; 0], "{stage}");
        let own = identity(engine, &acts(json!(stage)), Action::Apply, stage);
        assert_eq!(own, [""; 0], "{stage}");
        let other = if stage == "dev" { "prod" } else { "dev" };
        let found = identity(engine, &acts(json!(other)), Action::Apply, stage);
        assert_eq!(found, ["identity.binding"], "{stage}");
    }
    let bare = acts(Json::Null);
    if shown(engine, &bare) == "ci-apply" {
        assert_eq!(identity(engine, &bare, Action::Apply, "dev"), ["identity.binding"]);
    }
}
