//! Who asks, from where, for what place, and asking again.

use poundlock::{
    digest::Digest,
    engine::codes,
    model::{
        About, Action, ActorKind, Channel, EvidenceResult, FactKind, Mode, OutcomeResult, Request,
        Verdict,
    },
    state::State,
};

use crate::support::*;

// Requirements: R186.
#[test]
fn a_reason_is_demanded() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    request.reason = " \n".to_owned();
    denied(&world.admit(&request), codes::REQUEST_REASON);
    request.id = "again".to_owned();
    request.reason = "because".to_owned();
    let admission = world.admit(&request);
    allowed(&admission);
    assert!(found(&admission, codes::REQUEST_OK));
}

#[test]
fn a_repeat_gets_the_first_admission_and_no_entry() {
    let mut world = World::new();
    let request = ask(Action::Plan, "dev", &plan(1), 0);
    let first = world.admit(&request);
    let size = world.size();
    // At the last instant of the request's lifetime, with other claims.
    let mut again = request.clone();
    again.at = at(DAY);
    again.actor.claims.insert("run".into(), "2".into());
    let repeated = world.admit(&again);
    assert!(repeated.repeated && !first.repeated);
    assert_eq!((repeated.entry, repeated.verdict), (first.entry, Verdict::Allow));
    assert_eq!(repeated.decision, first.decision);
    assert_eq!(world.size(), size);
}

// Requirements: R049.
#[test]
fn a_repeated_denial_stays_one() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    let request = ask(Action::Apply, "test", &plan(1), 0);
    let first = world.admit(&request);
    assert_eq!(first.verdict, Verdict::Deny);
    let repeated = world.admit(&request);
    assert!(repeated.repeated);
    assert_eq!(repeated.verdict, Verdict::Deny);
}

#[test]
fn a_repeat_renews_no_permit() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    let request = ask(Action::Apply, "dev", &plan(1), 0);
    allowed(&world.admit(&request));
    let state = format!("{:?}", world.state);
    assert!(world.admit(&request).repeated);
    assert_eq!(format!("{:?}", world.state), state);
}

#[test]
fn an_id_is_for_one_content() {
    let mut world = World::new();
    let request = ask(Action::Plan, "dev", &plan(1), 0);
    allowed(&world.admit(&request));
    let mut other = request.clone();
    other.reason = "another reason".to_owned();
    denied(&world.admit(&other), codes::REQUEST_ID_REUSED);
    // The refusal does not take the id over.
    assert!(world.admit(&request).repeated);
    other.id = "an id of its own".to_owned();
    allowed(&world.admit(&other));
}

#[test]
fn an_id_is_its_actors_own() {
    let mut world = World::new();
    let request = ask(Action::Plan, "dev", &plan(1), 0);
    allowed(&world.admit(&request));
    // Nobody can take an id away from another actor; a request and a fact of one actor share none.
    let mut fact = approval("ann", "test", plan(2).digest, 0);
    fact.id.clone_from(&request.id);
    allowed(&world.record(&fact));
    fact.actor = request.actor.clone();
    let admission = world.record(&fact);
    assert!(denials(&admission).contains(&codes::REQUEST_ID_REUSED));
}

#[test]
fn a_repeat_may_go_on_only_while_its_permit_lives() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    let apply = ask(Action::Apply, "dev", &plan(1), 0);
    let first = world.admit(&apply);
    assert!(first.may_proceed());
    let again = |world: &mut World, seconds| {
        let mut repeat = apply.clone();
        repeat.at = at(seconds);
        world.admit(&repeat)
    };
    assert!(again(&mut world, HOUR).may_proceed());
    let late = again(&mut world, HOUR + 1);
    assert_eq!((late.repeated, late.verdict, late.may_proceed()), (true, Verdict::Allow, false));
    allowed(&world.record(&outcome(first.entry, OutcomeResult::Succeeded, 2)));
    assert!(!again(&mut world, 3).may_proceed());
}

#[test]
fn an_old_request_is_stale() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    allowed(&world.admit(&request));
    request.at = at(DAY + 1);
    denied(&world.admit(&request), codes::REQUEST_STALE);
    request.id = "another id".to_owned();
    allowed(&world.admit(&request));
}

