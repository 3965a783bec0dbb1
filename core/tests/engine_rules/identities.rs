//! Nobody gets in with a token that is not the actor's, not valid now, or of another place.

use poundlock::{
    digest::Digest,
    engine::{Admission, Engine, codes},
    identity::{Credential, Provider, ProviderDocument},
    model::{
        About, Action, Amendment, Erasure, EvidenceResult, Fact, FactKind, OutcomeResult, Request,
        Subject, Verdict,
    },
    state::State,
};
use serde_json::{Value as Json, json};

use crate::{amendments::amend, issuer::*, support::*};

fn world() -> World {
    World::with(VERIFIED)
}

fn plan_request(seconds: i64) -> Request {
    ask(Action::Plan, "dev", &plan(1), seconds)
}

fn scan(seconds: i64) -> Fact {
    evidence(About::Plan(plan(1).digest), EvidenceResult::Pass, seconds)
}

/// The plan request of the planner, with a token that the forge made of these claims.
fn with_claims(world: &World, claims: &Json, seconds: i64) -> Request {
    with_token(world, &Issuer::forge().token(claims), seconds)
}

fn with_token(world: &World, token: &str, seconds: i64) -> Request {
    let mut request = plan_request(seconds);
    let keys = Issuer::forge().keys;
    request.credential = Some(world.engine.credential("planner", token, &keys, request.at));
    request
}

/// Denied for exactly this reason about this subject.
#[track_caller]
fn denied_about(admission: &Admission, code: &str, subject: &str) {
    denied(admission, code);
    let findings = &admission.decision.as_ref().unwrap().findings;
    let found = findings.iter().find(|finding| finding.denies()).unwrap();
    assert_eq!(found.subject.as_deref(), Some(subject));
}

#[test]
fn verified_actors_pass_on_their_own_tokens() {
    let mut world = world();
    let engine = world.engine.clone();
    allowed(&world.admit(&shown(&engine, plan_request(0))));
    allowed(&world.record(&shown_fact(&engine, scan(0))));
    let apply = world.admit(&shown(&engine, ask(Action::Apply, "dev", &plan(1), 1)));
    allowed(&apply);
    assert!(found(&apply, codes::IDENTITY_OK));
    let outcome = outcome(apply.entry, OutcomeResult::Succeeded, 2);
    allowed(&world.record(&shown_fact(&engine, outcome)));
}

// Requirements: R009, R025.
#[test]
fn without_a_token_nobody_is_verified() {
    let mut world = world();
    denied(&world.admit(&plan_request(0)), codes::IDENTITY_UNVERIFIED);
    denied(&world.record(&scan(0)), codes::IDENTITY_UNVERIFIED);
    denied(&world.record(&approval("ann", "test", plan(1).digest, 0)), codes::IDENTITY_UNVERIFIED);
    // Nor is a person, with a provider or without.
    let next = stricter(VERIFIED);
    denied(&amend(&mut world, &next, human("ann"), 0).unwrap(), codes::IDENTITY_UNVERIFIED);
    denied(&world.record(&withdrawn("bob")), codes::IDENTITY_UNVERIFIED);
}

fn withdrawn(by: &str) -> Fact {
    Fact { actor: human(by), ..withdrawal(Digest::of(b"nothing"), 0) }
}

fn stricter(changes: &[(&str, &str)]) -> Engine {
    engine(&charter_with(&[changes, &[("unmatched: allow", "unmatched: deny")]].concat()), PACK)
}

type Change = fn(&mut Json);

