//! Resources that a host describes itself, one by one: for hosts whose tool has no plan document.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, de::IgnoredAny};

use super::{
    marks::Mark,
    sanitise::{self, Marks},
    taint::{Secrets, Taint},
};
use crate::{
    canonical::document_digest,
    error::{Code, Error, Result},
    model::{Actions, Plan, ResourceChange, ResourceMode},
    policy::{self, ActionWord, TestResource},
    value::{Builder, Kind, Ref, Value},
};

/// The resources that a host hands in.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourcesDocument {
    /// The resources, in the order of the findings.
    pub resources: Vec<ResourceDocument>,
}

/// One resource with what is proposed for it.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceDocument {
    /// The type, such as `aws_s3_bucket` or `gcp:storage/bucket:Bucket`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The address, by which findings name the resource.
    pub address: String,
    /// The name; absent: the last part of the address.
    #[serde(default)]
    pub name: Option<String>,
    /// The provider's address.
    #[serde(default)]
    pub provider: Option<String>,
    /// Whether it is managed, only read, or made by no provider; absent: `data` where it is read, and `managed` otherwise.
    #[serde(default)]
    pub mode: Option<ResourceMode>,
    /// The steps in order, such as `[delete, create]` for a replacement; absent: `create` where there is no
    /// `oldObject`, `delete` where there is no `object`, and `update` where there are both.
    #[serde(default)]
    #[schemars(length(min = 1, max = 2))]
    pub actions: Option<Vec<ActionWord>>,
    /// The types of its provisioners, such as `local-exec`; absent where the host does not tell: they are unknown then.
    #[serde(default)]
    pub provisioners: Option<Vec<String>>,
    /// The values after; absent or null when the resource is to be deleted.
    #[serde(default)]
    #[schemars(with = "serde_json::Value")]
    pub object: IgnoredAny,
    /// The values before; absent or null when the resource does not exist yet.
    #[serde(default)]
    #[schemars(with = "serde_json::Value")]
    pub old_object: IgnoredAny,
    /// For a host that does not tell what was before, nor whether there was anything: `oldObject` is then unknown. The
    /// steps have to be given.
    #[serde(default)]
    pub old_object_unknown: bool,
    /// JSON Pointers into `object` of what is not known until apply. The last part may name a member that is absent.
    #[serde(default)]
    pub unknown: Vec<String>,
    /// JSON Pointers into `object`, or `oldObject` where it is gone, of what is sensitive; a text that holds a marked one
    /// of at least six bytes is sensitive wherever it stands.
    #[serde(default)]
    pub sensitive: Vec<String>,
}

impl Plan {
    /// Reads resources that a host describes as JSON: [`ResourcesDocument`].
    ///
    /// Its digest binds the description alone, which no tool will apply: such a plan is to be checked, and not to be
    /// admitted.
    ///
    /// ```
    /// use poundlock::Plan;
    ///
    /// let plan = Plan::from_resources(br#"{ "resources": [{
    ///     "type": "aws_s3_bucket", "address": "aws_s3_bucket.logs", "object": { "bucket": "logs" }
    /// }] }"#)?;
    /// assert_eq!(plan.counts().create, 1);
    /// # Ok::<(), poundlock::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Value::parse_json`] and of the shape; `input.missing_field` for a resource with neither
    /// `object` nor `oldObject`, `input.invalid_value` for steps that make no change or contradict the values, for an
    /// address that is empty or there twice, for values that are no map, and for a JSON Pointer that is none or names
    /// nothing.
    pub fn from_resources(json: &[u8]) -> Result<Self> {
        described(&Value::parse_json(json)?)
    }
}

