//! What a report counts, and that its numbers agree with each other.

use poundlock::{
    digest::Digest,
    engine::Admission,
    model::{
        About, Action, EvidenceResult, Fact, FactKind, Incident, IncidentKind, IntegrityResult,
        OutcomeResult, Resolution, Severity,
    },
    report::{Figure, FigureSet, Name, Period, Report},
};
use proptest::prelude::*;

use crate::{
    break_glass, drift,
    erasures::{attachments, erasure},
    lifecycles,
    support::*,
    waivers,
};

pub(crate) fn report(world: &World, since: i64, until: i64) -> Report {
    Report::of(&world.ledger, Period { since: at(since), until: at(until) }, 0).unwrap()
}

pub(crate) fn figure(report: &Report, name: Name) -> Figure {
    report.figure(name).unwrap().clone()
}

/// How many of how many.
fn share(report: &Report, name: Name) -> (u64, u64) {
    let Figure { count, of, .. } = figure(report, name);
    (count, of.unwrap_or(0))
}

/// Has the plan applied from one instant on and its outcome recorded at another.
fn act(world: &mut World, number: u8, from: i64, to: i64, result: OutcomeResult) -> Admission {
    world.prepare("dev", &plan(number), from);
    let admission = world.admit(&ask(Action::Apply, "dev", &plan(number), from));
    allowed(&admission);
    allowed(&world.record(&outcome(admission.entry, result, to)));
    admission
}

// Requirements: R380, R414, R415.
#[test]
fn deployments_are_counted_with_their_times_and_entries() {
    let mut world = World::new();
    act(&mut world, 1, 100, 130, OutcomeResult::Succeeded);
    act(&mut world, 2, 200, 210, OutcomeResult::Failed);
    let last = act(&mut world, 3, 300, 350, OutcomeResult::Succeeded);
    let report = report(&world, 0, 1_000);
    assert_eq!(share(&report, Name::DeploymentsSucceeded), (2, 3));
    assert_eq!(share(&report, Name::DeploymentsFailed), (1, 3));
    let time = figure(&report, Name::DeploymentTime);
    assert_eq!((time.count, time.of, time.longest), (30 + 50, Some(2), Some(50)));
    assert_eq!(time.entries.last(), Some(&(last.sequence + 1)));
    // From the record of the failure to that of the next success.
    let recovery = figure(&report, Name::RecoveryTime);
    assert_eq!((recovery.count, recovery.of), (140, Some(1)));
    assert_eq!(share(&report, Name::RollbacksSucceeded), (0, 0));
}

// Requirements: R419, R430, R470.
#[test]
fn rollbacks_are_counted_with_their_times() {
    let mut world = World::with(&[
        ("{ into: registry, gates: [card] }", "{ into: registry, gates: [card], rollback: {} }"),
        ("from: registry, gates: [card],", "from: registry, gates: [card], rollback: {},"),
        ("{ promote: [deployer] }", "{ promote: [deployer], rollback: [deployer] }"),
    ]);
    let (good, bad) = (Digest::of(b"good"), Digest::of(b"bad"));
    for (model, seconds, result) in
        [(good, 0, OutcomeResult::Succeeded), (bad, 100, OutcomeResult::Failed)]
    {
        allowed(&world.record(&evidence(About::Artifact(model), EvidenceResult::Pass, seconds)));
        let entered = world.admit(&promote_artifact("registry", model, seconds));
        allowed(&entered);
        allowed(&world.record(&outcome(entered.entry, result, seconds)));
    }
    let mut back = promote_artifact("registry", good, 200);
    (back.id, back.action) = ("back".to_owned(), Action::Rollback);
    let back = world.admit(&back);
    allowed(&back);
    allowed(&world.record(&outcome(back.entry, OutcomeResult::Succeeded, 245)));
    let report = report(&world, 0, 1_000);
    assert_eq!(share(&report, Name::RollbacksSucceeded), (1, 1));
    let time = figure(&report, Name::RollbackTime);
    assert_eq!((time.count, time.of, time.longest), (45, Some(1), Some(45)));
}

