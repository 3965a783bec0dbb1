//! Facts are admitted like requests: the charter says who may record what.

use super::{
    ENGINE_VERSION, Engine, checks, codes,
    findings::{CheckFindings, Findings},
};
use crate::{
    canonical,
    charter::{ActorDeclaration, GateAbout, Stage, Track},
    digest::Digest,
    error::Result,
    ledger::VerifierKey,
    model::{
        self, About, Actor, ActorKind, Amendment, Approval, Check, Decision, Erasure, Evidence,
        EvidenceResult, Fact, FactKind, Mode, OutcomeReport, OutcomeResult, Permit, Verdict,
        Withdrawal,
    },
    secrets::{Found, Masked},
    state::{PermitRecord, State},
    time::Instant,
};

impl Engine {
    /// Decides whether a fact is its recorder's to record.
    ///
    /// # Errors
    ///
    /// `input.invalid_value` when the fact is malformed: an empty or overlong id, say.
    pub fn decide_fact(&self, fact: &Fact, state: &State) -> Result<Decision> {
        let Masked { what: fact, found } = fact.masked()?;
        self.decide_masked_fact(&fact, content(&fact)?, &found, state)
    }

    /// Decides a fact that holds no secrets any more.
    pub(super) fn decide_masked_fact(
        &self,
        fact: &Fact,
        content: Digest,
        secrets: &[Found],
        state: &State,
    ) -> Result<Decision> {
        fact.validate()?;
        let mut findings = Findings::default();
        let mut request = findings.check(Check::Request);
        checks::repeat_of_fact(
            self,
            state,
            (&fact.actor, &fact.id, content, fact.at),
            &mut request,
        );
        let amends = matches!(fact.fact, FactKind::Amendment(_)) && self.may_amend(&fact.actor.id);
        checks::instant(self, state, fact.into(), amends, &mut request);
        checks::secrets(codes::FACT_SECRET, secrets, &mut request);
        request.pass_if_clean(
            codes::REQUEST_OK,
            "the fact is well formed, and its instant fits the ledger",
        );
        let mut identity = findings.check(Check::Identity);
        let caller = checks::Caller::of_fact(self, fact, state);
        if let Some(recorder) = checks::identity_of_recorder(self, &caller, &mut identity) {
            self.bound(fact, state, &mut identity);
            identity.pass_if_clean(codes::IDENTITY_OK, "the actor is declared");
            if recorder.kind == ActorKind::Workload {
                checks::channel_of(fact.channel, &mut findings.check(Check::Channel));
            }
            let mut found = findings.check(Check::Fact);
            self.judge(fact, recorder, state, &mut found);
            found.pass_if_clean(codes::FACT_OK, "the fact is its recorder's to record");
        }
        let verdict = if findings.deny() { Verdict::Deny } else { Verdict::Allow };
        Ok(Decision {
            verdict,
            mode: Mode::Enforce,
            findings: findings.into_list(),
            policies: Vec::new(),
            obligations: Vec::new(),
            meets: Vec::new(),
            permit: None,
            spends: Vec::new(),
            grant: None,
            waivers: Vec::new(),
            charter: self.law.digest,
            packs: std::collections::BTreeMap::new(),
            engine: ENGINE_VERSION,
        })
    }

    /// A token of another commit or environment attests nothing about this one.
    fn bound(&self, fact: &Fact, state: &State, findings: &mut CheckFindings<'_>) {
        let commit = match &fact.fact {
            FactKind::Evidence(Evidence { about: About::Commit(commit), .. }) => Some(commit),
            _ => None,
        };
        let stage = match &fact.fact {
            FactKind::Outcome(report) => state.permits.get(&report.permit).and_then(|record| {
                let tracks = &self.charter.document().tracks;
                let track = tracks.iter().find(|track| track.track == record.permit.track);
                track.and_then(|track| track.stage(&record.permit.stage))
            }),
            _ => None,
        };
        checks::bound_to(fact.into(), commit.map(String::as_str), stage, findings);
    }

