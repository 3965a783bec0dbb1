//! What a charter says of itself: when it is due for review, and which rules stand against which threats.

use poundlock::{
    charter::Charter,
    engine::{Engine, Texts, codes},
    model::{Action, Outcome},
};

use crate::support::*;

/// The day on which the ledger begins is the last one before the review.
const REVIEW: &str = "version: 1.0.0\nreviewBy: 2026-03-02\n";

/// What is overdue is said and recorded, and stands in nobody's way.
fn said(world: &mut World, seconds: i64, code: &str) -> bool {
    let admission = world.admit(&ask(Action::Plan, "dev", &plan(1), seconds));
    allowed(&admission);
    let findings = &admission.decision.as_ref().unwrap().findings;
    findings.iter().any(|finding| {
        finding.code == code && finding.outcome == Outcome::Fail && !finding.denies()
    })
}

// Requirements: R428, R434.
#[test]
fn a_charter_that_is_due_for_review_says_so_in_every_decision() {
    let text = charter_with(&[("version: 1.0.0\n", REVIEW)]);
    let mut world = World::governed_by(engine(&text, PACK));
    assert!(!said(&mut world, 15 * HOUR - 1, codes::CHARTER_REVIEW_OVERDUE));
    assert!(said(&mut world, 15 * HOUR, codes::CHARTER_REVIEW_OVERDUE));
    assert!(!said(&mut World::new(), DAY, codes::CHARTER_REVIEW_OVERDUE));
}

// Requirements: R303, R428.
#[test]
fn a_pack_that_is_due_for_review_says_so_in_every_decision_that_rests_on_it() {
    let pack = PACK.replace("version: 1.0.0\n", REVIEW);
    let mut world = World::governed_by(engine(CHARTER, &pack));
    assert!(!said(&mut world, 15 * HOUR - 1, codes::POLICY_REVIEW_OVERDUE));
    assert!(said(&mut world, 15 * HOUR, codes::POLICY_REVIEW_OVERDUE));
    assert!(!said(&mut World::new(), DAY, codes::POLICY_REVIEW_OVERDUE));
}

// Requirements: R428.
#[test]
fn a_day_of_review_is_a_date() {
    for day in ["2026-02-30", "soon", "2026-3-1", "2026-03-02T00:00:00Z", "''"] {
        let text =
            CHARTER.replace("version: 1.0.0\n", &format!("version: 1.0.0\nreviewBy: {day}\n"));
        assert_eq!(Charter::parse(text.as_bytes()).unwrap_err().code(), "charter.invalid", "{day}");
    }
}

const THREAT: &str = r#"threats:
  - { threat: public-data, description: data is public, tracks: [infra], checks: [identity], gates: [scan], policies: [rules/private] }
tracks:
"#;

fn of_threat(old: &str, new: &str) -> Result<Engine, poundlock::Error> {
    assert!(THREAT.contains(old));
    let text = charter_with(&[("tracks:\n", &THREAT.replace(old, new))]);
    Engine::new(Texts {
        charter: text.into(),
        lock: lock(&[PACK]).into(),
        packs: vec![PACK.into()],
    })
}

// Requirements: R027, R042, R279.
#[test]
fn what_stands_against_a_threat_is_there() {
    assert!(of_threat("data is public", "data is read").is_ok());
    for (old, new, code) in [
        ("tracks: [infra]", "tracks: []", "charter.invalid"),
        ("tracks: [infra]", "tracks: [infrastructure]", "charter.undeclared"),
        ("gates: [scan]", "gates: [sbom]", "charter.undeclared"),
        // Nothing on the track asks for it.
        ("gates: [scan]", "gates: [card]", "charter.invalid"),
        ("tracks: [infra]", "tracks: [models]", "charter.invalid"),
        ("rules/private", "rules/tidy", "charter.undeclared"),
        ("rules/private", "others/private", "charter.invalid"),
        ("rules/private", "rules", "charter.undeclared"),
        ("checks: [identity]", "checks: [hope]", "input.invalid_value"),
        (
            "checks: [identity], gates: [scan], policies: [rules/private]",
            "checks: [], gates: [], policies: []",
            "charter.invalid",
        ),
        ("threat: public-data", "threat: public data", "charter.invalid"),
    ] {
        assert_eq!(of_threat(old, new).unwrap_err().code(), code, "{new}");
    }
    let twice = THREAT.replace("tracks:\n", "").repeat(2).replacen("threats:\n", "", 2);
    let text = charter_with(&[("tracks:\n", &format!("threats:\n{twice}tracks:\n"))]);
    assert_eq!(Charter::parse(text.as_bytes()).unwrap_err().code(), "charter.duplicate");
}