// Requirements: R027.
#[test]
fn only_declared_actors_ask() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    request.actor = workload("mallory");
    denied(&world.admit(&request), codes::IDENTITY_UNDECLARED);
    request.actor = workload("planner");
    let admission = world.admit(&request);
    allowed(&admission);
    assert!(found(&admission, codes::IDENTITY_OK));
}

// Requirements: R002, R011, R026.
#[test]
fn an_actor_is_what_the_charter_says() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    request.actor.kind = ActorKind::Human;
    let admission = world.admit(&request);
    denied(&admission, codes::IDENTITY_KIND);
    // And a person does not become a workload by saying so.
    request.actor = workload("ann");
    denied(&world.admit(&request), codes::IDENTITY_KIND);
    request.actor = workload("planner");
    allowed(&world.admit(&request));
}

#[test]
fn claims_bind_an_actor_to_where_it_runs() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    request.actor = workload("bound");
    denied(&world.admit(&request), codes::IDENTITY_CLAIM);
    request.actor.claims.insert("repository".into(), "acme/webs".into());
    denied(&world.admit(&request), codes::IDENTITY_CLAIM);
    request.actor.claims.insert("repository".into(), "acme/web".into());
    request.actor.claims.insert("more".into(), "is harmless".into());
    allowed(&world.admit(&request));
}

/// An admission says "allow": whoever cannot show the actor's claims must not get it by asking again.
#[test]
fn a_stranger_gets_no_admission_by_repeating_what_another_asked() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    request.actor = workload("bound");
    request.actor.claims.insert("repository".into(), "acme/web".into());
    allowed(&world.admit(&request));
    request.actor.claims.insert("repository".into(), "mallory/web".into());
    denied(&world.admit(&request), codes::IDENTITY_CLAIM);

    let mut fact = evidence(About::Plan(plan(1).digest), EvidenceResult::Pass, 0);
    allowed(&world.record(&fact));
    fact.actor.kind = ActorKind::Human;
    let admission = world.record(&fact);
    assert!(!admission.repeated);
    assert_eq!(admission.verdict, Verdict::Deny);
}

// Requirements: R001, R002, R003, R004, R025.
#[test]
fn people_do_not_act() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    for action in [Action::Plan, Action::Apply, Action::Promote] {
        let mut request = ask(action, "dev", &plan(1), 0);
        request.id = format!("by-ann-{}", action.word());
        request.actor = human("ann");
        let admission = world.admit(&request);
        assert_eq!(denials(&admission)[0], codes::IDENTITY_HUMAN);
    }
    allowed(&world.admit(&ask(Action::Apply, "dev", &plan(1), 0)));
}

// Requirements: R023, R028, R032, R057, R122.
#[test]
fn planning_and_applying_are_separate_grants() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    let mut request = ask(Action::Apply, "dev", &plan(1), 0);
    request.actor = workload("planner");
    denied(&world.admit(&request), codes::IDENTITY_NOT_GRANTED);
    allowed(&world.admit(&ask(Action::Apply, "dev", &plan(1), 1)));
    let mut request = ask(Action::Plan, "dev", &plan(2), 1);
    request.actor = workload("deployer");
    denied(&world.admit(&request), codes::IDENTITY_NOT_GRANTED);
}

// Requirements: R046, R050, R073, R082, R091, M7.
#[test]
fn a_persons_machine_is_no_pipeline() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    request.channel = Channel::Local;
    denied(&world.admit(&request), codes::CHANNEL_LOCAL);
    for channel in [Channel::Ci, Channel::Controller] {
        request.id = format!("{channel:?}");
        request.channel = channel;
        let admission = world.admit(&request);
        allowed(&admission);
        assert!(found(&admission, codes::CHANNEL_OK));
    }
}

// Requirements: R134, R149, M5.
#[test]
fn a_stage_is_known_by_name_or_alias() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "qa", &plan(1), 0);
    denied(&world.admit(&request), codes::TARGET_STAGE_UNDECLARED);
    request.id = "alias".to_owned();
    request.stage = "development".to_owned();
    request.target.stack = Some("dev".to_owned());
    let admission = world.admit(&request);
    allowed(&admission);
    assert!(found(&admission, codes::TARGET_OK));
    // What was planned under the alias is applied under the name.
    let scan = evidence(About::Plan(plan(1).digest), EvidenceResult::Pass, 0);
    allowed(&world.record(&scan));
    allowed(&world.admit(&ask(Action::Apply, "dev", &plan(1), 0)));
}

