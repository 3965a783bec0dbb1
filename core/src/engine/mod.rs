//! The engine: the checks in order, [`Engine::decide`], which is pure, and [`Engine::admit`], which
//! decides and records.

mod admissions;
mod admit;
mod checks;
pub mod codes;
mod credentials;
mod draft;
mod facts;
mod findings;
mod grants;
mod incidents;
mod lifecycle;
mod matching;
mod passes;
mod redecide;
mod reports;
mod review;
mod searches;
mod sign;
mod signatures;
mod sources;

use std::{collections::BTreeMap, num::NonZeroUsize, sync::Arc};

use schemars::JsonSchema;
use serde::Serialize;

pub use admissions::Admissions;
pub use admit::Admission;
pub use draft::{Drafted, Step};
pub use passes::PolicyPasses;
pub use redecide::Redecided;
pub use review::Review;
pub(crate) use sources::identify;

use self::{
    checks::{Context, Place},
    findings::Findings,
    searches::Searches,
    sources::{Source, Sources},
};
use crate::{
    canonical,
    charter::{Charter, Lock, Moves, Stage, Track},
    digest::Digest,
    error::{Code, Error, Result},
    model::{Action, Decision, Law, Mode, Permit, Plan, Request, Subject, Verdict},
    policy::{self, PolicyPack},
    secrets::{Found, Masked},
    state::{Site, State},
};

/// The version of the engine's semantics: what is recorded under one version is decided alike by
/// every release that names it.
pub const ENGINE_VERSION: u32 = 1;

/// A charter with its packs, ready to decide.
#[derive(Debug)]
pub struct Engine {
    charter: Charter,
    /// By name, each with its overlays applied.
    packs: BTreeMap<String, Arc<PolicyPack>>,
    sources: Sources,
    searches: Searches,
    law: Law,
    texts: Texts,
    threads: NonZeroUsize,
}

/// The texts that a charter consists of, as they are kept beside the ledger.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    /// The charter, in YAML.
    pub charter: Vec<u8>,
    /// The lock file, in YAML.
    pub lock: Vec<u8>,
    /// The packs, in YAML, in any order. Packs that the charter does not name are not used.
    pub packs: Vec<Vec<u8>>,
}

impl Engine {
    /// Reads a charter and its packs, and checks that each pack is the pinned one.
    ///
    /// # Errors
    ///
    /// Those of [`Charter::parse`], [`Lock::parse`] and [`PolicyPack::parse`]; `policy.pack_missing`,
    /// `policy.pin_missing` and `policy.pin_mismatch` where a pack is absent or not the pinned one.
    pub fn new(texts: Texts) -> Result<Self> {
        let mut supplied = BTreeMap::new();
        for text in &texts.packs {
            let source = Source::parse(text)?;
            supplied.insert(source.reference(), (source, text.clone()));
        }
        Self::with_sources(texts, &supplied)
    }

    /// The engine of another charter that names none but packs and overlays of this one.
    pub(crate) fn under(&self, charter: Vec<u8>) -> Result<Self> {
        let engine = Self::with_sources(Texts { charter, ..self.texts.clone() }, &self.sources)?;
        Ok(Self { searches: self.searches.under_another_charter(), ..engine })
    }

    fn with_sources(texts: Texts, supplied: &Sources) -> Result<Self> {
        let charter = Charter::parse(&texts.charter).map_err(|error| error.in_source("charter"))?;
        let lock = Lock::parse(&texts.lock).map_err(|error| error.in_source("lock"))?;
        let mut sources = Sources::new();
        for reference in charter.pinned() {
            let (source, text) = supplied.get(&reference).ok_or_else(|| {
                Error::new(
                    Code::PolicyPackMissing,
                    format!("the charter names the pack `{reference}`, which was not supplied"),
                )
                .with_help("supply the pack in the version that the charter names")
            })?;
            sources::pinned(&lock, &reference, source.digest())?;
            sources.insert(reference, (source.clone(), text.clone()));
        }
        let packs = sources::packs(&charter, &sources)?;
        sources::check_policy_names(&charter, &packs)?;
        let law = Law {
            digest: charter.digest(&lock),
            charter: Digest::of(&texts.charter),
            lock: Digest::of(&texts.lock),
            packs: sources
                .iter()
                .map(|(name, (_, text))| (name.to_string(), Digest::of(text)))
                .collect(),
        };
        let used =
            charter.pinned().filter_map(|name| Some(sources.get(&name)?.1.clone())).collect();
        let texts = Texts { packs: used, ..texts };
        let searches = Searches::default();
        Ok(Self { charter, packs, sources, searches, law, texts, threads: NonZeroUsize::MIN })
    }

