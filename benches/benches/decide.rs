//! Deciding, without and with recording, on the example's own plan and on a large one. Every policy
//! is evaluated over both; the large one is denied in the end, because it would owe too much.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use poundlock::{ledger::Ledger, state::State};

use crate::{fixture, hash};

pub(crate) fn bench(criterion: &mut Criterion) {
    let engine = fixture::engine();
    let begun = || {
        let (ledger, mut state) = (Ledger::in_memory(), State::new());
        engine.begin(&ledger, "benchmark", &[], "2026-03-02T08:00:00Z".parse().unwrap()).unwrap();
        state.catch_up(&ledger).unwrap();
        (ledger, state)
    };
    for resources in [18, 10_000] {
        let plan = fixture::plan(resources);
        let request = fixture::request("benchmark", &plan);
        let mut group = criterion.benchmark_group(format!("decide/{resources}-resources"));
        group.throughput(Throughput::Elements(u64::try_from(resources).unwrap()));
        hash::entries(&mut group, u64::try_from(resources).unwrap());
        let (ledger, mut state) = begun();
        group.bench_function("decide", |bencher| {
            bencher.iter(|| engine.decide(black_box(&request), &state).unwrap());
        });
        let mut number = 0_u64;
        group.bench_function("admit-in-memory", |bencher| {
            bencher.iter(|| {
                number += 1;
                let mut request = request.clone();
                request.id = format!("benchmark-{number}");
                engine.admit(&request, &ledger, &mut state).unwrap()
            });
        });
        group.finish();
    }
}
