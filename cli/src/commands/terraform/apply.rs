//! `poundlock terraform apply`: spends the permit, applies the plan that it is for, and records what came of it.

use std::{collections::BTreeSet, fs, path::Path, time};

use poundlock::{
    Error,
    digest::Digest,
    error::{Code, Result},
    model::{Action, OutcomeResult, Plan},
    time::Instant,
};
use serde_json::json;

use super::{
    arguments::{Arguments, Purpose},
    binary::Binary,
    hold_signals,
    kept::{Backend, Kept, Opened},
    outcome::{Ending, Outcome},
    signals::Signals,
    stack_of,
    tool_state::ToolState,
    unknown_outcomes,
};
use crate::{
    args::{self, Format},
    commands::{
        admit::{self, Admitted},
        credential, snapshot, threads, to_json,
    },
    files,
    output::{self, Answer, CODE_DENIED, CODE_ERROR, CODE_OK, Output, Style, Text},
    render,
};

/// The file that Terraform leaves where it could not write the state.
const UNWRITTEN_STATE: &str = "errored.tfstate";

pub(super) fn run(
    options: &args::terraform::Apply,
    charter: &Path,
    ledger: &Path,
    at: Option<Instant>,
    format: Format,
) -> Result<Answer> {
    let mut asked = options.asked.clone();
    if asked.caller.who.token_file.as_deref() == Some(Path::new("-")) {
        let message = "the token is needed again when the outcome is recorded";
        return Err(
            Error::new(Code::InputInvalidValue, message).with_help("name a file with --token-file")
        );
    }
    let arguments = Arguments::read(&options.tool.arguments, Purpose::Apply)?;
    let engine = files::engine(charter)?.with_threads(threads(asked.threads));
    let (ledger, mut state) = files::ledger(ledger)?;
    let notices = unknown_outcomes(&state, &asked.asset);
    let opened = Opened::open(&options.kept)?;
    let kept = &opened.kept;
    if arguments.chdir.is_some() && arguments.chdir != kept.chdir {
        return Err(moved("-chdir is another one"));
    }
    let mut signals = hold_signals()?;

    let mut binary = Binary::new(&options.tool.binary, kept.chdir.clone(), format);
    let tool = format!("{} {}", binary.name(), binary.version()?);
    let before = unmoved(&mut binary, kept)?;
    let plan_file = opened.plan_file();
    let plan = Plan::from_terraform(&binary.show(&plan_file)?, &opened.nonce)?;
    let shown: BTreeSet<String> = plan.resources.iter().map(|it| it.address.clone()).collect();
    asked.stack = stack_of(&kept.workspace, asked.stack.take(), &engine, &asked.stage)?;
    let request = admit::of_change(&asked, Action::Apply, Some(plan), files::instant(at)?)?;
    let admitted =
        admit::admit(request, &asked.caller, &engine, &ledger, &mut state, "the same command")?;
    let (admission, text) = match admitted {
        Admitted::Later(answer) => return Ok(*answer),
        Admitted::Now { admission, text } => (admission, text),
    };
    if !admission.may_proceed() {
        let json = json!({ "admission": to_json(&admission)? });
        let mut answer = Answer::new(text, json, CODE_DENIED);
        answer.notices = ledger.notices();
        answer.notices.extend(notices);
        return Ok(answer);
    }
    if admission.repeated {
        let message = "this application was admitted before, so that it may have been begun";
        return Err(Error::new(Code::TerraformRepeated, message).with_help(
            "record its outcome, and plan anew; every application has an id of its own",
        ));
    }
    let permitted = admission.decision.as_ref().is_some_and(|it| it.permit.is_some());

    // From here on, nobody knows what is done until it is recorded.
    if format == Format::Text {
        output::print(&Output { text, json: json!(null), export: None }, format)?;
    }
    let ending = apply(&binary, &arguments, &plan_file, kept, &mut signals);
    // It may be gone for good, and what was done is to be recorded all the same.
    let after = binary.state().ok();
    let outcome =
        Outcome::of(ending, tool, before.as_ref(), after.as_ref().map(Option::as_ref), |address| {
            shown.contains(address)
        });

    let mut text = Text::new();
    let mut json = json!({ "admission": to_json(&admission)?, "outcome": outcome.to_json() });
    let mut recorded = true;
    if permitted {
        let place = (&engine, &ledger, &mut state);
        let record = files::instant(at).and_then(|at| {
            let credential = credential(&asked.caller.who, &engine, at)?;
            outcome.record(admission.entry, &asked.caller, credential, place, at)
        });
        let record = record.map_err(|error| unrecorded(error, outcome.result, admission.entry))?;
        render::admission(&mut text, &record);
        recorded = record.may_proceed();
        if let Some(json) = json.as_object_mut() {
            json.insert("record".to_owned(), to_json(&record)?);
        }
    }
    let code = match outcome.result {
        _ if !recorded => CODE_ERROR,
        OutcomeResult::Succeeded => CODE_OK,
        OutcomeResult::Failed => CODE_DENIED,
        OutcomeResult::Unknown => CODE_ERROR,
    };
    let style = if code == CODE_OK { Style::Good } else { Style::Bad };
    text.add(style, word(outcome.result)).line("");
    let mut answer = Answer::new(text, json, code);
    answer.notices = ledger.notices();
    if !permitted {
        answer.notices.push(
            "the charter only observes: there was no permit, and no outcome is recorded".to_owned(),
        );
    }
    answer.notices.extend(unknown_outcomes(&state, &asked.asset));
    answer.notices.extend(snapshot::when_due(&ledger, &mut state));
    Ok(answer)
}