    /// Evaluates policies in so many threads, the calling one among them; one unless this says otherwise.
    /// What is decided does not depend on it.
    #[must_use]
    pub fn with_threads(self, threads: NonZeroUsize) -> Self {
        Self { threads, ..self }
    }

    /// The charter.
    pub fn charter(&self) -> &Charter {
        &self.charter
    }

    /// The charter's digest with that of its packs, and the attachments that hold their texts.
    pub fn law(&self) -> &Law {
        &self.law
    }

    /// The texts that the engine was made of.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// The packs, by name.
    pub fn packs(&self) -> impl Iterator<Item = &PolicyPack> {
        self.packs.values().map(Arc::as_ref)
    }

    /// Decides a request against a state: the same request, charter and state give the same decision.
    ///
    /// # Errors
    ///
    /// `input.invalid_value` when the request is malformed: an empty or overlong id, say.
    ///
    /// ```no_run
    /// # fn example(engine: &poundlock::engine::Engine, request: &poundlock::model::Request,
    /// #     state: &poundlock::state::State) -> Result<(), poundlock::Error> {
    /// use poundlock::model::Verdict;
    ///
    /// let decision = engine.decide(request, state)?;
    /// if decision.verdict == Verdict::Deny {
    ///     for finding in decision.findings.iter().filter(|finding| finding.denies()) {
    ///         eprintln!("{}: {}", finding.code, finding.message);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn decide(&self, request: &Request, state: &State) -> Result<Decision> {
        let Masked { what: request, found } = request.masked()?;
        self.decide_masked(&request, content(&request)?, &found, state)
    }

    /// Decides a request that holds no secrets any more.
    fn decide_masked(
        &self,
        request: &Request,
        content: Digest,
        secrets: &[Found],
        state: &State,
    ) -> Result<Decision> {
        request.validate()?;
        let place = self.place(request, state);
        let context = Context { engine: self, request, state, content, secrets, place };
        let results = checks::run(&context);
        let mode = match &context.place {
            Some(place) => self.mode(place.stage),
            None => self.charter.document().mode,
        };
        let mut obligations = results.policies.obligations;
        obligations.extend(results.owed);
        obligations.extend(results.exception.obligation);
        let verdict = if results.findings.deny() { Verdict::Deny } else { Verdict::Allow };
        let binding = verdict == Verdict::Allow && mode == Mode::Enforce;
        let permit = context
            .place
            .as_ref()
            .filter(|_| binding)
            .and_then(|place| self.permit(&context, place, results.exception.grant));
        Ok(Decision {
            verdict,
            mode,
            findings: results.findings.into_list(),
            policies: results.policies.counts,
            obligations,
            meets: if binding { results.policies.meets } else { Vec::new() },
            permit,
            spends: if binding { results.spends } else { Vec::new() },
            grant: results.exception.grant,
            waivers: results.waivers,
            charter: self.law.digest,
            packs: results.policies.packs,
            engine: ENGINE_VERSION,
        })
    }

    fn mode(&self, stage: &Stage) -> Mode {
        if self.charter.document().mode == Mode::Observe { Mode::Observe } else { stage.mode }
    }

    fn permit(
        &self,
        context: &Context<'_>,
        place: &Place<'_>,
        grant: Option<Digest>,
    ) -> Option<Permit> {
        let request = context.request;
        if request.action == Action::Plan {
            return None;
        }
        Some(Permit {
            origin: context.state.origin()?.to_owned(),
            action: request.action,
            actor: request.actor.id.clone(),
            run: request.run.clone(),
            track: place.site.track.clone(),
            stage: place.site.stage.clone(),
            asset: place.site.asset.clone(),
            lineage: request.subject.lineage(),
            digest: request.subject.digest()?,
            traffic: traffic(request, place),
            grant,
            expires: request.at.saturating_add(self.charter.document().permit_lifetime),
        })
    }

    /// The one stage that a request means. Where it names no track, only those count that move its
    /// kind of subject.
    fn place(&self, request: &Request, state: &State) -> Option<Place<'_>> {
        let moves = match request.subject {
            Subject::Change(_) => Moves::Change,
            Subject::Artifact(_) => Moves::Artifact,
        };
        let meant = |track: &Track| match &request.track {
            Some(name) => *name == track.track,
            None => track.moves == moves,
        };
        let mut found = self.charter.stages(&request.stage).filter(|(track, _)| meant(track));
        let (track, stage) = found.next()?;
        if found.next().is_some() {
            return None;
        }
        let site = Site {
            track: track.track.clone(),
            asset: request.asset.clone(),
            stage: stage.stage.clone(),
        };
        let from = checks::origin((track, stage), state, &site, &request.subject.lineage());
        let boundary = track.boundary(from, stage)?;
        // A rollback has rules of its own; a shift was consented to when what it is about entered.
        let (gates, approvals, delay) = match (request.action, &boundary.rollback) {
            (Action::Plan | Action::Apply | Action::Promote, _) => {
                (&*boundary.gates, &*boundary.approvals, boundary.delay)
            }
            (Action::Rollback, Some(rule)) => (&*rule.gates, &*rule.approvals, None),
            (Action::Rollback, None) | (Action::Shift, _) => (&[][..], &[][..], None),
        };
        Some(Place { track, stage, from, boundary, site, gates, approvals, delay })
    }

    /// The overlays of a pack, with their digests.
    fn overlays_of(&self, pack: &str) -> impl Iterator<Item = (String, Digest)> {
        self.sources.iter().filter_map(move |(reference, (source, _))| match source {
            Source::Overlay(overlay) if overlay.pack() == pack => {
                Some((reference.to_string(), overlay.digest()))
            }
            _ => None,
        })
    }

    pub(crate) fn packs_of(&self, stage: &Stage) -> Vec<&PolicyPack> {
        stage.packs.iter().filter_map(|name| self.packs.get(name).map(Arc::as_ref)).collect()
    }
}

