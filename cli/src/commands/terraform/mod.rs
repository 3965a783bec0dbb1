//! `poundlock terraform`: runs Terraform or OpenTofu so that nothing is applied but the plan that was admitted.
//!
//! `plan` keeps the plan that it had admitted (`kept`); `apply` spends the permit before it starts Terraform, and
//! records what came of it afterwards; `drift` records whether somebody changed something elsewhere.

mod apply;
mod arguments;
mod binary;
mod drift;
mod environment;
mod kept;
mod outcome;
mod plan;
mod signals;
mod tool_state;

use std::path::Path;

use poundlock::{Error, engine::Engine, error::Result, model::Permit, state::State, time::Instant};

use self::signals::Signals;
use crate::{
    args::{Format, terraform::Terraform},
    output::Answer,
};

pub(super) fn run(
    what: &Terraform,
    charter: &Path,
    ledger: &Path,
    at: Option<Instant>,
    format: Format,
) -> Result<Answer> {
    environment::check()?;
    match what {
        Terraform::Plan(options) => plan::run(options, charter, ledger, at, format),
        Terraform::Apply(options) => apply::run(options, charter, ledger, at, format),
        Terraform::Drift(options) => drift::run(options, charter, ledger, at, format),
    }
}

/// Whether the charter says which stack is a stage's own: it is then the workspace, where nobody says otherwise.
fn names_its_stack(engine: &Engine, stage: &str) -> bool {
    let mut stages = engine.charter().document().tracks.iter().flat_map(|track| &track.stages);
    stages.any(|it| {
        it.stack.is_some() && (it.stage == stage || it.aliases.iter().any(|alias| alias == stage))
    })
}

fn hold_signals() -> Result<Signals> {
    Signals::hold().map_err(|error| Error::io("signals cannot be held back", error))
}

/// What to know of the asset's acts that nobody knows the end of: how to find out, and where to say so.
fn unknown_outcomes(state: &State, asset: &str) -> Vec<String> {
    let open = state.status().pending.into_iter();
    let open = open.filter(|open| open.permit.asset == asset && open.permit.is_act());
    open.map(|open| {
        let Permit { action, stage, actor, .. } = &open.permit;
        format!(
            "nobody knows how the {} of `{asset}` in `{stage}` ended that {} admitted for `{actor}`. If Terraform runs no more, look \
             at what there is (`poundlock terraform drift`, `terraform state pull`), and then: poundlock record outcome --permit {} \
             --result succeeded|failed --state LINEAGE --state-before SERIAL --state-after SERIAL --actor {actor} …",
            action.word(),
            open.entry,
            open.entry,
        )
    })
    .collect()
}
