//! What somebody tries who means ill: each a way that looked open, and is closed.

use poundlock::{
    digest::Digest,
    engine::codes,
    model::{
        About, Action, EvidenceResult, Fact, FactKind, GrantApproval, GrantOpening, GrantRequest,
        GrantScope, OutcomeResult, Request, Signature, Verdict,
    },
    state::State,
    time::Duration,
};

use crate::{
    amendments::amend,
    issuer::{Issuer, VERIFIED, job, shown, shown_fact},
    support::*,
};

const RULES: &str = r#"amendments: { actors: [ann] }
breakGlass:
  requesters: [dan]
  maxLifetime: 4h
  maxUses: 3
  openings: { count: 9, per: 30d }
  postMortem: { within: 5d, recorders: [cyd] }
  delegations: [{ role: security, to: ann, until: "2026-03-02T10:00:00Z" }]
  reasons:
    - reason: incident
      approvals: [{ role: security, count: 1, maxAge: 1h }]
      stages: [{ track: infra, stage: test }]
      actions: [plan, apply, promote]
      overrides: [identity, channel, approvals]
"#;

fn world() -> World {
    World::with(&[("amendments: { actors: [ann] }\n", RULES)])
}

fn wanted(actors: &[&str], actions: &[Action]) -> GrantRequest {
    GrantRequest {
        reason: "incident".to_owned(),
        scope: GrantScope {
            actors: actors.iter().map(|actor| (*actor).to_owned()).collect(),
            actions: actions.iter().copied().collect(),
            track: "infra".to_owned(),
            stages: ["test".to_owned()].into(),
            assets: ["web".to_owned()].into(),
        },
        lifetime: Duration::from_seconds(3_600),
        justification: "it is down".to_owned(),
        impact: "one service".to_owned(),
        resolution: "by Friday".to_owned(),
        communication: "the channel".to_owned(),
    }
}

fn asked(request: GrantRequest, seconds: i64) -> Fact {
    fact(human("dan"), seconds, FactKind::GrantRequest(request))
}

fn agreed(by: &str, request: Digest, seconds: i64) -> Fact {
    let approval = GrantApproval { request, by: by.to_owned() };
    fact(workload("attestor"), seconds, FactKind::GrantApproval(approval))
}

fn opened(request: Digest, seconds: i64) -> Fact {
    fact(human("dan"), seconds, FactKind::GrantOpening(GrantOpening { request }))
}

fn granted(world: &mut World, actors: &[&str], actions: &[Action], seconds: i64) -> Digest {
    let request = world.record(&asked(wanted(actors, actions), seconds));
    allowed(&request);
    allowed(&world.record(&agreed("cyd", request.entry, seconds)));
    let opening = world.record(&opened(request.entry, seconds));
    allowed(&opening);
    opening.entry
}

/// Has a promotion spend the consent of a person who then acts.
#[test]
fn nobody_executes_what_they_approved_by_way_of_a_promotion() {
    let mut world = world();
    world.through_dev(0);
    world.prepare("test", &plan(2), 1);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 2)));
    allowed(&world.admit(&ask(Action::Promote, "test", &plan(2), 3)));
    let grant = granted(&mut world, &["ann", "bob"], &[Action::Apply], 4);
    let by = |name: &str| Request {
        actor: human(name),
        grant: Some(grant),
        id: format!("apply-{name}"),
        ..ask(Action::Apply, "test", &plan(2), 5)
    };
    let own = world.admit(&by("ann"));
    assert!(!found(&own, codes::APPROVAL_PROMOTED));
    assert!(found(&own, codes::APPROVAL_MISSING));
}

