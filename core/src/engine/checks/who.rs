//! When is asked, from where, and for what place.

use super::{Context, Presented, separation};
use crate::{
    charter::Clock,
    digest::Digest,
    engine::{Engine, codes, findings::CheckFindings},
    model::{Actor, Channel, Obligation, Outcome},
    secrets::Found,
    state::State,
    time::Instant,
};

/// The request as such: its instant, its id, its reason.
pub(super) fn request(context: &Context<'_>, findings: &mut CheckFindings<'_>) {
    let request = context.request;
    law(context.engine, context.state, findings);
    instant(context.engine, context.state, request.into(), false, findings);
    repeat(
        context.engine,
        context.state,
        (&request.actor, &request.id),
        context.content,
        request.at,
        findings,
    );
    if context.engine.charter().review_overdue(context.aging()) {
        findings.advise(
            codes::CHARTER_REVIEW_OVERDUE,
            None,
            Outcome::Fail,
            "the charter is due for review",
        );
    }
    if request.reason.trim().is_empty() {
        findings.fail(
            codes::REQUEST_REASON,
            None,
            "no reason is given",
            "say why the change is made",
        );
    }
    secrets(codes::REQUEST_SECRET, context.secrets, findings);
    findings.pass_if_clean(
        codes::REQUEST_OK,
        "the request is well formed, and its instant fits the ledger",
    );
}

/// What looks like a secret was masked before anything else was done, so that no entry holds it (R280, R282).
pub(in crate::engine) fn secrets(code: &str, secrets: &[Found], findings: &mut CheckFindings<'_>) {
    for found in secrets {
        findings.fail(
            code,
            Some(&found.pointer),
            format!("it holds what looks like {}", found.meaning()),
            "take it out, consider it as known to others, and name only where it is kept",
        );
    }
}

fn law(engine: &Engine, state: &State, findings: &mut CheckFindings<'_>) {
    if state.law().is_none_or(|law| law.digest != engine.law().digest) {
        findings.fail(
            codes::CHARTER_MISMATCH,
            None,
            "the ledger is governed by another charter",
            "decide under the ledger's own charter, or have this one admitted by an amendment",
        );
    }
}

/// Instants neither run backwards nor leap ahead, so that no single entry can rewrite the past or block
/// the ledger. A token that is valid at the instant vouches for it, however long the ledger rested. To those
/// who may `amend` the charter it is only said: the new charter's clock is the way out for a ledger that
/// rested too long or was led astray. No entry leads it further astray than `maxAdvance`; and a token leads
/// nothing astray, and would be worth something for ever if it could choose an instant of the past.
pub(in crate::engine) fn instant(
    engine: &Engine,
    state: &State,
    presented: Presented<'_>,
    amend: bool,
    findings: &mut CheckFindings<'_>,
) {
    let (Some(last), at) = (state.clock(), presented.at) else { return };
    let Clock { skew, max_advance } = engine.charter().document().clock;
    let (code, message, rule) = if at < last.saturating_sub(skew) {
        let message =
            format!("the instant {at} lies more than {skew} before the ledger's last one, {last}");
        (codes::TIME_BACKWARDS, message, "skew")
    } else if at > last.saturating_add(max_advance) && !presented.vouches_for_instant(engine) {
        let message = format!(
            "the instant {at} lies more than {max_advance} after the ledger's last one, {last}"
        );
        (codes::TIME_AHEAD, message, "maxAdvance")
    } else {
        return;
    };
    let astray = || presented.credential.is_none() && at >= last.saturating_sub(max_advance);
    if amend && (at > last || astray()) {
        findings.advise(code, None, Outcome::Fail, message);
    } else {
        let remedy = format!(
            "correct the clock of the host; if it is right, let an amendment raise the charter's `clock.{rule}` for a while"
        );
        findings.fail(code, None, message, remedy);
    }
}

pub(in crate::engine) fn repeat_of_fact(
    engine: &Engine,
    state: &State,
    (actor, id, content, at): (&Actor, &str, Digest, Instant),
    findings: &mut CheckFindings<'_>,
) {
    law(engine, state, findings);
    repeat(engine, state, (actor, id), content, at, findings);
}

