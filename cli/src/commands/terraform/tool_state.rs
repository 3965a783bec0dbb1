//! Terraform's state: which one it is, how often it was written, and what is in it.

use std::{collections::BTreeMap, fmt};

use poundlock::{
    Error,
    digest::Digest,
    error::{Code, Result},
    model::{Actions, ChangedCounts, ResourceChange, StateVersion},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which state it is, and how often it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Serial {
    pub(super) lineage: String,
    pub(super) serial: u64,
}

/// A state, with no value in it but digests.
pub(super) struct ToolState {
    pub(super) serial: Serial,
    /// The instances of managed resources, by their addresses.
    resources: BTreeMap<String, Digest>,
}

/// What a state file says of itself.
#[derive(Deserialize)]
struct File {
    lineage: String,
    serial: u64,
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    #[serde(default)]
    module: Option<String>,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    name: String,
    instances: Vec<Value>,
}

impl ToolState {
    /// Reads what `state pull` prints. Where there is no state, some backends answer nothing, and others a state that has no
    /// lineage and was never written.
    ///
    /// # Errors
    ///
    /// `terraform.failed` for anything else than a state.
    pub(super) fn read(text: &[u8]) -> Result<Option<Self>> {
        if text.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        // What is wrong with it may quote it, and it holds secrets.
        let file: File = serde_json::from_slice(text).map_err(|_| {
            Error::new(Code::TerraformFailed, "`state pull` does not answer with a state")
        })?;
        if file.lineage.is_empty() && file.serial == 0 && file.resources.is_empty() {
            return Ok(None);
        }
        let mut resources = BTreeMap::new();
        for resource in file.resources.iter().filter(|resource| resource.mode == "managed") {
            for instance in &resource.instances {
                let digest = Digest::of(instance.to_string().as_bytes());
                resources.insert(resource.address(instance), digest);
            }
        }
        let serial = Serial { lineage: file.lineage, serial: file.serial };
        Ok(Some(Self { serial, resources }))
    }
}

impl ToolState {
    /// What a fact says of which state it is.
    pub(super) fn version(&self) -> StateVersion {
        let Serial { lineage, serial } = self.serial.clone();
        StateVersion { lineage, serial }
    }

    /// Whether the state cannot be the same once these are carried out. What was replaced, changed or created again because it
    /// was gone may look as it did.
    pub(super) fn is_changed_by(state: Option<&Self>, resources: &[ResourceChange]) -> bool {
        let is_there = |address| state.is_some_and(|state| state.resources.contains_key(address));
        resources.iter().any(|resource| match resource.actions {
            Actions::Create => !is_there(&resource.address),
            Actions::Delete => true,
            _ => false,
        })
    }
}

impl Resource {
    fn address(&self, instance: &Value) -> String {
        let Self { kind, name, .. } = self;
        let module = self.module.as_ref().map(|module| format!("{module}.")).unwrap_or_default();
        let key = instance.get("index_key").map(|key| format!("[{key}]")).unwrap_or_default();
        let deposed = instance.get("deposed").and_then(Value::as_str);
        let deposed = deposed.map(|name| format!(" ({name})")).unwrap_or_default();
        format!("{module}{kind}.{name}{key}{deposed}")
    }
}

/// What differs between two states: the addresses of resources.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Changed {
    pub(super) created: Vec<String>,
    pub(super) altered: Vec<String>,
    pub(super) deleted: Vec<String>,
}

impl Changed {
    pub(super) fn between(before: Option<&ToolState>, after: Option<&ToolState>) -> Self {
        let none = BTreeMap::new();
        let before = before.map_or(&none, |state| &state.resources);
        let after = after.map_or(&none, |state| &state.resources);
        let mut changed = Self::default();
        for (address, digest) in after {
            match before.get(address) {
                None => changed.created.push(address.clone()),
                Some(old) if old != digest => changed.altered.push(address.clone()),
                Some(_) => {}
            }
        }
        changed.deleted = before.keys().filter(|it| !after.contains_key(*it)).cloned().collect();
        changed
    }

    pub(super) fn is_none(&self) -> bool {
        self.counts() == ChangedCounts::default()
    }

    pub(super) fn counts(&self) -> ChangedCounts {
        let count = |addresses: &[String]| u64::try_from(addresses.len()).unwrap_or(u64::MAX);
        ChangedCounts {
            created: count(&self.created),
            altered: count(&self.altered),
            deleted: count(&self.deleted),
        }
    }

    /// Keeps those addresses only that may be shown.
    pub(super) fn retain(&mut self, may_be_shown: impl Fn(&str) -> bool) {
        for addresses in [&mut self.created, &mut self.altered, &mut self.deleted] {
            for address in addresses.iter_mut().filter(|address| !may_be_shown(address)) {
                "(another resource)".clone_into(address);
            }
        }
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ChangedCounts { created, altered, deleted } = self.counts();
        write!(f, "{created} created, {altered} altered, {deleted} deleted")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn state(resources: &str) -> Option<ToolState> {
        let text =
            format!(r#"{{ "version": 4, "lineage": "l", "serial": 3, "resources": {resources} }}"#);
        ToolState::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_was_done_is_read_off_the_states() {
        let before = state(
            r#"[{ "mode": "managed", "type": "t", "name": "a", "instances": [{ "index_key": "x", "attributes": { "v": 1 } }] },
                { "module": "module.m", "mode": "managed", "type": "t", "name": "b", "instances": [{ "attributes": {} }] },
                { "mode": "data", "type": "t", "name": "d", "instances": [{ "attributes": { "v": 1 } }] }]"#,
        );
        let after = state(
            r#"[{ "mode": "managed", "type": "t", "name": "a", "instances": [{ "index_key": "x", "attributes": { "v": 2 } }] },
                { "mode": "managed", "type": "t", "name": "c", "instances": [{ "attributes": {} }] },
                { "mode": "data", "type": "t", "name": "d", "instances": [{ "attributes": { "v": 2 } }] }]"#,
        );
        let changed = Changed::between(before.as_ref(), after.as_ref());
        assert_eq!(changed.created, ["t.c"]);
        assert_eq!(changed.altered, [r#"t.a["x"]"#]);
        assert_eq!(changed.deleted, ["module.m.t.b"]);
        assert_eq!(Changed::between(after.as_ref(), after.as_ref()), Changed::default());
    }

    #[test]
    fn nothing_is_no_state_and_anything_else_an_error() {
        for text in ["", "\n", r#"{ "version": 4, "serial": 0, "lineage": "", "resources": [] }"#] {
            assert!(ToolState::read(text.as_bytes()).unwrap().is_none(), "{text}");
        }
        let written = r#"{ "version": 4, "serial": 1, "lineage": "l", "resources": [] }"#;
        assert!(ToolState::read(written.as_bytes()).unwrap().is_some());
        for text in ["{}", "null", "Error: no", r#"{ "lineage": "l", "serial": -1 }"#] {
            let code = ToolState::read(text.as_bytes()).map(drop).map_err(|error| error.to_code());
            assert_eq!(code, Err(Code::TerraformFailed), "{text}");
        }
    }
}
