//! What hosts are told of a policy besides its rule: its parameters with their directions, its remedies, the values
//! that a host which can alter a resource may set, and where more is said.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::{
    PolicyDocument, Stricter,
    check::{check_count, check_text, refuse},
    load::member,
};
use crate::{
    error::{Code, Result},
    limits, pattern,
    value::Ref,
};

/// For each resource type, the JSON Pointers of what is set, with the values.
pub type Remediation = BTreeMap<String, BTreeMap<String, Json>>;

/// What hosts are told of a policy besides its rule.
#[derive(Clone, Debug, Default)]
pub(super) struct Hints {
    pub(super) params: BTreeMap<String, Json>,
    pub(super) stricter: BTreeMap<String, Stricter>,
    pub(super) remedies: Vec<String>,
    pub(super) remediate: Remediation,
    pub(super) guideline: Option<String>,
}

/// Reads them; `place` is the policy.
pub(super) fn read(document: &PolicyDocument, place: Ref<'_>) -> Result<Hints> {
    let mut remedies: Vec<String> = Vec::new();
    for remedy in document.validations.iter().filter_map(|it| it.remedy.as_ref()) {
        if !remedies.contains(remedy) {
            remedies.push(remedy.clone());
        }
    }
    let types = member(place, "remediate");
    check_count(document.remediate.len(), limits::POLICY_TYPES, types)?;
    for (type_name, settings) in &document.remediate {
        let place = member(types, type_name);
        check_text(type_name, limits::NAME_BYTES, place)?;
        if !document.matches.resources.iter().any(|it| pattern::fits(it, type_name)) {
            let message = "the policy is not about this resource type";
            return Err(refuse(Code::InputInvalidValue, message, place)
                .with_help("name only types that match.resources matches"));
        }
        check_count(settings.len(), limits::POLICY_VARIABLES, place)?;
        for pointer in settings.keys() {
            check_text(pointer, limits::MESSAGE_BYTES, member(place, pointer))?;
            if !pointer.starts_with('/') {
                let message = "not a JSON Pointer to a value within the resource";
                return Err(refuse(Code::InputInvalidValue, message, member(place, pointer))
                    .with_help("write a slash before each part, such as /versioning/enabled"));
            }
        }
        if settings.is_empty() {
            return Err(refuse(Code::InputInvalidValue, "nothing is set for this type", place));
        }
    }
    if let Some(guideline) = &document.guideline {
        let place = member(place, "guideline");
        check_text(guideline, limits::MESSAGE_BYTES, place)?;
        // Hosts put it where they demand an address.
        let rest = guideline.strip_prefix("https://").unwrap_or_default();
        if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refuse(Code::InputInvalidValue, "not an address of a page", place)
                .with_help("write a whole address, such as https://example.org/policies/names"));
        }
    }
    Ok(Hints {
        params: json(place.get("params"))?,
        stricter: document.stricter.clone(),
        remedies,
        remediate: json(place.get("remediate"))?,
        guideline: document.guideline.clone(),
    })
}

pub(super) fn json<T: DeserializeOwned + Default>(value: Option<Ref<'_>>) -> Result<T> {
    value.map_or_else(|| Ok(T::default()), |value| value.to_value().deserialize())
}

#[cfg(test)]
mod tests {
    use super::super::PolicyPack;

    fn pack(rest: &str) -> crate::error::Result<PolicyPack> {
        let head = "pack: p\nversion: 1.0.0\npolicies:\n  - name: a\n    description: d\n    match: { resources: ['acme:*'] }\n    validations: [{ expression: object.n <= params.most, remedy: Lower it. }]\n    params: { most: 5 }\n    stricter: { most: lower }\n";
        PolicyPack::parse(format!("{head}    {rest}\n").as_bytes())
    }

    #[test]
    fn hosts_learn_what_a_policy_would_set() {
        let pack = pack("remediate: { 'acme:db:Db': { /n: 5, /tags/a~1b: [x] } }").unwrap();
        let policy = &pack.policies()[0];
        assert_eq!(policy.remediate()["acme:db:Db"]["/tags/a~1b"], serde_json::json!(["x"]));
        assert_eq!(policy.params()["most"], serde_json::json!(5));
        assert_eq!(policy.remedies(), ["Lower it."]);
        assert_eq!(policy.stricter().len(), 1);
    }

    #[test]
    fn a_guideline_is_an_address() {
        let page = "https://example.org/names?of=all#them";
        let found = pack(&format!("guideline: {page}")).unwrap();
        assert_eq!(found.policies()[0].guideline(), Some(page));
        for wrong in ["http://example.org", "https://", "'https://example.org/a b'", "names"] {
            let refused = pack(&format!("guideline: {wrong}")).unwrap_err();
            assert_eq!(refused.code(), "input.invalid_value", "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_set_is_refused() {
        for wrong in ["{ other: { /n: 5 } }", "{ 'acme:db:Db': {} }", "{ 'acme:db:Db': { n: 5 } }"]
        {
            let refused = pack(&format!("remediate: {wrong}")).unwrap_err();
            assert_eq!(refused.code(), "input.invalid_value", "{wrong}");
            assert!(refused.place().position.is_some(), "{wrong}");
        }
    }
}
