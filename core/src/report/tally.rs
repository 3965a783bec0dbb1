//! Adds the figures up, entry by entry.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Period,
    artifacts::Artifacts,
    figure::{Counts, Entries, Name},
};
use crate::{
    canonical,
    digest::Digest,
    engine::codes,
    error::{Code, Error, Result},
    ledger::Recorded,
    model::{
        Action, Enforcement, EvidenceResult, FactKind, Incident, IncidentKind, Mode, Outcome,
        OutcomeReport, OutcomeResult, Severity, Verdict,
    },
    state::{DecisionBody, DecisionSummary, FactBody, Genesis, State, kind},
    time::Instant,
};

/// An act that was permitted, until it is known how it ended.
struct Act {
    sequence: u64,
    place: Place,
    action: Action,
    at: Instant,
    in_period: bool,
}

/// Track, stage and asset.
type Place = (String, String, String);

/// What is known of the entries so far.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) counts: Counts,
    /// The entries that were denied for each code.
    pub(super) codes: BTreeMap<String, (u64, Entries)>,
    pub(super) origin: String,
    /// The entries of the period.
    pub(super) entries: BTreeSet<u64>,
    /// How many attachments they name.
    pub(super) named: u64,
    /// What was erased in the period, and by which entry.
    pub(super) erased: Vec<(u64, Digest)>,
    acts: BTreeMap<Digest, Act>,
    /// The first failure at a place since its last success.
    failures: BTreeMap<Place, Instant>,
    incidents: BTreeMap<Digest, (u64, Instant)>,
    /// The grants whose post-mortem is owed.
    grants: BTreeMap<Digest, u64>,
    artifacts: Artifacts,
}

impl Tally {
    /// Adds an entry, with what the entries add up to with it. What was recorded before the period tells when
    /// something began that ends in it.
    ///
    /// # Errors
    ///
    /// `ledger.body` where a body does not have the shape of its kind.
    pub(super) fn add(
        &mut self,
        period: &Period,
        state: &State,
        recorded: &Recorded,
    ) -> Result<()> {
        let entry = &recorded.entry;
        if entry.kind == kind::GENESIS {
            self.origin = read::<Genesis>(recorded)?.origin;
        }
        // What comes after the period is not known at its end.
        if entry.at >= period.until {
            return Ok(());
        }
        self.counts.counts = entry.at >= period.since;
        if self.counts.counts {
            self.entries.insert(entry.sequence);
            let named = u64::try_from(entry.attachments.len()).unwrap_or(u64::MAX);
            self.named = self.named.saturating_add(named);
        }
        let opened = state.incidents.get(&recorded.hash);
        match entry.kind.as_str() {
            kind::DECISION => self.decision(recorded, &read(recorded)?),
            kind::FACT => self.fact(recorded, &read(recorded)?, opened.is_some()),
            _ => {}
        }
        if let Some(incident) = opened {
            let is_severe = incident.severity >= Severity::High;
            self.counts.of(Name::IncidentsOpened).one(entry.sequence);
            self.counts.of(Name::IncidentsSevere).share(entry.sequence, is_severe);
            self.incidents.insert(recorded.hash, (entry.sequence, entry.at));
        }
        Ok(())
    }

    fn decision(&mut self, recorded: &Recorded, body: &DecisionBody) {
        let sequence = recorded.entry.sequence;
        let allowed = body.decision.verdict == Verdict::Allow;
        let binds = body.decision.mode == Mode::Enforce;
        self.answered(sequence, &body.decision, body.record.is_none());
        let counts = &mut self.counts;
        counts.of(Name::RequestsObserved).share(sequence, !binds);
        if binds {
            counts.of(Name::RequestsAllowed).share(sequence, allowed);
            counts.of(Name::RequestsDenied).share(sequence, !allowed);
        }
        let mut judged = body.policies.iter().filter(|policy| policy.judged() > 0).peekable();
        if judged.peek().is_some() {
            let binds = |enforcement| enforcement == Enforcement::Mandatory;
            let violates = judged.any(|policy| binds(policy.enforcement) && policy.fail > 0);
            counts.of(Name::PoliciesViolated).share(sequence, violates);
        }
        if allowed {
            counts.of(Name::GrantsUsed).share(sequence, body.grant.is_some());
            counts.of(Name::WaiversUsed).share(sequence, !body.waivers.is_empty());
        }
        let Some(permit) = body.permit.as_ref().filter(|permit| permit.is_act()) else { return };
        let is_regular = body.grant.is_none() && body.waivers.is_empty();
        counts.of(Name::ActsRegular).share(sequence, is_regular);
        let act = Act {
            sequence,
            place: (permit.track.clone(), permit.stage.clone(), permit.asset.clone()),
            action: permit.action,
            at: recorded.entry.at,
            in_period: counts.counts,
        };
        self.acts.insert(recorded.hash, act);
    }

