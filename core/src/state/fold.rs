//! The fold itself: how each kind of entry changes the state.

use std::collections::BTreeMap;

use super::{
    Answered, ApprovalRecord, ArtifactRecord, Attempt, Consent, CurrentLaw, DecisionBody,
    EvidenceRecord, FactBody, Genesis, GrantRequestRecord, IncidentRecord, LineageRecord,
    OpenObligation, PermitRecord, PlanRecord, Site, SnapshotBody, SnapshotRecord, State, consent,
    incidents, kind, lifecycle, plan_place, rollouts, serials, serials::Sight, snapshot::unfit,
    whereabouts,
};
use crate::{
    canonical,
    digest::Digest,
    error::{Code, Error, Result},
    ledger::Recorded,
    limits,
    model::{
        Action, Amendment, Artifact, Evidence, Fact, FactKind, Incident, IncidentKind, Mode,
        OutcomeReport, OutcomeResult, Severity, Subject, Verdict,
    },
    time::Instant,
};

pub(super) fn fold(state: &mut State, recorded: &Recorded) -> Result<()> {
    let entry = &recorded.entry;
    if entry.sequence != state.size {
        return Err(Error::new(Code::LedgerSequence, format!("expected entry {}", state.size))
            .at_sequence(entry.sequence));
    }
    if entry.previous != state.last.unwrap_or(Digest::ZERO) {
        let message = "the entry does not follow the last one that was folded";
        return Err(Error::new(Code::LedgerLinkMismatch, message).at_sequence(entry.sequence));
    }
    if (entry.sequence == 0) != (entry.kind == kind::GENESIS) {
        return Err(Error::new(Code::LedgerGenesis, "a ledger has one genesis entry, its first")
            .at_sequence(entry.sequence));
    }
    match entry.kind.as_str() {
        kind::GENESIS => genesis(state, read(recorded)?),
        kind::SNAPSHOT => snapshot(state, recorded, &read(recorded)?)?,
        kind::DECISION => decision(state, recorded, read(recorded)?),
        kind::FACT => fact(state, recorded, read(recorded)?)?,
        _ => {
            return Err(Error::new(Code::LedgerBody, "the entry is of a kind that is not known")
                .at_sequence(entry.sequence)
                .with_help("a newer version of poundlock wrote it; use that version"));
        }
    }
    advance(state, recorded);
    Ok(())
}

/// What every entry does to the state, whatever its kind.
pub(super) fn advance(state: &mut State, recorded: &Recorded) {
    // What is named again is there again.
    for attachment in &recorded.entry.attachments {
        state.erased.remove(attachment);
    }
    state.last = Some(recorded.hash);
    state.clock = state.clock.max(Some(recorded.entry.at));
    state.size = state.size.saturating_add(1);
}

pub(super) fn read<T: serde::de::DeserializeOwned>(recorded: &Recorded) -> Result<T> {
    canonical::from_bytes(&recorded.entry.body).map_err(|error| {
        Error::new(
            Code::LedgerBody,
            format!("the entry's body does not have the shape of its kind: {}", error.message()),
        )
        .at_sequence(recorded.entry.sequence)
    })
}

fn genesis(state: &mut State, genesis: Genesis) {
    let Genesis { origin, law, keys, .. } = genesis;
    state.law = Some(CurrentLaw { origin, law, keys });
}

/// A false snapshot would be believed by whoever opens the ledger from there.
fn snapshot(state: &mut State, recorded: &Recorded, body: &SnapshotBody) -> Result<()> {
    let sequence = recorded.entry.sequence;
    if Digest::of(&state.to_snapshot()?) != body.state {
        return Err(unfit("the snapshot is not the state that the entries before it add up to")
            .at_sequence(sequence));
    }
    state.snapshot = Some(SnapshotRecord { sequence, state: body.state });
    Ok(())
}

/// The first answer to an id is the one that counts; refusals of its reuse don't replace it.
///
/// It counts from the instant that was asked at. The entry of a refusal bears the ledger's clock, which
/// may have rested for longer than a request lives.
fn answer(
    state: &mut State,
    (actor, id): (&str, &str),
    (content, asked): (Digest, Instant),
    recorded: &Recorded,
) {
    let answered =
        Answered { content, sequence: recorded.entry.sequence, at: recorded.entry.at.max(asked) };
    state.answered.insert_new(super::asked(actor, id), answered);
}

