//! Reads what Pulumi writes: `pulumi preview --json`, and `pulumi stack export`.
//!
//! A preview is a proposal; an export is what there is, and can be checked and not applied. Resources have their URN as
//! address and Pulumi's type, by which packs name them. Fields that are not known here are ignored, though they are
//! part of the digest.

mod preview;
mod state;
#[cfg(test)]
mod tests;
mod values;

use super::{
    fields::Fields,
    taint::{Secrets, Taint},
};
use crate::{
    canonical::document_digest,
    error::{Code, Error, Result},
    model::{Actions, Mark, OutputChange, Plan, ResourceChange},
    value::{Kind, Ref, Value},
};
use state::State;

/// The type of the root of every program. It stands for no resource; its outputs are the program's.
const STACK: &str = "pulumi:pulumi:Stack";

/// What a document says of one resource.
struct Proposed<'a> {
    urn: &'a str,
    actions: Actions,
    importing: bool,
    /// Why an object that is no longer its resource's is destroyed.
    deposed: Option<&'static str>,
    old: Option<State<'a>>,
    new: Option<State<'a>>,
}

/// What a document says of all.
#[derive(Default)]
struct Document<'a> {
    format_version: String,
    tool_version: Option<&'a str>,
    applyable: Option<bool>,
    proposed: Vec<Proposed<'a>>,
    drifted: Vec<Proposed<'a>>,
    unjudged: Vec<String>,
}

impl Plan {
    /// Reads what `pulumi preview --json` or `pulumi stack export` writes.
    ///
    /// `nonce` blinds the digest, as in [`Plan::from_terraform`]. What an object has is what its inputs say, and
    /// beside them what the provider adds to its outputs. A component, and a provider itself,
    /// has the mode [`ResourceMode::Component`](crate::model::ResourceMode). The resources of an export are judged as
    /// if they were imported, and the plan says that it cannot be applied.
    ///
    /// Secrets become [`Kind::Sensitive`], whether encrypted, in plain text or left out as `[secret]`, and so does every
    /// text that holds one that is there in plain text. What is not known until the update becomes [`Kind::Unknown`], an
    /// input too whose output is not known.
    ///
    /// ```
    /// use poundlock::{model::{Actions, Plan}, value::Kind};
    ///
    /// let json = br#"{ "steps": [{
    ///     "op": "create", "urn": "urn:pulumi:dev::web::aws:s3/bucket:Bucket::logs",
    ///     "newState": {
    ///         "urn": "urn:pulumi:dev::web::aws:s3/bucket:Bucket::logs", "custom": true, "type": "aws:s3/bucket:Bucket",
    ///         "inputs": {"acl": "private"}, "outputs": {"arn": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}
    ///     }
    /// }] }"#;
    /// let plan = Plan::from_pulumi(json, &[7; 32])?;
    /// assert_eq!(plan.resources[0].actions, Actions::Create);
    /// let after = plan.resources[0].after.as_ref();
    /// assert!(matches!(after.get("arn").map(|arn| arn.kind()), Some(Kind::Unknown)));
    /// # Ok::<(), poundlock::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `plan.not_a_plan`: anything but the two;
    /// - `plan.format`: an export of another version than 3;
    /// - `plan.errored`: the preview failed, so that it is a part of one;
    /// - `plan.malformed`: another shape, a step or a kind of value that is not known, or fewer steps than the preview's own
    ///   summary counts; with a JSON Pointer;
    /// - `limit.count`: more different secrets than can be searched for;
    /// - and those of [`Value::parse_json`].
    pub fn from_pulumi(json: &[u8], nonce: &[u8; 32]) -> Result<Self> {
        let value = Value::parse_json(json)?;
        let document = recognise(value.as_ref())?;
        let opened = opened(&document)?;
        let mut secrets = Secrets::default();
        opened.iter().for_each(|secret| secrets.add(secret.as_ref()));
        let mut exposed = Vec::new();
        for (proposed, is_planned) in with_plan(&document) {
            for state in [&proposed.old, &proposed.new].into_iter().flatten() {
                for part in state.parts() {
                    values::add_plain(&mut secrets, part);
                }
            }
            if let Some(old) = &proposed.old {
                for part in old.parts() {
                    secrets.add_evident(Some(part));
                }
            }
            let mut is_exposed = false;
            for part in proposed.new.iter().flat_map(State::parts) {
                is_exposed |= secrets.add_evident(Some(part));
            }
            let takes_effect = proposed.actions.changes() || proposed.importing;
            if is_planned && is_exposed && takes_effect {
                exposed.push(proposed.urn);
            }
        }
        let taint = secrets.into_taint()?;
        let change = |proposed: &Proposed<'_>| proposed.change(&taint);
        let is_resource = |proposed: &&Proposed<'_>| proposed.type_name() != STACK;
        Ok(Self {
            digest: document_digest("pulumi", Some(nonce), value.as_ref())?,
            tool: "pulumi".to_owned(),
            tool_version: document.tool_version.map(str::to_owned),
            outputs: outputs(&document, &taint)?,
            resources: document
                .proposed
                .iter()
                .filter(is_resource)
                .map(change)
                .collect::<Result<_>>()?,
            drift: document
                .drifted
                .iter()
                .filter(is_resource)
                .map(change)
                .collect::<Result<_>>()?,
            format_version: document.format_version,
            complete: None,
            applyable: document.applyable,
            checks: Vec::new(),
            unjudged: document.unjudged,
            exposed: exposed.into_iter().map(|urn| masked(urn, &taint)).collect(),
            parts: Vec::new(),
        })
    }
}

