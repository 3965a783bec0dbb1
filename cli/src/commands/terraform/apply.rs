//! `poundlock terraform apply`: spends the permit, applies the plan that it is for, and records what came of it.

use std::{collections::BTreeSet, fs, path::Path, time};

use poundlock::{
    Error,
    digest::Digest,
    engine::codes,
    error::{Code, Result},
    model::{OutcomeResult, Plan},
};
use serde_json::json;

use super::{
    arguments::{Arguments, Purpose},
    backend::Backend,
    binary::Binary,
    earlier, hold_signals,
    kept::{Kept, Opened},
    other_workspace,
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
    files::{self, Nonce},
    output::{self, Answer, CODE_DENIED, CODE_ERROR, CODE_OK, Output, Style, Text},
    render,
};

/// The file that Terraform leaves where it could not write the state.
const UNWRITTEN_STATE: &str = "errored.tfstate";

pub(super) fn run(
    options: &args::terraform::Apply,
    charter: &Path,
    ledger: &Path,
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
    let mut notices = unknown_outcomes(&state, &asked.asset);
    let opened = Opened::open(&options.kept)?;
    let kept = &opened.kept;
    // Whoever runs it from elsewhere says where the plan's directory is from there.
    let chdir = arguments.chdir.clone().or_else(|| kept.chdir.clone());
    if let Some(missing) = chdir.as_deref().filter(|chdir| !Path::new(chdir).is_dir()) {
        let message =
            format!("the plan was made in `{missing}`, and there is no such directory here");
        return Err(Error::new(Code::TerraformMoved, message)
            .with_help("run this where the plan was made, or say where that is: -- -chdir=…"));
    }
    let state_nonce = options.state_nonce.as_deref();
    let state_nonce = state_nonce.map(|path| files::state_nonce(path, Nonce::Make)).transpose()?;
    let mut signals = hold_signals()?;

    let mut binary = Binary::new(&options.tool.binary, chdir.clone(), format);
    let tool = (binary.name(), binary.versions()?);
    let plan_file = opened.plan_file();
    let before = match unmoved(&mut binary, chdir.as_deref(), kept) {
        Ok(before) => before,
        // Its own application moves the state, too.
        Err(error) => {
            let plan = binary.show(plan_file);
            let plan = plan.and_then(|json| Plan::from_terraform(&json, &opened.nonce));
            let earlier = plan.and_then(|plan| earlier::application(&ledger, &state, plan.digest));
            return Err(match earlier {
                Ok(Some(applied)) => Error::new(Code::TerraformMoved, applied)
                    .with_help("plan anew with `poundlock terraform plan`"),
                _ => error,
            });
        }
    };
    let found = before.as_ref().map(|state| state.version(state_nonce.as_ref()));
    let place = (asked.track.as_deref(), asked.stage.as_str(), asked.asset.as_str());
    let is_untold = found.is_some() && engine.keeps_content_back(place, found.as_ref(), &state);
    let untold = is_untold.then(|| {
        "what the state holds was told before, under a nonce that is not at hand: nobody can tell whether it was altered since. Hand \
         the same file to every job as --state-nonce"
            .to_owned()
    });
    let plan = Plan::from_terraform(&binary.show(plan_file)?, &opened.nonce)?;
    let digest = plan.digest;
    let leaves_traces = ToolState::is_changed_by(before.as_ref(), &plan.resources);
    let shown: BTreeSet<String> = plan.resources.iter().map(|it| it.address.clone()).collect();
    asked.stack = stack_of(&kept.workspace, asked.stack.take(), &engine, &asked.stage)?;
    notices.extend(other_workspace(&kept.workspace, asked.stack.as_deref(), &engine, &asked.stage));
    let request =
        admit::of_change(&asked, options.action.action(), Some(plan), files::instant(None)?)?;
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
        answer.notices.extend(untold);
        let mut findings = admission.decision.iter().flat_map(|decision| &decision.findings);
        if findings.any(|finding| finding.code == codes::SUBJECT_PLAN_SPENT) {
            answer.notices.extend(earlier::application(&ledger, &state, digest)?);
        }
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
    let ending = apply(&binary, &arguments, plan_file, chdir.as_deref(), &mut signals);
    // It may be gone for good, and what was done is to be recorded all the same.
    let after = binary.state().ok();
    let outcome = Outcome::of(
        ending,
        tool,
        (before.as_ref(), leaves_traces),
        after.as_ref().map(Option::as_ref),
        state_nonce.as_ref(),
        |address| shown.contains(address),
    );

    let mut text = Text::new();
    let mut json = json!({ "admission": to_json(&admission)?, "outcome": outcome.to_json() });
    let mut recorded = true;
    if permitted {
        let place = (&engine, &ledger, &mut state);
        let record = files::instant(None).and_then(|at| {
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
    answer.notices.extend(untold);
    answer.notices.extend(unknown_outcomes(&state, &asked.asset));
    answer.notices.extend(snapshot::when_due(&ledger, &mut state));
    Ok(answer)
}

/// Refuses a place that is not any more what the plan was made of; gives the state.
fn unmoved(binary: &mut Binary, chdir: Option<&str>, kept: &Kept) -> Result<Option<ToolState>> {
    if binary.hold_workspace()? != kept.workspace {
        return Err(moved("another workspace is selected than the plan's"));
    }
    if let Some(why) = Backend::of(chdir)?.differs(&kept.backend, kept.state.is_none()) {
        return Err(moved(why));
    }
    let state = binary.state()?;
    if !kept.is_of(state.as_ref()) {
        return Err(moved(
            "the state was written or altered since the plan was made, or is another one",
        ));
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
    chdir: Option<&str>,
    signals: &mut Signals,
) -> Ending {
    if signals.came() {
        return Ending::NotStarted;
    }
    let unwritten_state = Path::new(chdir.unwrap_or(".")).join(UNWRITTEN_STATE);
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
