//! The checks of a request, in their order (DESIGN §4). Each reads the request, the charter and the
//! state, and adds findings; none of them stops the others.

mod approvals;
mod artifact;
mod boundary;
mod caller;
mod drift;
mod evidence;
mod exceptions;
mod identity;
mod judging;
mod origin;
mod policies;
mod promotion;
mod rollout;
mod separation;
mod subject;
mod tags;
mod who;
mod zone;

pub(super) use caller::Caller;
pub(super) use evidence::satisfied as gate;
pub(super) use identity::{Presented, bound_to, identity_of_recorder, is_bound, is_known};
pub(super) use origin::origin;
pub(super) use policies::{PolicyResults, evaluate as evaluate_policies};
pub(super) use who::{channel_of, instant, repeat_of_fact, secrets};

use super::{Engine, findings::Findings};
use crate::{
    charter::{ApprovalRule, Boundary, Stage, Track},
    digest::Digest,
    model::{Check, Obligation, Request},
    secrets::Found,
    state::{Site, State},
    time::Duration,
    time::Instant,
};

/// What the checks of one request share.
pub(super) struct Context<'a> {
    pub(super) engine: &'a Engine,
    pub(super) request: &'a Request,
    pub(super) state: &'a State,
    /// The digest of the request's content, without its instant and credentials.
    pub(super) content: Digest,
    /// Where the request held what looks like a secret, and was masked.
    pub(super) secrets: &'a [Found],
    pub(super) place: Option<Place<'a>>,
}

/// The stage that a request is about, as the charter declares it.
#[derive(Clone)]
pub(super) struct Place<'a> {
    pub(super) track: &'a Track,
    pub(super) stage: &'a Stage,
    /// The stage that the subject comes from; none for the first stage.
    pub(super) from: Option<&'a Stage>,
    pub(super) boundary: &'a Boundary,
    pub(super) site: Site,
    /// The gates that the action needs.
    pub(super) gates: &'a [String],
    /// The approvals that the action needs.
    pub(super) approvals: &'a [ApprovalRule],
    /// How long before now the last of these must have been given.
    pub(super) delay: Option<Duration>,
}

impl Place<'_> {
    /// Whether the stage is one place, whatever assets are called.
    pub(super) fn is_one(&self) -> bool {
        self.stage.is_one_place()
    }
}

/// What the checks came to, besides findings.
#[derive(Default)]
pub(super) struct Results {
    pub(super) findings: Findings,
    pub(super) spends: Vec<Digest>,
    pub(super) policies: PolicyResults,
    /// What is owed because the plan does not say what it touches.
    pub(super) owed: Option<Obligation>,
    /// The names of the waivers that were applied.
    pub(super) waivers: Vec<String>,
    pub(super) exception: exceptions::Override,
}

impl Context<'_> {
    /// The instant that counts.
    pub(super) fn now(&self) -> Instant {
        now(self.state, self.request.at)
    }

    /// The instant at which ages are judged.
    pub(super) fn aging(&self) -> Instant {
        aging(self.state, self.request.at)
    }
}

/// The instant that counts where something ends: a clock that is set back brings nothing back that is over.
pub(super) fn now(state: &State, asked: Instant) -> Instant {
    state.clock().map_or(asked, |clock| clock.max(asked))
}

/// By how much the clocks of hosts differ at most, as long as nobody has led one astray.
const CLOCKS_DIFFER: Duration = Duration::from_seconds(10 * 60);

/// The instant at which ages are judged: nobody makes anything younger by dating a request back. A skew that is larger
/// than clocks differ is a way out for a ledger whose clock was led astray, and does not make everything old.
pub(super) fn aging(state: &State, asked: Instant) -> Instant {
    now(state, asked).min(asked.saturating_add(CLOCKS_DIFFER))
}

/// Runs all checks.
pub(super) fn run(context: &Context<'_>) -> Results {
    let mut results = Results { findings: Findings::with_room(), ..Results::default() };
    let findings = &mut results.findings;
    who::request(context, &mut findings.check(Check::Request));
    identity::check(context, &mut findings.check(Check::Identity));
    channel_of(context.request.channel, &mut findings.check(Check::Channel));
    results.owed = who::target(context, &mut findings.check(Check::Target));
    let Some(place) = &context.place else { return results };
    subject::check(context, place, &mut findings.check(Check::Subject));
    boundary::check(context, place, &mut findings.check(Check::Boundary));
    if context.request.action != crate::model::Action::Plan {
        results.spends = approvals::check(context, place, &mut findings.check(Check::Approvals));
        evidence::check(context, place, &mut findings.check(Check::Evidence));
    }
    results.policies = policies::check(context, place, findings);
    results.waivers = exceptions::waive(context, place, findings);
    results.exception = exceptions::break_glass(context, place, &results.spends, findings);
    results
}
