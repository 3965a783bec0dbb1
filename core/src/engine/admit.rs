//! Admission: decide at sequence *n*, append at exactly *n*, and decide again when another was first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Engine, Texts,
    draft::{Drafted, Step, snapshot_draft},
};
use crate::{
    digest::Digest,
    error::{Code, Error, ErrorKind, Result},
    ledger::{Ledger, Recorded, Reservation, VerifierKey},
    model::{self, Decision, Erasure, Fact, FactKind, Mode, Request, Verdict},
    secrets::{self, Where},
    state::State,
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
    /// The answer that a decision gives once its entry is durable.
    pub fn first(decision: Decision, recorded: &Recorded) -> Self {
        Self {
            sequence: recorded.entry.sequence,
            entry: recorded.hash,
            at: recorded.entry.at,
            verdict: decision.verdict,
            mode: decision.mode,
            repeated: false,
            live: decision.verdict == Verdict::Allow,
            decision: Some(decision),
        }
    }

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
    /// and for keys that are repeated, too many, or of another name; `charter.secret` when a text of the charter
    /// holds what looks like a secret, which would be kept beside the ledger for ever.
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
        self.check_texts()?;
        ledger.append(0, self.genesis_draft(origin, keys, at)?).map_err(|error| {
            match error.to_code() {
                Code::LedgerConflict => error.with_help("the ledger has begun: go on with it"),
                _ => error,
            }
        })
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
    /// `state` is brought up to date with the ledger; begin with [`State::open`] and keep it for speed.
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
        self.append(ledger, state, |state| self.draft(request, ledger, state))
    }

    /// Decides whether a fact is its recorder's to record, and records it, or the refusal.
    /// `attachments` are the texts of the new charter for an amendment that has one
    /// ([`Engine::law_texts`] gives them), and nothing for other facts.
    ///
    /// # Errors
    ///
    /// As those of [`Engine::admit`]; for an amendment also those of [`Engine::new`], since a charter
    /// that could not be loaded must never come into force; for an erasure `input.invalid_value` when the
    /// entry that it says does not name the attachment, and `replay.unavailable` when an entry that
    /// names it, or was decided under a law that it is a text of, is not covered by a checkpoint that a key in
    /// force signed.
    pub fn record(
        &self,
        fact: &Fact,
        attachments: &[Vec<u8>],
        ledger: &Ledger,
        state: &mut State,
    ) -> Result<Admission> {
        let admission =
            self.append(ledger, state, |state| self.draft_fact(fact, attachments, ledger, state))?;
        self.carry_out(fact, ledger, state)?;
        Ok(admission)
    }

    /// Removes what an admitted erasure has erased, once its entry is durable; does nothing for anything
    /// else. [`Engine::record`] does it. Doing it again, after a crash, is harmless.
    ///
    /// # Errors
    ///
    /// Those of the ledger.
    pub fn carry_out(&self, fact: &Fact, ledger: &Ledger, state: &mut State) -> Result<()> {
        let FactKind::Erasure(Erasure { attachment, .. }) = &fact.fact else { return Ok(()) };
        loop {
            // Somebody may have named it again.
            state.catch_up(ledger)?;
            if state.erasure(attachment).is_none() {
                return Ok(());
            }
            match ledger.erase(state.size(), attachment) {
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                done => return done,
            }
        }
    }

    /// Records what the entries so far add up to, so that a ledger is opened from there. The entry bears
    /// the ledger's clock.
    ///
    /// # Errors
    ///
    /// `charter.mismatch`, and the errors of the ledger; `limit.size` when the state is too large.
    pub fn snapshot(&self, ledger: &Ledger, state: &mut State) -> Result<Recorded> {
        loop {
            state.catch_up(ledger)?;
            self.governs(state)?;
            match ledger.append(state.size(), snapshot_draft(state)?) {
                Ok(recorded) => {
                    state.fold(&recorded)?;
                    return Ok(recorded);
                }
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn append(
        &self,
        ledger: &Ledger,
        state: &mut State,
        step: impl Fn(&State) -> Result<Step>,
    ) -> Result<Admission> {
        take_turns(ledger, |reservation| {
            state.catch_up(ledger)?;
            let Drafted { draft, decision } = match step(state)? {
                Step::Answered(admission) => return Ok(*admission),
                Step::Pending(sequence) => {
                    let message = "an entry that was read before is gone";
                    return Err(Error::new(Code::LedgerTruncated, message).at_sequence(sequence));
                }
                Step::Append(drafted) => *drafted,
            };
            let recorded = match reservation {
                Some(reservation) => reservation.append(state.size(), draft)?,
                None => ledger.append(state.size(), draft)?,
            };
            state.fold(&recorded)?;
            Ok(Admission::first(decision, &recorded))
        })
    }

    /// Deciding under any charter but the ledger's own would write entries that bind nobody.
    pub(crate) fn governs(&self, state: &State) -> Result<()> {
        match state.law() {
            None => Err(Error::new(Code::LedgerGenesis, "the ledger has no genesis entry")),
            Some(law) if law.digest != self.law.digest => Err(other_law()),
            Some(_) => Ok(()),
        }
    }

    /// Refuses texts that hold what looks like a secret (R280, R287).
    pub(super) fn check_texts(&self) -> Result<()> {
        let Texts { charter, lock, packs } = &self.texts;
        let packs = packs.iter().map(|text| ("pack", text));
        for (source, text) in [("charter", charter), ("lock", lock)].into_iter().chain(packs) {
            let lines = std::str::from_utf8(text).unwrap_or_default();
            if let Some(rule) =
                self.searches.secret(text, || secrets::find(lines, Where::Documents))
            {
                let message = format!("it holds what looks like {}", secrets::meaning(rule));
                return Err(Error::new(Code::CharterSecret, message).in_source(source).with_help(
                    "name where the secret is kept, and consider it as known to others",
                ));
            }
        }
        Ok(())
    }

    /// The texts that a genesis entry or an amendment to this charter must attach.
    pub fn law_texts(&self) -> Vec<Vec<u8>> {
        let Texts { charter, lock, packs } = &self.texts;
        [charter, lock].into_iter().chain(packs).cloned().collect()
    }
}

pub(super) fn other_law() -> Error {
    Error::new(Code::CharterMismatch, "the ledger is governed by another charter").with_help(
        "restore the charter, lock and packs that are in force, or have these admitted with `poundlock record amendment`",
    )
}

/// Decides and appends, again and with others kept waiting when another writer was first, as what was
/// decided may no longer hold.
pub(super) fn take_turns<T>(
    ledger: &Ledger,
    mut attempt: impl FnMut(Option<&Reservation<'_>>) -> Result<T>,
) -> Result<T> {
    match attempt(None) {
        Err(error) if error.kind() == ErrorKind::Conflict => attempt(Some(&ledger.reserve()?)),
        answer => answer,
    }
}
