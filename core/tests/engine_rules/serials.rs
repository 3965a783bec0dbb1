//! The serial number of a tool's own state: one that nobody reported opens an incident (R063).

use poundlock::{
    digest::Digest,
    engine::codes,
    limits,
    model::{
        Action, Execution, Fact, FactKind, IncidentKind, OutcomeResult, Severity, StateContent,
        StateSerial, StateVersion,
    },
    report::Name,
    state::State,
};
use proptest::prelude::*;

use crate::{
    drift::{self, incident, incident_of, resolution},
    reports::{figure, report},
    support::*,
};

const LINEAGE: &str = "5d0a3d6c-0000-4000-8000-000000000001";

fn reporting(permit: Digest, result: OutcomeResult, state: (&str, u64, u64), seconds: i64) -> Fact {
    let mut fact = outcome(permit, result, seconds);
    if let FactKind::Outcome(report) = &mut fact.fact {
        let (lineage, before, after) = state;
        report.state = Some(StateSerial {
            lineage: lineage.to_owned(),
            before,
            after,
            content_before: None,
            content_after: None,
        });
    }
    fact
}

/// Admits an application in dev for an asset.
fn begin(world: &mut World, number: u8, asset: &str, seconds: i64) -> Digest {
    use poundlock::model::{About, EvidenceResult};
    let plan = plan(number);
    for action in [Action::Plan, Action::Apply] {
        let mut request = ask(action, "dev", &plan, seconds);
        request.asset = asset.to_owned();
        if action == Action::Plan {
            allowed(&world.admit(&request));
            let about = About::Plan(plan.digest);
            allowed(&world.record(&evidence(about, EvidenceResult::Pass, seconds)));
            continue;
        }
        let admission = world.admit(&request);
        allowed(&admission);
        return admission.entry;
    }
    panic!("no action follows the plan")
}

/// Somebody looks for drift in a state, and finds some or none.
fn look(found: bool, (lineage, serial): (&str, u64), seconds: i64) -> Fact {
    let mut fact = incident(IncidentKind::Drift, found, seconds);
    incident_of(&mut fact).state =
        Some(StateVersion { lineage: lineage.to_owned(), serial, content: None });
    fact
}

/// Somebody reports that an asset's state was written around the gates, or that another took its place.
fn bypass(asset: &str, state: (&str, u64), seconds: i64) -> Fact {
    let mut fact = look(true, state, seconds);
    let incident = incident_of(&mut fact);
    (incident.kind, incident.asset) = (IncidentKind::Bypass, asset.to_owned());
    fact
}

/// How many incidents are open, all of them bypasses.
fn bypasses(world: &World) -> usize {
    let incidents = world.state.status().incidents;
    assert!(incidents.iter().all(|incident| incident.kind == IncidentKind::Bypass));
    incidents.len()
}

// Requirements: R063.
#[test]
fn a_state_that_somebody_else_wrote_is_an_incident() {
    let cases = [
        // As it was left.
        ((LINEAGE, 4, 6), 0),
        // Written in between.
        ((LINEAGE, 5, 6), 1),
        // An older one was put in its place.
        ((LINEAGE, 2, 3), 1),
        // Another one took its place.
        (("another", 4, 6), 1),
    ];
    for (second, expected) in cases {
        let mut world = World::new();
        let permit = begin(&mut world, 1, "web", 0);
        allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 1, 4), 0)));
        assert_eq!(bypasses(&world), 0);
        let permit = begin(&mut world, 2, "web", 60);
        let reported = world.record(&reporting(permit, OutcomeResult::Failed, second, 60));
        allowed(&reported);
        assert_eq!(bypasses(&world), expected, "{second:?}");
        if expected == 1 {
            assert_eq!(world.state.status().incidents[0].entry, reported.entry);
        }
    }
}

