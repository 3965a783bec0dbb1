//! The life of artifacts: which step may follow which, who may take it, and what it takes.
//!
//! No step alters an artifact. What was published can be deprecated, retired and archived, and nothing else
//! can be done about it but to publish another version.

mod consent;
mod integrity;
mod manifest;
mod publication;
mod standing;

use standing::is_overdue;
pub(super) use standing::{Standing, standing};

use super::{Engine, checks, codes, facts::is_known, findings::CheckFindings};
use crate::{
    charter::{ActorDeclaration, Lifecycle},
    digest::Digest,
    model::{
        ArtifactConsent, ConsentPurpose, Creation, Decision, Fact, FactKind, IncidentKind,
        IntegrityCheck, IntegrityResult, LifecycleOperation, LifecycleState, LifecycleStep,
        Retirement, Revision, Succession, Verdict,
    },
    state::{LifecycleRecord, LifecycleTerms, OwedEvidence, State},
    time::Instant,
};

/// What an entry says of an artifact for the state to follow.
#[derive(Default)]
pub(super) struct Effect {
    pub(super) terms: Option<LifecycleTerms>,
    /// The kind of incident that the entry opens.
    pub(super) incident: Option<IncidentKind>,
    /// What was published and would have been altered.
    pub(super) attempt: Option<Digest>,
}

/// A step with what it is about.
struct Taking<'a> {
    fact: &'a Fact,
    step: &'a LifecycleStep,
    lifecycle: &'a Lifecycle,
    recorder: &'a ActorDeclaration,
    state: &'a State,
    /// The instant that counts where something ends.
    now: Instant,
}

impl<'a> Taking<'a> {
    fn artifact(&self, digest: Digest) -> Option<&'a LifecycleRecord> {
        self.state.artifact_of(&self.lifecycle.lifecycle, digest)
    }
}

impl Engine {
    /// The lifecycle that somebody means.
    fn lifecycle_meant(&self, name: Option<&str>, asset: &str) -> Option<&Lifecycle> {
        let mut lifecycles = self.charter.document().lifecycles.iter().filter(|lifecycle| {
            lifecycle.has(asset) && name.is_none_or(|name| name == lifecycle.lifecycle)
        });
        let lifecycle = lifecycles.next()?;
        lifecycles.next().is_none().then_some(lifecycle)
    }

    /// The lifecycle of an asset, which must be one.
    fn lifecycle_of(
        &self,
        name: Option<&str>,
        asset: &str,
        findings: &mut CheckFindings<'_>,
    ) -> Option<&Lifecycle> {
        let lifecycle = self.lifecycle_meant(name, asset);
        if lifecycle.is_none() {
            findings.fail(
                codes::ARTIFACT_LIFECYCLE,
                None,
                "no lifecycle is for the asset, or more than one is",
                "name an asset of one of the charter's `lifecycles`, and the lifecycle where need be",
            );
        }
        lifecycle
    }

    /// A step is taken by whom the lifecycle grants it, from a state that it leads on from.
    pub(super) fn lifecycle_step(
        &self,
        (fact, step): (&Fact, &LifecycleStep),
        recorder: &ActorDeclaration,
        (state, now): (&State, Instant),
        findings: &mut CheckFindings<'_>,
    ) {
        if step.reason.trim().is_empty() {
            findings.fail(
                codes::REQUEST_REASON,
                None,
                "no reason is given",
                "say why the step is taken",
            );
        }
        let Some(lifecycle) = self.lifecycle_of(step.lifecycle.as_deref(), &step.asset, findings)
        else {
            return;
        };
        let taking = Taking { fact, step, lifecycle, recorder, state, now };
        granted(&taking, findings);
        let actor = &recorder.actor;
        if let Some(manifest) = step.operation.manifest() {
            if is_repeated(&lifecycle.lifecycle, step, actor, state) {
                manifest::exists(findings);
                return;
            }
            self.manifest(&taking, manifest, findings);
        }
        if let Some((_, record)) = attacked(&lifecycle.lifecycle, step, actor, state) {
            findings.fail(
                codes::ARTIFACT_IMMUTABLE,
                Some(step.operation.word()),
                format!(
                    "version {} of the asset is {}, and what was published is never altered",
                    record.manifest.version,
                    record.state.word()
                ),
                "publish another version",
            );
            return;
        }
        let Some(record) = subject(&taking, findings) else { return };
        if !leads_on(&step.operation, record.state) {
            self.wrong_state(&step.operation, record.state, findings);
            return;
        }
        match &step.operation {
            LifecycleOperation::Submit(_) => complete(&taking, record, findings),
            LifecycleOperation::Approve(consent) => {
                self.artifact_consent(&taking, record, consent, findings);
            }
            LifecycleOperation::Publish(publication) => {
                complete(&taking, record, findings);
                self.publication(&taking, record, publication, findings);
            }
            LifecycleOperation::Deprecate(Succession { successor: Some(successor) }) => {
                self.succeeds(&taking, *successor, findings);
            }
            LifecycleOperation::Retire(retirement) => {
                self.retirement(&taking, record, retirement, findings);
            }
            LifecycleOperation::Use(_) => self.use_of(&taking, record, findings),
            LifecycleOperation::Read(_) => read(&taking, record, findings),
            LifecycleOperation::Reinstate(_) => reinstate(record, findings),
            _ => {}
        }
    }

