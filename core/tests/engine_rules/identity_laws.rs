//! Of all the tokens that there may be, an actor passes on its own alone.

use std::sync::{Arc, LazyLock};

use poundlock::{
    engine::Engine,
    ledger::Ledger,
    model::{Request, Verdict},
    state::State,
};
use proptest::{prelude::*, sample::select};
use serde_json::json;

use crate::{issuer::*, support::*};

static ENGINE: LazyLock<Arc<Engine>> =
    LazyLock::new(|| engine(&charter_with(VERIFIED), PACK).into());

/// A token, and who hands it in when.
#[derive(Clone, Debug)]
struct Attempt {
    actor: &'static str,
    workflow: &'static str,
    subject: &'static str,
    repository: &'static str,
    git_ref: &'static str,
    commit: &'static str,
    environment: &'static str,
    claimed: Option<(&'static str, &'static str)>,
    /// Whose key signs.
    key: u8,
    /// When the token was issued; it lasts 600 seconds.
    issued: i64,
    /// When it was verified, and when it is handed in.
    verified: i64,
    asked: i64,
}

fn attempts() -> impl Strategy<Value = Attempt> {
    // Mostly what fits, or chance would hardly ever find a token that passes.
    let mostly = |fits: &'static str, others: Vec<&'static str>| prop_oneof![4 => Just(fits), 1 => select(others)];
    let who = select(vec!["planner", "bound"]).prop_flat_map(move |actor| {
        let own = workflow(actor);
        let subject = if actor == "bound" { "repo:acme/web:bound" } else { "repo:acme/web:plan" };
        (
            Just(actor),
            mostly(own, vec!["plan", "bound", "deploy", "Plan", "plan ", ""]),
            mostly(subject, vec!["repo:acme/web:bound2", "repo:acme/web:plan", "x"]),
        )
    });
    let place = (
        mostly("acme/web", vec!["acme/web2", "mallory/web", "ACME/web", ""]),
        mostly("refs/heads/main", vec!["refs/pull/1/merge", "refs/tags/main", "main", ""]),
        mostly(COMMIT, vec![OTHER_COMMIT, "4f9c1d2", ""]),
        mostly("", vec!["dev", "development", "prod", "Dev"]),
    );
    let claimed = prop_oneof![
        3 => Just(None),
        1 => select(vec![("workflow", "plan"), ("workflow", "bound"), ("environment", "dev"), ("x", "y")])
            .prop_map(Some),
    ];
    let time = (
        prop_oneof![8 => Just(41_u8), 1 => Just(42), 1 => Just(43)],
        0_i64..700,
        -100_i64..800,
        -100_i64..800,
    );
    (who, place, claimed, time).prop_map(|(who, place, claimed, time)| {
        let (actor, workflow, subject) = who;
        let (repository, git_ref, commit, environment) = place;
        let (key, issued, verified, asked) = time;
        Attempt {
            actor,
            workflow,
            subject,
            repository,
            git_ref,
            commit,
            environment,
            claimed,
            key,
            issued,
            verified: issued + verified,
            asked: issued + asked,
        }
    })
}

/// What must hold of an attempt that passes, as the charter of the tests says it.
fn is_own(attempt: &Attempt) -> bool {
    let valid = |at: i64| at >= attempt.issued - 30 && at < attempt.issued + 630;
    let says = |claim: &str| match claim {
        "workflow" => attempt.workflow,
        "environment" => attempt.environment,
        _ => "",
    };
    attempt.key == 41
        && attempt.repository == "acme/web"
        && attempt.workflow == workflow(attempt.actor)
        && (attempt.actor != "bound" || attempt.subject == "repo:acme/web:bound")
        && ["refs/heads/main", ""].contains(&attempt.git_ref)
        && [COMMIT, ""].contains(&attempt.commit)
        && ["", "dev", "development"].contains(&attempt.environment)
        && attempt.claimed.is_none_or(|(claim, value)| says(claim) == value)
        && valid(attempt.verified)
        && valid(attempt.asked)
}

fn request(attempt: &Attempt) -> Request {
    let mut claims = job(attempt.workflow, attempt.issued);
    claims["sub"] = json!(attempt.subject);
    claims["repository"] = json!(attempt.repository);
    claims["ref"] = json!(attempt.git_ref);
    claims["sha"] = json!(attempt.commit);
    claims["environment"] = json!(attempt.environment);
    let token = Issuer::of_seed(attempt.key).token(&claims);
    let mut request = ask(poundlock::model::Action::Plan, "dev", &plan(1), attempt.asked);
    request.actor = workload(attempt.actor);
    request.actor.claims =
        attempt.claimed.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    let keys = Issuer::forge().keys;
    request.credential =
        Some(ENGINE.credential(attempt.actor, &token, &keys, at(attempt.verified)));
    request
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Allowed if and only if every part of the token is the actor's, and then decided alike again.
    #[test]
    fn an_actor_passes_on_its_own_token_alone(attempt in attempts()) {
        let ledger = Ledger::in_memory();
        ENGINE.begin(&ledger, "test/origin", &[], at(0)).unwrap();
        let mut state = State::new();
        let admission = ENGINE.admit(&request(&attempt), &ledger, &mut state).unwrap();
        let expected = if is_own(&attempt) { Verdict::Allow } else { Verdict::Deny };
        prop_assert_eq!(admission.verdict, expected, "{:?}", denials(&admission));
        let done = ENGINE.redecide(&ledger, &mut State::new(), 2).unwrap();
        prop_assert_eq!((done.entries, done.unavailable), (2, vec![]));
    }
}
