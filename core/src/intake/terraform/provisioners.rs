//! Which resources have provisioners: programs that run when a resource is created or destroyed. Only the configuration in a
//! plan says so.

use std::collections::BTreeMap;

use super::super::fields::Fields;
use crate::{error::Result, value::Value};

/// The types of provisioners, by the addresses of resources without the keys of instances.
#[derive(Default)]
pub(super) struct Provisioners(BTreeMap<String, Value>);

impl Provisioners {
    /// Those of a plan.
    pub(super) fn of(plan: &Fields<'_>) -> Result<Self> {
        let mut found = Self::default();
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
            if !types.is_empty() {
                let address = format!("{prefix}{}", resource.text("address")?);
                self.0.insert(address, Value::texts(types)?);
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

    /// Those of the resource with an address.
    pub(super) fn at(&self, address: &str) -> Option<Value> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&without_keys(address)).cloned()
    }
}

/// An address without the keys of instances, such as `module.web.aws_instance.this` of `module.web["a"].aws_instance.this[0]`.
fn without_keys(address: &str) -> String {
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
