//! Tokens on their way in: verified before a request or fact is decided, by the rules of the charter.

use std::collections::BTreeMap;

use super::Engine;
use crate::{
    charter::ActorDeclaration,
    error::{Code, Error},
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
    /// The workload that a token shows, with the credential for its requests; `None` where the token verifies for no
    /// provider of the charter, or is no workload's. A charter in which one token could show two actors is refused.
    pub fn workload_shown_by(
        &self,
        token: &str,
        keys: &KeySet,
        at: Instant,
    ) -> Option<(&str, Credential)> {
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
                return Some((&declared.actor, credential.clone()));
            }
        }
        None
    }
}

fn shows(declared: &ActorDeclaration, token: &VerifiedToken) -> bool {
    declared.subject.as_ref().is_none_or(|subject| subject == token.subject())
        && declared.claims.iter().all(|(name, value)| token.attributes().get(name) == Some(value))
}
