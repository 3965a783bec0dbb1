//! The bounds of names and texts in requests and facts. What is merely not allowed is a finding of
//! the engine; what is malformed is refused here, before it can reach a ledger.

use std::collections::BTreeSet;

use super::{
    About, Actor, ConsentPurpose, Emergency, ExceptionCase, Execution, Fact, FactKind,
    GrantRequest, GrantScope, Incident, IntegrityCheck, LifecycleOperation, LifecycleStep,
    Manifest, Remark, Request, Signature, Subject, Target,
};
use crate::{
    error::{Code, Error, Result},
    ledger::VerifierKey,
    limits,
};

/// How many bytes a digest has as text.
const DIGEST_TEXT_BYTES: usize = 71;

/// Refuses a name that is empty, too long, or holds control characters.
pub(super) fn check_name(field: &str, name: &str) -> Result<()> {
    if name.is_empty()
        || name.len() > limits::NAME_BYTES
        || name.trim() != name
        || name.chars().any(char::is_control)
    {
        return Err(Error::new(
            Code::InputInvalidValue,
            format!(
                "a name must have 1 to {} bytes, no control characters, and no space at its ends",
                limits::NAME_BYTES
            ),
        )
        .at_pointer(format!("/{field}")));
    }
    Ok(())
}

fn check_text(field: &str, text: &str) -> Result<()> {
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
    // Nearly every text is of these bytes alone.
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if text.len() > limits::TEXT_BYTES || (!plain && text.chars().any(control)) {
        return Err(Error::new(
            Code::InputInvalidValue,
            format!(
                "a text must have at most {} bytes and no control characters",
                limits::TEXT_BYTES
            ),
        )
        .at_pointer(format!("/{field}")));
    }
    Ok(())
}

fn check_optional(field: &str, name: Option<&String>) -> Result<()> {
    name.map_or(Ok(()), |name| check_name(field, name))
}

fn check_actor(actor: &Actor) -> Result<()> {
    check_name("actor/id", &actor.id)?;
    if actor.claims.len() > limits::CLAIMS {
        return Err(Error::new(
            Code::LimitCount,
            format!("an actor has at most {} claims", limits::CLAIMS),
        )
        .at_pointer("/actor/claims"));
    }
    for (claim, value) in &actor.claims {
        check_name("actor/claims", claim)?;
        check_text("actor/claims", value)?;
    }
    Ok(())
}

/// Refuses an origin that cannot be the name of the keys that sign for it.
pub(crate) fn check_origin(origin: &str) -> Result<()> {
    VerifierKey::check_name(origin).map_err(|_| {
        Error::new(Code::InputInvalidValue, "the origin cannot be the name of a key")
            .at_pointer("/origin")
            .with_help(format!(
                "an origin has 1 to {} bytes, no white space, no control characters and no +",
                limits::NAME_BYTES
            ))
    })
}

/// What is wrong with a list of keys for a ledger of this origin; nothing where all is well.
pub(crate) fn fault_of_keys(origin: &str, keys: &[VerifierKey]) -> Option<String> {
    let mut ids = BTreeSet::new();
    if keys.len() > limits::LAW_KEYS {
        return Some(format!("a ledger has at most {} keys at a time", limits::LAW_KEYS));
    }
    if keys.iter().any(|key| key.name() != origin) {
        return Some("a key is of another name than the ledger's origin".to_owned());
    }
    if keys.iter().any(|key| !ids.insert(key.id())) {
        return Some("a key is named twice, or two keys have the same id".to_owned());
    }
    None
}

fn too_large(field: &str, bytes: usize) -> Error {
    Error::new(Code::LimitSize, format!("there are more than {bytes} bytes"))
        .at_pointer(format!("/{field}"))
}

fn check_signature(signature: Option<&Signature>) -> Result<()> {
    match signature {
        Some(signature) if signature.text.len() > limits::SIGNATURE_BYTES => {
            Err(too_large("signature/text", limits::SIGNATURE_BYTES))
        }
        _ => Ok(()),
    }
}

fn check_list<'a>(
    field: &str,
    most: usize,
    names: impl IntoIterator<Item = &'a String>,
) -> Result<()> {
    for (index, name) in names.into_iter().enumerate() {
        if index >= most {
            let message = format!("the list has at most {most} members");
            return Err(Error::new(Code::LimitCount, message).at_pointer(format!("/{field}")));
        }
        check_name(field, name)?;
    }
    Ok(())
}

fn check_grant_request(request: &GrantRequest) -> Result<()> {
    let GrantRequest { reason, scope, lifetime: _, .. } = request;
    let GrantScope { actors, actions: _, track, stages, assets } = scope;
    check_name("fact/grantRequest/reason", reason)?;
    check_name("fact/grantRequest/scope/track", track)?;
    for (name, list) in [("actors", actors), ("stages", stages), ("assets", assets)] {
        check_list(&format!("fact/grantRequest/scope/{name}"), limits::SCOPE_NAMES, list)?;
    }
    for (name, text) in [
        ("justification", &request.justification),
        ("impact", &request.impact),
        ("resolution", &request.resolution),
        ("communication", &request.communication),
    ] {
        check_text(&format!("fact/grantRequest/{name}"), text)?;
    }
    Ok(())
}

