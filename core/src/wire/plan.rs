//! A plan that was read once, for any number of calls.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Methods, documents::nothing, guard, parse, simulate::nonce, to_json};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
    model::{self, Actions, PlanCounts},
};

/// A plan, read and ready to be checked or decided on. Clones share it.
#[derive(Clone, Debug)]
pub struct Plan(pub(super) Arc<Held>);

#[derive(Debug)]
pub(super) struct Held {
    pub(super) plan: Arc<model::Plan>,
    /// Whether its digest may be admitted: of a tool's document, blinded by a nonce.
    admissible: bool,
}

/// How a document is to be read.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PlanOptions {
    /// What wrote the document.
    format: PlanFormat,
    /// The nonce kept beside the document: 64 hexadecimal digits, made at random when it was first seen. Without one the plan can be
    /// checked, and neither decided on nor admitted.
    #[serde(default)]
    nonce: Option<String>,
}

/// What wrote a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum PlanFormat {
    /// `terraform show -json`, or OpenTofu's.
    Terraform,
    /// Manifests of Kubernetes, in YAML or JSON, or an `AdmissionReview`. To be checked only.
    Kubernetes,
    /// `pulumi preview --json`, or `pulumi stack export`.
    Pulumi,
    /// The host itself: [`ResourcesDocument`](crate::intake::ResourcesDocument). To be checked only.
    Resources,
}

/// What a plan proposes, in short.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlanAnswer<'a> {
    /// The digest that approvals and permits bind.
    digest: Digest,
    /// The tool that made it.
    tool: &'a str,
    /// The tool's version, where the document says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_version: Option<&'a str>,
    /// Whether it can be decided on and admitted: it is a tool's document, read with a nonce.
    admissible: bool,
    /// How many resources it touches.
    counts: PlanCounts,
    /// What is to be done to each, in the order of the document.
    resources: Vec<PlanResource<'a>>,
    /// What was found to have changed outside the tool.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    drift: Vec<PlanResource<'a>>,
}

/// What is to be done to one resource.
#[derive(Serialize, JsonSchema)]
pub(super) struct PlanResource<'a> {
    /// The address.
    address: &'a str,
    /// The type.
    #[serde(rename = "type")]
    type_name: &'a str,
    /// What is to be done.
    actions: Actions,
}

type Method = fn(&Plan, &[u8]) -> Result<String>;

const METHODS: Methods<Method> = &[("describe", describe)];

impl Plan {
    /// The names of what [`Plan::call`] carries out, in their order.
    pub fn operations() -> impl Iterator<Item = &'static str> {
        super::names(METHODS)
    }

    /// Reads a document as the options, `{"format":"terraform","nonce":"<64 hex digits>"}`, say.
    ///
    /// # Errors
    ///
    /// Those of [`model::Plan::from_terraform`], [`model::Plan::from_pulumi`], [`model::Plan::from_kubernetes`] and
    /// [`model::Plan::from_resources`].
    pub fn read(options: &[u8], document: &[u8]) -> Result<Self> {
        guard(|| {
            let options: PlanOptions =
                parse(options).map_err(|error| error.in_source("options"))?;
            let given = options.nonce.as_deref().map(nonce).transpose();
            let given = given.map_err(|error| error.in_source("options").at_pointer("/nonce"))?;
            let plan = match options.format {
                PlanFormat::Terraform => {
                    model::Plan::from_terraform(document, &given.unwrap_or_default())?
                }
                PlanFormat::Pulumi => {
                    model::Plan::from_pulumi(document, &given.unwrap_or_default())?
                }
                PlanFormat::Resources | PlanFormat::Kubernetes if given.is_some() => {
                    let message = "what is to be checked only has no nonce";
                    return Err(Error::new(Code::InputInvalidValue, message)
                        .in_source("options")
                        .at_pointer("/nonce"));
                }
                PlanFormat::Kubernetes => model::Plan::from_kubernetes(document)?,
                PlanFormat::Resources => model::Plan::from_resources(document)?,
            };
            Ok(Self(Arc::new(Held { plan: plan.into(), admissible: given.is_some() })))
        })
    }

    /// Joins several plans into one, each under a name of its own ([`model::Plan::joined`]).
    ///
    /// # Errors
    ///
    /// Those of [`model::Plan::joined`]; `input.invalid_value` for a name that is there twice, and for plans of
    /// which some can be admitted and some cannot.
    pub fn join(parts: &[(&str, &Self)]) -> Result<Self> {
        guard(|| {
            let mut plans = std::collections::BTreeMap::new();
            for (name, part) in parts {
                if plans.insert((*name).to_owned(), model::Plan::clone(&part.0.plan)).is_some() {
                    let message = "two of the plans have the same name";
                    return Err(Error::new(Code::InputInvalidValue, message));
                }
            }
            let admissible = parts.iter().filter(|(_, part)| part.0.admissible).count();
            if admissible != 0 && admissible != parts.len() {
                let message = "some of the plans were read with a nonce, and some without";
                return Err(Error::new(Code::InputInvalidValue, message));
            }
            let plan = model::Plan::joined(plans)?;
            Ok(Self(Arc::new(Held { plan: plan.into(), admissible: admissible != 0 })))
        })
    }

    /// Carries out one of [`Plan::operations`]. `describe` takes no input and answers digest, tool, counts and
    /// resources.
    ///
    /// # Errors
    ///
    /// `input.invalid_value` when there is no such operation, or for an input.
    pub fn call(&self, operation: &str, input: &[u8]) -> Result<String> {
        super::method(METHODS, operation, |run| run(self, input))
    }

    /// The plan, to be decided on.
    pub(super) fn admissible(&self) -> Result<Arc<model::Plan>> {
        if self.0.admissible {
            return Ok(Arc::clone(&self.0.plan));
        }
        Err(Error::new(
            Code::InputInvalidValue,
            "the plan was read without a nonce, so that it can be checked and not decided on",
        )
        .with_help("read the tool's own document with the nonce that is kept beside it"))
    }
}

fn describe(plan: &Plan, input: &[u8]) -> Result<String> {
    nothing(input)?;
    let Held { plan, admissible } = &*plan.0;
    fn each(list: &[model::ResourceChange]) -> Vec<PlanResource<'_>> {
        list.iter()
            .map(|resource| PlanResource {
                address: &resource.address,
                type_name: &resource.type_name,
                actions: resource.actions,
            })
            .collect()
    }
    to_json(&PlanAnswer {
        digest: plan.digest,
        tool: &plan.tool,
        tool_version: plan.tool_version.as_deref(),
        admissible: *admissible,
        counts: plan.counts(),
        resources: each(&plan.resources),
        drift: each(&plan.drift),
    })
}
