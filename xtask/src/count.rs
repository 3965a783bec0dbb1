//! Reads how many tests passed and failed from what each test runner prints.

use std::ops::AddAssign;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
    }
}

/// A test runner, as far as its output differs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Runner {
    /// `test result: ok. 3 passed; 0 failed; …`, once for each binary.
    Cargo,
    /// `==== 3 passed, 1 failed, 1 error in 0.12s ====`.
    Pytest,
    /// `ℹ pass 3` and `ℹ fail 0`.
    Node,
    /// `--- PASS: TestName (0.00s)`, once for each test.
    Go,
    /// `3 passed, 0 failed`.
    Plain,
}

impl Runner {
    /// What one line of the runner's output adds.
    pub(crate) fn count(self, line: &str) -> Count {
        match self {
            Self::Cargo => line.strip_prefix("test result: ").map_or_else(Count::default, words),
            Self::Pytest => {
                let line = line.trim_matches(['=', ' ']);
                if line.contains(" in ") && line.starts_with(|c: char| c.is_ascii_digit()) {
                    words(line)
                } else {
                    Count::default()
                }
            }
            Self::Node => {
                let number = |prefix| {
                    line.strip_prefix(prefix).and_then(|number| number.parse().ok()).unwrap_or(0)
                };
                Count { passed: number("ℹ pass "), failed: number("ℹ fail ") }
            }
            Self::Go => Count {
                passed: u64::from(line.starts_with("--- PASS: ")),
                failed: u64::from(line.starts_with("--- FAIL: ")),
            },
            Self::Plain if line.ends_with(" failed") => words(line),
            Self::Plain => Count::default(),
        }
    }
}

/// Adds up the numbers that stand before `passed`, `failed`, `error` and `errors`.
fn words(line: &str) -> Count {
    let mut count = Count::default();
    let mut number = None;
    for word in line.split([' ', ',', ';']).filter(|word| !word.is_empty()) {
        match (number, word) {
            (Some(passed), "passed") => count += Count { passed, failed: 0 },
            (Some(failed), "failed" | "error" | "errors") => count += Count { passed: 0, failed },
            _ => {}
        }
        number = word.parse().ok();
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_of_each_runner_is_read() {
        for (runner, line, passed, failed) in [
            (
                Runner::Cargo,
                "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.51s",
                12,
                0,
            ),
            (
                Runner::Cargo,
                "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
                1,
                2,
            ),
            (Runner::Pytest, "========= 3 passed, 1 skipped in 0.12s =========", 3, 0),
            (Runner::Pytest, "==== 2 failed, 3 passed, 1 error in 61.20s (0:01:01) ====", 3, 3),
            (Runner::Pytest, "4 passed in 0.01s", 4, 0),
            (Runner::Node, "ℹ pass 7", 7, 0),
            (Runner::Node, "ℹ fail 2", 0, 2),
            (Runner::Go, "--- PASS: TestVersion (0.00s)", 1, 0),
            (Runner::Go, "--- FAIL: TestVersion (0.00s)", 0, 1),
            (Runner::Plain, "8 passed, 1 failed", 8, 1),
        ] {
            assert_eq!(runner.count(line), Count { passed, failed }, "{line}");
        }
    }

    #[test]
    fn other_lines_count_nothing() {
        for (runner, line) in [
            (Runner::Cargo, "test two_passed ... ok"),
            (Runner::Pytest, "collected 3 items"),
            (Runner::Pytest, "tests/test_vectors.py .... [100%]"),
            (Runner::Node, "ℹ tests 7"),
            (Runner::Go, "    --- PASS: TestVectors/contract (0.00s)"),
            (Runner::Go, "PASS"),
            (Runner::Plain, "ok 3 passed"),
        ] {
            assert_eq!(runner.count(line), Count::default(), "{line}");
        }
    }
}
