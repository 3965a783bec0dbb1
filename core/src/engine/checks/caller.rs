//! Who asks or records, with what shows it.

use super::Presented;
use crate::{
    engine::{Engine, codes, findings::CheckFindings, signatures::Flaw},
    identity::VerifiedSignature,
    model::{Actor, Fact, Request},
    state::State,
    time::Instant,
};

/// An actor with what shows that it is who it says.
pub(in crate::engine) struct Caller<'a> {
    pub(super) presented: Presented<'a>,
    /// What came of the signature, where there is one.
    signature: Option<Result<VerifiedSignature, Flaw>>,
}

impl<'a> Caller<'a> {
    /// The actor of a request.
    pub(in crate::engine) fn of_request(
        engine: &Engine,
        request: &'a Request,
        state: &State,
    ) -> Self {
        Self { presented: request.into(), signature: engine.verify_request(request, state) }
    }

    /// The recorder of a fact.
    pub(in crate::engine) fn of_fact(engine: &Engine, fact: &'a Fact, state: &State) -> Self {
        Self { presented: fact.into(), signature: engine.verify_fact(fact, state) }
    }

    /// An actor with nothing to show.
    pub(in crate::engine) fn bare(actor: &'a Actor, at: Instant) -> Self {
        Self { presented: Presented { actor, credential: None, at }, signature: None }
    }

    /// Whether the actor signed.
    pub(in crate::engine) fn signed(&self) -> bool {
        self.signed_by(&self.presented.actor.id)
    }

    /// Whether a person signed.
    pub(in crate::engine) fn signed_by(&self, person: &str) -> bool {
        matches!(&self.signature, Some(Ok(verified)) if verified.principal() == person)
    }

    /// Says what came of the signature.
    pub(super) fn report(&self, findings: &mut CheckFindings<'_>) {
        match &self.signature {
            None => {}
            Some(Ok(verified)) => findings.pass(
                codes::IDENTITY_SIGNED,
                Some(verified.principal()),
                format!("it is signed by the key {}", verified.key()),
            ),
            Some(Err(Flaw { code, message, remedy })) => {
                findings.fail(code, None, message.as_str(), remedy.as_str());
            }
        }
    }
}