/// How much of the traffic what is permitted may have, where traffic follows in steps.
fn traffic(request: &Request, place: &Place<'_>) -> Option<u8> {
    place.boundary.rollout.as_ref()?;
    match (request.action, &request.subject) {
        (Action::Apply, _) | (Action::Promote, Subject::Artifact(_)) => Some(0),
        // A step that is not named gives none, whatever lets it pass.
        (Action::Shift, _) => request.traffic.or(Some(0)),
        (Action::Rollback, _) => Some(100),
        (Action::Plan | Action::Promote, _) => None,
    }
}

/// The digest of a request's content: all but its instant, claims and signature. A plan counts by its digest.
fn content(request: &Request) -> Result<Digest> {
    Ok(Digest::of_kind("request", &canonical::to_bytes(&request.content())?))
}

/// What packs say about a plan, without charter or ledger: an author's fast loop.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanReport {
    /// Whether nothing denies.
    pub verdict: Verdict,
    /// What was found.
    pub findings: Vec<crate::model::Finding>,
    /// How each policy came out.
    pub policies: Vec<crate::model::PolicyCount>,
    /// Which resources passed which policy, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passes: Option<Vec<PolicyPasses>>,
}

/// Evaluates packs over a plan, in so many threads, the calling one among them; the report does not depend
/// on their number. Nothing is recorded, and no stage, actor or request is known: a policy that reads
/// them fails.
///
/// # Errors
///
/// `policy.empty` when there is no pack.
pub fn check_plan(
    packs: &[&PolicyPack],
    plan: &Plan,
    unmatched: crate::charter::Unmatched,
    context: &policy::Context,
    threads: NonZeroUsize,
) -> Result<PlanReport> {
    if packs.is_empty() {
        return Err(Error::new(Code::PolicyEmpty, "there is no pack to check the plan against"));
    }
    let mut findings = Findings::default();
    let results =
        checks::evaluate_policies(packs, plan, context, unmatched, threads, &mut findings);
    let verdict = if findings.deny() { Verdict::Deny } else { Verdict::Allow };
    Ok(PlanReport {
        verdict,
        findings: findings.into_list(),
        policies: results.counts,
        passes: None,
    })
}
