//! `poundlock record incident`: from the arguments, or from a plan that looked for drift.

use poundlock::{
    digest::Digest,
    engine::Engine,
    error::{Code, Error, Result},
    limits,
    model::{Incident, IncidentKind, Permit, Plan, Severity, StateVersion},
    state::{State, StateStanding},
    time::Instant,
};

use crate::{args, files};

/// The incident that the arguments describe.
pub(super) fn of(options: &args::Incident, at: Instant) -> Result<Incident> {
    let kind = match options.kind {
        args::IncidentKind::Drift => IncidentKind::Drift,
        args::IncidentKind::Bypass => IncidentKind::Bypass,
        args::IncidentKind::Health => IncidentKind::Health,
        args::IncidentKind::Other => IncidentKind::Other,
    };
    if kind != IncidentKind::Drift && (options.nothing_found || options.plan.is_some()) {
        let message = "only who looks for drift may find nothing";
        return Err(Error::new(Code::InputInvalidValue, message)
            .with_help("an incident of another kind is recorded when there is one"));
    }
    let (mut found, mut resources) = (!options.nothing_found, options.resources.clone());
    if let Some(path) = &options.plan {
        (found, resources) = drift(files::plan_without_nonce(path)?);
    }
    let report = match &options.report {
        Some(path) => Some(Digest::of(&files::read(path, limits::DOCUMENT_BYTES)?)),
        None => None,
    };
    let severity = options.severity.map(|severity| match severity {
        args::IncidentSeverity::High => Severity::High,
        args::IncidentSeverity::Critical => Severity::Critical,
    });
    Ok(Incident {
        kind,
        severity,
        track: options.site.track.clone(),
        stage: options.site.stage.clone(),
        asset: options.site.asset.clone(),
        found,
        seen: options.seen.unwrap_or(at),
        state: options
            .state
            .clone()
            .zip(options.state_serial)
            .map(|(lineage, serial)| StateVersion { lineage, serial, content: None }),
        resources,
        report,
        note: options.note.clone(),
    })
}

/// Whether a plan found drift, and where.
pub(super) fn drift(plan: Plan) -> (bool, Vec<String>) {
    let found = !plan.drift.is_empty();
    // No digest of the plan: it may hold secrets, and nothing blinds it here.
    let drifted = plan.drift.into_iter().map(|resource| resource.address);
    // As many as a fact can name; that there is drift does not depend on it.
    let nameable = drifted.filter(|address| address.len() <= limits::NAME_BYTES);
    (found, nameable.take(limits::INCIDENT_RESOURCES).collect())
}

/// The kind of the incident that an entry opened, and that is not over.
pub(super) fn opened(entry: &Digest, state: &State) -> Option<IncidentKind> {
    let mut open = state.status().incidents.into_iter();
    open.find(|open| open.entry == *entry).map(|open| open.kind)
}

/// What came of recording it, in a line. The state is that after the entry.
pub(super) fn found(incident: &Incident, entry: &Digest, state: &State) -> String {
    let Some(kind) = opened(entry, state) else { return "no drift was found".to_owned() };
    let at = match incident.resources.len() {
        0 => String::new(),
        1 => " at 1 resource".to_owned(),
        count => format!(" at {count} resources"),
    };
    format!(
        "an incident of the kind `{}` is open{at}; its resolution names it by the hash above",
        kind.word()
    )
}

/// Says so where a look at a state counts for nothing. The state of the ledger is that after the entry.
pub(super) fn unsettled(incident: &Incident, engine: &Engine, state: &State) -> Option<String> {
    let Incident { kind: IncidentKind::Drift, stage, asset, state: Some(_), .. } = incident else {
        return None;
    };
    let standing = standing(incident, engine, state);
    if !matches!(standing, StateStanding::Newer | StateStanding::Altered) {
        return None;
    }
    // They may be of other assets of the stage.
    let is_here = |permit: &Permit| {
        let mut stages = engine.charter().stages(stage);
        stages.any(|(track, it)| (&track.track, &it.stage) == (&permit.track, &permit.stage))
    };
    let pending = state.status().pending.into_iter();
    let acts: Vec<String> = pending
        .filter(|open| open.permit.is_act() && is_here(&open.permit))
        .map(|open| {
            format!(
                "the {} of `{}` that {} admitted",
                open.permit.action.word(),
                open.permit.asset,
                open.entry
            )
        })
        .collect();
    Some(format!(
        "the state was written since the last outcome of `{asset}` in `{stage}` was recorded, and nobody knows yet whether by an act that was \
         admitted: this look counts for nothing, so look again once it is recorded how that ended: {}",
        acts.join(", ")
    ))
}

/// Says so where a look that found nothing could not see a bypass, since it names no state, and outcomes did.
pub(super) fn stateless(incident: &Incident, engine: &Engine, state: &State) -> Option<String> {
    let Incident { kind: IncidentKind::Drift, found: false, state: None, .. } = incident else {
        return None;
    };
    (standing(incident, engine, state) == StateStanding::Other).then(|| {
        "outcomes told of a state, and this look does not say which one it was: whether that was written around the gates, only \
         --state and --state-serial show, or `poundlock terraform drift`"
            .to_owned()
    })
}

fn standing(incident: &Incident, engine: &Engine, state: &State) -> StateStanding {
    let Incident { track, stage, asset, state: found, .. } = incident;
    engine.standing_of_state((track.as_deref(), stage, asset), found.as_ref(), state)
}