/// Tokens that their provider refuses are denied, with the reason, and leave one small entry.
// Requirements: R010, R015, R017, R033, R371.
#[test]
fn a_token_that_is_refused_is_denied() {
    let cases: &[(Change, &str)] = &[
        (|c| c["iss"] = json!("https://people.example"), "identity.token_issuer"),
        (|c| c["aud"] = json!("https://other.example"), "identity.token_audience"),
        (
            |c| c["aud"] = json!(["https://poundlock.example", "stranger"]),
            "identity.token_audience",
        ),
        (|c| c["exp"] = json!(at(-100).unix_seconds()), "identity.token_lifetime"),
        (
            |c| {
                c["iat"] = json!(at(-700).unix_seconds());
                c["nbf"] = json!(at(-700).unix_seconds());
                c["exp"] = json!(at(-100).unix_seconds());
            },
            "identity.token_expired",
        ),
        (|c| c["nbf"] = json!(at(300).unix_seconds()), "identity.token_not_yet_valid"),
        (|c| c["exp"] = json!(at(901).unix_seconds()), "identity.token_lifetime"),
        (|c| remove(c, "sub"), "identity.token_claim"),
        (|c| c["sub"] = json!(""), "identity.token_claim"),
        (|c| c["repository"] = json!("mallory/web"), "identity.token_condition"),
        (|c| c["repository"] = json!("acme/web2"), "identity.token_condition"),
        (|c| remove(c, "workflow"), "identity.token_attribute"),
    ];
    let mut world = world();
    for (change, code) in cases {
        let mut claims = job("plan", 0);
        change(&mut claims);
        let admission = world.admit(&with_claims(&world, &claims, 0));
        denied_about(&admission, codes::IDENTITY_TOKEN, code);
        let entry = &world.ledger.read(admission.sequence, 1).unwrap()[0].entry;
        assert!(entry.attachments.is_empty() && entry.body.len() < 2_048);
    }
    let good = Issuer::forge().token(&job("plan", 0));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let payload = signed.split_once('.').unwrap().1;
    let unsigned = base64url(json!({ "alg": "none", "kid": "1" }).to_string());
    for (token, code) in [
        (String::new(), "identity.token_malformed"),
        (format!("{good}\n"), "identity.token_malformed"),
        (format!("{good}.{signature}"), "identity.token_malformed"),
        (format!("{unsigned}.{payload}."), "identity.token_algorithm"),
        (Issuer::of_seed(43).token(&job("plan", 0)), "identity.token_signature"),
        ("x".repeat(1024 * 1024), "limit.size"),
    ] {
        let admission = world.admit(&with_token(&world, &token, 0));
        denied_about(&admission, codes::IDENTITY_TOKEN, code);
    }
    allowed(&world.admit(&with_token(&world, &good, 0)));
}

fn remove(claims: &mut Json, name: &str) {
    claims.as_object_mut().unwrap().remove(name);
}

/// Rightly signed, valid, of the right provider, and somebody else's.
// Requirements: R011.
#[test]
fn a_token_shows_its_own_actor_and_no_other() {
    let mut world = world();
    let engine = world.engine.clone();
    for other in ["deployer", "checker", "attestor"] {
        let mut request = plan_request(0);
        request.credential = Some(credential(&engine, other, request.at));
        denied_about(&world.admit(&request), codes::IDENTITY_CLAIM, "workflow");
    }
    // Two that differ in the subject alone.
    let mut request = Request { actor: workload("bound"), ..plan_request(0) };
    let mut claims = job("bound", 0);
    claims["sub"] = json!("repo:acme/web:bound:more");
    let issuer = Issuer::forge();
    request.credential =
        Some(engine.credential("bound", &issuer.token(&claims), &issuer.keys, at(0)));
    denied(&world.admit(&request), codes::IDENTITY_SUBJECT);
    request.credential = Some(credential(&engine, "bound", at(0)));
    allowed(&world.admit(&request));

    let mut fact = scan(0);
    fact.credential = Some(credential(&engine, "deployer", fact.at));
    denied_about(&world.record(&fact), codes::IDENTITY_CLAIM, "workflow");
    allowed(&world.record(&shown_fact(&engine, fact)));
}

