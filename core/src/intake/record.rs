//! The form in which a plan is recorded and read again for replay.
//!
//! It holds what [`Plan`] holds, and thus nothing sensitive; the digest is that of the tool's own
//! document.

use super::fields::Fields;
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
    model::{
        Actions, CheckStatus, Mark, OutputChange, Plan, PlanCheck, PlanPart, ResourceChange,
        ResourceMode, joined_digest,
    },
    value::{Builder, Kind, Value},
};

/// The version of this form.
const VERSION: i64 = 1;

impl Plan {
    /// The document to record: all that the plan holds, with its marks.
    /// [`encode_document`](crate::canonical::encode_document) makes bytes of it.
    ///
    /// # Errors
    ///
    /// None but the limits of a [`Builder`].
    pub fn to_record(&self) -> Result<Value> {
        let mut record = Record(Builder::new());
        record.0.begin_map()?;
        record.0.key("version")?;
        record.0.int(VERSION)?;
        record.text("digest", &self.digest.to_string())?;
        record.text("tool", &self.tool)?;
        record.optional_text("toolVersion", self.tool_version.as_deref())?;
        record.text("formatVersion", &self.format_version)?;
        record.optional_bool("complete", self.complete)?;
        record.optional_bool("applyable", self.applyable)?;
        record.list("resources", &self.resources, Record::resource)?;
        record.list("drift", &self.drift, Record::resource)?;
        record.list("outputs", &self.outputs, |record, output| {
            record.text("name", &output.name)?;
            record.actions(output.actions)?;
            record.text("mark", mark_word(output.mark))
        })?;
        record.list("checks", &self.checks, |record, check| {
            record.text("address", &check.address)?;
            record.text("status", status_word(check.status))
        })?;
        record.list("unjudged", &self.unjudged, |record, part| record.text("part", part))?;
        if !self.exposed.is_empty() {
            record.list("exposed", &self.exposed, |record, address| {
                record.text("address", address)
            })?;
        }
        if !self.parts.is_empty() {
            record.list("parts", &self.parts, |record, part| {
                record.text("name", &part.name)?;
                record.text("digest", &part.digest.to_string())
            })?;
        }
        record.0.end_map()?;
        record.0.finish()
    }

    /// Reads what [`Plan::to_record`] wrote. The values of the plan share the record's memory.
    ///
    /// # Errors
    ///
    /// `plan.format` for a record of another version; `plan.malformed`, with a JSON Pointer, for any
    /// other document.
    pub fn from_record(record: &Value) -> Result<Self> {
        let plan = Fields::of(record.as_ref(), String::new())?;
        if !matches!(plan.get("version").map(|version| version.kind()), Some(Kind::Int(VERSION))) {
            return Err(Error::new(Code::PlanFormat, "this is no plan as this version records it")
                .at_pointer("/version"));
        }
        plan.allow_only(&[
            "version",
            "digest",
            "tool",
            "toolVersion",
            "formatVersion",
            "complete",
            "applyable",
            "resources",
            "drift",
            "outputs",
            "checks",
            "unjudged",
            "exposed",
            "parts",
        ])?;
        let parts: Vec<PlanPart> =
            plan.each("parts")?.map(|fields| part(&fields?)).collect::<Result<_>>()?;
        let whole = digest(&plan)?;
        if !parts.is_empty() && joined_digest(&parts)? != whole {
            return Err(plan.malformed("digest", "this is not the digest of the parts"));
        }
        Ok(Self {
            digest: whole,
            tool: plan.text("tool")?.to_owned(),
            tool_version: plan.optional_text("toolVersion")?.map(str::to_owned),
            format_version: plan.text("formatVersion")?.to_owned(),
            complete: plan.optional_bool("complete")?,
            applyable: plan.optional_bool("applyable")?,
            resources: plan
                .each("resources")?
                .map(|fields| resource(&fields?))
                .collect::<Result<_>>()?,
            drift: plan.each("drift")?.map(|fields| resource(&fields?)).collect::<Result<_>>()?,
            outputs: plan.each("outputs")?.map(|fields| output(&fields?)).collect::<Result<_>>()?,
            checks: plan.each("checks")?.map(|fields| check(&fields?)).collect::<Result<_>>()?,
            unjudged: plan
                .each("unjudged")?
                .map(|fields| Ok(fields?.text("part")?.to_owned()))
                .collect::<Result<_>>()?,
            exposed: plan
                .each("exposed")?
                .map(|fields| Ok(fields?.text("address")?.to_owned()))
                .collect::<Result<_>>()?,
            parts,
        })
    }
}

fn digest(fields: &Fields<'_>) -> Result<Digest> {
    let digest = fields.text("digest")?.parse();
    digest.map_err(|_| fields.malformed("digest", "this is not a digest"))
}

