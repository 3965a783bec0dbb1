//! Evaluates packs over many resource changes.
//!
//! Which policies are about a change is found once for each resource type and action, and what the
//! expressions of a policy see is kept from resource to resource, so that a policy that is not
//! about a change costs nothing, and one that passes no more than its expressions.

use std::collections::BTreeMap;

use super::{Context, Evaluation, Policy, PolicyPack, matching::ActionSet};
use crate::{
    cel::{Budget, Scope},
    model::ResourceChange,
};

/// Packs under evaluation, by one thread.
pub(crate) struct Evaluator<'a> {
    packs: &'a [&'a PolicyPack],
    context: &'a Context,
    /// The policies of all packs, with what their expressions see once a change was about them.
    policies: Vec<(&'a Policy, Option<Scope<'a>>)>,
    /// For each resource type and action, a place in `lists`.
    found: BTreeMap<(&'a str, ActionSet), usize>,
    /// Places in `policies`, and whether one of them is the pack's own.
    lists: Vec<(Vec<usize>, bool)>,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(packs: &'a [&'a PolicyPack], context: &'a Context) -> Self {
        Self {
            packs,
            context,
            policies: packs
                .iter()
                .flat_map(|pack| pack.policies())
                .map(|policy| (policy, None))
                .collect(),
            found: BTreeMap::new(),
            lists: Vec::new(),
        }
    }

    /// Evaluates every policy that is about the change, in the order of packs and policies, and hands
    /// over each one's number, counted over all packs from 0, and what it says; nothing when it
    /// passes. Returns whether there was any that a pack itself has: what an overlay adds makes no resource one
    /// that somebody has a rule for.
    pub(crate) fn evaluate(
        &mut self,
        change: &'a ResourceChange,
        budget: &mut Budget,
        mut report: impl FnMut(usize, Option<Evaluation<'a>>),
    ) -> bool {
        let key = (change.type_name.as_str(), ActionSet::of(change));
        let list = match self.found.get(&key) {
            Some(list) => *list,
            None => {
                let list = self.lists.len();
                self.lists.push(self.find(key.0, key.1));
                self.found.insert(key, list);
                list
            }
        };
        let (list, own) = match self.lists.get(list) {
            Some((list, own)) => (list.as_slice(), *own),
            None => (&[][..], false),
        };
        for &number in list {
            let Some((policy, scope)) = self.policies.get_mut(number) else { continue };
            let scope = scope.get_or_insert_with(|| policy.scope(self.context));
            report(number, policy.judge(change, scope, budget));
        }
        own
    }

    /// The numbers of the policies that are about such a change.
    fn find(&self, type_name: &str, actions: ActionSet) -> (Vec<usize>, bool) {
        let mut before = 0_usize;
        let mut found = Vec::new();
        for pack in self.packs {
            let places = pack.index.find(type_name, actions);
            found.extend(places.map(|place| before.saturating_add(place)));
            before = before.saturating_add(pack.policies.len());
        }
        let own = |number: &usize| self.policies.get(*number).is_some_and(|(it, _)| !it.added);
        let any = found.iter().any(own);
        (found, any)
    }
}