// Requirements: R063.
#[test]
fn more_may_be_said_of_one_act_and_one_state_may_hold_several_assets() {
    let mut world = World::new();
    let permit = begin(&mut world, 1, "web", 0);
    allowed(&world.record(&reporting(permit, OutcomeResult::Unknown, (LINEAGE, 1, 3), 0)));
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 1, 4), 1)));
    let permit = begin(&mut world, 2, "api", 60);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 4, 5), 60)));
    let permit = begin(&mut world, 3, "web", 120);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 5, 6), 120)));
    assert_eq!(bypasses(&world), 0);
}

// Requirements: R063.
#[test]
fn a_serial_number_does_not_fall() {
    let mut world = World::new();
    let permit = begin(&mut world, 1, "web", 0);
    let fallen = reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 4, 3), 0);
    denied(&world.record(&fallen), codes::FACT_STATE);
    let same = reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 4, 4), 0);
    allowed(&world.record(&same));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    // Requirements: R063.
    /// An incident is open exactly where a report does not begin where what was told before it ended, or a look finds what
    /// nobody told of; and the state that is folded anew is the same.
    #[test]
    fn an_incident_is_opened_exactly_by_what_does_not_follow(
        told in prop::collection::vec((0_u64..3, 0_u64..3, any::<bool>(), any::<bool>()), 1..8),
    ) {
        let mut world = World::with(&[drift::FACTS]);
        let (mut last, mut expected) = (None, 0);
        for (number, (before, more, other, looked)) in (1_u8..).zip(told) {
            let lineage = if other { "other" } else { LINEAGE };
            let seconds = i64::from(number) * 60;
            if looked {
                let serial = before + more;
                let admission = world.record(&look(false, (lineage, serial), seconds));
                match last {
                    Some((of, known)) if of != lineage || serial < known => {
                        denied(&admission, codes::FACT_STATE_OTHER);
                    }
                    Some((_, known)) if serial > known => {
                        allowed(&admission);
                        expected += 1;
                        last = Some((lineage, serial));
                    }
                    _ => allowed(&admission),
                }
                prop_assert_eq!(bypasses(&world), expected);
                continue;
            }
            let permit = begin(&mut world, number, "web", seconds);
            let report = (lineage, before, before + more);
            allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, report, seconds)));
            expected += usize::from(last.is_some_and(|last| last != (lineage, before)));
            last = Some((lineage, before + more));
            prop_assert_eq!(bypasses(&world), expected);
        }
        let mut anew = State::new();
        anew.catch_up(&world.ledger).unwrap();
        prop_assert_eq!(&anew, &world.state);
        world.snapshot();
        prop_assert_eq!(&State::open(&world.ledger).unwrap(), &world.state);
        let done = world.engine.redecide(&world.ledger, &mut State::new(), world.size()).unwrap();
        prop_assert_eq!(done.entries, world.size());
    }
}

#[test]
fn an_outcome_says_what_carried_the_act_out() {
    let mut world = World::new();
    let permit = begin(&mut world, 1, "web", 0);
    let by = |tool: &str, providers: usize| {
        let mut fact = outcome(permit, OutcomeResult::Succeeded, 0);
        if let FactKind::Outcome(report) = &mut fact.fact {
            report.execution = Some(Execution {
                tool: tool.to_owned(),
                version: "1.11.4".to_owned(),
                providers: (0..providers).map(|n| (n.to_string(), "5.100.0".to_owned())).collect(),
                milliseconds: Some(113),
                ..Execution::default()
            });
        }
        fact
    };
    assert_eq!(by("", 1).validate().unwrap_err().code(), "input.invalid_value");
    let most = limits::OUTCOME_PROVIDERS;
    assert_eq!(by("terraform", most + 1).validate().unwrap_err().code(), "limit.count");
    allowed(&world.record(&by("terraform", most)));
    assert_eq!(world.state.status().deployments.len(), 1);
}

