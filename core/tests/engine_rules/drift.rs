//! Drift is an incident, not a warning (R385), and incidents deny what the charter says.

use poundlock::{
    Engine, Texts,
    digest::Digest,
    engine::codes,
    model::{
        Action, EvidenceResult, Fact, FactKind, Incident, IncidentKind, OutcomeResult, Plan,
        Request, Resolution, Verdict,
    },
    state::State,
};

use crate::support::*;

pub(crate) const FACTS: (&str, &str) =
    ("  erasures: [cyd]", "  erasures: [cyd]\n  incidents: [checker]\n  resolutions: [ann]");
const GRANTS: &str = "grants: { plan: [planner], apply: [deployer], promote: [deployer] }";

/// Every stage on the way to prod has the rule.
pub(crate) fn world(rule: &str) -> World {
    let with = |grants: &str| format!("drift: {rule}, {grants}");
    let dev = "grants: { plan: [planner, bound], apply: [deployer], promote: [deployer] }";
    let back = |text: String| {
        text.replace("promote: [deployer]", "promote: [deployer], rollback: [deployer]")
    };
    World::with(&[
        FACTS,
        (dev, &back(with(dev))),
        (GRANTS, &back(with(GRANTS))),
        ("{ into: dev,", "{ into: dev, rollback: {},"),
        ("{ into: test,", "{ into: test, rollback: {},"),
        ("{ into: prod,", "{ into: prod, rollback: {},"),
    ])
}

pub(crate) const ALLOW: &str = "{ blocks: [plan, apply, promote], absent: allow }";

pub(crate) fn incident(kind: IncidentKind, found: bool, seconds: i64) -> Fact {
    let incident = Incident {
        kind,
        track: None,
        stage: "dev".to_owned(),
        asset: "web".to_owned(),
        found,
        seen: at(seconds),
        state: None,
        resources: Vec::new(),
        severity: None,
        report: None,
        note: None,
    };
    fact(workload("checker"), seconds, FactKind::Incident(incident))
}

pub(crate) fn incident_of(fact: &mut Fact) -> &mut Incident {
    match &mut fact.fact {
        FactKind::Incident(incident) => incident,
        _ => panic!("the fact is no incident"),
    }
}

pub(crate) fn resolution(incident: Digest, seconds: i64) -> Fact {
    let resolution = Resolution { incident, reason: "the change was undone".to_owned() };
    fact(human("ann"), seconds, FactKind::Resolution(resolution))
}

/// Nobody lifts a block without saying why (R186).
// Requirements: R186.
#[test]
fn a_resolution_gives_a_reason() {
    let mut world = world(ALLOW);
    let opened = world.record(&incident(IncidentKind::Bypass, true, 0));
    let mut silent = resolution(opened.entry, 1);
    if let FactKind::Resolution(resolution) = &mut silent.fact {
        resolution.reason = " \n".to_owned();
    }
    denied(&world.record(&silent), codes::REQUEST_REASON);
    allowed(&world.record(&resolution(opened.entry, 2)));
}