/// A name says nothing about the rules behind it.
#[test]
fn a_token_counts_by_the_rules_of_the_charter_alone() {
    let mut world = world();
    let engine = world.engine.clone();
    // Another provider of the charter, for the same subject and attributes.
    let mut request = plan_request(0);
    request.credential = Some(credential(&engine, "ann", request.at));
    denied(&world.admit(&request), codes::IDENTITY_PROVIDER);
    // The host's own provider of the same name, with another condition, issuer or lifetime.
    let document: ProviderDocument = engine.charter().document().providers[0].clone();
    let laxer = [
        ProviderDocument {
            attribute_condition: Some("attribute.repository != ''".to_owned()),
            ..document.clone()
        },
        ProviderDocument { issuer: Some("https://forge2.example".to_owned()), ..document.clone() },
        ProviderDocument { max_lifetime: None, ..document.clone() },
    ];
    for document in laxer {
        let provider = Provider::new(&document).unwrap();
        let mut claims = job("plan", 0);
        claims["iss"] = json!(provider.issuer());
        let issuer = Issuer::forge();
        let token = provider.verify(&issuer.token(&claims), &issuer.keys, at(0)).unwrap();
        assert_eq!(token.provider(), "forge");
        request.credential = Some(Credential::Verified(token));
        denied(&world.admit(&request), codes::IDENTITY_PROVIDER);
    }
    let provider = Provider::new(&document).unwrap();
    let issuer = Issuer::forge();
    let token = provider.verify(&issuer.token(&job("plan", 0)), &issuer.keys, at(0)).unwrap();
    request.credential = Some(Credential::Verified(token));
    allowed(&world.admit(&request));
}

#[test]
fn a_person_is_no_workload_and_a_workload_no_person() {
    let mut world = world();
    let engine = world.engine.clone();
    // A person's token, with the words of a workload and of a person.
    let mut request = Request { actor: human("ann"), ..plan_request(0) };
    request.credential = Some(credential(&engine, "ann", at(0)));
    denied(&world.admit(&request), codes::IDENTITY_HUMAN);
    request.id = "as a workload".to_owned();
    request.actor = workload("ann");
    denied(&world.admit(&request), codes::IDENTITY_KIND);
    request.actor = human("planner");
    request.credential = Some(credential(&engine, "planner", at(0)));
    denied(&world.admit(&request), codes::IDENTITY_KIND);
    request.actor = workload("mallory");
    denied(&world.admit(&request), codes::IDENTITY_UNDECLARED);
}

/// The host repeats what the token says, and cannot add to it.
#[test]
fn a_host_cannot_claim_what_the_token_does_not_say() {
    let mut world = world();
    let engine = world.engine.clone();
    let mut request = shown(&engine, plan_request(0));
    for (claim, value) in
        [("workflow", "deploy"), ("environment", "prod"), ("repository", ""), ("admin", "yes")]
    {
        request.actor.claims = [(claim.to_owned(), value.to_owned())].into();
        denied_about(&world.admit(&request), codes::IDENTITY_CLAIM, claim);
    }
    // What the host says does not stand for what the token lacks.
    let mut claims = job("deploy", 0);
    claims["environment"] = json!("");
    let mut request = with_claims(&world, &claims, 0);
    request.actor.claims = [("workflow".to_owned(), "plan".to_owned())].into();
    denied(&world.admit(&request), codes::IDENTITY_CLAIM);
    let mut request = shown(&engine, plan_request(0));
    request.actor.claims = [("workflow".to_owned(), "plan".to_owned())].into();
    allowed(&world.admit(&request));
}

