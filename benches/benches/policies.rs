//! How fast plans are read and judged, beside `serde_json` and beside the same rules written by hand in Rust.
//!
//! Every line is a ratio of two times of this one run, each the least of many rounds that take turns, so
//! that a busy machine slows both alike.
#![allow(missing_docs)]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout, clippy::unwrap_used)]

use std::{fs, hint::black_box, num::NonZeroUsize, path::PathBuf};

use poundlock::{
    PolicyPack,
    cel::Budget,
    charter::Unmatched,
    engine::check_plan,
    limits,
    model::{Outcome, Plan, ResourceChange},
    policy::Context,
    value::Value,
};
use serde_json::{Value as Json, json};

#[path = "policies/allocator.rs"]
mod allocator;
#[path = "policies/by_hand.rs"]
mod by_hand;
#[path = "policies/plan.rs"]
mod plan;
mod race;

use by_hand::Rules;
use race::{is_wanted, race, timed};

#[global_allocator]
static ALLOCATOR: allocator::Counting = allocator::Counting;

const RESOURCES: usize = 10_000;
const ROUNDS: usize = 15;
const TEN: &[u8] = include_bytes!("policies/ten.yaml");

fn main() {
    if race::is_test() {
        return;
    }
    if is_wanted("read") {
        reading();
    }
    if is_wanted("ten") {
        ten();
    }
    if is_wanted("hundred") {
        hundred();
    }
    if is_wanted("one") {
        one();
    }
}

/// The processor's time that this process has taken, in hundredths of a second, where the system tells.
fn processor_time() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

/// What work in several threads costs beside work in one, besides what it gains: on a busy machine, the
/// time that it takes says little.
fn threads(pack: &PolicyPack, plan: &Plan, rounds: usize) {
    let context = nothing();
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let check =
        |threads| timed(|| check_plan(&[pack], plan, Unmatched::Allow, &context, threads).unwrap());
    let [single, several] = race(rounds, [&mut || check(NonZeroUsize::MIN), &mut || check(cores)]);
    let taken = |threads| {
        let before = processor_time()?;
        for _ in 0..rounds {
            check(threads);
        }
        Some(processor_time()? - before)
    };
    println!("  {:.2} times as fast in {cores} threads as in one", single / several);
    if let (Some(one), Some(many)) = (taken(NonZeroUsize::MIN), taken(cores)) {
        println!("  {:.2} times the processor's time of one", many / one);
    }
}

fn nothing() -> Context {
    let empty = Value::from_serialize(&json!({})).unwrap();
    Context { request: empty.clone(), actor: empty.clone(), stage: empty }
}

/// Documents to read: ours, and those of others where they are there.
fn documents() -> Vec<(String, Vec<u8>)> {
    let mut found = vec![
        ("a generated plan".to_owned(), plan::terraform(RESOURCES)),
        ("a generated plan, indented".to_owned(), {
            let plan: Json = serde_json::from_slice(&plan::terraform(RESOURCES)).unwrap();
            serde_json::to_vec_pretty(&plan).unwrap()
        }),
    ];
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures");
    for directory in ["plans", "made"] {
        let Ok(files) = fs::read_dir(shared.join(directory)) else { continue };
        let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        paths.sort();
        let mut together = (0, Vec::new());
        for path in paths {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let bytes = fs::read(&path).unwrap();
            if name.ends_with(".json.gz") {
                let mut plain = Vec::new();
                std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&*bytes), &mut plain)
                    .unwrap();
                found.push((name, plain));
            } else if bytes.len() > 400_000 {
                found.push((name, bytes));
            } else if name.ends_with(".json") {
                // Those that are small, as one list, without those that only we refuse.
                let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
                if Value::parse_json(text).is_ok() && serde_json::from_slice::<Json>(text).is_ok() {
                    together.0 += 1;
                    together.1.push(if together.1.is_empty() { b'[' } else { b',' });
                    together.1.extend_from_slice(text);
                }
            }
        }
        together.1.push(b']');
        found.push((format!("{} small files of {directory}", together.0), together.1));
    }
    found
}

