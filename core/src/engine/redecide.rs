//! Deciding again: whether the engine would have written what a ledger holds.
//!
//! Hashes show that entries were not changed since; they do not show that a decision was ever made. Before
//! anything is signed over, each entry is decided again, at the state before it and under the law
//! that was then in force, and must come out byte for byte.

use std::collections::{BTreeMap, btree_map::Entry};

use super::{
    Engine, Texts,
    checks::{self, Caller},
    codes,
    draft::{Step, check_erasure, check_texts, snapshot_draft},
    facts,
};
use crate::{
    canonical,
    digest::Digest,
    error::{Code, Error, ErrorKind, Result},
    identity::{Credential, VerifiedToken},
    ledger::{Draft, Ledger, Recorded},
    model::{
        self, Actor, Amendment, Approval, Fact, FactKind, Incident, Law, Mode, Plan, Report,
        Request, Verdict,
    },
    state::{
        DecisionBody, DecisionSummary, FactBody, Failure, Genesis, RecordReferences,
        RequestSummary, State, kind,
    },
};

/// What came of deciding a part of a ledger again: all of it came out as recorded, but for what could not
/// be decided any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redecided {
    /// How many entries were examined.
    pub entries: u64,
    /// The sequence numbers of those that cannot be decided again, because what they were decided from
    /// was erased since.
    pub unavailable: Vec<u64>,
}

/// What came of deciding one entry again.
enum Judged {
    Same,
    Other,
    /// This attachment is not there.
    Missing(Digest),
}

impl Engine {
    /// Decides the entries from `state` up to, but not including, `to` again, and folds them in.
    ///
    /// What a caller who was not known asked is not kept, and neither are claims of recorders who were not
    /// known. Of their entries, all that can be told is that they were refused and change nothing.
    ///
    /// # Errors
    ///
    /// - `entry.undecided`, with the sequence number, for the first entry that is not what the engine writes.
    /// - `ledger.attachment_missing` when something is missing that was never erased.
    /// - those of [`State::catch_up`].
    pub fn redecide(&self, ledger: &Ledger, state: &mut State, to: u64) -> Result<Redecided> {
        self.redecide_each(ledger, state, to, &mut |_| Ok(()))
    }

    /// Decides again, and hands over each entry before it is folded in.
    pub(super) fn redecide_each(
        &self,
        ledger: &Ledger,
        state: &mut State,
        to: u64,
        visit: &mut dyn FnMut(&Recorded) -> Result<()>,
    ) -> Result<Redecided> {
        const BATCH: u64 = 256;
        let mut laws = Laws { engine: self, others: BTreeMap::new() };
        let mut done = Redecided::default();
        let mut missing = Vec::new();
        while state.size() < to {
            let wanted = to.saturating_sub(state.size()).min(BATCH);
            let batch = ledger.read(state.size(), usize::try_from(wanted).unwrap_or(0))?;
            if batch.is_empty() {
                return Err(Error::new(Code::LedgerTruncated, "an entry cannot be read")
                    .at_sequence(state.size()));
            }
            for recorded in &batch {
                let sequence = recorded.entry.sequence;
                visit(recorded)?;
                match laws.judge(ledger, state, recorded) {
                    Ok(Judged::Same) => {}
                    Ok(Judged::Other) => return Err(undecided(sequence)),
                    Ok(Judged::Missing(attachment)) => missing.push((sequence, attachment)),
                    // The engine would not have got as far as writing this.
                    Err(error) if is_refusal(&error) => return Err(undecided(sequence)),
                    Err(error) => return Err(error.at_sequence(sequence)),
                }
                state.fold(recorded)?;
                done.entries = done.entries.saturating_add(1);
            }
        }
        for (sequence, attachment) in missing {
            if state.erasure(&attachment).is_none() {
                let message = format!("the attachment {attachment} is missing");
                return Err(
                    Error::new(Code::LedgerAttachmentMissing, message).at_sequence(sequence)
                );
            }
            done.unavailable.push(sequence);
        }
        Ok(done)
    }
}

/// Whether the error says that input is unacceptable, and not that the ledger is damaged.
fn is_refusal(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Input | ErrorKind::Limit | ErrorKind::Policy | ErrorKind::Charter
    ) || matches!(error.to_code(), Code::LedgerBody | Code::LedgerGenesis)
}

fn undecided(sequence: u64) -> Error {
    Error::new(Code::EntryUndecided, "deciding the entry again gives another one")
        .at_sequence(sequence)
        .with_help("somebody else than the engine wrote it, or changed what it was decided from: do not rely on it or on anything after it")
}

/// The engines of the laws that were in force.
struct Laws<'e> {
    engine: &'e Engine,
    others: BTreeMap<Digest, Engine>,
}

