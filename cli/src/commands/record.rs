//! `poundlock record`: facts, admitted like requests.

use std::path::Path;

use poundlock::{
    Error, Value,
    digest::Digest,
    engine::Engine,
    error::{Code, Result},
    ledger::{Ledger, Recorded},
    limits,
    model::{self, FactKind, LifecycleStep, Manifest, Report, StateSerial},
    time::Instant,
};

use serde_json::Value as Json;

use super::{
    actor, channel, credential, id, incident, signing, signing::Signed, snapshot, to_json,
};
use crate::{
    args::{About, Caller, Evidence, EvidenceResult, Fact, OutcomeResult},
    files, keys,
    output::{Answer, CODE_DENIED, CODE_OK, Text},
    render,
};

pub(super) fn run(what: &Fact, charter: &Path, ledger: &Path, at: Instant) -> Result<Answer> {
    let (ledger, mut state) = files::ledger(ledger)?;
    let mut attachments = Vec::new();
    let mut report = None;
    let (kind, caller) = match what {
        Fact::Approval(options) => {
            let digest = match about(&options.about)? {
                model::About::Plan(digest) | model::About::Artifact(digest) => digest,
                model::About::Commit(_) => return Err(needs_digest()),
            };
            let approval = model::Approval {
                by: options.by.clone(),
                track: options.track.clone(),
                stage: options.stage.clone(),
                asset: options.asset.clone(),
                digest,
                role: options.role.clone(),
                expires: options.expires,
            };
            (FactKind::Approval(approval), &options.caller)
        }
        Fact::Evidence(options) => {
            if let Some(path) = &options.report {
                report = Some((path, files::read(path, limits::DOCUMENT_BYTES)?));
            }
            let evidence = model::Evidence {
                gate: options.gate.clone(),
                about: about(&options.about)?,
                result: match options.result {
                    EvidenceResult::Pass => model::EvidenceResult::Pass,
                    EvidenceResult::Fail => model::EvidenceResult::Fail,
                    EvidenceResult::Error => model::EvidenceResult::Error,
                },
                produced: options.produced.unwrap_or(at),
                report: report.as_ref().map(|(_, bytes)| Digest::of(bytes)),
                tool: options.tool.clone(),
            };
            (FactKind::Evidence(evidence), &options.caller)
        }
        Fact::Outcome(options) => {
            let report = model::OutcomeReport {
                permit: options.permit,
                result: match options.result {
                    OutcomeResult::Succeeded => model::OutcomeResult::Succeeded,
                    OutcomeResult::Failed => model::OutcomeResult::Failed,
                    OutcomeResult::Unknown => model::OutcomeResult::Unknown,
                },
                state: options
                    .state
                    .clone()
                    .zip(options.state_before.zip(options.state_after))
                    .map(|(lineage, (before, after))| StateSerial {
                        lineage,
                        before,
                        after,
                        content_before: None,
                        content_after: None,
                    }),
                execution: None,
                note: options.note.clone(),
            };
            (FactKind::Outcome(report), &options.caller)
        }
        Fact::Withdrawal(options) => {
            let withdrawal =
                model::Withdrawal { entry: options.entry, reason: options.reason.clone() };
            (FactKind::Withdrawal(withdrawal), &options.caller)
        }
        Fact::Erasure(options) => {
            let erasure = model::Erasure {
                attachment: options.attachment,
                sequence: naming(&ledger, &options.attachment)?,
                reason: options.reason.clone(),
            };
            (FactKind::Erasure(erasure), &options.caller)
        }
        Fact::GrantRequest(options) => {
            let text = files::read(&options.request, limits::YAML_BYTES)?;
            let request = Value::parse_yaml(&text)
                .and_then(|document| document.deserialize())
                .map_err(|error| error.in_source(options.request.display().to_string()))?;
            (FactKind::GrantRequest(request), &options.caller)
        }
        Fact::GrantApproval(options) => {
            let approval =
                model::GrantApproval { request: options.request, by: options.by.clone() };
            (FactKind::GrantApproval(approval), &options.caller)
        }
        Fact::GrantOpening(options) => {
            let opening = model::GrantOpening { request: options.request };
            (FactKind::GrantOpening(opening), &options.caller)
        }
        Fact::GrantClosing(options) => {
            let closing = model::GrantClosing { grant: options.grant, note: options.note.clone() };
            (FactKind::GrantClosing(closing), &options.caller)
        }
        Fact::PostMortem(options) => {
            let report = model::PostMortem {
                grant: options.grant,
                report: Digest::of(&files::read(&options.report, limits::DOCUMENT_BYTES)?),
                summary: options.summary.clone(),
            };
            (FactKind::PostMortem(report), &options.caller)
        }
        Fact::Incident(options) => {
            (FactKind::Incident(incident::of(options, at)?), &options.caller)
        }
        Fact::Resolution(options) => {
            let resolution =
                model::Resolution { incident: options.incident, reason: options.reason.clone() };
            (FactKind::Resolution(resolution), &options.caller)
        }
        Fact::Lifecycle(options) => {
            let step = step(read(&options.step)?)
                .map_err(|error| error.in_source(options.step.display().to_string()))?;
            (FactKind::Lifecycle(step), &options.caller)
        }
        Fact::IntegrityCheck(options) => {
            let check = read(&options.check)?
                .deserialize()
                .map_err(|error| error.in_source(options.check.display().to_string()))?;
            (FactKind::IntegrityCheck(check), &options.caller)
        }
        Fact::Amendment(options) if !options.keys.is_empty() => {
            let amendment = model::Amendment {
                law: None,
                keys: Some(keys::verifier_keys(&options.keys)?),
                reason: options.reason.clone(),
            };
            (FactKind::Amendment(amendment), &options.caller)
        }
        Fact::Amendment(options) => {
            // The new charter must be sound before anyone is asked whether it may come into force.
            let next = files::engine(charter)?;
            attachments = next.law_texts();
            let amendment = model::Amendment {
                law: Some(next.law().clone()),
                keys: None,
                reason: options.reason.clone(),
            };
            (FactKind::Amendment(amendment), &options.caller)
        }
    };
    // An amendment is decided under the charter that it replaces, which is kept beside the ledger.
    let engine = match kind {
        FactKind::Amendment(_) => Engine::of_ledger(&ledger, &state)?,
        _ => files::engine(charter)?,
    };
    let mut fact = fact_of(kind, caller, at)?;
    if let (Some((path, bytes)), Fact::Evidence(options)) = (&report, what) {
        attach(&mut fact, &engine, options, (path.as_path(), bytes.as_slice()))?;
    }
    fact.credential = credential(&caller.who, &engine, at)?;
    let again = |path: &Path| {
        format!(
            "the same command with --id {} --signed-at {at} --signature {}.sig in place of --out",
            fact.id,
            path.display()
        )
    };
    let text = |signed| engine.fact_text(&fact, signed, &state);
    match signing::sign(&caller.signing, at, again, text)? {
        Signed::Later(answer) => return Ok(*answer),
        Signed::Not => {}
        Signed::With(signature) => fact.signature = Some(signature),
    }
    let admission = engine.record(&fact, &attachments, &ledger, &mut state)?;
    let mut text = Text::new();
    render::admission(&mut text, &admission);
    let mut notices: Vec<String> = snapshot::when_due(&ledger, &mut state).into_iter().collect();
    if let FactKind::Amendment(model::Amendment { law: Some(law), .. }) = &fact.fact
        && admission.may_proceed()
    {
        text.line(format!("the charter in force is now {}", law.digest));
    }
    if let FactKind::Amendment(model::Amendment { keys: Some(keys), .. }) = &fact.fact
        && admission.may_proceed()
    {
        for key in keys {
            text.line(format!("checkpoints are now signed by {key}"));
        }
    }
    if let FactKind::Incident(incident) = &fact.fact
        && admission.may_proceed()
    {
        text.line(incident::found(incident, &admission.entry, &state));
        notices.extend(incident::unsettled(incident, &engine, &state));
        notices.extend(incident::stateless(incident, &engine, &state));
    }
    if let FactKind::Erasure(erasure) = &fact.fact
        && admission.may_proceed()
    {
        text.line(format!("the attachment {} is erased", erasure.attachment));
    }
    let code = if admission.may_proceed() { CODE_OK } else { CODE_DENIED };
    let mut answer = Answer::new(text, to_json(&admission)?, code);
    answer.notices = ledger.notices();
    answer.notices.extend(notices);
    Ok(answer)
}

