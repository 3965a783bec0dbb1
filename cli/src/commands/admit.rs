//! `poundlock admit`: decide a request and record the decision.

use std::path::Path;

use poundlock::{
    Error,
    engine::{Admission, Engine},
    error::{Code, Result},
    ledger::Ledger,
    limits,
    model::{Action, Artifact, Change, Plan, Request, Subject, Target},
    state::State,
    time::Instant,
};

use super::{actor, channel, credential, id, signing, signing::Signed, snapshot, threads, to_json};
use crate::{
    args::{Act, Admit, Asked, Caller},
    files::{self, Nonce},
    output::{Answer, CODE_DENIED, CODE_OK, Text},
    render,
};

pub(super) fn run(options: &Admit, charter: &Path, ledger: &Path, at: Instant) -> Result<Answer> {
    let caller = &options.asked.caller;
    let engine = files::engine(charter)?.with_threads(threads(options.asked.threads));
    let (ledger, mut state) = files::ledger(ledger)?;
    let request = request(options, at)?;
    match admit(request, caller, &engine, &ledger, &mut state, "the same command")? {
        Admitted::Later(answer) => Ok(*answer),
        Admitted::Now { admission, text } => answer(&admission, text, &ledger, &mut state),
    }
}

/// What is said of an admission.
pub(super) fn answer(
    admission: &Admission,
    text: Text,
    ledger: &Ledger,
    state: &mut State,
) -> Result<Answer> {
    let snapshot = snapshot::when_due(ledger, state);
    let code = if admission.may_proceed() { CODE_OK } else { CODE_DENIED };
    let mut answer = Answer::new(text, to_json(admission)?, code);
    answer.notices = ledger.notices();
    answer.notices.extend(snapshot);
    Ok(answer)
}

/// What became of a request.
pub(super) enum Admitted {
    /// It is to be signed first.
    Later(Box<Answer>),
    /// It is decided, and the decision recorded.
    Now { admission: Box<Admission>, text: Text },
}

/// Has a request admitted, with the token and the signature of who asks. `again` is the command that a signature made
/// elsewhere is handed in with.
pub(super) fn admit(
    mut request: Request,
    caller: &Caller,
    engine: &Engine,
    ledger: &Ledger,
    state: &mut State,
    again: &str,
) -> Result<Admitted> {
    let at = request.at;
    if request.credential.is_none() {
        request.credential = credential(&caller.who, engine, at)?;
    }
    let again = |path: &Path| {
        format!(
            "{again} with --id {} --signed-at {at} --signature {}.sig in place of --out",
            request.id,
            path.display()
        )
    };
    let text = |signed| engine.request_text(&request, signed, state);
    match signing::sign(&caller.signing, at, again, text)? {
        Signed::Later(answer) => return Ok(Admitted::Later(answer)),
        Signed::Not => {}
        Signed::With(signature) => request.signature = Some(signature),
    }
    let admission = Box::new(engine.admit(&request, ledger, state)?);
    let mut text = Text::new();
    render::admission(&mut text, &admission);
    if let (Some(plan), Some(_)) = (&request.plan, &admission.decision) {
        render::plan(&mut text, plan);
        text.line(format!("  plan digest: {}", plan.digest));
    }
    Ok(Admitted::Now { admission, text })
}

/// What is asked, with the plan or artifact that it is about.
pub(super) fn request(options: &Admit, at: Instant) -> Result<Request> {
    let asked = &options.asked;
    let nonce = if options.action == Act::Plan { Nonce::Make } else { Nonce::Demand };
    let plan = match &options.plan {
        Some(path) => Some(files::plan(path, options.nonce.as_deref(), nonce)?),
        None => files::joined_plan(&options.parts, nonce)?,
    };
    let action = options.action.action();
    let mut request = match options.artifact {
        Some(digest) => {
            let artifact = Artifact {
                digest,
                author: asked.author.clone(),
                commit: asked.commit.clone(),
                git_ref: asked.git_ref.clone(),
            };
            of(asked, action, Subject::Artifact(artifact), at)?
        }
        None => of_change(asked, action, plan, at)?,
    };
    request.traffic = options.traffic;
    Ok(request)
}

/// A request about a change, with its plan.
pub(super) fn of_change(
    asked: &Asked,
    action: Action,
    plan: Option<Plan>,
    at: Instant,
) -> Result<Request> {
    let change = Change {
        commit: required(&asked.commit, "--commit")?,
        git_ref: required(&asked.git_ref, "--ref")?,
        author: asked.author.clone(),
        plan: None,
    };
    let mut request = of(asked, action, Subject::Change(change), at)?;
    if let Some(plan) = plan {
        request.attach(plan);
    }
    Ok(request)
}

fn of(asked: &Asked, action: Action, subject: Subject, at: Instant) -> Result<Request> {
    Ok(Request {
        id: id(&asked.caller)?,
        at,
        action,
        actor: actor(&asked.caller.who),
        channel: channel(&asked.caller.who),
        track: asked.track.clone(),
        stage: asked.stage.clone(),
        asset: asked.asset.clone(),
        target: Target {
            stack: asked.stack.clone(),
            project: asked.project.clone(),
            backend: asked.backend.clone(),
        },
        subject,
        reason: asked.reason.clone(),
        run: asked.run.clone(),
        grant: asked.grant,
        traffic: None,
        rollback: asked.rollback.clone(),
        paths: Some(asked.paths.clone()).filter(|paths| !paths.is_empty()),
        tag: asked.tag.as_deref().map(tag).transpose()?,
        signature: None,
        credential: None,
        plan: None,
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
