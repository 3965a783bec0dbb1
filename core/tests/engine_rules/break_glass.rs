//! Break-glass: an exception with a reason, a scope, approvers, an end and a post-mortem (R306 to R318,
//! R335 to R346).

use poundlock::{
    charter::Charter,
    digest::Digest,
    engine::codes,
    model::{
        Action, Actor, Channel, Fact, FactKind, GrantApproval, GrantClosing, GrantOpening,
        GrantRequest, GrantScope, Outcome, PostMortem, Request, Verdict,
    },
    state::State,
    time::Duration,
};

use crate::support::{
    DAY, HOUR, MINUTE, World, allowed, ask, charter_with, denials, denied, fact, found, human,
    plan, workload,
};

const RULES: &str = r#"amendments: { actors: [ann] }
breakGlass:
  requesters: [dan, deployer]
  maxLifetime: 4h
  maxUses: 2
  openings: { count: 2, per: 30d }
  postMortem: { within: 5d, recorders: [cyd] }
  delegations: [{ role: cto, to: ann, until: "2026-03-03T09:00:00Z" }]
  reasons:
    - reason: incident
      approvals: [{ role: security, count: 1, maxAge: 1h }]
      stages: [{ track: infra, stage: prod }]
      actions: [plan, apply]
      overrides: [identity, channel, boundary, approvals, evidence, policies]
    - reason: loss-of-control
      approvals: [{ role: security, count: 1, maxAge: 1h }, { role: cto, count: 1, maxAge: 1h }]
      stages: [{ track: infra, stage: prod }]
      actions: [plan, apply]
      overrides: [boundary]
"#;

pub(crate) fn world() -> World {
    World::with(&[
        ("amendments: { actors: [ann] }\n", RULES),
        (
            "grants: { plan: [planner], apply: [deployer], promote: [deployer] }, packs: [rules] }\n    boundaries",
            "grants: { plan: [planner], apply: [deployer], promote: [deployer] }, packs: [rules] }\n    boundaries",
        ),
        (
            "  - { actor: dan, kind: human }",
            "  - { actor: dan, kind: human }\n  - { actor: eve, kind: human, roles: [cto] }",
        ),
    ])
}

fn request(reason: &str) -> GrantRequest {
    GrantRequest {
        reason: reason.to_owned(),
        scope: GrantScope {
            actors: ["dan".to_owned()].into(),
            actions: [Action::Plan, Action::Apply].into(),
            track: "infra".to_owned(),
            stages: ["prod".to_owned()].into(),
            assets: ["web".to_owned()].into(),
        },
        lifetime: Duration::from_seconds(3_600),
        justification: "production is down, and the pipeline with it".to_owned(),
        impact: "one service; its replicas stay".to_owned(),
        resolution: "a change through the stages by Friday".to_owned(),
        communication: "the incident channel".to_owned(),
    }
}

fn asked(request: GrantRequest, seconds: i64) -> Fact {
    fact(human("dan"), seconds, FactKind::GrantRequest(request))
}

fn consent(by: &str, request: Digest, seconds: i64) -> Fact {
    let approval = GrantApproval { request, by: by.to_owned() };
    fact(workload("attestor"), seconds, FactKind::GrantApproval(approval))
}

fn opening(actor: Actor, request: Digest, seconds: i64) -> Fact {
    fact(actor, seconds, FactKind::GrantOpening(GrantOpening { request }))
}

fn closing(actor: Actor, grant: Digest, seconds: i64) -> Fact {
    let closing = GrantClosing { grant, note: "normal privileges are restored".to_owned() };
    fact(actor, seconds, FactKind::GrantClosing(closing))
}

pub(crate) fn post_mortem(actor: Actor, grant: Digest, seconds: i64) -> Fact {
    let report = Digest::of(b"report");
    let report = PostMortem { grant, report, summary: "a full disk".to_owned() };
    fact(actor, seconds, FactKind::PostMortem(report))
}

/// A person on their own machine asks, by a grant.
pub(crate) fn by_hand(grant: Digest, action: Action, number: u8, seconds: i64) -> Request {
    Request {
        actor: human("dan"),
        channel: Channel::Local,
        grant: Some(grant),
        ..ask(action, "prod", &plan(number), seconds)
    }
}