/// The first entry that names an attachment.
fn naming(ledger: &Ledger, attachment: &Digest) -> Result<u64> {
    const BATCH: usize = 1024;
    let mut next = 0;
    loop {
        let batch = ledger.read(next, BATCH)?;
        let names = |recorded: &&Recorded| recorded.entry.attachments.contains(attachment);
        if let Some(found) = batch.iter().find(names) {
            return Ok(found.entry.sequence);
        }
        match batch.last() {
            Some(last) => next = last.entry.sequence.saturating_add(1),
            None => {
                return Err(Error::new(
                    Code::InputInvalidValue,
                    format!("there is no entry that names the attachment {attachment}"),
                ));
            }
        }
    }
}

/// Hands in a report for the gate to judge, where it judges reports. An objection needs none, and no report that
/// cannot be read may stand in its way.
fn attach(
    fact: &mut model::Fact,
    engine: &Engine,
    options: &Evidence,
    (path, bytes): (&Path, &[u8]),
) -> Result<()> {
    let gate = engine.charter().gate(&options.gate);
    let Some(rule) = gate.and_then(|gate| gate.report.as_ref()) else { return Ok(()) };
    let report = match Report::read(rule.format, bytes) {
        Ok(report) => report,
        Err(_) if options.result != EvidenceResult::Pass => return Ok(()),
        Err(error) => return Err(error.in_source(path.display().to_string())),
    };
    if let (None, Some(at), FactKind::Evidence(evidence)) =
        (options.produced, report.produced(), &mut fact.fact)
    {
        evidence.produced = at;
    }
    fact.attach(report);
    Ok(())
}