fn repeat(
    engine: &Engine,
    state: &State,
    (actor, id): (&Actor, &str),
    content: Digest,
    at: Instant,
    findings: &mut CheckFindings<'_>,
) {
    let Some(first) = state.answer(actor, id) else { return };
    if first.content != content {
        findings.fail(
            codes::REQUEST_ID_REUSED,
            None,
            format!("entry {} answers another request of this id", first.sequence),
            "give every request an id of its own",
        );
    } else if at > first.at.saturating_add(engine.charter().document().request_lifetime) {
        findings.fail(
            codes::REQUEST_STALE,
            None,
            format!("entry {} answered this request, and its lifetime is over", first.sequence),
            "ask anew under another id",
        );
    }
}

/// From where: CI or a controller, never a person's machine.
pub(in crate::engine) fn channel_of(channel: Channel, findings: &mut CheckFindings<'_>) {
    match channel {
        Channel::Ci | Channel::Controller => {
            findings.pass(codes::CHANNEL_OK, None, "it comes from CI or a controller");
        }
        Channel::Local => findings.fail(
            codes::CHANNEL_LOCAL,
            None,
            "it comes from a person's machine",
            "let the pipeline ask and record, with --channel ci",
        ),
    }
}

/// For what place: a declared stage, and the stack, project and backend that belong to it. Gives what is owed where
/// the plan does not say what else it touches.
pub(super) fn target(
    context: &Context<'_>,
    findings: &mut CheckFindings<'_>,
) -> Option<Obligation> {
    let request = context.request;
    let Some(place) = &context.place else {
        unresolved(context, findings);
        return None;
    };
    if place.track.assets.as_ref().is_some_and(|assets| !assets.contains(&request.asset)) {
        findings.fail(
            codes::TARGET_ASSET_UNDECLARED,
            None,
            format!("the track `{}` declares no such asset", place.track.track),
            "name an asset that the track's `assets` declare",
        );
    }
    let parts = [
        ("stack", &place.stage.stack, &request.target.stack),
        ("project", &place.stage.project, &request.target.project),
        ("backend", &place.stage.backend, &request.target.backend),
    ];
    for (part, declared, asked) in parts {
        match (declared, asked) {
            (Some(declared), None) => findings.fail(
                codes::TARGET_MISSING,
                Some(part),
                format!(
                    "the {part} of `{}` is `{declared}`, and the request names none",
                    place.stage.stage
                ),
                format!("name the {part} that is about to be changed"),
            ),
            (declared, Some(asked)) if declared.as_ref() != Some(asked) => findings.fail(
                codes::TARGET_MISMATCH,
                Some(part),
                match declared {
                    Some(declared) => format!(
                        "the {part} of `{}` is `{declared}`, and the request names `{asked}`",
                        place.stage.stage
                    ),
                    None => format!(
                        "`{}` declares no {part}, and the request names `{asked}`",
                        place.stage.stage
                    ),
                },
                format!("change the stage's own {part}, or declare it in the charter"),
            ),
            _ => {}
        }
    }
    let owed = separation::check(context, place, findings);
    findings.pass_if_clean(codes::TARGET_OK, "the stage is declared, and the place is its own");
    owed
}

fn unresolved(context: &Context<'_>, findings: &mut CheckFindings<'_>) {
    let request = context.request;
    let tracks = context.engine.charter().stages(&request.stage).count();
    let stages = || {
        let tracks = &context.engine.charter().document().tracks;
        let names: Vec<_> = tracks
            .iter()
            .flat_map(|track| &track.stages)
            .map(|stage| stage.stage.as_str())
            .collect();
        format!("name one of the charter's stages: {}", names.join(", "))
    };
    match (&request.track, tracks) {
        (None, 0) => findings.fail(
            codes::TARGET_STAGE_UNDECLARED,
            None,
            "no track has the stage that is asked for",
            stages(),
        ),
        (None, _) => findings.fail(
            codes::TARGET_TRACK_AMBIGUOUS,
            None,
            format!("{tracks} tracks have the stage that is asked for"),
            "name the track",
        ),
        (Some(_), _) => findings.fail(
            codes::TARGET_TRACK_UNDECLARED,
            None,
            "the track is not declared or does not have the stage",
            stages(),
        ),
    }
}
