//! Gives each slot that is to be filled a person who fits it, and nobody two slots: a bipartite matching
//! by augmenting paths, so that someone with two roles stands where they are needed.

use std::collections::{BTreeMap, BTreeSet};

use crate::charter::ApprovalRule;

/// A slot for each consent that rules ask for.
pub(super) fn slots(rules: &[ApprovalRule]) -> Vec<&ApprovalRule> {
    let slots = rules
        .iter()
        .map(|rule| std::iter::repeat_n(rule, usize::try_from(rule.count).unwrap_or(usize::MAX)));
    slots.flatten().collect()
}

/// For each slot the index of its person, where there is one left.
pub(super) fn assign<S, P>(
    slots: &[S],
    people: &[P],
    fits: impl Fn(&S, &P) -> bool,
) -> Vec<Option<usize>> {
    let eligible: Vec<Vec<usize>> = slots
        .iter()
        .map(|slot| {
            let fitting = people.iter().enumerate().filter(|(_, person)| fits(slot, person));
            fitting.map(|(index, _)| index).collect()
        })
        .collect();
    let mut holders = BTreeMap::new();
    for slot in 0..slots.len() {
        augment(slot, &eligible, &mut holders, &mut BTreeSet::new());
    }
    let mut chosen = vec![None; slots.len()];
    for (person, slot) in holders {
        if let Some(place) = chosen.get_mut(slot) {
            *place = Some(person);
        }
    }
    chosen
}

/// Finds the slot a person, if need be by moving others; recursion is bounded by the number of people.
fn augment(
    slot: usize,
    eligible: &[Vec<usize>],
    holders: &mut BTreeMap<usize, usize>,
    seen: &mut BTreeSet<usize>,
) -> bool {
    for &person in eligible.get(slot).into_iter().flatten() {
        if !seen.insert(person) {
            continue;
        }
        let free = match holders.get(&person).copied() {
            None => true,
            Some(other) => augment(other, eligible, holders, seen),
        };
        if free {
            holders.insert(person, slot);
            return true;
        }
    }
    false
}
