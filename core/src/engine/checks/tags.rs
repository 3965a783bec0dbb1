//! Whether the tag that a subject comes from is signed by somebody who may (R166, R508).

use super::{Context, Place};
use crate::{
    engine::{codes, findings::CheckFindings},
    identity::SignedTag,
    model::Action,
};

/// What comes from a tag needs its signature where the boundary says so. Which branches are accepted
/// besides, the boundary's `refs` say. Going back to a lineage asks for no tag: it had one.
pub(super) fn check(context: &Context<'_>, place: &Place<'_>, findings: &mut CheckFindings<'_>) {
    let request = context.request;
    let acts = matches!(request.action, Action::Apply | Action::Promote);
    let git_ref = request.subject.git_ref().unwrap_or_default();
    let Some(name) =
        git_ref.strip_prefix("refs/tags/").filter(|_| place.boundary.signed_tags && acts)
    else {
        return;
    };
    let remedy = "hand in what `git cat-file tag NAME` prints of a tag made with `git tag -s` and an SSH key";
    let Some(text) = &request.tag else {
        let message =
            "the tag that the subject comes from must be signed, and it was not handed in";
        return findings.fail(codes::BOUNDARY_TAG, None, message, remedy);
    };
    let Some(tag) = SignedTag::parse(text) else {
        let message = "what was handed in is no annotated tag of a commit with an SSH signature";
        return findings.fail(codes::BOUNDARY_TAG, None, message, remedy);
    };
    if tag.name != name || Some(tag.commit) != request.subject.commit() {
        let message = "the tag that was handed in is another one, or of another commit";
        return findings.fail(codes::BOUNDARY_TAG, None, message, remedy);
    }
    if let Err(error) = context.engine.charter().signers().verify_tag(&tag, request.at) {
        findings.fail(
            codes::BOUNDARY_TAG_SIGNATURE,
            None,
            error.message(),
            "let somebody sign the tag whose key the charter's `signers` list for `git`",
        );
    }
}
