//! Snapshots: the whole state as an attachment, so that opening a ledger need not fold all of it.

use std::collections::BTreeMap;

use super::{
    Answered, ApprovalRecord, ArtifactRecord, CurrentLaw, Deployment, EvidenceRecord,
    IncidentRecord, LineageRecord, LookRecord, NewestPlan, OpenObligation, PermitRecord,
    PlanRecord, RolloutRecord, Site, SiteRecord, SnapshotBody, State,
    compact::{Hash, Moment},
    fold,
    form::{
        AboutForm, ActForm, AnsweredForm, ApprovalForm, ArtifactForm, ChangeForm, DeploymentForm,
        ErasedForm, EvidenceForm, Form, GivenUpForm, GoodForm, IncidentForm, LifecycleForm,
        LineageForm, LookForm, Named, NewestPlanForm, ObligationForm, PermitForm, PlanForm,
        ReportForm, RolloutForm, SerialForm, SiteForm, SnapshotForm, Spot,
    },
    incidents,
    journal::Journaled,
    kind,
    lifecycle::version_place,
    serials::SerialRecord,
    whereabouts,
};
use crate::{
    canonical,
    digest::Digest,
    error::{Code, Error, Result},
    ledger::{Ledger, Recorded},
    model::{Change, Permit},
    time::Instant,
};

/// The version of the form.
const FORMAT: u32 = 1;

impl State {
    /// The state of a ledger, from its newest snapshot on: what comes before that is not read. Where there
    /// is no snapshot, or none whose attachment is left, the whole ledger is folded.
    ///
    /// Nothing shows here that a snapshot is true. Whoever can append to the ledger's files can name a false
    /// one; [`State::catch_up`] from [`State::new`] finds that, and so does signing.
    ///
    /// # Errors
    ///
    /// Those of [`State::catch_up`]; `ledger.snapshot` when a snapshot does not fit its place.
    pub fn open(ledger: &Ledger) -> Result<Self> {
        let size = ledger.head()?.size;
        let mut state = Self::until(ledger, size)?;
        state.catch_up(ledger)?;
        Ok(state)
    }

    /// The state of the first `size` entries of a ledger, which must have so many.
    pub(crate) fn until(ledger: &Ledger, size: u64) -> Result<Self> {
        let mut state = Self::of_newest_snapshot(ledger, size)?.unwrap_or_default();
        state.catch_up_to(ledger, size)?;
        Ok(state)
    }

    /// The state after the newest snapshot among the first `size` entries whose attachment is there.
    fn of_newest_snapshot(ledger: &Ledger, size: u64) -> Result<Option<Self>> {
        const BATCH: u64 = 1024;
        let newest = ledger.newest_snapshot()?;
        let mut end = newest.map_or(0, |newest| newest.saturating_add(1).min(size));
        while end > 0 {
            let start = end.saturating_sub(BATCH);
            let batch =
                ledger.read(start, usize::try_from(end.saturating_sub(start)).unwrap_or(0))?;
            for recorded in batch.iter().rev().filter(|r| r.entry.kind == kind::SNAPSHOT) {
                let body: SnapshotBody = fold::read(recorded)?;
                if let Some(bytes) = ledger.attachment(&body.state)? {
                    return Self::at_snapshot(recorded, &body, &bytes).map(Some);
                }
            }
            end = start;
        }
        Ok(None)
    }

    /// The state after the entry of a snapshot.
    fn at_snapshot(recorded: &Recorded, body: &SnapshotBody, bytes: &[u8]) -> Result<Self> {
        let entry = &recorded.entry;
        let mut state =
            Self::from_snapshot(bytes).map_err(|error| error.at_sequence(entry.sequence))?;
        if state.size != entry.sequence || state.last != Some(entry.previous) {
            return Err(unfit("the snapshot is the state of other entries than those before it")
                .at_sequence(entry.sequence));
        }
        fold::advance(&mut state, recorded);
        state.snapshot = Some(SnapshotRecord { sequence: entry.sequence, state: body.state });
        Ok(state)
    }

