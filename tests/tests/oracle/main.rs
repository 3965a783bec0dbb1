//! Evaluates generated expressions over generated documents twice: here, and by the interpreter of the
//! `cel` crate. They agree, or the difference is a defect of that interpreter which `defects` lists.
//!
//! `POUNDLOCK_SOAK` tries a million pairs instead of a few thousand; `POUNDLOCK_PAIRS` says how many,
//! and `POUNDLOCK_FROM` with which to begin. Each pair is made from its number alone.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "in a test, stopping is what should happen"
)]

mod defects;
mod generate;
mod interpreters;

use interpreters::{Answer, Theirs, ours};

/// What became of all pairs.
#[derive(Default)]
struct Tally {
    values: u64,
    failures: u64,
    /// What we refuse before it is evaluated, by its types say.
    refused: u64,
    exhausted: u64,
    known: Vec<u64>,
    differences: Vec<String>,
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

/// Runs some pairs on a stack of its own, since the interpreter's recursion is not ours to bound.
fn run(pairs: std::ops::Range<u64>, progress: u64) -> Tally {
    let mut tally = Tally { known: vec![0; defects::KNOWN.len()], ..Tally::default() };
    let theirs = Theirs::new();
    for (done, pair) in (1..).zip(pairs) {
        let (source, document) = generate::pair(pair);
        let text = document.to_string();
        let here = ours(&source, &text);
        match here {
            Answer::Refused => {
                tally.refused += 1;
                continue;
            }
            Answer::Exhausted => {
                tally.exhausted += 1;
                continue;
            }
            Answer::Error => tally.failures += 1,
            Answer::Bool(_) | Answer::Text(_) => tally.values += 1,
            Answer::Other => panic!("pair {pair} has no comparable result: {source}"),
        }
        let there = theirs.evaluate(&source, &document);
        if here != there {
            let known =
                defects::KNOWN.iter().position(|defect| (defect.explains)(&source, &here, &there));
            match known {
                Some(known) => tally.known[known] += 1,
                None => tally.differences.push(format!(
                    "pair {pair}: {source}\n  over {text}\n  here {here:?}, there {there:?}"
                )),
            }
        }
        if progress > 0 && done % progress == 0 {
            println!("{done} pairs up to {pair}, {} differences", tally.differences.len());
        }
    }
    tally
}

#[test]
fn both_give_the_same_answers() {
    let soak = std::env::var_os("POUNDLOCK_SOAK").is_some();
    let pairs = number("POUNDLOCK_PAIRS").unwrap_or(if soak { 1_000_000 } else { 4_000 });
    let from = number("POUNDLOCK_FROM").unwrap_or(0);
    let threads = if pairs > 10_000 { 2 } else { 1 };
    std::panic::set_hook(Box::new(|_| {}));
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let each = pairs.div_ceil(threads);
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                let start = from + worker * each;
                std::thread::Builder::new()
                    .stack_size(64 * 1024 * 1024)
                    .spawn_scoped(scope, move || {
                        run(start..start + each, if soak { 50_000 } else { 0 })
                    })
                    .unwrap()
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let _ = std::panic::take_hook();
    let sum = |count: fn(&Tally) -> u64| tallies.iter().map(count).sum::<u64>();
    let (values, failures, refused) =
        (sum(|it| it.values), sum(|it| it.failures), sum(|it| it.refused));
    println!(
        "{values} values, {failures} failures, {refused} refused, {} exhausted",
        sum(|it| it.exhausted)
    );
    for (index, defect) in defects::KNOWN.iter().enumerate() {
        let count: u64 = tallies.iter().map(|tally| tally.known[index]).sum();
        println!("{count} times: {}", defect.because);
    }
    let differences: Vec<&String> = tallies.iter().flat_map(|tally| &tally.differences).collect();
    let shown: Vec<&str> = differences.iter().take(12).map(|it| it.as_str()).collect();
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), shown.join("\n"));
    // Most pairs must say something.
    assert!(
        values * 2 > pairs && refused * 10 < pairs,
        "{values} values and {refused} refused of {pairs}"
    );
}

/// A defect that is no longer there must leave the list.
#[test]
fn the_known_defects_are_still_there() {
    std::panic::set_hook(Box::new(|_| {}));
    let theirs = Theirs::new();
    let document = serde_json::json!({"d": 0.5});
    let gone: Vec<&str> = defects::KNOWN
        .iter()
        .filter(|defect| {
            let here = ours(defect.witness, &document.to_string());
            let there = theirs.evaluate(defect.witness, &document);
            here == there || !(defect.explains)(defect.witness, &here, &there)
        })
        .map(|defect| defect.witness)
        .collect();
    let _ = std::panic::take_hook();
    assert!(gone.is_empty(), "{gone:?}");
}
