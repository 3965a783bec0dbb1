//! A store in memory, for tests and dry runs.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{
    batch::{Batch, Growth},
    chain::Chain,
    chunk::Chunk,
    nodes::{self, NODE_BYTES, ReadNodes},
    store::{Reserved, Store, Visit},
};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
};

/// Entries and attachments that live as long as the handle.
#[derive(Default)]
pub(super) struct Memory {
    contents: Mutex<Contents>,
    appending: Mutex<()>,
}

#[derive(Default)]
struct Contents {
    chain: Chain,
    /// The entries one after the other, and where each ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
    nodes: Vec<Vec<u8>>,
    attachments: BTreeMap<Digest, Vec<u8>>,
    checkpoint: Option<Vec<u8>>,
}

impl Contents {
    fn entry(&self, sequence: u64) -> Result<&[u8]> {
        let index = usize::try_from(sequence).unwrap_or(usize::MAX);
        let begin = match index.checked_sub(1) {
            Some(before) => self.ends.get(before).copied(),
            None => Some(0),
        };
        let range = begin.zip(self.ends.get(index).copied());
        range.and_then(|(begin, end)| self.bytes.get(begin..end)).ok_or_else(|| {
            Error::new(Code::LedgerTruncated, "the entry does not exist").at_sequence(sequence)
        })
    }
}

impl Memory {
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReadNodes for Memory {
    fn read_nodes(&self, level: usize, first: u64, bytes: &mut [u8]) -> Result<()> {
        let contents = self.contents();
        let begin = usize::try_from(first).ok().and_then(|first| first.checked_mul(NODE_BYTES));
        let found = contents
            .nodes
            .get(level)
            .zip(begin)
            .and_then(|(nodes, begin)| nodes.get(begin..begin.checked_add(bytes.len())?));
        bytes
            .copy_from_slice(found.ok_or_else(|| nodes::missing("a node of the tree is missing"))?);
        Ok(())
    }
}

/// The right to append to a [`Memory`].
struct Reservation<'a> {
    memory: &'a Memory,
    _appending: MutexGuard<'a, ()>,
}

impl Reserved for Reservation<'_> {
    fn append(&self, batches: &[Batch], growth: &Growth) -> Result<()> {
        let mut contents = self.memory.contents();
        let gone = |(digest, _): &(Digest, _)| !contents.attachments.contains_key(digest);
        if contents.chain != growth.before
            || batches.iter().flat_map(|batch| &batch.attachments).any(gone)
        {
            return Err(super::conflict(growth.before.size()));
        }
        for batch in batches {
            let begin = contents.bytes.len();
            contents.bytes.extend_from_slice(&batch.bytes);
            contents.ends.extend(batch.ends.iter().map(|end| begin.saturating_add(*end)));
        }
        for (level, _, added) in growth.nodes.levels() {
            if contents.nodes.len() <= level {
                contents.nodes.resize_with(level.saturating_add(1), Vec::new);
            }
            if let Some(nodes) = contents.nodes.get_mut(level) {
                nodes.extend_from_slice(added);
            }
        }
        contents.chain = growth.next.clone();
        Ok(())
    }
}

impl Store for Memory {
    fn head(&self) -> Result<Chain> {
        Ok(self.contents().chain.clone())
    }

    fn reserve(&self) -> Result<Box<dyn Reserved + '_>> {
        let appending = self.appending.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Box::new(Reservation { memory: self, _appending: appending }))
    }

    fn read(&self, from: u64, to: u64, visit: Visit<'_>) -> Result<()> {
        for sequence in from..to {
            // Copied, so that the lock is not held while the visitor runs.
            let entry = self.contents().entry(sequence)?.to_vec();
            visit(sequence, &entry)?;
        }
        Ok(())
    }

    fn scan(&self, visit: &mut dyn FnMut(Chunk) -> Result<()>) -> Result<Chain> {
        let head = self.head()?;
        let mut chunk = Chunk::plain(0);
        for sequence in 0..head.size() {
            chunk.push(self.contents().entry(sequence)?);
            if chunk.is_full() {
                visit(std::mem::replace(&mut chunk, Chunk::plain(sequence.saturating_add(1))))?;
            }
        }
        visit(chunk)?;
        Ok(head)
    }

    fn recover(&self) -> Result<()> {
        Ok(())
    }

    fn notices(&self) -> Vec<String> {
        Vec::new()
    }

    fn put_attachment(&self, digest: &Digest, content: &[u8]) -> Result<()> {
        self.contents().attachments.entry(*digest).or_insert_with(|| content.to_vec());
        Ok(())
    }

    fn attachment(&self, digest: &Digest) -> Result<Option<Vec<u8>>> {
        Ok(self.contents().attachments.get(digest).cloned())
    }

    fn remove_attachment(&self, expected: &Chain, digest: &Digest) -> Result<()> {
        let mut contents = self.contents();
        if contents.chain != *expected {
            return Err(super::conflict(expected.size()));
        }
        contents.attachments.remove(digest);
        Ok(())
    }

    fn checkpoint(&self) -> Result<Option<Vec<u8>>> {
        Ok(self.contents().checkpoint.clone())
    }

    fn replace_checkpoint(
        &self,
        replace: &mut dyn FnMut(Option<Vec<u8>>) -> Result<Option<Vec<u8>>>,
    ) -> Result<()> {
        let _appending = self.appending.lock().unwrap_or_else(PoisonError::into_inner);
        let present = self.checkpoint()?;
        if let Some(new) = replace(present)? {
            self.contents().checkpoint = Some(new);
        }
        Ok(())
    }
}