// Requirements: R063, R385.
#[test]
fn a_state_is_told_from_every_other_by_what_outcomes_said_of_it() {
    use poundlock::state::StateStanding::{Newer, Older, Other, Same, Undeployed, Untold};
    let mut world = World::new();
    let standing = |world: &World, asset, found: Option<(&str, u64)>| {
        let found = found.map(|(lineage, serial)| StateVersion {
            lineage: lineage.to_owned(),
            serial,
            content: None,
        });
        world.engine.standing_of_state((None, "dev", asset), found.as_ref(), &world.state)
    };
    assert_eq!(standing(&world, "web", None), Undeployed);
    let permit = begin(&mut world, 1, "web", 0);
    // As long as nothing succeeded, there may be no state.
    assert_eq!(standing(&world, "web", Some((LINEAGE, 1))), Undeployed);
    allowed(&world.record(&outcome(permit, OutcomeResult::Succeeded, 0)));
    assert_eq!(standing(&world, "web", Some((LINEAGE, 1))), Untold);
    let permit = begin(&mut world, 2, "web", 60);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 1, 4), 60)));
    let permit = begin(&mut world, 3, "api", 120);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 4, 6), 120)));
    for asset in ["web", "api"] {
        for (found, expected) in [
            (None, Other),
            (Some(("another", 6)), Other),
            (Some((LINEAGE, 5)), Older),
            (Some((LINEAGE, 6)), Same),
            (Some((LINEAGE, 7)), Newer),
        ] {
            assert_eq!(standing(&world, asset, found), expected, "{asset} {found:?}");
        }
    }
    // The stage is one place, whatever an asset is called.
    assert_eq!(standing(&world, "other", None), Other);
    assert_eq!(standing(&world, "other", Some((LINEAGE, 6))), Same);
}

/// Where the state was reported once, nobody leaves it out: the next report would look like a bypass.
// Requirements: R063.
#[test]
fn an_outcome_says_what_became_of_the_state_where_earlier_ones_did() {
    let mut world = World::new();
    let permit = begin(&mut world, 1, "web", 0);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 1, 4), 0)));
    let permit = begin(&mut world, 2, "web", 60);
    let silent = |result, seconds| outcome(permit, result, seconds);
    for (index, result) in [OutcomeResult::Succeeded, OutcomeResult::Failed].into_iter().enumerate()
    {
        denied(&world.record(&silent(result, 61 + index as i64)), codes::FACT_STATE_MISSING);
    }
    allowed(&world.record(&silent(OutcomeResult::Unknown, 63)));
    allowed(&world.record(&reporting(permit, OutcomeResult::Failed, (LINEAGE, 4, 5), 64)));
    let permit = begin(&mut world, 3, "web", 120);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 5, 6), 121)));
    assert_eq!(bypasses(&world), 0);
}

/// A look that finds nothing in a state that nobody told of hides no bypass, and people get clean again.
// Requirements: R063, R141, R385.
#[test]
fn a_look_at_a_state_that_was_written_around_the_gates_opens_one_incident() {
    let mut world = drift::world("{ blocks: [apply, promote], absent: deny, maxAge: 1h }");
    let permit = begin(&mut world, 1, "web", 0);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 1, 4), 0)));
    allowed(&world.record(&look(false, (LINEAGE, 4), 1)));
    assert_eq!(bypasses(&world), 0);

    let opened = world.record(&look(false, (LINEAGE, 6), 2));
    allowed(&opened);
    let open = world.state.status().incidents;
    assert_eq!((open.len(), open[0].entry, open[0].severity), (1, opened.entry, Severity::High));
    let place = (None, "dev", "web");
    assert_eq!(world.engine.open_bypasses(place, &world.state), [opened.entry]);
    let detected = figure(&report(&world, 0, 3), Name::DetectionTime);
    assert_eq!(detected.of, Some(1), "it counts as detected, although no drift was found");
    allowed(&world.record(&look(false, (LINEAGE, 6), 3)));
    assert_eq!(bypasses(&world), 1);
    world.prepare("dev", &plan(2), 4);
    let apply = |seconds| ask(Action::Apply, "dev", &plan(2), seconds);
    denied(&world.admit(&apply(5)), codes::INCIDENT_OPEN);

    allowed(&world.record(&resolution(opened.entry, 6)));
    assert!(world.engine.open_bypasses(place, &world.state).is_empty());
    allowed(&world.record(&look(false, (LINEAGE, 6), 7)));
    assert_eq!(bypasses(&world), 0);
    let admission = world.admit(&apply(8));
    allowed(&admission);
    // It goes on from where the look found the state, and what is written later is another bypass.
    let report = reporting(admission.entry, OutcomeResult::Succeeded, (LINEAGE, 6, 7), 9);
    allowed(&world.record(&report));
    assert_eq!(bypasses(&world), 0);
    allowed(&world.record(&look(false, (LINEAGE, 8), 10)));
    allowed(&world.record(&look(false, (LINEAGE, 9), 11)));
    assert_eq!(bypasses(&world), 2);
}

