//! The state of one resource, as previews and exports write it, and exports as a whole.

use super::{Document, Proposed, values};
use crate::{
    error::{Code, Error, Result},
    intake::{fields::Fields, taint::Taint},
    model::{Actions, ResourceMode},
    value::{Builder, Map, Ref, Value},
};

/// The version of exports that is read; that of Pulumi 1 and later.
const VERSION: &str = "3";

/// What the types of providers begin with.
const PROVIDERS: &str = "pulumi:providers:";

/// What is known of one resource.
#[derive(Clone)]
pub(super) struct State<'a> {
    pub(super) urn: &'a str,
    /// Where it stands.
    pointer: String,
    pub(super) type_name: &'a str,
    /// The type of its provider.
    pub(super) provider: Option<&'a str>,
    pub(super) inputs: Option<Map<'a>>,
    pub(super) outputs: Option<Map<'a>>,
    /// Whether a provider makes it.
    is_made: bool,
    /// Whether it is only read.
    external: bool,
    /// Whether the object stays when the resource goes.
    pub(super) is_retained: bool,
    /// Whether it waits for its destruction, another having taken its place.
    pub(super) is_replaced: bool,
}

impl<'a> State<'a> {
    pub(super) fn read(fields: &Fields<'a>) -> Result<Self> {
        let flag = |key| fields.optional_bool(key).map(|flag| flag == Some(true));
        let provider = fields.optional_text("provider")?.map(|reference| {
            type_of(reference).ok_or_else(|| fields.malformed("provider", "this is no provider"))
        });
        let (urn, type_name) = (fields.text("urn")?, fields.text("type")?);
        if name_of(urn).is_none() {
            return Err(fields.malformed("urn", "this is no URN"));
        }
        let map = |key| Ok::<_, Error>(fields.optional_fields(key)?.map(|map| map.entries()));
        Ok(Self {
            urn,
            pointer: fields.pointer().to_owned(),
            type_name,
            provider: provider.transpose()?,
            inputs: map("inputs")?,
            outputs: map("outputs")?,
            is_made: flag("custom")? && !type_name.starts_with(PROVIDERS),
            external: flag("external")?,
            is_retained: flag("retainOnDelete")?,
            is_replaced: flag("delete")?,
        })
    }

    pub(super) fn mode(&self, actions: Actions) -> ResourceMode {
        match (self.is_made, self.external || actions == Actions::Read) {
            (false, _) => ResourceMode::Component,
            (true, true) => ResourceMode::Data,
            (true, false) => ResourceMode::Managed,
        }
    }

    /// All of its values, one by one.
    pub(super) fn parts(&self) -> impl Iterator<Item = Ref<'a>> {
        let maps = [self.inputs, self.outputs].into_iter().flatten();
        maps.flat_map(|map| map.iter().map(|(_, value)| value))
    }
}

/// The type in a URN, without those of its parents.
fn type_of(urn: &str) -> Option<&str> {
    let types = urn.split("::").nth(2)?;
    types.rsplit('$').next()
}

/// A URN's name, and what comes before it.
pub(super) fn name_of(urn: &str) -> Option<(&str, &str)> {
    let name = urn.splitn(4, "::").nth(3).filter(|_| urn.starts_with("urn:pulumi:"))?;
    let before = urn.strip_suffix(name)?.strip_suffix("::")?;
    Some((before, name))
}

/// The values of a state: its inputs, and what is only in its outputs. What is secret or not known in its outputs is so in
/// its inputs, and what is secret `later` is so now.
pub(super) fn values(
    state: Option<&State<'_>>,
    later: Option<&State<'_>>,
    taint: &Taint<'_>,
) -> Result<Value> {
    let mut builder = Builder::new();
    let Some(state) = state else {
        builder.null()?;
        return builder.finish();
    };
    fn of<'a>(map: Option<Map<'a>>, key: &str) -> Option<Ref<'a>> {
        map.and_then(|map| map.get(key))
    }
    let added = entries(state.outputs).filter(|(key, _)| of(state.inputs, key).is_none());
    let all = entries(state.inputs).chain(added);
    if all.clone().any(|(key, _)| taint.touches(key)) {
        builder.sensitive()?;
        return builder.finish();
    }
    builder.begin_map()?;
    for (key, value) in all {
        let output = of(state.outputs, key);
        let later = [
            later.and_then(|later| of(later.inputs, key)),
            later.and_then(|later| of(later.outputs, key)),
        ];
        builder.key(key)?;
        values::copy(&mut builder, value, output, later, taint)
            .map_err(|error| error.at_pointer(&state.pointer))?;
    }
    builder.end_map()?;
    builder.finish()
}

fn entries<'a>(map: Option<Map<'a>>) -> impl Iterator<Item = (&'a str, Ref<'a>)> + Clone {
    map.into_iter().flat_map(|map| map.iter())
}

pub(super) fn read_export<'a>(root: &Fields<'a>) -> Result<Document<'a>> {
    let version = root.get("version").and_then(|version| version.to_value().deserialize().ok());
    if version != Some(3_u32) {
        return Err(Error::new(
            Code::PlanFormat,
            "the export has a version that is not supported, or none",
        )
        .at_pointer("/version")
        .with_help("read is version 3, as Pulumi 1 and later write it"));
    }
    let deployment = root.fields("deployment")?;
    let manifest = deployment.optional_fields("manifest")?;
    let mut proposed = Vec::new();
    for resource in deployment.each("resources")? {
        let state = State::read(&resource?)?;
        let actions = if state.external { Actions::Read } else { Actions::NoOp };
        proposed.push(Proposed {
            urn: state.urn,
            actions,
            importing: actions == Actions::NoOp,
            deposed: state.is_replaced.then_some("replaced"),
            old: Some(state.clone()),
            new: Some(state),
        });
    }
    let is_busy = deployment.each("pending_operations")?.next().is_some();
    Ok(Document {
        format_version: VERSION.to_owned(),
        tool_version: manifest
            .as_ref()
            .map(|manifest| manifest.optional_text("version"))
            .transpose()?
            .flatten(),
        applyable: Some(false),
        proposed,
        drifted: Vec::new(),
        unjudged: if is_busy { vec!["pending_operations".to_owned()] } else { Vec::new() },
    })
}
