//! `poundlock admit`: decide a request and record the decision.

use std::path::Path;

use poundlock::{
    Error,
    error::{Code, Result},
    limits,
    model::{Artifact, Change, Request, Subject, Target},
    time::Instant,
};

use super::{actor, channel, credential, id, signing, signing::Signed, snapshot, threads, to_json};
use crate::{
    args::{Act, Admit},
    files::{self, Nonce},
    output::{Answer, CODE_DENIED, CODE_OK, Text},
    render,
};

pub(super) fn run(options: &Admit, charter: &Path, ledger: &Path, at: Instant) -> Result<Answer> {
    let engine = files::engine(charter)?.with_threads(threads(options.threads));
    let (ledger, mut state) = files::ledger(ledger)?;
    let mut request = request(options, at)?;
    request.credential = credential(&options.caller.who, &engine, at)?;
    let again = |path: &Path| {
        format!(
            "the same command with --id {} --signed-at {at} --signature {}.sig in place of --out",
            request.id,
            path.display()
        )
    };
    let text = |signed| engine.request_text(&request, signed, &state);
    match signing::sign(&options.caller.signing, at, again, text)? {
        Signed::Later(answer) => return Ok(*answer),
        Signed::Not => {}
        Signed::With(signature) => request.signature = Some(signature),
    }
    let admission = engine.admit(&request, &ledger, &mut state)?;
    let mut text = Text::new();
    render::admission(&mut text, &admission);
    if let (Some(plan), Some(_)) = (&request.plan, &admission.decision) {
        render::plan(&mut text, plan);
        text.line(format!("  plan digest: {}", plan.digest));
    }
    let snapshot = snapshot::when_due(&ledger, &mut state);
    let code = if admission.may_proceed() { CODE_OK } else { CODE_DENIED };
    let mut answer = Answer::new(text, to_json(&admission)?, code);
    answer.notices = ledger.notices();
    answer.notices.extend(snapshot);
    Ok(answer)
}

fn request(options: &Admit, at: Instant) -> Result<Request> {
    let nonce = if options.action == Act::Plan { Nonce::Make } else { Nonce::Demand };
    let plan = match &options.plan {
        Some(path) => Some(files::plan(path, options.nonce.as_deref(), nonce)?),
        None => files::joined_plan(&options.parts, nonce)?,
    };
    let subject = match options.artifact {
        Some(digest) => Subject::Artifact(Artifact {
            digest,
            author: options.author.clone(),
            commit: options.commit.clone(),
            git_ref: options.git_ref.clone(),
        }),
        None => Subject::Change(Change {
            commit: required(&options.commit, "--commit")?,
            git_ref: required(&options.git_ref, "--ref")?,
            author: options.author.clone(),
            plan: plan.as_ref().map(|plan| plan.digest),
        }),
    };
    Ok(Request {
        id: id(&options.caller)?,
        at,
        action: options.action.action(),
        actor: actor(&options.caller.who),
        channel: channel(&options.caller.who),
        track: options.track.clone(),
        stage: options.stage.clone(),
        asset: options.asset.clone(),
        target: Target {
            stack: options.stack.clone(),
            project: options.project.clone(),
            backend: options.backend.clone(),
        },
        subject,
        reason: options.reason.clone(),
        run: options.run.clone(),
        grant: options.grant,
        traffic: options.traffic,
        rollback: options.rollback.clone(),
        paths: Some(options.paths.clone()).filter(|paths| !paths.is_empty()),
        tag: options.tag.as_deref().map(tag).transpose()?,
        signature: None,
        credential: None,
        plan: plan.map(Into::into),
    })
}

fn tag(path: &Path) -> Result<String> {
    String::from_utf8(files::read(path, limits::TAG_BYTES)?).map_err(|_| {
        Error::new(Code::InputInvalidValue, "the tag is not UTF-8")
            .in_source(path.display().to_string())
    })
}

fn required(value: &Option<String>, name: &str) -> Result<String> {
    value.clone().ok_or_else(|| {
        Error::new(Code::InputMissingField, format!("{name} is missing"))
            .with_help("a change is named by its commit and the ref that it was taken from; an artifact by --artifact")
    })
}