fn decision(state: &mut State, recorded: &Recorded, body: DecisionBody) {
    let request = &body.request;
    if body.record.is_some() {
        answer(state, (&request.actor.id, &request.id), (request.content, request.at), recorded);
    } else {
        stranger(state, recorded);
    }
    let allowed = body.decision.verdict == Verdict::Allow;
    let Some(track) = request.track.clone().filter(|_| allowed) else { return };
    let site = Site { track, asset: request.asset.clone(), stage: request.stage.clone() };
    let lineage = request.subject.lineage();
    if let (Action::Plan, Subject::Change(change)) = (request.action, &request.subject)
        && let Some(digest) = change.plan
    {
        if state.plan(&site, digest).is_none() {
            rollouts::planned(state, recorded.entry.sequence, &site, change);
            if body.drift > 0 {
                incidents::look(state, &site, recorded.entry.at, true);
                let (site, at) = (site.clone(), recorded.entry.at);
                let record = IncidentRecord::new(site, IncidentKind::Drift, at);
                incidents::open(state, recorded.hash, record);
            }
        }
        let record = PlanRecord { change: Some(change.clone()), applied: false };
        state.plans.insert_new(plan_place(&site, digest), record);
    }
    if let Subject::Artifact(artifact) = &request.subject {
        self::artifact(state, &site.track, artifact);
    }
    if body.decision.mode == Mode::Observe {
        return;
    }
    for spent in &body.spends {
        forget(state, spent);
    }
    if let Some(grant) = body.grant.and_then(|grant| state.grants.get_mut(&grant)) {
        grant.used = grant.used.saturating_add(1);
    }
    let open =
        |obligation| OpenObligation { site: site.clone(), lineage: lineage.clone(), obligation };
    for met in body.meets {
        state.obligations.remove(&open(met));
    }
    if let Some(permit) = body.permit.as_ref().filter(|permit| permit.is_act()) {
        rollouts::begin(state, (recorded.hash, recorded.entry.at), &site, permit);
        // Acting begins anew: what an earlier run of the same lineage achieved no longer counts.
        let begun = LineageRecord { act: recorded.hash, outcome: None, at: recorded.entry.at };
        state.lineages.insert((site.clone(), lineage.clone()), begun);
        if let Some(place) = whereabouts::place(&site, &lineage) {
            state.whereabouts.insert(place, ());
        }
        // A post-mortem is owed by the grant, and blocks no stage.
        for owed in body.obligations.into_iter().filter(|owed| owed.due.is_none()) {
            state.obligations.insert(open(owed), recorded.entry.at);
        }
    }
    if let Some(permit) = body.permit {
        let law = body.decision.charter;
        if let (true, Subject::Change(change)) = (permit.is_act(), &request.subject) {
            for digest in body.parts.iter().map(|part| part.digest).chain(change.plan) {
                applied(state, &site, digest);
            }
        }
        let place = (permit.track.clone(), permit.stage.clone(), recorded.hash);
        state.permits_at.insert(place, ());
        state.permits.insert(recorded.hash, PermitRecord { permit, law, outcome: None });
    }
}

/// A plan is applied once, alone or as a part of another.
fn applied(state: &mut State, site: &Site, digest: Digest) {
    let place = plan_place(site, digest);
    let unseen = || PlanRecord { change: None, applied: true };
    let record = state.plans.get(&place).cloned().unwrap_or_else(unseen);
    state.plans.insert(place, PlanRecord { applied: true, ..record });
}

/// What was said first of an artifact is what counts; what was not said may be said later.
fn artifact(state: &mut State, track: &str, artifact: &Artifact) {
    let place = (track.to_owned(), artifact.digest);
    let Artifact { author, commit, git_ref, .. } = artifact;
    let mut record = state.artifacts.get(&place).cloned().unwrap_or_else(|| ArtifactRecord {
        author: author.clone(),
        commit: None,
        git_ref: None,
    });
    record.commit = record.commit.or_else(|| commit.clone());
    record.git_ref = record.git_ref.or_else(|| git_ref.clone());
    if state.artifacts.get(&place) != Some(&record) {
        state.artifacts.insert(place, record);
    }
}

/// Somebody who was not known was refused. Only so many are remembered as a rate can count.
fn stranger(state: &mut State, recorded: &Recorded) {
    state.strangers.insert(recorded.entry.sequence, recorded.entry.at);
    if state.strangers.len() > limits::RATE
        && let Some(oldest) = state.strangers.keys().next().copied()
    {
        state.strangers.remove(&oldest);
    }
}

