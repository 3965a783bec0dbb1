//! Drafts: what is decided, as the entry that would record it. Nothing here writes.
//!
//! A draft is a function of what is asked and the state, so that it is the same whether it is appended
//! alone or in a batch, and can be made again later to check what was recorded.

use super::{
    Admission, ENGINE_VERSION, Engine, Texts,
    checks::{self, Caller, Presented},
    content, facts,
    lifecycle::Effect,
};
use crate::{
    canonical,
    charter::Rate,
    digest::Digest,
    error::{Code, Error, Result},
    identity::Credential,
    ledger::{Draft, Ledger, Recorded, VerifierKey, VerifierKeys},
    limits,
    model::{Amendment, Decision, Erasure, Fact, FactKind, Finding, Outcome, Request, Verdict},
    secrets::Masked,
    state::{
        DecisionBody, DecisionSummary, FactBody, Failure, FindingCounts, Genesis, RecordReferences,
        RequestSummary, SnapshotBody, State, kind,
    },
    time::Instant,
};

/// What is to be done about a request or fact at a state.
#[derive(Debug)]
pub enum Step {
    /// It was answered before, and this is the answer.
    Answered(Box<Admission>),
    /// The answer depends on the entry of this sequence number, which is folded in and not in the ledger
    /// yet: ask again once it is.
    Pending(u64),
    /// It is decided, and this is to be appended at exactly the size of the state.
    Append(Box<Drafted>),
}

/// A decision with the entry that records it. It is worth nothing before the entry is durable; then
/// [`Admission::first`] is the answer.
#[derive(Debug)]
pub struct Drafted {
    /// What is to be appended.
    pub draft: Draft,
    /// What was decided.
    pub decision: Decision,
}

impl Engine {
    /// Decides a request at a state, which may be ahead of the ledger by entries that are about to be
    /// appended (see [`State::pending`]).
    ///
    /// # Errors
    ///
    /// Those of [`Engine::admit`] but for appending.
    pub fn draft(&self, request: &Request, ledger: &Ledger, state: &State) -> Result<Step> {
        self.governs(state)?;
        let Masked { what: request, found } = request.masked()?;
        let request = &*request;
        let content = content(request)?;
        let asked = (request.into(), request.id.as_str(), content);
        let caller = || Caller::of_request(self, request, state);
        let bound = || {
            let place = self.place(request, state);
            checks::is_bound(request, place.as_ref().map(|place| place.stage))
        };
        match self.repeated(asked, caller, ledger, state)? {
            // Another job of the actor's may not take up what this one was permitted.
            Some(Step::Answered(first)) if first.live && !bound() => {}
            Some(step) => return Ok(step),
            None => {}
        }
        let decision = self.decide_masked(request, content, &found, state)?;
        self.admit_stranger(&decision, state)?;
        let draft = self.decision_draft(request, content, &decision, state)?;
        Ok(Step::Append(Box::new(Drafted { draft, decision })))
    }

    /// Decides a fact at a state, as [`Engine::draft`] decides a request. `texts` are those of
    /// [`Engine::record`].
    ///
    /// # Errors
    ///
    /// Those of [`Engine::record`] but for appending.
    pub fn draft_fact(
        &self,
        fact: &Fact,
        texts: &[Vec<u8>],
        ledger: &Ledger,
        state: &State,
    ) -> Result<Step> {
        check_texts(fact, texts)?;
        check_erasure(fact, ledger, state.size())?;
        let step = self.fact_step(fact, texts, ledger, state)?;
        match (&fact.fact, &step) {
            (FactKind::Erasure(erasure), Step::Append(drafted))
                if drafted.decision.verdict == Verdict::Allow =>
            {
                let waits = check_signed(&erasure.attachment, ledger, state)?;
                Ok(waits.map_or(step, Step::Pending))
            }
            _ => Ok(step),
        }
    }

    /// Decides a fact whose texts have been checked.
    pub(super) fn fact_step(
        &self,
        fact: &Fact,
        texts: &[Vec<u8>],
        ledger: &Ledger,
        state: &State,
    ) -> Result<Step> {
        self.governs(state)?;
        let Masked { what: fact, found } = fact.masked()?;
        let fact = &*fact;
        let content = facts::content(fact)?;
        let asked = (fact.into(), fact.id.as_str(), content);
        let caller = || Caller::of_fact(self, fact, state);
        if let Some(step) = self.repeated(asked, caller, ledger, state)? {
            return Ok(step);
        }
        let decision = self.decide_masked_fact(fact, content, &found, state)?;
        self.admit_stranger(&decision, state)?;
        let draft = self.fact_draft(fact, content, texts, (&decision, state))?;
        Ok(Step::Append(Box::new(Drafted { draft, decision })))
    }

