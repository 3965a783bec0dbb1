//! What opening examines: the end of the ledger, and the tiles, which are made anew where they are lost.
//!
//! The nodes of all but the newest entries are durable, so that the chain can be taken up near its end.
//! Only where that does not lead to the head are all entries read.

use super::{Directory, TILES_EVERY, head::StoredHead};
use crate::{
    digest::Digest,
    error::{Code, Result},
    ledger::{
        chain::Chain,
        chunk::compare_nodes,
        nodes::{Additions, NODE_BYTES, ReadNodes as _, Tree},
        store::Store as _,
        verification::compare,
    },
};

impl Directory {
    /// Checks that the newest entries lead to the head, and that the tiles have their nodes.
    pub(super) fn check_tail(&self, head: &StoredHead) -> Result<()> {
        if self.tail_is_sound(head).is_ok() {
            return Ok(());
        }
        if !self.writable {
            // Without the tiles there are no proofs; all else can be read.
            self.notice("the nodes in `tiles` are lost or wrong; they are made anew when the ledger is opened for writing".to_owned());
            return self.follow_all(head, &mut |_| Ok(()));
        }
        match self.make_tiles_anew() {
            // A full disk must not keep anybody from reading.
            Err(error) if error.to_code() == Code::Io => {
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
        let size = head.chain.size();
        self.write_head(&StoredHead { tiles: size, ..head })?;
        self.notice("the nodes in `tiles` were lost or wrong; they were made anew from the entries".to_owned());
        Ok(())
    }

    /// From the last durable node to the head.
    fn tail_is_sound(&self, head: &StoredHead) -> Result<()> {
        let chain = self.chain_at(head.tiles, head.chain.snapshot())?;
        let nodes = self.follow(chain, head, &mut |_| Ok(()))?;
        nodes.levels().try_for_each(|(level, first, nodes)| compare_nodes(self, level, first, nodes))
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
        self.read(chain.size(), head.chain.size(), &mut |_, bytes| {
            chain.push(bytes, &mut nodes)?;
            if chain.size().saturating_sub(nodes.from) >= 4 * TILES_EVERY {
                each(&nodes)?;
                nodes = Additions::to(chain.size());
            }
            Ok(())
        })?;
        compare(&chain, &head.chain)?;
        Ok(nodes)
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

    /// The head with the tiles that it may count on: now and then, they are made durable.
    pub(super) fn with_durable_tiles(&self, head: StoredHead) -> Result<StoredHead> {
        let size = head.chain.size();
        if size.saturating_sub(head.tiles) < TILES_EVERY {
            return Ok(head);
        }
        self.tiles.sync(&self.files)?;
        Ok(StoredHead { tiles: size, ..head })
    }
}
