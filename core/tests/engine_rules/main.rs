//! The engine from outside: what is denied, and the nearest thing that is allowed.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test, stopping is what should happen"
)]

mod admissions;
mod amendments;
mod approvals;
mod attacks;
mod book;
mod boundaries;
mod break_glass;
mod charter_laws;
mod clocks;
mod contents;
mod drift;
mod erasures;
mod evidence;
mod facts;
mod identities;
mod identity_laws;
mod issuer;
mod joined;
mod laws;
mod lifecycles;
mod policies;
mod promotion;
mod providers;
mod random_charters;
mod random_histories;
mod random_plays;
mod reports;
mod requests;
mod rollout_laws;
mod rollouts;
mod secrets;
mod separation;
mod serials;
mod signatures;
mod signing;
mod signing_tools;
mod snapshots;
mod state_looks;
mod subjects;
mod support;
mod tool_reports;
mod upkeep;
mod waivers;
mod zones;

/// A code that no test names is a promise that nobody keeps.
#[test]
fn every_finding_code_has_a_test() {
    let tests = [
        include_str!("amendments.rs"),
        include_str!("approvals.rs"),
        include_str!("boundaries.rs"),
        include_str!("break_glass.rs"),
        include_str!("clocks.rs"),
        include_str!("drift.rs"),
        include_str!("erasures.rs"),
        include_str!("evidence.rs"),
        include_str!("facts.rs"),
        include_str!("identities.rs"),
        include_str!("lifecycles/emergencies.rs"),
        include_str!("lifecycles/immutability.rs"),
        include_str!("lifecycles/integrity.rs"),
        include_str!("lifecycles/mod.rs"),
        include_str!("lifecycles/publication.rs"),
        include_str!("lifecycles/review.rs"),
        include_str!("lifecycles/tracks.rs"),
        include_str!("lifecycles/versions.rs"),
        include_str!("policies.rs"),
        include_str!("promotion.rs"),
        include_str!("reports.rs"),
        include_str!("requests.rs"),
        include_str!("rollouts.rs"),
        include_str!("separation.rs"),
        include_str!("serials.rs"),
        include_str!("secrets.rs"),
        include_str!("signatures.rs"),
        include_str!("signing_tools.rs"),
        include_str!("subjects.rs"),
        include_str!("tool_reports.rs"),
        include_str!("zones.rs"),
        include_str!("upkeep.rs"),
    ]
    .concat();
    for (code, _) in poundlock::engine::codes::FINDING_CODES {
        let name = format!("codes::{}", code.replace('.', "_").to_uppercase());
        assert!(tests.contains(&name), "no test names {name}");
    }
}
