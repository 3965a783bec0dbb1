//! `charter.lock`: the digests of the packs that a charter names.

use std::{collections::BTreeMap, fmt::Write as _};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    digest::Digest,
    error::{Code, Error, Result},
    policy::PackReference,
    value::Value,
};

/// The digests of the packs that a charter names, as `poundlock lock` writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    pins: BTreeMap<PackReference, Digest>,
}

/// A lock file: the digests of the packs that a charter names.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LockDocument {
    /// The format version of the lock file: 1.
    lock: u32,
    /// The pins.
    packs: Vec<Pin>,
}

/// A pack's digest.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Pin {
    /// The pack's name.
    pack: String,
    /// The pack's version.
    version: String,
    /// The digest of the pack's canonical document.
    digest: Digest,
}

impl Lock {
    /// Reads a lock file.
    ///
    /// # Errors
    ///
    /// Those of reading YAML; `policy.duplicate` when a pack is pinned twice.
    pub fn parse(yaml: &[u8]) -> Result<Self> {
        let document: LockDocument = Value::parse_yaml(yaml)?.deserialize()?;
        if document.lock != 1 {
            return Err(Error::new(Code::InputInvalidValue, "the lock file is of another format")
                .at_pointer("/lock")
                .with_help("write it anew with `poundlock lock`"));
        }
        let mut lock = Self::default();
        for Pin { pack, version, digest } in document.packs {
            if lock.pins.insert(PackReference { pack, version }, digest).is_some() {
                return Err(Error::new(Code::PolicyDuplicate, "a pack is pinned twice")
                    .with_help("write the lock file anew with `poundlock lock`"));
            }
        }
        Ok(lock)
    }

    /// Pins a pack, in place of an earlier pin of the same name and version.
    pub fn pin(&mut self, pack: PackReference, digest: Digest) {
        self.pins.insert(pack, digest);
    }

    /// The pinned digest of a pack.
    pub fn digest(&self, pack: &PackReference) -> Option<&Digest> {
        self.pins.get(pack)
    }

    /// The text of the lock file.
    pub fn to_yaml(&self) -> String {
        let mut text = String::from(
            "# Written by `poundlock lock`: the digests of the packs that charter.yaml names.\nlock: 1\npacks:",
        );
        if self.pins.is_empty() {
            text.push_str(" []\n");
            return text;
        }
        text.push('\n');
        for (pack, digest) in &self.pins {
            // Names and versions are checked to be plain; a JSON string is also a YAML one.
            let _ = writeln!(
                text,
                "  - {{ pack: {}, version: {}, digest: \"{digest}\" }}",
                serde_json::Value::from(pack.pack.as_str()),
                serde_json::Value::from(pack.version.as_str()),
            );
        }
        text
    }
}
