//! The head file: how far the ledger is durable, and where its last record ends.

use super::super::{
    chain::Chain,
    fields::{Fields, Hash},
    merkle::Frontier,
};
use crate::{
    canonical,
    error::{Code, Error, Result},
};

/// The format of the directory that this version writes and reads.
const FORMAT: u64 = 1;

/// More than any head file has: a tree has at most 64 nodes at its right edge.
pub(super) const HEAD_BYTES: usize = 4096;

/// A place between two records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// The sequence number of the first entry of the segment, which names it.
    pub(super) segment: u64,
    /// Bytes from the beginning of the segment.
    pub(super) offset: u64,
}

/// What the head file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct StoredHead {
    /// What the durable entries add up to.
    pub(super) chain: Chain,
    /// The end of the last durable record.
    pub(super) end: Position,
}

impl StoredHead {
    /// The content of the head file.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        let head = self.chain.head();
        let frontier: Vec<Hash> = self.chain.frontier().nodes().iter().copied().map(Hash).collect();
        canonical::join_map(&[
            ("format", &canonical::to_bytes(&FORMAT)?),
            ("frontier", &canonical::to_bytes(&frontier)?),
            ("last", &canonical::to_bytes(&Hash(head.last))?),
            ("length", &canonical::to_bytes(&self.end.offset)?),
            ("root", &canonical::to_bytes(&Hash(head.root))?),
            ("segment", &canonical::to_bytes(&self.end.segment)?),
            ("size", &canonical::to_bytes(&head.size)?),
            ("snapshot", &canonical::to_bytes(&self.chain.snapshot())?),
        ])
    }

    /// Reads the content of a head file, which must agree with itself.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut fields = Fields::split(bytes, Code::LedgerHead, "the head")?;
        fields.take_format(FORMAT)?;
        let nodes = fields.take_hashes("frontier")?;
        let last = fields.take_hash("last")?;
        let root = fields.take_hash("root")?;
        let size = fields.take_uint("size")?;
        let snapshot = fields.take_optional_uint("snapshot")?;
        let end =
            Position { segment: fields.take_uint("segment")?, offset: fields.take_uint("length")? };
        fields.finish()?;
        let disagrees =
            || Error::new(Code::LedgerHead, "the fields of the head contradict each other");
        let frontier = Frontier::new(size, nodes).ok_or_else(disagrees)?;
        let chain = Chain::new(last, frontier, snapshot);
        let head = chain.head();
        let wrong = head.root != root
            || head.last != last
            || (size == 0) != (end == Position::default())
            || snapshot.is_some_and(|snapshot| snapshot >= size);
        if wrong {
            return Err(disagrees());
        }
        Ok(Self { chain, end })
    }
}