impl Laws<'_> {
    /// The engine of a law, or the text that is missing for it.
    fn of(&mut self, ledger: &Ledger, law: &Law) -> Result<std::result::Result<&Engine, Digest>> {
        if self.engine.law.digest == law.digest {
            return Ok(Ok(self.engine));
        }
        match self.others.entry(law.digest) {
            Entry::Occupied(engine) => Ok(Ok(engine.into_mut())),
            Entry::Vacant(place) => {
                let texts = match texts(ledger, law)? {
                    Ok(texts) => texts,
                    Err(missing) => return Ok(Err(missing)),
                };
                let engine = Engine::new(texts)?;
                if engine.law.digest != law.digest {
                    let message = "the texts do not add up to the law that the entries name";
                    return Err(Error::new(Code::CharterMismatch, message));
                }
                Ok(Ok(place.insert(engine)))
            }
        }
    }

    fn judge(&mut self, ledger: &Ledger, state: &State, recorded: &Recorded) -> Result<Judged> {
        let body = &recorded.entry.body;
        if recorded.entry.kind == kind::GENESIS {
            let genesis: Genesis = canonical::from_bytes(body)?;
            return self.judge_genesis(ledger, recorded, &genesis);
        }
        let law = state
            .law()
            .ok_or_else(|| Error::new(Code::LedgerGenesis, "the ledger has no genesis entry"))?;
        let engine = match self.of(ledger, law)? {
            Ok(engine) => engine,
            Err(missing) => return Ok(Judged::Missing(missing)),
        };
        match recorded.entry.kind.as_str() {
            kind::DECISION => {
                engine.judge_decision(ledger, state, recorded, &canonical::from_bytes(body)?)
            }
            kind::FACT => engine.judge_fact(ledger, state, recorded, canonical::from_bytes(body)?),
            kind::SNAPSHOT => same(&snapshot_draft(state)?, recorded),
            _ => Ok(Judged::Other),
        }
    }

    fn judge_genesis(
        &mut self,
        ledger: &Ledger,
        recorded: &Recorded,
        genesis: &Genesis,
    ) -> Result<Judged> {
        let Genesis { origin, law, keys, .. } = genesis;
        model::check_origin(origin)?;
        if model::fault_of_keys(origin, keys).is_some() {
            return Ok(Judged::Other);
        }
        // Not the engine at hand, whose texts may differ in what does not count.
        let engine = match texts(ledger, law)? {
            Ok(texts) => Engine::new(texts)?,
            Err(missing) => return Ok(Judged::Missing(missing)),
        };
        same(&engine.genesis_draft(origin, keys, recorded.entry.at)?, recorded)
    }
}

impl Engine {
    fn judge_decision(
        &self,
        ledger: &Ledger,
        state: &State,
        recorded: &Recorded,
        body: &DecisionBody,
    ) -> Result<Judged> {
        let Some(RecordReferences { request, plan, credential, .. }) = &body.record else {
            let changes_nothing =
                body.permit.is_none() && body.spends.is_empty() && body.meets.is_empty();
            let actor = Actor {
                kind: body.request.actor.kind,
                id: body.request.actor.id.clone(),
                claims: BTreeMap::new(),
            };
            return Ok(
                if changes_nothing
                    && self.mode_at(&body.request) == Some(body.decision.mode)
                    && self.may_refuse(&actor, state, recorded, &body.decision)
                {
                    Judged::Same
                } else {
                    Judged::Other
                },
            );
        };
        let Some(bytes) = ledger.attachment(request)? else {
            return Ok(Judged::Missing(*request));
        };
        let mut request: Request = canonical::from_bytes(&bytes)?;
        if let Some(digest) = plan {
            let Some(bytes) = ledger.attachment(digest)? else {
                return Ok(Judged::Missing(*digest));
            };
            request.plan = Some(Plan::from_record(&canonical::decode_document(&bytes)?)?.into());
        }
        match recorded_credential(ledger, credential.as_ref())? {
            Ok(credential) => request.credential = credential,
            Err(missing) => return Ok(Judged::Missing(missing)),
        }
        match self.draft(&request, ledger, state)? {
            Step::Append(drafted) => same(&drafted.draft, recorded),
            // The engine would have given the first answer, and written nothing.
            Step::Answered(_) | Step::Pending(_) => Ok(Judged::Other),
        }
    }