/// Has a grant that covers promotions alone let an application pass, after its end.
#[test]
fn what_a_grant_promoted_is_applied_by_the_same_grant_or_not_at_all() {
    let mut world = world();
    world.through_dev(0);
    world.prepare("test", &plan(2), 1);
    let grant = granted(&mut world, &["deployer"], &[Action::Promote], 2);
    let promotion =
        Request { grant: Some(grant), ..ask(Action::Promote, "test", &plan(2), HOUR + 2) };
    allowed(&world.admit(&promotion));
    let apply = ask(Action::Apply, "test", &plan(2), HOUR + 3);
    denied(&world.admit(&apply), codes::APPROVAL_MISSING);
    let by_grant = Request { grant: Some(grant), id: "by the grant".to_owned(), ..apply };
    let denials = world.admit(&by_grant);
    assert_eq!(denials.verdict, Verdict::Deny);
    assert!(found(&denials, codes::GRANT_ENDED) || found(&denials, codes::GRANT_SCOPE));

    let mut world = self::world();
    world.through_dev(0);
    world.prepare("test", &plan(2), 1);
    let grant = granted(&mut world, &["deployer"], &[Action::Promote, Action::Apply], 2);
    let by_grant =
        |action, seconds| Request { grant: Some(grant), ..ask(action, "test", &plan(2), seconds) };
    allowed(&world.admit(&by_grant(Action::Promote, 3)));
    let apply = world.admit(&by_grant(Action::Apply, 4));
    allowed(&apply);
    assert!(found(&apply, codes::APPROVAL_PROMOTED));
    // Both are uses of the grant.
    assert_eq!(apply.decision.unwrap().grant, Some(grant));
    assert_eq!(world.state.status().grants[0].used, 2);
}

/// What expires by the clock of those who ask must not be measured by one that was led astray.
#[test]
fn a_ledger_that_was_led_astray_goes_on() {
    let mut world = World::with(&[("skew: 60s", "skew: 90d")]);
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(9), 80 * DAY)));
    world.prepare("dev", &plan(1), 0);
    world.apply("dev", &plan(1), 1);
    world.prepare("test", &plan(2), 2);
    allowed(&world.record(&approval("ann", "test", plan(2).digest, 3)));
    world.apply("test", &plan(2), 4);
}

/// Sets the clock back, within the skew, to where what leads to a grant was not over yet: a delegation, consent,
/// and the time for a post-mortem.
#[test]
fn a_clock_that_is_set_back_opens_no_grant() {
    let tick = |world: &mut World, seconds| {
        allowed(&world.record(&evidence(
            About::Plan(plan(9).digest),
            EvidenceResult::Pass,
            seconds,
        )));
    };
    // The delegation ends after an hour.
    let mut world = world();
    let request = world.record(&asked(wanted(&["bob"], &[Action::Apply]), 0));
    tick(&mut world, HOUR + 1);
    denied(&world.record(&agreed("ann", request.entry, HOUR)), codes::GRANT_APPROVER);
    // So does consent.
    let mut world = self::world();
    let request = world.record(&asked(wanted(&["dan"], &[Action::Apply]), 0));
    allowed(&world.record(&agreed("cyd", request.entry, 0)));
    tick(&mut world, HOUR + 1);
    denied(&world.record(&opened(request.entry, HOUR)), codes::GRANT_APPROVALS_MISSING);
    // What was not due yet is overdue.
    let mut world = self::world();
    granted(&mut world, &["dan"], &[Action::Apply], 0);
    let due = HOUR + 5 * DAY;
    let request = world.record(&asked(wanted(&["dan"], &[Action::Apply]), due));
    allowed(&request);
    allowed(&world.record(&agreed("cyd", request.entry, due)));
    tick(&mut world, due + 1);
    let overdue = codes::GRANT_POST_MORTEM_OVERDUE;
    denied(&world.record(&opened(request.entry, due)), overdue);
    let again = Fact { id: "again".into(), ..asked(wanted(&["dan"], &[Action::Apply]), due) };
    denied(&world.record(&again), overdue);
}

