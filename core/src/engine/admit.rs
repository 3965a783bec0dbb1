//! Admission: decide at sequence *n*, append at exactly *n*, and decide again when another was first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ENGINE_VERSION, Engine, Texts, checks, content, facts};
use crate::{
    canonical,
    charter::IdentityRule,
    digest::Digest,
    error::{Code, Error, ErrorKind, Result},
    ledger::{Draft, Ledger, Recorded, VerifierKey},
    limits,
    model::{
        self, Actor, Amendment, Decision, Fact, FactKind, Finding, Mode, Outcome, Request, Verdict,
    },
    state::{
        DecisionBody, DecisionSummary, FactBody, Failure, FindingCounts, Genesis, RecordReferences,
        RequestSummary, State, kind,
    },
    time::Instant,
};

/// What became of a request or fact, once its entry is durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Admission {
    /// The sequence number of the entry.
    pub sequence: u64,
    /// The hash of the entry: the id of the approval or permit that it records.
    pub entry: Digest,
    /// The instant of the entry.
    pub at: Instant,
    /// Whether it is allowed.
    pub verdict: Verdict,
    /// Whether the verdict binds.
    pub mode: Mode,
    /// Whether this request was answered before; then nothing new was recorded.
    pub repeated: bool,
    /// Whether the caller may rely on it now. A denial never is; nor is a repeat whose permit was used up,
    /// withdrawn, or has expired, or that was decided under another charter.
    pub live: bool,
    /// The decision with all findings. Repeats of facts have none: the first admission had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

impl Admission {
    /// Whether the caller may go on: it is live, or the charter only observes.
    pub fn may_proceed(&self) -> bool {
        self.live || self.mode == Mode::Observe
    }
}

impl Engine {
    /// Begins a ledger: writes the genesis entry, which binds the ledger to this charter and keys.
    ///
    /// `origin` is a name that no other ledger has; the host makes it unique. It has 1 to 256 bytes,
    /// no spaces, no `+` and no control characters. Each of the keys has it as its name. Without
    /// keys, nobody can sign checkpoints until an amendment names some.
    ///
    /// # Errors
    ///
    /// `ledger.conflict` when the ledger has entries; `input.invalid_value` for an unsuitable origin,
    /// and for keys that are repeated, too many, or of another name.
    pub fn begin(
        &self,
        ledger: &Ledger,
        origin: &str,
        keys: &[VerifierKey],
        at: Instant,
    ) -> Result<Recorded> {
        model::check_origin(origin)?;
        if let Some(fault) = model::fault_of_keys(origin, keys) {
            return Err(Error::new(Code::InputInvalidValue, fault).at_pointer("/keys"));
        }
        let genesis = Genesis {
            origin: origin.to_owned(),
            law: self.law.clone(),
            keys: keys.to_vec(),
            engine: ENGINE_VERSION,
        };
        ledger.append(
            0,
            Draft {
                at: Some(at),
                kind: kind::GENESIS.to_owned(),
                body: canonical::to_bytes(&genesis)?,
                attachments: self.law_texts(),
            },
        )
    }

    /// Makes the engine of the charter that governs a ledger, from the texts kept beside it.
    ///
    /// # Errors
    ///
    /// `ledger.genesis` when the ledger has not begun, `ledger.attachment_missing` when a text is
    /// gone, `charter.mismatch` when the texts do not add up to the charter that the entries name.
    pub fn of_ledger(ledger: &Ledger, state: &State) -> Result<Self> {
        let law = state
            .law()
            .ok_or_else(|| Error::new(Code::LedgerGenesis, "the ledger has no genesis entry"))?;
        let text = |digest: &Digest| {
            ledger.attachment(digest)?.ok_or_else(|| {
                Error::new(
                    Code::LedgerAttachmentMissing,
                    format!("the attachment {digest} is missing"),
                )
            })
        };
        let engine = Self::new(Texts {
            charter: text(&law.charter)?,
            lock: text(&law.lock)?,
            packs: law.packs.values().map(text).collect::<Result<_>>()?,
        })?;
        engine.governs(state)?;
        Ok(engine)
    }