#[test]
fn a_track_that_is_named_has_the_stage() {
    let mut world = World::new();
    for track in ["models", "data"] {
        let mut request = ask(Action::Plan, "dev", &plan(1), 0);
        request.id = track.to_owned();
        request.track = Some(track.to_owned());
        denied(&world.admit(&request), codes::TARGET_TRACK_UNDECLARED);
    }
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    request.track = Some("infra".to_owned());
    allowed(&world.admit(&request));
}

#[test]
fn of_two_tracks_one_is_named() {
    let second = "  - track: models\n";
    let extra = "  - track: more\n    moves: change\n    stages: [{ stage: dev, grants: { plan: [planner] }, packs: [rules] }]\n    boundaries: [{ into: dev }]\n  - track: models\n";
    let mut world = World::with(&[(second, extra)]);
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    denied(&world.admit(&request), codes::TARGET_TRACK_AMBIGUOUS);
    request.id = "named".to_owned();
    request.track = Some("infra".to_owned());
    allowed(&world.admit(&request));
}

// Requirements: R104, R118, R134, R135, R158, R192.
#[test]
fn the_place_is_the_stages_own() {
    let mut world = World::new();
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    request.target.stack = None;
    denied(&world.admit(&request), codes::TARGET_MISSING);
    request.id = "another".to_owned();
    request.target.stack = Some("prod".to_owned());
    denied(&world.admit(&request), codes::TARGET_MISMATCH);
    // Naming what the stage does not declare is no better.
    request.id = "undeclared".to_owned();
    request.target.stack = Some("dev".to_owned());
    request.target.project = Some("any".to_owned());
    denied(&world.admit(&request), codes::TARGET_MISMATCH);
    request.id = "own".to_owned();
    request.target.project = None;
    allowed(&world.admit(&request));
}

/// Nobody fills the store from outside: an unknown caller gets one entry and no attachment.
// Requirements: R356, R371.
#[test]
fn unknown_callers_leave_one_small_entry() {
    let mut world = World::new();
    let size = world.size();
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    request.actor = workload("mallory");
    let admission = world.admit(&request);
    let entry = world.ledger.read(admission.sequence, 1).unwrap().remove(0).entry;
    assert_eq!((world.size(), entry.attachments.len()), (size + 1, 0));
    // The id is not taken: the real actor may still use it.
    request.actor = workload("planner");
    let admission = world.admit(&request);
    allowed(&admission);
    let entry = world.ledger.read(admission.sequence, 1).unwrap().remove(0).entry;
    assert_eq!(entry.attachments.len(), 3);

    let mut fact = approval("ann", "test", plan(1).digest, 0);
    fact.actor = workload("mallory");
    let admission = world.record(&fact);
    denied(&admission, codes::IDENTITY_UNDECLARED);
    let entry = world.ledger.read(admission.sequence, 1).unwrap().remove(0).entry;
    assert_eq!(entry.attachments.len(), 0);
}

#[test]
fn observing_blocks_nothing_and_permits_nothing() {
    let mut world =
        World::with(&[("version: 1.0.0\nunmatched", "version: 1.0.0\nmode: observe\nunmatched")]);
    let request = ask(Action::Plan, "dev", &plan(1), 0);
    assert!(world.admit(&request).may_proceed());
    let mut stranger = ask(Action::Apply, "dev", &plan(1), 0);
    stranger.actor = workload("mallory");
    let admission = world.admit(&stranger);
    assert_eq!((admission.mode, admission.verdict), (Mode::Observe, Verdict::Deny));
    assert!(admission.may_proceed());
    assert!(admission.decision.unwrap().permit.is_none());
}

