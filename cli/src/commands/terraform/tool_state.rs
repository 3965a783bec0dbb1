//! Terraform's state: which one it is, how often it was written, and what is in it.

use std::{collections::BTreeMap, fmt};

use poundlock::{
    Error, Value,
    digest::{Digest, Hasher},
    error::{Code, Result},
    model::{Actions, ChangedCounts, ResourceChange, StateContent, StateVersion},
    value::{Kind, Ref},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

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
    /// All that it holds. It is not blinded, and stays here.
    content: Digest,
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
        let no_state =
            || Error::new(Code::TerraformFailed, "`state pull` does not answer with a state");
        // What is wrong with it may quote it, and it holds secrets.
        let document = Value::parse_json(text).map_err(|_| no_state())?;
        let file: File = document.deserialize().map_err(|_| no_state())?;
        if file.lineage.is_empty() && file.serial == 0 && file.resources.is_empty() {
            return Ok(None);
        }
        let document = document.as_ref();
        let content = content(document);
        let mut resources = BTreeMap::new();
        let place = document.get("resources");
        for (index, resource) in file.resources.iter().enumerate() {
            let Some(Kind::List(instances)) = place
                .and_then(|resources| resources.index(index)?.get("instances"))
                .map(|instances| instances.kind())
            else {
                return Err(no_state());
            };
            for instance in instances.iter().filter(|_| resource.mode == "managed") {
                let digest = Digest::of(written(instance, true).as_bytes());
                resources.insert(resource.address(instance), digest);
            }
        }
        let serial = Serial { lineage: file.lineage, serial: file.serial };
        Ok(Some(Self { serial, content, resources }))
    }
}

impl ToolState {
    /// What a fact says of which state it is; of what it holds, where there is a nonce.
    pub(super) fn version(&self, nonce: Option<&[u8; 32]>) -> StateVersion {
        let Serial { lineage, serial } = self.serial.clone();
        let content = nonce.map(|nonce| StateContent {
            nonce: Digest::of_kind("terraform-state-nonce", nonce),
            digest: self.blinded(nonce),
        });
        StateVersion { lineage, serial, content }
    }

