//! A plan: what a tool proposes to do to each resource.

use serde::{Deserialize, Serialize};

use super::PlanPart;
use crate::{digest::Digest, value::Value};

/// What a tool such as Terraform proposes, as read by [`intake`](crate::intake).
///
/// Only named parts of the tool's document are kept. Values marked sensitive, and values that
/// contain one, are [`Kind::Sensitive`](crate::value::Kind::Sensitive); values not known until
/// apply are [`Kind::Unknown`](crate::value::Kind::Unknown).
#[derive(Clone, Debug)]
pub struct Plan {
    /// The digest over the canonical form of the whole document, blinded by the nonce kept beside it.
    pub digest: Digest,
    /// The tool that made it, such as `terraform`.
    pub tool: String,
    /// The tool's version, where the document says it.
    pub tool_version: Option<String>,
    /// The document's format version.
    pub format_version: String,
    /// Whether applying the plan would bring about all that the configuration says; `None` where the
    /// format does not say.
    pub complete: Option<bool>,
    /// Whether the tool says that the plan can be applied; `None` where the format does not say.
    pub applyable: Option<bool>,
    /// The proposed changes, in the order of the document.
    pub resources: Vec<ResourceChange>,
    /// What was found to have changed outside the tool.
    pub drift: Vec<ResourceChange>,
    /// The proposed changes to outputs, by name.
    pub outputs: Vec<OutputChange>,
    /// The results of the configuration's own checks.
    pub checks: Vec<PlanCheck>,
    /// The parts of the document that would take effect and that are not among the proposed changes,
    /// such as `action_invocations`. No policy sees them.
    pub unjudged: Vec<String>,
    /// The addresses of the resources whose values after the change hold what looks like a secret and is not marked as
    /// one. It is masked here, but it stands in the tool's document, and in whatever printed that.
    pub exposed: Vec<String>,
    /// The plans that this one is joined of, by name; none for a plan of its own.
    pub parts: Vec<PlanPart>,
}

/// What is proposed for one resource.
#[derive(Clone, Debug)]
pub struct ResourceChange {
    /// The address, such as `module.web.aws_s3_bucket.logs["eu"]`.
    pub address: String,
    /// The address before a move.
    pub previous_address: Option<String>,
    /// Whether it is managed or only read.
    pub mode: ResourceMode,
    /// The type, such as `aws_s3_bucket`.
    pub type_name: String,
    /// The name within its module.
    pub name: String,
    /// The provider's address, where the document says it.
    pub provider: Option<String>,
    /// What is to be done.
    pub actions: Actions,
    /// Why, in the tool's words, such as `replace_because_cannot_update`.
    pub reason: Option<String>,
    /// Whether an existing object is being imported.
    pub importing: bool,
    /// The key of a deposed object that is to be destroyed.
    pub deposed: Option<String>,
    /// The types of the provisioners, programs that run when it is created or destroyed, as a list of texts or unknown;
    /// absent where it has none.
    pub provisioners: Option<Value>,
    /// The values before; null when the resource does not exist yet.
    pub before: Value,
    /// The values after; null when the resource is to be deleted.
    pub after: Value,
}

/// Whether a resource is managed or only read.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum ResourceMode {
    /// The tool creates, changes and deletes it.
    Managed,
    /// The tool only reads it.
    Data,
    /// No provider makes it: it groups other resources, or is a provider. A policy need not be about it.
    Component,
}

/// What is to be done to a resource.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Actions {
    /// Nothing.
    NoOp,
    /// Create it.
    Create,
    /// Read it.
    Read,
    /// Change it in place.
    Update,
    /// Delete it.
    Delete,
    /// Delete it, then create it anew.
    DeleteCreate,
    /// Create it anew, then delete the old one.
    CreateDelete,
    /// Stop managing it without deleting it.
    Forget,
    /// Create it anew, then stop managing the old one.
    CreateForget,
}

impl Actions {
    /// All there are.
    pub(crate) const ALL: [Self; 9] = [
        Self::NoOp,
        Self::Create,
        Self::Read,
        Self::Update,
        Self::Delete,
        Self::DeleteCreate,
        Self::CreateDelete,
        Self::Forget,
        Self::CreateForget,
    ];

    /// The place among all.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// Whether something of this resource comes into being.
    pub fn creates(self) -> bool {
        matches!(self, Self::Create | Self::DeleteCreate | Self::CreateDelete | Self::CreateForget)
    }

    /// Whether something of this resource is destroyed.
    pub fn deletes(self) -> bool {
        matches!(self, Self::Delete | Self::DeleteCreate | Self::CreateDelete)
    }

    /// Whether one object takes the place of another.
    pub fn replaces(self) -> bool {
        matches!(self, Self::DeleteCreate | Self::CreateDelete | Self::CreateForget)
    }

    /// Whether anything is changed at all.
    pub fn changes(self) -> bool {
        !matches!(self, Self::NoOp | Self::Read)
    }

    /// The words for the single steps, as policies match them and read them in `resource.actions`.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::NoOp => &["no-op"],
            Self::Create => &["create"],
            Self::Read => &["read"],
            Self::Update => &["update"],
            Self::Delete => &["delete"],
            Self::DeleteCreate => &["delete", "create"],
            Self::CreateDelete => &["create", "delete"],
            Self::Forget => &["forget"],
            Self::CreateForget => &["create", "forget"],
        }
    }
}

/// What is proposed for an output.
#[derive(Clone, Debug)]
pub struct OutputChange {
    /// The output's name.
    pub name: String,
    /// What is to be done.
    pub actions: Actions,
    /// What is known about the value after.
    pub mark: Mark,
}

/// What may be known about a value.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// All of it is known.
    Known,
    /// Some of it is not known until apply.
    Unknown,
    /// Some of it is sensitive.
    Sensitive,
}

/// The result of one of the configuration's own checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanCheck {
    /// The address of what is checked.
    pub address: String,
    /// The result.
    pub status: CheckStatus,
}

/// The result of a check; anything but `pass` is not a pass.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum CheckStatus {
    Pass,
    Fail,
    Error,
    Unknown,
}

/// How many resources a plan touches, by what is done to them. A replacement counts once, as `replace`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanCounts {
    /// Come into being.
    pub create: u64,
    /// Are changed in place.
    pub update: u64,
    /// Are replaced by others.
    pub replace: u64,
    /// Are destroyed.
    pub delete: u64,
    /// Are no longer managed.
    pub forget: u64,
    /// Are only read.
    pub read: u64,
    /// Stay as they are.
    pub no_op: u64,
}

impl Plan {
    /// Counts the proposed changes.
    pub fn counts(&self) -> PlanCounts {
        let mut counts = PlanCounts::default();
        for resource in &self.resources {
            let count = match resource.actions {
                Actions::NoOp => &mut counts.no_op,
                Actions::Create => &mut counts.create,
                Actions::Read => &mut counts.read,
                Actions::Update => &mut counts.update,
                Actions::Delete => &mut counts.delete,
                Actions::Forget => &mut counts.forget,
                Actions::DeleteCreate | Actions::CreateDelete | Actions::CreateForget => {
                    &mut counts.replace
                }
            };
            *count = count.saturating_add(1);
        }
        counts
    }
}