    /// The fact as its entry holds it: with its stage and track as the charter names them, so that later
    /// checks compare names alone, and without claims.
    pub(super) fn resolve(&self, fact: &Fact) -> Fact {
        let mut fact = fact.clone();
        fact.actor.claims.clear();
        if let FactKind::Approval(approval) = &mut fact.fact
            && let Some((track, stage)) = self.approval_stage(approval)
        {
            (approval.track, approval.stage) = (Some(track.track.clone()), stage.stage.clone());
        }
        if let FactKind::Incident(incident) = &mut fact.fact
            && let Some((track, stage)) =
                self.stage_meant(incident.track.as_deref(), &incident.stage)
        {
            (incident.track, incident.stage) = (Some(track), stage);
        }
        fact
    }

    pub(super) fn approval_stage(&self, approval: &Approval) -> Option<(&Track, &Stage)> {
        let mut stages = self
            .charter
            .stages(&approval.stage)
            .filter(|(track, _)| approval.track.as_ref().is_none_or(|name| *name == track.track));
        let (track, stage) = stages.next()?;
        stages.next().is_none().then_some((track, stage))
    }

    fn judge(
        &self,
        fact: &Fact,
        recorder: &ActorDeclaration,
        state: &State,
        findings: &mut CheckFindings<'_>,
    ) {
        let now = checks::now(state, fact.at);
        match &fact.fact {
            FactKind::Approval(approval) => {
                self.consent(fact, &approval.by, recorder, findings);
                self.approval(fact, approval, state, findings);
            }
            FactKind::Evidence(evidence) => {
                self.evidence(evidence, recorder, (state, fact.at), findings);
                if let Some(gate) = self.charter.gate(&evidence.gate) {
                    self.report(fact, evidence, (gate, now), findings);
                }
            }
            FactKind::Outcome(report) => self.outcome(report, recorder, state, findings),
            FactKind::Withdrawal(withdrawal) => {
                self.withdrawal(withdrawal, recorder, state, findings)
            }
            FactKind::Erasure(erasure) => self.erasure(erasure, recorder, state, findings),
            FactKind::Amendment(amendment) => self.amendment(amendment, recorder, state, findings),
            FactKind::GrantRequest(request) => {
                self.grant_request(request, recorder, (state, now), findings);
            }
            FactKind::GrantApproval(approval) => {
                self.consent(fact, &approval.by, recorder, findings);
                self.grant_approval(approval, state, now, findings);
            }
            FactKind::GrantOpening(opening) => {
                self.grant_opening(&opening.request, recorder, (state, fact.at), findings);
            }
            FactKind::GrantClosing(closing) => {
                self.grant_closing(closing, recorder, (state, fact.at), findings);
            }
            FactKind::PostMortem(report) => {
                self.post_mortem(report, recorder, (state, fact.at), findings);
            }
            FactKind::Incident(incident) => {
                self.incident(incident, recorder, (state, fact.at), findings);
            }
            FactKind::Resolution(resolution) => {
                self.resolution(resolution, recorder, state, findings);
            }
            FactKind::Lifecycle(step) => {
                self.lifecycle_step((fact, step), recorder, (state, now), findings);
            }
            FactKind::IntegrityCheck(check) => {
                self.integrity_check(check, recorder, (state, fact.at), findings);
            }
        }
    }

    /// A person signed that they consent, or a workload that the charter names attests it. A signature that
    /// shows nothing was found wanting already, and nobody's word mends it.
    pub(super) fn consent(
        &self,
        fact: &Fact,
        by: &str,
        recorder: &ActorDeclaration,
        findings: &mut CheckFindings<'_>,
    ) {
        if fact.signature.is_none() {
            let attestors = &self.charter.document().facts.approvals;
            allowed(attestors, recorder, "facts.approvals", findings);
        }
        if self.charter.actor(by).is_none_or(|person| person.kind != ActorKind::Human) {
            findings.fail(
                codes::FACT_APPROVER,
                None,
                "who is said to approve is not declared as a person",
                "name a person whom the charter's `actors` declare",
            );
        }
    }