    /// The digest of all that it holds, blinded: only who has the nonce can try what it may be of. It is of this version alone,
    /// so that nobody sees whether two versions hold the same.
    pub(super) fn blinded(&self, nonce: &[u8; 32]) -> Digest {
        let mut hasher = Hasher::of_kind("terraform-state");
        hasher.update(nonce);
        hasher.update(self.content.as_bytes());
        hasher.update(&self.serial.serial.to_be_bytes());
        hasher.update(self.serial.lineage.as_bytes());
        hasher.finish()
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

/// The digest of the resources and outputs of a state, whatever form it was written in. Left out is what Terraform writes anew
/// without raising the serial number (its own version), what it makes of other things (results of checks), and what one version
/// of it writes and another leaves out: fields that hold nothing.
fn content(state: Ref<'_>) -> Digest {
    let mut text = String::new();
    for part in ["outputs", "resources"] {
        match state.get(part).filter(|held| !holds_nothing(part, *held)) {
            Some(held) => write_content(held, true, &mut text),
            None => text.push_str("null"),
        }
        text.push('\n');
    }
    Digest::of(text.as_bytes())
}

/// The names of fields whose values are of providers and configurations, so that even what holds nothing counts.
const VALUES: [&str; 4] = ["attributes", "attributes_flat", "identity", "value"];

/// The names of lists in no particular order.
const SETS: [&str; 3] = ["dependencies", "depends_on", "sensitive_attributes"];

/// Writes a part of a state, whose keys are sorted; `is_frame` where it is Terraform's own, and not somebody's value. Numbers are
/// told apart by every digit, of which Terraform keeps more than a double has.
fn write_content(value: Ref<'_>, is_frame: bool, text: &mut String) {
    match value.kind() {
        Kind::Map(map) => {
            text.push('{');
            for (name, value) in map.iter() {
                if is_frame && holds_nothing(name, value) {
                    continue;
                }
                let is_frame = is_frame && !VALUES.contains(&name);
                text.push_str(&format!("{}:", json!(name)));
                match value.kind() {
                    Kind::List(list) if is_frame && SETS.contains(&name) => {
                        let mut items: Vec<String> =
                            list.iter().map(|item| written(item, false)).collect();
                        items.sort();
                        text.push_str(&items.join(","));
                    }
                    _ => write_content(value, is_frame, text),
                }
                text.push(',');
            }
            text.push('}');
        }
        Kind::List(list) => {
            text.push('[');
            for item in list.iter() {
                write_content(item, is_frame, text);
                text.push(',');
            }
            text.push(']');
        }
        Kind::Text(value) => text.push_str(&json!(value).to_string()),
        Kind::Int(number) => text.push_str(&number.to_string()),
        Kind::Uint(number) => text.push_str(&number.to_string()),
        Kind::Double(_, number) | Kind::Number(number) => text.push_str(number),
        Kind::Bool(value) => text.push_str(if value { "true" } else { "false" }),
        // JSON has no other values.
        Kind::Null | Kind::Unknown | Kind::Sensitive => text.push_str("null"),
    }
}

/// Whether a field of Terraform's own holds what is understood where it is left out.
fn holds_nothing(name: &str, value: Ref<'_>) -> bool {
    match value.kind() {
        Kind::Null => true,
        Kind::List(list) => list.is_empty() && !VALUES.contains(&name),
        Kind::Map(map) => map.is_empty() && !VALUES.contains(&name),
        Kind::Int(number) => number == 0 && name.ends_with("_version"),
        _ => false,
    }
}

fn written(value: Ref<'_>, is_frame: bool) -> String {
    let mut text = String::new();
    write_content(value, is_frame, &mut text);
    text
}

impl Resource {
    fn address(&self, instance: Ref<'_>) -> String {
        let Self { kind, name, .. } = self;
        let module = self.module.as_ref().map(|module| format!("{module}.")).unwrap_or_default();
        let key = instance.get("index_key").map(|key| format!("[{}]", written(key, false)));
        let key = key.unwrap_or_default();
        let deposed = instance.get("deposed").and_then(Ref::as_str);
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

    /// A state in its whole, with some text replaced.
    fn whole(from: &str, to: &str) -> Digest {
        let text = r#"{ "version": 4, "terraform_version": "1.11.4", "lineage": "l", "serial": 3,
            "outputs": { "o": { "value": "1", "type": "string" } },
            "resources": [{ "mode": "managed", "type": "t", "name": "a", "provider": "p", "instances": [
                { "schema_version": 0, "attributes": { "v": 1, "tags": {} }, "sensitive_attributes": [],
                  "dependencies": ["t.b", "t.c"] }] }],
            "check_results": null }"#;
        assert!(from.is_empty() || text.contains(from), "{from}");
        let state = ToolState::read(text.replacen(from, to, 1).as_bytes()).unwrap().unwrap();
        state.blinded(&[1; 32])
    }

    #[test]
    fn what_a_state_holds_is_told_from_how_it_is_written() {
        let content = whole("", "");
        for (from, to) in [
            ("1.11.4", "1.12.0"),
            ("\"outputs\": {", "\"others\": {}, \"outputs\": {"),
            ("\"schema_version\": 0,", "\"identity_schema_version\": 0, \"identity\": null,"),
            ("\"check_results\": null", "\"check_results\": [{}]"),
            (", \"sensitive_attributes\": []", ""),
            ("\"provider\": \"p\",", "\"provider\": \"p\", \"each\": null, "),
            ("\"t.b\", \"t.c\"", "\"t.c\", \"t.b\""),
            ("\"v\": 1, \"tags\": {}", "\"tags\":{},\"v\":1"),
        ] {
            assert_eq!(whole(from, to), content, "{to}");
        }
        for (from, to) in [
            ("\"serial\": 3", "\"serial\": 4"),
            ("\"v\": 1", "\"v\": 2"),
            ("\"v\": 1", "\"v\": \"1\""),
            ("\"tags\": {}", "\"tags\": null"),
            ("\"v\": 1", "\"v\": 1.00000000000000000001"),
            ("\"v\": 1", "\"v\": 1e400"),
            ("\"value\": \"1\"", "\"value\": \"2\""),
            ("\"sensitive_attributes\": []", "\"sensitive_attributes\": [[{ \"value\": \"v\" }]]"),
            ("\"t.c\"", "\"t.d\""),
            ("\"name\": \"a\"", "\"name\": \"b\""),
            ("\"managed\"", "\"data\""),
            ("\"schema_version\": 0", "\"schema_version\": 1"),
        ] {
            assert_ne!(whole(from, to), content, "{to}");
        }
    }

    #[test]
    fn what_a_state_holds_is_told_under_a_nonce_alone() {
        let state = state("[]").unwrap();
        assert_eq!(state.version(None).content, None);
        let one = state.version(Some(&[1; 32])).content.unwrap();
        let other = state.version(Some(&[2; 32])).content.unwrap();
        assert!(one.nonce != other.nonce && one.digest != other.digest);
        assert_eq!(state.version(Some(&[1; 32])).content, Some(one));
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
