//! Entries that are appended together: their bytes, hashes, nodes and attachments.

use super::{
    Draft, Entry, Recorded,
    chain::{Chain, Link},
    conflict, merkle,
    nodes::Additions,
};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
    limits,
};

/// Entries that are about to be appended, all or none; see [`Ledger::batch`](super::Ledger::batch).
#[derive(Debug)]
pub struct Batch {
    /// What the first entry follows.
    pub(super) before: Link,
    /// What follows the last entry.
    next: Link,
    pub(super) recorded: Vec<Recorded>,
    pub(super) attachments: Vec<(Digest, Vec<u8>)>,
    /// The entries one after the other, and where each ends.
    pub(super) bytes: Vec<u8>,
    pub(super) ends: Vec<usize>,
}

/// What a ledger adds up to before and after it grows.
pub(super) struct Growth {
    pub(super) before: Chain,
    pub(super) next: Chain,
    /// The nodes of the tree that come into being.
    pub(super) nodes: Additions,
}

impl Growth {
    /// What a ledger becomes with batches, of which the first must follow `chain`, and each further one the
    /// one before.
    pub(super) fn of(chain: Chain, batches: &[Batch]) -> Result<Self> {
        let mut growth =
            Self { nodes: Additions::to(chain.size()), next: chain.clone(), before: chain };
        for batch in batches {
            if growth.next.link() != batch.before {
                return Err(conflict(batch.before.size));
            }
            for recorded in &batch.recorded {
                growth.next.add(&recorded.entry.kind, recorded.hash, &mut growth.nodes);
            }
        }
        Ok(growth)
    }
}

impl Batch {
    /// No entries yet.
    pub(super) fn after(before: Link) -> Self {
        Self {
            before,
            next: before,
            recorded: Vec::new(),
            attachments: Vec::new(),
            bytes: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Makes room for what drafts will become.
    pub(super) fn reserve(&mut self, drafts: &[Draft]) {
        let bytes = drafts.iter().map(|draft| draft.body.len().saturating_add(128));
        self.bytes.reserve(bytes.sum());
        self.recorded.reserve(drafts.len());
        self.ends.reserve(drafts.len());
    }

    /// Begins the batch that follows this one, which need not be durable yet: so that the next entries
    /// can be made while these are synced. It can only be committed after this one, or
    /// [together with it](super::Ledger::commit_all).
    #[must_use]
    pub fn following(&self) -> Self {
        Self::after(self.next)
    }

    /// How many entries the batch has.
    pub fn len(&self) -> usize {
        self.recorded.len()
    }

    /// Whether the batch has no entry.
    pub fn is_empty(&self) -> bool {
        self.recorded.is_empty()
    }

    /// Makes the next entry of a draft. It is in no ledger yet.
    ///
    /// # Errors
    ///
    /// `canonical.encoding`, `limit.depth`, `ledger.entry`, `limit.entry`, `limit.size` and
    /// `input.missing_field` when the draft is not acceptable; then the batch is what it was.
    pub fn add(&mut self, draft: Draft) -> Result<&Recorded> {
        let (bytes, attachments) = (self.bytes.len(), self.attachments.len());
        let added = self.encode(draft);
        if added.is_err() {
            self.bytes.truncate(bytes);
            self.attachments.truncate(attachments);
        }
        let entry = added?;
        let hash = merkle::leaf_hash(self.bytes.get(bytes..).unwrap_or_default());
        self.ends.push(self.bytes.len());
        self.next = self.next.after(hash);
        self.recorded.push(Recorded { entry, hash });
        self.recorded.last().ok_or_else(|| Error::internal("an entry was lost"))
    }

    fn encode(&mut self, draft: Draft) -> Result<Entry> {
        let at = draft.at.ok_or_else(|| {
            Error::new(Code::InputMissingField, "the draft has no instant").at_pointer("/at")
        })?;
        let entry = Entry {
            sequence: self.next.size,
            previous: self.next.last,
            at,
            kind: draft.kind,
            attachments: self.attach(draft.attachments)?,
            body: draft.body,
        };
        entry.write(&mut self.bytes)?;
        Ok(entry)
    }

    /// Takes attachments, and gives the digests by which an entry names them.
    fn attach(&mut self, contents: Vec<Vec<u8>>) -> Result<Vec<Digest>> {
        let mut digests = Vec::with_capacity(contents.len());
        for content in contents {
            if content.len() > limits::ATTACHMENT_BYTES {
                return Err(Error::new(Code::LimitSize, "the attachment is larger than its limit"));
            }
            let digest = Digest::of(&content);
            digests.push(digest);
            self.attachments.push((digest, content));
        }
        digests.sort_unstable();
        digests.dedup();
        Ok(digests)
    }

    /// The entries, as they are stored.
    pub(super) fn entries(&self) -> impl Iterator<Item = &[u8]> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(&self.ends).map(|(begin, end)| self.bytes.get(begin..*end).unwrap_or_default())
    }
}