#[test]
fn a_token_is_worth_nothing_before_and_after_its_time() {
    // Lasts from 0 to 600, and clocks may differ by 30.
    for (seconds, valid) in [(-31, false), (-30, true), (629, true), (630, false), (86_400, false)]
    {
        let mut world = world();
        let mut request = plan_request(seconds);
        let token = credential(&world.engine, "planner", at(0));
        request.credential = Some(token);
        let admission = world.admit(&request);
        if valid {
            allowed(&admission);
        } else {
            denied(&admission, codes::IDENTITY_VALIDITY);
        }
        let mut fact = scan(seconds);
        fact.credential = Some(credential(&world.engine, "checker", at(0)));
        let admission = world.record(&fact);
        assert_eq!(admission.verdict == Verdict::Allow, valid, "{seconds}");
        assert_eq!(found(&admission, codes::IDENTITY_VALIDITY), !valid, "{seconds}");
    }
}

/// However long a ledger rested, whoever shows a token that is valid now may go on.
#[test]
fn a_valid_token_vouches_for_its_instant() {
    let mut world = world();
    let engine = world.engine.clone();
    let late = 200 * DAY;
    // Not one that was valid at another time, and nobody without one.
    let mut request = plan_request(late);
    denied_with(&world.admit(&request), &[codes::TIME_AHEAD, codes::IDENTITY_UNVERIFIED]);
    request.credential = Some(credential(&engine, "planner", at(0)));
    denied_with(&world.admit(&request), &[codes::TIME_AHEAD, codes::IDENTITY_VALIDITY]);
    allowed(&world.admit(&shown(&engine, request)));
    // And back it does not go, whatever a token says.
    denied(&world.admit(&shown(&engine, plan_request(0))), codes::TIME_BACKWARDS);
    allowed(&world.record(&shown_fact(&engine, scan(late + 200 * DAY))));
}

#[track_caller]
fn denied_with(admission: &Admission, codes: &[&str]) {
    assert_eq!(denials(admission), codes);
}

/// R014, R039: a job speaks for the ref, commit, run and environment that it is of.
// Requirements: R014, R039, R104, M16.
#[test]
fn a_token_speaks_for_its_own_ref_commit_run_and_environment() {
    let cases: &[(&str, Change)] = &[
        ("ref", |c| c["ref"] = json!("refs/pull/7/merge")),
        ("ref", |c| c["ref"] = json!("refs/heads/main2")),
        ("commit", |c| c["sha"] = json!(OTHER_COMMIT)),
        ("run", |c| c["run_id"] = json!("8")),
        ("environment", |c| c["environment"] = json!("prod")),
        ("environment", |c| c["environment"] = json!("Dev")),
    ];
    let mut world = world();
    for (number, (attribute, change)) in cases.iter().enumerate() {
        let mut claims = job("plan", 0);
        change(&mut claims);
        let mut request = with_claims(&world, &claims, 0);
        request.id = format!("case {number}");
        request.run = Some("7".to_owned());
        denied_about(&world.admit(&request), codes::IDENTITY_BINDING, attribute);
    }
    // The stage, its alias, or no environment at all.
    for environment in ["dev", "development", ""] {
        let mut claims = job("plan", 0);
        claims["environment"] = json!(environment);
        let mut request = with_claims(&world, &claims, 0);
        request.id = format!("in <{environment}>");
        request.run = Some("7".to_owned());
        allowed(&world.admit(&request));
    }
}

/// What is brought back comes from another commit than the job that does so.
#[test]
fn a_rollback_is_not_bound_to_the_commit_of_its_job() {
    let world = world();
    for (action, binds) in [(Action::Apply, true), (Action::Rollback, false)] {
        let mut claims = job("deploy", 0);
        claims["sha"] = json!(OTHER_COMMIT);
        let mut request = ask(action, "dev", &plan(1), 0);
        let issuer = Issuer::forge();
        let token = issuer.token(&claims);
        request.credential = Some(world.engine.credential("deployer", &token, &issuer.keys, at(0)));
        let mut state = State::new();
        state.catch_up(&world.ledger).unwrap();
        let decision = world.engine.decide(&request, &state).unwrap();
        let found = decision.findings.iter().any(|f| f.code == codes::IDENTITY_BINDING);
        assert_eq!(found, binds);
    }
}

