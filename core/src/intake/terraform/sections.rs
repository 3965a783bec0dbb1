//! Which sections of a plan policies and checks see, and what becomes of the others.

use crate::{
    intake::{fields::Fields, taint::Taint},
    value::{Kind, Ref},
};

/// The sections that are judged, and those that hold no change: all that Terraform up to 1.17 and OpenTofu up to 1.13 write,
/// but for the ones that take effect at apply.
const HARMLESS: [&str; 17] = [
    // What describes the plan itself.
    "format_version",
    "terraform_version",
    "timestamp",
    "errored",
    "complete",
    "applyable",
    // What is judged: changes, and checks.
    "resource_changes",
    "resource_drift",
    "output_changes",
    "checks",
    // What the changes come from and lead to. Every resource in the planned values has a change (see `whole`).
    "variables",
    "configuration",
    "prior_state",
    "planned_values",
    // Documented, though no version was seen to write it: which of the planned values are unknown.
    "proposed_unknown",
    // Attributes that drifted and that expressions refer to.
    "relevant_attributes",
    // The results of conditions, as Terraform 1.2 and 1.3 write them; 1.3 writes `checks`, too.
    "condition_results",
];

/// The sections of a plan that may take effect at apply and that no policy sees.
///
/// Terraform may add sections within a format version, and asks readers to ignore them; but `deferred_changes` and
/// `action_invocations` were such additions. What holds no fields or elements cannot describe a change, so a new flag or text is
/// ignored; whatever else is not known here is not judged.
pub(super) fn unjudged(plan: &Fields<'_>, taint: &Taint<'_>) -> Vec<String> {
    let is_unjudged = |name: &str, section: Ref<'_>| {
        let holds_something = match section.kind() {
            Kind::List(list) => !list.is_empty(),
            Kind::Map(map) => !map.is_empty(),
            _ => false,
        };
        holds_something && !HARMLESS.contains(&name)
    };
    plan.entries()
        .iter()
        .filter(|(name, section)| is_unjudged(name, *section))
        .map(|(name, _)| if taint.touches_name(name) { "(sensitive)" } else { name }.to_owned())
        .collect()
}