/// What was looked at then was not what had been admitted: it is looked for anew, as after drift.
// Requirements: R141, R386.
#[test]
fn a_look_that_opens_an_incident_is_no_clean_one() {
    let mut world = drift::world("{ blocks: [apply, promote], absent: deny, maxAge: 1h }");
    let permit = begin(&mut world, 1, "web", 0);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 1, 4), 0)));
    let opened = world.record(&look(false, (LINEAGE, 6), 1));
    allowed(&world.record(&resolution(opened.entry, 2)));
    world.prepare("dev", &plan(2), 3);
    let apply = |seconds| ask(Action::Apply, "dev", &plan(2), seconds);
    denied(&world.admit(&apply(4)), codes::DRIFT_ABSENT);
    allowed(&world.record(&look(false, (LINEAGE, 6), 5)));
    // No more is what was reported before anybody looked.
    let opened = world.record(&bypass("web", (LINEAGE, 7), 6));
    allowed(&world.record(&resolution(opened.entry, 7)));
    denied(&world.admit(&apply(8)), codes::DRIFT_ABSENT);
    allowed(&world.record(&look(false, (LINEAGE, 7), 9)));
    allowed(&world.admit(&apply(10)));
}

// Requirements: R063, R385.
#[test]
fn one_look_opens_one_incident_the_graver_one() {
    let mut world = World::with(&[drift::FACTS]);
    let permit = begin(&mut world, 1, "web", 0);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 1, 4), 0)));
    allowed(&world.record(&look(true, (LINEAGE, 5), 1)));
    assert_eq!(bypasses(&world), 1);
    // Drift in a state that is known is drift.
    allowed(&world.record(&look(true, (LINEAGE, 5), 2)));
    let kinds: Vec<_> = world.state.status().incidents.iter().map(|it| it.kind).collect();
    assert!(kinds.contains(&IncidentKind::Drift) && kinds.len() == 2, "{kinds:?}");
}

/// While an act is under way, the state may be newer by what was admitted. Such a look is neither a bypass nor clean.
// Requirements: R063.
#[test]
fn an_act_that_is_under_way_may_account_for_a_newer_state() {
    let mut world = drift::world("{ blocks: [apply, promote], absent: deny, maxAge: 1h }");
    let permit = begin(&mut world, 1, "web", 0);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 1, 4), 0)));
    allowed(&world.record(&look(false, (LINEAGE, 4), 1)));
    let permit = begin(&mut world, 2, "web", 60);
    allowed(&world.record(&reporting(permit, OutcomeResult::Unknown, (LINEAGE, 4, 5), 61)));
    allowed(&world.record(&look(false, (LINEAGE, 6), HOUR + 60)));
    assert_eq!(bypasses(&world), 0);
    allowed(&world.record(&reporting(
        permit,
        OutcomeResult::Succeeded,
        (LINEAGE, 4, 6),
        HOUR + 61,
    )));
    world.prepare("dev", &plan(3), HOUR + 62);
    denied(&world.admit(&ask(Action::Apply, "dev", &plan(3), HOUR + 63)), codes::DRIFT_ABSENT);
    allowed(&world.record(&look(false, (LINEAGE, 6), HOUR + 64)));
    assert_eq!(bypasses(&world), 0);
    allowed(&world.record(&look(false, (LINEAGE, 7), HOUR + 65)));
    assert_eq!(bypasses(&world), 1);
}

