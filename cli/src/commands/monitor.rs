//! `poundlock monitor`: computes the digests of published artifacts again, and records what came of it.

mod store;

use std::{path::Path, thread, time};

use poundlock::{
    Error,
    digest::Digest,
    engine::{Admission, Engine},
    error::{Code, Result},
    ledger::Ledger,
    model::{Fact, FactKind, IntegrityCheck, IntegrityResult},
    state::{State, StatusArtifact},
    time::Instant,
};
use serde::Serialize;

use self::store::{Finding, Store};
use super::{actor, channel, credential, snapshot, to_json};
use crate::{
    args::{Format, Monitor},
    files,
    output::{self, Answer, CODE_DENIED, CODE_ERROR, CODE_OK, Style, Text, printable},
    render,
};

pub(super) fn run(
    options: &Monitor,
    charter: &Path,
    ledger: &Path,
    at: Option<Instant>,
    format: Format,
) -> Result<Answer> {
    let Some(every) = options.every else { return round(options, charter, ledger, at) };
    if at.is_some() {
        let message = "with --every the instant is always now, and --at gives another";
        return Err(Error::new(Code::InputInvalidValue, message));
    }
    // A file that is not there is a mistake now; later on it may only be late.
    credential(&options.who, &files::engine(charter)?, files::instant(None)?)?;
    loop {
        match round(options, charter, ledger, None) {
            Ok(answer) => {
                answer.notices.iter().for_each(|notice| output::notice(notice));
                output::print(&answer.output, format)?;
            }
            Err(error) => output::error(&error, format),
        }
        thread::sleep(time::Duration::from_secs(every.as_seconds()));
    }
}

/// What came of one round: of so many artifacts so many were checked.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Round {
    /// How many artifacts were ever published.
    artifacts: usize,
    /// Of how many it could be told what they are.
    checked: usize,
    valid: usize,
    invalid: usize,
    /// Of how many it could not be told.
    errors: usize,
    /// How many were not looked at, or could not be told.
    unchecked: usize,
    checks: Vec<Check>,
}

/// What came of one check.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Check {
    lifecycle: String,
    asset: String,
    version: String,
    digest: Digest,
    result: IntegrityResult,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<Digest>,
    milliseconds: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// The entry that records it.
    entry: Digest,
}

fn round(options: &Monitor, charter: &Path, ledger: &Path, at: Option<Instant>) -> Result<Answer> {
    let engine = files::engine(charter)?;
    let (ledger, mut state) = files::ledger(ledger)?;
    let mut artifacts = state.status().artifacts;
    artifacts.retain(|artifact| artifact.state.is_immutable());
    let mut round = Round { artifacts: artifacts.len(), ..Round::default() };
    let most = if options.all { artifacts.len() } else { options.sample };
    let store = Store::open(&options.store);
    let mut text = Text::new();
    for artifact in sample(artifacts, most)? {
        let place = (&engine, &ledger, &mut state);
        let check = match check(options, &store, artifact, place, at)? {
            (check, admission) if admission.may_proceed() => check,
            (_, refused) => {
                render::admission(&mut text, &refused);
                return Ok(Answer::new(text, to_json(&refused)?, CODE_DENIED));
            }
        };
        round.count(check);
    }
    round.unchecked = round.artifacts.saturating_sub(round.checked);
    round.render(&mut text);
    let code = match (round.invalid, round.errors) {
        (0, 0) => CODE_OK,
        (0, _) => CODE_ERROR,
        _ => CODE_DENIED,
    };
    let mut answer = Answer::new(text, to_json(&round)?, code);
    answer.notices = ledger.notices();
    answer.notices.extend(snapshot::when_due(&ledger, &mut state));
    Ok(answer)
}

/// So many of the artifacts: those that are owed a check, then any others, by chance.
fn sample(artifacts: Vec<StatusArtifact>, most: usize) -> Result<Vec<StatusArtifact>> {
    let mut keyed = Vec::with_capacity(artifacts.len());
    for artifact in artifacts {
        keyed.push((!artifact.unchecked, files::random::<8>()?, artifact));
    }
    keyed.sort_by_key(|(checked, chance, _)| (*checked, *chance));
    Ok(keyed.into_iter().take(most).map(|(.., artifact)| artifact).collect())
}

/// Checks an artifact and records it.
fn check(
    options: &Monitor,
    store: &Store,
    artifact: StatusArtifact,
    (engine, ledger, state): (&Engine, &Ledger, &mut State),
    at: Option<Instant>,
) -> Result<(Check, Admission)> {
    let checked = files::instant(at)?;
    let begun = time::Instant::now();
    let Finding { result, found, note } = match state.manifest(&artifact.lifecycle, artifact.digest)
    {
        Some(manifest) => store.check(manifest, artifact.digest)?,
        None => return Err(Error::new(Code::Internal, "an artifact has no manifest")),
    };
    let milliseconds = u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX);
    let at = files::instant(at)?;
    let check = IntegrityCheck {
        lifecycle: Some(artifact.lifecycle.clone()),
        asset: artifact.asset.clone(),
        digest: artifact.digest,
        result,
        found,
        checked,
        milliseconds,
        note: note.clone(),
    };
    let fact = Fact {
        id: files::random_name()?,
        at,
        actor: actor(&options.who),
        channel: channel(&options.who),
        fact: FactKind::IntegrityCheck(check),
        signature: None,
        report: None,
        // Tokens are short-lived, so that the file may hold another one by now.
        credential: credential(&options.who, engine, at)?,
    };
    let admission = engine.record(&fact, &[], ledger, state)?;
    let StatusArtifact { lifecycle, asset, version, digest, .. } = artifact;
    let entry = admission.entry;
    Ok((
        Check { lifecycle, asset, version, digest, result, found, milliseconds, note, entry },
        admission,
    ))
}

impl Round {
    fn count(&mut self, check: Check) {
        let count = match check.result {
            IntegrityResult::Valid => &mut self.valid,
            IntegrityResult::Invalid => &mut self.invalid,
            IntegrityResult::Error => &mut self.errors,
        };
        *count = count.saturating_add(1);
        self.checked = self.valid.saturating_add(self.invalid);
        self.checks.push(check);
    }

    fn render(&self, text: &mut Text) {
        for check in self.checks.iter().filter(|check| check.result != IntegrityResult::Valid) {
            match check.result {
                IntegrityResult::Invalid => text.add(Style::Bad, "INVALID  "),
                _ => text.add(Style::Warning, "ERROR    "),
            };
            let Check { asset, version, digest, entry, .. } = check;
            let note = check.note.as_deref().unwrap_or("its digest is another");
            let asset = printable(asset);
            text.line(format!("{asset} {version} {digest}: {}: {entry}", printable(note)));
        }
        let Self { artifacts, checked, valid, invalid, errors, unchecked, .. } = self;
        text.line(format!(
            "{checked} of {artifacts} checked: {valid} valid, {invalid} invalid; {errors} could not be told; {unchecked} unchecked"
        ));
    }
}
