//! What a host hands in to show who asks: a token that was verified, or why it was refused.
//!
//! A token that cannot be verified is no error of the host: the engine denies, and the ledger says so.

use super::VerifiedToken;
use crate::error::{Code, Error, Result};

/// What became of the token that a host handed in with a request or fact.
///
/// [`Engine::credential`](crate::Engine::credential) makes one of a token's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// It was verified.
    Verified(VerifiedToken),
    /// It shows nothing.
    Refused(Refusal),
}

/// Why a token shows nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    code: Code,
    message: String,
    help: Option<String>,
}

impl Credential {
    /// The token, if it was verified.
    pub fn token(&self) -> Option<&VerifiedToken> {
        match self {
            Self::Verified(token) => Some(token),
            Self::Refused(_) => None,
        }
    }
}

impl From<Result<VerifiedToken>> for Credential {
    fn from(verified: Result<VerifiedToken>) -> Self {
        match verified {
            Ok(token) => Self::Verified(token),
            Err(error) => Self::Refused(error.into()),
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let help = error.help().map(str::to_owned);
        Self { code: error.to_code(), message: error.message().to_owned(), help }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let error = Self::new(refusal.code, refusal.message);
        match refusal.help {
            Some(help) => error.with_help(help),
            None => error,
        }
    }
}

impl Refusal {
    /// The code of the error, such as `identity.token_expired`.
    pub fn code(&self) -> &'static str {
        self.code.name()
    }

    /// What is wrong with the token. It never quotes the token.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}
