//! How fast the ledger is beside what it cannot do without: hashing, and making bytes durable.
//!
//! Every line is a ratio of two times of this one run, each the least of many rounds that take turns, so
//! that a busy machine slows both alike. `POUNDLOCK_PROOF_ENTRIES` sets the size of the large ledger,
//! 10 million entries by default, which takes 4 GB of the directory for temporary files.
#![allow(missing_docs)]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout, clippy::unwrap_used)]

use std::{
    fs::{self, File},
    hint::black_box,
    io::Write as _,
    path::Path,
    sync::mpsc,
    time::Duration,
};

use poundlock::ledger::{Batch, Draft, Ledger, Recorded, Verification};
use sha2::{Digest as _, Sha256};

#[expect(dead_code, reason = "the other benchmarks use more of it")]
mod fixture;
mod race;

use race::{is_wanted, race, timed};

const GROUP: u64 = 1_000;
const GROUPS: u64 = 200;

fn main() {
    if race::is_test() {
        return;
    }
    let entry = fixture::entry_bytes();
    println!("entries of {} bytes, {} in groups of {GROUP}", entry.len(), GROUP * GROUPS);
    if is_wanted("append") {
        appending(&entry);
    }
    if is_wanted("verify") {
        verifying(&entry);
    }
    if is_wanted("durable") {
        durable(&entry);
    }
    if is_wanted("prove") {
        proving();
    }
}

/// Chain and tree alone, over entries of the same size: what no ledger of this kind can do without.
fn hash_only(entry: &[u8], count: u64) -> [u8; 32] {
    let mut entry = entry.to_vec();
    let mut right: Vec<[u8; 32]> = Vec::new();
    for number in 0..count {
        let mut node: [u8; 32] =
            Sha256::new().chain_update([0]).chain_update(&entry).finalize().into();
        // The next entry names this one's hash.
        entry[..32].copy_from_slice(&node);
        for _ in 0..number.trailing_ones() {
            let left = right.pop().unwrap();
            node = Sha256::new()
                .chain_update([1])
                .chain_update(left)
                .chain_update(node)
                .finalize()
                .into();
        }
        right.push(node);
    }
    *right.last().unwrap()
}

fn groups(count: u64) -> Vec<Vec<Draft>> {
    (0..count).map(|_| vec![fixture::draft(); GROUP as usize]).collect()
}

fn append(ledger: &Ledger, groups: Vec<Vec<Draft>>) {
    for (number, drafts) in (0_u64..).zip(groups) {
        ledger.append_all(number * GROUP, drafts).unwrap();
    }
}

fn appending(entry: &[u8]) {
    let [hashing, appending] = race(
        7,
        [&mut || timed(|| hash_only(entry, GROUP * GROUPS)), &mut || {
            let (ledger, drafts) = (Ledger::in_memory(), groups(GROUPS));
            timed(|| append(&ledger, drafts))
        }],
    );
    let rate = |time: f64| (GROUP * GROUPS) as f64 / time / 1e6;
    println!("hash only: {:.2} million entries/s", rate(hashing));
    println!(
        "append in memory (encode, hash, tree): {:.2} million entries/s, {:.0} % of hash only",
        rate(appending),
        100.0 * hashing / appending
    );
}

fn verifying(entry: &[u8]) {
    let directory = tempfile::tempdir().unwrap();
    let ledger = Ledger::create(&directory.path().join("ledger")).unwrap();
    append(&ledger, groups(GROUPS));
    let verify =
        |threads| timed(|| ledger.verify_with(Verification::new().threads(threads)).unwrap());
    let [hashing, one, two] = race(
        7,
        [&mut || timed(|| hash_only(entry, GROUP * GROUPS)), &mut || verify(0), &mut || verify(1)],
    );
    println!("full verify in one thread: {:.0} % of hash only", 100.0 * hashing / one);
    println!("full verify in two threads: {:.2} times as fast as in one", one / two);
}

