//! Reads the JSON form of a Terraform plan, as `terraform show -json` writes it.
//!
//! Read are the format versions 0.1, 0.2 and 1.x; OpenTofu writes the same. A section of the document that is not known here and
//! could take effect at apply is reported as unjudged. Other fields that are not known are ignored, though they are part of the
//! plan's digest: those of a change say more about one whose steps and values are judged.

mod provisioners;
mod recognise;
mod secrets;
mod sections;
#[cfg(test)]
mod tests;
mod whole;

use provisioners::Provisioners;
pub(crate) use provisioners::without_keys;
use secrets::mark;

use super::{
    fields::Fields,
    marks,
    sanitise::{self, Marks},
    taint::Taint,
};
use crate::{
    canonical::document_digest,
    error::{Code, Error, Result},
    model::{Actions, Mark, OutputChange, Plan, PlanCheck, ResourceChange},
    value::{Builder, Kind, Ref, Value},
};

impl Plan {
    /// Reads what `terraform show -json PLANFILE` writes.
    ///
    /// `nonce` is a random number that the host keeps beside the document. It blinds the digest, so
    /// that nobody can guess a secret of the plan and see from the digest whether the guess is right;
    /// the same document and nonce give the same digest, whatever the order of keys and the white space.
    ///
    /// What the document marks as sensitive becomes [`Kind::Sensitive`], and so does every text that
    /// holds a marked text of at least [`TAINT_BYTES`](crate::limits::TAINT_BYTES) bytes, as it stands or
    /// as JSON escapes it; a map with such a key becomes sensitive as a whole, and such an instance key
    /// of an address is replaced by `(sensitive)`. Of a longer text, the first
    /// [`TAINT_PREFIX_BYTES`](crate::limits::TAINT_PREFIX_BYTES) are compared. Other encodings of a secret, such as
    /// Base64, are found only where Terraform marks them.
    ///
    /// What is not known until apply becomes [`Kind::Unknown`], in its place.
    ///
    /// ```
    /// use poundlock::{model::{Actions, Plan}, value::Kind};
    ///
    /// let json = br#"{
    ///   "format_version": "1.2",
    ///   "resource_changes": [{
    ///     "address": "aws_s3_bucket.logs", "mode": "managed", "type": "aws_s3_bucket", "name": "logs",
    ///     "change": {
    ///       "actions": ["create"], "before": null, "after": {"bucket": "logs"},
    ///       "after_unknown": {"arn": true}, "before_sensitive": false, "after_sensitive": {}
    ///     }
    ///   }]
    /// }"#;
    /// let plan = Plan::from_terraform(json, &[7; 32])?;
    /// assert_eq!(plan.resources[0].actions, Actions::Create);
    /// let after = plan.resources[0].after.as_ref();
    /// assert!(matches!(after.get("arn").map(|arn| arn.kind()), Some(Kind::Unknown)));
    /// # Ok::<(), poundlock::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `plan.not_a_plan`: a state, a plan file in Terraform's own format, a log, or anything else;
    /// - `plan.format`: another format version, or none;
    /// - `plan.errored`: planning failed, so the plan is a part of one;
    /// - `plan.malformed`: the document does not have the shape of its format version, or lacks the change of a resource
    ///   that is planned; with a JSON Pointer;
    /// - `limit.count`: more different sensitive values than can be searched for;
    /// - and those of [`Value::parse_json`].
    pub fn from_terraform(json: &[u8], nonce: &[u8; 32]) -> Result<Self> {
        let document = recognise::parse(json)?;
        let plan = Fields::of(document.as_ref(), String::new())?;
        let format_version = format_version(&plan)?;
        if plan.optional_bool("errored")? == Some(true) {
            return Err(Error::new(Code::PlanErrored, "Terraform reported errors while planning")
                .with_help("correct what terraform plan reports, and plan again"));
        }
        let planned = changes(&plan, "resource_changes")?;
        let drifted = changes(&plan, "resource_drift")?;
        whole::demand_changes(&plan, &planned)?;
        let mut secrets = secrets::collect(&plan)?;
        let exposed = secrets::add_evident(&mut secrets, &planned, &drifted)?;
        let taint = secrets.into_taint()?;
        let values = sanitised_values(planned.iter().chain(&drifted), &taint)?;
        let provisioners = Provisioners::of_plan(&plan)?;
        let resource = |(change, index): (&Fields<'_>, usize)| {
            let mut resource = resource_change(change, values.as_ref().index(index), &taint)?;
            resource.provisioners = provisioners.of_change(&resource, change.text("address")?);
            Ok(resource)
        };
        Ok(Self {
            digest: document_digest("plan", Some(nonce), document.as_ref())?,
            tool: "terraform".to_owned(),
            tool_version: plan.optional_text("terraform_version")?.map(str::to_owned),
            format_version,
            complete: plan.optional_bool("complete")?,
            applyable: plan.optional_bool("applyable")?,
            resources: planned.iter().zip(0..).map(resource).collect::<Result<_>>()?,
            drift: drifted.iter().zip(planned.len()..).map(resource).collect::<Result<_>>()?,
            outputs: outputs(&plan, &taint)?,
            checks: checks(&plan, &taint)?,
            unjudged: sections::unjudged(&plan, &taint),
            exposed: exposed.into_iter().map(|address| taint.mask_address(address)).collect(),
            parts: Vec::new(),
        })
    }
}

