//! Verification of a whole ledger, by as many threads as the host grants.
//!
//! Entries are examined in chunks, each by itself; then the chunks are joined in order. So the fault
//! that is reported is the first one, however many threads there are.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use super::{
    Head, Recorded,
    chain::Chain,
    chunk::{Chunk, Summary, compare_nodes},
    entry,
    nodes::STEP,
    store::Store,
};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
};

/// How many digests of sound attachments are remembered, to read each one once.
const REMEMBERED_ATTACHMENTS: usize = 65_536;

type VisitEntry<'a> = &'a mut dyn FnMut(&Recorded) -> Result<()>;

/// How a ledger is to be verified; see [`Ledger::verify_with`](super::Ledger::verify_with).
#[derive(Default)]
pub struct Verification<'a> {
    threads: usize,
    progress: Option<&'a mut dyn FnMut(u64, u64)>,
    visit: Option<VisitEntry<'a>>,
}

/// What verification found in a ledger that is sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What the entries add up to.
    pub head: Head,
    /// The attachments that are missing: which entry names which. They were erased, or are lost; what
    /// the entries say tells which.
    pub missing: Vec<(u64, Digest)>,
}

impl<'a> Verification<'a> {
    /// In one thread, telling nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Uses so many threads beside the calling one, as far as there are that many; none is good for small ledgers.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Tells now and then how many entries of how many are done.
    #[must_use]
    pub fn on_progress(mut self, progress: &'a mut dyn FnMut(u64, u64)) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Hands over every entry, in order, once it and all before it are known to be sound. An error
    /// ends the verification.
    #[must_use]
    pub fn on_entry(mut self, visit: VisitEntry<'a>) -> Self {
        self.visit = Some(visit);
        self
    }

    /// Verifies what is in a store.
    pub(super) fn run(self, store: &dyn Store) -> Result<(Chain, Verified)> {
        let threads = self.threads;
        let keep = self.visit.is_some();
        let size = store.head()?.size();
        let mut joined = Joined {
            store,
            size,
            verification: self,
            chain: Chain::default(),
            sound: BTreeSet::new(),
            missing: Vec::new(),
            wrong_node: None,
        };
        let head = if threads == 0 {
            store.scan(&mut |chunk| joined.add(chunk.examine(store, keep)))?
        } else {
            scan_in_threads(store, threads, keep, &mut joined)?
        };
        compare(&joined.chain, &head)?;
        // Only of a tree that is the right one can a node be wrong.
        joined.wrong_node.map_or(Ok(()), Err)?;
        Ok((joined.chain, Verified { head: head.head(), missing: joined.missing }))
    }
}

/// Says that the entries do not add up to what the head says.
pub(super) fn compare(chain: &Chain, head: &Chain) -> Result<()> {
    if chain == head {
        return Ok(());
    }
    let message = "the entries do not have the size, root and last hash that the head says";
    Err(Error::new(Code::LedgerHeadMismatch, message).at_sequence(head.size().saturating_sub(1)))
}

/// The chunks that have been joined.
struct Joined<'a, 'b> {
    store: &'a dyn Store,
    size: u64,
    verification: Verification<'b>,
    chain: Chain,
    sound: BTreeSet<Digest>,
    missing: Vec<(u64, Digest)>,
    wrong_node: Option<Error>,
}

impl Joined<'_, '_> {
    /// Joins the next chunk.
    fn add(&mut self, summary: Summary) -> Result<()> {
        if let Some((previous, last)) = summary.ends {
            if previous != self.chain.last() {
                return Err(entry::unlinked(summary.first));
            }
            let (store, wrong) = (self.store, &mut self.wrong_node);
            if wrong.is_none() {
                *wrong = summary.wrong_node;
            }
            let mut compare = |height: u32, index: u64, node: &Digest| {
                if height.is_multiple_of(STEP) && wrong.is_none() {
                    let level = usize::try_from(height / STEP).unwrap_or(usize::MAX);
                    *wrong = compare_nodes(store, level, index, node.as_bytes()).err();
                }
            };
            self.chain.add_run(last, summary.snapshot, &summary.subtrees, &mut compare);
            for (sequence, digest) in summary.attachments {
                self.attachment(digest, sequence).map_err(|error| error.at_sequence(sequence))?;
            }
            if let Some(visit) = &mut self.verification.visit {
                summary.recorded.iter().try_for_each(visit)?;
            }
        }
        summary.fault.map_or(Ok(()), Err)?;
        if let Some(progress) = &mut self.verification.progress {
            progress(self.chain.size(), self.chain.size().max(self.size));
        }
        Ok(())
    }