// Requirements: R402.
#[test]
fn an_act_whose_end_nobody_knows_is_a_gap() {
    let mut world = World::new();
    act(&mut world, 1, 100, 130, OutcomeResult::Succeeded);
    world.prepare("dev", &plan(2), 200);
    let open = world.admit(&ask(Action::Apply, "dev", &plan(2), 200));
    allowed(&open);
    // Nobody knows is no end.
    allowed(&world.record(&outcome(open.entry, OutcomeResult::Unknown, 210)));
    let missing = figure(&report(&world, 0, 1_000), Name::OutcomesMissing);
    assert_eq!((missing.count, missing.of, missing.entries), (1, Some(2), vec![open.sequence]));
    // Before the outcome was recorded, the first one was a gap as well.
    assert_eq!(share(&report(&world, 0, 130), Name::OutcomesMissing), (1, 1));
}

// Requirements: R371, R373, R398, R405.
#[test]
fn denials_are_counted_by_code_and_by_class() {
    let mut world = World::new();
    let mut local = ask(Action::Plan, "dev", &plan(1), 0);
    local.channel = poundlock::model::Channel::Local;
    world.admit(&local);
    let public = plan_of(2, &[("thing", "create", r#"{"public": true}"#, "{}")]);
    let violation = world.admit(&ask(Action::Plan, "dev", &public, 1));
    let mut stranger = ask(Action::Plan, "dev", &plan(3), 2);
    stranger.actor = workload("mallory");
    world.admit(&stranger);
    let mut secret = ask(Action::Plan, "dev", &plan(4), 3);
    secret.reason = format!("-----BEGIN {} KEY-----\nMIIE", "PRIVATE");
    world.admit(&secret);
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(5), 4)));
    let report = report(&world, 0, 1_000);
    assert_eq!(share(&report, Name::RequestsAllowed), (1, 5));
    assert_eq!(share(&report, Name::RequestsDenied), (4, 5));
    assert_eq!(share(&report, Name::StrangersRefused), (1, 5));
    assert_eq!(share(&report, Name::AccessRefused), (2, 5));
    assert_eq!(share(&report, Name::SecretsRefused), (1, 5));
    let violated = figure(&report, Name::PoliciesViolated);
    assert_eq!((violated.count, violated.entries), (1, vec![violation.sequence]));
    let count =
        |code: &str| report.codes.iter().find(|count| count.code == code).map(|count| count.count);
    assert_eq!(count("channel.local"), Some(1));
    assert_eq!(count("policy.failed"), Some(1));
    assert_eq!(count("identity.undeclared"), Some(1));
    assert_eq!(count("request.ok"), None);
}

// Requirements: R404, R405.
#[test]
fn exceptions_are_counted() {
    let mut world = waivers::world();
    allowed(&world.admit(&ask(Action::Plan, "dev", &waivers::public(1), 1)));
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(2), 2)));
    assert_eq!(share(&report(&world, 0, 1_000), Name::WaiversUsed), (1, 2));

    let mut world = break_glass::world();
    let grant = break_glass::granted(&mut world, 0);
    allowed(&world.admit(&break_glass::by_hand(grant, Action::Plan, 3, 1)));
    allowed(&world.admit(&break_glass::by_hand(grant, Action::Apply, 3, 2)));
    let early = report(&world, 0, 1_000);
    assert_eq!(figure(&early, Name::GrantsOpened).count, 1);
    assert_eq!(share(&early, Name::GrantsUsed), (2, 2));
    assert_eq!(share(&early, Name::ActsRegular), (0, 1));
    assert_eq!(share(&early, Name::PostMortems), (0, 1));
    allowed(&world.record(&break_glass::post_mortem(human("cyd"), grant, 5_000)));
    assert_eq!(share(&report(&world, 1_000, 6_000), Name::PostMortems), (1, 1));
}