    /// The genesis entry.
    pub(super) fn genesis_draft(
        &self,
        origin: &str,
        keys: &[VerifierKey],
        at: Instant,
    ) -> Result<Draft> {
        let genesis = Genesis {
            origin: origin.to_owned(),
            law: self.law.clone(),
            keys: keys.to_vec(),
            engine: ENGINE_VERSION,
        };
        Ok(Draft {
            at: Some(at),
            kind: kind::GENESIS.to_owned(),
            body: canonical::to_bytes(&genesis)?,
            attachments: self.law_texts(),
        })
    }

    /// The first admission, where the request was answered before and is not too old. A stranger gets
    /// none: content does not count claims and credentials, and an admission says that the actor may go on.
    fn repeated<'c>(
        &self,
        (presented, id, content): (Presented<'_>, &str, Digest),
        caller: impl FnOnce() -> Caller<'c>,
        ledger: &Ledger,
        state: &State,
    ) -> Result<Option<Step>> {
        let lifetime = self.charter.document().request_lifetime;
        let Presented { actor, at, .. } = presented;
        let Some(first) = state.answer(actor, id) else { return Ok(None) };
        if first.content != content
            || at > first.at.saturating_add(lifetime)
            || !checks::is_known(self, &caller())
        {
            return Ok(None);
        }
        let Some(recorded) = ledger.read(first.sequence, 1)?.pop() else {
            return Ok(Some(Step::Pending(first.sequence)));
        };
        let (summary, permits, decision) = match recorded.entry.kind.as_str() {
            kind::FACT => {
                (canonical::from_bytes::<FactBody>(&recorded.entry.body)?.decision, false, None)
            }
            _ => {
                let body: DecisionBody = canonical::from_bytes(&recorded.entry.body)?;
                let whole =
                    body.record.map(|record| ledger.attachment(&record.decision)).transpose()?;
                let whole =
                    whole.flatten().map(|bytes| canonical::from_bytes(&bytes)).transpose()?;
                (body.decision, body.permit.is_some(), whole)
            }
        };
        let permit = state.permits.get(&recorded.hash);
        // A clock that is set back does not bring an expired permit back.
        let at = state.clock().map_or(at, |clock| at.max(clock));
        let live = summary.verdict == Verdict::Allow
            && summary.charter == self.law.digest
            // A permit that the state has forgotten is spent, withdrawn, or its act has ended.
            && (!permits || permit.is_some_and(|record| record.is_live(at)));
        Ok(Some(Step::Answered(Box::new(Admission {
            sequence: recorded.entry.sequence,
            entry: recorded.hash,
            at: recorded.entry.at,
            verdict: summary.verdict,
            mode: summary.mode,
            repeated: true,
            live,
            decision,
        }))))
    }

    /// Nobody can fill the ledger from outside: of callers who are not known, only so many are recorded.
    fn admit_stranger(&self, decision: &Decision, state: &State) -> Result<()> {
        let Rate { count, per } = self.charter.document().strangers;
        let Some(clock) = state.clock().filter(|_| !facts::is_known(decision)) else {
            return Ok(());
        };
        let recorded = state.strangers_since(clock.saturating_sub(per));
        if recorded < usize::try_from(count).unwrap_or(usize::MAX) {
            return Ok(());
        }
        let code = decision.findings.iter().find(|finding| facts::is_strangers(&finding.code));
        let why = code.map_or("", |finding| finding.code.as_str());
        let message = format!(
            "it is refused ({why}), and {recorded} refusals of callers who are not known were recorded within {per}"
        );
        Err(Error::new(Code::LimitRate, message)
            .with_help("ask as an actor that the charter declares, with its credential"))
    }

    fn decision_draft(
        &self,
        request: &Request,
        content: Digest,
        decision: &Decision,
        state: &State,
    ) -> Result<Draft> {
        let place = self.place(request, state);
        let (track, stage) = match &place {
            Some(place) => (Some(place.site.track.as_str()), place.site.stage.as_str()),
            None => (None, request.stage.as_str()),
        };
        let mut attachments = Vec::new();
        // Whoever is not known gets one small entry, so that nobody can fill the store from outside.
        let record = if facts::is_known(decision) {
            let mut attach = |bytes: Vec<u8>| {
                let digest = Digest::of(&bytes);
                attachments.push(bytes);
                digest
            };
            Some(RecordReferences {
                request: attach(canonical::to_bytes(request)?),
                decision: attach(canonical::to_bytes(&decision.to_record())?),
                plan: match &request.plan {
                    Some(plan) => {
                        Some(attach(canonical::encode_document(plan.to_record()?.as_ref())?))
                    }
                    None => None,
                },
                credential: match request.credential.as_ref().and_then(Credential::token) {
                    Some(token) => Some(attach(token.to_record()?)),
                    None => None,
                },
            })
        } else {
            None
        };
        let mut body = DecisionBody {
            request: RequestSummary::new(request, content, track, stage),
            decision: self.summary(decision),
            policies: decision
                .policies
                .iter()
                .filter(|count| count.judged() > 0)
                .cloned()
                .collect(),
            parts: request.plan.iter().flat_map(|plan| plan.parts.clone()).collect(),
            obligations: decision.obligations.clone(),
            meets: decision.meets.clone(),
            drift: request.plan.as_ref().map_or(0, |plan| plan.drift.len() as u64),
            permit: decision.permit.clone(),
            spends: decision.spends.clone(),
            grant: decision.grant,
            waivers: decision.waivers.clone(),
            packs: decision.packs.clone(),
            record,
        };
        let bytes = fit(&mut body)?;
        Ok(Draft {
            at: Some(entry_instant(request.at, decision, state)),
            kind: kind::DECISION.to_owned(),
            body: bytes,
            attachments,
        })
    }

