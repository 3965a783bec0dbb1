//! The artifacts of each lifecycle: how far each came, who made it, who consents, and what it owes.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

use super::State;
use crate::{
    digest::Digest,
    model::{
        About, ArtifactConsent, ConsentPurpose, Creation, Emergency, Evidence, EvidenceResult,
        IntegrityCheck, IntegrityResult, LifecycleOperation, LifecycleState, LifecycleStep,
        Manifest, Retirement, Revision, Succession,
    },
    time::Instant,
};

/// What the charter makes of a step: settled when it is decided, since the state knows no rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LifecycleTerms {
    /// The lifecycle, as the charter names it.
    pub lifecycle: String,
    /// The artifact's state from now on.
    pub state: LifecycleState,
    /// The evidence that is owed for it from now on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<OwedEvidence>,
}

/// Evidence about an artifact that somebody owes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwedEvidence {
    /// The gate.
    pub gate: String,
    /// The instant that it is to be produced at or after.
    pub since: Instant,
    /// By when.
    pub due: Instant,
    /// Whether an exception or a retirement owes it, and not publication as such.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub emergency: bool,
    /// Who were the gate's producers when it came to be owed: their word counts even after an amendment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub producers: Vec<String>,
}

/// An artifact of a lifecycle: the lifecycle's name and the artifact's digest.
pub(crate) type ArtifactPlace = (String, Digest);

/// How far an artifact came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LifecycleRecord {
    pub(crate) manifest: Manifest,
    pub(crate) state: LifecycleState,
    /// When it came to that state.
    pub(crate) since: Instant,
    /// Who made it or a draft that it replaced.
    pub(crate) authors: BTreeSet<String>,
    /// Who handed it in for review last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) submitted: Option<String>,
    /// By the entries that recorded them.
    pub(crate) consents: BTreeMap<Digest, ConsentRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) published: Option<PublishedRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) successor: Option<Digest>,
    pub(crate) owed: Vec<OwedEvidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) check: Option<CheckRecord>,
    /// When the last check was begun that found it changed; absent where it is not in quarantine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) quarantined: Option<Instant>,
}

/// A person's consent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ConsentRecord {
    pub(crate) by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<String>,
    pub(crate) to: ConsentPurpose,
    /// Which exception it is to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) case: Option<Digest>,
    /// When it was given.
    pub(crate) at: Instant,
}

impl ConsentRecord {
    pub(crate) fn new(consent: ArtifactConsent, at: Instant) -> Self {
        let ArtifactConsent { by, role, to, case } = consent;
        Self { by, role, to, case: case.and_then(|case| case.digest()), at }
    }
}

/// That an artifact was published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PublishedRecord {
    pub(crate) entry: Digest,
    pub(crate) at: Instant,
}

/// The newest integrity checks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CheckRecord {
    /// When the newest was begun, and what came of it.
    pub(crate) checked: Instant,
    pub(crate) result: IntegrityResult,
    /// When the newest was begun that found nothing wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) valid: Option<Instant>,
}

/// An artifact of a lifecycle, by its digest.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusArtifact {
    /// The lifecycle.
    pub lifecycle: String,
    /// The asset.
    pub asset: String,
    /// Its version.
    pub version: String,
    /// The artifact's digest.
    pub digest: Digest,
    /// How far it came.
    pub state: LifecycleState,
    /// When it came to that state.
    pub since: Instant,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Instant>,
    /// What takes its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<Digest>,
    /// Since when it is in quarantine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quarantined: Option<Instant>,
    /// When an integrity check last found nothing wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<Instant>,
    /// Whether the newest integrity check failed to tell, so that another is owed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unchecked: bool,
    /// The evidence that is owed and was not recorded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<OwedEvidence>,
    /// What is wrong with it as a link of its chain of versions (R226).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<ChainFault>,
}

/// What is wrong with a version as a link of its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChainFault {
    /// Its manifest has another digest than it is known by.
    Digest,
    /// The version that it continues is not there, was never published, or is of another asset.
    Previous,
    /// Its version is not higher than that of the one that it continues.
    Version,
}

