//! Whether a plan still has all of its changes. Terraform writes each resource twice: among what there will be, and among what
//! changes, even where nothing does.

use std::collections::BTreeSet;

use crate::{error::Result, intake::fields::Fields, model::ResourceMode};

/// Refuses a plan in which there will be a resource that no change is about.
///
/// # Errors
///
/// `plan.malformed`, at the resource.
pub(super) fn demand_changes(plan: &Fields<'_>, changes: &[Fields<'_>]) -> Result<()> {
    let Some(planned) = plan.optional_fields("planned_values")? else { return Ok(()) };
    let Some(root) = planned.optional_fields("root_module")? else { return Ok(()) };
    let addresses = changes.iter().map(|change| change.text("address"));
    demand_of(&root, &addresses.collect::<Result<_>>()?)
}

fn demand_of(module: &Fields<'_>, addresses: &BTreeSet<&str>) -> Result<()> {
    for resource in module.each("resources")? {
        let resource = resource?;
        // What is read may have been read before.
        let is_managed =
            resource.get("mode").is_none() || resource.mode()? == ResourceMode::Managed;
        if is_managed && !addresses.contains(resource.text("address")?) {
            let message = "this resource is planned, and no change is about it";
            return Err(resource
                .malformed("address", message)
                .with_help("hand in the whole of what terraform show -json writes"));
        }
    }
    for child in module.each("child_modules")? {
        demand_of(&child?, addresses)?;
    }
    Ok(())
}