    fn wrong_state(
        &self,
        operation: &LifecycleOperation,
        state: LifecycleState,
        findings: &mut CheckFindings<'_>,
    ) {
        let (code, remedy) = match operation {
            LifecycleOperation::Publish(_) if state.is_immutable() => {
                (codes::ARTIFACT_PUBLISHED, "there is nothing left to publish")
            }
            _ => (codes::ARTIFACT_STATE, "take the steps between, one after the other"),
        };
        let message =
            format!("the artifact is {}: this is no time to {}", state.word(), operation.word());
        findings.fail(code, Some(operation.word()), message, remedy);
    }

    /// What a step leads to, or an integrity check: what the entry says for the state to follow.
    pub(super) fn lifecycle_effect(
        &self,
        fact: &Fact,
        decision: &Decision,
        state: &State,
    ) -> Effect {
        match &fact.fact {
            FactKind::Lifecycle(step) => self.effect_of_step(fact, step, decision, state),
            FactKind::IntegrityCheck(check) => self.effect_of_check(check, decision, state),
            _ => Effect::default(),
        }
    }

    fn effect_of_step(
        &self,
        fact: &Fact,
        step: &LifecycleStep,
        decision: &Decision,
        state: &State,
    ) -> Effect {
        let Some(lifecycle) = self.lifecycle_meant(step.lifecycle.as_deref(), &step.asset) else {
            return Effect::default();
        };
        let terms = |state, owed| {
            Some(LifecycleTerms { lifecycle: lifecycle.lifecycle.clone(), state, owed })
        };
        if decision.verdict == Verdict::Deny {
            let actor = &fact.actor.id;
            let attacked = attacked(&lifecycle.lifecycle, step, actor, state);
            let Some((digest, record)) = attacked.filter(|_| is_known(decision)) else {
                return Effect::default();
            };
            let open = state.attempted(actor, &step.operation, digest);
            return Effect {
                terms: terms(record.state, Vec::new()),
                incident: open.is_none().then_some(IncidentKind::Immutability),
                attempt: Some(digest),
            };
        }
        let record = state.artifact_of(&lifecycle.lifecycle, step.digest);
        let now = record.map_or(LifecycleState::Draft, |record| record.state);
        let next = match &step.operation {
            LifecycleOperation::Create(_)
            | LifecycleOperation::Update(_)
            | LifecycleOperation::Reject(_) => LifecycleState::Draft,
            LifecycleOperation::Submit(_) => LifecycleState::Review,
            LifecycleOperation::Approve(consent) => match record {
                Some(record)
                    if self.is_last_consent(
                        lifecycle,
                        record,
                        consent,
                        (fact, checks::aging(state, fact.at)),
                    ) =>
                {
                    LifecycleState::Approved
                }
                _ => now,
            },
            LifecycleOperation::Publish(_) => LifecycleState::Published,
            LifecycleOperation::Deprecate(_) => LifecycleState::Deprecated,
            LifecycleOperation::Retire(_) => LifecycleState::Retired,
            LifecycleOperation::Archive(_) => LifecycleState::Archived,
            LifecycleOperation::Delete(_)
            | LifecycleOperation::Use(_)
            | LifecycleOperation::Read(_)
            | LifecycleOperation::Annotate(_)
            | LifecycleOperation::Reinstate(_) => now,
        };
        let owed = self.owed(lifecycle, &step.operation, fact.at);
        let forced =
            matches!(step.operation, LifecycleOperation::Retire(Retirement { forced: true, .. }));
        let incident = forced.then_some(IncidentKind::Retirement);
        Effect { terms: terms(next, owed), incident, attempt: None }
    }

