//! Consents to what becomes of an artifact: who may give one, and whether there are enough.

use std::collections::BTreeMap;

use super::Taking;
use crate::{
    charter::{ApprovalRule, Lifecycle},
    digest::Digest,
    engine::{Engine, codes, findings::CheckFindings, matching},
    model::{ActorKind, ArtifactConsent, ConsentPurpose, ExceptionCase, Fact},
    state::{ConsentRecord, LifecycleRecord},
    time::Instant,
};

/// What people consented to.
#[derive(Clone, Copy)]
pub(super) struct Consented {
    purpose: ConsentPurpose,
    /// Which exception, where it is one.
    case: Option<Digest>,
}

impl From<ConsentPurpose> for Consented {
    fn from(purpose: ConsentPurpose) -> Self {
        Self { purpose, case: None }
    }
}

impl From<&ExceptionCase> for Consented {
    fn from(case: &ExceptionCase) -> Self {
        Self { purpose: ConsentPurpose::Exception, case: case.digest() }
    }
}

impl Engine {
    /// A person consents, in a role that is asked for, to what others made and what gates have passed.
    pub(super) fn artifact_consent(
        &self,
        taking: &Taking<'_>,
        record: &LifecycleRecord,
        consent: &ArtifactConsent,
        findings: &mut CheckFindings<'_>,
    ) {
        self.consent(taking.fact, &consent.by, taking.recorder, findings);
        let ArtifactConsent { by, role, to, case } = consent;
        match case {
            Some(case) => explained(case, findings),
            None if *to == ConsentPurpose::Exception => {
                findings.fail(
                    codes::ARTIFACT_UNEXPLAINED,
                    Some("case"),
                    "nothing is said of the exception that is consented to",
                    "give the `case`, word for word as it will be published",
                );
                return;
            }
            None => {}
        }
        let rules = taking.lifecycle.approvals(consent);
        if rules.is_empty() {
            findings.fail(
                codes::ARTIFACT_EMERGENCY,
                Some(to.word()),
                "the lifecycle does not offer what is consented to",
                "go through the states one after the other",
            );
            return;
        }
        let fits = |rule: &ApprovalRule| {
            role.as_ref().is_none_or(|role| *role == rule.role)
                && self.stands_for(taking.lifecycle, *to, &rule.role, by, taking.now)
        };
        if !rules.iter().any(fits) || record.authors.contains(by) {
            findings.fail(
                codes::ARTIFACT_APPROVER,
                None,
                "the person made it, or has none of the roles that are asked for",
                "let somebody else consent, in a role that the lifecycle asks for",
            );
        }
        if *to == ConsentPurpose::Review {
            self.gates(taking, taking.lifecycle.approve.gates.iter(), findings);
        }
    }

    /// Whether a person can consent in a role: they have it, or in an emergency it is delegated to them.
    fn stands_for(
        &self,
        lifecycle: &Lifecycle,
        to: ConsentPurpose,
        role: &str,
        person: &str,
        at: Instant,
    ) -> bool {
        let emergency = lifecycle.emergency.as_ref().filter(|_| to != ConsentPurpose::Review);
        let delegated = emergency.is_some_and(|rule| {
            rule.delegations.iter().any(|it| it.role == role && it.to == person && at <= it.until)
        });
        self.charter.actor(person).is_some_and(|actor| {
            actor.kind == ActorKind::Human
                && (delegated || actor.roles.iter().any(|own| own == role))
        })
    }

    /// The rules that consents do not fill: each place in turn, with nobody in two of them, nobody who made it,
    /// and not whoever takes the step.
    fn unfilled<'r>(
        &self,
        lifecycle: &Lifecycle,
        (rules, to): (&'r [ApprovalRule], Consented),
        (record, consents): (&LifecycleRecord, &[&ConsentRecord]),
        executor: Option<&str>,
        at: Instant,
    ) -> Vec<&'r ApprovalRule> {
        let mut people: BTreeMap<&str, Vec<&ConsentRecord>> = BTreeMap::new();
        for consent in consents.iter().filter(|consent| {
            (consent.to, consent.case) == (to.purpose, to.case)
                && !record.authors.contains(&consent.by)
                && executor != Some(consent.by.as_str())
        }) {
            people.entry(&consent.by).or_default().push(consent);
        }
        let people: Vec<_> = people.into_values().collect();
        let slots = matching::slots(rules);
        let counts = |rule: &ApprovalRule, consent: &ConsentRecord| {
            consent.role.as_ref().is_none_or(|role| *role == rule.role)
                && at <= consent.at.saturating_add(rule.max_age)
                && self.stands_for(lifecycle, to.purpose, &rule.role, &consent.by, at)
        };
        let chosen = matching::assign(&slots, &people, |rule, consents| {
            consents.iter().any(|consent| counts(rule, consent))
        });
        let unfilled = slots.into_iter().zip(chosen).filter(|(_, person)| person.is_none());
        unfilled.map(|(rule, _)| rule).collect()
    }

    /// Whether a consent is the one that was still missing.
    pub(super) fn is_last_consent(
        &self,
        lifecycle: &Lifecycle,
        record: &LifecycleRecord,
        consent: &ArtifactConsent,
        (fact, now): (&Fact, Instant),
    ) -> bool {
        let at = fact.signature.as_ref().map_or(fact.at, |signature| fact.at.min(signature.at));
        let given = ConsentRecord::new(consent.clone(), at);
        let consents: Vec<_> = record.consents.values().chain([&given]).collect();
        let rules = (lifecycle.approve.approvals.as_slice(), ConsentPurpose::Review.into());
        consent.to == ConsentPurpose::Review
            && self.unfilled(lifecycle, rules, (record, &consents), None, now).is_empty()
    }

    /// Enough people consented.
    pub(super) fn consented(
        &self,
        taking: &Taking<'_>,
        record: &LifecycleRecord,
        rules: (&[ApprovalRule], Consented),
        findings: &mut CheckFindings<'_>,
    ) {
        let consents: Vec<_> = record.consents.values().collect();
        let executor = Some(taking.recorder.actor.as_str());
        let subject = (record, consents.as_slice());
        for rule in self.unfilled(taking.lifecycle, rules, subject, executor, taking.now) {
            findings.fail(
                codes::APPROVAL_MISSING,
                Some(&rule.role),
                format!("one more consent by the role `{}` is needed", rule.role),
                "let another person of that role consent, who neither made it nor takes the step",
            );
        }
    }
}

/// Everything about an exception is explained (R339 to R342).
pub(super) fn explained(case: &ExceptionCase, findings: &mut CheckFindings<'_>) {
    let ExceptionCase { reason: _, justification, impact, resolution, communication } = case;
    let texts = [
        ("justification", justification),
        ("impact", impact),
        ("resolution", resolution),
        ("communication", communication),
    ];
    for (name, _) in texts.iter().filter(|(_, text)| text.trim().is_empty()) {
        findings.fail(
            codes::ARTIFACT_UNEXPLAINED,
            Some(name),
            format!("nothing is said about `{name}`"),
            "say it: whoever consents has to know",
        );
    }
}