impl ChainFault {
    /// The word for the fault.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Previous => "previous",
            Self::Version => "version",
        }
    }
}

impl LifecycleRecord {
    /// Whether what was published owes another look: it was never checked, or could not be told.
    fn is_unchecked(&self) -> bool {
        self.state.is_immutable()
            && self.check.is_none_or(|check| check.result == IntegrityResult::Error)
    }
}

impl State {
    /// An artifact of a lifecycle.
    pub(crate) fn artifact_of(&self, lifecycle: &str, digest: Digest) -> Option<&LifecycleRecord> {
        self.lifecycle.get(&(lifecycle.to_owned(), digest))
    }

    /// What an artifact of a lifecycle is made of.
    pub fn manifest(&self, lifecycle: &str, digest: Digest) -> Option<&Manifest> {
        self.artifact_of(lifecycle, digest).map(|record| &record.manifest)
    }

    /// The artifact of an asset that has a version.
    pub(crate) fn of_version(&self, lifecycle: &str, asset: &str, version: &str) -> Option<Digest> {
        let place = (lifecycle.to_owned(), asset.to_owned(), precedence(version).to_owned());
        self.versions.get(&place).copied()
    }

    /// The artifacts of an asset, by their versions' texts.
    pub(crate) fn versions<'s>(
        &'s self,
        lifecycle: &'s str,
        asset: &'s str,
    ) -> impl Iterator<Item = (Digest, &'s LifecycleRecord)> {
        self.versions
            .range((lifecycle.to_owned(), asset.to_owned(), String::new())..)
            .take_while(move |((of, name, _), _)| of == lifecycle && name == asset)
            .filter_map(|((of, ..), digest)| Some((*digest, self.artifact_of(of, *digest)?)))
    }

    /// The consent to an artifact that an entry recorded and that still counts.
    pub(crate) fn artifact_consent(&self, entry: &Digest) -> Option<&ConsentRecord> {
        self.lifecycle.values().find_map(|record| record.consents.get(entry))
    }

    /// Whether evidence is owed about an artifact by an actor, who was a producer of its gate when it came to be owed.
    pub(crate) fn owes(&self, evidence: &Evidence, actor: &str) -> bool {
        let About::Artifact(digest) = &evidence.about else { return false };
        let owed = |owed: &OwedEvidence| {
            owed.gate == evidence.gate && owed.producers.iter().any(|producer| producer == actor)
        };
        let mut records = self.lifecycle.iter().filter(|((_, artifact), _)| artifact == digest);
        records.any(|(_, record)| record.owed.iter().any(owed))
    }

    /// Whether evidence that is owed about an artifact was recorded as a pass, by whomever.
    fn is_recorded(&self, digest: Digest, owed: &OwedEvidence) -> bool {
        let about = About::Artifact(digest);
        let mut evidence = self.evidence(&owed.gate, &about);
        evidence.any(|it| it.result == EvidenceResult::Pass && it.produced >= owed.since)
    }

    /// What is wrong with a version as a link of its chain: its digest is computed again.
    fn chain_fault(
        &self,
        lifecycle: &str,
        digest: Digest,
        manifest: &Manifest,
    ) -> Option<ChainFault> {
        if manifest.digest().ok() != Some(digest) {
            return Some(ChainFault::Digest);
        }
        let previous = manifest.previous?;
        let continued = self.artifact_of(lifecycle, previous).filter(|record| {
            record.state.is_immutable() && record.manifest.asset == manifest.asset
        });
        let Some(continued) = continued else { return Some(ChainFault::Previous) };
        let higher = Version::parse(&manifest.version)
            .ok()
            .zip(Version::parse(&continued.manifest.version).ok())
            .is_some_and(|(version, before)| version.cmp_precedence(&before).is_gt());
        (!higher).then_some(ChainFault::Version)
    }

    /// The artifacts, for the summary of the state.
    pub(super) fn status_artifacts(&self) -> Vec<StatusArtifact> {
        let artifact = |((lifecycle, digest), record): (&ArtifactPlace, &LifecycleRecord)| {
            let owed = record.owed.iter().filter(|owed| !self.is_recorded(*digest, owed));
            StatusArtifact {
                lifecycle: lifecycle.clone(),
                asset: record.manifest.asset.clone(),
                version: record.manifest.version.clone(),
                digest: *digest,
                state: record.state,
                since: record.since,
                published: record.published.as_ref().map(|published| published.at),
                successor: record.successor,
                quarantined: record.quarantined,
                checked: record.check.and_then(|check| check.valid),
                unchecked: record.is_unchecked(),
                owed: owed.cloned().collect(),
                fault: self.chain_fault(lifecycle, *digest, &record.manifest),
            }
        };
        self.lifecycle.iter().map(artifact).collect()
    }
}