    /// The evidence that a step owes from an instant on.
    fn owed(
        &self,
        lifecycle: &Lifecycle,
        operation: &LifecycleOperation,
        at: Instant,
    ) -> Vec<OwedEvidence> {
        let emergency = lifecycle.emergency.as_ref();
        let rules = match operation {
            LifecycleOperation::Publish(publication) => {
                let notify = emergency
                    .and_then(|rule| rule.exception.as_ref())
                    .filter(|_| publication.is_exception())
                    .map(|exception| &exception.notify);
                [(lifecycle.published.as_ref(), false), (notify, true)]
            }
            LifecycleOperation::Retire(Retirement { forced: true, .. }) => {
                let report =
                    emergency.and_then(|rule| rule.retirement.as_ref()).map(|rule| &rule.report);
                [(report, true), (None, true)]
            }
            _ => return Vec::new(),
        };
        let evidence = rules.iter().filter_map(|(rule, emergency)| Some(((*rule)?, *emergency)));
        evidence
            .flat_map(|(rule, emergency)| {
                let due = at.saturating_add(rule.within);
                rule.gates.iter().map(move |gate| OwedEvidence {
                    gate: gate.clone(),
                    since: at,
                    due,
                    emergency,
                    producers: self
                        .charter
                        .gate(gate)
                        .map(|gate| gate.producers.clone())
                        .unwrap_or_default(),
                })
            })
            .collect()
    }

    /// What takes an artifact's place can be used itself, and owes nothing that is overdue.
    fn succeeds(&self, taking: &Taking<'_>, successor: Digest, findings: &mut CheckFindings<'_>) {
        let fits = taking.artifact(successor).is_some_and(|record| {
            record.manifest.asset == taking.step.asset
                && record.state == LifecycleState::Published
                && record.quarantined.is_none()
                && !is_overdue(self, taking.state, (successor, record), taking.now)
                && successor != taking.step.digest
        });
        if !fits {
            findings.fail(
            codes::ARTIFACT_SUCCESSOR,
            None,
            "the successor is not another published artifact of the asset that owes nothing overdue",
            "name one that can be used in its place",
        );
        }
    }

    fn effect_of_check(
        &self,
        check: &IntegrityCheck,
        decision: &Decision,
        state: &State,
    ) -> Effect {
        let lifecycle = self
            .lifecycle_meant(check.lifecycle.as_deref(), &check.asset)
            .filter(|_| decision.verdict == Verdict::Allow);
        let Some((name, record)) = lifecycle.and_then(|lifecycle| {
            let name = &lifecycle.lifecycle;
            Some((name, state.artifact_of(name, check.digest)?))
        }) else {
            return Effect::default();
        };
        let terms =
            LifecycleTerms { lifecycle: name.clone(), state: record.state, owed: Vec::new() };
        // One incident for as long as it lies in quarantine.
        let opens = check.result == IntegrityResult::Invalid && record.quarantined.is_none();
        let incident = opens.then_some(IncidentKind::Integrity);
        Effect { terms: Some(terms), incident, attempt: None }
    }
}

/// What was published once and a step would alter, if it would: the artifact itself, or one of the same
/// version. Whoever repeats what they did before it was published alters nothing.
fn attacked<'s>(
    lifecycle: &str,
    step: &LifecycleStep,
    actor: &str,
    state: &'s State,
) -> Option<(Digest, &'s LifecycleRecord)> {
    let (replaced, manifest) = match &step.operation {
        LifecycleOperation::Create(creation) => (None, Some(&creation.manifest)),
        LifecycleOperation::Update(revision) => (Some(revision.replaces), Some(&revision.manifest)),
        LifecycleOperation::Delete(_)
        | LifecycleOperation::Submit(_)
        | LifecycleOperation::Reject(_) => (None, None),
        _ => return None,
    };
    if is_repeated(lifecycle, step, actor, state) {
        return None;
    }
    let same_version = manifest
        .and_then(|manifest| state.of_version(lifecycle, &manifest.asset, &manifest.version));
    [Some(step.digest), replaced, same_version]
        .into_iter()
        .flatten()
        .filter_map(|digest| Some((digest, state.artifact_of(lifecycle, digest)?)))
        .find(|(_, record)| record.state.is_immutable())
}

/// Whether an actor makes or hands in once more the very artifact that they made or handed in before, as a job does that
/// is run again.
fn is_repeated(lifecycle: &str, step: &LifecycleStep, actor: &str, state: &State) -> bool {
    let Some(record) = state.artifact_of(lifecycle, step.digest) else { return false };
    let is_author = |said: Option<&String>| {
        let mut authors = said.map(String::as_str).into_iter().chain([actor]);
        authors.all(|author| record.authors.contains(author))
    };
    match &step.operation {
        LifecycleOperation::Create(Creation { manifest, author }) => {
            *manifest == record.manifest && is_author(author.as_ref())
        }
        LifecycleOperation::Update(Revision { replaces, manifest, author }) => {
            let replaced = state.artifact_of(lifecycle, *replaces);
            replaced.is_none() && *manifest == record.manifest && is_author(author.as_ref())
        }
        LifecycleOperation::Submit(_) => record.submitted.as_deref() == Some(actor),
        _ => false,
    }
}