    fn approval(
        &self,
        fact: &Fact,
        approval: &Approval,
        state: &State,
        findings: &mut CheckFindings<'_>,
    ) {
        let has = |role: &&String| {
            self.charter.actor(&approval.by).is_some_and(|person| person.roles.contains(role))
        };
        if let Some(role) = approval.role.as_ref().filter(|role| !has(role)) {
            findings.fail(
                codes::FACT_ROLE,
                Some(role),
                "the person does not have the role that they approve in",
                "approve in a role that the charter gives the person",
            );
        }
        // What was spent or withdrawn does not come back by being handed in again.
        let signed = fact.signature.as_ref().map(|signature| signature.at);
        let resolved = self.resolve(fact).fact;
        let repeated = match (&resolved, signed) {
            (FactKind::Approval(approval), Some(signed)) => state.has_consent(approval, signed),
            _ => false,
        };
        if repeated {
            findings.fail(
                codes::FACT_REPEATED,
                None,
                "this very consent was recorded before",
                "sign anew",
            );
        }
        if self.approval_stage(approval).is_none() {
            findings.fail(
                codes::FACT_SUBJECT,
                None,
                "the stage is not declared, or more than one track has it",
                "name a stage of the charter, and its track where need be",
            );
        }
        if approval.expires.is_some_and(|expires| expires < checks::aging(state, fact.at)) {
            findings.fail(
                codes::FACT_EXPIRED,
                None,
                "the approval has expired already",
                "approve anew",
            );
        }
    }

    /// Evidence is its gate's producers' to record.
    fn evidence(
        &self,
        evidence: &Evidence,
        recorder: &ActorDeclaration,
        (state, at): (&State, Instant),
        findings: &mut CheckFindings<'_>,
    ) {
        if evidence.produced > at.saturating_add(self.charter.document().clock.skew) {
            findings.fail(
                codes::FACT_FUTURE,
                Some(&evidence.gate),
                "the evidence is said to be produced after it is recorded",
                "correct the clock of the host",
            );
        }
        let gate = self.charter.gate(&evidence.gate);
        // What is owed can be given, though an amendment has done away with the gate.
        if gate.is_none_or(|gate| gate.about != GateAbout::Artifact)
            && state.owes(evidence, &recorder.actor)
        {
            return;
        }
        let Some(gate) = gate else {
            findings.fail(
                codes::FACT_SUBJECT,
                Some(&evidence.gate),
                "the gate is not declared",
                "name a gate of the charter",
            );
            return;
        };
        allowed(&gate.producers, recorder, "the gate's producers", findings);
        let about = match gate.about {
            GateAbout::Plan => "plan",
            GateAbout::Commit => "commit",
            GateAbout::Artifact => "artifact",
        };
        if evidence.about.word() != about {
            findings.fail(
                codes::FACT_SUBJECT,
                Some(&evidence.gate),
                format!(
                    "the gate is about the {about}, and the evidence is about the {}",
                    evidence.about.word()
                ),
                format!("say which {about} the evidence is about"),
            );
        }
    }