/// A stage that names its deployment environment is entered from there alone.
// Requirements: R031, R034, R039.
#[test]
fn a_stage_may_demand_its_environment() {
    let environment = (
        "aliases: [development], stack: dev,",
        "aliases: [development], stack: dev, environment: dev-eu,",
    );
    let mut world = World::with(&[VERIFIED, &[environment]].concat());
    let engine = world.engine.clone();
    allowed(&world.admit(&shown(&engine, plan_request(0))));
    allowed(&world.record(&shown_fact(&engine, scan(0))));
    let mut apply = ask(Action::Apply, "dev", &plan(1), 1);
    let issuer = Issuer::forge();
    for found in ["", "dev", "development", "prod"] {
        let mut claims = job("deploy", 0);
        claims["environment"] = json!(found);
        apply.id = format!("from <{found}>");
        apply.credential =
            Some(engine.credential("deployer", &issuer.token(&claims), &issuer.keys, at(1)));
        denied_about(&world.admit(&apply), codes::IDENTITY_BINDING, "environment");
    }
    let mut claims = job("deploy", 0);
    claims["environment"] = json!("dev-eu");
    apply.id = "from dev-eu".to_owned();
    apply.credential =
        Some(engine.credential("deployer", &issuer.token(&claims), &issuer.keys, at(1)));
    let admission = world.admit(&apply);
    allowed(&admission);
    // The outcome of what was done there is not reported from elsewhere.
    let mut report = outcome(admission.entry, OutcomeResult::Succeeded, 2);
    claims["environment"] = json!("test");
    report.credential =
        Some(engine.credential("deployer", &issuer.token(&claims), &issuer.keys, at(2)));
    denied_about(&world.record(&report), codes::IDENTITY_BINDING, "environment");
    report.id = "the outcome".to_owned();
    allowed(&world.record(&shown_fact(&engine, report)));

    // Where actors are asserted, the host says where they run.
    let mut world = World::with(&[environment]);
    world.prepare("dev", &plan(1), 0);
    let mut apply = ask(Action::Apply, "dev", &plan(1), 1);
    denied_about(&world.admit(&apply), codes::IDENTITY_BINDING, "environment");
    // A person runs in no environment; that they are one is reason enough.
    denied(&world.admit(&Request { actor: human("dan"), ..apply.clone() }), codes::IDENTITY_HUMAN);
    apply.id = "again".to_owned();
    apply.actor.claims = [("environment".to_owned(), "dev-eu".to_owned())].into();
    allowed(&world.admit(&apply));
}

#[test]
fn evidence_is_about_the_commit_that_its_token_is_of() {
    let about_commit = [("{ gate: scan, about: plan,", "{ gate: scan, about: commit,")];
    let mut world = World::with(&[VERIFIED, &about_commit].concat());
    let engine = world.engine.clone();
    let scan = |commit: &str| {
        let mut fact = evidence(About::Commit(commit.to_owned()), EvidenceResult::Pass, 0);
        evidence_of(&mut fact).gate = "scan".to_owned();
        fact
    };
    let other = shown_fact(&engine, scan(OTHER_COMMIT));
    denied_about(&world.record(&other), codes::IDENTITY_BINDING, "commit");
    allowed(&world.record(&shown_fact(&engine, scan(COMMIT))));
}

/// A repeat says "allow" again: to whoever shows the actor now.
#[test]
fn a_repeat_needs_the_actors_token_too() {
    let mut world = world();
    let engine = world.engine.clone();
    let first = world.admit(&shown(&engine, plan_request(0)));
    allowed(&first);
    let mut again = plan_request(60);
    again.id = plan_request(0).id;
    denied(&world.admit(&again), codes::IDENTITY_UNVERIFIED);
    again.credential = Some(credential(&engine, "deployer", at(60)));
    denied(&world.admit(&again), codes::IDENTITY_CLAIM);
    // A token of the planner's own, long ago and at last.
    again.at = at(700);
    again.credential = Some(credential(&engine, "planner", at(0)));
    denied(&world.admit(&again), codes::IDENTITY_VALIDITY);
    let repeated = world.admit(&shown(&engine, again));
    assert!(repeated.repeated && repeated.live);
    assert_eq!(repeated.entry, first.entry);

    let fact = scan(700);
    allowed(&world.record(&shown_fact(&engine, fact.clone())));
    denied(&world.record(&fact), codes::IDENTITY_UNVERIFIED);
    assert!(world.record(&shown_fact(&engine, fact)).repeated);
}