/// The artifact that a step is about, where there has to be one.
fn subject<'a>(
    taking: &Taking<'a>,
    findings: &mut CheckFindings<'_>,
) -> Option<&'a LifecycleRecord> {
    let digest = match &taking.step.operation {
        LifecycleOperation::Create(_) => return None,
        LifecycleOperation::Update(revision) => revision.replaces,
        _ => taking.step.digest,
    };
    let record = taking.artifact(digest).filter(|it| it.manifest.asset == taking.step.asset);
    if record.is_none() {
        unknown(findings);
    }
    record
}

/// The lifecycle knows no artifact of this digest and asset.
pub(super) fn unknown(findings: &mut CheckFindings<'_>) {
    findings.fail(
        codes::ARTIFACT_UNKNOWN,
        None,
        "the lifecycle has no artifact of that digest and asset",
        "create it, and let it go through its lifecycle",
    );
}

fn granted(taking: &Taking<'_>, findings: &mut CheckFindings<'_>) {
    let operation = &taking.step.operation;
    let Some(actors) = taking.lifecycle.grants.of(operation) else { return };
    // Who alone may read what is out of use need not be among those who read the rest.
    let reads = matches!(operation, LifecycleOperation::Read(_))
        && taking.lifecycle.compliance.contains(&taking.recorder.actor);
    if !reads && !actors.contains(&taking.recorder.actor) {
        findings.fail(
            codes::ARTIFACT_NOT_GRANTED,
            Some(operation.word()),
            format!("`{}` may not {} in the lifecycle", taking.recorder.actor, operation.word()),
            format!("let an actor do it that the lifecycle's `grants.{}` names", operation.word()),
        );
    }
}

/// Whether an operation leads on from a state.
fn leads_on(operation: &LifecycleOperation, state: LifecycleState) -> bool {
    use LifecycleState::{Approved, Archived, Deprecated, Draft, Published, Retired, Review};
    match operation {
        LifecycleOperation::Create(_) => false,
        LifecycleOperation::Update(_)
        | LifecycleOperation::Delete(_)
        | LifecycleOperation::Submit(_) => state == Draft,
        LifecycleOperation::Approve(ArtifactConsent { to: ConsentPurpose::Retirement, .. }) => {
            matches!(state, Published | Deprecated)
        }
        LifecycleOperation::Approve(_) | LifecycleOperation::Reject(_) => {
            matches!(state, Review | Approved)
        }
        LifecycleOperation::Publish(publication) => {
            state == Approved || (publication.emergency.is_some() && state == Review)
        }
        LifecycleOperation::Deprecate(_) => state == Published,
        LifecycleOperation::Retire(retirement) => {
            state == Deprecated || (retirement.forced && state == Published)
        }
        LifecycleOperation::Archive(_) => state == Retired,
        LifecycleOperation::Use(_)
        | LifecycleOperation::Read(_)
        | LifecycleOperation::Annotate(_)
        | LifecycleOperation::Reinstate(_) => {
            matches!(state, Draft | Review | Approved | Published | Deprecated | Retired | Archived)
        }
    }
}

/// What is in review or published names and holds what the charter demands now.
fn complete(taking: &Taking<'_>, record: &LifecycleRecord, findings: &mut CheckFindings<'_>) {
    manifest::demands(taking.lifecycle, &record.manifest, findings);
    manifest::chain(taking, &record.manifest, findings);
}

/// What is out of use is read by those alone who see that rules are kept (R242, R243).
fn read(taking: &Taking<'_>, record: &LifecycleRecord, findings: &mut CheckFindings<'_>) {
    let out_of_use = matches!(record.state, LifecycleState::Retired | LifecycleState::Archived)
        || record.quarantined.is_some();
    if out_of_use && !taking.lifecycle.compliance.contains(&taking.recorder.actor) {
        findings.fail(
            codes::ARTIFACT_COMPLIANCE,
            None,
            "the artifact is out of use, and read by those alone whom the lifecycle's `compliance` names",
            "let one of them read it",
        );
    }
}

/// What was found changed comes back once it was found unchanged since.
fn reinstate(record: &LifecycleRecord, findings: &mut CheckFindings<'_>) {
    let Some(quarantined) = record.quarantined else {
        findings.fail(
            codes::ARTIFACT_STATE,
            Some("reinstate"),
            "the artifact is not in quarantine",
            "there is nothing to be done",
        );
        return;
    };
    let valid = record.check.and_then(|check| check.valid);
    if valid.is_none_or(|valid| valid <= quarantined) {
        findings.fail(
            codes::ARTIFACT_CHECK,
            None,
            format!("no integrity check since {quarantined} found the artifact unchanged"),
            "restore it, and let a monitor check it again",
        );
    }
}
