//! Undoing: maps that remember what they held, so that entries which are not durable yet can be folded
//! and taken back. Taking back costs as much as what changed, however large the state is.

use std::{collections::BTreeMap, fmt, ops::Deref};

use super::{CurrentLaw, SnapshotRecord, State};
use crate::{digest::Digest, error::Result, ledger::Recorded, time::Instant};

/// A sorted map that can be put back to what it was when its journal was begun.
#[derive(Clone)]
pub(crate) struct Journaled<K, V> {
    map: BTreeMap<K, V>,
    /// What each changed key had before, the latest change last; nothing while no journal is kept.
    journal: Option<Vec<(K, Option<V>)>>,
}

impl<K: Ord + Clone, V: Clone> Journaled<K, V> {
    fn note(&mut self, key: &K) {
        if let Some(journal) = &mut self.journal {
            journal.push((key.clone(), self.map.get(key).cloned()));
        }
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.note(&key);
        self.map.insert(key, value);
    }

    /// Inserts unless the key is there.
    pub(crate) fn insert_new(&mut self, key: K, value: V) {
        if !self.map.contains_key(&key) {
            self.insert(key, value);
        }
    }

    pub(crate) fn remove(&mut self, key: &K) {
        if self.map.contains_key(key) {
            self.note(key);
            self.map.remove(key);
        }
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if self.map.contains_key(key) {
            self.note(key);
        }
        self.map.get_mut(key)
    }

    fn begin(&mut self) {
        self.journal = Some(Vec::new());
    }

    fn end(&mut self, keep: bool) {
        let journal = self.journal.take().unwrap_or_default();
        for (key, before) in journal.into_iter().rev().filter(|_| !keep) {
            match before {
                Some(value) => self.map.insert(key, value),
                None => self.map.remove(&key),
            };
        }
    }
}

impl<K, V> Default for Journaled<K, V> {
    fn default() -> Self {
        Self { map: BTreeMap::new(), journal: None }
    }
}

impl<K, V> Deref for Journaled<K, V> {
    type Target = BTreeMap<K, V>;

    fn deref(&self) -> &Self::Target {
        &self.map
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Journaled<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.map == other.map
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Journaled<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.map.fmt(f)
    }
}

/// A state with entries folded in that may never become durable: they are taken back when this is dropped,
/// and kept by [`Pending::commit`].
#[derive(Debug)]
pub struct Pending<'a> {
    state: &'a mut State,
    keep: bool,
    size: u64,
    last: Option<Digest>,
    clock: Option<Instant>,
    law: Option<CurrentLaw>,
    snapshot: Option<SnapshotRecord>,
}

impl State {
    /// Begins to fold entries that are not durable yet, so that the next requests can be decided on top
    /// of them.
    ///
    /// ```
    /// # fn example(state: &mut poundlock::State, next: &poundlock::ledger::Recorded) -> Result<(), poundlock::Error> {
    /// let size = state.size();
    /// let mut pending = state.pending();
    /// pending.fold(next)?;
    /// assert_eq!(pending.size(), size + 1);
    /// drop(pending);
    /// assert_eq!(state.size(), size);
    /// # Ok(())
    /// # }
    /// ```
    pub fn pending(&mut self) -> Pending<'_> {
        self.for_each_map(Begin);
        Pending {
            keep: false,
            size: self.size,
            last: self.last,
            clock: self.clock,
            law: self.law.clone(),
            snapshot: self.snapshot,
            state: self,
        }
    }

    fn for_each_map(&mut self, what: impl OnMap) {
        what.on(&mut self.answered);
        what.on(&mut self.plans);
        what.on(&mut self.artifacts);
        what.on(&mut self.approvals);
        what.on(&mut self.evidence);
        what.on(&mut self.approvals_of);
        what.on(&mut self.consents);
        what.on(&mut self.permits);
        what.on(&mut self.permits_at);
        what.on(&mut self.lineages);
        what.on(&mut self.whereabouts);
        what.on(&mut self.deployed);
        what.on(&mut self.obligations);
        what.on(&mut self.grant_requests);
        what.on(&mut self.grants);
        what.on(&mut self.sites);
        what.on(&mut self.rollouts);
        what.on(&mut self.newest_plans);
        what.on(&mut self.acts);
        what.on(&mut self.incidents);
        what.on(&mut self.incident_places);
        what.on(&mut self.looks);
        what.on(&mut self.serials);
        what.on(&mut self.lifecycle);
        what.on(&mut self.versions);
        what.on(&mut self.given_up);
        what.on(&mut self.strangers);
        what.on(&mut self.erased);
    }
}

impl Pending<'_> {
    /// Folds in the next entry.
    ///
    /// # Errors
    ///
    /// Those of [`State::fold`].
    pub fn fold(&mut self, recorded: &Recorded) -> Result<()> {
        self.state.fold(recorded)
    }

    /// Keeps what was folded, because it is durable now.
    pub fn commit(mut self) {
        self.keep = true;
    }
}

impl Deref for Pending<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        self.state
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        self.state.for_each_map(End { keep: self.keep });
        if !self.keep {
            self.state.size = self.size;
            self.state.last = self.last;
            self.state.clock = self.clock;
            self.state.law = self.law.take();
            self.state.snapshot = self.snapshot;
        }
    }
}

/// Something that is done to each map of a state.
trait OnMap {
    fn on<K: Ord + Clone, V: Clone>(&self, map: &mut Journaled<K, V>);
}

struct Begin;

impl OnMap for Begin {
    fn on<K: Ord + Clone, V: Clone>(&self, map: &mut Journaled<K, V>) {
        map.begin();
    }
}

struct End {
    keep: bool,
}

impl OnMap for End {
    fn on<K: Ord + Clone, V: Clone>(&self, map: &mut Journaled<K, V>) {
        map.end(self.keep);
    }
}