    /// An outcome is reported by whoever was permitted to act, and once unless it is unknown. Where the
    /// charter no longer has that actor, those who may do the same now speak for it.
    fn outcome(
        &self,
        report: &OutcomeReport,
        recorder: &ActorDeclaration,
        state: &State,
        findings: &mut CheckFindings<'_>,
    ) {
        if report.state.as_ref().is_some_and(|state| state.after < state.before) {
            findings.fail(
                codes::FACT_STATE,
                None,
                "serial numbers only rise, and this one fell during the act",
                "give the serial number before the act as `before`, and the one after it as `after`",
            );
        }
        let reported = |record: &PermitRecord| state.serial(&record.site()).is_some();
        if report.state.is_none()
            && report.result != OutcomeResult::Unknown
            && state.permits.get(&report.permit).is_some_and(reported)
        {
            findings.fail(
                codes::FACT_STATE_MISSING,
                None,
                "earlier outcomes here said which serial number the tool's state has, and this one does not",
                "read the state, and report its serial number before and after the act, or that the outcome is unknown",
            );
        }
        let speaks = |permit: &Permit| {
            let heir = || {
                let tracks = &self.charter.document().tracks;
                let track = tracks.iter().find(|track| track.track == permit.track);
                let stage = track.and_then(|track| track.stage(&permit.stage));
                self.charter.actor(&permit.actor).is_none()
                    && stage.is_some_and(|stage| {
                        stage.grants.of(permit.action).contains(&recorder.actor)
                    })
            };
            permit.actor == recorder.actor || heir()
        };
        let (message, remedy) = match state.permits.get(&report.permit) {
            None => (
                "no entry of that hash permits anything",
                "give the hash of the entry that admitted the action",
            ),
            Some(record) if !record.permit.is_act() => {
                ("that permit is to be spent by an apply", "apply, and report how that ended")
            }
            Some(record) if !speaks(&record.permit) => {
                ("the permit is another actor's", "report as the actor that was admitted")
            }
            Some(record) if matches!(record.outcome, None | Some(OutcomeResult::Unknown)) => return,
            Some(_) => ("the outcome was reported before", "there is nothing left to report"),
        };
        findings.fail(codes::FACT_PERMIT, None, message, remedy);
    }

    fn may_amend(&self, actor: &str) -> bool {
        let amendments = self.charter.document().amendments.as_ref();
        amendments.is_some_and(|rule| rule.actors.iter().any(|name| name == actor))
    }

    fn withdrawal(
        &self,
        withdrawal: &Withdrawal,
        recorder: &ActorDeclaration,
        state: &State,
        findings: &mut CheckFindings<'_>,
    ) {
        let entry = &withdrawal.entry;
        let approval = state.approvals.get(entry);
        let evidence = state.evidence.values().find(|record| record.hash == *entry);
        let consent = state.grant_requests.values().find_map(|record| record.approvals.get(entry));
        let of_artifact = state.artifact_consent(entry);
        let own = approval.is_some_and(|record| record.approval.by == recorder.actor)
            || consent.is_some_and(|consent| consent.by == recorder.actor)
            || of_artifact.is_some_and(|consent| consent.by == recorder.actor)
            || evidence.is_some_and(|record| record.producer == recorder.actor);
        let objects = evidence.is_some_and(|record| record.result != EvidenceResult::Pass);
        if !own && objects {
            // Without it an earlier pass would count, and only a producer can say that it does.
            allowed(&[], recorder, "who recorded that objection", findings);
        } else if !own {
            let actors = &self.charter.document().facts.withdrawals;
            allowed(actors, recorder, "facts.withdrawals", findings);
        }
        let promotion = state.permits.get(entry).filter(|record| !record.permit.is_act());
        let nothing = approval.is_none()
            && promotion.is_none()
            && consent.is_none()
            && of_artifact.is_none()
            && evidence.is_none();
        if nothing {
            findings.fail(
                codes::FACT_NOTHING,
                None,
                "no unspent approval or promotion and no evidence has that hash",
                "give the hash of the entry that recorded it",
            );
        }
    }