#[test]
fn an_observed_stage_spends_no_approval() {
    let stage = "{ stage: inference, grants";
    let mut world = World::with(&[(stage, "{ stage: inference, mode: observe, grants")]);
    let model = Digest::of(b"model");
    let card = |seconds| evidence(About::Artifact(model), EvidenceResult::Pass, seconds);
    allowed(&world.record(&card(0)));
    let admission = world.admit(&promote_artifact("registry", model, 0));
    allowed(&admission);
    let done = outcome(admission.entry, OutcomeResult::Succeeded, 0);
    allowed(&world.record(&done));
    let mut consent = approval("ann", "inference", model, 0);
    approval_of(&mut consent).asset = "model".to_owned();
    allowed(&world.record(&consent));
    for seconds in [1, 2] {
        let admission = world.admit(&promote_artifact("inference", model, seconds));
        allowed(&admission);
        let decision = admission.decision.unwrap();
        assert_eq!(
            (decision.mode, decision.permit, decision.spends),
            (Mode::Observe, None, vec![])
        );
    }
    assert_eq!(world.state.status().approvals.len(), 1);
}

#[test]
fn malformed_requests_are_errors_and_leave_nothing() {
    let mut world = World::new();
    let size = world.size();
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    request.id = String::new();
    let error = world.engine.admit(&request, &world.ledger, &mut world.state).unwrap_err();
    assert_eq!(error.code(), "input.invalid_value");
    request.id = "x".repeat(257);
    let error = world.engine.admit(&request, &world.ledger, &mut world.state).unwrap_err();
    assert_eq!(error.code(), "input.invalid_value");
    let mut fact = approval("ann", "test", plan(1).digest, 0);
    approval_of(&mut fact).by = "a\nb".to_owned();
    let error = world.engine.record(&fact, &[], &world.ledger, &mut world.state).unwrap_err();
    assert_eq!(error.code(), "input.invalid_value");
    assert_eq!(world.size(), size);
}

// Requirements: R277.
#[test]
fn another_charter_decides_nothing_here() {
    let mut world = World::new();
    let other = engine(&charter_with(&[("unmatched: allow", "unmatched: deny")]), PACK);
    let request = ask(Action::Plan, "dev", &plan(1), 0);
    let error = other.admit(&request, &world.ledger, &mut world.state).unwrap_err();
    assert_eq!(error.code(), "charter.mismatch");
    let decision = other.decide(&request, &world.state).unwrap();
    assert_eq!(decision.verdict, Verdict::Deny);
    assert!(decision.findings.iter().any(|f| f.denies() && f.code == codes::CHARTER_MISMATCH));
    // Layout and comments are not the charter.
    let same = engine(&format!("# a comment\n{CHARTER}\n"), PACK);
    allowed(&same.admit(&request, &world.ledger, &mut world.state).unwrap());
}

#[test]
fn a_ledger_without_genesis_decides_nothing() {
    let world = World::new();
    let empty = poundlock::ledger::Ledger::in_memory();
    let request = ask(Action::Plan, "dev", &plan(1), 0);
    let error = world.engine.admit(&request, &empty, &mut State::new()).unwrap_err();
    assert_eq!(error.code(), "ledger.genesis");
    let error = world.engine.begin(&world.ledger, "again", &[], at(0)).unwrap_err();
    assert_eq!(error.code(), "ledger.conflict");
}

/// A state kept from another ledger, or from before the ledger was rolled back, is no basis.
#[test]
fn a_state_of_another_ledger_is_refused() {
    let mut world = World::new();
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(1), 0)));
    // A shorter one.
    let other = World::new();
    let request = ask(Action::Plan, "dev", &plan(2), 0);
    let error = world.engine.admit(&request, &other.ledger, &mut world.state).unwrap_err();
    assert_eq!(error.code(), "ledger.head_mismatch");
    // One of the same length, and a longer one.
    let mut other = World::new();
    for number in 3..5 {
        allowed(&other.admit(&ask(Action::Plan, "dev", &plan(number), 0)));
        let error = world.engine.admit(&request, &other.ledger, &mut world.state).unwrap_err();
        assert_eq!(error.kind(), poundlock::ErrorKind::Ledger);
    }
    allowed(&world.admit(&request));
}

