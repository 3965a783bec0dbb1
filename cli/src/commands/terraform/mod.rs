//! `poundlock terraform`: runs Terraform or OpenTofu so that nothing is applied but the plan that was admitted.
//!
//! `plan` keeps the plan that it had admitted (`kept`); `apply` spends the permit before it starts Terraform, and
//! records what came of it afterwards; `drift` records whether somebody changed something elsewhere.

mod apply;
mod arguments;
mod backend;
mod binary;
mod drift;
mod earlier;
mod environment;
mod kept;
mod outcome;
mod plan;
mod private;
mod signals;
mod tool_state;

use std::path::Path;

use poundlock::{
    Error,
    engine::Engine,
    error::{Code, Result},
    model::Permit,
    state::State,
    time::Instant,
};

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
    if at.is_some() {
        // An instant of one's own choice would lie in whatever window is open.
        let message = "Terraform acts now, and no other instant can be recorded of it";
        return Err(Error::new(Code::InputInvalidValue, message).with_help("leave --at out"));
    }
    environment::check()?;
    match what {
        Terraform::Plan(options) => plan::run(options, charter, ledger, format),
        Terraform::Apply(options) => apply::run(options, charter, ledger, format),
        Terraform::Drift(options) => drift::run(options, charter, ledger, format),
    }
}

/// Terraform's own name for the workspace of those who use none.
const DEFAULT_WORKSPACE: &str = "default";

/// The stacks that the charter names: those of a stage, and all of them.
fn stacks<'a>(engine: &'a Engine, stage: &str) -> (Vec<&'a str>, Vec<&'a str>) {
    let stages = || engine.charter().document().tracks.iter().flat_map(|track| &track.stages);
    let is_own =
        |name: &str, aliases: &[String]| name == stage || aliases.iter().any(|it| it == stage);
    let own = stages().filter(|it| is_own(&it.stage, &it.aliases));
    (
        own.filter_map(|it| it.stack.as_deref()).collect(),
        stages().filter_map(|it| it.stack.as_deref()).collect(),
    )
}

/// The stack that is about to be changed: the selected workspace, wherever the charter knows stacks by the names of workspaces.
/// Only who uses no workspaces can say otherwise, since Terraform then knows no name for it.
fn stack_of(
    workspace: &str,
    said: Option<String>,
    engine: &Engine,
    stage: &str,
) -> Result<Option<String>> {
    let (own, all) = stacks(engine, stage);
    let declared = all.contains(&workspace);
    match said {
        Some(said) if said == workspace => Ok(Some(said)),
        Some(said) if workspace == DEFAULT_WORKSPACE && !declared => Ok(Some(said)),
        Some(said) => {
            let message =
                format!("the workspace `{workspace}` is selected, and --stack says `{said}`");
            let help = format!("`terraform workspace select {said}`, or leave --stack out");
            Err(Error::new(Code::InputInvalidValue, message).with_help(help))
        }
        None => Ok((declared || !own.is_empty()).then(|| workspace.to_owned())),
    }
}

/// What to do where another workspace is selected than the stage's own, and was taken for the stack.
fn other_workspace(
    workspace: &str,
    stack: Option<&str>,
    engine: &Engine,
    stage: &str,
) -> Option<String> {
    let (own, _) = stacks(engine, stage);
    let needed = own.first().filter(|_| stack == Some(workspace) && !own.contains(&workspace))?;
    Some(format!(
        "the workspace `{workspace}` is selected, and the stack of `{stage}` is `{needed}`: `terraform workspace select {needed}` may be missing"
    ))
}

/// Whoever looks at one stage's stack has not seen another's.
fn is_of_stage(workspace: &str, engine: &Engine, stage: &str) -> Result<()> {
    let (own, all) = stacks(engine, stage);
    let named = !own.is_empty() && workspace != DEFAULT_WORKSPACE;
    if !own.contains(&workspace) && (named || all.contains(&workspace)) {
        let message =
            format!("the workspace `{workspace}` is selected, which is not the stack of `{stage}`");
        let help = "select the stage's own with `terraform workspace select`";
        return Err(Error::new(Code::InputInvalidValue, message).with_help(help));
    }
    Ok(())
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