/// A grant for an incident, asked for and approved half a minute before it is opened.
pub(crate) fn granted(world: &mut World, seconds: i64) -> Digest {
    let request = world.record(&asked(request("incident"), seconds));
    allowed(&request);
    allowed(&world.record(&consent("cyd", request.entry, seconds)));
    let opening = world.record(&opening(human("dan"), request.entry, seconds));
    allowed(&opening);
    opening.entry
}

// Requirements: R265, R306, R310, R316, M1, M7.
#[test]
fn a_named_person_acts_outside_ci_and_everything_overridden_is_visible() {
    let mut world = world();
    let grant = granted(&mut world, 0);
    allowed(&world.admit(&by_hand(grant, Action::Plan, 3, 1)));
    let admission = world.admit(&by_hand(grant, Action::Apply, 3, 2));
    allowed(&admission);
    assert!(found(&admission, codes::GRANT_OK));
    let decision = admission.decision.unwrap();
    let overridden: Vec<&str> = decision
        .findings
        .iter()
        .filter(|finding| finding.outcome == Outcome::Overridden)
        .map(|finding| finding.code.as_str())
        .collect();
    for code in [
        codes::IDENTITY_HUMAN,
        codes::CHANNEL_LOCAL,
        codes::BOUNDARY_JUMP,
        codes::APPROVAL_MISSING,
        codes::EVIDENCE_MISSING,
    ] {
        assert!(overridden.contains(&code), "{code} is not among {overridden:?}");
    }
    assert_eq!(decision.grant, Some(grant));
    assert_eq!(decision.permit.unwrap().grant, Some(grant));
    let owed = decision.obligations.iter().find(|owed| owed.kind == "post-mortem").unwrap();
    assert_eq!((owed.subject.clone(), owed.due.is_some()), (grant.to_string(), true));
    let status = world.state.status();
    assert_eq!((status.grants.len(), status.grants[0].used), (1, 2));
}

// Requirements: R309, R315, R318.
#[test]
fn a_grant_has_an_end_at_every_use() {
    let mut world = world();
    let grant = granted(&mut world, 0);
    allowed(&world.admit(&by_hand(grant, Action::Plan, 3, HOUR)));
    let late = world.admit(&by_hand(grant, Action::Apply, 3, HOUR + 1));
    assert!(denials(&late).contains(&codes::GRANT_ENDED));
    // A clock that is set back does not bring it back: the ledger's own has gone on.
    allowed(&world.record(&consent_fact_later(HOUR + 30)));
    let back = world.admit(&by_hand(grant, Action::Apply, 3, HOUR - 1));
    assert!(denials(&back).contains(&codes::GRANT_ENDED));
}

/// Anything that moves the ledger's clock.
fn consent_fact_later(seconds: i64) -> Fact {
    asked(request("incident"), seconds)
}

// Requirements: R312.
#[test]
fn a_grant_is_used_so_often_and_no_more() {
    let mut world = world();
    let grant = granted(&mut world, 0);
    allowed(&world.admit(&by_hand(grant, Action::Plan, 3, 1)));
    allowed(&world.admit(&by_hand(grant, Action::Plan, 4, 2)));
    let third = world.admit(&by_hand(grant, Action::Plan, 5, 3));
    assert!(denials(&third).contains(&codes::GRANT_ENDED));
}

// Requirements: R308, R315.
#[test]
fn what_lies_outside_the_scope_is_not_covered() {
    let mut world = world();
    let grant = granted(&mut world, 0);
    let request = || by_hand(grant, Action::Plan, 3, 1);
    let others = [
        Request { actor: human("bob"), ..request() },
        Request { action: Action::Promote, ..request() },
        Request { asset: "other".to_owned(), ..request() },
        Request {
            ..Request {
                actor: human("dan"),
                channel: Channel::Local,
                grant: Some(grant),
                ..ask(Action::Plan, "test", &plan(3), 1)
            }
        },
    ];
    for (number, other) in others.into_iter().enumerate() {
        let other = Request { id: format!("other-{number}"), ..other };
        let admission = world.admit(&other);
        assert!(denials(&admission).contains(&codes::GRANT_SCOPE), "{number}");
    }
}

