//! The life of an artifact: what it is made of, and the steps that it takes from draft to archive.
//!
//! An artifact is named by the digest of its manifest, which names all its content in turn. Nothing here
//! alters an artifact: a change is another manifest, and so another artifact.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{canonical, digest::Digest, error::Result, time::Instant};

/// What an artifact is made of and what is said of it: whatever counts for its identity, metadata included.
///
/// ```
/// use poundlock::model::Manifest;
///
/// let manifest = Manifest::new("invoice-approval", "1.0.0");
/// let mut other = manifest.clone();
/// other.labels.insert("owner".into(), "finance".into());
/// assert_ne!(manifest.digest()?, other.digest()?);
/// # Ok::<(), poundlock::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// The name of the asset.
    pub asset: String,
    /// The semantic version, higher than the previous one's (R245).
    pub version: String,
    /// The artifact that this one is a new version of (R198); absent for the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Digest>,
    /// The artifact whose fault this one mends (R320).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixes: Option<Digest>,
    /// The digests of the content, by what it is (R207 to R214).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contents: BTreeMap<String, Digest>,
    /// What is said of the content and belongs to it, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// Owner, licence, policy label and the like, by name (R195).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

impl Manifest {
    /// A manifest that names nothing yet but what it is of.
    pub fn new(asset: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            asset: asset.into(),
            version: version.into(),
            previous: None,
            fixes: None,
            contents: BTreeMap::new(),
            metadata: BTreeMap::new(),
            labels: BTreeMap::new(),
        }
    }

    /// The artifact's digest: the SHA-256 of the manifest's deterministic CBOR (R220).
    ///
    /// # Errors
    ///
    /// None that a manifest of text can have; those of [`canonical::to_bytes`].
    pub fn digest(&self) -> Result<Digest> {
        Ok(Digest::of(&canonical::to_bytes(self)?))
    }
}

/// How far an artifact came.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum LifecycleState {
    /// It is being made, and may be replaced or deleted (R234).
    Draft,
    /// It awaits consent (R235).
    Review,
    /// It has been consented to (R236).
    Approved,
    /// It may be used, and is never altered (R240).
    Published,
    /// It may still be used where it is (R241).
    Deprecated,
    /// It may not be used any more (R242).
    Retired,
    /// It is kept for the record (R243).
    Archived,
}

impl LifecycleState {
    /// The word for the state.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Review => "review",
            Self::Approved => "approved",
            Self::Published => "published",
            Self::Deprecated => "deprecated",
            Self::Retired => "retired",
            Self::Archived => "archived",
        }
    }

    /// Whether the artifact was published once: it is never altered again.
    pub const fn is_immutable(self) -> bool {
        matches!(self, Self::Published | Self::Deprecated | Self::Retired | Self::Archived)
    }
}

/// An artifact takes a step of its life, or somebody uses or reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LifecycleStep {
    /// The lifecycle, where more than one has the asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<String>,
    /// The name of the asset.
    pub asset: String,
    /// The artifact: for `create` and `update` the new one.
    pub digest: Digest,
    /// What is done.
    pub operation: LifecycleOperation,
    /// Why.
    pub reason: String,
}

/// What is done to an artifact, or with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum LifecycleOperation {
    /// A draft begins.
    Create(Creation),
    /// A draft gives way to another one (R258).
    Update(Revision),
    /// A draft is given up.
    Delete(Remark),
    /// A draft is handed in for review.
    Submit(Remark),
    /// A person consents.
    Approve(ArtifactConsent),
    /// What is under review or approved becomes a draft again, and loses its consents.
    Reject(Remark),
    /// It may be used from now on, and is never altered again.
    Publish(Publication),
    /// It should not be used anew.
    Deprecate(Succession),
    /// It may not be used any more.
    Retire(Retirement),
    /// It is kept for the record alone.
    Archive(Remark),
    /// Somebody executes it or refers to it.
    Use(Remark),
    /// Somebody reads it (R365).
    Read(Remark),
    /// Something is noted that is not part of it (R217 to R219).
    Annotate(Note),
    /// It comes out of quarantine.
    Reinstate(Remark),
}

