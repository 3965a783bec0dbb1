//! Whether the lifecycle of an artifact lets it enter a stage: only what is published does (R240, R489).

use super::{Context, Place};
use crate::{
    engine::{
        codes,
        findings::CheckFindings,
        lifecycle::{Standing, standing, unknown},
    },
    model::{Action, Artifact, Outcome},
};

pub(super) fn check(
    context: &Context<'_>,
    place: &Place<'_>,
    artifact: &Artifact,
    findings: &mut CheckFindings<'_>,
) {
    let Some(lifecycle) = &place.track.lifecycle else { return };
    let record = context.state.artifact_of(lifecycle, artifact.digest);
    let Some(record) = record.filter(|record| record.manifest.asset == place.site.asset) else {
        unknown(findings);
        return;
    };
    if !record.authors.contains(&artifact.author) {
        findings.fail(
            codes::ARTIFACT_AUTHOR,
            None,
            "the author is not one of those who made the artifact",
            "name the author whom the lifecycle knows",
        );
    }
    let subject = (artifact.digest, record);
    let message = match standing(context.engine, context.state, subject, context.now(), findings) {
        Standing::Published => {
            findings.pass(codes::ARTIFACT_USABLE, None, "the artifact is published");
            return;
        }
        Standing::Out => return,
        Standing::Deprecated => {
            "the artifact is deprecated: it goes where it is already, and back, and nowhere else"
        }
    };
    let deployed = context.state.deployment(&place.site);
    let there = deployed.is_some_and(|deployment| deployment.digest == artifact.digest);
    if there || context.request.action == Action::Rollback {
        findings.advise(codes::ARTIFACT_DEPRECATED, None, Outcome::Fail, message);
    } else {
        let remedy = "promote its successor";
        findings.fail(codes::ARTIFACT_DEPRECATED, None, message, remedy);
    }
}