/// Groups that are made durable, beside writing and syncing as many bytes.
fn durable(entry: &[u8]) {
    const COUNT: u64 = GROUPS;
    let directory = tempfile::tempdir().unwrap();
    let bytes = vec![0x5a; (8 + entry.len().next_multiple_of(8)) * GROUP as usize];
    let place = directory.path().join("ledger");
    let fresh = || {
        let _ = fs::remove_dir_all(&place);
        Ledger::create(&place).unwrap()
    };
    let [bare, replacing, durable, ahead] = race(
        9,
        [
            &mut || write_and_sync(directory.path(), &bytes, COUNT, false),
            &mut || write_and_sync(directory.path(), &bytes, COUNT, true),
            &mut || {
                let (ledger, drafts) = (fresh(), groups(COUNT));
                timed(|| append(&ledger, drafts))
            },
            &mut || {
                let (ledger, drafts) = (fresh(), groups(COUNT));
                timed(|| append_ahead(&ledger, drafts))
            },
        ],
    );
    let line = |name: &str, time: f64| {
        println!(
            "{name}: {:.2} million entries/s, {:.0} % of writing and syncing alone, {:.0} % of it with a head file replaced each time",
            (GROUP * COUNT) as f64 / time / 1e6,
            100.0 * bare / time,
            100.0 * replacing / time,
        );
    };
    line("durable appends in groups, one after the other", durable);
    line(
        "durable appends in groups, made while others are synced, and what waits sharing a sync",
        ahead,
    );
}

/// The bare loop: as many bytes, and the syncs; with a head, also those that replace a small file.
fn write_and_sync(directory: &Path, bytes: &[u8], count: u64, head: bool) -> Duration {
    let mut file = File::create(directory.join("bare")).unwrap();
    let (temporary, place) = (directory.join("bare-head.tmp"), directory.join("bare-head"));
    timed(|| {
        for _ in 0..count {
            file.write_all(bytes).unwrap();
            file.sync_data().unwrap();
            if head {
                let mut file = File::create(&temporary).unwrap();
                file.write_all(&bytes[..400]).unwrap();
                file.sync_all().unwrap();
                fs::rename(&temporary, &place).unwrap();
                File::open(directory).unwrap().sync_all().unwrap();
            }
        }
    })
}

/// Makes batches while another thread makes those before durable; what waits there shares a sync.
fn append_ahead(ledger: &Ledger, groups: Vec<Vec<Draft>>) -> Vec<Vec<Recorded>> {
    const WAITING: usize = 8;
    std::thread::scope(|threads| {
        let (give, take) = mpsc::sync_channel::<Batch>(WAITING);
        let appending = threads.spawn(move || {
            let mut recorded = Vec::new();
            while let Ok(batch) = take.recv() {
                let batches = std::iter::once(batch).chain(take.try_iter().take(WAITING));
                recorded.extend(ledger.commit_all(batches.collect()).unwrap());
            }
            recorded
        });
        let mut batch = ledger.batch(0).unwrap();
        for drafts in groups {
            drafts.into_iter().for_each(|draft| assert!(batch.add(draft).is_ok()));
            let next = batch.following();
            give.send(std::mem::replace(&mut batch, next)).unwrap();
        }
        drop(give);
        appending.join().unwrap()
    })
}

/// Memory that the process holds, in megabytes, where the system tells.
fn resident() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

fn proving() {
    let entries: u64 = std::env::var("POUNDLOCK_PROOF_ENTRIES")
        .map_or(10_000_000, |entries| entries.parse().expect("a number"));
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("ledger");
    grow(&place, entries);
    let before = resident();
    let mut ledger = Ledger::open(&place).unwrap();
    let [opening] = race(7, [&mut || timed(|| ledger = Ledger::open(&place).unwrap())]);
    println!("opening {entries} entries: {:.1} ms", 1e3 * opening);
    let mut sequence = 1;
    let [proving] = race(
        7,
        [&mut || {
            timed(|| {
                for _ in 0..1_000 {
                    sequence = (sequence * 6_364_136_223_846_793_005 + 1) % entries;
                    black_box(ledger.inclusion_proof(sequence, entries).unwrap());
                }
            })
        }],
    );
    println!("an inclusion proof among {entries} entries: {:.1} µs", 1e3 * proving);
    if let (Some(before), Some(after)) = (before, resident()) {
        println!("memory: {after:.0} MB, {before:.0} MB of it before opening");
    }
}

fn grow(place: &Path, entries: u64) {
    const LARGE: u64 = 50_000;
    let ledger = Ledger::create(place).unwrap();
    let mut size = 0;
    while size < entries {
        let count = LARGE.min(entries - size);
        ledger.append_all(size, vec![fixture::draft(); count as usize]).unwrap();
        size += count;
    }
}