fn check_execution(execution: &Execution) -> Result<()> {
    let field = "fact/outcome/execution";
    let Execution { tool, version, providers, .. } = execution;
    check_name(&format!("{field}/tool"), tool)?;
    check_name(&format!("{field}/version"), version)?;
    let names = providers.iter().flat_map(|(name, version)| [name, version]);
    check_list(&format!("{field}/providers"), limits::OUTCOME_PROVIDERS.saturating_mul(2), names)
}

fn check_incident(incident: &Incident) -> Result<()> {
    check_optional("fact/incident/track", incident.track.as_ref())?;
    check_name("fact/incident/stage", &incident.stage)?;
    check_name("fact/incident/asset", &incident.asset)?;
    let lineage = incident.state.as_ref().map(|state| &state.lineage);
    check_optional("fact/incident/state/lineage", lineage)?;
    check_list("fact/incident/resources", limits::INCIDENT_RESOURCES, &incident.resources)?;
    incident.note.as_ref().map_or(Ok(()), |note| check_text("fact/incident/note", note))
}

fn check_step(step: &LifecycleStep) -> Result<()> {
    let field = "fact/lifecycle";
    check_optional(&format!("{field}/lifecycle"), step.lifecycle.as_ref())?;
    check_name(&format!("{field}/asset"), &step.asset)?;
    check_text(&format!("{field}/reason"), &step.reason)?;
    let field = format!("{field}/operation/{}", step.operation.word());
    match &step.operation {
        LifecycleOperation::Create(creation) => {
            check_optional(&format!("{field}/author"), creation.author.as_ref())?;
            check_manifest(&format!("{field}/manifest"), &creation.manifest)
        }
        LifecycleOperation::Update(revision) => {
            check_optional(&format!("{field}/author"), revision.author.as_ref())?;
            check_manifest(&format!("{field}/manifest"), &revision.manifest)
        }
        LifecycleOperation::Approve(consent) => {
            check_name(&format!("{field}/by"), &consent.by)?;
            check_optional(&format!("{field}/role"), consent.role.as_ref())?;
            match &consent.case {
                Some(_) if consent.to != ConsentPurpose::Exception => {
                    let message = "only who consents to an exception consents to its case";
                    Err(Error::new(Code::InputInvalidValue, message)
                        .at_pointer(format!("/{field}/case")))
                }
                Some(case) => check_exception(&format!("{field}/case"), case),
                None => Ok(()),
            }
        }
        LifecycleOperation::Publish(publication) => match &publication.emergency {
            Some(Emergency::Exception(case)) => {
                check_exception(&format!("{field}/emergency/exception"), case)
            }
            Some(Emergency::Patch(remark)) => {
                check_remark(&format!("{field}/emergency/patch"), remark)
            }
            None => Ok(()),
        },
        LifecycleOperation::Annotate(note) => check_text(&format!("{field}/note"), &note.note),
        LifecycleOperation::Delete(remark)
        | LifecycleOperation::Submit(remark)
        | LifecycleOperation::Reject(remark)
        | LifecycleOperation::Archive(remark)
        | LifecycleOperation::Use(remark)
        | LifecycleOperation::Read(remark)
        | LifecycleOperation::Reinstate(remark) => check_remark(&field, remark),
        LifecycleOperation::Deprecate(_) | LifecycleOperation::Retire(_) => Ok(()),
    }
}

fn check_remark(field: &str, remark: &Remark) -> Result<()> {
    remark.note.as_ref().map_or(Ok(()), |note| check_text(&format!("{field}/note"), note))
}

fn check_exception(field: &str, case: &ExceptionCase) -> Result<()> {
    check_name(&format!("{field}/reason"), &case.reason)?;
    for (name, text) in [
        ("justification", &case.justification),
        ("impact", &case.impact),
        ("resolution", &case.resolution),
        ("communication", &case.communication),
    ] {
        check_text(&format!("{field}/{name}"), text)?;
    }
    Ok(())
}

fn check_manifest(field: &str, manifest: &Manifest) -> Result<()> {
    check_name(&format!("{field}/asset"), &manifest.asset)?;
    check_name(&format!("{field}/version"), &manifest.version)?;
    check_list(&format!("{field}/contents"), limits::MANIFEST_NAMES, manifest.contents.keys())?;
    for (name, texts) in [("metadata", &manifest.metadata), ("labels", &manifest.labels)] {
        check_list(&format!("{field}/{name}"), limits::MANIFEST_NAMES, texts.keys())?;
        for text in texts.values() {
            check_text(&format!("{field}/{name}"), text)?;
        }
    }
    let texts = manifest.metadata.iter().chain(&manifest.labels);
    let named = manifest.contents.keys().map(|name| name.len().saturating_add(DIGEST_TEXT_BYTES));
    let bytes = texts.map(|(name, text)| name.len().saturating_add(text.len())).chain(named);
    if bytes.fold(0, usize::saturating_add) > limits::MANIFEST_BYTES {
        return Err(too_large(field, limits::MANIFEST_BYTES));
    }
    Ok(())
}

