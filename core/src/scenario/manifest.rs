//! Manifests by name, so that steps can refer to artifacts by what they are made of.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{name::Name, world::resolve};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
    model::Manifest,
    value::Value,
};

/// The digests of manifests, each of which may refer to others.
pub(super) fn digests(said: &BTreeMap<String, Json>) -> Result<BTreeMap<String, Digest>> {
    let mut known: BTreeMap<String, Digest> = BTreeMap::new();
    while known.len() < said.len() {
        let before = known.len();
        for (name, manifest) in said {
            if known.contains_key(name) || refers(manifest, &|other| !known.contains_key(other)) {
                continue;
            }
            let mut manifest = manifest.clone();
            resolve(&mut manifest, &|text| match Name::parse(text.strip_prefix('$')?)? {
                Name::Manifest(other) => known.get(other).map(Digest::to_string),
                Name::Digest(content) => Some(Digest::of(content.as_bytes()).to_string()),
                _ => None,
            });
            let place = |error: Error| error.at_pointer(format!("/manifests/{name}"));
            let manifest: Manifest =
                Value::from_serialize(&manifest).and_then(|it| it.deserialize()).map_err(place)?;
            known.insert(name.clone(), manifest.digest().map_err(place)?);
        }
        if known.len() == before {
            let message = "a manifest refers to one that there is not, or to itself";
            return Err(Error::new(Code::InputInvalidValue, message).at_pointer("/manifests"));
        }
    }
    Ok(known)
}

/// Whether a manifest refers to another one of some kind.
fn refers(manifest: &Json, to: &dyn Fn(&str) -> bool) -> bool {
    let mut found = false;
    super::document::visit(manifest, &mut |text| {
        let name = text.strip_prefix('$').and_then(Name::parse);
        found |= matches!(name, Some(Name::Manifest(other)) if to(other));
    });
    found
}
