//! By what rules: every pack pinned for the stage, over every resource change.

use std::{collections::BTreeMap, num::NonZeroUsize};

use super::{
    Context, Place, Presented,
    judging::{Remark, Tally, judge},
    separation,
};
use crate::{
    cel::{Budget, Reason},
    charter::Unmatched,
    digest::Digest,
    engine::{codes, findings::Findings},
    limits,
    model::{
        Action, Actor, Check, Enforcement, Finding, Obligation, Outcome, OutcomeResult, Plan,
        PolicyCount,
    },
    policy::{self, Evaluation, PolicyPack},
    value::Value,
};

/// What the policies came to, besides findings.
#[derive(Default)]
pub(in crate::engine) struct PolicyResults {
    pub(in crate::engine) counts: Vec<PolicyCount>,
    pub(in crate::engine) obligations: Vec<Obligation>,
    pub(in crate::engine) meets: Vec<Obligation>,
    pub(in crate::engine) packs: BTreeMap<String, Digest>,
}

pub(super) fn check(
    context: &Context<'_>,
    place: &Place<'_>,
    findings: &mut Findings,
) -> PolicyResults {
    let Some(plan) = &context.request.plan else { return PolicyResults::default() };
    let packs = context.engine.packs_of(place.stage);
    if packs.is_empty() {
        findings.check(Check::Policies).fail(
            codes::POLICY_NONE,
            None,
            format!(
                "no pack is pinned for `{}`, and absent rules are not a pass",
                place.stage.stage
            ),
            "pin a pack for the stage in the charter",
        );
        return PolicyResults::default();
    }
    let Ok(documents) = documents(context, place) else {
        findings.check(Check::Policies).fail(
            codes::POLICY_ERROR,
            None,
            "the request could not be shown to the policies",
            "shorten the request",
        );
        return PolicyResults::default();
    };
    let unmatched = context.engine.charter().document().unmatched;
    let mut results =
        evaluate(&packs, plan, &documents, unmatched, context.engine.threads, findings);
    for pack in &packs {
        if pack.review_overdue(context.aging()) {
            findings.check(Check::Policies).advise(
                codes::POLICY_REVIEW_OVERDUE,
                Some(pack.name()),
                Outcome::Fail,
                format!("the pack `{}` is due for review", pack.name()),
            );
        }
        results.packs.extend(context.engine.overlays_of(pack.name()));
    }
    let owed_bytes = results
        .obligations
        .iter()
        .map(|owed| {
            owed.subject.len().saturating_add(owed.resource.as_ref().map_or(0, String::len))
        })
        .fold(0, usize::saturating_add);
    if results.obligations.len() > limits::ENTRY_OBLIGATIONS
        || owed_bytes > limits::ENTRY_OBLIGATION_BYTES
    {
        findings.check(Check::Policies).fail(
            codes::OBLIGATION_TOO_MANY,
            None,
            format!(
                "{} results would be owed, in {owed_bytes} bytes; at most {} in {} bytes may be",
                results.obligations.len(),
                limits::ENTRY_OBLIGATIONS,
                limits::ENTRY_OBLIGATION_BYTES
            ),
            "let fewer policies say `onUnknown: verify-after`, or split the change",
        );
        results.obligations.clear();
    }
    if context.request.action == Action::Plan {
        results.meets = met(context, place, &packs, plan, &documents);
    }
    results
}

/// What was owed by the deployed lineage and passes now, in a plan that was made after the apply ended.
fn met(
    context: &Context<'_>,
    place: &Place<'_>,
    packs: &[&PolicyPack],
    plan: &Plan,
    documents: &policy::Context,
) -> Vec<Obligation> {
    let lineage = context.request.subject.lineage();
    let latest = context.state.lineages.get(&(place.site.clone(), lineage.clone()));
    let deployed = latest.is_some_and(|record| record.outcome == Some(OutcomeResult::Succeeded))
        && context
            .state
            .deployment(&place.site)
            .is_some_and(|deployment| deployment.lineage == lineage)
        // A plan that was seen before the apply cannot show what came of it.
        && context.state.plan(&place.site, plan.digest).is_none();
    let mut budget = Budget { steps: limits::REQUEST_STEPS };
    let mut passes = |owed: &Obligation| {
        if separation::meets(context, place, plan, owed) {
            return true;
        }
        let Some((pack, policy)) = owed.subject.split_once('/') else { return false };
        let pack = packs.iter().find(|candidate| candidate.name() == pack);
        let resource = plan.resources.iter().find(|resource| {
            Some(&resource.address) == owed.resource.as_ref() && resource.deposed.is_none()
        });
        pack.zip(resource)
            .and_then(|(pack, resource)| pack.reevaluate(policy, resource, documents, &mut budget))
            .is_some_and(|evaluation| evaluation.outcome == Outcome::Pass)
    };
    context
        .state
        .owed(&place.site, &lineage)
        .map(|owed| &owed.obligation)
        .filter(|owed| deployed && passes(owed))
        // What does not fit this entry is met by the next plan.
        .take(limits::ENTRY_OBLIGATIONS / 4)
        .cloned()
        .collect()
}

