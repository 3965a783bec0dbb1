//! The keys that people sign with, as a charter lists them.

use super::CharterDocument;
use crate::{
    error::{Code, Error, Result},
    identity::AllowedSigners,
    model::ActorKind,
    value::Ref,
};

/// Checks that every key is acceptable and one declared person's; `root` is the same document, for the
/// places of errors.
pub(super) fn check(charter: &CharterDocument, root: Ref<'_>) -> Result<AllowedSigners> {
    let located = |error: Error, pointer: String| {
        let position = root.pointer(&pointer).and_then(Ref::position);
        let error = error.at_pointer(pointer);
        position.map_or_else(|| error.clone(), |position| error.clone().at_position(position))
    };
    let signers = AllowedSigners::new(&charter.signers).map_err(|error| {
        let pointer = format!("/signers{}", error.place().pointer.as_deref().unwrap_or_default());
        located(error, pointer)
    })?;
    for (index, signer) in charter.signers.iter().enumerate() {
        let principal = &signer.principal;
        let (code, message) = match charter.actors.iter().find(|actor| actor.actor == *principal) {
            Some(actor) if actor.kind == ActorKind::Human => continue,
            Some(_) => {
                (Code::CharterInvalid, format!("`{principal}` is a workload, and people sign"))
            }
            None => (Code::CharterUndeclared, format!("the actor `{principal}` is not declared")),
        };
        return Err(located(Error::new(code, message), format!("/signers/{index}/principal")));
    }
    Ok(signers)
}
