//! Tokens on their way in: verified before a request or fact is decided, by the rules of the charter.

use std::collections::BTreeMap;

use super::Engine;
use crate::{
    charter::ActorDeclaration,
    error::{Code, Error, Result},
    identity::{Credential, KeySet, VerifiedToken},
    model::ActorKind,
    time::Instant,
};

impl Engine {
    /// Verifies the token of an actor against the keys of its issuer, for the `credential` of a request or fact.
    /// `at` is the instant of asking.
    ///
    /// A token that shows nothing is no error: the engine denies what it is handed in with, and records
    /// that. Its reason is the code of [`Provider::verify`](crate::identity::Provider::verify), or
    /// `identity.token_unexpected` where the charter binds the actor to no provider.
    ///
    /// ```no_run
    /// # fn example(engine: &poundlock::Engine, mut request: poundlock::Request, token: &str, keys: &[u8])
    /// # -> Result<(), poundlock::Error> {
    /// use poundlock::identity::KeySet;
    ///
    /// let keys = KeySet::parse(keys)?;
    /// request.credential = Some(engine.credential(&request.actor.id, token, &keys, request.at));
    /// # Ok(())
    /// # }
    /// ```
    pub fn credential(&self, actor: &str, token: &str, keys: &KeySet, at: Instant) -> Credential {
        let declared = self.charter().actor(actor);
        match declared.and_then(|declared| self.charter().provider_of(declared)) {
            Some(provider) => provider.verify(token, keys, at).into(),
            None => Credential::from(Err(Error::new(
                Code::IdentityTokenUnexpected,
                "the charter binds the actor to no provider, so that no token shows it",
            )
            .with_help("name the actor's `provider` in the charter, or hand in no token"))),
        }
    }

    /// The workload that a token shows, with the credential for its requests. A charter in which one token could show two
    /// actors is refused.
    ///
    /// # Errors
    ///
    /// Where it shows none: the codes of [`Provider::verify`](crate::identity::Provider::verify), of the provider that
    /// issued the token where there is one, or `identity.token_unexpected` where it is valid and no workload's.
    pub fn workload_shown_by(
        &self,
        token: &str,
        keys: &KeySet,
        at: Instant,
    ) -> Result<(&str, Credential)> {
        let mut verified = BTreeMap::new();
        for declared in &self.charter().document().actors {
            let Some(provider) = self.charter().provider_of(declared) else { continue };
            if declared.kind != ActorKind::Workload {
                continue;
            }
            let credential = verified
                .entry(&declared.provider)
                .or_insert_with(|| Credential::from(provider.verify(token, keys, at)));
            if credential.token().is_some_and(|token| shows(declared, token)) {
                return Ok((&declared.actor, credential.clone()));
            }
        }
        Err(shown_nobody(verified.into_values()))
    }
}

/// Why a token shows no workload, by what became of it with each provider.
fn shown_nobody(verified: impl Iterator<Item = Credential>) -> Error {
    let mut refused: Option<Error> = None;
    for credential in verified {
        let Credential::Refused(refusal) = credential else {
            let message =
                "the token is valid, and no workload of the charter has its subject and claims";
            return Error::new(Code::IdentityTokenUnexpected, message).with_help(
                "compare the `subject` and `claims` of the charter's `actors` with the job's",
            );
        };
        let error = Error::from(refusal);
        // That it is another issuer's, or for others, says less than what the provider that it is meant for finds wrong.
        let says = |error: &Error| match error.to_code() {
            Code::IdentityTokenIssuer => 0,
            Code::IdentityTokenAudience => 1,
            _ => 2,
        };
        if refused.as_ref().is_none_or(|refused| says(refused) < says(&error)) {
            refused = Some(error);
        }
    }
    refused.unwrap_or_else(|| {
        let message = "the charter binds no workload to a provider, so that no token shows one";
        Error::new(Code::IdentityTokenUnexpected, message)
            .with_help("name the actors' `provider` in the charter, or hand in no token")
    })
}

fn shows(declared: &ActorDeclaration, token: &VerifiedToken) -> bool {
    declared.subject.as_ref().is_none_or(|subject| subject == token.subject())
        && declared.claims.iter().all(|(name, value)| token.attributes().get(name) == Some(value))
}