    /// Whether an entry names the attachment is for whoever can read the ledger to say.
    fn erasure(
        &self,
        erasure: &Erasure,
        recorder: &ActorDeclaration,
        state: &State,
        findings: &mut CheckFindings<'_>,
    ) {
        allowed(&self.charter.document().facts.erasures, recorder, "facts.erasures", findings);
        let attachment = &erasure.attachment;
        if state.law().is_some_and(|law| law.names(attachment)) {
            findings.fail(
                codes::FACT_NEEDED,
                None,
                "the attachment holds a text of the law in force",
                "erase it once another charter is in force",
            );
        } else if state.snapshot.is_some_and(|snapshot| snapshot.state == *attachment) {
            findings.fail(
                codes::FACT_NEEDED,
                None,
                "the attachment is the newest snapshot",
                "erase it once there is a newer one",
            );
        }
        if let Some(sequence) = state.erasure(attachment) {
            findings.fail(
                codes::FACT_NOTHING,
                None,
                format!("entry {sequence} erased the attachment"),
                "there is nothing left to erase",
            );
        }
    }

    fn amendment(
        &self,
        amendment: &Amendment,
        recorder: &ActorDeclaration,
        state: &State,
        findings: &mut CheckFindings<'_>,
    ) {
        let nobody = Vec::new();
        let amendments = self.charter.document().amendments.as_ref();
        allowed(
            amendments.map_or(&nobody, |rule| &rule.actors),
            recorder,
            "amendments.actors",
            findings,
        );
        let Amendment { law, keys, .. } = amendment;
        let same_law = law.as_ref().is_none_or(|law| law.digest == self.law.digest);
        if same_law && (law.is_some() || keys.is_none()) {
            findings.fail(
                codes::FACT_LAW,
                None,
                "the charter is in force already",
                "name another charter, or leave it out and name other keys",
            );
        }
        if let Some(keys) = keys {
            self::keys(keys, state, findings);
        }
    }
}

/// Whether keys may replace those in force.
fn keys(keys: &[VerifierKey], state: &State, findings: &mut CheckFindings<'_>) {
    let in_force = state.keys();
    let remedy = "name each key once that is to sign from now on, under the ledger's origin";
    if let Some(fault) = model::fault_of_keys(state.origin().unwrap_or_default(), keys) {
        findings.fail(codes::FACT_KEYS, None, fault, remedy);
    } else if keys.is_empty() && !in_force.is_empty() {
        let message = "no key would be left, and nobody could sign for the ledger any more";
        findings.fail(codes::FACT_KEYS, None, message, remedy);
    } else if keys.len() == in_force.len() && keys.iter().all(|key| in_force.contains(key)) {
        findings.fail(codes::FACT_KEYS, None, "these keys are in force already", remedy);
    }
}

pub(super) fn allowed(
    actors: &[String],
    recorder: &ActorDeclaration,
    list: &str,
    findings: &mut CheckFindings<'_>,
) {
    if !actors.contains(&recorder.actor) {
        findings.fail(
            codes::FACT_NOT_RECORDER,
            None,
            format!("`{}` is not among {list}", recorder.actor),
            "let an actor record it whom the charter names for it",
        );
    }
}

/// The digest of a fact's content: all but its instant, claims and signature.
pub(super) fn content(fact: &Fact) -> Result<Digest> {
    let mut content = fact.clone();
    content.actor = Actor { claims: std::collections::BTreeMap::new(), ..content.actor };
    content.signature = None;
    content.at = Instant::EPOCH;
    Ok(Digest::of_kind("fact", &canonical::to_bytes(&content)?))
}

/// Whether a finding says that the actor is not known.
pub(super) fn is_strangers(code: &str) -> bool {
    let strangers = [
        codes::IDENTITY_UNDECLARED,
        codes::IDENTITY_KIND,
        codes::IDENTITY_UNVERIFIED,
        codes::IDENTITY_TOKEN,
        codes::IDENTITY_PROVIDER,
        codes::IDENTITY_VALIDITY,
        codes::IDENTITY_SUBJECT,
        codes::IDENTITY_CLAIM,
    ];
    strangers.contains(&code)
}

/// Whether an action's admission is of use to the actor that asked, and not only to the book.
pub(super) fn is_known(decision: &Decision) -> bool {
    !decision.findings.iter().any(|finding| is_strangers(&finding.code))
}