    /// Decides a request and records the decision; the admission exists only once the entry is durable.
    /// `state` is brought up to date with the ledger; begin with [`State::new`] and keep it for speed.
    ///
    /// # Errors
    ///
    /// `charter.mismatch` when the ledger is governed by another charter, `input.invalid_value` for a
    /// malformed request, and the errors of the ledger. After an error nothing may be acted upon.
    pub fn admit(
        &self,
        request: &Request,
        ledger: &Ledger,
        state: &mut State,
    ) -> Result<Admission> {
        self.append(ledger, state, |state| {
            let content = content(request)?;
            let asked = (&request.actor, request.id.as_str(), content, request.at);
            if let Some(admission) = self.repeated(asked, ledger, state)? {
                return Ok(Step::Answered(admission));
            }
            let decision = self.decide(request, state)?;
            let draft = self.decision_draft(request, content, &decision, state)?;
            Ok(Step::Append(Box::new(draft), decision))
        })
    }

    /// Decides whether a fact is its recorder's to record, and records it, or the refusal.
    /// `attachments` are the texts of the new charter for an amendment that has one
    /// ([`Engine::law_texts`] gives them), and nothing for other facts.
    ///
    /// # Errors
    ///
    /// As those of [`Engine::admit`]; for an amendment also those of [`Engine::new`], since a charter
    /// that could not be loaded must never come into force.
    pub fn record(
        &self,
        fact: &Fact,
        attachments: &[Vec<u8>],
        ledger: &Ledger,
        state: &mut State,
    ) -> Result<Admission> {
        check_texts(fact, attachments)?;
        self.append(ledger, state, |state| {
            let content = facts::content(fact)?;
            let asked = (&fact.actor, fact.id.as_str(), content, fact.at);
            if let Some(admission) = self.repeated(asked, ledger, state)? {
                return Ok(Step::Answered(admission));
            }
            let decision = self.decide_fact(fact, state)?;
            let allowed = decision.verdict == Verdict::Allow;
            let mut attachments = if allowed { attachments.to_vec() } else { Vec::new() };
            let mut record = None;
            if !fact.actor.claims.is_empty() && facts::is_known(&decision) {
                let whole = canonical::to_bytes(fact)?;
                record = Some(Digest::of(&whole));
                attachments.push(whole);
            }
            let body = FactBody {
                fact: self.resolve(fact),
                content,
                decision: self.summary(&decision),
                record,
            };
            let draft = Draft {
                at: Some(entry_instant(fact.at, &decision, state)),
                kind: kind::FACT.to_owned(),
                body: canonical::to_bytes(&body)?,
                attachments,
            };
            Ok(Step::Append(Box::new(draft), decision))
        })
    }

