//! Resources that a host describes itself, one by one: for hosts whose tool has no plan document.

use schemars::JsonSchema;
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    canonical::document_digest,
    error::{Code, Error, Result},
    model::Plan,
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
    /// The provider's address.
    #[serde(default)]
    pub provider: Option<String>,
    /// The steps in order, such as `[delete, create]` for a replacement; absent: `create` where there is no
    /// `oldObject`, `delete` where there is no `object`, and `update` where there are both.
    #[serde(default)]
    #[schemars(length(min = 1, max = 2))]
    pub actions: Option<Vec<ActionWord>>,
    /// The values after; absent or null when the resource is to be deleted.
    #[serde(default)]
    #[schemars(with = "serde_json::Value")]
    pub object: IgnoredAny,
    /// The values before; absent or null when the resource does not exist yet.
    #[serde(default)]
    #[schemars(with = "serde_json::Value")]
    pub old_object: IgnoredAny,
    /// JSON Pointers into `object` of what is not known until apply. The last part may name a member that is absent.
    #[serde(default)]
    pub unknown: Vec<String>,
    /// JSON Pointers into `object` of what is sensitive.
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
    /// `object` nor `oldObject`, `input.invalid_value` for steps that make no change or contradict the values, and for
    /// a JSON Pointer that is none or names nothing.
    pub fn from_resources(json: &[u8]) -> Result<Self> {
        let value = Value::parse_json(json)?;
        let document: ResourcesDocument = value.deserialize()?;
        let list = value.as_ref().get("resources");
        let resources = document.resources.iter().enumerate().map(|(index, resource)| {
            let place = list.and_then(|list| list.index(index));
            let place = place.ok_or_else(|| Error::internal("a resource is lost"))?;
            read(resource, place).map_err(|error| error.at_pointer(format!("/resources/{index}")))
        });
        Ok(Self {
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
            parts: Vec::new(),
        })
    }
}

fn read(resource: &ResourceDocument, place: Ref<'_>) -> Result<crate::model::ResourceChange> {
    let given = |name: &str| place.get(name).filter(|value| !matches!(value.kind(), Kind::Null));
    let (before, after) = (given("oldObject"), given("object"));
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
    let value = |value: Option<Ref<'_>>| value.map_or_else(null, |value| Ok(value.to_value()));
    let after_value =
        policy::marked(&value(after)?, &resource.unknown, &resource.sensitive, place)?;
    let described = TestResource {
        type_name: resource.type_name.clone(),
        address: Some(resource.address.clone()),
        provider: resource.provider.clone(),
        actions,
    };
    let change = policy::change(&described, value(before)?, after_value).ok_or_else(|| {
        Error::new(Code::InputInvalidValue, "these steps do not make a change")
            .with_help("write one step, or [delete, create], [create, delete] or [create, forget]")
    })?;
    let should_be_gone = matches!(derived, ActionWord::Delete);
    let goes = change.actions.deletes() && !change.actions.creates()
        || change.actions == crate::model::Actions::Forget;
    if change.actions.changes() && should_be_gone != goes {
        let message = "the steps contradict the values: only a resource that goes has no `object`";
        return Err(Error::new(Code::InputInvalidValue, message));
    }
    Ok(change)
}

fn null() -> Result<Value> {
    let mut builder = Builder::new();
    builder.null()?;
    builder.finish()
}
