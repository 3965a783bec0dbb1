//! How much, how often, whether anything newer came, which way leads back, and what is sensitive.

use poundlock::{
    Engine, Texts,
    digest::Digest,
    engine::codes,
    model::{About, Action, EvidenceResult, OutcomeResult, Plan, Request},
};

use crate::support::*;

const DEV: &str = "{ into: dev,";
const TEST: &str = "{ into: test,";
const PROD: &str = "{ into: prod,";
const GRANTS: (&str, &str) =
    ("promote: [deployer] }", "promote: [deployer], rollback: [deployer], shift: [deployer] }");

/// The code of the error that the charter is refused with.
fn refused(changes: &[(&str, &str)]) -> String {
    let texts = Texts {
        charter: charter_with(changes).into(),
        lock: lock(&[PACK]).into(),
        packs: vec![PACK.into()],
    };
    Engine::new(texts).unwrap_err().code().to_owned()
}

/// Says the same of every boundary on the way to prod.
fn everywhere(rule: &str) -> World {
    let (dev, test, prod) =
        (format!("{DEV} {rule},"), format!("{TEST} {rule},"), format!("{PROD} {rule},"));
    World::with(&[(DEV, &dev), (TEST, &test), (PROD, &prod), GRANTS])
}

/// A plan of so many things to be created, changed, and deleted.
fn plan_with(number: u8, actions: &[&str]) -> Plan {
    let things: Vec<String> = actions
        .iter()
        .enumerate()
        .map(|(index, actions)| {
            let value = r#"{"public": false}"#;
            let before = if *actions == r#""create""# { "null" } else { value };
            let after = if *actions == r#""delete""# { "null" } else { value };
            format!(
                r#"{{"address": "thing.a{index}", "mode": "managed", "type": "thing", "name": "a{index}",
                    "change": {{"actions": [{actions}], "before": {before}, "after": {after},
                    "after_unknown": {{}}, "before_sensitive": false, "after_sensitive": {{}}}}}}"#
            )
        })
        .collect();
    plan_from(number, &format!(r#""resource_changes": [{}]"#, things.join(",")))
}

/// R142, R146: each limit counts by itself, and a replacement counts as all that it is.
// Requirements: R081, R142, R146.
#[test]
fn a_plan_stays_within_its_blast_radius() {
    let (create, update) = (r#""create""#, r#""update""#);
    let (delete, replace) = (r#""delete""#, r#""delete", "create""#);
    for (limit, within, beyond) in [
        ("changes: 2", vec![create, update], vec![create, update, delete]),
        ("creates: 1", vec![create, update, delete], vec![create, replace]),
        ("updates: 1", vec![update, replace], vec![update, update]),
        ("deletes: 0", vec![create, update], vec![replace]),
        ("replaces: 1", vec![replace, delete], vec![replace, replace]),
    ] {
        let mut world = everywhere(&format!("blastRadius: {{ {limit} }}"));
        let (within, beyond) = (plan_with(1, &within), plan_with(2, &beyond));
        let admission = world.admit(&ask(Action::Plan, "dev", &beyond, 0));
        denied(&admission, codes::BOUNDARY_BLAST_RADIUS);
        world.prepare("dev", &within, 0);
        world.apply("dev", &within, 1);
    }
}

#[test]
fn what_is_not_changed_is_not_counted_and_what_is_moved_is() {
    let mut world = everywhere("blastRadius: { changes: 0 }");
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan_with(1, &[r#""no-op""#]), 0)));
    let mut moved = plan_with(2, &[r#""no-op""#]);
    moved.resources[0].previous_address = Some("thing.b".to_owned());
    denied(&world.admit(&ask(Action::Plan, "dev", &moved, 1)), codes::BOUNDARY_BLAST_RADIUS);
    let mut imported = plan_with(3, &[r#""no-op""#]);
    imported.resources[0].importing = true;
    denied(&world.admit(&ask(Action::Plan, "dev", &imported, 2)), codes::BOUNDARY_BLAST_RADIUS);
}

// Requirements: R081.
#[test]
fn only_named_resources_are_changed() {
    for (patterns, fits) in
        [("thing", true), ("thing.*", true), ("thing.b", false), ("module.web.*", false)]
    {
        let mut world = everywhere(&format!("blastRadius: {{ resources: [\"{patterns}\"] }}"));
        let admission = world.admit(&ask(Action::Plan, "dev", &plan(1), 0));
        if fits {
            allowed(&admission);
        } else {
            denied(&admission, codes::BOUNDARY_RESOURCE);
        }
    }
    let mut world = everywhere("blastRadius: { resources: [thing.a] }");
    let mut moved = plan(1);
    moved.resources[0].previous_address = Some("thing.secret".to_owned());
    denied(&world.admit(&ask(Action::Plan, "dev", &moved, 0)), codes::BOUNDARY_RESOURCE);
}

/// R146: the rate counts acts, and not attempts; it is over at the second.
// Requirements: R146, R194.
#[test]
fn no_more_enters_than_the_rate_allows() {
    let mut world = everywhere("rate: { count: 2, per: 1h }");
    for (number, seconds) in [(1, 0), (2, 10)] {
        world.prepare("dev", &plan(number), seconds);
        world.apply("dev", &plan(number), seconds);
    }
    world.prepare("dev", &plan(3), 20);
    denied(&world.admit(&ask(Action::Apply, "dev", &plan(3), 20)), codes::BOUNDARY_RATE);
    denied(&world.admit(&ask(Action::Apply, "dev", &plan(3), HOUR - 1)), codes::BOUNDARY_RATE);
    world.apply("dev", &plan(3), HOUR);
    world.prepare("dev", &plan(4), HOUR);
    denied(&world.admit(&ask(Action::Apply, "dev", &plan(4), HOUR)), codes::BOUNDARY_RATE);
    // Another stage has a rate of its own.
    world.prepare("test", &plan(5), HOUR);
    allowed(&world.record(&approval("ann", "test", plan(5).digest, HOUR)));
    world.apply("test", &plan(5), HOUR);
}

fn of_other_commit(mut request: Request) -> Request {
    request.id.push_str("-other");
    change_of(&mut request).commit = OTHER_COMMIT.to_owned();
    request
}

/// R114: whoever was overtaken does not proceed, neither by asking for the same plan again.
// Requirements: R114.
#[test]
fn a_superseded_plan_is_not_applied() {
    let mut world = World::new();
    world.prepare("dev", &plan(1), 0);
    allowed(&world.admit(&of_other_commit(ask(Action::Plan, "dev", &plan(2), 1))));
    denied(&world.admit(&ask(Action::Apply, "dev", &plan(1), 2)), codes::BOUNDARY_SUPERSEDED);
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(1), 3)));
    denied(&world.admit(&ask(Action::Apply, "dev", &plan(1), 4)), codes::BOUNDARY_SUPERSEDED);
    // Planned anew, it is the newest again.
    world.prepare("dev", &plan(3), 5);
    allowed(&world.admit(&ask(Action::Apply, "dev", &plan(3), 6)));
}

#[test]
fn another_ref_or_stage_supersedes_nothing_and_another_name_of_the_asset_does() {
    let other = |stage: &str| of_other_commit(ask(Action::Plan, stage, &plan(2), 1));
    let mut elsewhere = other("dev");
    change_of(&mut elsewhere).git_ref = "refs/tags/v1".to_owned();
    for (request, overtaken) in [
        (elsewhere, false),
        (other("test"), false),
        (Request { asset: "Web".to_owned(), ..other("dev") }, true),
    ] {
        let mut world = World::new();
        world.prepare("dev", &plan(1), 0);
        allowed(&world.admit(&request));
        let admission = world.admit(&ask(Action::Apply, "dev", &plan(1), 2));
        if overtaken {
            denied(&admission, codes::BOUNDARY_SUPERSEDED);
        } else {
            allowed(&admission);
        }
    }
}

#[test]
fn a_charter_may_let_superseded_plans_proceed() {
    let mut world = everywhere("superseded: allow");
    world.prepare("dev", &plan(1), 0);
    allowed(&world.admit(&of_other_commit(ask(Action::Plan, "dev", &plan(2), 1))));
    allowed(&world.admit(&ask(Action::Apply, "dev", &plan(1), 2)));
}

/// R168, R485: what enters says what is gone back to, and that must be known to be good.
// Requirements: R168, R485.
#[test]
fn the_way_back_is_named_before_it_is_needed() {
    let mut world = everywhere("rollback: { required: true }");
    let naming = |request: Request, lineage: Option<&str>| Request {
        rollback: lineage.map(str::to_owned),
        id: format!("{}-{lineage:?}", request.id),
        ..request
    };
    world.prepare("dev", &plan(1), 0);
    let apply = ask(Action::Apply, "dev", &plan(1), 0);
    denied(&world.admit(&naming(apply.clone(), Some(OTHER_COMMIT))), codes::ROLLBACK_TARGET);
    let first = world.admit(&apply);
    allowed(&first);
    assert!(found(&first, codes::ROLLBACK_FIRST));
    allowed(&world.record(&outcome(first.entry, OutcomeResult::Succeeded, 0)));

    allowed(&world.admit(&of_other_commit(ask(Action::Plan, "dev", &plan(2), 1))));
    let scan = evidence(About::Plan(plan(2).digest), EvidenceResult::Pass, 1);
    allowed(&world.record(&scan));
    let apply = of_other_commit(ask(Action::Apply, "dev", &plan(2), 2));
    denied(&world.admit(&apply), codes::ROLLBACK_MISSING);
    denied(&world.admit(&naming(apply.clone(), Some(OTHER_COMMIT))), codes::ROLLBACK_TARGET);
    // Another name for the asset does not make it the first: the stack is one place.
    let renamed = Request { asset: "Web".to_owned(), ..naming(apply.clone(), None) };
    let codes_of = |admission| denials(admission).contains(&codes::ROLLBACK_MISSING);
    assert!(codes_of(&world.admit(&renamed)));
    let admission = world.admit(&naming(apply, Some(COMMIT)));
    allowed(&admission);
    assert!(found(&admission, codes::ROLLBACK_NAMED));
}

/// Brings plan 1 of the commit, then plan 2 of the other commit, into dev; gives the permit of the latter.
fn two_commits(world: &mut World) -> Digest {
    world.through_dev(0);
    allowed(&world.admit(&of_other_commit(ask(Action::Plan, "dev", &plan(2), 1))));
    allowed(&world.record(&evidence(About::Plan(plan(2).digest), EvidenceResult::Pass, 1)));
    let admission = world.admit(&of_other_commit(ask(Action::Apply, "dev", &plan(2), 2)));
    allowed(&admission);
    admission.entry
}

/// R468, R480: back to the last that is known to be good, by the rules for going back.
// Requirements: R066, R380, R390, R468, R480, M19, N17.
#[test]
fn a_failed_change_is_rolled_back_to_what_was_good() {
    let mut world = everywhere("rollback: { approvals: [{ role: reviewer, count: 1 }] }");
    let failed = two_commits(&mut world);
    let back = |seconds| ask(Action::Rollback, "dev", &plan(3), seconds);
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(3), 3)));
    // The way back needs no scan here, and a consent of its own.
    allowed(&world.record(&approval("ann", "dev", plan(3).digest, 4)));
    denied(&world.admit(&back(5)), codes::BOUNDARY_PENDING);
    allowed(&world.record(&outcome(failed, OutcomeResult::Failed, 6)));
    let other = of_other_commit(ask(Action::Rollback, "dev", &plan(2), 7));
    assert!(denials(&world.admit(&other)).contains(&codes::ROLLBACK_TARGET));
    let admission = world.admit(&back(8));
    allowed(&admission);
    assert_eq!(admission.decision.as_ref().unwrap().spends.len(), 1);
    allowed(&world.record(&outcome(admission.entry, OutcomeResult::Succeeded, 9)));
    let deployed = world.state.status().deployments;
    assert_eq!(deployed[0].deployment.lineage, COMMIT);
    assert_eq!(deployed[0].deployment.digest, plan(3).digest);
    // There is nothing further back.
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(4), 10)));
    allowed(&world.record(&approval("ann", "dev", plan(4).digest, 10)));
    let again = world.admit(&ask(Action::Rollback, "dev", &plan(4), 11));
    denied(&again, codes::ROLLBACK_TARGET);
}

