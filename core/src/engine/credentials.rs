//! Tokens on their way in: verified before a request or fact is decided, by the rules of the charter.

use super::Engine;
use crate::{
    error::{Code, Error},
    identity::{Credential, KeySet},
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
}
