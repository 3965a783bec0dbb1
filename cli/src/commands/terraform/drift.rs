//! `poundlock terraform drift`: compares what there is with the state, and records what was found.

use std::path::Path;

use poundlock::{
    Error,
    engine::Engine,
    error::{Code, Result},
    model::{Fact, FactKind, Incident, IncidentKind, Plan, StateVersion},
    state::{State, StateStanding},
};
use serde_json::json;

use super::{
    arguments::{Arguments, Purpose},
    binary::Binary,
    hold_signals, is_of_stage,
    kept::{self, PLAN_FILE},
    private::PrivateDirectory,
    unknown_outcomes,
};
use crate::{
    args::{self, Format},
    commands::{actor, channel, credential, incident, snapshot, to_json},
    files::{self, Nonce},
    output::{Answer, CODE_DENIED, CODE_OK, Text},
    render,
};

pub(super) fn run(
    options: &args::terraform::Drift,
    charter: &Path,
    ledger: &Path,
    format: Format,
) -> Result<Answer> {
    let arguments = Arguments::read(&options.tool.arguments, Purpose::Drift)?;
    let engine = files::engine(charter)?;
    let (ledger, mut state) = files::ledger(ledger)?;
    let nonce = options.state_nonce.as_deref();
    let nonce = nonce.map(|path| files::state_nonce(path, Nonce::Demand)).transpose()?;
    let mut signals = hold_signals()?;
    let mut binary = Binary::new(&options.tool.binary, arguments.chdir.clone(), format);
    let workspace = binary.hold_workspace()?;
    is_of_stage(&workspace, &engine, &options.site.stage)?;
    let looked_at = binary.state()?.map(|state| state.version(nonce.as_ref()));
    is_what_was_told(options, looked_at.as_ref(), &engine, &state)?;
    let private = PrivateDirectory::new(None)?;
    let (plan_file, _) = private.file(PLAN_FILE)?;
    // Whatever is found, somebody looked before now.
    let seen = files::instant(None)?;
    binary.plan(&["-refresh-only"], &arguments, &plan_file, &mut signals)?;
    kept::refuse_remote(&plan_file)?;
    let json = binary.show(&plan_file)?;
    let (found, resources) = incident::drift(Plan::from_terraform(&json, &[0; 32])?);
    let at = files::instant(None)?;
    let incident = Incident {
        kind: IncidentKind::Drift,
        track: options.site.track.clone(),
        stage: options.site.stage.clone(),
        asset: options.site.asset.clone(),
        found,
        seen,
        state: looked_at,
        resources,
        severity: None,
        report: None,
        note: options.note.clone(),
    };
    let mut text = Text::new();
    let fact = Fact {
        id: files::random_name()?,
        at,
        actor: actor(&options.who),
        channel: channel(&options.who),
        fact: FactKind::Incident(incident.clone()),
        signature: None,
        credential: credential(&options.who, &engine, at)?,
        report: None,
    };
    let admission = engine.record(&fact, &[], &ledger, &mut state)?;
    render::admission(&mut text, &admission);
    if admission.may_proceed() {
        text.line(incident::found(&incident, &admission.entry, &state));
    }
    // What the ledger now says of the state that was looked at.
    let args::Site { track, stage, asset } = &options.site;
    let place = (track.as_deref(), stage.as_str(), asset.as_str());
    let mut bypasses = engine.open_bypasses(place, &state);
    // The asset that the state was told of may have another name.
    if incident::opened(&admission.entry, &state) == Some(IncidentKind::Bypass)
        && !bypasses.contains(&admission.entry)
    {
        bypasses.push(admission.entry);
    }
    let unsettled = incident::unsettled(&incident, &engine, &state);
    let clean = admission.may_proceed() && !found && bypasses.is_empty() && unsettled.is_none();
    let json = json!({ "admission": to_json(&admission)?, "found": found, "bypasses": bypasses });
    let mut answer = Answer::new(text, json, if clean { CODE_OK } else { CODE_DENIED });
    answer.notices = ledger.notices();
    answer.notices.extend(bypasses.iter().map(|entry| {
        format!(
            "somebody went around the gates: the bypass that {entry} opened is not over. See who wrote the state and what, and then: \
             poundlock record resolution --incident {entry} --reason … --actor …"
        )
    }));
    answer.notices.extend(unsettled.filter(|_| admission.may_proceed()));
    answer.notices.extend(unknown_outcomes(&state, &options.site.asset));
    answer.notices.extend(snapshot::when_due(&ledger, &mut state));
    Ok(answer)
}

const ELSEWHERE: &str = "go to the directory, workspace and backend that it was applied in; if this state is the one in use, report that: \
     poundlock record incident bypass --state LINEAGE --state-serial SERIAL …";

/// Refuses to look for drift in another state than the one that outcomes in the stage told of: whatever is found there, it says
/// nothing of what was deployed.
fn is_what_was_told(
    options: &args::terraform::Drift,
    found: Option<&StateVersion>,
    engine: &Engine,
    state: &State,
) -> Result<()> {
    let args::Site { track, stage, asset } = &options.site;
    let refused = |message: String, help: &str| {
        Err(Error::new(Code::TerraformMoved, message).with_help(help))
    };
    match engine.standing_of_state((track.as_deref(), stage, asset), found, state) {
        StateStanding::Undeployed
        | StateStanding::Same
        | StateStanding::Newer
        | StateStanding::Altered => Ok(()),
        StateStanding::Other => refused(
            format!(
                "the state here is not the one that the last outcome of `{asset}` in `{stage}` told of"
            ),
            ELSEWHERE,
        ),
        StateStanding::Older => refused(
            format!(
                "the state here is older than what an outcome or an incident told of that of `{asset}` in `{stage}`"
            ),
            ELSEWHERE,
        ),
        StateStanding::Untold => refused(
            format!(
                "no outcome of `{asset}` in `{stage}` told of a state, so that nobody knows whether it is this one"
            ),
            "record outcomes with `--state`, `--state-before` and `--state-after`, as `poundlock terraform apply` does",
        ),
    }
}