fn part(fields: &Fields<'_>) -> Result<PlanPart> {
    fields.allow_only(&["name", "digest"])?;
    Ok(PlanPart { name: fields.text("name")?.to_owned(), digest: digest(fields)? })
}

fn resource(fields: &Fields<'_>) -> Result<ResourceChange> {
    fields.allow_only(&[
        "address",
        "previousAddress",
        "mode",
        "type",
        "name",
        "provider",
        "actions",
        "reason",
        "importing",
        "deposed",
        "provisioners",
        "before",
        "after",
    ])?;
    let owned = |key| Ok::<_, Error>(fields.optional_text(key)?.map(str::to_owned));
    let version = |key| {
        let value = fields.entries().get(key);
        value.map(|value| value.to_value()).ok_or_else(|| fields.malformed(key, "this is absent"))
    };
    Ok(ResourceChange {
        address: fields.text("address")?.to_owned(),
        previous_address: owned("previousAddress")?,
        mode: match fields.text("mode")? {
            "component" => ResourceMode::Component,
            _ => fields.mode()?,
        },
        type_name: fields.text("type")?.to_owned(),
        name: fields.text("name")?.to_owned(),
        provider: owned("provider")?,
        actions: fields.actions()?,
        reason: owned("reason")?,
        importing: fields.optional_bool("importing")?.unwrap_or(false),
        deposed: owned("deposed")?,
        provisioners: fields.get("provisioners").map(|list| list.to_value()),
        before: version("before")?,
        after: version("after")?,
    })
}

fn output(fields: &Fields<'_>) -> Result<OutputChange> {
    fields.allow_only(&["name", "actions", "mark"])?;
    let mark = match fields.text("mark")? {
        "known" => Mark::Known,
        "unknown" => Mark::Unknown,
        "sensitive" => Mark::Sensitive,
        _ => return Err(fields.malformed("mark", "this is none of known, unknown, sensitive")),
    };
    Ok(OutputChange { name: fields.text("name")?.to_owned(), actions: fields.actions()?, mark })
}

fn check(fields: &Fields<'_>) -> Result<PlanCheck> {
    fields.allow_only(&["address", "status"])?;
    Ok(PlanCheck { address: fields.text("address")?.to_owned(), status: fields.check_status()? })
}

/// A record under construction. What is absent is left out.
struct Record(Builder);

impl Record {
    fn text(&mut self, key: &str, text: &str) -> Result<()> {
        self.0.key(key)?;
        self.0.text(text)
    }

    fn optional_text(&mut self, key: &str, text: Option<&str>) -> Result<()> {
        text.map_or(Ok(()), |text| self.text(key, text))
    }

    fn optional_bool(&mut self, key: &str, bool: Option<bool>) -> Result<()> {
        let Some(bool) = bool else { return Ok(()) };
        self.0.key(key)?;
        self.0.bool(bool)
    }

    fn list<T>(
        &mut self,
        key: &str,
        elements: &[T],
        write: impl Fn(&mut Self, &T) -> Result<()>,
    ) -> Result<()> {
        self.0.key(key)?;
        self.0.begin_list()?;
        for element in elements {
            self.0.begin_map()?;
            write(self, element)?;
            self.0.end_map()?;
        }
        self.0.end_list()
    }

    fn actions(&mut self, actions: Actions) -> Result<()> {
        self.0.key("actions")?;
        self.0.begin_list()?;
        actions.words().iter().try_for_each(|word| self.0.text(word))?;
        self.0.end_list()
    }

    fn resource(&mut self, resource: &ResourceChange) -> Result<()> {
        self.text("address", &resource.address)?;
        self.optional_text("previousAddress", resource.previous_address.as_deref())?;
        let mode = match resource.mode {
            ResourceMode::Managed => "managed",
            ResourceMode::Data => "data",
            ResourceMode::Component => "component",
        };
        self.text("mode", mode)?;
        self.text("type", &resource.type_name)?;
        self.text("name", &resource.name)?;
        self.optional_text("provider", resource.provider.as_deref())?;
        self.actions(resource.actions)?;
        self.optional_text("reason", resource.reason.as_deref())?;
        self.optional_bool("importing", resource.importing.then_some(true))?;
        self.optional_text("deposed", resource.deposed.as_deref())?;
        if let Some(provisioners) = &resource.provisioners {
            self.0.key("provisioners")?;
            self.0.copy(provisioners.as_ref())?;
        }
        self.0.key("before")?;
        self.0.copy(resource.before.as_ref())?;
        self.0.key("after")?;
        self.0.copy(resource.after.as_ref())
    }
}

fn mark_word(mark: Mark) -> &'static str {
    match mark {
        Mark::Known => "known",
        Mark::Unknown => "unknown",
        Mark::Sensitive => "sensitive",
    }
}

fn status_word(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Pass => "pass",
        CheckStatus::Fail => "fail",
        CheckStatus::Error => "error",
        CheckStatus::Unknown => "unknown",
    }
}