// Requirements: R401, R385.
#[test]
fn incidents_are_counted_from_sight_to_resolution() {
    let mut world = drift::world(drift::ALLOW);
    let incident = |kind, found, seen, seconds| {
        let incident = Incident {
            kind,
            track: None,
            stage: "dev".to_owned(),
            asset: "web".to_owned(),
            found,
            seen: at(seen),
            state: None,
            resources: Vec::new(),
            severity: None,
            report: None,
            note: None,
        };
        fact(workload("checker"), seconds, FactKind::Incident(incident))
    };
    allowed(&world.record(&incident(IncidentKind::Drift, false, 0, 10)));
    let first = world.record(&incident(IncidentKind::Drift, true, 20, 50));
    allowed(&first);
    let mut outage = incident(IncidentKind::Health, true, 60, 70);
    if let FactKind::Incident(incident) = &mut outage.fact {
        incident.severity = Some(Severity::Critical);
    }
    allowed(&world.record(&outage));
    let resolution = Resolution { incident: first.entry, reason: "undone".to_owned() };
    allowed(&world.record(&fact(human("ann"), 150, FactKind::Resolution(resolution))));
    let report = report(&world, 0, 1_000);
    assert_eq!(share(&report, Name::DriftFound), (1, 2));
    assert_eq!(figure(&report, Name::IncidentsOpened).count, 2);
    assert_eq!(share(&report, Name::IncidentsSevere), (1, 2));
    assert_eq!(share(&report, Name::IncidentsResolved), (1, 2));
    let (detection, lasting) =
        (figure(&report, Name::DetectionTime), figure(&report, Name::IncidentTime));
    assert_eq!((detection.count, detection.of, detection.longest), (40, Some(2), Some(30)));
    assert_eq!((lasting.count, lasting.of), (100, Some(1)));
}

// Requirements: R403, R406.
#[test]
fn erasures_and_signatures_are_counted() {
    let mut world = World::with_keys(&[key(1)]);
    let planned = world.admit(&ask(Action::Plan, "dev", &plan(1), 0));
    allowed(&planned);
    world.sign();
    let named = attachments(&world, &planned);
    let erased = world.record(&erasure(human("cyd"), named[0], planned.sequence, 10));
    allowed(&erased);
    let report = report(&world, 0, 1_000);
    let done = figure(&report, Name::ErasuresDone);
    assert_eq!((done.count, done.of, done.entries), (1, Some(1), vec![erased.sequence]));
    assert_eq!(share(&report, Name::Verified), (3, 3));
    // What was signed is the genesis entry and the plan, and not yet the erasure.
    assert_eq!(share(&report, Name::Signed), (2, 3));
    let (kept, of) = share(&report, Name::AttachmentsKept);
    assert_eq!(of - kept, 1);
}

// Requirements: R363, R364, R365, R395, R396, R397, R399, R400, R407, R431.
#[test]
fn artifacts_are_counted_from_draft_to_integrity_check() {
    let mut world = lifecycles::world();
    let manifest = lifecycles::manifest("1.0.0");
    let artifact = world.approved(&manifest, 100);
    let published = world.takes(lifecycles::publish(artifact, None, 160));
    world.takes(attest_locked(artifact, 170));
    world.takes(lifecycles::used(artifact, 180));
    let mut altered = manifest.clone();
    altered.labels.insert("note".to_owned(), "another".to_owned());
    let refused = world.record(&lifecycles::create(&altered, 190));
    let mut milliseconds = 0;
    for (result, seconds) in [
        (IntegrityResult::Valid, 200),
        (IntegrityResult::Error, 210),
        (IntegrityResult::Invalid, 220),
    ] {
        let mut check = lifecycles::checked(artifact, result, seconds);
        lifecycles::check_of(&mut check).checked = at(seconds - 5);
        milliseconds += u64::from(lifecycles::check_of(&mut check).milliseconds);
        world.takes(check);
    }
    let changed = world.size() - 1;
    let report = report(&world, 0, 1_000);
    assert_eq!(figure(&report, Name::ArtifactsPublished).entries, vec![published.sequence]);
    let time = figure(&report, Name::ImmutabilityTime);
    assert_eq!((time.count, time.of), (60, Some(1)));
    assert_eq!(figure(&report, Name::AlterationsRefused).entries, vec![refused.sequence]);
    assert_eq!(figure(&report, Name::Accesses).count, 1);
    assert_eq!(share(&report, Name::IntegrityValid), (1, 3));
    assert_eq!(share(&report, Name::IntegrityErrors), (1, 3));
    assert_eq!(figure(&report, Name::IntegrityInvalid).entries, vec![changed]);
    let took = figure(&report, Name::IntegrityTime);
    assert_eq!((took.count, took.of), (milliseconds, Some(3)));
    let detection = figure(&report, Name::DetectionTime);
    assert_eq!((detection.count, detection.of), (5, Some(1)));
    assert_eq!(figure(&report, Name::IncidentsOpened).entries, vec![refused.sequence, changed]);
    assert_eq!(share(&report, Name::Immutable), (0, 1));
    // Until the check that found it changed, it was as it was published.
    assert_eq!(share(&self::report(&world, 0, 220), Name::Immutable), (1, 1));
}