/// A plan that found something changed outside the tool.
fn drifted(number: u8) -> Plan {
    let one = r#"{"address": "thing.a", "mode": "managed", "type": "thing", "name": "a", "change": {"actions": ["update"],
        "before": {"public": false}, "after": {"public": true}, "after_unknown": {}, "before_sensitive": false, "after_sensitive": {}}}"#;
    let other = one.replace("\"public\": true", "\"public\": false");
    plan_from(number, &format!(r#""resource_drift": [{one}], "resource_changes": [{other}]"#))
}

/// R141, R385: whatever the kind, until it is resolved.
// Requirements: R102, R141, R330, R385, R388, R479.
#[test]
fn an_open_incident_denies_until_it_is_resolved() {
    for kind in
        [IncidentKind::Drift, IncidentKind::Bypass, IncidentKind::Health, IncidentKind::Other]
    {
        let mut world = world(ALLOW);
        world.prepare("dev", &plan(1), 0);
        let opened = world.record(&incident(kind, true, 1));
        allowed(&opened);
        assert_eq!(world.state.status().incidents[0].entry, opened.entry);
        denied(&world.admit(&ask(Action::Apply, "dev", &plan(1), 2)), codes::INCIDENT_OPEN);
        denied(&world.admit(&ask(Action::Plan, "dev", &plan(2), 2)), codes::INCIDENT_OPEN);
        allowed(&world.admit(&ask(Action::Plan, "test", &plan(2), 2)));
        let renamed = Request { asset: "Web".to_owned(), ..ask(Action::Plan, "dev", &plan(3), 2) };
        denied(&world.admit(&renamed), codes::INCIDENT_OPEN);
        allowed(&world.record(&resolution(opened.entry, 3)));
        denied(&world.record(&resolution(opened.entry, 4)), codes::FACT_NOTHING);
        assert!(world.state.status().incidents.is_empty());
        allowed(&world.admit(&ask(Action::Apply, "dev", &plan(1), 5)));
    }
}

// Requirements: R060, R069, R087, R100, R385, R392.
#[test]
fn a_plan_that_shows_drift_opens_an_incident() {
    let mut world = world(ALLOW);
    let admission = world.admit(&ask(Action::Plan, "dev", &drifted(1), 0));
    allowed(&admission);
    assert!(found(&admission, codes::PLAN_DRIFT));
    let open = world.state.status().incidents;
    assert_eq!(
        (open.len(), open[0].entry, open[0].kind),
        (1, admission.entry, IncidentKind::Drift)
    );
    let scan = evidence(poundlock::model::About::Plan(drifted(1).digest), EvidenceResult::Pass, 0);
    allowed(&world.record(&scan));
    denied(&world.admit(&ask(Action::Apply, "dev", &drifted(1), 1)), codes::INCIDENT_OPEN);
    allowed(&world.record(&resolution(admission.entry, 2)));
    allowed(&world.admit(&ask(Action::Apply, "dev", &drifted(1), 3)));
}

#[test]
fn a_stage_without_a_rule_is_not_blocked_and_the_book_knows() {
    let mut world = World::with(&[FACTS]);
    world.prepare("dev", &drifted(1), 0);
    assert_eq!(world.state.status().incidents.len(), 1);
    allowed(&world.admit(&ask(Action::Apply, "dev", &drifted(1), 1)));
}

/// Conflict 8: absent evidence of drift may pass where configured, present drift may not.
// Requirements: R176, R386, R387, M8, M18.
#[test]
fn absent_evidence_passes_where_the_charter_says_so() {
    let mut lenient = world(ALLOW);
    lenient.through_dev(0);
    lenient.prepare("dev", &plan(2), 1);
    let admission = lenient.admit(&ask(Action::Apply, "dev", &plan(2), 2));
    allowed(&admission);
    assert!(found(&admission, codes::DRIFT_UNSEEN));

    let mut strict = world("{ blocks: [apply, promote], absent: deny, maxAge: 1h }");
    // Nothing is deployed that could have drifted.
    strict.through_dev(0);
    strict.prepare("dev", &plan(2), 1);
    let apply = |seconds| ask(Action::Apply, "dev", &plan(2), seconds);
    denied(&strict.admit(&apply(2)), codes::DRIFT_ABSENT);
    allowed(&strict.record(&incident(IncidentKind::Drift, false, 3)));
    denied(&strict.admit(&apply(HOUR + 4)), codes::DRIFT_ABSENT);
    let admission = strict.admit(&apply(HOUR + 3));
    allowed(&admission);
    assert!(found(&admission, codes::DRIFT_OK));
}

/// What failed may have left something behind.
#[test]
fn what_failed_may_have_drifted_too() {
    let mut world = world("{ blocks: [apply, promote], absent: deny, maxAge: 1h }");
    world.prepare("dev", &plan(1), 0);
    let failed = world.admit(&ask(Action::Apply, "dev", &plan(1), 1));
    allowed(&world.record(&outcome(failed.entry, OutcomeResult::Failed, 2)));
    world.prepare("dev", &plan(2), 3);
    denied(&world.admit(&ask(Action::Apply, "dev", &plan(2), 4)), codes::DRIFT_ABSENT);
}

/// What was found and resolved must be looked for again; an older look does not count.
// Requirements: R386, R387.
#[test]
fn after_drift_somebody_looks_again() {
    let mut world = world("{ blocks: [apply, promote], absent: deny, maxAge: 1h }");
    world.through_dev(0);
    world.prepare("dev", &plan(2), 1);
    allowed(&world.record(&incident(IncidentKind::Drift, false, 2)));
    let opened = world.record(&incident(IncidentKind::Drift, true, 3));
    allowed(&world.record(&resolution(opened.entry, 4)));
    denied(&world.admit(&ask(Action::Apply, "dev", &plan(2), 5)), codes::DRIFT_ABSENT);
    allowed(&world.record(&incident(IncidentKind::Drift, false, 6)));
    allowed(&world.admit(&ask(Action::Apply, "dev", &plan(2), 7)));
}

/// R390: the way back stays open, and so does the plan for it.
#[test]
fn an_incident_does_not_close_the_way_back() {
    let mut world = world(ALLOW);
    world.through_dev(0);
    let other = |mut request: Request| {
        change_of(&mut request).commit = OTHER_COMMIT.to_owned();
        request
    };
    allowed(&world.admit(&other(ask(Action::Plan, "dev", &plan(2), 1))));
    let scan = evidence(poundlock::model::About::Plan(plan(2).digest), EvidenceResult::Pass, 1);
    allowed(&world.record(&scan));
    let bad = world.admit(&other(ask(Action::Apply, "dev", &plan(2), 2)));
    allowed(&world.record(&outcome(bad.entry, OutcomeResult::Succeeded, 3)));
    allowed(&world.record(&incident(IncidentKind::Health, true, 4)));
    denied(&world.admit(&other(ask(Action::Plan, "dev", &plan(4), 5))), codes::INCIDENT_OPEN);
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(3), 5)));
    allowed(&world.admit(&ask(Action::Rollback, "dev", &plan(3), 6)));
}