    fn fact_draft(
        &self,
        fact: &Fact,
        content: Digest,
        texts: &[Vec<u8>],
        (decision, state): (&Decision, &State),
    ) -> Result<Draft> {
        let allowed = decision.verdict == Verdict::Allow;
        let mut attachments = if allowed { texts.to_vec() } else { Vec::new() };
        let mut record = None;
        if !fact.actor.claims.is_empty() && facts::is_known(decision) {
            let whole = canonical::to_bytes(fact)?;
            record = Some(Digest::of(&whole));
            attachments.push(whole);
        }
        let mut credential = None;
        if let Some(token) = fact.credential.as_ref().and_then(Credential::token)
            && facts::is_known(decision)
        {
            let record = token.to_record()?;
            credential = Some(Digest::of(&record));
            attachments.push(record);
        }
        let mut report = None;
        if facts::is_known(decision)
            && let Some((reference, bytes)) =
                self.report_reference(fact, allowed, checks::now(state, fact.at))?
        {
            report = Some(reference);
            attachments.push(bytes);
        }
        let mut resolved = self.resolve(fact);
        if !facts::is_known(decision) {
            resolved.signature = None;
        }
        let Effect { terms: artifact, incident, attempt } =
            self.lifecycle_effect(fact, decision, state);
        let body = FactBody {
            fact: resolved,
            content,
            decision: self.summary(decision),
            stranger: !facts::is_known(decision),
            terms: if allowed { self.grant_terms(fact, state) } else { None },
            artifact,
            incident,
            attempt,
            record,
            credential,
            report,
        };
        Ok(Draft {
            at: Some(entry_instant(fact.at, decision, state)),
            kind: kind::FACT.to_owned(),
            body: canonical::to_bytes(&body)?,
            attachments,
        })
    }

    fn summary(&self, decision: &Decision) -> DecisionSummary {
        let failures = decision.findings.iter().filter(|finding| finding.outcome != Outcome::Pass);
        let denials_first =
            failures.clone().filter(|f| f.denies()).chain(failures.filter(|f| !f.denies()));
        DecisionSummary {
            verdict: decision.verdict,
            mode: decision.mode,
            findings: FindingCounts::of(&decision.findings),
            failures: denials_first.take(limits::ENTRY_FAILURES).map(Failure::from).collect(),
            charter: decision.charter,
            engine: decision.engine,
        }
    }
}

/// The entry that records what the entries so far add up to.
pub(super) fn snapshot_draft(state: &State) -> Result<Draft> {
    let bytes = state.to_snapshot()?;
    let body = SnapshotBody { state: Digest::of(&bytes), engine: ENGINE_VERSION };
    Ok(Draft {
        at: state.clock(),
        kind: kind::SNAPSHOT.to_owned(),
        body: canonical::to_bytes(&body)?,
        attachments: vec![bytes],
    })
}

/// Encodes a body that must fit an entry. The whole decision is attached, and the entry keeps as many
/// failures, and then counts, as there is room for.
fn fit(body: &mut DecisionBody) -> Result<Vec<u8>> {
    loop {
        let bytes = canonical::to_bytes(body)?;
        let (failures, policies) = (body.decision.failures.len(), body.policies.len());
        if bytes.len() <= limits::ENTRY_BODY_BYTES || (failures == 0 && policies == 0) {
            return Ok(bytes);
        }
        if failures > 0 {
            body.decision.failures.truncate(failures / 2);
        } else {
            body.policies.truncate(policies / 2);
        }
    }
}

