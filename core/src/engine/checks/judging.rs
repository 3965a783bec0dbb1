//! Evaluates packs over the resource changes of a plan, in as many threads as are granted.
//!
//! What comes of it does not depend on their number. Steps are counted as if the changes were judged
//! one after the other: as long as more is left than one evaluation may use, what is left makes no
//! difference to it, so that parts can be judged in any order. From the part on where less may be
//! left, they are judged again, in turn.

use std::{
    num::NonZeroUsize,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    thread,
};

use crate::{
    cel::Budget,
    limits::EVALUATION_STEPS,
    model::{Outcome, ResourceChange, ResourceMode},
    policy::{Context, Evaluation, Evaluator, PolicyPack},
};

/// How many resource changes a thread takes at a time.
const PART: usize = 128;

/// How a policy came out over some resources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) pass: u64,
    pub(super) fail: u64,
    pub(super) unknown: u64,
}

/// What is to be told about a resource.
pub(super) enum Remark<'a> {
    /// A policy, by its number over all packs, does not pass.
    NotPassed(usize, Evaluation<'a>),
    /// No policy is about the change.
    Unmatched,
}

/// What some resources, or all, came to.
pub(super) struct Judged<'a> {
    /// For each policy of all packs.
    pub(super) tallies: Vec<Tally>,
    /// In the order of the resources, packs and policies.
    pub(super) remarks: Vec<(&'a ResourceChange, Remark<'a>)>,
}

/// Judges all changes within the budget.
pub(super) fn judge<'a>(
    packs: &'a [&'a PolicyPack],
    changes: &'a [ResourceChange],
    context: &'a Context,
    mut budget: Budget,
    threads: NonZeroUsize,
) -> Judged<'a> {
    let parts: Vec<&[ResourceChange]> = changes.chunks(PART).collect();
    let mut all = Judged::nothing(packs);
    let mut in_turn = 0_usize;
    if threads.get() > 1 && parts.len() > 1 {
        for part in in_threads(packs, &parts, context, budget, threads.get().min(parts.len())) {
            let Some((steps, judged)) = part.filter(|(steps, _)| suffices(budget, *steps)) else {
                break;
            };
            budget.steps = budget.steps.saturating_sub(steps);
            all.add(judged);
            in_turn = in_turn.saturating_add(1);
        }
    }
    let mut evaluator = Evaluator::new(packs, context);
    for part in parts.iter().skip(in_turn) {
        all.judge(part, &mut evaluator, &mut budget);
    }
    all
}

/// Whether each evaluation could have had all the steps that one may use, when so many were spent by
/// all of them.
fn suffices(budget: Budget, steps: u64) -> bool {
    budget.steps.checked_sub(steps).is_some_and(|left| left >= EVALUATION_STEPS)
}

/// What each part came to with the steps it took, where they sufficed.
fn in_threads<'a>(
    packs: &'a [&'a PolicyPack],
    parts: &[&'a [ResourceChange]],
    context: &'a Context,
    whole: Budget,
    threads: usize,
) -> Vec<Option<(u64, Judged<'a>)>> {
    let (next, spent) = (AtomicUsize::new(0), AtomicU64::new(0));
    let work = || {
        let mut evaluator = Evaluator::new(packs, context);
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Relaxed);
            let Some(part) = parts.get(number) else { return done };
            let granted = Budget::new(whole.steps.saturating_sub(spent.load(Relaxed)));
            let mut judged = Judged::nothing(packs);
            let mut budget = granted;
            judged.judge(part, &mut evaluator, &mut budget);
            let steps = granted.steps.saturating_sub(budget.steps);
            if !suffices(granted, steps) {
                // Nor will it for the others.
                next.store(parts.len(), Relaxed);
                return done;
            }
            spent.fetch_add(steps, Relaxed);
            done.push((number, steps, judged));
        }
    };
    let mut found: Vec<_> = parts.iter().map(|_| None).collect();
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            // Where the system has no more threads, those that there are do the work.
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok())
            .collect();
        let own = work();
        let theirs = others.into_iter().filter_map(|other| other.join().ok()).flatten();
        for (number, steps, judged) in own.into_iter().chain(theirs) {
            if let Some(place) = found.get_mut(number) {
                *place = Some((steps, judged));
            }
        }
    });
    found
}

impl<'a> Judged<'a> {
    fn nothing(packs: &[&PolicyPack]) -> Self {
        let policies = packs.iter().flat_map(|pack| pack.policies());
        Self { tallies: policies.map(|_| Tally::default()).collect(), remarks: Vec::new() }
    }

    fn judge(
        &mut self,
        changes: &'a [ResourceChange],
        evaluator: &mut Evaluator<'a>,
        budget: &mut Budget,
    ) {
        for change in changes {
            let Self { tallies, remarks } = self;
            let matched = evaluator.evaluate(change, budget, |number, evaluation| {
                let outcome = evaluation.as_ref().map_or(Outcome::Pass, |it| it.outcome);
                if let Some(tally) = tallies.get_mut(number) {
                    tally.count(outcome);
                }
                if let Some(evaluation) = evaluation {
                    remarks.push((change, Remark::NotPassed(number, evaluation)));
                }
            });
            // What an import brings under management comes into being here, whatever is done to it. A component is
            // nothing but its parts.
            let takes_effect = change.actions.changes() || change.importing;
            if !matched && takes_effect && change.mode != ResourceMode::Component {
                self.remarks.push((change, Remark::Unmatched));
            }
        }
    }