/// One state may hold several assets of a stage: what a look at one of them found is accounted for all.
// Requirements: R063.
#[test]
fn a_bypass_of_a_state_is_one_whatever_asset_was_looked_at() {
    let mut world = World::with(&[drift::FACTS]);
    let permit = begin(&mut world, 1, "web", 0);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 1, 4), 0)));
    let permit = begin(&mut world, 2, "api", 60);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 4, 5), 60)));
    for (asset, seconds) in [("web", 61), ("api", 62)] {
        let mut fact = look(false, (LINEAGE, 7), seconds);
        incident_of(&mut fact).asset = asset.to_owned();
        allowed(&world.record(&fact));
        assert_eq!(bypasses(&world), 1);
    }
    let permit = begin(&mut world, 3, "api", 120);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 7, 8), 120)));
    assert_eq!(bypasses(&world), 1);
    // It is open where the state was told of, so that it blocks there, whatever name was looked under.
    let mut fact = look(false, (LINEAGE, 9), 121);
    incident_of(&mut fact).asset = "wbe".to_owned();
    let opened = world.record(&fact);
    allowed(&opened);
    let incidents = world.state.status().incidents;
    let opened = incidents.iter().find(|it| it.entry == opened.entry).unwrap();
    assert_eq!(opened.site.asset, "api");
}

// Requirements: R063, R385.
#[test]
fn a_look_elsewhere_says_nothing_of_what_was_deployed() {
    let mut world = World::with(&[drift::FACTS]);
    let permit = begin(&mut world, 1, "web", 0);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 1, 4), 0)));
    for (elsewhere, seconds) in [(("another", 4), 1), ((LINEAGE, 3), 2)] {
        denied(&world.record(&look(false, elsewhere, seconds)), codes::FACT_STATE_OTHER);
    }
    let mut health = look(true, (LINEAGE, 4), 3);
    incident_of(&mut health).kind = IncidentKind::Health;
    denied(&world.record(&health), codes::FACT_SUBJECT);
    // Who reports the bypass by hand accounts for the state, too.
    allowed(&world.record(&bypass("web", (LINEAGE, 6), 4)));
    allowed(&world.record(&look(false, (LINEAGE, 6), 5)));
    assert_eq!(bypasses(&world), 1);
    // And may say that another state took its place.
    allowed(&world.record(&bypass("web", ("another", 1), 6)));
    assert_eq!(bypasses(&world), 2);
}

/// What a state holds, blinded by a nonce.
fn content(nonce: u8, of: u8) -> Option<StateContent> {
    Some(StateContent { nonce: Digest::of(&[nonce]), digest: Digest::of(&[nonce, of]) })
}

fn holding(mut fact: Fact, before: Option<StateContent>, after: Option<StateContent>) -> Fact {
    match &mut fact.fact {
        FactKind::Outcome(report) => {
            let state = report.state.as_mut().expect("the outcome tells of a state");
            (state.content_before, state.content_after) = (before, after);
        }
        FactKind::Incident(incident) => {
            incident.state.as_mut().expect("a state was looked at").content = after;
        }
        _ => panic!("nothing tells of a state"),
    }
    fact
}

