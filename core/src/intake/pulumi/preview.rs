//! The steps of `pulumi preview --json`. A replacement is written as several steps, and is one change here.

use std::collections::BTreeMap;

use super::{Document, Proposed, state::State};
use crate::{
    canonical::document_digest,
    error::{Code, Error, Result},
    intake::fields::Fields,
    model::Actions,
    value::{Kind, Value},
};

/// The steps by which one object takes another's place.
#[derive(Default)]
struct Replacement<'a> {
    /// Where the change stands among the others.
    place: usize,
    /// Which step creates, and which deletes, in their order.
    created: Option<usize>,
    deleted: Option<usize>,
    importing: bool,
    old: Option<State<'a>>,
    new: Option<State<'a>>,
}

pub(super) fn read<'a>(root: &Fields<'a>) -> Result<Document<'a>> {
    let mut failed = root.optional_bool("maybeCorrupt")? == Some(true);
    for diagnostic in root.each("diagnostics")? {
        failed |= diagnostic?.optional_text("severity")? == Some("error");
    }
    if failed {
        return Err(Error::new(Code::PlanErrored, "Pulumi reported errors in its preview")
            .with_help("correct what pulumi preview reports, and preview again"));
    }
    let mut document = Document { format_version: "preview".to_owned(), ..Document::default() };
    if root.get("steps").is_none() {
        let error = root.malformed("steps", "a preview names its steps, and this one names none");
        return Err(error.with_help("preview again with: pulumi preview --json"));
    }
    let mut replacements: BTreeMap<&str, Replacement<'_>> = BTreeMap::new();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (index, step) in root.each("steps")?.enumerate() {
        let step = step?;
        let urn = step.text("urn")?;
        let state = |key| step.optional_fields(key)?.map(|it| State::read(&it)).transpose();
        let (old, new) = (state("oldState")?, state("newState")?);
        if [&old, &new].into_iter().flatten().any(|state| state.urn != urn) {
            return Err(step.malformed("urn", "a state is another resource's"));
        }
        let retained = old.as_ref().is_some_and(|old| old.is_retained);
        let gone = if retained { Actions::Forget } else { Actions::Delete };
        let op = step.text("op")?;
        let count = counts.entry(op).or_default();
        *count = count.saturating_add(1);
        let op = match op {
            // One that an update before this one left, too.
            "delete-replaced" if replacements.get(urn).is_some_and(|it| it.deleted.is_some()) => {
                "delete"
            }
            op => op,
        };
        let (actions, importing) = match op {
            "same" => (Actions::NoOp, false),
            "create" => (Actions::Create, false),
            "update" => (Actions::Update, false),
            "delete" => (gone, false),
            "read" | "read-replacement" => (Actions::Read, false),
            // What was read is no longer known to the program, and what waited to be replaced is gone already.
            "discard" | "read-discard" | "discard-replaced" | "remove-pending-replace" => {
                (Actions::Forget, false)
            }
            "import" => (Actions::Create, true),
            "refresh" => {
                document.drifted.extend(drift(&step, urn, old, new)?);
                continue;
            }
            op @ ("replace" | "create-replacement" | "import-replacement" | "delete-replaced") => {
                let place = document.proposed.len();
                let it = replacements
                    .entry(urn)
                    .or_insert_with(|| Replacement { place, ..Replacement::default() });
                match op {
                    "delete-replaced" => it.deleted = Some(index),
                    "replace" => {}
                    _ => it.created = Some(index),
                }
                it.importing |= op == "import-replacement";
                it.old = old.or(it.old.take());
                it.new = new.or(it.new.take());
                if it.place == place {
                    document.proposed.push(Proposed {
                        urn,
                        actions: Actions::NoOp,
                        importing: false,
                        deposed: None,
                        old: None,
                        new: None,
                    });
                }
                continue;
            }
            _ => {
                return Err(step
                    .malformed("op", "this is no step that is known here")
                    .with_help("a newer version of poundlock may know it"));
            }
        };
        let deposed = old.as_ref().filter(|old| old.is_replaced && actions == gone);
        let deposed = deposed.map(|_| "replaced");
        let proposed = Proposed { urn, actions, importing, deposed, old, new };
        document.proposed.push(proposed.checked(&step)?);
    }
    let replaced = counts.entry("replace").or_default();
    *replaced = (*replaced).max(u64::try_from(replacements.len()).unwrap_or(u64::MAX));
    demand_all(root, &counts)?;
    for (urn, replacement) in replacements {
        let place = replacement.place;
        let Some(proposed) = document.proposed.get_mut(place) else {
            return Err(Error::internal("a replacement is lost"));
        };
        *proposed = replacement.change(urn).checked(root)?;
    }
    Ok(document)
}