/// The plan of a [`ResourcesDocument`].
pub(super) fn described(value: &Value) -> Result<Plan> {
    let document: ResourcesDocument = value.deserialize()?;
    let list = value.as_ref().get("resources");
    let places = document.resources.iter().enumerate().map(|(index, resource)| {
        let place = list.and_then(|list| list.index(index));
        Ok((resource, place.ok_or_else(|| Error::internal("a resource is lost"))?))
    });
    let places = places.collect::<Result<Vec<_>>>()?;
    let mut secrets = Secrets::default();
    let mut addresses = BTreeSet::new();
    for (index, (resource, place)) in places.iter().enumerate() {
        check_names(resource, &mut addresses)
            .map_err(|error| error.at_pointer(format!("/resources/{index}")))?;
        for version in ["object", "oldObject"] {
            for pointer in &resource.sensitive {
                let marked = place.get(version).and_then(|version| version.pointer(pointer));
                marked.into_iter().for_each(|secret| secrets.add(secret));
            }
        }
    }
    let mut exposed = Vec::new();
    for (resource, place) in &places {
        secrets.add_evident(place.get("oldObject"));
        if secrets.add_evident(place.get("object")) {
            exposed.push(&*resource.address);
        }
    }
    let taint = secrets.into_taint()?;
    let exposed = exposed.into_iter().map(|address| taint.mask_address(address)).collect();
    let resources = places.into_iter().enumerate().map(|(index, (resource, place))| {
        read(resource, place, &taint)
            .map_err(|error| error.at_pointer(format!("/resources/{index}")))
    });
    Ok(Plan {
        digest: document_digest("resources", None, value.as_ref())?,
        tool: "resources".to_owned(),
        tool_version: None,
        format_version: "1".to_owned(),
        complete: None,
        applyable: None,
        resources: resources.collect::<Result<_>>()?,
        drift: Vec::new(),
        outputs: Vec::new(),
        checks: Vec::new(),
        unjudged: Vec::new(),
        exposed,
        parts: Vec::new(),
    })
}

/// A finding names a resource by its address, so each has one of its own.
fn check_names<'a>(
    resource: &'a ResourceDocument,
    addresses: &mut BTreeSet<&'a str>,
) -> Result<()> {
    let refuse = |message| Err(Error::new(Code::InputInvalidValue, message));
    if resource.type_name.is_empty() || resource.address.is_empty() {
        return refuse("a resource has a type and an address");
    }
    if !addresses.insert(&resource.address) {
        return refuse("two resources have the same address");
    }
    Ok(())
}

/// Whether these are the steps of a resource that was there before, or will be after.
fn fits(actions: Actions, before: bool, after: bool) -> bool {
    match actions {
        Actions::Create => after && !before,
        Actions::Read => after,
        Actions::Delete | Actions::Forget => before && !after,
        Actions::NoOp
        | Actions::Update
        | Actions::DeleteCreate
        | Actions::CreateDelete
        | Actions::CreateForget => before && after,
    }
}