/// A state that was altered by hand, and whose serial number says nothing of it.
// Requirements: R063, R141.
#[test]
fn a_state_that_holds_something_else_under_the_same_serial_number_was_altered() {
    let begun = || {
        let mut world = World::with(&[drift::FACTS]);
        let permit = begin(&mut world, 1, "web", 0);
        let report = reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 0, 4), 0);
        allowed(&world.record(&holding(report, None, content(1, 1))));
        world
    };
    let look = |content, seconds| holding(look(false, (LINEAGE, 4), seconds), None, content);
    let mut world = begun();
    allowed(&world.record(&look(content(1, 1), 1)));
    assert_eq!(bypasses(&world), 0);
    let opened = world.record(&look(content(1, 2), 2));
    allowed(&opened);
    allowed(&world.record(&look(content(1, 2), 3)));
    assert_eq!(bypasses(&world), 1);
    allowed(&world.record(&resolution(opened.entry, 4)));
    allowed(&world.record(&look(content(1, 2), 5)));
    assert_eq!(bypasses(&world), 0);
    // The next outcome goes on from what the look found.
    let permit = begin(&mut world, 2, "web", 60);
    let report = reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 4, 5), 60);
    allowed(&world.record(&holding(report, content(1, 2), content(1, 3))));
    assert_eq!(bypasses(&world), 0);
    world.snapshot();
    assert_eq!(State::open(&world.ledger).unwrap(), world.state);
    let done = world.engine.redecide(&world.ledger, &mut State::new(), world.size()).unwrap();
    assert_eq!(done.entries, world.size());

    // Where nobody looked, the next outcome tells. What lies under another nonce nobody can compare.
    for (before, expected) in
        [(content(1, 1), 0), (content(1, 2), 1), (content(2, 2), 0), (None, 0)]
    {
        let mut world = begun();
        let permit = begin(&mut world, 2, "web", 60);
        let report = reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 4, 5), 60);
        allowed(&world.record(&holding(report, before, content(2, 3))));
        assert_eq!(bypasses(&world), expected, "{before:?}");
    }
}

/// What was told once, no look leaves out: it would say that nothing was altered, and not have seen it.
// Requirements: R063.
#[test]
fn a_look_says_what_the_state_holds_where_the_outcome_did() {
    let mut world = World::with(&[drift::FACTS]);
    let permit = begin(&mut world, 1, "web", 0);
    let report = reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 0, 4), 0);
    allowed(&world.record(&holding(report, None, content(1, 1))));
    for (content, seconds) in [(None, 1), (content(2, 1), 2)] {
        let look = holding(look(false, (LINEAGE, 4), seconds), None, content);
        denied(&world.record(&look), codes::FACT_STATE_MISSING);
    }
    allowed(&world.record(&look(false, (LINEAGE, 5), 3)));
    assert_eq!(bypasses(&world), 1, "a newer state needs no comparison");
}

/// Nothing blocks a stage for ever: neither a look that tells of a serial number far ahead, nor a state that was brought back from a
/// backup or made anew, nor a nonce that is lost. Somebody reports it, and somebody ends the incident.
// Requirements: R063, R141.
#[test]
fn a_reported_bypass_accounts_for_whatever_is_there() {
    for (there, ahead) in [
        ((LINEAGE, 4), true),
        ((LINEAGE, 4), false),
        ((LINEAGE, 2), false),
        (("another", 1), false),
    ] {
        let mut world = drift::world("{ blocks: [apply, promote], absent: deny, maxAge: 1h }");
        let permit = begin(&mut world, 1, "web", 0);
        let report = reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 1, 4), 0);
        allowed(&world.record(&holding(report, None, content(1, 1))));
        if ahead {
            let opened = world.record(&look(false, (LINEAGE, 1_000_000), 1));
            allowed(&opened);
            allowed(&world.record(&resolution(opened.entry, 2)));
        }
        let refused = world.record(&look(false, there, 3));
        assert!(!refused.may_proceed(), "{there:?}");
        let opened = world.record(&bypass("web", there, 4));
        allowed(&opened);
        world.prepare("dev", &plan(2), 5);
        let apply = |seconds| ask(Action::Apply, "dev", &plan(2), seconds);
        assert!(found(&world.admit(&apply(6)), codes::INCIDENT_OPEN));
        allowed(&world.record(&resolution(opened.entry, 7)));
        allowed(&world.record(&holding(look(false, there, 8), None, content(2, 1))));
        let admission = world.admit(&apply(9));
        allowed(&admission);
        let (lineage, serial) = there;
        let report = (lineage, serial, serial + 1);
        let report = reporting(admission.entry, OutcomeResult::Succeeded, report, 10);
        allowed(&world.record(&holding(report, content(2, 1), content(2, 2))));
        assert_eq!(bypasses(&world), 0, "{there:?}");
        world.snapshot();
        assert_eq!(State::open(&world.ledger).unwrap(), world.state);
    }
}