    fn attachment(&mut self, digest: Digest, sequence: u64) -> Result<()> {
        if self.sound.contains(&digest) {
            return Ok(());
        }
        if self.store.attachment(&digest)?.is_none() {
            self.missing.push((sequence, digest));
            return Ok(());
        }
        if self.sound.len() >= REMEMBERED_ATTACHMENTS {
            self.sound.clear();
        }
        self.sound.insert(digest);
        Ok(())
    }
}

/// More threads than this would only wait for the one that reads.
const MOST_THREADS: usize = 256;

/// Reads and joins in this thread, and examines in others.
fn scan_in_threads(
    store: &dyn Store,
    threads: usize,
    keep: bool,
    joined: &mut Joined<'_, '_>,
) -> Result<Chain> {
    let (give, take) = mpsc::channel::<(u64, Chunk)>();
    let take = Mutex::new(take);
    thread::scope(|scope| {
        // Dropped at the end of the scope's body, so that the threads end.
        let give = give;
        let (report, reports) = mpsc::channel::<(u64, Summary)>();
        let mut ahead = 3_u64;
        for _ in 0..threads.min(MOST_THREADS) {
            let (take, report) = (&take, report.clone());
            let work = move || {
                loop {
                    let job = take.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((number, chunk)) = job else { return };
                    if report.send((number, chunk.examine(store, keep))).is_err() {
                        return;
                    }
                }
            };
            // Where the system has no more threads, those that there are do the work.
            if thread::Builder::new().spawn_scoped(scope, work).is_err() {
                break;
            }
            ahead = ahead.saturating_add(3);
        }
        drop(report);
        let mut waiting = BTreeMap::new();
        let (mut given, mut done) = (0_u64, 0_u64);
        let mut join = |up_to: u64, done: &mut u64| -> Result<()> {
            while *done < up_to {
                while let Some(summary) = waiting.remove(done) {
                    joined.add(summary)?;
                    *done = done.saturating_add(1);
                }
                if *done >= up_to {
                    break;
                }
                // Rather than wait, this thread examines a chunk itself.
                let ready = reports.try_recv().ok().or_else(|| {
                    let (number, chunk) = take.try_lock().ok()?.try_recv().ok()?;
                    Some((number, chunk.examine(store, keep)))
                });
                let Some((number, summary)) = ready.or_else(|| reports.recv().ok()) else {
                    return Err(Error::new(Code::Internal, "a verifying thread ended early"));
                };
                waiting.insert(number, summary);
            }
            Ok(())
        };
        let mut fault = None;
        let head = store.scan(&mut |chunk| {
            let stop = || Error::new(Code::Internal, "the verification ends");
            if fault.is_some() {
                return Err(stop());
            }
            give.send((given, chunk)).map_err(|_| stop())?;
            given = given.saturating_add(1);
            join(given.saturating_sub(ahead), &mut done).map_err(|error| {
                fault = Some(error);
                stop()
            })
        });
        drop(give);
        if let Some(fault) = fault {
            return Err(fault);
        }
        // What is wrong with an entry comes before what is wrong with the files after it.
        join(given, &mut done).and(head)
    })
}