// Requirements: R348.
#[test]
fn identity_the_ledger_and_pending_acts_are_never_overridden() {
    let mut world = world();
    let grant = granted(&mut world, 0);
    let mallory = Request { actor: human("mallory"), ..by_hand(grant, Action::Plan, 3, 1) };
    assert!(denials(&world.admit(&mallory)).contains(&codes::IDENTITY_UNDECLARED));
    let kind =
        Request { actor: workload("dan"), id: "kind".into(), ..by_hand(grant, Action::Plan, 3, 1) };
    assert!(denials(&world.admit(&kind)).contains(&codes::IDENTITY_KIND));
    // A plan that nobody admitted is not what was reviewed.
    let unplanned = by_hand(grant, Action::Apply, 3, 2);
    assert_eq!(denials(&world.admit(&unplanned)), [codes::SUBJECT_PLAN_UNRECORDED]);
    allowed(&world.admit(&by_hand(grant, Action::Plan, 3, 3)));
    allowed(&world.admit(&by_hand(grant, Action::Apply, 3, 4)));
    let grant = granted(&mut world, 5);
    allowed(&world.admit(&by_hand(grant, Action::Plan, 4, 6)));
    denied(&world.admit(&by_hand(grant, Action::Apply, 4, 7)), codes::BOUNDARY_PENDING);
}

// Requirements: R335.
#[test]
fn a_reason_overrides_what_it_says_and_nothing_else() {
    let mut world = world();
    let request = world.record(&asked(request("loss-of-control"), 0));
    allowed(&world.record(&consent("cyd", request.entry, 1)));
    denied(&world.record(&opening(human("dan"), request.entry, 2)), codes::GRANT_APPROVALS_MISSING);
    // Ann is no CTO, and stands in for one until tomorrow.
    allowed(&world.record(&consent("ann", request.entry, 3)));
    let opened = world.record(&opening(human("dan"), request.entry, 4));
    allowed(&opened);
    let admission = world.admit(&by_hand(opened.entry, Action::Apply, 3, 5));
    let denials = denials(&admission);
    assert!(denials.contains(&codes::IDENTITY_HUMAN) && denials.contains(&codes::CHANNEL_LOCAL));
    assert!(!denials.contains(&codes::BOUNDARY_JUMP) && found(&admission, codes::BOUNDARY_JUMP));
}

// Requirements: R335.
#[test]
fn a_delegation_ends() {
    let mut world = world();
    let request = world.record(&asked(request("loss-of-control"), DAY + 1));
    denied(&world.record(&consent("ann", request.entry, DAY + 1)), codes::GRANT_APPROVER);
    allowed(&world.record(&consent("eve", request.entry, DAY + 1)));
}

#[test]
fn whoever_asks_for_or_uses_a_grant_does_not_approve_it() {
    let mut world = world();
    let scope = GrantScope { actors: ["cyd".to_owned()].into(), ..request("incident").scope };
    let request = world.record(&asked(GrantRequest { scope, ..request("incident") }, 0));
    for person in ["cyd", "dan", "ann", "eve"] {
        denied(&world.record(&consent(person, request.entry, 1)), codes::GRANT_APPROVER);
    }
    let machine = world.record(&consent("deployer", request.entry, 1));
    assert_eq!(denials(&machine), [codes::FACT_APPROVER, codes::GRANT_APPROVER]);
    let mut own = consent("bob", request.entry, 2);
    own.actor = workload("deployer");
    denied(&world.record(&own), codes::FACT_NOT_RECORDER);
    denied(&world.record(&opening(human("dan"), request.entry, 3)), codes::GRANT_APPROVALS_MISSING);
    let stranger = world.record(&opening(human("bob"), request.entry, 3));
    assert!(denials(&stranger).contains(&codes::FACT_NOT_RECORDER));
}

/// Nobody lets their own change pass, not even by way of a grant.
#[test]
fn a_grant_is_of_no_use_for_a_change_of_its_approvers() {
    let mut world = world();
    let grant = granted(&mut world, 0);
    let mut request = by_hand(grant, Action::Plan, 3, 1);
    crate::support::change_of(&mut request).author = "cyd".to_owned();
    assert!(denials(&world.admit(&request)).contains(&codes::GRANT_APPROVER));
    allowed(&world.admit(&by_hand(grant, Action::Plan, 4, 2)));
}

