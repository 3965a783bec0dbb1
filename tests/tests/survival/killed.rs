//! Writers that are killed at work, at points that nobody chose.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use tempfile::tempdir;

use super::support::{Acknowledged, Numbers, Survivor, Worker, check, run, soak};

/// How many writers are killed.
fn kills() -> u64 {
    if soak() { 5_000 } else { 500 }
}

/// How many of them at one ledger, which grows until then.
const KILLS_PER_LEDGER: u64 = 50;

#[test]
fn writers_killed_at_random_points_lose_double_and_halve_nothing() {
    let mut numbers = Numbers(20_260_302);
    let mut interrupted = 0;
    for _ in 0..kills() / KILLS_PER_LEDGER {
        interrupted += one_ledger(&mut numbers);
    }
    println!("{interrupted} of {} writers were interrupted within an append", kills());
    assert!(interrupted >= kills() / 50, "hardly any was killed at work: {interrupted}");
}

/// Writers at one ledger, one after another or two at a time, killed each; how many left something
/// that they had not got as far as acknowledging.
fn one_ledger(numbers: &mut Numbers) -> u64 {
    let directory = tempdir().unwrap();
    let path = directory.path().join("ledger");
    let mut acknowledged = run("begin", &path, &["0"]);
    let mut interrupted = 0;
    let mut kills = 0;
    while kills < KILLS_PER_LEDGER {
        let processes = if numbers.below(4) == 0 { 2 } else { 1 };
        let writers: Vec<(String, u64)> = (0..processes)
            .map(|process| (format!("{kills}-{process}"), [1, 1, 2, 4][numbers.below(4) as usize]))
            .collect();
        let mut at_work: Vec<Worker> = writers
            .iter()
            .map(|(name, threads)| {
                Worker::start("admit", &path, &[name, &threads.to_string(), "1000000"])
            })
            .collect();
        while let Some(mut worker) = at_work.pop() {
            // Now and then before it has done anything, at the opening.
            worker.read(numbers.below(7));
            spin(numbers);
            acknowledged.extend(worker.kill());
            kills += 1;
            // Whoever is left goes on.
            if let Some(other) = at_work.last_mut() {
                other.read(3);
            }
        }
        let left_over = temporary_files(&path);
        let survivor = check(&path, &acknowledged);
        let unacknowledged: u64 = writers
            .iter()
            .map(|(name, threads)| in_flight(&survivor, &acknowledged, name, *threads))
            .sum();
        if unacknowledged > 0 || left_over > 0 || !survivor.notices.is_empty() {
            interrupted += 1;
        }
        // The temporary files that a killed writer leaves are in nobody's way.
        temporary_paths(&path).iter().for_each(|path| fs::remove_file(path).unwrap());
    }
    let last = run("admit", &path, &["last", "2", "5"]);
    assert_eq!(last.len(), 10);
    acknowledged.extend(last);
    check(&path, &acknowledged);
    interrupted
}

/// Passes a time that may be as short as a system call or as long as an append.
fn spin(numbers: &mut Numbers) {
    let bits = numbers.below(20);
    for step in 0..numbers.below(1 << bits) {
        std::hint::black_box(step);
    }
}

/// Each thread of a writer left its admissions in its order and without a gap: those that were acknowledged,
/// and at most the one that it was at. Returns how many of the latter there are.
fn in_flight(survivor: &Survivor, acknowledged: &[Acknowledged], name: &str, threads: u64) -> u64 {
    let mut more = 0;
    for thread in 0..threads {
        let own = format!("{name}-{thread}-");
        let recorded: Vec<&String> =
            survivor.ids.iter().filter(|id| id.starts_with(&own)).collect();
        let expected: Vec<String> =
            (0..recorded.len()).map(|number| format!("{own}{number}")).collect();
        assert_eq!(recorded, expected.iter().collect::<Vec<_>>());
        let told = acknowledged.iter().filter(|one| one.id.starts_with(&own)).count();
        assert!((told..=told + 1).contains(&recorded.len()), "{own}: {told} of {recorded:?}");
        more += (recorded.len() - told) as u64;
    }
    more
}

fn temporary_files(directory: &Path) -> usize {
    temporary_paths(directory).len()
}

/// Files whose names end in `.tmp`.
fn temporary_paths(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(temporary_paths(&path));
        } else if path.extension().is_some_and(|ending| ending == "tmp") {
            found.push(path);
        }
    }
    found
}

/// The system cuts a write off in the middle where a file reaches its greatest size: the writer dies
/// there, or is told so and lives on.
#[cfg(unix)]
#[test]
fn a_write_cut_off_in_the_middle_leaves_nothing_half_written() {
    use std::process::Command;

    for (deadly, survivors) in [(true, 40), (false, 40)] {
        let directory = tempdir().unwrap();
        let path = directory.path().join("ledger");
        let mut acknowledged = run("begin", &path, &["0"]);
        let mut cut = BTreeMap::new();
        for blocks in 2..survivors {
            let name = format!("cut-{blocks}");
            let limit = if deadly { "" } else { "trap '' XFSZ;" };
            let output = Command::new("sh")
                .args([
                    "-c",
                    &format!("ulimit -c 0; ulimit -f {blocks}; {limit} exec \"$@\""),
                    "sh",
                ])
                .arg(env!("CARGO_BIN_EXE_ledger-worker"))
                .arg("admit")
                .arg(&path)
                .args([&name, "1", "1000000"])
                .output()
                .unwrap();
            assert!(!output.status.success());
            acknowledged.extend(super::support::acknowledged(&output.stdout));
            let survivor = check(&path, &acknowledged);
            in_flight(&survivor, &acknowledged, &name, 1);
            cut.insert(blocks, survivor.notices.len());
        }
        let set_aside = cut.values().filter(|notices| **notices > 0).count();
        assert!(set_aside > cut.len() / 2, "hardly any write was cut off: {cut:?}");
        run("admit", &path, &["last", "1", "5"]);
    }
}
