//! What people sign, and whether they did.
//!
//! An approval is a [`Statement`], whose every line is checked against the charter and the state; any other
//! fact, and a request, is a [`Declaration`]. A signature that does not verify is a finding, never an error.

use super::{Engine, checks, codes};
use crate::{
    charter::Moves,
    error::{Code, Error, Result},
    identity::{Declaration, Statement, StatementSubject, VerifiedSignature},
    model::{Approval, Fact, FactKind, LifecycleOperation, LifecycleStep, Request, Signature},
    state::{Site, State},
    time::Instant,
    value::{Builder, Kind, Value},
};

/// Why a signature shows nothing: a finding's code, what was found, and what would mend it.
pub(super) struct Flaw {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) remedy: String,
}

impl From<Error> for Flaw {
    fn from(error: Error) -> Self {
        let remedy = error.help().unwrap_or("sign the text that `poundlock` shows, and hand it in");
        Self { code: error.code(), message: error.message().to_owned(), remedy: remedy.to_owned() }
    }
}

impl Engine {
    /// The text that a person signs to record a fact, at an instant: for an approval its [`Statement`],
    /// for any other fact a [`Declaration`], by whoever consents or records it. The fact's own instant and claims are not
    /// in it.
    ///
    /// # Errors
    ///
    /// `approval.statement` when a name cannot be compared by eye, or when the approval is about a stage
    /// or plan that the ledger does not know; `charter.mismatch` when the ledger is governed by another
    /// charter, `ledger.genesis` when it has not begun.
    pub fn fact_text(&self, fact: &Fact, signed: Instant, state: &State) -> Result<String> {
        self.governs(state)?;
        self.text_of_fact(fact, signed, state)
    }

    fn text_of_fact(&self, fact: &Fact, signed: Instant, state: &State) -> Result<String> {
        if let FactKind::Approval(approval) = &fact.fact {
            return self.statement(approval, signed, state)?.to_text();
        }
        self.declaration("fact", (&fact.id, signer(fact)), signed, fact, state)
    }

    /// The text that a person signs to ask for something, at an instant. The request's own instant,
    /// claims, and what its plan holds besides its digest are not in it.
    ///
    /// # Errors
    ///
    /// `approval.statement` when a name cannot be compared by eye; `charter.mismatch` when the ledger is
    /// governed by another charter, `ledger.genesis` when it has not begun.
    pub fn request_text(
        &self,
        request: &Request,
        signed: Instant,
        state: &State,
    ) -> Result<String> {
        self.governs(state)?;
        self.text_of_request(request, signed, state)
    }

    fn text_of_request(&self, request: &Request, signed: Instant, state: &State) -> Result<String> {
        self.declaration("request", (&request.id, &request.actor.id), signed, request, state)
    }

    /// What an approval consents to, with the commit that its plan was admitted for.
    ///
    /// # Errors
    ///
    /// `approval.statement` when the approval is about a stage or plan that the ledger does not know.
    pub fn statement(
        &self,
        approval: &Approval,
        signed: Instant,
        state: &State,
    ) -> Result<Statement> {
        let (track, stage) = self.approval_stage(approval).ok_or_else(|| {
            unknown("the stage is not declared, or more than one track has it")
                .with_help("name a stage of the charter, and its track where need be")
        })?;
        let subject = match track.moves {
            Moves::Artifact => StatementSubject::Artifact(approval.digest),
            Moves::Change => {
                let site = Site {
                    track: track.track.clone(),
                    asset: approval.asset.clone(),
                    stage: stage.stage.clone(),
                };
                let plan = state.plan(&site, approval.digest);
                let change = plan.and_then(|plan| plan.change.as_ref()).ok_or_else(|| {
                    unknown("no plan of this digest was admitted there, and nobody can tell which commit is approved")
                        .with_help("have the plan admitted first, with the action `plan`")
                })?;
                StatementSubject::Change { commit: change.commit.clone(), plan: approval.digest }
            }
        };
        Ok(Statement {
            ledger: state.origin().unwrap_or_default().to_owned(),
            charter: self.law.digest,
            track: track.track.clone(),
            stage: stage.stage.clone(),
            asset: approval.asset.clone(),
            subject,
            by: approval.by.clone(),
            role: approval.role.clone(),
            at: signed,
            expires: approval.expires,
        })
    }