#[test]
fn a_rollback_needs_its_own_approvals_and_gates() {
    for (rule, code) in [
        ("rollback: { approvals: [{ role: reviewer, count: 1 }] }", codes::APPROVAL_MISSING),
        ("rollback: { gates: [scan] }", codes::EVIDENCE_MISSING),
    ] {
        let mut world = everywhere(rule);
        let failed = two_commits(&mut world);
        allowed(&world.record(&outcome(failed, OutcomeResult::Failed, 3)));
        allowed(&world.admit(&ask(Action::Plan, "dev", &plan(3), 3)));
        denied(&world.admit(&ask(Action::Rollback, "dev", &plan(3), 4)), code);
    }
}

/// What succeeded and is gone back from has not succeeded any more, whatever is reported later.
#[test]
fn what_was_rolled_back_goes_no_further() {
    let mut world = everywhere("rollback: {}");
    let good = two_commits(&mut world);
    allowed(&world.record(&outcome(good, OutcomeResult::Unknown, 3)));
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(3), 4)));
    // Nobody knows what was done, and going back is the way out.
    let back = world.admit(&ask(Action::Rollback, "dev", &plan(3), 5));
    allowed(&back);
    allowed(&world.record(&outcome(back.entry, OutcomeResult::Succeeded, 6)));
    allowed(&world.record(&outcome(good, OutcomeResult::Succeeded, 7)));
    assert_eq!(world.state.status().deployments[0].deployment.lineage, COMMIT);
    allowed(&world.admit(&of_other_commit(ask(Action::Plan, "test", &plan(4), 8))));
    allowed(&world.record(&evidence(About::Plan(plan(4).digest), EvidenceResult::Pass, 8)));
    allowed(&world.record(&approval("ann", "test", plan(4).digest, 8)));
    let promote = of_other_commit(ask(Action::Promote, "test", &plan(4), 9));
    denied(&world.admit(&promote), codes::BOUNDARY_NOT_SUCCEEDED);
}