/// Where an artifact is found by its version: lifecycle, asset and version.
pub(super) fn version_place(lifecycle: &str, manifest: &Manifest) -> (String, String, String) {
    (lifecycle.to_owned(), manifest.asset.clone(), precedence(&manifest.version).to_owned())
}

/// What of a version counts: not what follows a plus sign, which says how it was built (semver.org, 10).
fn precedence(version: &str) -> &str {
    version.split_once('+').map_or(version, |(precedence, _)| precedence)
}

/// A step that was allowed: the entry that records it, its instant, its recorder, and when the recorder signed.
pub(super) struct Taken<'a> {
    pub(super) entry: Digest,
    pub(super) at: Instant,
    pub(super) by: &'a str,
    pub(super) signed: Option<Instant>,
}

/// An artifact takes a step.
pub(super) fn step(
    state: &mut State,
    step: LifecycleStep,
    terms: LifecycleTerms,
    taken: &Taken<'_>,
) {
    let LifecycleTerms { lifecycle, state: next, owed } = terms;
    let place = (lifecycle.clone(), step.digest);
    match step.operation {
        LifecycleOperation::Create(Creation { manifest, author }) => {
            let authors = authors(taken.by, author);
            insert(state, place, manifest, authors, taken.at);
        }
        LifecycleOperation::Update(Revision { replaces, manifest, author }) => {
            let mut authors = authors(taken.by, author);
            authors.extend(remove(state, &(lifecycle, replaces)));
            insert(state, place, manifest, authors, taken.at);
        }
        LifecycleOperation::Delete(_) => {
            remove(state, &place);
        }
        LifecycleOperation::Approve(consent) => {
            let at = taken.signed.map_or(taken.at, |signed| taken.at.min(signed));
            let consent = ConsentRecord::new(consent, at);
            let Some(record) = advance(state, &place, next, taken.at) else { return };
            record.consents.insert(taken.entry, consent);
        }
        LifecycleOperation::Submit(_) => {
            let Some(record) = advance(state, &place, next, taken.at) else { return };
            record.consents.clear();
            record.submitted = Some(taken.by.to_owned());
        }
        LifecycleOperation::Reject(_) => {
            let Some(record) = advance(state, &place, next, taken.at) else { return };
            record.consents.clear();
        }
        LifecycleOperation::Publish(publication) => {
            let Some(record) = advance(state, &place, next, taken.at) else { return };
            record.published = Some(PublishedRecord { entry: taken.entry, at: taken.at });
            record.owed = owed;
            let manifest = &record.manifest;
            let superseded = match publication.emergency {
                None => None,
                Some(Emergency::Patch(_)) => manifest.fixes,
                Some(Emergency::Exception(_)) => manifest.previous,
            };
            if let Some(superseded) = superseded {
                supersede(state, &(lifecycle, superseded), step.digest, taken.at);
            }
        }
        LifecycleOperation::Deprecate(Succession { successor })
        | LifecycleOperation::Retire(Retirement { successor, .. }) => {
            let Some(record) = advance(state, &place, next, taken.at) else { return };
            record.successor = successor.or(record.successor);
            record.owed.extend(owed);
        }
        LifecycleOperation::Archive(_) => {
            advance(state, &place, next, taken.at);
        }
        LifecycleOperation::Reinstate(_) => {
            if let Some(record) = state.lifecycle.get_mut(&place) {
                record.quarantined = None;
            }
        }
        LifecycleOperation::Use(_)
        | LifecycleOperation::Read(_)
        | LifecycleOperation::Annotate(_) => {}
    }
}

