//! On what evidence: every gate of the boundary has a passing, fresh attestation by its producer.

use super::{Context, Place, rollout};
use crate::{
    charter::{Gate, GateAbout, ReportRule},
    digest::Digest,
    engine::{Engine, codes, findings::CheckFindings},
    error::Result,
    model::{About, Action, EvidenceResult, Subject},
    state::{EvidenceRecord, State},
    time::Instant,
};

pub(super) fn check(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let charter = context.engine.charter();
    // The charter was checked: its rules name declared gates.
    for gate in place.gates.iter().filter_map(|name| charter.gate(name)) {
        self::gate(context, gate, None, findings);
    }
    match context.request.action {
        Action::Apply | Action::Promote => sensitive(context, place, findings),
        Action::Shift => shift(context, place, findings),
        Action::Plan | Action::Rollback => {}
    }
}

/// What touches the sensitive needs more (R105 to R107).
fn sensitive(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let request = context.request;
    let charter = context.engine.charter();
    let (Some(rule), Subject::Change(_)) = (&charter.document().sensitive, &request.subject) else {
        return;
    };
    let Some(touched) = rule.touched(request.plan.as_deref(), request.paths.as_deref()) else {
        return;
    };
    findings.pass(
        codes::EVIDENCE_SENSITIVE,
        Some(touched),
        format!("the change is sensitive, and needs {}", rule.gates.join(", ")),
    );
    let more = rule.gates.iter().filter(|name| !place.gates.contains(name));
    for gate in more.filter_map(|name| charter.gate(name)) {
        self::gate(context, gate, None, findings);
    }
}

/// Each step of a rollout needs evidence of how the step before it turned out (R472, R487).
fn shift(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let Some(rule) = &place.boundary.rollout else { return };
    if let Some(gate) = context.engine.charter().gate(&rule.gate) {
        let since = rollout::of(context, place).map(|rollout| rollout.at);
        self::gate(context, gate, since, findings);
    }
}

/// Whether the request's subject satisfies a gate.
fn gate(
    context: &Context<'_>,
    gate: &Gate,
    since: Option<Instant>,
    findings: &mut CheckFindings<'_>,
) {
    let subject = (gate, about(gate.about, &context.request.subject));
    let when = (context.request.at, since);
    satisfied(context.engine, context.state, subject, when, findings);
}

/// Whether a gate is satisfied, by evidence that was produced after `since` where that is given.
pub(in crate::engine) fn satisfied(
    engine: &Engine,
    state: &State,
    (gate, about): (&Gate, Option<About>),
    (at, since): (Instant, Option<Instant>),
    findings: &mut CheckFindings<'_>,
) {
    let subject = Some(gate.gate.as_str());
    let remedy = format!(
        "let {} run the gate about this subject and record it",
        gate.producers.join(" or ")
    );
    let missing = || {
        format!("no evidence about this {} was recorded by the gate's producers", word(gate.about))
    };
    let Some(about) = about else {
        findings.fail(codes::EVIDENCE_MISSING, subject, missing(), remedy);
        return;
    };
    // Producers, and what is demanded of reports, may have changed with the charter; the word of those who count now
    // counts, by what is demanded now.
    let rule = gate.report.as_ref().map(ReportRule::digest);
    let produced = |record: &&EvidenceRecord| gate.producers.contains(&record.producer);
    let recorded = state.evidence(&gate.gate, &about).filter(produced);
    let counting = || recorded.clone().filter(|record| is_borne_out(rule.as_ref(), record));
    // Neither a late recording nor a clock that is ahead lets a pass hide a failure: the word produced
    // last and the word recorded last must both be good.
    let latest = counting().max_by_key(|record| record.produced);
    let Some((evidence, recorded)) = latest.zip(counting().next_back()) else {
        if recorded.clone().next().is_some() {
            let message =
                "the gate judges reports, and the evidence was recorded under another rule";
            let remedy = "record the evidence anew, with its report";
            findings.fail(codes::EVIDENCE_RULE, subject, message, remedy);
        } else {
            findings.fail(codes::EVIDENCE_MISSING, subject, missing(), remedy);
        }
        return;
    };
    let result = evidence.result.max(recorded.result);
    let now = super::aging(state, at);
    let skew = engine.charter().document().clock.skew;
    if evidence.produced > at.saturating_add(skew) {
        let message = format!(
            "the evidence was produced at {}, after the request's instant",
            evidence.produced
        );
        findings.fail(codes::EVIDENCE_FUTURE, subject, message, "correct the clock of the host");
    } else if evidence.produced.saturating_add(gate.max_age) < now {
        let message =
            format!("the evidence of {} is older than {}", evidence.produced, gate.max_age);
        findings.fail(codes::EVIDENCE_STALE, subject, message, remedy);
    } else if since.is_some_and(|since| evidence.produced <= since) {
        let message =
            format!("the evidence of {} is no newer than what it is to tell of", evidence.produced);
        findings.fail(codes::EVIDENCE_EARLY, subject, message, remedy);
    } else {
        match result {
            EvidenceResult::Pass if has_lapsed([evidence, recorded], now) => findings.fail(
                codes::EVIDENCE_WAIVER,
                subject,
                "the evidence passed by a waiver that has expired since",
                "mend what was waived, run the tool again, and record its report",
            ),
            EvidenceResult::Pass => {
                findings.pass(codes::EVIDENCE_OK, subject, "passing, fresh evidence is there");
            }
            EvidenceResult::Fail => {
                findings.fail(
                    codes::EVIDENCE_FAILED,
                    subject,
                    "the latest evidence is a failure",
                    "mend what it objects to",
                );
            }
            EvidenceResult::Error => {
                let message = "the latest evidence is that the tool could not tell";
                findings.fail(codes::EVIDENCE_ERROR, subject, message, remedy);
            }
        }
    }
}

/// Whether what evidence says counts: an objection always does, and a pass does where the gate judges no reports, or
/// judged this one by the rule that it has now.
fn is_borne_out(rule: Option<&Result<Digest>>, record: &EvidenceRecord) -> bool {
    match rule {
        Some(Ok(rule)) => record.result != EvidenceResult::Pass || record.rule == Some(*rule),
        Some(Err(_)) => record.result != EvidenceResult::Pass,
        None => true,
    }
}

/// Whether evidence passed by a waiver that is worth nothing any more.
fn has_lapsed(evidence: [&EvidenceRecord; 2], at: Instant) -> bool {
    evidence.iter().any(|record| record.until.is_some_and(|until| until <= at))
}

fn word(about: GateAbout) -> &'static str {
    match about {
        GateAbout::Plan => "plan",
        GateAbout::Commit => "commit",
        GateAbout::Artifact => "artifact",
    }
}

fn about(about: GateAbout, subject: &Subject) -> Option<About> {
    match (about, subject) {
        (GateAbout::Plan, Subject::Change(change)) => change.plan.map(About::Plan),
        (GateAbout::Artifact, Subject::Artifact(artifact)) => {
            Some(About::Artifact(artifact.digest))
        }
        (GateAbout::Commit, subject) => {
            subject.commit().map(|commit| About::Commit(commit.to_owned()))
        }
        _ => None,
    }
}
