//! Facts about break-glass grants: who may ask for one, consent, open it, close it, and report on it.

use super::{Engine, codes, findings::CheckFindings, matching};
use crate::{
    charter::{ActorDeclaration, ApprovalRule, BreakGlass, BreakGlassReason},
    digest::Digest,
    model::{
        ActorKind, Fact, FactKind, GrantApproval, GrantClosing, GrantRequest, GrantScope,
        PostMortem,
    },
    state::{Consent, GrantRequestRecord, GrantTerms, State},
    time::Instant,
};

impl Engine {
    fn break_glass(&self, findings: &mut CheckFindings<'_>) -> Option<&BreakGlass> {
        let rules = self.charter.document().break_glass.as_ref();
        if rules.is_none() {
            findings.fail(
                codes::GRANT_NOT_OFFERED,
                None,
                "the charter knows no exceptions",
                "go through the stages, or let an amendment add `breakGlass`",
            );
        }
        rules
    }

    /// Somebody asks for a grant: within what the charter offers, and with everything explained (R339 to
    /// R342).
    pub(super) fn grant_request(
        &self,
        request: &GrantRequest,
        recorder: &ActorDeclaration,
        (state, at): (&State, Instant),
        findings: &mut CheckFindings<'_>,
    ) {
        let Some(rules) = self.break_glass(findings) else { return };
        super::facts::allowed(&rules.requesters, recorder, "breakGlass.requesters", findings);
        let GrantRequest { reason, scope, lifetime, .. } = request;
        match rules.reason(reason) {
            Some(reason) => self.scope(scope, reason, findings),
            None => not_offered("reason", "the charter does not know the reason", findings),
        }
        if *lifetime > rules.max_lifetime || lifetime.as_seconds() == 0 {
            let message = format!("a grant lives for at most {}", rules.max_lifetime);
            not_offered("lifetime", message, findings);
        }
        let texts = [
            ("justification", &request.justification),
            ("impact", &request.impact),
            ("resolution", &request.resolution),
            ("communication", &request.communication),
        ];
        for (name, _) in texts.iter().filter(|(_, text)| text.trim().is_empty()) {
            findings.fail(
                codes::GRANT_UNEXPLAINED,
                Some(name),
                format!("the request says nothing about `{name}`"),
                "say it: whoever approves has to know",
            );
        }
        post_mortems(state, at, findings);
    }

    fn scope(
        &self,
        scope: &GrantScope,
        reason: &BreakGlassReason,
        findings: &mut CheckFindings<'_>,
    ) {
        let GrantScope { actors, actions, track, stages, assets } = scope;
        let offered = |stage: &String| {
            reason.stages.iter().any(|offer| offer.track == *track && offer.stage == *stage)
        };
        let parts = [
            ("actors", actors.is_empty() || actors.iter().any(|a| self.charter.actor(a).is_none())),
            ("actions", actions.is_empty() || actions.iter().any(|a| !reason.actions.contains(a))),
            ("stages", stages.is_empty() || !stages.iter().all(offered)),
            ("assets", assets.is_empty()),
        ];
        for (part, _) in parts.iter().filter(|(_, beyond)| *beyond) {
            let message = format!("the scope's {part} are none, or more than the reason offers");
            not_offered(part, message, findings);
        }
    }

    /// A person consents: in a role that the reason asks for, to what others asked for and others carry out.
    pub(super) fn grant_approval(
        &self,
        approval: &GrantApproval,
        state: &State,
        at: Instant,
        findings: &mut CheckFindings<'_>,
    ) {
        let Some(rules) = self.break_glass(findings) else { return };
        let Some(record) = self.asked(&approval.request, state, findings) else { return };
        let wanted = rules.reason(&record.request.reason).map_or(&[][..], |r| &r.approvals);
        let fits = |rule: &ApprovalRule| self.may_consent(rules, &rule.role, &approval.by, at);
        if !wanted.iter().any(fits) || is_party(record, &approval.by) {
            findings.fail(
                codes::GRANT_APPROVER,
                None,
                "the person has none of the roles that the reason asks for, asked for the grant, or is to use it",
                "let somebody else approve, in a role that the reason asks for",
            );
        }
    }

    /// The grant begins, once everybody who has to has consented.
    pub(super) fn grant_opening(
        &self,
        request: &Digest,
        recorder: &ActorDeclaration,
        (state, at): (&State, Instant),
        findings: &mut CheckFindings<'_>,
    ) {
        let Some(rules) = self.break_glass(findings) else { return };
        super::facts::allowed(&rules.requesters, recorder, "breakGlass.requesters", findings);
        let Some(record) = self.asked(request, state, findings) else { return };
        let now = super::checks::now(state, at);
        self.consents(rules, record, now, findings);
        let since = at.saturating_sub(rules.openings.per);
        let opened = state.grants.values().filter(|grant| grant.opened > since).count();
        if opened >= usize::try_from(rules.openings.count).unwrap_or(usize::MAX) {
            findings.fail(
                codes::GRANT_RATE,
                None,
                format!(
                    "{opened} grants were opened within {}, and no more may be",
                    rules.openings.per
                ),
                "go through the stages: break-glass is no workflow (R312)",
            );
        }
        post_mortems(state, now, findings);
    }