#[test]
fn consent_to_a_grant_ages_and_can_be_withdrawn() {
    let mut world = world();
    let request = world.record(&asked(request("incident"), 0));
    let first = world.record(&consent("cyd", request.entry, 0));
    denied(
        &world.record(&opening(human("dan"), request.entry, HOUR + 1)),
        codes::GRANT_APPROVALS_MISSING,
    );
    let second = world.record(&consent("bob", request.entry, HOUR + 1));
    for entry in [first.entry, second.entry] {
        allowed(&world.record(&crate::support::withdrawal(entry, HOUR + 1)));
    }
    denied(
        &world.record(&opening(human("dan"), request.entry, HOUR + 2)),
        codes::GRANT_APPROVALS_MISSING,
    );
}

#[test]
fn a_grant_is_opened_once_and_by_those_who_may() {
    let mut world = world();
    let grant = granted(&mut world, 0);
    denied(&world.record(&opening(human("dan"), grant, 1)), codes::GRANT_REQUEST);
    denied(&world.record(&consent("cyd", Digest::ZERO, 1)), codes::GRANT_REQUEST);
    let asked = world.record(&asked(request("incident"), 1));
    allowed(&world.record(&consent("cyd", asked.entry, 1)));
    allowed(&world.record(&opening(workload("deployer"), asked.entry, 2)));
    denied(&world.record(&opening(workload("deployer"), asked.entry, 3)), codes::GRANT_REQUEST);
}

// Requirements: R035, R307, R308, R317, R340.
#[test]
fn the_charter_says_what_can_be_granted() {
    let mut world = world();
    let request = || request("incident");
    let beyond = [
        GrantRequest { reason: "haste".into(), ..request() },
        GrantRequest { lifetime: Duration::from_seconds(4 * 3_600 + 1), ..request() },
        GrantRequest { lifetime: Duration::from_seconds(0), ..request() },
        GrantRequest { scope: GrantScope { actors: [].into(), ..request().scope }, ..request() },
        GrantRequest {
            scope: GrantScope { actors: ["mallory".into()].into(), ..request().scope },
            ..request()
        },
        GrantRequest {
            scope: GrantScope { actions: [Action::Promote].into(), ..request().scope },
            ..request()
        },
        GrantRequest {
            scope: GrantScope { stages: ["test".into()].into(), ..request().scope },
            ..request()
        },
        GrantRequest {
            scope: GrantScope { track: "models".into(), ..request().scope },
            ..request()
        },
        GrantRequest { scope: GrantScope { assets: [].into(), ..request().scope }, ..request() },
    ];
    for (second, beyond) in beyond.into_iter().enumerate() {
        denied(&world.record(&asked(beyond, second as i64)), codes::GRANT_NOT_OFFERED);
    }
    let silent = GrantRequest { impact: " \n".into(), ..request() };
    denied(&world.record(&asked(silent, 20)), codes::GRANT_UNEXPLAINED);
    let mut stranger = asked(request(), 20);
    stranger.actor = human("bob");
    denied(&world.record(&stranger), codes::FACT_NOT_RECORDER);
    denied(&World::new().record(&asked(request(), 0)), codes::GRANT_NOT_OFFERED);
}

// Requirements: R312.
#[test]
fn break_glass_is_no_workflow() {
    let mut world = world();
    for seconds in [0, 1] {
        let grant = granted(&mut world, seconds);
        allowed(&world.record(&closing(human("dan"), grant, seconds)));
        allowed(&world.record(&post_mortem(human("cyd"), grant, seconds)));
    }
    let request = world.record(&asked(request("incident"), 2));
    allowed(&world.record(&consent("cyd", request.entry, 2)));
    denied(&world.record(&opening(human("dan"), request.entry, 3)), codes::GRANT_RATE);
}

// Requirements: R311, R346.
#[test]
fn an_overdue_post_mortem_blocks_the_next_grant() {
    let mut world = world();
    let grant = granted(&mut world, 0);
    let due = HOUR + 5 * DAY;
    allowed(&world.record(&asked(request("incident"), due)));
    denied(&world.record(&asked(request("incident"), due + 1)), codes::GRANT_POST_MORTEM_OVERDUE);
    denied(&world.record(&post_mortem(human("dan"), grant, due + 1)), codes::FACT_NOT_RECORDER);
    allowed(&world.record(&post_mortem(human("cyd"), grant, due + 2)));
    denied(&world.record(&post_mortem(human("cyd"), grant, due + 3)), codes::GRANT_UNKNOWN);
    granted(&mut world, due + 4);
}

