//! What `opa eval --format json` writes, of a query for lists of objections (`deny`, `violation`, `warn`) or for
//! `allow`. A query that is undefined has no result at all, and objects to nothing: that is never a pass.

use super::{build::Build, common};
use crate::{
    error::Result,
    intake::fields::{Fields, below},
    model::{ReportFault, Severity},
    value::{Kind, Map, Ref},
};

pub(super) fn read(report: &mut Build, root: &Fields<'_>) -> Result<()> {
    if let Some(Kind::List(errors)) = root.get("errors").map(|errors| errors.kind())
        && !errors.is_empty()
    {
        report.fault(ReportFault::Errors);
    }
    let mut expressions = 0_usize;
    for result in root.each("result")? {
        for expression in result?.each("expressions")? {
            let expression = expression?;
            let query = expression.text("text")?;
            let value = expression.entries().get("value");
            let judged = match value {
                Some(value) if is_reference(query) => {
                    judge(report, query, value, &below(expression.pointer(), "value"))?
                }
                _ => false,
            };
            if !judged {
                report.fault(ReportFault::Undefined);
            }
            expressions = expressions.saturating_add(1);
        }
    }
    if expressions == 0 {
        report.fault(ReportFault::Undefined);
    }
    Ok(())
}

/// Whether a query names rules and nothing else: `not data.main.allow` and `x := data.main.allow` are true whatever is
/// allowed, and `input` is not policy.
fn is_reference(query: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._[]\"-/".contains(c);
    query
        .strip_prefix("data")
        .is_some_and(|rest| rest.starts_with(['.', '[']) && rest.chars().all(plain))
}

/// Reads what a rule, or a package of rules, yields; gives whether it can be told from it what is objected to.
fn judge(report: &mut Build, query: &str, value: Ref<'_>, pointer: &str) -> Result<bool> {
    let name = query.rsplit(['.', '/']).next().unwrap_or(query);
    match value.kind() {
        Kind::Bool(allowed) if is(name, "allow") => {
            if !allowed {
                report.result(query, None, None, false)?;
            }
            Ok(true)
        }
        Kind::List(list) if is(name, "deny") || is(name, "violation") || is(name, "warn") => {
            let usual = is(name, "warn").then_some(Severity::Low);
            for (index, objection) in list.iter().enumerate() {
                objected(report, query, usual, objection, &format!("{pointer}/{index}"))?;
            }
            Ok(true)
        }
        Kind::Map(rules) => package(report, query, rules, pointer),
        _ => Ok(false),
    }
}

/// The rules of a package that say what is objected to; there must be one.
fn package(report: &mut Build, query: &str, rules: Map<'_>, pointer: &str) -> Result<bool> {
    let mut judged = false;
    for (name, value) in rules.iter() {
        if ["allow", "deny", "violation", "warn"].iter().any(|word| is(name, word)) {
            // A package within a package could go by such a name, and would be skipped.
            let is_rule = !matches!(value.kind(), Kind::Map(_));
            let query = format!("{query}.{name}");
            if !is_rule || !judge(report, &query, value, &below(pointer, name))? {
                return Ok(false);
            }
            judged = true;
        }
    }
    Ok(judged)
}

/// `deny`, or `deny_public_buckets`.
fn is(name: &str, word: &str) -> bool {
    name.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

fn objected(
    report: &mut Build,
    query: &str,
    usual: Option<Severity>,
    objection: Ref<'_>,
    pointer: &str,
) -> Result<()> {
    if objection.as_str().is_some() {
        return report.result(query, usual, None, false);
    }
    let fields = Fields::of(objection, pointer.to_owned())?;
    let severity = match fields.optional_text("severity")? {
        Some(word) => common::severity(word),
        None => usual,
    };
    let rule = fields.optional_text("id")?.unwrap_or(query);
    report.result(rule, severity, fields.optional_text("resource")?, false)
}