/// Where the host's word counts, it does not count for those who have a provider.
#[test]
fn an_actor_with_a_provider_is_never_taken_at_the_hosts_word() {
    let asserted = PROVIDERS.replace("identity: verified", "identity: asserted");
    let mut world = World::with(&[
        ("identity: asserted", &asserted),
        (
            "{ actor: deployer, kind: workload }",
            "{ actor: deployer, kind: workload, provider: forge, claims: { workflow: deploy } }",
        ),
    ]);
    let engine = world.engine.clone();
    world.prepare("dev", &plan(1), 0);
    let mut apply = ask(Action::Apply, "dev", &plan(1), 1);
    denied(&world.admit(&apply), codes::IDENTITY_UNVERIFIED);
    apply.actor.claims = [("workflow".to_owned(), "deploy".to_owned())].into();
    denied(&world.admit(&apply), codes::IDENTITY_UNVERIFIED);
    allowed(&world.admit(&shown(&engine, apply)));
    // Nor does a token help where nothing says whose it would have to be.
    let mut request = plan_request(2);
    request.credential = Some(credential(&engine, "planner", at(2)));
    denied_about(&world.admit(&request), codes::IDENTITY_TOKEN, "identity.token_unexpected");
    request.credential = Some(credential(&engine, "deployer", at(2)));
    denied(&world.admit(&request), codes::IDENTITY_PROVIDER);
}

/// Whoever is verified records what is theirs, and the attempt at more is an entry.
#[test]
fn a_verified_workload_records_nothing_that_is_not_its_to_record() {
    let mut world = world();
    let engine = world.engine.clone();
    allowed(&world.admit(&shown(&engine, plan_request(0))));
    allowed(&world.record(&shown_fact(&engine, scan(0))));
    let apply = world.admit(&shown(&engine, ask(Action::Apply, "dev", &plan(1), 0)));
    allowed(&apply);
    let by = |actor: &str, fact: Fact| shown_fact(&engine, Fact { actor: workload(actor), ..fact });
    let forgeries = [
        (by("deployer", scan(1)), codes::FACT_NOT_RECORDER),
        (by("deployer", approval("ann", "test", plan(2).digest, 1)), codes::FACT_NOT_RECORDER),
        (by("checker", outcome(apply.entry, OutcomeResult::Succeeded, 1)), codes::FACT_PERMIT),
        (by("planner", outcome(apply.entry, OutcomeResult::Succeeded, 1)), codes::FACT_PERMIT),
        (by("checker", withdrawal(apply.entry, 1)), codes::FACT_NOT_RECORDER),
    ];
    for (mut fact, code) in forgeries {
        fact.id = format!("forged by {}: {}", fact.actor.id, fact.id);
        let size = world.size();
        let admission = world.record(&fact);
        assert!(found(&admission, code) && admission.verdict == Verdict::Deny);
        assert_eq!(world.size(), size + 1);
    }
}