    fn judge_fact(
        &self,
        ledger: &Ledger,
        state: &State,
        recorded: &Recorded,
        body: FactBody,
    ) -> Result<Judged> {
        let mut fact = match &body.record {
            None => body.fact,
            Some(record) => match ledger.attachment(record)? {
                Some(bytes) => canonical::from_bytes(&bytes)?,
                None => return Ok(Judged::Missing(*record)),
            },
        };
        match recorded_credential(ledger, body.credential.as_ref())? {
            Ok(credential) => fact.credential = credential,
            Err(missing) => return Ok(Judged::Missing(missing)),
        }
        if let Some(reference) = &body.report {
            match ledger.attachment(&reference.record)? {
                Some(bytes) => fact.report = Some(Report::from_record(&bytes)?.into()),
                None => return Ok(Judged::Missing(reference.record)),
            }
        }
        let allowed = body.decision.verdict == Verdict::Allow;
        let mut law_texts = Vec::new();
        if let (true, FactKind::Amendment(Amendment { law: Some(law), .. })) = (allowed, &fact.fact)
        {
            match texts(ledger, law)? {
                Ok(Texts { charter, lock, packs }) => {
                    law_texts.extend([charter, lock]);
                    law_texts.extend(packs);
                }
                Err(missing) => return Ok(Judged::Missing(missing)),
            }
            check_texts(&fact, &law_texts)?;
        }
        check_erasure(&fact, ledger, recorded.entry.sequence)?;
        for fact in self.variants(&fact) {
            if let Step::Append(drafted) = self.fact_step(&fact, &law_texts, ledger, state)?
                && let Judged::Same = same(&drafted.draft, recorded)?
            {
                return Ok(Judged::Same);
            }
        }
        let refused = body.record.is_none()
            && body.artifact.is_none()
            && body.incident.is_none()
            && body.attempt.is_none()
            && body.decision.mode == Mode::Enforce
            && self.may_refuse(&fact.actor, state, recorded, &body.decision);
        Ok(if refused { Judged::Same } else { Judged::Other })
    }

    /// The mode that requests for the stage of an entry are decided in; `None` when there is no such stage.
    fn mode_at(&self, request: &RequestSummary) -> Option<Mode> {
        let document = self.charter.document();
        match &request.track {
            None => Some(document.mode),
            Some(name) => {
                let track = document.tracks.iter().find(|track| track.track == *name)?;
                track.stage(&request.stage).map(|stage| self.mode(stage))
            }
        }
    }

    /// The facts that an entry may have been made of: it holds the names that the charter has for track and
    /// stage, and may have been given others.
    fn variants(&self, fact: &Fact) -> Vec<Fact> {
        let mut variants = vec![fact.clone()];
        let (FactKind::Approval(Approval { track: Some(track), stage, .. })
        | FactKind::Incident(Incident { track: Some(track), stage, .. })) = &fact.fact
        else {
            return variants;
        };
        let names = self
            .charter
            .stages(stage)
            .filter(|(of, _)| of.track == *track)
            .flat_map(|(_, stage)| std::iter::once(&stage.stage).chain(&stage.aliases));
        for name in names {
            for track in [None, Some(track)] {
                let mut variant = fact.clone();
                let (FactKind::Approval(Approval { track: of, stage, .. })
                | FactKind::Incident(Incident { track: of, stage, .. })) = &mut variant.fact
                else {
                    continue;
                };
                (*of, *stage) = (track.cloned(), name.clone());
                variants.push(variant);
            }
        }
        variants
    }

    /// Whether an entry without its claims may be the refusal of somebody who was not known.
    fn may_refuse(
        &self,
        actor: &Actor,
        state: &State,
        recorded: &Recorded,
        decision: &DecisionSummary,
    ) -> bool {
        // A token that shows nothing refuses even those who need none, and is not kept.
        let by_token = |failure: &Failure| {
            [codes::IDENTITY_TOKEN, codes::IDENTITY_PROVIDER].contains(&failure.code.as_str())
        };
        let unknown = !checks::is_known(self, &Caller::bare(actor, recorded.entry.at))
            || decision.failures.iter().any(by_token);
        unknown
            && decision.verdict == Verdict::Deny
            && decision.charter == self.law.digest
            && decision.engine == super::ENGINE_VERSION
            && decision.failures.iter().any(|failure| facts::is_strangers(&failure.code))
            && recorded.entry.attachments.is_empty()
            && Some(recorded.entry.at) == state.clock()
    }
}

/// A credential is taken as it was recorded; what it was made of is kept nowhere. Gives what is missing where
/// it was erased.
fn recorded_credential(
    ledger: &Ledger,
    record: Option<&Digest>,
) -> Result<std::result::Result<Option<Credential>, Digest>> {
    let Some(digest) = record else { return Ok(Ok(None)) };
    let Some(bytes) = ledger.attachment(digest)? else { return Ok(Err(*digest)) };
    Ok(Ok(Some(Credential::Verified(VerifiedToken::from_record(&bytes)?))))
}

/// The texts of a law, or the first that is missing.
fn texts(ledger: &Ledger, law: &Law) -> Result<std::result::Result<Texts, Digest>> {
    let mut found = Vec::new();
    for digest in [&law.charter, &law.lock].into_iter().chain(law.packs.values()) {
        match ledger.attachment(digest)? {
            Some(text) => found.push(text),
            None => return Ok(Err(*digest)),
        }
    }
    let mut found = found.into_iter();
    let (charter, lock) = (found.next().unwrap_or_default(), found.next().unwrap_or_default());
    Ok(Ok(Texts { charter, lock, packs: found.collect() }))
}

fn same(draft: &Draft, recorded: &Recorded) -> Result<Judged> {
    let again = draft.recorded(recorded.entry.sequence, recorded.entry.previous)?;
    Ok(if again.hash == recorded.hash { Judged::Same } else { Judged::Other })
}
