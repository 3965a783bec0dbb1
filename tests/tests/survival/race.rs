//! Many writers at once: nothing is lost, nothing doubled, and consent is spent once.

use std::collections::{BTreeMap, BTreeSet};

use poundlock::{
    canonical,
    state::{DecisionBody, kind},
};
use tempfile::tempdir;

use super::support::{Acknowledged, Worker, acknowledged, check, run, soak};

const PROCESSES: u64 = 8;
const THREADS: u64 = 4;
const CONTESTS: u64 = 25;

/// Admissions of each thread besides the contested ones.
const OWN: u64 = 100;

#[test]
fn eight_processes_of_four_threads_admit_while_two_verify() {
    for _ in 0..if soak() { 10 } else { 1 } {
        race();
    }
}

fn race() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("ledger");
    let begun = run("begin", &path, &[&CONTESTS.to_string()]);
    let readers = [(); 2].map(|()| Worker::start("verify", &path, &[]));
    let writers: Vec<Worker> = (0..PROCESSES)
        .map(|process| {
            let numbers = [THREADS, OWN, CONTESTS].map(|number| number.to_string());
            let [threads, own, contests] = numbers.each_ref().map(String::as_str);
            Worker::start("race", &path, &[&format!("p{process}"), threads, own, contests])
        })
        .collect();
    // Each waits until somebody has read what it printed.
    let answers: Vec<Acknowledged> = std::thread::scope(|scope| {
        let reading: Vec<_> = writers.into_iter().map(|one| scope.spawn(|| one.finish())).collect();
        let lines = reading.into_iter().flat_map(|one| one.join().unwrap());
        lines.flat_map(|line| acknowledged(line.as_bytes())).collect()
    });
    let verified: Vec<Vec<String>> = readers.into_iter().map(Worker::finish).collect();

    let survivor = check(&path, begun.iter().chain(&answers));
    let threads = PROCESSES * THREADS;
    let admitted = threads * (OWN + CONTESTS);
    assert_eq!(answers.len() as u64, admitted + threads);
    assert_eq!(survivor.entries.len() as u64, begun.len() as u64 + admitted + 1);

    // Every first answer has an entry of its own, and there are no other entries.
    let first: BTreeMap<u64, &str> = begun
        .iter()
        .chain(&answers)
        .filter(|answer| !answer.repeated)
        .map(|answer| (answer.sequence, answer.id.as_str()))
        .collect();
    assert!(first.keys().copied().eq(0..survivor.entries.len() as u64));

    // The fact that all recorded under one id was recorded once, and all got the same answer.
    let shared: Vec<&Acknowledged> = answers.iter().filter(|one| one.id == "shared").collect();
    assert_eq!(shared.len() as u64, threads);
    assert_eq!(shared.iter().filter(|one| !one.repeated).count(), 1);
    assert_eq!(shared.iter().map(|one| &one.hash).collect::<BTreeSet<_>>().len(), 1);

    for contest in 0..CONTESTS {
        let ending = format!("-contested-{contest}");
        let asked: Vec<_> = answers.iter().filter(|one| one.id.ends_with(&ending)).collect();
        let winners = asked.iter().filter(|one| one.allowed).count();
        assert_eq!((asked.len() as u64, winners), (threads, 1), "contest {contest}");
    }
    let own = answers.iter().filter(|one| one.id.starts_with('p') && !one.id.contains("contested"));
    assert!(own.clone().all(|one| one.allowed), "{:?}", own.clone().find(|one| !one.allowed));

    // In the entries as well, each consent is spent once.
    let mut spent = BTreeSet::new();
    for recorded in survivor.entries.iter().filter(|one| one.entry.kind == kind::DECISION) {
        let body: DecisionBody = canonical::from_bytes(&recorded.entry.body).unwrap();
        for consent in body.spends {
            assert!(spent.insert(consent.to_string()), "{consent} was spent twice");
        }
    }
    let consents = begun.iter().filter(|one| one.id.starts_with("consent-"));
    assert_eq!(spent, consents.map(|one| one.hash.clone()).collect());

    readers_agree(&verified);
}

/// No reader saw the ledger shrink, and nobody saw two ledgers of the same size.
fn readers_agree(verified: &[Vec<String>]) {
    let mut roots: BTreeMap<u64, &str> = BTreeMap::new();
    for lines in verified {
        let mut last = 0;
        let mut sizes = BTreeSet::new();
        for line in lines {
            let mut words = line.split_whitespace();
            assert_eq!(words.next(), Some("verified"));
            let size: u64 = words.next().unwrap().parse().unwrap();
            let root = words.next().unwrap();
            assert!(size >= last, "{size} after {last}");
            assert_eq!(*roots.entry(size).or_insert(root), root);
            sizes.insert(size);
            last = size;
        }
        assert!(sizes.len() > 2, "a reader saw the ledger at {sizes:?} only");
    }
}