    fn append(
        &self,
        ledger: &Ledger,
        state: &mut State,
        mut step: impl FnMut(&State) -> Result<Step>,
    ) -> Result<Admission> {
        loop {
            state.catch_up(ledger)?;
            self.governs(state)?;
            let (draft, decision) = match step(state)? {
                Step::Answered(admission) => return Ok(admission),
                Step::Append(draft, decision) => (draft, decision),
            };
            match ledger.append(state.size(), *draft) {
                Ok(recorded) => {
                    state.fold(&recorded)?;
                    return Ok(Admission {
                        sequence: recorded.entry.sequence,
                        entry: recorded.hash,
                        at: recorded.entry.at,
                        verdict: decision.verdict,
                        mode: decision.mode,
                        repeated: false,
                        live: decision.verdict == Verdict::Allow,
                        decision: Some(decision),
                    });
                }
                // Another writer was first: what was decided may no longer hold.
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Deciding under any charter but the ledger's own would write entries that bind nobody.
    fn governs(&self, state: &State) -> Result<()> {
        match state.law() {
            None => Err(Error::new(Code::LedgerGenesis, "the ledger has no genesis entry")),
            Some(law) if law.digest != self.law.digest => {
                Err(Error::new(Code::CharterMismatch, "the ledger is governed by another charter").with_help(
                    "restore the charter, lock and packs that are in force, or have these admitted with `poundlock record amendment`",
                ))
            }
            Some(_) => Ok(()),
        }
    }

    /// The first admission, where the request was answered before and is not too old. A stranger gets
    /// none: content does not count claims, and an admission says that the actor may go on.
    fn repeated(
        &self,
        (actor, id, content, at): (&Actor, &str, Digest, Instant),
        ledger: &Ledger,
        state: &State,
    ) -> Result<Option<Admission>> {
        let lifetime = self.charter.document().request_lifetime;
        let Some(first) = state.answer(actor, id) else { return Ok(None) };
        if first.content != content
            || at > first.at.saturating_add(lifetime)
            || !checks::is_known(self, actor)
        {
            return Ok(None);
        }
        let recorded = ledger.read(first.sequence, 1)?.pop().ok_or_else(|| {
            Error::new(Code::LedgerTruncated, "an entry that was read before is gone")
                .at_sequence(first.sequence)
        })?;
        let (summary, decision) = match recorded.entry.kind.as_str() {
            kind::FACT => (canonical::from_bytes::<FactBody>(&recorded.entry.body)?.decision, None),
            _ => {
                let body: DecisionBody = canonical::from_bytes(&recorded.entry.body)?;
                let whole =
                    body.record.map(|record| ledger.attachment(&record.decision)).transpose()?;
                let whole =
                    whole.flatten().map(|bytes| canonical::from_bytes(&bytes)).transpose()?;
                (body.decision, whole)
            }
        };
        let permit = state.permits.get(&recorded.hash);
        // A clock that is set back does not bring an expired permit back.
        let at = state.clock().map_or(at, |clock| at.max(clock));
        let live = summary.verdict == Verdict::Allow
            && summary.charter == self.law.digest
            && permit.is_none_or(|record| record.is_live(at));
        Ok(Some(Admission {
            sequence: recorded.entry.sequence,
            entry: recorded.hash,
            at: recorded.entry.at,
            verdict: summary.verdict,
            mode: summary.mode,
            repeated: true,
            live,
            decision,
        }))
    }

    fn decision_draft(
        &self,
        request: &Request,
        content: Digest,
        decision: &Decision,
        state: &State,
    ) -> Result<Draft> {
        let place = self.place(request);
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
                decision: attach(canonical::to_bytes(decision)?),
                plan: match &request.plan {
                    Some(plan) => {
                        Some(attach(canonical::encode_document(plan.to_record()?.as_ref())?))
                    }
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
            obligations: decision.obligations.clone(),
            meets: decision.meets.clone(),
            permit: decision.permit.clone(),
            spends: decision.spends.clone(),
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

    /// The texts that a genesis entry or an amendment to this charter must attach.
    pub fn law_texts(&self) -> Vec<Vec<u8>> {
        let Texts { charter, lock, packs } = &self.texts;
        [charter, lock].into_iter().chain(packs).cloned().collect()
    }
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
fn check_texts(fact: &Fact, texts: &[Vec<u8>]) -> Result<()> {
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
    if engine.charter().document().identity == IdentityRule::Verified {
        return Err(Error::new(
            Code::CharterInvalid,
            "the new charter demands verified actors, and no credential can be verified yet: nobody could ever amend it",
        )
        .with_help("let the charter say `identity: asserted`"));
    }
    if engine.law() == law {
        Ok(())
    } else {
        Err(Error::new(
            Code::CharterInvalid,
            "the texts do not add up to the law that the amendment names",
        ))
    }
}

/// What is to be done about a request at the present state.
enum Step {
    Answered(Admission),
    Append(Box<Draft>, Decision),
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
