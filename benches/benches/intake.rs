//! Reading a Terraform plan of 10,000 resources.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use poundlock::{model::Plan, value::Value};

use crate::{fixture, hash};

pub(crate) fn bench(criterion: &mut Criterion) {
    let json = fixture::plan_json(10_000);
    let mut group = criterion.benchmark_group("intake/10000-resources");
    group.throughput(Throughput::Bytes(u64::try_from(json.len()).unwrap()));
    hash::document(&mut group, &json);
    group.bench_function("json", |bencher| {
        bencher.iter(|| Value::parse_json(black_box(&json)).unwrap());
    });
    group.bench_function("plan", |bencher| {
        bencher.iter(|| Plan::from_terraform(black_box(&json), &fixture::NONCE).unwrap());
    });
    group.finish();
}