// Requirements: R318.
#[test]
fn a_closed_grant_is_worth_nothing_and_a_live_one_has_no_post_mortem() {
    let mut world = world();
    let grant = granted(&mut world, 0);
    denied(&world.record(&post_mortem(human("cyd"), grant, 1)), codes::GRANT_UNKNOWN);
    denied(&world.record(&closing(human("bob"), grant, 1)), codes::FACT_NOT_RECORDER);
    allowed(&world.record(&closing(human("dan"), grant, MINUTE)));
    denied(&world.record(&closing(human("dan"), grant, MINUTE + 1)), codes::GRANT_UNKNOWN);
    let used = world.admit(&by_hand(grant, Action::Plan, 3, MINUTE + 1));
    assert!(denials(&used).contains(&codes::GRANT_ENDED));
}

#[test]
fn a_grant_that_nobody_gave_denies_even_what_needs_none() {
    let mut world = world();
    let request = ask(Action::Plan, "dev", &plan(1), 0);
    let request = Request { grant: Some(Digest::ZERO), ..request };
    denied(&world.admit(&request), codes::GRANT_UNKNOWN);
    // A request's own entry is not its opening.
    let asked = world.record(&asked(self::request("incident"), 1));
    let unopened = world.admit(&by_hand(asked.entry, Action::Plan, 3, 2));
    assert!(denials(&unopened).contains(&codes::GRANT_UNKNOWN));
}

#[test]
fn a_live_grant_that_is_not_needed_is_not_used_up() {
    let mut world = world();
    let grant = granted(&mut world, 0);
    let scope_needs_nothing =
        Request { grant: Some(grant), ..ask(Action::Plan, "prod", &plan(3), 1) };
    // The planner is not in the grant's scope, and so may not name it.
    denied(&world.admit(&scope_needs_nothing), codes::GRANT_SCOPE);
    assert_eq!(world.state.status().grants[0].used, 0);
}

#[test]
fn grants_survive_a_snapshot_and_are_decided_again() {
    let mut world = World::begun(
        crate::support::engine(&charter_with(&[("amendments: { actors: [ann] }\n", RULES), ("  - { actor: dan, kind: human }", "  - { actor: dan, kind: human }\n  - { actor: eve, kind: human, roles: [cto] }")]), crate::support::PACK).into(),
        &[crate::support::key(1)],
    );
    let grant = granted(&mut world, 0);
    allowed(&world.record(&asked(request("incident"), 1)));
    world.snapshot();
    world.state = State::open(&world.ledger).unwrap();
    let mut folded = State::new();
    folded.catch_up(&world.ledger).unwrap();
    assert_eq!(world.state, folded);
    allowed(&world.admit(&by_hand(grant, Action::Plan, 3, 2)));
    world.sign();
}

#[test]
fn a_charter_bounds_every_exception() {
    let refused = |old: &str, new: &str| {
        let rules = RULES.replace(old, new);
        assert_ne!(rules, RULES, "the rules do not say `{old}`");
        let text = charter_with(&[
            ("amendments: { actors: [ann] }\n", &rules),
            (
                "  - { actor: dan, kind: human }",
                "  - { actor: dan, kind: human }\n  - { actor: eve, kind: human, roles: [cto] }",
            ),
        ]);
        Charter::parse(text.as_bytes()).unwrap_err().code()
    };
    for (old, new, code) in [
        ("requesters: [dan, deployer]", "requesters: []", "charter.invalid"),
        ("requesters: [dan, deployer]", "requesters: [mallory]", "charter.undeclared"),
        ("maxLifetime: 4h", "maxLifetime: 0s", "charter.invalid"),
        ("maxUses: 2", "maxUses: 0", "charter.invalid"),
        ("count: 2, per: 30d", "count: 0, per: 30d", "charter.invalid"),
        ("recorders: [cyd]", "recorders: []", "charter.invalid"),
        ("to: ann", "to: deployer", "charter.invalid"),
        ("role: cto, to", "role: clown, to", "charter.undeclared"),
        (
            "stage: prod }]\n      actions: [plan, apply]\n      overrides: [boundary]",
            "stage: moon }]\n      actions: [plan, apply]\n      overrides: [boundary]",
            "charter.undeclared",
        ),
        ("overrides: [boundary]", "overrides: []", "charter.invalid"),
        ("overrides: [boundary]", "overrides: [subject]", "charter.invalid"),
        ("overrides: [boundary]", "overrides: [request]", "charter.invalid"),
        ("role: cto, count: 1", "role: cto, count: 3", "charter.invalid"),
        (
            "{ role: cto, count: 1",
            "{ role: cto, count: 1, maxAge: 1h }, { role: cto, count: 1",
            "charter.duplicate",
        ),
        ("reason: loss-of-control", "reason: incident", "charter.duplicate"),
    ] {
        assert_eq!(refused(old, new), code, "{new}");
    }
}