/// Who made a draft: who is said to, and who recorded it.
fn authors(by: &str, author: Option<String>) -> BTreeSet<String> {
    author.into_iter().chain([by.to_owned()]).collect()
}

fn insert(
    state: &mut State,
    place: ArtifactPlace,
    manifest: Manifest,
    mut authors: BTreeSet<String>,
    at: Instant,
) {
    if let Some(before) = state.given_up.get(&place).cloned() {
        authors.extend(before);
        state.given_up.remove(&place);
    }
    state.versions.insert(version_place(&place.0, &manifest), place.1);
    let record = LifecycleRecord {
        manifest,
        state: LifecycleState::Draft,
        since: at,
        authors,
        submitted: None,
        consents: BTreeMap::new(),
        published: None,
        successor: None,
        owed: Vec::new(),
        check: None,
        quarantined: None,
    };
    state.lifecycle.insert(place, record);
}

/// A draft is given up; gives who made it. Should it ever be made again, it is still their work.
fn remove(state: &mut State, place: &ArtifactPlace) -> BTreeSet<String> {
    let Some(record) = state.lifecycle.get(place).cloned() else { return BTreeSet::new() };
    state.versions.remove(&version_place(&place.0, &record.manifest));
    state.lifecycle.remove(place);
    state.given_up.insert(place.clone(), record.authors.clone());
    record.authors
}

/// The artifact in its next state.
fn advance<'s>(
    state: &'s mut State,
    place: &ArtifactPlace,
    next: LifecycleState,
    at: Instant,
) -> Option<&'s mut LifecycleRecord> {
    let record = state.lifecycle.get_mut(place)?;
    if record.state != next {
        (record.state, record.since) = (next, at);
    }
    Some(record)
}

/// What is published in an emergency takes another's place.
fn supersede(state: &mut State, place: &ArtifactPlace, successor: Digest, at: Instant) {
    let Some(record) = state.lifecycle.get_mut(place) else { return };
    record.successor = Some(successor);
    if record.state == LifecycleState::Published {
        (record.state, record.since) = (LifecycleState::Deprecated, at);
    }
}

/// An artifact was checked, by an entry of this instant. What was checked late says nothing of what was found since,
/// and a clock that is ahead begins no check after it was recorded.
pub(super) fn check(state: &mut State, lifecycle: String, check: &IntegrityCheck, at: Instant) {
    let Some(record) = state.lifecycle.get_mut(&(lifecycle, check.digest)) else { return };
    let checked = check.checked.min(at);
    let before = record.check;
    let mut valid = before.and_then(|before| before.valid);
    match check.result {
        IntegrityResult::Valid => valid = valid.max(Some(checked)),
        IntegrityResult::Invalid => record.quarantined = record.quarantined.max(Some(checked)),
        IntegrityResult::Error => {}
    }
    record.check = Some(match before {
        Some(before) if before.checked > checked => CheckRecord { valid, ..before },
        _ => CheckRecord { checked, result: check.result, valid },
    });
}

/// Consents end with the law that they were given under, and what they approved awaits others.
pub(super) fn end_consents(state: &mut State, at: Instant) {
    let consented = state.lifecycle.iter().filter(|(_, record)| {
        !record.consents.is_empty() || record.state == LifecycleState::Approved
    });
    for place in consented.map(|(place, _)| place.clone()).collect::<Vec<_>>() {
        let Some(record) = state.lifecycle.get_mut(&place) else { continue };
        record.consents.clear();
        if record.state == LifecycleState::Approved {
            (record.state, record.since) = (LifecycleState::Review, at);
        }
    }
}

/// A consent is taken back.
pub(super) fn withdraw(state: &mut State, entry: &Digest) {
    let consented = state.lifecycle.iter().find(|(_, record)| record.consents.contains_key(entry));
    if let Some(record) =
        consented.map(|(place, _)| place.clone()).and_then(|place| state.lifecycle.get_mut(&place))
    {
        record.consents.remove(entry);
    }
}