    fn declaration<T: serde::Serialize>(
        &self,
        kind: &'static str,
        (id, by): (&str, &str),
        signed: Instant,
        content: &T,
        state: &State,
    ) -> Result<String> {
        let declaration = Declaration {
            kind,
            ledger: state.origin().unwrap_or_default(),
            charter: self.law.digest,
            id,
            by,
            at: signed,
            content: rest(&Value::from_serialize(content)?)?,
        };
        declaration.to_text()
    }

    /// Whether the signature of a fact, if it has one, is its person's.
    pub(super) fn verify_fact(
        &self,
        fact: &Fact,
        state: &State,
    ) -> Option<Result<VerifiedSignature, Flaw>> {
        let signature = fact.signature.as_ref()?;
        let by = signer(fact);
        // How old a consent may be, the boundary says that it is for.
        let ages = !matches!(fact.fact, FactKind::Approval(_));
        let text = self.text_of_fact(fact, signature.at, state);
        let now = checks::aging(state, fact.at);
        Some(self.verify(by, text, signature, (fact.at, ages.then_some(now))))
    }

    /// Whether the signature of a request, if it has one, is its person's.
    pub(super) fn verify_request(
        &self,
        request: &Request,
        state: &State,
    ) -> Option<Result<VerifiedSignature, Flaw>> {
        let signature = request.signature.as_ref()?;
        let text = self.text_of_request(request, signature.at, state);
        Some(self.verify(
            &request.actor.id,
            text,
            signature,
            (request.at, Some(checks::aging(state, request.at))),
        ))
    }

    fn verify(
        &self,
        by: &str,
        text: Result<String>,
        signature: &Signature,
        (at, ages): (Instant, Option<Instant>),
    ) -> Result<VerifiedSignature, Flaw> {
        let document = self.charter.document();
        let bytes = signature.text.as_bytes();
        let verified = self.charter.signers().verify_text(by, &text?, bytes, at)?;
        if signature.at > at.saturating_add(document.clock.skew) {
            return Err(Flaw {
                code: codes::APPROVAL_SIGNATURE_FUTURE,
                message: format!(
                    "the text says that it was signed at {}, which is later than {at}",
                    signature.at
                ),
                remedy: "correct the clock of the host, and sign anew".to_owned(),
            });
        }
        let lifetime = document.request_lifetime;
        if ages.is_some_and(|now| now > signature.at.saturating_add(lifetime)) {
            return Err(Flaw {
                code: codes::APPROVAL_SIGNATURE_STALE,
                message: format!(
                    "the text was signed at {}, and is worth something for {lifetime}",
                    signature.at
                ),
                remedy: "sign anew".to_owned(),
            });
        }
        Ok(verified)
    }
}

/// Whose signature a fact bears: who consents, or else who records it.
fn signer(fact: &Fact) -> &str {
    match &fact.fact {
        FactKind::Approval(approval) => &approval.by,
        FactKind::GrantApproval(approval) => &approval.by,
        FactKind::Lifecycle(LifecycleStep {
            operation: LifecycleOperation::Approve(consent),
            ..
        }) => &consent.by,
        _ => &fact.actor.id,
    }
}

fn unknown(message: &str) -> Error {
    Error::new(Code::ApprovalStatement, message)
}

/// What a declaration holds besides the lines of its head: all but id, instant, claims and signature.
fn rest(content: &Value) -> Result<Value> {
    let mut builder = Builder::new();
    builder.begin_map()?;
    if let Kind::Map(map) = content.as_ref().kind() {
        for (key, value) in map.iter().filter(|(key, _)| !["id", "at", "signature"].contains(key)) {
            builder.key(key)?;
            match (key, value.kind()) {
                ("actor", Kind::Map(actor)) => {
                    builder.begin_map()?;
                    for (key, value) in actor.iter().filter(|(key, _)| *key != "claims") {
                        builder.key(key)?;
                        builder.copy(value)?;
                    }
                    builder.end_map()?;
                }
                _ => builder.copy(value)?,
            }
        }
    }
    builder.end_map()?;
    builder.finish()
}
