//! Appending to a ledger and verifying it, in memory and in a directory.
//!
//! What appending to a directory costs is mostly what the disk takes to make it durable.

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use poundlock::ledger::Ledger;

use crate::{fixture, hash};

const ENTRIES: u64 = 10_000;

pub(crate) fn bench(criterion: &mut Criterion) {
    let directory = tempfile::tempdir().unwrap();
    let on_disk = Ledger::create(&directory.path().join("append")).unwrap();

    let mut group = criterion.benchmark_group("append");
    group.throughput(Throughput::Elements(1));
    hash::entries(&mut group, 1);
    append(&mut group, "memory", &Ledger::in_memory());
    append(&mut group, "directory", &on_disk);
    group.finish();

    let mut group = criterion.benchmark_group(format!("verify/{ENTRIES}-entries"));
    group.throughput(Throughput::Elements(ENTRIES));
    hash::entries(&mut group, ENTRIES);
    let in_memory = Ledger::in_memory();
    fixture::fill(&in_memory, ENTRIES);
    let place = directory.path().join("verify");
    let on_disk = Ledger::create(&place).unwrap();
    fixture::fill(&on_disk, ENTRIES);
    group.bench_function("memory", |bencher| bencher.iter(|| in_memory.verify().unwrap()));
    group.bench_function("directory", |bencher| bencher.iter(|| on_disk.verify().unwrap()));
    group
        .bench_function("open-directory", |bencher| bencher.iter(|| Ledger::open(&place).unwrap()));
    group.finish();
}

fn append(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, ledger: &Ledger) {
    let mut sequence = 0;
    let draft = fixture::draft();
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            ledger.append(sequence, draft.clone()).unwrap();
            sequence += 1;
        });
    });
}
