//! The token of whoever asks, on its way to the engine.

use schemars::JsonSchema;
use serde::Deserialize;

use super::parse;
use crate::{
    engine::Engine,
    error::{Code, Error, Result},
    identity::{Credential, KeySet},
    time::Instant,
};

/// A token with the keys of its issuer.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CredentialInput {
    /// The token, in compact form.
    #[serde(default)]
    token: Option<String>,
    /// The key set of its issuer (JWKS), in JSON. The host fetched it; whoever asks must not be able to choose it.
    #[serde(default)]
    key_set: Option<String>,
}

/// A token and a parsed key set, or neither.
pub(super) struct Credentials(Option<(String, KeySet)>);

impl Credentials {
    /// Reads a [`CredentialInput`]; nothing is no token.
    pub(super) fn read(input: &[u8]) -> Result<Self> {
        if input.is_empty() {
            return Ok(Self(None));
        }
        let input = parse(input).and_then(Self::from_input);
        input.map_err(|error| error.in_source("credential"))
    }

    pub(super) fn from_input(input: CredentialInput) -> Result<Self> {
        Self::of(input.token, input.key_set)
    }

    pub(super) fn of(token: Option<String>, key_set: Option<String>) -> Result<Self> {
        match (token, key_set) {
            (None, None) => Ok(Self(None)),
            (Some(token), Some(keys)) => {
                let keys = KeySet::parse(keys.as_bytes());
                Ok(Self(Some((token, keys.map_err(|error| error.in_source("keySet"))?))))
            }
            _ => Err(Error::new(
                Code::InputMissingField,
                "a token needs the `keySet` that it is verified with, and a key set needs a `token`",
            )),
        }
    }

    /// What the engine makes of the token.
    pub(super) fn shown(&self, engine: &Engine, actor: &str, at: Instant) -> Option<Credential> {
        self.0.as_ref().map(|(token, keys)| engine.credential(actor, token, keys, at))
    }
}