#[test]
fn without_a_rule_nothing_is_rolled_back() {
    let mut world = World::with(&[GRANTS]);
    let failed = two_commits(&mut world);
    allowed(&world.record(&outcome(failed, OutcomeResult::Failed, 3)));
    allowed(&world.admit(&ask(Action::Plan, "dev", &plan(3), 3)));
    let back = world.admit(&ask(Action::Rollback, "dev", &plan(3), 4));
    denied(&back, codes::BOUNDARY_NOT_OFFERED);
}

const SENSITIVE: &str = "amendments: { actors: [ann] }\nsensitive: { resources: [late_*], paths: [policies/*], gates: [risk] }";
const RISK: (&str, &str) =
    ("gates:\n", "gates:\n  - { gate: risk, about: commit, producers: [checker], maxAge: 24h }\n");

/// R105 to R107.
// Requirements: R105, R106.
#[test]
fn a_sensitive_change_needs_its_risk_analysis() {
    let harmless = || plan(1);
    let touchy = || plan_of(1, &[("late_thing", "create", r#"{"name": "a"}"#, "{}")]);
    let paths = |paths: &[&str]| Some(paths.iter().map(|path| (*path).to_owned()).collect());
    let cases: [(Plan, Option<Vec<String>>, bool); 7] = [
        (harmless(), paths(&["src/main.rs"]), false),
        (harmless(), None, true),
        (harmless(), paths(&[]), true),
        (harmless(), paths(&["src/main.rs", "policies/a/b.yaml"]), true),
        (harmless(), paths(&["./policies/b.yaml"]), true),
        (harmless(), paths(&["src/../policies/b.yaml"]), true),
        (touchy(), paths(&["src/main.rs"]), true),
    ];
    for (plan, paths, sensitive) in cases {
        let mut world = World::with(&[("amendments: { actors: [ann] }", SENSITIVE), RISK]);
        world.prepare("dev", &plan, 0);
        let apply = Request { paths, ..ask(Action::Apply, "dev", &plan, 1) };
        let admission = world.admit(&apply);
        assert_eq!(found(&admission, codes::EVIDENCE_SENSITIVE), sensitive);
        if !sensitive {
            allowed(&admission);
            continue;
        }
        denied(&admission, codes::EVIDENCE_MISSING);
        let mut risk = evidence(About::Commit(COMMIT.to_owned()), EvidenceResult::Pass, 2);
        evidence_of(&mut risk).gate = "risk".to_owned();
        allowed(&world.record(&risk));
        allowed(&world.admit(&Request { id: "again".to_owned(), ..apply }));
    }
}

/// R163, R173: what one stage asks, the next asks too.
// Requirements: R147, R163, R170, R173, M6.
#[test]
fn a_later_stage_does_not_ask_for_less() {
    let window = |hours: &str| format!("windows: [{{ timeZone: UTC, days: [mon], {hours} }}],");
    let (long, short) =
        (window("from: \"10:00\", to: \"12:00\""), window("from: \"10:00\", to: \"11:00\""));
    let with = |rule: &str, of: &str| format!("{of} {rule}");
    let rules = [
        ("blastRadius: { deletes: 1 },", "blastRadius: { deletes: 2 },", true),
        ("blastRadius: { deletes: 1 },", "blastRadius: { deletes: 0 },", false),
        ("blastRadius: { deletes: 1 },", "", true),
        ("blastRadius: { resources: [\"a*\"] },", "blastRadius: { resources: [\"a_*\"] },", false),
        ("blastRadius: { resources: [\"a*\"] },", "blastRadius: { resources: [b] },", true),
        ("rate: { count: 2, per: 1h },", "rate: { count: 24, per: 12h },", false),
        ("rate: { count: 2, per: 1h },", "rate: { count: 25, per: 12h },", true),
        ("rate: { count: 2, per: 1h },", "", true),
        ("rollback: { required: true },", "rollback: { required: true },", false),
        ("rollback: { required: true },", "rollback: {},", true),
        ("rollback: {},", "", true),
        ("soak: 30m,", "", false),
        ("soak: 2h,", "", true),
        (&long, &short, false),
        (&short, &long, true),
        (&short, "", true),
    ];
    for (test, prod, less) in rules {
        let (test, prod) = (with(test, TEST), with(prod, PROD));
        let changes = [(TEST, &*test), (PROD, &*prod), GRANTS];
        if less {
            assert_eq!(refused(&changes), "charter.invalid", "{test} {prod}");
        } else {
            World::with(&changes);
        }
    }
    for (old, new) in [
        ("from: test, refs: [refs/heads/main, refs/tags/v*], gates", "from: test, gates"),
        ("from: test, refs: [refs/heads/main,", "from: test, refs: [refs/heads/*,"),
        (
            "{ into: inference, from: registry, gates: [card], approvals: [{ role: reviewer, count: 1, maxAge: 7d }] }",
            "{ into: inference, from: registry, gates: [other] }",
        ),
        (
            "{ into: registry, gates: [card] }",
            "{ into: registry, gates: [card], approvals: [{ role: reviewer, count: 2 }] }",
        ),
        (
            "{ into: registry, gates: [card] }",
            "{ into: registry, gates: [card], approvals: [{ role: reviewer, count: 1, maxAge: 6d }] }",
        ),
        (
            "{ into: registry, gates: [card] }",
            "{ into: registry, gates: [card], approvals: [{ role: reviewer, count: 1 }], delay: 5m }",
        ),
    ] {
        let gate =
            "  - { gate: other, about: artifact, producers: [checker], maxAge: 24h }\nfacts:";
        assert_eq!(refused(&[(old, new), ("facts:", gate)]), "charter.invalid", "{new}");
    }
    // Signed tags or release branches instead of main are not less (R166).
    World::with(&[(
        "from: test, refs: [refs/heads/main, refs/tags/v*]",
        "from: test, refs: [refs/heads/release-*]",
    )]);
}

#[test]
fn a_rule_that_nothing_can_satisfy_is_refused() {
    for rule in [
        "blastRadius: {},",
        "rate: { count: 0, per: 1h },",
        "rollback: { gates: [card] },",
        "rollout: { steps: [100], wait: 60s, gate: scan },",
        "rollback: {}, rollout: { steps: [], wait: 60s, gate: scan },",
        "rollback: {}, rollout: { steps: [50, 10, 100], wait: 60s, gate: scan },",
        "rollback: {}, rollout: { steps: [0, 100], wait: 60s, gate: scan },",
        "rollback: {}, rollout: { steps: [10, 50], wait: 60s, gate: scan },",
    ] {
        let prod = format!("{PROD} {rule}");
        assert_eq!(refused(&[(PROD, &prod), GRANTS]), "charter.invalid", "{rule}");
    }
    let prod = format!("{PROD} rollback: {{}},");
    assert_eq!(refused(&[(PROD, &prod)]), "charter.invalid", "nobody may roll back");
}