fn reading() {
    println!("reading, beside serde_json (goals: at most 1.00 of the time, 60 % of the memory)");
    for (name, bytes) in documents() {
        let rounds = (200_000_000 / bytes.len().max(1)).clamp(5, 100);
        let [theirs, ours] = race(
            rounds,
            [
                &mut || timed(|| serde_json::from_slice::<Json>(black_box(&bytes)).unwrap()),
                &mut || timed(|| Value::parse_json(black_box(&bytes)).unwrap()),
            ],
        );
        let (their_bytes, their_most) =
            allocator::count(|| serde_json::from_slice::<Json>(&bytes).unwrap());
        let (our_bytes, our_most) = allocator::count(|| Value::parse_json(&bytes).unwrap());
        println!(
            "  {name}, {:.1} MB: {:.0} MB/s, {:.2} of the time ({:.2} ms against {:.2} ms); {:.0} % of the memory ({:.1} MB against {:.1} MB; at most {:.0} % meanwhile)",
            bytes.len() as f64 / 1e6,
            bytes.len() as f64 / 1e6 / ours,
            ours / theirs,
            1e3 * ours,
            1e3 * theirs,
            100.0 * our_bytes as f64 / their_bytes as f64,
            our_bytes as f64 / 1e6,
            their_bytes as f64 / 1e6,
            100.0 * our_most as f64 / their_most as f64,
        );
    }
}

fn ten() {
    let bytes = plan::terraform(RESOURCES);
    let json: Json = serde_json::from_slice(&bytes).unwrap();
    let plan = Plan::from_terraform(&bytes, &[7; 32]).unwrap();
    let pack = PolicyPack::parse(TEN).unwrap();
    let (rules, context) = (Rules::new(), nothing());
    let check =
        || check_plan(&[&pack], &plan, Unmatched::Allow, &context, NonZeroUsize::MIN).unwrap();

    let (ours, theirs) = (check(), rules.judge(&json));
    let failures: u64 = ours.policies.iter().map(|count| count.fail + count.unknown).sum();
    let passes: u64 = ours.policies.iter().map(|count| count.pass).sum();
    assert_eq!((passes, failures), (theirs.passes, theirs.failures.len() as u64));

    let [by_hand, judged] =
        race(ROUNDS, [&mut || timed(|| rules.judge(black_box(&json))), &mut || timed(check)]);
    let each = |time: f64| 1e9 * time / (passes + failures) as f64;
    println!("ten policies over {RESOURCES} resources, {passes} passes and {failures} failures:");
    println!(
        "  {:.2} times the rules written by hand (goal: at most 3.00); {:.0} ns against {:.0} ns for each policy and resource",
        judged / by_hand,
        each(judged),
        each(by_hand),
    );
    threads(&pack, &plan, 4 * ROUNDS);
}

/// A policy for resources of the type, with a number of its own.
fn policy(number: usize, kind: &str, actions: &str) -> String {
    format!(
        "  - name: policy-{number}\n    description: Everything must have an owner.\n    \
         match: {{ resources: [{kind}], actions: {actions} }}\n    validations:\n      \
         - expression: has(object.tags) && object.tags.owner != 'nobody-{number}'\n"
    )
}