#[test]
fn incidents_are_for_those_to_report_whom_the_charter_names() {
    let mut world = world(ALLOW);
    let opened = world.record(&incident(IncidentKind::Bypass, true, 0));
    let mut stranger = incident(IncidentKind::Bypass, true, 1);
    stranger.actor = workload("deployer");
    denied(&world.record(&stranger), codes::FACT_NOT_RECORDER);
    let mut other = resolution(opened.entry, 2);
    other.actor = human("bob");
    denied(&world.record(&other), codes::FACT_NOT_RECORDER);
    let mut nowhere = incident(IncidentKind::Bypass, true, 3);
    incident_of(&mut nowhere).stage = "nowhere".to_owned();
    denied(&world.record(&nowhere), codes::FACT_SUBJECT);
    denied(&world.record(&incident(IncidentKind::Health, false, 3)), codes::FACT_SUBJECT);
    let mut early = incident(IncidentKind::Drift, false, 4);
    incident_of(&mut early).seen = at(4 + 61);
    denied(&world.record(&early), codes::FACT_FUTURE);
    assert_eq!(world.state.status().incidents.len(), 1);
}

/// An alias names the same stage, and what was recorded so comes out alike again.
#[test]
fn an_incident_may_name_its_stage_by_an_alias() {
    let mut world = world(ALLOW);
    let mut fact = incident(IncidentKind::Other, true, 0);
    incident_of(&mut fact).stage = "development".to_owned();
    allowed(&world.record(&fact));
    denied(&world.admit(&ask(Action::Plan, "dev", &plan(1), 1)), codes::INCIDENT_OPEN);
    world.snapshot();
    assert_eq!(State::open(&world.ledger).unwrap(), world.state);
    let done = world.engine.redecide(&world.ledger, &mut State::new(), world.size()).unwrap();
    assert_eq!(done.entries, world.size());
}

#[test]
fn a_drift_rule_that_cannot_be_met_is_refused() {
    let refused = |changes: &[(&str, &str)]| {
        let texts = Texts {
            charter: charter_with(changes).into(),
            lock: lock(&[PACK]).into(),
            packs: vec![PACK.into()],
        };
        Engine::new(texts).unwrap_err().code()
    };
    let prod = "{ stage: prod,";
    for rule in [
        "{ blocks: [], absent: allow }",
        "{ blocks: [rollback], absent: allow }",
        "{ blocks: [apply], absent: deny }",
        "{ blocks: [apply], absent: allow, maxAge: 1h }",
    ] {
        let with = format!("{prod} drift: {rule},");
        assert_eq!(refused(&[FACTS, (prod, &with)]), "charter.invalid", "{rule}");
    }
    let strict = format!("{prod} drift: {{ blocks: [apply], absent: deny, maxAge: 1h }},");
    assert_eq!(refused(&[(prod, &strict)]), "charter.invalid", "nobody may look");
    // What an earlier stage blocks, a later one does (R173).
    let dev = "{ stage: dev,";
    let with = format!("{dev} drift: {{ blocks: [apply], absent: allow }},");
    assert_eq!(refused(&[FACTS, (dev, &with)]), "charter.invalid");
}

/// A refused report opens nothing.
#[test]
fn what_is_refused_opens_nothing() {
    let mut world = world(ALLOW);
    let mut stranger = incident(IncidentKind::Drift, true, 0);
    stranger.actor = workload("deployer");
    assert_eq!(world.record(&stranger).verdict, Verdict::Deny);
    let mut far = ask(Action::Plan, "dev", &drifted(1), 0);
    change_of(&mut far).git_ref = "refs/heads/x".to_owned();
    denied(&world.admit(&far), codes::BOUNDARY_REF);
    assert!(world.state.status().incidents.is_empty());
}
