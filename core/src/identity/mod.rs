//! Who somebody is: OIDC tokens of workloads and signatures of people, verified offline.
//!
//! A [`Provider`] says whose tokens count and what their claims mean; it verifies one against the
//! [`KeySet`] that the host hands in and gives a [`VerifiedToken`]. [`AllowedSigners`] are the keys of
//! people; they verify a signature over a [`Statement`], the exact text that a person consents to.
//!
//! Nothing here fetches anything or reads a clock: keys and instants are arguments. An
//! [`Error`](crate::Error) means that the credential shows nothing; its code says why, and its message
//! never quotes the credential. `docs/identity.md` describes providers, claims and formats.

mod credential;
mod declaration;
mod dsse;
mod jwks;
mod preset;
mod provider;
mod seal;
mod signer;
mod ssh;
mod statement;
mod tag;
mod text;
mod token;

pub use credential::{Credential, Refusal};
pub use declaration::Declaration;
pub use dsse::{PAYLOAD_TYPE, envelope_of, pre_authentication_encoding, sign_envelope};
pub use jwks::KeySet;
pub use preset::Preset;
pub use provider::{Provider, ProviderDocument};
pub use seal::ReportSigner;
pub(crate) use seal::{ReportSeal, seal};
pub use signer::{AllowedSigner, AllowedSigners, VerifiedSignature};
pub use ssh::NAMESPACE;
pub use statement::{Statement, StatementSubject};
pub(crate) use tag::SignedTag;
pub use token::VerifiedToken;