/// What one asset's look told is nothing that the others of the same state wait for for ever.
// Requirements: R063.
#[test]
fn the_next_outcome_goes_on_for_every_asset_of_the_state() {
    let mut world = World::with(&[drift::FACTS]);
    let permit = begin(&mut world, 1, "web", 0);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 1, 4), 0)));
    let permit = begin(&mut world, 2, "api", 60);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 4, 5), 60)));
    allowed(&world.record(&look(false, (LINEAGE, 1_000_000), 61)));
    let permit = begin(&mut world, 3, "web", 120);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 5, 6), 120)));
    assert_eq!(bypasses(&world), 2);
    allowed(&world.record(&look(false, (LINEAGE, 6), 121)));
    let permit = begin(&mut world, 4, "web", 180);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 6, 7), 180)));
    assert_eq!(bypasses(&world), 2);
}

/// Nobody hides a bypass by reporting it of an asset that there is not: it blocks where its state was told of.
// Requirements: R063, R141.
#[test]
fn a_reported_bypass_is_open_where_its_state_was_told_of() {
    let mut world = World::with(&[drift::FACTS]);
    let permit = begin(&mut world, 1, "web", 0);
    allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 1, 4), 0)));
    allowed(&world.record(&bypass("wbe", (LINEAGE, 6), 1)));
    assert_eq!(world.state.status().incidents[0].site.asset, "web");
}

/// Whoever says that there is no drift has looked at what the state holds, or says nothing of an altered one.
// Requirements: R063, R141.
#[test]
fn a_look_leaves_no_state_out_where_its_content_was_told() {
    let mut world = World::with(&[drift::FACTS]);
    let permit = begin(&mut world, 1, "web", 0);
    let report = reporting(permit, OutcomeResult::Succeeded, (LINEAGE, 0, 4), 0);
    allowed(&world.record(&holding(report, None, content(1, 1))));
    denied(&world.record(&incident(IncidentKind::Drift, false, 1)), codes::FACT_STATE_MISSING);
    // Another tool that finds drift is heard.
    allowed(&world.record(&incident(IncidentKind::Drift, true, 2)));
}

/// Where nobody told what the state holds, the first look that does is what the next one is compared with.
// Requirements: R063, R141.
#[test]
fn what_a_look_says_of_the_content_is_compared_where_no_outcome_did() {
    let mut world = World::with(&[drift::FACTS]);
    for (number, asset) in [(1, "web"), (2, "api")] {
        let seconds = i64::from(number);
        let permit = begin(&mut world, number, asset, seconds);
        let report = (LINEAGE, u64::from(number), u64::from(number) + 1);
        allowed(&world.record(&reporting(permit, OutcomeResult::Succeeded, report, seconds)));
    }
    let look = |of, seconds| holding(look(false, (LINEAGE, 3), seconds), None, content(1, of));
    // To bring back what was altered is to alter it.
    for (of, expected, seconds) in [(1, 0, 10), (1, 0, 11), (2, 1, 12), (2, 1, 13), (1, 2, 14)] {
        allowed(&world.record(&look(of, seconds)));
        assert_eq!(bypasses(&world), expected);
    }
}

