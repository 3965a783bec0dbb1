//! Tells a Terraform plan from the other documents that people hand in for one.

use crate::{
    error::{Code, Error, Result},
    value::{Kind, Ref, Value},
};

const SHOW: &str = "write it with: terraform show -json PLANFILE > plan.json";

/// Parses a document and refuses what is not the JSON form of a plan.
///
/// # Errors
///
/// As for [`Value::parse_json`], and `plan.not_a_plan`.
pub(super) fn parse(bytes: &[u8]) -> Result<Value> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(not_a_plan(
            "this is a ZIP file, such as the plan file that terraform plan -out writes",
        ));
    }
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(not_a_plan("this is compressed with gzip")
            .with_help("decompress it first, as with: gzip -d"));
    }
    let document = Value::parse_json(bytes).map_err(|error| {
        if error.to_code() == Code::InputSyntax && begins_a_log(bytes) {
            not_a_plan(LOG)
        } else {
            error
        }
    })?;
    let root = document.as_ref();
    if !matches!(root.kind(), Kind::Map(_)) {
        return Err(not_a_plan(format!("this is {}, not a map", root.describe())));
    }
    let has = |key| root.get(key).is_some();
    if ["resource_changes", "planned_values"].into_iter().any(has) {
        return Ok(document);
    }
    Err(not_a_plan(what_else(root)))
}

const LOG: &str = "this is the log that terraform plan -json writes, not the plan";

/// What a document that is no plan seems to be.
fn what_else(root: Ref<'_>) -> &'static str {
    let has = |key| root.get(key).is_some();
    if has("values") || (has("lineage") && has("serial")) {
        "this is a Terraform state, not a plan"
    } else if has("configuration") {
        "this is a configuration, with neither what is planned nor what changes"
    } else if has("@level") {
        LOG
    } else if has("provider_schemas") {
        "these are provider schemas, not a plan"
    } else if has("diagnostics") && has("valid") {
        "this is the result of terraform validate, not a plan"
    } else if has("changeSummary") || has("steps") {
        "this looks like a Pulumi preview, not a Terraform plan"
    } else if has("format_version") {
        "this is what terraform show -json writes when it is given no plan and there is no state"
    } else {
        "this is JSON, but not a Terraform plan"
    }
}

/// Whether the first line is a message of `terraform plan -json`.
fn begins_a_log(bytes: &[u8]) -> bool {
    let Some(line) = bytes.split(|byte| *byte == b'\n').next() else { return false };
    Value::parse_json(line).is_ok_and(|line| line.as_ref().get("@level").is_some())
}

fn not_a_plan(message: impl Into<String>) -> Error {
    Error::new(Code::PlanNotAPlan, message).with_help(SHOW)
}