/// The book tells what was shown, and holds nothing that could be used to show it again.
#[test]
fn a_ledger_is_decided_again_with_the_credentials_as_recorded() {
    let mut world = world();
    let engine = world.engine.clone();
    let token = Issuer::forge().token(&job("plan", 0));
    allowed(&world.admit(&with_token(&world, &token, 0)));
    allowed(&world.record(&shown_fact(&engine, scan(0))));
    allowed(&world.admit(&shown(&engine, ask(Action::Apply, "dev", &plan(1), 1))));
    allowed(&world.record(&shown_fact(&engine, scan(200 * DAY))));
    denied(&world.admit(&plan_request(200 * DAY)), codes::IDENTITY_UNVERIFIED);
    let mut wrong = plan_request(200 * DAY + 1);
    wrong.credential = Some(credential(&engine, "checker", wrong.at));
    denied(&world.admit(&wrong), codes::IDENTITY_CLAIM);

    let mut repeating = plan_request(200 * DAY + 2);
    repeating.actor.claims = [("run".to_owned(), "7".to_owned())].into();
    allowed(&world.admit(&shown(&engine, repeating)));
    let mut repeating = scan(200 * DAY + 2);
    repeating.actor.claims = [("run".to_owned(), "7".to_owned())].into();
    allowed(&world.record(&shown_fact(&engine, repeating)));

    let done = engine.redecide(&world.ledger, &mut State::new(), world.size()).unwrap();
    assert_eq!((done.entries, done.unavailable), (world.size(), vec![]));
    let signature = token.rsplit_once('.').unwrap().1.as_bytes();
    for recorded in world.ledger.read(0, usize::MAX).unwrap() {
        let attachments = recorded.entry.attachments.iter();
        let texts = attachments.map(|a| world.ledger.attachment(a).unwrap().unwrap());
        for text in std::iter::once(recorded.entry.body.clone()).chain(texts) {
            assert!(!text.windows(signature.len()).any(|part| part == signature));
        }
    }
}

/// Whoever hands in a token where none is asked for is refused, and the ledger can be signed all the same.
#[test]
fn a_refused_token_does_not_keep_a_ledger_from_being_signed() {
    let asserted = PROVIDERS.replace("identity: verified", "identity: asserted");
    let engine = engine(&charter_with(&[("identity: asserted", &asserted)]), PACK);
    let mut world = World::begun(engine.into(), &[key(1)]);
    let token = Issuer::forge().token(&job("plan", 0));
    denied(&world.admit(&with_token(&world, &token, 0)), codes::IDENTITY_TOKEN);
    let other = World::with(VERIFIED).engine;
    let mut request = plan_request(1);
    request.credential = Some(credential(&other, "planner", at(1)));
    denied(&world.admit(&request), codes::IDENTITY_PROVIDER);
    let mut fact = scan(1);
    fact.credential = request.credential.clone();
    denied(&world.record(&fact), codes::IDENTITY_PROVIDER);
    fact.credential =
        Some(world.engine.credential("checker", &token, &Issuer::forge().keys, at(1)));
    denied(&world.record(&fact), codes::IDENTITY_TOKEN);
    allowed(&world.record(&scan(2)));
    world.sign();
}

#[test]
fn without_the_recorded_credential_nothing_is_decided_again() {
    let engine = std::sync::Arc::new(engine(&charter_with(VERIFIED), PACK));
    let mut world = World::begun(engine.clone(), &[key(1)]);
    allowed(&world.admit(&shown(&engine, plan_request(0))));
    world.sign();
    let recorded = world.ledger.read(1, 1).unwrap().remove(0);
    let says = |part: &[u8], text: &[u8]| text.windows(part.len()).any(|found| found == part);
    let credential = recorded.entry.attachments.iter().find(|attachment| {
        says(b"providerDigest", &world.ledger.attachment(attachment).unwrap().unwrap())
    });
    let erasure =
        Erasure { attachment: *credential.unwrap(), sequence: 1, reason: "asked".to_owned() };
    let erasure = fact(human("cyd"), 1, FactKind::Erasure(erasure));
    allowed(&world.record(&shown_fact(&engine, erasure)));
    let done = engine.redecide(&world.ledger, &mut State::new(), world.size()).unwrap();
    assert_eq!(done.unavailable, [1]);
}