    fn fact(&mut self, recorded: &Recorded, body: &FactBody, opened: bool) {
        let (sequence, at) = (recorded.entry.sequence, recorded.entry.at);
        let allowed = body.decision.verdict == Verdict::Allow;
        self.answered(sequence, &body.decision, body.stranger);
        let counts = &mut self.counts;
        counts.of(Name::FactsRefused).share(sequence, !allowed);
        self.artifacts.add(recorded, body, allowed, counts);
        if !allowed {
            return;
        }
        match &body.fact.fact {
            FactKind::Approval(_) => {
                counts.of(Name::ApprovalsSigned).share(sequence, body.fact.signature.is_some());
            }
            FactKind::Evidence(evidence) => {
                let result = evidence.result;
                counts.of(Name::EvidencePassed).share(sequence, result == EvidenceResult::Pass);
                counts.of(Name::EvidenceErrors).share(sequence, result == EvidenceResult::Error);
            }
            FactKind::Outcome(report) => self.outcome(recorded, report),
            FactKind::Erasure(erasure) if counts.counts => {
                self.erased.push((sequence, erasure.attachment));
            }
            FactKind::GrantOpening(_) => {
                counts.of(Name::GrantsOpened).one(sequence);
                self.grants.insert(recorded.hash, sequence);
            }
            FactKind::PostMortem(report) => {
                let owed = self.grants.remove(&report.grant);
                if owed.is_some() {
                    counts.of(Name::PostMortems).share(sequence, true);
                }
            }
            FactKind::Incident(incident) => self.incident(recorded, incident, opened),
            FactKind::Resolution(resolution) => {
                if let Some((_, begun)) = self.incidents.remove(&resolution.incident) {
                    counts.of(Name::IncidentsResolved).share(sequence, true);
                    counts.of(Name::IncidentTime).took(sequence, seconds(begun, at));
                }
            }
            _ => {}
        }
    }

    /// What requests and facts have in common.
    fn answered(&mut self, sequence: u64, decision: &DecisionSummary, stranger: bool) {
        const ACCESS: [&str; 6] = [
            "identity.",
            "channel.",
            "target.",
            "approval.",
            "fact.not_recorder",
            "artifact.not_granted",
        ];
        const SECRETS: [&str; 3] = [codes::REQUEST_SECRET, codes::FACT_SECRET, codes::PLAN_SECRET];
        let mut denied: BTreeSet<&str> = BTreeSet::new();
        if decision.verdict == Verdict::Deny {
            let denials = decision.failures.iter().filter(|failure| {
                failure.enforcement == Enforcement::Mandatory
                    && failure.outcome != Outcome::Overridden
            });
            denied.extend(denials.map(|failure| failure.code.as_str()));
        }
        if self.counts.counts {
            for code in &denied {
                let (count, entries) = self.codes.entry((*code).to_owned()).or_default();
                *count = count.saturating_add(1);
                entries.add(sequence);
            }
        }
        let access = denied.iter().any(|code| ACCESS.iter().any(|group| code.starts_with(group)));
        let secret = denied.iter().any(|code| SECRETS.contains(code));
        self.counts.of(Name::StrangersRefused).share(sequence, stranger);
        self.counts.of(Name::AccessRefused).share(sequence, access);
        self.counts.of(Name::SecretsRefused).share(sequence, secret);
    }

    fn outcome(&mut self, recorded: &Recorded, report: &OutcomeReport) {
        if report.result == OutcomeResult::Unknown {
            return;
        }
        let Some(act) = self.acts.remove(&report.permit) else { return };
        let (sequence, at) = (recorded.entry.sequence, recorded.entry.at);
        let succeeded = report.result == OutcomeResult::Succeeded;
        let counts = &mut self.counts;
        let time = match act.action {
            Action::Rollback => {
                counts.of(Name::RollbacksSucceeded).share(sequence, succeeded);
                Some(Name::RollbackTime)
            }
            Action::Apply | Action::Promote => {
                counts.of(Name::DeploymentsSucceeded).share(sequence, succeeded);
                counts.of(Name::DeploymentsFailed).share(sequence, !succeeded);
                Some(Name::DeploymentTime)
            }
            Action::Plan | Action::Shift => None,
        };
        if let Some(time) = time.filter(|_| succeeded) {
            counts.of(time).took(sequence, seconds(act.at, at));
        }
        if !succeeded {
            self.failures.entry(act.place).or_insert(at);
        } else if let Some(failed) = self.failures.remove(&act.place) {
            counts.of(Name::RecoveryTime).took(sequence, seconds(failed, at));
        }
        if act.in_period {
            counts.of(Name::OutcomesMissing).share(act.sequence, false);
        }
    }

    /// A look that found no drift may have seen a bypass, and opened its incident.
    fn incident(&mut self, recorded: &Recorded, incident: &Incident, opened: bool) {
        let sequence = recorded.entry.sequence;
        if incident.kind == IncidentKind::Drift {
            self.counts.of(Name::DriftFound).share(sequence, incident.found);
        }
        if opened {
            let time = seconds(incident.seen, recorded.entry.at);
            self.counts.of(Name::DetectionTime).took(sequence, time);
        }
    }

    /// Adds what did not end in the period.
    pub(super) fn end(&mut self) {
        self.counts.counts = true;
        let counts = &mut self.counts;
        let open = self.acts.values().filter(|act| act.in_period).map(|act| act.sequence);
        for sequence in open.collect::<BTreeSet<_>>() {
            counts.of(Name::OutcomesMissing).share(sequence, true);
        }
        for (sequence, _) in self.incidents.values() {
            counts.of(Name::IncidentsResolved).share(*sequence, false);
        }
        for sequence in self.grants.values() {
            counts.of(Name::PostMortems).share(*sequence, false);
        }
        self.artifacts.end(counts.of(Name::Immutable));
    }
}

/// The whole seconds between two instants; none where the second one is the earlier.
pub(super) fn seconds(from: Instant, to: Instant) -> u64 {
    u64::try_from(to.unix_seconds().saturating_sub(from.unix_seconds())).unwrap_or(0)
}

fn read<T: serde::de::DeserializeOwned>(recorded: &Recorded) -> Result<T> {
    canonical::from_bytes(&recorded.entry.body).map_err(|_| {
        Error::new(Code::LedgerBody, "the entry's body does not have the shape of its kind")
            .at_sequence(recorded.entry.sequence)
    })
}