    /// The state in deterministic CBOR: the same state has the same bytes.
    pub(crate) fn to_snapshot(&self) -> Result<Vec<u8>> {
        let (Some(CurrentLaw { origin, law, keys }), Some(last), Some(clock)) =
            (&self.law, self.last, self.clock)
        else {
            return Err(Error::new(Code::LedgerGenesis, "the ledger has no genesis entry"));
        };
        let form = Form {
            format: FORMAT,
            size: self.size,
            last,
            clock,
            origin: origin.clone(),
            law: law.clone(),
            keys: keys.clone(),
            snapshot: self.snapshot.map(|s| SnapshotForm { sequence: s.sequence, state: s.state }),
            answered: list(&self.answered, |asked, answered| {
                let Answered { content, sequence, at } = *answered;
                AnsweredForm(Hash(*asked), Hash(content), sequence, Moment(at))
            }),
            plans: list(&self.plans, |(track, stage, digest, asset), record| {
                let PlanRecord { change, applied } = record.clone();
                let asset = asset.clone();
                let change = change.map(|it| ChangeForm(it.commit, it.git_ref, it.author));
                PlanForm(track.clone(), stage.clone(), Hash(*digest), asset, change, applied)
            }),
            artifacts: list(&self.artifacts, |(track, digest), record| {
                let ArtifactRecord { author, commit, git_ref } = record.clone();
                ArtifactForm(track.clone(), Hash(*digest), author, commit, git_ref)
            }),
            approvals: list(&self.approvals, |entry, record| ApprovalForm {
                entry: *entry,
                approval: record.approval.clone(),
                law: record.law,
                signed: record.signed,
                at: record.at,
            }),
            consents: list(&self.consents, |consent, ()| Hash(*consent)),
            evidence: list(&self.evidence, |(gate, about, sequence), record| {
                let EvidenceRecord { hash, producer, result, produced, .. } = record.clone();
                let about = AboutForm::from(about);
                let produced = Moment(produced);
                EvidenceForm(gate.clone(), about, *sequence, Hash(hash), producer, result, produced)
            }),
            permits: list(&self.permits, |entry, record| PermitForm {
                entry: *entry,
                permit: record.permit.clone(),
                law: record.law,
                outcome: record.outcome,
            }),
            lineages: list(&self.lineages, |(site, lineage), record| {
                let LineageRecord { act, outcome, at } = *record;
                LineageForm(Spot::from(site), lineage.clone(), Hash(act), outcome, Moment(at))
            }),
            deployed: list(&self.deployed, |site, deployment| {
                let Deployment { lineage, digest, at } = deployment.clone();
                DeploymentForm(Spot::from(site), lineage, Hash(digest), Moment(at))
            }),
            obligations: list(&self.obligations, |owed, at| ObligationForm {
                site: owed.site.clone(),
                lineage: owed.lineage.clone(),
                obligation: owed.obligation.clone(),
                at: *at,
            }),
            grant_requests: list(&self.grant_requests, Named::new),
            grants: list(&self.grants, Named::new),
            strangers: list(&self.strangers, |sequence, at| (*sequence, Moment(*at))),
            erased: list(&self.erased, |attachment, sequence| ErasedForm {
                attachment: *attachment,
                sequence: *sequence,
            }),
            sites: list(&self.sites, |place, record| SiteForm {
                place: place.clone(),
                act: record.act,
                latest: record.latest.clone(),
                good: record
                    .good
                    .iter()
                    .map(|good| GoodForm {
                        lineage: good.lineage.clone(),
                        digest: good.digest,
                        at: good.at,
                    })
                    .collect(),
            }),
            rollouts: list(&self.rollouts, |place, record| RolloutForm {
                place: place.clone(),
                lineage: record.lineage.clone(),
                digest: record.digest,
                traffic: record.traffic,
                at: record.at,
                failed: record.failed,
            }),
            newest_plans: list(&self.newest_plans, |place, newest| NewestPlanForm {
                place: place.clone(),
                commit: newest.commit.clone(),
                sequence: newest.sequence,
            }),
            acts: list(&self.acts, |(track, stage, at, entry), ()| {
                ActForm(track.clone(), stage.clone(), Moment(*at), Hash(*entry))
            }),
            incidents: list(&self.incidents, |entry, record| IncidentForm {
                entry: *entry,
                site: record.site.clone(),
                kind: record.kind,
                severity: record.severity,
                at: record.at,
                attempt: record.attempt.clone(),
            }),
            looks: list(&self.looks, |site, look| LookForm {
                site: site.clone(),
                clean: look.clean,
                found: look.found,
            }),
            serials: list(&self.serials, |place, record| SerialForm {
                place: place.clone(),
                act: record.act,
                state: record.state.clone(),
                seen: record.seen.clone(),
            }),
            lifecycle: list(&self.lifecycle, |(lifecycle, digest), record| LifecycleForm {
                lifecycle: lifecycle.clone(),
                digest: *digest,
                record: record.clone(),
            }),
            given_up: list(&self.given_up, |(lifecycle, digest), authors| GivenUpForm {
                lifecycle: lifecycle.clone(),
                digest: *digest,
                authors: authors.clone(),
            }),
            reports: list(&self.reports(), |sequence, (rule, until)| {
                ReportForm(*sequence, Hash(*rule), until.map(Moment))
            }),
        };
        canonical::to_bytes(&form)
    }

    /// Of evidence whose report passed, by its sequence number: the rule, and until when.
    fn reports(&self) -> BTreeMap<u64, (Digest, Option<Instant>)> {
        let evidence = self.evidence.iter();
        let passed = evidence.filter_map(|((.., sequence), record)| {
            record.rule.map(|rule| (*sequence, (rule, record.until)))
        });
        passed.collect()
    }

