//! Entries that are appended together: their bytes, hashes, nodes and attachments.

use super::{Draft, Entry, Recorded, chain::Chain, merkle, nodes::Additions};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
    limits,
};

/// What is about to be appended.
pub(super) struct Batch {
    /// What the ledger adds up to afterwards.
    pub(super) next: Chain,
    /// The nodes of the tree that come into being.
    pub(super) nodes: Additions,
    pub(super) recorded: Vec<Recorded>,
    pub(super) attachments: Vec<(Digest, Vec<u8>)>,
    /// The entries one after the other, and where each ends.
    pub(super) bytes: Vec<u8>,
    pub(super) ends: Vec<usize>,
}

impl Batch {
    /// Makes entries of drafts, to follow what `chain` stands for.
    pub(super) fn after(chain: &Chain, drafts: Vec<Draft>) -> Result<Self> {
        let mut batch = Self {
            next: chain.clone(),
            nodes: Additions::to(chain.size()),
            recorded: Vec::with_capacity(drafts.len()),
            attachments: Vec::new(),
            bytes: Vec::with_capacity(drafts.iter().map(|draft| draft.body.len() + 128).sum()),
            ends: Vec::with_capacity(drafts.len()),
        };
        drafts.into_iter().try_for_each(|draft| batch.add(draft))?;
        Ok(batch)
    }

    fn add(&mut self, draft: Draft) -> Result<()> {
        let at = draft.at.ok_or_else(|| {
            Error::new(Code::InputMissingField, "the draft has no instant").at_pointer("/at")
        })?;
        let entry = Entry {
            sequence: self.next.size(),
            previous: self.next.last(),
            at,
            kind: draft.kind,
            attachments: self.attach(draft.attachments)?,
            body: draft.body,
        };
        let begin = self.bytes.len();
        entry.write(&mut self.bytes)?;
        let hash = merkle::leaf_hash(self.bytes.get(begin..).unwrap_or_default());
        self.ends.push(self.bytes.len());
        self.next.add(&entry.kind, hash, &mut self.nodes);
        self.recorded.push(Recorded { entry, hash });
        Ok(())
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