    fn add(&mut self, other: Self) {
        for (tally, other) in self.tallies.iter_mut().zip(other.tallies) {
            tally.pass = tally.pass.saturating_add(other.pass);
            tally.fail = tally.fail.saturating_add(other.fail);
            tally.unknown = tally.unknown.saturating_add(other.unknown);
        }
        self.remarks.extend(other.remarks);
    }
}

impl Tally {
    fn count(&mut self, outcome: Outcome) {
        let place = match outcome {
            Outcome::Pass | Outcome::Overridden => &mut self.pass,
            Outcome::Fail => &mut self.fail,
            Outcome::Unknown => &mut self.unknown,
        };
        *place = place.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::Actions, value::Value};

    /// What is told about a resource: address, policy, code and message.
    type Line = (String, Option<usize>, &'static str, String);

    fn changes(count: usize) -> Vec<ResourceChange> {
        let list = (0..900).map(|number| (number % 7).to_string()).collect::<Vec<_>>().join(",");
        let values = format!(r#"{{"list": [{list}], "small": true}}"#);
        let values = Value::parse_json(values.as_bytes()).unwrap();
        let null = Value::parse_json(b"null").unwrap();
        let change = |number: usize| ResourceChange {
            address: format!("kind.{number}"),
            previous_address: None,
            mode: ResourceMode::Managed,
            type_name: ["large", "small", "other"][number % 3].to_owned(),
            name: number.to_string(),
            provider: None,
            actions: if number.is_multiple_of(11) {
                Actions::CreateDelete
            } else {
                Actions::Create
            },
            reason: None,
            importing: false,
            deposed: None,
            provisioners: None,
            before: null.clone(),
            after: values.clone(),
        };
        (0..count).map(change).collect()
    }

    /// One change after the other, each with all the policies that say that they are about it.
    fn one_by_one(
        packs: &[&PolicyPack],
        changes: &[ResourceChange],
        context: &Context,
        mut budget: Budget,
    ) -> (Vec<Tally>, Vec<Line>) {
        let (mut tallies, mut lines) = (Judged::nothing(packs).tallies, Vec::new());
        for change in changes {
            let mut before = 0;
            let mut matched = false;
            for pack in packs {
                for found in pack.evaluate(change, context, &mut budget) {
                    let policy =
                        pack.policies().iter().position(|it| it.name() == found.policy.name());
                    let number = before + policy.unwrap();
                    matched = true;
                    tallies[number].count(found.outcome);
                    if found.outcome != Outcome::Pass {
                        let message = found.message.into_owned();
                        lines.push((change.address.clone(), Some(number), found.code, message));
                    }
                }
                before += pack.policies().len();
            }
            if !matched {
                lines.push((change.address.clone(), None, "", String::new()));
            }
        }
        (tallies, lines)
    }

    #[test]
    fn an_import_needs_a_rule_though_nothing_is_done_to_it() {
        let empty = Value::parse_json(b"{}").unwrap();
        let context = Context { request: empty.clone(), actor: empty.clone(), stage: empty };
        for (importing, remarks) in [(true, 1), (false, 0)] {
            let changes = changes(2).into_iter().skip(1);
            let changes: Vec<_> = changes
                .map(|change| ResourceChange { actions: Actions::NoOp, importing, ..change })
                .collect();
            let judged = judge(&[], &changes, &context, Budget::new(1000), NonZeroUsize::MIN);
            assert_eq!(judged.remarks.len(), remarks);
        }
    }

    #[test]
    fn what_is_found_does_not_depend_on_the_threads_whatever_the_budget() {
        let first = "pack: first\nversion: 1.0.0\npolicies:\n\
            \x20 - name: costly\n    description: d\n    match: { resources: [\"lar*\"] }\n    \
            variables: [{ name: few, expression: \"object.list.filter(it, it < 3)\" }]\n    \
            validations: [{ expression: \"variables.few.all(it, it < 3) && resource.actions != ['create']\" }]\n\
            \x20 - name: cheap\n    description: d\n    match: { resources: [small, large] }\n    \
            validations: [{ expression: object.small && !resource.replace, \
            messageExpression: \"resource.address + ' is replaced'\" }]\n";
        let second = "pack: second\nversion: 1.0.0\npolicies:\n\
            \x20 - name: replaced\n    description: d\n    \
            match: { resources: [\"*ll\"], actions: [delete] }\n    \
            validations: [{ expression: resource.type == 'large' }]\n";
        let packs = [first, second].map(|text| PolicyPack::parse(text.as_bytes()).unwrap());
        let packs: Vec<&PolicyPack> = packs.iter().collect();
        let empty = Value::parse_json(b"{}").unwrap();
        let context = Context { request: empty.clone(), actor: empty.clone(), stage: empty };
        let changes = changes(6 * PART + 5);
        let mut exhausted = 0;
        for steps in [0, 900_000, 1_300_000, 10_000_000] {
            let budget = Budget::new(steps);
            let expected = one_by_one(&packs, &changes, &context, budget);
            exhausted += expected.1.iter().filter(|line| line.2 == "policy.exhausted").count();
            for threads in [1, 2, 7] {
                let threads = NonZeroUsize::new(threads).unwrap();
                let found = judge(&packs, &changes, &context, budget, threads);
                let lines: Vec<Line> = found
                    .remarks
                    .into_iter()
                    .map(|(change, remark)| match remark {
                        Remark::NotPassed(number, it) => {
                            (change.address.clone(), Some(number), it.code, it.message.into_owned())
                        }
                        Remark::Unmatched => (change.address.clone(), None, "", String::new()),
                    })
                    .collect();
                assert_eq!((found.tallies, lines), expected, "{steps} steps, {threads} threads");
            }
        }
        assert!(exhausted > 0, "the budgets are too large to matter");
    }
}
