//! What a ledger's entries add up to: their number, the last hash and the Merkle tree.

use super::{Head, Recorded, entry, merkle::Frontier};
use crate::{digest::Digest, error::Result};

/// Enough of a ledger to accept its next entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chain {
    last: Option<Digest>,
    frontier: Frontier,
}

impl Chain {
    /// The chain of a ledger whose last entry has the hash `last`.
    pub(super) fn new(last: Digest, frontier: Frontier) -> Self {
        Self { last: (frontier.size() > 0).then_some(last), frontier }
    }

    /// How many entries there are: the sequence number of the next one.
    pub(super) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// What the next entry names as the hash before it.
    pub(super) fn last(&self) -> Digest {
        self.last.unwrap_or(Digest::ZERO)
    }

    /// The right edge of the Merkle tree.
    pub(super) fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// Size, root and last hash.
    pub(super) fn head(&self) -> Head {
        Head { size: self.size(), root: self.frontier.root(), last: self.last() }
    }

    /// Accepts the next entry, or says why it cannot be that.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Recorded> {
        let recorded = entry::follow(bytes, self.size(), &self.last())?;
        self.last = Some(recorded.hash);
        self.frontier.push(recorded.hash);
        Ok(recorded)
    }
}
