//! Overlays: what an organisation adds to a pack that somebody else keeps. An overlay can only make it
//! stricter, so that nothing that the pack denies is ever allowed by it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{
    PackReference, PolicyDocument, PolicyPack, Stricter, ValidationDocument, check, load,
    load::member,
};
use crate::{
    canonical::document_digest,
    digest::Digest,
    error::{Code, Error, Result},
    model::Enforcement,
    value::Value,
};

/// An overlay as it is written: what makes a pack that somebody else keeps stricter.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OverlayDocument {
    /// The overlay's name: letters, digits, `-`, `_` and `.`.
    pub overlay: String,
    /// The overlay's version, such as `1.4.0`.
    pub version: String,
    /// The pack that it makes stricter, by name.
    pub pack: String,
    /// What the overlay is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Policies that are added, written as in a pack. A resource that they alone are about still counts as
    /// one that no policy matches.
    #[serde(default)]
    #[schemars(with = "Vec<PolicyDocument>")]
    pub policies: Vec<Json>,
    /// What is added to policies of the pack.
    #[serde(default)]
    pub changes: Vec<ChangeDocument>,
}

/// What is added to a policy of the pack.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeDocument {
    /// The policy, by name.
    pub policy: String,
    /// `mandatory`, for a policy that only advises.
    #[serde(default)]
    pub enforcement: Option<Enforcement>,
    /// Parameters, each moved in the direction that the policy's `stricter` declares.
    #[serde(default)]
    pub params: BTreeMap<String, Json>,
    /// Validations that are added, written as in a pack.
    #[serde(default)]
    #[schemars(with = "Vec<ValidationDocument>")]
    pub validations: Vec<Json>,
}

/// An overlay whose shape is right. Whether it fits its pack shows when it is applied.
#[derive(Clone, Debug)]
pub struct Overlay {
    document: OverlayDocument,
    digest: Digest,
}

impl Overlay {
    /// Reads an overlay from YAML.
    ///
    /// # Errors
    ///
    /// Those of reading YAML, each with line and column; `policy.empty` when it changes nothing.
    pub fn parse(yaml: &[u8]) -> Result<Self> {
        let value = Value::parse_yaml(yaml)?;
        let root = value.as_ref();
        let document: OverlayDocument = value.deserialize()?;
        check::check_name(&document.overlay, member(root, "overlay"))?;
        check::check_version(&document.version, member(root, "version"))?;
        let empty = |change: &ChangeDocument| {
            change.enforcement.is_none()
                && change.params.is_empty()
                && change.validations.is_empty()
        };
        let idle = document.policies.is_empty() && document.changes.is_empty();
        if idle || document.changes.iter().any(empty) {
            let message = "the overlay, or one of its changes, changes nothing";
            return Err(Error::new(Code::PolicyEmpty, message));
        }
        Ok(Self { document, digest: document_digest("overlay", None, root)? })
    }

    /// Name and version together, as charters name overlays.
    pub fn reference(&self) -> PackReference {
        let OverlayDocument { overlay, version, .. } = &self.document;
        PackReference { pack: overlay.clone(), version: version.clone() }
    }

    /// The name of the pack that it makes stricter.
    pub fn pack(&self) -> &str {
        &self.document.pack
    }

    /// The digest over the canonical form of the document.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Whether a text is meant to be an overlay.
    pub fn is_overlay(yaml: &[u8]) -> bool {
        Value::parse_yaml(yaml).is_ok_and(|value| value.as_ref().get("overlay").is_some())
    }

    fn apply(&self, pack: &mut Json) -> Result<()> {
        let policies = pack.get_mut("policies").and_then(Json::as_array_mut);
        let policies = policies.ok_or_else(|| Error::internal("a pack has no policies"))?;
        let mut changed = BTreeSet::new();
        for change in &self.document.changes {
            let named = |policy: &&mut Json| policy["name"] == change.policy.as_str();
            let policy = policies.iter_mut().find(named).and_then(Json::as_object_mut);
            let policy = policy.ok_or_else(|| {
                self.refuse(&change.policy, "the pack has no policy of this name")
            })?;
            if !changed.insert(&change.policy) {
                return Err(self.refuse(&change.policy, "the policy is changed twice"));
            }
            self.tighten(policy, change)?;
        }
        policies.extend(self.document.policies.iter().cloned());
        Ok(())
    }

    fn tighten(&self, policy: &mut Map<String, Json>, change: &ChangeDocument) -> Result<()> {
        match change.enforcement {
            Some(Enforcement::Mandatory) => {
                policy.insert("enforcement".to_owned(), "mandatory".into());
            }
            Some(Enforcement::Advisory) => {
                let message = "an overlay only raises the enforcement, to `mandatory`";
                return Err(self.refuse(&change.policy, message));
            }
            None => {}
        }
        for (name, value) in &change.params {
            let stricter = policy.get("stricter").and_then(|it| it.get(name)).cloned();
            let stricter = stricter.and_then(|it| serde_json::from_value::<Stricter>(it).ok());
            let params = policy.get_mut("params").and_then(Json::as_object_mut);
            let current = params.and_then(|params| params.get_mut(name));
            let (Some(stricter), Some(current)) = (stricter, current) else {
                let message =
                    format!("the policy does not say in which direction `{name}` is stricter");
                return Err(self.refuse(&change.policy, &message));
            };
            if !stricter.holds(current, value) {
                let message = format!("`{name}` would not become stricter");
                return Err(self.refuse(&change.policy, &message));
            }
            current.clone_from(value);
        }
        if !change.validations.is_empty() {
            let validations = policy.get_mut("validations").and_then(Json::as_array_mut);
            validations
                .ok_or_else(|| Error::internal("a policy has no validations"))?
                .extend(change.validations.iter().cloned());
        }
        Ok(())
    }

    fn refuse(&self, policy: &str, message: &str) -> Error {
        let reference = self.reference();
        Error::new(
            Code::PolicyOverlay,
            format!("the overlay `{reference}` does not fit `{policy}`: {message}"),
        )
        .with_help("an overlay adds policies and validations, raises the enforcement, or moves a parameter as `stricter` says")
    }
}

impl PolicyPack {
    /// Reads a pack from YAML, and makes it stricter by overlays, one after the other. It keeps its name,
    /// version and digest.
    ///
    /// # Errors
    ///
    /// Those of [`PolicyPack::parse`]; `policy.overlay` when an overlay is for another pack, does not fit, or would
    /// weaken the pack; for what overlays bring, the errors of a pack, without a place in a file.
    pub fn with_overlays(yaml: &[u8], overlays: &[&Overlay]) -> Result<Self> {
        let base = Self::parse(yaml)?;
        if overlays.is_empty() {
            return Ok(base);
        }
        let mut document: Json = Value::parse_yaml(yaml)?.deserialize()?;
        for overlay in overlays {
            if overlay.pack() != base.name() {
                let (reference, pack) = (overlay.reference(), overlay.pack());
                let message = format!("the overlay `{reference}` is for the pack `{pack}`");
                return Err(Error::new(Code::PolicyOverlay, message));
            }
            overlay.apply(&mut document)?;
        }
        // JSON is YAML.
        let mut whole = load::load(document.to_string().as_bytes()).map_err(|error| {
            let names: Vec<String> =
                overlays.iter().map(|overlay| overlay.reference().to_string()).collect();
            let message = format!("with {}: {}", names.join(", "), error.message());
            Error::new(error.to_code(), message)
        })?;
        whole.digest = base.digest;
        for policy in whole.policies.iter_mut().skip(base.policies.len()) {
            policy.added = true;
        }
        Ok(whole)
    }
}