fn hundred() {
    let plan = Plan::from_terraform(&plan::terraform(RESOURCES), &[7; 32]).unwrap();
    let context = nothing();
    let pack = |policies: &[String]| {
        let text = format!("pack: many\nversion: 1.0.0\npolicies:\n{}", policies.concat());
        PolicyPack::parse(text.as_bytes()).unwrap()
    };
    let alone = pack(&[policy(0, "aws_subnet", "[create]")]);
    // The others are about other types, patterns of types and actions.
    let others = (1..100).map(|number| match number % 3 {
        0 => policy(number, &format!("google_type_{number}"), "[create]"),
        1 => policy(number, &format!("\"azure_*_{number}\""), "[create]"),
        _ => policy(number, "aws_subnet", "[delete, forget]"),
    });
    let many: Vec<String> =
        std::iter::once(policy(0, "aws_subnet", "[create]")).chain(others).collect();
    let many = pack(&many);
    let every: Vec<String> =
        (0..100).map(|number| policy(number, "\"aws_*\"", "[create]")).collect();
    let every = pack(&every);
    let check = |pack: &PolicyPack| {
        timed(|| check_plan(&[pack], &plan, Unmatched::Allow, &context, NonZeroUsize::MIN).unwrap())
    };
    let [one, hundred, all] =
        race(ROUNDS, [&mut || check(&alone), &mut || check(&many), &mut || check(&every)]);
    println!("policies over {RESOURCES} resources:");
    println!(
        "  100 of which one matches a fifth: {:.2} times that one alone (goal: 1.00 within noise); {:.2} ms against {:.2} ms",
        hundred / one,
        1e3 * hundred,
        1e3 * one
    );
    println!(
        "  100 that all match all: {:.1} ms, {:.0} ns for each policy and resource",
        1e3 * all,
        1e9 * all / (100 * RESOURCES) as f64
    );
    threads(&every, &plan, ROUNDS);
}

fn one() {
    let bytes = plan::terraform(4);
    let plan = Plan::from_terraform(&bytes, &[7; 32]).unwrap();
    let json: Json = serde_json::from_slice(&bytes).unwrap();
    let change: &ResourceChange = &plan.resources[3];
    let json = &json["resource_changes"][3];
    let text = serde_json::to_vec(&json).unwrap();
    let after = serde_json::to_vec(&json["change"]["after"]).unwrap();
    let pack = PolicyPack::parse(
        b"pack: one\nversion: 1.0.0\npolicies:\n  - name: engine\n    description: Allowed.\n    \
          match: { resources: [aws_db_instance] }\n    validations:\n      \
          - expression: object.engine in ['postgres', 'mysql']\n",
    )
    .unwrap();
    let context = nothing();
    const TIMES: usize = 10_000;
    let by_hand = |resource: &Json| {
        let covered = resource["change"]["actions"]
            .as_array()
            .is_some_and(|actions| actions.iter().any(|it| it == "create" || it == "update"));
        let engine = resource["change"]["after"]["engine"].as_str();
        resource["type"] == "aws_db_instance"
            && covered
            && engine.is_some_and(|engine| matches!(engine, "postgres" | "mysql"))
    };
    let [hand, ours, hand_read, ours_read] = race(
        ROUNDS,
        [
            &mut || timed(|| (0..TIMES).filter(|_| by_hand(black_box(json))).count()),
            &mut || {
                timed(|| {
                    let mut budget = Budget::new(limits::REQUEST_STEPS);
                    (0..TIMES)
                        .filter(|_| {
                            let found = pack.evaluate(black_box(change), &context, &mut budget);
                            found.iter().all(|it| it.outcome == Outcome::Pass)
                        })
                        .count()
                })
            },
            &mut || {
                timed(|| {
                    (0..TIMES)
                        .filter(|_| {
                            let json: Json = serde_json::from_slice(black_box(&text)).unwrap();
                            by_hand(&json)
                        })
                        .count()
                })
            },
            &mut || {
                timed(|| {
                    let mut budget = Budget::new(limits::REQUEST_STEPS);
                    (0..TIMES)
                        .filter(|_| {
                            let text = Value::parse_json(black_box(&text)).unwrap();
                            let after = text.as_ref().pointer("/change/after").unwrap();
                            let change =
                                ResourceChange { after: after.to_value(), ..change.clone() };
                            let found = pack.evaluate(&change, &context, &mut budget);
                            found.iter().all(|it| it.outcome == Outcome::Pass)
                        })
                        .count()
                })
            },
        ],
    );
    let each = |time: f64| 1e9 * time / TIMES as f64;
    println!(
        "one policy over one resource of {} bytes, {} of them values:",
        text.len(),
        after.len()
    );
    println!(
        "  {:.2} times the rule written by hand (goal: at most 2.00); {:.0} ns against {:.0} ns",
        ours / hand,
        each(ours),
        each(hand)
    );
    println!(
        "  {:.2} times with reading it; {:.0} ns against {:.0} ns",
        ours_read / hand_read,
        each(ours_read),
        each(hand_read)
    );
}
