//! Runs of stored entries, as large as one thread examines at a time.

use super::{
    Recorded,
    chain::SNAPSHOT,
    entry,
    merkle::{self, node_hash},
    nodes::{self, NODE_BYTES, ReadNodes, STEP},
};
use crate::{
    digest::Digest,
    error::{Error, Result},
};

/// How many entries a chunk may have.
const ENTRIES: usize = 1024;
/// The bytes of so many usual entries.
const USUAL_BYTES: usize = ENTRIES * 512;

/// Entries as they are stored, from one file.
pub(super) struct Chunk {
    first: u64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Takes the entry out of what the store wraps around it, and checks that.
    unwrap: fn(&[u8]) -> Result<&[u8]>,
    /// The file, and where in it the chunk begins.
    place: Option<(String, u64)>,
}

/// What a chunk's entries add up to, as far as that can be told from them alone.
#[derive(Default)]
pub(super) struct Summary {
    /// The sequence number of the first entry, and how many there are.
    pub(super) first: u64,
    pub(super) count: u64,
    /// The hash that the first entry names, and that of the last one.
    pub(super) ends: Option<(Digest, Digest)>,
    /// The largest perfect subtrees that the leaves consist of: heights and roots.
    pub(super) subtrees: Vec<(u32, Digest)>,
    pub(super) snapshot: Option<u64>,
    /// Which entry names which attachment.
    pub(super) attachments: Vec<(u64, Digest)>,
    /// The entries, where they are wanted.
    pub(super) recorded: Vec<Recorded>,
    /// What is wrong with the entry that follows these.
    pub(super) fault: Option<Error>,
    /// What is wrong with the kept nodes over these.
    pub(super) wrong_node: Option<Error>,
}

impl Chunk {
    /// An empty chunk of entries that are stored as they are.
    pub(super) fn plain(first: u64) -> Self {
        Self { first, bytes: Vec::new(), ends: Vec::new(), unwrap: |bytes| Ok(bytes), place: None }
    }

    /// An empty chunk of wrapped entries that begins at an offset in a file.
    pub(super) fn wrapped(
        first: u64,
        unwrap: fn(&[u8]) -> Result<&[u8]>,
        place: (String, u64),
    ) -> Self {
        Self { unwrap, place: Some(place), ..Self::plain(first) }
    }

    /// Adds the next entry.
    pub(super) fn push(&mut self, stored: &[u8]) {
        if self.ends.is_empty() {
            self.bytes.reserve(USUAL_BYTES);
            self.ends.reserve(ENTRIES);
        }
        self.bytes.extend_from_slice(stored);
        self.ends.push(self.bytes.len());
    }

    pub(super) fn is_full(&self) -> bool {
        self.ends.len() >= ENTRIES
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Checks every entry, its link to the one before it in the chunk, and the kept nodes over them.
    pub(super) fn examine(&self, nodes: &dyn ReadNodes, keep: bool) -> Summary {
        let mut run = Run { next: self.first, ..Run::default() };
        let mut summary = Summary { first: self.first, ..Summary::default() };
        let mut begin = 0;
        for end in &self.ends {
            let stored = self.bytes.get(begin..*end).unwrap_or_default();
            if let Err(error) = self.examine_one(stored, &mut summary, &mut run, keep) {
                summary.fault = Some(self.placed(error, begin));
                break;
            }
            begin = *end;
        }
        summary.wrong_node = run.compare(nodes).err();
        summary.subtrees = run.subtrees;
        summary
    }

    fn examine_one(
        &self,
        stored: &[u8],
        summary: &mut Summary,
        run: &mut Run,
        keep: bool,
    ) -> Result<()> {
        let sequence = run.next;
        let bytes = (self.unwrap)(stored).map_err(|error| error.at_sequence(sequence))?;
        let view = match summary.ends {
            Some((_, last)) => entry::follow(bytes, sequence, &last)?,
            None => entry::first(bytes, sequence)?,
        };
        let hash = merkle::leaf_hash(bytes);
        summary.ends = Some((summary.ends.map_or(view.previous, |(first, _)| first), hash));
        summary.count = summary.count.saturating_add(1);
        if view.kind == SNAPSHOT {
            summary.snapshot = Some(sequence);
        }
        summary.attachments.extend(view.attachments().map(|digest| (sequence, digest)));
        if keep {
            summary.recorded.push(Recorded { entry: view.to_entry(), hash });
        }
        run.push(hash);
        Ok(())
    }

    fn placed(&self, error: Error, begin: usize) -> Error {
        let Some((path, offset)) = &self.place else { return error };
        let at = offset.saturating_add(u64::try_from(begin).unwrap_or(u64::MAX));
        error.in_source(format!("{path} at byte {at}"))
    }
}

/// The part of a tree over consecutive leaves.
#[derive(Default)]
struct Run {
    /// The number of the next leaf.
    next: u64,
    subtrees: Vec<(u32, Digest)>,
    /// By level: the number of the first node, and the nodes.
    kept: Vec<(u64, Vec<u8>)>,
}

impl Run {
    fn push(&mut self, leaf: Digest) {
        let (mut height, mut index, mut node) = (0_u32, self.next, leaf);
        self.keep(height, index, &node);
        while let Some((_, left)) =
            self.subtrees.pop_if(|(below, _)| *below == height && index % 2 == 1)
        {
            node = node_hash(&left, &node);
            height = height.saturating_add(1);
            index /= 2;
            self.keep(height, index, &node);
        }
        self.subtrees.push((height, node));
        self.next = self.next.saturating_add(1);
    }

    fn keep(&mut self, height: u32, index: u64, node: &Digest) {
        if !height.is_multiple_of(STEP) {
            return;
        }
        let level = usize::try_from(height / STEP).unwrap_or(usize::MAX);
        if self.kept.len() <= level {
            self.kept.push((index, Vec::new()));
        }
        if let Some((_, nodes)) = self.kept.get_mut(level) {
            nodes.extend_from_slice(node.as_bytes());
        }
    }

    /// Compares the kept nodes with those that the store has.
    fn compare(&self, nodes: &dyn ReadNodes) -> Result<()> {
        for (level, (first, wanted)) in self.kept.iter().enumerate() {
            compare_nodes(nodes, level, *first, wanted)?;
        }
        Ok(())
    }
}

/// Says whether a store has these nodes.
pub(super) fn compare_nodes(
    stored: &dyn ReadNodes,
    level: usize,
    first: u64,
    wanted: &[u8],
) -> Result<()> {
    let mut found = vec![0; wanted.len()];
    stored.read_nodes(level, first, &mut found)?;
    let pairs = wanted.chunks(NODE_BYTES).zip(found.chunks(NODE_BYTES));
    let Some(wrong) = pairs.into_iter().position(|(wanted, found)| wanted != found) else {
        return Ok(());
    };
    let index = first.saturating_add(u64::try_from(wrong).unwrap_or(u64::MAX));
    let height = u32::try_from(level).unwrap_or(u32::MAX).saturating_mul(STEP);
    let message = format!("node {index} of height {height} is not what the entries give");
    Err(nodes::missing(&message).at_sequence(index.checked_shl(height).unwrap_or(u64::MAX)))
}