fn format_version(plan: &Fields<'_>) -> Result<String> {
    let unsupported = |message| {
        Error::new(Code::PlanFormat, message)
            .at_pointer("/format_version")
            .with_help("read are 0.1, 0.2 and every 1.x, as Terraform 0.12 and later write them")
    };
    let Some(version) = plan.get("format_version") else {
        return Err(unsupported("the plan does not say its format version"));
    };
    let version = version.as_str().unwrap_or_default();
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
    let is_supported = match version.split_once('.') {
        Some(("0", minor)) => matches!(minor, "1" | "2"),
        Some(("1", minor)) => number(minor),
        _ => false,
    };
    if is_supported {
        Ok(version.to_owned())
    } else {
        Err(unsupported("the plan has a format version that is not supported"))
    }
}

fn changes<'a>(plan: &Fields<'a>, key: &str) -> Result<Vec<Fields<'a>>> {
    plan.each(key)?.collect()
}

/// One list with the `before` and `after` of every change, sensitive and unknown parts marked.
fn sanitised_values<'a>(
    changes: impl Iterator<Item = &'a Fields<'a>>,
    taint: &Taint<'_>,
) -> Result<Value> {
    let mut builder = Builder::new();
    builder.begin_list()?;
    for resource in changes {
        let change = resource.fields("change")?;
        let before = Marks {
            unknown: marks::Mark::Nothing,
            sensitive: mark(&change, "before_sensitive")?,
            counterpart: mark(&change, "after_sensitive")?,
        };
        let after = Marks {
            unknown: mark(&change, "after_unknown")?,
            sensitive: mark(&change, "after_sensitive")?,
            counterpart: marks::Mark::Nothing,
        };
        builder.begin_map()?;
        for (version, marks) in [("before", before), ("after", after)] {
            builder.key(version)?;
            sanitise::copy(&mut builder, change.get(version), marks, taint)
                .map_err(|error| error.at_pointer(change.pointer()))?;
        }
        builder.end_map()?;
    }
    builder.end_list()?;
    builder.finish()
}

fn resource_change(
    resource: &Fields<'_>,
    values: Option<Ref<'_>>,
    taint: &Taint<'_>,
) -> Result<ResourceChange> {
    let change = resource.fields("change")?;
    let actions = change.actions()?;
    let version = |key| {
        let values = values.and_then(|values| values.get(key));
        values.ok_or_else(|| Error::internal("the values of a change are lost"))
    };
    let (before, after) = (version("before")?, version("after")?);
    let is_gone = matches!(after.kind(), Kind::Null);
    let should_be_gone = matches!(actions, Actions::Delete | Actions::Forget);
    if is_gone != should_be_gone && actions.changes() {
        let message = if is_gone {
            "there are no values after, though the resource is not deleted"
        } else {
            "there are values after, though the resource is deleted"
        };
        return Err(change.malformed("after", message));
    }
    let masked = |text: Option<&str>| {
        text.map(|text| if taint.touches_name(text) { "(sensitive)" } else { text }.to_owned())
    };
    Ok(ResourceChange {
        address: taint.mask_address(resource.text("address")?),
        previous_address: resource
            .optional_text("previous_address")?
            .map(|address| taint.mask_address(address)),
        mode: resource.mode()?,
        type_name: resource.text("type")?.to_owned(),
        name: resource.text("name")?.to_owned(),
        provider: resource.optional_text("provider_name")?.map(str::to_owned),
        actions,
        reason: masked(resource.optional_text("action_reason")?),
        importing: change.get("importing").is_some(),
        deposed: masked(resource.optional_text("deposed")?),
        provisioners: None,
        before: before.to_value(),
        after: after.to_value(),
    })
}

fn outputs(plan: &Fields<'_>, taint: &Taint<'_>) -> Result<Vec<OutputChange>> {
    let planned = plan.optional_fields("planned_values")?;
    let planned = planned.map(|values| values.optional_fields("outputs")).transpose()?.flatten();
    plan.each_named("output_changes")?
        .map(|output| {
            let (name, change) = output?;
            // Format 0.1 says it only there.
            let declared = planned
                .as_ref()
                .and_then(|outputs| outputs.get(name)?.get("sensitive")?.as_bool())
                .unwrap_or(false);
            let marks = |key| mark(&change, key)?.marks_anything();
            let is_tainted = change.get("after").is_some_and(|after| holds_taint(after, taint));
            let mark = if declared || is_tainted || marks("after_sensitive")? {
                Mark::Sensitive
            } else if marks("after_unknown")? {
                Mark::Unknown
            } else {
                Mark::Known
            };
            Ok(OutputChange { name: name.to_owned(), actions: change.actions()?, mark })
        })
        .collect()
}

fn holds_taint(value: Ref<'_>, taint: &Taint<'_>) -> bool {
    match value.kind() {
        Kind::Text(text) => taint.touches(text),
        Kind::List(list) => list.iter().any(|element| holds_taint(element, taint)),
        Kind::Map(map) => {
            map.iter().any(|(key, value)| taint.touches(key) || holds_taint(value, taint))
        }
        _ => false,
    }
}

fn checks(plan: &Fields<'_>, taint: &Taint<'_>) -> Result<Vec<PlanCheck>> {
    plan.each("checks")?
        .map(|check| {
            let check = check?;
            let address = check.fields("address")?;
            Ok(PlanCheck {
                address: taint.mask_address(address.text("to_display")?),
                status: check.check_status()?,
            })
        })
        .collect()
}
