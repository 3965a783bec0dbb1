//! `poundlock terraform drift`: compares what there is with the state, and records what was found.

use std::path::Path;

use poundlock::{
    error::Result,
    model::{Fact, FactKind, Incident, IncidentKind, Plan},
    time::Instant,
};
use serde_json::json;

use super::{
    arguments::{Arguments, Purpose},
    binary::Binary,
    hold_signals, is_of_stage,
    kept::{self, PLAN_FILE},
    unknown_outcomes,
};
use crate::{
    args::{self, Format},
    commands::{actor, channel, credential, incident, snapshot, to_json},
    files,
    output::{Answer, CODE_DENIED, CODE_OK, Text},
    render,
};

pub(super) fn run(
    options: &args::terraform::Drift,
    charter: &Path,
    ledger: &Path,
    at: Option<Instant>,
    format: Format,
) -> Result<Answer> {
    let arguments = Arguments::read(&options.tool.arguments, Purpose::Drift)?;
    let engine = files::engine(charter)?;
    let (ledger, mut state) = files::ledger(ledger)?;
    let mut signals = hold_signals()?;
    let mut binary = Binary::new(&options.tool.binary, arguments.chdir.clone(), format);
    let workspace = binary.hold_workspace()?;
    is_of_stage(&workspace, &engine, &options.stage)?;
    let private = kept::private_directory(None)?;
    let plan_file = private.path().join(PLAN_FILE);
    // Whatever is found, somebody looked before now.
    let seen = files::instant(at)?;
    binary.plan(&["-refresh-only"], &arguments, &plan_file, &mut signals)?;
    kept::refuse_remote(&plan_file)?;
    let json = binary.show(&plan_file)?;
    let (found, resources) = incident::drift(Plan::from_terraform(&json, &[0; 32])?);
    let at = files::instant(at)?;
    let incident = Incident {
        kind: IncidentKind::Drift,
        track: options.track.clone(),
        stage: options.stage.clone(),
        asset: options.asset.clone(),
        found,
        seen,
        resources,
        severity: None,
        report: None,
        note: options.note.clone(),
    };
    let mut text = Text::new();
    let line = incident::found(&incident);
    let fact = Fact {
        id: files::random_name()?,
        at,
        actor: actor(&options.who),
        channel: channel(&options.who),
        fact: FactKind::Incident(incident),
        signature: None,
        credential: credential(&options.who, &engine, at)?,
        report: None,
    };
    let admission = engine.record(&fact, &[], &ledger, &mut state)?;
    render::admission(&mut text, &admission);
    if admission.may_proceed() {
        text.line(line);
    }
    let clean = admission.may_proceed() && !found;
    let json = json!({ "admission": to_json(&admission)?, "found": found });
    let mut answer = Answer::new(text, json, if clean { CODE_OK } else { CODE_DENIED });
    answer.notices = ledger.notices();
    answer.notices.extend(unknown_outcomes(&state, &options.asset));
    answer.notices.extend(snapshot::when_due(&ledger, &mut state));
    Ok(answer)
}