/// A fact has no stage that could be observed: it counts or it does not.
#[test]
fn facts_count_in_observe_mode_too() {
    let mut world =
        World::with(&[("version: 1.0.0\nunmatched", "version: 1.0.0\nmode: observe\nunmatched")]);
    let mut fact = approval("ann", "test", plan(1).digest, 0);
    fact.actor = workload("checker");
    let admission = world.record(&fact);
    assert_eq!((admission.mode, admission.verdict), (Mode::Enforce, Verdict::Deny));
    assert!(!admission.may_proceed());
    assert!(matches!(fact.fact, FactKind::Approval(_)));
}

/// A clock that is set back does not bring an expired permit back.
#[test]
fn a_repeat_is_not_live_once_the_ledger_is_past_its_permit() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    let request = ask(Action::Apply, "dev", &plan(1), 0);
    allowed(&world.admit(&request));
    assert!(world.admit(&request).live);
    // At the permit's last instant, and a second later.
    for (seconds, live) in [(HOUR, true), (HOUR + 1, false)] {
        allowed(&world.admit(&ask(Action::Plan, "dev", &plan(2), seconds)));
        let repeated = world.admit(&request);
        assert!(repeated.repeated);
        assert_eq!(repeated.live, live);
    }
}

/// Whoever is not known can make no more entries than the charter says, as requests and as facts.
#[test]
fn strangers_do_not_fill_the_ledger() {
    let mut world = World::with(&[(
        "permitLifetime: 1h",
        "permitLifetime: 1h\nstrangers: { count: 3, per: 1h }",
    )]);
    let stranger = |number: i64, seconds| Request {
        id: format!("stranger-{number}"),
        actor: workload("mallory"),
        ..ask(Action::Plan, "dev", &plan(1), seconds)
    };
    let mut withdrawal = withdrawal(Digest::ZERO, 0);
    withdrawal.actor = workload("mallory");
    assert_eq!(world.record(&withdrawal).verdict, Verdict::Deny);
    assert_eq!(world.admit(&stranger(1, 1)).verdict, Verdict::Deny);
    // Somebody who is known and refused counts for nothing.
    assert_eq!(world.admit(&ask(Action::Apply, "dev", &plan(1), 1)).verdict, Verdict::Deny);
    assert_eq!(world.admit(&stranger(2, 2)).verdict, Verdict::Deny);
    let size = world.size();
    let refused = |world: &mut World, request: &Request| {
        let error = world.engine.admit(request, &world.ledger, &mut world.state).unwrap_err();
        error.code()
    };
    assert_eq!(refused(&mut world, &stranger(3, 3)), "limit.rate");
    withdrawal.id = "again".to_owned();
    let error = world.engine.record(&withdrawal, &[], &world.ledger, &mut world.state).unwrap_err();
    assert_eq!((error.code(), world.size()), ("limit.rate", size));
    // What a stranger claims does not move the ledger's clock; what is allowed does.
    assert_eq!(refused(&mut world, &stranger(4, 2 * HOUR)), "limit.rate");
    world.snapshot();
    world.state = State::open(&world.ledger).unwrap();
    assert_eq!(refused(&mut world, &stranger(5, 3)), "limit.rate");
    world.prepare("dev", &plan(1), HOUR + 3);
    assert_eq!(world.admit(&stranger(6, HOUR + 4)).verdict, Verdict::Deny);
}

/// Only declared assets move along a track that declares them (R027).
// Requirements: R027.
#[test]
fn an_undeclared_asset_is_denied() {
    let mut world = World::with(&[("moves: change", "moves: change\n    assets: [web, api]")]);
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(1), 0)));
    let other = Request { asset: "shop".to_owned(), ..ask(Action::Plan, "dev", &plan(2), 1) };
    denied(&world.admit(&other), codes::TARGET_ASSET_UNDECLARED);
    // The other track declares none.
    let card = evidence(About::Artifact(Digest::ZERO), EvidenceResult::Pass, 2);
    allowed(&world.record(&card));
    allowed(&world.admit(&promote_artifact("registry", Digest::ZERO, 2)));
    for assets in ["[]", "[web, web]", "['']"] {
        let text =
            charter_with(&[("moves: change", &format!("moves: change\n    assets: {assets}"))]);
        poundlock::charter::Charter::parse(text.as_bytes()).unwrap_err();
    }
}
