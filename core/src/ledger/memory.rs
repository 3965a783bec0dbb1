//! A store in memory, for tests and dry runs.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{
    chain::Chain,
    store::{Store, Visit},
};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
};

/// Entries and attachments that live as long as the handle.
#[derive(Default)]
pub(super) struct Memory(Mutex<Contents>);

#[derive(Default)]
struct Contents {
    chain: Chain,
    entries: Vec<Vec<u8>>,
    attachments: BTreeMap<Digest, Vec<u8>>,
}

impl Memory {
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads without holding the lock while the visitor runs.
    fn entry(&self, sequence: u64) -> Result<Vec<u8>> {
        let index = usize::try_from(sequence).unwrap_or(usize::MAX);
        self.contents().entries.get(index).cloned().ok_or_else(|| {
            Error::new(Code::LedgerTruncated, "the entry does not exist").at_sequence(sequence)
        })
    }
}

impl Store for Memory {
    fn head(&self) -> Result<Chain> {
        Ok(self.contents().chain.clone())
    }

    fn append(&self, expected: &Chain, entries: &[&[u8]], next: &Chain) -> Result<()> {
        let mut contents = self.contents();
        if contents.chain != *expected {
            return Err(super::conflict(expected.size()));
        }
        contents.entries.extend(entries.iter().map(|bytes| bytes.to_vec()));
        contents.chain = next.clone();
        Ok(())
    }

    fn read(&self, from: u64, to: u64, visit: Visit<'_>) -> Result<()> {
        (from..to).try_for_each(|sequence| visit(sequence, &self.entry(sequence)?))
    }

    fn scan(&self, visit: Visit<'_>) -> Result<Chain> {
        let head = self.head()?;
        self.read(0, head.size(), visit)?;
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
}
