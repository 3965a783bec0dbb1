//! What a ledger's entries add up to: their number, the last hash and the Merkle tree.

use super::{
    Head,
    entry::{self, View},
    merkle::{self, Frontier},
    nodes::Additions,
};
use crate::{digest::Digest, error::Result};

/// The kind of the entries that name a snapshot, of which the newest is remembered.
pub const SNAPSHOT: &str = "snapshot";

/// What an entry must name to be the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// How many entries there are: the sequence number of the next one.
    pub(super) size: u64,
    /// The hash of the last one.
    pub(super) last: Digest,
}

impl Link {
    /// After an entry with this hash.
    pub(super) fn after(self, hash: Digest) -> Self {
        Self { size: self.size.saturating_add(1), last: hash }
    }
}

/// Enough of a ledger to accept its next entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chain {
    last: Option<Digest>,
    frontier: Frontier,
    /// The newest entry that names a snapshot.
    snapshot: Option<u64>,
}

impl Chain {
    /// The chain of a ledger whose last entry has the hash `last`.
    pub(super) fn new(last: Digest, frontier: Frontier, snapshot: Option<u64>) -> Self {
        Self { last: (frontier.size() > 0).then_some(last), frontier, snapshot }
    }

    /// How many entries there are: the sequence number of the next one.
    pub(super) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// What the next entry names as the hash before it.
    pub(super) fn last(&self) -> Digest {
        self.last.unwrap_or(Digest::ZERO)
    }

    /// What the next entry must name.
    pub(super) fn link(&self) -> Link {
        Link { size: self.size(), last: self.last() }
    }

    /// The right edge of the Merkle tree.
    pub(super) fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// The sequence number of the newest entry that names a snapshot.
    pub(super) fn snapshot(&self) -> Option<u64> {
        self.snapshot
    }

    /// Size, root and last hash.
    pub(super) fn head(&self) -> Head {
        Head { size: self.size(), root: self.frontier.root(), last: self.last() }
    }

    /// Accepts the next entry, or says why it cannot be that. Its hash is returned, and the nodes
    /// that come into being are added to `nodes`.
    pub(super) fn push<'a>(
        &mut self,
        bytes: &'a [u8],
        nodes: &mut Additions,
    ) -> Result<(View<'a>, Digest)> {
        let view = entry::follow(bytes, self.size(), &self.last())?;
        let hash = merkle::leaf_hash(bytes);
        self.add(view.kind, hash, nodes);
        Ok((view, hash))
    }

    /// Adds an entry that is known to be the next one.
    pub(super) fn add(&mut self, kind: &str, hash: Digest, nodes: &mut Additions) {
        if kind == SNAPSHOT {
            self.snapshot = Some(self.size());
        }
        self.last = Some(hash);
        nodes.complete(0, &hash);
        self.frontier.push_subtree(0, hash, &mut |height, node| nodes.complete(height, node));
    }

    /// Adds a run of entries that is known to come next, by its perfect subtrees. Tells of every
    /// larger one that is thereby complete: its height, its number, and its root.
    pub(super) fn add_run(
        &mut self,
        last: Digest,
        snapshot: Option<u64>,
        subtrees: &[(u32, Digest)],
        complete: &mut impl FnMut(u32, u64, &Digest),
    ) {
        self.last = Some(last);
        self.snapshot = snapshot.or(self.snapshot);
        for (height, root) in subtrees {
            let end = self.size().saturating_add(1_u64.checked_shl(*height).unwrap_or(0));
            self.frontier.push_subtree(*height, *root, &mut |height, node| {
                let index = end.checked_shr(height).unwrap_or(0).saturating_sub(1);
                complete(height, index, node);
            });
        }
    }
}