impl Plan {
    /// Reads what Terraform or Pulumi writes, whichever it is: [`Plan::from_terraform`], [`Plan::from_pulumi`].
    ///
    /// # Errors
    ///
    /// Those of the reader that knows the document; `plan.not_a_plan` where neither does.
    pub fn from_tool(json: &[u8], nonce: &[u8; 32]) -> Result<Self> {
        let is_other = |error: &Error| error.to_code() == Code::PlanNotAPlan;
        match Self::from_terraform(json, nonce) {
            Err(terraform) if is_other(&terraform) => match Self::from_pulumi(json, nonce) {
                Err(pulumi) if is_other(&pulumi) || pulumi.to_code() == Code::InputSyntax => {
                    Err(terraform)
                }
                read => read,
            },
            read => read,
        }
    }
}

const SHOW: &str = "write it with: pulumi preview --json > preview.json";

fn recognise(root: Ref<'_>) -> Result<Document<'_>> {
    let has = |key| root.get(key).is_some();
    let not_a_plan = |message| Err(Error::new(Code::PlanNotAPlan, message).with_help(SHOW));
    if !matches!(root.kind(), Kind::Map(_)) {
        return not_a_plan("this is neither a Pulumi preview nor the export of a stack");
    }
    let fields = Fields::of(root, String::new())?;
    if has("steps") || has("changeSummary") {
        preview::read(&fields)
    } else if has("deployment") {
        state::read_export(&fields)
    } else {
        not_a_plan("this is JSON, but neither a Pulumi preview nor the export of a stack")
    }
}

/// Everything proposed, and whether it is part of the plan.
fn with_plan<'d, 'a>(document: &'d Document<'a>) -> impl Iterator<Item = (&'d Proposed<'a>, bool)> {
    let planned = document.proposed.iter().map(|it| (it, true));
    planned.chain(document.drifted.iter().map(|it| (it, false)))
}

/// The secrets that stand in the document as JSON within text.
fn opened(document: &Document<'_>) -> Result<Vec<Value>> {
    let mut opened = Vec::new();
    for (proposed, _) in with_plan(document) {
        for state in [&proposed.old, &proposed.new].into_iter().flatten() {
            state.parts().try_for_each(|part| values::open(part, &mut opened))?;
        }
    }
    Ok(opened)
}

/// An address in which a name that holds something sensitive is replaced.
fn masked(urn: &str, taint: &Taint<'_>) -> String {
    match state::name_of(urn) {
        Some((before, name)) if taint.touches_name(name) => format!("{before}::(sensitive)"),
        _ => taint.mask_address(urn),
    }
}

/// What becomes of the program's outputs.
fn outputs(document: &Document<'_>, taint: &Taint<'_>) -> Result<Vec<OutputChange>> {
    let Some(stack) = document.proposed.iter().find(|it| it.type_name() == STACK) else {
        return Ok(Vec::new());
    };
    let of = |state: &Option<State<'_>>, name: &str| {
        state
            .as_ref()
            .and_then(|state| state.outputs)
            .and_then(|outputs| outputs.get(name))
            .is_some()
    };
    let change = stack.change(taint)?;
    let Kind::Map(after) = change.after.as_ref().kind() else { return Ok(Vec::new()) };
    let outputs = after.iter().filter(|(name, _)| of(&stack.new, name));
    Ok(outputs
        .map(|(name, value)| OutputChange {
            name: name.to_owned(),
            actions: if of(&stack.old, name) { Actions::Update } else { Actions::Create },
            mark: if value.has_sensitive() {
                Mark::Sensitive
            } else if value.has_unknown() {
                Mark::Unknown
            } else {
                Mark::Known
            },
        })
        .collect())
}

impl Proposed<'_> {
    fn type_name(&self) -> &str {
        self.new.as_ref().or(self.old.as_ref()).map_or("", |state| state.type_name)
    }

    fn change(&self, taint: &Taint<'_>) -> Result<ResourceChange> {
        let (old, new) = (self.old.as_ref(), self.new.as_ref());
        let state = new.or(old).ok_or_else(|| Error::internal("a step without states"))?;
        let name = state::name_of(self.urn).map_or("", |(_, name)| name);
        Ok(ResourceChange {
            address: masked(self.urn, taint),
            previous_address: None,
            mode: state.mode(self.actions),
            type_name: state.type_name.to_owned(),
            name: if taint.touches_name(name) { "(sensitive)" } else { name }.to_owned(),
            provider: state.provider.map(str::to_owned),
            actions: self.actions,
            reason: None,
            importing: self.importing,
            deposed: self.deposed.map(str::to_owned),
            provisioners: None,
            before: state::values(old, new, taint)?,
            after: state::values(new, None, taint)?,
        })
    }
}