/// A state as it is, whatever the ledger knows of it.
struct There {
    lineage: String,
    serial: u64,
    content: u8,
}

impl There {
    fn look(&self, asset: &str, seconds: i64) -> Fact {
        let mut fact = look(false, (&self.lineage, self.serial), seconds);
        incident_of(&mut fact).asset = asset.to_owned();
        holding(fact, None, content(1, self.content))
    }

    fn bypass(&self, asset: &str, seconds: i64) -> Fact {
        let fact = bypass(asset, (&self.lineage, self.serial), seconds);
        holding(fact, None, content(1, self.content))
    }

    /// Somebody writes it around the gates, alters it by hand, brings an older one back, or makes it anew.
    fn tamper(&mut self, how: u8) {
        self.content += 1;
        match how {
            0 => self.serial += 1,
            1 => {}
            2 => self.serial = self.serial.saturating_sub(1),
            _ => (self.lineage, self.serial) = (format!("{}+", self.lineage), 1),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    // Requirements: R063, R141, R385.
    /// Two assets lie in one state. Whatever is done to it around the gates, the next look or outcome of each asset tells; then
    /// a reported bypass, where no look is admitted, lets people go on; and who does nothing of the kind is never accused.
    #[test]
    fn whatever_is_done_to_a_state_shows_once_and_nobody_else_is_accused(
        steps in prop::collection::vec((0_u8..10, any::<bool>()), 1..14),
    ) {
        let mut world = World::with(&[drift::FACTS]);
        let mut there = There { lineage: LINEAGE.to_owned(), serial: 10, content: 0 };
        let mut known = [String::new(), String::new()];
        let (mut seconds, mut tampered) = (0, false);
        for (number, (what, second)) in (1_u8..).zip([(5, false), (5, true)].into_iter().chain(steps)) {
            seconds += 60;
            let (index, asset) = if second { (1, "api") } else { (0, "web") };
            let is_expected =
                tampered || (!known[index].is_empty() && known[index] != there.lineage);
            let open = bypasses(&world);
            match what {
                0..4 => {
                    there.tamper(what);
                    tampered = true;
                    continue;
                }
                4..7 => {
                    let permit = begin(&mut world, number, asset, seconds);
                    let before = (there.serial, there.content);
                    // One that changes nothing leaves the state as it was.
                    let more = u8::from(what != 4);
                    (there.serial, there.content) =
                        (before.0 + u64::from(more), before.1 + more);
                    let report = (there.lineage.as_str(), before.0, there.serial);
                    let report = reporting(permit, OutcomeResult::Succeeded, report, seconds);
                    let report = holding(report, content(1, before.1), content(1, there.content));
                    allowed(&world.record(&report));
                    prop_assert_eq!(bypasses(&world) > open, is_expected);
                    // Outcomes of the other asset may still tell of a newer state than what was brought back.
                    if is_expected {
                        allowed(&world.record(&there.bypass(asset, seconds + 1)));
                    }
                }
                _ => {
                    let looked = world.record(&there.look(asset, seconds));
                    prop_assert_eq!(bypasses(&world) > open || !looked.may_proceed(), is_expected);
                    if !looked.may_proceed() {
                        allowed(&world.record(&there.bypass(asset, seconds + 1)));
                        allowed(&world.record(&there.look(asset, seconds + 2)));
                        prop_assert_eq!(bypasses(&world), open + 1);
                    }
                }
            }
            known[index].clone_from(&there.lineage);
            tampered = false;
        }
        world.snapshot();
        prop_assert_eq!(&State::open(&world.ledger).unwrap(), &world.state);
        let done = world.engine.redecide(&world.ledger, &mut State::new(), world.size()).unwrap();
        prop_assert_eq!(done.entries, world.size());
    }
}