    /// Reads what [`State::to_snapshot`] wrote, and nothing else.
    pub(crate) fn from_snapshot(bytes: &[u8]) -> Result<Self> {
        let form: Form = canonical::from_bytes(bytes).map_err(|error| {
            unfit(&format!("the snapshot does not have the shape of a state: {}", error.message()))
        })?;
        if form.format != FORMAT {
            return Err(Error::new(
                Code::LedgerFormat,
                "the snapshot has a format that is not known",
            )
            .with_help("a newer version of poundlock wrote it; use that version"));
        }
        let reports: Journaled<_, _> = map(form.reports, |ReportForm(sequence, rule, until)| {
            (sequence, (rule.0, until.map(|until| until.0)))
        })?;
        let incidents = map(form.incidents, |f| {
            let IncidentForm { entry, site, kind, severity, at, attempt } = f;
            (entry, IncidentRecord { site, kind, severity, at, attempt })
        })?;
        let mut incident_places = Journaled::default();
        for (entry, record) in incidents.iter() {
            incident_places.insert(incidents::place(*entry, record), ());
        }
        let lifecycle: Journaled<_, _> = map(form.lifecycle, |f| {
            let LifecycleForm { lifecycle, digest, record } = f;
            ((lifecycle, digest), record)
        })?;
        let mut versions = Journaled::default();
        for ((of, digest), record) in lifecycle.iter() {
            versions.insert(version_place(of, &record.manifest), *digest);
        }
        let approvals: Journaled<_, _> = map(form.approvals, |f| {
            let ApprovalForm { entry, approval, law, signed, at } = f;
            (entry, ApprovalRecord { approval, law, signed, at })
        })?;
        let mut approvals_of = Journaled::default();
        for (entry, record) in approvals.iter() {
            approvals_of.insert((record.approval.digest, *entry), ());
        }
        let permits: Journaled<_, _> = map(form.permits, |f| {
            let PermitForm { entry, permit, law, outcome } = f;
            (entry, PermitRecord { permit, law, outcome })
        })?;
        let mut permits_at = Journaled::default();
        for (entry, record) in permits.iter() {
            let Permit { track, stage, .. } = &record.permit;
            permits_at.insert((track.clone(), stage.clone(), *entry), ());
        }
        let lineages: Journaled<(Site, String), _> =
            map(form.lineages, |LineageForm(site, lineage, act, outcome, at)| {
                ((site.into(), lineage), LineageRecord { act: act.0, outcome, at: at.0 })
            })?;
        let mut whereabouts = Journaled::default();
        for (site, lineage) in lineages.keys() {
            if let Some(place) = whereabouts::place(site, lineage) {
                whereabouts.insert(place, ());
            }
        }
        Ok(Self {
            whereabouts,
            lineages,
            sites: map(form.sites, |f| {
                let SiteForm { place, act, latest, good } = f;
                let good = good.into_iter().map(|g| {
                    let GoodForm { lineage, digest, at } = g;
                    Deployment { lineage, digest, at }
                });
                (place, SiteRecord { act, latest, good: good.collect() })
            })?,
            rollouts: map(form.rollouts, |f| {
                let RolloutForm { place, lineage, digest, traffic, at, failed } = f;
                (place, RolloutRecord { lineage, digest, traffic, at, failed })
            })?,
            newest_plans: map(form.newest_plans, |f| {
                (f.place, NewestPlan { commit: f.commit, sequence: f.sequence })
            })?,
            acts: map(form.acts, |ActForm(track, stage, at, entry)| {
                ((track, stage, at.0, entry.0), ())
            })?,
            incidents,
            incident_places,
            serials: map(form.serials, |f| {
                (f.place, SerialRecord { act: f.act, state: f.state, seen: f.seen })
            })?,
            lifecycle,
            versions,
            given_up: map(form.given_up, |f| ((f.lifecycle, f.digest), f.authors))?,
            looks: map(form.looks, |f| (f.site, LookRecord { clean: f.clean, found: f.found }))?,
            size: form.size,
            last: Some(form.last),
            clock: Some(form.clock),
            law: Some(CurrentLaw { origin: form.origin, law: form.law, keys: form.keys }),
            snapshot: form
                .snapshot
                .map(|s| SnapshotRecord { sequence: s.sequence, state: s.state }),
            answered: map(form.answered, |AnsweredForm(asked, content, sequence, at)| {
                (asked.0, Answered { content: content.0, sequence, at: at.0 })
            })?,
            plans: map(form.plans, |f| {
                let PlanForm(track, stage, digest, asset, change, applied) = f;
                let change = change.map(|ChangeForm(commit, git_ref, author)| Change {
                    commit,
                    git_ref,
                    author,
                    plan: Some(digest.0),
                });
                ((track, stage, digest.0, asset), PlanRecord { change, applied })
            })?,
            artifacts: map(form.artifacts, |f| {
                let ArtifactForm(track, digest, author, commit, git_ref) = f;
                ((track, digest.0), ArtifactRecord { author, commit, git_ref })
            })?,
            approvals,
            approvals_of,
            consents: map(form.consents, |consent| (consent.0, ()))?,
            evidence: map(form.evidence, |f| {
                let EvidenceForm(gate, about, sequence, hash, producer, result, produced) = f;
                let (hash, produced) = (hash.0, produced.0);
                let passed = reports.get(&sequence).copied();
                let (rule, until) = (passed.map(|(rule, _)| rule), passed.and_then(|it| it.1));
                let record = EvidenceRecord { hash, producer, result, produced, rule, until };
                ((gate, about.into(), sequence), record)
            })?,
            permits,
            permits_at,
            deployed: map(form.deployed, |DeploymentForm(site, lineage, digest, at)| {
                (site.into(), Deployment { lineage, digest: digest.0, at: at.0 })
            })?,
            obligations: map(form.obligations, |f| {
                let ObligationForm { site, lineage, obligation, at } = f;
                (OpenObligation { site, lineage, obligation }, at)
            })?,
            grant_requests: map(form.grant_requests, Named::pair)?,
            grants: map(form.grants, Named::pair)?,
            strangers: map(form.strangers, |(sequence, at)| (sequence, at.0))?,
            erased: map(form.erased, |f| (f.attachment, f.sequence))?,
        })
    }
}