/// Refuses a place that is not any more what the plan was made of; gives the state.
fn unmoved(binary: &mut Binary, kept: &Kept) -> Result<Option<ToolState>> {
    if binary.hold_workspace()? != kept.workspace {
        return Err(moved("another workspace is selected than the plan's"));
    }
    if Backend::of(kept.chdir.as_deref())? != kept.backend {
        return Err(moved("the backend is not the plan's"));
    }
    let state = binary.state()?;
    if state.as_ref().map(|state| &state.serial) != kept.state.as_ref() {
        return Err(moved("the state was written since the plan was made, or is another one"));
    }
    Ok(state)
}

fn moved(message: &str) -> Error {
    Error::new(Code::TerraformMoved, message).with_help(
        "go back to where the plan was made, or plan anew with `poundlock terraform plan`",
    )
}

/// Applies a plan file.
fn apply(
    binary: &Binary,
    arguments: &Arguments,
    plan_file: &Path,
    kept: &Kept,
    signals: &mut Signals,
) -> Ending {
    if signals.came() {
        return Ending::NotStarted;
    }
    let unwritten_state = Path::new(kept.chdir.as_deref().unwrap_or(".")).join(UNWRITTEN_STATE);
    let written = || fs::metadata(&unwritten_state).and_then(|file| file.modified()).ok();
    let written_before = written();
    let begun = time::Instant::now();
    let mut all: Vec<_> = arguments.others.iter().map(std::ffi::OsString::from).collect();
    all.push(plan_file.as_os_str().to_owned());
    let Ok(mut child) = binary.start(&["apply", "-input=false"], &all) else {
        return Ending::NotStarted;
    };
    match signals.wait(&mut child) {
        Ok(status) => Ending::Ended {
            status,
            took: begun.elapsed(),
            unwritten: signals.came_hard() && !status.success() || written() != written_before,
        },
        Err(_) => Ending::Lost,
    }
}

/// What to do where the outcome could not be recorded.
fn unrecorded(error: Error, result: OutcomeResult, permit: Digest) -> Error {
    error.with_help(format!(
        "Terraform ran, and its outcome is not recorded: {}. Record it: poundlock record outcome --permit {permit} --result {} …",
        word(result),
        word(result),
    ))
}

const fn word(result: OutcomeResult) -> &'static str {
    match result {
        OutcomeResult::Succeeded => "succeeded",
        OutcomeResult::Failed => "failed",
        OutcomeResult::Unknown => "unknown",
    }
}