fn fact(state: &mut State, recorded: &Recorded, body: FactBody) -> Result<()> {
    if body.stranger {
        stranger(state, recorded);
    }
    artifact_incident(state, recorded, &body);
    if body.decision.verdict != Verdict::Allow {
        return Ok(());
    }
    let Fact { id, at: asked, actor, fact, signature, .. } = body.fact;
    answer(state, (&actor.id, &id), (body.content, asked), recorded);
    let at = recorded.entry.at;
    match fact {
        FactKind::Approval(approval) => {
            let signed = signature.map(|signature| signature.at);
            let law = body.decision.charter;
            if let Some(signed) = signed {
                state.consents.insert(consent(&approval, signed)?, ());
            }
            let record = ApprovalRecord { approval, law, signed, at };
            state.approvals_of.insert((record.approval.digest, recorded.hash), ());
            state.approvals.insert(recorded.hash, record);
        }
        FactKind::Evidence(evidence) => {
            let sequence = recorded.entry.sequence;
            let Evidence { gate, about, result, produced, .. } = evidence;
            let (hash, producer) = (recorded.hash, actor.id);
            let (rule, until) = body.report.map_or((None, None), |it| (it.rule, it.until));
            let record = EvidenceRecord { hash, producer, result, produced, rule, until };
            state.evidence.insert((gate, about, sequence), record);
        }
        FactKind::Outcome(report) => outcome(state, recorded, &report),
        FactKind::Withdrawal(withdrawal) => withdraw(state, &withdrawal.entry),
        FactKind::Erasure(erasure) => {
            state.erased.insert(erasure.attachment, recorded.entry.sequence);
        }
        FactKind::GrantRequest(request) => {
            let (by, law, approvals) = (actor.id, body.decision.charter, BTreeMap::new());
            let record = GrantRequestRecord { request, by, at, law, approvals };
            state.grant_requests.insert(recorded.hash, record);
        }
        FactKind::GrantApproval(approval) => {
            if let Some(record) = state.grant_requests.get_mut(&approval.request) {
                // Consent ages from when it was given.
                let at = signature.map_or(at, |signature| at.min(signature.at));
                record.approvals.insert(recorded.hash, Consent { by: approval.by, at });
            }
        }
        FactKind::GrantOpening(opening) => {
            if let Some(terms) = body.terms {
                state.open_grant(&opening.request, terms, (recorded.hash, at));
            }
        }
        FactKind::GrantClosing(closing) => {
            if let Some(grant) = state.grants.get_mut(&closing.grant) {
                grant.closed = grant.closed.or(Some(at));
            }
        }
        FactKind::PostMortem(report) => {
            if let Some(grant) = state.grants.get_mut(&report.grant) {
                grant.post_mortem = grant.post_mortem.or(Some(recorded.hash));
            }
        }
        FactKind::Incident(incident) => self::incident(state, recorded, incident),
        FactKind::Resolution(resolution) => incidents::close(state, &resolution.incident),
        FactKind::Amendment(amendment) => amend(state, amendment, at),
        FactKind::Lifecycle(step) => {
            if let Some(terms) = body.artifact {
                let signed = signature.map(|signature| signature.at);
                let taken = lifecycle::Taken { entry: recorded.hash, at, by: &actor.id, signed };
                lifecycle::step(state, step, terms, &taken);
            }
        }
        FactKind::IntegrityCheck(check) => {
            if let Some(terms) = body.artifact {
                lifecycle::check(state, terms.lifecycle, &check, at);
            }
        }
    }
    Ok(())
}

/// What was done to an artifact, or tried, is an incident of its lifecycle, in the state that it has.
fn artifact_incident(state: &mut State, recorded: &Recorded, body: &FactBody) {
    let (asset, operation) = match &body.fact.fact {
        FactKind::Lifecycle(step) => (&step.asset, Some(&step.operation)),
        FactKind::IntegrityCheck(check) => (&check.asset, None),
        _ => return,
    };
    let actor = &body.fact.actor.id;
    let attempt = operation.zip(body.attempt);
    let Some(terms) = &body.artifact else { return };
    match (body.incident, attempt) {
        (Some(kind), attempt) => {
            let track = terms.lifecycle.clone();
            let stage = terms.state.word().to_owned();
            let site = Site { track, asset: asset.clone(), stage };
            let mut record = IncidentRecord::new(site, kind, recorded.entry.at);
            record.attempt = attempt.map(|(operation, artifact)| Attempt {
                actor: actor.clone(),
                operation: operation.word().to_owned(),
                artifact,
                times: 1,
            });
            incidents::open(state, recorded.hash, record);
        }
        (None, Some((operation, artifact))) => {
            if let Some(open) = state.attempted(actor, operation, artifact) {
                incidents::repeat(state, &open);
            }
        }
        (None, None) => {}
    }
}