fn list<K, V, F>(map: &BTreeMap<K, V>, form: impl Fn(&K, &V) -> F) -> Vec<F> {
    map.iter().map(|(key, value)| form(key, value)).collect()
}

/// A map from its list, whose keys must ascend: there is one way to write a state.
fn map<F, K: Ord + Clone, V: Clone>(
    list: Vec<F>,
    read: impl Fn(F) -> (K, V),
) -> Result<Journaled<K, V>> {
    let mut map = Journaled::default();
    for form in list {
        let (key, value) = read(form);
        if map.last_key_value().is_some_and(|(last, _)| *last >= key) {
            return Err(unfit("a list of the snapshot does not ascend"));
        }
        map.insert(key, value);
    }
    Ok(map)
}

/// The newest snapshot of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SnapshotRecord {
    pub(crate) sequence: u64,
    /// The attachment that holds the state.
    pub(crate) state: Digest,
}

pub(super) fn unfit(message: &str) -> Error {
    Error::new(Code::LedgerSnapshot, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        canonical,
        model::Law,
        state::{Genesis, kind},
        time::Instant,
    };

    fn state() -> State {
        let law = Law {
            digest: Digest::ZERO,
            charter: Digest::ZERO,
            lock: Digest::ZERO,
            packs: BTreeMap::new(),
        };
        let genesis = Genesis { origin: "unit/test".to_owned(), law, keys: Vec::new(), engine: 1 };
        let ledger = Ledger::in_memory();
        let draft = crate::ledger::Draft {
            at: Some(Instant::EPOCH),
            kind: kind::GENESIS.to_owned(),
            body: canonical::to_bytes(&genesis).unwrap(),
            attachments: Vec::new(),
        };
        ledger.append(0, draft).unwrap();
        let mut state = State::open(&ledger).unwrap();
        for (attachment, sequence) in [(Digest::of(b"a"), 1), (Digest::of(b"b"), 2)] {
            state.erased.insert(attachment, sequence);
        }
        state
    }

    /// There is one way to write a state, so that nobody can give two snapshots of one.
    #[test]
    fn a_snapshot_has_one_encoding() {
        let bytes = state().to_snapshot().unwrap();
        assert_eq!(State::from_snapshot(&bytes).unwrap().to_snapshot().unwrap(), bytes);
        let change = |change: &dyn Fn(&mut Form)| {
            let mut form: Form = canonical::from_bytes(&bytes).unwrap();
            change(&mut form);
            State::from_snapshot(&canonical::to_bytes(&form).unwrap()).unwrap_err().code()
        };
        assert_eq!(change(&|form| form.erased.reverse()), "ledger.snapshot");
        let twice = |form: &mut Form| {
            let ErasedForm { attachment, sequence } = form.erased[0];
            form.erased.insert(0, ErasedForm { attachment, sequence });
        };
        assert_eq!(change(&twice), "ledger.snapshot");
        assert_eq!(change(&|form| form.format = 2), "ledger.format");
    }

    #[test]
    fn an_empty_ledger_has_no_snapshot() {
        assert_eq!(State::new().to_snapshot().unwrap_err().code(), "ledger.genesis");
    }
}