/// Brings a token of long ago, and the instant at which it was valid, to replace the law.
#[test]
fn an_old_token_amends_nothing() {
    let amended = |ahead: i64| {
        let mut world = World::with(VERIFIED);
        let engine = world.engine.clone();
        if ahead > 0 {
            let tick = ask(Action::Plan, "dev", &plan(1), ahead);
            allowed(&world.admit(&shown(&engine, tick)));
        }
        let next = stricter_than(VERIFIED);
        let amendment = crate::amendments::amendment(human("ann"), next.law(), 0);
        let amendment = shown_fact(&engine, amendment);
        let texts = next.law_texts();
        engine.record(&amendment, &texts, &world.ledger, &mut world.state).unwrap()
    };
    allowed(&amended(0));
    denied(&amended(DAY), codes::TIME_BACKWARDS);
}

fn stricter_than(changes: &[(&str, &str)]) -> poundlock::Engine {
    engine(&charter_with(&[changes, &[("unmatched: allow", "unmatched: deny")]].concat()), PACK)
}

/// Nor does the word of the host reach back further than a ledger can have been led astray.
#[test]
fn an_amendment_of_long_ago_is_none() {
    let next = crate::amendments::stricter();
    for (seconds, code) in [(-90 * DAY, None), (-90 * DAY - 1, Some(codes::TIME_BACKWARDS))] {
        let mut world = World::new();
        let admission = amend(&mut world, &next, human("ann"), seconds).unwrap();
        assert_eq!(denials(&admission), code.into_iter().collect::<Vec<_>>());
    }
}

/// Asks again what a job was permitted, from a job of the same actor on another branch.
#[test]
fn another_job_does_not_take_up_a_permit() {
    let mut world = World::with(VERIFIED);
    let engine = world.engine.clone();
    allowed(&world.admit(&shown(&engine, ask(Action::Plan, "dev", &plan(1), 0))));
    let scan = evidence(About::Plan(plan(1).digest), EvidenceResult::Pass, 0);
    allowed(&world.record(&shown_fact(&engine, scan)));
    let apply = ask(Action::Apply, "dev", &plan(1), 1);
    let first = world.admit(&shown(&engine, apply.clone()));
    allowed(&first);
    let mut again = shown(&engine, apply.clone());
    again.at = at(2);
    let again = world.admit(&again);
    assert!(again.repeated && again.live);
    for (claim, value) in
        [("ref", "refs/heads/evil"), ("sha", OTHER_COMMIT), ("environment", "prod")]
    {
        let mut claims = job("deploy", 2);
        claims[claim] = value.into();
        let issuer = Issuer::forge();
        let token = issuer.token(&claims);
        let mut other = Request { at: at(3), ..apply.clone() };
        other.credential = Some(engine.credential("deployer", &token, &issuer.keys, other.at));
        let answer = world.admit(&other);
        assert!(!answer.live && !answer.repeated, "{claim}");
        assert!(denials(&answer).contains(&codes::IDENTITY_BINDING), "{claim}");
    }
    // The first job's permit is what it was.
    let mut again = shown(&engine, apply);
    again.at = at(4);
    assert!(world.admit(&again).live);
    let mut folded = State::new();
    folded.catch_up(&world.ledger).unwrap();
    assert_eq!(folded, world.state);
}

/// Takes a failure back, so that the pass before it counts again.
#[test]
fn who_may_withdraw_does_not_make_a_gate_pass() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    let about = || About::Plan(plan(1).digest);
    for (seconds, result) in [(1, EvidenceResult::Fail), (2, EvidenceResult::Error)] {
        let objection = world.record(&evidence(about(), result, seconds));
        allowed(&objection);
        denied(&world.record(&withdrawal(objection.entry, seconds)), codes::FACT_NOT_RECORDER);
        assert_eq!(
            world.admit(&ask(Action::Apply, "dev", &plan(1), seconds)).verdict,
            Verdict::Deny
        );
    }
    // The producer could as well say anew that all is well.
    let objection = world.record(&evidence(about(), EvidenceResult::Fail, 3));
    let own = Fact { actor: workload("checker"), ..withdrawal(objection.entry, 4) };
    allowed(&world.record(&own));
}