/// A law that demands verified actors can be put into force, and out of it again.
#[test]
fn a_charter_may_begin_to_demand_verified_actors() {
    let mut world = World::new();
    let next = engine(&charter_with(VERIFIED), PACK);
    allowed(&amend(&mut world, &next, human("ann"), 0).unwrap());
    world.engine = next.into();
    let engine = world.engine.clone();
    denied(&world.admit(&plan_request(1)), codes::IDENTITY_UNVERIFIED);
    allowed(&world.admit(&shown(&engine, plan_request(1))));

    let after = stricter(VERIFIED);
    let amendment =
        Amendment { law: Some(after.law().clone()), keys: None, reason: "stricter".to_owned() };
    let fact = fact(human("ann"), 2, FactKind::Amendment(amendment));
    let mut record = |fact: &Fact| {
        engine.record(fact, &after.law_texts(), &world.ledger, &mut world.state).unwrap()
    };
    denied(&record(&fact), codes::IDENTITY_UNVERIFIED);
    let mut others = fact.clone();
    others.credential = Some(credential(&engine, "planner", fact.at));
    denied(&record(&others), codes::IDENTITY_PROVIDER);
    allowed(&record(&shown_fact(&engine, fact)));
}

/// A token is verified anew under a law that replaces the provider's rules.
#[test]
fn a_token_that_was_verified_under_another_law_is_verified_anew() {
    let mut world = world();
    let old = shown(&world.engine, plan_request(1));
    let next = engine(
        &charter_with(&[VERIFIED, &[("maxLifetime: 15m", "maxLifetime: 10m")]].concat()),
        PACK,
    );
    let amendment =
        Amendment { law: Some(next.law().clone()), keys: None, reason: "shorter".to_owned() };
    let fact = shown_fact(&world.engine, fact(human("ann"), 0, FactKind::Amendment(amendment)));
    let texts = next.law_texts();
    allowed(&world.engine.record(&fact, &texts, &world.ledger, &mut world.state).unwrap());
    world.engine = next.into();
    denied(&world.admit(&old), codes::IDENTITY_PROVIDER);
    let again = shown(&world.engine, old);
    allowed(&world.admit(&again));
}

/// What policies read of the actor is what its token says.
// Requirements: R016.
#[test]
fn policies_see_the_attributes_of_the_token() {
    let pack = PACK.replace(
        "validations: [{ expression: object.size }]",
        "validations: [{ expression: actor.claims.run == '7' }]",
    );
    let mut world = World::governed_by(engine(&charter_with(VERIFIED), &pack));
    let sized = plan_of(1, &[("sized_thing", "create", "{}", "{}")]);
    let mut claims = job("plan", 0);
    claims["run_id"] = json!("8");
    let issuer = Issuer::forge();
    let mut request = ask(Action::Plan, "dev", &sized, 0);
    let token = issuer.token(&claims);
    request.credential = Some(world.engine.credential("planner", &token, &issuer.keys, at(0)));
    denied(&world.admit(&request), codes::POLICY_FAILED);
    let request = shown(&world.engine, ask(Action::Plan, "dev", &sized, 1));
    allowed(&world.admit(&request));
}

#[test]
fn a_request_without_a_ref_or_commit_is_bound_by_what_it_names() {
    let mut world = world();
    let engine = world.engine.clone();
    let digest = Digest::of(b"a model");
    let mut card = evidence(About::Artifact(digest), EvidenceResult::Pass, 0);
    card.credential = Some(credential(&engine, "checker", card.at));
    allowed(&world.record(&card));
    let mut request = promote_artifact("registry", digest, 0);
    if let Subject::Artifact(artifact) = &mut request.subject {
        artifact.git_ref = Some("refs/heads/other".to_owned());
    }
    denied_about(&world.admit(&shown(&engine, request)), codes::IDENTITY_BINDING, "ref");
    allowed(&world.admit(&shown(&engine, promote_artifact("registry", digest, 1))));
}