fn read(resource: &ResourceDocument, place: Ref<'_>, taint: &Taint<'_>) -> Result<ResourceChange> {
    let given = |name: &str| place.get(name).filter(|value| !matches!(value.kind(), Kind::Null));
    let (before, after) = (given("oldObject"), given("object"));
    for (name, value) in [("oldObject", before), ("object", after)] {
        if value.is_some_and(|value| !matches!(value.kind(), Kind::Map(_))) {
            let message = format!("`{name}` is not a map of a resource's values");
            return Err(Error::new(Code::InputInvalidValue, message));
        }
    }
    if resource.old_object_unknown && (before.is_some() || resource.actions.is_none()) {
        let message =
            "what was before is said to be unknown, and is given or would decide the steps";
        return Err(Error::new(Code::InputInvalidValue, message)
            .with_help("leave out `oldObject`, and give `actions`"));
    }
    let derived = match (before, after) {
        (None, None) => {
            let message = "a resource has neither `object` nor `oldObject`";
            return Err(Error::new(Code::InputMissingField, message)
                .with_help("give the values after as `object`, those before as `oldObject`"));
        }
        (None, Some(_)) => ActionWord::Create,
        (Some(_), None) => ActionWord::Delete,
        (Some(_), Some(_)) => ActionWord::Update,
    };
    let actions = resource.actions.clone().unwrap_or_else(|| vec![derived]);
    let will_be = after.is_some();
    // What is secret after is secret before, as far as it was there.
    let was_there = |pointer: &&String| before.is_some_and(|it| it.pointer(pointer).is_some());
    let secret_before: Vec<String> = resource.sensitive.iter().filter(was_there).cloned().collect();
    let was = |change: Actions| match resource.old_object_unknown {
        true => change != Actions::Create,
        false => before.is_some(),
    };
    let values_before = if resource.old_object_unknown {
        unknown()?
    } else {
        policy::marked(&clean(before, taint)?, &[], &secret_before, place)?
    };
    // What was secret before and is gone is secret in what was; what is in neither is a mistake.
    let is_there = |pointer: &&String| after.is_some_and(|it| it.pointer(pointer).is_some());
    let secret_after: Vec<String> = resource
        .sensitive
        .iter()
        .filter(|pointer| will_be && (is_there(pointer) || !was_there(pointer)))
        .cloned()
        .collect();
    let after = policy::marked(&clean(after, taint)?, &resource.unknown, &secret_after, place)?;
    let described = TestResource {
        type_name: resource.type_name.clone(),
        address: Some(taint.mask_address(&resource.address)),
        provider: resource.provider.clone(),
        actions,
        provisioners: Vec::new(),
    };
    let mut change = policy::change(&described, values_before, after).ok_or_else(|| {
        Error::new(Code::InputInvalidValue, "these steps do not make a change")
            .with_help("write one step, or [delete, create], [create, delete] or [create, forget]")
    })?;
    if let Some(mode) = resource.mode {
        change.mode = mode;
    }
    change.provisioners = match &resource.provisioners {
        None => Some(unknown()?),
        Some(none) if none.is_empty() => None,
        Some(types) => Some(Value::texts(types.iter().map(String::as_str))?),
    };
    if let Some(name) = &resource.name {
        change.name = taint.mask_address(name);
    }
    if !fits(change.actions, was(change.actions), will_be) {
        let message = "the steps contradict the values";
        return Err(Error::new(Code::InputInvalidValue, message).with_help(
            "what is created has no `oldObject`, what goes has no `object`, and what is changed or replaced has both",
        ));
    }
    Ok(change)
}

/// A value of which nothing is known.
pub(super) fn unknown() -> Result<Value> {
    let mut builder = Builder::new();
    builder.unknown()?;
    builder.finish()
}

