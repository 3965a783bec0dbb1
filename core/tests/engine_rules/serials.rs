//! The serial number of a tool's own state: one that nobody reported opens an incident (R063).

use poundlock::{
    digest::Digest,
    engine::codes,
    limits,
    model::{
        Action, Execution, Fact, FactKind, IncidentKind, OutcomeResult, StateSerial, StateVersion,
    },
    state::State,
};
use proptest::prelude::*;

use crate::{
    drift::{self, incident, incident_of},
    support::*,
};

pub(crate) const LINEAGE: &str = "5d0a3d6c-0000-4000-8000-000000000001";

pub(crate) fn reporting(
    permit: Digest,
    result: OutcomeResult,
    state: (&str, u64, u64),
    seconds: i64,
) -> Fact {
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
pub(crate) fn begin(world: &mut World, number: u8, asset: &str, seconds: i64) -> Digest {
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
pub(crate) fn look(found: bool, (lineage, serial): (&str, u64), seconds: i64) -> Fact {
    let mut fact = incident(IncidentKind::Drift, found, seconds);
    incident_of(&mut fact).state =
        Some(StateVersion { lineage: lineage.to_owned(), serial, content: None });
    fact
}

/// How many incidents are open, all of them bypasses.
pub(crate) fn bypasses(world: &World) -> usize {
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