/// Refuses a preview that has fewer steps than its summary counts. Resources that stay the same may be left out.
fn demand_all(root: &Fields<'_>, steps: &BTreeMap<&str, u64>) -> Result<()> {
    let Some(summary) = root.optional_fields("changeSummary")? else { return Ok(()) };
    let of = |op: &str| steps.get(op).copied().unwrap_or(0);
    let (mut missing, mut refreshed) = (0_u64, of("refresh"));
    for (op, count) in summary.entries().iter() {
        let Kind::Int(count) = count.kind() else {
            return Err(summary.malformed(op, "a number of steps is expected"));
        };
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        match op {
            "same" => {}
            "refresh" => refreshed = refreshed.saturating_sub(count),
            _ => missing = missing.saturating_add(count.saturating_sub(of(op))),
        }
    }
    // A refresh is counted as what it found.
    if missing > refreshed {
        let message = format!("the summary counts {missing} steps more than the preview has");
        return Err(root
            .malformed("changeSummary", message)
            .with_help("preview again with: pulumi preview --json"));
    }
    Ok(())
}

impl<'a> Replacement<'a> {
    fn change(self, urn: &'a str) -> Proposed<'a> {
        let retained = self.old.as_ref().is_some_and(|old| old.is_retained);
        let (actions, deposed) = match (self.created, self.deleted) {
            // What an update before this one left.
            (None, Some(_)) if self.new.is_none() => {
                (if retained { Actions::Forget } else { Actions::Delete }, Some("replaced"))
            }
            (Some(_), None) if self.old.is_none() => (Actions::Create, None),
            _ if retained => (Actions::CreateForget, None),
            (Some(created), Some(deleted)) if created < deleted => (Actions::CreateDelete, None),
            _ => (Actions::DeleteCreate, None),
        };
        let new = self.new.filter(|_| !matches!(actions, Actions::Delete | Actions::Forget));
        Proposed { urn, actions, importing: self.importing, deposed, old: self.old, new }
    }
}

impl Proposed<'_> {
    /// Demands the states that what is done needs, and keeps no other.
    fn checked(mut self, step: &Fields<'_>) -> Result<Self> {
        let (before, after) = match self.actions {
            Actions::Create => (self.importing, true),
            Actions::Read => (false, true),
            Actions::Delete | Actions::Forget => (true, false),
            Actions::NoOp
            | Actions::Update
            | Actions::DeleteCreate
            | Actions::CreateDelete
            | Actions::CreateForget => (true, true),
        };
        let optional = self.importing || self.actions == Actions::Read;
        if after && self.new.is_none() {
            return Err(step.malformed("newState", "the state after the step is absent"));
        }
        if before && self.old.is_none() && !optional {
            return Err(step.malformed("oldState", "the state before the step is absent"));
        }
        if !after {
            self.new = None;
        }
        if self.actions == Actions::Create && !self.importing {
            self.old = None;
        }
        Ok(self)
    }
}

/// What was found to have changed outside Pulumi, if anything did.
fn drift<'a>(
    step: &Fields<'a>,
    urn: &'a str,
    old: Option<State<'a>>,
    new: Option<State<'a>>,
) -> Result<Option<Proposed<'a>>> {
    let digest = |key: &str| {
        let state = step.get(key).and_then(|state| state.get("outputs"));
        document_digest(
            "pulumi",
            None,
            state.map(|it| it.to_value()).unwrap_or(nothing()?).as_ref(),
        )
    };
    if new.is_some() && digest("oldState")? == digest("newState")? {
        return Ok(None);
    }
    let actions = if new.is_some() { Actions::Update } else { Actions::Delete };
    let proposed = Proposed { urn, actions, importing: false, deposed: None, old, new };
    proposed.checked(step).map(Some)
}

fn nothing() -> Result<Value> {
    Value::from_serialize(&())
}