fn fact_of(fact: FactKind, caller: &Caller, at: Instant) -> Result<model::Fact> {
    Ok(model::Fact {
        id: id(caller)?,
        at,
        actor: actor(&caller.who),
        channel: channel(&caller.who),
        fact,
        signature: None,
        credential: None,
        report: None,
    })
}

fn about(about: &About) -> Result<model::About> {
    let About { plan, parts, plan_digest, artifact, commit } = about;
    let plan = files::plan_digest(plan.as_deref(), None, parts)?.or(*plan_digest);
    match (plan, artifact, commit) {
        (Some(digest), ..) => Ok(model::About::Plan(digest)),
        (_, Some(digest), _) => Ok(model::About::Artifact(*digest)),
        (_, _, Some(commit)) => Ok(model::About::Commit(commit.clone())),
        _ => Err(needs_digest()),
    }
}

/// A document of a file.
fn read(path: &Path) -> Result<Value> {
    let text = files::read(path, limits::YAML_BYTES)?;
    Value::parse_yaml(&text).map_err(|error| error.in_source(path.display().to_string()))
}

/// A step of an artifact's life. Where it brings a manifest and names no digest, it is the manifest's.
fn step(document: Value) -> Result<LifecycleStep> {
    let mut step: Json = document.deserialize()?;
    let operation = step.get("operation").and_then(Json::as_object);
    let manifest = operation
        .and_then(|operation| operation.values().find_map(|it| it.get("manifest")))
        .filter(|_| step.get("digest").is_none());
    let Some(manifest) = manifest else { return document.deserialize() };
    let manifest: Manifest = Value::from_serialize(manifest)?.deserialize()?;
    if let Some(fields) = step.as_object_mut() {
        fields.insert("digest".to_owned(), manifest.digest()?.to_string().into());
    }
    Value::from_serialize(&step)?.deserialize()
}

fn needs_digest() -> Error {
    Error::new(Code::InputMissingField, "what the fact is about is missing").with_help(
        "name it with --plan, --plan-digest or --artifact; an approval is never about a commit",
    )
}