fn attest_locked(artifact: Digest, seconds: i64) -> Fact {
    let mut locked = evidence(About::Artifact(artifact), EvidenceResult::Pass, seconds);
    evidence_of(&mut locked).gate = "locked".to_owned();
    locked
}

#[test]
fn a_period_does_not_end_before_it_begins_and_a_ledger_is_sound() {
    let world = World::new();
    let nothing = Period { since: at(5), until: at(5) };
    let refused = Report::of(&world.ledger, nothing, 0).unwrap_err();
    assert_eq!(refused.code(), "input.invalid_value");
}

#[test]
fn every_set_consists_of_figures() {
    let names: Vec<&str> = Name::ALL.iter().map(|name| name.word()).collect();
    for FigureSet { figures, .. } in FigureSet::all() {
        assert!(figures.iter().all(|figure| names.contains(figure)));
    }
}

/// A random fact or request at an instant.
fn happens(world: &mut World, what: u8, seconds: i64) {
    let number = u8::try_from(seconds % 200).unwrap();
    let fact: Fact = match what % 4 {
        0 => {
            let mut request = ask(Action::Plan, "dev", &plan(number), seconds);
            request.reason = if what.is_multiple_of(8) { String::new() } else { request.reason };
            world.admit(&request);
            return;
        }
        1 => approval("ann", "test", plan(number).digest, seconds),
        2 => evidence(About::Plan(plan(number).digest), EvidenceResult::Error, seconds),
        _ => withdrawal(plan(number).digest, seconds),
    };
    world.record(&fact);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Two periods that follow one another count together what both of them do, and nothing counts more than there is.
    // Requirements: R411.
    #[test]
    fn periods_add_up(
        story in prop::collection::vec((any::<u8>(), 1..90_i64), 1..12), cut in 1..1_000_i64,
    ) {
        let mut world = World::new();
        let mut seconds = 0;
        for (what, later) in story {
            seconds += later;
            happens(&mut world, what, seconds);
        }
        let end = 1_100;
        let (first, second) = (report(&world, 0, cut), report(&world, cut, end));
        let whole = report(&world, 0, end);
        for name in Name::ALL {
            let (count, of) = share(&whole, *name);
            prop_assert!(figure(&whole, *name).longest.is_some() || of == 0 || count <= of);
            if [Name::Verified, Name::Immutable].contains(name) {
                continue;
            }
            let (one, other) = (share(&first, *name), share(&second, *name));
            prop_assert_eq!((one.0 + other.0, one.1 + other.1), (count, of), "{}", name.word());
        }
        let counted = |report: &Report| report.codes.iter().map(|count| count.count).sum::<u64>();
        prop_assert_eq!(counted(&first) + counted(&second), counted(&whole));
    }
}