/// Evaluates packs over a plan, as `check` on the command line does without charter and ledger.
pub(in crate::engine) fn evaluate(
    packs: &[&PolicyPack],
    plan: &Plan,
    documents: &policy::Context,
    unmatched: Unmatched,
    threads: NonZeroUsize,
    findings: &mut Findings,
) -> PolicyResults {
    let mut results = PolicyResults {
        packs: packs.iter().map(|pack| (pack.reference().to_string(), pack.digest())).collect(),
        ..PolicyResults::default()
    };
    let names: Vec<(String, Enforcement)> = packs
        .iter()
        .flat_map(|pack| pack.policies().iter().map(move |policy| (pack, policy)))
        .map(|(pack, policy)| (format!("{}/{}", pack.name(), policy.name()), policy.enforcement()))
        .collect();
    let budget = Budget::new(limits::REQUEST_STEPS);
    let judged = judge(packs, &plan.resources, documents, budget, threads);
    let mut explaining = Budget::new(limits::EXPLANATION_STEPS);
    let mut explained = 0..limits::EXPLAINED_FINDINGS;
    for (resource, remark) in judged.remarks {
        match remark {
            Remark::NotPassed(number, evaluation) => {
                let name = names.get(number).map_or("", |(name, _)| name);
                let obligations = &mut results.obligations;
                let reasons = match explained.next() {
                    Some(_) => evaluation.policy.explain(resource, documents, &mut explaining),
                    None => Vec::new(),
                };
                report(evaluation, reasons, name, &resource.address, findings, obligations);
            }
            Remark::Unmatched => self::unmatched(unmatched, &resource.address, findings),
        }
    }
    let mut counts = BTreeMap::new();
    let policies = packs
        .iter()
        .enumerate()
        .flat_map(|(index, pack)| pack.policies().iter().map(move |policy| (index, policy.name())));
    for ((place, (name, enforcement)), tally) in policies.zip(names).zip(judged.tallies) {
        let Tally { pass, fail, unknown } = tally;
        counts.insert(place, PolicyCount { policy: name, enforcement, pass, fail, unknown });
    }
    results.counts = counts.into_values().collect();
    for count in
        results.counts.iter().filter(|count| count.pass > 0 && count.pass == count.judged())
    {
        let message = format!("{} resources passed", count.pass);
        findings.check(Check::Policies).pass(codes::POLICY_PASSED, Some(&count.policy), message);
    }
    if results.counts.iter().all(|count| count.judged() == 0) {
        let message = "no policy had anything to judge";
        findings.check(Check::Policies).pass_if_clean(codes::POLICY_PASSED, message);
    }
    results
}

fn report(
    evaluation: Evaluation<'_>,
    reasons: Vec<Reason>,
    policy: &str,
    address: &str,
    findings: &mut Findings,
    obligations: &mut Vec<Obligation>,
) {
    // What only advises denies nothing, not even later.
    let deferred = evaluation.verify_after
        && evaluation.outcome == Outcome::Unknown
        && evaluation.policy.enforcement() == Enforcement::Mandatory;
    if deferred {
        obligations.push(Obligation {
            kind: "verify-after".to_owned(),
            subject: policy.to_owned(),
            resource: Some(address.to_owned()),
            due: None,
        });
    }
    findings.push(Finding {
        check: Check::Policies,
        code: if deferred { codes::POLICY_DEFERRED } else { evaluation.code }.to_owned(),
        outcome: evaluation.outcome,
        enforcement: if deferred { Enforcement::Advisory } else { evaluation.policy.enforcement() },
        subject: Some(policy.to_owned()),
        resource: Some(address.to_owned()),
        message: evaluation.message.into_owned(),
        remedy: if deferred {
            Some("after the apply, have a plan admitted in which the value is known".to_owned())
        } else {
            evaluation.remedy
        },
        reasons,
    });
}

fn unmatched(rule: Unmatched, address: &str, findings: &mut Findings) {
    if rule == Unmatched::Deny {
        findings.push(Finding {
            check: Check::Policies,
            code: codes::POLICY_UNMATCHED.to_owned(),
            outcome: Outcome::Fail,
            enforcement: Enforcement::Mandatory,
            subject: None,
            resource: Some(address.to_owned()),
            message: "no policy matches the resource and what is to be done to it".to_owned(),
            remedy: Some(
                "add a policy for it, or let the charter say `unmatched: allow`".to_owned(),
            ),
            reasons: Vec::new(),
        });
    }
}

/// The documents that policies see besides the resource.
fn documents(context: &Context<'_>, place: &Place<'_>) -> crate::error::Result<policy::Context> {
    let request = context.request;
    let stage = serde_json::json!({
        "name": place.stage.stage,
        "track": place.track.track,
        "stack": place.stage.stack,
        "project": place.stage.project,
        "backend": place.stage.backend,
    });
    let actor =
        Actor { claims: Presented::from(request).claims().clone(), ..request.actor.clone() };
    Ok(policy::Context {
        request: Value::from_serialize(request)?,
        actor: Value::from_serialize(&actor)?,
        stage: Value::from_serialize(&stage)?,
    })
}
