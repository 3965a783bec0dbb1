//! Whoever looks for drift says in which state: a bypass shows there, and one that is reported is accounted for (R063).

use poundlock::{
    digest::Digest,
    engine::codes,
    model::{Action, Fact, FactKind, IncidentKind, OutcomeResult, Severity, StateContent},
    report::Name,
    state::State,
};
use proptest::prelude::*;

use crate::{
    drift::{self, incident, incident_of, resolution},
    reports::{figure, report},
    serials::{LINEAGE, begin, bypasses, look, reporting},
    support::*,
};

/// Somebody reports that an asset's state was written around the gates, or that another took its place.
fn bypass(asset: &str, state: (&str, u64), seconds: i64) -> Fact {
    let mut fact = look(true, state, seconds);
    let incident = incident_of(&mut fact);
    (incident.kind, incident.asset) = (IncidentKind::Bypass, asset.to_owned());
    fact
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