/// Not even where the same charter comes back.
#[test]
fn an_amendment_ends_every_grant() {
    let mut world = world();
    let grant = granted(&mut world, 0);
    let law = world.engine.clone();
    let texts = poundlock::Texts {
        charter: String::from_utf8(law.texts().charter.clone())
            .unwrap()
            .replace("version: 1.0.0\nunmatched", "version: 2.0.0\nunmatched")
            .into(),
        ..law.texts().clone()
    };
    let other = poundlock::Engine::new(texts).unwrap();
    allowed(&crate::amendments::amend(&mut world, &other, human("ann"), 1).unwrap());
    world.engine = other.into();
    let used = world.admit(&by_hand(grant, Action::Plan, 3, 2));
    assert!(denials(&used).contains(&codes::GRANT_UNKNOWN));
    allowed(&crate::amendments::amend(&mut world, &law, human("ann"), 3).unwrap());
    world.engine = law;
    let used = world.admit(&by_hand(grant, Action::Plan, 4, 4));
    assert!(denials(&used).contains(&codes::GRANT_ENDED));
    // The post-mortem is still owed.
    allowed(&world.record(&post_mortem(human("cyd"), grant, 5)));
}

/// Nobody could consent: the people have no keys, and nobody may attest their word.
#[test]
fn a_grant_that_nobody_can_approve_is_refused() {
    let mut changes = vec![
        ("amendments: { actors: [ann] }\n", RULES),
        (
            "  - { actor: dan, kind: human }",
            "  - { actor: dan, kind: human }\n  - { actor: eve, kind: human, roles: [cto] }",
        ),
        (", approvals: [{ role: reviewer, count: 1, maxAge: 7d }]", ""),
        (
            ", approvals: [{ role: reviewer, count: 1, maxAge: 7d }, { role: security, count: 1, maxAge: 7d }]",
            "",
        ),
        (", delay: 5m", ""),
    ];
    Charter::parse(charter_with(&changes).as_bytes()).unwrap();
    changes.push(("  approvals: [attestor]\n", ""));
    let error = Charter::parse(charter_with(&changes).as_bytes()).unwrap_err();
    assert_eq!(error.code(), "charter.invalid");
}

// Requirements: R310, R357.
#[test]
fn a_denied_use_is_recorded_and_counts_nothing() {
    let mut world = world();
    let grant = granted(&mut world, 0);
    let size = world.size();
    let denied = world.admit(&by_hand(grant, Action::Apply, 9, 1));
    assert_eq!((denied.verdict, world.size()), (Verdict::Deny, size + 1));
    assert_eq!(world.state.status().grants[0].used, 0);
}

/// Not even an emergency makes somebody else of a stranger.
#[test]
fn a_token_that_shows_nothing_is_never_overridden() {
    let mut world = world();
    let grant = granted(&mut world, 0);
    let mut request = by_hand(grant, Action::Plan, 3, 1);
    let keys = crate::issuer::Issuer::forge().keys;
    request.credential = Some(world.engine.credential("dan", "no token", &keys, request.at));
    denied(&world.admit(&request), codes::IDENTITY_TOKEN);
    request.credential = None;
    assert_eq!(world.admit(&request).verdict, Verdict::Allow);
}