/// Names another author of the same plan, under another name of the asset, so that the author approves it.
#[test]
fn an_author_is_the_author_whatever_the_asset_is_called() {
    let mut world = World::new();
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(1), 0)));
    let mut other = Request { asset: "web2".into(), ..ask(Action::Plan, "dev", &plan(1), 1) };
    change_of(&mut other).author = "cyd".to_owned();
    denied(&world.admit(&other), codes::SUBJECT_PLAN_BOUND);
}

fn models() -> World {
    crate::rollouts::world_of("[10, 100]")
}

fn act(action: Action, model: &[u8], traffic: Option<u8>, seconds: i64) -> Request {
    let id = format!("{}-{model:?}-{traffic:?}-{seconds}", action.word());
    let request = promote_artifact("registry", Digest::of(model), seconds);
    Request { action, traffic, id, ..request }
}

impl World {
    fn attest(&mut self, gate: &str, model: &[u8], seconds: i64) {
        let about = About::Artifact(Digest::of(model));
        let mut fact = evidence(about, EvidenceResult::Pass, seconds);
        evidence_of(&mut fact).gate = gate.to_owned();
        fact.id.push_str(gate);
        allowed(&self.record(&fact));
    }

    fn ended(&mut self, request: &Request, result: OutcomeResult) {
        let admission = self.admit(request);
        allowed(&admission);
        let seconds = request.at.unix_seconds() - at(0).unix_seconds();
        allowed(&self.record(&outcome(admission.entry, result, seconds)));
    }

    fn rolled_out(&mut self, model: &[u8], seconds: i64) {
        self.attest("card", model, seconds);
        self.ended(&act(Action::Promote, model, None, seconds), OutcomeResult::Succeeded);
        for (traffic, later) in [(10, 60), (100, 120)] {
            self.attest("health", model, seconds + later);
            let shift = act(Action::Shift, model, Some(traffic), seconds + later);
            self.ended(&shift, OutcomeResult::Succeeded);
        }
    }
}

/// Begins to go back, fails at it, and shifts the rest of the traffic instead.
#[test]
fn what_was_to_be_gone_back_from_gets_no_more_traffic() {
    let mut world = models();
    world.rolled_out(b"good", 0);
    world.attest("card", b"bad", 200);
    world.ended(&act(Action::Promote, b"bad", None, 200), OutcomeResult::Succeeded);
    world.attest("health", b"bad", 260);
    world.ended(&act(Action::Shift, b"bad", Some(10), 260), OutcomeResult::Succeeded);
    world.ended(&act(Action::Rollback, b"good", None, 270), OutcomeResult::Failed);
    world.attest("health", b"bad", 330);
    denied(&world.admit(&act(Action::Shift, b"bad", Some(100), 330)), codes::ROLLOUT_FAILED);
    world.attest("card", b"new", 331);
    denied(&world.admit(&act(Action::Promote, b"new", None, 331)), codes::ROLLOUT_FAILED);
    world.ended(&act(Action::Rollback, b"good", None, 332), OutcomeResult::Succeeded);
    world.admit(&act(Action::Promote, b"new", None, 333)).live.then_some(()).unwrap();
}

/// Says as much as may be said, with a signature that is none: it must be refused in the book, and not fail.
#[test]
fn the_largest_fact_fits_an_entry() {
    let mut world = world();
    let names = |prefix: &str| (0..16).map(|n| format!("{prefix}{n:0>255}")).collect();
    let text = "\u{20ac}".repeat(1_365);
    let scope = GrantScope {
        actors: names("a"),
        stages: names("s"),
        assets: names("t"),
        ..wanted(&[], &[Action::Apply]).scope
    };
    let request = GrantRequest {
        scope,
        justification: text.clone(),
        impact: text.clone(),
        resolution: text.clone(),
        communication: text,
        ..wanted(&[], &[])
    };
    let size = world.size();
    let mut fact = asked(request, 0);
    let signature = Signature { at: at(0), text: "x".repeat(16 * 1024) };
    fact.signature = Some(signature);
    assert_eq!(world.record(&fact).verdict, Verdict::Deny);
    assert_eq!(world.size(), size + 1);
}
