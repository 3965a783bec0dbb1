//! `poundlock terraform plan`: plan, show, admit, keep.

use std::path::Path;

use poundlock::{
    Error,
    error::{Code, Result},
    model::{Action, Plan},
};
use serde_json::json;

use super::{
    arguments::{Arguments, Purpose},
    binary::Binary,
    hold_signals,
    kept::{self, Fresh, Kept},
    other_workspace, stack_of, unknown_outcomes,
};
use crate::{
    args::{self, Format},
    commands::{
        admit::{self, Admitted},
        snapshot, threads, to_json,
    },
    files,
    output::{Answer, CODE_DENIED, CODE_OK, Style},
};

pub(super) fn run(
    options: &args::terraform::Plan,
    charter: &Path,
    ledger: &Path,
    format: Format,
) -> Result<Answer> {
    let mut asked = options.asked.clone();
    if asked.caller.signing.out.is_some() || asked.caller.signing.signature.is_some() {
        let message = "a plan is made anew each time, so that it cannot be signed elsewhere";
        return Err(Error::new(Code::InputInvalidValue, message)
            .with_help("sign with --ssh-key or --signing-key"));
    }
    let arguments = Arguments::read(&options.tool.arguments, Purpose::Plan)?;
    let engine = files::engine(charter)?.with_threads(threads(asked.threads));
    let (ledger, mut state) = files::ledger(ledger)?;
    let notices = unknown_outcomes(&state, &asked.asset);
    let fresh = Fresh::prepare(&options.kept)?;
    let mut signals = hold_signals()?;

    let mut binary = Binary::new(&options.tool.binary, arguments.chdir.clone(), format);
    let version = binary.versions()?.tool;
    let workspace = binary.hold_workspace()?;
    // Before the plan: what is altered from now on differs from what is kept, and the plan is not applied.
    let state_before = binary.state()?;
    let plan_file = fresh.plan_file()?;
    binary.plan(&[], &arguments, &plan_file, &mut signals)?;
    kept::refuse_remote(&plan_file)?;
    let json = binary.show(&plan_file)?;
    asked.stack = stack_of(&workspace, asked.stack.take(), &engine, &asked.stage)?;
    let other = other_workspace(&workspace, asked.stack.as_deref(), &engine, &asked.stage);
    let kept =
        Kept::new((binary.name(), version), arguments.chdir, workspace, state_before.as_ref())?;
    let nonce = fresh.write(&kept, &json)?;
    let plan = Plan::from_terraform(&json, &nonce)?;
    drop(json);

    let digest = plan.digest;
    let request = admit::of_change(&asked, Action::Plan, Some(plan), files::instant(None)?)?;
    let admitted = admit::admit(request, &asked.caller, &engine, &ledger, &mut state, "")?;
    let (admission, mut text) = match admitted {
        Admitted::Later(answer) => return Ok(*answer),
        Admitted::Now { admission, text } => (admission, text),
    };
    let may_proceed = admission.may_proceed() && !admission.repeated;
    let mut json = json!({ "admission": to_json(&admission)?, "planDigest": digest });
    if may_proceed {
        fresh.keep()?;
        let place = options.kept.display().to_string();
        text.add(Style::Good, "kept")
            .line(format!("  {place}: for `poundlock terraform apply --kept {place}`"));
        if let Some(json) = json.as_object_mut() {
            json.insert("kept".to_owned(), place.into());
        }
    }
    let mut answer = Answer::new(text, json, if may_proceed { CODE_OK } else { CODE_DENIED });
    answer.notices = ledger.notices();
    answer.notices.extend(notices);
    answer.notices.extend(other);
    answer.notices.extend(snapshot::when_due(&ledger, &mut state));
    Ok(answer)
}