impl LifecycleOperation {
    /// The word for the operation.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Update(_) => "update",
            Self::Delete(_) => "delete",
            Self::Submit(_) => "submit",
            Self::Approve(_) => "approve",
            Self::Reject(_) => "reject",
            Self::Publish(_) => "publish",
            Self::Deprecate(_) => "deprecate",
            Self::Retire(_) => "retire",
            Self::Archive(_) => "archive",
            Self::Use(_) => "use",
            Self::Read(_) => "read",
            Self::Annotate(_) => "annotate",
            Self::Reinstate(_) => "reinstate",
        }
    }

    /// The manifest, where the operation brings one.
    pub const fn manifest(&self) -> Option<&Manifest> {
        match self {
            Self::Create(Creation { manifest, .. }) | Self::Update(Revision { manifest, .. }) => {
                Some(manifest)
            }
            _ => None,
        }
    }
}

/// What else is worth knowing of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Remark {
    /// It, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A draft begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Creation {
    /// What it is made of.
    pub manifest: Manifest,
    /// Who made it, where a workload records it; else who records it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
}

/// A draft gives way to another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Revision {
    /// The draft that gives way.
    pub replaces: Digest,
    /// What the new one is made of.
    pub manifest: Manifest,
    /// Who made it, where a workload records it; else who records it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
}

/// A person consents to what shall become of an artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArtifactConsent {
    /// The person.
    pub by: String,
    /// The role that the person consents in; absent where any of theirs will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What the person consents to.
    #[serde(default)]
    pub to: ConsentPurpose,
    /// For an exception, the very case that is consented to; for nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<ExceptionCase>,
}

/// What a person consents to.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum ConsentPurpose {
    /// That it is good to be published.
    #[default]
    Review,
    /// That it is published in haste, since it mends another (R320).
    Patch,
    /// That it takes the place of what was published (R321).
    Exception,
    /// That it is retired at once (R325).
    Retirement,
}

impl ConsentPurpose {
    /// The word for the purpose.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Patch => "patch",
            Self::Exception => "exception",
            Self::Retirement => "retirement",
        }
    }
}

/// An artifact is published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Publication {
    /// The emergency that it is published in, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
}

impl Publication {
    /// Whether it is published in another's place.
    pub const fn is_exception(&self) -> bool {
        matches!(self.emergency, Some(Emergency::Exception(_)))
    }
}

/// Why an artifact is published by the charter's emergency rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Emergency {
    /// It mends the one that it `fixes`, which it deprecates (R320).
    Patch(Remark),
    /// It takes the place of its previous version, which it deprecates (R321).
    Exception(ExceptionCase),
}

/// Why nothing less than an exception will do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExceptionCase {
    /// Which of the charter's reasons it is for (R337, R338).
    pub reason: String,
    /// Why nothing less will do, and what may go wrong (R339).
    pub justification: String,
    /// What is affected, and how harm is kept small (R340).
    pub impact: String,
    /// When and how the matter is settled for good (R341).
    pub resolution: String,
    /// Who is told, and how (R342).
    pub communication: String,
}

impl ExceptionCase {
    /// Stands for the case in the consents to it, so that another case is found to be another.
    pub(crate) fn digest(&self) -> Option<Digest> {
        canonical::to_bytes(self).ok().map(|bytes| Digest::of_kind("exception-case", &bytes))
    }
}

/// What takes the place of an artifact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Succession {
    /// A published artifact of the same asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<Digest>,
}

/// An artifact is retired.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retirement {
    /// A published artifact of the same asset; needed where it is forced (R327).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<Digest>,
    /// Whether it is retired at once, by the charter's emergency rules (R325).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forced: bool,
}

/// Something that is noted of an artifact and is not part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Note {
    /// What is noted.
    pub note: String,
}

/// Somebody computed an artifact's digest again and compared (R223).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IntegrityCheck {
    /// The lifecycle, where more than one has the asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<String>,
    /// The name of the asset.
    pub asset: String,
    /// The artifact.
    pub digest: Digest,
    /// What came of it.
    pub result: IntegrityResult,
    /// The digest that was computed; absent where the check failed to compute one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Digest>,
    /// When it was begun.
    pub checked: Instant,
    /// How long it took, in milliseconds (R407).
    pub milliseconds: u32,
    /// What else is worth knowing, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What came of an integrity check.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum IntegrityResult {
    /// The content is what the digest says.
    Valid,
    /// It is not, or is gone.
    Invalid,
    /// It could not be told; this is neither valid nor invalid, and the check is owed again (R431).
    Error,
}