fn check_integrity_check(check: &IntegrityCheck) -> Result<()> {
    check_optional("fact/integrityCheck/lifecycle", check.lifecycle.as_ref())?;
    check_name("fact/integrityCheck/asset", &check.asset)?;
    check.note.as_ref().map_or(Ok(()), |note| check_text("fact/integrityCheck/note", note))
}

impl Request {
    /// Checks the bounds of names and texts.
    ///
    /// # Errors
    ///
    /// `input.invalid_value` or `limit.count`, with the place.
    pub fn validate(&self) -> Result<()> {
        check_name("id", &self.id)?;
        check_actor(&self.actor)?;
        check_optional("track", self.track.as_ref())?;
        check_name("stage", &self.stage)?;
        check_name("asset", &self.asset)?;
        let Target { stack, project, backend } = &self.target;
        check_optional("target/stack", stack.as_ref())?;
        check_optional("target/project", project.as_ref())?;
        check_optional("target/backend", backend.as_ref())?;
        let part = |name: &str| match self.subject {
            Subject::Change(_) => format!("subject/change/{name}"),
            Subject::Artifact(_) => format!("subject/artifact/{name}"),
        };
        check_name(&part("author"), self.subject.author())?;
        for (name, value) in [("commit", self.subject.commit()), ("ref", self.subject.git_ref())] {
            value.map_or(Ok(()), |value| check_name(&part(name), value))?;
        }
        check_text("reason", &self.reason)?;
        check_optional("run", self.run.as_ref())?;
        check_optional("rollback", self.rollback.as_ref())?;
        if self.traffic.is_some_and(|percent| percent > 100) {
            let message = "a share of the traffic is at most 100 percent";
            return Err(Error::new(Code::InputInvalidValue, message).at_pointer("/traffic"));
        }
        check_list("paths", limits::PATHS, self.paths.as_deref().unwrap_or_default())?;
        if self.tag.as_ref().is_some_and(|tag| tag.len() > limits::TAG_BYTES) {
            return Err(too_large("tag", limits::TAG_BYTES));
        }
        check_signature(self.signature.as_ref())
    }
}

impl Fact {
    /// Checks the bounds of names and texts.
    ///
    /// # Errors
    ///
    /// `input.invalid_value` or `limit.count`, with the place.
    pub fn validate(&self) -> Result<()> {
        check_name("id", &self.id)?;
        check_actor(&self.actor)?;
        check_signature(self.signature.as_ref())?;
        if self.report.is_some() && !matches!(self.fact, FactKind::Evidence(_)) {
            return Err(Error::new(Code::InputInvalidValue, "only evidence has a report")
                .at_pointer("/report"));
        }
        match &self.fact {
            FactKind::Approval(approval) => {
                check_name("fact/approval/by", &approval.by)?;
                check_optional("fact/approval/track", approval.track.as_ref())?;
                check_optional("fact/approval/role", approval.role.as_ref())?;
                check_name("fact/approval/stage", &approval.stage)?;
                check_name("fact/approval/asset", &approval.asset)
            }
            FactKind::Evidence(evidence) => {
                check_name("fact/evidence/gate", &evidence.gate)?;
                if let About::Commit(commit) = &evidence.about {
                    check_name("fact/evidence/about", commit)?;
                }
                check_optional("fact/evidence/tool", evidence.tool.as_ref())
            }
            FactKind::Outcome(report) => {
                let lineage = report.state.as_ref().map(|state| &state.lineage);
                check_optional("fact/outcome/state/lineage", lineage)?;
                report.execution.as_ref().map_or(Ok(()), check_execution)?;
                report.note.as_ref().map_or(Ok(()), |note| check_text("fact/outcome/note", note))
            }
            FactKind::Withdrawal(withdrawal) => {
                check_text("fact/withdrawal/reason", &withdrawal.reason)
            }
            FactKind::Erasure(erasure) => check_text("fact/erasure/reason", &erasure.reason),
            FactKind::GrantRequest(request) => check_grant_request(request),
            FactKind::GrantApproval(approval) => check_name("fact/grantApproval/by", &approval.by),
            FactKind::GrantOpening(_) => Ok(()),
            FactKind::GrantClosing(closing) => check_text("fact/grantClosing/note", &closing.note),
            FactKind::PostMortem(report) => check_text("fact/postMortem/summary", &report.summary),
            FactKind::Incident(incident) => check_incident(incident),
            FactKind::Resolution(resolution) => {
                check_text("fact/resolution/reason", &resolution.reason)
            }
            FactKind::Lifecycle(step) => check_step(step),
            FactKind::IntegrityCheck(check) => check_integrity_check(check),
            FactKind::Amendment(amendment) => {
                for name in amendment.law.iter().flat_map(|law| law.packs.keys()) {
                    check_name("fact/amendment/law/packs", name)?;
                }
                check_text("fact/amendment/reason", &amendment.reason)
            }
        }
    }
}
