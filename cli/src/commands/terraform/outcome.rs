//! What came of an application, as far as it is known, and its record.

use std::{process::ExitStatus, time::Duration};

use poundlock::{
    engine::{Admission, Engine},
    error::Result,
    identity::Credential,
    ledger::Ledger,
    limits,
    model::{Execution, Fact, FactKind, OutcomeReport, OutcomeResult, StateSerial, StateVersion},
    state::State,
    time::Instant,
};
use serde_json::{Value, json};

use super::{
    binary::Versions,
    signals,
    tool_state::{Changed, ToolState},
};
use crate::{
    args::Caller,
    commands::{
        actor, channel,
        signing::{self, Signed},
    },
    files,
};

/// How Terraform ended.
pub(super) enum Ending {
    /// It was never started.
    NotStarted,
    /// It was started, and nobody knows more.
    Lost,
    /// It ended.
    Ended {
        status: ExitStatus,
        took: Duration,
        /// Whether signals, or a state that it could not write, may have kept it from writing down what it did.
        unwritten: bool,
    },
}

/// What came of an application.
pub(super) struct Outcome {
    pub(super) result: OutcomeResult,
    ending: Ending,
    /// The name of the program.
    tool: String,
    versions: Versions,
    before: Option<StateVersion>,
    after: Option<StateVersion>,
    changed: Option<Changed>,
}

impl Outcome {
    /// Judges what came of it. `after` is the state as it is now; none where it cannot be told. `leaves_traces` is whether
    /// the state cannot be the same once the plan is carried out. What the states hold is told where there is a nonce.
    pub(super) fn of(
        ending: Ending,
        (tool, versions): (String, Versions),
        (before, leaves_traces): (Option<&ToolState>, bool),
        after: Option<Option<&ToolState>>,
        nonce: Option<&[u8; 32]>,
        may_be_shown: impl Fn(&str) -> bool,
    ) -> Self {
        let version = |state: Option<&ToolState>| state.map(|state| state.version(nonce));
        // Where nothing ran, nothing was written.
        let after = if matches!(ending, Ending::NotStarted) { Some(before) } else { after };
        let (old, new) = (version(before), after.and_then(version));
        // The state goes on from where it was, and is not another one.
        let follows = match (&old, &new) {
            (Some(old), Some(new)) => old.lineage == new.lineage && old.serial <= new.serial,
            (Some(_), None) => false,
            (None, _) => after.is_some(),
        };
        let changed = after.map(|after| Changed::between(before, after));
        let untouched = changed.as_ref().is_some_and(Changed::is_none);
        let result = match &ending {
            Ending::NotStarted => OutcomeResult::Failed,
            Ending::Ended { status, unwritten: false, .. }
                if follows && signals::ended_by(*status).is_none() =>
            {
                // Without a state there is nothing that it could have made.
                match (status.code(), &new) {
                    (Some(0), Some(_)) if !(leaves_traces && untouched) => OutcomeResult::Succeeded,
                    (Some(0), _) | (None, _) => OutcomeResult::Unknown,
                    (Some(_), _) => OutcomeResult::Failed,
                }
            }
            Ending::Lost | Ending::Ended { .. } => OutcomeResult::Unknown,
        };
        let changed = changed.map(|mut changed| {
            changed.retain(may_be_shown);
            changed
        });
        Self { result, ending, tool, versions, before: old, after: new, changed }
    }

    /// Serial numbers that belong together.
    fn state(&self) -> Option<StateSerial> {
        let (before, after) = (self.before.as_ref(), self.after.as_ref()?);
        before.is_none_or(|it| it.lineage == after.lineage && it.serial <= after.serial).then(
            || StateSerial {
                lineage: after.lineage.clone(),
                before: before.map_or(0, |it| it.serial),
                after: after.serial,
                content_before: before.and_then(|it| it.content),
                content_after: after.content,
            },
        )
    }

    /// What happened, in a line.
    fn note(&self) -> String {
        let ended = match &self.ending {
            Ending::NotStarted => "was not started".to_owned(),
            Ending::Lost => "was started, and its end was not seen".to_owned(),
            Ending::Ended { status, took, .. } => {
                let how = match (status.code(), signals::ended_by(*status)) {
                    (Some(code), _) => format!("exit code {code}"),
                    (None, Some(signal)) => format!("ended by signal {signal}"),
                    (None, None) => "ended otherwise".to_owned(),
                };
                format!("{how} after {}.{:03} s", took.as_secs(), took.subsec_millis())
            }
        };
        let mut note = format!("{} {}: {ended}", self.tool, self.versions.tool);
        if let Some(changed) = &self.changed {
            note.push_str(&format!("; {changed}"));
            let all = [&changed.created, &changed.altered, &changed.deleted];
            for address in all.into_iter().flatten() {
                // As many as there is room for; the counts before them are complete.
                if note.len().saturating_add(address.len()).saturating_add(2) > limits::TEXT_BYTES {
                    break;
                }
                note.push_str(", ");
                note.push_str(address);
            }
        }
        note
    }

    /// What happened, as data.
    fn execution(&self) -> Execution {
        let status = match &self.ending {
            Ending::Ended { status, took, .. } => Some((*status, *took)),
            Ending::NotStarted | Ending::Lost => None,
        };
        let nameable = |text: &&String| !text.is_empty() && text.len() <= limits::NAME_BYTES;
        let providers = self.versions.providers.iter();
        let providers = providers.filter(|(name, version)| nameable(name) && nameable(version));
        Execution {
            tool: self.tool.clone(),
            version: self.versions.tool.clone(),
            providers: providers
                .take(limits::OUTCOME_PROVIDERS)
                .map(|(name, version)| (name.clone(), version.clone()))
                .collect(),
            exit_code: status.and_then(|(status, _)| status.code()),
            signal: status.and_then(|(status, _)| signals::ended_by(status)),
            milliseconds: status
                .map(|(_, took)| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
            changed: self.changed.as_ref().map(Changed::counts),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "result": self.result,
            "execution": self.execution(),
            "state": self.state(),
            "changed": self.changed,
        })
    }

    /// Records it, as who applied.
    pub(super) fn record(
        &self,
        permit: poundlock::digest::Digest,
        caller: &Caller,
        credential: Option<Credential>,
        (engine, ledger, state): (&Engine, &Ledger, &mut State),
        at: Instant,
    ) -> Result<Admission> {
        let report = OutcomeReport {
            permit,
            result: self.result,
            state: self.state(),
            execution: Some(self.execution()),
            note: Some(self.note()),
        };
        let mut fact = Fact {
            id: files::random_name()?,
            at,
            actor: actor(&caller.who),
            channel: channel(&caller.who),
            fact: FactKind::Outcome(report),
            signature: None,
            credential,
            report: None,
        };
        if caller.signing.ssh_key.is_some() || caller.signing.signing_key.is_some() {
            let text = |signed| engine.fact_text(&fact, signed, state);
            if let Signed::With(signature) =
                signing::sign(&caller.signing, at, |_| String::new(), text)?
            {
                fact.signature = Some(signature);
            }
        }
        engine.record(&fact, &[], ledger, state)
    }
}
