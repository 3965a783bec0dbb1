//! Which resources have provisioners: programs that run when a resource is created or destroyed. Only the configuration in a
//! plan says so, and of the resources alone that are in it.

use std::collections::BTreeMap;

use super::super::{fields::Fields, resources::unknown};
use crate::{
    error::Result,
    model::{Actions, ResourceChange, ResourceMode},
    value::Value,
};

/// What the configuration says of provisioners.
pub(super) struct Provisioners {
    /// The types of the provisioners of each resource that has any, by its address without the keys of instances; nothing for
    /// the other resources of the configuration.
    configured: BTreeMap<String, Option<Value>>,
    unknown: Value,
}

impl Provisioners {
    pub(super) fn of_plan(plan: &Fields<'_>) -> Result<Self> {
        let mut found = Self { configured: BTreeMap::new(), unknown: unknown()? };
        if let Some(configuration) = plan.optional_fields("configuration")?
            && let Some(module) = configuration.optional_fields("root_module")?
        {
            found.add(&module, "")?;
        }
        Ok(found)
    }

    fn add(&mut self, module: &Fields<'_>, prefix: &str) -> Result<()> {
        for resource in module.each("resources")? {
            let resource = resource?;
            let mut types = Vec::new();
            for provisioner in resource.each("provisioners")? {
                types.push(provisioner?.text("type")?);
            }
            let address = format!("{prefix}{}", resource.text("address")?);
            let configured = self.configured.entry(address).or_default();
            if !types.is_empty() {
                *configured = Some(Value::texts(types)?);
            }
        }
        for call in module.each_named("module_calls")? {
            let (name, call) = call?;
            if let Some(called) = call.optional_fields("module")? {
                self.add(&called, &format!("{prefix}module.{name}."))?;
            }
        }
        Ok(())
    }

    /// The provisioners of the resource with an address; unknown where the configuration does not have it. That is so where the
    /// document lacks its configuration, or a part of it, and where a resource is deleted because it left the configuration:
    /// `removed` blocks may have provisioners, and no document shows them.
    pub(super) fn of_change(&self, change: &ResourceChange, address: &str) -> Option<Value> {
        match self.configured.get(&without_keys(address)) {
            Some(configured) => configured.clone(),
            // Nothing runs when something is read or forgotten.
            None if change.mode == ResourceMode::Data || change.actions == Actions::Forget => None,
            None => Some(self.unknown.clone()),
        }
    }
}

/// An address without the keys of instances, such as `module.web.aws_instance.this` of `module.web["a"].aws_instance.this[0]`.
pub(crate) fn without_keys(address: &str) -> String {
    let mut kept = String::with_capacity(address.len());
    let (mut within, mut quoted, mut escaped) = (false, false, false);
    for character in address.chars() {
        match character {
            '"' if within && !escaped => quoted = !quoted,
            '[' if !within => within = true,
            ']' if within && !quoted => within = false,
            _ if !within => kept.push(character),
            _ => {}
        }
        escaped = character == '\\' && !escaped;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_loses_its_keys_whatever_these_hold() {
        for (address, expected) in [
            ("a.b", "a.b"),
            ("a.b[0]", "a.b"),
            (r#"module.m["x"].module.n[1].a.b["y"]"#, "module.m.module.n.a.b"),
            (r#"a.b["]\".c[\\"]"#, "a.b"),
        ] {
            assert_eq!(without_keys(address), expected);
        }
    }
}