/// The texts of a fact: those of the new charter for an amendment, which must add up to the law that
/// it names, or nobody could load the charter in force any more. Other facts have none.
pub(super) fn check_texts(fact: &Fact, texts: &[Vec<u8>]) -> Result<()> {
    let FactKind::Amendment(Amendment { law: Some(law), .. }) = &fact.fact else {
        return if texts.is_empty() {
            Ok(())
        } else {
            Err(Error::new(
                Code::InputInvalidValue,
                "only an amendment of the charter has texts to be kept",
            ))
        };
    };
    let text = |digest: &Digest| {
        texts.iter().find(|text| Digest::of(text) == *digest).cloned().ok_or_else(|| {
            Error::new(Code::InputMissingField, "a text of the new charter was not handed in")
        })
    };
    let engine = Engine::new(Texts {
        charter: text(&law.charter)?,
        lock: text(&law.lock)?,
        packs: law.packs.values().map(text).collect::<Result<_>>()?,
    })?;
    if engine.law() == law {
        engine.check_texts()
    } else {
        Err(Error::new(
            Code::CharterInvalid,
            "the texts do not add up to the law that the amendment names",
        ))
    }
}

/// What is erased must be named by the entry that the erasure says, which is one of the first `size`.
pub(super) fn check_erasure(fact: &Fact, ledger: &Ledger, size: u64) -> Result<()> {
    let FactKind::Erasure(Erasure { attachment, sequence, .. }) = &fact.fact else {
        return Ok(());
    };
    let named = if *sequence < size { ledger.read(*sequence, 1)?.pop() } else { None };
    if named.is_some_and(|recorded| recorded.entry.attachments.contains(attachment)) {
        return Ok(());
    }
    Err(Error::new(
        Code::InputInvalidValue,
        format!("there is no entry {sequence} that names the attachment"),
    )
    .at_pointer("/fact/erasure/sequence"))
}

/// What is erased can never be decided again, and is then never signed over: so every entry that names it
/// must lie under a signature already. Gives the entry that has to be durable before that can be told.
fn check_signed(attachment: &Digest, ledger: &Ledger, state: &State) -> Result<Option<u64>> {
    const BATCH: usize = 1024;
    let unsigned = || {
        Error::new(
            Code::ReplayUnavailable,
            "an entry names the attachment and is not covered by a checkpoint that a key in force signed",
        )
        .with_help("sign a checkpoint first; what was erased before can never be signed over")
    };
    let keys = VerifierKeys::new(state.keys().iter().cloned()).map_err(|_| unsigned())?;
    let kept = ledger.checkpoint()?.ok_or_else(unsigned)?;
    let checkpoint = kept.verify(&keys, state.origin()).map_err(|_| unsigned())?;
    ledger.check_checkpoint(checkpoint)?;
    let mut next = checkpoint.size;
    loop {
        let batch = ledger.read(next, BATCH)?;
        if batch.is_empty() {
            break;
        }
        if let Some(naming) =
            batch.iter().find(|recorded| recorded.entry.attachments.contains(attachment))
        {
            return Err(unsigned().at_sequence(naming.entry.sequence));
        }
        if let Some(at) = first_amendment(&batch)?
            && State::until(ledger, checkpoint.size)?.law().is_some_and(|law| law.names(attachment))
        {
            let message = "entries that are not covered by a checkpoint were decided under the law that the attachment is a text of";
            return Err(Error::new(Code::ReplayUnavailable, message).at_sequence(at).with_help(
                "sign a checkpoint first; what was erased before can never be signed over",
            ));
        }
        next = next.saturating_add(u64::try_from(batch.len()).unwrap_or(u64::MAX));
    }
    Ok((next < state.size()).then(|| state.size().saturating_sub(1)))
}

/// The first of some entries that puts another law in force.
fn first_amendment(entries: &[Recorded]) -> Result<Option<u64>> {
    for recorded in entries.iter().filter(|recorded| recorded.entry.kind == kind::FACT) {
        let body: FactBody = canonical::from_bytes(&recorded.entry.body)?;
        if let (Verdict::Allow, FactKind::Amendment(Amendment { law: Some(_), .. })) =
            (body.decision.verdict, &body.fact.fact)
        {
            return Ok(Some(recorded.entry.sequence));
        }
    }
    Ok(None)
}

/// The instant of the entry: the one that was asked at, where that is allowed. What is refused bears the
/// ledger's clock and so never moves it, and neither does an amendment at an instant that would have
/// been refused to anybody else.
fn entry_instant(asked: Instant, decision: &Decision, state: &State) -> Instant {
    let wrong = |finding: &Finding| {
        matches!(finding.code.as_str(), super::codes::TIME_BACKWARDS | super::codes::TIME_AHEAD)
    };
    if decision.verdict == Verdict::Deny || decision.findings.iter().any(wrong) {
        state.clock().unwrap_or(asked)
    } else {
        asked
    }
}