    fn consents(
        &self,
        rules: &BreakGlass,
        record: &GrantRequestRecord,
        at: Instant,
        findings: &mut CheckFindings<'_>,
    ) {
        let wanted = rules.reason(&record.request.reason).map_or(&[][..], |r| &r.approvals);
        if wanted.is_empty() {
            not_offered("reason", "the charter does not know the reason", findings);
        }
        let slots = matching::slots(wanted);
        let mut people: Vec<&Consent> = Vec::new();
        for consent in record.approvals.values().filter(|consent| !is_party(record, &consent.by)) {
            match people.iter_mut().find(|other| other.by == consent.by) {
                Some(other) if other.at < consent.at => *other = consent,
                Some(_) => {}
                None => people.push(consent),
            }
        }
        let chosen = matching::assign(&slots, &people, |slot, consent| {
            at <= consent.at.saturating_add(slot.max_age)
                && self.may_consent(rules, &slot.role, &consent.by, at)
        });
        for (rule, _) in slots.iter().zip(chosen).filter(|(_, person)| person.is_none()) {
            findings.fail(
                codes::GRANT_APPROVALS_MISSING,
                Some(&rule.role),
                format!("one more approval by the role `{}` is needed", rule.role),
                "let another person of that role approve the request, who did not ask for it and will not use it",
            );
        }
    }

    /// What a grant is allowed to be, if it is opened now.
    pub(super) fn grant_terms(&self, fact: &Fact, state: &State) -> Option<GrantTerms> {
        let FactKind::GrantOpening(opening) = &fact.fact else { return None };
        let rules = self.charter.document().break_glass.as_ref()?;
        let record = state.grant_requests.get(&opening.request)?;
        let expires = fact.at.saturating_add(record.request.lifetime.min(rules.max_lifetime));
        Some(GrantTerms {
            expires,
            uses: rules.max_uses,
            due: expires.saturating_add(rules.post_mortem.within),
        })
    }

    /// Who asked for the grant, may ask for grants, or uses it may end it.
    pub(super) fn grant_closing(
        &self,
        closing: &GrantClosing,
        recorder: &ActorDeclaration,
        (state, at): (&State, Instant),
        findings: &mut CheckFindings<'_>,
    ) {
        let grant = state.grants.get(&closing.grant).filter(|grant| at < grant.end());
        let Some(grant) = grant else {
            unknown("no live grant has that hash", findings);
            return;
        };
        let rules = self.charter.document().break_glass.as_ref();
        let requester = rules.is_some_and(|rules| rules.requesters.contains(&recorder.actor));
        if !requester && !grant.scope.actors.contains(&recorder.actor) {
            super::facts::allowed(&[], recorder, "who asked for the grant or uses it", findings);
        }
    }

    /// A post-mortem of a grant that has ended.
    pub(super) fn post_mortem(
        &self,
        report: &PostMortem,
        recorder: &ActorDeclaration,
        (state, at): (&State, Instant),
        findings: &mut CheckFindings<'_>,
    ) {
        let Some(rules) = self.break_glass(findings) else { return };
        let recorders = &rules.post_mortem.recorders;
        super::facts::allowed(recorders, recorder, "breakGlass.postMortem.recorders", findings);
        let owing =
            |grant: &&crate::state::GrantRecord| grant.post_mortem.is_none() && at >= grant.end();
        if state.grants.get(&report.grant).filter(owing).is_none() {
            unknown("no grant of that hash has ended and still owes a post-mortem", findings);
        }
        if report.summary.trim().is_empty() {
            findings.fail(
                codes::GRANT_UNEXPLAINED,
                Some("summary"),
                "the post-mortem says nothing",
                "say what was found",
            );
        }
    }

    /// The request for a grant that can still be consented to and opened.
    fn asked<'s>(
        &self,
        request: &Digest,
        state: &'s State,
        findings: &mut CheckFindings<'_>,
    ) -> Option<&'s GrantRequestRecord> {
        let record = state.grant_requests.get(request);
        let record = record.filter(|record| record.law == self.law.digest);
        if record.is_none() {
            findings.fail(
                codes::GRANT_REQUEST,
                None,
                "no request for a grant has that hash, it is open already, or another charter is in force since",
                "give the hash of the entry that recorded the request, or ask anew",
            );
        }
        record
    }

    /// Whether a person can consent in a role: they have it, or it is delegated to them.
    fn may_consent(&self, rules: &BreakGlass, role: &str, person: &str, at: Instant) -> bool {
        let delegated =
            rules.delegations.iter().any(|d| d.role == role && d.to == person && at <= d.until);
        self.charter.actor(person).is_some_and(|actor| {
            actor.kind == ActorKind::Human
                && (delegated || actor.roles.iter().any(|own| own == role))
        })
    }
}

/// Whether a person asked for the grant or is to use it.
fn is_party(record: &GrantRequestRecord, person: &str) -> bool {
    record.by == person || record.request.scope.actors.contains(person)
}

/// An overdue post-mortem blocks every other grant (R311).
fn post_mortems(state: &State, at: Instant, findings: &mut CheckFindings<'_>) {
    let overdue =
        |grant: &&crate::state::GrantRecord| grant.post_mortem.is_none() && at > grant.terms.due;
    if let Some(grant) = state.grants.values().find(overdue) {
        findings.fail(
            codes::GRANT_POST_MORTEM_OVERDUE,
            None,
            format!("the post-mortem of an earlier grant was due at {}", grant.terms.due),
            "record that post-mortem first",
        );
    }
}

fn not_offered(part: &str, message: impl Into<String>, findings: &mut CheckFindings<'_>) {
    let remedy = "ask for what the charter's `breakGlass` offers";
    findings.fail(codes::GRANT_NOT_OFFERED, Some(part), message, remedy);
}

fn unknown(message: &str, findings: &mut CheckFindings<'_>) {
    let remedy = "give the hash of the entry that opened the grant";
    findings.fail(codes::GRANT_UNKNOWN, None, message, remedy);
}
