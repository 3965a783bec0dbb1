//! The public keys that a ledger's checkpoints are signed with, as the law names them.

use std::{collections::BTreeSet, fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Code, Error, Result},
    limits,
};

/// A C2SP verifier key: `name+id+base64`, where the id is eight hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct VerifierKey(String);

impl VerifierKey {
    /// The name of the key: the origin of the ledger that it signs for.
    pub fn name(&self) -> &str {
        self.0.split_once('+').map_or("", |(name, _)| name)
    }

    /// The eight hexadecimal digits that a signature names the key by, besides its name.
    pub fn id(&self) -> &str {
        self.0.split('+').nth(1).unwrap_or_default()
    }
}

impl FromStr for VerifierKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.splitn(3, '+');
        let name = parts.next().unwrap_or_default();
        let id = parts.next().unwrap_or_default();
        let key = parts.next().unwrap_or_default();
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        if is_key_name(name)
            && id.len() == 8
            && id.bytes().all(hex)
            && key.len() == 44
            && key.bytes().all(base64)
        {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::new(
            Code::InputInvalidValue,
            "this is not a verifier key of the form name+id+key",
        ))
    }
}

impl TryFrom<String> for VerifierKey {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<VerifierKey> for String {
    fn from(key: VerifierKey) -> Self {
        key.0
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a text can be the name of a key (C2SP signed-note), and so the origin of a ledger.
fn is_key_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= limits::NAME_BYTES
        && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

/// Refuses an origin that cannot be the name of the keys that sign for it.
pub(crate) fn check_origin(origin: &str) -> Result<()> {
    if is_key_name(origin) {
        return Ok(());
    }
    Err(Error::new(
        Code::InputInvalidValue,
        format!(
            "an origin must have 1 to {} bytes, no spaces, no plus sign and no control characters, so that it can be the name of a key",
            limits::NAME_BYTES
        ),
    )
    .at_pointer("/origin"))
}

/// What is wrong with a list of keys for a ledger of this origin; nothing where all is well.
pub(crate) fn fault_of_keys(origin: &str, keys: &[VerifierKey]) -> Option<String> {
    let mut ids = BTreeSet::new();
    if keys.len() > limits::KEYS {
        return Some(format!("a ledger has at most {} keys at a time", limits::KEYS));
    }
    if keys.iter().any(|key| key.name() != origin) {
        return Some("a key is of another name than the ledger's origin".to_owned());
    }
    if keys.iter().any(|key| !ids.insert(key.id())) {
        return Some("a key is named twice, or two keys have the same id".to_owned());
    }
    None
}