fn outcome(state: &mut State, recorded: &Recorded, report: &OutcomeReport) {
    let at = recorded.entry.at;
    let Some(record) = state.permits.get_mut(&report.permit) else { return };
    record.outcome = Some(report.result);
    let (site, permit) = (record.site(), record.permit.clone());
    serials::report(state, recorded, &site, report);
    if report.result != OutcomeResult::Unknown {
        forget(state, &report.permit);
    }
    let whole = rollouts::end(state, (&report.permit, at), &site, &permit, report.result);
    // A step of a rollout is no success of the lineage before the last one is.
    let outcome = Some(report.result).filter(|result| whole || *result != OutcomeResult::Succeeded);
    if let Some(latest) =
        state.lineages.get_mut(&(site, permit.lineage)).filter(|latest| latest.act == report.permit)
    {
        (latest.outcome, latest.at) = (outcome, at);
    }
}

/// The entry's own hash names the incident that it opens: one, the graver one.
fn incident(state: &mut State, recorded: &Recorded, incident: Incident) {
    let Incident { mut kind, track: Some(track), stage, asset, mut found, seen, severity, .. } =
        incident
    else {
        return;
    };
    let mut site = Site { track, asset, stage };
    match (kind, &incident.state) {
        (IncidentKind::Drift, Some(looked_at)) => match serials::look(state, &site, looked_at) {
            Sight::Known => {}
            // Nobody knows yet what was looked at.
            Sight::Unsettled if !found => return,
            Sight::Unsettled => {}
            Sight::Bypassed(bypassed) => {
                (kind, site, found) = (IncidentKind::Bypass, bypassed, true);
            }
        },
        (IncidentKind::Bypass, Some(looked_at)) => {
            site = serials::bypass(state, &site, looked_at);
        }
        _ => {}
    }
    // What was looked at in a bypass was not what had been admitted, and is looked at anew, as after drift.
    if kind == IncidentKind::Drift || incident.state.is_some() {
        incidents::look(state, &site, seen, found);
    }
    if found {
        incidents::open(state, recorded.hash, reported(recorded, site, kind, severity));
    }
}

/// An incident as bad as it is said to be, and no less than its kind is.
fn reported(
    recorded: &Recorded,
    site: Site,
    kind: IncidentKind,
    severity: Option<Severity>,
) -> IncidentRecord {
    let mut record = IncidentRecord::new(site, kind, recorded.entry.at);
    record.severity = severity.map_or(record.severity, |said| record.severity.max(said));
    record
}

fn amend(state: &mut State, amendment: Amendment, at: Instant) {
    let Some(current) = &mut state.law else { return };
    let Amendment { law, keys, .. } = amendment;
    if let Some(keys) = keys {
        current.keys = keys;
    }
    let Some(law) = law else { return };
    let is_other = law.digest != current.law.digest;
    current.law = law;
    if is_other {
        end_consents(state, at);
    }
}

/// Whatever somebody consented to ends with the law that it was consented to under, and does not come
/// back if that law does.
fn end_consents(state: &mut State, at: Instant) {
    lifecycle::end_consents(state, at);
    let promotions = state.permits.iter().filter(|(_, record)| !record.permit.is_act());
    let consents: Vec<Digest> =
        promotions.map(|(entry, _)| *entry).chain(state.approvals.keys().copied()).collect();
    for entry in &consents {
        forget(state, entry);
    }
    for request in state.grant_requests.keys().copied().collect::<Vec<_>>() {
        state.grant_requests.remove(&request);
    }
    let open = state.grants.iter().filter(|(_, grant)| grant.closed.is_none());
    for entry in open.map(|(entry, _)| *entry).collect::<Vec<_>>() {
        if let Some(grant) = state.grants.get_mut(&entry) {
            grant.closed = Some(at);
        }
    }
}

/// An approval or a permit is worth nothing any more: it was spent or withdrawn, or its act ended.
fn forget(state: &mut State, entry: &Digest) {
    if let Some(digest) = state.approvals.get(entry).map(|record| record.approval.digest) {
        state.approvals_of.remove(&(digest, *entry));
        state.approvals.remove(entry);
    }
    if let Some(permit) = state.permits.get(entry).map(|record| &record.permit) {
        let place = (permit.track.clone(), permit.stage.clone(), *entry);
        state.permits_at.remove(&place);
        state.permits.remove(entry);
    }
}

fn withdraw(state: &mut State, entry: &Digest) {
    forget(state, entry);
    lifecycle::withdraw(state, entry);
    let asked =
        state.grant_requests.iter().find(|(_, record)| record.approvals.contains_key(entry));
    if let Some(record) = asked
        .map(|(request, _)| *request)
        .and_then(|request| state.grant_requests.get_mut(&request))
    {
        record.approvals.remove(entry);
    }
    let key = state.evidence.iter().find(|(_, record)| record.hash == *entry);
    if let Some(key) = key.map(|(key, _)| key.clone()) {
        state.evidence.remove(&key);
    }
}
