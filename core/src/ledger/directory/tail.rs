//! What opening examines: the end of the ledger, and the tiles, which are made anew where they are lost.
//!
//! The nodes of all but the newest entries are durable, so that the chain can be taken up near its end.
//! Only where that does not lead to the head are all entries read.

use super::{Directory, TILES_EVERY, ends_elsewhere, head::StoredHead};
use crate::{
    digest::Digest,
    error::{Code, Result},
    ledger::{
        chain::Chain,
        chunk::compare_nodes,
        nodes::{Additions, NODE_BYTES, ReadNodes as _, Tree},
        verification::compare,
    },
};

impl Directory {
    /// Checks that the newest entries lead to the head, and that the tiles have their nodes.
    pub(super) fn check_tail(&self, head: &StoredHead) -> Result<()> {
        if self.tail_is_sound(head).is_ok() {
            return Ok(());
        }
        // Damage to the entries is no reason to write anything.
        self.follow_all(head, &mut |_| Ok(()))?;
        if !self.writable {
            // Without the tiles there are no proofs; all else can be read.
            self.notice("the nodes in `tiles` are lost or wrong; they are made anew when the ledger is opened for writing".to_owned());
            return Ok(());
        }
        match self.make_tiles_anew() {
            // A full disk must not keep anybody from reading.
            Err(error) if matches!(error.to_code(), Code::Io | Code::LedgerDirectory) => {
                self.notice(format!("the nodes in `tiles` cannot be made anew: {error}"));
                Ok(())
            }
            other => other,
        }
    }

    fn make_tiles_anew(&self) -> Result<()> {
        let _held = self.lock.hold()?;
        let head = self.load_head()?;
        // Another process may have been faster.
        if self.tail_is_sound(&head).is_ok() {
            return Ok(());
        }
        self.follow_all(&head, &mut |nodes| self.tiles.write(&self.files, nodes))?;
        self.tiles.close();
        self.tiles.sync(&self.files)?;
        self.notice(
            "the nodes in `tiles` were lost or wrong; they were made anew from the entries"
                .to_owned(),
        );
        Ok(())
    }

    /// From the last durable node to the head.
    fn tail_is_sound(&self, head: &StoredHead) -> Result<()> {
        // At least one entry is read, to see where it ends.
        let begin = durable(head.chain.size().saturating_sub(1));
        let chain = self.chain_at(begin, head.chain.snapshot())?;
        let nodes = self.follow(chain, head, &mut |_| Ok(()))?;
        nodes
            .levels()
            .try_for_each(|(level, first, nodes)| compare_nodes(self, level, first, nodes))
    }

    /// From the first entry to the head. Hands over the nodes in parts.
    fn follow_all(
        &self,
        head: &StoredHead,
        each: &mut dyn FnMut(&Additions) -> Result<()>,
    ) -> Result<()> {
        let rest = self.follow(Chain::default(), head, each)?;
        each(&rest)
    }

    /// Reads the entries that lead from `chain` to the head. Gives the nodes that they add, of which
    /// earlier parts are handed over when there are many.
    fn follow(
        &self,
        mut chain: Chain,
        head: &StoredHead,
        each: &mut dyn FnMut(&Additions) -> Result<()>,
    ) -> Result<Additions> {
        let mut nodes = Additions::to(chain.size());
        let end = self.read_to(chain.size(), head.chain.size(), &mut |_, bytes| {
            chain.push(bytes, &mut nodes)?;
            if chain.size().saturating_sub(nodes.from) >= 4 * TILES_EVERY {
                each(&nodes)?;
                nodes = Additions::to(chain.size());
            }
            Ok(())
        })?;
        compare(&chain, &head.chain)?;
        if end == head.end { Ok(nodes) } else { Err(ends_elsewhere(head)) }
    }

    /// What the first `size` entries add up to, as the tiles say.
    fn chain_at(&self, size: u64, snapshot: Option<u64>) -> Result<Chain> {
        let Some(last) = size.checked_sub(1) else {
            return Ok(Chain::default());
        };
        let mut hash = [0; NODE_BYTES];
        self.read_nodes(0, last, &mut hash)?;
        let snapshot = snapshot.filter(|snapshot| *snapshot < size);
        Ok(Chain::new(Digest::from_bytes(hash), Tree(self).frontier(size)?, snapshot))
    }

    /// Writes the nodes with which the tree grows to `size` leaves, before a head counts on them. Now
    /// and then, they are made durable.
    pub(super) fn write_tiles(&self, nodes: &Additions, size: u64) -> Result<()> {
        self.tiles.write(&self.files, nodes)?;
        if durable(nodes.from) == durable(size) { Ok(()) } else { self.tiles.sync(&self.files) }
    }
}

/// How many leaves' nodes are surely durable in a ledger of this size.
fn durable(size: u64) -> u64 {
    size.saturating_sub(size % TILES_EVERY)
}
