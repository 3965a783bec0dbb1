//! Where a plan holds sensitive texts: in changes, values, variables and constants of its
//! configuration.

use super::super::{
    fields::{Fields, below},
    marks::Mark,
    taint::Secrets,
};
use crate::{
    error::Result,
    value::{Kind, Map},
};

/// Collects every text that the plan marks as sensitive, wherever it does.
pub(super) fn collect<'a>(plan: &Fields<'a>) -> Result<Secrets<'a>> {
    let mut secrets = Secrets::default();
    for changes in ["resource_changes", "resource_drift"] {
        for resource in plan.each(changes)? {
            add_change(&mut secrets, &resource?)?;
        }
    }
    for deferred in plan.each("deferred_changes")? {
        if let Some(resource) = deferred?.optional_fields("resource_change")? {
            add_change(&mut secrets, &resource)?;
        }
    }
    for action in plan.each("action_invocations")? {
        add_action(&mut secrets, &action?)?;
    }
    for deferred in plan.each("deferred_action_invocations")? {
        if let Some(action) = deferred?.optional_fields("action_invocation")? {
            add_action(&mut secrets, &action)?;
        }
    }
    for output in plan.each_named("output_changes")? {
        let (_, output) = output?;
        add_versions(&mut secrets, &output)?;
    }
    let prior_state = plan.optional_fields("prior_state")?;
    let prior_values =
        prior_state.map(|state| state.optional_fields("values")).transpose()?.flatten();
    for values in [plan.optional_fields("planned_values")?, prior_values].into_iter().flatten() {
        for output in values.each_named("outputs")? {
            let (_, output) = output?;
            add_if_sensitive(&mut secrets, &output, "value")?;
        }
        if let Some(module) = values.optional_fields("root_module")? {
            add_module(&mut secrets, &module)?;
        }
    }
    let configuration = plan.optional_fields("configuration")?;
    if let Some(configuration) = configuration
        && let Some(module) = configuration.optional_fields("root_module")?
    {
        let given = plan.optional_fields("variables")?.map(|variables| variables.entries());
        add_configuration(&mut secrets, &module, given, "value")?;
    }
    Ok(secrets)
}

/// Adds what looks like a secret in the values of changes, and gives the addresses of those that would bring about
/// one that is not marked.
pub(super) fn add_evident<'a>(
    secrets: &mut Secrets<'a>,
    planned: &[Fields<'a>],
    drifted: &[Fields<'a>],
) -> Result<Vec<&'a str>> {
    let mut exposed = Vec::new();
    for resource in planned {
        let change = resource.fields("change")?;
        secrets.add_evident(change.get("before"));
        if secrets.add_evident(change.get("after")) && change.actions()?.changes() {
            exposed.push(resource.text("address")?);
        }
    }
    for resource in drifted {
        let change = resource.fields("change")?;
        for version in ["before", "after"] {
            secrets.add_evident(change.get(version));
        }
    }
    Ok(exposed)
}

/// The mark in a field.
pub(super) fn mark<'a>(fields: &Fields<'a>, key: &str) -> Result<Mark<'a>> {
    Mark::read(fields.get(key)).map_err(|error| error.at_pointer(below(fields.pointer(), key)))
}

fn add_change<'a>(secrets: &mut Secrets<'a>, resource: &Fields<'a>) -> Result<()> {
    match resource.optional_fields("change")? {
        Some(change) => add_versions(secrets, &change),
        None => Ok(()),
    }
}

fn add_action<'a>(secrets: &mut Secrets<'a>, action: &Fields<'a>) -> Result<()> {
    secrets.add_marked(action.get("config_values"), mark(action, "config_sensitive")?)
}

/// Adds the marked texts of `before` and `after`. What is sensitive after was so before, though an
/// older state may not say it.
fn add_versions<'a>(secrets: &mut Secrets<'a>, change: &Fields<'a>) -> Result<()> {
    for (version, marks) in [
        ("before", "before_sensitive"),
        ("before", "after_sensitive"),
        ("after", "after_sensitive"),
    ] {
        secrets
            .add_marked(change.get(version), mark(change, marks)?)
            .map_err(|error| error.at_pointer(format!("{}/{marks}", change.pointer())))?;
    }
    Ok(())
}

fn add_if_sensitive<'a>(secrets: &mut Secrets<'a>, fields: &Fields<'a>, key: &str) -> Result<()> {
    if fields.optional_bool("sensitive")? == Some(true)
        && let Some(value) = fields.get(key)
    {
        secrets.add(value);
    }
    Ok(())
}

/// Adds the marked values of a module's resources, and of the modules in it.
fn add_module<'a>(secrets: &mut Secrets<'a>, module: &Fields<'a>) -> Result<()> {
    for resource in module.each("resources")? {
        let resource = resource?;
        let mark = mark(&resource, "sensitive_values")?;
        secrets.add_marked(resource.get("values"), mark).map_err(|error| {
            error.at_pointer(format!("{}/sensitive_values", resource.pointer()))
        })?;
    }
    for child in module.each("child_modules")? {
        add_module(secrets, &child?)?;
    }
    Ok(())
}

/// Adds what sensitive variables are `given`, under the key `constant` of each, and what sensitive
/// variables and outputs say themselves; so for the modules that are called.
fn add_configuration<'a>(
    secrets: &mut Secrets<'a>,
    module: &Fields<'a>,
    given: Option<Map<'a>>,
    constant: &str,
) -> Result<()> {
    for variable in module.each_named("variables")? {
        let (name, variable) = variable?;
        add_if_sensitive(secrets, &variable, "default")?;
        let value = given.and_then(|given| given.get(name)).and_then(|value| value.get(constant));
        if let Some(value) = value
            && variable.optional_bool("sensitive")? == Some(true)
        {
            secrets.add(value);
        }
    }
    for output in module.each_named("outputs")? {
        let (_, output) = output?;
        if let Some(expression) = output.get("expression")
            && let Some(value) = expression.get("constant_value")
            && output.optional_bool("sensitive")? == Some(true)
        {
            secrets.add(value);
        }
    }
    for call in module.each_named("module_calls")? {
        let (_, call) = call?;
        let Some(module) = call.optional_fields("module")? else { continue };
        let given = call.get("expressions").and_then(|expressions| match expressions.kind() {
            Kind::Map(map) => Some(map),
            _ => None,
        });
        add_configuration(secrets, &module, given, "constant_value")?;
    }
    Ok(())
}
