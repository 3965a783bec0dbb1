//! What a manifest must say: the digest that it is named by, its version and the one before, its labels and
//! its content.

use semver::Version;

use super::Taking;
use crate::{
    charter::Lifecycle,
    digest::Digest,
    engine::{Engine, codes, findings::CheckFindings},
    model::{ActorKind, Creation, LifecycleOperation, LifecycleState, Manifest, Revision},
    state::LifecycleRecord,
};

impl Engine {
    /// The manifest of a new draft.
    pub(super) fn manifest(
        &self,
        taking: &Taking<'_>,
        manifest: &Manifest,
        findings: &mut CheckFindings<'_>,
    ) {
        if manifest.digest().ok() != Some(taking.step.digest) {
            findings.fail(
                codes::ARTIFACT_DIGEST,
                None,
                "the manifest has another digest than the step names",
                "name the SHA-256 of the manifest's deterministic CBOR",
            );
        }
        if manifest.asset != taking.step.asset {
            findings.fail(
                codes::FACT_SUBJECT,
                None,
                "the manifest is of another asset than the step names",
                "name the manifest's own asset",
            );
        }
        self.author(taking, findings);
        demands(taking.lifecycle, manifest, findings);
        chain(taking, manifest, findings);
        known(taking, manifest, findings);
    }

    /// Who made it is known, so that nobody consents to their own work.
    fn author(&self, taking: &Taking<'_>, findings: &mut CheckFindings<'_>) {
        let (LifecycleOperation::Create(Creation { author, .. })
        | LifecycleOperation::Update(Revision { author, .. })) = &taking.step.operation
        else {
            return;
        };
        let fits = match author {
            Some(author) => self.charter.actor(author).is_some(),
            None => taking.recorder.kind == ActorKind::Human,
        };
        if !fits {
            findings.fail(
                codes::ARTIFACT_AUTHOR,
                None,
                "nobody knows who made it, so that an approver may be the author",
                "name the author as the charter's `actors` declare them",
            );
        }
    }
}

/// The labels and the content that the lifecycle demands (R195, R507).
pub(super) fn demands(
    lifecycle: &Lifecycle,
    manifest: &Manifest,
    findings: &mut CheckFindings<'_>,
) {
    let labelled =
        |label: &&String| manifest.labels.get(*label).is_some_and(|it| !it.trim().is_empty());
    for label in lifecycle.labels.iter().filter(|label| !labelled(label)) {
        findings.fail(
            codes::ARTIFACT_LABEL,
            Some(label),
            "the manifest lacks a label that the lifecycle demands, or it is empty",
            "label the artifact",
        );
    }
    for content in lifecycle.contents.iter().filter(|name| !manifest.contents.contains_key(*name)) {
        findings.fail(
            codes::ARTIFACT_CONTENT,
            Some(content),
            "the manifest does not name content that the lifecycle demands",
            "name the digest of the content",
        );
    }
}

/// The version follows the one before, which was published; only the first has none before it (R202, R240).
pub(super) fn chain(taking: &Taking<'_>, manifest: &Manifest, findings: &mut CheckFindings<'_>) {
    let version = Version::parse(&manifest.version);
    if version.is_err() {
        findings.fail(
            codes::ARTIFACT_VERSION,
            None,
            "the version is not a semantic version",
            "give it three numbers, such as 1.2.0",
        );
    }
    let found = |digest: Digest| {
        taking.artifact(digest).filter(|record| {
            record.manifest.asset == manifest.asset && digest != taking.step.digest
        })
    };
    match manifest.previous {
        Some(previous) => match found(previous).filter(|record| continues(taking, record)) {
            None => findings.fail(
                codes::ARTIFACT_PREVIOUS,
                None,
                "the previous version is no artifact of the asset that was published",
                "name a version that is published or deprecated",
            ),
            Some(record) => {
                let before = Version::parse(&record.manifest.version);
                if let (Ok(before), Ok(version)) = (before, version)
                    && version.cmp_precedence(&before).is_le()
                {
                    findings.fail(
                        codes::ARTIFACT_VERSION,
                        None,
                        format!("the version is not higher than the previous one's, {before}"),
                        "give it a higher version",
                    );
                }
            }
        },
        None => {
            let lifecycle = &taking.lifecycle.lifecycle;
            let mut versions = taking.state.versions(lifecycle, &manifest.asset);
            if versions.any(|(_, record)| record.state.is_immutable()) {
                findings.fail(
                    codes::ARTIFACT_PREVIOUS,
                    None,
                    "a version of the asset was published before, and this one names none",
                    "name the version that this one continues",
                );
            }
        }
    }
    if manifest.fixes.is_some_and(|fixes| !found(fixes).is_some_and(|it| it.state.is_immutable())) {
        findings.fail(
            codes::ARTIFACT_FIXES,
            None,
            "what it is said to mend is no artifact of the asset that was published",
            "name the version that it mends",
        );
    }
}

/// Whether a draft may continue a version. Once it is in review, the version before may have been retired.
fn continues(taking: &Taking<'_>, previous: &LifecycleRecord) -> bool {
    match taking.step.operation {
        LifecycleOperation::Publish(_) => previous.state.is_immutable(),
        _ => matches!(previous.state, LifecycleState::Published | LifecycleState::Deprecated),
    }
}

/// Neither the digest nor the version is another's. What was published is found out elsewhere.
fn known(taking: &Taking<'_>, manifest: &Manifest, findings: &mut CheckFindings<'_>) {
    let replaces = match &taking.step.operation {
        LifecycleOperation::Update(revision) => Some(revision.replaces),
        _ => None,
    };
    let lifecycle = &taking.lifecycle.lifecycle;
    if taking.artifact(taking.step.digest).is_some_and(|record| !record.state.is_immutable()) {
        exists(findings);
        return;
    }
    let same = taking
        .state
        .of_version(lifecycle, &manifest.asset, &manifest.version)
        .filter(|digest| Some(*digest) != replaces)
        .and_then(|digest| taking.artifact(digest));
    if same.is_some_and(|record| !record.state.is_immutable()) {
        findings.fail(
            codes::ARTIFACT_VERSION,
            None,
            "another draft of the asset has this version",
            "replace that draft, or give this one another version",
        );
    }
}

/// The lifecycle has the artifact.
pub(super) fn exists(findings: &mut CheckFindings<'_>) {
    findings.fail(
        codes::ARTIFACT_EXISTS,
        None,
        "the lifecycle has this very artifact already",
        "go on with it",
    );
}
