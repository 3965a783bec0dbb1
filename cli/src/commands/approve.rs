//! `poundlock approve`: show a person what they approve, have it signed, and record the consent.

use std::path::Path;

use poundlock::{
    Error,
    engine::{Admission, Review},
    error::{Code, Result},
    identity::Statement,
    limits,
    model::{Actor, ActorKind, Approval, Channel, Fact, FactKind, Signature},
    time::Instant,
};
use serde_json::{Value, json};

use super::{signing, signing::Signed, snapshot, to_json};
use crate::{
    args::signing::Approve,
    files,
    output::{Answer, CODE_DENIED, CODE_OK, Text},
    render,
};

pub(super) fn run(options: &Approve, charter: &Path, ledger: &Path, at: Instant) -> Result<Answer> {
    let engine = files::engine(charter)?;
    let (ledger, mut state) = files::ledger(ledger)?;
    let signed = match &options.statement {
        Some(path) => Some(statement(path)?),
        None => None,
    };
    let approval = match &signed {
        Some(statement) => of_statement(statement),
        None => of_options(options)?,
    };
    let review = engine.review(&approval, &ledger, &state, at)?;
    let mut text = Text::new();
    render::review(&mut text, &review);
    let mut json = json!({ "review": summary(&review)? });
    let mut fact = Fact {
        id: options.id.clone().map_or_else(files::random_name, Ok)?,
        at,
        actor: Actor {
            kind: ActorKind::Human,
            id: approval.by.clone(),
            claims: Default::default(),
        },
        channel: Channel::Local,
        fact: FactKind::Approval(approval),
        signature: None,
        credential: None,
        report: None,
    };
    let mut options = options.signing.clone();
    options.signed_at = signed.map(|statement| statement.at).or(options.signed_at);
    let again = |path: &Path| {
        format!("poundlock approve --statement {0} --signature {0}.sig", path.display())
    };
    let outcome =
        signing::sign(&options, at, again, |signed| engine.fact_text(&fact, signed, &state))?;
    match outcome {
        Signed::Later(answer) => {
            let Answer { output, .. } = *answer;
            text.append(output.text);
            merge(&mut json, output.json);
            Ok(Answer::new(text, json, CODE_OK))
        }
        Signed::Not => {
            let statement = engine.fact_text(&fact, at, &state)?;
            text.line("the text to be signed:").line("").line(&statement);
            text.line("sign it with --ssh-key or --signing-key, or write it with --out; nothing is recorded yet");
            merge(&mut json, json!({ "text": statement, "signedAt": at }));
            Ok(Answer::new(text, json, CODE_OK))
        }
        Signed::With(signature) => {
            fact.signature = Some::<Signature>(signature);
            let admission = engine.record(&fact, &[], &ledger, &mut state)?;
            render::admission(&mut text, &admission);
            merge(&mut json, json!({ "admission": to_json::<Admission>(&admission)? }));
            let notice = snapshot::when_due(&ledger, &mut state);
            let code = if admission.may_proceed() { CODE_OK } else { CODE_DENIED };
            let mut answer = Answer::new(text, json, code);
            answer.notices = ledger.notices();
            answer.notices.extend(notice);
            Ok(answer)
        }
    }
}

fn merge(json: &mut Value, more: Value) {
    if let (Some(json), Value::Object(more)) = (json.as_object_mut(), more) {
        json.extend(more);
    }
}

fn statement(path: &Path) -> Result<Statement> {
    let bytes = files::read(path, limits::STATEMENT_BYTES)?;
    Statement::parse(&bytes).map_err(|error| error.in_source(path.display().to_string()))
}

/// The charter and the ledger are not taken from the text: it is checked against those in force.
fn of_statement(statement: &Statement) -> Approval {
    Approval {
        by: statement.by.clone(),
        track: Some(statement.track.clone()),
        stage: statement.stage.clone(),
        asset: statement.asset.clone(),
        digest: statement.subject.digest(),
        role: statement.role.clone(),
        expires: statement.expires,
    }
}

fn of_options(options: &Approve) -> Result<Approval> {
    let missing = || {
        Error::new(Code::InputMissingField, "what is approved is missing").with_help(
            "name it with --by, --stage, --asset, and --plan, --part, --plan-digest or --artifact",
        )
    };
    let plan = files::plan_digest(options.plan.as_deref(), None, &options.parts)?;
    let digest = plan.or(options.plan_digest).or(options.artifact).ok_or_else(missing)?;
    Ok(Approval {
        by: options.by.clone().ok_or_else(missing)?,
        track: options.track.clone(),
        stage: options.stage.clone().ok_or_else(missing)?,
        asset: options.asset.clone().ok_or_else(missing)?,
        digest,
        role: options.role.clone(),
        expires: options.expires,
    })
}

/// What programs get to see of a review; plans are shown to people by what they do, and never by values.
fn summary(review: &Review) -> Result<Value> {
    let Review { statement, request, manifest, findings } = review;
    let resources = review.plan().map(|plan| {
        let changes = plan.resources.iter();
        changes
            .map(|change| json!({ "address": change.address, "type": change.type_name, "actions": change.actions }))
            .collect::<Vec<_>>()
    });
    Ok(json!({
        "track": statement.track,
        "stage": statement.stage,
        "asset": statement.asset,
        "digest": statement.subject.digest(),
        "commit": request.as_ref().and_then(|request| request.subject.commit()),
        "ref": request.as_ref().and_then(|request| request.subject.git_ref()),
        "author": request.as_ref().map(|request| request.subject.author()),
        "reason": request.as_ref().map(|request| &request.reason),
        "counts": to_json(&review.plan().map(|plan| plan.counts()))?,
        "resources": resources,
        "manifest": to_json(manifest)?,
        "findings": to_json(findings)?,
    }))
}