/// A value, null where there is none, in which every text that holds something sensitive is sensitive.
fn clean(value: Option<Ref<'_>>, taint: &Taint<'_>) -> Result<Value> {
    let none = Mark::Nothing;
    let marks = Marks { unknown: none, sensitive: none, counterpart: none };
    let mut builder = Builder::new();
    sanitise::copy(&mut builder, value, marks, taint)?;
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Plan> {
        Plan::from_resources(format!(r#"{{"resources": [{json}]}}"#).as_bytes())
    }

    fn code(json: &str) -> &'static str {
        read(json).unwrap_err().code()
    }

    const HEAD: &str = r#""type": "db", "address": "db.a""#;

    #[test]
    fn what_is_done_follows_from_the_values() {
        let actions = |values: &str| {
            read(&format!("{{{HEAD}{values}}}")).unwrap().resources.pop().unwrap().actions
        };
        assert_eq!(actions(r#", "object": {}"#), Actions::Create);
        assert_eq!(actions(r#", "object": {}, "oldObject": {}"#), Actions::Update);
        assert_eq!(actions(r#", "oldObject": {}, "object": null"#), Actions::Delete);
        let replaced = r#", "object": {}, "oldObject": {}, "actions": ["delete", "create"]"#;
        assert_eq!(actions(replaced), Actions::DeleteCreate);
    }

    #[test]
    fn provisioners_of_which_nothing_is_said_are_unknown() {
        let kind = |said: &str| {
            let mut plan = read(&format!(r#"{{{HEAD}, "object": {{}}{said}}}"#)).unwrap();
            let provisioners = plan.resources.pop().unwrap().provisioners;
            provisioners.map(|it| matches!(it.as_ref().kind(), Kind::Unknown))
        };
        assert_eq!(kind(""), Some(true));
        assert_eq!(kind(r#", "provisioners": []"#), None);
        assert_eq!(kind(r#", "provisioners": ["local-exec"]"#), Some(false));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert_eq!(code(&format!("{{{HEAD}}}")), "input.missing_field");
        assert_eq!(code(r#"{"type": "db", "object": {}}"#), "input.missing_field");
        assert_eq!(
            code(&format!(r#"{{{HEAD}, "object": {{}}, "colour": 1}}"#)),
            "input.unknown_field"
        );
        for wrong in [
            r#""object": {}, "actions": ["delete"]"#,
            r#""oldObject": {}, "actions": ["update"]"#,
            r#""object": {}, "actions": ["create", "update"]"#,
            r#""object": {}, "actions": []"#,
            r#""object": {}, "actions": ["no-op"]"#,
            r#""object": {}, "oldObject": {}, "actions": ["create"]"#,
            r#""object": {}, "actions": ["delete", "create"]"#,
            r#""object": "text""#,
            r#""oldObject": [1]"#,
            r#""object": {}, "sensitive": ["password"]"#,
            r#""object": {"a": 1}, "sensitive": ["/a/b"]"#,
        ] {
            assert_eq!(code(&format!("{{{HEAD}, {wrong}}}")), "input.invalid_value", "{wrong}");
        }
    }

    #[test]
    fn a_host_that_does_not_know_what_was_says_so() {
        let unknown =
            |rest: &str| read(&format!(r#"{{{HEAD}, "oldObjectUnknown": true, {rest}}}"#));
        for actions in ["create", "update"] {
            let plan = unknown(&format!(r#""object": {{}}, "actions": ["{actions}"]"#)).unwrap();
            assert!(matches!(plan.resources[0].before.as_ref().kind(), Kind::Unknown));
        }
        for wrong in [
            r#""object": {}"#,
            r#""object": {}, "oldObject": {}, "actions": ["update"]"#,
            r#""actions": ["update"]"#,
        ] {
            let refused = unknown(wrong).unwrap_err().code();
            assert!(["input.invalid_value", "input.missing_field"].contains(&refused), "{wrong}");
        }
    }

    #[test]
    fn a_resource_has_the_name_that_it_is_given() {
        let name = |given: &str| {
            let plan = read(&format!(r#"{{{HEAD}, "object": {{}}{given}}}"#)).unwrap();
            plan.resources[0].name.clone()
        };
        assert_eq!(name(""), "a");
        assert_eq!(name(r#", "name": "b.c""#), "b.c");
    }

    #[test]
    fn each_resource_has_names_of_its_own() {
        for names in [r#""type": "", "address": "a""#, r#""type": "db", "address": """#] {
            assert_eq!(code(&format!(r#"{{{names}, "object": {{}}}}"#)), "input.invalid_value");
        }
        let twice = format!(r#"{{{HEAD}, "object": {{}}}}, {{{HEAD}, "object": {{}}}}"#);
        assert_eq!(code(&twice), "input.invalid_value");
    }

    /// No secrets in the book (DESIGN §1.7).
    #[test]
    fn a_secret_is_sensitive_wherever_it_stands() {
        let plan = read(&format!(
            r#"{{{HEAD}, "object": {{"password": "hunter22", "url": "db://:hunter22@host"}},
                "oldObject": {{"password": "hunter11", "note": "was hunter11"}}, "sensitive": ["/password"]}}"#
        ));
        let resource = plan.unwrap().resources.pop().unwrap();
        let hidden =
            |value: &Value, pointer: &str| value.as_ref().pointer(pointer).unwrap().has_sensitive();
        assert!(hidden(&resource.after, "/password") && hidden(&resource.after, "/url"));
        assert!(hidden(&resource.before, "/password") && hidden(&resource.before, "/note"));
    }
}
